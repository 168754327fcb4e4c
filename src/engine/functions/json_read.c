/*
 * engine/functions/json_read.c - the JSON reader and writer behind json.h.
 *
 * In: text.  Out: a tree in the arena given; numbers keep their text.  Nesting is bounded by the options.
 */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const pz_json_options pz_json_default = {.single_quotes = true, .non_numeric = true, .max_depth = PZ_JSON_DEPTH, .limited = true, .max_digits = PZ_JSON_DIGITS, .max_chars = PZ_JSON_CHARS};
const pz_json_options pz_json_strict = {.max_depth = 1000};

typedef struct reader {
    pz_arena *a;
    const char *p, *end;
    const pz_json_options *o;
    int depth;
} reader;

static void
space(reader *r)
{
    while (r->p < r->end) {
        if (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r') {
            r->p++;
        } else if (r->o->comments && r->p + 1 < r->end && r->p[0] == '/' && r->p[1] == '*') {
            const char *close = memmem(r->p + 2, (size_t)(r->end - r->p - 2), "*/", 2);
            r->p = close ? close + 2 : r->end;
        } else if (r->o->comments && r->p + 1 < r->end && r->p[0] == '/' && r->p[1] == '/') {
            while (r->p < r->end && *r->p != '\n')
                r->p++;
        } else {
            return;
        }
    }
}

static bool
escape(reader *r, pz_buf *b)
{
    char out[4], c;
    if (r->p >= r->end)
        return false;
    c = *r->p++;
    switch (c) {
    case '"': case '\\': case '/': pz_buf_putc(b, c); return true;
    case 'b': pz_buf_putc(b, '\b'); return true;
    case 'f': pz_buf_putc(b, '\f'); return true;
    case 'n': pz_buf_putc(b, '\n'); return true;
    case 'r': pz_buf_putc(b, '\r'); return true;
    case 't': pz_buf_putc(b, '\t'); return true;
    case 'u': {
        int u = r->end - r->p >= 4 ? pz_hex4(r->p) : -1;
        uint32_t cp = (uint32_t)u;
        if (u < 0)
            return false;
        r->p += 4;
        if (u >= 0xD800 && u < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
            int lo = pz_hex4(r->p + 2);
            if (lo >= 0xDC00 && lo < 0xE000) {
                cp = 0x10000u + (((uint32_t)u - 0xD800u) << 10) + ((uint32_t)lo - 0xDC00u);
                r->p += 6;
            }
        }
        if (cp >= 0xD800 && cp < 0xE000)       /* half a pair is no character: Java writes a question mark */
            pz_buf_putc(b, '?');
        else
            pz_buf_add(b, out, (size_t)pz_utf8_encode(cp, out));
        return true;
    }
    case '\'':
        if (!r->o->single_quotes && !r->o->backslash_any)
            return false;
        pz_buf_putc(b, c);
        return true;
    default:
        if (!r->o->backslash_any)
            return false;
        pz_buf_putc(b, c);
        return true;
    }
}

static bool
string(reader *r, pz_str *out)
{
    char quote = *r->p++;
    const char *start = r->p;
    pz_buf b;
    bool ok = false;
    while (r->p < r->end && *r->p != quote && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
        r->p++;
    if (r->p < r->end && *r->p == quote) {     /* nothing to decode: a view */
        *out = (pz_str){start, (size_t)(r->p++ - start)};
        return true;
    }
    pz_buf_init(&b, 0);
    pz_buf_add(&b, start, (size_t)(r->p - start));
    while (r->p < r->end) {
        char c = *r->p++;
        if (c == quote) {
            ok = true;
            break;
        }
        if ((unsigned char)c < 0x20 && !r->o->control_chars)
            break;
        if (c != '\\')
            pz_buf_putc(&b, c);
        else if (!escape(r, &b))
            break;
    }
    *out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return ok;
}

static bool
ends_word(const reader *r)
{
    char c = r->p < r->end ? *r->p : ' ';
    return strchr(" \t\r\n,:]}[{\"/", c) != NULL;
}

static bool
literal(reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
        return false;
    r->p += n;
    return ends_word(r);
}

static bool
digits(reader *r, int64_t *n)
{
    const char *s = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    *n += r->p - s;
    return r->p > s;
}

/* In UTF-16 units */
static bool
is_longer(pz_str s, int64_t most)
{
    int64_t n = 0;
    if ((int64_t)s.len <= most)
        return false;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) == 0x80 ? 0 : (unsigned char)s.ptr[i] >= 0xF0 ? 2 : 1;
    return n > most;
}

bool
pz_json_limit(pz_json_options *o, pz_str name, pz_str value, bool *bad)
{
    char *end, text[24];
    long long n;
    bool depth = pz_str_ieqc(name, "maxNestingDepth"), number = pz_str_ieqc(name, "maxNumLen");
    if (!depth && !number && !pz_str_ieqc(name, "maxStringLen"))
        return false;
    *bad = !value.len || value.len >= sizeof text;
    memcpy(text, value.ptr, *bad ? 0 : value.len);
    text[*bad ? 0 : value.len] = 0;
    n = strtoll(text, &end, 10);
    *bad |= *end != 0 || n < INT32_MIN || n > INT32_MAX;
    o->limited = true;
    if (depth)
        o->max_depth = n < PZ_MAX_DEPTH ? (int)n : PZ_MAX_DEPTH;
    else if (number)
        o->max_digits = n;
    else
        o->max_chars = n;
    return true;
}

static bool
number(reader *r, pz_json *out)
{
    const char *start = r->p;
    bool real = false;
    int64_t n = 0;
    if (*r->p == '-' || (*r->p == '+' && r->o->non_numeric))
        r->p++;
    if (r->o->non_numeric) {
        static const char *const words[] = {"NaN", "Infinity", "INF"};
        for (size_t i = 0; i < PZ_COUNTOF(words); i++)
            if ((size_t)(r->end - r->p) >= strlen(words[i]) && memcmp(r->p, words[i], strlen(words[i])) == 0) {
                r->p += strlen(words[i]);
                out->kind = PZ_JSON_REAL;
                out->is_nan_word = true;
                out->text = (pz_str){start, (size_t)(r->p - start)};
                return ends_word(r);
            }
        if (*start == '+')
            return false;
    }
    const char *first = r->p;
    if (!digits(r, &n))
        return false;
    if (*first == '0' && r->p - first > 1) {
        if (!r->o->leading_zeros)
            return false;
        while (first < r->p - 1 && *first == '0')
            first++;
    }
    if (r->p < r->end && *r->p == '.') {
        r->p++;
        real = true;
        if (!digits(r, &n))
            return false;
    }
    if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
        r->p++;
        real = true;
        if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
            r->p++;
        if (!digits(r, &n))
            return false;
    }
    if (r->o->limited && n > r->o->max_digits)
        return false;
    out->kind = real ? PZ_JSON_REAL : PZ_JSON_INT;
    out->text = *start == '-' ? pz_strf(r->a, "-%.*s", (int)(r->p - first), first) : (pz_str){first, (size_t)(r->p - first)};
    return ends_word(r);
}

static bool value(reader *r, pz_json *out);

static bool
name(reader *r, pz_str *out)
{
    if (r->p >= r->end)
        return false;
    if (*r->p == '"' || (*r->p == '\'' && r->o->single_quotes))
        return string(r, out);
    if (!r->o->unquoted_names)
        return false;
    const char *s = r->p;
    while (r->p < r->end && (*r->p == '_' || *r->p == '$' || *r->p == '-' || (unsigned char)*r->p >= 128 || (*r->p >= '0' && *r->p <= '9') ||
                             ((*r->p | 32) >= 'a' && (*r->p | 32) <= 'z')))
        r->p++;
    *out = (pz_str){s, (size_t)(r->p - s)};
    return r->p > s;
}

static bool
container(reader *r, pz_json *out, char close)
{
    PZ_VEC(pz_json) v = {0};
    r->p++;
    if (++r->depth > r->o->max_depth)
        return false;
    space(r);
    if (r->p < r->end && *r->p == close) {
        r->p++;
    } else {
        for (;;) {
            pz_json item = {.kind = PZ_JSON_NULL};
            space(r);
            if (close == '}') {
                if (!name(r, &item.key) || (r->o->limited && is_longer(item.key, PZ_JSON_NAME_CHARS)))
                    return false;
                space(r);
                if (r->p >= r->end || *r->p++ != ':')
                    return false;
            }
            if (!value(r, &item))
                return false;
            pz_vec_push(r->a, &v, item);
            space(r);
            if (r->p >= r->end)
                return false;
            char c = *r->p++;
            if (c == close)
                break;
            if (c != ',')
                return false;
        }
    }
    r->depth--;
    out->kind = close == '}' ? PZ_JSON_OBJECT : PZ_JSON_ARRAY;
    out->items = v.data;
    out->n = v.n;
    return true;
}

static bool
value(reader *r, pz_json *out)
{
    space(r);
    if (r->p >= r->end)
        return false;
    switch (*r->p) {
    case '{':
    case '[': {
        const char *start = r->p;
        bool ok = container(r, out, *start == '{' ? '}' : ']');
        out->raw = (pz_str){start, (size_t)(r->p - start)};
        return ok;
    }
    case '\'':
        if (!r->o->single_quotes)
            return false; /* fall through */
    case '"':
        out->kind = PZ_JSON_STRING;
        if (!string(r, &out->text))
            return false;
        out->too_long = r->o->limited && is_longer(out->text, r->o->max_chars);
        return true;
    case 't':
        out->kind = PZ_JSON_BOOL;
        out->b = true;
        return literal(r, "true");
    case 'f': out->kind = PZ_JSON_BOOL; return literal(r, "false");
    case 'n': out->kind = PZ_JSON_NULL; return literal(r, "null");
    default: return number(r, out);
    }
}

bool
pz_json_read(pz_arena *a, pz_str text, const pz_json_options *o, pz_json *out, size_t *used)
{
    reader r = {a, text.ptr, text.ptr + text.len, o, 0};
    *out = (pz_json){.kind = PZ_JSON_NULL};
    if (!value(&r, out))
        return false;
    if (used != NULL)
        *used = (size_t)(r.p - text.ptr);
    return true;
}

const pz_json *
pz_json_member(const pz_json *object, pz_str key)
{
    for (int i = 0; object->kind == PZ_JSON_OBJECT && i < object->n; i++)
        if (pz_str_eq(object->items[i].key, key))
            return &object->items[i];
    return NULL;
}

/* wide: characters beyond the first plane become two escapes */
static void
quote(pz_buf *b, pz_str s, bool wide)
{
    pz_buf_putc(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        uint32_t cp;
        switch (c) {
        case '"': pz_buf_puts(b, "\\\""); break;
        case '\\': pz_buf_puts(b, "\\\\"); break;
        case '\b': pz_buf_puts(b, "\\b"); break;
        case '\f': pz_buf_puts(b, "\\f"); break;
        case '\n': pz_buf_puts(b, "\\n"); break;
        case '\r': pz_buf_puts(b, "\\r"); break;
        case '\t': pz_buf_puts(b, "\\t"); break;
        default:
            if (c < 0x20) {
                pz_buf_printf(b, "\\u%04X", c);
            } else if (c >= 0xF0 && wide) {
                i += (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &cp) - 1;
                if (cp >= 0x10000)
                    pz_buf_printf(b, "\\u%04X\\u%04X", 0xD800 + ((cp - 0x10000) >> 10), 0xDC00 + ((cp - 0x10000) & 0x3FF));
            } else {
                pz_buf_putc(b, (char)c);
            }
        }
    }
    pz_buf_putc(b, '"');
}

void
pz_json_quote(pz_buf *b, pz_str s)
{
    quote(b, s, false);
}

bool
pz_json_double(const pz_json *v, double *out)
{
    static const struct { const char *w; double d; } words[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"+Infinity", INFINITY}, {"INF", INFINITY},
                                                                {"+INF", INFINITY}, {"-Infinity", -INFINITY}, {"-INF", -INFINITY}};
    for (size_t i = 0; i < PZ_COUNTOF(words); i++)
        if (pz_str_eqc(v->text, words[i].w)) {
            *out = words[i].d;
            return true;
        }
    if (v->kind != PZ_JSON_INT && v->kind != PZ_JSON_REAL)
        return false;
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_str(&b, v->text);
    pz_buf_putc(&b, 0);
    *out = strtod(b.ptr, NULL);
    pz_buf_free(&b);
    return true;
}

static void
print_number(pz_buf *b, const pz_json *v)
{
    double d;
    if (v->kind == PZ_JSON_INT) {
        pz_buf_str(b, pz_str_eqc(v->text, "-0") ? PZ_STR("0") : v->text);
        return;
    }
    pz_json_double(v, &d);
    const char *quote = isfinite(d) ? "" : "\"";
    pz_buf_puts(b, quote);
    pz_double_text(b, d);
    pz_buf_puts(b, quote);
}

static void
print(pz_buf *b, const pz_json *v, bool as_written, bool wide)
{
    switch (v->kind) {
    case PZ_JSON_NULL: pz_buf_puts(b, "null"); break;
    case PZ_JSON_BOOL: pz_buf_puts(b, v->b ? "true" : "false"); break;
    case PZ_JSON_INT:
    case PZ_JSON_REAL:
        if (!as_written)
            print_number(b, v);
        else if (v->is_nan_word)
            pz_json_quote(b, v->text);
        else
            pz_buf_str(b, v->text);
        break;
    case PZ_JSON_STRING: quote(b, v->text, wide); break;
    case PZ_JSON_ARRAY:
    case PZ_JSON_OBJECT:
        pz_buf_putc(b, v->kind == PZ_JSON_ARRAY ? '[' : '{');
        for (int i = 0; i < v->n; i++) {
            if (i)
                pz_buf_putc(b, ',');
            if (v->kind == PZ_JSON_OBJECT) {
                quote(b, v->items[i].key, wide);
                pz_buf_putc(b, ':');
            }
            print(b, &v->items[i], as_written, wide);
        }
        pz_buf_putc(b, v->kind == PZ_JSON_ARRAY ? ']' : '}');
        break;
    }
}

void
pz_json_write(pz_buf *b, const pz_json *v)
{
    print(b, v, true, false);
}

void
pz_json_print(pz_buf *b, const pz_json *v, bool wide)
{
    print(b, v, false, wide);
}

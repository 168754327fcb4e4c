/*
 * engine/files_csv.c - CSV records as Spark's reader sees them: cutting, values, schema inference.
 *
 * Without multiLine a line is a record whatever its quotes say.  A field begins with a quote or is plain; a closing quote that
 * is followed by more text makes the whole field plain.  What does not fit its type is NULL, and the record malformed.
 */
#include <ctype.h>
#include <stdlib.h>

#include "files_int.h"
#include "functions/variant.h"

typedef struct tokens { pz_str *data; int n, cap; bool failed; } tokens; /* ptr NULL: null; failed: the reader gives up */

typedef struct csv {
    const pz_text_spec *spec;
    pz_str delimiter, null_text, empty_text;
    char quote, escape, comment;               /* 0: none */
    char escape_escape;                        /* what makes an escape in front of a quote an ordinary character */
    enum { STOP, KEEP_ON, SKIP, RAISE, BACK } unescaped;     /* at a quote inside a quoted value that is not escaped */
    int64_t most_columns, most_chars;          /* of a record; of a field, below 0: any */
    bool pruning, check_header, case_sensitive;
    bool header, lead_trim, trail_trim, multi;
    int one;                                   /* the column of whole records, as objects; -1: there is none */
    bool single;                               /* a text is one record, line ends and all */
    pz_parse_mode mode;
    int corrupt;                               /* column for malformed records, -1: none */
    int columns;                               /* that records should have: all but `corrupt` */
    pz_text_rules rules;
} csv;

static char
char_option(const pz_options *o, const char *name, const char *otherwise)
{
    pz_str s = pz_option_get(o, name, otherwise);
    if (pz_str_eqc(s, "\\\\")) return '\\';
    return s.len ? (char)(s.ptr[0] == '\\' && s.len == 2 && s.ptr[1] == 't' ? '\t' : s.ptr[0]) : 0;
}

/* \t and friends as two characters are meant as the control character. */
static pz_str
delimiter_option(const pz_options *o, pz_arena *a)
{
    pz_str s = pz_option_get(o, "sep", NULL);
    char *p;
    size_t n = 0;
    if (!s.ptr) s = pz_option_get(o, "delimiter", ",");
    p = pz_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) {
            i++;
            p[n++] = s.ptr[i] == 't' ? '\t' : s.ptr[i] == 'n' ? '\n' : s.ptr[i] == 'r' ? '\r' : s.ptr[i];
        } else {
            p[n++] = s.ptr[i];
        }
    }
    return n ? (pz_str){p, n} : PZ_STR(",");
}

static int64_t
number_option(const pz_options *o, const char *name, int64_t otherwise)
{
    pz_str s = pz_option_get(o, name, NULL);
    int64_t n;
    return s.ptr && pz_text_long(s, &n) ? n : otherwise;
}

static void
csv_init(csv *c, const pz_options *o, const pz_zone *zone, pz_arena *a)
{
    pz_str handling;
    c->delimiter = delimiter_option(o, a);
    c->quote = char_option(o, "quote", "\"");
    c->escape = char_option(o, "escape", "\\");
    c->comment = char_option(o, "comment", "");
    c->header = pz_option_bool(o, "header", false);
    c->lead_trim = pz_option_bool(o, "ignoreLeadingWhiteSpace", false);
    c->trail_trim = pz_option_bool(o, "ignoreTrailingWhiteSpace", false);
    c->multi = pz_option_bool(o, "multiLine", false);
    c->null_text = pz_option_get(o, "nullValue", "");
    c->empty_text = pz_option_get(o, "emptyValue", "");
    c->mode = pz_parse_mode_of(o);
    c->escape_escape = pz_option_get(o, "charToEscapeQuoteEscaping", NULL).len ? char_option(o, "charToEscapeQuoteEscaping", "") : c->quote == c->escape ? 0 : c->escape;
    handling = pz_option_get(o, "unescapedQuoteHandling", "STOP_AT_DELIMITER");
    c->unescaped = pz_str_ieqc(handling, "STOP_AT_CLOSING_QUOTE") ? KEEP_ON : pz_str_ieqc(handling, "SKIP_VALUE") ? SKIP : pz_str_ieqc(handling, "RAISE_ERROR") ? RAISE : pz_str_ieqc(handling, "BACK_TO_DELIMITER") ? BACK : STOP;
    c->most_columns = number_option(o, "maxColumns", 20480);
    c->most_chars = number_option(o, "maxCharsPerColumn", -1);
    c->pruning = pz_option_bool(o, "columnPruning", true) && !c->multi;
    c->check_header = !pz_option_bool(o, "enforceSchema", true);
    c->case_sensitive = pz_option_bool(o, PZ_OPTION_CASE_SENSITIVE, false);
    c->corrupt = c->one = -1;
    pz_text_rules_init(&c->rules, o, zone, a);
}

/* ---- records ---- */
static bool
at_delimiter(const csv *c, const char *p, const char *end)
{
    return (size_t)(end - p) >= c->delimiter.len && *p == *c->delimiter.ptr && !memcmp(p, c->delimiter.ptr, c->delimiter.len);
}

static bool
at_line_end(const csv *c, const char *p)
{
    return c->multi && !c->single && (*p == '\n' || *p == '\r');
}

static bool
blank(const csv *c, const char *p, const char *end)
{
    return (*p == ' ' || *p == '\t') && !at_delimiter(c, p, end);
}

static void
push(tokens *t, pz_arena *a, pz_str s)
{
    if (t->n == t->cap) pz_vec_grow(a, (void **)&t->data, &t->cap, sizeof *t->data, t->n);
    t->data[t->n++] = s;
}

static const char *
plain_field(const csv *c, const char *p, const char *end, pz_str *out)
{
    const char *start = p, *stop;
    if (!c->multi && c->delimiter.len == 1) {
        p = memchr(p, *c->delimiter.ptr, (size_t)(end - p));
        if (!p) p = end;
    } else {
        while (p < end && !at_delimiter(c, p, end) && !at_line_end(c, p)) p++;
    }
    stop = p;
    if (c->trail_trim)
        while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t')) stop--;
    *out = stop == start ? c->null_text : (pz_str){start, (size_t)(stop - start)};
    return p;
}

/* A quoted value while it is put together. */
typedef struct quoted { const csv *c; const char *p, *end; char *text; size_t n; bool skipped, raised; tokens *before; pz_arena *a; } quoted;

static void
add(quoted *q, char ch)
{
    q->text[q->n++] = ch;
}

/* A quote that closes nothing: the value with its quotes, as far as the next delimiter. */
static void
until_delimiter(quoted *q)
{
    memmove(q->text + 1, q->text, q->n++);
    q->text[0] = q->c->quote;
    add(q, q->c->quote);
    while (q->p < q->end && !at_delimiter(q->c, q->p, q->end) && !at_line_end(q->c, q->p)) add(q, *q->p++);
    if (q->c->trail_trim)
        while (q->n && (q->text[q->n - 1] == ' ' || q->text[q->n - 1] == '\t')) q->n--;
}

/* What was taken for text between quotes are values of their own, up to the last delimiter in it. */
static void
back_to_delimiter(quoted *q)
{
    size_t from = 0;
    for (size_t i = 0; i < q->n; i++) {
        pz_str one = {q->text + from, i - from};
        if (!at_delimiter(q->c, q->text + i, q->text + q->n)) continue;
        push(q->before, q->a, !one.len || pz_str_eq(one, q->c->null_text) ? (pz_str){NULL, 0} : pz_dup(q->a, one));
        from = i + q->c->delimiter.len;
        i = from - 1;
    }
    memmove(q->text, q->text + from, q->n - from);
    q->n -= from;
}

/* True: the value ends with it. */
static bool
unescaped_quote(quoted *q)
{
    switch (q->c->unescaped) {
    case KEEP_ON: add(q, q->c->quote); return false;
    case SKIP: q->skipped = true;
        while (q->p < q->end && !at_delimiter(q->c, q->p, q->end) && !at_line_end(q->c, q->p)) q->p++;
        return true;
    case RAISE: q->raised = true; return true;
    case BACK: back_to_delimiter(q); return false;
    default: until_delimiter(q); return true;
    }
}

/* At a quote or escape: does it say something together with the one before?  *ch 0: both are done with. */
static bool
pair(quoted *q, char prev, char *ch)
{
    const csv *c = q->c;
    if (*ch == c->escape && prev == c->escape_escape && c->escape_escape) {
        add(q, c->escape);
        *ch = 0;
    } else if (prev == c->escape && c->escape) {
        add(q, *ch == c->quote ? c->quote : prev);
        if (*ch == c->quote) *ch = 0;
    } else if (*ch == c->quote && prev == c->quote) {
        add(q, c->quote);
    } else if (prev == c->quote) {
        return unescaped_quote(q);
    }
    return false;
}

static bool
ends_value(const quoted *q)
{
    return q->p >= q->end || at_delimiter(q->c, q->p, q->end) || at_line_end(q->c, q->p);
}

/* Behind a quote there are blanks and more.  True: the value goes on with them. */
static bool
goes_on(quoted *q, const char *blanks)
{
    q->p = blanks;
    if (q->c->unescaped == BACK) until_delimiter(q);
    else return !unescaped_quote(q);
    return false;
}

static void
quoted_text(quoted *q)
{
    const csv *c = q->c;
    char prev = 0;
again:
    while (q->p < q->end) {
        char ch = *q->p;
        if (prev == c->quote && (ends_value(q) || blank(c, q->p, q->end))) break;
        if (ch == c->quote || (ch == c->escape && c->escape)) {
            if (pair(q, prev, &ch)) return;
            prev = ch;
            q->p++;
            continue;
        }
        if (prev == c->quote) {
            if (unescaped_quote(q)) return;
        } else if (prev == c->escape && c->escape) {
            add(q, c->escape);
        }
        while (q->p < q->end && *q->p != c->quote && (*q->p != c->escape || !c->escape) && (*q->p != c->escape_escape || !c->escape_escape)) add(q, *q->p++);
        prev = q->p < q->end ? *q->p++ : 0;
    }
    if (prev != c->quote) return;
    for (const char *start = q->p; !ends_value(q); q->p++)
        if (!blank(c, q->p, q->end)) {
            if (!goes_on(q, start)) return;
            prev = 0;
            goto again;
        }
}

/* p is behind the opening quote; `before`: the values so far. */
static const char *
quoted_field(const csv *c, const char *p, const char *end, pz_arena *a, tokens *before, pz_str *out)
{
    const char *stop = p;
    quoted q = {.c = c, .p = p, .end = end, .before = before, .a = a};
    while (stop < end && *stop != c->quote && (*stop != c->escape || !c->escape) && (*stop != c->escape_escape || !c->escape_escape)) stop++;
    if (stop < end && *stop == c->quote && (stop + 1 == end || at_delimiter(c, stop + 1, end) || at_line_end(c, stop + 1))) {
        *out = stop == p ? c->empty_text : (pz_str){p, (size_t)(stop - p)};
        return stop + 1;
    }
    q.text = pz_alloc(a, (size_t)(end - p) + 3);
    quoted_text(&q);
    before->failed |= q.raised;
    *out = q.skipped ? c->null_text : q.n ? (pz_str){q.text, q.n} : c->empty_text;
    return q.p;
}

/* One record from p; returns where the next begins. */
static const char *
split_record(const csv *c, const char *p, const char *end, pz_arena *a, tokens *t)
{
    t->n = 0;
    t->failed = false;
    for (;;) {
        pz_str s = {NULL, 0};
        const char *next = NULL;
        if (c->lead_trim)
            while (p < end && blank(c, p, end)) p++;
        if (p < end && c->quote && *p == c->quote) next = quoted_field(c, p + 1, end, a, t, &s);
        if (!next) next = plain_field(c, p, end, &s);
        t->failed |= t->n >= c->most_columns || (c->most_chars >= 0 && s.len > (size_t)c->most_chars && (int64_t)pz_utf8_count(s) > c->most_chars);
        push(t, a, pz_str_eq(s, c->null_text) ? (pz_str){NULL, 0} : s);
        p = next;
        if (p >= end) return end;
        if (at_delimiter(c, p, end)) {
            p += c->delimiter.len;
            continue;
        }
        p += *p == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1;
        return p;
    }
}

static bool
skip(void *state, pz_str line)
{
    const csv *c = state;
    if (c->comment && line.len && *line.ptr == c->comment) return true;
    return pz_str_trim(line).len == 0;
}

/* ---- rows ---- */
static void *
csv_open(const pz_text_spec *spec, pz_arena *a)
{
    csv *c = PZ_NEW(a, csv);
    csv_init(c, &spec->options, spec->zone, a);
    c->spec = spec;
    c->single = spec->files.n == 0;
    c->corrupt = pz_corrupt_column(spec);
    c->columns = spec->data.n - (c->corrupt >= 0);
    c->one = pz_one_variant(&spec->options, &spec->data);
    return c;
}

static bool
csv_whole(const pz_text_spec *spec)
{
    return pz_option_bool(&spec->options, "multiLine", false);
}

/* Where only some columns are asked for, the others may be missing or be too many. */
static bool
is_pruned(const csv *c, const pz_record_sink *sink)
{
    for (int i = 0; c->spec->told && i < c->spec->data.n; i++)
        if (c->spec->told[i] && sink->wanted[i]) return false;
    return c->pruning && sink->nwanted - (c->corrupt >= 0 && sink->wanted[c->corrupt]) < c->columns;
}

/* What a text seems to be, as a variant: a decimal, a date, a timestamp, a truth, else the text. */
static void
variant_node(const csv *c, pz_str s, pz_arena *a, pz_vnode *out)
{
    __int128 u;
    int precision, scale;
    *out = (pz_vnode){.kind = PZ_V_NULL};
    if (!s.ptr) return;
    if (pz_text_long(s, &out->scalar.i)) {
        out->kind = PZ_V_INT;
    } else if (pz_decimal_parse(s, &u, &precision, &scale) && precision <= 38 && scale >= 0 && scale <= 38) {
        out->kind = PZ_V_DECIMAL;
        out->scalar.dec = u;
        out->scale = scale;
    } else if (s.len >= 10 && pz_text_value(&c->rules, &pz_t_date, s, a, &out->scalar) && s.len == 10) {
        out->kind = PZ_V_DATE;
    } else if (s.len >= 10 && pz_text_value(&c->rules, &pz_t_timestamp, s, a, &out->scalar)) {
        out->kind = PZ_V_TIMESTAMP;
    } else if (pz_str_ieqc(s, "true") || pz_str_ieqc(s, "false")) {
        out->kind = PZ_V_BOOL;
        out->scalar.b = pz_str_ieqc(s, "true");
    } else {
        out->kind = PZ_V_STRING;
        out->scalar.s = pz_text_clean(s, a);
    }
}

static pz_value
variant_of(const csv *c, pz_str s, pz_arena *a)
{
    pz_vnode n;
    variant_node(c, s, a, &n);
    return pz_variant_encode(a, &n);
}

/* The names in the first line of the file that is being read. */
typedef struct names { pz_arena *a; pz_strs list; bool twice; } names;

static void
csv_end(pz_record_sink *sink)
{
    names *n = sink->own;
    pz_arena_close(n->a);
    sink->own = NULL;
}

static void
keep_names(const tokens *t, pz_record_sink *sink)
{
    pz_arena *a = pz_arena_open();
    names *n = PZ_NEW(a, names);
    n->a = a;
    for (int i = 0; i < t->n; i++) {
        for (int k = 0; k < i; k++) n->twice |= t->data[k].ptr && t->data[i].ptr && pz_str_eq(t->data[k], t->data[i]);
        pz_vec_push(a, &n->list, t->data[i].ptr ? pz_text_clean(pz_dup(a, t->data[i]), a) : pz_strf(a, "_c%d", i));
    }
    if (sink->own) csv_end(sink);
    sink->own = n;
}

/* The record as an object with members of the header's names, else _c0, _c1, ...; false: it cannot be one. */
static bool
one_variant(const csv *c, const tokens *t, pz_record_sink *sink)
{
    const names *known = sink->own;
    int n = known && known->list.n < t->n ? known->list.n : t->n;
    pz_vnode all = {.kind = PZ_V_OBJECT, .items = PZ_NEWN(sink->a, pz_vnode, n + 1), .n = n};
    sink->row[c->one] = PZ_NULL;
    if (known && known->twice) return false;
    for (int i = 0; i < n; i++) {
        variant_node(c, t->data[i], sink->a, &all.items[i]);
        all.items[i].key = known ? known->list.data[i] : pz_strf(sink->a, "_c%d", i);
    }
    sink->row[c->one] = pz_variant_encode(sink->a, &all);
    return true;
}

static void
row(const csv *c, const tokens *t, pz_str record, pz_record_sink *sink)
{
    bool bad = c->one < 0 && t->n != c->columns && !is_pruned(c, sink);
    if (t->failed) {
        sink->failed = true;
        return;
    }
    if (c->one >= 0) bad = !one_variant(c, t, sink);
    for (int i = 0, k = 0; c->one < 0 && i < c->spec->data.n; i++) {
        pz_value *v = &sink->row[i];
        bool told = c->spec->told && c->spec->told[i];
        pz_str s;
        *v = PZ_NULL;
        if (i == c->corrupt) continue;
        s = k < t->n ? t->data[k] : (pz_str){NULL, 0};
        if (k++ >= t->n && told) *v = PZ_ABSENT;
        if (!s.ptr || !sink->wanted[i]) continue;
        v->null = false;
        if (c->spec->data.fields[i].type->id == PZ_T_VARIANT) {
            *v = variant_of(c, s, sink->a);
        } else if (!pz_text_value(&c->rules, c->spec->data.fields[i].type, s, sink->a, v)) {
            *v = told ? PZ_ABSENT : PZ_NULL;
            bad = true;
        } else if (pz_type_is_string(c->spec->data.fields[i].type)) {
            v->s = pz_text_clean(s, sink->a);
        }
    }
    if (bad && c->mode == PZ_DROPMALFORMED) return;
    if (bad && c->mode == PZ_FAILFAST) {
        sink->failed = true;
        return;
    }
    if (c->corrupt >= 0) {
        sink->row[c->corrupt].null = !bad;
        if (bad) sink->row[c->corrupt].s = pz_text_clean(pz_dup(sink->a, record), sink->a);
    }
    sink->emit(sink);
}

/* enforceSchema=false: the header must have the names of the schema. */
static void
header(const csv *c, const tokens *t, pz_record_sink *sink)
{
    bool pruned = is_pruned(c, sink);
    if (c->one >= 0) {
        keep_names(t, sink);
        return;
    }
    if (!pruned && t->n != c->columns) sink->failed = true;
    for (int i = 0, k = 0; i < c->spec->data.n; i++) {
        if (i == c->corrupt) continue;
        if ((!pruned || sink->wanted[i]) && (k >= t->n || !t->data[k].ptr || !(c->case_sensitive ? pz_str_eq : pz_str_ieq)(t->data[k], c->spec->data.fields[i].name)))
            sink->failed = true;
        k++;
    }
}

static void
csv_line(void *state, pz_str line, pz_record_sink *sink)
{
    const csv *c = state;
    tokens t = {0};
    if (sink->at_start && c->header && !c->check_header && c->one < 0) return;
    if (!sink->nwanted && is_pruned(c, sink)) {
        if (!sink->at_start || !c->header) sink->emit(sink);
        return;
    }
    split_record(c, line.ptr, line.ptr + line.len, sink->a, &t);
    if (sink->at_start && c->header) {
        header(c, &t, sink);
        return;
    }
    row(c, &t, line, sink);
}

static bool
csv_record(void *state, pz_str *rest, pz_record_sink *sink)
{
    const csv *c = state;
    tokens t = {0};
    const char *end = rest->ptr + rest->len, *p = rest->ptr, *next;
    while (p < end && (*p == '\n' || *p == '\r')) p++;
    while (p < end && c->comment && *p == c->comment) {
        while (p < end && *p != '\n') p++;
        while (p < end && (*p == '\n' || *p == '\r')) p++;
    }
    if (p >= end) return false;
    next = split_record(c, p, end, sink->a, &t);
    *rest = (pz_str){next, (size_t)(end - next)};
    if (!(sink->at_start && c->header)) {
        pz_str text = {p, (size_t)(next - p)};
        while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r')) text.len--;
        row(c, &t, text, sink);
    }
    else if (c->check_header || c->one >= 0) header(c, &t, sink);
    sink->at_start = false;
    return true;
}

const pz_record_format pz_csv_format = {csv_open, csv_whole, csv_line, csv_record, skip, true, false, csv_end};

/* ---- inference ---- */
typedef enum guess { G_NULL, G_INT, G_LONG, G_DECIMAL, G_DOUBLE, G_DATE, G_TIMESTAMP, G_BOOLEAN, G_STRING } guess;
typedef struct column_guess { guess g; int precision; } column_guess;

typedef struct inferrer {
    pz_source_in *in;
    csv *c;
    pz_arena *rows;                            /* emptied per record */
    bool types, dates;
    const pz_datetime_pattern *date_pattern;
    bool have_names;
    PZ_VEC(pz_str) names;
    PZ_VEC(column_guess) guesses;
    pz_sampler sample;
} inferrer;

/* Stricter than reading: only the pattern, which is yyyy-MM-dd unless given. */
static bool
is_date(const inferrer *f, pz_str s)
{
    pz_parsed_time t;
    pz_str why;
    return pz_datetime_parse(f->date_pattern, s, &t, f->rows, &why);
}

/* The tightest type of a text, from `least` upwards on Spark's ladder. */
static guess
guess_text(const inferrer *f, pz_str s, guess least, int *precision)
{
    int64_t n;
    double d;
    __int128 x;
    int scale;
    pz_value v;
    if (least <= G_LONG && pz_text_long(s, &n)) {
        bool fits = n >= INT32_MIN && n <= INT32_MAX && least <= G_INT;
        *precision = 20;
        return fits ? G_INT : G_LONG;
    }
    if (least <= G_DECIMAL && !memchr(s.ptr, '.', s.len - 1) && pz_decimal_parse(s, &x, precision, &scale) && scale == 0 && !memchr(s.ptr, 'e', s.len) &&
        !memchr(s.ptr, 'E', s.len))
        return G_DECIMAL;
    if (least <= G_DOUBLE) {
        if (pz_str_eq(s, f->c->rules.nan) || pz_str_eq(s, f->c->rules.plus_inf) || pz_str_eq(s, f->c->rules.minus_inf)) return G_DOUBLE;
        if (pz_text_double(s, &d)) return G_DOUBLE;
    }
    if (least <= G_DATE && f->dates && is_date(f, s)) return G_DATE;
    if (least <= G_TIMESTAMP && pz_text_value(&f->c->rules, &pz_t_timestamp, s, f->rows, &v)) return G_TIMESTAMP;
    if (least <= G_BOOLEAN && (pz_str_ieqc(s, "true") || pz_str_ieqc(s, "false"))) return G_BOOLEAN;
    return G_STRING;
}

static void
note(const inferrer *f, column_guess *g, pz_str s)
{
    int precision = 0;
    guess now;
    if (!s.ptr || g->g == G_STRING) return;
    now = guess_text(f, s, g->g, &precision);
    if (now == g->g || g->g == G_NULL) {
        if (now == G_DECIMAL && precision > g->precision) g->precision = precision;
        g->g = now;
    } else if (now <= G_DOUBLE) {
        if (now == G_DECIMAL && precision < 20) precision = 20;
        if (precision > g->precision) g->precision = precision;
        g->g = now;
    } else if (g->g == G_DATE && now == G_TIMESTAMP) {
        g->g = G_TIMESTAMP;
    } else {
        g->g = G_STRING;
    }
}

/* Names of a header: empty ones get their place, those that occur again all get their place behind. */
static void
take_names(inferrer *f, const tokens *t)
{
    pz_arena *a = f->in->a;
    f->have_names = true;
    for (int i = 0; i < t->n; i++) {
        pz_str s = t->data[i];
        bool twice = false;
        for (int j = 0; s.ptr && s.len && j < t->n; j++) twice |= j != i && t->data[j].ptr && pz_source_same_name(f->in, s, t->data[j]);
        if (!f->c->header || !s.ptr || !s.len) s = pz_strf(a, "_c%d", i);
        else if (twice) s = pz_strf(a, PZ_FMT "%d", PZ_ARG(s), i);
        else s = pz_text_clean(pz_dup(a, s), a);
        pz_vec_push(a, &f->names, s);
        pz_vec_push(a, &f->guesses, ((column_guess){G_NULL, 0}));
    }
}

static void
take_record(inferrer *f, const tokens *t, bool first_of_file)
{
    bool is_header = first_of_file && f->c->header;
    if (!f->have_names) take_names(f, t);
    if (is_header || !f->types) return;
    for (int i = 0; i < t->n && i < f->guesses.n; i++) note(f, &f->guesses.data[i], t->data[i]);
}

static pz_status
infer_file(inferrer *f, const pz_file *file)
{
    pz_str charset = pz_option_get(f->in->options, "encoding", NULL), separator = pz_option_get(f->in->options, "lineSep", ""), rest, line;
    pz_file_text text;
    bool first = true;
    pz_status st = PZ_OK;
    tokens t;
    if (!charset.ptr) charset = pz_option_get(f->in->options, "charset", "");
    PZ_TRY(pz_source_read(f->in, file->path, charset, &text));
    rest = (pz_str){text.ptr, text.len};
    if (rest.len >= 3 && !memcmp(rest.ptr, "\xEF\xBB\xBF", 3)) rest = (pz_str){rest.ptr + 3, rest.len - 3};
    while (rest.len && (f->types || !f->have_names)) {
        memset(&t, 0, sizeof t);
        pz_arena_reset(f->rows);
        if (f->c->multi) {
            const char *next = split_record(f->c, rest.ptr, rest.ptr + rest.len, f->rows, &t);
            line = (pz_str){rest.ptr, (size_t)(next - rest.ptr)};
            rest = (pz_str){next, rest.len - line.len};
            if (skip(f->c, line)) continue;
        } else {
            bool taken;
            if (!pz_next_line(&rest, separator, &line)) break;
            taken = pz_sampler_takes(&f->sample);
            if (skip(f->c, line)) continue;
            if (!taken && !first) continue;    /* names come from the first line in any case */
            split_record(f->c, line.ptr, line.ptr + line.len, f->rows, &t);
            if (!taken && first && f->c->header == false && !t.failed) {
                if (!f->have_names) take_names(f, &t);
                first = false;
                continue;
            }
        }
        if (t.failed) {
            pz_str bad = pz_text_clean(line, f->in->a);
            while (bad.len && (bad.ptr[bad.len - 1] == '\n' || bad.ptr[bad.len - 1] == '\r')) bad.len--;
            st = pz_raise_as(f->in->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_MALFORMED_CSV_RECORD, PZ_NO_ORIGIN, "badRecord", pz_dup(f->in->a, bad).ptr, NULL);
            break;
        }
        take_record(f, &t, first);
        first = false;
    }
    free(text.ptr);
    return st;
}

/* Every text is a record; those that repeat the header are headers too. */
static void
infer_texts(inferrer *f)
{
    pz_str header = {NULL, 0};
    for (int i = 0; i < f->in->texts->n && (f->types || !f->have_names); i++) {
        pz_str line = f->in->texts->data[i];
        tokens t = {0};
        if (!line.ptr || skip(f->c, line)) continue;
        if (!header.ptr) header = line;
        pz_arena_reset(f->rows);
        split_record(f->c, line.ptr, line.ptr + line.len, f->rows, &t);
        take_record(f, &t, pz_str_eq(line, header));
    }
}

static const pz_type *
type_of(const column_guess *g, pz_arena *a, bool ntz)
{
    switch (g->g) {
    case G_INT: return &pz_t_int;
    case G_LONG: return &pz_t_long;
    case G_DECIMAL: return pz_type_decimal(a, g->precision, 0);
    case G_DOUBLE: return &pz_t_double;
    case G_DATE: return &pz_t_date;
    case G_TIMESTAMP: return ntz ? &pz_t_timestamp_ntz : &pz_t_timestamp;
    case G_BOOLEAN: return &pz_t_boolean;
    default: return &pz_t_string;
    }
}

pz_status
pz_csv_infer(pz_source_in *in, pz_schema *out)
{
    csv c;
    inferrer f = {.in = in, .c = &c};
    pz_status st = PZ_OK;
    memset(&c, 0, sizeof c);
    csv_init(&c, in->options, in->zone, in->a);
    f.types = pz_option_bool(in->options, "inferSchema", false);
    f.dates = pz_option_bool(in->options, "preferDate", true);
    f.date_pattern = c.rules.date_pattern;
    if (!f.date_pattern) f.date_pattern = pz_datetime_pattern_make(in->a, PZ_STR("yyyy-MM-dd"), true, PZ_TIME_CORRECTED);
    f.rows = pz_arena_open();
    pz_sampler_init(&f.sample, in->options, 1);
    if (in->texts) infer_texts(&f);
    for (int i = 0; i < in->list.files.n && st == PZ_OK; i++) st = infer_file(&f, &in->list.files.data[i]);
    pz_arena_close(f.rows);
    PZ_TRY(st);
    out->n = f.names.n;
    out->fields = PZ_NEWN(in->a, pz_field, out->n);
    for (int i = 0; i < out->n; i++)
        out->fields[i] = (pz_field){f.names.data[i], f.types ? type_of(&f.guesses.data[i], in->a, false) : &pz_t_string, true, {NULL, 0}};
    return PZ_OK;
}

/* Schema of one record, for schema_of_csv. */
void
pz_csv_infer_line(const pz_options *o, pz_str text, const pz_zone *zone, pz_arena *a, pz_schema *out)
{
    csv c;
    pz_source_in in = {.options = o, .zone = zone, .a = a};
    inferrer f = {.in = &in, .c = &c, .types = true, .rows = a};
    tokens t = {0};
    memset(&c, 0, sizeof c);
    csv_init(&c, o, zone, a);
    c.header = false;
    f.dates = pz_option_bool(o, "preferDate", true);
    f.date_pattern = c.rules.date_pattern;
    if (!f.date_pattern) f.date_pattern = pz_datetime_pattern_make(a, PZ_STR("yyyy-MM-dd"), true, PZ_TIME_CORRECTED);
    split_record(&c, text.ptr, text.ptr + text.len, a, &t);
    take_record(&f, &t, true);
    out->n = f.names.n;
    out->fields = PZ_NEWN(a, pz_field, out->n + 1);
    for (int i = 0; i < out->n; i++) out->fields[i] = (pz_field){f.names.data[i], type_of(&f.guesses.data[i], a, false), true, {NULL, 0}};
}

bool
pz_csv_beyond(const pz_options *o, pz_str text, int64_t columns, int64_t chars, pz_arena *a)
{
    csv c = {.single = true};
    tokens t = {0};
    csv_init(&c, o, pz_zone_find(PZ_STR("UTC")), a);
    split_record(&c, text.ptr, text.ptr + text.len, a, &t);
    for (int i = 0; i < t.n && chars >= 0; i++)
        if ((int64_t)pz_utf8_count(t.data[i]) > chars) return true;
    return t.failed || t.n > columns;
}

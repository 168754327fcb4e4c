/*
 * engine/functions/java_pattern.c - a java.util.regex pattern written as a PCRE2 pattern.
 *
 * In: the pattern text.  Out: PCRE2 text that matches the same, or a refusal where Java would throw.  Things start at pz_java_pattern().
 * Most of a pattern is copied; what differs: \p names, \u and octal escapes, sets of sets with && inside [...], flags,
 * references to groups that do not exist, and PCRE2's own extensions, which are refused.
 */
#include "regex.h"

typedef struct reader {
    const char *p, *end, *start;
    pz_arena *a;
    pz_buf out;
    int groups;                                /* in the whole pattern */
    pz_strs names;
    bool ignore_case, unicode_case, comments, unicode_classes;
    pz_str error;
} reader;

static bool
refuse(reader *r, const char *why)
{
    if (!r->error.ptr)
        r->error = pz_strf(r->a, "%s near index %d", why, (int)(r->p - r->start));
    return false;
}

/* Groups and their names, so that references can be told from digits. */
static void
count_groups(reader *r)
{
    bool in_class = false;
    for (const char *p = r->start; p < r->end; p++) {
        if (*p == '\\') {
            p++;
            if (p < r->end && *p == 'Q')
                while (p + 1 < r->end && !(p[0] == '\\' && p[1] == 'E'))
                    p++;
            continue;
        }
        if (*p == '[')
            in_class = true;
        else if (*p == ']')
            in_class = false;
        if (in_class || *p != '(')
            continue;
        if (p + 1 < r->end && p[1] == '?') {
            if (p + 3 >= r->end || p[2] != '<' || p[3] == '=' || p[3] == '!')
                continue;
            const char *close = memchr(p, '>', (size_t)(r->end - p));
            if (close)
                pz_vec_push(r->a, &r->names, ((pz_str){p + 3, (size_t)(close - p - 3)}));
        }
        r->groups++;
    }
}

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A code point as an operand of the PCRE2 pattern, inside or outside of a set. */
static void
put_char(reader *r, pz_buf *b, uint32_t cp, bool in_class)
{
    char utf8[4];
    int n = pz_utf8_encode(cp, utf8);
    bool exact = !in_class && cp >= 0x80 && r->ignore_case && !r->unicode_case;
    if (exact)
        pz_buf_puts(b, "(?-i:");
    if (cp < 0x20 || cp == 0x7F)
        pz_buf_printf(b, "\\x{%x}", cp);
    else if (cp < 0x80 && !is_alpha((char)cp) && !is_digit((char)cp))
        pz_buf_printf(b, "\\%c", (int)cp);
    else
        pz_buf_add(b, utf8, (size_t)n);
    if (exact)
        pz_buf_putc(b, ')');
}

/* ---- \p{...} */

/* What stands inside [...] for a property name; NULL: unknown to this list. */
static const char *
property_body(pz_str name)
{
    static const struct { const char *name, *body; } known[] = {
        {"Lower", "a-z"}, {"Upper", "A-Z"}, {"ASCII", "\\x00-\\x7F"}, {"Alpha", "a-zA-Z"}, {"Digit", "0-9"}, {"Alnum", "a-zA-Z0-9"},
        {"Punct", "!-\\/:-@\\[-`{-~"}, {"Graph", "!-~"}, {"Print", " -~"}, {"Blank", " \\t"}, {"Cntrl", "\\x00-\\x1F\\x7F"},
        {"XDigit", "0-9a-fA-F"}, {"Space", " \\t\\n\\x0B\\f\\r"},
        {"javaLowerCase", "\\p{Ll}"}, {"javaUpperCase", "\\p{Lu}"}, {"javaTitleCase", "\\p{Lt}"}, {"javaAlphabetic", "\\p{L}\\p{Nl}"},
        {"javaLetter", "\\p{L}"}, {"javaDigit", "\\p{Nd}"}, {"javaLetterOrDigit", "\\p{L}\\p{Nd}"},
        {"javaWhitespace", "\\t-\\r\\x1C-\\x1F\\x{20}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200A}\\x{2028}\\x{2029}\\x{205F}\\x{3000}"},
        {"javaSpaceChar", "\\p{Z}"}, {"javaMirrored", "<>()\\[\\]{}"},
        {"IsAlphabetic", "\\p{L}\\p{Nl}\\p{Mn}\\p{Mc}"}, {"IsLetter", "\\p{L}"}, {"IsIdeographic", "\\p{Han}"}, {"IsLowercase", "\\p{Ll}"},
        {"IsUppercase", "\\p{Lu}"}, {"IsTitlecase", "\\p{Lt}"}, {"IsPunctuation", "\\p{P}"}, {"IsControl", "\\p{Cc}"},
        {"IsWhite_Space", "\\t-\\r\\x{20}\\x{85}\\p{Z}"}, {"IsDigit", "\\p{Nd}"}, {"IsAlnum", "\\p{L}\\p{Nd}"}, {"L1", "\\x00-\\xFF"}, {"LC", "\\p{L&}"},
        {"all", "\\x{0}-\\x{10FFFF}"}, {"Any", "\\x{0}-\\x{10FFFF}"},
        /* blocks that people ask for */
        {"InBasicLatin", "\\x00-\\x7F"}, {"InBasic_Latin", "\\x00-\\x7F"}, {"InLatin-1Supplement", "\\x{80}-\\x{FF}"}, {"InGreek", "\\x{370}-\\x{3FF}"},
        {"InCyrillic", "\\x{400}-\\x{4FF}"}, {"InHebrew", "\\x{590}-\\x{5FF}"}, {"InArabic", "\\x{600}-\\x{6FF}"}, {"InHiragana", "\\x{3040}-\\x{309F}"},
        {"InKatakana", "\\x{30A0}-\\x{30FF}"}, {"InCJKUnifiedIdeographs", "\\x{4E00}-\\x{9FFF}"}, {"InCJK_Unified_Ideographs", "\\x{4E00}-\\x{9FFF}"},
        {"InCombiningDiacriticalMarks", "\\x{300}-\\x{36F}"},
    };
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (pz_str_eqc(name, known[i].name))
            return known[i].body;
    return NULL;
}

static bool
is_category(pz_str name)
{
    static const char *const known[] = {"C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl",
                                        "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs"};
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (pz_str_eqc(name, known[i]))
            return true;
    return false;
}

static bool
is_script(pz_str name)
{
    static const char *const known[] = {"Latin", "Greek", "Cyrillic", "Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew", "Thai", "Devanagari",
                                        "Armenian", "Georgian", "Bengali", "Tamil", "Telugu", "Ethiopic", "Khmer", "Lao", "Mongolian", "Tibetan",
                                        "Common", "Inherited", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Myanmar", "Sinhala", "Bopomofo"};
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (pz_str_ieqc(name, known[i]))
            return true;
    return false;
}

/* After \p or \P: the text for inside of [...]; `negated` turned by \P and ^. */
static bool
read_property(reader *r, pz_str *body, bool *negated)
{
    if (r->p >= r->end)
        return refuse(r, "Unknown character property");
    pz_str name = {r->p, 1};
    if (*r->p == '{') {
        const char *close = memchr(r->p, '}', (size_t)(r->end - r->p));
        if (!close)
            return refuse(r, "Unclosed character family");
        name = (pz_str){r->p + 1, (size_t)(close - r->p - 1)};
        r->p = close + 1;
    } else {
        r->p++;
    }
    const char *eq = memchr(name.ptr, '=', name.len);
    pz_str value = eq ? (pz_str){eq + 1, (size_t)(name.ptr + name.len - eq - 1)} : name;
    const char *known = property_body(name);
    if (known) {
        *body = pz_str_c(known);
        return true;
    }
    if (!eq && pz_str_starts(value, "Is") && value.len > 2)
        value = cut(value, 2, value.len);
    if (!is_category(value) && !(is_script(value) && (eq || value.len + 2 == name.len)))
        return refuse(r, "Unknown character property name");
    pz_str spelled = pz_dup(r->a, value);
    if (!is_category(value)) {
        spelled = pz_lower_ascii(r->a, value);
        ((char *)spelled.ptr)[0] = (char)(spelled.ptr[0] - 32);
    }
    *body = pz_strf(r->a, "\\p{" PZ_FMT "}", PZ_ARG(spelled));
    (void)negated;
    return true;
}

/* ---- escapes that stand for one character: true with *cp; r->p after the backslash */

static bool
read_hex(reader *r, int digits, uint32_t *cp)
{
    uint32_t v = 0;
    for (int i = 0; i < digits; i++, r->p++) {
        if (r->p >= r->end)
            return refuse(r, "Illegal hexadecimal escape sequence");
        char c = *r->p;
        int d = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (d < 0)
            return refuse(r, "Illegal hexadecimal escape sequence");
        v = v << 4 | (uint32_t)d;
    }
    *cp = v;
    return true;
}

static bool
read_octal(reader *r, uint32_t *cp)
{
    uint32_t v = 0;
    int n = 0;
    while (n < 3 && r->p < r->end && *r->p >= '0' && *r->p <= '7' && v * 8 + (uint32_t)(*r->p - '0') < 256) {
        v = v * 8 + (uint32_t)(*r->p++ - '0');
        n++;
    }
    *cp = v;
    return n > 0 || refuse(r, "Illegal octal escape sequence");
}

/* 1: one character; 0: something else (nothing read); -1: refused. */
static int
read_char_escape(reader *r, uint32_t *cp)
{
    char c = *r->p;
    if (!is_alpha(c) && !is_digit(c)) {
        r->p += pz_utf8_decode(r->p, (size_t)(r->end - r->p), cp);
        return 1;
    }
    const char *simple = strchr("ttnnrrffaaee", c) ? &"t\tn\nr\rf\fa\ae\x1B"[0] : NULL;
    if (simple)
        for (int i = 0; i < 12; i += 2)
            if (simple[i] == c) {
                *cp = (unsigned char)simple[i + 1];
                r->p++;
                return 1;
            }
    r->p++;
    switch (c) {
    case '0':
        return read_octal(r, cp) ? 1 : -1;
    case 'x':
        if (r->p < r->end && *r->p == '{') {
            const char *close = memchr(r->p, '}', (size_t)(r->end - r->p));
            r->p++;
            if (!close || !read_hex(r, (int)(close - r->p), cp) || *cp > 0x10FFFF)
                return refuse(r, "Unclosed hexadecimal escape sequence"), -1;
            r->p = close + 1;
            return 1;
        }
        return read_hex(r, 2, cp) ? 1 : -1;
    case 'u':
        if (!read_hex(r, 4, cp))
            return -1;
        if (*cp >= 0xD800 && *cp < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u') {
            uint32_t low;
            r->p += 2;
            if (!read_hex(r, 4, &low))
                return -1;
            *cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
        }
        return 1;
    case 'c':
        if (r->p >= r->end)
            return refuse(r, "Illegal control escape sequence"), -1;
        *cp = (uint32_t)((unsigned char)*r->p++ ^ 64);
        return 1;
    }
    r->p--;
    return 0;
}

/* \Q...\E: characters as they are.  r->p after \Q. */
static void
quote_run(reader *r, pz_buf *b, bool in_class)
{
    while (r->p < r->end) {
        if (r->p[0] == '\\' && r->p + 1 < r->end && r->p[1] == 'E') {
            r->p += 2;
            return;
        }
        uint32_t cp;
        r->p += pz_utf8_decode(r->p, (size_t)(r->end - r->p), &cp);
        put_char(r, b, cp, in_class);
    }
}

/* ---- [...]: one operand is plain text for [...] plus nested sets; operands meet in && */

typedef struct operand { pz_buf body; pz_buf nested; } operand;

static bool read_class(reader *r, pz_buf *b);

static bool
class_escape(reader *r, operand *o)
{
    if (r->p >= r->end)
        return refuse(r, "Illegal/unsupported escape sequence");
    uint32_t cp;
    if (*r->p == 'Q') {
        r->p++;
        quote_run(r, &o->body, true);
        return true;
    }
    if (*r->p == 'p' || *r->p == 'P') {
        bool negated = *r->p++ == 'P';
        pz_str body;
        if (!read_property(r, &body, &negated))
            return false;
        if (negated)
            pz_buf_printf(&o->nested, "|[^" PZ_FMT "]", PZ_ARG(body));
        else
            pz_buf_str(&o->body, body);
        return true;
    }
    if (strchr("dDsSwWhHvV", *r->p)) {
        pz_buf_printf(&o->body, "\\%c", *r->p++);
        if (r->p + 1 < r->end && *r->p == '-' && r->p[1] != ']') {         /* no range begins with a set: the dash is one */
            pz_buf_puts(&o->body, "\\-");
            r->p++;
        }
        return true;
    }
    int one = read_char_escape(r, &cp);
    if (one == 1)
        put_char(r, &o->body, cp, true);
    return one == 1 || refuse(r, "Illegal/unsupported escape sequence");
}

/* "(?:[body]|nested...)" */
static void
put_operand(pz_buf *b, const operand *o)
{
    if (o->nested.len == 0) {
        pz_buf_printf(b, o->body.len ? "[" PZ_FMT "]" : "(?!)" PZ_FMT, PZ_ARG(pz_buf_view(&o->body)));
        return;
    }
    pz_buf_puts(b, "(?:");
    if (o->body.len)
        pz_buf_printf(b, "[" PZ_FMT "]" PZ_FMT, PZ_ARG(pz_buf_view(&o->body)), PZ_ARG(pz_buf_view(&o->nested)));
    else
        pz_buf_str(b, cut(pz_buf_view(&o->nested), 1, o->nested.len));
    pz_buf_putc(b, ')');
}

static bool
class_items(reader *r, operand *o, pz_buf *before, bool *meets)
{
    bool any = false;
    while (r->p < r->end) {
        uint32_t cp;
        char c = *r->p;
        if (c == ']' && any) {
            r->p++;
            return true;
        }
        any = true;
        if (c == '[') {
            r->p++;
            pz_buf_putc(&o->nested, '|');
            if (!read_class(r, &o->nested))
                return false;
        } else if (c == '&' && r->p + 1 < r->end && r->p[1] == '&') {
            r->p += 2;
            while (r->p < r->end && *r->p == '&')
                r->p++;
            *meets = true;
            pz_buf_puts(before, "(?=");
            put_operand(before, o);
            pz_buf_putc(before, ')');
            pz_buf_clear(&o->body);
            pz_buf_clear(&o->nested);
        } else if (c == '\\') {
            r->p++;
            if (!class_escape(r, o))
                return false;
        } else if (c == '-') {
            pz_buf_putc(&o->body, '-');
            r->p++;
        } else {
            r->p += pz_utf8_decode(r->p, (size_t)(r->end - r->p), &cp);
            if (!(r->comments && (cp == ' ' || cp == '\t' || cp == '\n')))
                put_char(r, &o->body, cp, true);
        }
    }
    return refuse(r, "Unclosed character class");
}

/* r->p after '['. */
static bool
read_class(reader *r, pz_buf *b)
{
    bool negated = r->p < r->end && *r->p == '^', meets = false;
    operand o;
    pz_buf before;
    pz_buf_init(&o.body, 0);
    pz_buf_init(&o.nested, 0);
    pz_buf_init(&before, 0);
    r->p += negated;
    bool good = class_items(r, &o, &before, &meets);
    if (good && !meets && o.nested.len == 0) {
        pz_buf_printf(b, "[%s" PZ_FMT "]", negated ? "^" : "", PZ_ARG(pz_buf_view(&o.body)));
    } else if (good) {
        pz_buf_puts(b, negated ? "(?:(?!" : "(?:");
        pz_buf_str(b, pz_buf_view(&before));
        if (!(meets && o.body.len == 0 && o.nested.len == 0))
            put_operand(b, &o);
        pz_buf_puts(b, negated ? ")(?s:.))" : ")");
    }
    pz_buf_free(&o.body);
    pz_buf_free(&o.nested);
    pz_buf_free(&before);
    return good;
}

/* ---- outside of sets */

static bool
read_reference(reader *r)
{
    int n = *r->p++ - '0';
    while (r->p < r->end && is_digit(*r->p) && n * 10 + (*r->p - '0') <= r->groups)
        n = n * 10 + (*r->p++ - '0');
    if (n <= r->groups)
        pz_buf_printf(&r->out, "\\g{%d}", n);
    else
        pz_buf_puts(&r->out, "(?!)");
    return true;
}

static bool
read_named_reference(reader *r)
{
    const char *close = r->p + 1 < r->end && r->p[1] == '<' ? memchr(r->p, '>', (size_t)(r->end - r->p)) : NULL;
    if (!close)
        return refuse(r, "\\k is not followed by '<' for named capturing group");
    pz_str name = {r->p + 2, (size_t)(close - r->p - 2)};
    for (int i = 0; i < r->names.n; i++)
        if (pz_str_eq(r->names.data[i], name)) {
            pz_buf_printf(&r->out, "\\k<" PZ_FMT ">", PZ_ARG(name));
            r->p = close + 1;
            return true;
        }
    return refuse(r, "named capturing group does not exist");
}

static bool
read_escape(reader *r)
{
    if (r->p >= r->end)
        return refuse(r, "Unexpected internal error");
    char c = *r->p;
    uint32_t cp;
    if (c == 'Q') {
        r->p++;
        quote_run(r, &r->out, false);
        return true;
    }
    if (c >= '1' && c <= '9')
        return read_reference(r);
    if (c == 'k')
        return read_named_reference(r);
    if (c == 'p' || c == 'P') {
        bool negated = c == 'P';
        pz_str body;
        r->p++;
        if (!read_property(r, &body, &negated))
            return false;
        pz_buf_printf(&r->out, "[%s" PZ_FMT "]", negated ? "^" : "", PZ_ARG(body));
        return true;
    }
    if (strchr("DSWHV", c)) {                  /* alone, the engine's do not know characters beyond ASCII */
        pz_buf_printf(&r->out, "[\\%c]", *r->p++);
        return true;
    }
    if (strchr("bBAGZzdswhvRX", c)) {
        pz_buf_printf(&r->out, "\\%c", *r->p++);
        return true;
    }
    int one = read_char_escape(r, &cp);
    if (one == 1)
        put_char(r, &r->out, cp, false);
    return one == 1 || refuse(r, "Illegal/unsupported escape sequence");
}

/* (?flags) or (?flags:...); r->p after "(?". */
static bool
read_flags(reader *r)
{
    bool on = true;
    pz_buf_puts(&r->out, "(?");
    for (; r->p < r->end; r->p++) {
        char c = *r->p;
        if (c == '-') {
            on = false;
            pz_buf_putc(&r->out, '-');
        } else if (c == 'i' || c == 'm' || c == 's' || c == 'x') {
            pz_buf_putc(&r->out, c);
            if (c == 'i')
                r->ignore_case = on;
            if (c == 'x')
                r->comments = on;
        } else if (c == 'u' || c == 'U') {
            r->unicode_case = on;
            if (c == 'U' && on)
                r->unicode_classes = true;
        } else if (c == ')' || c == ':') {
            pz_buf_putc(&r->out, c);
            r->p++;
            return true;
        } else if (c != 'd') {
            break;
        }
    }
    return refuse(r, "Unknown inline modifier");
}

static bool
read_group(reader *r)
{
    if (r->p < r->end && *r->p == '*')
        return refuse(r, "Dangling meta character '*'");
    if (r->p >= r->end || *r->p != '?') {
        pz_buf_putc(&r->out, '(');
        return true;
    }
    r->p++;
    if (r->p >= r->end)
        return refuse(r, "Unknown inline modifier");
    if (strchr(":=!>", *r->p)) {
        pz_buf_printf(&r->out, "(?%c", *r->p++);
        return true;
    }
    if (*r->p != '<')
        return read_flags(r);
    if (r->p + 1 < r->end && (r->p[1] == '=' || r->p[1] == '!')) {
        pz_buf_printf(&r->out, "(?<%c", r->p[1]);
        r->p += 2;
        return true;
    }
    const char *close = memchr(r->p, '>', (size_t)(r->end - r->p));
    if (!close || !is_alpha(r->p[1]))
        return refuse(r, "capturing group name does not start with a Latin letter");
    for (const char *q = r->p + 1; q < close; q++)
        if (!is_alpha(*q) && !is_digit(*q))
            return refuse(r, "named capturing group is missing trailing '>'");
    pz_buf_puts(&r->out, "(?");
    pz_buf_add(&r->out, r->p, (size_t)(close + 1 - r->p));
    r->p = close + 1;
    return true;
}

/* {n}, {n,}, {n,m}: anything else after { is no Java pattern. */
static bool
read_repetition(reader *r, bool has_atom)
{
    const char *q = r->p;
    while (q < r->end && is_digit(*q))
        q++;
    if (q > r->p && q < r->end && *q == ',')
        for (q++; q < r->end && is_digit(*q);)
            q++;
    if (!has_atom || q == r->p || q >= r->end || *q != '}')
        return refuse(r, "Illegal repetition");
    pz_buf_putc(&r->out, '{');
    pz_buf_add(&r->out, r->p, (size_t)(q + 1 - r->p));
    r->p = q + 1;
    return true;
}

static bool
translate(reader *r)
{
    bool atom = false;
    while (r->p < r->end) {
        char c = *r->p++;
        if (c == '\\') {
            if (!read_escape(r))
                return false;
        } else if (c == '[') {
            if (!read_class(r, &r->out))
                return false;
        } else if (c == '(') {
            if (!read_group(r))
                return false;
            atom = false;
            continue;
        } else if (c == '{') {
            if (!read_repetition(r, atom))
                return false;
        } else if (c == '|') {
            pz_buf_putc(&r->out, c);
            atom = false;
            continue;
        } else if (c == '#' && r->comments) {
            while (r->p < r->end && *r->p != '\n' && *r->p != '\r')
                r->p++;
        } else if (c == ']' || c == '}') {
            pz_buf_printf(&r->out, "\\%c", c);
        } else if ((unsigned char)c >= 0x80) {
            uint32_t cp;
            r->p += pz_utf8_decode(r->p - 1, (size_t)(r->end - r->p + 1), &cp) - 1;
            put_char(r, &r->out, cp, false);
        } else {
            pz_buf_putc(&r->out, c);
        }
        atom = true;
    }
    return true;
}

bool
pz_java_pattern(pz_str java, pz_arena *a, pz_str *pcre, bool *unicode_classes, pz_str *error)
{
    reader r = {.p = java.ptr, .start = java.ptr, .end = java.ptr + java.len, .a = a};
    pz_buf_init(&r.out, 0);
    count_groups(&r);
    bool good = translate(&r);
    *pcre = pz_buf_dup(&r.out, a);
    *unicode_classes = r.unicode_classes;
    *error = r.error;
    pz_buf_free(&r.out);
    return good;
}

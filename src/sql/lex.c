/*
 * sql/lex.c - SQL text into tokens.
 *
 * In: the whole text.  Out: an array of tokens ended by T_EOF; blanks and comments are dropped, bytes that start no token
 * become T_OTHER and fail later where a rule meets them.  Longest match wins, as in Spark's lexer: 1a is a name, 1L a number.
 * Starts at pz_lex.
 */
#include "sql_int.h"

typedef struct lexer {
    pz_str s;
    size_t i;
    int line;
    size_t line_start;                         /* byte where the line starts */
    size_t pos_byte;                           /* up to here `pos` is counted */
    int pos;
    int nesting;                               /* ARRAY, MAP, STRUCT seen minus ">": then ">>" closes two types */
    bool unclosed;
} lexer;

typedef struct keyword { const char *text; short kind, flags; } keyword;
static const keyword keywords[] = {
#define KW(id, text, flags) {text, K_##id, flags},
#define KW_ALT(id, text, flags) {text, K_##id, flags},
#include "../../tables/keywords.def"
};

static int
keyword_cmp(pz_str word, const char *text)
{
    for (size_t i = 0; i < word.len; i++) {
        int c = (unsigned char)word.ptr[i], d = (unsigned char)text[i];
        if (c >= 'a' && c <= 'z') c -= 32;
        if (c != d) return c - d;
    }
    return text[word.len] ? -1 : 0;
}

static const keyword *
keyword_row(pz_str word)
{
    size_t lo = 0, hi = PZ_COUNTOF(keywords);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = keyword_cmp(word, keywords[mid].text);
        if (c == 0) return &keywords[mid];
        if (c < 0) hi = mid;
        else lo = mid + 1;
    }
    return NULL;
}

int
pz_keyword_find(pz_str word)
{
    const keyword *k = keyword_row(word);
    return k ? k->kind : T_IDENT;
}

int
pz_keyword_flags(int kind)
{
    static const unsigned char flags[T_KIND_COUNT] = {
#define KW(id, text, flag) [K_##id] = (flag),
#define KW_ALT(id, text, flag)
#include "../../tables/keywords.def"
    };
    return kind >= 0 && kind < T_KIND_COUNT ? flags[kind] : 0;
}

bool
pz_keyword_at(int i, const char **word, bool *reserved)
{
    int listed = 0;
    for (size_t k = 0; k < PZ_COUNTOF(keywords); k++) {
        if (keywords[k].flags & KW_H || listed++ < i) continue;
        *word = keywords[k].text;
        *reserved = (keywords[k].flags & KW_R) != 0;
        return true;
    }
    return false;
}

bool
pz_is_reserved_word(pz_str word)
{
    const keyword *k = keyword_row(word);
    return k && (k->flags & KW_R);
}

static int
at(const lexer *l, size_t k)
{
    return l->i + k < l->s.len ? (unsigned char)l->s.ptr[l->i + k] : -1;
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/* Blanks beyond ASCII that count as white space. */
static bool
wide_blank(uint32_t c)
{
    return c == 160 || c == 5760 || (c >= 8192 && c <= 8202) || c == 8232 || c == 8239 || c == 8287 || c == 12288;
}

/* Length of a character that may stand in an unquoted name, 0 if it may not.  Other scripts' letters are names here
 * and refused by the rule that reads them. */
static int
word_char(const lexer *l, size_t k)
{
    int c = at(l, k);
    if (is_letter(c) || is_digit(c) || c == '_') return 1;
    if (c < 0xC2) return 0;
    uint32_t cp;
    int n = pz_utf8_decode(l->s.ptr + l->i + k, l->s.len - l->i - k, &cp);
    if (cp == 0xFFFD || wide_blank(cp)) return 0;
    if (cp == 170 || cp == 181 || cp == 186 || (cp >= 192 && cp != 215 && cp != 247 && (cp < 0x2000 || cp >= 0x2C00) && cp < 0xE000) ||
        (cp >= 0xF900 && cp < 0xFFE0))
        return (cp >= 0x3000 && cp <= 0x3004) || (cp >= 0xFF00 && cp <= 0xFF20) ? 0 : n;
    return 0;
}

static size_t
word_length(const lexer *l)
{
    size_t k = 0;
    for (int n; (n = word_char(l, k)) > 0;) k += (size_t)n;
    return k;
}

/* scheme://rest written without quotes is one token, so that it can be refused as a name. */
static size_t
uri_length(const lexer *l, size_t word)
{
    if (at(l, word) != ':' || at(l, word + 1) != '/' || at(l, word + 2) != '/') return 0;
    for (size_t k = 0; k < word; k++)
        if (is_digit(at(l, k)) || at(l, k) == '_') return 0;
    size_t k = word + 3;
    for (;;) {
        int c = at(l, k), n;
        if (c > 0 && strchr("#%&-./=?_", c)) k++;
        else if ((n = word_char(l, k)) > 0) k += (size_t)n;
        else break;
    }
    return k > word + 3 ? k : 0;
}

/* Length of digits[.digits][e[+-]digits] at `k`, with what was in it. */
static size_t
number_length(const lexer *l, bool *dot, bool *exponent)
{
    size_t k = 0;
    *dot = *exponent = false;
    while (is_digit(at(l, k))) k++;
    if (at(l, k) == '.' && (k > 0 || is_digit(at(l, 1)))) {
        *dot = true;
        k++;
        while (is_digit(at(l, k))) k++;
    }
    if (at(l, k) == 'e' || at(l, k) == 'E') {
        size_t e = k + 1;
        if (at(l, e) == '+' || at(l, e) == '-') e++;
        if (is_digit(at(l, e))) {
            *exponent = true;
            while (is_digit(at(l, e))) e++;
            k = e;
        }
    }
    return k;
}

static bool
ends_number(const lexer *l, size_t k)
{
    int c = at(l, k);
    return !(is_letter(c) || is_digit(c) || c == '_');
}

/* A number at the start of a word or of ".5": sets *kind and gives its length; 0 when the longer name wins. */
static size_t
lex_number(const lexer *l, size_t word, int *kind)
{
    bool dot, exponent;
    size_t k = number_length(l, &dot, &exponent);
    if (k == 0) return 0;
    int c = at(l, k) | 32, c2 = at(l, k + 1) | 32;
    size_t suffix = 0;
    int found = exponent ? T_EXPONENT : dot ? T_DECIMAL : T_INTEGER;
    if (at(l, k) > 0) {
        if (c == 'b' && c2 == 'd' && at(l, k + 1) > 0) suffix = 2, found = T_BIGDECIMAL;
        else if (c == 'd') suffix = 1, found = T_DOUBLE;
        else if (c == 'f') suffix = 1, found = T_FLOAT;
        else if (!dot && !exponent && c == 'l') suffix = 1, found = T_BIGINT;
        else if (!dot && !exponent && c == 's') suffix = 1, found = T_SMALLINT;
        else if (!dot && !exponent && c == 'y') suffix = 1, found = T_TINYINT;
    }
    if (suffix && !ends_number(l, k + suffix)) {
        suffix = 0;
        found = exponent ? T_EXPONENT : dot ? T_DECIMAL : T_INTEGER;
    }
    /* with a point, what follows must not run on: 1.a is 1 . a */
    if (dot && !suffix && !ends_number(l, k)) {
        k = 0;
        while (is_digit(at(l, k))) k++;
        if (k == 0) return 0;
        found = T_INTEGER;
    }
    if (word > k + suffix) return 0;
    *kind = found;
    return k + suffix;
}

/* A string in quotes `q` starting at offset k: end offset, or 0 if it never ends. */
static size_t
string_end(const lexer *l, size_t k, int q, bool raw)
{
    for (k++; at(l, k) >= 0; k++) {
        if (!raw && at(l, k) == '\\') {
            if (at(l, k + 1) < 0) return 0;
            k++;
        } else if (at(l, k) == q) {
            if (raw || at(l, k + 1) != q) return k + 1;
            k++;
        }
    }
    return 0;
}

static size_t
backquoted_end(const lexer *l)
{
    for (size_t k = 1; at(l, k) >= 0; k++)
        if (at(l, k) == '`') {
            if (at(l, k + 1) != '`') return k + 1;
            k++;
        }
    return 0;
}

/* Offset past a bracketed comment that starts here; comments nest, hints inside them do not. */
static size_t
comment_end(lexer *l)
{
    size_t k = 2;
    for (int depth = 1; at(l, k) >= 0;) {
        if (at(l, k) == '*' && at(l, k + 1) == '/') {
            k += 2;
            if (--depth == 0) return k;
        } else if (at(l, k) == '/' && at(l, k + 1) == '*' && at(l, k + 2) != '+') {
            depth++;
            k += 2;
        } else k++;
    }
    l->unclosed = true;
    return k;
}

static void
advance(lexer *l, size_t n)
{
    for (size_t e = l->i + n; l->i < e; l->i++)
        if (l->s.ptr[l->i] == '\n') {
            l->line++;
            l->line_start = l->pos_byte = l->i + 1;
            l->pos = 0;
        }
}

static void
skip_blanks(lexer *l)
{
    for (;;) {
        int c = at(l, 0);
        if (c == ' ' || (c >= 9 && c <= 13)) advance(l, 1);
        else if (c == '-' && at(l, 1) == '-') {
            size_t k = 2;
            while (at(l, k) >= 0 && at(l, k) != '\n' && at(l, k) != '\r') k += at(l, k) == '\\' && at(l, k + 1) == '\n' ? 2 : 1;
            advance(l, k);
        } else if (c == '/' && at(l, 1) == '*' && at(l, 2) != '+') advance(l, comment_end(l));
        else if (c >= 0xC2) {
            uint32_t cp;
            int n = pz_utf8_decode(l->s.ptr + l->i, l->s.len - l->i, &cp);
            if (!wide_blank(cp)) return;
            advance(l, (size_t)n);
        } else return;
    }
}

/* $tag$ ... $tag$: 0 if it is none. */
static size_t
dollar_end(const lexer *l)
{
    size_t tag = 1;
    while (is_letter(at(l, tag))) tag++;
    if (at(l, tag) != '$') return 0;
    tag++;
    for (size_t k = tag; l->i + k + tag <= l->s.len; k++)
        if (memcmp(l->s.ptr + l->i, l->s.ptr + l->i + k, tag) == 0) return k + tag;
    return 0;
}

static const struct { char text[4]; short kind; } symbols[] = {       /* longest first among those that share a start */
    {"<=>", T_NSEQ}, {">>>", T_SHRU}, {"/*+", T_HINT}, {"<=", T_LTE}, {"<>", T_NEQ}, {"<<", T_SHL}, {">=", T_GTE}, {">>", T_SHR},
    {"==", T_EQ}, {"=>", T_FATARROW}, {"!=", T_NEQJ}, {"!>", T_LTE}, {"!<", T_GTE}, {"||", T_CONCAT}, {"|>", T_OPPIPE},
    {"::", T_DCOLON}, {"->", T_ARROW}, {"*/", T_HINT_END}, {";", T_SEMICOLON}, {"(", T_LPAREN}, {")", T_RPAREN},
    {",", T_COMMA}, {".", T_DOT}, {"[", T_LBRACKET}, {"]", T_RBRACKET}, {"!", T_BANG}, {"=", T_EQ}, {"<", T_LT}, {">", T_GT},
    {"+", T_PLUS}, {"-", T_MINUS}, {"*", T_STAR}, {"/", T_SLASH}, {"%", T_PERCENT}, {"~", T_TILDE}, {"&", T_AMP}, {"|", T_PIPE},
    {"^", T_HAT}, {":", T_COLON}, {"?", T_QUESTION},
};

static size_t
lex_symbol(const lexer *l, int *kind)
{
    if (at(l, 0) == '@') {
        bool version = (at(l, 1) | 32) == 'v';
        *kind = version ? T_ATV : T_AT;
        return version ? 2 : 1;
    }
    for (size_t i = 0; i < PZ_COUNTOF(symbols); i++) {
        size_t n = strlen(symbols[i].text);
        if (l->i + n > l->s.len || memcmp(l->s.ptr + l->i, symbols[i].text, n) != 0) continue;
        if (l->nesting > 0 && (symbols[i].kind == T_SHR || symbols[i].kind == T_SHRU)) continue;
        *kind = symbols[i].kind;
        return n;
    }
    return 0;
}

static size_t
lex_word(const lexer *l, size_t word, int *kind)
{
    size_t uri = uri_length(l, word);
    if (uri) {
        *kind = T_IDENT;
        return uri;
    }
    *kind = pz_keyword_find((pz_str){l->s.ptr + l->i, word});
    return word;
}

/* The token at l->i: its length and kind. */
static size_t
lex_token(lexer *l, int *kind)
{
    int c = at(l, 0);
    size_t n = 0, word = word_length(l);
    if (is_digit(c) || (c == '.' && is_digit(at(l, 1)))) n = lex_number(l, word, kind);
    else if ((c | 32) == 'r' && word == 1 && (at(l, 1) == '\'' || at(l, 1) == '"')) {
        n = string_end(l, 1, at(l, 1), true);
        *kind = T_STRING;
    } else if (c == '\'') n = string_end(l, 0, '\'', false), *kind = T_STRING;
    else if (c == '"') n = string_end(l, 0, '"', false), *kind = T_DQSTRING;
    else if (c == '`') n = backquoted_end(l), *kind = T_BACKQUOTED;
    else if (c == '$') n = dollar_end(l), *kind = T_DOLLAR;
    if (!n && word) n = lex_word(l, word, kind);
    if (!n) n = lex_symbol(l, kind);
    if (!n) {
        uint32_t cp;
        *kind = T_OTHER;
        n = (size_t)pz_utf8_decode(l->s.ptr + l->i, l->s.len - l->i, &cp);
    }
    return n;
}

static void
place(lexer *l, pz_tok *t)
{
    t->line = l->line;
    for (; l->pos_byte < l->i; l->pos_byte++)
        if (((unsigned char)l->s.ptr[l->pos_byte] & 0xC0) != 0x80) l->pos++;
    t->pos = l->pos;
}

pz_tok *
pz_lex(pz_str text, pz_arena *a, int *n, bool *unclosed)
{
    lexer l = {.s = text, .line = 1};
    PZ_VEC(pz_tok) out = {0};
    for (;;) {
        pz_tok t = {.kind = T_EOF};
        int kind = T_EOF;
        skip_blanks(&l);
        t.start = t.end = (int)l.i;
        place(&l, &t);
        if (l.i >= l.s.len) {
            pz_vec_push(a, &out, t);
            break;
        }
        size_t len = lex_token(&l, &kind);
        t.kind = (short)kind;
        t.end = (int)(l.i + len);
        if (kind == K_ARRAY || kind == K_MAP || kind == K_STRUCT) l.nesting++;
        else if (kind == T_GT && l.nesting > 0) l.nesting--;
        pz_vec_push(a, &out, t);
        advance(&l, len);
    }
    *n = out.n - 1;
    *unclosed = l.unclosed;
    return out.data;
}

/* ---------------------------------------------------------------- quoted text */

static int
hex_value(const char *p, size_t n, uint32_t *out)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        int c = (unsigned char)p[i] | 32, d = is_digit(p[i]) ? p[i] - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (d < 0) return 0;
        v = v * 16 + (uint32_t)d;
    }
    *out = v;
    return (int)n;
}

/* One escape at p (the backslash); writes its meaning to *o and gives the bytes read. */
static size_t
unescape(const char *p, size_t n, char **o)
{
    uint32_t cp;
    if (n >= 6 && p[1] == 'u' && hex_value(p + 2, 4, &cp)) {
        uint32_t low;
        size_t used = 6;
        if (cp >= 0xD800 && cp < 0xDC00 && n >= 12 && p[6] == '\\' && p[7] == 'u' && hex_value(p + 8, 4, &low) &&
            low >= 0xDC00 && low < 0xE000) {
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            used = 12;
        } else if (cp >= 0xD800 && cp < 0xE000) cp = '?';
        *o += pz_utf8_encode(cp, *o);
        return used;
    }
    if (n >= 10 && p[1] == 'U' && hex_value(p + 2, 8, &cp)) {
        *o += pz_utf8_encode(cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000) ? '?' : cp, *o);
        return 10;
    }
    if (n >= 4 && p[1] >= '0' && p[1] <= '1' && p[2] >= '0' && p[2] <= '7' && p[3] >= '0' && p[3] <= '7') {
        *o += pz_utf8_encode((uint32_t)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0')), *o);
        return 4;
    }
    switch (p[1]) {
    case '0': *(*o)++ = '\0'; break;
    case 'b': *(*o)++ = '\b'; break;
    case 'n': *(*o)++ = '\n'; break;
    case 'r': *(*o)++ = '\r'; break;
    case 't': *(*o)++ = '\t'; break;
    case 'Z': *(*o)++ = 26; break;
    case '%': case '_': *(*o)++ = '\\'; *(*o)++ = p[1]; break;     /* LIKE reads these itself */
    default: *(*o)++ = p[1];
    }
    return 2;
}

pz_str
pz_unquote_string(pz_str token, bool escapes, pz_arena *a)
{
    bool raw = (token.ptr[0] | 32) == 'r';
    const char *p = token.ptr + 1 + raw, *e = token.ptr + token.len - 1;
    char q = *e, *buf = pz_alloc(a, (size_t)(e - p) * 2 + 8), *o = buf;
    while (p < e) {
        if (!raw && *p == q) {                 /* doubled */
            *o++ = q;
            p += 2;
        } else if (!raw && *p == '\\' && p + 1 < e) {
            if (escapes) p += unescape(p, (size_t)(e - p), &o);
            else *o++ = *p++, *o++ = *p++;
        } else *o++ = *p++;
    }
    *o = '\0';
    return (pz_str){buf, (size_t)(o - buf)};
}

pz_str
pz_unquote_name(pz_str token, pz_arena *a)
{
    char q = token.ptr[0], *buf = pz_alloc(a, token.len + 1), *o = buf;
    for (size_t i = 1; i + 1 < token.len; i++) {
        *o++ = token.ptr[i];
        if (token.ptr[i] == q) i++;
    }
    return (pz_str){buf, (size_t)(o - buf)};
}

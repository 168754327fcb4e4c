/*
 * types/number_pattern.c - number formats of to_char and to_number: parse, check, print, read.
 *
 * In: the format text.  Out: tokens; a text for a decimal; a decimal for a text.  Things start at pz_number_pattern_parse().
 * A format is [MI|S] [$] digits and commas [.|D digits] [MI|S|PR]; 0 starts a run of exactly so many digits, 9 one of at most so many.
 */
#include "number_pattern.h"

#include <stdio.h>

/* ---- parse */

typedef struct parsing {
    pz_str text;                               /* upper case */
    pz_arena *a;
    pz_origin at;
    pz_error *err;
    PZ_VEC(pz_np_token) tokens;
    int points, signs, minuses, dollars, brackets;
    int stray;                                 /* first character that is no token; -1: none */
    int stray_before;                          /* tokens in front of it */
} parsing;

static const char *
quoted_format(parsing *p)
{
    return pz_strf(p->a, "'" PZ_FMT "'", PZ_ARG(p->text)).ptr;
}

static void
add(parsing *p, pz_np_kind kind, int digits)
{
    pz_vec_push(p->a, &p->tokens, ((pz_np_token){kind, digits}));
}

static void
tokenize(parsing *p)
{
    bool after_point = false;
    for (size_t i = 0; i < p->text.len;) {
        char c = p->text.ptr[i];
        bool two = i + 1 < p->text.len;
        if (c == '0' || c == '9') {
            size_t from = i;
            while (i < p->text.len && (p->text.ptr[i] == '0' || p->text.ptr[i] == '9'))
                i++;
            add(p, c == '0' && !after_point ? PZ_NP_EXACT : PZ_NP_UPTO, (int)(i - from));
            continue;
        }
        if (c == '.' || c == 'D') {
            add(p, PZ_NP_POINT, 0);
            after_point = true;
            p->points++;
        } else if (c == ',' || c == 'G') {
            add(p, PZ_NP_COMMA, 0);
        } else if (c == '$') {
            add(p, PZ_NP_DOLLAR, 0);
            p->dollars++;
        } else if (c == 'S') {
            add(p, PZ_NP_SIGN, 0);
            p->signs++;
        } else if (c == 'M' && two && p->text.ptr[i + 1] == 'I') {
            add(p, PZ_NP_MINUS, 0);
            p->minuses++;
            i++;
        } else if (c == 'P' && two && p->text.ptr[i + 1] == 'R') {
            add(p, PZ_NP_CLOSE, 0);
            p->brackets++;
            i++;
        } else if (p->stray < 0) {
            p->stray = (int)i;
            p->stray_before = p->tokens.n;
        }
        i++;
    }
}

static bool
is_digits(pz_np_kind k)
{
    return k == PZ_NP_EXACT || k == PZ_NP_UPTO;
}

static int
find(const parsing *p, pz_np_kind kind)
{
    for (int i = 0; i < p->tokens.n; i++)
        if (p->tokens.data[i].kind == kind || (kind == PZ_NP_UPTO && p->tokens.data[i].kind == PZ_NP_EXACT))
            return i;
    return -1;
}

static pz_status
check_counts(parsing *p)
{
    const struct { int n; const char *token; } counts[] = {
        {p->points, ". or D"}, {p->signs, "S"}, {p->dollars, "$"}, {p->minuses, "MI"}, {p->brackets, "PR"},
    };
    for (size_t i = 0; i < PZ_COUNTOF(counts); i++)
        if (counts[i].n > 1)
            return pz_raise(p->err, PZ_ERR_INVALID_FORMAT_WRONG_NUM_TOKEN, p->at, "token", counts[i].token, "format", quoted_format(p), NULL);
    return PZ_OK;
}

/* A comma needs a digit on both sides, and stands before the point; the dollar stands before digits and point. */
static pz_status
check_places(parsing *p)
{
    int dollar = find(p, PZ_NP_DOLLAR), digits = find(p, PZ_NP_UPTO), point = find(p, PZ_NP_POINT);
    if (dollar >= 0 && digits >= 0 && digits < dollar)
        return pz_raise(p->err, PZ_ERR_INVALID_FORMAT_CUR_MUST_BEFORE_DIGIT, p->at, "format", quoted_format(p), NULL);
    if (dollar >= 0 && point >= 0 && point < dollar)
        return pz_raise(p->err, PZ_ERR_INVALID_FORMAT_CUR_MUST_BEFORE_DEC, p->at, "format", quoted_format(p), NULL);
    for (int i = 0; i < p->tokens.n; i++)
        if (p->tokens.data[i].kind == PZ_NP_COMMA && point >= 0 && i > point)
            return pz_raise(p->err, PZ_ERR_INVALID_FORMAT_THOUSANDS_SEPS_MUST_BEFORE_DEC, p->at, "format", quoted_format(p), NULL);
    for (int i = 0; i < p->tokens.n; i++)
        if (p->tokens.data[i].kind == PZ_NP_COMMA
            && (i == 0 || i + 1 == p->tokens.n || !is_digits(p->tokens.data[i - 1].kind) || !is_digits(p->tokens.data[i + 1].kind)))
            return pz_raise(p->err, PZ_ERR_INVALID_FORMAT_CONT_THOUSANDS_SEPS, p->at, "format", quoted_format(p), NULL);
    return PZ_OK;
}

static pz_status
unexpected(parsing *p, const char *token)
{
    return pz_raise(p->err, PZ_ERR_INVALID_FORMAT_UNEXPECTED_TOKEN, p->at, "token", token, "format", quoted_format(p), NULL);
}

/* Slots of a format in order; a run of digits and commas is one token. */
static pz_status
check_order(parsing *p)
{
    enum { SIGN, DOLLAR, WHOLE, POINT, FRACTION, LAST, END };
    static const char *const names[] = {"digit sequence", "digit sequence", "digit sequence", ".", "$", "S", "MI", "(", "PR"};
    int slot = SIGN;
    for (int i = 0; i <= p->tokens.n; i++) {
        if (i == p->stray_before && p->stray >= 0)
            return unexpected(p, pz_strf(p->a, "character '%c''", p->text.ptr[p->stray]).ptr);
        if (i == p->tokens.n)
            break;
        pz_np_kind k = p->tokens.data[i].kind;
        bool run = is_digits(k) || k == PZ_NP_COMMA;
        int want;
        switch (k) {
        case PZ_NP_SIGN: case PZ_NP_MINUS: want = slot == SIGN ? SIGN : LAST; break;
        case PZ_NP_DOLLAR: want = DOLLAR; break;
        case PZ_NP_POINT: want = POINT; break;
        case PZ_NP_CLOSE: want = LAST; break;
        default: want = slot <= WHOLE ? WHOLE : FRACTION; break;
        }
        if (want < slot)
            return unexpected(p, names[k]);
        slot = want + 1;
        while (run && i + 1 < p->tokens.n && (is_digits(p->tokens.data[i + 1].kind) || p->tokens.data[i + 1].kind == PZ_NP_COMMA)
               && i + 1 != (p->stray >= 0 ? p->stray_before : -1))
            i++;
    }
    return PZ_OK;
}

pz_status
pz_number_pattern_parse(pz_str text, pz_arena *a, pz_origin at, pz_number_pattern *out, pz_error *err)
{
    parsing p = {.text = pz_upper_ascii(a, text), .a = a, .at = at, .err = err, .stray = -1};
    if (text.len == 0)
        return pz_raise(err, PZ_ERR_INVALID_FORMAT_EMPTY, at, "format", "''", NULL);
    tokenize(&p);
    if (find(&p, PZ_NP_UPTO) < 0 && find(&p, PZ_NP_COMMA) < 0)
        return pz_raise(err, PZ_ERR_INVALID_FORMAT_WRONG_NUM_DIGIT, at, "format", quoted_format(&p), NULL);
    PZ_TRY(check_counts(&p));
    PZ_TRY(check_places(&p));
    PZ_TRY(check_order(&p));
    *out = (pz_number_pattern){0};
    out->tokens = PZ_NEWN(a, pz_np_token, p.tokens.n + 1);
    if (p.brackets)
        out->tokens[out->n++].kind = PZ_NP_OPEN;
    bool after_point = false;
    for (int i = 0; i < p.tokens.n; i++) {
        pz_np_token t = p.tokens.data[i];
        out->tokens[out->n++] = t;
        after_point |= t.kind == PZ_NP_POINT;
        out->precision += t.digits;
        out->scale += after_point ? t.digits : 0;
    }
    if (out->precision > 38)
        return pz_raise(err, PZ_ERR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, at, "precision", pz_strf(a, "%d", out->precision).ptr, "maxPrecision",
                        "38", NULL);
    return PZ_OK;
}

/* ---- print */

typedef struct printing {
    char *text;
    int n;
    const char *whole, *fraction;              /* digits of the number, without leading and trailing zeros */
    int nwhole, nfraction;
    bool negative, fits;
} printing;

static bool
is_sign(char c)
{
    return c == '+' || c == '-' || c == '<';
}

/* A space for a missing digit goes in front of a sign that was written already. */
static void
put_space(printing *p)
{
    int at = p->n++;
    while (at > 0 && is_sign(p->text[at - 1])) {
        p->text[at] = p->text[at - 1];
        at--;
    }
    p->text[at] = ' ';
}

/* A sign that follows goes before trailing spaces. */
static void
put_sign(printing *p, char c)
{
    int at = p->n++;
    while (at > 0 && p->text[at - 1] == ' ') {
        p->text[at] = ' ';
        at--;
    }
    p->text[at] = c;
}

static void
strip_lone_point(printing *p, int point)
{
    if (point >= 0 && p->n == point + 1 && p->text[point] == '.')
        p->text[point] = ' ';
}

/* One run before the point: `left` digit places follow it (this run's included). */
static void
put_whole(printing *p, pz_np_token t, int left)
{
    for (int i = 0; i < t.digits; i++) {
        int at = p->nwhole - (left - i);
        if (!p->fits)
            p->text[p->n++] = '#';
        else if (at >= 0)
            p->text[p->n++] = p->whole[at];
        else if (t.kind == PZ_NP_EXACT)
            p->text[p->n++] = '0';
        else
            put_space(p);
    }
}

static void
put_fraction(printing *p, int digits, int *done)
{
    for (int i = 0; i < digits; i++, (*done)++)
        p->text[p->n++] = !p->fits ? '#' : *done < p->nfraction ? p->fraction[*done] : '0';
}

static void
print_tokens(const pz_number_pattern *f, printing *p)
{
    int left = f->precision - f->scale, done = 0, point = -1;
    for (int i = 0; i < f->n; i++) {
        pz_np_token t = f->tokens[i];
        switch (t.kind) {
        case PZ_NP_EXACT:
        case PZ_NP_UPTO:
            if (point >= 0)
                put_fraction(p, t.digits, &done);
            else
                put_whole(p, t, left);
            left -= point >= 0 ? 0 : t.digits;
            break;
        case PZ_NP_COMMA:
            if (p->n && p->text[p->n - 1] >= '0' && p->text[p->n - 1] <= '9')
                p->text[p->n++] = ',';
            else
                put_space(p);
            break;
        case PZ_NP_POINT:
            if (p->n && p->text[p->n - 1] == ' ')
                p->text[p->n - 1] = '0';
            point = p->n;
            p->text[p->n++] = '.';
            break;
        case PZ_NP_DOLLAR: p->text[p->n++] = '$'; break;
        case PZ_NP_SIGN:
            strip_lone_point(p, point);
            put_sign(p, p->negative ? '-' : '+');
            break;
        case PZ_NP_MINUS:
            strip_lone_point(p, point);
            if (p->negative)
                put_sign(p, '-');
            else
                p->text[p->n++] = ' ';
            break;
        case PZ_NP_OPEN:
            if (p->negative)
                p->text[p->n++] = '<';
            break;
        case PZ_NP_CLOSE:
            strip_lone_point(p, point);
            if (p->negative)
                put_sign(p, '>');
            else
                p->text[p->n++] = ' ', p->text[p->n++] = ' ';
            break;
        }
    }
    strip_lone_point(p, point);
}

pz_str
pz_number_pattern_print(const pz_number_pattern *f, __int128 unscaled, int scale, pz_arena *a)
{
    char digits[48];
    int n = 0, lead = 0;
    unsigned __int128 v = unscaled < 0 ? -(unsigned __int128)unscaled : (unsigned __int128)unscaled;
    for (; v || n < scale; v /= 10)
        digits[sizeof digits - 1 - n++] = (char)('0' + (int)(v % 10));
    const char *first = digits + sizeof digits - n;
    printing p = {.whole = first, .nwhole = n - scale, .fraction = first + n - scale, .nfraction = scale, .negative = unscaled < 0};
    while (lead < p.nwhole && first[lead] == '0')
        lead++;
    p.whole += lead;
    p.nwhole -= lead;
    while (p.nfraction && p.fraction[p.nfraction - 1] == '0')
        p.nfraction--;
    p.fits = p.nwhole <= f->precision - f->scale && p.nfraction <= f->scale;
    p.text = pz_alloc(a, (size_t)(f->precision + f->n * 2 + 8));
    print_tokens(f, &p);
    if (p.n == 0 || (p.n == 1 && is_sign(p.text[0])))
        return PZ_STR(" ");
    return (pz_str){p.text, (size_t)p.n};
}

/* ---- read */

/* Digits and commas at *at, cut in groups; each group against its place in the pattern, from the right. */
static bool
read_run(const pz_np_token *t, int n, pz_str s, size_t *at, bool fraction, char *digits, int *ndigits)
{
    size_t from = *at;
    while (*at < s.len && ((s.ptr[*at] >= '0' && s.ptr[*at] <= '9') || (s.ptr[*at] == ',' && !fraction)))
        (*at)++;
    size_t end = *at;
    for (int i = n - 1; i >= 0; i--) {
        if (t[i].kind == PZ_NP_COMMA) {
            if (end > from && s.ptr[end - 1] == ',')
                end--;
            else if (end > from)
                return false;
            continue;
        }
        int have = 0;
        while (end > from && s.ptr[end - 1] != ',') {
            end--;
            have++;
        }
        if (have > t[i].digits || (t[i].kind == PZ_NP_EXACT && have != t[i].digits))
            return false;
    }
    if (end > from)
        return false;
    for (size_t i = from; i < *at; i++)
        if (s.ptr[i] != ',')
            digits[(*ndigits)++] = s.ptr[i];
    return true;
}

static pz_str
without_spaces(pz_str s, pz_arena *a)
{
    char *p = pz_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != ' ' && !(s.ptr[i] >= '\t' && s.ptr[i] <= '\r'))
            p[n++] = s.ptr[i];
    return (pz_str){p, n};
}

bool
pz_number_pattern_read(const pz_number_pattern *f, pz_str text, pz_arena *a, __int128 *unscaled, bool *fits)
{
    pz_str s = without_spaces(text, a);
    char *digits[2] = {pz_alloc(a, s.len + 1), pz_alloc(a, s.len + 1)};
    int count[2] = {0, 0};
    bool negative = false, open = false, fraction = false;
    size_t at = 0;
    for (int i = 0; i < f->n; i++) {
        char next = at < s.len ? s.ptr[at] : 0;
        int run = 1;
        switch (f->tokens[i].kind) {
        case PZ_NP_EXACT:
        case PZ_NP_UPTO:
            while (i + run < f->n && (is_digits(f->tokens[i + run].kind) || f->tokens[i + run].kind == PZ_NP_COMMA))
                run++;
            if (!read_run(f->tokens + i, run, s, &at, fraction, digits[fraction], &count[fraction]))
                return false;
            i += run - 1;
            break;
        case PZ_NP_COMMA: break;
        case PZ_NP_POINT:
            fraction = next == '.';
            at += fraction;
            break;
        case PZ_NP_DOLLAR:
            if (next != '$')
                return false;
            at++;
            break;
        case PZ_NP_SIGN:
        case PZ_NP_MINUS:
            if (next == '-')
                negative = true;
            at += next == '-' || (next == '+' && f->tokens[i].kind == PZ_NP_SIGN);
            break;
        case PZ_NP_OPEN:
            open = next == '<';
            negative |= open;
            at += open;
            break;
        case PZ_NP_CLOSE:
            if (open != (next == '>'))
                return false;
            at += open;
            break;
        }
    }
    if (at < s.len || count[0] + count[1] == 0)
        return false;
    __int128 v = 0;
    int lead = 0;
    while (lead < count[0] && digits[0][lead] == '0')
        lead++;
    *fits = count[0] - lead <= f->precision - f->scale;
    for (int i = lead; i < count[0] && *fits; i++)
        v = v * 10 + (digits[0][i] - '0');
    for (int i = 0; i < f->scale && *fits; i++)
        v = v * 10 + (i < count[1] ? digits[1][i] - '0' : 0);
    *unscaled = negative ? -v : v;
    return true;
}

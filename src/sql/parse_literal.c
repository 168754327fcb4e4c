/*
 * sql/parse_literal.c - constants: numbers, strings, typed literals, parameters.
 *
 * In: tokens.  Out: LITERAL (typed, resolved) or PARAMETER expressions.  Intervals are in interval.c.  Starts at pz_constant.
 */
#include "sql_int.h"

#include <errno.h>
#include <math.h>

static pz_expr *
literal(pz_parser *p, int start, const pz_type *t, pz_value v)
{
    pz_expr *e = pz_literal_value(p->a, t, v);
    e->origin = pz_origin_at(p, start);
    e->u.literal.text = pz_span_text(p, start, p->at);
    return e;
}

/* Stands in for a literal that was reported as wrong. */
static pz_expr *
wrong(pz_parser *p, int start)
{
    return literal(p, start, &pz_t_void, (pz_value){.null = true});
}

/* ---------------------------------------------------------------- numbers */

static const struct range { short token; const pz_type *type; int suffix; const char *min, *max, *name; } ranges[] = {
    {T_TINYINT, &pz_t_byte, 1, "-128", "127", "tinyint"},
    {T_SMALLINT, &pz_t_short, 1, "-32768", "32767", "smallint"},
    {T_BIGINT, &pz_t_long, 1, "-9223372036854775808", "9223372036854775807", "bigint"},
    {T_FLOAT, &pz_t_float, 1, "-3.4028234663852886E+38", "3.4028234663852886E+38", "float"},
    {T_DOUBLE, &pz_t_double, 1, "-1.7976931348623157E+308", "1.7976931348623157E+308", "double"},
    {T_EXPONENT, &pz_t_double, 0, "-1.7976931348623157E+308", "1.7976931348623157E+308", "double"},
};

static pz_expr *
out_of_range(pz_parser *p, int start, const struct range *r, pz_str digits)
{
    PZ_SEM(p, PZ_ERR_INVALID_NUMERIC_LITERAL_RANGE, pz_origin_at(p, start), "rawStrippedQualifier", digits.ptr, "minValue", r->min,
           "maxValue", r->max, "typeName", r->name, NULL);
    return wrong(p, start);
}

/* Whether digits (with sign) fit 64 bits; the value. */
static bool
small_integer(pz_str s, int64_t *out)
{
    errno = 0;
    char *end;
    long long v = strtoll(s.ptr, &end, 10);
    *out = v;
    return errno == 0 && *end == '\0';
}

static pz_expr *
ranged_number(pz_parser *p, int start, const struct range *r, pz_str digits)
{
    int64_t i;
    if (r->token == T_TINYINT || r->token == T_SMALLINT || r->token == T_BIGINT) {
        int64_t limit = r->token == T_TINYINT ? 128 : r->token == T_SMALLINT ? 32768 : 0;
        if (!small_integer(digits, &i) || (limit && (i < -limit || i >= limit))) return out_of_range(p, start, r, digits);
        return literal(p, start, r->type, (pz_value){.i = i});
    }
    double d = strtod(digits.ptr, NULL), max = r->token == T_FLOAT ? 3.4028234663852886E+38 : 1.7976931348623157E+308;
    if (isinf(d) || fabs(d) > max) return out_of_range(p, start, r, digits);
    if (r->token == T_FLOAT) d = strtof(digits.ptr, NULL);
    return literal(p, start, r->type, (pz_value){.d = d});
}

/* Digits of a decimal number as Java's BigDecimal counts them: unscaled digits without leading zeros, and the scale. */
static void
decimal_shape(pz_str s, int *digits, long *scale)
{
    bool point = false, seen = false;
    size_t i = 0;
    *digits = 0;
    *scale = 0;
    if (s.ptr[0] == '-') i++;
    for (; i < s.len && (s.ptr[i] | 32) != 'e'; i++) {
        if (s.ptr[i] == '.') point = true;
        else {
            seen |= s.ptr[i] != '0';
            *digits += seen;
            *scale += point;
        }
    }
    if (!*digits) *digits = 1;
    if (i < s.len) *scale -= strtol(s.ptr + i + 1, NULL, 10);
}

static pz_expr *
decimal_number(pz_parser *p, int start, pz_str digits, bool suffixed)
{
    int precision, scale, n;
    long s;
    __int128 unscaled;
    decimal_shape(digits, &n, &s);
    long need = s < 0 ? n - s : s > n ? s : n;
    if (need > 38) {
        PZ_SEM_AS(p, suffixed ? PZ_CLASS_ParseException : PZ_CLASS_SparkArithmeticException,
                  PZ_ERR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, suffixed ? pz_origin_at(p, start) : PZ_NO_ORIGIN, "precision",
               pz_strf(p->a, "%ld", need).ptr, "maxPrecision", "38", NULL);
        return wrong(p, start);
    }
    if (!pz_decimal_parse(digits, &unscaled, &precision, &scale)) return wrong(p, start);
    if (scale < 0) {
        for (; scale < 0; scale++) unscaled *= 10;
        precision = (int)need;
    }
    if (precision < scale) precision = scale;
    if (precision < 1) precision = 1;
    return literal(p, start, pz_type_decimal(p->a, precision, scale), (pz_value){.dec = unscaled});
}

/* [-] number */
pz_expr *
pz_number(pz_parser *p)
{
    int start = p->at, kind = tk(p) == T_MINUS ? tkn(p, 1) : tk(p);
    if (kind < T_INTEGER || kind > T_BIGDECIMAL) {
        pz_fail(p);
        return NULL;
    }
    bool minus = accept(p, T_MINUS);
    pz_str text = pz_tok_text(p, p->at);
    skip(p);
    int64_t i;
    if (kind == T_EXPONENT && p->o->exponent_as_decimal) kind = T_DECIMAL;
    for (size_t r = 0; r < PZ_COUNTOF(ranges); r++)
        if (ranges[r].token == kind) {
            text.len -= (size_t)ranges[r].suffix;
            return ranged_number(p, start, &ranges[r], pz_strf(p->a, "%s" PZ_FMT, minus ? "-" : "", PZ_ARG(text)));
        }
    if (kind == T_BIGDECIMAL) text.len -= 2;
    pz_str digits = pz_strf(p->a, "%s" PZ_FMT, minus ? "-" : "", PZ_ARG(text));
    if (kind == T_INTEGER && small_integer(digits, &i))
        return literal(p, start, i >= INT32_MIN && i <= INT32_MAX ? &pz_t_int : &pz_t_long, (pz_value){.i = i});
    return decimal_number(p, start, digits, kind == T_BIGDECIMAL);
}

/* ---------------------------------------------------------------- typed literals */

static pz_expr *
bad_typed(pz_parser *p, int start, const char *type, pz_str value)
{
    PZ_SEM(p, PZ_ERR_INVALID_TYPED_LITERAL, pz_origin_at(p, start), "valueType", pz_strf(p->a, "\"%s\"", type).ptr, "value",
           pz_strf(p->a, "'" PZ_FMT "'", PZ_ARG(value)).ptr, NULL);
    return wrong(p, start);
}

static const pz_zone *
session_zone(const pz_parser *p)
{
    const pz_zone *z = p->o->time_zone.len ? pz_zone_find(p->o->time_zone) : NULL;
    return z ? z : pz_zone_find(PZ_STR("UTC"));
}

static const int64_t day_micros = 86400000000LL;

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* epoch, now, today, tomorrow, yesterday: microseconds of local time.  `instant` gets the UTC time. */
static bool
special_time(const pz_parser *p, pz_str text, int64_t *local, int64_t *instant)
{
    static const struct { const char *word; int days; } words[] = {{"now", 9}, {"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};
    const pz_zone *z = session_zone(p);
    text = pz_str_trim(text);
    if (pz_str_ieqc(text, "epoch")) {
        *instant = 0;
        *local = pz_zone_to_local(z, 0);
        return true;
    }
    for (size_t i = 0; i < PZ_COUNTOF(words); i++) {
        if (!pz_str_ieqc(text, words[i].word)) continue;
        int64_t now = pz_now_micros();
        *local = pz_zone_to_local(z, now);
        *instant = now;
        if (words[i].days == 9) return true;
        *local = (floor_div(*local, day_micros) + words[i].days) * day_micros;
        *instant = pz_zone_to_utc(z, *local);
        return true;
    }
    return false;
}

static pz_expr *
date_literal(pz_parser *p, int start, pz_str text)
{
    int32_t days;
    int64_t local, instant;
    if (special_time(p, text, &local, &instant)) days = pz_str_ieqc(pz_str_trim(text), "epoch") ? 0 : (int32_t)floor_div(local, day_micros);
    else if (!pz_date_parse(text, &days)) return bad_typed(p, start, "DATE", text);
    return literal(p, start, &pz_t_date, (pz_value){.i = days});
}

/* Does a timestamp text name a zone of its own?  Looks behind the time of day. */
static bool
has_zone(pz_str s)
{
    size_t i = 0;
    s = pz_str_trim(s);
    while (i < s.len && s.ptr[i] != ':') i++;
    if (i == s.len) return false;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || c == ':' || c == '.')) return true;
    }
    return false;
}

static pz_expr *
timestamp_literal(pz_parser *p, int start, int kind, pz_str text)
{
    int64_t local, instant;
    const char *name = kind == K_TIMESTAMP ? "TIMESTAMP" : kind == K_TIMESTAMP_NTZ ? "TIMESTAMP_NTZ" : "TIMESTAMP_LTZ";
    bool ntz = kind == K_TIMESTAMP_NTZ || (kind == K_TIMESTAMP && p->o->timestamp_ntz_default && !has_zone(text));
    const pz_type *t = ntz ? &pz_t_timestamp_ntz : &pz_t_timestamp;
    if (special_time(p, text, &local, &instant)) {
        if (ntz && pz_str_ieqc(pz_str_trim(text), "epoch")) local = 0;
        return literal(p, start, t, (pz_value){.i = ntz ? local : instant});
    }
    if (!pz_timestamp_parse(text, session_zone(p), ntz, &instant)) return bad_typed(p, start, name, text);
    return literal(p, start, t, (pz_value){.i = instant});
}

/* h:mm[:ss[.fraction]] */
static bool
time_parse(pz_str s, int64_t *micros)
{
    int part[3] = {0}, n = 0, digits = 0;
    int64_t fraction = 0;
    s = pz_str_trim(s);
    size_t i = 0;
    for (; i < s.len && n < 3; i++) {
        char c = s.ptr[i];
        if (c >= '0' && c <= '9' && digits < 2) part[n] = part[n] * 10 + (c - '0'), digits++;
        else if (c == ':' && digits) n++, digits = 0;
        else break;
    }
    if (n < 1 || !digits) return false;
    if (i < s.len) {
        int k = 0;
        if (s.ptr[i] != '.' || n != 2) return false;
        for (i++; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++, k++)
            if (k < 6) fraction = fraction * 10 + (s.ptr[i] - '0');
        if (i < s.len || k > 9) return false;
        for (; k < 6; k++) fraction *= 10;
    }
    if (part[0] > 23 || part[1] > 59 || part[2] > 59) return false;
    *micros = ((part[0] * 60LL + part[1]) * 60 + part[2]) * 1000000 + fraction;
    return true;
}

static pz_expr *
time_literal(pz_parser *p, int start, pz_str text)
{
    int64_t micros;
    if (!time_parse(text, &micros)) return bad_typed(p, start, "TIME", text);
    return literal(p, start, &pz_t_time, (pz_value){.i = micros});
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* X'...': an odd digit stands alone in front */
static pz_expr *
hex_literal(pz_parser *p, int start, pz_str text)
{
    size_t odd = text.len & 1, n = (text.len + 1) / 2;
    char *b = pz_alloc(p->a, n + 1);
    for (size_t i = 0; i < text.len; i++) {
        int d = hex_digit(text.ptr[i]);
        if (d < 0) return bad_typed(p, start, "X", text);
        b[(i + odd) / 2] = (char)(((unsigned char)b[(i + odd) / 2] << 4) | d);
    }
    return literal(p, start, &pz_t_binary, (pz_value){.s = {b, n}});
}

static pz_expr *
typed_value(pz_parser *p, int start, int kind, pz_str text)
{
    switch (kind) {
    case K_DATE: return date_literal(p, start, text);
    case K_TIMESTAMP: case K_TIMESTAMP_LTZ: case K_TIMESTAMP_NTZ: return timestamp_literal(p, start, kind, text);
    case K_TIME: return time_literal(p, start, text);
    case K_X: return hex_literal(p, start, text);
    case K_INTERVAL: return pz_interval_from_text(p, text, pz_span_text(p, start, p->at), pz_origin_at(p, start));
    default: break;
    }
    pz_str word = pz_tok_text(p, start);
    if (tkn(p, 0) >= 0 && p->t[start].kind == T_BACKQUOTED) word = pz_unquote_name(word, p->a);
    PZ_SEM(p, PZ_ERR_UNSUPPORTED_TYPED_LITERAL, pz_origin_at(p, start), "unsupportedType",
           pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(pz_upper_ascii(p->a, word))).ptr, "supportedTypes",
           "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\", \"TIME\"", NULL);
    return wrong(p, start);
}

/* type 'text' */
static pz_expr *
typed_literal(pz_parser *p)
{
    int start = p->at, kind = tk(p);
    skip(p);
    pz_str text = pz_unquote_string(pz_tok_text(p, p->at), !p->o->escaped_string_literals, p->a);
    skip(p);
    pz_expr *e = typed_value(p, start, kind, text);
    if (e && e->kind == PZ_EXPR_LITERAL) e->u.literal.is_typed_text = true;
    return e;
}

/* ---------------------------------------------------------------- parameters, strings */

/* ? | : name */
pz_expr *
pz_parameter(pz_parser *p)
{
    int start = p->at;
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_PARAMETER, pz_origin_at(p, start));
    if (accept(p, T_QUESTION)) {
        e->u.param.index = p->next_parameter++;
    } else {
        pz_str name;
        if (!expect(p, T_COLON) || !pz_simple_name(p, &name)) return NULL;
        pz_vec_push(p->a, &e->names, name);
    }
    e->origin = pz_origin_at(p, start);
    return e;
}

pz_expr *
pz_string_expr(pz_parser *p, pz_origin o, pz_str s)
{
    pz_expr *e = pz_literal_value(p->a, &pz_t_string, (pz_value){.s = s});
    e->origin = o;
    return e;
}

static pz_expr *
string_literal(pz_parser *p)
{
    int start = p->at;
    pz_str s;
    if (!pz_string_lit(p, &s)) return NULL;
    return literal(p, start, &pz_t_string, (pz_value){.s = s});
}

/* constant; NULL without a mark for fail() when none starts here */
pz_expr *
pz_constant(pz_parser *p)
{
    int start = p->at, kind = tk(p), n = tkn(p, 1);
    bool name = pz_is_name(p, 0) || kind == K_TIME;         /* TIME may be reserved */
    if (kind >= T_INTEGER && kind <= T_BIGDECIMAL) return pz_number(p);
    if (kind == T_MINUS && n >= T_INTEGER && n <= T_BIGDECIMAL) return pz_number(p);
    if (kind == T_QUESTION || (kind == T_COLON && pz_is_name(p, 1))) return pz_parameter(p);
    if (pz_is_string(p, 0)) return string_literal(p);
    if (kind == K_INTERVAL) {
        pz_expr *e = pz_interval_literal(p);
        if (e || p->dead) return e;
    }
    if (name && pz_is_string(p, 1)) return typed_literal(p);
    if (kind == K_NULL || kind == K_TRUE || kind == K_FALSE) {
        skip(p);
        if (kind == K_NULL) return literal(p, start, &pz_t_void, (pz_value){.null = true});
        return literal(p, start, &pz_t_boolean, (pz_value){.b = kind == K_TRUE});
    }
    return NULL;
}

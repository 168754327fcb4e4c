/*
 * types/decimal.c - decimal numbers as unscaled 128-bit integers: powers, text, parsing, rounding.
 *
 * The scale is the type's.  Nothing here knows precisions beyond 38 digits; what does not fit says so.
 */
#include "types.h"

#define DIGITS_MAX 38

__int128
pz_pow10(int n)
{
    static const uint64_t low[] = {1ull, 10ull, 100ull, 1000ull, 10000ull, 100000ull, 1000000ull, 10000000ull, 100000000ull,
                                   1000000000ull, 10000000000ull, 100000000000ull, 1000000000000ull, 10000000000000ull,
                                   100000000000000ull, 1000000000000000ull, 10000000000000000ull, 100000000000000000ull,
                                   1000000000000000000ull, 10000000000000000000ull};
    if (n < 0) return 0;
    if (n < 20) return (__int128)low[n];
    return (__int128)low[19] * (__int128)low[n > DIGITS_MAX ? DIGITS_MAX - 19 : n - 19];
}

void
pz_decimal_text(pz_buf *b, __int128 unscaled, int scale)
{
    char digits[48];
    int n = 0;
    unsigned __int128 u = unscaled < 0 ? -(unsigned __int128)unscaled : (unsigned __int128)unscaled;
    do digits[n++] = (char)('0' + (int)(u % 10)); while ((u /= 10) != 0);
    while (n <= scale && n < (int)sizeof digits) digits[n++] = '0';
    if (unscaled < 0) pz_buf_putc(b, '-');
    while (n-- > 0) {
        pz_buf_putc(b, digits[n]);
        if (n == scale && scale > 0) pz_buf_putc(b, '.');
    }
}

void
pz_decimal_java_text(pz_buf *b, __int128 unscaled, int scale)
{
    pz_buf digits;
    pz_buf_init(&digits, 0);
    pz_decimal_text(&digits, unscaled < 0 ? -unscaled : unscaled, 0);
    int exponent = (int)digits.len - 1 - scale;
    if (exponent >= -6) {
        pz_decimal_text(b, unscaled, scale);
    } else {
        pz_buf_printf(b, "%s%c%s", unscaled < 0 ? "-" : "", digits.ptr[0], digits.len > 1 ? "." : "");
        pz_buf_add(b, digits.ptr + 1, digits.len - 1);
        pz_buf_printf(b, "E%d", exponent);
    }
    pz_buf_free(&digits);
}

/* A number's text split up: value = 0.d1d2d3... * 10^point, first digit not zero. */
typedef struct parts {
    bool negative;
    const char *text;                          /* digits, perhaps with one '.' among them */
    size_t len;
    int64_t point;
    int64_t digits;                            /* significant ones; 0: the number is zero */
    int64_t fraction;                          /* digits after the point less the exponent: the scale it was written with */
} parts;

static bool
take_exponent(pz_str s, size_t i, int64_t *exp)
{
    bool negative = false;
    size_t start;
    *exp = 0;
    if (i == s.len) return true;
    if (s.ptr[i] != 'e' && s.ptr[i] != 'E') return false;
    if (++i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) negative = s.ptr[i++] == '-';
    start = i;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        if (*exp < 10000000000) *exp = *exp * 10 + (s.ptr[i] - '0');
    if (negative) *exp = -*exp;
    return i == s.len && i > start && *exp <= INT32_MAX && *exp >= -(int64_t)INT32_MAX;
}

/* number: [+-]? (digits [. digits*] | . digits) ([eE] [+-]? digits)? */
static bool
split(pz_str s, parts *p)
{
    size_t i = 0, seen = 0;
    int64_t whole = 0, exp;
    bool point = false;
    *p = (parts){0};
    if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) p->negative = s.ptr[i++] == '-';
    p->text = s.ptr + i;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9') break;
        seen++;
        if (point) p->fraction++;
        if (p->digits > 0 || c != '0') p->digits++;
        if (!point && p->digits > 0) whole++;
        if (point && p->digits == 0) whole--;
    }
    p->len = (size_t)(s.ptr + i - p->text);
    if (seen == 0 || !take_exponent(s, i, &exp)) return false;
    p->point = whole + exp;
    p->fraction -= exp;
    return true;
}

/* The k-th significant digit, 0 past the end. */
static int
next_digit(const parts *p, size_t *at, bool *started)
{
    while (*at < p->len) {
        char c = p->text[(*at)++];
        if (c == '.' || (c == '0' && !*started)) continue;
        *started = true;
        return c - '0';
    }
    return 0;
}

pz_dec_fit
pz_decimal_parse_to(pz_str s, int precision, int scale, __int128 *unscaled)
{
    parts p;
    size_t at = 0;
    bool started = false;
    __int128 v = 0;
    *unscaled = 0;
    if (!split(s, &p)) return PZ_DEC_NOT_A_NUMBER;
    if (p.digits == 0) return PZ_DEC_OK;
    if (p.point > DIGITS_MAX) return PZ_DEC_TOO_LARGE;
    int64_t keep = p.point + scale;
    if (keep > DIGITS_MAX) return PZ_DEC_OVERFLOW;
    if (keep < 0) return PZ_DEC_OK;
    for (int64_t i = 0; i < keep; i++) v = v * 10 + next_digit(&p, &at, &started);
    if (next_digit(&p, &at, &started) >= 5) v++;
    if (v >= pz_pow10(precision)) return PZ_DEC_OVERFLOW;
    *unscaled = p.negative ? -v : v;
    return PZ_DEC_OK;
}

bool
pz_decimal_parse(pz_str s, __int128 *unscaled, int *precision, int *scale)
{
    parts p;
    if (!split(s, &p)) return false;
    int64_t want = p.fraction < 0 ? 0 : p.fraction;
    if (want > DIGITS_MAX || (p.digits > 0 && p.point + want > DIGITS_MAX)) return false;
    if (pz_decimal_parse_to(s, DIGITS_MAX, (int)want, unscaled) != PZ_DEC_OK) return false;
    int n = p.digits > 0 ? (int)(p.point + want) : 1;
    *scale = (int)want;
    *precision = n < *scale ? *scale : n < 1 ? 1 : n;
    return true;
}

bool
pz_decimal_rescale(__int128 v, int from, int to, int precision, __int128 *out)
{
    if (to >= from) {
        if (v != 0 && (to - from > DIGITS_MAX || __builtin_mul_overflow(v, pz_pow10(to - from), &v))) return false;
    } else {
        __int128 unit = pz_pow10(from - to), rest = v % unit;
        v /= unit;
        if (rest >= unit - rest && rest > 0) v++;
        else if (rest < 0 && -rest >= unit + rest) v--;
    }
    *out = v;
    __int128 limit = pz_pow10(precision);
    return v < limit && v > -limit;
}

double
pz_decimal_double(__int128 v, int scale)
{
    char text[64];
    unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
    if (u < ((unsigned __int128)1 << 53) && scale <= 22) {
        static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
        return (double)(int64_t)v / tens[scale]; /* both exact: the quotient is the nearest double */
    }
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_decimal_text(&b, v, scale);
    size_t n = b.len < sizeof text - 1 ? b.len : sizeof text - 1;
    memcpy(text, b.ptr, n);
    text[n] = 0;
    pz_buf_free(&b);
    return pz_strtod(text);
}

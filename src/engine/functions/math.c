/*
 * engine/functions/math.c - numbers: absolute values, rounding of every type, bases, bits, buckets.
 *
 * In: numbers as the analyzer cast them.  Out: numbers of the call's result type.  Plain functions of doubles are in fast_math.c.
 * Things start in the table at the end.
 */
#include "fn_util.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static pz_status
overflow(pz_fn_ctx *c, const char *words)
{
    return pz_raise(c->err, PZ_ERR_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "message", words, "alternative", "", "config", "\"spark.sql.ansi.enabled\"", NULL);
}

static int
bits_of(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BOOLEAN: return 1;
    case PZ_T_BYTE: return 8;
    case PZ_T_SHORT: return 16;
    case PZ_T_INT: case PZ_T_YM_INTERVAL: return 32;
    default: return 64;
    }
}

static int64_t
wrapped(int64_t v, int bits)
{
    return bits == 8 ? (int8_t)v : bits == 16 ? (int16_t)v : bits == 32 ? (int32_t)v : v;
}

/* Intervals overflow in every mode, integers wrap without ANSI. */
PZ_FN(fn_abs)
{
    const pz_type *t = c->site->arg_types[0];
    if (t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT)
        return give_double(out, fabs(args[0].d));
    *out = args[0];
    if (t->id == PZ_T_DECIMAL) {
        out->dec = out->dec < 0 ? -out->dec : out->dec;
        return PZ_OK;
    }
    int bits = bits_of(t);
    int64_t least = bits == 64 ? INT64_MIN : -((int64_t)1 << (bits - 1));
    if (args[0].i == least) {
        if (c->site->ansi || pz_type_is_interval(t))
            return overflow(c, "overflow");
        return PZ_OK;
    }
    out->i = args[0].i < 0 ? -args[0].i : args[0].i;
    return PZ_OK;
}

/* ---- rounding */

typedef enum how { HALF_UP, HALF_EVEN, CEILING, FLOOR } how;

/* v / unit, rounded. */
static __int128
divide(__int128 v, __int128 unit, how h)
{
    __int128 q = v / unit, r = v % unit, a = r < 0 ? -r : r;
    int step = v < 0 ? -1 : 1;
    switch (h) {
    case HALF_UP: return q + (a >= unit - a ? step : 0);
    case HALF_EVEN: return q + (a > unit - a || (a == unit - a && q % 2) ? step : 0);
    case CEILING: return q + (r > 0);
    default: return q - (r < 0);
    }
}

/* A decimal at scale `from` to `places` (may be negative), as unscaled number of scale `to`.  false: more than 38 digits. */
static bool
round_decimal(__int128 v, int from, int64_t places, int to, how h, __int128 *out)
{
    if (places >= from) {
        *out = v;
        return true;
    }
    int64_t drop = from - places;
    if (drop > 38) {
        *out = (h == CEILING && v > 0) || (h == FLOOR && v < 0) ? (v > 0 ? 1 : -1) : 0;
        return *out == 0;
    }
    __int128 q = divide(v, pz_pow10((int)drop), h);
    for (int64_t i = places; i < to; i++)
        if (__builtin_mul_overflow(q, (__int128)10, &q))
            return false;
    *out = q;
    return true;
}

static pz_status
give_decimal(pz_fn_ctx *c, __int128 v, pz_value *out, bool fits)
{
    const pz_type *t = c->site->result;
    __int128 limit = t->precision >= 38 ? pz_pow10(38) : pz_pow10(t->precision);
    if (fits && v < limit && v > -limit) {
        *out = (pz_value){.dec = v};
        return PZ_OK;
    }
    if (!c->site->ansi)
        return give_null(out);
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_decimal_text(&b, v, t->scale);
    pz_str text = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return pz_raise(c->err, PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "roundedValue", text.ptr, "originalValue", text.ptr, "precision",
                    pz_strf(c->scratch, "%d", t->precision).ptr, "scale", pz_strf(c->scratch, "%d", t->scale).ptr, NULL);
}

/* The shortest decimal text of the number is what is rounded: 1.005 to two places is 1.01. */
static double
round_double(double v, int64_t places, how h)
{
    char buf[40], digits[24], text[64];
    if (v == 0)
        return 0;                              /* a decimal has no negative zero */
    if (!isfinite(v))
        return v;
    for (int p = 1; p <= 17; p++) {
        snprintf(buf, sizeof buf, "%.*e", p - 1, fabs(v));
        if (strtod(buf, NULL) == fabs(v))
            break;
    }
    int n = 0, exp = atoi(strchr(buf, 'e') + 1);
    for (const char *q = buf; *q != 'e'; q++)
        if (*q != '.')
            digits[n++] = *q;
    int64_t keep = exp + 1 + places;               /* digits that stay */
    if (keep >= n)
        return v;
    if (keep < 0)
        return 0;
    bool half = digits[keep] == '5', rest = false;
    for (int64_t i = keep + 1; i < n; i++)
        rest |= digits[i] != '0';
    bool up = digits[keep] > '5' || (half && (rest || h == HALF_UP || (keep > 0 && (digits[keep - 1] - '0') % 2)));
    int64_t u = 0;
    for (int64_t i = 0; i < keep; i++)
        u = u * 10 + (digits[i] - '0');
    snprintf(text, sizeof text, "%llde%lld", (long long)(u + up), (long long)-places);
    double r = strtod(text, NULL);
    return r == 0 ? 0 : v < 0 ? -r : r;
}

static pz_status
round_value(pz_fn_ctx *c, const pz_value *args, pz_value *out, how h)
{
    const pz_type *t = c->site->arg_types[0];
    int64_t places = args[1].i;
    __int128 q;
    if (t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT) {
        double r = round_double(args[0].d, places, h);
        return give_double(out, t->id == PZ_T_FLOAT ? (double)(float)r : r);
    }
    if (t->id == PZ_T_DECIMAL) {
        bool fits = round_decimal(args[0].dec, t->scale, places, c->site->result->scale, h, &q);
        return give_decimal(c, q, out, fits);
    }
    if (places >= 0)
        return give_int(out, args[0].i);
    if (places < -19)
        return give_int(out, 0);
    q = divide(args[0].i, pz_pow10((int)-places), h) * pz_pow10((int)-places);
    int bits = bits_of(t);
    int64_t w = wrapped((int64_t)q, bits);
    return w != q && c->site->ansi ? overflow(c, "Overflow") : give_int(out, w);
}
PZ_FN(fn_round) { return round_value(c, args, out, HALF_UP); }
PZ_FN(fn_bround) { return round_value(c, args, out, HALF_EVEN); }

/* ceil(x), floor(x): bigint, or decimal without a scale; ceil(decimal, places) as round. */
static pz_status
ceil_floor(pz_fn_ctx *c, const pz_value *args, pz_value *out, how h)
{
    const pz_type *t = c->site->arg_types[0];
    __int128 q;
    if (t->id == PZ_T_DECIMAL) {
        int64_t places = c->site->nargs > 1 ? args[1].i : 0;
        bool fits = round_decimal(args[0].dec, t->scale, places, c->site->result->scale, h, &q);
        return give_decimal(c, q, out, fits);
    }
    if (t->id != PZ_T_DOUBLE && t->id != PZ_T_FLOAT)
        return give_int(out, args[0].i);
    double d = h == CEILING ? ceil(args[0].d) : floor(args[0].d);
    if (isnan(d))
        return give_int(out, 0);
    if (d >= 0x1.0p63 || d < -0x1.0p63)
        return c->site->ansi ? overflow(c, "overflow") : give_int(out, d > 0 ? INT64_MAX : INT64_MIN);
    return give_int(out, (int64_t)d);
}
PZ_FN(fn_ceil) { return ceil_floor(c, args, out, CEILING); }
PZ_FN(fn_floor) { return ceil_floor(c, args, out, FLOOR); }

/* ---- bases */

PZ_FN(fn_bin)
{
    uint64_t v = (uint64_t)args[0].i;
    int n = v ? 64 - __builtin_clzll(v) : 1;
    char *p = room(c, (size_t)n);
    for (int i = 0; i < n; i++)
        p[i] = (char)('0' + (v >> (n - 1 - i) & 1));
    return give_str(out, (pz_str){p, (size_t)n});
}

static int
digit_of(char ch)
{
    return ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'z' ? ch - 'a' + 10 : ch >= 'A' && ch <= 'Z' ? ch - 'A' + 10 : 99;
}

/* conv(text, from, to) through 64 unsigned bits; a negative target base prints signed.  Past 64 bits: an error, or all ones. */
PZ_FN(fn_conv)
{
    int64_t from = args[1].i, to = args[2].i, base = to < 0 ? -to : to;
    pz_str s = args[0].s;
    while (s.len && s.ptr[0] == ' ')
        s = cut(s, 1, s.len);
    while (s.len && s.ptr[s.len - 1] == ' ')
        s.len--;
    if (from < 2 || from > 36 || base < 2 || base > 36 || s.len == 0)
        return give_null(out);
    bool negative = s.ptr[0] == '-';
    uint64_t v = 0;
    for (size_t i = negative; i < s.len; i++) {
        int d = digit_of(s.ptr[i]);
        uint64_t next;
        if (d >= from)
            break;
        if (__builtin_mul_overflow(v, (uint64_t)from, &next) || __builtin_add_overflow(next, (uint64_t)d, &next)) {
            if (c->site->ansi)
                return overflow(c, "Overflow in function conv()");
            v = UINT64_MAX;
            break;
        }
        v = next;
    }
    if (negative && to > 0)
        v = (int64_t)v < 0 ? UINT64_MAX : 0 - v;
    if (to < 0 && (int64_t)v < 0) {
        v = 0 - v;
        negative = true;
    }
    char buf[70], *p = buf + sizeof buf;
    do
        *--p = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[v % (uint64_t)base];
    while ((v /= (uint64_t)base) > 0);
    if (negative && to < 0)
        *--p = '-';
    return give_str(out, pz_dup(c->scratch, (pz_str){p, (size_t)(buf + sizeof buf - p)}));
}

/* ---- the rest */

PZ_FN(fn_factorial)
{
    PZ_UNUSED(c);
    int64_t v = 1;
    if (args[0].i < 0 || args[0].i > 20)
        return give_null(out);
    for (int64_t i = 2; i <= args[0].i; i++)
        v *= i;
    return give_int(out, v);
}

PZ_FN(fn_bit_get)
{
    int bits = bits_of(c->site->arg_types[0]);
    if (args[1].i < 0 || args[1].i >= bits)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_BIT_POSITION_RANGE, PZ_NO_ORIGIN, "parameter", "`pos`", "functionName",
                        backticked(c->scratch, pz_lower_ascii(c->scratch, c->site->name)).ptr, "upper", pz_strf(c->scratch, "%d", bits).ptr, "invalidValue",
                        pz_strf(c->scratch, "%lld", (long long)args[1].i).ptr, NULL);
    return give_int(out, args[0].i >> args[1].i & 1);
}

static double
plain_double(const pz_type *t, const pz_value *v)
{
    return t->id == PZ_T_DOUBLE ? v->d : (double)v->i;
}

/* pmod(a, n): the remainder with the sign of n's range; zero divisors are errors under ANSI. */
PZ_FN(fn_pmod)
{
    const pz_type *t = c->site->result;
    bool zero = t->id == PZ_T_DECIMAL ? args[1].dec == 0 : t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT ? args[1].d == 0 : args[1].i == 0;
    if (zero) {
        if (!c->site->ansi)
            return give_null(out);
        return pz_raise(c->err, PZ_ERR_REMAINDER_BY_ZERO, PZ_NO_ORIGIN, "config", "\"spark.sql.ansi.enabled\"", NULL);
    }
    if (t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT) {
        double r = fmod(args[0].d, args[1].d);
        r = r < 0 ? fmod(r + args[1].d, args[1].d) : r;
        return give_double(out, t->id == PZ_T_FLOAT ? (double)(float)r : r);
    }
    if (t->id != PZ_T_DECIMAL) {
        int64_t a = args[0].i, n = args[1].i, r = n == -1 ? 0 : a % n;
        return give_int(out, r < 0 ? (int64_t)(((__int128)r + n) % n) : r);
    }
    return pz_decimal_rest(c, args, true, out);
}

/* width_bucket(x, low, high, n): 0 below, n + 1 above; the range may run downwards. */
PZ_FN(fn_width_bucket)
{
    const pz_type *t = c->site->arg_types[0];
    double x = plain_double(t, &args[0]), low = plain_double(t, &args[1]), high = plain_double(t, &args[2]);
    int64_t n = args[3].i;
    if (n <= 0 || n == INT64_MAX || isnan(x) || !isfinite(low) || !isfinite(high) || low == high)
        return give_null(out);
    if (low < high)
        return give_int(out, x < low ? 0 : x >= high ? n + 1 : (int64_t)((double)n * (x - low) / (high - low) + 1));
    return give_int(out, x > low ? 0 : x <= high ? n + 1 : (int64_t)((double)n * (low - x) / (low - high) + 1));
}

static const pz_value_fn_def defs[] = {
    {.name = "abs", .call = fn_abs},
    {.name = "bin", .call = fn_bin},
    {.name = "bit_get", .call = fn_bit_get},
    {.name = "bround", .call = fn_bround},
    {.name = "ceil", .call = fn_ceil},
    {.name = "conv", .call = fn_conv},
    {.name = "factorial", .call = fn_factorial},
    {.name = "floor", .call = fn_floor},
    {.name = "pmod", .call = fn_pmod},
    {.name = "round", .call = fn_round},
    {.name = "width_bucket", .call = fn_width_bucket},
};
PZ_FAMILY(pz_family_math, defs);

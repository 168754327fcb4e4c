/*
 * engine/functions/decimal_ops.c - decimal arithmetic the engine's own operators cannot do exactly: division, and sums and
 * products that lose scale above 38 digits.
 *
 * In: two decimals of any precision and scale.  Out: the exact result rounded half up to the result type, computed in 256
 * bits where 128 are not enough; too large is NUMERIC_VALUE_OUT_OF_RANGE, or NULL outside ANSI mode.
 * Things start at give_ratio().
 */
#include "fn_util.h"

typedef unsigned __int128 u128;
typedef struct u256 { u128 hi, lo; } u256;

static u256
multiply(u128 a, u128 b)
{
    u128 mask = ~(uint64_t)0;
    u128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
    u128 p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
    u128 mid = (p00 >> 64) + (p01 & mask) + (p10 & mask);
    return (u256){p11 + (p01 >> 64) + (p10 >> 64) + (mid >> 64), (mid << 64) | (p00 & mask)};
}

static u256
add(u256 x, u256 y)
{
    u256 r = {x.hi + y.hi, x.lo + y.lo};
    if (r.lo < x.lo) r.hi++;
    return r;
}

static bool
less(u256 x, u256 y)
{
    return x.hi != y.hi ? x.hi < y.hi : x.lo < y.lo;
}

static u256
subtract(u256 x, u256 y)
{
    return (u256){x.hi - y.hi - (x.lo < y.lo), x.lo - y.lo};
}

/* Quotient and remainder, bit by bit; d is not zero. */
static u256
divide(u256 n, u256 d, u256 *rest)
{
    u256 q = {0, 0}, r = {0, 0};
    if (!n.hi && !d.hi) {
        *rest = (u256){0, n.lo % d.lo};
        return (u256){0, n.lo / d.lo};
    }
    for (int i = 255; i >= 0; i--) {
        r = add(r, r);
        r.lo |= (i >= 128 ? n.hi >> (i - 128) : n.lo >> i) & 1;
        q = add(q, q);
        if (!less(r, d)) {
            r = subtract(r, d);
            q.lo |= 1;
        }
    }
    *rest = r;
    return q;
}

static pz_status
too_large(pz_fn_ctx *c, pz_str text, pz_value *out)
{
    const pz_type *t = c->site->result;
    if (c->site->eval_mode != PZ_CAST_ANSI) return give_null(out);
    return pz_raise(c->err, PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION, PZ_NO_ORIGIN, "value", text.ptr, "precision",
                    pz_strf(c->scratch, "%d", t->precision).ptr, "scale", pz_strf(c->scratch, "%d", t->scale).ptr, "config",
                    "\"spark.sql.ansi.enabled\"", NULL);
}

static pz_str
shown(pz_fn_ctx *c, bool negative, u256 q, int scale)
{
    pz_buf b;
    pz_str s;
    char digits[96];
    int n = 0;
    u256 rest, ten = {0, 10};
    do {
        q = divide(q, ten, &rest);
        digits[n++] = (char)('0' + (int)rest.lo);
    } while (q.hi || q.lo);
    while (n <= scale) digits[n++] = '0';
    pz_buf_init(&b, 0);
    if (negative) pz_buf_putc(&b, '-');
    while (n-- > 0) {
        pz_buf_putc(&b, digits[n]);
        if (n == scale && scale > 0) pz_buf_putc(&b, '.');
    }
    s = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return s;
}

/* A product as it is told: 39 digits of it, cut off there. */
static pz_str
shown_product(pz_fn_ctx *c, bool negative, u256 n, int scale)
{
    u256 rest, top = multiply((u128)pz_pow10(38), 10), q = n;
    pz_str s;
    int drop = 0;
    for (; !less(q, top); drop++) q = divide(q, (u256){0, 10}, &rest);
    scale -= drop;
    s = shown(c, negative, q, scale > 0 ? scale : 0);
    for (; scale < 0; scale++) s = pz_strf(c->scratch, PZ_FMT "0", PZ_ARG(s));
    return s;
}

/* n / d rounded half up (or cut off), with a sign, as the result type. */
static pz_status
give_ratio(pz_fn_ctx *c, bool negative, u256 n, u256 d, bool cut, pz_value *out)
{
    u256 rest, q = divide(n, d, &rest);
    if (!cut && !less(add(rest, rest), d)) q = add(q, (u256){0, 1});
    if (q.hi || q.lo >= (u128)pz_pow10(c->site->result->precision)) return too_large(c, shown(c, negative, q, c->site->result->scale), out);
    *out = (pz_value){.dec = negative ? -(__int128)q.lo : (__int128)q.lo};
    return PZ_OK;
}

static u128
magnitude(__int128 v)
{
    return v < 0 ? -(u128)v : (u128)v;
}

static int
scale_of(const pz_fn_ctx *c, int i)
{
    return c->site->arg_types[i]->scale;
}

/* ---------------------------------------------------------------- division */
static pz_status
quotient(pz_fn_ctx *c, const pz_value *args, int scale, bool cut, pz_value *out)
{
    int e = scale - scale_of(c, 0) + scale_of(c, 1);
    u128 a = magnitude(args[0].dec), b = magnitude(args[1].dec);
    bool negative = (args[0].dec < 0) != (args[1].dec < 0);
    u256 n = {0, a}, d = {0, b};
    if (!b) {
        if (c->site->eval_mode != PZ_CAST_ANSI) return give_null(out);
        return pz_raise(c->err, PZ_ERR_DIVIDE_BY_ZERO, PZ_NO_ORIGIN, "config", "\"spark.sql.ansi.enabled\"", NULL);
    }
    if (e > 38) {
        /* two steps; what leaves 256 bits is too large for any divisor */
        u256 part = multiply(a, (u128)pz_pow10(38));
        u128 more = (u128)pz_pow10(e - 38);
        if (part.hi && more > 1) {
            u256 high = multiply(part.hi, more), low = multiply(part.lo, more);
            if (high.hi || high.lo + low.hi < high.lo) return too_large(c, PZ_STR(""), out);
            n = (u256){high.lo + low.hi, low.lo};
        } else {
            n = part.hi ? part : multiply(part.lo, more);
        }
    } else if (e >= 0) {
        n = multiply(a, (u128)pz_pow10(e));
    } else {
        d = multiply(b, (u128)pz_pow10(-e));
    }
    return give_ratio(c, negative, n, d, cut, out);
}

PZ_FN(fn_decimal_div)
{
    return quotient(c, args, c->site->result->scale, false, out);
}

/* a % b with the sign of a, or moved to where b points; b is not zero. */
pz_status
pz_decimal_rest(pz_fn_ctx *c, const pz_value *args, bool positive, pz_value *out)
{
    int sa = scale_of(c, 0), sb = scale_of(c, 1), scale = sa > sb ? sa : sb, less_scale = scale - c->site->result->scale;
    u256 n = multiply(magnitude(args[0].dec), (u128)pz_pow10(scale - sa)), d = multiply(magnitude(args[1].dec), (u128)pz_pow10(scale - sb)), rest;
    bool negative = args[0].dec < 0;
    (void)divide(n, d, &rest);
    if (positive && negative && args[1].dec > 0 && (rest.hi || rest.lo)) {
        rest = subtract(d, rest);
        negative = false;
    }
    if (less_scale < 0) {
        if (rest.hi) return too_large(c, PZ_STR(""), out);
        rest = multiply(rest.lo, (u128)pz_pow10(-less_scale));
    }
    return give_ratio(c, negative, rest, (u256){0, less_scale > 0 ? (u128)pz_pow10(less_scale) : 1}, false, out);
}

PZ_FN(fn_decimal_rem)
{
    return pz_decimal_rest(c, args, false, out);
}

/* a div b: the whole part, as bigint */
PZ_FN(fn_decimal_idiv)
{
    int e = scale_of(c, 1) - scale_of(c, 0);
    u128 a = magnitude(args[0].dec), b = magnitude(args[1].dec);
    bool negative = (args[0].dec < 0) != (args[1].dec < 0);
    u256 rest, q;
    if (!b) {
        if (c->site->eval_mode != PZ_CAST_ANSI) return give_null(out);
        return pz_raise(c->err, PZ_ERR_DIVIDE_BY_ZERO, PZ_NO_ORIGIN, "config", "\"spark.sql.ansi.enabled\"", NULL);
    }
    q = e >= 0 ? divide(multiply(a, (u128)pz_pow10(e)), (u256){0, b}, &rest) : divide((u256){0, a}, multiply(b, (u128)pz_pow10(-e)), &rest);
    if (q.hi || q.lo > (u128)INT64_MAX + negative) {
        if (c->site->eval_mode != PZ_CAST_ANSI) return give_int(out, (int64_t)(negative ? -q.lo : q.lo));
        return pz_raise(c->err, PZ_ERR_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "message", "long overflow", "alternative", "", "config",
                        "\"spark.sql.ansi.enabled\"", NULL);
    }
    return give_int(out, negative ? (int64_t)-q.lo : (int64_t)q.lo);
}

/* ---------------------------------------------------------------- product, sum */
PZ_FN(fn_decimal_mul)
{
    int drop = scale_of(c, 0) + scale_of(c, 1) - c->site->result->scale;
    u256 n = multiply(magnitude(args[0].dec), magnitude(args[1].dec));
    bool negative = (args[0].dec < 0) != (args[1].dec < 0);
    u256 d = drop > 38 ? multiply((u128)pz_pow10(38), (u128)pz_pow10(drop - 38)) : (u256){0, (u128)pz_pow10(drop > 0 ? drop : 0)};
    u256 rest, q = divide(n, d, &rest);
    if (!less(add(rest, rest), d)) q = add(q, (u256){0, 1});
    if (q.hi || q.lo >= (u128)pz_pow10(c->site->result->precision))
        return too_large(c, shown_product(c, negative, n, scale_of(c, 0) + scale_of(c, 1)), out);
    *out = (pz_value){.dec = negative ? -(__int128)q.lo : (__int128)q.lo};
    return PZ_OK;
}

static pz_status
sum(pz_fn_ctx *c, const pz_value *args, bool minus, pz_value *out)
{
    int s0 = scale_of(c, 0), s1 = scale_of(c, 1), s = s0 > s1 ? s0 : s1, drop = s - c->site->result->scale;
    bool neg0 = args[0].dec < 0, neg1 = (args[1].dec < 0) != minus, negative = neg0;
    u256 a = multiply(magnitude(args[0].dec), (u128)pz_pow10(s - s0)), b = multiply(magnitude(args[1].dec), (u128)pz_pow10(s - s1)), n;
    if (neg0 == neg1) {
        n = add(a, b);
    } else if (less(a, b)) {
        n = subtract(b, a);
        negative = neg1;
    } else {
        n = subtract(a, b);
    }
    if (drop < 0) {
        n = multiply(n.lo, (u128)pz_pow10(-drop));
        drop = 0;
    }
    return give_ratio(c, negative, n, (u256){0, (u128)pz_pow10(drop)}, false, out);
}

PZ_FN(fn_decimal_add)
{
    return sum(c, args, false, out);
}

PZ_FN(fn_decimal_sub)
{
    return sum(c, args, true, out);
}

/* Negation, and abs of what is negative, keep 34 digits, rounded half even. */
static __int128
negated(__int128 x)
{
    u128 n = x < 0 ? -(u128)x : (u128)x, unit = 1;
    while (n / unit >= (u128)pz_pow10(34)) unit *= 10;
    u128 q = n / unit, rest = n % unit;
    if (rest * 2 > unit || (rest * 2 == unit && unit > 1 && q % 2 == 1)) q++;
    n = q * unit;
    return x < 0 ? (__int128)n : -(__int128)n;
}

PZ_FN(fn_decimal_negate)
{
    PZ_UNUSED(c);
    *out = (pz_value){.dec = negated(args[0].dec)};
    return PZ_OK;
}

PZ_FN(fn_decimal_abs)
{
    PZ_UNUSED(c);
    *out = (pz_value){.dec = args[0].dec < 0 ? negated(args[0].dec) : args[0].dec};
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "decimal_abs", .call = fn_decimal_abs},
    {.name = "decimal_add", .call = fn_decimal_add},
    {.name = "decimal_div", .call = fn_decimal_div},
    {.name = "decimal_idiv", .call = fn_decimal_idiv},
    {.name = "decimal_mul", .call = fn_decimal_mul},
    {.name = "decimal_negate", .call = fn_decimal_negate},
    {.name = "decimal_rem", .call = fn_decimal_rem},
    {.name = "decimal_sub", .call = fn_decimal_sub},
};
PZ_FAMILY(pz_family_decimal_ops, defs);

/*
 * engine/functions/interval.c - arithmetic of intervals with each other and with numbers.
 *
 * Year-month and day-time intervals are counts; results are exact or an overflow, fractions round half away from zero.
 * Calendar intervals carry fractions of months nowhere and fractions of days into microseconds.
 */
#include <math.h>

#include "fn_util.h"

#define DAY_US 86400000000ll

static bool
is_calendar(const pz_call_site *s)
{
    return s->arg_types[0]->id == PZ_T_CALENDAR_INTERVAL;
}

static pz_status
with_suggestion(pz_fn_ctx *c, const char *function)
{
    return pz_raise(c->err, PZ_ERR_INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION, PZ_NO_ORIGIN, "functionName", function, NULL);
}

static pz_status
overflow(pz_fn_ctx *c)
{
    return pz_raise_text(c->err, PZ_CLASS_JavaArithmeticException, "%s overflow", c->site->arg_types[0]->id == PZ_T_YM_INTERVAL ? "integer" : "long");
}

static bool
in_range(const pz_call_site *s, __int128 v)
{
    if (s->arg_types[0]->id == PZ_T_YM_INTERVAL) return v >= INT32_MIN && v <= INT32_MAX;
    return v >= INT64_MIN && v <= INT64_MAX;
}

/* ---------------------------------------------------------------- with each other */

static pz_status
combine(pz_fn_ctx *c, const pz_value *a, const pz_value *b, int sign, pz_value *out)
{
    const pz_call_site *s = c->site;
    const char *instead = sign > 0 ? "`try_add`" : "`try_subtract`";
    bool lenient = s->eval_mode == PZ_CAST_TRY;
    if (!is_calendar(s)) {
        __int128 v = (__int128)a->i + sign * (__int128)b->i;
        if (!in_range(s, v)) return lenient ? give_null(out) : with_suggestion(c, instead);
        return give_int(out, (int64_t)v);
    }
    int64_t months = a->iv.months + sign * (int64_t)b->iv.months, days = a->iv.days + sign * (int64_t)b->iv.days;
    __int128 micros = (__int128)a->iv.micros + sign * (__int128)b->iv.micros;
    if (months != (int32_t)months || days != (int32_t)days || micros != (int64_t)micros) {
        if (lenient || !s->ansi) return give_null(out);
        return with_suggestion(c, instead);
    }
    out->iv.months = (int32_t)months;
    out->iv.days = (int32_t)days;
    out->iv.micros = (int64_t)micros;
    return PZ_OK;
}

PZ_FN(interval_add) { return combine(c, &args[0], &args[1], 1, out); }
PZ_FN(interval_sub) { return combine(c, &args[0], &args[1], -1, out); }

/* ---------------------------------------------------------------- with numbers */

static pz_status
divided_by_zero(pz_fn_ctx *c, pz_value *out)
{
    if (c->site->eval_mode == PZ_CAST_TRY || (is_calendar(c->site) && !c->site->ansi)) return give_null(out);
    return pz_raise(c->err, PZ_ERR_INTERVAL_DIVIDED_BY_ZERO, PZ_NO_ORIGIN, NULL);
}

static pz_status
give_rounded(pz_fn_ctx *c, long double v, pz_value *out)
{
    bool lenient = c->site->eval_mode == PZ_CAST_TRY;
    if (isnan((double)v) || isinf((double)v)) {
        if (lenient) return give_null(out);
        return pz_raise_text(c->err, PZ_CLASS_JavaArithmeticException, "input is infinite or NaN");
    }
    v = v < 0 ? ceill(v - 0.5L) : floorl(v + 0.5L);
    bool months = c->site->arg_types[0]->id == PZ_T_YM_INTERVAL;
    if (v > (months ? 2147483647.0L : 9223372036854775807.0L) || v < (months ? -2147483648.0L : -9223372036854775808.0L)) {
        if (lenient) return give_null(out);
        return pz_raise_text(c->err, PZ_CLASS_JavaArithmeticException, "rounded value is out of range for input");
    }
    return give_int(out, (int64_t)v);
}

static pz_status
give_exact(pz_fn_ctx *c, __int128 v, bool fits, pz_value *out)
{
    if (fits && in_range(c->site, v)) return give_int(out, (int64_t)v);
    return c->site->eval_mode == PZ_CAST_TRY ? give_null(out) : overflow(c);
}

/* a / b with halves away from zero */
static __int128
divide_half_up(__int128 a, __int128 b)
{
    __int128 q = a / b, r = a % b;
    if (r == 0) return q;
    __int128 rest = r < 0 ? -r : r, size = b < 0 ? -b : b;
    if (rest >= size - rest) q += (a < 0) != (b < 0) ? -1 : 1;
    return q;
}

static pz_status
scale_calendar(pz_fn_ctx *c, const pz_value *iv, double by, pz_value *out)
{
    double months = trunc(iv->iv.months * by), days = iv->iv.days * by, whole = trunc(days);
    double micros = (double)iv->iv.micros * by + (days - whole) * (double)DAY_US;
    bool fits = fabs(months) <= INT32_MAX && fabs(whole) <= INT32_MAX && fabs(micros) < 9.2e18;
    if (!fits) {
        if (c->site->eval_mode == PZ_CAST_TRY || !c->site->ansi) return give_null(out);
        return pz_raise(c->err, PZ_ERR_INTERVAL_ARITHMETIC_OVERFLOW_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, NULL);
    }
    out->iv.months = (int32_t)months;
    out->iv.days = (int32_t)whole;
    out->iv.micros = (int64_t)floor(micros + 0.5);
    return PZ_OK;
}

static double
as_double(const pz_type *t, const pz_value *v)
{
    if (t->id == PZ_T_DECIMAL) return pz_decimal_double(v->dec, t->scale);
    return t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE ? v->d : (double)v->i;
}

PZ_FN(interval_multiply)
{
    const pz_type *t = c->site->arg_types[1];
    __int128 v;
    if (is_calendar(c->site)) return scale_calendar(c, &args[0], as_double(t, &args[1]), out);
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE) return give_rounded(c, (long double)((double)args[0].i * args[1].d), out);
    if (t->id != PZ_T_DECIMAL) return give_exact(c, (__int128)args[0].i * args[1].i, true, out);
    bool fits = !__builtin_mul_overflow((__int128)args[0].i, args[1].dec, &v) && pz_decimal_rescale(v, t->scale, 0, 38, &v);
    return give_exact(c, v, fits, out);
}

PZ_FN(interval_divide)
{
    const pz_type *t = c->site->arg_types[1];
    double d = as_double(t, &args[1]);
    if (d == 0) return divided_by_zero(c, out);
    if (is_calendar(c->site)) return scale_calendar(c, &args[0], 1 / d, out);
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE) return give_rounded(c, (long double)((double)args[0].i / d), out);
    if (t->id != PZ_T_DECIMAL) return give_exact(c, divide_half_up(args[0].i, args[1].i), true, out);
    __int128 scaled;
    if (__builtin_mul_overflow((__int128)args[0].i, pz_pow10(t->scale), &scaled)) return give_rounded(c, (long double)args[0].i / (long double)d, out);
    return give_exact(c, divide_half_up(scaled, args[1].dec), true, out);
}

static const pz_value_fn_def fns[] = {
    {.name = "interval_add", .call = interval_add},
    {.name = "interval_divide", .call = interval_divide},
    {.name = "interval_multiply", .call = interval_multiply},
    {.name = "interval_sub", .call = interval_sub},
};
PZ_FAMILY(pz_family_interval, fns);

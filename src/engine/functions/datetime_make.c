/*
 * engine/functions/datetime_make.c - dates, timestamps, times and intervals out of numbers.
 *
 * Numbers out of range raise under ANSI and give NULL otherwise and in the try_ forms.  Things start at the table at the end.
 */
#include <math.h>

#include "fn_util.h"

#define DAY_US 86400000000ll
#define SECOND_US 1000000ll

static pz_status
out_of_bounds(pz_fn_ctx *c, pz_str range, pz_value *out)
{
    if (c->site->eval_mode == PZ_CAST_TRY || !c->site->ansi) return give_null(out);
    return pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_DATETIME_FIELD_OUT_OF_BOUNDS_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "rangeMessage",
                       range.ptr, NULL);
}

/* Java's words for a number outside its field; ptr NULL if it is inside. */
static pz_str
range_problem(pz_arena *a, const char *field, int64_t v, int64_t low, int64_t high, const char *shown)
{
    if (v >= low && v <= high) return (pz_str){0};
    return pz_strf(a, "Invalid value for %s (valid values %s): %lld", field, shown, (long long)v);
}

static pz_str
date_problem(pz_arena *a, int64_t y, int64_t m, int64_t d)
{
    pz_str p = range_problem(a, "Year", y, -999999999, 999999999, "-999999999 - 999999999");
    if (!p.ptr) p = range_problem(a, "MonthOfYear", m, 1, 12, "1 - 12");
    if (!p.ptr) p = range_problem(a, "DayOfMonth", d, 1, 31, "1 - 28/31");
    if (p.ptr || d <= pz_month_length(y, (int)m)) return p;
    if (d == 29) return pz_strf(a, "Invalid date 'February 29' as '%lld' is not a leap year", (long long)y);
    static const char *const names[] = {"JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"};
    return pz_strf(a, "Invalid date '%s %lld'", names[m - 1], (long long)d);
}

static pz_str
clock_problem(pz_arena *a, int64_t h, int64_t m, int64_t s)
{
    pz_str p = range_problem(a, "HourOfDay", h, 0, 23, "0 - 23");
    if (!p.ptr) p = range_problem(a, "MinuteOfHour", m, 0, 59, "0 - 59");
    return p.ptr ? p : range_problem(a, "SecondOfMinute", s, 0, 59, "0 - 59");
}

PZ_FN(make_date)
{
    int64_t y = args[0].i, m = args[1].i, d = args[2].i;
    pz_str problem = date_problem(c->scratch, y, m, d);
    if (problem.ptr) return out_of_bounds(c, problem, out);
    int64_t days = pz_days_from_civil(y, (int)m, (int)d);
    if (days != (int32_t)days) return out_of_bounds(c, PZ_STR("integer overflow"), out);
    return give_int(out, days);
}

/* Seconds as decimal(16,6); sixty of them are the next minute. */
static pz_status
clock_of(pz_fn_ctx *c, const pz_value *h, const pz_value *m, const pz_value *s, bool sixty, int64_t *of_day, pz_value *out)
{
    int64_t us = (int64_t)s->dec, whole = pz_floor_div(us, SECOND_US), rest = pz_floor_mod(us, SECOND_US);
    bool next = sixty && whole == 60;
    if (next && rest) {
        if (c->site->eval_mode == PZ_CAST_TRY || !c->site->ansi) return give_null(out);
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_decimal_text(&b, us, 6);
        while (b.len && b.ptr[b.len - 1] == '0') b.len--;
        pz_status done = pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_INVALID_FRACTION_OF_SECOND, PZ_NO_ORIGIN, "secAndMicros",
                                     pz_buf_dup(&b, c->scratch).ptr, NULL);
        pz_buf_free(&b);
        return done;
    }
    pz_str problem = clock_problem(c->scratch, h->i, m->i, next ? 0 : whole);
    if (problem.ptr) return out_of_bounds(c, problem, out);
    *of_day = ((h->i * 60 + m->i) * 60 + whole) * SECOND_US + rest;
    return PZ_OK;
}

static pz_status
zone_of(pz_fn_ctx *c, const pz_value *args, int at, const pz_zone **z)
{
    *z = c->site->zone;
    if (c->site->nargs <= at) return PZ_OK;
    *z = pz_zone_find(args[at].s);
    if (*z) return PZ_OK;
    return pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_INVALID_TIMEZONE, PZ_NO_ORIGIN, "timeZone", pz_dup(c->scratch, args[at].s).ptr, NULL);
}

/* (year, month, day, hour, minute, seconds [, zone]) */
PZ_FN(make_timestamp)
{
    const pz_zone *z;
    int64_t of_day = 0, local;
    pz_str problem = date_problem(c->scratch, args[0].i, args[1].i, args[2].i);
    if (problem.ptr) return out_of_bounds(c, problem, out);
    PZ_TRY(clock_of(c, &args[3], &args[4], &args[5], true, &of_day, out));
    if (out->null) return PZ_OK;
    PZ_TRY(zone_of(c, args, 6, &z));
    int64_t days = pz_days_from_civil(args[0].i, (int)args[1].i, (int)args[2].i);
    if (__builtin_mul_overflow(days, DAY_US, &local) || __builtin_add_overflow(local, of_day, &local))
        return out_of_bounds(c, PZ_STR("long overflow"), out);
    return give_int(out, c->site->result->id == PZ_T_TIMESTAMP_NTZ ? local : pz_zone_to_utc(z, local));
}

/* (date [, time [, zone]]) */
PZ_FN(make_timestamp_date)
{
    const pz_zone *z;
    PZ_TRY(zone_of(c, args, 2, &z));
    int64_t local = args[0].i * DAY_US + (c->site->nargs > 1 ? args[1].i : 0);
    return give_int(out, c->site->result->id == PZ_T_TIMESTAMP_NTZ ? local : pz_zone_to_utc(z, local));
}

PZ_FN(make_time)
{
    int64_t of_day = 0;
    PZ_TRY(clock_of(c, &args[0], &args[1], &args[2], false, &of_day, out));
    return out->null ? PZ_OK : give_int(out, of_day);
}

/* ---------------------------------------------------------------- intervals */

static bool
add_scaled(int64_t n, int64_t per, int64_t *total)
{
    int64_t v;
    return !__builtin_mul_overflow(n, per, &v) && !__builtin_add_overflow(*total, v, total);
}

/* (years, months, weeks, days, hours, minutes, seconds) */
PZ_FN(make_interval)
{
    int64_t months = args[0].i * 12 + args[1].i, days = args[2].i * 7 + args[3].i, micros = (int64_t)args[6].dec;
    bool fits = months == (int32_t)months && days == (int32_t)days && add_scaled(args[4].i, 3600 * SECOND_US, &micros) &&
                add_scaled(args[5].i, 60 * SECOND_US, &micros);
    if (fits) {
        out->iv.months = (int32_t)months;
        out->iv.days = (int32_t)days;
        out->iv.micros = micros;
        return PZ_OK;
    }
    if (c->site->eval_mode == PZ_CAST_TRY || !c->site->ansi) return give_null(out);
    return pz_raise(c->err, PZ_ERR_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "message", "overflow", "alternative", "", "config", "\"spark.sql.ansi.enabled\"", NULL);
}

static pz_status
interval_overflow(pz_fn_ctx *c)
{
    return pz_raise(c->err, PZ_ERR_INTERVAL_ARITHMETIC_OVERFLOW_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, NULL);
}

/* (days, hours, minutes, seconds) */
PZ_FN(make_dt_interval)
{
    int64_t micros = (int64_t)args[3].dec;
    if (!add_scaled(args[0].i, DAY_US, &micros) || !add_scaled(args[1].i, 3600 * SECOND_US, &micros) || !add_scaled(args[2].i, 60 * SECOND_US, &micros))
        return interval_overflow(c);
    return give_int(out, micros);
}

PZ_FN(make_ym_interval)
{
    int64_t months = args[0].i * 12 + args[1].i;
    return months == (int32_t)months ? give_int(out, months) : interval_overflow(c);
}

/* ---------------------------------------------------------------- counts since the epoch */

static pz_status
epoch_overflow(pz_fn_ctx *c, const pz_value *v, const char *unit)
{
    const char *what = pz_strf(c->scratch, "create a TIMESTAMP from %lldL %s since the epoch", (long long)v->i, unit).ptr;
    return pz_raise(c->err, PZ_ERR_DATETIME_OVERFLOW, PZ_NO_ORIGIN, "operation", what, NULL);
}

PZ_FN(timestamp_seconds)
{
    const pz_type *t = c->site->arg_types[0];
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE) {
        double us = args[0].d * 1e6;
        if (!isfinite(us)) return give_null(out);
        return give_int(out, us >= 9223372036854775808.0 ? INT64_MAX : us < -9223372036854775808.0 ? INT64_MIN : (int64_t)us);
    }
    if (t->id == PZ_T_DECIMAL) {
        __int128 v = args[0].dec, unit = pz_pow10(t->scale > 6 ? t->scale - 6 : 6 - t->scale);
        if (t->scale > 6 && v % unit) return pz_raise_text(c->err, PZ_CLASS_JavaArithmeticException, "Rounding necessary");
        if (t->scale > 6) v /= unit;
        else if (__builtin_mul_overflow(v, unit, &v)) v = (__int128)INT64_MAX + 1;
        if (v > INT64_MAX || v < INT64_MIN) return pz_raise_text(c->err, PZ_CLASS_JavaArithmeticException, "Overflow");
        return give_int(out, (int64_t)v);
    }
    int64_t us;
    if (__builtin_mul_overflow(args[0].i, SECOND_US, &us)) return epoch_overflow(c, &args[0], "seconds");
    return give_int(out, us);
}

PZ_FN(timestamp_millis)
{
    int64_t us;
    if (__builtin_mul_overflow(args[0].i, 1000, &us)) return epoch_overflow(c, &args[0], "milliseconds");
    return give_int(out, us);
}

static const pz_value_fn_def fns[] = {
    {.name = "make_date", .call = make_date},
    {.name = "make_dt_interval", .call = make_dt_interval},
    {.name = "make_interval", .call = make_interval},
    {.name = "make_time", .call = make_time},
    {.name = "make_timestamp", .call = make_timestamp},
    {.name = "make_timestamp_date", .call = make_timestamp_date},
    {.name = "make_ym_interval", .call = make_ym_interval},
    {.name = "timestamp_millis", .call = timestamp_millis},
    {.name = "timestamp_seconds", .call = timestamp_seconds},
};
PZ_FAMILY(pz_family_datetime_make, fns);

/*
 * engine/functions/cast_time.c - casts to dates, timestamps, times and intervals.
 *
 * `timestamp` is an instant shown in the session zone; `timestamp_ntz` a wall clock.  Intervals count months or microseconds;
 * a number becomes as many of the interval's last field.
 */
#include <math.h>

#include "cast_int.h"

#define DAY_US 86400000000ll
static const int64_t field_us[] = {86400000000ll, 3600000000ll, 60000000, 1000000};

/* ---------------------------------------------------------------- dates and timestamps */

static bool
parse_text(const cast_env *c, const pz_type *to, pz_str s, int64_t *out)
{
    int32_t days;
    switch (to->id) {
    case PZ_T_DATE:
        if (!pz_date_parse(s, &days)) return false;
        *out = days;
        return true;
    case PZ_T_TIME: return pz_time_parse(s, out);
    case PZ_T_TIMESTAMP_LTZ_NANOS: case PZ_T_TIMESTAMP_NTZ_NANOS:
        if (!pz_timestamp_parse(s, c->zone, to->id == PZ_T_TIMESTAMP_NTZ_NANOS, out)) return false;
        return !__builtin_mul_overflow(*out, 1000, out);
    default: return pz_timestamp_parse(s, c->zone, to->id == PZ_T_TIMESTAMP_NTZ, out);
    }
}

/* A TIME holds only as many fraction digits as its type says. */
static int64_t
cut_time(const pz_type *to, int64_t micros)
{
    int64_t unit = to->precision >= 6 ? 1 : (int64_t)pz_pow10(6 - to->precision);
    return micros - micros % unit;
}

static pz_status
from_text(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    if (parse_text(c, to, in->s, &out->i)) {
        if (to->id == PZ_T_TIME) out->i = cut_time(to, out->i);
        return PZ_OK;
    }
    if (c->mode == PZ_CAST_LEGACY) return cast_null(out);
    return cast_fail_input(c, PZ_CLASS_SparkDateTimeException, from, to, in, out);
}

/* Any of the four kinds as a wall clock in microseconds, and from there to the target. */
static pz_status
from_datetime(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    int64_t local = in->i, utc = 0;
    bool instant = from->id == PZ_T_TIMESTAMP || from->id == PZ_T_TIMESTAMP_LTZ_NANOS;
    bool ltz = to->id == PZ_T_TIMESTAMP || to->id == PZ_T_TIMESTAMP_LTZ_NANOS;
    if (from->id == PZ_T_TIMESTAMP_LTZ_NANOS || from->id == PZ_T_TIMESTAMP_NTZ_NANOS) local = pz_floor_div(local, 1000);
    if (instant) utc = local;
    if (instant && !ltz) local = pz_zone_to_local(c->zone, local);
    if (from->id == PZ_T_DATE) local *= DAY_US;
    if (from->id == PZ_T_TIME && to->id != PZ_T_TIME) local += pz_floor_div(pz_zone_to_local(c->zone, pz_now_micros()), DAY_US) * DAY_US;
    switch (to->id) {
    case PZ_T_DATE: return cast_give(out, pz_floor_div(local, DAY_US));
    case PZ_T_TIME: return cast_give(out, cut_time(to, pz_floor_mod(local, DAY_US)));
    case PZ_T_TIMESTAMP_NTZ: return cast_give(out, local);
    case PZ_T_TIMESTAMP_NTZ_NANOS: return cast_give(out, local * 1000);
    case PZ_T_TIMESTAMP_LTZ_NANOS: return cast_give(out, (instant ? utc : pz_zone_to_utc(c->zone, local)) * 1000);
    default: return cast_give(out, instant ? utc : pz_zone_to_utc(c->zone, local));
    }
}

static pz_status
from_seconds(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    double us;
    switch (from->id) {
    case PZ_T_BOOLEAN: return cast_give(out, in->b);
    case PZ_T_DECIMAL: {
        unsigned __int128 wide = (unsigned __int128)in->dec; /* micros past 64 bits keep their low ones */
        if (from->scale <= 6) return cast_give(out, (int64_t)(uint64_t)(wide * (unsigned __int128)pz_pow10(6 - from->scale)));
        return cast_give(out, (int64_t)(in->dec / pz_pow10(from->scale - 6)));
    }
    case PZ_T_FLOAT: case PZ_T_DOUBLE:
        if (!isfinite(in->d)) {
            if (c->mode != PZ_CAST_ANSI) return cast_null(out);
            return cast_fail_input(c, PZ_CLASS_SparkDateTimeException, from, to, in, out);
        }
        us = in->d * 1e6;
        if (us >= 9223372036854775808.0 || us < -9223372036854775808.0) {
            pz_value scaled = {.d = us};
            if (c->mode != PZ_CAST_LEGACY) return cast_fail_overflow(c, &pz_t_double, &pz_t_long, &scaled, out);
            return cast_give(out, us > 0 ? INT64_MAX : INT64_MIN);
        }
        return cast_give(out, (int64_t)us);
    default:
        if (__builtin_mul_overflow(in->i, 1000000, &out->i)) out->i = in->i > 0 ? INT64_MAX : INT64_MIN;
        return PZ_OK;
    }
}

cast_fn
cast_to_datetime(const pz_type *from, const pz_type *to)
{
    if (pz_type_is_string(from)) return from_text;
    switch (from->id) {
    case PZ_T_DATE: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_TIMESTAMP_LTZ_NANOS: case PZ_T_TIMESTAMP_NTZ_NANOS:
    case PZ_T_TIME: return from_datetime;
    default: return to->id == PZ_T_TIMESTAMP ? from_seconds : NULL;
    }
}

/* ---------------------------------------------------------------- intervals */

/* What the message says a text should look like: `[+|-]d h:m`, `INTERVAL [+|-]'[+|-]d h:m' DAY TO MINUTE` */
static const char *
expected_layout(const cast_env *c, const pz_type *to)
{
    static const char *const ym[] = {"y", "m"}, *const dt[] = {"d", "h", "m", "s.n"};
    bool months = to->id == PZ_T_YM_INTERVAL;
    pz_str layout = PZ_STR("");
    for (int f = to->start; f <= to->end; f++) {
        const char *before = f == to->start ? "" : months ? "-" : f == PZ_DT_HOUR ? " " : ":";
        layout = pz_strf(c->a, PZ_FMT "%s%s", PZ_ARG(layout), before, months ? ym[f] : dt[f]);
    }
    pz_str fields = pz_type_sql(to, c->a);     /* INTERVAL DAY TO MINUTE */
    return pz_strf(c->a, "`[+|-]" PZ_FMT "`, `INTERVAL [+|-]'[+|-]" PZ_FMT "' %s`", PZ_ARG(layout), PZ_ARG(layout),
                   fields.ptr + strlen("INTERVAL ")).ptr;
}

static pz_status
unmatched(const cast_env *c, const pz_type *to, pz_str s)
{
    bool months = to->id == PZ_T_YM_INTERVAL;
    pz_err_id id = months ? PZ_ERR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING : PZ_ERR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING_WITH_NOTICE;
    return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, id, PZ_NO_ORIGIN, "input", pz_dup(c->a, s).ptr, "intervalStr",
                       months ? "year-month" : "day-time", "typeName", pz_type_simple(to, c->a).ptr, "supportedFormat", expected_layout(c, to),
                       NULL);
}

/* Texts that are no interval fail in LEGACY too. */
static pz_status
interval_from_text(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)from;
    bool months = to->id == PZ_T_YM_INTERVAL;
    pz_iv_fit fit = months ? pz_ym_parse(in->s, to->start, to->end, &out->i) : pz_dt_parse(in->s, to->start, to->end, &out->i);
    if (fit == PZ_IV_OK) return PZ_OK;
    if (c->mode == PZ_CAST_TRY) return cast_null(out);
    if (fit == PZ_IV_UNMATCHED || (!months && to->start == to->end)) return unmatched(c, to, in->s);
    if (months)
        return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_INTERVAL_FORMAT_INTERVAL_PARSING, PZ_NO_ORIGIN, "input",
                           pz_dup(c->a, in->s).ptr, "interval", "year-month", NULL);
    return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: a field of the interval '" PZ_FMT "' is outside its range",
                         PZ_ARG(in->s));
}

static pz_status
calendar_from_text(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)c, (void)from, (void)to;
    int32_t months, days;
    int64_t micros;
    if (!pz_calendar_interval_parse(in->s, &months, &days, &micros)) return cast_null(out);
    out->iv.months = months;
    out->iv.days = days;
    out->iv.micros = micros;
    return PZ_OK;
}

static pz_status
interval_from_number(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    bool months = to->id == PZ_T_YM_INTERVAL;
    int64_t unit = months ? (to->end == PZ_YM_YEAR ? 12 : 1) : field_us[to->end];
    __int128 v;
    bool fits = true;
    if (from->id == PZ_T_DECIMAL) {
        fits = !__builtin_mul_overflow(in->dec, (__int128)unit, &v) && pz_decimal_rescale(v, from->scale, 0, 38, &v);
    } else {
        v = (__int128)in->i * unit;
    }
    if (!fits || v > (months ? INT32_MAX : INT64_MAX) || v < (months ? INT32_MIN : INT64_MIN)) return cast_fail_overflow(c, from, to, in, out);
    return cast_give(out, (int64_t)v);
}

/* A shorter interval drops what is below its last field. */
static pz_status
interval_from_interval(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)c, (void)from;
    if (to->id == PZ_T_CALENDAR_INTERVAL) {
        *out = *in;
        return PZ_OK;
    }
    int64_t unit = to->id == PZ_T_YM_INTERVAL ? (to->end == PZ_YM_YEAR ? 12 : 1) : to->end == PZ_DT_SECOND ? 1 : field_us[to->end];
    return cast_give(out, in->i - in->i % unit);
}

cast_fn
cast_to_interval(const pz_type *from, const pz_type *to)
{
    if (pz_type_is_string(from)) return to->id == PZ_T_CALENDAR_INTERVAL ? calendar_from_text : interval_from_text;
    if (from->id == to->id) return interval_from_interval;
    if (to->id != PZ_T_CALENDAR_INTERVAL && (pz_type_is_integral(from) || from->id == PZ_T_DECIMAL)) return interval_from_number;
    return NULL;
}

/*
 * engine/functions/datetime.c - parts of dates and timestamps, truncation, and arithmetic with intervals.
 *
 * An instant is worked on as its wall clock in the session zone and put back with the offset it had where that is still valid, as
 * java.time does.  Things start at the table at the end.
 */
#include <math.h>

#include "fn_util.h"

#define DAY_US 86400000000ll
#define SECOND_US 1000000ll

static bool
is_instant(const pz_type *t)
{
    return t->id == PZ_T_TIMESTAMP;
}

/* Wall clock of a timestamp of either kind, date, or time. */
static int64_t
local_of(pz_fn_ctx *c, const pz_type *t, const pz_value *v)
{
    if (t->id == PZ_T_DATE) return v->i * DAY_US;
    return is_instant(t) ? pz_zone_to_local(c->site->zone, v->i) : v->i;
}

/* ---------------------------------------------------------------- parts */

static int
clock_field(int64_t local, pz_time_field f)
{
    int64_t s = pz_floor_mod(local, DAY_US) / SECOND_US;
    return (int)(f == PZ_TF_HOUR ? s / 3600 : f == PZ_TF_MINUTE ? s / 60 % 60 : s % 60);
}

PZ_FN(hour)
{
    return give_int(out, clock_field(local_of(c, c->site->arg_types[0], &args[0]), PZ_TF_HOUR));
}

PZ_FN(minute)
{
    return give_int(out, clock_field(local_of(c, c->site->arg_types[0], &args[0]), PZ_TF_MINUTE));
}

PZ_FN(second)
{
    return give_int(out, clock_field(local_of(c, c->site->arg_types[0], &args[0]), PZ_TF_SECOND));
}

/* Fields of the three kinds of interval; seconds with six decimals. */
static int64_t
interval_field(const pz_type *t, const pz_value *v, pz_time_field f)
{
    bool calendar = t->id == PZ_T_CALENDAR_INTERVAL;
    int64_t months = calendar ? v->iv.months : v->i, micros = calendar ? v->iv.micros : v->i % DAY_US;
    switch (f) {
    case PZ_TF_YEAR: return months / 12;
    case PZ_TF_MONTH: return months % 12;
    case PZ_TF_DAY: return calendar ? v->iv.days : v->i / DAY_US;
    case PZ_TF_HOUR: return calendar ? micros / (3600 * SECOND_US) % 24 : micros / (3600 * SECOND_US);
    case PZ_TF_MINUTE: return micros / (60 * SECOND_US) % 60;
    default: return micros % (60 * SECOND_US);
    }
}

/* extract(field, source) for whatever the engine has no expression for */
PZ_FN(extract)
{
    const pz_type *t = c->site->arg_types[1];
    pz_time_field f = pz_time_field_find(args[0].s);
    int64_t v;
    if (pz_type_is_interval(t)) {
        v = interval_field(t, &args[1], f);
    } else if (f < PZ_TF_HOUR) {
        v = pz_date_field(pz_floor_div(local_of(c, t, &args[1]), DAY_US), f);
    } else {
        int64_t local = local_of(c, t, &args[1]);
        v = f == PZ_TF_SECOND ? pz_floor_mod(local, 60 * SECOND_US) : clock_field(local, f);
    }
    if (c->site->result->id == PZ_T_DECIMAL) out->dec = v;
    else out->i = v;
    return PZ_OK;
}

/* ---------------------------------------------------------------- truncation */

static int64_t
trunc_days(int64_t days, pz_time_field unit)
{
    int64_t y;
    int m, d;
    pz_civil_from_days(days, &y, &m, &d);
    switch (unit) {
    case PZ_TF_YEAR: return pz_days_from_civil(y, 1, 1);
    case PZ_TF_QUARTER: return pz_days_from_civil(y, (m - 1) / 3 * 3 + 1, 1);
    case PZ_TF_MONTH: return pz_days_from_civil(y, m, 1);
    case PZ_TF_WEEK: return days - pz_floor_mod(days + 3, 7);
    default: return days;
    }
}

/* trunc(date, unit): units below a week give NULL */
PZ_FN(trunc_date)
{
    PZ_UNUSED(c);
    pz_time_field unit = pz_trunc_unit_find(args[1].s);
    if (unit == PZ_TF_NONE || unit >= PZ_TF_DAY) return give_null(out);
    return give_int(out, trunc_days(args[0].i, unit));
}

/* date_trunc(unit, timestamp) */
PZ_FN(date_trunc)
{
    const pz_zone *z = c->site->zone;
    pz_time_field unit = pz_trunc_unit_find(args[0].s);
    int64_t at = args[1].i;
    int offset;
    switch (unit) {
    case PZ_TF_NONE: return give_null(out);
    case PZ_TF_MICROSECOND: return give_int(out, at);
    case PZ_TF_MILLISECOND: return give_int(out, at - pz_floor_mod(at, 1000));
    case PZ_TF_SECOND: return give_int(out, at - pz_floor_mod(at, SECOND_US));
    case PZ_TF_MINUTE: return give_int(out, at - pz_floor_mod(at, 60 * SECOND_US));
    case PZ_TF_HOUR: case PZ_TF_DAY: {
        int64_t size = unit == PZ_TF_HOUR ? 3600 * SECOND_US : DAY_US;
        offset = pz_zone_offset_at(z, at, NULL);
        int64_t local = at + offset * SECOND_US;
        return give_int(out, pz_zone_resolve(z, local - pz_floor_mod(local, size), offset));
    }
    default: return give_int(out, pz_zone_to_utc(z, trunc_days(pz_floor_div(pz_zone_to_local(z, at), DAY_US), unit) * DAY_US));
    }
}

/* ---------------------------------------------------------------- adding intervals */

/* DATETIME_OVERFLOW with Spark's description of what was tried. */
static pz_status
overflow(pz_fn_ctx *c, const char *operation)
{
    return pz_raise(c->err, PZ_ERR_DATETIME_OVERFLOW, PZ_NO_ORIGIN, "operation", operation, NULL);
}

static pz_status
long_overflow(pz_fn_ctx *c)
{
    return pz_raise_text(c->err, PZ_CLASS_JavaArithmeticException, "long overflow");
}

/* Months and days move the wall clock, microseconds the instant. */
static pz_status
shift(pz_fn_ctx *c, const pz_type *t, int64_t at, int64_t months, int64_t days, int64_t micros, pz_value *out)
{
    const pz_zone *z = c->site->zone;
    bool instant = is_instant(t);
    if (months || days) {
        int offset = instant ? pz_zone_offset_at(z, at, NULL) : 0;
        int64_t local = at + offset * SECOND_US, date = pz_floor_div(local, DAY_US), rest = local - date * DAY_US;
        if (months) date = pz_month_add(date, months);
        if (__builtin_add_overflow(date, days, &date) || __builtin_mul_overflow(date, DAY_US, &local) || __builtin_add_overflow(local, rest, &local))
            return long_overflow(c);
        at = instant ? pz_zone_resolve(z, local, offset) : local;
    }
    if (__builtin_add_overflow(at, micros, &at)) return long_overflow(c);
    return give_int(out, at);
}

static pz_status
add_ym(pz_fn_ctx *c, const pz_value *args, int sign, pz_value *out)
{
    const pz_type *t = c->site->arg_types[0];
    if (t->id == PZ_T_DATE) return give_int(out, pz_month_add(args[0].i, sign * args[1].i));
    return shift(c, t, args[0].i, sign * args[1].i, 0, 0, out);
}

static pz_status
add_dt(pz_fn_ctx *c, const pz_value *args, int sign, pz_value *out)
{
    const pz_type *t = c->site->arg_types[0];
    int64_t days = args[1].i / DAY_US, rest = args[1].i % DAY_US;
    return shift(c, t, args[0].i, 0, sign * days, sign * rest, out);
}

static pz_status
add_calendar(pz_fn_ctx *c, const pz_value *args, int sign, pz_value *out)
{
    const pz_type *t = c->site->arg_types[0];
    int64_t months = sign * (int64_t)args[1].iv.months, days = sign * (int64_t)args[1].iv.days, micros = sign * args[1].iv.micros;
    if (t->id != PZ_T_DATE) return shift(c, t, args[0].i, months, days, micros, out);
    if (micros && c->site->ansi)
        return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION, PZ_NO_ORIGIN, NULL);
    int64_t date = pz_month_add(args[0].i, months) + days;
    return give_int(out, pz_floor_div(date * DAY_US + micros, DAY_US));
}

PZ_FN(plus_ym) { return add_ym(c, args, 1, out); }
PZ_FN(minus_ym) { return add_ym(c, args, -1, out); }
PZ_FN(plus_dt) { return add_dt(c, args, 1, out); }
PZ_FN(minus_dt) { return add_dt(c, args, -1, out); }
PZ_FN(plus_calendar) { return add_calendar(c, args, 1, out); }
PZ_FN(minus_calendar) { return add_calendar(c, args, -1, out); }

PZ_FN(timestamp_diff)
{
    return give_int(out, local_of(c, c->site->arg_types[0], &args[0]) - local_of(c, c->site->arg_types[1], &args[1]));
}

/* Whole months towards the first day, and the days that are left. */
PZ_FN(date_diff_calendar)
{
    int64_t to_year, from_year, months, days;
    int to_month, from_month, to_day, from_day;
    PZ_UNUSED(c);
    pz_civil_from_days(args[0].i, &to_year, &to_month, &to_day);
    pz_civil_from_days(args[1].i, &from_year, &from_month, &from_day);
    months = (to_year - from_year) * 12 + to_month - from_month;
    days = to_day - from_day;
    if (months > 0 && days < 0) {
        months--;
        days = args[0].i - pz_month_add(args[1].i, months);
    } else if (months < 0 && days > 0) {
        months++;
        days -= pz_month_length(to_year, to_month);
    }
    *out = (pz_value){.iv = {(int32_t)months, (int32_t)days, 0}};
    return PZ_OK;
}

PZ_FN(timestamp_diff_calendar)
{
    PZ_UNUSED(c);
    *out = (pz_value){.iv = {0, 0, args[0].i - args[1].i}};
    return PZ_OK;
}

PZ_FN(add_months)
{
    int64_t days = pz_month_add(args[0].i, args[1].i);
    if (days != (int32_t)days)
        return pz_raise(c->err, PZ_ERR_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "message", "overflow", "alternative", "", "config", "\"spark.sql.ansi.enabled\"", NULL);
    return give_int(out, days);
}

/* ---------------------------------------------------------------- timestampadd, timestampdiff */

typedef struct step { const char *name; int months, days; int64_t micros; } step;
static const step steps[] = {
    {"YEAR", 12, 0, 0}, {"QUARTER", 3, 0, 0}, {"MONTH", 1, 0, 0}, {"WEEK", 0, 7, 0}, {"DAY", 0, 1, 0}, {"DAYOFYEAR", 0, 1, 0},
    {"HOUR", 0, 0, 3600 * SECOND_US}, {"MINUTE", 0, 0, 60 * SECOND_US}, {"SECOND", 0, 0, SECOND_US}, {"MILLISECOND", 0, 0, 1000},
    {"MICROSECOND", 0, 0, 1}};

static const step *
find_step(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(steps); i++)
        if (pz_str_ieqc(name, steps[i].name)) return &steps[i];
    return &steps[4];
}

/* timestampadd(unit, count, timestamp) */
PZ_FN(timestampadd)
{
    const step *s = find_step(args[0].s);
    const pz_type *t = c->site->arg_types[2];
    int64_t n = args[1].i, months, days, micros;
    bool fits = !__builtin_mul_overflow(n, s->months, &months) && !__builtin_mul_overflow(n, s->days, &days) &&
                !__builtin_mul_overflow(n, s->micros, &micros) && months < 4000000 && months > -4000000 && days < 200000000 && days > -200000000;
    pz_error quiet;
    pz_error_init(&quiet, c->scratch);
    pz_fn_ctx inner = *c;
    inner.err = &quiet;
    if (fits && shift(&inner, t, args[2].i, months, days, micros, out) == PZ_OK) return PZ_OK;
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_value_text(&b, t, &args[2], PZ_TEXT_SQL, c->site->zone);
    pz_status done = overflow(c, pz_strf(c->scratch, "add %lldL %s to " PZ_FMT, (long long)n, s->name, PZ_ARG(pz_buf_view(&b))).ptr);
    pz_buf_free(&b);
    return done;
}

static int64_t
months_from(int64_t a, int64_t b)
{
    int64_t da = pz_floor_div(a, DAY_US), db = pz_floor_div(b, DAY_US), ya, yb;
    int ma, mb, d1, d2;
    pz_civil_from_days(da, &ya, &ma, &d1);
    pz_civil_from_days(db, &yb, &mb, &d2);
    int64_t n = (yb * 12 + mb) - (ya * 12 + ma);
    int64_t rest_a = d1 * DAY_US + a - da * DAY_US, rest_b = d2 * DAY_US + b - db * DAY_US;
    if (n > 0 && rest_b < rest_a) n--;
    if (n < 0 && rest_b > rest_a) n++;
    return n;
}

/* Whole months as java.time counts them: the last day counts only when its time of day has come. */
static int64_t
months_until(int64_t a, int64_t b)
{
    int64_t da = pz_floor_div(a, DAY_US), db = pz_floor_div(b, DAY_US), ta = a - da * DAY_US, tb = b - db * DAY_US, ya, yb;
    int ma, mb, d1, d2;
    if (db > da && tb < ta) db--;
    else if (db < da && tb > ta) db++;
    pz_civil_from_days(da, &ya, &ma, &d1);
    pz_civil_from_days(db, &yb, &mb, &d2);
    return ((yb * 12 + mb) * 32 + d2 - ((ya * 12 + ma) * 32 + d1)) / 32;
}

/* timestampdiff(unit, start, end): whole units between the wall clocks */
PZ_FN(timestampdiff)
{
    const step *s = find_step(args[0].s);
    int64_t a = local_of(c, c->site->arg_types[1], &args[1]), b = local_of(c, c->site->arg_types[2], &args[2]);
    if (s->months) return give_int(out, months_until(a, b) / s->months);
    return give_int(out, (b - a) / (s->days ? s->days * DAY_US : s->micros));
}

/* months_between(a, b, round): whole months if the days agree or both are the last of their month, else 31-day months */
PZ_FN(months_between)
{
    const pz_type *const *t = c->site->arg_types;
    int64_t a = local_of(c, t[0], &args[0]), b = local_of(c, t[1], &args[1]), ya, yb;
    int64_t da = pz_floor_div(a, DAY_US), db = pz_floor_div(b, DAY_US);
    int ma, mb, d1, d2;
    pz_civil_from_days(da, &ya, &ma, &d1);
    pz_civil_from_days(db, &yb, &mb, &d2);
    double months = (double)((ya * 12 + ma) - (yb * 12 + mb));
    if (d1 == d2 || (d1 == pz_month_length(ya, ma) && d2 == pz_month_length(yb, mb))) return give_double(out, months);
    /* time since midnight is counted on the instants: an hour less on the day clocks go forward */
    const pz_zone *z = c->site->zone;
    int64_t since_a = args[0].i - pz_zone_to_utc(z, da * DAY_US), since_b = args[1].i - pz_zone_to_utc(z, db * DAY_US);
    int64_t seconds = (d1 - d2) * 86400ll + since_a / SECOND_US - since_b / SECOND_US;
    double diff = months + (double)seconds / (31 * 86400.0);
    return give_double(out, args[2].b ? floor(diff * 1e8 + 0.5) / 1e8 : diff);
}

/* ---------------------------------------------------------------- days of the week, zones */

PZ_FN(next_day)
{
    static const char *const names[7][3] = {{"MO", "MON", "MONDAY"}, {"TU", "TUE", "TUESDAY"}, {"WE", "WED", "WEDNESDAY"}, {"TH", "THU", "THURSDAY"},
                                            {"FR", "FRI", "FRIDAY"}, {"SA", "SAT", "SATURDAY"}, {"SU", "SUN", "SUNDAY"}};
    for (int d = 0; d < 7; d++)
        for (int i = 0; i < 3; i++) {
            if (!pz_str_ieqc(pz_str_trim(args[1].s), names[d][i])) continue;
            int64_t ahead = pz_floor_mod(d - pz_floor_mod(args[0].i + 3, 7), 7);
            return give_int(out, args[0].i + (ahead ? ahead : 7));
        }
    if (!c->site->ansi) return give_null(out);
    return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_ILLEGAL_DAY_OF_WEEK, PZ_NO_ORIGIN, "string", pz_dup(c->scratch, args[1].s).ptr,
                       NULL);
}

static pz_status
need_zone(pz_fn_ctx *c, pz_str id, const pz_zone **z)
{
    *z = pz_zone_find(id);
    if (*z) return PZ_OK;
    return pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_INVALID_TIMEZONE, PZ_NO_ORIGIN, "timeZone", pz_dup(c->scratch, id).ptr, NULL);
}

PZ_FN(from_utc_timestamp)
{
    const pz_zone *z;
    PZ_TRY(need_zone(c, args[1].s, &z));
    return give_int(out, pz_zone_to_local(z, args[0].i));
}

PZ_FN(to_utc_timestamp)
{
    const pz_zone *z;
    PZ_TRY(need_zone(c, args[1].s, &z));
    return give_int(out, pz_zone_to_utc(z, args[0].i));
}

PZ_FN(convert_timezone)
{
    const pz_zone *from, *to;
    PZ_TRY(need_zone(c, args[0].s, &from));
    PZ_TRY(need_zone(c, args[1].s, &to));
    return give_int(out, pz_zone_to_local(to, pz_zone_to_utc(from, args[2].i)));
}

/* ---------------------------------------------------------------- buckets */

/* time_bucket(size, timestamp, origin): start of the bucket of the wall clock */
PZ_FN(time_bucket)
{
    const pz_type *t = c->site->arg_types[1];
    int64_t at = local_of(c, t, &args[1]), origin = local_of(c, c->site->arg_types[2], &args[2]), size = args[0].i, start;
    if (c->site->arg_types[0]->id == PZ_T_YM_INTERVAL) {
        int64_t n = months_from(origin, at), date = pz_floor_div(origin, DAY_US), rest = origin - date * DAY_US;
        if (at < origin && pz_month_add(date, n) * DAY_US + rest > at) n--;
        start = pz_month_add(date, pz_floor_div(n, size) * size) * DAY_US + rest;
    } else {
        start = at - pz_floor_mod(at - origin, size);
    }
    if (!is_instant(t)) return give_int(out, start);
    return give_int(out, pz_zone_resolve(c->site->zone, start, pz_zone_offset_at(c->site->zone, args[1].i, NULL)));
}

PZ_FN(unix_millis)
{
    PZ_UNUSED(c);
    return give_int(out, pz_floor_div(args[0].i, 1000));
}

PZ_FN(unix_seconds)
{
    PZ_UNUSED(c);
    return give_int(out, pz_floor_div(args[0].i, SECOND_US));
}

/* ---------------------------------------------------------------- windows of time */

static void
put_window(pz_fn_ctx *c, int64_t from, int64_t size, pz_value *out)
{
    memset(out, 0, sizeof *out);
    out->list.n = 2;
    out->list.items = PZ_NEWN(c->scratch, pz_value, 2);
    out->list.items[0].i = from;
    out->list.items[1].i = from + size;
}

/* time window(time, size, slide, start): the one that a time falls into, slide being size */
PZ_FN(time_window_at)
{
    put_window(c, args[0].i - pz_floor_mod(args[0].i - args[3].i, args[2].i), args[1].i, out);
    return PZ_OK;
}

/* window() where no column was made of it, such as in WHERE */
PZ_FN(time_window)
{
    PZ_UNUSED(args);
    PZ_UNUSED(out);
    return pz_raise(c->err, PZ_ERR_UNSUPPORTED_EXPR_FOR_WINDOW, PZ_NO_ORIGIN, "sqlExpr", "\"window\"", NULL);
}

/* time windows(...): all of them, the latest first */
PZ_FN(time_windows_at)
{
    int64_t last = args[0].i - pz_floor_mod(args[0].i - args[3].i, args[2].i), size = args[1].i, slide = args[2].i;
    int n = (int)((size + slide - 1) / slide);
    out->list.items = PZ_NEWN(c->scratch, pz_value, n);
    out->list.n = 0;
    for (int i = 0; i < n; i++)
        if (last - i * slide + size > args[0].i) put_window(c, last - i * slide, size, &out->list.items[out->list.n++]);
    return PZ_OK;
}

/* session end(time, gap): NULL if the gap is no interval */
PZ_FN(session_end)
{
    const pz_type *t = c->site->arg_types[1];
    int32_t months = 0, days = 0;
    int64_t micros = 0;
    if (pz_type_is_string(t)) {
        if (!pz_calendar_interval_parse(args[1].s, &months, &days, &micros)) return give_null(out);
    } else if (t->id == PZ_T_CALENDAR_INTERVAL) {
        months = args[1].iv.months;
        days = args[1].iv.days;
        micros = args[1].iv.micros;
    } else {
        micros = args[1].i;
    }
    return shift(c, c->site->arg_types[0], args[0].i, months, days, micros, out);
}

static const pz_value_fn_def fns[] = {
    {.name = "add_months", .call = add_months},
    {.name = "convert_timezone", .call = convert_timezone},
    {.name = "date_add_calendar", .call = plus_calendar},
    {.name = "date_diff_calendar", .call = date_diff_calendar},
    {.name = "date_sub_calendar", .call = minus_calendar},
    {.name = "date_trunc", .call = date_trunc},
    {.name = "extract", .call = extract},
    {.name = "from_utc_timestamp", .call = from_utc_timestamp},
    {.name = "hour", .call = hour},
    {.name = "minute", .call = minute},
    {.name = "months_between", .call = months_between},
    {.name = "next_day", .call = next_day},
    {.name = "second", .call = second},
    {.name = "time_bucket", .call = time_bucket},
    {.name = "session_end", .call = session_end},
    {.name = "time_window", .call = time_window},
    {.name = "time_window_at", .call = time_window_at},
    {.name = "time_windows_at", .call = time_windows_at},
    {.name = "timestamp_add_calendar", .call = plus_calendar},
    {.name = "timestamp_add_dt", .call = plus_dt},
    {.name = "timestamp_add_ym", .call = plus_ym},
    {.name = "timestamp_diff", .call = timestamp_diff},
    {.name = "timestamp_diff_calendar", .call = timestamp_diff_calendar},
    {.name = "timestamp_sub_calendar", .call = minus_calendar},
    {.name = "timestamp_sub_dt", .call = minus_dt},
    {.name = "timestamp_sub_ym", .call = minus_ym},
    {.name = "timestampadd", .call = timestampadd},
    {.name = "timestampdiff", .call = timestampdiff},
    {.name = "to_utc_timestamp", .call = to_utc_timestamp},
    {.name = "trunc_date", .call = trunc_date},
    {.name = "unix_millis", .call = unix_millis},
    {.name = "unix_seconds", .call = unix_seconds},
};
PZ_FAMILY(pz_family_datetime, fns);

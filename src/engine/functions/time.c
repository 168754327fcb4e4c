/*
 * engine/functions/time.c - the TIME type: arithmetic, truncation, counts of seconds and fractions.
 */
#include "fn_util.h"

#define DAY_US 86400000000ll

static pz_status
not_a_time(pz_fn_ctx *c, __int128 nanos, pz_value *out)
{
    if (c->site->eval_mode == PZ_CAST_TRY) return give_null(out);
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_decimal_text(&b, nanos, 0);
    pz_status done = pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_DATETIME_FIELD_OUT_OF_BOUNDS_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "rangeMessage",
                                 pz_strf(c->scratch, "Invalid TIME value: must be between 00:00:00 and 23:59:59.999999999, but got " PZ_FMT " nanoseconds",
                                         PZ_ARG(pz_buf_view(&b))).ptr, NULL);
    pz_buf_free(&b);
    return done;
}

static pz_status
add(pz_fn_ctx *c, const pz_value *args, int sign, pz_value *out)
{
    int64_t v;
    if (!__builtin_add_overflow(args[0].i, sign * args[1].i, &v) && v >= 0 && v < DAY_US) return give_int(out, v);
    if (c->site->eval_mode == PZ_CAST_TRY) return give_null(out);
    pz_buf b;
    pz_value moved = {.i = sign * args[1].i};
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "add ");
    pz_value_text(&b, c->site->arg_types[1], &moved, PZ_TEXT_SQL, NULL);
    pz_buf_puts(&b, " to the time value ");
    pz_value_text(&b, c->site->arg_types[0], &args[0], PZ_TEXT_SQL, NULL);
    pz_status done = pz_raise(c->err, PZ_ERR_DATETIME_OVERFLOW, PZ_NO_ORIGIN, "operation", pz_buf_dup(&b, c->scratch).ptr, NULL);
    pz_buf_free(&b);
    return done;
}

PZ_FN(time_add_dt) { return add(c, args, 1, out); }
PZ_FN(time_sub_dt) { return add(c, args, -1, out); }

PZ_FN(time_minus_time)
{
    PZ_UNUSED(c);
    return give_int(out, args[0].i - args[1].i);
}

/* Size of a unit of TIME, or INVALID_PARAMETER_VALUE.TIME_UNIT. */
static pz_status
unit_of(pz_fn_ctx *c, pz_str name, const char *function, int64_t *size)
{
    static const struct { const char *name; int64_t size; } units[] = {
        {"HOUR", 3600000000ll}, {"MINUTE", 60000000}, {"SECOND", 1000000}, {"MILLISECOND", 1000}, {"MICROSECOND", 1}};
    for (size_t i = 0; i < PZ_COUNTOF(units); i++)
        if (pz_str_ieqc(name, units[i].name)) {
            *size = units[i].size;
            return PZ_OK;
        }
    return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_PARAMETER_VALUE_TIME_UNIT, PZ_NO_ORIGIN, "functionName", function, "parameter",
                       "`unit`", "invalidValue", pz_dup(c->scratch, quoted_value(c->scratch, name)).ptr, NULL);
}

PZ_FN(time_diff)
{
    int64_t size;
    PZ_TRY(unit_of(c, args[0].s, "`time_diff`", &size));
    return give_int(out, (args[2].i - args[1].i) / size);
}

PZ_FN(time_trunc)
{
    int64_t size;
    PZ_TRY(unit_of(c, args[0].s, "`time_trunc`", &size));
    return give_int(out, args[1].i - args[1].i % size);
}

static pz_status
from_nanos(pz_fn_ctx *c, __int128 nanos, pz_value *out)
{
    if (nanos < 0 || nanos >= (__int128)DAY_US * 1000) return not_a_time(c, nanos, out);
    return give_int(out, (int64_t)(nanos / 1000));
}

PZ_FN(time_from_seconds)
{
    const pz_type *t = c->site->arg_types[0];
    if (t->id == PZ_T_DECIMAL) {
        __int128 v;
        if (!pz_decimal_rescale(args[0].dec, t->scale, 9, 38, &v)) return not_a_time(c, args[0].dec, out);
        return from_nanos(c, v, out);
    }
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE) {
        if (args[0].d != args[0].d) return give_null(out);
        if (args[0].d > 1e9 || args[0].d < -1e9) return not_a_time(c, args[0].d > 0 ? INT64_MAX : INT64_MIN, out);
        return from_nanos(c, (__int128)(args[0].d * 1e9), out);
    }
    return from_nanos(c, (__int128)args[0].i * 1000000000, out);
}

PZ_FN(time_from_millis) { return from_nanos(c, (__int128)args[0].i * 1000000, out); }
PZ_FN(time_from_micros) { return from_nanos(c, (__int128)args[0].i * 1000, out); }

/* to_time(text): as CAST reads it */
PZ_FN(to_time)
{
    if (pz_time_parse(args[0].s, &out->i)) return PZ_OK;
    if (c->site->eval_mode == PZ_CAST_TRY) return give_null(out);
    return pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_CANNOT_PARSE_TIME, PZ_NO_ORIGIN, "input",
                       pz_dup(c->scratch, quoted_value(c->scratch, args[0].s)).ptr, "format", "'HH:mm:ss.SSSSSS'", NULL);
}

static const pz_value_fn_def fns[] = {
    {.name = "time_add_dt", .call = time_add_dt},
    {.name = "time_diff", .call = time_minus_time},
    {.name = "time_diff_unit", .call = time_diff},
    {.name = "time_from_micros", .call = time_from_micros},
    {.name = "time_from_millis", .call = time_from_millis},
    {.name = "time_from_seconds", .call = time_from_seconds},
    {.name = "time_sub_dt", .call = time_sub_dt},
    {.name = "time_trunc", .call = time_trunc},
    {.name = "to_time", .call = to_time},
};
PZ_FAMILY(pz_family_time, fns);

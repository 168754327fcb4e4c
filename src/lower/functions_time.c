/*
 * lower/functions_time.c - arithmetic of timestamps, times and intervals.
 *
 * A day-time interval is added to an instant as whole days of wall clock and a rest, Spark's way: a C function, but in UTC, where
 * the engine's own addition is the same.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

static const pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

static bool
is_minus(const pz_expr *call)
{
    pz_str n = call->names.data[call->names.n - 1];
    return memchr(n.ptr, '-', n.len) != NULL;
}

/* timestamp + dt, timestamp - dt: the interval is DT microseconds or a calendar interval */
LOWER(lower_timestamp_arith)
{
    const pz_expr *ts = arg(call, 0), *iv = arg(call, 1);
    bool minus = is_minus(call), calendar = iv->type->id == PZ_T_CALENDAR_INTERVAL;
    if (calendar) return pz_lower_bound(lw, call, minus ? "timestamp_sub_calendar" : "timestamp_add_calendar", false, out);
    if (ts->type->id == PZ_T_TIMESTAMP && !pz_zone_is_utc(lw)) return pz_lower_bound(lw, call, minus ? "timestamp_sub_dt" : "timestamp_add_dt", false, out);
    pz_buf_putc(out, '(');
    PZ_TRY(pz_lower_value(lw, ts, out));
    pz_buf_puts(out, minus ? " - to_microseconds(" : " + to_microseconds(");
    PZ_TRY(pz_lower_value(lw, iv, out));
    pz_buf_puts(out, "))");
    return PZ_OK;
}

/* The difference of two instants is that of their wall clocks. */
LOWER(lower_timestamp_diff)
{
    bool zoned = arg(call, 0)->type->id == PZ_T_TIMESTAMP || arg(call, 1)->type->id == PZ_T_TIMESTAMP;
    if (zoned && !pz_zone_is_utc(lw)) return pz_lower_bound(lw, call, "timestamp_diff", false, out);
    pz_buf_putc(out, '(');
    for (int i = 0; i < 2; i++) {
        pz_buf_puts(out, i ? " - epoch_us(" : "epoch_us(");
        PZ_TRY(pz_lower_value(lw, arg(call, i), out));
        pz_buf_putc(out, ')');
    }
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/* TIME may not leave the day. */
LOWER(lower_time_arith)
{
    return pz_lower_bound(lw, call, is_minus(call) ? "time_sub_dt" : "time_add_dt", false, out);
}

/* interval * number and interval / number: halves are rounded away from zero */
LOWER(lower_interval_arith)
{
    pz_str name = call->names.data[call->names.n - 1];
    bool divide = memchr(name.ptr, '/', name.len) != NULL;
    return pz_lower_bound(lw, call, divide ? "interval_divide" : "interval_multiply", false, out);
}

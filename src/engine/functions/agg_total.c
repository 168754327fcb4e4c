/*
 * engine/functions/agg_total.c - sums and means that may leave their type, checked once per group on what the engine summed.
 *
 * In: the engine's wide sum, and the number of rows for means.  Out: the value, or Spark's overflow condition (NULL for try_sum,
 * try_avg and without ANSI, as Spark has it).
 */
#include "fn_util.h"

static bool
fits(__int128 v, const pz_type *t)
{
    if (t->id == PZ_T_YM_INTERVAL) return (int32_t)v == v;
    return (int64_t)v == v;
}

static pz_status
interval_overflow(pz_fn_ctx *c, pz_value *out)
{
    if (c->site->eval_mode == PZ_CAST_TRY) return give_null(out);
    return pz_raise(c->err, PZ_ERR_INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION, PZ_NO_ORIGIN, "functionName", "`try_add`", NULL);
}

PZ_FN(fn_interval_total)
{
    return fits(args[0].dec, c->site->result) ? give_int(out, (int64_t)args[0].dec) : interval_overflow(c, out);
}

/* Half up, away from zero. */
PZ_FN(fn_interval_mean)
{
    __int128 total = args[0].dec, n = args[1].i, q, r;
    if (n == 0) return give_null(out);
    if (!fits(total, c->site->result)) return interval_overflow(c, out);
    q = total / n;
    r = total % n;
    if ((r < 0 ? -r : r) * 2 >= n) q += total < 0 ? -1 : 1;
    return give_int(out, (int64_t)q);
}

/* sum and avg of wide decimals: the engine's sum may have more digits than its type. */
PZ_FN(fn_decimal_total)
{
    __int128 limit = pz_pow10(c->site->result->precision), v = args[0].dec;
    bool avg = pz_str_ends(c->site->name, "avg") || pz_str_eqc(c->site->name, "mean");
    if (v > -limit && v < limit) {
        out->dec = v;
        return PZ_OK;
    }
    if (c->site->eval_mode != PZ_CAST_ANSI) return give_null(out);
    return pz_raise(c->err, PZ_ERR_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "message", "Overflow in sum of decimals", "alternative",
                    avg ? " Use 'try_avg' to tolerate overflow and return NULL instead." : " Use 'try_sum' to tolerate overflow and return NULL instead.",
                    "config", "\"spark.sql.ansi.enabled\"", NULL);
}

static const pz_value_fn_def defs[] = {
    {.name = "decimal_total", .call = fn_decimal_total},
    {.name = "interval_mean", .call = fn_interval_mean},
    {.name = "interval_total", .call = fn_interval_total},
};
PZ_FAMILY(pz_family_agg_total, defs);

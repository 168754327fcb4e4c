/*
 * lower/functions_percentile.c - median, percentile, percentile_cont, percentile_disc, mode and listagg.
 *
 * The engine's quantile functions interpolate as Spark does; only percentile with frequencies is ours (AGGVAL percentile).
 */
#include "lower_int.h"

#include <stdlib.h>

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

/* A frequency that is written as the number 1. */
static bool
is_one(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST)
        e = e->args.data[0];
    return e->kind == PZ_EXPR_LITERAL && !e->value.null && pz_type_is_integral(e->type) && e->value.i == 1;
}

static pz_status
percentage(pz_lowerer *lw, const pz_expr *p, bool from_the_top, pz_str *out)
{
    PZ_TRY(pz_lower_text(lw, p, out));
    if (p->type->id == PZ_T_ARRAY && (from_the_top || p->type->contains_null))
        *out = pz_strf(lw->a, "list_transform(" PZ_FMT ", lambda p: %scoalesce(p, 0.0::DOUBLE))", PZ_ARG(*out), from_the_top ? "1.0::DOUBLE - " : "");
    else if (from_the_top)
        *out = pz_strf(lw->a, "(1.0::DOUBLE - " PZ_FMT ")", PZ_ARG(*out));
    return PZ_OK;
}

/* Quantiles come as DOUBLE (or DOUBLE[]); intervals and times are whole numbers underneath. */
static pz_status
quantile(pz_lowerer *lw, const pz_expr *call, const char *fn, const pz_expr *x, pz_str p, pz_buf *out)
{
    pz_expr *bare = pz_expr_shallow(lw->a, call);
    const pz_type *t = call->type->id == PZ_T_ARRAY ? call->type->element : call->type;
    bool several = call->type->id == PZ_T_ARRAY, numbers = t->id == PZ_T_DOUBLE;
    const char *whole = t->id == PZ_T_TIME ? "(TIME '00:00:00' + to_microseconds(round(%s)::BIGINT))" : t->id == PZ_T_YM_INTERVAL ? "round(%s)::INTEGER" : "round(%s)::BIGINT";
    pz_str text, q;
    pz_buf b;
    memset(&bare->u.call.order, 0, sizeof bare->u.call.order);
    PZ_TRY(pz_lower_text(lw, x, &text));
    if (x->type->id == PZ_T_TIME)
        text = pz_strf(lw->a, "epoch_us(" PZ_FMT ")", PZ_ARG(text));
    pz_buf_init(&b, 0);
    if (pz_lower_agg(lw, bare, fn, pz_strf(lw->a, PZ_FMT "%s, " PZ_FMT, PZ_ARG(text), numbers ? "" : "::DOUBLE", PZ_ARG(p)), &b) != PZ_OK) {
        pz_buf_free(&b);
        return PZ_FAIL;
    }
    q = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    const char *before = strstr(whole, "%s"), *after = before + 2;
    if (numbers)
        pz_buf_str(out, q);
    else if (several)
        pz_buf_printf(out, "list_transform(" PZ_FMT ", lambda q: %.*sq%s)", PZ_ARG(q), (int)(before - whole), whole, after);
    else
        pz_buf_printf(out, "%.*s" PZ_FMT "%s", (int)(before - whole), whole, PZ_ARG(q), after);
    return PZ_OK;
}

LOWER(lower_percentile)
{
    pz_str p = PZ_STR("0.5::DOUBLE");
    if (call->u.call.order.n) {                /* percentile_cont(p) WITHIN GROUP (ORDER BY x) */
        const pz_expr *order = call->u.call.order.data[0];
        bool disc = pz_expr_is(call, "percentile_disc");
        PZ_TRY(percentage(lw, call->args.data[0], !order->u.sort.asc, &p));
        return quantile(lw, call, disc ? "quantile_disc" : "quantile_cont", order->args.data[0], p, out);
    }
    if (call->args.n > 2 && !is_one(call->args.data[2]))
        return pz_lower_bound(lw, call, "percentile", true, out);
    if (call->args.n > 1)
        PZ_TRY(percentage(lw, call->args.data[1], false, &p));
    return quantile(lw, call, "quantile_cont", call->args.data[0], p, out);
}

LOWER(lower_mode)
{
    pz_expr *bare = pz_expr_shallow(lw->a, call);
    pz_str text;
    memset(&bare->u.call.order, 0, sizeof bare->u.call.order);
    PZ_TRY(pz_lower_text(lw, call->args.n ? call->args.data[0] : call->u.call.order.data[0]->args.data[0], &text));
    return pz_lower_agg(lw, bare, "mode", text, out);
}

/* Without an order of its own, a list of distinct texts comes sorted: any order is right, and this one is stable. */
LOWER(lower_listagg)
{
    pz_expr *bare = pz_expr_shallow(lw->a, call);
    pz_str text, between;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &text));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &between));
    if (call->u.call.distinct && call->u.call.order.n == 0)
        between = pz_strf(lw->a, "coalesce(" PZ_FMT ", '') ORDER BY " PZ_FMT, PZ_ARG(between), PZ_ARG(text));
    else
        between = pz_strf(lw->a, "coalesce(" PZ_FMT ", '')", PZ_ARG(between));
    return pz_lower_agg(lw, bare, "string_agg", pz_strf(lw->a, PZ_FMT ", " PZ_FMT, PZ_ARG(text), PZ_ARG(between)), out);
}

/*
 * analyze/rel_metrics.c - observed metrics: aggregates over what passes through, and what they must not be.
 */
#include "analyze_int.h"

static pz_status
refuse_metric(pz_analyzer *an, pz_err_id id, const pz_expr *metric)
{
    return pz_raise(an->err, id, metric->origin, "expr", pz_quote_sql_expr(an, metric).ptr, NULL);
}

static bool
is_aggregate(const pz_expr *e)
{
    return e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 && pz_fn_row(e->u.call.fn)->kind == PZ_FN_AGG;
}

static pz_status
check_metric(pz_analyzer *an, const pz_expr *metric, const pz_expr *e, bool inside)
{
    if (is_aggregate(e)) {
        if (inside)
            return refuse_metric(an, PZ_ERR_INVALID_OBSERVED_METRICS_NESTED_AGGREGATES_UNSUPPORTED, metric);
        if (e->u.call.distinct)
            return refuse_metric(an, PZ_ERR_INVALID_OBSERVED_METRICS_AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED, metric);
        if (e->u.call.filter != NULL)
            return refuse_metric(an, PZ_ERR_INVALID_OBSERVED_METRICS_AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED, metric);
        inside = true;
    } else if (!inside && e->kind == PZ_EXPR_ATTR) {
        return refuse_metric(an, PZ_ERR_INVALID_OBSERVED_METRICS_NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE, e);
    } else if (!inside && e->args.n == 0 && !pz_expr_is_deterministic(e)) {
        return refuse_metric(an, PZ_ERR_INVALID_OBSERVED_METRICS_NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC, metric);
    }
    for (int i = 0; i < e->args.n; i++)
        PZ_TRY(check_metric(an, metric, e->args.data[i], inside));
    return PZ_OK;
}

/* Several of one name are fine when they observe the same, as in a self-join. */
static pz_status
check_name(pz_analyzer *an, pz_rel *n)
{
    for (int i = 0; i < an->metrics.n; i++)
        if (pz_str_eq(an->metrics.data[i]->u.metrics.name, n->u.metrics.name) && !pz_rel_same(an->metrics.data[i], n))
            return pz_raise(an->err, PZ_ERR_DUPLICATED_METRICS_NAME, n->origin, "metricName", pz_dup(an->a, n->u.metrics.name).ptr, NULL);
    pz_vec_push(an->a, &an->metrics, n);
    return PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_metrics)
{
    pz_rel *in;
    PZ_INPUT(r, &in);
    pz_rel *n = pz_rel_new(an, PZ_REL_COLLECT_METRICS, in, r->origin);
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    n->u = r->u;
    s->allow_aggregate = s->allow_window = true;
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *e;
        PZ_TRY(pz_resolve_expr(an, s, r->exprs.data[i], &e));
        if (e->kind != PZ_EXPR_ALIAS && e->kind != PZ_EXPR_ATTR)
            e = pz_alias_new(an, e, pz_expr_name(an, e));
        pz_vec_push(an->a, &n->exprs, e);
    }
    for (int i = 0; i < n->exprs.n; i++) {
        if (pz_expr_has_window(n->exprs.data[i]))
            return refuse_metric(an, PZ_ERR_INVALID_OBSERVED_METRICS_WINDOW_EXPRESSIONS_UNSUPPORTED, n->exprs.data[i]);
        PZ_TRY(check_metric(an, n->exprs.data[i], n->exprs.data[i], false));
    }
    PZ_TRY(check_name(an, n));
    *out = n;
    return PZ_OK;
}

/*
 * analyze/rules_agg.c - result types of aggregates and window functions.
 */
#include "rules_int.h"

#define ARG(i) (call->args.data[i])

static int
bounded(int precision)
{
    return precision > 38 ? 38 : precision;
}

pz_status
pz_rule_sum(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = ARG(0)->type;
    (void)scope;
    if (pz_type_is_integral(t))
        call->type = &pz_t_long;
    else if (t->id == PZ_T_DECIMAL)
        call->type = pz_type_decimal(an->a, bounded(t->precision + 10), t->scale);
    else
        call->type = pz_type_is_ansi_interval(t) ? t : &pz_t_double;
    return PZ_OK;
}

static pz_status
set_mean_type(pz_analyzer *an, pz_expr *call, const pz_type *t)
{
    if (t->id == PZ_T_DECIMAL) {
        int p = t->precision + 4, s = t->scale + 4;
        call->type = pz_type_decimal(an->a, bounded(p), s > 38 ? 38 : s);
    } else {
        call->type = t->id == PZ_T_YM_INTERVAL ? &pz_t_ym_interval : t->id == PZ_T_DT_INTERVAL ? &pz_t_dt_interval : &pz_t_double;
    }
    return PZ_OK;
}

pz_status
pz_rule_avg(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    return set_mean_type(an, call, ARG(0)->type);
}

/* regr_avgx(y, x), regr_avgy(y, x): the mean of x, of y, where both are there */
pz_status
pz_rule_regr_mean(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    return set_mean_type(an, call, ARG(strcmp(pz_fn_row(call->u.call.fn)->name, "regr_avgx") == 0)->type);
}

static pz_status
check_order(pz_analyzer *an, const pz_expr *call, const pz_type *t)
{
    if (pz_type_is_orderable(t))
        return PZ_OK;
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                    pz_strf(an->a, "`%s`", pz_fn_row(call->u.call.fn)->name).ptr, "dataType", pz_quote_type(an, t).ptr, NULL);
}

pz_status
pz_rule_extreme(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = ARG(0)->type;
    return check_order(an, call, call->type);
}

/* max_by(x, y), and max_by(x, y, k): an array of k values */
pz_status
pz_rule_extreme_by(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = call->args.n > 2 ? pz_type_array(an->a, ARG(0)->type, true) : ARG(0)->type;
    return check_order(an, call, ARG(1)->type);
}

pz_status
pz_rule_collect(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = pz_type_array(an->a, ARG(0)->type, false);
    return PZ_OK;
}

pz_status
pz_rule_collect_set(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    if (pz_type_holds(ARG(0)->type, PZ_T_MAP))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        "`collect_set`", "dataType", "\"MAP\"", NULL);
    return pz_rule_collect(an, scope, call);
}

/* The second argument of first(x, ignoreNulls) is a literal that moves into the call. */
static pz_status
take_ignore_nulls(pz_analyzer *an, pz_expr *call, int at)
{
    const pz_expr *e;
    if (call->args.n <= at)
        return PZ_OK;
    e = ARG(at);
    bool constant = e->kind == PZ_EXPR_LITERAL && e->type->id == PZ_T_BOOLEAN && !e->value.null;
    if (!constant && at == 2)
        return pz_raise(an->err, PZ_ERR_INVALID_PARAMETER_VALUE_BOOLEAN, call->origin, "functionName", "`nth_value`", "parameter", "`ignoreNulls`",
                        "invalidValue", pz_quote_sql_expr(an, e).ptr, NULL);
    if (!constant)
        return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1210, call->origin, "funcName", pz_fn_row(call->u.call.shown)->name, NULL);
    if (e->value.b)
        call->u.call.ignore_nulls = true;
    call->args.n = at;
    return PZ_OK;
}

pz_status
pz_rule_edge(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = ARG(0)->type;
    return take_ignore_nulls(an, call, 1);
}

static pz_status
raise_range(pz_analyzer *an, const pz_expr *call, const char *name, const char *range, const char *value)
{
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", name,
                    "valueRange", range, "currentValue", value, NULL);
}

pz_status
pz_rule_nth_value(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v = {0};
    (void)scope;
    call->type = ARG(0)->type;
    PZ_TRY(take_ignore_nulls(an, call, 2));
    PZ_TRY(pz_fold(an, ARG(1), &v));
    if (v.null || v.i <= 0)
        return raise_range(an, call, "offset", "(0, 9223372036854775807]", v.null ? "null" : pz_strf(an->a, "%lldL", (long long)v.i).ptr);
    return PZ_OK;
}

pz_status
pz_rule_ntile(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v = {0};
    (void)scope;
    call->type = &pz_t_int;
    if (ARG(0)->kind == PZ_EXPR_CAST && ARG(0)->u.cast.implicit) {
        ARG(0) = ARG(0)->args.data[0];
        return pz_raise_input_type(an, call, 0, "\"INT\"");
    }
    PZ_TRY(pz_fold(an, ARG(0), &v));
    if (v.null || v.i <= 0)
        return raise_range(an, call, "buckets", "(0, 2147483647]", v.null ? "null" : pz_strf(an->a, "%lld", (long long)v.i).ptr);
    return PZ_OK;
}

/* lag, lead: the default takes the value's type */
pz_status
pz_rule_shift(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = ARG(0)->type, *offset = ARG(1)->type;
    (void)scope;
    call->type = t;
    if (strcmp(pz_fn_row(call->u.call.fn)->name, "lag") == 0 && (pz_type_is_string(offset) || offset->id == PZ_T_BOOLEAN))    /* it is negated first */
        return pz_raise(an->err, PZ_ERR_FAILED_FUNCTION_CALL, call->origin, "funcName", "`lag`", NULL);
    if (!pz_implicit_cast(an->a, ARG(2)->type, t, an->env->ansi) && !pz_type_eq_loose(ARG(2)->type, t))
        return pz_raise_input_type(an, call, 2, pz_quote_type(an, t).ptr);
    ARG(2) = pz_cast_to(an, ARG(2), t);
    call->nullable = ARG(0)->nullable || ARG(2)->nullable;
    return PZ_OK;
}

/* mode(x), or mode() WITHIN GROUP (ORDER BY x) */
pz_status
pz_rule_mode(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    if (call->args.n > 0) {
        call->type = ARG(0)->type;
        return PZ_OK;
    }
    if (call->u.call.order.n != 1)
        return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_WITHIN_GROUP_MISSING, call->origin, "funcName", "`mode`", NULL);
    call->type = call->u.call.order.data[0]->args.data[0]->type;
    return PZ_OK;
}

/* ---------------------------------------------------------------- percentiles */

static pz_status
check_percentage(pz_analyzer *an, const pz_expr *call, const pz_expr *p)
{
    pz_value v = {0};
    int n = 1;
    const pz_value *items = &v;
    PZ_TRY(pz_fold(an, p, &v));
    if (v.null)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_NULL, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", "percentage",
                        NULL);
    if (p->type->id == PZ_T_ARRAY) {
        n = v.list.n;
        items = v.list.items;
    }
    for (int i = 0; i < n; i++)
        if (!items[i].null && !(items[i].d >= 0.0 && items[i].d <= 1.0)) {
            pz_buf b;
            pz_str shown;
            pz_buf_init(&b, 0);
            for (int k = 0; k < n; k++) {
                pz_buf_puts(&b, k ? "," : "");
                pz_double_text(&b, items[k].d);
                pz_buf_puts(&b, p->type->id == PZ_T_ARRAY ? "" : "D");
            }
            shown = pz_buf_dup(&b, an->a);
            pz_buf_free(&b);
            return raise_range(an, call, "percentage", "[0.0, 1.0]", shown.ptr);
        }
    return PZ_OK;
}

static const pz_type *
interpolated(const pz_type *t)
{
    if (pz_type_is_ansi_interval(t))
        return t->id == PZ_T_YM_INTERVAL ? &pz_t_ym_interval : &pz_t_dt_interval;
    return t->id == PZ_T_TIME ? t : &pz_t_double;
}

/* median(x), percentile(x, p, frequency) */
pz_status
pz_rule_percentile(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = interpolated(ARG(0)->type);
    (void)scope;
    if (pz_type_is_numeric(ARG(0)->type))
        ARG(0) = pz_cast_to(an, ARG(0), &pz_t_double);
    call->type = t;
    if (call->args.n < 2)
        return PZ_OK;
    if (ARG(1)->type->id == PZ_T_ARRAY)
        call->type = pz_type_array(an->a, t, false);
    return check_percentage(an, call, ARG(1));
}

/* percentile_cont(p) WITHIN GROUP (ORDER BY x) */
pz_status
pz_rule_percentile_within(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_exprs *o = &call->u.call.order;
    const char *name = pz_fn_row(call->u.call.fn)->name;
    pz_expr *x, *order;
    (void)scope;
    if (o->n != 1)
        return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_WRONG_NUM_ORDERINGS, call->origin, "funcName", pz_strf(an->a, "`%s`", name).ptr,
                        "expectedNum", "1", "actualNum", pz_strf(an->a, "%d", o->n).ptr, NULL);
    order = pz_expr_shallow(an->a, o->data[0]);
    x = order->args.data[0];
    if (pz_type_is_numeric(x->type) || pz_type_is_string(x->type) || x->type->id == PZ_T_VOID)
        x = pz_cast_to(an, x, &pz_t_double);
    else if (an->env->ansi && pz_type_is_datetime(x->type) && !pz_conf_is(an->env, "spark.sql.timeType.enabled", "true"))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_TIME_TYPE, x->origin, NULL);
    else if (an->env->ansi && x->type->id == PZ_T_DATE)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, x->origin, "sqlExpr", pz_quote_sql_expr(an, x).ptr, "srcType", "\"DATE\"",
                        "targetType", "\"TIME(6)\"", NULL);
    else if (an->env->ansi && pz_type_is_datetime(x->type))
        x = pz_cast_to(an, x, &pz_t_time);
    else if (!pz_type_is_ansi_interval(x->type) && x->type->id != PZ_T_TIME)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "paramIndex", "first",
                        "requiredType", "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"TIME\")", "inputSql",
                        pz_quote_sql_expr(an, x).ptr, "inputType", pz_quote_type(an, x->type).ptr, NULL);
    order->args.data[0] = x;
    order->type = x->type;
    o->data[0] = order;
    call->type = interpolated(x->type);
    if (ARG(0)->type->id == PZ_T_ARRAY)
        call->type = pz_type_array(an->a, call->type, false);
    return check_percentage(an, call, ARG(0));
}

pz_status
pz_rule_approx_percentile(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v = {0};
    (void)scope;
    call->type = ARG(1)->type->id == PZ_T_ARRAY ? pz_type_array(an->a, ARG(0)->type, false) : ARG(0)->type;
    PZ_TRY(pz_fold(an, ARG(2), &v));
    if (v.null || v.i <= 0)
        return raise_range(an, call, "accuracy", "(0, 2147483647]", v.null ? "null" : pz_strf(an->a, "%lldL", (long long)v.i).ptr);
    return check_percentage(an, call, ARG(1));
}

pz_status
pz_rule_histogram_numeric(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_field f[2] = {{.name = PZ_STR("x"), .type = ARG(0)->type, .nullable = true}, {.name = PZ_STR("y"), .type = &pz_t_double, .nullable = true}};
    pz_value v = {0};
    (void)scope;
    call->type = pz_type_array(an->a, pz_type_struct(an->a, f, 2), true);
    PZ_TRY(pz_fold(an, ARG(1), &v));
    if (v.null || v.i < 2)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", "nBins",
                        "valueRange", "[2, 2147483647]", "currentValue", v.null ? "null" : pz_strf(an->a, "%lld", (long long)v.i).ptr, NULL);
    return PZ_OK;
}

/*
 * analyze/return_rules_agg.c - aggregates whose checks go past the types of their arguments: WITHIN GROUP, DISTINCT, constants.
 *
 * In: a call whose arguments fit its row.  Out: its type, or Spark's complaint.  More rules of aggregates: rules_agg.c.
 */
#include "rules_int.h"

#include <math.h>

#define ARG(i) (call->args.data[i])

static const char *
quoted_name(pz_analyzer *an, const pz_expr *call)
{
    return pz_strf(an->a, "`%s`", pz_fn_row(call->u.call.shown)->name).ptr;
}

static pz_status
wrong_orderings(pz_analyzer *an, const pz_expr *call, const char *name, const char *wanted)
{
    return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_WRONG_NUM_ORDERINGS, call->origin, "funcName", name, "expectedNum", wanted, "actualNum",
                    pz_strf(an->a, "%d", call->u.call.order.n).ptr, NULL);
}

static pz_status
unexpected_null(pz_analyzer *an, const pz_expr *call, pz_str sql, const char *name)
{
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_NULL, call->origin, "exprName", name, "sqlExpr", sql.ptr, NULL);
}

/* What the user wrote, under the casts that were added. */
static const pz_expr *
written(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST && e->u.cast.implicit) e = e->args.data[0];
    return e;
}

/* Percentages may hold no NULL, unless they are doubles from the start (where it counts as 0). */
static pz_status
check_array(pz_analyzer *an, const pz_expr *call, int i, const char *required)
{
    pz_expr *shown = pz_expr_shallow(an->a, call);
    const pz_expr *e = written(ARG(i));
    if (e->type->id != PZ_T_ARRAY || !e->type->contains_null || e->type->element->id == PZ_T_DOUBLE) return PZ_OK;
    memset(&shown->args, 0, sizeof shown->args);
    for (int k = 0; k < call->args.n; k++) pz_vec_push(an->a, &shown->args, k == i ? (pz_expr *)e : ARG(k));
    return pz_raise_input_type(an, shown, i, required);
}

/* mode(x), mode(x, deterministic), mode() WITHIN GROUP (ORDER BY x) */
pz_status
pz_rule_agg_mode(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_exprs *order = &call->u.call.order;
    pz_value v = {0};
    pz_expr *key;
    (void)scope;
    if (call->u.call.distinct)
        return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_DISTINCT_UNSUPPORTED, call->origin, "funcName", "`mode`", NULL);
    if (call->args.n > 0 && order->n > 0) return wrong_orderings(an, call, "`mode`", "0");
    if (call->args.n == 0 && order->n == 0)
        return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_WITHIN_GROUP_MISSING, call->origin, "funcName", "`mode`", NULL);
    if (call->args.n == 0) {
        if (order->n != 1) return wrong_orderings(an, call, "`Mode`", "1");
        call->type = order->data[0]->args.data[0]->type;
        return PZ_OK;
    }
    call->type = ARG(0)->type;
    if (call->args.n < 2) return PZ_OK;
    if (!pz_expr_is_foldable(ARG(1)))
        return pz_raise(an->err, PZ_ERR_NON_FOLDABLE_ARGUMENT, call->origin, "funcName", "`mode`", "paramName", "`deterministic`", "paramType", "\"BOOLEAN\"",
                        NULL);
    PZ_TRY(pz_fold(an, ARG(1), &v));
    if (v.null) return unexpected_null(an, call, pz_quote_sql_expr(an, ARG(1)), "`deterministic`");
    call->args.n = 1;
    if (!v.b) return PZ_OK;
    /* deterministic: the least of the most frequent, and so it prints */
    key = pz_expr_make(an->a, PZ_EXPR_SORT_ORDER, call->origin);
    pz_vec_push(an->a, &key->args, ARG(0));
    key->u.sort.asc = key->u.sort.nulls_first = true;
    key->type = call->type;
    key->resolved = true;
    pz_vec_push(an->a, order, key);
    call->args.n = 0;
    return PZ_OK;
}

/* listagg(DISTINCT x) can only be ordered by x. */
pz_status
pz_rule_listagg(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_exprs *order = &call->u.call.order;
    const pz_expr *x = ARG(0), *key;
    (void)scope;
    call->type = ARG(0)->type->id == PZ_T_BINARY ? &pz_t_binary : &pz_t_string;
    if (written(ARG(0))->type->id != PZ_T_BINARY && written(ARG(1))->type->id == PZ_T_BINARY)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        quoted_name(an, call), "dataType", "(\"STRING\" or \"BINARY\")", NULL);
    if (written(ARG(0))->type->id == PZ_T_BINARY && pz_type_is_string(written(ARG(1))->type))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        quoted_name(an, call), "dataType", "(\"BINARY\" or \"STRING\")", NULL);
    if (order->n) call->u.call.shown = call->u.call.fn;   /* string_agg is no more to be seen */
    if (!call->u.call.distinct || order->n == 0) return PZ_OK;
    while (x->kind == PZ_EXPR_CAST && x->u.cast.implicit) x = x->args.data[0];
    for (int i = 0; i < order->n; i++) {
        key = order->data[i]->args.data[0];
        if (pz_expr_eq(key, x) || pz_expr_eq(key, ARG(0))) continue;
        return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_MISMATCH_WITH_DISTINCT_INPUT, call->origin, "funcName", quoted_name(an, call), "funcArg",
                        pz_quote_sql_expr(an, x).ptr, "orderingExpr", pz_quote_sql_expr(an, key).ptr, NULL);
    }
    return PZ_OK;
}

/* approx_count_distinct(x, rsd): rsd is a literal, neither integer nor text, and leaves room for four bits. */
pz_status
pz_rule_approx_count_distinct(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_expr *e;
    pz_value v = {0};
    (void)scope;
    call->type = &pz_t_long;
    if (call->args.n < 2) return PZ_OK;
    e = ARG(1);
    if (e->kind != PZ_EXPR_LITERAL || e->value.null || (e->type->id != PZ_T_DOUBLE && e->type->id != PZ_T_DECIMAL))
        return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1104, PZ_NO_ORIGIN, NULL);
    v.d = e->type->id == PZ_T_DOUBLE ? e->value.d : pz_decimal_double(e->value.dec, e->type->scale);
    if (!(v.d > 0 && v.d <= 0.39))
        return pz_raise(an->err, PZ_ERR_FAILED_FUNCTION_CALL, call->origin, "funcName", "`approx_count_distinct`", NULL);
    if (v.d < 0.0002)                          /* 2^25 registers a group */
        return pz_raise(an->err, PZ_ERR_AGGREGATE_OUT_OF_MEMORY, call->origin, NULL);
    ARG(1) = pz_literal_double(an->a, v.d);
    ARG(1)->type = &pz_t_double;
    ARG(1)->resolved = true;
    return PZ_OK;
}

/* max_by(x, y, k) */
pz_status
pz_rule_extreme_by_count(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v = {0};
    PZ_TRY(pz_rule_extreme_by(an, scope, call));
    PZ_TRY(pz_fold(an, ARG(2), &v));
    if (v.null || v.i < 1 || v.i > 100000)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", "`k`",
                        "valueRange", "[1, 100000]", "currentValue", v.null ? "null" : pz_strf(an->a, "%lld", (long long)v.i).ptr, NULL);
    return PZ_OK;
}

/* percentile_cont(p), percentile_disc(p) WITHIN GROUP (ORDER BY x); p may be an array. */
pz_status
pz_rule_within(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_expr *e = written(ARG(0));
    if (e->type->id == PZ_T_ARRAY && e->type->contains_null && e->type->element->id != PZ_T_DOUBLE)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "paramIndex",
                        "second", "requiredType", "\"ARRAY<DOUBLE>\"", "inputSql", pz_quote_sql_expr(an, e).ptr, "inputType",
                        pz_quote_type(an, e->type).ptr, NULL);
    PZ_TRY(pz_rule_percentile_within(an, scope, call));
    if (ARG(0)->type->id == PZ_T_ARRAY && call->type->id != PZ_T_ARRAY) call->type = pz_type_array(an->a, call->type, false);
    return PZ_OK;
}

/* percentile(x, p, frequency) */
pz_status
pz_rule_percentile_of(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    if (call->args.n > 1) PZ_TRY(check_array(an, call, 1, "\"ARRAY<DOUBLE>\""));
    return pz_rule_percentile(an, scope, call);
}

/* first, last: with IGNORE or RESPECT NULLS written behind, the alias is no more to be seen. */
pz_status
pz_rule_agg_edge(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    if (call->u.call.ignore_nulls || call->u.call.respect_nulls) call->u.call.shown = call->u.call.fn;
    return pz_rule_edge(an, scope, call);
}

static pz_status
value_range(pz_analyzer *an, const pz_expr *call, const char *name, const char *range, double v)
{
    pz_buf b;
    pz_str text;
    pz_buf_init(&b, 0);
    pz_double_text(&b, v);
    pz_buf_putc(&b, 'D');
    text = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", name,
                    "valueRange", range, "currentValue", text.ptr, NULL);
}

/* A folded argument in place of the written one, which keeps printing. */
static void
put_literal(pz_analyzer *an, pz_expr *call, int i, pz_value v)
{
    pz_expr *lit;
    if (ARG(i)->kind == PZ_EXPR_LITERAL) return;
    lit = pz_literal_value(an->a, ARG(i)->type, v);
    lit->u.literal.text = pz_expr_name(an, ARG(i));
    lit->resolved = true;
    ARG(i) = lit;
}

/* count_min_sketch(x, epsilon, confidence, seed) */
pz_status
pz_rule_count_min_sketch(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    static const char *const names[] = {"", "eps", "confidence", "seed"};
    pz_value v[4] = {{0}};
    (void)scope;
    call->type = &pz_t_binary;
    for (int i = 1; i < 4; i++) {
        PZ_TRY(pz_fold(an, ARG(i), &v[i]));
        if (v[i].null) return unexpected_null(an, call, pz_quote_sql_expr(an, call), names[i]);
    }
    if (!(v[1].d > 0)) return value_range(an, call, "eps", "(0.0, 1.7976931348623157E308]", v[1].d);
    if (!(v[2].d > 0 && v[2].d < 1)) return value_range(an, call, "confidence", "(0.0, 1.0]", v[2].d);
    if (ceil(2 / v[1].d) * ceil(-log1p(-v[2].d) / log(2)) > 1 << 27)          /* counters of eight bytes, for each group */
        return pz_raise(an->err, PZ_ERR_AGGREGATE_OUT_OF_MEMORY, call->origin, NULL);
    for (int i = 1; i < 4; i++) put_literal(an, call, i, v[i]);
    return PZ_OK;
}

/* collect_union(array<T>) */
pz_status
pz_rule_collect_union(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = pz_type_array(an->a, ARG(0)->type->element, false);
    if (pz_type_holds(ARG(0)->type, PZ_T_MAP))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        "`collect_union`", "dataType", "\"MAP\" or \"COLLATED STRING\"", NULL);
    return PZ_OK;
}

/* approx_percentile: TIME is refused at run time's door, a NULL accuracy before its range. */
pz_status
pz_rule_approx_quantile(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v = {0};
    if (ARG(0)->type->id == PZ_T_TIME) return pz_raise(an->err, PZ_ERR_UNSUPPORTED_TIME_TYPE, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_fold(an, ARG(2), &v));
    if (v.null) return unexpected_null(an, call, pz_quote_sql_expr(an, call), "accuracy");
    if (v.i > INT32_MAX)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", "accuracy",
                        "valueRange", "(0, 2147483647]", "currentValue", pz_strf(an->a, "%lldL", (long long)v.i).ptr, NULL);
    PZ_TRY(check_array(an, call, 1, "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")"));
    return pz_rule_approx_percentile(an, scope, call);
}

/* histogram_numeric(x, nb) */
pz_status
pz_rule_grouping_id(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = pz_conf_is(an->env, "spark.sql.legacy.integerGroupingId", "true") ? &pz_t_int : &pz_t_long;
    return PZ_OK;
}

pz_status
pz_rule_histogram(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_field f[2] = {{.name = PZ_STR("x"), .type = ARG(0)->type, .nullable = true}, {.name = PZ_STR("y"), .type = &pz_t_double, .nullable = true}};
    pz_value v = {0};
    (void)scope;
    if (pz_conf_is(an->env, "spark.sql.legacy.histogramNumericPropagateInputType", "false"))
        f[0].type = &pz_t_double;
    call->type = pz_type_array(an->a, pz_type_struct(an->a, f, 2), true);
    PZ_TRY(pz_fold(an, ARG(1), &v));
    if (v.null) return unexpected_null(an, call, pz_quote_sql_expr(an, call), "nb");
    if (v.i < 2)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", "nb",
                        "valueRange", "[2, 2147483647]", "currentValue", pz_strf(an->a, "%lld", (long long)v.i).ptr, NULL);
    return PZ_OK;
}

/* measure(x) belongs to metric views. */
pz_status
pz_rule_measure(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = ARG(0)->type;
    call->nullable = ARG(0)->nullable;
    return pz_raise_internal(an->err, "measure() outside of a metric view");
}

/* rank(a, b): what it ranks by is the window's order; arguments are allowed and forgotten. */
pz_status
pz_rule_rank_like(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)an;
    (void)scope;
    call->args.n = 0;
    call->type = strcmp(pz_fn_row(call->u.call.fn)->name, "percent_rank") == 0 ? &pz_t_double : &pz_t_int;
    return PZ_OK;
}

/* ---- what pandas on Spark asks for: options that are constants ---- */
typedef struct constant { const char *fn; int arg; const char *name; pz_type_id type; } constant;

static const constant constants[] = {
    {"collect_top_k", 1, "`num`", PZ_T_INT}, {"collect_top_k", 2, "`reverse`", PZ_T_BOOLEAN}, {"ewm", 1, "`alpha`", PZ_T_DOUBLE},
    {"ewm", 2, "`ignoreNA`", PZ_T_BOOLEAN}, {"pandas_covar", 2, "`ddof`", PZ_T_INT}, {"pandas_mode", 1, "`ignoreNA`", PZ_T_BOOLEAN},
    {"pandas_product", 1, "`ignoreNA`", PZ_T_BOOLEAN}, {"pandas_stddev", 1, "`ddof`", PZ_T_INT}, {"pandas_variance", 1, "`ddof`", PZ_T_INT}};

static pz_status
take_constant(pz_analyzer *an, pz_expr *call, const constant *k, pz_value *v)
{
    pz_expr *e = ARG(k->arg), *literal;
    bool fits = k->type == PZ_T_INT ? pz_type_is_integral(e->type) : e->type->id == k->type;
    pz_err_id wrong = k->type == PZ_T_INT      ? PZ_ERR_INVALID_PARAMETER_VALUE_INTEGER
                        : k->type == PZ_T_DOUBLE ? PZ_ERR_INVALID_PARAMETER_VALUE_DOUBLE
                                                 : PZ_ERR_INVALID_PARAMETER_VALUE_BOOLEAN;
    if (fits && pz_expr_is_foldable(e)) PZ_TRY(pz_fold(an, e, v));
    else fits = false;
    if (!fits || v->null)
        return pz_raise_as(an->err, PZ_CLASS_AnalysisException, wrong, call->origin, "parameter", k->name, "functionName", quoted_name(an, call), "invalidValue",
                           pz_quote_sql_expr(an, e).ptr, NULL);
    literal = pz_expr_make(an->a, PZ_EXPR_LITERAL, e->origin);
    literal->type = k->type == PZ_T_INT ? &pz_t_int : k->type == PZ_T_DOUBLE ? &pz_t_double : &pz_t_boolean;
    literal->value = *v;
    literal->resolved = true;
    ARG(k->arg) = literal;
    return PZ_OK;
}

pz_status
pz_rule_pandas(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const char *fn = pz_fn_row(call->u.call.fn)->name;
    bool flag = false, fit = true;
    (void)scope;
    for (size_t i = 0; i < PZ_COUNTOF(constants); i++) {
        pz_value v = {0};
        if (strcmp(constants[i].fn, fn) != 0) continue;
        PZ_TRY(take_constant(an, call, &constants[i], &v));
        if (constants[i].type == PZ_T_BOOLEAN) flag = v.b;
        else if (constants[i].type == PZ_T_DOUBLE) fit = v.d > 0 && v.d <= 1;
        else if (strcmp(fn, "collect_top_k") == 0) fit = v.i > 0;
    }
    if (!fit) return pz_raise(an->err, PZ_ERR_FAILED_FUNCTION_CALL, call->origin, "funcName", quoted_name(an, call), NULL);
    if (strcmp(fn, "pandas_mode") == 0) call->type = pz_type_array(an->a, ARG(0)->type, !flag);
    else if (strcmp(fn, "collect_top_k") == 0) call->type = pz_type_array(an->a, ARG(0)->type, false);
    else call->type = strcmp(fn, "pandas_product") == 0 && pz_type_is_integral(ARG(0)->type) ? &pz_t_long : &pz_t_double;
    if (strcmp(fn, "pandas_product") == 0) call->nullable = !flag;
    return PZ_OK;
}

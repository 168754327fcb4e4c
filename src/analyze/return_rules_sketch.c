/*
 * analyze/return_rules_sketch.c - sizes and modes of sketches are constants within bounds.
 *
 * In: calls of tables/functions/sketch.def.  Out: type binary, or Spark's refusal: at once for theta and HLL, wrapped as a failed type check
 * for tuples and KLL.
 */
#include "func_int.h"
#include "rules_int.h"

typedef struct bounds { pz_err_id out_of_range, not_constant; int least, most; const char *name; } bounds;

static bounds
bounds_of(pz_str fn)
{
    if (pz_str_starts(fn, "hll_"))
        return (bounds){PZ_ERR_HLL_INVALID_LG_K, PZ_ERR_HLL_K_MUST_BE_CONSTANT, 4, 21, "lgConfigK"};
    if (pz_str_starts(fn, "kll_"))
        return (bounds){PZ_ERR_KLL_SKETCH_K_OUT_OF_RANGE, PZ_ERR_KLL_SKETCH_K_MUST_BE_CONSTANT, 8, 65535, "k"};
    return (bounds){PZ_ERR_SKETCH_INVALID_LG_NOM_ENTRIES, PZ_ERR_THETA_LG_NOM_ENTRIES_MUST_BE_CONSTANT, 4, 26, "lgNomEntries"};
}

/* Tuples and KLL say it in a type check. */
static bool
is_checked(pz_str fn)
{
    return pz_str_starts(fn, "kll_") || pz_str_starts(fn, "tuple_");
}

static pz_status
failed_check(pz_analyzer *an, const pz_expr *call, const char *what)
{
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_TYPE_CHECK_FAILURE_WITH_HINT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "msg", what,
                    "hint", "", NULL);
}

static pz_status
check_size(pz_analyzer *an, const pz_expr *call, const pz_expr *e)
{
    pz_str fn = call->names.data[0];
    bounds b = bounds_of(fn);
    const char *name = pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(fn)).ptr;
    pz_value v;
    if (!pz_expr_is_foldable(e)) {
        if (is_checked(fn))
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName",
                            b.name, "inputType", "int", "inputExpr", pz_expr_sql(an, e).ptr, NULL);
        return pz_raise_as(an->err, PZ_CLASS_SparkRuntimeException, b.not_constant, call->origin, "function", name, NULL);
    }
    PZ_TRY(pz_fold(an, e, &v));
    if (!v.null && v.i >= b.least && v.i <= b.most)
        return PZ_OK;
    pz_str shown = v.null ? PZ_STR("null") : pz_strf(an->a, "%lld", (long long)v.i);
    if (is_checked(fn))
        return failed_check(an, call, pz_strf(an->a, "%s of " PZ_FMT " must lie between %d and %d, not at " PZ_FMT, b.name, PZ_ARG(fn), b.least, b.most,
                                              PZ_ARG(shown)).ptr);
    return pz_raise_as(an->err, PZ_CLASS_SparkRuntimeException, b.out_of_range, call->origin, "function", name, "min", pz_strf(an->a, "%d", b.least).ptr,
                       "max", pz_strf(an->a, "%d", b.most).ptr, "value", shown.ptr, NULL);
}

static pz_status
check_mode(pz_analyzer *an, const pz_expr *call, const pz_expr *e)
{
    static const char *const modes[] = {"sum", "min", "max", "alwaysone"};
    pz_value v;
    if (!pz_expr_is_foldable(e))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName", "mode",
                        "inputType", "string", "inputExpr", pz_expr_sql(an, e).ptr, NULL);
    PZ_TRY(pz_fold(an, e, &v));
    for (size_t i = 0; i < PZ_COUNTOF(modes) && !v.null; i++)
        if (pz_str_ieqc(v.s, modes[i]))
            return PZ_OK;
    return failed_check(an, call, "the mode must be sum, min, max or alwaysone");
}

/* Every whole number after the sketch or value is a size, every text a mode. */
static pz_status
check_settings(pz_analyzer *an, const pz_expr *call, int from)
{
    for (int i = from; i < call->args.n; i++) {
        const pz_expr *e = call->args.data[i];
        if (e->type->id == PZ_T_INT)
            PZ_TRY(check_size(an, call, e));
        else if (pz_type_is_string(e->type))
            PZ_TRY(check_mode(an, call, e));
    }
    return PZ_OK;
}

pz_status
pz_rule_sketch_agg(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    PZ_TRY(check_settings(an, call, pz_str_starts(call->names.data[0], "tuple_sketch_agg") ? 2 : 1));
    call->type = &pz_t_binary;
    call->nullable = false;
    return PZ_OK;
}

pz_status
pz_rule_sketch(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    PZ_TRY(check_settings(an, call, 2));
    call->type = &pz_t_binary;
    call->nullable = call->args.data[0]->nullable || call->args.data[1]->nullable;
    return PZ_OK;
}

/* ---- approx_top_k: k and the number of items tracked are constants */

static pz_status
top_k_number(pz_analyzer *an, const pz_expr *call, int i, const char *name, int64_t *v)
{
    const pz_expr *e = call->args.data[i];
    pz_value x;
    if (!pz_expr_is_foldable(e))
        return failed_check(an, call, pz_strf(an->a, "%s must be a constant", name).ptr);
    PZ_TRY(pz_fold(an, e, &x));
    const char *quoted = pz_strf(an->a, "`%s`", name).ptr;
    if (x.null)
        return pz_raise_as(an->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_APPROX_TOP_K_NULL_ARG, call->origin, "argName", quoted, NULL);
    if (x.i <= 0)
        return pz_raise_as(an->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_APPROX_TOP_K_NON_POSITIVE_ARG, call->origin, "argName", quoted, "argValue",
                           pz_strf(an->a, "%lld", (long long)x.i).ptr, NULL);
    *v = x.i;
    return PZ_OK;
}

static pz_status
top_k_limit(pz_analyzer *an, const pz_expr *call, int64_t max, int64_t k)
{
    pz_str shown = pz_strf(an->a, "%lld", (long long)max);
    if (max > 1000000)
        return pz_raise_as(an->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT, call->origin, "maxItemsTracked",
                           shown.ptr, "limit", "1000000", NULL);
    if (max < k)
        return pz_raise_as(an->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K, call->origin, "maxItemsTracked",
                           shown.ptr, "k", pz_strf(an->a, "%lld", (long long)k).ptr, NULL);
    return PZ_OK;
}

static const pz_type *
item_counts(pz_arena *a, const pz_type *item)
{
    pz_field *f = PZ_NEWN(a, pz_field, 2);
    f[0] = (pz_field){PZ_STR("item"), item, true, {NULL, 0}};
    f[1] = (pz_field){PZ_STR("count"), &pz_t_long, false, {NULL, 0}};
    return pz_type_array(a, pz_type_struct(a, f, 2), false);
}

static const pz_type *
top_k_sketch(pz_arena *a, const pz_type *item)
{
    pz_field *f = PZ_NEWN(a, pz_field, 4);
    f[0] = (pz_field){PZ_STR("sketch"), &pz_t_binary, false, {NULL, 0}};
    f[1] = (pz_field){PZ_STR("maxItemsTracked"), &pz_t_int, false, {NULL, 0}};
    f[2] = (pz_field){PZ_STR("itemDataType"), item, true, {NULL, 0}};
    f[3] = (pz_field){PZ_STR("itemDataTypeDDL"), &pz_t_string, false, {NULL, 0}};
    return pz_type_struct(a, f, 4);
}

static bool
can_be_item(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BOOLEAN: case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_LONG: case PZ_T_FLOAT: case PZ_T_DOUBLE: case PZ_T_DECIMAL:
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_DATE: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: return true;
    default: return false;
    }
}

static pz_status
check_item(pz_analyzer *an, const pz_expr *call)
{
    const pz_type *t = call->args.data[0]->type;
    const char *name = t->id == PZ_T_ARRAY ? "array" : t->id == PZ_T_MAP ? "map" : t->id == PZ_T_STRUCT ? "struct" : pz_type_simple(t, an->a).ptr;
    if (!can_be_item(t))
        return failed_check(an, call, pz_strf(an->a, "%s columns are not supported", name).ptr);
    return PZ_OK;
}

/* approx_top_k(x, k, max), approx_top_k_accumulate(x, max) */
pz_status
pz_rule_top_k(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    int64_t k = 0, max;
    bool whole = call->args.n > 2;
    (void)scope;
    PZ_TRY(check_item(an, call));
    if (whole)
        PZ_TRY(top_k_number(an, call, 1, "k", &k));
    PZ_TRY(top_k_number(an, call, call->args.n - 1, "maxItemsTracked", &max));
    PZ_TRY(top_k_limit(an, call, max, k));
    const pz_type *t = call->args.data[0]->type;
    call->type = whole ? item_counts(an->a, t) : top_k_sketch(an->a, t);
    call->nullable = false;
    return PZ_OK;
}

static pz_status
check_sketch(pz_analyzer *an, const pz_expr *call)
{
    const pz_type *t = call->args.data[0]->type;
    static const char *const want[] = {"first field to be binary", "second field to be int", "third field to be a supported data type",
                                       "fourth field to be string"};
    if (t->id != PZ_T_STRUCT && t->id != PZ_T_VOID)
        return pz_raise_input_type(an, call, 0, "\"STRUCT\"");
    if (t->id == PZ_T_VOID || t->nfields != 4)
        return failed_check(an, call,
                            pz_strf(an->a, "State must be a struct with 4 fields. Expected struct: struct<sketch:binary,maxItemsTracked:int,"
                                           "itemDataType:any,itemDataTypeDDL:string>. Got: " PZ_FMT,
                                    PZ_ARG(t->id == PZ_T_VOID ? PZ_STR("struct<>") : pz_type_simple(t, an->a))).ptr);
    for (int i = 0; i < 4; i++) {
        const pz_type *f = t->fields[i].type;
        bool fits = i == 0 ? f->id == PZ_T_BINARY : i == 1 ? f->id == PZ_T_INT : i == 2 ? can_be_item(f) : f->id == PZ_T_STRING;
        if (!fits)
            return failed_check(an, call, pz_strf(an->a, "State struct must have the %s. Got: " PZ_FMT, want[i], PZ_ARG(pz_type_simple(f, an->a))).ptr);
    }
    return PZ_OK;
}

/* approx_top_k_estimate(sketch, k), approx_top_k_combine(sketch, max) */
pz_status
pz_rule_top_k_sketch(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = call->args.data[0]->type;
    int64_t k;
    pz_value v;
    bool estimate = pz_str_eqc(call->names.data[0], "approx_top_k_estimate");
    (void)scope;
    PZ_TRY(check_sketch(an, call));
    if (estimate) {
        PZ_TRY(top_k_number(an, call, 1, "k", &k));
    } else if (pz_expr_is_foldable(call->args.data[1])) {
        PZ_TRY(pz_fold(an, call->args.data[1], &v));
        if (v.null || v.i != -1) {
            PZ_TRY(top_k_number(an, call, 1, "maxItemsTracked", &k));
            PZ_TRY(top_k_limit(an, call, k, 0));
        }
    }
    call->type = estimate ? item_counts(an->a, t->fields[2].type) : top_k_sketch(an->a, t->fields[2].type);
    call->nullable = estimate && call->args.data[0]->nullable;
    return PZ_OK;
}

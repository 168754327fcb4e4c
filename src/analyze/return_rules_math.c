/*
 * analyze/return_rules_math.c - rules of number, hash, random and miscellaneous functions.
 *
 * In: a call whose arguments fit its signature.  Out: arguments cast, type and nullability set, or Spark's refusal.
 */
#include "rules_int.h"

static const pz_type *
type_of(const pz_expr *call, int i)
{
    return call->args.data[i]->type;
}

static void
cast_arg(pz_analyzer *an, pz_expr *call, int i, const pz_type *t)
{
    if (!pz_type_eq_loose(type_of(call, i), t))
        call->args.data[i] = pz_cast_to(an, call->args.data[i], t);
}

static pz_status
give(pz_expr *call, const pz_type *t, bool nullable)
{
    call->type = t;
    call->nullable = nullable;
    return PZ_OK;
}

static pz_status
non_foldable(pz_analyzer *an, const pz_expr *call, int i, const char *name)
{
    const pz_expr *e = call->args.data[i];
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName", name,
                    "inputType", pz_quote_type(an, e->type).ptr, "inputExpr", pz_quote_sql_expr(an, e).ptr, NULL);
}

/* ---- rounding */

/* A decimal rounded to `places`: one digit more before the point, as many after it as are asked for and there. */
static const pz_type *
rounded(pz_arena *a, const pz_type *t, int64_t places)
{
    int whole = t->precision - t->scale + 1;
    if (places < 0) {
        int64_t p = -places + 1 > whole ? -places + 1 : whole;
        return pz_type_decimal(a, p > 38 ? 38 : (int)p, 0);
    }
    int scale = places < t->scale ? (int)places : t->scale;
    return pz_type_decimal(a, whole + scale > 38 ? 38 : whole + scale, scale);
}

/* round(x, places), bround: decimals change, other numbers keep their type. */
pz_status
pz_rule_round(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v;
    const pz_type *t = type_of(call, 0);
    (void)scope;
    if (!pz_expr_is_foldable(call->args.data[1]))
        return non_foldable(an, call, 1, "`scale`");
    PZ_TRY(pz_fold(an, call->args.data[1], &v));
    return give(call, t->id == PZ_T_DECIMAL ? rounded(an->a, t, v.null ? 0 : v.i) : t, true);
}

/* ceil(x), floor(x): decimals lose their scale (and gain a digit if they had one), all else is bigint. */
pz_status
pz_rule_ceil(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = type_of(call, 0);
    (void)scope;
    if (t->id == PZ_T_DECIMAL)
        return give(call, t->scale == 0 ? t : rounded(an->a, t, 0), true);
    if (pz_type_is_integral(t))
        cast_arg(an, call, 0, &pz_t_long);
    else if (pz_type_is_string(t) || t->id == PZ_T_VOID || t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE)
        cast_arg(an, call, 0, &pz_t_double);
    else
        return pz_raise_input_type(an, call, 0, "(\"DOUBLE\" or \"DECIMAL\" or \"BIGINT\")");
    return give(call, &pz_t_long, true);
}

/* ceil(x, places), floor(x, places): always decimal */
pz_status
pz_rule_ceil_scale(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v;
    const pz_type *t = type_of(call, 0), *s = type_of(call, 1);
    bool folds = pz_expr_is_foldable(call->args.data[1]) && s->id == PZ_T_INT;
    pz_str name = pz_str_c(pz_fn_row(call->u.call.fn)->name);
    (void)scope;
    if (folds)
        PZ_TRY(pz_fold(an, call->args.data[1], &v));
    if (!folds || v.null)
        return pz_raise(an->err, PZ_ERR_NON_FOLDABLE_ARGUMENT, call->origin, "funcName", pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, "paramName",
                        "`scale`", "paramType", "\"INT\"", NULL);
    if (t->id != PZ_T_DECIMAL) {
        const pz_type *want = pz_type_is_integral(t)      ? pz_decimal_for(an->a, t)
                              : t->id == PZ_T_DOUBLE      ? pz_type_decimal(an->a, 30, 15)
                              : t->id == PZ_T_FLOAT       ? pz_type_decimal(an->a, 14, 7)
                              : pz_type_is_string(t) || t->id == PZ_T_VOID ? pz_type_decimal(an->a, 38, 18)
                                                          : NULL;
        if (!want)
            return pz_raise_input_type(an, call, 0, "\"DECIMAL\"");
        cast_arg(an, call, 0, want);
    }
    return give(call, rounded(an->a, type_of(call, 0), v.i), true);
}

/* log(x) prints and works as log(e(), x). */
pz_status
pz_rule_log(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    if (call->args.n == 1) {
        pz_expr *e = pz_call_make(an->a, call->origin, "e", 0), *x = call->args.data[0];
        PZ_TRY(pz_resolve_call(an, scope, e, &e));
        call->args.n = 0;
        pz_vec_push(an->a, &call->args, e);
        pz_vec_push(an->a, &call->args, x);
    }
    return give(call, &pz_t_double, true);
}

/* pmod types as %, but is no operator. */
pz_status
pz_rule_width_bucket(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_type_id id = type_of(call, 0)->id;
    (void)scope;
    if (type_of(call, 1)->id != id || type_of(call, 2)->id != id)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        "`width_bucket`", "dataType",
                        pz_strf(an->a, "(" PZ_FMT " or " PZ_FMT " or " PZ_FMT ")", PZ_ARG(pz_quote_type(an, type_of(call, 0))),
                                PZ_ARG(pz_quote_type(an, type_of(call, 1))), PZ_ARG(pz_quote_type(an, type_of(call, 2)))).ptr, NULL);
    return give(call, &pz_t_long, true);
}

/* ---- conditions over numbers */

/* nanvl: float with float, else double */
pz_status
pz_rule_nanvl(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_expr *other = call->args.data[1];
    while (other->kind == PZ_EXPR_CAST && other->u.cast.implicit) other = other->args.data[0];
    bool narrow = type_of(call, 0)->id == PZ_T_FLOAT && (other->type->id == PZ_T_FLOAT || other->type->id == PZ_T_VOID);
    const pz_type *t = narrow ? &pz_t_float : &pz_t_double;
    (void)scope;
    cast_arg(an, call, 0, t);
    cast_arg(an, call, 1, t);
    return give(call, t, call->args.data[0]->nullable || call->args.data[1]->nullable);
}

/* ---- hashes */

static pz_status
check_hashed(pz_analyzer *an, const pz_expr *call, const pz_type *t)
{
    pz_str name = pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(call->names.data[0]));
    if (t->id == PZ_T_MAP && pz_conf_is(an->env, "spark.sql.legacy.allowHashOnMapType", "true")) {
        PZ_TRY(check_hashed(an, call, t->key));
        return check_hashed(an, call, t->element);
    }
    if (t->id == PZ_T_MAP || t->id == PZ_T_VARIANT)
        return pz_raise(an->err, t->id == PZ_T_MAP ? PZ_ERR_DATATYPE_MISMATCH_HASH_MAP_TYPE : PZ_ERR_DATATYPE_MISMATCH_HASH_VARIANT_TYPE, call->origin,
                        "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName", name.ptr, NULL);
    if (t->id == PZ_T_ARRAY)
        return check_hashed(an, call, t->element);
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++)
        PZ_TRY(check_hashed(an, call, t->fields[i].type));
    return PZ_OK;
}

pz_status
pz_rule_hash(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    for (int i = 0; i < call->args.n; i++)
        PZ_TRY(check_hashed(an, call, type_of(call, i)));
    return give(call, pz_str_eqc(call->names.data[0], "hash") ? &pz_t_int : &pz_t_long, false);
}

/* ---- random */

/* Seeds are constants; a NULL one is kept. */
static pz_status
check_seed(pz_analyzer *an, pz_expr *call, int i)
{
    if (call->args.n <= i)
        return PZ_OK;
    if (type_of(call, i)->id == PZ_T_VOID)
        cast_arg(an, call, i, &pz_t_int);
    if (type_of(call, i)->id != PZ_T_INT && type_of(call, i)->id != PZ_T_LONG)
        return pz_raise_input_type(an, call, i, "(\"INT\" or \"BIGINT\")");
    return PZ_OK;
}

pz_status
pz_rule_rand(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    PZ_TRY(check_seed(an, call, 0));
    if (call->args.n && !pz_expr_is_foldable(call->args.data[0]))
        return pz_raise(an->err, PZ_ERR_SEED_EXPRESSION_IS_UNFOLDABLE, call->origin, "seedExpr", pz_quote_sql_expr(an, call->args.data[0]).ptr,
                        "exprWithSeed", pz_quote_sql_expr(an, call).ptr, NULL);
    return give(call, &pz_t_double, false);
}

/* shuffle(array, seed), uuid(seed): a constant of type long */
static pz_status
long_seed(pz_analyzer *an, pz_expr *call, int i, const char *function)
{
    if (call->args.n <= i || (pz_expr_is_foldable(call->args.data[i]) && pz_type_is_integral(type_of(call, i))))
        return PZ_OK;
    return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_PARAMETER_VALUE_LONG, call->origin, "parameter", "`seed`", "functionName", function,
                       "invalidValue", pz_quote_sql_expr(an, call->args.data[i]).ptr, NULL);
}

pz_status
pz_rule_shuffle(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    PZ_TRY(long_seed(an, call, 1, "`shuffle`"));
    return give(call, type_of(call, 0), call->args.data[0]->nullable);
}

pz_status
pz_rule_uuid(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    PZ_TRY(long_seed(an, call, 0, "`UUID`"));
    return give(call, &pz_t_string, false);
}

/* randstr(length, seed) */
pz_status
pz_rule_randstr(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v;
    (void)scope;
    PZ_TRY(check_seed(an, call, 1));
    for (int i = 0; i < call->args.n; i++)
        if (!pz_expr_is_foldable(call->args.data[i]))
            return non_foldable(an, call, i, i ? "`seed`" : "`length`");
    PZ_TRY(pz_fold(an, call->args.data[0], &v));
    if (!v.null && v.i < 0)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", "`length`",
                        "valueRange", "[0, 2147483647]", "currentValue", pz_strf(an->a, "%lld", (long long)v.i).ptr, NULL);
    return give(call, &pz_t_string, false);
}

/* uniform(low, high, seed): whole numbers give the wider of both; with a decimal the one with more digits; double before float before these. */
pz_status
pz_rule_uniform(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    static const char *const names[] = {"`min`", "`max`", "`seed`"};
    const pz_type *x = type_of(call, 0), *y = type_of(call, 1), *t;
    (void)scope;
    for (int i = 0; i < 2; i++)
        if (!pz_type_is_numeric(type_of(call, i)) && type_of(call, i)->id != PZ_T_VOID)
            return pz_raise_input_type(an, call, i, "\"NUMERIC\"");
    PZ_TRY(check_seed(an, call, 2));
    for (int i = 0; i < call->args.n; i++)
        if (!pz_expr_is_foldable(call->args.data[i]))
            return non_foldable(an, call, i, names[i]);
    if (x->id == PZ_T_VOID || y->id == PZ_T_VOID || x->id == PZ_T_DOUBLE || y->id == PZ_T_DOUBLE)
        t = &pz_t_double;
    else if (x->id == PZ_T_FLOAT || y->id == PZ_T_FLOAT)
        t = &pz_t_float;
    else if (x->id == PZ_T_DECIMAL && y->id == PZ_T_DECIMAL)
        t = x->precision > y->precision ? x : y;
    else if (x->id == PZ_T_DECIMAL || y->id == PZ_T_DECIMAL)
        t = x->id == PZ_T_DECIMAL ? x : y;
    else
        t = x->id > y->id ? x : y;
    for (int i = 0; i < 2; i++)
        if (type_of(call, i)->id == PZ_T_VOID)
            cast_arg(an, call, i, &pz_t_double);
    return give(call, t, false);
}

/* ---- errors on purpose */

/* raise_error(message) is raise_error(condition, parameters) with a condition of Spark's own. */
pz_status
pz_rule_raise_error(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr *map;
    if (call->args.n == 1) {
        map = pz_call_make(an->a, call->origin, "map", 2, pz_literal_string(an->a, PZ_STR("errorMessage")), call->args.data[0]);
        PZ_TRY(pz_resolve_call(an, scope, map, &map));
        call->args.n = 0;
        pz_vec_push(an->a, &call->args, pz_literal_string(an->a, PZ_STR("USER_RAISED_EXCEPTION")));
        pz_vec_push(an->a, &call->args, map);
    }
    return give(call, &pz_t_void, true);
}

/* assert_true(condition, [message]) */
pz_status
pz_rule_assert_true(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    if (call->args.n == 1)
        pz_vec_push(an->a, &call->args, pz_literal_string(an->a, pz_strf(an->a, "'" PZ_FMT "' is not true!", PZ_ARG(pz_expr_sql(an, call->args.data[0])))));
    if (type_of(call, 0)->id == PZ_T_VOID)
        cast_arg(an, call, 0, &pz_t_boolean);
    if (type_of(call, 0)->id != PZ_T_BOOLEAN)
        return pz_raise_input_type(an, call, 0, "\"BOOLEAN\"");
    if (!pz_type_is_string(type_of(call, 1)))
        cast_arg(an, call, 1, &pz_t_string);
    return give(call, &pz_t_void, true);
}

/* ---- what this server does not carry */

/* A JVM's classes: a few methods are known, others are refused as Spark refuses a class it cannot find. */
pz_status
pz_rule_reflect(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    static const struct { const char *klass, *method; } known[] = {
        {"java.util.UUID", "randomUUID"}, {"java.util.UUID", "fromString"}, {"java.net.URLDecoder", "decode"},
        {"java.lang.Math", "max"}, {"java.lang.Math", "min"}, {"java.lang.Math", "abs"},
    };
    pz_value v[2];
    bool klass = false, method = false;
    (void)scope;
    for (int i = 0; i < 2; i++) {
        if (!pz_type_is_string(type_of(call, i)))
            return pz_raise_input_type(an, call, i, "\"STRING\"");
        if (!pz_expr_is_foldable(call->args.data[i]))
            return non_foldable(an, call, i, i ? "`method`" : "`class`");
        PZ_TRY(pz_fold(an, call->args.data[i], &v[i]));
    }
    for (size_t i = 0; i < PZ_COUNTOF(known); i++) {
        klass |= !v[0].null && pz_str_eqc(v[0].s, known[i].klass);
        method |= !v[0].null && !v[1].null && pz_str_eqc(v[0].s, known[i].klass) && pz_str_eqc(v[1].s, known[i].method);
    }
    if (!klass)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_CLASS_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "className",
                        v[0].null ? "null" : pz_dup(an->a, v[0].s).ptr, NULL);
    if (!method)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_STATIC_METHOD, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "methodName",
                        v[1].null ? "null" : pz_dup(an->a, v[1].s).ptr, "className", pz_dup(an->a, v[0].s).ptr, NULL);
    return give(call, &pz_t_string, true);
}

pz_status
pz_rule_avro(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    return pz_raise(an->err, PZ_ERR_AVRO_NOT_LOADED_SQL_FUNCTIONS_UNUSABLE, PZ_NO_ORIGIN, "functionName", pz_upper_ascii(an->a, call->names.data[0]).ptr, NULL);
}

/* from_protobuf, to_protobuf: no descriptor file is ever found. */
pz_status
pz_rule_protobuf(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    bool to = pz_str_eqc(call->names.data[0], "to_protobuf");
    pz_value v = {.null = true};
    (void)scope;
    if (to && type_of(call, 0)->id != PZ_T_STRUCT)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_STRUCT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName", "data",
                        "inputType", pz_quote_type(an, type_of(call, 0)).ptr, NULL);
    if (call->args.n > 2 && pz_expr_is_foldable(call->args.data[2]) && pz_type_is_string(type_of(call, 2)))
        PZ_TRY(pz_fold(an, call->args.data[2], &v));
    return pz_raise(an->err, PZ_ERR_PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND, call->origin, "filePath", v.null ? "" : pz_dup(an->a, v.s).ptr, NULL);
}

static bool
is_untyped_null(const pz_expr *e)
{
    const pz_expr *lit;
    return (pz_unwrap_literal(e, &lit) ? lit->type : e->type)->id == PZ_T_VOID;
}

pz_status
pz_rule_bitmap_count(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = &pz_t_long;
    return is_untyped_null(call->args.data[0]) ? pz_raise_input_type(an, call, 0, "\"BINARY\"") : PZ_OK;
}

/* vector_*: an untyped NULL is no vector.  The normalized vector may hold NULLs as far as its type goes. */
pz_status
pz_rule_vector(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    for (int i = 0; i < call->args.n; i++)
        if (is_untyped_null(call->args.data[i]))
            return pz_raise_input_type(an, call, i, i && type_of(call, i)->id == PZ_T_FLOAT ? "\"FLOAT\"" : "\"ARRAY<FLOAT>\"");
    if (pz_str_eqc(call->names.data[0], "vector_normalize"))
        return give(call, pz_type_array(an->a, &pz_t_float, true), true);
    return give(call, &pz_t_float, true);
}

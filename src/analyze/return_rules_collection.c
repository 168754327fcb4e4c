/*
 * analyze/return_rules_collection.c - result types and nullability of arrays, maps, structs and generators.
 *
 * In:  a CALL whose arguments the signature has cast.  Out: call->type, and call->nullable where the row says RULE.
 * Generators get a struct type with one field per output column.
 */
#include "analyze_int.h"

#define RULE_FN(name) pz_status name(pz_analyzer *an, pz_scope *scope, pz_expr *call); \
    pz_status name(pz_analyzer *an, pz_scope *scope __attribute__((unused)), pz_expr *call)

static pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

bool
pz_any_nullable(const pz_expr *call)
{
    for (int i = 0; i < call->args.n; i++)
        if (call->args.data[i]->nullable)
            return true;
    return false;
}

static bool
has_null(const pz_expr *array)
{
    return array->type->id == PZ_T_ARRAY && array->type->contains_null;
}

RULE_FN(pz_rule_array_first)
{
    (void)an;
    call->type = arg(call, 0)->type;
    return PZ_OK;
}

RULE_FN(pz_rule_array_contains)
{
    (void)an;
    call->type = &pz_t_boolean;
    call->nullable = pz_any_nullable(call) || has_null(arg(call, 0));
    return PZ_OK;
}

RULE_FN(pz_rule_arrays_overlap)
{
    (void)an;
    call->type = &pz_t_boolean;
    call->nullable = pz_any_nullable(call) || has_null(arg(call, 0)) || has_null(arg(call, 1));
    return PZ_OK;
}

RULE_FN(pz_rule_array_intersect)
{
    call->type = pz_type_array(an->a, arg(call, 0)->type->element, has_null(arg(call, 0)) && has_null(arg(call, 1)));
    return PZ_OK;
}

RULE_FN(pz_rule_array_insert)
{
    call->type = pz_type_array(an->a, arg(call, 0)->type->element, true);
    call->nullable = arg(call, 0)->nullable || arg(call, 1)->nullable;
    return PZ_OK;
}

RULE_FN(pz_rule_array_repeat)
{
    call->type = pz_type_array(an->a, arg(call, 0)->type, arg(call, 0)->nullable);
    call->nullable = arg(call, 1)->nullable;
    return PZ_OK;
}

RULE_FN(pz_rule_size)
{
    (void)an;
    call->type = &pz_t_int;
    call->nullable = an->env->ansi && arg(call, 0)->nullable;
    return PZ_OK;
}

RULE_FN(pz_rule_flatten)
{
    call->type = pz_type_array(an->a, arg(call, 0)->type->element->element, arg(call, 0)->type->element->contains_null);
    call->nullable = arg(call, 0)->nullable || has_null(arg(call, 0));
    return PZ_OK;
}

RULE_FN(pz_rule_exists)
{
    (void)an;
    const pz_expr *body = arg(call, 1)->args.n ? arg(call, 1)->args.data[0] : arg(call, 1);
    call->type = &pz_t_boolean;
    call->nullable = arg(call, 0)->nullable || body->nullable;
    if (strcmp(pz_fn_row(call->u.call.fn)->name, "exists") == 0 && pz_conf_is(an->env, "spark.sql.legacy.followThreeValuedLogicInArrayExists", "false"))
        call->nullable = arg(call, 0)->nullable;
    return PZ_OK;
}

RULE_FN(pz_rule_element_at)
{
    call->type = arg(call, 0)->type->element;
    call->nullable = arg(call, 0)->nullable || pz_element_nullable(an, arg(call, 0), arg(call, 1), true, an->env->ansi);
    return PZ_OK;
}

RULE_FN(pz_rule_get)
{
    bool one_based = pz_str_ieqc(call->names.data[call->names.n - 1], "try_element_at");
    call->type = arg(call, 0)->type->element;
    call->nullable = pz_element_nullable(an, arg(call, 0), arg(call, 1), one_based, false);
    return PZ_OK;
}

/* ---- lambdas */
static pz_expr *
body_of(const pz_expr *lambda)
{
    return lambda->kind == PZ_EXPR_LAMBDA ? lambda->args.data[0] : (pz_expr *)lambda;
}

/* aggregate(array, zero, merge, finish): merge must give the type of zero, or NULL. */
RULE_FN(pz_rule_aggregate)
{
    pz_expr *zero = arg(call, 1), *merge = arg(call, 2);
    if (call->args.n == 3) {                   /* no finish: the state itself, shown as a lambda too */
        pz_expr *f = pz_expr_make(an->a, PZ_EXPR_LAMBDA, call->origin), *v = pz_expr_make(an->a, PZ_EXPR_LAMBDA_VAR, call->origin);
        v->u.var.id = an->next_id++;
        v->u.var.name = PZ_STR("id");
        v->type = f->type = zero->type;
        v->nullable = f->nullable = true;
        v->resolved = f->resolved = true;
        pz_vec_push(an->a, &f->args, v);
        pz_vec_push(an->a, &f->u.lambda.params, v);
        pz_vec_push(an->a, &call->args, f);
    }
    if (!pz_type_eq_loose(body_of(merge)->type, zero->type)) {
        if (body_of(merge)->type->id != PZ_T_VOID)
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "paramIndex", "third", "requiredType",
                            pz_quote_type(an, zero->type).ptr, "inputSql", pz_quote_sql_expr(an, merge).ptr, "inputType",
                            pz_quote_type(an, body_of(merge)->type).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
        merge->args.data[0] = pz_cast_to(an, merge->args.data[0], zero->type);
    }
    call->type = call->args.n > 3 ? body_of(arg(call, 3))->type : zero->type;
    return PZ_OK;
}

RULE_FN(pz_rule_array_sort)
{
    const pz_expr *body = body_of(arg(call, 1));
    if (body->type->id != PZ_T_INT)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_RETURN_TYPE, call->origin, "functionName", "`lambdafunction`",
                        "expectedType", "\"INT\"", "actualType", pz_quote_type(an, body->type).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    call->type = arg(call, 0)->type;
    return PZ_OK;
}

RULE_FN(pz_rule_map_zip_with)
{
    call->type = pz_type_map(an->a, arg(call, 0)->type->key, body_of(arg(call, 2))->type, body_of(arg(call, 2))->nullable);
    return PZ_OK;
}

/* ---- maps */
static pz_status
check_map_key(pz_analyzer *an, pz_expr *call, const pz_type *key)
{
    if (pz_type_holds(key, PZ_T_MAP) || key->id == PZ_T_VARIANT)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE, call->origin, "keyType", pz_quote_type(an, key).ptr, "sqlExpr",
                        pz_quote_sql_expr(an, call).ptr, NULL);
    return PZ_OK;
}

RULE_FN(pz_rule_transform_keys)
{
    const pz_type *m = arg(call, 0)->type;
    call->type = pz_type_map(an->a, body_of(arg(call, 1))->type, m->element, m->contains_null);
    return check_map_key(an, call, call->type->key);
}

/* What an empty array() or map() holds */
static const pz_type *
held_by_empty(pz_analyzer *an)
{
    return pz_conf_is(an->env, "spark.sql.legacy.createEmptyCollectionUsingStringType", "true") ? &pz_t_string : &pz_t_void;
}

RULE_FN(pz_rule_array)
{
    bool null = false;
    const pz_type *t = call->args.n ? arg(call, 0)->type : held_by_empty(an);
    for (int i = 0; i < call->args.n; i++) {   /* of one type by now, but for what may be NULL inside */
        const pz_type *both = pz_type_wider(an->a, t, arg(call, i)->type, pz_widening(an->env, an->env->ansi));
        null |= arg(call, i)->nullable;
        t = both ? both : t;
    }
    call->type = pz_type_array(an->a, t, null);
    return PZ_OK;
}

RULE_FN(pz_rule_map)
{
    const pz_type *t[2] = {held_by_empty(an), held_by_empty(an)};
    bool null = false;
    int n = call->args.n;
    if (n % 2 != 0)
        return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "functionName", "`map`", "expectedNum", "2n (n > 0)",
                        "actualNum", pz_strf(an->a, "%d", n).ptr, "docroot", "https://spark.apache.org/docs/latest", NULL);
    for (int i = 0; i < n; i++) {
        const pz_type *w = i < 2 ? arg(call, i)->type : pz_type_wider(an->a, t[i % 2], arg(call, i)->type, pz_widening(an->env, an->env->ansi));
        if (w == NULL) {
            pz_buf b;
            pz_buf_init(&b, 0);
            pz_buf_putc(&b, '[');
            for (int k = i % 2; k < n; k += 2)
                pz_buf_printf(&b, "%s" PZ_FMT, k > 1 ? ", " : "", PZ_ARG(pz_quote_type(an, arg(call, k)->type)));
            pz_buf_putc(&b, ']');
            pz_str types = pz_buf_dup(&b, an->a);
            pz_buf_free(&b);
            return pz_raise(an->err, i % 2 ? PZ_ERR_DATATYPE_MISMATCH_CREATE_MAP_VALUE_DIFF_TYPES : PZ_ERR_DATATYPE_MISMATCH_CREATE_MAP_KEY_DIFF_TYPES,
                            call->origin, "functionName", "`map`", "dataType", types.ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
        }
        t[i % 2] = w;
        null |= i % 2 && arg(call, i)->nullable;
    }
    for (int i = 0; i < n; i++) {
        call->args.data[i] = pz_cast_to(an, arg(call, i), t[i % 2]);
        null |= i % 2 && arg(call, i)->nullable;
    }
    PZ_TRY(check_map_key(an, call, t[0]));
    call->type = pz_type_map(an->a, t[0], t[1], null);
    return PZ_OK;
}

static pz_str
type_list(pz_analyzer *an, const pz_expr *call, const char *open, const char *between, const char *close)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < call->args.n; i++) {
        pz_str t = pz_quote_type(an, arg(call, i)->type);
        pz_buf_printf(&b, "%s" PZ_FMT, i ? between : open, PZ_ARG(t));
    }
    pz_buf_puts(&b, close);
    out = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return out;
}

RULE_FN(pz_rule_map_concat)
{
    const pz_type *t = NULL;
    bool maps = true;
    for (int i = 0; i < call->args.n; i++)
        maps &= arg(call, i)->type->id == PZ_T_MAP;
    if (!maps)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_MAP_CONCAT_DIFF_TYPES, call->origin, "functionName", "`map_concat`", "dataType",
                        type_list(an, call, "[", ", ", "]").ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    for (int i = 0; i < call->args.n; i++) {
        t = t == NULL ? arg(call, i)->type : pz_type_wider(an->a, t, arg(call, i)->type, pz_widening(an->env, an->env->ansi));
        if (t == NULL)
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "functionName", "`map_concat`", "dataType",
                            type_list(an, call, "(", " or ", ")").ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    }
    call->type = t ? t : pz_type_map(an->a, &pz_t_string, &pz_t_string, true);
    return pz_coerce_all(an, call->args.data, call->args.n, call->type);
}

static const pz_type *
struct_type(pz_analyzer *an, int n, const char *const *names, const pz_type *const *types, const bool *nullable)
{
    pz_field *f = PZ_NEWN(an->a, pz_field, n + 1);
    for (int i = 0; i < n; i++)
        f[i] = (pz_field){pz_str_c(names[i]), types[i], nullable[i], {0}};
    return pz_type_struct(an->a, f, n);
}

RULE_FN(pz_rule_map_entries)
{
    const pz_type *m = arg(call, 0)->type;
    call->type = pz_type_array(an->a, struct_type(an, 2, (const char *const[]){"key", "value"}, (const pz_type *const[]){m->key, m->element},
                                                  (const bool[]){false, m->contains_null}), false);
    return PZ_OK;
}

RULE_FN(pz_rule_map_from_entries)
{
    const pz_type *e = arg(call, 0)->type->element;
    if (e->id != PZ_T_STRUCT || e->nfields != 2)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "paramIndex", "first", "requiredType",
                        "\"ARRAY\" of pair \"STRUCT\"", "inputSql", pz_quote_sql_expr(an, arg(call, 0)).ptr, "inputType",
                        pz_quote_type(an, arg(call, 0)->type).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    PZ_TRY(check_map_key(an, call, e->fields[0].type));
    call->type = pz_type_map(an->a, e->fields[0].type, e->fields[1].type, e->fields[1].nullable);
    call->nullable = arg(call, 0)->nullable || has_null(arg(call, 0));
    return PZ_OK;
}

/* ---- structs */
static pz_str
field_name_of(const pz_expr *e)
{
    switch (e->kind) {
    case PZ_EXPR_ATTR:
    case PZ_EXPR_OUTER: return e->u.attr->name;
    case PZ_EXPR_ALIAS: return e->u.alias.names.data[0];
    case PZ_EXPR_GET_FIELD: return e->u.field.name;
    case PZ_EXPR_LAMBDA_VAR: return e->u.var.name;
    case PZ_EXPR_LITERAL: return e->u.literal.variable.len ? e->u.literal.variable : pz_str_c(NULL);
    default: return pz_str_c(NULL);
    }
}

RULE_FN(pz_rule_struct)
{
    pz_field *f = PZ_NEWN(an->a, pz_field, call->args.n + 1);
    for (int i = 0; i < call->args.n; i++) {
        pz_str name = field_name_of(arg(call, i));
        f[i] = (pz_field){name.ptr ? name : pz_strf(an->a, "col%d", i + 1), arg(call, i)->type, arg(call, i)->nullable, {0}};
        if (arg(call, i)->kind == PZ_EXPR_ALIAS)
            f[i].metadata = arg(call, i)->u.alias.metadata;
    }
    call->type = pz_type_struct(an->a, f, call->args.n);
    return PZ_OK;
}

RULE_FN(pz_rule_named_struct)
{
    int n = call->args.n / 2;
    pz_field *f = PZ_NEWN(an->a, pz_field, n + 1);
    if (call->args.n % 2 != 0)
        return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "functionName", "`named_struct`", "expectedNum", "2n (n > 0)",
                        "actualNum", pz_strf(an->a, "%d", call->args.n).ptr, "docroot", "https://spark.apache.org/docs/latest", NULL);
    for (int i = 0; i < n; i++) {
        pz_expr *k = arg(call, 2 * i);
        pz_value v;
        if (!pz_expr_is_foldable(k) || !pz_type_is_string(k->type))
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING, call->origin, "inputExprs",
                            pz_strf(an->a, "[" PZ_FMT "]", PZ_ARG(pz_quote_sql_expr(an, k))).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
        PZ_TRY(pz_fold(an, k, &v));
        if (v.null)
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_NULL, call->origin, "exprName", "names", "sqlExpr",
                            pz_quote_sql_expr(an, call).ptr, NULL);
        f[i] = (pz_field){v.s, arg(call, 2 * i + 1)->type, arg(call, 2 * i + 1)->nullable, {0}};
    }
    call->type = pz_type_struct(an->a, f, n);
    return PZ_OK;
}

RULE_FN(pz_rule_arrays_zip)
{
    pz_field *f = PZ_NEWN(an->a, pz_field, call->args.n + 1);
    for (int i = 0; i < call->args.n; i++) {
        pz_str name = field_name_of(arg(call, i));
        f[i] = (pz_field){name.ptr ? name : pz_strf(an->a, "%d", i), arg(call, i)->type->element, true, {0}};
    }
    call->type = pz_type_array(an->a, pz_type_struct(an->a, f, call->args.n), false);
    return PZ_OK;
}

/* ---- sequence: integers by integers, dates and timestamps by intervals */
RULE_FN(pz_rule_sequence)
{
    const pz_type *a = arg(call, 0)->type, *b = arg(call, 1)->type, *t = pz_type_wider(an->a, a, b, pz_widening(an->env, an->env->ansi));
    const pz_type *step = call->args.n > 2 ? arg(call, 2)->type : NULL;
    bool ints = t != NULL && pz_type_is_integral(t) && (step == NULL || pz_type_is_integral(step));
    bool times = t != NULL && pz_type_is_datetime(t) && (step == NULL || pz_type_is_interval(step));
    if (!ints && !times)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_SEQUENCE_WRONG_INPUT_TYPES, call->origin, "functionName", "`sequence`", "startType",
                        "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\")", "stepType",
                        "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")", "otherStartType", "\"INTEGRAL\"",
                        "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    if (ints && step != NULL)
        t = pz_type_tightest(an->a, t, step, an->env->ansi);
    for (int i = 0; i < call->args.n && (ints || i < 2); i++)
        call->args.data[i] = pz_cast_to(an, arg(call, i), t);
    call->type = pz_type_array(an->a, t, false);
    return PZ_OK;
}

/* ---- generators */
static const pz_type *
exploded(pz_analyzer *an, const pz_type *c, bool pos, bool outer)
{
    const char *names[3];
    const pz_type *types[3];
    bool nullable[3];
    int n = 0;
    if (pos)
        names[n] = "pos", types[n] = &pz_t_int, nullable[n++] = outer;
    if (c->id == PZ_T_MAP) {
        names[n] = "key", types[n] = c->key, nullable[n++] = outer;
        names[n] = "value", types[n] = c->element, nullable[n++] = outer || c->contains_null;
    } else {
        names[n] = "col", types[n] = c->element, nullable[n++] = outer || c->contains_null;
    }
    return struct_type(an, n, names, types, nullable);
}

static bool
is_outer(const pz_expr *call)
{
    return pz_str_ends(pz_str_trim(call->names.data[call->names.n - 1]), "_outer");
}

/* NULL alone says neither array nor map. */
static pz_status
refuse_void(pz_analyzer *an, pz_expr *call)
{
    const pz_expr *e = arg(call, 0);
    while (e->kind == PZ_EXPR_CAST && e->u.cast.implicit)
        e = e->args.data[0];
    if (e->type->id != PZ_T_VOID)
        return PZ_OK;
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "paramIndex", "first", "requiredType",
                    "(\"ARRAY\" or \"MAP\")", "inputSql", pz_quote_sql_expr(an, e).ptr, "inputType", "\"VOID\"", "sqlExpr",
                    pz_quote_sql_expr(an, call).ptr, NULL);
}

RULE_FN(pz_rule_explode)
{
    PZ_TRY(refuse_void(an, call));
    call->type = exploded(an, arg(call, 0)->type, false, is_outer(call));
    call->nullable = false;
    return PZ_OK;
}

RULE_FN(pz_rule_posexplode)
{
    PZ_TRY(refuse_void(an, call));
    call->type = exploded(an, arg(call, 0)->type, true, is_outer(call));
    call->nullable = false;
    return PZ_OK;
}

RULE_FN(pz_rule_inline)
{
    const pz_type *e = arg(call, 0)->type->element;
    if (e->id != PZ_T_STRUCT)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "paramIndex", "first", "requiredType",
                        "\"ARRAY<STRUCT>\"", "inputSql", pz_quote_sql_expr(an, arg(call, 0)).ptr, "inputType",
                        pz_quote_type(an, arg(call, 0)->type).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    pz_field *f = PZ_NEWN(an->a, pz_field, e->nfields + 1);
    for (int i = 0; i < e->nfields; i++) {
        f[i] = e->fields[i];
        f[i].nullable |= arg(call, 0)->type->contains_null || is_outer(call);
    }
    call->type = pz_type_struct(an->a, f, e->nfields);
    call->nullable = false;
    return PZ_OK;
}

/* stack(n, v1, v2, ...): n rows; the last is padded with NULL. */
RULE_FN(pz_rule_stack)
{
    pz_value v;
    if (!pz_expr_is_foldable(arg(call, 0)))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "inputName", "`n`", "inputType", "\"INT\"", "inputExpr",
                        pz_quote_sql_expr(an, arg(call, 0)).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    PZ_TRY(pz_fold(an, arg(call, 0), &v));
    if (v.null || v.i <= 0)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "exprName", "`n`", "valueRange", "(0, 2147483647]",
                        "currentValue", v.null ? "NULL" : pz_strf(an->a, "%lldL", (long long)v.i).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    int values = call->args.n - 1, rows = (int)v.i, cols = (values + rows - 1) / rows;
    pz_field *f = PZ_NEWN(an->a, pz_field, cols + 1);
    for (int c = 0; c < cols; c++) {
        const pz_type *t = &pz_t_void;
        for (int r = 0; r < rows && r * cols + c < values; r++) {
            const pz_type *x = arg(call, 1 + r * cols + c)->type, *w = t->id == PZ_T_VOID ? x : x->id == PZ_T_VOID || pz_type_eq_loose(t, x) ? t : NULL;
            if (w == NULL)
                return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_STACK_COLUMN_DIFF_TYPES, call->origin, "columnIndex", pz_strf(an->a, "%d", c).ptr,
                                "leftParamIndex", pz_strf(an->a, "%d", c + 1).ptr, "leftType", pz_quote_type(an, t).ptr, "rightParamIndex",
                                pz_strf(an->a, "%d", 1 + r * cols + c).ptr, "rightType", pz_quote_type(an, arg(call, 1 + r * cols + c)->type).ptr,
                                "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
            t = w;
        }
        for (int r = 0; r < rows && r * cols + c < values; r++)
            call->args.data[1 + r * cols + c] = pz_cast_to(an, arg(call, 1 + r * cols + c), t);
        f[c] = (pz_field){pz_strf(an->a, "col%d", c), t, true, {0}};
    }
    call->type = pz_type_struct(an->a, f, cols);
    call->nullable = false;
    return PZ_OK;
}

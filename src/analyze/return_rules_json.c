/*
 * analyze/return_rules_json.c - result types of functions whose schema is an argument: from_json and kin.
 *
 * In:  a CALL; the schema argument is foldable text (DDL or JSON), or schema_of_json(...).  Out: call->type; the schema argument is
 * taken away, because the C function reads the result type instead.
 */
#include "func_int.h"
#include "analyze_int.h"

#define RULE_FN(name) pz_status name(pz_analyzer *an, pz_scope *scope, pz_expr *call); \
    pz_status name(pz_analyzer *an, pz_scope *scope __attribute__((unused)), pz_expr *call)

/* Everything read from outside may be missing: nullable at every level. */
static const pz_type *
all_nullable(pz_arena *a, const pz_type *t)
{
    switch (t->id) {
    case PZ_T_ARRAY: return pz_type_array(a, all_nullable(a, t->element), true);
    case PZ_T_MAP: return pz_type_map(a, all_nullable(a, t->key), all_nullable(a, t->element), true);
    case PZ_T_STRUCT: {
        pz_field *f = PZ_NEWN(a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) {
            f[i] = t->fields[i];
            f[i].type = all_nullable(a, t->fields[i].type);
            f[i].nullable = true;
        }
        return pz_type_struct(a, f, t->nfields);
    }
    default: return t;
    }
}

/* Schema text: JSON, a column list, or a type. */
static pz_status
schema_text_type(pz_analyzer *an, pz_str text, const pz_type **out)
{
    pz_schema s = {0};
    pz_error probe;
    pz_error_init(&probe, an->a);
    pz_str trimmed = pz_str_trim(text);
    if (trimmed.len > 0 && (trimmed.ptr[0] == '{' || trimmed.ptr[0] == '"') && pz_type_from_json(trimmed, an->a, out, &probe) == PZ_OK)
        return PZ_OK;
    pz_error_init(&probe, an->a);
    if (trimmed.len == 0)
        return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_PARSE_EMPTY_STATEMENT, PZ_NO_ORIGIN, NULL);
    if (pz_parse_type(text, an->a, out, &probe) == PZ_OK)
        return PZ_OK;
    if (pz_parse_schema(text, an->a, &s, an->err) != PZ_OK) {    /* what is wrong with it as a type is told */
        pz_error_copy(an->err, &probe);
        an->err->klass = PZ_CLASS_AnalysisException;
        return PZ_FAIL;
    }
    *out = pz_type_struct(an->a, s.fields, s.n);
    return PZ_OK;
}

pz_status pz_check_options(pz_analyzer *an, const pz_expr *call, int at);      /* rules_csv.c */

pz_status
pz_schema_argument(pz_analyzer *an, pz_expr *call, int i, const pz_type **out)
{
    pz_expr *e = call->args.data[i];
    pz_value v;
    if (pz_expr_is_foldable(e))
        PZ_TRY(pz_fold(an, e, &v));
    if (!pz_expr_is_foldable(e) || !pz_type_is_string(e->type) || v.null)
        return pz_raise(an->err, PZ_ERR_INVALID_SCHEMA_NON_STRING_LITERAL, call->origin, "inputSchema", pz_quote_sql_expr(an, e).ptr, NULL);
    if (schema_text_type(an, v.s, out) != PZ_OK) {             /* the place of the call, not one inside of the text */
        an->err->origin = call->origin;
        an->err->is_parse = an->err->place_only = false;
        return PZ_FAIL;
    }
    if (pz_type_has_char(*out) && !pz_conf_is(an->env, "spark.sql.legacy.charVarcharAsString", "true"))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING, call->origin, NULL);
    *out = all_nullable(an->a, pz_type_plain(an->a, *out));
    pz_exprs rest = {0};
    for (int k = 0; k < call->args.n; k++)
        if (k != i)
            pz_vec_push(an->a, &rest, call->args.data[k]);
    call->args = rest;
    return PZ_OK;
}

/* A setting that stands in for an option which the call does not give: one more entry of its options, which no name shows. */
static void
option_of_setting(pz_analyzer *an, pz_expr *call, int at, const char *option, const char *setting, const char *usual)
{
    pz_str v = an->env->conf ? an->env->conf(an->env->ctx, setting) : pz_str_c(NULL);
    pz_expr *map;
    if (v.ptr == NULL || pz_str_ieqc(v, usual))
        return;
    if (call->args.n <= at) {
        map = pz_call_resolved(an, "map", 2, pz_literal_string(an->a, pz_str_c(option)), pz_literal_string(an->a, v));
        if (map)
            pz_vec_push(an->a, &call->args, map);
        return;
    }
    map = call->args.data[at];
    if (map->kind != PZ_EXPR_CALL)
        return;
    for (int i = 0; i + 1 < map->args.n; i += 2)
        if (map->args.data[i]->kind == PZ_EXPR_LITERAL && pz_type_is_string(map->args.data[i]->type) && pz_str_ieqc(map->args.data[i]->value.s, option))
            return;
    pz_expr *more = pz_expr_shallow(an->a, map);
    memset(&more->args, 0, sizeof more->args);
    for (int i = 0; i < map->args.n; i++)
        pz_vec_push(an->a, &more->args, map->args.data[i]);
    pz_vec_push(an->a, &more->args, pz_literal_string(an->a, pz_str_c(option)));
    pz_vec_push(an->a, &more->args, pz_literal_string(an->a, v));
    call->args.data[at] = more;
}

RULE_FN(pz_rule_from_json)
{
    const pz_type *t;
    PZ_TRY(pz_schema_argument(an, call, 1, &t));
    PZ_TRY(pz_check_options(an, call, 1));     /* the schema has left the arguments */
    if (t->id != PZ_T_STRUCT && t->id != PZ_T_ARRAY && t->id != PZ_T_MAP && t->id != PZ_T_VARIANT)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_JSON_SCHEMA, call->origin, "schema", pz_quote_type(an, t).ptr, "sqlExpr",
                        pz_quote_sql_expr(an, call).ptr, NULL);
    call->type = t;
    return PZ_OK;
}

RULE_FN(pz_rule_to_json)
{
    const pz_type *t = call->args.data[0]->type;
    PZ_TRY(pz_check_options(an, call, 1));
    if (!pz_type_is_nested(t) && t->id != PZ_T_VARIANT && t->id != PZ_T_VOID)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_JSON_SCHEMA, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "schema",
                        pz_quote_type(an, t).ptr, NULL);
    option_of_setting(an, call, 1, "ignoreNullFields", "spark.sql.jsonGenerator.ignoreNullFields", "true");
    call->type = &pz_t_string;
    return PZ_OK;
}

/* "parse records"(text, spec, schema): what Parse relations read each text with */
RULE_FN(pz_rule_parse_records)
{
    const pz_type *row;
    PZ_TRY(pz_type_from_json(call->args.data[2]->value.s, an->a, &row, an->err));
    call->type = pz_type_array(an->a, row, false);
    call->nullable = false;
    return PZ_OK;
}

RULE_FN(pz_rule_json_tuple)
{
    pz_field *f = PZ_NEWN(an->a, pz_field, call->args.n);
    for (int i = 0; i < call->args.n; i++)
        if (!pz_type_is_string(call->args.data[i]->type))
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_STRING_TYPE, call->origin, "funcName", "`json_tuple`", "sqlExpr",
                            pz_quote_sql_expr(an, call).ptr, NULL);
    for (int i = 0; i < call->args.n; i++)
        call->args.data[i] = pz_cast_to(an, call->args.data[i], &pz_t_string);
    for (int i = 0; i + 1 < call->args.n; i++)
        f[i] = (pz_field){pz_strf(an->a, "c%d", i), &pz_t_string, true, {0}};
    call->type = pz_type_struct(an->a, f, call->args.n - 1);
    call->nullable = false;
    return PZ_OK;
}

/* ---- variants */
RULE_FN(pz_rule_to_variant_object)
{
    const pz_type *t = call->args.data[0]->type;
    if (!pz_type_is_nested(t) || pz_type_holds(t, PZ_T_VOID))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, call->origin, "srcType", pz_quote_type(an, t).ptr, "targetType",
                        "\"VARIANT\"", "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    call->type = &pz_t_variant;
    return PZ_OK;
}

RULE_FN(pz_rule_variant_change)
{
    const pz_type *t = call->args.data[2]->type;
    bool null;
    if (t->id != PZ_T_VOID && !pz_cast_allowed(t, &pz_t_variant, PZ_CAST_ANSI, &null))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, call->origin, "srcType", pz_quote_type(an, t).ptr, "targetType",
                        "\"VARIANT\"", "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    call->type = &pz_t_variant;
    return PZ_OK;
}

/* variant_get(v, path[, type]): the type is foldable text and leaves the arguments. */
RULE_FN(pz_rule_variant_get)
{
    pz_value v;
    call->type = &pz_t_variant;
    if (call->args.n < 3)
        return PZ_OK;
    const pz_expr *e = call->args.data[2];
    bool text = pz_expr_is_foldable(e) && pz_type_is_string(e->type);
    if (text)
        PZ_TRY(pz_fold(an, e, &v));
    if (!text || v.null)
        return pz_raise(an->err, PZ_ERR_INVALID_SCHEMA_NON_STRING_LITERAL, call->origin, "inputSchema", pz_quote_sql_expr(an, e).ptr, NULL);
    if (pz_parse_type(v.s, an->a, &call->type, an->err) != PZ_OK) {
        an->err->klass = PZ_CLASS_AnalysisException;
        an->err->origin = call->origin;
        an->err->is_parse = an->err->place_only = false;
        return PZ_FAIL;
    }
    call->args.n = 2;
    return PZ_OK;
}

RULE_FN(pz_rule_variant_explode)
{
    bool outer = pz_str_ends(call->names.data[call->names.n - 1], "_outer");
    pz_field *f = PZ_NEWN(an->a, pz_field, 3);
    f[0] = (pz_field){PZ_STR("pos"), &pz_t_int, outer, {0}};
    f[1] = (pz_field){PZ_STR("key"), &pz_t_string, true, {0}};
    f[2] = (pz_field){PZ_STR("value"), &pz_t_variant, outer, {0}};
    call->type = pz_type_struct(an->a, f, 3);
    call->nullable = false;
    return PZ_OK;
}

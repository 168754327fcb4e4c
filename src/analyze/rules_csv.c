/*
 * analyze/rules_csv.c - result types of the CSV and XML functions, and the check of their options.
 */
#include "func_int.h"
#include "rules_int.h"


/* Options are map('key', 'value', ...) written out, all texts. */
pz_status pz_check_options(pz_analyzer *an, const pz_expr *call, int at);                     /* for return_rules_json.c too */

static pz_walk
find_column(pz_expr *e, void *arg)
{
    const pz_expr **found = arg;
    if (!*found && e->kind == PZ_EXPR_ATTR) *found = e;
    return *found ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* Options are read when the call is analyzed, where columns have no values. */
static pz_status
refuse_open(pz_analyzer *an, const pz_expr *map)
{
    const pz_expr *column = NULL;
    pz_walk_expr((pz_expr *)map, find_column, &column);
    if (!column) return PZ_OK;
    return pz_raise(an->err, PZ_ERR_INTERNAL_ERROR, PZ_NO_ORIGIN, "message",
                    pz_strf(an->a, "Cannot evaluate expression: " PZ_FMT "#%d", PZ_ARG(column->u.attr->name), column->u.attr->id).ptr, NULL);
}

pz_status
pz_check_options(pz_analyzer *an, const pz_expr *call, int at)
{
    const pz_expr *e;
    const pz_fn *fn;
    if (call->args.n <= at)
        return PZ_OK;
    e = call->args.data[at];
    fn = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn) : NULL;
    if (!fn || strcmp(fn->name, "map") != 0)
        return pz_raise(an->err, PZ_ERR_INVALID_OPTIONS_NON_MAP_FUNCTION, call->origin, NULL);
    if (!pz_type_is_string(e->type->key) || !pz_type_is_string(e->type->element))
        return pz_raise(an->err, PZ_ERR_INVALID_OPTIONS_NON_STRING_TYPE, call->origin, "mapType", pz_quote_type(an, e->type).ptr, NULL);
    return pz_expr_is_foldable(e) ? PZ_OK : refuse_open(an, e);
}

static bool
has_option(const pz_expr *call, int at, const char *name)
{
    const pz_expr *map = at < call->args.n ? call->args.data[at] : NULL;
    for (int i = 0; map && map->kind == PZ_EXPR_CALL && i + 1 < map->args.n; i += 2)
        if (map->args.data[i]->kind == PZ_EXPR_LITERAL && pz_type_is_string(map->args.data[i]->type) && pz_str_ieqc(map->args.data[i]->value.s, name))
            return true;
    return false;
}

static bool
holds_variant(const pz_type *t)
{
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++)
        if (holds_variant(t->fields[i].type))
            return true;
    return t->id == PZ_T_VARIANT || ((t->id == PZ_T_ARRAY || t->id == PZ_T_MAP) && holds_variant(t->element));
}

pz_status
pz_rule_from_csv(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t;
    (void)scope;
    PZ_TRY(pz_schema_argument(an, call, 1, &t));
    PZ_TRY(pz_check_options(an, call, 1));     /* the schema has left the arguments */
    bool xml = strcmp(pz_fn_row(call->u.call.fn)->name, "from_xml") == 0;
    if (xml && t->id != PZ_T_STRUCT && t->id != PZ_T_VARIANT)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_XML_SCHEMA, call->origin, "schema", pz_quote_type(an, t).ptr, "sqlExpr",
                        pz_quote_sql_expr(an, call).ptr, NULL);
    if (!xml && t->id != PZ_T_STRUCT)
        return pz_raise(an->err, PZ_ERR_INVALID_SCHEMA_NON_STRUCT_TYPE, call->origin, "inputSchema", pz_quote_type(an, t).ptr, "dataType",
                        pz_quote_type(an, t).ptr, NULL);
    if (has_option(call, 1, "singleVariantColumn") && (t->nfields != 1 || t->fields[0].type->id != PZ_T_VARIANT))
        return pz_raise(an->err, PZ_ERR_INVALID_SINGLE_VARIANT_COLUMN, PZ_NO_ORIGIN, "schema", pz_quote_type(an, t).ptr, NULL);
    call->type = t;
    call->nullable = call->args.data[0]->nullable;
    return PZ_OK;
}

pz_status
pz_rule_schema_of_csv(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v;
    (void)scope;
    call->type = &pz_t_string;
    PZ_TRY(pz_check_options(an, call, 1));
    PZ_TRY(pz_fold(an, call->args.data[0], &v));
    if (v.null)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_NULL, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName",
                        pz_fn_row(call->u.call.fn)->name + strlen("schema_of_"), NULL);
    return PZ_OK;
}

pz_status
pz_rule_to_csv(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = call->args.data[0]->type;
    const char *name = pz_fn_row(call->u.call.fn)->name;
    (void)scope;
    call->type = &pz_t_string;
    PZ_TRY(pz_check_options(an, call, 1));
    if (t->id == PZ_T_VOID) {
        pz_field *f = PZ_NEW(an->a, pz_field);
        *f = (pz_field){PZ_STR("col1"), &pz_t_int, true, {0}};
        call->args.data[0] = pz_cast_to(an, call->args.data[0], pz_type_struct(an->a, f, 1));
        return PZ_OK;
    }
    if ((t->id != PZ_T_STRUCT || holds_variant(t)) && strcmp(name, "to_csv") == 0)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE, call->origin, "functionName", "`to_csv`", "dataType",
                        pz_quote_type(an, t).ptr, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    return t->id == PZ_T_STRUCT ? PZ_OK : pz_raise_input_type(an, call, 0, "\"STRUCT\"");
}

/*
 * analyze/rules_csv.c - result types of the CSV and XML functions, and the check of their options.
 */
#include "rules_int.h"

pz_status pz_schema_argument(pz_analyzer *an, pz_expr *call, int i, const pz_type **out);    /* return_rules_json.c */

/* Options are map('key', 'value', ...) written out, all texts. */
static pz_status
check_options(pz_analyzer *an, const pz_expr *call, int at)
{
    const pz_expr *e;
    const pz_fn *fn;
    if (call->args.n <= at)
        return PZ_OK;
    e = call->args.data[at];
    fn = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn) : NULL;
    if (!fn || strcmp(fn->name, "map") != 0)
        return pz_raise(an->err, PZ_ERR_INVALID_OPTIONS_NON_MAP_FUNCTION, call->origin, NULL);
    if (e->args.n && (!pz_type_is_string(e->type->key) || !pz_type_is_string(e->type->element)))
        return pz_raise(an->err, PZ_ERR_INVALID_OPTIONS_NON_STRING_TYPE, call->origin, "mapType", pz_quote_type(an, e->type).ptr, NULL);
    return PZ_OK;
}

pz_status
pz_rule_from_csv(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t;
    (void)scope;
    PZ_TRY(check_options(an, call, 2));
    PZ_TRY(pz_schema_argument(an, call, 1, &t));
    if (t->id != PZ_T_STRUCT)
        return pz_raise(an->err, PZ_ERR_INVALID_SCHEMA_NON_STRUCT_TYPE, call->origin, "inputSchema", pz_quote_type(an, t).ptr, "dataType",
                        pz_quote_type(an, t).ptr, NULL);
    call->type = t;
    call->nullable = call->args.data[0]->nullable;
    return PZ_OK;
}

pz_status
pz_rule_schema_of_csv(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = &pz_t_string;
    return check_options(an, call, 1);
}

pz_status
pz_rule_to_csv(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = &pz_t_string;
    return check_options(an, call, 1);
}

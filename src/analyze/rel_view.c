/*
 * analyze/rel_view.c - columns of a view of the catalog as they were when it was made, over what its text gives now.
 *
 * In: the resolved text and what the view promised (pz_lookup).  Out: a projection that takes the promised columns by the names the text
 * gave them, as the view's schema binding wants it: BINDING casts where nothing is lost, COMPENSATION casts as ANSI does, TYPE EVOLUTION
 * takes the types of now, EVOLUTION the columns of now.  Things start at pz_adapt_view().
 */
#include "analyze_int.h"

static bool
same_name(const pz_analyzer *an, pz_str a, pz_str b)
{
    return an->env->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

static pz_status
changed(pz_analyzer *an, const pz_lookup *v, pz_str name, int expected, const pz_attrs *found)
{
    pz_str list = PZ_STR("");
    for (int i = 0; i < found->n; i++) list = pz_strf(an->a, PZ_FMT "%s" PZ_FMT, PZ_ARG(list), i ? "," : "", PZ_ARG(found->data[i]->name));
    return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_INCOMPATIBLE_VIEW_SCHEMA_CHANGE, PZ_NO_ORIGIN, "viewName",
                       pz_quote_names(an->a, &v->qualifier).ptr, "colName", pz_dup(an->a, name).ptr, "expectedNum", pz_strf(an->a, "%d", expected).ptr,
                       "actualCols", pz_strf(an->a, "[" PZ_FMT "]", PZ_ARG(list)).ptr, "suggestion", pz_dup(an->a, v->view_remedy).ptr, NULL);
}

/* The attribute for promised column i: of those with its name, the one with its turn. */
static pz_status
pick(pz_analyzer *an, const pz_lookup *v, const pz_attrs *have, int i, pz_attr **out)
{
    pz_str name = v->view_query_columns.data[i];
    pz_attrs found = {0};
    int expected = 0, turn = 0;
    for (int k = 0; k < v->view_query_columns.n; k++)
        if (same_name(an, v->view_query_columns.data[k], name)) expected++, turn += k < i;
    for (int k = 0; k < have->n; k++)
        if (same_name(an, have->data[k]->name, name)) pz_vec_push(an->a, &found, have->data[k]);
    if (found.n != expected) return changed(an, v, name, expected, &found);
    *out = found.data[turn];
    return PZ_OK;
}

static pz_status
to_type(pz_analyzer *an, const pz_lookup *v, pz_expr *e, const pz_attr *at, const pz_type *t, pz_expr **out)
{
    *out = e;
    if (v->view_mode == PZ_VIEW_TYPE_EVOLUTION || pz_type_eq_loose(at->type, t)) return PZ_OK;
    if (v->view_mode == PZ_VIEW_BINDING && !pz_can_up_cast(at->type, t)) {
        pz_str name = at->name;
        for (int i = at->qualifier.n; i-- > 0;) name = pz_strf(an->a, PZ_FMT "." PZ_FMT, PZ_ARG(at->qualifier.data[i]), PZ_ARG(name));
        return pz_raise(an->err, PZ_ERR_CANNOT_UP_CAST_DATATYPE, PZ_NO_ORIGIN, "expression", name.ptr, "sourceType", pz_quote_type(an, at->type).ptr,
                        "targetType", pz_quote_type(an, t).ptr, "details",
                        "The type path of the target object is:\n\nYou can either add an explicit cast to the input data or choose a higher precision type of the field in the target object", NULL);
    }
    *out = pz_expr_make(an->a, PZ_EXPR_CAST, PZ_NO_ORIGIN);
    (*out)->type = t;
    (*out)->u.cast.mode = PZ_CAST_ANSI;
    (*out)->u.cast.mode_set = true;
    pz_vec_push(an->a, &(*out)->args, e);
    return pz_resolve_cast(an, *out);
}

pz_status
pz_adapt_view(pz_analyzer *an, const pz_lookup *v, pz_rel *input, pz_rel **out)
{
    pz_attrs have, taken = {0};
    pz_exprs items = {0};
    pz_visible(an, input, &have);
    for (int i = 0; i < v->view_schema.n; i++) {
        pz_attr *at = NULL;
        PZ_TRY(pick(an, v, &have, i, &at));
        pz_vec_push(an->a, &taken, at);
    }
    for (int i = 0; i < v->view_schema.n; i++) {
        const pz_field *f = &v->view_schema.fields[i];
        pz_attr *at = taken.data[i];
        pz_expr *e, *al;
        PZ_TRY(to_type(an, v, pz_attr_ref(an, at, PZ_NO_ORIGIN), at, f->type, &e));
        al = pz_alias_new(an, e, f->name);
        al->u.alias.attr->metadata = f->metadata;
        pz_vec_push(an->a, &items, al);
    }
    *out = pz_project_make(an, input, &items);
    return PZ_OK;
}

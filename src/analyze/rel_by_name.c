/*
 * analyze/rel_by_name.c - unionByName: columns, and fields inside of them, meet by name.
 *
 * In:  two resolved sides.  Out: both as PROJECTs with the same columns in the order of the left; fields of structs, also of those inside
 * of arrays, stand as in the left, then those that only the right has.  What one side lacks is NULL where that is allowed.
 * Things start at pz_match_names().
 */
#include "analyze_int.h"

typedef struct matching { pz_analyzer *an; pz_origin origin; bool allow_missing; int depth; } matching;

static bool
same_name(const pz_analyzer *an, pz_str a, pz_str b)
{
    return an->env->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

static const pz_field *
field_of(const pz_analyzer *an, const pz_type *t, pz_str name)
{
    for (int i = 0; i < t->nfields; i++)
        if (same_name(an, t->fields[i].name, name))
            return &t->fields[i];
    return NULL;
}

/* Do the fields of `from` stand as those of `to`, as far as both have such? */
static bool
in_place(const pz_analyzer *an, const pz_type *from, const pz_type *to)
{
    if (from->id != to->id)
        return true;
    switch (from->id) {
    case PZ_T_ARRAY: return in_place(an, from->element, to->element);
    case PZ_T_STRUCT:
        if (from->nfields != to->nfields)
            return false;
        for (int i = 0; i < from->nfields; i++)
            if (!same_name(an, from->fields[i].name, to->fields[i].name) || !in_place(an, from->fields[i].type, to->fields[i].type))
                return false;
        return true;
    default: return true;
    }
}

static pz_status
missing_field(const matching *m, const pz_type *from, pz_str name)
{
    pz_strs one = {&name, 1, 1};
    pz_str fields = {0};
    for (int i = 0; i < from->nfields; i++) {
        pz_strs f = {(pz_str *)(uintptr_t)&from->fields[i].name, 1, 1};
        pz_str q = pz_quote_names(m->an->a, &f);
        fields = i ? pz_strf(m->an->a, PZ_FMT ", " PZ_FMT, PZ_ARG(fields), PZ_ARG(q)) : q;
    }
    return pz_raise(m->an->err, PZ_ERR_FIELD_NOT_FOUND, PZ_NO_ORIGIN, "fieldName", pz_quote_names(m->an->a, &one).ptr, "fields", fields.ptr, NULL);
}

static pz_status match(const matching *m, pz_expr *e, const pz_type *from, bool nullable, const pz_type *to, pz_expr **out);

static pz_status
add_field(const matching *m, pz_expr *made, pz_expr *e, const pz_field *have, const pz_field *want)
{
    pz_arena *a = m->an->a;
    pz_expr *value = pz_literal_null(a, want->type);
    if (have != NULL) {
        value = pz_expr_make(a, PZ_EXPR_EXTRACT, m->origin);
        pz_vec_push(a, &value->args, e);
        pz_vec_push(a, &value->args, pz_literal_string(a, have->name));
        PZ_TRY(match(m, value, have->type, have->nullable, want->type, &value));
    }
    pz_vec_push(a, &made->args, pz_literal_string(a, want->name));
    pz_vec_push(a, &made->args, value);
    return PZ_OK;
}

static pz_status
match_struct(const matching *m, pz_expr *e, const pz_type *from, bool nullable, const pz_type *to, pz_expr **out)
{
    pz_arena *a = m->an->a;
    pz_expr *made = pz_call_make(a, m->origin, "named_struct", 0);
    for (int i = 0; i < to->nfields; i++) {
        const pz_field *have = field_of(m->an, from, to->fields[i].name);
        if (have == NULL && !m->allow_missing)
            return missing_field(m, from, to->fields[i].name);
        PZ_TRY(add_field(m, made, e, have, &to->fields[i]));
    }
    for (int i = 0; i < from->nfields; i++)
        if (field_of(m->an, to, from->fields[i].name) == NULL)
            PZ_TRY(add_field(m, made, e, &from->fields[i], &from->fields[i]));
    *out = nullable ? pz_call_make(a, m->origin, "when", 2, pz_call_make(a, m->origin, "isnotnull", 1, e), made) : made;
    return PZ_OK;
}

/* x -> the matched x, in transform() */
static pz_status
match_each(const matching *m, pz_expr *e, const pz_type *from, const pz_type *to, pz_expr **out)
{
    pz_arena *a = m->an->a;
    pz_expr *lambda = pz_expr_make(a, PZ_EXPR_LAMBDA, m->origin), *x = pz_expr_make(a, PZ_EXPR_COLUMN, m->origin), *body;
    matching in = *m;
    pz_expr *v = pz_expr_make(a, PZ_EXPR_LAMBDA_VAR, m->origin);
    in.depth++;
    v->u.var.name = pz_strf(a, "n%d", in.depth);
    pz_vec_push(a, &v->names, v->u.var.name);
    pz_vec_push(a, &lambda->u.lambda.params, v);
    pz_vec_push(a, &x->names, v->u.var.name);
    x->plan_id = -1;
    PZ_TRY(match(&in, x, from->element, from->contains_null, to->element, &body));
    pz_vec_push(a, &lambda->args, body);
    *out = pz_call_make(a, m->origin, "transform", 2, e, lambda);
    return PZ_OK;
}

static pz_status
match(const matching *m, pz_expr *e, const pz_type *from, bool nullable, const pz_type *to, pz_expr **out)
{
    *out = e;
    if (in_place(m->an, from, to))
        return PZ_OK;
    return from->id == PZ_T_STRUCT ? match_struct(m, e, from, nullable, to, out) : match_each(m, e, from, to, out);
}

/* The column `have`, its fields as in a column of type `to` named `name`. */
static pz_status
column(const matching *m, pz_attr *have, const pz_type *to, pz_expr **out)
{
    pz_analyzer *an = m->an;
    pz_expr *ref = pz_attr_ref(an, have, m->origin), *e;
    PZ_TRY(match(m, ref, have->type, have->nullable, to, &e));
    if (e != ref) {
        PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, NULL, NULL, NULL), e, &e));
        e = pz_alias_new(an, e, have->name);
    }
    *out = e;
    return PZ_OK;
}

static pz_expr *
nulls(const matching *m, const pz_attr *like)
{
    pz_expr *null = pz_literal_null(m->an->a, like->type);
    null->resolved = null->nullable = true;
    return pz_alias_new(m->an, null, like->name);
}

static const pz_type *
type_of(const pz_expr *e)
{
    return e->kind == PZ_EXPR_ALIAS ? e->args.data[0]->type : e->type;
}

static pz_attr *
named(const pz_analyzer *an, const pz_attrs *list, pz_str name)
{
    for (int i = 0; i < list->n; i++)
        if (same_name(an, list->data[i]->name, name))
            return list->data[i];
    return NULL;
}

static pz_status
check_twice(const matching *m, const pz_attrs *list)
{
    for (int i = 0; i < list->n; i++)
        for (int k = 0; k < i; k++)
            if (same_name(m->an, list->data[i]->name, list->data[k]->name)) {
                pz_str name = m->an->env->case_sensitive ? list->data[i]->name : pz_lower_ascii(m->an->a, list->data[i]->name);
                return pz_raise(m->an->err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName", pz_strf(m->an->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
            }
    return PZ_OK;
}

static pz_status
no_such_column(const matching *m, const pz_attr *a, const pz_attrs *in)
{
    pz_str list = {0};
    for (int i = 0; i < in->n; i++)
        list = i ? pz_strf(m->an->a, PZ_FMT ", " PZ_FMT, PZ_ARG(list), PZ_ARG(in->data[i]->name)) : in->data[i]->name;
    return pz_raise(m->an->err, PZ_ERR_UNRESOLVED_COLUMN_AMONG_FIELD_NAMES, m->origin, "colName", a->name.ptr, "fieldNames", list.ptr, NULL);
}

pz_status
pz_match_names(pz_analyzer *an, const pz_rel *so, pz_rel **left, pz_rel **right)
{
    matching m = {an, so->origin, so->u.setop.allow_missing, 0};
    pz_attrs lc, rc;
    pz_exprs l = {0}, r = {0};
    pz_visible(an, *left, &lc);
    pz_visible(an, *right, &rc);
    PZ_TRY(check_twice(&m, &lc));
    PZ_TRY(check_twice(&m, &rc));
    for (int i = 0; i < lc.n; i++) {
        pz_attr *have = named(an, &rc, lc.data[i]->name);
        pz_expr *x, *y;
        if (have == NULL && !m.allow_missing)
            return no_such_column(&m, lc.data[i], &rc);
        if (have == NULL) {
            y = nulls(&m, lc.data[i]);
            x = pz_attr_ref(an, lc.data[i], so->origin);
        } else {
            PZ_TRY(column(&m, have, lc.data[i]->type, &y));
            x = pz_attr_ref(an, lc.data[i], so->origin);
            if (m.allow_missing)
                PZ_TRY(column(&m, lc.data[i], type_of(y), &x));
        }
        pz_vec_push(an->a, &l, x);
        pz_vec_push(an->a, &r, y);
    }
    for (int i = 0; i < rc.n; i++) {
        if (named(an, &lc, rc.data[i]->name) != NULL)
            continue;
        if (!m.allow_missing)
            return pz_raise(an->err, PZ_ERR_NUM_COLUMNS_MISMATCH, so->origin, "operator", "UNION", "firstNumColumns", pz_strf(an->a, "%d", lc.n).ptr,
                            "invalidOrdinalNum", "second", "invalidNumColumns", pz_strf(an->a, "%d", rc.n).ptr, NULL);
        pz_vec_push(an->a, &l, nulls(&m, rc.data[i]));
        pz_vec_push(an->a, &r, pz_attr_ref(an, rc.data[i], so->origin));
    }
    *left = pz_project_make(an, *left, &l);
    *right = pz_project_make(an, *right, &r);
    return PZ_OK;
}

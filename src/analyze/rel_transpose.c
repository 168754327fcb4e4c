/*
 * analyze/rel_transpose.c - transpose: the values of one column become the names of columns.
 *
 * Which columns there are depends on the data, so Spark runs the input while analyzing, and so does this: the result is a VALUES
 * relation, a row per column of the input.  Things start at pz_resolve_transpose().
 */
#include "analyze_int.h"

#include <stdlib.h>

static pz_status
bad_index(pz_analyzer *an, pz_origin o, const char *reason)
{
    return pz_raise(an->err, PZ_ERR_TRANSPOSE_INVALID_INDEX_COLUMN, o, "reason", reason, NULL);
}

/* The columns but the index, and the type they share. */
static pz_status
value_columns(pz_analyzer *an, const pz_rel *r, const pz_rel *in, const pz_expr *index, pz_attrs *cols, const pz_type **type)
{
    *type = NULL;
    for (int i = 0; i < in->output.n; i++) {
        pz_attr *a = in->output.data[i];
        const pz_type *wider;
        if (index->kind == PZ_EXPR_ATTR && index->u.attr->id == a->id)
            continue;
        wider = *type == NULL ? a->type : pz_type_wider_plain(an->a, *type, a->type, pz_widening(an->env, an->env->ansi));
        if (wider == NULL)
            return pz_raise(an->err, PZ_ERR_TRANSPOSE_NO_LEAST_COMMON_TYPE, r->origin, "dt1", pz_quote_type(an, *type).ptr, "dt2",
                            pz_quote_type(an, a->type).ptr, NULL);
        *type = wider;
        pz_vec_push(an->a, cols, a);
    }
    return PZ_OK;
}

/* Index text, index, values; ordered by index, one row more than allowed at most. */
static pz_status
input_rows(pz_analyzer *an, pz_rel *in, pz_expr *index, const pz_attrs *cols, const pz_type *type, int limit, pz_values **rows, int *n)
{
    pz_exprs list = {0};
    pz_vec_push(an->a, &list, pz_alias_new(an, pz_cast_to(an, index, &pz_t_string), PZ_STR("name")));
    pz_vec_push(an->a, &list, pz_alias_new(an, index, PZ_STR("index")));
    for (int i = 0; i < cols->n; i++)
        pz_vec_push(an->a, &list, pz_alias_new(an, pz_cast_to(an, pz_attr_ref(an, cols->data[i], in->origin), type), cols->data[i]->name));
    pz_rel *p = pz_project_make(an, in, &list), *f = pz_rel_new(an, PZ_REL_FILTER, p, in->origin);
    pz_expr *key = pz_attr_ref(an, p->output.data[1], in->origin), *o = pz_expr_make(an->a, PZ_EXPR_SORT_ORDER, in->origin);
    if ((f->cond = pz_call_resolved(an, "isnotnull", 1, key)) == NULL)
        return PZ_FAIL;
    pz_rel *s = pz_rel_new(an, PZ_REL_SORT, f, in->origin), *l = pz_rel_new(an, PZ_REL_LIMIT, s, in->origin);
    pz_vec_push(an->a, &o->args, key);
    o->type = key->type;
    o->resolved = true;
    o->u.sort.asc = o->u.sort.nulls_first = o->u.sort.nulls_set = true;
    pz_vec_push(an->a, &s->exprs, o);
    s->u.sort.global = true;
    l->cond = pz_literal_int(an->a, limit + 1);
    l->cond->resolved = true;
    return an->env->all_rows(an->env->ctx, l, an->a, rows, n, an->err);
}

static pz_expr *
cell(pz_analyzer *an, const pz_type *t, pz_value v)
{
    pz_expr *e = pz_literal_value(an->a, t, v);
    e->nullable = v.null;
    e->resolved = true;
    return e;
}

PZ_REL_HANDLER(pz_resolve_transpose)
{
    pz_rel *in;
    pz_expr *index;
    pz_attrs cols = {0};
    pz_values *rows;
    const pz_type *type;
    pz_str max = an->env->conf(an->env->ctx, "spark.sql.transposeMaxValues");
    int limit = max.ptr ? atoi(max.ptr) : 500, n;
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    if (r->exprs.n > 1)
        return bad_index(an, r->origin, "Single index column expected but found multiple");
    if (in->output.n == 0) {
        *out = in;
        return PZ_OK;
    }
    if (r->exprs.n == 1)
        PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, in, outer, orefs), r->exprs.data[0], &index));
    else
        index = pz_attr_ref(an, in->output.data[0], r->origin);
    while (index->kind == PZ_EXPR_ALIAS)
        index = index->args.data[0];
    if (pz_type_is_nested(index->type) || index->type->id == PZ_T_VARIANT || index->type->id == PZ_T_CALENDAR_INTERVAL)
        return bad_index(an, r->origin, pz_strf(an->a, "Index column must be of atomic type, but found: " PZ_FMT, PZ_ARG(pz_type_scala(index->type, an->a))).ptr);
    PZ_TRY(value_columns(an, r, in, index, &cols, &type));
    if (type == NULL)
        type = &pz_t_string;
    PZ_TRY(input_rows(an, in, index, &cols, type, limit, &rows, &n));
    if (n > limit)
        return pz_raise(an->err, PZ_ERR_TRANSPOSE_EXCEED_ROW_LIMIT, r->origin, "maxValues", pz_strf(an->a, "%d", limit).ptr, "config",
                        "spark.sql.transposeMaxValues", NULL);
    pz_rel *v = pz_rel_new(an, PZ_REL_VALUES, NULL, r->origin);
    v->u.values.ncols = n + 1;
    pz_vec_push(an->a, &v->output, pz_attr_new(an, PZ_STR("key"), &pz_t_string, false));
    for (int i = 0; i < n; i++)
        pz_vec_push(an->a, &v->output, pz_attr_new(an, rows[i].data[0].s, type, true));
    for (int c = 0; c < cols.n; c++) {
        pz_vec_push(an->a, &v->exprs, cell(an, &pz_t_string, (pz_value){.s = cols.data[c]->name}));
        for (int i = 0; i < n; i++)
            pz_vec_push(an->a, &v->exprs, cell(an, type, rows[i].data[c + 2]));
    }
    *out = v;
    return PZ_OK;
}

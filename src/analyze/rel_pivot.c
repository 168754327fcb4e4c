/*
 * analyze/rel_pivot.c - PIVOT: one column for each value (and aggregate).
 *
 * In:  PIVOT of SQL, or an AGGREGATE of a DataFrame with pivot column and perhaps values.  Out: an AGGREGATE whose aggregates each see
 * the rows of one value.  Things start at pz_resolve_pivot().
 */
#include "agg_int.h"

#include <stdlib.h>

static pz_expr *
written_call(pz_analyzer *an, const char *name, pz_expr *a, pz_expr *b, pz_expr *c)
{
    return c ? pz_call_make(an->a, PZ_NO_ORIGIN, name, 3, a, b, c) : b ? pz_call_make(an->a, PZ_NO_ORIGIN, name, 2, a, b)
                                                                       : pz_call_make(an->a, PZ_NO_ORIGIN, name, 1, a);
}

typedef struct filter_arg { pz_expr *cond; } filter_arg;

/* Every aggregate of the expression sees only the rows of one pivot value. */
static pz_expr *
add_filter(pz_arena *a, pz_expr *e, void *arg)
{
    const filter_arg *f = arg;
    if (!pz_is_aggregate_call(e))
        return e;
    pz_expr *n = pz_expr_shallow(a, e);
    n->u.call.filter = e->u.call.filter == NULL ? f->cond : pz_call_make(a, e->origin, "and", 2, e->u.call.filter, f->cond);
    return n;
}

static pz_str
pivot_value_name(pz_analyzer *an, const pz_expr *v)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    if (v->kind == PZ_EXPR_LITERAL && !v->value.null)
        pz_value_text(&b, v->type, &v->value, PZ_TEXT_CAST, an->env->zone);
    else if (v->kind == PZ_EXPR_LITERAL)
        pz_buf_puts(&b, "null");
    else
        pz_buf_str(&b, pz_expr_name(an, v));
    pz_str s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

typedef struct pivot_in {
    pz_rel *in;
    pz_scope *s;
    pz_exprs keys;                             /* resolved group columns */
    pz_exprs aggs;                             /* resolved; ALIAS keeps its name */
    pz_exprs cols;                             /* resolved pivot columns */
    pz_exprs values;                           /* resolved literals; several columns: struct calls */
    pz_strs names;                             /* names[i].ptr NULL: from the value */
} pivot_in;

/* Spark groups by the pivot columns first and then spreads the results, which leaves NULL where no row was, count() too; but
 * only results of these types are spread. */
static bool
pivots_fast(const pivot_in *p)
{
    for (int i = 0; i < p->aggs.n; i++) {
        const pz_type *t = p->aggs.data[i]->type;
        if (!pz_type_is_numeric(t) && t->id != PZ_T_BOOLEAN)
            return false;
    }
    return true;
}

static pz_status
pivot_build(pz_analyzer *an, pivot_in *p, pz_origin o, pz_rel **out)
{
    bool fast = pivots_fast(p);
    pz_rel *agg = pz_rel_make(an->a, PZ_REL_AGGREGATE, o);
    agg->input = p->in;
    agg->keys = p->keys;
    agg->u.agg.from_sql = true;
    for (int i = 0; i < p->keys.n; i++)
        pz_vec_push(an->a, &agg->exprs, p->keys.data[i]);
    for (int v = 0; v < p->values.n; v++)
        for (int g = 0; g < p->aggs.n; g++) {
            pz_expr *col = p->cols.data[0], *val = p->values.data[v], *cond;
            if (p->cols.n > 1) {
                col = pz_call_resolved(an, "struct", 0);
                if (col == NULL)
                    return PZ_FAIL;
                pz_expr *c = pz_call_make(an->a, o, "struct", 0);
                for (int i = 0; i < p->cols.n; i++)
                    pz_vec_push(an->a, &c->args, p->cols.data[i]);
                PZ_TRY(pz_resolve_call(an, p->s, c, &col));
                val = pz_cast_to(an, val, col->type);
            }
            cond = pz_call_resolved(an, "<=>", 2, col, val);
            if (cond == NULL)
                return PZ_FAIL;
            filter_arg f = {cond};
            pz_expr *a = p->aggs.data[g], *inner = pz_bare(a), *n;
            pz_expr *filtered = pz_map_expr(an->a, inner, add_filter, &f);
            pz_expr *count = pz_expr_make(an->a, PZ_EXPR_CALL, o), *rows;
            pz_vec_push(an->a, &count->names, PZ_STR("count"));
            pz_vec_push(an->a, &count->args, pz_literal_int(an->a, 1));
            count->u.call.fn = -1;
            count->u.call.filter = cond;
            PZ_TRY(pz_resolve_expr(an, p->s, count, &rows));
            /* no row of that value in the group: NULL, count() too */
            pz_expr *zero = pz_call_resolved(an, ">", 2, rows, pz_long_literal(an, 0));
            if (zero == NULL)
                return PZ_FAIL;
            n = written_call(an, "when", zero, filtered, NULL);
            pz_expr *resolved = filtered;
            if (fast)
                PZ_TRY(pz_resolve_call(an, p->s, n, &resolved));
            pz_str name = p->names.n > v && p->names.data[v].ptr != NULL ? p->names.data[v] : pivot_value_name(an, p->values.data[v]);
            if (p->aggs.n > 1) {
                pz_str an_name = a->kind == PZ_EXPR_ALIAS ? a->u.alias.names.data[0] : pz_expr_name(an, a);
                name = pz_strf(an->a, PZ_FMT "_" PZ_FMT, PZ_ARG(name), PZ_ARG(an_name));
            }
            pz_vec_push(an->a, &agg->exprs, pz_alias_new(an, resolved, name));
        }
    return pz_resolve_aggregate(an, agg, NULL, NULL, out);
}

static pz_status
pivot_distinct(pz_analyzer *an, pivot_in *p, pz_origin o)
{
    pz_exprs one = {0};
    pz_values got = {0};
    pz_str max = an->env->conf(an->env->ctx, "spark.sql.pivotMaxValues");
    int limit = max.ptr ? atoi(max.ptr) : 10000;
    pz_expr *named = p->cols.data[0]->kind == PZ_EXPR_ATTR ? p->cols.data[0] : pz_alias_new(an, p->cols.data[0], PZ_STR("p"));
    pz_vec_push(an->a, &one, named);
    pz_rel *d = pz_rel_new(an, PZ_REL_DISTINCT, pz_project_make(an, p->in, &one), o);
    PZ_TRY(an->env->distinct_values(an->env->ctx, d, limit, an->a, &got, an->err));
    if (got.n > limit)
        return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1324, o, "pivotColumn", pz_expr_name(an, p->cols.data[0]).ptr, "maxValues",
                        pz_strf(an->a, "%d", limit).ptr, "maxPivotValuesConf", "spark.sql.pivotMaxValues", NULL);
    for (int i = 0; i < got.n; i++) {
        pz_expr *v = pz_literal_value(an->a, p->cols.data[0]->type, got.data[i]);
        v->resolved = true;
        pz_vec_push(an->a, &p->values, v);
    }
    return PZ_OK;
}

typedef struct uses { int id; bool found; } uses;

static pz_walk
uses_id(pz_expr *e, void *arg)
{
    uses *u = arg;
    if (e->kind == PZ_EXPR_ATTR && e->u.attr->id == u->id)
        u->found = true;
    return u->found ? PZ_WALK_STOP : PZ_WALK_ON;
}

static bool
list_uses(const pz_exprs *l, int id)
{
    uses u = {id, false};
    pz_walk_exprs(l, uses_id, &u);
    return u.found;
}

/* struct<a:int,b:string> of the pivot columns */
static pz_str
pivot_type(pz_analyzer *an, const pivot_in *p)
{
    pz_buf b;
    pz_str s;
    pz_buf_init(&b, 0);
    for (int i = 0; i < p->cols.n; i++)
        pz_buf_printf(&b, "%s" PZ_FMT ":" PZ_FMT, i ? "," : "struct<", PZ_ARG(pz_expr_name(an, p->cols.data[i])),
                      PZ_ARG(pz_type_simple(p->cols.data[i]->type, an->a)));
    pz_buf_putc(&b, '>');
    s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

static pz_walk
find_star(pz_expr *e, void *arg)
{
    if (e->kind != PZ_EXPR_STAR)
        return PZ_WALK_ON;
    *(const pz_expr **)arg = e;
    return PZ_WALK_STOP;
}

PZ_REL_HANDLER(pz_resolve_pivot)
{
    const pz_expr *star = NULL;
    pivot_in p = {0};
    bool sql = r->kind == PZ_REL_PIVOT;
    PZ_INPUT(r, &p.in);
    p.in = pz_drop_hidden(an, p.in);
    p.s = pz_scope_of(an, p.in, outer, orefs);
    p.s->allow_aggregate = true;
    if (!sql && !pz_walk_exprs(&r->exprs, find_star, &star))
        return pz_raise(an->err, PZ_ERR_INVALID_USAGE_OF_STAR_OR_REGEX, star->origin, "elem", "'*'", "prettyName", "Pivot", NULL);
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *e;
        PZ_TRY(pz_resolve_expr(an, p.s, r->exprs.data[i], &e));
        if (!pz_expr_has_aggregate(e))
            return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1006, PZ_NO_ORIGIN, "sql", pz_expr_sql_qualified(an, e).ptr, NULL);
        pz_vec_push(an->a, &p.aggs, e);
    }
    pz_exprs cols = {0};
    if (sql)
        cols = r->u.pivot.columns;
    else
        pz_vec_push(an->a, &cols, r->u.agg.pivot_col);
    for (int i = 0; i < cols.n; i++) {
        pz_expr *e;
        PZ_TRY(pz_resolve_expr(an, p.s, cols.data[i], &e));
        pz_vec_push(an->a, &p.cols, pz_bare(e));
    }
    int nv = sql ? r->u.pivot.values.n : r->u.agg.pivot_values.n;
    for (int i = 0; i < nv; i++) {
        pz_expr *w = sql ? r->u.pivot.values.data[i].expr : r->u.agg.pivot_values.data[i], *e;
        pz_value v;
        if (pz_bare(w)->kind == PZ_EXPR_COLUMN)
            return pz_raise(an->err, PZ_ERR_NON_LITERAL_PIVOT_VALUES, PZ_NO_ORIGIN, "expression", pz_quote_sql_expr(an, pz_bare(w)).ptr, NULL);
        PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, NULL, NULL, NULL), w, &e));
        pz_str alias = sql ? r->u.pivot.values.data[i].alias : pz_str_c(NULL);
        if (e->kind == PZ_EXPR_ALIAS && alias.ptr == NULL)
            alias = e->u.alias.names.data[0];
        e = pz_bare(e);
        if (p.cols.n == 1 && !pz_expr_is_foldable(e))
            return pz_raise(an->err, PZ_ERR_NON_LITERAL_PIVOT_VALUES, PZ_NO_ORIGIN, "expression", pz_quote_sql_expr(an, e).ptr, NULL);
        if (p.cols.n > 1 && (e->type->id != PZ_T_STRUCT || e->type->nfields != p.cols.n))
            return pz_raise(an->err, PZ_ERR_PIVOT_VALUE_DATA_TYPE_MISMATCH, w->origin, "value", pz_expr_sql(an, e).ptr, "valueType",
                            pz_type_simple(e->type, an->a).ptr, "pivotType", pivot_type(an, &p).ptr, NULL);
        if (alias.ptr == NULL) {               /* as it is written, not as the column's type */
            PZ_TRY(pz_fold(an, pz_cast_to(an, e, &pz_t_string), &v));
            alias = v.null ? PZ_STR("null") : v.s;
        }
        if (p.cols.n == 1) {
            pz_expr *c = pz_cast_to(an, e, p.cols.data[0]->type);
            PZ_TRY(pz_fold(an, c, &v));
            e = pz_literal_value(an->a, p.cols.data[0]->type, v);
            e->resolved = true;
        }
        pz_vec_push(an->a, &p.values, e);
        pz_vec_push(an->a, &p.names, alias);
    }
    if (sql) {                                 /* what neither aggregates nor pivot columns use groups the rows */
        for (int i = 0; i < p.in->output.n; i++) {
            pz_attr *a = p.in->output.data[i];
            if (!list_uses(&p.aggs, a->id) && !list_uses(&p.cols, a->id))
                pz_vec_push(an->a, &p.keys, pz_attr_ref(an, a, r->origin));
        }
    } else {
        for (int i = 0; i < r->keys.n; i++) {
            pz_expr *k = NULL;
            PZ_TRY(pz_resolve_expr(an, p.s, r->keys.data[i], &k));
            pz_vec_push(an->a, &p.keys, pz_name_item(an, r->keys.data[i], k));
        }
        if (nv == 0)
            PZ_TRY(pivot_distinct(an, &p, r->origin));
    }
    return pivot_build(an, &p, r->origin, out);
}

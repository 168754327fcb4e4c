/*
 * analyze/correlated.c - what a correlated subquery may look like and where it may stand.
 *
 * In: a resolved subquery whose OUTER expressions are columns of the queries around it.  Spark turns it into a join, which works
 * only when outer columns stand in WHERE, in joins and in a plain SELECT list; aggregates, sorts and windows that read them are
 * refused, and so is the far side of an outer join.  Things start at pz_check_correlated().
 */
#include "expr_int.h"

typedef struct search { bool outer, local, aggregate; } search;

static pz_walk
note_reference(pz_expr *e, void *arg)
{
    search *s = arg;
    s->outer |= e->kind == PZ_EXPR_OUTER;
    s->local |= e->kind == PZ_EXPR_ATTR;
    return PZ_WALK_ON;
}

static bool
reads_outer(const pz_expr *e)
{
    search s = {0};
    pz_walk_expr((pz_expr *)e, note_reference, &s);
    return s.outer;
}

typedef struct mixed { const pz_expr *found; } mixed;

static pz_walk
find_mixed(pz_expr *e, void *arg)
{
    mixed *m = arg;
    if (e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 && pz_fn_row(e->u.call.fn)->kind == PZ_FN_AGG) {
        search s = {0};
        pz_walk_expr(e, note_reference, &s);
        if (s.outer && s.local && !m->found)
            m->found = e;
        return PZ_WALK_SKIP;
    }
    return PZ_WALK_ON;
}

typedef struct hosted { pz_analyzer *an; pz_buf list; bool windows_only; } hosted;

static pz_walk
list_reading(pz_expr *e, void *arg)
{
    hosted *h = arg;
    if (h->windows_only && e->kind != PZ_EXPR_WINDOW)
        return PZ_WALK_ON;
    if (reads_outer(e)) {
        pz_str q = pz_quote_sql_expr(h->an, e);
        pz_buf_printf(&h->list, "%s" PZ_FMT, h->list.len ? ", " : "", PZ_ARG(q));
    }
    return PZ_WALK_SKIP;
}

/* A SELECT list over aggregation belongs to it. */
static bool
over_aggregate(const pz_rel *r)
{
    const pz_rel *in = r->input;
    while (in && (in->kind == PZ_REL_FILTER || in->kind == PZ_REL_REPARTITION))
        in = in->input;
    return in && in->kind == PZ_REL_AGGREGATE;
}

static pz_status
check_expressions(pz_analyzer *an, const pz_expr *sub, pz_rel *r)
{
    mixed m = {0};
    hosted h = {.an = an, .windows_only = r->kind == PZ_REL_PROJECT && !over_aggregate(r)};
    pz_status st = PZ_OK;
    pz_walk_rel_exprs(r, find_mixed, &m);
    if (m.found)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES, m.found->origin, "function",
                        pz_expr_sql_qualified(an, m.found).ptr, NULL);
    if (r->kind == PZ_REL_FILTER || r->kind == PZ_REL_JOIN || r->kind == PZ_REL_VALUES || r->kind == PZ_REL_GENERATE)
        return PZ_OK;
    pz_buf_init(&h.list, 0);
    pz_walk_rel_exprs(r, list_reading, &h);
    if (h.list.len)
        st = pz_raise(an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_CORRELATED_REFERENCE, sub ? sub->origin : r->origin, "sqlExprs",
                      pz_buf_dup(&h.list, an->a).ptr, NULL);
    pz_buf_free(&h.list);
    return st;
}

typedef struct checking { pz_analyzer *an; const pz_expr *sub; pz_status st; } checking;

static pz_walk
check_relation(pz_rel *r, void *arg)
{
    checking *c = arg;
    c->st = check_expressions(c->an, c->sub, r);
    return c->st == PZ_OK ? PZ_WALK_ON : PZ_WALK_STOP;
}

pz_status
pz_check_correlated(pz_analyzer *an, const pz_expr *sub, pz_rel *rel)
{
    checking c = {an, sub, PZ_OK};
    pz_walk_rel(rel, check_relation, &c);
    return c.st;
}

/* Sorting by a correlated subquery is not rewritten to a join. */
static pz_walk
find_correlated(pz_expr *e, void *arg)
{
    const pz_expr **found = arg;
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.outer.n && !*found)
        *found = e;
    return PZ_WALK_ON;
}

pz_status
pz_refuse_correlated(pz_analyzer *an, const pz_expr *e, pz_origin whole)
{
    const pz_expr *found = NULL;
    pz_walk_expr((pz_expr *)e, find_correlated, &found);
    if (!found)
        return PZ_OK;
    if (found->u.sub.kind == PZ_SUB_SCALAR)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY, whole, "treeNode", "Sort", NULL);
    return pz_raise(an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_IN_EXISTS_SUBQUERY, whole, "treeNode", "Sort", NULL);
}

/* ---- in the condition of a join */
typedef struct sides { pz_analyzer *an; const pz_rel *join; bool left, right; pz_status st; } sides;

static pz_walk
note_side(pz_expr *e, void *arg)
{
    sides *n = arg;
    if (e->kind != PZ_EXPR_ATTR && e->kind != PZ_EXPR_OUTER)
        return PZ_WALK_ON;
    n->left |= pz_rel_gives(n->join->input, e->u.attr->id) != NULL;
    n->right |= pz_rel_gives(n->join->right, e->u.attr->id) != NULL;
    return PZ_WALK_ON;
}

static pz_walk
check_join_subquery(pz_expr *e, void *arg)
{
    sides *n = arg;
    if (e->kind != PZ_EXPR_SUBQUERY)
        return PZ_WALK_ON;
    if (e->u.sub.kind == PZ_SUB_SCALAR && e->u.sub.outer.n) {
        n->st = pz_raise(n->an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY, n->join->origin, "treeNode",
                         "Join", NULL);
        return PZ_WALK_STOP;
    }
    n->left = n->right = false;
    pz_walk_exprs(&e->args, note_side, n);
    pz_walk_exprs(&e->u.sub.outer, note_side, n);
    if (e->u.sub.kind == PZ_SUB_SCALAR || !n->left || !n->right)
        return PZ_WALK_ON;
    n->st = pz_raise(n->an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION, e->origin,
                     "subqueryExpression", pz_quote_sql_expr(n->an, e).ptr, NULL);
    return PZ_WALK_STOP;
}

/* A subquery there may read one side of the join only, and a scalar one none. */
pz_status
pz_check_join_subqueries(pz_analyzer *an, const pz_rel *join)
{
    sides n = {.an = an, .join = join, .st = PZ_OK};
    pz_walk_expr(join->cond, check_join_subquery, &n);
    return n.st;
}

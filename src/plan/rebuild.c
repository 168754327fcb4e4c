/*
 * plan/rebuild.c - a resolved tree with some of its relations replaced.
 *
 * Nothing is changed in place: what lies on the way to a replaced relation is copied, the rest is shared.  Expressions are copied only
 * where a subquery in them changed.  Things start at pz_rel_rebuild().
 */
#include "plan.h"

#include <stdlib.h>

typedef struct cte_copy { const pz_cte *from; pz_cte *to; } cte_copy;
typedef struct rebuild { pz_arena *a; pz_rel_swap f; void *arg; PZ_VEC(cte_copy) ctes; } rebuild;

static pz_rel *build(rebuild *b, pz_rel *r);

static pz_expr *
map_subquery(pz_arena *a, pz_expr *e, void *arg)
{
    pz_rel *to;
    pz_expr *copy;
    if (e->kind != PZ_EXPR_SUBQUERY || !e->u.sub.rel) return e;
    to = build(arg, e->u.sub.rel);
    if (to == e->u.sub.rel) return e;
    copy = pz_expr_shallow(a, e);
    copy->u.sub.rel = to;
    return copy;
}

static pz_walk
find_subquery(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

static bool
map_list(rebuild *b, pz_exprs *list)
{
    pz_exprs out = {0};
    bool changed = false;
    for (int i = 0; i < list->n; i++) {
        pz_vec_push(b->a, &out, pz_map_expr(b->a, list->data[i], map_subquery, b));
        changed |= out.data[i] != list->data[i];
    }
    if (changed) *list = out;
    return changed;
}

/* The definition copied once, however many references lead to it. */
static pz_cte *
build_cte(rebuild *b, pz_cte *cte)
{
    pz_rel *body;
    cte_copy c = {cte, cte};
    for (int i = 0; i < b->ctes.n; i++)
        if (b->ctes.data[i].from == cte) return b->ctes.data[i].to;
    if (cte->rel && !cte->recursive) {
        body = build(b, cte->rel);
        if (body != cte->rel) {
            c.to = PZ_NEW(b->a, pz_cte);
            *c.to = *cte;
            c.to->rel = body;
        }
    }
    pz_vec_push(b->a, &b->ctes, c);
    return c.to;
}

static bool
build_inputs(rebuild *b, pz_rel *r)
{
    pz_rels out = {0};
    bool changed = false;
    for (int i = 0; i < r->inputs.n; i++) {
        pz_vec_push(b->a, &out, build(b, r->inputs.data[i]));
        changed |= out.data[i] != r->inputs.data[i];
    }
    if (changed) r->inputs = out;
    return changed;
}

/* One relation whose first input has become `input`. */
static pz_rel *
build_one(rebuild *b, pz_rel *r, pz_rel *input)
{
    pz_rel c = *r, *copy;
    bool changed = input != r->input;
    c.input = input;
    if (r->right) changed |= (c.right = build(b, r->right)) != r->right;
    changed |= build_inputs(b, &c);
    if (r->kind == PZ_REL_CTE_REF && r->u.cte.cte) changed |= (c.u.cte.cte = build_cte(b, r->u.cte.cte)) != r->u.cte.cte;
    if (!pz_walk_rel_exprs(r, find_subquery, NULL)) {
        bool sets = r->kind == PZ_REL_AGGREGATE && r->u.agg.sets.n;            /* they point at the keys themselves */
        changed |= map_list(b, &c.exprs);
        if (!sets) changed |= map_list(b, &c.keys);
        if (r->cond) changed |= (c.cond = pz_map_expr(b->a, r->cond, map_subquery, b)) != r->cond;
    }
    if (!changed) return r;
    copy = PZ_NEW(b->a, pz_rel);
    *copy = c;
    return copy;
}

static pz_rel *
build(rebuild *b, pz_rel *r)
{
    pz_rel **spine = NULL, *done = NULL;
    int n = 0, cap = 0;
    for (; r; r = r->input) {
        if ((done = b->f(r, b->arg))) break;
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            spine = realloc(spine, (size_t)cap * sizeof *spine);
            pz_assert(spine);
        }
        spine[n++] = r;
    }
    while (n) {
        done = build_one(b, spine[n - 1], done);
        n--;
    }
    free(spine);
    return done;
}

pz_rel *
pz_rel_rebuild(pz_arena *a, pz_rel *r, pz_rel_swap f, void *arg)
{
    rebuild b = {.a = a, .f = f, .arg = arg};
    return build(&b, r);
}

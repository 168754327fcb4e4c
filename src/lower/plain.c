/*
 * lower/plain.c - is there anything for the engine's optimizer to do?
 *
 * Rows that are made, not read, and columns computed from them one for one leave nothing to reorder, push down or prune; yet the
 * optimizer takes as long as the rest of planning together, and much longer on long chains of expressions.
 * Things start at pz_plan_is_plain().
 */
#include "lower_int.h"

struct finding { bool many_rows, one_for_one; };

static pz_walk
look_at_expr(pz_expr *e, void *arg)
{
    struct finding *f = arg;
    if (e->kind == PZ_EXPR_SUBQUERY || e->kind == PZ_EXPR_WINDOW || e->kind == PZ_EXPR_OUTER) f->one_for_one = false;
    return f->one_for_one ? PZ_WALK_ON : PZ_WALK_STOP;
}

static pz_walk
look_at_rel(pz_rel *r, void *arg)
{
    struct finding *f = arg;
    switch (r->kind) {
    case PZ_REL_ONE_ROW:
    case PZ_REL_VALUES:
    case PZ_REL_PROJECT:
    case PZ_REL_ALIAS: break;
    case PZ_REL_RANGE:
    case PZ_REL_LOCAL: f->many_rows = true; break;
    default: f->one_for_one = false;
    }
    if (f->one_for_one) pz_walk_rel_exprs(r, look_at_expr, f);
    return f->one_for_one ? PZ_WALK_ON : PZ_WALK_STOP;
}

bool
pz_plan_is_plain(const pz_rel *root, bool *many_rows)
{
    struct finding f = {.one_for_one = true};
    pz_walk_rel((pz_rel *)root, look_at_rel, &f);
    *many_rows = f.many_rows;
    return f.one_for_one;
}

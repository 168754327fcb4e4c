/*
 * lower/simplify.c - what is worked out about a plan before its text is written: which columns anybody uses, and how often
 * each CTE is referenced.
 *
 * In: a resolved plan.  Out: lw->live by attribute id, lw->ctes.  Merging of projections happens in rel.c while the text is
 * made.  Things start at pz_mark_live().
 */
#include "lower_int.h"

#define MOST_SEATS 100000                      /* beyond that several workers may share a leaf */

static void mark_rel(pz_lowerer *lw, const pz_rel *r);

static void
set_live(pz_lowerer *lw, int id)
{
    if (id >= lw->nlive) {
        int n = lw->nlive ? lw->nlive * 2 : 1024;
        unsigned char *grown;
        while (n <= id) n *= 2;
        grown = pz_alloc(lw->a, (size_t)n);
        if (lw->nlive) memcpy(grown, lw->live, (size_t)lw->nlive);
        lw->live = grown;
        lw->nlive = n;
    }
    lw->live[id] = 1;
}

/* A column made while lowering is used by its maker. */
void
pz_keep_live(pz_lowerer *lw, int id)
{
    if (lw->live) set_live(lw, id);
}

static void
set_all(pz_lowerer *lw, const pz_attrs *list)
{
    for (int i = 0; i < list->n; i++) set_live(lw, list->data[i]->id);
}

static pz_walk
mark_use(pz_expr *e, void *arg)
{
    pz_lowerer *lw = arg;
    switch (e->kind) {
    case PZ_EXPR_ATTR:
    case PZ_EXPR_OUTER: set_live(lw, e->u.attr->id); break;
    case PZ_EXPR_SUBQUERY:
        if (!e->u.sub.rel) break;
        if (e->u.sub.kind != PZ_SUB_EXISTS) set_all(lw, &e->u.sub.rel->output);
        mark_rel(lw, e->u.sub.rel);
        break;
    case PZ_EXPR_CALL:
        if (lw->leaf.rows && pz_lowering_of(e) && pz_lowering_of(e)->is_volatile) {
            lw->leaf.call = e;
            pz_vec_push(lw->a, &lw->seats, lw->leaf);
        }
        break;
    default: break;
    }
    return PZ_WALK_ON;
}

static pz_walk
find_window(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_WINDOW ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* Rows pass one by one, in place. */
static bool
keeps_rows(const pz_rel *r)
{
    return r->kind == PZ_REL_ALIAS || (r->kind == PZ_REL_PROJECT && pz_walk_exprs(&r->exprs, find_window, NULL));
}

/* Projections of a list are worked out where the list is, in one piece; those of a range are not. */
static bool
direct(const pz_rel *x)
{
    while (x && (x->kind == PZ_REL_ALIAS || (x->kind == PZ_REL_SCAN && x->u.scan->stands_for))) x = x->kind == PZ_REL_ALIAS ? x->input : x->u.scan->stands_for;
    return x && x->kind != PZ_REL_PROJECT;
}

/* The first relation below `r` that does more than pass rows on. */
static const pz_rel *
end_below(const pz_rel *r)
{
    const pz_rel *x = r->input;
    while (x && (keeps_rows(x) || (x->kind == PZ_REL_SCAN && x->u.scan->stands_for)))
        x = x->kind == PZ_REL_SCAN ? x->u.scan->stands_for : x->input;
    return x;
}

/* Rows of the list or range `x` below `r`, and the partitions Spark's local mode with two cores cuts it into. */
static pz_seat
leaf_below(const pz_rel *r, const pz_rel *x)
{
    pz_seat seat = {0};
    __int128 n = 0;
    if (!x || (x->kind != PZ_REL_RANGE && x->kind != PZ_REL_VALUES)) return seat;
    if (x->kind != PZ_REL_RANGE && !direct(r->input)) return seat;
    if (x->kind == PZ_REL_VALUES && x->u.values.ncols > 0) n = x->exprs.n / x->u.values.ncols;
    if (x->kind == PZ_REL_RANGE && x->u.range.step) {
        __int128 step = x->u.range.step, span = (__int128)x->u.range.end - x->u.range.start;
        n = (span + step - (step > 0 ? 1 : -1)) / step;
    }
    if (n < 1 || n > MOST_SEATS) return seat;
    seat.rows = (int64_t)n;
    seat.partitions = x->kind == PZ_REL_RANGE && x->u.range.partitions > 0 ? x->u.range.partitions : n < 2 && x->kind == PZ_REL_VALUES ? 1 : 2;
    return seat;
}

pz_seat
pz_seat_below(const pz_rel *r)
{
    return leaf_below(r, end_below(r));
}

static void
mark_exprs(pz_lowerer *lw, const pz_exprs *list)
{
    pz_walk_exprs(list, mark_use, lw);
}

pz_cte_text *
pz_cte_find(pz_lowerer *lw, const pz_cte *cte)
{
    pz_cte_text *t;
    for (int i = 0; i < lw->ctes.n; i++)
        if (lw->ctes.data[i]->cte == cte) return lw->ctes.data[i];
    t = PZ_NEW(lw->a, pz_cte_text);
    t->cte = cte;
    pz_vec_push(lw->a, &lw->ctes, t);
    return t;
}

static void
mark_cte(pz_lowerer *lw, const pz_rel *r)
{
    pz_cte_text *t = pz_cte_find(lw, r->u.cte.cte);
    if (t->refs++ || !r->u.cte.cte->rel) return;
    set_all(lw, &r->u.cte.cte->rel->output);
    mark_rel(lw, r->u.cte.cte->rel);
}

/* Columns of a projection or aggregation: only those that somebody above wants. */
static void
mark_columns(pz_lowerer *lw, const pz_rel *r, int skip)
{
    for (int i = 0; i < r->exprs.n; i++)
        if (i + skip < r->output.n && lw->nlive > r->output.data[i + skip]->id && lw->live[r->output.data[i + skip]->id])
            pz_walk_expr(r->exprs.data[i], mark_use, lw);
}

static void
mark_rel(pz_lowerer *lw, const pz_rel *r)
{
    const pz_rel *end = NULL;                  /* end_below(r) once it is known: the same for all that only pass rows on */
    for (; r; r = r->input) {
        for (int i = 0; i < r->output.n; i++)
            if (r->output.data[i]->id > lw->max_id) lw->max_id = r->output.data[i]->id;
        if (!end || r == end || r->kind == PZ_REL_SCAN) end = end_below(r);
        lw->leaf = leaf_below(r, end);
        switch (r->kind) {
        case PZ_REL_PROJECT: mark_columns(lw, r, 0); break;
        case PZ_REL_AGGREGATE:
            mark_exprs(lw, &r->keys);
            mark_columns(lw, r, r->keys.n);
            break;
        case PZ_REL_CTE_REF: mark_cte(lw, r); break;
        case PZ_REL_DISTINCT:
        case PZ_REL_SHOW_STRING:
        case PZ_REL_HTML_STRING:
            set_all(lw, &r->input->output);
            if (r->right) set_all(lw, &r->right->output);
            pz_walk_rel_exprs((pz_rel *)r, mark_use, lw);
            break;
        case PZ_REL_DEDUPLICATE:
            if (!r->keys.n) set_all(lw, &r->input->output);
            mark_exprs(lw, &r->keys);
            break;
        case PZ_REL_SET_OP:
            for (int i = 0; i < r->output.n; i++) {
                int id = r->output.data[i]->id;
                bool all = r->u.setop.op != PZ_SETOP_UNION || !r->u.setop.all;
                if (all) set_live(lw, id);
                if (!all && !(id < lw->nlive && lw->live[id])) continue;
                set_live(lw, r->input->output.data[i]->id);
                set_live(lw, r->right->output.data[i]->id);
            }
            break;
        default: pz_walk_rel_exprs((pz_rel *)r, mark_use, lw);
        }
        if (r->right) mark_rel(lw, r->right);  /* before the left: a lateral side uses columns of it */
    }
}

void
pz_mark_live(pz_lowerer *lw, const pz_rel *root)
{
    set_all(lw, &root->output);
    set_live(lw, 0);
    mark_rel(lw, root);
}

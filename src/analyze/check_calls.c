/*
 * analyze/check_calls.c - which mistake of several is told first.
 *
 * Spark looks all functions up before it resolves anything else, and counts their arguments before it gives up on columns and tables;
 * we resolve in one pass.  (The sizes of windows are read when the function is looked up.)  So when that pass failed, the plan as it was written is gone through for calls that would have failed before.
 * In: an unresolved relation.  Out: the error that comes first, or none.  Starts at pz_check_calls.
 */
#include "func_int.h"

typedef struct search {
    pz_analyzer *an;
    const pz_expr *unknown, *miscounted, *unmeasured;
    pz_str missing;                            /* `a`.`b`: the column that is not there; empty: none is known to be there */
    const pz_expr *skip;                       /* the generator of a LATERAL VIEW has an error of its own */
    pz_rels subqueries;
    bool open;
    int row;                                   /* of the function miscounted */
} search;

static pz_walk
find_open(pz_expr *e, void *arg)
{
    search *s = arg;
    s->open |= e->kind == PZ_EXPR_COLUMN && (!s->missing.len || pz_str_eq(pz_quote_names(s->an->a, &e->names), s->missing));
    return s->open ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_walk
look_at(pz_expr *e, void *arg)
{
    search *s = arg;
    int row;
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel)
        pz_vec_push(s->an->a, &s->subqueries, e->u.sub.rel);
    if (e->kind != PZ_EXPR_CALL || e->u.call.as_operator || !e->u.call.written || e->names.n == 0 || e == s->skip)
        return PZ_WALK_ON;
    if (!pz_call_is_known(s->an, e)) {
        if (!s->unknown)
            s->unknown = e;
        return PZ_WALK_ON;
    }
    if (s->miscounted || e->names.n > 1 || (row = pz_fn_find(e->names.data[0])) < 0)
        return PZ_WALK_ON;
    pz_walk_exprs(&e->args, find_open, s);
    if (s->open) {                             /* counted once its arguments are resolved, which they never are */
        s->open = false;
        return PZ_WALK_ON;
    }
    for (int i = 0; i < e->args.n; i++)
        if (e->args.data[i]->kind == PZ_EXPR_STAR || e->args.data[i]->kind == PZ_EXPR_REGEX || e->args.data[i]->kind == PZ_EXPR_NAMED_ARG)
            return PZ_WALK_ON;
    while (pz_fn_row(row)->kind == PZ_FN_ALIAS && pz_fn_find(pz_str_c(pz_fn_row(row)->signature)) >= 0)
        row = pz_fn_find(pz_str_c(pz_fn_row(row)->signature));
    if (!pz_fn_row(row)->why_not && !pz_takes_count(row, e->args.n)) {
        s->miscounted = e;
        s->row = row;
    } else if (pz_str_ieqc(e->names.data[0], "window") && !pz_window_is_measured(e)) {
        s->unmeasured = e;
    }
    return PZ_WALK_ON;
}

static pz_walk
look_in(pz_rel *r, void *arg)
{
    search *s = arg;
    s->skip = r->kind == PZ_REL_GENERATE && r->exprs.n ? r->exprs.data[0] : NULL;
    pz_walk_rel_exprs(r, look_at, s);
    return PZ_WALK_ON;
}

pz_status
pz_check_calls(pz_analyzer *an, const pz_rel *root, pz_str missing)
{
    search s = {.an = an, .missing = missing};
    pz_walk_rel((pz_rel *)root, look_in, &s);
    for (int i = 0; i < s.subqueries.n && !s.unknown; i++)     /* grows while it is walked */
        pz_walk_rel(s.subqueries.data[i], look_in, &s);
    if (s.unknown)
        return pz_raise_unknown_call(an, s.unknown);
    if (s.miscounted)
        return pz_raise_num_args(an, s.miscounted, s.row);
    if (s.unmeasured)
        return pz_window_measure(an, s.unmeasured, (int64_t[4]){0});
    return PZ_OK;
}

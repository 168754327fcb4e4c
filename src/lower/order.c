/*
 * lower/order.c - joins of few rows keep the order in which Spark's joins give them.
 *
 * Spark joins small inputs without a shuffle: one side streams in its own order, for each of its rows come the matching rows of the
 * other, built, side; a hash table gives these newest first.  A full outer join by keys is a merge of sorted inputs.  Programs show such
 * results without ORDER BY, so both sides are numbered and the numbers become keys like those of windows (pz_sel_order_by_window).  Inputs of
 * unknown size, tables and files, are left to the engine.  Things start at pz_join_is_small().
 */
#include "lower_int.h"

enum { FEW = 10000 };

/* ---- sizes ---- */
/* An upper bound of the number of rows; above FEW: many, or not known. */
static int64_t
rows_at_most(const pz_rel *r, int depth)
{
    int64_t a, b, step;
    if (depth > 100) return FEW + 1;
    switch (r->kind) {
    case PZ_REL_ONE_ROW: return 1;
    case PZ_REL_LOCAL: return r->u.local.rows;
    case PZ_REL_VALUES: return r->u.values.ncols ? r->exprs.n / r->u.values.ncols : r->exprs.n;
    case PZ_REL_RANGE:
        step = r->u.range.step;
        if (r->u.range.start < -(1LL << 60) || r->u.range.end > 1LL << 60 || !step) return FEW + 1;
        return step > 0 ? (r->u.range.end - r->u.range.start + step - 1) / step : (r->u.range.start - r->u.range.end - step - 1) / -step;
    case PZ_REL_LIMIT:
        a = rows_at_most(r->input, depth + 1);
        return r->cond->kind == PZ_EXPR_LITERAL && !r->cond->value.null && r->cond->value.i < a ? r->cond->value.i : a;
    case PZ_REL_PROJECT: case PZ_REL_FILTER: case PZ_REL_ALIAS: case PZ_REL_SORT: case PZ_REL_OFFSET: case PZ_REL_TAIL: case PZ_REL_DISTINCT:
    case PZ_REL_DEDUPLICATE: case PZ_REL_HINT: case PZ_REL_REPARTITION: case PZ_REL_COLLECT_METRICS: return rows_at_most(r->input, depth + 1);
    case PZ_REL_JOIN:
    case PZ_REL_SET_OP:
        a = rows_at_most(r->input, depth + 1);
        b = rows_at_most(r->right, depth + 1);
        if (a > FEW || b > FEW) return FEW + 1;
        if (r->kind == PZ_REL_JOIN && (r->u.join.type == PZ_JOIN_SEMI || r->u.join.type == PZ_JOIN_ANTI)) return a;
        return r->kind == PZ_REL_JOIN ? a * b + a + b : a + b;
    default: return FEW + 1;
    }
}

bool
pz_rows_are_few(const pz_rel *r)
{
    return rows_at_most(r, 0) <= FEW;
}

bool
pz_rows_are_at_most(const pz_rel *r, int64_t n)
{
    return n < FEW && rows_at_most(r, 0) <= n;
}

bool
pz_join_is_small(const pz_rel *r)
{
    return !r->u.join.lateral && pz_rows_are_few(r->input) && pz_rows_are_few(r->right);
}

/* As Spark's planner sees it: rows made from a sequence have no header. */
static int64_t
bytes_of(const pz_rel *r)
{
    const pz_rel *leaf = r;
    int64_t width = 8, rows = rows_at_most(r, 0);
    while (leaf->kind == PZ_REL_PROJECT || leaf->kind == PZ_REL_ALIAS || leaf->kind == PZ_REL_HINT) leaf = leaf->input;
    for (int i = 0; i < r->output.n; i++) width += pz_type_default_size(r->output.data[i]->type);
    return leaf->kind == PZ_REL_RANGE ? rows * 8 * width / 16 : rows * width;
}

/* ---- keys ---- */
static bool
is_of(const pz_expr *e, const pz_attrs *side)
{
    while (e->kind == PZ_EXPR_CAST) e = e->args.data[0];
    for (int i = 0; e->kind == PZ_EXPR_ATTR && i < side->n; i++)
        if (side->data[i]->id == e->u.attr->id) return true;
    return false;
}

/* The equalities between a column of each side, the left one's first. */
static void
equal_keys(pz_lowerer *lw, const pz_rel *r, const pz_expr *cond, pz_exprs *out)
{
    pz_expr *a, *b;
    if (!cond || cond->kind != PZ_EXPR_CALL) return;
    if (pz_expr_is(cond, "and")) {
        for (int i = 0; i < cond->args.n; i++) equal_keys(lw, r, cond->args.data[i], out);
        return;
    }
    if (!pz_expr_is(cond, "=") && !pz_expr_is(cond, "<=>")) return;
    a = cond->args.data[0], b = cond->args.data[1];
    if (is_of(a, &r->right->output) && is_of(b, &r->input->output)) a = cond->args.data[1], b = cond->args.data[0];
    if (!is_of(a, &r->input->output) || !is_of(b, &r->right->output)) return;
    pz_vec_push(lw->a, out, a);
    pz_vec_push(lw->a, out, b);
}

static bool
left_streams(const pz_rel *r)
{
    switch (r->u.join.type) {
    case PZ_JOIN_RIGHT: return false;
    case PZ_JOIN_INNER:
    case PZ_JOIN_CROSS:
    case PZ_JOIN_FULL: return bytes_of(r->right) <= bytes_of(r->input);
    case PZ_JOIN_LEFT:
    case PZ_JOIN_SEMI:
    case PZ_JOIN_ANTI: break;
    }
    return true;
}

static void
add_keys(pz_lowerer *lw, const pz_sel *side, bool newest_first, pz_sel *out)
{
    for (int k = 0; k < side->window_keys.n; k++) {
        bool down = pz_str_starts(side->window_dirs.data[k], " DESC") != newest_first;
        pz_vec_push(lw->a, &out->window_keys, side->window_keys.data[k]);
        pz_vec_push(lw->a, &out->window_dirs, down ? PZ_STR(" DESC NULLS LAST") : PZ_STR(" ASC NULLS LAST"));
    }
}

static pz_status
add_merge_keys(pz_lowerer *lw, const pz_exprs *keys, pz_sel *out)
{
    for (int i = 0; i + 1 < keys->n; i += 2) {
        pz_str a, b;
        PZ_TRY(pz_lower_text(lw, keys->data[i], &a));
        PZ_TRY(pz_lower_text(lw, keys->data[i + 1], &b));
        pz_vec_push(lw->a, &out->window_keys, pz_strf(lw->a, "coalesce(" PZ_FMT ", " PZ_FMT ")", PZ_ARG(a), PZ_ARG(b)));
        pz_vec_push(lw->a, &out->window_dirs, PZ_STR(" ASC NULLS FIRST"));
    }
    return PZ_OK;
}

/* ---- the two steps around the join ---- */
static pz_status
number(pz_lowerer *lw, pz_sel *side)
{
    return side->carry_keys && pz_sel_is_bare(side) ? PZ_OK : pz_sel_number(lw, side);
}

pz_status
pz_join_number_sides(pz_lowerer *lw, const pz_rel *r, pz_sel *left, pz_sel *right)
{
    PZ_TRY(number(lw, left));
    if (r->u.join.type == PZ_JOIN_SEMI || r->u.join.type == PZ_JOIN_ANTI) return PZ_OK;
    return number(lw, right);
}

pz_status
pz_join_order(pz_lowerer *lw, const pz_rel *r, const pz_sel *left, const pz_sel *right, pz_sel *out)
{
    bool one_side = r->u.join.type == PZ_JOIN_SEMI || r->u.join.type == PZ_JOIN_ANTI, left_first = left_streams(r), hashed;
    pz_exprs keys = {0};
    equal_keys(lw, r, r->cond, &keys);
    hashed = keys.n > 0;
    if (hashed && r->u.join.type == PZ_JOIN_FULL) {
        PZ_TRY(add_merge_keys(lw, &keys, out));
        left_first = true;
        hashed = false;
    }
    add_keys(lw, left_first ? left : right, false, out);
    if (!one_side) add_keys(lw, left_first ? right : left, hashed, out);
    out->carry_keys = true;
    return PZ_OK;
}

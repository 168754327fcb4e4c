/*
 * analyze/inspect.c - questions about resolved expressions.
 *
 * Whether an expression is foldable is kept in the node, because operators ask it again at every level.
 */
#include "func_int.h"

static const pz_fn *
fn_of(const pz_expr *e)
{
    return e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn) : NULL;
}

static pz_walk
find_kind(pz_expr *e, void *arg)
{
    pz_fn_kind *k = arg;
    const pz_fn *fn = fn_of(e);
    if (e->kind == PZ_EXPR_WINDOW && *k == PZ_FN_AGG) {
        /* the function over a window is none of ours, its arguments are */
        pz_expr *call = e->args.data[0];
        for (int i = 0; i < call->args.n; i++)
            if (!pz_walk_expr(call->args.data[i], find_kind, arg))
                return PZ_WALK_STOP;
        if (e->u.window && (!pz_walk_exprs(&e->u.window->partition, find_kind, arg) || !pz_walk_exprs(&e->u.window->order, find_kind, arg)))
            return PZ_WALK_STOP;
        return PZ_WALK_SKIP;
    }
    if (fn && fn->kind == *k)
        return PZ_WALK_STOP;
    return PZ_WALK_ON;
}

static bool
has_kind(const pz_expr *e, pz_fn_kind k)
{
    return !pz_walk_expr((pz_expr *)e, find_kind, &k);
}

bool
pz_expr_has_aggregate(const pz_expr *e)
{
    return has_kind(e, PZ_FN_AGG);
}

bool
pz_expr_has_generator(const pz_expr *e)
{
    return has_kind(e, PZ_FN_GEN);
}

static pz_walk
find_window(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_WINDOW ? PZ_WALK_STOP : PZ_WALK_ON;
}

bool
pz_expr_has_window(const pz_expr *e)
{
    return !pz_walk_expr((pz_expr *)e, find_window, NULL);
}

static bool
foldable(const pz_expr *e)
{
    const pz_fn *fn;
    switch (e->kind) {
    case PZ_EXPR_LITERAL:
        return true;
    case PZ_EXPR_LAMBDA_VAR:
        return true;                           /* bound inside the expression that is asked about */
    case PZ_EXPR_CALL:
        fn = fn_of(e);
        if (!fn || fn->kind != PZ_FN_SCALAR || fn->nondeterministic)
            return false;
        break;
    case PZ_EXPR_CAST:
    case PZ_EXPR_LAMBDA:
    case PZ_EXPR_GET_FIELD:
    case PZ_EXPR_ALIAS:
    case PZ_EXPR_TUPLE:
    case PZ_EXPR_NAMED_ARG:
        break;
    default:
        return false;
    }
    for (int i = 0; i < e->args.n; i++)
        if (!pz_expr_is_foldable(e->args.data[i]))
            return false;
    return true;
}

bool
pz_expr_is_foldable(const pz_expr *e)
{
    if (e->foldable == 0)
        ((pz_expr *)e)->foldable = foldable(e) ? 1 : -1;
    return e->foldable > 0;
}

static pz_walk
find_random(pz_expr *e, void *arg)
{
    const pz_fn *fn = fn_of(e);
    (void)arg;
    return fn && fn->nondeterministic ? PZ_WALK_STOP : PZ_WALK_ON;
}

bool
pz_expr_is_deterministic(const pz_expr *e)
{
    return pz_walk_expr((pz_expr *)e, find_random, NULL);
}

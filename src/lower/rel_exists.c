/*
 * lower/rel_exists.c - filters, and the EXISTS conditions among theirs that become semi joins.
 *
 * The engine takes EXISTS apart well where the outer columns are only compared by equality.  With any other comparison beside it
 * (`l2.supplier <> l1.supplier`) it first makes the outer rows distinct and joins twice, where one semi join with the whole condition
 * does.  Spark makes semi and anti joins of these conditions as well, so nothing is asked of the rows that Spark would not ask.
 * A filter stays as it is when any of its conditions may raise: their order is then part of the answer.
 *
 * Things start at pz_rel_filter().
 */
#include "terms.h"

typedef struct refs { const pz_rel *outer; bool inside, outside, far, nested; } refs;

static pz_walk
note_refs(pz_expr *e, void *arg)
{
    refs *n = arg;
    if (e->kind == PZ_EXPR_ATTR) n->inside = true;
    if (e->kind == PZ_EXPR_SUBQUERY) n->nested = true;
    if (e->kind == PZ_EXPR_OUTER) {
        n->outside = true;
        if (!pz_rel_gives(n->outer, e->u.attr->id)) n->far = true;
    }
    return PZ_WALK_ON;
}

static refs
refs_of(const pz_expr *e, const pz_rel *outer)
{
    refs n = {.outer = outer};
    pz_walk_expr((pz_expr *)e, note_refs, &n);
    return n;
}

pz_expr *
pz_lower_all_of(pz_lowerer *lw, const pz_expr *and, const pz_terms *list)
{
    pz_expr *whole = NULL;
    for (int i = 0; i < list->n; i++) {
        pz_expr *both;
        if (!whole) {
            whole = (pz_expr *)list->data[i];
            continue;
        }
        both = pz_expr_shallow(lw->a, and);
        both->args = (pz_exprs){0};
        pz_vec_push(lw->a, &both->args, whole);
        pz_vec_push(lw->a, &both->args, (pz_expr *)list->data[i]);
        whole = both;
    }
    return whole;
}

/* One side of the equality from the outer rows, the other from the subquery's. */
static bool
is_key(const pz_expr *e, const pz_rel *outer)
{
    refs a, b;
    if (!pz_expr_is(e, "=") || e->args.n != 2) return false;
    a = refs_of(e->args.data[0], outer);
    b = refs_of(e->args.data[1], outer);
    return (a.outside && !a.inside && b.inside && !b.outside) || (b.outside && !b.inside && a.inside && !a.outside);
}

/* Beside a key the engine's join takes what one side decides alone and comparisons of one side with the other; anything else
 * would make it try every pair of rows. */
static bool
can_join_by(const pz_expr *e, const pz_rel *outer)
{
    static const char *const comparisons[] = {"=", "==", "<>", "!=", "<", "<=", ">", ">="};
    refs whole = refs_of(e, outer), a, b;
    if (!whole.inside || !whole.outside) return true;
    for (int i = 0; i < (int)PZ_COUNTOF(comparisons); i++)
        if (pz_expr_is(e, comparisons[i]) && e->args.n == 2) {
            a = refs_of(e->args.data[0], outer);
            b = refs_of(e->args.data[1], outer);
            return !(a.inside && a.outside) && !(b.inside && b.outside);
        }
    return false;
}

/* The semi or anti join that stands for condition `e` over the rows of `outer`, or NULL if it stays a condition. */
static pz_rel *
join_of(pz_lowerer *lw, const pz_expr *e, pz_rel *outer)
{
    bool inverse = pz_expr_is(e, "not") || pz_expr_is(e, "!"), keys = false, others = false;
    const pz_expr *sub = inverse ? e->args.data[0] : e, *cond;
    pz_terms terms = {0}, across = {0}, own = {0};
    refs below = {.outer = outer};
    pz_rel *r, *join;
    if (sub->kind != PZ_EXPR_SUBQUERY || sub->u.sub.kind != PZ_SUB_EXISTS || !sub->u.sub.rel) return NULL;
    r = sub->u.sub.rel;
    while (r->kind == PZ_REL_PROJECT || r->kind == PZ_REL_ALIAS) r = r->input;   /* which columns it has makes no row */
    if (r->kind != PZ_REL_FILTER) return NULL;
    cond = r->cond;
    r = r->input;
    pz_lower_terms(lw, cond, "and", &terms);
    for (int i = 0; i < terms.n; i++) {
        refs n = refs_of(terms.data[i], outer);
        if (n.far || n.nested || pz_lower_is_volatile(terms.data[i]) || pz_lower_can_throw(terms.data[i])) return NULL;
        if (n.outside) pz_vec_push(lw->a, &across, terms.data[i]);
        else pz_vec_push(lw->a, &own, terms.data[i]);
        if (n.outside && is_key(terms.data[i], outer)) keys = true;
        else if (n.outside && !can_join_by(terms.data[i], outer)) return NULL;
        else if (n.outside) others = true;
    }
    if (!keys || !others) return NULL;
    pz_walk_every_expr(r, note_refs, &below);
    if (below.outside || below.nested) return NULL;
    for (int i = 0; i < r->output.n; i++)
        if (pz_rel_gives(outer, r->output.data[i]->id)) return NULL;
    if (own.n) {
        pz_rel *f = pz_rel_make(lw->a, PZ_REL_FILTER, r->origin);
        f->input = r;
        f->output = r->output;
        f->cond = pz_lower_all_of(lw, cond, &own);
        r = f;
    }
    join = pz_rel_make(lw->a, PZ_REL_JOIN, outer->origin);
    join->u.join.type = inverse != sub->u.sub.negated ? PZ_JOIN_ANTI : PZ_JOIN_SEMI;
    join->input = outer;
    join->right = r;
    join->output = outer->output;
    join->cond = pz_lower_all_of(lw, cond, &across);
    return join;
}

static pz_walk
find_window(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_WINDOW ? PZ_WALK_STOP : PZ_WALK_ON;
}

/*
 * Would the engine ask a condition that is another each time of other rows than those of `r`?  It moves one below what makes rows distinct,
 * below windows and generators, but not below joins, aggregations and limits; what is not known here counts among the former.
 */
static bool
may_sink(const pz_rel *r)
{
    for (;; r = r->input) {
        switch (r->kind) {
        case PZ_REL_PROJECT:
            if (!pz_walk_exprs((pz_exprs *)&r->exprs, find_window, NULL)) return true;
            break;
        case PZ_REL_FILTER: case PZ_REL_ALIAS: case PZ_REL_SORT: case PZ_REL_REPARTITION: case PZ_REL_HINT:
        case PZ_REL_COLLECT_METRICS: case PZ_REL_WITH: break;
        case PZ_REL_JOIN: return r->u.join.lateral;
        case PZ_REL_AGGREGATE: case PZ_REL_LIMIT: case PZ_REL_SCAN: case PZ_REL_LOCAL: case PZ_REL_VALUES: case PZ_REL_RANGE:
        case PZ_REL_ONE_ROW: return false;
        default: return true;
        }
        if (!r->input) return true;
    }
}

static pz_status
filter_by(pz_lowerer *lw, const pz_expr *cond, const pz_rel *below, pz_sel *s)
{
    pz_exprs list = {0};
    pz_str text;
    pz_vec_push(lw->a, &list, (pz_expr *)cond);
    PZ_TRY(pz_rel_prepare(lw, s, &list, true));
    PZ_TRY(pz_text_of(lw, pz_lower_filter, cond, &text));
    if (pz_lower_is_volatile(cond) && may_sink(below)) PZ_TRY(pz_sel_aside(lw, s, (pz_item){.text = text, .is_volatile = true}, &text));
    if (s->grouped) pz_vec_push(lw->a, &s->having, text);
    else pz_vec_push(lw->a, &s->where, text);
    return PZ_OK;
}

pz_status
pz_rel_filter(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_terms terms = {0}, rest = {0};
    PZ_VEC(const pz_rel *) joins = {0};
    bool raises = pz_lower_can_throw(r->cond);
    if (lw->correlated) return filter_by(lw, r->cond, r->input, s);
    if (!raises) pz_lower_terms(lw, r->cond, "and", &terms);
    for (int i = 0; i < terms.n; i++) {
        const pz_rel *j = join_of(lw, terms.data[i], r->input);
        if (j) pz_vec_push(lw->a, &joins, j);
        else pz_vec_push(lw->a, &rest, terms.data[i]);
    }
    if (!joins.n) return filter_by(lw, r->cond, r->input, s);
    if (rest.n) PZ_TRY(filter_by(lw, pz_lower_all_of(lw, r->cond, &rest), r->input, s));
    /* Among other joins the engine would move it down to where more rows are asked. */
    if (s->joined) PZ_TRY(pz_sel_wrap(lw, s));
    for (int i = 0; i < joins.n; i++) PZ_TRY(pz_rel_join(lw, joins.data[i], s));
    return PZ_OK;
}

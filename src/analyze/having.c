/*
 * analyze/having.c - HAVING: a condition over groups.
 *
 * In:  HAVING over a SELECT with or without GROUP BY.  Out: a FILTER between that SELECT and its AGGREGATE.
 * A name in it means a column of the input wherever that works: inside aggregates, and where the column is a key; else it means an
 * output of the SELECT.  Subqueries in it may aggregate over the groups: EXISTS (SELECT ... WHERE sum(t.a) > u.b).
 * Things start at pz_resolve_having().
 */
#include "agg_int.h"
#include "func_int.h"

typedef struct named { pz_analyzer *an; pz_exprs aggregated, plain; } named;

static pz_walk
collect(pz_expr *e, void *arg)
{
    named *n = arg;
    int fn = e->kind == PZ_EXPR_CALL && e->names.n == 1 ? pz_fn_find(e->names.data[0]) : -1;
    if (e->kind == PZ_EXPR_COLUMN)
        pz_vec_push(n->an->a, &n->plain, e);
    if (fn < 0 || pz_fn_row(fn)->kind != PZ_FN_AGG)
        return PZ_WALK_ON;
    named inside = {.an = n->an};
    pz_walk_exprs(&e->args, collect, &inside);
    if (e->u.call.filter != NULL)
        pz_walk_expr(e->u.call.filter, collect, &inside);
    for (int i = 0; i < inside.plain.n + inside.aggregated.n; i++)
        pz_vec_push(n->an->a, &n->aggregated, i < inside.plain.n ? inside.plain.data[i] : inside.aggregated.data[i - inside.plain.n]);
    return PZ_WALK_SKIP;
}

/* A column that is neither key nor aggregated was the wrong guess for its name.  false: nothing of that name was guessed. */
static bool
give_up(pz_analyzer *an, pz_exprs *guessed, const pz_expr *missing)
{
    pz_exprs kept = {0};
    for (int i = 0; i < guessed->n; i++) {
        bool same = false;
        for (int k = 0; k < guessed->data[i]->names.n; k++)
            same |= pz_str_ieq(guessed->data[i]->names.data[k], missing->u.attr->name);
        if (!same)
            pz_vec_push(an->a, &kept, guessed->data[i]);
    }
    bool fewer = kept.n < guessed->n;
    *guessed = kept;
    return fewer;
}

/* What is no predicate is cast to one. */
static pz_status
as_condition(pz_analyzer *an, pz_expr **cond)
{
    pz_expr *cast;
    if ((*cond)->type->id == PZ_T_BOOLEAN)
        return PZ_OK;
    cast = pz_expr_make(an->a, PZ_EXPR_CAST, (*cond)->origin);
    pz_vec_push(an->a, &cast->args, *cond);
    cast->type = &pz_t_boolean;
    cast->u.cast.mode = an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    cast->u.cast.mode_set = true;
    *cond = cast;
    return pz_resolve_cast(an, cast);
}

typedef struct shown { const pz_agg_ctx *c; bool all; } shown;

static pz_walk
find_unshown(pz_expr *e, void *arg)
{
    shown *s = arg;
    for (const pz_rel *p = s->c->project; p != NULL && p->kind == PZ_REL_PROJECT; p = p->input)
        for (int i = 0; i < p->exprs.n; i++)   /* below the topmost level only what has a name is an item of the list */
            if ((p == s->c->project || p->exprs.data[i]->kind == PZ_EXPR_ALIAS) && pz_expr_eq(pz_bare(p->exprs.data[i]), e))
                return PZ_WALK_SKIP;           /* a whole item of the SELECT, whatever it is made of */
    s->all &= e->kind != PZ_EXPR_ATTR || pz_rel_gives(s->c->project, e->u.attr->id);
    return PZ_WALK_ON;
}

/* Spark puts a projection on top where the condition reads what the SELECT does not show. */
static bool
needs_projection(const pz_agg_ctx *c, pz_expr *cond)
{
    shown s = {c, true};
    pz_walk_expr(cond, find_unshown, &s);
    return !s.all;
}

static pz_walk
find_generator(pz_expr *e, void *arg)
{
    int fn = e->kind == PZ_EXPR_CALL && e->names.n == 1 ? pz_fn_find(e->names.data[0]) : -1;
    (void)arg;
    return fn >= 0 && pz_fn_row(fn)->kind == PZ_FN_GEN ? PZ_WALK_STOP : PZ_WALK_ON;
}

typedef struct list_facts { const pz_rel *list; const pz_expr *windowed; } list_facts;

/* A column of the list that a window makes. */
static pz_walk
find_windowed(pz_expr *e, void *arg)
{
    list_facts *f = arg;
    for (int i = 0; e->kind == PZ_EXPR_ATTR && i < f->list->exprs.n; i++)
        if (f->list->output.data[i]->id == e->u.attr->id && pz_expr_has_window(f->list->exprs.data[i])) {
            f->windowed = e;
            return PZ_WALK_STOP;
        }
    return PZ_WALK_ON;
}

static pz_walk
find_first_column(pz_expr *e, void *arg)
{
    if (e->kind != PZ_EXPR_ATTR) return PZ_WALK_ON;
    *(const pz_expr **)arg = e;
    return PZ_WALK_STOP;
}

/* HAVING filters before windows are computed: it does not see their columns; and a list with windows cannot have aliases of aliases then. */
static pz_status
check_windows(pz_analyzer *an, const pz_rel *p, pz_expr *cond)
{
    list_facts f = {.list = p};
    const pz_rel *above = NULL;
    const pz_expr *first = NULL;
    bool windows = false;
    for (const pz_rel *x = p; x->kind == PZ_REL_PROJECT; x = x->input) {
        for (int i = 0; i < x->exprs.n; i++)
            windows |= pz_expr_has_window(x->exprs.data[i]);
        if (x->input->kind == PZ_REL_PROJECT)
            above = x;
    }
    if (!windows)
        return PZ_OK;
    for (int i = 0; above != NULL && first == NULL && i < above->exprs.n; i++)
        if (above->exprs.data[i]->kind == PZ_EXPR_ALIAS)
            pz_walk_expr(above->exprs.data[i], find_first_column, &first);
    if (first != NULL)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_AGGREGATE_WITH_WINDOW_AND_HAVING, PZ_NO_ORIGIN, "lca",
                        pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(first->u.attr->name)).ptr, NULL);
    if (pz_walk_expr(cond, find_windowed, &f))
        return PZ_OK;
    pz_attrs seen = {0};
    for (int i = 0; i < p->exprs.n; i++)
        if (!pz_expr_has_window(p->exprs.data[i]))
            pz_vec_push(an->a, &seen, p->output.data[i]);
    return pz_raise(an->err, PZ_ERR_UNRESOLVED_COLUMN_WITH_SUGGESTION, f.windowed->origin, "objectName",
                    pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(f.windowed->u.attr->name)).ptr, "proposal", pz_nearest_of(an, f.windowed->u.attr->name, &seen).ptr, NULL);
}

PZ_REL_HANDLER(pz_resolve_having)
{
    pz_rel *sel = r->input, *p;
    pz_expr *cond, *over;
    if (sel->kind == PZ_REL_PROJECT) {         /* HAVING without GROUP BY: one group of all rows */
        pz_rel *agg = pz_rel_make(an->a, PZ_REL_AGGREGATE, sel->origin);
        agg->input = sel->input;
        agg->exprs = sel->exprs;
        agg->u.agg.from_sql = true;
        sel = agg;
    }
    if (!pz_walk_exprs(&sel->exprs, find_generator, NULL)) {    /* the groups are gone when its rows are made: a filter of those */
        pz_rel *filter = pz_rel_make(an->a, PZ_REL_FILTER, r->origin), *all = pz_rel_make(an->a, PZ_REL_ALIAS, PZ_NO_ORIGIN);
        all->input = sel;
        filter->input = all;
        filter->cond = r->cond;
        return pz_resolve_rel(an, filter, outer, orefs, out);
    }
    PZ_TRY(pz_resolve_rel(an, sel, outer, orefs, &p));
    pz_agg_ctx *c = pz_agg_ctx_of(an, p);
    if (c == NULL)
        return pz_raise_internal(an->err, "HAVING over something that is not an aggregate");
    named n = {.an = an};
    pz_walk_expr(r->cond, collect, &n);
    do {
        pz_exprs first = {0};
        for (int i = 0; i < n.aggregated.n + n.plain.n; i++)
            pz_vec_push(an->a, &first, i < n.aggregated.n ? n.aggregated.data[i] : n.plain.data[i - n.aggregated.n]);
        pz_scope *s = pz_scope_of(an, p, outer, orefs);
        s->fallback = c->scope;
        s->below_first = &first;
        s->agg = c;
        s->clause = PZ_CLAUSE_HAVING;
        s->allow_aggregate = s->allow_window = true;
        PZ_TRY(pz_resolve_expr(an, s, r->cond, &cond));
        if (pz_expr_has_window(cond))
            return pz_raise(an->err, PZ_ERR_WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE, PZ_NO_ORIGIN, "clauseName", "HAVING", NULL);
        PZ_TRY(check_windows(an, p, cond));
        PZ_TRY(as_condition(an, &cond));
        PZ_TRY(pz_agg_try(an, c, cond, &over));
    } while (over == NULL && give_up(an, &n.plain, c->missing));
    if (over == NULL)
        return pz_agg_raise_missing(an, c, pz_scope_of(an, p, NULL, NULL));
    c->sealed |= needs_projection(c, over);
    pz_rel *f = pz_rel_new(an, PZ_REL_FILTER, c->holder->input, r->origin);
    f->cond = over;
    c->holder->input = f;
    pz_agg_sync(an, c);
    *out = p;
    return PZ_OK;
}

/* ------------------------------------------------------------ subqueries over groups */
typedef struct references { bool outer, local; } references;

static pz_walk
note_reference(pz_expr *e, void *arg)
{
    references *n = arg;
    n->outer |= e->kind == PZ_EXPR_OUTER;
    n->local |= e->kind == PZ_EXPR_ATTR;
    return PZ_WALK_ON;
}

static pz_expr *
turned(pz_arena *a, const pz_expr *e, pz_expr_kind to)
{
    pz_expr *n = pz_expr_shallow(a, e);
    n->kind = to;
    return n;
}

static pz_expr *
inward(pz_arena *a, pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_OUTER ? turned(a, e, PZ_EXPR_ATTR) : e;
}

static pz_expr *
outward(pz_arena *a, pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_ATTR ? turned(a, e, PZ_EXPR_OUTER) : e;
}

typedef struct hoist { pz_analyzer *an; pz_agg_ctx *c; pz_exprs *refs; pz_status st; } hoist;

static pz_expr *
hoist_aggregate(pz_arena *a, pz_expr *e, void *arg)
{
    hoist *h = arg;
    references n = {0};
    pz_expr *ref;
    if (h->st != PZ_OK || !pz_is_aggregate_call(e))
        return e;
    pz_walk_expr(e, note_reference, &n);
    if (!n.outer || n.local)
        return e;
    h->st = pz_agg_call(h->an, h->c, pz_map_expr(a, e, inward, NULL), &ref);
    if (h->st != PZ_OK)
        return e;
    ref = turned(a, ref, PZ_EXPR_OUTER);
    pz_vec_push(a, h->refs, ref);
    return ref;
}

/* WHERE sum(t.a) > u.b inside a subquery of HAVING: the sum is one of the groups around it. */
pz_status
pz_hoist_aggregates(pz_analyzer *an, pz_scope *outer, pz_exprs *orefs, pz_expr **cond)
{
    if (outer == NULL || outer->agg == NULL || orefs == NULL || !pz_expr_has_aggregate(*cond))
        return PZ_OK;
    hoist h = {an, outer->agg, orefs, PZ_OK};
    *cond = pz_map_expr(an->a, *cond, hoist_aggregate, &h);
    return h.st;
}

/* An outer column as HAVING can give it: a key or aggregate itself, or what an output of the SELECT stands for. */
static pz_expr *
of_group(pz_arena *a, pz_expr *e, void *arg)
{
    hoist *h = arg;
    const pz_rel *p = h->c->project;
    pz_expr *inner;
    if (e->kind != PZ_EXPR_OUTER || pz_rel_gives(h->c->agg, e->u.attr->id))
        return e;
    inner = turned(a, e, PZ_EXPR_ATTR);
    int k = pz_agg_key(h->c, inner);
    if (k >= 0)
        return turned(a, pz_attr_ref(h->an, h->c->agg->output.data[k], e->origin), PZ_EXPR_OUTER);
    for (int i = 0; i < p->exprs.n; i++)
        if (p->output.data[i]->id == e->u.attr->id)
            return pz_map_expr(a, pz_bare(p->exprs.data[i]), outward, NULL);
    return e;
}

static void
map_list(pz_arena *a, pz_exprs *list, hoist *h)
{
    pz_exprs to = {0};
    for (int i = 0; i < list->n; i++)
        pz_vec_push(a, &to, pz_map_expr(a, list->data[i], of_group, h));
    *list = to;
}

static pz_walk
map_relation(pz_rel *r, void *arg)
{
    hoist *h = arg;
    map_list(h->an->a, &r->exprs, h);
    if (r->cond != NULL)
        r->cond = pz_map_expr(h->an->a, r->cond, of_group, h);
    return PZ_WALK_ON;
}

static pz_walk
note_outer(pz_expr *e, void *arg)
{
    hoist *h = arg;
    if (e->kind == PZ_EXPR_OUTER)
        pz_vec_push(h->an->a, h->refs, e);
    return PZ_WALK_ON;
}

static pz_walk
note_outers(pz_rel *r, void *arg)
{
    pz_walk_rel_exprs(r, note_outer, arg);
    return PZ_WALK_ON;
}

/* A resolved subquery of HAVING reads groups, not rows. */
void
pz_subquery_of_groups(pz_analyzer *an, pz_agg_ctx *c, pz_expr *sub)
{
    pz_exprs refs = {0};
    hoist h = {an, c, &refs, PZ_OK};
    if (!sub->u.sub.outer.n)
        return;
    pz_walk_rel(sub->u.sub.rel, map_relation, &h);
    pz_walk_rel(sub->u.sub.rel, note_outers, &h);
    sub->u.sub.outer = refs;
}

/*
 * plan/walk.c - the one walker over expressions and relations, and the bottom-up rebuild of expressions.
 *
 * The walkers keep their own stack on the heap, so a sum of ten thousand terms or a thousand projections never
 * deepens the C stack.  The rebuild is iterative along first children (the deep side of every operator chain) and
 * recursive on the others.  Things start at pz_walk_expr(), pz_walk_rel(), pz_walk_every_expr() and pz_map_expr().
 */
#include "plan.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- slots of one expression */
typedef void (*on_slot)(pz_expr **slot, void *arg);

static void
list_slots(pz_exprs *list, on_slot f, void *arg)
{
    for (int i = 0; i < list->n; i++)
        if (list->data[i]) f(&list->data[i], arg);
}

static void
one_slot(pz_expr **slot, on_slot f, void *arg)
{
    if (*slot) f(slot, arg);
}

static void
window_slots(pz_window_spec *w, on_slot f, void *arg)
{
    if (!w) return;
    list_slots(&w->partition, f, arg);
    list_slots(&w->order, f, arg);
    one_slot(&w->from.value, f, arg);
    one_slot(&w->to.value, f, arg);
}

/* Every child of one expression, in a fixed order; subquery relations are not children. */
static void
expr_slots(pz_expr *e, on_slot f, void *arg)
{
    list_slots(&e->args, f, arg);
    switch (e->kind) {
    case PZ_EXPR_CALL:
        one_slot(&e->u.call.filter, f, arg);
        list_slots(&e->u.call.order, f, arg);
        break;
    case PZ_EXPR_WINDOW: window_slots(e->u.window, f, arg); break;
    case PZ_EXPR_LAMBDA: list_slots(&e->u.lambda.params, f, arg); break;
    case PZ_EXPR_STAR: list_slots(&e->u.star.replace, f, arg); break;
    case PZ_EXPR_SUBQUERY:
    case PZ_EXPR_TABLE_ARG:
        list_slots(&e->u.sub.partition, f, arg);
        list_slots(&e->u.sub.order, f, arg);
        break;
    default: break;
    }
}

/* ---------------------------------------------------------------- walking */
typedef struct stack { void **data; int n, cap; } stack;

static void
push(stack *s, void *p)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        s->data = realloc(s->data, (size_t)s->cap * sizeof(void *));
        pz_assert(s->data);
    }
    s->data[s->n++] = p;
}

static void
push_slot(pz_expr **slot, void *arg)
{
    push(arg, *slot);
}

/* What was pushed since `from` is popped in the order it was pushed. */
static void
reverse(stack *s, int from)
{
    for (int i = from, j = s->n - 1; i < j; i++, j--) {
        void *t = s->data[i];
        s->data[i] = s->data[j];
        s->data[j] = t;
    }
}

static bool
drain_exprs(stack *s, pz_expr_visit f, void *arg)
{
    bool on = true;
    while (s->n && on) {
        pz_expr *e = s->data[--s->n];
        int from;
        switch (f(e, arg)) {
        case PZ_WALK_STOP: on = false; break;
        case PZ_WALK_SKIP: break;
        case PZ_WALK_ON:
            from = s->n;
            expr_slots(e, push_slot, s);
            reverse(s, from);
            break;
        }
    }
    free(s->data);
    return on;
}

bool
pz_walk_expr(pz_expr *e, pz_expr_visit f, void *arg)
{
    stack s = {0};
    if (!e) return true;
    push(&s, e);
    return drain_exprs(&s, f, arg);
}

bool
pz_walk_exprs(const pz_exprs *list, pz_expr_visit f, void *arg)
{
    stack s = {0};
    for (int i = list->n - 1; i >= 0; i--)
        if (list->data[i]) push(&s, list->data[i]);
    return drain_exprs(&s, f, arg);
}

/* Every expression a relation holds itself, in a fixed order. */
static void
rel_slots(pz_rel *r, on_slot f, void *arg)
{
    list_slots(&r->exprs, f, arg);
    list_slots(&r->keys, f, arg);
    one_slot(&r->cond, f, arg);
    switch (r->kind) {
    case PZ_REL_NAMED_TABLE:
        one_slot(&r->u.table.name_expr, f, arg);
        one_slot(&r->u.table.version, f, arg);
        one_slot(&r->u.table.timestamp, f, arg);
        break;
    case PZ_REL_AGGREGATE:
        for (int i = 0; i < r->u.agg.sets.n; i++) list_slots(&r->u.agg.sets.data[i], f, arg);
        one_slot(&r->u.agg.pivot_col, f, arg);
        list_slots(&r->u.agg.pivot_values, f, arg);
        break;
    case PZ_REL_WITH:
        for (int i = 0; i < r->u.with.list.n; i++) one_slot(&r->u.with.list.data[i]->max_depth, f, arg);
        break;
    case PZ_REL_WINDOW_DEFS:
        for (int i = 0; i < r->u.windows.specs.n; i++) window_slots(r->u.windows.specs.data[i], f, arg);
        break;
    case PZ_REL_PIVOT:
        list_slots(&r->u.pivot.columns, f, arg);
        for (int i = 0; i < r->u.pivot.values.n; i++) one_slot(&r->u.pivot.values.data[i].expr, f, arg);
        break;
    case PZ_REL_UNPIVOT:
        for (int i = 0; i < r->u.unpivot.groups.n; i++) list_slots(&r->u.unpivot.groups.data[i], f, arg);
        break;
    case PZ_REL_SAMPLE_BY:
        one_slot(&r->u.stat.column, f, arg);
        list_slots(&r->u.stat.strata, f, arg);
        break;
    case PZ_REL_JOIN:
    case PZ_REL_LATERAL_JOIN:
    case PZ_REL_AS_OF_JOIN:
    case PZ_REL_NEAREST_JOIN:
        one_slot(&r->u.join.left_as_of, f, arg);
        one_slot(&r->u.join.right_as_of, f, arg);
        one_slot(&r->u.join.tolerance, f, arg);
        break;
    default: break;
    }
}

bool
pz_walk_rel_exprs(pz_rel *r, pz_expr_visit f, void *arg)
{
    stack s = {0};
    if (!r) return true;
    rel_slots(r, push_slot, &s);
    reverse(&s, 0);
    return drain_exprs(&s, f, arg);
}

/* WITH definitions are walked where they are defined; a CTE_REF does not lead into its definition, which may hold it. */
bool
pz_walk_rel(pz_rel *r, pz_rel_visit f, void *arg)
{
    stack s = {0};
    bool on = true;
    if (!r) return true;
    push(&s, r);
    while (s.n && on) {
        pz_rel *at = s.data[--s.n];
        pz_walk next = f(at, arg);
        int from = s.n;
        if (next == PZ_WALK_STOP) on = false;
        if (next != PZ_WALK_ON) continue;
        if (at->kind == PZ_REL_WITH)
            for (int i = 0; i < at->u.with.list.n; i++)
                if (at->u.with.list.data[i]->rel) push(&s, at->u.with.list.data[i]->rel);
        if (at->input) push(&s, at->input);
        if (at->right) push(&s, at->right);
        for (int i = 0; i < at->inputs.n; i++)
            if (at->inputs.data[i]) push(&s, at->inputs.data[i]);
        reverse(&s, from);
    }
    free(s.data);
    return on;
}

struct every { pz_expr_visit f; void *arg; };

static pz_walk
visit_exprs(pz_rel *r, void *arg)
{
    struct every *e = arg;
    return pz_walk_rel_exprs(r, e->f, e->arg) ? PZ_WALK_ON : PZ_WALK_STOP;
}

bool
pz_walk_every_expr(pz_rel *r, pz_expr_visit f, void *arg)
{
    struct every e = {f, arg};
    return pz_walk_rel(r, visit_exprs, &e);
}

/* ---------------------------------------------------------------- rebuilding */
static void
copy_list(pz_arena *a, pz_exprs *list)
{
    pz_expr **old = list->data;
    if (!list->n) return;
    list->data = PZ_NEWN(a, pz_expr *, list->n);
    memcpy(list->data, old, (size_t)list->n * sizeof *old);
    list->cap = list->n;
}

/* A copy of the node whose slots are its own. */
static pz_expr *
copy_node(pz_arena *a, const pz_expr *e)
{
    pz_expr *c = pz_expr_shallow(a, e);
    switch (c->kind) {
    case PZ_EXPR_CALL: copy_list(a, &c->u.call.order); break;
    case PZ_EXPR_WINDOW:
        if (c->u.window) {
            pz_window_spec *w = PZ_NEW(a, pz_window_spec);
            *w = *c->u.window;
            copy_list(a, &w->partition);
            copy_list(a, &w->order);
            c->u.window = w;
        }
        break;
    case PZ_EXPR_LAMBDA: copy_list(a, &c->u.lambda.params); break;
    case PZ_EXPR_STAR: copy_list(a, &c->u.star.replace); break;
    case PZ_EXPR_SUBQUERY:
    case PZ_EXPR_TABLE_ARG:
        copy_list(a, &c->u.sub.partition);
        copy_list(a, &c->u.sub.order);
        break;
    default: break;
    }
    return c;
}

struct refill { stack *children; int at; bool changed; };

static void
compare_slot(pz_expr **slot, void *arg)
{
    struct refill *r = arg;
    if (r->children->data[r->at++] != *slot) r->changed = true;
}

static void
fill_slot(pz_expr **slot, void *arg)
{
    struct refill *r = arg;
    *slot = r->children->data[r->at++];
}

/* Map one node whose first slot (if any) has become `first` already. */
static pz_expr *
map_one(pz_arena *a, pz_expr *e, pz_expr *first, pz_expr_map f, void *arg)
{
    stack kids = {0};
    struct refill r = {&kids, 0, false};
    expr_slots(e, push_slot, &kids);
    for (int i = 0; i < kids.n; i++) kids.data[i] = i == 0 ? first : pz_map_expr(a, kids.data[i], f, arg);
    expr_slots(e, compare_slot, &r);
    if (r.changed) {
        r.at = 0;
        e = copy_node(a, e);
        expr_slots(e, fill_slot, &r);
    }
    free(kids.data);
    return f(a, e, arg);
}

static void
first_slot(pz_expr **slot, void *arg)
{
    pz_expr **first = arg;
    if (!*first) *first = *slot;
}

pz_expr *
pz_map_expr(pz_arena *a, pz_expr *e, pz_expr_map f, void *arg)
{
    stack spine = {0};
    pz_expr *done = NULL;
    while (e) {
        pz_expr *next = NULL;
        push(&spine, e);
        expr_slots(e, first_slot, &next);
        e = next;
    }
    while (spine.n) done = map_one(a, spine.data[--spine.n], done, f, arg);
    free(spine.data);
    return done;
}

/* ---------------------------------------------------------------- depth */
/* Height of the tree, not looked for beyond `limit`: one level of nodes after the other. */
int
pz_expr_depth(const pz_expr *e, int limit)
{
    stack now = {0}, next = {0};
    int depth = 0;
    if (e) push(&now, (void *)e);
    while (now.n && depth < limit) {
        stack t;
        depth++;
        next.n = 0;
        for (int i = 0; i < now.n; i++) expr_slots(now.data[i], push_slot, &next);
        t = now;
        now = next;
        next = t;
    }
    free(now.data);
    free(next.data);
    return depth;
}

/*
 * lower/rel.c - resolved relations: one function per kind, each adding its clause to the SELECT of its input.
 *
 * In: a resolved relation.  Out: a pz_sel and, in lw->bound, the texts of its columns.  A Filter over a Project over a scan
 * becomes one SELECT; what SQL's clause order forbids is wrapped.  The chain of first inputs is walked with a loop, so deep
 * plans cost no C stack.  Things start at pz_lower_rel().
 */
#include "lower_int.h"

#include <stdlib.h>

/* The engine's rewriter is cubic in the depth of an expression: deeper ones are cut into SELECTs of their own. */
enum { MERGE_DEPTH = 40, SPLIT_DEPTH = 100, SPLIT_PIECE = 50 };

/* ---------------------------------------------------------------- may these expressions be merged? */
struct use_arg {
    pz_lowerer *lw;
    const pz_sel *s;
    int *uses;                                 /* per item */
    int *item_of;                              /* by attribute id: 1 + the item that is no plain column */
    bool window, subquery, tries, bad_outer;
};

static pz_walk count_use(pz_expr *e, void *arg);

static void
note_use(struct use_arg *u, const pz_attr *at, bool outer)
{
    int hit = at->id < u->lw->nitems ? u->item_of[at->id] : 0;
    if (!hit) return;
    u->uses[hit - 1]++;
    if (outer) u->bad_outer = true;
}

/* Room for one number by attribute id, all 0 between uses. */
static int *
item_numbers(pz_lowerer *lw, const pz_sel *s)
{
    int most = 0;
    for (int i = 0; i < s->items.n; i++)
        if (s->items.data[i].attr->id > most) most = s->items.data[i].attr->id;
    if (lw->nitems <= most) {
        lw->nitems = 2 * most + 256;
        lw->item_of = PZ_NEWN(lw->a, int, lw->nitems);
    }
    return lw->item_of;
}

static pz_walk
outer_uses(pz_expr *e, void *arg)
{
    struct use_arg *u = arg;
    if (e->kind == PZ_EXPR_OUTER || e->kind == PZ_EXPR_ATTR) note_use(u, e->u.attr, true);
    if (e->kind == PZ_EXPR_SUBQUERY) return count_use(e, arg);
    return PZ_WALK_ON;
}

static pz_walk
count_use(pz_expr *e, void *arg)
{
    struct use_arg *u = arg;
    switch (e->kind) {
    case PZ_EXPR_ATTR:
    case PZ_EXPR_OUTER: note_use(u, e->u.attr, false); break;
    case PZ_EXPR_WINDOW: u->window = true; break;
    case PZ_EXPR_CALL: u->tries |= e->u.call.eval_mode == PZ_CAST_TRY; break;
    case PZ_EXPR_SUBQUERY:
        u->subquery = true;
        if (e->u.sub.rel) pz_walk_every_expr(e->u.sub.rel, outer_uses, u);
        break;
    default: break;
    }
    return PZ_WALK_ON;
}

static bool
may_repeat(const pz_item *it)
{
    return !it->is_volatile && !it->windowed && it->text.len <= 200;
}

/* Wrap `s` unless the expressions may stand in the same SELECT, their columns replaced by the texts they are made of. */
pz_status
pz_rel_prepare(pz_lowerer *lw, pz_sel *s, const pz_exprs *exprs, bool filter)
{
    struct use_arg u = {.lw = lw, .s = s};
    bool any = false;
    if (s->distinct || s->distinct_on.len) return pz_sel_wrap(lw, s);
    for (int i = 0; i < s->items.n && !any; i++) any = !s->items.data[i].plain;
    if (filter && (s->limit.len || s->offset.len || s->windowed)) return pz_sel_wrap(lw, s);
    u.uses = PZ_NEWN(lw->a, int, s->items.n + 1);
    u.item_of = item_numbers(lw, s);
    for (int i = 0; any && i < s->items.n; i++)
        if (!s->items.data[i].plain) u.item_of[s->items.data[i].attr->id] = i + 1;
    pz_walk_exprs(exprs, count_use, &u);
    for (int i = 0; any && i < s->items.n; i++) u.item_of[s->items.data[i].attr->id] = 0;
    if (u.window && (s->order.len || s->grouped || s->limit.len || s->offset.len || s->windowed)) return pz_sel_wrap(lw, s);
    if (s->grouped && (u.subquery || u.tries)) return pz_sel_wrap(lw, s);
    if (u.bad_outer) return pz_sel_wrap(lw, s);
    for (int i = 0; any && i < s->items.n; i++) {
        const pz_item *it = &s->items.data[i];
        if (filter && it->is_volatile) return pz_sel_wrap(lw, s);      /* used or not: it counts the rows that are there before the filter */
        if (it->plain || !u.uses[i]) continue;
        if (u.uses[i] > 1 && !may_repeat(it)) return pz_sel_wrap(lw, s);
        if (it->depth > MERGE_DEPTH || it->text.len > 20000) return pz_sel_wrap(lw, s);
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- PROJECT */
static const pz_item *
find_item(const pz_sel *s, int id, int hint)
{
    if (hint < s->items.n && s->items.data[hint].attr->id == id) return &s->items.data[hint];
    for (int i = 0; i < s->items.n; i++)
        if (s->items.data[i].attr->id == id) return &s->items.data[i];
    return NULL;
}

static pz_walk
find_window(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_WINDOW ? PZ_WALK_STOP : PZ_WALK_ON;
}

static bool
has_window(const pz_expr *e)
{
    return !pz_walk_expr((pz_expr *)e, find_window, NULL);
}

/* Of so many rows each may be looked at for each: the same order and the same digits as Spark's are worth it. */
enum { FEW_IN_WINDOWS = 2000 };
struct taint { const pz_sel *s; bool is_volatile, windowed, aggregate; int depth; };

static pz_walk
inherit(pz_expr *e, void *arg)
{
    struct taint *t = arg;
    if (e->kind == PZ_EXPR_ATTR) {
        const pz_item *it = find_item(t->s, e->u.attr->id, 0);
        if (it && !it->plain) {
            t->is_volatile |= it->is_volatile;
            t->windowed |= it->windowed;
            t->aggregate |= it->aggregate;
            if (it->depth > t->depth) t->depth = it->depth;
        }
    }
    if (e->kind == PZ_EXPR_WINDOW) t->windowed = true;
    return PZ_WALK_ON;
}

typedef PZ_VEC(pz_item) item_list;

/* Inside the step of a recursive CTE the level goes along. */
static void
carry_level(pz_lowerer *lw, const pz_sel *old, item_list *items)
{
    const pz_item *it = find_item(old, lw->level->id, old->items.n);
    if (it) pz_vec_push(lw->a, items, *it);
}

/* Operators that evaluate their first operand whatever the others are. */
static bool
is_strict_chain(const pz_expr *e)
{
    static const char *const names[] = {"+", "-", "*", "/", "%", "||", "concat", "&", "|", "^"};
    if (e->kind == PZ_EXPR_CAST) return true;
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_expr_is(e, names[i]) && e->args.n >= 1) return true;
    return false;
}

/* The deepest piece of an operator chain becomes a column of `s`; *e is rebuilt over it.  False if it is not that deep. */
static pz_status
split_once(pz_lowerer *lw, pz_sel *s, pz_expr **e, bool *done)
{
    PZ_VEC(pz_expr *) spine = {0};
    pz_expr *below;
    *done = false;
    for (pz_expr *x = *e; x->kind == PZ_EXPR_ALIAS || is_strict_chain(x); x = x->args.data[0]) pz_vec_push(lw->a, &spine, x);
    if (spine.n <= SPLIT_DEPTH) return PZ_OK;
    PZ_TRY(pz_sel_add(lw, s, spine.data[spine.n - SPLIT_PIECE], &below));
    for (int i = spine.n - SPLIT_PIECE - 1; i >= 0; i--) {
        pz_expr *up = pz_expr_shallow(lw->a, spine.data[i]);
        up->args.data[0] = below;
        below = up;
    }
    *e = below;
    *done = true;
    return PZ_OK;
}

static pz_status
split_deep(pz_lowerer *lw, pz_sel *s, pz_exprs *exprs)
{
    bool again = !s->grouped;                  /* aggregates have been cut off from chains by the analyzer */
    while (again) {
        again = false;
        for (int i = 0; i < exprs->n; i++) {
            bool done;
            PZ_TRY(split_once(lw, s, &exprs->data[i], &done));
            again |= done;
        }
        if (again) PZ_TRY(pz_sel_wrap(lw, s));
    }
    return PZ_OK;
}

static void
add_tie(pz_lowerer *lw, pz_sel *s)
{
    pz_vec_push(lw->a, &s->window_keys, lw->window_tie);
    pz_vec_push(lw->a, &s->window_dirs, PZ_STR(" ASC"));
}

static bool
has_text(pz_str s, pz_str part)
{
    return part.len && s.len >= part.len && memmem(s.ptr, s.len, part.ptr, part.len);
}

/* Functions of types alone (typeof, collation) leave their argument out: is an aggregate still looked at? */
static bool
keeps_aggregate(const pz_sel *old, const item_list *items)
{
    for (int i = 0; i < items->n; i++)
        for (int k = 0; k < old->items.n; k++)
            if (old->items.data[k].aggregate && has_text(items->data[i].text, old->items.data[k].text)) return true;
    return false;
}

pz_status
pz_rel_project(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_sel old;
    pz_exprs live, exprs;
    item_list items;
    pz_str before = lw->row_number, number = {0};
    bool before_few = lw->few_rows, few;
    pz_vec_room(lw->a, &exprs, r->exprs.n);
    pz_vec_room(lw->a, &live, r->exprs.n);
    pz_vec_room(lw->a, &items, r->exprs.n);
    for (int i = 0; i < r->exprs.n; i++) {
        pz_vec_push(lw->a, &exprs, r->exprs.data[i]);
        if (pz_is_live(lw, r->output.data[i]->id)) pz_vec_push(lw->a, &live, r->exprs.data[i]);
    }
    PZ_TRY(pz_rel_prepare(lw, s, &live, false));
    PZ_TRY(split_deep(lw, s, &exprs));
    few = !pz_walk_exprs(&live, find_window, NULL) && pz_rows_are_at_most(r->input, FEW_IN_WINDOWS);
    if ((pz_windows_take_rows_as_they_come(&live) && pz_sel_has_union(s)) || (few && pz_windows_mind_ties(&live))) {
        PZ_TRY(pz_sel_number(lw, s));
        number = s->window_keys.data[0];
    }
    lw->row_number = number;
    lw->few_rows = few;
    old = *s;
    for (int i = 0; i < r->exprs.n; i++) {
        const pz_expr *e = exprs.data[i];
        const pz_attr *at = r->output.data[i];
        const pz_item *from = NULL;
        pz_item it = {.attr = at};
        if (!pz_is_live(lw, at->id)) continue;
        while (e->kind == PZ_EXPR_ALIAS) e = e->args.data[0];
        if (e->kind == PZ_EXPR_ATTR) from = find_item(&old, e->u.attr->id, i);
        if (from) {
            it = *from;
            it.attr = at;
        } else {
            struct taint t = {.s = &old};
            pz_walk_expr((pz_expr *)e, inherit, &t);
            it.is_volatile = t.is_volatile || pz_lower_is_volatile(e);
            it.windowed = t.windowed;
            it.aggregate = t.aggregate;
            it.depth = t.depth + pz_expr_depth(e, 1000);
            it.typed = pz_is_typed_call(e);
            PZ_TRY(pz_lower_text(lw, e, &it.text));
            if (has_window(e) && has_text(it.text, PZ_STR(" OVER ("))) {
                s->windowed = true;
                s->window_keys = lw->window_keys;
                s->window_dirs = lw->window_dirs;
                s->carry_keys = pz_rows_are_few(r->input);
                if (s->carry_keys) add_tie(lw, s);
            }
        }
        pz_vec_push(lw->a, &items, it);
    }
    if (old.grouped && !old.group.len && !keeps_aggregate(&old, &items)) pz_vec_push(lw->a, &s->having, PZ_STR("count(*) >= 0"));
    if (lw->level) carry_level(lw, &old, &items);
    lw->row_number = before;
    lw->few_rows = before_few;
    /* Bind once all are lowered: an id may stand for itself, and for its old text, until then. */
    s->items.data = items.data;
    s->items.n = items.n;
    s->items.cap = items.cap;
    for (int i = 0; i < items.n; i++) pz_lower_bind(lw, items.data[i].attr->id, items.data[i].text);
    return PZ_OK;
}

/* ---------------------------------------------------------------- FILTER, SORT, LIMIT and kin */
static pz_status
rel_sort(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_buf b;
    pz_status st;
    if (s->limit.len || s->offset.len) PZ_TRY(pz_sel_wrap(lw, s));
    PZ_TRY(pz_rel_prepare(lw, s, &r->exprs, false));
    pz_buf_init(&b, 0);
    st = pz_lower_sort(lw, &r->exprs, &b);
    if (b.len) s->order = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

static pz_status
lower_count_text(pz_lowerer *lw, const pz_expr *e, pz_str *out)
{
    if (e->kind == PZ_EXPR_LITERAL && !e->value.null) {
        *out = pz_strf(lw->a, "%lld", (long long)e->value.i);
        return PZ_OK;
    }
    PZ_TRY(pz_lower_text(lw, e, out));
    *out = pz_strf(lw->a, "(" PZ_FMT ")::BIGINT", PZ_ARG(*out));
    return PZ_OK;
}

static pz_status
rel_limit(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_str n;
    bool literal = r->cond->kind == PZ_EXPR_LITERAL;
    PZ_TRY(lower_count_text(lw, r->cond, &n));
    if (s->limit.len) {
        if (literal && s->literal_limit) {     /* the smaller of two */
            if (r->cond->value.i < strtoll(s->limit.ptr, NULL, 10)) s->limit = n;
            return PZ_OK;
        }
        PZ_TRY(pz_sel_wrap(lw, s));
    }
    pz_sel_order_by_window(lw, s);
    s->limit = n;
    s->literal_limit = literal;
    return PZ_OK;
}

static pz_status
rel_offset(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    if (s->limit.len || s->offset.len || pz_sel_is_volatile(s)) PZ_TRY(pz_sel_wrap(lw, s));
    pz_sel_order_by_window(lw, s);
    return lower_count_text(lw, r->cond, &s->offset);
}

/* The last n rows: rows are numbered in the order they come. */
static pz_status
rel_tail(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_str n, rn = pz_lower_fresh(lw, 'r');
    PZ_TRY(lower_count_text(lw, r->cond, &n));
    pz_sel_order_by_window(lw, s);
    PZ_TRY(pz_sel_wrap(lw, s));
    s->from = pz_strf(lw->a, "(SELECT *, row_number() OVER () AS " PZ_FMT " FROM " PZ_FMT " ORDER BY " PZ_FMT " DESC LIMIT " PZ_FMT ") AS " PZ_FMT, PZ_ARG(rn),
                      PZ_ARG(s->from), PZ_ARG(rn), PZ_ARG(n), PZ_ARG(pz_lower_fresh(lw, 't')));
    s->order = rn;
    return PZ_OK;
}

/* One row for those that compare equal; not the same as equal texts where strings have collations. */
static pz_status
distinct_by_keys(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_buf b;
    pz_status st = PZ_OK;
    PZ_TRY(pz_sel_wrap(lw, s));
    pz_buf_init(&b, 0);
    for (int i = 0; i < r->output.n && st == PZ_OK; i++) {
        if (i) pz_buf_puts(&b, ", ");
        st = pz_key_text(lw, NULL, r->output.data[i]->type, pz_strf(lw->a, "c%d", r->output.data[i]->id), &b);
    }
    s->distinct_on = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

static pz_status
rel_distinct(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    bool floats = false;
    for (int i = 0; i < r->output.n; i++)
        if (pz_type_has_key(r->output.data[i]->type)) return distinct_by_keys(lw, r, s);
    if (s->distinct && !s->limit.len && !s->offset.len) return PZ_OK;
    if (s->distinct_on.len || s->limit.len || s->offset.len || s->order.len) PZ_TRY(pz_sel_wrap(lw, s));
    s->distinct = true;
    for (int i = 0; i < r->output.n; i++) floats |= pz_type_holds(r->output.data[i]->type, PZ_T_DOUBLE) || pz_type_holds(r->output.data[i]->type, PZ_T_FLOAT);
    if (!floats) return PZ_OK;
    PZ_TRY(pz_sel_wrap(lw, s));
    pz_sel_normal(lw, s);
    return PZ_OK;
}

static pz_status
rel_deduplicate(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_buf b;
    if (r->keys.n == 0 || r->keys.n == r->output.n) return rel_distinct(lw, r, s);
    if (s->distinct || s->distinct_on.len || s->limit.len || s->offset.len || s->grouped || s->windowed || s->order.len) PZ_TRY(pz_sel_wrap(lw, s));
    pz_buf_init(&b, 0);
    for (int i = 0; i < r->keys.n; i++) {
        if (i) pz_buf_puts(&b, ", ");
        if (pz_lower_key(lw, r->keys.data[i], &b) != PZ_OK) {
            pz_buf_free(&b);
            return PZ_FAIL;
        }
    }
    s->distinct_on = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return PZ_OK;
}

/* ---------------------------------------------------------------- one relation over its lowered input */
static pz_status
lower_over(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    switch (r->kind) {
    case PZ_REL_PROJECT: return pz_rel_project(lw, r, s);
    case PZ_REL_FILTER: return pz_rel_filter(lw, r, s);
    case PZ_REL_SORT: return rel_sort(lw, r, s);
    case PZ_REL_LIMIT: return rel_limit(lw, r, s);
    case PZ_REL_OFFSET: return rel_offset(lw, r, s);
    case PZ_REL_TAIL: return rel_tail(lw, r, s);
    case PZ_REL_AGGREGATE: return pz_rel_aggregate(lw, r, s);
    case PZ_REL_DISTINCT: return rel_distinct(lw, r, s);
    case PZ_REL_DEDUPLICATE: return rel_deduplicate(lw, r, s);
    case PZ_REL_GENERATE: return pz_rel_generate(lw, r, s);
    case PZ_REL_SAMPLE: return pz_rel_sample(lw, r, s);
    case PZ_REL_SHOW_STRING:
    case PZ_REL_HTML_STRING: return pz_rel_show(lw, r, s);
    case PZ_REL_ALIAS:
    case PZ_REL_REPARTITION:
    case PZ_REL_HINT:
    case PZ_REL_COLLECT_METRICS:
    case PZ_REL_WITH: return PZ_OK;
    case PZ_REL_JOIN:
    case PZ_REL_LATERAL_JOIN: return pz_rel_join(lw, r, s);
    default: break;
    }
    return pz_raise(lw->err, PZ_ERR_UNSUPPORTED_CALL_WITHOUT_SUGGESTION, r->origin, "className", "Piezo", "methodName", "lower", NULL);
}

/* How much of the plan below may try narrow decimals: what an aggregation or a sort consumes whole before the first row leaves. */
static bool
swallows(const pz_rel *r)
{
    return r->kind == PZ_REL_AGGREGATE;
}

pz_status
pz_lower_rel(pz_lowerer *lw, const pz_rel *r, pz_sel *out)
{
    PZ_VEC(const pz_rel *) spine = {0};
    int swallowed = 0;
    *out = (pz_sel){0};
    if (++lw->depth > PZ_MAX_DEPTH) return pz_raise_internal(lw->err, "plan nested deeper than %d", PZ_MAX_DEPTH);
    for (; r->input && r->kind != PZ_REL_SET_OP; r = r->input) {
        pz_vec_push(lw->a, &spine, r);
        if (swallows(r)) {
            lw->under_agg++;
            swallowed++;
        }
    }
    if (r->kind == PZ_REL_SET_OP) PZ_TRY(pz_rel_set_op(lw, r, out));
    else PZ_TRY(pz_rel_leaf(lw, r, out));
    while (spine.n) {
        r = spine.data[--spine.n];
        PZ_TRY(lower_over(lw, r, out));
        if (swallows(r)) {
            lw->under_agg--;
            swallowed--;
        }
    }
    lw->depth--;
    return PZ_OK;
}

/* ---------------------------------------------------------------- a whole query with its columns in order */
pz_status
pz_lower_query(pz_lowerer *lw, const pz_rel *r, pz_buf *out)
{
    pz_sel s;
    PZ_TRY(pz_lower_rel(lw, r, &s));
    if (pz_sel_is_volatile(&s)) PZ_TRY(pz_sel_wrap(lw, &s));
    return pz_sel_list(lw, &s, &r->output, out);
}

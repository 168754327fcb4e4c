/*
 * engine/functions/agg_collect.c - aggregates that keep values: max_by and min_by, collect_union, binary listagg,
 * frequent items, the extremes of types that the engine orders otherwise; and the order of sets that the engine collected.
 *
 * In: values of any type.  Out: arrays, in the order in which Spark gives them.  Things start in the tables at the end.
 */
#include "agg_util.h"

#include <stdlib.h>

/* ---- max_by(x, y, k), min_by(x, y, k): pairs, best first, at most k */

typedef struct best { pz_value x, y; void *xs, *ys; } best;
typedef struct ranking { best *at; int64_t n, k; } ranking;

static int
rank_cmp(const pz_type *t, const pz_value *a, const pz_value *b, bool max)
{
    int cmp = pz_value_cmp(t, a, b);
    return max ? -cmp : cmp;
}

static pz_status
rank(const pz_call_site *site, ranking *r, const pz_value *x, const pz_value *y, int64_t k, bool max)
{
    int64_t lo = 0, hi = r->n;
    if (!r->k) {
        r->k = k;
        r->at = pz_must(malloc(sizeof *r->at * (size_t)(k + 1)));
    }
    while (lo < hi) {
        int64_t mid = (lo + hi) / 2;
        if (rank_cmp(site->arg_types[1], &r->at[mid].y, y, max) <= 0) lo = mid + 1;
        else hi = mid;
    }
    if (lo >= r->k) return PZ_OK;
    memmove(r->at + lo + 1, r->at + lo, sizeof *r->at * (size_t)(r->n - lo));
    r->at[lo].x = pz_keep_value(site->arg_types[0], x, &r->at[lo].xs);
    r->at[lo].y = pz_keep_value(site->arg_types[1], y, &r->at[lo].ys);
    if (r->n < r->k) {
        r->n++;
    } else {
        free(r->at[r->n].xs);
        free(r->at[r->n].ys);
    }
    return PZ_OK;
}

static pz_status
rank_all(pz_fn_ctx *c, ranking *r, const ranking *from, bool max)
{
    for (int64_t i = 0; i < from->n; i++) rank(c->site, r, &from->at[i].x, &from->at[i].y, from->k, max);
    return PZ_OK;
}
static pz_status
rank_row(pz_fn_ctx *c, ranking *r, const pz_value *args, bool max)
{
    return args[1].null ? PZ_OK : rank(c->site, r, &args[0], &args[1], args[2].i, max);
}
PZ_AGG_UPDATE(max_by_update) { return rank_row(c, state, args, true); }
PZ_AGG_UPDATE(min_by_update) { return rank_row(c, state, args, false); }
PZ_AGG_COMBINE(max_by_combine) { return rank_all(c, state, from, true); }
PZ_AGG_COMBINE(min_by_combine) { return rank_all(c, state, from, false); }

PZ_AGG_FINISH(rank_finish)
{
    const ranking *r = state;
    pz_value *items;
    if (!r->n) return give_null(out);
    items = PZ_NEWN(c->scratch, pz_value, r->n);
    for (int64_t i = 0; i < r->n; i++) items[i] = pz_value_copy(c->scratch, c->site->arg_types[0], &r->at[i].x);
    *out = (pz_value){.list = {items, (int)r->n}};
    return PZ_OK;
}

static void
rank_destroy(void *state)
{
    ranking *r = state;
    for (int64_t i = 0; i < r->n; i++) {
        free(r->at[i].xs);
        free(r->at[i].ys);
    }
    free(r->at);
}

/* ---- max_by(x, y), min_by(x, y): of rows with equal y the last */

typedef struct peak { pz_value x, y; void *xs, *ys; bool any; } peak;

static bool
falls_short(const pz_call_site *site, const peak *p, const pz_value *y, bool max)
{
    return y->null || (p->any && rank_cmp(site->arg_types[1], &p->y, y, max) < 0);
}
static pz_status
peak_set(const pz_call_site *site, peak *p, const pz_value *x, const pz_value *y)
{
    free(p->xs);
    free(p->ys);
    p->x = pz_keep_value(site->arg_types[0], x, &p->xs);
    p->y = pz_keep_value(site->arg_types[1], y, &p->ys);
    p->any = true;
    return PZ_OK;
}
static pz_status
peak_merge(const pz_call_site *site, peak *p, const peak *from, bool max)
{
    return !from->any || falls_short(site, p, &from->y, max) ? PZ_OK : peak_set(site, p, &from->x, &from->y);
}
PZ_AGG_SKIP(max_skip) { return falls_short(c->site, state, key, true); }
PZ_AGG_SKIP(min_skip) { return falls_short(c->site, state, key, false); }
PZ_AGG_UPDATE(peak_update) { return peak_set(c->site, state, &args[0], &args[1]); }
PZ_AGG_COMBINE(max_peak_combine) { return peak_merge(c->site, state, from, true); }
PZ_AGG_COMBINE(min_peak_combine) { return peak_merge(c->site, state, from, false); }

PZ_AGG_FINISH(peak_finish)
{
    const peak *p = state;
    if (!p->any) return give_null(out);
    *out = pz_value_copy(c->scratch, c->site->arg_types[0], &p->x);
    return PZ_OK;
}

static void
peak_destroy(void *state)
{
    peak *p = state;
    free(p->xs);
    free(p->ys);
}

/* ---- max and min in Spark's order, where the engine's is another (NULLs inside arrays and structs) */

typedef struct extreme { pz_value v; void *block; bool any; } extreme;

static pz_status
extreme_take(extreme *s, const pz_type *t, const pz_value *v, bool max)
{
    if (s->any && rank_cmp(t, v, &s->v, max) >= 0) return PZ_OK;
    free(s->block);
    s->v = pz_keep_value(t, v, &s->block);
    s->any = true;
    return PZ_OK;
}
static pz_status
extreme_merge(pz_fn_ctx *c, extreme *s, const extreme *from, bool max)
{
    return from->any ? extreme_take(s, c->site->arg_types[0], &from->v, max) : PZ_OK;
}
PZ_AGG_UPDATE(max_update) { return extreme_take(state, c->site->arg_types[0], &args[0], true); }
PZ_AGG_UPDATE(min_update) { return extreme_take(state, c->site->arg_types[0], &args[0], false); }
PZ_AGG_COMBINE(max_combine) { return extreme_merge(c, state, from, true); }
PZ_AGG_COMBINE(min_combine) { return extreme_merge(c, state, from, false); }

PZ_AGG_FINISH(extreme_finish)
{
    const extreme *s = state;
    if (!s->any) return give_null(out);
    *out = pz_value_copy(c->scratch, c->site->arg_types[0], &s->v);
    return PZ_OK;
}

static void
extreme_destroy(void *state)
{
    free(((extreme *)state)->block);
}

/* ---- collect_union: the distinct elements of arrays; collect_set in windows: the distinct values */

typedef struct members { pz_bag bag; pz_bag_index index; int64_t rows; } members;     /* of collect_set: the counts are the rows the values came in */

static void
add_members(members *s, const pz_type *t, const pz_value *items, int n)
{
    bool fresh;
    for (int i = 0; i < n; i++)
        if (!items[i].null) pz_bag_find(&s->bag, &s->index, t, &items[i], &fresh);
}

PZ_AGG_UPDATE(union_update)
{
    add_members(state, c->site->arg_types[0]->element, args[0].list.items, args[0].list.n);
    return PZ_OK;
}

PZ_AGG_COMBINE(union_combine)
{
    const members *s = from;
    add_members(state, c->site->arg_types[0]->element, s->bag.items, s->bag.n);
    return PZ_OK;
}

static pz_value *
copy_members(pz_fn_ctx *c, const members *s, pz_value *out)
{
    pz_value *items = PZ_NEWN(c->scratch, pz_value, s->bag.n + 1);
    for (int i = 0; i < s->bag.n; i++) items[i] = pz_value_copy(c->scratch, c->site->result->element, &s->bag.items[i]);
    *out = (pz_value){.list = {items, s->bag.n}};
    return items;
}

PZ_AGG_FINISH(union_finish)
{
    const members *s = state;
    pz_value *items = copy_members(c, s, out);
    pz_scala_set_order(c->site->result->element, items, s->bag.n, s->bag.n, c->scratch);
    return PZ_OK;
}

static void
add_member(members *s, const pz_type *t, const pz_value *v, int64_t row)
{
    bool fresh;
    int at = pz_bag_find(&s->bag, &s->index, t, v, &fresh);
    if (fresh) s->bag.counts[at] = row;
}

PZ_AGG_UPDATE(set_update)
{
    members *s = state;
    const pz_value v = pz_value_one_zero(c->scratch, c->site->arg_types[0], &args[0]);
    add_member(s, c->site->arg_types[0], &v, ++s->rows);
    return PZ_OK;
}

PZ_AGG_COMBINE(set_combine)
{
    members *s = state;
    const members *f = from;
    for (int i = 0; i < f->bag.n; i++) add_member(s, c->site->arg_types[0], &f->bag.items[i], s->rows + f->bag.counts[i]);
    s->rows += f->rows;
    return PZ_OK;
}

/* Scala's set looks for room before it looks whether the value is there: a row more than it took to fill three quarters makes it grow. */
PZ_AGG_FINISH(set_finish)
{
    const members *s = state;
    const int n = s->bag.n;
    const bool more = n && s->rows > s->bag.counts[n - 1];
    uint32_t buckets = 16;
    pz_value *items = copy_members(c, s, out);
    while ((uint32_t)n + more >= buckets / 4 * 3) buckets *= 2;
    pz_scala_bucket_order(c->site->result->element, items, n, buckets, c->scratch);
    return PZ_OK;
}

static void
union_destroy(void *state)
{
    members *s = state;
    pz_bag_free(&s->bag);
    free(s->index.slots);
}

/* ---- listagg of binary: the collected pieces with the delimiter between them */

PZ_FN(fn_join_binary)
{
    pz_buf b;
    pz_status st;
    if (args[0].null || args[0].list.n == 0) return give_null(out);
    pz_buf_init(&b, 0);
    for (int i = 0; i < args[0].list.n; i++) {
        if (i && !args[1].null) pz_buf_str(&b, args[1].s);
        pz_buf_str(&b, args[0].list.items[i].s);
    }
    st = give_str(out, pz_buf_dup(&b, c->scratch));
    pz_buf_free(&b);
    return st;
}

/* ---- collect_set: the engine's distinct list put into Scala's order */

PZ_FN(fn_set_order)
{
    int n = args[0].list.n;
    pz_value *items = PZ_NEWN(c->scratch, pz_value, n + 1);
    for (int i = 0; i < n; i++) items[i] = pz_value_one_zero(c->scratch, c->site->arg_types[0]->element, &args[0].list.items[i]);
    pz_scala_set_order(c->site->arg_types[0]->element, items, n, args[1].i, c->scratch);
    *out = (pz_value){.list = {items, n}};
    return PZ_OK;
}

/* ---- freqItems: candidates of Karp, Shenker and Papadimitriou's search, at most k of them; any value in more than 1/k of the rows is one */

typedef struct frequent { pz_bag bag; int64_t k; } frequent;

/* Takes the least count off all; what comes to nothing makes room. */
static void
thin_out(pz_bag *b, int64_t by)
{
    int kept = 0;
    for (int i = 0; i < b->n; i++) {
        b->counts[i] -= by;
        if (b->counts[i] <= 0) {
            free(b->blocks[i]);
            continue;
        }
        b->items[kept] = b->items[i];
        b->blocks[kept] = b->blocks[i];
        b->counts[kept++] = b->counts[i];
    }
    b->n = kept;
}

static void
frequent_add(const pz_type *t, frequent *s, const pz_value *v, int64_t count)
{
    pz_bag *b = &s->bag;
    int64_t least = INT64_MAX;
    for (int i = 0; i < b->n; i++) {
        if (b->items[i].null == v->null && (v->null || pz_value_cmp(t, &b->items[i], v) == 0)) {
            b->counts[i] += count;
            return;
        }
        if (b->counts[i] < least) least = b->counts[i];
    }
    if (b->n >= s->k) {
        if (b->n == 0) return;
        if (count < least) {
            thin_out(b, count);
            return;
        }
        thin_out(b, least);
        count -= least;
        if (!count) return;
    }
    pz_bag_add(b, t, v);
    b->counts[b->n - 1] = count;
}

PZ_AGG_UPDATE(frequent_update)
{
    frequent *s = state;
    s->k = args[1].i;
    frequent_add(c->site->arg_types[0], s, &args[0], 1);
    return PZ_OK;
}

PZ_AGG_COMBINE(frequent_combine)
{
    frequent *s = state;
    const frequent *other = from;
    if (other->k) s->k = other->k;
    for (int i = 0; i < other->bag.n; i++) frequent_add(c->site->arg_types[0], s, &other->bag.items[i], other->bag.counts[i]);
    return PZ_OK;
}

PZ_AGG_FINISH(frequent_finish)
{
    const frequent *s = state;
    pz_value *items = PZ_NEWN(c->scratch, pz_value, s->bag.n + 1);
    for (int i = 0; i < s->bag.n; i++) items[i] = pz_value_copy(c->scratch, c->site->arg_types[0], &s->bag.items[i]);
    *out = (pz_value){.list = {items, s->bag.n}};
    return PZ_OK;
}

static const pz_value_fn_def fns[] = {
    {.name = "join_binary", .call = fn_join_binary, .takes_nulls = true},
    {.name = "set_order", .call = fn_set_order},
};
static const pz_value_agg_def aggs[] = {
    {PZ_AGG("collect_set", members, set_update, set_combine, set_finish), .destroy = union_destroy},
    {PZ_AGG("collect_union", members, union_update, union_combine, union_finish), .destroy = union_destroy},
    {PZ_AGG("frequent_items", frequent, frequent_update, frequent_combine, frequent_finish), .destroy = pz_bag_free, .takes_nulls = true},
    {PZ_AGG("last_of_max", peak, peak_update, max_peak_combine, peak_finish), .destroy = peak_destroy, .takes_nulls = true, .skip = max_skip},
    {PZ_AGG("last_of_min", peak, peak_update, min_peak_combine, peak_finish), .destroy = peak_destroy, .takes_nulls = true, .skip = min_skip},
    {PZ_AGG("max", extreme, max_update, max_combine, extreme_finish), .destroy = extreme_destroy},
    {PZ_AGG("max_by", ranking, max_by_update, max_by_combine, rank_finish), .destroy = rank_destroy, .takes_nulls = true},
    {PZ_AGG("min", extreme, min_update, min_combine, extreme_finish), .destroy = extreme_destroy},
    {PZ_AGG("min_by", ranking, min_by_update, min_by_combine, rank_finish), .destroy = rank_destroy, .takes_nulls = true},
};
const pz_fn_family pz_family_agg_collect = {"agg_collect", fns, (int)PZ_COUNTOF(fns), aggs, (int)PZ_COUNTOF(aggs)};

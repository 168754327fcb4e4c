/*
 * lower/rel_agg.c - AGGREGATE: GROUP BY, grouping sets and aggregates in the SELECT of the input.
 *
 * Key expressions are written alike in GROUP BY and in the select list, which is how the engine knows them again; keys that
 * would not survive that (volatile, holding subqueries, computed and in grouping sets) are computed in a SELECT below.
 * Things start at pz_rel_aggregate().
 */
#include "lower_int.h"

static bool
minds_order(const pz_exprs *aggs)
{
    static const char *const free_of_order[] = {"sum", "count", "avg", "mean", "min", "max", "every", "some", "bool_and", "bool_or", "any", "count_if",
                                                "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop"};
    for (int i = 0; i < aggs->n; i++) {
        const pz_expr *e = aggs->data[i];
        bool known = false;
        while (e->kind == PZ_EXPR_ALIAS) e = e->args.data[0];
        /* sums of floating point depend on it */
        if ((e->type->id == PZ_T_DOUBLE || e->type->id == PZ_T_FLOAT) && !pz_expr_is(e, "min") && !pz_expr_is(e, "max")) return true;
        for (size_t k = 0; k < PZ_COUNTOF(free_of_order) && !known; k++) known = pz_expr_is(e, free_of_order[k]);
        if (!known) return true;
    }
    return false;
}

static pz_walk
find_subquery(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

static bool
needs_column(const pz_rel *r, const pz_expr *key)
{
    while (key->kind == PZ_EXPR_ALIAS) key = key->args.data[0];
    if (r->u.agg.sets.n) return true;          /* the set's NULLs must not reach aggregates over the same column */
    if (key->kind == PZ_EXPR_ATTR) return false;
    return !pz_walk_expr((pz_expr *)key, find_subquery, NULL) || pz_lower_is_volatile(key) || key->kind == PZ_EXPR_LITERAL;
}

/* Keys as columns of a SELECT below. */
static pz_status
compute_keys(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    bool any = false;
    for (int i = 0; i < r->keys.n && !any; i++) any = needs_column(r, r->keys.data[i]);
    if (!any) return PZ_OK;
    for (int i = 0; i < r->keys.n; i++) {
        const pz_attr *at = r->output.data[i];
        pz_item it = {.attr = at};
        if (r->keys.data[i]->kind == PZ_EXPR_ATTR && r->keys.data[i]->u.attr->id == at->id) continue;
        PZ_TRY(pz_lower_text(lw, r->keys.data[i], &it.text));
        pz_vec_push(lw->a, &s->items, it);
    }
    /* Keys are columns now whether or not anybody above wants them. */
    for (int i = 0; i < r->keys.n; i++) pz_keep_live(lw, r->output.data[i]->id);
    return pz_sel_wrap(lw, s);
}

static int
key_index(const pz_rel *r, const pz_expr *member)
{
    for (int i = 0; i < r->keys.n; i++)
        if (r->keys.data[i] == member) return i;
    for (int i = 0; i < r->keys.n; i++)
        if (pz_expr_eq(r->keys.data[i], member)) return i;
    return -1;
}

static pz_status
group_text(pz_lowerer *lw, const pz_rel *r, const pz_str *keys, pz_buf *b)
{
    if (!r->u.agg.sets.n) {
        for (int i = 0; i < r->keys.n; i++) {
            if (i) pz_buf_puts(b, ", ");
            pz_buf_str(b, keys[i]);
        }
        return PZ_OK;
    }
    pz_buf_puts(b, "GROUPING SETS (");
    for (int i = 0; i < r->u.agg.sets.n; i++) {
        const pz_exprs *set = (const pz_exprs *)&r->u.agg.sets.data[i];
        pz_buf_puts(b, i ? ", (" : "(");
        for (int k = 0; k < set->n; k++) {
            int at = key_index(r, set->data[k]);
            if (at < 0) return pz_raise_internal(lw->err, "grouping set member is no key");
            if (k) pz_buf_puts(b, ", ");
            pz_buf_str(b, keys[at]);
        }
        pz_buf_putc(b, ')');
    }
    pz_buf_putc(b, ')');
    return PZ_OK;
}

/* GROUP BY a, b GROUPING SETS ((a)) names a key that no set holds: NULL in every group. */
static bool
in_some_set(const pz_rel *r, int key)
{
    for (int i = 0; i < r->u.agg.sets.n; i++) {
        const pz_exprs *set = (const pz_exprs *)&r->u.agg.sets.data[i];
        for (int k = 0; k < set->n; k++)
            if (key_index(r, set->data[k]) == key) return true;
    }
    return r->u.agg.sets.n == 0;
}

static pz_str
grouping_id_text(pz_lowerer *lw, const pz_rel *r, const pz_str *keys)
{
    pz_buf b;
    pz_str out;
    long long never = 0;
    if (!r->keys.n) return PZ_STR("0::BIGINT");
    pz_buf_init(&b, 0);
    for (int i = 0; i < r->keys.n; i++)
        if (!in_some_set(r, i)) never |= 1LL << (r->keys.n - 1 - i);
    if (never) {                               /* bit by bit: the engine's GROUPING takes only keys of its sets */
        pz_buf_printf(&b, "(%lld::BIGINT", never);
        for (int i = 0; i < r->keys.n; i++)
            if (in_some_set(r, i)) pz_buf_printf(&b, " + (GROUPING(" PZ_FMT ")::BIGINT << %d)", PZ_ARG(keys[i]), r->keys.n - 1 - i);
        pz_buf_putc(&b, ')');
    } else {
        pz_buf_puts(&b, "GROUPING(");
        for (int i = 0; i < r->keys.n; i++) pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(keys[i]));
        pz_buf_puts(&b, ")::BIGINT");
    }
    out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return out;
}

static pz_status
make_input_ready(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_exprs all = {0};
    if (s->grouped || s->windowed || s->distinct || s->distinct_on.len || s->limit.len || s->offset.len || pz_sel_is_volatile(s)) PZ_TRY(pz_sel_wrap(lw, s));
    if (s->order.len) {
        if (minds_order(&r->exprs)) PZ_TRY(pz_sel_wrap(lw, s));
        else s->order = (pz_str){0};
    }
    for (int i = 0; i < r->keys.n; i++) pz_vec_push(lw->a, &all, r->keys.data[i]);
    for (int i = 0; i < r->exprs.n; i++) pz_vec_push(lw->a, &all, r->exprs.data[i]);
    PZ_TRY(pz_rel_prepare(lw, s, &all, false));
    return compute_keys(lw, r, s);
}

static pz_status
collated_key(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str *text)
{
    pz_buf b;
    pz_status st;
    pz_buf_init(&b, 0);
    st = pz_key_text(lw, at, t, *text, &b);
    *text = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

pz_status
pz_rel_aggregate(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    int n = r->keys.n, shown = 0;
    pz_str *keys = PZ_NEWN(lw->a, pz_str, n + 1), whole;
    PZ_VEC(pz_item) items = {0};
    pz_buf b;
    pz_status st;
    bool computed = false;
    for (int i = 0; i < n && !computed; i++) computed = needs_column(r, r->keys.data[i]);
    PZ_TRY(make_input_ready(lw, r, s));
    for (int i = 0; i < n; i++) {
        pz_item it = {.attr = r->output.data[i]};
        if (!in_some_set(r, i)) {
            it.text = pz_strf(lw->a, "NULL::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, it.attr->type)));
            pz_vec_push(lw->a, &items, it);
            continue;
        }
        if (computed) keys[i] = pz_strf(lw->a, "c%d", r->output.data[i]->id);
        else PZ_TRY(pz_lower_text(lw, r->keys.data[i], &keys[i]));
        it.text = keys[i];
        if (pz_type_has_key(it.attr->type)) {   /* grouped by what it is compared by; any of the texts stands for the group */
            whole = pz_normal_text(lw, it.attr->type, keys[i]);
            PZ_TRY(collated_key(lw, r->keys.data[i], it.attr->type, &keys[i]));
            it.text = r->u.agg.sets.n ? pz_strf(lw->a, "CASE WHEN GROUPING(" PZ_FMT ") = 0 THEN first(" PZ_FMT ") END", PZ_ARG(keys[i]), PZ_ARG(whole))
                                      : pz_strf(lw->a, "first(" PZ_FMT ")", PZ_ARG(whole));
            it.aggregate = true;
            pz_vec_push(lw->a, &items, it);
            continue;
        }
        it.text = keys[i] = pz_normal_text(lw, r->output.data[i]->type, keys[i]);
        it.plain = keys[i].len && !memchr(keys[i].ptr, '(', keys[i].len);
        pz_vec_push(lw->a, &items, it);
    }
    for (int i = 0; i < r->exprs.n; i++) {
        pz_item it = {.attr = r->output.data[n + i], .aggregate = true};
        if (!pz_is_live(lw, it.attr->id)) continue;
        PZ_TRY(pz_lower_text(lw, r->exprs.data[i], &it.text));
        pz_vec_push(lw->a, &items, it);
        shown++;
    }
    if (r->u.agg.grouping_id) {
        pz_item it = {.attr = r->u.agg.grouping_id, .aggregate = true, .text = grouping_id_text(lw, r, keys)};
        pz_vec_push(lw->a, &items, it);
    }
    pz_buf_init(&b, 0);
    st = group_text(lw, r, keys, &b);
    s->group = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    PZ_TRY(st);
    s->grouped = true;
    /* Grouping by a set of no keys is still grouping: no rows give no group, where the engine gives one. */
    for (int i = 0; n && i < r->u.agg.sets.n; i++)
        if (!((const pz_exprs *)&r->u.agg.sets.data[i])->n) {
            pz_vec_push(lw->a, &s->having, PZ_STR("count(*) > 0"));
            break;
        }
    /* One row even if nobody looks at an aggregate: the condition makes the SELECT an aggregation. */
    if (!s->group.len && !shown) pz_vec_push(lw->a, &s->having, PZ_STR("count(*) >= 0"));
    s->items.data = items.data;
    s->items.n = items.n;
    s->items.cap = items.cap;
    for (int i = 0; i < items.n; i++) pz_lower_bind(lw, items.data[i].attr->id, items.data[i].text);
    return PZ_OK;
}

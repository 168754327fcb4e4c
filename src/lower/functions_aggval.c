/*
 * lower/functions_aggval.c - aggregates that go to our own C functions for some types or forms: mode, percentiles, extremes of nested
 * types, max_by with a count, collect_set, and the checks of sums that can leave their type.
 *
 * In: a resolved call.  Out: engine text.  Plain numbers stay with the engine's own aggregates.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

/* The call with other arguments, without WITHIN GROUP. */
static pz_expr *
with_args(pz_lowerer *lw, const pz_expr *call, int n, pz_expr *a, pz_expr *b, pz_expr *c)
{
    pz_expr *e = pz_expr_shallow(lw->a, call), *list[3] = {a, b, c};
    memset(&e->args, 0, sizeof e->args);
    memset(&e->u.call.order, 0, sizeof e->u.call.order);
    for (int i = 0; i < n; i++) pz_vec_push(lw->a, &e->args, list[i]);
    return e;
}

/* mode(x), mode(x, deterministic), mode() WITHIN GROUP (ORDER BY x): how ties end is the second argument of the C function. */
LOWER(lower_agg_mode)
{
    const pz_expr *order = call->u.call.order.n ? call->u.call.order.data[0] : NULL, *flag = call->args.n > 1 ? call->args.data[1] : NULL;
    pz_expr *x = order ? order->args.data[0] : call->args.data[0];
    int ties = order ? (order->u.sort.asc ? -1 : 1) : 0;
    if (flag && flag->kind == PZ_EXPR_LITERAL && flag->value.b) ties = -1;
    return pz_lower_bound(lw, with_args(lw, call, 2, x, pz_literal_int(lw->a, ties), NULL), "mode", true, out);
}

static bool
is_one(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST) e = e->args.data[0];
    return e->kind == PZ_EXPR_LITERAL && !e->value.null && pz_type_is_integral(e->type) && e->value.i == 1;
}

/* A bound C aggregate over texts. */
static pz_status
bound_texts(pz_lowerer *lw, const pz_expr *call, const char *impl, int n, const pz_type *const *types, const pz_str *texts, pz_buf *out)
{
    pz_expr *bare = with_args(lw, call, 0, NULL, NULL, NULL);
    pz_str name;
    pz_buf args;
    pz_status st;
    if (!lw->env->bind_function) return pz_raise_internal(lw->err, "no engine functions here, wanted %s", impl);
    PZ_TRY(lw->env->bind_function(lw->env->ctx, impl, pz_aggregate_use(lw), bare, types, n, call->type, lw->a, &name, lw->err));
    pz_buf_init(&args, 0);
    for (int i = 0; i < n; i++) pz_buf_printf(&args, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(texts[i]));
    st = pz_lower_agg(lw, bare, pz_dup(lw->a, name).ptr, pz_buf_view(&args), out);
    pz_buf_free(&args);
    return st;
}

/* The engine picks percentile_disc of doubles; the rest is ours: it interpolates with other digits, and cuts no intervals to whole units. */
LOWER(lower_agg_percentile)
{
    const pz_expr *order = call->u.call.order.n ? call->u.call.order.data[0] : NULL;
    const pz_expr *x = order ? order->args.data[0] : call->args.data[0], *p = NULL;
    bool top = order && !order->u.sort.asc, disc = order && pz_expr_is(call, "percentile_disc");
    const pz_type *types[3];
    pz_str texts[3];
    if (order) p = call->args.data[0];
    else if (call->args.n > 1) p = call->args.data[1];
    types[0] = x->type;
    types[1] = p ? p->type : &pz_t_double;
    PZ_TRY(pz_lower_text(lw, x, &texts[0]));
    texts[1] = PZ_STR("0.5::DOUBLE");
    if (p) PZ_TRY(pz_lower_text(lw, p, &texts[1]));
    if (!order && call->args.n > 2 && !is_one(call->args.data[2])) {
        types[2] = call->args.data[2]->type;
        PZ_TRY(pz_lower_text(lw, call->args.data[2], &texts[2]));
        return bound_texts(lw, call, "percentile", 3, types, texts, out);
    }
    if (disc && !top && call->type->id == PZ_T_DOUBLE)
        return pz_lower_agg(lw, with_args(lw, call, 0, NULL, NULL, NULL), "quantile_disc", pz_strf(lw->a, PZ_FMT ", " PZ_FMT, PZ_ARG(texts[0]), PZ_ARG(texts[1])), out);
    if (top)                                   /* how the C function is told to count from the top */
        texts[1] = p->type->id == PZ_T_ARRAY ? pz_strf(lw->a, "list_transform(" PZ_FMT ", lambda q: -q)", PZ_ARG(texts[1]))
                                             : pz_strf(lw->a, "(-" PZ_FMT ")", PZ_ARG(texts[1]));
    return bound_texts(lw, call, disc ? "percentile_disc" : "percentile", 2, types, texts, out);
}

static bool
is_flat(const pz_type *t)
{
    return !pz_type_is_nested(t) && t->id != PZ_T_VARIANT && t->id != PZ_T_UDT;
}

/* max, min: the engine puts NULLs inside arrays and structs last, Spark first. */
LOWER(lower_agg_extreme)
{
    const char *name = pz_expr_is(call, "max") ? "max" : "min";
    pz_str text;
    if (!is_flat(call->args.data[0]->type)) return pz_lower_bound(lw, call, name, true, out);
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &text));
    if (pz_type_is_collated(call->args.data[0]->type)) {
        pz_buf key;
        pz_status st;
        pz_buf_init(&key, 0);
        st = pz_key_text(lw, call, call->args.data[0]->type, text, &key);
        text = pz_strf(lw->a, PZ_FMT ", " PZ_FMT, PZ_ARG(text), PZ_ARG(pz_buf_view(&key)));
        pz_buf_free(&key);
        PZ_TRY(st);
        name = pz_expr_is(call, "max") ? "arg_max" : "arg_min";
    }
    return pz_lower_agg(lw, call, name, text, out);
}

/* max_by(x, y), max_by(x, y, k).  Of rows with equal y the engine's own forms take the first, Spark the last. */
LOWER(lower_agg_extreme_by)
{
    bool max = pz_expr_is(call, "max_by"), one = call->args.n == 2;
    return pz_lower_bound(lw, call, max ? (one ? "last_of_max" : "max_by") : one ? "last_of_min" : "min_by", true, out);
}

/* The call's FILTER and x IS NOT NULL. */
static pz_expr *
present_only(pz_lowerer *lw, const pz_expr *call)
{
    pz_expr *test = pz_call_make(lw->a, call->origin, "isnotnull", 1, call->args.data[0]);
    test->type = &pz_t_boolean;
    if (!call->u.call.filter) return test;
    test = pz_call_make(lw->a, call->origin, "and", 2, call->u.call.filter, test);
    test->type = &pz_t_boolean;
    return test;
}

/* The values that are there, as a list, by the engine; `item` is their text, with the order they come in. */
static pz_status
present_list(pz_lowerer *lw, const pz_expr *call, bool distinct, pz_str item, pz_str *out)
{
    pz_expr *bare = pz_expr_shallow(lw->a, call);
    pz_buf b;
    pz_status st;
    bare->u.call.filter = present_only(lw, call);
    bare->u.call.distinct = distinct;
    pz_buf_init(&b, 0);
    st = pz_lower_agg(lw, bare, "list", item, &b);
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

/* The same without NULL for a list of none. */
static pz_str
never_null(pz_lowerer *lw, const pz_type *type, pz_str list)
{
    return pz_strf(lw->a, "coalesce(" PZ_FMT ", [])::" PZ_FMT, PZ_ARG(list), PZ_ARG(pz_engine_type_text(lw, type)));
}

static pz_str
sorted_list(pz_lowerer *lw, const pz_expr *x, pz_str text)
{
    return pz_type_is_orderable(x->type) ? pz_strf(lw->a, PZ_FMT " ORDER BY " PZ_FMT, PZ_ARG(text), PZ_ARG(text)) : text;
}

/* A list's first of each value, those that compare equal under a collation among them. */
static pz_status
first_of_each(pz_lowerer *lw, const pz_expr *call, const pz_type *type, pz_str list, pz_buf *out)
{
    pz_expr site = *call;
    site.args.n = 0;
    return pz_lower_bound_args(lw, &site, "first_of_each", &type, &list, 1, type, out);
}

/* The engine finds the distinct values; their order is Scala's, which depends on how many there were. */
LOWER(lower_agg_set)
{
    pz_expr site;
    const pz_type *types[2] = {call->type, &pz_t_long};
    pz_str x, texts[2];
    pz_buf b;
    pz_status st;
    if (lw->over.len) return pz_lower_bound(lw, call, "collect_set", true, out);     /* not a list for each row, to be sorted for each row */
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &x));
    pz_buf_init(&b, 0);
    st = pz_lower_agg(lw, call, "count", x, &b);
    texts[1] = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    PZ_TRY(st);
    site = *call;                              /* the function's arguments are not the call's */
    site.args.n = 0;
    PZ_TRY(present_list(lw, call, !pz_type_has_key(call->type), sorted_list(lw, call->args.data[0], x), &texts[0]));
    texts[0] = never_null(lw, call->type, texts[0]);
    if (pz_type_has_key(call->type)) {
        pz_buf_init(&b, 0);
        st = first_of_each(lw, call, call->type, texts[0], &b);
        texts[0] = pz_buf_dup(&b, lw->a);
        pz_buf_free(&b);
        PZ_TRY(st);
    }
    return pz_lower_bound_args(lw, &site, "set_order", types, texts, 2, call->type, out);
}

/* collect_list; DISTINCT keeps the first of each value. */
LOWER(lower_agg_list)
{
    pz_str list;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &list));
    if (call->u.call.distinct && pz_type_holds(call->type, PZ_T_MAP)) list = pz_normal_text(lw, call->args.data[0]->type, list);
    PZ_TRY(present_list(lw, call, false, list, &list));
    list = never_null(lw, call->type, list);
    if (call->u.call.distinct) return first_of_each(lw, call, call->type, list, out);
    pz_buf_str(out, list);
    return PZ_OK;
}

/* listagg(DISTINCT x) WITHIN GROUP (ORDER BY x) where x was cast to text: order by what was written, join its text. */
static pz_status
join_distinct(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    const pz_expr *key = call->u.call.order.data[0];
    pz_expr *bare = with_args(lw, call, 0, NULL, NULL, NULL);
    pz_str text, k, between, pair;
    bare->u.call.filter = present_only(lw, call);
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &text));
    PZ_TRY(pz_lower_text(lw, key->args.data[0], &k));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &between));
    pair = pz_strf(lw->a, "{'k': " PZ_FMT ", 't': " PZ_FMT "}", PZ_ARG(k), PZ_ARG(text));
    pz_buf_puts(out, "array_to_string(list_transform(");
    PZ_TRY(pz_lower_agg(lw, bare, "list", pz_strf(lw->a, PZ_FMT " ORDER BY " PZ_FMT " %s", PZ_ARG(pair), PZ_ARG(pair), key->u.sort.asc ? "ASC" : "DESC"), out));
    pz_buf_printf(out, ", lambda q: q.t), coalesce(" PZ_FMT ", ''))", PZ_ARG(between));
    return PZ_OK;
}

/* Texts that compare equal count once: the first of them. */
static pz_status
join_by_keys(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    pz_str list, between;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &list));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &between));
    PZ_TRY(present_list(lw, call, false, list, &list));
    pz_buf_puts(out, "array_to_string(");
    PZ_TRY(first_of_each(lw, call, pz_type_array(lw->a, call->args.data[0]->type, false), list, out));
    pz_buf_printf(out, ", coalesce(" PZ_FMT ", ''))", PZ_ARG(between));
    return PZ_OK;
}

LOWER(lower_agg_listagg)
{
    pz_str text, between, order = {"", 0};
    if (call->u.call.distinct && pz_type_is_collated(call->args.data[0]->type)) return join_by_keys(lw, call, out);
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &text));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &between));
    if (call->u.call.distinct && call->u.call.order.n && call->args.data[0]->kind == PZ_EXPR_CAST) return join_distinct(lw, call, out);
    if (call->u.call.distinct && !call->u.call.order.n) order = pz_strf(lw->a, " ORDER BY " PZ_FMT, PZ_ARG(text));
    return pz_lower_agg(lw, call, "string_agg", pz_strf(lw->a, PZ_FMT ", coalesce(" PZ_FMT ", '')" PZ_FMT, PZ_ARG(text), PZ_ARG(between), PZ_ARG(order)), out);
}

/* listagg of binary: the engine collects (it knows DISTINCT and ORDER BY), a value function joins. */
LOWER(lower_agg_listagg_binary)
{
    const pz_type *binary = &pz_t_binary, *types[2] = {pz_type_array(lw->a, binary, false), binary};
    pz_expr site = *call;
    pz_str texts[2];
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &texts[0]));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &texts[1]));
    PZ_TRY(present_list(lw, call, call->u.call.distinct, texts[0], &texts[0]));
    site.args.n = 0;
    return pz_lower_bound_args(lw, &site, "join_binary", types, texts, 2, binary, out);
}

/* A timestamp as text, for messages. */
static pz_status
time_text(pz_lowerer *lw, const pz_expr *call, pz_str t, pz_str *out)
{
    const pz_type *type = call->args.data[1]->type;
    pz_expr site = *call;
    pz_buf b;
    pz_status st;
    site.args.n = 0;
    pz_buf_init(&b, 0);
    st = pz_lower_bound_args(lw, &site, "cast", &type, &t, 1, &pz_t_string, &b);
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

/* counter_diff(x [, start]): how much a counter grew since the last row that has one; NULL after a reset, which is a smaller value or a
 * later start. */
LOWER(lower_agg_counter_diff)
{
    static const char *const names[] = {"function", "value"}, *const times[] = {"function", "previousStartTime", "currentStartTime"};
    pz_str x, start = PZ_STR("NULL::INTEGER"), last, values[3] = {PZ_STR("'`counter_diff`'"), {NULL, 0}, {NULL, 0}}, before;
    pz_buf b;
    pz_status st;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &x));
    if (call->args.n > 1) PZ_TRY(pz_lower_text(lw, call->args.data[1], &start));
    pz_buf_init(&b, 0);
    st = pz_lower_agg(lw, with_args(lw, call, 0, NULL, NULL, NULL), "lag",
                      pz_strf(lw->a, "CASE WHEN " PZ_FMT " IS NOT NULL THEN {'x': " PZ_FMT ", 's': " PZ_FMT "} END IGNORE NULLS", PZ_ARG(x), PZ_ARG(x),
                              PZ_ARG(start)), &b);
    last = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    PZ_TRY(st);
    before = pz_strf(lw->a, "(" PZ_FMT ").s", PZ_ARG(last));
    values[1] = x;
    pz_buf_printf(out, "(CASE WHEN " PZ_FMT " < 0 THEN ", PZ_ARG(x));
    pz_lower_error_values(lw, call, out, PZ_ERR_COUNTER_DIFF_NEGATIVE_COUNTER_VALUE, 2, names, values);
    if (call->args.n > 1) {
        pz_buf_printf(out, " WHEN " PZ_FMT " < " PZ_FMT " THEN ", PZ_ARG(start), PZ_ARG(before));
        PZ_TRY(time_text(lw, call, before, &values[1]));
        PZ_TRY(time_text(lw, call, start, &values[2]));
        pz_lower_error_values(lw, call, out, PZ_ERR_COUNTER_DIFF_START_TIME_DECREASED, 3, times, values);
    }
    pz_buf_printf(out, " WHEN " PZ_FMT " >= (" PZ_FMT ").x AND coalesce(" PZ_FMT " = " PZ_FMT ", true) THEN " PZ_FMT " - (" PZ_FMT ").x END)::" PZ_FMT, PZ_ARG(x),
                  PZ_ARG(last), PZ_ARG(before), PZ_ARG(start), PZ_ARG(x), PZ_ARG(last), PZ_ARG(pz_engine_type_text(lw, call->type)));
    return PZ_OK;
}

/* What is left of grouping() after the analyzer put grouping sets in its place. */
LOWER(lower_agg_grouping)
{
    (void)out;
    return pz_raise(lw->err, PZ_ERR_UNSUPPORTED_GROUPING_EXPRESSION, call->origin, NULL);
}

LOWER(lower_agg_measure)
{
    (void)call;
    (void)out;
    return pz_raise_internal(lw->err, "measure() can be computed in metric views only");
}

/* ---------------------------------------------------------------- sums that may leave their type */
pz_status lower_sum(pz_lowerer *lw, const pz_expr *call, pz_buf *out);
pz_status lower_avg(pz_lowerer *lw, const pz_expr *call, pz_buf *out);

/* sum(x) and count(x) as texts. */
static pz_status
sum_and_count(pz_lowerer *lw, const pz_expr *call, pz_str *sum, pz_str *count)
{
    pz_str x;
    pz_buf b;
    pz_status st;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &x));
    pz_buf_init(&b, 0);
    st = pz_lower_agg(lw, call, "sum", x, &b);
    *sum = pz_buf_dup(&b, lw->a);
    pz_buf_clear(&b);
    if (st == PZ_OK) st = pz_lower_agg(lw, call, "count", x, &b);
    *count = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

static pz_status
over_texts(pz_lowerer *lw, const pz_expr *call, const char *impl, const pz_type *const *types, const pz_str *texts, int n, const pz_type *result,
           pz_buf *out)
{
    pz_expr site = *call;                      /* the function's arguments are not the call's */
    site.args.n = 0;
    return pz_lower_bound_args(lw, &site, impl, types, texts, n, result, out);
}

/* Past 28 digits a sum can leave 38: looked at once per group. */
static pz_status
wide_decimal(pz_lowerer *lw, const pz_expr *call, bool mean, pz_buf *out)
{
    const pz_type *from = call->args.data[0]->type, *total = pz_type_decimal(lw->a, 38, from->scale);
    const pz_type *types[2] = {total, pz_type_decimal(lw->a, 20, 0)};
    pz_str texts[2], count;
    pz_buf b;
    pz_status st;
    PZ_TRY(sum_and_count(lw, call, &texts[0], &count));
    if (!mean) return over_texts(lw, call, "decimal_total", &total, texts, 1, call->type, out);
    pz_buf_init(&b, 0);
    st = over_texts(lw, call, "decimal_total", &total, texts, 1, total, &b);
    texts[0] = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    PZ_TRY(st);
    texts[1] = pz_strf(lw->a, "nullif(" PZ_FMT ", 0)::DECIMAL(20,0)", PZ_ARG(count));
    return over_texts(lw, call, "decimal_div", types, texts, 2, call->type, out);
}

/* Intervals are whole numbers that the engine adds as HUGEINT; the C function checks the total and divides. */
static pz_status
interval(pz_lowerer *lw, const pz_expr *call, bool mean, pz_buf *out)
{
    const pz_type *types[2] = {pz_type_decimal(lw->a, 38, 0), &pz_t_long};
    pz_str texts[2];
    PZ_TRY(sum_and_count(lw, call, &texts[0], &texts[1]));
    return over_texts(lw, call, mean ? "interval_mean" : "interval_total", types, texts, mean ? 2 : 1, call->type, out);
}

static pz_status
total(pz_lowerer *lw, const pz_expr *call, bool mean, pz_buf *out)
{
    const pz_type *t = call->args.data[0]->type;
    if (pz_aggregate_use(lw) == PZ_USE_FRAME_OF_FEW && (t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT)) {
        const pz_type *types[1] = {&pz_t_double};
        pz_str text;
        PZ_TRY(pz_lower_text(lw, call->args.data[0], &text));
        text = pz_strf(lw->a, PZ_FMT "::DOUBLE", PZ_ARG(text));
        return bound_texts(lw, call, mean ? "addends_mean" : "addends_sum", 1, types, &text, out);
    }
    if (pz_type_is_ansi_interval(t)) return interval(lw, call, mean, out);
    if (t->id == PZ_T_DECIMAL && t->precision > 28) return wide_decimal(lw, call, mean, out);
    return mean ? lower_avg(lw, call, out) : lower_sum(lw, call, out);
}

LOWER(lower_agg_sum)
{
    return total(lw, call, false, out);
}

LOWER(lower_agg_avg)
{
    return total(lw, call, true, out);
}

static pz_expr *
is_present(pz_lowerer *lw, const pz_expr *call, pz_expr *x)
{
    pz_expr *test = pz_call_make(lw->a, call->origin, "isnotnull", 1, x);
    test->type = &pz_t_boolean;
    return test;
}

/* regr_avgx(y, x), regr_avgy(y, x): the average of one of the two, of the rows that have both */
LOWER(lower_regr_mean)
{
    int i = pz_expr_is(call, "regr_avgx");
    pz_expr *both = pz_call_make(lw->a, call->origin, "and", 2, is_present(lw, call, call->args.data[0]), is_present(lw, call, call->args.data[1]));
    pz_expr *mean = with_args(lw, call, 1, call->args.data[i], NULL, NULL);
    both->type = &pz_t_boolean;
    if (call->u.call.filter) {
        both = pz_call_make(lw->a, call->origin, "and", 2, call->u.call.filter, both);
        both->type = &pz_t_boolean;
    }
    mean->u.call.filter = both;
    return total(lw, mean, true, out);
}

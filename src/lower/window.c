/*
 * lower/window.c - window expressions and subquery expressions.
 *
 * A window function is its call with OVER put to the engine function in it (lw->over, taken up in template.c).
 * Things start at pz_lower_window() and pz_lower_subquery().
 */
#include "lower_int.h"

/* ---------------------------------------------------------------- frames */
static bool
frame_matters(const pz_expr *call)
{
    static const char *const fixed[] = {"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead"};
    while (call->kind == PZ_EXPR_CAST || call->kind == PZ_EXPR_ALIAS) call = call->args.data[0];
    for (size_t i = 0; i < PZ_COUNTOF(fixed); i++)
        if (pz_expr_is(call, fixed[i])) return false;
    return true;
}

/* The size of a frame offset and on which side it lies. */
static bool
split_offset(const pz_type *t, pz_value *v)
{
    bool negative;
    switch (t->id) {
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE:
        negative = v->d < 0;
        if (negative) v->d = -v->d;
        return negative;
    case PZ_T_DECIMAL:
        negative = v->dec < 0;
        if (negative) v->dec = -v->dec;
        return negative;
    case PZ_T_CALENDAR_INTERVAL:
        negative = (v->iv.months * 31.0 + v->iv.days) * 86400e6 + (double)v->iv.micros < 0;
        if (negative) v->iv.months = -v->iv.months, v->iv.days = -v->iv.days, v->iv.micros = -v->iv.micros;
        return negative;
    default:
        negative = v->i < 0;
        if (negative) v->i = -v->i;
        return negative;
    }
}

/* Where a bound lies: -1 before the current row, 0 at it, 1 after it. */
static int
side_of(const pz_bound *b)
{
    if (b->kind == PZ_BOUND_UNBOUNDED_PRECEDING || b->kind == PZ_BOUND_UNBOUNDED_FOLLOWING) return b->kind == PZ_BOUND_UNBOUNDED_PRECEDING ? -1 : 1;
    if (b->kind == PZ_BOUND_CURRENT) return 0;
    pz_value v = b->known->value, size = v;
    if (split_offset(b->known->type, &size)) return -1;
    switch (b->known->type->id) {
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE: return v.d > 0;
    case PZ_T_DECIMAL: return v.dec > 0;
    case PZ_T_CALENDAR_INTERVAL: return v.iv.months || v.iv.days || v.iv.micros;
    default: return v.i > 0;
    }
}

static bool
is_null_end(const pz_bound *b)
{
    return b->kind == PZ_BOUND_OFFSET && b->known->value.null;
}

/* No row of the partition can lie between the ends, though they may be written: 1 FOLLOWING AND CURRENT ROW. */
static bool
is_empty_frame(const pz_window_spec *w)
{
    if (is_null_end(&w->to)) return true;
    if (is_null_end(&w->from)) return false;
    bool one_current = w->from.kind == PZ_BOUND_CURRENT || w->to.kind == PZ_BOUND_CURRENT;
    return one_current && side_of(&w->from) > side_of(&w->to);
}

/* RANGE offsets have the type that may be added to the sort key. */
static pz_status
write_offset(pz_lowerer *lw, const pz_type *key, const pz_type *t, const pz_value *v, pz_buf *out)
{
    bool temporal = key && (key->id == PZ_T_DATE || key->id == PZ_T_TIMESTAMP || key->id == PZ_T_TIMESTAMP_NTZ);
    if (!temporal) {
        if (key && key->id == PZ_T_DECIMAL && t->id == PZ_T_DECIMAL) return pz_lower_literal(lw, t, v, out);
        PZ_TRY(pz_lower_literal(lw, t, v, out));
        if (key) pz_buf_printf(out, "::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, key)));
        return PZ_OK;
    }
    if (t->id == PZ_T_YM_INTERVAL) pz_buf_printf(out, "to_months((%lld)::INTEGER)", (long long)v->i);
    else if (t->id == PZ_T_CALENDAR_INTERVAL) return pz_lower_literal(lw, t, v, out);
    else if (t->id == PZ_T_DT_INTERVAL) pz_buf_printf(out, "to_microseconds((%lld)::BIGINT)", (long long)v->i);
    else pz_buf_printf(out, "to_days((%lld)::INTEGER)", (long long)v->i);
    return PZ_OK;
}

static pz_status
write_bound(pz_lowerer *lw, const pz_bound *b, const pz_type *key, pz_buf *out)
{
    pz_value v;
    bool negative;
    switch (b->kind) {
    case PZ_BOUND_UNBOUNDED_PRECEDING: pz_buf_puts(out, "UNBOUNDED PRECEDING"); return PZ_OK;
    case PZ_BOUND_CURRENT: pz_buf_puts(out, "CURRENT ROW"); return PZ_OK;
    case PZ_BOUND_UNBOUNDED_FOLLOWING: pz_buf_puts(out, "UNBOUNDED FOLLOWING"); return PZ_OK;
    case PZ_BOUND_OFFSET: break;
    }
    if (is_null_end(b)) {                      /* only at the start of a frame that is not empty */
        pz_buf_puts(out, "UNBOUNDED PRECEDING");
        return PZ_OK;
    }
    if (side_of(b) == 0) {                     /* 0 FOLLOWING is the current row */
        pz_buf_puts(out, "CURRENT ROW");
        return PZ_OK;
    }
    v = pz_value_copy(lw->a, b->known->type, &b->known->value);
    negative = split_offset(b->known->type, &v);
    PZ_TRY(write_offset(lw, key, b->known->type, &v, out));
    pz_buf_puts(out, negative ? " PRECEDING" : " FOLLOWING");
    return PZ_OK;
}

static pz_status
write_frame(pz_lowerer *lw, const pz_window_spec *w, pz_buf *out)
{
    const pz_type *key = NULL;
    if (w->unit == PZ_FRAME_RANGE && w->order.n) {
        const pz_expr *o = w->order.data[0];
        key = o->kind == PZ_EXPR_SORT_ORDER ? o->args.data[0]->type : o->type;
    }
    if (is_empty_frame(w)) {
        pz_buf_puts(out, " ROWS BETWEEN 2 FOLLOWING AND 1 FOLLOWING");
        return PZ_OK;
    }
    pz_buf_puts(out, w->unit == PZ_FRAME_ROWS ? " ROWS BETWEEN " : " RANGE BETWEEN ");
    PZ_TRY(write_bound(lw, &w->from, key, out));
    pz_buf_puts(out, " AND ");
    return write_bound(lw, &w->to, key, out);
}

/* With constant keys only, every row is a peer of every other. */
static bool
is_whole_partition(const pz_window_spec *w, bool ordered)
{
    if (w->unit == PZ_FRAME_NONE) return !ordered;
    if (w->unit == PZ_FRAME_RANGE && w->order.n && !ordered && !is_empty_frame(w)) return true;
    return w->from.kind == PZ_BOUND_UNBOUNDED_PRECEDING && w->to.kind == PZ_BOUND_UNBOUNDED_FOLLOWING;
}

static bool
is_c_aggregate(const pz_expr *call)
{
    static const char *const bound[] = {"mode", "percentile", "percentile_cont", "percentile_disc", "median", "max_by", "min_by", "collect_set"};
    const pz_lowering *row;
    while (call->kind == PZ_EXPR_CAST || call->kind == PZ_EXPR_ALIAS) call = call->args.data[0];
    row = pz_lowering_of(call);
    if (!row || row->kind != PZ_LOW_AGG) return false;
    if (row->how == PZ_HOW_AGGVAL) return true;
    for (size_t i = 0; row->how == PZ_HOW_CALL && i < PZ_COUNTOF(bound); i++)
        if (pz_expr_is(call, bound[i])) return true;
    return (pz_expr_is(call, "max") || pz_expr_is(call, "min")) && pz_type_is_nested(call->type);
}

/* Functions whose value depends on the order of rows that the keys of the window leave open. */
static bool
wants_order(const pz_expr *call)
{
    static const char *const wanting[] = {"max_by", "min_by", "mode", "collect_list", "array_agg", "listagg", "string_agg", "histogram_numeric", "first", "collect_set",
                                          "first_value", "last", "last_value", "any_value", "nth_value", "row_number", "ntile", "lag", "lead"};
    while (call->kind == PZ_EXPR_CAST || call->kind == PZ_EXPR_ALIAS) call = call->args.data[0];
    for (size_t i = 0; i < PZ_COUNTOF(wanting); i++)
        if (pz_expr_is(call, wanting[i])) return true;
    return pz_type_is_collated(call->type);    /* one of several that are equal */
}

/* Functions whose last digits depend on it. */
static bool
minds_digits(const pz_expr *call)
{
    static const char *const minding[] = {"stddev", "stddev_samp", "stddev_pop", "std", "variance", "var_samp", "var_pop", "skewness", "kurtosis", "corr", "covar_samp",
                                          "covar_pop", "regr_slope", "regr_intercept", "regr_r2", "regr_sxx", "regr_sxy", "regr_syy"};
    while (call->kind == PZ_EXPR_CAST || call->kind == PZ_EXPR_ALIAS) call = call->args.data[0];
    for (size_t i = 0; i < PZ_COUNTOF(minding); i++)
        if (pz_expr_is(call, minding[i])) return true;
    return call->kind == PZ_EXPR_CALL && call->args.n && (call->args.data[0]->type->id == PZ_T_DOUBLE || call->args.data[0]->type->id == PZ_T_FLOAT)
           && (pz_expr_is(call, "sum") || pz_expr_is(call, "avg") || pz_expr_is(call, "try_sum") || pz_expr_is(call, "try_avg"));
}

/*
 * The frame, written in one of several ways that mean the same.  An aggregate over a whole partition has one value for all of its rows, and the
 * engine computes it once: C aggregates must know (PZ_USE_PARTITION).  Under an ORDER BY it does so with a sort of its own for each partition,
 * which is slow, and wrong beyond a million of them; a frame that ends far behind any partition takes another path.
 */
static pz_status
write_frame_of(pz_lowerer *lw, const pz_expr *call, const pz_window_spec *w, bool whole, bool ordered, pz_buf *out)
{
    if (!frame_matters(call)) return PZ_OK;
    if (whole) {
        if (ordered) pz_buf_puts(out, " ROWS BETWEEN UNBOUNDED PRECEDING AND 4611686018427387904 FOLLOWING");
        else pz_buf_puts(out, " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
        return PZ_OK;
    }
    return w->unit == PZ_FRAME_NONE ? PZ_OK : write_frame(lw, w, out);
}

/* In frames of RANGE rows with equal keys go together, so that none may be added. */
static bool
minds_ties(const pz_expr *call, const pz_window_spec *w)
{
    return (wants_order(call) || minds_digits(call)) && (w->unit == PZ_FRAME_ROWS || !frame_matters(call));
}

static pz_status
write_over(pz_lowerer *lw, const pz_expr *call, const pz_window_spec *w, pz_buf *out)
{
    pz_buf order, keys;
    pz_status st;
    bool ordered, numbered, whole, minds;
    pz_buf_puts(out, " OVER (");
    for (int i = 0; i < w->partition.n; i++) {
        pz_buf_puts(out, i ? ", " : "PARTITION BY ");
        PZ_TRY(pz_lower_key(lw, w->partition.data[i], out));
    }
    pz_buf_init(&order, 0);
    pz_buf_init(&keys, 0);
    st = pz_lower_sort(lw, &w->order, &order);
    ordered = order.len > 0;
    whole = is_whole_partition(w, ordered);
    numbered = lw->row_number.len && (ordered ? minds_ties(call, w) : !w->partition.n || wants_order(call) || minds_digits(call));
    if (ordered || numbered) pz_buf_printf(&keys, "%sORDER BY " PZ_FMT, w->partition.n ? " " : "", PZ_ARG(pz_buf_view(&order)));
    if (numbered) pz_buf_printf(&keys, "%s" PZ_FMT, ordered ? ", " : "", PZ_ARG(lw->row_number));
    pz_buf_free(&order);
    PZ_TRY(st);
    lw->window_tie = pz_strf(lw->a, "row_number()" PZ_FMT PZ_FMT ")", PZ_ARG(pz_buf_view(out)), PZ_ARG(pz_buf_view(&keys)));
    /* Where the order is of no matter, a C aggregate goes without it, rather than meet every row of the partition for every row.  How the values
     * of a set lie is a small matter. */
    minds = (wants_order(call) && (numbered || !pz_expr_is(call, "collect_set"))) || (lw->few_rows && minds_digits(call));
    lw->over_partition = is_c_aggregate(call) && whole && ((!ordered && !numbered) || !minds);
    if (!lw->over_partition) pz_buf_str(out, pz_buf_view(&keys));
    else if (numbered && !w->partition.n) pz_buf_puts(out, "PARTITION BY NULL");
    pz_buf_free(&keys);
    PZ_TRY(write_frame_of(lw, call, w, whole, (ordered || numbered) && !lw->over_partition, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

pz_use
pz_aggregate_use(const pz_lowerer *lw)
{
    return !lw->over.len ? PZ_USE_GROUP : lw->over_partition ? PZ_USE_PARTITION : lw->few_rows ? PZ_USE_FRAME_OF_FEW : PZ_USE_FRAME;
}

static pz_walk
is_without_keys(pz_expr *e, void *arg)
{
    bool keyed = false;
    (void)arg;
    if (e->kind != PZ_EXPR_WINDOW || e->u.window->partition.n) return PZ_WALK_ON;
    for (int i = 0; i < e->u.window->order.n; i++) {
        const pz_expr *o = e->u.window->order.data[i];
        if (o->kind == PZ_EXPR_SORT_ORDER) o = o->args.data[0];
        keyed |= o->kind != PZ_EXPR_LITERAL;
    }
    return keyed ? PZ_WALK_ON : PZ_WALK_STOP;
}

static pz_walk
is_open(pz_expr *e, void *arg)
{
    const pz_window_spec *w = e->u.window;
    (void)arg;
    if (e->kind != PZ_EXPR_WINDOW) return PZ_WALK_ON;
    return (w->order.n ? minds_ties(e->args.data[0], w) : wants_order(e->args.data[0]) || minds_digits(e->args.data[0])) ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* Has any a window whose function depends on the order of rows with equal keys?  Spark sorts them as they come. */
bool
pz_windows_mind_ties(const pz_exprs *exprs)
{
    return !pz_walk_exprs(exprs, is_open, NULL);
}

/* Has it a window that takes the rows as they come?  Over a union the engine fails with these, and takes the whole database down. */
bool
pz_windows_take_rows_as_they_come(const pz_exprs *exprs)
{
    return !pz_walk_exprs(exprs, is_without_keys, NULL);
}

static pz_status
note_keys(pz_lowerer *lw, const pz_window_spec *w)
{
    lw->window_keys = lw->window_dirs = (pz_strs){0};
    for (int i = 0; i < w->partition.n + w->order.n; i++) {
        const pz_expr *o = i < w->partition.n ? w->partition.data[i] : w->order.data[i - w->partition.n];
        bool sorted = o->kind == PZ_EXPR_SORT_ORDER;
        const pz_expr *x = sorted ? o->args.data[0] : o;
        pz_str text;
        pz_buf b;
        pz_status st;
        if (x->kind == PZ_EXPR_LITERAL || !pz_type_is_orderable(x->type)) continue;
        pz_buf_init(&b, 0);
        st = pz_lower_order(lw, x, false, &b);
        text = pz_buf_dup(&b, lw->a);
        pz_buf_free(&b);
        PZ_TRY(st);
        pz_vec_push(lw->a, &lw->window_keys, text);
        pz_vec_push(lw->a, &lw->window_dirs, pz_strf(lw->a, "%s%s", !sorted || o->u.sort.asc ? " ASC" : " DESC",
                                                     !sorted || o->u.sort.nulls_first ? " NULLS FIRST" : " NULLS LAST"));
    }
    return PZ_OK;
}

pz_status
pz_lower_window(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_str before = lw->over;
    bool partition = lw->over_partition;
    pz_buf over;
    pz_status st;
    pz_buf_init(&over, 0);
    lw->over = (pz_str){0};
    st = write_over(lw, e->args.data[0], e->u.window, &over);
    if (st == PZ_OK) st = note_keys(lw, e->u.window);
    if (st == PZ_OK) {
        lw->over = pz_buf_dup(&over, lw->a);
        st = pz_lower_value(lw, e->args.data[0], out);
    }
    pz_buf_free(&over);
    lw->over = before;
    lw->over_partition = partition;
    return st;
}

/* ---------------------------------------------------------------- subqueries */
/* (a, b) IN (SELECT x, y ...) by rows compares NULLs; three-valued logic is spelled out with EXISTS. */
static pz_status
write_row_in(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_sel s;
    pz_buf match, query;
    pz_status st = PZ_OK;
    const pz_rel *rel = e->u.sub.rel;
    pz_str alias = pz_lower_fresh(lw, 't');
    pz_buf_init(&match, 0);
    pz_buf_init(&query, 0);
    PZ_TRY(pz_lower_rel(lw, rel, &s));
    pz_sel_list(lw, &s, &rel->output, &query);
    for (int i = 0; i < rel->output.n && st == PZ_OK; i++) {
        if (i) pz_buf_puts(&match, " AND ");
        st = pz_lower_value(lw, e->args.data[i], &match);
        pz_buf_printf(&match, " = " PZ_FMT ".c%d", PZ_ARG(alias), rel->output.data[i]->id);
    }
    if (st == PZ_OK) {
        pz_str q = pz_buf_view(&query), m = pz_buf_view(&match);
        pz_buf_printf(out, "(CASE WHEN EXISTS (SELECT 1 FROM (" PZ_FMT ") AS " PZ_FMT " WHERE " PZ_FMT ") THEN true ", PZ_ARG(q), PZ_ARG(alias), PZ_ARG(m));
        pz_buf_printf(out, "WHEN EXISTS (SELECT 1 FROM (" PZ_FMT ") AS " PZ_FMT " WHERE (" PZ_FMT ") IS NULL) THEN NULL ELSE false END)", PZ_ARG(q),
                      PZ_ARG(alias), PZ_ARG(m));
    }
    pz_buf_free(&match);
    pz_buf_free(&query);
    return st;
}

/* Relations that never have a second row. */
static bool
is_one_row(const pz_rel *r)
{
    const pz_expr *n = r->cond;
    switch (r->kind) {
    case PZ_REL_ONE_ROW: return true;
    case PZ_REL_AGGREGATE: return !r->keys.n && !r->u.agg.sets.n;
    case PZ_REL_LIMIT: return (n && n->kind == PZ_EXPR_LITERAL && n->value.i <= 1) || is_one_row(r->input);
    case PZ_REL_PROJECT:
    case PZ_REL_FILTER:
    case PZ_REL_SORT:
    case PZ_REL_ALIAS:
    case PZ_REL_REPARTITION: return is_one_row(r->input);
    default: return false;
    }
}

/* A correlated scalar subquery becomes a join in Spark, whose complaint about a second row is of another class than that of a plain one. */
static pz_status
write_checked_scalar(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_sel s;
    pz_str alias = pz_lower_fresh(lw, 't');
    int id = e->u.sub.rel->output.data[0]->id;
    PZ_TRY(pz_lower_rel(lw, e->u.sub.rel, &s));
    pz_buf_printf(out, "(SELECT CASE WHEN count(*) > 1 THEN error('\001%s\002@class\003%s') ELSE first(c%d) END FROM (", "SCALAR_SUBQUERY_TOO_MANY_ROWS",
                  "SparkRuntimeException", id);
    PZ_TRY(pz_sel_list(lw, &s, &e->u.sub.rel->output, out));
    pz_buf_printf(out, ") AS " PZ_FMT ")", PZ_ARG(alias));
    return PZ_OK;
}

static pz_status
write_subquery(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    const pz_rel *rel = e->u.sub.rel;
    pz_sel s;
    if (e->u.sub.kind == PZ_SUB_IN && e->args.n > 1) return write_row_in(lw, e, out);
    if (e->u.sub.kind == PZ_SUB_SCALAR && e->u.sub.outer.n && !is_one_row(rel)) return write_checked_scalar(lw, e, out);
    pz_buf_putc(out, '(');
    if (e->u.sub.kind == PZ_SUB_IN) {
        PZ_TRY(pz_lower_value(lw, e->args.data[0], out));
        pz_buf_puts(out, " IN ");
    }
    if (e->u.sub.kind == PZ_SUB_EXISTS) pz_buf_puts(out, "EXISTS ");
    PZ_TRY(pz_lower_rel(lw, rel, &s));
    pz_buf_putc(out, '(');
    if (e->u.sub.kind == PZ_SUB_EXISTS) PZ_TRY(pz_sel_text(lw, &s, out));
    else PZ_TRY(pz_sel_list(lw, &s, &rel->output, out));
    pz_buf_puts(out, "))");
    return PZ_OK;
}

/* As a value, Spark's IN over a subquery has two outcomes only: what is unknown counts as no, for NOT IN as well.  A conjunct of
 * a filter is the same either way and stays plain. */
pz_status
pz_lower_subquery(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_str over = lw->over;
    const pz_attr *level = lw->level;
    int filtering = lw->filtering;
    bool correlated = lw->correlated;
    bool whole = lw->conjunct == e, negated = e->u.sub.negated != (lw->negated == e), known = e->u.sub.kind == PZ_SUB_IN && !whole;
    pz_status st;
    lw->over = (pz_str){0};
    lw->level = NULL;
    lw->filtering = 0;
    lw->correlated = e->u.sub.outer.n > 0;
    pz_buf_puts(out, known ? negated ? "coalesce(NOT " : "coalesce(" : negated ? "(NOT " : "");
    st = write_subquery(lw, e, out);
    pz_buf_puts(out, known ? ", false)" : negated ? ")" : "");
    lw->over = over;
    lw->level = level;
    lw->filtering = filtering;
    lw->correlated = correlated;
    return st;
}

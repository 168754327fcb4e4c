/*
 * analyze/rel_sort.c - ORDER BY, WHERE and QUALIFY: clauses that may use columns their input does not show.
 *
 * SELECT a FROM t ORDER BY b:  PROJECT(a) < SORT(b) < PROJECT(a, b hidden) < t
 * Over an aggregated SELECT the clause may add aggregates below (rel_agg.c).
 */
#include "analyze_int.h"

/* ------------------------------------------------------------ carrying hidden columns up */
static void
append_output(pz_analyzer *an, pz_rel *r, pz_attr *attr)
{
    pz_attrs o = {0};                          /* arrays may be shared with the input: always a new one */
    for (int i = 0; i < r->output.n; i++)
        pz_vec_push(an->a, &o, r->output.data[i]);
    pz_vec_push(an->a, &o, attr);
    r->output = o;
}

pz_attr *
pz_append_hidden(pz_analyzer *an, pz_rel *r, const pz_attr *attr)
{
    pz_attr *h = pz_attr_copy(an, attr);
    h->hidden = true;
    append_output(an, r, h);
    return h;
}

void
pz_append_item(pz_analyzer *an, pz_rel *r, pz_attr *attr)
{
    pz_exprs e = {0};
    for (int i = 0; i < r->exprs.n; i++)
        pz_vec_push(an->a, &e, r->exprs.data[i]);
    pz_vec_push(an->a, &e, pz_attr_ref(an, attr, r->origin));
    r->exprs = e;
}

bool
pz_rel_passes_columns(const pz_rel *r)
{
    switch (r->kind) {
    case PZ_REL_FILTER:
    case PZ_REL_SORT:
    case PZ_REL_LIMIT:
    case PZ_REL_OFFSET:
    case PZ_REL_TAIL:
    case PZ_REL_REPARTITION:
    case PZ_REL_SAMPLE:
    case PZ_REL_GENERATE: return true;
    default: return false;
    }
}

bool
pz_carry(pz_analyzer *an, pz_rel *r, pz_attr *attr)
{
    if (r == NULL)
        return false;
    if (pz_rel_gives(r, attr->id))
        return true;
    if ((r->kind != PZ_REL_PROJECT && !pz_rel_passes_columns(r)) || !pz_carry(an, r->input, attr))
        return false;
    pz_attr *h = pz_append_hidden(an, r, attr);
    if (r->kind == PZ_REL_PROJECT)
        pz_append_item(an, r, h);
    return true;
}

/* The SELECT below, through nodes that only drop or order rows. */
static pz_rel *
select_below(pz_rel *r)
{
    while (r != NULL && (r->kind == PZ_REL_FILTER || r->kind == PZ_REL_SORT || r->kind == PZ_REL_REPARTITION || r->kind == PZ_REL_SAMPLE))
        r = r->input;
    return r != NULL && r->kind == PZ_REL_PROJECT ? r : NULL;
}

/* Scope of an expression over `in` that may also name what the SELECT below reads. */
static pz_scope *
scope_with_missing(pz_analyzer *an, pz_rel *in, pz_scope *outer, pz_exprs *orefs)
{
    pz_scope *s = pz_scope_of(an, in, outer, orefs), *at = s;
    for (pz_rel *p = select_below(in); p != NULL; p = select_below(p->input)) {
        pz_agg_ctx *c = pz_agg_ctx_of(an, p);
        if (c != NULL) {
            at->fallback = pz_agg_ctx_scope(c);
            break;
        }
        at->fallback = pz_scope_of(an, p->input, NULL, NULL);
        at = at->fallback;
        if (p->input == NULL)
            break;
    }
    return s;
}

typedef struct stray { pz_analyzer *an; const pz_rel *in; pz_attrs list; const pz_expr *first; } stray;

static pz_walk
find_strays(pz_expr *e, void *arg)
{
    stray *s = arg;
    if (e->kind != PZ_EXPR_ATTR || pz_rel_gives(s->in, e->u.attr->id))
        return PZ_WALK_ON;
    if (s->list.n == 0)
        s->first = e;
    pz_vec_push(s->an->a, &s->list, e->u.attr);
    return PZ_WALK_ON;
}

/* grouping(a) speaks of the aggregation below. */
static pz_walk
find_grouping(pz_expr *e, void *arg)
{
    if (e->kind == PZ_EXPR_CALL && e->names.n)
        *(bool *)arg |= pz_str_ieqc(e->names.data[e->names.n - 1], "grouping") || pz_str_ieqc(e->names.data[e->names.n - 1], "grouping_id");
    return PZ_WALK_ON;
}

static pz_status
not_reachable(pz_analyzer *an, const pz_rel *in, const pz_attr *attr, pz_origin o, const pz_expr *ref)
{
    pz_expr col = {.names = {(pz_str *)&attr->name, 1, 1}, .origin = o, .plan_id = -1};
    if (ref && ref->plan_id >= 0)              /* df["x"] */
        return pz_raise_no_df_column(an, &col);
    return pz_raise_unresolved_column(an, pz_scope_of(an, in, NULL, NULL), &col);
}

/*
 * Make a resolved expression stand on `in`'s outputs: aggregates go into the aggregated SELECT below, missing columns are carried
 * up.  *in may get hidden columns.
 */
static pz_status
settle(pz_analyzer *an, pz_rel *in, pz_expr *e, bool as_column, pz_expr **out)
{
    pz_rel *p = select_below(in);
    pz_agg_ctx *c = p != NULL ? pz_agg_ctx_of(an, p) : NULL;
    stray s = {.an = an, .in = in};
    pz_walk_expr(e, find_strays, &s);
    bool grouping = false;
    pz_walk_expr(e, find_grouping, &grouping);
    bool extra = s.list.n > 0 || pz_expr_has_aggregate(e) || as_column || grouping;
    *out = e;
    if (!extra)
        return PZ_OK;
    if (c != NULL || (as_column && p != NULL && p->input != NULL)) {
        pz_expr *n = e;
        if (c != NULL) {
            PZ_TRY(pz_agg_rewrite(an, c, e, &n));
        } else {
            for (int i = 0; i < s.list.n; i++)
                if (!pz_carry(an, p->input, s.list.data[i]))
                    return not_reachable(an, in, s.list.data[i], e->origin, s.first);
        }
        stray below = {.an = an, .in = p->input};
        pz_walk_expr(n, find_strays, &below);
        bool own = false;                      /* refers to p's own aliases: a PROJECT above p instead */
        for (int i = 0; i < below.list.n; i++)
            own |= !pz_carry(an, p->input, below.list.data[i]);
        if (!own) {
            pz_expr *al = pz_alias_new(an, n, pz_expr_name(an, e));
            al->u.alias.attr->hidden = true;
            pz_exprs list = {0};
            for (int i = 0; i < p->exprs.n; i++)
                pz_vec_push(an->a, &list, p->exprs.data[i]);
            pz_vec_push(an->a, &list, al);
            p->exprs = list;
            append_output(an, p, al->u.alias.attr);
            if (!pz_carry(an, in, al->u.alias.attr))
                return pz_raise_internal(an->err, "sort column lost");
            *out = pz_attr_ref(an, al->u.alias.attr, e->origin);
            return PZ_OK;
        }
    }
    for (int i = 0; i < s.list.n; i++)
        if (!pz_carry(an, in, s.list.data[i]))
            return not_reachable(an, in, s.list.data[i], e->origin, s.first);
    return PZ_OK;
}

/* Back to the columns that were there before. */
static pz_rel *
only(pz_analyzer *an, pz_rel *r, const pz_attrs *before)
{
    pz_exprs keep = {0};
    if (r->output.n == before->n)
        return r;
    for (int i = 0; i < before->n; i++)
        pz_vec_push(an->a, &keep, pz_attr_ref(an, before->data[i], r->origin));
    return pz_project_make(an, r, &keep);
}

/* An expression with window functions or generators needs a column of its own over any input. */
static pz_status
as_hidden_column(pz_analyzer *an, pz_rel **in, pz_expr *e, pz_expr **out)
{
    pz_exprs list = {0};
    pz_expr *al = pz_alias_new(an, e, pz_expr_name(an, e));
    al->u.alias.attr->hidden = true;
    for (int i = 0; i < (*in)->output.n; i++)
        pz_vec_push(an->a, &list, pz_attr_ref(an, (*in)->output.data[i], e->origin));
    pz_vec_push(an->a, &list, al);
    *in = pz_project_make(an, *in, &list);
    *out = pz_attr_ref(an, al->u.alias.attr, e->origin);
    return PZ_OK;
}

/* ------------------------------------------------------------ ORDER BY */
static bool
is_ordinal(const pz_expr *e)
{
    return e->kind == PZ_EXPR_LITERAL && e->type->id == PZ_T_INT && !e->value.null;
}

static bool
is_order_by_all(const pz_exprs *exprs)
{
    const pz_expr *e = exprs->n == 1 && exprs->data[0]->args.n == 1 ? exprs->data[0]->args.data[0] : NULL;
    return e != NULL && e->kind == PZ_EXPR_COLUMN && e->names.n == 1 && e->plan_id < 0 && pz_str_ieqc(e->names.data[0], "all");
}

/* Only right above an aggregation may ORDER BY aggregate. */
static pz_status
check_sorted_aggregates(pz_analyzer *an, const pz_rel *in, pz_expr *e, pz_origin whole)
{
    const pz_rel *p = select_below((pz_rel *)in);
    pz_agg_ctx *c = p != NULL ? pz_agg_ctx_of(an, p) : NULL;
    stray s = {.an = an, .in = in};
    bool generator;
    if (!pz_expr_has_aggregate(e) || (c != NULL && !pz_agg_is_sealed(c)))
        return PZ_OK;
    pz_walk_expr(e, find_strays, &s);
    if (c != NULL && s.list.n)
        return not_reachable(an, in, s.list.data[0], s.first->origin, s.first);
    return pz_raise(an->err, PZ_ERR_UNSUPPORTED_EXPR_FOR_OPERATOR, whole, "operator", "Sort", "invalidExprSqls", pz_misplaced(an, e, &generator).ptr, NULL);
}

static pz_status
check_key(pz_analyzer *an, pz_expr *e, const pz_expr *order)
{
    if (pz_type_is_orderable(e->type)) return PZ_OK;
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, e->origin, "functionName", "`sortorder`", "dataType",
                    pz_quote_type(an, e->type).ptr, "sqlExpr",
                    pz_strf(an->a, "\"" PZ_FMT " %s NULLS %s\"", PZ_ARG(pz_expr_sql(an, e)), order->u.sort.asc ? "ASC" : "DESC",
                            order->u.sort.nulls_first ? "FIRST" : "LAST").ptr, NULL);
}

static pz_status
sort_expr(pz_analyzer *an, pz_scope *s, pz_rel *in, const pz_attrs *before, pz_expr *order, pz_origin whole, pz_expr **out)
{
    pz_expr *e = order->args.data[0];
    if (is_ordinal(e) && !pz_conf_is(an->env, "spark.sql.orderByOrdinal", "false")) {
        int64_t i = e->value.i;
        pz_attrs vis = {0};
        for (int k = 0; k < before->n; k++)
            if (!before->data[k]->hidden)
                pz_vec_push(an->a, &vis, before->data[k]);
        if (i < 1 || i > vis.n)
            return pz_raise(an->err, PZ_ERR_ORDER_BY_POS_OUT_OF_RANGE, e->origin, "index", pz_strf(an->a, "%lld", (long long)i).ptr,
                            "size", pz_strf(an->a, "%d", vis.n).ptr, NULL);
        *out = pz_attr_ref(an, vis.data[i - 1], e->origin);
        return check_key(an, *out, order);
    }
    PZ_TRY(pz_resolve_expr(an, s, e, &e));
    while (e->kind == PZ_EXPR_ALIAS)
        e = e->args.data[0];
    if (pz_expr_has_window(e)) {
        bool generator;
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_EXPR_FOR_OPERATOR, whole, "operator", "Sort", "invalidExprSqls", pz_misplaced(an, e, &generator).ptr, NULL);
    }
    if (pz_expr_has_generator(e))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, PZ_NO_ORIGIN, "plan",
                        pz_strf(an->a, "Sort [" PZ_FMT " ASC NULLS FIRST], true", PZ_ARG(pz_expr_sql_ids(an, e))).ptr, NULL);
    PZ_TRY(pz_refuse_correlated(an, e, whole));
    PZ_TRY(check_sorted_aggregates(an, in, e, whole));
    PZ_TRY(settle(an, in, e, false, &e));
    *out = e;
    return check_key(an, e, order);
}

PZ_REL_HANDLER(pz_resolve_sort)
{
    pz_rel *in;
    pz_exprs orders = {0};
    PZ_INPUT(r, &in);
    pz_attrs before = in->output;
    pz_scope *s = scope_with_missing(an, in, outer, orefs);
    s->clause = PZ_CLAUSE_ORDER;
    s->allow_aggregate = s->allow_window = true;
    if (is_order_by_all(&r->exprs)) {
        pz_expr *col = NULL;
        PZ_TRY(pz_find_column(an, s, r->exprs.data[0]->args.data[0], &col));
        if (col == NULL) {
            for (int i = 0; i < before.n; i++) {
                pz_expr *o = pz_expr_shallow(an->a, r->exprs.data[0]);
                memset(&o->args, 0, sizeof(o->args));
                pz_vec_push(an->a, &o->args, pz_attr_ref(an, before.data[i], o->origin));
                o->resolved = true;
                PZ_TRY(check_key(an, o->args.data[0], o));
                pz_vec_push(an->a, &orders, o);
            }
        }
    }
    bool all = orders.n > 0;
    for (int i = 0; !all && i < r->exprs.n; i++) {
        pz_expr *w = r->exprs.data[i], *e = NULL;
        if (w->kind != PZ_EXPR_SORT_ORDER) {   /* bare column: ascending */
            pz_expr *o = pz_expr_make(an->a, PZ_EXPR_SORT_ORDER, w->origin);
            pz_vec_push(an->a, &o->args, w);
            o->u.sort.asc = o->u.sort.nulls_first = o->u.sort.nulls_set = true;
            w = o;
        }
        PZ_TRY(sort_expr(an, s, in, &before, w, r->origin, &e));
        pz_expr *o = pz_expr_shallow(an->a, w);
        memset(&o->args, 0, sizeof(o->args));
        pz_vec_push(an->a, &o->args, e);
        o->type = e->type;
        o->nullable = e->nullable;
        if (!o->u.sort.nulls_set)
            o->u.sort.nulls_first = o->u.sort.asc;
        o->u.sort.nulls_set = true;
        o->resolved = true;
        pz_vec_push(an->a, &orders, o);
    }
    pz_rel *n = pz_rel_new(an, PZ_REL_SORT, in, r->origin);
    n->exprs = orders;
    n->u = r->u;
    *out = only(an, n, &before);
    return PZ_OK;
}

static pz_status
no_partition_number(pz_analyzer *an, const pz_expr *e)
{
    pz_str sql = pz_expr_sql(an, e);
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, PZ_NO_ORIGIN, "sqlExpr",
                    pz_strf(an->a, "\"direct_shuffle_partition_id(" PZ_FMT ")\"", PZ_ARG(sql)).ptr, "paramIndex", "first", "requiredType", "\"INT\"", "inputSql",
                    pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(sql)).ptr, "inputType", pz_quote_type(an, e->type).ptr, NULL);
}

/* May rows be spread by it? */
pz_status
pz_check_spread(pz_analyzer *an, const pz_expr *e)
{
    if (!pz_type_holds(e->type, PZ_T_VARIANT)) return PZ_OK;
    return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_PARTITION_BY_VARIANT, PZ_NO_ORIGIN, "expr", pz_quote_sql_expr(an, e).ptr, "dataType",
                    pz_quote_type(an, e->type).ptr, NULL);
}

/* DISTRIBUTE BY, CLUSTER BY, repartition(): no row changes, but the expressions must mean something. */
PZ_REL_HANDLER(pz_resolve_repartition)
{
    pz_rel *in, *n;
    pz_exprs by = {0};
    PZ_INPUT(r, &in);
    pz_attrs before = in->output;
    pz_scope *s = scope_with_missing(an, in, outer, orefs);
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *e;
        PZ_TRY(pz_resolve_expr(an, s, r->exprs.data[i], &e));
        if (r->u.repartition.by_id && e->type->id != PZ_T_INT)
            return no_partition_number(an, e);
        PZ_TRY(pz_check_spread(an, e));
        PZ_TRY(settle(an, in, e, false, &e));
        pz_vec_push(an->a, &by, e);
    }
    n = pz_rel_new(an, PZ_REL_REPARTITION, in, r->origin);
    n->u.repartition = r->u.repartition;
    n->u.repartition.by = by;
    *out = only(an, n, &before);
    return PZ_OK;
}

/* ------------------------------------------------------------ WHERE and DataFrame filters */
pz_status
pz_check_boolean(pz_analyzer *an, pz_expr *cond, pz_origin o)
{
    if (cond->type->id == PZ_T_BOOLEAN)
        return PZ_OK;
    pz_str q = pz_quote_sql_expr(an, cond);
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_FILTER_NOT_BOOLEAN, o, "sqlExpr", q.ptr, "filter", q.ptr, "type",
                    pz_quote_type(an, cond->type).ptr, NULL);
}

typedef struct reach { const pz_rel *in; bool beyond; } reach;

static pz_walk
find_beyond(pz_expr *e, void *arg)
{
    reach *r = arg;
    r->beyond |= e->kind == PZ_EXPR_SUBQUERY || (e->kind == PZ_EXPR_ATTR && !pz_rel_gives(r->in, e->u.attr->id));
    return r->beyond ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_status
and_with(pz_analyzer *an, pz_expr **all, pz_expr *one)
{
    *all = *all == NULL ? one : pz_call_resolved(an, "and", 2, *all, one);
    return *all != NULL ? PZ_OK : PZ_FAIL;
}

/* Of the conjuncts those that look at the generator's input alone, and the others. */
static pz_status
split_condition(pz_analyzer *an, const pz_rel *in, pz_expr *cond, pz_expr **below, pz_expr **above)
{
    reach r = {in, false};
    if (cond->kind == PZ_EXPR_CALL && cond->names.n == 1 && pz_str_eqc(cond->names.data[0], "and") && cond->args.n == 2) {
        PZ_TRY(split_condition(an, in, cond->args.data[0], below, above));
        return split_condition(an, in, cond->args.data[1], below, above);
    }
    pz_walk_expr(cond, find_beyond, &r);
    return and_with(an, r.beyond || !pz_expr_is_deterministic(cond) ? above : below, cond);
}

/* Rows that a condition drops are not generated from: their generator may fail. */
static pz_status
filter_over(pz_analyzer *an, pz_rel *in, pz_expr *cond, pz_origin o, pz_rel **out)
{
    pz_expr *below = NULL, *above = cond;
    if (in->kind == PZ_REL_GENERATE && in->input != NULL) {
        above = NULL;
        PZ_TRY(split_condition(an, in->input, cond, &below, &above));
    }
    if (below != NULL) {
        pz_rel *g = PZ_NEW(an->a, pz_rel);
        *g = *in;
        PZ_TRY(filter_over(an, in->input, below, o, &g->input));
        in = g;
    }
    *out = in;
    if (above == NULL)
        return PZ_OK;
    *out = pz_rel_new(an, PZ_REL_FILTER, in, o);
    (*out)->cond = above;
    return PZ_OK;
}

typedef struct places { pz_analyzer *an; pz_strs list; } places;

static pz_walk
list_misplaced(pz_expr *e, void *arg)
{
    places *p = arg;
    pz_fn_kind kind = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn)->kind : PZ_FN_SCALAR;
    if (kind == PZ_FN_AGG || kind == PZ_FN_GEN)
        pz_vec_push(p->an->a, &p->list, pz_expr_sql_qualified(p->an, e));
    return PZ_WALK_ON;
}

/* count(1), max(t.a) */
static pz_str
misplaced_list(pz_analyzer *an, pz_expr *cond)
{
    places p = {.an = an};
    pz_str s = {0};
    pz_walk_expr(cond, list_misplaced, &p);
    for (int i = 0; i < p.list.n; i++)
        s = i ? pz_strf(an->a, PZ_FMT ", " PZ_FMT, PZ_ARG(s), PZ_ARG(p.list.data[i])) : p.list.data[i];
    return s;
}

PZ_REL_HANDLER(pz_resolve_filter)
{
    pz_rel *in;
    pz_expr *cond;
    PZ_INPUT(r, &in);
    pz_attrs before = in->output;
    pz_scope *s = scope_with_missing(an, in, outer, orefs);
    s->clause = PZ_CLAUSE_WHERE;
    s->allow_aggregate = s->allow_window = true;
    PZ_TRY(pz_resolve_expr(an, s, r->cond, &cond));
    while (cond->kind == PZ_EXPR_ALIAS)
        cond = cond->args.data[0];
    PZ_TRY(pz_hoist_aggregates(an, outer, orefs, &cond));
    pz_rel *p = select_below(in);
    bool over_agg = p != NULL && pz_agg_ctx_of(an, p) != NULL;
    if (pz_expr_has_window(cond))
        return pz_raise(an->err, PZ_ERR_WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE, PZ_NO_ORIGIN, "clauseName", "WHERE", NULL);
    if (pz_expr_has_generator(cond) || (pz_expr_has_aggregate(cond) && !over_agg))
        return pz_raise(an->err, PZ_ERR_INVALID_WHERE_CONDITION, r->origin, "condition", pz_quote_sql_expr(an, cond).ptr,
                        "expressionList", misplaced_list(an, cond).ptr, NULL);
    PZ_TRY(pz_check_boolean(an, cond, r->origin));
    PZ_TRY(settle(an, in, cond, false, &cond));
    pz_rel *n;
    PZ_TRY(filter_over(an, in, cond, r->origin, &n));
    *out = only(an, n, &before);
    return PZ_OK;
}

typedef struct qualified { bool in_window; const pz_expr *inside, *outside; } qualified;

/* Aggregates that are no window functions themselves, inside of windows and outside. */
static pz_walk
find_aggregates(pz_expr *e, void *arg)
{
    qualified *q = arg, below = {.in_window = true};
    if (e->kind == PZ_EXPR_WINDOW) {
        for (int i = 0; i < e->args.data[0]->args.n; i++)
            pz_walk_expr(e->args.data[0]->args.data[i], find_aggregates, &below);
        pz_walk_exprs(&e->u.window->partition, find_aggregates, &below);
        pz_walk_exprs(&e->u.window->order, find_aggregates, &below);
        if (q->inside == NULL)
            q->inside = below.inside;
        return PZ_WALK_SKIP;
    }
    if (e->kind != PZ_EXPR_CALL || e->u.call.fn < 0 || pz_fn_row(e->u.call.fn)->kind != PZ_FN_AGG)
        return PZ_WALK_ON;
    if (q->in_window && q->inside == NULL)
        q->inside = e;
    if (!q->in_window && q->outside == NULL)
        q->outside = e;
    return PZ_WALK_SKIP;
}

/* QUALIFY works on the rows that the SELECT gives: nothing can be aggregated any more. */
static pz_status
check_qualify(pz_analyzer *an, const pz_rel *in, pz_expr *cond, const pz_rel *select)
{
    qualified q = {0};
    stray s = {.an = an, .in = in};
    pz_walk_expr(cond, find_aggregates, &q);
    const pz_expr *found = q.outside != NULL ? q.outside : q.inside;
    pz_walk_expr((pz_expr *)found, find_strays, &s);
    if (s.list.n && select != NULL && pz_agg_ctx_of(an, select) != NULL)
        return not_reachable(an, in, s.list.data[0], found->origin, NULL);
    if (q.outside != NULL)
        return pz_raise(an->err, PZ_ERR_QUALIFY_AGGREGATE_NOT_ALLOWED, q.outside->origin, "aggregateExpr", pz_quote_sql_expr(an, q.outside).ptr, NULL);
    return q.inside != NULL ? pz_raise(an->err, PZ_ERR_MISSING_GROUP_BY, select != NULL ? select->origin : cond->origin, NULL) : PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_qualify)
{
    pz_rel *in;
    pz_expr *cond;
    PZ_INPUT(r, &in);
    pz_attrs before = in->output;
    pz_scope *s = scope_with_missing(an, in, outer, orefs);
    s->allow_aggregate = s->allow_window = true;
    PZ_TRY(pz_resolve_expr(an, s, r->cond, &cond));
    bool windows = pz_expr_has_window(cond);
    const pz_rel *list = select_below(in);
    for (const pz_rel *x = list; x != NULL && x->kind == PZ_REL_PROJECT; x = x->input)     /* a list with aliases of aliases has levels */
        for (int i = 0; i < x->exprs.n; i++)
            windows |= pz_expr_has_window(x->exprs.data[i]);
    PZ_TRY(check_qualify(an, in, cond, list));
    if (!windows)
        return pz_raise(an->err, PZ_ERR_QUALIFY_REQUIRES_WINDOW_FUNCTION, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_check_boolean(an, cond, r->origin));
    PZ_TRY(settle(an, in, cond, true, &cond));
    if (pz_expr_has_window(cond))
        PZ_TRY(as_hidden_column(an, &in, cond, &cond));
    pz_rel *n = pz_rel_new(an, PZ_REL_FILTER, in, r->origin);
    n->cond = cond;
    *out = only(an, n, &before);
    return PZ_OK;
}

/* ------------------------------------------------------------ WINDOW w AS (...) */
typedef struct named_windows { pz_analyzer *an; const pz_rel *defs; pz_expr *missing; } named_windows;

static pz_expr *
put_window(pz_arena *a, pz_expr *e, void *arg)
{
    named_windows *w = arg;
    if (e->kind != PZ_EXPR_WINDOW || e->u.window->ref.len == 0)
        return e;
    for (int i = 0; i < w->defs->u.windows.names.n; i++)
        if (pz_str_eq(w->defs->u.windows.names.data[i], e->u.window->ref)) {
            pz_expr *n = pz_expr_shallow(a, e);
            n->u.window = w->defs->u.windows.specs.data[i];
            return n;
        }
    w->missing = e;
    return e;
}

static pz_rel *
with_windows(pz_analyzer *an, named_windows *w, const pz_rel *r)
{
    pz_rel *n = PZ_NEW(an->a, pz_rel);
    *n = *r;
    memset(&n->exprs, 0, sizeof(n->exprs));
    for (int i = 0; i < r->exprs.n; i++)
        pz_vec_push(an->a, &n->exprs, pz_map_expr(an->a, r->exprs.data[i], put_window, w));
    if (r->cond != NULL)
        n->cond = pz_map_expr(an->a, r->cond, put_window, w);
    if (r->input != NULL && r->kind != PZ_REL_PROJECT && r->kind != PZ_REL_AGGREGATE)
        n->input = with_windows(an, w, r->input);
    return n;
}

PZ_REL_HANDLER(pz_resolve_window_defs)
{
    named_windows w = {an, r, NULL};
    pz_rel *in = with_windows(an, &w, r->input);
    if (w.missing != NULL)
        return pz_raise(an->err, PZ_ERR_MISSING_WINDOW_SPECIFICATION, PZ_NO_ORIGIN, "windowName", w.missing->u.window->ref.ptr, "docroot",
                        "https://spark.apache.org/docs/latest", NULL);
    return pz_resolve_rel(an, in, outer, orefs, out);
}

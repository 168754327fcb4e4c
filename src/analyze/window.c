/*
 * analyze/window.c - f(x) OVER (...): the function, the window, and the frame each function has or may have.
 */
#include "expr_int.h"

static const pz_fn *
function_of(const pz_expr *e)
{
    return e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn) : NULL;
}

/* Frames that come with a function. */
typedef enum own_frame { FRAME_FREE, FRAME_ROWS, FRAME_RANGE, FRAME_SHIFT } own_frame;

static own_frame
frame_of(const pz_fn *fn)
{
    static const struct { const char *name; own_frame frame; } list[] = {
        {"counter_diff", FRAME_ROWS}, {"ewm", FRAME_ROWS}, {"null_index", FRAME_ROWS}, {"row_number", FRAME_ROWS}, {"rank", FRAME_ROWS}, {"dense_rank", FRAME_ROWS}, {"percent_rank", FRAME_ROWS}, {"ntile", FRAME_ROWS},
        {"cume_dist", FRAME_RANGE}, {"lag", FRAME_SHIFT}, {"lead", FRAME_SHIFT}};
    for (size_t i = 0; i < PZ_COUNTOF(list); i++)
        if (strcmp(fn->name, list[i].name) == 0)
            return list[i].frame;
    return FRAME_FREE;
}

static pz_bound
bound(pz_bound_kind k)
{
    return (pz_bound){.kind = k};
}

/* lag(x, n) looks at the row n before: n rows PRECEDING on both ends */
static void
shift_frame(pz_analyzer *an, const pz_expr *call, pz_window_spec *w)
{
    bool lag = strcmp(pz_fn_row(call->u.call.fn)->name, "lag") == 0;
    pz_value v = {0};
    pz_expr *at;
    w->unit = PZ_FRAME_ROWS;
    if (call->args.n < 2 || pz_fold(an, call->args.data[1], &v) != PZ_OK)
        return;
    at = pz_literal_int(an->a, (int32_t)(lag ? -v.i : v.i));
    w->from = w->to = (pz_bound){PZ_BOUND_OFFSET, at, at};
}

/* The frame that the function has anyway may be written, with numbers as they are. */
static bool
is_own_shift(pz_analyzer *an, const pz_expr *call, const pz_window_spec *w)
{
    pz_window_spec own = {0};
    const pz_bound *ends[] = {&w->from, &w->to};
    shift_frame(an, call, &own);
    if (w->unit != PZ_FRAME_ROWS || own.from.kind != PZ_BOUND_OFFSET) return false;
    for (size_t i = 0; i < PZ_COUNTOF(ends); i++)
        if (ends[i]->kind != PZ_BOUND_OFFSET || ends[i]->value->kind != PZ_EXPR_LITERAL || ends[i]->value->value.i != own.from.value->value.i) return false;
    return true;
}

static const char *
frame_words(const pz_window_spec *w, pz_analyzer *an)
{
    const char *ends[2];
    const pz_bound *b[2] = {&w->from, &w->to};
    for (int i = 0; i < 2; i++) {
        switch (b[i]->kind) {
        case PZ_BOUND_UNBOUNDED_PRECEDING: ends[i] = "unboundedpreceding$()"; break;
        case PZ_BOUND_UNBOUNDED_FOLLOWING: ends[i] = "unboundedfollowing$()"; break;
        case PZ_BOUND_CURRENT: ends[i] = "currentrow$()"; break;
        default: ends[i] = pz_expr_sql(an, b[i]->value).ptr;
        }
    }
    return pz_strf(an->a, "specifiedwindowframe(%s, %s, %s)", w->unit == PZ_FRAME_ROWS ? "RowFrame" : "RangeFrame", ends[0], ends[1]).ptr;
}

static pz_status
set_frame(pz_analyzer *an, const pz_expr *call, pz_window_spec *w)
{
    const pz_fn *fn = function_of(call);
    own_frame own = frame_of(fn);
    pz_window_spec want = {.from = {.kind = PZ_BOUND_UNBOUNDED_PRECEDING}, .to = {.kind = PZ_BOUND_CURRENT}};
    if (fn->kind == PZ_FN_WINDOW && w->order.n == 0)
        return pz_raise(an->err, PZ_ERR_WINDOW_FUNCTION_FRAME_NOT_ORDERED, PZ_NO_ORIGIN, "wf_name", fn->name, "wf_expr", pz_expr_sql_qualified(an, call).ptr, NULL);
    if (own == FRAME_FREE) {
        if (w->unit != PZ_FRAME_NONE)
            return PZ_OK;
        w->unit = w->order.n > 0 ? PZ_FRAME_RANGE : PZ_FRAME_ROWS;
        w->from = bound(PZ_BOUND_UNBOUNDED_PRECEDING);
        w->to = bound(w->order.n > 0 ? PZ_BOUND_CURRENT : PZ_BOUND_UNBOUNDED_FOLLOWING);
        return PZ_OK;
    }
    if (own == FRAME_SHIFT) {
        if (call->args.data[1]->type->id != PZ_T_INT)
            return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1035, PZ_NO_ORIGIN, "prettyName", fn->name, NULL);
        if (w->unit != PZ_FRAME_NONE && !is_own_shift(an, call, w))
            return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1035, PZ_NO_ORIGIN, "prettyName", fn->name, NULL);
        shift_frame(an, call, w);
        return PZ_OK;
    }
    want.unit = own == FRAME_ROWS ? PZ_FRAME_ROWS : PZ_FRAME_RANGE;
    if (w->unit != PZ_FRAME_NONE && (w->unit != want.unit || w->from.kind != want.from.kind || w->to.kind != want.to.kind))
        return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1036, PZ_NO_ORIGIN, "wf", frame_words(w, an), "required", frame_words(&want, an), NULL);
    w->unit = want.unit;
    w->from = want.from;
    w->to = want.to;
    return PZ_OK;
}

/* ---------------------------------------------------------------- checks of a written frame */

/* Where complaints about the specification point. */
static pz_origin
place_of(const pz_expr *e, const pz_window_spec *w)
{
    return w->origin.start >= 0 ? w->origin : e->origin;
}

static pz_status
raise_bound(pz_analyzer *an, pz_err_id id, const pz_expr *e, const pz_window_spec *w, const char *location, const char *wanted, const pz_type *got)
{
    pz_str sql = pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(pz_frame_sql(an, w)));
    if (!wanted)
        return pz_raise(an->err, id, place_of(e, w), "sqlExpr", sql.ptr, "location", location, "expression", "", NULL);
    return pz_raise(an->err, id, place_of(e, w), "sqlExpr", sql.ptr, "location", location, "exprType", pz_quote_type(an, got).ptr, "expectedType", wanted,
                    NULL);
}

/* A value of RANGE takes the type of what the window is ordered by, where that can be; dates and timestamps move by intervals. */
static void
coerce_value(pz_analyzer *an, const pz_window_spec *w, pz_bound *b)
{
    const pz_type *order;
    bool nullable;
    if (w->unit != PZ_FRAME_RANGE || w->order.n != 1 || b->kind != PZ_BOUND_OFFSET)
        return;
    order = w->order.data[0]->type;
    if (order->id == PZ_T_DATE || order->id == PZ_T_TIMESTAMP || order->id == PZ_T_TIMESTAMP_NTZ || pz_type_eq(order, b->value->type) ||
        !pz_cast_allowed(b->value->type, order, an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY, &nullable))
        return;
    b->value = pz_cast_to(an, b->value, order);
}

/* What may be added to the order's value to find the end of a RANGE. */
static bool
fits_order(const pz_type *order, const pz_type *t)
{
    switch (order->id) {
    case PZ_T_DATE:
        return t->id == PZ_T_INT || t->id == PZ_T_YM_INTERVAL || (t->id == PZ_T_DT_INTERVAL && t->start == PZ_DT_DAY && t->end == PZ_DT_DAY);
    case PZ_T_TIMESTAMP:
    case PZ_T_TIMESTAMP_NTZ:
        return pz_type_is_interval(t);
    default:
        return pz_type_eq(order, t);
    }
}

static pz_status
check_value(pz_analyzer *an, const pz_expr *e, const pz_window_spec *w, const pz_bound *b, const char *location)
{
    const pz_type *t;
    if (b->kind != PZ_BOUND_OFFSET)
        return PZ_OK;
    t = b->value->type;
    if (!pz_expr_is_foldable(b->value))
        return raise_bound(an, PZ_ERR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE, e, w, location, NULL, NULL);
    if (w->unit == PZ_FRAME_ROWS ? t->id != PZ_T_INT : !pz_type_is_numeric(t) && !pz_type_is_interval(t))
        return raise_bound(an, PZ_ERR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE, e, w, location,
                           w->unit == PZ_FRAME_ROWS ? "\"INT\"" : "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")", t);
    return PZ_OK;
}

/* The ends as values: what is written plainly at once, the rest by the engine. */
static pz_status
fold_value(pz_analyzer *an, pz_bound *b)
{
    const pz_expr *v = b->value, *inner = v;
    pz_value x = {0};
    bool flip;
    if (b->kind != PZ_BOUND_OFFSET)
        return PZ_OK;
    flip = v->kind == PZ_EXPR_CALL && strcmp(function_of(v)->name, "negative") == 0 && v->args.data[0]->kind == PZ_EXPR_LITERAL &&
           !v->args.data[0]->value.null && (pz_type_is_integral(v->type) || pz_type_is_ansi_interval(v->type)) && v->args.data[0]->value.i > INT32_MIN;
    if (flip)
        inner = v->args.data[0];
    PZ_TRY(pz_fold(an, inner, &x));
    if (flip)
        x.i = -x.i;
    b->known = pz_literal_value(an->a, v->type, x);
    return PZ_OK;
}

/* The sign of from - to, both of one type. */
static int
compare_ends(const pz_expr *from, const pz_expr *to)
{
    const pz_value *a = &from->value, *b = &to->value;
    switch (from->type->id) {
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE: return (a->d > b->d) - (a->d < b->d);
    case PZ_T_DECIMAL: return (a->dec > b->dec) - (a->dec < b->dec);
    case PZ_T_CALENDAR_INTERVAL: return 0;
    default: return (a->i > b->i) - (a->i < b->i);
    }
}

static pz_status
check_ends(pz_analyzer *an, const pz_expr *e, pz_window_spec *w)
{
    pz_str sql = pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(pz_frame_sql(an, w)));
    bool both = w->from.kind == PZ_BOUND_OFFSET && w->to.kind == PZ_BOUND_OFFSET;
    if (w->from.kind == PZ_BOUND_UNBOUNDED_FOLLOWING || w->to.kind == PZ_BOUND_UNBOUNDED_PRECEDING)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_INVALID_BOUND, place_of(e, w), "sqlExpr", sql.ptr, "upper",
                        pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(pz_bound_sql(an, &w->to))).ptr, "lower",
                        pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(pz_bound_sql(an, &w->from))).ptr, NULL);
    if (both && !pz_type_eq(w->from.value->type, w->to.value->type))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_DIFF_TYPES, place_of(e, w), "sqlExpr", sql.ptr, "lower",
                        pz_quote_sql_expr(an, w->from.value).ptr, "upper", pz_quote_sql_expr(an, w->to.value).ptr, "lowerType",
                        pz_quote_type(an, w->from.value->type).ptr, "upperType", pz_quote_type(an, w->to.value->type).ptr, NULL);
    PZ_TRY(fold_value(an, &w->from));
    PZ_TRY(fold_value(an, &w->to));
    if (both && !w->from.known->value.null && !w->to.known->value.null && compare_ends(w->from.known, w->to.known) > 0)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON, place_of(e, w), "sqlExpr", sql.ptr, "comparison",
                        "less than or equal", NULL);
    return PZ_OK;
}

static pz_status
check_frame(pz_analyzer *an, const pz_expr *e, pz_window_spec *w)
{
    const pz_bound *value = w->from.kind == PZ_BOUND_OFFSET ? &w->from : w->to.kind == PZ_BOUND_OFFSET ? &w->to : NULL;
    bool whole = w->from.kind == PZ_BOUND_UNBOUNDED_PRECEDING && w->to.kind == PZ_BOUND_UNBOUNDED_FOLLOWING;
    if (w->unit == PZ_FRAME_NONE)
        return PZ_OK;
    coerce_value(an, w, &w->from);
    coerce_value(an, w, &w->to);
    PZ_TRY(check_value(an, e, w, &w->from, "lower"));
    PZ_TRY(check_value(an, e, w, &w->to, "upper"));
    PZ_TRY(check_ends(an, e, w));
    if (w->unit != PZ_FRAME_RANGE)
        return PZ_OK;
    if (w->order.n == 0 && !whole)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_RANGE_FRAME_WITHOUT_ORDER, place_of(e, w), "sqlExpr", pz_quote_window(an, w).ptr, NULL);
    if (value && w->order.n > 1)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_RANGE_FRAME_MULTI_ORDER, place_of(e, w), "sqlExpr", pz_quote_window(an, w).ptr, "orderSpec",
                        pz_sort_list(an, &w->order).ptr, NULL);
    if (value && !fits_order(w->order.data[0]->type, value->value->type))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_RANGE_FRAME_INVALID_TYPE, place_of(e, w), "sqlExpr", pz_quote_window(an, w).ptr, "orderSpecType",
                        pz_quote_type(an, w->order.data[0]->type).ptr, "valueBoundaryType", pz_quote_type(an, value->value->type).ptr, NULL);
    return PZ_OK;
}

/* ---------------------------------------------------------------- the whole */

static pz_status
resolve_list(pz_analyzer *an, pz_scope *scope, const pz_exprs *in, pz_exprs *out)
{
    for (int i = 0; i < in->n; i++) {
        pz_expr *e;
        PZ_TRY(pz_resolve_expr(an, scope, in->data[i], &e));
        pz_vec_push(an->a, out, e);
    }
    return PZ_OK;
}

static pz_status
resolve_spec(pz_analyzer *an, pz_scope *scope, const pz_expr *e, pz_window_spec *w)
{
    const pz_window_spec *in = e->u.window;
    *w = *in;
    memset(&w->partition, 0, sizeof w->partition);
    memset(&w->order, 0, sizeof w->order);
    PZ_TRY(resolve_list(an, scope, &in->partition, &w->partition));
    PZ_TRY(resolve_list(an, scope, &in->order, &w->order));
    for (int i = 0; i < w->partition.n; i++) {
        const pz_expr *p = w->partition.data[i];
        if (!pz_type_is_orderable(p->type))
            return pz_raise(an->err, PZ_ERR_EXPRESSION_TYPE_IS_NOT_ORDERABLE, p->origin, "expr", pz_quote_sql_expr(an, p).ptr, "exprType",
                            pz_quote_type(an, p->type).ptr, NULL);
    }
    if (w->from.kind == PZ_BOUND_OFFSET && w->from.value)
        PZ_TRY(pz_resolve_expr(an, scope, w->from.value, &w->from.value));
    if (w->to.kind == PZ_BOUND_OFFSET && w->to.value)
        PZ_TRY(pz_resolve_expr(an, scope, w->to.value, &w->to.value));
    return PZ_OK;
}

/* Percentiles look at whole partitions only. */
static bool
takes_whole_partition(const pz_fn *fn, const pz_expr *call)
{
    if (strcmp(fn->name, "listagg") == 0) return call->u.call.order.n > 0;
    return strcmp(fn->name, "median") == 0 || strcmp(fn->name, "percentile_cont") == 0 || strcmp(fn->name, "percentile_disc") == 0;
}

static pz_walk
find_lateral(pz_expr *e, void *arg)
{
    static const char mark[] = "lateralAliasReference(";
    pz_str name = e->kind == PZ_EXPR_ATTR && e->names.n ? e->names.data[0] : (pz_str){0};
    if (name.len <= sizeof mark - 1 || memcmp(name.ptr, mark, sizeof mark - 1) != 0)
        return PZ_WALK_ON;
    *(pz_str *)arg = (pz_str){name.ptr + sizeof mark - 1, name.len - sizeof mark};
    return PZ_WALK_STOP;
}

typedef struct generated { pz_analyzer *an; const pz_scope *scope; } generated;

/* The one column of a generator that has an alias counts as that alias here, though it is a plain column elsewhere. */
static pz_walk
mark_generated(pz_expr *e, void *arg)
{
    const generated *g = arg;
    for (int i = 0; e->kind == PZ_EXPR_ATTR && e->names.n && i < g->scope->lateral.n; i++) {
        const pz_expr *seen = g->scope->lateral.data[i];
        if (seen->args.n || !seen->u.alias.names.n || seen->u.alias.attr->id != e->u.attr->id)
            continue;
        e->names.data[0] = pz_strf(g->an->a, "lateralAliasReference(" PZ_FMT ")", PZ_ARG(e->names.data[0]));
        break;
    }
    return PZ_WALK_ON;
}

/* Windows do not see the aliases of their own SELECT list. */
static pz_status
check_lateral(pz_analyzer *an, const pz_scope *scope, const pz_expr *w)
{
    const pz_window_spec *s = w->u.window;
    pz_str alias = {0}, shown;
    generated g = {an, scope};
    pz_walk_expr(w->args.data[0], mark_generated, &g);
    pz_walk_exprs(&s->partition, mark_generated, &g);
    pz_walk_exprs(&s->order, mark_generated, &g);
    pz_walk_expr(w->args.data[0], find_lateral, &alias);
    pz_walk_exprs(&s->partition, find_lateral, &alias);
    pz_walk_exprs(&s->order, find_lateral, &alias);
    if (!alias.ptr)
        return PZ_OK;
    shown = pz_expr_sql(an, w);
    if (s->unit == PZ_FRAME_NONE)              /* ...) becomes ... unspecifiedframe$()) */
        shown = pz_strf(an->a, PZ_FMT "%sunspecifiedframe$())", (int)shown.len - 1, shown.ptr, s->partition.n || s->order.n ? " " : "");
    return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_WINDOW, PZ_NO_ORIGIN, "lca", pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(alias)).ptr,
                    "windowExpr", pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(shown)).ptr, NULL);
}

pz_status
pz_resolve_window(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *w = pz_expr_make(an->a, PZ_EXPR_WINDOW, e->origin), *call;
    const pz_fn *fn;
    if (e->args.data[0]->kind == PZ_EXPR_CALL)
        PZ_TRY(pz_resolve_call_over(an, scope, e->args.data[0], &call));
    else
        PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &call));
    if (e->u.window->ref.len)
        return pz_raise(an->err, PZ_ERR_MISSING_WINDOW_SPECIFICATION, PZ_NO_ORIGIN, "windowName", pz_dup(an->a, e->u.window->ref).ptr, "docroot",
                        "https://spark.apache.org/docs/latest", NULL);
    fn = function_of(call);
    if (!fn || (fn->kind != PZ_FN_AGG && fn->kind != PZ_FN_WINDOW))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_EXPR_FOR_WINDOW, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, NULL);
    pz_vec_push(an->a, &w->args, call);
    w->u.window = PZ_NEW(an->a, pz_window_spec);
    PZ_TRY(resolve_spec(an, scope, e, w->u.window));
    PZ_TRY(check_lateral(an, scope, w));
    PZ_TRY(check_frame(an, e, w->u.window));
    PZ_TRY(set_frame(an, call, w->u.window));
    w->type = call->type;
    w->nullable = call->nullable;
    w->resolved = true;
    *out = w;
    if (takes_whole_partition(fn, call) && (w->u.window->order.n || w->u.window->from.kind != PZ_BOUND_UNBOUNDED_PRECEDING ||
                                      w->u.window->to.kind != PZ_BOUND_UNBOUNDED_FOLLOWING))
        return pz_raise(an->err, PZ_ERR_INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC, call->origin, "aggFunc", pz_quote_sql_expr(an, call).ptr, NULL);
    if (call->u.call.distinct)
        return pz_raise(an->err, PZ_ERR_DISTINCT_WINDOW_FUNCTION_UNSUPPORTED, e->origin, "windowExpr", pz_quote_sql_expr(an, w).ptr, NULL);
    return PZ_OK;
}

/* ---------------------------------------------------------------- windows over windows */
static void
pull_list(pz_analyzer *an, pz_exprs *list, bool inside, pz_exprs *below)
{
    pz_exprs out = {0};
    for (int i = 0; i < list->n; i++)
        pz_vec_push(an->a, &out, pz_pull_windows(an, list->data[i], inside, below));
    *list = out;
}

/* `e` with the windows inside of windows taken out into `below`, one alias each: they are computed one level further down. */
pz_expr *
pz_pull_windows(pz_analyzer *an, pz_expr *e, bool inside, pz_exprs *below)
{
    pz_expr *n;
    if (!pz_expr_has_window(e))
        return e;
    if (e->kind == PZ_EXPR_WINDOW && inside) {
        n = pz_alias_new(an, e, pz_strf(an->a, "_w%d", below->n));
        pz_vec_push(an->a, below, n);
        return pz_attr_ref(an, n->u.alias.attr, e->origin);
    }
    n = pz_expr_shallow(an->a, e);
    inside |= e->kind == PZ_EXPR_WINDOW;
    pull_list(an, &n->args, inside, below);
    if (e->kind == PZ_EXPR_CALL && e->u.call.filter)
        n->u.call.filter = pz_pull_windows(an, e->u.call.filter, inside, below);
    if (e->kind == PZ_EXPR_WINDOW) {
        n->u.window = PZ_NEW(an->a, pz_window_spec);
        *n->u.window = *e->u.window;
        pull_list(an, &n->u.window->partition, true, below);
        pull_list(an, &n->u.window->order, true, below);
    }
    return n;
}

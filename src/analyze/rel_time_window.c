/*
 * analyze/rel_time_window.c - window(ts, ...) and session_window(ts, gap) in a select list or GROUP BY.
 *
 * In: an unresolved PROJECT or AGGREGATE.  Out: the same relation over an input that has one more column, named window or
 * session_window, and that column in place of the calls:
 *   GROUP BY window(ts, '5 minutes')     over  SELECT *, time window(ts, ...) AS window FROM input WHERE ts IS NOT NULL
 *   windows that overlap                 over  SELECT *, explode(time windows(ts, ...)) AS window FROM ...
 *   withColumn("w", window(ts, ...))     DROP over WITH_COLUMNS over the same
 *   session_window(ts, gap), keys k      over  window functions per k that join rows whose sessions touch
 * Things start at pz_split_time_windows().
 */
#include "analyze_int.h"

#define WINDOW_METADATA "{\"spark.timeWindow\":true}"
#define SESSION_METADATA "{\"spark.sessionWindow\":true}"

typedef struct found { pz_expr *call; bool session; } found;

static bool
is_named(const pz_expr *e, const char *name)
{
    return e->kind == PZ_EXPR_CALL && e->names.n == 1 && pz_str_ieqc(e->names.data[0], name);
}

static pz_walk
find_call(pz_expr *e, void *arg)
{
    found *f = arg;
    if (e->kind == PZ_EXPR_WINDOW) return PZ_WALK_SKIP;
    f->session = is_named(e, "session_window");
    if (!f->session && !is_named(e, "window")) return PZ_WALK_ON;
    f->call = e;
    return PZ_WALK_STOP;
}

/* ---------------------------------------------------------------- building */

static pz_expr *
column(pz_analyzer *an, const pz_expr *at, const char *name)
{
    return pz_column_make(an->a, at->origin, 1, name);
}

static pz_expr *
star(pz_analyzer *an)
{
    pz_expr *e = pz_expr_make(an->a, PZ_EXPR_STAR, PZ_NO_ORIGIN);
    e->plan_id = -1;
    return e;
}

static pz_rel *
over(pz_analyzer *an, pz_rel_kind kind, pz_rel *input)
{
    pz_rel *r = pz_rel_make(an->a, kind, input->origin);
    r->plan_id = -1;
    r->input = input;
    return r;
}

/* SELECT *, e AS name FROM input */
static pz_rel *
with_column(pz_analyzer *an, pz_rel *input, pz_expr *e, const char *name)
{
    pz_rel *r = over(an, PZ_REL_PROJECT, input);
    pz_vec_push(an->a, &r->exprs, star(an));
    pz_vec_push(an->a, &r->exprs, pz_alias_make(an->a, e, pz_str_c(name)));
    return r;
}

/* The window itself: metadata says what it is. */
static pz_rel *
with_window(pz_analyzer *an, pz_rel *input, pz_expr *e, const char *name, const char *metadata)
{
    pz_rel *r = with_column(an, input, e, name);
    r->exprs.data[1]->u.alias.metadata = pz_str_c(metadata);
    return r;
}

static pz_rel *
where(pz_analyzer *an, pz_rel *input, pz_expr *cond)
{
    pz_rel *r = over(an, PZ_REL_FILTER, input);
    r->cond = cond;
    return r;
}

/* Calls of the function become its column. */
typedef struct swap { const char *function, *column; } swap;

static pz_expr *
put_column(pz_arena *a, pz_expr *e, void *arg)
{
    const swap *s = arg;
    if (!is_named(e, s->function)) return e;
    e = pz_column_make(a, e->origin, 1, s->column);
    e->plan_id = PZ_PLAN_NEWEST;               /* the input may have a column of that name */
    return e;
}

/* A bare column in a select list keeps its name; one inside another expression is written out. */
static void
swap_all(pz_analyzer *an, const pz_exprs *in, pz_exprs *out, swap *s)
{
    pz_exprs list = {0};
    for (int i = 0; i < in->n; i++) pz_vec_push(an->a, &list, pz_map_expr(an->a, in->data[i], put_column, s));
    *out = list;
}

/* ---------------------------------------------------------------- window() */

bool
pz_window_micros(const pz_expr *e, int64_t *out)
{
    int32_t months, days;
    int64_t micros;
    if (e->kind != PZ_EXPR_LITERAL || e->value.null || !e->type) return false;
    if (pz_type_is_integral(e->type)) {
        *out = e->value.i;
        return true;
    }
    if (!pz_type_is_string(e->type)) return false;
    if (!pz_calendar_interval_parse(e->value.s, &months, &days, &micros) || months != 0) return false;
    *out = days * 86400000000ll + micros;
    return true;
}

/* Sizes that are texts are intervals of a fixed length. */
static const pz_expr *
first_unmeasured(const pz_expr *call, int64_t n[])
{
    for (int i = 1; i < call->args.n && i < 4; i++) {
        const pz_expr *e = call->args.data[i];
        if (!pz_window_micros(e, &n[i - 1])) return e;
    }
    return NULL;
}

bool
pz_window_is_measured(const pz_expr *call)
{
    int64_t n[3];
    const pz_expr *e = first_unmeasured(call, n);
    return !e || e->kind != PZ_EXPR_LITERAL || e->value.null || !e->type || !pz_type_is_string(e->type);
}

pz_status
pz_window_measure(pz_analyzer *an, const pz_expr *call, int64_t n[3])
{
    const pz_expr *e = first_unmeasured(call, n);
    int32_t months, days;
    int64_t micros;
    if (!e) return PZ_OK;
    if (e->kind == PZ_EXPR_LITERAL && !e->value.null && pz_calendar_interval_parse(e->value.s, &months, &days, &micros))
        return pz_raise_as(an->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_LEGACY_ERROR_TEMP_3231, call->origin, "interval",
                           pz_dup(an->a, e->value.s).ptr, NULL);
    return pz_raise(an->err, PZ_ERR_CANNOT_PARSE_INTERVAL, call->origin, "intervalString", pz_strf(an->a, "'" PZ_FMT "'", PZ_ARG(e->value.s)).ptr, NULL);
}

/* A size that is no number and no text. */
static bool
is_odd(const pz_expr *call)
{
    for (int i = 1; i < call->args.n; i++) {
        const pz_expr *e = call->args.data[i];
        if (e->kind != PZ_EXPR_LITERAL || !e->type || !(pz_type_is_string(e->type) || pz_type_is_integral(e->type))) return true;
    }
    return false;
}

/* Size, slide and start; false when they make no windows: the call stays, and its rule says what is wrong. */
static bool
window_numbers(const pz_expr *call, int64_t n[3])
{
    if (call->args.n < 2 || call->args.n > 4) return false;
    n[2] = 0;
    for (int i = 1; i < call->args.n; i++)
        if (!pz_window_micros(call->args.data[i], &n[i - 1])) return false;
    if (call->args.n == 2) n[1] = n[0];
    return n[0] > 0 && n[1] > 0 && n[1] <= n[0] && n[2] < n[1] && -n[2] < n[1];
}

bool
pz_is_window_metadata(pz_str metadata)
{
    return pz_str_eqc(metadata, WINDOW_METADATA);
}

/* window(w, ...) of a window column: its time */
pz_status
pz_window_of_window(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = call->args.n ? call->args.data[0]->type : NULL;
    static const char *const names[] = {"window", "time window", "time windows"};
    bool ours = false;
    if (!t || t->id != PZ_T_STRUCT) return PZ_OK;
    for (size_t i = 0; i < PZ_COUNTOF(names); i++) ours |= pz_str_ieqc(call->names.data[call->names.n - 1], names[i]);
    if (!ours) return PZ_OK;
    return pz_resolve_call(an, scope, pz_call_make(an->a, call->origin, "window_time", 1, call->args.data[0]), &call->args.data[0]);
}

static pz_rel *
add_windows(pz_analyzer *an, pz_rel *input, const pz_expr *call, const int64_t n[3], const char *name)
{
    pz_expr *ts = call->args.data[0];
    bool overlap = n[1] < n[0];
    pz_expr *w = pz_call_make(an->a, call->origin, overlap ? "time windows" : "time window", 4, ts, pz_literal_long(an->a, n[0]),
                              pz_literal_long(an->a, n[1]), pz_literal_long(an->a, n[2]));
    if (overlap) w = pz_call_make(an->a, call->origin, "explode", 1, w);
    pz_rel *some = where(an, input, pz_call_make(an->a, PZ_NO_ORIGIN, "isnotnull", 1, ts));
    return with_window(an, some, w, name, WINDOW_METADATA);
}

/* ---------------------------------------------------------------- session_window() */

/* function(arg) OVER (PARTITION BY keys [ORDER BY start ROWS from .. to]) */
static pz_expr *
windowed(pz_analyzer *an, pz_expr *fn, const pz_exprs *keys, const char *order, int to)
{
    pz_expr *w = pz_expr_make(an->a, PZ_EXPR_WINDOW, PZ_NO_ORIGIN);
    pz_vec_push(an->a, &w->args, fn);
    w->u.window = PZ_NEW(an->a, pz_window_spec);
    w->u.window->partition = *keys;
    if (!order) return w;
    pz_expr *s = pz_expr_make(an->a, PZ_EXPR_SORT_ORDER, PZ_NO_ORIGIN);
    pz_vec_push(an->a, &s->args, column(an, fn, order));
    s->u.sort.asc = s->u.sort.nulls_first = true;
    pz_vec_push(an->a, &w->u.window->order, s);
    w->u.window->unit = PZ_FRAME_ROWS;
    w->u.window->from.kind = PZ_BOUND_UNBOUNDED_PRECEDING;
    w->u.window->to.kind = to ? PZ_BOUND_OFFSET : PZ_BOUND_CURRENT;
    if (to) w->u.window->to.value = w->u.window->to.known = pz_literal_int(an->a, to);
    return w;
}

static const char begin_name[] = "session start", end_name[] = "session end", before_name[] = "session end so far", number_name[] = "session number";

static pz_expr *
call1(pz_analyzer *an, const char *name, const char *col)
{
    return pz_call_make(an->a, PZ_NO_ORIGIN, name, 1, pz_column_make(an->a, PZ_NO_ORIGIN, 1, col));
}

/* A session goes on while rows begin no later than it ends. */
static pz_rel *
add_sessions(pz_analyzer *an, pz_rel *input, const pz_expr *call, const pz_exprs *other_keys)
{
    pz_expr *ts = call->args.data[0], *at = (pz_expr *)call;
    pz_exprs keys = *other_keys, numbered = {0};
    for (int i = 0; i < keys.n; i++) pz_vec_push(an->a, &numbered, keys.data[i]);
    pz_vec_push(an->a, &numbered, column(an, at, number_name));
    pz_rel *r = where(an, input, pz_call_make(an->a, PZ_NO_ORIGIN, "isnotnull", 1, ts));
    r = with_column(an, r, pz_call_make(an->a, call->origin, "session start", 1, ts), begin_name);
    r = with_column(an, r, pz_call_make(an->a, call->origin, "session end", 2, ts, call->args.data[1]), end_name);
    r = where(an, r, pz_call_make(an->a, PZ_NO_ORIGIN, ">", 2, column(an, at, end_name), column(an, at, begin_name)));
    r = with_column(an, r, windowed(an, call1(an, "max", end_name), &keys, begin_name, -1), before_name);
    pz_expr *on = pz_call_make(an->a, PZ_NO_ORIGIN, "<=", 2, column(an, at, begin_name), column(an, at, before_name));
    pz_expr *first = pz_call_make(an->a, PZ_NO_ORIGIN, "when", 3, on, pz_literal_int(an->a, 0), pz_literal_int(an->a, 1));
    r = with_column(an, r, windowed(an, pz_call_make(an->a, PZ_NO_ORIGIN, "sum", 1, first), &keys, begin_name, 0), number_name);
    pz_expr *start = windowed(an, call1(an, "min", begin_name), &numbered, NULL, 0), *end = windowed(an, call1(an, "max", end_name), &numbered, NULL, 0);
    return with_window(an, r, pz_call_make(an->a, call->origin, "session window", 2, start, end), "session_window", SESSION_METADATA);
}

/* window_time() of a window made in the same SELECT is out of reach, as in Spark. */
static pz_walk
find_window_time(pz_expr *e, void *arg)
{
    if (!is_named(e, "window_time")) return PZ_WALK_ON;
    *(pz_expr **)arg = e;
    return PZ_WALK_STOP;
}

pz_status
pz_split_time_windows(pz_analyzer *an, pz_rel *r, pz_rel **out)
{
    found f = {0};
    int64_t n[3];
    *out = r;
    if (!r->input || r->input->resolved) return PZ_OK;
    if (pz_walk_exprs(&r->keys, find_call, &f)) pz_walk_exprs(&r->exprs, find_call, &f);
    if (f.call) {                              /* they group, but they are no aggregates */
        const pz_expr *c = f.call;
        const char *syntax = c->u.call.distinct ? "DISTINCT" : c->u.call.filter ? "FILTER CLAUSE" : c->u.call.ignore_nulls ? "IGNORE NULLS" : NULL;
        if (syntax)
            return pz_raise(an->err, PZ_ERR_INVALID_SQL_SYNTAX_FUNCTION_WITH_UNSUPPORTED_SYNTAX, c->origin, "prettyName",
                            f.session ? "`sessionwindow`" : "`window`", "syntax", syntax, NULL);
    }
    if (f.call && !f.session && f.call->args.n >= 2 && f.call->args.n <= 4 && is_odd(f.call))
        return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_LEGACY_ERROR_TEMP_1207, f.call->origin, NULL);
    if (!f.call || (f.session ? f.call->args.n != 2 : !window_numbers(f.call, n))) return PZ_OK;
    const char *name = f.session ? "session_window" : "window";
    swap s = {name, name};
    pz_rel *made = PZ_NEW(an->a, pz_rel);
    pz_exprs others = {0};
    *made = *r;
    for (int i = 0; i < r->keys.n; i++) {
        found g = {0};
        if (pz_walk_expr(r->keys.data[i], find_call, &g)) pz_vec_push(an->a, &others, r->keys.data[i]);
    }
    made->input = f.session ? add_sessions(an, r->input, f.call, &others) : add_windows(an, r->input, f.call, n, name);
    swap_all(an, &r->exprs, &made->exprs, &s);
    swap_all(an, &r->keys, &made->keys, &s);
    pz_expr *time = NULL;
    if (r->kind == PZ_REL_AGGREGATE && !pz_walk_exprs(&r->exprs, find_window_time, &time)) {
        pz_str sql = pz_expr_sql(an, time);
        return pz_raise(an->err, PZ_ERR_MISSING_AGGREGATION, PZ_NO_ORIGIN, "expression", pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(sql)).ptr, "expressionAnyValue",
                        pz_strf(an->a, "\"any_value(" PZ_FMT ")\"", PZ_ARG(sql)).ptr, NULL);
    }
    *out = made;
    return PZ_OK;
}

/* ---------------------------------------------------------------- withColumn */
static bool
column_window(const pz_rel *r, found *f, int64_t n[3])
{
    f->call = NULL;
    pz_walk_exprs(&r->exprs, find_call, f);
    return f->call && !f->session && !is_odd(f->call) && window_numbers(f->call, n);
}

bool
pz_has_column_window(const pz_rel *with_columns)
{
    found f;
    int64_t n[3];
    return column_window(with_columns, &f, n);
}

pz_rel *
pz_split_column_window(pz_analyzer *an, pz_rel *r)
{
    static const char made_name[] = "time window made";
    found f;
    int64_t n[3];
    swap s = {"window", made_name};
    if (!column_window(r, &f, n)) return r;
    pz_rel *made = PZ_NEW(an->a, pz_rel), *drop;
    *made = *r;
    made->plan_id = -1;
    made->input = add_windows(an, r->input, f.call, n, made_name);
    swap_all(an, &r->exprs, &made->exprs, &s);
    drop = over(an, PZ_REL_DROP, made);
    drop->origin = r->origin;
    drop->plan_id = r->plan_id;
    pz_vec_push(an->a, &drop->u.names.list, pz_str_c(made_name));
    return drop;
}

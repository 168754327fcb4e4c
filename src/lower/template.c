/*
 * lower/template.c - calls: rows of tables/functions.def turned into engine text.
 *
 * A row says how: a template (SQL), a C lowering function (CALL), a C function in the engine bound to the call's types (VAL,
 * AGGVAL), or a refusal (NONE).  Templates know $1..$9, $* (all), $zone, $now, $r (engine type of the result) and $t1..$t9 (of
 * an argument).  For aggregates and window functions DISTINCT, ORDER BY, FILTER and OVER go to the engine function named in the
 * template.  Things start at pz_lower_call().
 */
#define _GNU_SOURCE                            /* memmem */
#include "lower_int.h"

#include <ctype.h>

/* ---------------------------------------------------------------- the rows */
#define SQL(t)
#define CALL(f) pz_status f(pz_lowerer *lw, const pz_expr *call, pz_buf *out) __attribute__((weak));
#define VAL(f)
#define AGGVAL(f)
#define NONE(why)
#define FN(kind, name, signature, display, nulls, lowering) lowering
#include "../../tables/functions.def"
#undef SQL
#undef CALL
#undef VAL
#undef AGGVAL
#undef NONE

#define SQL(t) PZ_HOW_SQL, t, NULL
#define CALL(f) PZ_HOW_CALL, #f, f
#define VAL(f) PZ_HOW_VAL, #f, NULL
#define AGGVAL(f) PZ_HOW_AGGVAL, #f, NULL
#define NONE(why) PZ_HOW_NONE, why, NULL
enum { STRICT_ANY = 1, STRICT_ALL = 0, STRICT_YES = 0, STRICT_NO = 0, STRICT_FIRST = 0, STRICT_RULE = 0, STRICT_TARGET = 0 };
#define FN(kind, name, signature, display, nulls, lowering) {PZ_LOW_##kind, name, lowering, false, STRICT_##nulls},
#define FNV(kind, name, signature, display, nulls, lowering) {PZ_LOW_##kind, name, lowering, true, STRICT_##nulls},
#define FNS(kind, name, signature, display, nulls, lowering) {PZ_LOW_##kind, name, lowering, false, STRICT_##nulls},
static const pz_lowering rows[] = {
#include "../../tables/functions.def"
    {PZ_LOW_SCALAR, "", PZ_HOW_NONE, "", NULL, false, false}};

const pz_lowering *
pz_lowering_of(const pz_expr *call)
{
    int fn = call->kind == PZ_EXPR_CALL ? call->u.call.fn : -1;
    return fn >= 0 && fn < (int)PZ_COUNTOF(rows) - 1 ? &rows[fn] : NULL;
}

/* ---------------------------------------------------------------- errors inside texts */
void
pz_lower_error(pz_lowerer *lw, const pz_expr *at, pz_buf *out, pz_err_id id, ...)
{
    const char *names[PZ_ERR_MAX_PARAMS], *values[PZ_ERR_MAX_PARAMS];
    int n = 0;
    pz_error e;
    pz_buf packed;
    va_list ap;
    va_start(ap, id);
    while (n < PZ_ERR_MAX_PARAMS && (names[n] = va_arg(ap, const char *)) != NULL) values[n++] = va_arg(ap, const char *);
    va_end(ap);
    pz_error_init(&e, lw->a);
    switch (n) {
    case 0: pz_raise(&e, id, at->origin, NULL); break;
    case 1: pz_raise(&e, id, at->origin, names[0], values[0], NULL); break;
    case 2: pz_raise(&e, id, at->origin, names[0], values[0], names[1], values[1], NULL); break;
    default: pz_raise(&e, id, at->origin, names[0], values[0], names[1], values[1], names[2], values[2], NULL); break;
    }
    pz_buf_init(&packed, 0);
    pz_err_pack(&packed, &e);
    pz_buf_puts(out, "error(");
    pz_lower_string(out, pz_buf_view(&packed));
    pz_buf_putc(out, ')');
    pz_buf_free(&packed);
}

/* As above; the values are engine texts of numbers, known at run time only. */
void
pz_lower_error_values(pz_lowerer *lw, const pz_expr *at, pz_buf *out, pz_err_id id, int n, const char *const *names, const pz_str *texts)
{
    (void)lw;
    pz_buf_printf(out, "error('\001%s'", pz_err_info(id)->condition);
    for (int i = 0; i < n; i++) {
        pz_buf_printf(out, " || '\002%s\003' || (", names[i]);
        pz_buf_str(out, texts[i]);
        pz_buf_puts(out, ")::VARCHAR");
    }
    if (at->origin.start >= 0) {
        pz_buf packed;
        pz_buf_init(&packed, 0);
        pz_err_pack_origin(&packed, at->origin);
        pz_buf_puts(out, " || ");
        pz_lower_string(out, pz_buf_view(&packed));
        pz_buf_free(&packed);
    }
    pz_buf_putc(out, ')');
}

/* ---------------------------------------------------------------- C functions */
/* The function's own types say what a quoted text is; a cast would only be bound again. */
static pz_status
argument_text(pz_lowerer *lw, const pz_expr *x, pz_str *out)
{
    pz_buf b;
    if (x->kind != PZ_EXPR_LITERAL || x->type->id != PZ_T_STRING || x->value.null) return pz_lower_text(lw, x, out);
    pz_buf_init(&b, 0);
    pz_lower_string(&b, x->value.s);
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return PZ_OK;
}

pz_status
pz_lower_bound_args(pz_lowerer *lw, const pz_expr *call, const char *impl, const pz_type *const *types, const pz_str *texts, int n,
                    const pz_type *result, pz_buf *out)
{
    pz_str name;
    if (!lw->env->bind_function) return pz_raise_internal(lw->err, "no engine functions here, wanted %s", impl);
    PZ_TRY(lw->env->bind_function(lw->env->ctx, impl, PZ_USE_SCALAR, call, types, n, result, lw->a, &name, lw->err));
    pz_buf_str(out, name);
    pz_buf_putc(out, '(');
    for (int i = 0; i < n; i++) {
        if (i) pz_buf_puts(out, ", ");
        pz_buf_str(out, texts[i]);
        if (types[i]->id == PZ_T_DECIMAL) {    /* its width may be another one */
            pz_buf_puts(out, "::");
            pz_buf_str(out, pz_engine_type_text(lw, types[i]));
        }
    }
    pz_buf_putc(out, ')');
    return PZ_OK;
}

pz_status
pz_lower_bound(pz_lowerer *lw, const pz_expr *call, const char *impl, bool aggregate, pz_buf *out)
{
    int n = call->args.n;
    const pz_type **types = PZ_NEWN(lw->a, const pz_type *, n + 1);
    pz_str *texts = PZ_NEWN(lw->a, pz_str, n + 1), name;
    pz_buf args;
    pz_status st = PZ_OK;
    for (int i = 0; i < n; i++) {
        const pz_expr *x = call->args.data[i];
        types[i] = x->type;
        PZ_TRY(argument_text(lw, x, &texts[i]));
        if (x->type->id == PZ_T_DECIMAL) texts[i] = pz_strf(lw->a, PZ_FMT "::" PZ_FMT, PZ_ARG(texts[i]), PZ_ARG(pz_engine_type_text(lw, x->type)));
    }
    if (!lw->env->bind_function) return pz_raise_internal(lw->err, "no engine functions here, wanted %s", impl);
    PZ_TRY(lw->env->bind_function(lw->env->ctx, impl, aggregate ? pz_aggregate_use(lw) : PZ_USE_SCALAR, call, types, n, call->type, lw->a, &name, lw->err));
    pz_buf_init(&args, 0);
    for (int i = 0; i < n; i++) {
        if (i) pz_buf_puts(&args, ", ");
        pz_buf_str(&args, texts[i]);
    }
    if (aggregate) {
        st = pz_lower_agg(lw, call, pz_dup(lw->a, name).ptr, pz_buf_view(&args), out);
    } else {
        pz_buf_str(out, name);
        pz_buf_putc(out, '(');
        pz_buf_str(out, pz_buf_view(&args));
        pz_buf_putc(out, ')');
    }
    pz_buf_free(&args);
    return st;
}

/* ---------------------------------------------------------------- aggregates and window functions */
static pz_status
write_filter(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    if (!call->u.call.filter) return PZ_OK;
    pz_buf_puts(out, " FILTER (WHERE ");
    PZ_TRY(pz_lower_filter(lw, call->u.call.filter, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

static bool
is_window_only(const pz_expr *call)
{
    const pz_lowering *row = pz_lowering_of(call);
    return row && row->kind == PZ_LOW_WINDOW;
}

pz_status
pz_lower_agg(pz_lowerer *lw, const pz_expr *call, const char *name, pz_str args, pz_buf *out)
{
    pz_buf_puts(out, name);
    pz_buf_putc(out, '(');
    if (call->u.call.distinct) pz_buf_puts(out, "DISTINCT ");
    pz_buf_str(out, args);
    if (call->u.call.order.n && !memmem(args.ptr, args.len, " ORDER BY ", 10)) {
        pz_buf_puts(out, " ORDER BY ");
        PZ_TRY(pz_lower_sort(lw, &call->u.call.order, out));
    }
    if (call->u.call.ignore_nulls && is_window_only(call)) pz_buf_puts(out, " IGNORE NULLS");
    pz_buf_putc(out, ')');
    PZ_TRY(write_filter(lw, call, out));
    pz_buf_str(out, lw->over);
    return PZ_OK;
}

/* Engine functions that take DISTINCT, FILTER and OVER. */
static bool
is_engine_aggregate(pz_str word)
{
    static const char *const names[] = {
        "sum", "count", "avg", "min", "max", "list", "array_agg", "first", "last", "any_value", "arbitrary", "arg_min", "arg_max", "arg_min_null", "arg_max_null",
        "min_by", "max_by", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor", "count_if", "stddev_samp", "stddev_pop", "stddev", "var_samp", "var_pop",
        "variance", "corr", "covar_pop", "covar_samp", "skewness", "skewness_pop", "kurtosis", "kurtosis_pop", "median", "mode", "quantile_cont", "quantile_disc",
        "quantile", "string_agg", "group_concat", "listagg", "histogram", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope",
        "regr_sxx", "regr_sxy", "regr_syy", "product", "fsum", "kahan_sum", "favg", "entropy", "mad", "approx_count_distinct", "approx_quantile", "count_star",
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value", "sem"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_ieqc(word, names[i])) return true;
    return word.len > 4 && strncmp(word.ptr, "pza_", 4) == 0;
}

/* Offset of the bracket that closes the one at `open`; text in quotes is passed over. */
static size_t
matching(const char *t, size_t open)
{
    int level = 0;
    for (size_t i = open; t[i]; i++) {
        if (t[i] == '\'')
            while (t[++i] && t[i] != '\'') continue;
        if (t[i] == '(') level++;
        if (t[i] == ')' && --level == 0) return i;
        if (!t[i]) break;
    }
    return strlen(t);
}

/* The template with the call's DISTINCT, ORDER BY, FILTER and OVER put to its aggregates. */
static pz_status
place_aggregate(pz_lowerer *lw, const pz_expr *call, const char *t, size_t len, pz_buf *out)
{
    static const char own_filter[] = " FILTER (WHERE ";
    for (size_t i = 0; i < len;) {
        size_t from = i, close;
        pz_str word;
        if (!isalpha((unsigned char)t[i]) && t[i] != '_') {
            if (t[i] == '\'') {
                do i++; while (i < len && t[i] != '\'');
            }
            i++;
            pz_buf_add(out, t + from, (i < len ? i : len) - from);
            continue;
        }
        while (i < len && (isalnum((unsigned char)t[i]) || t[i] == '_')) i++;
        word = (pz_str){t + from, i - from};
        pz_buf_str(out, word);
        if (i >= len || t[i] != '(' || (from && t[from - 1] == '$') || !is_engine_aggregate(word)) continue;
        close = matching(t, i);
        pz_buf_putc(out, '(');
        if (call->u.call.distinct && strncmp(t + i + 1, "DISTINCT ", 9) != 0) pz_buf_puts(out, "DISTINCT ");
        pz_buf_add(out, t + i + 1, close - i - 1);
        if (call->u.call.order.n && !memmem(t + i, close - i, "ORDER BY", 8)) {
            pz_buf_puts(out, " ORDER BY ");
            PZ_TRY(pz_lower_sort(lw, &call->u.call.order, out));
        }
        if (call->u.call.ignore_nulls && is_window_only(call)) pz_buf_puts(out, " IGNORE NULLS");
        pz_buf_putc(out, ')');
        i = close + 1;
        if (i < len && strncmp(t + i, own_filter, sizeof own_filter - 1) == 0) {
            close = matching(t, i + 8);
            pz_buf_puts(out, own_filter);
            if (call->u.call.filter) {
                PZ_TRY(pz_lower_filter(lw, call->u.call.filter, out));
                pz_buf_puts(out, " AND ");
            }
            i += sizeof own_filter - 1;
            pz_buf_add(out, t + i, close + 1 - i);
            i = close + 1;
        } else {
            PZ_TRY(write_filter(lw, call, out));
        }
        pz_buf_str(out, lw->over);
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- templates */
static void
count_uses(const char *t, size_t len, int *uses, int n)
{
    for (size_t i = 0; i + 1 < len; i++) {
        if (t[i] != '$') continue;
        if (t[i + 1] == '*')
            for (int k = 0; k < n; k++) uses[k]++;
        if (t[i + 1] >= '1' && t[i + 1] <= '9' && t[i + 1] - '1' < n) uses[t[i + 1] - '1']++;
    }
}

static void
write_star(const pz_expr *call, const pz_str *texts, pz_buf *out)
{
    if (call->u.call.star && !call->args.n) pz_buf_putc(out, '*');
    for (int i = 0; i < call->args.n; i++) {
        if (i) pz_buf_puts(out, ", ");
        pz_buf_str(out, texts[i]);
    }
}

static bool
takes(const char **p, const char *end, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(end - *p) < n || strncmp(*p, word, n) != 0) return false;
    if (end - *p > (ptrdiff_t)n && (isalnum((unsigned char)(*p)[n]) || (*p)[n] == '_')) return false;
    *p += n;
    return true;
}

static pz_status
expand(pz_lowerer *lw, const pz_expr *call, const pz_str *texts, const char *t, size_t len, pz_buf *out)
{
    const char *end = t + len;
    while (t < end) {
        const char *p = memchr(t, '$', (size_t)(end - t));
        if (!p) p = end;
        pz_buf_add(out, t, (size_t)(p - t));
        if (p == end) break;
        t = p + 1;
        if (t < end && *t == '*') {
            write_star(call, texts, out);
            t++;
        } else if (t < end && *t >= '1' && *t <= '9') {
            int i = *t++ - '1';
            if (i >= call->args.n) return pz_raise_internal(lw->err, "template of " PZ_FMT " wants argument %d", PZ_ARG(call->names.data[0]), i + 1);
            pz_buf_str(out, texts[i]);
        } else if (t + 1 < end && *t == 't' && t[1] >= '1' && t[1] <= '9' && t[1] - '1' < call->args.n) {
            pz_buf_str(out, pz_engine_type_text(lw, call->args.data[t[1] - '1']->type));
            t += 2;
        } else if (takes(&t, end, "zone")) {
            pz_lower_string(out, lw->env->time_zone);
            pz_buf_puts(out, "::VARCHAR");
        } else if (takes(&t, end, "now")) {
            pz_buf_printf(out, "make_timestamptz((%lld)::BIGINT)", (long long)lw->env->now_micros);
        } else if (takes(&t, end, "r")) {
            pz_buf_str(out, pz_engine_type_text(lw, call->type));
        } else {
            pz_buf_putc(out, '$');
        }
    }
    return PZ_OK;
}

/* Whether the text is one operand as it stands: in brackets, or one call. */
static bool
is_operand(const char *t)
{
    size_t i = 0, n = strlen(t);
    if (strncmp(t, "CASE ", 5) == 0) return false;
    while (isalnum((unsigned char)t[i]) || t[i] == '_') i++;
    return t[i] == '(' && matching(t, i) + 1 == n;
}

static bool
ends_with_type(const char *t)
{
    const char *p = strrchr(t, ':');
    if (!p || p == t || p[-1] != ':' || strchr(t, ' ') != NULL) return false;
    return strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$r[]") == strlen(p + 1);
}

static pz_status
lower_template(pz_lowerer *lw, const pz_expr *call, const pz_lowering *row, pz_buf *out)
{
    bool is_agg = row->kind == PZ_LOW_AGG || row->kind == PZ_LOW_WINDOW;
    const char *t = row->text;
    size_t len = strlen(t);
    int n = call->args.n, *uses = PZ_NEWN(lw->a, int, n + 1);
    pz_str *texts = PZ_NEWN(lw->a, pz_str, n + 1);
    pz_args g = {.n = 0};
    pz_buf placed;
    bool whole = is_operand(t) || ends_with_type(t);
    pz_status st;

    count_uses(t, len, uses, n);
    if (!is_agg && n <= PZ_ARGS_MAX) {
        for (int i = 0; i < n; i++) {
            g.exprs[i] = call->args.data[i];
            g.uses[i] = uses[i];
        }
        g.n = n;
        PZ_TRY(pz_args_open(lw, &g, out));
        memcpy(texts, g.texts, (size_t)n * sizeof *texts);
    } else {
        for (int i = 0; i < n; i++) PZ_TRY(pz_lower_text(lw, call->args.data[i], &texts[i]));
    }
    if (!whole) pz_buf_putc(out, '(');
    if (is_agg) {
        pz_buf_init(&placed, 0);
        st = place_aggregate(lw, call, t, len, &placed);
        if (st == PZ_OK) st = expand(lw, call, texts, pz_buf_view(&placed).ptr, placed.len, out);
        pz_buf_free(&placed);
        PZ_TRY(st);
    } else {
        PZ_TRY(expand(lw, call, texts, t, len, out));
    }
    if (!whole) pz_buf_putc(out, ')');
    pz_args_close(&g, out);
    if (call->type && !ends_with_type(t)) {
        pz_buf_puts(out, "::");
        pz_buf_str(out, pz_engine_type_text(lw, call->type));
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- calls without a row: operators as the parser names them */
#define LOWER_FN(f) pz_status f(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
LOWER_FN(lower_arith);
LOWER_FN(lower_neg);
LOWER_FN(lower_compare);
LOWER_FN(lower_and_or);
LOWER_FN(lower_not);
LOWER_FN(lower_is);
LOWER_FN(lower_when);
LOWER_FN(lower_if);
LOWER_FN(lower_coalesce);
LOWER_FN(lower_in);
LOWER_FN(lower_between);
LOWER_FN(lower_like);
LOWER_FN(lower_concat);
LOWER_FN(lower_count);
LOWER_FN(lower_sum);
LOWER_FN(lower_avg);
LOWER_FN(lower_generator);

static pz_lower_fn
find_operator(const pz_expr *call)
{
    const struct { const char *name; pz_lower_fn fn; } ops[] = {
        {"+", lower_arith}, {"-", lower_arith}, {"*", lower_arith}, {"/", lower_arith}, {"%", lower_arith}, {"div", lower_arith},
        {"negative", lower_neg}, {"=", lower_compare}, {"<=>", lower_compare}, {"<", lower_compare}, {"<=", lower_compare}, {">", lower_compare},
        {">=", lower_compare}, {"and", lower_and_or}, {"or", lower_and_or}, {"not", lower_not}, {"isnull", lower_is}, {"isnotnull", lower_is},
        {"when", lower_when}, {"if", lower_if}, {"coalesce", lower_coalesce}, {"in", lower_in}, {"between", lower_between}, {"like", lower_like},
        {"ilike", lower_like}, {"concat", lower_concat}, {"||", lower_concat}, {"count", lower_count}, {"sum", lower_sum}, {"avg", lower_avg},
        {"explode", lower_generator}};
    for (size_t i = 0; i < PZ_COUNTOF(ops); i++)
        if (pz_expr_is(call, ops[i].name)) return ops[i].fn;
    return NULL;
}

/* A literal NULL makes the call NULL whatever its other arguments are: Spark's optimizer sees to it before any of them can fail. */
static bool
is_null_call(const pz_expr *call, const pz_lowering *row)
{
    static const char *const also[] = {"+", "-", "*", "/", "%", "div", "mod", "pmod", "next_day", "date_trunc", "trunc", "split_part"};
    bool strict = row->strict;
    if (row->kind != PZ_LOW_SCALAR || row->is_volatile || pz_expr_is(call, "and") || pz_expr_is(call, "or") || pz_expr_is(call, "in")) return false;
    for (size_t i = 0; i < PZ_COUNTOF(also) && !strict; i++) strict = pz_expr_is(call, also[i]);
    for (int i = 0; strict && i < call->args.n; i++) {
        const pz_expr *e = call->args.data[i];
        while (e->kind == PZ_EXPR_CAST) e = e->args.data[0];
        if (e->kind == PZ_EXPR_LITERAL && e->value.null) return true;
    }
    return false;
}

/* So does a unit that is none, which is looked up before anything is computed. */
static bool
has_no_unit(const pz_expr *call)
{
    bool date = pz_expr_is(call, "trunc");
    if (!date && !pz_expr_is(call, "date_trunc")) return false;
    const pz_expr *e = call->args.data[date ? 1 : 0];
    if (e->kind != PZ_EXPR_LITERAL || e->value.null || !pz_type_is_string(e->type)) return false;
    pz_time_field unit = pz_trunc_unit_find(e->value.s);
    return unit == PZ_TF_NONE || (date && unit >= PZ_TF_DAY);
}

/* Arguments that may fail are computed for the rows that the FILTER leaves; the engine computes them for all. */
static const pz_expr *
for_filtered_rows(pz_lowerer *lw, const pz_expr *call)
{
    pz_expr *c = NULL;
    for (int i = 0; i < call->args.n; i++) {
        pz_expr *x = call->args.data[i], *guarded;
        if (!pz_lower_can_throw(x) || (x->kind == PZ_EXPR_CALL && x->args.n == 3 && x->args.data[0] == call->u.call.filter)) continue;
        if (!c) {
            c = pz_expr_shallow(lw->a, call);
            memset(&c->args, 0, sizeof c->args);
            for (int k = 0; k < call->args.n; k++) pz_vec_push(lw->a, &c->args, call->args.data[k]);
        }
        guarded = pz_call_make(lw->a, x->origin, "if", 3, call->u.call.filter, x, pz_literal_null(lw->a, x->type));
        guarded->args.data[2]->type = guarded->type = x->type;
        guarded->args.data[2]->nullable = guarded->args.data[2]->resolved = guarded->nullable = guarded->resolved = true;
        c->args.data[i] = guarded;
    }
    return c ? c : call;
}

bool
pz_is_typed_call(const pz_expr *e)
{
    const pz_lowering *row = e->kind == PZ_EXPR_CALL ? pz_lowering_of(e) : NULL;
    return row && row->kind == PZ_LOW_SCALAR && row->how == PZ_HOW_VAL;
}

static pz_status
lower_one(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    const pz_lowering *row = pz_lowering_of(call);
    pz_str name = call->names.n ? call->names.data[call->names.n - 1] : PZ_STR("");
    if (row && row->kind == PZ_LOW_AGG && call->u.call.filter && !call->u.call.distinct) call = for_filtered_rows(lw, call);
    if (row && (is_null_call(call, row) || has_no_unit(call)) && call->type->id != PZ_T_VOID) {
        pz_buf_printf(out, "NULL::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, call->type)));
        return PZ_OK;
    }
    if (!row) {
        pz_lower_fn fn = find_operator(call);
        if (fn) return fn(lw, call, out);
        return pz_raise_internal(lw->err, "call of " PZ_FMT " has no row", PZ_ARG(name));
    }
    switch (row->how) {
    case PZ_HOW_SQL: return lower_template(lw, call, row, out);
    case PZ_HOW_CALL:
        if (!row->fn) return pz_raise_internal(lw->err, "lowering function %s of " PZ_FMT " is missing", row->text, PZ_ARG(name));
        return row->fn(lw, call, out);
    case PZ_HOW_VAL: {
        const char *impl = row->text;
        call = pz_lower_collated(lw, call, &impl);
        return pz_lower_bound(lw, call, impl, false, out);
    }
    case PZ_HOW_AGGVAL: return pz_lower_bound(lw, call, row->text, true, out);
    case PZ_HOW_NONE: break;
    }
    return pz_raise_text(lw->err, PZ_CLASS_SparkUnsupportedOperationException, "The function " PZ_FMT " is not supported: %s", PZ_ARG(name), row->text);
}

pz_status
pz_lower_call(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    return call->u.call.tries_args ? pz_lower_try(lw, call, lower_one, out) : lower_one(lw, call, out);
}

/*
 * tests/unit/test_lower.c - small resolved plans built by hand, lowered, run in the engine, rows compared as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/engine/functions.h"
#include "../../src/lower/lower.h"

/* Families are weak in their list: naming these makes them part of the program. */
extern const pz_fn_family pz_family_show, pz_family_decimal_ops, pz_family_cast;
const pz_fn_family *const needed[] = {&pz_family_show, &pz_family_decimal_ops, &pz_family_cast};

/* ---------------------------------------------------------------- the engine and one arena per test */
static pz_engine *engine;
static pz_arena *A;
static pz_error err;
static pz_lower_info info;
static pz_str text;                            /* of the last query */
static int next_id;
static bool wide;
static const char *zone = "UTC";

static pz_status
bind(void *ctx, const char *impl, pz_use use, const pz_expr *call, const pz_type *const *types, int n, const pz_type *result, pz_arena *a,
     pz_str *name, pz_error *e)
{
    pz_call_site site = {.arg_types = types, .nargs = n, .result = result, .ansi = true, .time_zone = pz_str_c(zone), .zone = pz_zone_find(pz_str_c(zone)), .arena = a};
    bool none[16] = {false};
    pz_value values[16];
    (void)ctx, (void)use;
    memset(values, 0, sizeof values);
    site.is_const = none;
    site.const_args = values;
    site.eval_mode = call->kind == PZ_EXPR_CAST ? (int)call->u.cast.mode : call->u.call.eval_mode;
    return pz_engine_bind(engine, impl, &site, a, name, e);
}

static int
open_test(void **state)
{
    (void)state;
    A = pz_arena_open();
    pz_error_init(&err, A);
    next_id = 0;
    wide = false;
    zone = "UTC";
    if (!engine) {
        pz_engine_options o = {.threads = 2};
        if (pz_engine_open(&o, &engine, &err) != PZ_OK) return -1;
    }
    return 0;
}

static int
close_test(void **state)
{
    (void)state;
    pz_arena_close(A);
    return 0;
}

/* ---------------------------------------------------------------- building resolved trees */
static pz_attr *
attr(const char *name, const pz_type *t)
{
    pz_attr *at = PZ_NEW(A, pz_attr);
    at->id = ++next_id;
    at->name = pz_str_c(name);
    at->type = t;
    at->nullable = true;
    return at;
}

static pz_expr *
ref(pz_attr *at)
{
    pz_expr *e = pz_expr_make(A, PZ_EXPR_ATTR, PZ_NO_ORIGIN);
    e->u.attr = at;
    e->type = at->type;
    e->nullable = at->nullable;
    e->resolved = true;
    return e;
}

static pz_expr *
col(pz_rel *r, int i)
{
    return ref(r->output.data[i]);
}

static pz_expr *
call(const pz_type *t, const char *name, int n, ...)
{
    pz_expr *e = pz_expr_make(A, PZ_EXPR_CALL, PZ_NO_ORIGIN);
    va_list ap;
    pz_vec_push(A, &e->names, pz_str_c(name));
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        pz_expr *x = va_arg(ap, pz_expr *);
        pz_vec_push(A, &e->args, x);
    }
    va_end(ap);
    e->type = t;
    e->nullable = true;
    e->resolved = true;
    e->u.call.eval_mode = PZ_CAST_ANSI;
    return e;
}

static pz_expr *
cast(pz_expr *x, const pz_type *t)
{
    pz_expr *e = pz_expr_make(A, PZ_EXPR_CAST, PZ_NO_ORIGIN);
    pz_vec_push(A, &e->args, x);
    e->type = t;
    e->nullable = true;
    e->u.cast.mode = PZ_CAST_ANSI;
    return e;
}

static pz_expr *
dec(const char *s)
{
    __int128 v;
    int p, sc;
    pz_decimal_parse(pz_str_c(s), &v, &p, &sc);
    return pz_literal_value(A, pz_type_decimal(A, p, sc), (pz_value){.dec = v});
}

static pz_expr *
i4(int v)
{
    return pz_literal_int(A, v);
}

static pz_expr *
str(const char *s)
{
    return pz_literal_string(A, pz_str_c(s));
}

static pz_expr *
alias(pz_expr *x, const char *name)
{
    pz_expr *e = pz_alias_make(A, x, pz_str_c(name));
    e->u.alias.attr = attr(name, x->type);
    e->type = x->type;
    return e;
}

static pz_expr *
order(pz_expr *x, bool asc)
{
    pz_expr *e = pz_expr_make(A, PZ_EXPR_SORT_ORDER, PZ_NO_ORIGIN);
    pz_vec_push(A, &e->args, x);
    e->type = x->type;
    e->u.sort.asc = asc;
    e->u.sort.nulls_first = asc;
    return e;
}

static pz_rel *
rel(pz_rel_kind k, pz_rel *input)
{
    pz_rel *r = pz_rel_make(A, k, PZ_NO_ORIGIN);
    r->input = input;
    r->resolved = true;
    if (input) r->output = input->output;
    return r;
}

static pz_rel *
project(pz_rel *input, int n, ...)
{
    pz_rel *r = rel(PZ_REL_PROJECT, input);
    va_list ap;
    r->output = (pz_attrs){0};
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        pz_expr *e = va_arg(ap, pz_expr *);
        if (e->kind != PZ_EXPR_ATTR && e->kind != PZ_EXPR_ALIAS) e = alias(e, "x");
        pz_vec_push(A, &r->exprs, e);
        pz_vec_push(A, &r->output, e->kind == PZ_EXPR_ATTR ? e->u.attr : e->u.alias.attr);
    }
    va_end(ap);
    return r;
}

static pz_rel *
filter(pz_rel *input, pz_expr *cond)
{
    pz_rel *r = rel(PZ_REL_FILTER, input);
    r->cond = cond;
    return r;
}

static pz_rel *
sort(pz_rel *input, pz_expr *o)
{
    pz_rel *r = rel(PZ_REL_SORT, input);
    pz_vec_push(A, &r->exprs, o);
    return r;
}

static pz_rel *
limit(pz_rel *input, pz_rel_kind k, int n)
{
    pz_rel *r = rel(k, input);
    r->cond = i4(n);
    return r;
}

static pz_rel *
one_row(void)
{
    return rel(PZ_REL_ONE_ROW, NULL);
}

/* Rows of two integers; INT32_MIN stands for NULL. */
static pz_rel *
pairs(int n, ...)
{
    pz_rel *r = rel(PZ_REL_VALUES, NULL);
    va_list ap;
    pz_vec_push(A, &r->output, attr("a", &pz_t_int));
    pz_vec_push(A, &r->output, attr("b", &pz_t_int));
    r->u.values.ncols = 2;
    va_start(ap, n);
    for (int i = 0; i < 2 * n; i++) {
        int v = va_arg(ap, int);
        pz_vec_push(A, &r->exprs, v == INT32_MIN ? pz_literal_null(A, &pz_t_int) : i4(v));
    }
    va_end(ap);
    return r;
}
#define NIL INT32_MIN

static pz_rel *
range(int64_t start, int64_t end)
{
    pz_rel *r = rel(PZ_REL_RANGE, NULL);
    pz_attr *at = attr("id", &pz_t_long);
    at->nullable = false;
    pz_vec_push(A, &r->output, at);
    r->u.range.start = start;
    r->u.range.end = end;
    r->u.range.step = 1;
    return r;
}

static pz_rel *
aggregate(pz_rel *input, int nkeys, int n, ...)
{
    pz_rel *r = rel(PZ_REL_AGGREGATE, input);
    va_list ap;
    r->output = (pz_attrs){0};
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        pz_expr *e = va_arg(ap, pz_expr *);
        if (e->kind != PZ_EXPR_ATTR && e->kind != PZ_EXPR_ALIAS) e = alias(e, "x");
        if (i < nkeys) pz_vec_push(A, &r->keys, e);
        else pz_vec_push(A, &r->exprs, e);
        pz_vec_push(A, &r->output, e->kind == PZ_EXPR_ATTR ? e->u.attr : e->u.alias.attr);
    }
    va_end(ap);
    return r;
}

static pz_rel *
join(pz_join_type t, pz_rel *l, pz_rel *r, pz_expr *cond)
{
    pz_rel *j = rel(PZ_REL_JOIN, l);
    j->right = r;
    j->cond = cond;
    j->u.join.type = t;
    j->output = (pz_attrs){0};
    for (int i = 0; i < l->output.n; i++) pz_vec_push(A, &j->output, l->output.data[i]);
    if (t != PZ_JOIN_SEMI && t != PZ_JOIN_ANTI)
        for (int i = 0; i < r->output.n; i++) pz_vec_push(A, &j->output, r->output.data[i]);
    return j;
}

static pz_rel *
set_op(pz_setop op, bool all, pz_rel *l, pz_rel *r)
{
    pz_rel *s = rel(PZ_REL_SET_OP, l);
    s->right = r;
    s->u.setop.op = op;
    s->u.setop.all = all;
    s->output = (pz_attrs){0};
    for (int i = 0; i < l->output.n; i++) pz_vec_push(A, &s->output, attr("u", l->output.data[i]->type));
    return s;
}

static pz_expr *
subquery(pz_subquery_kind k, pz_rel *r, const pz_type *t, pz_expr *left)
{
    pz_expr *e = pz_expr_make(A, PZ_EXPR_SUBQUERY, PZ_NO_ORIGIN);
    e->u.sub.kind = k;
    e->u.sub.rel = r;
    e->type = t;
    e->nullable = true;
    if (left) pz_vec_push(A, &e->args, left);
    return e;
}

static pz_expr *
outer(pz_attr *at)
{
    pz_expr *e = ref(at);
    e->kind = PZ_EXPR_OUTER;
    return e;
}

static pz_expr *
over(pz_expr *f, pz_expr *partition, pz_expr *o)
{
    pz_expr *e = pz_expr_make(A, PZ_EXPR_WINDOW, PZ_NO_ORIGIN);
    pz_window_spec *w = PZ_NEW(A, pz_window_spec);
    pz_vec_push(A, &e->args, f);
    if (partition) pz_vec_push(A, &w->partition, partition);
    if (o) pz_vec_push(A, &w->order, o);
    e->u.window = w;
    e->type = f->type;
    return e;
}

/* ---------------------------------------------------------------- running */
static pz_str
run(pz_rel *root)
{
    pz_lower_env env = {.ansi = true, .time_zone = pz_str_c(zone), .zone = pz_zone_find(pz_str_c(zone)), .bind_function = bind, .wide_decimals = wide};
    pz_plan plan = {.root = root};
    const pz_type **types = PZ_NEWN(A, const pz_type *, root->output.n + 1);
    pz_run_settings settings = {.time_zone = pz_str_c(zone)};
    pz_values *rows;
    int n;
    pz_buf b;
    pz_str out;
    info = (pz_lower_info){0};
    pz_error_init(&err, A);
    pz_buf_init(&b, 0);
    if (pz_lower_with(&env, &plan, A, &b, &info, &err) != PZ_OK) fail_msg(PZ_FMT, PZ_ARG(pz_error_text(&err, A)));
    text = pz_buf_dup(&b, A);
    settings.deep = info.deep;
    settings.plain = info.plain;
    for (int i = 0; i < root->output.n; i++) types[i] = root->output.data[i]->type;
    pz_buf_clear(&b);
    if (pz_engine_rows(engine, &settings, text, types, root->output.n, A, &rows, &n, &err) != PZ_OK) {
        pz_buf_free(&b);
        return pz_strf(A, "error %s", pz_err_info(err.id)->condition[0] ? pz_err_info(err.id)->condition : pz_error_text(&err, A).ptr);
    }
    for (int r = 0; r < n; r++) {
        if (r) pz_buf_putc(&b, ' ');
        for (int i = 0; i < root->output.n; i++) {
            if (i) pz_buf_putc(&b, '|');
            if (rows[r].data[i].null) pz_buf_puts(&b, "NULL");
            else pz_value_text(&b, types[i], &rows[r].data[i], PZ_TEXT_SHOW, pz_zone_find(pz_str_c(zone)));
        }
    }
    out = pz_buf_dup(&b, A);
    pz_buf_free(&b);
    return out;
}

static void
expect_at(int line, pz_rel *r, const char *rows)
{
    pz_str got = run(r);
    if (!pz_str_eqc(got, rows)) fail_msg("line %d: got <" PZ_FMT ">, wanted <%s>, text: " PZ_FMT, line, PZ_ARG(got), rows, PZ_ARG(text));
}
#define expect(r, rows) expect_at(__LINE__, (r), (rows))

static void
expect_text_at(int line, const char *wanted)
{
    if (!pz_str_eqc(text, wanted)) fail_msg("line %d: text " PZ_FMT ", wanted %s", line, PZ_ARG(text), wanted);
}
#define expect_text(t) expect_text_at(__LINE__, (t))

static pz_rel *
value(pz_expr *e)
{
    return project(one_row(), 1, e);
}

/* ---------------------------------------------------------------- tests */
static void
test_literals(void **state)
{
    (void)state;
    expect(value(i4(1)), "1");
    expect_text("SELECT 1::INTEGER AS c1");
    expect(value(i4(INT32_MIN + 1)), "-2147483647");
    expect(value(pz_literal_long(A, INT64_MIN)), "-9223372036854775808");
    expect(value(str("it's")), "it's");
    expect(value(call(&pz_t_int, "ascii0", 0)->kind ? pz_literal_double(A, 0.1) : NULL), "0.1");
    expect(value(pz_literal_double(A, -0.0)), "-0.0");
    expect(value(dec("-12.50")), "-12.50");
    expect(value(pz_literal_value(A, &pz_t_date, (pz_value){.i = 19000})), "2022-01-08");
    expect(value(pz_literal_value(A, &pz_t_date, (pz_value){.i = -800000})), "-0221-09-04");
    expect(value(pz_literal_value(A, &pz_t_timestamp, (pz_value){.i = 1700000000123456})), "2023-11-14 22:13:20.123456");
    expect(value(pz_literal_value(A, &pz_t_binary, (pz_value){.s = PZ_STR("A\0'")})), "[41 00 27]");
    expect(value(pz_literal_null(A, &pz_t_string)), "NULL");
    pz_value items[2] = {{.i = 1}, {.null = true}};
    const pz_type *ints = pz_type_array(A, &pz_t_int, true);
    expect(value(pz_literal_value(A, ints, (pz_value){.list = {items, 2}})), "[1, NULL]");
    expect(value(pz_literal_value(A, ints, (pz_value){.list = {NULL, 0}})), "[]");
}

static void
test_arithmetic(void **state)
{
    (void)state;
    const pz_type *d62 = pz_type_decimal(A, 6, 2);
    expect(value(call(&pz_t_int, "+", 2, i4(1), i4(2))), "3");
    expect(value(call(&pz_t_int, "+", 2, i4(INT32_MAX), i4(2))), "error ARITHMETIC_OVERFLOW");
    expect(value(call(&pz_t_double, "/", 2, pz_literal_double(A, 1), pz_literal_double(A, 4))), "0.25");
    expect(project(pairs(2, 1, 0, NIL, 0), 1, call(&pz_t_double, "/", 2, cast(ref(attr("x", &pz_t_int)), &pz_t_double), pz_literal_double(A, 4))), "error INTERNAL_ERROR");
    pz_rel *p = pairs(2, NIL, 0, 4, 2);
    expect(project(p, 1, call(&pz_t_double, "/", 2, cast(col(p, 0), &pz_t_double), cast(col(p, 1), &pz_t_double))), "NULL 2.0");
    p = pairs(2, 1, 0, 4, 2);
    expect(project(p, 1, call(&pz_t_double, "/", 2, cast(col(p, 0), &pz_t_double), cast(col(p, 1), &pz_t_double))), "error DIVIDE_BY_ZERO");
    expect(project(p, 1, call(&pz_t_int, "%", 2, col(p, 0), col(p, 1))), "error REMAINDER_BY_ZERO");
    expect(value(call(&pz_t_long, "div", 2, i4(INT32_MIN), i4(-1))), "2147483648");
    expect(value(call(&pz_t_int, "%", 2, cast(i4(INT32_MIN), &pz_t_int), i4(-1))), "0");
    expect(value(call(d62, "+", 2, dec("12.34"), dec("0.66"))), "13.00");
    expect(value(call(pz_type_decimal(A, 7, 4), "*", 2, dec("1.25"), dec("2.50"))), "3.1250");
    expect(value(call(pz_type_decimal(A, 9, 6), "/", 2, dec("1.00"), dec("3.00"))), "0.333333");
    pz_expr *wrap = call(&pz_t_int, "+", 2, i4(INT32_MAX), i4(1));
    wrap->u.call.eval_mode = PZ_CAST_LEGACY;
    expect(value(wrap), "-2147483648");
    pz_expr *try = call(&pz_t_int, "+", 2, i4(INT32_MAX), i4(1));
    try->u.call.eval_mode = PZ_CAST_TRY;
    expect(value(try), "NULL");
    pz_expr *chain = i4(1);
    for (int i = 0; i < 900; i++) chain = call(&pz_t_int, "+", 2, chain, i4(1));
    expect(value(chain), "901");
}

/* Errors of branches that are not taken stay silent. */
static void
test_laziness(void **state)
{
    (void)state;
    pz_rel *p = pairs(2, 1, 0, 6, 3);
    pz_expr *ratio = call(&pz_t_double, "/", 2, cast(col(p, 0), &pz_t_double), cast(col(p, 1), &pz_t_double));
    pz_expr *positive = call(&pz_t_boolean, ">", 2, col(p, 1), i4(0));
    pz_expr *large = call(&pz_t_boolean, ">", 2, ratio, pz_literal_double(A, 1));
    expect(project(p, 1, call(&pz_t_double, "if", 3, positive, ratio, pz_literal_double(A, -1))), "-1.0 2.0");
    expect(project(p, 1, call(&pz_t_boolean, "and", 2, positive, large)), "false true");
    expect(filter(p, call(&pz_t_boolean, "and", 2, positive, large)), "6|3");
    expect(project(p, 1, call(&pz_t_double, "coalesce", 2, pz_literal_double(A, 3), ratio)), "3.0 3.0");
    pz_expr *never = call(&pz_t_double, "/", 2, pz_literal_double(A, 1), pz_literal_double(A, 0));
    expect(value(call(&pz_t_double, "if", 3, pz_literal_bool(A, false), never, pz_literal_double(A, 7))), "7.0");
}

static void
test_flat(void **state)
{
    (void)state;
    pz_rel *r = range(0, 10);
    pz_rel *p = project(r, 2, col(r, 0), alias(call(&pz_t_long, "*", 2, col(r, 0), pz_literal_long(A, 2)), "d"));
    pz_rel *f = filter(p, call(&pz_t_boolean, ">", 2, col(p, 1), pz_literal_long(A, 12)));
    pz_rel *s = sort(f, order(col(f, 1), false));
    expect(limit(s, PZ_REL_LIMIT, 2), "9|18 8|16");
    assert_null(strstr(text.ptr, "(SELECT"));
    expect(limit(s, PZ_REL_TAIL, 1), "7|14");
    expect(limit(limit(s, PZ_REL_OFFSET, 1), PZ_REL_LIMIT, 1), "8|16");
    expect(limit(limit(s, PZ_REL_LIMIT, 2), PZ_REL_OFFSET, 1), "8|16");
    /* A whole number that a decimal is compared with: written at once, and nothing that could raise and stand in a CASE. */
    const pz_type *d10 = pz_type_decimal(A, 1, 0), *d152 = pz_type_decimal(A, 15, 2);
    pz_rel *m = project(r, 1, alias(cast(col(r, 0), d152), "m"));
    pz_expr *above = call(&pz_t_boolean, ">", 2, col(m, 0), cast(cast(i4(7), d10), d152));
    expect(filter(m, call(&pz_t_boolean, "or", 2, call(&pz_t_boolean, "and", 2, above, above), above)), "8.00 9.00");
    assert_non_null(strstr(text.ptr, "'7.00'::DECIMAL(15,2)"));
    assert_null(strstr(text.ptr, "CASE"));
    /* A thousand withColumn calls become a few SELECTs. */
    pz_rel *w = range(3, 4);
    for (int i = 0; i < 1000; i++) w = project(w, 1, alias(call(&pz_t_long, "+", 2, col(w, 0), pz_literal_long(A, 1)), "n"));
    expect(w, "1003");
    /* Limits before filters hold. */
    pz_rel *l = limit(range(0, 10), PZ_REL_LIMIT, 3);
    expect(filter(l, call(&pz_t_boolean, ">", 2, col(l, 0), pz_literal_long(A, 1))), "2");
}

/* The optimizer is left out where it has nothing to do, and only there. */
static void
test_plain(void **state)
{
    (void)state;
    pz_rel *one = project(pairs(1, 1, 10), 1, alias(call(&pz_t_long, "+", 2, pz_literal_long(A, 1), pz_literal_long(A, 2)), "x"));
    expect(one, "3");
    assert_true(info.plain);
    expect(filter(one, call(&pz_t_boolean, ">", 2, col(one, 0), pz_literal_long(A, 12))), "");
    assert_false(info.plain);
    pz_rel *w = project(range(3, 4), 1, alias(call(&pz_t_long, "+", 2, pz_literal_long(A, 1), pz_literal_long(A, 2)), "x"));
    expect(w, "3");
    assert_false(info.plain);
    for (int i = 0; i < 1000; i++) w = project(w, 1, alias(call(&pz_t_long, "+", 2, col(w, 0), pz_literal_long(A, 1)), "n"));
    expect(w, "1003");
    assert_true(info.plain);
}

static void
test_aggregates(void **state)
{
    (void)state;
    pz_rel *p = pairs(4, 1, 10, 1, 20, 2, 5, NIL, 1);
    pz_rel *g = aggregate(p, 1, 4, col(p, 0), call(&pz_t_long, "sum", 1, col(p, 1)), call(&pz_t_long, "count", 0), call(&pz_t_double, "avg", 1, col(p, 1)));
    expect(sort(g, order(col(g, 0), true)), "NULL|1|1|1.0 1|30|2|15.0 2|5|1|5.0");
    pz_rel *h = filter(g, call(&pz_t_boolean, ">", 2, col(g, 1), pz_literal_long(A, 4)));
    expect(sort(h, order(col(h, 1), true)), "2|5|1|5.0 1|30|2|15.0");
    assert_non_null(strstr(text.ptr, "HAVING"));
    expect(aggregate(filter(p, pz_literal_bool(A, false)), 0, 1, call(&pz_t_long, "count", 0)), "0");
    pz_rel *d = aggregate(p, 0, 1, call(&pz_t_long, "count", 2, col(p, 0), col(p, 1)));
    d->exprs.data[0]->args.data[0]->u.call.distinct = true;
    expect(d, "3");
    pz_expr *f = call(&pz_t_long, "sum", 1, col(p, 1));
    f->u.call.filter = call(&pz_t_boolean, ">", 2, col(p, 1), i4(5));
    expect(aggregate(p, 0, 1, f), "30");
    pz_expr *money = cast(col(p, 1), pz_type_decimal(A, 10, 0));
    expect(aggregate(p, 0, 1, call(pz_type_decimal(A, 14, 4), "avg", 1, money)), "9.0000");
    /* rollup */
    pz_rel *u = aggregate(p, 1, 2, alias(col(p, 0), "k"), call(&pz_t_long, "sum", 1, col(p, 0)));
    pz_exprs set = {0}, empty = {0};
    pz_vec_push(A, &set, u->keys.data[0]);
    pz_vec_grow(A, (void **)&u->u.agg.sets.data, &u->u.agg.sets.cap, sizeof *u->u.agg.sets.data, 0);
    memcpy(&u->u.agg.sets.data[0], &set, sizeof set);
    memcpy(&u->u.agg.sets.data[1], &empty, sizeof empty);
    u->u.agg.sets.n = 2;
    u->u.agg.grouping_id = attr("gid", &pz_t_long);
    pz_vec_push(A, &u->output, u->u.agg.grouping_id);
    pz_rel *us = rel(PZ_REL_SORT, u);
    pz_vec_push(A, &us->exprs, order(col(u, 2), true));
    pz_vec_push(A, &us->exprs, order(col(u, 0), true));
    expect(us, "NULL|NULL|0 1|2|0 2|2|0 NULL|4|1");
}

/* Products under an aggregate stay narrow; with wide_decimals they are exact at any size. */
static void
test_decimals(void **state)
{
    (void)state;
    const pz_type *money = pz_type_decimal(A, 15, 2), *product = pz_type_decimal(A, 31, 4);
    pz_rel *p = pairs(2, 1, 2, 3, 4);
    pz_expr *m = call(product, "*", 2, cast(col(p, 0), money), cast(col(p, 1), money));
    expect(aggregate(p, 0, 1, call(pz_type_decimal(A, 38, 4), "sum", 1, m)), "14.0000");
    assert_true(info.narrow_decimals);
    wide = true;
    expect(aggregate(p, 0, 1, call(pz_type_decimal(A, 38, 4), "sum", 1, m)), "14.0000");
    assert_false(info.narrow_decimals);
    expect(value(call(pz_type_decimal(A, 38, 6), "*", 2, cast(dec("99999999999.5"), pz_type_decimal(A, 38, 10)), cast(dec("99999999999.5"), pz_type_decimal(A, 38, 10)))),
           "9999999999900000000000.250000");
}

static void
test_joins(void **state)
{
    (void)state;
    pz_rel *l = pairs(3, 1, 10, 2, 20, NIL, 30), *r = pairs(2, 2, 200, 3, 300);
    pz_expr *eq = call(&pz_t_boolean, "=", 2, col(l, 0), col(r, 0));
    expect(join(PZ_JOIN_INNER, l, r, eq), "2|20|2|200");
    pz_rel *j = join(PZ_JOIN_LEFT, l, r, eq);
    expect(sort(j, order(col(l, 1), true)), "1|10|NULL|NULL 2|20|2|200 NULL|30|NULL|NULL");
    j = join(PZ_JOIN_FULL, l, r, eq);
    expect(sort(j, order(call(&pz_t_int, "coalesce", 2, col(l, 1), col(r, 1)), true)), "1|10|NULL|NULL 2|20|2|200 NULL|30|NULL|NULL NULL|NULL|3|300");
    expect(join(PZ_JOIN_SEMI, l, r, eq), "2|20");
    j = join(PZ_JOIN_ANTI, l, r, eq);
    expect(sort(j, order(col(l, 1), true)), "1|10 NULL|30");
    /* computed columns on the side that gets NULLs stay below the join */
    pz_rel *c = project(r, 2, col(r, 0), alias(i4(7), "seven"));
    pz_rel *k = join(PZ_JOIN_LEFT, l, c, call(&pz_t_boolean, "=", 2, col(l, 0), col(c, 0)));
    expect(sort(k, order(col(l, 1), true)), "1|10|NULL|NULL 2|20|2|7 NULL|30|NULL|NULL");
}

static void
test_set_ops(void **state)
{
    (void)state;
    pz_rel *u = range(0, 1);
    for (int i = 1; i < 300; i++) u = set_op(PZ_SETOP_UNION, true, u, range(i, i + 1));
    expect(aggregate(u, 0, 2, call(&pz_t_long, "sum", 1, col(u, 0)), call(&pz_t_long, "count", 0)), "44850|300");
    pz_rel *e = set_op(PZ_SETOP_EXCEPT, false, range(0, 4), range(1, 3));
    expect(sort(e, order(col(e, 0), true)), "0 3");
    pz_rel *i = set_op(PZ_SETOP_INTERSECT, false, limit(range(0, 9), PZ_REL_LIMIT, 3), range(2, 5));
    expect(i, "2");
}

static void
test_subqueries(void **state)
{
    (void)state;
    pz_rel *p = pairs(3, 1, 10, 2, 20, NIL, 30), *q = pairs(2, 2, 5, NIL, 6);
    pz_rel *inner = aggregate(filter(q, call(&pz_t_boolean, "=", 2, col(q, 0), outer(p->output.data[0]))), 0, 1, call(&pz_t_long, "sum", 1, col(q, 1)));
    pz_rel *o = project(p, 2, col(p, 1), subquery(PZ_SUB_SCALAR, inner, &pz_t_long, NULL));
    expect(sort(o, order(col(o, 0), true)), "10|NULL 20|5 30|NULL");
    pz_rel *keys = project(q, 1, col(q, 0));
    o = project(p, 2, col(p, 1), subquery(PZ_SUB_IN, keys, &pz_t_boolean, col(p, 0)));
    expect(sort(o, order(col(o, 0), true)), "10|false 20|true 30|false");
    expect(filter(p, call(&pz_t_boolean, "not", 1, subquery(PZ_SUB_IN, keys, &pz_t_boolean, col(p, 0)))), "");
    pz_rel *some = filter(q, call(&pz_t_boolean, "=", 2, col(q, 0), outer(p->output.data[0])));
    expect(filter(p, subquery(PZ_SUB_EXISTS, some, &pz_t_boolean, NULL)), "2|20");
    expect(value(subquery(PZ_SUB_SCALAR, keys, &pz_t_int, NULL)), "error SCALAR_SUBQUERY_TOO_MANY_ROWS");
}

static void
test_windows(void **state)
{
    (void)state;
    pz_rel *p = pairs(4, 1, 10, 1, 20, 2, 5, 2, 7);
    pz_expr *w = over(call(&pz_t_long, "sum", 1, col(p, 1)), col(p, 0), order(col(p, 1), true));
    pz_rel *r = project(p, 3, col(p, 0), col(p, 1), alias(w, "s"));
    expect(sort(r, order(col(r, 1), true)), "2|5|5 2|7|12 1|10|10 1|20|30");
    pz_rel *f = filter(r, call(&pz_t_boolean, ">", 2, col(r, 2), pz_literal_long(A, 10)));
    expect(sort(f, order(col(f, 1), true)), "2|7|12 1|20|30");
    w->u.window->unit = PZ_FRAME_ROWS;
    w->u.window->from = (pz_bound){PZ_BOUND_OFFSET, i4(-1), i4(-1)};
    w->u.window->to = (pz_bound){PZ_BOUND_OFFSET, i4(0), i4(0)};
    w->u.window->partition.n = 0;
    expect(sort(r, order(col(r, 1), true)), "2|5|5 2|7|12 1|10|17 1|20|30");
}

static void
test_generate(void **state)
{
    (void)state;
    const pz_type *ints = pz_type_array(A, &pz_t_int, true);
    pz_rel *p = pairs(2, 1, 2, 3, NIL);
    pz_expr *list = call(ints, "array", 2, col(p, 0), col(p, 1));
    pz_expr *empty = call(ints, "if", 3, call(&pz_t_boolean, "isnull", 1, col(p, 1)), pz_literal_value(A, ints, (pz_value){.list = {NULL, 0}}), pz_literal_value(A, ints, (pz_value){.list = {(pz_value[]){{.i = 8}, {.i = 9}}, 2}}));
    pz_rel *g = rel(PZ_REL_GENERATE, p);
    pz_attr *out = attr("col", &pz_t_int);
    (void)list;
    pz_vec_push(A, &g->exprs, call(pz_type_struct(A, &(pz_field){PZ_STR("col"), &pz_t_int, true, {0}}, 1), "explode", 1, empty));
    pz_vec_push(A, &g->u.gen.attrs, out);
    g->output = (pz_attrs){0};
    for (int i = 0; i < 2; i++) pz_vec_push(A, &g->output, p->output.data[i]);
    pz_vec_push(A, &g->output, out);
    expect(g, "1|2|8 1|2|9");
    g->u.gen.outer = true;
    expect(g, "1|2|8 1|2|9 3|NULL|NULL");
}

static pz_rel *
cte_ref(pz_cte *cte)
{
    pz_rel *r = rel(PZ_REL_CTE_REF, NULL);
    r->u.cte.cte = cte;
    for (int i = 0; i < cte->rel->output.n; i++) pz_vec_push(A, &r->output, attr("r", cte->rel->output.data[i]->type));
    return r;
}

static void
test_ctes(void **state)
{
    (void)state;
    pz_cte *cte = PZ_NEW(A, pz_cte);
    cte->rel = filter(pairs(2, 1, 10, 2, 20), pz_literal_bool(A, true));
    pz_rel *a = cte_ref(cte), *b = cte_ref(cte);
    expect(join(PZ_JOIN_INNER, a, b, call(&pz_t_boolean, "<", 2, col(a, 0), col(b, 0))), "1|10|2|20");
    assert_non_null(strstr(text.ptr, "MATERIALIZED"));
    expect(cte_ref(cte), "1|10 2|20");
    assert_null(strstr(text.ptr, "WITH"));
    /* recursive: 1, 2, 3 */
    for (int most = 3; most <= 1000; most += 997) {
        pz_cte *rec = PZ_NEW(A, pz_cte);
        pz_rel *anchor = value(pz_literal_long(A, 1)), *again, *step;
        rec->recursive = true;
        rec->rel = anchor;
        again = cte_ref(rec);
        step = project(filter(again, call(&pz_t_boolean, "<", 2, col(again, 0), pz_literal_long(A, most))), 1,
                       alias(call(&pz_t_long, "+", 2, col(again, 0), pz_literal_long(A, 1)), "n"));
        rec->rel = set_op(PZ_SETOP_UNION, true, anchor, step);
        expect(cte_ref(rec), most == 3 ? "1 2 3" : "error RECURSION_LEVEL_LIMIT_EXCEEDED");
    }
}

static void
test_show(void **state)
{
    (void)state;
    pz_rel *p = project(pairs(2, 1, 10, 22222, NIL), 2, alias(i4(1), "one"), alias(str("a\tb"), "text"));
    pz_rel *s = rel(PZ_REL_SHOW_STRING, p);
    s->u.show.rows = 20;
    s->u.show.truncate = 20;
    s->output = (pz_attrs){0};
    pz_vec_push(A, &s->output, attr("show_string", &pz_t_string));
    expect(s, "+---+----+\n|one|text|\n+---+----+\n|  1|a\\tb|\n|  1|a\\tb|\n+---+----+\n");
    s->u.show.rows = 1;
    expect(s, "+---+----+\n|one|text|\n+---+----+\n|  1|a\\tb|\n+---+----+\nonly showing top 1 row");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, open_test, close_test)
        T(test_literals), T(test_arithmetic), T(test_laziness), T(test_flat), T(test_plain), T(test_aggregates), T(test_decimals), T(test_joins), T(test_set_ops),
        T(test_subqueries), T(test_windows), T(test_generate), T(test_ctes), T(test_show),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    pz_engine_close(engine);
    return failed;
}

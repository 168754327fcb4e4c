/*
 * tests/unit/test_functions.c - value functions and aggregates bound into the engine: any nesting, errors, modes, threads, windows.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants the ones above first */
#include <cmocka.h>

#include "engine/functions.h"

static pz_engine *engine;
static pz_arena *arena;
static pz_error err;

static int
open_engine(void **state)
{
    pz_engine_options o = {.threads = 2};
    (void)state;
    arena = pz_arena_open();
    pz_error_init(&err, arena);
    return pz_engine_open(&o, &engine, &err) == PZ_OK ? 0 : -1;
}

static int
close_engine(void **state)
{
    (void)state;
    pz_engine_close(engine);
    pz_arena_close(arena);
    return 0;
}

static const char *
bind(const char *impl, const pz_type *arg, const pz_type *result, pz_cast_mode mode)
{
    pz_call_site s = {.arg_types = &arg, .nargs = 1, .result = result, .ansi = mode == PZ_CAST_ANSI, .eval_mode = mode,
                      .time_zone = PZ_STR("America/Los_Angeles"), .name = pz_str_c(impl)};
    pz_str name = {0};
    assert_int_equal(pz_engine_bind(engine, impl, &s, arena, &name, &err), PZ_OK);
    return name.ptr;
}

/* Rows of a one-column query as CAST text, by ;  - or the condition. */
static const char *
rows(const char *template, const char *function, const pz_type *t)
{
    pz_run_settings s = {.time_zone = PZ_STR("America/Los_Angeles")};
    pz_values *got;
    int n;
    pz_buf b, sql;
    pz_error_init(&err, arena);
    pz_buf_init(&sql, 0);
    for (const char *p = template; *p; p++) {  /* @ stands for the function */
        if (*p == '@') pz_buf_puts(&sql, function);
        else pz_buf_putc(&sql, *p);
    }
    pz_status done = pz_engine_rows(engine, &s, pz_buf_view(&sql), &t, 1, arena, &got, &n, &err);
    pz_buf_free(&sql);
    if (done != PZ_OK) return pz_err_info(err.id)->condition;
    pz_buf_init(&b, 0);
    for (int i = 0; i < n; i++) {
        if (i) pz_buf_putc(&b, ';');
        pz_value_text(&b, t, &got[i].data[0], PZ_TEXT_CAST, pz_zone_find(PZ_STR("America/Los_Angeles")));
    }
    const char *text = pz_buf_dup(&b, arena).ptr;
    pz_buf_free(&b);
    return text;
}

static void
one_column_casts(void **state)
{
    (void)state;
    const char *f = bind("cast", &pz_t_string, &pz_t_int, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @(x) FROM (VALUES ('12'), (NULL), (' -5 ')) t(x)", f, &pz_t_int), "12;NULL;-5");
    assert_string_equal(rows("SELECT @(x) FROM (VALUES ('12'), ('x')) t(x)", f, &pz_t_int), "CAST_INVALID_INPUT");
    assert_string_equal(err.params[0].value.ptr, "'x'");
    assert_string_equal(rows("SELECT CASE WHEN x = 'x' THEN 0 ELSE @(x) END FROM (VALUES ('12'), ('x')) t(x)", f, &pz_t_int), "12;0");
    f = bind("cast", &pz_t_string, &pz_t_int, PZ_CAST_TRY);
    assert_string_equal(rows("SELECT @(x) FROM (VALUES ('12'), ('x'), ('1.5')) t(x)", f, &pz_t_int), "12;NULL;NULL");
    f = bind("cast", &pz_t_string, &pz_t_int, PZ_CAST_LEGACY);
    assert_string_equal(rows("SELECT @(x) FROM (VALUES ('12'), ('x'), ('1.5')) t(x)", f, &pz_t_int), "12;NULL;1");
    f = bind("cast", &pz_t_double, &pz_t_string, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @(x) FROM (VALUES (1e10), (0.1::DOUBLE), ('nan'::DOUBLE), (NULL)) t(x)", f, &pz_t_string), "1.0E10;0.1;NaN;NULL");
    f = bind("cast", &pz_t_timestamp, &pz_t_string, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @('2024-03-10 10:30:00+00'::TIMESTAMPTZ)", f, &pz_t_string), "2024-03-10 03:30:00");
    f = bind("cast", &pz_t_calendar_interval, &pz_t_string, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @(INTERVAL '1 year 2 days 3 seconds')", f, &pz_t_string), "1 years 2 days 3 seconds");
}

static void
nested_values(void **state)
{
    (void)state;
    const pz_type *texts = pz_type_array(arena, &pz_t_string, true), *ints = pz_type_array(arena, &pz_t_int, true);
    pz_field from[2] = {{PZ_STR("a"), texts, true, {0}}, {PZ_STR("b"), pz_type_map(arena, &pz_t_string, &pz_t_double, true), true, {0}}};
    pz_field to[2] = {{PZ_STR("x"), ints, true, {0}}, {PZ_STR("y"), pz_type_map(arena, &pz_t_string, &pz_t_string, true), true, {0}}};
    const pz_type *s = pz_type_struct(arena, from, 2), *t = pz_type_struct(arena, to, 2);
    const char *f = bind("cast", s, t, PZ_CAST_TRY);
    assert_string_equal(rows("SELECT @(x) FROM (VALUES ({'f0': ['12', NULL, 'x'], 'f1': MAP{'k': 1e10, 'l': NULL}}), (NULL), ({'f0': NULL, 'f1': MAP{}})) t(x)", f, t),
                        "{[12, null, null], {k -> 1.0E10, l -> null}};NULL;{null, {}}");
    f = bind("cast", texts, ints, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @(x) FROM (SELECT NULL::VARCHAR[] AS x FROM range(3))", f, ints), "NULL;NULL;NULL");
    assert_string_equal(rows("SELECT @(['1', '2']) FROM range(2)", f, ints), "[1, 2];[1, 2]");
    assert_string_equal(rows("SELECT sum(@([i::VARCHAR, '1'])[1]) FROM range(100000) t(i)", f, pz_type_decimal(arena, 38, 0)), "4999950000");
    const pz_type *d = pz_type_decimal(arena, 20, 3), *wide = pz_type_decimal(arena, 38, 10);
    f = bind("cast", d, wide, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @((-123456789.125)::DECIMAL(20,3))", f, wide), "-123456789.1250000000");
}

static void
signatures_are_shared(void **state)
{
    (void)state;
    assert_string_equal(bind("cast", &pz_t_string, &pz_t_date, PZ_CAST_ANSI), bind("cast", &pz_t_string, &pz_t_date, PZ_CAST_ANSI));
    assert_string_not_equal(bind("cast", &pz_t_string, &pz_t_date, PZ_CAST_ANSI), bind("cast", &pz_t_string, &pz_t_date, PZ_CAST_TRY));
}

static void *
bind_many(void *arg)
{
    pz_arena *a = pz_arena_open();
    pz_error e;
    pz_str name;
    for (int i = 1; i <= 30; i++) {
        const pz_type *from = &pz_t_string, *to = pz_type_decimal(a, i, 0);
        pz_call_site s = {.arg_types = &from, .nargs = 1, .result = to, .ansi = true, .eval_mode = PZ_CAST_ANSI, .time_zone = PZ_STR("UTC"), .name = PZ_STR("cast")};
        pz_error_init(&e, a);
        if (pz_engine_bind(engine, "cast", &s, a, &name, &e) != PZ_OK) *(int *)arg = 1;
    }
    pz_arena_close(a);
    return NULL;
}

static void
threads_bind_together(void **state)
{
    (void)state;
    pthread_t t[4];
    int failed[4] = {0};
    for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, bind_many, &failed[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        assert_int_equal(failed[i], 0);
    }
}

/* skewness: plain state; vector_sum: a state that owns memory */
static void
aggregates(void **state)
{
    (void)state;
    const pz_type *v = pz_type_array(arena, &pz_t_float, false);
    const char *f = bind("vector_sum", v, v, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @(x) FROM (VALUES ([1, 2]::FLOAT[]), (NULL), ([1, 3])) t(x)", f, v), "[2.0, 5.0]");
    assert_string_equal(rows("SELECT @(x) FROM (SELECT [1]::FLOAT[] AS x WHERE false)", f, v), "NULL");
    assert_string_equal(rows("SELECT @([1, i % 3]::FLOAT[]) FROM range(30000) t(i) GROUP BY i % 3 ORDER BY i % 3", f, v),
                        "[10000.0, 0.0];[10000.0, 10000.0];[10000.0, 20000.0]");
    assert_string_equal(rows("SELECT @(x) FILTER (WHERE x[1] < 1) FROM (VALUES ([1, 2]::FLOAT[]), ([0, 5])) t(x)", f, v), "[0.0, 5.0]");
    assert_string_equal(rows("SELECT @(x) OVER (ORDER BY x[1] ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES ([1]::FLOAT[]), ([2]), ([3])) t(x)", f, v),
                        "[1.0];[3.0];[5.0]");
    assert_string_equal(rows("SELECT @(DISTINCT x) FROM (VALUES ([1]::FLOAT[]), ([2]), ([2])) t(x)", f, v), "[3.0]");
    f = bind("skewness", &pz_t_double, &pz_t_double, PZ_CAST_ANSI);
    assert_string_equal(rows("SELECT @(DISTINCT x) FROM (VALUES (1::DOUBLE), (2), (2), (3)) t(x)", f, &pz_t_double), "0.0");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_column_casts), cmocka_unit_test(nested_values), cmocka_unit_test(signatures_are_shared), cmocka_unit_test(threads_bind_together),
        cmocka_unit_test(aggregates),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}

/*
 * tests/unit/test_engine.c - the engine room: statements, values, conditions, interrupts, local relations, files.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine/engine.h"

static pz_engine *engine;
static pz_arena *arena;
static pz_error err;
static char dir[128];

static int
open_engine(void **state)
{
    pz_engine_options o = {.threads = 2};
    (void)state;
    arena = pz_arena_open();
    pz_error_init(&err, arena);
    snprintf(dir, sizeof dir, "%s/piezo-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : P_tmpdir);
    if (!mkdtemp(dir)) return -1;
    return pz_engine_open(&o, &engine, &err) == PZ_OK ? 0 : -1;
}

static int
close_engine(void **state)
{
    char command[256];
    (void)state;
    pz_engine_close(engine);
    pz_arena_close(arena);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

/* All rows as text: columns by |, rows by ; */
static const char *
rows_of(const char *sql, const pz_type *const *types, int n)
{
    pz_run_settings s = {.time_zone = PZ_STR("UTC")};
    pz_values *rows;
    int nrows;
    pz_buf b;
    pz_str out;
    pz_error_init(&err, arena);
    if (pz_engine_rows(engine, &s, pz_str_c(sql), types, n, arena, &rows, &nrows, &err) != PZ_OK) return pz_err_info(err.id)->condition;
    pz_buf_init(&b, 0);
    for (int i = 0; i < nrows; i++)
        for (int j = 0; j < n; j++) {
            if (i || j) pz_buf_puts(&b, j ? "|" : ";");
            if (rows[i].data[j].null) pz_buf_puts(&b, "NULL");
            else pz_value_text(&b, types[j], &rows[i].data[j], PZ_TEXT_CAST, pz_zone_find(PZ_STR("UTC")));
        }
    out = pz_buf_dup(&b, arena);
    pz_buf_free(&b);
    return out.ptr;
}

static const char *
param(const char *name)
{
    for (int i = 0; i < err.nparams; i++)
        if (pz_str_eqc(err.params[i].name, name)) return err.params[i].value.ptr;
    return NULL;
}

static void
test_values(void **state)
{
    const pz_type *scalars[] = {&pz_t_int, &pz_t_long, &pz_t_double, &pz_t_string, &pz_t_boolean, &pz_t_date, pz_type_decimal(arena, 5, 2)};
    const pz_type *nested[] = {pz_type_array(arena, &pz_t_int, true), pz_type_map(arena, &pz_t_string, &pz_t_long, true)};
    (void)state;
    assert_string_equal(rows_of("SELECT 1, 2::BIGINT, 1.5::DOUBLE, 'x', true, DATE '2020-02-29', 1.25::DECIMAL(5,2)", scalars, 7),
                        "1|2|1.5|x|true|2020-02-29|1.25");
    assert_string_equal(rows_of("SELECT [1, NULL], MAP {'a': 1::BIGINT}", nested, 2), "[1, null]|{a -> 1}");
    assert_string_equal(rows_of("SELECT i::INTEGER FROM range(5000) t(i) WHERE i >= 4998 ORDER BY i", scalars, 1), "4998;4999");
    assert_string_equal(rows_of("SELECT NULL::INTEGER", scalars, 1), "NULL");
}

static void
test_conditions(void **state)
{
    static const struct { const char *sql, *condition, *param, *value; } cases[] = {
        {"SELECT i + i FROM (VALUES (2147483647)) t(i)", "ARITHMETIC_OVERFLOW", "alternative", " Use 'try_add' to tolerate overflow and return NULL instead."},
        {"SELECT i * i FROM (VALUES (9223372036854775807)) t(i)", "ARITHMETIC_OVERFLOW", "alternative", " Use 'try_multiply' to tolerate overflow and return NULL instead."},
        {"SELECT i + i FROM (VALUES (127::TINYINT)) t(i)", "BINARY_ARITHMETIC_OVERFLOW", "value1", "127S"},
        {"SELECT -i FROM (VALUES ((-9223372036854775808)::BIGINT)) t(i)", "ARITHMETIC_OVERFLOW", "alternative", ""},
        {"SELECT sum(i)::BIGINT FROM (VALUES (9223372036854775807), (1)) t(i)", "ARITHMETIC_OVERFLOW", "message", "overflow"},
        {"SELECT i::INTEGER FROM (VALUES (3e10::DOUBLE)) t(i)", "CAST_OVERFLOW", "value", "3.0E10D"},
        {"SELECT i::INTEGER FROM (VALUES (3000000000)) t(i)", "CAST_OVERFLOW", "value", "3000000000L"},
        {"SELECT i::DECIMAL(5,2) FROM (VALUES (12345.67::DECIMAL(10,2))) t(i)", "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "value", "12345.67"},
        {"SELECT i::INTEGER FROM (VALUES ('abc')) t(i)", "CAST_INVALID_INPUT", "expression", "'abc'"},
        {"SELECT (SELECT i FROM (VALUES (1), (2)) t(i))", "SCALAR_SUBQUERY_TOO_MANY_ROWS", NULL, NULL},
        {"SELECT error(chr(1) || 'DIVIDE_BY_ZERO' || chr(2) || 'config' || chr(3) || 'c')", "DIVIDE_BY_ZERO", "config", "c"},
        {"SELECT * FROM read_parquet('/nonexistent/x.parquet')", "FAILED_READ_FILE.FILE_NOT_EXIST", "path", "file:///nonexistent/x.parquet"},
        {"SELECT * FROM nowhere", "INTERNAL_ERROR", NULL, NULL},
    };
    const pz_type *t[] = {&pz_t_long};
    (void)state;
    pz_log_set_level(PZ_LOG_ERROR);
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) {
        assert_string_equal(rows_of(cases[i].sql, t, 1), cases[i].condition);
        if (cases[i].param) assert_string_equal(param(cases[i].param), cases[i].value);
    }
}

#define SLOW "SELECT count(*) FROM range(1000000000) a(x), range(1000) b(y) WHERE (a.x * b.y) % 7 = 3"

static void *
interrupt_soon(void *run)
{
    usleep(100000);
    pz_run_interrupt(run);
    return NULL;
}

static void
test_interrupt(void **state)
{
    const pz_type *t[] = {&pz_t_int};
    pz_run *r = pz_run_make(engine);
    int64_t begin = pz_mono_micros();
    pthread_t thread;
    (void)state;
    pz_error_init(&err, arena);
    pthread_create(&thread, NULL, interrupt_soon, r);
    assert_int_equal(pz_run_start(r, NULL, pz_str_c(SLOW), &err), PZ_FAIL);
    assert_string_equal(pz_err_info(err.id)->condition, "OPERATION_CANCELED");
    assert_true(pz_mono_micros() - begin < 3000000);
    pthread_join(thread, NULL);
    pz_run_close(r);
    r = pz_run_make(engine);                   /* before it starts */
    pz_error_init(&err, arena);
    pz_run_interrupt(r);
    assert_int_equal(pz_run_start(r, NULL, pz_str_c(SLOW), &err), PZ_FAIL);
    assert_string_equal(pz_err_info(err.id)->condition, "OPERATION_CANCELED");
    pz_run_close(r);
    assert_string_equal(rows_of("SELECT 1", t, 1), "1"); /* the pool's connections are as good as new */
}

static void
test_stream_closed_early(void **state)
{
    pz_run *r;
    struct pz_chunk *c;
    (void)state;
    pz_error_init(&err, arena);
    assert_int_equal(pz_run_open(engine, NULL, PZ_STR("SELECT i FROM range(100000000) t(i)"), &r, &err), PZ_OK);
    assert_int_equal(pz_run_next(r, &c, &err), PZ_OK);
    assert_non_null(c);
    assert_true(pz_chunk_rows(c) > 0);
    pz_chunk_free(c);
    pz_run_close(r);
}

static void
test_time_zone(void **state)
{
    static const char *const zones[][2] = {
        {"America/Los_Angeles", "17"}, {"+01:00", "1"}, {"UTC", "0"}, {"GMT-3", "21"}, {"Z", "0"}, {"Asia/Kolkata", "5"},
    };
    const pz_type *t[] = {&pz_t_long};
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(zones); i++) {
        pz_run_settings s = {.time_zone = pz_str_c(zones[i][0])};
        pz_values *rows;
        int n;
        char text[8];
        pz_error_init(&err, arena);
        assert_int_equal(pz_engine_rows(engine, &s, PZ_STR("SELECT hour(TIMESTAMPTZ '2020-06-01 00:00:00+00')"), t, 1, arena, &rows, &n, &err), PZ_OK);
        snprintf(text, sizeof text, "%d", (int)rows[0].data[0].i);
        assert_string_equal(text, zones[i][1]);
    }
}

static void
test_locked_database(void **state)
{
    pz_engine_options o = {.database = NULL};
    pz_engine *other;
    char path[256];
    (void)state;
    pz_error_init(&err, arena);
    snprintf(path, sizeof path, "%s/missing/piezo.db", dir);
    o.database = path;
    assert_int_equal(pz_engine_open(&o, &other, &err), PZ_FAIL);
    assert_non_null(strstr(err.message.ptr, path));
}

/* ---- files ---- */
static void
put_file(const char *name, const char *text)
{
    char path[256];
    FILE *f;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* schema then rows */
static const char *
read_files(const char *format, const char *name, const char *option, const char *value)
{
    pz_strs paths = {NULL, 0, 0};
    pz_options options = {NULL, 0, 0};
    const pz_type **types;
    pz_field all = {0};
    pz_scan *scan;
    pz_buf b;
    pz_error_init(&err, arena);
    pz_vec_push(arena, &paths, pz_strf(arena, "%s/%s", dir, name));
    if (option) pz_vec_push(arena, &options, ((pz_option){pz_str_c(option), pz_str_c(value)}));
    if (strcmp(format, "csv") == 0) {
        pz_vec_push(arena, &options, ((pz_option){PZ_STR("header"), PZ_STR("true")}));
        pz_vec_push(arena, &options, ((pz_option){PZ_STR("inferSchema"), PZ_STR("true")}));
    }
    if (pz_files_open(engine, pz_str_c(format), &paths, &options, NULL, NULL, NULL, PZ_STR("UTC"), arena, &scan, &err) != PZ_OK)
        return pz_err_info(err.id)->condition;
    all.type = pz_type_struct(arena, scan->schema.fields, scan->schema.n);
    types = PZ_NEWN(arena, const pz_type *, scan->schema.n);
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "SELECT ");
    for (int i = 0; i < scan->schema.n; i++) {
        types[i] = scan->schema.fields[i].type;
        pz_buf_printf(&b, "%sk%d", i ? ", " : "", i);
    }
    pz_buf_printf(&b, " FROM " PZ_FMT, PZ_ARG(scan->sql));
    pz_str sql = pz_buf_dup(&b, arena);
    pz_buf_free(&b);
    return pz_strf(arena, PZ_FMT " %s", PZ_ARG(pz_type_simple(all.type, arena)), rows_of(sql.ptr, types, scan->schema.n)).ptr;
}

static void
test_csv(void **state)
{
    (void)state;
    put_file("a.csv", "a,b,c,d\n1,2.5,x,2020-01-01\n2,,\"q,\\\"r\",2021-01-01\n\n3,7\n");
    assert_string_equal(read_files("csv", "a.csv", NULL, NULL), "struct<a:int,b:double,c:string,d:date> 1|2.5|x|2020-01-01;2|NULL|q,\"r|2021-01-01;3|7.0|NULL|NULL");
    assert_string_equal(read_files("csv", "a.csv", "mode", "DROPMALFORMED"), "struct<a:int,b:double,c:string,d:date> 1|2.5|x|2020-01-01;2|NULL|q,\"r|2021-01-01");
    assert_string_equal(read_files("csv", "a.csv", "mode", "FAILFAST"), "struct<a:int,b:double,c:string,d:date> FAILED_READ_FILE.NO_HINT");
}

static void
test_json(void **state)
{
    (void)state;
    put_file("a.json", "{\"b\":1,\"a\":{\"y\":[1,null]}}\n{\"b\":2.5,\"c\":\"x\"}\nbad\n");
    assert_string_equal(read_files("json", "a.json", NULL, NULL),
                        "struct<_corrupt_record:string,a:struct<y:array<bigint>>,b:double,c:string> NULL|{[1, null]}|1.0|NULL;NULL|NULL|2.5|x;bad|NULL|NULL|NULL");
}

static void
test_parquet(void **state)
{
    char sql[1024], path[256];
    (void)state;
    for (int k = 1; k <= 2; k++) {
        snprintf(path, sizeof path, "%s/p", dir);
        mkdir(path, 0755);
        snprintf(path, sizeof path, "%s/p/k=%d", dir, k);
        mkdir(path, 0755);
        snprintf(sql, sizeof sql, "COPY (SELECT %d::BIGINT AS v, {'A': 'x', 'b': [1.5::DECIMAL(5,2)]} AS s) TO '%s/f.parquet' (FORMAT parquet)", k, path);
        pz_error_init(&err, arena);
        assert_int_equal(pz_engine_exec(engine, pz_str_c(sql), &err), PZ_OK);
    }
    put_file("p/_SUCCESS", "");
    assert_string_equal(read_files("parquet", "p", NULL, NULL),
                        "struct<v:bigint,s:struct<A:string,b:array<decimal(5,2)>>,k:int> 1|{x, [1.50]}|1;2|{x, [1.50]}|2");
    assert_string_equal(read_files("parquet", "none", NULL, NULL), "PATH_NOT_FOUND");
    assert_string_equal(read_files("nosuch", "p", NULL, NULL), "DATA_SOURCE_NOT_FOUND");
    put_file("bad.parquet", "this is no parquet file");
    assert_string_equal(read_files("parquet", "bad.parquet", NULL, NULL), "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER");
}

static void
test_text(void **state)
{
    (void)state;
    put_file("a.txt", "one\n\ntwo\r\nthree");
    assert_string_equal(read_files("text", "a.txt", NULL, NULL), "struct<value:string> one;;two;three");
}

static void
exec_ok(const char *sql)
{
    pz_error_init(&err, arena);
    assert_int_equal(pz_engine_exec(engine, pz_str_c(sql), &err), PZ_OK);
}

/* The rows' sum under a number, each time from the start. */
static int64_t
sum_kept(uint64_t number, const char *sql)
{
    static const pz_type *const types[] = {&pz_t_long};
    pz_run_settings s = {.time_zone = PZ_STR("UTC"), .keep = number};
    pz_values *rows;
    int n;
    pz_error_init(&err, arena);
    if (pz_engine_rows(engine, &s, pz_str_c(sql), types, 1, arena, &rows, &n, &err) != PZ_OK) return -1;
    assert_int_equal(n, 1);
    return rows[0].data[0].i;
}

/* A statement that is kept sees the data of each run, and outlives neither its table nor its number. */
static void
test_kept_statements(void **state)
{
    static const char sum[] = "SELECT sum(i)::BIGINT FROM kept";
    uint64_t number = pz_statement_number();
    (void)state;
    assert_int_not_equal(number, pz_statement_number());
    exec_ok("CREATE TABLE kept AS SELECT i FROM range(10) t(i)");
    for (int i = 0; i < 3; i++) assert_int_equal(sum_kept(number, sum), 45);
    assert_int_equal(sum_kept(number, "a text that is not looked at, as the statement is there"), 45);
    exec_ok("INSERT INTO kept VALUES (5)");
    assert_int_equal(sum_kept(number, "which it is no more after a change"), -1);
    for (int i = 0; i < 3; i++) assert_int_equal(sum_kept(number, sum), 50);
    exec_ok("DROP TABLE kept");
    assert_int_equal(sum_kept(number, sum), -1);
    exec_ok("CREATE TABLE kept AS SELECT i FROM range(3) t(i)");
    for (int i = 0; i < 3; i++) assert_int_equal(sum_kept(number, sum), 3);
    pz_statement_forget(engine, number);
    assert_int_equal(sum_kept(number, "forgotten"), -1);
    for (uint64_t i = 0; i < 200; i++) assert_int_equal(sum_kept(pz_statement_number(), sum), 3);   /* more than are kept */
    exec_ok("DROP TABLE kept");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_conditions), cmocka_unit_test(test_interrupt), cmocka_unit_test(test_stream_closed_early),
        cmocka_unit_test(test_time_zone), cmocka_unit_test(test_locked_database), cmocka_unit_test(test_csv), cmocka_unit_test(test_json),
        cmocka_unit_test(test_parquet), cmocka_unit_test(test_text), cmocka_unit_test(test_kept_statements),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}

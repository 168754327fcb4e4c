/*
 * tests/unit/test_arrow.c - results to Arrow IPC and back: what the writer sends, the LocalRelation reader must give again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "arrow/arrow.h"

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

typedef struct sent { pz_buf bytes; int64_t rows; int batches; } sent;

static void
take(sent *s, pz_ipc_batch *b)
{
    size_t n = 0;
    for (int i = 0; i < b->n; i++) {
        pz_buf_add(&s->bytes, b->pieces[i].ptr, b->pieces[i].len);
        n += b->pieces[i].len;
    }
    assert_int_equal(n, b->bytes);
    s->rows += b->rows;
    s->batches++;
    pz_ipc_batch_free(b);
}

static void
send_query(const char *sql, const pz_schema *schema, const pz_ipc_options *o, sent *s)
{
    pz_ipc_writer *w;
    pz_run *r;
    struct pz_chunk *c;
    pz_ipc_batch b;
    memset(s, 0, sizeof *s);
    pz_buf_init(&s->bytes, 0);
    pz_error_init(&err, arena);
    assert_int_equal(pz_ipc_writer_open(schema, o, &w, &err), PZ_OK);
    assert_int_equal(pz_run_open(engine, NULL, pz_str_c(sql), &r, &err), PZ_OK);
    for (;;) {
        assert_int_equal(pz_run_next(r, &c, &err), PZ_OK);
        if (!c) break;
        for (assert_int_equal(pz_ipc_writer_add(w, c, &b, &err), PZ_OK); b.n; assert_int_equal(pz_ipc_writer_add(w, NULL, &b, &err), PZ_OK)) take(s, &b);
        pz_chunk_free(c);
    }
    for (assert_int_equal(pz_ipc_writer_flush(w, true, &b, &err), PZ_OK); b.n; assert_int_equal(pz_ipc_writer_flush(w, false, &b, &err), PZ_OK)) take(s, &b);
    pz_run_close(r);
    pz_ipc_writer_close(w);
}

static int64_t
count(const char *sql)
{
    const pz_type *t[] = {&pz_t_long};
    pz_values *rows;
    int n;
    pz_error_init(&err, arena);
    assert_int_equal(pz_engine_rows(engine, NULL, pz_str_c(sql), t, 1, arena, &rows, &n, &err), PZ_OK);
    return rows[0].data[0].i;
}

/* Send a query, read the bytes back as a local relation, and compare as multisets. */
static void
round_trip(const char *sql, const pz_schema *schema, const pz_ipc_options *o, int64_t rows)
{
    sent s;
    pz_schema got;
    int64_t id;
    send_query(sql, schema, o, &s);
    assert_int_equal(s.rows, rows);
    assert_int_equal(pz_local_open(engine, pz_buf_view(&s.bytes), arena, &got, &id, &err), PZ_OK);
    assert_int_equal(got.n, schema->n);
    for (int i = 0; i < got.n; i++) assert_true(pz_type_eq_loose(got.fields[i].type, schema->fields[i].type));
    assert_int_equal(count(pz_strf(arena, "SELECT count(*) FROM pz_local(%lld)", (long long)id).ptr), rows);
    assert_int_equal(count(pz_strf(arena, "SELECT count(*) FROM ((%s) EXCEPT ALL SELECT * FROM pz_local(%lld))", sql, (long long)id).ptr), 0);
    pz_local_close(engine, id);
    pz_buf_free(&s.bytes);
}

#define N(x) "CASE WHEN i % 3 = 0 THEN NULL ELSE " x " END"

static pz_schema
schema_of(const pz_type *const *types, int n)
{
    pz_schema s = {PZ_NEWN(arena, pz_field, n), n};
    for (int i = 0; i < n; i++) s.fields[i] = (pz_field){pz_strf(arena, "c%d", i), types[i], true, {NULL, 0}};
    return s;
}

static void
each_codec(const char *sql, const pz_type *const *types, int n, int64_t rows)
{
    pz_schema s = schema_of(types, n);
    for (int codec = PZ_IPC_PLAIN; codec <= PZ_IPC_LZ4; codec++)
        for (int small = 0; small < 2; small++) {
            pz_ipc_options o = {.time_zone = PZ_STR("UTC"), .codec = codec, .max_bytes = small ? 3000 : 0, .max_rows = small ? 100 : 0, .large_var_types = small};
            round_trip(sql, &s, &o, rows);
        }
}

static void
test_scalars(void **state)
{
    const pz_type *types[] = {&pz_t_boolean, &pz_t_byte, &pz_t_short, &pz_t_int, &pz_t_long, &pz_t_float, &pz_t_double, &pz_t_string, &pz_t_binary,
                              &pz_t_date, &pz_t_timestamp, &pz_t_timestamp_ntz, pz_type_decimal(arena, 4, 1), pz_type_decimal(arena, 9, 2),
                              pz_type_decimal(arena, 18, 3), pz_type_decimal(arena, 38, 4), &pz_t_calendar_interval, &pz_t_ym_interval, &pz_t_dt_interval};
    (void)state;
    each_codec("SELECT " N("i % 2 = 0") ", " N("(i % 100)::TINYINT") ", " N("i::SMALLINT") ", " N("i::INTEGER") ", " N("i::BIGINT") ", " N("i::FLOAT") ", "
               N("i / 7") ", " N("repeat('ab', (i % 20)::INTEGER)") ", " N("i::VARCHAR::BLOB") ", " N("DATE '2020-01-01' + i::INTEGER") ", "
               N("TIMESTAMPTZ '2020-01-01 00:00:00+00' + to_seconds(i)") ", " N("TIMESTAMP '2020-01-01' + to_seconds(i)") ", "
               N("(i % 100)::DECIMAL(4,1)") ", " N("i::DECIMAL(9,2)") ", " N("i::DECIMAL(18,3)") ", " N("(-i)::DECIMAL(38,4)") ", "
               N("to_days(i::INTEGER)") ", " N("i::INTEGER") ", " N("i::BIGINT") " FROM range(5000) t(i)",
               types, (int)PZ_COUNTOF(types), 5000);
}

static void
test_nested(void **state)
{
    pz_field pair[] = {{PZ_STR("a"), &pz_t_int, true, {NULL, 0}}, {PZ_STR("a"), &pz_t_string, true, {NULL, 0}}};
    const pz_type *st = pz_type_struct(arena, pair, 2);
    const pz_type *types[] = {pz_type_array(arena, &pz_t_long, true), pz_type_map(arena, &pz_t_string, &pz_t_long, true), st,
                              pz_type_array(arena, st, true), pz_type_array(arena, pz_type_array(arena, &pz_t_long, true), true)};
    (void)state;
    each_codec("SELECT " N("[i, NULL, i + 1]") ", " N("MAP {i::VARCHAR: i, 'x': NULL}") ", " N("{'f0': i::INTEGER, 'f1': 's' || i}") ", "
               N("[{'f0': i::INTEGER, 'f1': NULL::VARCHAR}]") ", " N("[[i, i], NULL, []]") " FROM range(3000) t(i)",
               types, (int)PZ_COUNTOF(types), 3000);
}

static void
test_empty(void **state)
{
    const pz_type *types[] = {&pz_t_int, &pz_t_string, &pz_t_void};
    (void)state;
    each_codec("SELECT 1, 'x', NULL::INTEGER WHERE false", types, 3, 0);
}

static void
test_limits(void **state)
{
    const pz_type *types[] = {&pz_t_long};
    pz_schema s = schema_of(types, 1);
    pz_ipc_options o = {.max_rows = 1000};
    sent out;
    (void)state;
    send_query("SELECT i FROM range(10500) t(i)", &s, &o, &out);
    assert_int_equal(out.rows, 10500);
    assert_int_equal(out.batches, 11);
    pz_buf_free(&out.bytes);
}

/* Rows far over the size of a batch go alone. */
static void
test_big_rows(void **state)
{
    const pz_type *types[] = {&pz_t_string};
    pz_schema s = schema_of(types, 1);
    pz_ipc_options o = {.max_bytes = 1 << 20};
    (void)state;
    round_trip("SELECT repeat(chr(97 + (i % 26)::INTEGER), 700000) FROM range(40) t(i)", &s, &o, 40);
}

static void
test_damaged(void **state)
{
    const pz_type *types[] = {&pz_t_string, &pz_t_long};
    pz_schema s = schema_of(types, 2), got;
    pz_ipc_options o = {0};
    sent out;
    int64_t id;
    (void)state;
    send_query("SELECT 'abc' || i, i FROM range(50) t(i)", &s, &o, &out);
    srand(7);
    for (int k = 0; k < 300; k++) {            /* refused or read, never a crash */
        char *copy = malloc(out.bytes.len);
        assert_non_null(copy);
        memcpy(copy, out.bytes.ptr, out.bytes.len);
        for (int m = 0; m < 1 + k % 4; m++) copy[(size_t)rand() % out.bytes.len] = (char)rand();
        pz_error_init(&err, arena);
        if (pz_local_open(engine, (pz_str){copy, k % 3 ? out.bytes.len : (size_t)rand() % out.bytes.len}, arena, &got, &id, &err) == PZ_OK) pz_local_close(engine, id);
        free(copy);
    }
    pz_buf_free(&out.bytes);
}

/* Rows given as values leave as the very bytes that the engine's rows would. */
static void
test_known_rows(void **state)
{
    enum { ROWS = 200 };
    const pz_type *types[] = {&pz_t_boolean, &pz_t_byte, &pz_t_short, &pz_t_int, &pz_t_long, &pz_t_float, &pz_t_double, &pz_t_string, &pz_t_string,
                              &pz_t_binary, &pz_t_date, &pz_t_timestamp, &pz_t_timestamp_ntz, pz_type_decimal(arena, 4, 2), pz_type_decimal(arena, 9, 0),
                              pz_type_decimal(arena, 18, 3), pz_type_decimal(arena, 38, 10), &pz_t_ym_interval, &pz_t_dt_interval, &pz_t_void};
    enum { COLS = PZ_COUNTOF(types) };
    static const char sql[] =
        "SELECT " N("i % 2 = 0") ", " N("(i - 100)::TINYINT") ", " N("(-i)::SMALLINT") ", " N("(i * 100000)::INTEGER") ", " N("(i - 7)::BIGINT * 9000000000") ", "
        N("(i / 8)::FLOAT") ", " N("-(i / 4)::DOUBLE") ", " N("repeat('x', (i % 14)::INTEGER)") ", " N("'text number ' || i") ", " N("'ab'::BLOB") ", "
        N("DATE '1970-01-01' + (i - 50)::INTEGER") ", " N("make_timestamptz((i - 9)::BIGINT * 1000001)") ", " N("make_timestamp((i - 9)::BIGINT * 1000001)") ", "
        N("((i - 50)::DECIMAL(9,0) / 100)::DECIMAL(4,2)") ", " N("(-i)::DECIMAL(9,0)") ", " N("i::DECIMAL(18,3)") ", " N("(-i)::DECIMAL(38,10)") ", "
        N("i::INTEGER") ", " N("i::BIGINT") ", NULL::INTEGER FROM range(200) t(i)";
    pz_schema schema = schema_of(types, COLS);
    pz_ipc_options o = {.time_zone = PZ_STR("UTC")};
    pz_values rows[ROWS];
    pz_ipc_writer *w;
    pz_ipc_batch b;
    sent engine_bytes, own = {0};
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        pz_value *v = PZ_NEWN(arena, pz_value, COLS);
        rows[i] = (pz_values){v, COLS, COLS};
        for (int k = 0; k < COLS; k++) v[k].null = i % 3 == 0 || k == COLS - 1;
        if (i % 3 == 0) continue;
        v[0].b = i % 2 == 0, v[1].i = i - 100, v[2].i = -i, v[3].i = i * 100000, v[4].i = (int64_t)(i - 7) * 9000000000;
        v[5].d = (float)(i / 8.0), v[6].d = -(i / 4.0);
        v[7].s = pz_dup(arena, (pz_str){"xxxxxxxxxxxxxx", (size_t)(i % 14)}), v[8].s = pz_strf(arena, "text number %d", i), v[9].s = PZ_STR("ab");
        v[10].i = i - 50, v[11].i = v[12].i = (int64_t)(i - 9) * 1000001;
        v[13].dec = i - 50, v[14].dec = -i, v[15].dec = i * 1000, v[16].dec = -(__int128)i * 10000000000, v[17].i = v[18].i = i;
    }
    for (int k = 0; k < COLS; k++) assert_true(pz_ipc_takes_values(types[k]));
    send_query(sql, &schema, &o, &engine_bytes);
    pz_buf_init(&own.bytes, 0);
    assert_int_equal(pz_ipc_writer_open(&schema, &o, &w, &err), PZ_OK);
    assert_int_equal(pz_ipc_writer_add_rows(w, &schema, rows, ROWS, &b, &err), PZ_OK);
    assert_int_equal(b.n, 0);
    assert_int_equal(pz_ipc_writer_flush(w, true, &b, &err), PZ_OK);
    take(&own, &b);
    pz_ipc_writer_close(w);
    assert_int_equal(own.bytes.len, engine_bytes.bytes.len);
    assert_memory_equal(own.bytes.ptr, engine_bytes.bytes.ptr, own.bytes.len);
    pz_buf_free(&own.bytes);
    pz_buf_free(&engine_bytes.bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars), cmocka_unit_test(test_nested), cmocka_unit_test(test_empty), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_big_rows), cmocka_unit_test(test_damaged), cmocka_unit_test(test_known_rows),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}

/*
 * tests/unit/test_types.c - spellings of types, schema JSON both ways, DDL, the printSchema tree, decimal results.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "types/types.h"

static pz_arena *a;

static void
same(pz_str got, const char *want)
{
    assert_string_equal(got.ptr, want);
}

static const pz_type *
sample(void)
{
    pz_field in[] = {{PZ_STR("x y"), &pz_t_string, false, PZ_STR("{\"comment\":\"it's\"}")}, {PZ_STR("d"), pz_type_decimal(a, 10, 2), true, {NULL, 0}}};
    pz_field out[] = {{PZ_STR("a"), pz_type_array(a, pz_type_struct(a, in, 2), true), true, {NULL, 0}},
                      {PZ_STR("m"), pz_type_map(a, &pz_t_int, &pz_t_timestamp_ntz, false), false, {NULL, 0}}};
    return pz_type_struct(a, out, 2);
}

static void
spellings(void **state)
{
    (void)state;
    same(pz_type_simple(sample(), a), "struct<a:array<struct<x y:string,d:decimal(10,2)>>,m:map<int,timestamp_ntz>>");
    same(pz_type_sql(sample(), a), "STRUCT<a: ARRAY<STRUCT<`x y`: STRING NOT NULL COMMENT 'it\\'s', d: DECIMAL(10,2)>>, m: MAP<INT, TIMESTAMP_NTZ> NOT NULL>");
    same(pz_type_duckdb(sample(), a), "STRUCT(f0 STRUCT(f0 VARCHAR, f1 DECIMAL(10,2))[], f1 MAP(INTEGER, TIMESTAMP))");
    same(pz_type_simple(&pz_t_dt_interval, a), "interval day to second");
    same(pz_type_sql(pz_type_ym(a, PZ_YM_YEAR, PZ_YM_YEAR), a), "INTERVAL YEAR");
    same(pz_type_simple(&pz_t_time, a), "time(6)");
    same(pz_type_simple(pz_type_varchar(a, 7), a), "varchar(7)");
    same(pz_type_sql(pz_type_string_collated(a, PZ_STR("UNICODE_CI")), a), "STRING COLLATE UNICODE_CI");
}

static void
json(void **state)
{
    const pz_type *back, *t = sample();
    pz_error err;
    (void)state;
    pz_error_init(&err, a);
    same(pz_type_json(&pz_t_int, a), "\"integer\"");
    same(pz_type_json(pz_type_dt(a, PZ_DT_HOUR, PZ_DT_SECOND), a), "\"interval hour to second\"");
    same(pz_type_json(t, a),
         "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\",\"elementType\":{\"type\":\"struct\",\"fields\":[{\"name\":\"x y\","
         "\"type\":\"string\",\"nullable\":false,\"metadata\":{\"comment\":\"it's\"}},{\"name\":\"d\",\"type\":\"decimal(10,2)\",\"nullable\":true,"
         "\"metadata\":{}}]},\"containsNull\":true},\"nullable\":true,\"metadata\":{}},{\"name\":\"m\",\"type\":{\"type\":\"map\",\"keyType\":\"integer\","
         "\"valueType\":\"timestamp_ntz\",\"valueContainsNull\":false},\"nullable\":false,\"metadata\":{}}]}");
    assert_int_equal(pz_type_from_json(pz_type_json(t, a), a, &back, &err), PZ_OK);
    assert_true(pz_type_eq(t, back));
    assert_true(pz_type_eq(t, pz_type_copy(a, t)));
    assert_int_equal(pz_type_from_json(PZ_STR("\"decimal(12,3)\""), a, &back, &err), PZ_OK);
    assert_true(pz_type_eq(back, pz_type_decimal(a, 12, 3)));
    assert_int_equal(pz_type_from_json(PZ_STR("\"nothing\""), a, &back, &err), PZ_FAIL);
    assert_int_equal(err.id, PZ_ERR_INVALID_JSON_DATA_TYPE);
    pz_error_init(&err, a);
    assert_int_equal(pz_type_from_json(PZ_STR("{\"type\":"), a, &back, &err), PZ_FAIL);
}

static void
collations(void **state)
{
    pz_field f[] = {{PZ_STR("c"), pz_type_array(a, pz_type_string_collated(a, PZ_STR("UNICODE_CI")), true), true, {NULL, 0}}};
    const pz_type *t = pz_type_struct(a, f, 1), *back;
    pz_error err;
    (void)state;
    pz_error_init(&err, a);
    same(pz_type_json(t, a), "{\"type\":\"struct\",\"fields\":[{\"name\":\"c\",\"type\":{\"type\":\"array\",\"elementType\":\"string\",\"containsNull\":true},"
                             "\"nullable\":true,\"metadata\":{\"__COLLATIONS\":{\"c.element\":\"icu.UNICODE_CI\"}}}]}");
    assert_int_equal(pz_type_from_json(pz_type_json(t, a), a, &back, &err), PZ_OK);
    assert_true(pz_type_eq(t, back));
}

static void
trees(void **state)
{
    const pz_type *t = sample();
    pz_schema s = {(pz_field *)t->fields, t->nfields};
    (void)state;
    same(pz_schema_tree(&s, 0, a), "root\n"
                                   " |-- a: array (nullable = true)\n"
                                   " |    |-- element: struct (containsNull = true)\n"
                                   " |    |    |-- x y: string (nullable = false)\n"
                                   " |    |    |-- d: decimal(10,2) (nullable = true)\n"
                                   " |-- m: map (nullable = false)\n"
                                   " |    |-- key: integer\n"
                                   " |    |-- value: timestamp_ntz (valueContainsNull = false)\n");
    same(pz_schema_tree(&s, 1, a), "root\n |-- a: array (nullable = true)\n |-- m: map (nullable = false)\n");
    same(pz_schema_ddl(&s, a), "a ARRAY<STRUCT<`x y`: STRING NOT NULL COMMENT 'it\\'s', d: DECIMAL(10,2)>>,m MAP<INT, TIMESTAMP_NTZ> NOT NULL");
}

static void
decimals(void **state)
{
    const pz_type *d38 = pz_type_decimal(a, 38, 10);
    (void)state;
    same(pz_type_simple(pz_decimal_result(a, PZ_DEC_MUL, d38, d38), a), "decimal(38,6)");
    same(pz_type_simple(pz_decimal_result(a, PZ_DEC_ADD, pz_type_decimal(a, 10, 2), pz_type_decimal(a, 5, 4)), a), "decimal(13,4)");
    same(pz_type_simple(pz_decimal_result(a, PZ_DEC_DIV, pz_type_decimal(a, 10, 2), pz_type_decimal(a, 10, 2)), a), "decimal(23,13)");
    same(pz_type_simple(pz_type_wider(a, &pz_t_int, pz_type_decimal(a, 10, 2), true), a), "decimal(12,2)");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(spellings), cmocka_unit_test(json), cmocka_unit_test(collations), cmocka_unit_test(trees),
                                       cmocka_unit_test(decimals)};
    int failed;
    a = pz_arena_open();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    pz_arena_close(a);
    return failed;
}

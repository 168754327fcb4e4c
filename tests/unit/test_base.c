/*
 * tests/unit/test_base.c - strings, arenas, buffers, maps, UTF-8 and errors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"

#include <stdio.h>

static void
strings(void **state)
{
    (void)state;
    assert_true(pz_str_eqc(PZ_STR("abc"), "abc"));
    assert_false(pz_str_eqc(PZ_STR("abc"), "abd"));
    assert_true(pz_str_ieqc(PZ_STR("AbC"), "aBc"));
    assert_true(pz_str_eq(pz_str_c(NULL), PZ_STR("")));
    assert_int_equal(pz_str_cmp(PZ_STR("a"), PZ_STR("ab")), -1);
    assert_int_equal(pz_str_cmp(PZ_STR("b"), PZ_STR("ab")), 1);
    assert_true(pz_str_starts(PZ_STR("spark.sql"), "spark."));
    assert_true(pz_str_ends(PZ_STR("x.parquet"), ".parquet"));
    assert_true(pz_str_eqc(pz_str_trim(PZ_STR(" \t a b\n")), "a b"));
    assert_int_equal(pz_hash_istr(PZ_STR("Spark.SQL.Ansi")), pz_hash_istr(PZ_STR("spark.sql.ansi")));
    assert_int_not_equal(pz_hash_bytes("a", 1, 0), pz_hash_bytes("b", 1, 0));
    assert_int_not_equal(pz_hash_bytes("a\0", 2, 0), pz_hash_bytes("a", 1, 0));
}

static int closed[3];
static int nclosed;

static void
note_close(void *arg)
{
    closed[nclosed++] = (int)(intptr_t)arg;
}

static void
arenas(void **state)
{
    pz_arena *a = pz_arena_open();
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t n = 1; n < 3000; n += 7) {
            char *p = pz_alloc(a, n);
            assert_int_equal((uintptr_t)p % 16, 0);
            for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
            memset(p, 0xff, n);
        }
        memset(pz_alloc(a, 5 << 20), 1, 5 << 20);
        assert_true(pz_arena_used(a) > 5 << 20);
        pz_arena_reset(a);
        assert_int_equal(pz_arena_used(a), 0);
    }
    pz_arena_on_close(a, note_close, (void *)(intptr_t)1);
    pz_arena_on_close(a, note_close, (void *)(intptr_t)2);
    assert_true(pz_str_eqc(pz_strf(a, "%s-%0300d", "x", 7), pz_strf(a, "x-%0300d", 7).ptr));
    assert_true(pz_str_eqc(pz_lower_ascii(a, PZ_STR("AbZ9")), "abz9"));
    assert_true(pz_str_eqc(pz_upper_ascii(a, PZ_STR("AbZ9")), "ABZ9"));
    pz_arena_close(a);
    assert_int_equal(nclosed, 2);
    assert_int_equal(closed[0], 2);
}

static void
vectors(void **state)
{
    pz_arena *a = pz_arena_open();
    PZ_VEC(int) v = {0};
    (void)state;
    for (int i = 0; i < 1000; i++) pz_vec_push(a, &v, i * 3);
    for (int i = 0; i < 1000; i++) assert_int_equal(v.data[i], i * 3);
    pz_arena_close(a);
}

static void
buffers(void **state)
{
    pz_buf b;
    (void)state;
    pz_buf_init(&b, 0);
    for (int i = 0; i < 100; i++) pz_buf_printf(&b, "%d,", i);
    pz_buf_printf(&b, "%0500d", 1);
    assert_int_equal(b.len, 290 + 500);
    assert_int_equal(b.ptr[b.len], 0);
    pz_buf_free(&b);
    pz_buf_init(&b, 10);
    pz_buf_puts(&b, "1234567890");
    assert_false(b.failed);
    pz_buf_putc(&b, 'x');
    assert_true(b.failed);
    assert_int_equal(b.len, 10);
    pz_buf_free(&b);
}

static void
maps(void **state)
{
    pz_arena *a = pz_arena_open();
    pz_map *m = pz_map_make(a, true);
    static int values[2000];
    pz_str key;
    void *value;
    (void)state;
    for (int i = 0; i < 2000; i++) pz_map_put(m, pz_strf(a, "Key%d", i), &values[i]);
    assert_int_equal(pz_map_count(m), 2000);
    assert_ptr_equal(pz_map_get(m, PZ_STR("kEY77")), &values[77]);
    assert_null(pz_map_get(m, PZ_STR("key2000")));
    pz_map_put(m, PZ_STR("KEY77"), &values[0]);
    assert_int_equal(pz_map_count(m), 2000);
    assert_true(pz_map_del(m, PZ_STR("key77")));
    assert_false(pz_map_del(m, PZ_STR("key77")));
    assert_ptr_equal(pz_map_get(m, PZ_STR("key1999")), &values[1999]);
    assert_true(pz_map_at(m, 77, &key, &value));
    assert_true(pz_str_eqc(key, "Key78"));
    assert_false(pz_map_at(m, 1999, &key, &value));
    assert_null(pz_map_get(pz_map_make(a, false), PZ_STR("x")));
    pz_arena_close(a);
}

static void
utf8(void **state)
{
    static const char *const bad[] = {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\xe2\x82"};
    uint32_t cp;
    char out[4];
    (void)state;
    assert_int_equal(pz_utf8_count(PZ_STR("a\xc3\xa9\xf0\x9f\x98\x80z")), 4);
    for (uint32_t c = 1; c < 0x110000; c += 97) {
        int n;
        if (c >= 0xd800 && c <= 0xdfff) continue;
        n = pz_utf8_encode(c, out);
        assert_int_equal(pz_utf8_decode(out, (size_t)n, &cp), n);
        assert_int_equal(cp, c);
    }
    for (size_t i = 0; i < PZ_COUNTOF(bad); i++) assert_false(pz_utf8_valid(pz_str_c(bad[i])));
    assert_true(pz_utf8_valid(PZ_STR("a\xc3\xa9\xf0\x9f\x98\x80z")));
    assert_int_equal(pz_utf8_decode("\xff", 1, &cp), 1);
    assert_int_equal(cp, 0xfffd);
}

/* ---- errors: the texts below were taken from Spark, with our own sentence in the middle ---- */
static pz_arena *arena;
static pz_error err;

static pz_origin
sql_origin(const char *text, int start, int stop)
{
    pz_source *s = PZ_NEW(arena, pz_source);
    s->text = pz_str_c(text);
    return (pz_origin){start, stop, 0, 0, s};
}

static void
raise_division(pz_origin o)
{
    pz_error_init(&err, arena);
    assert_int_equal(pz_raise(&err, PZ_ERR_DIVIDE_BY_ZERO, o, "config", "\"spark.sql.ansi.enabled\"", NULL), PZ_FAIL);
}

static void
assert_ends(pz_str s, const char *end)
{
    if (!pz_str_ends(s, end)) fail_msg("%s\ndoes not end with\n%s", s.ptr, end);
}

static void
error_runtime(void **state)
{
    pz_context c;
    pz_source call = {.text = PZ_STR("__truediv__"), .call_site = PZ_STR("file.py:12")};
    (void)state;
    raise_division(sql_origin("select 1/0", 7, 9));
    assert_true(pz_str_starts(pz_error_text(&err, arena), "[DIVIDE_BY_ZERO] "));
    assert_ends(pz_error_text(&err, arena), " SQLSTATE: 22012\n== SQL (line 1, position 8) ==\nselect 1/0\n       ^^^\n");
    assert_true(pz_error_context(&err, arena, &c));
    assert_int_equal(c.start_index, 7);
    assert_int_equal(c.stop_index, 9);
    assert_string_equal(c.fragment.ptr, "1/0");

    raise_division(sql_origin("select 1,\n  (1 +\n 2) / (1 -\n 1), 'x',\n 3\n", 12, 30));
    assert_true(pz_error_context(&err, arena, &c));
    assert_string_equal(c.summary.ptr, "== SQL (line 2, position 3) ==\n  (1 +\n  ^^^^\n 2) / (1 -\n^^^^^^^^^^\n 1), 'x',\n^^^\n");

    raise_division(sql_origin("select 'aaaaaaaaaaaaaaaaaaaaa', 1/0", 32, 34));
    assert_true(pz_error_context(&err, arena, &c));
    assert_string_equal(c.summary.ptr, "== SQL (line 1, position 33) ==\n...select 'aaaaaaaaaaaaaaaaaaaaa', 1/0\n                                   ^^^\n");
    raise_division(sql_origin("select 1/0, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", 7, 9));
    assert_true(pz_error_context(&err, arena, &c));
    assert_string_equal(c.summary.ptr, "== SQL (line 1, position 8) ==\nselect 1/0, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\n       ^^^\n");
    raise_division(sql_origin("select '\xc3\xa9\xf0\x9f\x98\x80', 1/0", 17, 19));
    assert_true(pz_error_context(&err, arena, &c));
    assert_string_equal(c.fragment.ptr, "1/0");
    assert_int_equal(c.start_index, 13);

    raise_division((pz_origin){-1, -1, 0, 0, &call});
    assert_ends(pz_error_text(&err, arena), " SQLSTATE: 22012\n== DataFrame ==\n\"__truediv__\" was called from\nfile.py:12\n");
    raise_division(PZ_NO_ORIGIN);
    assert_ends(pz_error_text(&err, arena), " SQLSTATE: 22012");
    assert_false(pz_error_context(&err, arena, &c));
}

static void
error_analysis_and_parse(void **state)
{
    (void)state;
    pz_error_init(&err, arena);
    pz_raise_as(&err, PZ_CLASS_ExtendedAnalysisException, PZ_ERR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, sql_origin("select nope", 7, 10),
                "objectName", "`nope`", NULL);
    err.plan = PZ_STR("'Project ['nope]\n+- OneRowRelation\n");
    assert_ends(pz_error_text(&err, arena), " SQLSTATE: 42703; line 1 pos 7;\n'Project ['nope]\n+- OneRowRelation\n");

    pz_error_init(&err, arena);
    pz_raise(&err, PZ_ERR_PARSE_SYNTAX_ERROR, sql_origin("select 1,\n  , 2\nfrom x\n", 12, 12), "error", "','", "hint", "", NULL);
    assert_true(err.is_parse);
    assert_true(pz_str_starts(pz_error_text(&err, arena), "\n[PARSE_SYNTAX_ERROR] "));
    err.place_only = true;
    assert_ends(pz_error_text(&err, arena), " SQLSTATE: 42601 (line 2, pos 2)\n\n== SQL ==\nselect 1,\n  , 2\n--^^^\nfrom x\n");
    err.place_only = false;                    /* with a context: as at run time */
    assert_ends(pz_error_text(&err, arena), " SQLSTATE: 42601\n== SQL (line 2, position 3) ==\n  , 2\n  ^\n");

    pz_error_init(&err, arena);
    pz_raise_text(&err, PZ_CLASS_JavaIllegalArgumentException, "no %s", "luck");
    assert_string_equal(pz_error_text(&err, arena).ptr, "no luck");
    pz_raise(&err, PZ_ERR_DIVIDE_BY_ZERO, PZ_NO_ORIGIN, NULL);
    assert_string_equal(pz_error_text(&err, arena).ptr, "no luck");   /* the first one stays */
}

static void
error_packing(void **state)
{
    pz_error back;
    pz_buf b;
    (void)state;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "Invalid Input Error: ");
    pz_error_init(&err, arena);
    pz_raise_as(&err, PZ_CLASS_SparkDateTimeException, PZ_ERR_CAST_INVALID_INPUT, sql_origin("select cast('a' as int)", 7, 22),
                "expression", "'\x01\x02\x03\x04'", "sourceType", "\"STRING\"", "targetType", "\"INT\"", NULL);
    pz_err_pack(&b, &err);
    pz_error_init(&back, arena);
    assert_true(pz_err_unpack(pz_buf_view(&b), &back));
    assert_int_equal(back.id, PZ_ERR_CAST_INVALID_INPUT);
    assert_int_equal(back.klass, PZ_CLASS_SparkDateTimeException);
    assert_int_equal(back.nparams, 3);
    assert_string_equal(back.params[0].value.ptr, "'\x01\x02\x03\x04'");
    assert_int_equal(back.origin.start, 7);
    assert_int_equal(back.origin.stop, 22);
    assert_string_equal(back.message.ptr, err.message.ptr);
    pz_buf_clear(&b);
    pz_buf_puts(&b, "no condition here");
    pz_error_init(&back, arena);
    assert_false(pz_err_unpack(pz_buf_view(&b), &back));
    pz_buf_free(&b);
}

static void
error_rows(void **state)
{
    (void)state;
    for (int i = 1; i < PZ_ERR_TEXT; i++) {
        const pz_err_row *row = pz_err_info((pz_err_id)i);
        assert_int_equal(pz_err_find(pz_str_c(row->condition)), i);
        assert_true(row->sqlstate[0] == 0 || strlen(row->sqlstate) == 5);
        assert_non_null(strstr(pz_err_class_chain(row->klass), "java.lang.Throwable,java.lang.Object"));
    }
    assert_int_equal(pz_err_find(PZ_STR("NO_SUCH_CONDITION")), PZ_ERR_NONE);
}

static void
identifiers(void **state)
{
    char a[37], b[37];
    (void)state;
    pz_uuid_make(a);
    pz_uuid_make(b);
    assert_int_equal(strlen(a), 36);
    assert_int_equal(a[14], '4');
    assert_string_not_equal(a, b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings), cmocka_unit_test(arenas), cmocka_unit_test(vectors), cmocka_unit_test(buffers),
        cmocka_unit_test(maps), cmocka_unit_test(utf8), cmocka_unit_test(error_runtime), cmocka_unit_test(error_analysis_and_parse),
        cmocka_unit_test(error_packing), cmocka_unit_test(error_rows), cmocka_unit_test(identifiers),
    };
    int failed;
    arena = pz_arena_open();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    pz_arena_close(arena);
    return failed;
}

/*
 * tests/unit/test_sql.c - lexer, literals, types, plans and errors of the SQL front end.
 *
 * What is accepted, refused and with which condition was recorded from Spark 4.3.0's parser; plan dumps are our own shape.
 */
#include "sql/sql_int.h"                       /* before cmocka.h, whose macros share names with the parser's helpers */

#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

static pz_arena *arena;
static const pz_sql_options options = {.ansi = true, .time_zone = {"America/Los_Angeles", 19}};

/* ---------------------------------------------------------------- helpers */

static const char *
text(pz_str s)
{
    return pz_dup(arena, s).ptr;
}

/* The condition a statement is refused with, or OK. */
static const char *
condition_of(const char *sql)
{
    pz_plan *plan;
    pz_error err;
    pz_error_init(&err, arena);
    if (pz_parse_sql(pz_str_c(sql), &options, arena, &plan, &err) == PZ_OK) return "OK";
    return pz_err_info(err.id)->condition;
}

static pz_expr *
expression(const char *sql)
{
    pz_expr *e = NULL;
    pz_error err;
    pz_error_init(&err, arena);
    if (pz_parse_expression(pz_str_c(sql), &options, arena, &e, &err) != PZ_OK) fail_msg("%s: %s", sql, text(pz_error_text(&err, arena)));
    return e;
}

static const char *
dumped(const pz_expr *e)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_expr_explain(&b, e);
    const char *s = text(pz_buf_view(&b));
    pz_buf_free(&b);
    return s;
}

static const char *
dump_expression(const char *sql)
{
    return dumped(expression(sql));
}

static const char *
type_of(const char *sql)
{
    const pz_type *t;
    pz_error err;
    pz_error_init(&err, arena);
    if (pz_parse_type(pz_str_c(sql), arena, &t, &err) != PZ_OK) return pz_err_info(err.id)->condition;
    return text(pz_type_simple(t, arena));
}

static pz_rel *
query(const char *sql)
{
    pz_plan *plan = NULL;
    pz_error err;
    pz_error_init(&err, arena);
    if (pz_parse_sql(pz_str_c(sql), &options, arena, &plan, &err) != PZ_OK) fail_msg("%s: %s", sql, text(pz_error_text(&err, arena)));
    return plan->root;
}

/* Kinds of relations from the root along inputs. */
static const char *
shape(const char *sql)
{
    static const char *const names[] = {
#define REL(id, name, slots) [PZ_REL_##id] = name,
#include "../../tables/nodes.def"
    };
    pz_str s = PZ_STR("");
    for (pz_rel *r = query(sql); r; r = r->input) s = pz_strf(arena, PZ_FMT "%s%s", PZ_ARG(s), s.len ? " " : "", names[r->kind]);
    return s.ptr;
}

/* ---------------------------------------------------------------- lexer */

static void
tokens(void **state)
{
    static const struct { const char *text; int kinds[8]; } cases[] = {
        {"1 1L 1S 1Y 1.5 1e3 1.5D", {T_INTEGER, T_BIGINT, T_SMALLINT, T_TINYINT, T_DECIMAL, T_EXPONENT, T_DOUBLE}},
        {"1BD .5 5. 1F 1.e2 1a", {T_BIGDECIMAL, T_DECIMAL, T_DECIMAL, T_FLOAT, T_EXPONENT, T_IDENT}},
        {"1.a", {T_INTEGER, T_DOT, T_IDENT}},
        {"t.1a", {T_IDENT, T_DOT, T_IDENT}},
        {"a-b", {T_IDENT, T_MINUS, T_IDENT}},
        {"a->b=>c", {T_IDENT, T_ARROW, T_IDENT, T_FATARROW, T_IDENT}},
        {"<=> <> <= >= !> !< ==", {T_NSEQ, T_NEQ, T_LTE, T_GTE, T_LTE, T_GTE, T_EQ}},
        {"a >>> b >> c", {T_IDENT, T_SHRU, T_IDENT, T_SHR, T_IDENT}},
        {"array<array<int>>", {K_ARRAY, T_LT, K_ARRAY, T_LT, K_INT, T_GT, T_GT}},
        {"'a''b' \"c\" r'\\' `d``e`", {T_STRING, T_DQSTRING, T_STRING, T_BACKQUOTED}},
        {"/* a /* b */ c */ v -- y\n w", {T_IDENT, T_IDENT}},
        {"/*+ v */", {T_HINT, T_IDENT, T_HINT_END}},
        {"temp regexp SELECT", {K_TEMPORARY, K_RLIKE, K_SELECT}},
        {"$$ a $$ @v @", {T_DOLLAR, T_ATV, T_AT}},
        {"#", {T_OTHER}},
    };
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) {
        int n;
        bool unclosed;
        pz_tok *t = pz_lex(pz_str_c(cases[i].text), arena, &n, &unclosed);
        assert_false(unclosed);
        for (int k = 0; k < 8 && (k == 0 || cases[i].kinds[k]); k++) {
            if (t[k].kind != cases[i].kinds[k]) fail_msg("%s: token %d is %d, not %d", cases[i].text, k, t[k].kind, cases[i].kinds[k]);
            assert_true(k < n);
        }
    }
}

static void
places(void **state)
{
    (void)state;
    int n;
    bool unclosed;
    pz_tok *t = pz_lex(PZ_STR("select\n  '\xC3\xA4' x"), arena, &n, &unclosed);
    assert_int_equal(n, 3);
    assert_int_equal(t[1].line, 2);
    assert_int_equal(t[1].pos, 2);
    assert_int_equal(t[2].pos, 6);                             /* characters, not bytes */
    pz_lex(PZ_STR("select /* x"), arena, &n, &unclosed);
    assert_true(unclosed);
}

static void
strings(void **state)
{
    static const struct { const char *sql, *value; } cases[] = {
        {"'a\\nb'", "a\nb"}, {"'a''b'", "a'b"}, {"\"a\"\"b\"", "a\"b"}, {"'\\u0041'", "A"}, {"'\\101'", "A"}, {"'\\q'", "q"},
        {"'\\%\\_'", "\\%\\_"}, {"r'a\\n'", "a\\n"}, {"'a' 'b' \"c\"", "abc"}, {"'\\U0001F600'", "\xF0\x9F\x98\x80"}, {"''", ""},
    };
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) {
        pz_expr *e = expression(cases[i].sql);
        assert_int_equal(e->kind, PZ_EXPR_LITERAL);
        assert_string_equal(text(e->value.s), cases[i].value);
    }
}

/* ---------------------------------------------------------------- literals */

static void
literals(void **state)
{
    static const struct { const char *sql, *type; int64_t value; } cases[] = {
        {"1", "int", 1}, {"-2147483648", "int", INT32_MIN}, {"2147483648", "bigint", 2147483648LL}, {"-128Y", "tinyint", -128},
        {"9223372036854775807L", "bigint", INT64_MAX}, {"DATE '1970-01-02'", "date", 1}, {"TIMESTAMP '1970-01-01 00:00:01Z'", "timestamp", 1000000},
        {"TIMESTAMP_NTZ '1970-01-01 00:00:01'", "timestamp_ntz", 1000000}, {"INTERVAL 1 DAY", "interval day", 86400000000LL},
        {"INTERVAL '1-2' YEAR TO MONTH", "interval year to month", 14}, {"INTERVAL 1 YEAR 2 MONTHS", "interval year to month", 14},
        {"INTERVAL '1 2:03:04.5' DAY TO SECOND", "interval day to second", 93784500000LL}, {"INTERVAL '-1 day'", "interval day", -86400000000LL},
        {"INTERVAL -'1' MONTH", "interval month", -1}, {"INTERVAL 2 WEEKS", "interval day", 1209600000000LL},
        {"INTERVAL 1.5 SECONDS", "interval second", 1500000}, {"TIME '10:00:00'", "time(6)", 36000000000LL},
    };
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) {
        pz_expr *e = expression(cases[i].sql);
        if (e->kind != PZ_EXPR_LITERAL) fail_msg("%s is no literal", cases[i].sql);
        assert_string_equal(text(pz_type_simple(e->type, arena)), cases[i].type);
        if (e->value.i != cases[i].value) fail_msg("%s: %lld", cases[i].sql, (long long)e->value.i);
    }
    assert_string_equal(text(pz_type_simple(expression("1.50")->type, arena)), "decimal(3,2)");
    assert_string_equal(text(pz_type_simple(expression("1e3")->type, arena)), "double");
    assert_string_equal(text(pz_type_simple(expression("1e3BD")->type, arena)), "decimal(4,0)");
    assert_int_equal(expression("X'1'")->value.s.len, 1);
    assert_int_equal(expression("X'0aFF'")->value.s.len, 2);
    assert_true(expression("NULL")->value.null);
}

/* ---------------------------------------------------------------- types */

static void
types(void **state)
{
    static const char *const cases[][2] = {
        {"int", "int"}, {"BIGINT", "bigint"}, {"dec(5)", "decimal(5,0)"}, {"numeric", "decimal(10,0)"}, {"string", "string"},
        {"varchar(3)", "varchar(3)"}, {"array<map<int,string>>", "array<map<int,string>>"}, {"struct<>", "struct<>"},
        {"struct<a: int, `b c` string NOT NULL COMMENT 'x'>", "struct<a:int,b c:string>"}, {"interval day to second", "interval day to second"},
        {"timestamp without time zone", "timestamp_ntz"}, {"interval", "interval"}, {"void", "void"},
        {"char", "DATATYPE_MISSING_SIZE"}, {"foo(1,2)", "UNSUPPORTED_DATATYPE"}, {"array", "INCOMPLETE_TYPE_DEFINITION.ARRAY"},
        {"decimal(39)", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"}, {"decimal(1,2)", "DECIMAL_SCALE_EXCEEDS_PRECISION"},
        {"map<int>", "PARSE_SYNTAX_ERROR"}, {"", "PARSE_EMPTY_STATEMENT"}, {"int int", "PARSE_SYNTAX_ERROR"},
        {"struct<a-b:int>", "INVALID_IDENTIFIER"},
    };
    pz_schema s;
    pz_error err;
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) assert_string_equal(type_of(cases[i][0]), cases[i][1]);
    pz_error_init(&err, arena);
    assert_int_equal(pz_parse_schema(PZ_STR("a INT NOT NULL COMMENT 'x', `b c` array<int>"), arena, &s, &err), PZ_OK);
    assert_int_equal(s.n, 2);
    assert_false(s.fields[0].nullable);
    assert_string_equal(text(s.fields[0].metadata), "{\"comment\":\"x\"}");
}

static void
names(void **state)
{
    pz_strs parts;
    pz_error err;
    (void)state;
    pz_error_init(&err, arena);
    assert_int_equal(pz_parse_attribute_name(PZ_STR("a.`b.c`.d e"), arena, &parts, &err), PZ_OK);
    assert_int_equal(parts.n, 3);
    assert_string_equal(text(parts.data[1]), "b.c");
    assert_string_equal(text(parts.data[2]), "d e");
    static const char *const bad[] = {"a.", ".a", "a..b", "`a", "a`b`", "`a`b"};
    for (size_t i = 0; i < PZ_COUNTOF(bad); i++) {
        pz_error_init(&err, arena);
        assert_int_equal(pz_parse_attribute_name(pz_str_c(bad[i]), arena, &parts, &err), PZ_FAIL);
        assert_int_equal(err.id, PZ_ERR_INVALID_ATTRIBUTE_NAME_SYNTAX);
    }
    pz_error_init(&err, arena);
    assert_int_equal(pz_parse_table_name(PZ_STR("a.b.`c d`"), arena, &parts, &err), PZ_OK);
    assert_int_equal(parts.n, 3);
    assert_true(pz_is_reserved_word(PZ_STR("Select")));
    assert_false(pz_is_reserved_word(PZ_STR("interval")));
}

/* ---------------------------------------------------------------- expressions and plans */

static void
expressions(void **state)
{
    (void)state;
    assert_string_equal(dump_expression("a + b * c"), dump_expression("a + (b * c)"));
    assert_string_equal(dump_expression("a AND b OR NOT c = d"), dump_expression("(a AND b) OR (NOT (c = d))"));
    assert_string_equal(dump_expression("a || b || c"), dump_expression("(a || b) || c"));
    assert_string_equal(dump_expression("a <> b"), dump_expression("NOT (a = b)"));
    assert_string_equal(dump_expression("CASE a WHEN 1 THEN 2 END"), dump_expression("CASE WHEN a = 1 THEN 2 END"));
    assert_string_equal(dump_expression("a LIKE ANY (b, c)"), dump_expression("a LIKE b OR a LIKE c"));
    assert_int_equal(expression("a.b.c")->kind, PZ_EXPR_COLUMN);
    assert_int_equal(expression("a.b.c")->names.n, 3);
    assert_int_equal(expression("f(x).b")->kind, PZ_EXPR_EXTRACT);
    assert_int_equal(expression("x -> x + 1")->kind, PZ_EXPR_LAMBDA);
    assert_int_equal(expression("(a, b)")->kind, PZ_EXPR_TUPLE);
    assert_int_equal(expression("count(*)")->u.call.star, true);
    assert_int_equal(expression("sum(DISTINCT a) FILTER (WHERE b)")->u.call.distinct, true);
    assert_int_equal(expression("a IN (SELECT 1)")->kind, PZ_EXPR_SUBQUERY);
    assert_int_equal(expression("select")->kind, PZ_EXPR_COLUMN);
    assert_int_equal(expression("a::int")->u.cast.double_colon, true);
    pz_expr *w = expression("rank() OVER (PARTITION BY a ORDER BY b DESC ROWS 2 PRECEDING)");
    assert_int_equal(w->kind, PZ_EXPR_WINDOW);
    assert_string_equal(dumped(w->u.window->from.value), dump_expression("-(2)"));
    assert_false(w->u.window->order.data[0]->u.sort.nulls_first);
    pz_expr *e = expression("  a +\n b");
    assert_int_equal(e->origin.start, 2);
    assert_int_equal(e->origin.stop, 7);
    assert_int_equal(e->args.data[1]->origin.line, 2);
}

static void
plans(void **state)
{
    static const char *const cases[][2] = {
        {"SELECT 1", "Project OneRowRelation"},
        {"SELECT DISTINCT a FROM t WHERE b QUALIFY c ORDER BY d LIMIT 1 OFFSET 2",
         "Limit Offset Sort Distinct UnresolvedQualify Project Filter UnresolvedRelation"},
        {"SELECT a FROM t GROUP BY a HAVING b", "UnresolvedHaving Aggregate UnresolvedRelation"},
        {"SELECT a FROM t HAVING b", "UnresolvedHaving Aggregate UnresolvedRelation"},
        {"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", "SetOperation Project OneRowRelation"},
        {"FROM t |> WHERE a |> SELECT b |> LIMIT 1", "Limit SubqueryAlias Project Filter UnresolvedRelation"},
        {"WITH a AS (SELECT 1) SELECT * FROM a", "With Project UnresolvedRelation"},
        {"SELECT * FROM t CLUSTER BY a", "Sort Repartition Project UnresolvedRelation"},
        {"SELECT /*+ x(t), y */ 1 FROM (SELECT 2)", "UnresolvedHint UnresolvedHint Project SubqueryAlias Project OneRowRelation"},
        {"VALUES (1, 2) AS t(a, b)", "SubqueryAlias Values"},
        {"SELECT * FROM t TABLESAMPLE (10 PERCENT) LATERAL VIEW explode(x) e AS y", "Project Generate Sample UnresolvedRelation"},
        {"SELECT * FROM t PIVOT (sum(a) FOR b IN (1, 2)) UNPIVOT (v FOR n IN (x, y))", "Project Unpivot Pivot UnresolvedRelation"},
        {"FROM t |> AGGREGATE sum(x) AS s GROUP BY y", "Aggregate UnresolvedRelation"},
        {"CREATE TEMP VIEW v AS SELECT 1", "Command"},
    };
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) assert_string_equal(shape(cases[i][0]), cases[i][1]);
    pz_rel *u = query("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3");
    assert_int_equal(u->u.setop.op, PZ_SETOP_UNION);
    assert_int_equal(u->right->u.setop.op, PZ_SETOP_INTERSECT);
    pz_rel *j = query("SELECT * FROM a LEFT JOIN b USING (x), LATERAL (SELECT 1)")->input;
    assert_int_equal(j->kind, PZ_REL_LATERAL_JOIN);
    assert_int_equal(j->input->u.join.type, PZ_JOIN_LEFT);
    assert_int_equal(j->input->u.join.using_columns.n, 1);
    assert_true(query("SELECT a FROM t GROUP BY ALL")->u.agg.group_all);
}

/* Keywords are names wherever nothing else fits. */
static void
keywords_as_names(void **state)
{
    static const char *const cases[] = {
        "SELECT 1 limit", "SELECT a from where x", "SELECT * FROM t where", "SELECT left FROM right", "SELECT a union FROM t",
        "SELECT date, time, timestamp FROM t", "SELECT case FROM t", "SELECT t.left FROM t", "SELECT a AS AS FROM t", "SELECT interval FROM interval",
        "SELECT exists FROM t", "SELECT distinct FROM t", "SELECT filter(a, x -> x), if(a, b, c), left(a, 1) FROM t", "SELECT values FROM values",
    };
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++)
        if (strcmp(condition_of(cases[i]), "OK") != 0) fail_msg("%s: %s", cases[i], condition_of(cases[i]));
}

/* ---------------------------------------------------------------- refusals, recorded from Spark 4.3.0 */

static void
refusals(void **state)
{
    static const char *const cases[][2] = {
        {"", "PARSE_EMPTY_STATEMENT"}, {"-- x", "PARSE_SYNTAX_ERROR"}, {"/* x", "UNCLOSED_BRACKETED_COMMENT"}, {"SELECT 1; SELECT 2", "PARSE_SYNTAX_ERROR"},
        {"SELECT 1;;", "OK"}, {"SELECT * FROM test-table WHERE (", "INVALID_IDENTIFIER"}, {"SELECT a ! IN (1)", "SYNTAX_DISCONTINUED.BANG_EQUALS_NOT"},
        {"SELECT a IN ()", "INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE"}, {"SELECT a LIKE ANY ()", "INVALID_SQL_SYNTAX.EMPTY_QUANTIFIED_PATTERN"},
        {"SELECT a LIKE 'x' ESCAPE ''", "INVALID_ESC"}, {"SELECT 128Y", "INVALID_NUMERIC_LITERAL_RANGE"}, {"SELECT GEO 'x'", "UNSUPPORTED_TYPED_LITERAL"},
        {"SELECT DATE 'x'", "INVALID_TYPED_LITERAL"}, {"SELECT INTERVAL 1 YEAR 1 DAY", "_LEGACY_ERROR_TEMP_0029"},
        {"SELECT INTERVAL '10' MONTH TO SECOND", "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION"},
        {"SELECT INTERVAL 1.5 DAY", "INVALID_INTERVAL_FORMAT.INVALID_FRACTION"}, {"SELECT * FROM a NATURAL CROSS JOIN b", "INCOMPATIBLE_JOIN_TYPES"},
        {"SELECT * FROM a JOIN LATERAL b", "INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC"},
        {"SELECT * FROM a RIGHT JOIN LATERAL (SELECT 1)", "INVALID_LATERAL_JOIN_TYPE"}, {"SELECT a FROM t GROUP BY a x", "PARSE_SYNTAX_ERROR"},
        {"SELECT * FROM t TABLESAMPLE (150 PERCENT)", "INVALID_TABLESAMPLE_FRACTION"},
        {"SELECT * FROM t TABLESAMPLE SYSTEM (5 ROWS)", "UNSUPPORTED_FEATURE.TABLESAMPLE_SYSTEM_SAMPLE_METHOD"},
        {"SELECT a FROM t ORDER BY a SORT BY a", "UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES"},
        {"WITH a AS (SELECT 1), A AS (SELECT 2) SELECT 1", "DUPLICATED_CTE_NAMES"}, {"VALUES (1), (2, 3)", "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH"},
        {"VALUES (1), ('a')", "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE"},
        {"SELECT f() OVER (ROWS a PRECEDING)", "INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND"},
        {"FROM t |> WHERE a WINDOW w AS (ORDER BY b)", "NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE"},
        {"CREATE TABLE t (a INT) AS SELECT 1", "_LEGACY_ERROR_TEMP_0035"}, {"CREATE TABLE t (a INT) COMMENT 'x' COMMENT 'y'", "DUPLICATE_CLAUSES"},
        {"CREATE TEMP VIEW a.b AS SELECT 1", "INVALID_TEMP_OBJ_QUALIFIER"}, {"ALTER TABLE t TOUCH", "INVALID_STATEMENT_OR_CLAUSE"},
        {"MERGE INTO t USING s ON a", "MERGE_WITHOUT_WHEN"}, {"INSERT INTO t IF NOT EXISTS SELECT 1", "INVALID_STATEMENT_OR_CLAUSE"},
        {"SET a b", "INVALID_SET_SYNTAX"}, {"RESET a=b", "INVALID_RESET_COMMAND_FORMAT"}, {"GRANT x", "INVALID_STATEMENT_OR_CLAUSE"},
        {"BEGIN LEAVE x; END", "INVALID_LABEL_USAGE.DOES_NOT_EXIST"}, {"BEGIN SELECT 1 END", "PARSE_SYNTAX_ERROR"}, {"DECLARE x", "INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED"},
    };
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) {
        const char *got = condition_of(cases[i][0]);
        if (strcmp(got, cases[i][1]) != 0) fail_msg("%s: %s, not %s", cases[i][0], got, cases[i][1]);
    }
}

static void
statements(void **state)
{
    static const char *const cases[] = {
        "SHOW TABLES IN d LIKE 'x*'", "SHOW USER FUNCTIONS", "DESCRIBE EXTENDED t AS JSON", "DESC FUNCTION <=>", "DESC SELECT 1", "EXPLAIN FORMATTED SELECT 1",
        "SET x.y = a b", "SET -v", "SET TIME ZONE INTERVAL 1 HOUR", "SET VAR (a, b) = (SELECT 1, 2)", "RESET x", "USE DATABASE d",
        "CREATE OR REPLACE TABLE t (a INT NOT NULL DEFAULT 1 COMMENT 'x', CONSTRAINT c CHECK (a > 0)) USING parquet PARTITIONED BY (a, years(b))",
        "CREATE FUNCTION f(a INT DEFAULT 1) RETURNS TABLE (x INT) LANGUAGE SQL RETURN SELECT a", "ALTER TABLE t ADD COLUMNS (a INT FIRST, b.c STRING AFTER d)",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL, b TYPE BIGINT", "INSERT OVERWRITE t PARTITION (a = 1, b) SELECT 1", "INSERT INTO t REPLACE WHERE a > 1 VALUES (1)",
        "FROM t INSERT INTO a SELECT x INSERT INTO b SELECT y WHERE z", "UPDATE t AS x SET a = DEFAULT WHERE b", "DELETE FROM t WHERE a",
        "MERGE INTO t USING (SELECT 1) s ON a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT (a) VALUES (1)", "CACHE LAZY TABLE t AS SELECT 1",
        "EXECUTE IMMEDIATE 'select ?' INTO x USING 1", "CALL p(1, a => 2)", "COMMENT ON COLUMN t.a IS NULL", "TRUNCATE TABLE t PARTITION (a = 1)",
        "BEGIN DECLARE x INT DEFAULT 0; l: WHILE x < 3 DO SET x = x + 1; IF x = 2 THEN LEAVE l; END IF; END WHILE l; SELECT x; END",
    };
    (void)state;
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++)
        if (strcmp(condition_of(cases[i]), "OK") != 0) fail_msg("%s: %s", cases[i], condition_of(cases[i]));
    pz_command *c = query("SET spark.sql.x =  a b ")->u.command;
    assert_string_equal(text(c->text), "spark.sql.x");
    assert_string_equal(text(c->text2), "a b");
    c = query("CREATE OR REPLACE TEMP VIEW v (a COMMENT 'x', b) AS SELECT 1, 2")->u.command;
    assert_int_equal(c->kind, PZ_CMD_CREATE_VIEW);
    assert_true(c->replace && c->temporary && !c->global);
    assert_int_equal(c->columns.n, 2);
    assert_string_equal(text(c->text), "SELECT 1, 2");
}

/* ---------------------------------------------------------------- size */

static const char *
repeated(const char *head, const char *unit, const char *middle, const char *close, int n, const char *tail)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, head);
    for (int i = 0; i < n; i++) pz_buf_puts(&b, unit);
    pz_buf_puts(&b, middle);
    for (int i = 0; i < n; i++) pz_buf_puts(&b, close);
    pz_buf_puts(&b, tail);
    const char *s = text(pz_buf_view(&b));
    pz_buf_free(&b);
    return s;
}

static void
large_texts(void **state)
{
    (void)state;
    assert_string_equal(condition_of(repeated("SELECT a", " AND a", "", "", 20000, "")), "OK");
    assert_string_equal(condition_of(repeated("SELECT a", " + a", "", "", 20000, "")), "OK");
    assert_string_equal(condition_of(repeated("SELECT a IN (1", ", 2", "", "", 20000, ")")), "OK");
    assert_string_equal(condition_of(repeated("SELECT 1", " UNION SELECT 2", "", "", 2000, "")), "OK");
    assert_string_equal(condition_of(repeated("SELECT ", "(", "1", ")", 1000, "")), "OK");
    assert_string_equal(condition_of(repeated("SELECT ", "((SELECT ", "1", ") + 1)", 200, "")), "OK");
    assert_string_equal(condition_of(repeated("SELECT ", "(", "1", ")", 100000, "")), "FAILED_TO_PARSE_TOO_COMPLEX");
    assert_string_equal(condition_of(repeated("SELECT ", "((((SELECT 1 FROM ", "", "", 200, "")), "PARSE_SYNTAX_ERROR");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens), cmocka_unit_test(places), cmocka_unit_test(strings), cmocka_unit_test(literals), cmocka_unit_test(types),
        cmocka_unit_test(names), cmocka_unit_test(expressions), cmocka_unit_test(plans), cmocka_unit_test(keywords_as_names),
        cmocka_unit_test(refusals), cmocka_unit_test(statements), cmocka_unit_test(large_texts),
    };
    arena = pz_arena_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    pz_arena_close(arena);
    return failed;
}

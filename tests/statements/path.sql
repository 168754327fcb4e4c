-- SET PATH: its forms, what names of one part mean under it, and what views and functions keep of it
=== pathoff
SET PATH = spark_catalog.default
SELECT current_path()
SET spark.sql.defaultPath
SET spark.sql.defaultPath = spark_catalog.default
SELECT current_path()
SET spark.sql.path.enabled
SELECT current_schema()
=== pathforms
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SELECT current_path()
SELECT current_path
SET PATH = spark_catalog.stmp_a, spark_catalog.stmp_b
SELECT current_path()
SET PATH = stmp_a
SET PATH = PATH, spark_catalog.default
SELECT current_path()
SET PATH = DEFAULT_PATH
SELECT current_path()
SET PATH = SYSTEM_PATH
SELECT current_path()
SET PATH = CURRENT_SCHEMA
SELECT current_path()
SET PATH = CURRENT_DATABASE
SELECT current_path()
USE stmp_a
SELECT current_path()
SET PATH = CURRENT_SCHEMA, SYSTEM_PATH
SELECT current_path()
USE stmp_b
SELECT current_path()
SET PATH = spark_catalog.stmp_a, spark_catalog.stmp_a
SET PATH = spark_catalog.stmp_a, spark_catalog.PTHX_A
SET PATH = system.session, system.builtin
SELECT current_path()
SET PATH = spark_catalog.nosuch
SELECT current_path()
SET PATH = nocat.nosuch
SELECT current_path()
SET PATH = a.b.c
SELECT current_path()
SET PATH = spark_catalog.a.b
SET PATH =
SET PATH = 'a'
SET PATH spark_catalog.stmp_a
SET PATH = (spark_catalog.stmp_a)
SET PATH
SET PATH = DEFAULT_PATH, SYSTEM_PATH
SET PATH = DEFAULT_PATH, PATH
SET PATH = CURRENT_SCHEMA, CURRENT_DATABASE
SET PATH = SYSTEM_PATH, SYSTEM_PATH
SET PATH = SYSTEM_PATH, system.builtin
SET PATH = CURRENT_SCHEMA, spark_catalog.stmp_b
SELECT current_path()
SHOW PATH
RESET PATH
RESET
SELECT current_path()
SET PATH = CURRENT_PATH
SET PATH = CURRENT_SCHEMA()
SET PATH = current_path()
SET PATH = system.`SESSION`
SELECT current_path()
SET PATH = SYSTEM.Builtin
SELECT current_path()
SET PATH = `we ird`.`sc.h`
SELECT current_path()
SET PATH = system.other
SELECT current_path()
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathnames
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SET PATH = SYSTEM_PATH, spark_catalog.stmp_a, spark_catalog.stmp_b
SELECT current_path(), current_schema()
SELECT * FROM t
SELECT * FROM u
SELECT * FROM w
SELECT f(), abs(-1)
SELECT * FROM tf()
SELECT * FROM range(1)
SET PATH = spark_catalog.stmp_b, spark_catalog.stmp_a, SYSTEM_PATH
SELECT * FROM t
SELECT * FROM u
SELECT * FROM w
SELECT f(), abs(-1)
SELECT * FROM range(1)
SELECT * FROM nosuch
SELECT nosuch()
SELECT * FROM nosuch()
SELECT count(*), sum(1), upper('a') FROM t
CREATE TEMP VIEW t AS SELECT 'temp' AS v
SELECT * FROM t
SELECT * FROM session.t
SELECT * FROM system.session.t
SET PATH = spark_catalog.stmp_b, SYSTEM_PATH, system.session
SELECT * FROM t
SET PATH = system.session, spark_catalog.stmp_b, SYSTEM_PATH
SELECT * FROM t
DROP VIEW t
CREATE TEMPORARY FUNCTION f() RETURNS STRING RETURN 'temp.f'
SELECT f()
SET PATH = spark_catalog.stmp_b, SYSTEM_PATH
SELECT f()
CREATE TEMPORARY FUNCTION upper(x STRING) RETURNS STRING RETURN 'temp.upper'
SELECT upper('a')
SET PATH = system.session, SYSTEM_PATH
SELECT upper('a')
SET PATH = SYSTEM_PATH, system.session
SELECT upper('a')
DROP TEMPORARY FUNCTION upper
DROP TEMPORARY FUNCTION f
SET PATH = SYSTEM_PATH
SELECT * FROM t
SELECT * FROM default.t
SELECT * FROM stmp_a.t
SELECT f()
SELECT stmp_a.f()
CREATE TABLE stmp_new (a INT) USING parquet
SHOW TABLES LIKE 'stmp_new'
INSERT INTO stmp_new VALUES (1)
DESCRIBE stmp_new
DROP TABLE stmp_new
SET PATH = SYSTEM_PATH, spark_catalog.stmp_b
CREATE TABLE stmp_new2 (a INT) USING parquet
SELECT current_schema()
SHOW TABLES IN default LIKE 'stmp*'
SHOW TABLES LIKE 'stmp*'
INSERT INTO u VALUES ('more')
DESCRIBE u
DESCRIBE TABLE EXTENDED t
SHOW COLUMNS IN u
TRUNCATE TABLE u
ALTER TABLE u SET TBLPROPERTIES ('a'='b')
SHOW CREATE TABLE u
SHOW TBLPROPERTIES u
ANALYZE TABLE u COMPUTE STATISTICS
REFRESH TABLE u
DESCRIBE FUNCTION f
DROP FUNCTION f
DROP TABLE u
DROP VIEW w
DROP TABLE stmp_new2
DROP TABLE default.stmp_new2
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathbuiltin
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SET PATH = spark_catalog.stmp_a
SELECT 1 + 1, -1, NOT true, 1 = 2, CAST(1 AS STRING), 1::string, 'a' || 'b', CASE WHEN true THEN 1 END, 1 IS NULL, 1 IN (1), 1 BETWEEN 0 AND 2, 'a' LIKE 'b'
SELECT 'a' || 'b'
SELECT 1 + 1, 1 - 1, 5 % 2, 5 DIV 2, 1 & 1, 1 | 1, 1 ^ 1, ~1, 1 << 1
SELECT 1 << 1
SELECT 1 <=> 1, 1 != 1, true AND false, 'a' RLIKE 'b', 'a' ILIKE 'b'
SELECT current_user
SELECT current_path
SELECT extract(DAY FROM DATE'2020-01-01')
SELECT trim(BOTH 'a' FROM 'aba')
SELECT substring('abc' FROM 2)
SELECT position('a' IN 'abc')
SELECT overlay('abc' PLACING 'x' FROM 1)
SELECT ceil(1.5)
SELECT timestampdiff(DAY, TIMESTAMP'2020-01-01', TIMESTAMP'2020-01-02')
SELECT count(*) FROM VALUES (1) t(a)
SELECT first(a) FROM VALUES (1) t(a)
SELECT any_value(a) FROM VALUES (1) t(a)
SELECT struct(1)
SELECT (1, 2)
SELECT array(1)[0]
SELECT v:a FROM (SELECT parse_json('{}') AS v)
SELECT row_number() OVER (ORDER BY 1)
SELECT * FROM range(1)
SELECT * FROM explode(array(1))
SELECT a FROM VALUES (array(1)) t(a) LATERAL VIEW explode(a) AS b
SELECT if(true, 1, 2), coalesce(1, 2)
SELECT upper('a')
SELECT builtin.upper('a'), system.builtin.upper('a')
SELECT nosuch
SELECT a FROM VALUES (1) t(a) GROUP BY CUBE(a)
SELECT DATE'2020-01-01' + INTERVAL 1 DAY, TIMESTAMP'2020-01-01' - TIMESTAMP'2020-01-02'
SELECT * FROM VALUES (1, 2) t(a, b) PIVOT (sum(b) FOR a IN (1))
SELECT 1 NOT IN (SELECT 1), EXISTS (SELECT 1)
SELECT IDENTIFIER('upper')('a')
SELECT cast(1 as int), int(1), date('2020-01-01')
SELECT * FROM w
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathdefault
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SET spark.sql.defaultPath = spark_catalog.stmp_a, system.builtin
SELECT current_path()
SELECT * FROM t
SET PATH = spark_catalog.stmp_b, system.builtin
SELECT current_path()
SET PATH = DEFAULT_PATH
SELECT current_path()
SET spark.sql.defaultPath = spark_catalog.stmp_b, system.builtin
SELECT current_path()
RESET spark.sql.defaultPath
SELECT current_path()
SET spark.sql.defaultPath = stmp_a
SELECT current_path()
SET PATH = DEFAULT_PATH
SET spark.sql.defaultPath = nonsense (
SET PATH = DEFAULT_PATH
SELECT current_path()
SET spark.sql.defaultPath = SYSTEM_PATH, CURRENT_SCHEMA
SET PATH = DEFAULT_PATH
SELECT current_path()
SET spark.sql.defaultPath = system.builtin, system.builtin
SET PATH = DEFAULT_PATH
SELECT current_path()
SET spark.sql.defaultPath = DEFAULT_PATH
SET PATH = DEFAULT_PATH
SELECT current_path()
SET spark.sql.defaultPath = PATH
SET PATH = DEFAULT_PATH
SELECT current_path()
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathtoggle
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SET PATH = spark_catalog.stmp_a, system.builtin
SET spark.sql.path.enabled = false
SELECT current_path()
SELECT * FROM t
SET spark.sql.path.enabled = true
SELECT current_path()
RESET
SET spark.sql.path.enabled = true
SELECT current_path()
SET PATH = SYSTEM_PATH, spark_catalog.PTHX_A, `spark_catalog`.`stmp_b`, `we ird`.`sc.h`, a.b.c, SPARK_CATALOG.`default`, system.session
SELECT current_path()
SELECT nosuch()
SELECT * FROM nosuch
SET PATH = SYSTEM.BUILTIN, System.Session
SELECT current_path()
SELECT nosuch()
SET PATH = system.other, system.builtin
SELECT current_path()
SELECT nosuch()
SELECT * FROM nosuch
SET PATH = nocat.db, system.builtin
SELECT * FROM nosuch
SELECT * FROM t
SELECT upper('a')
SET PATH = spark_catalog.a.b, system.builtin
SELECT * FROM nosuch
SELECT upper('a')
SET PATH = system.builtin, nocat.db, spark_catalog.stmp_a
SELECT * FROM t
SELECT upper('a')
SELECT f()
SELECT nosuch()
SELECT * FROM nosuch()
SET PATH = system.builtin, spark_catalog.nosuchdb, spark_catalog.stmp_a
SELECT * FROM t
SELECT f()
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathviews
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SET PATH = spark_catalog.stmp_a, system.builtin
CREATE VIEW stmp_b.v1 AS SELECT v, f() AS f FROM t
CREATE TEMP VIEW tv1 AS SELECT v, f() AS f FROM t
SET PATH = spark_catalog.stmp_b, system.builtin, system.session
SELECT * FROM v1
SELECT * FROM tv1
DESCRIBE EXTENDED v1
DESCRIBE TABLE EXTENDED stmp_b.v1
SHOW CREATE TABLE stmp_b.v1
SHOW TBLPROPERTIES stmp_b.v1
CREATE VIEW stmp_b.v3 AS SELECT f() AS f
CREATE VIEW stmp_b.v4 AS SELECT v FROM t
SET spark.sql.path.enabled = false
SELECT * FROM stmp_b.v3
SELECT * FROM stmp_b.v4
SET spark.sql.path.enabled = true
SELECT * FROM stmp_b.v3
SELECT * FROM stmp_b.v4
SET PATH = system.builtin
SELECT * FROM stmp_b.v3
SET spark.sql.path.enabled = false
DROP VIEW stmp_b.v1
CREATE VIEW stmp_a.v2 AS SELECT current_schema() AS s, f() AS f, v FROM t
USE stmp_a
CREATE VIEW stmp_a.v2 AS SELECT current_schema() AS s, f() AS f
USE stmp_b
SET spark.sql.path.enabled = true
SET PATH = system.builtin
SELECT * FROM stmp_a.v2
DROP VIEW stmp_a.v2
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathvars
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
DECLARE VARIABLE pv = 5
SET PATH = system.builtin
SELECT pv
SELECT session.pv, system.session.pv
SET VAR pv = 6
SELECT session.pv
SET PATH = system.builtin, system.session
SELECT pv
SET PATH = spark_catalog.stmp_a
SELECT pv
DROP TEMPORARY VARIABLE pv
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathviewtext
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
CREATE VIEW stmp_a.v1 AS SELECT current_path() AS p, current_schema() AS s, v FROM stmp_a.t
DESCRIBE TABLE EXTENDED stmp_a.v1
>>> spark.sql("DESCRIBE TABLE EXTENDED stmp_a.v1 AS JSON").collect()[0][0].split('"sql_path":')[1].split(',"view_query')[0]
SELECT * FROM stmp_a.v1
SET PATH = CURRENT_SCHEMA, system.builtin, system.session, PATH
SET PATH = CURRENT_SCHEMA, system.builtin, system.session
CREATE VIEW stmp_a.v2 AS SELECT current_path() AS p, current_schema() AS s
DESCRIBE TABLE EXTENDED stmp_a.v2
USE stmp_b
SELECT * FROM stmp_a.v1
SELECT * FROM stmp_a.v2
SET PATH = spark_catalog.stmp_a, system.builtin
SELECT * FROM v1
SELECT * FROM v2
CREATE TEMP VIEW tvp AS SELECT current_path() AS p, current_schema() AS s, v FROM t
SET PATH = system.session, system.builtin
SELECT * FROM tvp
SELECT current_path(), * FROM tvp
ALTER VIEW stmp_a.v1 AS SELECT current_path() AS p
SELECT * FROM stmp_a.v1
DESCRIBE TABLE EXTENDED stmp_a.v1
CREATE OR REPLACE GLOBAL TEMP VIEW stmp_g AS SELECT 'g' AS v
SET PATH = spark_catalog.global_temp, system.builtin
SELECT * FROM stmp_g
SELECT * FROM global_temp.stmp_g
DROP VIEW global_temp.stmp_g
DROP VIEW stmp_a.v1
DROP VIEW stmp_a.v2
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathfunctions
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SET PATH = spark_catalog.stmp_a, system.builtin, system.session
CREATE FUNCTION stmp_b.g2() RETURNS STRING RETURN (SELECT max(v) FROM t)
CREATE FUNCTION stmp_b.g3() RETURNS STRING RETURN upper(current_path())
CREATE TEMPORARY FUNCTION g4() RETURNS STRING RETURN (SELECT max(v) FROM t)
CREATE TEMPORARY FUNCTION g5() RETURNS TABLE(p STRING) RETURN SELECT current_path()
SELECT stmp_b.g2(), stmp_b.g3(), g4()
SELECT * FROM g5()
SET PATH = system.session, system.builtin
SELECT stmp_b.g2(), stmp_b.g3(), g4()
SELECT * FROM g5()
>>> [r[0] for r in spark.sql("DESCRIBE FUNCTION EXTENDED stmp_b.g2").collect() if r[0].startswith("SQL Path")]
DESCRIBE FUNCTION f
DESCRIBE FUNCTION stmp_a.f
SET spark.sql.path.enabled = false
SELECT stmp_b.g3()
SET spark.sql.path.enabled = true
USE stmp_a
SET PATH = system.builtin
CREATE FUNCTION stmp_a.g6() RETURNS STRING RETURN f()
CREATE FUNCTION g7() RETURNS STRING RETURN stmp_a.f()
SET PATH = system.builtin, spark_catalog.stmp_a
CREATE FUNCTION stmp_a.g6() RETURNS STRING RETURN f()
USE stmp_b
SELECT g6()
SELECT g7()
SET PATH = spark_catalog.stmp_b, system.builtin
SELECT stmp_a.g6()
DROP FUNCTION IF EXISTS stmp_b.g1
DROP FUNCTION IF EXISTS stmp_b.g2
DROP FUNCTION IF EXISTS stmp_b.g3
DROP FUNCTION IF EXISTS stmp_a.g6
DROP FUNCTION IF EXISTS stmp_a.g7
DROP FUNCTION IF EXISTS stmp_b.g7
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathdml
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
SET PATH = system.builtin, spark_catalog.stmp_a
CREATE TABLE stmp_a.d (a INT) USING parquet
INSERT INTO d VALUES (1)
INSERT INTO d SELECT 2
INSERT OVERWRITE d VALUES (3)
CACHE TABLE d
UNCACHE TABLE d
REFRESH TABLE d
DESCRIBE QUERY SELECT * FROM d
TABLE d
FROM d SELECT a
SELECT d.a, stmp_a.d.a, spark_catalog.stmp_a.d.a FROM d
WITH d AS (SELECT 9 AS a) SELECT * FROM d
SHOW PARTITIONS d
LOAD DATA INPATH '/nope' INTO TABLE d
INSERT INTO nosuch VALUES (1)
DELETE FROM nosuch
CACHE TABLE nosuch
COMMENT ON TABLE d IS 'x'
ALTER TABLE d ADD COLUMN b INT
ALTER VIEW w AS SELECT 1
CREATE OR REPLACE TEMP VIEW dv AS SELECT * FROM d
DESCRIBE dv
DESCRIBE d a
SELECT * FROM dv
SELECT * FROM session.dv
DROP VIEW dv
DROP TABLE stmp_a.d
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathtext
CREATE DATABASE stmp_a
CREATE DATABASE stmp_b
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE TABLE stmp_b.t USING parquet AS SELECT 'b.t' AS v
CREATE TABLE stmp_b.u USING parquet AS SELECT 'b.u' AS v
CREATE VIEW stmp_a.w AS SELECT 'a.w' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
CREATE FUNCTION stmp_b.f() RETURNS STRING RETURN 'b.f'
CREATE FUNCTION stmp_b.abs(x INT) RETURNS INT RETURN 77
CREATE FUNCTION stmp_b.tf() RETURNS TABLE(x INT) RETURN SELECT 5
CREATE FUNCTION stmp_b.range(x INT) RETURNS TABLE(x INT) RETURN SELECT 6
SET spark.sql.path.enabled = true
BEGIN SET PATH = spark_catalog.stmp_a, system.builtin; SELECT current_path(); END
SELECT current_path()
EXECUTE IMMEDIATE 'SET PATH = spark_catalog.stmp_b, system.builtin'
SELECT current_path()
set path = current_schema, System_Path
SELECT current_path()
SET `PATH` = x
SET PATH = IDENTIFIER('spark_catalog.stmp_a')
SET PATH = spark_catalog.stmp_a;
SET PATH = spark_catalog.stmp_a,
SET PATH == spark_catalog.stmp_a
SET PATH = spark_catalog.stmp_a x
SET PATH = spark_catalog.stmp_a.
SET PATH = current_schema.x, system.builtin
SELECT current_path()
SET PATH = DEFAULT_PATH.x, system.builtin
SELECT current_path()
SET PATH = `DEFAULT_PATH`
SET PATH = CURRENT_SCHEMA, system.builtin, CURRENT_DATABASE
SET PATH = /* c */ CURRENT_DATABASE -- d
SET PATH = PATH, SYSTEM_PATH
SELECT current_path()
SET PATH = PATH
SET PATH = SYSTEM_PATH, PATH
SET PATH = current_database, SYSTEM_PATH, Current_Schema
RESET spark.sql.path.enabled
SELECT current_path()
SET PATH = a
SET spark.sql.path.enabled = false
USE default
DROP DATABASE stmp_a CASCADE
DROP DATABASE stmp_b CASCADE
=== pathframes
CREATE DATABASE stmp_a
CREATE TABLE stmp_a.t USING parquet AS SELECT 'a.t' AS v
CREATE FUNCTION stmp_a.f() RETURNS STRING RETURN 'a.f'
SET spark.sql.path.enabled = true
SET PATH = spark_catalog.stmp_a
>>> spark.range(1).select(F.upper(F.lit("a"))).collect()
>>> spark.range(1).select(F.call_function("upper", F.lit("a"))).collect()
>>> spark.range(1).select(F.call_function("f")).collect()
>>> spark.range(1).select(F.expr("upper('a')")).collect()
>>> spark.range(1).selectExpr("f()").collect()
>>> spark.table("t").collect()
>>> spark.table("u").collect()
>>> spark.read.table("t").collect()
>>> spark.catalog.tableExists("t")
>>> spark.catalog.functionExists("f")
>>> spark.catalog.getTable("t")
>>> spark.catalog.listColumns("t")
>>> spark.range(3).count()
>>> spark.tvf.range(2).collect()
>>> spark.table("t").createOrReplaceTempView("stmp_dft")
>>> spark.range(1).selectExpr("'x' as v").write.insertInto("t")
>>> spark.range(1).write.saveAsTable("stmp_sat")
>>> spark.catalog.cacheTable("t")
>>> spark.catalog.isCached("t")
>>> spark.catalog.uncacheTable("t")
SHOW TABLES IN default LIKE 'stmp*'
DROP TABLE default.stmp_sat
SET PATH = system.builtin, system.session
SELECT * FROM stmp_dft
>>> spark.range(1).select(F.expr("current_path()")).collect()
>>> spark.conf.set("spark.sql.defaultPath", "zz")
>>> spark.newSession().sql("SELECT current_path()").collect()
>>> spark.sql("SELECT current_path()").collect()
DROP DATABASE stmp_a CASCADE

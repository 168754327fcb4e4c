-- CHAR and VARCHAR: lengths on writing, blanks, what is told of them, and the settings about them.
=== char
DROP DATABASE IF EXISTS stmc CASCADE
CREATE DATABASE stmc
USE stmc
CREATE TABLE c (i INT, c CHAR(5), v VARCHAR(5)) USING parquet
DESCRIBE c
SHOW CREATE TABLE c
INSERT INTO c VALUES (1, 'ab', 'ab'), (2, 'abcde', 'abcde'), (3, 'ab       ', 'ab       '), (4, NULL, NULL), (5, '', '')
INSERT INTO c VALUES (6, 'abcdef', 'a')
INSERT INTO c VALUES (6, 'a', 'abcdef')
INSERT INTO c VALUES (6, 123456, 1)
INSERT INTO c VALUES (6, 'a', 123456)
SELECT i, c, length(c), v, length(v) FROM c ORDER BY i
SELECT i FROM c WHERE c = 'ab' ORDER BY i
SELECT i FROM c WHERE v = 'ab' ORDER BY i
SELECT i FROM c WHERE 'ab' = c ORDER BY i
SELECT i FROM c WHERE c IN ('ab', 'abcde') ORDER BY i
SELECT i FROM c WHERE c <=> 'ab' ORDER BY i
SELECT i FROM c WHERE c > 'ab' ORDER BY i
SELECT i FROM c WHERE c = 'ab   ' ORDER BY i
SELECT i FROM c WHERE c = 'ab      ' ORDER BY i
SELECT i FROM c WHERE c IN (SELECT v FROM c) ORDER BY i
SELECT i FROM c WHERE c = v ORDER BY i
SELECT a.i, b.i FROM c a JOIN c b ON a.c = b.c ORDER BY 1, 2
SELECT c || 'x', concat(v, 'x'), upper(c), trim(c) FROM c ORDER BY i
SELECT typeof(c), typeof(v) FROM c LIMIT 1
SELECT CAST(c AS VARCHAR(2)), CAST(v AS CHAR(10)) FROM c ORDER BY i
SELECT c, count(*) FROM c GROUP BY c ORDER BY c
SELECT DISTINCT v FROM c ORDER BY v
SELECT max(c), min(v) FROM c
SELECT c LIKE 'ab%', c LIKE 'ab', v LIKE 'ab' FROM c ORDER BY i
SELECT CASE WHEN i = 1 THEN c ELSE v END AS x FROM c ORDER BY i
SELECT coalesce(c, 'zz') FROM c ORDER BY i
CREATE TABLE ctas AS SELECT c, v, c || 'x' AS cx, CAST('a' AS CHAR(3)) AS cc, CAST('a' AS VARCHAR(3)) vv FROM c WHERE i = 1
DESCRIBE ctas
SELECT *, length(c), length(cc) FROM ctas
CREATE VIEW cv AS SELECT c, v FROM c
DESCRIBE cv
SELECT * FROM cv WHERE c = 'ab'
CREATE TABLE n (s STRUCT<x: CHAR(3), y: VARCHAR(3)>, a ARRAY<CHAR(3)>, m MAP<CHAR(3), VARCHAR(3)>) USING parquet
DESCRIBE n
INSERT INTO n VALUES (named_struct('x', 'a', 'y', 'b'), array('a', 'b'), map('k', 'v'))
INSERT INTO n VALUES (named_struct('x', 'abcd', 'y', 'b'), array('a', 'b'), map('k', 'v'))
INSERT INTO n VALUES (named_struct('x', 'a', 'y', 'bcde'), array('a', 'b'), map('k', 'v'))
INSERT INTO n VALUES (named_struct('x', 'a', 'y', 'b'), array('abcd', 'b'), map('k', 'v'))
INSERT INTO n VALUES (named_struct('x', 'a', 'y', 'b'), array('a', 'b'), map('kkkk', 'v'))
INSERT INTO n VALUES (named_struct('x', 'a', 'y', 'b'), array('a', 'b'), map('k', 'vvvv'))
SELECT *, length(s.x), length(a[0]), length(map_keys(m)[0]), length(map_values(m)[0]) FROM n
SELECT * FROM n WHERE s.x = 'a'
SELECT * FROM n WHERE a[0] = 'a'
SELECT * FROM n WHERE s = named_struct('x', 'a', 'y', 'b')
SELECT * FROM n WHERE array_contains(a, 'a')
ALTER TABLE c ADD COLUMN d CHAR(2)
ALTER TABLE c ALTER COLUMN v TYPE VARCHAR(10)
ALTER TABLE c ALTER COLUMN v TYPE VARCHAR(2)
ALTER TABLE c ALTER COLUMN v TYPE STRING
ALTER TABLE c ALTER COLUMN c TYPE CHAR(10)
ALTER TABLE c ALTER COLUMN c TYPE VARCHAR(10)
DESCRIBE c
DESCRIBE EXTENDED c AS JSON
DESCRIBE EXTENDED c v
DESCRIBE c c
SELECT d, length(d) FROM c ORDER BY i
INSERT INTO c (i, d) VALUES (9, 'x')
SELECT d, length(d) FROM c WHERE i = 9
CREATE TABLE bad (c CHAR(0))
CREATE TABLE bad (c CHAR)
CREATE TABLE bad (c VARCHAR)
CREATE TABLE bad (c CHARACTER(3), d CHARACTER VARYING(3))
SELECT CAST('abc' AS CHAR(2))
SELECT CAST('abc' AS VARCHAR(2)), typeof(CAST('abc' AS VARCHAR(2)))
SELECT CAST('abc' AS CHAR(5)) = 'abc'
SELECT CAST(array('abc') AS ARRAY<CHAR(2)>)
SELECT CAST(12345 AS VARCHAR(2))
SELECT 'abc'::varchar(2)
SELECT from_json('{"a":"abc"}', 'a char(2)')
SELECT from_json('{"a":"abc"}', 'a varchar(2)')
SELECT from_csv('abc', 'a char(2)')
DECLARE VARIABLE sv VARCHAR(3) DEFAULT 'abc'
SET VAR sv = 'abcd'
DECLARE VARIABLE sc CHAR(5) DEFAULT 'abc'
SET VAR sc = 'abcdefgh'
DECLARE VARIABLE sx VARCHAR(3) DEFAULT 'abcd'
DROP TEMPORARY VARIABLE sv
CREATE TABLE df (a VARCHAR(3) DEFAULT 'abc', b CHAR(5) DEFAULT 'x', c INT)
INSERT INTO df (c) VALUES (1)
SELECT a, b, length(b) FROM df
CREATE TABLE df2 (a VARCHAR(3) DEFAULT 'abcd', c INT)
INSERT INTO df2 (c) VALUES (1)
CREATE FUNCTION fvc(x VARCHAR(3)) RETURNS VARCHAR(2) RETURN x
SELECT fvc('abc')
CREATE TEMP FUNCTION fvt(x CHAR(3)) RETURNS CHAR(5) RETURN x
SELECT fvt('a'), length(fvt('a'))
CREATE TABLE pc (a INT, p CHAR(3), q VARCHAR(3)) USING parquet PARTITIONED BY (p, q)
INSERT INTO pc VALUES (1, 'a', 'b')
INSERT INTO pc PARTITION (p = 'c', q = 'd') VALUES (2)
INSERT INTO pc PARTITION (p = 'cccc', q = 'd') VALUES (2)
INSERT INTO pc PARTITION (p = 'c', q = 'dddd') VALUES (2)
SELECT *, length(p) FROM pc ORDER BY a
SHOW PARTITIONS pc
ALTER TABLE pc ADD PARTITION (p = 'e', q = 'f')
ALTER TABLE pc DROP PARTITION (p = 'c', q = 'd')
SHOW PARTITIONS pc
SELECT * FROM (SELECT c FROM c UNION ALL SELECT v FROM c) ORDER BY 1
SELECT * FROM (SELECT c FROM c UNION SELECT CAST('ab' AS STRING)) ORDER BY 1
>>> spark.table('stmc.c').schema.simpleString()
>>> spark.sql("select c, v from stmc.c").schema.json()
>>> spark.createDataFrame([('abcdefghijkl',)], 'v string').selectExpr("1 as i", "'x' as c", "v", "'x' as d").write.insertInto('stmc.c')
>>> spark.createDataFrame([(7, 'abc', 'v', 'x')], 'i int, c string, v string, d string').write.insertInto('stmc.c')
SELECT i, c, length(c) FROM c WHERE i = 7
DROP DATABASE stmc CASCADE
=== charstr
SET spark.sql.legacy.charVarcharAsString=true
DROP DATABASE IF EXISTS stmcs CASCADE
CREATE DATABASE stmcs
USE stmcs
CREATE TABLE c (c CHAR(2), v VARCHAR(2))
DESCRIBE c
INSERT INTO c VALUES ('abcd', 'abcd'), ('a', 'a')
SELECT c, length(c), v FROM c ORDER BY 1
SELECT CAST('abc' AS CHAR(2)), CAST('abc' AS VARCHAR(2))
CREATE TABLE d (c CHAR, v VARCHAR)
SHOW CREATE TABLE c
SELECT from_json('{"a":"abc"}', 'a char(2)')
SET spark.sql.legacy.charVarcharAsString=false
DESCRIBE c
SELECT c, length(c), v FROM c ORDER BY 1
INSERT INTO c VALUES ('abcd', 'abcd')
DROP DATABASE stmcs CASCADE
=== charasvar
SET spark.sql.charAsVarchar=true
DROP DATABASE IF EXISTS stmca CASCADE
CREATE DATABASE stmca
USE stmca
CREATE TABLE c (i INT, c CHAR(5), v VARCHAR(5))
DESCRIBE c
SHOW CREATE TABLE c
INSERT INTO c VALUES (1, 'ab', 'ab')
SELECT c, length(c) FROM c
CREATE TABLE d AS SELECT c FROM c
DESCRIBE d
ALTER TABLE c ADD COLUMN e CHAR(3)
DESCRIBE c
SELECT CAST('a' AS CHAR(4)), length(CAST('a' AS CHAR(4)))
DROP DATABASE stmca CASCADE
=== charpad
SET spark.sql.readSideCharPadding=false
DROP DATABASE IF EXISTS stmcr CASCADE
CREATE DATABASE stmcr
USE stmcr
CREATE TABLE c (i INT, c CHAR(5))
INSERT INTO c VALUES (1, 'ab')
SELECT c, length(c) FROM c
SELECT i FROM c WHERE c = 'ab'
SET spark.sql.legacy.noCharPaddingInPredicate=true
SELECT i FROM c WHERE c = 'ab'
SET spark.sql.readSideCharPadding=true
SELECT i FROM c WHERE c = 'ab'
DROP DATABASE stmcr CASCADE

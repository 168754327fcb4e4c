-- views, SQL functions and columns under the settings they were made with
=== charpart
CREATE TABLE stmt_cp (a INT, p CHAR(3)) USING parquet PARTITIONED BY (p)
INSERT INTO stmt_cp VALUES (1, 'a'), (2, 'bcd'), (3, null)
SELECT * FROM stmt_cp WHERE p = 'a'
SELECT * FROM stmt_cp WHERE p = 'a  '
SELECT * FROM stmt_cp WHERE p IN ('a', 'bcd')
SELECT * FROM stmt_cp WHERE 'a' = p
SELECT * FROM stmt_cp WHERE p < 'b' ORDER BY a
SELECT *, length(p) FROM stmt_cp ORDER BY a
SHOW PARTITIONS stmt_cp
SELECT * FROM stmt_cp WHERE p <> 'a'
SELECT * FROM stmt_cp t JOIN (SELECT cast('a' AS STRING) AS k) u ON t.p = u.k
INSERT OVERWRITE stmt_cp PARTITION (p = 'a') VALUES (9)
SELECT * FROM stmt_cp ORDER BY a
ALTER TABLE stmt_cp DROP PARTITION (p = 'a')
SELECT * FROM stmt_cp ORDER BY a
DROP TABLE stmt_cp
=== viewzone
SET spark.sql.session.timeZone=America/Los_Angeles
CREATE TEMPORARY VIEW stmt_tv AS SELECT TIMESTAMP'2020-01-01 00:00:00' AS lit, cast('2020-01-01 00:00:00' AS TIMESTAMP) AS c, cast(TIMESTAMP'2020-01-01 00:00:00Z' AS STRING) AS s, hour(TIMESTAMP'2020-01-01 00:00:00Z') AS h, current_timezone() AS z
CREATE VIEW stmt_pv AS SELECT TIMESTAMP'2020-01-01 00:00:00' AS lit, cast('2020-01-01 00:00:00' AS TIMESTAMP) AS c, cast(TIMESTAMP'2020-01-01 00:00:00Z' AS STRING) AS s, hour(TIMESTAMP'2020-01-01 00:00:00Z') AS h, current_timezone() AS z
CREATE TEMPORARY FUNCTION stmt_tf(x STRING) RETURNS STRING RETURN cast(cast(x AS TIMESTAMP) AS STRING) || current_timezone() || hour(TIMESTAMP'2020-01-01 00:00:00Z')
CREATE FUNCTION stmt_pf(x STRING) RETURNS TIMESTAMP RETURN cast(x AS TIMESTAMP)
SELECT * FROM stmt_tv
SELECT * FROM stmt_pv
SELECT stmt_tf('2020-01-01 00:00:00'), stmt_pf('2020-01-01 00:00:00')
SET spark.sql.session.timeZone=Asia/Tokyo
SELECT * FROM stmt_tv
SELECT * FROM stmt_pv
SELECT *, hour(c) FROM stmt_pv
SELECT hour(lit), hour(c), cast(lit as string), current_timezone() FROM stmt_tv
SELECT stmt_tf('2020-01-01 00:00:00'), stmt_pf('2020-01-01 00:00:00')
SELECT hour(stmt_pf('2020-01-01 00:00:00'))
SET spark.sql.session.timeZone=UTC
SELECT * FROM stmt_tv
SELECT * FROM stmt_pv
SET spark.sql.legacy.useCurrentConfigsForView=true
SELECT * FROM stmt_pv
SELECT * FROM stmt_tv
DROP VIEW stmt_pv
DROP FUNCTION stmt_pf
=== viewansi
SET spark.sql.ansi.enabled=false
CREATE VIEW stmt_va AS SELECT 1/0 AS a, cast('x' AS INT) AS b, 2147483647 + 1 AS c
CREATE TEMPORARY VIEW stmt_vt AS SELECT 1/0 AS a, cast('x' AS INT) AS b
SELECT * FROM stmt_va
SELECT * FROM stmt_vt
SET spark.sql.ansi.enabled=true
SELECT * FROM stmt_va
SELECT * FROM stmt_vt
SELECT a + 1/0 FROM stmt_va
DROP VIEW stmt_va
SET spark.sql.caseSensitive=true
CREATE VIEW stmt_vc AS SELECT a, A FROM VALUES (1, 2) t(a, A)
SET spark.sql.caseSensitive=false
SELECT * FROM stmt_vc
DROP VIEW IF EXISTS stmt_vc
SET spark.sql.ansi.doubleQuotedIdentifiers=true
CREATE VIEW stmt_vq AS SELECT a AS "b" FROM VALUES (1) t(a)
SET spark.sql.ansi.doubleQuotedIdentifiers=false
SELECT * FROM stmt_vq
DROP VIEW IF EXISTS stmt_vq
SET spark.sql.mapKeyDedupPolicy=LAST_WIN
CREATE TEMPORARY VIEW stmt_vm AS SELECT map(1, 2, 1, 3) AS m
SET spark.sql.mapKeyDedupPolicy=EXCEPTION
SELECT * FROM stmt_vm
SET spark.sql.timestampType=TIMESTAMP_NTZ
CREATE TEMPORARY VIEW stmt_vn AS SELECT TIMESTAMP'2020-01-01' AS t, to_timestamp('2020-01-01') u
SET spark.sql.timestampType=TIMESTAMP_LTZ
SELECT typeof(t), typeof(u) FROM stmt_vn
SET spark.sql.parser.escapedStringLiterals=true
CREATE TEMPORARY VIEW stmt_ve AS SELECT 'a\nb' AS t
SET spark.sql.parser.escapedStringLiterals=false
SELECT * FROM stmt_ve
SET spark.sql.legacy.timeParserPolicy=LEGACY
CREATE TEMPORARY VIEW stmt_vp AS SELECT to_date('2020-1-1', 'yyyy-MM-dd') AS t
SET spark.sql.legacy.timeParserPolicy=EXCEPTION
SELECT * FROM stmt_vp

-- Columns that come to tables of files with a default: rows that were there read the one of that time.
=== added_default_parquet
DROP TABLE IF EXISTS ad_p
CREATE TABLE ad_p (a INT) USING parquet
INSERT INTO ad_p VALUES (1), (2)
ALTER TABLE ad_p ADD COLUMN b INT DEFAULT 40 + 2
SELECT * FROM ad_p ORDER BY a
INSERT INTO ad_p VALUES (3, DEFAULT)
INSERT INTO ad_p (a) VALUES (4)
INSERT INTO ad_p VALUES (5, NULL)
SELECT * FROM ad_p ORDER BY a
ALTER TABLE ad_p ALTER COLUMN b SET DEFAULT 7
INSERT INTO ad_p (a) VALUES (6)
SELECT * FROM ad_p ORDER BY a
ALTER TABLE ad_p ALTER COLUMN b DROP DEFAULT
INSERT INTO ad_p (a) VALUES (8)
SELECT * FROM ad_p ORDER BY a
SELECT a FROM ad_p WHERE b = 42 ORDER BY a
SELECT a FROM ad_p WHERE b IS NULL ORDER BY a
SELECT b, count(*) FROM ad_p GROUP BY b ORDER BY b
SELECT sum(b), min(b), max(b), count(b), count(*) FROM ad_p
ALTER TABLE ad_p ADD COLUMNS (c STRING DEFAULT 'it''s', d DOUBLE DEFAULT 1.5, e DATE DEFAULT DATE'2020-02-29', f DECIMAL(10,2) DEFAULT 3.14BD)
ALTER TABLE ad_p ADD COLUMNS (g TIMESTAMP DEFAULT TIMESTAMP'2021-01-01 00:00:00', h BOOLEAN DEFAULT true, j BIGINT DEFAULT 5, k FLOAT DEFAULT 2.5, l TINYINT DEFAULT 1)
ALTER TABLE ad_p ADD COLUMNS (m ARRAY<INT> DEFAULT array(1, 2), o MAP<STRING, INT> DEFAULT map('k', 9), p STRING DEFAULT NULL, q STRING)
SELECT * FROM ad_p WHERE a < 4 ORDER BY a
INSERT INTO ad_p (a) VALUES (9)
SELECT * FROM ad_p WHERE a >= 8 ORDER BY a
SELECT a, o['k'], m[1] FROM ad_p ORDER BY a
>>> [(f.name, dict(sorted(f.metadata.items()))) for f in spark.table("ad_p").schema]
DESCRIBE ad_p
DESCRIBE EXTENDED ad_p b
SHOW CREATE TABLE ad_p
INSERT OVERWRITE ad_p (a) VALUES (10)
SELECT * FROM ad_p
DROP TABLE ad_p
=== added_default_csv
DROP TABLE IF EXISTS ad_c
CREATE TABLE ad_c (a INT, s STRING) USING csv OPTIONS (header true)
INSERT INTO ad_c VALUES (1, 'x'), (2, NULL)
ALTER TABLE ad_c ADD COLUMN b INT DEFAULT 42
ALTER TABLE ad_c ADD COLUMN c STRING DEFAULT 'late'
SELECT * FROM ad_c ORDER BY a
INSERT INTO ad_c (a) VALUES (3)
INSERT INTO ad_c VALUES (4, 'y', NULL, NULL)
SELECT * FROM ad_c ORDER BY a
SELECT c, a FROM ad_c ORDER BY a
SELECT b FROM ad_c WHERE a = 1
SELECT count(*) FROM ad_c WHERE b = 42
ALTER TABLE ad_c ALTER COLUMN b SET DEFAULT 1
ALTER TABLE ad_c ALTER COLUMN c DROP DEFAULT
INSERT INTO ad_c (a, c, b) VALUES (5, DEFAULT, DEFAULT)
SELECT * FROM ad_c ORDER BY a
DROP TABLE ad_c
=== added_default_csv_without_header
DROP TABLE IF EXISTS ad_n
CREATE TABLE ad_n (a INT, s STRING) USING csv
INSERT INTO ad_n VALUES (1, 'x'), (2, NULL)
ALTER TABLE ad_n ADD COLUMNS (b INT DEFAULT 42, d DATE DEFAULT DATE'2020-01-01')
SELECT * FROM ad_n ORDER BY a
SELECT d FROM ad_n
INSERT INTO ad_n (a) VALUES (3)
SELECT * FROM ad_n ORDER BY a
DROP TABLE ad_n
=== added_default_json
DROP TABLE IF EXISTS ad_j
CREATE TABLE ad_j (a INT, s STRING) USING json
INSERT INTO ad_j VALUES (1, 'x'), (2, NULL)
ALTER TABLE ad_j ADD COLUMN b INT DEFAULT 42
ALTER TABLE ad_j ADD COLUMN c ARRAY<STRING> DEFAULT array('p', 'q')
SELECT * FROM ad_j ORDER BY a
INSERT INTO ad_j (a) VALUES (3)
INSERT INTO ad_j VALUES (4, 'y', NULL, NULL)
SELECT * FROM ad_j ORDER BY a
SELECT b FROM ad_j WHERE a = 1
SELECT count(*) FROM ad_j WHERE b = 42
ALTER TABLE ad_j ALTER COLUMN b SET DEFAULT 1
INSERT INTO ad_j (a) VALUES (5)
SELECT a, b FROM ad_j ORDER BY a
DROP TABLE ad_j
=== added_default_partitions
DROP TABLE IF EXISTS ad_h
CREATE TABLE ad_h (a INT, p INT) USING parquet PARTITIONED BY (p)
INSERT INTO ad_h VALUES (1, 1), (2, 2)
ALTER TABLE ad_h ADD COLUMN b STRING DEFAULT 'old'
INSERT INTO ad_h PARTITION (p = 2) (a) VALUES (3)
INSERT INTO ad_h (a, p) VALUES (4, 3)
SELECT * FROM ad_h ORDER BY a
SELECT p, b FROM ad_h WHERE p = 2 ORDER BY a
>>> [r.b for r in spark.read.table("ad_h").orderBy("a").collect()]
DROP TABLE ad_h
=== added_default_what_may_not_be
DROP TABLE IF EXISTS ad_x
CREATE TABLE ad_x (a INT) USING parquet
ALTER TABLE ad_x ADD COLUMN b INT DEFAULT 'abc'
ALTER TABLE ad_x ADD COLUMN b INT DEFAULT (SELECT 1)
ALTER TABLE ad_x ADD COLUMN b INT DEFAULT a + 1
ALTER TABLE ad_x ADD COLUMN b DOUBLE DEFAULT rand()
ALTER TABLE ad_x ADD COLUMN b INT DEFAULT 3000000000
ALTER TABLE ad_x ADD COLUMN b INT NOT NULL DEFAULT 3
ALTER TABLE ad_x ADD COLUMN b INT DEFAULT nothing()
ALTER TABLE ad_x ADD COLUMN b DATE DEFAULT current_date()
SELECT b = current_date() FROM ad_x
ALTER TABLE ad_x ADD COLUMN a INT DEFAULT 1
DROP TABLE ad_x
DROP TABLE IF EXISTS ad_t
CREATE TABLE ad_t (a STRING) USING text
DROP TABLE ad_t
DROP TABLE IF EXISTS ad_m
CREATE TABLE ad_m (a STRING) USING xml OPTIONS (rowTag 'r')
ALTER TABLE ad_m ADD COLUMN b STRING DEFAULT 'x'
DROP TABLE ad_m
CREATE TABLE ad_m (a STRING DEFAULT 'x') USING xml OPTIONS (rowTag 'r')
DROP TABLE IF EXISTS ad_m
CREATE TABLE ad_t (a STRING DEFAULT 'x') USING text
DROP TABLE IF EXISTS ad_t
SET spark.sql.defaultColumn.allowedProviders = parquet*,csv
CREATE TABLE ad_q (a INT DEFAULT 5) USING parquet
ALTER TABLE ad_q ADD COLUMN b INT DEFAULT 6
CREATE TABLE ad_k (a INT DEFAULT 5) USING json
ALTER TABLE ad_q ALTER COLUMN a SET DEFAULT 7
DROP TABLE IF EXISTS ad_q
DROP TABLE IF EXISTS ad_k
RESET spark.sql.defaultColumn.allowedProviders
=== added_default_missing_values
DROP TABLE IF EXISTS ad_v
CREATE TABLE ad_v (a INT, b INT, c INT DEFAULT 3) USING parquet
SET spark.sql.defaultColumn.useNullsForMissingDefaultValues = false
INSERT INTO ad_v (a) VALUES (1)
INSERT INTO ad_v VALUES (1, 2)
INSERT INTO ad_v VALUES (1, DEFAULT, DEFAULT)
RESET spark.sql.defaultColumn.useNullsForMissingDefaultValues
INSERT INTO ad_v (a) VALUES (1)
SELECT * FROM ad_v
DROP TABLE ad_v
=== added_default_char_and_varchar
DROP TABLE IF EXISTS ad_r
CREATE TABLE ad_r (a INT) USING parquet
INSERT INTO ad_r VALUES (1)
ALTER TABLE ad_r ADD COLUMN b VARCHAR(3) DEFAULT 'abcd'
ALTER TABLE ad_r ADD COLUMN b VARCHAR(3) DEFAULT 'abc'
ALTER TABLE ad_r ADD COLUMN c CHAR(5) DEFAULT 'ab'
INSERT INTO ad_r (a) VALUES (2)
SELECT a, b, c, length(c) FROM ad_r ORDER BY a
DROP TABLE ad_r
=== added_default_csv_values_that_do_not_fit
DROP TABLE IF EXISTS ad_cx
CREATE TABLE ad_cx (a INT, s STRING) USING csv
INSERT INTO ad_cx VALUES (1, 'x')
ALTER TABLE ad_cx ADD COLUMN b INT DEFAULT 42
ALTER TABLE ad_cx ADD COLUMN _corrupt_record STRING
>>> spark.sql("SELECT '2,y,abc' AS value UNION ALL SELECT '3,z,' UNION ALL SELECT 'q,z,7' UNION ALL SELECT '4'").coalesce(1).write.mode("append").text(W + "/ad_cx")
REFRESH TABLE ad_cx
SELECT a, s, b FROM ad_cx ORDER BY a, s
SELECT * FROM ad_cx ORDER BY a, s
SELECT b FROM ad_cx ORDER BY b
SELECT a, b FROM ad_cx WITH (mode 'DROPMALFORMED') ORDER BY a
DROP TABLE ad_cx
=== added_default_json_values_that_do_not_fit
DROP TABLE IF EXISTS ad_jx
CREATE TABLE ad_jx (a INT, s STRING) USING json
INSERT INTO ad_jx VALUES (1, 'x')
ALTER TABLE ad_jx ADD COLUMN b INT DEFAULT 42
ALTER TABLE ad_jx ADD COLUMN _corrupt_record STRING
>>> spark.sql("""SELECT '{"a": 2, "b": "abc"}' AS value UNION ALL SELECT '{"a": 3, "b": null}' UNION ALL SELECT '{"a": "q", "s": "z"}' UNION ALL SELECT 'junk' UNION ALL SELECT '{"a": 4, "s": "u"' UNION ALL SELECT '{}' UNION ALL SELECT '{"b": 5}'""").coalesce(1).write.mode("append").text(W + "/ad_jx")
REFRESH TABLE ad_jx
SELECT a, s, b FROM ad_jx ORDER BY a, s, b
SELECT * FROM ad_jx ORDER BY a, s, b, _corrupt_record
SELECT b FROM ad_jx ORDER BY b
SELECT a, b FROM ad_jx WITH (mode 'DROPMALFORMED') ORDER BY a, b
SELECT count(*) FROM ad_jx
DROP TABLE ad_jx
=== added_default_declared_by_a_reader
>>> spark.range(2).write.mode("overwrite").json(W + "/ad_declared")
>>> spark.read.schema(T.StructType([T.StructField("id", T.IntegerType()), T.StructField("x", T.StringType(), True, {"EXISTS_DEFAULT": "'was'"})])).json(W + "/ad_declared").orderBy("id").collect()
>>> spark.range(2).write.mode("overwrite").parquet(W + "/ad_declared_p")
>>> spark.read.schema(T.StructType([T.StructField("id", T.LongType()), T.StructField("x", T.StringType(), True, {"EXISTS_DEFAULT": "'was'", "CURRENT_DEFAULT": "'is'"})])).parquet(W + "/ad_declared_p").orderBy("id").collect()
>>> shutil.rmtree(W + "/ad_declared")
>>> shutil.rmtree(W + "/ad_declared_p")
=== added_default_json_nulls
DROP TABLE IF EXISTS ad_jn
CREATE TABLE ad_jn (a INT, c INT DEFAULT 9) USING json
ALTER TABLE ad_jn ADD COLUMN b INT DEFAULT 42
ALTER TABLE ad_jn ALTER COLUMN b DROP DEFAULT
INSERT INTO ad_jn VALUES (1, NULL, NULL)
>>> [r.value for r in spark.read.text(W + "/ad_jn").collect()]
SELECT * FROM ad_jn
SET spark.sql.jsonGenerator.writeNullIfWithDefaultValue = false
INSERT INTO ad_jn VALUES (2, NULL, NULL)
>>> sorted([r.value for r in spark.read.text(W + "/ad_jn").collect()])
RESET spark.sql.jsonGenerator.writeNullIfWithDefaultValue
INSERT INTO ad_jn SELECT a + 10, c, b FROM ad_jn WHERE a = 1
>>> sorted([r.value for r in spark.read.text(W + "/ad_jn").collect()])
>>> spark.table("ad_jn").write.mode("overwrite").json(W + "/ad_jn2")
>>> sorted([r.value for r in spark.read.text(W + "/ad_jn2").collect()])
>>> shutil.rmtree(W + "/ad_jn2")
DROP TABLE ad_jn
=== added_default_not_enabled
SET spark.sql.defaultColumn.enabled = false
CREATE TABLE ad_w (a INT DEFAULT 5) USING parquet
CREATE TABLE ad_w (a INT) USING parquet
ALTER TABLE ad_w ADD COLUMN b INT DEFAULT 6
INSERT INTO ad_w VALUES (DEFAULT)
RESET spark.sql.defaultColumn.enabled
DROP TABLE IF EXISTS ad_w

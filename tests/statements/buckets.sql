-- Tables of files in buckets: which file a row goes to, and what is said of it.
=== buckets
DROP DATABASE IF EXISTS pfx_d CASCADE
CREATE DATABASE pfx_d
USE pfx_d
CREATE TABLE b (id INT, s STRING, p INT) USING parquet PARTITIONED BY (p) CLUSTERED BY (id) SORTED BY (s) INTO 4 BUCKETS
INSERT INTO b SELECT CAST(id AS INT), concat('s', id), CAST(id % 2 AS INT) FROM range(12)
SELECT id, p, regexp_extract(_metadata.file_name, '_([0-9]+)', 1) AS bucket, pmod(hash(id), 4) AS h FROM b ORDER BY id
DESCRIBE EXTENDED b
SHOW CREATE TABLE b
INSERT OVERWRITE b PARTITION (p=1) VALUES (100, 'x')
SELECT id, p, regexp_extract(_metadata.file_name, '_([0-9]+)', 1) AS bucket FROM b ORDER BY id
CREATE TABLE c USING json CLUSTERED BY (k) INTO 3 BUCKETS AS SELECT id AS k, CAST(id AS STRING) AS v FROM range(9)
SELECT k, v, regexp_extract(_metadata.file_name, '_([0-9]+)', 1) AS bucket, pmod(hash(k), 3) AS h FROM c ORDER BY k
>>> spark.range(10).selectExpr("id", "id % 3 AS g", "concat('n', id) AS n").write.format("csv").bucketBy(5, "n", "g").sortBy("id").saveAsTable("d")
SELECT id, regexp_extract(_metadata.file_name, '_([0-9]+)', 1) AS bucket, pmod(hash(n, g), 5) AS h FROM d ORDER BY id
SHOW CREATE TABLE d
>>> spark.range(10, 12).selectExpr("id", "id % 3 AS g", "concat('n', id) AS n").write.format("csv").bucketBy(5, "n", "g").sortBy("id").mode("append").saveAsTable("d")
>>> spark.range(10, 12).selectExpr("id", "id % 3 AS g", "concat('n', id) AS n").write.format("csv").bucketBy(4, "n").mode("append").saveAsTable("d")
>>> spark.range(12, 14).selectExpr("id", "id % 3 AS g", "concat('n', id) AS n").write.format("csv").mode("append").saveAsTable("d")
>>> spark.range(14, 16).selectExpr("id", "id % 3 AS g", "concat('n', id) AS n").write.insertInto("d")
SELECT id, regexp_extract(_metadata.file_name, '_([0-9]+)', 1) AS bucket, pmod(hash(n, g), 5) AS h FROM d WHERE id > 9 ORDER BY id
>>> spark.range(3).write.bucketBy(2, "nope").format("parquet").saveAsTable("e")
>>> spark.range(3).write.bucketBy(0, "id").format("parquet").saveAsTable("e")
>>> spark.range(3).write.bucketBy(2, "id").sortBy("zz").format("parquet").saveAsTable("e")
>>> spark.range(3).write.bucketBy(2, "id").format("text").saveAsTable("e")
>>> spark.range(3).write.sortBy("id").format("parquet").saveAsTable("e")
>>> spark.range(3).write.bucketBy(2, "id").partitionBy("id").format("parquet").saveAsTable("e")
>>> spark.range(3).selectExpr("id", "id k").write.bucketBy(2, "id").partitionBy("k").format("parquet").saveAsTable("e")
>>> spark.range(3).write.bucketBy(100001, "id").format("parquet").saveAsTable("f")
>>> spark.sql("SELECT named_struct('x', 1) s").write.bucketBy(2, "s").format("parquet").saveAsTable("g")
>>> spark.sql("SELECT cast(null as string) s union all select 'a'").write.bucketBy(3, "s").format("parquet").saveAsTable("h")
SELECT s, regexp_extract(_metadata.file_name, '_([0-9]+)', 1) AS bucket, pmod(hash(s), 3) AS h FROM h ORDER BY s
ALTER TABLE b ADD COLUMN z INT
TRUNCATE TABLE b
SELECT * FROM b
INSERT INTO b VALUES (1, 'a', 5, 6)
SELECT id, regexp_extract(_metadata.file_name, '_([0-9]+)', 1) AS bucket FROM b
CREATE TABLE l LIKE b
DROP DATABASE pfx_d CASCADE

-- Names that meet: columns of views, a database called as the server.
=== names_that_meet
CREATE VIEW nm_v AS SELECT 1 AS a, 2 AS A
CREATE VIEW nm_v (x, X) AS SELECT 1, 2
CREATE TEMP VIEW nm_t AS SELECT 1 AS a, 2 AS A
CREATE TEMP VIEW nm_t (b, B) AS SELECT 1, 2
CREATE GLOBAL TEMP VIEW nm_g AS SELECT 1 AS a, 2 AS a
SELECT * FROM nm_t
>>> spark.sql("SELECT 1 AS a, 2 AS A").createOrReplaceTempView("nm_t")
SELECT count(*) FROM nm_t
>>> spark.catalog.dropTempView("nm_t")
DROP DATABASE IF EXISTS piezo CASCADE
CREATE DATABASE piezo
CREATE TABLE piezo.t (i INT) USING parquet
INSERT INTO piezo.t VALUES (1)
SELECT * FROM piezo.t
>>> sorted(os.listdir(W + "/piezo.db"))
DROP DATABASE piezo CASCADE

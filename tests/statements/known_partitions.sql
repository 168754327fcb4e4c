-- Which partitions of a table of files the catalog knows, and where they lie.
=== known_partitions_registry
DROP DATABASE IF EXISTS pfx_a CASCADE
CREATE DATABASE pfx_a
USE pfx_a
CREATE TABLE t (v INT, p INT, q STRING) USING parquet PARTITIONED BY (p, q)
INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')
SHOW PARTITIONS t
>>> spark.sql("SELECT 7 AS v").write.parquet(W + "/pfx_a.db/t/p=3/q=c")
SELECT * FROM t ORDER BY v
SHOW PARTITIONS t
DESC EXTENDED t PARTITION (p=3, q='c')
MSCK REPAIR TABLE t
SELECT * FROM t ORDER BY v
SHOW PARTITIONS t
>>> shutil.rmtree(W + "/pfx_a.db/t/p=3/q=c")
SHOW PARTITIONS t
MSCK REPAIR TABLE t DROP PARTITIONS
SHOW PARTITIONS t
>>> spark.sql("SELECT 7 AS v").write.parquet(W + "/pfx_a.db/t/p=3/q=c")
MSCK REPAIR TABLE t DROP PARTITIONS
SHOW PARTITIONS t
MSCK REPAIR TABLE t SYNC PARTITIONS
SHOW PARTITIONS t
>>> spark.sql("SELECT 8 AS v").write.parquet(W + "/elsewhere1")
ALTER TABLE t ADD PARTITION (p=4, q='d') LOCATION 'elsewhere_rel'
DESC EXTENDED t PARTITION (p=4, q='d')
>>> spark.sql("ALTER TABLE t ADD PARTITION (p=5, q='e') LOCATION '%s/elsewhere1' PARTITION (p=6, q='f')" % W)
SELECT * FROM t ORDER BY v
SHOW PARTITIONS t
INSERT INTO t PARTITION (p=5, q='e') VALUES (9)
INSERT INTO t VALUES (10, 5, 'e'), (11, 4, 'd')
SELECT * FROM t ORDER BY v
>>> (sorted(f for f in os.listdir(W + "/pfx_a.db/t") if f[0] not in "._"), len([f for f in os.listdir(W + "/elsewhere1") if f.endswith("parquet")]))
SELECT v, p, q, replace(_metadata.file_path, current_database(), 'DB') LIKE '%elsewhere1%' AS x FROM t ORDER BY v
INSERT OVERWRITE t PARTITION (p=5, q='e') VALUES (12)
SELECT * FROM t ORDER BY v
>>> (len([f for f in os.listdir(W + "/elsewhere1") if f.endswith("parquet")]), os.path.exists(W + "/pfx_a.db/t/p=5"))
ALTER TABLE t PARTITION (p=1, q='a') SET LOCATION 'elsewhere2'
SELECT * FROM t ORDER BY v
ALTER TABLE t PARTITION (p=9, q='a') SET LOCATION 'elsewhere2'
SHOW TABLE EXTENDED LIKE 't' PARTITION (p=5, q='e')
ALTER TABLE t DROP PARTITION (p=5, q='e')
>>> (os.path.exists(W + "/elsewhere1"))
SHOW PARTITIONS t
ALTER TABLE t DROP PARTITION (p=5)
ALTER TABLE t DROP PARTITION (p='02', q='b')
SHOW PARTITIONS t
INSERT OVERWRITE t VALUES (20, 8, 'h')
SHOW PARTITIONS t
SELECT * FROM t ORDER BY v
TRUNCATE TABLE t PARTITION (p='08', q='h')
SHOW PARTITIONS t
SELECT * FROM t ORDER BY v
TRUNCATE TABLE t PARTITION (p='08')
TRUNCATE TABLE t PARTITION (p='x', q='h')
TRUNCATE TABLE t PARTITION (p=77, q='h')
INSERT INTO t VALUES (21, null, 'h'), (22, 9, null)
SHOW PARTITIONS t
DESC EXTENDED t PARTITION (p=null, q='h')
ALTER TABLE t DROP PARTITION (p=null, q='h')
SHOW PARTITIONS t
TRUNCATE TABLE t
SHOW PARTITIONS t
ALTER TABLE t PARTITION (p=8, q='h') RENAME TO PARTITION (p=88, q='hh')
SHOW PARTITIONS t
INSERT INTO t PARTITION (p=10, q='z') SELECT 1 WHERE false
SHOW PARTITIONS t
INSERT OVERWRITE t PARTITION (p=88, q) SELECT 1, 'new'
SHOW PARTITIONS t
DROP TABLE t
DROP DATABASE pfx_a CASCADE
=== known_partitions_external
DROP DATABASE IF EXISTS pfx_b CASCADE
CREATE DATABASE pfx_b
USE pfx_b
>>> spark.sql("SELECT 1 AS v, 1 AS p UNION ALL SELECT 2, 2").write.partitionBy("p").parquet(W + "/pfx_ext1")
>>> spark.sql("CREATE TABLE e (v INT, p INT) USING parquet PARTITIONED BY (p) LOCATION '%s/pfx_ext1'" % W)
SELECT * FROM e
>>> spark.sql("CREATE TABLE e2 USING parquet LOCATION '%s/pfx_ext1'" % W)
DESC e2
SELECT * FROM e2
SHOW PARTITIONS e2
INSERT INTO e VALUES (3, 1)
SELECT * FROM e ORDER BY v
SHOW PARTITIONS e
SELECT * FROM e2 ORDER BY v
ALTER TABLE e RECOVER PARTITIONS
SELECT * FROM e ORDER BY v
ALTER TABLE e DROP PARTITION (p=1)
SELECT * FROM e ORDER BY v
>>> (os.path.exists(W + "/pfx_ext1/p=1"))
ALTER TABLE e PARTITION (p=2) RENAME TO PARTITION (p=3)
SELECT * FROM e ORDER BY v
SHOW PARTITIONS e
>>> (sorted(f for f in os.listdir(W + "/pfx_ext1") if f[0] not in "._"))
MSCK REPAIR TABLE e
SELECT * FROM e ORDER BY v
INSERT OVERWRITE e VALUES (5, 5)
SHOW PARTITIONS e
>>> (sorted(f for f in os.listdir(W + "/pfx_ext1") if f[0] not in "._"))
SELECT * FROM e ORDER BY v
TRUNCATE TABLE e
MSCK REPAIR TABLE e2
SELECT * FROM e2
>>> spark.sql("SELECT 1 AS v, 1 AS p UNION ALL SELECT 2, 2").write.partitionBy("p").format("parquet").saveAsTable("m1")
SHOW PARTITIONS m1
>>> spark.sql("SELECT 3 AS v, 3 AS p").write.partitionBy("p").mode("append").format("parquet").saveAsTable("m1")
SHOW PARTITIONS m1
>>> spark.sql("SELECT 4 AS v, 4 AS p").write.mode("append").insertInto("m1")
SHOW PARTITIONS m1
SET spark.sql.sources.partitionOverwriteMode=dynamic
INSERT OVERWRITE m1 VALUES (44, 4)
SELECT * FROM m1 ORDER BY v
SHOW PARTITIONS m1
RESET spark.sql.sources.partitionOverwriteMode
CREATE TABLE c1 USING csv PARTITIONED BY (p) AS SELECT 1 AS v, 'x' AS p
SHOW PARTITIONS c1
>>> spark.sql("SELECT 9 AS v").write.mode("append").csv(W + "/pfx_b.db/c1/p=y")
SELECT * FROM c1
REFRESH TABLE c1
SELECT * FROM c1
>>> spark.catalog.recoverPartitions("c1")
SELECT * FROM c1 ORDER BY v
ALTER TABLE c1 SET LOCATION 'other_c1'
SELECT * FROM c1 ORDER BY v
SHOW PARTITIONS c1
CREATE TABLE l1 LIKE m1
SHOW PARTITIONS l1
SELECT * FROM m1 ORDER BY v
ALTER TABLE m1 PARTITION (p=1) RENAME TO PARTITION (p='01')
ALTER TABLE m1 ADD PARTITION (p='x')
ALTER TABLE m1 ADD PARTITION (p='07')
SHOW PARTITIONS m1
ALTER TABLE m1 ADD PARTITION (p=7)
ALTER TABLE m1 ADD IF NOT EXISTS PARTITION (p=7) PARTITION (p=8)
SHOW PARTITIONS m1
ALTER TABLE m1 DROP PARTITION (p=7), PARTITION (p=8), PARTITION (p=99)
ALTER TABLE m1 DROP IF EXISTS PARTITION (p=7), PARTITION (p=8), PARTITION (p=99)
SHOW PARTITIONS m1
ALTER TABLE m1 ADD PARTITION (p=8) PARTITION (p=8)
SELECT count(*) FROM m1
SELECT * FROM m1 ORDER BY v
SHOW PARTITIONS m1
DROP DATABASE pfx_b CASCADE
>>> shutil.rmtree(W + "/pfx_ext1")
=== known_partitions_odd
DROP DATABASE IF EXISTS pfx_c CASCADE
CREATE DATABASE pfx_c
USE pfx_c
CREATE TABLE t (v INT, p INT) USING parquet PARTITIONED BY (p)
>>> spark.sql("SELECT 7 AS v").write.parquet(W + "/pfx_c.db/t/p=01")
>>> spark.sql("SELECT 8 AS v").write.parquet(W + "/pfx_c.db/t/P=2")
>>> os.makedirs(W + "/pfx_c.db/t/p=5")
>>> os.makedirs(W + "/pfx_c.db/t/_p=6")
>>> os.makedirs(W + "/pfx_c.db/t/x=6")
>>> os.makedirs(W + "/pfx_c.db/t/noeq")
MSCK REPAIR TABLE t
SHOW PARTITIONS t
SELECT * FROM t ORDER BY v
>>> os.makedirs(W + "/pfx_c.db/t/p=x")
MSCK REPAIR TABLE t
SHOW PARTITIONS t
SHOW PARTITIONS t PARTITION (p='05')
SHOW PARTITIONS t PARTITION (p='x')
SET spark.sql.hive.manageFilesourcePartitions=false
SHOW PARTITIONS t
CREATE TABLE u (v INT, p INT) USING parquet PARTITIONED BY (p)
INSERT INTO u VALUES (1, 1)
SHOW PARTITIONS u
SELECT * FROM u
MSCK REPAIR TABLE u
ALTER TABLE u ADD PARTITION (p=2)
ALTER TABLE u DROP PARTITION (p=2)
RESET spark.sql.hive.manageFilesourcePartitions
SHOW PARTITIONS u
SELECT * FROM u
ALTER TABLE u ADD PARTITION (p=2)
MSCK REPAIR TABLE u
CREATE TABLE d (v INT, p DATE, q DOUBLE, r TIMESTAMP, s BOOLEAN, w DECIMAL(5,2)) USING json PARTITIONED BY (p, q, r, s, w)
INSERT INTO d VALUES (1, DATE'2020-01-01', 1.5D, TIMESTAMP'2020-01-01 01:02:03', true, 1.20)
SHOW PARTITIONS d
SELECT * FROM d
ALTER TABLE d ADD PARTITION (p='2020-1-2', q='1.50', r='2020-01-01', s='TRUE', w='1.2')
ALTER TABLE d ADD PARTITION (p=DATE'2020-01-03', q=1, r=TIMESTAMP'2020-01-01 00:00:00', s=false, w=3)
SHOW PARTITIONS d
ALTER TABLE d DROP PARTITION (p=DATE'2020-01-03', q=1, r=TIMESTAMP'2020-01-01 00:00:00', s=false, w=3.00)
SHOW PARTITIONS d
TRUNCATE TABLE d PARTITION (w='1.2', s=TRUE)
SELECT * FROM d
INSERT OVERWRITE d PARTITION (p='2020-1-2', q='1.50', r='2020-01-01', s='TRUE', w='1.2') VALUES (3)
SHOW PARTITIONS d
SELECT * FROM d
INSERT OVERWRITE d PARTITION (p='2020-1-2', q='1.50', r='2020-01-01', s='TRUE', w='1.2') IF NOT EXISTS VALUES (4)
SELECT * FROM d
CREATE TABLE x (v INT, q STRING, p INT) USING csv PARTITIONED BY (p, q)
INSERT INTO x PARTITION (p=1, q='') VALUES (1)
INSERT INTO x PARTITION (p=1, q='a/b=c d%') VALUES (2)
SHOW PARTITIONS x
SELECT * FROM x ORDER BY v
ALTER TABLE x ADD PARTITION (p=2, q='')
ALTER TABLE x DROP PARTITION (p=1, q='a/b=c d%')
SHOW PARTITIONS x
INSERT OVERWRITE x PARTITION (q='k', p) VALUES (7, 8)
SHOW PARTITIONS x
CACHE TABLE x
INSERT INTO x PARTITION (p=3, q='n') VALUES (9)
SELECT * FROM x ORDER BY v
ALTER TABLE x DROP PARTITION (p=3, q='n')
SELECT * FROM x ORDER BY v
ALTER TABLE x ADD COLUMN z INT
SHOW PARTITIONS x
ALTER TABLE x DROP PARTITION (p=8, q='k') PURGE
SHOW PARTITIONS x
ALTER TABLE x ADD PARTITION (p=1)
ALTER TABLE x PARTITION (p=1) SET LOCATION 'z'
ALTER TABLE x ADD PARTITION (p=1, nope=2)
DROP DATABASE pfx_c CASCADE

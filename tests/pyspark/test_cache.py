"""Kept rows: persist, CACHE TABLE, checkpoints.  What is cached, and what a change below does to it, is as real Spark 4.3 answers."""
import contextlib
import gc
import hashlib
import io
import os
import re
import threading
import time

import pytest
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from conftest import Server

NONE, DEFAULT = StorageLevel(False, False, False, False, 1), StorageLevel(True, True, False, True, 1)


def explained(df, mode="simple"):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        df.explain(mode)
    return text.getvalue()


def reads_kept(df):
    return "InMemoryTableScan" in explained(df)


def count_lines(log, pattern):
    with open(log) as f:
        return len(re.findall(pattern, f.read()))


@contextlib.contextmanager
def kept(df, *level):
    df.persist(*level)
    try:
        yield df
    finally:
        df.unpersist()


def csv_file(path, *numbers):
    path.write_text("".join(f"{n}\n" for n in numbers))
    return str(path)


# ---- what is kept, and how

def test_levels(spark):
    df = spark.range(4001).withColumn("x", F.col("id") + 1)
    assert df.storageLevel == NONE
    with kept(df, StorageLevel.MEMORY_AND_DISK_2):
        assert df.storageLevel == StorageLevel.MEMORY_AND_DISK_2
        assert df.persist(StorageLevel.DISK_ONLY).storageLevel == StorageLevel.MEMORY_AND_DISK_2
    assert df.storageLevel == NONE
    assert df.persist(NONE).storageLevel == NONE
    with kept(df):
        assert df.storageLevel == StorageLevel(True, True, False, True, 1)


def test_equal_plans_are_one(spark, new_session):
    df = spark.range(4002).withColumn("x", F.col("id") + 1)
    other = new_session()
    with kept(df):
        assert spark.range(4002).withColumn("y", F.col("id") + 1).storageLevel == DEFAULT
        assert spark.range(4002).select("id", (F.lit(1) + F.col("id")).alias("z")).storageLevel == DEFAULT
        assert other.range(4002).withColumn("x", F.col("id") + 1).storageLevel == DEFAULT
        assert spark.range(4002).withColumn("x", F.col("id") + 2).storageLevel == NONE
        assert spark.range(4003).withColumn("x", F.col("id") + 1).storageLevel == NONE
        other.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
        assert other.range(4002).withColumn("x", F.col("id") + 1).storageLevel == DEFAULT
        other.conf.set("spark.sql.ansi.enabled", "false")
        assert other.range(4002).withColumn("x", F.col("id") + 1).storageLevel == NONE


def test_time_zone_counts_where_it_matters(spark, new_session):
    other = new_session()
    other.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    for expression in ("hour(timestamp_seconds(id))", "from_unixtime(id)", "cast(timestamp_seconds(id) AS string)"):
        df = spark.range(3).selectExpr(f"{expression} AS h")
        plain = other.range(3).selectExpr(f"{expression} AS h").collect()
        with kept(df):
            df.count()
            assert other.range(3).selectExpr(f"{expression} AS h").collect() == plain != df.collect()


def test_field_names_are_part_of_values(spark):
    with kept(spark.range(2).selectExpr("to_json(struct(id AS a)) AS j")) as df:
        df.count()
        assert spark.range(2).selectExpr("to_json(struct(id AS b)) AS j").collect() == [Row(j='{"b":0}'), Row(j='{"b":1}')]


@pytest.mark.parametrize("use", [
    lambda df: df.groupBy("a").count(),
    lambda df: df.select("id", "b").filter("id > 3"),
    lambda df: df.withColumn("c", F.col("a") * 2).withColumn("d", F.col("c") + 1),
    lambda df: df.join(df.select("id", F.col("b").alias("bb")), "id"),
    lambda df: df.union(df),
    lambda df: df.orderBy(F.desc("id")).limit(3),
])
def test_parts_of_other_plans(spark, use):
    base = spark.range(991).withColumn("a", F.lit(1)).join(spark.range(991).withColumn("b", F.lit(2)), "id")
    plain = sorted(use(base).collect())
    assert not reads_kept(use(base))
    with kept(base) as df:
        assert reads_kept(use(df)) and sorted(use(df).collect()) == plain
        assert reads_kept(use(df).agg(F.count("*")))
    assert not reads_kept(use(base)) and sorted(use(base).collect()) == plain


def test_long_chains_of_columns(spark):
    df = spark.range(10)
    for i in range(60):
        df = df.withColumn(f"c{i}", F.col("id") + i)
    with kept(df):
        df.count()
        longer = df
        for i in range(60, 120):
            longer = longer.withColumn(f"c{i}", F.col("c59") + i)
        assert reads_kept(longer) and longer.tail(1)[0]["c119"] == 9 + 59 + 119


def test_subqueries_and_ctes(spark):
    with kept(spark.range(50).withColumn("k", F.col("id") % 7)) as df:
        df.createOrReplaceTempView("kept_v")
        queries = ["SELECT id, (SELECT max(k) FROM kept_v) AS m FROM range(2)", "SELECT id FROM range(60) WHERE id IN (SELECT k FROM kept_v)",
                   "WITH c AS (SELECT * FROM kept_v) SELECT count(*) AS n FROM c AS x JOIN c AS y USING (id)",
                   "SELECT id FROM range(9) AS r WHERE EXISTS (SELECT 1 FROM kept_v WHERE kept_v.id = r.id * 7)"]
        answers = [sorted(spark.sql(q).collect()) for q in queries]
        engine = [explained(spark.sql(q), "codegen") for q in queries]
        assert all("_piezo_memory" in e for e in engine)
    assert [sorted(spark.sql(q).collect()) for q in queries] == answers
    assert not any("_piezo_memory" in explained(spark.sql(q), "codegen") for q in queries)
    spark.catalog.dropTempView("kept_v")


def test_all_types_and_shapes(spark):
    queries = ["SELECT null AS v, 1 AS a, 1 AS a", "SELECT 1 WHERE false", "SELECT named_struct('x', 1, 'x', array(map('k', 1.50))) AS s",
               "SELECT timestamp'2020-01-01 00:00:00' AS t, timestamp_ntz'2020-01-01 00:00:00' AS n, date'2020-02-29' AS d, interval '1' day AS i, "
               "cast(interval '3' month AS string) AS m, X'00ff' AS b, 1.5D AS f, cast(1 AS decimal(38, 10)) AS dec, parse_json('{\"a\":1}') AS v",
               "SELECT * FROM VALUES (3, 'c'), (1, 'a'), (2, null) AS t(n, s) ORDER BY n DESC"]
    for q in queries:
        plain = spark.sql(q)
        rows, schema = str(plain.collect()), plain.schema
        with kept(spark.sql(q)) as df:
            df.count()
            assert reads_kept(spark.sql(q)) and str(spark.sql(q).collect()) == rows and spark.sql(q).schema == schema
    with kept(spark.range(5).select()) as df:
        assert df.count() == 5 and df.collect() == [Row()] * 5


def test_decimal_products_in_full_width(spark):
    df = spark.sql("SELECT sum(cast(id AS decimal(20, 4)) * cast(99999999999999.1234 AS decimal(18, 4)) * 1000) AS s FROM range(1000)")
    plain = df.collect()
    with kept(df):
        assert df.collect() == plain


def test_explain(spark):
    with kept(spark.range(7771).withColumn("a", F.col("id") * 3)) as df:
        lines = re.sub(r"#\d+L?", "#", explained(df)).splitlines()
        assert lines[:4] == ["== Physical Plan ==", "InMemoryTableScan [id#, a#]",
                             "   +- InMemoryRelation [id#, a#], StorageLevel(disk, memory, deserialized, 1 replicas)",
                             "         +- Project [id#, (id# * cast(3 as bigint)) AS a#]"]
        text = explained(df.filter("id > 3"), "extended")
        analyzed, optimized = text.split("== Analyzed Logical Plan ==")[1].split("== Optimized Logical Plan ==")
        assert "InMemoryRelation" not in analyzed and "+- InMemoryRelation [" in optimized
        formatted = explained(df.filter("id > 3"), "formatted")
        assert re.search(r"\+- InMemoryTableScan \(\d\)\n +\+- InMemoryRelation \(\d\)\n", formatted)
        assert "InMemoryRelation" in explained(df, "cost")


# ---- rows are read once

def test_filled_lazily_and_once(spark, tmp_path):
    path = csv_file(tmp_path / "n.csv", 1, 2, 3)
    df = spark.read.schema("n int").csv(path)
    with kept(df.agg(F.sum("n").alias("s"))) as total:
        csv_file(tmp_path / "n.csv", 10, 20)
        assert total.collect() == [Row(s=30)]          # nothing was read by persist()
        csv_file(tmp_path / "n.csv", 7)
        assert total.collect() == [Row(s=30)] and spark.read.schema("n int").csv(path).agg(F.sum("n")).collect() == [Row(s=30)]
        assert spark.read.schema("n int").csv(path).collect() == [Row(n=7)]
    assert total.collect() == [Row(s=7)]


def test_many_readers_fill_once(tmp_path):
    log = tmp_path / "log"
    with Server("--warehouse", ":memory:", "--log-level", "debug", log=log) as server:
        sessions = [SparkSession.builder.remote(server.url).create() for _ in range(4)]
        frames = [s.range(300_000).selectExpr("id % 10 AS k", "sha2(cast(id AS string), 256) AS h") for s in sessions]
        frames[0].cache()
        answers = [None] * 8

        def read(i):
            answers[i] = sorted(frames[i % 4].groupBy("k").agg(F.max("h").alias("h")).collect())

        threads = [threading.Thread(target=read, args=(i,)) for i in range(8)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert count_lines(log, "event=stored_rows table") == 1 and len({str(a) for a in answers}) == 1
        frames[0].unpersist()
        assert sorted(frames[1].groupBy("k").agg(F.max("h").alias("h")).collect()) == answers[0]
        assert count_lines(log, "event=stored_rows_dropped") == 1
        [s.stop() for s in sessions]


def test_what_fails_is_not_kept(spark):
    df = spark.range(1000).selectExpr("id", "1 div (id - 999) AS q")
    with kept(df):
        for _ in range(2):
            with pytest.raises(PySparkException, match="DIVIDE_BY_ZERO"):
                df.count()
            with pytest.raises(PySparkException, match="DIVIDE_BY_ZERO"):
                df.agg(F.sum("q")).collect()
        assert df.storageLevel == DEFAULT


def test_interrupted_filling_leaves_nothing(spark, new_session):
    slow = "SELECT count(*) AS n FROM range(400000) AS a JOIN range(400000) AS b ON a.id + b.id < 3"
    one, two = new_session(), new_session()
    df = one.sql(slow)
    df.cache()
    outcome = {}

    def run(name, session):
        try:
            outcome[name] = session.sql(slow).collect()
        except PySparkException as e:
            outcome[name] = e.getCondition()

    first = threading.Thread(target=run, args=("first", one))
    first.start()
    time.sleep(0.5)
    second = threading.Thread(target=run, args=("second", two))
    second.start()
    time.sleep(0.5)
    two.interruptAll()                                  # the one that waits
    second.join(20)
    assert outcome == {"second": "OPERATION_CANCELED"}
    one.interruptAll()                                  # the one that fills
    first.join(20)
    assert outcome == {"second": "OPERATION_CANCELED", "first": "OPERATION_CANCELED"}
    assert one.range(3).count() == 3 and df.storageLevel == DEFAULT
    df.unpersist()


def batches(df):
    """Rows of each Arrow table, as they come."""
    for part in df.sparkSession.client.to_table_as_iterator(df._plan.to_proto(df.sparkSession.client), {}):
        if hasattr(part, "num_rows"):
            yield part.num_rows


def test_unpersist_while_reading(spark):
    df = spark.range(8_000_000).withColumn("x", F.col("id") * 2)
    df.cache()
    df.count()
    rows = batches(df)
    first = next(rows)
    df.unpersist()
    assert not reads_kept(df) and 0 < first < 8_000_000 and first + sum(rows) == 8_000_000


def test_kept_past_the_session(spark, url):
    other = SparkSession.builder.remote(url).create()
    df = other.createDataFrame([(1, "a"), (2, "b")], "n int, s string").groupBy("s").agg(F.sum("n").alias("t"))
    lazily = other.range(4444).selectExpr("id + 5 AS v")
    df.cache(), df.count(), lazily.cache()
    other.stop()
    again = spark.createDataFrame([(1, "a"), (2, "b")], "n int, s string").groupBy("s").agg(F.sum("n").alias("t"))
    assert again.storageLevel == DEFAULT and sorted(again.collect()) == [Row(s="a", t=1), Row(s="b", t=2)]
    v = spark.range(4444).selectExpr("id + 5 AS v")
    assert v.storageLevel == DEFAULT and v.agg(F.sum("v")).collect()[0][0] == sum(range(5, 4449))
    again.unpersist(), v.unpersist()
    assert again.storageLevel == NONE and v.storageLevel == NONE


def test_spills_past_the_memory_limit(tmp_path):
    with Server("--warehouse", ":memory:", "--memory", "120m", "--threads", "2") as server:
        spark = SparkSession.builder.remote(server.url).create()
        df = spark.range(2_000_000).selectExpr("id", "md5(cast(id AS string)) AS h", "hash(id) AS k", "cast(id AS double) AS d")
        df.cache()
        assert df.count() == 2_000_000
        for _ in range(2):
            assert df.agg(F.sum("id").alias("s"), F.max("h").alias("h")).collect()[0]["s"] == 2_000_000 * 1_999_999 // 2
        assert df.filter("id = 1567890").collect()[0]["h"] == hashlib.md5(b"1567890").hexdigest()
        df.unpersist()
        spark.stop()


# ---- statements and the catalog

def test_cache_table(spark):
    spark.sql("CREATE OR REPLACE TEMP VIEW ct_v AS SELECT id, id * 2 AS d FROM range(5001)")
    assert spark.sql("CACHE TABLE ct_v").collect() == [] and spark.catalog.isCached("ct_v")
    assert spark.sql("SELECT id, id * 2 AS other FROM range(5001)").storageLevel == DEFAULT
    assert "_piezo_memory" in explained(spark.table("ct_v"), "codegen")       # read at once
    assert spark.sql("CACHE TABLE ct_v").collect() == []
    assert spark.sql("UNCACHE TABLE ct_v").collect() == [] and not spark.catalog.isCached("ct_v")
    assert spark.sql("UNCACHE TABLE ct_v").collect() == []
    spark.sql("CACHE LAZY TABLE ct_v OPTIONS ('storageLevel' 'disk_only')")
    assert spark.table("ct_v").storageLevel == StorageLevel.DISK_ONLY and "_piezo_memory" not in explained(spark.table("ct_v"), "codegen")
    spark.sql("CLEAR CACHE")
    assert not spark.catalog.isCached("ct_v")
    spark.catalog.dropTempView("ct_v")


def test_cache_table_as_select(spark):
    assert spark.sql("CACHE TABLE ca_x OPTIONS('storageLevel' 'MEMORY_ONLY') SELECT id FROM range(5002)").collect() == []
    assert spark.catalog.isCached("ca_x") and spark.table("ca_x").storageLevel == StorageLevel(False, True, False, True, 1)
    with pytest.raises(PySparkException, match="TEMP_TABLE_OR_VIEW_ALREADY_EXISTS"):
        spark.sql("CACHE TABLE ca_x SELECT 1 AS a")
    spark.sql("CACHE TABLE ca_n OPTIONS('storageLevel' 'NONE') SELECT 5 AS a")
    assert not spark.catalog.isCached("ca_n") and spark.table("ca_n").collect() == [Row(a=5)]
    with pytest.raises(PySparkException, match="Invalid StorageLevel: NOPE"):
        spark.sql("CACHE TABLE ca_y OPTIONS('storageLevel' 'nope') SELECT 1 AS a")
    with pytest.raises(PySparkException, match="USER_RAISED_EXCEPTION"):
        spark.sql("CACHE TABLE ca_y SELECT raise_error('boo') AS a")
    assert not spark.catalog.tableExists("ca_y")
    spark.sql("CACHE LAZY TABLE ca_y SELECT raise_error('boo') AS a")
    with pytest.raises(PySparkException, match="USER_RAISED_EXCEPTION"):
        spark.table("ca_y").collect()
    assert spark.catalog.isCached("ca_y")
    spark.sql("CACHE TABLE ca_o OPTIONS('other' 'x') SELECT 6 AS a")
    assert spark.catalog.isCached("ca_o")
    for name in ("ca_x", "ca_n", "ca_y", "ca_o"):
        spark.sql(f"UNCACHE TABLE IF EXISTS {name}")
        spark.catalog.dropTempView(name)


def test_missing_names(spark):
    for action in (lambda: spark.sql("CACHE TABLE mn_no"), lambda: spark.sql("UNCACHE TABLE mn_no"), lambda: spark.sql("REFRESH TABLE mn_no"),
                   lambda: spark.catalog.isCached("mn_no"), lambda: spark.catalog.cacheTable("mn_no"), lambda: spark.catalog.uncacheTable("mn_no"),
                   lambda: spark.catalog.refreshTable("mn_no")):
        with pytest.raises(PySparkException) as caught:
            action()
        assert caught.value.getCondition() == "TABLE_OR_VIEW_NOT_FOUND"
    assert spark.sql("UNCACHE TABLE IF EXISTS mn_no").collect() == []
    assert spark.catalog.refreshByPath("/no/such/place") is None


def test_catalog(spark):
    spark.range(5003).createOrReplaceTempView("cc_v")
    spark.catalog.cacheTable("cc_v", StorageLevel.OFF_HEAP)
    assert spark.catalog.isCached("cc_v") and spark.table("cc_v").storageLevel == StorageLevel.OFF_HEAP
    spark.catalog.uncacheTable("cc_v")
    assert not spark.catalog.isCached("cc_v")
    spark.catalog.cacheTable("cc_v")
    spark.catalog.clearCache()
    assert not spark.catalog.isCached("cc_v")
    spark.catalog.dropTempView("cc_v")


def test_views_that_go_take_what_was_kept(spark):
    df = spark.range(5553).filter("id % 2 = 0")
    df.cache()
    df.createOrReplaceTempView("vg_v")
    df.createOrReplaceTempView("vg_v")
    assert spark.catalog.isCached("vg_v")
    assert spark.catalog.dropTempView("vg_v") and df.storageLevel == NONE
    spark.sql("CREATE TEMP VIEW vg_w AS SELECT id FROM range(77)")
    spark.sql("CACHE TABLE vg_w")
    spark.sql("CREATE OR REPLACE TEMP VIEW vg_w AS SELECT id FROM range(78)")
    assert not spark.catalog.isCached("vg_w") and spark.sql("SELECT id FROM range(77)").storageLevel == NONE
    spark.sql("CACHE TABLE vg_w")
    spark.sql("DROP VIEW vg_w")
    assert spark.sql("SELECT id FROM range(78)").storageLevel == NONE


# ---- changes below

def test_files_that_change(spark, tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    csv_file(folder / "a.csv", 1, 2, 3)
    df = spark.read.schema("n int").csv(str(folder))
    with kept(df), kept(df.agg(F.sum("n").alias("s"))) as total:
        assert total.collect() == [Row(s=6)]
        csv_file(folder / "b.csv", 10)
        assert total.collect() == [Row(s=6)] and df.count() == 3
        spark.catalog.refreshByPath(str(folder))
        assert total.storageLevel == DEFAULT and total.collect() == [Row(s=16)] and df.count() == 4
        os.remove(folder / "a.csv")
        spark.sql(f"REFRESH '{folder}/b.csv'")
        assert total.collect() == [Row(s=10)]
        csv_file(folder / "c.csv", 5)
        df.createOrReplaceTempView("fc_v")
        spark.catalog.refreshTable("fc_v")
        assert total.collect() == [Row(s=15)] and reads_kept(total) and reads_kept(df)
        spark.catalog.dropTempView("fc_v")


def test_kept_parts_are_used_to_fill(spark, tmp_path):
    path = csv_file(tmp_path / "n.csv", 1, 2, 3)
    df = spark.read.schema("n int").csv(path)
    with kept(df), kept(df.agg(F.sum("n").alias("s"))) as total:
        df.count()
        csv_file(tmp_path / "n.csv", 100)
        assert total.collect() == [Row(s=6)]
        df.unpersist()
        assert total.collect() == [Row(s=6)] and df.count() == 1


# ---- checkpoints

def test_checkpoints(spark, tmp_path):
    path = csv_file(tmp_path / "n.csv", 1, 2, 3)
    eager = spark.read.schema("n int").csv(path).localCheckpoint()
    lazy = spark.read.schema("n int").csv(path).withColumn("m", F.col("n") * 2).localCheckpoint(False)
    csv_file(tmp_path / "n.csv", 50)
    assert [r.n for r in eager.collect()] == [1, 2, 3]
    assert lazy.collect() == [Row(n=50, m=100)]
    csv_file(tmp_path / "n.csv", 60)
    assert lazy.collect() == [Row(n=50, m=100)] and lazy.storageLevel == NONE
    assert "ExistingRDD" in explained(eager) and "csv" not in explained(lazy, "extended")
    with pytest.raises(PySparkException) as refused:
        eager.checkpoint()
    assert refused.value.getCondition() == "_LEGACY_ERROR_TEMP_3016"


def test_checkpoint_read_while_it_goes(spark):
    df = spark.range(8_000_000).withColumn("x", F.col("id") * 2).localCheckpoint()
    rows = batches(df)
    first = next(rows)
    del df                                              # the client lets go of it
    gc.collect()
    assert 0 < first < 8_000_000 and first + sum(rows) == 8_000_000


def test_writes_are_seen(spark, tmp_path):
    path = str(tmp_path / "p")
    spark.range(3).write.parquet(path)
    df = spark.read.parquet(path)
    with kept(df), kept(df.agg(F.sum("id").alias("s"))) as total:
        assert total.collect() == [Row(s=3)] and df.count() == 3
        spark.range(7).coalesce(1).write.mode("append").parquet(path)
        assert total.collect() == [Row(s=24)] and df.count() == 10 and df.storageLevel == DEFAULT and reads_kept(total)
        spark.range(1).write.mode("overwrite").parquet(path)
        assert total.collect() == [Row(s=0)] and spark.read.parquet(path).count() == 1


def test_tables_and_views_of_the_catalog(spark):
    spark.sql("CREATE TABLE ctv_t (a INT, b STRING)")
    spark.sql("CREATE VIEW ctv_v AS SELECT a + 1 AS a1 FROM ctv_t")
    try:
        spark.sql("CACHE TABLE ctv_t")
        spark.sql("CACHE TABLE ctv_v")
        assert reads_kept(spark.table("ctv_t")) and reads_kept(spark.table("ctv_v")) and spark.table("ctv_v").count() == 0
        spark.sql("UNCACHE TABLE ctv_t")                # and what was made of it
        assert not spark.catalog.isCached("ctv_v")
        spark.sql("CACHE TABLE ctv_v")
        spark.sql("DROP VIEW ctv_v")
        assert spark.sql("SELECT a + 1 AS a1 FROM ctv_t").storageLevel == NONE
        grouped = spark.table("ctv_t").groupBy("b").count()
        grouped.cache()
        assert grouped.collect() == [] and grouped.storageLevel == DEFAULT
        spark.sql("DROP TABLE ctv_t")
        spark.sql("CREATE TABLE ctv_t (a INT, b STRING)")
        assert grouped.storageLevel == NONE and grouped.collect() == []
    finally:
        spark.sql("DROP VIEW IF EXISTS ctv_v")
        spark.sql("DROP TABLE IF EXISTS ctv_t")

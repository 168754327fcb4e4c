"""A disk that is full, or a file that may not grow: the write fails, says so, and leaves nothing half written; what was there stays, and the
server goes on."""
import os
import resource
import subprocess
import sys

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "protocol"))
from wire import Server  # noqa: E402

LARGE = "SELECT id, sha2(CAST(id AS STRING), 512) AS h FROM range(15000)"        # 2 MB that hardly shrink
FORMATS = ["parquet", "csv", "json", "text"]


def everything(folder):
    return sorted(os.path.join(d, n) for d, dirs, files in os.walk(folder) for n in dirs + files)


def fails_to_write(action):
    with pytest.raises(PySparkException) as caught:
        action()
    assert (caught.value.getCondition(), caught.value.getSqlState()) == ("TASK_WRITE_FAILED", "58030"), str(caught.value)


def frame(spark, format):
    df = spark.sql(LARGE)
    return df.select("h") if format == "text" else df


def check(spark, folder, limit, free):
    """Every kind of write under a limit that `limit()` sets and `free()` takes away."""
    small = spark.range(10).selectExpr("CAST(id AS STRING) AS h")
    for f in FORMATS:
        small.write.format(f).save(f"{folder}/{f}")
    spark.sql(f"CREATE TABLE files (id BIGINT, h STRING) USING parquet LOCATION '{folder}/table'")
    spark.sql("INSERT INTO files SELECT 1, 'old'")
    before = everything(folder)
    limit()
    try:
        for f in FORMATS:
            fails_to_write(lambda: frame(spark, f).write.format(f).save(f"{folder}/new-{f}"))
            fails_to_write(lambda: frame(spark, f).write.format(f).mode("overwrite").save(f"{folder}/{f}"))
            fails_to_write(lambda: frame(spark, f).write.format(f).mode("append").save(f"{folder}/{f}"))
        fails_to_write(lambda: spark.sql(f"INSERT INTO files {LARGE}"))
        fails_to_write(lambda: spark.sql(f"INSERT OVERWRITE files {LARGE}"))
        fails_to_write(lambda: spark.sql(f"INSERT OVERWRITE DIRECTORY '{folder}/dir' USING csv {LARGE}"))
        fails_to_write(lambda: spark.sql(LARGE).selectExpr("*", "id % 3 AS p").write.partitionBy("p").parquet(f"{folder}/parts"))
        assert everything(folder) == before
        assert spark.table("files").collect() == [(1, "old")]
    finally:
        free()
    for f in FORMATS:
        assert spark.read.format(f).load(f"{folder}/{f}").count() == 10
        frame(spark, f).write.format(f).mode("overwrite").save(f"{folder}/{f}")
        assert spark.read.format(f).load(f"{folder}/{f}").count() == 15000
    assert [n for n in os.listdir(folder) if n.startswith(".")] == []


def test_files_that_may_not_grow(tmp_path):
    with Server("--warehouse", ":memory:") as s:
        spark = SparkSession.builder.remote(s.url).create()
        hard = resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE)[1]
        check(spark, str(tmp_path), lambda: resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (300_000, hard)),
              lambda: resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (hard, hard)))
        spark.stop()


@pytest.fixture
def disk(tmp_path):
    """A file system of 40 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)], capture_output=True).returncode != 0:
        pytest.skip("no right to mount a small file system")
    yield str(folder)
    subprocess.run(["umount", "-l", str(folder)], capture_output=True)


def test_a_full_disk(disk):
    with Server("--warehouse", ":memory:") as s:
        spark = SparkSession.builder.remote(s.url).create()
        folder = f"{disk}/d"
        os.mkdir(folder)

        def fill():
            room = os.statvfs(disk)
            with open(f"{disk}/ballast", "wb") as f:
                f.write(bytes(room.f_bavail * room.f_frsize - 400_000))

        check(spark, folder, fill, lambda: os.remove(f"{disk}/ballast"))
        spark.stop()


def test_a_native_table_on_a_full_disk(tmp_path):
    with Server("--warehouse", str(tmp_path / "w")) as s:
        spark = SparkSession.builder.remote(s.url).create()
        spark.sql("CREATE TABLE t AS SELECT 1L AS id, 'old' AS h")
        hard = resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(s.process.pid, resource.RLIMIT_FSIZE, (700_000, hard))
        for statement in (f"INSERT INTO t {LARGE}", f"INSERT OVERWRITE t {LARGE}", f"CREATE TABLE u AS {LARGE}"):
            with pytest.raises(PySparkException):
                spark.sql(statement)
        spark.stop()
    with Server("--warehouse", str(tmp_path / "w")) as s:                       # whatever became of that server
        spark = SparkSession.builder.remote(s.url).create()
        assert spark.table("t").collect() == [(1, "old")] and not spark.catalog.tableExists("u")
        spark.sql(f"INSERT INTO t {LARGE}")
        assert spark.table("t").count() == 15001
        spark.stop()

"""Reading files: compressed, broken, missing, chosen by time; partition values.  Every expectation is what real Spark 4.3 answers."""
import base64
import bz2
import gzip
import os
import zlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.errors import PySparkException
from pyspark.sql import Row

# "0\n1\n2\n" and 2,000 lines "<id % 10>,abcabcabc", as Spark writes them
SMALL = {"snappy": "AAAABgAAAAgGFDAKMQoyCg==", "lz4": "AAAABgAAAAdgMAoxCjIK"}
BIG = {"snappy": "AABdwAAABJHAuwEQMCxhYmMJAwQKMR0MADIdDAAzHQwANB0MADUdDAA2HQwANx0MADgdDAA5HQz+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAD+eAAReA==", "lz4": "AABdwAAAAJRSMCxhYmMDACcKMQwAFzIMABczDAAXNAwAFzUMABc2DAAXNwwAFzgMABc5DAAPeAD///////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////+NUGNhYmMK"}


def refused(action):
    with pytest.raises(PySparkException) as caught:
        action()
    return caught.value.getCondition(), caught.value.getMessageParameters()


@pytest.mark.parametrize("suffix,pack", [("gz", gzip.compress), ("bz2", bz2.compress), ("deflate", zlib.compress),
                                         ("gz", lambda b: gzip.compress(b[:4]) + gzip.compress(b[4:])),
                                         ("bz2", lambda b: bz2.compress(b[:4]) + bz2.compress(b[4:]))])
def test_compressed_streams(spark, tmp_path, suffix, pack):
    path = tmp_path / f"a.csv.{suffix}"
    path.write_bytes(pack(b"7\n8\n" + b"9\n" * 100_000))
    df = spark.read.schema("n int").csv(str(path))
    assert df.count() == 100_002 and df.limit(2).collect() == [Row(n=7), Row(n=8)]
    assert spark.read.option("inferSchema", True).csv(str(path)).schema.simpleString() == "struct<_c0:int>"


@pytest.mark.parametrize("codec", ["snappy", "lz4"])
def test_compressed_blocks(spark, tmp_path, codec):
    (tmp_path / f"a.csv.{codec}").write_bytes(base64.b64decode(SMALL[codec]))
    assert spark.read.schema("n int").csv(str(tmp_path)).collect() == [Row(n=0), Row(n=1), Row(n=2)]
    (tmp_path / f"a.csv.{codec}").write_bytes(base64.b64decode(BIG[codec]))
    assert spark.read.schema("a int, b string").csv(str(tmp_path)).groupBy("b").sum("a").collect() == [Row(b="abcabcabc", **{"sum(a)": 9000})]
    (tmp_path / f"a.csv.{codec}").write_bytes(base64.b64decode(BIG[codec])[:-9])
    assert refused(lambda: spark.read.schema("a int, b string").csv(str(tmp_path)).collect())[0] == "FAILED_READ_FILE.NO_HINT"


def test_other_suffixes_mean_nothing(spark, tmp_path):
    (tmp_path / "a.csv.xz").write_text("7\n8\n")
    assert spark.read.schema("n int").csv(str(tmp_path)).collect() == [Row(n=7), Row(n=8)]


def test_broken_text(spark, tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(b"notgzip")
    (tmp_path / "b.csv").write_text("1\n")
    path = str(tmp_path)
    assert refused(lambda: spark.read.schema("n int").csv(path).collect()) == ("FAILED_READ_FILE.NO_HINT", {"path": f"file://{path}/a.csv.gz"})
    reader = spark.read.option("ignoreCorruptFiles", "true")
    assert reader.schema("n int").csv(path).collect() == [Row(n=1)]
    assert spark.read.option("ignoreCorruptFiles", "true").option("inferSchema", True).csv(path).collect() == [Row(_c0=1)]
    spark.conf.set("spark.sql.files.ignoreCorruptFiles", "true")
    try:
        assert spark.read.schema("n int").csv(path).collect() == [Row(n=1)]
    finally:
        spark.conf.unset("spark.sql.files.ignoreCorruptFiles")


def test_broken_parquet(spark, tmp_path):
    (tmp_path / "a.parquet").write_text("hello parquet text")
    path, file = str(tmp_path), f"{tmp_path}/a.parquet"
    assert refused(lambda: spark.read.parquet(path).collect()) == ("FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", {"path": f"file:{file}"})
    assert refused(lambda: spark.read.schema("n int").parquet(path).collect()) == ("FAILED_READ_FILE.NO_HINT", {"path": f"file://{file}"})
    lenient = spark.read.option("ignoreCorruptFiles", "true")
    assert refused(lambda: lenient.parquet(path).collect()) == ("UNABLE_TO_INFER_SCHEMA", {"format": "Parquet"})
    assert spark.read.option("ignoreCorruptFiles", "true").schema("n int").parquet(path).collect() == []
    pq.write_table(pa.table({"n": pa.array([5], pa.int32())}), tmp_path / "b.parquet")
    assert spark.read.option("ignoreCorruptFiles", "true").parquet(path).collect() == [Row(n=5)]
    whole = (tmp_path / "b.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
    assert refused(lambda: spark.read.parquet(file).collect())[0] == "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER"


def test_files_that_go(spark, tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(f"{ord(name)}\n")
    df = spark.read.option("ignoreMissingFiles", "true").schema("n int").csv(str(tmp_path))
    assert sorted(r.n for r in df.collect()) == [97, 98]
    os.remove(tmp_path / "a.csv")
    assert df.collect() == [Row(n=98)]


def test_chosen_by_time(spark, tmp_path):
    for name, when in (("old", 1_000_000_000), ("new", 1_500_000_000)):
        (tmp_path / f"{name}.csv").write_text(f"{name}\n")
        os.utime(tmp_path / f"{name}.csv", (when, when))
    path = str(tmp_path)

    def read(**options):
        return [r.s for r in spark.read.options(**options).schema("s string").csv(path).collect()]

    assert read(modifiedAfter="2010-01-01T00:00:00") == ["new"] and read(modifiedBefore="2010-01-01T00:00:00") == ["old"]
    assert read(modifiedAfter="2050-01-01T00:00:00") == [] and sorted(read(modifiedBefore="2050-01-01T00:00:00")) == ["new", "old"]
    assert read(modifiedAfter="2001-09-09T01:46:40", timeZone="UTC") == ["new"] and read(modifiedBefore="2001-09-09T01:46:40", timeZone="UTC") == []
    assert refused(lambda: read(modifiedBefore="xx")) == ("_LEGACY_ERROR_TEMP_1294", {"strategy": "modifiedbefore", "timeString": "xx"})
    assert refused(lambda: spark.read.option("modifiedAfter", "2050-01-01T00:00:00").csv(path).count()) == ("UNABLE_TO_INFER_SCHEMA", {"format": "CSV"})


def test_partition_values(spark, tmp_path):
    (tmp_path / "p=1").mkdir()
    (tmp_path / "p=1" / "a.csv").write_text("x\n")
    path = str(tmp_path)
    assert spark.read.csv(path).schema.simpleString() == "struct<_c0:string,p:int>"
    assert spark.read.csv(f"{path}/p=1").schema.simpleString() == "struct<_c0:string>"
    assert spark.read.option("basePath", path).csv(f"{path}/p=1").schema.simpleString() == "struct<_c0:string,p:int>"
    spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    try:
        assert spark.read.csv(path).collect() == [Row(_c0="x", p="1")]
    finally:
        spark.conf.unset("spark.sql.sources.partitionColumnTypeInference.enabled")
    assert spark.read.csv(path).collect() == [Row(_c0="x", p=1)]


def test_sources_that_are_not_there(spark):
    assert refused(lambda: spark.read.format("avro").load("/x").collect()) == ("AVRO_DATA_SOURCE_NOT_ENABLED", {"provider": "avro"})
    for name in ("orc", "jdbc", "delta", "nope"):
        assert refused(lambda n=name: spark.read.format(n).load("/x").collect()) == ("DATA_SOURCE_NOT_FOUND", {"provider": name})

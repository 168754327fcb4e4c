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


def test_large_files_come_first(spark, tmp_path):
    for name, text in (("a", "1\n"), ("b", "2\n22\n"), ("c", "3\n")):
        (tmp_path / f"{name}.csv").write_text(text)
        pq.write_table(pa.table({"n": [name] * (1000 if name == "b" else 1), "m": [str(i) for i in range(1000 if name == "b" else 1)]}), tmp_path / f"{name}.parquet")
    csv = spark.read.option("pathGlobFilter", "*.csv").csv(str(tmp_path))
    assert [r[0] for r in csv.collect()] == ["2", "22", "1", "3"]
    parquet = spark.read.option("pathGlobFilter", "*.parquet").parquet(str(tmp_path))
    names = [r.n for r in parquet.collect()]
    assert names[:1000] == ["b"] * 1000 and sorted(names[1000:]) == ["a", "c"]


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
    for name in ("orc", "jdbc", "delta", "nope"):
        assert refused(lambda n=name: spark.read.format(n).load("/x").collect()) == ("DATA_SOURCE_NOT_FOUND", {"provider": name})


@pytest.mark.parametrize("format,options,condition", [
    ("csv", {"encoding": "windows-1252"}, "INVALID_PARAMETER_VALUE.CHARSET"), ("json", {"encoding": "nope"}, "INVALID_PARAMETER_VALUE.CHARSET"),
    ("csv", {"lineSep": ""}, "INVALID_LINE_SEPARATOR.EMPTY"), ("json", {"lineSep": ""}, "'lineSep' cannot be an empty string"),
    ("text", {"lineSep": ""}, "'lineSep' cannot be an empty string"), ("csv", {"sep": ""}, "Delimiter cannot be empty"),
    ("xml", {}, "XML_ROW_TAG_MISSING"),
])
def test_options_without_sense(spark, tmp_path, format, options, condition):
    (tmp_path / "a").write_text("1\n")
    with pytest.raises(PySparkException) as caught:
        spark.read.options(**options).format(format).load(str(tmp_path)).collect()
    assert condition in str(caught.value)
    if "." in condition:
        assert type(caught.value).__name__ == "IllegalArgumentException"


# ---- _metadata

FACTS = ["file_path:string", "file_name:string", "file_size:bigint", "file_block_start:bigint", "file_block_length:bigint",
         "file_modification_time:timestamp"]


@pytest.fixture
def parted(spark, tmp_path):
    for p, name, text in (("1", "a.csv", "1\n2\n"), ("b", "b.csv", "3\n")):
        (tmp_path / f"p={p}").mkdir()
        (tmp_path / f"p={p}" / name).write_text(text)
    return str(tmp_path)


def test_metadata_is_hidden_until_named(spark, parted):
    df = spark.read.schema("n int").csv(parted)
    assert df.columns == ["n", "p"] and df.select("*", "_metadata").columns == ["n", "p", "_metadata"]
    field = df.select("_metadata").schema["_metadata"]
    assert field.dataType.simpleString() == f"struct<{','.join(FACTS)}>" and not field.nullable
    assert field.metadata == {"__file_source_metadata_col": True, "__metadata_col": "_metadata"}
    assert refused(lambda: df.groupBy("n").count().select("_metadata").collect())[0] == "UNRESOLVED_COLUMN.WITH_SUGGESTION"


def test_metadata_values(spark, parted):
    df = spark.read.schema("n int").csv(parted)
    names = ["_metadata.file_name", "_metadata.file_size", "_metadata.file_block_start", "_metadata.file_block_length"]
    assert df.select("n", *names).orderBy("n").collect() == [Row(n=1, file_name="a.csv", file_size=4, file_block_start=0, file_block_length=4),
                                                             Row(n=2, file_name="a.csv", file_size=4, file_block_start=0, file_block_length=4),
                                                             Row(n=3, file_name="b.csv", file_size=2, file_block_start=0, file_block_length=2)]
    paths = {r.file_path for r in df.select("_metadata.file_path").collect()}
    assert paths == {f"file:{parted}/p=1/a.csv", f"file:{parted}/p=b/b.csv"}
    stamp = df.selectExpr("unix_millis(_metadata.file_modification_time) AS t").first().t
    assert stamp == os.stat(f"{parted}/p=1/a.csv").st_mtime_ns // 1_000_000


def test_metadata_in_other_places(spark, parted):
    df = spark.read.schema("n int").csv(parted)
    assert df.where("_metadata.file_name = 'b.csv'").collect() == [Row(n=3, p="b")]
    assert [r[0] for r in df.select("n").select("_metadata.file_name").collect()] == ["a.csv", "a.csv", "b.csv"]
    assert sorted(df.groupBy("_metadata.file_name").count().collect()) == [Row(file_name="a.csv", count=2), Row(file_name="b.csv", count=1)]
    assert spark.sql(f"SELECT _metadata.file_name, * FROM csv.`{parted}` ORDER BY 1, 2").collect()[2] == Row(file_name="b.csv", _c0="3", p="b")
    assert [r[0] for r in spark.sql(f"SELECT _metadata.file_name FROM (SELECT * FROM csv.`{parted}`)").collect()] == ["a.csv", "a.csv", "b.csv"]
    df.select("n", "_metadata.file_name").cache()
    assert df.select("n", "_metadata.file_name").filter("n = 3").collect() == [Row(n=3, file_name="b.csv")]
    df.select("n", "_metadata.file_name").unpersist()


def test_metadata_of_other_formats(spark, parted, tmp_path):
    for n in (3, 2):
        pq.write_table(pa.table({"id": pa.array(range(n), pa.int64())}), tmp_path / f"{n}.parquet")
    df = spark.read.parquet(*(str(tmp_path / f"{n}.parquet") for n in (3, 2)))
    assert df.select("_metadata").schema["_metadata"].dataType.simpleString() == f"struct<{','.join(FACTS)},row_index:bigint>"
    rows = [(r.file_name, r.row_index, r.id) for r in df.select("id", "_metadata.file_name", "_metadata.row_index").collect()]
    assert sorted(rows) == [("2.parquet", 0, 0), ("2.parquet", 1, 1), ("3.parquet", 0, 0), ("3.parquet", 1, 1), ("3.parquet", 2, 2)]
    assert df.agg({"id": "sum"}).collect()[0][0] == 4
    binary = spark.read.format("binaryFile").load(f"{parted}/p=1")
    assert binary.select("_metadata.file_name", "length").collect() == [Row(file_name="a.csv", length=4)]
    assert spark.read.text(f"{parted}/p=1").select("_metadata.file_size").distinct().collect() == [Row(file_size=4)]


def test_bytes_are_found_in_files_with_bloom_filters(spark, tmp_path):
    """A column of few different bytes gets a dictionary and a Bloom filter."""
    path = str(tmp_path / "b")
    spark.sql("SELECT unhex(repeat('ab', 32)) k, named_struct('k', unhex(repeat('ab', 32))) s, id FROM range(5000)").coalesce(1).write.parquet(path)
    bytes_ = "unhex(repeat('ab', 32))"
    for cond in (f"k = {bytes_}", f"k IN ({bytes_})", f"NOT k <> {bytes_}", f"k <=> {bytes_}", f"s.k = {bytes_}"):
        assert spark.read.parquet(path).where(cond).count() == 5000, cond
    assert spark.read.parquet(path).join(spark.sql(f"SELECT {bytes_} k"), "k").count() == 5000
    assert spark.read.parquet(path).where("k = unhex('00') OR k IS NULL").count() == 0

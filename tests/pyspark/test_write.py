"""df.write to paths: what lies in the files, what is refused, what a second writer or a failure leaves.  Expectations are what real Spark 4.3 did."""
import glob
import os

import pyarrow.parquet as pq
import pytest
from pyspark.errors import PySparkException

ROWS = """select * from values (1, 'a b', 1.5d, date'2020-01-01', timestamp'2020-01-01 01:02:03'), (2, null, null, null, null), (3, '', 0d, null, null),
 (4, ' q"x, ', 1e20, null, null) as t(a, b, c, d, e)"""
JSON = ('{"a":1,"b":"a b","c":1.5,"d":"2020-01-01","e":"2020-01-01T01:02:03.000Z"}\n{"a":2}\n{"a":3,"b":"","c":0.0}\n'
        '{"a":4,"b":" q\\"x, ","c":1.0E20}\n')
LINES = [
    ("csv", {}, ROWS, '1,a b,1.5,2020-01-01,2020-01-01T01:02:03.000Z\n2,,,,\n3,"",0.0,,\n4,"q\\"x,",1.0E20,,\n'),
    ("csv", {"header": True, "quoteAll": True, "nullValue": "NA", "emptyValue": "E", "sep": "|"}, ROWS,
     '"a"|"b"|"c"|"d"|"e"\n"1"|"a b"|"1.5"|"2020-01-01"|"2020-01-01T01:02:03.000Z"\n"2"|"NA"|"NA"|"NA"|"NA"\n"3"|"E"|"0.0"|"NA"|"NA"\n'
     '"4"|"q\\"x,"|"1.0E20"|"NA"|"NA"\n'),
    ("csv", {"ignoreLeadingWhiteSpace": False, "ignoreTrailingWhiteSpace": False, "lineSep": "\r\n", "dateFormat": "yyyyMMdd"}, ROWS,
     '1,a b,1.5,20200101,2020-01-01T01:02:03.000Z\r\n2,,,,\r\n3,"",0.0,,\r\n4," q\\"x, ",1.0E20,,\r\n'),
    ("csv", {"quoteAll": True, "nullValue": "\\N"}, r"select r'a\b' a, cast(null as string) b, r'x\' c", '"a\\\\b","\\\\N","x\\\\"\n'),
    ("csv", {}, "select cast(null as string) a", ""),
    ("csv", {"header": True}, "select 1 a where false", "a\n"),
    ("csv", {}, "select 1 a where false", ""),
    ("csv", {"header": True}, 'select 1 `a,b`, 2 `c"d`, 3 ``` e```', '"a,b","c\\"d",` e`\n1,2,3\n'),
    ("csv", {"encoding": "ISO-8859-1"}, "select 'é' a", "\xe9\n"),
    ("json", {}, ROWS, JSON),
    ("json", {"ignoreNullFields": False, "timestampFormat": "yyyy"}, "select 1 a, cast(null as int) b, timestamp'2020-05-06 00:00:00' c",
     '{"a":1,"b":null,"c":"2020"}\n'),
    ("json", {}, "select named_struct('x', array(1, null), 'y', map('a', 1)) s, x'4142' b, float('inf') f, parse_json('{\"a\":1}') va, interval 1 month m",
     """{"s":{"x":[1,null],"y":{"a":1}},"b":"QUI=","f":"Infinity","va":{"a":1},"m":"INTERVAL '1' MONTH"}\n"""),
    ("json", {}, "select cast(null as int) a", "{}\n"),
    ("text", {}, "select b from (%s)" % ROWS, 'a b\n\n\n q"x, \n'),
    ("text", {"lineSep": "@"}, "select b from (%s)" % ROWS, 'a b@@@ q"x, @'),
]
REFUSED = [
    ("parquet", "select 1 a, 2 A", {}, [], "COLUMN_ALREADY_EXISTS"),
    ("parquet", "select make_interval(1, 2) a", {}, [], "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ("parquet", "select 1 a, 'x' b", {}, ["zz"], "_LEGACY_ERROR_TEMP_1155"),
    ("parquet", "select 1 a, 'x' b", {}, ["a", "b"], "ALL_PARTITION_COLUMNS_NOT_ALLOWED"),
    ("parquet", "select 1 a, 'x' b", {}, ["a", "a"], "COLUMN_ALREADY_EXISTS"),
    ("parquet", "select array(1) a, 2 b", {}, ["a"], "INVALID_PARTITION_COLUMN_DATA_TYPE"),
    ("parquet", "select 1 a", {"compression": "foo"}, [], "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION"),
    ("csv", "select array(1) a", {}, [], "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ("csv", "select null a, 1 b", {}, [], "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ("csv", "select parse_json('1') a", {}, [], "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ("json", "select make_interval(1, 2) a", {}, [], "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ("text", "select 1 a", {}, [], "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ("text", "select 'a' a, 'b' b", {}, [], "_LEGACY_ERROR_TEMP_1290"),
    ("foo", "select 1 a", {}, [], "DATA_SOURCE_NOT_FOUND"),
    ("avro", "select 1 a", {"compression": "lz9"}, [], "CODEC_SHORT_NAME_NOT_FOUND"),
    ("avro", "select 1 `a b`", {}, [], "INVALID_COLUMN_NAME_AS_PATH"),
    ("avro", "select parse_json('1') a", {}, [], "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ("binaryFile", "select 1 a", {}, [], "UNSUPPORTED_FEATURE.WRITE_FOR_BINARY_SOURCE"),
    ("noop", "select 1 a", {}, [], "UNSUPPORTED_DATA_SOURCE_SAVE_MODE"),
]


def refused(action):
    with pytest.raises(PySparkException) as e:
        action()
    return e.value.getCondition()


def names(path):
    return sorted(os.path.relpath(f, path) for f in glob.glob(f"{path}/**", recursive=True) if os.path.isfile(f))


@pytest.mark.parametrize("format,options,query,expected", LINES, ids=range(len(LINES)))
def test_lines(spark, tmp_path, format, options, query, expected):
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.sql(query).coalesce(1).write.format(format).options(**options).save(f"{tmp_path}/out")
    assert [f for f in names(f"{tmp_path}/out") if not f.startswith("part-00000-")] == ["_SUCCESS"]
    (file,) = glob.glob(f"{tmp_path}/out/part*")
    assert open(file, "rb").read().decode("latin-1" if "encoding" in options else "utf-8") == expected


@pytest.mark.parametrize("format,query,options,parts,condition", REFUSED, ids=range(len(REFUSED)))
def test_refused(spark, tmp_path, format, query, options, parts, condition):
    writer = spark.sql(query).write.format(format).options(**options).partitionBy(*parts)
    assert refused(lambda: writer.save(f"{tmp_path}/out")) == condition
    assert os.listdir(tmp_path) == []


def test_modes(spark, tmp_path):
    path, one = f"{tmp_path}/p", spark.sql("select 1 a")
    one.write.parquet(path)
    assert refused(lambda: one.write.parquet(path)) == "PATH_ALREADY_EXISTS"
    spark.sql("select 9 a").write.mode("ignore").parquet(path)
    spark.sql("select 2 a").write.mode("append").parquet(path)
    assert sorted(r.a for r in spark.read.parquet(path).collect()) == [1, 2]
    spark.read.parquet(path).selectExpr("a + 10 a").write.mode("overwrite").parquet(path)
    assert sorted(r.a for r in spark.read.parquet(path).collect()) == [11, 12]
    assert os.listdir(tmp_path) == ["p"]


def test_failure_leaves_the_old(spark, tmp_path):
    path = f"{tmp_path}/p"
    spark.range(3).write.csv(path)
    before = names(path)
    assert refused(lambda: spark.sql("select 1 / (id - 1) a from range(3)").write.mode("overwrite").csv(path)) == "DIVIDE_BY_ZERO"
    assert refused(lambda: spark.sql("select 1 / (id - 1) a from range(3)").write.parquet(f"{tmp_path}/q")) == "DIVIDE_BY_ZERO"
    assert names(path) == before and os.listdir(tmp_path) == ["p"]


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
def test_partitions(spark, tmp_path, format):
    path = f"{tmp_path}/p"
    df = spark.sql("select * from values (1, 'a b/c=d'), (2, 'é:%'), (3, ''), (4, null), (5, 'x\"y') as t(a, b)")
    df.write.format(format).partitionBy("b").save(path)
    assert sorted(os.listdir(path)) == ["_SUCCESS", "b=__HIVE_DEFAULT_PARTITION__", "b=a b%2Fc%3Dd", "b=x%22y", "b=é%3A%25"]
    back = spark.read.format(format).schema("a int, b string").load(path)
    assert sorted((r.a, r.b) for r in back.collect()) == [(1, "a b/c=d"), (2, "é:%"), (3, None), (4, None), (5, 'x"y')]


def test_partition_values(spark, tmp_path):
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    df = spark.sql("select 1 x, timestamp'2020-01-02 03:04:05.678' a, date'2020-01-01' d, 1.50bd e, 2.5d f, true g")
    df.write.partitionBy("a", "d", "e", "f", "g").parquet(f"{tmp_path}/p")
    (file,) = glob.glob(f"{tmp_path}/p/*/*/*/*/*/*.parquet")
    assert os.path.dirname(os.path.relpath(file, f"{tmp_path}/p")) == "a=2020-01-02 03%3A04%3A05.678/d=2020-01-01/e=1.50/f=2.5/g=true"


def test_dynamic_overwrite(spark, tmp_path):
    path = f"{tmp_path}/p"
    spark.sql("select * from values (1, 1), (2, 2), (3, 3) as t(a, p)").write.partitionBy("p").parquet(path)
    new = spark.sql("select * from values (20, 2), (40, 4) as t(a, p)").write.mode("overwrite").partitionBy("p")
    new.option("partitionOverwriteMode", "dynamic").parquet(path)
    assert sorted((r.a, r.p) for r in spark.read.parquet(path).collect()) == [(1, 1), (3, 3), (20, 2), (40, 4)]
    new.option("partitionOverwriteMode", "static").parquet(path)
    assert sorted((r.a, r.p) for r in spark.read.parquet(path).collect()) == [(20, 2), (40, 4)]


@pytest.mark.parametrize("format", ["parquet", "csv"])
def test_file_counts(spark, tmp_path, format):
    spark.range(10).coalesce(1).write.format(format).option("maxRecordsPerFile", 4).save(f"{tmp_path}/m")
    assert [f.split("-")[-1][:4] for f in names(f"{tmp_path}/m") if f.startswith("part-00000-")] == ["c000", "c001", "c002"]
    spark.range(10).repartition(3).write.format(format).save(f"{tmp_path}/r")
    assert [f[:10] for f in names(f"{tmp_path}/r")[1:]] == ["part-00000", "part-00001", "part-00002"]
    spark.range(10).write.format(format).save(f"{tmp_path}/o")
    assert len(names(f"{tmp_path}/o")) == 2


@pytest.mark.parametrize("codec,suffix", [("none", ".parquet"), ("snappy", ".snappy.parquet"), ("gzip", ".gz.parquet"), ("zstd", ".zstd.parquet"), ("lz4_raw", ".lz4raw.parquet")])
def test_parquet_codecs(spark, tmp_path, codec, suffix):
    spark.range(5).write.option("compression", codec).parquet(f"{tmp_path}/p")
    (file,) = glob.glob(f"{tmp_path}/p/part*")
    assert file.endswith("-c000" + suffix)
    assert pq.read_table(file).column("id").to_pylist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("format", ["csv", "json", "text"])
@pytest.mark.parametrize("codec,suffix", [("gzip", ".gz"), ("deflate", ".deflate")])
def test_text_codecs(spark, tmp_path, format, codec, suffix):
    spark.sql("select 'abc' value").write.format(format).option("compression", codec).save(f"{tmp_path}/p")
    assert glob.glob(f"{tmp_path}/p/part*")[0].endswith(suffix)


def test_every_type_round_trip(spark, tmp_path):
    df = spark.sql("""select 1Y a, 2S b, 3 c, 4L d, 1.5f e, 2.5d f, 1.25bd g, 'x' h, x'01' i, true j, date'2020-01-01' k, timestamp'2020-01-01 00:00:00' l,
        timestamp_ntz'2020-01-01 00:00:00' m, interval 1 month n, interval 2 day o, array(named_struct('x y', 1)) p, map('k', named_struct('z', array(1, null))) q,
        named_struct('Aa', named_struct('b', null)) r, parse_json('{"a":1}') s union all select null, null, null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null, null""")
    df.write.parquet(f"{tmp_path}/p")
    back = spark.read.parquet(f"{tmp_path}/p")
    assert back.dtypes == df.dtypes
    shown = ["* except (n, s)", "cast(n as string)", "to_json(s)"]
    assert sorted(map(str, back.selectExpr(*shown).collect())) == sorted(map(str, df.selectExpr(*shown).collect()))


def test_star_in_an_expression_text(spark):
    df = spark.sql("select 1 a, 2 b, 3 c")
    assert df.selectExpr("* except (a)", "a + 1").collect() == [(2, 3, 2)]
    assert df.alias("t").selectExpr("t.*", "a").columns == ["a", "b", "c", "a"]


def test_noop(spark):
    spark.range(1000).write.format("noop").mode("overwrite").save()

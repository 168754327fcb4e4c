"""Avro files: those that another implementation and real Spark wrote are read as real Spark reads them, with every codec; what is written comes
back, under the schema that Spark writes; schemas given by hand; broken files.

data/avro holds the files, and expect.json what real Spark with its Avro module answered about them.
"""
import glob
import json
import os
import random

import pytest
from pyspark.errors import PySparkException

HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "avro")
with open(os.path.join(HERE, "expect.json"), encoding="utf-8") as f:
    EXPECT = json.load(f)
CODECS = ["uncompressed", "deflate", "snappy", "bzip2", "xz", "zstandard"]
ROWS = """SELECT 1 a, 'x' b, CAST(NULL AS DOUBLE) c, CAST(-1.25 AS DECIMAL(10,2)) d, DATE'1969-02-28' e, TIMESTAMP'2020-01-01 01:02:03.456789' f,
 TIMESTAMP_NTZ'1960-01-01 01:02:03.456789' g, array(1, NULL) h, map('k', 1) i, named_struct('x', 1, 'y', array(named_struct('z', 'q'))) j, X'CAFE' k,
 CAST(1 AS TINYINT) l, 5L m, true n, CAST(2.5 AS FLOAT) o, CAST('12345678901234567890.5' AS DECIMAL(38,4)) p, INTERVAL 1 DAY r, CAST(NULL AS VOID) v
 UNION ALL SELECT id, NULL, id / 2, NULL, NULL, NULL, NULL, array(), map(), NULL, NULL, NULL, id * 1000, false, NULL, NULL, NULL, NULL FROM range(3)"""


@pytest.fixture
def la(new_session):
    s = new_session()
    s.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    return s


def answer(df):
    return [json.loads(df.schema.json()), sorted(map(str, df.collect()))]


def condition(f):
    with pytest.raises(PySparkException) as e:
        f()
    return e.value.getCondition()


@pytest.mark.parametrize("name", sorted(EXPECT["files"]))
def test_read_as_spark_reads_it(la, name):
    assert answer(la.read.format("avro").load(os.path.join(HERE, name))) == EXPECT["files"][name]


@pytest.mark.parametrize("case", EXPECT["cases"], ids=[c["name"] for c in EXPECT["cases"]])
def test_schemas_given(la, case):
    r = la.read.format("avro").options(**case["options"])
    r = r.schema(case["schema"]) if case["schema"] else r
    def run():
        return answer(r.load(os.path.join(HERE, case["file"])))

    if case["condition"]:
        assert condition(run) == case["condition"]
    else:
        assert run() == case["answer"]


@pytest.mark.parametrize("codec", CODECS)
def test_written_comes_back(la, tmp_path, codec):
    la.sql(ROWS).coalesce(1).write.format("avro").option("compression", codec).save(f"{tmp_path}/t")
    [file] = glob.glob(f"{tmp_path}/t/*.avro")
    assert file.endswith("-c000.avro" if codec == "uncompressed" else f"-c000.{codec}.avro")
    assert answer(la.read.format("avro").load(f"{tmp_path}/t")) == EXPECT["rows"]


def test_the_schema_is_sparks(la, tmp_path):
    for i, (query, options, schema) in enumerate(EXPECT["schemas"]):
        la.sql(query).coalesce(1).write.format("avro").options(compression="uncompressed", **options).save(f"{tmp_path}/{i}")
        with open(glob.glob(f"{tmp_path}/{i}/*.avro")[0], "rb") as f:
            assert schema.encode() in f.read(), query


def test_a_file_in_parts(la, tmp_path):
    la.sql("SELECT id, 'a text of some length, number ' || id AS t FROM range(600000)").coalesce(1).write.format("avro").option("compression", "uncompressed").save(f"{tmp_path}/t")
    assert os.path.getsize(glob.glob(f"{tmp_path}/t/*.avro")[0]) > 3 * (8 << 20) - (4 << 20)
    df = la.read.format("avro").load(f"{tmp_path}/t")
    assert df.count() == 600000
    assert tuple(df.selectExpr("sum(id)", "count(DISTINCT id)", "max(t)").collect()[0]) == (179999700000, 600000, "a text of some length, number 99999")


def test_tables(la, tmp_path):
    la.sql("DROP TABLE IF EXISTS avro_t")
    la.sql(f"CREATE TABLE avro_t(a INT, b STRING, p INT) USING avro PARTITIONED BY (p) LOCATION '{tmp_path}/t'")
    la.sql("INSERT INTO avro_t VALUES (1, 'x', 1), (2, NULL, 2)")
    la.sql("INSERT OVERWRITE avro_t PARTITION (p = 2) VALUES (5, 'n')")
    assert sorted(map(tuple, la.table("avro_t").collect())) == [(1, "x", 1), (5, "n", 2)]
    assert [r.a for r in la.sql(f"SELECT a FROM avro.`{tmp_path}/t` WHERE p = 2").collect()] == [5]
    assert condition(lambda: la.sql("ALTER TABLE avro_t ADD COLUMN z INT").collect()) == "_LEGACY_ERROR_TEMP_1260"
    la.sql("DROP TABLE avro_t")


def test_a_schema_for_writing(la, tmp_path):
    schema = '{"type":"record","name":"r","fields":[{"name":"b","type":{"type":"enum","name":"e","symbols":["x","y"]}},{"name":"a","type":["null","int"]}]}'
    la.sql("SELECT 1 a, 'x' b UNION ALL SELECT NULL, 'y'").write.format("avro").option("avroSchema", schema).save(f"{tmp_path}/t")
    assert sorted(map(str, la.read.format("avro").load(f"{tmp_path}/t").collect())) == ["Row(b='x', a=1)", "Row(b='y', a=None)"]
    for i, bad in enumerate(("SELECT 1 a, 'z' b", "SELECT 1 a", "SELECT 'q' a, 'x' b")):
        assert condition(lambda: la.sql(bad).write.format("avro").option("avroSchema", schema).save(f"{tmp_path}/{i}")) == "TASK_WRITE_FAILED"
        assert not os.path.exists(f"{tmp_path}/{i}")


def test_broken_files(la, tmp_path):
    """Cut off, and with bytes changed: rows or FAILED_READ_FILE, and nothing worse."""
    with open(os.path.join(HERE, "all_null.avro"), "rb") as f:
        whole = f.read()
    rng, seen = random.Random(7), set()
    good = la.read.format("avro").load(os.path.join(HERE, "all_null.avro")).schema
    for i in range(60):
        b = bytearray(whole[: rng.randrange(len(whole))] if i % 3 == 0 else whole)
        for _ in range(i % 3 * 3):
            b[rng.randrange(len(b))] = rng.randrange(256)
        path = f"{tmp_path}/{i}.avro"
        with open(path, "wb") as f:
            f.write(b)
        try:
            la.read.format("avro").schema(good).load(path).collect()
            seen.add("rows")
        except PySparkException as e:
            assert e.getCondition() in ("FAILED_READ_FILE.NO_HINT", None), e
            seen.add("refused")
        la.read.format("avro").schema(good).option("ignoreCorruptFiles", "true").load(path).collect()
    assert "refused" in seen and la.range(3).count() == 3

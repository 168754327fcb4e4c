"""Files of real Spark 4.3.0 (tests/data/interchange) are read with its rows and schema; what Piezo writes has the same types, names and text inside.

With SPARK_URL (a Spark Connect server of Apache Spark that sees this machine's files) each also reads what the other writes.
"""
import datetime
import gzip
import json
import os

import interchange
import pyarrow.parquet as pq
import pytest
import replay


@pytest.mark.parametrize("name", interchange.CASES)
def test_files_of_spark(spark, name):
    with open(f"{interchange.DATA}/{name}.json", encoding="utf-8") as f:
        want = json.load(f)
    got = interchange.read(spark, name, f"{interchange.DATA}/{name}")
    for how in want:
        assert got[how]["schema"] == want[how]["schema"]
        assert replay.close(got[how]["rows"], want[how]["rows"]), f"wanted {want[how]['rows']}, got {got[how]['rows']}"


# By the format's own words an INT32 or INT64 without a mark is the signed integer of that width: the engine marks them, Spark does not.
# Instants are INT96 where Spark writes (spark.sql.parquet.outputTimestampType), and microseconds in UTC here: every reader knows both.
INSTANT = ("INT64", ("Timestamp(isAdjustedToUTC=true, timeUnit=microseconds, is_from_converted_type=false, force_set_converted_type=false)", "TIMESTAMP_MICROS"))
UNMARKED = {("INT32", "Int(bitWidth=32, isSigned=true)"), ("INT64", "Int(bitWidth=64, isSigned=true)")}


def columns(path):
    """Every leaf of a Parquet file as other engines see it, but for what the engine writes its own way: any column may hold nulls, decimals that
    fit no integer take 16 bytes.  A column of type VOID has no values; Piezo leaves it to the schema of Spark."""
    s, out = pq.ParquetFile(path).schema, []
    for c in (s.column(i) for i in range(len(s))):
        marked = (c.physical_type, str(c.logical_type)) not in UNMARKED
        kind = (str(c.logical_type), str(c.converted_type)) if marked else ("None", "NONE")
        digits = (c.precision, c.scale) if "Decimal" in kind[0] else ()
        physical, kind = INSTANT if c.physical_type == "INT96" else (c.physical_type, kind)
        if kind[0] != "Null":
            out.append((c.path, physical, kind, c.max_repetition_level, digits))
    return out


def without_nulls(s):
    """A schema without what it says of nulls: files hold columns that may be null, whatever was written."""
    if isinstance(s, dict):
        return {k: without_nulls(v) for k, v in s.items() if k not in ("nullable", "containsNull", "valueContainsNull")}
    return [without_nulls(x) for x in s] if isinstance(s, list) else s


def spark_schema(path):
    return without_nulls(json.loads(pq.ParquetFile(path).metadata.metadata[b"org.apache.spark.sql.parquet.row.metadata"]))


def bare(v):
    """INT96 is read without its zone, and with nanoseconds."""
    if isinstance(v, datetime.datetime):
        return v.replace(tzinfo=None) if not hasattr(v, "to_pydatetime") else v.to_pydatetime(warn=False).replace(tzinfo=None)
    return v


@pytest.mark.parametrize("name", [n for n, c in interchange.CASES.items() if c[1] == "parquet"])
def test_parquet_is_made_of_the_same(spark, tmp_path, name):
    interchange.write(spark, name, f"{tmp_path}/out")
    ours, theirs = interchange.files(f"{tmp_path}/out"), interchange.files(f"{interchange.DATA}/{name}")
    assert [os.path.dirname(os.path.relpath(f, f"{tmp_path}/out")) for f in ours] == [os.path.dirname(os.path.relpath(f, f"{interchange.DATA}/{name}")) for f in theirs]
    for mine, its in zip(ours, theirs):
        assert columns(mine) == columns(its)
        assert spark_schema(mine) == spark_schema(its)
        mine_rows, its_rows = (pq.read_table(f, columns=[n for n in pq.read_schema(f).names if n != "nothing"]) for f in (mine, its))
        assert repr([[bare(v) for v in r.values()] for r in mine_rows.to_pylist()]) == repr([[bare(v) for v in r.values()] for r in its_rows.to_pylist()])
        codecs = {pq.ParquetFile(f).metadata.row_group(0).column(0).compression for f in (mine, its)}
        assert len(codecs) == 1


def text_of(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        return f.read()


@pytest.mark.parametrize("name", [n for n, c in interchange.CASES.items() if c[1] != "parquet"])
def test_text_is_the_same(spark, tmp_path, name):
    interchange.write(spark, name, f"{tmp_path}/out")
    ours, theirs = ({os.path.dirname(os.path.relpath(f, root)): (text_of(f), f.rpartition("c000")[2]) for f in interchange.files(root)}
                    for root in (f"{tmp_path}/out", f"{interchange.DATA}/{name}"))
    assert ours == theirs


@pytest.mark.skipif(not os.environ.get("SPARK_URL"), reason="SPARK_URL names no Spark")
def test_both_ways(url):
    wrong = interchange.check(os.environ["SPARK_URL"], url)
    assert not wrong, "\n".join(wrong)

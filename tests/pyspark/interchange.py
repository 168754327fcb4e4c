"""Files that Spark and Piezo write for each other.

    interchange.py record SPARK_URL            Spark writes tests/data/interchange/NAME, and NAME.json says what it reads back
    interchange.py check SPARK_URL PIEZO_URL   each writes every case, both read it: the same rows and schema, or it is printed

Both servers have to see this machine's files.
"""
import glob
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import replay  # noqa: E402

DATA = os.path.join(os.path.dirname(HERE), "data", "interchange")
FLAT = """SELECT 1Y AS a, 2S AS b, 3 AS c, 4L AS d, 1.5F AS e, 2.5D AS f, 1.25BD AS g, CAST(12345678901234.5678 AS DECIMAL(20,4)) AS g18, 'x "y", é' AS h,
    true AS j, DATE'1582-10-15' AS k, TIMESTAMP'2020-01-01 01:02:03.456789' AS l, TIMESTAMP_NTZ'2020-06-01 00:00:00' AS m
    UNION ALL SELECT -128Y, -32768S, -2147483648, -9223372036854775808L, CAST('NaN' AS FLOAT), CAST('-Infinity' AS DOUBLE), -0.01BD, 0, '', false, DATE'9999-12-31',
    TIMESTAMP'1969-12-31 23:59:59.999999', TIMESTAMP_NTZ'0001-01-01 00:00:00'
    UNION ALL SELECT null, null, null, null, null, null, null, null, null, null, null, null, null"""
ONLY_PARQUET = """SELECT X'0041' AS i, INTERVAL '3-2' YEAR TO MONTH AS n, INTERVAL '2 03:04:05.678' DAY TO SECOND AS o, CAST('ab' AS CHAR(5)) AS c5, CAST('ab' AS VARCHAR(5)) AS v5,
    CAST(123.45 AS DECIMAL(9,2)) AS d9, CAST(-1 AS DECIMAL(38,0)) AS d38, CAST(null AS VOID) AS nothing
    UNION ALL SELECT null, null, null, null, null, null, null, null"""
NESTED = """SELECT id, array(named_struct('x y', id, 'z', CAST(null AS INT)), null) AS p, map('k', named_struct('z', array(1, null))) AS q,
    named_struct('Aa', named_struct('b', CAST(id AS STRING)), 'm', map('a', 1.5D, 'b', null)) AS r, array(array(1), array(), null) AS s FROM range(2)
    UNION ALL SELECT null, null, null, null, null UNION ALL SELECT 9, array(), map(), named_struct('Aa', null, 'm', null), array()"""
PARTS = """SELECT id, concat('v', id) AS v, CAST(id % 3 AS INT) AS p, CASE id % 4 WHEN 0 THEN 'a b' WHEN 1 THEN 'x=/y%' WHEN 2 THEN 'é:' END AS q FROM range(12)"""
REQUIRED = "SELECT id AS n, CAST(id AS STRING) AS s, named_struct('a', id) AS st, array(id) AS ar FROM range(3)"

# name: query, format, partition columns, options of writer and reader
CASES = {
    "flat_parquet": (FLAT, "parquet", [], {}),
    "only_parquet": (ONLY_PARQUET, "parquet", [], {}),
    "nested_parquet": (NESTED, "parquet", [], {}),
    "required_parquet": (REQUIRED, "parquet", [], {}),
    "parts_parquet": (PARTS, "parquet", ["p", "q"], {}),
    "flat_csv": (FLAT, "csv", [], {"header": "true"}),
    "odd_csv": (FLAT, "csv", [], {"sep": "|", "nullValue": "\\N", "quoteAll": "true", "timestampFormat": "yyyy/MM/dd HH:mm:ss.SSSSSS", "dateFormat": "dd.MM.yyyy"}),
    "parts_csv": (PARTS, "csv", ["q"], {"header": "true"}),
    "flat_json": (FLAT, "json", [], {}),
    "nested_json": (NESTED, "json", [], {"ignoreNullFields": "false"}),
    "parts_json": (PARTS, "json", ["p"], {"compression": "gzip"}),
    "lines_text": ("SELECT concat('line ', id, ' é') AS value FROM range(5)", "text", [], {}),
    "parts_text": ("SELECT concat('l', id) AS value, id % 2 AS p FROM range(4)", "text", ["p"], {"lineSep": "@"}),
}


def write(spark, name, path):
    query, format, parts, options = CASES[name]
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    # one file each, in the order of the query
    spark.sql(query).coalesce(1).write.format(format).options(**options).partitionBy(*parts).mode("overwrite").save(path)


def read(spark, name, path):
    """Schema and rows; text formats are read with the schema that was written, and once more with what is found in them."""
    query, format, parts, options = CASES[name]
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    df = spark.sql(query)
    reader = spark.read.format(format).options(**options)
    out = {}
    for how, r in (("found", reader), ("declared", reader.schema(df.schema))):
        back = r.load(path)
        # what has no order is compared as text
        rows = back.selectExpr(*[f"CAST(`{c}` AS STRING) AS `{c}`" for c in back.columns])
        out[how] = {"schema": replay.bare(back.schema.jsonValue()), "rows": sorted(replay.cells(spark, rows), key=json.dumps)}
    return json.loads(json.dumps(out))


def files(path, suffix=""):
    return sorted(f for f in glob.glob(f"{path}/**/part-*{suffix}", recursive=True))


def record(url):
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote(url).create()
    shutil.rmtree(DATA, ignore_errors=True)
    os.makedirs(DATA)
    for name in CASES:
        with tempfile.TemporaryDirectory() as t:
            os.chmod(t, 0o777)
            write(spark, name, f"{t}/{name}")
            shutil.copytree(f"{t}/{name}", f"{DATA}/{name}", ignore=shutil.ignore_patterns(".*.crc"))
        with open(f"{DATA}/{name}.json", "w", encoding="utf-8") as f:
            json.dump(read(spark, name, f"{DATA}/{name}"), f)
            f.write("\n")


def check(spark_url, piezo_url):
    """Differences, as lines."""
    from pyspark.sql import SparkSession

    both = {"Spark": SparkSession.builder.remote(spark_url).create(), "Piezo": SparkSession.builder.remote(piezo_url).create()}
    wrong = []
    for name in CASES:
        with tempfile.TemporaryDirectory() as t:
            os.chmod(t, 0o777)
            for writer, w in both.items():
                write(w, name, f"{t}/{writer}")
            seen = {(writer, r): read(both[r], name, f"{t}/{writer}") for writer in both for r in both}
            want = seen["Spark", "Spark"]
            wrong += [f"{name}: written by {w}, read by {r}: {json.dumps(got)[:600]}\n  wanted {json.dumps(want)[:600]}" for (w, r), got in seen.items()
                      if not replay.close(want, got)]
    return wrong


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(sys.argv[2])
    else:
        lines = check(*sys.argv[2:4])
        print("\n".join(lines) or f"{len(CASES)} cases: the same rows and schema both ways")
        sys.exit(bool(lines))

"""Replay recordings of real Spark: files of one JSON case a line, {id, conf, setup, query, expect: {schema, rows} or {error}}.

Schemas are compared exactly (names, types, nullability; metadata left out), rows as a bag unless the query orders them, numbers within
1e-12, and the schema that AnalyzePlan announces must be the one that arrives with the rows; errors by exception class, condition and SQLSTATE,
and, where the recording has a "context" (the pieces of the text that the error points at), by that and the parameters too.  Cases marked nondet
compare the schema only.
"""
import datetime as dt
import decimal
import glob
import json
import math
import os
import re

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def load(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def plain(v):
    """A cell as the recordings spell it."""
    if v is None or isinstance(v, (bool, int, str)):
        return v
    if isinstance(v, float):
        return v if math.isfinite(v) else {"f": str(v)}
    if isinstance(v, decimal.Decimal):
        return {"d": format(v, "f")}
    if isinstance(v, bytes):
        return {"x": v.hex()}
    if isinstance(v, (dt.datetime, dt.date, dt.time)):
        return v.isoformat()
    if isinstance(v, dt.timedelta):
        return {"us": (v.days * 86400 + v.seconds) * 10**6 + v.microseconds}
    if type(v).__name__ == "MonthDayNano":
        return {"mdn": list(v)}
    raise TypeError(type(v))


def cell(s, t):
    if not s.is_valid:
        return None
    if pa.types.is_map(t):
        return {"m": [[cell(e["key"], t.key_type), cell(e["value"], t.item_type)] for e in s.values]}
    if pa.types.is_struct(t):
        return {"s": [[t.field(i).name, cell(s[i], t.field(i).type)] for i in range(t.num_fields)]}
    if pa.types.is_list(t) or pa.types.is_large_list(t):
        return [cell(e, t.value_type) for e in s.values]
    if isinstance(t, pa.BaseExtensionType):
        return cell(s.value, t.storage_type)
    return plain(s.as_py())


def cells(spark, df):
    """The rows of a DataFrame, cell by cell as the recordings spell them."""
    months = [type(f.dataType).__name__ == "YearMonthIntervalType" for f in df.schema.fields]
    if any(months):                            # pyarrow has no month intervals: their text
        df = df.toDF(*[f"c{i}" for i in range(len(months))])
        df = df.select(*[F.col(f"c{i}").cast("string") if m else F.col(f"c{i}") for i, m in enumerate(months)])
    table, arrived = spark.client.to_table(df._plan.to_proto(spark.client), {})[:2]
    if arrived is not None and arrived.jsonValue() != df.schema.jsonValue():
        raise AssertionError(f"announced {df.schema}, arrived {arrived}")
    columns = [[cell(s, table.schema.field(i).type) for chunk in table.column(i).chunks for s in chunk] for i in range(table.num_columns)]
    return [list(r) for r in zip(*columns)]


def context(e):
    """The pieces of SQL text that an error points at: [first character, last, text]."""
    try:
        return [[q.startIndex(), q.stopIndex(), q.fragment()] for q in e.getQueryContext() or []]
    except Exception:                          # an error of the client, or of a DataFrame
        return None


def failure(e):
    def ask(name):
        try:
            return getattr(e, name)()
        except Exception:
            return None
    return {"error": {"class": type(e).__name__, "condition": ask("getCondition"), "sqlstate": ask("getSqlState"), "text": str(e)[:300],
                      "params": ask("getMessageParameters"), "context": context(e)}}


def answer(url, case):
    spark = SparkSession.builder.remote(url).create()
    try:
        spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
        for k, v in case.get("conf", {}).items():
            spark.conf.set(k, v)
        for s in case.get("setup", []):
            spark.sql(s)
        df = spark.sql(case["query"])
        return {"schema": df.schema.jsonValue(), "rows": cells(spark, df)}
    except Exception as e:
        return failure(e)
    finally:
        try:
            spark.client.release_session()
            spark.client.close()
        except Exception:
            pass


def bare(s):
    if isinstance(s, dict):
        return {k: bare(v) for k, v in s.items() if k != "metadata"}
    return [bare(x) for x in s] if isinstance(s, list) else s


def close(a, b):
    if isinstance(a, float) and isinstance(b, (int, float)) and not isinstance(b, bool):
        return a == b or abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    return a == b and type(a) is type(b)


def order(rows):
    return sorted(rows, key=lambda r: json.dumps(r, sort_keys=True))


def difference(case, got):
    """What is wrong with an answer, or None."""
    want = case["expect"]
    if "error" in want or "error" in got:
        w, g = want.get("error"), got.get("error")
        if not w or not g:
            return f"wanted {w or 'an answer'}, got {g or 'an answer'}"
        keys = ("class", "condition", "sqlstate") if w["condition"] else ("class",)
        if "context" in w:
            keys += ("params", "context")
        return None if all(w[k] == g[k] for k in keys) else f"wanted {[w[k] for k in keys]}, got {g}"
    if bare(want["schema"]) != bare(got["schema"]):
        return f"schema: wanted {json.dumps(bare(want['schema']))}, got {json.dumps(bare(got['schema']))}"
    if case.get("nondet"):
        return None
    a, b = want["rows"], got["rows"]
    if not re.search(r"\b(order|sort)\s+by\b|\.(orderBy|sort)\(|# in order", case["query"], re.I):
        a, b = order(a), order(b)
    return None if close(a, b) else f"rows: wanted {a[:20]}, got {b[:20]}"


def recorded(test_file, prepare=lambda case: case):
    """The test of a folder: one parameter per case of the .jsonl files beside `test_file`, each as `prepare` makes it."""
    paths = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(test_file)), "*.jsonl")))
    cases = [prepare(c) for path in paths for c in load(path)]

    @pytest.mark.parametrize("case", cases, ids=[c["id"] for c in cases])
    def test_as_recorded(url, case):
        wrong = difference(case, answer(url, case))
        assert wrong is None, f"{case['query']}\n{wrong}"

    return test_as_recorded

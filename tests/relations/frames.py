"""Programs over DataFrames and what real Spark makes of them.

NAME.py here holds programs, each under a line `# ---- relation/case`: a few statements whose last expression is the outcome, a DataFrame
(schema and rows count) or any value.  NAME.jsonl holds what real Spark 4.3.0 answered, one line each, with the program's digest, so that a
changed program without a new recording is noticed.

    frames.py URL NAME...      records NAME.jsonl; URL: real Spark only
"""
import ast
import contextlib
import datetime as dt
import decimal
import glob
import hashlib
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import pandas as pd  # noqa: E402
import pyarrow as pa  # noqa: E402
import replay  # noqa: E402
from conftest import printed  # noqa: E402
from pyspark.sql import Row, Window  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402
from pyspark.sql import types as T  # noqa: E402
from pyspark.sql.connect.dataframe import DataFrame  # noqa: E402
from pyspark.sql.connect.session import SparkSession  # noqa: E402

os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"     # the client's modules that serve both kinds of session ask for this
HERE = os.path.dirname(os.path.abspath(__file__))
GIVEN = {"F": F, "T": T, "W": Window, "Row": Row, "dt": dt, "D": decimal.Decimal, "pd": pd, "pa": pa, "os": os}


def programs(name):
    """id -> program text of one file; each program starts with the text above the first id."""
    with open(os.path.join(HERE, name + ".py"), encoding="utf-8") as f:
        head, *rest = re.split(r"^# ---- ", f.read(), flags=re.M)
    out = {}
    for part in rest:
        ident, _, text = part.partition("\n")
        assert ident.strip() not in out, ident
        out[ident.strip()] = head + text.strip() + "\n"
    return out


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def run(text, names):
    """The value of the last expression."""
    tree = ast.parse(text)
    assert isinstance(tree.body[-1], ast.Expr), text
    last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, "program", "exec"), names)
    return eval(compile(last, "program", "eval"), names)


def value(v):
    if isinstance(v, Row):
        return {"row": [[n, value(x)] for n, x in zip(v.__fields__, v)] if hasattr(v, "__fields__") else [value(x) for x in v]}
    if isinstance(v, (list, tuple)):
        return [value(x) for x in v]
    if isinstance(v, dict):
        return {"map": [[value(k), value(x)] for k, x in v.items()]}
    if isinstance(v, T.StructType):
        return v.jsonValue()
    return replay.plain(v)


def answer(url, text):
    spark = SparkSession.builder.remote(url).create()
    SparkSession._active_session.session = spark           # parts of the client look it up
    try:
        spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
        out = run(text, {**GIVEN, "spark": spark, "printed": printed})
        if not isinstance(out, DataFrame):
            return {"value": value(out)}
        schema = out.schema
        return {"schema": schema.jsonValue(), "rows": replay.cells(spark, out)}
    except Exception as e:
        return replay.failure(e)
    finally:
        with contextlib.suppress(Exception):
            spark.client.release_session()
            spark.client.close()


def difference(case, got):
    want = case["expect"]
    if "value" in want or "value" in got:
        return None if want == got else f"wanted {want}, got {got}"
    return replay.difference(case, got)


def names():
    return sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(HERE, "*.py")) if os.path.exists(p[:-3] + ".jsonl"))


def main():
    url, *wanted = sys.argv[1:]
    for name in wanted:
        with open(os.path.join(HERE, name + ".jsonl"), "w", encoding="utf-8") as f:
            for ident, text in programs(name).items():
                expect = answer(url, text)
                f.write(json.dumps({"id": ident, "digest": digest(text), "expect": expect}) + "\n")
                print(ident, str(expect)[:300], flush=True)


if __name__ == "__main__":
    main()

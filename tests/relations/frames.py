"""Programs over DataFrames and what real Spark makes of them.

NAME.py here holds programs, each under a line `# ---- relation/case`: a few statements whose last expression is the outcome, a DataFrame
(schema and rows count) or any value.  NAME.jsonl holds what real Spark 4.3.0 answered, one line each, with the program's digest, so that a
changed program without a new recording is noticed.

In a file whose first line says "Every expression is an outcome" each expression statement is one, what it prints too, an error ends nothing, and
the comparison is strict: metadata of columns, parameters and place of errors.  There `tmp` is a directory and `db` the name of a database to make,
both gone afterwards.

    frames.py URL NAME...      records NAME.jsonl; URL: real Spark only
"""
import ast
import contextlib
import datetime as dt
import decimal
import glob
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile

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


STEPS = "Every expression is an outcome"
OWN = r"\bdb\b|TABLE|Table|VIEW|catalog"       # a program that says so gets a database


class Steps:
    """One run of a program whose expressions are outcomes."""

    def __init__(self, spark, tmp, db):
        self.spark, self.tmp, self.db = spark, tmp, db
        try:
            self.warehouse = re.sub(r"^[a-z]+:/*(?=/)|^memory:", "", spark.conf.get("spark.sql.warehouse.dir"))
        except Exception:
            self.warehouse = None
        self.user = None

    def mask(self, v):
        if isinstance(v, str):
            v = v.replace("file:" + self.tmp, "{tmp}").replace(self.tmp, "{tmp}")
            if self.warehouse:
                v = re.sub(r"(file:)?" + re.escape(self.warehouse), "{warehouse}", v)
            v = re.sub(r"\b([a-z]+)_\d+\b(?=[^`']*\))", r"\1_n", v) if "lambda" in v else v
            return re.sub(r"part-[-0-9a-z.]+|[-0-9a-f]{36}", "{part}", re.sub(r"#\d+L?", "#n", v))
        if isinstance(v, dict):
            return {k: self.mask(x) for k, x in v.items()}
        return [self.mask(x) for x in v] if isinstance(v, list) else v

    def outcome(self, v):
        if isinstance(v, DataFrame):
            schema = v.schema
            return {"schema": schema.jsonValue(), "rows": replay.cells(self.spark, v)}
        if isinstance(v, (pd.DataFrame, pd.Series)):
            return {"value": {"pandas": str(v), "types": str(getattr(v, "dtypes", ""))}}
        if isinstance(v, pa.Table):
            return {"value": {"arrow": str(v.schema), "data": str(v.to_pydict())}}
        try:
            return {"value": value(v)}
        except TypeError:
            return {"value": {"repr": re.sub(r" at 0x[0-9a-f]+", "", repr(v))}}

    def run(self, text):
        names = {**GIVEN, "spark": self.spark, "printed": printed, "tmp": self.tmp, "db": self.db}
        out = []
        for statement in ast.parse(text).body:
            source = ast.get_source_segment(text, statement)
            said = io.StringIO()
            told = isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant)
            try:
                with contextlib.redirect_stdout(said):
                    if told:
                        got = self.outcome(eval(compile(ast.Expression(statement.value), "program", "eval"), names))
                    else:
                        exec(compile(ast.Module([statement], []), "program", "exec"), names)
                        got = {}
                        told = bool(said.getvalue())
            except Exception as e:
                got = replay.failure(e)
                told = True
            if said.getvalue():
                got["printed"] = said.getvalue()
            if told:
                out.append({"run": source, **self.mask(json.loads(json.dumps(got)))})
        return out


def answers(url, text, ident):
    """What each expression of the program comes to."""
    spark = SparkSession.builder.remote(url).create()
    SparkSession._active_session.session = spark
    tmp, db = tempfile.mkdtemp(prefix="frames"), "fr_" + re.sub(r"\W", "_", ident)
    os.chmod(tmp, 0o777)
    try:
        spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
        if re.search(OWN, text):
            spark.sql(f"DROP DATABASE IF EXISTS {db} CASCADE")
            spark.sql(f"CREATE DATABASE {db}")
            spark.sql(f"USE {db}")
        return Steps(spark, tmp, db).run(text)
    finally:
        with contextlib.suppress(Exception):
            if re.search(OWN, text):
                spark.sql(f"DROP DATABASE IF EXISTS {db} CASCADE")
        with contextlib.suppress(Exception):
            spark.client.release_session()
            spark.client.close()
        shutil.rmtree(tmp, ignore_errors=True)


def step_difference(want, got):
    if want["run"] != got["run"]:
        return f"wanted {want}, got {got}"
    if want.get("printed") != got.get("printed"):
        return f"printed: wanted\n{want.get('printed')}\ngot\n{got.get('printed')}" + (f"\n{got['error']}" if "error" in got else "")
    if "rows" in want and "rows" in got and want["schema"] != got["schema"]:
        return f"schema: wanted {json.dumps(want['schema'])}, got {json.dumps(got['schema'])}"
    if "error" in want and "error" in got:
        w, g = ({k: x[k] or None for k in ("class", "condition", "sqlstate", "params", "context")} for x in (want["error"], got["error"]))
        return None if w == g else f"wanted {w}, got {g}"
    if "rows" in want and "rows" in got:
        return replay.difference({"query": want["run"], "expect": want, "nondet": "# schema only" in want["run"]}, got)
    same = all(k == "run" or replay.close(want.get(k), got.get(k)) for k in want.keys() | got.keys())
    return None if same else "wanted {}, got {}".format(*({k: v for k, v in x.items() if k != "run"} for x in (want, got)))


def steps_difference(want, got):
    wrong = [f"{w['run']}\n    {d}" for w, g in zip(want, got) for d in [step_difference(w, g)] if d]
    if len(want) != len(got):
        wrong.append(f"wanted {len(want)} outcomes, got {len(got)}: " + str([s for s in want + got if s["run"] not in {x["run"] for x in (got if s in want else want)}])[:600])
    return "\n".join(wrong) or None


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


def outcome(url, text, ident):
    return answers(url, text, ident) if STEPS in text.partition("\n")[0] else answer(url, text)


def difference(case, got):
    want = case["expect"]
    if isinstance(want, list):
        return steps_difference(want, got)
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
                expect = outcome(url, text, ident)
                f.write(json.dumps({"id": ident, "digest": digest(text), "expect": expect}) + "\n")
                print(ident, str(expect)[:300], flush=True)


if __name__ == "__main__":
    main()

"""Programs as a list of steps, and what real Spark answers to each.

A program is a function program(spark, folder) that yields (name, outcome): a DataFrame stands for its schema and rows, a callable for what
it returns or raises.  NAME.json beside it holds what real Spark 4.3.0 answered.

    steps.py URL NAME...      records NAME.json by test_NAME.py (or FOLDER/NAME of another suite); URL: real Spark only, on this machine
"""
import importlib
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import replay  # noqa: E402
from conftest import Server, printed  # noqa: E402,F401
from pyspark.errors import PySparkException  # noqa: E402
from pyspark.sql import Row  # noqa: E402
from pyspark.sql.types import DataType  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))


def plain(v):
    if isinstance(v, Row):
        return {"row": [[n, plain(x)] for n, x in v.asDict().items()]}
    if isinstance(v, (list, tuple)):
        return [plain(x) for x in v]
    if isinstance(v, dict):
        return {"map": [[plain(k), plain(x)] for k, x in v.items()]}
    if isinstance(v, DataType):
        return v.jsonValue()
    return replay.plain(v)


def outcome(spark, what):
    try:
        v = what() if callable(what) else what
        if type(v).__name__ == "DataFrame" and hasattr(v, "_plan"):
            return {"schema": v.schema.jsonValue(), "rows": replay.cells(spark, v)}
        return {"value": plain(v)}
    except PySparkException as e:
        return {"error": {k: v for k, v in replay.failure(e)["error"].items() if k != "text"}}


def run(spark, program, folder):
    """name -> outcome, paths as {folder}."""
    out = {}
    for name, what in program(spark, folder):
        assert name not in out, name
        out[name] = json.loads(json.dumps(outcome(spark, what)).replace(folder, "{folder}"))
    return out


def differences(name, got):
    with open(os.path.join(HERE, name + ".json"), encoding="utf-8") as f:
        expect = json.load(f)
    wrong = [f"{k}: {w}" for k in expect for w in [difference(expect[k], got.get(k, {"value": "no such step"}))] if w]
    return wrong + [f"{k}: not recorded" for k in got if k not in expect]


def difference(want, got):
    if "schema" in want and "schema" in got:
        return replay.difference({"query": "# in order", "expect": want}, got)
    if "error" in want or "error" in got:
        return replay.difference({"query": "", "expect": want}, got)
    return None if replay.close(want, got) else f"wanted {want}, got {got}"


def main():
    from pyspark.sql import SparkSession

    url, *names = sys.argv[1:]
    for name in names:
        spark = SparkSession.builder.remote(url).create()
        where, name = os.path.split(name)
        where = os.path.join(os.path.dirname(HERE), where) if where else HERE
        sys.path.insert(0, where)
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            got = run(spark, importlib.import_module("test_" + name).program, folder)
        spark.stop()
        with open(os.path.join(where, name + ".json"), "w", encoding="utf-8") as f:
            f.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in got.items()) + "\n}\n")


if __name__ == "__main__":
    main()

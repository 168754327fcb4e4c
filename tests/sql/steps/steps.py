"""Sequences of statements: cases {id, conf, steps, expect}, the statements of one session with an outcome for each.

A step is a text; or {sql, as}: `as` is a query of the same meaning that was recorded in its place (null: a statement Spark refuses for its
own tables; it must succeed and answer nothing); or {sql, error}: an expectation written by hand.
"python tests/sql/steps/steps.py URL IN OUT" records a file of cases on real Spark.
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
import replay  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402


def outcome(spark, query):
    try:
        df = spark.sql(query)
        return {"schema": df.schema.jsonValue(), "rows": replay.cells(spark, df)}
    except Exception as e:
        failed = replay.failure(e)
        try:
            failed["error"]["params"] = e.getMessageParameters()
        except Exception:
            failed["error"]["params"] = None
        return failed


def text(step):
    return step if isinstance(step, str) else step["sql"]


def each(url, case, run):
    spark = SparkSession.builder.remote(url).create()
    try:
        spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
        for k, v in case.get("conf", {}).items():
            spark.conf.set(k, v)
        return [run(spark, step) for step in case["steps"]]
    finally:
        spark.client.release_session()
        spark.client.close()


def expected(spark, step):
    if isinstance(step, str):
        return outcome(spark, step)
    if "error" in step:
        return {"error": step["error"]}
    return outcome(spark, step["as"]) if step["as"] else {"schema": {"type": "struct", "fields": []}, "rows": []}


def difference(case, step, want, got):
    wrong = replay.difference({**case, "query": text(step), "expect": want}, got)
    if wrong:
        return wrong
    if "error" in want:
        params = want["error"].get("params")
        return None if params is None or params == got["error"]["params"] else f"wanted {params}, got {got['error']['params']}"
    equivalent = not isinstance(step, str)     # its metadata is another's
    if equivalent or json.dumps(want["schema"], sort_keys=True) == json.dumps(got["schema"], sort_keys=True):
        return None
    return f"wanted {json.dumps(want['schema'])}, got {json.dumps(got['schema'])}"


def differences(url, case):
    """(statement, what is wrong) of each step that is not as expected."""
    got = each(url, case, lambda spark, step: outcome(spark, text(step)))
    wrong = [(text(s), difference(case, s, w, g)) for s, w, g in zip(case["steps"], case["expect"], got)]
    return [w for w in wrong if w[1]]


if __name__ == "__main__":
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        for c in replay.load(sys.argv[2]):
            out.write(json.dumps({**c, "expect": each(sys.argv[1], c, expected)}, ensure_ascii=False) + "\n")

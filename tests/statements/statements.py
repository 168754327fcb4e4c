"""Run scripts of statements and say what each step answered.

A script is a text file: one step a line, run in order in one session.  A line is SQL, or Python behind `>>> ` with `spark`, `F`,
`T`, `os`, `shutil` and the warehouse's path `W` in reach, or a comment behind `--`.  `=== name` begins a case, with a session of its own.  What differs from machine to machine (the warehouse's place,
times, the user) is masked, here as in the recordings.

    python statements.py URL SCRIPT          prints the answers, to look at
    python statements.py URL SCRIPT OUT      records them, one JSON line a case: {id, steps: [{run, expect}]}
"""
import ast
import json
import os
import re
import shutil
import sys

from pyspark.sql import SparkSession


def read(path):
    """[(case name, [step])]"""
    cases = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            line = line.rstrip("\n")
            if line.startswith("=== "):
                cases.append((line[4:].strip(), []))
            elif line.strip() and not line.startswith("--"):
                cases[-1][1].append(line.replace("\\n", "\n") if not line.startswith(">>> ") else line)
    return cases


MASKS = [
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d [A-Z]+ \d{4}\b"), "{time}"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "{time}"),
    (re.compile(r"\b\d+( bytes)"), r"{n}\1"),
    (re.compile(r'("size_in_bytes":)\d+'), r"\1{n}"),
    (re.compile(r"#\d+"), "#n"),
]


class Session:
    def __init__(self, url):
        self.spark = SparkSession.builder.remote(url).create()
        self.spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
        self.warehouse = self.spark.conf.get("spark.sql.warehouse.dir")
        self.bare = re.sub(r"^[a-z]+:/*(?=/)|^memory:", "", self.warehouse)
        self.user = self.spark.sql("SELECT current_user()").collect()[0][0]

    def text(self, s):
        for w in (self.warehouse, self.bare):
            if w:
                s = s.replace(w, "{warehouse}")
        s = s.replace("file:{warehouse}", "{warehouse}")
        s = re.sub(r'((?:Owner(?:: |\t)|"owner":"))' + re.escape(self.user) + r"\b", r"\1{user}", s)
        for pattern, by in MASKS:
            s = pattern.sub(by, s)
        return s

    def cell(self, v, row):
        if isinstance(v, str):
            return "{user}" if row[0] == "Owner" and v == self.user else self.text(v)
        if isinstance(v, (list, tuple)):
            return [self.cell(x, [None]) for x in v]
        return v if v is None or isinstance(v, (bool, int, float)) else str(v)

    def step(self, line):
        try:
            if line.startswith(">>> "):
                import pyspark.sql.functions
                import pyspark.sql.types
                return {"value": self.text(repr(eval(line[4:], {"spark": self.spark, "F": pyspark.sql.functions, "T": pyspark.sql.types,
                                                                "W": self.bare, "os": os, "shutil": shutil})))}
            df = self.spark.sql(line)
            rows = [list(r) for r in df.collect()]
            rows = [[self.cell(v, r) for v in r] for r in rows]
            return {"columns": [[f.name, f.dataType.simpleString(), f.nullable] for f in df.schema.fields], "rows": rows}
        except Exception as e:
            return {"error": self.error(e)}

    def error(self, e):
        def ask(name):
            try:
                return getattr(e, name)()
            except Exception:
                return None

        got = {"class": type(e).__name__, "condition": ask("getCondition"), "sqlstate": ask("getSqlState")}
        if got["condition"]:
            got["params"] = {k: self.text(v) for k, v in sorted((ask("getMessageParameters") or {}).items())}
            context = (ask("getQueryContext") or [None])[0]
            if context is not None:
                got["at"] = [str(context.objectType()), context.objectName(), context.fragment(), context.startIndex(), context.stopIndex()]
        else:
            got["text"] = self.text(str(e))[:300]
        return got

    def close(self):
        try:
            self.spark.client.release_session()
            self.spark.client.close()
        except Exception:
            pass


def run(url, steps):
    session = Session(url)
    try:
        return [session.step(s) for s in steps]
    finally:
        session.close()


def value(text):
    """What a repr says, where it is plain data: members of a dict come in any order."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def same(step, got):
    """Equal; rows in any order where the statement gives none, and a step may be held to the condition alone."""
    want = step["expect"]
    if "error" in want and "error" in got:
        if not want["error"]["condition"]:
            return want["error"]["class"] == got["error"]["class"]
        if want["error"]["class"] == "ParseException":         # the place is in the message, not beside it
            return all(want["error"].get(k) == got["error"].get(k) for k in ("class", "condition", "sqlstate", "params"))
    if "value" in want and "value" in got:
        return value(want["value"]) == value(got["value"])
    if "rows" in want and "rows" in got and step["run"].lstrip().upper().startswith("SELECT"):
        order = lambda a: {**a, "rows": sorted(a["rows"], key=json.dumps)}
        return order(want) == order(got)
    return json.loads(json.dumps(got)) == want


def show(line, got):
    print("##", line.replace("\n", "\\n"))
    if "error" in got:
        e = got["error"]
        print("   ERROR", e["class"], e["condition"], e["sqlstate"], json.dumps(e.get("params", e.get("text"))), e.get("at", ""))
    elif "value" in got:
        print("   =", got["value"])
    else:
        if got["columns"]:
            print("   :", ", ".join(f"{n} {t}{'' if null else ' NOT NULL'}" for n, t, null in got["columns"]))
        for r in got["rows"]:
            print("   ", json.dumps(r))


def main():
    url, script = sys.argv[1:3]
    out = open(sys.argv[3], "w", encoding="utf-8") if len(sys.argv) > 3 else None
    for name, steps in read(script):
        answers = run(url, steps)
        if out:
            out.write(json.dumps({"id": name, "steps": [{"run": s, "expect": a} for s, a in zip(steps, answers)]}) + "\n")
            continue
        print("===", name)
        for s, a in zip(steps, answers):
            show(s, a)


if __name__ == "__main__":
    main()

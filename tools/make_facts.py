#!/usr/bin/env python3
"""Condense recorded facts about Spark into the data files of the unit tests.

    tools/make_facts.py DATA_DIR [OUT_DIR]

DATA_DIR holds spark-4.3-types.jsonl, spark-4.3-casts.jsonl and spark-4.3-names.jsonl; OUT_DIR is tests/data.
Lines are tab-separated; a result that starts with ! is an error condition, and the last column tells legacy mode where it differs.
  types.tsv  expression with {l} and {r} | l | r;r;... | type | type with ANSI off
  casts.tsv  from | to;to;... | CAST | TRY_CAST | CAST with ANSI off | TRY_CAST with ANSI off      (Y, Y? = nullable, !condition)
  names.tsv  SQL | name:type:nullable, ... or !condition; the first line is the view t
"""
import collections, json, os, sys

src = sys.argv[1]
out = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(__file__), "..", "tests", "data")

SHAPES = {
    "case": "CASE WHEN true THEN {l} ELSE {r} END", "in": "{l} IN ({r})", "between": "{l} BETWEEN {r} AND {r}",
    "map_key": "map({l},1,{r},2)", "map_value": "map(1,{l},2,{r})", "like": "{l} LIKE {r}",
    **{f: f + "({l},{r})" for f in ("coalesce", "least", "greatest", "array", "nullif")}, "if": "if(true,{l},{r})",
}


def rows(name):
    with open(os.path.join(src, name)) as f:
        return [json.loads(line) for line in f]


def shape(op):
    if op.startswith("unary "):
        words = op[6:]
        return "".join("{l}" if c == "x" and not (words[i - 1:i].isalnum() or words[i + 1:i + 2].isalnum()) else c for i, c in enumerate(words))
    return SHAPES.get(op, "{l} " + op + " {r}")


def types():
    groups = collections.OrderedDict()
    for r in rows("spark-4.3-types.jsonl"):
        if r["op"] == "unary explode(x)":
            continue  # a generator: not an expression by itself
        what = r.get("type") or "!" + r["error"]
        off = r.get("off_type") or ("!" + r["off_error"] if "off_error" in r else "")
        groups.setdefault((r["op"] if r["op"] == "union" else shape(r["op"]), r["l"], what, off), []).append(r.get("r", ""))
    with open(os.path.join(out, "types.tsv"), "w") as f:
        for (op, l, what, off), right in groups.items():
            f.write("\t".join((op, l, ";".join(right), what, off)) + "\n")


def casts():
    groups = collections.OrderedDict()
    for r in rows("spark-4.3-casts.jsonl"):
        if r["kind"] != "matrix":
            continue

        def cell(prefix, otherwise):
            if prefix + "error" in r:
                return "!" + r[prefix + "error"]
            return ("Y?" if r[prefix + "nullable"] else "Y") if prefix + "nullable" in r else otherwise
        ansi = cell("", "")
        tried = cell("try_", ansi)
        groups.setdefault((r["from"], ansi, tried, cell("off_", ansi), cell("off_try_", tried)), []).append(r["to"])
    with open(os.path.join(out, "casts.tsv"), "w") as f:
        for (source, *cells), to in groups.items():
            f.write("\t".join((source, ";".join(to), *cells)) + "\n")


def names():
    with open(os.path.join(out, "names.tsv"), "w") as f:
        for i, r in enumerate(rows("spark-4.3-names.jsonl")):
            if i == 0:
                f.write(json.dumps(r["sql"].split(" AS ", 1)[1])[1:-1] + "\n")
            elif r["via"] == "sql" and r["sql"].lstrip("(").upper().startswith(("SELECT", "VALUES", "WITH", "FROM")) and " TRANSFORM(" not in r["sql"]:
                what = "!" + str(r["error"]) if "error" in r else \
                    " ;; ".join("%s :: %s :: %d" % (c["name"], c["type"], c["nullable"]) for c in r.get("columns", [r]))
                f.write(json.dumps(r["sql"], ensure_ascii=False)[1:-1].replace('\\"', '"') + "\t" + json.dumps(what, ensure_ascii=False)[1:-1].replace("\\\"", "\"") + "\n")


types()
casts()
names()

"""Every function with every type at every argument: the samples recorded from Spark, one argument exchanged for a column, a literal or NULL.

Only analysis is compared: result type and nullability, or the condition.  The samples come from the recorded statements given as seeds.
"""
import json
import re

from functions import SKIP
from mutate import arguments, text_of, tokens
from values import NONDETERMINISTIC, SETUP_T

COLUMNS = ["id", "l", "d", "de", "s", "b", "bo", "dt", "ts", "tn", "ym", "ds", "ai", "sa", "m", "st", "NULL", "f", "ti", "parse_json('1')", "make_interval(1)",
           "CAST(NULL AS STRING)", "'a'", "1", "1.5", "named_struct('p', array(1))"]


def calls(path):
    """name -> list of arguments of its plain sample."""
    out = {}
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        sample, name = row.get("sample", ""), row["name"]
        if name in SKIP or not re.fullmatch(r"\w+", name) or re.search(NONDETERMINISTIC, name + " ", re.I):
            continue
        m = re.match(r"SELECT (" + name + r"\(.*)", sample, re.I | re.S)
        if not m or "OVER" in sample or "WITHIN" in sample:
            continue
        toks = tokens(m[1])
        end = next(i for i in range(2, len(toks) + 1) if depth(toks, i) == 0)
        toks = toks[:end]
        args = [text_of(toks[a:b]).strip() for a, b in arguments(toks) if depth(toks, a) == 1]
        args = [re.sub(r"(?i)^distinct\s+", "", x) for x in args]
        args = [("id" if re.fullmatch(r"[a-z]\w*", x, re.I) and x.lower() not in ("null", "true", "false") else x) for x in args]
        if args:
            out[name] = args
    return out


def depth(toks, at):
    return sum(t == "(" for _, t in toks[:at]) - sum(t == ")" for _, t in toks[:at])


class Signatures:
    schema_only = True

    def __init__(self, r, path):
        self.cases = []
        for name, args in calls(path).items():
            for i in range(len(args)):
                for c in COLUMNS:
                    for conf in ({}, {"spark.sql.ansi.enabled": "false"}) if c in ("s", "id", "NULL", "dt") else ({},):
                        query = f"SELECT {name}({', '.join(args[:i] + [c] + args[i + 1:])}) AS r FROM t"
                        self.cases.append({"conf": conf, "setup": [SETUP_T], "query": query, "function": name})
        r.shuffle(self.cases)

    def case(self):
        return self.cases.pop() if self.cases else None

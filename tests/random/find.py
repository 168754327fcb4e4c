#!/usr/bin/env python3
"""Look for statements that Piezo answers otherwise than Spark.

  find.py run KIND --oracle sc://HOST:PORT --piezo sc://HOST:PORT [--oracle-up COMMAND] [--piezo-up COMMAND]
           [--seed N] [--seconds S] [--seeds FILE...] --out differences.jsonl
      KIND: mutate (recorded statements with parts exchanged), functions (every function over edge values), queries (random queries), forms (those of forms.py only),
      signatures (every function with every type at every argument, analyzed only; --seeds is a file of functions with their samples)
  find.py again FILE --piezo URL [--piezo-up COMMAND] [--out FILE]     ask again and keep what still differs
  find.py show FILE                               one difference per mechanism, most frequent first
  find.py fixed FILE LEFT --out FIXED             cases of FILE that are not in LEFT, one for each mechanism
  find.py keep FILE --as NAME                     put cases into tests/sql/random/NAME.jsonl, expectations as the oracle gave them
"""
import argparse
import collections
import glob
import json
import os
import random
import re
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.dirname(HERE))
os.environ.setdefault("SPARK_CONNECT_LOG_LEVEL", "critical")
import logging  # noqa: E402
import warnings  # noqa: E402

logging.disable(logging.CRITICAL)
warnings.filterwarnings("ignore")

from endpoint import Endpoint  # noqa: E402
from functions import Calls, rows  # noqa: E402
from mutate import Mutator  # noqa: E402
from queries import Queries  # noqa: E402
from replay import difference, load  # noqa: E402
from signatures import Signatures  # noqa: E402
from values import SETUP_NAMES  # noqa: E402


def recorded(paths):
    out = []
    for p in paths:
        out += [c for c in load(p) if "query" in c]
    return out


def same_arity():
    table, kinds = rows()
    groups = collections.defaultdict(list)
    for name, sigs in table.items():
        groups[(kinds[name], len(sigs[0]))].append(name)
    return {n: group for group in groups.values() for n in group}


def maker(kind, r, seeds, piezo):
    if kind == "functions":
        return Calls(r, piezo)
    if kind == "signatures":
        return Signatures(r, seeds[0])
    if kind == "mutate":
        paths = seeds or glob.glob(os.path.join(HERE, "..", "functions", "*.jsonl")) + glob.glob(os.path.join(HERE, "..", "sql", "*.jsonl"))
        return Mutator(r, recorded(paths), same_arity())
    return Queries(r, piezo, "forms" if kind == "forms" else "all")


def mechanism(d):
    """A short name for what differs, to tell families apart."""
    q, w, g = d["query"], d["expect"], d["got"]
    names = sorted(set(re.findall(r"\b([a-z_]\w*)\s*\(", q.lower())) - {"values", "array", "map", "struct", "cast", "decimal", "over", "in", "and", "as", "rt", "named_struct"})
    label = d.get("function") or ",".join(names[:3])
    if "error" in w and "error" in g:
        return f"{label}: {w['error']['condition']} <> {g['error']['condition'] or g['error']['text'][:60]}"
    if "error" in w:
        return f"{label}: Spark refuses {w['error']['condition'] or w['error']['class']}"
    if "error" in g:
        return f"{label}: {'' if g['error']['class'] not in ('TIMEOUT', 'GONE') else g['error']['class'] + ' '}we refuse {g['error']['condition'] or g['error']['text'][:60]}"
    return f"{label}: {'schema' if d['why'].startswith('schema') else 'rows'}"


def alive(url):
    host, port = url.removeprefix("sc://").split(":")
    try:
        socket.create_connection((host, int(port)), 5).close()
        return True
    except OSError:
        return False


def ask_piezo(piezo, up, case, analyze=False):
    """Piezo's answer; a server that ended is started again by the command `up`."""
    ask = piezo.analyzed if analyze else piezo.answer
    got = ask(case)
    if got.get("error", {}).get("class") in ("TIMEOUT", "SparkConnectGrpcException", "RetriesExceeded") or got.get("error", {}).get("condition") == "NO_ACTIVE_SESSION":
        piezo.sessions.clear()
        if not alive(piezo.url):
            print("piezo ended:", case["query"][:300], flush=True)
            if not up:
                sys.exit("Piezo is gone")
            os.system(up + " >/dev/null")
            return {"error": {"class": "GONE", "condition": None, "sqlstate": None, "text": "the server ended"}}
        if got["error"]["class"] != "TIMEOUT":
            return ask(case)
    return got


class Hunt:
    """Ask both, keep what differs."""

    def __init__(self, a, r):
        self.oracle, self.piezo, self.up = Endpoint(a.oracle), Endpoint(a.piezo), a.oracle_up
        self.piezo_up = a.piezo_up
        self.make = maker(a.kind, r, a.seeds, self.piezo)
        self.out = open(a.out, "a", encoding="utf-8")
        self.n = self.refused = self.bad = 0

    def spark(self, case):
        """Spark's answer, or None when it has none to give (and then it is started again when it is down)."""
        want = self.oracle.answer(case)
        e = want.get("error", {})
        if e.get("class") in ("TIMEOUT", "SparkConnectGrpcException", "KeyError", "RetriesExceeded") or "stopped SparkContext" in e.get("text", "") or "OutOfMemory" in e.get("text", ""):
            print("oracle:", e.get("class"), case["query"][:300], flush=True)
            self.oracle.sessions.clear()
            if self.up:
                os.system(self.up + " >/dev/null")
            return None
        return want

    def ours(self, case):
        return ask_piezo(self.piezo, self.piezo_up, case)

    def compare(self, case):
        if getattr(self.make, "schema_only", False):
            case["nondet"] = True                 # the recorded tests compare schemas only, then
            want, got = self.oracle.analyzed(case), ask_piezo(self.piezo, self.piezo_up, case, analyze=True)
            self.n += 1
            self.refused += "error" in want
            case["expect"] = want
            why = difference(case, got)
            if why:
                self.keep(case, got, why)
            return
        want = self.spark(case)
        if want is None:
            return
        got = self.ours(case)
        case["expect"] = want
        why = difference(case, got)
        parts = case.pop("parts", None)
        if parts and why:
            for c in parts:
                self.compare(c)
            return
        self.n += len(parts or [1])
        self.refused += "error" in want
        if not why:
            return
        if hasattr(self.make, "smaller"):
            case, got, why = shrink(self.make, case, got, why, self)
        again = self.spark(case)                  # nothing that Spark answers differently from time to time
        if again is None or difference(case, again):
            return
        self.keep(case, got, why)

    def keep(self, case, got, why):
        self.bad += 1
        case.update(got=got, why=why[:2000])
        self.out.write(json.dumps({k: v for k, v in case.items() if k not in ("tree", "scalar")}, ensure_ascii=False) + "\n")
        self.out.flush()


def run(a):
    seed = a.seed if a.seed is not None else int(time.time())
    hunt = Hunt(a, random.Random(seed))
    end = time.time() + a.seconds
    seen = set()
    while time.time() < end:
        case = hunt.make.case()
        if case is None:
            break
        key = json.dumps([case["query"], case["conf"]])
        if key not in seen:
            seen.add(key)
            hunt.compare(case)
    print(f"{a.kind}: seed {seed}, {hunt.n} statements, {hunt.refused} refused by Spark, {hunt.bad} differ")


def shrink(make, case, got, why, hunt, limit=60):
    """Replace parts by smaller ones as long as the two servers still differ in the same way."""
    def sort_of(w, g):
        return (("error" in w and (w["error"]["condition"] or "?")), ("error" in g and (g["error"]["condition"] or g["error"]["text"][:40])))
    kind = sort_of(case["expect"], got)
    tries = 0
    better = True
    while better and tries < limit:
        better = False
        for smaller in make.smaller(case):
            tries += 1
            if tries > limit:
                break
            w = hunt.spark(smaller)
            if w is None:
                continue
            g = hunt.ours(smaller)
            d = difference({**smaller, "expect": w}, g)
            if d and sort_of(w, g) == kind:
                case, got, why = {**smaller, "expect": w}, g, d
                better = True
                break
    return case, got, why


def again(a):
    piezo = Endpoint(a.piezo)
    cases = load(a.file)
    left = []
    for c in cases:
        got = ask_piezo(piezo, a.piezo_up, c, c.get("nondet"))
        why = difference(c, got)
        if why:
            left.append({**c, "got": got, "why": why[:2000]})
    with open(a.out or a.file, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(c, ensure_ascii=False) + "\n" for c in left)
    print(f"{len(cases)} asked again, {len(left)} still differ")


def show(a):
    groups = collections.defaultdict(list)
    for c in load(a.file):
        groups[mechanism(c)].append(c)
    for name, cs in sorted(groups.items(), key=lambda x: -len(x[1])):
        c = min(cs, key=lambda x: len(x["query"]))
        print(f"## {len(cs)} x {name}\n   {c['query'][:400]}\n   {c['conf'] or ''}")
        print("  ", c["why"][:a.width].replace("\n", " "))


def fixed(a):
    """Of the cases in FILE those that are not in LEFT any more: the shortest of each mechanism."""
    left = {(c["query"], json.dumps(c["conf"], sort_keys=True)) for c in load(a.left)}
    groups = {}
    for c in load(a.file):
        if (c["query"], json.dumps(c["conf"], sort_keys=True)) not in left and c["got"].get("error", {}).get("class") != "SparkConnectGrpcException":
            name = mechanism(c)
            if name not in groups or len(c["query"]) < len(groups[name]["query"]):
                groups[name] = c
    with open(a.out, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(c, ensure_ascii=False) + "\n" for c in groups.values())
    print(f"{len(groups)} mechanisms")


def keep(a):
    """Append cases to a golden file, each query once."""
    folder = os.path.join(HERE, "..", "sql", "random")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, a.name + ".jsonl")
    old = load(path) if os.path.exists(path) else []
    have = {(c["query"], json.dumps(c["conf"], sort_keys=True)) for c in old}
    n = len(old)
    with open(path, "a", encoding="utf-8") as f:
        for c in load(a.file):
            k = (c["query"], json.dumps(c["conf"], sort_keys=True))
            if k in have:
                continue
            have.add(k)
            n += 1
            case = {"id": f"random/{a.name}-{n:03}", "conf": c["conf"], "setup": [SETUP_NAMES.get(s, s) for s in c["setup"]], "query": c["query"], "expect": c["expect"]}
            if c.get("nondet"):
                case["nondet"] = True
            f.write(json.dumps(case, ensure_ascii=False) + "\n")
    print(f"{path}: {n} cases")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="verb", required=True)
    q = sub.add_parser("run")
    q.add_argument("kind", choices=["mutate", "functions", "signatures", "queries", "forms"])
    q.add_argument("--oracle", required=True)
    q.add_argument("--piezo", required=True)
    q.add_argument("--oracle-up", help="command that starts the oracle again when it went down")
    q.add_argument("--piezo-up", help="command that starts Piezo again when it went down")
    q.add_argument("--seed", type=int)
    q.add_argument("--seconds", type=float, default=60)
    q.add_argument("--seeds", nargs="*")
    q.add_argument("--out", required=True)
    q = sub.add_parser("again")
    q.add_argument("file")
    q.add_argument("--piezo", required=True)
    q.add_argument("--piezo-up")
    q.add_argument("--out")
    q = sub.add_parser("show")
    q.add_argument("file")
    q.add_argument("--width", type=int, default=600)
    q = sub.add_parser("fixed")
    q.add_argument("file")
    q.add_argument("left")
    q.add_argument("--out", required=True)
    q = sub.add_parser("keep")
    q.add_argument("file")
    q.add_argument("--as", dest="name", required=True)
    a = p.parse_args()
    {"run": run, "again": again, "show": show, "fixed": fixed, "keep": keep}[a.verb](a)


if __name__ == "__main__":
    main()

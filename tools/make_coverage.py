#!/usr/bin/env python3
"""docs/coverage.md: every relation, command and catalog operation of the protocol with the tests that cover it.

    tools/make_coverage.py            writes docs/coverage.md
    tools/make_coverage.py --check    fails if something has no test

Names come from proto/.  Tests come from tests/relations/*.jsonl, whose ids begin with the name they cover and whose expectations are
recorded on real Spark, and from the two tables of tests/protocol/test_refused.py: what is refused, with its condition.
"""
import collections
import glob
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KINDS = [("Relations", "relations.proto", "Relation", "rel_type"), ("Commands", "commands.proto", "Command", "command_type"),
         ("Catalog operations", "catalog.proto", "Catalog", "cat_type")]


def members(file, oneof):
    """(name, number) of a oneof."""
    with open(os.path.join(ROOT, "proto", "spark", "connect", file), encoding="utf-8") as f:
        body = re.search(r"oneof " + oneof + r" \{(.*?)\}", f.read(), re.S).group(1)
    return [(name, int(number)) for name, number in re.findall(r"[\w.]+ (\w+) = (\d+);", body)]


def recorded():
    """name -> {file: [case, ...]}"""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "relations", "*.jsonl"))):
        with open(path, encoding="utf-8") as f:
            for line in f:
                name, _, case = json.loads(line)["id"].partition("/")
                found[name][os.path.basename(path)[:-6]].append(case)
    return found


def refused():
    """{"Relations": {name: condition}, ...} out of the tables, read as text: the test's imports are not needed."""
    with open(os.path.join(ROOT, "tests", "protocol", "test_refused.py"), encoding="utf-8") as f:
        text = f.read()
    out = {}
    for title, table in (("Relations", "RELATIONS"), ("Commands", "COMMANDS")):
        body = re.search(table + r" = \{(.*?)\n\}", text, re.S).group(1)
        out[title] = dict(re.findall(r'"(\w+)": \(\w+, "([\w.]+)"\)', body))
    return out


def pending():
    with open(os.path.join(ROOT, "tests", "relations", "pending.json"), encoding="utf-8") as f:
        return json.load(f)


def row(name, number, tests, condition, waiting):
    cases = [c for file in tests.values() for c in file]
    late = [c for c in cases if f"{name}/{c}" in waiting]
    if condition and not cases:
        return f"| {number} | `{name}` | refused: `{condition}` | tests/protocol/test_refused.py |"
    state = "served" if not late else "not yet" if len(late) == len(cases) else f"served, {len(late)} of {len(cases)} cases not yet"
    where = "; ".join(f"tests/relations/{file}: {', '.join(sorted(c))}" for file, c in tests.items())
    return f"| {number} | `{name}` | {state if cases else 'NO TEST'} | {where} |"


def main():
    tests, refusals, waiting = recorded(), refused(), pending()
    missing, lines = [], ["# What of the protocol is served, and the test that shows it", "",
                          "Made by `tools/make_coverage.py`; do not edit. Cases are DataFrame programs whose answers were recorded on Spark 4.3.0.", ""]
    for title, file, _, oneof in KINDS:
        names = members(file, oneof)
        lines += [f"## {title} ({len(names)})", "", "| field | name | state | tests |", "|---|---|---|---|"]
        for name, number in names:
            condition = refusals.get(title, {}).get(name)
            if name == "catalog":
                lines.append(f"| {number} | `catalog` | served | see below |")
                continue
            lines.append(row(name, number, tests.get(name, {}), condition, waiting))
            if "NO TEST" in lines[-1]:
                missing.append(f"{title}: {name}")
        lines.append("")
    if missing:
        print("without a test: " + ", ".join(missing), file=sys.stderr)
    if sys.argv[1:] != ["--check"]:
        with open(os.path.join(ROOT, "docs", "coverage.md"), "w", encoding="utf-8") as f:
            f.write("\n".join(lines))
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()

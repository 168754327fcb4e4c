"""What the runs of documented.py say together, on the command line:

    summary.py passing < lines of a run against real Spark    prints passing.json, the base: names of the docstrings that pass there
    summary.py report < lines of a run against Piezo          how many of the base pass for each module, and what fails
"""
import collections
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    with open(os.path.join(HERE, name)) as f:
        return json.load(f)


def passing(lines):
    names = collections.defaultdict(list)
    for line in lines:
        if not line["failures"]:
            names[line["module"]].append(line["name"])
    return {m: sorted(n) for m, n in names.items()}


def report(lines):
    base, good, bad = load("passing.json"), passing(lines), []
    for module, wanted in base.items():
        hit = set(wanted) & set(good.get(module, []))
        if any(line["module"] == module for line in lines):
            print(f"{module:12} {len(hit):4} of {len(wanted):4}  {100 * len(hit) / len(wanted):5.1f} %")
    for line in lines:
        if line["failures"] and line["name"] in base[line["module"]]:
            bad.append(line["name"])
            first = line["failures"][0]
            print(f"\n{line['name']}: {len(line['failures'])} of {line['examples']} examples\n{first['source']}--- wanted\n{first['want']}--- got\n{first['got'][:1500]}")


def main():
    lines = [json.loads(line) for line in sys.stdin]
    if sys.argv[1:] == ["passing"]:
        print(json.dumps(passing(lines), indent=0))
    else:
        report(lines)


if __name__ == "__main__":
    main()

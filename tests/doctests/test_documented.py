"""The client's documentation examples, one test for each docstring that passes on real Spark (passing.json).

Those in failing.json do not pass yet, each with its reason: they are tried and reported as skipped, so that a fixed one can be taken off the
list.  The floor is therefore a list of names: no docstring outside failing.json may stop passing.  Each module has a server of its own.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

import pytest
from conftest import Server
from summary import load

HERE = os.path.dirname(os.path.abspath(__file__))
PASSING, FAILING = load("passing.json"), load("failing.json")
WORKERS = 2


def run_module(name, folder):
    conf = ["--conf", "spark.sql.session.timeZone=America/Los_Angeles", "--threads", "1"]     # one: rows without ORDER BY keep one order
    with Server("--warehouse", str(folder / name), *conf, log=folder / f"{name}.log") as server:
        program = [sys.executable, os.path.join(HERE, "documented.py"), server.url, name]
        with open(folder / f"{name}.out", "w+") as out, open(folder / f"{name}.err", "w+") as err:
            subprocess.run(program, stdin=subprocess.DEVNULL, stdout=out, stderr=err, timeout=300)
            out.seek(0)
            return {x["name"]: x for x in map(json.loads, out)}


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documented")
    longest_first = sorted(PASSING, key=lambda m: -len(PASSING[m]))
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return dict(zip(longest_first, pool.map(lambda m: run_module(m, folder), longest_first)))


@pytest.mark.parametrize("module,name", [(m, n) for m, names in PASSING.items() for n in names])
def test_docstring(outcomes, module, name):
    outcome = outcomes[module].get(name)
    assert outcome is not None, f"the run of {module} ended before {name}"
    if not outcome["failures"]:
        return
    first = outcome["failures"][0]
    shown = f"{first['source']}--- wanted\n{first['want']}--- got\n{first['got']}"
    if name in FAILING:
        pytest.skip(f"{FAILING[name]}: {shown}")
    pytest.fail(shown)


def test_failing_names_exist():
    assert set(FAILING) <= {n for names in PASSING.values() for n in names}

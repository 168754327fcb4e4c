"""Scripts of statements against their recordings on real Spark: one test per case of the .jsonl files here."""
import glob
import json
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import statements

CASES = [
    json.loads(line)
    for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "*.jsonl")))
    for line in open(path, encoding="utf-8")
]


@pytest.fixture(scope="module")
def warehouse_url(tmp_path_factory):
    """A server with a warehouse of its own: places of databases and tables are told."""
    given = os.environ.get("PIEZO_URL")
    if given:
        yield given
        return
    from conftest import Server

    with Server("--warehouse", str(tmp_path_factory.mktemp("warehouse"))) as s:
        yield s.url
        assert s.process.poll() is None, "the server ended during the tests"


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_as_recorded(warehouse_url, case):
    steps = case["steps"]
    answers = statements.run(warehouse_url, [s["run"] for s in steps])
    wrong = [
        f"{s['run']}\n  wanted {json.dumps(s['expect'])}\n  got    {json.dumps(a)}"
        for s, a in zip(steps, answers)
        if not statements.same(s, a)
    ]
    assert not wrong, "\n".join(wrong)

"""DataFrame programs against recordings of real Spark: frames.py says how they are written and recorded."""
import json
import os

import frames
import pytest
import replay

CASES = {}
with open(os.path.join(frames.HERE, "pending.json"), encoding="utf-8") as f:
    PENDING = json.load(f)                     # id -> what is missing: tried, and skipped while they fail
for name in frames.names():
    programs = frames.programs(name)
    for line in replay.load(os.path.join(frames.HERE, name + ".jsonl")):
        CASES[line["id"]] = (programs.get(line["id"]), line)


def test_recordings_are_of_these_programs():
    assert {i for i, (text, line) in CASES.items() if text is None or frames.digest(text) != line["digest"]} == set()
    assert {i for n in frames.names() for i in frames.programs(n)} == set(CASES)


@pytest.mark.parametrize("ident", CASES)
def test_as_recorded(url, ident):
    text, line = CASES[ident]
    case = {**line, "query": text, "nondet": "# schema only" in text}
    wrong = frames.difference(case, frames.outcome(url, text, ident))
    if wrong is not None and ident in PENDING:
        pytest.skip(f"{PENDING[ident]}: {wrong}")
    assert wrong is None, f"{text}\n{wrong}"

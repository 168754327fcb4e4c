"""Whole queries against recordings of real Spark: one test per case of the .jsonl files here."""
import glob
import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import replay  # noqa: E402

CASES = [c for path in sorted(glob.glob(os.path.join(HERE, "*.jsonl"))) for c in replay.load(path)]


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_as_recorded(url, case):
    wrong = replay.difference(case, replay.answer(url, case))
    assert wrong is None, f"{case['query']}\n{wrong}"

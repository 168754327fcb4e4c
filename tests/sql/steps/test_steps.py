"""Sequences of statements against recordings of real Spark; see steps.py."""
import glob
import os
import sys

import pytest
import replay

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import steps  # noqa: E402

CASES = [c for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "*.jsonl"))) for c in replay.load(path)]


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_steps(url, case):
    wrong = steps.differences(url, case)
    assert not wrong, "\n".join(f"{q}\n    {w}" for q, w in wrong[:3])

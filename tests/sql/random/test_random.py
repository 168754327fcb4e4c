"""Statements that once were answered otherwise than by Spark, found by tests/random: replayed as all recordings."""
import os
import sys

import replay  # tests/ is on the path: its conftest.py is there

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "random"))
from values import SETUPS  # noqa: E402


def with_tables(case):
    return {**case, "setup": [SETUPS.get(s, s) for s in case["setup"]]}


test_random = replay.recorded(__file__, with_tables)

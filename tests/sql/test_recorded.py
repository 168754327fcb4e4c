"""Whole queries against recordings of real Spark: one test per case of the .jsonl files here."""
import replay  # tests/ is on the path: its conftest.py is there

test_as_recorded = replay.recorded(__file__)

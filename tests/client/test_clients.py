"""Clients of other ages: program.py under each of them answers as it does on real Spark 4.3.0 (spark-VERSION.txt, made by the same program there).

The client of the test environment always runs.  PIEZO_CLIENTS names Pythons of environments with others, separated by `:`.
"""
import os
import subprocess
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from conftest import Server  # noqa: E402

PYTHONS = [sys.executable, *filter(None, os.environ.get("PIEZO_CLIENTS", "").split(":"))]


@pytest.mark.parametrize("python", PYTHONS, ids=range(len(PYTHONS)))
def test_client(python, tmp_path):
    version = subprocess.run([python, "-c", "import pyspark; print(pyspark.__version__)"], capture_output=True, text=True, check=True).stdout.strip()
    recorded = os.path.join(HERE, f"spark-{version}.txt")
    if not os.path.exists(recorded):
        pytest.skip(f"nothing is recorded for {version}")
    folder = tmp_path / "files"
    folder.mkdir()
    with Server("--warehouse", str(tmp_path / "w")) as s:
        said = subprocess.run([python, os.path.join(HERE, "program.py"), s.url, str(folder)], capture_output=True, text=True, timeout=300)
    assert said.returncode == 0, said.stderr[-3000:]
    with open(recorded, encoding="utf-8") as f:
        want = dict(line.split(": ", 1) for line in f.read().splitlines())
    got = dict(line.split(": ", 1) for line in said.stdout.splitlines())
    wrong = [f"{k}: wanted {want.get(k)}, got {got.get(k)}" for k in list(want) + [k for k in got if k not in want] if want.get(k) != got.get(k)]
    assert not wrong, f"PySpark {version}\n" + "\n".join(wrong)

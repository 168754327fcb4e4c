"""The database of a warehouse was once the file piezo.db, which is the name of a directory of Spark's: a server that finds it there gives it its
name of today, with the journal that a crash may have left, and leaves alone what only looks like it.
"""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "protocol"))
from test_killed_files import client_of  # noqa: E402
from wire import Server, command  # noqa: E402

NOW, ONCE = "piezo-warehouse.duckdb", "piezo.db"


def made(where, killed):
    with Server("--warehouse", str(where)) as s:
        c = client_of(s)
        c.run(command("CREATE TABLE t AS SELECT 7 AS a"))
        c.run(command("CREATE TABLE f USING parquet AS SELECT 8 AS a"))
        if killed:
            s.process.kill()


def rows(where):
    with Server("--warehouse", str(where)) as s:
        c = client_of(s)
        return [c.rows(f"SELECT a FROM {t}") for t in ("t", "f")]


@pytest.mark.parametrize("killed", (False, True))
def test_gets_its_name(tmp_path, killed):
    made(tmp_path, killed)
    assert os.path.exists(tmp_path / f"{NOW}.wal") == killed
    for end in ("", ".wal"):
        if os.path.exists(tmp_path / f"{NOW}{end}"):
            os.rename(tmp_path / f"{NOW}{end}", tmp_path / f"{ONCE}{end}")
    assert rows(tmp_path) == [[{"a": 7}], [{"a": 8}]]
    assert not os.path.exists(tmp_path / ONCE) and not os.path.exists(tmp_path / f"{ONCE}.wal") and os.path.exists(tmp_path / NOW)
    assert rows(tmp_path) == [[{"a": 7}], [{"a": 8}]]


def test_the_new_name_wins(tmp_path):
    made(tmp_path, False)
    (tmp_path / ONCE).write_text("something else")
    assert rows(tmp_path) == [[{"a": 7}], [{"a": 8}]]
    assert (tmp_path / ONCE).read_text() == "something else"


def test_a_directory_is_a_database_of_that_name(tmp_path):
    with Server("--warehouse", str(tmp_path)) as s:
        c = client_of(s)
        c.run(command("CREATE DATABASE piezo"))
        c.run(command("CREATE TABLE piezo.t USING parquet AS SELECT 9 AS a"))
    os.remove(tmp_path / NOW)
    with Server("--warehouse", str(tmp_path)) as s:
        c = client_of(s)
        assert c.rows(f"SELECT a FROM parquet.`{tmp_path}/{ONCE}/t`") == [{"a": 9}]
    assert os.path.isdir(tmp_path / ONCE / "t") and os.path.isfile(tmp_path / NOW)

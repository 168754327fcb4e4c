"""Writes of several directories, and of directories together with the catalog, cut off at every step in turn: after a restart the table is
the old one or the new one, and nothing lies beside it.
"""
import glob
import os
import shutil
import subprocess
import sys

import grpc
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "protocol"))
from test_killed_files import client_of, stages  # noqa: E402
from wire import Server, command  # noqa: E402

SETUP = [
    "CREATE TABLE t(i INT, p INT) USING parquet PARTITIONED BY (p)",
    "ALTER TABLE t ADD PARTITION (p = 1) LOCATION '{folder}/t_1' PARTITION (p = 2) LOCATION '{folder}/t/inside' PARTITION (p = 9) LOCATION '{folder}/t_9'",
    "INSERT INTO t VALUES (1, 0), (1, 1), (1, 2), (1, 3), (1, 9)",
    "CREATE TABLE u(i INT, p INT) USING json PARTITIONED BY (p)",
    "INSERT INTO u VALUES (1, 0), (1, 1)",
    "CREATE DATABASE d",
    "CREATE TABLE d.v(i INT, p INT) USING csv PARTITIONED BY (p)",
    "INSERT INTO d.v VALUES (1, 0)",
]
NEW = "SELECT 2, id FROM range(5)"
# statement, and what t and u hold before and after it
BEFORE = {"t": [(1, p) for p in (0, 1, 2, 3, 9)], "u": [(1, 0), (1, 1)], "d.v": [(1, 0)]}
CASES = {
    "dynamic": ("INSERT OVERWRITE t PARTITION (p) " + NEW, {"t": [(1, 9)] + [(2, p) for p in range(5)]}),
    "static": ("SET spark.sql.sources.partitionOverwriteMode = static; INSERT OVERWRITE t " + NEW, {"t": [(2, p) for p in range(5)]}),
    "append": ("INSERT INTO t " + NEW, {"t": BEFORE["t"] + [(2, p) for p in range(5)]}),
    "new_partitions": ("INSERT INTO u " + NEW, {"u": BEFORE["u"] + [(2, p) for p in range(5)]}),
    "two_tables": ("FROM range(5) INSERT INTO t SELECT 2, id INSERT OVERWRITE u SELECT 2, id INSERT INTO t SELECT 3, id",
                   {"t": BEFORE["t"] + [(i, p) for i in (2, 3) for p in range(5)], "u": [(2, p) for p in range(5)]}),
    "truncate": ("TRUNCATE TABLE t", {"t": []}),
    "rename_partition": ("ALTER TABLE u PARTITION (p = 0) RENAME TO PARTITION (p = 7)", {"u": [(1, 1), (1, 7)]}),
    "drop_partition": ("ALTER TABLE u DROP PARTITION (p = 0), PARTITION (p = 1)", {"u": []}),
    "drop_table": ("DROP TABLE u", {"u": None}),
    "drop_database": ("DROP DATABASE d CASCADE", {"d.v": None}),
}
COARSE = ("append", "truncate")                # cut off at every third step only
MOST = 80


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    out = tmp_path_factory.mktemp("shim") / "kill_at.so"
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kill_at.c")
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", out, source, "-ldl"], check=True)
    return str(out)


def rows(c, table):
    """None: there is no such table."""
    try:
        return sorted((r["i"], r["p"]) for r in c.rows(f"SELECT i, p FROM {table}"))
    except grpc.RpcError as e:
        assert "TABLE_OR_VIEW_NOT_FOUND" in str(e), e
        return None


def contents(where):
    with Server(*where) as s:
        c = client_of(s)
        found = {t: rows(c, t) for t in BEFORE}
        for t in ("u", "d.v"):                 # what no catalog knows of would come back
            if found[t] is not None:
                c.run(command(f"MSCK REPAIR TABLE {t}"))
        assert found == {t: rows(c, t) for t in BEFORE}
        s.process.kill()
        return found


def run_until_killed(where, shim, tmp_path, at, statements):
    """Did the server answer before its end?"""
    armed = tmp_path / "armed"
    with Server(*where, env={"LD_PRELOAD": shim, "KILL_ARMED": str(armed), "KILL_AT": str(at)}) as s:
        c = client_of(s)
        try:
            for statement in statements[:-1]:
                c.run(command(statement))
            armed.touch()
            c.run(command(statements[-1]))
            return True
        except grpc.RpcError:
            s.process.wait(10)
            return False
        finally:
            armed.unlink(missing_ok=True)
            s.process.kill()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A warehouse and what lies beside it; and a copy to start from again."""
    base = tmp_path_factory.mktemp("cut")
    folder = base / "now"
    folder.mkdir()
    with Server("--warehouse", str(folder / "w")) as s:
        c = client_of(s)
        for text in SETUP:
            c.run(command(text.format(folder=folder)))
    shutil.copytree(folder, base / "kept")
    return folder, base / "kept"


@pytest.mark.parametrize("case", CASES)
def test_cut_off_at_every_step(case, shim, prepared):
    statement, changed = CASES[case]
    step = 3 if case in COARSE else 1
    folder, kept = prepared
    after, seen, answered, at = {**BEFORE, **changed}, set(), False, 1 - step
    where = ("--warehouse", str(folder / "w"))
    while not answered:
        at += step
        assert at < MOST
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        answered = run_until_killed(where, shim, folder, at, statement.split("; "))
        found = contents(where)
        assert found in (BEFORE, after), f"cut off at step {at}: {found}"
        assert not answered or found == after
        assert stages(str(folder)) == [] and glob.glob(f"{folder}/**/.piezo-*", recursive=True, include_hidden=True) == [], at
        for t, place in (("u", "u"), ("d.v", "d.db/v")):
            assert found[t] is None or os.path.isdir(folder / "w" / place), t
            assert found[t] is not None or not os.path.exists(folder / "w" / place), t
        seen.add(found == after)
    assert seen == {True, False} and at > 3

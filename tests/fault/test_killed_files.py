"""kill -9 while files and tables of files are written: afterwards, for Piezo and for any other reader, each target holds what some whole write
left, none that was answered is lost, and what the dead server left aside is passed over and goes with the next write.

KILL_ROUNDS says how often (16).
"""
import glob
import os
import random
import sys
import threading
import time

import grpc
import pyarrow.dataset as ds
from pyspark.sql.connect.proto import base_pb2 as pb
from pyspark.sql.connect.proto import base_pb2_grpc
from pyspark.sql.connect.proto import commands_pb2 as cmd

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "protocol"))
from wire import Client, Server, command, sql  # noqa: E402

ROUNDS = int(os.environ.get("KILL_ROUNDS", "16"))
ROWS = 5_000
TABLES = [
    "CREATE TABLE plain(i BIGINT, id BIGINT) USING parquet",
    "CREATE TABLE parted(i BIGINT, id BIGINT, p INT) USING parquet PARTITIONED BY (p)",
    "CREATE TABLE growing(i BIGINT, id BIGINT) USING json",
    "CREATE TABLE outside(i BIGINT, id BIGINT) USING csv LOCATION '{folder}/outside'",
    "CREATE TABLE spread(i BIGINT, id BIGINT, p INT) USING parquet PARTITIONED BY (p)",
    "ALTER TABLE spread ADD PARTITION (p = 1) LOCATION '{folder}/spread_1' PARTITION (p = 4) LOCATION '{folder}/spread_4' "
    "PARTITION (p = 5) LOCATION '{folder}/spread_5'",
    "CREATE TABLE strewn(i BIGINT, id BIGINT, p INT) USING json PARTITIONED BY (p)",
    "ALTER TABLE strewn ADD PARTITION (p = 0) LOCATION '{folder}/strewn_0' PARTITION (p = 3) LOCATION '{folder}/strewn_3'",
    "CREATE TABLE both(i BIGINT, id BIGINT, p INT) USING parquet PARTITIONED BY (p)",
    "ALTER TABLE both ADD PARTITION (p = 2) LOCATION '{folder}/both_2' PARTITION (p = 77) LOCATION '{folder}/both_77'",
    "CREATE TABLE native(i BIGINT, id BIGINT)",
    "CREATE TABLE journal(i BIGINT, id BIGINT)",
]


def client_of(server):
    channel = grpc.insecure_channel(f"localhost:{server.port}")
    c = Client(base_pb2_grpc.SparkConnectServiceStub(channel))
    c.run(command("SET spark.sql.sources.partitionOverwriteMode = dynamic"))
    return c


def rows_of(i, extra=""):
    return f"SELECT CAST({i} AS BIGINT) AS i, id{extra} FROM range({ROWS})"


def writer(c, i, mode, format, path="", table="", by=(), extra="", **options):
    w = cmd.WriteOperation(input=sql(rows_of(i, extra)), source=format, mode=mode, path=path, partitioning_columns=by, options=options)
    if table:
        w.ClearField("path")
        w.table.table_name = table
        w.table.save_method = cmd.WriteOperation.SaveTable.TABLE_SAVE_METHOD_SAVE_AS_TABLE
    c.run(pb.Plan(command=cmd.Command(write_operation=w)))


def static(c, statement):
    c.run(command("SET spark.sql.sources.partitionOverwriteMode = static"))
    c.run(command(statement))
    c.run(command("SET spark.sql.sources.partitionOverwriteMode = dynamic"))


SIX = ", CAST(id % 6 AS INT) AS p"
OVERWRITE, APPEND = cmd.WriteOperation.SAVE_MODE_OVERWRITE, cmd.WriteOperation.SAVE_MODE_APPEND


# name: what one write of number i does, and whether it replaces what was there (else it adds its rows)
WRITES = {
    "replaced": (lambda c, i, f: writer(c, i, OVERWRITE, "parquet", f"{f}/replaced"), True),
    "appended": (lambda c, i, f: writer(c, i, APPEND, "parquet", f"{f}/appended"), False),
    "appended_csv": (lambda c, i, f: writer(c, i, APPEND, "csv", f"{f}/appended_csv", header="true"), False),
    "partitions": (lambda c, i, f: writer(c, i, OVERWRITE, "parquet", f"{f}/partitions", by=["p"], extra=SIX, partitionOverwriteMode="dynamic"), True),
    "directory": (lambda c, i, f: c.run(command(f"INSERT OVERWRITE DIRECTORY '{f}/directory' USING json {rows_of(i)}")), True),
    "plain": (lambda c, i, f: c.run(command(f"INSERT OVERWRITE plain {rows_of(i)}")), True),
    "parted": (lambda c, i, f: c.run(command(f"INSERT OVERWRITE parted PARTITION (p) {rows_of(i, SIX)}")), True),
    # partitions that lie elsewhere: replaced one by one, added to, and all at once with one that is emptied
    "spread": (lambda c, i, f: c.run(command(f"INSERT OVERWRITE spread PARTITION (p) {rows_of(i, SIX)}")), True),
    "strewn": (lambda c, i, f: c.run(command(f"INSERT INTO strewn {rows_of(i, SIX)}")), False),
    "both": (lambda c, i, f: static(c, f"INSERT OVERWRITE both {rows_of(i, SIX)}"), True),
    "growing": (lambda c, i, f: c.run(command(f"INSERT INTO growing {rows_of(i)}")), False),
    "outside": (lambda c, i, f: c.run(command(f"INSERT OVERWRITE outside {rows_of(i)}")), True),
    "saved": (lambda c, i, f: writer(c, i, OVERWRITE, "parquet", table="saved"), True),
    "native": (lambda c, i, f: c.run(command(f"MERGE INTO native t USING ({rows_of(i)}) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET i = s.i "
                                             "WHEN NOT MATCHED THEN INSERT *")), True),
    "journal": (lambda c, i, f: c.run(command(f"INSERT INTO journal {rows_of(i)}")), False),
}
PATHS = {"replaced": "parquet", "appended": "parquet", "appended_csv": "csv", "partitions": "parquet", "directory": "json"}
OPTIONS = {"appended_csv": "WITH (header 'true', inferSchema 'true')"}


def state(c, name, folder):
    """version -> rows, as Piezo reads it."""
    if name in PATHS and not os.path.isdir(f"{folder}/{name}"):
        return {}
    source = f"{PATHS[name]}.`{folder}/{name}` {OPTIONS.get(name, '')}" if name in PATHS else name
    if name == "saved" and not c.rows("SHOW TABLES LIKE 'saved'"):
        return {}
    return {r["i"]: (r["n"], r["d"]) for r in c.rows(f"SELECT i, count(*) AS n, count(DISTINCT id) AS d FROM {source} GROUP BY i")}


def outside_state(name, folder):
    """The same, read by Arrow: files of Parquet and CSV under a path, whatever Piezo thinks of them."""
    if PATHS.get(name) not in ("parquet", "csv") or not os.path.isdir(f"{folder}/{name}"):
        return None
    table = ds.dataset(f"{folder}/{name}", format=PATHS[name], partitioning="hive").to_table()
    counts = table.group_by("i").aggregate([("id", "count"), ("id", "count_distinct")]).to_pylist()
    return {r["i"]: (r["id_count"], r["id_count_distinct"]) for r in counts}


def check(c, name, folder, answered):
    """The number of the last write that is there: the last one answered, or the one that was cut off."""
    found, replaces = state(c, name, folder), WRITES[name][1]
    seen = outside_state(name, folder)
    assert seen is None or seen == found, (name, seen, found)
    assert all(v == (ROWS, ROWS) for v in found.values()), f"{name}: half a write: {found}"
    last = max(found, default=0)
    assert last - answered in (0, 1), f"{name}: {answered} was answered, {last} is there"
    assert sorted(found) == ([last] if replaces and last else list(range(1, last + 1))), f"{name}: {sorted(found)}"
    return last


def keep_writing(server, name, folder, done):
    try:
        c = client_of(server)
        while True:
            WRITES[name][0](c, done[name] + 1, folder)
            done[name] += 1
    except grpc.RpcError:
        pass


def stages(folder):
    return glob.glob(f"{folder}/**/.*.piezo-*", recursive=True, include_hidden=True) + glob.glob(f"{folder}/.*.piezo-*")


def test_killed_at_any_moment(tmp_path):
    where, folder = ("--warehouse", str(tmp_path / "w"), "--memory", "2g"), str(tmp_path)
    done, left, names = dict.fromkeys(WRITES, 0), 0, list(WRITES)
    with Server(*where) as s:
        c = client_of(s)
        for t in TABLES:
            c.run(command(t.format(folder=folder)))
    for _ in range(ROUNDS):
        with Server(*where) as s:
            c = client_of(s)
            for name in names:
                done[name] = check(c, name, folder, done[name])
            at_work = [threading.Thread(target=keep_writing, args=(s, n, folder, done)) for n in random.sample(names, 4)]
            for w in at_work:
                w.start()
            time.sleep(random.uniform(0.05, 0.5))
            s.process.kill()
            s.process.wait()
            for w in at_work:
                w.join(60)
                assert not w.is_alive()
        left += bool(stages(folder))
    with Server(*where) as s:
        c = client_of(s)
        for name in names:
            done[name] = check(c, name, folder, done[name])
            WRITES[name][0](c, done[name] + 1, folder)
            assert check(c, name, folder, done[name] + 1) == done[name] + 1
    assert stages(folder) == [] and sum(done.values()) > 0
    assert left or ROUNDS < 10, "no kill ever met a write at work"

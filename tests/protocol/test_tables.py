"""Native tables: what is committed survives kill -9 whole, writers of one table wait for each other, a cancelled statement leaves nothing."""
import os
import random
import threading
import time

import grpc
import pytest
from pyspark.sql.connect.proto import base_pb2_grpc
from wire import Client, Failure, Server, command, fails

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
STATEMENTS = ["UPDATE account SET n = n + 1",
              "INSERT INTO journal SELECT {i}, id FROM range(500)",
              "MERGE INTO merged t USING (SELECT {i} * 2 + id % 2 AS k, {i} AS v FROM range(2)) s ON t.k = s.k WHEN MATCHED THEN UPDATE SET v = s.v "
              "WHEN NOT MATCHED THEN INSERT * WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = {i}",
              "INSERT OVERWRITE latest SELECT {i} FROM range(300)",
              "CREATE OR REPLACE TABLE made AS SELECT {i} AS i, id FROM range(200)"]


def connect(server):
    channel = grpc.insecure_channel(f"localhost:{server.port}")
    return Client(base_pb2_grpc.SparkConnectServiceStub(channel))


def do(client, text):
    return client.run(command(text))


def write(client, start, done):
    """Until the server dies; notes each statement that was answered."""
    i = start
    try:
        while True:
            for k, s in enumerate(STATEMENTS):
                do(client, s.format(i=i))
                done[k] = i
            i += 1
    except grpc.RpcError:
        pass


def check(client, done):
    """Every table as some statement left it, and no older than what was answered."""
    n = client.rows("SELECT min(n) lo, max(n) hi, count(*) c FROM account")[0]
    assert n["lo"] == n["hi"] and n["c"] == 100 and n["lo"] - done[0] in (0, 1)
    j = client.rows("SELECT i, count(*) c FROM journal GROUP BY i")
    assert all(r["c"] == 500 for r in j) and len(j) - done[1] in (0, 1)
    m = client.rows("SELECT min(v) lo, max(v) hi, count(*) c FROM merged")[0]
    assert m["c"] == 0 or (m["lo"] == m["hi"] and m["c"] == 2 * m["lo"])
    assert (m["lo"] or 0) - done[2] in (0, 1)
    last = client.rows("SELECT min(i) lo, max(i) hi, count(*) c FROM latest")[0]
    assert last["c"] in (0, 300) and last["lo"] == last["hi"] and (last["lo"] or 0) - done[3] in (0, 1)
    made = client.rows("SELECT min(i) lo, max(i) hi, count(*) c FROM made")[0]
    assert made["c"] in (0, 200) and made["lo"] == made["hi"] and (made["lo"] or 0) - done[4] in (0, 1)
    return n["lo"], len(j), m["lo"] or 0, last["lo"] or 0, made["lo"] or 0


def test_killed_at_any_moment(tmp_path):
    where = ("--warehouse", str(tmp_path / "w"))
    with Server(*where) as s:
        c = connect(s)
        for t in ("CREATE TABLE account(k BIGINT, n BIGINT)", "CREATE TABLE journal(i BIGINT, k BIGINT)", "CREATE TABLE merged(k BIGINT, v BIGINT)",
                  "CREATE TABLE latest(i BIGINT)", "CREATE TABLE made(i BIGINT, id BIGINT)", "INSERT INTO account SELECT id, 0 FROM range(100)"):
            do(c, t)
    done = [0] * len(STATEMENTS)
    for _ in range(ROUNDS):
        with Server(*where) as s:
            c = connect(s)
            done = list(check(c, done))
            # the statements may be one apart: begin anew where all agree
            i = max(done)
            for k, text in enumerate(STATEMENTS):
                if done[k] < i:
                    do(c, text.format(i=i))
                    done[k] = i
            worker = threading.Thread(target=write, args=(c, i + 1, done))
            worker.start()
            time.sleep(random.uniform(0.02, 0.4))
            s.process.kill()
            s.process.wait()
            worker.join(30)
    with Server(*where) as s:
        check(connect(s), done)


def test_restart_keeps_everything(tmp_path):
    where = ("--warehouse", str(tmp_path / "w"))
    with Server(*where) as s:
        c = connect(s)
        do(c, "CREATE TABLE t(a INT COMMENT 'x', b VARCHAR(5) DEFAULT 'q', p STRING) PARTITIONED BY (p) TBLPROPERTIES ('k' = 'v')")
        do(c, "INSERT INTO t(a, p) VALUES (1, 'one')")
        do(c, "UPDATE t SET a = a + 41")
    with Server(*where) as s:
        c = connect(s)
        assert c.rows("SELECT * FROM t") == [{"a": 42, "b": "q", "p": "one"}]
        do(c, "INSERT INTO t VALUES (1, DEFAULT, 'two')")
        assert fails(lambda: do(c, "INSERT INTO t VALUES (1, 'toolong', 'two')")).condition == "EXCEED_LIMIT_LENGTH"
        assert len(c.rows("SELECT * FROM t")) == 2


@pytest.fixture(scope="module")
def server():
    with Server("--warehouse", ":memory:") as s:
        yield s


def in_threads(server, n, work):
    failed = []

    def run(i):
        try:
            work(connect(server), i)
        except Exception as e:
            failed.append(e)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
    assert not failed, failed[0]


def test_no_update_is_lost(server):
    c = connect(server)
    do(c, "CREATE TABLE hits(n BIGINT)")
    do(c, "INSERT INTO hits VALUES (0)")

    def work(client, i):
        for _ in range(10):
            do(client, "UPDATE hits SET n = n + 1")
            do(client, f"INSERT INTO hits SELECT -1 FROM range({i + 1})")

    in_threads(server, 6, work)
    assert c.rows("SELECT max(n) n, count(*) c FROM hits") == [{"n": 60, "c": 1 + 10 * 21}]


def test_tables_in_both_orders(server):
    c = connect(server)
    do(c, "CREATE TABLE left_one(a BIGINT)")
    do(c, "CREATE TABLE right_one(a BIGINT)")

    def work(client, i):
        order = ("left_one", "right_one") if i % 2 else ("right_one", "left_one")
        for _ in range(10):
            do(client, f"FROM range(3) INSERT INTO {order[0]} SELECT id INSERT INTO {order[1]} SELECT id")

    in_threads(server, 4, work)
    assert c.rows("SELECT (SELECT count(*) FROM left_one) l, (SELECT count(*) FROM right_one) r") == [{"l": 120, "r": 120}]


def test_other_sessions_see_a_commit_at_once(server):
    a, b = connect(server), connect(server)
    do(a, "CREATE TABLE seen(x INT)")
    for i in range(20):
        do(a, f"INSERT INTO seen VALUES ({i})")
        assert b.rows("SELECT max(x) x FROM seen") == [{"x": i}]
    do(b, "CREATE OR REPLACE TABLE seen AS SELECT 'other' AS y")
    assert a.rows("SELECT * FROM seen") == [{"y": "other"}]


@pytest.mark.parametrize("statement", ["INSERT INTO slow SELECT a.id * b.id FROM range(300000) a, range(300000) b WHERE a.id + b.id < 0",
                                       "UPDATE slow SET x = (SELECT max(a.id * b.id) FROM range(300000) a, range(300000) b)",
                                       "CREATE TABLE slow2 AS SELECT sum(a.id * b.id) s FROM range(300000) a, range(300000) b"])
def test_a_cancelled_statement_leaves_nothing(server, statement):
    c = connect(server)
    do(c, "CREATE TABLE IF NOT EXISTS slow(x BIGINT)")
    do(c, "INSERT OVERWRITE slow VALUES (7)")
    failure = []
    t = threading.Thread(target=lambda: failure.append(fails(lambda: do(c, statement))))
    t.start()
    time.sleep(0.5)
    from pyspark.sql.connect.proto import base_pb2 as pb

    c.interrupt(interrupt_type=pb.InterruptRequest.INTERRUPT_TYPE_ALL)
    t.join(30)
    assert failure and failure[0].condition == "OPERATION_CANCELED"
    other = connect(server)
    do(other, "INSERT INTO slow VALUES (8)")   # nobody holds the table
    assert sorted(r["x"] for r in other.rows("SELECT x FROM slow")) == [7, 8]
    assert fails(lambda: other.rows("SELECT * FROM slow2")).condition == "TABLE_OR_VIEW_NOT_FOUND"


def test_names_that_several_change_at_once_keep_their_tables(stub):
    """Whoever comes second sees what the first left: no name without rows, no error of the engine's."""
    forms = ["CREATE OR REPLACE TABLE race.{t} AS SELECT id FROM range(3)", "CREATE TABLE IF NOT EXISTS race.{t} (id BIGINT)", "DROP TABLE IF EXISTS race.{t}",
             "ALTER TABLE race.{t} RENAME TO race.{u}", "ALTER TABLE race.{t} SET TBLPROPERTIES ('p' = 'x')", "INSERT INTO race.{t} VALUES (1)",
             "SELECT count(*) FROM race.{t}", "DROP DATABASE race CASCADE", "CREATE DATABASE IF NOT EXISTS race", "ANALYZE TABLE race.{t} COMPUTE STATISTICS"]
    expected = {"TABLE_OR_VIEW_NOT_FOUND", "TABLE_OR_VIEW_ALREADY_EXISTS", "SCHEMA_NOT_FOUND"}
    unexpected, end = [], time.time() + 3

    def change(seed):
        draw, c = random.Random(seed), Client(stub)
        while time.time() < end and not unexpected:
            text = draw.choice(forms).format(t=draw.choice("abc"), u=draw.choice("abc"))
            try:
                c.run(command(text))
            except grpc.RpcError as e:
                f = Failure(e)
                if f.condition not in expected:
                    unexpected.append((text, f.condition, f.message))

    threads = [threading.Thread(target=change, args=(n,)) for n in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not unexpected
    c = Client(stub)
    c.run(command("CREATE DATABASE IF NOT EXISTS race"))
    for row in c.rows("SHOW TABLES IN race"):
        assert c.rows(f"SELECT count(*) n FROM race.{row['tableName']}")[0]["n"] >= 0
    c.run(command("DROP DATABASE race CASCADE"))

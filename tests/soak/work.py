"""One client of a soak: does one kind of work against a server until it is told to end, and says what went wrong.

    work.py ROLE URL SEED END FOLDER           END: a time in seconds since the epoch

Roles are the functions below ROLES; each is a generator that yields None for a thing done, ("wrong", what, text) for a wrong answer and
("said", condition) for an error that is allowed there.  stdout gets one JSON line a second and one for each wrong answer.  FOLDER is shared by
the clients of a soak.
"""
import contextlib
import fcntl
import glob
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
for folder in (TESTS, *(os.path.join(TESTS, d) for d in ("relations", "statements", "protocol"))):
    sys.path.insert(0, folder)

import grpc  # noqa: E402
import replay  # noqa: E402
import wire  # noqa: E402
from pyspark.errors import utils as client_errors  # noqa: E402
from pyspark.sql.connect.proto import base_pb2 as pb  # noqa: E402
from pyspark.sql.connect.proto import base_pb2_grpc  # noqa: E402

# What looks at, or changes, things that sessions share: one client at a time does that.
SHARED = re.compile(r"\b(create|drop|alter|insert|analyze|refresh|truncate|msck|repair|load|merge|delete|update|show|cache|uncache|clear|database|catalog"
                    r"|persist|unpersist|checkpoint|saveAsTable|writeTo|insertInto|describe)\b|\.cache\(|clearCache|is_cached|listTables", re.I)
OWN_VIEW = re.compile(r"\bcreate\s+(or\s+replace\s+)?temp(orary)?\s+view\b|createOrReplaceTempView|\.describe\(", re.I)
TELLS_ALL = re.compile(r"\bshow\s+(databases|schemas|namespaces)|listDatabases", re.I)


def shares(text):
    return bool(SHARED.search(OWN_VIEW.sub("", text)))


class Case:
    """ident; run(url) -> what is wrong, or None; shared: it looks at what sessions share."""

    def __init__(self, ident, run, shared, line=None):
        self.ident, self.run, self.shared, self.line = ident, run, shared, line


def sql_cases():
    for path in sorted(glob.glob(os.path.join(TESTS, "sql", "*.jsonl")) + glob.glob(os.path.join(TESTS, "functions", "*.jsonl"))):
        for line in replay.load(path):
            text = "\n".join([*line.get("setup", []), line["query"]])
            name = os.path.relpath(path, TESTS)[:-6] + ":" + line["id"]
            yield Case(name, lambda url, c=line: replay.difference(c, replay.answer(url, c)), shares(text), line)


def relation_cases():
    import frames

    with open(os.path.join(frames.HERE, "pending.json"), encoding="utf-8") as f:
        pending = json.load(f)
    for name in frames.names():
        programs = frames.programs(name)
        for line in replay.load(os.path.join(frames.HERE, name + ".jsonl")):
            ident = line["id"]
            text = programs.get(ident)
            if text is None or ident in pending or TELLS_ALL.search(text):
                continue
            case = {**line, "query": text, "nondet": "# schema only" in text}
            yield Case(f"relations/{name}:{ident}", lambda url, c=case, t=text, i=ident: frames.difference(c, frames.outcome(url, t, i)), shares(text))


def statement_cases():
    import statements

    for path in sorted(glob.glob(os.path.join(TESTS, "statements", "*.jsonl"))):
        for case in replay.load(path):
            steps = case["steps"]
            if any(TELLS_ALL.search(s["run"]) for s in steps):
                continue

            def run(url, steps=steps):
                answers = statements.run(url, [s["run"] for s in steps])
                wrong = [(s, a) for s, a in zip(steps, answers) if not statements.same(s, a)]
                return "\n".join(f"{s['run']}\n  wanted {json.dumps(s['expect'])}\n  got    {json.dumps(a)}" for s, a in wrong) or None

            yield Case(f"statements/{os.path.basename(path)[:-6]}:{case['id']}", run, True)


def all_cases():
    return [*sql_cases(), *relation_cases(), *statement_cases()]


class Only:
    """The right to look at what sessions share."""

    def __init__(self, folder):
        self.file = open(os.path.join(folder, "shared.lock"), "w")

    def __enter__(self):
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            return False

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            fcntl.flock(self.file, fcntl.LOCK_UN)


def tell(case, wrong):
    return ("wrong", case.ident, wrong) if wrong else None


def recorded(work):
    """Recorded cases of all kinds through PySpark."""
    cases, only = all_cases(), Only(work.folder)
    while True:
        work.random.shuffle(cases)
        for case in cases:
            if not case.shared:
                yield tell(case, attempt(case, work.url))
                continue
            with only as mine:
                if mine:
                    yield tell(case, attempt(case, work.url))


def attempt(case, url):
    client_errors._enable_debugging_cache = True       # as for those who begin with an active session; the client remembers its first look
    try:
        return case.run(url)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


# ---- raw requests --------------------------------------------------------------------------------------------------
def connect(work):
    channel = grpc.insecure_channel(work.url[len("sc://"):].replace("localhost", "127.0.0.1"),
                                    options=[("grpc.max_receive_message_length", -1), ("grpc.use_local_subchannel_pool", 1)])
    return base_pb2_grpc.SparkConnectServiceStub(channel)


def client(stub, confs=()):
    c = wire.Client(stub)
    settings = {"spark.sql.session.timeZone": "America/Los_Angeles", **dict(confs)}
    pairs = [{"key": k, "value": v} for k, v in settings.items()]
    c.config(set={"pairs": pairs})
    return c


def leave(c):
    c.stub.ReleaseSession(c.make(pb.ReleaseSessionRequest))


def condition(e):
    f = wire.Failure(e)
    return f.condition or (f.classes or [f.code])[0]


def batches(responses):
    return [r.arrow_batch.data for r in responses if r.HasField("arrow_batch")]


def cells_of(data):
    import pyarrow as pa

    table = pa.concat_tables([pa.ipc.open_stream(d).read_all() for d in data])
    columns = [[replay.cell(s, table.schema.field(i).type) for chunk in table.column(i).chunks for s in chunk] for i in range(table.num_columns)]
    return [list(r) for r in zip(*columns)]


def simple(line):
    """Compared without the client: rows that the client's decoder need not translate."""
    return "rows" in line["expect"] and not line.get("nondet") and "interval" not in json.dumps(line["expect"]["schema"])


def raw(work):
    """Recorded SQL through bare gRPC; bytes that were found right once are not decoded again."""
    cases = [c for c in sql_cases() if not c.shared and simple(c.line)]
    good, stub = {}, connect(work)
    while True:
        work.random.shuffle(cases)
        for case in cases:
            line = case.line
            c = client(stub, line.get("conf", {}))
            try:
                for s in line.get("setup", []):
                    c.run(wire.command(s))
                command = re.match(r"\s*(begin|declare|set|execute)\b", line["query"], re.I)
                if command:
                    yield None
                    continue
                data = batches(c.run(wire.root(line["query"])))
            except grpc.RpcError as e:
                yield "wrong", case.ident, f"{condition(e)}: {e.details()[:400]}"
                continue
            finally:
                leave(c)
            digest = hashlib.sha1(b"".join(data)).digest()
            if digest not in good.setdefault(case.ident, set()):
                got = {"schema": line["expect"]["schema"], "rows": cells_of(data)}
                wrong = replay.difference(line, got)
                if wrong:
                    yield "wrong", case.ident, wrong
                    continue
                if len(good[case.ident]) < 20:
                    good[case.ident].add(digest)
            yield None


# ---- clients that behave badly -------------------------------------------------------------------------------------
HEAVY = [
    "SELECT id, repeat('x', 500) s FROM range(400000)",
    "SELECT id % 1000 k, count(*) c, sum(id) s FROM range(3000000) GROUP BY id % 1000",
    "SELECT a.id, b.id FROM range(2000) a JOIN range(2000) b ON a.id <= b.id",
    "SELECT id, row_number() OVER (PARTITION BY id % 7 ORDER BY id DESC) n FROM range(300000)",
    "SELECT id FROM range(2000000) ORDER BY hash(id)",
    "SELECT collect_list(id) FROM range(1000000) GROUP BY id % 10",
    "SELECT transform(sequence(1, 200), x -> x * id) FROM range(20000)",
    wire.SLOW,
]
ENDED = {"OPERATION_CANCELED", "INVALID_HANDLE.OPERATION_NOT_FOUND", "INVALID_HANDLE.SESSION_CLOSED", "INVALID_HANDLE.SESSION_NOT_FOUND",
         "INVALID_HANDLE.OPERATION_ABANDONED", "INVALID_HANDLE.OPERATION_ALREADY_EXISTS", "INVALID_CURSOR.POSITION_NOT_AVAILABLE", "CANCELLED",
         "INVALID_HANDLE.SESSION_CHANGED", "INVALID_CURSOR.POSITION_NOT_FOUND", "INVALID_CURSOR.DISCONNECTED", "UNABLE_TO_ACQUIRE_MEMORY"}


def judged(what, e):
    name = condition(e)
    return ("said", name) if name in ENDED else ("wrong", what, f"{name}: {e.details()[:400]}")


def rough(work):
    """Queries that are interrupted, left half read, read twice, or whose session goes."""
    stub, draw = connect(work), work.random
    while True:
        c = client(stub)
        query, way, op = draw.choice(HEAVY), draw.choice(["all", "tag", "operation", "release", "abandon", "reattach", "sweep"]), wire.new_id()
        ended, delay = threading.Event(), draw.random() ** 2 * 1.5
        stop = {
            "all": lambda: c.interrupt(interrupt_type=pb.InterruptRequest.INTERRUPT_TYPE_ALL),
            "tag": lambda: c.interrupt(interrupt_type=pb.InterruptRequest.INTERRUPT_TYPE_TAG, operation_tag="t1"),
            "operation": lambda: c.interrupt(interrupt_type=pb.InterruptRequest.INTERRUPT_TYPE_OPERATION_ID, operation_id=op),
            "release": lambda: leave(c),
            "sweep": lambda: c.release(op),
        }.get(way, lambda: None)

        def disturb():
            while not ended.wait(delay + 0.01):            # again and again: the first may come before the query
                quietly(stop)

        late = threading.Thread(target=disturb, daemon=True)
        try:
            late.start()
            stream = c.stream(wire.root(query), reattachable=way in ("reattach", "sweep") or draw.random() < 0.5, operation=op, tags=["t1", "t2"])
            last, whole = None, True
            for n, r in enumerate(stream):
                last = r.response_id
                if way in ("abandon", "reattach") and n >= draw.randrange(8):
                    whole = r.HasField("result_complete")
                    break
            stream.cancel()
            if way == "reattach" and query != wire.SLOW:
                count = sum(1 for _ in c.reattach(op, last))
                if not count and not whole:
                    yield "wrong", "reattach", f"{query}: no further response"
                c.release(op)
            yield None
        except grpc.RpcError as e:
            yield judged(f"rough {way}: {query}", e)
        finally:
            ended.set()
            late.join()
            quietly(lambda: leave(c))
        with contextlib.suppress(grpc.RpcError):
            c = client(stub)
            n = c.rows("SELECT sum(id) s FROM range(1000)")
            if n != [{"s": 499500}]:
                yield "wrong", "rough afterwards", str(n)
            leave(c)


def quietly(call):
    with contextlib.suppress(grpc.RpcError, ValueError):
        call()


def killed(work):
    """Client processes that get kill -9 while answers stream to them."""
    while True:
        p = subprocess.Popen([sys.executable, os.path.abspath(__file__), "victim", work.url, str(work.random.random()), str(time.time() + 30), work.folder],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.8 + work.random.random() * 2)
        p.send_signal(signal.SIGKILL)
        p.wait()
        yield None


def victim(work):
    c = client(connect(work))
    while True:
        for _ in c.stream(wire.root(work.random.choice(HEAVY)), reattachable=work.random.random() < 0.7):
            yield None


# ---- things that sessions share ------------------------------------------------------------------------------------
def statement(c, text):
    c.run(wire.command(text))


def once(work, name, make):
    """The first of the clients makes what they share."""
    with open(os.path.join(work.folder, name), "a+") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        if os.path.getsize(f.name) == 0:
            make()
            f.write("made")
            f.flush()


BATCH = 10
TABLE_ERRORS = {"TABLE_OR_VIEW_NOT_FOUND", "TABLE_OR_VIEW_ALREADY_EXISTS", "SCHEMA_NOT_FOUND", "SCHEMA_ALREADY_EXISTS", "FAILED_READ_FILE.FILE_NOT_EXIST",
                "TABLE_ALREADY_EXISTS", "VIEW_ALREADY_EXISTS", "SCHEMA_NOT_EMPTY", "FIELD_ALREADY_EXISTS", "UNRESOLVED_COLUMN.WITH_SUGGESTION",
                "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS", "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                "FIELDS_ALREADY_EXISTS", "FIELD_NOT_FOUND", "INCOMPATIBLE_VIEW_SCHEMA_CHANGE", "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
                "EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "WRONG_COMMAND_FOR_OBJECT_TYPE", "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
                "INCOMPATIBLE_TABLE_CHANGE_AFTER_ANALYSIS.COLUMNS_MISMATCH", "COLUMN_ALREADY_EXISTS", "UNABLE_TO_ACQUIRE_MEMORY"}


def tables(work):
    """Writers and readers of the same tables: what one statement wrote is there whole or not at all."""
    stub, draw = connect(work), work.random
    c = client(stub)

    def make():
        statement(c, "CREATE DATABASE IF NOT EXISTS soak_tables")
        statement(c, "CREATE TABLE soak_tables.native (batch BIGINT, n INT, v BIGINT)")
        statement(c, "CREATE TABLE soak_tables.files (batch BIGINT, n INT, v BIGINT) USING parquet")
        statement(c, "CREATE TABLE soak_tables.parts (batch BIGINT, n INT, v BIGINT) USING json PARTITIONED BY (n)")

    once(work, "tables.made", make)
    native_only = ["UPDATE {t} SET v = v + 1 WHERE batch = {o}", "DELETE FROM {t} WHERE batch = {o}",
                   "MERGE INTO {t} USING (SELECT {b} batch, id n FROM range(10)) s ON {t}.batch = s.batch AND {t}.n = s.n "
                   "WHEN MATCHED THEN UPDATE SET v = 1 WHEN NOT MATCHED THEN INSERT (batch, n, v) VALUES (s.batch, s.n, 0)"]
    while True:
        table = "soak_tables." + draw.choice(["native", "native", "files", "parts"])
        b, o = draw.randrange(10**9), draw.randrange(10**9)
        ways = ["INSERT INTO {t} (batch, n, v) SELECT {b}, id, {b} FROM range(10)"] * 2
        if table.endswith("native"):
            ways += native_only
        text = draw.choice(ways)
        if draw.random() < 0.04:
            text = "TRUNCATE TABLE {t}"
        read = f"SELECT batch, count(*) c, count(DISTINCT n) d FROM {table} GROUP BY batch HAVING count(*) <> {BATCH} OR count(DISTINCT n) <> {BATCH}"
        try:
            if draw.random() < 0.5:
                known = c.rows(f"SELECT batch FROM {table} LIMIT 5")
                o = draw.choice(known)["batch"] if known else o
                statement(c, text.format(t=table, b=b, o=o))
            else:
                odd = c.rows(read)
                if odd and not table.endswith("parts"):    # one file a directory, seen one after the other, as with Spark
                    yield "wrong", f"half a write is seen in {table}", str(odd[:5])
            yield None
        except grpc.RpcError as e:
            name = condition(e)
            yield ("said", name) if name in TABLE_ERRORS else ("wrong", f"tables: {text} or {read}", f"{name}: {e.details()[:400]}")


def cache(work):
    """Relations kept for all sessions, filled, read and dropped at once."""
    import pyspark.sql.connect.proto as proto

    stub, draw = connect(work), work.random
    queries = [(f"SELECT id % {k} k, count(*) c FROM range({n}) GROUP BY id % {k}", k, n) for k, n in ((3, 30000), (7, 70000), (100, 200000), (1, 10))]
    while True:
        c = client(stub)
        try:
            for _ in range(draw.randrange(1, 15)):
                query, k, n = draw.choice(queries)
                way = draw.random()
                if way < 0.25:
                    c.analyze(persist=pb.AnalyzePlanRequest.Persist(relation=wire.sql(query)))
                elif way < 0.4:
                    c.analyze(unpersist=pb.AnalyzePlanRequest.Unpersist(relation=wire.sql(query), blocking=draw.random() < 0.5))
                elif way < 0.45:
                    c.run(pb.Plan(root=proto.Relation(catalog=proto.Catalog(clear_cache=proto.ClearCache()))))
                elif way < 0.55:
                    statement(c, f"CACHE {draw.choice(['', 'LAZY '])}TABLE soak_kept AS {query}")
                    got = c.rows("SELECT sum(c) s FROM soak_kept")
                    statement(c, "UNCACHE TABLE soak_kept")
                    statement(c, "DROP VIEW soak_kept")
                    if got != [{"s": n}]:
                        yield "wrong", "cache table", f"{query}: {got}"
                else:
                    got = c.rows(f"SELECT count(*) r, sum(c) s, max(k) m FROM ({query})")
                    if got != [{"r": k, "s": n, "m": k - 1}]:
                        yield "wrong", "cache", f"{query}: {got}"
                yield None
        except grpc.RpcError as e:
            name = condition(e)
            yield ("said", name) if name in TABLE_ERRORS else ("wrong", "cache", f"{name}: {e.details()[:400]}")
        quietly(lambda: leave(c))


DDL = [
    "CREATE TABLE {d}.{t} (a INT, b STRING)", "CREATE TABLE IF NOT EXISTS {d}.{t} (a INT, b STRING) USING parquet",
    "CREATE TABLE IF NOT EXISTS {d}.{t} (a INT, b STRING)", "CREATE OR REPLACE TABLE {d}.{t} AS SELECT id a, 'x' b FROM range(100)",
    "DROP TABLE IF EXISTS {d}.{t}", "DROP TABLE {d}.{t}", "ALTER TABLE {d}.{t} ADD COLUMNS (c{n} INT)", "ALTER TABLE {d}.{t} RENAME TO {d}.{u}",
    "ALTER TABLE {d}.{t} SET TBLPROPERTIES ('p{n}' = 'x')", "INSERT INTO {d}.{t} (a, b) VALUES (1, 'x'), (2, 'y')", "ALTER TABLE {d}.{t} DROP COLUMN c{n}",
    "CREATE OR REPLACE VIEW {d}.v{n} AS SELECT * FROM {d}.{t}", "DROP VIEW IF EXISTS {d}.v{n}", "CREATE DATABASE IF NOT EXISTS {d}",
    "DROP DATABASE IF EXISTS {d} CASCADE", "ANALYZE TABLE {d}.{t} COMPUTE STATISTICS", "COMMENT ON TABLE {d}.{t} IS 'c{n}'",
    "CREATE OR REPLACE FUNCTION {d}.f{n}(x INT) RETURNS INT RETURN x + {n}", "DROP FUNCTION IF EXISTS {d}.f{n}", "REFRESH TABLE {d}.{t}",
    "TRUNCATE TABLE {d}.{t}",
]
ASK = ["SELECT count(*), sum(a) FROM {d}.{t}", "SELECT * FROM {d}.v{n}", "DESCRIBE TABLE EXTENDED {d}.{t}", "SHOW TABLES IN {d}", "SHOW CREATE TABLE {d}.{t}",
       "SELECT {d}.f{n}(1)", "SHOW COLUMNS IN {d}.{t}", "SELECT x.a FROM {d}.{t} x JOIN {d}.{u} y ON x.a = y.a", "SHOW FUNCTIONS IN {d}", "SELECT a, c{n} FROM {d}.{t}"]


def catalog(work):
    """Names made, changed and dropped while others read them."""
    stub, draw = connect(work), work.random
    while True:
        c = client(stub)
        for _ in range(30):
            names = {"d": f"soak_d{draw.randrange(2)}", "t": f"t{draw.randrange(3)}", "u": f"t{draw.randrange(3)}", "n": draw.randrange(2)}
            form = draw.choice(DDL + 2 * ASK)
            text = form.format(**names)
            if text.startswith("DROP DATABASE") and draw.random() < 0.7:
                continue
            try:
                statement(c, text) if not text.startswith("SELECT") else c.run(wire.root(text))
                yield None
            except grpc.RpcError as e:
                name = condition(e)
                known = name in TABLE_ERRORS or re.match(r"UNRESOLVED|ROUTINE|AMBIGUOUS|INSERT_COLUMN|UNSUPPORTED|NOT_SUPPORTED|EXPECT_", name)
                yield ("said", name) if known else ("wrong", f"catalog: {form}", f"{text}: {name}: {e.details()[:400]}")
        leave(c)


def settings(work):
    """One session whose settings change while queries run in it."""
    stub, draw = connect(work), work.random
    c, ended = client(stub), threading.Event()
    zones = {"UTC": 0, "Asia/Tokyo": 9, "America/Phoenix": -7, "Asia/Kolkata": 5.5}
    texts = {"9223372036854775808": None}

    def change():
        while not ended.is_set():
            quietly(lambda: c.config(set={"pairs": [{"key": "spark.sql.session.timeZone", "value": draw.choice(list(zones))}]}))
            quietly(lambda: c.config(set={"pairs": [{"key": "spark.sql.ansi.enabled", "value": draw.choice(["true", "false"])}]}))
            quietly(lambda: c.config(set={"pairs": [{"key": f"soak.k{draw.randrange(50)}", "value": "x" * draw.randrange(100)}]}))
            quietly(lambda: c.run(wire.command(f"SET soak.k{draw.randrange(50)} = {draw.randrange(50)}")))
            quietly(lambda: c.config(unset={"keys": [f"soak.k{draw.randrange(50)}"]}))

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    hours = {-int(h * 3600) for h in zones.values()} | {8 * 3600}
    try:
        while True:
            try:
                got = c.rows("SELECT unix_timestamp(CAST('1970-01-01 00:00:00' AS TIMESTAMP)) s FROM range(3)")
                if len({r["s"] for r in got}) != 1 or got[0]["s"] not in hours:
                    yield "wrong", "settings", str(got)
                n = c.rows("SELECT count(*) n FROM range(100000) WHERE hour(timestamp_seconds(id)) >= 0")
                if n != [{"n": 100000}]:
                    yield "wrong", "settings", str(n)
                for text in texts:
                    got = c.rows(f"SELECT CAST('{text}' AS BIGINT) s")
                    if got != [{"s": None}]:
                        yield "wrong", "settings", str(got)
                yield None
            except grpc.RpcError as e:
                name = condition(e)
                yield ("said", name) if name == "CAST_INVALID_INPUT" else ("wrong", "settings", f"{name}: {e.details()[:400]}")
    finally:
        ended.set()


def deep(work):
    """Long expressions, for which the engine's optimizers are set otherwise, beside ordinary ones."""
    c, draw = client(connect(work)), work.random
    while True:
        n, k = draw.randrange(100, 300), draw.randrange(10)
        got = c.rows("SELECT sum(" + " + ".join([f"(id + {i % k if k else i})" for i in range(n)]) + ") s FROM range(3)")
        want = 3 * n + 3 * sum(i % k if k else i for i in range(n))
        yield None if got == [{"s": want}] else ("wrong", "deep", f"{n} {k}: wanted {want}, got {got}")
        got = c.rows(f"SELECT count(*) n FROM (SELECT id + {k} a FROM range(10) UNION ALL SELECT id FROM range(5)) WHERE a >= 0")
        yield None if got == [{"n": 15}] else ("wrong", "deep", str(got))


ROLES = {f.__name__: f for f in (deep, recorded, raw, rough, killed, victim, tables, cache, catalog, settings)}


class Work:
    def __init__(self, url, seed, folder):
        self.url, self.folder, self.random = url, folder, random.Random(seed)


def main():
    role, url, seed, end, folder = sys.argv[1:]
    work, end, said, done, told = Work(url, seed, folder), float(end), {}, 0, time.time()

    def say(**what):
        print(json.dumps({"role": role, **what}), flush=True)

    doing = ROLES[role](work)
    for outcome in doing:
        done += 1
        if outcome and outcome[0] == "wrong":
            say(wrong=outcome[1], text=str(outcome[2])[:2000])
        elif outcome:
            said[outcome[1]] = said.get(outcome[1], 0) + 1
        now = time.time()
        if now - told >= 1:
            say(done=done, said=said)
            done, told, said = 0, now, {}
        if now >= end:
            break
    say(done=done, said=said)
    doing.close()


if __name__ == "__main__":
    main()

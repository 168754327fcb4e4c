"""make bench: every figure as a ratio taken in one run, against DuckDB native and, where installed, Sail.

usage: run.py [--scale 1] [--runs 3] [--only tpch,latency,collect,ingest,files,start,plans,sessions] [--no-sail]
Servers run on free ports of 127.0.0.1; data comes from tpchgen-cli into bench/data (git-ignored).  Prints a table and
writes bench/results.json.  Sail takes part when the package pysail is in the test environment; as it wants a PySpark of
its own age beside it, BENCH_SAIL_PYTHON may name the Python of another environment that holds both.
"""
import argparse, concurrent.futures as cf, contextlib, glob, importlib.util, json, os, random, re, signal, socket, statistics as st, subprocess, sys, time, uuid, warnings

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
p = argparse.ArgumentParser()
p.add_argument("--scale", default="1")
p.add_argument("--runs", type=int, default=3)
p.add_argument("--only", default="tpch,latency,collect,ingest,files,start,plans,sessions")
p.add_argument("--no-sail", action="store_true")
a = p.parse_args()
SAIL_PYTHON = os.environ.get("BENCH_SAIL_PYTHON", sys.executable)
ONLY = set(a.only.split(","))
DATA = os.path.join(HERE, "data", "sf" + a.scale)
QUERIES = sorted(glob.glob(HERE + "/tpch/q*.sql"), key=lambda f: int(re.sub(r"\D", "", os.path.basename(f))))


def port():
    """Free, and below the range the system takes clients' ports from: a client trying again and again would meet itself there."""
    while True:
        n = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", n))
                return n
            except OSError:
                pass


class Server:
    """A Spark Connect endpoint in a process of its own."""

    def __init__(self, name, argv):
        self.name, self.port = name, port()
        self.argv = [x.replace("PORT", str(self.port)) for x in argv]

    def __enter__(self):
        t = time.perf_counter()
        self.proc = subprocess.Popen(self.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                break
            except OSError:
                if self.proc.poll() is not None or time.perf_counter() - t > 60:
                    raise SystemExit(f"{self.name} did not start ({self.proc.poll()}): {' '.join(self.argv)}")
                time.sleep(0.001)
        self.start_ms = 1e3 * (time.perf_counter() - t)
        self.url, self.addr = f"sc://127.0.0.1:{self.port}", f"127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        self.proc.send_signal(signal.SIGTERM if self.name == "piezo" else signal.SIGKILL)
        try:
            self.proc.wait(10)
        except subprocess.TimeoutExpired:
            self.proc.kill()

    def rss_mib(self):
        pids, seen = [self.proc.pid], 0
        while pids:
            pid = pids.pop()
            try:
                seen += int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read())[1])
                pids += [int(x) for x in open(f"/proc/{pid}/task/{pid}/children").read().split()]
            except (OSError, TypeError):
                pass
        return seen / 1024


def servers():
    yield "piezo", [os.path.join(BUILD, "piezo"), "serve", "--port", "PORT", "--warehouse", ":memory:", "--log-level", "error"]
    if not a.no_sail and (SAIL_PYTHON != sys.executable or importlib.util.find_spec("pysail")):
        yield "sail", [SAIL_PYTHON, "-m", "pysail", "spark", "server", "--ip", "127.0.0.1", "--port", "PORT"]


def session(url):
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.remote(url).create()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    return spark


def tables(spark):
    for f in sorted(glob.glob(DATA + "/*.parquet")):
        spark.read.parquet(f).createOrReplaceTempView(os.path.basename(f)[:-8])


def statements(f):
    return [s for s in open(f).read().split(";") if s.strip()]


def times(fn, n):
    out = []
    for _ in range(n):
        t = time.perf_counter()
        fn()
        out.append(time.perf_counter() - t)
    return out


def native():
    import duckdb
    c = duckdb.connect()
    c.execute("set parquet_metadata_cache=true")
    for f in sorted(glob.glob(DATA + "/*.parquet")):
        c.execute(f"create view {os.path.basename(f)[:-8]} as from '{f}'")
    return c


def fetch(c, q):
    r = c.execute(q)
    return r.fetch_arrow_table() if r.description else None


# ---------------------------------------------------------------- sections
def tpch(out):
    """Best of the runs; the engines take turns query by query, so that what else the machine does falls on all of them."""
    c = native()
    best = {os.path.basename(f)[:-4]: {} for f in QUERIES}
    with contextlib.ExitStack() as stack:
        up = [stack.enter_context(Server(name, argv)) for name, argv in servers()]
        runners = {"duckdb": lambda q: fetch(c, q)}
        for s in up:
            spark = session(s.url)
            stack.callback(spark.stop)         # before its server ends: the client would look for it for minutes
            tables(spark)
            runners[s.name] = lambda q, spark=spark: spark.sql(q).toArrow()
        for f in QUERIES:
            query = os.path.basename(f)[:-4]
            for _ in range(a.runs):
                for name, run in list(runners.items()):
                    try:
                        t = min(times(lambda: [run(q) for q in statements(f)], 1))
                        best[query][name] = min(t, best[query].get(name, t))
                    except Exception as e:
                        print(f"  {name} {query}: {str(e)[:120]}", file=sys.stderr)
    c.close()
    out["tpch"] = best
    done = {n: {q: v[n] for q, v in best.items() if n in v} for n in ("duckdb", "piezo", "sail")}
    sums = {n: sum(v.values()) for n, v in done.items() if len(v) == len(QUERIES)}
    out["tpch_sum_s"] = sums
    for n, v in sums.items():
        row(f"TPC-H scale {a.scale}, {len(QUERIES)} queries, {n}", v, "s", v / sums["duckdb"], "x DuckDB")


def raw_calls(addr):
    """The four small requests over one raw channel, without the client's own work: name -> call(i)."""
    import grpc
    from pyspark.sql.connect.proto import base_pb2 as B, relations_pb2 as R
    ch = grpc.insecure_channel(addr)
    base = "/spark.connect.SparkConnectService/"
    stream, unary = ch.unary_stream(base + "ExecutePlan"), ch.unary_unary(base + "Config")
    sid, user = str(uuid.uuid4()), B.UserContext(user_id="bench")
    get = B.ConfigRequest(session_id=sid, user_context=user, operation=B.ConfigRequest.Operation(get=B.ConfigRequest.Get(keys=["spark.sql.ansi.enabled"])))

    def execute(text):
        def call(i):
            rel = R.Relation(common=R.RelationCommon(plan_id=0), sql=R.SQL(query=text(i)))
            b = B.ExecutePlanRequest(session_id=sid, user_context=user, operation_id=str(uuid.uuid4()), plan=B.Plan(root=rel)).SerializeToString()
            t = time.perf_counter()
            for _ in stream(b):
                pass
            return time.perf_counter() - t
        return call

    def config(i):
        b = get.SerializeToString()
        t = time.perf_counter()
        unary(b)
        return time.perf_counter() - t
    return {"select 1": execute(lambda i: "select 1 as x"),
            "a new text each time": execute(lambda i: f"select {i} as x, upper('a{i}') as y"),
            "range filter sum": execute(lambda i: "select sum(id) from range(1000) where id % 2 = 0"),
            "config get": config}


def medians(calls, n, block=30):
    """Median of n calls per server, the servers taking turns: whatever else the machine does, it does to all of them."""
    ts = {name: [] for name in calls}
    for k in range(n // block + 1):
        for name in sorted(calls, reverse=k % 2):
            got = [calls[name](k * block + i) for i in range(block)]
            ts[name] += got if k else []       # the first block warms up
    return {name: 1e3 * st.median(v) for name, v in ts.items()}


def latency(out):
    out["latency_ms"] = {}
    with contextlib.ExitStack() as stack:
        up = {name: stack.enter_context(Server(name, argv)) for name, argv in servers()}
        calls = {name: raw_calls(s.addr) for name, s in up.items()}
        spark = {name: session(s.url) for name, s in up.items()}

        def collect_one(name):
            return lambda i: times(lambda: spark[name].sql("select 1 as x").collect(), 1)[0]
        res = {case: medians({name: calls[name][case] for name in up}, 600) for case in calls["piezo"]}
        res["PySpark sql('select 1').collect()"] = medians({name: collect_one(name) for name in up}, 150)
        for s in spark.values():
            s.stop()
    for case, v in res.items():
        for name in v:
            out["latency_ms"].setdefault(name, {})[case] = v[name]
        row(f"latency, {case}", v["piezo"], "ms", v["piezo"] / v["sail"] if "sail" in v else None, "x Sail")


def collect(out):
    c = native()
    d = min(times(lambda: fetch(c, "select * from lineitem"), 3))
    c.close()
    out["collect_s"] = {"duckdb": d}
    for name, argv in servers():
        with Server(name, argv) as s:
            spark = session(s.url)
            tables(spark)
            tab = spark.table("lineitem").toArrow()
            out["collect_s"][name] = min(times(lambda: spark.table("lineitem").toArrow(), 3 if name == "piezo" else 1))
            mb = tab.nbytes / 1e6
            spark.stop()
            row(f"collect lineitem, {mb:.0f} MB, {name}", mb / out["collect_s"][name], "MB/s", out["collect_s"][name] / d, "x the time of DuckDB")


# Run by the Python that fits Sail, as its answers confuse younger clients here: name=url pairs in, name and best seconds out.
INGEST = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import pyarrow as pa, pyarrow.parquet as pq
from pyspark.sql import SparkSession
tab = pq.read_table(sys.argv[1]).slice(0, 500000)
tab = tab.cast(pa.schema([pa.field(f.name, pa.string() if pa.types.is_string_view(f.type) else f.type) for f in tab.schema])).combine_chunks()
to = {k: SparkSession.builder.remote(u).create() for k, u in (x.split("=", 1) for x in sys.argv[2:])}
best = dict.fromkeys(to, 1e9)
for _ in range(4):
    for name, spark in to.items():
        t = time.perf_counter()
        assert spark.createDataFrame(tab).count() == tab.num_rows
        best[name] = min(best[name], time.perf_counter() - t)
print(tab.nbytes, *[f"{k}={v}" for k, v in best.items()])
"""


def ingest(out):
    with contextlib.ExitStack() as stack:
        up = [stack.enter_context(Server(name, argv)) for name, argv in servers()]
        file = glob.glob(DATA + "/lineitem*.parquet")[0]
        said = subprocess.run([SAIL_PYTHON, "-c", INGEST, file] + [f"{s.name}={s.url}" for s in up], capture_output=True, text=True, check=True).stdout.split()
    out["ingest_s"] = {k: float(v) for k, v in (x.split("=") for x in said[1:])}
    v, sail = out["ingest_s"]["piezo"], out["ingest_s"].get("sail")
    row(f"createDataFrame of {int(said[0]) / 1e6:.0f} MB and count", v, "s", v / sail if sail else None, "x Sail")


def read_bytes(pid):
    """Bytes the process has asked the system for, whether they came from a disk or not."""
    return int(re.search(r"rchar: (\d+)", open(f"/proc/{pid}/io").read())[1])


LINEITEM = ("l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT, l_quantity DECIMAL(15,2), l_extendedprice DECIMAL(15,2), "
            "l_discount DECIMAL(15,2), l_tax DECIMAL(15,2), l_returnflag {t}, l_linestatus {t}, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, "
            "l_shipinstruct {t}, l_shipmode {t}, l_comment {t}")


def files(out):
    """Writing and reading files against the engine alone on the same machine; the two take turns, the best of the runs counts."""
    import shutil, tempfile
    res = out["files_s"] = {}
    with contextlib.ExitStack() as stack:
        d = stack.enter_context(tempfile.TemporaryDirectory())
        c = native()
        s = stack.enter_context(Server(*next(iter(servers()))))
        spark = session(s.url)
        stack.callback(spark.stop)
        tables(spark)
        c.execute(f"copy lineitem to '{d}/in.csv' (header false)")
        csv = {"duckdb": "{" + ", ".join("'{}': '{}'".format(*column.split(" ", 1)) for column in LINEITEM.format(t="VARCHAR").split(", ")) + "}",
               "piezo": LINEITEM.format(t="STRING")}

        def fresh(name):
            shutil.rmtree(f"{d}/{name}", ignore_errors=True)
            return f"{d}/{name}"

        def turns(what, calls):
            best = {}
            for _ in range(a.runs):
                for name, call in calls.items():
                    t = times(call, 1)[0]
                    best[name] = min(t, best.get(name, t))
            res[what] = best
            row(what, best["piezo"], "s", best["piezo"] / best["duckdb"], "x DuckDB")

        turns("write lineitem to Parquet", {
            "duckdb": lambda: c.execute(f"copy lineitem to '{d}/out.parquet' (format parquet, compression snappy)"),
            "piezo": lambda: spark.table("lineitem").write.parquet(fresh("out"))})
        turns("read lineitem from CSV with a schema", {
            "duckdb": lambda: c.execute(f"select count(*), sum(l_quantity), max(l_comment), max(l_shipdate) from read_csv('{d}/in.csv', header=false, columns={csv['duckdb']})").fetchall(),
            "piezo": lambda: spark.read.schema(csv["piezo"]).csv(f"{d}/in.csv").selectExpr("count(*)", "sum(l_quantity)", "max(l_comment)", "max(l_shipdate)").collect()})
        spark.table("lineitem").selectExpr("*", "year(l_shipdate) AS y", "month(l_shipdate) AS m").write.partitionBy("y", "m").parquet(f"{d}/parts")
        parts, hive = spark.read.parquet(f"{d}/parts"), f"read_parquet('{d}/parts/*/*/*.parquet', hive_partitioning=true)"
        turns("scan of one partition in 84", {
            "duckdb": lambda: c.execute(f"select sum(l_extendedprice), count(*) from {hive} where y = 1995 and m = 6").fetchall(),
            "piezo": lambda: parts.where("y = 1995 AND m = 6").selectExpr("sum(l_extendedprice)", "count(*)").collect()})
        for what, df in (("all partitions", parts), ("one partition", parts.where("y = 1995 AND m = 6"))):
            before = read_bytes(s.proc.pid)
            df.selectExpr("sum(l_extendedprice)", "max(l_comment)").collect()
            out.setdefault("bytes_read", {})[what] = read_bytes(s.proc.pid) - before
            row(f"bytes read, scan of {what}", (read_bytes(s.proc.pid) - before) / 1e6, "MB")
        c.close()


def start(out):
    out["start_ms"], out["idle_mib"] = {}, {}
    for name, argv in servers():
        ms = []
        for _ in range(5):
            with Server(name, argv) as s:
                ms.append(s.start_ms)
                time.sleep(0.3)
                out["idle_mib"][name] = s.rss_mib()
        out["start_ms"][name] = min(ms)
        row(f"start until listening, {name}", min(ms), "ms")
        row(f"idle memory, {name}", out["idle_mib"][name], "MiB")


def with_column_request(levels, chained):
    """Bytes of an ExecutePlanRequest: built from inside out by hand, as Python's protobuf refuses to parse such depth again."""
    from pyspark.sql.connect.proto import base_pb2 as B, relations_pb2 as R, expressions_pb2 as E

    def varint(n):
        out = bytearray()
        while n > 0x7F:
            out.append(n & 0x7F | 0x80)
            n >>= 7
        return bytes(out + bytes([n]))

    def head(field, size):
        return varint(field << 3 | 2) + varint(size)
    with_columns = R.Relation.DESCRIPTOR.fields_by_name["with_columns"].number
    front, back = [], [R.Relation(range=R.Range(start=0, end=10, step=1)).SerializeToString()]
    size = len(back[0])
    for i in range(levels):
        of = f"c{i - 1}" if chained and i else "id"
        add = E.Expression(unresolved_function=E.Expression.UnresolvedFunction(function_name="+", arguments=[
            E.Expression(unresolved_attribute=E.Expression.UnresolvedAttribute(unparsed_identifier=of)),
            E.Expression(literal=E.Expression.Literal(integer=i % 7))]))
        tail = R.WithColumns(aliases=[E.Expression.Alias(expr=add, name=[f"c{i}"])]).SerializeToString()
        inner = head(1, size)
        size += len(inner) + len(tail)
        outer = head(with_columns, size)
        size += len(outer)
        front.append(outer + inner)
        back.append(tail)
    relation = b"".join(reversed(front)) + b"".join(back)
    plan = head(1, len(relation)) + relation
    base = B.ExecutePlanRequest(session_id=str(uuid.uuid4()), user_context=B.UserContext(user_id="bench")).SerializeToString()
    return base + head(3, len(plan)) + plan


def plans(out):
    import grpc
    from pyspark.sql import functions as F
    from pyspark.sql.connect.proto import base_pb2 as B
    res = out["plans_s"] = {}
    with Server(*next(iter(servers()))) as s:
        spark = session(s.url)

        def chain():
            df = spark.range(10)
            for i in range(300):
                df = df.withColumn(f"c{i}", F.col("id") + i)
            return df.toArrow()
        res["300 withColumn through PySpark"] = min(times(chain, 2))
        res["5,000 columns"] = min(times(lambda: spark.range(3).select(*[(F.col("id") + i).alias(f"c{i}") for i in range(5000)]).toArrow(), 2))
        res["IN list of 10,000"] = min(times(lambda: spark.sql(f"select count(*) from range(100) where id in ({','.join(map(str, range(10000)))})").collect(), 2))
        res["union of 300"] = min(times(lambda: spark.sql(" union all ".join(f"select {i} as x" for i in range(300))).collect(), 2))
        spark.stop()
        ch = grpc.insecure_channel(s.addr, options=[("grpc.max_receive_message_length", -1)])
        run = ch.unary_stream("/spark.connect.SparkConnectService/ExecutePlan")
        for kind, chained in (("withColumn", False), ("withColumn on the one before", True)):
            for n in (1000, 2000):
                res[f"{n} levels of {kind}, raw"] = min(times(lambda: [None for _ in run(with_column_request(n, chained))], 3))
    for k, v in res.items():
        row(f"plan: {k}", v, "s")
    for kind in ("withColumn", "withColumn on the one before"):
        row(f"plan: 2,000 over 1,000 levels of {kind}", res[f"2000 levels of {kind}, raw"] / res[f"1000 levels of {kind}, raw"], "x")


def sessions(out):
    out["sessions_s"] = {}
    for name, argv in servers():
        with Server(name, argv) as s:
            def one(i):
                spark = session(s.url)
                for k in range(5):
                    assert spark.sql(f"select sum(id) + {k} from range(1000)").collect()[0][0] == 499500 + k
                spark.stop()
            t = time.perf_counter()
            with cf.ThreadPoolExecutor(64) as ex:
                list(ex.map(one, range(64)))
            out["sessions_s"][name] = time.perf_counter() - t
    v, sail = out["sessions_s"]["piezo"], out["sessions_s"].get("sail")
    row("64 concurrent sessions, 5 queries each", v, "s", v / sail if sail else None, "x Sail")


def row(what, value, unit, ratio=None, of=""):
    print(f"{what:60} {value:10.3f} {unit:5}" + (f" {ratio:8.2f} {of}" if ratio is not None else ""), flush=True)


def main():
    if ONLY & {"tpch", "collect", "ingest", "files"} and not glob.glob(DATA + "/*.parquet"):
        os.makedirs(DATA, exist_ok=True)
        tool = os.path.join(os.path.dirname(sys.executable), "tpchgen-cli")
        subprocess.run([tool, "parquet", "-s", a.scale, "-o", DATA], check=True)
    out = {"date": time.strftime("%Y-%m-%d"), "scale": a.scale, "cores": os.cpu_count()}
    for f in (start, latency, tpch, collect, ingest, files, plans, sessions):
        if f.__name__ in ONLY:
            f(out)
    with open(os.path.join(HERE, "results.json"), "w") as fh:
        json.dump(out, fh, indent=1)


main()

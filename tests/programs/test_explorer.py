"""An explorer of data: a connection that reads settings and lists, opens files as views, profiles columns by their quoted names, pages through
rows, and gives up: results beyond a number of bytes, and statements that take too long."""
import datetime as dt
import os
import threading
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import steps
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from steps import Server

REGIONS = ["north", "south", "east", None]


def make_files(folder):
    n = 400
    ids = list(range(n))
    pq.write_table(pa.table({
        "order id": pa.array(ids, pa.int64()),
        "region": pa.array([REGIONS[i * 7 % 4] for i in ids]),
        "unit price": pa.array([None if i % 9 == 0 else i * 1.25 for i in ids], pa.float64()),
        "Sold At": pa.array([dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(hours=i) for i in ids], pa.timestamp("us", "UTC")),
        "tags": pa.array([[f"t{i % 3}"] * (i % 4) for i in ids], pa.list_(pa.string())),
    }), f"{folder}/orders.parquet")
    with open(f"{folder}/people.csv", "w", encoding="utf-8") as f:
        f.write("id,full name,joined,score\n")
        for i in range(60):
            f.write(f'{i},"{"Müller" if i % 5 else "O""Hara"}, {i}",2023-0{i % 9 + 1}-15,{"" if i % 7 == 0 else i / 4}\n')


def profile(column, view):
    c = f'"{column}"'
    return (f"SELECT COUNT(*) AS total, COUNT({c}) AS filled, COUNT(DISTINCT {c}) AS different, COUNT(*) - COUNT({c}) AS missing, "
            f"CAST(MIN({c}) AS STRING) AS low, CAST(MAX({c}) AS STRING) AS high FROM {view}")


def program(spark, folder):
    make_files(folder)
    for key, value in (("spark.sql.session.timeZone", "UTC"), ("spark.sql.ansi.doubleQuotedIdentifiers", "true"),
                       ("spark.sql.repl.eagerEval.enabled", "false"), ("spark.sql.execution.arrow.maxRecordsPerBatch", "10000")):
        yield f"set {key}", lambda k=key, v=value: spark.conf.set(k, v)
        yield f"get {key}", lambda k=key: spark.conf.get(k)
    for key in ("spark.master", "spark.app.id", "spark.app.name", "spark.app.startTime", "spark.driver.host", "spark.executor.id", "spark.sql.warehouse.dir"):
        yield f"there is {key}", lambda k=key: bool(spark.conf.get(k))
    yield "other keys", lambda: [spark.conf.get("spark.sql.catalogImplementation"), spark.conf.get("spark.sql.ansi.enabled"), spark.conf.get("spark.no.such", "none")]
    yield "no such key", lambda: spark.conf.get("spark.no.such")
    yield "modifiable", lambda: [spark.conf.isModifiable(k) for k in ("spark.sql.ansi.doubleQuotedIdentifiers", "spark.master", "spark.sql.warehouse.dir")]
    yield "SET", spark.sql("SET spark.sql.ansi.doubleQuotedIdentifiers")
    yield "version", lambda: spark.version

    yield "where", lambda: [spark.catalog.currentCatalog(), spark.catalog.currentDatabase()]
    yield "catalogs", lambda: [c.name for c in spark.catalog.listCatalogs()]
    yield "database", lambda: [(d.name, d.catalog) for d in spark.catalog.listDatabases("default")]
    spark.read.parquet(f"{folder}/orders.parquet").createOrReplaceTempView("orders")
    spark.read.csv(f"{folder}/people.csv", header=True, inferSchema=True).createOrReplaceTempView("people")
    yield "tables", lambda: [(t.name, t.catalog, t.namespace, t.tableType, t.isTemporary) for t in spark.catalog.listTables() if t.isTemporary]
    yield "columns of parquet", lambda: [tuple(c) for c in spark.catalog.listColumns("orders")]
    yield "columns of CSV", lambda: [tuple(c) for c in spark.catalog.listColumns("people")]
    yield "SHOW TABLES", spark.sql("SHOW TABLES LIKE 'orders'")
    yield "SHOW COLUMNS", spark.sql("SHOW COLUMNS IN orders")
    yield "DESCRIBE", spark.sql("DESCRIBE orders")
    yield "DESCRIBE QUERY", spark.sql('DESCRIBE QUERY SELECT "order id", "unit price" * 2 AS "double price", size(tags) FROM orders')

    for column in ("order id", "region", "unit price", "Sold At"):
        yield f"profile {column}", spark.sql(profile(column, "orders"))
    for column in ("id", "full name", "joined", "score"):
        yield f"profile {column} of CSV", spark.sql(profile(column, "people"))
    yield "top values", spark.sql('SELECT "region" AS value, COUNT(*) AS n FROM "orders" GROUP BY "region" ORDER BY n DESC, value NULLS LAST LIMIT 10')
    yield "moments", spark.sql('SELECT avg("unit price"), stddev("unit price"), round(skewness("unit price"), 9), percentile("unit price", array(0.25, 0.5, 0.75)) FROM orders')
    yield "histogram", spark.sql('''SELECT width_bucket("unit price", 0, 500, 10) AS bucket, COUNT(*) AS n, MIN("unit price") AS low FROM orders
        WHERE "unit price" IS NOT NULL GROUP BY 1 ORDER BY 1''')
    yield "by day", spark.sql('''SELECT date_trunc('DAY', "Sold At") AS d, SUM("unit price") AS s FROM "orders" GROUP BY ALL ORDER BY d LIMIT 5''')
    yield "text is text", spark.sql("""SELECT 'it''s' AS "a ""quoted"" name", 'x"y' AS b, upper('q') "c" """)
    yield "page", spark.sql('SELECT * FROM orders WHERE "region" ILIKE \'%OUT%\' ORDER BY "unit price" DESC NULLS LAST, "order id" LIMIT 3 OFFSET 2')
    yield "filter by a DataFrame", lambda: spark.table("people").filter("\"full name\" LIKE '%Hara%'").orderBy("id").limit(3)
    yield "join", spark.sql('SELECT p."full name", o."region" FROM people p JOIN orders o ON p.id = o."order id" ORDER BY p.id LIMIT 4')
    yield "array", spark.sql('SELECT t.col, COUNT(*) n FROM orders LATERAL VIEW explode("tags") t AS col GROUP BY ALL ORDER BY col')
    yield "names as they are", lambda: spark.sql('SELECT "Order ID", "SOLD AT" FROM orders LIMIT 0').columns
    yield "no such column", lambda: spark.sql('SELECT "unit prize" FROM orders').collect()
    yield "no such view", lambda: spark.sql('SELECT * FROM "order s"').collect()
    yield "half a statement", lambda: spark.sql('SELECT "unit price" FROM').collect()
    yield "as Arrow", lambda: str(spark.sql('SELECT "order id", region, "unit price" FROM orders LIMIT 1').toArrow().schema)
    yield "shown", lambda: steps.printed(spark.sql('SELECT "order id", region, tags FROM orders ORDER BY 1 LIMIT 4').show)
    yield "text with double quotes again", lambda: [spark.conf.unset("spark.sql.ansi.doubleQuotedIdentifiers"), spark.sql('SELECT "region" AS r').collect()]
    yield "drop", lambda: [spark.catalog.dropTempView("orders"), spark.catalog.dropTempView("people"), spark.catalog.dropTempView("people"),
                           spark.catalog.tableExists("orders")]


def test_explorer(new_session, tmp_path):
    wrong = steps.differences("explorer", steps.run(new_session(), program, str(tmp_path)))
    assert not wrong, "\n".join(wrong)


# ---- giving up

@pytest.fixture(scope="module")
def server():
    with Server("--warehouse", ":memory:", "--threads", "2") as s:
        yield s


@pytest.fixture
def explorer(server):
    session = SparkSession.builder.remote(server.url).create()
    yield session
    session.stop()


def cpu_seconds(server):
    with open(f"/proc/{server.process.pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def comes_to_rest(server, seconds=10):
    """The server uses next to no processor time for half a second, some time soon."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = cpu_seconds(server)
        time.sleep(0.5)
        if cpu_seconds(server) - before <= 0.05:
            return True
    return False


def read_up_to(spark, df, cap):
    """Batches until they hold `cap` bytes; the rest is never asked for."""
    got, tables = 0, []
    batches = spark.client.to_table_as_iterator(df._plan.to_proto(spark.client), {})
    for batch in batches:
        if not isinstance(batch, pa.Table):
            continue
        tables.append(batch)
        got += batch.nbytes
        if got >= cap:
            break
    batches.close()
    return got, pa.concat_tables(tables)


def test_a_cap_of_bytes_stops_the_work(server, explorer):
    cap = 8_000_000
    endless = explorer.sql("SELECT id, sha2(CAST(id AS STRING), 256) AS h FROM range(1000000000000)")
    start = time.monotonic()
    got, table = read_up_to(explorer, endless, cap)
    assert cap <= got < 2 * cap and table.column("id").to_pylist() == list(range(table.num_rows))
    assert time.monotonic() - start < 60
    assert comes_to_rest(server), "the server works on after its client has left"
    assert resident_bytes(server) < 2_000_000_000
    assert explorer.interruptAll() == []                        # nothing of it is left to be stopped
    assert explorer.sql("SELECT 1 AS x").collect()[0].x == 1


def test_a_reader_that_stops_reading_stops_the_work(server, explorer):
    rows = explorer.sql("SELECT id, sha2(CAST(id AS STRING), 256) AS h FROM range(1000000000000)").toLocalIterator()
    assert [next(rows).id for _ in range(3)] == [0, 1, 2]
    assert comes_to_rest(server), "the server makes rows that nobody takes"
    assert resident_bytes(server) < 2_000_000_000
    rows.close()
    assert explorer.sql("SELECT 1 AS x").collect()[0].x == 1


def test_time_out_by_tag(server, explorer):
    slow = "SELECT sum(a.id * b.id % 7) FROM range(3000000) a, range(3000000) b"
    stopped = []

    def give_up():
        stopped.extend(explorer.interruptTag("query-1"))

    timer = threading.Timer(0.7, give_up)
    explorer.addTag("query-1")
    explorer.addTag("explorer")
    assert explorer.getTags() == {"query-1", "explorer"}
    timer.start()
    start = time.monotonic()
    try:
        with pytest.raises(PySparkException) as caught:
            explorer.sql(slow).collect()
    finally:
        timer.join()
        explorer.clearTags()
    assert caught.value.getCondition() == "OPERATION_CANCELED" and time.monotonic() - start < 10
    assert len(stopped) == 1 and explorer.getTags() == set()
    assert comes_to_rest(server), "the statement goes on after it was interrupted"
    assert explorer.interruptTag("query-1") == []
    assert explorer.sql("SELECT 2 AS x").collect()[0].x == 2


def test_a_tag_stops_only_its_own(server, explorer):
    other, answers = SparkSession.builder.remote(server.url).create(), []
    explorer.addTag("mine")

    def work():
        other.addTag("yours")
        answers.append(other.sql("SELECT sum(id % 3) AS s FROM range(200000000)").collect()[0].s)

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.1)
    assert explorer.interruptTag("yours") == [] and explorer.interruptTag("mine") == []     # another session's, and none
    worker.join(60)
    assert answers == [199_999_999]
    other.stop()

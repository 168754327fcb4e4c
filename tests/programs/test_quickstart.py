"""A hosted quickstart: the URL carries token, user, session and headers; a small ETL, saveAsTable, read back in a second session."""
import datetime as dt
import decimal
import os
import subprocess
import sys
import uuid
from concurrent import futures

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType, IntegerType, StringType, StructField, StructType
from steps import Server

TOKEN = "s3cret-token_4.3"
TRIPS = [("2024-05-0%d" % (1 + i % 3), ["Riga", "Oslo", "Bern"][i * 5 % 3], i, "%d.%02d" % (i * 3, i * 7 % 100)) for i in range(1, 31)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hosted")
    (folder / "token").write_text(TOKEN + "\n")
    with Server("--warehouse", str(folder / "warehouse"), "--token-file", str(folder / "token")) as s:
        s.folder = folder
        yield s


def url(server, **more):
    parameters = {"token": TOKEN, "user_id": "ada%40example.org", "user_agent": "quickstart%2F1.0", "x-workspace-id": "42", "x-databricks-cluster-id": "0605-cluster",
                  "session_id": str(uuid.uuid4())} | more
    return f"{server.url}/;" + ";".join(f"{k}={v}" for k, v in parameters.items() if v)


def expected():
    out = {}
    for day, city, riders, fare in TRIPS:
        if riders % 4:
            n, s, f = out.get((city, day), (0, 0, decimal.Decimal(0)))
            out[city, day] = n + 1, s + riders, f + decimal.Decimal(fare)
    return sorted((city, dt.date.fromisoformat(day), *v) for (city, day), v in out.items())


def test_quickstart(server):
    ident = str(uuid.uuid4())
    spark = SparkSession.builder.remote(url(server, session_id=ident)).appName("quickstart").create()
    assert spark.client._session_id == ident and spark.version.startswith("4.3")
    assert spark.range(5).agg(F.sum("id")).collect() == [Row(**{"sum(id)": 10})]
    schema = StructType([StructField("day", StringType()), StructField("city", StringType(), False), StructField("riders", IntegerType()),
                         StructField("fare", StringType())])
    trips = spark.createDataFrame(TRIPS, schema)
    clean = trips.withColumn("day", F.to_date("day")).withColumn("fare", F.col("fare").cast("decimal(10,2)")).filter(F.col("riders") % 4 != 0)
    summary = clean.groupBy("city", "day").agg(F.count("*").alias("trips"), F.sum("riders").alias("riders"), F.sum("fare").alias("fares"))
    spark.sql("CREATE DATABASE IF NOT EXISTS demo")
    summary.write.mode("overwrite").saveAsTable("demo.trips_by_day")
    summary.write.format("parquet").partitionBy("city").mode("overwrite").saveAsTable("demo.trips_in_files")
    spark.stop()

    again = SparkSession.builder.remote(url(server, user_id="grace")).create()
    assert sorted(t.name for t in again.catalog.listTables("demo")) == ["trips_by_day", "trips_in_files"]
    table = again.table("demo.trips_by_day").orderBy("city", "day")
    assert table.schema["fares"].dataType == DecimalType(20, 2) and table.columns == ["city", "day", "trips", "riders", "fares"]
    assert [tuple(r) for r in table.collect()] == expected()
    files = again.table("demo.trips_in_files").select(table.columns).orderBy("city", "day")
    assert [tuple(r) for r in files.collect()] == expected()
    assert [r.city for r in again.sql("SELECT city FROM demo.trips_by_day GROUP BY city ORDER BY sum(fares) DESC LIMIT 1").collect()] == \
        [max({c for c, *_ in expected()}, key=lambda c: sum(e[4] for e in expected() if e[0] == c))]
    assert table.toPandas()["riders"].sum() == sum(e[3] for e in expected())
    again.sql("DROP DATABASE demo CASCADE")
    again.stop()


@pytest.mark.parametrize("token", ["wrong", TOKEN + "x", TOKEN[:-1], None])
def test_other_tokens_are_refused(server, token):
    spark = SparkSession.builder.remote(url(server, token=token)).create()
    with pytest.raises(Exception) as caught:
        spark.sql("SELECT 1").collect()
    spark.stop()                                   # what a client still means to say must not wait for a server that is gone
    assert "UNAUTHENTICATED" in str(caught.value) or "token" in str(caught.value).lower()
    assert TOKEN not in str(caught.value)


def test_many_sessions_of_one_user(server):
    def one(i):
        spark = SparkSession.builder.remote(url(server)).create()
        spark.createDataFrame([(i,)], "n int").createOrReplaceTempView("mine")
        spark.conf.set("spark.sql.shuffle.partitions", str(i + 1))
        got = spark.sql("SELECT n FROM mine").collect()[0].n, spark.conf.get("spark.sql.shuffle.partitions")
        spark.stop()
        return got

    with futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(16))) == [(i, str(i + 1)) for i in range(16)]


CLIENT = """
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote(sys.argv[1]).create()
spark.range(1000).selectExpr("id", "id % 7 AS k").write.mode("overwrite").saveAsTable("over_tls")
print(spark.table("over_tls").groupBy("k").count().orderBy("k").collect()[3]["count"])
"""


def test_over_tls(tmp_path):
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                           "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")], capture_output=True)
    if made.returncode != 0:
        pytest.skip("no openssl to make a certificate with")
    (tmp_path / "token").write_text(TOKEN)
    with Server("--warehouse", ":memory:", "--tls-cert", str(tmp_path / "cert"), "--tls-key", str(tmp_path / "key"), "--token-file", str(tmp_path / "token")) as s:
        def run(text):
            return subprocess.run([sys.executable, "-c", CLIENT, text], capture_output=True, text=True, timeout=120,
                                  env=os.environ | {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(tmp_path / "cert")})

        good = run(f"sc://127.0.0.1:{s.port}/;use_ssl=true;token={TOKEN};x-tenant=a")
        assert good.stdout == "143\n", good.stderr[-2000:]
        assert run(f"sc://127.0.0.1:{s.port}/;use_ssl=true;token=wrong").returncode != 0

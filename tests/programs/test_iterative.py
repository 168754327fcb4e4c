"""An iterative job: twenty rounds of join, aggregate and localCheckpoint over 12,000 rows, each round built on the one before."""
import os
import time

from pyspark.sql import functions as F

ROWS, ROUNDS = 12_000, 20
LIMIT = 2.0 if "asan" not in os.environ.get("BUILD", "") else float("inf")      # seconds; a build with sanitizers has no speed to hold


def rounds(spark):
    """Ranks that flow along the edges n -> 3n + 1 and n -> 7n + 5 (mod ROWS), and what plain Python makes of the same."""
    edges = spark.range(ROWS).select(F.col("id").alias("src"), F.explode(F.array((F.col("id") * 3 + 1) % ROWS, (F.col("id") * 7 + 5) % ROWS)).alias("dst"))
    edges = edges.localCheckpoint()
    ranks = spark.range(ROWS).select(F.col("id").alias("src"), F.lit(1000).cast("long").alias("rank"))
    for _ in range(ROUNDS):
        flow = ranks.join(edges, "src").groupBy("dst").agg(F.sum(F.expr("rank div 2")).alias("got"))
        ranks = (ranks.join(flow, ranks.src == flow.dst, "left")
                 .select("src", (F.lit(150) + F.coalesce("got", F.lit(0)) * 85).alias("scaled"))
                 .select("src", F.expr("scaled div 100").alias("rank")).localCheckpoint())
    return ranks


def expected():
    ranks = [1000] * ROWS
    for _ in range(ROUNDS):
        got = [0] * ROWS
        for n in range(ROWS):
            got[(n * 3 + 1) % ROWS] += ranks[n] // 2
            got[(n * 7 + 5) % ROWS] += ranks[n] // 2
        ranks = [(150 + g * 85) // 100 for g in got]
    return ranks


def test_iterative_job(spark):
    best = None
    for _ in range(3):                         # the best of three: other work on the machine is not ours to judge
        start = time.monotonic()
        rows = rounds(spark).orderBy("src").collect()
        took = time.monotonic() - start
        best = took if best is None or took < best else best
        if best <= LIMIT:
            break
    assert [r["rank"] for r in rows] == expected()
    assert best <= LIMIT, f"{best:.2f} s"

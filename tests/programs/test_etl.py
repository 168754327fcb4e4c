"""An ETL: days of CSV, some lines of it bad, into partitioned Parquet, and from there into a summary table by MERGE; a day that is delivered once
more replaces its partition and corrects the summary.  What must come out is worked out in plain Python beside it."""
import datetime as dt
import decimal
import glob
import random

import pyarrow.dataset as ds
from pyspark.sql import functions as F
from pyspark.sql import Window
from steps import Server

SCHEMA = "order_id BIGINT, shop STRING, amount DECIMAL(10,2), sold_at TIMESTAMP, note STRING, _bad STRING"
SHOPS = ["Nørrebro", "Old Town", 'The "Mill"', "x, y & z"]
D = decimal.Decimal


def delivery(path, day, seed):
    """A CSV file of one day; the rows that are good, the last one of each order."""
    choose, good = random.Random(seed), {}
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write("order_id,shop,amount,sold_at,note\n")
        for i in range(300):
            order, shop, amount = choose.randrange(200), choose.choice(SHOPS), D(choose.randrange(-500, 100_000)) / 100
            at = dt.datetime.combine(day, dt.time(i // 60 + 8, i % 60))
            note = choose.choice(["", "late", "two\nlines", "half"])
            kind = choose.random()
            quoted = '"' + shop.replace('"', '""') + '"'
            if kind < 0.03:
                f.write(f"{order},{quoted},much,{at.isoformat(sep=' ')},bad amount\n")
            elif kind < 0.05:
                f.write(f"no number,{quoted},{amount},{at.isoformat(sep=' ')},\n")
            else:
                f.write(f'{order},{quoted},{amount},{at.isoformat(sep=" ")},"{note}"\n')
                good[order] = (order, shop, amount, at, note or None)
    return {k: v for k, v in good.items() if v[2] >= 0}


def load(spark, folder, day):
    """CSV of a day -> its partition; how many lines were bad."""
    raw = (spark.read.schema(SCHEMA).option("header", True).option("multiLine", True).option("escape", '"').option("columnNameOfCorruptRecord", "_bad")
           .csv(f"{folder}/in/{day}.csv")).cache()
    bad = raw.filter("_bad IS NOT NULL").count()
    latest = Window.partitionBy("order_id").orderBy(F.desc("sold_at"))
    rows = (raw.filter("_bad IS NULL").drop("_bad").withColumn("n", F.row_number().over(latest)).filter("n = 1 AND amount >= 0").drop("n")
            .withColumn("day", F.to_date("sold_at")))
    rows.write.partitionBy("day", "shop").mode("overwrite").option("partitionOverwriteMode", "dynamic").parquet(f"{folder}/orders")
    raw.unpersist()
    return bad


def summarize(spark, folder, day):
    spark.read.parquet(f"{folder}/orders").filter(F.col("day") == day).createOrReplaceTempView("changed")
    spark.sql("""MERGE INTO sales.by_day t USING (SELECT day, shop, count(*) AS orders, sum(amount) AS revenue, max(sold_at) AS last FROM changed GROUP BY day, shop) s
        ON t.day = s.day AND t.shop = s.shop
        WHEN MATCHED AND t.revenue <> s.revenue THEN UPDATE SET orders = s.orders, revenue = s.revenue, last = s.last, version = t.version + 1
        WHEN NOT MATCHED THEN INSERT (day, shop, orders, revenue, last, version) VALUES (s.day, s.shop, s.orders, s.revenue, s.last, 1)""")


def expected(days, versions):
    out = []
    for day, rows in days.items():
        for shop in SHOPS:
            mine = [r for r in rows.values() if r[1] == shop]
            if mine:
                out.append((day, shop, len(mine), sum(r[2] for r in mine), max(r[3] for r in mine), versions[day]))
    return sorted(out, key=lambda r: r[:2])


def by_day(spark):
    return [tuple(r) for r in sorted(spark.table("sales.by_day").collect(), key=lambda r: (r.day, r.shop))]


def test_etl(tmp_path):
    (tmp_path / "in").mkdir()
    first, second = dt.date(2024, 2, 29), dt.date(2024, 3, 1)
    with Server("--warehouse", str(tmp_path / "w"), "--conf", "spark.sql.session.timeZone=UTC") as s:
        spark = s.session()
        spark.sql("CREATE DATABASE sales")
        spark.sql("CREATE TABLE sales.by_day (day DATE, shop STRING, orders BIGINT, revenue DECIMAL(20,2), last TIMESTAMP, version INT)")
        days = {d: delivery(tmp_path / "in" / f"{d}.csv", d, seed) for d, seed in ((first, 1), (second, 2))}
        for d in days:
            assert load(spark, tmp_path, d) > 0
            summarize(spark, tmp_path, d)
        assert by_day(spark) == expected(days, {first: 1, second: 1})
        untouched = sorted(glob.glob(f"{tmp_path}/orders/day={first}/*/*"))
        days[second] = delivery(tmp_path / "in" / f"{second}.csv", second, 3)
        load(spark, tmp_path, second)
        summarize(spark, tmp_path, second)
        assert by_day(spark) == expected(days, {first: 1, second: 2})
        summarize(spark, tmp_path, second)                      # nothing new: nothing changes
        assert by_day(spark) == expected(days, {first: 1, second: 2})
        assert sorted(glob.glob(f"{tmp_path}/orders/day={first}/*/*")) == untouched and len(untouched) == len(SHOPS)
    with Server("--warehouse", str(tmp_path / "w"), "--conf", "spark.sql.session.timeZone=UTC") as s:
        spark = s.session()
        assert by_day(spark) == expected(days, {first: 1, second: 2})
        back = spark.read.parquet(f"{tmp_path}/orders")
        assert dict(back.dtypes) == {"order_id": "bigint", "amount": "decimal(10,2)", "sold_at": "timestamp", "note": "string", "day": "date", "shop": "string"}
        rows = [tuple(r) for r in back.select("order_id", "shop", "amount", F.col("sold_at").cast("timestamp_ntz"), "note").collect()]
        assert sorted(rows) == sorted(r for d in days.values() for r in d.values())
    other = ds.dataset(f"{tmp_path}/orders", partitioning="hive", exclude_invalid_files=False)          # another reader of the same files
    assert other.count_rows() == sum(map(len, days.values()))

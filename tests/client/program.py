"""What clients of any age since 3.5 do, one line of answer per step: `name: value`.  Run by the Python of the client: program.py URL FOLDER."""
import contextlib
import datetime as D
import decimal
import io
import os
import re
import sys

os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
import pandas as pd
import pyspark
from pyspark.sql import Row, SparkSession, Window
from pyspark.sql import functions as F

URL, FOLDER = sys.argv[1:]
spark = SparkSession.builder.remote(URL).getOrCreate()


def step(name, f):
    try:
        r = f()
    except Exception as e:
        def ask(method):
            try:
                return getattr(e, method)()
            except Exception:
                return None
        named = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", str(e))
        r = ("FAILED", type(e).__name__, ask("getErrorClass") or named and named.group(1), ask("getSqlState"))
    print(f"{name}: {r!r}".replace(FOLDER, "FOLDER"), flush=True)


def out(f, *a, **k):
    b = io.StringIO()
    with contextlib.redirect_stdout(b):
        f(*a, **k)
    return b.getvalue()


def rows(df):
    return sorted(map(str, df.collect()))


step("versions", lambda: spark.version)
step("zone", lambda: spark.conf.set("spark.sql.session.timeZone", "UTC"))
step("arguments by name", lambda: spark.sql("SELECT :a + 1 AS x", args={"a": 41}).collect())
step("arguments by place", lambda: spark.sql("SELECT ? + 1 AS x, ? y", args=[41, D.date(2020, 1, 1)]).collect())
step("command", lambda: spark.sql("CREATE OR REPLACE TEMP VIEW v AS SELECT 1 AS a").collect())
step("set", lambda: spark.sql("SET spark.sql.ansi.enabled").collect())
step("view", lambda: spark.sql("SELECT * FROM v").collect())
df = spark.createDataFrame([("Ann", "hr", 30, 10.5), ("Bob", "it", 25, None), ("Cid", "it", 41, 7.25)], "name string, dept string, age int, pay double")
step("rows", lambda: df.collect())
step("nested rows", lambda: spark.createDataFrame([Row(a=1, b=[1, 2], c={"k": D.date(2020, 1, 1)})]).collect())
step("dicts", lambda: spark.createDataFrame([{"a": 1, "b": "x"}]).collect())
step("query", lambda: df.filter(df.age > 20).groupBy("dept").agg(F.sum("pay").alias("s"), F.count("*").alias("n")).withColumn("z", F.col("n") + 1).orderBy("dept").collect())
step("window", lambda: df.select("name", F.row_number().over(Window.orderBy("name")).alias("rn")).collect())
step("join", lambda: df.join(df.select("name", F.lit(1).alias("k")), "name").orderBy("name").collect())
step("join on a condition", lambda: (lambda d: df.join(d, df.name == d.name).select(df.age, d.k).orderBy("age").collect())(df.select("name", F.lit(1).alias("k"))))
step("lambda", lambda: spark.range(1).select(F.transform(F.array(F.lit(1)), lambda x: x + 1).alias("a")).collect())
step("show", lambda: out(df.show))
step("vertical", lambda: out(df.show, 1, vertical=True))
step("toPandas", lambda: df.fillna(0).toPandas().to_dict("list"))
step("pandas", lambda: spark.createDataFrame(pd.DataFrame({"i": [1, 2], "s": ["a", None]})).collect())
step("large", lambda: spark.createDataFrame(pd.DataFrame({"i": range(200000), "s": ["row number %d" % i for i in range(200000)]})).agg(F.sum("i"), F.max("s")).collect())
step("large back", lambda: len(spark.range(300000).toPandas()))
step("local iterator", lambda: [r.id for r in spark.range(5).toLocalIterator()])
step("wrong syntax", lambda: spark.sql("SELEC 1").collect())
step("wrong column", lambda: df.select("nme").collect())
step("division", lambda: spark.sql("SELECT 1/id FROM range(1)").collect())
step("missing values", lambda: [df.fillna(0).count(), df.dropna().count(), df.describe("age").collect()])
step("ends", lambda: [df.tail(1), df.head(), df.isEmpty(), df.count(), df.take(1)])
step("temporary view", lambda: [df.createOrReplaceTempView("w"), spark.table("w").count(), spark.catalog.tableExists("w")])
step("settings", lambda: [spark.conf.get("spark.sql.session.timeZone"), spark.sql("SELECT TIMESTAMP'2020-01-01 00:00:00' t").collect()])
step("schema", lambda: (df.schema.simpleString(), out(df.printSchema)))
step("explain", lambda: out(df.explain)[:20])
step("types", lambda: spark.sql("SELECT array(1,null) a, map('k', 1.5BD) m, struct(1 as x) s, TIMESTAMP_NTZ'2020-01-02 03:04:05' t, X'0aff' b, INTERVAL '1' DAY i, null n").collect())
step("no rows", lambda: spark.createDataFrame([], "a int").schema.simpleString())
step("withColumns", lambda: df.withColumns({"q": F.lit(1), "r": F.lit(2)}).drop("pay").withColumnRenamed("q", "qq").columns)
step("sample", lambda: spark.range(100).sample(1.0, seed=1).count())
step("unpivot", lambda: rows(df.unpivot("name", ["age"], "k", "v")))
step("pivot", lambda: rows(df.groupBy("dept").pivot("name").sum("age")))
step("sets", lambda: [rows(df.select("dept").union(df.select("name")).distinct()), df.exceptAll(df.limit(1)).count(), df.unionByName(df).count()])
step("statistics", lambda: [df.approxQuantile("age", [0.5], 0.0), df.stat.corr("age", "age"), rows(df.crosstab("dept", "name")), df.summary("count", "max").collect()])
step("tags", lambda: [spark.addTag("t1"), sorted(spark.getTags()), spark.clearTags()])

# ---- files
step("parquet", lambda: [df.write.mode("overwrite").parquet(FOLDER + "/p"), rows(spark.read.parquet(FOLDER + "/p"))])
step("parquet again", lambda: df.write.parquet(FOLDER + "/p"))
step("parquet appended", lambda: [df.write.mode("append").parquet(FOLDER + "/p"), spark.read.parquet(FOLDER + "/p").count()])
step("csv", lambda: [df.coalesce(1).write.csv(FOLDER + "/c", header=True, nullValue="-"), spark.read.csv(FOLDER + "/c", header=True, inferSchema=True, nullValue="-").orderBy("name").collect()])
step("csv with a schema", lambda: spark.read.schema("a string, b string, c int, d double").option("header", True).option("nullValue", "-").csv(FOLDER + "/c").orderBy("a").collect())
step("json", lambda: [df.write.json(FOLDER + "/j"), spark.read.json(FOLDER + "/j").schema.simpleString(), rows(spark.read.json(FOLDER + "/j"))])
step("text", lambda: [df.select("name").write.text(FOLDER + "/t"), rows(spark.read.text(FOLDER + "/t"))])
step("partitioned", lambda: [df.write.partitionBy("dept").parquet(FOLDER + "/d"), sorted(n for n in os.listdir(FOLDER + "/d") if "=" in n), rows(spark.read.parquet(FOLDER + "/d").where("dept = 'it'"))])
step("partitioned csv", lambda: [df.write.partitionBy("dept", "age").csv(FOLDER + "/dc"), spark.read.csv(FOLDER + "/dc").schema.simpleString()])
step("one partition", lambda: [df.where("dept = 'hr'").write.mode("overwrite").option("partitionOverwriteMode", "dynamic").partitionBy("dept").parquet(FOLDER + "/d"), spark.read.parquet(FOLDER + "/d").count()])
step("no such path", lambda: spark.read.parquet(FOLDER + "/none").collect())
step("no such format", lambda: df.write.format("nope").save(FOLDER + "/n"))

# ---- tables
for t in ("old_saved", "old_parts", "old_v2", "old_sql", "old_native2"):
    spark.sql(f"DROP TABLE IF EXISTS {t}")
step("saveAsTable", lambda: [df.write.format("parquet").saveAsTable("old_saved"), rows(spark.table("old_saved"))])
step("saveAsTable again", lambda: df.write.format("parquet").saveAsTable("old_saved"))
step("saveAsTable ignored", lambda: [df.limit(1).write.format("parquet").mode("ignore").saveAsTable("old_saved"), spark.table("old_saved").count()])
step("saveAsTable appended", lambda: [df.write.format("parquet").mode("append").saveAsTable("old_saved"), spark.table("old_saved").count()])
step("insertInto", lambda: [df.write.insertInto("old_saved"), spark.table("old_saved").count()])
step("insertInto over", lambda: [df.write.insertInto("old_saved", overwrite=True), spark.table("old_saved").count()])
step("saveAsTable over", lambda: [df.select("name", "age").write.format("parquet").mode("overwrite").saveAsTable("old_saved"), spark.table("old_saved").columns])
step("partitioned table", lambda: [df.write.format("parquet").partitionBy("dept").saveAsTable("old_parts"), rows(spark.sql("SHOW PARTITIONS old_parts")), spark.table("old_parts").columns])
step("insert by SQL", lambda: [spark.sql("INSERT INTO old_parts PARTITION (dept = 'xx') VALUES ('Dan', 1, 2.0D)").collect(), rows(spark.sql("SELECT * FROM old_parts WHERE dept = 'xx'"))])
step("writeTo", lambda: df.writeTo("old_v2").using("parquet").create())
step("writeTo again", lambda: df.writeTo("old_v2").using("parquet").create())
step("writeTo append", lambda: df.writeTo("old_saved").append())
step("writeTo nothing", lambda: df.writeTo("old_none").append())
step("CREATE TABLE AS", lambda: [spark.sql("CREATE TABLE old_sql USING json AS SELECT 1 AS a, 'x' AS b").collect(), rows(spark.table("old_sql"))])
step("DESCRIBE", lambda: [tuple(r) for r in spark.sql("DESCRIBE old_parts").collect()])

# ---- catalog
c = spark.catalog
step("databases", lambda: [c.currentDatabase(), c.databaseExists("default"), c.databaseExists("nope"), [d.name for d in c.listDatabases("default")], c.getDatabase("default").name])
step("tables", lambda: [(t.name, t.catalog, t.namespace, t.tableType, t.isTemporary) for t in c.listTables(pattern="old_p*")])
step("getTable", lambda: c.getTable("old_saved").tableType)
step("columns", lambda: [tuple(x)[:6] for x in c.listColumns("old_parts")])
step("functions", lambda: [c.functionExists("abs"), c.functionExists("no_such"), c.getFunction("abs").name])
step("no table", lambda: c.getTable("old_nope"))
step("no columns", lambda: c.listColumns("old_nope"))
step("createTable", lambda: [c.createTable("old_native2", schema=df.schema, source="csv").count(), spark.sql("DROP TABLE old_native2").collect()])
step("global view", lambda: [df.createOrReplaceGlobalTempView("old_g"), spark.table("global_temp.old_g").count(), c.dropGlobalTempView("old_g")])
step("cacheTable", lambda: [c.cacheTable("old_saved"), c.isCached("old_saved"), spark.table("old_saved").count(), c.uncacheTable("old_saved"), c.isCached("old_saved")])
step("persist", lambda: (lambda d: [d.count(), d.is_cached, str(d.storageLevel), d.unpersist().is_cached])(df.filter("age > 26").cache()))
step("CACHE TABLE", lambda: [spark.sql("CACHE TABLE old_c AS SELECT * FROM old_saved").collect(), spark.table("old_c").count(), spark.sql("UNCACHE TABLE old_c").collect()])
step("refresh", lambda: [c.refreshTable("old_saved"), c.refreshByPath(FOLDER + "/p"), c.recoverPartitions("old_parts")])
step("clearCache", lambda: c.clearCache())
step("merge", lambda: df.alias("s").mergeInto("old_saved", F.expr("old_saved.name = s.name")).whenMatched().delete().merge())
step("checkpoint", lambda: df.localCheckpoint().count())
step("observe", lambda: (lambda o: [df.observe(o, F.count(F.lit(1)).alias("n")).count(), o.get])(pyspark.sql.Observation("seen")))
step("decimal", lambda: spark.createDataFrame([(decimal.Decimal("1.50"),)], "d decimal(10,2)").selectExpr("d * 2 AS e").collect())
step("hints", lambda: df.hint("broadcast").join(df.hint("merge"), "name").count())
step("views", lambda: [spark.sql("CREATE OR REPLACE VIEW old_view AS SELECT name FROM old_saved").collect(), spark.table("old_view").columns, spark.sql("DROP VIEW old_view").collect()])
step("dropTempView", lambda: [c.dropTempView("w"), c.dropTempView("w")])
for t in ("old_saved", "old_parts", "old_v2", "old_sql", "old_native2"):
    spark.sql(f"DROP TABLE IF EXISTS {t}")
step("stop", lambda: spark.stop())

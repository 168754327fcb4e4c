from pyspark.sql import Observation

# ---- collect_metrics/collect
o = Observation("m")
rows = spark.range(10).observe(o, F.count("*").alias("n"), F.sum("id"), F.max(F.col("id") * 2).alias("top")).filter("id > 5").collect()
[len(rows), dict(sorted(o.get.items()))]

# ---- collect_metrics/by_name
df = spark.range(4).observe("named", F.count(F.lit(1)).alias("n"))
[r.id for r in df.collect()]

# ---- collect_metrics/types
o = Observation()
spark.sql("SELECT 1.50BD c, DATE'2020-01-02' d, 'x' s, array(1) a").observe(o, F.max("c").alias("c"), F.max("d").alias("d"), F.min("s").alias("s"), F.collect_list("c").alias("l"), F.struct(F.max("d").alias("q")).alias("st")).count()
[[k, str(v)] for k, v in o.get.items()]

# ---- collect_metrics/two
a, b = Observation("a"), Observation("b")
spark.range(10).observe(a, F.count("*").alias("n")).filter("id < 3").observe(b, F.count("*").alias("n")).collect()
[a.get, b.get]

# ---- collect_metrics/show
o = Observation("s")
printed(spark.range(3).observe(o, F.sum("id").alias("t")).show)

# ---- collect_metrics/not_aggregate
spark.range(3).observe("x", F.col("id"))

# ---- collect_metrics/missing_column
spark.range(3).observe("x", F.sum("zz"))

# ---- collect_metrics/empty
o = Observation("e")
spark.range(0).observe(o, F.count("*").alias("n"), F.sum("id").alias("s")).collect()
o.get

# ---- collect_metrics/window_refused
spark.range(3).observe("x", F.row_number().over(W.orderBy("id")))

# ---- collect_metrics/distinct_refused
spark.range(3).observe("x", F.count_distinct("id"))

# ---- collect_metrics/same_name_twice
spark.range(3).observe("x", F.count("*").alias("n")).observe("x", F.sum("id").alias("s"))

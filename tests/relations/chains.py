"""Every expression is an outcome: chains of operations, made at random."""
a = spark.createDataFrame([(1, "x", 1.5, dt.date(2024, 1, 1)), (2, "y", None, dt.date(2024, 1, 2)), (3, None, 2.0, None), (2, "x", 4.0, dt.date(2024, 1, 2))], "id int, k string, v double, d date")
b = spark.createDataFrame([(1, "x", 10), (2, "z", 20), (4, None, 30)], "id int, k string, w int")
c = spark.createDataFrame([("x", [1, 2], Row(p=1, q="s")), ("y", None, None), (None, [], Row(p=2, q=None))], "k string, xs array<int>, s struct<p:int,q:string>")

# ---- random/2_0
t = a
t = t.select([F.col(c).alias('z' + str(i)) for i, c in enumerate(t.columns)])
t = t.unionByName(t)
t = t.drop("z0")
t.schema.jsonValue()
t

# ---- random/2_1
t = c
t = t.where(c["s"].isNotNull())
t = t.select(*t.columns, F.expr('`xs` IS NULL AS nn'))
t = t.drop(c["xs"])
t = t.withColumn("n1", F.sum("nn").over(W.partitionBy("s")))
t = t.withColumn("s", F.sum("k").over(W.partitionBy("s")))
t = t.groupBy(c["xs"]).agg(F.count('*').alias('n'))
t.schema.jsonValue()
t

# ---- random/2_2
t = b
t = t.where(b["id"].isNotNull())
t = t.groupBy("k").pivot("w").agg(F.count('*'))
t = t.groupBy("k").agg(F.collect_set("k").alias('cs'))
t = t.alias('s0')
t = t.select('s0.*')
t = t.where(b["k"].isNotNull())
t.schema.jsonValue()
t

# ---- random/2_3
t = c
t = t.select([F.col(c).alias('z' + str(i)) for i, c in enumerate(t.columns)])
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT *, count(*) OVER (PARTITION BY `z2`) AS cnt FROM rv')
t = t.rollup("z2").agg(F.count('*').alias('n'), F.grouping("z2").alias('g'))
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_4
t = c
t = t.withColumn("xs", F.rank().over(W.orderBy(F.desc("s"))))
t = t.union(t)
t = t.join(a, "k", "left_anti")
t = t.withColumn("n2", F.rank().over(W.orderBy(F.desc("s"))))
t = t.withColumn("n3", F.row_number().over(W.partitionBy("xs").orderBy("s")))
t = t.join(b, "k", "right")
t.schema.jsonValue()
t

# ---- random/2_5
t = a
t = t.join(c, "k", "inner")
t = t.withColumn("n1", F.count('*').over(W.partitionBy("id").orderBy("s").rowsBetween(-1, 1)))
t = t.rollup("xs").agg(F.count('*').alias('n'), F.grouping("xs").alias('g'))
t.schema.jsonValue()
t

# ---- random/2_6
t = a
t = t.where(a["v"].isNotNull())
t = t.join(b, "id", "full")
t = t.select(*t.columns, F.expr('`d` IS NULL AS nn'))
t = t.groupBy("nn").agg(F.max("v").alias('m'))
t.schema.jsonValue()
t

# ---- random/2_7
t = a
t = t.drop(a["d"])
t = t.where(F.col("k").isNotNull())
t = t.withColumn("id", F.rank().over(W.orderBy(F.desc("k"))))
t = t.join(c, "k", "left_semi")
t = t.join(a, t["id"] == a["id"], "inner")
t.schema.jsonValue()
t

# ---- random/2_8
t = b
t = t.join(a, "id", "left")
t = t.dropDuplicates(["v"]).drop("id", "k", "w", "k", "d")
t = t.withColumn("v", F.lag("v").over(W.orderBy("v")))
t.schema.jsonValue()
t

# ---- random/2_9
t = a
t = t.join(a, "k", "inner")
t = t.join(c, "k", "left_anti")
t = t.alias('s0')
t = t.select('s0.*')
t.schema.jsonValue()
t

# ---- random/2_10
t = a
t = t.dropDuplicates(["d"]).drop("id", "k", "v")
t = t.groupBy(a["id"]).agg(F.count('*').alias('n'))
t = t.fillna(0).fillna('?')
t = t.withColumn("n1", F.col("id"))
t.schema.jsonValue()
t

# ---- random/2_11
t = c
t = t.drop("xs")
t = t.withColumn("n1", F.row_number().over(W.partitionBy("s").orderBy("s")))
t = t.where(c["s"].isNotNull())
t.schema.jsonValue()
t

# ---- random/2_12
t = a
t = t.join(c, "k", "right")
t = t.select(a["v"], "id", '*')
t = t.join(c, "k", "right")
t = t.intersect(t)
t.schema.jsonValue()
t

# ---- random/2_13
t = a
t = t.drop(a["v"])
t = t.groupBy(a["d"]).agg(F.count('*').alias('n'))
t = t.select(a["k"], "n", '*')
t = t.distinct()
t = t.dropDuplicates(["d"]).drop("k", "n", "n")
t = t.where(a["k"].isNotNull())
t.schema.jsonValue()
t

# ---- random/2_14
t = b
t = t.rollup("id").agg(F.count('*').alias('n'), F.grouping("id").alias('g'))
t = t.join(b, t["id"] == b["id"], "inner")
t = t.withColumn("k", F.row_number().over(W.partitionBy("k").orderBy("w")))
t.schema.jsonValue()
t

# ---- random/2_15
t = a
t = t.groupBy(a["v"]).agg(F.count('*').alias('n'))
t = t.drop(a["d"])
t = t.drop(a["id"])
t = t.select(a["d"], "n", '*')
t = t.withColumn("v", F.max("v").over(W.partitionBy("v").orderBy("v").rangeBetween(W.unboundedPreceding, 0)))
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_16
t = b
t = t.distinct()
t = t.select(b["w"], "w", '*')
t = t.drop(b["w"])
t.schema.jsonValue()
t

# ---- random/2_17
t = a
t = t.withColumn("id", F.sum("d").over(W.partitionBy("id")))
t = t.localCheckpoint()
t = t.groupBy("k").pivot("v").agg(F.count('*'))
t.schema.jsonValue()
t

# ---- random/2_18
t = c
t = t.join(a, t["k"] == a["k"], "left")
t = t.dropDuplicates(["id"]).drop("k", "xs", "s", "k", "v", "d")
t = t.fillna(0).fillna('?')
t = t.where(c["xs"].isNotNull())
t.schema.jsonValue()
t

# ---- random/2_19
t = c
t = t.alias('s0')
t = t.select('s0.*')
t = t.withColumn("xs", F.row_number().over(W.partitionBy("xs").orderBy("xs")))
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT *, count(*) OVER (PARTITION BY `k`) AS cnt FROM rv')
t.schema.jsonValue()
t

# ---- random/2_20
t = a
t = t.join(a, "d", "full")
t = t.where(a["d"].isNotNull())
t = t.select(*t.columns, F.expr('`d` IS NULL AS nn'))
t = t.withColumnRenamed("nn", "r1")
t = t.fillna(0).fillna('?')
t.schema.jsonValue()
t

# ---- random/2_21
t = c
t = t.where(t["k"].isin(a.select('id')))
t = t.withColumnRenamed("xs", "r1")
t = t.withColumnRenamed("r1", "r2")
t = t.unpivot(["r2"], ["s"], 'var', 'val')
t = t.withColumn("val", F.rank().over(W.orderBy(F.desc("val"))))
t.schema.jsonValue()

# ---- random/2_22
t = c
t = t.join(b, "k", "inner")
t = t.groupBy(b["id"]).agg(F.count('*').alias('n'))
t = t.alias('s0')
t = t.select('s0.*')
t = t.withColumn("n", F.lag("n").over(W.orderBy("n")))
t.schema.jsonValue()
t

# ---- random/2_23
t = a
t = t.withColumn("d", F.count('*').over(W.partitionBy("d").orderBy("v").rowsBetween(-1, 1)))
t = t.join(c, t["k"] == c["k"], "full")
t = t.where(F.col("v").isNotNull())
t = t.withColumn("v", F.sum("id").over(W.partitionBy("v")))
t = t.where(a["k"].isNotNull())
t.schema.jsonValue()
t

# ---- random/2_24
t = a
t = t.rollup("d").agg(F.count('*').alias('n'), F.grouping("d").alias('g'))
t = t.withColumn("g", F.max("n").over(W.partitionBy("g").orderBy("n").rangeBetween(W.unboundedPreceding, 0)))
t = t.select(*t.columns, F.expr('`n` IS NULL AS nn'))
t = t.where(a["d"].isNotNull())
t = t.withColumn("nn", F.count('*').over(W.partitionBy("nn").orderBy("n").rowsBetween(-1, 1)))
t.schema.jsonValue()
t

# ---- random/2_25
t = b
t = t.select(b["id"], "id", '*')
t = t.withColumn("k", F.row_number().over(W.partitionBy("k").orderBy("w")))
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_26
t = b
t = t.distinct()
t = t.withColumnRenamed("k", "r1")
t = t.where(F.col("id").isNotNull())
t = t.join(a, "id", "left")
t.schema.jsonValue()
t

# ---- random/2_27
t = b
t = t.where(F.col("k").isNotNull())
t = t.fillna(0).fillna('?')
t = t.union(t)
t = t.withColumnRenamed("k", "r1")
t = t.select(*t.columns, F.expr('`w` IS NULL AS nn'))
t.schema.jsonValue()
t

# ---- random/2_28
t = a
t = t.drop(a["k"])
t = t.dropDuplicates(["v"]).drop("id", "d")
t = t.withColumnRenamed("v", "r1")
t.schema.jsonValue()
t

# ---- random/2_29
t = b
t = t.union(t)
t = t.distinct()
t = t.select(b["id"], "w", '*')
t = t.groupBy(b["id"]).agg(F.count('*').alias('n'))
t = t.dropDuplicates(["id"]).drop("n")
t.schema.jsonValue()
t

# ---- random/2_30
t = a
t = t.select(a["d"], "k", '*')
t = t.join(a, "id", "full")
t.schema.jsonValue()
t

# ---- random/2_31
t = b
t = t.withColumn("n1", F.count('*').over(W.partitionBy("id").orderBy("k").rowsBetween(-1, 1)))
t = t.join(c, t["k"] == c["k"], "inner")
t = t.join(c, "xs", "right")
t = t.groupBy("id").agg(F.count('*').alias('n'))
t = t.withColumn("n2", F.count('*').over(W.partitionBy("id").orderBy("id").rowsBetween(-1, 1)))
t = t.unionByName(t)
t.schema.jsonValue()
t

# ---- random/2_32
t = c
t = t.withColumnRenamed("xs", "r1")
t = t.groupBy(c["s"]).agg(F.count('*').alias('n'))
t = t.withColumnRenamed("s", "r2")
t = t.select(c["xs"], "r2", '*')
t = t.where(F.col("xs").isNotNull())
t.schema.jsonValue()
t

# ---- random/2_33
t = b
t = t.groupBy("w").agg(F.collect_set("id").alias('cs'))
t = t.withColumn("n1", F.count('*').over(W.partitionBy("cs").orderBy("cs").rowsBetween(-1, 1)))
t = t.fillna(0).fillna('?')
t.schema.jsonValue()
t

# ---- random/2_34
t = c
t = t.distinct()
t = t.withColumn("k", F.rank().over(W.orderBy(F.desc("k"))))
t = t.join(c, t["k"] == c["k"], "full")
t.schema.jsonValue()

# ---- random/2_35
t = b
t = t.groupBy("w").pivot("id").agg(F.count('*'))
t = t.exceptAll(t.limit(0))
t = t.alias('s0')
t = t.select('s0.*')
t = t.withColumn("n1", F.lag("w").over(W.orderBy("w")))
t = t.drop("n1")
t.schema.jsonValue()
t

# ---- random/2_36
t = b
t = t.alias('s0')
t = t.select('s0.*')
t = t.fillna(0).fillna('?')
t = t.join(a, "k", "full")
t.schema.jsonValue()
t

# ---- random/2_37
t = c
t = t.fillna(0).fillna('?')
t = t.select(*t.columns, F.expr('`k` IS NULL AS nn'))
t = t.select(c["s"], "nn", '*')
t = t.dropDuplicates(["xs"]).drop("s", "nn", "k", "s", "nn")
t.schema.jsonValue()
t

# ---- random/2_38
t = b
t = t.select(*t.columns, F.expr('`id` IS NULL AS nn'))
t = t.join(a, "k", "right")
t = t.withColumnRenamed("w", "r1")
t = t.alias('s1')
t = t.select('s1.*')
t = t.distinct()
t = t.join(a, ['k', 'v'], "left")
t.schema.jsonValue()
t

# ---- random/2_39
t = c
t = t.where(F.col("s").isNotNull())
t = t.drop("xs")
t = t.withColumn("n1", F.explode(F.array(F.lit(1), F.lit(2))))
t = t.withColumn("n2", F.sum("k").over(W.partitionBy("n1")))
t = t.withColumnRenamed("n2", "r3")
t.schema.jsonValue()
t

# ---- random/2_40
t = c
t = t.join(b, "k", "full")
t = t.withColumn("n1", F.array("xs"))
t = t.exceptAll(t.limit(0))
t = t.fillna(0).fillna('?')
t = t.drop("id")
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_41
t = a
t = t.intersect(t)
t = t.drop(a["d"])
t = t.withColumn("n1", F.col("k"))
t = t.join(c, "k", "left_semi")
t = t.select(a["d"], "id", '*')
t.schema.jsonValue()
t

# ---- random/2_42
t = a
t = t.groupBy(a["d"]).agg(F.count('*').alias('n'))
t = t.groupBy("d").pivot("n").agg(F.count('*'))
t = t.join(a, "d", "full")
t = t.withColumn("n1", F.rank().over(W.orderBy(F.desc("k"))))
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT * FROM rv')
t.schema.jsonValue()
t

# ---- random/2_43
t = c
t = t.join(b, t["k"] == b["k"], "inner")
t = t.groupBy("id").agg(F.count('*').alias('n'))
t = t.alias('s0')
t = t.select('s0.*')
t.schema.jsonValue()
t

# ---- random/2_44
t = a
t = t.where(a["d"].isNotNull())
t = t.join(a, "id", "right")
t = t.select(*t.columns, F.expr('`id` IS NULL AS nn'))
t = t.drop("id")
t = t.rollup("nn").agg(F.count('*').alias('n'), F.grouping("nn").alias('g'))
t.schema.jsonValue()
t

# ---- random/2_45
t = a
t = t.dropDuplicates(["id"]).drop("k", "v", "d")
t = t.withColumn("n1", F.lit(1))
t = t.dropDuplicates(["id"]).drop("n1")
t = t.join(b, "id", "inner")
t.schema.jsonValue()
t

# ---- random/2_46
t = a
t = t.join(c, "k", "full")
t = t.withColumn("n1", F.rank().over(W.orderBy(F.desc("s"))))
t = t.select(c["k"], "xs", '*')
t = t.join(b, t["id"] == b["id"], "inner")
t.schema.jsonValue()
t

# ---- random/2_47
t = c
t = t.drop("s")
t = t.groupBy("xs").agg(F.first("k", True).alias('f'))
t = t.join(c, t["xs"] == c["xs"], "full")
t.schema.jsonValue()
t

# ---- random/2_48
t = c
t = t.drop(c["xs"])
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT * FROM rv')
t = t.cache()
t = t.withColumn("n1", F.array("k"))
t = t.groupBy("k").agg(F.first("n1", True).alias('f'))
t.schema.jsonValue()
t

# ---- random/2_49
t = b
t = t.fillna(0).fillna('?')
t = t.groupBy(b["w"]).agg(F.count('*').alias('n'))
t = t.drop(b["k"])
t = t.groupBy(b["w"]).agg(F.count('*').alias('n'))
t = t.drop("n")
t.schema.jsonValue()
t

# ---- random/2_50
t = c
t = t.drop(c["s"])
t = t.exceptAll(t.limit(0))
t = t.join(a, t["k"] == a["k"], "left")
t = t.fillna(0).fillna('?')
t = t.withColumn("id", F.rank().over(W.orderBy(F.desc("d"))))
t = t.withColumnRenamed("d", "r2")
t.schema.jsonValue()
t

# ---- random/2_51
t = c
t = t.alias('s0')
t = t.select('s0.*')
t = t.dropDuplicates(["k"]).drop("xs", "s")
t = t.drop(c["k"])
t.schema.jsonValue()
t

# ---- random/2_52
t = a
t = t.groupBy("v").pivot("v").agg(F.count('*'))
t = t.groupBy(a["d"]).agg(F.count('*').alias('n'))
t = t.withColumn("n1", F.when(F.col("n").isNull(), 0).otherwise(1))
t.schema.jsonValue()
t

# ---- random/2_53
t = a
t = t.select(a["id"], "id", '*')
t = t.dropDuplicates(["v"]).drop("id", "id", "id", "k", "d")
t = t.groupBy("v").pivot("v").agg(F.count('*'))
t.schema.jsonValue()
t

# ---- random/2_54
t = c
t = t.withColumn("n1", F.array("k"))
t = t.drop(c["k"])
t = t.dropDuplicates(["n1"]).drop("xs", "s")
t = t.where(c["k"].isNotNull())
t = t.withColumn("n1", F.sum("n1").over(W.partitionBy("n1")))

# ---- random/2_55
t = b
t = t.groupBy(b["id"]).agg(F.count('*').alias('n'))
t = t.groupBy("n").pivot("n").agg(F.count('*'))
t = t.alias('s0')
t = t.select('s0.*')
t = t.select(*t.columns, F.expr('`n` IS NULL AS nn'))
t = t.rollup("nn").agg(F.count('*').alias('n'), F.grouping("nn").alias('g'))
t.schema.jsonValue()
t

# ---- random/2_56
t = c
t = t.withColumn("n1", F.rank().over(W.orderBy(F.desc("s"))))
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `k`, count(*) AS n FROM rv GROUP BY ALL')
t = t.withColumn("k", F.rank().over(W.orderBy(F.desc("k"))))
t = t.where(c["xs"].isNotNull())
t.schema.jsonValue()
t

# ---- random/2_57
t = a
t = t.join(a, "d", "full")
t = t.withColumn("n1", F.lit(1))
t = t.drop("d")
t = t.dropDuplicates(["n1"]).drop("id", "k", "v", "id", "k", "v")
t.schema.jsonValue()
t

# ---- random/2_58
t = b
t = t.fillna(0).fillna('?')
t = t.rollup("k").agg(F.count('*').alias('n'), F.grouping("k").alias('g'))
t = t.withColumn("k", F.max("k").over(W.partitionBy("k").orderBy("k").rangeBetween(W.unboundedPreceding, 0)))
t = t.withColumnRenamed("n", "r2")
t = t.join(a, t["k"] == a["k"], "left")
t = t.join(b, "id", "inner")
t.schema.jsonValue()
t

# ---- random/2_59
t = b
t = t.groupBy("k").pivot("w").agg(F.count('*'))
t = t.distinct()
t = t.where(F.col("k").isNotNull())
t = t.select(*t.columns, F.expr('`k` IS NULL AS nn'))
t.schema.jsonValue()
t

# ---- random/2_60
t = c
t = t.groupBy("k").agg(F.count_distinct("s").alias('cd'))
t = t.alias('s0')
t = t.select('s0.*')
t = t.join(c, "k", "left")
t.schema.jsonValue()
t

# ---- random/2_61
t = a
t = t.select(*t.columns, F.expr('`k` IS NULL AS nn'))
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `k`, count(*) AS n FROM rv GROUP BY ALL')
t = t.withColumn("n1", F.lag("k").over(W.orderBy("k")))
t.schema.jsonValue()
t

# ---- random/2_62
t = a
t = t.drop("d")
t = t.join(b, ['k', 'id'], "full")
t = t.join(c, t["k"] == c["k"], "inner")
t = t.withColumnRenamed("xs", "r1")
t.schema.jsonValue()
t

# ---- random/2_63
t = b
t = t.localCheckpoint()
t = t.withColumn("n1", F.max("w").over(W.partitionBy("w").orderBy("w").rangeBetween(W.unboundedPreceding, 0)))
t = t.join(c, t["k"] == c["k"], "inner")
t.schema.jsonValue()
t

# ---- random/2_64
t = c
t = t.drop(c["xs"])
t = t.where(c["xs"].isNotNull())
t = t.groupBy("k").pivot("k").agg(F.count('*'))
t = t.distinct()
t = t.drop("k")
t.schema.jsonValue()
t

# ---- random/2_65
t = a
t = t.join(c, t["k"] == c["k"], "left")
t = t.withColumnRenamed("v", "r1")
t = t.drop(a["id"])
t.schema.jsonValue()
t

# ---- random/2_66
t = b
t = t.unpivot(["w"], ["id"], 'var', 'val')
t = t.withColumn("var", F.lag("w").over(W.orderBy("w")))
t.schema.jsonValue()
t

# ---- random/2_67
t = b
t = t.withColumn("n1", F.explode(F.array(F.lit(1), F.lit(2))))
t = t.groupBy("n1").agg(F.count_distinct("n1").alias('cd'))
t = t.withColumn("cd", F.lag("cd").over(W.orderBy("cd")))
t = t.dropDuplicates(["cd"]).drop("n1")
t.schema.jsonValue()
t

# ---- random/2_68
t = c
t = t.dropDuplicates(["s"]).drop("k", "xs")
t = t.drop("s")
t.schema.jsonValue()
t

# ---- random/2_69
t = c
t = t.localCheckpoint()
t = t.groupBy(c["k"]).agg(F.count('*').alias('n'))
t = t.unpivot(["k"], ["n"], 'var', 'val')
t = t.withColumn("val", F.sum("k").over(W.partitionBy("val")))
t = t.groupBy(c["k"]).agg(F.count('*').alias('n'))
t = t.cache()
t.schema.jsonValue()
t

# ---- random/2_70
t = a
t = t.withColumn("n1", F.count('*').over(W.partitionBy("v").orderBy("k").rowsBetween(-1, 1)))
t = t.select(a["k"], "n1", '*')
t = t.select(a["k"], "id", '*')
t.schema.jsonValue()
t

# ---- random/2_71
t = c
t = t.distinct()
t = t.withColumn("n1", F.row_number().over(W.partitionBy("xs").orderBy("s")))
t = t.join(b, "k", "left")
t = t.join(b, "id", "right")
t.schema.jsonValue()
t

# ---- random/2_72
t = a
t = t.withColumn("v", F.row_number().over(W.partitionBy("v").orderBy("d")))
t = t.drop("v")
t = t.withColumn("d", F.max("id").over(W.partitionBy("d").orderBy("id").rangeBetween(W.unboundedPreceding, 0)))
t = t.join(b, t["k"] == b["k"], "inner")
t = t.drop("d")
t.schema.jsonValue()
t

# ---- random/2_73
t = a
t = t.where(a["d"].isNotNull())
t = t.join(a, "id", "inner")
t = t.withColumn("n1", F.concat_ws('-', F.col("id").cast('string'), F.lit('z')))
t = t.withColumnRenamed("id", "r2")
t.schema.jsonValue()
t

# ---- random/2_74
t = c
t = t.join(b, "k", "left_anti")
t = t.withColumn("n1", F.sum("k").over(W.partitionBy("xs")))
t = t.dropDuplicates(["n1"]).drop("k", "xs", "s")
t.schema.jsonValue()
t

# ---- random/2_75
t = b
t = t.withColumn("n1", F.sum("w").over(W.partitionBy("id")))
t = t.union(t)
t = t.dropDuplicates(["k"]).drop("id", "w", "n1")
t.schema.jsonValue()
t

# ---- random/2_76
t = a
t = t.fillna(0).fillna('?')
t = t.withColumnRenamed("id", "r1")
t = t.join(b, "k", "full")
t = t.withColumn("n2", F.lit(1))
t.schema.jsonValue()
t

# ---- random/2_77
t = a
t = t.withColumn("n1", F.explode(F.array(F.lit(1), F.lit(2))))
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT *, count(*) OVER (PARTITION BY `v`) AS cnt FROM rv')
t = t.groupBy(a["v"]).agg(F.count('*').alias('n'))
t = t.intersect(t)
t.schema.jsonValue()
t

# ---- random/2_78
t = c
t = t.withColumnRenamed("s", "r1")
t = t.unionByName(t)
t = t.join(c, "k", "left")
t.schema.jsonValue()
t

# ---- random/2_79
t = b
t = t.groupBy(b["k"]).agg(F.count('*').alias('n'))
t = t.where(F.col("k").isNotNull())
t = t.drop("n")
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_80
t = b
t = t.groupBy("k").pivot("id").agg(F.count('*'))
t = t.join(a, "k", "right")
t = t.withColumn("n1", F.row_number().over(W.partitionBy("id").orderBy("id")))
t = t.select(b["k"], "k", '*')
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `n1`, count(*) AS n FROM rv GROUP BY ALL')
t.schema.jsonValue()
t

# ---- random/2_81
t = a
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT * FROM rv')
t = t.groupBy("v").pivot("k").agg(F.count('*'))
t = t.alias('s0')
t = t.select('s0.*')
t = t.alias('s0')
t = t.select('s0.*')
t = t.drop(a["id"])
t.schema.jsonValue()
t

# ---- random/2_82
t = a
t = t.fillna(0).fillna('?')
t = t.withColumn("n1", F.row_number().over(W.partitionBy("v").orderBy("id")))
t = t.select(*t.columns, F.expr('`d` IS NULL AS nn'))
t = t.withColumn("n2", F.lag("id").over(W.orderBy("id")))
t = t.dropDuplicates(["d"]).drop("id", "k", "v", "n1", "nn", "n2")
t.schema.jsonValue()
t

# ---- random/2_83
t = a
t = t.join(b, "k", "full")
t = t.distinct()
t = t.rollup("d").agg(F.count('*').alias('n'), F.grouping("d").alias('g'))
t.schema.jsonValue()
t

# ---- random/2_84
t = c
t = t.drop(c["xs"])
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `s`, count(*) AS n FROM rv GROUP BY ALL')
t = t.select(*t.columns, F.expr('`s` IS NULL AS nn'))
t = t.withColumn("n1", F.count('*').over(W.partitionBy("s").orderBy("s").rowsBetween(-1, 1)))
t = t.alias('s1')
t = t.select('s1.*')
t.schema.jsonValue()
t

# ---- random/2_85
t = c
t = t.withColumn("s", F.lag("k").over(W.orderBy("k")))
t = t.fillna(0).fillna('?')
t = t.unionByName(t)
t = t.withColumn("n2", F.col("k"))
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT *, count(*) OVER (PARTITION BY `k`) AS cnt FROM rv')
t.schema.jsonValue()
t

# ---- random/2_86
t = a
t = t.groupBy(a["d"]).agg(F.count('*').alias('n'))
t = t.withColumn("n1", F.when(F.col("d").isNull(), 0).otherwise(1))
t = t.withColumnRenamed("n1", "r2")
t = t.cache()
t.schema.jsonValue()
t

# ---- random/2_87
t = a
t = t.distinct()
t = t.unionByName(t)
t = t.join(b, "k", "left_anti")
t = t.subtract(t.where(F.col("d").isNull()))
t = t.dropDuplicates(["k"]).drop("id", "v", "d")
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_88
t = b
t = t.select(*t.columns, F.expr('`id` IS NULL AS nn'))
t = t.where(b["id"].isNotNull())
t = t.unionByName(t)
t = t.join(b, "id", "left")
t = t.where(t["id"].isin(a.select('id')))
t.schema.jsonValue()
t

# ---- random/2_89
t = b
t = t.withColumn("w", F.max("w").over(W.partitionBy("w").orderBy("w").rangeBetween(W.unboundedPreceding, 0)))
t = t.distinct()
t = t.select(*t.columns, F.expr('`id` IS NULL AS nn'))
t = t.drop("id")
t = t.intersect(t)
t = t.drop("nn")
t.schema.jsonValue()
t

# ---- random/2_90
t = a
t = t.withColumn("id", F.sum("id").over(W.partitionBy("id")))
t = t.distinct()
t = t.where(F.col("v").isNotNull())
t = t.where(F.col("id").isNotNull())
t = t.alias('s1')
t = t.select('s1.*')
t.schema.jsonValue()
t

# ---- random/2_91
t = a
t = t.groupBy(a["v"]).agg(F.count('*').alias('n'))
t = t.drop("n")
t = t.select(a["k"], "v", '*')
t = t.select(a["id"], "k", '*')
t = t.drop(a["d"])
t.schema.jsonValue()
t

# ---- random/2_92
t = a
t = t.groupBy("v").pivot("d").agg(F.count('*'))
t = t.join(a, "v", "left_anti")
t = t.alias('s0')
t = t.select('s0.*')
t = t.select(a["d"], "v", '*')
t = t.select(a["id"], "d", '*')
t = t.select(*t.columns, F.expr('`id` IS NULL AS nn'))
t.schema.jsonValue()
t

# ---- random/2_93
t = b
t = t.withColumn("n1", F.lag("id").over(W.orderBy("id")))
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `w`, count(*) AS n FROM rv GROUP BY ALL')
t = t.dropDuplicates(["n"]).drop("w")
t.schema.jsonValue()
t

# ---- random/2_94
t = a
t = t.withColumn("id", F.max("id").over(W.partitionBy("id").orderBy("id").rangeBetween(W.unboundedPreceding, 0)))
t = t.withColumn("n2", F.col("id"))
t = t.select(a["d"], "v", '*')
t.schema.jsonValue()
t

# ---- random/2_95
t = b
t = t.drop(b["w"])
t = t.groupBy("k").agg(F.collect_set("k").alias('cs'))
t = t.drop(b["w"])
t = t.withColumn("cs", F.count('*').over(W.partitionBy("cs").orderBy("cs").rowsBetween(-1, 1)))
t = t.groupBy(b["k"]).agg(F.count('*').alias('n'))
t.schema.jsonValue()
t

# ---- random/2_96
t = b
t = t.drop("w")
t = t.join(a, "id", "left")
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `d`, count(*) AS n FROM rv GROUP BY ALL')
t = t.groupBy(a["d"]).agg(F.count('*').alias('n'))
t.schema.jsonValue()
t

# ---- random/2_97
t = b
t = t.join(b, "k", "left_semi")
t = t.fillna(0).fillna('?')
t = t.withColumn("n1", F.col("w"))
t = t.join(b, "id", "left_semi")
t.schema.jsonValue()
t

# ---- random/2_98
t = c
t = t.withColumn("n1", F.when(F.col("s").isNull(), 0).otherwise(1))
t = t.where(c["s"].isNotNull())
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT *, count(*) OVER (PARTITION BY `k`) AS cnt FROM rv')
t = t.withColumn("cnt", F.lag("cnt").over(W.orderBy("cnt")))
t = t.rollup("cnt").agg(F.count('*').alias('n'), F.grouping("cnt").alias('g'))
t.schema.jsonValue()
t

# ---- random/2_99
t = b
t = t.dropDuplicates(["w"]).drop("id", "k")
t = t.select(*t.columns, F.expr('`w` IS NULL AS nn'))
t.schema.jsonValue()
t

# ---- random/2_100
t = b
t = t.subtract(t.where(F.col("k").isNull()))
t = t.where(F.col("k").isNotNull())
t = t.withColumnRenamed("id", "r1")
t = t.groupBy(b["id"]).agg(F.count('*').alias('n'))
t.schema.jsonValue()
t

# ---- random/2_102
t = c
t = t.withColumnRenamed("xs", "r1")
t = t.join(c, t["k"] == c["k"], "left")
t = t.where(c["xs"].isNotNull())
t = t.drop(c["s"])
t.schema.jsonValue()
t

# ---- random/2_103
t = c
t = t.distinct()
t = t.select([F.col(c).alias('z' + str(i)) for i, c in enumerate(t.columns)])
t.schema.jsonValue()
t

# ---- random/2_104
t = a
t = t.join(c, t["k"] == c["k"], "full")
t = t.groupBy(c["k"]).agg(F.count('*').alias('n'))
t = t.groupBy(a["k"]).agg(F.count('*').alias('n'))
t = t.join(c, "k", "full")
t = t.groupBy("k").agg(F.count_distinct("k").alias('cd'))
t = t.rollup("cd").agg(F.count('*').alias('n'), F.grouping("cd").alias('g'))
t.schema.jsonValue()
t

# ---- random/2_105
t = c
t = t.where(c["xs"].isNotNull())
t = t.where(F.col("s").isNotNull())
t = t.dropDuplicates(["s"]).drop("k", "xs")
t = t.drop("s")
t.schema.jsonValue()
t

# ---- random/2_106
t = c
t = t.join(a, t["k"] == a["k"], "full")
t = t.join(a, "d", "full")
t = t.where(F.col("xs").isNotNull())
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT * FROM rv')
t.schema.jsonValue()
t

# ---- random/2_107
t = a
t = t.withColumn("d", F.sum("k").over(W.partitionBy("d")))
t = t.withColumn("n2", F.sum("id").over(W.partitionBy("id")))
t = t.where(F.col("k").isNotNull())
t = t.where(F.col("id").isNotNull())
t = t.groupBy("id").pivot("n2").agg(F.count('*'))

# ---- random/2_108
t = b
t = t.withColumn("n1", F.max("w").over(W.partitionBy("id").orderBy("w").rangeBetween(W.unboundedPreceding, 0)))
t = t.distinct()
t = t.fillna(0).fillna('?')
t = t.withColumn("n2", F.row_number().over(W.partitionBy("n1").orderBy("id")))
t.schema.jsonValue()
t

# ---- random/2_109
t = b
t = t.join(b, "k", "inner")
t = t.withColumn("k", F.row_number().over(W.partitionBy("k").orderBy("k")))
t = t.join(b, "k", "full")
t.schema.jsonValue()
t

# ---- random/2_110
t = c
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT *, count(*) OVER (PARTITION BY `xs`) AS cnt FROM rv')
t = t.dropDuplicates(["xs"]).drop("k", "s", "cnt")
t = t.where(F.col("xs").isNotNull())
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT * FROM rv')
t = t.where(c["s"].isNotNull())
t.schema.jsonValue()
t

# ---- random/2_111
t = a
t = t.unpivot(["v"], ["id"], 'var', 'val')
t = t.rollup("v").agg(F.count('*').alias('n'), F.grouping("v").alias('g'))
t = t.where(t["v"].isin(a.select('id')))
t.schema.jsonValue()
t

# ---- random/2_112
t = c
t = t.select(c["k"], "s", '*')
t = t.withColumnRenamed("xs", "r1")
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `r1`, count(*) AS n FROM rv GROUP BY ALL')
t = t.select(c["s"], "r1", '*')
t.schema.jsonValue()
t

# ---- random/2_113
t = b
t = t.drop(b["id"])
t = t.select(*t.columns, F.expr('`w` IS NULL AS nn'))
t = t.join(b, "k", "left_semi")
t = t.withColumnRenamed("nn", "r1")
t.schema.jsonValue()
t

# ---- random/2_114
t = b
t = t.groupBy(b["id"]).agg(F.count('*').alias('n'))
t = t.withColumn("n", F.lag("id").over(W.orderBy("id")))
t = t.cache()
t = t.select(b["w"], "id", '*')
t = t.where(F.col("n").isNotNull())
t.schema.jsonValue()
t

# ---- random/2_115
t = b
t = t.withColumn("n1", F.when(F.col("k").isNull(), 0).otherwise(1))
t = t.join(c, "k", "left_anti")
t = t.distinct()
t = t.unpivot(["w"], ["n1"], 'var', 'val')
t = t.groupBy("val").pivot("var").agg(F.count('*'))
t.schema.jsonValue()
t

# ---- random/2_116
t = a
t = t.join(b, t["k"] == b["k"], "inner")
t = t.distinct()
t = t.groupBy("w").pivot("w").agg(F.count('*'))
t = t.rollup("w").agg(F.count('*').alias('n'), F.grouping("w").alias('g'))
t.schema.jsonValue()
t

# ---- random/2_117
t = c
t = t.withColumn("s", F.sum("k").over(W.partitionBy("s")))
t = t.groupBy("xs").pivot("xs").agg(F.count('*'))
t = t.groupBy("xs").agg(F.count('*').alias('n'))
t = t.withColumn("n2", F.row_number().over(W.partitionBy("xs").orderBy("n")))
t = t.groupBy(c["xs"]).agg(F.count('*').alias('n'))

# ---- random/2_118
t = b
t = t.alias('s0')
t = t.select('s0.*')
t = t.withColumn("n1", F.row_number().over(W.partitionBy("k").orderBy("id")))
t = t.join(c, "k", "left_semi")
t.schema.jsonValue()
t

# ---- random/2_119
t = c
t = t.distinct()
t = t.withColumn("xs", F.lag("xs").over(W.orderBy("xs")))
t = t.fillna(0).fillna('?')
t = t.withColumn("n2", F.max("xs").over(W.partitionBy("s").orderBy("xs").rangeBetween(W.unboundedPreceding, 0)))
t = t.join(b, "k", "left_anti")
t = t.join(c, "xs", "left")
t.schema.jsonValue()
t

# ---- random/2_120
t = b
t = t.withColumn("id", F.lag("w").over(W.orderBy("w")))
t = t.distinct()
t = t.where(t["w"].isin(a.select('id')))
t = t.select(*t.columns, F.expr('`k` IS NULL AS nn'))
t = t.groupBy("id").pivot("nn").agg(F.count('*'))
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_121
t = b
t = t.drop(b["w"])
t = t.where(b["k"].isNotNull())
t = t.withColumn("id", F.max("k").over(W.partitionBy("id").orderBy("k").rangeBetween(W.unboundedPreceding, 0)))
t = t.alias('s1')
t = t.select('s1.*')
t.schema.jsonValue()
t

# ---- random/2_122
t = c
t = t.distinct()
t = t.dropDuplicates(["k"]).drop("xs", "s")
t = t.distinct()
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT * FROM rv')
t.schema.jsonValue()
t

# ---- random/2_123
t = b
t = t.join(b, "w", "inner")
t = t.rollup("w").agg(F.count('*').alias('n'), F.grouping("w").alias('g'))
t = t.join(b, "w", "inner")
t = t.withColumn("n1", F.rank().over(W.orderBy(F.desc("id"))))
t = t.groupBy(b["w"]).agg(F.count('*').alias('n'))
t = t.withColumn("n", F.count('*').over(W.partitionBy("n").orderBy("w").rowsBetween(-1, 1)))
t.schema.jsonValue()
t

# ---- random/2_124
t = c
t = t.drop("k")
t = t.where(F.col("s").isNotNull())
t = t.withColumnRenamed("s", "r1")
t.schema.jsonValue()
t

# ---- random/2_125
t = c
t = t.join(c, "s", "left")
t = t.drop("s")
t = t.rollup("xs").agg(F.count('*').alias('n'), F.grouping("xs").alias('g'))
t = t.drop("g")
t = t.withColumn("n1", F.max("n").over(W.partitionBy("n").orderBy("n").rangeBetween(W.unboundedPreceding, 0)))
t = t.groupBy("xs").agg(F.first("xs", True).alias('f'))
t.schema.jsonValue()
t

# ---- random/2_126
t = a
t = t.withColumnRenamed("d", "r1")
t = t.withColumn("n2", F.lag("v").over(W.orderBy("v")))
t = t.join(b, "k", "full")
t = t.distinct()
t.schema.jsonValue()
t

# ---- random/2_127
t = a
t = t.rollup("k").agg(F.count('*').alias('n'), F.grouping("k").alias('g'))
t = t.where(a["id"].isNotNull())
t = t.dropDuplicates(["k"]).drop("n", "g")
t = t.withColumn("k", F.row_number().over(W.partitionBy("k").orderBy("k")))
t = t.join(b, "k", "left_semi")
t = t.withColumn("n2", F.when(F.col("k").isNull(), 0).otherwise(1))
t.schema.jsonValue()
t

# ---- random/2_128
t = a
t = t.rollup("d").agg(F.count('*').alias('n'), F.grouping("d").alias('g'))
t = t.localCheckpoint()
t = t.drop("n")
t.schema.jsonValue()
t

# ---- random/2_129
t = b
t.createOrReplaceTempView('rv')
t = spark.sql('SELECT `w`, count(*) AS n FROM rv GROUP BY ALL')
t = t.withColumnRenamed("n", "r1")
t = t.withColumn("n2", F.when(F.col("r1").isNull(), 0).otherwise(1))
t = t.join(b, "w", "full")
t = t.join(a, "id", "left_anti")
t = t.unionByName(t)
t.schema.jsonValue()
t

# ---- frame_columns/a
a = spark.createDataFrame([(1, "x", 1.5, dt.date(2024, 1, 1)), (2, "y", None, dt.date(2024, 1, 2)), (3, None, 2.0, None), (2, "x", 4.0, dt.date(2024, 1, 2))], "id int, k string, v double, d date")
b = spark.createDataFrame([(1, "x", 10), (2, "z", 20), (4, None, 30)], "id int, k string, w int")
a.withColumn("n", F.sum("d").over(W.partitionBy("k")))
a.select(F.sum("d").over(W.partitionBy("k")))
a.select(F.sum("d"))
a.select((F.sum("d") + 1).over(W.partitionBy("k")))
a.select(F.upper("k", ) + F.sum("d").over(W.partitionBy("k")))
a.select(F.lag("v", "x").over(W.orderBy("k")))
a.select(F.ntile("x").over(W.orderBy("k")))
a.withColumn("n", F.avg("d").over(W.orderBy("k")))
spark.sql("SELECT sum(d) OVER (PARTITION BY k) FROM VALUES (DATE'2020-01-01', 1) t(d, k)")

# ---- frame_columns/b
a = spark.createDataFrame([(1, "x", 1.5, dt.date(2024, 1, 1)), (2, "y", None, dt.date(2024, 1, 2)), (3, None, 2.0, None), (2, "x", 4.0, dt.date(2024, 1, 2))], "id int, k string, v double, d date")
b = spark.createDataFrame([(1, "x", 10), (2, "z", 20), (4, None, 30)], "id int, k string, w int")
a.where(b["w"].isNotNull())
a.distinct().where(b["w"].isNotNull())
a.groupBy("k").count().where(b["w"].isNotNull())
a.groupBy("k").count().where(a["v"].isNotNull())
a.groupBy("k").count().where(a["k"].isNotNull())
a.groupBy("k").count().withColumn("z", F.lit(1)).where(a["v"].isNotNull())
a.groupBy("k").count().orderBy(a["v"])
a.groupBy("k").count().orderBy(b["w"])
a.select("k").where(a["v"] > 1)
a.select("k").orderBy(a["v"])
a.select("k").withColumn("z", F.lit(1)).where(a["v"] > 1)
a.select("k").union(a.select("k")).where(a["v"] > 1)
a.rollup("k").count().where(a["k"].isNotNull())
a.drop("v").where(a["v"] > 1)
a.withColumn("v", F.lit(1)).where(a["v"] > 1)
a.withColumn("r", F.rank().over(W.orderBy("id"))).drop("v").where(a["v"] > 1)
a.withColumnRenamed("v", "q").where(a["v"] > 1)
a.toDF("x", "y", "z", "u").where(a["v"] > 1)
a.join(b, "id").drop("w").where(b["w"] > 1)
spark.sql("SELECT 1 AS w").where(b["w"] > 1)

# ---- frame_columns/c
a = spark.createDataFrame([(1, "x", 1.5, dt.date(2024, 1, 1)), (2, "y", None, dt.date(2024, 1, 2)), (3, None, 2.0, None), (2, "x", 4.0, dt.date(2024, 1, 2))], "id int, k string, v double, d date")
b = spark.createDataFrame([(1, "x", 10), (2, "z", 20), (4, None, 30)], "id int, k string, w int")
t = b.select(b["w"], "w", "*")
t.drop(b["w"]).columns
t.drop("w").columns
b.join(a, b.id == a.id).drop(a["id"]).columns
b.join(a, b.id == a.id).drop(a.id, b.id).columns
b.join(b.alias("q"), "id").drop(b["w"]).columns
b.join(b, "id").drop(b["w"]).columns
b.join(b, b.id == b.id).drop(b["w"])
b.join(b.withColumnRenamed("w", "x"), "id").drop(b["k"])
b.join(b.where("id > 1"), "id").drop(b["w"])
x = b.where("id > 1")
b.join(x, "id").drop(x["w"])
b.join(x, "id").drop(x["w"]).columns
b.union(b).drop(b["w"])
b.drop(a["v"]).columns
b.drop(a["id"]).columns
b.select("id").drop(b["w"]).columns
b.groupBy("id").count().drop(b["w"]).columns
b.withColumn("w", F.lit(1)).drop(b["w"]).columns

# ---- frame_columns/d
a = spark.createDataFrame([(1, "x", 1.5, dt.date(2024, 1, 1)), (2, "y", None, dt.date(2024, 1, 2)), (3, None, 2.0, None), (2, "x", 4.0, dt.date(2024, 1, 2))], "id int, k string, v double, d date")
b = spark.createDataFrame([(1, "x", 10), (2, "z", 20), (4, None, 30)], "id int, k string, w int")
a.intersect(a).select(a["d"])
a.exceptAll(a.limit(0)).select(a["d"])
a.subtract(a.where("id = 9")).groupBy(a["k"]).count()
a.union(a).select(a["d"])
a.union(b.select("id", "k", F.lit(1.0), F.lit(None))).select(a["d"])
a.union(b.select("id", "k", F.lit(1.0), F.lit(None))).select(b["w"])
a.unionByName(a.limit(1)).where(a["d"].isNotNull())
a.intersectAll(b.select("id", "k", F.lit(1.5), F.lit(dt.date(2024, 1, 1)))).select(b["id"])
a.intersectAll(b.select("id", "k", F.lit(1.5), F.lit(dt.date(2024, 1, 1)))).select(a["id"])
x = a.select("id", "k")
x.union(b.select("id", "k")).select(x["k"], x.id)
x.union(b.select("id", "k")).withColumn("z", x["id"] + 1)
x.union(b.select("id", "k")).join(b, x["id"] == b["id"]).select(x["k"])

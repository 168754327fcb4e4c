"""Every expression is an outcome: the API of columns and DataFrames in its corners."""
people = spark.createDataFrame([(1, "Ann", "hr", 30, 100.5), (2, "Bob", "it", 25, None), (3, "Cid", "it", None, 80.0), (4, "Dee", None, 33, 120.25), (5, "Bob", "hr", 41, 99.0)], "id int, name string, dept string, age int, pay double")

# ---- column/struct_edit
s = spark.sql("SELECT named_struct('a', 1, 'b', named_struct('c', 'x', 'd', 2)) s, array(named_struct('q', 1), null) l")
s.withColumn("s", F.col("s").withField("b.e", F.lit(True)).withField("f", F.lit(None))).printSchema()
s.withColumn("s", F.col("s").withField("b.c.x", F.lit(1)))
s.withColumn("s", F.col("s").withField("z.y", F.lit(1)))
s.withColumn("s", F.col("s").dropFields("b.c", "b.d"))
s.withColumn("s", F.col("s").dropFields("zz")).printSchema()
s.select(F.col("s").getField("b").getField("c"), F.col("s.b.d"), F.col("s")["b"]["c"].alias("n"), "s.*", "s.b.*")
s.select("s.nosuch")
s.select("s.b.*", "l.q", "l.nosuch")
s.select("l.*")
s.select(F.col("l")[0]["q"], F.col("l").getItem(0).q, F.col("l").getField("q"))
s.select(F.col("s").getItem("a"), F.col("s")[0])
s.select(F.col("s").cast("struct<x:long,y:struct<z:string,w:string>>")).printSchema()
s.select(F.col("s").cast("struct<x:long>"))
s.select(F.col("s").cast("string"), F.col("l").cast("string"), F.to_json("s"), F.to_csv(F.struct(F.lit(1), F.lit("a,b"))))
s.select((F.col("s") == F.col("s")).alias("e"), F.col("s") < F.col("s"), F.col("s").isNull())

# ---- column/alias_metadata
m = people.select(F.col("id").alias("k", metadata={"comment": "key", "n": [1, 2], "o": {"p": 1.5}}), F.col("age").alias("a"))
m.schema.jsonValue()
m.select("k", "a").schema["k"].metadata
m.withColumn("k2", F.col("k")).schema["k2"].metadata
m.groupBy("k").count().schema["k"].metadata
m.select(F.col("k") + 1).schema[0].metadata
m.select(F.col("k").alias("z")).schema["z"].metadata
m.select(F.col("k").cast("long")).schema[0].metadata
m.union(m).schema["k"].metadata
m.join(people, m.k == people.id).schema["k"].metadata
m.withMetadata("k", {"x": "y"}).schema["k"].metadata
m.withMetadata("nosuch", {"x": "y"})
m.withColumnRenamed("k", "kk").schema["kk"].metadata
m.toDF("x", "y").schema["x"].metadata
m.write.parquet(tmp + "/m")
spark.read.parquet(tmp + "/m").schema["k"].metadata
m.na.fill(0).schema["k"].metadata
m.drop("a").distinct().schema["k"].metadata
m.agg(F.max("k")).schema[0].metadata
m.select(F.coalesce("k", F.lit(1)), F.explode(F.array("k"))).schema.jsonValue()
m.createOrReplaceTempView("m")
spark.sql("SELECT k, k AS j FROM m").schema.jsonValue()
spark.sql("DESCRIBE m").collect()

# ---- column/cast
c = spark.createDataFrame([("1",), ("x",), (None,), (" 7 ",), ("1.9",)], "s string")
c.select(F.col("s").try_cast("int"), F.col("s").try_cast(T.DoubleType()), F.col("s").astype("string"))
c.select(F.col("s").cast("int")).collect()
c.select(F.col("s").cast("nosuch"))
c.select(F.col("s").cast("decimal(50,2)"))
c.select(F.col("s").cast("array<int>"))
c.select(F.lit(1).cast("date"))
c.select(F.lit(1.7).cast("int"), F.lit(True).cast("int"), F.lit("2020-1-1").cast("date"), F.lit("12:30").cast("timestamp") > F.lit("2020-01-01"))
c.select(F.lit(300).cast("tinyint"))
c.select(F.lit("abc").cast("boolean"))
c.select(F.lit("yes").cast("boolean"), F.lit("1 day").cast("interval day"), F.lit("a").cast("binary"), F.lit(1.5).cast("decimal(3,2)"))
c.select(F.lit("10").cast("interval day"))
c.select(F.lit(123.456).cast("decimal(3,2)"))
c.select(F.to_number("s", F.lit("999"))).collect()
c.select(F.try_to_number("s", F.lit("999")), F.try_to_date("s"), F.try_to_timestamp("s"))
c.select(F.to_timestamp("s")).collect()
c.select(F.try_divide(F.lit(1), F.lit(0)), F.try_add(F.lit(2147483647), F.lit(1)), F.try_avg("s"), F.try_sum("s"))
c.select(F.try_divide(F.lit(1), F.lit(0)), F.try_add(F.lit(2147483647), F.lit(1)))
c.select(F.lit(2147483647) + 1)
c.select(-F.lit(-2147483648))
c.select(F.lit(5) % 0)
c.select(F.lit(1) / F.lit(0))
c.select(F.abs(F.lit(-128).cast("tinyint")))
c.select(F.lit(2**40), F.lit(2**70))
c.select(F.lit(2**63))

# ---- column/predicates
people.select("id", F.col("id").between(2, 3).alias("b"), people.name.like("B%").alias("l"), people.name.ilike("b%").alias("i"), people.name.startswith("A").alias("s"), people.name.endswith("d").alias("e"), people.name.contains("o").alias("c"), people.name.substr(1, 2).alias("u"), people.dept.eqNullSafe("hr").alias("n"), people.pay.isNaN().alias("nan"), F.col("id").isin([1, 2]).alias("in"), F.col("id").isin().alias("none"), (~F.col("id").isin(1)).alias("not")).orderBy("id")
people.select(F.col("id").bitwiseAND(1), F.col("id").bitwiseOR(4), F.col("id").bitwiseXOR(1), F.col("id") ** 2, F.col("id") % 2, -F.col("id"), 10 - F.col("id"), 1 / F.col("id"), 2 ** F.col("id")).orderBy(F.col("id").asc())
people.select(F.when(F.col("age") > 30, "old").when(F.col("age") > 20, "mid").alias("c"), F.when(F.col("id") == 1, 1).otherwise("x").alias("d")).collect()
people.select(F.when(F.col("id"), 1))
people.select(F.when(F.col("id") == 1, "a").otherwise(2).otherwise(3))
F.when(F.col("id") == 1, "a").otherwise(2).when(F.col("id") == 2, 1)
people.where(people.name.substr(1, F.col("id")) == "A")
people.where(people.name.substr(F.lit(1), F.col("id")) == "A").select("id")
people.where(F.col("dept").isNotNull() & ~(F.col("age") > 30) | F.col("pay").isNull()).select("id").orderBy("id")
people.where("age in (25, 30) or dept is null").select("id").orderBy("id")
people.where(people.id.isin(people.where("age > 30").select("id")))
people.where(people.id.isin(people))
people.where(people.name == people)
people.where(people.id == [1, 2])
people.where(people.id > "a").collect()
people.where(people.name > 1).collect()
people.where(F.lit(None)).count()
people.where("true").count()
people.where(F.col("age") & F.col("dept")).count()
people.where(people.age)
people.select(people.id.over(W.orderBy("id")))
people.select(F.rank())
people.select(F.row_number().over(W.orderBy("nosuch")))
people.select(F.sum("id").over(W.partitionBy(F.sum("id"))))
people.groupBy("dept").agg(F.sum(F.sum("id")).over(W.orderBy("dept")).alias("s")).orderBy("dept")
people.groupBy("dept").agg(F.row_number().over(W.orderBy(F.sum("id"))).alias("s"), F.sum("id")).orderBy("dept")
bool(people.id)
people.id in [1]
str(people.id), repr(F.col("a").alias("b")), str(F.lit("x")), str(F.col("a") + 1), str(F.sum("x").over(W.partitionBy("y").orderBy("z"))), str(F.when(F.col("a") > 1, 2).otherwise(3)), str(F.col("a").cast("int")), str(F.col("s.f")[0]), str(~F.col("a")), str(F.col("a").desc()), str(F.expr("a + b"))

# ---- column/transform_lambda
people.select(F.col("id").transform(lambda c: c * 2).alias("t")).orderBy("t")
people.select(F.col("name").outer() if hasattr(F.col("name"), "outer") else F.lit(1))
people.transform(lambda d: d.where("id = 1")).select("name")
people.transform(lambda d, k: d.where(F.col("id") == k), 2).select("name")
people.transform(lambda d: 1)
people.select(F.col("*")).columns, people.select("*", "id").columns, people.select(people["*"]).columns, people.select(F.lit(1)).columns
people.select()
people.select([]).columns
people.select([F.col("id"), "name"]).columns
people.select(people.columns[:2]).columns
people.select("id", 1)
people.select("`id`", "name as n")
people.selectExpr("name as n", "upper(name)", "id + 1 AS `a b`", "*").columns
people.selectExpr("id AS")
people.selectExpr("id; select 1")
people["id", "name"].columns
people[people.id > 3].count()
people[0], people[["id"]].columns
people["nosuch"]
people.nosuch
people.select(people["nosuch"])
people.select("people.id")
people.alias("p").select("p.id", F.col("p.name")).columns
people.alias("p").select("people.id")
people.alias("p").select("p.*", "q.*")
people.select(F.col("id").alias("a", "b"))
people.select(F.explode(F.create_map("id", "name")).alias("a", "b", "c"))
people.select(F.col("id").name("x")).columns
people.colRegex("`(id|n.*)`")
people.select(people.colRegex("`(id|n.*)`")).columns
people.select(people.colRegex("id")).columns
people.select(F.col("`i.d`"))
people.toDF("a.b", "c d", "e", "f", "g").select("`a.b`", "c d").columns
people.toDF("a.b", "c d", "e", "f", "g").select("a.b")
people.toDF("a", "b")

# ---- frame/with_columns
people.withColumns({"a": F.col("id") + 1, "name": F.upper("name")}).orderBy("id").show()
people.withColumns({"a": F.lit(1), "A": F.lit(2)})
people.withColumns({"a": F.lit(1), "b": F.col("a") + 1})
people.withColumn("ID", F.lit(0)).columns
people.withColumn("x", 1)
people.withColumn("x", F.sum("id")).collect()
people.withColumn("x", F.explode(F.array(F.lit(1), F.lit(2)))).count()
people.withColumn("x.y", F.lit(1)).columns
people.withColumnsRenamed({"id": "a", "nosuch": "b", "name": "dept"}).columns
people.withColumnsRenamed({"id": "name", "name": "id"}).columns
people.withColumnRenamed("nosuch", "a").columns
people.drop("nosuch", "id").columns, people.drop(people.id, F.col("age")).columns, people.drop(F.lower("name")).columns
people.drop("id", people.name).columns
people.withColumn("id", F.col("id").cast("string")).select(people.id)
people.withColumn("id", F.col("id").cast("string")).where(people.id == 1)
people.dropDuplicates(["dept"]).count(), people.dropDuplicates("dept").count()
people.dropDuplicatesWithinWatermark(["dept"])
people.withWatermark("id", "1 hour")
people.select(F.current_timestamp().alias("t"), "dept").withWatermark("t", "1 hour").dropDuplicatesWithinWatermark(["dept"]).count()
people.fillna({"age": 0, "dept": "?"}).orderBy("id"), people.fillna("x", ["age", "dept"]).orderBy("id"), people.fillna(0.5)
people.fillna({"age": 0, "dept": "?"}).orderBy("id")
people.fillna(1.9, subset=["age", "pay"]).orderBy("id")
people.fillna({"nosuch": 1})
people.fillna([1])
people.dropna().count(), people.dropna("all").count(), people.dropna(thresh=4).count(), people.dropna(subset=["age"]).count()
people.dropna(subset=["nosuch"])
people.dropna("some")
people.replace("Bob", "Rob").orderBy("id").select("name")
people.replace({25: 26, 30: 31}, subset=["age", "id"]).orderBy("id")
people.replace([1, 2], [3]).count()
people.replace(["Ann", "Bob"], None).orderBy("id").select("name")
people.replace("x", 1)
people.replace({"Ann": 1})
people.limit(0).count(), people.offset(3).count(), people.orderBy("id").limit(2).tail(1), people.head(), people.head(0), people.take(0), people.tail(0)
people.tail(-1)
people.offset(-1)
people.limit("a")

# ---- frame/reshape
q = spark.createDataFrame([("a", 1, 2.5), ("b", 3, None)], "k string, x int, y double")
q.unpivot("k", ["x", "y"], "var", "val")
q.unpivot("k", ["x", "nosuch"], "var", "val")
q.unpivot("k", ["k", "x"], "var", "val")
q.unpivot([], ["x", "y"], "var", "val")
q.unpivot("k", ["x", "y"], "k", "val").columns
q.transpose()
q.transpose("k")
q.transpose("y")
q.transpose("nosuch")
q.select("x", "y").transpose().printSchema()
q.to(T.StructType([T.StructField("y", T.StringType()), T.StructField("k", T.StringType())]))
q.to(T.StructType([T.StructField("z", T.StringType())]))
q.to(T.StructType([T.StructField("z", T.StringType(), False)]))
q.to(T.StructType([T.StructField("k", T.IntegerType())]))
q.to(T.StructType([T.StructField("y", T.DoubleType(), False)]))
q.hint("broadcast").hint("nosuch", 1, "a").hint("merge", "k").count()
q.repartition(0)
q.repartition(3).rdd.getNumPartitions() if False else 1
q.repartition(3, "k").count(), q.repartition("k").count(), q.coalesce(1).count(), q.repartitionByRange(2, "k").count(), q.repartitionByRange("x").count()
q.repartition()
q.repartition("nosuch")
q.repartitionByRange(2)
q.coalesce(0)
q.repartitionById(2, F.col("x")).count()
q.sortWithinPartitions("k").count(), q.sort("k", ascending=False).first(), q.sort(["k", "x"], ascending=[0, 1]).count(), q.orderBy(F.col("k").desc_nulls_last()).first()
q.sort()
q.sort(F.col("k"), ascending=[True, False])
q.sort("nosuch")
q.zipWithIndex().orderBy("index") if hasattr(q, "zipWithIndex") else 0
q.crossJoin(q).columns
q.groupingSets([["k"], []], "k").agg(F.sum("x"), F.grouping_id()).orderBy("k")
q.groupingSets([["k"], ["x"]], "k").count()
q.rollup("k").agg(F.sum("x").alias("s"), F.grouping("k")).orderBy("k", "s")
q.cube("k", "x").count().orderBy("k", "x", "count")
q.groupBy("k").agg({"x": "sum", "y": "max", "*": "count"}).orderBy("k")
q.groupBy("k").agg({"x": "nosuch"})
q.groupBy("k").agg()
q.groupBy("k").sum("k")
q.groupBy("k").sum().orderBy("k")
q.groupBy("k").mean("x", "y").orderBy("k")
q.groupBy(F.upper("k").alias("u")).max().orderBy("u")
q.groupBy().count(), q.groupBy("k").count().orderBy("k").collect()
q.groupBy("k").agg(F.col("x") + 1)
q.groupBy("k").pivot("x", [1, 3]).agg(F.sum("y")).orderBy("k")
q.groupBy("k").pivot("x", [1, 3]).agg(F.sum("y"), F.max("k").alias("m")).orderBy("k")
q.groupBy(1).count()
q.groupBy("nosuch").count()
q.groupBy(q.k, "x").count().orderBy("k")
q.agg({"x": "max"}), q.agg(F.sum("nosuch"))
q.agg(F.sum("nosuch"))
q.rollup().count()
q.groupBy("k").apply(1)

# ---- frame/sets
a = spark.createDataFrame([(1, "x"), (1, "x"), (2, None)], "i int, s string")
b = spark.createDataFrame([("x", 1), (None, 2)], "s string, i long")
a.union(b).printSchema()
a.union(b).collect()
a.unionByName(b).orderBy("i", "s")
a.unionByName(b.withColumn("z", F.lit(1)))
a.unionByName(b.withColumn("z", F.lit(1)), allowMissingColumns=True).orderBy("i", "s", "z")
a.union(b.select("i"))
a.intersect(a), a.intersectAll(a).count(), a.exceptAll(a.limit(0)).count(), a.subtract(a).count(), a.exceptAll(b.select("i", "s")).count()
a.intersect(a).orderBy("i")
a.exceptAll(b)
a.union(a.select("s", "i"))
a.union(a.select(F.array("i"), "s"))
a.unionByName(a.select(F.col("i").alias("j"), "s"))
a.unionAll(a).distinct().count(), a.union(a).dropDuplicates(["i"]).count()
a.subtract(5)
a.union("a")
a.sameSemantics(a), a.sameSemantics(a.select("i", "s")), a.semanticHash() == a.semanticHash(), a.inputFiles(), a.isLocal(), a.isStreaming, a.dtypes, a.columns, a.schema.simpleString()
a.join(b, "i"), a.join(b, ["i", "s"]).count(), a.join(b, "nosuch")
a.join(b, "nosuch")
a.join(b, a.i == b.i, "wrong")
a.join(b, "i", "left_anti").orderBy("i"), a.join(b, how="cross").count(), a.join(b).count()
a.join(b, a.i == b.nosuch)
a.join(b, a.i + b.i)
a.join(a, a.i == a.i).count(), a.join(a, "i").columns
a.join(b, "i", "full").orderBy("i").collect()
a.join(b, ["i"], "right").columns, a.join(b, F.expr("s = s"))
a.join(b, F.expr("s = s"))
a.join(b.withColumnRenamed("i", "j"), F.col("i") == F.col("j"), "left_outer").orderBy("j").collect()
a.select("i").join(b.select("s"), a.s == b.s)
a.lateralJoin(spark.range(2)).count() if hasattr(a, "lateralJoin") else 0
a.lateralJoin(spark.range(3).where(F.col("id") < F.col("i").outer())).orderBy("i", "id")
a.lateralJoin(b, a.i == b.i, "full")
a.where(b.where(F.col("i") == F.col("i").outer()).exists()).count()
a.select("i", spark.range(1).select(F.max("id")).scalar().alias("m")).orderBy("i")
a.select("i", b.scalar().alias("m"))
a.select("i", spark.range(2).scalar().alias("m")).collect()

# ---- window_columns/a
clicks = spark.createDataFrame([("u1", "2024-01-01 10:00:00", "home"), ("u1", "2024-01-01 10:10:00", "cart")], "user string, at string, page string").withColumn("at", F.to_timestamp("at"))
clicks.createOrReplaceTempView("clicks")
clicks.groupBy("user", F.session_window("at", "30 minutes")).count()
clicks.groupBy(F.session_window("at", "30 minutes").alias("w")).count()
clicks.groupBy(F.window("at", "30 minutes")).count()
clicks.groupBy(F.window("at", "30 minutes").alias("w")).count().select("w.start", F.window_time("w"), "w")
clicks.groupBy(F.window("at", "1 hour", "30 minutes").alias("w")).count()
clicks.select(F.window("at", "30 minutes"), "user")
clicks.select(F.window("at", "30 minutes").alias("q"), "user")
clicks.select(F.window("at", "30 minutes").start)
clicks.withColumn("w", F.window("at", "1 hour"))
clicks.withColumn("w", F.window("at", "1 hour", "30 minutes"))
clicks.groupBy("user", F.window("at", "30 minutes")).count().groupBy(F.window(F.window_time("window"), "1 hour")).agg(F.sum("count"))
clicks.groupBy("user", F.window("at", "30 minutes")).count().groupBy(F.window("window", "1 hour")).agg(F.sum("count"))
spark.sql("SELECT window, count(*) FROM clicks GROUP BY window(at, '1 hour')")
spark.sql("SELECT window.end, count(*) FROM clicks GROUP BY window(at, '1 hour')")
spark.sql("SELECT window(at, '1 hour') w FROM clicks")
spark.sql("SELECT window_time(window), window_time(window(at, '1 hour')) FROM clicks GROUP BY window(at, '1 hour')")

# ---- window_columns/b
clicks = spark.createDataFrame([("u1", "2024-01-01 10:00:00", "home"), ("u1", "2024-01-01 10:10:00", "cart")], "user string, at string, page string").withColumn("at", F.to_timestamp("at"))
clicks.createOrReplaceTempView("clicks")
d = spark.range(3).withColumn("xs", F.array("id"))
d.select("xs.q")
d.selectExpr("xs.q", "xs['q']")
d.selectExpr("d.xs.q")
d.select("id.x")
d.selectExpr("id['x']")
d.where(F.explode("xs") > 1)
d.join(d.toDF("a", "b"), F.explode("xs") > 1)
d.where("explode(xs) > 1")
d.select(F.col("id").alias("a", "b"))
d.select(F.struct("id").alias("a", "b"))
d.selectExpr("id as (a, b)")
d.selectExpr("inline(array(struct(1, 2))) as (a, b)")
d.groupBy("id").agg(F.sum("id").alias("a", "b"))
d.withColumn("a", F.col("id").alias("a", "b"))

# ---- fields/a
s = spark.sql("SELECT named_struct('a', 1, 'b', named_struct('c', 'x', 'd', 2)) s, array(named_struct('q', 1), null) l")
s.select(F.col("s").withField("b.e", F.lit(1))).columns
s.select(F.col("s").withField("a", F.lit(1)).withField("z", F.lit(2))).columns
s.select(F.col("s").withField("b.e", F.lit(1)).withField("z", F.lit(2))).columns
s.select(F.col("s").withField("z", F.lit(2)).withField("b.e", F.lit(1))).columns
s.select(F.col("s").dropFields("a", "b.c")).columns
s.select(F.col("s").dropFields("b.c", "a")).columns
s.select(F.col("s").dropFields("b.c").withField("b.q.r", F.lit(1))).columns
s.select(F.col("s").withField("a.b", F.lit(1))).columns
s.select(F.col("s").dropFields("a", "b")).columns
s.select(F.col("s").withField("q.b.c", F.lit(1))).columns
s.select(F.col("s").withField("a b", F.lit(1))).columns
s.select(F.col("s").withField("`a.b`", F.lit(1))).schema.simpleString()
s.select(F.col("s.b").withField("c", F.col("s.a"))).schema.simpleString()
s.select(F.struct("s").withField("s.b.c", F.lit(1))).schema.simpleString()

# ---- brackets/a
d = spark.range(3).withColumn("xs", F.array("id"))
spark.sql("SELECT id['x'] FROM range(2)")
spark.sql("SELECT id.x FROM range(2)")
d.select(F.col("id")["x"])
d.where("id['x'] = 1")
d.select(F.explode("xs").alias("z", metadata={"a": 1})).schema["z"].metadata
d.select(F.expr("id['x']"))
d.select(F.expr("id.x.y"))
spark.sql("SELECT s['x'] FROM (SELECT named_struct('a', 1) s)")
d.select(F.struct("id").alias("s")).selectExpr("s['x']")
d.select(F.struct("id").alias("s")).selectExpr("s.x")

q = spark.sql
e = q("SELECT * FROM VALUES (1, 2), (3, 4) AS t(id, v)")

# ---- union_by_name/1
a = q("SELECT 1 x, named_struct('p', 1, 'q', 'z') s, array(named_struct('m', 1)) l"); b = q("SELECT named_struct('q', 'w', 'r', 2.5) s, array(named_struct('m', 2, 'k', 3)) l, 5 y")
a.unionByName(b, allowMissingColumns=True)

# ---- union_by_name/2
a = q("SELECT 1 x, named_struct('p', 1, 'q', 'z') s"); b = q("SELECT named_struct('q', 'w', 'p', 2) s, 4L x")
a.unionByName(b)

# ---- union_by_name/3
a = q("SELECT named_struct('p', 1, 'q', 'z') s"); b = q("SELECT named_struct('q', 'w') s")
a.unionByName(b)

# ---- union_by_name/4
a = q("SELECT named_struct('p', 1, 'q', named_struct('u', 1)) s"); b = q("SELECT named_struct('q', named_struct('v', 2L, 'u', 5L)) s")
a.unionByName(b, True)

# ---- union_by_name/5
a = q("SELECT named_struct('p', 1, 'q', named_struct('u', 1)) s"); b = q("SELECT named_struct('q', named_struct('u', 5L), 'p', 2.5) s")
a.unionByName(b)

# ---- union_by_name/7
a = q("SELECT array(named_struct('p', 1, 'q', 2)) s"); b = q("SELECT array(named_struct('q', 1, 'p', 5)) s")
a.unionByName(b)

# ---- union_by_name/8
a = q("SELECT named_struct('P', 1) s"); b = q("SELECT named_struct('p', 2, 'z', 1) s")
a.unionByName(b, True)

# ---- union_by_name/9
a = q("SELECT CAST(NULL AS STRUCT<p: INT>) s"); b = q("SELECT named_struct('z', 1) s")
a.unionByName(b, True)

# ---- union_by_name/10
a = q("SELECT 1 x, 2 X"); b = q("SELECT 1 x, 2 z")
a.unionByName(b, True)

# ---- union_by_name/11
a = q("SELECT 1 x, 2 y"); b = q("SELECT 1 y, 2 y")
a.unionByName(b)

# ---- union_by_name/12
a = q("SELECT 1 x, 2 y, named_struct('p', 1) s"); b = q("SELECT 1 y, 'q' z"); c = q("SELECT 5 w, named_struct('r', 1) s")
a.unionByName(b, True).unionByName(c, True)

# ---- union_by_name/13
a = q("SELECT named_struct('p', 1, 'q', 'z') s"); b = q("SELECT named_struct('q', 'w', 'r', 2) s")
a.unionByName(b)

# ---- union_by_name/14
a = q("SELECT named_struct('p', 1) s"); b = q("SELECT 5 s")
a.unionByName(b, True)

# ---- with_columns/1
df = q("SELECT 1 id, 2 z")
df.withColumns({"a": F.col("id") + 1, "b": F.col("a") + 1, "z": F.col("b") * 2, "c": F.col("z")})

# ---- with_columns/2
df = q("SELECT 1 id, 2 z")
df.withColumns({"id": F.lit(9), "c": F.col("id") + 1})

# ---- keys/1
e.groupBy(F.lit(1)).count()

# ---- keys/2
e.groupBy(F.lit(2), F.lit(1)).agg(F.sum("v"))

# ---- keys/3
e.groupBy("id", F.lit(5)).agg(F.sum("v")).orderBy("id")

# ---- keys/4
e.orderBy(F.lit(2), F.lit(1).desc())

# ---- keys/5
e.orderBy(F.lit(7))

# ---- keys/6
e.groupBy(1).count().orderBy("id")

# ---- keys/7
e.groupBy(2, 1).agg(F.count("*")).orderBy(1)

# ---- keys/8
e.groupBy(5).count()

# ---- keys/9
e.groupBy(F.row_number().over(W.orderBy("id"))).count()

# ---- keys/10
e.groupBy("id", F.row_number().over(W.orderBy("id"))).count()

# ---- keys/11
e.rollup(F.lit(1)).count()

# ---- keys/12
e.agg(F.sum("v").alias("s"), (F.col("s") + 1).alias("t"))

# ---- sets/1
e = q("SELECT state, x FROM VALUES ('a', 1), ('b', 2) AS t(state, x)")
e.rollup("state").agg(F.sum("x")).select(F.when(F.col("state").isNull(), "*").otherwise(F.col("state")).alias("k"), "sum(x)").orderBy("k")

# ---- order/1
e.select(F.col("id").alias("z"), F.col("v").alias("z")).orderBy("z")

# ---- order/2
e.select(F.col("id").alias("z"), F.col("v").alias("z")).filter("z > 1")

# ---- order/3
e.select(F.col("v").alias("id"), F.col("id").alias("v")).orderBy(e["id"].desc())

# ---- order/4
e.groupBy("id").agg(F.sum("v").alias("id")).orderBy("id")

# ---- order/5
e.groupBy("id").agg(F.sum("v").alias("v")).filter("v > 1").orderBy(F.desc("v"))

# ---- order/6
e.groupBy("id").agg(F.sum("v").alias("s")).filter(F.sum("v") > 1)

# ---- order/7
e.groupBy("id").agg(F.sum("v").alias("s")).orderBy(F.sum("v").desc())

# ---- order/8
e.filter(F.sum("v") > 1)

# ---- order/9
e.join(e.groupBy("id").count(), "id").orderBy("id")

# ---- order/10
e.alias("l").join(e.alias("r"), "id").select("l.*", "r.v").orderBy("id")

# ---- order/12
e.join(e, ["id", "nosuch"])

# ---- using/full_order
a = q("SELECT * FROM VALUES (1, 'x'), (2, 'y') AS t(k, p)"); b = q("SELECT * FROM VALUES (2, 'z'), (3, 'w') AS t(k, r)")
a.join(b, "k", "full").select(a["k"], b["k"], "k").orderBy("k")

# ---- using/star_of_sides
a = q("SELECT * FROM VALUES (1, 'x'), (2, 'y') AS t(k, p)").alias("a"); b = q("SELECT * FROM VALUES (2, 'z'), (3, 'w') AS t(k, r)").alias("b")
a.join(b, "k", "full").select("a.*", "b.*").orderBy("a.k", "b.k")

# ---- struct/star_and_field_order
e.select(F.struct("id", "v").alias("s")).select("s.*", "s.id").orderBy("id")

# ---- order/window
e.orderBy(F.row_number().over(W.orderBy("id")))

# ---- order/hidden_through_repartition
e.select("v").repartition(2, "id").orderBy("v")

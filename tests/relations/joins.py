left = spark.createDataFrame([(1, "a", 10.0), (5, "b", 20.0), (10, "c", 30.0), (None, "a", 1.0)], "t int, k string, v double")
right = spark.createDataFrame([(1, "a", 100), (2, "b", 200), (3, "a", 300), (6, "b", 600), (7, "a", 700)], "t int, k string, w int")
people = spark.createDataFrame([("Ann", "hr", 30), ("Bob", "it", 25), ("Cid", "it", None), ("Dee", None, 33)], "name string, dept string, age int")
depts = spark.createDataFrame([("hr", "People"), ("it", "Tech"), ("xx", "None")], ["dept", "title"])

# ---- join/inner_using
people.join(depts, "dept")

# ---- join/left_condition
people.join(depts, people.dept == depts.dept, "left")

# ---- join/full_using
people.join(depts, ["dept"], "full")

# ---- join/right_using_key_hidden
people.join(depts, "dept", "right").select("dept", "name", depts.dept, people["dept"])

# ---- join/semi
people.join(depts, "dept", "left_semi")

# ---- join/anti_null_key
people.join(depts, people.dept == depts.dept, "anti")

# ---- join/cross
people.select("name").crossJoin(depts.select("title"))

# ---- join/two_conditions
people.join(depts, [people.dept == depts.dept, people.age > 26])

# ---- join/ambiguous
people.join(people, people.dept == people.dept).select("name")

# ---- join/aliased_self_join
a, b = people.alias("a"), people.alias("b")
a.join(b, F.col("a.dept") == F.col("b.dept")).select("a.name", "b.name")

# ---- join/missing_using_column
people.join(depts, "title")

# ---- join/condition_not_boolean
people.join(depts, F.lit(1))

# ---- join/bad_type
people.join(depts, "dept", "sideways")

# ---- join/broadcast_hint
people.join(F.broadcast(depts), "dept").select("name", "title")

# ---- set_op/union_by_position
people.select("name", "dept").union(depts)

# ---- set_op/union_widens
spark.range(2).union(spark.sql("SELECT 1.5BD"))

# ---- set_op/union_by_name
spark.sql("SELECT 1 a, 'x' b").unionByName(spark.sql("SELECT 'y' b, 2 a"))

# ---- set_op/union_by_name_missing
spark.sql("SELECT 1 a, 'x' b").unionByName(spark.sql("SELECT 'y' b, 2.5D c"), allowMissingColumns=True)

# ---- set_op/union_by_name_refused
spark.sql("SELECT 1 a").unionByName(spark.sql("SELECT 'y' b"))

# ---- set_op/union_column_counts
spark.range(2).union(depts)

# ---- set_op/intersect
people.select("dept").intersect(depts.select("dept"))

# ---- set_op/intersect_all
people.select("dept").intersectAll(people.select("dept"))

# ---- set_op/subtract
people.select("dept").subtract(depts.select("dept"))

# ---- set_op/except_all
people.select("dept").exceptAll(depts.select("dept"))

# ---- as_of_join/backward
left._joinAsOf(right, "t", "t").select(left.t, "v", right.t, "w")

# ---- as_of_join/all_columns
left._joinAsOf(right, "t", "t", how="left")

# ---- as_of_join/forward
left._joinAsOf(right, "t", "t", direction="forward").select(left.t, "v", right.t, "w")

# ---- as_of_join/nearest
left.filter("t != 5")._joinAsOf(right, "t", "t", direction="nearest").select(left.t, "v", right.t, "w")

# ---- as_of_join/using
left._joinAsOf(right, "t", "t", on="k").select(left.t, left.k, right.k, "w")

# ---- as_of_join/condition_left
left._joinAsOf(right, "t", "t", on=left.k == right.k, how="left").select(left.t, left.k, right.k, "w")

# ---- as_of_join/tolerance
left._joinAsOf(right, "t", "t", tolerance=F.lit(2), how="leftouter").select(left.t, right.t, "w")

# ---- as_of_join/no_exact_matches
left._joinAsOf(right, "t", "t", allowExactMatches=False, how="left").select(left.t, right.t, "w")

# ---- as_of_join/no_exact_nearest_tolerance
left._joinAsOf(right, "t", "t", allowExactMatches=False, how="left", direction="nearest", tolerance=F.lit(1)).filter("v != 20").select(left.t, right.t, "w")

# ---- as_of_join/timestamps
l = spark.sql("SELECT TIMESTAMP'2024-01-01 00:00:10' ts, 1 x")
r = spark.sql("SELECT * FROM VALUES (TIMESTAMP'2024-01-01 00:00:05', 2), (TIMESTAMP'2024-01-01 00:00:09', 3) AS r(ts2, y)")
l._joinAsOf(r, "ts", "ts2", tolerance=F.expr("INTERVAL 2 SECONDS"))

# ---- as_of_join/bad_direction
left._joinAsOf(right, "t", "t", direction="sideways")

# ---- as_of_join/bad_join_type
left._joinAsOf(right, "t", "t", how="full")

# ---- as_of_join/negative_tolerance
left._joinAsOf(right, "t", "t", tolerance=F.lit(-1))

# ---- as_of_join/strings
left._joinAsOf(right, "k", "k")

# ---- as_of_join/missing_column
left._joinAsOf(right, "t", "t", on="zz")

# ---- nearest_by_join/distance
left.nearestByJoin(right, F.abs(left.t - right.t), 1, "exact", "distance").filter("v != 20").select(left.t, "v", right.t, "w")

# ---- nearest_by_join/two
left.filter("t = 10").nearestByJoin(right, F.abs(left.t - right.t), 2, "approx", "distance")

# ---- nearest_by_join/similarity_left
left.nearestByJoin(right, left.t + right.t, 1, "exact", "similarity", joinType="left").select(left.t, left.k, right.t, "w")

# ---- nearest_by_join/null_ranking
left.filter("t is null").nearestByJoin(right, left.t - right.t, 1, "exact", "distance", joinType="leftouter")

# ---- nearest_by_join/not_orderable
left.nearestByJoin(right, F.create_map(left.t, right.t), 1, "exact", "distance")

# ---- nearest_by_join/sql
left.createOrReplaceTempView("frames_l")
right.createOrReplaceTempView("frames_r")
spark.sql("SELECT l.t, r.t AS rt, w FROM frames_l l JOIN frames_r r EXACT NEAREST 2 BY SIMILARITY r.w - l.t")

# ---- lateral_join/correlated
people.lateralJoin(depts.where(F.col("dept") == F.col("dept").outer()).select("title"))

# ---- lateral_join/left_outer
people.alias("p").lateralJoin(depts.where(F.col("dept") == F.col("p.dept").outer()).select("title"), how="left")

# ---- lateral_join/condition
people.lateralJoin(depts.select(F.col("dept").alias("d"), "title"), on=F.col("dept") == F.col("d"))

# ---- lateral_join/table_function
spark.sql("SELECT 1 AS a, array(10, 20) AS b").lateralJoin(spark.tvf.explode(F.col("b").outer()))

# ---- lateral_join/cross
people.select("name").lateralJoin(spark.range(2), how="cross")

# ---- lateral_join/bad_type
people.lateralJoin(depts, how="right")

# ---- zip/projections
base = spark.createDataFrame([(1, 2, 3), (4, 5, 6)], ["a", "b", "c"])
base.select("a").zip(base.select((F.col("b") + 1).alias("x"), "c"))

# ---- zip/chains
base = spark.createDataFrame([(1, 2, 3), (4, 5, 6)], ["a", "b", "c"])
base.select("a", "b").withColumn("s", F.col("a") + F.col("b")).zip(base.withColumnRenamed("c", "z").select("z"))

# ---- zip/same_frame
r = spark.range(3)
r.zip(r)

# ---- zip/two_ranges
spark.range(0, 6).select((F.col("id") * 2).alias("x")).zip(spark.range(0, 6))

# ---- zip/below_a_filter
base = spark.range(10).filter("id % 2 = 0")
base.zip(base.select((F.col("id") * F.col("id")).alias("sq")))

# ---- zip/not_mergeable
spark.range(3).zip(spark.range(4))

# ---- zip/filter_differs
r = spark.range(3)
r.zip(r.filter("id > 0"))

# ---- zip/windowed
r = spark.range(3)
r.zip(r.select(F.row_number().over(W.orderBy(F.desc("id"))).alias("n")))

# ---- zip/aggregated
r = spark.range(3)
r.zip(r.agg(F.sum("id")))

"""Programs as people write them: several steps each, with the mistakes they make."""
people = spark.createDataFrame([(1, "Ann", "hr", 30, 100.5), (2, "Bob", "it", 25, None), (3, "Cid", "it", None, 80.0), (4, "Dee", None, 33, 120.25), (5, "Bob", "hr", 41, 99.0)], "id int, name string, dept string, age int, pay double")
depts = spark.createDataFrame([("hr", "People", 1), ("it", "Tech", 2), ("xx", None, 3)], ["dept", "title", "id"])
sales = spark.createDataFrame([("a", 2020, "q1", 10), ("a", 2020, "q2", 20), ("b", 2020, "q1", 5), ("a", 2021, "q1", 7), ("b", 2021, "q3", None), ("c", None, "q1", 1)], "k string, y int, q string, v int")

# ---- join/duplicate_names_star
people.join(depts, people.dept == depts.dept)

# ---- join/duplicate_name_selected
people.join(depts, people.dept == depts.dept).select("dept")

# ---- join/duplicate_name_by_frame
people.join(depts, people.dept == depts.dept).select(people.dept, depts["dept"], people["id"], depts.id).orderBy(people.id)

# ---- join/duplicate_name_filter
people.join(depts, people.dept == depts.dept).where("id > 1")

# ---- join/drop_one_side
people.join(depts, people.dept == depts.dept).drop(depts.dept).drop(depts.id).orderBy("id")

# ---- join/drop_by_name_both
people.join(depts, people.dept == depts.dept).drop("dept", "id").orderBy("name")

# ---- join/with_column_over_duplicates
people.join(depts, people.dept == depts.dept).withColumn("id", F.lit(1))

# ---- join/with_column_renamed_duplicates
people.join(depts, people.dept == depts.dept).withColumnRenamed("id", "n")

# ---- join/self_without_alias
people.join(people, people.id == people.age)

# ---- join/self_derived
older = people.where("age > 28")
people.join(older, people.id == older.id).select(people.name, older.age)

# ---- join/self_derived_renamed
older = people.where("age > 28").withColumnRenamed("name", "n2")
people.join(older, "id").select("id", "name", "n2", people.age)

# ---- join/stale_reference
p2 = people.select("id", "name")
p2.select(people.age)

# ---- join/foreign_reference
people.select(depts.title)

# ---- join/foreign_reference_in_filter
people.filter(depts.id > 1)

# ---- join/condition_of_third
people.join(depts, sales.y == people.id)

# ---- join/three_way_same_key
people.join(depts, "dept").join(sales.withColumnRenamed("k", "dept"), "dept", "left").orderBy("name").select("name", "title", "v")

# ---- join/cross_then_filter
people.crossJoin(depts).where(people.dept == depts.dept).select("name", "title").orderBy("name")

# ---- join/condition_constant_false
people.join(depts, F.lit(False), "left").select("name", "title").orderBy("name", people.id)

# ---- join/condition_list_empty
people.join(depts, [])

# ---- join/aggregate_in_condition
people.join(depts, F.sum(people.id) > 1)

# ---- join/window_in_condition
people.join(depts, F.row_number().over(W.orderBy(people.id)) == depts.id)

# ---- plan_ids/window_over_own
w = W.partitionBy(people.dept).orderBy(people.age.desc_nulls_last(), people.id)
people.withColumn("r", F.rank().over(w)).where("r = 1").select(people.name, "r").orderBy("name")

# ---- plan_ids/through_aggregate
g = people.groupBy("dept").agg(F.max("age").alias("m"))
people.join(g, (people.dept == g.dept) & (people.age == g.m)).select(people.name, g.m).orderBy("name")

# ---- plan_ids/aggregated_column_gone
g = people.groupBy("dept").agg(F.max("age").alias("m"))
g.select(people.age)

# ---- plan_ids/sort_by_dropped
people.select("name").orderBy(people.age.desc(), people.id)

# ---- plan_ids/filter_by_dropped
people.select("name").where(people.age > 28)

# ---- plan_ids/union_reference
u = people.union(people)
u.select(people.id).distinct().orderBy("id")

# ---- plan_ids/replaced_column
p = people.withColumn("age", people.age + 1)
p.where(people.age > 30).select("id", "age").orderBy("id")

# ---- plan_ids/replaced_column_selected
p = people.withColumn("age", people.age + 1)
p.select(people.age, p.age).orderBy(p.age)

# ---- plan_ids/alias_star
people.alias("p").join(depts.alias("d"), F.col("p.dept") == F.col("d.dept")).select("p.*", "d.title").orderBy("id")

# ---- plan_ids/alias_unknown
people.alias("p").select("q.name")

# ---- plan_ids/struct_field
s = people.select("id", F.struct("name", "age").alias("s"))
s.select(s.s.name, s["s.age"], s.s["age"], "s.*").orderBy(s.id)

# ---- plan_ids/map_and_array
m = people.select("id", F.create_map("name", "age").alias("m"), F.array("id", "age").alias("a"))
m.select(m.m["Ann"], m.a[1], m.m.Bob, F.col("a")[0]).orderBy("id")

# ---- with_columns/chain_of_windows
w = W.partitionBy("dept").orderBy("id")
people.withColumn("a", F.sum("age").over(w)).withColumn("b", F.lag("a").over(w)).withColumn("c", F.col("a") - F.col("b")).select("id", "a", "b", "c").orderBy("id")

# ---- with_columns/many_windows
w = W.orderBy("id")
people.withColumns({"n": F.row_number().over(w), "d": F.dense_rank().over(W.orderBy("name")), "t": F.ntile(2).over(w), "c": F.cume_dist().over(w), "p": F.percent_rank().over(w)}).drop("pay").orderBy("id")

# ---- with_columns/refers_to_new_name
people.withColumns({"a": F.col("age") + 1, "b": F.col("a") + 1})

# ---- with_columns/case_of_name
people.withColumn("AGE", F.lit(1)).select("age", "Age")

# ---- with_columns/aggregate
people.withColumn("x", F.sum("age"))

# ---- with_columns/generator
people.withColumn("x", F.explode(F.array("id", "age"))).select("id", "x").orderBy("id", "x")

# ---- with_columns/two_generators
people.select(F.explode(F.array("id")), F.explode(F.array("age")))

# ---- with_columns/nested_generator
people.select(F.explode(F.array("id")) + 1)

# ---- with_columns/frame_rows_between
w = W.partitionBy("k").orderBy("y").rowsBetween(-1, W.currentRow)
sales.withColumn("s", F.sum("v").over(w)).withColumn("f", F.first("v", ignorenulls=True).over(w)).withColumn("n", F.count("*").over(w)).orderBy("k", "y", "q")

# ---- with_columns/frame_range_between
w = W.orderBy("age").rangeBetween(-5, 5)
people.withColumn("n", F.count("id").over(w)).select("id", "n").orderBy("id")

# ---- with_columns/window_without_order
people.withColumn("n", F.row_number().over(W.partitionBy("dept")))

# ---- with_columns/window_in_filter
people.where(F.row_number().over(W.orderBy("id")) == 1)

# ---- with_columns/window_in_group
people.groupBy(F.row_number().over(W.orderBy("id"))).count()

# ---- with_columns/nested_window
w = W.orderBy("id")
people.select(F.sum(F.row_number().over(w)).over(w))

# ---- with_columns/window_over_aggregate
people.groupBy("dept").agg(F.sum("age").alias("s")).withColumn("r", F.rank().over(W.orderBy(F.desc("s")))).orderBy("r")

# ---- with_columns/aggregate_within_window
people.groupBy("dept").agg(F.sum(F.sum("age")).over(W.orderBy("dept")).alias("s")).orderBy("dept")

# ---- pivot/values_given
sales.groupBy("k").pivot("q", ["q1", "q2"]).sum("v").orderBy("k")

# ---- pivot/values_found
sales.groupBy("k").pivot("q").agg(F.sum("v"), F.count("v").alias("n")).orderBy("k")

# ---- pivot/null_value
sales.groupBy("k").pivot("y").count().orderBy("k")

# ---- pivot/count_star
sales.groupBy("k").pivot("q").agg(F.count("*")).orderBy("k")

# ---- pivot/count_star_values
sales.groupBy("k").pivot("q", ["q1"]).agg(F.count("*")).orderBy("k")

# ---- pivot/count_lit
sales.groupBy("k").pivot("q", ["q1"]).agg(F.count(F.lit(1)).alias("n")).orderBy("k")

# ---- pivot/expression
sales.groupBy("k").pivot(F.upper("q")).agg(F.max("v")).orderBy("k")

# ---- pivot/two_keys
sales.groupBy("k", "y").pivot("q", ["q1", "q3"]).agg(F.avg("v")).orderBy("k", "y")

# ---- pivot/no_aggregate
sales.groupBy("k").pivot("q", ["q1"]).agg(F.col("v"))

# ---- pivot/no_keys
sales.groupBy().pivot("q", ["q1", "q2"]).sum("v")

# ---- pivot/missing_column
sales.groupBy("k").pivot("nosuch").sum("v")

# ---- pivot/after_rollup
sales.rollup("k").pivot("q", ["q1"]).sum("v")

# ---- pivot/twice
sales.groupBy("k").pivot("q", ["q1"]).pivot("y")

# ---- unpivot/ids_and_values
wide = sales.groupBy("k").pivot("q", ["q1", "q2"]).sum("v")
wide.unpivot("k", ["q1", "q2"], "q", "v").orderBy("k", "q")

# ---- unpivot/all_values
spark.createDataFrame([(1, 2, 3)], "a int, b int, c int").unpivot("a", None, "n", "v").orderBy("n")

# ---- unpivot/types_that_differ
people.unpivot("id", ["name", "age"], "n", "v")

# ---- unpivot/no_values
people.unpivot("id", [], "n", "v")

# ---- unpivot/wider_type
spark.createDataFrame([(1, 2, 3.5)], "a int, b int, c double").melt(["a"], ["b", "c"], "n", "v").orderBy("n")

# ---- na/fill_by_type
people.na.fill(0).orderBy("id")

# ---- na/fill_map
people.na.fill({"age": -1, "dept": "?", "pay": 1}).orderBy("id")

# ---- na/fill_wrong_type
people.fillna("x").orderBy("id")

# ---- na/fill_missing_column
people.fillna(0, subset=["nosuch"])

# ---- na/drop_any_all_thresh
[people.na.drop().count(), people.na.drop("all").count(), people.na.drop(thresh=5).count(), people.dropna(subset=["age", "pay"]).count()]

# ---- na/drop_missing_column
people.na.drop(subset=["nosuch"])

# ---- na/replace_values
people.na.replace({"Bob": "Rob", "hr": "HR"}).orderBy("id")

# ---- na/replace_subset
people.replace(["Bob", "Ann"], ["B", "A"], "name").select("id", "name").orderBy("id")

# ---- na/replace_numbers
people.replace([25, 30], [26, 31]).select("id", "age", "pay").orderBy("id")

# ---- na/replace_with_none
people.replace("Bob", None).select("id", "name").orderBy("id")

# ---- statistics/describe
people.describe().orderBy("summary")

# ---- statistics/summary_some
people.select("age", "pay", "name").summary("count", "min", "max", "50%", "stddev")

# ---- statistics/summary_bad
people.summary("nosuch")

# ---- statistics/quantiles
people.stat.approxQuantile(["age", "pay"], [0.0, 0.5, 1.0], 0.0)

# ---- statistics/quantile_text
people.approxQuantile("name", [0.5], 0.0)

# ---- statistics/quantile_range
people.approxQuantile("age", [1.5], 0.0)

# ---- statistics/corr_cov
[people.stat.corr("id", "age"), people.stat.cov("id", "age")]

# ---- statistics/corr_method
people.corr("id", "age", "spearman")

# ---- statistics/corr_text
people.stat.corr("id", "name")

# ---- statistics/crosstab
people.stat.crosstab("name", "dept").orderBy("name_dept")

# ---- statistics/freq_items
people.where("name = 'Bob'").stat.freqItems(["name"], 0.5)

# ---- statistics/sample_by
people.stat.sampleBy("dept", {"hr": 1.0, "it": 0.0}, 1).orderBy("id")

# ---- statistics/sample_fraction_range
people.sample(1.5)

# ---- statistics/sample_all
people.sample(1.0, seed=3).count()

# ---- statistics/random_split
sum(x.count() for x in people.randomSplit([0.3, 0.7], 5))

# ---- observe/two_metrics
from pyspark.sql import Observation
o = Observation("m")
n = people.observe(o, F.count(F.lit(1)).alias("n"), F.max("age").alias("m")).where("id > 2").count()
[n, o.get["n"], o.get["m"]]

# ---- observe/without_alias
people.observe("x", F.count("*"))

# ---- set_op/union_all_then_distinct
people.select("dept").unionAll(depts.select("dept")).distinct().orderBy("dept")

# ---- set_op/union_different_types
people.select("id").union(people.select("name")).orderBy("id")

# ---- set_op/union_incompatible
people.select(F.array("id").alias("a")).union(people.select("name"))

# ---- set_op/union_by_name_order
people.select("id", "name").unionByName(people.select("name", "id")).orderBy("id", "name")

# ---- set_op/union_by_name_missing
people.select("id", "name").unionByName(people.select("id", "age"), allowMissingColumns=True).orderBy("id", "name")

# ---- set_op/except_and_intersect
[people.select("dept").exceptAll(depts.select("dept")).orderBy("dept").collect(), people.select("dept").intersect(depts.select("dept")).orderBy("dept").collect()]

# ---- set_op/drop_duplicates
people.dropDuplicates(["name"]).count() + people.drop_duplicates().count()

# ---- set_op/drop_duplicates_missing
people.dropDuplicates(["nosuch"])

# ---- set_op/distinct_on_map
people.select(F.create_map("name", "age").alias("m")).distinct()

# ---- order/nulls_and_directions
people.orderBy(F.col("age").asc_nulls_last(), F.desc_nulls_first("pay")).select("id")

# ---- order/list_and_ascending
people.orderBy(["dept", "age"], ascending=[False, True]).select("id", "dept", "age")

# ---- order/position
people.orderBy(2, F.col("id").desc()).select("id", "name")

# ---- order/aggregate
people.orderBy(F.sum("age"))

# ---- order/by_array_and_struct
people.orderBy(F.struct("dept", F.col("id").alias("x")).desc()).select("id")

# ---- order/by_map
people.orderBy(F.create_map("name", "age"))

# ---- order/limit_offset
people.orderBy("id").offset(1).limit(2).select("id")

# ---- order/negative_limit
people.limit(-1)

# ---- errors/unresolved_with_suggestion
people.select(F.col("nam"))

# ---- errors/unresolved_in_function
people.select(F.upper(F.col("agee")))

# ---- errors/wrong_type
people.select(F.col("name") + F.col("dept")).collect()

# ---- errors/cast_at_run
people.select(F.col("name").cast("int"))

# ---- errors/divide
people.select(F.col("id") / F.lit(0))

# ---- errors/divide_in_filter
people.where(F.col("id") / (F.col("id") - 1) > 0)

# ---- errors/array_index
people.select(F.array("id")[3])

# ---- errors/element_at
people.select(F.element_at(F.array("id"), 3))

# ---- errors/to_date
people.select(F.to_date("name"))

# ---- errors/argument_type
people.select(F.substring("name", 1, "x"))

# ---- errors/date_add_type
people.select(F.date_add("id", 1))

# ---- errors/argument_count
people.select(F.call_function("upper", "name", "dept"))

# ---- errors/no_function
people.select(F.call_function("nosuch", "name"))

# ---- errors/expr_syntax
people.select(F.expr("name +"))

# ---- errors/expr_column
people.select(F.expr("upper(nosuch)"))

# ---- errors/select_expr_context
people.selectExpr("1 / 0 as x")

# ---- errors/filter_text_context
people.where("age / 0 > 1")

# ---- errors/group_missing
people.groupBy("dept").agg(F.col("name"))

# ---- errors/group_ordinal
people.groupBy(9).count()

# ---- errors/agg_of_agg
people.groupBy("dept").agg(F.sum(F.max("age")))

# ---- errors/agg_in_where
people.where(F.sum("age") > 1)

# ---- errors/when_types
people.select(F.when(F.col("age") > 1, F.lit("a")).otherwise(F.array("id")))

# ---- errors/when_condition
people.select(F.when(F.col("age"), 1))

# ---- errors/duplicate_in_write
people.join(depts, people.dept == depts.dept).select("name", people.id, depts.id).write.format("parquet").mode("overwrite").save("/nonexistent/x")

# ---- errors/raise_error
people.select(F.raise_error(F.lit("boom")))

# ---- errors/assert_true
people.select(F.assert_true(F.col("age") > 100, "too young"))

# ---- errors/lambda_type
people.select(F.transform(F.array("id"), lambda x: x + F.array("id")))

# ---- errors/json_schema
people.select(F.from_json("name", "a nosuch"))

# ---- errors/overflow
spark.range(1).select((F.lit(2147483647) + F.lit(1)).alias("x"))

# ---- errors/table_missing
spark.table("kn_nosuch")

# ---- errors/sql_context
spark.sql("SELECT upper(nosuch)\nFROM {p}", p=people)

# ---- errors/sql_args
spark.sql("SELECT :a + ? AS x", args={"a": 1})

# ---- outer/not_a_subquery
people.select(people["id"].outer())

# ---- outer/of_no_outer
people.where(people["id"].outer() > 1)

# ---- outer/exists
people.where(depts.where(depts["dept"] == people["dept"].outer()).exists()).select("id").orderBy("id")

# ---- outer/scalar
people.select("id", depts.where(depts["dept"] == people["dept"].outer()).select("title").scalar().alias("t")).orderBy("id")

# ---- outer/scalar_many_rows
people.select(depts.select("title").scalar())

# ---- agg/many
people.groupBy("dept").agg({"age": "max", "pay": "avg", "*": "count"}).orderBy("dept")

# ---- agg/filters_and_sets
people.groupBy("dept").agg(F.count_distinct("name").alias("n"), F.collect_set("name").alias("s"), F.first("age", True).alias("f")).select("dept", "n", F.sort_array("s"), "f").orderBy("dept")

# ---- agg/cube
people.cube("dept", "name").agg(F.grouping_id().alias("g"), F.count("*").alias("n")).orderBy("g", "dept", "name")

# ---- agg/rollup_grouping
people.rollup("dept").agg(F.grouping("dept").alias("g"), F.sum("age")).orderBy("g", "dept")

# ---- agg/grouping_without
people.groupBy("dept").agg(F.grouping("name"))

# ---- agg/group_by_expression
people.groupBy((F.col("age") / 10).cast("int").alias("d")).agg(F.max("name")).orderBy("d")

# ---- agg/having_like
people.groupBy("dept").count().where("count > 1").orderBy("dept")

# ---- agg/no_group
people.agg(F.min("age"), F.max("name"), F.avg("pay"), F.stddev("age"))

# ---- text/show_null_and_long
printed(lambda: people.select("id", "dept", F.repeat("name", 9).alias("r")).orderBy("id").show(3, 12))

# ---- text/print_schema
printed(lambda: people.select("id", F.struct("name", F.array("age").alias("x")).alias("s")).printSchema())

# ---- text/describe_columns
[people.columns, people.dtypes, str(people.schema["age"]), repr(people)]

# ---- text/transform_chain
people.transform(lambda d: d.where("id > 1")).transform(lambda d: d.select("id")).orderBy("id")

# ---- text/to_df_and_rename
people.toDF("a", "b", "c", "d", "e").withColumnsRenamed({"a": "x", "nosuch": "y"}).orderBy("x")

# ---- text/to_df_count
people.toDF("a", "b")

# ---- text/col_regex
people.select(people.colRegex("`(a|p).*`")).orderBy("age")

# ---- text/with_metadata
people.withMetadata("age", {"unit": "y"}).schema["age"].metadata

# ---- text/hint_unknown
people.hint("nosuch").count()

# ---- text/lateral_view_like
people.select("id", F.posexplode(F.array("age", "id")).alias("p", "v")).orderBy("id", "p")

# ---- text/stack
people.select(F.stack(F.lit(2), "id", "age")).orderBy("col0")

# ---- text/inline
people.select(F.inline(F.array(F.struct("id", "name")))).orderBy("id")

# ---- text/json_round
people.select(F.to_json(F.struct("*")).alias("j")).select(F.from_json("j", people.schema).alias("s")).select("s.*").orderBy("id")

# ---- outer/of_frame_1
people.where(depts.where(F.col("dept") == people["dept"].outer()).exists()).select("id").orderBy("id")

# ---- outer/of_frame_2
people.lateralJoin(depts.where(F.col("dept") == people["dept"].outer()).select("title"))

# ---- outer/of_frame_3
people.where(depts.where(F.col("dept") == F.col("dept").outer()).exists()).select("id").orderBy("id")

# ---- outer/of_frame_4
people.where(depts.where(depts["dept"] == F.col("dept").outer()).exists()).select("id").orderBy("id")

# ---- outer/of_frame_5
people.select("id", depts.where(F.col("dept") == people.dept.outer()).select("title").scalar().alias("t")).orderBy("id")

# ---- outer/of_frame_6
people.where(depts.where(F.col("dept") == sales["k"].outer()).exists()).select("id")

# ---- outer/of_frame_7
people.alias("p").where(depts.where(F.col("dept") == people["dept"].outer()).exists()).select("id").orderBy("id")

# ---- outer/of_frame_8
people.where(F.col("id").outer() > 1)

# ---- outer/of_frame_9
people.where(people.id.isin(depts.where(depts.id == people.id.outer()).select("id")))

# ---- order/duplicate_1
people.join(depts, people.dept == depts.dept).select("name", people.dept, depts.dept).orderBy("dept")

# ---- order/duplicate_2
people.select("name", "dept", F.col("dept")).orderBy("dept")

# ---- order/duplicate_3
people.select("name", "dept", F.col("dept")).where("dept = 'hr'")

# ---- order/duplicate_4
people.join(depts, "dept", "full").select("dept", people.dept, depts.dept).orderBy("dept")

# ---- order/duplicate_5
people.join(depts, "dept", "full").select("dept", people.dept).orderBy("dept")

# ---- order/duplicate_6
people.join(depts, "dept").select("dept", people.dept, depts.dept).orderBy("dept")

# ---- order/duplicate_7
people.join(depts, "dept", "full").select("dept", people.dept, depts.dept).where("dept = 'hr'")

# ---- order/duplicate_8
people.join(depts, people.dept == depts.dept).select(people.dept, depts.dept).where(F.col("dept") == "hr")

# ---- order/duplicate_9
people.select(F.col("dept"), F.col("name").alias("dept")).orderBy("dept")

# ---- pivot/star_1
sales.groupBy("k").pivot("q", ["q1"]).agg(F.count(sales["*"]))

# ---- pivot/star_2
sales.groupBy("k").pivot("q", ["q1"]).agg(F.sum("v"), F.count("*").alias("n"))

# ---- pivot/star_3
sales.groupBy("k").pivot("q", ["q1"]).agg({"*": "count"})

# ---- pivot/star_4
sales.groupBy("k").pivot("q", ["q1"]).count().orderBy("k")

# ---- pivot/star_5
spark.sql("SELECT * FROM {s} PIVOT (count(*) FOR q IN ('q1'))", s=sales)

# ---- pivot/star_6
sales.groupBy("k").pivot("q", ["q1"]).agg(F.expr("count(*)"))

# ---- pivot/star_7
sales.groupBy("k").pivot("q", ["q1"]).agg(F.count_distinct("*"))

# ---- unpivot/mixed_1
sales.unpivot("k", ["y", "q"], "n", "v")

# ---- unpivot/mixed_2
people.unpivot("id", [F.array("id").alias("x"), "name", "pay", "dept"], "n", "v")

# ---- unpivot/mixed_3
people.unpivot("id", ["name", "dept", F.col("age").cast("date").alias("z"), "pay"], "n", "v")

# ---- na/missing_1
people.na.replace("a", "b", subset=["nosuch"])

# ---- na/missing_2
people.na.fill({"nosuch": 1})

# ---- na/missing_3
people.withColumn("zz", F.lit(1)).na.drop(subset=["z"])

# ---- na/missing_4
people.dropDuplicates(["zz"])

# ---- na/missing_5
people.na.fill(1, ["agee", "xx"])

# ---- errors/place_1
people.select(F.sum(F.lit(9223372036854775807)))

# ---- errors/place_2
spark.sql("SELECT sum(a) FROM VALUES (9223372036854775807),(1) t(a)")

# ---- errors/place_4
people.select(F.date_format("name", "y"))

# ---- errors/place_5
people.select(F.to_timestamp("name"))

# ---- errors/place_6
people.select(F.to_number("name", F.lit("999")))

# ---- errors/place_7
people.select(F.abs(F.lit(-2147483648)))

# ---- errors/place_8
people.select(-F.lit(-2147483648))

# ---- errors/place_9
people.select(F.pmod("id", F.lit(0)))

# ---- errors/place_10
people.select(F.col("id") % 0)

# ---- errors/place_11
people.select(F.try_divide("id", F.lit(0)), F.make_date(F.lit(2020), F.lit(13), F.lit(1)))

# ---- errors/place_12
people.select(F.factorial(F.lit(30)), F.conv(F.lit("zz"), 10, 99))

# ---- errors/place_13
people.select(F.decode("name", "xx"))

# ---- errors/place_14
people.select(F.expr("CAST(name AS INT)"), F.expr("id / 0"))

# ---- errors/place_15
people.withColumn("x", F.expr("1 +\n CAST(name AS INT)"))

# ---- errors/place_16
people.groupBy("dept").agg(F.expr("sum(id / 0)"))

# ---- errors/place_17
people.where("CAST(name AS INT) > 1 AND id / 0 > 1")

# ---- errors/place_19
people.select(F.element_at(F.create_map("name", "id"), "q"), F.element_at(F.array("id"), 0))

# ---- errors/place_20
people.select(F.split_part("name", F.lit("n"), F.lit(0)))

# ---- explain/constant_fails
spark.sql("SELECT 1/0").explain()

# ---- explain/constant_of_a_call_fails
people.select(F.lit(1) / 0).explain(True)

# ---- explain/constant_text_fails
people.select(F.lit("a").cast("int")).explain("cost")

# ---- explain/constant_in_filter
people.where(F.lit(2147483647) + F.lit(1) > 1).explain()

# ---- explain/column_may_fail
len(printed(lambda: spark.range(3).select(F.col("id") / 0).explain())) > 0

# ---- explain/branch_may_fail
len(printed(lambda: spark.range(3).select(F.when(F.col("id") > 1, F.lit(1) / 0)).explain())) > 0

# ---- explain/first_is_enough
len(printed(lambda: spark.range(3).select(F.coalesce(F.lit(1), F.lit(1) / 0)).explain())) > 0

# ---- explain/raise_error
len(printed(lambda: spark.range(3).select(F.raise_error(F.lit("x")), F.assert_true(F.lit(False))).explain())) > 0

# ---- chain/1
people.withColumn("x", F.col("id") * 2).withColumn("y", F.col("x") + 1).drop("x").filter("y > 3").orderBy("id")

# ---- chain/2
people.select("*", F.lit(1).alias("one")).drop("nosuch").limit(1)

# ---- chain/3
people.withColumnRenamed("nosuch", "x").columns

# ---- chain/4
people.selectExpr("id AS a", "a + 1 AS b").orderBy("a")

# ---- chain/5
people.groupBy("dept").agg(F.sum("age").alias("s")).filter(F.col("s") > 30).orderBy("s")

# ---- chain/6
people.groupBy("dept").agg(F.sum("age").alias("dept")).orderBy("dept")

# ---- chain/7
people.groupBy(F.lit(1)).count()

# ---- chain/8
people.groupBy("dept", "dept").count().orderBy("dept")

# ---- chain/9
people.groupBy().max()

# ---- chain/10
people.groupBy("dept").max("name")

# ---- chain/11
people.groupBy("dept").avg().orderBy("dept")

# ---- chain/12
people.groupBy("dept").agg()

# ---- chain/13
people.rollup("dept", "name").agg(F.sum("pay").alias("p"), F.grouping_id("dept", "name").alias("g")).orderBy("g", "dept", "name")

# ---- chain/15
people.cube("dept").agg(F.grouping_id().alias("g"), F.max("age")).orderBy("g", "dept")

# ---- functions/1
people.select(F.struct("id", "name").alias("s")).select(F.col("s").withField("z", F.lit(3)).dropFields("id").alias("t"))

# ---- functions/2
people.select(F.struct("id", "name").alias("s")).select(F.col("s").dropFields("id", "name"))

# ---- functions/3
people.select(F.struct("id").alias("s")).select("s.nosuch")

# ---- functions/5
people.select(F.aggregate(F.array("id", F.lit(5)), F.lit(0), lambda a, x: a + x).alias("x"))

# ---- functions/6
people.select(F.filter(F.array("id", "age"), lambda x: x.isNotNull()).alias("x"), F.exists(F.array("id"), lambda x: x > 3).alias("e"), F.forall(F.array("id"), lambda x: x > 0).alias("f"))

# ---- functions/7
people.select(F.transform_keys(F.create_map("name", "id"), lambda k, v: F.upper(k)).alias("x"), F.map_filter(F.create_map("name", "id"), lambda k, v: v > 2).alias("y"))

# ---- functions/8
people.select(F.zip_with(F.array("id"), F.array("age", "id"), lambda x, y: x + y).alias("x"))

# ---- functions/9
people.select(F.arrays_zip(F.array("id"), F.array("age")).alias("x")).select("x.0", F.col("x")[0]["1"])

# ---- functions/10
people.select(F.sequence(F.lit(1), F.col("id")).alias("s")).select(F.size("s"), F.slice("s", 1, 2), F.reverse("s"), F.element_at("s", -1))

# ---- functions/11
people.select(F.map_from_arrays(F.array("id"), F.array("name")).alias("m")).select(F.map_keys("m"), F.map_values("m"), F.col("m")[1])

# ---- functions/12
people.select(F.get_json_object(F.to_json(F.struct("id", "name")), "$.name").alias("j"), F.json_tuple(F.to_json(F.struct("id", "name")), "id", "name"))

# ---- functions/13
people.select(F.split("name", "n").alias("s")).select(F.explode_outer("s"))

# ---- functions/14
people.select(F.col("name").substr(1, 2), F.col("name").startswith("B"), F.col("name").contains("o"), F.col("name").rlike("^B"), F.col("name").like("B%"), F.col("name").ilike("b%"))

# ---- functions/15
people.select(F.col("id").between(2, 4), F.col("id").isin(1, 2), F.col("dept").eqNullSafe(None), ~F.col("id").isin([1]), F.col("age").isNull())

# ---- functions/16
people.select(F.col("id").bitwiseAND(3), F.col("id").bitwiseOR(8), F.shiftleft("id", 2), -F.col("id"), F.col("id") ** 2, 10 % F.col("id"), 1 / F.col("pay"))

# ---- functions/17
people.select(F.when(F.col("id") == 1, "a").when(F.col("id") == 2, "b").alias("w"), F.when(F.col("id") > 3, 1.5).otherwise(F.col("id")).alias("v"), F.coalesce("dept", F.lit("?")), F.nvl2("dept", F.lit(1), F.lit(0)), F.nullif("name", F.lit("Bob")))

# ---- functions/18
people.select(F.greatest("id", "age"), F.least("id", "age"), F.round("pay", 1), F.bround("pay"), F.ceil("pay"), F.floor("pay"), F.format_number("pay", 2))

# ---- functions/19
people.select(F.concat_ws("-", "name", "dept", F.array(F.lit("x"))), F.lpad("name", 5, "*"), F.initcap(F.lower("name")), F.translate("name", "n", "m"), F.instr("name", "n"), F.locate("n", "name", 3), F.overlay("name", F.lit("X"), 2), F.levenshtein("name", F.lit("Bob")))

# ---- functions/20
spark.sql("SELECT DATE'2020-02-29' d, TIMESTAMP'2020-02-29 13:14:15.678' t").select(F.add_months("d", 12), F.last_day("d"), F.next_day("d", "Mon"), F.months_between("t", "d"), F.date_trunc("hour", "t"), F.trunc("d", "q"), F.dayofweek("d"), F.weekofyear("d"), F.date_format("t", "E HH:mm"), F.unix_timestamp("t"), F.datediff("t", F.lit("2020-01-01")), F.make_date(F.year("d"), F.lit(1), F.lit(1)), F.window("t", "10 minutes").start)

# ---- join/more_1
people.join(depts, on=["dept"], how="outer").select("name", "title").orderBy("name", "title")

# ---- join/more_2
people.join(depts, on="dept", how="nosuch")

# ---- join/more_3
people.join(depts, people.dept.eqNullSafe(depts.dept), "left").select("name", "title").orderBy("name", "id")

# ---- join/more_4
people.alias("a").join(people.alias("b"), F.expr("a.age < b.age")).groupBy("a.name").agg(F.count("b.id").alias("n")).orderBy("name", "n")

# ---- join/more_5
people.alias("a").join(people.alias("b"), "id").select("a.name", "b.name", "id").orderBy("id")

# ---- join/more_6
people.alias("a").join(people.alias("b"), "id").select("name")

# ---- join/more_7
people.join(F.broadcast(depts), "dept").count()

# ---- join/more_8
people.join(depts, (people.dept == depts.dept) & (people.id > depts.id), "full").select(people.id, depts.title).orderBy(people.id, depts.title)

# ---- join/more_9
people.join(depts, people["dept"] == depts["nosuch"])

# ---- join/more_10
people.join(depts.select("dept"), "dept", "leftsemi").join(depts, "dept", "leftanti").count()

# ---- join/more_11
a = people.select("id", F.col("name").alias("n"))
b = a.where("id > 2")
a.join(b, a.id == b.id, "left").select(a.n, b.n.alias("m")).orderBy(a.id)

# ---- join/more_12
a = people.withColumn("k", F.lit(1))
b = people.withColumn("k", F.lit(1))
a.join(b, a.k == b.k).count()

# ---- sources/1
spark.range(10).repartition(3).groupBy(F.col("id") % 3).agg(F.collect_list("id").alias("l")).select(F.size("l").alias("n")).orderBy("n")

# ---- sources/2
spark.range(5).toDF("a").crossJoin(spark.range(3).toDF("b")).where("a = b").orderBy("a")

# ---- sources/3
spark.range(1, 10, 3).withColumn("r", F.monotonically_increasing_id() >= 0).orderBy("id")

# ---- sources/4
spark.createDataFrame([], "a int, b array<string>").agg(F.sum("a"), F.count("*"), F.collect_list("b"))

# ---- sources/5
spark.createDataFrame([(1, None)], ["a", "b"])

# ---- sources/6
spark.createDataFrame([(1, "x"), ("y", 2)], ["a", "b"])

# ---- sources/7
spark.createDataFrame([Row(a=1, b=Row(c="x", d=[1, 2]))]).select("b.c", F.explode("b.d"))

# ---- sources/8
spark.createDataFrame([{"a": 1, "b": 2.5}, {"a": 3}])

# ---- sources/9
spark.createDataFrame([(D("1.50"), dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5), bytearray(b"ab"), True)], "a decimal(5,2), b date, c timestamp, d binary, e boolean")

# ---- sources/10
spark.createDataFrame([(1,)], "a string")

# ---- sources/11
spark.createDataFrame([("x",)], "a int")

# ---- sources/12
spark.createDataFrame([(None,)], T.StructType([T.StructField("a", T.IntegerType(), False)]))

# ---- sources/13
spark.createDataFrame([1, 2, 3], T.IntegerType()).agg(F.sum("value"))

# ---- sources/14
spark.createDataFrame(pd.DataFrame({"a": [1, 2], "b": ["x", None]})).orderBy("a")

# ---- sources/15
spark.sql("SELECT * FROM {a} JOIN {b} USING (dept) ORDER BY name", a=people, b=depts)

# ---- sources/16
spark.sql("SELECT ? + :x", [1])

# ---- sources/17
spark.sql("SELECT ? AS a, ? AS b", [1, "x"])

# ---- sources/18
spark.sql("SELECT :a AS a, :b[0] AS b", {"a": dt.date(2020, 1, 1), "b": F.array(F.lit(5))})

# ---- sources/19
people.createOrReplaceTempView("kn_people")
spark.sql("SELECT dept, count(*) FROM kn_people GROUP BY dept HAVING count(*) > 1 ORDER BY 1")

# ---- sources/20
people.write.saveAsTable("kn_nodb.kn_t")

# ---- actions/1
people.sort(F.col("age").desc(), "name").select("name").take(2)

# ---- actions/2
people.orderBy("age").first()

# ---- actions/3
people.where("id = 100").first() is None

# ---- actions/4
people.head(2)[1].name

# ---- actions/5
people.orderBy("id").tail(2)

# ---- actions/6
people.where(people.age > 100).isEmpty()

# ---- actions/7
[r.asDict() for r in people.where("id = 1").collect()]

# ---- actions/8
people.select("id").toPandas()["id"].tolist()

# ---- actions/9
people.sameSemantics(people)

# ---- actions/10
people.select(F.col("id").alias("a", metadata={"x": 1})).schema["a"].metadata

# ---- actions/11
people.selectExpr("count(*)", "sum(age) filter (where age > 26)")

# ---- actions/12
people.agg(F.percentile_approx("age", 0.5), F.median("age"), F.mode("name"), F.max_by("name", "age"), F.min_by("name", "age"), F.bool_and(F.col("id") > 0), F.skewness("age"), F.kurtosis("age"), F.corr("id", "age"))

# ---- actions/13
people.agg(F.count_distinct("name", "dept"), F.sum_distinct("age"), F.approx_count_distinct("name"), F.collect_set("dept"))

# ---- actions/18
people.transpose()

# ---- actions/19
people.select("id", "age").orderBy("id").transpose("id")

# ---- actions/20
people.withColumn("b", F.expr("CASE WHEN age > 30 THEN 'old' ELSE NULL END")).groupBy("b").count().orderBy(F.col("b").asc_nulls_last())

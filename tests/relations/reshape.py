wide = spark.createDataFrame([(1, 11, 1.5), (2, 12, None)], ["id", "int", "double"])
sales = spark.createDataFrame([("dotNET", 2012, 10000), ("Java", 2012, 20000), ("dotNET", 2012, 5000), ("dotNET", 2013, 48000), ("Java", 2013, 30000)],
                              ["course", "year", "earnings"])

# ---- unpivot/basic
wide.unpivot("id", ["int", "double"], "var", "val")

# ---- unpivot/all_others
wide.unpivot("id", None, "var", "val")

# ---- unpivot/no_ids
wide.unpivot([], ["id", "int"], "var", "val")

# ---- unpivot/melt
wide.melt(["id"], ["double"], "var", "val")

# ---- unpivot/expressions
wide.unpivot(["id"], [(F.col("int") * 2).alias("twice"), "double"], "var", "val")

# ---- unpivot/type_mismatch
spark.sql("SELECT 1 id, 'x' s, 2 n").unpivot("id", ["s", "n"], "var", "val")

# ---- unpivot/no_values
wide.select("id").unpivot("id", None, "var", "val")

# ---- aggregate/pivot_values
sales.groupBy("year").pivot("course", ["dotNET", "Java"]).sum("earnings")

# ---- aggregate/pivot_found_values
sales.groupBy("year").pivot("course").sum("earnings")

# ---- aggregate/pivot_two_aggregates
sales.groupBy("year").pivot("course", ["Java"]).agg(F.sum("earnings").alias("s"), F.max("earnings"))

# ---- aggregate/pivot_without_keys
sales.groupBy().pivot("year").agg(F.sum("earnings"))

# ---- aggregate/pivot_nested_column
spark.createDataFrame([Row(training="x", sales=Row(course="J", year=2012, earnings=1)), Row(training="y", sales=Row(course="D", year=2013, earnings=2))]) \
    .groupBy("sales.year").pivot("sales.course").agg(F.sum("sales.earnings"))

# ---- aggregate/pivot_over_rollup
sales.rollup("year").pivot("course").sum("earnings")

# ---- aggregate/rollup
sales.rollup("year", "course").agg(F.sum("earnings"), F.grouping_id())

# ---- aggregate/cube
sales.cube("year", "course").count()

# ---- aggregate/grouping_sets
sales.groupingSets([["year"], ["course"], []], "year", "course").agg(F.count("*").alias("n"))

# ---- aggregate/global
sales.agg({"earnings": "max", "year": "min"})

# ---- aggregate/expressions_as_keys
sales.groupBy((F.col("year") % 2).alias("odd"), F.upper("course")).agg(F.collect_set("year"))

# ---- aggregate/missing_column
sales.groupBy("nope").count()

# ---- aggregate/not_numeric
sales.groupBy("year").sum("course")

# ---- transpose/default
spark.createDataFrame([("A", 1, 2), ("B", 3, 4)], ["id", "val1", "val2"]).transpose()

# ---- transpose/column
df = spark.createDataFrame([("A", 1, 2), ("B", 3, 4)], ["id", "val1", "val2"])
df.transpose(df.val1)

# ---- transpose/null_index
spark.createDataFrame([("B", 1), (None, 2), ("A", 3)], "id string, v int").transpose()

# ---- transpose/widened
spark.sql("SELECT 'r' i, 1 a, 2.5D b, 3L c").transpose()

# ---- transpose/no_common_type
spark.sql("SELECT 'r' i, 1 a, array(1) b").transpose()

# ---- transpose/strings_and_numbers
spark.sql("SELECT 'r' i, 1 a, 'x' b").transpose()

# ---- transpose/empty
spark.createDataFrame([], "id string, v int, w int").transpose()

# ---- transpose/only_index
spark.createDataFrame([("a",), ("b",)], "id string").transpose()

# ---- transpose/struct_index
spark.sql("SELECT named_struct('x', 1) i, 1 a").transpose()

# ---- transpose/array_index
spark.sql("SELECT array(1) i, 1 a").transpose()

# ---- transpose/timestamps_and_doubles_as_index
spark.sql("SELECT * FROM VALUES (2.5D, 1), (1.0D, 2), (10.0D, 3) AS t(k, v)").transpose()

# ---- transpose/duplicate_index
spark.sql("SELECT * FROM VALUES ('x', 1), ('x', 2) AS t(k, v)").transpose()

# ---- transpose/row_limit
spark.conf.set("spark.sql.transposeMaxValues", 2)
spark.range(3).withColumn("v", F.lit(1)).transpose()

# ---- transpose/conflicting_name
spark.sql("SELECT 'key' k, 1 v").transpose()

# ---- to_schema/reorder_and_cast
wide.to(T.StructType([T.StructField("double", T.StringType()), T.StructField("id", T.LongType())]))

# ---- to_schema/missing_nullable
wide.to(T.StructType([T.StructField("id", T.LongType()), T.StructField("more", T.DateType())]))

# ---- to_schema/nullability
wide.to(T.StructType([T.StructField("double", T.DoubleType(), False)]))

# ---- to_schema/bad_cast
wide.to(T.StructType([T.StructField("id", T.BooleanType())]))

# ---- to_schema/narrowing
wide.to(T.StructType([T.StructField("id", T.IntegerType())]))

# ---- to_schema/missing_required
wide.to(T.StructType([T.StructField("zz", T.IntegerType(), False)]))

# ---- to_schema/nested
spark.sql("SELECT named_struct('a', 1, 'b', 2) s, array(named_struct('x', 1)) l").to(T.StructType.fromDDL("s struct<b: bigint, a: string>, l array<struct<x: bigint>>"))

# ---- to_schema/missing_field
spark.sql("SELECT named_struct('a', 1) s").to(T.StructType.fromDDL("s struct<b: bigint, a: string>"))

# ---- to_schema/missing_required_field
spark.sql("SELECT named_struct('a', 1) s").to(T.StructType.fromDDL("s struct<b: bigint not null>"))

# ---- to_schema/map_values
spark.sql("SELECT map('k', named_struct('p', 1, 'q', 2)) m").to(T.StructType.fromDDL("m map<string, struct<q: bigint>>"))

# ---- to_schema/array_elements
spark.sql("SELECT array(named_struct('x', 1, 'y', 2)) l").to(T.StructType.fromDDL("l array<struct<y: bigint, x: string>>"))

# ---- to_schema/field_type
spark.sql("SELECT named_struct('a', 1, 'b', 2) s").to(T.StructType.fromDDL("s struct<b: boolean>"))

# ---- to_schema/struct_to_number
spark.sql("SELECT named_struct('a', 1) s").to(T.StructType.fromDDL("s int"))

# ---- to_schema/null_struct
spark.sql("SELECT CAST(NULL AS STRUCT<a: INT, b: INT>) s").to(T.StructType.fromDDL("s struct<b: int>"))

# ---- to_schema/null_element
spark.sql("SELECT array(CAST(NULL AS INT)) s").to(T.StructType([T.StructField("s", T.ArrayType(T.IntegerType(), False))]))

# ---- to_df/rename
wide.toDF("a", "b", "c")

# ---- to_df/count
wide.toDF("a", "b")

# ---- with_columns/replace_and_add
wide.withColumns({"int": F.col("int") + 1, "twice": F.col("id") * 2})

# ---- with_columns/metadata
wide.withMetadata("id", {"k": "v"}).select("id")

# ---- with_columns/duplicates
wide.withColumns({"a": F.lit(1), "A": F.lit(2)})

# ---- with_columns_renamed/some
wide.withColumnsRenamed({"id": "key", "zz": "none"})

# ---- with_columns_renamed/swap
wide.withColumnsRenamed({"id": "int", "int": "id"})

# ---- drop/names_and_columns
wide.drop("int", "zz").drop(wide.double)

# ---- drop/nothing_left
wide.drop("id", "int", "double")

# ---- deduplicate/all
spark.sql("SELECT * FROM VALUES (1, 'a'), (1, 'a'), (2, 'b') AS t(x, y)").dropDuplicates()

# ---- deduplicate/subset
spark.sql("SELECT * FROM VALUES (1, 'a'), (1, 'a'), (2, 'b') AS t(x, y)").dropDuplicates(["x"])

# ---- deduplicate/missing
wide.dropDuplicates(["zz"])

# ---- fill_na/by_type
spark.sql("SELECT CAST(NULL AS INT) i, CAST(NULL AS STRING) s, CAST(NULL AS DOUBLE) d, CAST(NULL AS BOOLEAN) b").fillna(7)

# ---- fill_na/by_column
spark.sql("SELECT CAST(NULL AS INT) i, CAST(NULL AS STRING) s, CAST(NULL AS DOUBLE) d, CAST(NULL AS BOOLEAN) b").fillna({"s": "x", "b": True, "d": 2})

# ---- fill_na/subset
spark.sql("SELECT CAST(NULL AS INT) i, CAST(NULL AS INT) j").fillna(7, subset=["j"])

# ---- drop_na/any
wide.dropna()

# ---- drop_na/all_subset
spark.sql("SELECT * FROM VALUES (1, NULL, NULL), (NULL, NULL, 2) AS t(a, b, c)").dropna("all", subset=["a", "b"])

# ---- drop_na/threshold
spark.sql("SELECT * FROM VALUES (1, NULL, NULL), (1, 2, NULL) AS t(a, b, c)").dropna(thresh=2)

# ---- replace/numbers
wide.replace({11: 111, 12: 112})

# ---- replace/strings_subset
sales.replace(["Java", "dotNET"], ["J", "D"], "course")

# ---- replace/to_null
sales.replace("Java", None, "course")

# ---- subquery_alias/columns
wide.alias("w").select("w.id", F.col("w.*"))

# ---- subquery_alias/unknown
wide.alias("w").select("v.id")

# ---- project/stars
wide.select("*", (F.col("id") + 1).alias("next"), F.expr("int * 2 AS twice"))

# ---- project/select_expr
wide.selectExpr("id AS a", "upper('x')", "*")

# ---- project/col_regex
wide.select(wide.colRegex("`i.*`"))

# ---- project/generator
spark.sql("SELECT array(1, 2) a, map('k', 1) m").select(F.posexplode("a"), "m")

# ---- project/two_generators
spark.sql("SELECT array(1, 2) a").select(F.explode("a"), F.explode("a"))

# ---- project/metadata_column_missing
wide.metadataColumn("_metadata")

# ---- filter/text
wide.filter("id > 1 OR double IS NOT NULL")

# ---- filter/not_boolean
wide.filter(F.col("id"))

# ---- filter/missing
wide.filter("zz > 1")

# ---- sort/nulls
wide.sort(F.desc_nulls_first("double"), F.asc("id"))

# ---- sort/ordinal
wide.orderBy(-1)

# ---- sort/by_expression
sales.orderBy(F.col("earnings") % 7, "year", ascending=[False, True])

# ---- sort/within_partitions
wide.repartition(1).sortWithinPartitions(F.desc("id"))

# ---- sort/not_orderable
spark.sql("SELECT map(1, 2) m").orderBy("m")

# ---- limit/some
spark.range(10).orderBy("id").limit(3)

# ---- limit/zero
spark.range(10).limit(0)

# ---- limit/negative
spark.range(10).limit(-1)

# ---- offset/some
spark.range(5).orderBy("id").offset(3)

# ---- offset/negative
spark.range(5).offset(-3)

# ---- tail/some
# in order
spark.range(10).tail(3)

# ---- tail/negative
spark.range(10).tail(-1)

# ---- repartition/number
spark.range(10).repartition(3).agg(F.sum("id"))

# ---- repartition/coalesce
spark.range(10).coalesce(1).agg(F.sum("id"))

# ---- repartition/zero
spark.range(10).repartition(0)

# ---- repartition_by_expression/columns
sales.repartition(2, "year").groupBy("year").count()

# ---- repartition_by_expression/range
sales.repartitionByRange(2, F.desc("year")).count()

# ---- repartition_by_expression/missing
sales.repartition("zz")

# ---- repartition_by_expression/by_id
spark.range(6).repartitionById(3, (F.col("id") % 3).cast("int")).agg(F.sum("id"))

# ---- hint/broadcast
sales.hint("broadcast").join(wide, sales.year == wide.id)

# ---- hint/unknown
sales.hint("no such hint", 1, "x").count()

# ---- hint/coalesce
sales.hint("coalesce", 2).count()

# ---- hint/rebalance
sales.hint("rebalance", "year").count()

# ---- hint/bad_parameter
sales.hint("repartition", "zz").count()

# ---- sample/all
spark.range(10).sample(1.0)

# ---- sample/none
spark.range(10).sample(0.0)

# ---- sample/bad_fraction
spark.range(10).sample(False, 1.5)

# ---- sample/seed
spark.range(0, 20, 1, 1).sample(fraction=0.3, seed=5)

# ---- sample/split
[f.count() for f in spark.range(0, 20, 1, 1).randomSplit([0.5, 0.5], 3)]

# ---- sample/split_rows
# in order
[r.id for r in spark.range(0, 20, 1, 1).randomSplit([1.0, 3.0], 7)[0].collect()]

# ---- with_watermark/batch
spark.sql("SELECT TIMESTAMP'2024-01-01 00:00:00' t, 1 v").withWatermark("t", "10 minutes").groupBy("v").count()

# ---- with_watermark/not_a_time
wide.withWatermark("id", "10 minutes")

# ---- with_watermark/bad_delay
spark.sql("SELECT TIMESTAMP'2024-01-01 00:00:00' t").withWatermark("t", "ten")

# ---- with_watermark/missing
wide.withWatermark("zz", "10 minutes")

# ---- with_watermark/negative_delay
spark.sql("SELECT TIMESTAMP'2024-01-01 00:00:00' t").withWatermark("t", "-10 minutes")

# ---- with_watermark/stream
d = spark.readStream.format("rate").load().withWatermark("timestamp", "10 minutes")
[d.isStreaming, d.schema.json(), d.dropDuplicatesWithinWatermark(["value"]).schema.simpleString(), spark.range(1).isStreaming]

# ---- with_watermark/stream_not_a_time
spark.readStream.format("rate").load().withWatermark("value", "10 minutes").schema

# ---- with_watermark/stream_missing
spark.readStream.format("rate").load().withWatermark("zz", "10 minutes").schema

# ---- with_watermark/stream_collected
spark.readStream.format("rate").load().select("value").collect()

# ---- deduplicate/within_watermark_of_a_batch
spark.range(3).dropDuplicatesWithinWatermark(["id"]).collect()

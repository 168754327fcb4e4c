df = spark.createDataFrame([("Bob", 13, 40.3, 150.5), ("Alice", 12, 37.8, 142.3), ("Tom", 11, 44.1, 142.2), (None, None, None, 150.5)],
                           "name string, age int, weight double, height double")
pairs = spark.createDataFrame([(1, 11), (1, 11), (3, 10), (4, 8), (4, 8), (None, 8)], "c1 int, c2 int")

# ---- describe/all
df.describe()

# ---- describe/some
df.describe("age", "name")

# ---- describe/missing
df.describe("zz")

# ---- describe/other_types
spark.sql("SELECT DATE'2020-01-01' d, true b, 1.25BD c, array(1) a").describe()

# ---- summary/all
df.select("name", "age").summary()

# ---- summary/some
df.select("age", "weight").summary("count", "min", "25%", "75%", "max", "count_distinct", "approx_count_distinct")

# ---- summary/bad_statistic
df.summary("mode")

# ---- summary/bad_percent
df.summary("125%")

# ---- crosstab/numbers
pairs.crosstab("c1", "c2").orderBy("c1_c2")

# ---- crosstab/strings
spark.createDataFrame([("a", True), ("b", False), ("a", False)], ["x", "y"]).crosstab("x", "y").orderBy("x_y")

# ---- crosstab/no_nulls
spark.sql("SELECT * FROM VALUES (1, 'a', true), (NULL, 'b', false) t(i, s, b)").crosstab("s", "i").orderBy("s_i")

# ---- crosstab/nulls
spark.sql("SELECT * FROM VALUES (1, 'a', true), (NULL, 'b', false) t(i, s, b)").crosstab("i", "b").orderBy("i_b")

# ---- crosstab/missing
pairs.crosstab("c1", "zz")

# ---- cov/pairs
round(pairs.fillna(0).cov("c1", "c2"), 12)

# ---- cov/strings
df.cov("name", "age")

# ---- cov/missing
df.cov("zz", "age")

# ---- cov/nulls
round(df.cov("age", "weight"), 12)

# ---- corr/pairs
round(pairs.fillna(0).corr("c1", "c2"), 12)

# ---- corr/bad_method
df.corr("age", "weight", "spearman")

# ---- corr/strings
df.corr("name", "age")

# ---- corr/nulls
round(df.corr("age", "weight"), 12)

# ---- approx_quantile/one
spark.range(1, 101).approxQuantile("id", [0.0, 0.25, 0.5, 1.0], 0.0)

# ---- approx_quantile/several
df.approxQuantile(["age", "weight"], [0.5], 0.1)

# ---- approx_quantile/strings
df.approxQuantile("name", [0.5], 0.1)

# ---- approx_quantile/probability
df.approxQuantile("age", [1.5], 0.1)

# ---- approx_quantile/relative_error
df.approxQuantile("age", [0.5], -0.1)

# ---- approx_quantile/empty
spark.createDataFrame([], "a int").approxQuantile("a", [0.5], 0.1)

# ---- approx_quantile/missing
df.approxQuantile("zz", [0.5], 0.1)

# ---- freq_items/plain
pairs.freqItems(["c1", "c2"]).select([F.sort_array(c).alias(c) for c in ("c1_freqItems", "c2_freqItems")])

# ---- freq_items/support
spark.range(100).select((F.col("id") % 10).alias("x"), F.when(F.col("id") < 60, "big").otherwise(F.col("id").cast("string")).alias("y")).freqItems(["y"], 0.5)

# ---- freq_items/schema
df.freqItems(["name", "age", "height"]).select(F.size("name_freqItems"), F.size("age_freqItems"), F.size("height_freqItems"))

# ---- freq_items/types
df.freqItems(["name", "age", "height"]).limit(0)

# ---- freq_items/bad_support
pairs.freqItems(["c1"], 0.00001)

# ---- freq_items/missing
pairs.freqItems(["zz"])

# ---- freq_items/empty
spark.createDataFrame([], "a int").freqItems(["a"])

# ---- sample_by/fractions
spark.range(0, 100, 1, 1).select((F.col("id") % 3).alias("key"), "id").sampleBy("key", {0: 0.1, 1: 0.2}, seed=0).groupBy("key").count()

# ---- sample_by/rows
spark.range(0, 40, 1, 1).select((F.col("id") % 2).cast("int").alias("key"), "id").sampleBy(F.col("key"), {0: 0.5}, seed=42)

# ---- sample_by/whole
spark.range(0, 6, 1, 1).select((F.col("id") % 2).alias("key"), "id").sampleBy("key", {0: 1.0, 1: 0.0}, seed=1)

# ---- sample_by/strings
spark.sql("SELECT * FROM VALUES ('a', 1), ('b', 2), ('a', 3) AS t(k, v)").sampleBy("k", {"a": 1.0}, 3)

# ---- sample_by/bad_fraction
spark.range(3).sampleBy("id", {1: 1.5})

# ---- sample_by/missing
spark.range(3).sampleBy("zz", {1: 0.5})

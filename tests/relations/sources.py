# ---- range/plain
spark.range(3)

# ---- range/step
spark.range(10, 0, -3)

# ---- range/zero_step
spark.range(0, 5, 0)

# ---- sql/parameters
spark.sql("SELECT :a + 1 AS x, ? AS y", args={"a": 1})

# ---- sql/named
spark.sql("SELECT :a + 1 AS x, :b AS y", args={"a": 1, "b": dt.date(2020, 1, 2)})

# ---- sql/frames
spark.sql("SELECT count(*) n FROM {t} WHERE id > {k}", t=spark.range(5), k=2)

# ---- local_relation/types
spark.createDataFrame([(True, 1, 2.5, "s", D("1.50"), dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5), b"\x01", [1, None], {"k": 1}, Row(x=1))],
                      "b boolean, i bigint, d double, s string, c decimal(5,2), dd date, ts timestamp_ntz, x binary, a array<int>, m map<string,int>, r struct<x:int>")

# ---- local_relation/inferred
spark.createDataFrame([{"a": 1, "b": None}, {"a": 2, "b": "x"}])

# ---- local_relation/nullability
spark.createDataFrame([(1, None)], T.StructType([T.StructField("a", T.LongType(), False), T.StructField("b", T.StringType())]))

# ---- local_relation/null_refused
spark.createDataFrame([(None,)], T.StructType([T.StructField("a", T.LongType(), False)]))

# ---- local_relation/pandas
spark.createDataFrame(pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [1.5, float("nan")]}))

# ---- local_relation/arrow
spark.createDataFrame(pa.table({"a": pa.array([1, 2], pa.int16()), "b": pa.array([[1], None], pa.list_(pa.int32()))}))

# ---- local_relation/empty
spark.createDataFrame([], "a int, b string")

# ---- cached_local_relation/large
spark.conf.set("spark.sql.session.localRelationCacheThreshold", 1024)
spark.createDataFrame([(i, "x" * 20) for i in range(500)], "i int, s string").agg(F.sum("i"), F.max("s"))

# ---- chunked_cached_local_relation/chunks
spark.conf.set("spark.sql.session.localRelationCacheThreshold", 1024)
spark.conf.set("spark.sql.session.localRelationChunkSizeRows", 100)
spark.createDataFrame([(i, "y" * 20) for i in range(500)], "i int, s string").agg(F.sum("i"), F.max("s"), F.count("*"))

# ---- cached_remote_relation/checkpoint
c = spark.range(5).withColumn("x", F.col("id") * 2).localCheckpoint()
c.filter("x > 3")

# ---- cached_remote_relation/lazy
spark.range(5).localCheckpoint(eager=False)

# ---- cached_remote_relation/storage_level
from pyspark import StorageLevel
spark.range(5).localCheckpoint(True, StorageLevel.MEMORY_ONLY)

# ---- cached_remote_relation/keeps_random_values
a = spark.range(5).select(F.rand().alias("r")).localCheckpoint()
[a.collect() == a.collect(), a.join(a.withColumnRenamed("r", "s"), F.col("r") == F.col("s")).count()]

# ---- unresolved_table_valued_function/range
spark.tvf.range(1, 4)

# ---- unresolved_table_valued_function/explode
spark.tvf.explode(F.array(F.lit(1), F.lit(2)))

# ---- unresolved_table_valued_function/explode_outer
spark.tvf.explode_outer(F.array())

# ---- unresolved_table_valued_function/posexplode
spark.tvf.posexplode(F.create_map(F.lit("a"), F.lit(1)))

# ---- unresolved_table_valued_function/inline
spark.tvf.inline(F.array(F.struct(F.lit(1), F.lit("a")), F.struct(F.lit(2), F.lit("b"))))

# ---- unresolved_table_valued_function/json_tuple
spark.tvf.json_tuple(F.lit('{"a": 1, "b": 2}'), F.lit("a"), F.lit("b"))

# ---- unresolved_table_valued_function/stack
spark.tvf.stack(F.lit(2), F.lit(1), F.lit(2), F.lit(3))

# ---- unresolved_table_valued_function/collations
spark.tvf.collations().filter("NAME IN ('UTF8_BINARY', 'UTF8_LCASE', 'UNICODE', 'UNICODE_CI')")

# ---- unresolved_table_valued_function/collations_count
spark.tvf.collations().count() > 100

# ---- unresolved_table_valued_function/sql_keywords
spark.tvf.sql_keywords()

# ---- unresolved_table_valued_function/variant_explode
spark.tvf.variant_explode(F.parse_json(F.lit('["a", "b"]'))).select("pos", F.to_json("value"))

# ---- unresolved_table_valued_function/unknown
spark.sql("SELECT * FROM no_such_function(1)")

# ---- read/named_table
spark.sql("CREATE OR REPLACE TEMP VIEW frames_v AS SELECT 1 AS a, 'x' AS b")
spark.table("frames_v")

# ---- read/missing_table
spark.read.table("frames_no_such_table")

# ---- read/unknown_format
spark.read.format("nosuchformat").load("/nowhere")

# ---- read/missing_path
spark.read.parquet("/frames/nowhere/at/all")

# ---- read/json_file
import tempfile
d = tempfile.mkdtemp()
open(d + "/a.json", "w").write('{"a": 1, "b": "x"}\n{"a": 2}\n')
spark.read.json(d)

# ---- read/csv_file
import tempfile
d = tempfile.mkdtemp()
open(d + "/a.csv", "w").write("n,s\n1,x\n2,\n")
spark.read.csv(d, header=True, inferSchema=True)

# ---- read/text_file
import tempfile
d = tempfile.mkdtemp()
open(d + "/a.txt", "w").write("one\ntwo\n")
spark.read.text(d)

# ---- zip_with_index/default
spark.range(5, 8).zipWithIndex()

# ---- zip_with_index/name
spark.createDataFrame([("a",), ("b",)], ["x"]).zipWithIndex("n")

# ---- catalog/current
[spark.catalog.currentDatabase(), spark.catalog.currentCatalog()]

# ---- read/input_file_name
import os, tempfile
d = tempfile.mkdtemp()
spark.range(4).repartition(2).write.mode("overwrite").parquet(d + "/p")
spark.range(2).coalesce(1).write.csv(d + "/c")
p, c = spark.read.parquet(d + "/p"), spark.read.csv(d + "/c")
name = F.input_file_name()
short = lambda df: sorted(r[0].replace(d, "D")[:16] for r in df.collect())
[short(p.select(name)), short(c.select(name)), p.select(name).distinct().count(), p.filter(name.contains("part-00000")).count() > 0, p.groupBy(name).count().count(), short(p.select("id").filter("id >= 0").select((F.col("id") + 1).alias("z")).select(name)), short(p.orderBy("id").select(name)), short(p.limit(2).select(name)), short(p.groupBy("id").count().select(name)), short(spark.range(1).select(name)), [list(r) for r in c.selectExpr("input_file_block_start()", "input_file_block_length() > 0").distinct().collect()]]

# ---- read/input_file_name_schema
spark.range(1).selectExpr("input_file_name()", "input_file_block_start()", "input_file_block_length()")

# ---- read/input_file_name_of_many
import tempfile
d = tempfile.mkdtemp()
spark.range(4).write.mode("overwrite").parquet(d)
a, b = spark.read.parquet(d), spark.read.parquet(d).withColumnRenamed("id", "k")
a.join(b, a.id == b.k).select(F.input_file_name()).collect()

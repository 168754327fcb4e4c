import tempfile
spark.sql("DROP DATABASE IF EXISTS frames_cmd CASCADE")
spark.sql("CREATE DATABASE frames_cmd")
spark.catalog.setCurrentDatabase("frames_cmd")
d = tempfile.mkdtemp() + "/out"
df = spark.sql("SELECT * FROM VALUES (1, 'a'), (2, 'b'), (3, NULL) AS t(n, s)")

# ---- write_operation/parquet
df.write.parquet(d)
spark.read.parquet(d).orderBy("n")

# ---- write_operation/partitioned
df.write.partitionBy("s").parquet(d)
[sorted(x for x in os.listdir(d) if "=" in x), [tuple(r) for r in spark.read.parquet(d).orderBy("n").collect()]]

# ---- write_operation/exists
df.write.json(d)
df.write.json(d)

# ---- write_operation/append
df.write.csv(d)
df.write.mode("append").csv(d)
spark.read.csv(d).count()

# ---- write_operation/ignore
df.write.csv(d)
df.write.mode("ignore").csv(d)
spark.read.csv(d).count()

# ---- write_operation/overwrite
df.write.json(d)
df.limit(1).write.mode("overwrite").json(d)
spark.read.json(d).count()

# ---- write_operation/save_as_table
df.write.saveAsTable("frames_s")
spark.table("frames_s").orderBy("n")

# ---- write_operation/insert_into
df.write.saveAsTable("frames_s")
df.write.insertInto("frames_s")
spark.table("frames_s").count()

# ---- write_operation/text_needs_one_column
df.write.text(d)

# ---- write_operation/unknown_format
df.write.format("nosuchformat").save(d)

# ---- write_operation_v2/create
df.writeTo("frames_v2").using("parquet").create()
spark.table("frames_v2").count()

# ---- create_dataframe_view/replace
df.createOrReplaceTempView("frames_cv")
spark.range(2).createOrReplaceTempView("frames_cv")
spark.table("frames_cv")

# ---- create_dataframe_view/exists
df.createOrReplaceTempView("frames_cv")
df.createTempView("frames_cv")

# ---- create_dataframe_view/global
df.createOrReplaceGlobalTempView("frames_cg")
n = spark.sql("SELECT count(*) c FROM global_temp.frames_cg").collect()[0].c
[n, spark.catalog.dropGlobalTempView("frames_cg")]

# ---- create_dataframe_view/bad_name
df.createTempView("a.b.c")

# ---- sql_command/set
spark.sql("SET spark.sql.frames.key=5").collect()
spark.sql("SET spark.sql.frames.key")

# ---- sql_command/arguments
spark.sql("SELECT :x AS x", args={"x": 3})

# ---- checkpoint_command/eager
df.localCheckpoint().filter("n > 1")

# ---- checkpoint_command/lazy
df.localCheckpoint(False).count()

# ---- remove_cached_remote_relation_command/released
c = df.localCheckpoint()
n = c.count()
del c
n

# ---- get_resources_command/none
sorted(spark._client.resources().keys()) if hasattr(spark._client, "resources") else []

# ---- execute_external_command/unknown
import pyspark.sql.connect.proto as pb
c = pb.Command()
c.execute_external_command.runner = "no.such.Runner"
c.execute_external_command.command = "x"
spark._client.execute_command(c)

# ---- merge_into_table_command/parquet_refused
df.write.format("parquet").saveAsTable("frames_m")
spark.range(1).withColumnRenamed("id", "n").mergeInto("frames_m", F.expr("true")).whenMatched().delete().merge()

# ---- write_operation/layouts
import tempfile
def outcome(f):
    try:
        f()
        return "done"
    except Exception as e:
        return [e.getCondition(), sorted(e.getMessageParameters().items())]
d = tempfile.mkdtemp() + "/"
w = lambda: spark.range(3).selectExpr("id", "id % 2 p", "'x' s").write.mode("overwrite").format("parquet")
spark.sql("CREATE TABLE frames_w (id LONG, p LONG, s STRING) USING parquet")
[outcome(f) for f in (
    lambda: w().clusterBy("s").save(d + "a"), lambda: w().clusterBy("none").save(d + "b"), lambda: w().clusterBy("s").partitionBy("p").save(d + "c"),
    lambda: w().clusterBy("s").bucketBy(2, "p").save(d + "d"), lambda: w().bucketBy(2, "p").save(d + "e"), lambda: w().sortBy("p").save(d + "f"),
    lambda: w().bucketBy(2, "p").sortBy("p").save(d + "g"), lambda: w().bucketBy(2, "p").insertInto("frames_w"), lambda: w().sortBy("p").insertInto("frames_w"),
    lambda: w().bucketBy(2, "p").sortBy("p").insertInto("frames_w"), lambda: w().partitionBy("p").insertInto("frames_w"), lambda: w().clusterBy("p").insertInto("frames_w"),
    lambda: w().sortBy("p").saveAsTable("frames_x"), lambda: w().partitionBy("p").bucketBy(2, "p").saveAsTable("frames_x"),
    lambda: w().partitionBy("p").bucketBy(2, "id").sortBy("p").saveAsTable("frames_x"), lambda: w().bucketBy(2, "none").saveAsTable("frames_x"),
    lambda: w().bucketBy(2, "p").sortBy("s").saveAsTable("frames_x"), lambda: w().mode("append").saveAsTable("frames_x"),
    lambda: w().bucketBy(3, "p").mode("append").saveAsTable("frames_x"), lambda: w().bucketBy(2, "p").sortBy("s").mode("append").saveAsTable("frames_x"))]

# ---- write_operation/overwrite_of_itself
spark.sql("CREATE TABLE frames_o (a INT, b STRING) USING parquet")
spark.sql("CREATE TABLE frames_op (a INT, p INT) USING csv PARTITIONED BY (p)")
def outcome(q):
    try:
        spark.sql(q).collect()
        return "done"
    except Exception as e:
        return [e.getCondition(), sorted(e.getMessageParameters().items())]
[outcome(q) for q in ("INSERT OVERWRITE frames_o SELECT * FROM frames_o", "INSERT OVERWRITE frames_op SELECT * FROM frames_op", "INSERT OVERWRITE frames_op PARTITION (p = 1) SELECT a FROM frames_op", "INSERT INTO frames_o SELECT * FROM frames_o", "INSERT OVERWRITE frames_op SELECT 1, 2")]

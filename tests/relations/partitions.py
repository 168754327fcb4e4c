# Where rows go: spark_partition_id() above repartitions, and what sampling takes.
d = spark.range(20)
pid = F.spark_partition_id().alias("pid")
mix = spark.sql("select id, case when id%5=0 then null else 's'||(id%7) end as s, id%3 as m, cast(id as double)/3 as d, date'2020-01-01'+cast(id as int) as dt, array(id, id+1) as a, named_struct('x', id, 'y', 'q') as st, cast(id as decimal(20,2)) as de from range(20)")

# ---- repartition/two
mix.repartition(5,"s","m").select("id",pid).orderBy("id")

# ---- repartition/expr
mix.repartition(5,F.col("m")+1).select("id",pid).orderBy("id")

# ---- repartition/filter
mix.repartition(5,"m").where("id>5").select((F.col("id")*2).alias("z")).where("z<30").select("z",pid).orderBy("z")

# ---- repartition/agg
mix.repartition(5,"s").groupBy(pid).count().orderBy("pid")

# ---- repartition/wherepid
mix.repartition(5,"s").where(F.spark_partition_id()==2).orderBy("id").select("id")

# ---- repartition/range_id
d.repartitionByRange(3,"id").select("id",pid).orderBy("id")

# ---- repartition/range_desc
d.repartitionByRange(3,F.desc("id")).select("id",pid).orderBy("id")

# ---- repartition/range_s
mix.repartitionByRange(4,"s").select("id","s",pid).orderBy("s","id")

# ---- repartition/range_m
mix.repartitionByRange(4,"m").select("id","m",pid).orderBy("m","id")

# ---- repartition/range_m_d
mix.repartitionByRange(4,"m",F.desc("d")).select("id","m",pid).orderBy("m","id")

# ---- repartition/range_many
spark.range(3).repartitionByRange(10,"id").select("id",pid).orderBy("id")

# ---- repartition/range_dup
spark.sql("select explode(array(1,1,1,1,1,1,1,1,2,3,4,5)) as x").repartitionByRange(4,"x").select("x",pid).orderBy("x")

# ---- repartition/range_dup2
spark.sql("select explode(array(1,2,3,3,3,3,3,3,3,3,4,5,6,6,7,8)) as x").repartitionByRange(5,"x").groupBy("x",pid).count().orderBy("x")

# ---- repartition/range_null_last
mix.repartitionByRange(4,F.col("s").asc_nulls_last()).select("id","s",pid).orderBy("s","id")

# ---- repartition/rr_1
d.repartition(1).select(pid).distinct()

# ---- repartition/coalesce1
spark.range(0,20,1,4).coalesce(1).select(pid).distinct()

# ---- repartition/coalesce3
spark.range(0,20,1,7).coalesce(3).select("id",pid).orderBy("id")

# ---- repartition/coalesce9
spark.range(0,20,1,7).coalesce(9).select("id",pid).orderBy("id")

# ---- repartition/noN
mix.repartition("s").select(pid).distinct()

# ---- repartition/byid
d.withColumn("p",(F.col("id")*3-10).cast("int")).repartitionById(4,"p").select("id","p",pid).orderBy("id")

# ---- repartition/byid_null
spark.sql("select id, if(id%2=0,null,cast(id as int)) p from range(6)").repartitionById(4,"p").select("id",pid).orderBy("id")

# ---- repartition/hint
spark.sql("select /*+ REPARTITION(5, id) */ id, spark_partition_id() p from range(10)").orderBy("id")

# ---- repartition/hint2
spark.sql("select id, spark_partition_id() p from (select /*+ REPARTITION(5, id) */ * from range(10))").orderBy("id")

# ---- repartition/hint3
spark.sql("select id, spark_partition_id() p from (select /*+ REPARTITION_BY_RANGE(5, id) */ * from range(10))").orderBy("id")

# ---- repartition/hint4
spark.sql("select id, spark_partition_id() p from (select /*+ COALESCE(1) */ * from range(10))").orderBy("id")

# ---- repartition/hint_df
d.hint("repartition",5,"id").select("id",pid).orderBy("id")

# ---- repartition/star
mix.select("id").repartition(3,"id").select("*",pid).orderBy("id")

# ---- repartition/withColumn
mix.select("id").repartition(3,"id").withColumn("p",F.spark_partition_id()).withColumn("q",F.col("p")+1).orderBy("id")

# ---- repartition/sample1
spark.range(0,10,1,1).sample(True,0.5,3)

# ---- repartition/sample2
spark.range(0,30,1,1).sample(True,1.7,42)

# ---- repartition/sample3
spark.range(0,30,1,3).sample(True,0.7,7)

# ---- repartition/sample3b
spark.range(0,30,1,3).sample(False,0.4,7)

# ---- repartition/pidtop
spark.range(0,6,1,3).select("id",pid)

# ---- repartition/dup
d.repartition(3,"id").select("id",pid,F.spark_partition_id()).orderBy("id").limit(3)

# ---- repartition/join
d.repartition(3,"id").select("id",pid).join(d.repartition(5,"id").select("id",pid.alias("q")),"id").orderBy("id").limit(5)

# ---- repartition/union
spark.range(3).repartition(3,"id").select("id",pid).union(spark.range(3).repartition(5,"id").select("id",pid))

# ---- repartition/hash_s
mix.repartition(5, "s").select("id", pid).orderBy("id")

# ---- repartition/hash_m
mix.repartition(5, "m").select("id", pid).orderBy("id")

# ---- repartition/hash_d
mix.repartition(5, "d").select("id", pid).orderBy("id")

# ---- repartition/hash_dt
mix.repartition(5, "dt").select("id", pid).orderBy("id")

# ---- repartition/hash_a
mix.repartition(5, "a").select("id", pid).orderBy("id")

# ---- repartition/hash_st
mix.repartition(5, "st").select("id", pid).orderBy("id")

# ---- repartition/hash_de
mix.repartition(5, "de").select("id", pid).orderBy("id")

# ---- repartition/hash_id
mix.repartition(5, "id").select("id", pid).orderBy("id")

# ---- repartition/byid_long
d.repartitionById(4, "id")

# ---- repartition/same
[d.repartition(3, "id").sameSemantics(d.repartition(3, "id")), d.repartition(3, "id").sameSemantics(d.repartition(4, "id"))]

# ---- sample/large
d.sample(True, 90.0, 7).count() > 1500

# ---- numbered/filters
rows = spark.range(0, 6, 1, 1).withColumn("n", F.monotonically_increasing_id())
[x.orderBy("id").collect() for x in (
    rows.filter("id >= 3"), rows.select("id", "n").where(F.col("id").isin([3, 4])), rows.join(spark.range(3, 5).withColumnRenamed("id", "k"), F.col("id") == F.col("k")).select("id", "n"),
    rows.groupBy("id").agg(F.max("n")).filter("id > 3"), rows.union(rows).filter("id = 4"), rows.select("id", "n", F.explode(F.array(F.lit(1), F.lit(2))).alias("e")).filter("id = 4"),
    rows.na.drop().filter("id > 3"), rows.unpivot(["id"], ["n"], "v", "w").filter("id > 3"), rows.withColumn("m", F.row_number().over(W.orderBy("id"))).filter("id > 3"),
    spark.range(0, 6, 1, 1).withColumn("u", F.rand(5)).where("id % 2 = 1").withColumn("n", F.monotonically_increasing_id()).where("id > 2"))]

# ---- numbered/offset
spark.range(0, 6, 1, 1).withColumn("n", F.monotonically_increasing_id()).offset(2).limit(2)

# ---- numbered/rand
spark.range(0, 6, 1, 1).withColumn("n", F.rand(3)).filter("id >= 3").agg(F.min("n"))

# ---- numbered/sql
spark.sql("select id, n, r from (select id, monotonically_increasing_id() n, rand(7) r from range(0, 6, 1, 1)) where id > 2 and n < 5")

# ---- numbered/cte
spark.sql("with c as (select id, monotonically_increasing_id() n from range(0, 6, 1, 1)) select a.n, b.n from c a join c b on a.id = b.id where a.id > 4")

"""Every expression is an outcome: files and their options, and pandas on Spark."""


# ---- io/csv_options
with open(tmp + "/a.csv", "w") as f: f.write("id;name;when;amt\n1;\"a;b\";01/02/2024;1,5\n2;NULL;;2\n#c\n3;x\n4;y;03/04/2024;z;extra\n")
r = spark.read.option("sep", ";").option("header", "true")
r.csv(tmp + "/a.csv")
r.option("inferSchema", True).csv(tmp + "/a.csv").printSchema()
r.option("nullValue", "NULL").option("comment", "#").csv(tmp + "/a.csv")
r.schema("id int, name string, when date, amt double").option("dateFormat", "dd/MM/yyyy").csv(tmp + "/a.csv")
r.schema("id int, name string, when date, amt double, _corrupt_record string").option("dateFormat", "dd/MM/yyyy").csv(tmp + "/a.csv")
r.schema("id int, name string").option("mode", "DROPMALFORMED").csv(tmp + "/a.csv")
r.schema("id int, name string, when string, amt double").option("mode", "FAILFAST").csv(tmp + "/a.csv").collect()
r.option("mode", "weird").csv(tmp + "/a.csv").count()
r.option("enforceSchema", False).schema("a int, name string, when string, amt string").csv(tmp + "/a.csv").collect()
r.schema("amt string, id string").csv(tmp + "/a.csv")
r.option("columnNameOfCorruptRecord", "bad").schema("id int, bad string").csv(tmp + "/a.csv")
spark.read.csv(tmp + "/a.csv", sep=";", header=True, maxColumns=2).collect()
spark.read.option("sep", "").csv(tmp + "/a.csv")
spark.read.option("sep", ";;").csv(tmp + "/a.csv").count()
spark.read.option("quote", "''").csv(tmp + "/a.csv").count()
spark.read.option("header", "maybe").csv(tmp + "/a.csv")
spark.read.option("charset", "nosuch").csv(tmp + "/a.csv").count()
spark.read.schema("id int").format("csv").load(tmp + "/a.csv").columns
d = spark.createDataFrame([(1, None, "a,b\"c", dt.date(2024, 1, 2), 1.5), (2, "", " x ", None, None)], "i int, n string, s string, d date, f double")
d.write.option("header", True).csv(tmp + "/o")
spark.read.option("header", True).option("inferSchema", True).csv(tmp + "/o").orderBy("i")
d.coalesce(1).write.mode("overwrite").option("quoteAll", True).option("nullValue", "-").option("emptyValue", "E").option("dateFormat", "yyyyMMdd").option("sep", "|").csv(tmp + "/o")
d.write.mode("append").csv(tmp + "/o"), len(os.listdir(tmp + "/o")) > 1
d.write.option("compression", "nosuch").csv(tmp + "/o2")
d.write.csv(tmp + "/o3", compression="gzip"), spark.read.csv(tmp + "/o3").count()

# ---- io/json_options
with open(tmp + "/a.json", "w") as f: f.write('{"a": 1, "b": {"c": [1, 2.5]}, "t": "2024-01-02T03:04:05Z"}\n{"a": "x", "d": null}\nbroken\n{"a": 2, "b": {"e": true}}\n')
j = spark.read.json(tmp + "/a.json")
j.printSchema()
j
j.where("_corrupt_record is not null").collect()
spark.read.schema("a int, b struct<c: array<double>>").json(tmp + "/a.json")
spark.read.schema("a int").option("mode", "FAILFAST").json(tmp + "/a.json").collect()
spark.read.option("mode", "DROPMALFORMED").json(tmp + "/a.json").count()
spark.read.option("primitivesAsString", True).json(tmp + "/a.json").schema.simpleString()
spark.read.option("prefersDecimal", True).json(tmp + "/a.json").schema.simpleString()
spark.read.option("dropFieldIfAllNull", True).json(tmp + "/a.json").columns
spark.read.option("multiLine", True).json(tmp + "/a.json").collect()
spark.read.option("inferTimestamp", True).json(tmp + "/a.json").schema["t"].dataType
with open(tmp + "/m.json", "w") as f: f.write('[{"a": 1},\n {"a": 2, "b": "x"}]')
spark.read.option("multiLine", True).json(tmp + "/m.json")
spark.read.option("multiLine", True).json(tmp + "/m.json").select(F.input_file_name().endswith("m.json").alias("f"), "_metadata.file_name", "a")
d = spark.createDataFrame([(1, None, {"k": [1]}, Row(x=dt.datetime(2024, 1, 1), y=None), D("1.50"))], "a int, b string, m map<string,array<int>>, s struct<x:timestamp,y:int>, d decimal(5,2)")
d.write.json(tmp + "/o"), [open(tmp + "/o/" + p).read() for p in os.listdir(tmp + "/o") if p.endswith(".json")]
d.write.mode("overwrite").option("ignoreNullFields", False).option("timestampFormat", "yyyy").json(tmp + "/o"), [open(tmp + "/o/" + p).read() for p in os.listdir(tmp + "/o") if p.endswith(".json")]
spark.read.json(tmp + "/o").schema.simpleString()
spark.read.text(tmp + "/m.json")
spark.read.text(tmp + "/m.json", wholetext=True).count(), spark.read.text(tmp + "/m.json", lineSep=",").count()
spark.read.format("binaryFile").load(tmp + "/m.json").select("length", F.length("content"))
spark.read.format("text").load(tmp).where("value like '%broken%'").count()
spark.read.option("pathGlobFilter", "*.json").json(tmp).count()
spark.read.option("recursiveFileLookup", True).text(tmp).count() > 5
spark.read.json([tmp + "/a.json", tmp + "/m.json"]).count()
spark.read.json(tmp + "/{a,m}.json").count(), spark.read.json(tmp + "/*.json").count(), spark.read.json(tmp + "/?.json").count()
spark.read.json(tmp + "/z*.json")
spark.sql("SELECT * FROM json.`" + tmp + "/m.json`").columns
spark.sql("SELECT * FROM text.`" + tmp + "/m.json`").count()

# ---- io/parquet_parts
d = spark.createDataFrame([(1, "a", 2024, dt.date(2024, 1, 1)), (2, "b", 2025, dt.date(2024, 1, 2)), (3, None, 2025, None)], "id int, s string, y int, d date")
d.write.partitionBy("y", "d").parquet(tmp + "/p")
p = spark.read.parquet(tmp + "/p")
p.printSchema()
p.orderBy("id")
p.where("y = 2025 and d is null")
spark.read.parquet(tmp + "/p/y=2025").columns
spark.read.option("basePath", tmp + "/p").parquet(tmp + "/p/y=2025").columns
spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", False), spark.read.parquet(tmp + "/p").dtypes
spark.conf.unset("spark.sql.sources.partitionColumnTypeInference.enabled")
spark.read.schema("id long, y string, d string, s string").parquet(tmp + "/p").columns
spark.range(2).withColumn("z", F.lit(1)).write.mode("append").parquet(tmp + "/p2"), spark.range(2).withColumn("q", F.lit("x")).write.mode("append").parquet(tmp + "/p2")
sorted(spark.read.option("mergeSchema", True).parquet(tmp + "/p2").columns)
spark.read.option("mergeSchema", True).parquet(tmp + "/p2").count()
d.write.partitionBy("y").bucketBy(2, "id").parquet(tmp + "/p4")
d.write.option("compression", "brotlii").parquet(tmp + "/p5")
d.select("id").write.partitionBy("id").parquet(tmp + "/p6")
d.write.partitionBy("y", "y").parquet(tmp + "/p6")
d.withColumn("m", F.create_map("s", "id")).write.partitionBy("m").parquet(tmp + "/p7")
d.withColumn("v", F.lit(None)).write.parquet(tmp + "/p8"), spark.read.parquet(tmp + "/p8").schema["v"].dataType
d.withColumn("iv", F.expr("interval 1 day")).write.parquet(tmp + "/p9"), spark.read.parquet(tmp + "/p9").dtypes
d.withColumn("iv", F.expr("interval 1 day")).write.csv(tmp + "/p10")
d.withColumn("b", F.lit(b"x")).write.csv(tmp + "/p11")
p.select("_metadata.nosuch")

# ---- pandas_api/basics
import pyspark.pandas as ps
ps.set_option("compute.ops_on_diff_frames", True)
p = ps.DataFrame({"a": [1, 2, 3, None], "b": ["x", "y", "x", None], "c": [1.5, 2.5, None, 4.0]})
p.to_pandas()
p.dtypes.astype(str).to_dict(), p.shape, list(p.columns), len(p), p.size, p.empty
p.head(2).to_pandas(), p.tail(1).to_pandas()
p.describe().to_pandas()
p.groupby("b").sum().sort_index().to_pandas()
p.groupby("b").agg({"a": "max", "c": ["min", "mean"]}).sort_index().to_pandas()
p["a"].mean(), p.a.sum(), p.c.max(), p.b.nunique(), p.b.value_counts().sort_index().to_pandas()
p.isnull().sum().to_pandas(), p.fillna({"a": 0, "b": "?"}).to_pandas(), p.dropna().to_pandas()
p.sort_values("c", ascending=False).to_pandas(), p.sort_index(ascending=False).to_pandas()
p[p.a > 1].to_pandas(), p.loc[1:2, ["a", "b"]].to_pandas(), p.iloc[0:2, 0:1].to_pandas()
p.assign(d=p.a * 2, e=p.b + "!").to_pandas()
p.merge(ps.DataFrame({"b": ["x", "y"], "z": [10, 20]}), on="b", how="left").sort_values("c").to_pandas()
p.drop(columns=["a"]).rename(columns={"b": "B"}).to_pandas(), p.set_index("b").to_pandas(), p.reset_index().to_pandas()
p.pivot_table(values="c", index="b", aggfunc="mean").sort_index().to_pandas()
p.a.cumsum().to_pandas(), p.a.shift(1).to_pandas(), p.a.diff().to_pandas(), p.a.rank().to_pandas(), p.c.rolling(2).sum().to_pandas(), p.c.expanding(1).mean().to_pandas()
p.corr(numeric_only=True).round(6).to_pandas(), p.quantile(0.5, numeric_only=True).to_pandas(), p.a.median(), p.c.std(), p.nlargest(2, "c").to_pandas()
p.to_spark().columns, p.to_spark(index_col="i").columns, p.spark.schema().simpleString(), spark.range(3).pandas_api().sum().to_dict(), p.melt(id_vars=["b"], value_vars=["a"]).to_pandas()
ps.sql("SELECT count(*) AS n FROM {p}", p=p).to_pandas()
p["nosuch"]
p.groupby("nosuch").sum()
p.a + "x"
p.to_csv(tmp + "/pc", num_files=1), ps.read_csv(tmp + "/pc").shape, p.to_parquet(tmp + "/pp"), ps.read_parquet(tmp + "/pp").shape, p.to_json(tmp + "/pj"), ps.read_json(tmp + "/pj").shape
ps.Series([1, 2, 3]).plot if False else ps.Series([1, 2], index=["x", "y"])["x"], ps.Index([3, 1]).sort_values().to_list(), ps.MultiIndex.from_tuples([(1, "a")]).to_list()

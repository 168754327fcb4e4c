"""The unmodified PySpark client against the server: what a user of DataFrames sees.  Every expectation is what real Spark 4.3 answers."""
import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import printed
from pyspark.errors import PySparkException
from pyspark.sql import Row, Window
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, IntegerType, LongType, StringType, StructField, StructType

PEOPLE = [("Ann", "hr", 30, 10.5), ("Bob", "it", 25, 20.0), ("Cid", "it", 41, None), ("Dee", None, 33, 7.25), ("Eve", "hr", None, 1.0)]


@pytest.fixture(scope="module")
def people(spark):
    return spark.createDataFrame(PEOPLE, "name string, dept string, age int, pay double")


@pytest.fixture(scope="module")
def depts(spark):
    return spark.createDataFrame([("hr", "People"), ("it", "Tech"), ("xx", "None")], ["dept", "title"])


def tuples(df):
    return [tuple(r) for r in df.collect()]


def refused(action):
    """(exception class, condition, SQLSTATE, parameters) of what action raises."""
    with pytest.raises(PySparkException) as caught:
        action()
    e = caught.value
    return type(e).__name__, e.getCondition(), e.getSqlState(), e.getMessageParameters()


# ---- SQL

def test_version(spark):
    assert spark.version == "4.3.0"


def test_arguments(spark, people):
    assert spark.sql("SELECT :a + 1 AS x, :b AS y", args={"a": 41, "b": "q"}).collect() == [Row(x=42, y="q")]
    assert spark.sql("SELECT ? * 2 AS x, ? AS y", args=[21, dt.date(2020, 2, 29)]).collect() == [Row(x=42, y=dt.date(2020, 2, 29))]
    assert spark.sql("SELECT count(*) AS n FROM {t} WHERE age > :k", args={"k": 26}, t=people).collect() == [Row(n=3)]


def test_text_with_nul(spark):
    assert spark.sql("SELECT 'a\0b' AS x, length('a\0b') AS n").collect() == [Row(x="a\0b", n=3)]
    assert spark.range(1).select(F.expr("concat('a\0', 'b')").alias("y")).collect() == [Row(y="a\0b")]


def test_values_of_all_types(spark):
    row = spark.sql("""SELECT array(1, null) a, map('k', 1.5BD) m, named_struct('x', 1, 'y', array('z')) s, DATE'2020-01-02' d,
        TIMESTAMP_NTZ'2020-01-02 03:04:05.678' t, X'0aff' b, INTERVAL '1 02' DAY TO HOUR i, CAST(1.10 AS DECIMAL(5,2)) c, null n, 1Y y, 2S sh,
        float(1.5) f""").collect()[0]
    assert row == Row(a=[1, None], m={"k": Decimal("1.5")}, s=Row(x=1, y=["z"]), d=dt.date(2020, 1, 2),
                      t=dt.datetime(2020, 1, 2, 3, 4, 5, 678000), b=b"\n\xff", i=dt.timedelta(days=1, hours=2), c=Decimal("1.10"), n=None, y=1,
                      sh=2, f=1.5)


def test_types_by_name(spark):
    df = spark.sql("""SELECT 1Y a, 2S b, 3 c, 4L d, 1.5 e, 'x' f, array(1) g, map(1, 'x') h, struct(1 as q) i, INTERVAL 1 DAY j, INTERVAL 1 YEAR k,
        TIMESTAMP_NTZ'2020-01-01' l, null m""")
    assert [t for _, t in df.dtypes] == ["tinyint", "smallint", "int", "bigint", "decimal(2,1)", "string", "array<int>", "map<int,string>",
                                         "struct<q:int>", "interval day", "interval year", "timestamp_ntz", "void"]


# ---- queries

def test_select_and_filter(people):
    df = people.select("name", (F.col("age") + 1).alias("next"), F.upper("dept"))
    assert df.schema.simpleString() == "struct<name:string,next:int,upper(dept):string>"
    assert tuples(df.orderBy("name")) == [("Ann", 31, "HR"), ("Bob", 26, "IT"), ("Cid", 42, "IT"), ("Dee", 34, None), ("Eve", None, "HR")]
    assert tuples(people.filter((F.col("age") > 26) & F.col("dept").isNotNull())) == [PEOPLE[0], PEOPLE[2]]
    assert [people.filter(c).count() for c in (people.name.isin("Ann", "Bob"), people.name.like("%e"), people.age.between(30, 35))] == [2, 2, 2]
    assert people[people.age > 40].count() == 1
    assert people.select(people.colRegex("`a.*`")).columns == ["age"]


def test_aggregate(people):
    df = people.groupBy("dept").agg(F.count("*").alias("n"), F.sum("pay").alias("s"), F.avg("age"), F.max("name"))
    assert df.columns == ["dept", "n", "s", "avg(age)", "max(name)"]
    assert tuples(df.orderBy(F.col("dept").asc_nulls_last())) == [("hr", 2, 11.5, 30.0, "Eve"), ("it", 2, 20.0, 33.0, "Cid"), (None, 1, 7.25, 33.0, "Dee")]
    assert people.groupBy("dept").max("age").columns == ["dept", "max(age)"]
    assert people.groupBy().pivot("dept", ["hr", "it"]).agg(F.sum("pay")).collect() == [Row(hr=11.5, it=20.0)]
    assert tuples(people.rollup("dept").count().orderBy("count", "dept")) == [(None, 1), ("hr", 2), ("it", 2), (None, 5)]


@pytest.mark.parametrize("how, names", [("inner", ["Ann", "Bob", "Cid", "Eve"]), ("left", ["Ann", "Bob", "Cid", "Dee", "Eve"]),
                                        ("right", [None, "Ann", "Bob", "Cid", "Eve"]), ("full", [None, "Ann", "Bob", "Cid", "Dee", "Eve"]),
                                        ("left_semi", ["Ann", "Bob", "Cid", "Eve"]), ("left_anti", ["Dee"])])
def test_join_using(people, depts, how, names):
    assert [r.name for r in people.join(depts, "dept", how).orderBy("name").collect()] == names


def test_join_on(people, depts):
    df = people.join(depts, people.dept == depts.dept)
    assert tuples(df.select(people.name, depts.title, depts.dept).orderBy("name")) == [
        ("Ann", "People", "hr"), ("Bob", "Tech", "it"), ("Cid", "Tech", "it"), ("Eve", "People", "hr")]
    assert people.crossJoin(depts).count() == 15
    assert refused(lambda: df.select("dept").collect()) == (
        "AnalysisException", "AMBIGUOUS_REFERENCE", "42704", {"name": "`dept`", "referenceNames": "[`dept`, `dept`]"})


def test_join_with_a_derived_frame(spark):
    """A DataFrame joined with one made from it: the condition tells them apart, the result only where one plan is meant."""
    df = spark.createDataFrame([(1, "a"), (2, "b")], "k int, v string")
    for derived in (df.select("k", F.lit(1).alias("x")), df.groupBy("k").agg(F.lit(1).alias("x")), df.select("k", F.lit(1).alias("x")).filter("k > 0")):
        joined = df.join(derived, df.k == derived.k)
        assert sorted(tuples(joined)) == [(1, "a", 1, 1), (2, "b", 2, 1)]
        assert sorted(tuples(derived.join(df, derived.k == df.k))) == [(1, 1, 1, "a"), (2, 1, 2, "b")]
        assert sorted(tuples(joined.select(derived.k))) == [(1,), (2,)]
        assert refused(lambda: joined.select(df.k).collect())[:2] == ("AnalysisException", "AMBIGUOUS_COLUMN_REFERENCE")
        assert tuples(df.join(derived, "k").filter(df.k > 1)) == [(2, "b", 1)]
    assert refused(lambda: df.join(df, df.k == df.k).collect())[1] == "AMBIGUOUS_COLUMN_REFERENCE"
    some = df.filter("k > 0")
    assert df.join(some, df.k == some.k).drop(some.k).columns == ["k", "v", "v"]
    assert tuples(df.alias("l").join(df.alias("r"), F.col("l.k") == F.col("r.k")).select("l.k", "r.v").orderBy("k")) == [(1, "a"), (2, "b")]


def test_columns(people):
    df = people.withColumn("age", F.col("age") * 2).withColumn("k", F.lit(1)).withColumnRenamed("pay", "wage")
    assert df.orderBy("name").limit(2).collect() == [Row(name="Ann", dept="hr", age=60, wage=10.5, k=1), Row(name="Bob", dept="it", age=50, wage=20.0, k=1)]
    assert people.drop("pay", "dept").columns == ["name", "age"]
    assert people.to(StructType([StructField("age", LongType()), StructField("name", StringType())])).limit(1).collect() == [Row(age=30, name="Ann")]
    case = F.when(F.col("age") > 30, "old").when(F.col("age").isNull(), "?").otherwise("young").alias("c")
    assert [r.c for r in people.select(case).orderBy("c").collect()] == ["?", "old", "old", "young", "young"]
    assert tuples(people.transform(lambda d: d.selectExpr("age * 2 AS a2", "name")).filter("a2 > 60")) == [(82, "Cid"), (66, "Dee")]


def test_order_and_slices(people):
    assert [r.name for r in people.orderBy(F.desc("age"), "name").collect()] == ["Cid", "Dee", "Ann", "Bob", "Eve"]
    byname = people.orderBy("name")
    assert tuples(byname.offset(1).limit(2)) == [PEOPLE[1], PEOPLE[2]]
    assert [tuple(r) for r in byname.tail(2)] == [PEOPLE[3], PEOPLE[4]]
    assert tuple(byname.head()) == PEOPLE[0] and [tuple(r) for r in byname.take(1)] == [PEOPLE[0]]
    assert (people.limit(2).count(), people.offset(3).count(), people.isEmpty(), people.limit(0).isEmpty()) == (2, 2, False, True)


def test_window_functions(people):
    w = Window.partitionBy("dept").orderBy("name")
    df = people.select("name", F.row_number().over(w), F.lag("name").over(w), F.sum("pay").over(w.rowsBetween(Window.unboundedPreceding, 0)))
    assert tuples(df.orderBy("name")) == [("Ann", 1, None, 10.5), ("Bob", 1, None, 20.0), ("Cid", 2, "Bob", 20.0), ("Dee", 1, None, 7.25),
                                          ("Eve", 2, "Ann", 11.5)]


def test_set_operations(people, depts):
    assert depts.union(depts).count() == 6
    more = depts.unionByName(depts.select(F.lit(1).alias("extra"), "title", "dept"), allowMissingColumns=True)
    assert tuples(more.orderBy("dept", "extra"))[:2] == [("hr", "People", None), ("hr", "People", 1)]
    assert sorted(tuples(depts.intersect(depts.limit(5)))) == [("hr", "People"), ("it", "Tech"), ("xx", "None")]
    assert tuples(depts.subtract(depts.filter("dept = 'hr'")).orderBy("dept")) == [("it", "Tech"), ("xx", "None")]
    assert tuples(people.select("dept").distinct().orderBy("dept")) == [(None,), ("hr",), ("it",)]
    assert people.dropDuplicates(["dept"]).count() == 3


def test_missing_values(people):
    assert tuples(people.fillna({"dept": "??", "age": 0}).orderBy("name"))[3:] == [("Dee", "??", 33, 7.25), ("Eve", "hr", 0, 1.0)]
    assert tuples(people.fillna(-1).orderBy("name"))[2:] == [("Cid", "it", 41, -1.0), ("Dee", None, 33, 7.25), ("Eve", "hr", -1, 1.0)]
    assert [d.count() for d in (people.dropna(), people.dropna(how="all"), people.dropna(thresh=3), people.dropna(subset=["age"]))] == [2, 5, 5, 4]
    assert [r.dept for r in people.replace({"hr": "HR", "it": "IT"}, subset="dept").orderBy("name").collect()] == ["HR", "IT", "IT", None, "HR"]


def test_statistics(spark, people):
    assert tuples(people.describe("age", "pay")) == [("count", "4", "4"), ("mean", "32.25", "9.6875"), ("stddev", "6.701989754294367", "7.925105151773487"),
                                                     ("min", "25", "1.0"), ("max", "41", "20.0")]
    assert tuples(people.summary("count", "min", "50%", "max")) == [("count", "5", "4", "4", "4"), ("min", "Ann", "hr", "25", "1.0"),
                                                                   ("50%", None, None, "30", "7.25"), ("max", "Eve", "it", "41", "20.0")]
    n = spark.range(1000)
    assert (n.sample(0.0).count(), n.sample(1.0, seed=1).count()) == (0, 1000) and 300 < n.sample(0.5, 3).count() < 700


def test_nested(spark, people):
    df = spark.createDataFrame([(1, [1, 2]), (2, [])], "a int, b array<int>")
    assert tuples(df.select("a", F.explode_outer("b"))) == [(1, 1), (1, 2), (2, None)]
    both = F.array(F.lit(1), F.lit(2))
    assert spark.range(1).select(F.transform(both, lambda x: x + 1).alias("a"), F.aggregate(both, F.lit(0), lambda a, x: a + x).alias("s")).collect() == [
        Row(a=[2, 3], s=3)]
    assert tuples(people.limit(1).unpivot("name", ["age", "pay"], "k", "v")) == [("Ann", "age", 30.0), ("Ann", "pay", 10.5)]
    assert sorted(tuples(people.select("name").where(people.age > people.select(F.avg("age")).scalar()))) == [("Cid",), ("Dee",)]


# ---- what is shown

def test_show(spark, people):
    byname = people.orderBy("name")
    assert printed(byname.show) == (
        "+----+----+----+----+\n|name|dept| age| pay|\n+----+----+----+----+\n| Ann|  hr|  30|10.5|\n| Bob|  it|  25|20.0|\n| Cid|  it|  41|NULL|\n"
        "| Dee|NULL|  33|7.25|\n| Eve|  hr|NULL| 1.0|\n+----+----+----+----+\n\n")
    assert printed(byname.show, 1, vertical=True) == "-RECORD 0----\n name | Ann  \n dept | hr   \n age  | 30   \n pay  | 10.5 \nonly showing top 1 row\n"
    assert printed(byname.show, 2, 3) == ("+----+----+---+---+\n|name|dept|age|pay|\n+----+----+---+---+\n| Ann|  hr| 30|10.|\n| Bob|  it| 25|20.|\n"
                                          "+----+----+---+---+\nonly showing top 2 rows\n")
    values = spark.sql("SELECT array(1, 2) a, map('k', 1.5) m, named_struct('x', 1, 'y', 'z') s, X'0aff' b, INTERVAL '1' DAY i, CAST(1.10 AS DECIMAL(5,2)) c")
    assert printed(values.show, truncate=False) == (
        "+------+----------+------+-------+----------------+----+\n|a     |m         |s     |b      |i               |c   |\n"
        "+------+----------+------+-------+----------------+----+\n|[1, 2]|{k -> 1.5}|{1, z}|[0A FF]|INTERVAL '1' DAY|1.10|\n"
        "+------+----------+------+-------+----------------+----+\n\n")


def test_schema(spark, people):
    assert people.schema == StructType([StructField("name", StringType()), StructField("dept", StringType()), StructField("age", IntegerType()),
                                        StructField("pay", DoubleType())])
    assert repr(people) == "DataFrame[name: string, dept: string, age: int, pay: double]"
    assert spark.range(3).schema == StructType([StructField("id", LongType(), False)])
    assert printed(spark.createDataFrame([Row(a=1, b=[Row(x=1)], c={"k": 1.5})]).printSchema) == (
        "root\n |-- a: long (nullable = true)\n |-- b: array (nullable = true)\n |    |-- element: struct (containsNull = true)\n"
        " |    |    |-- x: long (nullable = true)\n |-- c: map (nullable = true)\n |    |-- key: string\n"
        " |    |-- value: double (valueContainsNull = true)\n\n")


def test_explain(people):
    assert printed(people.explain).startswith("== Physical Plan ==\n")
    assert [line for line in printed(people.explain, True).split("\n") if line.startswith("==")] == [
        "== Parsed Logical Plan ==", "== Analyzed Logical Plan ==", "== Optimized Logical Plan ==", "== Physical Plan =="]
    assert people.select("name").sameSemantics(people.select("name")) and not people.select("name").sameSemantics(people.select("age"))


# ---- local data, there and back

def test_to_pandas_and_arrow(spark, people):
    byname = people.orderBy("name")
    frame = byname.toPandas()
    assert frame.name.tolist() == ["Ann", "Bob", "Cid", "Dee", "Eve"] and frame.age.tolist()[:4] == [30.0, 25.0, 41.0, 33.0] and frame.age.isna()[4]
    kinds = spark.sql("SELECT 1 i, 2L l, 1.5D d, 'x' s, true b, DATE'2020-01-01' dt, 1.5BD de").toPandas().dtypes
    assert [str(k) for k in kinds] == ["int32", "int64", "float64", "object", "bool", "object", "object"]
    table = byname.toArrow()
    assert table.schema.to_string() == "name: string\ndept: string\nage: int32\npay: double"
    assert table.to_pylist()[0] == {"name": "Ann", "dept": "hr", "age": 30, "pay": 10.5}


def test_create_data_frame(spark):
    make = spark.createDataFrame
    assert make([{"a": 1, "b": "x"}, {"a": None, "b": "y"}]).collect() == [Row(a=1, b="x"), Row(a=None, b="y")]
    rows = make([Row(a=1, b=[1, 2], c={"k": Decimal("1.5")}), Row(a=2, b=[], c=None)])
    assert rows.schema.simpleString() == "struct<a:bigint,b:array<bigint>,c:map<string,decimal(38,18)>>"
    assert rows.collect() == [Row(a=1, b=[1, 2], c={"k": Decimal("1.5")}), Row(a=2, b=[], c=None)]
    assert make([], "a int, b string").collect() == [] and make([], "a int").schema.simpleString() == "struct<a:int>"
    assert make(pd.DataFrame({"i": [1, 2], "s": ["a", None], "f": [0.5, 1.5]})).collect() == [Row(i=1, s="a", f=0.5), Row(i=2, s=None, f=1.5)]
    arrow = pa.table({"i": pa.array([1, None], pa.int32()), "l": [["a"], []], "d": [dt.date(2020, 1, 1), None]})
    assert make(arrow).collect() == [Row(i=1, l=["a"], d=dt.date(2020, 1, 1)), Row(i=None, l=[], d=None)]


def test_big_local_relations(spark):
    """More than a message: uploaded as artifacts, referred to by hash."""
    n = 200_000
    df = spark.createDataFrame(pd.DataFrame({"i": range(n), "s": [f"row number {i}" for i in range(n)]}))
    assert tuples(df.agg(F.sum("i"), F.max("s"), F.count("*"))) == [(19999900000, "row number 99999", n)]
    odd = df.filter("i % 2 = 1").orderBy("i").toPandas()
    assert (len(odd), odd.i.sum(), odd.s.iloc[-1]) == (100_000, 10_000_000_000, "row number 199999")
    rows = spark.createDataFrame([(i, "x" * 100) for i in range(30_000)], "a int, b string")
    assert tuples(rows.agg(F.sum("a"), F.sum(F.length("b")))) == [(449985000, 3000000)]


# ---- catalog and session

def test_views(new_session):
    spark = new_session()
    df = spark.createDataFrame(PEOPLE, "name string, dept string, age int, pay double")
    df.createOrReplaceTempView("people")
    assert tuples(spark.sql("SELECT name FROM people WHERE age > 30 ORDER BY 1")) == [("Cid",), ("Dee",)]
    assert spark.table("people").count() == 5
    assert refused(lambda: df.createTempView("people")) == ("AnalysisException", "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", {"relationName": "`people`"})
    c = spark.catalog
    assert (c.tableExists("people"), c.tableExists("nope"), c.currentDatabase(), c.currentCatalog()) == (True, False, "default", "spark_catalog")
    (view,) = [t for t in c.listTables() if t.name == "people"]
    assert (view.catalog, view.namespace, view.tableType, view.isTemporary) == (None, [], "TEMPORARY", True)
    assert [(x.name, x.dataType, x.nullable) for x in c.listColumns("people")] == [
        ("name", "string", True), ("dept", "string", True), ("age", "int", True), ("pay", "double", True)]
    assert "default" in [d.name for d in c.listDatabases()] and c.functionExists("upper") and not c.functionExists("nope")
    assert new_session().catalog.tableExists("people") is False
    assert c.dropTempView("people") and not c.dropTempView("people")
    assert refused(lambda: spark.table("people").collect())[:3] == ("AnalysisException", "TABLE_OR_VIEW_NOT_FOUND", "42P01")


def test_conf(new_session):
    spark = new_session()
    spark.conf.set("spark.sql.ansi.enabled", "false")
    assert spark.conf.get("spark.sql.ansi.enabled") == "false" and spark.sql("SELECT 1/0 x").collect() == [Row(x=None)]
    assert new_session().conf.get("spark.sql.ansi.enabled") == "true"
    spark.conf.unset("spark.sql.ansi.enabled")
    assert (spark.conf.get("spark.sql.ansi.enabled"), spark.conf.get("nope.key", "dflt")) == ("true", "dflt")
    assert spark.conf.isModifiable("spark.sql.ansi.enabled") and not spark.conf.isModifiable("spark.executor.memory")
    assert spark.sql("SET spark.sql.session.timeZone=Asia/Tokyo").collect() == [Row(key="spark.sql.session.timeZone", value="Asia/Tokyo")]
    assert tuples(spark.sql("SELECT current_timezone()")) == [("Asia/Tokyo",)]
    assert refused(lambda: spark.conf.get("nope.key")) == ("SparkNoSuchElementException", "SQL_CONF_NOT_FOUND", "42K0I", {"sqlConf": '"nope.key"'})
    assert refused(lambda: spark.conf.set("spark.sql.shuffle.partitions", "x")) == (
        "IllegalArgumentException", "INVALID_CONF_VALUE.TYPE_MISMATCH", "22022",
        {"confName": "spark.sql.shuffle.partitions", "confType": "int", "confValue": "x"})
    assert refused(lambda: spark.conf.set("spark.sql.warehouse.dir", "/x"))[1] == "CANNOT_MODIFY_STATIC_CONFIG"


def test_hints_and_cache(people):
    assert people.hint("broadcast").repartition(3).coalesce(1).count() == 5
    kept = people.select("name").cache()
    assert kept.count() == 5 and kept.is_cached and kept.unpersist().count() == 5


# ---- files

@pytest.fixture(scope="module")
def files(tmp_path_factory):
    place = tmp_path_factory.mktemp("files")
    for year in (2020, 2021):
        for month in (1, 2):
            for kind in ("csv", "parquet"):
                (place / kind / f"year={year}" / f"month={month}").mkdir(parents=True)
            part = f"year={year}/month={month}"
            (place / "csv" / part / "f.csv").write_text(f"v,s\n{year}{month},a\n")
            pq.write_table(pa.table({"v": pa.array([year * 10 + month], pa.int32()), "s": ["a"]}), place / "parquet" / part / "f.parquet")
    (place / "json").mkdir()
    for name, text in (("a1", '{"v": 1, "x": {"y": [1, 2]}}'), ("b1", '{"v": 2}'), ("c1", '{"v": 3, "w": 1.5}')):
        (place / "json" / f"{name}.json").write_text(text + "\n")
    return place


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_partitioned_files(spark, files, kind):
    read = lambda path, **options: getattr(spark.read.options(**options), kind)(str(files / kind / path))  # noqa: E731
    more = {"header": True, "inferSchema": True} if kind == "csv" else {}
    df = read("", **more)
    assert df.schema.simpleString() == "struct<v:int,s:string,year:int,month:int>"
    assert [(r.s, r.year, r.month) for r in df.orderBy("v").collect()] == [("a", 2020, 1), ("a", 2020, 2), ("a", 2021, 1), ("a", 2021, 2)]
    assert df.filter("year = 2021 AND month = 2").count() == 1 and df.groupBy("year").count().count() == 2
    assert read("year=2020/*", **more).columns == ["v", "s"] and read("year=2020/*", **more).count() == 2
    based = read("year=*/month=2", basePath=str(files / kind), **more)
    assert sorted((r.year, r.month) for r in based.collect()) == [(2020, 2), (2021, 2)]


def test_csv_schemas(spark, files):
    one = str(files / "csv/year=2020/month=1")
    assert spark.read.csv(one).schema.simpleString() == "struct<_c0:string,_c1:string>" and spark.read.csv(one).count() == 2
    assert spark.read.csv(one, header=True).schema.simpleString() == "struct<v:string,s:string>"
    assert spark.read.schema("v bigint, s string").option("header", True).csv(one).collect() == [Row(v=20201, s="a")]


def test_json_and_text(spark, files):
    df = spark.read.json(str(files / "json"))
    assert df.schema.simpleString() == "struct<v:bigint,w:double,x:struct<y:array<bigint>>>"
    assert tuples(df.orderBy("v")) == [(1, None, Row(y=[1, 2])), (2, None, None), (3, 1.5, None)]
    assert tuples(spark.read.json(str(files / "json/{a,b}*.json")).orderBy("v")) == [(1, Row(y=[1, 2])), (2, None)]
    assert tuples(spark.read.text(str(files / "json/a1.json"))) == [('{"v": 1, "x": {"y": [1, 2]}}',)]
    assert tuples(spark.sql(f"SELECT v FROM json.`{files}/json/a1.json`")) == [(1,)]


@pytest.mark.parametrize("path", ["/no/such/place", "/no/such/*.csv"])
def test_missing_paths(spark, path):
    assert refused(lambda: spark.read.parquet(path).collect()) == ("AnalysisException", "PATH_NOT_FOUND", "42K03", {"path": "file:" + path})


# ---- errors

SEARCH = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"


@pytest.mark.parametrize("text, wanted", [
    ("SELEC 1", ("ParseException", "PARSE_SYNTAX_ERROR", "42601", {"error": "'SELEC'", "hint": ""})),
    ("SELECT zzz FROM VALUES (1) t(a)", ("AnalysisException", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", {"objectName": "`zzz`", "proposal": "`a`"})),
    ("SELECT * FROM nope", ("AnalysisException", "TABLE_OR_VIEW_NOT_FOUND", "42P01", {"relationName": "`nope`", "searchPath": SEARCH})),
    ("SELECT nope(1)", ("AnalysisException", "UNRESOLVED_ROUTINE", "42883", {"routineName": "`nope`", "searchPath": SEARCH})),
    ("SELECT a FROM VALUES (1) t(a), VALUES (2) u(a)",
     ("AnalysisException", "AMBIGUOUS_REFERENCE", "42704", {"name": "`a`", "referenceNames": "[`t`.`a`, `u`.`a`]"})),
    ("SELECT a, sum(b) FROM VALUES (1, 2) t(a, b)", ("AnalysisException", "MISSING_GROUP_BY", "42803", {})),
    ("SELECT 1 + array(1)", ("AnalysisException", "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09",
                             {"left": '"INT"', "right": '"ARRAY<INT>"', "sqlExpr": '"(1 + array(1))"'})),
    ("SELECT 2147483647 + id FROM (SELECT 1 AS id)",
     ("ArithmeticException", "ARITHMETIC_OVERFLOW", "22003",
      {"message": "overflow", "alternative": " Use 'try_add' to tolerate overflow and return NULL instead.", "config": '"spark.sql.ansi.enabled"'})),
    ("SELECT 1 / id FROM range(1)", ("ArithmeticException", "DIVIDE_BY_ZERO", "22012", {"config": '"spark.sql.ansi.enabled"'})),
    ("SELECT CAST(s AS INT) FROM VALUES ('x1') t(s)",
     ("NumberFormatException", "CAST_INVALID_INPUT", "22018",
      {"sourceType": '"STRING"', "targetType": '"INT"', "expression": "'x1'", "ansiConfig": '"spark.sql.ansi.enabled"'})),
    ("SELECT array(1, 2)[id] FROM range(5, 6)", ("ArrayIndexOutOfBoundsException", "INVALID_ARRAY_INDEX", "22003", {"indexValue": "5", "arraySize": "2"})),
    ("SELECT :a", ("AnalysisException", "UNBOUND_SQL_PARAMETER", "42P02", {"name": "a"})),
    ("SELECT raise_error('boom')", ("SparkRuntimeException", "USER_RAISED_EXCEPTION", "P0001", {"errorMessage": "boom"})),
])
def test_errors(spark, text, wanted):
    assert refused(lambda: spark.sql(text).collect()) == wanted


def test_errors_of_frames(people):
    assert refused(lambda: people.select("nme").collect()) == (
        "AnalysisException", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", {"objectName": "`nme`", "proposal": "`name`, `age`, `dept`, `pay`"})


def test_long_chain_of_dependent_columns(spark):
    """Cut into SELECTs whose passing columns are packed: every column keeps its values, whatever is done with them."""
    n = 300
    df = spark.range(10)
    for i in range(n):
        df = df.withColumn(f"c{i}", F.col(f"c{i - 1}" if i else "id") + F.lit(i % 7))
    wanted = []
    for k in range(10):
        row = [k]
        for i in range(n):
            row.append(row[-1] + i % 7)
        wanted.append(tuple(row))
    assert sorted(map(tuple, df.collect())) == wanted
    groups = df.filter(F.col("c150") % 2 == 0).groupBy((F.col(f"c{n - 1}") % 3).alias("g")).agg(F.sum("c5").alias("s")).collect()
    sums = {}
    for row in wanted:
        if row[151] % 2 == 0:
            sums[row[n] % 3] = sums.get(row[n] % 3, 0) + row[6]
    assert {r.g: r.s for r in groups} == sums
    assert df.join(df.select("id", F.col(f"c{n - 1}").alias("z")), "id").filter("z = c299 and c7 >= 0").count() == 10
    assert df.drop(*[f"c{i}" for i in range(100)]).distinct().count() == 10 and df.union(df).dropDuplicates(["c7"]).count() == 10

# Functions that pandas on Spark asks for; only clients can call them.
from pyspark.sql import Window
from pyspark.sql.internal import InternalFunction as I

def numbers(values, kind="double"):
    return spark.createDataFrame([(v,) for v in values], "x " + kind)

def call(name, *args):
    return I._invoke_internal_function_over_columns(name, *args)

def caught(f):
    try:
        return f()
    except Exception as e:
        return type(e).__name__ + " " + str(e.getCondition())

some = [1.0, None, 2.5, 4.0, 8.0, 16.0, 3.25]
runs = spark.sql("select * from values (1,1,1.0D),(1,2,null),(1,3,null),(1,4,3.0D),(1,5,null),(1,6,2.0D),(2,1,null),(2,2,1.0D),(2,3,4.0D) t(k,y,x)")
by_y = Window.partitionBy("k").orderBy("y")


# ---- pandas/spread
numbers(some).agg(*[f(F.col("x"), d) for f in (I.stddev, I.var) for d in (0, 1, 2, 6)])

# ---- pandas/shape
[numbers(v).agg(I.skew(F.col("x")), I.kurt(F.col("x"))).collect() for v in (
    some, [1.0, 2.0, 3.0, 4.0, 5.0], [3.0] * 5, [1.0, 2.0, 4.0], [1.0, 2.0], [], [float("nan"), 2.0, 3.0, 4.0, 5.0], [1e-9, 2e-9, 4e-9, 1e-8])]

# ---- pandas/covar
[spark.createDataFrame(rows, "a double, b int").agg(*[I.covar(F.col("a"), F.col("b"), d) for d in (0, 1, 2)]).collect() for rows in (
    [(1.0, 2), (2.0, 3), (None, 1), (4.5, None), (3.0, 9)], [(1.0, 1)], [])]

# ---- pandas/product
[numbers(v, t).agg(I.product(F.col("x"), n)).collect() for n in (True, False) for v, t in (
    ([2, -3, 4], "int"), ([2, None, 4], "bigint"), ([], "tinyint"), ([2.0, 0.0], "double"), ([2.0, -8.0], "double"), ([float("inf"), 2.0], "double"), ([None], "double"))]

# ---- pandas/product_overflow
caught(lambda: numbers([2**62, 4], "bigint").agg(I.product(F.col("x"), True)).collect())

# ---- pandas/mode_schema
numbers([1.5]).agg(I.mode(F.col("x"), True), I.mode(F.col("x"), False))

# ---- pandas/mode_values
[numbers(v, t).agg(I.mode(F.col("x"), n)).collect() for n in (True, False) for v, t in ((["b", "a", None, "a", "b", None], "string"), ([], "int"), ([3, 1, 3, None], "int"), ([1.5, 2.5, 8.0], "double"))]

# ---- pandas/top
numbers(list(range(300)) + [None], "int").agg(I.collect_top_k(F.col("x"), 3, False), I.collect_top_k(F.col("x"), 2, True), I.collect_top_k(F.col("x").cast("string"), 2, False))

# ---- pandas/top_none
numbers([1]).agg(I.collect_top_k(F.col("x"), 0, False))

# ---- pandas/search
spark.sql("select array(1,3,5,7) a, array('a','c') b, cast(null as array<int>) n").select(*[I.array_binary_search(F.col("a"), F.lit(v)) for v in (5, 4, 9, 0)],
    I.array_binary_search(F.col("b"), F.lit("b")), I.array_binary_search(F.col("n"), F.lit(1)), I.array_binary_search(F.array(F.lit(None), F.lit(1), F.lit(2)), F.lit(2)))

# ---- pandas/ntz
spark.sql("select timestamp_ntz'2020-01-02 03:04:05.678901' a, timestamp_ntz'1969-12-31 23:59:58.5' b, cast(null as timestamp_ntz) c").select(
    *[I.timestamp_ntz_to_long(F.col(c)) for c in "abc"])

# ---- pandas/ntz_wrong
spark.range(1).select(I.timestamp_ntz_to_long(F.col("id")))

# ---- pandas/ewm
runs.select("k", "y", I.ewm(F.col("x"), 0.5, True).over(by_y), I.ewm(F.col("x"), 0.5, False).over(by_y)).orderBy("k", "y")

# ---- pandas/ewm_alone
runs.select(I.ewm(F.col("x"), 0.5, True))

# ---- pandas/ewm_frame
runs.select(I.ewm(F.col("x"), 0.5, True).over(by_y.rowsBetween(-1, 0)))

# ---- pandas/ewm_alpha
caught(lambda: runs.select(I.ewm(F.col("x"), 2.0, True).over(by_y)).collect())

# ---- pandas/null_index
runs.select("k", "y", I.null_index(F.col("x")).over(by_y)).orderBy("k", "y")

# ---- pandas/constants
[caught(f) for f in (
    lambda: numbers([1.0]).agg(call("pandas_product", F.col("x"), F.lit(1))).collect(), lambda: numbers([1.0]).agg(call("pandas_stddev", F.col("x"), F.lit("a"))).collect(),
    lambda: numbers([1.0]).agg(call("pandas_stddev", F.col("x"))).collect(), lambda: runs.select(call("ewm", F.col("x"), F.lit("a"), F.lit(True)).over(by_y)).collect())]

# ---- pandas/in_sql
spark.sql("select pandas_stddev(1, 1)")

# ---- pandas/ids
spark.range(3).coalesce(1).select(I.distributed_id(), I.distributed_sequence_id())

# ---- window/own_frame
numbers([1, 2, 3], "int").select(F.lag("x", 1).over(Window.orderBy("x").rowsBetween(-1, -1)), F.lead("x", 2).over(Window.orderBy("x").rowsBetween(2, 2)))

# ---- window/other_frame
numbers([1, 2, 3], "int").select(F.lag("x", 1).over(Window.orderBy("x").rowsBetween(-2, -2)))

# ---- window/current_frame
numbers([1, 2, 3], "int").select(F.lag("x", 0).over(Window.orderBy("x").rowsBetween(0, 0)))

# ---- window/own_frame_back
numbers([1, 2, 3], "int").select(F.lag("x", -1).over(Window.orderBy("x").rowsBetween(1, 1)))

# ---- window/own_frame_sql
spark.sql("select lag(x, 1) over (order by x rows between 1 preceding and 1 preceding) from values (1), (2) t(x)")

# ---- window/own_frame_sql_lead
spark.sql("select lead(x, 1) over (order by x rows between 1 following and 1 following) from values (1), (2) t(x)")

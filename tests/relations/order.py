A = spark.createDataFrame([(2, "a"), (1, "b"), (3, "c"), (2, "d")], "k int, v string")
B = spark.createDataFrame([(2, "x"), (3, "y"), (2, "z"), (9, "w"), (3, "q"), (2, "u")], "k int, w string")
S = spark.createDataFrame([(3,), (2,)], "k int")


def rows(d):
    return [list(r) for r in d.collect()]

# ---- join/order_by_keys
[[n, rows(A.join(B, "k", n)), rows(B.join(A, "k", n))] for n in ("inner", "left", "right", "full", "leftsemi", "leftanti")]

# ---- join/order_by_conditions
[[n, rows(A.join(B, A.k < B.k, n)), rows(B.join(A, A.k < B.k, n))] for n in ("inner", "left", "right", "full", "leftsemi", "leftanti")]

# ---- join/order_of_products
[rows(A.crossJoin(S)), rows(S.crossJoin(A)), rows(A.crossJoin(S).limit(3)), rows(A.crossJoin(S).filter("v <> 'b'").select("v", S.k)), A.crossJoin(S).tail(2)]

# ---- join/order_of_more
[rows(A.alias("x").join(A.alias("y"), "k")), rows(A.join(B, "k").join(S, "k")), rows(spark.range(4).withColumn("z", F.lit(1)).join(A, F.col("id") == A.k)), rows(A.join(B, "k", "left").withColumn("n", F.length("v")).filter("n = 1").dropDuplicates(["k", "v", "w"]).orderBy("v", "w"))]

# ---- join/order_shown
import contextlib, io
out = io.StringIO()
with contextlib.redirect_stdout(out):
    A.join(B, "k", "left").show()
    A.crossJoin(S).show(3)
out.getvalue()

# ---- window/order_shown
w = W.partitionBy("k").orderBy("v")
twice = A.union(A)
[rows(twice.withColumn("n", F.row_number().over(w))), rows(twice.withColumn("n", F.row_number().over(w)).limit(4)), rows(twice.withColumn("n", F.row_number().over(w)).filter("n > 1")), twice.withColumn("n", F.row_number().over(w))._show_string(20, True, False)]

# ---- window/sorted_afterwards
w = W.partitionBy("k").orderBy("v")
rows(A.withColumn("n", F.row_number().over(w)).orderBy(F.desc("v")).filter("n < 2").select("v"))

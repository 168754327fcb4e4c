"""Long chains of columns, each on the one before: every value arrives, whatever its type and however far down it was made."""
import datetime
from decimal import Decimal

from pyspark.sql import functions as F


def test_one_type(spark):
    steps = 420
    df = spark.range(3)
    last = "id"
    for k in range(steps):
        df, last = df.withColumn(f"c{k}", F.col(last) + (k % 3)), f"c{k}"
    total, expected = 0, []
    for k in range(steps):
        total += k % 3
        expected.append(total)
    for row in df.orderBy("id").collect():
        assert list(row) == [row[0]] + [row[0] + e for e in expected]
    assert df.filter(F.col(last) > 420).count() == 2
    assert [tuple(r) for r in df.groupBy(F.col("c7") % 2).agg(F.sum("c300"), F.max(last)).orderBy(F.sum("c300")).collect()] == \
        [(0, 301, 421), (1, 602, 422)]


def test_types(spark):
    steps = 40
    df = spark.createDataFrame([(1, "a", 1.5, None), (2, "b", -8.0, 7)], "i int, t string, d double, n bigint")
    df = df.selectExpr("*", "cast(i as decimal(20,3)) e", "date'2024-01-01' as day", "array(i) l", "named_struct('a', i, 'b', t) s", "i = 1 b")
    for k in range(steps):
        p = f"_{k - 1}" if k else ""
        df = df.withColumns({f"{name}_{k}": F.expr(text) for name, text in {
            "i": f"i{p} + 1", "t": f"concat(t{p}, 'x')", "d": f"d{p} * 0.5", "n": f"n{p} - 1", "e": f"cast(e{p} + 0.001 as decimal(20,3))",
            "day": f"date_add(day{p}, 1)", "l": f"array(l{p}[0] + 1)", "s": f"named_struct('a', s{p}.a + 1, 'b', s{p}.b)", "b": f"not b{p}"}.items()})
    rows = df.orderBy("i").collect()
    for row, (i, t, d, n) in zip(rows, [(1, "a", 1.5, None), (2, "b", -8.0, 7)]):
        for k in range(steps):
            s = k + 1
            assert [row[f"{c}_{k}"] for c in ("i", "t", "d", "n", "e", "day", "l", "b")] == [
                i + s, t + "x" * s, d * 0.5 ** s, None if n is None else n - s, Decimal(i) + Decimal(s) / 1000,
                datetime.date(2024, 1, 1) + datetime.timedelta(s), [i + s], (i == 1) != (s % 2 == 1)]
            assert tuple(row[f"s_{k}"]) == (i + s, t)

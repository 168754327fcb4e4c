"""Windows without keys and joins that keep an order, over unions: again and again, because what they met in the engine were races."""
import threading

EMPTY_FIRST = "(SELECT id x FROM range(2) WHERE id > 5 UNION ALL SELECT id FROM range(3))"


def test_a_window_without_keys_over_a_union_with_an_empty_branch(spark):
    for _ in range(150):
        rows = spark.sql(f"SELECT x, count(*) OVER () c, collect_list(x) OVER () l FROM {EMPTY_FIRST} ORDER BY x").collect()
        assert [tuple(r) for r in rows] == [(i, 3, [0, 1, 2]) for i in range(3)]


def test_tail_of_a_union_with_an_empty_branch(spark):
    frame = spark.range(2).where("id > 5").union(spark.range(3))
    for _ in range(50):
        assert [r.id for r in frame.tail(2)] == [1, 2]


def test_sessions_at_once_join_what_they_united(url):
    from pyspark.sql.connect.session import SparkSession
    wrong = []

    def work():
        session = SparkSession.builder.remote(url).create()
        try:
            few = session.createDataFrame([("x", 1), ("y", None), (None, 3)], "k string, v int")
            joined = few.union(few).join(few.withColumnRenamed("v", "w"), "k", "left")
            for _ in range(60):
                got = [tuple(r) for r in joined.collect()]
                if got != [("x", 1, 1), ("y", None, None), (None, 3, None)] * 2:
                    wrong.append(got)
        except Exception as e:  # noqa: BLE001  what a thread meets must not be lost
            wrong.append(e)
        finally:
            session.stop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []

"""Files that are broken, that drift apart, that do not fit their schema; targets that are there already: what real Spark says to each step
(broken_files.json, made by `../programs/steps.py URL fault/broken_files`), and that nothing half written stays."""
import json
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "programs"))
import steps  # noqa: E402


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    return path


def parquet(folder, name, **columns):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def cut(path, size):
    with open(path, "rb+") as f:
        f.truncate(size)


def tree(folder):
    return sorted(os.path.relpath(os.path.join(d, f), folder) for d, _, files in os.walk(folder) for f in files if not f.endswith(".crc"))


def broken(spark, f):
    """Files that are cut off or something else altogether."""
    good = parquet(f, "pq/a.parquet", n=pa.array(range(5000), pa.int64()))
    size = os.path.getsize(good)
    for name, at in (("half", size // 2), ("footer", size - 6), ("empty", 0), ("few", 3)):
        cut(parquet(f, f"{name}/a.parquet", n=pa.array(range(5000), pa.int64())), at)
        yield f"parquet, {name}", lambda n=name: spark.read.parquet(f"{f}/{n}").collect()
        yield f"parquet with a schema, {name}", lambda n=name: spark.read.schema("n bigint").parquet(f"{f}/{n}").collect()
        yield f"parquet ignored, {name}", lambda n=name: spark.read.schema("n bigint").option("ignoreCorruptFiles", True).parquet(f"{f}/{n}").count()
    with open(good, "rb") as g:
        whole = bytearray(g.read())
    whole[4:200] = bytes(196)
    put(f, "pages/a.parquet", bytes(whole))
    yield "parquet, pages", lambda: spark.read.parquet(f"{f}/pages").collect()
    with open(good, "rb") as g:
        whole = bytearray(g.read())
    whole[2000:2400] = b"\xab" * 400
    put(f, "packed/a.parquet", bytes(whole))
    yield "parquet, packed data", lambda: spark.read.parquet(f"{f}/packed").collect()
    put(f, "mixed/a.parquet", "no parquet at all")
    parquet(f, "mixed/b.parquet", n=pa.array([1], pa.int64()))
    yield "parquet, one of two", lambda: spark.read.parquet(f"{f}/mixed").collect()
    yield "parquet, the other", lambda: spark.read.option("ignoreCorruptFiles", True).parquet(f"{f}/mixed").collect()
    put(f, "gz/a.csv.gz", b"\x1f\x8b\x08\x00rubbish")
    yield "gzip", lambda: spark.read.schema("a int").csv(f"{f}/gz").collect()
    yield "gzip inferred", lambda: spark.read.csv(f"{f}/gz").collect()
    put(f, "json/a.json", '{"a": 1}\n{"a": 2, "b": \n{"a": "x"}\n\n[1]\n')
    yield "json, permissive", spark.read.schema("a int, b string, _corrupt_record string").json(f"{f}/json")
    yield "json, inferred", lambda: spark.read.json(f"{f}/json").schema
    yield "json, dropped", spark.read.schema("a int").option("mode", "DROPMALFORMED").json(f"{f}/json")
    yield "json, failing fast", lambda: spark.read.schema("a int").option("mode", "FAILFAST").json(f"{f}/json").collect()
    yield "json, several lines", lambda: spark.read.option("multiLine", True).json(f"{f}/json").schema
    put(f, "csv/a.csv", 'a,b\n1,x\n2\n3,y,z\nq,w\n"4,v\n')
    yield "csv, permissive", spark.read.schema("a int, b string, _corrupt_record string").option("header", True).csv(f"{f}/csv")
    yield "csv, dropped", spark.read.schema("a int, b string").option("header", True).option("mode", "DROPMALFORMED").csv(f"{f}/csv")
    yield "csv, failing fast", lambda: spark.read.schema("a int, b string").option("header", True).option("mode", "FAILFAST").csv(f"{f}/csv").collect()
    yield "no such mode", lambda: spark.read.schema("a int").option("mode", "SOMETIMES").csv(f"{f}/csv").count()
    put(f, "utf/a.json", b'{"a": "\xff\xfe"}\n')
    yield "json, bytes that are no text", spark.read.schema("a string").json(f"{f}/utf")
    os.mkdir(f"{f}/nothing")
    for kind in ("parquet", "csv", "json", "text", "binaryFile"):
        yield f"{kind}, an empty directory", lambda k=kind: spark.read.format(k).load(f"{f}/nothing").collect()
        yield f"{kind}, none", lambda k=kind: spark.read.format(k).load(f"{f}/none").collect()
        yield f"{kind}, a pattern of none", lambda k=kind: spark.read.format(k).load(f"{f}/no*ne").collect()
        yield f"{kind}, no path", lambda k=kind: spark.read.format(k).load().collect()
    yield "empty with a schema", spark.read.schema("a int").parquet(f"{f}/nothing")


def drift(spark, f):
    """Files of one directory that do not have the same columns, and columns that are asked for under another type."""
    parquet(f, "drift/a.parquet", a=pa.array([1], pa.int32()), b=pa.array(["x"]))
    parquet(f, "drift/b.parquet", a=pa.array([2], pa.int32()), c=pa.array([2.5]))
    yield "parquet, first file", lambda: sorted(spark.read.parquet(f"{f}/drift").columns)
    yield "parquet merged", spark.read.option("mergeSchema", True).parquet(f"{f}/drift").orderBy("a")
    yield "parquet, some columns", spark.read.schema("a int, c double, d string").parquet(f"{f}/drift").orderBy("a")
    parquet(f, "clash/a.parquet", a=pa.array([1], pa.int32()))
    parquet(f, "clash/b.parquet", a=pa.array(["x"]))
    yield "parquet, clash merged", lambda: spark.read.option("mergeSchema", True).parquet(f"{f}/clash").collect()
    yield "parquet, clash", lambda: spark.read.schema("a int").parquet(f"{f}/clash").collect()
    parquet(f, "wide/a.parquet", i=pa.array([1], pa.int32()), l=pa.array([2**40], pa.int64()), s=pa.array(["x"]), d=pa.array([1.5]),
            n=pa.array([None], pa.int32()), r=pa.array([[1, 2]], pa.list_(pa.int32())))
    for column, kind in (("i", "bigint"), ("i", "double"), ("i", "string"), ("i", "smallint"), ("i", "date"), ("l", "int"), ("l", "timestamp"), ("l", "decimal(20,0)"),
                         ("s", "int"), ("s", "binary"), ("d", "float"), ("d", "int"), ("n", "string"), ("r", "array<bigint>"), ("r", "int"), ("i", "array<int>"),
                         ("l", "decimal(5,0)"), ("i", "decimal(12,2)"), ("i", "boolean")):
        yield f"parquet, {column} as {kind}", lambda c=column, k=kind: spark.read.schema(f"{c} {k}").parquet(f"{f}/wide").collect()
    yield "parquet, other case", spark.read.schema("I int, L bigint").parquet(f"{f}/wide")
    parquet(f, "twice/a.parquet", a=pa.array([1]), A=pa.array([2]))
    yield "parquet, names that differ by case", lambda: spark.read.parquet(f"{f}/twice").collect()
    put(f, "cdrift/a.csv", "a,b\n1,x\n")
    put(f, "cdrift/b.csv", "b,a\n2,y\n")
    yield "csv, other header", lambda: spark.read.schema("a int, b string").option("header", True).option("enforceSchema", True).csv(f"{f}/cdrift").count()
    put(f, "jdrift/a.json", '{"a": 1, "s": {"x": 1}}\n')
    put(f, "jdrift/b.json", '{"a": "t", "b": [1, 2.5], "s": {"y": true}}\n')
    yield "json", lambda: spark.read.json(f"{f}/jdrift").schema
    yield "json rows", spark.read.json(f"{f}/jdrift").orderBy("a")
    put(f, "parts/p=1/a.csv", "1\n")
    put(f, "parts/q=1/a.csv", "1\n")
    yield "partition names", lambda: spark.read.csv(f"{f}/parts").collect()
    put(f, "deep/p=1/a.csv", "1\n")
    put(f, "deep/p=1/q=2/b.csv", "1\n")
    yield "partition depths", lambda: spark.read.csv(f"{f}/deep").collect()
    put(f, "ptype/p=1/a.csv", "1\n")
    put(f, "ptype/p=x/a.csv", "2\n")
    yield "partition types", spark.read.csv(f"{f}/ptype").orderBy("_c0")
    yield "partition value of another type", lambda: spark.read.schema("a int, p int").csv(f"{f}/ptype").collect()
    yield "no such column", lambda: spark.read.parquet(f"{f}/wide").select("nope").collect()
    yield "no such field", lambda: spark.read.json(f"{f}/jdrift").select("s.z").collect()


def targets(spark, f):
    """Save modes over what is there already, and writes that fail on the way."""
    one, bad = spark.range(3), spark.sql("SELECT id, 10 div (id - 2) AS q FROM range(3)")
    for kind in ("parquet", "csv", "json"):
        put(f, f"{kind}-file", "in the way")
        os.mkdir(f"{f}/{kind}-empty")
        for mode in ("error", "ignore", "append", "overwrite"):
            yield f"{kind}, {mode}, new", lambda k=kind, m=mode: one.write.format(k).mode(m).save(f"{f}/{k}-{m}-new")
            yield f"{kind}, {mode}, again", lambda k=kind, m=mode: one.write.format(k).mode(m).save(f"{f}/{k}-{m}-new")
            yield f"{kind}, {mode}, rows", lambda k=kind, m=mode: spark.read.schema("id bigint").format(k).load(f"{f}/{k}-{m}-new").count()
            yield f"{kind}, {mode}, failing", lambda k=kind, m=mode: bad.write.format(k).mode(m).save(f"{f}/{k}-{m}-bad")
            yield f"{kind}, {mode}, failing over rows", lambda k=kind, m=mode: bad.write.format(k).mode(m).save(f"{f}/{k}-{m}-new")
        yield f"{kind}, empty directory, error", lambda k=kind: one.write.format(k).save(f"{f}/{k}-empty")
        yield f"{kind}, empty directory, append", lambda k=kind: one.write.format(k).mode("append").save(f"{f}/{k}-empty")
        for mode in ("error", "ignore", "append"):
            yield f"{kind}, a file, {mode}", lambda k=kind, m=mode: one.write.format(k).mode(m).save(f"{f}/{k}-file")
        yield f"{kind}, below a file", lambda k=kind: one.write.format(k).save(f"{f}/{k}-file/below")
        yield f"{kind}, over itself", lambda k=kind: spark.read.schema("id bigint").format(k).load(f"{f}/{k}-append-new").write.format(k).mode("overwrite").save(f"{f}/{k}-append-new")
    yield "no such save mode", lambda: one.write.mode("sometimes").save(f"{f}/x")
    yield "not its partitions", lambda: one.write.partitionBy("nope").parquet(f"{f}/x")


PROGRAMS = {"broken": broken, "drift": drift, "targets": targets}


def program(spark, folder):
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    for name, part in PROGRAMS.items():
        os.mkdir(f"{folder}/{name}")
        for step, what in part(spark, f"{folder}/{name}"):
            yield f"{name}: {step}", what


# Where Piezo goes its own way: it can read what it overwrites, and the rows stay where the write over them fails; of broken files beside
# good ones it skips the broken ones.
OWN_WAY = {f"targets: {kind}, {step}" for kind in ("parquet", "csv", "json") for step in ("over itself",)}
OWN_WAY |= {"broken: parquet, the other"}
# The engine does not tell which file it was; the order in which Spark lists them is that of a hash table.
LOOSE = {"broken: parquet, pages", "drift: partition names", "drift: partition depths"}


def bare(outcome):
    return {"error": {k: v for k, v in outcome.get("error", {}).items() if k in ("class", "condition", "sqlstate")}}


def test_broken_files(new_session, tmp_path):
    got = steps.run(new_session(), program, str(tmp_path))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "broken_files.json"), encoding="utf-8") as f:
        want = json.load(f)
    assert want.keys() == got.keys()
    pairs = [(k, *((bare(want[k]), bare(got[k])) if k in LOOSE else (want[k], got[k]))) for k in want if k not in OWN_WAY]
    wrong = [f"{k}: {d}" for k, w, g in pairs for d in [steps.difference(w, g)] if d]
    assert not wrong, f"{len(wrong)} of {len(want)}\n" + "\n".join(wrong)
    for kind in ("parquet", "csv", "json"):
        assert not [n for n in os.listdir(tmp_path / "targets") if n.endswith("-bad") or n.startswith(".")]
        for mode, rows in (("error", 3), ("ignore", 3), ("append", 6), ("overwrite", 3)):
            back = new_session().read.schema("id bigint").format(kind).load(f"{tmp_path}/targets/{kind}-{mode}-new")
            assert back.count() == rows, (kind, mode)
        assert got[f"targets: {kind}, over itself"] == {"value": None}

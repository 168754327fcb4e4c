# Broken and drifting files among good ones, and columns whose names differ in case only.
import tempfile

def put(data, name="in", folder=None):
    path = os.path.join(folder or tempfile.mkdtemp(), name)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path

def read(fmt, data, schema=None, cols=None, **options):
    r = spark.read.format(fmt).options(**options)
    df = (r.schema(schema) if schema else r).load(put(data))
    return df.select(*cols) if cols else df

import glob, shutil, pyarrow.parquet as pq
def dirw(files):
    d = tempfile.mkdtemp()
    for n, b in files.items(): put(b, n, d)
    return d
def par(t, **kw):
    f = tempfile.mktemp(); pq.write_table(t, f, **kw); return open(f, "rb").read()
def err(f):
    try:
        return f()
    except Exception as e:
        c = getattr(e, "getCondition", lambda: None)()
        return [type(e).__name__, c, getattr(e, "getSqlState", lambda: None)(), sorted([k, ".../" + os.path.basename(str(v)) if str(v).startswith("file:") else str(v)[:200]] for k, v in (e.getMessageParameters() or {}).items()) if c else str(e).split("\n\nJVM")[0][:200]]
GOOD = par(pa.table({"a": list(range(1000)), "b": ["x%d" % i for i in range(1000)]}), compression="none", use_dictionary=False)
def broken(at, n=64, base=GOOD):
    b = bytearray(base)
    for i in range(at, at + n): b[i] = 0xFF
    return bytes(b)
def rd(d, **o): return err(lambda: sorted(map(tuple, spark.read.options(**o).parquet(d).selectExpr("count(a)", "count(b)").collect())))
def rs(d, **o): return err(lambda: sorted(map(tuple, spark.read.schema("a bigint, b string").options(**o).parquet(d).selectExpr("count(a)", "count(b)").collect())))
# ---- brk/trunc
rd(dirw({"x.parquet": GOOD[:2000]}))

# ---- brk/trunc_schema
rs(dirw({"x.parquet": GOOD[:2000]}))

# ---- brk/trunc_ign
rs(dirw({"x.parquet": GOOD[:2000], "y.parquet": GOOD}), ignoreCorruptFiles=True)

# ---- brk/zero
rd(dirw({"x.parquet": b"", "y.parquet": GOOD}))

# ---- brk/zero_only
rd(dirw({"x.parquet": b""}))

# ---- brk/zero_schema
rs(dirw({"x.parquet": b""}))

# ---- brk/magic
rs(dirw({"x.parquet": b"hello world, this is text", "y.parquet": GOOD}))

# ---- brk/magic_ign
rs(dirw({"x.parquet": b"hello world, this is text", "y.parquet": GOOD}), ignoreCorruptFiles=True)

# ---- brk/short
rs(dirw({"x.parquet": b"PAR1"}))

# ---- brk/magic_in
rd(dirw({"x.parquet": b"hello world, this is text"}))

# ---- brk/footer
rs(dirw({"x.parquet": broken(len(GOOD) - 60, 40)}))

# ---- brk/conf_trunc
(spark.conf.set("spark.sql.files.ignoreCorruptFiles", "true"), rs(dirw({"x.parquet": GOOD[:2000], "y.parquet": GOOD})), spark.conf.unset("spark.sql.files.ignoreCorruptFiles"))[1]

# ---- brk/encr
rs(dirw({"x.parquet": GOOD[:-4] + b"PARE"}))

# ---- drift/merge
rd(dirw({"x.parquet": par(pa.table({"a": ["s"], "b": ["x"]})), "y.parquet": GOOD}), mergeSchema=True)

# ---- drift/merge_ok
err(lambda: spark.read.option("mergeSchema", True).parquet(dirw({"x.parquet": par(pa.table({"a": pa.array([1], pa.int64()), "c": [2.5]})), "y.parquet": GOOD})).schema.simpleString())

# ---- drift/narrow
rs(dirw({"x.parquet": par(pa.table({"a": pa.array([1.5]), "b": ["x"]}))}))

# ---- case/csv_infer
err(lambda: spark.read.csv(put("a,A\n1,2\n"), header=True).columns)

# ---- case/csv_infer_sens
(spark.conf.set("spark.sql.caseSensitive", "true"), err(lambda: [spark.read.csv(put("a,A\n1,2\n"), header=True).columns, list(map(tuple, spark.read.csv(put("a,A\n1,2\n"), header=True).selectExpr("a", "A").collect()))]), spark.conf.unset("spark.sql.caseSensitive"))[1]

# ---- case/csv_schema
err(lambda: list(map(tuple, spark.read.schema("a int, A int").csv(put("1,2\n")).collect())))

# ---- case/csv_schema_sens
(spark.conf.set("spark.sql.caseSensitive", "true"), err(lambda: list(map(tuple, spark.read.schema("a int, A int").csv(put("1,2\n")).collect()))), spark.conf.unset("spark.sql.caseSensitive"))[1]

# ---- case/csv_header_check
(spark.conf.set("spark.sql.caseSensitive", "true"), err(lambda: list(map(tuple, spark.read.schema("a int, B int").csv(put("A,b\n1,2\n"), header=True, enforceSchema=False).collect()))), spark.conf.unset("spark.sql.caseSensitive"))[1]

# ---- case/write_csv
err(lambda: spark.sql("select 1 a, 2 A").write.csv(tempfile.mkdtemp() + "/o", header=True))

# ---- case/write_json
err(lambda: spark.sql("select 1 a, 2 A").write.json(tempfile.mkdtemp() + "/o"))

# ---- case/write_parquet
err(lambda: spark.sql("select 1 a, 2 A").write.parquet(tempfile.mkdtemp() + "/o"))

# ---- case/write_sens
(lambda d: (spark.conf.set("spark.sql.caseSensitive", "true"), err(lambda: spark.sql("select 1 a, 2 A").coalesce(1).write.csv(d, header=True)), err(lambda: [open(p).read() for p in glob.glob(d + "/part*")]), err(lambda: list(map(tuple, spark.read.csv(d, header=True, inferSchema=True).select("A", "a").collect()))), spark.conf.unset("spark.sql.caseSensitive"))[1:4])(tempfile.mkdtemp() + "/o")

# ---- case/write_sens_json
(lambda d: (spark.conf.set("spark.sql.caseSensitive", "true"), err(lambda: spark.sql("select 1 a, 2 A").coalesce(1).write.json(d)), err(lambda: [open(p).read() for p in glob.glob(d + "/part*")]), err(lambda: list(map(tuple, spark.read.json(d).select("A", "a").collect()))), spark.conf.unset("spark.sql.caseSensitive"))[1:4])(tempfile.mkdtemp() + "/o")

# ---- case/json_sens
(spark.conf.set("spark.sql.caseSensitive", "true"), err(lambda: list(map(tuple, spark.read.json(put('{"a":1,"A":2}\n{"A":3}\n')).select("a", "A").collect()))), spark.conf.unset("spark.sql.caseSensitive"))[1]

# ---- case/json_insens
err(lambda: spark.read.json(put('{"a":1}\n{"A":3}\n')).columns)

# ---- case/parquet_insens
err(lambda: list(map(tuple, spark.read.parquet(put(par(pa.table({"a": [1], "A": [2]})))).collect())))

# ---- case/parquet_insens_schema
err(lambda: list(map(tuple, spark.read.schema("a bigint").parquet(put(par(pa.table({"a": [1], "A": [2]})))).collect())))

# ---- case/parquet_sens_schema
(spark.conf.set("spark.sql.caseSensitive", "true"), err(lambda: list(map(tuple, spark.read.schema("A bigint").parquet(put(par(pa.table({"a": [1], "A": [2]})))).collect()))), spark.conf.unset("spark.sql.caseSensitive"))[1]

# ---- case/csv_dup
err(lambda: spark.read.csv(put("a,a\n1,2\n"), header=True).columns)

# ---- case/w_csv_dup
(lambda d: (err(lambda: spark.sql("select 1 a, 2 a").coalesce(1).write.csv(d, header=True)), err(lambda: [open(p).read() for p in glob.glob(d + "/part*")])))(tempfile.mkdtemp() + "/o")

# ---- case/w_xml
err(lambda: spark.sql("select 1 a, 2 A").write.option("rowTag", "r").xml(tempfile.mkdtemp() + "/o"))

# ---- case/w_csv_part
err(lambda: spark.sql("select 1 a, 2 A, 3 b").write.partitionBy("b").csv(tempfile.mkdtemp() + "/o"))

# ---- case/w_csv_part2
err(lambda: spark.sql("select 1 a, 2 A, 3 b").write.partitionBy("a").csv(tempfile.mkdtemp() + "/o"))

# ---- case/w_csv_part3
err(lambda: spark.sql("select 1 a, 2 b, 3 c").write.partitionBy("b", "B").csv(tempfile.mkdtemp() + "/o"))

# ---- case/w_save
(lambda d: (err(lambda: spark.sql("select 1 a, 2 A").coalesce(1).write.format("csv").save(d)), err(lambda: [open(p).read() for p in glob.glob(d + "/part*")])))(tempfile.mkdtemp() + "/o")

# ---- case/r_json_schema
err(lambda: list(map(tuple, spark.read.schema("a int, A int").json(put('{"a":1}')).collect())))

# ---- case/r_xml_schema
err(lambda: list(map(tuple, spark.read.schema("a int, A int").option("rowTag", "r").xml(put('<r><a>1</a></r>')).collect())))

# ---- case/r_text_schema
err(lambda: list(map(tuple, spark.read.schema("a int, a int").parquet(put(GOOD)).collect())))

# ---- case/r_nested
err(lambda: list(map(tuple, spark.read.schema("s struct<a int, A int>").json(put('{"s":{"a":1,"A":2}}')).collect())))

# ---- case/r_part
(lambda d: (os.makedirs(d + "/A=1"), put("a\n5\n", "f.csv", d + "/A=1"), err(lambda: [spark.read.csv(d, header=True).columns, list(map(tuple, spark.read.csv(d, header=True).collect()))]))[2])(tempfile.mkdtemp())

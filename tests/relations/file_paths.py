# Paths with characters of their own, globs, base paths and hidden columns of files; appending other columns.
import tempfile

def put(data, name="in", folder=None):
    path = os.path.join(folder or tempfile.mkdtemp(), name)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path

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

# ---- meta/cols
(lambda d: (spark.range(3).coalesce(1).write.parquet(d), err(lambda: [list(r.asDict()) for r in spark.read.parquet(d).select("_metadata").first()], ), err(lambda: spark.read.parquet(d).select("_metadata.file_name", "_metadata.row_index", "_metadata.file_block_start").schema.simpleString()), err(lambda: [r[0] for r in spark.read.parquet(d).select("_metadata.row_index").orderBy("row_index").collect()]))[2:])(tempfile.mkdtemp() + "/o")

# ---- meta/csv
(lambda p: err(lambda: [[os.path.basename(r[0]), r[1]] for r in spark.read.csv(p).select("_metadata.file_path", "_metadata.file_size").collect()]))(put("1\n2\n", "a b%20c.csv"))

# ---- meta/input_file
(lambda p: err(lambda: [os.path.basename(r[0]) for r in spark.read.csv(p).select(F.input_file_name()).collect()]))(put("1\n2\n", "a b%20c.csv"))

# ---- glob/braces
(lambda d: [put("1\n", "a1.csv", d), put("2\n", "b1.csv", d), put("3\n", "c1.csv", d)] and err(lambda: sorted(r[0] for r in spark.read.csv(d + "/{a,b}1.csv").collect())))(tempfile.mkdtemp())

# ---- glob/class
(lambda d: [put("1\n", "a1.csv", d), put("2\n", "b1.csv", d), put("3\n", "c1.csv", d)] and err(lambda: [sorted(r[0] for r in spark.read.csv(d + g).collect()) for g in ("/[ab]1.csv", "/[^a]1.csv", "/?1.csv", "/[a-b]*", "/*")]))(tempfile.mkdtemp())

# ---- glob/none
(lambda d: [put("1\n", "a1.csv", d)] and err(lambda: spark.read.csv(d + "/z*").collect()))(tempfile.mkdtemp())

# ---- glob/space
(lambda d: [os.makedirs(d + "/x y%20z"), put("1\n", "a 1.csv", d + "/x y%20z")] and err(lambda: [r[0] for r in spark.read.csv(d + "/x y%20z").collect()]))(tempfile.mkdtemp())

# ---- glob/uri
(lambda d: [os.makedirs(d + "/x y"), put("1\n", "a 1.csv", d + "/x y")] and err(lambda: [r[0] for r in spark.read.csv("file://" + d + "/x y").collect()]))(tempfile.mkdtemp())

# ---- glob/base
(lambda d: [os.makedirs(d + "/p=1/q=2"), put("1\n", "a.csv", d + "/p=1/q=2")] and err(lambda: [spark.read.csv(d + "/p=1/q=2").columns, spark.read.option("basePath", d).csv(d + "/p=1/q=2").columns, spark.read.option("basePath", d + "/p=1").csv(d + "/p=1/q=2").columns, spark.read.csv(d + "/p=*").columns, spark.read.csv(d + "/p=1/*").columns]))(tempfile.mkdtemp())

# ---- ap/other
(lambda d: err(lambda: (spark.sql("select 1 a, 'x' b").write.parquet(d), spark.sql("select 2 a, 3.5D c").write.mode("append").parquet(d), spark.read.option("mergeSchema", True).parquet(d).orderBy("a").selectExpr("a", "b", "c").collect())[2]))(tempfile.mkdtemp() + "/o")

# ---- ap/modes
(lambda d: [err(lambda m=m: spark.range(1).write.mode(m).parquet(d)) for m in ("overwrite", "error", "errorifexists", "default", "ignore", "append", "Overwrite", "nope")])(tempfile.mkdtemp() + "/o")

# ---- nest/prune
(lambda d: (spark.sql("select named_struct('x',1,'y',named_struct('z','q','w',2)) s, array(named_struct('m',1,'n','k')) a, map('k',named_struct('u',1,'v',2)) m").write.parquet(d), err(lambda: spark.read.parquet(d).select("s.y.z", "a.n", F.expr("m['k'].v")).collect()), err(lambda: spark.read.schema("s struct<y:struct<w:int,new:string>>, a array<struct<n:string>>, m map<string,struct<v:int>>").parquet(d).collect()))[1:])(tempfile.mkdtemp() + "/o")

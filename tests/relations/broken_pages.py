# Broken pages of Parquet files: which file it was, and reading on without it.
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
GOOD = par(pa.table({"a": list(range(1000)), "b": ["x%d" % i for i in range(1000)]}), compression="none", use_dictionary=False)
def broken(at, n=64, base=GOOD):
    b = bytearray(base)
    for i in range(at, at + n): b[i] = 0xFF
    return bytes(b)
def rs2(d, **o): return err(lambda: sorted(map(tuple, spark.read.schema("a bigint, b string").options(**o).parquet(d).selectExpr("sum(a)", "max(b)").collect())))

# ---- brk/header_rows
rs2(dirw({"x.parquet": broken(4), "y.parquet": GOOD}))

# ---- brk/header_one
rs2(dirw({"it's.parquet": broken(4)}))

# ---- brk/header_ign_rows
rs2(dirw({"x.parquet": broken(4), "y.parquet": GOOD}), ignoreCorruptFiles=True)

# ---- brk/header_conf_rows
(spark.conf.set("spark.sql.files.ignoreCorruptFiles", "true"), rs2(dirw({"x.parquet": broken(4), "y.parquet": GOOD})), spark.conf.unset("spark.sql.files.ignoreCorruptFiles"))[1]

# ---- brk/header_stream
err(lambda: len(spark.read.parquet(dirw({"x.parquet": broken(4)})).collect()))

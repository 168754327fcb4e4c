spark.sql("DROP DATABASE IF EXISTS frames_db CASCADE")
spark.sql("DROP DATABASE IF EXISTS frames_db2 CASCADE")
spark.sql("CREATE DATABASE frames_db COMMENT 'of the tests'")
spark.catalog.setCurrentDatabase("frames_db")
C = spark.catalog


def tables(l):
    return sorted([t.name, t.catalog, t.namespace, t.description, t.tableType, t.isTemporary] for t in l)

# ---- current_database/set
C.currentDatabase()

# ---- set_current_database/missing
C.setCurrentDatabase("frames_no_such")

# ---- current_catalog/name
C.currentCatalog()

# ---- set_current_catalog/same
C.setCurrentCatalog("spark_catalog")
[C.currentCatalog(), C.currentDatabase()]

# ---- set_current_catalog/missing
C.setCurrentCatalog("frames_no_such")

# ---- list_catalogs/all
[tuple(c) for c in C.listCatalogs()]

# ---- list_databases/pattern
[[d.name, d.catalog, d.description] for d in C.listDatabases("frames_d*")]

# ---- get_database/one
d = C.getDatabase("frames_db")
[d.name, d.catalog, d.description, d.locationUri.endswith("frames_db.db")]

# ---- get_database/missing
C.getDatabase("frames_no_such")

# ---- database_exists/both
[C.databaseExists("frames_db"), C.databaseExists("frames_no_such"), C.databaseExists("spark_catalog.frames_db")]

# ---- create_database/new
C.createDatabase("frames_db2")
C.databaseExists("frames_db2")

# ---- create_database/again
C.createDatabase("frames_db")

# ---- create_database/if_not_exists
C.createDatabase("frames_db", ifNotExists=True)
C.databaseExists("frames_db")

# ---- drop_database/one
C.createDatabase("frames_db2")
C.dropDatabase("frames_db2")
C.databaseExists("frames_db2")

# ---- drop_database/not_empty
C.createDatabase("frames_db2")
spark.sql("CREATE TABLE frames_db2.t (a INT) USING parquet")
C.dropDatabase("frames_db2")

# ---- drop_database/cascade
C.createDatabase("frames_db2")
spark.sql("CREATE TABLE frames_db2.t (a INT) USING parquet")
C.dropDatabase("frames_db2", cascade=True)
C.databaseExists("frames_db2")

# ---- drop_database/missing
C.dropDatabase("frames_no_such")

# ---- create_table/managed
C.createTable("frames_t", schema=T.StructType.fromDDL("a int, b string"), source="parquet", description="some")
[spark.table("frames_t").schema.simpleString(), spark.table("frames_t").count(), tables([C.getTable("frames_t")])]

# ---- create_table/exists
C.createTable("frames_t", schema=T.StructType.fromDDL("a int"), source="parquet")
C.createTable("frames_t", schema=T.StructType.fromDDL("a int"), source="parquet")

# ---- create_external_table/path
import tempfile
d = tempfile.mkdtemp()
open(d + "/a.csv", "w").write("1,x\n2,y\n")
C.createExternalTable("frames_e", path=d, source="csv", schema=T.StructType.fromDDL("a int, b string"))
[[tuple(r) for r in spark.table("frames_e").orderBy("a").collect()], C.getTable("frames_e").tableType]

# ---- table_exists/kinds
spark.sql("CREATE TABLE frames_t (a INT) USING parquet")
spark.range(1).createOrReplaceTempView("frames_v")
[C.tableExists("frames_t"), C.tableExists("frames_v"), C.tableExists("frames_db.frames_t"), C.tableExists("frames_t", "frames_db"), C.tableExists("frames_none")]

# ---- list_tables/all
spark.sql("CREATE TABLE frames_t (a INT) USING parquet COMMENT 'c'")
spark.range(1).createOrReplaceTempView("frames_v")
spark.sql("CREATE VIEW frames_w AS SELECT 1 AS a")
tables(C.listTables())

# ---- list_tables/pattern
spark.sql("CREATE TABLE frames_t1 (a INT) USING parquet")
spark.sql("CREATE TABLE other_t (a INT) USING parquet")
[t.name for t in C.listTables(pattern="frames_t*")]

# ---- list_tables/missing_database
C.listTables("frames_no_such")

# ---- list_views/all
spark.sql("CREATE TABLE frames_t (a INT) USING parquet")
spark.sql("CREATE VIEW frames_w AS SELECT 1 AS a")
sorted(t.name for t in C.listViews())

# ---- get_table/view
spark.range(1).createOrReplaceTempView("frames_v")
tables([C.getTable("frames_v")])

# ---- get_table/missing
C.getTable("frames_none")

# ---- list_columns/table
spark.sql("CREATE TABLE frames_t (a INT COMMENT 'first', b STRING NOT NULL, p INT) USING parquet PARTITIONED BY (p)")
[tuple(c) for c in C.listColumns("frames_t")]

# ---- list_columns/view
spark.sql("SELECT 1 a, 'x' b").createOrReplaceTempView("frames_v")
[tuple(c) for c in C.listColumns("frames_v")]

# ---- list_columns/missing
C.listColumns("frames_none")

# ---- drop_table/one
spark.sql("CREATE TABLE frames_t (a INT) USING parquet")
C.dropTable("frames_t")
C.tableExists("frames_t")

# ---- drop_table/missing
C.dropTable("frames_none")

# ---- drop_table/if_exists
C.dropTable("frames_none", ifExists=True)
C.tableExists("frames_none")

# ---- drop_view/one
spark.sql("CREATE VIEW frames_w AS SELECT 1 AS a")
C.dropView("frames_w")
C.tableExists("frames_w")

# ---- drop_view/missing
C.dropView("frames_none")

# ---- drop_temp_view/both
spark.range(1).createOrReplaceTempView("frames_v")
[C.dropTempView("frames_v"), C.dropTempView("frames_v")]

# ---- drop_global_temp_view/both
spark.range(1).createOrReplaceGlobalTempView("frames_g")
[spark.table("global_temp.frames_g").count(), C.dropGlobalTempView("frames_g"), C.dropGlobalTempView("frames_g")]

# ---- list_functions/some
[[f.name, f.isTemporary] for f in C.listFunctions(pattern="to_d*")]

# ---- get_function/builtin
f = C.getFunction("abs")
[f.name, f.catalog, f.namespace, f.isTemporary]

# ---- get_function/missing
C.getFunction("frames_none")

# ---- get_function/of_users
spark.sql("CREATE FUNCTION frames_f(x INT) RETURNS INT RETURN x * 2")
spark.sql("CREATE FUNCTION frames_c AS 'no.such.Class'")
spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION frames_t(x INT) RETURNS INT RETURN x * 3")
names = ["frames_f", "FRAMES_F", "frames_db.frames_f", "spark_catalog.frames_db.frames_f", "frames_c", "frames_t", "session.frames_t", "system.builtin.abs"]
[[f.name, f.catalog, f.namespace, f.className, f.isTemporary] for f in map(C.getFunction, names) if f.className and f.className[:3] != "org"] + [[C.functionExists(n) for n in names]]

# ---- get_function/too_long
C.getFunction("a.b.c")

# ---- get_function/temporary_qualified
spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION frames_t(x INT) RETURNS INT RETURN x * 3")
C.getFunction("frames_db.frames_t")

# ---- list_functions/of_users
spark.sql("CREATE FUNCTION frames_f(x INT) RETURNS INT RETURN x * 2")
spark.sql("CREATE OR REPLACE TEMPORARY FUNCTION frames_t(x INT) RETURNS INT RETURN x * 3")
[[f.name, f.catalog, f.namespace, f.className, f.isTemporary] for f in C.listFunctions("frames_db", "frames_*")]

# ---- function_exists/both
[C.functionExists("abs"), C.functionExists("frames_none")]

# ---- get_table_properties/set
spark.sql("CREATE TABLE frames_t (a INT) USING parquet TBLPROPERTIES ('k' = 'v', 'l' = '2')")
sorted([k, v] for k, v in C.getTableProperties("frames_t").items() if k in ("k", "l"))

# ---- get_create_table_string/parquet
spark.sql("CREATE TABLE frames_t (a INT, b STRING COMMENT 'x') USING parquet COMMENT 'c' TBLPROPERTIES ('k' = 'v')")
C.getCreateTableString("frames_t").replace("\n", " ")

# ---- truncate_table/rows
spark.sql("CREATE TABLE frames_t (a INT) USING parquet")
spark.sql("INSERT INTO frames_t VALUES (1), (2)")
C.truncateTable("frames_t")
spark.table("frames_t").count()

# ---- refresh_table/gone_files
import shutil
import tempfile
d = tempfile.mkdtemp()
spark.sql(f"CREATE TABLE frames_t (col STRING) USING text LOCATION '{d}'")
spark.sql("INSERT INTO frames_t SELECT 'abc'")
C.cacheTable("frames_t")
counts = [spark.table("frames_t").count()]
shutil.rmtree(d)
counts.append(spark.table("frames_t").count())
C.refreshTable("frames_t")
counts + [spark.table("frames_t").count()]

# ---- truncate_table/view
spark.range(1).createOrReplaceTempView("frames_v")
C.truncateTable("frames_v")

# ---- analyze_table/rows
spark.sql("CREATE TABLE frames_t (a INT) USING parquet")
C.analyzeTable("frames_t")
spark.table("frames_t").count()

# ---- list_partitions/values
spark.sql("CREATE TABLE frames_t (a INT, p INT) USING parquet PARTITIONED BY (p)")
spark.sql("INSERT INTO frames_t VALUES (1, 1), (2, 2)")
sorted(str(p.partition) for p in C.listPartitions("frames_t"))

# ---- recover_partitions/table
spark.sql("CREATE TABLE frames_t (a INT, p INT) USING parquet PARTITIONED BY (p)")
C.recoverPartitions("frames_t")
spark.table("frames_t").count()

# ---- recover_partitions/not_partitioned
spark.sql("CREATE TABLE frames_t (a INT) USING parquet")
C.recoverPartitions("frames_t")

# ---- cache_table/is_cached
spark.range(3).createOrReplaceTempView("frames_v")
C.cacheTable("frames_v")
[C.isCached("frames_v"), spark.table("frames_v").count()]

# ---- is_cached/missing
C.isCached("frames_none")

# ---- uncache_table/one
spark.range(3).createOrReplaceTempView("frames_v")
C.cacheTable("frames_v")
C.uncacheTable("frames_v")
C.isCached("frames_v")

# ---- clear_cache/all
spark.range(4).createOrReplaceTempView("frames_v")
C.cacheTable("frames_v")
C.clearCache()
C.isCached("frames_v")

# ---- refresh_table/missing
C.refreshTable("frames_none")

# ---- refresh_table/one
spark.sql("CREATE TABLE frames_t (a INT) USING parquet")
C.refreshTable("frames_t")
spark.table("frames_t").count()

# ---- refresh_by_path/any
import tempfile
d = tempfile.mkdtemp()
C.refreshByPath(d)
C.currentDatabase()

# ---- create_table/used_again
df = C.createTable("frames_t", schema=T.StructType().add("a", T.IntegerType()), source="parquet")
n = [df.count()]
spark.sql("INSERT INTO frames_t VALUES (1), (2)")
n + [df.count(), df.filter("a > 1").count(), df.schema.simpleString()]

# ---- create_table/twice
C.createTable("frames_t", schema=T.StructType().add("a", T.IntegerType()), source="parquet")
C.createTable("frames_t", schema=T.StructType().add("a", T.IntegerType()), source="parquet")

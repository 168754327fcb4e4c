"""--allow-path: nothing outside the given directories and the warehouse is read, written, listed or noted, whichever statement names it and
however it is spelled."""
import os
import subprocess
import sys

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "protocol"))
from wire import PIEZO, Server  # noqa: E402


class Place:
    """A server with a fence, and directories inside and outside of it."""

    def __init__(self, root):
        self.root, self.inside, self.second, self.outside = root, f"{root}/in", f"{root}/in2", f"{root}/out"
        for d in (self.inside, self.second, self.outside, f"{self.outside}/deep", f"{root}/in-not"):
            os.mkdir(d)
        for d in (self.inside, self.second, self.outside, f"{root}/in-not"):
            with open(f"{d}/a.csv", "w") as f:
                f.write("1,x\n")
        os.symlink(self.outside, f"{self.inside}/link")
        os.symlink(f"{self.outside}/a.csv", f"{self.inside}/link.csv")
        os.symlink(f"{self.second}/a.csv", f"{self.inside}/good.csv")
        os.mkdir(f"{self.inside}/holds")
        os.symlink(f"{self.outside}/a.csv", f"{self.inside}/holds/b.csv")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    p = Place(str(tmp_path_factory.mktemp("fence")))
    with Server("--warehouse", f"{p.root}/w", "--allow-path", p.inside, f"--allow-path={p.second}/") as s:
        p.spark = SparkSession.builder.remote(s.url).create()
        yield p
        p.spark.stop()


def spellings(p):
    """Ways to say the outside."""
    return [p.outside, f"file:{p.outside}", f"file://{p.outside}/", f"{p.inside}/../out", f"{p.inside}/./..//out/.", f"{p.inside}/no/such/../../../out",
            f"{p.inside}/link", f"{p.inside}/link/deep", f"{p.root}/in-not", p.root, "/", f"{p.inside}/link/../in-not"]


def refused(action):
    with pytest.raises(PySparkException) as caught:
        action()
    assert (caught.value.getCondition(), caught.value.getSqlState()) == ("INSUFFICIENT_PERMISSIONS_EXT_LOC", "42501"), str(caught.value)
    assert caught.value.getMessageParameters()["location"].startswith("file:/")


READS = {
    "csv": lambda s, p: s.read.csv(p).collect(),
    "with a schema": lambda s, p: s.read.schema("a int").csv(p).collect(),
    "parquet": lambda s, p: s.read.parquet(p).collect(),
    "json": lambda s, p: s.read.json(p).collect(),
    "text": lambda s, p: s.read.text(p).collect(),
    "binary": lambda s, p: s.read.format("binaryFile").load(p).collect(),
    "xml": lambda s, p: s.read.option("rowTag", "r").format("xml").load(p).collect(),
    "option path": lambda s, p: s.read.format("csv").option("path", p).load().collect(),
    "in SQL": lambda s, p: s.sql(f"SELECT * FROM csv.`{p}`").collect(),
    "glob": lambda s, p: s.read.csv(f"{p}/*.csv").collect(),
    "temporary view": lambda s, p: s.sql(f"CREATE TEMP VIEW outside USING csv OPTIONS (path '{p}')").collect(),
    "catalog.createTable": lambda s, p: s.catalog.createTable("made", path=p, source="csv"),
    "basePath": lambda s, p: s.read.option("basePath", p).csv(f"{p}/deep").collect(),
}
WRITES = {
    "parquet": lambda s, p: s.range(1).write.mode("overwrite").parquet(p),
    "append": lambda s, p: s.range(1).write.mode("append").csv(p),
    "below": lambda s, p: s.range(1).write.json(f"{p}/new/dir"),
    "ignore": lambda s, p: s.range(1).write.mode("ignore").json(p),
    "directory": lambda s, p: s.sql(f"INSERT OVERWRITE DIRECTORY '{p}' USING csv SELECT 1"),
    "local directory": lambda s, p: s.sql(f"INSERT OVERWRITE LOCAL DIRECTORY '{p}' USING csv SELECT 1"),
    "table": lambda s, p: s.sql(f"CREATE TABLE made (a INT) USING csv LOCATION '{p}'"),
    "external table": lambda s, p: s.sql(f"CREATE EXTERNAL TABLE made (a INT) USING csv LOCATION '{p}'"),
    "table of what is there": lambda s, p: s.sql(f"CREATE TABLE made USING csv LOCATION '{p}'"),
    "table of a query": lambda s, p: s.sql(f"CREATE TABLE made USING parquet LOCATION '{p}/t' AS SELECT 1 AS a"),
    "table like": lambda s, p: s.sql(f"CREATE TABLE made LIKE kept USING csv LOCATION '{p}'"),
    "saveAsTable": lambda s, p: s.range(1).write.option("path", p).format("csv").saveAsTable("made"),
    "database": lambda s, p: s.sql(f"CREATE DATABASE made LOCATION '{p}'"),
    "database moved": lambda s, p: s.sql(f"ALTER DATABASE kept SET LOCATION '{p}'"),
    "table moved": lambda s, p: s.sql(f"ALTER TABLE kept SET LOCATION '{p}'"),
    "ADD FILE": lambda s, p: s.sql(f"ADD FILE '{p}/a.csv'"),
}


@pytest.mark.parametrize("name", READS)
def test_reads(place, name):
    for path in spellings(place):
        refused(lambda p=path: READS[name](place.spark, p))


@pytest.mark.parametrize("name", WRITES)
def test_writes(place, name):
    place.spark.sql("CREATE DATABASE IF NOT EXISTS kept")
    place.spark.sql("CREATE TABLE IF NOT EXISTS kept (a INT) USING csv")
    before = sorted(os.walk(place.root))
    for path in spellings(place):
        refused(lambda p=path: WRITES[name](place.spark, p))
    assert sorted(os.walk(place.root)) == before
    assert not place.spark.catalog.tableExists("made") and not place.spark.catalog.databaseExists("made")


@pytest.mark.parametrize("pattern", ["{i}/*/../../out/*", "{i}/{{holds,../out}}/*", "{i}/l*", "{i}/holds/*", "{i}/holds", "{i}/[l]ink/a.csv", "{r}/*/a.csv", "{r}/o?t/a.csv",
                                     "{i}/link.csv", "{i}/link.c?v"])
def test_patterns_and_links(place, pattern):
    refused(lambda: place.spark.read.csv(pattern.format(i=place.inside, r=place.root)).collect())


def test_what_lies_inside_is_served(place):
    spark = place.spark
    for path in (f"{place.inside}/a.csv", f"file:{place.inside}/a.csv", f"{place.second}", f"{place.inside}/../in2/*.csv", f"{place.inside}/good.csv",
                 f"{place.outside}/../in/a.csv", f"{place.inside}/{{a,good}}.csv"):
        assert set(spark.read.csv(path).collect()) == {("1", "x")}
    spark.range(3).write.parquet(f"{place.inside}/new/deep")
    assert spark.read.parquet(f"{place.inside}/new/deep").count() == 3
    spark.sql("CREATE TABLE managed USING parquet AS SELECT 1 AS a")
    spark.sql("INSERT INTO managed SELECT 2")
    spark.sql(f"CREATE TABLE beside USING parquet LOCATION '{place.second}/beside' AS SELECT * FROM managed")
    assert sorted(r.a for r in spark.table("beside").collect()) == [1, 2]
    spark.sql("DROP TABLE managed")
    spark.sql("DROP TABLE beside")
    with pytest.raises(PySparkException) as caught:
        spark.read.csv(f"{place.inside}/nothing").collect()
    assert caught.value.getCondition() == "PATH_NOT_FOUND"


def test_a_table_made_before_the_fence(tmp_path):
    (tmp_path / "in").mkdir()
    with Server("--warehouse", str(tmp_path / "w")) as s:
        spark = SparkSession.builder.remote(s.url).create()
        spark.sql(f"CREATE TABLE far USING parquet LOCATION '{tmp_path}/out' AS SELECT 1 AS a")
        spark.stop()
    with Server("--warehouse", str(tmp_path / "w"), "--allow-path", str(tmp_path / "in")) as s:
        spark = SparkSession.builder.remote(s.url).create()
        refused(lambda: spark.table("far").collect())
        refused(lambda: spark.sql("INSERT INTO far SELECT 2"))
        refused(lambda: spark.sql("CACHE TABLE far"))
        spark.sql("DROP TABLE far")
        spark.stop()
    assert os.listdir(tmp_path / "out")


def test_no_write_replaces_the_warehouse(tmp_path):
    with Server("--warehouse", str(tmp_path / "w")) as s:
        spark = SparkSession.builder.remote(s.url).create()
        spark.sql("CREATE TABLE t AS SELECT 1 AS a")
        for path in (tmp_path / "w", tmp_path, tmp_path / "w" / "piezo-warehouse.duckdb", tmp_path / "w" / ".." / "w"):
            refused(lambda p=path: spark.range(1).write.mode("overwrite").parquet(str(p)))
        assert spark.table("t").collect() == [(1,)]
        spark.stop()


def test_bad_directories():
    p = subprocess.run([PIEZO, "serve", "--warehouse", ":memory:", "--port", "0", "--allow-path", "/no/such/dir"], capture_output=True, text=True, timeout=20)
    assert p.returncode == 1 and "--allow-path" in p.stderr and not p.stdout

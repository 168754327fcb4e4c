"""spark.catalog and tables that outlive sessions: what one session makes another sees, temporary views stay apart, a restart keeps all."""
import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from conftest import Server


def connect(server):
    return SparkSession.builder.remote(server.url).create()


@pytest.fixture
def own(tmp_path):
    with Server("--warehouse", str(tmp_path / "wh")) as s:
        yield s


def names(tables):
    return [(t.name, t.namespace, t.tableType, t.isTemporary) for t in tables]


def test_two_sessions_share_tables_and_not_temporary_views(own):
    a, b = connect(own), connect(own)
    a.sql("CREATE DATABASE d")
    a.sql("CREATE TABLE d.t(x INT)")
    a.sql("CREATE VIEW d.v AS SELECT x FROM d.t")
    a.sql("CREATE TEMP VIEW mine AS SELECT 1 AS one")
    assert names(b.catalog.listTables("d")) == [("t", ["d"], "MANAGED", False), ("v", ["d"], "VIEW", False)]
    assert names(a.catalog.listTables("d")) == [("t", ["d"], "MANAGED", False), ("v", ["d"], "VIEW", False), ("mine", [], "TEMPORARY", True)]
    assert not b.catalog.tableExists("mine")
    with pytest.raises(AnalysisException) as e:
        b.table("mine").collect()
    assert e.value.getCondition() == "TABLE_OR_VIEW_NOT_FOUND"
    b.sql("ALTER TABLE d.t ADD COLUMNS (y STRING)")
    assert a.table("d.t").columns == ["x", "y"]
    a.sql("USE d")
    assert (a.catalog.currentDatabase(), b.catalog.currentDatabase()) == ("d", "default")
    b.sql("DROP TABLE d.t")
    with pytest.raises(AnalysisException) as e:
        a.table("t").schema
    assert e.value.getCondition() == "TABLE_OR_VIEW_NOT_FOUND"
    a.stop(), b.stop()


def test_a_view_is_read_anew_when_its_table_changes(own):
    a = connect(own)
    a.sql("CREATE TABLE t(x INT)")
    a.sql("CREATE VIEW e WITH SCHEMA EVOLUTION AS SELECT * FROM t")
    a.sql("CREATE VIEW c AS SELECT * FROM t")
    frame = a.table("e")
    assert frame.columns == ["x"]
    a.sql("ALTER TABLE t ADD COLUMNS (y STRING DEFAULT 'q')")
    assert a.table("e").columns == ["x", "y"]
    assert a.table("c").columns == ["x"]
    a.sql("ALTER TABLE t RENAME COLUMN x TO z")
    with pytest.raises(AnalysisException) as e:
        a.table("c").collect()
    assert e.value.getCondition() == "INCOMPATIBLE_VIEW_SCHEMA_CHANGE"
    a.stop()


def test_a_restart_keeps_databases_tables_and_views(tmp_path):
    place = str(tmp_path / "wh")
    with Server("--warehouse", place) as s:
        a = connect(s)
        a.sql("CREATE DATABASE d COMMENT 'kept' LOCATION '/tmp/elsewhere' WITH DBPROPERTIES ('k' = 'it''s')")
        a.sql("CREATE TABLE d.t(x INT, s STRUCT<a: INT, b: ARRAY<STRING>>)")
        a.sql("ALTER TABLE d.t SET TBLPROPERTIES ('p' = 'q')")
        a.sql("COMMENT ON TABLE d.t IS 'a ''table'''")
        a.sql("ALTER TABLE d.t ADD COLUMNS (y STRING DEFAULT 'w' COMMENT 'why')")
        a.sql("USE d")
        a.sql("SET spark.sql.ansi.enabled=false")
        a.sql("CREATE VIEW v (q COMMENT 'cq') TBLPROPERTIES ('a' = 'b') AS SELECT CAST('none' AS INT) FROM t" .replace("CAST('none' AS INT)", "CAST('none' AS INT) AS i"))
        a.sql("CREATE TEMP VIEW tv AS SELECT 1")
        before = [[tuple(r) for r in a.sql(q).collect()] for q in ASKED]
        a.stop()
    with Server("--warehouse", place) as s:
        a = connect(s)
        a.sql("USE d")
        assert [[tuple(r) for r in a.sql(q).collect()] for q in ASKED] == before
        assert not a.catalog.tableExists("tv")
        assert a.table("v").collect() == []                    # with the settings it was made under
        assert a.table("t").columns == ["x", "s", "y"]
        a.sql("DROP DATABASE d CASCADE")
        a.stop()
    with Server("--warehouse", place) as s:
        a = connect(s)
        assert [d.name for d in a.catalog.listDatabases()] == ["default"]
        a.stop()


ASKED = ["DESCRIBE DATABASE EXTENDED d", "DESCRIBE EXTENDED d.t", "SHOW CREATE TABLE d.t", "SHOW CREATE TABLE d.v", "SHOW TBLPROPERTIES d.v", "DESCRIBE EXTENDED d.v"]


def test_ids_are_not_used_again_after_a_restart(tmp_path):
    place = str(tmp_path / "wh")
    with Server("--warehouse", place) as s:
        a = connect(s)
        a.sql("CREATE TABLE t(x INT)")
        a.sql("ALTER TABLE t ADD COLUMNS (y INT)")
        a.sql("ALTER TABLE t DROP COLUMN y")
        a.stop()
    with Server("--warehouse", place) as s:
        a = connect(s)
        a.sql("ALTER TABLE t ADD COLUMNS (z STRING)")
        a.sql("CREATE TABLE u(x INT)")
        assert a.table("t").schema.simpleString() == "struct<x:int,z:string>"
        assert a.table("t").collect() == [] and a.table("u").collect() == []
        a.stop()

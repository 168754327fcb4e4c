"""Statements on views, variables, caching and the catalog; what they answer was read off Spark 4.3.0."""
import pytest
from wire import Client, fails, pb, rel, root

SESSION_PATH = "[`system`.`session`, `spark_catalog`.`default`]"
WHOLE_PATH = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]"


@pytest.fixture
def client(stub):
    return Client(stub)


def tuples(client, text):
    return [tuple(r.values()) for r in client.rows(text)]


def error(client, text):
    e = fails(lambda: client.stream(root(text)))
    return e.condition, e.parameters


def test_views(client):
    client.run(root("create temp view v1 as select 1 a, 'x' b"))
    assert error(client, "create temp view v1 as select 2") == ("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", {"relationName": "`v1`"})
    assert error(client, "create or replace temp view v1 as select * from v1")[0] == "RECURSIVE_VIEW"
    client.run(root("create or replace temp view v2(x comment 'cx', y) comment 'vc' as select * from v1"))
    assert client.rows("select * from v2") == [{"x": 1, "y": "x"}] and client.rows("select a from session.v1") == [{"a": 1}]
    client.run(root("create or replace temp view v1 as select 5 a, 'z' b"))
    assert client.rows("select * from v2") == [{"x": 5, "y": "z"}]
    condition, parameters = error(client, "create temp view v3 (a, b) as select 1")
    assert condition == "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS" and parameters["viewColumns"] == "`a`, `b`"
    assert tuples(client, "show views") == [("", "v1", True), ("", "v2", True)] == tuples(client, "show tables")
    assert tuples(client, "show tables like '*2'") == [("", "v2", True)]
    assert tuples(client, "describe v2") == [("x", "int", "cx"), ("y", "string", None)]
    assert tuples(client, "describe v2 x") == [("col_name", "x"), ("data_type", "int"), ("comment", "cx")]
    assert tuples(client, "show columns in v2") == [("x",), ("y",)]
    client.run(root("drop view v2"))
    assert error(client, "drop view v2") == ("TABLE_OR_VIEW_NOT_FOUND", {"relationName": "`spark_catalog`.`default`.`v2`", "searchPath": "[`spark_catalog`.`default`]"})
    client.run(root("drop view if exists v2"))


def test_altered_views(client):
    client.run(root("create temp view a1 as select 1 a"))
    client.run(root("alter view a1 as select 5 q"))
    assert client.rows("select * from a1") == [{"q": 5}]
    client.run(root("alter view a1 rename to a9"))
    assert client.rows("select * from a9") == [{"q": 5}] and error(client, "select * from a1")[0] == "TABLE_OR_VIEW_NOT_FOUND"


def test_global_views(client, stub):
    client.run(root("create or replace global temp view gv as select 3 g"))
    assert Client(stub).rows("select * from global_temp.gv") == [{"g": 3}]
    assert ("global_temp", "gv", True) in tuples(client, "show views in global_temp")
    client.run(root("drop view global_temp.gv"))
    assert error(client, "select * from global_temp.gv")[0] == "TABLE_OR_VIEW_NOT_FOUND"


def test_places(client):
    assert tuples(client, "show databases") == [("default",)] and tuples(client, "show catalogs") == [("spark_catalog",)]
    assert tuples(client, "show current namespace") == [("spark_catalog", "default")]
    for text in ("use default", "use spark_catalog", "use spark_catalog.default", "set catalog spark_catalog"):
        assert client.rows(text) == []
    assert error(client, "use nope") == ("SCHEMA_NOT_FOUND", {"schemaName": "`spark_catalog`.`nope`"})
    assert error(client, "show tables in nope")[0] == "SCHEMA_NOT_FOUND"
    assert error(client, "set catalog nope") == ("CATALOG_NOT_FOUND", {"catalogName": "`nope`", "config": '"spark.sql.catalog.nope"'})


@pytest.mark.parametrize("text,path", [
    ("describe nope", WHOLE_PATH), ("insert into nope values (1)", WHOLE_PATH), ("delete from nope", WHOLE_PATH), ("cache table nope", WHOLE_PATH),
    ("show columns in nope", SESSION_PATH), ("truncate table nope", SESSION_PATH), ("refresh table nope", SESSION_PATH),
    ("show partitions nope", SESSION_PATH), ("comment on table nope is 'x'", SESSION_PATH), ("alter table nope add column x int", SESSION_PATH),
])
def test_missing_tables(client, text, path):
    assert error(client, text) == ("TABLE_OR_VIEW_NOT_FOUND", {"relationName": "`nope`", "searchPath": path})


def test_views_are_no_tables(client):
    client.run(root("create temp view tv as select 1 a"))
    assert error(client, "truncate table tv") == ("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", {"operation": "TRUNCATE TABLE", "viewName": "`tv`"})
    assert error(client, "show create table tv") == ("EXPECT_PERMANENT_VIEW_NOT_TEMP", {"operation": "SHOW CREATE TABLE", "viewName": "`tv`"})


def test_variables(client):
    client.run(root("declare x int default 5"))
    assert error(client, "declare x int") == ("VARIABLE_ALREADY_EXISTS", {"variableName": "`system`.`session`.`x`"})
    client.run(root("declare or replace variable x bigint = 1 + 1"))
    assert client.rows("select x, session.x + 1 as y") == [{"x": 2, "y": 3}]
    client.run(root("declare y default 'a'"))
    client.run(root("set var x = 7, y = 'q'"))
    assert client.rows("select x, y") == [{"x": 7, "y": "q"}]
    client.run(root("set var (x, y) = (select 9, 'z')"))
    assert client.rows("select x, y") == [{"x": 9, "y": "z"}]
    client.run(root("set var x = default"))
    assert client.rows("select x") == [{"x": 2}]
    client.run(root("set var x = (select 1 where false)"))
    assert client.rows("select x") == [{"x": None}]
    assert error(client, "set var (x, y) = (select 1, 'a' union all select 2, 'b')")[0] == "ROW_SUBQUERY_TOO_MANY_ROWS"
    assert error(client, "set var nope = 1") == ("UNRESOLVED_VARIABLE", {"variableName": "`nope`", "searchPath": WHOLE_PATH})
    assert error(client, "set var x = 'abc'")[0] == "CAST_INVALID_INPUT"
    client.run(root("drop temporary variable y"))
    assert error(client, "drop temporary variable y") == ("VARIABLE_NOT_FOUND", {"variableName": "`system`.`session`.`y`"})
    assert error(client, "select y")[0] == "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"


def test_execute_immediate(client):
    assert client.rows("execute immediate 'select ? + ? as s' using 1, 2") == [{"s": 3}]
    assert client.rows("execute immediate 'select :p q' using 5 as p") == [{"q": 5}]
    assert client.rows("execute immediate 'set q.w=1'") == [{"key": "q.w", "value": "1"}]
    client.run(root("declare into_x int"))
    client.run(root("execute immediate 'select 42' into into_x"))
    assert client.rows("select into_x") == [{"into_x": 42}]
    assert error(client, "execute immediate 5") == ("INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE", {"exprType": '"INT"'})


def catalog(client, **operation):
    import pyarrow as pa
    from pyspark.sql.connect.proto import catalog_pb2 as cat
    name, fields = next(iter(operation.items()))
    message = getattr(cat, "".join(w.capitalize() for w in name.split("_")))(**fields)
    out = client.run(pb.Plan(root=rel.Relation(catalog=cat.Catalog(**{name: message}))))
    return [tuple(r.values()) for x in out if x.HasField("arrow_batch") for r in pa.ipc.open_stream(x.arrow_batch.data).read_all().to_pylist()]


def test_catalog_relations(client):
    client.run(root("create temp view cv as select 1 a, 'x' b"))
    assert catalog(client, current_database={}) == [("default",)] and catalog(client, current_catalog={}) == [("spark_catalog",)]
    assert catalog(client, list_tables={}) == [("cv", None, [], None, "TEMPORARY", True)] == catalog(client, get_table={"table_name": "cv"})
    assert [r[:5] for r in catalog(client, list_columns={"table_name": "cv"})] == [("a", None, "int", False, False), ("b", None, "string", False, False)]
    assert catalog(client, table_exists={"table_name": "cv"}) == [(True,)] and catalog(client, table_exists={"table_name": "nope"}) == [(False,)]
    assert catalog(client, database_exists={"db_name": "default"}) == [(True,)] and catalog(client, function_exists={"function_name": "abs"}) == [(True,)]
    assert catalog(client, is_cached={"table_name": "cv"}) == [(False,)]
    assert catalog(client, cache_table={"table_name": "cv"}) == [] and catalog(client, is_cached={"table_name": "cv"}) == [(True,)]
    assert catalog(client, uncache_table={"table_name": "cv"}) == [] and catalog(client, is_cached={"table_name": "cv"}) == [(False,)]
    assert catalog(client, drop_temp_view={"view_name": "cv"}) == [(True,)] and catalog(client, drop_temp_view={"view_name": "cv"}) == [(False,)]
    assert catalog(client, set_current_database={"db_name": "default"}) == []
    e = fails(lambda: catalog(client, get_table={"table_name": "nope"}))
    assert (e.condition, e.parameters["searchPath"]) == ("TABLE_OR_VIEW_NOT_FOUND", SESSION_PATH)


def test_explain_of_a_bad_query_answers_rows(client):
    rows = [r["plan"] for r in client.rows("explain select nope")]
    assert rows[0] == "Error occurred during query planning: " and rows[1].startswith("[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION]")
    assert client.rows("explain select 1")[0]["plan"].startswith("== Physical Plan ==\n")


def test_plans_follow_what_they_rest_on(client, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq
    path = tmp_path / "p"
    path.mkdir()
    pq.write_table(pa.table({"x": [1, 2]}), path / "a.parquet")
    text = f"select count(*) c from parquet.`{path}`"
    assert client.rows(text) == [{"c": 2}] and client.rows(text) == [{"c": 2}]
    pq.write_table(pa.table({"x": [3, 4, 5]}), path / "b.parquet")
    assert client.rows(text) == [{"c": 5}]
    pq.write_table(pa.table({"x": [1]}), path / "a.parquet")
    assert client.rows(text) == [{"c": 4}]
    client.run(root("create or replace temp view pv as select 1 a"))
    assert client.rows("select * from pv") == [{"a": 1}]
    client.run(root("create or replace temp view pv as select 2 b"))
    assert client.rows("select * from pv") == [{"b": 2}]
    assert client.rows("select current_timestamp() t")[0] != client.rows("select current_timestamp() t")[0]


def test_observed_metrics(client):
    from pyspark.sql.connect.proto import expressions_pb2 as ex
    from wire import kinds
    count = ex.Expression(alias=ex.Expression.Alias(name=["c"], expr=ex.Expression(unresolved_function=ex.Expression.UnresolvedFunction(
        function_name="count", arguments=[ex.Expression(literal=ex.Expression.Literal(integer=1))]))))
    observed = rel.Relation(common=rel.RelationCommon(plan_id=77), collect_metrics=rel.CollectMetrics(
        input=rel.Relation(range=rel.Range(end=6, step=1)), name="m", metrics=[count]))
    out = client.run(pb.Plan(root=observed), reattachable=True)
    assert kinds(out) == ["schema", "arrow_batch", "metrics", "observed_metrics", "result_complete"]
    metrics = out[3].observed_metrics[0]
    assert (metrics.name, list(metrics.keys), metrics.plan_id, metrics.values[0].long) == ("m", ["c"], 77, 6)

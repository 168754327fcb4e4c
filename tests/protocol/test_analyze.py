"""AnalyzePlan: every question."""
import pytest
from wire import Client, command, fails, pb, root

A = pb.AnalyzePlanRequest


@pytest.fixture
def client(stub):
    return Client(stub)


def test_schema(client):
    schema = client.analyze(schema=A.Schema(plan=root("select 1 a, cast(null as string) b"))).schema.schema.struct
    assert [(f.name, f.data_type.WhichOneof("kind"), f.nullable) for f in schema.fields] == [("a", "integer", False), ("b", "string", True)]


def test_tree_string(client):
    tree = client.analyze(tree_string=A.TreeString(plan=root("select 1 a, array(1) b"))).tree_string.tree_string
    assert tree == "root\n |-- a: integer (nullable = false)\n |-- b: array (nullable = false)\n |    |-- element: integer (containsNull = false)\n"


def test_explain(client):
    text = lambda mode: client.analyze(explain=A.Explain(plan=root("select id + 1 x from range(3)"), explain_mode=mode)).explain.explain_string  # noqa: E731
    assert text(1).startswith("== Physical Plan ==\n") and text(1).endswith("\n\n")
    heads = [line for line in text(2).splitlines() if line.startswith("==")]
    assert heads == ["== Parsed Logical Plan ==", "== Analyzed Logical Plan ==", "== Optimized Logical Plan ==", "== Physical Plan =="]
    assert "x: bigint\n" in text(2) and text(2).endswith("\n") and not text(2).endswith("\n\n")
    assert text(3).startswith("Found ") and text(4).startswith("== Optimized Logical Plan ==\n") and "(1) Range\n" in text(5)
    e = fails(lambda: text(0))
    assert e.message == "Unknown Explain Mode EXPLAIN_MODE_UNSPECIFIED!" and e.info.reason == "java.lang.UnsupportedOperationException"


def test_flags_and_files(client):
    ask = lambda kind, text: client.analyze(**{kind: getattr(A, {"is_local": "IsLocal", "is_streaming": "IsStreaming", "input_files": "InputFiles"}[kind])(plan=root(text))})  # noqa: E731, E501
    assert ask("is_local", "values (1), (2)").is_local.is_local and not ask("is_local", "select 1").is_local.is_local
    assert not ask("is_local", "select * from range(3)").is_local.is_local and not ask("is_local", "show tables").is_local.is_local
    assert not ask("is_streaming", "select 1").is_streaming.is_streaming and not ask("input_files", "select 1").input_files.files


def test_ddl_parse(client):
    parse = lambda text: client.analyze(ddl_parse=A.DDLParse(ddl_string=text)).ddl_parse.parsed  # noqa: E731
    assert [f.name for f in parse("a int, b string").struct.fields] == ["a", "b"]
    assert [f.name for f in parse("a: int").struct.fields] == ["a"] and parse("int").WhichOneof("kind") == "integer"
    assert not parse("").struct.fields and parse("").WhichOneof("kind") == "struct"
    assert fails(lambda: parse("nope")).classes[0].endswith("ParseException")


def test_json_to_ddl(client):
    ddl = lambda text: client.analyze(json_to_ddl=A.JsonToDDL(json_string=text)).json_to_ddl.ddl_string  # noqa: E731
    field = '{"name":"a","type":"integer","nullable":false,"metadata":{}}'
    assert ddl('{"type":"struct","fields":[%s]}' % field) == "a INT NOT NULL"
    assert fails(lambda: ddl('"integer"')).info.reason == "java.lang.ClassCastException"
    assert fails(lambda: ddl("{x")).info.reason == "com.fasterxml.jackson.core.JsonParseException"


def test_semantics(client):
    same = lambda a, b: client.analyze(same_semantics=A.SameSemantics(target_plan=root(a), other_plan=root(b))).same_semantics.result  # noqa: E731
    digest = lambda a: client.analyze(semantic_hash=A.SemanticHash(plan=root(a))).semantic_hash.result  # noqa: E731
    assert same("select id + 1 from range(3)", "select id + 1 as z from range(3)") and not same("select * from range(3)", "select * from range(4)")
    assert digest("select id + 1 from range(3)") == digest("select id + 1 as z from range(3)")


def test_options_in_any_order(client, tmp_path):
    """A client sends options as a map, whose order on the wire changes from one program to the next."""
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    for name, options in (("a", "header 'true', sep ',', escape 'x'"), ("b", "escape 'x', header 'true', sep ','"), ("c", "escape 'y', header 'true', sep ','")):
        client.run(command(f"create temporary view {name} using csv options (path '{tmp_path}', {options})"))
    same = lambda a, b: client.analyze(same_semantics=A.SameSemantics(target_plan=root(a), other_plan=root(b))).same_semantics.result  # noqa: E731
    assert same("select * from a", "select * from b") and not same("select * from a", "select * from c")


def test_persist(client):
    relation = root("select id, 12345 x from range(7)").root
    level = lambda: client.analyze(get_storage_level=A.GetStorageLevel(relation=relation)).get_storage_level.storage_level  # noqa: E731
    assert (level().use_memory, level().replication) == (False, 1)
    client.analyze(persist=A.Persist(relation=relation))
    assert (level().use_disk, level().use_memory, level().deserialized, level().replication) == (True, True, True, 1)
    client.analyze(unpersist=A.Unpersist(relation=relation))
    assert not level().use_memory


def test_bad_requests(client):
    e = fails(lambda: client.analyze())
    assert e.condition == "CONNECT_INVALID_PLAN.UNKNOWN_ANALYZE_METHOD" and e.parameters == {"other": "ANALYZE_NOT_SET"}
    for plan in (None, pb.Plan(), command("select 1")):
        e = fails(lambda: client.analyze(schema=A.Schema(plan=plan)))
        assert e.condition == "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET" and e.parameters["fullName"] == "spark.connect.Relation"


def test_version(client):
    assert client.analyze(spark_version=A.SparkVersion()).spark_version.version == "4.3.0"

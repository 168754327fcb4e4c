"""Errors: what rides in the trailers, what FetchErrorDetails gives, and what the transport itself answers."""
import grpc
import pytest
from wire import Client, Server, fails, new_id, pb, rel, root


@pytest.fixture
def client(stub):
    return Client(stub)


def test_error_info(client):
    e = fails(lambda: client.stream(root("select 1/0")))
    assert e.code == "INTERNAL" and e.info.domain == "org.apache.spark" and e.info.reason == e.classes[0] == "org.apache.spark.SparkArithmeticException"
    assert e.classes[-2:] == ["java.lang.Throwable", "java.lang.Object"] and e.state == "22012"
    assert e.condition == "DIVIDE_BY_ZERO" and e.parameters == {"config": '"spark.sql.ansi.enabled"'}
    assert e.message.startswith("[DIVIDE_BY_ZERO] ") and "SQLSTATE: 22012\n== SQL (line 1, position 8) ==\nselect 1/0\n       ^^^\n" in e.message


def test_fetch_once(client):
    e = fails(lambda: client.stream(root("select 1/0")))
    answer = client.fetch_error(e.error_id)
    assert answer.root_error_idx == 0 and len(answer.errors) == 1 and not answer.session_id and not answer.server_side_session_id
    error = answer.errors[0]
    assert list(error.error_type_hierarchy) == e.classes and error.message == e.message
    throwable = error.spark_throwable
    assert throwable.error_class == "DIVIDE_BY_ZERO" and throwable.sql_state == "22012" and dict(throwable.message_parameters) == e.parameters
    context = throwable.query_contexts[0]
    assert (context.start_index, context.stop_index, context.fragment) == (7, 9, "1/0") and context.summary.startswith("== SQL (line 1, position 8)")
    assert client.fetch_error(e.error_id) == pb.FetchErrorDetailsResponse()
    assert client.fetch_error("nope") == pb.FetchErrorDetailsResponse()


def test_only_the_newest_are_kept(client):
    ids = [fails(lambda: client.stream(root(f"select nope{i}"))).error_id for i in range(25)]
    found = [client.fetch_error(i).HasField("root_error_idx") for i in ids]
    assert found == [False] * 5 + [True] * 20


def test_parse_errors(client):
    e = fails(lambda: client.stream(root("selec 1")))
    assert e.classes[:2] == ["org.apache.spark.sql.catalyst.parser.ParseException", "org.apache.spark.sql.AnalysisException"]
    assert e.condition == "PARSE_SYNTAX_ERROR" and e.message.startswith("\n[PARSE_SYNTAX_ERROR]") and "(line 1, pos 0)\n\n== SQL ==\nselec 1\n^^^\n" in e.message


def test_big_parameters_stay_out_of_the_trailer(client):
    e = fails(lambda: client.stream(root("select " + "x" * 3000)))
    assert e.condition is None and e.parameters is None and e.state == "42703" and len(e.message) <= 2048
    assert client.fetch_error(e.error_id).errors[0].spark_throwable.error_class.startswith("UNRESOLVED_COLUMN")


def test_stack_trace_on_demand(client):
    assert "stackTrace" not in fails(lambda: client.stream(root("select nope"))).info.metadata
    client.config(set=pb.ConfigRequest.Set(pairs=[pb.KeyValue(key="spark.sql.pyspark.jvmStacktrace.enabled", value="true")]))
    assert "stackTrace" in fails(lambda: client.stream(root("select nope"))).info.metadata
    client.config(set=pb.ConfigRequest.Set(pairs=[pb.KeyValue(key="spark.sql.connect.enrichError.enabled", value="false")]))
    assert fails(lambda: client.stream(root("select nope"))).error_id is None


def test_garbage(channel, client):
    for method in ("Config", "AnalyzePlan", "ReleaseSession", "GetStatus"):
        call = channel.unary_unary(f"/spark.connect.SparkConnectService/{method}")
        e = fails(lambda: call(b"\xff\xff\xff"))
        assert (e.code, e.message, e.info) == ("UNKNOWN", "Application error processing RPC", None)
    for method in ("ExecutePlan", "ReattachExecute"):
        call = channel.unary_stream(f"/spark.connect.SparkConnectService/{method}")
        assert fails(lambda: call(b"\x0a\x7f")).code == "UNKNOWN"
    assert client.rows("select 1 a") == [{"a": 1}]


@pytest.mark.parametrize("path", ["/spark.connect.SparkConnectService/Nope", "/grpc.health.v1.Health/Check", "/x/y"])
def test_unknown_methods(channel, path):
    e = fails(lambda: channel.unary_unary(path)(b""))
    assert e.code == "UNIMPLEMENTED" and e.message == "Method not found: " + path[1:] and e.info is None


def test_oversized_message(client):
    plan = pb.Plan(root=rel.Relation(local_relation=rel.LocalRelation(data=b"x" * (200 << 20))))
    assert fails(lambda: client.stream(plan)).code == "RESOURCE_EXHAUSTED"
    assert client.rows("select 1 a") == [{"a": 1}]


def test_gzip_requests(channel):
    from pyspark.sql.connect.proto import base_pb2_grpc
    stub = base_pb2_grpc.SparkConnectServiceStub(channel)
    request = pb.AnalyzePlanRequest(session_id=new_id(), spark_version=pb.AnalyzePlanRequest.SparkVersion())
    assert stub.AnalyzePlan(request, compression=grpc.Compression.Gzip).spark_version.version == "4.3.0"


def field(number, data):
    """A length-delimited field as bytes."""
    out, n = bytearray([number << 3 | 2]), len(data)
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out) + data


def test_deep_plans_do_not_crash(channel, client):
    plan = rel.Relation(range=rel.Range(end=1, step=1))
    for _ in range(40):
        plan = rel.Relation(limit=rel.Limit(input=plan, limit=5))
    client.run(pb.Plan(root=plan))
    leaf, parts = rel.Relation(range=rel.Range(end=1, step=1)).SerializeToString(), []
    for _ in range(60000):                         # past every limit; built as bytes, because client libraries refuse to
        inner = field(1, leaf) if not parts else None
        if inner is None:
            head, n = bytearray([1 << 3 | 2]), size
            while n > 127:
                head.append(n & 127 | 128)
                n >>= 7
            head.append(n)
            inner_head, size = bytes(head), size + len(head)
        else:
            inner_head, size = inner, len(inner)
        head, n = bytearray([8 << 3 | 2]), size
        while n > 127:
            head.append(n & 127 | 128)
            n >>= 7
        head.append(n)
        size += len(head)
        parts.append(bytes(head) + inner_head)
    raw = client.request(None).SerializeToString() + field(3, field(1, b"".join(reversed(parts))))
    call = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan", response_deserializer=pb.ExecutePlanResponse.FromString)
    assert fails(lambda: call(raw)).code in ("INTERNAL", "UNKNOWN")
    assert client.rows("select 1 a") == [{"a": 1}]


def test_token():
    import os

    from pyspark.sql.connect.proto import base_pb2_grpc
    os.environ["SPARK_CONNECT_AUTHENTICATE_TOKEN"] = "sesame"
    try:
        server = Server("--warehouse", ":memory:").__enter__()
    finally:
        del os.environ["SPARK_CONNECT_AUTHENTICATE_TOKEN"]
    try:
        with grpc.insecure_channel(server.url[5:].replace("localhost", "127.0.0.1")) as channel:
            stub = base_pb2_grpc.SparkConnectServiceStub(channel)
            request = pb.AnalyzePlanRequest(session_id=new_id(), spark_version=pb.AnalyzePlanRequest.SparkVersion())
            e = fails(lambda: stub.AnalyzePlan(request))
            assert (e.code, e.message) == ("UNAUTHENTICATED", "No authentication token provided")
            for bad in ("Bearer wrong", "sesame", "Bearer sesame2"):
                assert fails(lambda: stub.AnalyzePlan(request, metadata=[("authorization", bad)])).message == "Invalid authentication token"
            assert fails(lambda: stub.AnalyzePlan(request, metadata=[("authentication", "Bearer sesame")])).message == "No authentication token provided"
            assert stub.AnalyzePlan(request, metadata=[("authorization", "Bearer sesame")]).spark_version.version == "4.3.0"
    finally:
        server.__exit__()

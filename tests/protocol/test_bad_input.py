"""Input no client of good will sends: the server answers with a condition or a gRPC code, lives, and serves the next request."""
import socket

import grpc
import pytest
from google.protobuf import any_pb2
from pyspark.sql.connect.proto import base_pb2_grpc
from pyspark.sql.connect.proto import expressions_pb2 as ex
from wire import Client, Server, cmd, fails, pb, rel, root

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
BASE = rel.Relation(range=rel.Range(end=1, step=1))
EXTENSION = any_pb2.Any(type_url="x/y.Z", value=b"abc")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One of its own, so that a crash shows here and nowhere else."""
    with Server("--warehouse", ":memory:", log=tmp_path_factory.mktemp("log") / "piezo.log") as s:
        yield s
        assert s.process.poll() is None, "the server ended"


@pytest.fixture
def bare(server):
    with grpc.insecure_channel(f"127.0.0.1:{server.port}", options=[("grpc.max_send_message_length", -1)]) as channel:
        yield Client(base_pb2_grpc.SparkConnectServiceStub(channel))


@pytest.mark.parametrize("data", [b"\x00" * 4096, b"\xff" * 4096, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500,
                                  PREFACE, PREFACE + b"\xff" * 4096, PREFACE + SETTINGS + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01",
                                  PREFACE + SETTINGS + b"\x00\x00\x04\x01\x04\x00\x00\x00\x01\xff\xff\xff\xff", b""],
                         ids=["zeros", "ones", "http1", "tls", "preface", "bad-frames", "huge-frame", "bad-headers", "nothing"])
def test_garbage_on_the_socket(server, bare, data):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as s:
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            while s.recv(65536):
                pass
        except (ConnectionError, socket.timeout):
            pass
    assert bare.rows("select 1 a") == [{"a": 1}]


def test_silent_connections_hold_nobody_up(server, bare):
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    assert bare.rows("select 1 a") == [{"a": 1}]
    for s in idle:
        s.close()


def unset(message, name):
    return "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET", {"fullName": "spark.connect." + message, "name": name}


@pytest.mark.parametrize("plan, wanted", [
    (pb.Plan(root=rel.Relation(extension=EXTENSION)), ("CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION", {"extensionTypeUrl": "x/y.Z"})),
    (pb.Plan(root=rel.Relation(project=rel.Project(input=BASE, expressions=[ex.Expression(extension=EXTENSION)]))),
     ("CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION", {"extensionTypeUrl": "x/y.Z"})),
    (pb.Plan(command=cmd.Command(extension=EXTENSION)), ("CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION", {"extensionTypeUrl": "x/y.Z"})),
    (pb.Plan(root=rel.Relation(unknown=rel.Unknown())),
     ("CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SUPPORTED", {"fullName": "spark.connect.Relation", "name": "UNKNOWN", "number": "999"})),
    (pb.Plan(root=rel.Relation(limit=rel.Limit(limit=1))), unset("Relation", "RELTYPE_NOT_SET")),
    (pb.Plan(root=rel.Relation(project=rel.Project(input=BASE, expressions=[ex.Expression()]))), unset("Expression", "EXPRTYPE_NOT_SET")),
    (pb.Plan(command=cmd.Command()), unset("Command", "COMMANDTYPE_NOT_SET")),
    (pb.Plan(root=rel.Relation(ml_relation=rel.MlRelation())), ("CONNECT_ML.UNSUPPORTED_EXCEPTION", {"message": "MLTYPE_NOT_SET not supported"})),
    (pb.Plan(root=rel.Relation(join=rel.Join(left=BASE, right=BASE))),
     ("CONNECT_INVALID_PLAN.INVALID_ENUM", {"fullName": "spark.connect.Join.JoinType", "name": "JOIN_TYPE_UNSPECIFIED", "number": "0"})),
], ids=["relation-extension", "expression-extension", "command-extension", "unknown", "no-input", "no-expression", "no-command", "ml", "join-type"])
def test_unsupported_plans(bare, plan, wanted):
    e = fails(lambda: bare.stream(plan))
    assert (e.code, e.condition, e.parameters) == ("INTERNAL", *wanted)
    assert bare.rows("select 1 a") == [{"a": 1}]


@pytest.mark.parametrize("data", [b"\xff" * 100, b"\xff\xff\xff\xff\x10\x00\x00\x00" + b"\x01" * 100, b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"ARROW1\x00\x00"])
def test_damaged_arrow(bare, data):
    assert fails(lambda: bare.stream(pb.Plan(root=rel.Relation(local_relation=rel.LocalRelation(data=data))))).code == "INTERNAL"
    assert bare.rows("select 1 a") == [{"a": 1}]


@pytest.mark.parametrize("text", ["(" * 100_000 + "1" + ")" * 100_000, "array(" * 100_000 + "1" + ")" * 100_000, "not " * 100_000 + "true", "- " * 100_000 + "1",
                                  "1+" * 100_000 + "1"], ids=["parentheses", "calls", "not", "minus", "sum"])
def test_deep_statements(bare, text):
    assert fails(lambda: bare.stream(root("select " + text))).condition == "FAILED_TO_PARSE_TOO_COMPLEX"
    assert bare.rows("select 1 a") == [{"a": 1}]


def wrap(number, leaf, depth):
    """leaf inside `depth` messages, in the fields `number` in turn, as bytes: client libraries refuse to build such."""
    parts, size = [leaf], len(leaf)
    for level in range(depth):
        head, n = bytearray(), size
        while n > 127:
            head.append(n & 127 | 128)
            n >>= 7
        head.append(n)
        part = bytes([number[level % len(number)] << 3 | 2]) + bytes(head)
        parts.append(part)
        size += len(part)
    return b"".join(reversed(parts))


@pytest.mark.parametrize("fields, leaf", [((1, 8), BASE.SerializeToString()), ((1,), b""), ((15,), b"")], ids=["limits", "first-field", "other"])
def test_deep_plans(server, bare, fields, leaf):
    """100,000 levels: Limit in Limit in ..., and the same bytes read as whatever they are."""
    nested = wrap((1, 3), wrap(fields, leaf, 200_000), 2)
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        call = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan", response_deserializer=pb.ExecutePlanResponse.FromString)
        assert fails(lambda: call(bare.request(None).SerializeToString() + nested)).code in ("INTERNAL", "UNKNOWN")
    assert bare.rows("select 1 a") == [{"a": 1}]

"""Sessions: how they are found, closed, cloned; artifacts."""
import zlib

import grpc
import pytest
from wire import SLOW, Client, Server, fails, kind, new_id, pb, root

A = pb.AddArtifactsRequest


@pytest.fixture
def client(stub):
    return Client(stub)


def version(client, **fields):
    return client.analyze(spark_version=pb.AnalyzePlanRequest.SparkVersion(), **fields)


@pytest.mark.parametrize("session", ["1-1-1-1-1", new_id().upper()])
def test_lenient_ids(stub, session):
    assert version(Client(stub, session)).spark_version.version == "4.3.0"


@pytest.mark.parametrize("session", ["", "x", "{" + new_id() + "}", "00112233-4455-6677-8899-aabbccddeefg"])
def test_bad_ids(stub, session):
    e = fails(lambda: version(Client(stub, session)))
    assert e.condition == "INVALID_HANDLE.FORMAT" and e.state == "HY000" and e.parameters == {"handle": session} and not e.error_id


def test_observed_id(client):
    server_id = version(client).server_side_session_id
    assert version(client, client_observed_server_side_session_id=server_id).server_side_session_id == server_id
    e = fails(lambda: version(client, client_observed_server_side_session_id=new_id()))
    assert e.condition == "INVALID_HANDLE.SESSION_CHANGED" and e.state == "08003" and e.error_id


def test_users_do_not_share(stub):
    session = new_id()
    one, other = Client(stub, session, "one"), Client(stub, session, "other")
    assert version(one).server_side_session_id != version(other).server_side_session_id


@pytest.mark.parametrize("call", ["ReattachExecute", "ReleaseExecute", "CloneSession", "GetStatus"])
def test_must_exist(client, call):
    e = fails(lambda: getattr(client.stub, call)(client.make(getattr(pb, call + "Request"))))
    assert e.condition == "INVALID_HANDLE.SESSION_NOT_FOUND" and not e.error_id


def test_release(client):
    server_id = version(client).server_side_session_id
    release = lambda **f: client.stub.ReleaseSession(client.make(pb.ReleaseSessionRequest, **f))  # noqa: E731
    assert release().server_side_session_id == server_id
    assert not release().server_side_session_id
    e = fails(lambda: version(client))
    assert e.condition == "INVALID_HANDLE.SESSION_CLOSED" and not e.error_id
    assert fails(lambda: client.release(new_id())).condition == "INVALID_HANDLE.SESSION_CLOSED"


def test_release_and_reconnect(client):
    first = version(client).server_side_session_id
    client.stub.ReleaseSession(client.make(pb.ReleaseSessionRequest, allow_reconnect=True))
    assert version(client).server_side_session_id != first


def test_release_ends_streams(client):
    stream = client.stream(root(SLOW), reattachable=True)
    assert kind(next(stream)) == "schema"
    client.stub.ReleaseSession(client.make(pb.ReleaseSessionRequest))
    assert fails(lambda: stream).condition == "INVALID_CURSOR.DISCONNECTED"


def test_clone(client):
    client.config(set=pb.ConfigRequest.Set(pairs=[pb.KeyValue(key="x.y", value="1")]))
    client.run(root("create temp view cv as select 5 a"))
    answer = client.stub.CloneSession(client.make(pb.CloneSessionRequest))
    clone = Client(client.stub, answer.new_session_id)
    assert version(clone).server_side_session_id == answer.new_server_side_session_id
    assert clone.config(get=pb.ConfigRequest.Get(keys=["x.y"])).pairs[0].value == "1" and clone.rows("select * from cv") == [{"a": 5}]
    clone.run(root("drop view cv"))
    assert client.rows("select * from cv") == [{"a": 5}]


def test_clone_targets(client):
    version(client)
    clone = lambda target: client.stub.CloneSession(client.make(pb.CloneSessionRequest, new_session_id=target))  # noqa: E731
    e = fails(lambda: clone("x"))
    assert e.condition == "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT" and e.parameters == {"targetSessionId": "x"}
    assert fails(lambda: clone(client.session)).condition == "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS"
    other = Client(client.stub)
    version(other)
    client.stub.ReleaseSession(other.make(pb.ReleaseSessionRequest))
    assert fails(lambda: clone(other.session)).condition == "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_CLOSED"


def test_expiry():
    with Server("--warehouse", ":memory:", "--conf", "spark.connect.session.manager.defaultSessionTimeout=1s") as s:
        import time

        from pyspark.sql.connect.proto import base_pb2_grpc
        with grpc.insecure_channel(s.url[5:].replace("localhost", "127.0.0.1")) as channel:
            client = Client(base_pb2_grpc.SparkConnectServiceStub(channel))
            version(client)
            time.sleep(3.2)
            assert fails(lambda: version(client)).condition == "INVALID_HANDLE.SESSION_CLOSED"


# ---- artifacts

def single(name, data=b"x", crc=None):
    return A.SingleChunkArtifact(name=name, data=A.ArtifactChunk(data=data, crc=zlib.crc32(data) if crc is None else crc))


def add(client, *payloads):
    return client.stub.AddArtifacts(iter([client.make(A, **p) for p in payloads]))


def batch(*artifacts):
    return {"batch": A.Batch(artifacts=artifacts)}


def chunk(data):
    return A.ArtifactChunk(data=data, crc=zlib.crc32(data))


def test_artifacts(client):
    answer = add(client, batch(single("cache/abc"), single("files/a"), single("files/bad", crc=1)))
    assert [(a.name, a.is_crc_successful) for a in answer.artifacts] == [("cache/abc", True), ("files/a", True), ("files/bad", False)]
    names = ["cache/abc", "files/a", "cache/zz", "abc"]
    statuses = client.stub.ArtifactStatus(client.make(pb.ArtifactStatusesRequest, names=names)).statuses
    assert {n: statuses[n].exists for n in names} == {"cache/abc": True, "files/a": False, "cache/zz": False, "abc": False}
    add(client, batch(single("files/a")))
    e = fails(lambda: add(client, batch(single("files/a", b"other"))))
    assert e.condition == "ARTIFACT_ALREADY_EXISTS" and e.parameters == {"normalizedRemoteRelativePath": "files/a"}


@pytest.mark.parametrize("name", ["", "/abs", "../x", "a/../../x"])
def test_artifact_names(client, name):
    e = fails(lambda: add(client, batch(single(name))))
    assert e.condition == "INVALID_ARTIFACT_PATH" and e.parameters == {"name": name}


def test_chunked_artifacts(client):
    begin = {"begin_chunk": A.BeginChunkedArtifact(name="cache/big", total_bytes=6, num_chunks=2, initial_chunk=chunk(b"abc"))}
    answer = add(client, begin, {"chunk": chunk(b"def")})
    assert [(a.name, a.is_crc_successful) for a in answer.artifacts] == [("cache/big", True)]
    assert fails(lambda: add(client, {"chunk": chunk(b"x")})).message == "requirement failed"
    assert fails(lambda: add(client, begin, batch(single("cache/x")))).message == "requirement failed"
    wrong = {"begin_chunk": A.BeginChunkedArtifact(name="cache/w", total_bytes=7, num_chunks=2, initial_chunk=chunk(b"abc"))}
    assert "Processed 6 bytes out of 7 bytes" in fails(lambda: add(client, wrong, {"chunk": chunk(b"def")})).message


def test_upload_of_nothing(client):
    e = fails(lambda: add(client))
    assert e.code == "UNKNOWN" and e.message == "Application error processing RPC"


def test_cached_local_relation(client):
    import hashlib

    import pyarrow as pa
    from wire import rel
    table = pa.table({"x": [1, 2, 3]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as w:
        w.write_table(table)
    data = sink.getvalue().to_pybytes()
    hashes = []
    for part in (data, b"x bigint"):
        hashes.append(hashlib.sha256(part).hexdigest())
        add(client, batch(single("cache/" + hashes[-1], part)))
    chunked = rel.ChunkedCachedLocalRelation(dataHashes=[hashes[0], hashes[0]], schemaHash=hashes[1])
    out = client.run(pb.Plan(root=rel.Relation(chunked_cached_local_relation=chunked)))
    assert sum(r.arrow_batch.row_count for r in out if r.HasField("arrow_batch")) == 6
    missing = rel.Relation(chunked_cached_local_relation=rel.ChunkedCachedLocalRelation(dataHashes=["nope"]))
    assert fails(lambda: client.stream(pb.Plan(root=missing))).condition == "CONNECT_INVALID_PLAN.NOT_FOUND_CHUNKED_CACHED_LOCAL_RELATION"

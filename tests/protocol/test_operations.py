"""Reattach, release, interrupt, status: the life of operations."""
import time

import grpc
import pytest
from wire import SLOW, Client, Server, fails, kind, kinds, new_id, pb, root

THREE = ["schema", "arrow_batch", "metrics", "result_complete"]


@pytest.fixture
def client(stub):
    return Client(stub)


def start_slow(client, **options):
    operation = new_id()
    stream = client.stream(root(SLOW), operation=operation, **options)
    assert kind(next(stream)) == "schema"
    return operation, stream


def wait_for(what, seconds=5):
    end = time.time() + seconds
    while not what():
        assert time.time() < end, "it did not happen in time"
        time.sleep(0.02)


def test_reattach_replays(client):
    op = new_id()
    first = client.run(root("select 1"), reattachable=True, operation=op)
    again = list(client.reattach(op))
    assert kinds(again) == THREE and [r.response_id for r in again] == [r.response_id for r in first]
    after = list(client.reattach(op, last=first[1].response_id))
    assert [r.response_id for r in after] == [r.response_id for r in first[2:]]
    assert list(client.reattach(op, last=first[-1].response_id)) == []
    assert [r.response_id for r in client.run(root("select 1"), reattachable=True, operation=op)] == [r.response_id for r in first]


def test_release_until_and_all(client):
    op = new_id()
    out = client.run(root("select 1"), reattachable=True, operation=op)
    assert client.release(op, until=out[1].response_id).operation_id == op
    e = fails(lambda: client.reattach(op))
    assert e.condition == "INVALID_CURSOR.POSITION_NOT_AVAILABLE" and e.state == "HY109"
    assert kinds(client.reattach(op, last=out[1].response_id)) == THREE[2:]
    assert fails(lambda: client.release(op, until="nope")).condition == "INVALID_CURSOR.POSITION_NOT_FOUND"
    assert client.release(op).operation_id == op
    assert not client.release(op).HasField("operation_id")
    assert fails(lambda: client.reattach(op)).condition == "INVALID_HANDLE.OPERATION_NOT_FOUND"
    assert fails(lambda: client.stream(root("select 1"), reattachable=True, operation=op)).condition == "INVALID_HANDLE.OPERATION_ABANDONED"


def test_unknown_positions_and_operations(client):
    op = new_id()
    client.run(root("select 1"), reattachable=True, operation=op)
    e = fails(lambda: client.reattach(op, last="x"))
    assert e.condition == "INVALID_CURSOR.POSITION_NOT_FOUND" and e.parameters == {"responseId": "x"}
    assert fails(lambda: client.reattach(new_id())).condition == "INVALID_HANDLE.OPERATION_NOT_FOUND"
    assert fails(lambda: client.reattach("not an id")).condition == "INVALID_HANDLE.OPERATION_NOT_FOUND"
    assert not client.release("not an id").HasField("operation_id")
    e = fails(lambda: client.stub.ReleaseExecute(client.make(pb.ReleaseExecuteRequest, operation_id=op)))
    assert e.message == "Unknown ReleaseExecute type!"


def test_same_id_other_plan(client):
    op = new_id()
    client.run(root("select 1"), reattachable=True, operation=op)
    assert fails(lambda: client.stream(root("select 2"), reattachable=True, operation=op)).condition == "INVALID_HANDLE.OPERATION_ALREADY_EXISTS"


def test_not_reattachable(client):
    op = new_id()
    client.run(root("select 1"), operation=op)
    assert fails(lambda: client.stream(root("select 1"), operation=op)).condition == "INVALID_HANDLE.OPERATION_ABANDONED"
    assert fails(lambda: client.reattach(op)).condition == "INVALID_HANDLE.OPERATION_NOT_FOUND"
    op, stream = start_slow(client)
    assert fails(lambda: client.reattach(op)).condition == "INVALID_CURSOR.NOT_REATTACHABLE"
    assert fails(lambda: client.release(op)).condition == "INVALID_CURSOR.NOT_REATTACHABLE"
    assert fails(lambda: client.stream(root(SLOW), operation=op)).condition == "INVALID_CURSOR.NOT_REATTACHABLE"
    stream.cancel()


def test_bad_operation_id(client):
    e = fails(lambda: client.stream(root("select 1"), operation="x"))
    assert e.condition == "INVALID_HANDLE.FORMAT" and e.parameters == {"handle": "x"}


def test_failure_is_replayed_with_its_id(client):
    op = new_id()
    e = fails(lambda: client.stream(root("select 1/0"), reattachable=True, operation=op))
    again = fails(lambda: client.reattach(op))
    assert e.condition == again.condition == "DIVIDE_BY_ZERO" and e.error_id == again.error_id


def test_second_attach_disconnects_the_first(client):
    op, stream = start_slow(client, reattachable=True)
    second = client.reattach(op)
    assert kind(next(second)) == "schema"
    e = fails(lambda: stream)
    assert e.condition == "INVALID_CURSOR.DISCONNECTED" and "INVALID_CURSOR.DISCONNECTED" in e.message and e.code == "INTERNAL"
    assert client.interrupt(interrupt_type=3, operation_id=op) == [op]
    assert fails(lambda: second).condition == "OPERATION_CANCELED"


@pytest.mark.parametrize("reattachable", [False, True])
def test_interrupt(client, reattachable):
    op, stream = start_slow(client, reattachable=reattachable, tags=["t1", "t2"])
    assert client.states(op) == {op: "RUNNING"}
    assert client.interrupt(interrupt_type=2, operation_tag="other") == []
    assert client.interrupt(interrupt_type=3, operation_id="x") == []
    begin = time.time()
    assert client.interrupt(interrupt_type=2, operation_tag="t2") == [op]
    e = fails(lambda: stream)
    assert e.condition == "OPERATION_CANCELED" and e.state == "HY008" and e.info.reason == "org.apache.spark.SparkSQLException"
    assert time.time() - begin < 3
    assert client.interrupt(interrupt_type=1) == [] and client.states(op) == {op: "CANCELLED"}
    if reattachable:
        assert fails(lambda: client.reattach(op)).condition == "OPERATION_CANCELED"


def test_interrupt_arguments(client):
    client.config(get_all=pb.ConfigRequest.GetAll())
    assert client.interrupt(interrupt_type=1) == []
    e = fails(lambda: client.interrupt(interrupt_type=2))
    assert e.condition == "INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_TAG_REQUIRES_TAG"
    assert e.parameters == {"parameter": "operation_tag", "functionName": "interrupt"} and e.state == "22023"
    assert fails(lambda: client.interrupt(interrupt_type=3)).condition == "INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID"
    e = fails(lambda: client.interrupt())
    assert e.condition == "UNSUPPORTED_FEATURE.INTERRUPT_TYPE" and e.parameters == {"interruptType": "INTERRUPT_TYPE_UNSPECIFIED"}


def test_states(client):
    done, open_, failed = new_id(), new_id(), new_id()
    client.run(root("select 1"), operation=done)
    client.run(root("select 1"), operation=open_, reattachable=True)
    fails(lambda: client.stream(root("select 1/0"), operation=failed))
    assert client.states(done, open_, failed, open_, "huh") == {done: "SUCCEEDED", open_: "TERMINATING", failed: "FAILED", "huh": "UNKNOWN"}
    client.release(open_)
    assert client.states()[open_] == "SUCCEEDED"
    assert not client.stub.GetStatus(client.make(pb.GetStatusRequest)).operation_statuses


def test_release_all_stops_a_running_one(client):
    op, stream = start_slow(client, reattachable=True)
    assert client.release(op).operation_id == op
    assert fails(lambda: stream).condition == "INVALID_CURSOR.DISCONNECTED"
    assert client.states(op) == {op: "CANCELLED"}


def test_client_cancel_detaches_or_stops(client):
    op, stream = start_slow(client, reattachable=True)
    stream.cancel()
    time.sleep(0.3)
    assert client.states(op) == {op: "RUNNING"}
    client.interrupt(interrupt_type=1)
    op, stream = start_slow(client)
    stream.cancel()
    wait_for(lambda: client.states(op) == {op: "CANCELLED"})


def test_deadline_detaches(client):
    op = new_id()
    stream = client.stub.ExecutePlan(client.request(root(SLOW), reattachable=True, operation=op), timeout=0.5)
    assert fails(lambda: stream).code == "DEADLINE_EXCEEDED"
    assert client.states(op) == {op: "RUNNING"}
    assert client.interrupt(interrupt_type=1) == [op]


def test_slow_reader_holds_the_producer(client):
    stream = client.stream(root("select id, repeat('x', 100) s from range(5000000)"))
    rows = 0
    for i, r in enumerate(stream):
        if i < 3:
            time.sleep(0.3)
        rows += r.arrow_batch.row_count if r.HasField("arrow_batch") else 0
    assert rows == 5000000


def test_stream_limits_end_streams_without_result_complete(tmp_path):
    with Server("--warehouse", ":memory:", "--conf", "spark.connect.execute.reattachable.senderMaxStreamSize=1m") as s:
        from pyspark.sql.connect.proto import base_pb2_grpc
        with grpc.insecure_channel(s.url[5:].replace("localhost", "127.0.0.1"), options=[("grpc.max_receive_message_length", -1)]) as channel:
            client = Client(base_pb2_grpc.SparkConnectServiceStub(channel))
            op, seen, rounds = new_id(), [], 0
            stream = client.stream(root("select id, repeat('x', 50) s from range(500000)"), reattachable=True, operation=op)
            while not seen or kind(seen[-1]) != "result_complete":
                got = list(stream)
                seen += got
                rounds += 1
                stream = client.reattach(op, last=seen[-1].response_id)
            assert rounds > 5 and sum(r.arrow_batch.row_count for r in seen if r.HasField("arrow_batch")) == 500000


def test_abandoned(tmp_path):
    with Server("--warehouse", ":memory:", "--conf", "spark.connect.execute.manager.detachedTimeout=1s") as s:
        from pyspark.sql.connect.proto import base_pb2_grpc
        with grpc.insecure_channel(s.url[5:].replace("localhost", "127.0.0.1")) as channel:
            client = Client(base_pb2_grpc.SparkConnectServiceStub(channel))
            op = new_id()
            client.run(root("select 1"), reattachable=True, operation=op)
            time.sleep(3.5)
            assert fails(lambda: client.reattach(op)).condition == "INVALID_HANDLE.OPERATION_ABANDONED"


def test_progress(client):
    client.config(set=pb.ConfigRequest.Set(pairs=[pb.KeyValue(key="spark.connect.progress.reportInterval", value="1s")]))
    op, stream = start_slow(client)
    assert kind(next(stream)) == "execution_progress"
    client.interrupt(interrupt_type=1)
    assert fails(lambda: stream).condition == "OPERATION_CANCELED"


def test_small_calls_pass_long_ones(client):
    """However many operations work, calls are taken: nobody waits for a thread."""
    import time

    streams = [client.stream(root(SLOW), operation=new_id()) for _ in range(24)]
    firsts = [next(r for r in s if kind(r) != "execution_progress") for s in streams]
    assert {kind(r) for r in firsts} == {"schema"}      # a long operation says at once what it is going to give
    for _ in range(20):
        start = time.monotonic()
        client.config(get=pb.ConfigRequest.Get(keys=["spark.sql.ansi.enabled"]))
        assert time.monotonic() - start < 5
    assert len(client.stub.Interrupt(client.make(pb.InterruptRequest, interrupt_type=pb.InterruptRequest.INTERRUPT_TYPE_ALL)).interrupted_ids) == 24
    assert {fails(lambda s=s: s).condition for s in streams} == {"OPERATION_CANCELED"}
    assert client.rows("select 1 as a") == [{"a": 1}]


def test_many_clients_at_once(stub):
    """Short and longer queries of many sessions, some of whose clients go away early."""
    import threading

    wrong = []

    def work(i):
        c = Client(stub)
        for k in range(6):
            n = 10 ** (1 + (i + k) % 6)
            if k == 3:
                c.stream(root(SLOW), reattachable=bool(i % 2)).cancel()
            got = c.rows(f"select sum(id) + {k % 2} as s from range({n})")
            if got != [{"s": n * (n - 1) // 2 + k % 2}]:
                wrong.append((i, k, got))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(32)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(120)
    assert not wrong and not any(t.is_alive() for t in threads)

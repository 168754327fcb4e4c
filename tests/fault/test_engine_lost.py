"""An engine that breaks down serves nothing any more: the statement that met it is told, the server ends with status 70, and the next one has what
was committed."""
import os
import subprocess
import sys

import grpc
import pytest
from pyspark.sql.connect.proto import base_pb2_grpc

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "protocol"))
from wire import Client, Server, command, fails  # noqa: E402


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    out = tmp_path_factory.mktemp("shim") / "fail_sync.so"
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", out, os.path.join(HERE, "fail_sync.c"), "-ldl"], check=True)
    return str(out)


def client_of(s):
    return Client(base_pb2_grpc.SparkConnectServiceStub(grpc.insecure_channel(f"127.0.0.1:{s.port}")))


def test_server_ends_when_the_engine_is_lost(shim, tmp_path):
    warehouse, armed, log = str(tmp_path / "warehouse"), tmp_path / "armed", tmp_path / "log"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with Server("--warehouse", warehouse, log=log, env={"LD_PRELOAD": shim, "FAIL_ARMED": str(armed), "TMPDIR": str(temporary)}) as s:
        c = client_of(s)
        c.run(command("CREATE TABLE t (a INT)"))
        c.run(command("INSERT INTO t VALUES (1)"))
        armed.touch()
        assert "fsync" in fails(lambda: c.stream(command("INSERT INTO t VALUES (2)"))).message
        assert s.process.wait(20) == 70
    text = log.read_text()
    assert text.count("event=engine_lost") == 1 and "level=error event=stopping" in text
    assert os.listdir(temporary) == []
    armed.unlink()
    with Server("--warehouse", warehouse) as s:
        c = client_of(s)
        assert {"a": 1} in c.rows("SELECT * FROM t")
        c.run(command("INSERT INTO t VALUES (3)"))
        assert {"a": 3} in c.rows("SELECT * FROM t")


def test_running_queries_end_with_it(shim, tmp_path):
    armed = tmp_path / "armed"
    with Server("--warehouse", str(tmp_path / "warehouse"), env={"LD_PRELOAD": shim, "FAIL_ARMED": str(armed)}) as s:
        c, other = client_of(s), client_of(s)
        stream = other.stream(command("SELECT 1"))
        list(stream)
        from wire import SLOW, root
        stream = other.stream(root(SLOW))
        next(stream)
        c.run(command("CREATE TABLE t (a INT)"))
        armed.touch()
        fails(lambda: c.stream(command("INSERT INTO t VALUES (2)")))
        assert s.process.wait(30) == 70
        with pytest.raises(grpc.RpcError):
            list(stream)

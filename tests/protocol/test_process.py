"""The process: command line, ready line, clean end, clear refusals."""
import os
import signal
import socket
import subprocess
import threading

import grpc
import pytest
from wire import PIEZO, SLOW, Client, Server, fails, free_port, kind, root


def piezo(*arguments, **more):
    return subprocess.run([PIEZO, *arguments], capture_output=True, text=True, timeout=20, **more)


def test_version_and_help():
    assert piezo("--version").stdout.startswith("piezo 0.1.0")
    assert "--port" in piezo("--help").stdout and piezo("serve", "--help").returncode == 0


@pytest.mark.parametrize("arguments", [["serve", "--nope"], ["serve", "--port", "x"], ["serve", "--port"], ["dance"], ["serve", "--log-level", "loud"],
                                       ["serve", "--conf", "noequals"], ["serve", "--tls-cert", "x"]])
def test_bad_options(arguments):
    p = piezo(*arguments)
    assert p.returncode == 1 and p.stderr.startswith("piezo: ") and not p.stdout


def test_port_in_use():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen()
        p = piezo("serve", "--warehouse", ":memory:", "--port", str(s.getsockname()[1]))
    assert p.returncode == 1 and "cannot listen" in p.stderr and not p.stdout


def test_other_addresses_need_protection():
    p = piezo("serve", "--warehouse", ":memory:", "--host", "0.0.0.0", "--port", str(free_port()))
    assert p.returncode == 1 and "--insecure" in p.stderr


def test_warehouse_of_another_server(tmp_path):
    with Server("--warehouse", str(tmp_path / "w")):
        p = piezo("serve", "--warehouse", str(tmp_path / "w"), "--port", str(free_port()))
        assert p.returncode == 1 and "in use" in p.stderr
    (tmp_path / "file").write_text("x")
    p = piezo("serve", "--warehouse", str(tmp_path / "file"), "--port", str(free_port()))
    assert p.returncode == 1 and "warehouse" in p.stderr


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_ready_line_and_clean_end(sig):
    port = free_port()
    p = subprocess.Popen([PIEZO, "serve", "--warehouse", ":memory:", "--port", str(port)], stdout=subprocess.PIPE, text=True)
    assert p.stdout.readline() == f"piezo 0.1.0 ready at sc://127.0.0.1:{port}\n"
    p.send_signal(sig)
    assert p.wait(10) == 0
    p.stdout.close()


def test_end_with_running_operations():
    from pyspark.sql.connect.proto import base_pb2_grpc
    with Server("--warehouse", ":memory:") as s:
        with grpc.insecure_channel(s.url[5:].replace("localhost", "127.0.0.1")) as channel:
            client = Client(base_pb2_grpc.SparkConnectServiceStub(channel))
            streams = [client.stream(root(SLOW), reattachable=bool(i % 2)) for i in range(4)]
            for stream in streams:
                assert kind(next(stream)) == "schema"
            s.process.send_signal(signal.SIGTERM)
            codes = {fails(lambda: stream).code for stream in streams}
            assert codes <= {"INTERNAL", "UNAVAILABLE"}
        assert s.process.wait(10) == 0


def test_many_sessions_at_once():
    from pyspark.sql.connect.proto import base_pb2_grpc
    with Server("--warehouse", ":memory:") as s:
        wrong = []

        def work(i):
            with grpc.insecure_channel(s.url[5:].replace("localhost", "127.0.0.1"), options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
                client = Client(base_pb2_grpc.SparkConnectServiceStub(channel))
                for k in range(10):
                    if client.rows(f"select {i} * 100 + {k} as v") != [{"v": i * 100 + k}]:
                        wrong.append((i, k))

        threads = [threading.Thread(target=work, args=(i,)) for i in range(64)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not wrong and s.process.poll() is None
        rss = int(open(f"/proc/{s.process.pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
        assert rss < 600

"""Fixtures of the pytest suites: a server of our own on a free port, PySpark sessions and raw gRPC stubs on it.

PIEZO_URL (sc://host:port) uses a running server instead, BUILD names the build directory.
"""
import contextlib
import io
import os
import socket
import subprocess
import time

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PIEZO = os.path.join(ROOT, os.environ.get("BUILD", "build"), "piezo")


def printed(call, *arguments, **named):
    """What the call prints."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        call(*arguments, **named)
    return text.getvalue()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until_listening(process, port, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        if process.poll() is not None:
            raise RuntimeError(f"piezo ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("piezo does not listen")


class Server:
    """A running server; use as a context manager for one of your own: with Server("--warehouse", path) as s: ... s.url"""

    def __init__(self, *arguments, log=None, env=None):
        self.port = free_port()
        self.url = f"sc://localhost:{self.port}"
        self.arguments, self.log, self.sessions = arguments, log, []
        self.env = {**os.environ, **env} if env else None

    def __enter__(self):
        out = open(self.log, "ab") if self.log else subprocess.DEVNULL
        self.process = subprocess.Popen([PIEZO, "serve", "--port", str(self.port), *self.arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                        env=self.env)
        wait_until_listening(self.process, self.port)
        return self

    def session(self):
        """A PySpark session that ends with the server, so that a test that fails leaves none behind as the active one of the next."""
        from pyspark.sql import SparkSession

        self.sessions.append(SparkSession.builder.remote(self.url).create())
        return self.sessions[-1]

    def __exit__(self, *_):
        for session in self.sessions if self.process.poll() is None else ():
            session.stop()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def url(tmp_path_factory):
    given = os.environ.get("PIEZO_URL")
    if given:
        yield given
        return
    with Server("--warehouse", ":memory:", log=tmp_path_factory.mktemp("log") / "piezo.log") as s:
        yield s.url
        assert s.process.poll() is None, "the server ended during the tests"


@pytest.fixture(scope="session")
def spark(url):
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote(url).create()
    yield session
    session.stop()


@pytest.fixture
def new_session(url):
    """Makes sessions of their own: new_session() -> SparkSession."""
    from pyspark.sql import SparkSession

    made = []

    def make():
        made.append(SparkSession.builder.remote(url).create())
        return made[-1]

    yield make
    for s in made:
        s.stop()


@pytest.fixture(scope="session")
def channel(url):
    import grpc

    address = url[len("sc://"):].split("/")[0].replace("localhost", "127.0.0.1")
    with grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]) as c:
        yield c


@pytest.fixture(scope="session")
def stub(channel):
    from pyspark.sql.connect.proto import base_pb2_grpc

    return base_pb2_grpc.SparkConnectServiceStub(channel)

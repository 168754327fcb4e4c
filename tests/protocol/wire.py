"""Raw requests for the protocol tests: one client with a session of its own, and the details of an error."""
import json
import os
import sys
import uuid

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pyspark.sql.connect.proto import base_pb2 as pb
from pyspark.sql.connect.proto import commands_pb2 as cmd
from pyspark.sql.connect.proto import relations_pb2 as rel

from conftest import PIEZO, Server, free_port  # noqa: E402,F401

SLOW = "select sum(a.id * b.id) from range(3000000) a, range(3000000) b"


def new_id():
    return str(uuid.uuid4())


def sql(text):
    return rel.Relation(sql=rel.SQL(query=text))


def root(text):
    return pb.Plan(root=sql(text))


def command(text):
    return pb.Plan(command=cmd.Command(sql_command=cmd.SqlCommand(input=sql(text))))


def kind(response):
    which = response.WhichOneof("response_type")
    if which:
        return which
    for field in ("schema", "metrics"):
        if response.HasField(field):
            return field
    return "observed_metrics" if response.observed_metrics else "empty"


def kinds(responses):
    """Kinds without progress messages, which come when they like."""
    return [k for k in map(kind, responses) if k != "execution_progress"]


class Failure:
    """What a gRPC error carries: code, message, and ErrorInfo."""

    def __init__(self, error):
        from google.rpc import error_details_pb2, status_pb2

        self.code, self.message = error.code().name, error.details()
        self.info, self.condition, self.parameters, self.classes, self.error_id, self.state = None, None, None, [], None, None
        for key, value in error.trailing_metadata() or ():
            if key != "grpc-status-details-bin":
                continue
            status = status_pb2.Status.FromString(value)
            assert status.code == 13 and len(status.details) == 1
            self.info = error_details_pb2.ErrorInfo()
            status.details[0].Unpack(self.info)
            meta = self.info.metadata
            self.condition, self.error_id, self.state = meta.get("errorClass"), meta.get("errorId"), meta.get("sqlState")
            self.classes = json.loads(meta["classes"])
            if "messageParameters" in meta:
                self.parameters = json.loads(meta["messageParameters"])


def fails(call):
    """Run call, which must fail, streams to their end; gives the Failure."""
    import grpc

    try:
        answer = call()
        if hasattr(answer, "__iter__") and not hasattr(answer, "DESCRIPTOR"):
            list(answer)
    except grpc.RpcError as e:
        return Failure(e)
    raise AssertionError(f"no error but {answer}")


class Client:
    def __init__(self, stub, session=None, user="tester"):
        self.stub, self.session = stub, new_id() if session is None else session
        self.user = pb.UserContext(user_id=user)

    def make(self, message, **fields):
        return message(session_id=self.session, user_context=self.user, **fields)

    def request(self, plan, reattachable=False, operation=None, tags=(), chunk=None, **fields):
        r = self.make(pb.ExecutePlanRequest, plan=plan, tags=list(tags), **fields)
        if operation:
            r.operation_id = operation
        if reattachable:
            r.request_options.append(pb.ExecutePlanRequest.RequestOption(reattach_options=pb.ReattachOptions(reattachable=True)))
        if chunk is not None:
            options = pb.ResultChunkingOptions(allow_arrow_batch_chunking=True, **({"preferred_arrow_chunk_size": chunk} if chunk else {}))
            r.request_options.append(pb.ExecutePlanRequest.RequestOption(result_chunking_options=options))
        return r

    def stream(self, plan, **options):
        return self.stub.ExecutePlan(self.request(plan, **options))

    def run(self, plan, **options):
        return [r for r in self.stream(plan, **options) if kind(r) != "execution_progress"]

    def rows(self, text):
        import pyarrow as pa

        out = []
        for r in self.run(root(text)):
            if r.HasField("arrow_batch"):
                out += pa.ipc.open_stream(r.arrow_batch.data).read_all().to_pylist()
        return out

    def config(self, **operation):
        return self.stub.Config(self.make(pb.ConfigRequest, operation=pb.ConfigRequest.Operation(**operation)))

    def analyze(self, **question):
        return self.stub.AnalyzePlan(self.make(pb.AnalyzePlanRequest, **question))

    def reattach(self, operation, last=None):
        r = self.make(pb.ReattachExecuteRequest, operation_id=operation)
        if last:
            r.last_response_id = last
        return self.stub.ReattachExecute(r)

    def release(self, operation, until=None):
        r = self.make(pb.ReleaseExecuteRequest, operation_id=operation)
        if until:
            r.release_until.response_id = until
        else:
            r.release_all.SetInParent()
        return self.stub.ReleaseExecute(r)

    def interrupt(self, **fields):
        return list(self.stub.Interrupt(self.make(pb.InterruptRequest, **fields)).interrupted_ids)

    def states(self, *ids):
        r = self.make(pb.GetStatusRequest, operation_status=pb.GetStatusRequest.OperationStatusRequest(operation_ids=ids))
        names = pb.GetStatusResponse.OperationStatus.OperationState
        return {s.operation_id: names.Name(s.state)[len("OPERATION_STATE_"):] for s in self.stub.GetStatus(r).operation_statuses}

    def fetch_error(self, error_id):
        return self.stub.FetchErrorDetails(self.make(pb.FetchErrorDetailsRequest, error_id=error_id))

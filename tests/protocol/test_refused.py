"""Kinds of relations and commands that need Python workers, streams, machine-learning or plugins: each refuses before anything runs.

Conditions are those of Spark for what a server does not serve; tools/make_coverage.py reads the two tables.
"""
import pytest
from google.protobuf import any_pb2
from wire import Client, cmd, fails, pb, rel

RANGE = rel.Relation(range=rel.Range(start=0, end=3, step=1))


def python_function(f, eval_type):
    f.function_name = "f"
    f.deterministic = True
    f.python_udf.eval_type = eval_type
    f.python_udf.command = b"x"
    f.python_udf.python_ver = "3.11"
    f.python_udf.output_type.long.SetInParent()


def map_partitions(m):
    m.input.CopyFrom(RANGE)
    python_function(m.func, 207)


def group_map(m):
    m.input.CopyFrom(RANGE)
    python_function(m.func, 201)


def co_group_map(m):
    m.input.CopyFrom(RANGE)
    m.other.CopyFrom(RANGE)
    python_function(m.func, 206)


def with_state(m):
    m.input.CopyFrom(RANGE)
    python_function(m.func, 208)


def table_function(m):
    m.function_name = "f"
    m.python_udtf.eval_type = 300
    m.python_udtf.command = b"x"
    m.python_udtf.python_ver = "3.11"


def data_source(m):
    m.name = "d"
    m.python_data_source.command = b"x"
    m.python_data_source.python_ver = "3.11"


def changes(m):
    m.unparsed_identifier = "t"


def ml(m):
    m.transform.input.CopyFrom(RANGE)


def plugin(m):
    m.CopyFrom(any_pb2.Any(type_url="type.googleapis.com/no.such.Plugin"))


def unknown(m):
    m.SetInParent()


def register_function(m):
    python_function(m, 100)


def stream_start(m):
    m.input.CopyFrom(RANGE)
    m.format = "console"


def streaming_query(m):
    m.query_id.id = m.query_id.run_id = "00000000-0000-0000-0000-000000000000"
    m.status = True


def streaming_manager(m):
    m.active = True


def listener_bus(m):
    m.add_listener_bus_listener = True


def resource_profile(m):
    m.profile.SetInParent()


def ml_command(m):
    m.fit.dataset.CopyFrom(RANGE)


def pipeline(m):
    m.create_dataflow_graph.SetInParent()


# kind -> (how to fill it, condition)
RELATIONS = {
    "map_partitions": (map_partitions, "CONNECT_INVALID_PLAN.FUNCTION_EVAL_TYPE_NOT_SUPPORTED"),
    "group_map": (group_map, "CONNECT_INVALID_PLAN.FUNCTION_EVAL_TYPE_NOT_SUPPORTED"),
    "co_group_map": (co_group_map, "CONNECT_INVALID_PLAN.FUNCTION_EVAL_TYPE_NOT_SUPPORTED"),
    "apply_in_pandas_with_state": (with_state, "CONNECT_INVALID_PLAN.FUNCTION_EVAL_TYPE_NOT_SUPPORTED"),
    "common_inline_user_defined_table_function": (table_function, "CONNECT_INVALID_PLAN.FUNCTION_EVAL_TYPE_NOT_SUPPORTED"),
    "common_inline_user_defined_data_source": (data_source, "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SUPPORTED"),
    "relation_changes": (changes, "UNSUPPORTED_FEATURE.CHANGE_DATA_CAPTURE"),
    "ml_relation": (ml, "CONNECT_ML.UNSUPPORTED_EXCEPTION"),
    "extension": (plugin, "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION"),
    "unknown": (unknown, "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SUPPORTED"),
}
COMMANDS = {
    "register_function": (register_function, "CONNECT_INVALID_PLAN.FUNCTION_EVAL_TYPE_NOT_SUPPORTED"),
    "register_table_function": (table_function, "CONNECT_INVALID_PLAN.FUNCTION_EVAL_TYPE_NOT_SUPPORTED"),
    "register_data_source": (data_source, "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"),
    "write_stream_operation_start": (stream_start, "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"),
    "streaming_query_command": (streaming_query, "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"),
    "streaming_query_manager_command": (streaming_manager, "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"),
    "streaming_query_listener_bus_command": (listener_bus, "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"),
    "create_resource_profile_command": (resource_profile, "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"),
    "ml_command": (ml_command, "CONNECT_ML.UNSUPPORTED_EXCEPTION"),
    "pipeline_command": (pipeline, "NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT"),
    "extension": (plugin, "CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION"),
}


def refusal(stub, message, kind, build):
    build(getattr(message, kind))
    plan = pb.Plan(root=message) if isinstance(message, rel.Relation) else pb.Plan(command=message)
    client = Client(stub)
    f = fails(lambda: client.stream(plan))
    assert client.rows("SELECT 1 AS x") == [{"x": 1}]
    return f


@pytest.mark.parametrize("kind", RELATIONS)
def test_relation(stub, kind):
    build, condition = RELATIONS[kind]
    f = refusal(stub, rel.Relation(), kind, build)
    assert (f.code, f.condition) == ("INTERNAL", condition), f.message


@pytest.mark.parametrize("kind", COMMANDS)
def test_command(stub, kind):
    build, condition = COMMANDS[kind]
    f = refusal(stub, cmd.Command(), kind, build)
    assert (f.code, f.condition) == ("INTERNAL", condition), f.message

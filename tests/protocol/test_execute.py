"""ExecutePlan: which responses come in which order, and what is in them."""
import pyarrow as pa
import pytest
from wire import Client, cmd, command, fails, kind, kinds, new_id, pb, rel, root, sql


@pytest.fixture
def client(stub):
    return Client(stub)


def test_relation(client):
    out = client.run(root("select 1 as a, 'x' as b"))
    assert kinds(out) == ["schema", "arrow_batch", "metrics"]
    assert [f.name for f in out[0].schema.struct.fields] == ["a", "b"]
    assert out[0].schema.struct.fields[0].data_type.WhichOneof("kind") == "integer" and not out[0].schema.struct.fields[0].nullable
    batch = out[1].arrow_batch
    assert batch.row_count == 1 and batch.HasField("start_offset") and batch.start_offset == 0 and not batch.HasField("chunk_index")
    assert batch.data.endswith(b"\xff\xff\xff\xff\0\0\0\0")
    assert pa.ipc.open_stream(batch.data).read_all().to_pylist() == [{"a": 1, "b": "x"}]


def test_every_response_says_whose_it_is(client):
    operation = new_id()
    out = client.run(root("select 1"), operation=operation)
    assert {r.session_id for r in out} == {client.session} and {r.operation_id for r in out} == {operation}
    assert len({r.server_side_session_id for r in out}) == 1 and len({r.response_id for r in out}) == len(out)


def test_reattachable_ends_with_result_complete(client):
    out = client.run(root("select 1"), reattachable=True)
    assert kinds(out) == ["schema", "arrow_batch", "metrics", "result_complete"]
    assert kind(out[-1]) == "result_complete"


def test_no_rows_give_one_batch(client):
    out = client.run(root("select id from range(5) where id > 10"))
    assert kinds(out) == ["schema", "arrow_batch", "metrics"]
    assert out[1].arrow_batch.row_count == 0 and pa.ipc.open_stream(out[1].arrow_batch.data).read_all().num_rows == 0


def test_offsets_run_on(client):
    client.config(set=pb.ConfigRequest.Set(pairs=[pb.KeyValue(key="spark.sql.execution.arrow.maxRecordsPerBatch", value="1000")]))
    batches = [r.arrow_batch for r in client.run(root("select id from range(10500)")) if r.HasField("arrow_batch")]
    assert sum(b.row_count for b in batches) == 10500 and max(b.row_count for b in batches) <= 1000
    at = 0
    for b in batches:
        assert b.start_offset == at and len(list(pa.ipc.open_stream(b.data))) == 1
        at += b.row_count


def test_big_result_comes_in_batches_of_one_schema(client):
    batches = [r.arrow_batch for r in client.run(root("select id, cast(id as string) s from range(1000000)")) if r.HasField("arrow_batch")]
    assert len(batches) > 2 and sum(b.row_count for b in batches) == 1000000
    assert len({pa.ipc.open_stream(b.data).schema for b in batches}) == 1


def test_chunks(client):
    batches = [r.arrow_batch for r in client.run(root("select id from range(1000)"), chunk=1024) if r.HasField("arrow_batch")]
    assert len(batches) > 1 and [b.chunk_index for b in batches] == list(range(len(batches)))
    assert {b.num_chunks_in_batch for b in batches} == {len(batches)} and {b.row_count for b in batches} == {1000}
    assert all(len(b.data) == 1024 for b in batches[:-1])
    assert pa.ipc.open_stream(b"".join(b.data for b in batches)).read_all().num_rows == 1000
    one = [r.arrow_batch for r in client.run(root("select 1"), chunk=0) if r.HasField("arrow_batch")]
    assert len(one) == 1 and one[0].HasField("chunk_index") and one[0].num_chunks_in_batch == 1


def test_sql_command_with_query_echoes_the_relation(client):
    out = client.run(command("select 1 as a"), reattachable=True)
    assert kinds(out) == ["sql_command_result", "result_complete"]
    assert out[0].sql_command_result.relation.sql.query == "select 1 as a"


def test_sql_command_with_query_is_analyzed(client):
    assert fails(lambda: client.stream(command("select nope"))).condition == "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"
    assert kinds(client.run(command("select 1/0"))) == ["sql_command_result"]


def test_older_sql_command(client):
    out = client.run(pb.Plan(command=cmd.Command(sql_command=cmd.SqlCommand(sql="select 2"))))
    assert out[0].sql_command_result.relation.sql.query == "select 2"


def test_sql_command_that_acts(client):
    out = client.run(command("SET a.b=1"))
    assert kinds(out) == ["sql_command_result", "metrics"]
    local = out[0].sql_command_result.relation.local_relation
    assert not local.HasField("schema")
    batches = list(pa.ipc.open_stream(local.data))
    assert len(batches) == 1 and batches[0].to_pylist() == [{"key": "a.b", "value": "1"}]


def test_command_as_relation_runs_once(client):
    out = client.run(root("SET c.d=2"))
    assert kinds(out) == ["schema", "arrow_batch", "metrics"]
    assert client.config(get=pb.ConfigRequest.Get(keys=["c.d"])).pairs[0].value == "2"


def test_analysis_does_not_run_commands(client):
    schema = client.analyze(schema=pb.AnalyzePlanRequest.Schema(plan=root("SET e.f=3"))).schema.schema
    assert [f.name for f in schema.struct.fields] == ["key", "value"]
    assert not client.config(get_option=pb.ConfigRequest.GetOption(keys=["e.f"])).pairs[0].HasField("value")


def test_view_command_sends_nothing(client):
    view = cmd.CreateDataFrameViewCommand(input=rel.Relation(range=rel.Range(end=3, step=1)), name="pv", replace=True)
    plan = pb.Plan(command=cmd.Command(create_dataframe_view=view))
    assert kinds(client.run(plan)) == [] and kinds(client.run(plan, reattachable=True)) == ["result_complete"]
    assert client.rows("select count(*) c from pv") == [{"c": 3}]


def test_dataframe_view_replaced_by_one_built_on_it(client):
    for name, text in (("rv", "select 1 a"), ("rv", "select a + 1 a from rv"), ("rv", "select a * 10 a from rv")):
        view = cmd.CreateDataFrameViewCommand(input=sql(text), name=name, replace=True)
        client.run(pb.Plan(command=cmd.Command(create_dataframe_view=view)))
    assert client.rows("select * from rv") == [{"a": 20}]


def test_checkpoint(client):
    plan = pb.Plan(command=cmd.Command(checkpoint_command=cmd.CheckpointCommand(relation=rel.Relation(range=rel.Range(end=4, step=1)), local=True)))
    out = client.run(plan)
    assert kinds(out) == ["checkpoint_command_result"]
    remote = rel.Relation(cached_remote_relation=out[0].checkpoint_command_result.relation)
    assert sum(r.arrow_batch.row_count for r in client.run(pb.Plan(root=remote)) if r.HasField("arrow_batch")) == 4
    drop = cmd.RemoveCachedRemoteRelationCommand(relation=remote.cached_remote_relation)
    client.run(pb.Plan(command=cmd.Command(remove_cached_remote_relation_command=drop)))
    e = fails(lambda: client.stream(pb.Plan(root=remote)))
    assert e.condition == "CONNECT_INVALID_PLAN.DATAFRAME_NOT_FOUND" and e.parameters["sessionId"] == client.session


@pytest.mark.parametrize("plan,message,name", [
    (None, "spark.connect.Plan", "OPTYPE_NOT_SET"),
    (pb.Plan(), "spark.connect.Plan", "OPTYPE_NOT_SET"),
    (pb.Plan(root=rel.Relation()), "spark.connect.Relation", "RELTYPE_NOT_SET"),
    (pb.Plan(command=cmd.Command()), "spark.connect.Command", "COMMANDTYPE_NOT_SET"),
])
def test_empty_plans(client, plan, message, name):
    e = fails(lambda: client.stream(plan))
    assert e.condition == "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET" and e.parameters == {"fullName": message, "name": name}
    assert e.info.reason == "org.apache.spark.sql.connect.common.InvalidPlanInput" and e.state == "56K00"


def test_sql_command_of_other_relation(client):
    e = fails(lambda: client.stream(pb.Plan(command=cmd.Command(sql_command=cmd.SqlCommand(input=rel.Relation(range=rel.Range(end=1, step=1)))))))
    assert e.condition == "CONNECT_INVALID_PLAN.SQL_COMMAND_EXPECTS_SQL_OR_WITH_RELATIONS" and e.parameters == {"other": "RANGE"}


def test_compressed_plans(client):
    def plan(data, op=1, codec=1):
        return pb.Plan(compressed_operation=pb.Plan.CompressedOperation(data=data, op_type=op, compression_codec=codec))

    packed = pa.compress(root("select 7 as a").root.SerializeToString(), codec="zstd", asbytes=True)
    assert kinds(client.run(plan(packed))) == ["schema", "arrow_batch", "metrics"]
    assert fails(lambda: client.stream(plan(b"abc"))).condition == "CONNECT_INVALID_PLAN.CANNOT_PARSE"
    assert fails(lambda: client.stream(plan(packed, codec=0))).condition == "CONNECT_INVALID_PLAN.INVALID_ENUM"


def test_tags(client):
    assert fails(lambda: client.stream(root("select 1"), tags=["a,b"])).message == "Spark Connect tag cannot contain ','."
    assert fails(lambda: client.stream(root("select 1"), tags=[""])).message == "Spark Connect tag cannot be an empty string."


def numbered(text, plan_id):
    return pb.Plan(root=rel.Relation(common=rel.RelationCommon(plan_id=plan_id), sql=rel.SQL(query=text)))


def test_files_are_read_as_they_are_now(client, tmp_path):
    """Footers and plans are kept from statement to statement, but only while their files stay: however fast they change."""
    import os
    import time

    import pyarrow.parquet as pq

    file = tmp_path / "t.parquet"
    text = f"select * from parquet.`{file}`"

    def read(plan_id):
        out = client.run(numbered(text, plan_id))
        table = [pa.ipc.open_stream(r.arrow_batch.data).read_all() for r in out if r.HasField("arrow_batch")][0]
        assert [f.name for f in out[0].schema.struct.fields] == table.column_names
        return table.to_pydict()

    for i in range(20):                        # same size, same file, changed within the clock's grain
        pq.write_table(pa.table({f"c{i % 10}": [i % 10]}), file)
        assert read(i) == read(i + 1) == {f"c{i % 10}": [i % 10]}
    for i in range(2):
        pq.write_table(pa.table({f"d{i}": [i]}), tmp_path / "new")
        os.utime(tmp_path / "new", (1e9 + i, 1e9 + i))
        os.replace(tmp_path / "new", file)
        time.sleep(2.1)                        # long enough ago to be kept
        assert [read(k) for k in range(3)] == [{f"d{i}": [i]}] * 3


def test_same_text_under_other_numbers(client):
    """What the root of a plan is numbered says nothing, what SQL text follows does."""
    for plan_id in (1, 2, 300, 70000):
        assert [r.arrow_batch.row_count for r in client.run(numbered("select 1 union all select 2", plan_id)) if r.HasField("arrow_batch")] == [2]
        assert [r.arrow_batch.row_count for r in client.run(numbered(f"select {plan_id}", plan_id)) if r.HasField("arrow_batch")] == [1]


def test_the_same_again(client):
    """What runs often is kept prepared: its rows stay those of the moment."""
    def set_conf(key, value):
        client.config(set=pb.ConfigRequest.Set(pairs=[pb.KeyValue(key=key, value=value)]))

    queries = [
        "select k, count(*) c, sum(v) s from values (1, 2), (1, 3), (2, 4) t(k, v) group by k order by k",
        "select a.id x, b.id y from range(5) a join range(3, 9) b on a.id = b.id order by x limit 1",
        "with t as (select id, id % 3 as g from range(100)) select g, max(id) m from t group by g having max(id) > 97 order by m desc",
        "select id, row_number() over (order by id desc) n from range(3) where id in (select id from range(2)) order by id",
        "select transform(sequence(1, 3), x -> x * 2) as a, map('k', named_struct('f', 1.5)) as m",
    ]
    first = [client.rows(q) for q in queries]
    for _ in range(5):
        assert [client.rows(q) for q in queries] == first
    zoned = "select cast(timestamp_seconds(0) as string) as t"
    for zone, text in [("UTC", "1970-01-01 00:00:00"), ("Asia/Tokyo", "1970-01-01 09:00:00"), ("UTC", "1970-01-01 00:00:00")]:
        set_conf("spark.sql.session.timeZone", zone)
        assert [client.rows(zoned) for _ in range(4)] == [[{"t": text}]] * 4
    failing = "select 1 / (id - id) as x from range(1)"
    assert {fails(lambda: client.stream(root(failing))).condition for _ in range(5)} == {"DIVIDE_BY_ZERO"}
    client.run(command("create or replace temporary view again as select 1 as x"))
    assert [client.rows("select * from again") for _ in range(4)] == [[{"x": 1}]] * 4
    client.run(command("create or replace temporary view again as select 'two' as x"))
    assert [client.rows("select * from again") for _ in range(4)] == [[{"x": "two"}]] * 4

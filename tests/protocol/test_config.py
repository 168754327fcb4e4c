"""Config: every operation, and the rules of values."""
import pytest
from wire import Client, fails, pb

C = pb.ConfigRequest


@pytest.fixture
def client(stub):
    return Client(stub)


def put(client, *pairs, **more):
    kv = [pb.KeyValue(key=k, value=v) if v is not None else pb.KeyValue(key=k) for k, v in pairs]
    return client.config(set=C.Set(pairs=kv, **more))


def pairs(answer):
    return [(p.key, p.value if p.HasField("value") else None) for p in answer.pairs]


def get(client, *keys):
    return pairs(client.config(get=C.Get(keys=keys)))


def test_get(client):
    assert get(client, "spark.sql.ansi.enabled", "spark.sql.ansi.enabled") == [("spark.sql.ansi.enabled", "true")] * 2
    assert get(client, "spark.sql.optimizer.excludedRules") == [("spark.sql.optimizer.excludedRules", None)]
    assert get(client, "spark.connect.progress.reportInterval", "spark.sql.autoBroadcastJoinThreshold") == [
        ("spark.connect.progress.reportInterval", "2000ms"), ("spark.sql.autoBroadcastJoinThreshold", "10485760b")]
    assert get(client, "spark.sql.adaptive.advisoryPartitionSizeInBytes")[0][1] == "67108864b"
    for key in ("nope", "spark.executor.memory"):
        e = fails(lambda: get(client, key))
        assert e.condition == "SQL_CONF_NOT_FOUND" and e.parameters == {"sqlConf": f'"{key}"'} and e.state == "42K0I"
        assert e.info.reason == "org.apache.spark.SparkNoSuchElementException"


def test_set_and_unset(client):
    put(client, ("foo", "1"), ("spark.app.name", "me"), ("spark.sql.shuffle.partitions", " 12 "), ("spark.sql.mapKeyDedupPolicy", "last_win"))
    assert get(client, "foo", "spark.app.name", "spark.sql.shuffle.partitions", "spark.sql.mapKeyDedupPolicy") == [
        ("foo", "1"), ("spark.app.name", "me"), ("spark.sql.shuffle.partitions", " 12 "), ("spark.sql.mapKeyDedupPolicy", "last_win")]
    client.config(unset=C.Unset(keys=["foo", "spark.sql.shuffle.partitions", "never.set"]))
    assert get(client, "spark.sql.shuffle.partitions") == [("spark.sql.shuffle.partitions", "200")]
    assert fails(lambda: get(client, "foo")).condition == "SQL_CONF_NOT_FOUND"


@pytest.mark.parametrize("key,value,condition", [
    ("spark.sql.ansi.enabled", "maybe", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.shuffle.partitions", "x", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.shuffle.partitions", "99999999999", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.shuffle.partitions", "0", "INVALID_CONF_VALUE.REQUIREMENT"),
    ("spark.sql.autoBroadcastJoinThreshold", "xx", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.files.maxPartitionBytes", "1.5m", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.broadcastTimeout", "1 lightyear", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.timestampType", "x", "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS"),
    ("spark.sql.execution.arrow.compression.codec", "gzip", "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS"),
    ("spark.sql.session.timeZone", "Nowhere/Zone", "INVALID_CONF_VALUE.TIME_ZONE"),
    ("spark.sql.session.timeZone", "utc", "INVALID_CONF_VALUE.TIME_ZONE"),
    ("spark.sql.warehouse.dir", "x", "CANNOT_MODIFY_STATIC_CONFIG"),
    ("spark.connect.grpc.arrow.maxBatchSize", "1m", "CANNOT_MODIFY_STATIC_CONFIG"),
    ("spark.executor.memory", "1g", "CANNOT_MODIFY_CONFIG"),
    ("spark.sql.hive.verifyPartitionPath", "true", "_LEGACY_ERROR_TEMP_1226"),
])
def test_refused(client, key, value, condition):
    assert fails(lambda: put(client, (key, value))).condition == condition


@pytest.mark.parametrize("key,value", [
    ("spark.sql.ansi.enabled", " True "), ("spark.sql.autoBroadcastJoinThreshold", "-1"), ("spark.sql.autoBroadcastJoinThreshold", "10MB"),
    ("spark.sql.broadcastTimeout", "5m"), ("spark.sql.session.timeZone", "+08:00"), ("spark.sql.hive.verifyPartitionPath", "false"),
    ("spark.hadoop.x", "1"), ("spark.sql.foo.bar", "1"), ("spark.master", "local"), ("spark.sql.execution.arrow.maxRecordsPerBatch", "-5"),
])
def test_accepted(client, key, value):
    put(client, (key, value))
    assert get(client, key) == [(key, value)]


def test_parameters_of_refusals(client):
    e = fails(lambda: put(client, ("spark.sql.broadcastTimeout", "x")))
    assert e.parameters == {"confName": "spark.sql.broadcastTimeout", "confValue": "x", "confType": "time in SECONDS"}
    assert e.info.reason == "org.apache.spark.SparkIllegalArgumentException" and e.state == "22022"
    e = fails(lambda: put(client, ("spark.executor.memory", "1g")))
    assert e.parameters["key"] == '"spark.executor.memory"' and e.state == "46110"


def test_earlier_pairs_stay(client):
    fails(lambda: put(client, ("a.b", "1"), ("spark.sql.warehouse.dir", "x"), ("c.d", "2")))
    assert get(client, "a.b") == [("a.b", "1")]
    assert fails(lambda: get(client, "c.d")).condition == "SQL_CONF_NOT_FOUND"


def test_silent(client):
    answer = put(client, ("spark.sql.warehouse.dir", "x"), ("k", None), ("spark.sql.execution.arrow.enabled", "true"), ("z.z", "1"), silent=True)
    assert len(answer.warnings) == 3
    assert answer.warnings[0].startswith("Failed to set spark.sql.warehouse.dir to Some(x) due to [CANNOT_MODIFY_STATIC_CONFIG]")
    assert answer.warnings[1] == "Failed to set k to None due to requirement failed: value cannot be null for key: k"
    assert answer.warnings[2] == "The SQL config 'spark.sql.execution.arrow.enabled' is NOT supported in Spark Connect"
    assert get(client, "z.z") == [("z.z", "1")]
    assert fails(lambda: put(client, ("k", None))).message == "requirement failed: value cannot be null for key: k"


def test_get_with_default(client):
    ask = lambda *p: pairs(client.config(get_with_default=C.GetWithDefault(pairs=[pb.KeyValue(key=k, value=v) if v is not None else pb.KeyValue(key=k) for k, v in p])))  # noqa: E731, E501
    assert ask(("spark.sql.ansi.enabled", "false"), ("nope", "d"), ("nope", None)) == [("spark.sql.ansi.enabled", "false"), ("nope", "d"), ("nope", None)]
    put(client, ("spark.sql.ansi.enabled", "true"))
    assert ask(("spark.sql.ansi.enabled", "false")) == [("spark.sql.ansi.enabled", "true")]
    assert fails(lambda: ask(("spark.sql.shuffle.partitions", "abc"))).condition == "INVALID_CONF_VALUE.TYPE_MISMATCH"


def test_get_option_and_all(client):
    answer = client.config(get_option=C.GetOption(keys=["spark.sql.ansi.enabled", "nope", "spark.executor.memory"]))
    assert pairs(answer) == [("spark.sql.ansi.enabled", "true"), ("nope", None), ("spark.executor.memory", None)]
    put(client, ("my.prefix.a", "1"), ("my.secret.b", "2"))
    everything = dict(pairs(client.config(get_all=C.GetAll())))
    assert everything["my.prefix.a"] == "1" and "spark.app.id" in everything and "my.secret.b" not in everything
    assert pairs(client.config(get_all=C.GetAll(prefix="my."))) == [("prefix.a", "1")]
    assert fails(lambda: get(client, "my.secret.b")).condition == "SQL_CONF_NOT_FOUND"


def test_is_modifiable(client):
    put(client, ("set.by.me", "1"))
    keys = ["spark.sql.ansi.enabled", "spark.connect.session.resultChunking.maxChunkSize", "spark.sql.warehouse.dir", "spark.executor.memory", "set.by.me", "nope"]
    assert [v for _, v in pairs(client.config(is_modifiable=C.IsModifiable(keys=keys)))] == ["true", "true", "false", "false", "false", "false"]


def test_no_operation(client):
    e = fails(lambda: client.config())
    assert e.message == " not supported." and e.info.reason == "java.lang.UnsupportedOperationException" and e.condition is None and e.error_id


def test_sql_and_rpc_see_the_same(client):
    from wire import root
    client.run(root("SET spark.sql.shuffle.partitions=7"))
    assert get(client, "spark.sql.shuffle.partitions") == [("spark.sql.shuffle.partitions", "7")]
    assert client.rows("SET spark.sql.shuffle.partitions") == [{"key": "spark.sql.shuffle.partitions", "value": "7"}]
    assert client.rows("SET never.set") == [{"key": "never.set", "value": "<undefined>"}]
    client.run(root("RESET spark.sql.shuffle.partitions"))
    assert get(client, "spark.sql.shuffle.partitions")[0][1] == "200"
    assert client.rows("SET TIME ZONE 'Asia/Tokyo'") == [{"key": "spark.sql.session.timeZone", "value": "Asia/Tokyo"}]
    assert client.rows("SET TIME ZONE INTERVAL '2' HOURS") == [{"key": "spark.sql.session.timeZone", "value": "+02:00"}]

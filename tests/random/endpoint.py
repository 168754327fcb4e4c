"""One Spark Connect endpoint: what it answers to a statement, in the cells of tests/replay.py."""
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import pyspark.sql.connect.proto as proto  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as F  # noqa: E402
from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: E402
from pyspark.sql.types import ArrayType, MapType, StructType, YearMonthIntervalType  # noqa: E402
from replay import cell  # noqa: E402

LIMIT_S = 30


def holds_months(t):
    """Does a type hold month intervals somewhere?  pyarrow cannot read those."""
    if isinstance(t, StructType):
        return any(holds_months(f.dataType) for f in t.fields)
    if isinstance(t, ArrayType):
        return holds_months(t.elementType)
    if isinstance(t, MapType):
        return holds_months(t.keyType) or holds_months(t.valueType)
    return isinstance(t, YearMonthIntervalType)


def error_of(e):
    def ask(name):
        try:
            return getattr(e, name)()
        except Exception:
            return None
    return {"error": {"class": type(e).__name__, "condition": ask("getCondition"), "sqlstate": ask("getSqlState"), "text": str(e)[:300]}}


class Endpoint:
    """Answers of one server.  Sessions are kept, one for each set of settings and set-up statements."""

    def __init__(self, url):
        self.url = url
        self.sessions = {}

    def session(self, case):
        key = repr((case.get("conf"), case.get("setup")))
        if key not in self.sessions:
            if len(self.sessions) > 40:
                self.close()
            spark = SparkSession.builder.remote(self.url).create()
            spark.client.set_retry_policies([DefaultPolicy(max_retries=1)])
            spark.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
            for k, v in case.get("conf", {}).items():
                spark.conf.set(k, v)
            for s in case.get("setup", []):
                spark.sql(s)
            self.sessions[key] = spark
        return self.sessions[key]

    def close(self):
        for spark in self.sessions.values():
            try:
                spark.client.release_session()
                spark.client.close()
            except Exception:
                pass
        self.sessions.clear()

    @staticmethod
    def plan(query):
        p = proto.Plan()
        p.root.sql.query = query
        return p

    def analyzed(self, case):
        """The schema only."""
        try:
            return {"schema": self.session(case).client._analyze("schema", plan=self.plan(case["query"])).schema.jsonValue(), "rows": []}
        except Exception as e:
            return error_of(e)

    def run(self, case):
        try:
            spark = self.session(case)
            client = spark.client
            try:
                table, schema = client.to_table(self.plan(case["query"]), {})[:2]
                top = [isinstance(f.dataType, YearMonthIntervalType) for f in schema.fields]
            except KeyError:
                top = [True]
            if any(top):                          # month intervals are compared as text
                df = spark.sql(case["query"])
                schema = df.schema
                top = [holds_months(f.dataType) for f in schema.fields]
                data = df.toDF(*[f"c{i}" for i in range(len(top))])
                data = data.select(*[F.col(f"c{i}").cast("string") if m else F.col(f"c{i}") for i, m in enumerate(top)])
                table = client.to_table(data._plan.to_proto(client), {})[0]
            columns = [[cell(s, table.schema.field(i).type) for chunk in table.column(i).chunks for s in chunk] for i in range(table.num_columns)]
            rows = [list(r) for r in zip(*columns)] if columns else [[] for _ in range(table.num_rows)]
            return {"schema": schema.jsonValue(), "rows": rows}
        except Exception as e:
            return error_of(e)

    def answer(self, case):
        """As run(), given up after LIMIT_S seconds."""
        box = {}
        t = threading.Thread(target=lambda: box.setdefault("r", self.run(case)), daemon=True)
        t.start()
        t.join(LIMIT_S)
        if "r" in box:
            return box["r"]
        self.sessions.clear()
        return {"error": {"class": "TIMEOUT", "condition": None, "sqlstate": None, "text": f"no answer in {LIMIT_S} s"}}

"""Queries over three small tables with NULLs and doubles, recorded on Spark: subqueries, windows, grouping, names; replayed as all recordings.

`staff` in a case's setup stands for the tables.
"""
import replay  # tests/ is on the path: its conftest.py is there

STAFF = """CREATE OR REPLACE TEMP VIEW e AS SELECT * FROM VALUES (1,10,'ann',100,DATE'2024-01-05'),(2,10,'bob',200,DATE'2024-02-10'),(3,20,'cid',150,DATE'2024-02-11'),(4,20,'dan',NULL,DATE'2024-03-01'),(5,NULL,'eve',300,NULL),(6,30,NULL,50,DATE'2024-03-15') AS e(id,dept,name,sal,hired);
CREATE OR REPLACE TEMP VIEW d AS SELECT * FROM VALUES (10,'eng',1.5D),(20,'ops',NULL),(40,'hr',2.5D),(NULL,'none',0D) AS d(dept,dname,w);
CREATE OR REPLACE TEMP VIEW p AS SELECT * FROM VALUES (1,'a',10),(1,'b',20),(2,'a',NULL),(3,'c',5),(NULL,'a',7) AS p(eid,kind,amt)"""


def with_tables(case):
    return {**case, "setup": [t for s in case["setup"] for t in (STAFF.split(";\n") if s == "staff" else [s])]}


test_staff = replay.recorded(__file__, with_tables)

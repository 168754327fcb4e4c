-- DESCRIBE FUNCTION of built-in functions: everything but the wording, which is Piezo's own
=== usagerows
>>> [r[0] for r in spark.sql("DESCRIBE FUNCTION Abs").collect()][:2]
>>> [r[0] for r in spark.sql("DESCRIBE FUNCTION EXTENDED case").collect()][0]
>>> [len(spark.sql("DESCRIBE FUNCTION " + n).collect()) for n in ("abs", "EXTENDED abs", "case", "EXTENDED case", "+", "EXTENDED +", "<>", "||", "'len'")]
>>> [r[0].split(" - ")[0] for r in spark.sql("DESCRIBE FUNCTION abs").collect()]
>>> [r[0].split(" - ")[0] for r in spark.sql("DESCRIBE FUNCTION EXTENDED len").collect()][:3]
>>> [r[0].split(" - ")[0] for r in spark.sql("DESCRIBE FUNCTION <>").collect()]
>>> [r[0].split(" - ")[0] for r in spark.sql("DESCRIBE FUNCTION system.builtin.abs").collect()]
>>> spark.sql("DESCRIBE FUNCTION EXTENDED bigint").collect()[3][0]
>>> spark.sql("DESCRIBE FUNCTION EXTENDED len").collect()[3][0].split("\n")[0]
>>> spark.sql("DESCRIBE FUNCTION EXTENDED len").collect()[3][0].split("\n")[-3:]
>>> [spark.sql("DESCRIBE FUNCTION EXTENDED " + n).collect()[-1][0].split("\n")[-2] for n in ("abs", "chr", "int", "mod", "%", "window", "range", "hmac", "variance")]
>>> spark.catalog.getFunction("abs").description.split(" - ")[0]
>>> [spark.catalog.getFunction(n).className for n in ("abs", "case")]
=== usagenames
DESCRIBE FUNCTION stus_none
DESCRIBE FUNCTION EXTENDED stus_none.abs
DESCRIBE FUNCTION spark_catalog.default.abs
DESCRIBE FUNCTION system.session.abs
DESCRIBE FUNCTION system.stus_none.abs
DESCRIBE FUNCTION stus_none.default.abs
DESCRIBE FUNCTION a.b.c.abs
CREATE TEMPORARY FUNCTION stus_one(x INT) RETURNS INT RETURN x + 1
DESCRIBE FUNCTION stus_one
DESCRIBE FUNCTION system.session.stus_one
DESCRIBE FUNCTION session.stus_one
CREATE TEMPORARY FUNCTION abs(x INT) RETURNS INT RETURN x
>>> [r[0].split(" - ")[0] for r in spark.sql("DESCRIBE FUNCTION abs").collect()]
DESCRIBE FUNCTION session.abs

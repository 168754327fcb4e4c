"""DESCRIBE FUNCTION: layout, one row of tables/usage.def for each listed name, and every example of the table run."""
import pathlib
import re

import pytest
from pyspark.errors import AnalysisException

TABLES = pathlib.Path(__file__).resolve().parents[2] / "tables"


def described(spark, name, extended=False):
    return [row.function_desc for row in spark.sql("DESCRIBE FUNCTION %s%s" % ("EXTENDED " if extended else "", name)).collect()]


def listed(spark):
    return [row.function for row in spark.sql("SHOW SYSTEM FUNCTIONS").collect()]


def examples(told):
    """The queries of an extended description, each with its lines of result."""
    found = []
    for line in told.split("\n"):
        if line.startswith("      > "):
            found.append((line[8:].removesuffix(";"), []))
        elif line.startswith("       "):
            found[-1][1].append(line[7:])
    return found


def answer(session, query):
    frame = session.sql(query)
    frame = frame.toDF(*["c%d" % i for i in range(len(frame.columns))])
    rows = frame.selectExpr(*["cast(%s as string)" % c for c in frame.columns]).collect()
    return ["\t".join("NULL" if cell is None else cell for cell in row) for row in rows]


def test_rows_of_a_function(spark):
    usage = "Usage: abs(expr) - "
    rows = described(spark, "abs")
    assert rows[:2] == ["Function: abs", "Class: org.apache.spark.sql.catalyst.expressions.Abs"]
    assert len(rows) == 3 and rows[2].startswith(usage) and len(rows[2]) > len(usage) + 20
    assert described(spark, "ABS") == described(spark, "'abs'") == described(spark, "builtin.abs") == described(spark, "system.builtin.abs") == rows
    extended = described(spark, "abs", True)
    assert extended[:3] == rows
    assert extended[3] == ("Extended Usage:\n    Examples:\n      > SELECT abs(-7.5);\n       7.5\n      > SELECT abs(INTERVAL -'3' MONTH);\n"
                           "       INTERVAL '3' MONTH\n  \n    Since: 1.2.0\n")


def test_names_without_class_version_or_examples(spark):
    rows = described(spark, "case", True)
    assert rows[0] == "Function: case" and rows[1].startswith("Usage: CASE expr1 WHEN expr2 THEN expr3 ")
    assert rows[2].startswith("Extended Usage:\n    Examples:\n      > SELECT CASE ") and rows[2].endswith("\n  \n") and "Since" not in rows[2]
    assert described(spark, "<>", True)[1].startswith("Usage: expr1 <> expr2 - ")
    rows = described(spark, "bigint", True)
    assert rows[2].startswith("Usage: bigint(expr) - ") and "CAST(expr AS bigint)" in rows[2]
    assert rows[3] == "Extended Usage:\n    No example/argument for bigint.\n\n    Since: 2.0.1\n"


def test_an_alias_is_told_under_its_own_name(spark):
    length, alias = described(spark, "length", True), described(spark, "len", True)
    assert alias[0] == "Function: len" and alias[1] == length[1]
    assert alias[2] == length[2].replace("length(expr)", "len(expr)")
    assert "> SELECT len('café ');\n       5\n" in alias[3]
    assert length[3].endswith("Since: 1.5.0\n") and alias[3].endswith("Since: 3.4.0\n")


@pytest.mark.parametrize("name, condition, shown", [
    ("no_such", "UNRESOLVED_ROUTINE", "`no_such`"),
    ("no_such.abs", "UNRESOLVED_ROUTINE", "`no_such`.`abs`"),
    ("spark_catalog.default.abs", "UNRESOLVED_ROUTINE", "`spark_catalog`.`default`.`abs`"),
    ("system.session.abs", "REQUIRES_SINGLE_PART_NAMESPACE", "`system`.`session`.`abs`"),
])
def test_unknown_names(spark, name, condition, shown):
    with pytest.raises(AnalysisException) as raised:
        described(spark, name)
    assert raised.value.getCondition() == condition
    assert shown in raised.value.getMessageParameters().values()


def test_the_catalog_tells_the_same(spark):
    known = spark.catalog.getFunction("abs")
    assert "Usage: " + known.description == described(spark, "abs")[2]
    assert known.className == "org.apache.spark.sql.catalyst.expressions.Abs"
    assert spark.catalog.getFunction("case").className is None


def test_every_listed_name_has_a_row_and_every_row_a_name():
    rows = []
    for path in sorted((TABLES / "usage").glob("*.def")):
        rows += re.findall(r'^(?:USAGE|SAME)\("([^"]+)"', path.read_text(encoding="utf8"), re.M)
    names = re.findall(r'^FNAME\("([^"]+)"', (TABLES / "function_names.def").read_text(encoding="utf8"), re.M)
    assert len(names) > 550 and sorted(rows) == sorted(names)


def test_every_listed_name_is_described(spark):
    for name in listed(spark):
        rows = described(spark, name, True)
        usage = rows[-2]
        assert rows[0] == "Function: " + name
        assert re.fullmatch(r"Usage: .+ - .{15,}\.", usage) and name in usage.lower(), usage
        assert "@@" not in usage + rows[-1]
        assert rows[-1].startswith("Extended Usage:\n    ")


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_every_example_gives_what_it_says(new_session, zone):
    plain = new_session()
    plain.conf.set("spark.sql.session.timeZone", zone)
    wrong, count = [], 0
    for name in listed(plain):
        usage, told = described(plain, name, True)[-2:]
        session = plain
        for key in re.findall(r"Needs the setting (\S+?)\.(?: |$)", usage):
            session = new_session() if session is plain else session
            session.conf.set("spark.sql.session.timeZone", zone)
            session.conf.set(key, "true")
        for query, lines in examples(told):
            count += 1
            try:
                got = answer(session, query)
            except Exception as error:
                got = str(error)
            if got != lines:
                wrong.append((query, lines, got))
    assert count > 720 and not wrong

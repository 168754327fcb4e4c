"""EXPLAIN as SQL: the sections of each mode, and plans that cannot be analyzed (sections and conditions as real Spark 4.3.0 gives them)."""
import re

import pytest

SECTIONS = {
    "": ["== Physical Plan =="],
    "EXTENDED": ["== Parsed Logical Plan ==", "== Analyzed Logical Plan ==", "== Optimized Logical Plan ==", "== Physical Plan =="],
    "COST": ["== Optimized Logical Plan ==", "== Physical Plan =="],
    "FORMATTED": ["== Physical Plan =="],
}
FAILED = {"": [], "EXTENDED": ["== Parsed Logical Plan ==", "== Analyzed Logical Plan =="], "COST": ["== Optimized Logical Plan ==", "== Physical Plan =="], "FORMATTED": []}


def text(spark, query):
    return "\n".join(r[0] for r in spark.sql(query).collect())


@pytest.mark.parametrize("mode", SECTIONS)
def test_sections(spark, mode):
    assert re.findall(r"== [\w ]+ ==", text(spark, f"EXPLAIN {mode} SELECT id % 2 k, count(*) FROM range(5) GROUP BY 1 ORDER BY 1")) == SECTIONS[mode]


@pytest.mark.parametrize("mode", FAILED)
def test_plan_that_cannot_be_analyzed(spark, mode):
    told = text(spark, f"EXPLAIN {mode} SELECT nosuch FROM range(5)")
    assert re.findall(r"== [\w ]+ ==", told) == FAILED[mode]
    assert "[UNRESOLVED_COLUMN.WITH_SUGGESTION]" in told and "`nosuch`" in told
    assert told.startswith("Error occurred during query planning: ") == (mode in ("", "FORMATTED"))
    assert ("org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN" in told) == (mode in ("EXTENDED", "COST"))

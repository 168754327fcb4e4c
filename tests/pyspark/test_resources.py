"""ADD and LIST of files, archives and jars: what is there is listed by its URI, what is not is an error."""
import pytest


def listed(spark, what):
    return [r[0] for r in spark.sql(what).collect()]


def test_files_and_archives_are_listed_by_uri(new_session, tmp_path):
    spark = new_session()
    one, two, zipped = tmp_path / "one.txt", tmp_path / "two words.txt", tmp_path / "a.zip"
    for p in (one, two, zipped):
        p.write_text("x")
    spark.sql(f"ADD FILES '{one}' \"{two}\"")
    spark.sql(f"ADD FILE file:{one}")
    assert listed(spark, "LIST FILES") == [f"file:{one}", f"file:{tmp_path}/two%20words.txt"]
    assert listed(spark, f"LIST FILES {one} /nowhere") == [f"file:{one}"]
    spark.sql(f"ADD ARCHIVE {zipped}#name")
    assert listed(spark, "LIST ARCHIVES") == [f"file:{zipped}#name"]
    assert listed(new_session(), "LIST FILES") == []


def test_a_directory_may_be_refused(new_session, tmp_path):
    spark = new_session()
    spark.sql(f"ADD FILE {tmp_path}")
    assert listed(spark, "LIST FILES") == [f"file:{tmp_path}/"]
    spark.conf.set("spark.sql.legacy.addSingleFileInAddFile", "true")
    with pytest.raises(Exception) as e:
        spark.sql(f"ADD FILE {tmp_path}")
    assert e.value.getCondition() == "UNSUPPORTED_ADD_FILE.DIRECTORY"
    assert e.value.getMessageParameters() == {"path": f"file:{tmp_path}/"}


def test_what_is_missing(new_session):
    spark = new_session()
    for statement, name in [("ADD FILE /nowhere/x", "FileNotFoundException"), ("ADD ARCHIVE /nowhere/x", "NoSuchFileException")]:
        with pytest.raises(Exception) as e:
            spark.sql(statement)
        assert name in str(e.value) and "/nowhere/x" in str(e.value)
    spark.sql("ADD JAR /nowhere/x.jar")
    assert listed(spark, "LIST JARS") == []

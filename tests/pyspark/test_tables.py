"""DataFrame writers into native tables: saveAsTable, insertInto, writeTo, mergeInto.  Errors as Spark 4.3.0 gave them for its own tables."""
import pytest
from pyspark.errors import PySparkException
from pyspark.sql import functions as F


def rows(spark, name):
    return sorted(map(tuple, spark.table(name).collect()))


def fails(call):
    with pytest.raises(PySparkException) as e:
        call()
    return e.value.getCondition(), e.value.getMessageParameters()


@pytest.fixture
def df(spark):
    for i in range(1, 6):
        spark.sql(f"DROP TABLE IF EXISTS pw{i}")
    return spark.createDataFrame([(1, "a"), (2, "b")], "id int, name string")


def test_save_as_table(spark, df):
    df.write.saveAsTable("pw1")
    assert fails(lambda: df.write.saveAsTable("pw1")) == ("TABLE_OR_VIEW_ALREADY_EXISTS", {"relationName": "`spark_catalog`.`default`.`pw1`"})
    df.write.mode("ignore").saveAsTable("pw1")
    df.select("name", "id").write.mode("append").saveAsTable("pw1")
    assert rows(spark, "pw1") == [(1, "a"), (1, "a"), (2, "b"), (2, "b")]
    df.withColumn("y", F.lit(1.5)).write.mode("overwrite").saveAsTable("pw1")
    assert spark.table("pw1").schema.simpleString() == "struct<id:int,name:string,y:double>"
    df.write.partitionBy("id").saveAsTable("pw2")
    assert spark.table("pw2").schema.simpleString() == "struct<name:string,id:int>"
    df.write.partitionBy("id").mode("append").saveAsTable("pw2")
    assert len(rows(spark, "pw2")) == 4


def test_save_as_table_refused(spark, df):
    df.write.saveAsTable("pw1")
    name = "spark_catalog.default.pw1"
    assert fails(lambda: df.select("name").write.mode("append").saveAsTable("pw1")) == (
        "_LEGACY_ERROR_TEMP_1161", {"querySchema": "struct<name:string>", "existingTableSchema": "struct<id:int,name:string>", "tableName": name})
    assert fails(lambda: df.toDF("id", "nam").write.mode("append").saveAsTable("pw1")) == (
        "_LEGACY_ERROR_TEMP_1162", {"col": "name", "inputColumns": "id, nam"})
    assert fails(lambda: df.write.format("csv").mode("append").saveAsTable("pw1")) == (
        "_LEGACY_ERROR_TEMP_1159", {"specifiedProvider": "CSVDataSourceV2", "existingProvider": "ParquetDataSourceV2", "tableName": name})
    assert fails(lambda: df.write.partitionBy("id").mode("append").saveAsTable("pw1")) == (
        "_LEGACY_ERROR_TEMP_1163", {"specifiedPartCols": "id", "existingPartCols": "", "tableName": name})
    assert fails(lambda: df.write.bucketBy(3, "id").mode("append").saveAsTable("pw1")) == (
        "_LEGACY_ERROR_TEMP_1164", {"existingBucketString": "not bucketed", "specifiedBucketString": "3 buckets, bucket columns: [id]", "tableName": name})
    assert fails(lambda: spark.table("pw1").write.mode("overwrite").saveAsTable("pw1")) == (
        "UNSUPPORTED_OVERWRITE.TABLE", {"table": "`spark_catalog`.`default`.`pw1`"})
    assert fails(lambda: df.write.sortBy("name").saveAsTable("pw3"))[0] == "SORT_BY_WITHOUT_BUCKETING"
    assert fails(lambda: df.write.partitionBy("zz").saveAsTable("pw3"))[0] == "COLUMN_NOT_DEFINED_IN_TABLE"
    assert rows(spark, "pw1") == [(1, "a"), (2, "b")]


def test_insert_into(spark, df):
    df.write.saveAsTable("pw1")
    spark.sql("SELECT 5 a, 'q' b").write.insertInto("pw1")
    assert rows(spark, "pw1") == [(1, "a"), (2, "b"), (5, "q")]
    spark.sql("SELECT 6 a, 'q' b").write.insertInto("pw1", overwrite=True)
    assert rows(spark, "pw1") == [(6, "q")]
    assert fails(lambda: spark.sql("SELECT 1").write.insertInto("pw1"))[0] == "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
    assert fails(lambda: df.write.partitionBy("id").insertInto("pw1")) == ("PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO", {"tableName": "pw1"})
    assert fails(lambda: df.write.insertInto("pw_none"))[0] == "TABLE_OR_VIEW_NOT_FOUND"


def test_write_to(spark, df):
    df.writeTo("pw4").create()
    assert fails(lambda: df.writeTo("pw4").create())[0] == "TABLE_OR_VIEW_ALREADY_EXISTS"
    df.select("name", "id").writeTo("pw4").append()
    assert rows(spark, "pw4") == [(1, "a"), (1, "a"), (2, "b"), (2, "b")]
    spark.sql("SELECT 9 id, 'nine' name").writeTo("pw4").overwrite(F.col("id") == 1)
    assert rows(spark, "pw4") == [(2, "b"), (2, "b"), (9, "nine")]
    df.drop("name").writeTo("pw4").replace()
    assert rows(spark, "pw4") == [(1,), (2,)]
    df.writeTo("pw4").createOrReplace()
    assert rows(spark, "pw4") == [(1, "a"), (2, "b")]
    assert fails(lambda: df.writeTo("pw_none").append())[0] == "TABLE_OR_VIEW_NOT_FOUND"
    df.writeTo("pw5").partitionedBy(F.col("id")).tableProperty("k", "v").create()
    spark.sql("SELECT 'new' name, 1 id").writeTo("pw5").overwritePartitions()
    assert rows(spark, "pw5") == [("b", 2), ("new", 1)]


def test_merge_into(spark, df):
    df.union(spark.sql("SELECT 3, 'c'")).write.saveAsTable("pw1")
    source = spark.createDataFrame([(2, "B"), (4, "D")], "id int, name string").alias("s")
    (source.mergeInto("pw1", F.expr("pw1.id = s.id")).whenMatched().updateAll().whenNotMatched().insertAll()
     .whenNotMatchedBySource(F.col("pw1.id") == 1).delete().merge())
    assert rows(spark, "pw1") == [(2, "B"), (3, "c"), (4, "D")]
    (source.mergeInto("pw1", F.expr("pw1.id = s.id")).whenMatched(F.col("s.id") > 2).update({"name": F.concat(F.col("pw1.name"), F.lit("!"))})
     .whenNotMatched().insert({"id": F.col("s.id")}).merge())
    assert rows(spark, "pw1") == [(2, "B"), (3, "c"), (4, "D!")]
    twice = spark.createDataFrame([(2,), (2,)], "id int").alias("s")
    assert fails(lambda: twice.mergeInto("pw1", F.expr("pw1.id = s.id")).whenMatched().update({"name": F.lit("x")}).merge())[0] == "MERGE_CARDINALITY_VIOLATION"


def test_parameters_in_statements(spark, df):
    df.write.saveAsTable("pw1")
    spark.sql("INSERT INTO pw1 VALUES (?, ?)", args=[7, "seven"])
    spark.sql("UPDATE pw1 SET name = :n WHERE id = :i", args={"n": "ONE", "i": 1})
    spark.sql("DELETE FROM pw1 WHERE id = :i", args={"i": 2})
    assert rows(spark, "pw1") == [(1, "ONE"), (7, "seven")]
    spark.sql("INSERT INTO pw1 SELECT * FROM {d}", d=df)
    assert len(rows(spark, "pw1")) == 4


def test_char_columns(spark, df):
    spark.sql("CREATE TABLE pw1(c CHAR(4), v VARCHAR(4))")
    spark.sql("INSERT INTO pw1 VALUES ('ab', 'ab')")
    assert spark.table("pw1").schema.simpleString() == "struct<c:string,v:string>"
    assert spark.table("pw1").schema["c"].metadata == {"__CHAR_VARCHAR_TYPE_STRING": "char(4)"}
    assert rows(spark, "pw1") == [("ab  ", "ab")]
    spark.table("pw1").write.saveAsTable("pw2")
    assert fails(lambda: spark.sql("INSERT INTO pw2 VALUES ('abcde', 'a')")) == ("EXCEED_LIMIT_LENGTH", {"limit": "4"})


def test_merge_does_not_lose_columns(spark, df):
    df.write.saveAsTable("pw1")
    more = "MERGE WITH SCHEMA EVOLUTION INTO pw1 t USING (SELECT 1 id, 'z' name, 9 extra) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *"
    assert fails(lambda: spark.sql(more))[0] == "UNSUPPORTED_FEATURE.TABLE_OPERATION"
    assert rows(spark, "pw1") == [(1, "a"), (2, "b")]

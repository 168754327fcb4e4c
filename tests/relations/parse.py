texts = spark.createDataFrame([('{"a": 1, "b": "x"}',), ('{"a": 2.5, "c": [1]}',), ("oops",)], "value string")

# ---- parse/json_inferred
spark.read.json(texts)

# ---- parse/json_schema
spark.read.schema("a double, c array<int>").json(texts)

# ---- parse/json_fail_fast
spark.read.schema("a int").option("mode", "FAILFAST").json(texts)

# ---- parse/json_drop_malformed
spark.read.schema("a double").option("mode", "DROPMALFORMED").json(texts)

# ---- parse/json_corrupt_column
spark.read.schema("a double, bad string").option("columnNameOfCorruptRecord", "bad").json(texts)

# ---- parse/json_two_columns
spark.read.json(spark.sql("SELECT 'x' a, 'y' b"))

# ---- parse/json_not_text
spark.read.json(spark.range(1))

# ---- parse/csv_inferred_names
spark.read.csv(spark.createDataFrame([("1,x",), ("2,y",)], "value string"))

# ---- parse/csv_header
spark.read.csv(spark.createDataFrame([("n,s",), ("1,x",), ("2,y",)], "value string"), header=True, inferSchema=True)

# ---- parse/csv_schema
spark.read.schema("n int, s string").csv(spark.createDataFrame([("1,x",), ("zz,y",), ("3",)], "value string"))

# ---- parse/csv_separator
spark.read.csv(spark.createDataFrame([("1|'a|b'",)], "value string"), sep="|", quote="'")

# ---- parse/xml_schema
spark.read.schema("a int, b string").xml(spark.createDataFrame([("<r><a>1</a><b>x</b></r>",), ("<r><a>2</a></r>",)], "value string"), rowTag="r")

# ---- parse/xml_inferred
spark.read.xml(spark.createDataFrame([("<r><a>1</a><b>x</b></r>",), ("<r><a>2</a></r>",)], "value string"), rowTag="r")


# ---- parse/json_nulls_and_arrays
spark.read.json(spark.createDataFrame([('{"a":1}',), (None,), ('',), ('[{"a":2},{"a":3}]',)], "v string"))

# ---- parse/json_nulls_with_schema
spark.read.schema("a int").json(spark.createDataFrame([('{"a":1}',), (None,), ('',), ('[{"a":2},{"a":3}]',)], "v string"))

# ---- parse/json_options
spark.read.option("primitivesAsString", True).json(spark.createDataFrame([('{"a":1, "t": "2020-01-01 00:00:00"}',)], "v string"))

# ---- parse/json_dates
spark.read.schema("d date, t timestamp").option("dateFormat", "dd/MM/yyyy").json(spark.createDataFrame([('{"d":"31/12/2020", "t": "2020-01-01T01:02:03Z"}',)], "v string"))

# ---- parse/csv_empty_lines
spark.read.csv(spark.createDataFrame([("a,b",), (None,), ("",), ('1,"x\ny"',), ("#c,d",)], "v string"))

# ---- parse/csv_header_repeats
spark.read.csv(spark.createDataFrame([("a,b",), ("1,2",), ("a,b",)], "v string"), header=True, schema="x int, y int")

# ---- parse/csv_no_rows
spark.read.csv(spark.createDataFrame([], "v string"))

# ---- parse/json_no_rows
spark.read.json(spark.createDataFrame([], "v string"))

# ---- parse/csv_fail_fast
spark.read.schema("a int").option("mode", "FAILFAST").csv(spark.createDataFrame([("x",)], "v string"))

# ---- parse/xml_bad_and_null
spark.read.xml(spark.createDataFrame([("<r><a>1</a></r>",), ("oops",), (None,)], "v string"), rowTag="r")

# ---- parse/xml_merged
spark.read.xml(spark.createDataFrame([("<r><a>1</a></r>",), ("<r><a>1.5</a><b c='2'/></r>",)], "v string"), rowTag="r")

# ---- parse/xml_fail_fast
spark.read.schema("a int").option("mode", "FAILFAST").xml(spark.createDataFrame([("oops",)], "v string"), rowTag="r")

# ---- parse/xml_no_row_tag
spark.read.xml(spark.createDataFrame([("<r><a>1</a></r>",)], "v string"))

# ---- read/xml_file
import tempfile
d = tempfile.mkdtemp()
open(d + "/a.xml", "w").write('<?xml version="1.0"?><all><!-- <p/> --><p id="1"><n>x</n><m>1</m><m>2</m></p><p id="2"><n>y</n></p></all>')
spark.read.option("rowTag", "p").xml(d)

# ---- read/xml_file_schema
import tempfile
d = tempfile.mkdtemp()
open(d + "/a.xml", "w").write('<all><p id="1"><n>x</n><m>1</m><m>2</m></p><p id="2"><n>y</n></p></all>')
spark.read.schema("_id int, n string, m array<int>").option("rowTag", "p").xml(d)

df = spark.createDataFrame([(14, "Tom"), (23, "Alice"), (None, None)], "age int, name string")
many = spark.sql("""SELECT 1Y y, 2S s, 3 i, 4L l, 1.5F f, 2.5D d, 1.50BD c, 'x' t, X'0aff' b, true o, DATE'2020-01-02' dt, TIMESTAMP'2020-01-02 03:04:05.678' ts,
    TIMESTAMP_NTZ'2020-01-02 03:04:05' n, array(1, NULL) a, map('k', 1, 'l', NULL) m, named_struct('p', 1, 'q', 'z', 'r', CAST(NULL AS INT)) st, NULL v,
    INTERVAL 1 DAY 2 HOURS dd, INTERVAL 14 MONTHS ym, parse_json('{"a": [1, "x"]}') va, CAST('NaN' AS DOUBLE) nan, CAST('-Infinity' AS FLOAT) inf""")

# ---- show_string/plain
printed(df.show)

# ---- show_string/all_types
printed(many.show, truncate=False)

# ---- show_string/all_types_vertical
printed(many.show, vertical=True)

# ---- show_string/rows
printed(spark.range(30).show)

# ---- show_string/truncate
printed(spark.sql("SELECT repeat('abcde', 10) a, 'é' || repeat('ü', 30) u, repeat('漢', 12) w").show)

# ---- show_string/truncate_number
printed(spark.sql("SELECT repeat('abcde', 10) a").show, truncate=7)

# ---- show_string/truncate_small
printed(spark.sql("SELECT repeat('abcde', 10) a").show, truncate=2)

# ---- show_string/wide_characters
printed(spark.sql("SELECT '漢字' a, 'x' b UNION ALL SELECT 'y', 'ｆｕｌｌ'").orderBy("a").show)

# ---- show_string/newlines
printed(spark.sql("SELECT 'a\\nb\\tc\\rd' x").show)

# ---- show_string/vertical
printed(df.show, vertical=True)

# ---- show_string/vertical_truncated
printed(spark.range(5).withColumn("x", F.repeat(F.lit("ab"), 20)).show, n=2, vertical=True, truncate=10)

# ---- show_string/zero_rows
printed(df.show, n=0)

# ---- show_string/empty
printed(df.filter("false").show)

# ---- show_string/empty_vertical
printed(df.filter("false").show, vertical=True)

# ---- show_string/no_columns
printed(df.select().show)

# ---- show_string/duplicate_names
printed(df.select("age", "age", F.lit(1).alias("age")).show)

# ---- show_string/nested
printed(spark.sql("SELECT array(named_struct('a', 1, 'b', map(1, array('x')))) n, named_struct('t', TIMESTAMP'2020-01-02 03:04:05', 'b', X'41', 's', NULL) s").show, truncate=False)

# ---- show_string/doubles
printed(spark.sql("SELECT * FROM VALUES (1.0D), (1e7D), (1.0E-5D), (123456789.125D), (0.1D), (-0.0D) AS t(d)").show)

# ---- show_string/decimals
printed(spark.sql("SELECT * FROM VALUES (CAST(0 AS DECIMAL(20, 10))), (1.23), (-12345678.9) AS t(d)").show, truncate=False)

# ---- show_string/years
printed(spark.sql("SELECT DATE'-0044-03-15' a, DATE'12345-01-01' b, TIMESTAMP'0001-01-01 00:00:00' c").show, truncate=False)

# ---- html_string/eager
spark.conf.set("spark.sql.repl.eagerEval.enabled", True)
df._repr_html_()

# ---- html_string/more_rows
spark.conf.set("spark.sql.repl.eagerEval.enabled", True)
spark.conf.set("spark.sql.repl.eagerEval.maxNumRows", 3)
spark.range(5).withColumn("h", F.lit("<b> & \"quotes\"")).orderBy("id")._repr_html_()

# ---- html_string/truncated
spark.conf.set("spark.sql.repl.eagerEval.enabled", True)
spark.conf.set("spark.sql.repl.eagerEval.truncate", 5)
spark.sql("SELECT 'abcdefghijk' AS long_column_name, array(1, 2, 3) a")._repr_html_()

# ---- html_string/text_repr
spark.conf.set("spark.sql.repl.eagerEval.enabled", True)
repr(df)

# ---- html_string/off
[df._repr_html_(), repr(df), repr(many)]

# ---- tree_string/plain
printed(df.printSchema)

# ---- tree_string/nested
printed(many.printSchema)

# ---- tree_string/level
printed(spark.sql("SELECT array(named_struct('a', map(1, named_struct('z', 1)))) n").printSchema, 2)

# ---- tree_string/not_null
printed(spark.sql("SELECT 1 a, array(1) b, named_struct('x', 1) c, CAST('a' AS CHAR(3)) d, collate('x', 'UNICODE') e").printSchema)

# ---- rows/to_local_iterator
it = spark.range(100000).toLocalIterator()
[next(it).id for _ in range(3)]

# ---- rows/take_head_first
[spark.range(5).take(2), spark.range(5).head(), spark.range(5).first(), spark.range(0).head(), spark.range(3).head(1)]

# ---- rows/is_empty
[spark.range(0).isEmpty(), spark.range(1).isEmpty(), spark.range(5).filter("id > 9").isEmpty()]

# ---- rows/tail
df.tail(1)

# ---- rows/to_pandas
many.select("i", "l", "d", "t", "o", "c").toPandas().to_dict("records")

# ---- rows/to_arrow_schema
str(many.select("y", "s", "i", "l", "f", "d", "t", "b", "o", "dt", "ts", "n", "a", "m", "st").toArrow().schema.remove_metadata())

# ---- rows/to_json
df.toJSON().collect()

# ---- rows/columns_and_types
[df.columns, df.dtypes, many.dtypes, df.schema.simpleString()]

# ---- rows/count
[df.count(), df.distinct().count(), df.na.drop().count()]

# ---- rows/semantics
[df.sameSemantics(df), df.sameSemantics(df.select("age", "name")), df.sameSemantics(df.select("age")), df.semanticHash() == df.semanticHash()]

# ---- rows/is_streaming
df.isStreaming

# ---- explain/headings
import re
j = df.join(spark.createDataFrame([("Tom", 80)], ["name", "height"]).hint("broadcast"), "name")
def headings(mode):
    return re.findall(r"^== .* ==$", printed(j.explain, mode=mode), flags=re.M)
[headings("simple"), headings("extended"), headings("cost"), headings("formatted")]

# ---- explain/words
j = df.join(spark.createDataFrame([("Tom", 80)], ["name", "height"]).hint("broadcast"), "name")
["BroadcastHashJoin" in printed(j.explain), "Statistics(sizeInBytes=" in printed(j.explain, mode="cost"), "Codegen" in printed(j.explain, mode="codegen")]

# ---- explain/bad_mode
df.explain(mode="none")

"""Texts of expressions and JSON paths."""
# ---- sql/get_json_object_wildcards
docs = [('[{"f1":"v"}]', "$[*].f1"), ('[{"f1":1}]', "$[*].f1"), ('["a"]', "$[*]"), ('{"a":["x"]}', "$.a[*]"), ('{"a":[{"b":"x"}]}', "$.a[*].b"), ('[["x"]]', "$[*][*]"), ('[{"a":{"b":"c"}}]', "$[*].a.b"), ('[{"a":["b"]}]', "$[*].a[0]"), ('[{"a":"b"}]', "$[*].*"), ('{"a":"b"}', "$.*"), ('[1,2]', "$.*"), ('{"a":[{"b":"x"},{"b":"y"}]}', "$.a[*].b"), ('{"x":{"a":[{"b":"x"}]}}', "$.x.a[*].b"), ('[["a","b"],["c"]]', "$[*][*]"), ('[]', "$[*]"), ('[null]', "$[*]")]
spark.createDataFrame(docs, "d string, p string").selectExpr("d", *[f"get_json_object(d, '{p}') AS c{i}" for i, (_, p) in enumerate(docs)])

# ---- sql/try_interval_names
spark.sql("SELECT CAST(try_divide(make_interval(1), 2) AS STRING), CAST(try_multiply(make_interval(1), 2) AS STRING), CAST(make_interval(1) * 2 AS STRING), CAST(make_interval(1) / 2 AS STRING), try_divide(interval 1 day, 2)")

-- settings under which Spark answers as it once did, or under other names: each with its usual value and with the other
=== corrupt
SET spark.sql.columnNameOfCorruptRecord = _bad
SELECT from_json('{"a":', 'a INT, _bad STRING'), from_json('{"a":', 'a INT, _corrupt_record STRING')
SELECT from_csv('q', 'a INT, _bad STRING'), from_csv('q', 'a INT, _corrupt_record STRING')
SELECT from_xml('<p><a>q</a></p>', 'a INT, _bad STRING'), from_xml('<p><a>q</a></p>', 'a INT, _corrupt_record STRING')
SELECT schema_of_xml('<p><a>q</a>')
SELECT schema_of_xml('<p><a>q</a>', map('columnNameOfCorruptRecord', '_x'))
SELECT from_json('{"a":', 'a INT, _x STRING, _bad STRING', map('columnNameOfCorruptRecord', '_x'))
SELECT from_csv('q,1', 'a INT, _x STRING, _bad STRING', map('ColumnNameOfCorruptRecord', '_x'))
SELECT from_json('{"a":', 'a INT, _bad STRING', map('mode', 'FAILFAST'))
SELECT from_json('{"a":', 'a INT, _bad INT')
SELECT from_csv('q', 'a INT, _bad INT')
SELECT from_json('{"a":', 'a INT, _corrupt_record INT')
CREATE TABLE stm_lc USING text AS SELECT value FROM VALUES ('{"a":1,"b":"x"}'), ('{"a":') t(value)
>>> [sorted(r.asDict().items()) for r in spark.sql(f"SELECT * FROM json.`{W}/stm_lc` ORDER BY a").collect()]
>>> spark.read.schema("a INT, _bad STRING").json(f"{W}/stm_lc").orderBy("a").collect()
>>> spark.read.schema("a INT, _corrupt_record STRING").json(f"{W}/stm_lc").orderBy("a").collect()
>>> spark.read.option("columnNameOfCorruptRecord", "_x").json(f"{W}/stm_lc").orderBy("a").columns
>>> spark.read.schema("a INT, b STRING, _bad STRING").csv(f"{W}/stm_lc").orderBy("b").collect()
>>> spark.read.schema("a INT, b STRING, _corrupt_record STRING").csv(f"{W}/stm_lc").orderBy("b").collect()
>>> spark.read.json(f"{W}/stm_lc").select("_bad").collect()
>>> spark.read.schema("_bad INT, a INT").json(f"{W}/stm_lc").collect()
>>> spark.read.json(spark.sql("SELECT value FROM VALUES ('{\"a\":1}'), ('{\"a\"') t(value)")).orderBy("a").collect()
CREATE TEMP VIEW stm_lcv AS SELECT from_json('{"a":', 'a INT, _bad STRING, _corrupt_record STRING') AS v
SELECT * FROM stm_lcv
SET spark.sql.columnNameOfCorruptRecord = _corrupt_record
SELECT * FROM stm_lcv
SELECT from_json('{"a":', 'a INT, _bad STRING, _corrupt_record STRING')
>>> spark.read.json(f"{W}/stm_lc").columns
SET spark.sql.columnNameOfCorruptRecord = _Corrupt_Record
SELECT from_json('{"a":', 'a INT, _corrupt_record STRING'), from_json('{"a":', 'a INT, _Corrupt_Record STRING')
DROP TABLE stm_lc
=== groupingid
SET spark.sql.legacy.groupingIdWithAppendedUserGroupBy = true
SELECT a, b, c, grouping_id() FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS ((a),(b,c)) ORDER BY ALL
SELECT a, b, c, grouping_id(), grouping(b) FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, a GROUPING SETS ((a),(b,c)) ORDER BY ALL
SELECT a, b, c, grouping_id(a, b, c) FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS ((a),(b,c)) ORDER BY ALL
SELECT a, b, c, grouping_id(c, b, a) FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS ((a),(b,c)) ORDER BY ALL
SELECT a, b, c, grouping_id() FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS ((b),(b,a)) ORDER BY ALL
SELECT a, b, c, grouping_id() FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS (()) ORDER BY ALL
SELECT a, b, c, grouping_id() FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, ROLLUP(a, b) ORDER BY ALL
SELECT a, b, c, grouping_id() FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY ROLLUP(a, b), CUBE(c) ORDER BY ALL
>>> spark.sql("SELECT * FROM VALUES (1,2,3),(1,2,4) t(a,b,c)").groupingSets([["a"], ["b", "c"]], "c", "b", "a").agg(F.grouping_id()).orderBy("a", "b", "c").collect()
>>> spark.sql("SELECT * FROM VALUES (1,2,3),(1,2,4) t(a,b,c)").rollup("c", "b").agg(F.grouping_id()).orderBy("c", "b").collect()
SET spark.sql.legacy.groupingIdWithAppendedUserGroupBy = false
SELECT a, b, c, grouping_id() FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS ((a),(b,c)) ORDER BY ALL
SELECT a, b, c, grouping_id(c, b, a) FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS ((a),(b,c)) ORDER BY ALL
SELECT a, b, c, grouping_id() FROM VALUES (1,2,3),(1,2,4) t(a,b,c) GROUP BY c, b, a GROUPING SETS ((b),(b,a)) ORDER BY ALL
>>> spark.sql("SELECT * FROM VALUES (1,2,3),(1,2,4) t(a,b,c)").groupingSets([["a"], ["b", "c"]], "c", "b", "a").agg(F.grouping_id()).orderBy("a", "b", "c").collect()
=== fraction
SET spark.sql.legacy.decimal.retainFractionDigitsOnTruncate = true
SELECT CAST(1 AS DECIMAL(38,20)) * CAST(1 AS DECIMAL(38,20)), CAST(1 AS DECIMAL(38,20)) + CAST(1 AS DECIMAL(38,0)), CAST(1 AS DECIMAL(38,37)) + 1L
SELECT coalesce(CAST(1 AS DECIMAL(38,20)), CAST(1 AS DECIMAL(38,0))), nvl(CAST(1 AS DECIMAL(38,20)), 1L), if(true, CAST(1 AS DECIMAL(38,20)), CAST(1 AS DECIMAL(38,0)))
SELECT CAST(1 AS DECIMAL(38,20)) UNION ALL SELECT CAST(1 AS DECIMAL(38,5))
SELECT CAST(1 AS DECIMAL(38,20)) INTERSECT SELECT CAST(1 AS DECIMAL(38,5))
SELECT CAST(1 AS DECIMAL(38,20)) = CAST(1 AS DECIMAL(38,0)), CAST(1 AS DECIMAL(38,20)) > 1L
SELECT greatest(CAST(1 AS DECIMAL(38,37)), CAST(9 AS DECIMAL(38,0))), array(CAST(1 AS DECIMAL(38,37)), CAST(9 AS DECIMAL(38,0)))
SELECT CAST(1 AS DECIMAL(38,37)) IN (CAST(9 AS DECIMAL(38,0)))
SELECT CAST(1 AS DECIMAL(38,37)) IN (SELECT CAST(9 AS DECIMAL(38,0)))
SELECT CASE WHEN true THEN CAST(1 AS DECIMAL(38,37)) ELSE 1L END
SELECT * FROM VALUES (CAST(1 AS DECIMAL(38,37))), (CAST(9 AS DECIMAL(38,0))) t(a)
SELECT array_contains(array(CAST(1 AS DECIMAL(38,37))), CAST(9 AS DECIMAL(38,0))), array_union(array(CAST(1 AS DECIMAL(38,37))), array(CAST(9 AS DECIMAL(38,0))))
SELECT * FROM (SELECT CAST(1 AS DECIMAL(38,37)) AS a) JOIN (SELECT CAST(1 AS DECIMAL(38,0)) AS a) USING (a)
SELECT stack(2, CAST(1 AS DECIMAL(38,37)), CAST(9 AS DECIMAL(38,37))), map(1, CAST(1 AS DECIMAL(38,37)), 2, CAST(9 AS DECIMAL(38,0)))
SELECT struct(CAST(1 AS DECIMAL(38,37)) AS a) UNION ALL SELECT struct(CAST(9 AS DECIMAL(38,0)) AS a)
SET spark.sql.ansi.enabled = false
SELECT array(CAST(1 AS DECIMAL(38,37)), CAST(99 AS DECIMAL(38,0)))
SET spark.sql.legacy.decimal.retainFractionDigitsOnTruncate = false
SELECT array(CAST(1 AS DECIMAL(38,37)), CAST(99 AS DECIMAL(38,0)))
SET spark.sql.ansi.enabled = true
SELECT coalesce(CAST(1 AS DECIMAL(38,20)), CAST(1 AS DECIMAL(38,0))), CAST(1 AS DECIMAL(38,20)) * CAST(1 AS DECIMAL(38,20))
SELECT greatest(CAST(1 AS DECIMAL(38,37)), CAST(9 AS DECIMAL(38,0))), array(CAST(1 AS DECIMAL(38,37)), CAST(99 AS DECIMAL(38,0)))
SELECT CASE WHEN true THEN CAST(1 AS DECIMAL(38,37)) ELSE 1L END
=== mapkeys
SET spark.sql.legacy.disableMapKeyNormalization = true
SELECT map_keys(map(0.0D, 1, -0.0D, 2))
SELECT map_keys(map(-0.0D, 1)), map_keys(map(-0.0F, 1))
SELECT map_keys(map(array(-0.0D), 1)), map_keys(map(struct(-0.0D), 1))
SELECT map_keys(map(array(-0.0D), 1, array(0.0D), 2))
SELECT map_keys(map_from_arrays(array(-0.0D), array(1))), map_keys(map_from_entries(array(struct(-0.0D, 2))))
SELECT map_keys(map_from_arrays(array(-0.0D, 0.0D), array(1, 2)))
SELECT map_keys(map_from_arrays(array(1D, -0.0D), array(1, 2)))
SELECT map_keys(map_concat(map(-0.0D, 1), map(0D, 2)))
SELECT map_keys(map_concat(map_from_arrays(array(-0.0D), array(1)), map(1D, 2)))
SELECT map_keys(map_from_entries(array(struct(-0.0D, 2), struct(0D, 3))))
SELECT map_keys(map_filter(map(-0.0D, 1, 1D, 2), (k, v) -> k <= 0)), map_entries(map(-0.0D,1))
SELECT map_keys(map_zip_with(map(-0.0D, 1), map(0D, 2), (k, a, b) -> a + b)), map_zip_with(map(-0.0D, 1), map(0D, 2), (k, a, b) -> a + b)
SELECT map_keys(map_zip_with(map_from_arrays(array(-0.0D), array(1)), map(1D, 2), (k, a, b) -> a))
SELECT map_keys(map(double('nan'), 1, double('nan'), 2))
SELECT map(-0.0D, 1)[0.0D], element_at(map(-0.0D, 1), 0.0D), map_contains_key(map(-0.0D,1), 0.0D), map(-0.0D, 1, 0.0D, 2)[0.0D]
SELECT map_keys(CAST(map('-0.0', 1) AS MAP<DOUBLE, INT>))
SELECT map_keys(map_from_arrays(collect_list(k), collect_list(k))) FROM VALUES (-0.0D), (1D) t(k)
SELECT map_keys(map(k, 1)), map_keys(map(k, 1, -k, 2)) FROM VALUES (-0.0D) t(k)
SELECT map_keys(transform_values(map(-0.0D, 1), (k, v) -> k))
SELECT map_keys(map_filter(map_from_arrays(array(-0.0D), array(1)), (k, v) -> true))
SET spark.sql.mapKeyDedupPolicy = LAST_WIN
SELECT map_entries(map(0.0D, 1, -0.0D, 2)), map_entries(map(array(0D), 1, array(-0D), 2))
SELECT map_entries(map_from_arrays(array(-0.0D, 0.0D), array(1, 2)))
SELECT map_entries(map_from_arrays(array(0.0D, -0.0D), array(1, 2)))
SELECT map_entries(map_concat(map(-0.0D, 1), map(0D, 2)))
SELECT map_entries(map_from_entries(array(struct(0D, 3), struct(-0.0D, 2))))
SELECT map_keys(transform_keys(map(1D, 2, 2D, 3), (k, v) -> (k - 1D) * -0.0D))
SELECT map_keys(transform_keys(map(1D, 2, 2D, 3), (k, v) -> (1.5D - k) * 0.0D))
SELECT map_keys(transform_keys(map(1D, 2, -1D, 3), (k, v) -> k * 0.0D))
SELECT map_keys(transform_keys(map(1D, 2), (k, v) -> k * -0.0D))
SELECT map_keys(map_zip_with(map_from_arrays(array(array(-0.0D)), array(1)), map(array(0D), 2), (k, a, b) -> a))
SELECT map_keys(map_zip_with(map_from_arrays(array(array(-0.0D)), array(1)), map(array(1D), 2), (k, a, b) -> a))
SELECT map_keys(map_zip_with(map(struct(1D), 2), map_from_arrays(array(struct(-0.0D)), array(1)), (k, a, b) -> a))
=== mapkeysusual
SELECT map_keys(map(0.0D, 1, -0.0D, 2))
SELECT map_keys(map(-0.0D, 1)), map_keys(map(-0.0F, 1))
SELECT map_keys(map(array(-0.0D), 1)), map_keys(map(struct(-0.0D), 1))
SELECT map_keys(map(array(-0.0D), 1, array(0.0D), 2))
SELECT map_keys(map_from_arrays(array(-0.0D), array(1))), map_keys(map_from_entries(array(struct(-0.0D, 2))))
SELECT map_keys(map_from_arrays(array(-0.0D, 0.0D), array(1, 2)))
SELECT map_keys(map_from_arrays(array(1D, -0.0D), array(1, 2)))
SELECT map_keys(map_concat(map(-0.0D, 1), map(0D, 2)))
SELECT map_keys(map_concat(map_from_arrays(array(-0.0D), array(1)), map(1D, 2)))
SELECT map_keys(map_from_entries(array(struct(-0.0D, 2), struct(0D, 3))))
SELECT map_keys(map_filter(map(-0.0D, 1, 1D, 2), (k, v) -> k <= 0)), map_entries(map(-0.0D,1))
SELECT map_keys(map_zip_with(map(-0.0D, 1), map(0D, 2), (k, a, b) -> a + b)), map_zip_with(map(-0.0D, 1), map(0D, 2), (k, a, b) -> a + b)
SELECT map_keys(map_zip_with(map_from_arrays(array(-0.0D), array(1)), map(1D, 2), (k, a, b) -> a))
SELECT map_keys(map(double('nan'), 1, double('nan'), 2))
SELECT map(-0.0D, 1)[0.0D], element_at(map(-0.0D, 1), 0.0D), map_contains_key(map(-0.0D,1), 0.0D), map(-0.0D, 1, 0.0D, 2)[0.0D]
SELECT map_keys(CAST(map('-0.0', 1) AS MAP<DOUBLE, INT>))
SELECT map_keys(map_from_arrays(collect_list(k), collect_list(k))) FROM VALUES (-0.0D), (1D) t(k)
SELECT map_keys(map(k, 1)), map_keys(map(k, 1, -k, 2)) FROM VALUES (-0.0D) t(k)
SELECT map_keys(transform_values(map(-0.0D, 1), (k, v) -> k))
SELECT map_keys(map_filter(map_from_arrays(array(-0.0D), array(1)), (k, v) -> true))
SET spark.sql.mapKeyDedupPolicy = LAST_WIN
SELECT map_entries(map(0.0D, 1, -0.0D, 2)), map_entries(map(array(0D), 1, array(-0D), 2))
SELECT map_entries(map_from_arrays(array(-0.0D, 0.0D), array(1, 2)))
SELECT map_entries(map_from_arrays(array(0.0D, -0.0D), array(1, 2)))
SELECT map_entries(map_concat(map(-0.0D, 1), map(0D, 2)))
SELECT map_entries(map_from_entries(array(struct(0D, 3), struct(-0.0D, 2))))
SELECT map_keys(transform_keys(map(1D, 2, 2D, 3), (k, v) -> (k - 1D) * -0.0D))
SELECT map_keys(transform_keys(map(1D, 2, 2D, 3), (k, v) -> (1.5D - k) * 0.0D))
SELECT map_keys(transform_keys(map(1D, 2, -1D, 3), (k, v) -> k * 0.0D))
SELECT map_keys(transform_keys(map(1D, 2), (k, v) -> k * -0.0D))
SELECT map_keys(map_zip_with(map_from_arrays(array(array(-0.0D)), array(1)), map(array(0D), 2), (k, a, b) -> a))
SELECT map_keys(map_zip_with(map_from_arrays(array(array(-0.0D)), array(1)), map(array(1D), 2), (k, a, b) -> a))
SELECT map_keys(map_zip_with(map(struct(1D), 2), map_from_arrays(array(struct(-0.0D)), array(1)), (k, a, b) -> a))
=== hashes
SET spark.sql.legacy.collationAwareHashFunctions = true
SELECT hash('a' COLLATE UTF8_LCASE), hash('A' COLLATE UTF8_LCASE), hash('a'), xxhash64('A' COLLATE UTF8_LCASE), xxhash64('a')
SELECT hash('' COLLATE UTF8_LCASE), hash('  ' COLLATE UTF8_BINARY_RTRIM), hash('x' COLLATE UTF8_BINARY), hash(NULL COLLATE UTF8_LCASE), hash('ΑΣ' COLLATE UTF8_LCASE), hash('ας' COLLATE UTF8_LCASE)
SELECT c, hash(c), xxhash64(c, 1) FROM (SELECT a COLLATE UTF8_LCASE AS c FROM VALUES ('one'), ('ONE'), ('two') t(a)) ORDER BY 2, 3
SELECT hash(array('b' COLLATE UTF8_LCASE, 'C' COLLATE UTF8_LCASE)), system.builtin.hash('A' COLLATE UTF8_LCASE), HASH('A' COLLATE UTF8_LCASE)
SELECT hash('a  ' COLLATE UTF8_BINARY_RTRIM), hash(array('A' COLLATE UTF8_LCASE)), hash(struct('A' COLLATE UTF8_LCASE)), hash('A  ' COLLATE UTF8_LCASE_RTRIM)
SELECT hash('İstanbul' COLLATE UTF8_LCASE), xxhash64('É' COLLATE UTF8_LCASE, 'x'), xxhash64('é' COLLATE UTF8_LCASE, 'x'), hash('A' COLLATE UTF8_LCASE, 1)
SET spark.sql.legacy.collationAwareHashFunctions = false
=== viewcorrupt
CREATE TABLE stm_vc USING text AS SELECT value FROM VALUES ('1,x'), ('2,3,4') t(value)
>>> spark.sql(f"CREATE TEMP VIEW stm_vcv (a INT, b STRING, _bad STRING) USING csv OPTIONS (path '{W}/stm_vc')").collect()
>>> spark.sql(f"CREATE TEMP VIEW stm_vcj (a INT, _bad INT) USING json OPTIONS (path '{W}/stm_vc')").collect()
SELECT * FROM stm_vcv
SELECT * FROM stm_vcj
SET spark.sql.columnNameOfCorruptRecord = _bad
SELECT * FROM stm_vcv
SELECT * FROM stm_vcv
SELECT a FROM stm_vcj
SELECT count(*) FROM stm_vcj
CACHE TABLE stm_vcc AS SELECT from_csv('1,2,3', 'a INT, b INT, _bad STRING') AS v
SELECT * FROM stm_vcc
SET spark.sql.columnNameOfCorruptRecord = _corrupt_record
SELECT * FROM stm_vcv
SELECT count(*) FROM stm_vcj
DROP TABLE stm_vc

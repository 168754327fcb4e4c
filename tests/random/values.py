"""Fixed tables and literals with edge values, by type."""
import re

TYPES = ["int", "bigint", "smallint", "tinyint", "double", "float", "decimal(10,2)", "decimal(38,18)", "string", "binary", "boolean", "date",
         "timestamp", "timestamp_ntz", "interval year to month", "interval day to second", "array<int>", "array<string>", "map<string,int>",
         "struct<a:int,b:string>"]

LITERALS = {
    "int": ["0", "1", "-1", "2", "3", "7", "10", "12", "31", "100", "2147483647", "-2147483648", "365", "1000000"],
    "bigint": ["0L", "1L", "-1L", "5L", "86400L", "1700000000L", "9223372036854775807L", "-9223372036854775808L", "4294967296L", "1000000000000L"],
    "smallint": ["0S", "1S", "-5S", "32767S", "-32768S"],
    "tinyint": ["0Y", "1Y", "-3Y", "127Y", "-128Y"],
    "double": ["0D", "-0D", "1.5D", "-2.5D", "1e10D", "1e-7D", "1.7976931348623157E308D", "4.9E-324D", "double('NaN')", "double('Infinity')",
               "double('-Infinity')", "0.1D", "123456789.987654321D"],
    "float": ["0F", "float('-0')", "1.5F", "-3.25F", "3.4028235E38F", "float('NaN')", "float('-Infinity')", "0.1F", "1.0E7F"],
    "decimal": ["0.0", "1.0", "-1.5", "0.1", "123.45", "99999999.99", "1.10", "0.000001", "12345678901234567890.123456789012345678",
                "99999999999999999999999999999999999999", "-0.5", "2.5", "10BD", "1e2BD"],
    "string": ["''", "'a'", "'abc'", "'Spark SQL'", "' x '", "'1'", "'-5'", "'1.5'", "'abc,def'", "'\u00e4\u00d6\u00df'", "'\u65e5\u672c'", "'\U0001F600x'", "'NaN'", "'true'",
               "'2024-01-31'", "'2024-03-10 02:30:00'", "'%a_'", "'A'", "'{\"a\": 1}'", "'yyyy-MM-dd'", "'Zzz'", "'a\\nb'", "'1 day'", "'0'", "'e\u0301'",
               "'aaaaaaaaaaaaaaaaaaaa'", "'UTC'", "'America/New_York'", "'[1, 2]'", "'x=1&y=2'", "'http://a.b/c?d=e#f'"],
    "binary": ["X''", "X'00'", "X'616263'", "X'FF00'", "X'E4'", "binary('abc')"],
    "boolean": ["true", "false"],
    "date": ["DATE'2024-02-29'", "DATE'1970-01-01'", "DATE'0001-01-01'", "DATE'9999-12-31'", "DATE'1582-10-15'", "DATE'1582-10-04'", "DATE'2024-12-31'",
             "DATE'1969-12-31'", "DATE'2024-03-10'", "DATE'-0044-03-15'"],
    "timestamp": ["TIMESTAMP'2024-03-10 02:30:00'", "TIMESTAMP'2024-11-03 01:30:00'", "TIMESTAMP'1970-01-01 00:00:00'", "TIMESTAMP'1969-12-31 23:59:59.999999'",
                  "TIMESTAMP'0001-01-01 00:00:00'", "TIMESTAMP'9999-12-31 23:59:59.999999'", "TIMESTAMP'2024-02-29 12:34:56.789'",
                  "TIMESTAMP'1883-11-18 12:00:00'", "TIMESTAMP'2024-06-15 10:00:00Z'"],
    "timestamp_ntz": ["TIMESTAMP_NTZ'2024-03-10 02:30:00'", "TIMESTAMP_NTZ'1970-01-01 00:00:00'", "TIMESTAMP_NTZ'9999-12-31 23:59:59.999999'",
                      "TIMESTAMP_NTZ'1582-10-10 12:00:00'", "TIMESTAMP_NTZ'2024-02-29 12:34:56.789'"],
    "ym": ["INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '0' MONTH", "INTERVAL '-3' MONTH", "INTERVAL '178956970-7' YEAR TO MONTH", "INTERVAL '5' YEAR"],
    "dt": ["INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '0' SECOND", "INTERVAL '-1' DAY", "INTERVAL '36' HOUR", "INTERVAL '0.000001' SECOND",
           "INTERVAL '106751991 04:00:54.775807' DAY TO SECOND"],
    "calendar": ["make_interval(1, 2, 0, 3)", "make_interval(0, 0, 0, 0, 0, 0, 1.5)", "INTERVAL 1 MONTH 2 DAYS", "INTERVAL -1 YEAR 3 HOURS"],
    "array<int>": ["array(1, 2, 3)", "array(1, NULL, 3)", "array()", "array(3, 1, 2, 1)", "array(CAST(NULL AS INT))", "array(-2147483648, 2147483647)"],
    "array<string>": ["array('b', 'a', NULL)", "array('')", "array('a', 'b', 'a')", "array('1', '2')"],
    "array<double>": ["array(1.5D, double('NaN'), -0D)", "array(0.5D, 0.25D)", "array(0D, 1D)"],
    "array<array<int>>": ["array(array(1, 2), array(3))", "array(array(1), NULL)", "array(array(), array(2, 1))"],
    "array<struct>": ["array(struct(1 AS a, 'x' AS b), struct(2, 'y'))", "array(named_struct('k', 'p', 'v', 1))"],
    "map": ["map('a', 1, 'b', 2)", "map('a', NULL)", "map()", "map(1, 'x', 2, NULL)", "map('k', array(1, 2))"],
    "struct": ["struct(1 AS a, 'x' AS b)", "named_struct('a', 1, 'b', NULL)", "struct(1.5, true)", "named_struct('a', DATE'2024-01-01', 'b', array(1, 2))"],
    "variant": ["parse_json('{\"a\": 1, \"b\": [true, null, 1.5]}')", "parse_json('null')", "parse_json('[1, \"x\"]')", "parse_json('\"s\"')", "to_variant_object(map('a', 1))"],
    "void": ["NULL"],
    "time": ["TIME'12:34:56.789'", "TIME'00:00:00'"],
}

# Names of argument classes in tables/functions/*.def.
CLASSES = {
    "any": [k for k in LITERALS if k != "time"], "num": ["int", "bigint", "smallint", "tinyint", "double", "float", "decimal"],
    "integral": ["int", "bigint", "smallint", "tinyint"], "fractional": ["double", "float", "decimal"], "decimal": ["decimal"],
    "datetime": ["date", "timestamp", "timestamp_ntz"], "any_time": ["date", "timestamp", "timestamp_ntz"], "any_timestamp": ["timestamp", "timestamp_ntz"],
    "timestamp_or_nanos": ["timestamp"], "interval": ["ym", "dt", "calendar"], "ansi_interval": ["ym", "dt"], "ym_interval": ["ym"], "dt_interval": ["dt"],
    "calendar_interval": ["calendar"], "orderable": ["int", "bigint", "double", "decimal", "string", "binary", "boolean", "date", "timestamp", "dt", "array<int>", "struct"],
    "array": ["array<int>", "array<string>", "array<double>", "array<array<int>>", "array<struct>"], "map": ["map"], "struct": ["struct"],
    "complex": ["array<int>", "map", "struct"],
}

SETUP_T = """CREATE OR REPLACE TEMP VIEW t AS SELECT * FROM VALUES
 (1, 1, 1L, 1S, 1Y, 1.5D, 1.5F, 1.10BD, CAST(1.000000000000000001 AS DECIMAL(38,18)), 'a', X'61', true, DATE'2024-02-29', TIMESTAMP'2024-03-10 01:30:00', TIMESTAMP_NTZ'2024-03-10 02:30:00', INTERVAL '1-2' YEAR TO MONTH, INTERVAL '1 02:03:04.5' DAY TO SECOND, array(1, 2, 3), array('a', 'b'), map('a', 1, 'b', 2), named_struct('a', 1, 'b', 'x')),
 (2, 1, -5L, -5S, -5Y, -2.5D, -2.5F, -1.55BD, CAST(-1 AS DECIMAL(38,18)), 'abc', X'FF00', false, DATE'1970-01-01', TIMESTAMP'1970-01-01 00:00:00', TIMESTAMP_NTZ'1970-01-01 00:00:00', INTERVAL '-3' MONTH, INTERVAL '-1' DAY, array(1, NULL), array('b', NULL), map('a', NULL), named_struct('a', NULL, 'b', 'y')),
 (3, 2, 9223372036854775807L, 32767S, 127Y, double('NaN'), float('NaN'), 99999999.99BD, CAST(12345678901234567890.123456789012345678 AS DECIMAL(38,18)), '', X'', NULL, DATE'9999-12-31', TIMESTAMP'2024-11-03 01:30:00', TIMESTAMP_NTZ'9999-12-31 23:59:59.999999', INTERVAL '0' MONTH, INTERVAL '0' SECOND, array(), array(), map(), named_struct('a', 3, 'b', NULL)),
 (4, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (5, 3, -9223372036854775808L, -32768S, -128Y, -0D, float('-0'), 0.00BD, CAST(0 AS DECIMAL(38,18)), '\u00e4\u00df\u65e5', X'E4', true, DATE'0001-01-01', TIMESTAMP'0001-01-01 00:00:00', TIMESTAMP_NTZ'1582-10-10 12:00:00', INTERVAL '5' YEAR, INTERVAL '0.000001' SECOND, array(3, 1, 2, 1), array('\u00e4', ''), map('', 0), named_struct('a', -1, 'b', '')),
 (6, NULL, 0L, 0S, 0Y, 0D, 0F, 0.50BD, CAST(0.5 AS DECIMAL(38,18)), '12', X'3132', false, DATE'2024-12-31', TIMESTAMP'2024-02-29 12:34:56.789', TIMESTAMP_NTZ'2024-02-29 12:34:56.789', INTERVAL '11' MONTH, INTERVAL '36' HOUR, array(7), array('12', '3'), map('z', 26, 'y', 25), named_struct('a', 12, 'b', '12')),
 (7, 1, 100L, 100S, 100Y, double('Infinity'), float('-Infinity'), 123.45BD, CAST(123.456 AS DECIMAL(38,18)), 'Zzz', X'00', true, DATE'2024-03-10', TIMESTAMP'2024-06-15 10:00:00', TIMESTAMP_NTZ'2024-11-03 01:30:00', INTERVAL '-1-1' YEAR TO MONTH, INTERVAL '-0.5' SECOND, array(-1, 0), array('Zzz'), map('k', -1), named_struct('a', 7, 'b', 'Zzz'))
 AS v(id, g, l, si, ti, d, f, de, dw, s, b, bo, dt, ts, tn, ym, ds, ai, sa, m, st)"""
SETUP_U = """CREATE OR REPLACE TEMP VIEW u AS SELECT * FROM VALUES (1, 'a', 10.5D), (2, 'abc', NULL), (2, 'b', -1D), (NULL, 'zz', 0D), (9, NULL, 3D), (5, '', 7.25D) AS w(k, s, x)"""

# Column, type, can it be NULL?
COLUMNS_T = [("id", "int"), ("g", "int"), ("l", "bigint"), ("si", "smallint"), ("ti", "tinyint"), ("d", "double"), ("f", "float"), ("de", "decimal"),
             ("dw", "decimal"), ("s", "string"), ("b", "binary"), ("bo", "boolean"), ("dt", "date"), ("ts", "timestamp"), ("tn", "timestamp_ntz"),
             ("ym", "ym"), ("ds", "dt"), ("ai", "array<int>"), ("sa", "array<string>"), ("m", "map"), ("st", "struct")]
COLUMNS_U = [("k", "int"), ("s", "string"), ("x", "double")]

NONDETERMINISTIC = (r"\b(rand|randn|random|randstr|uuid|uuid_v7|uniform|shuffle|now|current_\w+|curdate|localtime\w*|unix_timestamp\(\)|monotonically_increasing_id|"
                    r"spark_partition_id|version|session_user|user|tablesample|sample|java_method|reflect|try_reflect|aes_encrypt|input_file\w*|"
                    r"collect_set|histogram_numeric|approx_top_k\w*|hll\w*|kll\w*|theta\w*|tuple\w*|sketch|bitmap\w*|stack_trace|sleep|today|tomorrow|yesterday)\b")


def costly(query):
    """Could the statement build something huge?  The oracle's memory is small."""
    return bool(re.search(r"\b(repeat|array_repeat|space|lpad|rpad|sequence|range|array_insert|overlay|stack|shuffle|bitmap_\w+|format_number|window|st_\w+)\b", query, re.I) and
                re.search(r"\d{6,}|\de\d|0001-01|9999-12|1582|1883|-0044|infinity|178956970", query, re.I))


# The fixed tables under the names that the kept cases use in "setup".
SETUPS = {"t": SETUP_T, "u": SETUP_U}
SETUP_NAMES = {text: name for name, text in SETUPS.items()}

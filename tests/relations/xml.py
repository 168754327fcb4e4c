import glob, os, shutil, tempfile


def written(sql, options, *partitions):
    """Texts of the files, by place without the unique part of their names; or the condition of the error."""
    d = tempfile.mkdtemp()
    try:
        spark.sql(sql).coalesce(1).write.mode("overwrite").partitionBy(*partitions).options(**{"rowTag": "r", **options}).format("xml").save(d)
    except Exception as e:
        return type(e).__name__ + " " + str(e.getCondition())
    found = sorted(p for p in glob.glob(d + "/**/*", recursive=True) if os.path.isfile(p))
    out = [[os.path.relpath(os.path.dirname(p), d), open(p, "rb").read().decode(options.get("encoding", "utf-8"))] for p in found if not p.endswith("_SUCCESS")]
    shutil.rmtree(d)
    return out


def read_text(text, schema=None, **options):
    d = tempfile.mkdtemp()
    with open(d + "/a.xml", "w") as f:
        f.write(text)
    r = spark.read.format("xml").options(rowTag="r", **options)
    return (r.schema(schema) if schema else r).load(d)

# ---- write_operation/xml_partitions
[written("select 1 a, 'x' b, 'r&/s' p", {}, "p"), written("select id, id % 2 p from range(4)", {"rowTag": "z"}, "p"), written("select id from range(2)", {}, "id"), written("select id from range(2)", {"indent": ""})]

# ---- write_operation/xml_missing_row_tag
spark.range(1).write.format("xml").save("/tmp/never_written")

# ---- write_operation/xml_packed
import gzip
d = tempfile.mkdtemp()
spark.range(3).coalesce(1).write.mode("overwrite").option("rowTag", "r").option("compression", "gzip").xml(d)
[gzip.open(p, "rt").read() for p in glob.glob(d + "/*.xml.gz")]

# ---- write_operation/xml_read_back
d = tempfile.mkdtemp()
df = spark.sql("select 1 a, 'x<&>' b, array(1, 2) c, named_struct('_q', 1, 'r', 'ü') d, timestamp'2020-01-02 03:04:05' e, date'2020-01-02' f, 1.5D g, true h, cast(null as int) i")
df.write.mode("overwrite").xml(d, rowTag="row")
spark.read.schema(df.schema).xml(d, rowTag="row")

# ---- write_operation/xml_inferred_back
d = tempfile.mkdtemp()
spark.sql("select id a, 'x' || id b, named_struct('_q', id, '_VALUE', 'v') c from range(3)").coalesce(1).write.mode("overwrite").xml(d, rowTag="row")
spark.read.xml(d, rowTag="row").orderBy("a")

# ---- write_operation/xml_append_and_table
d = tempfile.mkdtemp()
spark.range(2).write.mode("overwrite").xml(d, rowTag="row")
spark.range(3).write.mode("append").xml(d, rowTag="row")
spark.read.xml(d, rowTag="row").count()

# ---- write_operation/xml_1
cases = [
    ("select 1 a, 'x' b", {}),
    ("select 1 a, 'x' b", {'rowTag': 'p', 'rootTag': 'q'}),
    ("select 1 a, 'x' b", {'declaration': ''}),
    ("select 1 a, 'x' b", {'declaration': "version='1.1'", 'rootTag': 'books foo=\'bar\' z="1"'}),
    ("select 1 _a, 'x' _VALUE, 2 _b", {}),
    ("select 1 _a, 'x' _VALUE", {'valueTag': 'b', 'attributePrefix': '@'}),
    ("select cast(null as string) a, array(1,null,2) b, array() c, map('k',1,'l',null) d, named_struct('x',1,'y',cast(null as int)) e", {}),
    ("select cast(null as string) a, array(1,null,2) b, named_struct('x',1,'y',cast(null as int)) e, map('k',cast(null as int)) m, cast(null as string) _q", {'nullValue': 'NA'}),
    ("select array(array(1,2),array(3)) a, array(named_struct('q',1)) s, array(map('k',1)) m, map('z',array(1,2)) ma", {'arrayElementName': 'el'}),
    ("select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.678901' t, timestamp_ntz'2020-01-02 03:04:05' n, 1.50BD e, 1e10D f, true g, X'414243' h, cast('nan' as double) i, cast(1.5 as float) j, interval 1 day k, interval '1-2' year to month l", {}),
    ("select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.678901' t, timestamp_ntz'2020-01-02 03:04:05' n", {'dateFormat': 'dd/MM/yyyy', 'timestampFormat': 'yyyy HH', 'timestampNTZFormat': 'yyyy-MM'}),
    ('select \'<&>"\\\'\\n\\t\\r ü ]]>\' a, \'<&>"\\\'\\n\\t ü\' _b, \'\' c, \' sp \' d', {}),
]
[[*c, written(*c)] for c in cases]

# ---- write_operation/xml_2
cases = [
    ("select id, 'x' y from range(3) where id>5", {}),
    ('select 1 `a b`, 2 `1x`, 3 `x:y`', {}),
    ('select parse_json(\'{"a":[1,2,{"b":null}]}\') v', {}),
    ('select 1 a, void_col from (select null void_col)', {}),
    ("select 'ü€' a", {'encoding': 'ISO-8859-1'}),
    ('select 1 a', {'compression': 'nope'}),
    ('select 1 a', {'rowTag': ''}),
    ('select 1 a', {'rootTag': ''}),
    ('select 1 a', {'rootTag': '<a>'}),
    ('select 1 a', {'rowTag': '<a>'}),
    ('select 1 a', {'declaration': '<a>'}),
]
[[*c, written(*c)] for c in cases]

# ---- write_operation/xml_3
cases = [
    ('select 1 a', {'valueTag': ''}),
    ('select 1 a, 2 A', {}),
    ("select named_struct('_x',1,'_VALUE','t','y',2) s, named_struct('_x',cast(null as int),'_VALUE',cast(null as string)) t", {}),
    ("select named_struct('_x',1) s, array(named_struct('_x',1,'_VALUE','t'), null) u", {}),
    ('select id from range(4)', {'maxRecordsPerFile': '3'}),
    ("select a, b from values (1,'x'),(null,null) t(a,b)", {}),
    ("select date'2020-01-02' c", {}),
    ("select timestamp'2020-01-02 03:04:05.678901' c", {}),
    ("select timestamp_ntz'2020-01-02 03:04:05' c", {}),
    ('select 1.50BD c', {}),
    ('select 1e10D c', {}),
    ('select true c', {}),
]
[[*c, written(*c)] for c in cases]

# ---- write_operation/xml_4
cases = [
    ("select X'414243' c", {}),
    ("select cast('nan' as double) c", {}),
    ('select cast(1.5 as float) c', {}),
    ('select interval 1 day c', {}),
    ("select interval '1-2' year to month c", {}),
    ('select interval 1 hour c', {}),
    ("select interval '1' year c", {}),
    ('select array(interval 1 day) c', {}),
    ('select 1Y c', {}),
    ("select cast('x' as char(3)) c", {}),
    ('select map(1,2) c', {}),
    ("select map(date'2020-01-01',1) c", {}),
]
[[*c, written(*c)] for c in cases]

# ---- write_operation/xml_5
cases = [
    ("select map(named_struct('a',1),2) c", {}),
    ('select named_struct() c', {}),
    ('select make_interval(1) c', {}),
    ("select ST_GeomFromWKB(X'0101000000000000000000F03F0000000000000040') c", {}),
    ("select date'-0044-03-15' c", {}),
    ("select cast('inf' as double) c", {}),
    ('select 1.0E-5D c', {}),
    ('select 100000000D c', {}),
    ("select map('a b',1) c", {}),
    ('select array(array()) c', {}),
    ('select array(cast(null as array<int>)) c', {}),
    ("select named_struct('_VALUE',1) c", {}),
]
[[*c, written(*c)] for c in cases]

# ---- write_operation/xml_6
cases = [
    ('select array(named_struct()) c', {}),
    ("select named_struct('a',array(1,2)) c", {}),
    ("select cast('x' as char(3)) c", {'rowTag': 'a b'}),
    ("select cast('x' as char(3)) c, named_struct('_VALUE','q','_a',null) d", {'rowTag': "a b='c'"}),
    ('select 1 c', {'rootTag': 'a b'}),
    ('select 1 c', {'rootTag': 'a/b'}),
    ('select 1 c', {'rootTag': '1a'}),
    ('select 1 c', {'rowTag': '1a'}),
    ('select 1 c', {'validateName': 'false', 'rowTag': '1 a'}),
    ('select array(1) a', {'arrayElementName': ''}),
    ('select 1 a, 2 b', {'indent': ''}),
    ("select 1 a, named_struct('_VALUE','v','z',1) b", {'indent': '\t'}),
]
[[*c, written(*c)] for c in cases]

# ---- write_operation/xml_7
cases = [
    ("select 1 a, 'x' b", {'nullValue': '1'}),
    ("select '1' _a, 'x' b", {'nullValue': '1'}),
    ("select 'x' _corrupt_record, 1 b", {}),
    ("select 'x' a", {'ignoreSurroundingSpaces': 'true'}),
    ("select timestamp'2020-01-02 03:04:05.678901' t", {'timeZone': 'Asia/Tokyo'}),
    ("select timestamp'2020-01-02 03:04:05.678901' t", {'timestampFormat': 'nope'}),
    ('select 1 a', {'declaration': '  x '}),
    ("select 'a\\u0001b' a", {}),
    ("select 'x' a", {'rootTag': 'foo:bar', 'rowTag': 'x:y'}),
    ("select 'x' `x:y`", {}),
    ("select 'x' `a-b.c_d`, 1 `é`", {}),
    ("select '<&>x' a, '<>' b, '>' c, 'a>' d, ']>' e, 'a>b]]>c>d' f, '&>' g, '&>>>' h, 'a\\r>' i, 'ü>' j, named_struct('_VALUE','a>b') k, '<>&' _q, 'a>b' _r", {}),
]
[[*c, written(*c)] for c in cases]

# ---- write_operation/xml_8
cases = [
    ("select '<&>x' a, '<>' b, '>' c, 'a>' d, ']>' e, 'a>b]]>c>d' f, 'ü€😀 >\\r' g, 'a😀' `_h`, 'a€' _i", {'encoding': 'ISO-8859-1'}),
    ("select 'ü€😀 >\\r' g, 'a😀' `_h`, 'a€' _i", {'encoding': 'US-ASCII'}),
    ("select 'ü€😀 >\\r' g, 'a😀' `_h`, 'a€' _i", {'encoding': 'windows-1252'}),
]
[[*c, written(*c)] for c in cases]

# ---- sql/to_xml
spark.sql(r"""select to_xml(named_struct('a', 1), map('indent', ' ')), to_xml(named_struct('a', 1, 'b', 2), map('indent', '')), to_xml(named_struct('a', 1), map('validateName', 'false', 'rowTag', '1 a')), to_xml(named_struct('_a', '<>&"\'\n\t\r', 'b', '<>&"\'\n\t\r')), to_xml(named_struct('a', array(array()), 'b', array(cast(null as array<int>)))), to_xml(named_struct('_VALUE', 'v', 'z', 1, 's', named_struct('_VALUE', 't', '_x', 2, 'y', 3))), to_xml(named_struct('a', timestamp'2020-01-02 03:04:05.678901'), map('timeZone', 'Asia/Tokyo'))""")

# ---- sql/to_xml_variant
spark.sql("""select to_xml(named_struct('v', parse_json('{"a":[1,2,{"b":null}],"_c":5, "_VALUE":"t", "d":{}, "e":[], "f":[[1,2],[3]], "g":1.50, "h":true, "i":"<"}'), 'w', parse_json('5'), 'x', parse_json('[1,2]'), 'y', parse_json('null'), 'z', cast(null as variant)))""")

# ---- sql/to_xml_bad_name
spark.sql("select to_xml(named_struct('a b', 1))").collect()

# ---- sql/to_xml_bad_character
spark.sql("select to_xml(named_struct('a', 'x' || chr(1)))").collect()

# ---- sql/to_xml_interval
spark.sql("select to_xml(named_struct('a', interval 1 day))").collect()

# ---- corrupt/document
read_text('<rs>\n<r><a>u</a></r>\n<r><a>2</a></r>\n<r><a>v</a></r>\n</rs>\n', "a int, _corrupt_record string")

# ---- corrupt/lines
[[df.schema.simpleString(), [tuple(r) for r in df.collect()], df.count()] for df in (
    read_text('<r><a>1</a></r>\n\n  \n<r><a>u</a></r>\n<q><a>4</a></q>\n', "a int, _corrupt_record string", multiLine="false"),
    read_text('<rs>\n<r><a>1</a></r>\n<r b="2"><a>4</a></r>\n</rs>\n', multiLine="false"),
    read_text('<r><a>1</a></r><r><a>2</a></r>\n<r>\n<a>1</a></r>', multiLine="false"))]

# Options of readers and writers of CSV, JSON, XML and text: languages, whole records as variants, limits of JSON, codecs, encodings, quotes.
import tempfile

def put(data, name="in", folder=None):
    path = os.path.join(folder or tempfile.mkdtemp(), name)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path

def read(fmt, data, schema=None, cols=None, **options):
    r = spark.read.format(fmt).options(**options)
    df = (r.schema(schema) if schema else r).load(put(data))
    return df.select(*cols) if cols else df

def shown(df):
    return [r.asDict(True) for r in df.selectExpr(*["cast(`%s` as string) `%s`" % (c, c) for c in df.columns]).collect()]

def why(f):
    try:
        return shown(f())
    except Exception as e:
        return [type(e).__name__, getattr(e, "getCondition", lambda: None)(), getattr(e, "getSqlState", lambda: None)(), ("" if getattr(e, "getCondition", lambda: None)() else str(e).split("\n\nJVM")[0])]
def written(fmt, sql, parts=False, **options):
    d = tempfile.mkdtemp() + "/o"
    df = spark.sql(sql).coalesce(1)
    df.write.format(fmt).options(**options).save(d)
    out = []
    for n in sorted(os.listdir(d)):
        if n.startswith("part-"):
            out.append([n[n.rindex("-c000") if "-c000" in n else 0:], open(d + "/" + n, "rb").read().hex()])
    return out

def back(fmt, sql, schema, **options):
    d = tempfile.mkdtemp() + "/o"
    spark.sql(sql).coalesce(1).write.format(fmt).options(**options).save(d)
    return shown(spark.read.format(fmt).options(**options).schema(schema).load(d))

R = "select id, concat('r', id, 'é') s from range(3)"

def outs(fmt, sql, **options):
    try:
        return written(fmt, sql, **options)
    except Exception as e:
        return [type(e).__name__, getattr(e, "getCondition", lambda: None)(), getattr(e, "getSqlState", lambda: None)(), "" if getattr(e, "getCondition", lambda: None)() else str(e).split("\n\nJVM")[0]]


def decs(locale, *texts):
    rows = spark.createDataFrame([(t,) for t in texts], "t string")
    rows = rows.select("t", F.from_csv("t", "a decimal(20,4)", {"locale": locale, "sep": ";"}).getField("a").cast("string").alias("a"))
    return {r.t: r.a for r in rows.collect()}

def dates(locale, *patterns):
    sql = "select " + ",".join("to_csv(named_struct('a',timestamp'2020-%02d-%02d %02d:05:06'), map('locale','%s','timestampFormat',\"%s\")) a%d" % (m, 3 + m, m * 2 - 1, locale, p, i * 12 + m) for i, p in enumerate(patterns) for m in range(1, 13))
    return list(spark.sql(sql).collect()[0])

T1 = ["1", "-1", "+1", "1,5", "1.5", "1e3", "1E3", "1E-2", "1E+2", "(1)", "1-", "1 000", " 1", "1 ", "", "1.234.567,8", "1,234,567.8", "1..5", ".5", ",5", "5.", "5,", "1,2,3", "1.2.3", "−5", "–5", "٣", "NaN", "∞", "1x", "1%", "0x1", "12,34.5", ",1", "-", "1E", "1,5E2", "1.5E2", "1.234E2,5"]
# ---- locale/csv_dec_de
why(lambda: read('csv', '"1.234,5";"-1,25"\n', 'a decimal(10,2),b decimal(10,2)', sep=';', locale='de'))

# ---- locale/csv_double_de
why(lambda: read('csv', '1.234,5;1,5\n', 'a double,b double', sep=';', locale='de'))

# ---- locale/csv_dec_fr
why(lambda: read('csv', '1 234,5;1\u202f234,5;1\u00a0234,5\n', 'a decimal(10,2),b decimal(10,2), c decimal(10,2)', sep=';', locale='fr'))

# ---- locale/csv_dec_en
why(lambda: read('csv', '1,234.5;(1.5)\n', 'a decimal(10,2),b decimal(10,2)', sep=';', locale='en-GB'))

# ---- locale/csv_dec_ch
why(lambda: read('csv', "1’234.5;1'234.5;1234.5\n", 'a decimal(10,2),b decimal(10,2),c decimal(10,2)', sep=';', locale='de-CH'))

# ---- locale/csv_dec_in
why(lambda: read('csv', "12,34,567.5;x\n", 'a decimal(10,2),b string', sep=';', locale='hi-IN'))

# ---- locale/csv_dec_at
why(lambda: read('csv', "1.234,5;1 234,5;1\u00a0234,5\n", 'a decimal(10,2),b decimal(10,2), c decimal(10,2)', sep=';', locale='de-AT'))

# ---- locale/csv_date_de
why(lambda: read('csv', '5 Mai 2020;Mai\n', 'a date,b string', sep=';', locale='de', dateFormat='d MMM yyyy'))

# ---- locale/csv_date_de2
why(lambda: read('csv', '5 Dez. 2020\n5 Dez 2020\n5 Dezember 2020\n5 März 2020\n', 'a date', sep=';', locale='de', dateFormat='d MMM yyyy'))

# ---- locale/csv_date_de3
why(lambda: read('csv', '5 Dezember 2020\n5 März 2020\n5 MÄRZ 2020\n', 'a date', sep=';', locale='de', dateFormat='d MMMM yyyy'))

# ---- locale/csv_date_fr
why(lambda: read('csv', '5 mai 2020\n5 juillet 2020\n5 août 2020\n', 'a date', sep=';', locale='fr-FR', dateFormat='d MMMM yyyy'))

# ---- locale/csv_date_ja
why(lambda: read('csv', '2020年5月5日\n', 'a date', sep=';', locale='ja-JP', dateFormat="yyyy年M月d日"))

# ---- locale/csv_date_en
why(lambda: read('csv', '5 May 2020\n5 may 2020\n5 Sep 2020\n5 Sept 2020\n', 'a date', sep=';', locale='en-GB', dateFormat='d MMM yyyy'))

# ---- locale/csv_ts_it
why(lambda: read('csv', 'lun 04 mag 2020 10:11\n', 'a timestamp', sep=';', locale='it', timestampFormat='EEE dd MMM yyyy HH:mm'))

# ---- locale/json_dec
why(lambda: read('json', '{"a":"1.234,5","b":1.5}\n', 'a decimal(10,2),b decimal(10,2)', locale='de'))

# ---- locale/json_date
why(lambda: read('json', '{"a":"5 mai 2020"}\n{"a":"5 May 2020"}\n', 'a date', locale='fr', dateFormat='d MMMM yyyy'))

# ---- locale/xml_dec
why(lambda: read('xml', '<r><a>1.234,5</a><b>5 Mai 2020</b></r>', 'a decimal(10,2),b date', rowTag='r', locale='de', dateFormat='d MMMM yyyy'))

# ---- locale/bad
why(lambda: read('csv', '1\n', 'a int', locale='nowhere-xx-yy-zz'))

# ---- locale/bad2
why(lambda: read('csv', '1,5\n', 'a decimal(3,1)', sep=';', locale='!!'))

# ---- locale/empty
why(lambda: read('csv', '1.5\n', 'a decimal(3,1)', sep=';', locale=''))

# ---- locale/underscore
why(lambda: read('csv', '1,5\n', 'a decimal(3,1)', sep=';', locale='de_DE'))

# ---- locale/infer_csv
read('csv', '1.234,5\n1,5\n', None, sep=';', locale='de', inferSchema=True)

# ---- locale/infer_csv2
read('csv', '12.345,0\n1.234\n', None, sep=';', locale='de', inferSchema=True)

# ---- locale/write_csv
[r[0] for r in spark.sql("select to_csv(named_struct('a',date'2020-03-05','b',1234.5,'c',1234.5d,'d',timestamp'2020-12-05 10:11:12'), map('locale','de','dateFormat','d MMMM yyyy','timestampFormat','EEEE d MMM yyyy')) a").collect()]

# ---- locale/write_csv_fr
[r[0] for r in spark.sql("select to_csv(named_struct('a',date'2020-08-05','b',1234.5,'d',timestamp'2020-12-05 22:11:12'), map('locale','fr-FR','dateFormat','EEE d MMM yyyy','timestampFormat','EEEE d MMMM yyyy h:mm a')) a").collect()]

# ---- locale/write_xml
[r[0] for r in spark.sql("select to_xml(named_struct('a',date'2020-03-05','b',1234.5,'d',timestamp'2020-12-05 10:11:12'), map('locale','pt-BR','dateFormat','d MMMM yyyy','timestampFormat','EEEE d MMM yyyy G')) a").collect()]

# ---- locale/write_default
[r[0] for r in spark.sql("select to_csv(named_struct('d',timestamp'2020-12-05 10:11:12'), map('locale','de')) a").collect()]

# ---- locale/from_csv
[r[0] for r in spark.sql("select to_json(from_csv('5 Mai 2020;1.234,5','a date, b decimal(10,2)', map('locale','de','dateFormat','d MMM yyyy','sep',';'))) a").collect()]

# ---- locale/from_json
[r[0] for r in spark.sql("select to_json(from_json('{\"a\":\"5 Mai 2020\",\"b\":\"1.234,5\"}','a date, b decimal(10,2)', map('locale','de','dateFormat','d MMM yyyy'))) a").collect()]

# ---- dec/de
decs("de", *T1)

# ---- dec/gb
decs("en-GB", *T1)

# ---- dec/root
decs("", *T1)

# ---- dec/sv
decs("sv", *T1)

# ---- dec/fr
decs("fr", *T1)

# ---- dec/ar
decs("ar", *T1)

# ---- dec/fa
decs("fa", *T1)

# ---- dec/en
decs("en", *T1)

# ---- names/root
dates("", "MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/en
dates("en", "MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/ja
dates("ja", "MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/ar
dates("ar", "d MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/zh
dates("zh-TW", "d MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/no
dates("no", "d MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/xx
dates("xx", "d MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/pt
dates("pt", "d MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- names/th
dates("th-TH-u-ca-buddhist-nu-thai", "d MMMM MMM LLLL LLL EEEE E G GGGG a h Q QQQ QQQQ")

# ---- var/csv
why(lambda: read('csv', 'a,1,2.5\nx,y\n', None, singleVariantColumn='v'))

# ---- var/csv_header
why(lambda: read('csv', 'a,b,c\nx,1,2020-01-02\n"q",,true\n', None, singleVariantColumn='v', header=True))

# ---- var/csv_header_more
why(lambda: read('csv', 'a,b\nx,1,2020-01-02 10:11:12\nq\n', None, singleVariantColumn='v', header=True))

# ---- var/csv_schema
why(lambda: read('csv', 'a,b\nx,1\n', 'v variant', singleVariantColumn='v', header=True))

# ---- var/csv_schema_other
why(lambda: read('csv', 'a,b\nx,1\n', 'w string', singleVariantColumn='v', header=True))

# ---- var/csv_schema_name
why(lambda: read('csv', 'a,b\nx,1\n', 'w variant', singleVariantColumn='v', header=True))

# ---- var/csv_schema_two
why(lambda: read('csv', 'a,b\nx,1\n', 'v variant, w string', singleVariantColumn='v', header=True))

# ---- var/csv_types
read('csv', '1,2.50,abc,2020-01-02,2020-01-02 03:04:05,true,1e3,-0,+1,99999999999,123456789012345678901234567890,\n', None, [F.expr("schema_of_variant(v)"), F.expr("to_json(v)")], singleVariantColumn='v')

# ---- var/csv_colschema
why(lambda: read('csv', '1,x\n2020-01-02,{"a":1}\n', 'a variant, b variant', [F.expr("schema_of_variant(a) a"), F.expr("schema_of_variant(b) b")]))

# ---- var/csv_multiline
why(lambda: read('csv', 'a,b\n"x\ny",1\n', None, singleVariantColumn='v', header=True, multiLine=True))

# ---- var/csv_schema_print
read('csv', 'a,b\n', None, singleVariantColumn='v').schema.jsonValue()

# ---- var/csv_count
read('csv', 'a,b\n1,2\n', None, singleVariantColumn='v').count()

# ---- var/csv_empty
why(lambda: read('csv', '', None, singleVariantColumn='v'))

# ---- var/csv_emptyname
why(lambda: read('csv', 'a\n', None, singleVariantColumn=''))

# ---- var/csv_header_dup
why(lambda: read('csv', 'a,a,,A\n1,2,3,4\n', None, singleVariantColumn='v', header=True))

# ---- var/csv_header_two_files
(lambda d: (put('a,b\n1,2\n', 'f1.csv', d), put('b,c\n3,4\n', 'f2.csv', d), why(lambda: spark.read.csv(d, header=True).union(spark.read.csv(d, header=True)) and spark.read.options(singleVariantColumn='v', header=True).csv(d).orderBy(F.col('v').cast('string'))))[2])(tempfile.mkdtemp())

# ---- var/json
why(lambda: read('json', '{"a":1,"b":[1,2]}\n[1,2]\n"x"\n3\nnull\n', None, singleVariantColumn='v'))

# ---- var/json_bad
why(lambda: read('json', '{"a":1}\n{bad\n', None, singleVariantColumn='v'))

# ---- var/json_bad_ff
why(lambda: read('json', '{"a":1}\n{bad\n', None, singleVariantColumn='v', mode='FAILFAST'))

# ---- var/json_bad_drop
why(lambda: read('json', '{"a":1}\n{bad\n', None, singleVariantColumn='v', mode='DROPMALFORMED'))

# ---- var/json_bad_corrupt
why(lambda: read('json', '{"a":1}\n{bad\n', 'v variant, _corrupt_record string', singleVariantColumn='v'))

# ---- var/json_multi
why(lambda: read('json', '[{"a":1},\n{"a":2}]', None, singleVariantColumn='v', multiLine=True))

# ---- var/json_schema
why(lambda: read('json', '{"a":1}\n', 'v variant', singleVariantColumn='v'))

# ---- var/json_schema_name
why(lambda: read('json', '{"a":1}\n', 'w variant', singleVariantColumn='v'))

# ---- var/json_schema_type
why(lambda: read('json', '{"a":1}\n', 'v string', singleVariantColumn='v'))

# ---- var/json_schema_more
why(lambda: read('json', '{"a":1}\n', 'v variant, a int', singleVariantColumn='v'))

# ---- var/json_print
read('json', '{"a":1}\n', None, singleVariantColumn='v').schema.jsonValue()

# ---- var/json_dup
why(lambda: read('json', '{"a":1,"a":2}\n', None, singleVariantColumn='v'))

# ---- var/json_count
read('json', '{"a":1}\n{bad\n', None, singleVariantColumn='v').count()

# ---- var/json_extract
read('json', '{"a":{"b":5}}\n', None, [F.expr("variant_get(v, '$.a.b', 'int') x")], singleVariantColumn='v')

# ---- var/json_part
(lambda d: (os.makedirs(d + "/p=1"), put('{"a":1}\n', 'f.json', d + "/p=1"), why(lambda: spark.read.options(singleVariantColumn='v').json(d)))[2])(tempfile.mkdtemp())

# ---- var/xml
why(lambda: read('xml', '<rs><r id="1"><a>1</a><b>x</b></r><r><a>2.5</a><a>3</a><c><d>true</d></c></r></rs>', None, rowTag='r', singleVariantColumn='v'))

# ---- var/xml_schema
why(lambda: read('xml', '<rs><r id="1"><a>1</a><b>x</b></r></rs>', 'v variant', rowTag='r', singleVariantColumn='v'))

# ---- var/xml_other
why(lambda: read('xml', '<rs><r id="1"><a>1</a><b>x</b></r></rs>', 'w variant', rowTag='r', singleVariantColumn='v'))

# ---- var/xml_col
why(lambda: read('xml', '<rs><r id="1"><a>1</a><b><q z="5">x</q></b></r></rs>', 'a variant, b variant', rowTag='r'))

# ---- var/xml_print
read('xml', '<rs><r id="1"><a>1</a></r></rs>', None, rowTag='r', singleVariantColumn='v').schema.jsonValue()

# ---- lim/depth
why(lambda: read('json', '{"a":{"b":{"c":1}}}\n{"a":1}\n', 'a string', maxNestingDepth=2))

# ---- lim/depth_ok
why(lambda: read('json', '{"a":{"b":{"c":1}}}\n{"a":1}\n', 'a string', maxNestingDepth=3))

# ---- lim/depth_infer
why(lambda: read('json', '{"a":{"b":{"c":1}}}\n{"a":1}\n', None, maxNestingDepth=2))

# ---- lim/depth_ff
why(lambda: read('json', '{"a":{"b":{"c":1}}}\n', 'a string', maxNestingDepth=2, mode='FAILFAST'))

# ---- lim/depth_bad
why(lambda: read('json', '{"a":1}\n', 'a string', maxNestingDepth='x'))

# ---- lim/depth_0
why(lambda: read('json', '{"a":1}\n', 'a string', maxNestingDepth=0))

# ---- lim/depth_neg
why(lambda: read('json', '{"a":1}\n', 'a string', maxNestingDepth=-1))

# ---- lim/depth_behind
why(lambda: read('json', '{"a":1} {"a":{"b":{"c":1}}}\n', 'a string', maxNestingDepth=2))

# ---- lim/depth_unread
why(lambda: read('json', '{"a":1,"z":{"b":{"c":1}}}\n', 'a string', maxNestingDepth=2))

# ---- lim/num
why(lambda: read('json', '{"a":12345,"b":1}\n{"a":123456,"b":1}\n{"a":1.2345,"b":1}\n{"a":-12345,"b":1}\n{"a":-123456,"b":2}\n{"a":1.23456,"b":1}\n{"a":12e34,"b":3}\n{"a":123e45,"b":3}\n', 'a double,b int', maxNumLen=5))

# ---- lim/num_str
why(lambda: read('json', '{"a":12345,"b":1}\n{"a":123456,"b":1}\n{"a":1.2345,"b":1}\n{"a":-12345,"b":1}\n{"b":3,"a":-123456}\n', 'a string,b int', maxNumLen=5))

# ---- lim/num_unread
why(lambda: read('json', '{"a":123456,"b":1}\n', 'b int', maxNumLen=5))

# ---- lim/num_infer
why(lambda: read('json', '{"a":123456,"b":1}\n{"b":2}\n', None, maxNumLen=5))

# ---- lim/num_quoted
why(lambda: read('json', '{"a":"123456","b":1}\n', 'a int,b int', maxNumLen=5))

# ---- lim/num_0
why(lambda: read('json', '{"a":1,"b":1}\n', 'a int,b int', maxNumLen=0))

# ---- lim/num_bad
why(lambda: read('json', '{"a":1,"b":1}\n', 'a int,b int', maxNumLen='x'))

# ---- lim/num_neg
why(lambda: read('json', '{"a":1,"b":1}\n', 'a int,b int', maxNumLen=-5))

# ---- lim/str
why(lambda: read('json', '{"a":"12345","b":1}\n{"a":"123456","b":1}\n{"b":1,"a":"1234567890123456"}\n', 'a string,b int', maxStringLen=5))

# ---- lim/str_unread
why(lambda: read('json', '{"a":"123456789","b":1}\n', 'b int', maxStringLen=5))

# ---- lim/str_name
why(lambda: read('json', '{"abcdefghij":"1","b":1}\n', 'b int', maxStringLen=5))

# ---- lim/str_utf
why(lambda: read('json', '{"a":"ééééé","b":1}\n{"a":"éééééé","b":1}\n{"a":"😀😀","b":1}\n{"a":"😀😀😀","b":1}\n{"a":"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9","b":1}\n', 'a string,b int', maxStringLen=5))

# ---- lim/str_infer
why(lambda: read('json', '{"a":"123456","b":1}\n{"b":2}\n', None, maxStringLen=5))

# ---- lim/str_bad
why(lambda: read('json', '{"a":"1","b":1}\n', 'b int', maxStringLen='q'))

# ---- lim/str_neg
why(lambda: read('json', '{"a":"1","b":1}\n', 'b int', maxStringLen=-1))

# ---- lim/str_0
why(lambda: read('json', '{"a":"","b":1}\n{"a":"x","b":1}\n', 'a string, b int', maxStringLen=0))

# ---- lim/from_json
[r[0] for r in spark.sql("select to_json(from_json(x,'a string, b int', map('maxStringLen','5'))) from values ('{\"b\":1,\"a\":\"123456789\"}'),('{\"b\":1,\"a\":\"1234\"}') t(x)").collect()]

# ---- lim/from_json_num
[r[0] for r in spark.sql("select to_json(from_json(x,'a string, b int', map('maxNumLen','3'))) from values ('{\"b\":1,\"a\":12345}'),('{\"b\":1,\"a\":123}') t(x)").collect()]

# ---- lim/name_long
why(lambda: read('json', '{"%s":1,"b":1}\n' % ("x" * 60000), 'b int'))

# ---- lim/dup
why(lambda: read('json', '{"b":1,"b":2}\n', 'b int'))

# ---- cod/snappy_csv
outs('csv', R, compression='snappy')

# ---- cod/lz4_csv
outs('csv', R, compression='lz4')

# ---- cod/zstd_csv
outs('csv', R, compression='zstd')

# ---- cod/snappy_back
back('csv', R, 'id int, s string', compression='snappy')

# ---- cod/lz4_back
back('json', R, 'id int, s string', compression='lz4')

# ---- cod/snappy_text
back('text', "select repeat('abc',100000) v from range(20)", 'v string', compression='snappy') == [{'v': 'abc' * 100000}] * 20

# ---- cod/bad
outs('csv', R, compression='zip')

# ---- cod/upper
outs('csv', R, compression='NONE')

# ---- cod/uncompressed
outs('json', R, compression='uncompressed')

# ---- cod/class
outs('csv', R, compression='org.apache.hadoop.io.compress.GzipCodec')[0][0]

# ---- cod/xml_snappy
outs('xml', R, compression='snappy', rowTag='r')

# ---- enc/u16
outs('csv', R, encoding='UTF-16', header=True)

# ---- enc/u16le
outs('csv', R, encoding='UTF-16LE')

# ---- enc/u16be
outs('json', R, encoding='UTF-16BE')

# ---- enc/u32
outs('csv', R, encoding='UTF-32')

# ---- enc/u32_json
outs('json', R, encoding='UTF-32')

# ---- enc/u16_json
outs('json', R, encoding='UTF-16')

# ---- enc/u32le
outs('json', R, encoding='UTF-32LE')

# ---- enc/latin_csv
outs('csv', R, encoding='ISO-8859-1')

# ---- enc/ascii_csv
outs('csv', R, encoding='US-ASCII')

# ---- enc/ascii_json
outs('json', R, encoding='US-ASCII')

# ---- enc/cp1252
outs('csv', R, encoding='windows-1252')

# ---- enc/bad
outs('csv', R, encoding='nope')

# ---- enc/text
outs('text', "select s from (%s)" % R, encoding='UTF-16')

# ---- enc/sep16
outs('csv', R, encoding='UTF-16LE', lineSep=';')

# ---- enc/rd16
why(lambda: read('csv', 'a,é\nb,c\n'.encode('utf-16'), 'a string,b string', encoding='UTF-16', multiLine=True))

# ---- enc/rd16le_sep
why(lambda: read('csv', 'a,é\nb,c\n'.encode('utf-16-le'), 'a string,b string', encoding='UTF-16LE', lineSep='\n'))

# ---- enc/rd16le_sep2
why(lambda: read('csv', 'a,é|b,c|'.encode('utf-16-le'), 'a string,b string', encoding='UTF-16LE', lineSep='|'))

# ---- enc/rd32_sep
why(lambda: read('csv', 'a,é\nb,c\n'.encode('utf-32-be'), 'a string,b string', encoding='UTF-32', lineSep='\n'))

# ---- enc/rd32_multi
why(lambda: read('csv', 'a,é\nb,c\n'.encode('utf-32'), 'a string,b string', encoding='UTF-32', multiLine=True))

# ---- enc/jrd16
why(lambda: read('json', '{"a":"é"}\n{"a":"x"}'.encode('utf-16-le'), 'a string', encoding='UTF-16LE', lineSep='\n'))

# ---- enc/jrd16_auto
why(lambda: read('json', '{"a":"é"}'.encode('utf-16-le'), 'a string', multiLine=True))

# ---- enc/jrd16_auto_line
why(lambda: read('json', '{"a":"é"}'.encode('utf-16-be'), 'a string'))

# ---- enc/jrd32_auto
why(lambda: read('json', '[{"a":"é"}]'.encode('utf-32-be'), None, multiLine=True))

# ---- enc/jrd16_multi
why(lambda: read('json', '{"a":"é"}'.encode('utf-16'), 'a string', multiLine=True, encoding='UTF-16'))

# ---- enc/jrd_latin
why(lambda: read('json', '{"a":"é"}\n'.encode('latin1'), 'a string', encoding='ISO-8859-1', lineSep='\n'))

# ---- enc/jrd_u32_line
why(lambda: read('json', '{"a":"é"}\n'.encode('utf-32-be'), 'a string', encoding='UTF-32', lineSep='\n'))

# ---- enc/xrd16
why(lambda: read('xml', '<r><a>é</a></r>'.encode('utf-16'), 'a string', encoding='UTF-16', rowTag='r'))

# ---- enc/xrd_bad
why(lambda: read('xml', '<r><a>é</a></r>'.encode('latin1'), 'a string', encoding='nope', rowTag='r'))

# ---- unq/back
why(lambda: read('csv', 'a"b,c"d\n"x"y,z\n"q"",r\n"a"b"c,"d\n"x" y,z\n"u"v","w"\n', 'a string,b string', unescapedQuoteHandling='BACK_TO_DELIMITER'))

# ---- unq/stopd
why(lambda: read('csv', 'a"b,c"d\n"x"y,z\n"q"",r\n"a"b"c,"d\n"x" y,z\n"u"v","w"\n', 'a string,b string', unescapedQuoteHandling='STOP_AT_DELIMITER'))

# ---- unq/stopc
why(lambda: read('csv', 'a"b,c"d\n"x"y,z\n"q"",r\n"a"b"c,"d\n"x" y,z\n"u"v","w"\n', 'a string,b string', unescapedQuoteHandling='STOP_AT_CLOSING_QUOTE'))

# ---- unq/skip
why(lambda: read('csv', 'a"b,c"d\n"x"y,z\n"q"",r\n"a"b"c,"d\n"x" y,z\n"u"v","w"\n', 'a string,b string', unescapedQuoteHandling='SKIP_VALUE'))

# ---- unq/raise
why(lambda: read('csv', 'a"b,c"d\n"x"y,z\n', 'a string,b string', unescapedQuoteHandling='RAISE_ERROR'))

# ---- unq/back2
why(lambda: read('csv', '"a,b"c,d"e\n"a,"b,c\n"a,b,c"d\nx,"a,b"c"d,e"\n"a"b"\n"""a"b,c\n"a,""b"c,d\n', 'a string,b string,c string,d string', unescapedQuoteHandling='BACK_TO_DELIMITER'))

# ---- unq/back_trim
why(lambda: read('csv', ' "a,b"c , d \n', 'a string,b string,c string', unescapedQuoteHandling='BACK_TO_DELIMITER', ignoreLeadingWhiteSpace=True, ignoreTrailingWhiteSpace=True))

# ---- unq/low
why(lambda: read('csv', '"a"b,c\n', 'a string,b string', unescapedQuoteHandling='back_to_delimiter'))

# ---- wo/white
outs('csv', "select ' a ' a, 'b ' b, ' ' c, '' d, cast(null as string) e", ignoreLeadingWhiteSpace=False, ignoreTrailingWhiteSpace=False)

# ---- wo/white2
outs('csv', "select ' a ' a, 'b ' b, ' ' c, '' d, cast(null as string) e")

# ---- wo/null
outs('csv', "select ' a ' a, '' d, cast(null as string) e, 'x,y' f", nullValue='NULL', emptyValue='EMPTY', sep='|', quoteAll=True)

# ---- wo/escq
outs('csv', "select 'a\"b' a, 'c,d' d, 'x' e, 'q\\\\r' f", escapeQuotes=False)

# ---- wo/bad1
outs('csv', R, header='x')

# ---- wo/bad2
outs('csv', R, quote='!!')

# ---- wo/bad4
outs('json', R, lineSep='')

# ---- wo/bad5
outs('json', R, ignoreNullFields='q')

# ---- wo/bad6
outs('csv', R, dateFormat='qqqqqq')

# ---- wo/bad7
outs('json', R, timestampFormat='bbb')

# ---- wo/bad8
outs('json', R, timeZone='x/y')

# ---- wo/bad9
outs('text', "select 'a'", lineSep='')

# ---- wo/sep2
outs('text', "select 'a' from range(2)", lineSep='||')

# ---- wo/csv_sep3
outs('csv', R, lineSep='|||')

# ---- wo/csv_sep2
outs('csv', R, lineSep='||')

# ---- wo/variant_csv
outs('csv', "select parse_json('{\"a\":1}') v, 1 b")

# ---- wo/variant_json
outs('json', "select parse_json('{\"a\":1}') v, 1 b")

# ---- wo/variant_xml
outs('xml', "select parse_json('{\"a\":1}') v, 1 b", rowTag='r')

# ---- wo/max
outs('csv', R, maxRecordsPerFile='q')

# ---- wo/nulljson
outs('json', "select cast(null as int) a, 1 b", ignoreNullFields=False)

# ---- wo/ascii
outs('json', "select 'é😀' a", writeNonAsciiCharacterAsCodePoint=True)

# ---- wo/dfmt
outs('csv', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05.1' n", dateFormat='dd/MM/yy', timestampFormat='HH:mm', timestampNTZFormat='ss.SSS')

# Options of writers: what is in the files, and what is said of values that an option may not have.
import bz2, gzip, tempfile

def wrote(fmt, sql, parts=(), **options):
    """(directory, ending of the name, bytes) of each file."""
    path = os.path.join(tempfile.mkdtemp(), "out")
    spark.sql(sql).coalesce(1).write.format(fmt).options(**options).partitionBy(*parts).save(path)
    out = []
    for where, _, names in sorted(os.walk(path)):
        for name in sorted(n for n in names if n[0] not in "._"):
            data = open(os.path.join(where, name), "rb").read()
            data = gzip.decompress(data) if name.endswith(".gz") else bz2.decompress(data) if name.endswith(".bz2") else data
            out.append([os.path.relpath(where, path), name.rpartition("c000")[2], repr(data) if fmt != "parquet" else ""])
    return out

T = "select 1 a, 'x,y' b, 'q\"r' c, cast(null as string) d, '' e, ' s ' f"

# ---- csv_writer/1
wrote('csv', T, **{'sep': '|'})

# ---- csv_writer/2
wrote('csv', T, **{'sep': '||'})

# ---- csv_writer/3
wrote('csv', T, **{'delimiter': '\t'})

# ---- csv_writer/4
wrote('csv', T, **{'quote': "'"})

# ---- csv_writer/5
wrote('csv', T, **{'quoteAll': True})

# ---- csv_writer/6
wrote('csv', T, **{'escape': '"'})

# ---- csv_writer/7
wrote('csv', T, **{'escapeQuotes': False})

# ---- csv_writer/8
wrote('csv', T, **{'header': True})

# ---- csv_writer/9
wrote('csv', T, **{'nullValue': 'NULL'})

# ---- csv_writer/10
wrote('csv', T, **{'emptyValue': 'EMPTY'})

# ---- csv_writer/11
wrote('csv', T, **{'lineSep': '\r\n'})

# ---- csv_writer/12
wrote('csv', T, **{'lineSep': '|||'})

# ---- csv_writer/13
wrote('csv', T, **{'ignoreLeadingWhiteSpace': False})

# ---- csv_writer/14
wrote('csv', T, **{'ignoreTrailingWhiteSpace': False})

# ---- csv_writer/15
wrote('csv', T, **{'charToEscapeQuoteEscaping': '#'})

# ---- csv_writer/16
wrote('csv', T, **{'encoding': 'ISO-8859-1'})

# ---- csv_writer/17
wrote('csv', T, **{'encoding': 'UTF-16'})

# ---- csv_writer/18
wrote('csv', T, **{'encoding': 'UTF-16LE'})

# ---- csv_writer/19
wrote('csv', T, **{'encoding': 'nope'})

# ---- csv_writer/20
wrote('csv', T, **{'compression': 'gzip'})

# ---- csv_writer/21
wrote('csv', T, **{'compression': 'bzip2'})

# ---- csv_writer/22
wrote('csv', T, **{'compression': 'zstd'})

# ---- csv_writer/23
wrote('csv', T, **{'compression': 'none'})

# ---- csv_writer/24
wrote('csv', T, **{'compression': 'uncompressed'})

# ---- csv_writer/25
wrote('csv', T, **{'compression': 'nope'})

# ---- csv_writer/26
wrote('csv', T, **{'codec': 'gzip'})

# ---- csv_writer/27
wrote('csv', T, **{'extension': 'tsv'})

# ---- csv_writer/28
wrote('csv', T, **{'header': 'x'})

# ---- csv_writer/29
wrote('csv', T, **{'quoteAll': 'x'})

# ---- csv_writer/30
wrote('csv', T, **{'maxRecordsPerFile': 'x'})

# ---- csv_writer/31
wrote('csv', T, **{'comment': '1'})

# ---- csv_writer/32
wrote('csv', T, **{'unknown': 'x'})

# ---- csv_writer/33
wrote('csv', 'select \'a\\\\b\' a, \'c"\\\\d\' b', **{'escape': '\\', 'charToEscapeQuoteEscaping': '\\'})

# ---- csv_writer/34
wrote('csv', 'select \'a#"b\' a', **{'escape': '#', 'charToEscapeQuoteEscaping': '!'})

# ---- csv_writer/35
wrote('csv', "select '#x' a, '#y' b", **{'comment': '#'})

# ---- csv_writer/36
wrote('csv', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{})

# ---- csv_writer/37
wrote('csv', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'dateFormat': 'dd/MM/yyyy', 'timestampFormat': 'dd/MM/yyyy HH:mm', 'timestampNTZFormat': 'yyyy'})

# ---- csv_writer/38
wrote('csv', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'timeZone': 'Asia/Tokyo'})

# ---- csv_writer/39
wrote('csv', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'timeZone': 'Nowhere'})

# ---- json_writer/40
wrote('json', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{})

# ---- json_writer/41
wrote('json', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'dateFormat': 'dd/MM/yyyy', 'timestampFormat': 'dd/MM/yyyy HH:mm', 'timestampNTZFormat': 'yyyy'})

# ---- json_writer/42
wrote('json', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'timeZone': 'Asia/Tokyo'})

# ---- json_writer/43
wrote('json', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'timeZone': 'Nowhere'})

# ---- xml_writer/44
wrote('xml', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'rowTag': 'r'})

# ---- xml_writer/45
wrote('xml', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'dateFormat': 'dd/MM/yyyy', 'timestampFormat': 'dd/MM/yyyy HH:mm', 'timestampNTZFormat': 'yyyy', 'rowTag': 'r'})

# ---- xml_writer/46
wrote('xml', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'timeZone': 'Asia/Tokyo', 'rowTag': 'r'})

# ---- xml_writer/47
wrote('xml', "select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.123456' t, timestamp_ntz'2020-01-02 03:04:05' n, true b, 1.50 e, cast(1.5 as double) f, cast('nan' as double) g", **{'timeZone': 'Nowhere', 'rowTag': 'r'})

# ---- json_writer/48
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'ignoreNullFields': False})

# ---- json_writer/49
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'ignoreNullFields': 'x'})

# ---- json_writer/50
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'lineSep': ';'})

# ---- json_writer/51
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'encoding': 'ISO-8859-1'})

# ---- json_writer/52
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'encoding': 'UTF-16LE'})

# ---- json_writer/53
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'encoding': 'UTF-16'})

# ---- json_writer/54
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'compression': 'gzip'})

# ---- json_writer/55
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'compression': 'nope'})

# ---- json_writer/56
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'pretty': True})

# ---- json_writer/57
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'writeNonAsciiCharacterAsCodePoint': True})

# ---- json_writer/58
wrote('json', 'select 1 a, cast(null as string) b, \'é"x\' c, array(1,null) d, map(\'k\',1,\'l\',null) e, named_struct(\'p\',1,\'q\',null) f', **{'charset': 'ISO-8859-1'})

# ---- xml_writer/59
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'rootTag': 'books a="1"'})

# ---- xml_writer/60
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'declaration': ''})

# ---- xml_writer/61
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'arrayElementName': 'it'})

# ---- xml_writer/62
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'nullValue': 'NULL'})

# ---- xml_writer/63
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'attributePrefix': '@'})

# ---- xml_writer/64
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'encoding': 'UTF-16'})

# ---- xml_writer/65
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'encoding': 'UTF-32BE'})

# ---- xml_writer/66
wrote('xml', "select 1 a, cast(null as string) b, 'é<x' c, array(1,null) d, named_struct('p',1,'_q',2) f, 7 as _id", **{'rowTag': 'r', 'compression': 'bzip2'})

# ---- text_writer/67
wrote('text', "select explode(array('é','b')) v", **{'lineSep': ';'})

# ---- text_writer/68
wrote('text', "select explode(array('é','b')) v", **{'compression': 'bzip2'})

# ---- text_writer/69
wrote('text', "select explode(array('é','b')) v", **{'encoding': 'ISO-8859-1'})

# ---- text_writer/70
wrote('text', "select explode(array('é','b')) v", **{'compression': 'nope'})

# ---- parquet_writer/71
wrote('parquet', 'select 1 a', **{'compression': 'gzip'})

# ---- parquet_writer/72
wrote('parquet', 'select 1 a', **{'compression': 'zstd'})

# ---- parquet_writer/73
wrote('parquet', 'select 1 a', **{'compression': 'lz4'})

# ---- parquet_writer/74
wrote('parquet', 'select 1 a', **{'compression': 'nope'})

# ---- parquet_writer/75
wrote('parquet', 'select 1 a', **{'compression': 'GZIP'})

# ---- parquet_writer/76
wrote('parquet', 'select 1 a', **{'compression': 'lz4raw'})

# ---- csv_writer/77
wrote('csv', "select 1 a, '' b, null c, 'x y=z%' d", parts=['b', 'd'], **{})

# ---- csv_writer/78
wrote('csv', 'select 1 a, 2 b', parts=['B'], **{})

# ---- csv_writer/79
wrote('csv', 'select 1 a, 2 b', parts=['zz'], **{})

# ---- metadata/columns_of_short_names
path = os.path.join(tempfile.mkdtemp(), "out")
spark.sql("SELECT 1 AS s, 2 AS p, 3 AS n, 4 AS t, 5 AS d, 6 AS m").write.parquet(path)
spark.read.parquet(path).selectExpr("s", "p", "n", "t", "d", "m", "_metadata.file_size > 0 AS some")

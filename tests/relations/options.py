# Options of readers: what each changes, and what is said of values that it may not have.
import tempfile

def read(fmt, data, schema=None, cols=None, **options):
    path = os.path.join(tempfile.mkdtemp(), "in." + fmt)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    r = spark.read.format(fmt).options(**options)
    df = (r.schema(schema) if schema else r).load(path)
    return df.select(*cols) if cols else df

def why(df):
    """The condition it ends with."""
    try:
        return df.collect()
    except Exception as e:
        return e.getCondition()

B = '1,2,3\n4,5\nx,5,6\n7,8,9,10\n'
S = 'a int,b int,c int'
X = '<rs><r id="1"><a>1</a><b> x </b></r><r id="2"><a>2.5</a><b></b><c>2020-01-02</c></r></rs>'


# ---- csv_options/maxColumns_1
read('csv', "1,2,3\n4,5,6\n",maxColumns=2)

# ---- csv_options/maxColumns_2
read('csv', "1,2,3\n4,5,6\n",maxColumns=3)

# ---- csv_options/maxColumns_schema_3
why(read('csv', "1,2,3\n4,5,6\n","a int,b int",maxColumns=2))

# ---- csv_options/maxColumns_schema_4
why(read('csv', "1,2\n4,5,6\n","a int,b int",maxColumns=2))

# ---- csv_options/maxColumns_bad_5
read('csv', "1,2\n",maxColumns='x')

# ---- csv_options/maxColumns_0_6
read('csv', "1,2\n",maxColumns=0)

# ---- csv_options/maxChars_7
read('csv', "abc,defgh\nx,y\n",maxCharsPerColumn=3)

# ---- csv_options/maxChars_8
read('csv', "abc,def\nx,y\n",maxCharsPerColumn=3)

# ---- csv_options/maxChars_schema_9
why(read('csv', "abc,defgh\nx,y\n","a string,b string",maxCharsPerColumn=3))

# ---- csv_options/maxChars_schema_quoted_10
why(read('csv', 'abc,"defgh"\nx,y\n',"a string,b string",maxCharsPerColumn=3))

# ---- csv_options/maxChars_dropm_11
why(read('csv', "abc,defgh\nx,y\n","a string,b string",maxCharsPerColumn=3,mode='DROPMALFORMED'))

# ---- csv_options/maxChars_ff_12
why(read('csv', "abc,defgh\nx,y\n","a string,b string",maxCharsPerColumn=3,mode='FAILFAST'))

# ---- csv_options/maxChars_1_13
read('csv', "abc,defgh\nx,y\n",maxCharsPerColumn=-1)

# ---- csv_options/maxChars_1_14
read('csv', "abc,defgh\nx,y\n",maxCharsPerColumn='q')

# ---- csv_options/sampling_15
read('csv', "a\n"+"1\n"*5,samplingRatio=0.0,header=True,inferSchema=True)

# ---- csv_options/sampling_16
read('csv', "a\n"+"1\n"*50+"x\n",samplingRatio=0.1,header=True,inferSchema=True,cols=[F.count('*')])

# ---- csv_options/sampling_17
read('csv', "a\n"+"1\n"*50+"x\n",samplingRatio='no',header=True,inferSchema=True)

# ---- csv_options/sampling_18
read('csv', "a\n"+"1\n"*50+"x\n",samplingRatio=-1,header=True,inferSchema=True)

# ---- csv_options/sampling_19
read('csv', "a\n1\nx\n",samplingRatio=1.5,header=True,inferSchema=True)

# ---- csv_options/sampling_noinfer_20
read('csv', "a\n1\nx\n",samplingRatio=0.00001,header=True)

# ---- csv_options/preferDate_21
read('csv', "2020-01-02\n2020-01-03\n",inferSchema=True,preferDate=False)

# ---- csv_options/preferDate_22
read('csv', "2020-01-02\n2020-01-03\n",inferSchema=True,preferDate=True)

# ---- csv_options/preferDate_mix_23
read('csv', "2020-01-02\n2020-01-03 01:02:03\n",inferSchema=True,preferDate=True)

# ---- csv_options/preferDate_fmt_24
read('csv', "02/01/2020\n03/01/2020\n",inferSchema=True,dateFormat='dd/MM/yyyy')

# ---- csv_options/tsfmt_25
read('csv', "02/01/2020 10:11\n",inferSchema=True,timestampFormat='dd/MM/yyyy HH:mm')

# ---- csv_options/ntzfmt_26
read('csv', "02/01/2020 10:11\n",schema='a timestamp_ntz',timestampNTZFormat='dd/MM/yyyy HH:mm')

# ---- csv_options/fallback_27
read('csv', "2020-1-2\n2020-01-02T03:04:05\n",schema='a date',dateFormat='dd/MM/yyyy',enableDateTimeParsingFallback=True)

# ---- csv_options/fallback_28
read('csv', "2020-1-2\n2020-01-02T03:04:05\n",schema='a date',dateFormat='dd/MM/yyyy',enableDateTimeParsingFallback=False)

# ---- csv_options/fallback_ts_29
read('csv', "2020-1-2\n2020-01-02T03:04:05\n",schema='a timestamp',timestampFormat='dd/MM/yyyy',enableDateTimeParsingFallback=True)

# ---- csv_options/unescaped_30
read('csv', 'a"b,c"d\n"x"y,z\n"q"",r\n',unescapedQuoteHandling='STOP_AT_DELIMITER')

# ---- csv_options/escape_bad_31
read('csv', 'a\n',escape='!!')

# ---- csv_options/quote_bad_32
read('csv', 'a\n',quote='!!')

# ---- csv_options/comment_bad_33
read('csv', 'a\n',comment='!!')

# ---- csv_options/sep_multi_34
read('csv', 'a||b\n1||2\n',sep='||')

# ---- csv_options/enforceSchema_35
why(read('csv', 'b,a\n1,2\n',schema='a int,b int',header=True,enforceSchema=False))

# ---- csv_options/enforceSchema_ok_36
read('csv', 'a,b\n1,2\n',schema='a int,b int',header=True,enforceSchema=False)

# ---- csv_options/enforceSchema_n_37
why(read('csv', 'a,b,c\n1,2,3\n',schema='a int,b int',header=True,enforceSchema=False))

# ---- csv_options/enforceSchema_case_38
read('csv', 'A,b\n1,2\n',schema='a int,b int',header=True,enforceSchema=False)

# ---- csv_options/enforceSchema_true_39
read('csv', 'b,a\n1,2\n',schema='a int,b int',header=True,enforceSchema=True)

# ---- csv_options/trim_40
read('csv', ' a , b \n',ignoreLeadingWhiteSpace=True,ignoreTrailingWhiteSpace=True)

# ---- csv_options/nullValue_41
read('csv', 'NA,1\nx,NA\n',nullValue='NA',inferSchema=True)

# ---- csv_options/nanValue_42
read('csv', 'nan,inf,-inf\nNaN,Inf,-Inf\n',schema='a double,b double,c double',nanValue='nan',positiveInf='inf',negativeInf='-inf')

# ---- csv_options/emptyValue_43
read('csv', '"",x\n,y\n',emptyValue='EMPTY')

# ---- csv_options/lineSep_44
read('csv', 'a;b;c;',lineSep=';')

# ---- csv_options/lineSep_multi_45
read('csv', 'a||b||c',lineSep='||')

# ---- csv_options/lineSep_long_46
read('csv', 'a|||b',lineSep='|||')

# ---- csv_options/encoding_47
read('csv', 'é,x\n'.encode('latin1'),encoding='ISO-8859-1')

# ---- csv_options/columnPruning_48
read('csv', '1,2,3\n4,5\n','a int,b int,c int',cols=['a'],columnPruning=False,mode='DROPMALFORMED')

# ---- csv_options/columnPruning_49
read('csv', '1,2,3\n4,5\n','a int,b int,c int',cols=['a'],columnPruning=True,mode='DROPMALFORMED')

# ---- csv_options/mode_bad_50
read('csv', '1,2\nx,3\n','a int,b int',mode='NOPE')

# ---- csv_options/inputBufferSize_51
read('csv', '1,2\n',inputBufferSize=10)

# ---- csv_options/timeZone_52
read('csv', '2020-01-01 00:00:00\n','a timestamp',timeZone='UTC')

# ---- csv_options/timeZone_bad_53
read('csv', '2020-01-01 00:00:00\n','a timestamp',timeZone='Nowhere')

# ---- csv_options/bool_bad_54
read('csv', '1\n',header='maybe')

# ---- csv_options/bool_bad2_55
read('csv', '1\n',inferSchema='1')

# ---- csv_options/multiLine_bad_56
read('csv', '1\n',multiLine='x')

# ---- csv_options/extension_57
read('csv', '1,2\n',extension='tsv')

# ---- csv_options/inferSchema_big_58
read('csv', '1\n99999999999\n',inferSchema=True)

# ---- csv_options/ignoreMissing_59
read('csv', '1\n',ignoreMissingFiles='x')

# ---- csv_options/interval_60
read('csv', "interval 1 day\n","a interval day")

# ---- csv_options/maxMalformed_61
read('csv', '1,2\nx\n','a int',maxMalformedLogPerPartition=1)

# ---- json_options/samplingRatio_62
read('json', '{"a":1}\n'*20+'{"a":"x","b":2}\n',samplingRatio=0.1)

# ---- json_options/samplingRatio_63
read('json', '{"a":1}\n',samplingRatio='x')

# ---- json_options/samplingRatio_64
read('json', '{"a":1}\n',samplingRatio=0)

# ---- json_options/primitivesAsString_65
read('json', '{"a":1,"b":[1,2],"c":true,"d":null}\n',primitivesAsString=True)

# ---- json_options/allowComments_66
read('json', '{"a":1 /* c */}\n// x\n{"a":2}\n',allowComments=True)

# ---- json_options/allowUnquoted_67
read('json', '{a:1}\n',allowUnquotedFieldNames=True)

# ---- json_options/allowSingle_68
read('json', "{'a':1}\n",allowSingleQuotes=False)

# ---- json_options/allowSingle_69
read('json', "{'a':1}\n")

# ---- json_options/leadingZeros_70
read('json', '{"a":007}\n',allowNumericLeadingZeros=True)

# ---- json_options/leadingZeros_71
read('json', '{"a":007}\n')

# ---- json_options/backslash_72
read('json', '{"a":"\\$x"}\n',allowBackslashEscapingAnyCharacter=True)

# ---- json_options/backslash_73
read('json', '{"a":"\\$x"}\n')

# ---- json_options/ctrl_74
read('json', '{"a":"x\ty"}\n',allowUnquotedControlChars=True)

# ---- json_options/ctrl_75
read('json', '{"a":"x\ty"}\n')

# ---- json_options/nan_76
read('json', '{"a":NaN,"b":-Infinity,"c":+INF}\n',allowNonNumericNumbers=True)

# ---- json_options/nan_77
read('json', '{"a":NaN}\n',allowNonNumericNumbers=False)

# ---- json_options/nan_schema_78
read('json', '{"a":NaN,"b":"NaN","c":Infinity}\n','a double,b double,c float')

# ---- json_options/nan_schema_79
read('json', '{"a":NaN,"b":"NaN","c":Infinity}\n','a double,b double,c float',allowNonNumericNumbers=False)

# ---- json_options/dropFieldIfAllNull_80
read('json', '{"a":null,"b":[],"c":{},"d":1,"e":[null]}\n',dropFieldIfAllNull=True)

# ---- json_options/dropFieldIfAllNull_81
read('json', '{"a":null,"b":[],"c":{},"d":1,"e":[null]}\n')

# ---- json_options/dateFormat_82
read('json', '{"a":"02/01/2020"}\n','a date',dateFormat='dd/MM/yyyy')

# ---- json_options/fallback_83
read('json', '{"a":"2020-01-02"}\n','a date',dateFormat='dd/MM/yyyy')

# ---- json_options/fallback_84
read('json', '{"a":"2020-01-02"}\n','a date',dateFormat='dd/MM/yyyy',enableDateTimeParsingFallback=True)

# ---- json_options/inferTimestamp_85
read('json', '{"a":"2020-01-02 03:04:05"}\n',inferTimestamp=True)

# ---- json_options/inferTimestamp_86
read('json', '{"a":"2020-01-02T03:04:05"}\n',inferTimestamp=True,timestampFormat="yyyy-MM-dd'T'HH:mm:ss")

# ---- json_options/inferTimestamp_87
read('json', '{"a":"2020-01-02"}\n',inferTimestamp=False)

# ---- json_options/timeZone_88
read('json', '{"a":"2020-01-02 03:04:05"}\n','a timestamp',timeZone='UTC')

# ---- json_options/encoding_89
read('json', '{"a":"é"}\n'.encode('utf-16-le'),encoding='UTF-16LE')

# ---- json_options/encoding_90
read('json', '{"a":"é"}\n{"a":"f"}\n'.encode('utf-16-le'),encoding='UTF-16LE',lineSep='\n')

# ---- json_options/encoding_91
read('json', '{"a":"é"}\n{"a":"f"}\n'.encode('utf-32-be'),encoding='UTF-32BE',lineSep='\n')

# ---- json_options/encoding_latin_92
read('json', '{"a":"é"}\n'.encode('latin1'),encoding='ISO-8859-1')

# ---- json_options/encoding_16_blacklist_93
read('json', '{"a":"é"}\n'.encode('utf-16'),encoding='UTF-16')

# ---- json_options/lineSep_94
read('json', '{"a":1};{"a":2}',lineSep=';')

# ---- json_options/lineSep_95
read('json', '{"a":1};;{"a":2}',lineSep=';;')

# ---- json_options/ignoreNull_96
read('json', '{"a":1}\n',ignoreNullFields=False)

# ---- json_options/mode_97
read('json', '{"a":1}\n{bad\n',mode='FAILFAST')

# ---- json_options/mode_98
read('json', '{"a":1}\n{bad\n',mode='DROPMALFORMED')

# ---- json_options/bool_99
read('json', '{"a":1}\n',multiLine='x')

# ---- json_options/bool_100
read('json', '{"a":1}\n',primitivesAsString='x')

# ---- json_options/bool_101
read('json', '{"a":1}\n',allowComments='x')

# ---- json_options/preferDate_102
read('json', '{"a":"2020-01-02"}\n',preferDate=True,inferTimestamp=True)

# ---- json_options/ntz_103
read('json', '{"a":"02/01/2020 10"}\n','a timestamp_ntz',timestampNTZFormat='dd/MM/yyyy HH')

# ---- json_options/wholefile_104
read('json', '{"a":1}\n{"a":2}\n',wholeFile=True)

# ---- json_options/useUnsafeRow_105
read('json', '{"a":{"b":1}}\n',useUnsafeRow=True)

# ---- xml_options/plain_106
read('xml', X, rowTag='r')

# ---- xml_options/samplingRatio_107
read('xml', X,samplingRatio='x', rowTag='r')

# ---- xml_options/excludeAttribute_108
read('xml', X,excludeAttribute=True, rowTag='r')

# ---- xml_options/attributePrefix_109
read('xml', X,attributePrefix='@', rowTag='r')

# ---- xml_options/attributePrefix_110
read('xml', X,attributePrefix='', rowTag='r')

# ---- xml_options/valueTag_111
read('xml', '<rs><r><a k="1">v</a></r></rs>',valueTag='val', rowTag='r')

# ---- xml_options/ignoreSurroundingSpaces_112
read('xml', X,ignoreSurroundingSpaces=False, rowTag='r')

# ---- xml_options/ignoreSurroundingSpaces_113
read('xml', X,ignoreSurroundingSpaces=True, rowTag='r')

# ---- xml_options/inferSchema_114
read('xml', X,inferSchema=False, rowTag='r')

# ---- xml_options/nullValue_115
read('xml', X,nullValue='2.5', rowTag='r')

# ---- xml_options/ignoreNamespace_116
read('xml', '<rs xmlns:n="u"><r><n:a>1</n:a></r></rs>',ignoreNamespace=True, rowTag='r')

# ---- xml_options/ignoreNamespace_117
read('xml', '<rs xmlns:n="u"><r><n:a>1</n:a></r></rs>', rowTag='r')

# ---- xml_options/wildcard_118
read('xml', '<rs><r><a>1</a><q>2</q><z>3</z></r></rs>','a int,xs_any string', rowTag='r')

# ---- xml_options/wildcard_119
read('xml', '<rs><r><a>1</a><q>2</q><z>3</z></r></rs>','a int,rest array<string>',wildcardColName='rest', rowTag='r')

# ---- xml_options/dateFormat_120
read('xml', '<rs><r><a>02/01/2020</a></r></rs>','a date',dateFormat='dd/MM/yyyy', rowTag='r')

# ---- xml_options/timestampFormat_121
read('xml', '<rs><r><a>02/01/2020 10</a></r></rs>','a timestamp',timestampFormat='dd/MM/yyyy HH', rowTag='r')

# ---- xml_options/ntz_122
read('xml', '<rs><r><a>02/01/2020 10</a></r></rs>','a timestamp_ntz',timestampNTZFormat='dd/MM/yyyy HH', rowTag='r')

# ---- xml_options/timeZone_123
read('xml', '<rs><r><a>2020-01-02 10:00:00</a></r></rs>','a timestamp',timeZone='UTC', rowTag='r')

# ---- xml_options/failfast_124
why(read('xml', '<rs><r><a>x</a></r></rs>','a int',mode='FAILFAST', rowTag='r'))

# ---- xml_options/dropm_125
read('xml', '<rs><r><a>x</a></r><r><a>1</a></r></rs>','a int',mode='DROPMALFORMED', rowTag='r')

# ---- xml_options/rowTag_bad_126
read('xml', X,rowTag='<r>')

# ---- xml_options/rootTag_127
read('xml', X,rootTag='zzz', rowTag='r')

# ---- xml_options/arrayElementName_128
read('xml', '<rs><r><a>1</a><a>2</a></r></rs>',arrayElementName='q', rowTag='r')

# ---- xml_options/inferTs_129
read('xml', '<rs><r><a>2020-01-02 03:04:05</a><b>2020-01-02</b><c>true</c><d>1e3</d><e>99999999999</e></r></rs>', rowTag='r')

# ---- xml_options/inferDateFmt_130
read('xml', '<rs><r><b>02/01/2020</b></r></rs>',dateFormat='dd/MM/yyyy', rowTag='r')

# ---- xml_options/preferDate_131
read('xml', '<rs><r><b>2020-01-02</b></r></rs>',preferDate=False, rowTag='r')

# ---- xml_options/bool_132
read('xml', X,excludeAttribute='x', rowTag='r')

# ---- text_options/wholetext_133
read('text', 'a\nb\n',wholetext=True)

# ---- text_options/wholetext_134
read('text', 'a\nb\n',wholetext='x')

# ---- text_options/lineSep_135
read('text', 'a;b;',lineSep=';')

# ---- text_options/schema_136
read('text', 'a\n','x string')

# ---- text_options/schema_137
read('text', 'a\n','x int')

# ---- text_options/schema2_138
read('text', 'a\n','x string,y string')

# ---- csv_options/prune_ml_139
read('csv', B,S,cols=['b'],mode='DROPMALFORMED',multiLine=True)

# ---- csv_options/sampling_exact_140
read('csv', "a\n"+"".join(f"{'x' if i%7==3 else i}\n" for i in range(8)),samplingRatio=0.3,header=True,inferSchema=True)

# ---- csv_options/max_ml_141
why(read('csv', "1,2,3\n4,5,6\n","a int,b int",maxColumns=2,multiLine=True))

# ---- csv_options/max_pruned_142
why(read('csv', "1,2,3\n4,5,6\n","a int,b int",maxColumns=2,cols=['a']))

# ---- csv_options/max2_143
why(read('csv', "1,2,3\n4,5,6\n","a int,b int,c int",maxColumns=2,mode='DROPMALFORMED'))

# ---- csv_options/enf_ml_144
why(read('csv', 'b,a\n1,2\n','a int,b int',header=True,enforceSchema=False,multiLine=True))

# ---- csv_options/enf_nohdr_145
read('csv', 'b,a\n1,2\n','a int,b int',header=False,enforceSchema=False)

# ---- csv_options/enf_infer_146
read('csv', 'b,a\n1,2\n',header=True,enforceSchema=False,inferSchema=True)

# ---- csv_options/enf_pruned_147
why(read('csv', 'b,a\n1,2\n','a int,b int',header=True,enforceSchema=False,cols=['a']))

# ---- csv_options/enf_pruned_ok_148
read('csv', 'a,b\n1,2\n','a int,b int',header=True,enforceSchema=False,cols=['b'])

# ---- csv_options/q1_149
read('csv', '"a""b",c\n"a"" ,c\n"x" ,y\n"x\n','a string,b string')

# ---- csv_options/q2_150
read('csv', '"a""b",c\n"a"",c\n"x" ,y\n"x\n','a string,b string',escape='"')

# ---- csv_options/q3_151
read('csv', '"a\\"b",c\n"a\\b",c\n"x\\\\",y\n"x\\","z"\n','a string,b string')

# ---- csv_options/q4_152
read('csv', '"a"b"c",d\n"a" "b",d\n" a" ,d\na"b"c,d\n""x,y\n"",z\n""",q\n"""",q\n','a string,b string')

# ---- csv_options/q5_153
read('csv', '"a"b"c",d\n"a" "b",d\n','a string,b string',quote="'")

# ---- csv_options/q6_154
read('csv', "'a,b',c\n",'a string,b string',quote="'")

# ---- csv_options/q7_155
read('csv', '"a,b",c\n','a string,b string,c string',quote='')

# ---- csv_options/q8_156
read('csv', '"a#,b",c\n"a##",c\n"a#"x",c\n','a string,b string,c string',escape='#')

# ---- csv_options/q9_157
read('csv', '"a,b\nc,d\n','a string,b string,c string')

# ---- csv_options/q10_158
read('csv', '"a,b\nc",d\ne,"f\n','a string,b string,c string',multiLine=True)

# ---- csv_options/fb1_159
read('csv', "2020-1-2\n",schema='a date',dateFormat='dd/MM/yyyy')

# ---- csv_options/fb2_160
read('csv', "2020-1-2 10:11:12\n",schema='a timestamp',timestampFormat='dd/MM/yyyy',enableDateTimeParsingFallback=False)

# ---- csv_options/fb3_161
read('csv', "2020-1-2 10:11:12\n2020-01-02T03:04:05Z\n",schema='a timestamp',enableDateTimeParsingFallback=False)

# ---- csv_options/fb4_162
read('csv', "2020-1-2\n2020-01-02\n",schema='a date',enableDateTimeParsingFallback=False)

# ---- csv_options/fb5_163
read('csv', "2020-1-2\n",schema='a timestamp_ntz',timestampNTZFormat='dd/MM/yyyy',enableDateTimeParsingFallback=True)

# ---- csv_options/unescaped_STOP_AT_CLOSING_QUOTE
read('csv', 'a"b,c"d\n"x"y,z\nm,n\n', 'a string,b string', unescapedQuoteHandling='STOP_AT_CLOSING_QUOTE')

# ---- csv_options/unescaped_SKIP_VALUE
read('csv', 'a"b,c"d\n"x"y,z\nm,n\n', 'a string,b string', unescapedQuoteHandling='SKIP_VALUE')

# ---- csv_options/unescaped_RAISE_ERROR
why(read('csv', 'a"b,c"d\n"x"y,z\nm,n\n', 'a string,b string', unescapedQuoteHandling='RAISE_ERROR'))

# ---- csv_options/unescaped_nope
read('csv', 'a"b,c"d\n"x"y,z\nm,n\n', 'a string,b string', unescapedQuoteHandling='nope')

# ---- csv_options/prune_PERMISSIVE_True
[[r.asDict() for r in read('csv', B, S, c, columnPruning=True, mode='PERMISSIVE').collect()] for c in (['b'], ['b', 'a'], ['c'])]

# ---- csv_options/prune_PERMISSIVE_False
[[r.asDict() for r in read('csv', B, S, c, columnPruning=False, mode='PERMISSIVE').collect()] for c in (['b'], ['b', 'a'], ['c'])]

# ---- csv_options/prune_DROPMALFORMED_True
[[r.asDict() for r in read('csv', B, S, c, columnPruning=True, mode='DROPMALFORMED').collect()] for c in (['b'], ['b', 'a'], ['c'])]

# ---- csv_options/prune_DROPMALFORMED_False
[[r.asDict() for r in read('csv', B, S, c, columnPruning=False, mode='DROPMALFORMED').collect()] for c in (['b'], ['b', 'a'], ['c'])]

# ---- csv_options/prune_FAILFAST_True
read('csv', B, S, ['b'], columnPruning=True, mode='FAILFAST')

# ---- csv_options/prune_FAILFAST_False
why(read('csv', B, S, ['b'], columnPruning=False, mode='FAILFAST'))

# ---- json_options/sample_0
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 0 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_1
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 1 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_2
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 2 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_3
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 3 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_4
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 4 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_5
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 5 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_6
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 6 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_7
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 7 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_8
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 8 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_9
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 9 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_10
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 10 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- json_options/sample_11
read('json', '\n'.join('{"a":%s}' % ('"x"' if i == 11 else i) for i in range(12)), cols=[F.max('a')], samplingRatio=0.3)

# ---- csv_options/count_pruned
[read('csv', B, S, columnPruning=p, mode=m).count() for p in (True, False) for m in ('PERMISSIVE', 'DROPMALFORMED')]

# ---- csv_options/count_failfast
read('csv', B, S, mode='FAILFAST').count()

# ---- csv_options/count_many_columns
read('csv', "1,2,3\n4,5,6\n", "a int,b int", maxColumns=2).count()

# ---- csv_options/count_other_header
read('csv', 'b,a\n1,2\n', 'a int,b int', header=True, enforceSchema=False).count()

# ---- json_options/count_bad
[read('json', '{"a":1}\n{bad\n', 'a int', mode=m).count() for m in ('PERMISSIVE', 'DROPMALFORMED')]

# ---- corrupt_only/csv
[why(f(read("csv", B, S + ", _corrupt_record string"))) for f in (
    lambda d: d.select("_corrupt_record"), lambda d: d.filter("_corrupt_record is not null").groupBy().count(), lambda d: d.groupBy("_corrupt_record").count(),
    lambda d: d.select(F.struct("_corrupt_record")), lambda d: d.select("_corrupt_record", "_metadata.file_name"))]

# ---- corrupt_only/json
[why(f(read("json", '{"a":1}\n{"a":"u"}\n', "a int, z string", columnNameOfCorruptRecord="z"))) for f in (
    lambda d: d.select("z"), lambda d: d.groupBy().count(), lambda d: d.filter("z is not null").select("a"), lambda d: d.select(F.lit(1)))]

# ---- corrupt_only/xml
[why(f(read("xml", X, "a int, _corrupt_record string", rowTag="r"))) for f in (
    lambda d: d.select("_corrupt_record"), lambda d: d.select("a", "_corrupt_record"), lambda d: d.select("_corrupt_record").limit(0))]

# ---- corrupt_only/cached
read("csv", B, S + ", _corrupt_record string").cache().select("_corrupt_record")

# ---- corrupt_only/other_case
read("csv", "1,x\n2,y\n", "a int, _CORRUPT_RECORD string").select("_corrupt_record")

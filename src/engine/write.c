/*
 * engine/write.c - what all writers of files share: formats, codecs, types, names of partition directories.
 */
#include "write.h"

#include <stdio.h>

struct pz_sink { const char *name, *label, *extension, *codec, *setting; };
enum {
#define SINK(id, name, label, extension, codec, setting) SINK_##id,
#define CODEC(sink, name, suffix, how)
#include "../../tables/sinks.def"
    SINK_COUNT
};

static const pz_sink sinks[] = {
#define SINK(id, name, label, extension, codec, setting) {name, label, extension, codec, setting},
#define CODEC(sink, name, suffix, how)
#include "../../tables/sinks.def"
};

#define NONE NULL
static const struct codec { int sink; const char *name, *suffix, *how; } codecs[] = {
#define SINK(id, name, label, extension, codec, setting)
#define CODEC(sink, name, suffix, how) {SINK_##sink, name, suffix, how},
#include "../../tables/sinks.def"
};

const pz_sink *
pz_sink_find(pz_str format)
{
    static const struct { const char *alias; int sink; } aliases[] = {
        {"org.apache.spark.sql.parquet", SINK_PARQUET}, {"org.apache.spark.sql.execution.datasources.parquet", SINK_PARQUET},
        {"org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat", SINK_PARQUET}, {"com.databricks.spark.csv", SINK_CSV},
        {"org.apache.spark.sql.execution.datasources.csv", SINK_CSV}, {"org.apache.spark.sql.execution.datasources.json", SINK_JSON},
        {"org.apache.spark.sql.execution.datasources.text", SINK_TEXT}, {"com.databricks.spark.xml", SINK_XML},
        {"com.databricks.spark.avro", SINK_AVRO}, {"org.apache.spark.sql.avro", SINK_AVRO},
        {"org.apache.spark.sql.execution.datasources.xml", SINK_XML},
    };
    for (size_t i = 0; i < PZ_COUNTOF(sinks); i++)
        if (pz_str_ieqc(format, sinks[i].name)) return &sinks[i];
    for (size_t i = 0; i < PZ_COUNTOF(aliases); i++)
        if (pz_str_ieqc(format, aliases[i].alias)) return &sinks[aliases[i].sink];
    return NULL;
}

const char *
pz_sink_label(const pz_sink *s)
{
    return s->label;
}

const char *
pz_sink_codec_setting(const pz_sink *s)
{
    return s->setting;
}

const char *
pz_sink_default_codec(const pz_sink *s)
{
    return s->codec;
}

const char *
pz_sink_extension(const pz_sink *s)
{
    return s->extension;
}

bool
pz_sink_is(const pz_sink *s, const char *name)
{
    return !strcmp(s->name, name);
}

bool
pz_sink_is_lines(const pz_sink *s)
{
    return s != &sinks[SINK_PARQUET];
}

/* Codecs of text may go by the names of Hadoop's classes. */
static pz_str
of_class(pz_str name)
{
    static const char *const classes[][2] = {{"GzipCodec", "gzip"}, {"BZip2Codec", "bzip2"}, {"DeflateCodec", "deflate"}, {"DefaultCodec", "deflate"},
                                             {"SnappyCodec", "snappy"}, {"Lz4Codec", "lz4"}};
    const size_t prefix = strlen("org.apache.hadoop.io.compress.");
    for (size_t i = 0; i < PZ_COUNTOF(classes) && pz_str_starts(name, "org.apache.hadoop.io.compress."); i++)
        if (pz_str_eqc((pz_str){name.ptr + prefix, name.len - prefix}, classes[i][0])) return pz_str_c(classes[i][1]);
    return name;
}

pz_status
pz_sink_codec(const pz_sink *s, pz_str name, const char **suffix, const char **how, pz_error *err)
{
    int group = s == &sinks[SINK_PARQUET] ? SINK_PARQUET : s == &sinks[SINK_AVRO] ? SINK_AVRO : SINK_CSV;      /* text formats share theirs */
    pz_buf known;
    pz_status st;
    if (group == SINK_CSV) name = of_class(name);
    for (size_t i = 0; i < PZ_COUNTOF(codecs); i++)
        if (codecs[i].sink == group && pz_str_ieqc(name, codecs[i].name)) {
            if (!codecs[i].how)
                return pz_raise_text(err, PZ_CLASS_SparkUnsupportedOperationException, "Files cannot be packed with " PZ_FMT, PZ_ARG(name));
            *suffix = codecs[i].suffix;
            *how = codecs[i].how;
            return PZ_OK;
        }
    if (group == SINK_AVRO)
        return pz_raise_as(err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_CODEC_SHORT_NAME_NOT_FOUND, PZ_NO_ORIGIN, "codecName",
                           pz_dup(err->arena, name).ptr, NULL);
    pz_buf_init(&known, 0);
    for (size_t i = 0; i < PZ_COUNTOF(codecs); i++)
        if (codecs[i].sink == group) pz_buf_printf(&known, "%s%s", known.len ? ", " : "", codecs[i].name);
    st = pz_raise_as(err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_CODEC_NOT_AVAILABLE_WITH_AVAILABLE_CODECS_SUGGESTION, PZ_NO_ORIGIN, "codecName",
                     pz_dup(err->arena, name).ptr, "availableCodecs", pz_buf_dup(&known, err->arena).ptr, NULL);
    pz_buf_free(&known);
    return st;
}

/* ---- types ---- */
/* The first type in it that the format has no place for, or NULL. */
static const pz_type *
foreign(const pz_sink *s, const pz_type *t)
{
    const pz_type *bad = NULL;
    bool flat = s == &sinks[SINK_CSV] || s == &sinks[SINK_TEXT];
    if (t->id == PZ_T_UDT && t->element) return foreign(s, t->element);
    if (s == &sinks[SINK_TEXT]) return pz_type_is_string(t) ? NULL : t;
    if (t->id == PZ_T_CALENDAR_INTERVAL || t->id == PZ_T_GEOMETRY || t->id == PZ_T_GEOGRAPHY) return t;
    if (s == &sinks[SINK_AVRO] && t->id == PZ_T_VARIANT) return t;
    if (flat && (pz_type_is_nested(t) || t->id == PZ_T_VARIANT || t->id == PZ_T_VOID)) return t;
    if (t->id == PZ_T_ARRAY || t->id == PZ_T_MAP) bad = foreign(s, t->element);
    if (!bad && t->id == PZ_T_MAP) bad = foreign(s, t->key);
    for (int i = 0; !bad && t->id == PZ_T_STRUCT && i < t->nfields; i++) bad = foreign(s, t->fields[i].type);
    return bad;
}

/* deep: those inside arrays and maps too */
static bool
is_empty_struct(const pz_type *t, bool deep)
{
    if (t->id == PZ_T_ARRAY) return deep && is_empty_struct(t->element, deep);
    if (t->id == PZ_T_MAP) return deep && (is_empty_struct(t->key, deep) || is_empty_struct(t->element, deep));
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++)
        if (is_empty_struct(t->fields[i].type, deep)) return true;
    return t->id == PZ_T_STRUCT && !t->nfields;
}

/* Names in Avro are letters, digits and underscores. */
static pz_status
check_avro_name(pz_str name, pz_error *err)
{
    bool ok = name.len > 0 && !(name.ptr[0] >= '0' && name.ptr[0] <= '9');
    for (size_t i = 0; i < name.len; i++) {
        unsigned char ch = (unsigned char)name.ptr[i];
        ok &= ch >= 0x80 || ch == '_' || (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z');
    }
    if (ok) return PZ_OK;
    return pz_raise_as(err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_COLUMN_NAME_AS_PATH, PZ_NO_ORIGIN, "datasource", "AvroFileFormat", "columnName",
                       pz_strf(err->arena, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
}

static pz_status
check_avro(pz_str name, const pz_type *t, pz_error *err)
{
    PZ_TRY(check_avro_name(name, err));
    if (t->id == PZ_T_MAP && !pz_type_is_string(t->key))
        return pz_raise_text(err, PZ_CLASS_SparkException, "Unexpected type " PZ_FMT ".", PZ_ARG(pz_type_simple(t, err->arena)));
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++) PZ_TRY(check_avro(t->fields[i].name, t->fields[i].type, err));
    return t->id == PZ_T_ARRAY || t->id == PZ_T_MAP ? check_avro(PZ_STR("element"), t->element, err) : PZ_OK;
}

pz_status
pz_sink_check_type(const pz_sink *s, pz_str column, const pz_type *t, pz_error *err)
{
    pz_arena *a = err->arena;
    if (foreign(s, t))
        return pz_raise(err, PZ_ERR_UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, PZ_NO_ORIGIN, "columnType",
                        pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, a))).ptr, "format", s->label, "columnName",
                        pz_strf(a, "`" PZ_FMT "`", PZ_ARG(column)).ptr, NULL);
    if (s == &sinks[SINK_AVRO]) PZ_TRY(check_avro(column, t, err));
    if (is_empty_struct(t, !pz_sink_is_lines(s))) return pz_raise(err, PZ_ERR_EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE, PZ_NO_ORIGIN, "format", s->label, NULL);
    return PZ_OK;
}

/* ---- numbers of files ---- */
bool
pz_file_is_numbered(const pz_file_write *w)
{
    return w->bucketed || w->max_records > 0 || w->tasks > 1;
}

void
pz_file_number_text(const pz_file_write *w, int first, pz_buf *out)
{
    if (!pz_file_is_numbered(w)) return;
    if (w->bucketed) {
        pz_buf_printf(out, ", k%d::BIGINT", first + w->partitions.n);
        return;
    }
    pz_buf_puts(out, ", (row_number() OVER (");
    for (int p = 0; p < w->partitions.n; p++) pz_buf_printf(out, "%sk%d", p ? ", " : "PARTITION BY ", first + p);
    if (w->max_records > 0) pz_buf_printf(out, ") - 1) // %lld", (long long)w->max_records);
    else pz_buf_printf(out, ") - 1) %% %d", w->tasks);
}

/* ---- names ---- */
void
pz_partition_dir(pz_buf *b, pz_str name, pz_str value)
{
    pz_path_escape(b, name);
    pz_buf_putc(b, '=');
    pz_path_escape(b, value.len ? value : PZ_STR("__HIVE_DEFAULT_PARTITION__"));
}

/* Behind the stage's uuid: the bucket, if there are any. */
pz_str
pz_file_bucket_text(const pz_file_write *w, int64_t number, pz_arena *a)
{
    if (!w->bucketed) return pz_str_c(w->partitions.n ? "." : "-");
    return pz_strf(a, "_%05lld.", (long long)number);
}

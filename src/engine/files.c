/*
 * engine/files.c - opening files of a format: pz_files_open().
 *
 * In: format name, paths, options, perhaps a schema.  Out: a pz_scan whose `sql` is a FROM item with the columns k0, k1, ...,
 * each already of the engine type of its Spark type: data columns first, partition columns last.
 */
#include <stdlib.h>

#include "files_int.h"

bool
pz_option_bool(const pz_options *o, const char *name, bool otherwise)
{
    pz_str v = pz_option_get(o, name, NULL);
    return v.ptr ? pz_str_ieqc(v, "true") : otherwise;
}

pz_parse_mode
pz_parse_mode_of(const pz_options *o)
{
    pz_str m = pz_option_get(o, "mode", "PERMISSIVE");
    return pz_str_ieqc(m, "FAILFAST") ? PZ_FAILFAST : pz_str_ieqc(m, "DROPMALFORMED") ? PZ_DROPMALFORMED : PZ_PERMISSIVE;
}

/* ---- formats ---- */
typedef pz_status (*infer_fn)(pz_source_in *in, pz_schema *out);

static pz_status
infer_text(pz_source_in *in, pz_schema *out)
{
    out->n = 1;
    out->fields = PZ_NEWN(in->a, pz_field, 1);
    out->fields[0] = (pz_field){PZ_STR("value"), &pz_t_string, true, {NULL, 0}};
    return PZ_OK;
}

static pz_status
infer_binary(pz_source_in *in, pz_schema *out)
{
    static const struct { const char *name; const pz_type *type; bool nullable; } cols[] = {
        {"path", &pz_t_string, false}, {"modificationTime", &pz_t_timestamp, false}, {"length", &pz_t_long, false}, {"content", &pz_t_binary, true},
    };
    out->n = PZ_COUNTOF(cols);
    out->fields = PZ_NEWN(in->a, pz_field, out->n);
    for (int i = 0; i < out->n; i++) out->fields[i] = (pz_field){pz_str_c(cols[i].name), cols[i].type, true, {NULL, 0}};
    return PZ_OK;
}

static const struct format {
    const char *name, *shown;                  /* shown: in UNABLE_TO_INFER_SCHEMA */
    infer_fn infer;                            /* NULL: parquet */
    bool needs_files, fixed;                   /* needs a file to know its schema; has one schema always */
} formats[] = {
    {"parquet", "Parquet", NULL, true, false},
    {"csv", "CSV", pz_csv_infer, true, false},
    {"json", "JSON", pz_json_infer, true, false},
    {"xml", "XML", pz_xml_infer, true, false},
    {"avro", "Avro", pz_avro_infer, false, false},
    {"text", "Text", infer_text, false, true},
    {"binaryfile", "BinaryFile", infer_binary, false, true},
};

static const struct format *
find_format(pz_str name)
{
    static const struct { const char *alias, *name; } aliases[] = {
        {"org.apache.spark.sql.parquet", "parquet"},
        {"org.apache.spark.sql.execution.datasources.parquet", "parquet"}, {"org.apache.spark.sql.execution.datasources.csv", "csv"},
        {"org.apache.spark.sql.execution.datasources.json", "json"}, {"org.apache.spark.sql.execution.datasources.text", "text"},
        {"com.databricks.spark.csv", "csv"}, {"com.databricks.spark.avro", "avro"}, {"org.apache.spark.sql.avro", "avro"},
    };
    for (size_t i = 0; i < PZ_COUNTOF(aliases); i++)
        if (pz_str_ieqc(name, aliases[i].alias)) name = pz_str_c(aliases[i].name);
    for (size_t i = 0; i < PZ_COUNTOF(formats); i++)
        if (pz_str_ieqc(name, formats[i].name)) return &formats[i];
    return NULL;
}

/* ---- schemas ---- */
static int
part_index(const pz_source_in *in, pz_str name)
{
    for (int i = 0; i < in->list.parts.n; i++)
        if (pz_str_ieq(in->list.parts.data[i].name, name)) return i;
    return -1;
}

bool
pz_source_same_name(const pz_source_in *in, pz_str a, pz_str b)
{
    return in->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

pz_status
pz_source_named_twice(pz_source_in *in, pz_str name)
{
    pz_str shown = in->case_sensitive ? name : pz_lower_ascii(in->a, name);
    return pz_raise(in->err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName", pz_strf(in->a, "`" PZ_FMT "`", PZ_ARG(shown)).ptr, NULL);
}

/* No two columns, nor fields of one struct, of one name. */
static pz_status
check_names(pz_source_in *in, const pz_field *f, int n)
{
    for (int i = 0; i < n; i++) {
        const pz_type *t = f[i].type;
        for (int k = 0; k < i; k++)
            if (pz_source_same_name(in, f[i].name, f[k].name)) return pz_source_named_twice(in, f[i].name);
        while (t->id == PZ_T_ARRAY || t->id == PZ_T_MAP) t = t->element;
        if (t->id == PZ_T_STRUCT) PZ_TRY(check_names(in, t->fields, t->nfields));
    }
    return PZ_OK;
}

/* Partition columns named in a declared schema take their type from it, and never come from the files. */
static void
split_schema(pz_source_in *in, const pz_schema *s)
{
    int n = 0;
    in->data.fields = PZ_NEWN(in->a, pz_field, s->n);
    for (int i = 0; i < s->n; i++) {
        int p = part_index(in, s->fields[i].name);
        if (p < 0) {
            in->data.fields[n++] = s->fields[i];
        } else if (in->user_schema) {
            in->list.parts.data[p].type = s->fields[i].type;
            in->list.parts.data[p].name = s->fields[i].name;
            in->list.parts.data[p].metadata = s->fields[i].metadata;
        }
        if (p < 0 && in->defaults && in->defaults->n) pz_vec_push(in->a, &in->absent, in->defaults->data[i]);
    }
    in->data.n = n;
}

/* Option singleVariantColumn: a declared schema has that column, and perhaps the one of corrupt records. */
static pz_status
check_one_variant(pz_source_in *in)
{
    pz_str bad = pz_option_get(in->options, "columnNameOfCorruptRecord", "_corrupt_record");
    int others = 0;
    for (int i = 0; i < in->data.n; i++) others += !pz_str_eq(in->data.fields[i].name, bad);
    if (others == 1 && pz_one_variant(in->options, &in->data) >= 0) return PZ_OK;
    return pz_raise(in->err, PZ_ERR_INVALID_SINGLE_VARIANT_COLUMN, PZ_NO_ORIGIN, "schema",
                    pz_strf(in->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(pz_type_struct(in->a, in->data.fields, in->data.n), in->a))).ptr, NULL);
}

static pz_status
find_schema(pz_source_in *in, const struct format *f)
{
    pz_schema s = {NULL, 0};
    pz_str one = f->infer == pz_csv_infer || f->infer == pz_json_infer || f->infer == pz_xml_infer ? pz_option_get(in->options, "singleVariantColumn", NULL) : (pz_str){0};
    pz_field whole = {one, &pz_t_variant, true, {NULL, 0}};
    if (in->user_schema) {
        PZ_TRY(check_names(in, in->user_schema->fields, in->user_schema->n));
        s = pz_schema_as_nullable(in->a, in->user_schema); /* columns that readers give are, whatever was declared */
    } else if (f->needs_files && !in->list.files.n) {
        return pz_raise(in->err, PZ_ERR_UNABLE_TO_INFER_SCHEMA, PZ_NO_ORIGIN, "format", f->shown, NULL);
    } else if (one.ptr) {
        s = (pz_schema){&whole, 1};
    } else if (f->infer) {
        PZ_TRY(f->infer(in, &s));
    }
    split_schema(in, &s);
    return one.ptr ? check_one_variant(in) : PZ_OK;
}

static bool
has_odd_keys(const pz_type *t)
{
    bool odd = t->id == PZ_T_MAP && (!pz_type_is_string(t->key) || has_odd_keys(t->element));
    if (t->id == PZ_T_ARRAY) return has_odd_keys(t->element);
    for (int i = 0; !odd && t->id == PZ_T_STRUCT && i < t->nfields; i++) odd = has_odd_keys(t->fields[i].type);
    return odd;
}

static pz_status
check_types(pz_source_in *in, const struct format *f)
{
    bool flat = !strcmp(f->name, "csv") || !strcmp(f->name, "text");
    for (int i = 0; !strcmp(f->name, "json") && i < in->data.n; i++)
        if (has_odd_keys(in->data.fields[i].type))
            return pz_raise_text(in->err, PZ_CLASS_SparkException, "JSON objects have keys of type STRING; the column `" PZ_FMT "` is declared with others",
                                 PZ_ARG(in->data.fields[i].name));
    if (!strcmp(f->name, "text") && in->data.n > 1)
        return pz_raise(in->err, PZ_ERR_LEGACY_ERROR_TEMP_1290, PZ_NO_ORIGIN, "schemaSize", pz_strf(in->a, "%d", in->data.n).ptr, NULL);
    for (int i = 0; flat && i < in->data.n; i++) {
        const pz_type *t = in->data.fields[i].type;
        bool text_only = !strcmp(f->name, "text") && !pz_type_is_string(t);
        if (text_only || pz_type_is_nested(t) || (t->id == PZ_T_VARIANT && !strcmp(f->name, "text")) || t->id == PZ_T_CALENDAR_INTERVAL)
            return pz_raise(in->err, PZ_ERR_UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, PZ_NO_ORIGIN, "format", f->shown,
                            "columnName", pz_strf(in->a, "`" PZ_FMT "`", PZ_ARG(in->data.fields[i].name)).ptr,
                            "columnType", pz_strf(in->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, in->a))).ptr, NULL);
    }
    return PZ_OK;
}

/* ---- the scan ---- */
static void
fill_scan(pz_source_in *in, pz_scan *scan)
{
    int n = in->data.n + in->list.parts.n;
    pz_buf id;
    pz_schema s = {PZ_NEWN(in->a, pz_field, n), n};
    for (int i = 0; i < in->data.n; i++) s.fields[i] = in->data.fields[i];
    for (int i = 0; i < in->list.parts.n; i++) s.fields[in->data.n + i] = in->list.parts.data[i];
    for (int i = 0; i < n; i++) {
        s.fields[i].nullable = true;
        pz_vec_push(in->a, &scan->file_columns, pz_strf(in->a, "k%d", i));
    }
    scan->format = in->format;
    scan->paths = in->roots;
    scan->parts = in->parts;
    scan->partition_columns = in->list.parts.n;
    scan->schema = s;
    scan->file_schema = (pz_schema){PZ_NEWN(in->a, pz_field, n), n};
    for (int i = 0; i < n; i++) {
        scan->file_schema.fields[i] = s.fields[i];
        scan->file_schema.fields[i].name = scan->file_columns.data[i];
    }
    if (in->options)
        for (int i = 0; i < in->options->n; i++) pz_vec_push(in->a, &scan->options, in->options->data[i]);
    pz_buf_init(&id, 0);
    pz_buf_str(&id, in->format);
    for (int i = 0; i < in->list.files.n; i++) {
        const pz_file *f = &in->list.files.data[i];
        pz_vec_push(in->a, &scan->files, f->path);
        pz_buf_printf(&id, "|" PZ_FMT ":%lld:%lld", PZ_ARG(f->path), (long long)f->size, (long long)f->mtime);
    }
    for (int i = 0; i < scan->options.n; i++) pz_buf_printf(&id, "|" PZ_FMT "=" PZ_FMT, PZ_ARG(scan->options.data[i].key), PZ_ARG(scan->options.data[i].value));
    for (int i = 0; i < n; i++) pz_buf_printf(&id, "|" PZ_FMT ":" PZ_FMT, PZ_ARG(s.fields[i].name), PZ_ARG(pz_type_simple(s.fields[i].type, in->a)));
    for (int i = 0; i < n && in->absent.n; i++) {
        pz_str text = {NULL, 0};
        if (i < in->absent.n) text = in->absent.data[i];
        pz_vec_push(in->a, &scan->defaults, text);
        if (scan->defaults.data[i].ptr) pz_buf_printf(&id, "|%d=" PZ_FMT, i, PZ_ARG(scan->defaults.data[i]));
    }
    scan->identity = pz_buf_dup(&id, in->a);
    pz_buf_free(&id);
}

/* A table of no rows with the right columns. */
static void
empty_sql(pz_source_in *in, pz_scan *scan)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "(SELECT ");
    for (int i = 0; i < scan->schema.n; i++)
        pz_buf_printf(&b, "%sCAST(NULL AS " PZ_FMT ") AS k%d", i ? ", " : "", PZ_ARG(pz_type_duckdb(scan->schema.fields[i].type, in->a)), i);
    if (!scan->schema.n) pz_buf_puts(&b, "1 AS k");
    pz_buf_puts(&b, " WHERE false)");
    scan->sql = pz_buf_dup(&b, in->a);
    pz_buf_free(&b);
}

static bool
any_default(const pz_source_in *in)
{
    for (int i = 0; i < in->absent.n; i++)
        if (in->absent.data[i].ptr) return true;
    return false;
}

static int
char_length(const pz_source_in *in, const pz_field *f)
{
    pz_str raw = pz_metadata_get(f->metadata, PZ_CHAR_TYPE_KEY, in->a);
    int n = 0;
    if (!raw.ptr || !pz_str_starts(raw, "char(") || !pz_option_bool(in->options, PZ_OPTION_PAD_CHARS, true)) return 0;
    for (size_t i = 5; i < raw.len && raw.ptr[i] >= '0' && raw.ptr[i] <= '9'; i++) n = n * 10 + raw.ptr[i] - '0';
    return n;
}

pz_str
pz_file_padded(const pz_source_in *in, const pz_field *f, pz_str text)
{
    int n = char_length(in, f);
    return n ? pz_strf(in->a, "CASE WHEN length(" PZ_FMT ") < %d THEN rpad(" PZ_FMT ", %d, ' ') ELSE " PZ_FMT " END", PZ_ARG(text), n, PZ_ARG(text), n, PZ_ARG(text))
             : text;
}

static bool
any_char(const pz_source_in *in)
{
    for (int i = 0; i < in->data.n; i++)
        if (char_length(in, &in->data.fields[i])) return true;
    return false;
}

/* The columns, with a default where the scan tells that a record has none. */
static void
put_columns(const pz_source_in *in, int n, pz_buf *b)
{
    for (int i = 0; i < n; i++) {
        pz_str d = i < in->absent.n ? in->absent.data[i] : (pz_str){NULL, 0}, text = pz_strf(in->a, "k%d", i);
        if (i < in->data.n) text = pz_file_padded(in, &in->data.fields[i], text);
        if (i) pz_buf_puts(b, ", ");
        if (d.ptr) pz_buf_printf(b, "CASE WHEN m%d THEN " PZ_FMT " ELSE " PZ_FMT " END AS ", i, PZ_ARG(d), PZ_ARG(text));
        else if (i < in->data.n) pz_buf_printf(b, PZ_FMT " AS ", PZ_ARG(text));
        pz_buf_printf(b, "k%d", i);
    }
}

static void
text_sql(pz_source_in *in, pz_scan *scan)
{
    pz_buf spec, b;
    bool wrapped = any_default(in) || any_char(in);
    pz_buf_init(&spec, 0);
    pz_buf_init(&b, 0);
    pz_text_spec_print(&spec, in);
    if (wrapped) {
        pz_buf_puts(&b, "(SELECT ");
        put_columns(in, in->data.n + in->list.parts.n + in->metadata, &b);
        pz_buf_puts(&b, " FROM ");
    }
    pz_buf_puts(&b, "pz_scan_files(");
    pz_buf_quoted(&b, pz_buf_view(&spec), '\'');
    pz_buf_puts(&b, wrapped ? "))" : ")");
    scan->sql = pz_buf_dup(&b, in->a);
    pz_buf_free(&spec);
    pz_buf_free(&b);
}

static void
metadata_sql(pz_source_in *in, pz_scan *scan)
{
    pz_scan more;
    scan->metadata_sql = PZ_STR("-");
    more = *pz_scan_metadata(in->a, scan);
    in->metadata = true;
    if (in->list.files.n) text_sql(in, &more);
    else empty_sql(in, &more);
    in->metadata = false;
    scan->metadata_sql = more.sql;
}

/* Files without a byte hold no rows, whatever else they lack. */
static void
drop_empty(pz_source_in *in)
{
    int n = 0;
    for (int i = 0; i < in->list.files.n; i++)
        if (in->list.files.data[i].size) in->list.files.data[n++] = in->list.files.data[i];
    in->list.files.n = n;
}

static bool
part_fits(const pz_type *t, pz_str value)
{
    int64_t i;
    int32_t days;
    double d;
    switch (t->id) {
    case PZ_T_INT: return pz_text_long(value, &i) && i >= INT32_MIN && i <= INT32_MAX;
    case PZ_T_LONG: return pz_text_long(value, &i);
    case PZ_T_DOUBLE: return pz_text_double(value, &d);
    case PZ_T_DATE: return pz_date_parse(value, &days);
    default: return true;
    }
}

/* Values of partition directories have to be of the types that were declared for them. */
static pz_status
check_part(pz_source_in *in, const pz_field *f, pz_str value)
{
    const char *shown, *type;
    if (!value.ptr || part_fits(f->type, value)) return PZ_OK;
    shown = pz_strf(in->a, "'" PZ_FMT "'", PZ_ARG(value)).ptr;
    type = pz_strf(in->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(f->type, in->a))).ptr;
    if (in->parts)                             /* those a catalog knows are cast */
        return pz_raise_as(in->err, PZ_CLASS_SparkNumberFormatException, PZ_ERR_CAST_INVALID_INPUT, PZ_NO_ORIGIN, "expression", shown, "sourceType", "\"STRING\"",
                           "targetType", type, "ansiConfig", "\"spark.sql.ansi.enabled\"", NULL);
    return pz_raise_as(in->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_INVALID_PARTITION_VALUE, PZ_NO_ORIGIN, "value", shown, "dataType", type,
                       "columnName", pz_strf(in->a, "`" PZ_FMT "`", PZ_ARG(f->name)).ptr, NULL);
}

static pz_status
check_parts(pz_source_in *in)
{
    for (int p = 0; in->user_schema && p < in->list.parts.n; p++) {
        const pz_field *f = &in->list.parts.data[p];
        for (int i = 0; in->parts && i < in->parts->list.n; i++) PZ_TRY(check_part(in, f, in->parts->list.data[i].values.data[p]));
        for (int i = 0; !in->parts && i < in->list.files.n; i++) PZ_TRY(check_part(in, f, in->list.files.data[i].parts[p]));
    }
    return PZ_OK;
}

pz_status
pz_files_open(pz_engine *e, pz_str format, const pz_strs *paths, const pz_options *options, const pz_schema *user_schema,
              const pz_strs *defaults, const pz_file_parts *parts, pz_str time_zone, pz_arena *a, pz_scan **out, pz_error *err)
{
    const struct format *f = find_format(format);
    pz_source_in in = {.engine = e, .paths = paths, .options = options, .user_schema = user_schema, .defaults = defaults, .parts = parts,
                       .time_zone = time_zone, .a = a, .err = err};
    pz_scan *scan = PZ_NEW(a, pz_scan);
    if (!f) return pz_raise(err, PZ_ERR_DATA_SOURCE_NOT_FOUND, PZ_NO_ORIGIN, "provider", pz_dup(a, format).ptr, NULL);
    in.format = pz_str_c(f->name);
    in.case_sensitive = pz_option_bool(options, PZ_OPTION_CASE_SENSITIVE, false);
    in.zone = pz_zone_find(time_zone.len ? time_zone : PZ_STR("UTC"));
    PZ_TRY(pz_files_check_options(&in));
    PZ_TRY(pz_files_list(&in));
    if (!f->infer) drop_empty(&in);
    if (!f->infer && pz_option_bool(options, "ignoreCorruptFiles", false)) pz_parquet_drop_corrupt(&in);
    PZ_TRY(find_schema(&in, f));
    PZ_TRY(check_parts(&in));
    if (!f->infer && in.list.files.n) {
        PZ_TRY(pz_parquet_open(&in, scan));    /* makes the SQL, and the schema unless declared */
        fill_scan(&in, scan);
    } else {
        PZ_TRY(check_types(&in, f));
        fill_scan(&in, scan);
        if (in.list.files.n && scan->schema.n) text_sql(&in, scan);
        else empty_sql(&in, scan);
        metadata_sql(&in, scan);
    }
    *out = scan;
    return PZ_OK;
}

/*
 * session/write_files.c - the rows of a plan written as files of a format.
 *
 * In: a resolved plan and a target.  The plan gets one more projection: what goes into the files (text formats: one line made by the
 * functions to_csv and to_json), then the partition columns as text.  The engine runs it into a stage; publishing makes it visible.
 * Things start at pz_write_files().
 */
#include "write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file_table.h"
#include "session_int.h"
#include "../types/datetime_pattern.h"

typedef struct writing {
    pz_query *q;
    const pz_file_target *t;
    pz_arena *a;
    pz_error *err;
    const pz_plan *plan;
    pz_file_write w;
    pz_schema data;                            /* columns inside the files */
    PZ_VEC(int) data_at, part_at;              /* their places in the plan's output */
    bool dynamic;                              /* only the partitions that are written are replaced */
    char uuid[PZ_UUID_SIZE];
    pz_change *change;                         /* with which the files become visible */
    pz_stage stage;
} writing;

bool
pz_write_mode_of(pz_str text, pz_write_mode *out)
{
    static const struct { const char *name; pz_write_mode mode; } modes[] = {
        {"error", PZ_WRITE_ERROR}, {"errorifexists", PZ_WRITE_ERROR}, {"default", PZ_WRITE_ERROR}, {"ignore", PZ_WRITE_IGNORE},
        {"append", PZ_WRITE_APPEND}, {"overwrite", PZ_WRITE_OVERWRITE},
    };
    for (size_t i = 0; i < PZ_COUNTOF(modes); i++)
        if (pz_str_ieqc(text, modes[i].name)) {
            *out = modes[i].mode;
            return true;
        }
    return false;
}

/* ---- options ---- */
static pz_str
option(const writing *s, const char *name)
{
    return pz_option_get(&s->t->options, name, NULL);
}

static pz_str
option_or(const writing *s, const char *name, const char *other, const char *otherwise)
{
    pz_str v = option(s, name);
    if (!v.ptr && other) v = option(s, other);
    return v.ptr ? v : pz_str_c(otherwise);
}

static pz_status
take_codec(writing *s)
{
    pz_str name = option_or(s, "compression", pz_sink_is_lines(s->w.sink) ? "codec" : "parquet.compression", NULL);
    const char *setting = pz_sink_codec_setting(s->w.sink);
    if (!name.ptr && *setting) name = pz_confs_text(s->q->confs, setting);
    if (!name.ptr) name = pz_str_c(pz_sink_default_codec(s->w.sink));
    return pz_sink_codec(s->w.sink, name, &s->w.suffix, &s->w.how, s->err);
}

static pz_status
take_charset(writing *s)
{
    pz_str c = option_or(s, "encoding", "charset", "UTF-8");
    static const char *const known[] = {"UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "windows-1252", "latin1", "ascii", "utf8"};
    bool xml = pz_sink_is(s->w.sink, "xml");
    if (pz_str_ieqc(c, "UTF-8") || pz_str_ieqc(c, "utf8")) return PZ_OK;
    if (!xml && pz_str_ieqc(c, "UTF-32")) c = PZ_STR("UTF-32BE");
    else if (!xml && pz_str_starts(c, "UTF-32")) goto unknown;
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (pz_str_ieqc(c, known[i])) {
            s->w.charset = c;
            return PZ_OK;
        }
unknown:
    if (pz_sink_is(s->w.sink, "csv") || pz_sink_is(s->w.sink, "json"))
        return pz_raise_as(s->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_PARAMETER_VALUE_CHARSET, PZ_NO_ORIGIN, "charset", pz_dup(s->a, c).ptr,
                           "charsets", "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8", "functionName",
                           pz_sink_is(s->w.sink, "csv") ? "`CSVOptions`" : "`JSONOptions`", "parameter", "`charset`", NULL);
    return pz_raise_text(s->err, PZ_CLASS_SparkUnsupportedOperationException, "Files cannot be written in the encoding " PZ_FMT, PZ_ARG(c));
}

static void
take_limits(writing *s)
{
    pz_str v = option(s, "maxRecordsPerFile"), mode = option(s, "partitionOverwriteMode");
    const pz_rel *r = s->plan->root;
    s->w.max_records = v.ptr ? strtoll(pz_dup(s->a, v).ptr, NULL, 10) : pz_confs_int(s->q->confs, "spark.sql.files.maxRecordsPerFile", 0);
    if (s->w.max_records < 0) s->w.max_records = 0;
    if (!mode.ptr) mode = pz_confs_text(s->q->confs, "spark.sql.sources.partitionOverwriteMode");
    s->dynamic = s->t->is_table ? s->t->dynamic : s->t->mode == PZ_WRITE_OVERWRITE && s->t->partition_by.n && pz_str_ieqc(mode, "dynamic");
    while (r && (r->kind == PZ_REL_PROJECT || r->kind == PZ_REL_ALIAS)) r = r->input;
    if (r && r->kind == PZ_REL_REPARTITION && r->u.repartition.partitions > 1 && r->u.repartition.partitions <= 10000 && r->u.repartition.shuffle)
        s->w.tasks = r->u.repartition.partitions;
}

static pz_status
check_patterns(writing *s)
{
    static const char *const names[] = {"timestampFormat", "timestampNTZFormat", "dateFormat"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (option(s, names[i]).ptr) PZ_TRY(pz_datetime_pattern_check(pz_datetime_pattern_make(s->a, option(s, names[i]), false, PZ_TIME_CORRECTED), s->err));
    return PZ_OK;
}

/* Options that text formats share, and values they may not have. */
static pz_status
check_options(writing *s)
{
    pz_str zone = option(s, "timeZone"), most = option(s, "maxRecordsPerFile"), extension = option(s, "extension");
    const char *end;
    if (most.ptr) {
        char *stop;
        end = pz_dup(s->a, most).ptr;
        (void)strtoll(end, &stop, 10);
        if (!most.len || *stop) return pz_raise_text(s->err, PZ_CLASS_SparkNumberFormatException, "For input string: \"" PZ_FMT "\"", PZ_ARG(most));
    }
    end = option(s, "lineSep").ptr;
    if (end && !option(s, "lineSep").len && (pz_sink_is(s->w.sink, "text") || pz_sink_is(s->w.sink, "json")))
        return pz_raise_text(s->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: 'lineSep' cannot be an empty string.");
    if (!pz_sink_is_lines(s->w.sink) || pz_sink_is(s->w.sink, "text")) return PZ_OK;
    if (zone.ptr && !pz_zone_find(zone)) return pz_raise(s->err, PZ_ERR_INVALID_TIMEZONE, PZ_NO_ORIGIN, "timeZone", pz_dup(s->a, zone).ptr, NULL);
    if (pz_sink_is(s->w.sink, "json")) PZ_TRY(check_patterns(s));
    if (!extension.ptr || !pz_sink_is(s->w.sink, "csv")) return PZ_OK;
    for (size_t i = 0; i < extension.len || extension.len != 3; i++)
        if (extension.len != 3 || !((extension.ptr[i] | 32) >= 'a' && (extension.ptr[i] | 32) <= 'z'))
            return pz_raise_text(s->err, PZ_CLASS_JavaIllegalArgumentException, "The extension of CSV files has three letters, unlike " PZ_FMT, PZ_ARG(extension));
    s->w.extension = pz_dup(s->a, extension).ptr;
    return PZ_OK;
}

/* The codec stands before the extension, and may have a level. */
static void
take_avro_codec(writing *s)
{
    static const struct { const char *how, *setting; } levels[] = {
        {"deflate", "spark.sql.avro.deflate.level"}, {"xz", "spark.sql.avro.xz.level"}, {"zstandard", "spark.sql.avro.zstandard.level"}};
    for (size_t i = 0; i < PZ_COUNTOF(levels); i++)
        if (!strcmp(s->w.how, levels[i].how)) s->w.level = (int)pz_confs_int(s->q->confs, levels[i].setting, -1);
    if (*s->w.suffix) s->w.extension = pz_strf(s->a, "%s.avro", s->w.suffix + 1).ptr;
    s->w.suffix = "";
}

static pz_status
take_format(writing *s)
{
    pz_str f = s->t->format, sep;
    s->w.sink = pz_sink_find(f);
    if (!s->w.sink) {
        if (pz_str_ieqc(f, "binaryFile"))
            return pz_raise_as(s->err, PZ_CLASS_SparkUnsupportedOperationException, PZ_ERR_UNSUPPORTED_FEATURE_WRITE_FOR_BINARY_SOURCE, PZ_NO_ORIGIN, NULL);
        return pz_raise(s->err, PZ_ERR_DATA_SOURCE_NOT_FOUND, PZ_NO_ORIGIN, "provider", pz_dup(s->a, f).ptr, NULL);
    }
    s->w.extension = pz_sink_extension(s->w.sink);
    PZ_TRY(take_codec(s));
    PZ_TRY(check_options(s));
    if (!pz_sink_is_lines(s->w.sink)) return PZ_OK;
    if (pz_sink_is(s->w.sink, "avro")) {
        take_avro_codec(s);
        return PZ_OK;
    }
    if (!pz_sink_is(s->w.sink, "text")) PZ_TRY(take_charset(s));       /* texts are UTF-8 whatever is said */
    if (pz_sink_is(s->w.sink, "xml")) {
        s->w.line_sep = PZ_STR("\n");
        if (s->w.charset.len) s->w.highest = pz_str_ieqc(s->w.charset, "US-ASCII") || pz_str_ieqc(s->w.charset, "ascii") ? 0x7f : 0xff;
        if (pz_str_starts(s->w.charset, "UTF-32")) s->w.highest = 0;
        return PZ_OK;
    }
    sep = option(s, "lineSep");
    s->w.line_sep = sep.len ? sep : PZ_STR("\n");
    s->w.skip_empty = pz_sink_is(s->w.sink, "csv");
    return PZ_OK;
}

/* ---- columns ---- */
static bool
same_name(const writing *s, pz_str a, pz_str b)
{
    return s->q->place.env.case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

static pz_status
twice(writing *s, pz_str name)
{
    pz_str shown = s->q->place.env.case_sensitive ? name : pz_lower_ascii(s->a, name);
    return pz_raise(s->err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName", pz_strf(s->a, "`" PZ_FMT "`", PZ_ARG(shown)).ptr, NULL);
}

static pz_status
check_names(writing *s, const pz_attrs *out)
{
    const pz_strs *parts = &s->t->partition_by;
    bool csv = pz_sink_is(s->w.sink, "csv") && !s->t->is_table;        /* its columns have places, whatever their names */
    for (int i = 0; i < out->n && !csv; i++)
        for (int k = 0; k < i; k++) {
            if (same_name(s, out->data[i]->name, out->data[k]->name)) return twice(s, out->data[i]->name);
            if (!pz_sink_is_lines(s->w.sink) && pz_str_ieq(out->data[i]->name, out->data[k]->name))
                return pz_raise_text(s->err, PZ_CLASS_SparkUnsupportedOperationException, "Columns of Parquet files are not told apart by case: " PZ_FMT,
                                     PZ_ARG(out->data[i]->name));
        }
    for (int i = 0; i < parts->n; i++)
        for (int k = 0; k < i; k++)
            if (same_name(s, parts->data[i], parts->data[k])) return twice(s, parts->data[i]);
    return PZ_OK;
}

static pz_status
find_partition(writing *s, const pz_attrs *out, pz_str name)
{
    pz_schema all = {PZ_NEWN(s->a, pz_field, out->n + 1), out->n};
    pz_str found = PZ_STR("");
    int times = 0;
    for (int i = 0; i < out->n; i++)
        if (same_name(s, out->data[i]->name, name)) found = pz_strf(s->a, PZ_FMT "%s`" PZ_FMT "`", PZ_ARG(found), times++ ? ", " : "", PZ_ARG(name));
    if (times > 1)
        return pz_raise(s->err, PZ_ERR_AMBIGUOUS_REFERENCE, PZ_NO_ORIGIN, "name", pz_strf(s->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, "referenceNames",
                        pz_strf(s->a, "[" PZ_FMT "]", PZ_ARG(found)).ptr, NULL);
    for (int i = 0; i < out->n; i++)
        if (same_name(s, out->data[i]->name, name)) {
            const pz_type *t = out->data[i]->type;
            if (pz_type_is_nested(t) || t->id == PZ_T_VARIANT || t->id == PZ_T_CALENDAR_INTERVAL || t->id == PZ_T_VOID || t->id == PZ_T_UDT)
                return pz_raise(s->err, PZ_ERR_INVALID_PARTITION_COLUMN_DATA_TYPE, PZ_NO_ORIGIN, "type",
                                pz_strf(s->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, s->a))).ptr, NULL);
            pz_vec_push(s->a, &s->part_at, i);
            pz_vec_push(s->a, &s->w.partitions, s->t->is_table ? out->data[i]->name : name);
            return PZ_OK;
        }
    for (int i = 0; i < out->n; i++) all.fields[i] = (pz_field){.name = out->data[i]->name, .type = out->data[i]->type, .nullable = true};
    return pz_raise(s->err, PZ_ERR_LEGACY_ERROR_TEMP_1155, PZ_NO_ORIGIN, "col", pz_dup(s->a, name).ptr, "schemaCatalog",
                    pz_type_simple(pz_type_struct(s->a, all.fields, all.n), s->a).ptr, NULL);
}

static pz_status
split_columns(writing *s)
{
    const pz_attrs *out = &s->plan->root->output;
    PZ_TRY(check_names(s, out));
    for (int i = 0; i < s->t->partition_by.n; i++) PZ_TRY(find_partition(s, out, s->t->partition_by.data[i]));
    s->data.fields = PZ_NEWN(s->a, pz_field, out->n + 1);
    for (int i = 0; i < out->n; i++) {
        bool part = false;
        const pz_attr *at = out->data[i];
        for (int p = 0; p < s->part_at.n; p++) part |= s->part_at.data[p] == i;
        if (part) continue;
        s->data.fields[s->data.n++] = (pz_field){.name = at->name, .type = at->type, .nullable = true, .metadata = at->metadata};
        pz_vec_push(s->a, &s->data_at, i);
    }
    if (out->n && !s->data.n) return pz_raise(s->err, PZ_ERR_ALL_PARTITION_COLUMNS_NOT_ALLOWED, PZ_NO_ORIGIN, NULL);
    if (!s->data.n) return pz_raise(s->err, PZ_ERR_EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE, PZ_NO_ORIGIN, "format", pz_sink_label(s->w.sink), NULL);
    for (int i = 0; i < s->data.n; i++) PZ_TRY(pz_sink_check_type(s->w.sink, s->data.fields[i].name, s->data.fields[i].type, s->err));
    if (pz_sink_is(s->w.sink, "text") && s->data.n != 1)
        return pz_raise(s->err, PZ_ERR_LEGACY_ERROR_TEMP_1290, PZ_NO_ORIGIN, "schemaSize", pz_strf(s->a, "%d", s->data.n).ptr, NULL);
    s->w.data = &s->data;
    return PZ_OK;
}

/* ---- the projection ---- */
static pz_expr *
reference(writing *s, int column)
{
    pz_expr *e = pz_expr_make(s->a, PZ_EXPR_ATTR, PZ_NO_ORIGIN);
    pz_attr *at = s->plan->root->output.data[column];
    e->u.attr = at;
    e->type = at->type;
    e->nullable = at->nullable;
    e->resolved = true;
    return e;
}

static void
add_output(writing *s, pz_rel *p, pz_expr *e)
{
    pz_attr *at;
    pz_expr *alias;
    if (e->kind == PZ_EXPR_ATTR) {
        pz_vec_push(s->a, &p->exprs, e);
        pz_vec_push(s->a, &p->output, e->u.attr);
        return;
    }
    at = PZ_NEW(s->a, pz_attr);
    *at = (pz_attr){.id = s->q->next_attr++, .name = PZ_STR("value"), .type = e->type, .nullable = e->nullable};
    alias = pz_alias_make(s->a, e, at->name);
    alias->type = e->type;
    alias->nullable = e->nullable;
    alias->resolved = true;
    alias->u.alias.attr = at;
    pz_vec_push(s->a, &p->exprs, alias);
    pz_vec_push(s->a, &p->output, at);
}

static pz_expr *
call(writing *s, const char *name)
{
    return pz_call_make(s->a, PZ_NO_ORIGIN, name, 0);
}

/* JSON tells a null from a column that was not there yet, which reads as a default. */
static void
keep_nulls(writing *s, pz_expr *map)
{
    pz_str list = PZ_STR(",");
    if (!pz_sink_is(s->w.sink, "json") || !pz_confs_bool(s->q->confs, "spark.sql.jsonGenerator.writeNullIfWithDefaultValue")) return;
    for (int i = 0; i < s->data.n; i++)
        if (pz_metadata_get(s->data.fields[i].metadata, "EXISTS_DEFAULT", s->a).ptr) list = pz_strf(s->a, PZ_FMT "%d,", PZ_ARG(list), i);
    if (list.len == 1) return;
    pz_vec_push(s->a, &map->args, pz_literal_string(s->a, PZ_STR(PZ_OPTION_NULLS)));
    pz_vec_push(s->a, &map->args, pz_literal_string(s->a, list));
}

/* to_csv(named_struct('a', a, ...), map('header', 'true', ...)), or its like, or the names of the columns in place of their values */
static pz_expr *
line_call(writing *s, bool names)
{
    const char *how = s->w.avro_schema.ptr ? "avro record" : pz_sink_is(s->w.sink, "json") ? "to_json" : pz_sink_is(s->w.sink, "xml") ? "xml record" : "to_csv";
    pz_expr *row = call(s, "named_struct"), *map = call(s, "map"), *out = call(s, how);
    for (int i = 0; i < s->data.n; i++) {
        pz_str name = s->data.fields[i].name;
        pz_expr *value = names ? pz_literal_string(s->a, name) : reference(s, s->data_at.data[i]);     /* names may occur twice */
        pz_vec_push(s->a, &row->args, pz_literal_string(s->a, name));
        pz_vec_push(s->a, &row->args, value);
    }
    if (s->w.avro_schema.ptr) {
        pz_vec_push(s->a, &out->args, row);
        pz_vec_push(s->a, &out->args, pz_literal_string(s->a, s->w.avro_schema));
        return out;
    }
    for (int i = 0; i < s->t->options.n; i++) {
        const pz_option *o = &s->t->options.data[i];
        bool again = false;
        for (int k = i + 1; k < s->t->options.n; k++) again |= pz_str_ieq(s->t->options.data[k].key, o->key);
        if (again || !o->value.ptr || pz_str_ieqc(o->key, "path")) continue;
        pz_vec_push(s->a, &map->args, pz_literal_string(s->a, o->key));
        pz_vec_push(s->a, &map->args, pz_literal_string(s->a, o->value));
    }
    if (!names) keep_nulls(s, map);
    pz_vec_push(s->a, &out->args, row);
    if (map->args.n) pz_vec_push(s->a, &out->args, map);
    return out;
}

/* ---- Avro: the schema of the files */
static pz_status
take_avro_schema(writing *s)
{
    pz_schema rows = {PZ_NEWN(s->a, pz_field, s->data.n + 1), s->data.n};
    if (!pz_sink_is(s->w.sink, "avro")) return PZ_OK;
    s->w.avro_schema = option(s, "avroSchema");
    if (s->w.avro_schema.ptr) return PZ_OK;
    for (int i = 0; i < s->data.n; i++) {
        rows.fields[i] = s->data.fields[i];
        rows.fields[i].nullable = s->plan->root->output.data[s->data_at.data[i]]->nullable;
    }
    if (pz_avro_schema_text(&rows, option_or(s, "recordName", NULL, "topLevelRecord"), option_or(s, "recordNamespace", NULL, ""), s->a, &s->w.avro_schema)) return PZ_OK;
    return pz_raise_internal(s->err, "a type has no place in Avro");
}

/* ---- XML: what stands around the records ---- */
static pz_status
write_failed(writing *s)
{
    pz_error_init(s->err, s->err->arena);
    return pz_raise(s->err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", pz_strf(s->a, "file:" PZ_FMT, PZ_ARG(s->t->path)).ptr, NULL);
}

static bool
is_plain_name(pz_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char ch = (unsigned char)name.ptr[i];
        bool letter = ch >= 0x80 || ch == '_' || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
        if (!letter && (!i || !strchr("0123456789-.", ch))) return false;
    }
    return name.len > 0;
}

/* One attribute of the root, given as name="value". */
static bool
root_attribute(pz_str given, pz_buf *b)
{
    const char *eq = memchr(given.ptr, '=', given.len);
    pz_str name, value;
    if (!eq) return false;
    name = (pz_str){given.ptr, (size_t)(eq - given.ptr)};
    value = (pz_str){eq + 1, given.len - name.len - 1};
    while (value.len && strchr("'\"", value.ptr[0])) value.ptr++, value.len--;
    while (value.len && strchr("'\"", value.ptr[value.len - 1])) value.len--;
    pz_buf_printf(b, " " PZ_FMT "=\"", PZ_ARG(name));
    for (size_t i = 0; i < value.len; i++) {
        char ch = value.ptr[i];
        if (strchr("<&\"", ch)) pz_buf_puts(b, ch == '<' ? "&lt;" : ch == '&' ? "&amp;" : "&quot;");
        else pz_buf_putc(b, ch);
    }
    pz_buf_putc(b, '"');
    return is_plain_name(name);
}

static pz_status
take_root(writing *s)
{
    pz_str declaration = option_or(s, "declaration", NULL, "version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\""), root = option_or(s, "rootTag", NULL, "ROWS"), name = root;
    bool check = !pz_str_ieqc(option_or(s, "validateName", NULL, "true"), "false"), ok;
    const char *space = memchr(root.ptr, ' ', root.len);
    pz_buf b;
    pz_buf_init(&b, 0);
    if (declaration.len) pz_buf_printf(&b, "<?xml " PZ_FMT "?>\n", PZ_ARG(declaration));
    if (space) name.len = (size_t)(space - root.ptr);
    pz_buf_printf(&b, "<" PZ_FMT, PZ_ARG(name));
    ok = !check || is_plain_name(name);
    for (size_t at = name.len; at < root.len && ok;) {
        const char *next = memchr(root.ptr + at + 1, ' ', root.len - at - 1);
        size_t end = next ? (size_t)(next - root.ptr) : root.len;
        pz_str one = {root.ptr + at + 1, end - at - 1};
        if (one.len) ok = root_attribute(one, &b);
        at = end;
    }
    pz_buf_putc(&b, '>');
    s->w.header = pz_buf_dup(&b, s->a);
    s->w.footer = pz_strf(s->a, "</" PZ_FMT ">", PZ_ARG(name));
    pz_buf_free(&b);
    return ok ? PZ_OK : write_failed(s);
}

static pz_status
check_xml(writing *s)
{
    if (!s->w.sink || !pz_sink_is(s->w.sink, "xml")) return PZ_OK;
    if (!option(s, "rowTag").ptr) return pz_raise(s->err, PZ_ERR_XML_ROW_TAG_MISSING, PZ_NO_ORIGIN, "rowTag", "`rowTag`", NULL);
    return pz_xml_check_options(&s->t->options, s->err);
}

/* What cannot be said in XML, or in a given schema of Avro, is found while rows are written. */
static bool
is_no_xml(const writing *s, const pz_error *err)
{
    if (pz_sink_is(s->w.sink, "avro")) return err->id == PZ_ERR_TASK_WRITE_FAILED;
    if (!pz_sink_is(s->w.sink, "xml")) return false;
    return err->id == PZ_ERR_LEGACY_ERROR_TEMP_3238 || (err->id == PZ_ERR_TEXT && (err->klass == PZ_CLASS_XMLStreamException || err->klass == PZ_CLASS_WstxIOException));
}

static pz_status
take_header(writing *s)
{
    const pz_env *env = &s->q->place.env;
    pz_attrs none = {0};
    pz_expr *e;
    pz_value v;
    if (pz_sink_is(s->w.sink, "xml")) return take_root(s);
    if (!pz_sink_is(s->w.sink, "csv") || !pz_str_ieqc(option_or(s, "header", NULL, "false"), "true")) return PZ_OK;
    PZ_TRY(pz_analyze_expr(env, line_call(s, true), &none, s->a, &e, s->err));
    PZ_TRY(env->fold(env->ctx, e, s->a, &v, s->err));
    s->w.header = v.s;
    return PZ_OK;
}

static pz_expr *
named_column(writing *s, pz_str name)
{
    pz_expr *column = pz_expr_make(s->a, PZ_EXPR_COLUMN, PZ_NO_ORIGIN);
    pz_vec_push(s->a, &column->names, name);
    column->plan_id = -1;
    return column;
}

/* pmod(hash(bucket columns), buckets), which is where other engines look for a row too */
static pz_status
add_bucket(writing *s, pz_rel *p)
{
    pz_expr *hash = call(s, "hash"), *e;
    for (int i = 0; i < s->t->bucket_by.n; i++) pz_vec_push(s->a, &hash->args, named_column(s, s->t->bucket_by.data[i]));
    PZ_TRY(pz_analyze_expr(&s->q->place.env, pz_call_make(s->a, PZ_NO_ORIGIN, "pmod", 2, hash, pz_literal_int(s->a, (int32_t)s->t->buckets)),
                           &s->plan->root->output, s->a, &e, s->err));
    add_output(s, p, e);
    s->w.bucketed = true;
    return PZ_OK;
}

/* The rows in the order that the files of a bucketed table have. */
static pz_status
sorted_rows(writing *s, pz_rel **rows)
{
    pz_rel *sort = pz_rel_make(s->a, PZ_REL_SORT, PZ_NO_ORIGIN);
    if (s->t->buckets < 1 || !s->t->sort_by.n) return PZ_OK;
    sort->input = *rows;
    sort->output = (*rows)->output;
    sort->resolved = true;
    sort->u.sort.global = true;
    for (int i = 0; i < s->t->sort_by.n; i++) {
        pz_expr *o = pz_expr_make(s->a, PZ_EXPR_SORT_ORDER, PZ_NO_ORIGIN), *e;
        PZ_TRY(pz_analyze_expr(&s->q->place.env, named_column(s, s->t->sort_by.data[i]), &s->plan->root->output, s->a, &e, s->err));
        pz_vec_push(s->a, &o->args, e);
        o->u.sort.asc = o->u.sort.nulls_first = true;
        o->type = e->type;
        o->resolved = true;
        pz_vec_push(s->a, &sort->exprs, o);
    }
    *rows = sort;
    return PZ_OK;
}

static pz_status
make_projection(writing *s, pz_plan *out)
{
    const pz_env *env = &s->q->place.env;
    const pz_attrs *in = &s->plan->root->output;
    pz_rel *p = pz_rel_make(s->a, PZ_REL_PROJECT, PZ_NO_ORIGIN);
    pz_expr *e;
    p->input = s->plan->root;
    p->resolved = true;
    PZ_TRY(sorted_rows(s, &p->input));
    if (pz_sink_is_lines(s->w.sink) && !pz_sink_is(s->w.sink, "text")) {
        PZ_TRY(pz_analyze_expr(env, line_call(s, false), in, s->a, &e, s->err));
        add_output(s, p, e);
    } else {
        for (int i = 0; i < s->data_at.n; i++) add_output(s, p, reference(s, s->data_at.data[i]));
    }
    for (int i = 0; i < s->part_at.n; i++) {
        const pz_attr *at = in->data[s->part_at.data[i]];
        pz_expr *cast = pz_expr_make(s->a, PZ_EXPR_CAST, PZ_NO_ORIGIN), *column = pz_expr_make(s->a, PZ_EXPR_COLUMN, PZ_NO_ORIGIN);
        pz_vec_push(s->a, &column->names, at->name);
        column->plan_id = cast->plan_id = -1;
        cast->type = &pz_t_string;
        pz_vec_push(s->a, &cast->args, column);
        PZ_TRY(pz_analyze_expr(env, cast, in, s->a, &e, s->err));
        add_output(s, p, e);
    }
    if (s->t->buckets > 0) PZ_TRY(add_bucket(s, p));
    *out = *s->plan;
    out->root = p;
    return PZ_OK;
}

/* ---- running ---- */
static pz_status
drain(pz_run *run, bool kept, pz_line_writer *lines, int64_t *rows, pz_error *err)
{
    struct pz_chunk *c;
    pz_status st;
    while ((st = pz_run_next(run, &c, err)) == PZ_OK && c) {
        if (lines) {
            *rows += pz_chunk_rows(c);
            st = pz_line_writer_add(lines, c, err);
        } else if (kept) {
            pz_vector_view v;
            pz_chunk_column(c, 0, &v);
            *rows += *(const int64_t *)v.data; /* COPY tells their number */
        }
        pz_chunk_free(c);
        if (st != PZ_OK) break;
    }
    return st;
}

/* The statement around the SELECT; no sink: the rows are dropped. */
static pz_status
statement_text(writing *s, const pz_plan *plan, bool wide, pz_lower_info *info, pz_str *out, pz_error *err)
{
    pz_lower_env env = s->q->lower;
    pz_buf select, sql;
    pz_status st;
    pz_buf_init(&select, 0);
    pz_buf_init(&sql, 0);
    env.wide_decimals = wide;
    st = pz_lower_with(&env, plan, s->a, &select, info, err);
    if (!s->w.sink) pz_buf_str(&sql, pz_buf_view(&select));
    else if (pz_sink_is_lines(s->w.sink)) pz_lines_select_text(&s->w, pz_buf_view(&select), &sql);
    else pz_parquet_copy_text(&s->w, pz_buf_view(&select), s->a, &sql);
    *out = pz_buf_dup(&sql, s->a);
    pz_buf_free(&select);
    pz_buf_free(&sql);
    if (st == PZ_OK && pz_log_on(PZ_LOG_TRACE)) pz_log(PZ_LOG_TRACE, "event=write sql=\"" PZ_FMT "\"", PZ_ARG(*out));
    return st;
}

static pz_status
run_once(writing *s, const pz_plan *plan, bool wide, bool *narrow, int64_t *rows, pz_error *err)
{
    pz_lower_info info = {0};
    pz_run_settings settings;
    pz_line_writer *lines;
    pz_run *run;
    pz_str sql;
    pz_status st = statement_text(s, plan, wide, &info, &sql, err);
    *narrow = info.narrow_decimals;
    *rows = 0;
    if (st != PZ_OK) return st;
    pz_query_run_settings(s->q, &settings);
    settings.deep = info.deep;
    settings.repeats = info.repeats;
    lines = s->w.sink && pz_sink_is_lines(s->w.sink) ? pz_line_writer_open(&s->w) : NULL;
    run = pz_run_make(pz_sessions_engine(s->q->session->all));
    st = pz_operation_start(s->q->op, run, &settings, sql, err);
    if (st == PZ_OK) st = drain(run, s->w.sink != NULL, lines, rows, err);
    pz_operation_close(s->q->op, run);
    if (lines && pz_line_writer_close(lines, st == PZ_OK, err) != PZ_OK) st = PZ_FAIL;
    if (s->w.sink && !lines && st == PZ_OK) st = pz_parquet_arrange(&s->w, s->a, err);
    return st;
}

/* A decimal overflow may be the engine's, not Spark's: then once more with full widths, into an empty stage. */
static pz_status
run_all(writing *s, const pz_plan *plan, int64_t *rows)
{
    bool narrow;
    pz_error err;
    pz_error_init(&err, s->a);
    if (run_once(s, plan, false, &narrow, rows, &err) == PZ_OK) return PZ_OK;
    if (!narrow || err.id == PZ_ERR_OPERATION_CANCELED) {
        pz_error_copy(s->err, &err);
        return PZ_FAIL;
    }
    pz_stage_drop(&s->stage);
    if (mkdir(s->stage.dir.ptr, 0777) != 0)
        return pz_raise(s->err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", pz_strf(s->a, "file:" PZ_FMT, PZ_ARG(s->stage.target)).ptr, NULL);
    return run_once(s, plan, true, &narrow, rows, s->err);
}

/* ---- publishing ---- */
static void
mark_success(const writing *s)
{
    int fd;
    if (s->dynamic) return;                    /* as Spark */
    fd = open(pz_strf(s->a, PZ_FMT "/_SUCCESS", PZ_ARG(s->stage.dir)).ptr, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd >= 0) close(fd);
}

/* The partitions in the stage: directories as deep as there are columns. */
static void
note_written(const writing *s, pz_str below, int level)
{
    DIR *d = opendir(pz_strf(s->a, PZ_FMT "/" PZ_FMT, PZ_ARG(s->stage.dir), PZ_ARG(below)).ptr);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        pz_str path = below.len ? pz_strf(s->a, PZ_FMT "/%s", PZ_ARG(below), e->d_name) : pz_dupc(s->a, e->d_name);
        if (e->d_type != DT_DIR || !strchr(e->d_name, '=')) continue;
        if (level + 1 == s->t->partition_by.n) pz_vec_push(s->a, s->t->written, path);
        else note_written(s, path, level + 1);
    }
    if (d) closedir(d);
}

static bool
is_replaced(const writing *s, pz_str partition)
{
    pz_str prefix = s->t->prefix;
    if (s->t->mode != PZ_WRITE_OVERWRITE) return false;
    if (s->dynamic || !prefix.len) return true;
    return pz_str_starts(partition, prefix.ptr) && (partition.len == prefix.len || partition.ptr[prefix.len] == '/');
}

/* Partitions that live elsewhere leave the stage for stages of their own. */
static pz_status
split_stage(writing *s, const pz_option *elsewhere, bool *any)
{
    pz_publication p = {.how = is_replaced(s, elsewhere->key) ? PZ_PUBLISH_ALL : PZ_PUBLISH_ADD};
    struct stat st;
    bool written = stat(pz_strf(s->a, PZ_FMT "/" PZ_FMT, PZ_ARG(s->stage.dir), PZ_ARG(elsewhere->key)).ptr, &st) == 0;
    if (!written && s->t->mode == PZ_WRITE_OVERWRITE && !s->dynamic && !s->t->prefix.len && pz_partition_is_under(elsewhere->value, s->stage.target))
        return PZ_OK;                          /* goes with the directory around it */
    if (!written && (s->dynamic || !is_replaced(s, elsewhere->key) || stat(elsewhere->value.ptr, &st) != 0)) return PZ_OK;
    PZ_TRY(pz_stage_split(&s->stage, elsewhere->key, elsewhere->value, s->a, &p.stage, s->err));
    p.empty = !written;
    *any = true;
    pz_change_publish(s->change, &p);
    return PZ_OK;
}

static void
publish_stage(writing *s)
{
    pz_publication p = {.stage = s->stage, .how = PZ_PUBLISH_ALL};
    if (s->t->mode == PZ_WRITE_APPEND) {
        p.how = PZ_PUBLISH_ADD;
    } else if (s->dynamic || s->t->prefix.len) {
        p.how = PZ_PUBLISH_PARTITIONS;
        p.prefix = s->t->prefix;
        p.whole = !s->dynamic;
    }
    pz_change_publish(s->change, &p);
}

/* The stage around goes first: its place may hold those of the others. */
static pz_status
publish(writing *s)
{
    bool any = false;
    mark_success(s);
    if (s->t->written) note_written(s, PZ_STR(""), 0);
    publish_stage(s);
    for (int i = 0; i < s->t->elsewhere.n; i++) PZ_TRY(split_stage(s, &s->t->elsewhere.data[i], &any));
    if (any) pz_stage_prune(&s->stage);
    return PZ_OK;
}

/* ---- all ---- */
static pz_status
exists_already(writing *s, pz_str path)
{
    return pz_raise(s->err, PZ_ERR_PATH_ALREADY_EXISTS, PZ_NO_ORIGIN, "outputPath", pz_strf(s->a, "file:" PZ_FMT, PZ_ARG(path)).ptr, NULL);
}

static pz_status
write_to(writing *s, pz_str path, int64_t *rows)
{
    pz_plan plan;
    struct stat there;
    bool exists = stat(path.ptr, &there) == 0;
    pz_status st;
    if (exists && s->t->mode == PZ_WRITE_IGNORE) return PZ_OK;
    if (exists && s->t->mode == PZ_WRITE_ERROR) return exists_already(s, path);
    if (exists && s->t->mode == PZ_WRITE_APPEND && !S_ISDIR(there.st_mode))
        return pz_raise_text(s->err, PZ_CLASS_JavaIOException, "Parent path is not a directory: file:" PZ_FMT, PZ_ARG(path));
    PZ_TRY(take_header(s));
    PZ_TRY(make_projection(s, &plan));
    PZ_TRY(pz_stage_open(path, s->a, &s->stage, s->err));
    s->w.dir = s->stage.dir;
    st = run_all(s, &plan, rows);
    if (st != PZ_OK && is_no_xml(s, s->err)) (void)write_failed(s);
    if (st != PZ_OK && s->err->id == PZ_ERR_TASK_WRITE_FAILED)     /* of a file in the stage, perhaps */
        st = pz_raise(s->err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", pz_strf(s->a, "file:" PZ_FMT, PZ_ARG(path)).ptr, NULL);
    if (st != PZ_OK && s->err->origin.start >= 0 && !s->err->origin.source) s->err->origin.source = s->q->source;
    if (st == PZ_OK) return publish(s);        /* the stage is the change's */
    pz_stage_drop(&s->stage);
    return st;
}

pz_status
pz_write_files(pz_query *q, const pz_plan *plan, const pz_file_target *t, int64_t *rows, pz_error *err)
{
    writing s = {.q = q, .t = t, .a = q->arena, .err = err, .plan = plan};
    pz_change *own = NULL;
    pz_str path;
    pz_status st;
    *rows = 0;
    pz_uuid_make(s.uuid);
    s.w.uuid = s.uuid;
    PZ_TRY(take_format(&s));
    PZ_TRY(split_columns(&s));
    PZ_TRY(check_xml(&s));
    PZ_TRY(take_avro_schema(&s));
    take_limits(&s);
    PZ_TRY(pz_local_path(t->path, s.a, &path, err));
    PZ_TRY(pz_fence_check_write(path, err));
    if (!t->change) PZ_TRY(pz_change_begin(q, &own, err));
    s.change = own ? own : t->change;
    st = pz_change_lock(s.change, -(int64_t)(pz_hash_bytes(path.ptr, path.len, 0) >> 2) - 1, err);
    if (st == PZ_OK) st = write_to(&s, path, rows);
    if (st == PZ_OK && own) return pz_change_commit(own, err);
    pz_change_abort(own);
    return st;
}

pz_status
pz_write_nothing(pz_query *q, const pz_plan *plan, pz_error *err)
{
    writing s = {.q = q, .a = q->arena, .err = err, .plan = plan};
    bool narrow;
    int64_t rows;
    pz_error first;
    pz_error_init(&first, q->arena);
    if (run_once(&s, plan, false, &narrow, &rows, &first) == PZ_OK) return PZ_OK;
    if (narrow && first.id != PZ_ERR_OPERATION_CANCELED) return run_once(&s, plan, true, &narrow, &rows, err);
    pz_error_copy(err, &first);
    return PZ_FAIL;
}

/*
 * session/command_create_table.c - CREATE TABLE in all its forms: columns, AS SELECT, LIKE, OR REPLACE.
 *
 * A table without USING and LOCATION is native: its rows live in the engine.  Others are files of their format under a location.
 * Everything about an entry is checked before it is made; the entry, its engine table and its first rows come in one change.
 * Things start at pz_cmd_create_table() and pz_cmd_create_table_like().
 */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../sql/sql.h"
#include "command_create_table.h"
#include "file_table.h"
#include "write.h"

/* ---- names ---- */
static const char *
quoted_name(const pz_create *t)
{
    return pz_full_quoted(t->r->a, t->db, t->name).ptr;
}

pz_status
pz_create_open(pz_statement *r, pz_command *c, pz_create *t)
{
    pz_cat *db;
    pz_strs names = {0};
    *t = (pz_create){.r = r, .c = c};
    PZ_TRY(pz_statement_names(r, c));
    PZ_TRY(pz_relation_place(r, &c->names, &t->db, &t->name));
    t->db = pz_lower_ascii(r->a, t->db);
    t->name = pz_lower_ascii(r->a, t->name);
    db = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), t->db);
    pz_vec_push(r->a, &names, t->db);
    if (!db) return pz_raise_schema_not_found(r, &names);
    t->db_location = pz_database_location(r->q, db, r->a);
    pz_cat_unref(db);
    return pz_check_new_name(r, t->name);
}

static pz_cat *
existing(const pz_create *t)
{
    return pz_catalog_find(pz_statement_catalog(t->r), PZ_ENTRY_TABLE, t->db, t->name);
}

static pz_str
quote(const pz_create *t, pz_str name)
{
    pz_strs one = {0};
    pz_vec_push(t->r->a, &one, name);
    return pz_quoted(t->r->a, &one);
}

static pz_str
listed(const pz_create *t)
{
    pz_str out = PZ_STR("");
    for (int i = 0; i < t->fields.n; i++)
        out = pz_strf(t->r->a, PZ_FMT "%s" PZ_FMT, PZ_ARG(out), i ? ", " : "", PZ_ARG(quote(t, t->fields.data[i].name)));
    return out;
}

static bool
same(const pz_create *t, pz_str a, pz_str b)
{
    return t->r->q->place.env.case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

static int
column_of(const pz_create *t, pz_str name)
{
    for (int i = 0; i < t->fields.n; i++)
        if (same(t, t->fields.data[i].name, name)) return i;
    return -1;
}

/* ---- columns ---- */
static pz_status
refuse(const pz_create *t, const char *operation)
{
    return pz_raise_as(t->r->err, PZ_CLASS_AnalysisException, PZ_ERR_UNSUPPORTED_FEATURE_TABLE_OPERATION, PZ_NO_ORIGIN, "tableName", quoted_name(t),
                       "operation", operation, NULL);
}

static pz_status
column_default(const pz_create *t, const pz_column_def *d, pz_field *f)
{
    pz_str value;
    const char *statement = t->c->replace ? "REPLACE TABLE" : "CREATE TABLE";
    if (!d->default_value) return PZ_OK;
    PZ_TRY(pz_analyze_default(&t->r->q->place.env, statement, f->name, f->type, d->default_value, d->default_text, t->r->a, &value, t->r->err));
    f->metadata = pz_metadata_with(t->r->a, f->metadata, "CURRENT_DEFAULT", d->default_text);
    f->metadata = pz_metadata_with(t->r->a, f->metadata, "EXISTS_DEFAULT", value);
    return PZ_OK;
}

static bool
is_collated_map(const pz_type *t)
{
    return t->id == PZ_T_MAP && pz_type_is_collated(t->key);
}

static pz_status
take_columns(pz_create *t)
{
    const pz_column_defs *defs = &t->c->defs;
    pz_arena *a = t->r->a;
    pz_str collation = t->collation;
    for (int i = 0; i < defs->n; i++) {
        const pz_column_def *d = defs->data[i];
        pz_field f = {.name = d->path.data[0], .type = pz_type_as_nullable(a, d->type), .nullable = true};
        if (pz_confs_bool(t->r->q->confs, "spark.sql.charAsVarchar")) f.type = pz_type_char_as_varchar(a, f.type);
        f.type = pz_type_of_column(a, f.type, collation);
        if (pz_type_any(f.type, is_collated_map)) return pz_raise(t->r->err, PZ_ERR_UNSUPPORTED_FEATURE_COLLATIONS_IN_MAP_KEYS, PZ_NO_ORIGIN, NULL);
        if (d->constraint.ptr) return refuse(t, "CONSTRAINT");
        if (d->identity) return refuse(t, "identity columns");
        if (d->generated) return refuse(t, "generated columns");
        if (d->has_comment) f.metadata = pz_metadata_with(a, f.metadata, "comment", d->comment);
        pz_vec_push(a, &t->fields, f);
        PZ_TRY(column_default(t, d, &t->fields.data[i]));
    }
    return t->c->text3.ptr ? refuse(t, "CONSTRAINT") : PZ_OK;
}

/* Columns of a query: declared types come back out of the metadata. */
pz_status
pz_create_take_schema(pz_create *t, const pz_schema *s, bool keep_nullability)
{
    pz_arena *a = t->r->a;
    for (int i = 0; i < s->n; i++) {
        pz_field f = s->fields[i];
        pz_str raw = pz_metadata_get(f.metadata, PZ_CHAR_TYPE_KEY, a);
        if (!keep_nullability) f.nullable = true, f.type = pz_type_as_nullable(a, f.type);
        if (raw.ptr) PZ_TRY(pz_parse_type(raw, a, &f.type, t->r->err));
        f.metadata = pz_metadata_with(a, f.metadata, PZ_CHAR_TYPE_KEY, (pz_str){NULL, 0});
        f.metadata = pz_metadata_with(a, f.metadata, "__autoGeneratedAlias", (pz_str){NULL, 0});
        pz_vec_push(a, &t->fields, f);
    }
    return PZ_OK;
}

static pz_str
format_shown(const pz_create *t)
{
    pz_str p = t->provider;
    if (pz_str_ieqc(p, "csv") || pz_str_ieqc(p, "json") || pz_str_ieqc(p, "orc") || pz_str_ieqc(p, "xml")) return pz_upper_ascii(t->r->a, p);
    return p.len ? pz_strf(t->r->a, "%c" PZ_FMT, p.ptr[0] >= 'a' && p.ptr[0] <= 'z' ? p.ptr[0] - 32 : p.ptr[0], (int)p.len - 1, p.ptr + 1) : p;
}

static pz_status
check_columns(const pz_create *t)
{
    pz_error *err = t->r->err;
    pz_map *seen = pz_map_make(t->r->a, !t->r->q->place.env.case_sensitive);
    for (int i = 0; i < t->fields.n; i++) {
        const pz_field *f = &t->fields.data[i];
        if (pz_map_get(seen, f->name))
            return pz_raise(err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName",
                            quote(t, t->r->q->place.env.case_sensitive ? f->name : pz_lower_ascii(t->r->a, f->name)).ptr, NULL);
        pz_map_put(seen, f->name, seen);
    }
    return PZ_OK;
}

static bool
is_partition(const pz_create *t, pz_str name)
{
    for (int i = 0; i < t->partitions.n; i++)
        if (pz_str_eq(t->partitions.data[i], name)) return true;
    return false;
}

static pz_status
check_types(const pz_create *t)
{
    pz_error *err = t->r->err;
    const pz_sink *sink = t->native ? NULL : pz_sink_find(t->provider);
    if (!t->fields.n) return pz_raise(err, PZ_ERR_UNABLE_TO_INFER_SCHEMA, PZ_NO_ORIGIN, "format", format_shown(t).ptr, NULL);
    for (int i = 0; i < t->fields.n; i++) {
        const pz_field *f = &t->fields.data[i];
        if (pz_type_holds(f->type, PZ_T_TIME) && !pz_confs_bool(t->r->q->confs, "spark.sql.timeType.enabled"))
            return pz_raise(err, PZ_ERR_UNSUPPORTED_TIME_TYPE, PZ_NO_ORIGIN, NULL);
        if (pz_type_holds(f->type, PZ_T_CALENDAR_INTERVAL))
            return pz_raise(err, PZ_ERR_UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, PZ_NO_ORIGIN, "columnName", quote(t, f->name).ptr, "columnType",
                            pz_strf(t->r->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(f->type, t->r->a))).ptr, "format", format_shown(t).ptr, NULL);
        if (sink && !is_partition(t, f->name)) PZ_TRY(pz_sink_check_type(sink, f->name, f->type, err));
    }
    return PZ_OK;
}

/* ---- partitions, buckets, clustering ---- */
static pz_status
not_defined(const pz_create *t, const char *what, pz_str name)
{
    return pz_raise(t->r->err, PZ_ERR_COLUMN_NOT_DEFINED_IN_TABLE, PZ_NO_ORIGIN, "colType", what, "colName", quote(t, name).ptr, "tableName", quoted_name(t),
                    "tableCols", listed(t).ptr, NULL);
}

/* Each a column of the table, none twice; as the table spells them. */
static pz_status
take_names(const pz_create *t, const char *what, const pz_strs *names, pz_strs *out)
{
    for (int i = 0; i < names->n; i++) {
        int at = column_of(t, names->data[i]);
        if (at < 0) return not_defined(t, what, names->data[i]);
        for (int k = 0; k < out->n; k++)
            if (same(t, out->data[k], names->data[i]))
                return pz_raise(t->r->err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName", quote(t, pz_lower_ascii(t->r->a, names->data[i])).ptr, NULL);
        pz_vec_push(t->r->a, out, t->fields.data[at].name);
    }
    return PZ_OK;
}

static pz_str
transform_text(const pz_create *t, const pz_expr *e)
{
    pz_arena *a = t->r->a;
    pz_str s;
    if (e->kind == PZ_EXPR_LITERAL) {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_value_text(&b, e->type, &e->value, PZ_TEXT_CAST, NULL);
        s = pz_buf_dup(&b, a);
        pz_buf_free(&b);
        return s;
    }
    if (!e->names.n) return PZ_STR("");
    s = e->names.data[e->names.n - 1];
    if (e->kind != PZ_EXPR_CALL) return s;
    s = pz_strf(a, PZ_FMT "(", PZ_ARG(s));
    for (int i = 0; i < e->args.n; i++) s = pz_strf(a, PZ_FMT "%s" PZ_FMT, PZ_ARG(s), i ? ", " : "", PZ_ARG(transform_text(t, e->args.data[i])));
    return pz_strf(a, PZ_FMT ")", PZ_ARG(s));
}

/* bucket(4, a, b) */
static bool
take_bucket(pz_create *t, const pz_expr *e)
{
    bool is = e->kind == PZ_EXPR_CALL && e->names.n == 1 && pz_str_ieqc(e->names.data[0], "bucket") && e->args.n > 1
              && e->args.data[0]->kind == PZ_EXPR_LITERAL && pz_type_is_integral(e->args.data[0]->type);
    for (int i = 1; is && i < e->args.n; i++) is = e->args.data[i]->kind == PZ_EXPR_COLUMN;
    if (!is || t->c->number) return false;
    t->c->number = e->args.data[0]->value.i;
    for (int i = 1; i < e->args.n; i++) pz_vec_push(t->r->a, &t->c->names2, e->args.data[i]->names.data[e->args.data[i]->names.n - 1]);
    return true;
}

static pz_status
take_partitions(pz_create *t)
{
    pz_error *err = t->r->err;
    for (int i = 0; i < t->c->exprs.n; i++) {
        const pz_expr *e = t->c->exprs.data[i];
        bool identity = e->kind == PZ_EXPR_CALL && e->names.n == 1 && pz_str_ieqc(e->names.data[0], "identity") && e->args.n == 1;
        if (identity && e->args.data[0]->kind == PZ_EXPR_COLUMN) pz_vec_push(t->r->a, &t->c->columns, e->args.data[0]->names.data[0]);
        else if (e->kind != PZ_EXPR_COLUMN && !take_bucket(t, e))
            return pz_raise(err, PZ_ERR_UNSUPPORTED_PARTITION_TRANSFORM, PZ_NO_ORIGIN, "transform", quote(t, transform_text(t, e)).ptr, NULL);
    }
    PZ_TRY(take_names(t, "partition", &t->c->columns, &t->partitions));
    if (t->partitions.n && t->partitions.n == t->fields.n) return pz_raise(err, PZ_ERR_ALL_PARTITION_COLUMNS_NOT_ALLOWED, PZ_NO_ORIGIN, NULL);
    for (int i = 0; i < t->partitions.n; i++) {
        const pz_type *type = t->fields.data[column_of(t, t->partitions.data[i])].type;
        if (pz_type_is_nested(type) || pz_type_is_collated(type) || type->id == PZ_T_VARIANT || type->id == PZ_T_VOID || type->id == PZ_T_CALENDAR_INTERVAL)
            return pz_raise(err, PZ_ERR_INVALID_PARTITION_COLUMN_DATA_TYPE, PZ_NO_ORIGIN, "type",
                            pz_strf(t->r->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(type, t->r->a))).ptr, NULL);
    }
    return PZ_OK;
}

static pz_str
comma_list(pz_arena *a, const pz_strs *names)
{
    pz_str s = PZ_STR("");
    for (int i = 0; i < names->n; i++) s = i ? pz_strf(a, PZ_FMT ", " PZ_FMT, PZ_ARG(s), PZ_ARG(names->data[i])) : names->data[i];
    return s;
}

static pz_status
take_buckets(pz_create *t)
{
    int64_t most = pz_confs_int(t->r->q->confs, "spark.sql.sources.bucketing.maxBuckets", 100000);
    if (t->c->names2.n && t->c->number > most)
        return pz_raise_as(t->r->err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_BUCKET_COUNT, PZ_NO_ORIGIN, "bucketingMaxBuckets",
                           pz_strf(t->r->a, "%lld", (long long)most).ptr, "numBuckets", pz_strf(t->r->a, "%lld", (long long)t->c->number).ptr, NULL);
    PZ_TRY(take_names(t, "bucket", &t->c->names2, &t->buckets));
    for (int i = 0; i < t->buckets.n; i++) {
        const pz_type *type = t->fields.data[column_of(t, t->buckets.data[i])].type;
        if (pz_type_is_collated(type))
            return pz_raise(t->r->err, PZ_ERR_INVALID_BUCKET_COLUMN_DATA_TYPE, PZ_NO_ORIGIN, "type",
                            pz_strf(t->r->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(type, t->r->a))).ptr, NULL);
    }
    PZ_TRY(take_names(t, "sort", &t->c->sort_columns, &t->sorts));
    for (int i = 0; i < t->buckets.n; i++)
        for (int k = 0; k < t->partitions.n; k++)
            if (same(t, t->buckets.data[i], t->partitions.data[k]))
                return pz_raise(t->r->err, PZ_ERR_LEGACY_ERROR_TEMP_1166, PZ_NO_ORIGIN, "bucketCol", t->buckets.data[i].ptr, "normalizedPartCols",
                                comma_list(t->r->a, &t->partitions).ptr, NULL);
    for (int i = 0; i < t->sorts.n; i++)
        for (int k = 0; k < t->partitions.n; k++)
            if (same(t, t->sorts.data[i], t->partitions.data[k]))
                return pz_raise(t->r->err, PZ_ERR_LEGACY_ERROR_TEMP_1167, PZ_NO_ORIGIN, "sortCol", t->sorts.data[i].ptr, "normalizedPartCols",
                                comma_list(t->r->a, &t->partitions).ptr, NULL);
    return PZ_OK;
}

static pz_status
take_clusters(pz_create *t)
{
    pz_arena *a = t->r->a;
    const pz_strs *names = &t->c->column_comments;
    pz_str json = PZ_STR("[");
    for (int i = 0; i < names->n; i++) {
        int at = column_of(t, names->data[i]);
        if (at < 0) {
            pz_schema s = {t->fields.data, t->fields.n};
            return pz_raise(t->r->err, PZ_ERR_LEGACY_ERROR_TEMP_3060, PZ_NO_ORIGIN, "i", names->data[i].ptr, "schema", pz_schema_tree(&s, 0, a).ptr, NULL);
        }
        pz_vec_push(a, &t->clusters, t->fields.data[at].name);
        json = pz_strf(a, PZ_FMT "%s[\"" PZ_FMT "\"]", PZ_ARG(json), i ? "," : "", PZ_ARG(t->fields.data[at].name));
    }
    if (names->n) {
        pz_option o = {PZ_STR("clusteringColumns"), pz_strf(a, PZ_FMT "]", PZ_ARG(json))};
        pz_vec_push(a, &t->c->properties, o);
    }
    return PZ_OK;
}

/* ---- where rows live ---- */
static bool
is_known_format(pz_str name)
{
    static const char *const known[] = {"parquet", "csv", "json", "text", "orc", "avro", "binaryfile", "xml"};
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (pz_str_ieqc(name, known[i])) return true;
    return false;
}

pz_status
pz_create_storage(pz_create *t)
{
    pz_statement *r = t->r;
    pz_command *c = t->c;
    t->location = c->location.ptr ? c->location : pz_option_get(&c->options, "path", NULL);
    if (pz_str_ieqc(c->provider, "hive"))
        return pz_raise(r->err, PZ_ERR_NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT, PZ_NO_ORIGIN, "cmd", "CREATE Hive TABLE (AS SELECT)", NULL);
    t->native = !c->provider.len && !t->location.ptr;
    t->provider = c->provider.len ? c->provider : pz_confs_text(r->q->confs, "spark.sql.sources.default");
    for (int i = 0; i < c->defs.n; i++)
        if (c->defs.data[i]->default_value) PZ_TRY(pz_check_default_provider(&r->q->place.env, t->provider, false, r->err));
    if (!t->native && !is_known_format(t->provider)) return pz_raise(r->err, PZ_ERR_DATA_SOURCE_NOT_FOUND, PZ_NO_ORIGIN, "provider", pz_dup(r->a, t->provider).ptr, NULL);
    return PZ_OK;
}

/* ---- the entry ---- */
static void
copy_names(pz_arena *a, const pz_strs *from, pz_strs *to)
{
    for (int i = 0; i < from->n; i++) pz_vec_push(a, to, pz_dup(a, from->data[i]));
}

static void
copy_options(pz_arena *a, const pz_options *from, pz_options *to)
{
    for (int i = 0; i < from->n; i++) {
        pz_option o = {pz_dup(a, from->data[i].key), from->data[i].value.ptr ? pz_dup(a, from->data[i].value) : from->data[i].value};
        pz_vec_push(a, to, o);
    }
}

static void
add_column(pz_cat *e, const pz_field *f)
{
    pz_arena *a = e->keep->arena;
    e->schema.fields[e->schema.n++] = (pz_field){pz_dup(a, f->name), pz_type_copy(a, f->type), f->nullable, f->metadata.len ? pz_dup(a, f->metadata) : (pz_str){NULL, 0}};
    pz_vec_push(a, &e->columns, e->next_column++);
}

static pz_cat *
make_entry(const pz_create *t)
{
    pz_cat *e = pz_cat_make(pz_statement_catalog(t->r), PZ_ENTRY_TABLE, t->db, t->name);
    pz_arena *a = e->keep->arena;
    const pz_command *c = t->c;
    e->native = t->native;
    e->external = t->location.ptr != NULL;
    e->provider = pz_dup(a, pz_lower_ascii(t->r->a, t->provider));
    e->owner = pz_dup(a, t->r->q->user);
    if (c->comment.ptr) e->comment = pz_dup(a, c->comment);
    if (t->collation.len) e->collation = pz_dup(a, t->collation);
    copy_options(a, &c->properties, &e->properties);
    for (int i = 0; i < c->options.n; i++)
        if (!pz_str_ieqc(c->options.data[i].key, "path")) {
            pz_options one = {(pz_option *)&c->options.data[i], 1, 1};
            copy_options(a, &one, &e->options);
        }
    if (!t->native)
        e->location = pz_dup(a, t->location.ptr ? pz_location_uri(t->r->a, t->location, t->db_location)
                             : pz_strf(t->r->a, PZ_FMT "/" PZ_FMT, PZ_ARG(t->db_location), PZ_ARG(t->name)));
    e->schema.fields = PZ_NEWN(a, pz_field, t->fields.n + 1);
    for (int i = 0; i < t->fields.n; i++)
        if (!is_partition(t, t->fields.data[i].name)) add_column(e, &t->fields.data[i]);
    for (int i = 0; i < t->partitions.n; i++) add_column(e, &t->fields.data[column_of(t, t->partitions.data[i])]);
    copy_names(a, &t->partitions, &e->partition_columns);
    copy_names(a, &t->buckets, &e->bucket_columns);
    copy_names(a, &t->sorts, &e->sort_columns);
    copy_names(a, &t->clusters, &e->cluster_columns);
    e->buckets = c->number;
    e->tracked = !t->native && t->partitions.n && pz_partitions_are_managed(t->r->q);
    return e;
}

/* Rows of a query go where nothing is yet. */
static pz_status
check_empty(const pz_create *t, const pz_cat *e)
{
    pz_str path;
    struct stat st;
    DIR *d;
    struct dirent *f;
    bool any = false;
    PZ_TRY(pz_local_path(pz_table_location(t->r->q, e, t->r->a), t->r->a, &path, t->r->err));
    if (stat(path.ptr, &st) != 0 || pz_confs_bool(t->r->q->confs, "spark.sql.legacy.allowNonEmptyLocationInCTAS")) return PZ_OK;
    d = opendir(path.ptr);
    while (d && !any && (f = readdir(d))) any = strcmp(f->d_name, ".") && strcmp(f->d_name, "..");
    if (d) closedir(d);
    return any ? pz_raise(t->r->err, PZ_ERR_LEGACY_ERROR_TEMP_1241, PZ_NO_ORIGIN, "tablePath", pz_strf(t->r->a, "file://" PZ_FMT, PZ_ARG(path)).ptr, "config",
                          "spark.sql.legacy.allowNonEmptyLocationInCTAS", NULL)
               : PZ_OK;
}

static pz_status
first_rows(const pz_create *t, pz_change *ch, pz_cat *e, const pz_cat *old)
{
    pz_writer w;
    pz_command insert = {.kind = PZ_CMD_INSERT, .query = t->c->query, .by_name = true, .mode = PZ_STR("into"), .params = t->c->params};
    insert.overwrite = !e->native;             /* the files of one that it replaces go */
    if (!insert.query) return PZ_OK;
    if (!e->native && !old) PZ_TRY(check_empty(t, e));
    PZ_TRY(pz_writer_open(t->r, ch, e, &w));
    return pz_writer_insert(&w, &insert);
}

static pz_status
change(const pz_create *t, pz_change *ch, pz_cat *e, pz_cat *old)
{
    if (old) PZ_TRY(pz_change_hold(ch, old, t->r->err));
    if (e->native) PZ_TRY(pz_change_exec(ch, pz_cat_create_text(e, t->r->a), t->r->err));
    pz_change_put(ch, pz_cat_ref(e));
    PZ_TRY(first_rows(t, ch, e, old));              /* may put it anew, with its partitions */
    if (old && old->native) PZ_TRY(pz_change_exec(ch, pz_strf(t->r->a, "DROP TABLE " PZ_FMT, PZ_ARG(pz_cat_table_text(old, t->r->a))), t->r->err));
    if (old) pz_change_drop(ch, old);
    return PZ_OK;
}

/* A query may not read the table that it replaces. */
pz_status
pz_create_check_source(const pz_create *t, const pz_plan *p, const pz_cat *old)
{
    pz_str identity = PZ_STR("");
    if (old->native) identity = pz_cat_table_text(old, t->r->a);
    else PZ_TRY(pz_local_path(pz_table_location(t->r->q, old, t->r->a), t->r->a, &identity, t->r->err));
    if (!pz_plan_reads(p->root, identity, old->id)) return PZ_OK;
    return pz_raise(t->r->err, PZ_ERR_UNSUPPORTED_OVERWRITE_TABLE, PZ_NO_ORIGIN, "table", quoted_name(t), NULL);
}

/* The layout, once the columns are known. */
pz_status
pz_create_check(pz_create *t)
{
    PZ_TRY(check_columns(t));
    PZ_TRY(take_partitions(t));
    PZ_TRY(take_buckets(t));
    return take_clusters(t);
}

/* A table of files has its directory from the start, where that can be. */
static void
make_directory(const pz_create *t, const pz_cat *e)
{
    pz_str path;
    pz_error quiet;
    pz_error_init(&quiet, t->r->a);
    if (pz_local_path(e->location, t->r->a, &path, &quiet) != PZ_OK) return;
    for (char *p = (char *)(uintptr_t)path.ptr + 1; *p; p++)
        if (*p == '/') {
            *p = 0;
            (void)mkdir(path.ptr, 0777);
            *p = '/';
        }
    (void)mkdir(path.ptr, 0777);
}

/* Make the entry and everything below it. */
pz_status
pz_create_finish(pz_create *t, pz_cat *old)
{
    pz_change *ch;
    pz_cat *e;
    pz_status st;
    PZ_TRY(check_types(t));
    PZ_TRY(pz_change_begin(t->r->q, &ch, t->r->err));
    e = make_entry(t);
    st = e->native ? PZ_OK : pz_fence_check_uri(e->location, t->r->a, t->r->err);
    if (st == PZ_OK) st = change(t, ch, e, old);
    if (st == PZ_OK && old && !pz_str_eq(old->location, e->location)) st = pz_drop_files(t->r, ch, old);
    if (st == PZ_OK) st = pz_change_commit(ch, t->r->err);
    else pz_change_abort(ch);
    if (st == PZ_OK && !e->native) make_directory(t, e);
    pz_cat_unref(e);
    return st;
}

/* ---- CREATE [OR REPLACE] TABLE ---- */
/* *done: the table is there, and that is well. */
pz_status
pz_create_check_free(pz_create *t, pz_cat **old, bool *done)
{
    pz_statement *r = t->r;
    *old = existing(t);
    *done = false;
    if (t->c->replace) {
        if (*old && ((*old)->kind == PZ_ENTRY_VIEW || !(*old)->native || !t->native || t->c->provider.len))
            return refuse(t, t->c->query ? "REPLACE TABLE AS SELECT" : "REPLACE TABLE");
        if (!*old && (!t->native || t->c->provider.len)) return refuse(t, t->c->query ? "REPLACE TABLE AS SELECT" : "REPLACE TABLE");
        if (!*old && pz_str_eqc(t->c->mode, "replace"))
            return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, PZ_NO_ORIGIN, "relationName", quoted_name(t), "searchPath",
                               pz_strf(r->a, "[`" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog), PZ_ARG(r->q->database)).ptr, NULL);
        return PZ_OK;
    }
    if (!*old) return PZ_OK;
    if (t->c->if_not_exists) {
        *done = true;
        return PZ_OK;
    }
    return pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName", quoted_name(t), NULL);
}

static pz_status
take_query(pz_create *t)
{
    pz_plan *p;
    PZ_TRY(pz_query_resolve(t->r->q, t->c->query, t->c->params, t->r->a, &p, t->r->err));
    PZ_TRY(pz_check_collations(t->r, &p->schema));
    return pz_create_take_schema(t, &p->schema, false);
}

/* A table of files without columns takes those of its files. */
static pz_status
take_files(pz_create *t)
{
    pz_strs paths = {0};
    pz_str path;
    pz_scan *scan;
    if (t->native || !t->location.ptr || t->fields.n) return PZ_OK;
    PZ_TRY(pz_local_path(pz_location_uri(t->r->a, t->location, t->db_location), t->r->a, &path, t->r->err));
    if (access(path.ptr, F_OK) != 0) return PZ_OK;                     /* nothing to infer from: refused below */
    pz_vec_push(t->r->a, &paths, path);
    PZ_TRY(pz_place_open_files(&t->r->q->place, t->provider, &paths, &t->c->options, NULL, t->r->a, &scan, t->r->err));
    PZ_TRY(pz_create_take_schema(t, &scan->schema, false));
    for (int i = scan->schema.n - scan->partition_columns; i < scan->schema.n; i++) pz_vec_push(t->r->a, &t->c->columns, scan->schema.fields[i].name);
    return PZ_OK;
}

/* Properties that say what clauses say. */
static pz_status
check_properties(pz_statement *r)
{
    static const struct { const char *name, *msg; } reserved[] = {
        {"provider", "please use the USING clause to specify it"}, {"location", "please use the LOCATION clause to specify it"},
        {"owner", "it will be set to the current user"}, {"external", "please use CREATE EXTERNAL TABLE"},
    };
    if (pz_confs_bool(r->q->confs, "spark.sql.legacy.notReserveProperties")) return PZ_OK;
    for (int i = 0; i < r->c->properties.n; i++)
        for (size_t k = 0; k < PZ_COUNTOF(reserved); k++)
            if (pz_str_eqc(r->c->properties.data[i].key, reserved[k].name))
                return pz_raise_as(r->err, PZ_CLASS_ParseException, PZ_ERR_UNSUPPORTED_FEATURE_SET_TABLE_PROPERTY, r->c->origin, "property", reserved[k].name,
                                   "msg", reserved[k].msg, NULL);
    return PZ_OK;
}

pz_status
pz_cmd_create_table(pz_statement *r)
{
    pz_create t;
    pz_cat *old = NULL;
    bool done;
    pz_status st;
    PZ_TRY(check_properties(r));
    PZ_TRY(pz_create_open(r, r->c, &t));
    t.collation = pz_take_default_collation(r, r->c->text2, t.db);
    r->q->place.env.makes_table = true;
    PZ_TRY(r->c->query ? take_query(&t) : take_columns(&t));
    PZ_TRY(pz_create_storage(&t));
    PZ_TRY(take_files(&t));
    PZ_TRY(pz_create_check(&t));
    st = pz_create_check_free(&t, &old, &done);
    if (st == PZ_OK && r->c->flag1 && !t.location.ptr && !done) st = pz_raise(r->err, PZ_ERR_CREATE_EXTERNAL_TABLE_WITHOUT_LOCATION, PZ_NO_ORIGIN, NULL);
    if (st == PZ_OK && !done) st = pz_create_finish(&t, old);
    pz_cat_unref(old);
    return st;
}

/* ---- CREATE TABLE ... LIKE ---- */
static pz_status
like_entry(pz_create *t, const pz_cat *e)
{
    pz_arena *a = t->r->a;
    if (!t->c->provider.len) {
        if (e->kind == PZ_ENTRY_TABLE && !e->native) t->c->provider = pz_dup(a, e->provider);
        copy_options(a, &e->options, &t->c->options);
    }
    for (int i = 0; i < e->schema.n; i++) {
        const pz_field *f = &e->schema.fields[i];
        pz_field own = {pz_dup(a, f->name), pz_type_copy(a, f->type), f->nullable, pz_dup(a, f->metadata)};
        pz_vec_push(a, &t->fields, own);
    }
    t->c->names2 = (pz_strs){0};               /* was the source's name, is the buckets' columns */
    copy_names(a, &e->partition_columns, &t->c->columns);
    copy_names(a, &e->bucket_columns, &t->c->names2);
    copy_names(a, &e->sort_columns, &t->c->sort_columns);
    t->c->number = e->buckets;
    return PZ_OK;
}

static pz_status
like_source(pz_create *t)
{
    pz_statement *r = t->r;
    bool global;
    pz_schema s;
    pz_view *v = pz_find_temp_view(r, &t->c->names2, &global);
    pz_cat *e;
    pz_status st;
    pz_view_unref(v);
    if (v) {
        PZ_TRY(pz_table_schema(r, &t->c->names2, &s));
        t->c->names2 = (pz_strs){0};
        return pz_create_take_schema(t, &s, true);
    }
    e = pz_statement_entry(r, &t->c->names2);
    if (!e)
        return pz_raise_not_found(r, &t->c->names2, pz_strf(r->a, "[`system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog),
                                                            PZ_ARG(r->q->database)).ptr);
    st = like_entry(t, e);
    pz_cat_unref(e);
    return st;
}

pz_status
pz_cmd_create_table_like(pz_statement *r)
{
    pz_create t;
    pz_cat *old;
    pz_status st;
    bool is_new;
    PZ_TRY(pz_create_open(r, r->c, &t));
    PZ_TRY(like_source(&t));
    PZ_TRY(pz_create_storage(&t));
    PZ_TRY(pz_create_check(&t));
    old = existing(&t);
    is_new = !old;
    pz_cat_unref(old);
    if (!is_new)
        return r->c->if_not_exists ? PZ_OK
               : pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName",
                          pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(t.db), PZ_ARG(t.name)).ptr, NULL);
    st = pz_create_finish(&t, NULL);
    return st;
}

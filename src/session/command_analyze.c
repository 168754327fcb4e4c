/*
 * session/command_analyze.c - ANALYZE TABLE and TABLES: rows, bytes and what columns hold, kept in the catalog; LOAD DATA and REFRESH FUNCTION,
 * which are told why not.
 *
 * What is counted is asked of the ordinary query path in SQL.  Things start at pz_cmd_analyze_table().
 */
#include <dirent.h>
#include <sys/stat.h>

#include "../sql/sql.h"
#include "command_int.h"
#include "file_table.h"

/* ---- asking ---- */
static pz_status
ask(pz_statement *r, pz_str text, pz_values **row)
{
    pz_sql_options o;
    pz_plan *parsed, *p;
    int n;
    pz_query_sql_options(r->q, &o);
    o.double_quoted_identifiers = false;
    PZ_TRY(pz_parse_sql(text, &o, r->a, &parsed, r->err));
    PZ_TRY(pz_query_resolve(r->q, parsed->root, NULL, r->a, &p, r->err));
    PZ_TRY(pz_query_rows(r->q, p, r->a, row, &n, r->err));
    return n == 1 ? PZ_OK : pz_raise_internal(r->err, "counting gave %d rows", n);
}

static int64_t
bytes_under(pz_str path, pz_arena *a)
{
    DIR *d = opendir(pz_dup(a, path).ptr);
    struct dirent *entry;
    int64_t total = 0;
    while (d && (entry = readdir(d))) {
        pz_str full = pz_strf(a, PZ_FMT "/%s", PZ_ARG(path), entry->d_name);
        struct stat st;
        if (entry->d_name[0] == '.' || entry->d_name[0] == '_' || stat(full.ptr, &st)) continue;
        if (S_ISDIR(st.st_mode)) total += bytes_under(full, a);
        else total += st.st_size;
    }
    if (d) closedir(d);
    return total;
}

static int
width(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BOOLEAN: case PZ_T_BYTE: return 1;
    case PZ_T_SHORT: return 2;
    case PZ_T_INT: case PZ_T_FLOAT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: return 4;
    case PZ_T_DECIMAL: return t->precision <= 18 ? 8 : 16;
    case PZ_T_STRING: case PZ_T_VARCHAR: case PZ_T_CHAR: return 20;
    case PZ_T_BINARY: return 100;
    default: return 8;
    }
}

static pz_str
plain_path(pz_str uri)
{
    if (pz_str_starts(uri, "file:")) uri.ptr += 5, uri.len -= 5;
    return uri;
}

/* Files have a size; rows of a native table are counted at the width of their types. */
static int64_t
bytes_of(pz_statement *r, const pz_cat *e, int64_t rows)
{
    int64_t row = 0;
    if (!e->native) return bytes_under(plain_path(pz_table_location(r->q, e, r->a)), r->a);
    for (int i = 0; i < e->schema.n; i++) row += width(e->schema.fields[i].type);
    return rows * row;
}

/* ---- columns ---- */
static pz_str
quoted_column(pz_statement *r, pz_str name)
{
    pz_strs one = {0};
    pz_vec_push(r->a, &one, name);
    return pz_quoted(r->a, &one);
}

static void
keep(pz_cat *e, pz_str column, const char *what, pz_str value)
{
    pz_arena *a = e->keep->arena;
    pz_option_set(a, &e->column_stats, pz_strf(a, PZ_FMT ".%s", PZ_ARG(pz_lower_ascii(a, column)), what), value);
}

static bool
has_order(const pz_type *t)
{
    return pz_type_is_numeric(t) || pz_type_is_datetime(t) || t->id == PZ_T_BOOLEAN;
}

static pz_status
check_measurable(pz_statement *r, const pz_cat *e, const pz_field *f)
{
    if (has_order(f->type) || pz_type_is_string(f->type) || f->type->id == PZ_T_BINARY) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_ANALYZE_UNSUPPORTED_COLUMN_TYPE, PZ_NO_ORIGIN, "columnType",
                    pz_strf(r->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(f->type, r->a))).ptr, "columnName", quoted_column(r, f->name).ptr, "tableName",
                    pz_cat_quoted(e, r->a).ptr, NULL);
}

static pz_status
measure(pz_statement *r, pz_cat *e, const pz_field *f)
{
    static const char *const names[] = {"num_nulls", "distinct_count", "avg_col_len", "max_col_len", "min", "max"};
    pz_str c = quoted_column(r, f->name), fixed = pz_strf(r->a, "'%d'", width(f->type));
    bool text = pz_type_is_string(f->type) || f->type->id == PZ_T_BINARY;
    pz_str length = text ? pz_strf(r->a, "CAST(ceil(avg(length(" PZ_FMT "))) AS STRING)", PZ_ARG(c)) : fixed;
    pz_str longest = text ? pz_strf(r->a, "CAST(max(length(" PZ_FMT ")) AS STRING)", PZ_ARG(c)) : fixed;
    pz_str ends = has_order(f->type) ? pz_strf(r->a, "CAST(min(" PZ_FMT ") AS STRING), CAST(max(" PZ_FMT ") AS STRING)", PZ_ARG(c), PZ_ARG(c))
                                     : PZ_STR("CAST(NULL AS STRING), CAST(NULL AS STRING)");
    pz_str distinct = pz_type_is_nested(f->type) || f->type->id == PZ_T_VARIANT ? PZ_STR("CAST(NULL AS STRING)")
                      : pz_strf(r->a, "CAST(least(approx_count_distinct(" PZ_FMT "), count(" PZ_FMT ")) AS STRING)", PZ_ARG(c), PZ_ARG(c));
    pz_values *row;
    PZ_TRY(ask(r, pz_strf(r->a, "SELECT CAST(count(1) - count(" PZ_FMT ") AS STRING), " PZ_FMT ", " PZ_FMT ", " PZ_FMT ", " PZ_FMT " FROM " PZ_FMT,
                          PZ_ARG(c), PZ_ARG(distinct), PZ_ARG(length), PZ_ARG(longest), PZ_ARG(ends), PZ_ARG(pz_cat_quoted(e, r->a))), &row));
    for (size_t i = 0; i < PZ_COUNTOF(names); i++) keep(e, f->name, names[i], row->data[i].null ? PZ_STR("NULL") : row->data[i].s);
    return PZ_OK;
}

static pz_status
measure_columns(pz_statement *r, pz_cat *e)
{
    for (int i = 0; r->c->all && i < e->schema.n; i++) PZ_TRY(check_measurable(r, e, &e->schema.fields[i]));
    for (int i = 0; r->c->all && i < e->schema.n; i++) PZ_TRY(measure(r, e, &e->schema.fields[i]));
    for (int i = 0; !r->c->all && i < r->c->columns.n; i++) {
        const pz_field *f = NULL;
        for (int k = 0; k < e->schema.n; k++)
            if (pz_str_ieq(e->schema.fields[k].name, r->c->columns.data[i])) f = &e->schema.fields[k];
        if (!f)
            return pz_raise(r->err, PZ_ERR_COLUMN_NOT_FOUND, PZ_NO_ORIGIN, "colName", quoted_column(r, r->c->columns.data[i]).ptr, "caseSensitiveConfig",
                            "\"spark.sql.caseSensitive\"", NULL);
        PZ_TRY(check_measurable(r, e, f));
        PZ_TRY(measure(r, e, f));
    }
    return PZ_OK;
}

/* ---- tables ---- */
static pz_status
count_rows(pz_statement *r, const pz_cat *e, pz_str where, int64_t *out)
{
    pz_values *row;
    PZ_TRY(ask(r, pz_strf(r->a, "SELECT count(1) FROM " PZ_FMT PZ_FMT, PZ_ARG(pz_cat_quoted(e, r->a)), PZ_ARG(where)), &row));
    *out = row->data[0].i;
    return PZ_OK;
}

static pz_status
analyze(pz_statement *r, pz_cat *e)
{
    bool columns = r->c->all || r->c->columns.n;
    int64_t rows = 0;
    if (!r->c->flag1 || columns || e->native) PZ_TRY(count_rows(r, e, PZ_STR(""), &rows));
    if (columns) PZ_TRY(measure_columns(r, e));
    e->stat_bytes = bytes_of(r, e, rows);
    if (!r->c->flag1 || columns) e->stat_rows = rows;
    return PZ_OK;
}

static pz_str
predicate(pz_statement *r, const pz_partition *p)
{
    pz_str out = PZ_STR(" WHERE true");
    for (int i = 0; i < p->values.n; i++) {
        pz_str c = quoted_column(r, p->values.data[i].key);
        pz_buf b;
        pz_buf_init(&b, 0);
        if (p->values.data[i].value.ptr) pz_sql_text(&b, p->values.data[i].value);
        out = p->values.data[i].value.ptr ? pz_strf(r->a, PZ_FMT " AND CAST(" PZ_FMT " AS STRING) = " PZ_FMT, PZ_ARG(out), PZ_ARG(c), PZ_ARG(pz_buf_view(&b)))
                                          : pz_strf(r->a, PZ_FMT " AND " PZ_FMT " IS NULL", PZ_ARG(out), PZ_ARG(c));
        pz_buf_free(&b);
    }
    return out;
}

/* Values were given and no partition has them. */
static pz_status
no_partition(pz_statement *r, const pz_cat *e)
{
    const pz_options *spec = &r->c->partition_spec;
    pz_str text = PZ_STR("");
    for (int i = 0; i < spec->n; i++)
        if (spec->data[i].value.ptr)
            text = pz_strf(r->a, PZ_FMT "%s`" PZ_FMT "` = " PZ_FMT, PZ_ARG(text), text.len ? ", " : "", PZ_ARG(spec->data[i].key), PZ_ARG(spec->data[i].value));
    if (!text.len) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_PARTITIONS_NOT_FOUND, PZ_NO_ORIGIN, "partitionList", pz_strf(r->a, "PARTITION (" PZ_FMT ")", PZ_ARG(text)).ptr, "tableName",
                    pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name)).ptr, NULL);
}

static pz_status
analyze_partitions(pz_statement *r, pz_cat *e)
{
    pz_partitions list = {0};
    pz_arena *a = e->keep->arena;
    PZ_TRY(pz_partition_keys(r, e, &r->c->partition_spec));
    PZ_TRY(pz_partitions_fit(r, e, &r->c->partition_spec, &list));
    if (!list.n) return no_partition(r, e);
    for (int i = 0; i < list.n; i++) {
        pz_str key = pz_strf(a, "partition:" PZ_FMT, PZ_ARG(pz_partition_path(a, &list.data[i].values)));
        int64_t rows = 0, bytes;
        if (!r->c->flag1 || e->native) PZ_TRY(count_rows(r, e, predicate(r, &list.data[i]), &rows));
        bytes = e->native ? bytes_of(r, e, rows) : bytes_under(plain_path(pz_partition_place(r, e, &list.data[i])), r->a);
        pz_option_set(a, &e->column_stats, key, r->c->flag1 ? pz_strf(a, "%lld bytes", (long long)bytes)
                                                            : pz_strf(a, "%lld bytes, %lld rows", (long long)bytes, (long long)rows));
    }
    return PZ_OK;
}

static pz_status
analyze_entry(pz_statement *r, const pz_cat *found)
{
    pz_cat *e = pz_cat_copy(found);
    if ((r->c->partition_spec.n ? analyze_partitions(r, e) : analyze(r, e)) == PZ_OK) return pz_replace_entry(r, e);
    pz_cat_unref(e);
    return PZ_FAIL;
}

pz_status
pz_cmd_analyze_table(pz_statement *r)
{
    bool columns = r->c->all || r->c->columns.n;
    pz_want want = {PZ_WANT_EITHER, "ANALYZE TABLE", columns, false, false};
    pz_view *v;
    pz_cat *e;
    pz_status st;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, &v, &e));
    if (v)
        st = pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_ANALYZE_UNCACHED_TEMP_VIEW, PZ_NO_ORIGIN, "viewName", pz_quoted(r->a, &r->c->names).ptr, NULL);
    else if (e->kind == PZ_ENTRY_VIEW) st = pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_ANALYZE_VIEW, PZ_NO_ORIGIN, NULL);
    else st = analyze_entry(r, e);
    pz_view_unref(v);
    pz_cat_unref(e);
    return st;
}

pz_status
pz_cmd_analyze_tables(pz_statement *r)
{
    pz_cats list = {0};
    pz_str db;
    pz_status st = PZ_OK;
    PZ_TRY(pz_check_database(r, &r->c->names, &db));
    pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_TABLE, db, r->a, &list);
    for (int i = 0; st == PZ_OK && i < list.n; i++)
        if (list.data[i]->kind == PZ_ENTRY_TABLE) st = analyze_entry(r, list.data[i]);
    pz_cats_unref(&list);
    return st;
}

/* ---- what these tables do not take ---- */
pz_status
pz_cmd_load_data(pz_statement *r)
{
    pz_cat *e;
    pz_want want = {PZ_WANT_TABLE, "LOAD DATA", false, false, false};
    pz_status st;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &e));
    st = pz_partition_keys(r, e, &r->c->partition_spec);
    if (st == PZ_OK) st = pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1261, PZ_NO_ORIGIN, "tableIdentWithDB", pz_cat_quoted(e, r->a).ptr, NULL);
    pz_cat_unref(e);
    return st;
}

pz_status
pz_cmd_refresh_function(pz_statement *r)
{
    pz_str db, name;
    pz_cat *e;
    if (r->c->names.n == 1 && pz_function_known(r->c->names.data[0]))
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1256, r->c->ref, "functionName", pz_dup(r->a, r->c->names.data[0]).ptr, NULL);
    PZ_TRY(pz_relation_place(r, &r->c->names, &db, &name));
    e = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_FUNCTION, db, name);
    pz_cat_unref(e);
    if (e) return PZ_OK;
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_ROUTINE_NOT_FOUND, PZ_NO_ORIGIN, "routineName",
                       pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(db), PZ_ARG(name)).ptr, NULL);
}

/*
 * session/command_catalog.c - the Catalog relations of the protocol: one row per operation with its columns and its function.
 */
#include <stdlib.h>

#include "../sql/sql.h"
#include "command_int.h"

#define TEXT_ROW "value STRING NOT NULL"
#define FLAG_ROW "value BOOLEAN NOT NULL"
#define NULL_TEXT_ROW "value STRING"
#define DATABASES "name STRING, catalog STRING, description STRING, locationUri STRING"
#define TABLES "name STRING, catalog STRING, namespace ARRAY<STRING>, description STRING, tableType STRING, isTemporary BOOLEAN NOT NULL"
#define FUNCTIONS "name STRING, catalog STRING, namespace ARRAY<STRING>, description STRING, className STRING, isTemporary BOOLEAN NOT NULL"
#define COLUMNS "name STRING, description STRING, dataType STRING, nullable BOOLEAN NOT NULL, isPartition BOOLEAN NOT NULL, isBucket BOOLEAN NOT NULL, isCluster BOOLEAN NOT NULL"
#define CATALOGS "name STRING, description STRING"

static const pz_str nothing = {NULL, 0};

/* Full name of a table: names with names2 (db_name) in front. */
static pz_strs
full_name(pz_statement *r)
{
    pz_strs out = {0};
    for (int i = 0; i < r->c->names2.n; i++) pz_vec_push(r->a, &out, r->c->names2.data[i]);
    for (int i = 0; i < r->c->names.n; i++) pz_vec_push(r->a, &out, r->c->names.data[i]);
    return out;
}

static pz_status
table_missing(pz_statement *r, const pz_strs *names)
{
    return pz_raise_not_found(r, names, pz_strf(r->a, "[`system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog), PZ_ARG(r->q->database)).ptr);
}

/* ---- current place ---- */
static pz_status
current_database(pz_statement *r)
{
    pz_cell(r, r->q->database);
    return PZ_OK;
}

static pz_status
current_catalog(pz_statement *r)
{
    pz_cell(r, r->q->catalog);
    return PZ_OK;
}

static pz_status
set_current_database(pz_statement *r)
{
    if (!pz_database_exists(r, &r->c->names)) return pz_raise_schema_not_found(r, &r->c->names);
    pz_session_set_place(r->session, nothing, PZ_STR("default"));
    return PZ_OK;
}

static pz_status
set_current_catalog(pz_statement *r)
{
    pz_str name = r->c->names.data[0];
    if (!pz_str_eqc(name, "spark_catalog"))
        return pz_raise(r->err, PZ_ERR_CATALOG_NOT_FOUND, PZ_NO_ORIGIN, "catalogName", pz_quoted(r->a, &r->c->names).ptr, "config",
                        pz_strf(r->a, "\"spark.sql.catalog." PZ_FMT "\"", PZ_ARG(name)).ptr, NULL);
    pz_session_set_place(r->session, name, nothing);
    return PZ_OK;
}

/* ---- databases and catalogs ---- */
static void
database_row(pz_statement *r)
{
    pz_cellc(r, "default");
    pz_cellc(r, "spark_catalog");
    pz_cellc(r, "default database");
    pz_cell(r, pz_confs_text(r->q->confs, "spark.sql.warehouse.dir"));
}

static pz_status
list_databases(pz_statement *r)
{
    if (pz_name_matches(PZ_STR("default"), r->c->text2)) database_row(r);
    return PZ_OK;
}

static pz_status
get_database(pz_statement *r)
{
    if (!pz_database_exists(r, &r->c->names)) return pz_raise_schema_not_found(r, &r->c->names);
    database_row(r);
    return PZ_OK;
}

static pz_status
database_exists(pz_statement *r)
{
    pz_cell_bool(r, pz_database_exists(r, &r->c->names));
    return PZ_OK;
}

static pz_status
list_catalogs(pz_statement *r)
{
    if (!pz_name_matches(PZ_STR("spark_catalog"), r->c->text2)) return PZ_OK;
    pz_cellc(r, "spark_catalog");
    pz_cell(r, nothing);
    return PZ_OK;
}

/* ---- tables ---- */
static void
view_row(pz_statement *r, const pz_view *v, bool global)
{
    pz_strs namespace = {0};
    if (global) pz_vec_push(r->a, &namespace, PZ_STR("global_temp"));
    pz_cell(r, v->name);
    pz_cell(r, nothing);
    pz_cell_names(r, &namespace);
    pz_cell(r, v->comment.len ? v->comment : nothing);
    pz_cellc(r, "TEMPORARY");
    pz_cell_bool(r, true);
}

static pz_status
list_tables(pz_statement *r)
{
    const pz_strs *db = &r->c->names2;
    bool global = db->n == 1 && pz_str_ieqc(db->data[0], "global_temp");
    if (db->n && !global && !pz_database_exists(r, db)) return pz_raise_schema_not_found(r, db);
    for (int i = 0; global && i < pz_views_count(r->q->globals); i++) {
        const pz_view *v = pz_views_at(r->q->globals, i);
        if (pz_name_matches(v->name, r->c->text2)) view_row(r, v, true);
    }
    for (int i = 0; i < pz_views_count(r->q->views); i++) {
        const pz_view *v = pz_views_at(r->q->views, i);
        if (pz_name_matches(v->name, r->c->text2)) view_row(r, v, false);
    }
    return PZ_OK;
}

static pz_status
list_views(pz_statement *r)
{
    const pz_strs *db = &r->c->names2;
    return !db->n || pz_database_exists(r, db) ? PZ_OK : pz_raise_schema_not_found(r, db);
}

static pz_status
get_table(pz_statement *r)
{
    pz_strs names = full_name(r);
    bool global;
    pz_view *v = pz_find_temp_view(r, &names, &global);
    if (!v) return table_missing(r, &names);
    view_row(r, v, global);
    pz_view_unref(v);
    return PZ_OK;
}

static pz_status
table_exists(pz_statement *r)
{
    pz_strs names = full_name(r);
    bool global;
    pz_view *v = pz_find_temp_view(r, &names, &global);
    pz_cell_bool(r, v != NULL);
    pz_view_unref(v);
    return PZ_OK;
}

static pz_status
list_columns(pz_statement *r)
{
    pz_strs names = full_name(r);
    pz_schema s;
    pz_error quiet;
    pz_statement probe = *r;
    pz_error_init(&quiet, r->a);
    probe.err = &quiet;
    if (pz_table_schema(&probe, &names, &s) != PZ_OK) return table_missing(r, &names);
    for (int i = 0; i < s.n; i++) {
        pz_str comment = nothing;
        (void)pz_metadata_comment(s.fields[i].metadata, r->a, &comment);
        pz_cell(r, s.fields[i].name);
        pz_cell(r, comment);
        pz_cell(r, pz_type_simple(s.fields[i].type, r->a));
        pz_cell_bool(r, s.fields[i].nullable);
        pz_cell_bool(r, false);
        pz_cell_bool(r, false);
        pz_cell_bool(r, false);
    }
    return PZ_OK;
}

static pz_status
drop_view_of(pz_statement *r, bool global)
{
    pz_cell_bool(r, pz_drop_temp_view(r->session, r->c->names.data[0], global));
    return PZ_OK;
}

static pz_status
drop_temp_view(pz_statement *r)
{
    return drop_view_of(r, false);
}

static pz_status
drop_global_temp_view(pz_statement *r)
{
    return drop_view_of(r, true);
}

/* ---- functions ---- */
static void
function_row(pz_statement *r, pz_str name)
{
    pz_cell(r, name);
    pz_cell(r, nothing);
    pz_cell_names(r, NULL);
    pz_cellc(r, "");
    pz_cellc(r, "");
    pz_cell_bool(r, true);
}

static pz_status
list_functions(pz_statement *r)
{
    const char *const *names;
    int n = pz_function_names(&names);
    if (r->c->names2.n && !pz_database_exists(r, &r->c->names2)) return pz_raise_schema_not_found(r, &r->c->names2);
    for (int i = 0; i < n; i++)
        if (pz_name_matches(pz_str_c(names[i]), r->c->text2)) function_row(r, pz_str_c(names[i]));
    return PZ_OK;
}

static pz_status
get_function(pz_statement *r)
{
    pz_str name = r->c->names.data[r->c->names.n - 1];
    if (pz_function_known(name)) {
        function_row(r, name);
        return PZ_OK;
    }
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_UNRESOLVED_ROUTINE, PZ_NO_ORIGIN, "routineName", pz_quoted(r->a, &r->c->names).ptr,
                       "searchPath", pz_strf(r->a, "[`system`.`builtin`, `system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog),
                                             PZ_ARG(r->q->database)).ptr, NULL);
}

static pz_status
function_exists(pz_statement *r)
{
    pz_cell_bool(r, pz_function_known(r->c->names.data[r->c->names.n - 1]));
    return PZ_OK;
}

/* ---- caching ---- */
static pz_status
check_table(pz_statement *r)
{
    pz_strs names = full_name(r);
    pz_schema s;
    return pz_table_schema(r, &names, &s);
}

static pz_status
is_cached(pz_statement *r)
{
    bool cached;
    PZ_TRY(pz_table_cached(r, &r->c->names, -1, &cached));
    pz_cell_bool(r, cached);
    return PZ_OK;
}

static pz_status
cache_table(pz_statement *r)
{
    return pz_cmd_cache_table(r);
}

static pz_status
uncache_table(pz_statement *r)
{
    return pz_cmd_uncache_table(r);
}

static pz_status
clear_cache(pz_statement *r)
{
    return pz_cmd_clear_cache(r);
}

static pz_status
no_rows(pz_statement *r)
{
    (void)r;
    return PZ_OK;
}

static pz_status
drop_table(pz_statement *r)
{
    return pz_cmd_drop_table(r);
}

static const struct operation { const char *name, *columns; pz_command_fn run; } operations[] = {
    {"current_database", TEXT_ROW, current_database},
    {"set_current_database", TEXT_ROW, set_current_database},
    {"list_databases", DATABASES, list_databases},
    {"list_tables", TABLES, list_tables},
    {"list_functions", FUNCTIONS, list_functions},
    {"list_columns", COLUMNS, list_columns},
    {"get_database", DATABASES, get_database},
    {"get_table", TABLES, get_table},
    {"get_function", FUNCTIONS, get_function},
    {"database_exists", FLAG_ROW, database_exists},
    {"table_exists", FLAG_ROW, table_exists},
    {"function_exists", FLAG_ROW, function_exists},
    {"drop_temp_view", FLAG_ROW, drop_temp_view},
    {"drop_global_temp_view", FLAG_ROW, drop_global_temp_view},
    {"is_cached", FLAG_ROW, is_cached},
    {"cache_table", TEXT_ROW, cache_table},
    {"uncache_table", TEXT_ROW, uncache_table},
    {"clear_cache", TEXT_ROW, clear_cache},
    {"refresh_table", TEXT_ROW, check_table},
    {"refresh_by_path", TEXT_ROW, no_rows},
    {"current_catalog", TEXT_ROW, current_catalog},
    {"set_current_catalog", TEXT_ROW, set_current_catalog},
    {"list_catalogs", CATALOGS, list_catalogs},
    {"drop_table", TEXT_ROW, drop_table},
    {"drop_view", TEXT_ROW, drop_table},
    {"list_views", TABLES, list_views},
};

static const struct operation *
find_operation(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(operations); i++)
        if (pz_str_eqc(name, operations[i].name)) return &operations[i];
    return NULL;
}

static pz_status
not_served(const pz_command *c, pz_error *err)
{
    return pz_raise(err, PZ_ERR_NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT, PZ_NO_ORIGIN, "cmd", pz_dup(err->arena, c->text).ptr, NULL);
}

pz_status
pz_catalog_schema(const pz_command *c, pz_arena *a, pz_schema *out, pz_error *err)
{
    const struct operation *o = find_operation(c->text);
    return o ? pz_parse_schema(pz_str_c(o->columns), a, out, err) : not_served(c, err);
}

pz_status
pz_cmd_catalog(pz_statement *r)
{
    const struct operation *o = find_operation(r->c->text);
    return o ? o->run(r) : not_served(r->c, r->err);
}

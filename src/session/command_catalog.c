/*
 * session/command_catalog.c - the Catalog relations of the protocol: one row per operation with its columns and its function.
 */
#include <stdlib.h>

#include "../plan/command.h"
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
#define PARTITIONS "partition STRING"
#define PROPERTIES "key STRING NOT NULL, value STRING"

static const pz_str nothing = {NULL, 0};

/* Full name of a table: names with names2 (db_name) in front; with a database it is one of the catalog. */
static pz_strs
full_name(pz_statement *r)
{
    pz_strs out = {0};
    if (r->c->names2.n == 1) pz_vec_push(r->a, &out, PZ_STR("spark_catalog"));
    for (int i = 0; i < r->c->names2.n; i++) pz_vec_push(r->a, &out, r->c->names2.data[i]);
    for (int i = 0; i < r->c->names.n; i++) pz_vec_push(r->a, &out, r->c->names.data[i]);
    return out;
}

/* Another statement with this one's name. */
static pz_command *
as_command(pz_statement *r, pz_command_kind kind)
{
    pz_command *c;
    (void)pz_command_make(r->a, kind, PZ_NO_ORIGIN, &c);
    *c = *r->c;
    c->kind = kind;
    c->names = full_name(r);
    c->names2 = (pz_strs){0};
    c->text = c->text2 = nothing;
    return c;
}

static pz_status
run_as(pz_statement *r, pz_command_kind kind)
{
    return pz_statement_run_as(r, as_command(r, kind));
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
    return pz_use_database(r, &r->c->names);
}

static pz_status
set_current_catalog(pz_statement *r)
{
    return pz_use_catalog(r, r->c->names.data[0]);
}

/* ---- databases and catalogs ---- */
static void
database_row(pz_statement *r, const pz_cat *e)
{
    pz_cell(r, e->name);
    pz_cellc(r, "spark_catalog");
    pz_cell(r, e->comment.ptr ? e->comment : PZ_STR(""));
    pz_cell(r, pz_database_location(r->q, e, r->a));
}

static pz_status
list_databases(pz_statement *r)
{
    pz_cats list = {0};
    pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), r->a, &list);
    for (int i = 0; i < list.n; i++)
        if (pz_name_matches(list.data[i]->name, r->c->text2)) database_row(r, list.data[i]);
    pz_cats_unref(&list);
    return PZ_OK;
}

static pz_status
get_database(pz_statement *r)
{
    pz_cat *e;
    if (!pz_database_exists(r, &r->c->names)) return pz_raise_schema_not_found(r, &r->c->names);
    PZ_TRY(pz_find_database(r, &r->c->names, &e));
    database_row(r, e);
    pz_cat_unref(e);
    return PZ_OK;
}

static pz_status
database_exists(pz_statement *r)
{
    pz_cell_bool(r, pz_database_exists(r, &r->c->names));
    return PZ_OK;
}

static pz_status
create_database(pz_statement *r)
{
    return pz_create_database(r);
}

static pz_status
drop_database(pz_statement *r)
{
    return pz_cmd_drop_database(r);
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
    pz_cell(r, nothing);                       /* Spark keeps none for temporary views */
    pz_cellc(r, "TEMPORARY");
    pz_cell_bool(r, true);
}

static void
entry_row(pz_statement *r, const pz_cat *e)
{
    pz_strs namespace = {0};
    pz_vec_push(r->a, &namespace, e->db);
    pz_cell(r, e->name);
    pz_cellc(r, "spark_catalog");
    pz_cell_names(r, &namespace);
    pz_cell(r, e->comment);
    pz_cellc(r, e->kind == PZ_ENTRY_VIEW ? "VIEW" : e->external ? "EXTERNAL" : "MANAGED");
    pz_cell_bool(r, false);
}

static pz_status
entry_rows(pz_statement *r, bool views)
{
    pz_cats list = {0};
    pz_str db;
    PZ_TRY(pz_check_database(r, &r->c->names2, &db));
    pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_TABLE, db, r->a, &list);
    for (int i = 0; i < list.n; i++) {
        const pz_cat *e = list.data[i];
        if ((!views || e->kind == PZ_ENTRY_VIEW) && pz_name_matches(e->name, r->c->text2)) entry_row(r, e);
    }
    pz_cats_unref(&list);
    return PZ_OK;
}

static void
temp_rows(pz_statement *r, const pz_views *set, bool global)
{
    for (int i = 0; i < pz_views_count(set); i++)
        if (pz_name_matches(pz_views_at(set, i)->name, r->c->text2)) view_row(r, pz_views_at(set, i), global);
}

static pz_status
list_tables(pz_statement *r)
{
    if (pz_is_global_temp(&r->c->names2)) temp_rows(r, r->q->globals, true);
    else PZ_TRY(entry_rows(r, false));
    temp_rows(r, r->q->views, false);
    return PZ_OK;
}

static pz_status
list_views(pz_statement *r)
{
    return entry_rows(r, true);
}

static const pz_want anything = {PZ_WANT_EITHER, "", true, false, false};

static pz_status
get_table(pz_statement *r)
{
    pz_strs names = full_name(r);
    pz_view *v;
    pz_cat *e;
    PZ_TRY(pz_find_relation(r, &names, &anything, &v, &e));
    if (v) view_row(r, v, names.n > 1 && pz_str_ieqc(names.data[0], "global_temp"));
    else entry_row(r, e);
    pz_view_unref(v);
    pz_cat_unref(e);
    return PZ_OK;
}

static pz_status
table_exists(pz_statement *r)
{
    pz_strs names = full_name(r);
    bool global;
    pz_strs told = names;
    pz_view *v = pz_find_temp_view(r, &names, &global);
    pz_cat *e = v ? NULL : pz_statement_entry(r, &names);
    if (told.n > 1 && pz_str_ieqc(told.data[0], "spark_catalog")) told.data++, told.n--;
    if (told.n > 2 && !r->c->names2.n)
        return pz_raise(r->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier", pz_quoted(r->a, &told).ptr, NULL);
    pz_cell_bool(r, v || e);
    pz_view_unref(v);
    pz_cat_unref(e);
    return PZ_OK;
}

static bool
holds(const pz_strs *list, pz_str name)
{
    for (int i = 0; i < list->n; i++)
        if (pz_str_ieq(list->data[i], name)) return true;
    return false;
}

static void
column_row(pz_statement *r, const pz_field *f, const pz_cat *e)
{
    pz_cell(r, f->name);
    pz_cell(r, pz_metadata_get(f->metadata, "comment", r->a));
    pz_cell(r, pz_declared_type(f, r->a));
    pz_cell_bool(r, f->nullable);
    pz_cell_bool(r, e && holds(&e->partition_columns, f->name));
    pz_cell_bool(r, e && holds(&e->bucket_columns, f->name));
    pz_cell_bool(r, e && holds(&e->cluster_columns, f->name));
}

static pz_status
list_columns(pz_statement *r)
{
    pz_strs names = full_name(r);
    pz_schema s;
    pz_view *v;
    pz_cat *e;
    pz_status st = PZ_OK;
    PZ_TRY(pz_find_relation(r, &names, &anything, &v, &e));
    if (v) pz_view_schema(r->a, v, &s);
    else st = pz_entry_schema(r, e, &s);
    for (int i = 0; st == PZ_OK && i < s.n; i++) column_row(r, &s.fields[i], e);
    pz_view_unref(v);
    pz_cat_unref(e);
    return st;
}

/* ---- what a table has ---- */
static pz_status
list_partitions(pz_statement *r)
{
    return run_as(r, PZ_CMD_SHOW_PARTITIONS);
}

static pz_status
get_table_properties(pz_statement *r)
{
    return run_as(r, PZ_CMD_SHOW_TBLPROPERTIES);
}

static pz_status
get_create_table_string(pz_statement *r)
{
    return run_as(r, PZ_CMD_SHOW_CREATE_TABLE);
}

static pz_status
analyze_table(pz_statement *r)
{
    return run_as(r, PZ_CMD_ANALYZE_TABLE);
}

static pz_status
only_table(pz_statement *r, const char *operation, pz_cat **out)
{
    pz_strs names = full_name(r);
    pz_want want = {PZ_WANT_TABLE, operation, false, false, false};
    return pz_find_relation(r, &names, &want, NULL, out);
}

static pz_status
truncate_table(pz_statement *r)
{
    pz_cat *e;
    PZ_TRY(only_table(r, "Catalog.truncateTable", &e));
    pz_cat_unref(e);
    return run_as(r, PZ_CMD_TRUNCATE);
}

static pz_status
recover_partitions(pz_statement *r)
{
    pz_cat *e;
    pz_status st;
    PZ_TRY(only_table(r, "recoverPartitions()", &e));
    st = pz_recover_partitions(r, e, "ALTER TABLE RECOVER PARTITIONS");
    pz_cat_unref(e);
    return st;
}

/* ---- createTable: the answer is the new table ---- */
/* A DataFrame makes its table once: when more is asked of it, it is that table. */
static bool
made_before(pz_statement *r)
{
    bool was = false;
    if (r->c->plan_id < 0) return false;
    pthread_mutex_lock(&r->session->lock);
    was = pz_table_get(&r->session->made, pz_strf(r->a, "%lld " PZ_FMT, (long long)r->c->plan_id, PZ_ARG(pz_quoted(r->a, &r->c->names)))) != NULL;
    pthread_mutex_unlock(&r->session->lock);
    return was;
}

static void
note_made(pz_statement *r)
{
    if (r->c->plan_id < 0) return;
    pthread_mutex_lock(&r->session->lock);
    pz_table_put(&r->session->made, pz_strf(r->a, "%lld " PZ_FMT, (long long)r->c->plan_id, PZ_ARG(pz_quoted(r->a, &r->c->names))), r->session);
    pthread_mutex_unlock(&r->session->lock);
}

static pz_status
create_table(pz_statement *r)
{
    pz_command *c = as_command(r, PZ_CMD_CREATE_TABLE);
    pz_rel *table = pz_rel_make(r->a, PZ_REL_NAMED_TABLE, PZ_NO_ORIGIN);
    pz_plan *p;
    pz_query *after;
    pz_status st;
    c->mode = PZ_STR("create");
    c->has_schema = false;
    c->schema = (pz_schema){0};
    for (int i = 0; i < r->c->schema.n; i++) {
        const pz_field *f = &r->c->schema.fields[i];
        pz_column_def *d = PZ_NEW(r->a, pz_column_def);
        pz_vec_push(r->a, &d->path, f->name);
        d->type = f->type;
        d->not_null = !f->nullable;
        d->comment = pz_metadata_get(f->metadata, "comment", r->a);
        d->has_comment = d->comment.ptr != NULL;
        pz_vec_push(r->a, &c->defs, d);
    }
    if (r->c->text3.ptr) {
        pz_option path = {PZ_STR("path"), r->c->text3};
        pz_vec_push(r->a, &c->options, path);
        c->location = r->c->text3;
    }
    c->text3 = nothing;
    if (!made_before(r)) {
        PZ_TRY(pz_statement_run_as(r, c));
        note_made(r);
    }
    after = pz_query_open(r->session, NULL, NULL);             /* one that sees the new table */
    table->u.table.names = c->names;
    st = pz_query_resolve(after, table, NULL, r->q->arena, &p, r->err);
    pz_query_end(after, st, r->err);
    if (st == PZ_OK) r->relation = p->root;
    return st;
}

/* ---- dropping ---- */
static pz_status
drop_view_of(pz_statement *r, bool global)
{
    pz_cell_bool(r, pz_drop_kept_view(r, r->c->names.data[0], global));
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

static pz_status
drop_table(pz_statement *r)
{
    return run_as(r, PZ_CMD_DROP_TABLE);
}

static pz_status
drop_view(pz_statement *r)
{
    return run_as(r, PZ_CMD_DROP_VIEW);
}

/* ---- functions ---- */
static void
builtin_row(pz_statement *r, pz_str name, pz_str known)
{
    const char *class_name = pz_function_class(known);
    pz_cell(r, name);
    pz_cell(r, nothing);
    pz_cell_names(r, NULL);
    pz_cell(r, pz_function_usage(known, r->a));
    pz_cell(r, *class_name ? pz_str_c(class_name) : nothing);
    pz_cell_bool(r, true);
}

static void
function_row(pz_statement *r, const pz_cat *e, pz_str name)
{
    pz_cell(r, name);
    pz_cell(r, e->db.len ? PZ_STR("spark_catalog") : nothing);
    pz_cell_names(r, e->db.len ? &(pz_strs){(pz_str[]){pz_dup(r->a, e->db)}, 1, 1} : NULL);
    pz_cell(r, pz_function_description(r, e));
    pz_cell(r, pz_function_class_name(e, r->a));
    pz_cell_bool(r, !e->db.len);
}

static pz_status
list_functions(pz_statement *r)
{
    const char *const *names;
    int n = pz_function_names(&names);
    pz_cats users = {0};
    pz_str db;
    PZ_TRY(pz_check_database(r, &r->c->names2, &db));
    pz_function_entries(r, db, r->c->text2, &users);
    for (int i = 0; i < users.n; i++) function_row(r, users.data[i], users.data[i]->name);
    pz_cats_unref(&users);
    for (int i = 0; i < n; i++)
        if (pz_name_matches(pz_str_c(names[i]), r->c->text2)) builtin_row(r, pz_str_c(names[i]), pz_str_c(names[i]));
    return PZ_OK;
}

/* A name, alone or qualified, that leads to a built-in function. */
bool
pz_names_builtin(const pz_strs *names)
{
    bool place = names->n == 1 || (names->n == 2 && pz_str_ieqc(names->data[0], "builtin")) ||
                 (names->n == 3 && pz_str_ieqc(names->data[0], "system") && pz_str_ieqc(names->data[1], "builtin"));
    return place && pz_function_known(names->data[names->n - 1]);
}

/* The function of the name: *builtin, or an entry (a reference), or neither.  Longer names are refused. */
static pz_status
which_function(pz_statement *r, pz_strs *names, bool *builtin, pz_cat **e)
{
    bool known_place;
    *names = full_name(r);
    *e = NULL;
    *builtin = pz_names_builtin(names);
    known_place = names->n < 3 || (names->n == 3 && (pz_str_ieqc(names->data[0], "spark_catalog") || pz_str_ieqc(names->data[0], "system")));
    if (!known_place)
        return pz_raise(r->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier", pz_quoted(r->a, names).ptr, NULL);
    if (!*builtin) *e = pz_function_entry(r, names);
    return PZ_OK;
}

/* Spark shows the first part of names that lead into its system catalog. */
static pz_status
get_function(pz_statement *r)
{
    pz_strs names;
    bool builtin;
    pz_cat *e = NULL;
    PZ_TRY(which_function(r, &names, &builtin, &e));
    if (builtin) {
        builtin_row(r, names.data[0], names.data[names.n - 1]);
    } else if (e) {
        function_row(r, e, e->db.len ? names.data[names.n - 1] : names.data[0]);
        pz_cat_unref(e);
    } else {
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_UNRESOLVED_ROUTINE, PZ_NO_ORIGIN, "routineName", pz_quoted(r->a, &r->c->names).ptr,
                           "searchPath", pz_search_path_text(r, true), NULL);
    }
    return PZ_OK;
}

static pz_status
function_exists(pz_statement *r)
{
    pz_strs names;
    bool builtin;
    pz_cat *e = NULL;
    PZ_TRY(which_function(r, &names, &builtin, &e));
    pz_cell_bool(r, builtin || e != NULL);
    pz_cat_unref(e);
    return PZ_OK;
}

/* The call looks for the table as queries do; the statement as statements do. */
static pz_status
refresh_table(pz_statement *r)
{
    pz_want want = {PZ_WANT_EITHER, "", true, false, true};
    pz_view *v;
    pz_cat *e;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, &v, &e));
    pz_view_unref(v);
    pz_cat_unref(e);
    return pz_cmd_refresh_table(r);
}

static const struct operation { const char *name, *columns; pz_command_fn run; } operations[] = {
    {"current_database", NULL_TEXT_ROW, current_database},
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
    {"is_cached", FLAG_ROW, pz_catalog_is_cached},
    {"cache_table", TEXT_ROW, pz_catalog_cache_table},
    {"uncache_table", TEXT_ROW, pz_cmd_uncache_table},
    {"clear_cache", TEXT_ROW, pz_cmd_clear_cache},
    {"refresh_table", TEXT_ROW, refresh_table},
    {"refresh_by_path", TEXT_ROW, pz_cmd_refresh_path},
    {"current_catalog", NULL_TEXT_ROW, current_catalog},
    {"set_current_catalog", TEXT_ROW, set_current_catalog},
    {"list_catalogs", CATALOGS, list_catalogs},
    {"drop_table", TEXT_ROW, drop_table},
    {"drop_view", TEXT_ROW, drop_view},
    {"list_views", TABLES, list_views},
    {"create_table", "", create_table},
    {"create_external_table", "", create_table},
    {"create_database", TEXT_ROW, create_database},
    {"drop_database", TEXT_ROW, drop_database},
    {"list_partitions", PARTITIONS, list_partitions},
    {"get_table_properties", PROPERTIES, get_table_properties},
    {"get_create_table_string", NULL_TEXT_ROW, get_create_table_string},
    {"truncate_table", TEXT_ROW, truncate_table},
    {"analyze_table", TEXT_ROW, analyze_table},
    {"recover_partitions", TEXT_ROW, recover_partitions},
};

static const struct operation *
find_operation(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(operations); i++)
        if (pz_str_eqc(name, operations[i].name)) return &operations[i];
    return NULL;
}

/* Every operation of the protocol is in the table; one of a later protocol is not. */
static pz_status
unknown(const pz_command *c, pz_error *err)
{
    return pz_raise(err, PZ_ERR_NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT, PZ_NO_ORIGIN, "cmd", pz_dup(err->arena, c->text).ptr, NULL);
}

pz_status
pz_catalog_schema(const pz_command *c, pz_arena *a, pz_schema *out, pz_error *err)
{
    const struct operation *o = find_operation(c->text);
    *out = c->schema;                          /* of a table that is made */
    if (o && !*o->columns) return PZ_OK;
    return o ? pz_parse_schema(pz_str_c(o->columns), a, out, err) : unknown(c, err);
}

pz_status
pz_cmd_catalog(pz_statement *r)
{
    const struct operation *o = find_operation(r->c->text);
    return o ? o->run(r) : unknown(r->c, r->err);
}

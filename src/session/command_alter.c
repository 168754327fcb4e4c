/*
 * session/command_alter.c - ALTER TABLE and ALTER VIEW but for columns and partitions; COMMENT ON.
 *
 * A mode of the statement (tables/commands.def) has its function below, with the operation as messages name it.  Things start at
 * pz_cmd_alter_table().
 */
#include "command_int.h"

typedef pz_status (*action)(pz_statement *r, const pz_cat *e);

/* ---- properties ---- */
static pz_status
check_properties(pz_statement *r)
{
    static const char *const refused[][2] = {
        {"provider", "please use the USING clause to specify it"},
        {"location", "please use the LOCATION clause to specify it"},
        {"owner", "it will be set to the current user"},
        {"external", "please use CREATE EXTERNAL TABLE"},
        {"is_managed_location", "please remove it from the TBLPROPERTIES list."},
    };
    for (int i = 0; i < r->c->properties.n; i++)
        for (size_t k = 0; k < PZ_COUNTOF(refused); k++)
            if (pz_str_eqc(r->c->properties.data[i].key, refused[k][0]))
                return pz_raise_as(r->err, PZ_CLASS_ParseException, PZ_ERR_UNSUPPORTED_FEATURE_SET_TABLE_PROPERTY, r->c->origin, "property", refused[k][0],
                                   "msg", refused[k][1], NULL);
    return PZ_OK;
}

static pz_status
set_properties(pz_statement *r, const pz_cat *e)
{
    pz_cat *changed = pz_cat_copy(e);
    pz_arena *a = changed->keep->arena;
    for (int i = 0; i < r->c->properties.n; i++) {
        pz_option o = r->c->properties.data[i];
        if (pz_str_eqc(o.key, "comment")) changed->comment = pz_dup(a, o.value);
        else pz_option_set(a, &changed->properties, o.key, o.value);
    }
    return pz_replace_entry(r, changed);
}

static pz_status
unset_properties(pz_statement *r, const pz_cat *e)
{
    pz_cat *changed = pz_cat_copy(e);
    for (int i = 0; i < r->c->properties.n; i++) {
        if (pz_str_eqc(r->c->properties.data[i].key, "comment")) changed->comment = (pz_str){NULL, 0};
        pz_option_unset(&changed->properties, r->c->properties.data[i].key);
    }
    return pz_replace_entry(r, changed);
}

/* Properties of the storage: options of the format. */
static pz_status
set_serde(pz_statement *r, const pz_cat *e)
{
    pz_cat *changed;
    if (r->c->text.ptr)
        return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_ALTER_TABLE_SERDE_FOR_DATASOURCE_TABLE, PZ_NO_ORIGIN, "tableName", pz_cat_quoted(e, r->a).ptr, NULL);
    if (r->c->partition_spec.n) return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1247, PZ_NO_ORIGIN, NULL);
    changed = pz_cat_copy(e);
    for (int i = 0; i < r->c->properties.n; i++)
        pz_option_set(changed->keep->arena, &changed->options, r->c->properties.data[i].key, r->c->properties.data[i].value);
    return pz_replace_entry(r, changed);
}

/* ---- RENAME ---- */
static pz_status
mismatch(pz_statement *r, pz_str db, pz_str other)
{
    return pz_raise(r->err, PZ_ERR_RENAME_TABLE_SOURCE_DESTINATION_DATABASE_MISMATCH, PZ_NO_ORIGIN, "db", pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(db)).ptr,
                    "newDb", pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(other)).ptr, NULL);
}

static pz_status
taken(pz_statement *r, pz_str db, pz_str name)
{
    return pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName",
                    pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(db), PZ_ARG(name)).ptr, NULL);
}

static pz_status
rename_entry(pz_statement *r, const pz_cat *e)
{
    const pz_strs *to = &r->c->names2;
    pz_str name = to->data[to->n - 1];
    pz_cat *there, *changed;
    if (to->n > 2)
        return pz_raise(r->err, PZ_ERR_IDENTIFIER_TOO_MANY_NAME_PARTS, PZ_NO_ORIGIN, "identifier", pz_quoted(r->a, to).ptr, "limit", "2", NULL);
    if (to->n > 1 && !pz_str_ieq(to->data[0], e->db)) return mismatch(r, e->db, to->data[0]);
    PZ_TRY(pz_check_new_name(r, name));
    there = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_TABLE, e->db, name);
    pz_cat_unref(there);
    if (there) return taken(r, e->db, pz_lower_ascii(r->a, name));
    changed = pz_cat_copy(e);
    changed->name = pz_lower_ascii(changed->keep->arena, name);
    if (!e->native && !e->external && e->kind == PZ_ENTRY_TABLE) changed->location = pz_table_location(r->q, e, changed->keep->arena);
    return pz_replace_entry(r, changed);
}

static pz_status
rename_temp(pz_statement *r, pz_view *v, bool global)
{
    if (pz_rename_temp_view(r->session, v, r->c->names2.data[r->c->names2.n - 1], global)) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_TEMP_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName", pz_quoted(r->a, &r->c->names2).ptr, NULL);
}

/* What is renamed is found first and asked for its kind after. */
static pz_status
rename_any(pz_statement *r)
{
    pz_view *v;
    pz_cat *e;
    pz_want want = {PZ_WANT_EITHER, "ALTER TABLE", true, false, false};
    pz_status st;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, &v, &e));
    if (v) st = rename_temp(r, v, r->c->names.n > 1 && pz_str_ieqc(r->c->names.data[0], "global_temp"));
    else if ((e->kind == PZ_ENTRY_VIEW) == r->c->flag1) st = rename_entry(r, e);
    else if (r->c->flag1)
        st = pz_raise(r->err, PZ_ERR_EXPECT_VIEW_NOT_TABLE_USE_ALTER_TABLE, PZ_NO_ORIGIN, "tableName", pz_quoted(r->a, &r->c->names).ptr, "operation",
                      "ALTER VIEW", NULL);
    else
        st = pz_raise(r->err, PZ_ERR_EXPECT_TABLE_NOT_VIEW_USE_ALTER_VIEW, PZ_NO_ORIGIN, "viewName", pz_quoted(r->a, &r->c->names).ptr, "operation",
                      "ALTER TABLE", NULL);
    pz_view_unref(v);
    pz_cat_unref(e);
    return st;
}

/* ---- layout ---- */
pz_status
pz_unsupported_table_operation(pz_statement *r, const pz_cat *e, const char *operation)
{
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_UNSUPPORTED_FEATURE_TABLE_OPERATION, PZ_NO_ORIGIN, "tableName", pz_cat_quoted(e, r->a).ptr,
                       "operation", operation, NULL);
}

/* Rows of a native table are in no directory, so there is none to point elsewhere. */
static pz_status
set_location(pz_statement *r, const pz_cat *e)
{
    pz_cat *changed;
    if (r->c->partition_spec.n) return pz_alter_partitions(r, e);
    if (e->native) return pz_unsupported_table_operation(r, e, "ALTER TABLE ... SET LOCATION");
    changed = pz_cat_copy(e);
    pz_partitions_stay(r, e, changed);
    changed->location = pz_location_uri(changed->keep->arena, r->c->location, PZ_STR(""));
    if (r->c->location.len && r->c->location.ptr[0] != '/' && !memchr(r->c->location.ptr, ':', r->c->location.len)) {
        pz_cat *db = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), e->db);
        changed->location = pz_location_uri(changed->keep->arena, r->c->location, db ? pz_database_location(r->q, db, r->a) : PZ_STR(""));
        pz_cat_unref(db);
    }
    if (pz_fence_check_uri(changed->location, r->a, r->err) != PZ_OK) {
        pz_cat_unref(changed);
        return PZ_FAIL;
    }
    return pz_replace_entry(r, changed);
}

static pz_status
recover(pz_statement *r, const pz_cat *e)
{
    return pz_recover_partitions(r, e, "ALTER TABLE RECOVER PARTITIONS");
}

static pz_status
cluster_by(pz_statement *r, const pz_cat *e)
{
    pz_cat *changed;
    pz_arena *a;
    for (int i = 0; i < r->c->columns.n; i++) {
        bool found = false;
        pz_schema seen;
        for (int k = 0; k < e->schema.n; k++) found |= pz_str_ieq(e->schema.fields[k].name, r->c->columns.data[i]);
        if (found) continue;
        pz_shown_schema(r->a, e, &seen);
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_3060, PZ_NO_ORIGIN, "i", pz_dup(r->a, r->c->columns.data[i]).ptr, "schema",
                        pz_schema_tree(&seen, 0, r->a).ptr, NULL);
    }
    changed = pz_cat_copy(e);
    a = changed->keep->arena;
    changed->cluster_columns = (pz_strs){0};
    pz_option_unset(&changed->properties, PZ_STR("clusteringColumns"));
    for (int i = 0; i < r->c->columns.n; i++) pz_vec_push(a, &changed->cluster_columns, pz_dup(a, r->c->columns.data[i]));
    if (!r->c->columns.n) pz_option_set(a, &changed->properties, PZ_STR("clusteringColumns"), PZ_STR("[]"));
    return pz_replace_entry(r, changed);
}

static pz_status
check_collation(pz_statement *r)
{
    pz_attrs none = {0};
    pz_expr *e;
    if (!pz_str_eqc(r->c->mode, "collation")) return PZ_OK;
    return pz_analyze_expr(&r->q->place.env, pz_call_make(r->a, PZ_NO_ORIGIN, "collate", 2, pz_literal_string(r->a, PZ_STR("")), pz_literal_string(r->a, r->c->text2)),
                           &none, r->a, &e, r->err);
}

/* Columns added from now on have it. */
static pz_status
set_collation(pz_statement *r, const pz_cat *e)
{
    pz_cat *changed = pz_cat_copy(e);
    changed->collation = pz_dup(changed->keep->arena, r->c->text2);
    pz_option_set(changed->keep->arena, &changed->properties, PZ_STR("collation"), r->c->text2);
    return pz_replace_entry(r, changed);
}

static pz_status
add_constraint(pz_statement *r, const pz_cat *e)
{
    return pz_unsupported_table_operation(r, e, "ADD CONSTRAINT");
}

static pz_status
drop_constraint(pz_statement *r, const pz_cat *e)
{
    return pz_unsupported_table_operation(r, e, "DROP CONSTRAINT");
}

/* ---- dispatch ---- */
static const struct mode { const char *mode, *operation; bool alternative; action run; } modes[] = {
    {"set properties", "SET TBLPROPERTIES", true, set_properties},
    {"unset properties", "UNSET TBLPROPERTIES", true, unset_properties},
    {"set serde", "SET [SERDE|SERDEPROPERTIES]", true, set_serde},
    {"set location", "SET LOCATION ...", false, set_location},
    {"add partition", "ADD PARTITION ...", false, pz_alter_partitions},
    {"drop partition", "DROP PARTITION ...", false, pz_alter_partitions},
    {"rename partition", "RENAME TO PARTITION", false, pz_alter_partitions},
    {"recover partitions", "RECOVER PARTITIONS", false, recover},
    {"cluster by", "CLUSTER BY", false, cluster_by},
    {"collation", "DEFAULT COLLATION", false, set_collation},
    {"add constraint", "ADD CONSTRAINT", false, add_constraint},
    {"drop constraint", "DROP CONSTRAINT", false, drop_constraint},
    {"add columns", "ADD COLUMNS", false, pz_alter_columns},
    {"replace columns", "REPLACE COLUMNS", false, pz_alter_columns},
    {"rename column", "RENAME COLUMN", false, pz_alter_columns},
    {"drop columns", "DROP COLUMNS", false, pz_alter_columns},
    {"alter columns", "ALTER COLUMN", false, pz_alter_columns},
};

pz_status
pz_cmd_alter_table(pz_statement *r)
{
    const struct mode *m = NULL;
    pz_cat *e;
    pz_status st;
    if (pz_str_eqc(r->c->mode, "rename")) return rename_any(r);
    for (size_t i = 0; i < PZ_COUNTOF(modes); i++)
        if (pz_str_eqc(r->c->mode, modes[i].mode)) m = &modes[i];
    if (!m) return pz_raise_internal(r->err, "an unknown change of a table");
    PZ_TRY(check_properties(r));
    PZ_TRY(check_collation(r));
    pz_want want = {r->c->flag1 ? PZ_WANT_VIEW : PZ_WANT_TABLE, pz_strf(r->a, "ALTER %s ... %s", r->c->flag1 ? "VIEW" : "TABLE", m->operation).ptr, false,
                    m->alternative, false};
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &e));
    st = m->run(r, e);
    pz_cat_unref(e);
    return st;
}

/* ---- COMMENT ON ---- */
pz_status
pz_cmd_comment_on(pz_statement *r)
{
    bool columns = pz_str_eqc(r->c->mode, "columns");
    pz_want want = {PZ_WANT_TABLE, columns ? "COMMENT ON COLUMN" : "COMMENT ON TABLE", false, false, false};
    pz_cat *e;
    pz_status st;
    if (pz_str_eqc(r->c->mode, "namespace")) return pz_comment_on_database(r);
    if (columns && !r->c->ref.source) r->c->ref = r->c->origin;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &e));
    if (columns) {
        st = pz_comment_on_columns(r, e);
    } else {
        pz_cat *changed = pz_cat_copy(e);
        changed->comment = pz_dup(changed->keep->arena, r->c->comment.ptr ? r->c->comment : PZ_STR(""));
        st = pz_replace_entry(r, changed);
    }
    pz_cat_unref(e);
    return st;
}

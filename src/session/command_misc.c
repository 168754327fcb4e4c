/*
 * session/command_misc.c - collations, ALTER VIEW of temporary views, and statements about tables there are none of.
 */
#include <stdlib.h>

#include "command_int.h"

/* ---- SHOW COLLATIONS ---- */
pz_status
pz_cmd_show_collations(pz_statement *r)
{
    int n;
    const pz_collation *all = pz_collation_list(r->a, &n);
    for (int i = 0; i < n; i++) {
        if (!pz_name_matches(pz_str_c(all[i].name), r->c->text)) continue;
        pz_cellc(r, all[i].name), pz_cellc(r, all[i].language), pz_cellc(r, all[i].country);
        pz_cellc(r, all[i].accents ? "ACCENT_SENSITIVE" : "ACCENT_INSENSITIVE");
        pz_cellc(r, all[i].cases ? "CASE_SENSITIVE" : "CASE_INSENSITIVE");
        pz_cellc(r, all[i].trims ? "RTRIM" : "NO_PAD"), pz_cellc(r, all[i].icu);
    }
    return PZ_OK;
}

/* ---- statements about tables ---- */
typedef struct about { pz_command_kind kind; const char *operation; enum { TABLE, PERMANENT, WRITES } wants; } about;
static const about abouts[] = {
    {PZ_CMD_TRUNCATE, "TRUNCATE TABLE", TABLE},
    {PZ_CMD_INSERT, "INSERT", WRITES},
    {PZ_CMD_MULTI_INSERT, "INSERT", WRITES},
    {PZ_CMD_UPDATE, "UPDATE", WRITES},
    {PZ_CMD_DELETE, "DELETE", WRITES},
    {PZ_CMD_MERGE, "MERGE", WRITES},
};

static pz_status
not_served(pz_statement *r)
{
    return pz_raise(r->err, PZ_ERR_NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT, r->c->origin, "cmd", pz_command_info(r->c->kind)->name, NULL);
}

/* Mistakes of a source that are looked for only when the whole statement is known, a missing target first. */
static bool
is_found_late(const pz_error *e)
{
    static const char *const late[] = {"UNRESOLVED_COLUMN", "TABLE_OR_VIEW_NOT_FOUND", "DATATYPE_MISMATCH", "MISSING_AGGREGATION", "MISSING_GROUP_BY",
                                       "NUM_COLUMNS_MISMATCH", "INCOMPATIBLE_COLUMN_TYPE", "INVALID_LIMIT_LIKE_EXPRESSION", "INVALID_WHERE_CONDITION",
                                       "NESTED_AGGREGATE_FUNCTION", "DEFAULT_PLACEMENT_INVALID"};
    const char *condition = e->id == PZ_ERR_TEXT ? "" : pz_err_info(e->id)->condition;
    for (size_t i = 0; i < PZ_COUNTOF(late); i++)
        if (strncmp(condition, late[i], strlen(late[i])) == 0) return true;
    return false;
}

/* Tables do not exist yet: the name is missing, or a view where a table is wanted. */
pz_status
pz_cmd_about_table(pz_statement *r)
{
    const about *what = NULL;
    const pz_strs *names = &r->c->names;
    pz_rel *source = r->c->query;
    pz_plan *p;
    bool global, found;
    pz_view *v;
    pz_status st = PZ_OK;
    pz_error first;
    pz_error_init(&first, r->a);
    for (size_t i = 0; i < PZ_COUNTOF(abouts); i++)
        if (abouts[i].kind == r->c->kind) what = &abouts[i];
    if (!what) return not_served(r);
    if (!names->n && r->c->body.n) {           /* several inserts from one source */
        names = &r->c->body.data[0]->names;
        source = r->c->body.data[0]->query;
        r->c->ref = r->c->body.data[0]->ref;
    }
    if (what->wants == WRITES && source) st = pz_query_resolve(r->q, source, NULL, r->a, &p, &first);
    v = names->n && !r->c->name_expr ? pz_find_temp_view(r, names, &global) : NULL;
    found = v != NULL;
    pz_view_unref(v);
    if (st != PZ_OK && (found || !names->n || r->c->name_expr || !is_found_late(&first))) {
        pz_error_copy(r->err, &first);
        return PZ_FAIL;
    }
    if (!names->n || r->c->name_expr) return not_served(r);
    if (!found) return pz_raise_not_found(r, names, what->wants == WRITES ? pz_search_path_text(r, true) : pz_search_path_text(r, false));
    if (what->wants == PERMANENT)
        return pz_raise(r->err, PZ_ERR_EXPECT_PERMANENT_VIEW_NOT_TEMP, PZ_NO_ORIGIN, "operation", what->operation, "viewName",
                        pz_quoted(r->a, names).ptr, NULL);
    return pz_raise(r->err, PZ_ERR_EXPECT_TABLE_NOT_VIEW_NO_ALTERNATIVE, r->c->ref, "operation", what->operation, "viewName",
                    pz_quoted(r->a, names).ptr, NULL);
}

/* ---- ALTER VIEW of a temporary view: a new plan, or a new name ---- */
pz_status
pz_cmd_alter_view(pz_statement *r)
{
    bool global;
    pz_view *v = pz_find_temp_view(r, &r->c->names, &global);
    pz_str name = v ? v->name : PZ_STR("");
    pz_view_unref(v);
    if (!v) return pz_alter_stored_view(r);
    if (!r->c->query) return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_TEMPORARY_VIEW_WITH_SCHEMA_BINDING_MODE, PZ_NO_ORIGIN, NULL);
    return pz_make_temp_view(r, pz_dup(r->a, name), r->c->query, r->c->text, global);
}

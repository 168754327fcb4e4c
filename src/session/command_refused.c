/*
 * session/command_refused.c - statements for catalogs of another kind: procedures, indexes.
 *
 * The session catalog has none of these; what is raised, and what is looked at first, is as Spark does it.
 * Things start at the pz_cmd_ functions.
 */
#include "command_int.h"

/* ---- procedures ---- */
static pz_status
no_procedures(pz_statement *r)
{
    return pz_raise(r->err, PZ_ERR_MISSING_CATALOG_ABILITY_PROCEDURES, PZ_NO_ORIGIN, "plugin", "spark_catalog", NULL);
}

/* CALL and DESCRIBE PROCEDURE: only a name that names the catalog gets as far as being asked for. */
pz_status
pz_cmd_call(pz_statement *r)
{
    pz_strs names = r->c->names;
    if (!pz_str_ieqc(names.data[0], "spark_catalog") || names.n == 1)
        return pz_raise(r->err, PZ_ERR_UNRESOLVED_ROUTINE, r->c->origin, "routineName", pz_quoted(r->a, &names).ptr, "searchPath", pz_search_path_text(r, true),
                        NULL);
    names.data++, names.n--;
    if (names.n == 1)
        return pz_raise(r->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier", pz_quoted(r->a, &names).ptr,
                        NULL);
    return no_procedures(r);
}

pz_status
pz_cmd_show_procedures(pz_statement *r)
{
    return no_procedures(r);
}

/* ---- indexes ---- */
pz_status
pz_cmd_index(pz_statement *r)
{
    bool creates = r->c->kind == PZ_CMD_CREATE_INDEX;
    const pz_want want = {.kind = PZ_WANT_TABLE, .operation = creates ? "CREATE INDEX" : "DROP INDEX"};
    pz_status st = PZ_OK;
    pz_cat *e;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &e));
    for (int i = 0; st == PZ_OK && i < r->c->columns.n; i++) {
        pz_strs path = {0};
        bool found = false;
        for (int k = 0; k < e->schema.n; k++) found |= pz_str_ieq(e->schema.fields[k].name, r->c->columns.data[i]);
        pz_vec_push(r->a, &path, r->c->columns.data[i]);
        if (!found) st = pz_raise_no_column(r, e, &path);
    }
    if (st == PZ_OK)
        st = pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1332, PZ_NO_ORIGIN, "errorMessage",
                      pz_strf(r->a, "%s is not supported in this table " PZ_FMT "." PZ_FMT ".", creates ? "CreateIndex" : "DropIndex", PZ_ARG(e->db),
                              PZ_ARG(e->name)).ptr, NULL);
    pz_cat_unref(e);
    return st;
}

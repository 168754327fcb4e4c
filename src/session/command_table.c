/*
 * session/command_table.c - DROP TABLE and DROP VIEW of entries of the catalog.
 */
#include "catalog.h"
#include "command_int.h"
#include "write.h"

/* The names of a missing table as Spark completes them. */
static pz_status
missing(pz_statement *r)
{
    pz_str db, name;
    PZ_TRY(pz_relation_place(r, &r->c->names, &db, &name));
    return pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, PZ_NO_ORIGIN, "relationName", pz_full_quoted(r->a, db, name).ptr, "searchPath",
                    pz_strf(r->a, "[" PZ_FMT "]", PZ_ARG(pz_full_quoted(r->a, db, (pz_str){NULL, 0}))).ptr, NULL);
}

/* The files of a managed table go with it. */
pz_status
pz_drop_files(pz_statement *r, pz_change *ch, const pz_cat *e)
{
    pz_str path;
    pz_error quiet;
    pz_error_init(&quiet, r->a);
    if (e->kind == PZ_ENTRY_TABLE && !e->native && !e->external && pz_local_path(pz_table_location(r->q, e, r->a), r->a, &path, &quiet) == PZ_OK)
        return pz_change_remove_dir(ch, path, r->a, r->err);
    return PZ_OK;
}

/* ---- DROP ---- */
pz_status
pz_drop_entry(pz_statement *r, bool view)
{
    pz_cat *e = pz_statement_entry(r, &r->c->names);
    pz_change *ch;
    pz_status st;
    pz_str db, name;
    if (!e) {
        PZ_TRY(pz_relation_place(r, &r->c->names, &db, &name));
        return r->c->if_exists ? PZ_OK : missing(r);
    }
    if (view && e->kind != PZ_ENTRY_VIEW) {    /* DROP TABLE takes views as well */
        st = pz_raise(r->err, PZ_ERR_WRONG_COMMAND_FOR_OBJECT_TYPE, PZ_NO_ORIGIN, "operation", "DROP VIEW", "requiredType", "VIEW or METRIC_VIEW",
                      "objectName", pz_strf(r->a, "spark_catalog." PZ_FMT "." PZ_FMT, PZ_ARG(e->db), PZ_ARG(e->name)).ptr, "foundType",
                      e->external ? "EXTERNAL" : "MANAGED", "alternative", "DROP TABLE", NULL);
        pz_cat_unref(e);
        return st;
    }
    pz_cache_forget_table(r, &r->c->names, true);
    st = pz_change_begin(r->q, &ch, r->err);
    if (st == PZ_OK) st = pz_change_hold(ch, e, r->err);
    if (st == PZ_OK && e->native) st = pz_change_exec(ch, pz_strf(r->a, "DROP TABLE " PZ_FMT, PZ_ARG(pz_cat_table_text(e, r->a))), r->err);
    if (st == PZ_OK) st = pz_drop_files(r, ch, e);
    if (st == PZ_OK) {
        pz_change_drop(ch, e);
        st = pz_change_commit(ch, r->err);
    } else {
        pz_change_abort(ch);
    }
    pz_cat_unref(e);
    return st;
}

pz_status
pz_cmd_drop_table(pz_statement *r)
{
    bool global;
    pz_view *v = pz_find_temp_view(r, &r->c->names, &global);
    bool dropped = v && pz_drop_kept_view(r, v->name, global);
    pz_view_unref(v);
    return dropped ? PZ_OK : pz_drop_entry(r, false);
}

/*
 * session/command_table.c - tables of the catalog come and go: CREATE TABLE, DROP TABLE.
 */
#include "catalog.h"
#include "command_int.h"

/* The names of a missing table as Spark completes them. */
static pz_status
missing(pz_statement *r)
{
    pz_str db, name;
    PZ_TRY(pz_relation_place(r, &r->c->names, &db, &name));
    return pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, PZ_NO_ORIGIN, "relationName", pz_full_quoted(r->a, db, name).ptr, "searchPath",
                    pz_strf(r->a, "[" PZ_FMT "]", PZ_ARG(pz_full_quoted(r->a, db, (pz_str){NULL, 0}))).ptr, NULL);
}

/* ---- CREATE TABLE ---- */
static pz_status
create_rows(pz_statement *r, pz_change *ch, pz_cat *e)
{
    PZ_TRY(pz_change_exec(ch, pz_cat_create_text(e, r->a), r->err));
    pz_change_put(ch, e);
    return PZ_OK;
}

static void
take_columns(pz_statement *r, pz_cat *e)
{
    pz_arena *a = e->keep->arena;
    const pz_column_defs *defs = &r->c->defs;
    e->schema.fields = PZ_NEWN(a, pz_field, defs->n + 1);
    for (int i = 0; i < defs->n; i++) {
        const pz_column_def *d = defs->data[i];
        e->schema.fields[e->schema.n++] = (pz_field){.name = pz_dup(a, d->path.data[0]), .type = pz_type_copy(a, d->type), .nullable = !d->not_null};
        pz_vec_push(a, &e->columns, e->next_column++);
    }
}

pz_status
pz_cmd_create_table(pz_statement *r)
{
    pz_str db, name;
    pz_cat *e;
    pz_change *ch;
    pz_status st;
    PZ_TRY(pz_relation_place(r, &r->c->names, &db, &name));
    PZ_TRY(pz_change_begin(r->q, &ch, r->err));
    e = pz_cat_make(pz_statement_catalog(r), PZ_ENTRY_TABLE, db, name);
    e->native = true;
    e->provider = pz_dup(e->keep->arena, pz_confs_text(r->q->confs, "spark.sql.sources.default"));
    e->owner = pz_dup(e->keep->arena, r->q->user);
    take_columns(r, e);
    st = create_rows(r, ch, e);
    if (st == PZ_OK) return pz_change_commit(ch, r->err);
    pz_change_abort(ch);
    return st;
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
    if (st == PZ_OK) st = pz_change_lock(ch, e->id, r->err);
    if (st == PZ_OK && e->native) st = pz_change_exec(ch, pz_strf(r->a, "DROP TABLE " PZ_FMT, PZ_ARG(pz_cat_table_text(e, r->a))), r->err);
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
    bool dropped;
    if (v) pz_cache_forget_view(r, v->name, global);
    dropped = v && pz_drop_temp_view(r->session, v->name, global);
    pz_view_unref(v);
    return dropped ? PZ_OK : pz_drop_entry(r, false);
}

/*
 * session/catalog_find.c - names of the catalog in a query: which entry, and what the analyzer reads of it.
 *
 * A native table is a scan of its engine table, a file table a scan of its files, a view its text under the settings and the place of
 * its creation.  Things start at pz_cat_lookup().
 */
#include "../sql/sql.h"
#include "catalog_int.h"
#include "file_table.h"

bool
pz_catalog_names(const pz_place *p, const pz_strs *names, pz_str *db, pz_str *name)
{
    if (names->n < 1 || names->n > 3) return false;
    if (names->n == 3 && !pz_str_ieqc(names->data[0], "spark_catalog")) return false;
    *name = names->data[names->n - 1];
    *db = names->n > 1 ? names->data[names->n - 2] : p->env.current_database;
    return true;
}

/* ---- native tables ---- */
static void
copy_fields(const pz_cat *e, pz_arena *a, int more, pz_schema *out)
{
    out->n = e->schema.n;
    out->fields = PZ_NEWN(a, pz_field, e->schema.n + more + 1);
    for (int i = 0; i < e->schema.n; i++) {
        const pz_field *f = &e->schema.fields[i];
        pz_field own = {pz_dup(a, f->name), pz_type_copy(a, f->type), f->nullable, pz_dup(a, f->metadata)};
        pz_field_seen(a, &own, &out->fields[i]);
    }
}

static pz_scan *
native_scan(const pz_cat *e, bool rowid, pz_arena *a)
{
    pz_scan *s = PZ_NEW(a, pz_scan);
    s->format = PZ_STR("table");
    s->engine_name = pz_cat_table_text(e, a);
    s->identity = s->engine_name;
    copy_fields(e, a, 1, &s->schema);
    for (int i = 0; i < e->schema.n; i++) pz_vec_push(a, &s->file_columns, pz_cat_column_text(e, i, a));
    if (rowid) {
        s->schema.fields[s->schema.n++] = (pz_field){.name = PZ_STR("rowid"), .type = &pz_t_long, .nullable = false};
        pz_vec_push(a, &s->file_columns, PZ_STR("rowid"));
    }
    return s;
}

/* ---- views ---- */
/* The place a view's text is read in: its own settings, catalog and database; the query's temporary views stay out of it. */
pz_place *
pz_cat_place(pz_place *p, const pz_cat *e, pz_arena *a)
{
    pz_place *own = PZ_NEW(a, pz_place);
    pz_confs *confs = pz_confs_ref(p->confs);
    for (int i = 0; i < e->confs.n && !(e->kind == PZ_ENTRY_VIEW && pz_confs_bool(p->confs, "spark.sql.legacy.useCurrentConfigsForView")); i++) {
        pz_confs *next = pz_confs_with(confs, e->confs.data[i].key, &e->confs.data[i].value);
        pz_confs_unref(confs);
        confs = next;
    }
    pz_vec_push(p->q->arena, &p->q->held_confs, confs);
    pz_place_init(own, p->q, p->views, confs);
    own->env.command_run = p->env.command_run;
    own->env.now_micros = p->q->place.env.now_micros;
    if (e->catalog.ptr) own->env.current_catalog = pz_dup(a, e->catalog);
    if (e->namespace.n) own->env.current_database = pz_dup(a, e->namespace.data[0]);
    own->env.path = pz_path_of(p->q, e->path, &own->env, a);
    if (e->collation.ptr) own->env.default_collation = pz_dup(a, e->collation);
    own->is_stored_view = true;
    own->outer = p;
    own->view = pz_strf(a, "`spark_catalog`.`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name));
    return own;
}

static pz_view_mode
mode_of(const pz_cat *e)
{
    if (pz_str_eqc(e->mode, "BINDING")) return PZ_VIEW_BINDING;
    if (pz_str_eqc(e->mode, "TYPE EVOLUTION")) return PZ_VIEW_TYPE_EVOLUTION;
    return pz_str_eqc(e->mode, "EVOLUTION") ? PZ_VIEW_EVOLUTION : PZ_VIEW_COMPENSATION;
}

/* What the view promised, for the analyzer to hold it to. */
static void
promise(const pz_cat *e, pz_arena *a, pz_lookup *out)
{
    out->view_mode = e->query_columns.n == e->schema.n ? mode_of(e) : PZ_VIEW_EVOLUTION;
    copy_fields(e, a, 0, &out->view_schema);
    for (int i = 0; i < e->query_columns.n; i++) pz_vec_push(a, &out->view_query_columns, pz_dup(a, e->query_columns.data[i]));
    out->view_remedy = pz_strf(a, "CREATE OR REPLACE VIEW spark_catalog." PZ_FMT "." PZ_FMT " AS " PZ_FMT, PZ_ARG(e->db), PZ_ARG(e->name), PZ_ARG(e->text));
}

static pz_status
view_lookup(pz_place *p, const pz_cat *e, pz_arena *a, pz_lookup *out, pz_error *err)
{
    pz_place *own = pz_cat_place(p, e, a);
    pz_sql_options o;
    pz_place_sql_options(own, &o);
    PZ_TRY(pz_parse_sql(pz_dup(a, e->text), &o, a, &out->view, err));
    if (out->view->source) {                   /* errors in it tell where they are */
        pz_source *source = (pz_source *)(uintptr_t)out->view->source;
        source->object_type = PZ_STR("VIEW");
        source->object_name = pz_strf(a, "spark_catalog." PZ_FMT "." PZ_FMT, PZ_ARG(e->db), PZ_ARG(e->name));
    }
    out->what = PZ_FOUND_VIEW;
    promise(e, a, out);
    out->view_env = &own->env;
    for (int i = 0; i < e->names.n; i++) pz_vec_push(a, &out->view_columns, pz_dup(a, e->names.data[i]));
    return PZ_OK;
}

/* ---- any ---- */
pz_status
pz_cat_lookup(pz_place *p, pz_cat *e, const pz_options *options, bool rowid, pz_arena *a, pz_lookup *out, pz_error *err)
{
    if (e->kind == PZ_ENTRY_TABLE) {
        pz_arena *own = p->q->arena;
        pz_named_table t = {e->id, pz_strf(own, "`spark_catalog`.`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name)).ptr,
                            pz_strf(own, "[`spark_catalog`.`" PZ_FMT "`]", PZ_ARG(e->db)).ptr};
        pz_vec_push(own, &p->q->named_tables, t);
    }
    p->q->catalog_version = p->q->catalog_seen;
    if (e->kind == PZ_ENTRY_VIEW) {
        PZ_TRY(view_lookup(p, e, a, out, err));
    } else if (e->native) {
        out->what = PZ_FOUND_SCAN;
        out->scan = native_scan(e, rowid, a);
    } else {
        pz_schema schema;
        pz_strs paths = {0};
        pz_options all = {0};
        const pz_file_parts *parts;
        copy_fields(e, a, 0, &schema);
        PZ_TRY(pz_file_table_paths(p->q, e, a, &paths, &all, err));
        for (int i = 0; options && i < options->n; i++) pz_vec_push(a, &all, options->data[i]);
        out->what = PZ_FOUND_SCAN;
        PZ_TRY(pz_known_parts(p->q, e, a, &parts, err));
        PZ_TRY(pz_place_open_parts(p, pz_dup(a, e->provider), &paths, &all, &schema, parts, a, &out->scan, err));
    }
    if (out->what == PZ_FOUND_SCAN) out->scan->table_id = e->id;
    out->qualifier = (pz_strs){0};
    pz_vec_push(a, &out->qualifier, PZ_STR("spark_catalog"));
    pz_vec_push(a, &out->qualifier, pz_dup(a, e->db));
    pz_vec_push(a, &out->qualifier, pz_dup(a, e->name));
    return PZ_OK;
}

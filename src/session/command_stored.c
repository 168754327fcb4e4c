/*
 * session/command_stored.c - views of the catalog: CREATE VIEW, ALTER VIEW ... AS and WITH SCHEMA.
 *
 * A view is its text with the settings, catalog and database of its creation, and the columns its query gave then.  The text is read
 * once now: it may rest on nothing temporary and not on itself.  Things start at pz_create_stored_view().
 */
#include "command_int.h"

/* ---- what the text gives ---- */
static pz_status
temporary(pz_statement *r, pz_str view, const pz_watch *w)
{
    return pz_raise(r->err, PZ_ERR_INVALID_TEMP_OBJ_REFERENCE, PZ_NO_ORIGIN, "obj", "VIEW", "objName", view.ptr, "tempObj", w->temp_kind, "tempObjName",
                    w->temp_name.ptr, NULL);
}

static pz_status
recursive(pz_statement *r, pz_str view, const pz_watch *w)
{
    *r->err = (pz_error){.arena = r->err->arena};
    return pz_raise(r->err, PZ_ERR_RECURSIVE_VIEW, PZ_NO_ORIGIN, "viewIdent", view.ptr, "newPath", w->cycle.ptr, NULL);
}

static pz_status
read_query(pz_statement *r, pz_str view, int64_t self, pz_plan **out)
{
    pz_watch w = {.self = self};
    pz_status st;
    r->q->watch = &w;
    st = pz_query_resolve(r->q, r->c->query, NULL, r->a, out, r->err);
    r->q->watch = NULL;
    if (w.cycle.ptr) return recursive(r, view, &w);
    PZ_TRY(st);
    return w.temp_kind ? temporary(r, view, &w) : PZ_OK;
}

static pz_str
comma_names(pz_statement *r, const pz_strs *names)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < names->n; i++) {
        pz_strs one = {0};
        pz_vec_push(r->a, &one, names->data[i]);
        if (i) pz_buf_puts(&b, ", ");
        pz_buf_str(&b, pz_quoted(r->a, &one));
    }
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

static pz_status
check_columns(pz_statement *r, pz_str view, const pz_schema *s)
{
    const pz_strs *given = &r->c->columns;
    pz_strs data = {0};
    pz_err_id why = given->n > s->n ? PZ_ERR_CREATE_VIEW_COLUMN_ARITY_MISMATCH_NOT_ENOUGH_DATA_COLUMNS
                                    : PZ_ERR_CREATE_VIEW_COLUMN_ARITY_MISMATCH_TOO_MANY_DATA_COLUMNS;
    for (int i = 0; i < s->n; i++) pz_vec_push(r->a, &data, s->fields[i].name);
    if (given->n && given->n != s->n)
        return pz_raise(r->err, why, PZ_NO_ORIGIN, "viewName", view.ptr, "viewColumns", comma_names(r, given).ptr, "dataColumns", comma_names(r, &data).ptr, NULL);
    if (given->n) data = *given;
    for (int i = 0; i < data.n; i++)
        for (int k = 0; k < i; k++)
            if (pz_str_ieq(data.data[i], data.data[k]))
                return pz_raise(r->err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName",
                                pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(pz_lower_ascii(r->a, data.data[i]))).ptr, NULL);
    return PZ_OK;
}

/* Every column must have been named by somebody. */
static pz_status
check_named(pz_statement *r, pz_str view, const pz_plan *p)
{
    for (int i = 0; i < p->root->output.n; i++) {
        const pz_attr *at = p->root->output.data[i];
        if (at->auto_name)
            return pz_raise(r->err, PZ_ERR_CREATE_PERMANENT_VIEW_WITHOUT_ALIAS, PZ_NO_ORIGIN, "name", view.ptr, "attr",
                            pz_strf(r->a, "\"" PZ_FMT "\"", PZ_ARG(at->name)).ptr, NULL);
    }
    return PZ_OK;
}

/* ---- the entry ---- */
void
pz_take_surroundings(pz_statement *r, pz_cat *e)
{
    static const char *const always[] = {"spark.sql.ansi.enabled", "spark.sql.session.timeZone"};
    static const char *const never[] = {"spark.sql.optimizer.", "spark.sql.codegen.", "spark.sql.execution.", "spark.sql.shuffle.", "spark.sql.adaptive.",
                                        "spark.sql.warehouse.", "spark.sql.catalog."};
    pz_arena *a = e->keep->arena;
    e->confs = (pz_options){0};
    for (int i = 0; i < pz_confs_count(r->q->confs); i++) {
        pz_str key, value;
        bool take;
        pz_confs_at(r->q->confs, i, &key, &value);
        take = pz_str_starts(key, "spark.sql.");
        for (size_t k = 0; k < PZ_COUNTOF(never); k++) take &= !pz_str_starts(key, never[k]);
        if (take) pz_option_set(a, &e->confs, key, value);
    }
    for (size_t k = 0; k < PZ_COUNTOF(always); k++) pz_option_set(a, &e->confs, pz_str_c(always[k]), pz_confs_text(r->q->confs, always[k]));
    e->catalog = pz_dup(a, r->q->catalog);
    e->namespace = (pz_strs){0};
    pz_vec_push(a, &e->namespace, pz_dup(a, r->q->database));
}

static void
take_query(pz_statement *r, pz_cat *e, const pz_schema *s)
{
    pz_arena *a = e->keep->arena;
    e->text = pz_dup(a, r->c->text);
    e->query_columns = (pz_strs){0};
    e->schema = (pz_schema){PZ_NEWN(a, pz_field, s->n + 1), s->n};
    for (int i = 0; i < s->n; i++) {
        const pz_field *f = &s->fields[i];
        pz_str name = i < r->c->columns.n ? r->c->columns.data[i] : f->name, comment = pz_metadata_get(f->metadata, "comment", r->a);
        if (i < r->c->column_comments.n && r->c->column_comments.data[i].ptr) comment = r->c->column_comments.data[i];
        e->schema.fields[i] = (pz_field){pz_dup(a, name), pz_type_copy(a, f->type), f->nullable, comment.ptr ? pz_metadata_with(a, PZ_STR(""), "comment", comment) : PZ_STR("")};
        pz_vec_push(a, &e->query_columns, pz_dup(a, f->name));
    }
    e->names = e->comments = (pz_strs){0};
    for (int i = 0; i < r->c->columns.n; i++) pz_vec_push(a, &e->names, pz_dup(a, r->c->columns.data[i]));
    pz_take_surroundings(r, e);
}

static pz_status
check_collation(pz_statement *r)
{
    if (!r->c->text3.len || pz_str_ieqc(r->c->text3, "UTF8_BINARY")) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT, r->c->origin, "cmd", "CREATE VIEW ... DEFAULT COLLATION", NULL);
}

static pz_status
make(pz_statement *r, pz_str db, pz_str name, const pz_cat *there)
{
    pz_str view = pz_full_quoted(r->a, pz_lower_ascii(r->a, db), pz_lower_ascii(r->a, name));
    pz_plan *p;
    pz_cat *e;
    PZ_TRY(check_collation(r));
    PZ_TRY(read_query(r, view, there ? there->id : 0, &p));
    PZ_TRY(check_named(r, view, p));
    PZ_TRY(check_columns(r, view, &p->schema));
    if (there) {
        e = pz_cat_copy(there);
        e->properties = (pz_options){0};
        e->created = pz_now_micros();
    } else {
        e = pz_cat_make(pz_statement_catalog(r), PZ_ENTRY_VIEW, db, name);
    }
    e->owner = pz_dup(e->keep->arena, r->q->user);
    e->comment = r->c->comment.ptr ? pz_dup(e->keep->arena, r->c->comment) : (pz_str){NULL, 0};
    e->mode = pz_dup(e->keep->arena, r->c->text2.ptr ? r->c->text2 : PZ_STR("COMPENSATION"));
    for (int i = 0; i < r->c->properties.n; i++) pz_option_set(e->keep->arena, &e->properties, r->c->properties.data[i].key, r->c->properties.data[i].value);
    take_query(r, e, &p->schema);
    return pz_replace_entry(r, e);
}

/* There is something of that name. */
static pz_status
make_over(pz_statement *r, pz_str db, pz_str name, const pz_cat *there)
{
    if (r->c->if_not_exists) return PZ_OK;
    if (r->c->replace && there->kind == PZ_ENTRY_VIEW) return make(r, db, name, there);
    if (r->c->replace)
        return pz_raise(r->err, PZ_ERR_EXPECT_VIEW_NOT_TABLE_NO_ALTERNATIVE, PZ_NO_ORIGIN, "tableName", pz_cat_quoted(there, r->a).ptr, "operation",
                        "CREATE OR REPLACE VIEW", NULL);
    return pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName", pz_cat_quoted(there, r->a).ptr, NULL);
}

pz_status
pz_create_stored_view(pz_statement *r)
{
    pz_str db, name;
    pz_strs space = {0};
    pz_cat *there;
    pz_status st;
    PZ_TRY(pz_relation_place(r, &r->c->names, &db, &name));
    pz_vec_push(r->a, &space, db);
    if (!pz_database_exists(r, &space)) return pz_raise_schema_not_found(r, &space);
    PZ_TRY(pz_check_new_name(r, name));
    if (!(there = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_TABLE, db, name))) return make(r, db, name, NULL);
    st = make_over(r, db, name, there);
    pz_cat_unref(there);
    return st;
}

/* ---- ALTER VIEW ---- */
static pz_status
change_text(pz_statement *r, const pz_cat *there)
{
    pz_str view = pz_cat_quoted(there, r->a);
    pz_plan *p;
    pz_cat *e;
    PZ_TRY(read_query(r, view, there->id, &p));
    PZ_TRY(check_columns(r, view, &p->schema));
    e = pz_cat_copy(there);
    take_query(r, e, &p->schema);
    return pz_replace_entry(r, e);
}

pz_status
pz_alter_stored_view(pz_statement *r)
{
    pz_cat *there;
    pz_want want = {PZ_WANT_VIEW, r->c->query ? "ALTER VIEW ... AS" : "ALTER VIEW ... WITH SCHEMA ...", false, false, false};
    pz_status st;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &there));
    if (r->c->query) {
        st = change_text(r, there);
    } else {
        pz_cat *e = pz_cat_copy(there);
        e->mode = pz_dup(e->keep->arena, r->c->text2);
        st = pz_replace_entry(r, e);
    }
    pz_cat_unref(there);
    return st;
}

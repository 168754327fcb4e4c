/*
 * session/command_database.c - databases: CREATE, DROP, ALTER, COMMENT ON, DESCRIBE, SHOW, USE, and the current catalog.
 */
#include <stdlib.h>

#include "catalog.h"
#include "command_int.h"
#include "write.h"

static const pz_str nothing = {NULL, 0};

/* ---- properties ---- */
int
pz_option_find(const pz_options *list, pz_str key)
{
    for (int i = 0; i < list->n; i++)
        if (pz_str_eq(list->data[i].key, key)) return i;
    return -1;
}

void
pz_option_set(pz_arena *a, pz_options *list, pz_str key, pz_str value)
{
    int at = pz_option_find(list, key);
    pz_option o = {pz_dup(a, key), value.ptr ? pz_dup(a, value) : pz_dup(a, PZ_STR(""))};
    if (at < 0) pz_vec_push(a, list, o);
    else list->data[at].value = o.value;
}

void
pz_option_unset(pz_options *list, pz_str key)
{
    int at = pz_option_find(list, key);
    if (at < 0) return;
    for (int i = at; i + 1 < list->n; i++) list->data[i] = list->data[i + 1];
    list->n--;
}

static int
by_key(const void *x, const void *y)
{
    const pz_option *a = x, *b = y;
    return pz_str_cmp(a->key, b->key);
}

pz_options
pz_options_sorted(pz_arena *a, const pz_options *list)
{
    pz_options out = {0};
    for (int i = 0; i < list->n; i++) pz_vec_push(a, &out, list->data[i]);
    if (out.n > 1) qsort(out.data, (size_t)out.n, sizeof *out.data, by_key);
    return out;
}

/* ---- CREATE, DROP ---- */
static pz_status
reserved(pz_statement *r, const char *property, const char *why)
{
    return pz_raise_as(r->err, PZ_CLASS_ParseException, PZ_ERR_UNSUPPORTED_FEATURE_SET_NAMESPACE_PROPERTY, r->c->origin, "property", property, "msg", why, NULL);
}

/* What has a clause of its own is no property; the comment is both. */
static pz_status
check_properties(pz_statement *r, const pz_options *list)
{
    for (int i = 0; i < list->n; i++) {
        if (pz_str_eqc(list->data[i].key, "location")) return reserved(r, "location", "please use the LOCATION clause to specify it");
        if (pz_str_eqc(list->data[i].key, "owner")) return reserved(r, "owner", "it will be set to the current user");
    }
    return PZ_OK;
}

static pz_status
check_location(pz_statement *r)
{
    if (!r->c->location.ptr || r->c->location.len) return PZ_OK;
    return pz_raise_as(r->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_EMPTY_LOCATION, PZ_NO_ORIGIN, "location", "", NULL);
}

static void
set_property(pz_query *q, pz_cat *e, pz_option o)
{
    pz_arena *a = e->keep->arena;
    pz_str warehouse = pz_location_uri(a, pz_confs_text(q->confs, "spark.sql.warehouse.dir"), PZ_STR(""));
    if (pz_str_eqc(o.key, "comment")) e->comment = pz_dup(a, o.value);
    else if (pz_str_eqc(o.key, "location")) e->location = pz_location_uri(a, o.value, warehouse);
    else pz_option_set(a, &e->properties, o.key, o.value);
}

static pz_status
check_fence(pz_statement *r, const pz_cat *e)
{
    return e->location.ptr ? pz_fence_check_uri(e->location, r->a, r->err) : PZ_OK;
}

static pz_status
new_database(pz_statement *r, pz_str name)
{
    pz_cat *e = pz_cat_make(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), name);
    pz_arena *a = e->keep->arena;
    e->owner = pz_dup(a, r->q->user);
    for (int i = 0; i < r->c->properties.n; i++) set_property(r->q, e, r->c->properties.data[i]);
    if (r->c->comment.ptr) e->comment = pz_dup(a, r->c->comment);
    if (r->c->location.ptr) set_property(r->q, e, (pz_option){PZ_STR("location"), r->c->location});
    if (r->c->text2.ptr) e->collation = pz_dup(a, r->c->text2);
    if (check_fence(r, e) != PZ_OK) {
        pz_cat_unref(e);
        return PZ_FAIL;
    }
    return pz_replace_entry(r, e);
}

pz_status
pz_create_database(pz_statement *r)
{
    pz_strs names = r->c->names;
    pz_cat *there;
    if (names.n > 1 && pz_str_ieqc(names.data[0], "spark_catalog")) names.data++, names.n--;
    if (names.n > 1)
        return pz_raise(r->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier",
                        pz_quoted(r->a, &names).ptr, NULL);
    if (pz_is_global_temp(&names))
        return pz_raise(r->err, PZ_ERR_RESERVED_DATABASE_NAME, PZ_NO_ORIGIN, "database", "`global_temp`", NULL);
    PZ_TRY(pz_check_new_name(r, names.data[0]));
    there = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), names.data[0]);
    pz_cat_unref(there);
    if (!there) {
        pz_status st = new_database(r, names.data[0]);
        if (st == PZ_OK || r->err->id != PZ_ERR_SCHEMA_ALREADY_EXISTS || !r->c->if_not_exists) return st;
        *r->err = (pz_error){.arena = r->err->arena};          /* another statement was faster */
        return PZ_OK;
    }
    if (r->c->if_not_exists) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_SCHEMA_ALREADY_EXISTS, PZ_NO_ORIGIN, "schemaName",
                    pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(pz_lower_ascii(r->a, names.data[0]))).ptr, NULL);
}

pz_status
pz_cmd_create_database(pz_statement *r)
{
    PZ_TRY(check_properties(r, &r->c->properties));
    PZ_TRY(check_location(r));
    return pz_create_database(r);
}

static int
by_id(const void *x, const void *y)
{
    const pz_cat *a = *(pz_cat *const *)x, *b = *(pz_cat *const *)y;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* The database and all that is in it, in the order in which all statements take locks. */
static pz_status
hold_contents(pz_statement *r, pz_change *ch, const pz_cat *db, const pz_cats *tables, const pz_cats *functions)
{
    pz_cats all = {0};
    pz_vec_push(r->a, &all, (pz_cat *)(uintptr_t)db);
    for (int i = 0; i < tables->n; i++) pz_vec_push(r->a, &all, tables->data[i]);
    for (int i = 0; i < functions->n; i++) pz_vec_push(r->a, &all, functions->data[i]);
    qsort(all.data, (size_t)all.n, sizeof *all.data, by_id);
    for (int i = 0; i < all.n; i++) PZ_TRY(pz_change_hold(ch, all.data[i], r->err));
    return PZ_OK;
}

/* Once all of it is held. */
static pz_status
drop_contents(pz_statement *r, pz_change *ch, pz_cats *tables, pz_cats *functions)
{
    for (int i = 0; i < tables->n; i++) {
        const pz_cat *e = tables->data[i];
        if (e->kind == PZ_ENTRY_TABLE && e->native)
            PZ_TRY(pz_change_exec(ch, pz_strf(r->a, "DROP TABLE " PZ_FMT, PZ_ARG(pz_cat_table_text(e, r->a))), r->err));
        PZ_TRY(pz_drop_files(r, ch, e));
        pz_change_drop(ch, e);
    }
    for (int i = 0; i < functions->n; i++) pz_change_drop(ch, functions->data[i]);
    return PZ_OK;
}

static pz_status
drop_database(pz_statement *r, const pz_cat *db)
{
    pz_cats tables = {0}, functions = {0};
    pz_change *ch = NULL;
    pz_status st = PZ_OK;
    pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_TABLE, db->name, r->a, &tables);
    pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_FUNCTION, db->name, r->a, &functions);
    if (tables.n + functions.n && !r->c->cascade)
        st = pz_raise(r->err, PZ_ERR_SCHEMA_NOT_EMPTY, PZ_NO_ORIGIN, "schemaName", pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(db->name)).ptr, NULL);
    if (st == PZ_OK) st = pz_change_begin(r->q, &ch, r->err);
    if (st == PZ_OK) st = hold_contents(r, ch, db, &tables, &functions);
    if (st == PZ_OK) st = drop_contents(r, ch, &tables, &functions);
    if (st == PZ_OK) {
        pz_change_drop(ch, db);
        st = pz_change_commit(ch, r->err);
    } else {
        pz_change_abort(ch);
    }
    pz_cats_unref(&tables);
    pz_cats_unref(&functions);
    return st;
}

pz_status
pz_cmd_drop_database(pz_statement *r)
{
    pz_str name;
    pz_cat *e;
    pz_status st;
    PZ_TRY(pz_one_database(r, &r->c->names, &name));
    if (pz_str_ieqc(name, "default"))
        return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_DROP_DATABASE, PZ_NO_ORIGIN, "database", "`spark_catalog`.`default`", NULL);
    if (!(e = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), name))) {
        pz_strs one = {0};
        pz_vec_push(r->a, &one, name);
        return r->c->if_exists ? PZ_OK : pz_raise_schema_not_found(r, &one);
    }
    st = drop_database(r, e);
    pz_cat_unref(e);
    return st;
}

/* ---- ALTER, COMMENT ON ---- */
static pz_status
alter(pz_statement *r, pz_cat *e)
{
    const pz_command *c = r->c;
    if (pz_str_eqc(c->mode, "set collation")) e->collation = pz_dup(e->keep->arena, c->text2);
    if (pz_str_eqc(c->mode, "set location")) set_property(r->q, e, (pz_option){PZ_STR("location"), c->location});
    for (int i = 0; i < c->properties.n; i++) {
        if (pz_str_eqc(c->mode, "unset properties")) pz_option_unset(&e->properties, c->properties.data[i].key);
        else set_property(r->q, e, c->properties.data[i]);
    }
    return check_fence(r, e);
}

pz_status
pz_cmd_alter_database(pz_statement *r)
{
    pz_cat *e, *changed;
    PZ_TRY(check_properties(r, &r->c->properties));
    PZ_TRY(check_location(r));
    PZ_TRY(pz_find_database(r, &r->c->names, &e));
    changed = pz_cat_copy(e);
    pz_cat_unref(e);
    if (alter(r, changed) != PZ_OK) {
        pz_cat_unref(changed);
        return PZ_FAIL;
    }
    return pz_replace_entry(r, changed);
}

pz_status
pz_comment_on_database(pz_statement *r)
{
    pz_cat *e, *changed;
    PZ_TRY(pz_find_database(r, &r->c->names, &e));
    changed = pz_cat_copy(e);
    pz_cat_unref(e);
    changed->comment = pz_dup(changed->keep->arena, r->c->comment.ptr ? r->c->comment : PZ_STR(""));
    return pz_replace_entry(r, changed);
}

/* ---- DESCRIBE, SHOW ---- */
static pz_str
property_list(pz_statement *r, const pz_options *list)
{
    pz_options sorted = pz_options_sorted(r->a, list);
    pz_buf b;
    pz_str out;
    if (!sorted.n) return PZ_STR("");
    pz_buf_init(&b, 0);
    for (int i = 0; i < sorted.n; i++)
        pz_buf_printf(&b, "%s(" PZ_FMT "," PZ_FMT ")", i ? ", " : "(", PZ_ARG(sorted.data[i].key), PZ_ARG(sorted.data[i].value));
    pz_buf_putc(&b, ')');
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

pz_status
pz_cmd_describe_database(pz_statement *r)
{
    pz_cat *e;
    PZ_TRY(pz_find_database(r, &r->c->names, &e));
    pz_cellc(r, "Catalog Name"), pz_cellc(r, "spark_catalog");
    pz_cellc(r, "Namespace Name"), pz_cell(r, r->c->names.data[r->c->names.n - 1]);
    pz_cellc(r, "Comment"), pz_cell(r, e->comment.ptr ? e->comment : PZ_STR(""));
    if (e->collation.len) pz_cellc(r, "Collation"), pz_cell(r, e->collation);
    pz_cellc(r, "Location"), pz_cell(r, pz_database_location(r->q, e, r->a));
    pz_cellc(r, "Owner"), pz_cell(r, e->owner.ptr ? e->owner : r->q->user);
    if (r->c->extended) pz_cellc(r, "Properties"), pz_cell(r, property_list(r, &e->properties));
    pz_cat_unref(e);
    return PZ_OK;
}

pz_status
pz_cmd_show_namespaces(pz_statement *r)
{
    pz_cats list = {0};
    if (r->c->names.n && !(r->c->names.n == 1 && pz_str_ieqc(r->c->names.data[0], "spark_catalog"))) {
        pz_str db;
        PZ_TRY(pz_check_database(r, &r->c->names, &db));
        return PZ_OK;                          /* databases hold no databases */
    }
    pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), r->a, &list);
    for (int i = 0; i < list.n; i++)
        if (pz_name_matches(list.data[i]->name, r->c->text)) pz_cell(r, list.data[i]->name);
    pz_cats_unref(&list);
    return PZ_OK;
}

pz_status
pz_cmd_show_catalogs(pz_statement *r)
{
    if (pz_name_matches(PZ_STR("spark_catalog"), r->c->text)) pz_cellc(r, "spark_catalog");
    return PZ_OK;
}

pz_status
pz_cmd_show_current_namespace(pz_statement *r)
{
    pz_cell(r, r->q->catalog);
    pz_cell(r, r->q->database);
    return PZ_OK;
}

/* ---- USE ---- */
pz_status
pz_use_database(pz_statement *r, const pz_strs *names)
{
    pz_cat *e;
    if (!pz_database_exists(r, names)) return pz_raise_schema_not_found(r, names);
    e = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), names->data[names->n - 1]);
    pz_session_set_place(r->session, nothing, e ? e->name : PZ_STR("default"));
    pz_cat_unref(e);
    return PZ_OK;
}

pz_status
pz_use_catalog(pz_statement *r, pz_str name)
{
    pz_strs one = {0};
    pz_vec_push(r->a, &one, name);
    if (!pz_str_eqc(name, "spark_catalog"))
        return pz_raise(r->err, PZ_ERR_CATALOG_NOT_FOUND, PZ_NO_ORIGIN, "catalogName", pz_quoted(r->a, &one).ptr, "config",
                        pz_strf(r->a, "\"spark.sql.catalog." PZ_FMT "\"", PZ_ARG(name)).ptr, NULL);
    pz_session_set_place(r->session, name, nothing);
    return PZ_OK;
}

pz_status
pz_cmd_use(pz_statement *r)
{
    const pz_strs *n = &r->c->names;
    if (n->n == 1 && !r->c->flag1 && pz_str_ieqc(n->data[0], "spark_catalog") && !pz_database_exists(r, n)) return pz_use_catalog(r, PZ_STR("spark_catalog"));
    return pz_use_database(r, n);
}

pz_status
pz_cmd_set_catalog(pz_statement *r)
{
    if (!r->c->names.n) return pz_raise_internal(r->err, "the name of a catalog must be written out");
    return pz_use_catalog(r, r->c->names.data[0]);
}

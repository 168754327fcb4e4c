/*
 * session/command_name.c - names in statements: which database, table or view they mean, and the errors when they mean none or another kind.
 *
 * Databases have one part, tables up to two, with spark_catalog in front if you like.  Things start at pz_find_relation().
 */
#include "catalog.h"
#include "command_int.h"

/* ---- spelling ---- */
pz_str
pz_quoted(pz_arena *a, const pz_strs *names)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < names->n; i++) {
        pz_buf_puts(&b, i ? ".`" : "`");
        for (size_t j = 0; j < names->data[i].len; j++) {
            if (names->data[i].ptr[j] == '`') pz_buf_putc(&b, '`');
            pz_buf_putc(&b, names->data[i].ptr[j]);
        }
        pz_buf_putc(&b, '`');
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

pz_str
pz_full_quoted(pz_arena *a, pz_str db, pz_str name)
{
    pz_strs full = {0};
    pz_vec_push(a, &full, PZ_STR("spark_catalog"));
    pz_vec_push(a, &full, db);
    if (name.ptr) pz_vec_push(a, &full, name);
    return pz_quoted(a, &full);
}

pz_str
pz_cat_quoted(const pz_cat *e, pz_arena *a)
{
    return pz_full_quoted(a, e->db, e->name);
}

/* Where names are looked for, as messages tell it. */
const char *
pz_search_path_text(pz_statement *r, bool builtin)
{
    if (builtin) return pz_search_path_of(&r->q->place.env, r->a).ptr;
    return pz_strf(r->a, "[`system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog), PZ_ARG(r->q->database)).ptr;
}

pz_catalog *
pz_statement_catalog(const pz_statement *r)
{
    return r->session->all->catalog;
}

bool
pz_is_global_temp(const pz_strs *names)
{
    return names->n == 1 && pz_str_ieqc(names->data[0], "global_temp");
}

/* Letters, digits and underscores, as the session catalog wants names of what it makes. */
pz_status
pz_check_new_name(pz_statement *r, pz_str name)
{
    bool good = name.len > 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        good &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    if (good) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_INVALID_SCHEMA_OR_RELATION_NAME, PZ_NO_ORIGIN, "name",
                    pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
}

/* ---- databases ---- */
static bool
with_catalog(const pz_strs *names)
{
    return names->n > 1 && pz_str_ieqc(names->data[0], "spark_catalog");
}

bool
pz_database_exists(pz_statement *r, const pz_strs *names)
{
    pz_cat *e = NULL;
    if (names->n == 1 || (names->n == 2 && with_catalog(names)))
        e = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), names->data[names->n - 1]);
    pz_cat_unref(e);
    return e != NULL;
}

pz_status
pz_raise_schema_not_found(pz_statement *r, const pz_strs *names)
{
    pz_strs full = {0};
    if (!with_catalog(names)) pz_vec_push(r->a, &full, PZ_STR("spark_catalog"));
    for (int i = 0; i < names->n; i++) pz_vec_push(r->a, &full, names->data[i]);
    return pz_raise(r->err, PZ_ERR_SCHEMA_NOT_FOUND, PZ_NO_ORIGIN, "schemaName", pz_quoted(r->a, &full).ptr, NULL);
}

pz_status
pz_one_database(pz_statement *r, const pz_strs *names, pz_str *db)
{
    pz_strs rest = *names;
    if (!names->n) {
        *db = r->q->database;
        return PZ_OK;
    }
    if (with_catalog(names)) rest.data++, rest.n--;
    *db = rest.data[0];
    if (rest.n == 1) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_NESTED_DATABASE_UNSUPPORTED_BY_V1_SESSION_CATALOG, PZ_NO_ORIGIN, "namespace", pz_quoted(r->a, &rest).ptr, NULL);
}

pz_status
pz_find_database(pz_statement *r, const pz_strs *names, pz_cat **out)
{
    pz_str db;
    pz_strs one = {0};
    PZ_TRY(pz_one_database(r, names, &db));
    if ((*out = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_DATABASE, PZ_STR(""), db))) return PZ_OK;
    pz_vec_push(r->a, &one, db);
    return pz_raise_schema_not_found(r, &one);
}

pz_status
pz_check_database(pz_statement *r, const pz_strs *names, pz_str *db)
{
    pz_cat *e;
    PZ_TRY(pz_find_database(r, names, &e));
    *db = pz_dup(r->a, e->name);
    pz_cat_unref(e);
    return PZ_OK;
}

/* ---- places: URIs of databases and tables ---- */
pz_str
pz_location_uri(pz_arena *a, pz_str text, pz_str base)
{
    size_t scheme = 0;
    while (scheme < text.len && text.ptr[scheme] >= 'a' && text.ptr[scheme] <= 'z') scheme++;
    while (text.len > 1 && text.ptr[text.len - 1] == '/') text.len--;
    if (scheme > 1 && scheme < text.len && text.ptr[scheme] == ':') {
        pz_str rest = {text.ptr + scheme + 1, text.len - scheme - 1};
        if (pz_str_starts(rest, "///")) rest.ptr += 2, rest.len -= 2;
        return pz_strf(a, PZ_FMT ":" PZ_FMT, (int)scheme, text.ptr, PZ_ARG(rest));
    }
    if (text.len && text.ptr[0] == '/') return pz_strf(a, "file:" PZ_FMT, PZ_ARG(text));
    return pz_strf(a, PZ_FMT "/" PZ_FMT, PZ_ARG(base), PZ_ARG(text));
}

pz_str
pz_database_location(pz_query *q, const pz_cat *db, pz_arena *a)
{
    pz_str warehouse = pz_confs_text(q->confs, "spark.sql.warehouse.dir");
    if (db->location.ptr) return pz_dup(a, db->location);
    warehouse = pz_location_uri(a, warehouse, PZ_STR(""));
    if (pz_str_eqc(db->name, "default")) return warehouse;
    return pz_strf(a, PZ_FMT "/" PZ_FMT ".db", PZ_ARG(warehouse), PZ_ARG(db->name));
}

pz_str
pz_table_location(pz_query *q, const pz_cat *e, pz_arena *a)
{
    const pz_cat gone = {.name = e->db};       /* a database that is dropped meanwhile had the usual place */
    pz_cat *db;
    pz_str base;
    if (e->location.ptr) return pz_dup(a, e->location);
    db = pz_catalog_find(q->session->all->catalog, PZ_ENTRY_DATABASE, PZ_STR(""), e->db);
    base = pz_database_location(q, db ? db : &gone, a);
    pz_cat_unref(db);
    return pz_strf(a, PZ_FMT "/" PZ_FMT, PZ_ARG(base), PZ_ARG(e->name));
}

/* ---- tables and views ---- */
pz_status
pz_raise_not_found(pz_statement *r, const pz_strs *names, const char *path)
{
    return pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, r->c->ref, "relationName", pz_quoted(r->a, names).ptr, "searchPath", path, NULL);
}

pz_status
pz_relation_place(pz_statement *r, const pz_strs *names, pz_str *db, pz_str *name)
{
    if (pz_catalog_names(&r->q->place, names, db, name)) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier",
                    pz_quoted(r->a, names).ptr, NULL);
}

pz_cat *
pz_statement_entry(pz_statement *r, const pz_strs *names)
{
    pz_str db, name;
    return pz_catalog_names(&r->q->place, names, &db, &name) ? pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_TABLE, db, name) : NULL;
}

static pz_status
not_a_table(pz_statement *r, const char *view, const pz_want *want)
{
    pz_err_id id = want->alternative ? PZ_ERR_EXPECT_TABLE_NOT_VIEW_USE_ALTER_VIEW : PZ_ERR_EXPECT_TABLE_NOT_VIEW_NO_ALTERNATIVE;
    return pz_raise(r->err, id, r->c->ref, "viewName", view, "operation", want->operation, NULL);
}

static pz_status
not_permanent(pz_statement *r, const char *view, const pz_want *want)
{
    return pz_raise(r->err, PZ_ERR_EXPECT_PERMANENT_VIEW_NOT_TEMP, r->c->ref, "viewName", view, "operation", want->operation, NULL);
}

static pz_status
not_a_view(pz_statement *r, const pz_cat *e, const pz_want *want)
{
    pz_err_id id = want->alternative ? PZ_ERR_EXPECT_VIEW_NOT_TABLE_USE_ALTER_TABLE : PZ_ERR_EXPECT_VIEW_NOT_TABLE_NO_ALTERNATIVE;
    return pz_raise(r->err, id, r->c->ref, "tableName", pz_cat_quoted(e, r->a).ptr, "operation", want->operation, NULL);
}

static pz_status
check_temp(pz_statement *r, pz_view *v, bool global, const pz_want *want)
{
    pz_strs names = {0};
    const char *text;
    if (want->temp) return PZ_OK;
    if (global) pz_vec_push(r->a, &names, PZ_STR("global_temp"));
    pz_vec_push(r->a, &names, v->name);
    text = pz_quoted(r->a, &names).ptr;
    return want->kind == PZ_WANT_TABLE ? not_a_table(r, text, want) : not_permanent(r, text, want);
}

/* The entry or the temporary view (where the statement takes one) that a name means; a reference to one of them. */
pz_status
pz_find_relation(pz_statement *r, const pz_strs *names, const pz_want *want, pz_view **temp, pz_cat **entry)
{
    bool global;
    pz_str db, name;
    pz_view *v = pz_find_temp_view(r, names, &global);
    pz_status st = PZ_OK;
    *entry = NULL;
    if (temp) *temp = NULL;
    if (v) {
        st = check_temp(r, v, global, want);
        if (st == PZ_OK && temp) *temp = v;
        else pz_view_unref(v);
        return st;
    }
    PZ_TRY(pz_relation_place(r, names, &db, &name));
    if (!(*entry = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_TABLE, db, name)))
        return pz_raise_not_found(r, names, pz_search_path_text(r, want->builtin));
    if (want->kind == PZ_WANT_TABLE && (*entry)->kind == PZ_ENTRY_VIEW) st = not_a_table(r, pz_cat_quoted(*entry, r->a).ptr, want);
    if (want->kind == PZ_WANT_VIEW && (*entry)->kind != PZ_ENTRY_VIEW) st = not_a_view(r, *entry, want);
    if (st != PZ_OK) {
        pz_cat_unref(*entry);
        *entry = NULL;
    }
    return st;
}

/* Changes of one entry that need nothing of the engine's tables. */
pz_status
pz_replace_entry(pz_statement *r, pz_cat *changed)
{
    pz_change *ch;
    pz_status st = pz_change_begin(r->q, &ch, r->err);
    if (st != PZ_OK) {
        pz_cat_unref(changed);
        return st;
    }
    pz_change_put(ch, changed);
    if (!changed->base || pz_change_lock(ch, changed->id, r->err) == PZ_OK) return pz_change_commit(ch, r->err);
    pz_change_abort(ch);
    return PZ_FAIL;
}

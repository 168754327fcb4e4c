/*
 * session/command_show.c - SHOW TABLES, VIEWS, TABLE EXTENDED, COLUMNS, TBLPROPERTIES; SHOW FUNCTIONS; patterns.
 */
#include <stdlib.h>

#include "command_int.h"

/* ---- patterns ---- */
/* Alternatives between bars, each a regular expression in which * stands for anything. */
static bool
match_one(pz_str name, pz_str pattern)
{
    pz_buf b;
    bool hit;
    pz_buf_init(&b, 0);
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] == '*') pz_buf_putc(&b, '.');
        pz_buf_putc(&b, pattern.ptr[i]);
    }
    hit = pz_pattern_matches(name, pz_buf_view(&b));
    pz_buf_free(&b);
    return hit;
}

bool
pz_name_matches(pz_str name, pz_str pattern)
{
    if (!pattern.ptr) return true;
    for (;;) {
        const char *bar = memchr(pattern.ptr, '|', pattern.len);
        pz_str one = {pattern.ptr, bar ? (size_t)(bar - pattern.ptr) : pattern.len};
        if (match_one(name, pz_str_trim(one))) return true;
        if (!bar) return false;
        pattern = (pz_str){bar + 1, pattern.len - one.len - 1};
    }
}

/* ---- tables and views ---- */
typedef struct listing { bool views, extended; pz_buf *json; } listing;

static pz_str
information(pz_statement *r, const pz_facts *facts, const pz_schema *schema)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < facts->n; i++)
        if (facts->data[i].name)
            pz_buf_printf(&b, "%s%s" PZ_FMT "\n", facts->data[i].name, facts->data[i].text.len ? ": " : "", PZ_ARG(facts->data[i].text));
    if (schema) {
        pz_buf_puts(&b, "Schema: ");
        pz_buf_str(&b, pz_schema_tree(schema, 0, r->a));
        pz_buf_putc(&b, '\n');
    }
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

/* One table of the list that AS JSON answers in a single cell. */
static void
json_row(pz_statement *r, const listing *how, pz_str name, pz_str db, const char *type, bool temporary)
{
    pz_str last = pz_buf_view(how->json);
    if (last.len && last.ptr[last.len - 1] == '}') pz_buf_putc(how->json, ',');
    pz_buf_printf(how->json, "{\"name\":" PZ_FMT ",", PZ_ARG(pz_json_quoted(r->a, name)));
    if (how->extended) pz_buf_puts(how->json, "\"catalog\":\"spark_catalog\",");
    pz_buf_printf(how->json, "\"namespace\":[" PZ_FMT "],", PZ_ARG(db.len ? pz_json_quoted(r->a, db) : db));
    if (how->extended) pz_buf_printf(how->json, "\"type\":\"%s\",", type);
    pz_buf_printf(how->json, "\"isTemporary\":%s}", temporary ? "true" : "false");
}

static void
view_row(pz_statement *r, const pz_view *v, bool global, listing how)
{
    pz_facts facts = {0};
    if (how.json) {
        json_row(r, &how, v->name, pz_str_c(global ? "global_temp" : ""), "VIEW", true);
        return;
    }
    pz_cellc(r, global ? "global_temp" : "");
    pz_cell(r, v->name);
    pz_cell_bool(r, true);
    if (!how.extended) return;
    pz_view_facts(r, v, global, &facts);
    pz_cell(r, information(r, &facts, &v->schema));
}

static void
entry_row(pz_statement *r, const pz_cat *e, listing how)
{
    pz_facts facts = {0};
    pz_schema schema;
    if (how.json) {
        json_row(r, &how, e->name, e->db, e->kind == PZ_ENTRY_VIEW ? "VIEW" : e->external ? "EXTERNAL" : "MANAGED", false);
        return;
    }
    pz_cell(r, e->db);
    pz_cell(r, e->name);
    pz_cell_bool(r, false);
    if (!how.extended) return;
    pz_entry_facts(r, e, &facts);
    pz_shown_schema(r->a, e, &schema);
    pz_cell(r, information(r, &facts, &schema));
}

static void
view_rows(pz_statement *r, const pz_views *set, bool global, listing how)
{
    for (int i = 0; i < pz_views_count(set); i++)
        if (pz_name_matches(pz_views_at(set, i)->name, r->c->text)) view_row(r, pz_views_at(set, i), global, how);
}

static pz_status
list(pz_statement *r, listing how)
{
    if (pz_is_global_temp(&r->c->names)) {
        view_rows(r, r->q->globals, true, how);
    } else {
        pz_cats entries = {0};
        pz_str db;
        PZ_TRY(pz_check_database(r, &r->c->names, &db));
        pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_TABLE, db, r->a, &entries);
        for (int i = 0; i < entries.n; i++) {
            const pz_cat *e = entries.data[i];
            if ((!how.views || e->kind == PZ_ENTRY_VIEW) && pz_name_matches(e->name, r->c->text)) entry_row(r, e, how);
        }
        pz_cats_unref(&entries);
    }
    view_rows(r, r->q->views, false, how);
    return PZ_OK;
}

static pz_status
json_list(pz_statement *r, bool extended)
{
    pz_buf b;
    pz_status st;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "{\"tables\":[");
    st = list(r, (listing){.extended = extended, .json = &b});
    pz_buf_puts(&b, "]}");
    if (st == PZ_OK) pz_cell(r, pz_buf_dup(&b, r->a));
    pz_buf_free(&b);
    return st;
}

pz_status
pz_cmd_show_tables(pz_statement *r)
{
    return r->c->flag1 ? json_list(r, false) : list(r, (listing){0});
}

pz_status
pz_cmd_show_views(pz_statement *r)
{
    return list(r, (listing){.views = true});
}

/* SHOW TABLE EXTENDED LIKE 'name' PARTITION (...): the pattern is a name, and the row tells of the partition. */
static pz_status
one_partition(pz_statement *r)
{
    pz_cat *e;
    pz_strs names = {0};
    pz_facts facts = {0};
    pz_want want = {PZ_WANT_TABLE, "SHOW TABLE EXTENDED", false, false, false};
    pz_status st;
    for (int i = 0; i < r->c->names.n; i++) pz_vec_push(r->a, &names, r->c->names.data[i]);
    pz_vec_push(r->a, &names, r->c->text);
    PZ_TRY(pz_find_relation(r, &names, &want, NULL, &e));
    st = pz_partition_find(r, e, &r->c->partition_spec, &facts);
    if (st == PZ_OK) {
        pz_cell(r, e->db), pz_cell(r, e->name), pz_cell_bool(r, false);
        pz_cell(r, information(r, &facts, NULL));
    }
    pz_cat_unref(e);
    return st;
}

pz_status
pz_cmd_show_table_extended(pz_statement *r)
{
    if (r->c->flag1) return json_list(r, true);
    return r->c->partition_spec.n ? one_partition(r) : list(r, (listing){.extended = true});
}

/* ---- schemas ---- */
void
pz_view_schema(pz_arena *a, const pz_view *v, pz_schema *out)
{
    out->n = v->schema.n;
    out->fields = PZ_NEWN(a, pz_field, v->schema.n + 1);
    for (int i = 0; i < v->schema.n; i++) {
        out->fields[i] = v->schema.fields[i];
        if (i < v->comments.n && v->comments.data[i].ptr)
            out->fields[i].metadata = pz_metadata_with(a, v->schema.fields[i].metadata, "comment", v->comments.data[i]);
    }
}

void
pz_shown_schema(pz_arena *a, const pz_cat *e, pz_schema *out)
{
    out->n = e->schema.n;
    out->fields = PZ_NEWN(a, pz_field, e->schema.n + 1);
    for (int i = 0; i < e->schema.n; i++) {
        out->fields[i] = e->schema.fields[i];
        out->fields[i].nullable |= e->kind == PZ_ENTRY_TABLE;
    }
}

static pz_status
resolved_schema(pz_statement *r, const pz_strs *names, pz_schema *out)
{
    pz_rel *table = pz_rel_make(r->a, PZ_REL_NAMED_TABLE, r->c->ref);
    pz_plan *p;
    table->u.table.names = *names;
    PZ_TRY(pz_query_resolve(r->q, table, NULL, r->a, &p, r->err));
    *out = p->schema;
    return PZ_OK;
}

pz_status
pz_entry_schema(pz_statement *r, const pz_cat *e, pz_schema *out)
{
    pz_strs names = {0};
    pz_shown_schema(r->a, e, out);
    if (e->kind != PZ_ENTRY_VIEW || !pz_str_ends(e->mode, "EVOLUTION")) return PZ_OK;
    pz_vec_push(r->a, &names, PZ_STR("spark_catalog"));
    pz_vec_push(r->a, &names, pz_dup(r->a, e->db));
    pz_vec_push(r->a, &names, pz_dup(r->a, e->name));
    return resolved_schema(r, &names, out);
}

pz_status
pz_table_schema(pz_statement *r, const pz_strs *names, pz_schema *out)
{
    bool global;
    pz_view *v = pz_find_temp_view(r, names, &global);
    pz_status st = resolved_schema(r, names, out);
    for (int i = 0; st == PZ_OK && v && i < out->n && i < v->comments.n; i++)
        if (v->comments.data[i].ptr) out->fields[i].metadata = pz_metadata_with(r->a, PZ_STR(""), "comment", v->comments.data[i]);
    pz_view_unref(v);
    return st;
}

static pz_status
full_names(pz_statement *r, pz_strs *out)
{
    const pz_strs *n = &r->c->names, *db = &r->c->names2;
    if (db->n && n->n > 1) {
        pz_strs own = {n->data, n->n - 1, 0};
        if (!pz_str_ieq(own.data[own.n - 1], db->data[db->n - 1]))
            return pz_raise(r->err, PZ_ERR_SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE, PZ_NO_ORIGIN, "namespaceA", pz_quoted(r->a, db).ptr, "namespaceB",
                            pz_quoted(r->a, &own).ptr, NULL);
        *out = *n;
        return PZ_OK;
    }
    for (int i = 0; i < db->n; i++) pz_vec_push(r->a, out, db->data[i]);
    for (int i = 0; i < n->n; i++) pz_vec_push(r->a, out, n->data[i]);
    return PZ_OK;
}

pz_status
pz_cmd_show_columns(pz_statement *r)
{
    pz_strs names = {0};
    pz_schema schema;
    pz_view *v;
    pz_cat *e;
    pz_status st = PZ_OK;
    pz_want want = {PZ_WANT_EITHER, "SHOW COLUMNS", true, false, false};
    PZ_TRY(full_names(r, &names));
    PZ_TRY(pz_find_relation(r, &names, &want, &v, &e));
    if (v) schema = v->schema;
    else st = pz_entry_schema(r, e, &schema);
    for (int i = 0; st == PZ_OK && i < schema.n; i++) pz_cell(r, schema.fields[i].name);
    pz_view_unref(v);
    pz_cat_unref(e);
    return st;
}

/* ---- properties ---- */
static void
one_property(pz_statement *r, const pz_cat *e, const pz_options *list_)
{
    int at = pz_option_find(list_, r->c->text);
    pz_cell(r, r->c->text);
    pz_cell(r, at >= 0 ? list_->data[at].value
                       : pz_strf(r->a, "Table spark_catalog." PZ_FMT "." PZ_FMT " does not have property: " PZ_FMT, PZ_ARG(e->db), PZ_ARG(e->name),
                                 PZ_ARG(r->c->text)));
}

pz_status
pz_cmd_show_tblproperties(pz_statement *r)
{
    pz_view *v;
    pz_cat *e;
    pz_options all;
    pz_want want = {PZ_WANT_EITHER, "SHOW TBLPROPERTIES", true, false, false};
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, &v, &e));
    pz_view_unref(v);
    if (!e) return PZ_OK;                      /* temporary views have none */
    all = pz_shown_properties(r->a, e);
    for (int i = 0; i < e->options.n; i++) {
        pz_option o = {pz_strf(r->a, "option." PZ_FMT, PZ_ARG(e->options.data[i].key)), e->options.data[i].value};
        pz_vec_push(r->a, &all, o);
    }
    all = pz_options_sorted(r->a, &all);
    if (r->c->text.ptr) one_property(r, e, &all);
    else
        for (int i = 0; i < all.n; i++) pz_cell(r, all.data[i].key), pz_cell(r, all.data[i].value);
    pz_cat_unref(e);
    return PZ_OK;
}

/* ---- functions ---- */
static const char *const function_names[] = {
#define FNAME(name, class) name,
#include "../../tables/function_names.def"
};
static const char *const function_classes[] = {
#define FNAME(name, class) class,
#include "../../tables/function_names.def"
};

int
pz_function_names(const char *const **out)
{
    *out = function_names;
    return (int)PZ_COUNTOF(function_names);
}

const char *
pz_function_class(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(function_names); i++)
        if (pz_str_ieqc(name, function_names[i])) return function_classes[i];
    return "";
}

bool
pz_function_known(pz_str name)
{
    const char *const *names;
    int n = pz_function_names(&names);
    for (int i = 0; i < n; i++)
        if (pz_str_ieqc(name, names[i])) return true;
    return false;
}

static int
by_text(const void *a, const void *b)
{
    return pz_str_cmp(*(const pz_str *)a, *(const pz_str *)b);
}

pz_status
pz_cmd_show_functions(pz_statement *r)
{
    const char *const *names;
    int n = pz_function_names(&names);
    pz_str db;
    PZ_TRY(pz_check_database(r, &r->c->names, &db));
    pz_strs users = {0};
    bool system = !pz_str_ieqc(r->c->text2, "user");
    if (!pz_str_ieqc(r->c->text2, "system")) pz_list_sql_functions(r, db, r->c->text, &users);
    for (int i = 0; system && i < n; i++)
        if (pz_name_matches(pz_str_c(names[i]), r->c->text)) pz_vec_push(r->a, &users, pz_str_c(names[i]));
    qsort(users.data, (size_t)users.n, sizeof *users.data, by_text);
    for (int i = 0; i < users.n; i++) pz_cell(r, users.data[i]);
    return PZ_OK;
}

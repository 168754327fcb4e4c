/*
 * session/command_show.c - SHOW statements and USE.
 *
 * What exists: catalog spark_catalog with database default and no tables, and the temporary views.
 */
#include <stdlib.h>

#include "command_int.h"

/* ---- names and patterns ---- */
static bool
match_one(pz_str name, pz_str pattern)
{
    if (!pattern.len) return !name.len;
    if (pattern.ptr[0] == '*') {
        pz_str rest = {pattern.ptr + 1, pattern.len - 1};
        for (size_t i = 0; i <= name.len; i++)
            if (match_one((pz_str){name.ptr + i, name.len - i}, rest)) return true;
        return false;
    }
    if (!name.len || !pz_str_ieq((pz_str){name.ptr, 1}, (pz_str){pattern.ptr, 1})) return false;
    return match_one((pz_str){name.ptr + 1, name.len - 1}, (pz_str){pattern.ptr + 1, pattern.len - 1});
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

pz_status
pz_raise_not_found(pz_statement *r, const pz_strs *names, const char *path)
{
    return pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, PZ_NO_ORIGIN, "relationName", pz_quoted(r->a, names).ptr, "searchPath", path, NULL);
}

static const char *
session_path(pz_statement *r)
{
    return pz_strf(r->a, "[`system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog), PZ_ARG(r->q->database)).ptr;
}

bool
pz_database_exists(pz_statement *r, const pz_strs *names)
{
    (void)r;
    if (names->n == 2) return pz_str_ieqc(names->data[0], "spark_catalog") && pz_str_ieqc(names->data[1], "default");
    return names->n == 1 && pz_str_ieqc(names->data[0], "default");
}

pz_status
pz_raise_schema_not_found(pz_statement *r, const pz_strs *names)
{
    pz_strs full = {0};
    if (!names->n || !pz_str_ieqc(names->data[0], "spark_catalog")) pz_vec_push(r->a, &full, r->q->catalog);
    for (int i = 0; i < names->n; i++) pz_vec_push(r->a, &full, names->data[i]);
    return pz_raise(r->err, PZ_ERR_SCHEMA_NOT_FOUND, PZ_NO_ORIGIN, "schemaName", pz_quoted(r->a, &full).ptr, NULL);
}

static bool
is_global_temp(const pz_strs *names)
{
    return names->n == 1 && pz_str_ieqc(names->data[0], "global_temp");
}

static pz_status
check_namespace(pz_statement *r)
{
    const pz_strs *n = &r->c->names;
    if (!n->n || is_global_temp(n) || pz_database_exists(r, n)) return PZ_OK;
    return pz_raise_schema_not_found(r, n);
}

/* ---- tables and views ---- */
typedef void (*view_row)(pz_statement *r, const pz_view *v, const char *namespace);

static void
each_view(pz_statement *r, const pz_views *set, const char *namespace, view_row f)
{
    for (int i = 0; i < pz_views_count(set); i++) {
        const pz_view *v = pz_views_at(set, i);
        if (pz_name_matches(v->name, r->c->text)) f(r, v, namespace);
    }
}

static void
listed(pz_statement *r, const pz_view *v, const char *namespace)
{
    pz_cellc(r, namespace);
    pz_cell(r, v->name);
    pz_cell_bool(r, true);
}

static pz_status
list_views(pz_statement *r, view_row f)
{
    PZ_TRY(check_namespace(r));
    if (is_global_temp(&r->c->names)) each_view(r, r->q->globals, "global_temp", f);
    each_view(r, r->q->views, "", f);
    return PZ_OK;
}

pz_status
pz_cmd_show_tables(pz_statement *r)
{
    return list_views(r, listed);
}

pz_status
pz_cmd_show_views(pz_statement *r)
{
    return list_views(r, listed);
}

static void
extended(pz_statement *r, const pz_view *v, const char *namespace)
{
    pz_str tree = pz_schema_tree(&v->schema, 0, r->a);
    listed(r, v, namespace);
    pz_cell(r, pz_strf(r->a, "Table: " PZ_FMT "\nType: VIEW\nSchema: " PZ_FMT "\n", PZ_ARG(v->name), PZ_ARG(tree)));
}

pz_status
pz_cmd_show_table_extended(pz_statement *r)
{
    return list_views(r, extended);
}

pz_status
pz_cmd_show_namespaces(pz_statement *r)
{
    if (pz_name_matches(PZ_STR("default"), r->c->text)) pz_cellc(r, "default");
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

pz_status
pz_table_schema(pz_statement *r, const pz_strs *names, pz_schema *out)
{
    bool global;
    pz_view *v = pz_find_temp_view(r, names, &global);
    pz_rel *table = pz_rel_make(r->a, PZ_REL_NAMED_TABLE, PZ_NO_ORIGIN);
    pz_plan *p;
    table->u.table.names = *names;
    PZ_TRY(pz_query_resolve(r->q, table, NULL, r->a, &p, r->err));
    *out = p->schema;
    for (int i = 0; v && i < out->n && i < v->comments.n; i++) {
        pz_buf b;
        if (!v->comments.data[i].len) continue;
        pz_buf_init(&b, 0);
        pz_buf_puts(&b, "{\"comment\":\"");
        for (size_t j = 0; j < v->comments.data[i].len; j++) {
            char c = v->comments.data[i].ptr[j];
            if (c == '"' || c == '\\') pz_buf_putc(&b, '\\');
            pz_buf_putc(&b, c);
        }
        pz_buf_puts(&b, "\"}");
        out->fields[i].metadata = pz_buf_dup(&b, r->a);
        pz_buf_free(&b);
    }
    pz_view_unref(v);
    return PZ_OK;
}

pz_status
pz_cmd_show_columns(pz_statement *r)
{
    pz_strs names = {0};
    pz_schema schema;
    pz_error quiet;
    pz_statement probe = *r;
    for (int i = 0; i < r->c->names2.n; i++) pz_vec_push(r->a, &names, r->c->names2.data[i]);
    for (int i = 0; i < r->c->names.n; i++) pz_vec_push(r->a, &names, r->c->names.data[i]);
    pz_error_init(&quiet, r->a);
    probe.err = &quiet;
    if (pz_table_schema(&probe, &names, &schema) != PZ_OK) return pz_raise_not_found(r, &names, session_path(r));
    for (int i = 0; i < schema.n; i++) pz_cell(r, schema.fields[i].name);
    return PZ_OK;
}

/* ---- functions ---- */
static const char *const all_functions[] = {
#define FN(kind, name, ...) name,
#include "../../tables/functions.def"
#undef FN
};
static const char *sorted[PZ_COUNTOF(all_functions)];
static int nsorted;

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
sort_functions(void)
{
    const char *copy[PZ_COUNTOF(all_functions)];
    memcpy(copy, all_functions, sizeof copy);
    qsort(copy, PZ_COUNTOF(copy), sizeof copy[0], by_name);
    for (size_t i = 0; i < PZ_COUNTOF(copy); i++)
        if (!nsorted || strcmp(sorted[nsorted - 1], copy[i]) != 0) sorted[nsorted++] = copy[i];
}

int
pz_function_names(const char *const **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sort_functions);
    *out = sorted;
    return nsorted;
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

pz_status
pz_cmd_show_functions(pz_statement *r)
{
    const char *const *names;
    int n = pz_function_names(&names);
    if (pz_str_ieqc(r->c->text2, "user")) return PZ_OK;
    for (int i = 0; i < n; i++)
        if (pz_name_matches(pz_str_c(names[i]), r->c->text)) pz_cellc(r, names[i]);
    return PZ_OK;
}

/* ---- USE ---- */
pz_status
pz_cmd_use(pz_statement *r)
{
    const pz_strs *n = &r->c->names;
    pz_str none = {NULL, 0};
    if (n->n == 1 && pz_str_ieqc(n->data[0], "spark_catalog")) {
        pz_session_set_place(r->session, PZ_STR("spark_catalog"), PZ_STR("default"));
        return PZ_OK;
    }
    if (!pz_database_exists(r, n)) return pz_raise_schema_not_found(r, n);
    pz_session_set_place(r->session, none, PZ_STR("default"));
    return PZ_OK;
}

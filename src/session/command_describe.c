/*
 * session/command_describe.c - DESCRIBE of tables, columns, queries, functions and databases; EXPLAIN as a statement.
 */
#include <stdlib.h>

#include "command_int.h"

/* The "comment" of a field's metadata; false: none.  Metadata is a flat JSON object made by us or by a client. */
bool
pz_metadata_comment(pz_str metadata, pz_arena *a, pz_str *out)
{
    static const char key[] = "\"comment\":\"";
    const char *at = metadata.len ? memmem(metadata.ptr, metadata.len, key, sizeof key - 1) : NULL;
    pz_buf b;
    if (!at) return false;
    pz_buf_init(&b, 0);
    for (at += sizeof key - 1; at < metadata.ptr + metadata.len && *at != '"'; at++) {
        if (*at == '\\' && at + 1 < metadata.ptr + metadata.len) at++;
        pz_buf_putc(&b, *at);
    }
    *out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return true;
}

static void
column_rows(pz_statement *r, const pz_schema *s)
{
    for (int i = 0; i < s->n; i++) {
        pz_str comment = {NULL, 0};
        pz_cell(r, s->fields[i].name);
        pz_cell(r, pz_type_simple(s->fields[i].type, r->a));
        (void)pz_metadata_comment(s->fields[i].metadata, r->a, &comment);
        pz_cell(r, comment);
    }
}

static pz_status
one_column(pz_statement *r, const pz_schema *s)
{
    const pz_strs *path = &r->c->names2;
    for (int i = 0; i < s->n && path->n == 1; i++) {
        pz_str comment = PZ_STR("NULL");
        if (!pz_str_ieq(s->fields[i].name, path->data[0])) continue;
        (void)pz_metadata_comment(s->fields[i].metadata, r->a, &comment);
        pz_cellc(r, "col_name"), pz_cell(r, s->fields[i].name);
        pz_cellc(r, "data_type"), pz_cell(r, pz_type_simple(s->fields[i].type, r->a));
        pz_cellc(r, "comment"), pz_cell(r, comment);
        return PZ_OK;
    }
    return pz_raise(r->err, PZ_ERR_COLUMN_NOT_FOUND, PZ_NO_ORIGIN, "colName", pz_quoted(r->a, path).ptr, "caseSensitiveConfig",
                    "\"spark.sql.caseSensitive\"", NULL);
}

pz_status
pz_cmd_describe_table(pz_statement *r)
{
    pz_schema s;
    PZ_TRY(pz_table_schema(r, &r->c->names, &s));
    if (r->c->names2.n) return one_column(r, &s);
    column_rows(r, &s);
    return PZ_OK;
}

pz_status
pz_cmd_describe_query(pz_statement *r)
{
    pz_plan *p;
    PZ_TRY(pz_query_resolve(r->q, r->c->query, NULL, r->a, &p, r->err));
    column_rows(r, &p->schema);
    return PZ_OK;
}

pz_status
pz_cmd_describe_function(pz_statement *r)
{
    pz_str name = r->c->names.data[r->c->names.n - 1];
    if (!pz_function_known(name))
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_UNRESOLVED_ROUTINE, r->c->origin, "routineName", pz_quoted(r->a, &r->c->names).ptr,
                           "searchPath", pz_strf(r->a, "[`system`.`builtin`, `system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog),
                                                 PZ_ARG(r->q->database)).ptr, NULL);
    pz_cell(r, pz_strf(r->a, "Function: " PZ_FMT, PZ_ARG(name)));
    pz_cell(r, pz_strf(r->a, "Usage: " PZ_FMT "(...)", PZ_ARG(name)));
    return PZ_OK;
}

pz_status
pz_cmd_describe_database(pz_statement *r)
{
    static const char *const facts[][2] = {
        {"Catalog Name", "spark_catalog"}, {"Namespace Name", "default"}, {"Comment", "default database"},
    };
    pz_str location;
    if (!pz_database_exists(r, &r->c->names)) return pz_raise_schema_not_found(r, &r->c->names);
    for (size_t i = 0; i < PZ_COUNTOF(facts); i++) pz_cellc(r, facts[i][0]), pz_cellc(r, facts[i][1]);
    if (!pz_confs_read(r->q->confs, PZ_STR("spark.sql.warehouse.dir"), &location)) location = PZ_STR("");
    pz_cellc(r, "Location"), pz_cell(r, location);
    pz_cellc(r, "Owner"), pz_cell(r, r->q->user);
    if (r->c->extended) pz_cellc(r, "Properties"), pz_cellc(r, "");
    return PZ_OK;
}

/* ---- EXPLAIN ---- */
static int
explain_mode(pz_str text)
{
    static const char *const names[] = {"SIMPLE", "EXTENDED", "CODEGEN", "COST", "FORMATTED"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_ieqc(text, names[i])) return (int)i + 1;
    return 1;
}

/* A plan that cannot be analyzed is told in rows, one a line. */
static pz_status
error_rows(pz_statement *r, const pz_error *e)
{
    pz_str text = pz_error_text(e, r->a);
    pz_cellc(r, "Error occurred during query planning: ");
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        pz_str line = {text.ptr, end ? (size_t)(end - text.ptr) : text.len};
        pz_cell(r, pz_dup(r->a, line));
        text = end ? (pz_str){end + 1, text.len - line.len - 1} : PZ_STR("");
    }
    return PZ_OK;
}

pz_status
pz_cmd_explain(pz_statement *r)
{
    pz_error quiet;
    pz_plan *p;
    pz_str text;
    pz_error_init(&quiet, r->a);
    if (pz_query_resolve(r->q, r->c->query, NULL, r->a, &p, &quiet) != PZ_OK) return error_rows(r, &quiet);
    text = pz_explain_text(r->q, r->c->query, p, explain_mode(r->c->text), &quiet);
    if (quiet.id) return error_rows(r, &quiet);
    pz_cell(r, text);
    return PZ_OK;
}

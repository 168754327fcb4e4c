/*
 * session/command_describe.c - DESCRIBE of tables, views, columns, partitions and queries; EXPLAIN as a statement.
 */
#include <stdlib.h>

#include "command_int.h"

/* ---- rows ---- */
static void
row(pz_statement *r, pz_str name, pz_str type, pz_str comment)
{
    pz_cell(r, name), pz_cell(r, type), pz_cell(r, comment);
}

static void
heading(pz_statement *r, const char *name, bool space)
{
    pz_str none = PZ_STR("");
    if (space) row(r, none, none, none);
    row(r, pz_str_c(name), none, none);
}

static void
column_row(pz_statement *r, const pz_field *f)
{
    row(r, f->name, pz_declared_type(f, r->a), pz_metadata_get(f->metadata, "comment", r->a));
}

static void
column_rows(pz_statement *r, const pz_schema *s)
{
    for (int i = 0; i < s->n; i++) column_row(r, &s->fields[i]);
}

/* Some of the columns again, under a heading. */
static void
part_rows(pz_statement *r, const pz_schema *s, const pz_strs *names, const char *what)
{
    heading(r, what, false);
    row(r, PZ_STR("# col_name"), PZ_STR("data_type"), PZ_STR("comment"));
    for (int n = 0; n < names->n; n++)
        for (int i = 0; i < s->n; i++)
            if (pz_str_ieq(s->fields[i].name, names->data[n])) column_row(r, &s->fields[i]);
}

static void
default_rows(pz_statement *r, const pz_schema *s)
{
    bool any = false;
    for (int i = 0; i < s->n; i++) {
        pz_str text = pz_metadata_get(s->fields[i].metadata, "CURRENT_DEFAULT", r->a);
        if (!text.ptr) continue;
        if (!any) heading(r, "# Column Default Values", true);
        row(r, s->fields[i].name, pz_declared_type(&s->fields[i], r->a), text);
        any = true;
    }
}

static void
fact_rows(pz_statement *r, const pz_facts *facts)
{
    for (int i = 0; i < facts->n; i++)
        if (facts->data[i].name && facts->data[i].where != PZ_FACT_LISTED) row(r, pz_str_c(facts->data[i].name), facts->data[i].text, PZ_STR(""));
}

/* ---- one column ---- */
static pz_str
statistic(pz_statement *r, const pz_cat *e, pz_str column, const char *what)
{
    pz_str key = pz_strf(r->a, PZ_FMT ".%s", PZ_ARG(pz_lower_ascii(r->a, column)), what);
    int at = e ? pz_option_find(&e->column_stats, key) : -1;
    return at < 0 ? PZ_STR("NULL") : e->column_stats.data[at].value;
}

static void
column_facts(pz_statement *r, const pz_field *f, const pz_cat *e)
{
    static const char *const measures[] = {"min", "max", "num_nulls", "distinct_count", "avg_col_len", "max_col_len", "histogram"};
    pz_str comment = pz_metadata_get(f->metadata, "comment", r->a), value = pz_metadata_get(f->metadata, "CURRENT_DEFAULT", r->a);
    pz_cellc(r, "col_name"), pz_cell(r, f->name);
    pz_cellc(r, "data_type"), pz_cell(r, pz_declared_type(f, r->a));
    pz_cellc(r, "comment"), pz_cell(r, comment.ptr ? comment : PZ_STR("NULL"));
    if (!r->c->extended) return;
    for (size_t i = 0; i < PZ_COUNTOF(measures); i++) pz_cellc(r, measures[i]), pz_cell(r, statistic(r, e, f->name, measures[i]));
    if (value.ptr) pz_cellc(r, "default"), pz_cell(r, value);
}

static pz_status
one_column(pz_statement *r, const pz_schema *s, const pz_cat *e)
{
    const pz_strs *path = &r->c->names2;
    for (int i = 0; i < s->n; i++) {
        if (!pz_str_ieq(s->fields[i].name, path->data[0])) continue;
        if (path->n > 1)
            return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1060, PZ_NO_ORIGIN, "command", "DESC TABLE COLUMN", "column",
                            pz_strf(r->a, PZ_FMT "." PZ_FMT, PZ_ARG(s->fields[i].name), PZ_ARG(path->data[1])).ptr, NULL);
        column_facts(r, &s->fields[i], e);
        return PZ_OK;
    }
    return pz_raise(r->err, PZ_ERR_COLUMN_NOT_FOUND, PZ_NO_ORIGIN, "colName", pz_quoted(r->a, path).ptr, "caseSensitiveConfig",
                    "\"spark.sql.caseSensitive\"", NULL);
}

/* ---- JSON ---- */
static void
json_facts(pz_buf *b, const pz_facts *facts, bool early)
{
    for (int i = 0; i < facts->n; i++) {
        const pz_fact *f = &facts->data[i];
        if (!f->key || (f->where == PZ_FACT_EARLY) != early) continue;
        pz_buf_printf(b, ",\"%s\":", f->key);
        pz_buf_str(b, f->json);
    }
}

static void
json_row(pz_statement *r, pz_str name, const pz_cat *e, const pz_schema *s, const pz_facts *facts, const pz_facts *partition)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_str db = e ? e->db : PZ_STR("session");
    pz_buf_puts(&b, "{\"table_name\":");
    pz_json_text(&b, name);
    pz_buf_printf(&b, ",\"catalog_name\":\"%s\",\"namespace\":[", e ? "spark_catalog" : "system");
    pz_json_text(&b, db);
    pz_buf_puts(&b, "],\"schema_name\":");
    pz_json_text(&b, db);
    pz_buf_puts(&b, ",\"columns\":[");
    for (int i = 0; i < s->n; i++) {
        if (i) pz_buf_putc(&b, ',');
        pz_json_column(&b, &s->fields[i], r->a);
    }
    pz_buf_putc(&b, ']');
    if (e && e->cluster_columns.n) {
        pz_buf_puts(&b, ",\"clustering_columns\":");
        pz_buf_str(&b, pz_json_list(r->a, &e->cluster_columns));
    }
    json_facts(&b, partition, true);
    json_facts(&b, facts, true);
    json_facts(&b, facts, false);
    pz_buf_putc(&b, '}');
    pz_cell(r, pz_buf_dup(&b, r->a));
    pz_buf_free(&b);
}

/* What the partition says takes the place of what the table says. */
static void
override(pz_facts *facts, const pz_facts *partition)
{
    for (int i = 0; i < facts->n; i++)
        for (int j = 0; j < partition->n; j++)
            if (facts->data[i].key && partition->data[j].key && !strcmp(facts->data[i].key, partition->data[j].key)) facts->data[i].key = NULL;
}

/* ---- tables and views ---- */
static void
partition_rows(pz_statement *r, const pz_cat *e, const pz_facts *partition)
{
    heading(r, "# Detailed Partition Information", true);
    row(r, PZ_STR("Database"), e->db, PZ_STR(""));
    row(r, PZ_STR("Table"), e->name, PZ_STR(""));
    fact_rows(r, partition);
    heading(r, "# Storage Information", true);
    row(r, PZ_STR("Location"), pz_table_location(r->q, e, r->a), PZ_STR(""));
    if (e->options.n) row(r, PZ_STR("Storage Properties"), pz_option_list(r->a, &e->options), PZ_STR(""));
}

static pz_status
describe_entry(pz_statement *r, const pz_cat *e)
{
    pz_schema s;
    pz_facts facts = {0}, partition = {0};
    bool clustered = e->cluster_columns.n || pz_option_find(&e->properties, PZ_STR("clusteringColumns")) >= 0;
    PZ_TRY(pz_entry_schema(r, e, &s));
    if (r->c->names2.n) return one_column(r, &s, e);
    if (r->c->partition_spec.n) {
        if (e->kind == PZ_ENTRY_VIEW)
            return pz_raise(r->err, PZ_ERR_FORBIDDEN_OPERATION, PZ_NO_ORIGIN, "statement", "DESC PARTITION", "objectType", "VIEW", "objectName",
                            pz_quoted(r->a, &r->c->names).ptr, NULL);
        PZ_TRY(pz_partition_find(r, e, &r->c->partition_spec, &partition));
    }
    if (r->c->extended) pz_entry_facts(r, e, &facts);
    if (r->c->flag1) {
        override(&facts, &partition);
        json_row(r, e->name, e, &s, &facts, &partition);
        return PZ_OK;
    }
    column_rows(r, &s);
    if (e->partition_columns.n) part_rows(r, &s, &e->partition_columns, "# Partition Information");
    if (clustered) part_rows(r, &s, &e->cluster_columns, "# Clustering Information");
    if (r->c->extended && r->c->partition_spec.n) {
        partition_rows(r, e, &partition);
        return PZ_OK;
    }
    if (r->c->extended) {
        heading(r, "# Detailed Table Information", true);
        fact_rows(r, &facts);
    }
    default_rows(r, &s);
    return PZ_OK;
}

static pz_status
describe_view(pz_statement *r, const pz_view *v, bool global)
{
    pz_schema s;
    pz_facts facts = {0}, none = {0};
    pz_view_schema(r->a, v, &s);
    if (r->c->names2.n) return one_column(r, &s, NULL);
    if (r->c->partition_spec.n)
        return pz_raise(r->err, PZ_ERR_FORBIDDEN_OPERATION, PZ_NO_ORIGIN, "statement", "DESC PARTITION", "objectType", "TEMPORARY VIEW", "objectName",
                        pz_quoted(r->a, &r->c->names).ptr, NULL);
    if (!r->c->flag1) {
        column_rows(r, &s);
        return PZ_OK;
    }
    pz_view_facts(r, v, global, &facts);
    json_row(r, v->name, NULL, &s, &facts, &none);
    return PZ_OK;
}

pz_status
pz_cmd_describe_table(pz_statement *r)
{
    pz_view *v;
    pz_cat *e;
    pz_schema s;
    pz_status st;
    pz_want want = {PZ_WANT_EITHER, "DESCRIBE TABLE", true, false, true};
    bool global = r->c->names.n > 1 && pz_str_ieqc(r->c->names.data[0], "global_temp");
    st = pz_find_relation(r, &r->c->names, &want, &v, &e);
    if (st != PZ_OK && r->err->id == PZ_ERR_TABLE_OR_VIEW_NOT_FOUND && r->c->names.n == 2) {   /* parquet.`path` */
        pz_error quiet;
        pz_statement probe = *r;
        pz_error_init(&quiet, r->a);
        probe.err = &quiet;
        if (pz_table_schema(&probe, &r->c->names, &s) != PZ_OK) return PZ_FAIL;
        *r->err = (pz_error){.arena = r->err->arena};
        column_rows(r, &s);
        return PZ_OK;
    }
    PZ_TRY(st);
    st = v ? describe_view(r, v, global) : describe_entry(r, e);
    pz_view_unref(v);
    pz_cat_unref(e);
    return st;
}

pz_status
pz_cmd_describe_query(pz_statement *r)
{
    pz_plan *p;
    PZ_TRY(pz_query_resolve(r->q, r->c->query, NULL, r->a, &p, r->err));
    column_rows(r, &p->schema);
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
    if (pz_query_resolve(r->q, r->c->query, NULL, r->a, &p, &quiet) != PZ_OK) {
        text = pz_explain_failure(r->q, r->c->query, explain_mode(r->c->text), &quiet);
        if (!text.len) return error_rows(r, &quiet);
        pz_cell(r, text);
        return PZ_OK;
    }
    text = pz_explain_text(r->q, r->c->query, p, explain_mode(r->c->text), &quiet);
    if (quiet.id) return error_rows(r, &quiet);
    pz_cell(r, text);
    return PZ_OK;
}

/*
 * session/command_create.c - SHOW CREATE TABLE: the statement that would make a table or view again.
 */
#include "command_int.h"

/* ---- types: collations are told, even the plain one ---- */
static void type_text(pz_buf *b, const pz_type *t, pz_arena *a);

static void
struct_text(pz_buf *b, const pz_type *t, pz_arena *a)
{
    pz_buf_puts(b, "STRUCT<");
    for (int i = 0; i < t->nfields; i++) {
        pz_str comment = pz_metadata_get(t->fields[i].metadata, "comment", a);
        if (i) pz_buf_puts(b, ", ");
        pz_buf_str(b, pz_name_if_needed(t->fields[i].name, a));
        pz_buf_puts(b, ": ");
        type_text(b, t->fields[i].type, a);
        if (!t->fields[i].nullable) pz_buf_puts(b, " NOT NULL");
        if (comment.ptr) {
            pz_buf_puts(b, " COMMENT ");
            pz_sql_text(b, comment);
        }
    }
    pz_buf_putc(b, '>');
}

static void
type_text(pz_buf *b, const pz_type *t, pz_arena *a)
{
    switch (t->id) {
    case PZ_T_ARRAY:
        pz_buf_puts(b, "ARRAY<");
        type_text(b, t->element, a);
        pz_buf_putc(b, '>');
        break;
    case PZ_T_MAP:
        pz_buf_puts(b, "MAP<");
        type_text(b, t->key, a);
        pz_buf_puts(b, ", ");
        type_text(b, t->element, a);
        pz_buf_putc(b, '>');
        break;
    case PZ_T_STRUCT: struct_text(b, t, a); break;
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: {
        pz_type plain = *t;
        plain.collation = PZ_STR("");
        plain.told_bytes = false;
        pz_buf_str(b, pz_type_sql(&plain, a));
        pz_buf_puts(b, " COLLATE ");
        pz_buf_str(b, t->collation.len ? pz_upper_ascii(a, t->collation) : PZ_STR("UTF8_BINARY"));
        break;
    }
    default: pz_buf_str(b, pz_type_sql(t, a));
    }
}

/* ---- words ---- */
/* A name as it is if it may stand so, else in backquotes. */
pz_str
pz_name_if_needed(pz_str name, pz_arena *a)
{
    pz_strs one = {0};
    bool plain = name.len > 0, digits = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool digit = c >= '0' && c <= '9';
        plain &= digit || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        digits &= digit;
    }
    if (plain && !digits) return name;
    pz_vec_push(a, &one, name);
    return pz_quoted(a, &one);
}

static void
comma_names(pz_buf *b, const pz_strs *names, pz_arena *a)
{
    for (int i = 0; i < names->n; i++) {
        if (i) pz_buf_puts(b, ", ");
        pz_buf_str(b, pz_name_if_needed(names->data[i], a));
    }
}

static void
option_block(pz_buf *b, const char *word, const pz_options *list)
{
    if (!list->n) return;
    pz_buf_printf(b, "%s (\n", word);
    for (int i = 0; i < list->n; i++) {
        pz_buf_puts(b, i ? ",\n  " : "  ");
        pz_sql_text(b, list->data[i].key);
        pz_buf_puts(b, " = ");
        pz_sql_text(b, list->data[i].value);
    }
    pz_buf_puts(b, ")\n");
}

static void
comment_line(pz_buf *b, const pz_cat *e)
{
    if (!e->comment.ptr) return;
    pz_buf_puts(b, "COMMENT ");
    pz_sql_text(b, e->comment);
    pz_buf_putc(b, '\n');
}

/* ---- tables ---- */
static void
column_text(pz_buf *b, const pz_field *f, pz_arena *a)
{
    pz_str text;
    pz_buf_str(b, pz_name_if_needed(f->name, a));
    pz_buf_putc(b, ' ');
    text = pz_metadata_get(f->metadata, "__CHAR_VARCHAR_TYPE_STRING", a);
    if (text.ptr) pz_buf_printf(b, PZ_FMT " COLLATE UTF8_BINARY", PZ_ARG(text));
    else type_text(b, f->type, a);
    if ((text = pz_metadata_get(f->metadata, "CURRENT_DEFAULT", a)).ptr) pz_buf_printf(b, " DEFAULT " PZ_FMT, PZ_ARG(text));
    if (!(text = pz_metadata_get(f->metadata, "comment", a)).ptr) return;
    pz_buf_puts(b, " COMMENT ");
    pz_sql_text(b, text);
}

static void
layout_lines(pz_buf *b, const pz_cat *e, pz_arena *a)
{
    if (e->partition_columns.n || e->cluster_columns.n) {
        pz_buf_puts(b, "PARTITIONED BY (");
        comma_names(b, &e->partition_columns, a);
        if (e->cluster_columns.n) {
            pz_buf_puts(b, e->partition_columns.n ? ", cluster_by(" : "cluster_by(");
            comma_names(b, &e->cluster_columns, a);
            pz_buf_putc(b, ')');
        }
        pz_buf_puts(b, ")\n");
    }
    if (!e->buckets) return;
    pz_buf_puts(b, "CLUSTERED BY (");
    comma_names(b, &e->bucket_columns, a);
    pz_buf_puts(b, ")\n");
    if (e->sort_columns.n) {
        pz_buf_puts(b, "SORTED BY (");
        comma_names(b, &e->sort_columns, a);
        pz_buf_puts(b, ")\n");
    }
    pz_buf_printf(b, "INTO %lld BUCKETS\n", (long long)e->buckets);
}

static void
table_text(pz_statement *r, const pz_cat *e, pz_buf *b)
{
    pz_options options = pz_options_sorted(r->a, &e->options), properties = pz_shown_properties(r->a, e);
    pz_option_unset(&properties, PZ_STR("collation"));        /* the clause says it */
    pz_buf_printf(b, "CREATE TABLE spark_catalog." PZ_FMT "." PZ_FMT " (\n  ", PZ_ARG(e->db), PZ_ARG(e->name));
    for (int i = 0; i < e->schema.n; i++) {
        if (i) pz_buf_puts(b, ",\n  ");
        column_text(b, &e->schema.fields[i], r->a);
    }
    pz_buf_printf(b, ")\nUSING " PZ_FMT "\n", PZ_ARG(e->provider));
    option_block(b, "OPTIONS", &options);
    layout_lines(b, e, r->a);
    if (e->external) {
        pz_buf_puts(b, "LOCATION ");
        pz_sql_text(b, pz_table_location(r->q, e, r->a));
        pz_buf_putc(b, '\n');
    }
    comment_line(b, e);
    if (e->collation.len) pz_buf_printf(b, "DEFAULT COLLATION " PZ_FMT "\n", PZ_ARG(e->collation));
    option_block(b, "TBLPROPERTIES", &properties);
}

/* ---- views ---- */
static void
view_text(pz_statement *r, const pz_cat *e, pz_buf *b)
{
    pz_options properties = pz_shown_properties(r->a, e);
    pz_buf_printf(b, "CREATE VIEW " PZ_FMT "." PZ_FMT " (\n  ", PZ_ARG(e->db), PZ_ARG(e->name));
    for (int i = 0; i < e->schema.n; i++) {
        pz_str comment = pz_metadata_get(e->schema.fields[i].metadata, "comment", r->a);
        if (i) pz_buf_puts(b, ",\n  ");
        pz_buf_str(b, pz_name_if_needed(e->schema.fields[i].name, r->a));
        if (!comment.ptr) continue;
        pz_buf_puts(b, " COMMENT ");
        pz_sql_text(b, comment);
    }
    pz_buf_puts(b, ")\n");
    comment_line(b, e);
    if (e->collation.len) pz_buf_printf(b, "DEFAULT COLLATION " PZ_FMT "\n", PZ_ARG(e->collation));
    option_block(b, "TBLPROPERTIES", &properties);
    pz_buf_printf(b, "WITH SCHEMA " PZ_FMT "\nAS " PZ_FMT "\n", PZ_ARG(e->mode), PZ_ARG(e->text));
}

pz_str
pz_create_text(pz_statement *r, const pz_cat *e)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    if (e->kind == PZ_ENTRY_VIEW) view_text(r, e, &b);
    else table_text(r, e, &b);
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

pz_status
pz_cmd_show_create_table(pz_statement *r)
{
    pz_cat *e;
    pz_want want = {PZ_WANT_EITHER, "SHOW CREATE TABLE", false, false, false};
    pz_status st = PZ_OK;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &e));
    if (r->c->flag1 && e->kind == PZ_ENTRY_TABLE)
        st = pz_raise(r->err, PZ_ERR_UNSUPPORTED_SHOW_CREATE_TABLE_ON_DATA_SOURCE_TABLE_WITH_AS_SERDE, PZ_NO_ORIGIN, "tableName", pz_cat_quoted(e, r->a).ptr, NULL);
    else pz_cell(r, pz_create_text(r, e));
    pz_cat_unref(e);
    return st;
}

/*
 * session/catalog_store.c - entries of the catalog as rows of the warehouse database, and back.
 *
 * _piezo.entries has one row per entry, _piezo.facts one per value that is known about it: (id, key, seq, value).  Which members are
 * kept under which keys is the table below; lists have one row per item, options their key behind a dot.  A new member is a new line.
 * Written by a server of another version, unknown keys are left out and missing ones keep their defaults.
 */
#include <stdio.h>
#include <stdlib.h>

#include "catalog_int.h"

typedef enum fact_type { TEXT, LIST, OPTIONS, NUMBER, FLAG, SCHEMA, NUMBERS } fact_type;
static const struct fact { const char *key; fact_type type; size_t at; } facts[] = {
#define FACT(key, type, member) {key, type, offsetof(pz_cat, member)},
    FACT("comment", TEXT, comment)
    FACT("owner", TEXT, owner)
    FACT("collation", TEXT, collation)
    FACT("location", TEXT, location)
    FACT("property", OPTIONS, properties)
    FACT("created", NUMBER, created)
    FACT("schema", SCHEMA, schema)
    FACT("native", FLAG, native)
    FACT("external", FLAG, external)
    FACT("provider", TEXT, provider)
    FACT("column", NUMBERS, columns)
    FACT("next_column", NUMBER, next_column)
    FACT("tracked", FLAG, tracked)
    FACT("partition", OPTIONS, partitions)
    FACT("partition_column", LIST, partition_columns)
    FACT("bucket_column", LIST, bucket_columns)
    FACT("sort_column", LIST, sort_columns)
    FACT("cluster_column", LIST, cluster_columns)
    FACT("constraint", LIST, constraints)
    FACT("buckets", NUMBER, buckets)
    FACT("option", OPTIONS, options)
    FACT("stat_rows", NUMBER, stat_rows)
    FACT("stat_bytes", NUMBER, stat_bytes)
    FACT("column_stat", OPTIONS, column_stats)
    FACT("text", TEXT, text)
    FACT("name", LIST, names)
    FACT("name_comment", LIST, comments)
    FACT("query_column", LIST, query_columns)
    FACT("conf", OPTIONS, confs)
    FACT("catalog", TEXT, catalog)
    FACT("namespace", LIST, namespace)
    FACT("path", TEXT, path)
    FACT("mode", TEXT, mode)
    FACT("returns", TEXT, returns)
    FACT("returns_table", FLAG, returns_table)
#undef FACT
};
#define MEMBER(e, f, T) ((T *)(void *)((char *)(e) + (f)->at))
#define CONST_MEMBER(e, f, T) ((const T *)(const void *)((const char *)(e) + (f)->at))
typedef PZ_VEC(int64_t) numbers;

/* ---- copy ---- */
static void
copy_fact(const struct fact *f, const pz_cat *from, pz_cat *to)
{
    pz_arena *a = to->keep->arena;
    const pz_strs *list = CONST_MEMBER(from, f, pz_strs);
    const pz_options *options = CONST_MEMBER(from, f, pz_options);
    const numbers *ids = CONST_MEMBER(from, f, numbers);
    switch (f->type) {
    case TEXT: *MEMBER(to, f, pz_str) = pz_dup(a, *CONST_MEMBER(from, f, pz_str)); break;
    case NUMBER: *MEMBER(to, f, int64_t) = *CONST_MEMBER(from, f, int64_t); break;
    case FLAG: *MEMBER(to, f, bool) = *CONST_MEMBER(from, f, bool); break;
    case SCHEMA: *MEMBER(to, f, pz_schema) = pz_schema_copy(a, CONST_MEMBER(from, f, pz_schema)); break;
    case LIST:
        for (int i = 0; i < list->n; i++) pz_vec_push(a, MEMBER(to, f, pz_strs), pz_dup(a, list->data[i]));
        break;
    case OPTIONS:
        for (int i = 0; i < options->n; i++) {
            pz_option o = {pz_dup(a, options->data[i].key), pz_dup(a, options->data[i].value)};
            pz_vec_push(a, MEMBER(to, f, pz_options), o);
        }
        break;
    case NUMBERS:
        for (int i = 0; i < ids->n; i++) pz_vec_push(a, MEMBER(to, f, numbers), ids->data[i]);
        break;
    }
}

void
pz_cat_copy_facts(const pz_cat *from, pz_cat *to)
{
    for (size_t i = 0; i < PZ_COUNTOF(facts); i++) copy_fact(&facts[i], from, to);
}

/* ---- write ---- */
static void
write_text(pz_buf *b, pz_str s)
{
    pz_buf_putc(b, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'') pz_buf_putc(b, '\'');
        if (s.ptr[i]) pz_buf_putc(b, s.ptr[i]);
        else pz_buf_puts(b, "'||chr(0)||'");
    }
    pz_buf_putc(b, '\'');
}

static void
write_fact(pz_buf *b, int64_t id, const char *key, pz_str sub, int seq, pz_str value)
{
    pz_str full = {key, strlen(key)};
    pz_buf_printf(b, "%s(%lld, ", b->len && b->ptr[b->len - 1] == ')' ? ", " : "", (long long)id);
    if (sub.ptr) {
        pz_buf_puts(b, "'");
        pz_buf_str(b, full);
        pz_buf_puts(b, ".' || ");
        write_text(b, sub);
    } else {
        write_text(b, full);
    }
    pz_buf_printf(b, ", %d, ", seq);
    if (value.ptr) write_text(b, value);
    else pz_buf_puts(b, "NULL");
    pz_buf_putc(b, ')');
}

static void
write_member(pz_buf *b, const pz_cat *e, const struct fact *f, pz_arena *a)
{
    const pz_str none = {NULL, 0};
    const pz_strs *list = CONST_MEMBER(e, f, pz_strs);
    const pz_options *options = CONST_MEMBER(e, f, pz_options);
    const numbers *ids = CONST_MEMBER(e, f, numbers);
    switch (f->type) {
    case TEXT:
        if (CONST_MEMBER(e, f, pz_str)->ptr) write_fact(b, e->id, f->key, none, 0, *CONST_MEMBER(e, f, pz_str));
        break;
    case NUMBER: write_fact(b, e->id, f->key, none, 0, pz_strf(a, "%lld", (long long)*CONST_MEMBER(e, f, int64_t))); break;
    case FLAG:
        if (*CONST_MEMBER(e, f, bool)) write_fact(b, e->id, f->key, none, 0, PZ_STR("true"));
        break;
    case SCHEMA: write_fact(b, e->id, f->key, none, 0, pz_schema_json(CONST_MEMBER(e, f, pz_schema), a)); break;
    case LIST:
        for (int i = 0; i < list->n; i++) write_fact(b, e->id, f->key, none, i, list->data[i]);
        break;
    case OPTIONS:
        for (int i = 0; i < options->n; i++) write_fact(b, e->id, f->key, options->data[i].key, i, options->data[i].value);
        break;
    case NUMBERS:
        for (int i = 0; i < ids->n; i++) write_fact(b, e->id, f->key, none, i, pz_strf(a, "%lld", (long long)ids->data[i]));
        break;
    }
}

void
pz_cat_forget_text(int64_t id, pz_buf *sql)
{
    pz_buf_printf(sql, "DELETE FROM _piezo.entries WHERE id = %lld; DELETE FROM _piezo.facts WHERE id = %lld;", (long long)id, (long long)id);
}

void
pz_cat_store_text(const pz_cat *e, pz_buf *sql)
{
    static const char *const kinds[] = {"database", "table", "view", "function"};
    pz_arena *a = pz_arena_open();
    pz_cat_forget_text(e->id, sql);
    pz_buf_printf(sql, "INSERT INTO _piezo.entries VALUES (%lld, '%s', ", (long long)e->id, kinds[e->kind]);
    write_text(sql, e->db);
    pz_buf_puts(sql, ", ");
    write_text(sql, e->name);
    pz_buf_puts(sql, "); INSERT INTO _piezo.facts VALUES ");
    for (size_t i = 0; i < PZ_COUNTOF(facts); i++) write_member(sql, e, &facts[i], a);
    pz_buf_putc(sql, ';');
    pz_arena_close(a);
}

/* ---- read ---- */
static const struct fact *
find_fact(pz_str key, pz_str *sub)
{
    for (size_t i = 0; i < PZ_COUNTOF(facts); i++) {
        size_t n = strlen(facts[i].key);
        if (pz_str_eqc(key, facts[i].key)) return &facts[i];
        if (facts[i].type == OPTIONS && key.len > n && key.ptr[n] == '.' && !memcmp(key.ptr, facts[i].key, n)) {
            *sub = (pz_str){key.ptr + n + 1, key.len - n - 1};
            return &facts[i];
        }
    }
    return NULL;
}

static pz_status
read_schema(pz_cat *e, pz_str json, pz_schema *out, pz_error *err)
{
    const pz_type *t;
    PZ_TRY(pz_type_from_json(json, e->keep->arena, &t, err));
    out->n = t->nfields;
    out->fields = PZ_NEWN(e->keep->arena, pz_field, t->nfields + 1);
    for (int i = 0; i < t->nfields; i++) out->fields[i] = t->fields[i];
    return PZ_OK;
}

static pz_status
read_fact(pz_cat *e, pz_str key, pz_str value, pz_error *err)
{
    pz_arena *a = e->keep->arena;
    pz_str sub = {NULL, 0};
    const struct fact *f = find_fact(key, &sub);
    pz_option o = {pz_dup(a, sub), pz_dup(a, value)};
    if (!f) return PZ_OK;
    switch (f->type) {
    case TEXT: *MEMBER(e, f, pz_str) = o.value; break;
    case NUMBER: *MEMBER(e, f, int64_t) = value.ptr ? strtoll(o.value.ptr, NULL, 10) : 0; break;
    case FLAG: *MEMBER(e, f, bool) = true; break;
    case SCHEMA: return read_schema(e, value, MEMBER(e, f, pz_schema), err);
    case LIST: pz_vec_push(a, MEMBER(e, f, pz_strs), o.value); break;
    case OPTIONS: pz_vec_push(a, MEMBER(e, f, pz_options), o); break;
    case NUMBERS: pz_vec_push(a, MEMBER(e, f, numbers), value.ptr ? strtoll(o.value.ptr, NULL, 10) : 0); break;
    }
    return PZ_OK;
}

static const char *const tables[] = {
    "CREATE SCHEMA IF NOT EXISTS data",
    "CREATE SCHEMA IF NOT EXISTS _piezo",
    "CREATE TABLE IF NOT EXISTS _piezo.entries (id BIGINT, kind VARCHAR, db VARCHAR, name VARCHAR)",
    "CREATE TABLE IF NOT EXISTS _piezo.facts (id BIGINT, key VARCHAR, seq INTEGER, value VARCHAR)",
    "CREATE TABLE IF NOT EXISTS _piezo.publishing (id VARCHAR, seq INTEGER, existed BOOLEAN, stage VARCHAR, target VARCHAR)",
};

static pz_cat *
read_entry(const pz_value *row)
{
    pz_str kind = row[1].s;
    pz_cat *e = pz_cat_alloc(pz_str_eqc(kind, "database") ? PZ_ENTRY_DATABASE : pz_str_eqc(kind, "view") ? PZ_ENTRY_VIEW
                             : pz_str_eqc(kind, "function") ? PZ_ENTRY_FUNCTION : PZ_ENTRY_TABLE);
    e->id = row[0].i;
    e->db = pz_dup(e->keep->arena, row[2].s);
    e->name = pz_dup(e->keep->arena, row[3].s);
    return e;
}

pz_status
pz_catalog_load(pz_catalog *c, pz_error *err)
{
    static const pz_type *const entry_types[] = {&pz_t_long, &pz_t_string, &pz_t_string, &pz_t_string};
    static const pz_type *const fact_types[] = {&pz_t_long, &pz_t_string, &pz_t_string};
    pz_arena *a;
    pz_values *rows;
    int n;
    pz_status st;
    for (size_t i = 0; i < PZ_COUNTOF(tables); i++) PZ_TRY(pz_engine_exec(c->engine, pz_str_c(tables[i]), err));
    a = pz_arena_open();
    st = pz_engine_rows(c->engine, NULL, PZ_STR("SELECT id, kind, db, name FROM _piezo.entries"), entry_types, 4, a, &rows, &n, err);
    for (int i = 0; st == PZ_OK && i < n; i++) pz_catalog_publish(c, read_entry(rows[i].data));
    if (st == PZ_OK)
        st = pz_engine_rows(c->engine, NULL, PZ_STR("SELECT id, key, value FROM _piezo.facts ORDER BY id, key, seq"), fact_types, 3, a, &rows, &n, err);
    for (int i = 0; st == PZ_OK && i < n; i++) {
        pz_cat *e = pz_table_get(&c->ids, pz_id_key(&rows[i].data[0].i));
        pz_str value = rows[i].data[2].null ? (pz_str){NULL, 0} : rows[i].data[2].s;
        if (e) st = read_fact(e, rows[i].data[1].s, value, err);
    }
    pz_arena_close(a);
    return st;
}

/*
 * types/type_print.c - every way a type is written: simple, SQL, engine, DDL and the printSchema tree.
 *
 * Stems come from tables/types.def, parameters are added here.  JSON has a file of its own.
 */
#include "types.h"

typedef struct stem { const char *simple, *json, *sql, *duckdb; } stem;
static const stem stems[PZ_T_COUNT] = {
#define TYPE(id, simple, json, sql, proto, arrow, duckdb, bits) {simple, json, sql, duckdb},
#include "../../tables/types.def"
#undef TYPE
};

static const char *const ym_fields[] = {"year", "month"};
static const char *const dt_fields[] = {"day", "hour", "minute", "second"};

typedef enum style { SIMPLE, SQL, TYPE_NAME } style;

static void
add_upper(pz_buf *b, const char *s, bool upper)
{
    for (; *s; s++)
        pz_buf_putc(b, upper && *s >= 'a' && *s <= 'z' ? (char)(*s - 32) : *s);
}

static void
add_interval(pz_buf *b, const pz_type *t, style st)
{
    const char *const *names = t->id == PZ_T_YM_INTERVAL ? ym_fields : dt_fields;
    add_upper(b, "interval ", st == SQL);
    add_upper(b, names[t->start], st == SQL);
    if (t->start != t->end) {
        add_upper(b, " to ", st == SQL);
        add_upper(b, names[t->end], st == SQL);
    }
}

/* Names that need no backticks in DDL: a letter or underscore, then letters, digits, underscores. */
static bool
is_plain_name(pz_str s)
{
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return true;
}

static void
add_name(pz_buf *b, pz_str name)
{
    if (is_plain_name(name)) {
        pz_buf_str(b, name);
        return;
    }
    pz_buf_putc(b, '`');
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '`')
            pz_buf_putc(b, '`');
        pz_buf_putc(b, name.ptr[i]);
    }
    pz_buf_putc(b, '`');
}

/* The text of string member `key` in a flat JSON object, unescaped enough for comments; ptr NULL if absent. */
static pz_str
metadata_text(pz_str json, const char *key, pz_arena *a)
{
    size_t k = strlen(key);
    for (size_t i = 0; i + k + 2 < json.len; i++) {
        if (json.ptr[i] != '"' || memcmp(json.ptr + i + 1, key, k) != 0 || json.ptr[i + k + 1] != '"')
            continue;
        i += k + 2;
        while (i < json.len && (json.ptr[i] == ' ' || json.ptr[i] == ':'))
            i++;
        if (i >= json.len || json.ptr[i] != '"')
            return (pz_str){NULL, 0};
        char *out = pz_alloc(a, json.len - i + 1);
        size_t n = 0;
        for (i++; i < json.len && json.ptr[i] != '"'; i++) {
            if (json.ptr[i] == '\\' && i + 1 < json.len) {
                char c = json.ptr[++i];
                out[n++] = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
            } else {
                out[n++] = json.ptr[i];
            }
        }
        return (pz_str){out, n};
    }
    return (pz_str){NULL, 0};
}

static void
add_comment(pz_buf *b, pz_str metadata)
{
    pz_arena *a;
    pz_str c;
    if (metadata.len == 0)
        return;
    a = pz_arena_open();
    c = metadata_text(metadata, "comment", a);
    if (c.ptr) {
        pz_buf_puts(b, " COMMENT '");
        for (size_t i = 0; i < c.len; i++) {
            if (c.ptr[i] == '\'' || c.ptr[i] == '\\')
                pz_buf_putc(b, '\\');
            pz_buf_putc(b, c.ptr[i]);
        }
        pz_buf_putc(b, '\'');
    }
    pz_arena_close(a);
}

static void
add_collation(pz_buf *b, const pz_type *t, style st)
{
    pz_str name = t->told_bytes && st != TYPE_NAME ? PZ_STR("UTF8_BINARY") : t->collation;
    if (!name.len)
        return;
    pz_buf_puts(b, st == SQL ? " COLLATE " : " collate ");
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        pz_buf_putc(b, st == SQL && c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
    }
}

static void
add_type(pz_buf *b, const pz_type *t, style st)
{
    const char *name = st == SQL ? stems[t->id].sql : st == SIMPLE ? stems[t->id].simple : stems[t->id].json;
    switch (t->id) {
    case PZ_T_DECIMAL:
        pz_buf_printf(b, "%s(%d,%d)", name, t->precision, t->scale);
        return;
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
        pz_buf_printf(b, "%s(%d)", name, t->length);
        add_collation(b, t, st);
        return;
    case PZ_T_TIME:
    case PZ_T_TIMESTAMP_LTZ_NANOS:
    case PZ_T_TIMESTAMP_NTZ_NANOS:
        pz_buf_printf(b, "%s(%d)", name, t->precision);
        return;
    case PZ_T_GEOMETRY:
    case PZ_T_GEOGRAPHY:
        if (t->scale < 0)
            pz_buf_printf(b, "%s(%s)", name, st == SQL ? "ANY" : "any");
        else
            pz_buf_printf(b, "%s(%d)", name, t->scale);
        return;
    case PZ_T_STRING:
        pz_buf_puts(b, name);
        add_collation(b, t, st);
        return;
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL:
        add_interval(b, t, st);
        return;
    case PZ_T_UDT:
        if (t->element && st == SQL) {
            add_type(b, t->element, st);
            return;
        }
        pz_buf_puts(b, name);
        return;
    default:
        break;
    }
    pz_buf_puts(b, name);
    if (st == TYPE_NAME || !pz_type_is_nested(t))
        return;
    pz_buf_putc(b, '<');
    if (t->id == PZ_T_ARRAY) {
        add_type(b, t->element, st);
    } else if (t->id == PZ_T_MAP) {
        add_type(b, t->key, st);
        pz_buf_puts(b, st == SQL ? ", " : ",");
        add_type(b, t->element, st);
    } else {
        for (int i = 0; i < t->nfields; i++) {
            const pz_field *f = &t->fields[i];
            if (i > 0)
                pz_buf_puts(b, st == SQL ? ", " : ",");
            if (st == SQL)
                add_name(b, f->name);
            else
                pz_buf_str(b, f->name);
            pz_buf_puts(b, st == SQL ? ": " : ":");
            add_type(b, f->type, st);
            if (st == SQL) {
                if (!f->nullable)
                    pz_buf_puts(b, " NOT NULL");
                add_comment(b, f->metadata);
            }
        }
    }
    pz_buf_putc(b, '>');
}

static pz_str
finish(pz_buf *b, pz_arena *a)
{
    pz_str s = pz_buf_dup(b, a);
    pz_buf_free(b);
    return s;
}

pz_str
pz_type_simple(const pz_type *t, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    add_type(&b, t, SIMPLE);
    return finish(&b, a);
}

pz_str
pz_type_sql(const pz_type *t, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    add_type(&b, t, SQL);
    return finish(&b, a);
}

/* ---- engine type: struct fields are positional, an empty struct has one unused field */

static void
add_duckdb(pz_buf *b, const pz_type *t)
{
    switch (t->id) {
    case PZ_T_DECIMAL:
        pz_buf_printf(b, "DECIMAL(%d,%d)", t->precision, t->scale);
        return;
    case PZ_T_ARRAY:
        add_duckdb(b, t->element);
        pz_buf_puts(b, "[]");
        return;
    case PZ_T_MAP:
        pz_buf_puts(b, "MAP(");
        add_duckdb(b, t->key);
        pz_buf_puts(b, ", ");
        add_duckdb(b, t->element);
        pz_buf_putc(b, ')');
        return;
    case PZ_T_STRUCT:
        pz_buf_puts(b, "STRUCT(");
        for (int i = 0; i < t->nfields; i++) {
            pz_buf_printf(b, "%sf%d ", i > 0 ? ", " : "", i);
            add_duckdb(b, t->fields[i].type);
        }
        if (t->nfields == 0)
            pz_buf_puts(b, "f0 INTEGER");
        pz_buf_putc(b, ')');
        return;
    case PZ_T_UDT:
        if (t->element)
            add_duckdb(b, t->element);
        else
            pz_buf_puts(b, "INTEGER");
        return;
    default:
        pz_buf_puts(b, stems[t->id].duckdb);
        return;
    }
}

pz_str
pz_type_duckdb(const pz_type *t, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    add_duckdb(&b, t);
    return finish(&b, a);
}

/* ---- DDL of a whole row */

pz_str
pz_schema_ddl(const pz_schema *s, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    for (int i = 0; i < s->n; i++) {
        const pz_field *f = &s->fields[i];
        if (i > 0)
            pz_buf_putc(&b, ',');
        add_name(&b, f->name);
        pz_buf_putc(&b, ' ');
        add_type(&b, f->type, SQL);
        if (!f->nullable)
            pz_buf_puts(&b, " NOT NULL");
        add_comment(&b, f->metadata);
    }
    return finish(&b, a);
}

/* ---- printSchema */

static void
add_escaped(pz_buf *b, pz_str s)
{
    static const char from[] = "\n\r\t\f\b\013\007", to[] = "nrtfbva";
    for (size_t i = 0; i < s.len; i++) {
        const char *p = s.ptr[i] ? strchr(from, s.ptr[i]) : NULL;
        if (p) {
            pz_buf_putc(b, '\\');
            pz_buf_putc(b, to[p - from]);
        } else {
            pz_buf_putc(b, s.ptr[i]);
        }
    }
}

static const char *
truth(bool v)
{
    return v ? "true" : "false";
}

static void add_fields(pz_buf *b, const pz_field *f, int n, pz_buf *prefix, int depth);

static void
add_below(pz_buf *b, const pz_type *t, pz_buf *prefix, int depth)
{
    if (t->id == PZ_T_STRUCT) {
        add_fields(b, t->fields, t->nfields, prefix, depth);
        return;
    }
    if ((t->id != PZ_T_ARRAY && t->id != PZ_T_MAP) || depth <= 0)
        return;
    size_t mark = prefix->len;
    if (t->id == PZ_T_MAP) {
        pz_buf_str(b, pz_buf_view(prefix));
        pz_buf_puts(b, "-- key: ");
        add_type(b, t->key, TYPE_NAME);
        pz_buf_putc(b, '\n');
        pz_buf_puts(prefix, "    |");
        add_below(b, t->key, prefix, depth - 1);
        prefix->len = mark;
    }
    pz_buf_str(b, pz_buf_view(prefix));
    pz_buf_puts(b, t->id == PZ_T_MAP ? "-- value: " : "-- element: ");
    add_type(b, t->element, TYPE_NAME);
    pz_buf_printf(b, " (%s = %s)\n", t->id == PZ_T_MAP ? "valueContainsNull" : "containsNull", truth(t->contains_null));
    pz_buf_puts(prefix, "    |");
    add_below(b, t->element, prefix, depth - 1);
    prefix->len = mark;
}

static void
add_fields(pz_buf *b, const pz_field *f, int n, pz_buf *prefix, int depth)
{
    size_t mark = prefix->len;
    if (depth <= 0)
        return;
    for (int i = 0; i < n; i++) {
        pz_buf_str(b, pz_buf_view(prefix));
        pz_buf_puts(b, "-- ");
        add_escaped(b, f[i].name);
        pz_buf_puts(b, ": ");
        add_type(b, f[i].type, TYPE_NAME);
        pz_buf_printf(b, " (nullable = %s)\n", truth(f[i].nullable));
        pz_buf_puts(prefix, "    |");
        add_below(b, f[i].type, prefix, depth - 1);
        prefix->len = mark;
    }
}

pz_str
pz_schema_tree(const pz_schema *s, int level, pz_arena *a)
{
    pz_buf b, prefix;
    pz_buf_init(&b, 0);
    pz_buf_init(&prefix, 0);
    pz_buf_puts(&b, "root\n");
    pz_buf_puts(&prefix, " |");
    add_fields(&b, s->fields, s->n, &prefix, level > 0 ? level : INT32_MAX);
    pz_buf_free(&prefix);
    return finish(&b, a);
}

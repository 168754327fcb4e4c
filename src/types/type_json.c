/*
 * types/type_json.c - Spark's schema JSON, out and in.
 *
 * Out: the compact text of DataType.json.  In: the same, with members in any order.  Metadata objects stay JSON text.
 */
#include "types.h"

#include <stdlib.h>

static const char *const json_stems[PZ_T_COUNT] = {
#define TYPE(id, simple, json, sql, proto, arrow, duckdb, bits) json,
#include "../../tables/types.def"
#undef TYPE
};

static void
add_string(pz_buf *b, pz_str s)
{
    static const char hex[] = "0123456789abcdef";
    pz_buf_putc(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        switch (c) {
        case '"': pz_buf_puts(b, "\\\""); break;
        case '\\': pz_buf_puts(b, "\\\\"); break;
        case '\n': pz_buf_puts(b, "\\n"); break;
        case '\r': pz_buf_puts(b, "\\r"); break;
        case '\t': pz_buf_puts(b, "\\t"); break;
        case '\b': pz_buf_puts(b, "\\b"); break;
        case '\f': pz_buf_puts(b, "\\f"); break;
        default:
            if (c < 0x20) {
                pz_buf_puts(b, "\\u00");
                pz_buf_putc(b, hex[c >> 4]);
                pz_buf_putc(b, hex[c & 15]);
            } else {
                pz_buf_putc(b, (char)c);
            }
        }
    }
    pz_buf_putc(b, '"');
}

/* A collated string shows as "string"; where the collations are stands in the field's metadata, by path. */
static void
collect_collations(pz_buf *out, const pz_type *t, pz_str path, pz_arena *a)
{
    if (t->collation.len || t->told_bytes) {
        pz_str name = t->told_bytes ? PZ_STR("UTF8_BINARY") : t->collation;
        bool icu = !pz_str_starts(name, "UTF8_");
        if (out->len)
            pz_buf_putc(out, ',');
        add_string(out, path);
        pz_buf_putc(out, ':');
        add_string(out, pz_strf(a, "%s." PZ_FMT, icu ? "icu" : "spark", PZ_ARG(name)));
    } else if (t->id == PZ_T_ARRAY) {
        collect_collations(out, t->element, pz_strf(a, PZ_FMT ".element", PZ_ARG(path)), a);
    } else if (t->id == PZ_T_MAP) {
        collect_collations(out, t->key, pz_strf(a, PZ_FMT ".key", PZ_ARG(path)), a);
        collect_collations(out, t->element, pz_strf(a, PZ_FMT ".value", PZ_ARG(path)), a);
    }
}

static void
add_metadata(pz_buf *b, const pz_field *f)
{
    pz_arena *a = pz_arena_open();
    pz_buf c;
    pz_buf_init(&c, 0);
    collect_collations(&c, f->type, f->name, a);
    if (c.len) {
        pz_str m = pz_str_trim(f->metadata);
        if (m.len > 2) {                       /* "{...}" with members: keep them */
            pz_buf_add(b, m.ptr, m.len - 1);
            pz_buf_putc(b, ',');
        } else {
            pz_buf_putc(b, '{');
        }
        pz_buf_puts(b, "\"__COLLATIONS\":{");
        pz_buf_str(b, pz_buf_view(&c));
        pz_buf_puts(b, "}}");
    } else if (f->metadata.len) {
        pz_buf_str(b, f->metadata);
    } else {
        pz_buf_puts(b, "{}");
    }
    pz_buf_free(&c);
    pz_arena_close(a);
}

static void add_type(pz_buf *b, const pz_type *t);

static void
add_fields(pz_buf *b, const pz_field *f, int n)
{
    pz_buf_puts(b, "{\"type\":\"struct\",\"fields\":[");
    for (int i = 0; i < n; i++) {
        if (i > 0)
            pz_buf_putc(b, ',');
        pz_buf_puts(b, "{\"name\":");
        add_string(b, f[i].name);
        pz_buf_puts(b, ",\"type\":");
        add_type(b, f[i].type);
        pz_buf_printf(b, ",\"nullable\":%s,\"metadata\":", f[i].nullable ? "true" : "false");
        add_metadata(b, &f[i]);
        pz_buf_putc(b, '}');
    }
    pz_buf_puts(b, "]}");
}

static void
add_type(pz_buf *b, const pz_type *t)
{
    switch (t->id) {
    case PZ_T_ARRAY:
        pz_buf_puts(b, "{\"type\":\"array\",\"elementType\":");
        add_type(b, t->element);
        pz_buf_printf(b, ",\"containsNull\":%s}", t->contains_null ? "true" : "false");
        return;
    case PZ_T_MAP:
        pz_buf_puts(b, "{\"type\":\"map\",\"keyType\":");
        add_type(b, t->key);
        pz_buf_puts(b, ",\"valueType\":");
        add_type(b, t->element);
        pz_buf_printf(b, ",\"valueContainsNull\":%s}", t->contains_null ? "true" : "false");
        return;
    case PZ_T_STRUCT:
        add_fields(b, t->fields, t->nfields);
        return;
    case PZ_T_UDT:
        pz_buf_str(b, t->udt_json);
        return;
    case PZ_T_STRING:
        pz_buf_puts(b, "\"string\"");
        return;
    default: {
        /* all other types are written as their simple text with another stem */
        pz_arena *a = pz_arena_open();
        pz_str s = pz_type_simple(t, a);
        size_t i = 0;
        while (i < s.len && s.ptr[i] != '(' && s.ptr[i] != ' ')
            i++;
        pz_buf_printf(b, "\"%s", json_stems[t->id]);
        pz_buf_add(b, s.ptr + i, s.len - i);
        pz_buf_putc(b, '"');
        pz_arena_close(a);
    }
    }
}

static pz_str
finish(pz_buf *b, pz_arena *a)
{
    pz_str s = pz_buf_dup(b, a);
    pz_buf_free(b);
    return s;
}

pz_str
pz_type_json(const pz_type *t, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    add_type(&b, t);
    return finish(&b, a);
}

pz_str
pz_schema_json(const pz_schema *s, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    add_fields(&b, s->fields, s->n);
    return finish(&b, a);
}

/* ---------------------------------------------------------------- in */

typedef struct reader {
    const char *p, *end;
    pz_arena *a;
    int depth;
    bool bad;                                  /* not JSON */
    pz_str invalid;                            /* JSON, but no type: the offending text */
} reader;

#define MAX_JSON_DEPTH 2000

static void
space(reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
        r->p++;
}

static bool
eat(reader *r, char c)
{
    space(r);
    if (r->p < r->end && *r->p == c) {
        r->p++;
        return true;
    }
    return false;
}

static size_t
unescape_u(reader *r, char *out)
{
    int hi, lo;
    if (r->end - r->p < 5 || (hi = pz_hex4(r->p + 1)) < 0) {
        r->bad = true;
        return 0;
    }
    r->p += 5;
    if (hi >= 0xD800 && hi < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' && r->p[1] == 'u' &&
        (lo = pz_hex4(r->p + 2)) >= 0xDC00 && lo < 0xE000) {
        r->p += 6;
        hi = 0x10000 + ((hi - 0xD800) << 10) + (lo - 0xDC00);
    }
    return (size_t)pz_utf8_encode((uint32_t)hi, out);
}

static pz_str
read_string(reader *r)
{
    char *out;
    size_t n = 0;
    if (!eat(r, '"')) {
        r->bad = true;
        return (pz_str){"", 0};
    }
    out = pz_alloc(r->a, (size_t)(r->end - r->p) + 1 < 64 ? 64 : (size_t)(r->end - r->p) + 1);
    while (r->p < r->end && *r->p != '"' && !r->bad) {
        if (*r->p != '\\') {
            out[n++] = *r->p++;
            continue;
        }
        if (++r->p >= r->end)
            break;
        if (*r->p == 'u') {
            n += unescape_u(r, out + n);
            continue;
        }
        char c = *r->p++;
        out[n++] = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
    }
    if (!eat(r, '"'))
        r->bad = true;
    return (pz_str){out, n};
}

/* The end of a string token without unescaping, so that long documents are not copied per string. */
static void
skip_string(reader *r)
{
    r->p++;
    while (r->p < r->end && *r->p != '"')
        r->p += *r->p == '\\' ? 2 : 1;
    if (r->p >= r->end)
        r->bad = true;
    else
        r->p++;
}

static pz_str
read_short_string(reader *r)
{
    const char *start;
    reader sub;
    space(r);
    if (r->p >= r->end || *r->p != '"') {
        r->bad = true;
        return (pz_str){"", 0};
    }
    start = r->p;
    skip_string(r);
    if (r->bad)
        return (pz_str){"", 0};
    sub = *r;
    sub.p = start;
    sub.end = r->p;
    pz_str s = read_string(&sub);
    r->bad |= sub.bad;
    return s;
}

/* Any value as its own text. */
static pz_str
skip_value(reader *r)
{
    const char *start;
    int depth = 0;
    space(r);
    start = r->p;
    do {
        space(r);
        if (r->p >= r->end) {
            r->bad = true;
            break;
        }
        char c = *r->p;
        if (c == '"') {
            skip_string(r);
            if (r->bad)
                break;
        } else if (c == '{' || c == '[') {
            depth++;
            r->p++;
        } else if (c == '}' || c == ']') {
            depth--;
            r->p++;
        } else if (c == ',' || c == ':') {
            r->p++;
        } else {
            while (r->p < r->end && !strchr(",:{}[]\" \n\t\r", *r->p))
                r->p++;
        }
    } while (depth > 0);
    return (pz_str){start, (size_t)(r->p - start)};
}

static const pz_type *read_type(reader *r);

/* "name(1,2)" -> name and up to two numbers */
static int
parameters(pz_str s, pz_str *stem, int *x, int *y)
{
    size_t open = 0;
    char *e;
    while (open < s.len && s.ptr[open] != '(')
        open++;
    *stem = (pz_str){s.ptr, open};
    if (open == s.len || s.ptr[s.len - 1] != ')')
        return 0;
    *x = (int)strtol(s.ptr + open + 1, &e, 10);
    if (*e != ',')
        return 1;
    *y = (int)strtol(e + 1, NULL, 10);
    return 2;
}

static const pz_type *
interval_from_name(pz_arena *a, pz_str s)
{
    for (int i = 0; i < 2; i++)
        for (int j = i; j < 2; j++)
            if (pz_str_eq(s, pz_type_simple(pz_type_ym(a, i, j), a)))
                return pz_type_ym(a, i, j);
    for (int i = 0; i < 4; i++)
        for (int j = i; j < 4; j++)
            if (pz_str_eq(s, pz_type_simple(pz_type_dt(a, i, j), a)))
                return pz_type_dt(a, i, j);
    return NULL;
}

static const pz_type *
atom_from_name(reader *r, pz_str s)
{
    pz_str stem;
    int x = 0, y = 0, n = parameters(s, &stem, &x, &y);
    pz_type *t;
    if (n == 0) {
        static const pz_type *const atoms[] = {
            &pz_t_void, &pz_t_boolean, &pz_t_byte, &pz_t_short, &pz_t_int, &pz_t_long, &pz_t_float, &pz_t_double,
            &pz_t_string, &pz_t_binary, &pz_t_date, &pz_t_timestamp, &pz_t_timestamp_ntz, &pz_t_calendar_interval,
            &pz_t_variant};
        for (size_t i = 0; i < PZ_COUNTOF(atoms); i++)
            if (pz_str_eqc(s, json_stems[atoms[i]->id]))
                return atoms[i];
        if (pz_str_eqc(s, "null"))
            return &pz_t_void;
        if (pz_str_eqc(s, "timestamp_ltz"))
            return &pz_t_timestamp;
        if (pz_str_eqc(s, "decimal"))
            return pz_type_decimal(r->a, 10, 0);
        if (pz_str_starts(s, "string collate "))
            return pz_type_string_collated(r->a, (pz_str){s.ptr + 15, s.len - 15});
        return interval_from_name(r->a, s);
    }
    if (pz_str_eqc(stem, "decimal"))
        return pz_type_decimal(r->a, x, n == 2 ? y : 0);
    if (pz_str_eqc(stem, "char"))
        return pz_type_char(r->a, x);
    if (pz_str_eqc(stem, "varchar"))
        return pz_type_varchar(r->a, x);
    if (pz_str_eqc(stem, "time"))
        return pz_type_time(r->a, x);
    if (pz_str_eqc(stem, "timestamp_ltz") || pz_str_eqc(stem, "timestamp_ntz")) {
        bool ltz = pz_str_eqc(stem, "timestamp_ltz");
        if (x <= 6)
            return ltz ? &pz_t_timestamp : &pz_t_timestamp_ntz;
        t = PZ_NEW(r->a, pz_type);
        t->id = ltz ? PZ_T_TIMESTAMP_LTZ_NANOS : PZ_T_TIMESTAMP_NTZ_NANOS;
        t->precision = x;
        return t;
    }
    if (pz_str_eqc(stem, "geometry") || pz_str_eqc(stem, "geography")) {
        t = PZ_NEW(r->a, pz_type);
        t->id = pz_str_eqc(stem, "geometry") ? PZ_T_GEOMETRY : PZ_T_GEOGRAPHY;
        t->scale = s.ptr[stem.len + 1] == 'a' || s.ptr[stem.len + 1] == 'A' ? -1 : x;
        return t;
    }
    return NULL;
}

/* Put collations named in __COLLATIONS back on a type, by path. */
static const pz_type *
with_collations(reader *r, const pz_type *t, pz_str path, pz_str table)
{
    if (t->id == PZ_T_ARRAY)
        return pz_type_array(r->a, with_collations(r, t->element, pz_strf(r->a, PZ_FMT ".element", PZ_ARG(path)), table), t->contains_null);
    if (t->id == PZ_T_MAP)
        return pz_type_map(r->a, with_collations(r, t->key, pz_strf(r->a, PZ_FMT ".key", PZ_ARG(path)), table),
                           with_collations(r, t->element, pz_strf(r->a, PZ_FMT ".value", PZ_ARG(path)), table), t->contains_null);
    if (!pz_type_is_string(t))
        return t;
    reader sub = {table.ptr, table.ptr + table.len, r->a, 0, false, {NULL, 0}};
    if (!eat(&sub, '{'))
        return t;
    while (!sub.bad && !eat(&sub, '}')) {
        pz_str key = read_short_string(&sub), value;
        if (sub.bad || !eat(&sub, ':'))
            break;
        value = read_short_string(&sub);
        if (pz_str_eq(key, path)) {
            size_t dot = 0;
            while (dot < value.len && value.ptr[dot] != '.')
                dot++;
            if (dot < value.len) {
                pz_type *c = PZ_NEW(r->a, pz_type);
                *c = *pz_type_string_collated(r->a, (pz_str){value.ptr + dot + 1, value.len - dot - 1});
                c->id = t->id;
                c->length = t->length;
                return c;
            }
        }
        eat(&sub, ',');
    }
    return t;
}

/* Take __COLLATIONS out of a metadata object; *table gets its text. */
static pz_str
split_collations(reader *r, pz_str metadata, pz_str *table)
{
    reader sub = {metadata.ptr, metadata.ptr + metadata.len, r->a, 0, false, {NULL, 0}};
    pz_buf rest;
    pz_str out;
    if (!metadata.len || !eat(&sub, '{'))
        return metadata;
    pz_buf_init(&rest, 0);
    while (!sub.bad && !eat(&sub, '}')) {
        const char *start;
        space(&sub);
        start = sub.p;
        pz_str key = read_short_string(&sub), value;
        if (sub.bad || !eat(&sub, ':'))
            break;
        value = skip_value(&sub);
        if (pz_str_eqc(key, "__COLLATIONS")) {
            *table = value;
        } else {
            pz_buf_putc(&rest, rest.len ? ',' : '{');
            pz_buf_add(&rest, start, (size_t)(sub.p - start));
        }
        eat(&sub, ',');
    }
    if (rest.len)
        pz_buf_putc(&rest, '}');
    out = table->len ? pz_buf_dup(&rest, r->a) : metadata;
    pz_buf_free(&rest);
    return out;
}

static void
read_field(reader *r, pz_field *f)
{
    pz_str table = {NULL, 0};
    const char *start;
    space(r);
    start = r->p;
    f->nullable = true;
    f->name = PZ_STR("");
    if (!eat(r, '{')) {
        r->invalid = skip_value(r);
        return;
    }
    while (!r->bad && !r->invalid.ptr && !eat(r, '}')) {
        pz_str key = read_short_string(r);
        if (r->bad || !eat(r, ':')) {
            r->bad = true;
            return;
        }
        if (pz_str_eqc(key, "name")) {
            f->name = read_short_string(r);
        } else if (pz_str_eqc(key, "type")) {
            f->type = read_type(r);
        } else if (pz_str_eqc(key, "nullable")) {
            f->nullable = pz_str_eqc(skip_value(r), "true");
        } else if (pz_str_eqc(key, "metadata")) {
            pz_str m = split_collations(r, skip_value(r), &table);
            f->metadata = m.len > 2 ? pz_dup(r->a, m) : (pz_str){NULL, 0};
        } else {
            skip_value(r);
        }
        eat(r, ',');
    }
    if (!f->type && !r->invalid.ptr)
        r->invalid = (pz_str){start, (size_t)(r->p - start)};
    if (f->type && table.len)
        f->type = with_collations(r, f->type, f->name, table);
}

typedef struct members {
    pz_str kind;
    const pz_type *element, *key, *value, *sql_type;
    bool contains_null, value_contains_null, has_fields;
    bool said, value_said, strange;            /* containsNull and valueContainsNull are there; other members are too */
    PZ_VEC(pz_field) fields;
} members;

static void
read_fields(reader *r, members *m)
{
    m->has_fields = true;
    if (!eat(r, '[')) {
        r->invalid = skip_value(r);
        return;
    }
    while (!r->bad && !r->invalid.ptr && !eat(r, ']')) {
        pz_field f = {0};
        read_field(r, &f);
        pz_vec_push(r->a, &m->fields, f);
        eat(r, ',');
    }
}

/* true or false; *said tells whether it is one of them */
static bool
is_true(reader *r, bool *said)
{
    pz_str s = skip_value(r);
    *said = pz_str_eqc(s, "true") || pz_str_eqc(s, "false");
    return pz_str_eqc(s, "true");
}

static const pz_type *
from_members(reader *r, const members *m, pz_str whole)
{
    if (pz_str_eqc(m->kind, "struct") && m->has_fields && !m->strange)
        return pz_type_struct(r->a, m->fields.data, m->fields.n);
    if (pz_str_eqc(m->kind, "array") && m->element && m->said && !m->strange)
        return pz_type_array(r->a, m->element, m->contains_null);
    if (pz_str_eqc(m->kind, "map") && m->key && m->value && m->value_said && !m->strange)
        return pz_type_map(r->a, m->key, m->value, m->value_contains_null);
    if (pz_str_eqc(m->kind, "udt")) {
        pz_type *t = PZ_NEW(r->a, pz_type);
        t->id = PZ_T_UDT;
        t->element = m->sql_type;
        t->udt_json = pz_dup(r->a, whole);
        return t;
    }
    r->invalid = whole;
    return NULL;
}

static const pz_type *
read_object(reader *r)
{
    const char *start = r->p;
    members m = {.kind = {"", 0}, .contains_null = true, .value_contains_null = true};
    eat(r, '{');
    while (!r->bad && !r->invalid.ptr && !eat(r, '}')) {
        pz_str key = read_short_string(r);
        if (r->bad || !eat(r, ':')) {
            r->bad = true;
            return NULL;
        }
        space(r);
        if (pz_str_eqc(key, "type") && r->p < r->end && *r->p == '"')
            m.kind = read_short_string(r);
        else if (pz_str_eqc(key, "fields"))
            read_fields(r, &m);
        else if (pz_str_eqc(key, "elementType"))
            m.element = read_type(r);
        else if (pz_str_eqc(key, "keyType"))
            m.key = read_type(r);
        else if (pz_str_eqc(key, "valueType"))
            m.value = read_type(r);
        else if (pz_str_eqc(key, "sqlType"))
            m.sql_type = read_type(r);
        else if (pz_str_eqc(key, "containsNull"))
            m.contains_null = is_true(r, &m.said);
        else if (pz_str_eqc(key, "valueContainsNull"))
            m.value_contains_null = is_true(r, &m.value_said);
        else
            m.strange = true, skip_value(r);
        eat(r, ',');
    }
    return r->bad || r->invalid.ptr ? NULL : from_members(r, &m, (pz_str){start, (size_t)(r->p - start)});
}

static const pz_type *
read_type(reader *r)
{
    const pz_type *t = NULL;
    if (++r->depth > MAX_JSON_DEPTH) {
        r->bad = true;
        return NULL;
    }
    space(r);
    if (r->p < r->end && *r->p == '"') {
        pz_str name = read_short_string(r);
        if (!r->bad && !(t = atom_from_name(r, name)))
            r->invalid = name;
    } else if (r->p < r->end && *r->p == '{') {
        t = read_object(r);
    } else {
        r->invalid = skip_value(r);
    }
    r->depth--;
    return t;
}

pz_status
pz_type_from_json(pz_str json, pz_arena *a, const pz_type **out, pz_error *err)
{
    reader r = {json.ptr, json.ptr + json.len, a, 0, false, {NULL, 0}};
    const pz_type *t = read_type(&r);
    space(&r);
    if (r.bad || r.p != r.end)
        return pz_raise_as(err, PZ_CLASS_JsonParseException, PZ_ERR_INVALID_JSON_DATA_TYPE, PZ_NO_ORIGIN, "invalidType",
                           pz_dup(a, json).ptr, NULL);
    if (!t)
        return pz_raise(err, PZ_ERR_INVALID_JSON_DATA_TYPE, PZ_NO_ORIGIN, "invalidType", pz_dup(a, r.invalid).ptr, NULL);
    *out = t;
    return PZ_OK;
}

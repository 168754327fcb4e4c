/*
 * engine/avro_schema.c - Avro schemas: JSON to trees, trees to SQL types, SQL types to JSON.  See avro.h.
 *
 * Named types may refer to themselves, so a tree can be a graph; what walks one must say how deep it goes.
 */
#include "avro.h"
#include "write.h"

#include <stdlib.h>

#define SPARK_TYPE "spark.sql.catalyst.type"

typedef struct named { pz_str name; pz_avro *type; } named;
typedef struct parser { pz_arena *a; PZ_VEC(named) names; const char *why; int depth; } parser;

static const struct { const char *name; pz_avro_kind kind; } kinds[] = {
    {"null", PZ_AVRO_NULL}, {"boolean", PZ_AVRO_BOOLEAN}, {"int", PZ_AVRO_INT}, {"long", PZ_AVRO_LONG}, {"float", PZ_AVRO_FLOAT},
    {"double", PZ_AVRO_DOUBLE}, {"bytes", PZ_AVRO_BYTES}, {"string", PZ_AVRO_STRING}, {"record", PZ_AVRO_RECORD}, {"error", PZ_AVRO_RECORD},
    {"enum", PZ_AVRO_ENUM}, {"array", PZ_AVRO_ARRAY}, {"map", PZ_AVRO_MAP}, {"union", PZ_AVRO_UNION}, {"fixed", PZ_AVRO_FIXED},
};

const char *
pz_avro_kind_name(pz_avro_kind k)
{
    for (size_t i = 0; i < PZ_COUNTOF(kinds); i++)
        if (kinds[i].kind == k) return kinds[i].name;
    return "";
}

/* ---- JSON to tree ---- */
static pz_avro *parse(parser *p, const pz_json *j, pz_str space);

static pz_avro *
bad(parser *p, const char *why)
{
    if (!p->why) p->why = why;
    return NULL;
}

static pz_str
text_of(const pz_json *j, const char *key)
{
    const pz_json *m = pz_json_member(j, pz_str_c(key));
    return m && m->kind == PZ_JSON_STRING ? m->text : (pz_str){NULL, 0};
}

static int64_t
number_of(const pz_json *j, const char *key, int64_t otherwise)
{
    const pz_json *m = pz_json_member(j, pz_str_c(key));
    if (!m || m->kind != PZ_JSON_INT || m->text.len > 9) return otherwise;
    return strtoll(m->text.ptr, NULL, 10);     /* a copy with a NUL, or JSON behind it */
}

static pz_str
full_name(parser *p, pz_str name, pz_str space)
{
    if (memchr(name.ptr, '.', name.len) || !space.len) return name;
    return pz_strf(p->a, PZ_FMT "." PZ_FMT, PZ_ARG(space), PZ_ARG(name));
}

static pz_str
space_of(pz_str full)
{
    const char *dot = memrchr(full.ptr, '.', full.len);
    return dot ? (pz_str){full.ptr, (size_t)(dot - full.ptr)} : PZ_STR("");
}

static void
take_aliases(parser *p, const pz_json *j, pz_str space, pz_strs *out)
{
    const pz_json *list = pz_json_member(j, PZ_STR("aliases"));
    for (int i = 0; list && list->kind == PZ_JSON_ARRAY && i < list->n; i++)
        if (list->items[i].kind == PZ_JSON_STRING) pz_vec_push(p->a, out, full_name(p, list->items[i].text, space));
}

/* Logical types that stand where they may; others mean nothing. */
static void
take_logical(pz_avro *s, const pz_json *j)
{
    static const struct { const char *name; pz_avro_kind kind; pz_avro_logical logical; } all[] = {
        {"date", PZ_AVRO_INT, PZ_AVRO_DATE}, {"timestamp-millis", PZ_AVRO_LONG, PZ_AVRO_TIMESTAMP_MILLIS},
        {"timestamp-micros", PZ_AVRO_LONG, PZ_AVRO_TIMESTAMP_MICROS}, {"local-timestamp-millis", PZ_AVRO_LONG, PZ_AVRO_LOCAL_MILLIS},
        {"local-timestamp-micros", PZ_AVRO_LONG, PZ_AVRO_LOCAL_MICROS}, {"decimal", PZ_AVRO_BYTES, PZ_AVRO_DECIMAL}, {"decimal", PZ_AVRO_FIXED, PZ_AVRO_DECIMAL},
    };
    pz_str name = text_of(j, "logicalType");
    for (size_t i = 0; name.ptr && i < PZ_COUNTOF(all); i++)
        if (pz_str_eqc(name, all[i].name) && s->kind == all[i].kind) s->logical = all[i].logical;
    if (s->logical != PZ_AVRO_DECIMAL) return;
    s->precision = (int)number_of(j, "precision", 0);
    s->scale = (int)number_of(j, "scale", 0);
    if (s->precision < 1 || s->precision > 38 || s->scale < 0 || s->scale > s->precision) s->logical = PZ_AVRO_PLAIN;
}

static bool
take_name(parser *p, pz_avro *s, const pz_json *j, pz_str *space)
{
    pz_str name = text_of(j, "name"), own = text_of(j, "namespace");
    if (!name.len) return bad(p, "a named type has no name") != NULL;
    if (own.ptr) *space = own;
    s->name = full_name(p, name, *space);
    *space = space_of(s->name);
    for (int i = 0; i < p->names.n; i++)
        if (pz_str_eq(p->names.data[i].name, s->name)) return bad(p, pz_strf(p->a, "Can't redefine: " PZ_FMT, PZ_ARG(s->name)).ptr) != NULL;
    pz_vec_push(p->a, &p->names, ((named){s->name, s}));
    take_aliases(p, j, *space, &s->aliases);
    return true;
}

static bool
take_fields(parser *p, pz_avro *s, const pz_json *j, pz_str space)
{
    const pz_json *list = pz_json_member(j, PZ_STR("fields"));
    if (!list || list->kind != PZ_JSON_ARRAY) return bad(p, "a record has no fields") != NULL;
    s->fields = PZ_NEWN(p->a, pz_avro_field, list->n + 1);
    for (int i = 0; i < list->n; i++) {
        const pz_json *f = &list->items[i], *type = f->kind == PZ_JSON_OBJECT ? pz_json_member(f, PZ_STR("type")) : NULL;
        pz_avro_field *out = &s->fields[i];
        if (!type || !(out->name = text_of(f, "name")).len) return bad(p, "a field lacks its name or type") != NULL;
        if (!(out->type = parse(p, type, space))) return false;
        out->fallback = pz_json_member(f, PZ_STR("default"));
        take_aliases(p, f, PZ_STR(""), &out->aliases);
        s->nfields = i + 1;
    }
    return true;
}

static bool
take_symbols(parser *p, pz_avro *s, const pz_json *j)
{
    const pz_json *list = pz_json_member(j, PZ_STR("symbols"));
    if (!list || list->kind != PZ_JSON_ARRAY) return bad(p, "an enum has no symbols") != NULL;
    for (int i = 0; i < list->n; i++) {
        if (list->items[i].kind != PZ_JSON_STRING) return bad(p, "a symbol is no name") != NULL;
        pz_vec_push(p->a, &s->symbols, list->items[i].text);
    }
    s->fallback = text_of(j, "default");
    return true;
}

static pz_avro *
parse_union(parser *p, const pz_json *j, pz_str space)
{
    pz_avro *s = PZ_NEW(p->a, pz_avro);
    s->kind = PZ_AVRO_UNION;
    s->branches = PZ_NEWN(p->a, const pz_avro *, j->n + 1);
    for (int i = 0; i < j->n; i++) {
        if (!(s->branches[i] = parse(p, &j->items[i], space))) return NULL;
        if (s->branches[i]->kind == PZ_AVRO_UNION) return bad(p, "a union stands in a union");
    }
    s->nbranches = j->n;
    return s;
}

static pz_avro *
parse_name(parser *p, pz_str name, pz_str space)
{
    pz_str full = full_name(p, name, space);
    for (size_t i = 0; i < PZ_COUNTOF(kinds); i++)
        if (kinds[i].kind <= PZ_AVRO_STRING && pz_str_eqc(name, kinds[i].name)) {
            pz_avro *s = PZ_NEW(p->a, pz_avro);
            s->kind = kinds[i].kind;
            return s;
        }
    for (int i = 0; i < p->names.n; i++)
        if (pz_str_eq(p->names.data[i].name, full) || pz_str_eq(p->names.data[i].name, name)) return p->names.data[i].type;
    return bad(p, pz_strf(p->a, "\"" PZ_FMT "\" is not a defined name", PZ_ARG(name)).ptr);
}

static pz_avro *
parse_object(parser *p, const pz_json *j, pz_str space)
{
    const pz_json *type = pz_json_member(j, PZ_STR("type")), *inner;
    pz_avro *s;
    pz_avro_kind kind = PZ_AVRO_UNION;
    if (!type) return bad(p, "no type");
    if (type->kind != PZ_JSON_STRING) return parse(p, type, space);
    for (size_t i = 0; i < PZ_COUNTOF(kinds); i++)
        if (pz_str_eqc(type->text, kinds[i].name)) kind = kinds[i].kind;
    if (kind == PZ_AVRO_UNION) return parse_name(p, type->text, space);
    s = PZ_NEW(p->a, pz_avro);
    s->kind = kind;
    s->spark_type = text_of(j, SPARK_TYPE);
    if ((kind == PZ_AVRO_RECORD || kind == PZ_AVRO_ENUM || kind == PZ_AVRO_FIXED) && !take_name(p, s, j, &space)) return NULL;
    if (kind == PZ_AVRO_RECORD && !take_fields(p, s, j, space)) return NULL;
    if (kind == PZ_AVRO_ENUM && !take_symbols(p, s, j)) return NULL;
    if (kind == PZ_AVRO_FIXED && (s->size = number_of(j, "size", -1)) < 0) return bad(p, "a fixed type has no size");
    if (kind == PZ_AVRO_ARRAY || kind == PZ_AVRO_MAP) {
        inner = pz_json_member(j, kind == PZ_AVRO_ARRAY ? PZ_STR("items") : PZ_STR("values"));
        if (!inner) return bad(p, "no type of items");
        if (!(s->items = parse(p, inner, space))) return NULL;
    }
    take_logical(s, j);
    return s;
}

static pz_avro *
parse(parser *p, const pz_json *j, pz_str space)
{
    pz_avro *s = NULL;
    if (++p->depth > PZ_MAX_DEPTH) return bad(p, "too deep");
    if (j->kind == PZ_JSON_STRING) s = parse_name(p, j->text, space);
    else if (j->kind == PZ_JSON_ARRAY) s = parse_union(p, j, space);
    else if (j->kind == PZ_JSON_OBJECT) s = parse_object(p, j, space);
    else bad(p, "no schema");
    p->depth--;
    return s;
}

bool
pz_avro_parse(pz_str json, pz_arena *a, const pz_avro **out, const char **why)
{
    parser p = {.a = a};
    pz_json *j = PZ_NEW(a, pz_json);
    size_t used;
    *out = NULL;
    *why = "no JSON";
    if (!pz_json_read(a, pz_dup(a, json), &pz_json_strict, j, &used)) return false;
    *out = parse(&p, j, PZ_STR(""));
    *why = p.why;
    return *out != NULL;
}

/* ---- tree to SQL type ---- */
typedef struct typing { const pz_avro_typing *how; pz_arena *a; const char *why; const pz_avro *way[PZ_MAX_DEPTH]; int depth; } typing;

static const pz_type *type_of(typing *t, const pz_avro *s, bool *nullable);

static const pz_type *
scalar_of(const pz_avro *s, pz_arena *a)
{
    const pz_type *given;
    pz_error quiet;
    pz_error_init(&quiet, a);
    switch (s->logical) {
    case PZ_AVRO_DATE: return &pz_t_date;
    case PZ_AVRO_TIMESTAMP_MILLIS:
    case PZ_AVRO_TIMESTAMP_MICROS: return &pz_t_timestamp;
    case PZ_AVRO_LOCAL_MILLIS:
    case PZ_AVRO_LOCAL_MICROS: return &pz_t_timestamp_ntz;
    case PZ_AVRO_DECIMAL: return pz_type_decimal(a, s->precision, s->scale);
    default: break;
    }
    if ((s->kind == PZ_AVRO_INT || s->kind == PZ_AVRO_LONG) && s->spark_type.len &&
        pz_type_from_json(pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(s->spark_type)), a, &given, &quiet) == PZ_OK && pz_type_is_interval(given))
        return given;
    switch (s->kind) {
    case PZ_AVRO_BOOLEAN: return &pz_t_boolean;
    case PZ_AVRO_INT: return &pz_t_int;
    case PZ_AVRO_LONG: return &pz_t_long;
    case PZ_AVRO_FLOAT: return &pz_t_float;
    case PZ_AVRO_DOUBLE: return &pz_t_double;
    case PZ_AVRO_STRING:
    case PZ_AVRO_ENUM: return &pz_t_string;
    case PZ_AVRO_BYTES:
    case PZ_AVRO_FIXED: return &pz_t_binary;
    default: return &pz_t_void;
    }
}

static pz_str
member_name(typing *t, const pz_avro *s, int i)
{
    pz_str kind = s->name.len ? s->name : pz_str_c(pz_avro_kind_name(s->kind));
    const char *dot = memrchr(kind.ptr, '.', kind.len);
    if (!t->how->stable_names) return pz_strf(t->a, "member%d", i);
    if (dot) kind = (pz_str){dot + 1, kind.len - (size_t)(dot + 1 - kind.ptr)};
    return pz_strf(t->a, PZ_FMT PZ_FMT, PZ_ARG(t->how->stable_prefix), PZ_ARG(pz_lower_ascii(t->a, kind)));
}

static const pz_type *
union_of(typing *t, const pz_avro *s, bool *nullable)
{
    const pz_avro *rest[2] = {NULL, NULL};
    int n = 0;
    pz_field *fields = PZ_NEWN(t->a, pz_field, s->nbranches + 1);
    bool ints, floats, inner;
    for (int i = 0; i < s->nbranches; i++) {
        if (s->branches[i]->kind == PZ_AVRO_NULL) *nullable = true;
        else if (n++ < 2) rest[n - 1] = s->branches[i];
    }
    if (!n) return &pz_t_void;
    if (n == 1) return type_of(t, rest[0], &inner);
    ints = n == 2 && rest[0]->kind + rest[1]->kind == PZ_AVRO_INT + PZ_AVRO_LONG && (rest[0]->kind == PZ_AVRO_INT || rest[1]->kind == PZ_AVRO_INT);
    floats = n == 2 && rest[0]->kind + rest[1]->kind == PZ_AVRO_FLOAT + PZ_AVRO_DOUBLE && (rest[0]->kind == PZ_AVRO_FLOAT || rest[1]->kind == PZ_AVRO_FLOAT);
    if (ints) return &pz_t_long;
    if (floats) return &pz_t_double;
    n = 0;
    for (int i = 0; i < s->nbranches; i++) {
        if (s->branches[i]->kind == PZ_AVRO_NULL) continue;
        fields[n] = (pz_field){.name = member_name(t, s->branches[i], n), .nullable = true};
        if (!(fields[n].type = type_of(t, s->branches[i], &inner))) return NULL;
        n++;
    }
    return pz_type_struct(t->a, fields, n);
}

static const pz_type *
record_of(typing *t, const pz_avro *s)
{
    pz_field *fields = PZ_NEWN(t->a, pz_field, s->nfields + 1);
    int seen = 0, n = 0;
    for (int i = 0; i < t->depth; i++) seen += t->way[i] == s;
    if (seen && (t->how->recursion < 1 || t->depth + 1 >= PZ_MAX_DEPTH)) {
        t->why = "recursive";
        return NULL;
    }
    if (seen >= t->how->recursion && seen) return &pz_t_void;  /* no further: such fields are left out */
    t->way[t->depth++] = s;
    for (int i = 0; i < s->nfields; i++) {
        fields[n] = (pz_field){.name = s->fields[i].name};
        if (!(fields[n].type = type_of(t, s->fields[i].type, &fields[n].nullable))) return NULL;
        n += fields[n].type->id != PZ_T_VOID || !t->how->recursion;
    }
    t->depth--;
    return pz_type_struct(t->a, fields, n);
}

static const pz_type *
type_of(typing *t, const pz_avro *s, bool *nullable)
{
    const pz_type *inner;
    bool null = false;
    *nullable = s->kind == PZ_AVRO_NULL;
    switch (s->kind) {
    case PZ_AVRO_RECORD: return record_of(t, s);
    case PZ_AVRO_UNION: return union_of(t, s, nullable);
    case PZ_AVRO_ARRAY:
        if (!(inner = type_of(t, s->items, &null))) return NULL;
        return inner->id == PZ_T_VOID && t->how->recursion ? inner : pz_type_array(t->a, inner, null);
    case PZ_AVRO_MAP:
        if (!(inner = type_of(t, s->items, &null))) return NULL;
        return inner->id == PZ_T_VOID && t->how->recursion ? inner : pz_type_map(t->a, &pz_t_string, inner, null);
    default: return scalar_of(s, t->a);
    }
}

bool
pz_avro_type(const pz_avro *s, const pz_avro_typing *how, pz_arena *a, const pz_type **out, bool *nullable, const char **why)
{
    typing t = {.how = how, .a = a};
    *out = type_of(&t, s, nullable);
    *why = t.why;
    return *out != NULL;
}

/* ---- SQL types to JSON ---- */
static bool
put_type(pz_buf *b, const pz_type *t, bool nullable, pz_str name, pz_str space, pz_arena *a);

static void
put_space(pz_buf *b, pz_str space)
{
    if (!space.len) return;
    pz_buf_puts(b, ",\"namespace\":");
    pz_json_quote(b, space);
}

static bool
put_record(pz_buf *b, const pz_field *fields, int n, pz_str name, pz_str space, pz_arena *a)
{
    pz_str inner = space.len ? pz_strf(a, PZ_FMT "." PZ_FMT, PZ_ARG(space), PZ_ARG(name)) : name;
    pz_buf_puts(b, "{\"type\":\"record\",\"name\":");
    pz_json_quote(b, name);
    put_space(b, space);
    pz_buf_puts(b, ",\"fields\":[");
    for (int i = 0; i < n; i++) {
        pz_buf_puts(b, i ? ",{\"name\":" : "{\"name\":");
        pz_json_quote(b, fields[i].name);
        pz_buf_puts(b, ",\"type\":");
        if (!put_type(b, fields[i].type, fields[i].nullable, fields[i].name, inner, a)) return false;
        pz_buf_putc(b, '}');
    }
    pz_buf_puts(b, "]}");
    return true;
}

/* Bytes that hold every number of so many digits. */
static int
bytes_of(int precision)
{
    __int128 most = 1;
    int n = 1;
    for (int i = 0; i < precision; i++) most *= 10;
    while (n < 16 && ((__int128)1 << (8 * n - 1)) < most) n++;
    return n;
}

static bool
put_plain(pz_buf *b, const pz_type *t, pz_str name, pz_str space, pz_arena *a)
{
    static const struct { pz_type_id id; const char *text; } plain[] = {
        {PZ_T_BOOLEAN, "\"boolean\""}, {PZ_T_BYTE, "\"int\""}, {PZ_T_SHORT, "\"int\""}, {PZ_T_INT, "\"int\""}, {PZ_T_LONG, "\"long\""},
        {PZ_T_FLOAT, "\"float\""}, {PZ_T_DOUBLE, "\"double\""}, {PZ_T_BINARY, "\"bytes\""}, {PZ_T_VOID, "\"null\""}, {PZ_T_STRING, "\"string\""},
        {PZ_T_CHAR, "\"string\""}, {PZ_T_VARCHAR, "\"string\""}, {PZ_T_DATE, "{\"type\":\"int\",\"logicalType\":\"date\"}"},
        {PZ_T_TIMESTAMP, "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}"},
        {PZ_T_TIMESTAMP_NTZ, "{\"type\":\"long\",\"logicalType\":\"local-timestamp-micros\"}"},
    };
    for (size_t i = 0; i < PZ_COUNTOF(plain); i++)
        if (plain[i].id == t->id) {
            pz_buf_puts(b, plain[i].text);
            return true;
        }
    switch (t->id) {
    case PZ_T_DECIMAL:
        pz_buf_puts(b, "{\"type\":\"fixed\",\"name\":\"fixed\"");
        put_space(b, space.len ? pz_strf(a, PZ_FMT "." PZ_FMT, PZ_ARG(space), PZ_ARG(name)) : name);
        pz_buf_printf(b, ",\"size\":%d,\"logicalType\":\"decimal\",\"precision\":%d,\"scale\":%d}", bytes_of(t->precision), t->precision, t->scale);
        return true;
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL:
        pz_buf_printf(b, "{\"type\":\"%s\",\"" SPARK_TYPE "\":\"" PZ_FMT "\"}", t->id == PZ_T_YM_INTERVAL ? "int" : "long", PZ_ARG(pz_type_simple(t, a)));
        return true;
    case PZ_T_ARRAY:
    case PZ_T_MAP:
        if (t->id == PZ_T_MAP && !pz_type_is_string(t->key)) return false;
        pz_buf_puts(b, t->id == PZ_T_ARRAY ? "{\"type\":\"array\",\"items\":" : "{\"type\":\"map\",\"values\":");
        if (!put_type(b, t->element, t->contains_null, name, space, a)) return false;
        pz_buf_putc(b, '}');
        return true;
    case PZ_T_STRUCT: return put_record(b, t->fields, t->nfields, name, space, a);
    default: return false;
    }
}

static bool
put_type(pz_buf *b, const pz_type *t, bool nullable, pz_str name, pz_str space, pz_arena *a)
{
    if (t->id == PZ_T_UDT && t->element) t = t->element;
    if (!nullable || t->id == PZ_T_VOID) return put_plain(b, t, name, space, a);
    pz_buf_putc(b, '[');
    if (!put_plain(b, t, name, space, a)) return false;
    pz_buf_puts(b, ",\"null\"]");
    return true;
}

bool
pz_avro_schema_text(const pz_schema *rows, pz_str name, pz_str space, pz_arena *a, pz_str *out)
{
    pz_buf b;
    bool ok;
    pz_buf_init(&b, 0);
    ok = put_record(&b, rows->fields, rows->n, name, space, a);
    if (ok) *out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return ok;
}

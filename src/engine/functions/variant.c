/*
 * engine/functions/variant.c - variant functions: parsing, paths, casts both ways, schemas.  Changes: variant_change.c.
 *
 * In and out: variants as {value, metadata}.
 */
#include "variant.h"

#include <stdlib.h>

/* ------------------------------------------------------------ casts (called by cast.c) */
static const pz_type *
scalar_type(pz_arena *a, pz_variant_kind k, const pz_value *v, int scale)
{
    switch (k) {
    case PZ_V_BOOL: return &pz_t_boolean;
    case PZ_V_INT: return &pz_t_long;
    case PZ_V_DOUBLE: return &pz_t_double;
    case PZ_V_FLOAT: return &pz_t_float;
    case PZ_V_DECIMAL: {
        __int128 m = v->dec < 0 ? -v->dec : v->dec;
        int p = 1;
        while (p < 38 && m >= pz_pow10(p))
            p++;
        return pz_type_decimal(a, p > scale ? p : scale, scale);
    }
    case PZ_V_DATE: return &pz_t_date;
    case PZ_V_TIMESTAMP: return &pz_t_timestamp;
    case PZ_V_TIMESTAMP_NTZ: return &pz_t_timestamp_ntz;
    case PZ_V_BINARY: return &pz_t_binary;
    case PZ_V_STRING: return &pz_t_string;
    default: return NULL;
    }
}

static bool to_type(pz_arena *a, pz_variant v, const pz_type *t, const pz_zone *zone, pz_value *out);

static pz_str
json_text(pz_arena *a, pz_variant v, const pz_zone *zone)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_variant_json(&b, v.value, v.metadata, zone);
    pz_str s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

static bool
scalar_to(pz_arena *a, pz_variant v, pz_variant_kind k, const pz_type *t, const pz_zone *zone, pz_value *out)
{
    pz_value s;
    int scale;
    pz_error err;
    if (!pz_variant_scalar(v, &s, &scale))
        return false;
    const pz_type *from = scalar_type(a, k, &s, scale);
    if (from == NULL || pz_type_is_nested(t))
        return false;
    if (pz_type_is_string(t) && k == PZ_V_DECIMAL) {
        *out = (pz_value){.s = json_text(a, v, zone)};
        return true;
    }
    if (k == PZ_V_DECIMAL && !pz_cast_allowed(from, t, PZ_CAST_TRY, &(bool){false}))
        return false;
    if (from->id == t->id && from->id != PZ_T_DECIMAL) {
        *out = s;
        return true;
    }
    if (!pz_cast_allowed(from, t, PZ_CAST_TRY, &(bool){false}))
        return false;
    pz_call_site site = {.arg_types = &from, .nargs = 1, .result = t, .ansi = true, .eval_mode = PZ_CAST_TRY, .zone = zone, .time_zone = PZ_STR("UTC"),
                         .arena = a, .name = PZ_STR("cast")};
    if (zone != NULL)
        site.time_zone = pz_zone_id(zone);
    pz_error_init(&err, a);
    return pz_value_fn_call("cast", &site, &s, a, out, &err) == PZ_OK && !out->null;
}

static bool
to_type(pz_arena *a, pz_variant v, const pz_type *t, const pz_zone *zone, pz_value *out)
{
    pz_variant_kind k = pz_variant_kind_of(v);
    pz_variant item;
    int n = pz_variant_count(v);
    *out = (pz_value){.null = k == PZ_V_NULL};
    if (t->id == PZ_T_VARIANT) {
        *out = pz_variant_value(a, v);
        return true;
    }
    if (out->null)
        return true;
    if (k != PZ_V_OBJECT && k != PZ_V_ARRAY)
        return scalar_to(a, v, k, t, zone, out);
    if (pz_type_is_string(t)) {
        out->s = json_text(a, v, zone);
        return true;
    }
    if (t->id == PZ_T_ARRAY && k == PZ_V_ARRAY) {
        out->list.items = PZ_NEWN(a, pz_value, n + 1);
        out->list.n = n;
        for (int i = 0; i < n; i++)
            if (!pz_variant_at(v, i, NULL, &item) || !to_type(a, item, t->element, zone, &out->list.items[i]))
                return false;
        return true;
    }
    if (t->id == PZ_T_STRUCT && k == PZ_V_OBJECT) {
        out->list.items = PZ_NEWN(a, pz_value, t->nfields + 1);
        out->list.n = t->nfields;
        for (int i = 0; i < t->nfields; i++) {
            out->list.items[i].null = true;
            if (pz_variant_field(v, t->fields[i].name, &item) && !to_type(a, item, t->fields[i].type, zone, &out->list.items[i]))
                return false;
        }
        return true;
    }
    if (t->id == PZ_T_MAP && k == PZ_V_OBJECT && pz_type_is_string(t->key)) {
        out->map.keys = PZ_NEWN(a, pz_value, n + 1);
        out->map.vals = PZ_NEWN(a, pz_value, n + 1);
        out->map.n = n;
        for (int i = 0; i < n; i++)
            if (!pz_variant_at(v, i, &out->map.keys[i].s, &item) || !to_type(a, item, t->element, zone, &out->map.vals[i]))
                return false;
        return true;
    }
    return false;
}

static pz_status
bad_cast(pz_arena *a, pz_variant v, const pz_type *t, const pz_zone *zone, pz_error *err)
{
    return pz_raise(err, PZ_ERR_INVALID_VARIANT_CAST, PZ_NO_ORIGIN, "value", json_text(a, v, zone).ptr, "dataType",
                    pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, a))).ptr, NULL);
}

pz_status pz_variant_to_value(const pz_value *in, const pz_type *to, pz_cast_mode mode, const pz_zone *zone, pz_arena *a, pz_value *out, pz_error *err);
pz_status pz_variant_from_value(const pz_type *from, const pz_value *in, const pz_zone *zone, pz_arena *a, pz_value *out, pz_error *err);

pz_status
pz_variant_to_value(const pz_value *in, const pz_type *to, pz_cast_mode mode, const pz_zone *zone, pz_arena *a, pz_value *out, pz_error *err)
{
    pz_variant v = pz_variant_of(in);
    if (to_type(a, v, to, zone, out))
        return PZ_OK;
    if (mode == PZ_CAST_TRY) {
        *out = (pz_value){.null = true};
        return PZ_OK;
    }
    return bad_cast(a, v, to, zone, err);
}

void
pz_vnode_from_value(pz_arena *a, const pz_type *t, const pz_value *v, const pz_zone *zone, pz_vnode *out)
{
    *out = (pz_vnode){.kind = PZ_V_NULL, .scalar = *v};
    if (v->null)
        return;
    switch (t->id) {
    case PZ_T_BOOLEAN: out->kind = PZ_V_BOOL; break;
    case PZ_T_BYTE:
    case PZ_T_SHORT:
    case PZ_T_INT:
    case PZ_T_LONG: out->kind = PZ_V_INT; break;
    case PZ_T_FLOAT: out->kind = PZ_V_FLOAT; break;
    case PZ_T_DOUBLE: out->kind = PZ_V_DOUBLE; break;
    case PZ_T_DECIMAL:
        out->kind = PZ_V_DECIMAL;
        out->scale = t->scale;
        break;
    case PZ_T_DATE: out->kind = PZ_V_DATE; break;
    case PZ_T_TIMESTAMP: out->kind = PZ_V_TIMESTAMP; break;
    case PZ_T_TIMESTAMP_NTZ: out->kind = PZ_V_TIMESTAMP_NTZ; break;
    case PZ_T_BINARY: out->kind = PZ_V_BINARY; break;
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: out->kind = PZ_V_STRING; break;
    case PZ_T_VARIANT: pz_vnode_from_variant(a, pz_variant_of(v), out); break;
    case PZ_T_ARRAY:
    case PZ_T_STRUCT:
        out->kind = t->id == PZ_T_ARRAY ? PZ_V_ARRAY : PZ_V_OBJECT;
        out->n = v->list.n;
        out->items = PZ_NEWN(a, pz_vnode, v->list.n + 1);
        for (int i = 0; i < v->list.n; i++) {
            pz_vnode_from_value(a, t->id == PZ_T_ARRAY ? t->element : t->fields[i].type, &v->list.items[i], zone, &out->items[i]);
            if (t->id == PZ_T_STRUCT)
                out->items[i].key = t->fields[i].name;
        }
        break;
    case PZ_T_MAP:
        out->kind = PZ_V_OBJECT;
        out->n = v->map.n;
        out->items = PZ_NEWN(a, pz_vnode, v->map.n + 1);
        for (int i = 0; i < v->map.n; i++) {
            pz_vnode_from_value(a, t->element, &v->map.vals[i], zone, &out->items[i]);
            out->items[i].key = v->map.keys[i].s;
        }
        break;
    default: {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_value_text(&b, t, v, PZ_TEXT_CAST, zone);
        out->kind = PZ_V_STRING;
        out->scalar = (pz_value){.s = pz_buf_dup(&b, a)};
        pz_buf_free(&b);
    }
    }
}

pz_status
pz_variant_from_value(const pz_type *from, const pz_value *in, const pz_zone *zone, pz_arena *a, pz_value *out, pz_error *err)
{
    pz_vnode n;
    (void)err;
    pz_vnode_from_value(a, from, in, zone, &n);
    *out = pz_variant_encode(a, &n);
    return PZ_OK;
}

PZ_FN(fn_to_variant_object)
{
    return pz_variant_from_value(c->site->arg_types[0], &args[0], c->site->zone, c->scratch, out, c->err);
}

/* ------------------------------------------------------------ parse_json */
/* One value is read, what follows is left alone; but a number or a word has to end there. */
static bool
ends_well(const pz_json *j, pz_str text, size_t used)
{
    unsigned char next = used < text.len ? (unsigned char)text.ptr[used] : ' ';
    if (next == ' ' || next == '\t' || next == '\n' || next == '\r') return true;
    if (j->kind == PZ_JSON_INT || j->kind == PZ_JSON_REAL) return false;
    if (j->kind != PZ_JSON_NULL && j->kind != PZ_JSON_BOOL) return true;
    return !(next >= 0x80 || next == '_' || next == '$' || (next >= '0' && next <= '9') || ((next | 32) >= 'a' && (next | 32) <= 'z'));
}

static bool
parse(pz_fn_ctx *c, pz_str text, pz_value *out)
{
    pz_json j;
    pz_vnode n;
    size_t used;
    if (!pz_json_read(c->scratch, text, &pz_json_strict, &j, &used) || !ends_well(&j, text, used) || !pz_vnode_from_json(c->scratch, &j, false, &n))
        return false;
    *out = pz_variant_encode(c->scratch, &n);
    return true;
}

PZ_FN(fn_parse_json)
{
    if (parse(c, args[0].s, out))
        return PZ_OK;
    return pz_raise_as(c->err, PZ_CLASS_SparkException, PZ_ERR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "badRecord",
                       pz_dup(c->scratch, args[0].s).ptr, "failFastMode", "FAILFAST", NULL);
}

PZ_FN(fn_try_parse_json)
{
    return parse(c, args[0].s, out) ? PZ_OK : give_null(out);
}

PZ_FN(fn_is_variant_null)
{
    PZ_UNUSED(c);
    return give_bool(out, !args[0].null && pz_variant_kind_of(pz_variant_of(&args[0])) == PZ_V_NULL);
}

PZ_FN(fn_is_valid_variant)
{
    PZ_UNUSED(c);
    return args[0].null ? give_null(out) : give_bool(out, pz_variant_kind_of(pz_variant_of(&args[0])) != PZ_V_BAD);
}

/* ------------------------------------------------------------ paths */
bool
pz_variant_path_read(pz_arena *a, pz_str p, pz_variant_path *out)
{
    size_t i = 1;
    if (p.len == 0 || p.ptr[0] != '$')
        return false;
    while (i < p.len) {
        pz_variant_step s = {{0}, 0, true};
        if (p.ptr[i] == '.') {
            size_t from = ++i;
            while (i < p.len && p.ptr[i] != '.' && p.ptr[i] != '[')
                i++;
            s.key = cut(p, from, i);
            if (s.key.len == 0)
                return false;
        } else if (p.ptr[i] == '[' && i + 1 < p.len && (p.ptr[i + 1] == '\'' || p.ptr[i + 1] == '"')) {
            const char *q = memchr(p.ptr + i + 2, p.ptr[i + 1], p.len - i - 2);
            if (q == NULL || (size_t)(q - p.ptr) + 1 >= p.len || q[1] != ']')
                return false;
            s.key = cut(p, i + 2, (size_t)(q - p.ptr));
            i = (size_t)(q - p.ptr) + 2;
        } else if (p.ptr[i] == '[') {
            size_t from = ++i;
            s.is_key = false;
            for (; i < p.len && p.ptr[i] >= '0' && p.ptr[i] <= '9'; i++)
                s.index = s.index > INT32_MAX ? s.index : s.index * 10 + (p.ptr[i] - '0');
            if (i == from || i >= p.len || p.ptr[i] != ']' || s.index > INT32_MAX)
                return false;
            i++;
        } else {
            return false;
        }
        pz_vec_push(a, out, s);
    }
    return true;
}

static bool
follow(pz_variant *v, const pz_variant_path *p)
{
    for (int i = 0; i < p->n; i++) {
        pz_variant next;
        pz_variant_kind k = pz_variant_kind_of(*v);
        if (p->data[i].is_key ? k != PZ_V_OBJECT || !pz_variant_field(*v, p->data[i].key, &next)
                              : k != PZ_V_ARRAY || !pz_variant_at(*v, (int)p->data[i].index, NULL, &next))
            return false;
        *v = next;
    }
    return true;
}

static pz_status
bad_path(pz_fn_ctx *c, pz_str path)
{
    return pz_raise(c->err, PZ_ERR_INVALID_VARIANT_GET_PATH, PZ_NO_ORIGIN, "path", pz_dup(c->scratch, path).ptr, "functionName",
                    backticked(c->scratch, c->site->name).ptr, NULL);
}

static pz_status
get(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool try)
{
    pz_variant_path p = {0};
    pz_variant v = pz_variant_of(&args[0]);
    if (!pz_variant_path_read(c->scratch, args[1].s, &p))
        return bad_path(c, args[1].s);
    if (!follow(&v, &p))
        return give_null(out);
    if (c->site->result->id == PZ_T_VARIANT) { /* built anew: only its own keys */
        pz_vnode n;
        pz_vnode_from_variant(c->scratch, v, &n);
        *out = pz_variant_encode(c->scratch, &n);
        return PZ_OK;
    }
    if (to_type(c->scratch, v, c->site->result, c->site->zone, out))
        return PZ_OK;
    return try ? give_null(out) : bad_cast(c->scratch, v, c->site->result, c->site->zone, c->err);
}

PZ_FN(fn_variant_get) { return get(c, args, out, false); }
PZ_FN(fn_try_variant_get) { return get(c, args, out, true); }

/* ------------------------------------------------------------ schemas: a type, or "mixed" where values differ in kind */
static const pz_type mixed = {.id = PZ_T_VARIANT};

static const pz_type *
merge(pz_arena *a, const pz_type *x, const pz_type *y)
{
    if (x->id == PZ_T_VOID)
        return y;
    if (y->id == PZ_T_VOID || pz_type_eq(x, y))
        return x;
    if (x->id == PZ_T_ARRAY && y->id == PZ_T_ARRAY)
        return pz_type_array(a, merge(a, x->element, y->element), true);
    if (x->id == PZ_T_STRUCT && y->id == PZ_T_STRUCT) {
        pz_field *f = PZ_NEWN(a, pz_field, x->nfields + y->nfields + 1);
        int n = 0, i = 0, k = 0;
        while (i < x->nfields || k < y->nfields) {
            int cmp = i >= x->nfields ? 1 : k >= y->nfields ? -1 : pz_str_cmp(x->fields[i].name, y->fields[k].name);
            f[n] = cmp <= 0 ? x->fields[i] : y->fields[k];
            if (cmp == 0)
                f[n].type = merge(a, x->fields[i].type, y->fields[k].type);
            i += cmp <= 0;
            k += cmp >= 0;
            n++;
        }
        return pz_type_struct(a, f, n);
    }
    if (pz_type_is_numeric(x) && pz_type_is_numeric(y)) {
        const pz_type *t = pz_type_wider(a, x, y, true);
        return t ? t : &mixed;
    }
    return &mixed;
}

static const pz_type *
schema_of(pz_arena *a, pz_variant v)
{
    pz_variant_kind k = pz_variant_kind_of(v);
    pz_variant item;
    pz_value s;
    int n = pz_variant_count(v), scale;
    if (k == PZ_V_ARRAY) {
        const pz_type *t = &pz_t_void;
        for (int i = 0; i < n; i++)
            if (pz_variant_at(v, i, NULL, &item))
                t = merge(a, t, schema_of(a, item));
        return pz_type_array(a, t, true);
    }
    if (k == PZ_V_OBJECT) {
        pz_field *f = PZ_NEWN(a, pz_field, n + 1);
        for (int i = 0; i < n; i++)
            if (pz_variant_at(v, i, &f[i].name, &item))
                f[i].type = schema_of(a, item), f[i].nullable = true;
        return pz_type_struct(a, f, n);
    }
    if (k == PZ_V_NULL || !pz_variant_scalar(v, &s, &scale))
        return &pz_t_void;
    while (k == PZ_V_DECIMAL && scale > 0 && s.dec % 10 == 0) {
        s.dec /= 10;
        scale--;
    }
    const pz_type *t = scalar_type(a, k, &s, scale);
    return t ? t : &pz_t_void;
}

static void
schema_text(pz_arena *a, pz_buf *b, const pz_type *t)
{
    if (t->id == PZ_T_ARRAY) {
        pz_buf_puts(b, "ARRAY<");
        schema_text(a, b, t->element);
        pz_buf_putc(b, '>');
    } else if (t->id == PZ_T_STRUCT) {
        pz_buf_puts(b, "OBJECT<");
        for (int i = 0; i < t->nfields; i++) {
            pz_field f = {t->fields[i].name, &pz_t_int, true, {0}};
            pz_schema one = {&f, 1};
            pz_str ddl = pz_schema_ddl(&one, a);       /* quotes the name where needed: `a b` INT */
            pz_buf_puts(b, i ? ", " : "");
            pz_buf_add(b, ddl.ptr, ddl.len - 4);
            pz_buf_puts(b, ": ");
            schema_text(a, b, t->fields[i].type);
        }
        pz_buf_putc(b, '>');
    } else {
        pz_buf_str(b, pz_type_sql(t, a));
    }
}

static pz_str
schema_string(pz_arena *a, const pz_type *t)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    schema_text(a, &b, t);
    pz_str s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

PZ_FN(fn_schema_of_variant)
{
    return give_str(out, schema_string(c->scratch, schema_of(c->scratch, pz_variant_of(&args[0]))));
}

typedef struct schema_state { pz_arena *a; const pz_type *t; } schema_state;

static pz_status
schema_update(pz_fn_ctx *c, void *state, const pz_value *args)
{
    schema_state *s = state;
    (void)c;
    if (s->a == NULL) {
        s->a = pz_arena_open();
        s->t = &pz_t_void;
    }
    s->t = pz_type_copy(s->a, merge(s->a, s->t, schema_of(s->a, pz_variant_of(&args[0]))));
    return PZ_OK;
}

static pz_status
schema_combine(pz_fn_ctx *c, void *into, const void *from)
{
    schema_state *s = into;
    const schema_state *f = from;
    (void)c;
    if (f->a == NULL)
        return PZ_OK;
    if (s->a == NULL) {
        s->a = pz_arena_open();
        s->t = &pz_t_void;
    }
    s->t = pz_type_copy(s->a, merge(s->a, s->t, f->t));
    return PZ_OK;
}

static pz_status
schema_finish(pz_fn_ctx *c, void *state, pz_value *out)
{
    schema_state *s = state;
    return give_str(out, schema_string(c->scratch, s->a ? s->t : &pz_t_void));
}

static void
schema_destroy(void *state)
{
    pz_arena_close(((schema_state *)state)->a);
}

/* ------------------------------------------------------------ variant_explode */
PZ_FN(fn_variant_explode)
{
    pz_variant v = {{0}, {0}}, item;
    int n = 0;
    bool outer = pz_str_ends(c->site->name, "_outer"), object = false;
    if (!args[0].null) {
        v = pz_variant_of(&args[0]);
        object = pz_variant_kind_of(v) == PZ_V_OBJECT;
        n = pz_variant_count(v);
    }
    PZ_UNUSED(outer);
    *out = (pz_value){.null = false};
    out->list.items = PZ_NEWN(c->scratch, pz_value, n + 1);
    for (int i = 0; i < n; i++) {
        pz_value row = {.null = false};
        pz_str key = {0};
        if (!pz_variant_at(v, i, object ? &key : NULL, &item))
            continue;
        row.list.items = PZ_NEWN(c->scratch, pz_value, 3);
        row.list.n = 3;
        row.list.items[0].i = i;
        row.list.items[1].null = !object;
        row.list.items[1].s = key;
        row.list.items[2] = pz_variant_value(c->scratch, item);
        out->list.items[out->list.n++] = row;
    }
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "is_valid_variant", .call = fn_is_valid_variant},
    {.name = "is_variant_null", .call = fn_is_variant_null, .takes_nulls = true},
    {.name = "parse_json", .call = fn_parse_json},
    {.name = "schema_of_variant", .call = fn_schema_of_variant},
    {.name = "to_variant_object", .call = fn_to_variant_object},
    {.name = "try_parse_json", .call = fn_try_parse_json},
    {.name = "try_variant_get", .call = fn_try_variant_get},
    {.name = "variant_explode", .call = fn_variant_explode, .takes_nulls = true},
    {.name = "variant_get", .call = fn_variant_get},
};
static const pz_value_agg_def aggs[] = {
    {.name = "schema_of_variant_agg", .state_size = sizeof(schema_state), .update = schema_update, .combine = schema_combine, .finish = schema_finish,
     .destroy = schema_destroy},
};
const pz_fn_family pz_family_variant = {"variant", defs, (int)PZ_COUNTOF(defs), aggs, (int)PZ_COUNTOF(aggs)};

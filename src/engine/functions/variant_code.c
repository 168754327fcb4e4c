/*
 * engine/functions/variant_code.c - reading and writing the variant bytes.
 *
 * value: header byte (2 bits basic type, 6 bits info), then content; objects list field ids by key order, offsets and values in the order written.
 * metadata: header, dictionary size, offsets, key bytes in order of first appearance.
 */
#include "variant.h"

#include <math.h>
#include <stdlib.h>

enum { BASIC_PRIMITIVE, BASIC_SHORT, BASIC_OBJECT, BASIC_ARRAY };

static uint64_t
le(const char *p, int n)
{
    uint64_t v = 0;
    for (int i = n - 1; i >= 0; i--)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

pz_variant
pz_variant_of(const pz_value *v)
{
    return (pz_variant){v->list.items[0].s, v->list.items[1].s};
}

static int
basic(pz_variant v)
{
    return v.value.len ? v.value.ptr[0] & 3 : -1;
}

static int
info(pz_variant v)
{
    return (unsigned char)v.value.ptr[0] >> 2;
}

pz_variant_kind
pz_variant_kind_of(pz_variant v)
{
    static const pz_variant_kind kinds[] = {PZ_V_NULL, PZ_V_BOOL, PZ_V_BOOL, PZ_V_INT, PZ_V_INT, PZ_V_INT, PZ_V_INT, PZ_V_DOUBLE, PZ_V_DECIMAL, PZ_V_DECIMAL,
                                            PZ_V_DECIMAL, PZ_V_DATE, PZ_V_TIMESTAMP, PZ_V_TIMESTAMP_NTZ, PZ_V_FLOAT, PZ_V_BINARY, PZ_V_STRING, PZ_V_BAD,
                                            PZ_V_BAD, PZ_V_BAD, PZ_V_UUID};
    switch (basic(v)) {
    case BASIC_SHORT: return PZ_V_STRING;
    case BASIC_OBJECT: return PZ_V_OBJECT;
    case BASIC_ARRAY: return PZ_V_ARRAY;
    case BASIC_PRIMITIVE: return info(v) < (int)PZ_COUNTOF(kinds) ? kinds[info(v)] : PZ_V_BAD;
    default: return PZ_V_BAD;
    }
}

static bool
sized(pz_variant v, size_t from, size_t n, pz_value *out)
{
    if (v.value.len < from || v.value.len - from < n)
        return false;
    out->s = (pz_str){v.value.ptr + from, n};
    return true;
}

bool
pz_variant_scalar(pz_variant v, pz_value *out, int *scale)
{
    static const int width[] = {0, 0, 0, 1, 2, 4, 8, 8, 5, 9, 17, 4, 8, 8, 4};
    const char *p = v.value.ptr + 1;
    *out = (pz_value){.null = false};
    *scale = 0;
    if (basic(v) == BASIC_SHORT)
        return sized(v, 1, (size_t)info(v), out);
    if (basic(v) != BASIC_PRIMITIVE)
        return false;
    int t = info(v);
    if (t == 15 || t == 16)
        return v.value.len >= 5 && sized(v, 5, le(p, 4), out);
    if (t >= (int)PZ_COUNTOF(width) || v.value.len < (size_t)width[t] + 1)
        return false;
    switch (t) {
    case 0: out->null = true; break;
    case 1: out->b = true; break;
    case 2: break;
    case 3: out->i = (int8_t)le(p, 1); break;
    case 4: out->i = (int16_t)le(p, 2); break;
    case 5: case 11: out->i = (int32_t)le(p, 4); break;
    case 6: case 12: case 13: out->i = (int64_t)le(p, 8); break;
    case 7: memcpy(&out->d, p, 8); break;
    case 14: {
        float f;
        memcpy(&f, p, 4);
        out->d = f;
        break;
    }
    default:
        *scale = (unsigned char)p[0];
        if (t == 8)
            out->dec = (int32_t)le(p + 1, 4);
        else if (t == 9)
            out->dec = (int64_t)le(p + 1, 8);
        else
            out->dec = (__int128)((unsigned __int128)le(p + 9, 8) << 64 | le(p + 1, 8));
    }
    return true;
}

/* Where the parts of an object or array are. */
typedef struct layout { int n, id_size, off_size; size_t ids, offsets, data; } layout;

static bool
layout_of(pz_variant v, layout *l)
{
    int t = info(v), b = basic(v);
    bool large = b == BASIC_OBJECT ? t >> 4 & 1 : t >> 2 & 1;
    size_t at = 1 + (large ? 4 : 1);
    if ((b != BASIC_OBJECT && b != BASIC_ARRAY) || v.value.len < at)
        return false;
    l->n = (int)le(v.value.ptr + 1, large ? 4 : 1);
    l->off_size = (t & 3) + 1;
    l->id_size = b == BASIC_OBJECT ? (t >> 2 & 3) + 1 : 0;
    l->ids = at;
    l->offsets = at + (size_t)l->n * (size_t)l->id_size;
    l->data = l->offsets + ((size_t)l->n + 1) * (size_t)l->off_size;
    return l->n >= 0 && l->data <= v.value.len;
}

int
pz_variant_count(pz_variant v)
{
    layout l;
    return layout_of(v, &l) ? l.n : 0;
}

static bool
key_of(pz_str m, uint64_t id, pz_str *key)
{
    if (m.len < 1)
        return false;
    int size = ((unsigned char)m.ptr[0] >> 6 & 3) + 1;
    if (m.len < 1 + (size_t)size)
        return false;
    uint64_t n = le(m.ptr + 1, size);
    size_t offs = 1 + (size_t)size, data = offs + (n + 1) * (size_t)size;
    if (id >= n || data > m.len)
        return false;
    uint64_t from = le(m.ptr + offs + id * (size_t)size, size), to = le(m.ptr + offs + (id + 1) * (size_t)size, size);
    if (from > to || data + to > m.len)
        return false;
    *key = (pz_str){m.ptr + data + from, to - from};
    return true;
}

bool
pz_variant_at(pz_variant v, int i, pz_str *key, pz_variant *out)
{
    layout l;
    if (!layout_of(v, &l) || i < 0 || i >= l.n)
        return false;
    uint64_t off = le(v.value.ptr + l.offsets + (size_t)i * (size_t)l.off_size, l.off_size);
    if (l.data + off > v.value.len)
        return false;
    *out = (pz_variant){{v.value.ptr + l.data + off, v.value.len - l.data - off}, v.metadata};
    if (key != NULL && l.id_size > 0)
        return key_of(v.metadata, le(v.value.ptr + l.ids + (size_t)i * (size_t)l.id_size, l.id_size), key);
    return true;
}

bool
pz_variant_field(pz_variant v, pz_str name, pz_variant *out)
{
    pz_str key;
    for (int i = 0, n = basic(v) == BASIC_OBJECT ? pz_variant_count(v) : 0; i < n; i++)
        if (pz_variant_at(v, i, &key, out) && pz_str_eq(key, name))
            return true;
    return false;
}

/* Bytes that the value at the front takes. */
static size_t
size_of(pz_variant v)
{
    static const int width[] = {0, 0, 0, 1, 2, 4, 8, 8, 5, 9, 17, 4, 8, 8, 4};
    layout l;
    size_t n = 1;
    switch (basic(v)) {
    case BASIC_SHORT: n = 1 + (size_t)info(v); break;
    case BASIC_PRIMITIVE:
        if (info(v) == 15 || info(v) == 16)
            n = v.value.len >= 5 ? 5 + le(v.value.ptr + 1, 4) : 1;
        else if (info(v) == 20)
            n = 17;
        else if (info(v) < (int)PZ_COUNTOF(width))
            n = 1 + (size_t)width[info(v)];
        break;
    default:
        if (layout_of(v, &l))
            n = l.data + le(v.value.ptr + l.offsets + (size_t)l.n * (size_t)l.off_size, l.off_size);
    }
    return n < v.value.len ? n : v.value.len;
}

pz_value
pz_variant_value(pz_arena *a, pz_variant v)
{
    pz_value out = {.null = false};
    out.list.items = PZ_NEWN(a, pz_value, 2);
    out.list.n = 2;
    out.list.items[0].s = (pz_str){v.value.ptr, size_of(v)};
    out.list.items[1].s = v.metadata;
    return out;
}

/* ------------------------------------------------------------ writing */
static int
int_size(uint64_t v)
{
    return v <= 0xFF ? 1 : v <= 0xFFFF ? 2 : v <= 0xFFFFFF ? 3 : 4;
}

static void
put_le(pz_buf *b, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        pz_buf_putc(b, (char)(v >> (8 * i)));
}

typedef struct writer { pz_arena *a; pz_map *ids; pz_strs keys; } writer;

static uint64_t
key_id(writer *w, pz_str key)
{
    uint64_t id = (uint64_t)(uintptr_t)pz_map_get(w->ids, key);
    if (id == 0) {
        pz_vec_push(w->a, &w->keys, key);
        id = (uint64_t)w->keys.n;
        pz_map_put(w->ids, key, (void *)(uintptr_t)id);
    }
    return id - 1;
}

static void
header(pz_buf *b, int basic_type, int type_info)
{
    pz_buf_putc(b, (char)(type_info << 2 | basic_type));
}

static void
write_scalar(pz_buf *b, const pz_vnode *n)
{
    int64_t i = n->scalar.i;
    switch (n->kind) {
    case PZ_V_BOOL: header(b, BASIC_PRIMITIVE, n->scalar.b ? 1 : 2); break;
    case PZ_V_INT: {
        int t = i == (int8_t)i ? 3 : i == (int16_t)i ? 4 : i == (int32_t)i ? 5 : 6;
        header(b, BASIC_PRIMITIVE, t);
        put_le(b, (uint64_t)i, 1 << (t - 3));
        break;
    }
    case PZ_V_DOUBLE: {
        uint64_t u;
        memcpy(&u, &n->scalar.d, 8);
        header(b, BASIC_PRIMITIVE, 7);
        put_le(b, u, 8);
        break;
    }
    case PZ_V_FLOAT: {
        float f = (float)n->scalar.d;
        uint32_t u;
        memcpy(&u, &f, 4);
        header(b, BASIC_PRIMITIVE, 14);
        put_le(b, u, 4);
        break;
    }
    case PZ_V_DECIMAL: {
        __int128 d = n->scalar.dec, m = d < 0 ? -d : d;
        int t = m < pz_pow10(9) && n->scale <= 9 ? 8 : m < pz_pow10(18) && n->scale <= 18 ? 9 : 10;
        header(b, BASIC_PRIMITIVE, t);
        pz_buf_putc(b, (char)n->scale);
        put_le(b, (uint64_t)d, t == 8 ? 4 : 8);
        if (t == 10)
            put_le(b, (uint64_t)((unsigned __int128)d >> 64), 8);
        break;
    }
    case PZ_V_DATE:
        header(b, BASIC_PRIMITIVE, 11);
        put_le(b, (uint64_t)i, 4);
        break;
    case PZ_V_TIMESTAMP:
    case PZ_V_TIMESTAMP_NTZ:
        header(b, BASIC_PRIMITIVE, n->kind == PZ_V_TIMESTAMP ? 12 : 13);
        put_le(b, (uint64_t)i, 8);
        break;
    case PZ_V_BINARY:
    case PZ_V_STRING:
        if (n->kind == PZ_V_STRING && n->scalar.s.len < 64) {
            header(b, BASIC_SHORT, (int)n->scalar.s.len);
        } else {
            header(b, BASIC_PRIMITIVE, n->kind == PZ_V_STRING ? 16 : 15);
            put_le(b, n->scalar.s.len, 4);
        }
        pz_buf_str(b, n->scalar.s);
        break;
    default: header(b, BASIC_PRIMITIVE, 0);
    }
}

typedef struct member { pz_str key; uint64_t id, offset; } member;

static int
by_key(const void *x, const void *y)
{
    return pz_str_cmp(((const member *)x)->key, ((const member *)y)->key);
}

static void
write_node(writer *w, pz_buf *b, const pz_vnode *n)
{
    if (n->kind != PZ_V_OBJECT && n->kind != PZ_V_ARRAY) {
        write_scalar(b, n);
        return;
    }
    pz_buf data;
    member *m = PZ_NEWN(w->a, member, n->n + 1);
    uint64_t max_id = 0;
    bool object = n->kind == PZ_V_OBJECT, large = n->n > 255;
    pz_buf_init(&data, 0);
    for (int i = 0; i < n->n; i++) {
        m[i] = (member){n->items[i].key, object ? key_id(w, n->items[i].key) : 0, data.len};
        max_id = m[i].id > max_id ? m[i].id : max_id;
        write_node(w, &data, &n->items[i]);
    }
    if (object)
        qsort(m, (size_t)n->n, sizeof(member), by_key);
    int off = int_size(data.len), id = object ? int_size(max_id) : 1;
    header(b, object ? BASIC_OBJECT : BASIC_ARRAY, object ? (large ? 16 : 0) | (id - 1) << 2 | (off - 1) : (large ? 4 : 0) | (off - 1));
    put_le(b, (uint64_t)n->n, large ? 4 : 1);
    for (int i = 0; object && i < n->n; i++)
        put_le(b, m[i].id, id);
    for (int i = 0; i < n->n; i++)
        put_le(b, m[i].offset, off);
    put_le(b, data.len, off);
    pz_buf_add(b, data.ptr, data.len);
    pz_buf_free(&data);
}

static pz_str
metadata_bytes(writer *w)
{
    pz_buf b;
    uint64_t total = 0;
    for (int i = 0; i < w->keys.n; i++)
        total += w->keys.data[i].len;
    int size = int_size(total > (uint64_t)w->keys.n ? total : (uint64_t)w->keys.n);
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, (char)(1 | (size - 1) << 6));
    put_le(&b, (uint64_t)w->keys.n, size);
    uint64_t at = 0;
    for (int i = 0; i <= w->keys.n; i++) {
        put_le(&b, at, size);
        at += i < w->keys.n ? w->keys.data[i].len : 0;
    }
    for (int i = 0; i < w->keys.n; i++)
        pz_buf_str(&b, w->keys.data[i]);
    pz_str s = pz_buf_dup(&b, w->a);
    pz_buf_free(&b);
    return s;
}

pz_value
pz_variant_encode(pz_arena *a, const pz_vnode *n)
{
    writer w = {a, pz_map_make(a, false), {0}};
    pz_buf b;
    pz_value out = {.null = false};
    pz_buf_init(&b, 0);
    write_node(&w, &b, n);
    out.list.items = PZ_NEWN(a, pz_value, 2);
    out.list.n = 2;
    out.list.items[0].s = pz_buf_dup(&b, a);
    out.list.items[1].s = metadata_bytes(&w);
    pz_buf_free(&b);
    return out;
}

/* ------------------------------------------------------------ trees */
static void
number_node(const pz_json *j, pz_vnode *out)
{
    __int128 u;
    int p, s;
    char text[400];
    bool exponent = memchr(j->text.ptr, 'e', j->text.len) || memchr(j->text.ptr, 'E', j->text.len);
    if (!exponent && pz_decimal_parse(j->text, &u, &p, &s) && p <= 38 && s <= 38) {
        if (s == 0 && u >= INT64_MIN && u <= INT64_MAX && j->kind == PZ_JSON_INT) {
            out->kind = PZ_V_INT;
            out->scalar.i = (int64_t)u;
            return;
        }
        out->kind = PZ_V_DECIMAL;
        out->scalar.dec = u;
        out->scale = s;
        return;
    }
    size_t n = j->text.len < sizeof(text) - 1 ? j->text.len : sizeof(text) - 1;
    memcpy(text, j->text.ptr, n);
    text[n] = 0;
    out->kind = PZ_V_DOUBLE;
    out->scalar.d = strtod(text, NULL);
}

bool
pz_vnode_from_json(pz_arena *a, const pz_json *j, bool allow_duplicates, pz_vnode *out)
{
    *out = (pz_vnode){.kind = PZ_V_NULL, .key = j->key};
    switch (j->kind) {
    case PZ_JSON_NULL: return true;
    case PZ_JSON_BOOL:
        out->kind = PZ_V_BOOL;
        out->scalar.b = j->b;
        return true;
    case PZ_JSON_INT:
    case PZ_JSON_REAL: number_node(j, out); return true;
    case PZ_JSON_STRING:
        out->kind = PZ_V_STRING;
        out->scalar.s = j->text;
        return true;
    default:
        out->kind = j->kind == PZ_JSON_ARRAY ? PZ_V_ARRAY : PZ_V_OBJECT;
        out->items = PZ_NEWN(a, pz_vnode, j->n + 1);
        out->n = j->n;
        for (int i = 0; i < j->n; i++) {
            for (int k = 0; j->kind == PZ_JSON_OBJECT && !allow_duplicates && k < i; k++)
                if (pz_str_eq(j->items[k].key, j->items[i].key))
                    return false;
            if (!pz_vnode_from_json(a, &j->items[i], allow_duplicates, &out->items[i]))
                return false;
        }
        return true;
    }
}

void
pz_vnode_from_variant(pz_arena *a, pz_variant v, pz_vnode *out)
{
    pz_variant item;
    *out = (pz_vnode){.kind = pz_variant_kind_of(v)};
    if (out->kind != PZ_V_OBJECT && out->kind != PZ_V_ARRAY) {
        pz_variant_scalar(v, &out->scalar, &out->scale);
        return;
    }
    int n = pz_variant_count(v);
    out->items = PZ_NEWN(a, pz_vnode, n + 1);
    for (int i = 0; i < n; i++) {
        pz_str key = {0};
        if (!pz_variant_at(v, i, &key, &item))
            continue;
        pz_vnode_from_variant(a, item, &out->items[out->n]);
        out->items[out->n++].key = key;
    }
}

void
pz_variant_json(pz_buf *b, pz_str value, pz_str metadata, const pz_zone *zone)
{
    pz_variant v = {value, metadata}, item;
    pz_value s;
    int scale;
    pz_variant_kind k = pz_variant_kind_of(v);
    if (k == PZ_V_OBJECT || k == PZ_V_ARRAY) {
        pz_buf_putc(b, k == PZ_V_OBJECT ? '{' : '[');
        for (int i = 0, n = pz_variant_count(v); i < n; i++) {
            pz_str key = {0};
            if (i)
                pz_buf_putc(b, ',');
            if (!pz_variant_at(v, i, k == PZ_V_OBJECT ? &key : NULL, &item))
                continue;
            if (k == PZ_V_OBJECT) {
                pz_json_quote(b, key);
                pz_buf_putc(b, ':');
            }
            pz_variant_json(b, item.value, metadata, zone);
        }
        pz_buf_putc(b, k == PZ_V_OBJECT ? '}' : ']');
        return;
    }
    if (!pz_variant_scalar(v, &s, &scale)) {
        pz_buf_puts(b, "null");
        return;
    }
    switch (k) {
    case PZ_V_BOOL: pz_buf_puts(b, s.b ? "true" : "false"); break;
    case PZ_V_INT: pz_buf_printf(b, "%lld", (long long)s.i); break;
    case PZ_V_DOUBLE:
    case PZ_V_FLOAT: {
        bool odd = isnan(s.d) || isinf(s.d);
        pz_buf_puts(b, odd ? "\"" : "");
        if (k == PZ_V_FLOAT)
            pz_float_text(b, (float)s.d);
        else
            pz_double_text(b, s.d);
        pz_buf_puts(b, odd ? "\"" : "");
        break;
    }
    case PZ_V_DECIMAL:                         /* trailing zeros of the fraction are not shown */
        while (scale > 0 && s.dec % 10 == 0) {
            s.dec /= 10;
            scale--;
        }
        pz_decimal_text(b, s.dec, scale);
        break;
    case PZ_V_STRING: pz_json_quote(b, s.s); break;
    case PZ_V_DATE:
        pz_buf_putc(b, '"');
        pz_date_text(b, s.i);
        pz_buf_putc(b, '"');
        break;
    case PZ_V_TIMESTAMP:
    case PZ_V_TIMESTAMP_NTZ: {
        int off = k == PZ_V_TIMESTAMP && zone ? pz_zone_offset_at(zone, s.i, NULL) : 0;
        pz_buf_putc(b, '"');
        pz_timestamp_text(b, s.i + off * 1000000ll);
        if (k == PZ_V_TIMESTAMP)
            pz_buf_printf(b, "%c%02d:%02d", off < 0 ? '-' : '+', abs(off) / 3600, abs(off) / 60 % 60);
        pz_buf_putc(b, '"');
        break;
    }
    case PZ_V_BINARY:
        pz_buf_putc(b, '"');
        pz_buf_base64(b, s.s, false);
        pz_buf_putc(b, '"');
        break;
    default: pz_buf_puts(b, "null");
    }
}

/*
 * engine/avro_write.c - Spark values to Avro records.  See avro.h.
 *
 * Fields go by name; of a union the branch is taken that the SQL type fits.  Bytes are those of the one-pass encoding: one block for
 * the items of an array or map.
 */
#include "avro.h"

#include <string.h>

void
pz_avro_put_long(pz_buf *b, int64_t n)
{
    uint64_t u = ((uint64_t)n << 1) ^ (uint64_t)(n >> 63);
    while (u >= 0x80) {
        pz_buf_putc(b, (char)(u | 0x80));
        u >>= 7;
    }
    pz_buf_putc(b, (char)u);
}

static void
put_text(pz_buf *b, pz_str s)
{
    pz_avro_put_long(b, (int64_t)s.len);
    pz_buf_str(b, s);
}

/* ---- does it fit? ---- */
static int
field_of(const pz_type *t, pz_str name)
{
    for (int i = 0; i < t->nfields; i++)
        if (pz_str_eq(t->fields[i].name, name)) return i;
    for (int i = 0; i < t->nfields; i++)
        if (pz_str_ieq(t->fields[i].name, name)) return i;
    return -1;
}

static bool fits(const pz_avro *s, const pz_type *t);

static bool
record_fits(const pz_avro *s, const pz_type *t)
{
    if (t->id != PZ_T_STRUCT || s->nfields != t->nfields) return false;
    for (int i = 0; i < s->nfields; i++) {
        int at = field_of(t, s->fields[i].name);
        if (at < 0 || !fits(s->fields[i].type, t->fields[at].type)) return false;
    }
    return true;
}

static int
branch_of(const pz_avro *s, const pz_type *t)
{
    for (int i = 0; i < s->nbranches; i++)
        if (s->branches[i]->kind != PZ_AVRO_NULL && fits(s->branches[i], t)) return i;
    return -1;
}

static bool
fits(const pz_avro *s, const pz_type *t)
{
    if (t->id == PZ_T_UDT && t->element) t = t->element;
    switch (s->kind) {
    case PZ_AVRO_NULL: return t->id == PZ_T_VOID;
    case PZ_AVRO_BOOLEAN: return t->id == PZ_T_BOOLEAN;
    case PZ_AVRO_INT: return t->id == PZ_T_BYTE || t->id == PZ_T_SHORT || t->id == PZ_T_INT || t->id == PZ_T_DATE || t->id == PZ_T_YM_INTERVAL;
    case PZ_AVRO_LONG:
        return t->id == PZ_T_LONG || t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ || t->id == PZ_T_DT_INTERVAL;
    case PZ_AVRO_FLOAT: return t->id == PZ_T_FLOAT;
    case PZ_AVRO_DOUBLE: return t->id == PZ_T_DOUBLE;
    case PZ_AVRO_STRING:
    case PZ_AVRO_ENUM: return pz_type_is_string(t);
    case PZ_AVRO_BYTES:
    case PZ_AVRO_FIXED:
        return t->id == PZ_T_DECIMAL ? s->logical == PZ_AVRO_DECIMAL && s->precision >= t->precision && s->scale == t->scale : t->id == PZ_T_BINARY;
    case PZ_AVRO_ARRAY: return t->id == PZ_T_ARRAY && fits(s->items, t->element);
    case PZ_AVRO_MAP: return t->id == PZ_T_MAP && pz_type_is_string(t->key) && fits(s->items, t->element);
    case PZ_AVRO_RECORD: return record_fits(s, t);
    case PZ_AVRO_UNION: return t->id == PZ_T_VOID || branch_of(s, t) >= 0;
    }
    return false;
}

bool
pz_avro_fits(const pz_avro *s, const pz_type *t)
{
    return fits(s, t);
}

/* ---- write ---- */
static bool
write_decimal(const pz_avro *s, const pz_value *v, pz_buf *b)
{
    char bytes[16];
    int n = 16, from = 0;
    for (int i = 0; i < n; i++) bytes[i] = (char)(v->dec >> (8 * (n - 1 - i)));
    if (s->kind == PZ_AVRO_FIXED) {
        for (int64_t i = n; i < s->size; i++) pz_buf_putc(b, v->dec < 0 ? -1 : 0);
        if (s->size < n) from = n - (int)s->size;
        pz_buf_add(b, bytes + from, (size_t)(n - from));
        return true;
    }
    while (from < n - 1 && bytes[from] == (v->dec < 0 ? -1 : 0) && ((bytes[from] ^ bytes[from + 1]) & 0x80) == 0) from++;
    put_text(b, (pz_str){bytes + from, (size_t)(n - from)});
    return true;
}

static bool
write_bytes(const pz_avro *s, const pz_type *t, const pz_value *v, pz_buf *b)
{
    if (t->id == PZ_T_DECIMAL) return write_decimal(s, v, b);
    if (s->kind == PZ_AVRO_FIXED) {
        pz_buf_str(b, v->s);
        return (int64_t)v->s.len == s->size;
    }
    put_text(b, v->s);
    return true;
}

static bool
write_items(const pz_avro *s, const pz_type *t, const pz_value *v, pz_buf *b)
{
    bool map = s->kind == PZ_AVRO_MAP;
    int n = map ? v->map.n : v->list.n;
    if (n) pz_avro_put_long(b, n);
    for (int i = 0; i < n; i++) {
        if (map) put_text(b, v->map.keys[i].s);
        if (!pz_avro_write(s->items, t->element, map ? &v->map.vals[i] : &v->list.items[i], b)) return false;
    }
    pz_avro_put_long(b, 0);
    return true;
}

static bool
write_union(const pz_avro *s, const pz_type *t, const pz_value *v, pz_buf *b)
{
    int at = -1;
    if (!v->null) at = branch_of(s, t);
    for (int i = 0; v->null && i < s->nbranches; i++)
        if (s->branches[i]->kind == PZ_AVRO_NULL) at = i;
    if (at < 0) return false;
    pz_avro_put_long(b, at);
    return pz_avro_write(s->branches[at], t, v, b);
}

static bool
write_long(const pz_avro *s, const pz_type *t, int64_t n, pz_buf *b)
{
    bool millis = s->logical == PZ_AVRO_TIMESTAMP_MILLIS || s->logical == PZ_AVRO_LOCAL_MILLIS || s->logical == PZ_AVRO_PLAIN;
    if ((t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ) && millis) n = n >= 0 ? n / 1000 : -((-n + 999) / 1000);
    pz_avro_put_long(b, n);
    return true;
}

bool
pz_avro_write(const pz_avro *s, const pz_type *t, const pz_value *v, pz_buf *b)
{
    float f;
    if (t->id == PZ_T_UDT && t->element) t = t->element;
    if (s->kind == PZ_AVRO_UNION) return write_union(s, t, v, b);
    if (v->null) return s->kind == PZ_AVRO_NULL;
    switch (s->kind) {
    case PZ_AVRO_NULL: return false;
    case PZ_AVRO_BOOLEAN: pz_buf_putc(b, v->b); return true;
    case PZ_AVRO_INT: pz_avro_put_long(b, v->i); return true;
    case PZ_AVRO_LONG: return write_long(s, t, v->i, b);
    case PZ_AVRO_FLOAT:
        f = (float)v->d;
        pz_buf_add(b, &f, 4);
        return true;
    case PZ_AVRO_DOUBLE: pz_buf_add(b, &v->d, 8); return true;
    case PZ_AVRO_STRING: put_text(b, v->s); return true;
    case PZ_AVRO_BYTES:
    case PZ_AVRO_FIXED: return write_bytes(s, t, v, b);
    case PZ_AVRO_ENUM:
        for (int i = 0; i < s->symbols.n; i++)
            if (pz_str_eq(s->symbols.data[i], v->s)) {
                pz_avro_put_long(b, i);
                return true;
            }
        return false;
    case PZ_AVRO_ARRAY:
    case PZ_AVRO_MAP: return write_items(s, t, v, b);
    case PZ_AVRO_RECORD:
        for (int i = 0; i < s->nfields; i++) {
            int at = field_of(t, s->fields[i].name);
            if (at < 0 || !pz_avro_write(s->fields[i].type, t->fields[at].type, &v->list.items[at], b)) return false;
        }
        return true;
    default: return false;
    }
}

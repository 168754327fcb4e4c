/*
 * engine/avro_read.c - Avro records to Spark values.  See avro.h.
 *
 * A plan stands for a pair of schemas: as records were written, and as they are seen (schema resolution: promotions, aliases, defaults),
 * against a SQL type.  What nobody asks for is skipped by the written schema alone.  Bytes come from outside: every length is checked.
 */
#include "avro.h"
#include "files_int.h"

#include <string.h>

enum { ITEMS_WITHOUT_BYTES = 1 << 20 };        /* array items may take none; so many at most */

typedef struct constant { int at; pz_value v; } constant;
struct pz_avro_plan {
    const pz_avro *from;
    const pz_type *t;
    int scale;                                 /* of decimals as seen */
    int64_t unit;                              /* timestamps: microseconds in one */
    const pz_avro_plan **kids;                 /* RECORD: per written field, NULL: skipped; UNION: per branch; ARRAY, MAP: one */
    int *places;                               /* RECORD: of the written fields in the row */
    PZ_VEC(constant) constants;                /* RECORD: what the written schema lacks */
    int member, width;                         /* width > 0: the value is that member of a struct of a union */
    const char **symbols;
};

/* ---- bytes ---- */
bool
pz_avro_long(pz_avro_bytes *in, int64_t *out)
{
    uint64_t n = 0;
    for (int shift = 0; shift < 64 && in->at < in->end; shift += 7) {
        unsigned char c = *in->at++;
        n |= (uint64_t)(c & 0x7f) << shift;
        if (c & 0x80) continue;
        *out = (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
        return true;
    }
    return false;
}

static bool
take(pz_avro_bytes *in, int64_t n, const unsigned char **out)
{
    if (n < 0 || n > in->end - in->at) return false;
    *out = in->at;
    in->at += n;
    return true;
}

bool
pz_avro_counted(pz_avro_bytes *in, pz_str *out)
{
    int64_t n;
    const unsigned char *p;
    if (!pz_avro_long(in, &n) || !take(in, n, &p)) return false;
    *out = (pz_str){(const char *)p, (size_t)n};
    return true;
}

/* The number of items in the next block of an array or map; *size >= 0: and of bytes. */
static bool
take_block(pz_avro_bytes *in, int64_t *n, int64_t *size)
{
    *size = -1;
    if (!pz_avro_long(in, n)) return false;
    if (*n >= 0) return true;
    if (*n == INT64_MIN) return false;
    *n = -*n;
    return pz_avro_long(in, size) && *size >= 0 && *size <= in->end - in->at;
}

/* ---- skip ---- */
static bool skip(const pz_avro *s, pz_avro_bytes *in, int depth);

static bool
skip_items(const pz_avro *s, pz_avro_bytes *in, int depth)
{
    int64_t n, size, all = 0;
    pz_str key;
    for (;;) {
        if (!take_block(in, &n, &size)) return false;
        if (!n) return true;
        if (size >= 0) {
            in->at += size;
            continue;
        }
        if ((all += n) > (in->end - in->at) + ITEMS_WITHOUT_BYTES) return false;
        for (int64_t i = 0; i < n; i++)
            if ((s->kind == PZ_AVRO_MAP && !pz_avro_counted(in, &key)) || !skip(s->items, in, depth)) return false;
    }
}

static bool
skip(const pz_avro *s, pz_avro_bytes *in, int depth)
{
    int64_t n;
    pz_str text;
    const unsigned char *p;
    if (depth > PZ_MAX_DEPTH) return false;
    switch (s->kind) {
    case PZ_AVRO_NULL: return true;
    case PZ_AVRO_BOOLEAN: return take(in, 1, &p);
    case PZ_AVRO_INT:
    case PZ_AVRO_LONG:
    case PZ_AVRO_ENUM: return pz_avro_long(in, &n);
    case PZ_AVRO_FLOAT: return take(in, 4, &p);
    case PZ_AVRO_DOUBLE: return take(in, 8, &p);
    case PZ_AVRO_BYTES:
    case PZ_AVRO_STRING: return pz_avro_counted(in, &text);
    case PZ_AVRO_FIXED: return take(in, s->size, &p);
    case PZ_AVRO_ARRAY:
    case PZ_AVRO_MAP: return skip_items(s, in, depth + 1);
    case PZ_AVRO_UNION: return pz_avro_long(in, &n) && n >= 0 && n < s->nbranches && skip(s->branches[n], in, depth + 1);
    case PZ_AVRO_RECORD:
        for (int i = 0; i < s->nfields; i++)
            if (!skip(s->fields[i].type, in, depth + 1)) return false;
        return true;
    }
    return false;
}

/* ---- read ---- */
static bool
to_decimal(const pz_avro_plan *p, const unsigned char *at, int64_t n, pz_value *out)
{
    __int128 v = n && (at[0] & 0x80) ? -1 : 0;
    for (int64_t i = 0; i < n; i++) {
        if (i + 16 < n && at[i] != (v < 0 ? 0xff : 0)) return false;
        v = (__int128)(((unsigned __int128)v << 8) | at[i]);
    }
    for (int s = p->scale; s < p->t->scale; s++)
        if (__builtin_mul_overflow(v, (__int128)10, &v)) return false;
    for (int s = p->t->scale; s < p->scale; s++) v = s + 1 == p->scale ? (v + (v < 0 ? -5 : 5)) / 10 : v / 10;
    out->dec = v;
    return true;
}

static bool
read_number(const pz_avro_plan *p, pz_avro_bytes *in, pz_value *out)
{
    int64_t n;
    if (!pz_avro_long(in, &n)) return false;
    if (p->from->kind == PZ_AVRO_INT && (n < INT32_MIN || n > INT32_MAX)) return false;
    switch (p->t->id) {
    case PZ_T_FLOAT: out->d = (double)(float)n; return true;
    case PZ_T_DOUBLE: out->d = (double)n; return true;
    case PZ_T_TIMESTAMP:
    case PZ_T_TIMESTAMP_NTZ: return !__builtin_mul_overflow(n, p->unit, &out->i);
    case PZ_T_DATE:
        if (p->from->kind == PZ_AVRO_LONG) n /= 86400000;
        out->i = (int32_t)n;
        return true;
    default: out->i = n; return true;
    }
}

static bool
read_text(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *out)
{
    pz_str s;
    const unsigned char *at;
    if (p->from->kind == PZ_AVRO_FIXED) {
        if (!take(in, p->from->size, &at)) return false;
        s = (pz_str){(const char *)at, (size_t)p->from->size};
    } else if (!pz_avro_counted(in, &s)) {
        return false;
    }
    if (p->t->id == PZ_T_DECIMAL) return to_decimal(p, (const unsigned char *)s.ptr, (int64_t)s.len, out);
    out->s = pz_dup(a, s);
    if (p->t->id != PZ_T_BINARY) out->s = pz_text_clean(out->s, a);
    return true;
}

static bool
read_symbol(const pz_avro_plan *p, pz_avro_bytes *in, pz_value *out)
{
    int64_t n;
    if (!pz_avro_long(in, &n) || n < 0 || n >= p->from->symbols.n) return false;
    if (p->symbols && !p->symbols[n]) return false;
    out->s = p->symbols ? pz_str_c(p->symbols[n]) : p->from->symbols.data[n];
    return true;
}

static bool
read_items(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *out)
{
    PZ_VEC(pz_value) items = {0}, keys = {0};
    bool map = p->from->kind == PZ_AVRO_MAP;
    int64_t n, size;
    for (;;) {
        if (!take_block(in, &n, &size)) return false;
        if (!n) break;
        if (n > in->end - in->at && items.n + n > ITEMS_WITHOUT_BYTES) return false;
        for (int64_t i = 0; i < n; i++) {
            pz_value v = {0}, k = {0};
            if (map && !pz_avro_counted(in, &k.s)) return false;
            if (map) k.s = pz_text_clean(pz_dup(a, k.s), a);
            if (!pz_avro_read(p->kids[0], in, a, &v)) return false;
            if (map) pz_vec_push(a, &keys, k);
            pz_vec_push(a, &items, v);
        }
    }
    if (map) out->map.keys = keys.data, out->map.vals = items.data, out->map.n = items.n;
    else out->list.items = items.data, out->list.n = items.n;
    return true;
}

static bool
read_record(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *row)
{
    for (int i = 0; i < p->t->nfields; i++) row[i] = (pz_value){.null = true};
    for (int i = 0; i < p->constants.n; i++) row[p->constants.data[i].at] = p->constants.data[i].v;
    for (int i = 0; i < p->from->nfields; i++) {
        bool ok = p->kids[i] ? pz_avro_read(p->kids[i], in, a, &row[p->places[i]]) : skip(p->from->fields[i].type, in, 0);
        if (!ok) return false;
    }
    return true;
}

static bool
read_union(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *out)
{
    int64_t n;
    return pz_avro_long(in, &n) && n >= 0 && n < p->from->nbranches && p->kids[n] && pz_avro_read(p->kids[n], in, a, out);
}

static bool
read_plain(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *out)
{
    const unsigned char *at;
    float f;
    *out = (pz_value){0};
    switch (p->from->kind) {
    case PZ_AVRO_NULL: out->null = true; return true;
    case PZ_AVRO_BOOLEAN:
        if (!take(in, 1, &at) || *at > 1) return false;
        out->b = *at;
        return true;
    case PZ_AVRO_INT:
    case PZ_AVRO_LONG: return read_number(p, in, out);
    case PZ_AVRO_FLOAT:
        if (!take(in, 4, &at)) return false;
        memcpy(&f, at, 4);
        out->d = f;
        return true;
    case PZ_AVRO_DOUBLE:
        if (!take(in, 8, &at)) return false;
        memcpy(&out->d, at, 8);
        return true;
    case PZ_AVRO_BYTES:
    case PZ_AVRO_STRING:
    case PZ_AVRO_FIXED: return read_text(p, in, a, out);
    case PZ_AVRO_ENUM: return read_symbol(p, in, out);
    case PZ_AVRO_ARRAY:
    case PZ_AVRO_MAP: return read_items(p, in, a, out);
    case PZ_AVRO_UNION: return read_union(p, in, a, out);
    case PZ_AVRO_RECORD:
        out->list.n = p->t->nfields;
        out->list.items = PZ_NEWN(a, pz_value, p->t->nfields + 1);
        return read_record(p, in, a, out->list.items);
    }
    return false;
}

bool
pz_avro_read(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *out)
{
    pz_value v;
    if (!p->width) return read_plain(p, in, a, out);
    if (!read_plain(p, in, a, &v)) return false;
    *out = (pz_value){.list = {PZ_NEWN(a, pz_value, p->width), p->width}};
    for (int i = 0; i < p->width; i++) out->list.items[i].null = true;
    out->list.items[p->member] = v;
    return true;
}

/* ---- plans ---- */
typedef struct maker { pz_arena *a; const char *why; bool positions, any_case; } maker;

static pz_avro_plan *make(maker *m, const pz_avro *w, const pz_avro *r, const pz_type *t);

static pz_avro_plan *
cannot(maker *m, const pz_avro *w, const pz_type *t)
{
    if (!m->why) m->why = pz_strf(m->a, "%s cannot be read as " PZ_FMT, pz_avro_kind_name(w->kind), PZ_ARG(pz_type_sql(t, m->a))).ptr;
    return NULL;
}

static bool
is_number(pz_avro_kind k)
{
    return k == PZ_AVRO_INT || k == PZ_AVRO_LONG || k == PZ_AVRO_FLOAT || k == PZ_AVRO_DOUBLE;
}

static bool
same_name(const pz_avro *w, const pz_avro *r)
{
    const char *dot = memrchr(w->name.ptr, '.', w->name.len), *other = memrchr(r->name.ptr, '.', r->name.len);
    pz_str x = dot ? (pz_str){dot + 1, w->name.len - (size_t)(dot + 1 - w->name.ptr)} : w->name;
    pz_str y = other ? (pz_str){other + 1, r->name.len - (size_t)(other + 1 - r->name.ptr)} : r->name;
    for (int i = 0; i < r->aliases.n; i++)
        if (pz_str_eq(r->aliases.data[i], w->name)) return true;
    return pz_str_eq(x, y);
}

/* May what was written as w be seen as r?  exact: without promotion. */
static bool
is_seen_as(const pz_avro *w, const pz_avro *r, bool exact)
{
    bool named = w->kind == PZ_AVRO_RECORD || w->kind == PZ_AVRO_ENUM || w->kind == PZ_AVRO_FIXED;
    if (w->kind == r->kind) return !named || (same_name(w, r) && w->size == r->size) || (!exact && w->kind == PZ_AVRO_RECORD);
    if (exact) return false;
    if (is_number(w->kind) && is_number(r->kind)) return w->kind < r->kind;
    return (w->kind == PZ_AVRO_BYTES && r->kind == PZ_AVRO_STRING) || (w->kind == PZ_AVRO_STRING && r->kind == PZ_AVRO_BYTES);
}

static int
branch_for(const pz_avro *r, const pz_avro *w)
{
    for (int exact = 1; exact >= 0; exact--)
        for (int i = 0; i < r->nbranches; i++)
            if (is_seen_as(w, r->branches[i], exact)) return i;
    return -1;
}

/* Of a union seen as a struct: which member a branch is; -1: the union's values are seen as such. */
static int
member_of(const pz_avro *u, int branch)
{
    const pz_avro *rest[2] = {NULL, NULL};
    int n = 0, at = 0;
    for (int i = 0; i < u->nbranches; i++) {
        if (u->branches[i]->kind == PZ_AVRO_NULL) continue;
        if (i < branch) at++;
        if (n++ < 2) rest[n - 1] = u->branches[i];
    }
    if (n < 2) return -1;
    if (n == 2 && is_number(rest[0]->kind) && is_number(rest[1]->kind) && (rest[0]->kind <= PZ_AVRO_LONG) == (rest[1]->kind <= PZ_AVRO_LONG)) return -1;
    return at;
}

static pz_avro_plan *
make_member(maker *m, const pz_avro *u, int branch, const pz_avro *w, const pz_avro *r, const pz_type *t)
{
    int at = w->kind == PZ_AVRO_NULL ? -1 : member_of(u, branch);
    pz_avro_plan *p;
    if (at < 0) return make(m, w, r, t);
    if (t->id != PZ_T_STRUCT || at >= t->nfields) return cannot(m, u, t);
    if (!(p = make(m, w, r, t->fields[at].type))) return NULL;
    p->member = at;
    p->width = t->nfields;
    return p;
}

static pz_avro_plan *
new_plan(maker *m, const pz_avro *w, const pz_type *t, int kids)
{
    pz_avro_plan *p = PZ_NEW(m->a, pz_avro_plan);
    p->from = w;
    p->t = t;
    p->scale = w->scale;
    p->unit = 1;
    p->kids = PZ_NEWN(m->a, const pz_avro_plan *, kids + 1);
    return p;
}

static bool
scalar_fits(const pz_avro *w, const pz_avro *s, const pz_type *t, pz_avro_plan *p)
{
    pz_avro_logical l = s->logical;
    switch (w->kind) {
    case PZ_AVRO_NULL: return true;
    case PZ_AVRO_BOOLEAN: return t->id == PZ_T_BOOLEAN;
    case PZ_AVRO_INT:
    case PZ_AVRO_LONG:
        if (t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ) {
            bool micros = l == PZ_AVRO_TIMESTAMP_MICROS || l == PZ_AVRO_LOCAL_MICROS;
            p->unit = micros ? 1 : 1000;       /* a number that tells no unit counts milliseconds */
            return s->kind == PZ_AVRO_LONG;
        }
        if (t->id == PZ_T_DATE || t->id == PZ_T_DOUBLE) return true;
        if (t->id == PZ_T_FLOAT) return s->kind == PZ_AVRO_FLOAT;
        if (t->id == PZ_T_LONG || t->id == PZ_T_DT_INTERVAL) return true;
        return (t->id == PZ_T_INT || t->id == PZ_T_YM_INTERVAL) && s->kind == PZ_AVRO_INT;
    case PZ_AVRO_FLOAT: return t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE;
    case PZ_AVRO_DOUBLE: return t->id == PZ_T_DOUBLE;
    case PZ_AVRO_ENUM: return pz_type_is_string(t);
    case PZ_AVRO_STRING:
    case PZ_AVRO_BYTES:
    case PZ_AVRO_FIXED:
        if (t->id == PZ_T_DECIMAL) {
            p->scale = s->scale;
            return l == PZ_AVRO_DECIMAL;
        }
        return s->kind == PZ_AVRO_STRING ? pz_type_is_string(t) : t->id == PZ_T_BINARY;
    default: return false;
    }
}

/* Symbols that the schema they are seen by lacks become its default, or break the record. */
static void
take_symbols(maker *m, const pz_avro *w, const pz_avro *r, pz_avro_plan *p)
{
    p->symbols = PZ_NEWN(m->a, const char *, w->symbols.n + 1);
    for (int i = 0; i < w->symbols.n; i++) {
        p->symbols[i] = r->fallback.ptr ? pz_dup(m->a, r->fallback).ptr : NULL;
        for (int k = 0; k < r->symbols.n; k++)
            if (pz_str_eq(r->symbols.data[k], w->symbols.data[i])) p->symbols[i] = pz_dup(m->a, r->symbols.data[k]).ptr;
    }
}

/* ---- records ---- */
static const pz_avro_field *
field_named(maker *m, const pz_avro *s, pz_str name, bool any_case)
{
    const pz_avro_field *found = NULL;
    for (int i = 0; i < s->nfields; i++) {
        bool hit = any_case ? pz_str_ieq(s->fields[i].name, name) : pz_str_eq(s->fields[i].name, name);
        if (hit && found) m->why = pz_strf(m->a, "the field '" PZ_FMT "' is there more than once", PZ_ARG(name)).ptr;
        if (hit) found = &s->fields[i];
    }
    return found;
}

static const pz_avro_field *
written_field(maker *m, const pz_avro *w, const pz_avro_field *r)
{
    const pz_avro_field *f = field_named(m, w, r->name, false);
    for (int i = 0; !f && i < r->aliases.n; i++) f = field_named(m, w, r->aliases.data[i], false);
    return f;
}

static bool put_json(const pz_avro *s, const pz_json *j, pz_buf *b);

static bool
put_json_items(const pz_avro *s, const pz_json *j, pz_buf *b)
{
    bool map = s->kind == PZ_AVRO_MAP;
    if (j->kind != (map ? PZ_JSON_OBJECT : PZ_JSON_ARRAY)) return false;
    if (j->n) pz_avro_put_long(b, j->n);
    for (int i = 0; i < j->n; i++) {
        if (map) pz_avro_put_long(b, (int64_t)j->items[i].key.len), pz_buf_str(b, j->items[i].key);
        if (!put_json(s->items, &j->items[i], b)) return false;
    }
    pz_avro_put_long(b, 0);
    return true;
}

/* A default of JSON as it would be written. */
static bool
put_json(const pz_avro *s, const pz_json *j, pz_buf *b)
{
    bool number = j->kind == PZ_JSON_INT || j->kind == PZ_JSON_REAL, text = j->kind == PZ_JSON_STRING;
    double d = 0;
    float f;
    if (number) (void)pz_json_double(j, &d);
    switch (s->kind) {
    case PZ_AVRO_NULL: return j->kind == PZ_JSON_NULL;
    case PZ_AVRO_BOOLEAN: pz_buf_putc(b, j->b); return j->kind == PZ_JSON_BOOL;
    case PZ_AVRO_INT:
    case PZ_AVRO_LONG: pz_avro_put_long(b, (int64_t)d); return j->kind == PZ_JSON_INT;
    case PZ_AVRO_FLOAT:
        f = (float)d;
        pz_buf_add(b, &f, 4);
        return number;
    case PZ_AVRO_DOUBLE: pz_buf_add(b, &d, 8); return number;
    case PZ_AVRO_STRING:
        pz_avro_put_long(b, (int64_t)j->text.len);
        pz_buf_str(b, j->text);
        return text;
    case PZ_AVRO_BYTES:
    case PZ_AVRO_FIXED:                        /* each character a byte */
        if (s->kind == PZ_AVRO_BYTES) pz_avro_put_long(b, (int64_t)pz_utf8_count(j->text));
        for (size_t i = 0; text && i < j->text.len;) {
            uint32_t ch;
            i += (size_t)pz_utf8_decode(j->text.ptr + i, j->text.len - i, &ch);
            pz_buf_putc(b, (char)ch);
        }
        return text && (s->kind == PZ_AVRO_BYTES || (int64_t)pz_utf8_count(j->text) == s->size);
    case PZ_AVRO_ENUM:
        for (int i = 0; i < s->symbols.n; i++)
            if (text && pz_str_eq(s->symbols.data[i], j->text)) {
                pz_avro_put_long(b, i);
                return true;
            }
        return false;
    case PZ_AVRO_ARRAY:
    case PZ_AVRO_MAP: return put_json_items(s, j, b);
    case PZ_AVRO_UNION:
        for (int i = 0; i < s->nbranches; i++) {
            size_t before = b->len;
            pz_avro_put_long(b, i);
            if (put_json(s->branches[i], j, b)) return true;
            b->len = before;
        }
        return false;
    case PZ_AVRO_RECORD:
        for (int i = 0; i < s->nfields; i++) {
            const pz_json *v = j->kind == PZ_JSON_OBJECT ? pz_json_member(j, s->fields[i].name) : NULL;
            if (!v) v = s->fields[i].fallback;
            if (!v || !put_json(s->fields[i].type, v, b)) return false;
        }
        return true;
    }
    return false;
}

static bool
take_default(maker *m, const pz_avro_field *f, const pz_type *t, int at, pz_avro_plan *p)
{
    const pz_avro_plan *as = make(m, f->type, NULL, t);
    constant c = {.at = at};
    pz_buf b;
    pz_avro_bytes in;
    bool ok;
    if (!as) return false;
    pz_buf_init(&b, 0);
    ok = put_json(f->type, f->fallback, &b);
    in = (pz_avro_bytes){(const unsigned char *)b.ptr, (const unsigned char *)b.ptr + b.len};
    ok = ok && pz_avro_read(as, &in, m->a, &c.v);
    pz_buf_free(&b);
    if (ok) pz_vec_push(m->a, &p->constants, c);
    else m->why = pz_strf(m->a, "the default of the field '" PZ_FMT "' does not fit", PZ_ARG(f->name)).ptr;
    return ok;
}

/* One column of the row: where it comes from. */
static bool
take_column(maker *m, const pz_avro *w, const pz_avro *r, const pz_type *t, int i, pz_avro_plan *p)
{
    const pz_avro *seen = r ? r : w;
    const pz_avro_field *f = m->positions ? (i < seen->nfields ? &seen->fields[i] : NULL) : field_named(m, seen, t->fields[i].name, m->any_case), *from = f;
    int at;
    if (m->why) return false;
    if (!f) return true;                       /* null */
    if (r && !(from = written_field(m, w, f))) return f->fallback && take_default(m, f, t->fields[i].type, i, p);
    at = (int)(from - w->fields);
    p->kids[at] = make(m, from->type, r ? f->type : NULL, t->fields[i].type);
    p->places[at] = i;
    return p->kids[at] != NULL;
}

static pz_avro_plan *
make_record(maker *m, const pz_avro *w, const pz_avro *r, const pz_type *t, const bool *wanted)
{
    pz_avro_plan *p = new_plan(m, w, t, w->nfields);
    if (t->id != PZ_T_STRUCT) return cannot(m, w, t);
    p->places = PZ_NEWN(m->a, int, w->nfields + 1);
    for (int i = 0; r && i < r->nfields; i++)
        if (!r->fields[i].fallback && !written_field(m, w, &r->fields[i])) {
            m->why = pz_strf(m->a, "the required field '" PZ_FMT "' is missing", PZ_ARG(r->fields[i].name)).ptr;
            return NULL;
        }
    for (int i = 0; i < t->nfields; i++)
        if ((!wanted || wanted[i]) && !take_column(m, w, r, t, i, p)) return NULL;
    return p;
}

static pz_avro_plan *
make(maker *m, const pz_avro *w, const pz_avro *r, const pz_type *t)
{
    pz_avro_plan *p;
    if (t->id == PZ_T_UDT && t->element) t = t->element;
    if (w->kind == PZ_AVRO_UNION) {
        p = new_plan(m, w, t, w->nbranches);
        for (int i = 0; i < w->nbranches; i++) {
            p->kids[i] = r ? make(m, w->branches[i], r, t) : make_member(m, w, i, w->branches[i], NULL, t);
            if (!p->kids[i] && !r) return NULL;        /* what is not seen fails where it is met */
            if (r) m->why = NULL;
        }
        return p;
    }
    if (r && r->kind == PZ_AVRO_UNION) {
        int at = branch_for(r, w);
        return at < 0 ? cannot(m, w, t) : make_member(m, r, at, w, r->branches[at], t);
    }
    if (r && !is_seen_as(w, r, false)) return cannot(m, w, t);
    if (w->kind == PZ_AVRO_RECORD) return make_record(m, w, r, t, NULL);
    if (w->kind == PZ_AVRO_ARRAY || w->kind == PZ_AVRO_MAP) {
        if (t->id != (w->kind == PZ_AVRO_ARRAY ? PZ_T_ARRAY : PZ_T_MAP) || (t->id == PZ_T_MAP && !pz_type_is_string(t->key))) return cannot(m, w, t);
        p = new_plan(m, w, t, 1);
        return (p->kids[0] = make(m, w->items, r ? r->items : NULL, t->element)) ? p : NULL;
    }
    p = new_plan(m, w, t, 0);
    if (!scalar_fits(w, r ? r : w, t, p)) return cannot(m, w, t);
    if (r && w->kind == PZ_AVRO_ENUM) take_symbols(m, w, r, p);
    return p;
}

const pz_avro_plan *
pz_avro_plan_make(const pz_avro *from, const pz_avro *as, const pz_type *to, const bool *wanted, bool positions, bool any_case, pz_arena *a, const char **why)
{
    maker m = {.a = a, .positions = positions, .any_case = any_case};
    const pz_avro_plan *p = NULL;
    if (from->kind != PZ_AVRO_RECORD || (as && as->kind != PZ_AVRO_RECORD)) m.why = "the schema is no record";
    else p = make_record(&m, from, as, to, wanted);
    *why = m.why;
    return p;
}

bool
pz_avro_read_row(const pz_avro_plan *p, pz_avro_bytes *in, pz_arena *a, pz_value *row)
{
    return read_record(p, in, a, row);
}

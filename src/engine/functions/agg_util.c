/*
 * engine/functions/agg_util.c - memory of aggregate states, and the order in which the JVM's hashed collections give their members.
 *
 * Spark shows that order in collect_set, mode and approx_top_k, so it is part of the answer.  Things start at pz_bag_add(),
 * pz_java_hash() and pz_scala_set_order().
 */
#include "agg_util.h"

#include <math.h>
#include <stdlib.h>

void *
pz_must(void *p)
{
    if (!p) pz_panic(__FILE__, __LINE__, "out of memory");
    return p;
}

void *
pz_grow(void *p, int64_t n, int64_t *cap, size_t size)
{
    if (n < *cap) return p;
    *cap = *cap ? *cap * 2 : 16;
    return pz_must(realloc(p, (size_t)*cap * size));
}

/* ---- values in one piece: first how much, then put */

static const pz_type *
plain_type(const pz_type *t)
{
    while (t->id == PZ_T_UDT && t->element) t = t->element;
    return t;
}

static const pz_type *
child_type(const pz_type *t, int i)
{
    static const pz_type *const variant[2] = {&pz_t_binary, &pz_t_binary}, *const geo[2] = {&pz_t_int, &pz_t_binary};
    switch (t->id) {
    case PZ_T_ARRAY: return t->element;
    case PZ_T_VARIANT: return variant[i];
    case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY: return geo[i];
    default: return t->fields[i].type;
    }
}

static size_t
even(size_t n)
{
    return (n + 15) & ~(size_t)15;
}

static size_t
measure(const pz_type *t, const pz_value *v)
{
    size_t n = 0;
    t = plain_type(t);
    if (v->null) return 0;
    switch (t->id) {
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY: return even(v->s.len + 1);
    case PZ_T_ARRAY: case PZ_T_STRUCT: case PZ_T_VARIANT: case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY:
        n = even(sizeof *v * (size_t)v->list.n);
        for (int i = 0; i < v->list.n; i++) n += measure(child_type(t, i), &v->list.items[i]);
        return n;
    case PZ_T_MAP:
        n = 2 * even(sizeof *v * (size_t)v->map.n);
        for (int i = 0; i < v->map.n; i++) n += measure(t->key, &v->map.keys[i]) + measure(t->element, &v->map.vals[i]);
        return n;
    default: return 0;
    }
}

static void *
take(char **at, size_t n)
{
    void *p = *at;
    *at += even(n);
    return p;
}

static pz_value
put(const pz_type *t, const pz_value *v, char **at)
{
    pz_value out = *v;
    t = plain_type(t);
    if (v->null) return out;
    switch (t->id) {
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY: {
        char *p = take(at, v->s.len + 1);
        if (v->s.len) memcpy(p, v->s.ptr, v->s.len);
        p[v->s.len] = 0;
        out.s.ptr = p;
        break;
    }
    case PZ_T_ARRAY: case PZ_T_STRUCT: case PZ_T_VARIANT: case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY:
        out.list.items = take(at, sizeof *v * (size_t)v->list.n);
        for (int i = 0; i < v->list.n; i++) out.list.items[i] = put(child_type(t, i), &v->list.items[i], at);
        break;
    case PZ_T_MAP:
        out.map.keys = take(at, sizeof *v * (size_t)v->map.n);
        out.map.vals = take(at, sizeof *v * (size_t)v->map.n);
        for (int i = 0; i < v->map.n; i++) {
            out.map.keys[i] = put(t->key, &v->map.keys[i], at);
            out.map.vals[i] = put(t->element, &v->map.vals[i], at);
        }
        break;
    default: break;
    }
    return out;
}

pz_value
pz_keep_value(const pz_type *t, const pz_value *v, void **block)
{
    size_t n = measure(t, v);
    char *at = n ? pz_must(malloc(n)) : NULL;
    *block = at;
    return put(t, v, &at);
}

pz_value *
pz_bag_add(pz_bag *b, const pz_type *t, const pz_value *v)
{
    if (b->n == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 4;
        b->items = pz_must(realloc(b->items, (size_t)b->cap * sizeof *b->items));
        b->blocks = pz_must(realloc(b->blocks, (size_t)b->cap * sizeof *b->blocks));
        b->counts = pz_must(realloc(b->counts, (size_t)b->cap * sizeof *b->counts));
    }
    b->items[b->n] = pz_keep_value(t, v, &b->blocks[b->n]);
    b->counts[b->n] = 0;
    return &b->items[b->n++];
}

void
pz_bag_free(void *bag)
{
    pz_bag *b = bag;
    for (int i = 0; i < b->n; i++) free(b->blocks[i]);
    free(b->items);
    free(b->blocks);
    free(b->counts);
}

/* ---- hashes */

static int32_t
hash_long(int64_t v)
{
    return (int32_t)(v ^ (int64_t)((uint64_t)v >> 32));
}

static int32_t
hash_double(double d)
{
    int64_t bits = 0x7ff8000000000000LL;
    if (d == d) memcpy(&bits, &d, 8);
    return hash_long(bits);
}

static int32_t
hash_float(double d)
{
    float f = (float)d;
    int32_t bits = 0x7fc00000;
    if (d == d) memcpy(&bits, &f, 4);
    return bits;
}

static int32_t
scala_long(int64_t v)
{
    return (int32_t)v == v ? (int32_t)v : hash_long(v);
}

static int32_t
scala_double(double d)
{
    if (d >= INT32_MIN && d <= INT32_MAX && (double)(int32_t)d == d) return (int32_t)d;
    if (d >= -9.2233720368547758e18 && d < 9.2233720368547758e18 && (double)(int64_t)d == d) return hash_long((int64_t)d);
    return (double)(float)d == d ? hash_float(d) : hash_double(d);
}

/* java.math.BigInteger.hashCode: magnitude word by word, most significant first. */
static int32_t
hash_big(__int128 v)
{
    unsigned __int128 m = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
    uint32_t h = 0;
    for (int i = 3; i >= 0; i--) h = 31 * h + (uint32_t)(m >> (32 * i));
    return (int32_t)(v < 0 ? -h : h);
}

static int32_t
mix_last(int32_t h, int32_t data)
{
    uint32_t k = (uint32_t)data * 0xcc9e2d51U;
    k = (k << 15 | k >> 17) * 0x1b873593U;
    return (int32_t)((uint32_t)h ^ k);
}

/* scala.math.BigDecimal: whole numbers as BigInt, those that a double holds as double, the rest by digits and scale. */
static int32_t
scala_decimal(__int128 v, int scale)
{
    __int128 unit = pz_pow10(scale);
    double d;
    if (v % unit == 0) {
        __int128 whole = v / unit;
        return (int64_t)whole == whole ? scala_long((int64_t)whole) : hash_big(whole);
    }
    d = pz_decimal_double(v, scale);
    pz_buf b;
    __int128 back;
    int precision, back_scale;
    bool same;
    pz_buf_init(&b, 0);
    pz_double_text(&b, d);
    same = pz_decimal_parse(pz_buf_view(&b), &back, &precision, &back_scale);
    pz_buf_free(&b);
    while (scale > 0 && v % 10 == 0) {
        v /= 10;
        scale--;
    }
    while (same && back_scale > 0 && back % 10 == 0) {
        back /= 10;
        back_scale--;
    }
    if (same && back == v && back_scale == scale) return scala_double(d);
    return mix_last(hash_big(v), scale);
}

/* Bytes of a fixed-width element in Spark's binary arrays; 0: no such type. */
static int
fixed_width(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BOOLEAN: case PZ_T_BYTE: return 1;
    case PZ_T_SHORT: return 2;
    case PZ_T_INT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: case PZ_T_FLOAT: return 4;
    case PZ_T_LONG: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_DT_INTERVAL: case PZ_T_DOUBLE: return 8;
    default: return 0;
    }
}

static void
put_fixed(char *to, const pz_type *t, const pz_value *v)
{
    float f = (float)v->d;
    if (t->id == PZ_T_FLOAT) memcpy(to, &f, 4);
    else if (t->id == PZ_T_DOUBLE) memcpy(to, &v->d, 8);
    else if (t->id == PZ_T_BOOLEAN) *to = (char)v->b;
    else memcpy(to, &v->i, (size_t)fixed_width(t));
}

/* Spark's binary form of an array (count, NULL bits, elements, whole words) or a struct (NULL bits, a word per field), hashed as
 * bytes.  Members of other widths: by value. */
static int32_t
hash_unsafe(const pz_type *t, const pz_value *v, const pz_type *element, pz_str bytes)
{
    int n = element ? (t->id == PZ_T_BINARY ? (int)bytes.len : v->list.n) : t->nfields, width = element ? fixed_width(element) : 8;
    size_t head = (element ? 8 : 0) + (size_t)((n + 63) / 64) * 8, size = head + ((size_t)n * (size_t)width + 7) / 8 * 8;
    int64_t count = n;
    char *p = calloc(1, size + 8);
    int32_t h;
    pz_must(p);
    if (element) memcpy(p, &count, 8);
    if (t->id == PZ_T_BINARY) memcpy(p + head, bytes.ptr ? bytes.ptr : "", bytes.len);
    else
        for (int i = 0; i < n; i++) {
            if (v->list.items[i].null) p[(element ? 8 : 0) + i / 8] |= (char)(1 << i % 8);
            else put_fixed(p + head + (size_t)i * (size_t)width, element ? element : t->fields[i].type, &v->list.items[i]);
        }
    h = pz_murmur3_bytes((pz_str){p, size}, 42);
    free(p);
    return h;
}

static bool
all_fixed(const pz_type *t)
{
    for (int i = 0; i < t->nfields; i++)
        if (!fixed_width(t->fields[i].type)) return false;
    return true;
}

int32_t
pz_java_hash(const pz_type *t, const pz_value *v)
{
    if (v->null) return 0;
    switch (t->id) {
    case PZ_T_BOOLEAN: return v->b ? 1231 : 1237;
    case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: return (int32_t)v->i;
    case PZ_T_TIME: return hash_long(v->i * 1000);
    case PZ_T_FLOAT: return hash_float(v->d == 0 ? 0 : v->d);
    case PZ_T_DOUBLE: return hash_double(v->d == 0 ? 0 : v->d);
    case PZ_T_DECIMAL: return scala_decimal(v->dec, t->scale);
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR:
        return t->collation.len ? (int32_t)pz_collate_hash(t->collation, v->s) : pz_murmur3_bytes(v->s, 42);
    case PZ_T_BINARY: return hash_unsafe(t, v, &pz_t_byte, v->s);
    case PZ_T_ARRAY:
        if (fixed_width(t->element)) return hash_unsafe(t, v, t->element, (pz_str){NULL, 0});
        return pz_murmur3_value(t, v, 42);
    case PZ_T_STRUCT:
        if (all_fixed(t)) return hash_unsafe(t, v, NULL, (pz_str){NULL, 0});
        return pz_murmur3_value(t, v, 42);
    case PZ_T_CALENDAR_INTERVAL: return (int32_t)(((31 + (uint32_t)v->iv.months) * 31 + (uint32_t)v->iv.days) * 31 + (uint32_t)hash_long(v->iv.micros));
    case PZ_T_MAP: case PZ_T_VARIANT: case PZ_T_VOID:
        return pz_murmur3_value(t, v, 42);
    default: return hash_long(v->i);
    }
}

int32_t
pz_scala_hash(const pz_type *t, const pz_value *v)
{
    if (v->null) return 0;
    switch (t->id) {
    case PZ_T_LONG: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_DT_INTERVAL: return scala_long(v->i);
    case PZ_T_TIME: return scala_long(v->i * 1000);
    case PZ_T_FLOAT: case PZ_T_DOUBLE:
        return pz_java_hash(t, v);
    default: return pz_java_hash(t, v);
    }
}

/* ---- Scala's mutable.HashSet: buckets in order of the low bits, inside one in order of the whole hash */

typedef struct placed { uint32_t hash, bucket; int at; } placed;

static int
by_place(const void *x, const void *y)
{
    const placed *a = x, *b = y;
    if (a->bucket != b->bucket) return a->bucket < b->bucket ? -1 : 1;
    if (a->hash != b->hash) return (int32_t)a->hash < (int32_t)b->hash ? -1 : 1;
    return a->at - b->at;
}

void
pz_scala_bucket_order(const pz_type *t, pz_value *items, int n, uint32_t buckets, pz_arena *a)
{
    placed *p = PZ_NEWN(a, placed, n + 1);
    pz_value *copy = PZ_NEWN(a, pz_value, n + 1);
    for (int i = 0; i < n; i++) {
        uint32_t h = (uint32_t)pz_scala_hash(t, &items[i]);
        h ^= h >> 16;
        p[i] = (placed){h, h & (buckets - 1), i};
    }
    qsort(p, (size_t)n, sizeof *p, by_place);
    memcpy(copy, items, sizeof *items * (size_t)n);
    for (int i = 0; i < n; i++) items[i] = copy[p[i].at];
}

/* Two partitions' sets are joined, and joining makes room for the second one only. */
void
pz_scala_set_order(const pz_type *t, pz_value *items, int n, int64_t rows, pz_arena *a)
{
    uint32_t buckets = 16;
    int64_t half = (rows + 1) / 2 < n ? (rows + 1) / 2 : n;
    while ((double)(half + 1) / 0.75 >= (double)buckets + 1) buckets *= 2;
    pz_scala_bucket_order(t, items, n, buckets, a);
}

/* ---- bags as sets */

static bool
same_value(const pz_type *t, const pz_value *a, const pz_value *b)
{
    return a->null == b->null && (a->null || pz_value_eq(t, a, b));
}

/* Values that are equal under a collation hash alike. */
static uint32_t
bag_hash(const pz_type *t, const pz_value *v)
{
    return pz_type_is_collated(t) ? (uint32_t)pz_equal_hash(t, v) : (uint32_t)pz_murmur3_value(t, v, 7);
}

int
pz_bag_find(pz_bag *b, pz_bag_index *ix, const pz_type *t, const pz_value *v, bool *is_new)
{
    uint32_t h, i;
    if (b->n * 2 >= ix->cap) {
        int cap = ix->cap ? ix->cap * 2 : 8;
        free(ix->slots);
        ix->slots = pz_must(malloc(sizeof(int) * (size_t)cap));
        ix->cap = cap;
        memset(ix->slots, -1, sizeof(int) * (size_t)cap);
        for (int k = 0; k < b->n; k++) {
            for (h = bag_hash(t, &b->items[k]); ix->slots[h & (uint32_t)(cap - 1)] >= 0; h++) continue;
            ix->slots[h & (uint32_t)(cap - 1)] = k;
        }
    }
    for (h = bag_hash(t, v);; h++) {
        i = h & (uint32_t)(ix->cap - 1);
        if (ix->slots[i] < 0) break;
        if (same_value(t, &b->items[ix->slots[i]], v)) {
            *is_new = false;
            return ix->slots[i];
        }
    }
    ix->slots[i] = b->n;
    pz_bag_add(b, t, v);
    *is_new = true;
    return b->n - 1;
}

/* ---- java.util.Random */

void
pz_java_random_init(pz_java_random *r, int64_t seed)
{
    r->seed = (seed ^ 0x5DEECE66DLL) & ((1LL << 48) - 1);
}

int32_t
pz_java_random_next(pz_java_random *r, int bits)
{
    r->seed = (int64_t)(((uint64_t)r->seed * 0x5DEECE66DULL + 0xB) & ((1ULL << 48) - 1));
    return (int32_t)(r->seed >> (48 - bits));
}

int32_t
pz_java_random_int(pz_java_random *r, int32_t bound)
{
    int32_t bits = pz_java_random_next(r, 31), v;
    if ((bound & (bound - 1)) == 0) return (int32_t)(((int64_t)bound * bits) >> 31);
    for (;; bits = pz_java_random_next(r, 31)) {
        v = bits % bound;
        if ((int64_t)bits - v + (bound - 1) <= INT32_MAX) return v;
    }
}

double
pz_java_random_double(pz_java_random *r)
{
    int64_t high = (int64_t)pz_java_random_next(r, 26) << 27;
    return (double)(high + pz_java_random_next(r, 27)) * 0x1.0p-53;
}

double
pz_agg_number(const pz_type *t, const pz_value *v)
{
    switch (t->id) {
    case PZ_T_FLOAT: case PZ_T_DOUBLE: return v->d;
    case PZ_T_DECIMAL: return pz_decimal_double(v->dec, t->scale);
    default: return (double)v->i;
    }
}

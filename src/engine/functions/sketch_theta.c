/*
 * engine/functions/sketch_theta.c - theta sketches and tuple sketches: distinct counts, with a number per key in tuples.
 *
 * In: values, or sketches as binaries.  Out: compact sketches, estimates.  A sketch keeps the 2^lgK smallest hashes; theta is the bound
 * below which it knows all.  Things start in the tables at the end.
 */
#include "sketch.h"

#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- hashing */

static uint64_t
rotl(uint64_t x, int r)
{
    return x << r | x >> (64 - r);
}

static uint64_t
mix(uint64_t h)
{
    h = (h ^ h >> 33) * 0xff51afd7ed558ccdULL;
    h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53ULL;
    return h ^ h >> 33;
}

void
pz_murmur3_128(const void *data, size_t n, uint64_t seed, uint64_t out[2])
{
    const uint64_t c1 = 0x87c37b91114253d5ULL, c2 = 0x4cf5ad432745937fULL;
    const unsigned char *p = data;
    uint64_t h1 = seed, h2 = seed, k[2];
    size_t left = n;
    for (; left >= 16; left -= 16, p += 16) {
        memcpy(k, p, 16);
        h1 = (rotl(h1 ^ rotl(k[0] * c1, 31) * c2, 27) + h2) * 5 + 0x52dce729;
        h2 = (rotl(h2 ^ rotl(k[1] * c2, 33) * c1, 31) + h1) * 5 + 0x38495ab5;
    }
    if (left) {
        k[0] = k[1] = 0;
        memcpy(k, p, left);
        if (left > 8)
            h2 ^= rotl(k[1] * c2, 33) * c1;
        h1 ^= rotl(k[0] * c1, 31) * c2;
    }
    h1 ^= n;
    h2 ^= n;
    h1 += h2;
    h2 += h1;
    h1 = mix(h1);
    h2 = mix(h2);
    out[0] = h1 + h2;
    out[1] = out[0] + h2;
}

bool
pz_sketch_hash(pz_fn_ctx *c, const pz_type *t, const pz_value *v, uint64_t out[2])
{
    if (v->null)
        return false;
    if (pz_type_is_integral(t) || t->id == PZ_T_DATE || t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ) {
        pz_murmur3_128(&v->i, 8, PZ_SKETCH_SEED, out);
        return true;
    }
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE) {
        double d = v->d == 0 ? 0 : v->d;
        uint64_t bits;
        memcpy(&bits, &d, 8);
        bits = isnan(d) ? 0x7ff8000000000000ULL : bits;
        pz_murmur3_128(&bits, 8, PZ_SKETCH_SEED, out);
        return true;
    }
    if (t->id != PZ_T_ARRAY) {
        pz_murmur3_128(v->s.ptr, v->s.len, PZ_SKETCH_SEED, out);
        return v->s.len > 0;
    }
    size_t size = t->element->id == PZ_T_LONG ? 8 : 4;
    char *p = room(c, (size_t)v->list.n * size);
    for (int i = 0; i < v->list.n; i++) {
        int64_t x = v->list.items[i].null ? 0 : v->list.items[i].i;
        memcpy(p + (size_t)i * size, &x, size);
    }
    pz_murmur3_128(p, (size_t)v->list.n * size, PZ_SKETCH_SEED, out);
    return v->list.n > 0;
}

/* ---------------------------------------------------------------- sets of hashes */

#define MAX_THETA 0x7fffffffffffffffULL

typedef enum mode { SUM, MIN_OF, MAX_OF, ALWAYS_ONE } mode;
typedef struct entry { uint64_t hash; double value; } entry;
typedef struct set {                           /* sorted by hash, distinct, all below theta */
    entry *at;
    int n;
    uint64_t theta;
    bool empty;                                /* nothing was ever added */
} set;

static mode
mode_of(const pz_value *v)
{
    return pz_str_ieqc(v->s, "min") ? MIN_OF : pz_str_ieqc(v->s, "max") ? MAX_OF : pz_str_ieqc(v->s, "alwaysone") ? ALWAYS_ONE : SUM;
}

static double
merged(mode m, double a, double b, bool whole)
{
    switch (m) {
    case SUM: return whole ? (double)(int32_t)((int64_t)a + (int64_t)b) : a + b;
    case MIN_OF: return fmin(a, b);
    case MAX_OF: return fmax(a, b);
    default: return 1;
    }
}

static int
by_hash(const void *a, const void *b)
{
    uint64_t x = ((const entry *)a)->hash, y = ((const entry *)b)->hash;
    return x < y ? -1 : x > y;
}

/* Sort, merge equal hashes in order of arrival, cut to the k smallest. */
static void
settle(set *s, int k, mode m, bool whole)
{
    int n = 0;
    for (int i = 0; i < s->n; i++)             /* qsort is not stable: merging must not depend on order, and does not */
        if (s->at[i].hash < s->theta)
            s->at[n++] = s->at[i];
    s->n = n;
    qsort(s->at, (size_t)s->n, sizeof(entry), by_hash);
    n = 0;
    for (int i = 0; i < s->n; i++) {
        if (n && s->at[n - 1].hash == s->at[i].hash)
            s->at[n - 1].value = merged(m, s->at[n - 1].value, s->at[i].value, whole);
        else
            s->at[n++] = s->at[i];
    }
    s->n = n;
    if (s->n > k) {
        s->theta = s->at[k].hash;
        s->n = k;
    }
}

/* ---------------------------------------------------------------- bytes */

#define SEED_HASH 0x93CC
enum { FLAG_READ_ONLY = 2, FLAG_EMPTY = 4, FLAG_COMPACT = 8, FLAG_ORDERED = 16, FLAG_SINGLE = 32 };

static void
put(char *p, size_t *n, const void *from, size_t size)
{
    memcpy(p + *n, from, size);
    *n += size;
}

static void
put_head(char *p, size_t *n, int longs, int version, int family, int b3, int b4, int flags)
{
    const unsigned char head[8] = {(unsigned char)longs, (unsigned char)version, (unsigned char)family, (unsigned char)b3, (unsigned char)b4,
                                   (unsigned char)flags, SEED_HASH & 0xFF, SEED_HASH >> 8};
    put(p, n, head, 8);
    if (flags & FLAG_EMPTY && family == 3)
        p[*n - 2] = p[*n - 1] = 0;
}

/* Differences of the sorted hashes, each in the bits of the largest, most significant bit first. */
static void
put_packed(char *p, size_t *n, const set *s, int bits)
{
    uint64_t before = 0;
    size_t bit = 0;
    for (int i = 0; i < s->n; i++) {
        uint64_t d = s->at[i].hash - before;
        before = s->at[i].hash;
        for (int b = bits - 1; b >= 0; b--, bit++)
            if (d >> b & 1)
                p[*n + bit / 8] |= (char)(128 >> bit % 8);
    }
    *n += (bit + 7) / 8;
}

static pz_str
theta_bytes(pz_fn_ctx *c, const set *s)
{
    char *p = room(c, (size_t)s->n * 8 + 64);
    size_t n = 0;
    int flags = FLAG_READ_ONLY | FLAG_COMPACT | FLAG_ORDERED;
    bool exact = s->theta == MAX_THETA;
    if (s->n == 0 && exact) {
        put_head(p, &n, 1, 3, 3, 0, 0, flags | FLAG_EMPTY);
    } else if (s->n == 1 && exact) {
        put_head(p, &n, 1, 3, 3, 0, 0, flags | FLAG_SINGLE);
        put(p, &n, &s->at[0].hash, 8);
    } else if (s->n == 0) {
        uint32_t zero = 0;
        float one = 1;
        put_head(p, &n, 3, 3, 3, 0, 0, flags);
        put(p, &n, &zero, 4);
        put(p, &n, &one, 4);
        put(p, &n, &s->theta, 8);
    } else {
        uint64_t all = 0, before = 0;
        for (int i = 0; i < s->n; i++) {
            all |= s->at[i].hash - before;
            before = s->at[i].hash;
        }
        int bits = 64 - __builtin_clzll(all), count = s->n < 256 ? 1 : s->n < 65536 ? 2 : s->n < 1 << 24 ? 3 : 4;
        put_head(p, &n, exact ? 1 : 2, 4, 3, bits, count, flags);
        if (!exact)
            put(p, &n, &s->theta, 8);
        put(p, &n, &s->n, (size_t)count);
        put_packed(p, &n, s, bits);
    }
    return (pz_str){p, n};
}

static pz_str
tuple_bytes(pz_fn_ctx *c, const set *s, bool whole)
{
    size_t width = whole ? 5 : 9, n = 0;
    char *p = room(c, (size_t)s->n * (8 + width) + 32);
    bool exact = s->theta == MAX_THETA;
    int longs = !exact ? 3 : s->n > 1 ? 2 : 1;
    put_head(p, &n, longs, 3, 9, 1, 0, FLAG_READ_ONLY | FLAG_COMPACT | (s->n == 0 && exact ? FLAG_EMPTY : 0));
    if (longs > 1) {
        put(p, &n, &s->n, 4);
        n += 4;
    }
    if (longs > 2)
        put(p, &n, &s->theta, 8);
    for (int i = 0; i < s->n; i++) {
        int32_t v = (int32_t)s->at[i].value;
        put(p, &n, &s->at[i].hash, 8);
        put(p, &n, whole ? (const void *)&v : (const void *)&s->at[i].value, width - 1);
        n++;                                   /* the mode's ordinal: 0 */
    }
    return (pz_str){p, n};
}

static bool
read_packed(pz_fn_ctx *c, pz_str b, set *s)
{
    const unsigned char *p = (const unsigned char *)b.ptr;
    int bits = p[3], count = p[4], longs = p[0];
    size_t at = 8;
    if (longs > 1) {
        if (b.len < 16)
            return false;
        s->theta = le64(b.ptr + 8);
        at = 16;
    }
    if (count < 1 || count > 4 || b.len < at + (size_t)count || bits < 1 || bits > 63)
        return false;
    memcpy(&s->n, p + at, (size_t)count);
    at += (size_t)count;
    if (s->n < 0 || (b.len - at) * 8 < (size_t)s->n * (size_t)bits)
        return false;
    s->at = PZ_NEWN(c->scratch, entry, s->n + 1);
    uint64_t before = 0;
    size_t bit = at * 8;
    for (int i = 0; i < s->n; i++) {
        uint64_t d = 0;
        for (int k = 0; k < bits; k++, bit++)
            d = d << 1 | (p[bit / 8] >> (7 - bit % 8) & 1);
        before += d;
        s->at[i].hash = before;
    }
    return true;
}

static bool
read_theta(pz_fn_ctx *c, pz_str b, set *s)
{
    const unsigned char *p = (const unsigned char *)b.ptr;
    *s = (set){.theta = MAX_THETA};
    if (b.len < 8 || p[2] < 1 || p[2] > 3 || (p[1] != 3 && p[1] != 4))
        return false;
    s->empty = p[5] & FLAG_EMPTY;
    if (s->empty)
        return true;
    if (p[1] == 4)
        return read_packed(c, b, s);
    int longs = p[0] & 63;
    size_t at = (size_t)longs * 8;
    s->n = longs == 1 ? (p[5] & FLAG_SINGLE ? 1 : 0) : (int)le32(b.ptr + 8);
    if (b.len < at || (longs > 2 && b.len < 24) || s->n < 0 || (b.len - at) / 8 < (size_t)s->n)
        return false;
    if (longs > 2)
        s->theta = le64(b.ptr + 16);
    s->at = PZ_NEWN(c->scratch, entry, s->n + 1);
    for (int i = 0; i < s->n; i++)
        s->at[i].hash = le64(b.ptr + at + (size_t)i * 8);
    qsort(s->at, (size_t)s->n, sizeof(entry), by_hash);
    return true;
}

static bool
read_tuple(pz_fn_ctx *c, pz_str b, set *s, bool whole)
{
    const unsigned char *p = (const unsigned char *)b.ptr;
    size_t width = whole ? 5 : 9;
    *s = (set){.theta = MAX_THETA};
    if (b.len < 8 || p[2] != 9)
        return false;
    int longs = p[0] & 63;
    size_t at = (size_t)longs * 8;
    s->empty = p[5] & FLAG_EMPTY;
    if (s->empty)
        return true;
    s->n = longs == 1 ? 1 : b.len < 12 ? -1 : (int)le32(b.ptr + 8);
    if (s->n < 0 || longs > 3 || b.len < at || (b.len - at) / (8 + width) < (size_t)s->n)
        return false;
    if (longs > 2)
        s->theta = le64(b.ptr + 16);
    s->at = PZ_NEWN(c->scratch, entry, s->n + 1);
    for (int i = 0; i < s->n; i++, at += 8 + width) {
        s->at[i].hash = le64(b.ptr + at);
        if (whole)
            s->at[i].value = (int32_t)le32(b.ptr + at + 8);
        else
            memcpy(&s->at[i].value, b.ptr + at + 8, 8);
    }
    qsort(s->at, (size_t)s->n, sizeof(entry), by_hash);
    return true;
}

/* ---------------------------------------------------------------- which function this is: by its name */

static bool
is_tuple(const pz_fn_ctx *c)
{
    return pz_str_starts(c->site->name, "tuple_");
}

static bool
is_whole(const pz_fn_ctx *c)
{
    return pz_str_ends(c->site->name, "_integer");
}

static bool
other_is_theta(const pz_fn_ctx *c)
{
    return !is_tuple(c) || pz_str_ends(c->site->name, "_theta_double") || pz_str_ends(c->site->name, "_theta_integer");
}

static pz_status
read_set(pz_fn_ctx *c, pz_str b, bool tuple, set *s)
{
    if (tuple ? read_tuple(c, b, s, is_whole(c)) : read_theta(c, b, s))
        return PZ_OK;
    return bad_sketch(c, tuple ? PZ_ERR_TUPLE_INVALID_INPUT_SKETCH_BUFFER : PZ_ERR_THETA_INVALID_INPUT_SKETCH_BUFFER);
}

static pz_status
give_set(pz_fn_ctx *c, const set *s, pz_value *out)
{
    return give_str(out, is_tuple(c) ? tuple_bytes(c, s, is_whole(c)) : theta_bytes(c, s));
}

static double
estimate(const set *s)
{
    return s->theta == MAX_THETA ? s->n : s->n / ((double)s->theta / 0x1.0p63);
}

/* What a key of a theta sketch counts for in a tuple sketch. */
static void
fill(set *s, mode m)
{
    for (int i = 0; i < s->n; i++)
        s->at[i].value = m == SUM ? 0 : m == MIN_OF ? INT32_MAX : m == MAX_OF ? INT32_MIN : 1;
}

PZ_FN(fn_estimate)
{
    set s;
    PZ_TRY(read_set(c, args[0].s, is_tuple(c), &s));
    return is_tuple(c) ? give_double(out, estimate(&s)) : give_int(out, (int64_t)floor(estimate(&s) + 0.5));
}

PZ_FN(fn_tuple_theta)
{
    set s;
    PZ_TRY(read_set(c, args[0].s, true, &s));
    return give_double(out, s.theta == MAX_THETA ? 1.0 : (double)s.theta / 0x1.0p63);
}

PZ_FN(fn_tuple_summary)
{
    set s;
    mode m = mode_of(&args[1]);
    PZ_TRY(read_set(c, args[0].s, true, &s));
    double v = m == SUM || s.n == 0 ? 0 : m == ALWAYS_ONE ? s.n : s.at[0].value;
    for (int i = 0; i < s.n && m != ALWAYS_ONE; i++)
        v = m == SUM ? v + s.at[i].value : merged(m, v, s.at[i].value, false);
    return is_whole(c) ? give_int(out, (int64_t)v) : give_double(out, v);
}

/* union(a, b, lgK, [mode]) */
PZ_FN(fn_union)
{
    set a, b, r;
    mode m = is_tuple(c) ? mode_of(&args[3]) : SUM;
    PZ_TRY(read_set(c, args[0].s, is_tuple(c), &a));
    PZ_TRY(read_set(c, args[1].s, !other_is_theta(c), &b));
    if (is_tuple(c) && other_is_theta(c))
        fill(&b, m);
    r = (set){.at = PZ_NEWN(c->scratch, entry, a.n + b.n + 1), .n = a.n + b.n, .theta = a.theta < b.theta ? a.theta : b.theta};
    memcpy(r.at, a.at, (size_t)a.n * sizeof(entry));
    memcpy(r.at + a.n, b.at, (size_t)b.n * sizeof(entry));
    settle(&r, 1 << args[2].i, m, is_whole(c));
    return give_set(c, &r, out);
}

static void
intersect(pz_fn_ctx *c, const set *a, const set *b, mode m, set *r)
{
    *r = (set){.at = PZ_NEWN(c->scratch, entry, a->n + 1), .theta = a->theta < b->theta ? a->theta : b->theta};
    for (int i = 0, j = 0; i < a->n; i++) {
        while (j < b->n && b->at[j].hash < a->at[i].hash)
            j++;
        if (j < b->n && b->at[j].hash == a->at[i].hash && a->at[i].hash < r->theta)
            r->at[r->n++] = (entry){a->at[i].hash, merged(m, a->at[i].value, b->at[j].value, is_whole(c))};
    }
}

/* intersection(a, b, [mode]) */
PZ_FN(fn_intersection)
{
    set a, b, r;
    mode m = is_tuple(c) ? mode_of(&args[2]) : SUM;
    PZ_TRY(read_set(c, args[0].s, is_tuple(c), &a));
    PZ_TRY(read_set(c, args[1].s, !other_is_theta(c), &b));
    if (is_tuple(c) && other_is_theta(c))
        fill(&b, m);
    intersect(c, &a, &b, m, &r);
    return give_set(c, &r, out);
}

PZ_FN(fn_difference)
{
    set a, b, r;
    PZ_TRY(read_set(c, args[0].s, is_tuple(c), &a));
    PZ_TRY(read_set(c, args[1].s, !other_is_theta(c), &b));
    r = (set){.at = PZ_NEWN(c->scratch, entry, a.n + 1), .theta = a.theta < b.theta ? a.theta : b.theta};
    for (int i = 0, j = 0; i < a.n; i++) {
        while (j < b.n && b.at[j].hash < a.at[i].hash)
            j++;
        if ((j == b.n || b.at[j].hash != a.at[i].hash) && a.at[i].hash < r.theta)
            r.at[r.n++] = a.at[i];
    }
    return give_set(c, &r, out);
}

/* ---------------------------------------------------------------- aggregates */

typedef struct state {
    entry *at;                                 /* unordered until settled */
    int n, cap, lgk;
    mode m;
    bool seen;                                 /* for intersections: some sketch came */
    uint64_t theta;
} state;

static void
push(state *s, uint64_t hash, double value, bool whole)
{
    if (hash >= s->theta || hash == 0)
        return;
    if (s->n == s->cap) {
        set all = {.at = s->at, .n = s->n, .theta = s->theta};
        if (s->cap)
            settle(&all, 1 << s->lgk, s->m, whole);
        s->n = all.n;
        s->theta = all.theta;
        if (s->n * 2 >= s->cap) {
            s->cap = s->cap ? s->cap * 2 : 16;
            s->at = realloc(s->at, (size_t)s->cap * sizeof(entry));
            pz_assert(s->at);
        }
        if (hash >= s->theta)
            return;
    }
    s->at[s->n++] = (entry){hash, value};
}

static void
start(state *s, int lgk, mode m)
{
    if (s->lgk)
        return;
    s->lgk = lgk;
    s->m = m;
    s->theta = MAX_THETA;
}

/* theta_sketch_agg(x, lgK), tuple_sketch_agg(key, number, lgK, mode) */
static pz_status
update_sketch(pz_fn_ctx *c, void *st, const pz_value *args)
{
    bool tuple = is_tuple(c);
    state *s = st;
    uint64_t h[2];
    start(s, (int)args[tuple ? 2 : 1].i, tuple ? mode_of(&args[3]) : SUM);
    if ((tuple && args[1].null) || !pz_sketch_hash(c, c->site->arg_types[0], &args[0], h))
        return PZ_OK;
    double v = !tuple ? 0 : s->m == ALWAYS_ONE ? 1 : is_whole(c) ? (double)args[1].i : args[1].d;
    push(s, h[0] >> 1, v, is_whole(c));
    return PZ_OK;
}

static void
add_set(state *s, const set *x, bool whole)
{
    if (x->theta < s->theta)
        s->theta = x->theta;
    for (int i = 0; i < x->n; i++)
        push(s, x->at[i].hash, x->at[i].value, whole);
}

/* union_agg(sketch, lgK, [mode]) */
static pz_status
update_union(pz_fn_ctx *c, void *st, const pz_value *args)
{
    state *s = st;
    set x;
    if (args[0].null)
        return PZ_OK;
    start(s, (int)args[1].i, is_tuple(c) ? mode_of(&args[2]) : SUM);
    PZ_TRY(read_set(c, args[0].s, is_tuple(c), &x));
    add_set(s, &x, is_whole(c));
    return PZ_OK;
}

static void
keep(state *s, const set *x)
{
    free(s->at);
    s->n = s->cap = x->n;
    s->theta = x->theta;
    s->at = calloc((size_t)x->n + 1, sizeof(entry));
    pz_assert(s->at);
    memcpy(s->at, x->at, (size_t)x->n * sizeof(entry));
    s->seen = true;
}

static void
meet(pz_fn_ctx *c, state *s, const set *x)
{
    set mine = {.at = s->at, .n = s->n, .theta = s->theta}, r;
    if (!s->seen) {
        keep(s, x);
        return;
    }
    intersect(c, &mine, x, s->m, &r);
    keep(s, &r);
}

/* intersection_agg(sketch, [mode]) */
static pz_status
update_intersection(pz_fn_ctx *c, void *st, const pz_value *args)
{
    state *s = st;
    set x;
    if (args[0].null)
        return PZ_OK;
    start(s, 26, is_tuple(c) ? mode_of(&args[1]) : SUM);
    PZ_TRY(read_set(c, args[0].s, is_tuple(c), &x));
    meet(c, s, &x);
    return PZ_OK;
}

static pz_status
combine_union(pz_fn_ctx *c, void *into, const void *from)
{
    const state *f = from;
    set x = {.at = f->at, .n = f->n, .theta = f->theta};
    if (!f->lgk)
        return PZ_OK;
    start(into, f->lgk, f->m);
    add_set(into, &x, is_whole(c));
    return PZ_OK;
}

static pz_status
combine_intersection(pz_fn_ctx *c, void *into, const void *from)
{
    const state *f = from;
    set x = {.at = f->at, .n = f->n, .theta = f->theta};
    if (!f->seen)
        return PZ_OK;
    start(into, f->lgk, f->m);
    meet(c, into, &x);
    return PZ_OK;
}

static pz_status
finish(pz_fn_ctx *c, void *st, pz_value *out)
{
    state *s = st;
    set x = {.at = s->at, .n = s->n, .theta = s->lgk ? s->theta : MAX_THETA};
    if (s->lgk)
        settle(&x, 1 << s->lgk, s->m, is_whole(c));
    s->n = x.n;
    s->theta = x.theta;
    return give_set(c, &x, out);
}

static void
destroy(void *st)
{
    free(((state *)st)->at);
}

static const pz_value_fn_def defs[] = {
    {.name = "sketch_difference", .call = fn_difference},       {.name = "sketch_estimate", .call = fn_estimate},
    {.name = "sketch_intersection", .call = fn_intersection},   {.name = "sketch_union", .call = fn_union},
    {.name = "tuple_sketch_summary", .call = fn_tuple_summary}, {.name = "tuple_sketch_theta", .call = fn_tuple_theta},
};
#define COMMON .state_size = sizeof(state), .finish = finish, .destroy = destroy, .takes_nulls = true
static const pz_value_agg_def aggs[] = {
    {.name = "sketch_agg", .update = update_sketch, .combine = combine_union, COMMON},
    {.name = "sketch_intersection_agg", .update = update_intersection, .combine = combine_intersection, COMMON},
    {.name = "sketch_union_agg", .update = update_union, .combine = combine_union, COMMON},
};
const pz_fn_family pz_family_theta = {"theta", defs, (int)PZ_COUNTOF(defs), aggs, (int)PZ_COUNTOF(aggs)};

/*
 * engine/functions/top_k.c - approx_top_k and its parts: how often the most frequent values occur.
 *
 * In: values of any one type, or sketches.  Out: arrays of (item, count), or sketches as structs in the layout of DataSketches' ItemsSketch.
 * Values are counted in an open-addressed table; when it may not grow any more, the median count is taken off all of them and those left
 * without count go.  Values of equal count come in the order that table and walk give them in the reference, so hash, probing and walk are
 * its own.  Things start in the tables at the end.
 */
#include "fn_util.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define MIN_LG 3
#define SAMPLE 1024
#define ARRIVALS 256                           /* values whose order is kept, see finish() */

typedef struct table {
    const pz_type *type;
    int lg, max_lg, active;
    pz_value *keys;
    int64_t *counts;
    uint16_t *drift;                           /* 0: free; else 1 + distance from the place the hash gives */
    int64_t offset, weight, nulls;
} table;

typedef struct top {
    pz_arena *arena;                           /* items live here */
    table t;
    int max;
    pz_value *arrivals;
    int narrivals;                             /* -1: too many came */
    pz_str items;                              /* the type that the first sketch combined names; not set: none was */
} top;

/* ---- the table */

static void
open_table(table *t, const pz_type *type, int lg, int max_lg)
{
    size_t n = (size_t)1 << lg;
    t->type = type;
    t->lg = lg;
    t->max_lg = max_lg;
    t->active = 0;
    t->keys = malloc(n * sizeof(pz_value));
    t->counts = malloc(n * sizeof(int64_t));
    t->drift = calloc(n, sizeof(uint16_t));
    pz_assert(t->keys && t->counts && t->drift);
}

static void
close_table(table *t)
{
    free(t->keys);
    free(t->counts);
    free(t->drift);
}

static int
long_hash(int64_t v)
{
    return v == (int32_t)v ? (int)v : (int)((uint64_t)v ^ (uint64_t)v >> 32);
}

static int
double_bits_hash(double d)
{
    int64_t bits;
    d = d != d ? NAN : d;
    memcpy(&bits, &d, 8);
    return (int)((uint64_t)bits ^ (uint64_t)bits >> 32);
}

static int
float_bits(float f)
{
    int bits;
    memcpy(&bits, &f, 4);
    return bits;
}

static int
text_hash(pz_str s)
{
    uint32_t h = 0, cp;
    for (size_t i = 0; i < s.len; i += (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &cp)) {
        pz_utf8_decode(s.ptr + i, s.len - i, &cp);
        if (cp < 0x10000) {
            h = 31 * h + cp;
        } else {
            h = 31 * h + (0xD7C0 + (cp >> 10));
            h = 31 * h + (0xDC00 + (cp & 0x3FF));
        }
    }
    return (int)h;
}

static int
big_hash(__int128 v)
{
    uint32_t h = 0;
    unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
    for (int i = 96; i >= 0; i -= 32)
        if (u >> i)
            h = 31 * h + (uint32_t)(u >> i);
    return v < 0 ? -(int)h : (int)h;
}

/* Scala's BigDecimal.hashCode: equal numbers hash alike, whatever they are. */
static int
decimal_hash(__int128 v, int scale)
{
    while (scale > 0 && v % 10 == 0) {
        v /= 10;
        scale--;
    }
    if (scale == 0)
        return v == (int64_t)v ? long_hash((int64_t)v) : big_hash(v);
    if (v < 1000000000000000 && v > -1000000000000000) {
        double d = (double)(int64_t)v, p = 1;
        for (int i = 0; i < scale; i++)
            p *= 10;
        d /= p;
        return (double)(float)d == d ? float_bits((float)d) : double_bits_hash(d);
    }
    uint32_t k = (uint32_t)scale * 0xcc9e2d51u;
    k = (k << 15 | k >> 17) * 0x1b873593u;
    return (int)(k ^ (uint32_t)big_hash(v));
}

static uint32_t
place_of(const table *t, const pz_value *v)
{
    int h;
    switch (t->type->id) {
    case PZ_T_BOOLEAN: h = v->b ? 1231 : 1237; break;
    case PZ_T_FLOAT: h = float_bits((float)v->d); break;
    case PZ_T_DOUBLE: h = double_bits_hash(v->d); break;
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY:
        h = t->type->collation.len ? (int)pz_collate_hash(t->type->collation, v->s) : text_hash(v->s);
        break;
    case PZ_T_DECIMAL: h = decimal_hash(v->dec, t->type->scale); break;
    case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_DATE: h = (int)v->i; break;
    default: h = (int)((uint64_t)v->i ^ (uint64_t)v->i >> 32);
    }
    uint64_t k = (uint64_t)(int64_t)h;
    k ^= k >> 33;
    k *= 0xff51afd7ed558ccdULL;
    k ^= k >> 33;
    k *= 0xc4ceb9fe1a85ec53ULL;
    k ^= k >> 33;
    return (uint32_t)k & (uint32_t)((1u << t->lg) - 1);
}

/* The value must outlive the table, or `keep` must say where it can be copied to. */
static void
put(table *t, const pz_value *v, int64_t count, pz_arena *keep)
{
    uint32_t mask = (1u << t->lg) - 1, at = place_of(t, v);
    uint16_t drift = 1;
    for (; t->drift[at] && !pz_value_eq(t->type, &t->keys[at], v); drift++)
        at = (at + 1) & mask;
    if (t->drift[at]) {
        t->counts[at] += count;
        return;
    }
    t->keys[at] = keep ? pz_value_copy(keep, t->type, v) : *v;
    t->counts[at] = count;
    t->drift[at] = drift;
    t->active++;
}

static void
remove_at(table *t, uint32_t hole)
{
    uint32_t mask = (1u << t->lg) - 1, at = (hole + 1) & mask;
    t->drift[hole] = 0;
    for (uint16_t d = 1; t->drift[at]; at = (at + 1) & mask, d++)
        if (t->drift[at] > d) {
            t->keys[hole] = t->keys[at];
            t->counts[hole] = t->counts[at];
            t->drift[hole] = (uint16_t)(t->drift[at] - d);
            t->drift[at] = 0;
            d = 0;
            hole = at;
        }
}

static int
by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Takes the median count off every value and drops those that have none left. */
static void
purge(table *t)
{
    int64_t sample[SAMPLE];
    uint32_t len = 1u << t->lg, first = len - 1;
    int want = (int)((3u << t->max_lg) / 4), n = 0;
    want = want < SAMPLE ? want : SAMPLE;
    want = want < t->active ? want : t->active;
    for (uint32_t i = 0; n < want; i++)
        if (t->drift[i])
            sample[n++] = t->counts[i];
    qsort(sample, (size_t)n, sizeof sample[0], by_number);
    int64_t median = sample[n / 2];
    for (uint32_t i = 0; i < len; i++)
        if (t->drift[i])
            t->counts[i] -= median;
    while (t->drift[first])
        first--;
    for (uint32_t i = first; i-- > 0;)
        if (t->drift[i] && t->counts[i] <= 0) {
            remove_at(t, i);
            t->active--;
        }
    for (uint32_t i = len; i-- > first;)
        if (t->drift[i] && t->counts[i] <= 0) {
            remove_at(t, i);
            t->active--;
        }
    t->offset += median;
}

static void
add(table *t, const pz_value *v, int64_t count, pz_arena *keep)
{
    if (v->null) {
        t->nulls += count;
        return;
    }
    t->weight += count;
    put(t, v, count, keep);
    if (t->active <= (int)((3u << t->lg) / 4))
        return;
    if (t->lg >= t->max_lg) {
        purge(t);
        return;
    }
    table old = *t;
    open_table(t, old.type, old.lg + 1, old.max_lg);
    for (uint32_t i = 0; i < 1u << old.lg; i++)
        if (old.drift[i])
            put(t, &old.keys[i], old.counts[i], NULL);
    close_table(&old);
}

typedef struct walk { const table *t; uint32_t at, step; int left; } walk;

static walk
walk_of(const table *t)
{
    uint32_t step = (uint32_t)(int)((double)(1 << t->lg) * 0.6180339887498949) | 1;
    return (walk){t, 0 - step, step, t->active};
}

static int
next(walk *w)
{
    if (w->left-- <= 0)
        return -1;
    do
        w->at = (w->at + w->step) & ((1u << w->t->lg) - 1);
    while (!w->t->drift[w->at]);
    return (int)w->at;
}

static void
merge(table *t, const table *x, pz_arena *keep)
{
    int64_t weight = t->weight + x->weight;
    t->nulls += x->nulls;
    if (x->active == 0)
        return;
    walk w = walk_of(x);
    for (int i; (i = next(&w)) >= 0;)
        add(t, &x->keys[i], x->counts[i], keep);
    t->offset += x->offset;
    t->weight = weight;
}

/* The table as it is after a trip through its bytes. */
static void
reload(const table *x, table *out)
{
    *out = (table){.nulls = x->nulls};
    open_table(out, x->type, x->active ? x->lg : MIN_LG, x->max_lg);
    for (uint32_t i = 0; i < 1u << x->lg; i++)
        if (x->drift[i])
            add(out, &x->keys[i], x->counts[i], NULL);
    out->offset = x->active ? x->offset : 0;
    out->weight = x->active ? x->weight : 0;
}

static int
lg_for(int max)
{
    int lg = MIN_LG;
    while (lg < 26 && (double)((int64_t)1 << lg) < ceil(max / 0.75))
        lg++;
    return lg;
}

static void
start(top *s, const pz_type *t, int max)
{
    if (s->arena)
        return;
    s->arena = pz_arena_open();
    s->max = max;
    open_table(&s->t, t, MIN_LG, lg_for(max));
}

/* ---- answers: array<struct<item, count>> */

typedef struct ranked { const pz_value *item; int64_t count; int at; } ranked;

static int
by_count(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : x->at - y->at;
}

/* Values that surely occur more often than the error; NULL comes after others of its count. */
static pz_status
give_top(pz_fn_ctx *c, const table *t, int k, pz_value *out)
{
    static const pz_value null = {.null = true};
    ranked *all = PZ_NEWN(c->scratch, ranked, t->active + 1);
    int n = 0;
    walk w = walk_of(t);
    for (int i; (i = next(&w)) >= 0;)
        if (t->counts[i] >= t->offset) {
            all[n] = (ranked){&t->keys[i], t->counts[i] + t->offset, n};
            n++;
        }
    if (t->nulls) {
        all[n] = (ranked){&null, t->nulls, n};
        n++;
    }
    qsort(all, (size_t)n, sizeof(ranked), by_count);
    n = n < k ? n : k;
    pz_value *items = PZ_NEWN(c->scratch, pz_value, n + 1);
    for (int i = 0; i < n; i++) {
        pz_value *pair = PZ_NEWN(c->scratch, pz_value, 2);
        pair[0] = all[i].item->null ? *all[i].item : pz_value_copy(c->scratch, t->type, all[i].item);
        pair[1] = (pz_value){.i = all[i].count};
        items[i] = (pz_value){.list = {pair, 2}};
    }
    *out = (pz_value){.list = {items, n}};
    return PZ_OK;
}

/* ---- bytes: a header of four words, counts, items, count of NULLs */

/* Bytes an item takes; 0: a length comes first, -1: a bit. */
static int
width_of(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BOOLEAN: return -1;
    case PZ_T_BYTE: return 1;
    case PZ_T_SHORT: return 2;
    case PZ_T_INT: case PZ_T_DATE: case PZ_T_FLOAT: return 4;
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY: return 0;
    case PZ_T_DECIMAL: return t->precision <= 9 ? 4 : t->precision <= 18 ? 8 : 0;
    default: return 8;
    }
}

/* The mark that goes before narrow numbers; 0: none does. */
static char
mark_of(const pz_type *t)
{
    switch (width_of(t)) {
    case 1: return 2;
    case 2: return 3;
    case 4: return t->id == PZ_T_FLOAT ? 6 : 9;
    default: return 0;
    }
}

static void
put_big(pz_buf *b, __int128 v)
{
    char bytes[16];
    int n = 1;
    while (n < 16 && v >> (8 * n - 1) != 0 && v >> (8 * n - 1) != -1)
        n++;
    for (int i = 0; i < n; i++)
        bytes[i] = (char)(v >> (8 * (n - 1 - i)));
    pz_buf_add(b, &n, 4);
    pz_buf_add(b, bytes, (size_t)n);
}

static void
put_item(pz_buf *b, const pz_type *t, const pz_value *v)
{
    int w = width_of(t);
    float f = (float)v->d;
    if (mark_of(t))
        pz_buf_putc(b, mark_of(t));
    if (t->id == PZ_T_DECIMAL) {
        int64_t i = (int64_t)v->dec;
        if (w)
            pz_buf_add(b, &i, (size_t)w);
        else
            put_big(b, v->dec);
    } else if (w == 0) {
        uint32_t n = (uint32_t)v->s.len;
        pz_buf_add(b, &n, 4);
        pz_buf_str(b, v->s);
    } else if (t->id == PZ_T_FLOAT) {
        pz_buf_add(b, &f, 4);
    } else if (t->id == PZ_T_DOUBLE) {
        pz_buf_add(b, &v->d, 8);
    } else {
        pz_buf_add(b, &v->i, (size_t)w);
    }
}

static bool
take(pz_str *s, void *to, size_t n)
{
    if (s->len < n)
        return false;
    memcpy(to, s->ptr, n);
    *s = (pz_str){s->ptr + n, s->len - n};
    return true;
}

static bool
get_item(pz_str *s, const pz_type *t, pz_value *out)
{
    int w = width_of(t);
    char mark;
    float f;
    uint32_t n = 0;
    int64_t i = 0;
    *out = (pz_value){0};
    if (mark_of(t) && !take(s, &mark, 1))
        return false;
    if (w == 0) {
        if (!take(s, &n, 4) || s->len < n)
            return false;
        if (t->id == PZ_T_DECIMAL)
            for (uint32_t j = 0; j < n; j++)
                out->dec = j ? out->dec << 8 | (unsigned char)s->ptr[j] : (signed char)s->ptr[j];
        else
            out->s = (pz_str){s->ptr, n};
        *s = (pz_str){s->ptr + n, s->len - n};
        return true;
    }
    if (t->id == PZ_T_FLOAT) {
        bool ok = take(s, &f, 4);
        out->d = ok ? f : 0;
        return ok;
    }
    if (t->id == PZ_T_DOUBLE)
        return take(s, &out->d, 8);
    if (!take(s, &i, (size_t)w))
        return false;
    i = w < 8 ? (int64_t)((uint64_t)i << (64 - 8 * w)) >> (64 - 8 * w) : i;
    if (t->id == PZ_T_DECIMAL)
        out->dec = i;
    else
        out->i = i;
    return true;
}

static pz_str
to_bytes(pz_fn_ctx *c, const table *t)
{
    pz_buf b;
    int64_t n = t->active;
    const unsigned char head[8] = {(unsigned char)(n ? 4 : 1), 1, 10, (unsigned char)t->max_lg, (unsigned char)t->lg, (unsigned char)(n ? 0 : 5), 0, 0};
    pz_buf_init(&b, 0);
    pz_buf_add(&b, head, 8);
    if (n) {
        pz_buf_add(&b, &n, 8);
        pz_buf_add(&b, &t->weight, 8);
        pz_buf_add(&b, &t->offset, 8);
    }
    for (uint32_t i = 0; i < 1u << t->lg; i++)
        if (t->drift[i])
            pz_buf_add(&b, &t->counts[i], 8);
    unsigned bits = 0;
    int nbits = 0;
    for (uint32_t i = 0; i < 1u << t->lg; i++) {
        if (!t->drift[i])
            continue;
        if (t->type->id == PZ_T_BOOLEAN)
            bits |= (unsigned)t->keys[i].b << nbits++;
        else
            put_item(&b, t->type, &t->keys[i]);
    }
    if (nbits)
        pz_buf_putc(&b, (char)bits);
    for (int i = 56; i >= 0; i -= 8)
        pz_buf_putc(&b, (char)(t->nulls >> i));
    pz_str out = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return out;
}

/* Opens a table on the bytes; its items point into them. */
static pz_status
from_bytes(pz_fn_ctx *c, pz_str b, const pz_type *type, table *out)
{
    int64_t n = 0, weight = 0, offset = 0, count;
    unsigned char head[8];
    bool ok = take(&b, head, 8) && head[2] == 10 && head[3] <= 26 && head[4] <= head[3] && head[4] >= MIN_LG;
    *out = (table){0};
    if (ok && head[0] == 4)
        ok = take(&b, &n, 8) && take(&b, &weight, 8) && take(&b, &offset, 8) && n >= 0 && (uint64_t)n <= b.len / 8;
    if (!ok)
        return pz_raise_internal(c->err, "not a sketch of approx_top_k");
    open_table(out, type, head[4], head[3]);
    pz_str counts = {b.ptr, (size_t)n * 8};
    b = (pz_str){b.ptr + n * 8, b.len - (size_t)n * 8};
    pz_str bits = b;
    for (int64_t i = 0; i < n && ok; i++) {
        pz_value v = {0};
        ok = take(&counts, &count, 8);
        if (!ok)
            break;
        if (type->id == PZ_T_BOOLEAN) {
            ok = bits.len > 0;
            v.b = ok && bits.ptr[0] >> i & 1;
        } else {
            ok = get_item(&b, type, &v);
        }
        if (ok)
            add(out, &v, count, NULL);
    }
    if (n && type->id == PZ_T_BOOLEAN && b.len)
        b = (pz_str){b.ptr + 1, b.len - 1};
    if (!ok || b.len < 8) {
        close_table(out);
        return pz_raise_internal(c->err, "not a sketch of approx_top_k");
    }
    for (int i = 0; i < 8; i++)
        out->nulls = out->nulls << 8 | (unsigned char)b.ptr[i];
    out->weight = weight;
    out->offset = offset;
    return PZ_OK;
}

/* ---- functions */

/* approx_top_k_estimate(sketch, k) */
PZ_FN(fn_estimate)
{
    table t;
    int64_t max = args[0].list.items[1].i;
    if (args[1].i > max)
        return pz_raise(c->err, PZ_ERR_APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K, PZ_NO_ORIGIN, "maxItemsTracked",
                        pz_strf(c->scratch, "%" PRId64, max).ptr, "k", pz_strf(c->scratch, "%" PRId64, args[1].i).ptr, NULL);
    PZ_TRY(from_bytes(c, args[0].list.items[0].s, c->site->arg_types[0]->fields[2].type, &t));
    pz_status done = give_top(c, &t, (int)args[1].i, out);
    close_table(&t);
    return done;
}

static void
arrive(top *s, const pz_value *v)
{
    if (s->narrivals == ARRIVALS)
        s->narrivals = -1;
    if (s->narrivals >= 0) {
        if (!s->arrivals)
            s->arrivals = PZ_NEWN(s->arena, pz_value, ARRIVALS);
        s->arrivals[s->narrivals++] = v->null ? *v : pz_value_copy(s->arena, s->t.type, v);
    }
    add(&s->t, v, 1, s->arena);
}

/* approx_top_k(x, k, max), approx_top_k_accumulate(x, max): the last argument is the limit. */
static pz_status
update(pz_fn_ctx *c, void *st, const pz_value *args)
{
    top *s = st;
    start(s, c->site->arg_types[0], (int)args[c->site->nargs - 1].i);
    arrive(s, &args[0]);
    return PZ_OK;
}

static pz_status
sizes_differ(pz_fn_ctx *c, int a, int64_t b)
{
    return pz_raise(c->err, PZ_ERR_APPROX_TOP_K_SKETCH_SIZE_NOT_MATCH, PZ_NO_ORIGIN, "size1", pz_strf(c->scratch, "%d", a).ptr, "size2",
                    pz_strf(c->scratch, "%" PRId64, b).ptr, NULL);
}

/* The type of the items as a sketch names it: `item INT NOT NULL`. */
static pz_str
item_type(pz_str ddl)
{
    static const char head[] = "item ", tail[] = " NOT NULL";
    if (pz_str_starts(ddl, head)) ddl = (pz_str){ddl.ptr + strlen(head), ddl.len - strlen(head)};
    if (pz_str_ends(ddl, tail)) ddl.len -= strlen(tail);
    return ddl;
}

static pz_status
same_items(pz_fn_ctx *c, top *s, pz_str ddl)
{
    pz_str have = item_type(s->items), other = item_type(ddl);
    if (!s->items.ptr) s->items = pz_dup(s->arena, ddl);
    if (!have.ptr || pz_str_eq(have, other)) return PZ_OK;
    return pz_raise(c->err, PZ_ERR_APPROX_TOP_K_SKETCH_TYPE_NOT_MATCH, PZ_NO_ORIGIN, "type1", pz_strf(c->scratch, "\"" PZ_FMT "\"", PZ_ARG(have)).ptr,
                    "type2", pz_strf(c->scratch, "\"" PZ_FMT "\"", PZ_ARG(other)).ptr, NULL);
}

static pz_status
update_combine(pz_fn_ctx *c, void *st, const pz_value *args)
{
    top *s = st;
    table x;
    if (args[0].null)
        return PZ_OK;
    int64_t max = args[1].i > 0 ? args[1].i : args[0].list.items[1].i;
    start(s, c->site->arg_types[0]->fields[2].type, (int)max);
    if (max != s->max)
        return sizes_differ(c, s->max, max);
    s->narrivals = -1;
    PZ_TRY(same_items(c, s, args[0].list.items[3].s));
    PZ_TRY(from_bytes(c, args[0].list.items[0].s, s->t.type, &x));
    merge(&s->t, &x, s->arena);
    close_table(&x);
    return PZ_OK;
}

static pz_status
combine(pz_fn_ctx *c, void *into, const void *from)
{
    const top *x = from;
    top *s = into;
    if (!x->arena)
        return PZ_OK;
    if (!s->arena && x->narrivals > 0) {
        start(s, x->t.type, x->max);
        for (int i = 0; i < x->narrivals; i++)
            arrive(s, &x->arrivals[i]);
        return PZ_OK;
    }
    start(s, x->t.type, x->max);
    if (s->max != x->max)
        return sizes_differ(c, s->max, x->max);
    if (x->items.ptr) PZ_TRY(same_items(c, s, x->items));
    s->narrivals = -1;
    merge(&s->t, &x->t, s->arena);
    return PZ_OK;
}

/*
 * The reference counts the rows in two halves and merges the bytes of both.  With few rows that is done here too, so that values of equal
 * count come out in its order.
 */
static void
settle(const top *s, table *out)
{
    table part[2] = {{0}}, again;
    int n = s->narrivals > 0 ? s->narrivals : 0;
    if (n == 0) {
        reload(&s->t, out);
        return;
    }
    *out = (table){0};
    open_table(out, s->t.type, MIN_LG, s->t.max_lg);
    for (int i = 0; i < 2; i++) {
        open_table(&part[i], s->t.type, MIN_LG, s->t.max_lg);
        for (int j = i ? n / 2 : 0; j < (i ? n : n / 2); j++)
            add(&part[i], &s->arrivals[j], 1, NULL);
        reload(&part[i], &again);
        merge(out, &again, NULL);
        close_table(&again);
        close_table(&part[i]);
    }
}

static pz_status
finish_top(pz_fn_ctx *c, void *st, pz_value *out)
{
    const pz_value *k = &c->site->const_args[1];
    table t;
    start(st, c->site->arg_types[0], 10000);
    settle(st, &t);
    pz_status done = give_top(c, &t, c->site->is_const[1] && !k->null ? (int)k->i : 5, out);
    close_table(&t);
    return done;
}

/* struct<sketch, maxItemsTracked, itemDataType, itemDataTypeDDL> */
static pz_status
finish_sketch(pz_fn_ctx *c, void *st, pz_value *out)
{
    top *s = st;
    pz_value *f = PZ_NEWN(c->scratch, pz_value, 4);
    const pz_type *type = c->site->result->fields[2].type;
    const pz_value *max = &c->site->const_args[1];
    table t;
    start(s, type, c->site->is_const[1] && !max->null && max->i > 0 ? (int)max->i : 10000);
    settle(s, &t);
    f[0] = (pz_value){.s = to_bytes(c, &t)};
    f[1] = (pz_value){.i = s->max};
    f[2] = (pz_value){.null = true};
    f[3] = (pz_value){.s = pz_strf(c->scratch, "item " PZ_FMT " NOT NULL", PZ_ARG(pz_type_sql(type, c->scratch)))};
    close_table(&t);
    *out = (pz_value){.list = {f, 4}};
    return PZ_OK;
}

static void
destroy(void *st)
{
    top *s = st;
    close_table(&s->t);
    pz_arena_close(s->arena);
}

/* Nothing to make, but with it the site keeps its constant arguments. */
static pz_status
want_constants(pz_call_site *site, pz_error *err)
{
    (void)site, (void)err;
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "approx_top_k_estimate", .call = fn_estimate},
};
#define COMMON .state_size = sizeof(top), .combine = combine, .destroy = destroy, .prepare = want_constants, .takes_nulls = true
static const pz_value_agg_def aggs[] = {
    {.name = "approx_top_k", .update = update, .finish = finish_top, COMMON},
    {.name = "approx_top_k_accumulate", .update = update, .finish = finish_sketch, COMMON},
    {.name = "approx_top_k_combine", .update = update_combine, .finish = finish_sketch, COMMON},
};
const pz_fn_family pz_family_top_k = {"top_k", defs, (int)PZ_COUNTOF(defs), aggs, (int)PZ_COUNTOF(aggs)};

/*
 * engine/functions/agg_count.c - approx_count_distinct (HyperLogLog++), count_min_sketch and the bitmap aggregates.
 *
 * In: values of any type; binary bitmaps.  Out: an estimate, bytes in Spark's layout.  Things start in the table at the end.
 */
#include "agg_util.h"

#include <math.h>
#include <stdlib.h>

/* ---- HyperLogLog++ */

typedef struct pair { double estimate, bias; } pair;
#define PRECISION(p) static const pair bias_##p[] = {
#define END };
#include "../../../tables/hll_bias.def"
#undef PRECISION
#undef END

#define ROW(p) {bias_##p, (int)PZ_COUNTOF(bias_##p)}
static const struct { const pair *pairs; int n; } biases[] = {ROW(4), ROW(5), ROW(6), ROW(7), ROW(8), ROW(9), ROW(10), ROW(11),
                                                             ROW(12), ROW(13), ROW(14), ROW(15), ROW(16), ROW(17), ROW(18)};
static const int linear_up_to[] = {10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000};

/* The first few ranks stand in the state itself (register, rank): registers would cost 512 bytes for every group. */
enum { FEW = 6, FEW_UP_TO = 18 };
typedef struct rank_at { uint32_t at; uint32_t rank; } rank_at;
typedef struct hll { uint8_t *registers; int p, nfew; rank_at few[FEW]; } hll;

static void
hll_put(hll *h, uint32_t at, uint32_t rank)
{
    if (!h->registers && h->p <= FEW_UP_TO) {
        for (int i = 0; i < h->nfew; i++)
            if (h->few[i].at == at) {
                if (h->few[i].rank < rank) h->few[i].rank = rank;
                return;
            }
        if (h->nfew < FEW) {
            h->few[h->nfew++] = (rank_at){at, rank};
            return;
        }
    }
    if (!h->registers) {
        h->registers = pz_must(calloc((size_t)1 << h->p, 1));
        for (int i = 0; i < h->nfew; i++) h->registers[h->few[i].at] = (uint8_t)h->few[i].rank;
        h->nfew = 0;
    }
    if (h->registers[at] < rank) h->registers[at] = (uint8_t)rank;
}

PZ_AGG_UPDATE(hll_update)
{
    hll *h = state;
    const pz_type *t = c->site->arg_types[0];
    double rsd = c->site->nargs > 1 ? args[1].d : 0.05;
    uint64_t x, w;
    if (args[0].null) return PZ_OK;
    if (!h->p) h->p = (int)ceil(2.0 * log(1.106 / rsd) / log(2.0));
    if (t->id == PZ_T_STRING && t->collation.len) {            /* equal texts count once */
        pz_value key = {0};
        if (!pz_collate_key(t->collation, args[0].s, c->scratch, &key.s)) return PZ_OK;
        x = (uint64_t)pz_xxhash64_value(&pz_t_binary, &key, 42);
    } else x = (uint64_t)pz_xxhash64_value(t, &args[0], 42);
    w = x << h->p | 1ULL << (h->p - 1);
    hll_put(h, (uint32_t)(x >> (64 - h->p)), (uint32_t)__builtin_clzll(w) + 1);
    return PZ_OK;
}

PZ_AGG_COMBINE(hll_combine)
{
    hll *to = state;
    const hll *h = from;
    PZ_UNUSED(c);
    if (h->p) to->p = h->p;
    for (int i = 0; i < h->nfew; i++) hll_put(to, h->few[i].at, h->few[i].rank);
    for (uint32_t i = 0; h->registers && i < (uint32_t)1 << h->p; i++)
        if (h->registers[i]) hll_put(to, i, h->registers[i]);
    return PZ_OK;
}

/* Mean bias of the six known estimates nearest to e. */
static double
bias_of(int p, double e)
{
    const pair *t = biases[p - 4].pairs;
    int n = biases[p - 4].n, lo = 0, hi = n, from, to;
    double sum = 0;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (t[mid].estimate < e) lo = mid + 1;
        else hi = mid;
    }
    from = lo - 6 + 1 > 0 ? lo - 6 + 1 : 0;
    to = from + 6 < n ? from + 6 : n;
    while (to < n && fabs(t[to].estimate - e) < fabs(t[from].estimate - e)) {
        from++;
        to++;
    }
    for (int i = from; i < to; i++) sum += t[i].bias;
    return sum / (to - from);
}

PZ_AGG_FINISH(hll_finish)
{
    const hll *h = state;
    double m, alpha, sum = 0, e, corrected, linear;
    int64_t zeros = 0;
    PZ_UNUSED(c);
    if (!h->p) return give_int(out, 0);
    m = (double)(1 << h->p);
    if (!h->registers) return give_int(out, (int64_t)floor(m * log(m / (m - h->nfew)) + 0.5));  /* so few are always counted by what is empty */
    alpha = h->p == 4 ? 0.673 : h->p == 5 ? 0.697 : h->p == 6 ? 0.709 : 0.7213 / (1.0 + 1.079 / m);
    for (size_t i = 0; i < (size_t)1 << h->p; i++) {
        sum += 1.0 / (double)(1ULL << h->registers[i]);
        zeros += h->registers[i] == 0;
    }
    e = alpha * m * m / sum;
    corrected = h->p < 19 && e < 5.0 * m ? e - bias_of(h->p, e) : e;
    if (zeros > 0) {
        linear = m * log(m / (double)zeros);
        if ((h->p < 19 && linear <= linear_up_to[h->p - 4]) || e <= 2.5 * m) corrected = linear;
    }
    return give_int(out, (int64_t)floor(corrected + 0.5));
}

static void
hll_destroy(void *state)
{
    free(((hll *)state)->registers);
}

/* ---- count-min sketch */

typedef struct cms { int64_t total; int64_t *table; int depth, width; } cms;
typedef struct cms_plan { int depth, width; int64_t *factors; } cms_plan;

static pz_status
cms_prepare(pz_call_site *site, pz_error *err)
{
    cms_plan *p = PZ_NEW(site->arena, cms_plan);
    pz_java_random r;
    (void)err;
    if (site->nargs < 4 || !site->is_const[1] || !site->is_const[2] || !site->is_const[3]) return PZ_OK;
    p->width = (int)ceil(2 / site->const_args[1].d);
    p->depth = (int)ceil(-log1p(-site->const_args[2].d) / log(2));
    if (p->depth < 1) p->depth = 1;
    p->factors = PZ_NEWN(site->arena, int64_t, p->depth);
    pz_java_random_init(&r, (int32_t)site->const_args[3].i);
    for (int i = 0; i < p->depth; i++) p->factors[i] = pz_java_random_int(&r, INT32_MAX);
    site->state = p;
    return PZ_OK;
}

static const cms_plan *
cms_open(pz_fn_ctx *c, cms *s)
{
    const cms_plan *p = c->site->state;
    if (p && !s->table) {
        s->table = pz_must(calloc((size_t)p->depth * (size_t)p->width, sizeof *s->table));
        s->depth = p->depth;
        s->width = p->width;
    }
    return p;
}

static int
cms_bucket(const cms_plan *p, const pz_type *t, const pz_value *v, int row)
{
    if (pz_type_is_integral(t)) {
        int64_t h = (int64_t)((uint64_t)p->factors[row] * (uint64_t)v->i);
        h += h >> 32;
        return (int)((h & 0x7fffffff) % p->width);
    }
    int32_t one = pz_murmur3_bytes(v->s, 0), two = pz_murmur3_bytes(v->s, (uint32_t)one);
    int32_t h = (int32_t)((uint32_t)one + (uint32_t)row * (uint32_t)two) % p->width;
    return h < 0 ? -h : h;
}

PZ_AGG_UPDATE(cms_update)
{
    cms *s = state;
    const cms_plan *p = cms_open(c, s);
    if (!p) return pz_raise_internal(c->err, "count_min_sketch wants literals");
    for (int i = 0; i < p->depth; i++) s->table[(size_t)i * (size_t)p->width + (size_t)cms_bucket(p, c->site->arg_types[0], &args[0], i)]++;
    s->total++;
    return PZ_OK;
}

PZ_AGG_COMBINE(cms_combine)
{
    cms *to = state;
    const cms *s = from;
    if (!s->table || !cms_open(c, to)) return PZ_OK;
    for (size_t i = 0; i < (size_t)s->depth * (size_t)s->width; i++) to->table[i] += s->table[i];
    to->total += s->total;
    return PZ_OK;
}

static char *
put_big(char *p, int64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--) *p++ = (char)((uint64_t)v >> (8 * i));
    return p;
}

PZ_AGG_FINISH(cms_finish)
{
    cms *s = state;
    const cms_plan *p = cms_open(c, s);
    size_t cells, size;
    char *bytes, *at;
    if (!p) return pz_raise_internal(c->err, "count_min_sketch wants literals");
    cells = (size_t)p->depth * (size_t)p->width;
    size = 20 + 8 * (size_t)p->depth + 8 * cells;
    bytes = at = room(c, size);
    at = put_big(at, 1, 4);
    at = put_big(at, s->total, 8);
    at = put_big(at, p->depth, 4);
    at = put_big(at, p->width, 4);
    for (int i = 0; i < p->depth; i++) at = put_big(at, p->factors[i], 8);
    for (size_t i = 0; i < cells; i++) at = put_big(at, s->table[i], 8);
    return give_str(out, (pz_str){bytes, size});
}

static void
cms_destroy(void *state)
{
    free(((cms *)state)->table);
}

/* ---- bitmaps of 32768 bits */

enum { BITMAP_BYTES = 4096, BITMAP_BITS = 8 * BITMAP_BYTES };
typedef struct bitmap { unsigned char *bytes; } bitmap;

static unsigned char *
bits_of(bitmap *b, int fill)
{
    if (!b->bytes) {
        b->bytes = pz_must(malloc(BITMAP_BYTES));
        memset(b->bytes, fill, BITMAP_BYTES);
    }
    return b->bytes;
}

PZ_AGG_UPDATE(construct_update)
{
    int64_t bit = args[0].i;
    if (bit < 0 || bit >= BITMAP_BITS)
        return pz_raise(c->err, PZ_ERR_INVALID_BITMAP_POSITION, PZ_NO_ORIGIN, "bitPosition", pz_strf(c->scratch, "%lld", (long long)bit).ptr,
                        "bitmapNumBytes", "4096", "bitmapNumBits", "32768", NULL);
    bits_of(state, 0)[bit / 8] |= (unsigned char)(1 << bit % 8);
    return PZ_OK;
}

static pz_status
merge_or(void *state, const unsigned char *bytes, size_t n)
{
    unsigned char *to = bits_of(state, 0);
    for (size_t i = 0; i < n && i < BITMAP_BYTES; i++) to[i] |= bytes[i];
    return PZ_OK;
}

/* What a shorter bitmap lacks counts as zero. */
static pz_status
merge_and(void *state, const unsigned char *bytes, size_t n)
{
    unsigned char *to = bits_of(state, 0xff);
    for (size_t i = 0; i < BITMAP_BYTES; i++) to[i] &= i < n ? bytes[i] : 0;
    return PZ_OK;
}

PZ_AGG_UPDATE(or_update) { PZ_UNUSED(c); return merge_or(state, (const unsigned char *)args[0].s.ptr, args[0].s.len); }
PZ_AGG_UPDATE(and_update) { PZ_UNUSED(c); return merge_and(state, (const unsigned char *)args[0].s.ptr, args[0].s.len); }
PZ_AGG_COMBINE(or_combine) { const bitmap *b = from; PZ_UNUSED(c); return b->bytes ? merge_or(state, b->bytes, BITMAP_BYTES) : PZ_OK; }
PZ_AGG_COMBINE(and_combine) { const bitmap *b = from; PZ_UNUSED(c); return b->bytes ? merge_and(state, b->bytes, BITMAP_BYTES) : PZ_OK; }

static pz_status
bitmap_give(pz_fn_ctx *c, bitmap *b, int fill, pz_value *out)
{
    char *p = room(c, BITMAP_BYTES);
    memcpy(p, bits_of(b, fill), BITMAP_BYTES);
    return give_str(out, (pz_str){p, BITMAP_BYTES});
}
PZ_AGG_FINISH(or_finish) { return bitmap_give(c, state, 0, out); }
PZ_AGG_FINISH(and_finish) { return bitmap_give(c, state, 0xff, out); }

static void
bitmap_destroy(void *state)
{
    free(((bitmap *)state)->bytes);
}

static const pz_value_agg_def aggs[] = {
    {PZ_AGG("approx_count_distinct", hll, hll_update, hll_combine, hll_finish), .destroy = hll_destroy, .takes_nulls = true},
    {PZ_AGG("bitmap_and_agg", bitmap, and_update, and_combine, and_finish), .destroy = bitmap_destroy},
    {PZ_AGG("bitmap_construct_agg", bitmap, construct_update, or_combine, or_finish), .destroy = bitmap_destroy},
    {PZ_AGG("bitmap_or_agg", bitmap, or_update, or_combine, or_finish), .destroy = bitmap_destroy},
    {PZ_AGG("count_min_sketch", cms, cms_update, cms_combine, cms_finish), .destroy = cms_destroy, .prepare = cms_prepare},
};
const pz_fn_family pz_family_agg_count = {"agg_count", NULL, 0, aggs, (int)PZ_COUNTOF(aggs)};

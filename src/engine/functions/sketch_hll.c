/*
 * engine/functions/sketch_hll.c - HyperLogLog sketches: hll_sketch_agg, hll_union(_agg), hll_sketch_estimate.
 *
 * In: values, or sketches as binaries.  Out: sketches of eight bits a slot in the updatable layout, estimates.  A sketch begins as a list of coupons,
 * becomes a hash set of them, then an array of slots; while it is filled in one stream it counts by the historic inverse probability.
 * Things start in the tables at the end.
 */
#include "sketch.h"

#include <math.h>
#include <stdlib.h>

enum { LIST, SET, ARRAY };
#define LIST_SLOTS 8
#define KEY_BITS 26
#define KEY_MASK ((1u << KEY_BITS) - 1)

typedef struct hll {
    int lgk, mode;                             /* lgk 0: nothing yet */
    int count, lgarr;                          /* coupons and size of the table, in LIST and SET */
    uint32_t *coupons;
    uint8_t *slots;                            /* ARRAY: 2^lgk */
    double hip, kxq0, kxq1;
    bool merged;                               /* out of order: hip is no more to be trusted */
} hll;

static void
reset(hll *s, int lgk)
{
    *s = (hll){.lgk = lgk, .mode = LIST, .lgarr = 3};
    s->coupons = calloc(LIST_SLOTS, sizeof(uint32_t));
    pz_assert(s->coupons);
}

static void
release(hll *s)
{
    free(s->coupons);
    free(s->slots);
    s->coupons = NULL;
    s->slots = NULL;
}

/* Distinct values behind `count` distinct coupons: hardly more, for coupons hardly ever collide. */
static double
coupon_estimate(int count)
{
    return count * (1.0 + (count - 1) / 0x1.0p28);
}

static void
put_slot(hll *s, uint32_t coupon)
{
    uint32_t slot = coupon & ((1u << s->lgk) - 1);
    int old = s->slots[slot], value = (int)(coupon >> KEY_BITS);
    if (value <= old)
        return;
    s->hip += (double)(1 << s->lgk) / (s->kxq0 + s->kxq1);
    *(old < 32 ? &s->kxq0 : &s->kxq1) -= ldexp(1, -old);
    *(value < 32 ? &s->kxq0 : &s->kxq1) += ldexp(1, -value);
    s->slots[slot] = (uint8_t)value;
}

static void
to_array(hll *s)
{
    uint32_t *old = s->coupons;
    int size = s->mode == LIST ? LIST_SLOTS : 1 << s->lgarr, count = s->count;
    s->slots = calloc((size_t)1 << s->lgk, 1);
    pz_assert(s->slots);
    s->coupons = NULL;
    s->mode = ARRAY;
    s->hip = s->kxq1 = 0;
    s->kxq0 = 1 << s->lgk;
    for (int i = 0; i < size; i++)
        if (old[i])
            put_slot(s, old[i]);
    s->hip = coupon_estimate(count);
    free(old);
}

static bool
set_insert(uint32_t *table, int lg, uint32_t coupon)
{
    uint32_t mask = (1u << lg) - 1, at = coupon & mask, step = ((coupon & KEY_MASK) >> lg) | 1;
    while (table[at] && table[at] != coupon)
        at = (at + step) & mask;
    if (table[at])
        return false;
    table[at] = coupon;
    return true;
}

static void
to_set(hll *s, int lg)
{
    int size = s->mode == LIST ? LIST_SLOTS : 1 << s->lgarr;
    uint32_t *table = calloc((size_t)1 << lg, sizeof *table);
    pz_assert(table);
    for (int i = 0; i < size; i++)
        if (s->coupons[i])
            set_insert(table, lg, s->coupons[i]);
    free(s->coupons);
    s->coupons = table;
    s->lgarr = lg;
    s->mode = SET;
}

static void
add_coupon(hll *s, uint32_t coupon)
{
    if (s->mode == ARRAY) {
        put_slot(s, coupon);
        return;
    }
    if (s->mode == LIST) {
        for (int i = 0; i < s->count; i++)
            if (s->coupons[i] == coupon)
                return;
        s->coupons[s->count++] = coupon;
        if (s->count < LIST_SLOTS)
            return;
        if (s->lgk < 8)
            to_array(s);
        else
            to_set(s, 5);
        return;
    }
    if (!set_insert(s->coupons, s->lgarr, coupon))
        return;
    s->count++;
    if (4 * s->count <= 3 << s->lgarr)
        return;
    if (s->lgarr == s->lgk - 3)
        to_array(s);
    else
        to_set(s, s->lgarr + 1);
}

/* ---- bytes */

static pz_str
to_bytes(pz_fn_ctx *c, const hll *s)
{
    int longs = s->mode == LIST ? 2 : s->mode == SET ? 3 : 10;
    size_t size = s->mode == ARRAY ? 40 + ((size_t)1 << s->lgk) : (size_t)longs * 4 + (4u << (s->mode == LIST ? 3 : s->lgarr));
    char *p = room(c, size);
    memset(p, 0, size);
    bool empty = s->mode != ARRAY && s->count == 0;
    p[0] = (char)longs;
    p[1] = 1;
    p[2] = 7;
    p[3] = (char)s->lgk;
    p[4] = (char)(s->mode == ARRAY ? 0 : s->lgarr);
    p[5] = (char)((empty ? 4 : 0) | (s->mode == ARRAY && s->merged ? 16 : 0));
    p[6] = (char)(s->mode == LIST ? s->count : 0);
    p[7] = (char)(s->mode | 2 << 2);
    if (s->mode != ARRAY) {
        if (s->mode == SET)
            memcpy(p + 8, &s->count, 4);
        memcpy(p + longs * 4, s->coupons, size - (size_t)longs * 4);
        return (pz_str){p, size};
    }
    int zeros = 0;
    for (int i = 0; i < 1 << s->lgk; i++)
        zeros += s->slots[i] == 0;
    memcpy(p + 8, &s->hip, 8);
    memcpy(p + 16, &s->kxq0, 8);
    memcpy(p + 24, &s->kxq1, 8);
    memcpy(p + 32, &zeros, 4);
    memcpy(p + 40, s->slots, (size_t)1 << s->lgk);
    return (pz_str){p, size};
}

/* Own copy; only sketches with eight bits a slot once they are arrays. */
static bool
from_bytes(pz_str b, hll *s)
{
    const unsigned char *p = (const unsigned char *)b.ptr;
    if (b.len < 8 || p[1] != 1 || p[2] != 7 || p[3] < 4 || p[3] > 21)
        return false;
    int mode = p[7] & 3, lgarr = p[4];
    bool compact = p[5] & 8;
    *s = (hll){.lgk = p[3]};
    if (mode == ARRAY) {
        if ((p[7] >> 2 & 3) != 2 || b.len < 40 + ((size_t)1 << s->lgk))
            return false;
        s->mode = ARRAY;
        memcpy(&s->hip, p + 8, 8);
        memcpy(&s->kxq0, p + 16, 8);
        memcpy(&s->kxq1, p + 24, 8);
        s->merged = p[5] & 16;
        s->slots = malloc((size_t)1 << s->lgk);
        pz_assert(s->slots);
        memcpy(s->slots, p + 40, (size_t)1 << s->lgk);
        return true;
    }
    size_t head = mode == LIST ? 8 : 12;
    if (mode > ARRAY || b.len < head)
        return false;
    int lgk = s->lgk, count = mode == LIST ? p[6] : (int)le32(b.ptr + 8);
    size_t stored = p[5] & 4 ? 0 : compact ? (size_t)count : (size_t)1 << (mode == LIST ? 3 : lgarr);
    if (count < 0 || lgarr > 26 || (b.len - head) / 4 < stored)
        return false;
    reset(s, lgk);
    for (size_t i = 0; i < stored; i++) {
        uint32_t coupon = le32(b.ptr + head + 4 * i);
        if (coupon)
            add_coupon(s, coupon);
    }
    return true;
}

/* ---- merging */

static void
merge(hll *s, const hll *x)
{
    if (x->mode != ARRAY) {
        bool was_array = s->mode == ARRAY;
        for (int i = 0, n = x->mode == LIST ? LIST_SLOTS : 1 << x->lgarr; i < n; i++)
            if (x->coupons[i])
                add_coupon(s, x->coupons[i]);
        s->merged |= was_array && x->count;
        return;
    }
    int had = s->mode == ARRAY ? 1 : s->count;
    if (s->mode != ARRAY)
        to_array(s);
    if (!had && s->lgk == x->lgk) {            /* the first one keeps its history */
        memcpy(s->slots, x->slots, (size_t)1 << s->lgk);
        s->hip = x->hip;
        s->kxq0 = x->kxq0;
        s->kxq1 = x->kxq1;
        s->merged = x->merged;
        return;
    }
    for (uint32_t i = 0; i < 1u << x->lgk; i++)
        if (x->slots[i])
            put_slot(s, (uint32_t)x->slots[i] << KEY_BITS | (i & ((1u << s->lgk) - 1)));
    s->merged = true;
}

/* Without history: the harmonic mean, or the count of empty slots while many are. */
static double
composite(const hll *s)
{
    double k = 1 << s->lgk, raw = 0.7213 / (1 + 1.079 / k) * k * k / (s->kxq0 + s->kxq1);
    int zeros = 0;
    for (int i = 0; i < 1 << s->lgk; i++)
        zeros += s->slots[i] == 0;
    return zeros && raw < 3 * k ? k * log(k / zeros) : raw;
}

static double
estimate(const hll *s)
{
    return s->mode != ARRAY ? coupon_estimate(s->count) : s->merged ? composite(s) : s->hip;
}

static pz_status
different_sizes(pz_fn_ctx *c, int left, int right)
{
    return pz_raise(c->err, PZ_ERR_HLL_UNION_DIFFERENT_LG_K, PZ_NO_ORIGIN, "left", pz_strf(c->scratch, "%d", left).ptr, "right",
                    pz_strf(c->scratch, "%d", right).ptr, "function", backticked(c->scratch, c->site->name).ptr, NULL);
}

/* ---- functions */

PZ_FN(fn_estimate)
{
    hll s;
    if (!from_bytes(args[0].s, &s))
        return bad_sketch(c, PZ_ERR_HLL_INVALID_INPUT_SKETCH_BUFFER);
    give_int(out, (int64_t)floor(estimate(&s) + 0.5));
    release(&s);
    return PZ_OK;
}

/* hll_union(a, b, allow different sizes) */
PZ_FN(fn_union)
{
    hll a, b, r;
    if (!from_bytes(args[0].s, &a))
        return bad_sketch(c, PZ_ERR_HLL_INVALID_INPUT_SKETCH_BUFFER);
    if (!from_bytes(args[1].s, &b)) {
        release(&a);
        return bad_sketch(c, PZ_ERR_HLL_INVALID_INPUT_SKETCH_BUFFER);
    }
    pz_status done = a.lgk == b.lgk || args[2].b ? PZ_OK : different_sizes(c, a.lgk, b.lgk);
    if (done == PZ_OK) {
        reset(&r, a.lgk < b.lgk ? a.lgk : b.lgk);
        merge(&r, &a);
        merge(&r, &b);
        give_str(out, to_bytes(c, &r));
        release(&r);
    }
    release(&a);
    release(&b);
    return done;
}

static pz_status
update_sketch(pz_fn_ctx *c, void *st, const pz_value *args)
{
    hll *s = st;
    uint64_t h[2];
    if (!s->lgk)
        reset(s, (int)args[1].i);
    if (!pz_sketch_hash(c, c->site->arg_types[0], &args[0], h))
        return PZ_OK;
    int zeros = h[1] ? __builtin_clzll(h[1]) : 64;
    add_coupon(s, (uint32_t)((zeros > 62 ? 62 : zeros) + 1) << KEY_BITS | (uint32_t)(h[0] & KEY_MASK));
    return PZ_OK;
}

static pz_status
update_union(pz_fn_ctx *c, void *st, const pz_value *args)
{
    hll *s = st, x;
    if (args[0].null)
        return PZ_OK;
    if (!from_bytes(args[0].s, &x))
        return bad_sketch(c, PZ_ERR_HLL_INVALID_INPUT_SKETCH_BUFFER);
    pz_status done = PZ_OK;
    if (!s->lgk)
        reset(s, x.lgk);
    if (s->lgk != x.lgk && !args[1].b)
        done = different_sizes(c, s->lgk, x.lgk);
    else
        merge(s, &x);
    release(&x);
    return done;
}

static pz_status
combine(pz_fn_ctx *c, void *into, const void *from)
{
    hll *s = into;
    const hll *x = from;
    PZ_UNUSED(c);
    if (!x->lgk)
        return PZ_OK;
    if (!s->lgk)
        reset(s, x->lgk);
    merge(s, x);
    return PZ_OK;
}

static pz_status
finish(pz_fn_ctx *c, void *st, pz_value *out)
{
    hll *s = st;
    if (!s->lgk)
        reset(s, 12);
    return give_str(out, to_bytes(c, s));
}

static void
destroy(void *st)
{
    release(st);
}

static const pz_value_fn_def defs[] = {
    {.name = "hll_sketch_estimate", .call = fn_estimate},
    {.name = "hll_union", .call = fn_union},
};
#define COMMON .state_size = sizeof(hll), .combine = combine, .finish = finish, .destroy = destroy, .takes_nulls = true
static const pz_value_agg_def aggs[] = {
    {.name = "hll_sketch_agg", .update = update_sketch, COMMON},
    {.name = "hll_union_agg", .update = update_union, COMMON},
};
const pz_fn_family pz_family_hll = {"hll", defs, (int)PZ_COUNTOF(defs), aggs, (int)PZ_COUNTOF(aggs)};

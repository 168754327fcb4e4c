/*
 * engine/functions/random.c - rand, randn, uniform, randstr, uuid, shuffle: Spark's generators, so that a seed means the same numbers.
 *
 * In: a seed (constant).  Out: the next draw of a sequence.  A sequence belongs to one worker of one query (`local`); worker
 * n plays Spark's partition n.  Things start in the table at the end.
 */
#include "hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- XORShiftRandom */

/* Standard Murmur3 over the eight big-endian bytes of a number. */
static uint32_t
murmur3_eight(uint64_t v, uint32_t seed)
{
    uint32_t h = seed;
    for (int half = 0; half < 2; half++) {
        uint32_t k = __builtin_bswap32((uint32_t)(half ? v : v >> 32)) * 0xcc9e2d51U;
        k = (k << 15 | k >> 17) * 0x1b873593U;
        h ^= k;
        h = (h << 13 | h >> 19) * 5 + 0xe6546b64U;
    }
    h ^= 8;
    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return h ^ h >> 16;
}

void
pz_xorshift_init(pz_xorshift *r, int64_t seed)
{
    uint32_t low = murmur3_eight((uint64_t)seed, 0x3c074a61U), high = murmur3_eight((uint64_t)seed, low);
    *r = (pz_xorshift){.seed = (uint64_t)high << 32 | low};
}

int32_t
pz_xorshift_next(pz_xorshift *r, int bits)
{
    uint64_t s = r->seed;
    s ^= s << 21;
    s ^= s >> 35;
    s ^= s << 4;
    r->seed = s;
    return (int32_t)(s & (((uint64_t)1 << bits) - 1));
}

double
pz_xorshift_double(pz_xorshift *r)
{
    int64_t high = (int64_t)pz_xorshift_next(r, 26) << 27;
    return (double)(high + pz_xorshift_next(r, 27)) * 0x1.0p-53;
}

double
pz_xorshift_gaussian(pz_xorshift *r)
{
    if (r->has_gaussian) {
        r->has_gaussian = false;
        return r->next_gaussian;
    }
    double x, y, s;
    do {
        x = 2 * pz_xorshift_double(r) - 1;
        y = 2 * pz_xorshift_double(r) - 1;
        s = x * x + y * y;
    } while (s >= 1 || s == 0);
    double k = sqrt(-2 * log(s) / s);
    r->next_gaussian = y * k;
    r->has_gaussian = true;
    return x * k;
}

/* ---- Mersenne Twister, seeded by a long as commons-math does */

typedef struct twister { uint32_t mt[624]; int at; } twister;

static void
twister_init(twister *t, int64_t seed)
{
    uint32_t key[2] = {(uint32_t)((uint64_t)seed >> 32), (uint32_t)seed}, *m = t->mt;
    m[0] = 19650218U;
    for (int i = 1; i < 624; i++)
        m[i] = 1812433253U * (m[i - 1] ^ m[i - 1] >> 30) + (uint32_t)i;
    int i = 1, j = 0;
    for (int k = 624; k; k--) {
        m[i] = (m[i] ^ (m[i - 1] ^ m[i - 1] >> 30) * 1664525U) + key[j] + (uint32_t)j;
        if (++i >= 624) {
            m[0] = m[623];
            i = 1;
        }
        j = !j;
    }
    for (int k = 623; k; k--) {
        m[i] = (m[i] ^ (m[i - 1] ^ m[i - 1] >> 30) * 1566083941U) - (uint32_t)i;
        if (++i >= 624) {
            m[0] = m[623];
            i = 1;
        }
    }
    m[0] = 0x80000000U;
    t->at = 624;
}

static uint32_t
twister_next(twister *t)
{
    uint32_t *m = t->mt;
    if (t->at >= 624) {
        for (int k = 0; k < 624; k++) {
            uint32_t y = (m[k] & 0x80000000U) | (m[(k + 1) % 624] & 0x7fffffffU);
            m[k] = m[(k + 397) % 624] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfU : 0);
        }
        t->at = 0;
    }
    uint32_t y = m[t->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680U;
    y ^= y << 15 & 0xefc60000U;
    return y ^ y >> 18;
}

static uint64_t
twister_long(twister *t)
{
    uint64_t high = twister_next(t);
    return high << 32 | twister_next(t);
}

static int32_t
twister_int(twister *t, int32_t bound)
{
    if ((bound & -bound) == bound)
        return (int32_t)((int64_t)bound * (int32_t)(twister_next(t) >> 1) >> 31);
    int32_t bits, v;
    do {
        bits = (int32_t)(twister_next(t) >> 1);
        v = bits % bound;
    } while (bits - v > INT32_MAX - (bound - 1));
    return v;
}

/* ---- Well19937c, seeded by a long as commons-math does; and the seeds that java.util.Random gives one after the other */

typedef struct well { uint32_t v[624]; int at; } well;

static void
well_init(well *w, int64_t seed)
{
    w->v[0] = (uint32_t)((uint64_t)seed >> 32);
    w->v[1] = (uint32_t)seed;
    for (int i = 2; i < 624; i++) {
        int64_t l = (int32_t)w->v[i - 2];
        w->v[i] = (uint32_t)(1812433253LL * (l ^ l >> 30) + i);
    }
    w->at = 0;
}

static uint32_t
well_next(well *w)
{
    uint32_t *v = w->v;
    int i = w->at, before = (i + 623) % 624, second = (i + 622) % 624;
    uint32_t v0 = v[i], m1 = v[(i + 70) % 624], m2 = v[(i + 179) % 624], m3 = v[(i + 449) % 624];
    uint32_t z0 = (v[before] & 0x80000000U) ^ (v[second] & 0x7fffffffU), z1 = (v0 ^ v0 << 25) ^ (m1 ^ m1 >> 27), z2 = m2 >> 9 ^ (m3 ^ m3 >> 1), z3 = z1 ^ z2;
    uint32_t z4 = z0 ^ (z1 ^ z1 << 9) ^ (z2 ^ z2 << 21) ^ (z3 ^ z3 >> 21);
    v[i] = z3;
    v[before] = z4;
    v[second] &= 0x80000000U;
    w->at = before;
    z4 ^= z4 << 7 & 0xe46e1700U;
    return z4 ^ (z4 << 15 & 0x9b868000U);
}

static double
well_double(well *w)
{
    uint64_t high = (uint64_t)(well_next(w) >> 6) << 26;
    return (double)(high | well_next(w) >> 6) * 0x1.0p-52;
}

/* The n-th long of java.util.Random(seed). */
int64_t
pz_java_long(int64_t seed, int64_t n)
{
    const uint64_t mask = ((uint64_t)1 << 48) - 1;
    uint64_t s = ((uint64_t)seed ^ 0x5DEECE66DULL) & mask;
    int64_t out = 0;
    for (int64_t i = 0; i <= n; i++) {
        s = (s * 0x5DEECE66DULL + 11) & mask;
        out = (int64_t)((uint64_t)(int64_t)(int32_t)(s >> 16) << 32);
        s = (s * 0x5DEECE66DULL + 11) & mask;
        out += (int32_t)(s >> 16);
    }
    return out;
}

/* ---- sequences: one per worker; without a worker (tests, folding) one per call site */

typedef struct sequence {
    bool started;
    int64_t seed;
    int worker;
    int64_t row, part;                         /* where this call is in a small leaf, see seat() */
    pz_xorshift x;
    twister t;
    well w;
} sequence;

static void *
open_sequence(const pz_call_site *site, int worker)
{
    (void)site;
    sequence *s = calloc(1, sizeof *s);
    if (s)
        s->worker = worker;
    return s;
}

static pz_status
prepare_sequence(pz_call_site *site, pz_error *err)
{
    (void)err;
    site->state = PZ_NEW(site->arena, sequence);
    return PZ_OK;
}

/*
 * Over a small list or range two more arguments say how many rows it has and how many partitions Spark would cut it into.
 * Moves on by one row; true: the row begins another partition.
 */
static bool
seat(pz_fn_ctx *c, sequence *s, const pz_value *args, int usual)
{
    int64_t before = s->part;
    if (c->site->nargs != usual + 2 || s->worker)
        return false;
    while (s->part + 1 < args[usual + 1].i && s->row >= (s->part + 1) * args[usual].i / args[usual + 1].i)
        s->part++;
    s->row++;
    return s->part != before;
}

/* The seed is the last of the `usual` arguments.  NULL counts as 0; no seed at all is a new one for each sequence. */
static sequence *
sequence_of(pz_fn_ctx *c, const pz_value *args, int usual)
{
    sequence *s = c->local ? c->local : c->site->state;
    bool seeded = c->site->nargs >= usual, moved = seat(c, s, args, usual);
    int64_t wanted = !seeded ? s->seed : args[usual - 1].null ? 0 : args[usual - 1].i;
    if (!seeded && !s->started) {
        char text[37];
        pz_uuid_make(text);
        wanted = (int64_t)pz_hash_bytes(text, 36, (uint64_t)pz_now_micros());
    }
    if (!s->started || s->seed != wanted || moved) {
        s->started = true;
        s->seed = wanted;
        pz_xorshift_init(&s->x, wanted + s->worker + s->part);
        twister_init(&s->t, wanted + s->worker + s->part);
    }
    return s;
}

PZ_FN(fn_rand) { return give_double(out, pz_xorshift_double(&sequence_of(c, args, 1)->x)); }
PZ_FN(fn_randn) { return give_double(out, pz_xorshift_gaussian(&sequence_of(c, args, 1)->x)); }

/* uniform(min, max, seed): min + (max - min) * rand as doubles, then CAST to the result type. */
static double
as_double(const pz_type *t, const pz_value *v)
{
    if (t->id == PZ_T_DECIMAL) {
        char text[64];
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_decimal_text(&b, v->dec, t->scale);
        snprintf(text, sizeof text, PZ_FMT, PZ_ARG(pz_buf_view(&b)));
        pz_buf_free(&b);
        return strtod(text, NULL);
    }
    return t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE ? v->d : (double)v->i;
}

static pz_status
as_decimal(pz_fn_ctx *c, double d, pz_value *out)
{
    const pz_type *t = c->site->result;
    pz_buf b;
    __int128 u = 0;
    int precision = 0, scale = 0;
    pz_buf_init(&b, 0);
    pz_double_text(&b, d);
    bool good = pz_decimal_parse(pz_buf_view(&b), &u, &precision, &scale);
    pz_str text = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    for (; good && scale < t->scale; scale++)
        u *= 10;
    if (good && scale > t->scale) {
        __int128 unit = pz_pow10(scale - t->scale), rest = u % unit;
        u = u / unit + (2 * (rest < 0 ? -rest : rest) >= unit ? (u < 0 ? -1 : 1) : 0);
    }
    __int128 limit = pz_pow10(t->precision);
    if (!good || u >= limit || u <= -limit)
        return pz_raise(c->err, PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION, PZ_NO_ORIGIN, "value", text.ptr, "precision",
                        pz_strf(c->scratch, "%d", t->precision).ptr, "scale", pz_strf(c->scratch, "%d", t->scale).ptr, "config",
                        "\"spark.sql.ansi.enabled\"", NULL);
    *out = (pz_value){.dec = u};
    return PZ_OK;
}

PZ_FN(fn_uniform)
{
    if (args[0].null || args[1].null)
        return give_null(out);
    const pz_type *t = c->site->result;
    double low = as_double(c->site->arg_types[0], &args[0]), high = as_double(c->site->arg_types[1], &args[1]);
    double d = low + (high - low) * pz_xorshift_double(&sequence_of(c, args, 3)->x);
    if (t->id == PZ_T_DECIMAL)
        return as_decimal(c, d, out);
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE)
        return give_double(out, t->id == PZ_T_FLOAT ? (float)d : d);
    return give_int(out, d >= 0x1.0p63 ? INT64_MAX : d <= -0x1.0p63 ? INT64_MIN : (int64_t)d);
}

PZ_FN(fn_randstr)
{
    static const char chars[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t n = args[0].null || args[0].i < 0 ? 0 : (size_t)args[0].i;
    sequence *s = sequence_of(c, args, 2);
    char *p = room(c, n);
    for (size_t i = 0; i < n; i++) {
        int v = pz_xorshift_next(&s->x, 32) % 62;
        p[i] = chars[v < 0 ? -v : v];
    }
    return give_str(out, (pz_str){p, n});
}

/* uuid() is random; uuid(seed) is a sequence. */
PZ_FN(fn_uuid)
{
    if (c->site->nargs == 0) {
        char text[37];
        pz_uuid_make(text);
        return give_str(out, pz_dupc(c->scratch, text));
    }
    sequence *s = sequence_of(c, args, 1);
    uint64_t high = (twister_long(&s->t) & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;
    uint64_t low = (twister_long(&s->t) | 0x8000000000000000ULL) & 0xBFFFFFFFFFFFFFFFULL;
    return give_str(out, pz_strf(c->scratch, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xFFFF), (unsigned)(high & 0xFFFF),
                                 (unsigned)(low >> 48), (unsigned long long)(low & 0xFFFFFFFFFFFFULL)));
}

PZ_FN(fn_shuffle)
{
    if (args[0].null)
        return give_null(out);
    int n = args[0].list.n;
    sequence *s = sequence_of(c, args, 2);
    int *order = pz_alloc(c->scratch, (size_t)(n + 1) * sizeof(int));
    pz_value *items = PZ_NEWN(c->scratch, pz_value, n + 1);
    for (int i = 0; i < n; i++) {
        int j = twister_int(&s->t, i + 1);
        if (j != i)
            order[i] = order[j];
        order[j] = i;
    }
    for (int i = 0; i < n; i++)
        items[i] = args[0].list.items[order[i]];
    *out = (pz_value){.list = {items, n}};
    return PZ_OK;
}

/* poisson(mean, seed): how often a row is taken by sampling with replacement.  Each partition has a seed of its own. */
static int64_t
draw_poisson(well *w, double mean)
{
    double limit = exp(-mean), r = 1;
    int64_t n = 0;
    for (; (double)n < 1000 * mean; n++) {
        r *= well_double(w);
        if (r < limit) return n;
    }
    return n;
}

PZ_FN(fn_poisson)
{
    enum { LARGE = 40 };                       /* from there on as a sum, where Spark has another method */
    sequence *s = c->local ? c->local : c->site->state;
    bool moved = seat(c, s, args, 2);
    int64_t n = 0;
    double mean = args[0].d;
    if (!s->started || moved) {
        s->started = true;
        well_init(&s->w, pz_java_long(args[1].i, s->worker + s->part));
    }
    for (; mean >= LARGE; mean -= LARGE / 2) n += draw_poisson(&s->w, LARGE / 2);
    return give_int(out, n + (mean > 0 ? draw_poisson(&s->w, mean) : 0));
}

/* monotonically_increasing_id(): partition in the upper bits, row below. */
PZ_FN(fn_increasing_id)
{
    sequence *s = c->local ? c->local : c->site->state;
    if (seat(c, s, args, 0))
        s->seed = 0;
    return give_int(out, ((s->worker + s->part) << 33) + s->seed++);
}

PZ_FN(fn_partition_id)
{
    sequence *s = c->local ? c->local : c->site->state;
    seat(c, s, args, 0);
    return give_int(out, s->worker + s->part);
}

#define SEQUENCE .prepare = prepare_sequence, .open_local = open_sequence, .close_local = free, .takes_nulls = true, .is_volatile = true
static const pz_value_fn_def defs[] = {
    {.name = "monotonically_increasing_id", .call = fn_increasing_id, SEQUENCE},
    {.name = "poisson", .call = fn_poisson, SEQUENCE},
    {.name = "rand", .call = fn_rand, SEQUENCE},
    {.name = "randn", .call = fn_randn, SEQUENCE},
    {.name = "randstr", .call = fn_randstr, SEQUENCE},
    {.name = "shuffle", .call = fn_shuffle, SEQUENCE},
    {.name = "spark_partition_id", .call = fn_partition_id, SEQUENCE},
    {.name = "uniform", .call = fn_uniform, SEQUENCE},
    {.name = "uuid", .call = fn_uuid, SEQUENCE},
};
PZ_FAMILY(pz_family_random, defs);

/*
 * engine/functions/agg_stat.c - variances, skewness and kurtosis, percentile with frequencies, percentile_disc from the top, mode.
 *
 * In: numbers (percentile: any type that is a whole number or a double underneath), for mode any value.  Out: as Spark computes
 * them: central moments kept running, positions interpolated, ties of mode in the order of the JVM's open hash table.
 */
#include "agg_util.h"

#include <math.h>
#include <stdlib.h>

/* ---- sums and means of doubles in windows over few rows: added up one after the other, where the engine joins parts of frames */

typedef struct addends { double *at; int64_t n, cap; } addends;

static void
addends_put(addends *s, double x)
{
    s->at = pz_grow(s->at, s->n, &s->cap, sizeof *s->at);
    s->at[s->n++] = x;
}

PZ_AGG_UPDATE(addends_update)
{
    PZ_UNUSED(c);
    addends_put(state, args[0].d);
    return PZ_OK;
}

PZ_AGG_COMBINE(addends_combine)
{
    const addends *f = from;
    PZ_UNUSED(c);
    for (int64_t i = 0; i < f->n; i++) addends_put(state, f->at[i]);
    return PZ_OK;
}

static double
added_up(const addends *s)
{
    double sum = 0;
    for (int64_t i = 0; i < s->n; i++) sum += s->at[i];
    return sum;
}

#define FINISH_ADDENDS(name, what) \
    PZ_AGG_FINISH(name) \
    { \
        const addends *s = state; \
        PZ_UNUSED(c); \
        return s->n ? give_double(out, what) : give_null(out); \
    }
FINISH_ADDENDS(addends_sum, added_up(s))
FINISH_ADDENDS(addends_mean, added_up(s) / (double)s->n)

static void
addends_destroy(void *state)
{
    free(((addends *)state)->at);
}

/* ---- central moments up to the fourth; the first rows of a group are kept, because the last digits depend on Spark's two partitions */

enum { KEPT = 4096 };
typedef struct central { double n, mean, m2, m3, m4; } central;
typedef struct kept { double x; int64_t row; } kept;
typedef struct moments { kept *raw; int64_t nraw, cap, rows, ddof; central c; } moments;

static void
central_add(central *s, double x)
{
    double n = s->n + 1, d = x - s->mean, dn = d / n, d2 = d * d, dn2 = dn * dn;
    s->n = n;
    s->mean = s->mean + dn;
    s->m2 = s->m2 + d * (d - dn);
    s->m3 = s->m3 - 3.0 * dn * s->m2 + d * (d2 - dn2);
    s->m4 = s->m4 - 4.0 * dn * s->m3 - 6.0 * dn2 * s->m2 + d * (d * d2 - dn * dn2);
}

static void
central_join(central *a, const central *r)
{
    central l = *a;
    double n = l.n + r->n, d = r->mean - l.mean, dn = n == 0 ? 0 : d / n;
    a->n = n;
    a->mean = l.mean + dn * r->n;
    if (l.n * r->n == 0) d = dn = 0;           /* nothing to add, however far apart */
    a->m2 = l.m2 + r->m2 + d * dn * l.n * r->n;
    a->m3 = l.m3 + r->m3 + dn * dn * d * l.n * r->n * (l.n - r->n) + 3.0 * dn * (l.n * r->m2 - r->n * l.m2);
    a->m4 = l.m4 + r->m4 + dn * dn * dn * d * l.n * r->n * (l.n * l.n - l.n * r->n + r->n * r->n) +
            6.0 * dn * dn * (l.n * l.n * r->m2 + r->n * r->n * l.m2) + 4.0 * dn * (l.n * r->m3 - r->n * l.m3);
}

static void
moments_put(const pz_call_site *site, moments *s, double x, int64_t row)
{
    if (site->of_few_rows || (s->nraw < KEPT && s->c.n == 0 && !site->windowed)) {
        s->raw = pz_grow(s->raw, s->nraw, &s->cap, sizeof *s->raw);
        s->raw[s->nraw++] = (kept){x, row};
        return;
    }
    for (int64_t i = 0; i < s->nraw; i++) central_add(&s->c, s->raw[i].x);
    s->nraw = 0;
    central_add(&s->c, x);
}

/* Everything, kept rows as two partitions that are joined, or as the one of a window. */
static central
settled(const pz_call_site *site, const moments *s)
{
    central half[2] = {{0}}, all = {0};
    for (int64_t i = 0; i < s->nraw && site->windowed; i++) central_add(&all, s->raw[i].x);
    if (site->windowed) return s->c.n > 0 ? s->c : all;
    if (s->c.n > 0) half[0] = s->c;
    for (int64_t i = 0; i < s->nraw; i++) central_add(&half[s->raw[i].row >= s->rows / 2], s->raw[i].x);
    if (s->rows < 2 && s->c.n == 0) return half[1];            /* one row is one partition: nothing to join */
    central_join(&all, &half[0]);
    central_join(&all, &half[1]);
    return s->c.n > 0 && !s->nraw ? s->c : all;
}

PZ_AGG_UPDATE(moments_update)
{
    moments *s = state;
    if (!args[0].null) moments_put(c->site, s, args[0].d, s->rows);
    s->rows++;
    return PZ_OK;
}

/* with the degrees of freedom that are taken off */
PZ_AGG_UPDATE(spread_update)
{
    ((moments *)state)->ddof = args[1].i;
    return moments_update(c, state, args);
}

PZ_AGG_COMBINE(moments_combine)
{
    moments *s = state;
    const moments *f = from;
    if (f->rows) s->ddof = f->ddof;
    for (int64_t i = 0; i < f->nraw; i++) moments_put(c->site, s, f->raw[i].x, s->rows + f->raw[i].row);
    s->rows += f->rows;
    if (f->c.n == 0) return PZ_OK;
    for (int64_t i = 0; i < s->nraw; i++) central_add(&s->c, s->raw[i].x);
    s->nraw = 0;
    central_join(&s->c, &f->c);
    return PZ_OK;
}

#define FINISH(name, least, what) \
    PZ_AGG_FINISH(name) \
    { \
        const central s = settled(c->site, state); \
        return s.n < (least) ? give_null(out) : what; \
    }
FINISH(skewness_finish, 1, s.m2 == 0 ? give_null(out) : give_double(out, sqrt(s.n) * s.m3 / sqrt(s.m2 * s.m2 * s.m2)))
FINISH(kurtosis_finish, 1, s.m2 == 0 ? give_null(out) : give_double(out, s.n * s.m4 / (s.m2 * s.m2) - 3.0))
FINISH(var_pop, 1, give_double(out, s.m2 / s.n))
FINISH(var_samp, 2, give_double(out, s.m2 / (s.n - 1.0)))
FINISH(stddev_pop, 1, give_double(out, sqrt(s.m2 / s.n)))
FINISH(stddev_samp, 2, give_double(out, sqrt(s.m2 / (s.n - 1.0))))
/* A division by zero is NaN where it is usually NULL. */
FINISH(skewness_or_nan, 1, give_double(out, s.m2 == 0 ? NAN : sqrt(s.n) * s.m3 / sqrt(s.m2 * s.m2 * s.m2)))
FINISH(kurtosis_or_nan, 1, give_double(out, s.m2 == 0 ? NAN : s.n * s.m4 / (s.m2 * s.m2) - 3.0))
FINISH(var_samp_or_nan, 1, give_double(out, s.n == 1 ? NAN : s.m2 / (s.n - 1.0)))
FINISH(stddev_samp_or_nan, 1, give_double(out, s.n == 1 ? NAN : sqrt(s.m2 / (s.n - 1.0))))

/* pandas: a choice of freedom; what is as good as zero is zero. */
#define FINISH_DDOF(name, what) \
    PZ_AGG_FINISH(name) \
    { \
        const central s = settled(c->site, state); \
        const double left = s.n - (double)((const moments *)state)->ddof; \
        PZ_UNUSED(c); \
        return s.n == 0 || left == 0 ? give_null(out) : what; \
    }
FINISH_DDOF(pandas_variance, give_double(out, s.m2 / left))
FINISH_DDOF(pandas_stddev, give_double(out, sqrt(s.m2 / left)))

static double
or_zero(double x)
{
    return fabs(x) < 1e-14 ? 0 : x;
}

static double
pandas_skew(const central *s)
{
    double m2 = or_zero(s->m2), m3 = or_zero(s->m3);
    return m2 == 0 ? 0 : sqrt(s->n - 1.0) * (s->n / (s->n - 2.0)) * m3 / sqrt(m2 * m2 * m2);
}

static double
pandas_kurt(const central *s)
{
    double n = s->n, off = (n - 1.0) / (n - 2.0) * ((n - 1.0) / (n - 3.0)) * 3.0;
    double above = or_zero(n * (n + 1.0) * (n - 1.0) * s->m4), below = or_zero((n - 2.0) * (n - 3.0) * s->m2 * s->m2);
    return below == 0 ? 0 : above / below - off;
}
FINISH(pandas_skewness, 3, give_double(out, pandas_skew(&s)))
FINISH(pandas_kurtosis, 4, give_double(out, pandas_kurt(&s)))

static void
moments_destroy(void *state)
{
    free(((moments *)state)->raw);
}

/* ---- percentile(x, p, frequency) */

typedef struct weighted { double x; int64_t n; } weighted;
typedef struct points {
    weighted *at;
    int64_t n, cap;
    double *wanted;                            /* percentages */
    int nwanted;
    bool weighs;                               /* some point counts more than once */
} points;

static void
keep_wanted(points *s, const pz_type *t, const pz_value *p)
{
    int n = t->id == PZ_T_ARRAY ? p->list.n : 1;
    const pz_value *items = t->id == PZ_T_ARRAY ? p->list.items : p;
    if (s->wanted) return;
    s->wanted = pz_must(malloc(sizeof *s->wanted * (size_t)(n + 1)));
    s->nwanted = n;
    for (int i = 0; i < n; i++) s->wanted[i] = items[i].null ? 0 : pz_agg_number(t->id == PZ_T_ARRAY ? t->element : t, &items[i]);
}

PZ_AGG_UPDATE(percentile_update)
{
    points *s = state;
    int64_t n = c->site->nargs > 2 ? args[2].i : 1;
    if (n < 0)
        return pz_raise(c->err, PZ_ERR_NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION, PZ_NO_ORIGIN, "frequencyExpression", "\"boundreference()\"", "negativeValue",
                        pz_strf(c->scratch, "%lldL", (long long)n).ptr, NULL);
    keep_wanted(s, c->site->arg_types[1], &args[1]);
    if (n == 0) return PZ_OK;
    s->at = pz_grow(s->at, s->n, &s->cap, sizeof *s->at);
    s->at[s->n++] = (weighted){pz_agg_number(c->site->arg_types[0], &args[0]), n};
    s->weighs |= n > 1;
    return PZ_OK;
}

PZ_AGG_COMBINE(percentile_combine)
{
    points *to = state;
    const points *s = from;
    PZ_UNUSED(c);
    for (int64_t i = 0; i < s->n; i++) {
        to->at = pz_grow(to->at, to->n, &to->cap, sizeof *to->at);
        to->at[to->n++] = s->at[i];
    }
    to->weighs |= s->weighs;
    if (s->wanted && !to->wanted) {
        to->wanted = pz_must(malloc(sizeof *to->wanted * (size_t)(s->nwanted + 1)));
        memcpy(to->wanted, s->wanted, sizeof *to->wanted * (size_t)s->nwanted);
        to->nwanted = s->nwanted;
    }
    return PZ_OK;
}

static int
by_number(const void *x, const void *y)
{
    double a = ((const weighted *)x)->x, b = ((const weighted *)y)->x;
    int an = isnan(a), bn = isnan(b);
    if (an || bn) return an - bn;
    return a < b ? -1 : a > b;
}

/* Number at a place (from 0) of the points written out in order. */
static double
at_place(const points *s, double place)
{
    int64_t before = 0;
    if (!s->weighs) return s->at[(int64_t)place].x;
    for (int64_t i = 0; i < s->n; i++) {
        before += s->at[i].n;
        if ((double)before > place) return s->at[i].x;
    }
    return s->at[s->n - 1].x;
}

static void
swap(weighted *a, weighted *b)
{
    weighted t = *a;
    *a = *b;
    *b = t;
}

/* Puts the k-th in order at its place, nothing larger before it and nothing smaller behind; what lies badly is sorted. */
static void
select_place(weighted *at, int64_t n, int64_t k)
{
    for (int turns = 0; n > 32 && turns < 64; turns++) {
        weighted *mid = at + n / 2, *last = at + n - 1, pivot;
        int64_t i = -1, j = n;
        if (by_number(mid, at) < 0) swap(mid, at);
        if (by_number(last, at) < 0) swap(last, at);
        if (by_number(last, mid) < 0) swap(last, mid);
        pivot = *mid;
        for (;;) {
            do i++; while (by_number(&at[i], &pivot) < 0);
            do j--; while (by_number(&pivot, &at[j]) < 0);
            if (i >= j) break;
            swap(&at[i], &at[j]);
        }
        if (k <= j) n = j + 1;
        else at += j + 1, n -= j + 1, k -= j + 1;
    }
    qsort(at, (size_t)n, sizeof *at, by_number);
}

/* The two places that one percentage asks for hold what they hold in order. */
static void
put_in_place(points *s, double p)
{
    double place = (double)(s->n - 1) * fabs(p);
    int64_t low = (int64_t)(signbit(p) ? (double)(s->n - 1) - ceil(place) : floor(place));
    low = low < 0 ? 0 : low >= s->n ? s->n - 1 : low;
    select_place(s->at, s->n, low);
    if (low + 1 < s->n) select_place(s->at + low + 1, s->n - low - 1, 0);
}

/* Between two neighbours; a percentage that is negated counts from the top. */
static double
interpolate(const points *s, int64_t total, double p)
{
    double place = (double)(total - 1) * fabs(p), low = floor(place), high = ceil(place), last = (double)(total - 1), a, b;
    a = at_place(s, signbit(p) ? last - low : low);
    if (low == high) return a;
    b = at_place(s, signbit(p) ? last - high : high);
    return a == b ? a : a + (place - low) * (b - a);
}

static pz_value
as_value(const pz_type *t, double d)
{
    pz_value v = {0};
    if (t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT) v.d = d;
    else v.i = (int64_t)d;
    return v;
}

static pz_status
give_points(pz_fn_ctx *c, points *s, bool discrete, pz_value *out)
{
    const pz_type *r = c->site->result;
    pz_value *items;
    int64_t total = 0;
    bool whole = discrete || s->weighs || s->nwanted > 4;
    if (!s->n) return give_null(out);
    if (r->id == PZ_T_ARRAY && s->nwanted == 0) return give_null(out);
    if (whole) qsort(s->at, (size_t)s->n, sizeof *s->at, by_number);
    for (int64_t i = 0; i < s->n; i++) total += s->at[i].n;
    items = PZ_NEWN(c->scratch, pz_value, s->nwanted + 1);
    for (int i = 0; i < s->nwanted; i++) {
        double p = s->wanted[i], d;
        /* what counts from the top carries its percentage negated, zero too */
        if (!whole) put_in_place(s, p);
        if (!discrete) d = interpolate(s, total, p);
        else if (!signbit(p)) d = at_place(s, fmax(ceil((double)total * p) - 1, 0));
        else d = at_place(s, (double)(total - 1) - fmax(ceil((double)total * -p) - 1, 0));
        items[i] = as_value(r->id == PZ_T_ARRAY ? r->element : r, d);
    }
    if (r->id == PZ_T_ARRAY) *out = (pz_value){.list = {items, s->nwanted}};
    else *out = items[0];
    return PZ_OK;
}
PZ_AGG_FINISH(percentile_finish) { return give_points(c, state, false, out); }
PZ_AGG_FINISH(disc_finish) { return give_points(c, state, true, out); }

static void
percentile_destroy(void *state)
{
    points *s = state;
    free(s->at);
    free(s->wanted);
}

/* ---- mode(x, ties): of the most frequent values ties < 0 takes the smallest, > 0 the largest, 0 the first in the hash table */

typedef struct tally { pz_bag bag; pz_bag_index index; int64_t ties, nulls; } tally;

PZ_AGG_UPDATE(mode_update)
{
    tally *s = state;
    bool fresh;
    int at;
    if (args[0].null) return PZ_OK;
    at = pz_bag_find(&s->bag, &s->index, c->site->arg_types[0], &args[0], &fresh);
    s->bag.counts[at]++;
    s->ties = args[1].i;
    return PZ_OK;
}

PZ_AGG_COMBINE(mode_combine)
{
    tally *s = state;
    const tally *f = from;
    bool fresh;
    for (int i = 0; i < f->bag.n; i++) {
        int at = pz_bag_find(&s->bag, &s->index, c->site->arg_types[0], &f->bag.items[i], &fresh);
        s->bag.counts[at] += f->bag.counts[i];
    }
    if (f->bag.n) s->ties = f->ties;
    s->nulls += f->nulls;
    return PZ_OK;
}

/* Spark's OpenHashMap: murmur3 of the Java hash, 64 places at first, doubled past 70 %, steps that grow by one.  Out: places in the bag in
 * the order of the table, each plus one, 0 where nothing is. */
static int *
table_order(const pz_bag *b, const pz_type *t, pz_arena *a, int *ncap)
{
    int cap = 64;
    int *slots = PZ_NEWN(a, int, cap);
    for (int i = 0; i < b->n; i++) {
        if (i > 0.7 * cap) {
            int *old = slots, was = cap;
            cap *= 2;
            slots = PZ_NEWN(a, int, cap);
            for (int k = 0; k < was; k++) {
                if (!old[k]) continue;
                pz_value h = {.i = pz_java_hash(t, &b->items[old[k] - 1])};
                int at = pz_murmur3_value(&pz_t_int, &h, 0) & (cap - 1), step = 1;
                while (slots[at]) at = (at + step++) & (cap - 1);
                slots[at] = old[k];
            }
        }
        pz_value h = {.i = pz_java_hash(t, &b->items[i])};
        int at = pz_murmur3_value(&pz_t_int, &h, 0) & (cap - 1), step = 1;
        while (slots[at]) at = (at + step++) & (cap - 1);
        slots[at] = i + 1;
    }
    *ncap = cap;
    return slots;
}

static int
first_in_table(const pz_bag *b, const pz_type *t, int64_t most, pz_arena *a)
{
    int cap, *slots = table_order(b, t, a, &cap);
    for (int k = 0; k < cap; k++)
        if (slots[k] && b->counts[slots[k] - 1] == most) return slots[k] - 1;
    return -1;
}

static int64_t
most_of(const pz_bag *b)
{
    int64_t most = 0;
    for (int i = 0; i < b->n; i++)
        if (b->counts[i] > most) most = b->counts[i];
    return most;
}

PZ_AGG_FINISH(mode_finish)
{
    const tally *s = state;
    const pz_bag *b = &s->bag;
    const pz_type *t = c->site->arg_types[0];
    int64_t most = most_of(b);
    int best = -1;
    if (!b->n) return give_null(out);
    if (s->ties == 0) {
        best = first_in_table(b, t, most, c->scratch);
    } else {
        for (int i = 0; i < b->n; i++) {
            if (b->counts[i] != most) continue;
            int cmp = best < 0 ? 1 : pz_value_cmp(t, &b->items[i], &b->items[best]);
            if (best < 0 || (s->ties < 0 ? cmp < 0 : cmp > 0)) best = i;
        }
    }
    *out = pz_value_copy(c->scratch, t, &b->items[best]);
    *out = pz_value_one_zero(c->scratch, t, out);
    return PZ_OK;
}

/* pandas_mode(x, are nulls left out): all that are most frequent, NULL first */
PZ_AGG_UPDATE(modes_update)
{
    tally *s = state;
    bool fresh;
    if (args[0].null) s->nulls += !args[1].b;
    else {
        int at = pz_bag_find(&s->bag, &s->index, c->site->arg_types[0], &args[0], &fresh);
        s->bag.counts[at]++;
    }
    return PZ_OK;
}

PZ_AGG_FINISH(modes_finish)
{
    const tally *s = state;
    const pz_type *t = c->site->arg_types[0];
    int64_t most = most_of(&s->bag);
    int cap, n = 0, *slots = table_order(&s->bag, t, c->scratch, &cap);
    pz_value *items = PZ_NEWN(c->scratch, pz_value, s->bag.n + 1);
    if (s->nulls > most) most = s->nulls;
    if (s->nulls && s->nulls == most) items[n++] = (pz_value){.null = true};
    for (int k = 0; k < cap; k++)
        if (slots[k] && s->bag.counts[slots[k] - 1] == most) items[n++] = pz_value_copy(c->scratch, t, &s->bag.items[slots[k] - 1]);
    *out = (pz_value){.list = {items, n}};
    return PZ_OK;
}

static void
mode_destroy(void *state)
{
    tally *s = state;
    pz_bag_free(&s->bag);
    free(s->index.slots);
}

static const pz_value_agg_def aggs[] = {
    {PZ_AGG("addends_mean", addends, addends_update, addends_combine, addends_mean), .destroy = addends_destroy},
    {PZ_AGG("addends_sum", addends, addends_update, addends_combine, addends_sum), .destroy = addends_destroy},
    {PZ_AGG("kurtosis", moments, moments_update, moments_combine, kurtosis_finish), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("mode", tally, mode_update, mode_combine, mode_finish), .destroy = mode_destroy, .takes_nulls = true},
    {PZ_AGG("percentile", points, percentile_update, percentile_combine, percentile_finish), .destroy = percentile_destroy},
    {PZ_AGG("percentile_disc", points, percentile_update, percentile_combine, disc_finish), .destroy = percentile_destroy},
    {PZ_AGG("kurtosis_or_nan", moments, moments_update, moments_combine, kurtosis_or_nan), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("skewness_or_nan", moments, moments_update, moments_combine, skewness_or_nan), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("stddev_samp_or_nan", moments, moments_update, moments_combine, stddev_samp_or_nan), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("var_samp_or_nan", moments, moments_update, moments_combine, var_samp_or_nan), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("skewness", moments, moments_update, moments_combine, skewness_finish), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("stddev_pop", moments, moments_update, moments_combine, stddev_pop), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("stddev_samp", moments, moments_update, moments_combine, stddev_samp), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("pandas_kurtosis", moments, moments_update, moments_combine, pandas_kurtosis), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("pandas_mode", tally, modes_update, mode_combine, modes_finish), .destroy = mode_destroy, .takes_nulls = true},
    {PZ_AGG("pandas_skewness", moments, moments_update, moments_combine, pandas_skewness), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("pandas_stddev", moments, spread_update, moments_combine, pandas_stddev), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("pandas_variance", moments, spread_update, moments_combine, pandas_variance), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("var_pop", moments, moments_update, moments_combine, var_pop), .destroy = moments_destroy, .takes_nulls = true},
    {PZ_AGG("var_samp", moments, moments_update, moments_combine, var_samp), .destroy = moments_destroy, .takes_nulls = true},
};
const pz_fn_family pz_family_agg_stat = {"agg_stat", NULL, 0, aggs, (int)PZ_COUNTOF(aggs)};

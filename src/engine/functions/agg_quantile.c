/*
 * engine/functions/agg_quantile.c - approx_percentile (Greenwald and Khanna's summaries) and histogram_numeric (Ben-Haim and Tom-Tov's).
 *
 * In: anything that is a number underneath.  Out: elements or bins of the input's type.  Both follow the published algorithms with Spark's
 * buffer sizes and thresholds, so that large inputs agree too.  Things start in the table at the end.
 */
#include "agg_util.h"

#include <math.h>
#include <stdlib.h>

static pz_value
from_number(pz_fn_ctx *c, const pz_type *t, double d)
{
    pz_value v = {0}, x = {.d = d};
    switch (t->id) {
    case PZ_T_FLOAT: case PZ_T_DOUBLE: v.d = d; break;
    case PZ_T_DECIMAL:
        if (pz_cast_value(&pz_t_double, t, PZ_CAST_TRY, c->site->zone, &x, c->scratch, &v, c->err) != PZ_OK) v.null = true;
        break;
    default: v.i = d >= 0x1p63 ? INT64_MAX : (int64_t)d;
    }
    return v;
}

/* ---- quantile summaries: samples (value, g, delta); new values wait in a buffer */

/* RAW_MAX values are kept as they come, so that they can be treated as Spark does: in two partitions that are joined in the end. */
enum { HEAD_MAX = 50000, COMPRESS_AT = 10000, RAW_MAX = 1 << 20 };
typedef struct sample { double x; int64_t g, delta; } sample;
typedef struct summary {
    double *raw;                               /* everything so far, while it is little */
    int64_t nraw, raw_cap;
    sample *samples;
    int64_t n, cap;
    double *head;
    int64_t nhead, head_cap;
    int64_t count;
    double error;
    bool packed;
    double *wanted;
    int nwanted;
} summary;

static int
by_double(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    int an = isnan(a), bn = isnan(b);
    if (an || bn) return an - bn;
    return a < b ? -1 : a > b;
}

static void
take_head(summary *s)
{
    sample *out;
    int64_t n = 0, at = 0, count = s->count;
    if (!s->nhead) return;
    qsort(s->head, (size_t)s->nhead, sizeof *s->head, by_double);
    out = pz_must(malloc(sizeof *out * (size_t)(s->n + s->nhead)));
    for (int64_t i = 0; i < s->nhead; i++) {
        while (at < s->n && s->samples[at].x <= s->head[i]) out[n++] = s->samples[at++];
        count++;
        bool edge = n == 0 || (at == s->n && i == s->nhead - 1);
        out[n++] = (sample){s->head[i], 1, edge ? 0 : (int64_t)floor(2 * s->error * (double)count)};
    }
    while (at < s->n) out[n++] = s->samples[at++];
    free(s->samples);
    s->samples = out;
    s->n = s->cap = n;
    s->count = count;
    s->nhead = 0;
}

/* Join neighbours, from the top down, while they stay within the error; the least value is kept. */
static void
squeeze(summary *s, double limit)
{
    sample head, *out;
    int64_t at;
    if (s->n <= 1) return;
    out = pz_must(malloc(sizeof *out * (size_t)(s->n + 1)));
    at = s->n + 1;
    head = s->samples[s->n - 1];
    for (int64_t i = s->n - 2; i >= 1; i--) {
        if ((double)(s->samples[i].g + head.g + head.delta) < limit) {
            head.g += s->samples[i].g;
        } else {
            out[--at] = head;
            head = s->samples[i];
        }
    }
    out[--at] = head;
    if (s->samples[0].x <= head.x) out[--at] = s->samples[0];
    s->n = s->n + 1 - at;
    memmove(out, out + at, sizeof *out * (size_t)s->n);
    free(s->samples);
    s->samples = out;
}

static void
pack(summary *s)
{
    if (s->packed) return;
    take_head(s);
    squeeze(s, 2 * s->error * (double)s->count);
    s->packed = true;
}

static void
insert(summary *s, double v)
{
    s->head = pz_grow(s->head, s->nhead, &s->head_cap, sizeof *s->head);
    s->head[s->nhead++] = v;
    s->packed = false;
    if (s->nhead < HEAD_MAX) return;
    take_head(s);
    if (s->n < COMPRESS_AT) return;
    pack(s);
    s->packed = false;
}

static void
drain(summary *s)
{
    for (int64_t i = 0; i < s->nraw; i++) insert(s, s->raw[i]);
    s->nraw = 0;
}

static void
keep_raw(summary *s, double v)
{
    if (s->nraw >= RAW_MAX || s->count || s->nhead) {
        drain(s);
        insert(s, v);
        return;
    }
    s->raw = pz_grow(s->raw, s->nraw, &s->raw_cap, sizeof *s->raw);
    s->raw[s->nraw++] = v;
}

PZ_AGG_UPDATE(quantile_update)
{
    summary *s = state;
    const pz_type *t = c->site->arg_types[1];
    if (!s->wanted) {
        int n = t->id == PZ_T_ARRAY ? args[1].list.n : 1;
        const pz_value *items = t->id == PZ_T_ARRAY ? args[1].list.items : &args[1];
        s->wanted = pz_must(malloc(sizeof *s->wanted * (size_t)(n + 1)));
        s->nwanted = n;
        for (int i = 0; i < n; i++) s->wanted[i] = items[i].null ? 0 : pz_agg_number(t->id == PZ_T_ARRAY ? t->element : t, &items[i]);
        s->error = 1.0 / (double)args[2].i;
    }
    keep_raw(s, pz_agg_number(c->site->arg_types[0], &args[0]));
    return PZ_OK;
}

static void *
copy_of(const void *p, size_t size)
{
    void *copy = pz_must(malloc(size + 8));
    if (size) memcpy(copy, p, size);
    return copy;
}

static void
copy_summary(summary *to, const summary *s)
{
    *to = *s;
    to->raw = copy_of(s->raw, sizeof *s->raw * (size_t)s->nraw);
    to->raw_cap = s->nraw;
    to->samples = copy_of(s->samples, sizeof *s->samples * (size_t)s->n);
    to->cap = s->n;
    to->head = copy_of(s->head, sizeof *s->head * (size_t)s->nhead);
    to->head_cap = s->nhead;
    to->wanted = copy_of(s->wanted, sizeof *s->wanted * (size_t)s->nwanted);
}

static void
free_summary(void *state)
{
    summary *s = state;
    free(s->raw);
    free(s->samples);
    free(s->head);
    free(s->wanted);
}

/* Both packed. */
static void
join(summary *to, const summary *other)
{
    int64_t i = 0, k = 0, n = 0;
    int64_t more_here = (int64_t)floor(2 * other->error * (double)other->count), more_there = (int64_t)floor(2 * to->error * (double)to->count);
    sample *out = pz_must(malloc(sizeof *out * (size_t)(to->n + other->n + 1)));
    while (i < to->n || k < other->n) {
        bool both = i < to->n && k < other->n, here = k >= other->n || (both && to->samples[i].x < other->samples[k].x);
        out[n] = here ? to->samples[i++] : other->samples[k++];
        if (both) out[n].delta += here ? (k > 0 ? more_here : 0) : i > 0 ? more_there : 0;
        n++;
    }
    free(to->samples);
    to->samples = out;
    to->n = to->cap = n;
    to->error = fmax(to->error, other->error);
    to->count += other->count;
    squeeze(to, 2 * to->error * (double)to->count);
    to->packed = true;
}

PZ_AGG_COMBINE(quantile_combine)
{
    summary *to = state, other;
    const summary *f = from;
    PZ_UNUSED(c);
    if (!f->wanted) return PZ_OK;
    if (!to->wanted) {
        free_summary(to);
        copy_summary(to, f);
        return PZ_OK;
    }
    if (!f->count && !f->nhead && to->nraw + f->nraw <= RAW_MAX) {
        for (int64_t i = 0; i < f->nraw; i++) keep_raw(to, f->raw[i]);
        return PZ_OK;
    }
    copy_summary(&other, f);
    drain(to);
    drain(&other);
    pack(to);
    pack(&other);
    join(to, &other);
    free_summary(&other);
    return PZ_OK;
}

/* The two halves of what came, each a partition of its own; a window has one. */
static void
settle(summary *s, bool windowed)
{
    summary second = {.error = s->error};
    if (s->count || s->nhead) {
        drain(s);
    } else {
        int64_t half = windowed ? s->nraw : s->nraw / 2;
        for (int64_t i = 0; i < half; i++) insert(s, s->raw[i]);
        for (int64_t i = half; i < s->nraw; i++) insert(&second, s->raw[i]);
        s->nraw = 0;
    }
    pack(s);
    pack(&second);
    if (s->count && second.count) {
        join(s, &second);
    } else if (second.count) {
        second.wanted = s->wanted;
        second.nwanted = s->nwanted;
        s->wanted = NULL;
        free_summary(s);
        *s = second;
        return;
    }
    free_summary(&second);
}

/* Ranks grow along the samples: the value of the first whose rank is near enough. */
static double
query(const summary *s, double p)
{
    double slack = 0;
    int64_t rank = (int64_t)ceil(p * (double)s->count), low = 0;
    if (p <= s->error || s->n == 1) return s->samples[0].x;
    if (p >= 1 - s->error) return s->samples[s->n - 1].x;
    for (int64_t i = 0; i < s->n; i++) slack = fmax(slack, (double)(s->samples[i].g + s->samples[i].delta));
    slack /= 2;
    for (int64_t i = 0; i < s->n - 1; i++) {
        low += s->samples[i].g;
        if ((double)(low + s->samples[i].delta) - slack <= (double)rank && (double)rank <= (double)low + slack) return s->samples[i].x;
    }
    return s->samples[s->n - 1].x;
}

PZ_AGG_FINISH(quantile_finish)
{
    summary *s = state;
    const pz_type *r = c->site->result;
    pz_value *items;
    if (!s->wanted || !s->nwanted) return give_null(out);
    settle(s, c->site->windowed);
    items = PZ_NEWN(c->scratch, pz_value, s->nwanted + 1);
    for (int i = 0; i < s->nwanted; i++) items[i] = from_number(c, r->id == PZ_T_ARRAY ? r->element : r, query(s, s->wanted[i]));
    if (r->id == PZ_T_ARRAY) *out = (pz_value){.list = {items, s->nwanted}};
    else *out = items[0];
    return PZ_OK;
}

/* ---- histogram: at most `max` bins, the two nearest are joined */

typedef struct bin { double x, y; } bin;
typedef struct histogram {
    double *raw;                               /* as for summaries */
    int64_t nraw, raw_cap;
    bin *bins;
    int64_t n, cap, max;
    pz_java_random random;
} histogram;

static void
open_histogram(histogram *h, int64_t max)
{
    if (h->max) return;
    h->max = max;
    pz_java_random_init(&h->random, 31183);
}

static void
trim(histogram *h)
{
    while (h->n > h->max) {
        double least = h->bins[1].x - h->bins[0].x, total;
        int64_t at = 0;
        int ties = 1;
        for (int64_t i = 1; i < h->n - 1; i++) {
            double d = h->bins[i + 1].x - h->bins[i].x;
            if (d < least) {
                least = d;
                at = i;
                ties = 1;
            } else if (d == least && pz_java_random_double(&h->random) <= 1.0 / ++ties) {
                at = i;
            }
        }
        bin *a = &h->bins[at], *b = a + 1;
        total = a->y + b->y;
        *a = (bin){a->x * (a->y / total) + b->x / total * b->y, total};
        memmove(b, b + 1, sizeof *b * (size_t)(h->n - at - 2));
        h->n--;
    }
}

static void
put(histogram *h, double v)
{
    int64_t lo = 0, hi = h->n;
    while (lo < hi) {
        int64_t mid = (lo + hi) / 2;
        if (h->bins[mid].x < v) lo = mid + 1;
        else hi = mid;
    }
    if (lo < h->n && h->bins[lo].x == v) {
        h->bins[lo].y++;
        return;
    }
    h->bins = pz_grow(h->bins, h->n, &h->cap, sizeof *h->bins);
    memmove(h->bins + lo + 1, h->bins + lo, sizeof *h->bins * (size_t)(h->n - lo));
    h->bins[lo] = (bin){v, 1};
    h->n++;
    trim(h);
}

static void
put_raw(histogram *h, double v)
{
    if (h->nraw >= RAW_MAX / 8 || h->n) {
        for (int64_t i = 0; i < h->nraw; i++) put(h, h->raw[i]);
        h->nraw = 0;
        put(h, v);
        return;
    }
    h->raw = pz_grow(h->raw, h->nraw, &h->raw_cap, sizeof *h->raw);
    h->raw[h->nraw++] = v;
}

PZ_AGG_UPDATE(histogram_update)
{
    open_histogram(state, args[1].i);
    put_raw(state, pz_agg_number(c->site->arg_types[0], &args[0]));
    return PZ_OK;
}

static int
by_x(const void *a, const void *b)
{
    return by_double(&((const bin *)a)->x, &((const bin *)b)->x);
}

static void
add_bins(histogram *to, const bin *bins, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        to->bins = pz_grow(to->bins, to->n, &to->cap, sizeof *to->bins);
        to->bins[to->n++] = bins[i];
    }
    qsort(to->bins, (size_t)to->n, sizeof *to->bins, by_x);
    trim(to);
}

PZ_AGG_COMBINE(histogram_combine)
{
    histogram *to = state;
    const histogram *h = from;
    PZ_UNUSED(c);
    if (!h->max) return PZ_OK;
    open_histogram(to, h->max);
    for (int64_t i = 0; i < h->nraw; i++) put_raw(to, h->raw[i]);
    if (!h->n) return PZ_OK;
    for (int64_t i = 0; i < to->nraw; i++) put(to, to->raw[i]);
    to->nraw = 0;
    add_bins(to, h->bins, h->n);
    return PZ_OK;
}

static void
join_halves(histogram *h, bool windowed)
{
    histogram second = {0};
    int64_t half = h->n || windowed ? h->nraw : h->nraw / 2;
    open_histogram(&second, h->max);
    for (int64_t i = 0; i < half; i++) put(h, h->raw[i]);
    for (int64_t i = half; i < h->nraw; i++) put(&second, h->raw[i]);
    h->nraw = 0;
    pz_java_random_init(&h->random, 31183);    /* bins travel between partitions without it */
    if (second.n) add_bins(h, second.bins, second.n);
    free(second.bins);
}

PZ_AGG_FINISH(histogram_finish)
{
    histogram *h = state;
    pz_value *items;
    if (h->nraw) join_halves(h, c->site->windowed);
    if (!h->n) return give_null(out);
    items = PZ_NEWN(c->scratch, pz_value, h->n);
    for (int64_t i = 0; i < h->n; i++) {
        pz_value *fields = PZ_NEWN(c->scratch, pz_value, 2);
        fields[0] = from_number(c, c->site->result->element->fields[0].type, h->bins[i].x);
        fields[1].d = h->bins[i].y;
        items[i] = (pz_value){.list = {fields, 2}};
    }
    *out = (pz_value){.list = {items, (int)h->n}};
    return PZ_OK;
}

static void
histogram_destroy(void *state)
{
    free(((histogram *)state)->raw);
    free(((histogram *)state)->bins);
}

static const pz_value_agg_def aggs[] = {
    {PZ_AGG("approx_percentile", summary, quantile_update, quantile_combine, quantile_finish), .destroy = free_summary},
    {PZ_AGG("histogram_numeric", histogram, histogram_update, histogram_combine, histogram_finish), .destroy = histogram_destroy},
};
const pz_fn_family pz_family_agg_quantile = {"agg_quantile", NULL, 0, aggs, (int)PZ_COUNTOF(aggs)};

/*
 * engine/functions/agg_pairs.c - covariance, correlation and regression.
 *
 * In: two doubles a row, the dependent one first where it matters.  Out: doubles, NULL where Spark has no answer.  The first rows are kept:
 * the last digits depend on Spark's two partitions.  NaN and infinities, which the engine's own aggregates refuse, go through.
 */
#include "agg_util.h"

#include <math.h>
#include <stdlib.h>

enum { KEPT = 4096 };
typedef struct point { double y, x; int64_t row; } point;
/*
 * Means of both, sums of products of deviations. Spark words the same sum in several ways, which differ in the last digit: regressions
 * (xx, yy, xy) begin with the second argument, covariances (yx) with the first, and correlations have squares of their own (cxx, cyy).
 */
typedef struct products { double n, x, y, xx, yy, xy, yx, cxx, cyy; } products;
typedef struct pairs { point *raw; int64_t nraw, cap, rows, ddof; products p; } pairs;

static void
add(products *s, point v)
{
    double n = s->n + 1, dx = v.x - s->x, dy = v.y - s->y, dxn = dx / n, dyn = dy / n;
    s->n = n;
    s->x = s->x + dxn;
    s->y = s->y + dyn;
    s->xy = s->xy + dx * (v.y - s->y);
    s->yx = s->yx + dy * (v.x - s->x);
    s->xx = s->xx + dx * (dx - dxn);
    s->yy = s->yy + dy * (dy - dyn);
    s->cxx = s->cxx + dx * (v.x - s->x);
    s->cyy = s->cyy + dy * (v.y - s->y);
}

static void
join(products *a, const products *r)
{
    products l = *a;
    double n = l.n + r->n, dx = r->x - l.x, dy = r->y - l.y, dxn = n == 0 ? 0 : dx / n, dyn = n == 0 ? 0 : dy / n;
    a->n = n;
    a->x = l.x + dxn * r->n;
    a->y = l.y + dyn * r->n;
    if (l.n * r->n == 0) dx = dy = dxn = dyn = 0;  /* nothing to add, however far apart */
    a->xy = l.xy + r->xy + dx * dyn * l.n * r->n;
    a->yx = l.yx + r->yx + dy * dxn * l.n * r->n;
    a->cxx = l.cxx + r->cxx + dx * dxn * l.n * r->n;
    a->cyy = l.cyy + r->cyy + dy * dyn * l.n * r->n;
    a->xx = l.xx + r->xx + dx * dxn * l.n * r->n;
    a->yy = l.yy + r->yy + dy * dyn * l.n * r->n;
}

static void
put(const pz_call_site *site, pairs *s, point v)
{
    if (site->of_few_rows || (s->nraw < KEPT && s->p.n == 0 && !site->windowed)) {
        s->raw = pz_grow(s->raw, s->nraw, &s->cap, sizeof *s->raw);
        s->raw[s->nraw++] = v;
        return;
    }
    for (int64_t i = 0; i < s->nraw; i++) add(&s->p, s->raw[i]);
    s->nraw = 0;
    add(&s->p, v);
}

static products
settled(const pz_call_site *site, const pairs *s)
{
    products half[2] = {{0}}, all = {0};
    if (!s->nraw) return s->p;
    for (int64_t i = 0; i < s->nraw && site->windowed; i++) add(&all, s->raw[i]);
    if (site->windowed) return all;
    half[0] = s->p;
    for (int64_t i = 0; i < s->nraw; i++) add(&half[s->raw[i].row >= s->rows / 2], s->raw[i]);
    if (s->rows < 2) return half[1];           /* one row is one partition: nothing to join */
    join(&all, &half[0]);
    join(&all, &half[1]);
    return all;
}

PZ_AGG_UPDATE(pairs_update)
{
    pairs *s = state;
    if (!args[0].null && !args[1].null) put(c->site, s, (point){args[0].d, args[1].d, s->rows});
    s->rows++;
    return PZ_OK;
}

PZ_AGG_COMBINE(pairs_combine)
{
    pairs *s = state;
    const pairs *f = from;
    for (int64_t i = 0; i < f->nraw; i++) put(c->site, s, (point){f->raw[i].y, f->raw[i].x, s->rows + f->raw[i].row});
    s->rows += f->rows;
    if (f->rows) s->ddof = f->ddof;
    if (f->p.n == 0) return PZ_OK;
    for (int64_t i = 0; i < s->nraw; i++) add(&s->p, s->raw[i]);
    s->nraw = 0;
    join(&s->p, &f->p);
    return PZ_OK;
}

/* with the degrees of freedom that are taken off */
PZ_AGG_UPDATE(covar_update)
{
    ((pairs *)state)->ddof = args[2].i;
    return pairs_update(c, state, args);
}

static void
pairs_destroy(void *state)
{
    free(((pairs *)state)->raw);
}

/* NULL with fewer than `least` rows, and for a division by zero. */
static pz_status
ratio(pz_value *out, double over, double under)
{
    return under == 0 ? give_null(out) : give_double(out, over / under);
}

#define FINISH(name, least, what) \
    PZ_AGG_FINISH(name) \
    { \
        const products s = settled(c->site, state); \
        PZ_UNUSED(c); \
        return s.n < (least) ? give_null(out) : what; \
    }
/* What does not vary at all has no correlation, not even with infinities. */
static double
correlation(const products *s)
{
    return s->yx / sqrt(s->cxx * s->cyy);
}

FINISH(covar_pop, 1, give_double(out, s.yx / s.n))
FINISH(covar_samp, 2, give_double(out, s.yx / (s.n - 1.0)))
FINISH(corr, 2, s.cxx == 0 || s.cyy == 0 || s.cxx * s.cyy == 0 ? give_null(out) : give_double(out, correlation(&s)))
FINISH(regr_sxx, 1, give_double(out, s.xx))
FINISH(regr_syy, 1, give_double(out, s.yy))
FINISH(regr_sxy, 1, give_double(out, s.yx))
FINISH(regr_slope, 1, ratio(out, s.xy, s.xx))
FINISH(regr_intercept, 1, s.xx == 0 ? give_null(out) : give_double(out, s.y - s.xy / s.xx * s.x))
FINISH(regr_r2, 1, s.cxx == 0 ? give_null(out) : give_double(out, s.cyy == 0 ? 1.0 : correlation(&s) * correlation(&s)))

/* One pair alone: NaN where there is usually NULL. */
FINISH(covar_samp_or_nan, 1, give_double(out, s.n == 1 ? NAN : s.yx / (s.n - 1.0)))
FINISH(corr_or_nan, 1, s.n == 1 ? give_double(out, NAN) : s.cxx * s.cyy == 0 ? give_null(out) : give_double(out, correlation(&s)))

PZ_AGG_FINISH(pandas_covar)
{
    const products s = settled(c->site, state);
    PZ_UNUSED(c);
    return s.n == 0 ? give_null(out) : ratio(out, s.yx, s.n - (double)((const pairs *)state)->ddof);
}

#define ROW(n) {PZ_AGG(#n, pairs, pairs_update, pairs_combine, n), .destroy = pairs_destroy, .takes_nulls = true}
static const pz_value_agg_def aggs[] = {
    ROW(corr), ROW(corr_or_nan), ROW(covar_samp_or_nan), ROW(covar_pop), ROW(covar_samp), ROW(regr_intercept),
    {PZ_AGG("pandas_covar", pairs, covar_update, pairs_combine, pandas_covar), .destroy = pairs_destroy, .takes_nulls = true},
    ROW(regr_r2), ROW(regr_slope), ROW(regr_sxx), ROW(regr_sxy), ROW(regr_syy),
};
const pz_fn_family pz_family_agg_pairs = {"agg_pairs", NULL, 0, aggs, (int)PZ_COUNTOF(aggs)};

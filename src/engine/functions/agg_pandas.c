/*
 * engine/functions/agg_pandas.c - aggregates that pandas on Spark asks for: products, weighted means that decay, runs of nulls, largest values.
 *
 * In: a column and constants that the analyzer has checked.  Out: as Spark computes them.  ewm and null_index run over the frame from the
 * first row to the current one; their states join in the order of rows.
 */
#include "agg_util.h"
#include "java_math.h"

#include <math.h>
#include <stdlib.h>

/* ---- pandas_product(x, are nulls left out): whole numbers are multiplied, others by way of their logarithms */
typedef struct product { double logs; int64_t whole; bool any, null, zero, negative; } product;

static pz_status
times(pz_fn_ctx *c, product *s, int64_t x)
{
    if (!s->any) s->whole = 1;
    s->any = true;
    if (!__builtin_mul_overflow(s->whole, x, &s->whole) || !c->site->ansi) return PZ_OK;
    return pz_raise(c->err, PZ_ERR_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "message", "overflow", "alternative",
                    " Use 'try_multiply' to tolerate overflow and return NULL instead.", "config", "\"spark.sql.ansi.enabled\"", NULL);
}

PZ_AGG_UPDATE(product_update)
{
    product *s = state;
    if (args[0].null) {
        s->null |= !args[1].b;
        return PZ_OK;
    }
    if (pz_type_is_integral(c->site->arg_types[0])) return times(c, s, args[0].i);
    s->zero |= args[0].d == 0;
    s->negative ^= args[0].d < 0;
    if (args[0].d != 0) s->logs += pz_java_log(fabs(args[0].d));
    return PZ_OK;
}

PZ_AGG_COMBINE(product_combine)
{
    product *s = state;
    const product *f = from;
    s->null |= f->null;
    s->zero |= f->zero;
    s->negative ^= f->negative;
    s->logs += f->logs;
    return f->any ? times(c, s, f->whole) : PZ_OK;
}

PZ_AGG_FINISH(product_finish)
{
    const product *s = state;
    if (s->null) return give_null(out);
    if (pz_type_is_integral(c->site->result)) return give_int(out, s->any ? s->whole : 1);
    return give_double(out, s->zero ? 0 : s->negative ? -pz_java_exp(s->logs) : pz_java_exp(s->logs));
}

/* ---- ewm(x, alpha, are nulls left out): a mean in which each row weighs 1 - alpha times what the next one does */
typedef struct decay { double sum, weights, factor; bool started, any; } decay;

PZ_AGG_UPDATE(decay_update)
{
    decay *s = state;
    double keep = 1.0 - args[1].d;
    PZ_UNUSED(c);
    if (!s->started) s->factor = 1.0;
    s->started = true;
    if (args[0].null && args[2].b) return PZ_OK;
    s->sum *= keep;
    s->weights *= keep;
    s->factor *= keep;
    if (args[0].null) return PZ_OK;
    s->sum += args[0].d;
    s->weights += 1.0;
    s->any = true;
    return PZ_OK;
}

PZ_AGG_COMBINE(decay_combine)
{
    decay *s = state;
    const decay *f = from;
    PZ_UNUSED(c);
    if (!f->started) return PZ_OK;
    s->sum = s->started ? s->sum * f->factor + f->sum : f->sum;
    s->weights = s->started ? s->weights * f->factor + f->weights : f->weights;
    s->factor = s->started ? s->factor * f->factor : f->factor;
    s->any |= f->any;
    s->started = true;
    return PZ_OK;
}

PZ_AGG_FINISH(decay_finish)
{
    const decay *s = state;
    PZ_UNUSED(c);
    return s->any ? give_double(out, s->sum / s->weights) : give_null(out);
}

/* ---- null_index(x): how many nulls in a row end here */
typedef struct gap { int64_t rows, last; } gap;         /* all rows; nulls at the end of them */

PZ_AGG_UPDATE(gap_update)
{
    gap *s = state;
    PZ_UNUSED(c);
    s->rows++;
    s->last = args[0].null ? s->last + 1 : 0;
    return PZ_OK;
}

PZ_AGG_COMBINE(gap_combine)
{
    gap *s = state;
    const gap *f = from;
    PZ_UNUSED(c);
    s->last = f->last == f->rows ? s->last + f->rows : f->last;
    s->rows += f->rows;
    return PZ_OK;
}

PZ_AGG_FINISH(gap_finish)
{
    PZ_UNUSED(c);
    return give_int(out, ((const gap *)state)->last);
}

/* ---- collect_top_k(x, k, smallest instead of largest) */
typedef struct top { pz_bag bag; int64_t k; bool smallest; } top;
typedef struct ranked { const pz_type *type; const pz_value *v; bool smallest; } ranked;

static int
by_rank(const void *x, const void *y)
{
    const ranked *a = x, *b = y;
    int cmp = pz_value_cmp(a->type, a->v, b->v);
    return a->smallest ? cmp : -cmp;
}

/* The best of the bag, in order. */
static ranked *
rank_all(const top *s, const pz_type *t)
{
    ranked *list = pz_must(calloc((size_t)s->bag.n + 1, sizeof *list));
    for (int i = 0; i < s->bag.n; i++) list[i] = (ranked){t, &s->bag.items[i], s->smallest};
    qsort(list, (size_t)s->bag.n, sizeof *list, by_rank);
    return list;
}

/* Keeps a state small: what cannot be among the best goes. */
static void
trim(top *s, const pz_type *t)
{
    pz_bag kept = {0};
    ranked *list;
    if (s->bag.n < 2 * s->k + 64) return;
    list = rank_all(s, t);
    for (int64_t i = 0; i < s->k; i++) pz_bag_add(&kept, t, list[i].v);
    free(list);
    pz_bag_free(&s->bag);
    s->bag = kept;
}

PZ_AGG_UPDATE(top_update)
{
    top *s = state;
    s->k = args[1].i;
    s->smallest = args[2].b;
    if (args[0].null) return PZ_OK;
    pz_bag_add(&s->bag, c->site->arg_types[0], &args[0]);
    trim(s, c->site->arg_types[0]);
    return PZ_OK;
}

PZ_AGG_COMBINE(top_combine)
{
    top *s = state;
    const top *f = from;
    if (f->k) s->k = f->k, s->smallest = f->smallest;
    for (int i = 0; i < f->bag.n; i++) pz_bag_add(&s->bag, c->site->arg_types[0], &f->bag.items[i]);
    trim(s, c->site->arg_types[0]);
    return PZ_OK;
}

PZ_AGG_FINISH(top_finish)
{
    const top *s = state;
    const pz_type *t = c->site->arg_types[0];
    ranked *list = rank_all(s, t);
    int n = s->bag.n < s->k ? s->bag.n : (int)s->k;
    pz_value *items = PZ_NEWN(c->scratch, pz_value, n + 1);
    for (int i = 0; i < n; i++) items[i] = pz_value_copy(c->scratch, t, list[i].v);
    free(list);
    *out = (pz_value){.list = {items, n}};
    return PZ_OK;
}

static const pz_value_agg_def aggs[] = {
    {PZ_AGG("collect_top_k", top, top_update, top_combine, top_finish), .destroy = pz_bag_free, .takes_nulls = true},
    {PZ_AGG("ewm", decay, decay_update, decay_combine, decay_finish), .takes_nulls = true},
    {PZ_AGG("null_index", gap, gap_update, gap_combine, gap_finish), .takes_nulls = true},
    {PZ_AGG("pandas_product", product, product_update, product_combine, product_finish), .takes_nulls = true},
};
const pz_fn_family pz_family_agg_pandas = {"agg_pandas", NULL, 0, aggs, (int)PZ_COUNTOF(aggs)};

/*
 * engine/functions/vector.c - vector_*: arrays of floats as vectors, and their sum and mean over rows.
 *
 * In: arrays of float; one with a NULL element counts as NULL.  Out: floats or arrays.  Single precision, eight products at a time, as Spark
 * adds them.  Things start in the table at the end.
 */
#include "fn_util.h"

#include <math.h>
#include <stdlib.h>

static bool
has_null(const pz_value *v)
{
    for (int i = 0; i < v->list.n; i++)
        if (v->list.items[i].null)
            return true;
    return false;
}

static pz_status
mismatch(pz_fn_ctx *c, int left, int right)
{
    return pz_raise(c->err, PZ_ERR_VECTOR_DIMENSION_MISMATCH, PZ_NO_ORIGIN, "functionName", backticked(c->scratch, pz_lower_ascii(c->scratch, c->site->name)).ptr,
                    "leftDim", pz_strf(c->scratch, "%d", left).ptr, "rightDim", pz_strf(c->scratch, "%d", right).ptr, NULL);
}

/* Sum of f(x, y) over all elements: eight terms are added before the sum takes them. */
typedef float (*term)(float x, float y);
static float product(float x, float y) { return x * y; }
static float square_left(float x, float y) { (void)y; return x * x; }
static float absolute_left(float x, float y) { (void)y; return fabsf(x); }
static float square_of_difference(float x, float y) { return (x - y) * (x - y); }

static float
total(const pz_value *a, const pz_value *b, term f)
{
    float sum = 0;
    int n = a->list.n, i = 0;
    const pz_value *x = a->list.items, *y = b->list.items;
    for (; i + 8 <= n; i += 8) {
        float part = f((float)x[i].d, (float)y[i].d);
        for (int k = 1; k < 8; k++)
            part += f((float)x[i + k].d, (float)y[i + k].d);
        sum += part;
    }
    for (; i < n; i++)
        sum += f((float)x[i].d, (float)y[i].d);
    return sum;
}

static pz_status
pair(pz_fn_ctx *c, const pz_value *args, bool *usable)
{
    *usable = !has_null(&args[0]) && !has_null(&args[1]);
    return args[0].list.n == args[1].list.n ? PZ_OK : mismatch(c, args[0].list.n, args[1].list.n);
}

PZ_FN(fn_inner_product)
{
    bool usable;
    PZ_TRY(pair(c, args, &usable));
    return usable ? give_double(out, total(&args[0], &args[1], product)) : give_null(out);
}

PZ_FN(fn_l2_distance)
{
    bool usable;
    PZ_TRY(pair(c, args, &usable));
    return usable ? give_double(out, (float)sqrt(total(&args[0], &args[1], square_of_difference))) : give_null(out);
}

PZ_FN(fn_cosine)
{
    bool usable;
    PZ_TRY(pair(c, args, &usable));
    if (!usable)
        return give_null(out);
    float dot = total(&args[0], &args[1], product), x = total(&args[0], &args[0], square_left), y = total(&args[1], &args[1], square_left);
    double size = sqrt((double)x * (double)y);
    return args[0].list.n == 0 || size == 0 ? give_null(out) : give_double(out, (float)(dot / size));
}

/* Degrees 1, 2 and infinity. */
static pz_status
norm(pz_fn_ctx *c, const pz_value *args, float *out)
{
    double degree = c->site->nargs > 1 ? args[1].d : 2;
    float most = 0;
    if (degree == 1) {
        *out = total(&args[0], &args[0], absolute_left);
    } else if (degree == 2) {
        *out = (float)sqrt(total(&args[0], &args[0], square_left));
    } else if (isinf(degree) && degree > 0) {
        for (int i = 0; i < args[0].list.n; i++)
            most = fmaxf(most, fabsf((float)args[0].list.items[i].d));
        *out = most;
    } else {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_float_text(&b, (float)degree);
        pz_str text = pz_buf_dup(&b, c->scratch);
        pz_buf_free(&b);
        return pz_raise(c->err, PZ_ERR_INVALID_VECTOR_NORM_DEGREE, PZ_NO_ORIGIN, "functionName",
                        backticked(c->scratch, pz_lower_ascii(c->scratch, c->site->name)).ptr, "degree", text.ptr, NULL);
    }
    return PZ_OK;
}

PZ_FN(fn_norm)
{
    float v;
    PZ_TRY(norm(c, args, &v));
    return has_null(&args[0]) ? give_null(out) : give_double(out, v);
}

PZ_FN(fn_normalize)
{
    float v;
    PZ_TRY(norm(c, args, &v));
    int n = args[0].list.n;
    if (has_null(&args[0]) || (v == 0 && n > 0))
        return give_null(out);
    pz_value *items = PZ_NEWN(c->scratch, pz_value, n + 1);
    for (int i = 0; i < n; i++)
        items[i] = (pz_value){.d = (float)((float)args[0].list.items[i].d / v)};
    *out = (pz_value){.list = {items, n}};
    return PZ_OK;
}

/* ---- aggregates */

typedef struct sums { double *at; int n; int64_t rows; } sums;

static pz_status
add(pz_fn_ctx *c, sums *s, const double *v, int n, int64_t rows)
{
    if (s->rows && s->n != n)
        return mismatch(c, s->n, n);
    if (!s->rows) {
        s->at = calloc((size_t)n + 1, sizeof(double));
        s->n = n;
        pz_assert(s->at);
    }
    for (int i = 0; i < n; i++)
        s->at[i] += v[i];
    s->rows += rows;
    return PZ_OK;
}

static pz_status
update(pz_fn_ctx *c, void *state, const pz_value *args)
{
    if (has_null(&args[0]))
        return PZ_OK;
    double *v = PZ_NEWN(c->scratch, double, args[0].list.n + 1);
    for (int i = 0; i < args[0].list.n; i++)
        v[i] = args[0].list.items[i].d;
    return add(c, state, v, args[0].list.n, 1);
}

static pz_status
combine(pz_fn_ctx *c, void *into, const void *from)
{
    const sums *s = from;
    return s->rows ? add(c, into, s->at, s->n, s->rows) : PZ_OK;
}

static pz_status
finish(pz_fn_ctx *c, const sums *s, pz_value *out, double rows)
{
    if (!s->rows)
        return give_null(out);
    pz_value *items = PZ_NEWN(c->scratch, pz_value, s->n + 1);
    for (int i = 0; i < s->n; i++)
        items[i] = (pz_value){.d = (float)(s->at[i] / rows)};
    *out = (pz_value){.list = {items, s->n}};
    return PZ_OK;
}
static pz_status finish_sum(pz_fn_ctx *c, void *state, pz_value *out) { return finish(c, state, out, 1); }
static pz_status finish_avg(pz_fn_ctx *c, void *state, pz_value *out) { return finish(c, state, out, (double)((sums *)state)->rows); }

static void
destroy(void *state)
{
    free(((sums *)state)->at);
}

static const pz_value_fn_def defs[] = {
    {.name = "vector_cosine_similarity", .call = fn_cosine},
    {.name = "vector_inner_product", .call = fn_inner_product},
    {.name = "vector_l2_distance", .call = fn_l2_distance},
    {.name = "vector_norm", .call = fn_norm},
    {.name = "vector_normalize", .call = fn_normalize},
};
static const pz_value_agg_def aggs[] = {
    {.name = "vector_avg", .state_size = sizeof(sums), .update = update, .combine = combine, .finish = finish_avg, .destroy = destroy},
    {.name = "vector_sum", .state_size = sizeof(sums), .update = update, .combine = combine, .finish = finish_sum, .destroy = destroy},
};
const pz_fn_family pz_family_vector = {"vector", defs, (int)PZ_COUNTOF(defs), aggs, (int)PZ_COUNTOF(aggs)};

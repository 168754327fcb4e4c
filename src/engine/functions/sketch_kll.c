/*
 * engine/functions/sketch_kll.c - KLL quantile sketches of bigint, float and double.
 *
 * In: numbers, or sketches as binaries.  Out: compact sketches, quantiles, ranks.  Level i holds items that count 2^i each; a level that is full
 * is sorted and every other item moves up.  Up to K items the sketch is exact.  Things start in the tables at the end.
 */
#include "sketch.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MIN_LEVEL 8
#define MAX_LEVELS 60

typedef union item { int64_t i; double d; } item;
typedef struct level { item *at; int n, cap; } level;
typedef struct kll {
    int k;                                     /* 0: nothing yet */
    int64_t n;
    item min, max;
    int nlevels;
    level levels[MAX_LEVELS];
    uint32_t coin;
} kll;

typedef enum kind { LONGS, FLOATS, DOUBLES } kind;

/* The function's name says what is inside. */
static kind
kind_of(const pz_fn_ctx *c)
{
    return pz_str_ends(c->site->name, "_bigint") ? LONGS : pz_str_ends(c->site->name, "_float") ? FLOATS : DOUBLES;
}

static bool
less(kind k, item a, item b)
{
    return k == LONGS ? a.i < b.i : a.d < b.d;
}

static int
by_long(const void *a, const void *b)
{
    int64_t x = ((const item *)a)->i, y = ((const item *)b)->i;
    return x < y ? -1 : x > y;
}

static int
by_double(const void *a, const void *b)
{
    double x = ((const item *)a)->d, y = ((const item *)b)->d;
    return x < y ? -1 : x > y;
}

static void
append(level *l, item v)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 8;
        l->at = realloc(l->at, (size_t)l->cap * sizeof(item));
        pz_assert(l->at);
    }
    l->at[l->n++] = v;
}

static int
capacity(const kll *s, int lev)
{
    double c = s->k * pow(2.0 / 3.0, s->nlevels - 1 - lev);
    return c < MIN_LEVEL ? MIN_LEVEL : (int)(c + 0.5);
}

static int
retained(const kll *s)
{
    int n = 0;
    for (int i = 0; i < s->nlevels; i++)
        n += s->levels[i].n;
    return n;
}

static int
room_for(const kll *s)
{
    int n = 0;
    for (int i = 0; i < s->nlevels; i++)
        n += capacity(s, i);
    return n;
}

/* The lowest level that is full gives half of its items to the next; of an odd number the newest stays. */
static bool
halve(kll *s, kind k)
{
    int lev = 0;
    while (lev < s->nlevels - 1 && s->levels[lev].n < capacity(s, lev))
        lev++;
    if (lev == s->nlevels - 1) {
        if (s->nlevels == MAX_LEVELS)
            return false;
        s->nlevels++;
    }
    level *from = &s->levels[lev];
    int odd = from->n % 2, even = from->n - odd;
    item newest = from->at[from->n - 1];
    qsort(from->at, (size_t)even, sizeof(item), k == LONGS ? by_long : by_double);
    s->coin = s->coin * 1664525u + 1013904223u;
    for (int i = (int)(s->coin >> 31); i < even; i += 2)
        append(&s->levels[lev + 1], from->at[i]);
    from->at[0] = newest;
    from->n = odd;
    return true;
}

static void
compress(kll *s, kind k)
{
    while (retained(s) > room_for(s) && halve(s, k))
        ;
}

static void
start(kll *s, int k)
{
    if (s->k)
        return;
    s->k = k;
    s->nlevels = 1;
}

static void
note(kll *s, kind k, item v)
{
    if (s->n == 0 || less(k, v, s->min))
        s->min = v;
    if (s->n == 0 || less(k, s->max, v))
        s->max = v;
}

static void
merge(kll *s, kind k, const kll *x)
{
    if (x->n == 0)
        return;
    note(s, k, x->min);
    if (s->n == 0)
        s->max = x->max;
    else
        note(s, k, x->max);
    if (x->nlevels > s->nlevels)
        s->nlevels = x->nlevels;
    for (int i = 0; i < x->nlevels; i++)
        for (int j = 0; j < x->levels[i].n; j++)
            append(&s->levels[i], x->levels[i].at[j]);
    s->n += x->n;
    compress(s, k);
}

static void
release(kll *s)
{
    for (int i = 0; i < MAX_LEVELS; i++)
        free(s->levels[i].at);
}

/* ---- bytes */

static size_t
width_of(kind k)
{
    return k == FLOATS ? 4 : 8;
}

static void
put_item(char *p, size_t *n, kind k, item v)
{
    float f = (float)v.d;
    if (k == FLOATS)
        memcpy(p + *n, &f, 4);
    else
        memcpy(p + *n, &v, 8);
    *n += width_of(k);
}

static item
get_item(const char *p, kind k)
{
    item v;
    float f;
    if (k != FLOATS) {
        memcpy(&v, p, 8);
        return v;
    }
    memcpy(&f, p, 4);
    v.d = f;
    return v;
}

/* Items lie newest first, the lowest level in front. */
static pz_str
to_bytes(pz_fn_ctx *c, const kll *s)
{
    kind k = kind_of(c);
    int items = retained(s);
    char *p = room(c, 20 + 4 * (size_t)s->nlevels + (size_t)(items + 2) * 8);
    size_t n = 8;
    memset(p, 0, 20);
    p[0] = s->n > 1 ? 5 : 2;
    p[1] = s->n == 1 ? 2 : 1;
    p[2] = 15;
    p[3] = s->n == 0 ? 1 : s->n == 1 ? 4 : 0;
    memcpy(p + 4, &s->k, 2);
    p[6] = MIN_LEVEL;
    if (s->n == 1)
        put_item(p, &n, k, s->min);
    if (s->n <= 1)
        return (pz_str){p, n};
    int total = 0, at;
    for (int i = 0; i < s->nlevels; i++)
        total += capacity(s, i);
    memcpy(p + 8, &s->n, 8);
    memcpy(p + 16, &s->k, 2);
    p[18] = (char)s->nlevels;
    n = 20;
    at = total - items;
    for (int i = 0; i < s->nlevels; i++) {
        memcpy(p + n, &at, 4);
        n += 4;
        at += s->levels[i].n;
    }
    put_item(p, &n, k, s->min);
    put_item(p, &n, k, s->max);
    for (int i = 0; i < s->nlevels; i++)
        for (int j = s->levels[i].n - 1; j >= 0; j--)
            put_item(p, &n, k, s->levels[i].at[j]);
    return (pz_str){p, n};
}

static bool
from_bytes(kind k, pz_str b, kll *s)
{
    const unsigned char *p = (const unsigned char *)b.ptr;
    size_t w = width_of(k);
    memset(s, 0, sizeof *s);
    if (b.len < 8 || p[2] != 15)
        return false;
    s->k = p[4] | p[5] << 8;
    s->nlevels = 1;
    if (s->k < 8)
        return false;
    if (p[3] & 1)
        return true;
    if (p[0] == 2) {
        if (b.len < 8 + w)
            return false;
        s->min = s->max = get_item(b.ptr + 8, k);
        s->n = 1;
        append(&s->levels[0], s->min);
        return true;
    }
    if (b.len < 20 || p[18] < 1 || p[18] > MAX_LEVELS)
        return false;
    s->n = (int64_t)le64(b.ptr + 8);
    s->nlevels = p[18];
    size_t at = 20 + 4 * (size_t)s->nlevels;
    if (b.len < at + 2 * w)
        return false;
    s->min = get_item(b.ptr + at, k);
    s->max = get_item(b.ptr + at + w, k);
    at += 2 * w;
    int items = (int)((b.len - at) / w), first = (int)le32(b.ptr + 20);
    for (int i = 0; i < s->nlevels; i++) {
        int from = (int)le32(b.ptr + 20 + 4 * (size_t)i) - first;
        int upto = i + 1 < s->nlevels ? (int)le32(b.ptr + 24 + 4 * (size_t)i) - first : items;
        if (from < 0 || upto < from || upto > items) {
            release(s);
            return false;
        }
        for (int j = upto - 1; j >= from; j--)
            append(&s->levels[i], get_item(b.ptr + at + (size_t)j * w, k));
    }
    return true;
}

static pz_status
read(pz_fn_ctx *c, pz_str b, kll *s)
{
    return from_bytes(kind_of(c), b, s) ? PZ_OK : bad_sketch(c, PZ_ERR_KLL_INVALID_INPUT_SKETCH_BUFFER);
}

/* ---- questions */

typedef struct weighted { item v; int64_t w; } weighted;

/* All items sorted, with the weight of everything up to them. */
static weighted *
view(pz_fn_ctx *c, const kll *s, kind k, int *n)
{
    weighted *all = PZ_NEWN(c->scratch, weighted, retained(s) + 1);
    *n = 0;
    for (int i = 0; i < s->nlevels; i++)
        for (int j = 0; j < s->levels[i].n; j++)
            all[(*n)++] = (weighted){s->levels[i].at[j], (int64_t)1 << i};
    qsort(all, (size_t)*n, sizeof(weighted), k == LONGS ? by_long : by_double);
    for (int i = 1; i < *n; i++)
        all[i].w += all[i - 1].w;
    return all;
}

static void
give_item(kind k, item v, pz_value *out)
{
    if (k == LONGS)
        give_int(out, v.i);
    else
        give_double(out, v.d);
}

static pz_status
quantile(pz_fn_ctx *c, const kll *s, const weighted *all, int n, double rank, pz_value *out)
{
    if (!(rank >= 0 && rank <= 1))
        return pz_raise(c->err, PZ_ERR_KLL_SKETCH_INVALID_QUANTILE_RANGE, PZ_NO_ORIGIN, "functionName", backticked(c->scratch, c->site->name).ptr, NULL);
    if (s->n == 0)
        return bad_sketch(c, PZ_ERR_KLL_INVALID_INPUT_SKETCH_BUFFER);
    double want = ceil(rank * (double)s->n);
    int i = 0;
    while (i < n - 1 && (double)all[i].w < want)
        i++;
    give_item(kind_of(c), all[i].v, out);
    return PZ_OK;
}

static double
plain(const pz_type *t, const pz_value *v)
{
    if (t->id == PZ_T_DECIMAL) {
        double d = (double)v->dec;
        for (int i = 0; i < t->scale; i++)
            d /= 10;
        return d;
    }
    return t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE ? v->d : (double)v->i;
}

/* One answer, or an array of answers for an array of questions. */
static pz_status
ask(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool ranks)
{
    kll s;
    kind k = kind_of(c);
    const pz_type *t = c->site->arg_types[1];
    bool many = t->id == PZ_T_ARRAY;
    int n, count = many ? args[1].list.n : 1;
    pz_status done = PZ_OK;
    PZ_TRY(read(c, args[0].s, &s));
    weighted *all = view(c, &s, k, &n);
    pz_value *answers = PZ_NEWN(c->scratch, pz_value, count + 1);
    for (int i = 0; i < count && done == PZ_OK; i++) {
        const pz_value *q = many ? &args[1].list.items[i] : &args[1];
        if (!ranks) {
            done = quantile(c, &s, all, n, plain(many ? t->element : t, q), &answers[i]);
            continue;
        }
        item v = {.i = q->i};
        if (k != LONGS)
            v.d = plain(many ? t->element : t, q);
        int64_t below = 0;
        for (int j = 0; j < n && !less(k, v, all[j].v); j++)
            below = all[j].w;
        answers[i].d = s.n ? (double)below / (double)s.n : NAN;
    }
    release(&s);
    *out = many ? (pz_value){.list = {answers, count}} : answers[0];
    return done;
}
PZ_FN(fn_quantile) { return ask(c, args, out, false); }
PZ_FN(fn_rank) { return ask(c, args, out, true); }

PZ_FN(fn_n)
{
    kll s;
    PZ_TRY(read(c, args[0].s, &s));
    give_int(out, s.n);
    release(&s);
    return PZ_OK;
}

PZ_FN(fn_merge)
{
    kll a, b;
    PZ_TRY(read(c, args[0].s, &a));
    pz_status done = read(c, args[1].s, &b);
    if (done == PZ_OK) {
        merge(&a, kind_of(c), &b);
        give_str(out, to_bytes(c, &a));
        release(&b);
    }
    release(&a);
    return done;
}

/* ---- the report for people */

static void
line(pz_buf *b, const char *name, const char *value)
{
    pz_buf_printf(b, "   %-23s: %s\n", name, value);
}

static void
line_int(pz_buf *b, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    line(b, name, text);
}

/* How far off a rank may be, in the reference's formula. */
static void
line_error(pz_buf *b, const char *name, double error)
{
    char text[24];
    snprintf(text, sizeof text, "%.3f%%", 100 * error);
    line(b, name, text);
}

static void
line_item(pz_buf *b, const char *name, const kll *s, kind k, bool max)
{
    pz_buf text;
    item v = max ? s->max : s->min;
    pz_buf_init(&text, 0);
    if (s->n == 0)
        pz_buf_puts(&text, "NaN");
    else if (k == LONGS)
        pz_buf_printf(&text, "%" PRId64, v.i);
    else if (k == FLOATS)
        pz_float_text(&text, (float)v.d);
    else
        pz_double_text(&text, v.d);
    pz_str t = pz_buf_view(&text);
    pz_buf_printf(b, "   %-23s: " PZ_FMT "\n", name, PZ_ARG(t));
    pz_buf_free(&text);
}

PZ_FN(fn_report)
{
    static const char *const names[] = {"Longs", "Floats", "Doubles"};
    kll s;
    kind k = kind_of(c);
    pz_buf b;
    PZ_TRY(read(c, args[0].s, &s));
    int kept = retained(&s), fits = room_for(&s), w = (int)width_of(k);
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "\n### KllKll%sSketch Summary:\n", names[k]);
    line_int(&b, "K", s.k);
    line_int(&b, "Dynamic min K", s.k);
    line_int(&b, "M", MIN_LEVEL);
    line_int(&b, "N", s.n);
    line_error(&b, "Epsilon", 2.296 / pow(s.k, 0.9723));
    line_error(&b, "Epsilon PMF", 2.446 / pow(s.k, 0.9433));
    line(&b, "Empty", s.n ? "false" : "true");
    line(&b, "Estimation Mode", s.nlevels > 1 ? "true" : "false");
    line_int(&b, "Levels", s.nlevels);
    line(&b, "Level 0 Sorted", "false");
    line_int(&b, "Capacity Items", fits);
    line_int(&b, "Retained Items", kept);
    line_int(&b, "Free Space", fits - kept);
    line(&b, "ReadOnly", "false");
    line_int(&b, "Updatable Storage Bytes", 20 + 4 * (s.nlevels + 1) + w * (2 + fits));
    line_int(&b, "Compact Storage Bytes", s.n < 2 ? 8 + w * s.n : 20 + 4 * s.nlevels + w * (2 + kept));
    line_item(&b, "Min Item", &s, k, false);
    line_item(&b, "Max Item", &s, k, true);
    pz_buf_puts(&b, "### End sketch summary\n");
    give_str(out, pz_buf_dup(&b, c->scratch));
    pz_buf_free(&b);
    release(&s);
    return PZ_OK;
}

/* ---- aggregates */

static pz_status
update_sketch(pz_fn_ctx *c, void *st, const pz_value *args)
{
    kll *s = st;
    kind k = kind_of(c);
    item v;
    start(s, c->site->nargs > 1 ? (int)args[1].i : 200);
    if (args[0].null || (k != LONGS && isnan(args[0].d)))
        return PZ_OK;
    if (k == LONGS)
        v.i = args[0].i;
    else
        v.d = plain(c->site->arg_types[0], &args[0]);
    note(s, k, v);
    s->n++;
    if ((s->levels[0].n >= s->k || s->nlevels > 1) && retained(s) >= room_for(s))
        halve(s, k);
    append(&s->levels[0], v);
    return PZ_OK;
}

static pz_status
update_merge(pz_fn_ctx *c, void *st, const pz_value *args)
{
    kll *s = st, x;
    if (args[0].null)
        return PZ_OK;
    PZ_TRY(read(c, args[0].s, &x));
    start(s, c->site->nargs > 1 ? (int)args[1].i : x.k);
    merge(s, kind_of(c), &x);
    release(&x);
    return PZ_OK;
}

static pz_status
combine(pz_fn_ctx *c, void *into, const void *from)
{
    const kll *x = from;
    if (!x->k)
        return PZ_OK;
    start(into, x->k);
    merge(into, kind_of(c), x);
    return PZ_OK;
}

static pz_status
finish(pz_fn_ctx *c, void *st, pz_value *out)
{
    start(st, 200);
    return give_str(out, to_bytes(c, st));
}

static void
destroy(void *st)
{
    release(st);
}

static const pz_value_fn_def defs[] = {
    {.name = "kll_sketch_get_n", .call = fn_n},
    {.name = "kll_sketch_get_quantile", .call = fn_quantile},
    {.name = "kll_sketch_get_rank", .call = fn_rank},
    {.name = "kll_sketch_merge", .call = fn_merge},
    {.name = "kll_sketch_to_string", .call = fn_report},
};
#define COMMON .state_size = sizeof(kll), .combine = combine, .finish = finish, .destroy = destroy, .takes_nulls = true
static const pz_value_agg_def aggs[] = {
    {.name = "kll_merge_agg", .update = update_merge, COMMON},
    {.name = "kll_sketch_agg", .update = update_sketch, COMMON},
};
const pz_fn_family pz_family_kll = {"kll", defs, (int)PZ_COUNTOF(defs), aggs, (int)PZ_COUNTOF(aggs)};

/*
 * engine/functions/collection.c - arrays: search, sets, shape, order, sequences.
 *
 * In: arrays as lists of values of one type.  Out: lists in the scratch arena that share the elements.
 * NULL as a value: distinct, union, intersect and except treat NULLs as equal; contains and overlap are three-valued.
 */
#include "agg_util.h"
#include "fn_util.h"

#include <stdlib.h>

static const pz_type *
element_of(const pz_fn_ctx *c, int arg)
{
    return c->site->arg_types[arg]->element;
}

static pz_value *
list_of(pz_fn_ctx *c, pz_value *out, int n)
{
    *out = (pz_value){.null = false};
    out->list.items = PZ_NEWN(c->scratch, pz_value, n ? n : 1);
    out->list.n = 0;
    return out->list.items;
}

static void
put(pz_value *out, const pz_value *v)
{
    out->list.items[out->list.n++] = *v;
}

/* What is made distinct knows one zero. */
static void
put_distinct(pz_fn_ctx *c, pz_value *out, const pz_value *v)
{
    out->list.items[out->list.n++] = pz_value_one_zero(c->scratch, element_of(c, 0), v);
}

static const pz_value null_value = {.null = true};

/* ---- a set of values, open addressing over a cheap hash: equal values hash alike (0.0 = -0.0, NaN = NaN) */
typedef struct value_set {
    const pz_type *t;
    const pz_value **slots;
    size_t mask;
} value_set;

uint64_t
pz_equal_hash(const pz_type *t, const pz_value *v)
{
    uint64_t h = 1469598103934665603ull;
    if (v->null)
        return 7;
    switch (t->id) {
    case PZ_T_STRING: case PZ_T_BINARY: case PZ_T_CHAR: case PZ_T_VARCHAR:
        return t->collation.len ? pz_collate_hash(t->collation, v->s) : pz_hash_bytes(v->s.ptr, v->s.len, 1);
    case PZ_T_FLOAT: case PZ_T_DOUBLE: {
        double d = v->d == 0 ? 0 : v->d;
        return d != d ? 3 : pz_hash_bytes(&d, sizeof(d), 2);
    }
    case PZ_T_DECIMAL: return pz_hash_bytes(&v->dec, sizeof(v->dec), 3);
    case PZ_T_BOOLEAN: return v->b ? 11 : 12;
    case PZ_T_CALENDAR_INTERVAL: return (uint64_t)v->iv.months * 31 + (uint64_t)v->iv.days * 7 + (uint64_t)v->iv.micros;
    case PZ_T_ARRAY:
        for (int i = 0; i < v->list.n; i++)
            h = h * 31 + pz_equal_hash(t->element, &v->list.items[i]);
        return h;
    case PZ_T_STRUCT:
        for (int i = 0; i < v->list.n; i++)
            h = h * 31 + pz_equal_hash(t->fields[i].type, &v->list.items[i]);
        return h;
    case PZ_T_MAP: case PZ_T_VARIANT: case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY: return 5;
    default: return pz_hash_bytes(&v->i, sizeof(v->i), 4);
    }
}

static void
set_init(value_set *s, pz_fn_ctx *c, const pz_type *t, int n)
{
    size_t size = 8;
    while (size < (size_t)n * 2)
        size *= 2;
    s->t = t;
    s->mask = size - 1;
    s->slots = PZ_NEWN(c->scratch, const pz_value *, size);
}

static bool
set_has(const value_set *s, const pz_value *v)
{
    for (size_t i = pz_equal_hash(s->t, v) & s->mask; s->slots[i]; i = (i + 1) & s->mask)
        if (pz_value_eq(s->t, s->slots[i], v))
            return true;
    return false;
}

/* true: was not there */
static bool
set_add(value_set *s, const pz_value *v)
{
    size_t i = pz_equal_hash(s->t, v) & s->mask;
    for (; s->slots[i]; i = (i + 1) & s->mask)
        if (pz_value_eq(s->t, s->slots[i], v))
            return false;
    s->slots[i] = v;
    return true;
}

/* ---- search */
PZ_FN(fn_array_contains)
{
    bool null = false;
    for (int i = 0; i < args[0].list.n; i++) {
        const pz_value *v = &args[0].list.items[i];
        if (!v->null && pz_value_eq(element_of(c, 0), v, &args[1]))
            return give_bool(out, true);
        null |= v->null;
    }
    return null ? give_null(out) : give_bool(out, false);
}

PZ_FN(fn_array_position)
{
    for (int i = 0; i < args[0].list.n; i++)
        if (!args[0].list.items[i].null && pz_value_eq(element_of(c, 0), &args[0].list.items[i], &args[1]))
            return give_int(out, i + 1);
    return give_int(out, 0);
}

/* Of a sorted array: the place from 0, else minus one minus where it would stand; nulls are small. */
PZ_FN(fn_array_binary_search)
{
    int low = 0, high = args[0].list.n - 1;
    while (low <= high) {
        int mid = (low + high) / 2;
        const pz_value *v = &args[0].list.items[mid];
        int cmp = v->null ? -1 : pz_value_cmp(element_of(c, 0), v, &args[1]);
        if (cmp == 0) return give_int(out, mid);
        if (cmp < 0) low = mid + 1;
        else high = mid - 1;
    }
    return give_int(out, -(low + 1));
}

PZ_FN(fn_arrays_overlap)
{
    const pz_type *t = element_of(c, 0);
    value_set s;
    bool null = false;
    set_init(&s, c, t, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++) {
        null |= args[0].list.items[i].null;
        if (!args[0].list.items[i].null)
            set_add(&s, &args[0].list.items[i]);
    }
    for (int i = 0; i < args[1].list.n; i++) {
        null |= args[1].list.items[i].null;
        if (!args[1].list.items[i].null && set_has(&s, &args[1].list.items[i]))
            return give_bool(out, true);
    }
    return null && args[0].list.n > 0 && args[1].list.n > 0 ? give_null(out) : give_bool(out, false);
}

static pz_status
extreme(pz_fn_ctx *c, const pz_value *args, pz_value *out, int sign)
{
    const pz_value *best = NULL;
    for (int i = 0; i < args[0].list.n; i++) {
        const pz_value *v = &args[0].list.items[i];
        if (!v->null && (best == NULL || sign * pz_value_cmp(element_of(c, 0), v, best) > 0))
            best = v;
    }
    *out = best ? *best : null_value;
    return PZ_OK;
}

PZ_FN(fn_array_max) { return extreme(c, args, out, 1); }
PZ_FN(fn_array_min) { return extreme(c, args, out, -1); }

/* ---- sets */
/* The first of those that are equal, as it is: DISTINCT of aggregates. */
PZ_FN(fn_first_of_each)
{
    value_set s;
    set_init(&s, c, element_of(c, 0), args[0].list.n);
    list_of(c, out, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++)
        if (set_add(&s, &args[0].list.items[i])) put(out, &args[0].list.items[i]);
    return PZ_OK;
}

PZ_FN(fn_array_distinct)
{
    value_set s;
    set_init(&s, c, element_of(c, 0), args[0].list.n);
    list_of(c, out, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++)
        if (set_add(&s, &args[0].list.items[i]))
            put_distinct(c, out, &args[0].list.items[i]);
    return PZ_OK;
}

PZ_FN(fn_array_union)
{
    value_set s;
    set_init(&s, c, element_of(c, 0), args[0].list.n + args[1].list.n);
    list_of(c, out, args[0].list.n + args[1].list.n);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < args[k].list.n; i++)
            if (set_add(&s, &args[k].list.items[i]))
                put_distinct(c, out, &args[k].list.items[i]);
    return PZ_OK;
}

static pz_status
keep_by_second(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool wanted)
{
    value_set right, seen;
    set_init(&right, c, element_of(c, 0), args[1].list.n);
    set_init(&seen, c, element_of(c, 0), args[0].list.n);
    for (int i = 0; i < args[1].list.n; i++)
        set_add(&right, &args[1].list.items[i]);
    list_of(c, out, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++)
        if (set_has(&right, &args[0].list.items[i]) == wanted && set_add(&seen, &args[0].list.items[i]))
            put_distinct(c, out, &args[0].list.items[i]);
    return PZ_OK;
}

PZ_FN(fn_array_intersect) { return keep_by_second(c, args, out, true); }
PZ_FN(fn_array_except) { return keep_by_second(c, args, out, false); }

/* ---- shape */
PZ_FN(fn_array_append)
{
    if (args[0].null)
        return give_null(out);
    list_of(c, out, args[0].list.n + 1);
    for (int i = 0; i < args[0].list.n; i++)
        put(out, &args[0].list.items[i]);
    put(out, &args[1]);
    return PZ_OK;
}

PZ_FN(fn_array_prepend)
{
    if (args[0].null)
        return give_null(out);
    list_of(c, out, args[0].list.n + 1);
    put(out, &args[1]);
    for (int i = 0; i < args[0].list.n; i++)
        put(out, &args[0].list.items[i]);
    return PZ_OK;
}

PZ_FN(fn_array_compact)
{
    list_of(c, out, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++)
        if (!args[0].list.items[i].null)
            put(out, &args[0].list.items[i]);
    return PZ_OK;
}

PZ_FN(fn_array_remove)
{
    list_of(c, out, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++)
        if (args[0].list.items[i].null || !pz_value_eq(element_of(c, 0), &args[0].list.items[i], &args[1]))
            put(out, &args[0].list.items[i]);
    return PZ_OK;
}

enum { MOST_ELEMENTS = 100000000 };            /* of one array that is made from a number: 4 GB in one row */

static pz_status
too_long(pz_fn_ctx *c, const char *parameter, const char *n)
{
    return pz_raise(c->err, PZ_ERR_COLLECTION_SIZE_LIMIT_EXCEEDED_PARAMETER, PZ_NO_ORIGIN, "numberOfElements", n, "functionName",
                    pz_strf(c->scratch, "`" PZ_FMT "`", PZ_ARG(c->site->name)).ptr, "maxRoundedArrayLength", "2147483632", "parameter", parameter, NULL);
}

PZ_FN(fn_array_repeat)
{
    if (args[1].null)
        return give_null(out);
    int64_t n = args[1].i < 0 ? 0 : args[1].i;
    if (n > 2147483632)
        return too_long(c, "`count`", pz_strf(c->scratch, "%lld", (long long)n).ptr);
    if (n > MOST_ELEMENTS)
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "the array is too long for the memory");
    list_of(c, out, (int)n);
    for (int64_t i = 0; i < n; i++)
        put(out, &args[0]);
    return PZ_OK;
}

/* array_insert(a, pos, v): pads with NULL past either end; -1 appends. */
/* last: what position -1 means, counted from the end */
static pz_status
insert_into(pz_fn_ctx *c, const pz_value *args, pz_value *out, int last)
{
    if (args[0].null || args[1].null)
        return give_null(out);
    int64_t n = args[0].list.n, pos = args[1].i, at;
    if (pos == 0)
        return pz_raise(c->err, PZ_ERR_INVALID_INDEX_OF_ZERO, PZ_NO_ORIGIN, NULL);
    at = pos > 0 ? pos - 1 : n + pos + 1 - last;
    int64_t lead = at < 0 ? -at : 0, total = at < 0 ? n + 1 + lead : at > n ? at + 1 : n + 1;
    if (total > 2147483632)
        return pz_raise_as(c->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_COLLECTION_SIZE_LIMIT_EXCEEDED_FUNCTION, PZ_NO_ORIGIN, "numberOfElements",
                           pz_strf(c->scratch, "%lld", (long long)total).ptr, "functionName", "`array_insert`", "maxRoundedArrayLength", "2147483632", NULL);
    if (total > MOST_ELEMENTS)
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "the array is too long for the memory");
    list_of(c, out, (int)total);
    if (at < 0) {
        put(out, &args[2]);
        for (int64_t i = 0; i < lead; i++)
            put(out, &null_value);
        for (int64_t i = 0; i < n; i++)
            put(out, &args[0].list.items[i]);
        return PZ_OK;
    }
    for (int64_t i = 0; i < total; i++) {
        int64_t src = i < at ? i : i - 1;
        put(out, i == at ? &args[2] : src < n ? &args[0].list.items[src] : &null_value);
    }
    return PZ_OK;
}

PZ_FN(fn_array_insert) { return insert_into(c, args, out, 0); }
PZ_FN(fn_array_insert_before) { return insert_into(c, args, out, 1); }

PZ_FN(fn_slice)
{
    int64_t n = args[0].list.n, start = args[1].i, len = args[2].i;
    if (start == 0)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_START, PZ_NO_ORIGIN, "parameter", "`start`", "functionName", "`slice`", NULL);
    if (len < 0)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_LENGTH, PZ_NO_ORIGIN, "parameter", "`length`", "length",
                        pz_strf(c->scratch, "%lld", (long long)len).ptr, "functionName", "`slice`", NULL);
    int64_t from = start < 0 ? n + start : start - 1, to = from + len;
    if (from < 0 || from >= n)
        from = to = 0;
    if (to > n)
        to = n;
    *out = (pz_value){.null = false};
    out->list.items = args[0].list.items + from;
    out->list.n = (int)(to - from);
    return PZ_OK;
}

PZ_FN(fn_flatten)
{
    int64_t total = 0;
    for (int i = 0; i < args[0].list.n; i++) {
        if (args[0].list.items[i].null)
            return give_null(out);
        total += args[0].list.items[i].list.n;
    }
    list_of(c, out, (int)total);
    for (int i = 0; i < args[0].list.n; i++)
        for (int k = 0; k < args[0].list.items[i].list.n; k++)
            put(out, &args[0].list.items[i].list.items[k]);
    return PZ_OK;
}

PZ_FN(fn_array_reverse)
{
    list_of(c, out, args[0].list.n);
    for (int i = args[0].list.n - 1; i >= 0; i--)
        put(out, &args[0].list.items[i]);
    return PZ_OK;
}

PZ_FN(fn_array_join)
{
    pz_buf b;
    bool first = true, with_null = c->site->nargs > 2;
    if (args[0].null || args[1].null || (with_null && args[2].null))
        return give_null(out);
    pz_buf_init(&b, 0);
    for (int i = 0; i < args[0].list.n; i++) {
        const pz_value *v = &args[0].list.items[i];
        if (v->null && !with_null)
            continue;
        if (!first)
            pz_buf_str(&b, args[1].s);
        pz_buf_str(&b, v->null ? args[2].s : v->s);
        first = false;
    }
    pz_str s = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return give_str(out, s);
}

PZ_FN(fn_arrays_zip)
{
    int n = 0, k = c->site->nargs;
    for (int a = 0; a < k; a++)
        n = args[a].list.n > n ? args[a].list.n : n;
    list_of(c, out, n);
    for (int i = 0; i < n; i++) {
        pz_value row = {.null = false};
        row.list.items = PZ_NEWN(c->scratch, pz_value, k);
        row.list.n = k;
        for (int a = 0; a < k; a++)
            row.list.items[a] = i < args[a].list.n ? args[a].list.items[i] : null_value;
        put(out, &row);
    }
    return PZ_OK;
}

/* size() counts a NULL collection as -1 where spark.sql.legacy.sizeOfNull holds: outside ANSI mode. */
PZ_FN(fn_size)
{
    if (args[0].null)
        return c->site->ansi ? give_null(out) : give_int(out, -1);
    return give_int(out, c->site->arg_types[0]->id == PZ_T_MAP ? args[0].map.n : args[0].list.n);
}

PZ_FN(fn_array_size)
{
    PZ_UNUSED(c);
    return give_int(out, args[0].list.n);
}

/* ---- access */
PZ_FN(fn_array_get)
{
    PZ_UNUSED(c);
    *out = args[1].i >= 0 && args[1].i < args[0].list.n ? args[0].list.items[args[1].i] : null_value;
    return PZ_OK;
}

static pz_status
map_value(pz_fn_ctx *c, const pz_value *m, const pz_value *key, pz_value *out)
{
    const pz_type *kt = c->site->arg_types[0]->key;
    for (int i = 0; i < m->map.n; i++)
        if (pz_value_eq(kt, &m->map.keys[i], key)) {
            *out = m->map.vals[i];
            return PZ_OK;
        }
    return give_null(out);
}

static pz_status
element_at(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool strict)
{
    if (c->site->arg_types[0]->id == PZ_T_MAP)
        return map_value(c, &args[0], &args[1], out);
    int64_t n = args[0].list.n, i = args[1].i;
    if (i == 0)
        return pz_raise(c->err, PZ_ERR_INVALID_INDEX_OF_ZERO, PZ_NO_ORIGIN, NULL);
    if (i > n || -i > n) {
        if (!strict)
            return give_null(out);
        return pz_raise(c->err, PZ_ERR_INVALID_ARRAY_INDEX_IN_ELEMENT_AT, PZ_NO_ORIGIN, "indexValue",
                        pz_strf(c->scratch, "%lld", (long long)i).ptr, "arraySize", pz_strf(c->scratch, "%lld", (long long)n).ptr, NULL);
    }
    *out = args[0].list.items[i > 0 ? i - 1 : n + i];
    return PZ_OK;
}

PZ_FN(fn_element_at) { return element_at(c, args, out, c->site->ansi); }
PZ_FN(fn_try_element_at) { return element_at(c, args, out, false); }

/* ---- order */
typedef struct order { const pz_type *t; int sign; bool nulls_first; } order;

static int
by_order(const void *x, const void *y, void *arg)
{
    const order *o = arg;
    const pz_value *a = x, *b = y;
    if (a->null || b->null)
        return a->null && b->null ? 0 : (a->null ? -1 : 1) * (o->nulls_first ? 1 : -1);
    return o->sign * pz_value_cmp(o->t, a, b);
}

extern void qsort_r(void *, size_t, size_t, int (*)(const void *, const void *, void *), void *);

static pz_status
sorted(pz_fn_ctx *c, const pz_value *args, pz_value *out, int sign, bool nulls_first)
{
    order o = {element_of(c, 0), sign, nulls_first};
    list_of(c, out, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++)
        put(out, &args[0].list.items[i]);
    qsort_r(out->list.items, (size_t)out->list.n, sizeof(pz_value), by_order, &o);
    return PZ_OK;
}

PZ_FN(fn_sort_array)
{
    bool asc = c->site->nargs < 2 || args[1].b;
    return sorted(c, args, out, asc ? 1 : -1, asc);
}

PZ_FN(fn_array_sort) { return sorted(c, args, out, 1, false); }

/* array_sort with a comparator: the second argument holds comparator(x[i], x[j]) for every pair, made by a nested lambda. */
typedef struct pairwise { const pz_value *matrix; bool null; } pairwise;

static int
by_matrix(const void *x, const void *y, void *arg)
{
    pairwise *p = arg;
    const pz_value *cell = &p->matrix->list.items[*(const int *)x].list.items[*(const int *)y];
    if (cell->null) {
        p->null = true;
        return 0;
    }
    return cell->i < 0 ? -1 : cell->i > 0;
}

PZ_FN(fn_array_sort_by)
{
    int n = args[0].list.n;
    int *at = PZ_NEWN(c->scratch, int, n + 1);
    pairwise p = {&args[1], false};
    for (int i = 0; i < n; i++)
        at[i] = i;
    qsort_r(at, (size_t)n, sizeof(int), by_matrix, &p);
    if (p.null)
        return pz_raise(c->err, PZ_ERR_COMPARATOR_RETURNS_NULL, PZ_NO_ORIGIN, "firstValue", "", "secondValue", "", NULL);
    list_of(c, out, n);
    for (int i = 0; i < n; i++)
        put(out, &args[0].list.items[at[i]]);
    return PZ_OK;
}

/* ---- sequence */
static pz_status
bad_bounds(pz_fn_ctx *c, pz_str from, pz_str to, pz_str by)
{
    return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "Illegal sequence boundaries: " PZ_FMT " to " PZ_FMT " by " PZ_FMT,
                         PZ_ARG(from), PZ_ARG(to), PZ_ARG(by));
}

static pz_str
num(pz_fn_ctx *c, int64_t v)
{
    return pz_strf(c->scratch, "%lld", (long long)v);
}

static pz_status
integer_sequence(pz_fn_ctx *c, int64_t from, int64_t to, int64_t step, int64_t unit, pz_value *out)
{
    if ((step > 0 && from > to) || (step < 0 && from < to) || (step == 0 && from != to))
        return bad_bounds(c, num(c, from), num(c, to), num(c, step));
    __int128 count = step == 0 ? 1 : ((__int128)to - from) / step + 1;
    if (count > 2147483632) {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_decimal_text(&b, count, 0);
        pz_str s = pz_buf_dup(&b, c->scratch);
        pz_buf_free(&b);
        return too_long(c, "`count`", s.ptr);
    }
    list_of(c, out, (int)count);
    for (__int128 i = 0; i < count; i++) {
        pz_value v = {.i = (int64_t)(from + i * step) / unit};
        put(out, &v);
    }
    return PZ_OK;
}

#define DAY_US 86400000000ll

/* i steps from an instant: months and days move the wall clock, microseconds the instant; false past the range */
static bool
step_time(const pz_zone *z, int64_t from, int64_t months, int64_t days, int64_t micros, int64_t i, int64_t *out)
{
    int offset = pz_zone_offset_at(z, from, NULL);
    int64_t local = from + offset * 1000000ll, d = pz_floor_div(local, DAY_US), rest = local - d * DAY_US, by;
    *out = from;
    if (months || days) {
        if (months) d = pz_month_add(d, months * i);
        if (__builtin_mul_overflow(d + days * i, DAY_US, &local)) return false;
        *out = pz_zone_resolve(z, local + rest, offset);
    }
    return !__builtin_mul_overflow(micros, i, &by) && !__builtin_add_overflow(*out, by, out);
}

/* Dates and timestamps by an interval: start plus i steps, so that month ends do not drift. */
static pz_status
time_sequence(pz_fn_ctx *c, const pz_value *args, pz_value *out)
{
    const pz_type *t = c->site->arg_types[0], *st = c->site->nargs > 2 ? c->site->arg_types[2] : NULL;
    bool date = t->id == PZ_T_DATE, ltz = t->id == PZ_T_TIMESTAMP;
    int64_t months = 0, days = 0, micros = 0;
    const pz_zone *z = ltz || date ? c->site->zone : pz_zone_find(PZ_STR("UTC"));
    int64_t from = date ? pz_zone_to_utc(z, args[0].i * DAY_US) : args[0].i, to = date ? pz_zone_to_utc(z, args[1].i * DAY_US) : args[1].i;
    if (st == NULL)
        days = from <= to ? 1 : -1;
    else if (st->id == PZ_T_YM_INTERVAL)
        months = args[2].i;
    else if (st->id == PZ_T_DT_INTERVAL)
        days = args[2].i / DAY_US, micros = args[2].i % DAY_US;
    else
        months = args[2].iv.months, days = args[2].iv.days, micros = args[2].iv.micros;
    if (date && micros != 0 && st != NULL && st->id != PZ_T_CALENDAR_INTERVAL && days == 0 && months == 0)
        return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_LEGACY_ERROR_TEMP_3242, PZ_NO_ORIGIN, "intervalType", "interval day to second",
                           NULL);
    int sign = months > 0 || days > 0 || micros > 0 ? 1 : months < 0 || days < 0 || micros < 0 ? -1 : 0;
    if ((sign > 0 && from > to) || (sign < 0 && from < to) || (sign == 0 && from != to))
        return bad_bounds(c, num(c, args[0].i), num(c, args[1].i), num(c, months ? months : days ? days : micros));
    __int128 step = (__int128)months * 28 * DAY_US + (__int128)days * DAY_US + micros;
    int64_t rough = (int64_t)(((__int128)to - from) / (step ? step : 1));
    if (rough < 0)
        rough = -rough;
    list_of(c, out, (int)(rough + 3 > 10000000 ? 10000000 : rough + 3));
    for (int64_t i = 0; i < rough + 3 && i < 10000000; i++) {
        int64_t at;
        pz_value v = {.null = false};
        if (!step_time(z, from, months, days, micros, i, &at) || (sign >= 0 && at > to) || (sign < 0 && at < to))
            break;
        v.i = date ? pz_floor_div(pz_zone_to_local(z, at), DAY_US) : at;
        put(out, &v);
        if (sign == 0)
            break;
    }
    return PZ_OK;
}

PZ_FN(fn_sequence)
{
    if (!pz_type_is_integral(c->site->arg_types[0]))
        return time_sequence(c, args, out);
    return integer_sequence(c, args[0].i, args[1].i, c->site->nargs > 2 ? args[2].i : args[0].i <= args[1].i ? 1 : -1, 1, out);
}

static const pz_value_fn_def defs[] = {
    {.name = "array_append", .call = fn_array_append, .takes_nulls = true},
    {.name = "array_compact", .call = fn_array_compact},
    {.name = "array_contains", .call = fn_array_contains},
    {.name = "array_distinct", .call = fn_array_distinct},
    {.name = "first_of_each", .call = fn_first_of_each},
    {.name = "array_except", .call = fn_array_except},
    {.name = "array_get", .call = fn_array_get},
    {.name = "array_insert", .call = fn_array_insert, .takes_nulls = true},
    {.name = "array_insert_before", .call = fn_array_insert_before, .takes_nulls = true},
    {.name = "array_intersect", .call = fn_array_intersect},
    {.name = "array_join", .call = fn_array_join, .takes_nulls = true},
    {.name = "array_max", .call = fn_array_max},
    {.name = "array_min", .call = fn_array_min},
    {.name = "array_binary_search", .call = fn_array_binary_search},
    {.name = "array_position", .call = fn_array_position},
    {.name = "array_prepend", .call = fn_array_prepend, .takes_nulls = true},
    {.name = "array_remove", .call = fn_array_remove},
    {.name = "array_repeat", .call = fn_array_repeat, .takes_nulls = true},
    {.name = "array_reverse", .call = fn_array_reverse},
    {.name = "array_size", .call = fn_array_size},
    {.name = "array_sort", .call = fn_array_sort},
    {.name = "array_sort_by", .call = fn_array_sort_by},
    {.name = "array_union", .call = fn_array_union},
    {.name = "arrays_overlap", .call = fn_arrays_overlap},
    {.name = "arrays_zip", .call = fn_arrays_zip},
    {.name = "element_at", .call = fn_element_at},
    {.name = "flatten", .call = fn_flatten},
    {.name = "sequence", .call = fn_sequence},
    {.name = "size", .call = fn_size, .takes_nulls = true},
    {.name = "slice", .call = fn_slice},
    {.name = "sort_array", .call = fn_sort_array},
    {.name = "try_element_at", .call = fn_try_element_at},
};
PZ_FAMILY(pz_family_collection, defs);

/*
 * types/value.c - equality, order and copies of values.
 *
 * Spark's order: NULL first, NaN last and equal to itself, -0.0 equal to 0.0, texts by bytes or their collation, containers element by element.
 */
#include <math.h>

#include "types.h"

static int
cmp_int(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int
cmp_double(double a, double b)
{
    bool an = isnan(a), bn = isnan(b);
    if (an || bn) return an - bn;
    return a < b ? -1 : a > b;
}

static int
cmp_items(const pz_type *const *types, const pz_type *element, const pz_value *a, int na, const pz_value *b, int nb)
{
    for (int i = 0; i < na && i < nb; i++) {
        int c = pz_value_cmp(types ? types[i] : element, &a[i], &b[i]);
        if (c) return c;
    }
    return cmp_int(na, nb);
}

static int
cmp_struct(const pz_type *t, const pz_value *a, const pz_value *b)
{
    for (int i = 0; i < t->nfields; i++) {
        int c = pz_value_cmp(t->fields[i].type, &a->list.items[i], &b->list.items[i]);
        if (c) return c;
    }
    return 0;
}

/* Spark does not order maps; entry by entry is enough for equality of normalised maps and for stable dumps. */
static int
cmp_map(const pz_type *t, const pz_value *a, const pz_value *b)
{
    int c = cmp_items(NULL, t->key, a->map.keys, a->map.n, b->map.keys, b->map.n);
    return c ? c : cmp_items(NULL, t->element, a->map.vals, a->map.n, b->map.vals, b->map.n);
}

/* Calendar intervals have no order in Spark either. */
static int
cmp_interval(const pz_value *a, const pz_value *b)
{
    int c = cmp_int(a->iv.months, b->iv.months);
    if (!c) c = cmp_int(a->iv.days, b->iv.days);
    return c ? c : cmp_int(a->iv.micros, b->iv.micros);
}

int
pz_value_cmp(const pz_type *t, const pz_value *a, const pz_value *b)
{
    while (t->id == PZ_T_UDT && t->element) t = t->element;
    if (a->null || b->null) return b->null - a->null;
    switch (t->id) {
    case PZ_T_VOID: return 0;
    case PZ_T_BOOLEAN: return a->b - b->b;
    case PZ_T_FLOAT: case PZ_T_DOUBLE: return cmp_double(a->d, b->d);
    case PZ_T_DECIMAL: return a->dec < b->dec ? -1 : a->dec > b->dec;
    case PZ_T_STRING: return t->collation.len ? pz_collate_cmp(t->collation, a->s, b->s) : pz_str_cmp(a->s, b->s);
    case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY: return pz_str_cmp(a->s, b->s);
    case PZ_T_CALENDAR_INTERVAL: return cmp_interval(a, b);
    case PZ_T_ARRAY: return cmp_items(NULL, t->element, a->list.items, a->list.n, b->list.items, b->list.n);
    case PZ_T_STRUCT: return cmp_struct(t, a, b);
    case PZ_T_MAP: return cmp_map(t, a, b);
    case PZ_T_VARIANT: case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY: {
        bool geo = t->id != PZ_T_VARIANT;
        const pz_type *parts[2] = {geo ? &pz_t_int : &pz_t_binary, &pz_t_binary};
        return cmp_items(parts, NULL, a->list.items, 2, b->list.items, 2);
    }
    default: return cmp_int(a->i, b->i);
    }
}

/* Does it hold -0.0? */
static bool
has_negative_zero(const pz_type *t, const pz_value *v)
{
    const pz_type *part;
    if (v->null) return false;
    switch (t->id) {
    case PZ_T_FLOAT: case PZ_T_DOUBLE: return v->d == 0 && signbit(v->d);
    case PZ_T_ARRAY: case PZ_T_STRUCT:
        for (int i = 0; i < v->list.n; i++) {
            part = t->id == PZ_T_ARRAY ? t->element : t->fields[i].type;
            if (has_negative_zero(part, &v->list.items[i])) return true;
        }
        return false;
    default: return false;
    }
}

pz_value
pz_value_one_zero(pz_arena *a, const pz_type *t, const pz_value *v)
{
    pz_value out = *v;
    if (!has_negative_zero(t, v)) return out;
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE) {
        out.d = 0;
        return out;
    }
    out.list.items = PZ_NEWN(a, pz_value, v->list.n);
    for (int i = 0; i < v->list.n; i++)
        out.list.items[i] = pz_value_one_zero(a, t->id == PZ_T_ARRAY ? t->element : t->fields[i].type, &v->list.items[i]);
    return out;
}

bool
pz_value_eq(const pz_type *t, const pz_value *a, const pz_value *b)
{
    return pz_value_cmp(t, a, b) == 0;
}

static pz_value *
copy_items(pz_arena *a, const pz_type *t, const pz_type *element, const pz_value *items, int n)
{
    pz_value *copy = PZ_NEWN(a, pz_value, n);
    for (int i = 0; i < n; i++) copy[i] = pz_value_copy(a, element ? element : t->fields[i].type, &items[i]);
    return copy;
}

pz_value
pz_value_copy(pz_arena *a, const pz_type *t, const pz_value *v)
{
    pz_value out = *v;
    while (t->id == PZ_T_UDT && t->element) t = t->element;
    if (v->null) return out;
    switch (t->id) {
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY: out.s = pz_dup(a, v->s); break;
    case PZ_T_ARRAY: out.list.items = copy_items(a, t, t->element, v->list.items, v->list.n); break;
    case PZ_T_STRUCT: out.list.items = copy_items(a, t, NULL, v->list.items, v->list.n); break;
    case PZ_T_VARIANT: out.list.items = copy_items(a, t, &pz_t_binary, v->list.items, v->list.n); break;
    case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY:
        out.list.items = PZ_NEWN(a, pz_value, 2);
        out.list.items[0] = v->list.items[0];
        out.list.items[1] = pz_value_copy(a, &pz_t_binary, &v->list.items[1]);
        break;
    case PZ_T_MAP:
        out.map.keys = copy_items(a, t, t->key, v->map.keys, v->map.n);
        out.map.vals = copy_items(a, t, t->element, v->map.vals, v->map.n);
        break;
    default: break;
    }
    return out;
}

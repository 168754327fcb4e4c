/*
 * types/coerce.c - the type that two types have in common, and the types of decimal results.
 *
 * ANSI and legacy mode have lattices of their own; where they differ is said at each step.  Facts: the recorded
 * operator table that tests/unit/test_coerce.c replays.
 */
#include "types.h"

typedef const pz_type *(*common_fn)(pz_arena *a, const pz_type *x, const pz_type *y, int rules);

static int
max_int(int x, int y)
{
    return x > y ? x : y;
}

static int
min_int(int x, int y)
{
    return x < y ? x : y;
}

/* tinyint .. bigint, float, double in order of widening; -1 for the rest */
static int
rank(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BYTE: return 0;
    case PZ_T_SHORT: return 1;
    case PZ_T_INT: return 2;
    case PZ_T_LONG: return 3;
    case PZ_T_FLOAT: return 4;
    case PZ_T_DOUBLE: return 5;
    default: return -1;
    }
}

/* ---- decimals */

const pz_type *
pz_decimal_for(pz_arena *a, const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BYTE: return pz_type_decimal(a, 3, 0);
    case PZ_T_SHORT: return pz_type_decimal(a, 5, 0);
    case PZ_T_INT: return pz_type_decimal(a, 10, 0);
    case PZ_T_LONG: return pz_type_decimal(a, 20, 0);
    case PZ_T_FLOAT: return pz_type_decimal(a, 14, 7);
    case PZ_T_DOUBLE: return pz_type_decimal(a, 30, 15);
    case PZ_T_DECIMAL: return t;
    default: return pz_type_decimal(a, 38, 18);
    }
}

/* More than 38 digits: keep the integral digits, and of the scale at least six (or all, if it has fewer). */
static const pz_type *
adjusted(pz_arena *a, int precision, int scale)
{
    if (precision <= 38)
        return pz_type_decimal(a, precision, scale);
    if (scale < 0)
        return pz_type_decimal(a, 38, scale);
    int digits = precision - scale, keep = min_int(scale, 6);
    return pz_type_decimal(a, 38, max_int(38 - digits, keep));
}

const pz_type *
pz_decimal_result(pz_arena *a, pz_dec_op op, const pz_type *l, const pz_type *r)
{
    int p1 = l->precision, s1 = l->scale, p2 = r->precision, s2 = r->scale, s, digits;
    switch (op) {
    case PZ_DEC_ADD:
        s = max_int(s1, s2);
        return adjusted(a, max_int(p1 - s1, p2 - s2) + s + 1, s);
    case PZ_DEC_MUL:
        return adjusted(a, p1 + p2 + 1, s1 + s2);
    case PZ_DEC_DIV:
        s = max_int(6, s1 + p2 + 1);
        return adjusted(a, p1 - s1 + s2 + s, s);
    case PZ_DEC_MOD:
        s = max_int(s1, s2);
        return adjusted(a, min_int(p1 - s1, p2 - s2) + s, s);
    case PZ_DEC_IDIV:
    default:
        digits = p1 - s1 + s2;
        return pz_type_decimal(a, min_int(digits == 0 ? 1 : digits, 38), 0);
    }
}

/* Scales are kept and what does not fit overflows; division alone gives up some of both. */
const pz_type *
pz_decimal_result_exact(pz_arena *a, pz_dec_op op, const pz_type *l, const pz_type *r)
{
    int p1 = l->precision, s1 = l->scale, p2 = r->precision, s2 = r->scale, p, s, over;
    switch (op) {
    case PZ_DEC_ADD:
        s = max_int(s1, s2);
        p = max_int(p1 - s1, p2 - s2) + s + 1;
        break;
    case PZ_DEC_MUL:
        p = p1 + p2 + 1;
        s = s1 + s2;
        break;
    case PZ_DEC_MOD:
        s = max_int(s1, s2);
        p = min_int(p1 - s1, p2 - s2) + s;
        break;
    case PZ_DEC_DIV:
        p = min_int(38, p1 - s1 + s2);
        s = min_int(38, max_int(6, s1 + p2 + 1));
        over = p + s - 38;
        if (over > 0) {
            s -= over / 2 + 1;
            p = 38 - s;
        }
        p += s;
        break;
    default: return pz_decimal_result(a, op, l, r);
    }
    return pz_type_decimal(a, min_int(p, 38), min_int(s, 38));
}

static bool
decimal_holds(const pz_type *d, const pz_type *x)
{
    return d->precision - d->scale >= x->precision - x->scale && d->scale >= x->scale;
}

static const pz_type *
wider_decimal(pz_arena *a, const pz_type *x, const pz_type *y, int rules)
{
    int scale = max_int(x->scale, y->scale), digits = max_int(x->precision - x->scale, y->precision - y->scale);
    if (digits + scale <= 38)
        return pz_type_decimal(a, digits + scale, scale);
    return pz_type_decimal(a, 38, rules & PZ_WIDEN_FRACTION ? min_int(scale, 38) : max_int(0, min_int(scale, 38 - digits)));
}

/* ---- parts both functions share */

static const pz_type *
wider_datetime(const pz_type *x, const pz_type *y)
{
    if (x->id == PZ_T_TIMESTAMP_LTZ_NANOS || x->id == PZ_T_TIMESTAMP_NTZ_NANOS)
        return x;
    if (y->id == PZ_T_TIMESTAMP_LTZ_NANOS || y->id == PZ_T_TIMESTAMP_NTZ_NANOS)
        return y;
    if (x->id == PZ_T_TIMESTAMP || y->id == PZ_T_TIMESTAMP)
        return &pz_t_timestamp;
    return &pz_t_timestamp_ntz;
}

static bool
makes_null(const pz_type *from, const pz_type *to)
{
    bool nullable = false;
    return !pz_cast_allowed(from, to, PZ_CAST_LEGACY, &nullable) || nullable;
}

static const pz_type *
common_struct(pz_arena *a, const pz_type *x, const pz_type *y, common_fn common, int rules)
{
    pz_field *f;
    if (x->nfields != y->nfields)
        return NULL;
    f = PZ_NEWN(a, pz_field, x->nfields + 1);
    for (int i = 0; i < x->nfields; i++) {
        const pz_field *l = &x->fields[i], *r = &y->fields[i];
        if (!pz_str_ieq(l->name, r->name))
            return NULL;
        f[i].name = l->name;
        f[i].type = common(a, l->type, r->type, rules);
        if (!f[i].type)
            return NULL;
        f[i].nullable = l->nullable || r->nullable || makes_null(l->type, f[i].type) || makes_null(r->type, f[i].type);
    }
    return pz_type_struct(a, f, x->nfields);
}

static const pz_type *
common_nested(pz_arena *a, const pz_type *x, const pz_type *y, common_fn common, int rules)
{
    const pz_type *e, *k;
    bool null;
    if (x->id != y->id)
        return NULL;
    if (x->id == PZ_T_STRUCT)
        return common_struct(a, x, y, common, rules);
    if (x->id != PZ_T_ARRAY && x->id != PZ_T_MAP)
        return NULL;
    if (!(e = common(a, x->element, y->element, rules)))
        return NULL;
    null = x->contains_null || y->contains_null || makes_null(x->element, e) || makes_null(y->element, e);
    if (x->id == PZ_T_ARRAY)
        return pz_type_array(a, e, null);
    k = common(a, x->key, y->key, rules);
    if (!k || makes_null(x->key, k) || makes_null(y->key, k))
        return NULL;                           /* a key must not become NULL */
    return pz_type_map(a, k, e, null);
}

static const pz_type *
common_string(const pz_type *x, const pz_type *y)
{
    if (x->id == PZ_T_STRING && x->collation.len)
        return x;
    if (y->id == PZ_T_STRING && y->collation.len)
        return y;
    return &pz_t_string;
}

/* Types alike in kind: no strings turned into anything, no decimal widened. */
static const pz_type *
common_simple(pz_arena *a, const pz_type *x, const pz_type *y, int rules)
{
    int rx = rank(x), ry = rank(y);
    if (pz_type_eq(x, y))
        return x;
    if (x->id == PZ_T_VOID)
        return y;
    if (y->id == PZ_T_VOID)
        return x;
    if (rx >= 0 && ry >= 0) {
        if (max_int(rx, ry) == 4 && rules & PZ_WIDEN_ANSI)
            return &pz_t_double;               /* float holds no integer wider than 24 bits exactly */
        return rx > ry ? x : y;
    }
    if (x->id == PZ_T_DECIMAL && pz_type_is_integral(y) && decimal_holds(x, pz_decimal_for(a, y)))
        return x;
    if (y->id == PZ_T_DECIMAL && pz_type_is_integral(x) && decimal_holds(y, pz_decimal_for(a, x)))
        return y;
    if (pz_type_is_datetime(x) && pz_type_is_datetime(y))
        return wider_datetime(x, y);
    if (x->id == PZ_T_TIME && y->id == PZ_T_TIME)
        return x->precision >= y->precision ? x : y;
    if (x->id == y->id && x->id == PZ_T_YM_INTERVAL)
        return pz_type_ym(a, min_int(x->start, y->start), max_int(x->end, y->end));
    if (x->id == y->id && x->id == PZ_T_DT_INTERVAL)
        return pz_type_dt(a, min_int(x->start, y->start), max_int(x->end, y->end));
    if (pz_type_is_string(x) && pz_type_is_string(y))
        return common_string(x, y);
    return NULL;
}

const pz_type *
pz_type_tightest(pz_arena *a, const pz_type *x, const pz_type *y, int rules)
{
    const pz_type *t = common_simple(a, x, y, rules);
    return t ? t : common_nested(a, x, y, pz_type_tightest, rules);
}

static const pz_type *
common_decimal(pz_arena *a, const pz_type *x, const pz_type *y, int rules)
{
    if (x->id != PZ_T_DECIMAL && y->id != PZ_T_DECIMAL)
        return NULL;
    if (!pz_type_is_numeric(x) || !pz_type_is_numeric(y))
        return NULL;
    if (rank(x) > 3 || rank(y) > 3)
        return &pz_t_double;
    return wider_decimal(a, pz_decimal_for(a, x), pz_decimal_for(a, y), rules);
}

/* ANSI: text is read as the other type.  Legacy: the other type is written as text. */
static const pz_type *
common_with_string(const pz_type *x, const pz_type *y, int rules)
{
    const pz_type *t = pz_type_is_string(x) ? y : x;
    if (pz_type_is_string(x) == pz_type_is_string(y) || pz_type_is_nested(t) || t->id == PZ_T_UDT)
        return NULL;
    if (!(rules & PZ_WIDEN_ANSI))
        return t->id == PZ_T_BINARY || t->id == PZ_T_BOOLEAN || t->id == PZ_T_VOID || t->id == PZ_T_CALENDAR_INTERVAL ? NULL : common_string(x, y);
    if (pz_type_is_integral(t))
        return &pz_t_long;
    if (pz_type_is_fractional(t))
        return &pz_t_double;
    return pz_type_is_interval(t) || t->id == PZ_T_GEOMETRY || t->id == PZ_T_GEOGRAPHY ? NULL : t;
}

const pz_type *
pz_type_wider(pz_arena *a, const pz_type *x, const pz_type *y, int rules)
{
    const pz_type *t = common_simple(a, x, y, rules);
    if (!t)
        t = common_decimal(a, x, y, rules);
    if (!t)
        t = common_with_string(x, y, rules);
    return t ? t : common_nested(a, x, y, pz_type_wider, rules);
}

const pz_type *
pz_type_wider_plain(pz_arena *a, const pz_type *x, const pz_type *y, int rules)
{
    const pz_type *t = common_simple(a, x, y, rules);
    if (!t)
        t = common_decimal(a, x, y, rules);
    return t ? t : common_nested(a, x, y, pz_type_wider_plain, rules);
}

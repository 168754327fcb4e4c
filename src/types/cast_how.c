/*
 * types/cast_how.c - which casts the engine does exactly as Spark, and which need our own function: tables/casts.def read.
 *
 * In: the two types of an allowed cast.  Out: the way to write it.  Things start at pz_cast_lowering().
 */
#include "types.h"

typedef bool (*condition)(const pz_type *from, const pz_type *to);

static const pz_type *
plain(const pz_type *t)
{
    while (t->id == PZ_T_UDT && t->element) t = t->element;
    return t;
}

/* ---------------------------------------------------------------- classes */

static bool
is_nested(const pz_type *t)
{
    return t->id == PZ_T_ARRAY || t->id == PZ_T_MAP || t->id == PZ_T_STRUCT;
}

static bool
is_floating(const pz_type *t)
{
    return t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE;
}

static bool
is_any(const pz_type *t)
{
    (void)t;
    return true;
}

#define IN_INTEGRAL(t) pz_type_is_integral(t)
#define IN_FLOATING(t) is_floating(t)
#define IN_NUMERIC(t) pz_type_is_numeric(t)
#define IN_TEXT(t) pz_type_is_string(t)
#define IN_NESTED(t) is_nested(t)
#define IN_ANY(t) is_any(t)
#define IN_VOID(t) ((t)->id == PZ_T_VOID)
#define IN_BOOLEAN(t) ((t)->id == PZ_T_BOOLEAN)
#define IN_FLOAT(t) ((t)->id == PZ_T_FLOAT)
#define IN_DOUBLE(t) ((t)->id == PZ_T_DOUBLE)
#define IN_DECIMAL(t) ((t)->id == PZ_T_DECIMAL)
#define IN_BINARY(t) ((t)->id == PZ_T_BINARY)
#define IN_DATE(t) ((t)->id == PZ_T_DATE)
#define IN_TIMESTAMP_NTZ(t) ((t)->id == PZ_T_TIMESTAMP_NTZ)
#define IN_TIME(t) ((t)->id == PZ_T_TIME)
#define IN_YM_INTERVAL(t) ((t)->id == PZ_T_YM_INTERVAL)
#define IN_DT_INTERVAL(t) ((t)->id == PZ_T_DT_INTERVAL)

/* ---------------------------------------------------------------- conditions */

static bool
when_ALWAYS(const pz_type *from, const pz_type *to)
{
    (void)from, (void)to;
    return true;
}

static bool
when_SAME_TYPE(const pz_type *from, const pz_type *to)
{
    if (from->id != to->id || is_nested(from)) return false;
    if (from->id == PZ_T_DECIMAL) return from->precision == to->precision && from->scale == to->scale;
    return from->id != PZ_T_TIME && !pz_type_is_ansi_interval(from);
}

/* Every value fits; where the scale shrinks, rounding may need one digit more. */
static bool
when_DECIMAL_FITS(const pz_type *from, const pz_type *to)
{
    int room = to->precision - to->scale;
    switch (from->id) {
    case PZ_T_BOOLEAN: return room >= 1;
    case PZ_T_BYTE: return room >= 3;
    case PZ_T_SHORT: return room >= 5;
    case PZ_T_INT: return room >= 10;
    case PZ_T_LONG: return room >= 19;
    default: return room >= from->precision - from->scale + (to->scale < from->scale);
    }
}

static int
width(const pz_type *t)
{
    return t->id == PZ_T_BYTE ? 1 : t->id == PZ_T_SHORT ? 2 : t->id == PZ_T_INT ? 4 : 8;
}

static bool
when_WIDENS(const pz_type *from, const pz_type *to)
{
    return width(to) >= width(from);
}

static bool
when_FIELDS_KEPT(const pz_type *from, const pz_type *to)
{
    return from->id == PZ_T_TIME ? to->precision >= from->precision : to->end >= from->end;
}

/* Up to 15 digits number and power of ten are exact doubles, and the engine's division rounds once. */
static bool
when_FIFTEEN(const pz_type *from, const pz_type *to)
{
    (void)to;
    return from->precision <= 15;
}

/* The engine prints .5 for a decimal without integer digits; with ANSI off small numbers have an exponent. */
static bool
when_LEADING_ZERO(const pz_type *from, const pz_type *to)
{
    (void)to;
    return from->precision > from->scale && from->scale <= 6;
}

/* The worst way any part of a container needs; VALUE when shapes differ. */
static pz_cast_how
worst_leaf(const pz_type *from, const pz_type *to)
{
    pz_cast_how worst = PZ_CAST_HOW_SAME, how;
    if (from->id != to->id) return PZ_CAST_HOW_VALUE;
    if (from->id == PZ_T_STRUCT) {
        if (from->nfields != to->nfields) return PZ_CAST_HOW_VALUE;
        for (int i = 0; i < from->nfields; i++) {
            how = pz_cast_lowering(from->fields[i].type, to->fields[i].type);
            if (how > worst) worst = how;
        }
        return worst;
    }
    worst = pz_cast_lowering(from->element, to->element);
    how = from->id == PZ_T_MAP ? pz_cast_lowering(from->key, to->key) : PZ_CAST_HOW_SAME;
    return how > worst ? how : worst;
}

static bool
when_LEAVES_SAME(const pz_type *from, const pz_type *to)
{
    return worst_leaf(from, to) == PZ_CAST_HOW_SAME;
}

/* Void parts too: their engine type is an integer that is always NULL, which casts only to numbers and texts. */
static bool
when_LEAVES_NATIVE(const pz_type *from, const pz_type *to)
{
    return worst_leaf(from, to) <= PZ_CAST_HOW_NATIVE;
}

pz_cast_how
pz_cast_lowering(const pz_type *from, const pz_type *to)
{
    from = plain(from);
    to = plain(to);
#define CAST_ROW(f, t, when, how) \
    if (IN_##f(from) && IN_##t(to) && when_##when(from, to)) return PZ_CAST_HOW_##how;
#include "../../tables/casts.def"
#undef CAST_ROW
    return PZ_CAST_HOW_VALUE;
}

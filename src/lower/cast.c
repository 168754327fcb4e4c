/*
 * lower/cast.c - CAST between Spark types.
 *
 * Three ways, cheapest first: nothing (one engine type carries both), the engine's own cast where it gives Spark's value and can
 * never fail, an engine expression where that is exact (trunc, encode), and otherwise the C function "cast", which knows every
 * pair.  Things start at pz_lower_cast().
 */
#include "lower_int.h"

/* Largest count of digits of which every number fits in the integral type. */
static int
safe_digits(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BYTE: return 2;
    case PZ_T_SHORT: return 4;
    case PZ_T_INT: return 9;
    default: return 18;
    }
}

bool
pz_cast_is_native(const pz_type *from, const pz_type *to)
{
    pz_cast_how how = pz_cast_lowering(from, to);
    return how != PZ_CAST_HOW_VALUE && how != PZ_CAST_HOW_ENCODE;
}

/* Exact engine expressions for pairs that the table leaves to the C function. */
static pz_status
write_special(pz_lowerer *lw, const pz_expr *e, const pz_type *from, const pz_type *to, pz_buf *out, bool *done)
{
    *done = from->id == PZ_T_DECIMAL && pz_type_is_integral(to) && from->precision - from->scale <= safe_digits(to);
    if (!*done) return PZ_OK;
    pz_buf_puts(out, from->scale ? "trunc(" : "(");
    PZ_TRY(pz_lower_value(lw, e, out));
    pz_buf_printf(out, ")::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, to)));
    return PZ_OK;
}

bool
pz_zone_is_utc(const pz_lowerer *lw)
{
    static const char *const names[] = {"UTC", "Z", "Etc/UTC", "GMT", "Etc/GMT", "UCT", "Zulu", "+00:00"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_eqc(lw->env->time_zone, names[i])) return true;
    return false;
}

/* Between instants and wall clocks: free in UTC; elsewhere the engine takes the later of two offsets where Spark takes the earlier. */
static pz_status
write_zoned(pz_lowerer *lw, const pz_expr *cast, const pz_type *from, const pz_type *to, pz_buf *out, bool *done)
{
    const pz_expr *e = cast->args.data[0];
    bool instant = from->id == PZ_T_TIMESTAMP && (to->id == PZ_T_TIMESTAMP_NTZ || to->id == PZ_T_DATE);
    bool local = to->id == PZ_T_TIMESTAMP && (from->id == PZ_T_TIMESTAMP_NTZ || from->id == PZ_T_DATE);
    *done = instant || local;
    if (!*done) return PZ_OK;
    if (pz_zone_is_utc(lw)) {
        pz_buf_puts(out, local ? "make_timestamptz(epoch_us(" : "make_timestamp(epoch_us(");
        PZ_TRY(pz_lower_value(lw, e, out));
        pz_buf_puts(out, to->id == PZ_T_DATE ? "))::DATE" : "))");
    } else {                                   /* also quicker than the engine's, which does not know zones such as +05:30 */
        pz_str text;
        PZ_TRY(pz_lower_text(lw, e, &text));
        return pz_lower_bound_args(lw, cast, "cast", &from, &text, 1, to, out);
    }
    return PZ_OK;
}

/* A whole number written down, as a decimal that has room for it, once or more often: 8 as DECIMAL(1,0) as DECIMAL(15,2). */
bool
pz_cast_is_constant(const pz_expr *cast, __int128 *whole)
{
    const pz_type *to = cast->type;
    const pz_expr *e = cast->args.data[0];
    if (e->kind == PZ_EXPR_LITERAL && !e->value.null && pz_type_is_integral(e->type)) *whole = e->value.i;
    else if (e->kind != PZ_EXPR_CAST || !pz_cast_is_constant(e, whole)) return false;
    if (to->id != PZ_T_DECIMAL) return false;
    return (*whole < 0 ? -*whole : *whole) < pz_pow10(to->precision - to->scale);
}

/* A whole number written down is written in its new type at once. */
static bool
write_constant(pz_lowerer *lw, const pz_expr *e, const pz_type *to, pz_buf *out)
{
    pz_value v;
    if (e->kind != PZ_EXPR_LITERAL || e->value.null || !pz_type_is_integral(e->type)) return false;
    v = e->value;
    if (to->id == PZ_T_DOUBLE) v.d = (double)e->value.i;
    else if (!pz_type_is_integral(to)) return false;
    return pz_lower_literal(lw, to, &v, out) == PZ_OK;
}

/* The value and "::T", which is not written where both are one engine type; decimals may have another width than they say. */
static pz_status
write_native(pz_lowerer *lw, const pz_expr *e, const pz_type *to, pz_buf *out)
{
    bool other, guarded;
    if (write_constant(lw, e, to, out)) return PZ_OK;
    other = e->type->id == PZ_T_DECIMAL || !pz_str_eq(pz_engine_type_text(lw, e->type), pz_engine_type_text(lw, to));
    /* A field of a cast struct that is a field itself: the engine would read it off the outermost one, in the first rows of a sorted table. */
    guarded = other && e->type->id == PZ_T_STRUCT && e->kind != PZ_EXPR_ATTR;
    if (guarded) pz_buf_puts(out, "coalesce(");
    PZ_TRY(pz_lower_value(lw, e, out));
    if (guarded) pz_buf_puts(out, ", NULL)");
    if (other) pz_buf_printf(out, "::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, to)));
    return PZ_OK;
}

/* Expressions of type void are NULL, or raise: those are evaluated. */
static pz_status
write_null(pz_lowerer *lw, const pz_expr *e, const pz_type *to, pz_buf *out)
{
    bool raises = pz_lower_can_throw(e);
    if (raises) {
        pz_buf_puts(out, "(CASE WHEN ");
        PZ_TRY(pz_lower_value(lw, e, out));
        pz_buf_puts(out, " IS NULL THEN ");
    }
    pz_buf_printf(out, "NULL::" PZ_FMT "%s", PZ_ARG(pz_engine_type_text(lw, to)), raises ? " END)" : "");
    return PZ_OK;
}

/* 'now', 'today', 'epoch', ... written as a literal are moments; in a column they are no dates. */
static pz_status
write_moment(pz_lowerer *lw, const pz_expr *e, const pz_type *to, pz_buf *out, bool *done)
{
    const pz_lower_env *env = lw->env;
    pz_value v = {0};
    int32_t days;
    *done = false;
    if (e->kind != PZ_EXPR_LITERAL || e->value.null || !pz_type_is_string(e->type) || !env->zone) return PZ_OK;
    if (to->id == PZ_T_DATE) {
        *done = pz_date_special(e->value.s, env->zone, env->now_micros, &days);
        v.i = days;
    } else if (to->id == PZ_T_TIMESTAMP || to->id == PZ_T_TIMESTAMP_NTZ) {
        *done = pz_timestamp_special(e->value.s, env->zone, to->id == PZ_T_TIMESTAMP_NTZ, env->now_micros, &v.i);
    }
    return *done ? pz_lower_literal(lw, to, &v, out) : PZ_OK;
}

pz_status
pz_lower_cast(pz_lowerer *lw, const pz_expr *cast, pz_buf *out)
{
    const pz_expr *e = cast->args.data[0];
    const pz_type *from = e->type, *to = cast->type;
    pz_str text;
    bool done;
    if (from->id == PZ_T_UDT && from->element) from = from->element;
    if (to->id == PZ_T_UDT && to->element) to = to->element;
    __int128 whole;
    if (pz_cast_is_constant(cast, &whole)) {
        pz_value v = {.dec = whole * pz_pow10(to->scale)};
        return pz_lower_literal(lw, to, &v, out);
    }
    PZ_TRY(write_moment(lw, e, to, out, &done));
    if (done) return PZ_OK;
    PZ_TRY(write_zoned(lw, cast, from, to, out, &done));
    if (done) return PZ_OK;
    PZ_TRY(write_special(lw, e, from, to, out, &done));
    if (done) return PZ_OK;
    switch (pz_cast_lowering(from, to)) {
    case PZ_CAST_HOW_SAME:
    case PZ_CAST_HOW_NATIVE: return write_native(lw, e, to, out);
    case PZ_CAST_HOW_NULLS: return write_null(lw, e, to, out);
    case PZ_CAST_HOW_NONZERO:
    case PZ_CAST_HOW_ENCODE: {
        bool encode = pz_cast_lowering(from, to) == PZ_CAST_HOW_ENCODE;
        pz_buf_puts(out, encode ? "encode(" : "(");
        PZ_TRY(pz_lower_value(lw, e, out));
        pz_buf_puts(out, encode ? ")" : " <> 0)");
        return PZ_OK;
    }
    case PZ_CAST_HOW_VALUE: break;
    }
    PZ_TRY(pz_lower_text(lw, e, &text));
    return pz_lower_bound_args(lw, cast, "cast", &from, &text, 1, to, out);
}

/*
 * lower/functions_misc.c - functions that are better written as engine expressions, and facts about the session.
 *
 * In: resolved calls.  Out: engine text.  One function per CALL row of tables/functions/{string,math,misc}.def.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

static const pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

/* The number an argument is, if that is known now. */
static bool
known_int(const pz_expr *e, int64_t *v)
{
    while (e->kind == PZ_EXPR_CAST && e->u.cast.implicit && pz_type_is_integral(e->type)) e = e->args.data[0];
    if (e->kind != PZ_EXPR_LITERAL || e->value.null || !pz_type_is_integral(e->type) || e->value.i != (int32_t)e->value.i) return false;
    *v = e->value.i;
    return true;
}

/*
 * substring(s, pos, len) with both positions known: one engine call, which the engine can look through.
 * Otherwise the C function: positions count from the end when negative, and what lies before the start is lost.
 */
LOWER(lower_substring)
{
    int64_t pos, len;
    pz_str s;
    if (!known_int(arg(call, 1), &pos) || !known_int(arg(call, 2), &len) || pos < 0) return pz_lower_bound(lw, call, "substring", false, out);
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &s));
    pz_buf_printf(out, "substring(" PZ_FMT ", %lld, %lld)", PZ_ARG(s), (long long)(pos == 0 ? 1 : pos), (long long)(len < 0 ? 0 : len));
    return PZ_OK;
}

/* Floats and decimals cannot overflow. */
LOWER(lower_abs)
{
    pz_str x;
    if (!pz_type_is_fractional(call->type)) return pz_lower_bound(lw, call, "abs", false, out);
    if (call->type->id == PZ_T_DECIMAL && call->type->precision > 34) return pz_lower_bound(lw, call, "decimal_abs", false, out);
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &x));
    pz_buf_printf(out, "abs(" PZ_FMT ")", PZ_ARG(x));
    return PZ_OK;
}

/* decode(x, k1, v1, ..., [default]): first value whose key is x, NULL being equal to NULL. */
LOWER(lower_decode)
{
    int n = call->args.n;
    pz_str x, text;
    PZ_TRY(pz_text_of(lw, pz_lower_key, arg(call, 0), &x));
    pz_buf_puts(out, "(CASE");
    lw->branch++;
    for (int i = 1; i + 1 < n; i += 2) {
        PZ_TRY(pz_text_of(lw, pz_lower_key, arg(call, i), &text));
        pz_buf_printf(out, " WHEN " PZ_FMT " IS NOT DISTINCT FROM " PZ_FMT " THEN ", PZ_ARG(x), PZ_ARG(text));
        PZ_TRY(pz_lower_value(lw, arg(call, i + 1), out));
    }
    if ((n - 1) % 2) {
        pz_buf_puts(out, " ELSE ");
        PZ_TRY(pz_lower_value(lw, arg(call, n - 1), out));
    }
    lw->branch--;
    pz_buf_puts(out, " END)");
    return PZ_OK;
}

/* The type is known now; the argument is not evaluated. */
LOWER(lower_typeof)
{
    pz_lower_string(out, pz_type_simple(arg(call, 0)->type, lw->a));
    pz_buf_puts(out, "::VARCHAR");
    return PZ_OK;
}

/* sequence(a, b, step): what follows a NULL is not computed. */
LOWER(lower_sequence)
{
    bool guarded = false;
    for (int i = 1; i < call->args.n; i++) guarded |= pz_lower_can_throw(arg(call, i));
    if (!guarded) return pz_lower_bound(lw, call, "sequence", false, out);
    pz_buf_puts(out, "CASE");
    for (int i = 0; i + 1 < call->args.n; i++) {
        pz_buf_puts(out, " WHEN (");
        PZ_TRY(pz_lower_value(lw, arg(call, i), out));
        pz_buf_puts(out, ") IS NULL THEN NULL");
    }
    pz_buf_puts(out, " ELSE ");
    PZ_TRY(pz_lower_bound(lw, call, "sequence", false, out));
    pz_buf_puts(out, " END");
    return PZ_OK;
}

/* The full name of the collation of the argument's type. */
LOWER(lower_collation)
{
    pz_str name = arg(call, 0)->type->collation;
    if (pz_str_eqc(name, "null")) pz_lower_string(out, name);
    else pz_lower_string(out, pz_strf(lw->a, "SYSTEM.BUILTIN." PZ_FMT, PZ_ARG(name.len ? name : PZ_STR("UTF8_BINARY"))));
    pz_buf_puts(out, "::VARCHAR");
    return PZ_OK;
}

/* current_user(), current_catalog() and kin: texts fixed for the query */
LOWER(lower_session_fact)
{
    const pz_lower_env *env = lw->env;
    pz_str catalog = env->current_catalog.len ? env->current_catalog : PZ_STR("spark_catalog");
    pz_str schema = env->current_database.len ? env->current_database : PZ_STR("default"), fact = schema;
    if (pz_expr_is(call, "current_user")) fact = env->user;
    if (pz_expr_is(call, "current_catalog")) fact = catalog;
    if (pz_expr_is(call, "current_path"))
        fact = env->current_path.ptr ? env->current_path : pz_strf(lw->a, "system.builtin,system.session," PZ_FMT "." PZ_FMT, PZ_ARG(catalog), PZ_ARG(schema));
    pz_lower_string(out, fact);
    pz_buf_puts(out, "::VARCHAR");
    return PZ_OK;
}

/*
 * rand(seed) and all that count rows: the C function of that name.  Over a small list or range it also learns their size, so that it can
 * begin again where Spark's next partition begins.
 */
LOWER(lower_random)
{
    static const struct { const char *name; int args; } usual[] = {{"monotonically_increasing_id", 0}, {"rand", 1}, {"randn", 1}, {"randstr", 2},
                                                                   {"shuffle", 2}, {"spark_partition_id", 0}, {"uniform", 3}, {"uuid", 1}};
    const char *name = pz_lowering_of(call)->name;
    const pz_type *types[5];
    pz_str texts[5];
    const pz_seat *seat = NULL;
    int n = call->args.n;
    for (int i = 0; i < lw->seats.n; i++)
        if (lw->seats.data[i].call == call) seat = &lw->seats.data[i];
    for (size_t i = 0; i < PZ_COUNTOF(usual); i++)
        if (!strcmp(usual[i].name, name) && usual[i].args != n) seat = NULL;
    if (!seat) return pz_lower_bound(lw, call, name, false, out);
    for (int i = 0; i < n; i++) {
        types[i] = arg(call, i)->type;
        PZ_TRY(pz_lower_text(lw, arg(call, i), &texts[i]));
    }
    types[n] = types[n + 1] = &pz_t_long;
    texts[n] = pz_strf(lw->a, "%lld::BIGINT", (long long)seat->rows);
    texts[n + 1] = pz_strf(lw->a, "%d::BIGINT", seat->partitions);
    return pz_lower_bound_args(lw, call, name, types, texts, n + 2, call->type, out);
}

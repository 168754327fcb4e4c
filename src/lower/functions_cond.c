/*
 * lower/functions_cond.c - comparisons and conditionals.
 *
 * CASE and coalesce() of the engine evaluate only the branches they need, so Spark's laziness comes for free; AND and OR do not
 * and are handled in expr.c.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

static const pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

static pz_status
list_args(pz_lowerer *lw, const pz_expr *call, int from, pz_buf *out)
{
    for (int i = from; i < call->args.n; i++) {
        if (i > from) pz_buf_puts(out, ", ");
        PZ_TRY(pz_lower_value(lw, arg(call, i), out));
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- comparison */
static bool
holds_others(const pz_type *t)
{
    return t->id == PZ_T_ARRAY || t->id == PZ_T_STRUCT;
}

static pz_status
compared(pz_lowerer *lw, const pz_expr *e, bool ordered, pz_buf *out)
{
    return ordered ? pz_lower_order(lw, e, true, out) : pz_lower_key(lw, e, out);
}

LOWER(lower_compare)
{
    static const struct { const char *name, *symbol; } ops[] = {
        {"=", " = "}, {"<>", " <> "}, {"<", " < "}, {"<=", " <= "}, {">", " > "}, {">=", " >= "}, {"<=>", " IS NOT DISTINCT FROM "},
        {"equal_null", " IS NOT DISTINCT FROM "}, {"isnotdistinctfrom", " IS NOT DISTINCT FROM "}};
    const char *symbol = " = ";
    bool ordered;
    for (size_t i = 0; i < PZ_COUNTOF(ops); i++)
        if (pz_expr_is(call, ops[i].name)) symbol = ops[i].symbol;
    ordered = strcmp(symbol, " <> ") != 0 && (symbol[1] == '<' || symbol[1] == '>') && (pz_holds_null(arg(call, 0)->type) || pz_holds_null(arg(call, 1)->type));
    pz_buf_putc(out, '(');
    PZ_TRY(compared(lw, arg(call, 0), ordered, out));
    pz_buf_puts(out, symbol);
    PZ_TRY(compared(lw, arg(call, 1), ordered, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

LOWER(lower_not)
{
    const pz_expr *x = arg(call, 0), *in = x;
    bool odd = true;
    for (; pz_expr_is(in, "not") && in->args.n == 1; in = in->args.data[0]) odd = !odd;
    if (in->kind == PZ_EXPR_SUBQUERY && in->u.sub.kind == PZ_SUB_IN) {
        if (odd) lw->negated = in;
        return pz_lower_value(lw, in, out);
    }
    pz_buf_puts(out, "(NOT ");
    PZ_TRY(pz_lower_value(lw, x, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

LOWER(lower_is)
{
    pz_buf_putc(out, '(');
    PZ_TRY(pz_lower_value(lw, arg(call, 0), out));
    pz_buf_puts(out, pz_expr_is(call, "isnull") ? " IS NULL)" : " IS NOT NULL)");
    return PZ_OK;
}

static pz_status
order_beside(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    return pz_lower_order(lw, e, true, out);
}

LOWER(lower_between)
{
    bool ordered = false;
    for (int i = 0; i < 3; i++) ordered |= pz_holds_null(arg(call, i)->type);
    if (ordered) {                             /* the engine has no BETWEEN over such values */
        pz_str x, lo, hi;
        PZ_TRY(pz_text_of(lw, order_beside, arg(call, 0), &x));
        PZ_TRY(pz_text_of(lw, order_beside, arg(call, 1), &lo));
        PZ_TRY(pz_text_of(lw, order_beside, arg(call, 2), &hi));
        pz_buf_printf(out, "(" PZ_FMT " >= " PZ_FMT " AND " PZ_FMT " <= " PZ_FMT ")", PZ_ARG(x), PZ_ARG(lo), PZ_ARG(x), PZ_ARG(hi));
        return PZ_OK;
    }
    pz_buf_putc(out, '(');
    PZ_TRY(pz_lower_key(lw, arg(call, 0), out));
    pz_buf_puts(out, " BETWEEN ");
    PZ_TRY(pz_lower_key(lw, arg(call, 1), out));
    pz_buf_puts(out, " AND ");
    PZ_TRY(pz_lower_key(lw, arg(call, 2), out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/* Long lists of plain constants are written bare: the left side's type decides. */
static bool
write_bare(const pz_expr *e, pz_buf *out)
{
    if (e->kind != PZ_EXPR_LITERAL || e->value.null) return false;
    if (e->type->id == PZ_T_INT || (e->type->id == PZ_T_LONG && e->value.i > INT32_MAX)) {
        pz_buf_printf(out, "%lld", (long long)e->value.i);
        return true;
    }
    if (pz_type_is_string(e->type) && !e->type->collation.len) {
        pz_lower_string(out, e->value.s);
        return true;
    }
    return false;
}

static pz_status
write_in(pz_lowerer *lw, const pz_expr *call, int from, int to, pz_buf *out)
{
    pz_buf_putc(out, '(');
    PZ_TRY(compared(lw, arg(call, 0), false, out));
    pz_buf_puts(out, " IN (");
    for (int i = from; i < to; i++) {
        if (i > from) pz_buf_puts(out, ", ");
        if (!write_bare(arg(call, i), out)) PZ_TRY(compared(lw, arg(call, i), false, out));
    }
    pz_buf_puts(out, "))");
    return PZ_OK;
}

/* Items that may raise are not computed once one before them is equal: they wait behind a CASE. */
static pz_status
write_in_turn(pz_lowerer *lw, const pz_expr *call, int from, pz_buf *out)
{
    int to = from + 1;
    while (to < call->args.n && !pz_lower_may_raise(lw, arg(call, to))) to++;
    if (to == call->args.n) return write_in(lw, call, from, to, out);
    pz_buf_puts(out, "(CASE WHEN ");
    PZ_TRY(write_in(lw, call, from, to, out));
    pz_buf_puts(out, " THEN true ELSE ");
    PZ_TRY(write_in(lw, call, from, to, out));        /* false or NULL */
    pz_buf_puts(out, " OR ");
    PZ_TRY(write_in_turn(lw, call, to, out));
    pz_buf_puts(out, " END)");
    return PZ_OK;
}

LOWER(lower_in)
{
    if (call->args.n == 1) {
        pz_buf_puts(out, "false");
        return PZ_OK;
    }
    return pz_lower_is_volatile(call) ? write_in(lw, call, 1, call->args.n, out) : write_in_turn(lw, call, 1, out);
}

/* ---------------------------------------------------------------- conditionals */
LOWER(lower_when)
{
    if (call->args.n == 1)                     /* ELSE alone */
        return pz_lower_value(lw, arg(call, 0), out);
    pz_buf_puts(out, "(CASE");
    for (int i = 0; i + 1 < call->args.n; i += 2) {
        pz_buf_puts(out, " WHEN ");
        PZ_TRY(pz_lower_value(lw, arg(call, i), out));
        pz_buf_puts(out, " THEN ");
        PZ_TRY(pz_lower_value(lw, arg(call, i + 1), out));
    }
    if (call->args.n % 2) {
        pz_buf_puts(out, " ELSE ");
        PZ_TRY(pz_lower_value(lw, arg(call, call->args.n - 1), out));
    }
    pz_buf_puts(out, " END)");
    return PZ_OK;
}

static pz_status
choice(pz_lowerer *lw, const pz_expr *cond, const char *test, const pz_expr *yes, const pz_expr *no, pz_buf *out)
{
    pz_buf_puts(out, "(CASE WHEN ");
    PZ_TRY(pz_lower_value(lw, cond, out));
    pz_buf_printf(out, "%s THEN ", test);
    PZ_TRY(pz_lower_value(lw, yes, out));
    pz_buf_puts(out, " ELSE ");
    PZ_TRY(pz_lower_value(lw, no, out));
    pz_buf_puts(out, " END)");
    return PZ_OK;
}

LOWER(lower_if)
{
    return choice(lw, arg(call, 0), "", arg(call, 1), arg(call, 2), out);
}

LOWER(lower_nvl2)
{
    return choice(lw, arg(call, 0), " IS NOT NULL", arg(call, 1), arg(call, 2), out);
}

LOWER(lower_coalesce)
{
    if (call->args.n == 1 && !pz_expr_is(call, "zeroifnull")) return pz_lower_value(lw, arg(call, 0), out);
    pz_buf_puts(out, "coalesce(");
    PZ_TRY(list_args(lw, call, 0, out));
    if (pz_expr_is(call, "zeroifnull") && call->args.n == 1) pz_buf_printf(out, ", 0::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, call->type)));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

LOWER(lower_greatest)
{
    if (pz_type_is_collated(call->type) || holds_others(call->type)) {      /* the engine would compare bytes, and NULLs inside otherwise */
        const pz_type *list = pz_type_array(lw->a, call->type, true);
        pz_buf items;
        pz_status st;
        pz_buf_init(&items, 0);
        pz_buf_putc(&items, '[');
        st = list_args(lw, call, 0, &items);
        pz_buf_putc(&items, ']');
        pz_str text = pz_buf_dup(&items, lw->a);
        pz_buf_free(&items);
        PZ_TRY(st);
        return pz_lower_bound_args(lw, call, pz_expr_is(call, "least") ? "array_min" : "array_max", &list, &text, 1, call->type, out);
    }
    pz_buf_puts(out, pz_expr_is(call, "least") ? "least(" : "greatest(");
    PZ_TRY(list_args(lw, call, 0, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/*
 * lower/arith.c - arithmetic on numbers.
 *
 * Integers and doubles use the engine's operators, which raise on overflow as ANSI Spark does.  A divisor is guarded only when
 * it is not provably non-zero.  Decimals: sums and products stay in the engine's DECIMAL; where the engine would compute in 18
 * digits and Spark's type is wider, an operand is widened first, except below an aggregation, where the narrow, fast form is
 * tried (lw->info->narrow_decimals) and an overflow makes the caller lower again with wide decimals.  Divisions and results that lose scale go
 * through C functions.  Things start at lower_arith().
 */
#include <stdlib.h>

#include "lower_int.h"

pz_status lower_arith(pz_lowerer *lw, const pz_expr *call, pz_buf *out);
pz_status lower_negate(pz_lowerer *lw, const pz_expr *call, pz_buf *out);
pz_status lower_neg(pz_lowerer *lw, const pz_expr *call, pz_buf *out);
pz_status lower_bits(pz_lowerer *lw, const pz_expr *call, pz_buf *out);
pz_status lower_shift(pz_lowerer *lw, const pz_expr *call, pz_buf *out);

typedef enum op { OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_IDIV } op;
static const char *const symbols[] = {[OP_ADD] = " + ", [OP_SUB] = " - ", [OP_MUL] = " * ", [OP_DIV] = " / ", [OP_MOD] = " % ", [OP_IDIV] = " // "};

static op
which(const pz_expr *call)
{
    static const struct { const char *name; op o; } names[] = {
        {"+", OP_ADD}, {"try_add", OP_ADD}, {"-", OP_SUB}, {"try_subtract", OP_SUB}, {"*", OP_MUL}, {"try_multiply", OP_MUL}, {"/", OP_DIV},
        {"try_divide", OP_DIV}, {"%", OP_MOD}, {"mod", OP_MOD}, {"try_mod", OP_MOD}, {"div", OP_IDIV}};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_expr_is(call, names[i].name)) return names[i].o;
    return OP_ADD;
}

static pz_status
write_binary(const char *symbol, pz_str a, pz_str b, pz_buf *out)
{
    pz_buf_putc(out, '(');
    pz_buf_str(out, a);
    pz_buf_puts(out, symbol);
    pz_buf_str(out, b);
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/* ---------------------------------------------------------------- chains of one operator: no recursion along the left side */
static bool
continues(const pz_expr *up, const pz_expr *e)
{
    return e->kind == PZ_EXPR_CALL && e->args.n == 2 && e->type && up->type && e->type->id == up->type->id && e->type->id != PZ_T_DECIMAL
           && e->u.call.eval_mode == PZ_CAST_ANSI && up->u.call.eval_mode == PZ_CAST_ANSI && (pz_expr_is(e, "+") || pz_expr_is(e, "-") || pz_expr_is(e, "*"))
           && pz_type_is_numeric(e->args.data[0]->type) && pz_type_is_numeric(e->args.data[1]->type);
}

static pz_status
write_chain(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    PZ_VEC(const pz_expr *) spine = {0};
    const pz_expr *e = call;
    pz_vec_push(lw->a, &spine, e);
    while (continues(e, e->args.data[0])) {
        e = e->args.data[0];
        pz_vec_push(lw->a, &spine, e);
    }
    if (spine.n > 64 && lw->info) lw->info->deep = true;
    for (int i = 0; i < spine.n; i++) pz_buf_putc(out, '(');
    PZ_TRY(pz_lower_value(lw, e->args.data[0], out));
    while (spine.n) {
        e = spine.data[--spine.n];
        pz_buf_puts(out, symbols[which(e)]);
        PZ_TRY(pz_lower_value(lw, e->args.data[1], out));
        pz_buf_putc(out, ')');
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- integers outside ANSI mode */
/* Two's complement at the declared width, computed one size up. */
static pz_status
write_wrapping(pz_lowerer *lw, const pz_expr *call, op o, pz_buf *out)
{
    const pz_type *t = call->type;
    pz_str a, b;
    static const char *const half[] = {[PZ_T_BYTE] = "128", [PZ_T_SHORT] = "32768", [PZ_T_INT] = "2147483648", [PZ_T_LONG] = "9223372036854775808"};
    static const char *const mask[] = {[PZ_T_BYTE] = "255", [PZ_T_SHORT] = "65535", [PZ_T_INT] = "4294967295", [PZ_T_LONG] = "18446744073709551615"};
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &a));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &b));
    pz_buf_printf(out, "((((" PZ_FMT "::HUGEINT%s" PZ_FMT "::HUGEINT) + %s::HUGEINT) & %s::HUGEINT) - %s::HUGEINT)::" PZ_FMT, PZ_ARG(a), symbols[o], PZ_ARG(b),
                  half[t->id], mask[t->id], half[t->id], PZ_ARG(pz_engine_type_text(lw, t)));
    return PZ_OK;
}

/* ---------------------------------------------------------------- division */
static bool
may_be_minus_one(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST) e = e->args.data[0];
    return !(e->kind == PZ_EXPR_LITERAL && !e->value.null && (e->type->id == PZ_T_DECIMAL ? e->value.dec != -1 : e->value.i != -1));
}

/* What a division by zero gives: an error unless the left side is NULL, which wins; NULL outside ANSI mode. */
static void
write_zero_case(pz_lowerer *lw, const pz_expr *call, pz_str a, op o, pz_buf *out)
{
    if (call->u.call.eval_mode != PZ_CAST_ANSI) {
        pz_buf_puts(out, "NULL");
        return;
    }
    if (call->args.data[0]->nullable) pz_buf_printf(out, "CASE WHEN " PZ_FMT " IS NOT NULL THEN ", PZ_ARG(a));
    if (pz_type_is_interval(call->args.data[0]->type) && o != OP_IDIV) pz_lower_error(lw, call, out, PZ_ERR_INTERVAL_DIVIDED_BY_ZERO, NULL);
    else pz_lower_error(lw, call, out, o == OP_MOD ? PZ_ERR_REMAINDER_BY_ZERO : PZ_ERR_DIVIDE_BY_ZERO, "config", "\"spark.sql.ansi.enabled\"", NULL);
    if (call->args.data[0]->nullable) pz_buf_puts(out, " END");
}

/* Can the engine bring both to one scale?  It turns to doubles where it cannot. */
static bool
fits_side_by_side(const pz_type *x, const pz_type *y)
{
    int ints = x->precision - x->scale > y->precision - y->scale ? x->precision - x->scale : y->precision - y->scale;
    return x->id != PZ_T_DECIMAL || y->id != PZ_T_DECIMAL || ints + (x->scale > y->scale ? x->scale : y->scale) <= 38;
}

/* The operation for a divisor that is not zero. */
static pz_status
write_quotient(pz_lowerer *lw, const pz_expr *call, op o, pz_str a, pz_str b, pz_buf *out)
{
    const pz_expr *x = call->args.data[0], *y = call->args.data[1];
    const pz_type *types[2] = {x->type, y->type};
    pz_str texts[2] = {a, b};
    bool integral = pz_type_is_integral(x->type) && pz_type_is_integral(y->type);
    if (x->type->id == PZ_T_DECIMAL || y->type->id == PZ_T_DECIMAL) {
        if (o == OP_MOD && fits_side_by_side(x->type, y->type)) return write_binary(" % ", a, b, out);
        if (o == OP_MOD) return pz_lower_bound_args(lw, call, "decimal_rem", types, texts, 2, call->type, out);
        return pz_lower_bound_args(lw, call, o == OP_IDIV ? "decimal_idiv" : "decimal_div", types, texts, 2, call->type, out);
    }
    if (o == OP_MOD && integral && may_be_minus_one(y)) {
        /* the engine refuses minimum % -1, which is 0 */
        pz_buf_printf(out, "(CASE WHEN " PZ_FMT " = -1 THEN " PZ_FMT " %% 1 ELSE " PZ_FMT " %% " PZ_FMT " END)::" PZ_FMT, PZ_ARG(b), PZ_ARG(a), PZ_ARG(a), PZ_ARG(b),
                      PZ_ARG(pz_engine_type_text(lw, call->type)));
        return PZ_OK;
    }
    if (o == OP_IDIV) {
        if (integral && call->u.call.eval_mode == PZ_CAST_LEGACY && may_be_minus_one(y)) {
            /* minimum div -1 is the minimum again */
            pz_buf_printf(out, "(CASE WHEN " PZ_FMT " = -1 AND " PZ_FMT "::BIGINT = (-9223372036854775808)::BIGINT THEN " PZ_FMT "::BIGINT ELSE " PZ_FMT
                          "::BIGINT // " PZ_FMT "::BIGINT END)", PZ_ARG(b), PZ_ARG(a), PZ_ARG(a), PZ_ARG(a), PZ_ARG(b));
            return PZ_OK;
        }
        if (!integral) {                       /* intervals: both are engine integers */
            pz_buf_printf(out, "(" PZ_FMT "::BIGINT // " PZ_FMT "::BIGINT)", PZ_ARG(a), PZ_ARG(b));
            return PZ_OK;
        }
        pz_buf_printf(out, "(" PZ_FMT "::BIGINT // " PZ_FMT "::BIGINT)", PZ_ARG(a), PZ_ARG(b));
        return PZ_OK;
    }
    return write_binary(symbols[o], a, b, out);
}

static pz_status
lower_division(pz_lowerer *lw, const pz_expr *call, op o, pz_buf *out)
{
    pz_args g = {.exprs = {call->args.data[0], call->args.data[1]}, .uses = {1, 1}, .n = 2};
    bool guard = !pz_expr_nonzero(call->args.data[1]);
    bool minus_one = o == OP_MOD && may_be_minus_one(call->args.data[1]);
    pz_status st;
    if (guard) {
        g.uses[0] = call->u.call.eval_mode == PZ_CAST_ANSI && call->args.data[0]->nullable ? 2 : 1;
        g.uses[1] = 2;
    }
    if (minus_one || o == OP_IDIV) g.uses[0]++, g.uses[1]++;
    PZ_TRY(pz_args_open(lw, &g, out));
    if (guard) {
        pz_buf_printf(out, "(CASE WHEN " PZ_FMT " = 0 THEN ", PZ_ARG(g.texts[1]));
        write_zero_case(lw, call, g.texts[0], o, out);
        pz_buf_puts(out, " ELSE ");
    }
    st = write_quotient(lw, call, o, g.texts[0], g.texts[1], out);
    if (guard) pz_buf_puts(out, " END)");
    pz_args_close(&g, out);
    return st;
}

/* ---------------------------------------------------------------- decimals */
/* Width the engine gives to a sum or product of decimals; false if it cannot keep the scale. */
static bool
engine_width(op o, const pz_type *x, const pz_type *y, int *width, bool *checked)
{
    int wide = x->precision > y->precision ? x->precision : y->precision, w;
    if (o == OP_MUL) {
        w = x->precision + y->precision;
        if (x->scale + y->scale > 38) return false;
    } else {
        int ints = x->precision - x->scale > y->precision - y->scale ? x->precision - x->scale : y->precision - y->scale;
        int scale = x->scale > y->scale ? x->scale : y->scale;
        w = (ints + scale > wide ? ints + scale : wide) + 1;
    }
    *checked = w > 18 && wide <= 18;
    if (*checked) w = 18;
    *width = w > 38 ? 38 : w;
    return true;
}

static pz_status
lower_decimal(pz_lowerer *lw, const pz_expr *call, op o, pz_buf *out)
{
    const pz_expr *x = call->args.data[0], *y = call->args.data[1];
    const pz_type *t = call->type, *types[2] = {x->type, y->type};
    int width, natural = o == OP_MUL ? x->type->scale + y->type->scale : x->type->scale > y->type->scale ? x->type->scale : y->type->scale;
    bool checked, narrow = lw->under_agg > 0 && !lw->env->wide_decimals;
    pz_str texts[2];
    PZ_TRY(pz_lower_text(lw, x, &texts[0]));
    PZ_TRY(pz_lower_text(lw, y, &texts[1]));
    if (t->scale != natural || !engine_width(o, x->type, y->type, &width, &checked) || (call->u.call.eval_mode == PZ_CAST_TRY && t->precision == 38))
        return pz_lower_bound_args(lw, call, o == OP_MUL ? "decimal_mul" : o == OP_ADD ? "decimal_add" : "decimal_sub", types, texts, 2, t, out);
    if (checked && narrow) {
        if (lw->info) lw->info->narrow_decimals = true;
    } else if (checked || lw->env->wide_decimals) {
        int p = x->type->precision > 19 ? x->type->precision : 19;
        texts[0] = pz_strf(lw->a, PZ_FMT "::DECIMAL(%d,%d)", PZ_ARG(texts[0]), p, x->type->scale);
    }
    return write_binary(symbols[o], texts[0], texts[1], out);
}

/* ---------------------------------------------------------------- entry */
enum { OWN_IDS = 1 << 24 };                    /* lambda variables of our own: far from those of columns, which may be bound */

/* Puts a name in place of an operand that may fail by itself: it is computed outside of TRY. */
static pz_status
open_operand(pz_lowerer *lw, pz_expr **operand, const pz_expr *divisor, pz_buf *out, int *opened)
{
    pz_expr *x = *operand, *v;
    pz_str text, test;
    if (!pz_lower_can_throw(x)) return PZ_OK;
    PZ_TRY(pz_lower_text(lw, x, &text));
    if (divisor && !pz_expr_nonzero(divisor)) {
        PZ_TRY(pz_lower_text(lw, divisor, &test));
        text = pz_strf(lw->a, "CASE WHEN " PZ_FMT " <> 0 THEN " PZ_FMT " END", PZ_ARG(test), PZ_ARG(text));
    }
    v = pz_expr_make(lw->a, PZ_EXPR_LAMBDA_VAR, x->origin);
    v->u.var.id = OWN_IDS + atoi(pz_lower_fresh(lw, 'v').ptr + 1);
    v->type = x->type;
    v->nullable = v->resolved = true;
    pz_buf_printf(out, "(list_transform([" PZ_FMT "], lambda v%d: ", PZ_ARG(text), v->u.var.id);
    *operand = v;
    (*opened)++;
    return PZ_OK;
}

/* The right side first: a division by zero or NULL does not look at its left one. */
static pz_status
open_operands(pz_lowerer *lw, pz_expr *plain, op o, pz_buf *out, int *opened)
{
    bool division = o == OP_DIV || o == OP_MOD || o == OP_IDIV;
    pz_exprs args = {0};
    for (int i = 0; i < plain->args.n; i++) pz_vec_push(lw->a, &args, plain->args.data[i]);
    plain->args = args;
    PZ_TRY(open_operand(lw, &args.data[1], NULL, out, opened));
    return open_operand(lw, &args.data[0], division ? args.data[1] : NULL, out, opened);
}

static pz_walk
find_untriable(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* try_*(...) with its arguments: the engine's TRY wants no subqueries and nothing volatile inside, they are computed outside. */
pz_status
pz_lower_try(pz_lowerer *lw, const pz_expr *call, pz_status (*lower)(pz_lowerer *, const pz_expr *, pz_buf *), pz_buf *out)
{
    pz_expr *plain = pz_expr_shallow(lw->a, call);
    pz_exprs args = {0};
    int opened = 0;
    for (int i = 0; i < call->args.n; i++) {
        pz_vec_push(lw->a, &args, call->args.data[i]);
        if (pz_lower_is_volatile(args.data[i]) || !pz_walk_expr(args.data[i], find_untriable, NULL)) PZ_TRY(open_operand(lw, &args.data[i], NULL, out, &opened));
    }
    plain->args = args;
    pz_buf_puts(out, "TRY(");
    PZ_TRY(lower(lw, plain, out));
    pz_buf_putc(out, ')');
    while (opened-- > 0) pz_buf_puts(out, ")[1])");
    return PZ_OK;
}

/* Sums and products of integers one size up, then what does not fit is NULL.  TRY itself runs a whole vector row by row, with an
 * exception for each that fails, as soon as one of it does. */
static pz_status
write_tried_integers(pz_lowerer *lw, const pz_expr *call, op o, pz_buf *out)
{
    const char *wide = call->type->id == PZ_T_LONG ? "HUGEINT" : "BIGINT";
    pz_str a, b;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &a));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &b));
    pz_buf_printf(out, "TRY_CAST((" PZ_FMT ")::%s%s(" PZ_FMT ")::%s AS " PZ_FMT ")", PZ_ARG(a), wide, symbols[o], PZ_ARG(b), wide,
                  PZ_ARG(pz_engine_type_text(lw, call->type)));
    return PZ_OK;
}

/* Do its own operands fail?  With `tries_args` that is NULL too, which only TRY itself can do. */
static bool
tries_only_itself(const pz_expr *call)
{
    for (int i = 0; i < call->args.n; i++)
        if (!pz_type_is_integral(call->args.data[i]->type) || (call->u.call.tries_args && pz_lower_can_throw(call->args.data[i]))) return false;
    return true;
}

/* Where the engine raises and Spark gives NULL. */
static pz_status
lower_trying(pz_lowerer *lw, const pz_expr *call, op o, pz_buf *out)
{
    pz_expr *plain = pz_expr_shallow(lw->a, call);
    int opened = 0;
    if (pz_type_is_integral(call->type) && (o == OP_ADD || o == OP_SUB || o == OP_MUL) && tries_only_itself(call)) return write_tried_integers(lw, call, o, out);
    plain->u.call.eval_mode = PZ_CAST_ANSI;
    if (call->u.call.eval_mode == PZ_CAST_TRY && !call->u.call.tries_args) PZ_TRY(open_operands(lw, plain, o, out, &opened));
    pz_buf_puts(out, "TRY(");
    if (o == OP_DIV || o == OP_MOD || o == OP_IDIV) {
        plain->u.call.eval_mode = o == OP_IDIV && call->type->id == PZ_T_LONG && pz_type_is_integral(call->args.data[0]->type) ? call->u.call.eval_mode : PZ_CAST_TRY;
        PZ_TRY(lower_division(lw, plain, o, out));
    } else if (call->type->id == PZ_T_DECIMAL) {
        int narrow = lw->under_agg;
        lw->under_agg = 0;
        plain->u.call.eval_mode = PZ_CAST_TRY;
        PZ_TRY(lower_decimal(lw, plain, o, out));
        lw->under_agg = narrow;
        pz_buf_printf(out, "::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, call->type)));
    } else {
        PZ_TRY(write_chain(lw, plain, out));
    }
    pz_buf_putc(out, ')');
    while (opened-- > 0) pz_buf_puts(out, ")[1])");
    return PZ_OK;
}

static bool
is_real(const pz_type *t)
{
    return t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE;
}

pz_status
lower_arith(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    op o = which(call);
    const pz_type *t = call->type;
    bool division = o == OP_DIV || o == OP_MOD || o == OP_IDIV;
    if (pz_type_is_interval(t) && !division && o != OP_MUL) return pz_lower_bound(lw, call, o == OP_ADD ? "interval_add" : "interval_sub", false, out);
    if (is_real(t) && division) return lower_division(lw, call, o, out);
    if (is_real(t)) return write_chain(lw, call, out);
    if (call->u.call.eval_mode == PZ_CAST_TRY) return lower_trying(lw, call, o, out);
    if (division) {
        if (call->u.call.eval_mode == PZ_CAST_LEGACY) return lower_trying(lw, call, o, out);
        return lower_division(lw, call, o, out);
    }
    if (t->id == PZ_T_DECIMAL) return call->u.call.eval_mode == PZ_CAST_LEGACY ? lower_trying(lw, call, o, out) : lower_decimal(lw, call, o, out);
    if (call->u.call.eval_mode == PZ_CAST_LEGACY && pz_type_is_integral(t)) return write_wrapping(lw, call, o, out);
    return write_chain(lw, call, out);
}

pz_status
lower_negate(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    const pz_type *t = call->type;
    if (pz_type_is_integral(t) && call->u.call.eval_mode == PZ_CAST_LEGACY) {
        pz_exprs args = {0};
        pz_expr *minus = pz_expr_shallow(lw->a, call);
        pz_vec_push(lw->a, &args, pz_literal_value(lw->a, t, (pz_value){.i = 0}));
        pz_vec_push(lw->a, &args, call->args.data[0]);
        minus->args = args;
        return write_wrapping(lw, minus, OP_SUB, out);
    }
    if (t->id == PZ_T_DECIMAL && t->precision > 34) return pz_lower_bound(lw, call, "decimal_negate", false, out);
    pz_buf_puts(out, "(-");
    PZ_TRY(pz_lower_value(lw, call->args.data[0], out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

pz_status
lower_neg(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    return lower_negate(lw, call, out);
}

/* ---------------------------------------------------------------- bits */
pz_status
lower_bits(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    pz_str a, b;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &a));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &b));
    if (pz_expr_is(call, "^")) {
        pz_buf_printf(out, "xor(" PZ_FMT ", " PZ_FMT ")", PZ_ARG(a), PZ_ARG(b));
        return PZ_OK;
    }
    return write_binary(pz_expr_is(call, "&") ? " & " : " | ", a, b, out);
}

/* Shifts count modulo the width and never raise, so they are made of multiplication and division in 128 bits. */
pz_status
lower_shift(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    bool wide = call->type->id == PZ_T_LONG;
    int bits = wide ? 64 : 32;
    const char *half = wide ? "9223372036854775808" : "2147483648", *mask = wide ? "18446744073709551615" : "4294967295";
    const char *type = wide ? "BIGINT" : "INTEGER";
    bool left = pz_expr_is(call, "<<") || pz_expr_is(call, "shiftleft");
    bool logical = pz_expr_is(call, ">>>") || pz_expr_is(call, "shiftrightunsigned");
    pz_str a, n;
    PZ_TRY(pz_lower_text(lw, call->args.data[0], &a));
    PZ_TRY(pz_lower_text(lw, call->args.data[1], &n));
    n = pz_strf(lw->a, "(" PZ_FMT " & %d)::HUGEINT", PZ_ARG(n), bits - 1);
    if (left) {
        /* drop the bits that leave first, so that 128 bits are enough */
        pz_buf_printf(out, "((((((" PZ_FMT "::HUGEINT & %s::HUGEINT) << " PZ_FMT ") & %s::HUGEINT) + %s::HUGEINT) & %s::HUGEINT) - %s::HUGEINT)::%s",
                      PZ_ARG(a), mask, PZ_ARG(n), mask, half, mask, half, type);
    } else if (logical) {
        pz_buf_printf(out, "(((((" PZ_FMT "::HUGEINT & %s::HUGEINT) >> " PZ_FMT ") + %s::HUGEINT) & %s::HUGEINT) - %s::HUGEINT)::%s", PZ_ARG(a), mask,
                      PZ_ARG(n), half, mask, half, type);
    } else {
        pz_buf_printf(out, "(" PZ_FMT " >> (" PZ_FMT ")::%s)", PZ_ARG(a), PZ_ARG(n), type);
    }
    return PZ_OK;
}

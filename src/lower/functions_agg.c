/*
 * lower/functions_agg.c - aggregates that need more than a template: count over several columns, sum and avg by type, first and
 * last with their treatment of NULL.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

static const pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

/* count(a, b) looks at rows where neither is NULL; DISTINCT compares the rows. */
static pz_status
counted(pz_lowerer *lw, const pz_expr *call, pz_str *out)
{
    pz_buf b;
    pz_str *texts = PZ_NEWN(lw->a, pz_str, call->args.n);
    int tests = 0;
    for (int i = 0; i < call->args.n; i++) {
        bool key = call->u.call.distinct && pz_type_has_key(arg(call, i)->type);
        PZ_TRY(pz_text_of(lw, key ? pz_lower_key : pz_lower_value, arg(call, i), &texts[i]));
    }
    if (call->args.n == 1) {
        *out = texts[0];
        return PZ_OK;
    }
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "CASE WHEN ");
    for (int i = 0; i < call->args.n; i++)
        pz_buf_printf(&b, "%s" PZ_FMT " IS NOT NULL", tests++ ? " AND " : "", PZ_ARG(texts[i]));
    pz_buf_puts(&b, " THEN ");
    if (call->u.call.distinct) {
        for (int i = 0; i < call->args.n; i++) pz_buf_printf(&b, "%s'f%d': " PZ_FMT, i ? ", " : "{", i, PZ_ARG(texts[i]));
        pz_buf_putc(&b, '}');
    } else {
        pz_buf_putc(&b, '1');
    }
    pz_buf_puts(&b, " END");
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return PZ_OK;
}

LOWER(lower_count)
{
    pz_str text = PZ_STR("*");
    bool all = !call->args.n || (call->args.n == 1 && !call->u.call.distinct && arg(call, 0)->kind == PZ_EXPR_LITERAL && !arg(call, 0)->value.null);
    if (!all) PZ_TRY(counted(lw, call, &text));
    return pz_lower_agg(lw, call, "count", text, out);
}

LOWER(lower_sum)
{
    pz_str text;
    const pz_type *t = call->type;
    bool lenient = call->u.call.eval_mode != PZ_CAST_ANSI;
    bool guarded = lenient && (t->id == PZ_T_DECIMAL || call->u.call.eval_mode == PZ_CAST_TRY);
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &text));
    if (t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE) return pz_lower_agg(lw, call, "sum", text, out);
    /* Sums of integers are HUGEINT here: back to bigint, where overflow raises, gives NULL (TRY) or wraps. */
    if (pz_type_is_integral(t) && call->u.call.eval_mode == PZ_CAST_LEGACY) {
        pz_buf_puts(out, "(((");
        PZ_TRY(pz_lower_agg(lw, call, "sum", text, out));
        pz_buf_puts(out, " + 9223372036854775808::HUGEINT) & 18446744073709551615::HUGEINT) - 9223372036854775808::HUGEINT)::BIGINT");
        return PZ_OK;
    }
    if (guarded) pz_buf_puts(out, "TRY_CAST(");
    PZ_TRY(pz_lower_agg(lw, call, "sum", text, out));
    pz_buf_printf(out, guarded ? " AS " PZ_FMT ")" : "::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, t)));
    return PZ_OK;
}

enum { MEAN_DIGITS = 11 };

/* Of at most 11 digits Spark takes the mean as doubles: of the unscaled numbers first, then that by the power of ten, which decides what
 * becomes of halves in the last digit. */
static pz_str
mean_in_doubles(pz_lowerer *lw, const pz_type *from, pz_str sum, pz_str count)
{
    char power[MEAN_DIGITS + 2] = "1";
    for (int i = 0; i < from->scale; i++) power[i + 1] = '0';
    return pz_strf(lw->a, "(((" PZ_FMT ")::DECIMAL(38,%d) * %s::DECIMAL(12,0))::HUGEINT::DOUBLE / (" PZ_FMT ")::DOUBLE / %s::DOUBLE)", PZ_ARG(sum), from->scale, power,
                   PZ_ARG(count), power);
}

/* avg(decimal) is sum divided by count, rounded half up by a C function once per group; the rest is the engine's. */
static pz_status
avg_decimal(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    const pz_type *from = arg(call, 0)->type;
    int p = from->precision + 10 > 38 ? 38 : from->precision + 10;
    const pz_type *types[2] = {pz_type_decimal(lw->a, p, from->scale), pz_type_decimal(lw->a, 20, 0)};
    pz_expr site;
    pz_str x, texts[2];
    pz_buf b;
    pz_status st;
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &x));
    pz_buf_init(&b, 0);
    st = pz_lower_agg(lw, call, "sum", x, &b);
    texts[0] = pz_buf_dup(&b, lw->a);
    pz_buf_clear(&b);
    if (st == PZ_OK) st = pz_lower_agg(lw, call, "count", x, &b);
    texts[1] = pz_strf(lw->a, "nullif(" PZ_FMT ", 0)::DECIMAL(20,0)", PZ_ARG(pz_buf_view(&b)));
    pz_buf_free(&b);
    PZ_TRY(st);
    site = *call;                              /* the function's arguments are not the call's */
    site.args.n = 0;
    if (from->precision <= MEAN_DIGITS) {
        types[0] = &pz_t_double;
        texts[0] = mean_in_doubles(lw, from, texts[0], texts[1]);
        return pz_lower_bound_args(lw, &site, "cast", types, texts, 1, call->type, out);
    }
    return pz_lower_bound_args(lw, &site, "decimal_div", types, texts, 2, call->type, out);
}

LOWER(lower_avg)
{
    pz_str text;
    if (arg(call, 0)->type->id == PZ_T_DECIMAL && call->type->id == PZ_T_DECIMAL) return avg_decimal(lw, call, out);
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &text));
    if (pz_type_is_ansi_interval(call->type)) {
        /* the sum has the interval's own width; halves are rounded away from zero */
        bool lenient = call->u.call.eval_mode == PZ_CAST_TRY;
        pz_buf_puts(out, lenient ? "round(TRY_CAST(" : "round((");
        PZ_TRY(pz_lower_agg(lw, call, "sum", text, out));
        pz_buf_printf(out, lenient ? " AS " PZ_FMT ")::DOUBLE / " : ")::" PZ_FMT "::DOUBLE / ", PZ_ARG(pz_engine_type_text(lw, call->type)));
        PZ_TRY(pz_lower_agg(lw, call, "count", text, out));
        pz_buf_printf(out, ")::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, call->type)));
        return PZ_OK;
    }
    /* what is distinct is decided before it becomes a double */
    if (arg(call, 0)->type->id == PZ_T_LONG && call->u.call.distinct) return pz_lower_agg(lw, call, "avg", text, out);
    if (arg(call, 0)->type->id != PZ_T_DOUBLE) text = pz_strf(lw->a, PZ_FMT "::DOUBLE", PZ_ARG(text));
    return pz_lower_agg(lw, call, "avg", text, out);
}

static bool
skips_nulls(const pz_expr *call)
{
    if (call->u.call.ignore_nulls) return true;
    return call->args.n > 1 && arg(call, 1)->kind == PZ_EXPR_LITERAL && arg(call, 1)->type->id == PZ_T_BOOLEAN && !arg(call, 1)->value.null
           && arg(call, 1)->value.b;
}

/* first, first_value, any_value, last, last_value */
static pz_status
edge(pz_lowerer *lw, const pz_expr *call, const char *name, pz_buf *out)
{
    pz_expr *bare = pz_expr_shallow(lw->a, call);
    pz_str text;
    bool over = lw->over.len > 0, skip = skips_nulls(call);
    bare->u.call.ignore_nulls = false;
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &text));
    if (over && call->u.call.filter) {         /* the engine has no FILTER here: what does not pass is a NULL around the value */
        pz_str test;
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_status st = pz_lower_filter(lw, call->u.call.filter, &b);
        test = pz_buf_dup(&b, lw->a);
        pz_buf_free(&b);
        PZ_TRY(st);
        if (skip) test = pz_strf(lw->a, "(" PZ_FMT ") AND (" PZ_FMT ") IS NOT NULL", PZ_ARG(test), PZ_ARG(text));
        bare->u.call.filter = NULL;
        text = pz_strf(lw->a, "CASE WHEN " PZ_FMT " THEN {'v': " PZ_FMT "} END IGNORE NULLS", PZ_ARG(test), PZ_ARG(text));
        pz_buf_putc(out, '(');
        PZ_TRY(pz_lower_agg(lw, bare, strcmp(name, "first") == 0 ? "first_value" : "last_value", text, out));
        pz_buf_puts(out, ").v");
        return PZ_OK;
    }
    if (over) {
        if (skip) text = pz_strf(lw->a, PZ_FMT " IGNORE NULLS", PZ_ARG(text));
        return pz_lower_agg(lw, bare, strcmp(name, "first") == 0 ? "first_value" : "last_value", text, out);
    }
    if (skip) {
        pz_expr *test = pz_call_make(lw->a, call->origin, "isnotnull", 1, arg(call, 0)), *both = test;
        test->type = &pz_t_boolean;
        if (call->u.call.filter) {
            both = pz_call_make(lw->a, call->origin, "and", 2, call->u.call.filter, test);
            both->type = &pz_t_boolean;
        }
        bare->u.call.filter = both;
    }
    return pz_lower_agg(lw, bare, name, text, out);
}

LOWER(lower_first)
{
    return edge(lw, call, "first", out);
}

LOWER(lower_last)
{
    return edge(lw, call, "last", out);
}

LOWER(lower_any_value)
{
    return edge(lw, call, "first", out);
}

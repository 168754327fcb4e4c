/*
 * lower/functions_nested.c - making structs and arrays, taking items out of arrays and maps, generators outside GENERATE.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

static const pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

/* An item of a container keeps the width of its decimal type. */
static pz_status
exact_item(pz_lowerer *lw, const pz_expr *e, const pz_type *t, pz_buf *out)
{
    PZ_TRY(pz_lower_value(lw, e, out));
    if (t->id == PZ_T_DECIMAL || e->type->id != t->id) pz_buf_printf(out, "::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, t)));
    return PZ_OK;
}

/* struct(a, b) and named_struct('x', a, 'y', b): fields by position */
LOWER(lower_struct)
{
    int n = call->type->nfields, step = call->args.n == 2 * n && pz_expr_is(call, "named_struct") ? 2 : 1;
    if (n == 0) {                              /* the engine has none: a field stands in (types/type_print.c) */
        pz_buf_puts(out, "{'f0': NULL::INTEGER}");
        return PZ_OK;
    }
    pz_buf_putc(out, '{');
    for (int i = 0; i < n; i++) {
        pz_buf_printf(out, "%s'f%d': ", i ? ", " : "", i);
        PZ_TRY(exact_item(lw, arg(call, step * i + step - 1), call->type->fields[i].type, out));
    }
    pz_buf_putc(out, '}');
    return PZ_OK;
}

LOWER(lower_array)
{
    pz_buf_putc(out, '[');
    for (int i = 0; i < call->args.n; i++) {
        if (i) pz_buf_puts(out, ", ");
        PZ_TRY(exact_item(lw, arg(call, i), call->type->element, out));
    }
    pz_buf_puts(out, "]::");
    pz_buf_str(out, pz_engine_type_text(lw, call->type));
    return PZ_OK;
}

/* ---------------------------------------------------------------- a[i], m[k] */
static pz_status
array_item(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    static const char *const names[] = {"indexValue", "arraySize"};
    const pz_expr *index = arg(call, 1);
    bool strict = call->u.call.eval_mode == PZ_CAST_ANSI && !pz_expr_is(call, "get");
    pz_args g = {.exprs = {arg(call, 0), index}, .uses = {strict ? 3 : 1, strict ? 4 : 2}, .n = 2};
    pz_str values[2], a, i;
    PZ_TRY(pz_args_open(lw, &g, out));
    a = g.texts[0];
    i = g.texts[1];
    if (!strict) {
        pz_buf_printf(out, "(CASE WHEN " PZ_FMT " >= 0 THEN list_extract(" PZ_FMT ", " PZ_FMT "::BIGINT + 1) END)", PZ_ARG(i), PZ_ARG(a), PZ_ARG(i));
    } else {
        values[0] = i;
        values[1] = pz_strf(lw->a, "len(" PZ_FMT ")", PZ_ARG(a));
        pz_buf_printf(out, "(CASE WHEN " PZ_FMT " < 0 OR " PZ_FMT " >= len(" PZ_FMT ") THEN ", PZ_ARG(i), PZ_ARG(i), PZ_ARG(a));
        pz_lower_error_values(lw, call, out, PZ_ERR_INVALID_ARRAY_INDEX, 2, names, values);
        pz_buf_printf(out, " ELSE list_extract(" PZ_FMT ", " PZ_FMT "::BIGINT + 1) END)", PZ_ARG(a), PZ_ARG(i));
    }
    pz_args_close(&g, out);
    return PZ_OK;
}

LOWER(lower_item)
{
    const pz_type *t = arg(call, 0)->type;
    if (t->id == PZ_T_ARRAY) return array_item(lw, call, out);
    if (t->id != PZ_T_MAP) return pz_raise_internal(lw->err, "an item of something that is neither array nor map");
    if (pz_type_is_collated(t->key)) return pz_lower_bound(lw, call, "element_at", false, out);
    pz_buf_puts(out, "map_extract_value(");
    PZ_TRY(pz_lower_value(lw, arg(call, 0), out));
    pz_buf_puts(out, ", ");
    PZ_TRY(exact_item(lw, arg(call, 1), t->key, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/* Generators are lowered by the GENERATE around them. */
LOWER(lower_generator)
{
    (void)out;
    return pz_raise_internal(lw->err, "generator " PZ_FMT " outside of Generate", PZ_ARG(call->names.data[0]));
}

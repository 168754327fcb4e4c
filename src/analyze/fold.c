/*
 * analyze/fold.c - the value of a foldable expression: literals at once, the rest by the engine.
 */
#include "func_int.h"

/* Implicit casts among whole numbers need no engine. */
static bool
fold_number(const pz_expr *e, pz_value *out)
{
    const pz_expr *c = e->args.data[0];
    int64_t v;
    if (e->kind != PZ_EXPR_CAST || c->kind != PZ_EXPR_LITERAL)
        return false;
    if (c->value.null) {
        *out = (pz_value){.null = true};
        return true;
    }
    if (!pz_type_is_integral(c->type))
        return false;
    v = c->value.i;
    switch (e->type->id) {
    case PZ_T_BYTE: if (v < INT8_MIN || v > INT8_MAX) return false; break;
    case PZ_T_SHORT: if (v < INT16_MIN || v > INT16_MAX) return false; break;
    case PZ_T_INT: if (v < INT32_MIN || v > INT32_MAX) return false; break;
    case PZ_T_LONG: break;
    case PZ_T_DOUBLE: *out = (pz_value){.d = (double)v}; return true;
    default: return false;
    }
    *out = (pz_value){.i = v};
    return true;
}

pz_status
pz_fold(pz_analyzer *an, const pz_expr *e, pz_value *out)
{
    while (e->kind == PZ_EXPR_ALIAS || e->kind == PZ_EXPR_NAMED_ARG)
        e = e->args.data[0];
    if (e->kind == PZ_EXPR_LITERAL) {
        *out = e->value;
        return PZ_OK;
    }
    if (e->kind == PZ_EXPR_CAST && fold_number(e, out))
        return PZ_OK;
    if (!an->env->fold)
        return pz_raise_internal(an->err, "no constant folding here");
    return an->env->fold(an->env->ctx, e, an->a, out, an->err);
}

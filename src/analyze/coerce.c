/*
 * analyze/coerce.c - casts: those the analyzer adds, and the check of those the user wrote.
 */
#include "func_int.h"

/* A cast that must be possible: callers chose the type by the coercion rules. */
pz_expr *
pz_cast_to(pz_analyzer *an, pz_expr *e, const pz_type *t)
{
    pz_expr *c;
    bool null = false;
    if (pz_type_eq(e->type, t) || (pz_type_is_string(e->type) && pz_type_is_string(t)))
        return e;
    c = pz_expr_make(an->a, PZ_EXPR_CAST, e->origin);
    pz_vec_push(an->a, &c->args, e);
    c->type = t;
    c->u.cast.mode = an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    c->u.cast.mode_set = true;
    c->u.cast.implicit = true;
    pz_cast_allowed(e->type, t, c->u.cast.mode, &null);
    c->nullable = e->nullable || null;
    c->foldable = e->foldable;
    c->resolved = true;
    return c;
}

pz_status
pz_coerce_all(pz_analyzer *an, pz_expr **args, int n, const pz_type *t)
{
    for (int i = 0; i < n; i++)
        args[i] = pz_cast_to(an, args[i], t);
    return PZ_OK;
}

static pz_status
raise_cast(pz_analyzer *an, const pz_expr *c)
{
    const pz_type *from = c->args.data[0]->type, *to = c->type;
    const char *hint = c->u.cast.mode == PZ_CAST_LEGACY ? NULL : pz_cast_function_hint(from, to);
    pz_str expr = pz_quote_sql_expr(an, c), src = pz_quote_type(an, from), target = pz_quote_type(an, to);
    bool null;
    if (pz_type_is_nested(from) && pz_type_is_nested(to) && from->id == to->id)
        expr = pz_quote_sql_expr(an, c->args.data[0]);
    if (hint)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITH_FUNC_SUGGESTION, c->origin, "sqlExpr", expr.ptr, "srcType", src.ptr, "targetType",
                        target.ptr, "functionNames", pz_strf(an->a, "`%s`", hint).ptr, NULL);
    if (c->u.cast.mode == PZ_CAST_ANSI && pz_cast_allowed(from, to, PZ_CAST_LEGACY, &null))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITH_CONF_SUGGESTION, c->origin, "sqlExpr", expr.ptr, "srcType", src.ptr, "targetType",
                        target.ptr, "config", "\"spark.sql.ansi.enabled\"", "configVal", "'false'", NULL);
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, c->origin, "sqlExpr", expr.ptr, "srcType", src.ptr, "targetType", target.ptr,
                    NULL);
}

/* CHAR and VARCHAR in a cast mean STRING (length rules hold for tables only). */
static const pz_type *
plain_strings(pz_arena *a, const pz_type *t)
{
    pz_field *f;
    switch (t->id) {
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
        return pz_type_string_collated(a, t->told_bytes ? PZ_STR("UTF8_BINARY") : t->collation);
    case PZ_T_ARRAY:
        return pz_type_array(a, plain_strings(a, t->element), t->contains_null);
    case PZ_T_MAP:
        return pz_type_map(a, plain_strings(a, t->key), plain_strings(a, t->element), t->contains_null);
    case PZ_T_STRUCT:
        f = PZ_NEWN(a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) {
            f[i] = t->fields[i];
            f[i].type = plain_strings(a, f[i].type);
        }
        return pz_type_struct(a, f, t->nfields);
    default:
        return t;
    }
}

pz_status
pz_resolve_cast(pz_analyzer *an, pz_expr *c)
{
    const pz_expr *e = c->args.data[0];
    bool null = false;
    if (!c->u.cast.mode_set) {
        c->u.cast.mode = an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
        c->u.cast.mode_set = true;
    }
    c->type = plain_strings(an->a, c->type);
    if (c->type->id == PZ_T_TIME && an->env->conf && !pz_str_ieqc(an->env->conf(an->env->ctx, "spark.sql.timeType.enabled"), "true"))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_TIME_TYPE, c->origin, NULL);
    if (!pz_cast_allowed(e->type, c->type, c->u.cast.mode, &null))
        return raise_cast(an, c);
    c->nullable = e->nullable || null;
    c->resolved = true;
    if (pz_type_is_nested(e->type) && pz_type_is_string(c->type) && pz_conf_is(an->env, "spark.sql.legacy.castComplexTypesToString.enabled", "true")) {
        pz_expr *text = pz_call_resolved(an, "complex text", 1, c->args.data[0]);
        if (text == NULL)
            return PZ_FAIL;
        c->args.data[0] = text;
    }
    return PZ_OK;
}

static bool
holds_text(const pz_type *t)
{
    while (t->id == PZ_T_ARRAY)
        t = t->element;
    return pz_type_is_string(t);
}

/* Text goes first, as in Spark: widening with text is not associative. */
const pz_type *
pz_common_of(pz_analyzer *an, pz_expr *const *args, int n, bool strings)
{
    const pz_type *t = NULL;
    for (int pass = strings ? 0 : 1; pass < 2; pass++)
        for (int i = 0; i < n; i++) {
            const pz_type *x = args[i]->type;
            if (strings && holds_text(x) != (pass == 0))
                continue;
            if (!t) {
                t = x;
                continue;
            }
            if (t == x || pz_type_eq(t, x))
                continue;
            t = strings ? pz_type_wider(an->a, t, x, pz_widening(an->env, an->env->ansi)) : pz_type_wider_plain(an->a, t, x, pz_widening(an->env, an->env->ansi));
            if (!t)
                return NULL;
        }
    return t ? t : &pz_t_void;
}

bool
pz_unwrap_literal(const pz_expr *e, const pz_expr **lit)
{
    while (e->kind == PZ_EXPR_CAST && e->u.cast.implicit)
        e = e->args.data[0];
    *lit = e;
    return e->kind == PZ_EXPR_LITERAL;
}

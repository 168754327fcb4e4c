/*
 * analyze/expr_subquery.c - scalar subqueries, EXISTS and IN (SELECT ...).
 */
#include "expr_int.h"

static pz_rel *
relation_of(pz_analyzer *an, const pz_expr *e)
{
    if (e->u.sub.rel)
        return e->u.sub.rel;
    for (int i = 0; an->references && i < an->references->n; i++)
        if (an->references->data[i]->plan_id == e->plan_id)
            return an->references->data[i];
    return NULL;
}

static pz_str
list_exprs(pz_analyzer *an, const pz_exprs *list)
{
    pz_buf b;
    pz_str s;
    pz_buf_init(&b, 0);
    for (int i = 0; i < list->n; i++) {
        pz_str one = pz_quote_sql_expr(an, list->data[i]);
        pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(one));
    }
    s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

static pz_str
list_columns(pz_analyzer *an, const pz_attrs *attrs)
{
    pz_exprs refs = {0};
    for (int i = 0; i < attrs->n; i++)
        pz_vec_push(an->a, &refs, pz_attr_ref(an, attrs->data[i], PZ_NO_ORIGIN));
    return list_exprs(an, &refs);
}

pz_str
pz_quote_if_needed(pz_analyzer *an, pz_str name)
{
    bool plain = name.len > 0 && !(name.ptr[0] >= '0' && name.ptr[0] <= '9');
    pz_strs one = {&name, 1, 1};
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    return plain ? name : pz_quote_names(an->a, &one);
}

/* "(named_struct('a', a, 'b', b) IN (listquery()))" */
static pz_str
shown_in(pz_analyzer *an, const pz_expr *e)
{
    pz_buf b;
    pz_str s;
    if (e->args.n == 1)
        return pz_quote_sql_expr(an, e);
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "\"(named_struct(");
    for (int i = 0; i < e->args.n; i++)
        pz_buf_printf(&b, "%s'" PZ_FMT "', " PZ_FMT, i ? ", " : "", PZ_ARG(pz_expr_name(an, e->args.data[i])), PZ_ARG(pz_expr_sql(an, e->args.data[i])));
    pz_buf_puts(&b, ") IN (listquery()))\"");
    s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

static pz_status
raise_in_types(pz_analyzer *an, const pz_expr *e, const pz_attrs *right)
{
    pz_buf pairs, l, r;
    pz_str p, lt, rt;
    pz_buf_init(&pairs, 0);
    pz_buf_init(&l, 0);
    pz_buf_init(&r, 0);
    for (int i = 0; i < right->n; i++) {
        pz_expr *x = e->args.data[i];
        pz_attr *y = right->data[i];
        pz_str a = pz_expr_sql_qualified(an, x), ta = pz_type_sql(x->type, an->a), tb = pz_type_sql(y->type, an->a);
        if (!pz_type_wider(an->a, x->type, y->type, pz_widening(an->env, an->env->ansi)))
            pz_buf_printf(&pairs, "%s(" PZ_FMT ":" PZ_FMT ", " PZ_FMT ":" PZ_FMT ")", pairs.len ? ", " : "", PZ_ARG(a), PZ_ARG(pz_type_simple(x->type, an->a)),
                          PZ_ARG(pz_quote_if_needed(an, y->name)), PZ_ARG(pz_type_simple(y->type, an->a)));
        pz_buf_printf(&l, "%s\"" PZ_FMT "\"", i ? ", " : "", PZ_ARG(ta));
        pz_buf_printf(&r, "%s\"" PZ_FMT "\"", i ? ", " : "", PZ_ARG(tb));
    }
    p = pz_buf_dup(&pairs, an->a);
    lt = pz_buf_dup(&l, an->a);
    rt = pz_buf_dup(&r, an->a);
    pz_buf_free(&pairs);
    pz_buf_free(&l);
    pz_buf_free(&r);
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_IN_SUBQUERY_DATA_TYPE_MISMATCH, e->origin, "sqlExpr", shown_in(an, e).ptr, "mismatchedColumns",
                    p.ptr, "leftType", lt.ptr, "rightType", rt.ptr, NULL);
}

/* Both sides of IN in common types, column by column. */
static pz_status
align_in(pz_analyzer *an, pz_expr *e)
{
    pz_attrs *cols = &e->u.sub.rel->output;
    pz_exprs named = {0};
    bool casts = false;
    if (e->args.n != cols->n)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_IN_SUBQUERY_LENGTH_MISMATCH, e->origin, "sqlExpr", shown_in(an, e).ptr, "leftLength",
                        pz_strf(an->a, "%d", e->args.n).ptr, "leftColumns", list_exprs(an, &e->args).ptr, "rightLength",
                        pz_strf(an->a, "%d", cols->n).ptr, "rightColumns", list_columns(an, cols).ptr, NULL);
    for (int i = 0; i < cols->n; i++) {
        pz_expr *ref = pz_attr_ref(an, cols->data[i], PZ_NO_ORIGIN), *cast;
        const pz_type *t = pz_type_wider(an->a, e->args.data[i]->type, ref->type, pz_widening(an->env, an->env->ansi));
        if (!t)
            return raise_in_types(an, e, cols);
        if (pz_type_holds(t, PZ_T_MAP) || !pz_type_is_orderable(t))
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, e->origin, "sqlExpr", pz_quote_sql_expr(an, e).ptr, "functionName",
                            "`in`", "dataType", pz_quote_type(an, t).ptr, NULL);
        if (pz_type_is_collated(e->args.data[i]->type) || pz_type_is_collated(ref->type)) {
            cast = ref;
            PZ_TRY(pz_collate_operands(an, e, &e->args.data[i], &cast));
            e->args.data[i] = pz_collation_key(an, e->args.data[i]);
            cast = pz_collation_key(an, cast);
        } else {
            e->args.data[i] = pz_cast_to(an, e->args.data[i], t);
            cast = pz_cast_to(an, ref, t);
        }
        casts |= cast != ref;
        pz_vec_push(an->a, &named, cast == ref ? ref : pz_alias_new(an, cast, cols->data[i]->name));
    }
    if (casts)
        e->u.sub.rel = pz_project_make(an, e->u.sub.rel, &named);
    return PZ_OK;
}

pz_status
pz_resolve_subquery(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *c = PZ_NEW(an->a, pz_expr), *x;
    pz_rel *rel = relation_of(an, e), *done;
    bool left_only = pz_conf_is(an->env, "spark.sql.legacy.inSubqueryNullability", "true");
    *c = *e;
    memset(&c->args, 0, sizeof c->args);
    memset(&c->u.sub.outer, 0, sizeof c->u.sub.outer);
    if (scope && scope->lambdas)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_HIGHER_ORDER_FUNCTION, PZ_NO_ORIGIN, NULL);
    if (!rel)
        return pz_raise_internal(an->err, "subquery of plan %lld is not known", (long long)e->plan_id);
    for (int i = 0; i < e->args.n; i++) {
        PZ_TRY(pz_resolve_expr(an, scope, e->args.data[i], &x));
        pz_vec_push(an->a, &c->args, x);
    }
    an->cte_level++;
    an->in_subquery++;
    pz_status st = pz_resolve_rel(an, rel, scope, &c->u.sub.outer, &done);
    an->in_subquery--;
    an->cte_level--;
    PZ_TRY(st);
    c->u.sub.rel = pz_drop_hidden(an, done);
    if (scope && scope->agg)
        pz_subquery_of_groups(an, scope->agg, c);
    if (c->u.sub.outer.n)
        PZ_TRY(pz_check_correlated(an, c, c->u.sub.rel));
    c->type = &pz_t_boolean;
    c->resolved = true;
    *out = c;
    switch (c->u.sub.kind) {
    case PZ_SUB_SCALAR:
        if (c->u.sub.rel->output.n != 1)
            return pz_raise(an->err, PZ_ERR_INVALID_SUBQUERY_EXPRESSION_SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN, e->origin, "number",
                            pz_strf(an->a, "%d", c->u.sub.rel->output.n).ptr, NULL);
        c->type = c->u.sub.rel->output.data[0]->type;
        c->nullable = true;
        return PZ_OK;
    case PZ_SUB_IN:
        PZ_TRY(align_in(an, c));
        c->nullable = false;
        for (int i = 0; i < c->args.n; i++)
            c->nullable |= c->args.data[i]->nullable || (!left_only && c->u.sub.rel->output.data[i]->nullable);
        return PZ_OK;
    default:
        return PZ_OK;
    }
}

/*
 * analyze/rel_agg.c - GROUP BY: keys, grouping sets, aggregates split from the expressions above them.
 *
 * In:  AGGREGATE with a whole SELECT list.  Out: PROJECT over [FILTER for HAVING over] AGGREGATE:
 *   SELECT a + 1, sum(b) * 2 FROM t GROUP BY a + 1 HAVING max(b) > 3
 *   PROJECT(k, s * 2) < FILTER(m > 3) < AGGREGATE(keys: a + 1 AS k; sum(b) AS s, max(b) AS m)
 * A pz_agg_ctx remembers each such stack, so that HAVING (having.c) and ORDER BY above can add aggregates to it.
 */
#include "agg_int.h"
#include "func_int.h"

#include <stdlib.h>

pz_agg_ctx *
pz_agg_ctx_of(pz_analyzer *an, const pz_rel *project)
{
    for (pz_agg_ctx *c = an->aggs; c != NULL; c = c->next)
        if (c->project == project)
            return c;
    return NULL;
}

bool
pz_agg_is_sealed(const pz_agg_ctx *c)
{
    return c->sealed;
}

pz_scope *
pz_agg_ctx_scope(pz_agg_ctx *c)
{
    return c->scope;
}

static pz_attr *
named_attr(const pz_expr *e)
{
    return e->kind == PZ_EXPR_ATTR ? e->u.attr : e->u.alias.attr;
}

/* Output of the AGGREGATE and of what passes it through, after a key or aggregate was added. */
void
pz_agg_sync(pz_analyzer *an, pz_agg_ctx *c)
{
    pz_attrs o = {0};
    for (int i = 0; i < c->agg->keys.n; i++)
        pz_vec_push(an->a, &o, named_attr(c->agg->keys.data[i]));
    for (int i = 0; i < c->agg->exprs.n; i++)
        pz_vec_push(an->a, &o, named_attr(c->agg->exprs.data[i]));
    if (c->agg->u.agg.grouping_id != NULL)
        pz_vec_push(an->a, &o, c->agg->u.agg.grouping_id);
    for (pz_rel *r = c->holder; r != c->agg; r = r->input)
        r->output = o;
    c->agg->output = o;
}

int
pz_agg_key(const pz_agg_ctx *c, const pz_expr *e)
{
    for (int i = 0; i < c->keys.n; i++)
        if (pz_expr_eq(c->keys.data[i], e) && !pz_expr_has_window(e))
            return i;
    return -1;
}

bool
pz_is_aggregate_call(const pz_expr *e)
{
    return e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 && pz_fn_row(e->u.call.fn)->kind == PZ_FN_AGG;
}

static bool
called(const pz_expr *e, const char *name)
{
    return e->kind == PZ_EXPR_CALL && e->names.n > 0 && pz_str_ieqc(e->names.data[e->names.n - 1], name);
}

static pz_attr *
grouping_id(pz_analyzer *an, pz_agg_ctx *c)
{
    if (c->agg->u.agg.grouping_id == NULL) {
        c->agg->u.agg.grouping_id = pz_attr_new(an, PZ_STR("spark_grouping_id"), &pz_t_long, false);
        pz_agg_sync(an, c);
    }
    return c->agg->u.agg.grouping_id;
}

pz_expr *
pz_long_literal(pz_analyzer *an, int64_t v)
{
    pz_expr *e = pz_literal_long(an->a, v);
    e->resolved = true;
    return e;
}

/* Which key an argument of grouping() means; above the SELECT it may be an output that shows the key. */
static int
named_key(const pz_agg_ctx *c, const pz_rel *p, const pz_expr *e)
{
    int k = pz_agg_key(c, e);
    for (int i = 0; k < 0 && p != NULL && e->kind == PZ_EXPR_ATTR && i < p->exprs.n; i++) {
        const pz_expr *def = p->exprs.data[i];
        if (p->output.data[i]->id != e->u.attr->id)
            continue;
        while (def->kind == PZ_EXPR_ALIAS)
            def = def->args.data[0];
        for (int j = 0; j < c->agg->keys.n; j++)
            if (def->kind == PZ_EXPR_ATTR && named_attr(c->agg->keys.data[j])->id == def->u.attr->id)
                k = j;
    }
    return k;
}

/* a#1,(b#2 + 1): as plans print them, for a message */
static pz_str
with_ids(pz_analyzer *an, const pz_exprs *list)
{
    pz_str out = PZ_STR("");
    for (int i = 0; i < list->n; i++) {
        const pz_expr *x = list->data[i];
        pz_str one = x->kind == PZ_EXPR_ATTR ? pz_strf(an->a, PZ_FMT "#%d", PZ_ARG(x->u.attr->name), x->u.attr->id) : pz_expr_sql(an, x);
        out = pz_strf(an->a, PZ_FMT "%s" PZ_FMT, PZ_ARG(out), i ? "," : "", PZ_ARG(one));
    }
    return out;
}

/* grouping(k) is a bit of GROUPING(all keys); grouping_id() is all of them. */
static pz_status
grouping_call(pz_analyzer *an, pz_agg_ctx *c, const pz_rel *p, pz_expr *e, pz_expr **out)
{
    bool whole = called(e, "grouping_id");
    if (!c->sets)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_GROUPING_EXPRESSION, e->origin, NULL);
    pz_expr *gid = pz_attr_ref(an, grouping_id(an, c), e->origin);
    if (whole) {
        bool same = e->args.n == 0 || e->args.n == c->keys.n;
        for (int i = 0; same && i < e->args.n; i++)
            same = named_key(c, p, e->args.data[i]) == i;
        if (!same)
            return pz_raise(an->err, PZ_ERR_GROUPING_ID_COLUMN_MISMATCH, PZ_NO_ORIGIN, "groupingIdColumn", with_ids(an, &e->args).ptr, "groupByColumns",
                            with_ids(an, &c->keys).ptr, NULL);
        *out = pz_cast_to(an, gid, e->type);
        (*out)->nullable = false;
        return PZ_OK;
    }
    int k = named_key(c, p, e->args.data[0]);
    if (k < 0)
        return pz_raise(an->err, PZ_ERR_GROUPING_COLUMN_MISMATCH, PZ_NO_ORIGIN, "grouping", pz_expr_sql(an, e->args.data[0]).ptr, "groupingColumns", "", NULL);
    pz_expr *shifted = pz_call_resolved(an, "shiftright", 2, gid, pz_literal_int(an->a, c->keys.n - 1 - k));
    if (shifted == NULL)
        return PZ_FAIL;
    pz_expr *bit = pz_call_resolved(an, "&", 2, shifted, pz_long_literal(an, 1));
    if (bit == NULL)
        return PZ_FAIL;
    *out = pz_cast_to(an, bit, &pz_t_byte);
    (*out)->nullable = false;
    return PZ_OK;
}

typedef struct foreign { pz_analyzer *an; const pz_agg_ctx *c; const pz_attr *bad; bool nested; } foreign;

static pz_walk
inspect_argument(pz_expr *e, void *arg)
{
    foreign *f = arg;
    if (pz_is_aggregate_call(e))
        f->nested = true;
    if (e->kind == PZ_EXPR_ATTR && f->bad == NULL) {
        bool found = false;
        const pz_attrs *in = &f->c->agg->input->output;
        for (int i = 0; i < in->n && !found; i++)
            found = in->data[i]->id == e->u.attr->id;
        if (!found)
            f->bad = e->u.attr;
    }
    return PZ_WALK_ON;
}

static pz_str
quoted_outputs(pz_analyzer *an, const pz_attrs *attrs)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    for (int i = 0; i < attrs->n; i++)
        pz_buf_printf(&b, "%s\"" PZ_FMT "\"", i ? ", " : "", PZ_ARG(attrs->data[i]->name));
    pz_str s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

/* An item of the SELECT list that those behind it name. */
static bool
is_lateral(const pz_scope *s, int id)
{
    for (int i = 0; i < s->lateral.n; i++)
        if (s->lateral.data[i]->u.alias.attr->id == id)
            return true;
    return false;
}

/* ORDER BY max(m) where m is an output of the SELECT: no column that the aggregation could read. */
static pz_status
raise_foreign(pz_analyzer *an, const pz_agg_ctx *c, const pz_attr *bad)
{
    pz_str name = pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(bad->name)), input = quoted_outputs(an, &c->agg->input->output);
    for (int i = 0; i < c->agg->input->output.n; i++)
        if (pz_str_ieq(c->agg->input->output.data[i]->name, bad->name))
            return pz_raise(an->err, PZ_ERR_MISSING_ATTRIBUTES_RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION, c->agg->origin, "missingAttributes", name.ptr,
                            "input", input.ptr, "operator", "!Aggregate", "operation", name.ptr, NULL);
    return pz_raise(an->err, PZ_ERR_MISSING_ATTRIBUTES_RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT, c->agg->origin, "missingAttributes", name.ptr, "input",
                    input.ptr, "operator", "!Aggregate", NULL);
}

/* An aggregate call becomes a column of the AGGREGATE; equal calls share one. */
pz_status
pz_agg_call(pz_analyzer *an, pz_agg_ctx *c, pz_expr *e, pz_expr **out)
{
    foreign f = {an, c, NULL, false};
    for (int i = 0; i < e->args.n; i++)
        pz_walk_expr(e->args.data[i], inspect_argument, &f);
    if (f.nested)
        return pz_raise(an->err, PZ_ERR_NESTED_AGGREGATE_FUNCTION, e->origin, NULL);
    if (f.bad != NULL && c->project == NULL && is_lateral(c->scope, f.bad->id))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC, e->origin, "lca",
                        pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(f.bad->name)).ptr, "aggFunc", pz_quote_sql_expr(an, e).ptr, NULL);
    if (f.bad != NULL)
        return raise_foreign(an, c, f.bad);
    for (int i = 0; i < c->agg->exprs.n; i++)
        if (pz_expr_is_deterministic(e) && pz_expr_eq(c->agg->exprs.data[i]->args.data[0], e)) {
            *out = pz_attr_ref(an, named_attr(c->agg->exprs.data[i]), e->origin);
            return PZ_OK;
        }
    pz_expr *al = pz_alias_new(an, e, pz_expr_name(an, e));
    pz_vec_push(an->a, &c->agg->exprs, al);
    pz_agg_sync(an, c);
    *out = pz_attr_ref(an, named_attr(al), e->origin);
    return PZ_OK;
}

static pz_status
missing(pz_analyzer *an, pz_agg_ctx *c, const pz_expr *e)
{
    c->missing = e;
    if (c->group_all)
        return pz_raise(an->err, PZ_ERR_UNRESOLVED_ALL_IN_GROUP_BY, e->origin, NULL);
    if (c->keys.n == 0 && !c->sets)
        return pz_raise(an->err, PZ_ERR_MISSING_GROUP_BY, c->agg->origin, NULL);
    pz_str q = pz_quote_sql_expr(an, e);
    return pz_raise(an->err, PZ_ERR_MISSING_AGGREGATION, PZ_NO_ORIGIN, "expression", q.ptr, "expressionAnyValue",
                    pz_strf(an->a, "\"any_value(" PZ_FMT ")\"", PZ_ARG(pz_expr_sql(an, e))).ptr, NULL);
}

static pz_status
rewrite_list(pz_analyzer *an, pz_agg_ctx *c, const pz_rel *p, pz_exprs *list)
{
    pz_exprs n = {0};
    for (int i = 0; i < list->n; i++) {
        pz_expr *e;
        PZ_TRY(pz_agg_rewrite_over(an, c, p, list->data[i], &e));
        pz_vec_push(an->a, &n, e);
    }
    *list = n;
    return PZ_OK;
}

/* What an expression over the list's output is in terms of the aggregate: lists with aliases of aliases have several levels. */
static pz_expr *
defined(pz_analyzer *an, const pz_agg_ctx *c, const pz_rel *p, pz_expr *e)
{
    bool below = p->input != c->holder && p->input->kind == PZ_REL_PROJECT;
    if (e->kind == PZ_EXPR_ATTR) {
        for (int i = 0; i < p->exprs.n; i++)
            if (p->output.data[i]->id == e->u.attr->id) {
                e = pz_bare(p->exprs.data[i]);
                break;
            }
        return below ? defined(an, c, p->input, e) : e;
    }
    if (e->args.n == 0)
        return e;
    pz_expr *n = pz_expr_shallow(an->a, e);
    memset(&n->args, 0, sizeof n->args);
    for (int i = 0; i < e->args.n; i++)
        pz_vec_push(an->a, &n->args, defined(an, c, p, e->args.data[i]));
    return n;
}

static pz_status
rewrite_attr(pz_analyzer *an, pz_agg_ctx *c, const pz_rel *p, pz_expr *e, pz_expr **out)
{
    for (int i = 0; p != NULL && i < p->exprs.n; i++)
        if (p->output.data[i]->id == e->u.attr->id) {
            *out = defined(an, c, p, e);       /* an output of the SELECT: what it stands for */
            return PZ_OK;
        }
    if (pz_rel_gives(c->agg, e->u.attr->id)) {
        *out = e;
        return PZ_OK;
    }
    if (is_lateral(c->scope, e->u.attr->id)) {
        *out = e;
        return PZ_OK;
    }
    return missing(an, c, e);
}

/* struct(a, sum(b)) takes names from what it is made of, which stays what was written. */
static const pz_type *
named_as(pz_analyzer *an, const pz_type *t, const pz_type *old)
{
    pz_field *f;
    if (t->id == PZ_T_ARRAY && old->id == PZ_T_ARRAY)
        return pz_type_array(an->a, named_as(an, t->element, old->element), t->contains_null);
    if (t->id != PZ_T_STRUCT || old->id != PZ_T_STRUCT || t->nfields != old->nfields)
        return t;
    f = PZ_NEWN(an->a, pz_field, t->nfields + 1);
    for (int i = 0; i < t->nfields; i++) {
        f[i] = old->fields[i];
        f[i].type = t->fields[i].type;
        f[i].nullable = t->fields[i].nullable;
    }
    return pz_type_struct(an->a, f, t->nfields);
}

/* What stands above keys that grouping sets blank out may be NULL, or hold NULL, where `old` over the input could not. */
static pz_status
adapt(pz_analyzer *an, const pz_agg_ctx *c, const pz_expr *old, pz_expr **e)
{
    pz_expr *n = *e, *first = n->args.n ? n->args.data[0] : NULL;
    bool changed = false, any = false;
    for (int i = 0; c->sets && i < n->args.n; i++) {
        const pz_expr *x = old->args.data[i], *y = n->args.data[i];
        changed |= x->nullable != y->nullable || !pz_type_eq(x->type, y->type);
        any |= y->nullable;
    }
    if (!changed)
        return PZ_OK;
    switch (n->kind) {
    case PZ_EXPR_CALL:
        PZ_TRY(pz_call_again(an, c->scope, n, e));
        (*e)->type = named_as(an, (*e)->type, old->type);
        return PZ_OK;
    case PZ_EXPR_CAST: return pz_resolve_cast(an, n);
    case PZ_EXPR_GET_FIELD:
        n->nullable = first->nullable;
        if (first->type->id == PZ_T_STRUCT) {
            n->type = first->type->fields[n->u.field.ordinal].type;
            n->nullable |= first->type->fields[n->u.field.ordinal].nullable;
        }
        return PZ_OK;
    case PZ_EXPR_ALIAS:
    case PZ_EXPR_SORT_ORDER:
        n->type = first->type;
        n->nullable = any;
        return PZ_OK;
    default:
        n->nullable |= any;
        return PZ_OK;
    }
}

/* Top-down: a whole subtree equal to a key wins over its parts. */
pz_status
pz_agg_rewrite_over(pz_analyzer *an, pz_agg_ctx *c, const pz_rel *p, pz_expr *e, pz_expr **out)
{
    int k = c->as_read || (e->kind == PZ_EXPR_LITERAL && !c->sets) ? -1 : pz_agg_key(c, e);
    *out = e;
    if (k >= 0) {
        *out = pz_attr_ref(an, named_attr(c->agg->keys.data[k]), e->origin);
        return PZ_OK;
    }
    if (called(e, "grouping") || called(e, "grouping_id"))
        return grouping_call(an, c, p, e, out);
    if (pz_is_aggregate_call(e))
        return pz_agg_call(an, c, e, out);
    if (e->kind == PZ_EXPR_ATTR)
        return rewrite_attr(an, c, p, e, out);
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.kind == PZ_SUB_SCALAR && e->u.sub.outer.n && p == NULL)
        return pz_raise(an->err, PZ_ERR_SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION, e->origin, "sqlExpr", pz_quote_sql_expr(an, e).ptr, NULL);
    if (e->args.n == 0 && e->kind != PZ_EXPR_WINDOW)
        return PZ_OK;
    pz_expr *n = pz_expr_shallow(an->a, e);
    if (e->kind == PZ_EXPR_WINDOW) {           /* the function itself stays; what it reads is rewritten */
        pz_expr *f = pz_expr_shallow(an->a, e->args.data[0]);
        pz_status st;
        c->as_read = c->sets && pz_is_aggregate_call(f);
        st = rewrite_list(an, c, p, &f->args);
        c->as_read = false;
        PZ_TRY(st);
        PZ_TRY(adapt(an, c, e->args.data[0], &f));
        if (f->kind == PZ_EXPR_CALL && f->u.call.filter != NULL)
            PZ_TRY(pz_agg_rewrite_over(an, c, p, f->u.call.filter, &f->u.call.filter));
        memset(&n->args, 0, sizeof(n->args));
        pz_vec_push(an->a, &n->args, f);
        n->u.window = PZ_NEW(an->a, pz_window_spec);
        *n->u.window = *e->u.window;
        PZ_TRY(rewrite_list(an, c, p, &n->u.window->partition));
        PZ_TRY(rewrite_list(an, c, p, &n->u.window->order));
        n->type = f->type;
        n->nullable = f->nullable;
    } else {
        PZ_TRY(rewrite_list(an, c, p, &n->args));
        PZ_TRY(adapt(an, c, e, &n));
    }
    *out = n;
    return PZ_OK;
}

/* HAVING and ORDER BY see the SELECT's outputs, keys and what aggregates read; any other column of the input does not exist for them. */
pz_status
pz_agg_raise_missing(pz_analyzer *an, const pz_agg_ctx *c, pz_scope *seen)
{
    pz_expr *column = pz_expr_make(an->a, PZ_EXPR_COLUMN, c->missing->origin);
    column->names = c->missing->names;
    column->plan_id = -1;
    if (column->names.n == 0)
        pz_vec_push(an->a, &column->names, c->missing->u.attr->name);
    return pz_raise_unresolved_column(an, seen, column);
}

pz_status
pz_agg_try(pz_analyzer *an, pz_agg_ctx *c, pz_expr *e, pz_expr **out)
{
    pz_error probe, *saved = an->err;
    pz_status st;
    pz_error_init(&probe, an->a);
    an->err = &probe;
    c->missing = NULL;
    st = pz_agg_rewrite_over(an, c, c->project, e, out);
    an->err = saved;
    if (st == PZ_OK)
        return PZ_OK;
    if (c->missing == NULL || (probe.id != PZ_ERR_MISSING_AGGREGATION && probe.id != PZ_ERR_MISSING_GROUP_BY && probe.id != PZ_ERR_UNRESOLVED_ALL_IN_GROUP_BY)) {
        pz_error_copy(an->err, &probe);
        return PZ_FAIL;
    }
    *out = NULL;
    return PZ_OK;
}

pz_status
pz_agg_rewrite(pz_analyzer *an, pz_agg_ctx *c, pz_expr *e, pz_expr **out)
{
    PZ_TRY(pz_agg_try(an, c, e, out));
    return *out != NULL ? PZ_OK : pz_agg_raise_missing(an, c, pz_scope_of(an, c->project, NULL, NULL));
}

/* ------------------------------------------------------------ keys */
pz_expr *
pz_bare(pz_expr *e)
{
    while (e->kind == PZ_EXPR_ALIAS)
        e = e->args.data[0];
    return e;
}

static bool
is_ordinal(const pz_expr *e)
{
    return e->kind == PZ_EXPR_LITERAL && e->type->id == PZ_T_INT && !e->value.null;
}

/* sum(t.a) AS `sum(a)` */
static pz_str
shown_item(pz_analyzer *an, const pz_expr *item)
{
    pz_str e = pz_expr_sql_qualified(an, pz_bare((pz_expr *)item));
    return item->kind == PZ_EXPR_ALIAS ? pz_strf(an->a, PZ_FMT " AS " PZ_FMT, PZ_ARG(e), PZ_ARG(pz_quote_if_needed(an, item->u.alias.attr->name))) : e;
}

static pz_status
key_by_position(pz_analyzer *an, const pz_expr *k, const pz_exprs *items, pz_expr **out)
{
    int64_t i = k->value.i;
    pz_str index = pz_strf(an->a, "%lld", (long long)i);
    if (i < 1 || i > items->n)
        return pz_raise(an->err, PZ_ERR_GROUP_BY_POS_OUT_OF_RANGE, k->origin, "index", index.ptr, "size",
                        pz_strf(an->a, "%d", items->n).ptr, NULL);
    *out = pz_bare(items->data[i - 1]);
    if (pz_expr_has_aggregate(*out))
        return pz_raise(an->err, PZ_ERR_GROUP_BY_POS_AGGREGATE, k->origin, "index", index.ptr, "aggExpr",
                        shown_item(an, items->data[i - 1]).ptr, NULL);
    return PZ_OK;
}

/* A key names an input column, else an alias of the SELECT list. */
static pz_status
resolve_key(pz_analyzer *an, pz_scope *s, pz_expr *k, const pz_exprs *items, pz_expr **out)
{
    if (is_ordinal(k) && items != NULL && !pz_conf_is(an->env, "spark.sql.groupByOrdinal", "false"))
        return key_by_position(an, k, items, out);
    pz_scope *ks = pz_scope_of(an, s->rel, s->outer, s->outer_refs);
    ks->clause = PZ_CLAUSE_GROUP;
    ks->allow_aggregate = true;
    if (k->kind == PZ_EXPR_COLUMN && k->names.n == 1 && k->plan_id < 0 && items != NULL && !pz_conf_is(an->env, "spark.sql.groupByAliases", "false")) {
        PZ_TRY(pz_find_column(an, ks, k, out));
        for (int i = 0; *out == NULL && i < items->n; i++) {
            pz_expr *al = items->data[i];
            if (al->kind != PZ_EXPR_ALIAS || al->u.alias.names.n == 0 || al->u.alias.generated)
                continue;
            if (an->env->case_sensitive ? pz_str_eq(al->u.alias.names.data[0], k->names.data[0])
                                        : pz_str_ieq(al->u.alias.names.data[0], k->names.data[0]))
                *out = pz_bare(al);
        }
    }
    if (*out == NULL)
        PZ_TRY(pz_resolve_expr(an, ks, k, out));
    *out = pz_bare(*out);
    if (pz_expr_has_aggregate(*out))
        return pz_raise(an->err, PZ_ERR_GROUP_BY_AGGREGATE, k->origin, "sqlExpr", pz_expr_sql_qualified(an, *out).ptr, NULL);
    if (pz_type_holds((*out)->type, PZ_T_VARIANT))
        return pz_raise(an->err, PZ_ERR_GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE, k->origin, "sqlExpr", pz_quote_sql_expr(an, *out).ptr, "dataType",
                        pz_quote_type(an, (*out)->type).ptr, NULL);
    return PZ_OK;
}

typedef PZ_VEC(pz_exprs) expr_sets;

static bool
holds(const pz_exprs *list, const pz_expr *e)
{
    for (int i = 0; i < list->n; i++)
        if (pz_expr_eq(list->data[i], e))
            return true;
    return false;
}

static void
add_key(pz_analyzer *an, pz_exprs *keys, pz_expr *k)
{
    if (!holds(keys, k))
        pz_vec_push(an->a, keys, k);
}

/* One element of GROUP BY gives one or more sets; all elements multiply. */
static void
multiply(pz_analyzer *an, expr_sets *all, const expr_sets *by)
{
    expr_sets out = {0};
    for (int i = 0; i < all->n; i++)
        for (int j = 0; j < by->n; j++) {
            pz_exprs set = {0};
            for (int x = 0; x < all->data[i].n; x++)
                add_key(an, &set, all->data[i].data[x]);
            for (int x = 0; x < by->data[j].n; x++)
                add_key(an, &set, by->data[j].data[x]);
            pz_vec_push(an->a, &out, set);
        }
    *all = out;
}

typedef struct key_builder {
    pz_analyzer *an;
    pz_scope *s;
    const pz_exprs *items;
    pz_exprs keys;
    bool analytic;
    bool sets_first;                           /* keys in the order of the sets, those of GROUP BY before them last */
} key_builder;

static pz_status
tuple_keys(key_builder *b, pz_expr *e, pz_exprs *out)
{
    pz_analyzer *an = b->an;
    if (e->kind == PZ_EXPR_GROUPING_TUPLE || e->kind == PZ_EXPR_TUPLE) {
        for (int i = 0; i < e->args.n; i++)
            PZ_TRY(tuple_keys(b, e->args.data[i], out));
        return PZ_OK;
    }
    pz_expr *k = NULL;
    PZ_TRY(resolve_key(an, b->s, e, b->items, &k));
    add_key(an, &b->keys, k);
    pz_vec_push(an->a, out, k);
    return PZ_OK;
}

static pz_status
sets_of(key_builder *b, pz_expr *e, expr_sets *out)
{
    pz_analyzer *an = b->an;
    if (e->kind != PZ_EXPR_GROUPING_SET) {
        pz_exprs one = {0};
        PZ_TRY(tuple_keys(b, e, &one));
        pz_vec_push(an->a, out, one);
        return PZ_OK;
    }
    b->analytic = true;
    if (e->u.gset.kind == PZ_GSET_SETS) {
        pz_exprs none = {0};
        for (int i = 0; i < e->u.gset.given && !b->sets_first; i++)
            PZ_TRY(tuple_keys(b, e->args.data[i], &none));
        for (int i = e->u.gset.given; i < e->args.n; i++)
            PZ_TRY(sets_of(b, e->args.data[i], out));
        for (int i = 0; i < e->u.gset.given && b->sets_first; i++)
            PZ_TRY(tuple_keys(b, e->args.data[i], &none));
        return PZ_OK;
    }
    expr_sets groups = {0};
    for (int i = 0; i < e->args.n; i++) {
        pz_exprs g = {0};
        PZ_TRY(tuple_keys(b, e->args.data[i], &g));
        pz_vec_push(an->a, &groups, g);
    }
    int n = groups.n;
    if (e->u.gset.kind == PZ_GSET_CUBE && n > 20)
        return pz_raise(an->err, PZ_ERR_GROUPING_SIZE_LIMIT_EXCEEDED, e->origin, "maxSize", "20", NULL);
    for (uint32_t m = 0; m < (e->u.gset.kind == PZ_GSET_CUBE ? 1u << n : (uint32_t)n + 1); m++) {
        pz_exprs set = {0};
        for (int g = 0; g < n; g++) {
            bool in = e->u.gset.kind == PZ_GSET_CUBE ? !(m >> (n - 1 - g) & 1) : g < n - (int)m;
            for (int x = 0; in && x < groups.data[g].n; x++)
                pz_vec_push(an->a, &set, groups.data[g].data[x]);
        }
        pz_vec_push(an->a, out, set);
    }
    return PZ_OK;
}

/* groupingSets([..], a, b) of DataFrames: a and b are keys even if no set names them. */
static pz_status
given_keys(key_builder *b, const pz_rel *r)
{
    pz_exprs none = {0};
    for (int i = 0; r->u.agg.kind == PZ_GROUP_SETS && i < r->keys.n; i++) PZ_TRY(tuple_keys(b, r->keys.data[i], &none));
    return PZ_OK;
}

static pz_status
all_sets(key_builder *b, const pz_exprs *written, expr_sets *sets)
{
    pz_exprs empty = {0};
    pz_vec_push(b->an->a, sets, empty);
    for (int i = 0; i < written->n; i++) {
        expr_sets one = {0};
        PZ_TRY(sets_of(b, written->data[i], &one));
        multiply(b->an, sets, &one);
    }
    return PZ_OK;
}

/* A key that every grouping set holds is never blanked out. */
static bool
missing_somewhere(const pz_expr *key, const expr_sets *sets)
{
    for (int s = 0; s < sets->n; s++)
        if (!holds(&sets->data[s], key))
            return true;
    return false;
}

/* Fill ctx->keys and the AGGREGATE's keys; with grouping sets every key gets a nullable column of its own. */
static void
place_keys(pz_analyzer *an, pz_agg_ctx *c, const pz_exprs *keys, const expr_sets *sets)
{
    c->keys = *keys;
    for (int i = 0; i < keys->n; i++) {
        pz_expr *k = keys->data[i];
        if (k->kind == PZ_EXPR_ATTR && !c->sets) {
            if (k->u.attr->hidden) {           /* asked for by name: seen from now on */
                pz_attr *seen = pz_attr_copy(an, k->u.attr);
                seen->hidden = false;
                k = pz_attr_ref(an, seen, k->origin);
            }
            pz_vec_push(an->a, &c->agg->keys, k);
            continue;
        }
        pz_expr *al = pz_alias_new(an, k, pz_expr_name(an, k));
        if (k->kind == PZ_EXPR_ATTR) {
            al->u.alias.attr->qualifier = k->u.attr->qualifier;
            al->u.alias.attr->metadata = k->u.attr->metadata;
        }
        if (c->sets && missing_somewhere(k, sets))
            al->u.alias.attr->nullable = al->nullable = true;
        pz_vec_push(an->a, &c->agg->keys, al);
    }
    for (int s = 0; c->sets && s < sets->n; s++) {
        pz_exprs set = {0};
        for (int i = 0; i < sets->data[s].n; i++)
            pz_vec_push(an->a, &set, c->agg->keys.data[pz_agg_key(c, sets->data[s].data[i])]);
        pz_vec_push(an->a, &c->agg->u.agg.sets, set);
    }
    c->agg->u.agg.kind = c->sets ? PZ_GROUP_SETS : PZ_GROUP_BY;
    pz_agg_sync(an, c);
}

/* ROLLUP, CUBE and GROUPING SETS of DataFrames say it in the node; give the keys the shape SQL has. */
static void
dataframe_keys(pz_analyzer *an, const pz_rel *r, pz_exprs *out)
{
    if (r->u.agg.kind == PZ_GROUP_BY || r->u.agg.kind == PZ_GROUP_PIVOT || r->u.agg.from_sql) {
        *out = r->keys;
        return;
    }
    pz_expr *g = pz_expr_make(an->a, PZ_EXPR_GROUPING_SET, r->origin);
    g->u.gset.kind = r->u.agg.kind == PZ_GROUP_ROLLUP ? PZ_GSET_ROLLUP : r->u.agg.kind == PZ_GROUP_CUBE ? PZ_GSET_CUBE : PZ_GSET_SETS;
    if (r->u.agg.kind != PZ_GROUP_SETS) {
        g->args = r->keys;
    } else {
        for (int i = 0; i < r->u.agg.sets.n; i++) {
            pz_expr *t = pz_expr_make(an->a, PZ_EXPR_GROUPING_TUPLE, r->origin);
            t->args = r->u.agg.sets.data[i];
            pz_vec_push(an->a, &g->args, t);
        }
    }
    memset(out, 0, sizeof(*out));
    pz_vec_push(an->a, out, g);
}

static pz_status
group_by_all(pz_analyzer *an, const pz_exprs *items, pz_exprs *keys)
{
    for (int i = 0; i < items->n; i++) {
        pz_expr *e = pz_bare(items->data[i]);
        if (!pz_expr_has_aggregate(e) && !pz_expr_has_window(e) && !pz_expr_has_generator(e) && e->kind != PZ_EXPR_LITERAL)
            add_key(an, keys, e);
    }
    return PZ_OK;
}

/* ------------------------------------------------------------ the whole */
static pz_status
rewrite_items(pz_analyzer *an, pz_agg_ctx *c, pz_exprs *named)
{
    for (int i = 0; i < named->n; i++) {
        pz_expr *e = named->data[i], *n;
        if (e->kind == PZ_EXPR_ATTR) {
            PZ_TRY(pz_agg_rewrite_over(an, c, NULL, e, &n));
            pz_attr *shown = pz_attr_copy(an, n->u.attr);
            shown->name = e->u.attr->name;
            shown->qualifier = e->u.attr->qualifier;
            named->data[i] = pz_attr_ref(an, shown, e->origin);
        } else if (e->kind == PZ_EXPR_ALIAS) {
            PZ_TRY(pz_agg_rewrite_over(an, c, NULL, e->args.data[0], &n));
            pz_expr *al = pz_expr_shallow(an->a, e);
            memset(&al->args, 0, sizeof(al->args));
            pz_vec_push(an->a, &al->args, n);
            al->type = n->type;
            al->nullable = n->nullable;
            if (al->u.alias.attr != NULL) {    /* a key of grouping sets became nullable */
                al->u.alias.attr->type = n->type;
                al->u.alias.attr->nullable = n->nullable;
            }
            named->data[i] = al;
        } else {
            PZ_TRY(pz_agg_rewrite_over(an, c, NULL, e, &named->data[i]));
        }
    }
    return PZ_OK;
}

/* |> AGGREGATE .. GROUP BY 1: the first column that comes in, unlike GROUP BY 1 of a SELECT. */
static pz_status
pipe_ordinals(pz_analyzer *an, const pz_rel *in, pz_rel **r)
{
    pz_rel *n = PZ_NEW(an->a, pz_rel);
    pz_attrs vis;
    pz_visible(an, in, &vis);
    *n = **r;
    n->keys = n->exprs = (pz_exprs){0};
    for (int i = 0; i < (*r)->keys.n + (*r)->exprs.n; i++) {
        bool key = i < (*r)->keys.n;
        int at = key ? i : i - (*r)->keys.n;
        pz_expr *e = key ? (*r)->keys.data[at] : (*r)->exprs.data[at];
        if ((key || at < (*r)->u.agg.pipe_keys) && is_ordinal(e)) {
            if (e->value.i < 1 || e->value.i > vis.n)
                return pz_raise(an->err, PZ_ERR_GROUP_BY_POS_OUT_OF_RANGE, e->origin, "index", pz_strf(an->a, "%lld", (long long)e->value.i).ptr, "size",
                                pz_strf(an->a, "%d", vis.n).ptr, NULL);
            e = pz_attr_ref(an, vis.data[e->value.i - 1], e->origin);
        }
        pz_vec_push(an->a, key ? &n->keys : &n->exprs, e);
    }
    *r = n;
    return PZ_OK;
}

static pz_walk
find_lateral(pz_expr *e, void *arg)
{
    return e->kind == PZ_EXPR_ATTR && is_lateral(arg, e->u.attr->id) ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* SELECT a AS x, x + 1 AS y ... GROUP BY y: an alias made of aliases is no key. */
static pz_status
check_lateral_keys(pz_analyzer *an, pz_scope *s, const pz_exprs *keys)
{
    if (pz_walk_exprs(keys, find_lateral, s))
        return PZ_OK;
    return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_GROUP_BY, PZ_NO_ORIGIN, NULL);
}

static bool
by_position(const pz_expr *key)
{
    bool found = is_ordinal(key);
    for (int i = 0; i < key->args.n && (key->kind == PZ_EXPR_GROUPING_SET || key->kind == PZ_EXPR_GROUPING_TUPLE || key->kind == PZ_EXPR_TUPLE); i++)
        found |= by_position(key->args.data[i]);
    return found;
}

static pz_walk
find_star(pz_expr *e, void *arg)
{
    if (e->kind == PZ_EXPR_CALL && e->args.n == 1 && e->args.data[0]->kind == PZ_EXPR_STAR && e->args.data[0]->names.n == 0 && called(e, "count"))
        return PZ_WALK_SKIP;                   /* count(*) counts rows */
    *(bool *)arg |= e->kind == PZ_EXPR_STAR;
    return PZ_WALK_ON;
}

/* A position does not say which column of a star. */
static pz_status
check_positions(pz_analyzer *an, const pz_rel *r)
{
    bool star = false, position = false;
    for (int i = 0; i < r->keys.n; i++)
        position |= by_position(r->keys.data[i]);
    if (!position || !r->u.agg.from_sql || r->u.agg.pipe || pz_conf_is(an->env, "spark.sql.groupByOrdinal", "false"))
        return PZ_OK;
    pz_walk_exprs(&r->exprs, find_star, &star);
    return star ? pz_raise(an->err, PZ_ERR_STAR_GROUP_BY_POS, PZ_NO_ORIGIN, NULL) : PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_aggregate)
{
    pz_rel *in;
    pz_exprs list = {0}, named = {0}, written = {0};
    int *levels;
    if (r->u.agg.kind == PZ_GROUP_PIVOT && !r->u.agg.from_sql)
        return pz_resolve_pivot(an, r, outer, orefs, out);
    PZ_TRY(pz_split_time_windows(an, r, &r));
    if (r->input != NULL) {
        PZ_INPUT(r, &in);
    } else {
        in = pz_rel_new(an, PZ_REL_ONE_ROW, NULL, r->origin);
    }
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    s->clause = PZ_CLAUSE_SELECT;
    s->allow_aggregate = s->allow_window = s->allow_generator = true;
    if (r->u.agg.pipe)
        PZ_TRY(pipe_ordinals(an, in, &r));

    PZ_TRY(check_positions(an, r));
    dataframe_keys(an, r, &written);
    if (!r->u.agg.from_sql) {                  /* groupBy(k).agg(x) shows k, x */
        pz_exprs shown = {0};
        for (int i = 0; i < r->keys.n; i++)
            pz_vec_push(an->a, &shown, r->keys.data[i]);
        PZ_TRY(pz_expand_stars(an, s, &shown, &list));
    }
    PZ_TRY(pz_expand_stars(an, s, &r->exprs, &list));
    PZ_TRY(pz_select_items(an, s, &list, &named, &levels));
    for (int i = r->u.agg.pipe_keys; r->u.agg.pipe && i < named.n; i++)
        if (!pz_expr_has_aggregate(named.data[i]))
            return pz_raise(an->err, PZ_ERR_PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION, named.data[i]->origin, "expr",
                            pz_expr_sql(an, pz_bare(named.data[i])).ptr, NULL);

    pz_agg_ctx *c = PZ_NEW(an->a, pz_agg_ctx);
    key_builder b = {.an = an, .s = s, .items = &named,
                     .sets_first = pz_conf_is(an->env, "spark.sql.legacy.groupingIdWithAppendedUserGroupBy", "true")};
    expr_sets sets = {0};
    c->scope = s;
    c->agg = pz_rel_new(an, PZ_REL_AGGREGATE, in, r->origin);
    c->holder = pz_rel_new(an, PZ_REL_REPARTITION, c->agg, r->origin);
    c->group_all = r->u.agg.group_all;
    if (c->group_all)
        PZ_TRY(group_by_all(an, &named, &b.keys));
    else {
        if (!b.sets_first) PZ_TRY(given_keys(&b, r));
        PZ_TRY(all_sets(&b, &written, &sets));
        if (b.sets_first) PZ_TRY(given_keys(&b, r));
    }
    PZ_TRY(check_lateral_keys(an, s, &b.keys));
    c->sets = b.analytic;
    place_keys(an, c, &b.keys, &sets);
    PZ_TRY(rewrite_items(an, c, &named));
    for (int i = 0; i < c->keys.n; i++)
        if (pz_expr_has_window(c->keys.data[i])) {
            bool generator;
            return pz_raise(an->err, PZ_ERR_UNSUPPORTED_EXPR_FOR_OPERATOR, r->origin, "operator", "Aggregate", "invalidExprSqls",
                            pz_misplaced(an, c->keys.data[i], &generator).ptr, NULL);
        }
    PZ_TRY(pz_project_build(an, c->holder, &named, levels, r->origin, out));
    c->project = *out;
    for (int i = 0; i < named.n; i++)
        c->sealed |= pz_expr_has_window(named.data[i]) || pz_expr_has_generator(named.data[i]);
    c->next = an->aggs;
    an->aggs = c;
    return PZ_OK;
}

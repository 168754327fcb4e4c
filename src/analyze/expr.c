/*
 * analyze/expr.c - resolve one expression: the driver over all kinds.
 *
 * In:  an unresolved expression and the scope its names live in.  Out: a new, typed tree (resolved parts are kept as they are).
 * Children first, then the node; a call's lambdas are resolved by func_bind.c.  Things start at pz_resolve_expr().
 */
#include "../sql/sql.h"
#include "expr_int.h"

pz_expr *
pz_attr_ref(pz_analyzer *an, pz_attr *attr, pz_origin o)
{
    return pz_ref_make(an->a, attr, o);
}

static pz_expr *
copy_node(pz_analyzer *an, const pz_expr *e)
{
    pz_expr *c = PZ_NEW(an->a, pz_expr);
    *c = *e;
    memset(&c->args, 0, sizeof c->args);
    c->foldable = 0;
    return c;
}

/* ---------------------------------------------------------------- names */

static pz_expr *
find_lambda_var(pz_analyzer *an, const pz_scope *scope, pz_str name)
{
    for (const struct pz_lambda_frame *f = scope->lambdas; f; f = f->next)
        for (int i = 0; i < f->vars.n; i++) {
            pz_str have = f->vars.data[i]->u.var.name;
            if (an->env->case_sensitive ? pz_str_eq(have, name) : pz_str_ieq(have, name))
                return f->vars.data[i];
        }
    return NULL;
}

/* Functions that stand without parentheses where no column has their name. */
static const char *
bare_function(pz_str name)
{
    static const struct { const char *written, *function; } list[] = {
        {"current_date", "current_date"}, {"current_timestamp", "current_timestamp"}, {"current_user", "current_user"},
        {"user", "current_user"}, {"session_user", "current_user"}, {"current_time", "current_time"}, {"localtime", "localtime"}, {"grouping__id", "grouping_id"}};
    for (size_t i = 0; i < PZ_COUNTOF(list); i++)
        if (pz_str_ieqc(name, list[i].written))
            return list[i].function;
    return NULL;
}

static pz_status
resolve_column(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    const char *fn;
    *out = NULL;
    if (scope->lambdas && e->names.n > 0) {
        pz_expr *v = find_lambda_var(an, scope, e->names.data[0]);
        for (int i = 1; v && i < e->names.n; i++)
            PZ_TRY(pz_extract_field(an, v, e->names.data[i], e->origin, &v));
        if (v) {
            *out = v;
            return PZ_OK;
        }
    }
    PZ_TRY(pz_find_column(an, scope, e, out));
    if (*out)
        return PZ_OK;
    if (e->names.n == 1 && e->plan_id < 0 && (fn = bare_function(e->names.data[0]))) {
        pz_expr *call = pz_call_make(an->a, e->origin, fn, 0);
        PZ_TRY(pz_resolve_call(an, scope, call, out));
        *out = pz_default_result(an, *out);
        return PZ_OK;
    }
    if (an->env->find_variable) {
        pz_expr *v = an->env->find_variable(an->env->ctx, &e->names, an->a);
        if (v)
            return pz_resolve_expr(an, scope, v, out);
    }
    return pz_raise_unresolved_column(an, scope, e);
}

static pz_status
resolve_lambda_var(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *v = e->names.n ? find_lambda_var(an, scope, e->names.data[0]) : NULL;
    if (!v)
        return pz_raise_unresolved_column(an, scope, e);
    for (int i = 1; i < e->names.n; i++)
        PZ_TRY(pz_extract_field(an, v, e->names.data[i], e->origin, &v));
    *out = v;
    return PZ_OK;
}

static pz_status
resolve_parameter(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    const pz_plan *p = an->plan;
    bool named = false, positional = false;    /* markers of the text */
    int at = -1;
    pz_str name;
    if (e->names.n > 0) {
        name = e->names.data[0];
        for (int i = 0; p && i < p->param_names.n && i < p->params.n; i++)
            if (p->param_names.data[i].ptr && pz_str_eq(p->param_names.data[i], name))
                at = i;
        an->named_parameters |= at >= 0;
    } else {
        name = pz_strf(an->a, "_%d", e->origin.start);
        if (p && e->u.param.index < p->params.n && !(e->u.param.index < p->param_names.n && p->param_names.data[e->u.param.index].ptr))
            at = e->u.param.index;
    }
    if (at < 0 && e->origin.source && !e->origin.source->call_site.len) {
        pz_sql_options o = {0};
        pz_sql_markers(e->origin.source->text, &o, an->a, &named, &positional);
    }
    if (at < 0 && ((named && positional) || (e->names.n == 0 && an->named_parameters)))
        return pz_raise(an->err, PZ_ERR_INVALID_QUERY_MIXED_QUERY_PARAMETERS, PZ_NO_ORIGIN, NULL);
    if (at < 0)
        return pz_raise(an->err, PZ_ERR_UNBOUND_SQL_PARAMETER, e->origin, "name", pz_dup(an->a, name).ptr, NULL);
    return pz_resolve_expr(an, scope, p->params.data[at], out);
}

/* IDENTIFIER('a.b') as a column, or as the name of a function with further arguments */
/* v:a.b[0] as the parser leaves it; users cannot write the name. */
static bool
is_variant_path(const pz_expr *e)
{
    return e->args.n == 2 && e->names.n == 1 && pz_str_eqc(e->names.data[0], "semistructured extract");
}

static pz_status
resolve_variant_path(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *v, *call;
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &v));
    if (v->type->id != PZ_T_VARIANT)
        return pz_raise(an->err, PZ_ERR_COLUMN_IS_NOT_VARIANT_TYPE, e->origin, NULL);
    call = pz_call_make(an->a, e->origin, "variant_get", 2, v, e->args.data[1]);
    return pz_resolve_call(an, scope, call, out);
}

static pz_status
resolve_identifier(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *name, *made;
    pz_value v = {0};
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &name));
    if (!pz_expr_is_foldable(name))
        return pz_raise(an->err, PZ_ERR_NOT_A_CONSTANT_STRING_NOT_CONSTANT, name->origin, "name", "IDENTIFIER", "expr", pz_expr_sql(an, name).ptr, NULL);
    if (!pz_type_is_string(name->type))
        return pz_raise(an->err, PZ_ERR_NOT_A_CONSTANT_STRING_WRONG_TYPE, name->origin, "name", "IDENTIFIER", "expr", pz_expr_sql(an, name).ptr, "dataType",
                        pz_type_simple(name->type, an->a).ptr, NULL);
    PZ_TRY(pz_fold(an, name, &v));
    if (v.null)
        return pz_raise(an->err, PZ_ERR_NOT_A_CONSTANT_STRING_NULL, name->origin, "name", "IDENTIFIER", "expr", pz_expr_sql(an, name).ptr, NULL);
    made = pz_expr_make(an->a, e->args.n > 1 ? PZ_EXPR_CALL : PZ_EXPR_COLUMN, e->origin);
    if (made->kind == PZ_EXPR_CALL) made->u.call.sought = true;
    PZ_TRY(pz_parse_table_name(v.s, an->a, &made->names, an->err));
    for (int i = 1; i < e->args.n; i++)
        pz_vec_push(an->a, &made->args, e->args.data[i]);
    return pz_resolve_expr(an, scope, made, out);
}

pz_status
pz_parse_sql_text(pz_analyzer *an, const pz_expr *e, pz_expr **out)
{
    pz_sql_options o;
    pz_sql_options_of(an->env, &o);
    return pz_parse_expression(e->u.text, &o, an->a, out, an->err);
}

static pz_status
resolve_sql_text(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *parsed;
    PZ_TRY(pz_parse_sql_text(an, e, &parsed));
    return pz_resolve_expr(an, scope, parsed, out);
}

typedef struct star_texts { pz_analyzer *an; pz_status st; } star_texts;

static pz_expr *
star_text(pz_arena *a, pz_expr *e, void *arg)
{
    star_texts *t = arg;
    pz_expr *parsed;
    (void)a;
    if (t->st != PZ_OK || e->kind != PZ_EXPR_SQL_TEXT || e->u.text.len == 0 || memchr(e->u.text.ptr, '*', e->u.text.len) == NULL)
        return e;
    t->st = pz_parse_sql_text(t->an, e, &parsed);
    return t->st == PZ_OK ? parsed : e;
}

pz_status
pz_parse_star_texts(pz_analyzer *an, pz_expr *e, pz_expr **out)
{
    star_texts t = {an, PZ_OK};
    *out = pz_map_expr(an->a, e, star_text, &t);
    return t.st;
}

/* ---------------------------------------------------------------- calls */

static const pz_fn *
row_of(const pz_expr *e)
{
    return e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn) : NULL;
}

/* Generators stand alone in a SELECT list; elsewhere that is said before anything about types. */
static pz_status
check_no_generator(pz_analyzer *an, const pz_scope *scope, const pz_expr *call)
{
    for (int i = 0; i < call->args.n; i++) {
        const pz_fn *fn = row_of(call->args.data[i]);
        pz_expr *shown;
        if (!fn || fn->kind != PZ_FN_GEN)
            continue;
        shown = pz_expr_shallow(an->a, call);
        shown->u.call.fn = shown->u.call.shown = pz_fn_find(shown->names.data[shown->names.n - 1]);
        if (scope->clause == PZ_CLAUSE_WHERE)
            return pz_raise(an->err, PZ_ERR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, PZ_NO_ORIGIN, "plan",
                            pz_strf(an->a, "'Filter " PZ_FMT, PZ_ARG(pz_expr_sql_ids(an, shown))).ptr, NULL);
        if (scope->clause == PZ_CLAUSE_JOIN)
            return pz_raise(an->err, PZ_ERR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, PZ_NO_ORIGIN, "plan",
                            pz_strf(an->a, "'Join Inner, " PZ_FMT, PZ_ARG(pz_expr_sql_ids(an, shown))).ptr, NULL);
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS, PZ_NO_ORIGIN, "expression", pz_quote_sql_expr(an, shown).ptr, NULL);
    }
    return PZ_OK;
}

static pz_status
resolve_args(pz_analyzer *an, pz_scope *scope, const pz_exprs *in, pz_exprs *out)
{
    pz_exprs expanded = {0};
    bool stars = false;
    for (int i = 0; i < in->n; i++)
        stars |= in->data[i]->kind == PZ_EXPR_STAR || in->data[i]->kind == PZ_EXPR_REGEX;
    if (stars) {
        PZ_TRY(pz_expand_stars(an, scope, in, &expanded));
        in = &expanded;
    }
    for (int i = 0; i < in->n; i++) {
        pz_expr *e = in->data[i];
        if (e->kind != PZ_EXPR_LAMBDA)
            PZ_TRY(pz_resolve_expr(an, scope, e, &e));
        pz_vec_push(an->a, out, e);
    }
    return PZ_OK;
}

static pz_status
resolve_filter(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr *f = call->kind == PZ_EXPR_CALL ? call->u.call.filter : NULL;
    if (!f)
        return PZ_OK;
    PZ_TRY(pz_resolve_expr(an, scope, f, &f));
    if (f->type->id == PZ_T_VOID)
        f = pz_cast_to(an, f, &pz_t_boolean);
    if (f->type->id != PZ_T_BOOLEAN)
        return pz_raise(an->err, PZ_ERR_INVALID_AGGREGATE_FILTER_NOT_BOOLEAN, call->origin, "filterExpr", pz_quote_sql_expr(an, f).ptr, NULL);
    if (!pz_expr_is_deterministic(f))
        return pz_raise(an->err, PZ_ERR_INVALID_AGGREGATE_FILTER_NON_DETERMINISTIC, call->origin, "filterExpr", pz_quote_sql_expr(an, f).ptr, NULL);
    if (pz_expr_has_aggregate(f) || pz_expr_has_window(f))
        return pz_raise(an->err, pz_expr_has_window(f) ? PZ_ERR_INVALID_AGGREGATE_FILTER_CONTAINS_WINDOW_FUNCTION
                                                        : PZ_ERR_INVALID_AGGREGATE_FILTER_CONTAINS_AGGREGATE,
                        call->origin, "filterExpr", pz_quote_sql_expr(an, f).ptr, pz_expr_has_window(f) ? "windowExpr" : "aggExpr",
                        pz_quote_sql_expr(an, f).ptr, NULL);
    call->u.call.filter = f;
    return PZ_OK;
}

/* Aggregates do not nest, and take no random values. */
static pz_status
check_aggregate(pz_analyzer *an, const pz_expr *call)
{
    for (int i = 0; i < call->args.n; i++) {
        const pz_expr *e = call->args.data[i];
        if (pz_expr_has_aggregate(e))
            return pz_raise(an->err, PZ_ERR_NESTED_AGGREGATE_FUNCTION, e->origin, NULL);
        if (pz_expr_has_window(e))
            return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1031, PZ_NO_ORIGIN, NULL);
        if (!pz_expr_is_deterministic(e))
            return pz_raise(an->err, PZ_ERR_AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION, call->origin, "sqlExpr",
                            pz_quote_sql_expr(an, call).ptr, NULL);
    }
    return PZ_OK;
}

/* distributed_sequence_id(may the rows be kept), which only clients can call: rows numbered from 0 as they come. */
static pz_status
resolve_sequence(pz_analyzer *an, pz_scope *scope, const pz_expr *e, pz_expr **out)
{
    pz_expr *w = pz_expr_make(an->a, PZ_EXPR_WINDOW, e->origin), *call, *one = pz_literal_long(an->a, 1);
    pz_str may = {"", 0};
    one->resolved = true;
    PZ_TRY(pz_resolve_call(an, scope, pz_call_make(an->a, e->origin, "count", 1, one), &call));
    pz_vec_push(an->a, &w->args, call);
    w->u.window = PZ_NEW(an->a, pz_window_spec);
    w->u.window->unit = PZ_FRAME_ROWS;
    w->u.window->from.kind = PZ_BOUND_UNBOUNDED_PRECEDING;
    w->u.window->to.kind = PZ_BOUND_CURRENT;
    w->type = &pz_t_long;
    w->resolved = true;
    if (e->args.n) may = pz_expr_sql(an, e->args.data[0]);
    *out = pz_call_resolved(an, "-", 2, w, one);
    if (*out == NULL) return PZ_FAIL;
    (*out)->u.call.shown_as = pz_strf(an->a, "distributed_sequence_id(" PZ_FMT ")", PZ_ARG(may));
    return PZ_OK;
}

static pz_status
resolve_call(pz_analyzer *an, pz_scope *scope, pz_expr *e, bool over, pz_expr **out)
{
    if (e->u.call.internal && e->args.n <= 1 && e->names.n == 1 && pz_str_ieqc(e->names.data[0], "distributed_sequence_id"))
        return resolve_sequence(an, scope, e, out);
    pz_expr *c = copy_node(an, e);
    const pz_fn *fn;
    if (e->u.call.star && e->args.n == 0)
        pz_vec_push(an->a, &c->args, pz_literal_int(an->a, 1));
    else if (e->args.n == 1 && e->args.data[0]->kind == PZ_EXPR_STAR && e->args.data[0]->names.n == 0 && !e->u.call.distinct && e->names.n > 0 &&
             pz_str_ieqc(e->names.data[e->names.n - 1], "count") && e->args.data[0]->u.star.except.n == 0)
        pz_vec_push(an->a, &c->args, pz_literal_int(an->a, 1));
    else if (e->args.n == 1 && e->args.data[0]->kind == PZ_EXPR_STAR && pz_star_of_table(an, scope, e->args.data[0]) && e->names.n > 0 &&
             pz_str_ieqc(e->names.data[e->names.n - 1], "count") &&
             !pz_conf_is(an->env, "spark.sql.legacy.allowStarWithSingleTableIdentifierInCount", "true"))
        return pz_raise(an->err, PZ_ERR_INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT, PZ_NO_ORIGIN, "tableName",
                        pz_quote_names(an->a, &e->args.data[0]->names).ptr, NULL);
    else {
        for (int i = 0; i < e->args.n; i++)
            if (e->args.data[i]->kind == PZ_EXPR_STAR)
                PZ_TRY(pz_check_star_place(an, e));
        PZ_TRY(resolve_args(an, scope, &e->args, &c->args));
    }
    pz_keep_words(an, e, c);
    memset(&c->u.call.order, 0, sizeof c->u.call.order);
    PZ_TRY(resolve_args(an, scope, &e->u.call.order, &c->u.call.order));
    PZ_TRY(check_no_generator(an, scope, c));
    PZ_TRY(pz_resolve_call(an, scope, c, out));
    PZ_TRY(resolve_filter(an, scope, *out));
    fn = row_of(*out);
    if (!fn)
        return PZ_OK;
    if (fn->kind == PZ_FN_AGG)
        return over ? PZ_OK : check_aggregate(an, *out);
    if (!over)
        *out = pz_default_result(an, *out);
    if (fn->kind == PZ_FN_WINDOW && !over)
        return pz_raise(an->err, PZ_ERR_WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE, e->origin, "funcName", pz_quote_sql_expr(an, *out).ptr, NULL);
    return PZ_OK;
}

pz_status
pz_resolve_call_over(pz_analyzer *an, pz_scope *scope, pz_expr *call, pz_expr **out)
{
    if (call->resolved) {
        *out = call;
        return PZ_OK;
    }
    return resolve_call(an, scope, call, true, out);
}

/* (a, b) is named_struct('a', a, 'b', b); a part without a name of its own is col<i> */
static pz_status
resolve_tuple(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *call = pz_call_make(an->a, e->origin, "named_struct", 0);
    pz_exprs args = {0};
    PZ_TRY(resolve_args(an, scope, &e->args, &args));
    for (int i = 0; i < args.n; i++) {
        pz_expr *x = args.data[i];
        pz_str name = pz_strf(an->a, "col%d", i + 1);
        if (x->kind == PZ_EXPR_ALIAS) {
            name = x->u.alias.names.data[0];
            x = x->args.data[0];
        } else if (x->kind == PZ_EXPR_ATTR || x->kind == PZ_EXPR_GET_FIELD) {
            name = pz_expr_name(an, x);
        } else if (x->kind == PZ_EXPR_LAMBDA_VAR) {
            name = x->u.var.name;
        }
        pz_vec_push(an->a, &call->args, pz_default_literal(an, pz_literal_string(an->a, name)));
        pz_vec_push(an->a, &call->args, x);
    }
    return pz_resolve_call(an, scope, call, out);
}

/* ---------------------------------------------------------------- the small kinds */

static pz_status
resolve_cast(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *c = copy_node(an, e), *child;
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &child));
    pz_vec_push(an->a, &c->args, child);
    if (!c->type && c->u.cast.type_text.len)
        PZ_TRY(pz_parse_type(c->u.cast.type_text, an->a, &c->type, an->err));
    c->type = pz_default_type(an, c->type);
    *out = c;
    return pz_resolve_cast(an, c);
}

static pz_status
resolve_alias(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *c = copy_node(an, e), *child;
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &child));
    if (e->u.alias.names.n > 1 && !pz_expr_has_generator(child))
        return pz_raise(an->err, PZ_ERR_MULTI_ALIAS_WITHOUT_GENERATOR, e->origin, "expr", pz_quote_sql_expr(an, child).ptr, "names",
                        pz_names_with_commas(an, &e->u.alias.names).ptr, NULL);
    pz_vec_push(an->a, &c->args, child);
    c->type = child->type;
    c->nullable = child->nullable;
    c->resolved = true;
    *out = c;
    return PZ_OK;
}

static pz_status
resolve_sort(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *c = copy_node(an, e), *child;
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &child));
    pz_vec_push(an->a, &c->args, child);
    if (!c->u.sort.nulls_set) {
        c->u.sort.nulls_first = c->u.sort.asc;
        c->u.sort.nulls_set = true;
    }
    c->type = child->type;
    c->nullable = child->nullable;
    c->resolved = true;
    *out = c;
    return pz_check_sort_order(an, c);
}

pz_status
pz_check_sort_order(pz_analyzer *an, const pz_expr *order)
{
    const pz_type *t = order->args.data[0]->type;
    if (pz_type_is_orderable(t))
        return PZ_OK;
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, order->origin, "sqlExpr", pz_quote_sql_expr(an, order).ptr, "functionName",
                    "`sortorder`", "dataType", pz_quote_type(an, t).ptr, NULL);
}

static pz_status
resolve_named_arg(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *c = copy_node(an, e), *child = e->args.data[0];
    if (child->kind != PZ_EXPR_LAMBDA) {
        PZ_TRY(pz_resolve_expr(an, scope, child, &child));
        c->type = child->type;
        c->nullable = child->nullable;
        c->resolved = true;
    }
    pz_vec_push(an->a, &c->args, child);
    *out = c;
    return PZ_OK;
}

/* A lambda outside of a call's arguments, a DEFAULT that nothing was put in place of. */
static pz_status
refuse(pz_analyzer *an, const pz_expr *e)
{
    if (e->kind == PZ_EXPR_DEFAULT) return pz_raise(an->err, PZ_ERR_DEFAULT_PLACEMENT_INVALID, PZ_NO_ORIGIN, NULL);
    return pz_raise_internal(an->err, "expression kind %d is not allowed here", (int)e->kind);
}

static pz_status
resolve(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    switch (e->kind) {
    case PZ_EXPR_LITERAL:
    case PZ_EXPR_ATTR:
    case PZ_EXPR_OUTER:
    case PZ_EXPR_GET_FIELD:
        *out = e;
        e->resolved = true;
        return PZ_OK;
    case PZ_EXPR_COLUMN: return resolve_column(an, scope, e, out);
    case PZ_EXPR_CALL: return is_variant_path(e) ? resolve_variant_path(an, scope, e, out) : resolve_call(an, scope, e, false, out);
    case PZ_EXPR_CAST: return resolve_cast(an, scope, e, out);
    case PZ_EXPR_ALIAS: return resolve_alias(an, scope, e, out);
    case PZ_EXPR_SORT_ORDER: return resolve_sort(an, scope, e, out);
    case PZ_EXPR_WINDOW: return pz_resolve_window(an, scope, e, out);
    case PZ_EXPR_LAMBDA_VAR: return resolve_lambda_var(an, scope, e, out);
    case PZ_EXPR_EXTRACT: return pz_resolve_extract(an, scope, e, out);
    case PZ_EXPR_UPDATE_FIELDS: return pz_resolve_update_fields(an, scope, e, out);
    case PZ_EXPR_SUBQUERY: return pz_resolve_subquery(an, scope, e, out);
    case PZ_EXPR_NAMED_ARG: return resolve_named_arg(an, scope, e, out);
    case PZ_EXPR_PARAMETER: return resolve_parameter(an, scope, e, out);
    case PZ_EXPR_SQL_TEXT: return resolve_sql_text(an, scope, e, out);
    case PZ_EXPR_IDENTIFIER: return resolve_identifier(an, scope, e, out);
    case PZ_EXPR_TUPLE: return resolve_tuple(an, scope, e, out);
    case PZ_EXPR_STAR:
    case PZ_EXPR_REGEX:
        return pz_raise(an->err, PZ_ERR_INVALID_USAGE_OF_STAR_OR_REGEX, e->origin, "elem", e->kind == PZ_EXPR_STAR ? "'*'" : "regular expression", "prettyName",
                        "expression `project`", NULL);
    default: return refuse(an, e);
    }
}

pz_status
pz_resolve_expr(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_status st;
    if (e->kind == PZ_EXPR_LITERAL)
        e = pz_default_literal(an, e);
    if (e->resolved) {
        *out = e;
        return PZ_OK;
    }
    if (++an->depth > PZ_MAX_DEPTH) {
        an->depth--;
        return pz_raise(an->err, PZ_ERR_FAILED_TO_PARSE_TOO_COMPLEX, e->origin, NULL);
    }
    st = resolve(an, scope, e, out);
    an->depth--;
    return st;
}

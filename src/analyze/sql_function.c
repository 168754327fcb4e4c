/*
 * analyze/sql_function.c - calls of SQL functions: the body takes the place of the call, the arguments that of the parameters.
 *
 * The body is resolved over one attribute for each parameter, with the names and settings of the function's creation; then every use of
 * such an attribute is replaced by the argument, cast to the parameter's type.  Arguments of chance that are used more than once are
 * bound by a lambda.  Things start at pz_call_function() and pz_table_function(); at creation, at pz_analyze_function().
 */
#include "analyze_int.h"
#include "func_int.h"

struct pz_function_frame {
    pz_str shown;
    struct pz_function_frame *next;
};

/* ---------------------------------------------------------------- arguments */

static pz_status
wrong_count(pz_analyzer *an, const pz_function *f, int n, pz_origin o)
{
    return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, o, "functionName", f->quoted.ptr, "expectedNum",
                    pz_strf(an->a, "%d", f->params.n).ptr, "actualNum", pz_strf(an->a, "%d", n).ptr, "docroot",
                    "https://spark.apache.org/docs/latest", NULL);
}

static const char *
backquoted(pz_analyzer *an, pz_str s)
{
    return pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(s)).ptr;
}

/* `a`, `b` as this error has it: `a` `b` */
static pz_str
with_blanks(pz_analyzer *an, pz_str list)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (size_t i = 0; i < list.len; i++) {
        bool between = list.ptr[i] == ',' && i > 0 && list.ptr[i - 1] == '`' && i + 2 < list.len && list.ptr[i + 1] == ' ' && list.ptr[i + 2] == '`';
        if (!between) pz_buf_putc(&b, list.ptr[i]);
    }
    out = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return out;
}

static pz_status
place_named(pz_analyzer *an, const pz_function *f, pz_expr *arg, int positional, pz_expr **placed, pz_origin o)
{
    pz_str name = arg->names.data[0];
    int at = -1;
    for (int i = 0; i < f->params.n; i++)
        if (pz_str_ieq(f->params.fields[i].name, name))
            at = i;
    if (at < 0) {
        pz_scope *s = pz_scope_of(an, NULL, NULL, NULL);
        for (int i = 0; i < f->params.n; i++)
            pz_vec_push(an->a, &s->attrs, pz_attr_new(an, f->params.fields[i].name, f->params.fields[i].type, true));
        return pz_raise(an->err, PZ_ERR_UNRECOGNIZED_PARAMETER_NAME, o, "routineName", f->quoted.ptr, "argumentName", backquoted(an, name), "proposal",
                        with_blanks(an, pz_nearest(an, name, s)).ptr, NULL);
    }
    if (placed[at] != NULL)
        return pz_raise(an->err, at < positional ? PZ_ERR_DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_BOTH_POSITIONAL_AND_NAMED
                                                  : PZ_ERR_DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_DOUBLE_NAMED_ARGUMENT_REFERENCE,
                        o, "routineName", f->quoted.ptr, "parameterName", backquoted(an, f->params.fields[at].name), NULL);
    placed[at] = arg->args.data[0];
    return PZ_OK;
}

static pz_status
cast_argument(pz_analyzer *an, pz_expr *e, const pz_type *t, pz_origin o, pz_expr **out)
{
    pz_expr *c;
    *out = e;
    if (pz_type_eq(e->type, t))
        return PZ_OK;
    c = pz_expr_make(an->a, PZ_EXPR_CAST, o);
    pz_vec_push(an->a, &c->args, e);
    c->type = t;
    c->u.cast.mode = an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    c->u.cast.mode_set = c->u.cast.implicit = true;
    *out = c;
    return pz_resolve_cast(an, c);
}

/* Arguments in the order of the parameters, with defaults, cast. */
static pz_status
place_arguments(pz_analyzer *an, const pz_function *f, const pz_exprs *args, pz_origin o, pz_expr **placed)
{
    int positional = 0, named = 0;
    for (int i = 0; i < args->n; i++) {
        pz_expr *e = args->data[i];
        if (e->kind == PZ_EXPR_LAMBDA)
            return pz_raise(an->err, PZ_ERR_INVALID_LAMBDA_FUNCTION_CALL_PARAMETER_DOES_NOT_ACCEPT_LAMBDA_FUNCTION, o, NULL);
        if (e->kind != PZ_EXPR_NAMED_ARG && positional >= f->params.n)
            return wrong_count(an, f, args->n, o);
        if (e->kind != PZ_EXPR_NAMED_ARG) {
            placed[positional++] = e;
            continue;
        }
        named++;
        PZ_TRY(place_named(an, f, e, positional, placed, o));
    }
    for (int i = 0; i < f->params.n; i++) {
        if (placed[i] == NULL && f->defaults.data[i] != NULL)
            PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, NULL, NULL, NULL), f->defaults.data[i], &placed[i]));
        if (placed[i] == NULL && named == 0)
            return wrong_count(an, f, args->n, o);
        if (placed[i] == NULL)
            return pz_raise(an->err, PZ_ERR_REQUIRED_PARAMETER_NOT_FOUND, o, "routineName", f->quoted.ptr, "parameterName",
                            backquoted(an, f->params.fields[i].name), "index", pz_strf(an->a, "%d", i).ptr, NULL);
        PZ_TRY(cast_argument(an, placed[i], f->params.fields[i].type, o, &placed[i]));
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- parameters to arguments */

typedef struct exchange {
    pz_analyzer *an;
    const pz_attrs *params;
    pz_expr *const *args;
    pz_expr *const *inner;                     /* the same for use inside subqueries: columns are OUTER */
    int *uses;                                 /* NULL: replace; else only count */
    int depth;                                 /* of subqueries */
} exchange;

static pz_walk
exchange_expr(pz_expr *e, void *arg)
{
    exchange *x = arg;
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel != NULL) {
        x->depth++;
        pz_walk_every_expr(e->u.sub.rel, exchange_expr, x);
        x->depth--;
        return PZ_WALK_ON;
    }
    if (e->kind != PZ_EXPR_ATTR && e->kind != PZ_EXPR_OUTER)
        return PZ_WALK_ON;
    for (int i = 0; i < x->params->n; i++) {
        if (e->u.attr->id != x->params->data[i]->id)
            continue;
        if (x->uses != NULL)
            x->uses[i]++;
        else
            *e = *(x->depth > 0 ? x->inner[i] : x->args[i]);
        return PZ_WALK_SKIP;
    }
    return PZ_WALK_ON;
}

static pz_expr *
as_outer(pz_arena *a, pz_expr *e, void *arg)
{
    pz_expr *c;
    (void)arg;
    if (e->kind != PZ_EXPR_ATTR)
        return e;
    c = pz_expr_shallow(a, e);
    c->kind = PZ_EXPR_OUTER;
    return c;
}

/* ---------------------------------------------------------------- bodies */

typedef struct body {
    pz_analyzer *an;
    const pz_function *f;
    const pz_env *env;
    const pz_plan *plan;
    struct pz_cte_frame *ctes;
    struct pz_function_frame frame;
    bool zoned;
} body;

static pz_status
cycle(pz_analyzer *an, const pz_function *f)
{
    pz_str path = f->shown;
    for (struct pz_function_frame *p = an->functions; p != NULL; p = p->next)
        path = pz_strf(an->a, PZ_FMT " -> " PZ_FMT, PZ_ARG(p->shown), PZ_ARG(path));
    return pz_raise(an->err, PZ_ERR_CYCLIC_FUNCTION_REFERENCE, PZ_NO_ORIGIN, "path", path.ptr, NULL);
}

static pz_status
enter(body *b, pz_analyzer *an, const pz_function *f)
{
    enum { DEPTH_MAX = 200 };
    int depth = 0;
    for (struct pz_function_frame *p = an->functions; p != NULL; p = p->next)
        if (pz_str_eq(p->shown, f->shown) || ++depth > DEPTH_MAX)
            return cycle(an, f);
    *b = (body){an, f, an->env, an->plan, an->ctes, {f->shown, an->functions}, an->zoned};
    an->functions = &b->frame;
    an->ctes = NULL;
    an->plan = f->body;
    if (f->env != NULL) {
        pz_enter_zone(an, an->env, f->env);
        an->env = f->env;
    }
    return PZ_OK;
}

static void
come_back(body *b)
{
    b->an->functions = b->frame.next;
    b->an->ctes = b->ctes;
    b->an->plan = b->plan;
    b->an->env = b->env;
    b->an->zoned = b->zoned;
}

static pz_scope *
parameter_scope(pz_analyzer *an, const pz_function *f, pz_expr *const *args)
{
    pz_scope *s = pz_scope_of(an, NULL, NULL, NULL);
    for (int i = 0; i < f->params.n; i++) {
        pz_attr *at = pz_attr_new(an, f->params.fields[i].name, f->params.fields[i].type, args == NULL || args[i]->nullable);
        pz_vec_push(an->a, &at->qualifier, f->name);
        pz_vec_push(an->a, &s->attrs, at);
    }
    return s;
}

static pz_expr *
scalar_body(pz_analyzer *an, const pz_function *f)
{
    pz_expr *sub;
    if (f->body->root == NULL)
        return f->expr;
    sub = pz_expr_make(an->a, PZ_EXPR_SUBQUERY, f->body->root->origin);
    sub->u.sub.kind = PZ_SUB_SCALAR;
    sub->u.sub.rel = f->body->root;
    sub->plan_id = -1;
    return sub;
}

/* f(rand()) with two uses of the parameter: element_at(transform(array(rand()), x -> body), 1) */
static pz_expr *
bind_by_lambda(pz_analyzer *an, pz_str name, pz_expr *arg, pz_expr *inside)
{
    pz_expr *lambda = pz_expr_make(an->a, PZ_EXPR_LAMBDA, PZ_NO_ORIGIN), *var = pz_expr_make(an->a, PZ_EXPR_LAMBDA_VAR, PZ_NO_ORIGIN);
    pz_vec_push(an->a, &var->names, name);
    var->u.var.name = name;
    pz_vec_push(an->a, &lambda->u.lambda.params, var);
    pz_vec_push(an->a, &lambda->args, inside);
    return pz_call_make(an->a, PZ_NO_ORIGIN, "element_at", 2,
                        pz_call_make(an->a, PZ_NO_ORIGIN, "transform", 2, pz_call_make(an->a, PZ_NO_ORIGIN, "array", 1, arg), lambda),
                        pz_literal_int(an->a, 1));
}

static pz_status
resolve_scalar(pz_analyzer *an, const pz_function *f, pz_expr **args, pz_expr **out)
{
    pz_scope *s = parameter_scope(an, f, args);
    int *uses = PZ_NEWN(an->a, int, f->params.n + 1);
    pz_expr **inner = PZ_NEWN(an->a, pz_expr *, f->params.n + 1);
    pz_expr *written = scalar_body(an, f);
    exchange x = {an, &s->attrs, args, inner, uses, 0};
    bool again = false;
    PZ_TRY(pz_resolve_expr(an, s, written, out));
    pz_mark_zone(an, an->env, NULL, *out);
    pz_walk_expr(*out, exchange_expr, &x);
    for (int i = 0; i < f->params.n; i++) {
        inner[i] = pz_map_expr(an->a, args[i], as_outer, NULL);
        if (uses[i] < 2 || pz_expr_is_deterministic(args[i]))
            continue;
        written = bind_by_lambda(an, f->params.fields[i].name, args[i], written);
        again = true;
    }
    if (again)
        PZ_TRY(pz_resolve_expr(an, s, written, out));
    if ((*out)->kind == PZ_EXPR_ATTR)
        *out = pz_expr_shallow(an->a, *out);   /* exchanged in place */
    x.uses = NULL;
    pz_walk_expr(*out, exchange_expr, &x);
    return PZ_OK;
}

static pz_str
call_text(pz_analyzer *an, const pz_function *f, const pz_exprs *args, pz_expr *const *placed)
{
    pz_buf b;
    bool named = false;
    for (int i = 0; i < args->n; i++)
        named |= args->data[i]->kind == PZ_EXPR_NAMED_ARG;
    pz_buf_init(&b, 0);
    pz_buf_str(&b, f->shown);
    pz_buf_putc(&b, '(');
    for (int i = 0; i < (named ? f->params.n : args->n); i++) {
        pz_buf_puts(&b, i ? ", " : "");
        pz_buf_str(&b, pz_expr_sql(an, named ? placed[i] : args->data[i]));
    }
    pz_buf_putc(&b, ')');
    pz_str text = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return text;
}

static pz_status
check_place(pz_analyzer *an, const pz_scope *scope, const pz_expr *call, const pz_function *f)
{
    const char *syntax = call->u.call.distinct ? "DISTINCT" : call->u.call.filter ? "FILTER CLAUSE" : call->u.call.ignore_nulls ? "IGNORE NULLS" : NULL;
    if (f->table)
        return pz_raise(an->err, PZ_ERR_NOT_A_SCALAR_FUNCTION, call->origin, "functionName", f->quoted.ptr, NULL);
    if (syntax != NULL)
        return pz_raise(an->err, PZ_ERR_INVALID_SQL_SYNTAX_FUNCTION_WITH_UNSUPPORTED_SYNTAX, call->origin, "prettyName", f->quoted.ptr, "syntax", syntax, NULL);
    if (scope != NULL && scope->lambdas != NULL)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_LAMBDA_FUNCTION_WITH_SQL_UDF, call->origin, "funcName", pz_dup(an->a, f->shown).ptr, NULL);
    if (scope != NULL && scope->clause == PZ_CLAUSE_ORDER)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_SQL_UDF_USAGE, call->origin, "functionName", f->quoted.ptr, "nodeName", "Sort", NULL);
    return PZ_OK;
}

pz_status
pz_call_function(pz_analyzer *an, pz_scope *scope, const pz_expr *call, const pz_function *f, pz_expr **out)
{
    pz_expr **placed = PZ_NEWN(an->a, pz_expr *, f->params.n + 1), *e, *shell;
    body b;
    pz_status st;
    PZ_TRY(check_place(an, scope, call, f));
    PZ_TRY(place_arguments(an, f, &call->args, call->origin, placed));
    PZ_TRY(enter(&b, an, f));
    st = resolve_scalar(an, f, placed, &e);
    if (st == PZ_OK && f->returns != NULL)
        st = cast_argument(an, e, f->returns, call->origin, &e);
    come_back(&b);
    PZ_TRY(st);
    shell = pz_expr_make(an->a, PZ_EXPR_CALL, call->origin);
    pz_vec_push(an->a, &shell->names, PZ_STR("of function"));
    pz_vec_push(an->a, &shell->args, e);
    shell->u.call.fn = shell->u.call.shown = pz_fn_find(PZ_STR("of function"));
    shell->u.call.shown_as = call_text(an, f, &call->args, placed);
    shell->type = e->type;
    shell->nullable = e->nullable;
    shell->resolved = true;
    *out = shell;
    return PZ_OK;
}

static pz_walk
is_call(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 && strcmp(pz_fn_row(e->u.call.fn)->name, "of function") == 0 ? PZ_WALK_STOP : PZ_WALK_ON;
}

bool
pz_calls_function(pz_expr *e)
{
    return !pz_walk_expr(e, is_call, NULL);
}

/* ---------------------------------------------------------------- table functions */

/* The columns as declared: their types and names. */
static pz_status
declared_columns(pz_analyzer *an, const pz_function *f, pz_rel *in, pz_rel **out)
{
    pz_exprs items = {0};
    pz_attrs vis;
    pz_visible(an, in, &vis);
    if (vis.n != f->columns.n)
        return pz_raise(an->err, PZ_ERR_USER_DEFINED_FUNCTIONS_RETURN_COLUMN_COUNT_MISMATCH, PZ_NO_ORIGIN, "outputSize", pz_strf(an->a, "%d", vis.n).ptr,
                        "returnParamSize", pz_strf(an->a, "%d", f->columns.n).ptr, "name", pz_dup(an->a, f->name).ptr, NULL);
    for (int i = 0; i < vis.n; i++) {
        pz_expr *e = pz_attr_ref(an, vis.data[i], in->origin);
        PZ_TRY(cast_argument(an, e, f->columns.fields[i].type, in->origin, &e));
        pz_vec_push(an->a, &items, pz_alias_new(an, e, f->columns.fields[i].name));
    }
    *out = pz_project_make(an, in, &items);
    return PZ_OK;
}

static pz_status
resolve_table(pz_analyzer *an, const pz_function *f, pz_expr **args, pz_rel **out)
{
    pz_scope *s = parameter_scope(an, f, args);
    pz_exprs refs = {0};
    exchange x = {an, &s->attrs, args, args, NULL, 1};
    if (f->body->root == NULL)
        return pz_raise(an->err, PZ_ERR_USER_DEFINED_FUNCTIONS_SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY, PZ_NO_ORIGIN, "name", pz_dup(an->a, f->name).ptr, NULL);
    PZ_TRY(pz_resolve_rel(an, f->body->root, s, &refs, out));
    *out = pz_drop_hidden(an, *out);
    pz_mark_zone(an, an->env, *out, NULL);
    if (args != NULL)
        pz_walk_every_expr(*out, exchange_expr, &x);
    return f->has_columns ? declared_columns(an, f, *out, out) : PZ_OK;
}

pz_status
pz_table_function(pz_analyzer *an, const pz_rel *r, const pz_function *f, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_expr **placed = PZ_NEWN(an->a, pz_expr *, f->params.n + 1);
    pz_scope *s = pz_scope_of(an, NULL, outer, orefs);
    pz_exprs args = {0};
    pz_strs q = {0};
    body b;
    pz_status st;
    if (!f->table)
        return pz_raise(an->err, PZ_ERR_NOT_A_TABLE_FUNCTION, r->origin, "functionName", f->quoted.ptr, NULL);
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *e;
        PZ_TRY(pz_resolve_expr(an, s, r->exprs.data[i], &e));
        pz_vec_push(an->a, &args, e);
    }
    PZ_TRY(place_arguments(an, f, &args, r->origin, placed));
    PZ_TRY(enter(&b, an, f));
    st = resolve_table(an, f, placed, out);
    come_back(&b);
    PZ_TRY(st);
    *out = pz_rel_new(an, PZ_REL_ALIAS, *out, r->origin);
    pz_vec_push(an->a, &q, f->name);
    pz_qualify(an, *out, &q);
    return PZ_OK;
}

/* ---------------------------------------------------------------- creation */

static pz_status
check_scalar(pz_analyzer *an, const pz_function *f, const pz_expr *e)
{
    pz_str text = f->body->source ? f->body->source->text : pz_expr_sql(an, e);
    if (f->body->root == NULL && pz_expr_has_generator(e))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS, PZ_NO_ORIGIN, "expression", pz_quote_sql_expr(an, e).ptr, NULL);
    if (f->body->root != NULL || !(pz_expr_has_aggregate(e) || pz_expr_has_window(e)))
        return PZ_OK;
    return pz_raise(an->err, PZ_ERR_USER_DEFINED_FUNCTIONS_CANNOT_CONTAIN_COMPLEX_FUNCTIONS, PZ_NO_ORIGIN, "queryText", pz_dup(an->a, text).ptr, NULL);
}

static pz_status
check_default(pz_analyzer *an, const pz_function *f, int i)
{
    pz_expr *e = f->defaults.data[i];
    if (e == NULL)
        return PZ_OK;
    if (i + 1 < f->params.n && f->defaults.data[i + 1] == NULL)
        return pz_raise(an->err, PZ_ERR_USER_DEFINED_FUNCTIONS_NOT_A_VALID_DEFAULT_PARAMETER_POSITION, PZ_NO_ORIGIN, "functionName",
                        pz_dup(an->a, f->name).ptr, "parameterName", pz_dup(an->a, f->params.fields[i].name).ptr, "nextParameterName",
                        pz_dup(an->a, f->params.fields[i + 1].name).ptr, NULL);
    if (e->kind == PZ_EXPR_SUBQUERY)
        return pz_raise(an->err, PZ_ERR_USER_DEFINED_FUNCTIONS_NOT_A_VALID_DEFAULT_EXPRESSION, PZ_NO_ORIGIN, "functionName", pz_dup(an->a, f->name).ptr,
                        "parameterName", pz_dup(an->a, f->params.fields[i].name).ptr, NULL);
    PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, NULL, NULL, NULL), e, &e));
    return cast_argument(an, e, f->params.fields[i].type, PZ_NO_ORIGIN, &e);
}

static pz_status
resolve_new(pz_analyzer *an, const pz_function *f, pz_schema *out)
{
    pz_expr *e;
    pz_rel *r;
    pz_attrs vis;
    if (!f->table) {
        PZ_TRY(pz_resolve_expr(an, parameter_scope(an, f, NULL), scalar_body(an, f), &e));
        PZ_TRY(check_scalar(an, f, e));
        if (f->returns != NULL)
            PZ_TRY(cast_argument(an, e, f->returns, PZ_NO_ORIGIN, &e));
        out->n = 1;
        out->fields = PZ_NEWN(an->a, pz_field, 1);
        out->fields[0] = (pz_field){.name = f->name, .type = e->type, .nullable = true};
        return PZ_OK;
    }
    PZ_TRY(resolve_table(an, f, NULL, &r));
    pz_visible(an, r, &vis);
    out->n = vis.n;
    out->fields = PZ_NEWN(an->a, pz_field, vis.n + 1);
    for (int i = 0; i < vis.n; i++)
        out->fields[i] = (pz_field){.name = vis.data[i]->name, .type = vis.data[i]->type, .nullable = vis.data[i]->nullable};
    return PZ_OK;
}

pz_status
pz_analyze_function(const pz_env *env, const pz_function *f, pz_arena *a, pz_schema *out, pz_error *err)
{
    pz_analyzer an = {.env = env, .a = a, .err = err, .next_id = 1};
    body b;
    pz_status st;
    for (int i = 0; i < f->params.n; i++)
        PZ_TRY(check_default(&an, f, i));
    PZ_TRY(enter(&b, &an, f));
    st = resolve_new(&an, f, out);
    come_back(&b);
    return st;
}

/*
 * analyze/func.c - resolve a function call against tables/functions.def.
 *
 * In:  a call whose arguments are resolved (lambdas not).  Out: a new call with its row, arguments in the row's order with
 * defaults and casts, type and nullability.  Things start at pz_resolve_call().
 */
#include "expr_int.h"
#include "func_bind.h"

/* ---------------------------------------------------------------- names */

/* Functions that are casts: int('1'), date(x).  They print as their argument. */
static const pz_type *
cast_function(pz_arena *a, pz_str name)
{
    static const struct { const char *name; const pz_type *type; } list[] = {
        {"bigint", &pz_t_long}, {"binary", &pz_t_binary}, {"boolean", &pz_t_boolean}, {"date", &pz_t_date}, {"double", &pz_t_double},
        {"float", &pz_t_float}, {"int", &pz_t_int}, {"smallint", &pz_t_short}, {"string", &pz_t_string},
        {"time", &pz_t_time}, {"timestamp", &pz_t_timestamp}, {"tinyint", &pz_t_byte}};
    for (size_t i = 0; i < PZ_COUNTOF(list); i++)
        if (pz_str_ieqc(name, list[i].name))
            return list[i].type;
    return pz_str_ieqc(name, "decimal") ? pz_type_decimal(a, 10, 0) : NULL;
}

static pz_status
raise_unresolved(pz_analyzer *an, const pz_expr *call)
{
    if (call->names.n > 2 && !pz_str_ieqc(call->names.data[0], "system") && !pz_str_ieqc(call->names.data[0], "spark_catalog"))
        return pz_raise(an->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier",
                        pz_quote_names(an->a, &call->names).ptr, NULL);
    return pz_raise(an->err, PZ_ERR_UNRESOLVED_ROUTINE, call->origin, "routineName", pz_quote_names(an->a, &call->names).ptr, "searchPath",
                    pz_search_path_of(an->env, an->a).ptr, NULL);
}

/* No built-in has the name: one of the user's may. */
static pz_status
users_function(pz_analyzer *an, pz_scope *scope, const pz_expr *call, pz_expr **out)
{
    pz_function *f = NULL;
    if (an->env->find_function != NULL)
        PZ_TRY(an->env->find_function(an->env->ctx, &call->names, call->origin, an->a, &f, an->err));
    return f != NULL ? pz_call_function(an, scope, call, f, out) : raise_unresolved(an, call);
}

/* The function's own name; qualified names may only point at built-ins. */
static bool
builtin_name(const pz_expr *call, pz_str *name)
{
    const pz_strs *n = &call->names;
    if (n->n == 0)
        return false;
    *name = n->data[n->n - 1];
    if (n->n == 1)
        return true;
    if (!pz_str_ieqc(n->data[n->n - 2], "builtin"))
        return false;
    return n->n == 2 || (n->n == 3 && pz_str_ieqc(n->data[0], "system"));
}

static pz_status
resolve_cast_function(pz_analyzer *an, pz_expr *call, const pz_type *t, pz_expr **out)
{
    pz_expr *c;
    if (call->args.n != 1)
        return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, call->origin, "functionName",
                        pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(pz_lower_ascii(an->a, call->names.data[call->names.n - 1]))).ptr, "expectedNum", "1", "actualNum", pz_strf(an->a, "%d", call->args.n).ptr, "docroot",
                        "https://spark.apache.org/docs/latest", NULL);
    c = pz_expr_make(an->a, PZ_EXPR_CAST, call->origin);
    pz_vec_push(an->a, &c->args, call->args.data[0]);
    c->type = t;
    c->u.cast.mode = an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    c->u.cast.mode_set = true;
    PZ_TRY(pz_resolve_cast(an, c));
    if (c->kind == PZ_EXPR_CAST)               /* else it has become something that computes the value at once */
        c->u.cast.implicit = c->u.cast.named = true;
    *out = c;
    return PZ_OK;
}

/* ---------------------------------------------------------------- syntax that only some functions take */

static pz_status
raise_syntax(pz_analyzer *an, const pz_expr *call, pz_str name, const char *syntax)
{
    return pz_raise(an->err, PZ_ERR_INVALID_SQL_SYNTAX_FUNCTION_WITH_UNSUPPORTED_SYNTAX, call->origin, "prettyName",
                    pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, "syntax", syntax, NULL);
}

static bool
takes_ignore_nulls(pz_str name)
{
    static const char *const list[] = {"first", "first_value", "last", "last_value", "any_value", "lag", "lead", "nth_value"};
    for (size_t i = 0; i < PZ_COUNTOF(list); i++)
        if (pz_str_ieqc(name, list[i]))
            return true;
    return false;
}

/* WITHIN GROUP: 1 allowed, 2 required */
static int
takes_within_group(pz_str name)
{
    if (pz_str_ieqc(name, "percentile_cont") || pz_str_ieqc(name, "percentile_disc"))
        return 2;
    return pz_str_ieqc(name, "mode") || pz_str_ieqc(name, "listagg") || pz_str_ieqc(name, "string_agg");
}

static pz_status
check_syntax(pz_analyzer *an, const pz_expr *call, const pz_fn *fn, pz_str name)
{
    bool agg = fn->kind == PZ_FN_AGG, window = fn->kind == PZ_FN_WINDOW;
    if (call->u.call.order.n > 0 && !(agg && takes_within_group(name)))
        return raise_syntax(an, call, name, "WITHIN GROUP (ORDER BY ...)");
    if (call->u.call.distinct && !agg)
        return raise_syntax(an, call, name, "DISTINCT");
    if (call->u.call.filter && !agg)
        return raise_syntax(an, call, name, "FILTER CLAUSE");
    if ((call->u.call.ignore_nulls || call->u.call.respect_nulls) && !((agg || window) && takes_ignore_nulls(name)))
        return raise_syntax(an, call, name, call->u.call.ignore_nulls ? "IGNORE NULLS" : "RESPECT NULLS");
    if (agg && takes_within_group(name) == 2 && call->u.call.order.n == 0)
        return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_WITHIN_GROUP_MISSING, call->origin, "funcName",
                        pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
    if (call->u.call.distinct && (call->u.call.order.n > 0 && takes_within_group(name) == 2))
        return pz_raise(an->err, PZ_ERR_INVALID_WITHIN_GROUP_EXPRESSION_DISTINCT_UNSUPPORTED, call->origin, "funcName",
                        pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
    return PZ_OK;
}

/* ---------------------------------------------------------------- nullability */

static bool
nullable_of(pz_fn_nulls rule, const pz_expr *call)
{
    const pz_exprs *a = &call->args;
    bool any = false, all = true;
    for (int i = 0; i < a->n; i++) {
        if (a->data[i]->kind == PZ_EXPR_LAMBDA)
            continue;
        any |= a->data[i]->nullable;
        all &= a->data[i]->nullable;
    }
    switch (rule) {
    case PZ_NULLS_ANY: return any;
    case PZ_NULLS_ALL: return all;
    case PZ_NULLS_NO: return false;
    case PZ_NULLS_FIRST: return a->n > 0 && a->data[0]->nullable;
    case PZ_NULLS_RULE: return call->nullable;
    default: return true;
    }
}

/* ---------------------------------------------------------------- choosing and finishing */

static pz_status
check_foldable(pz_analyzer *an, const pz_binding *b, const pz_expr *call)
{
    for (int i = 0; i < call->args.n; i++) {
        const pz_sig_param *p = &b->sig->params[i < b->sig->n ? i : b->sig->n - 1];
        const pz_expr *e = call->args.data[i];
        if (!p->lit || pz_expr_is_foldable(e))
            continue;
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName",
                        pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(p->name)).ptr, "inputType", pz_quote_type(an, e->type).ptr, "inputExpr",
                        pz_quote_sql_expr(an, e).ptr, NULL);
    }
    return PZ_OK;
}

static pz_expr *
copy_call(pz_analyzer *an, const pz_expr *call, int row, int shown)
{
    pz_expr *out = PZ_NEW(an->a, pz_expr);
    *out = *call;
    memset(&out->args, 0, sizeof out->args);
    memset(&out->names, 0, sizeof out->names);
    pz_vec_push(an->a, &out->names, pz_str_c(pz_fn_row(row)->name));
    out->u.call.fn = row;
    out->u.call.shown = shown;
    out->u.call.eval_mode = strncmp(pz_fn_row(row)->name, "try_", 4) == 0 ? PZ_CAST_TRY : an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    out->foldable = 0;
    return out;
}

/* The call as it would be, for messages about why it is not. */
static pz_expr *
sketch(pz_analyzer *an, const pz_binding *b, int shown)
{
    pz_expr *out = copy_call(an, b->call, b->row, shown);
    for (int i = 0; i < b->n; i++)
        pz_vec_push(an->a, &out->args, b->args[i]);
    out->type = &pz_t_void;
    return out;
}

static pz_status
finish(pz_analyzer *an, pz_scope *scope, pz_binding *b, int shown, pz_expr **out)
{
    const pz_fn *fn = pz_fn_row(b->row);
    pz_expr *call = copy_call(an, b->call, b->row, shown);
    const pz_sig *sig = b->sig;
    if (fn->why_not)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_CALL_WITHOUT_SUGGESTION, call->origin, "className", fn->name, "methodName", fn->why_not, NULL);
    PZ_TRY(pz_fn_bind(b, call));
    if (b->bad_lambda)
        return pz_raise_lambda_type(an, b, call);
    if (sig->result && fn->nulls != PZ_NULLS_RULE)
        call->nullable = nullable_of(fn->nulls, call);
    PZ_TRY(check_foldable(an, b, call));
    PZ_TRY(pz_check_elements(an, b, call));
    if (sig->rule) {
        PZ_TRY(sig->rule(an, scope, call));
        if (fn->nulls != PZ_NULLS_RULE && call->u.call.fn == b->row && call->kind == PZ_EXPR_CALL)
            call->nullable = nullable_of(fn->nulls, call);
    }
    pz_assert(call->type);
    if (call->kind == PZ_EXPR_CALL)
        pz_take_legacy_form(an, call);
    call->resolved = true;
    *out = call;
    return PZ_OK;
}

/* Functions of a date and a TIME stand for another, which messages name. */
static int
plain_name(int shown)
{
    const char *name = pz_fn_row(shown)->name;
    if (strcmp(name, "try_make_timestamp_ntz") == 0)
        return pz_fn_find(PZ_STR("make_timestamp_ntz"));
    return strstr(name, "make_timestamp") && strcmp(name, "make_timestamp_ntz") != 0 ? pz_fn_find(PZ_STR("make_timestamp")) : shown;
}

/* No row fits: say why, from the row that came furthest. */
static pz_status
raise_no_fit(pz_analyzer *an, pz_scope *scope, const pz_expr *call, int first, int shown)
{
    pz_binding best, b;
    pz_fit best_fit = PZ_FIT_ARITY, fit;
    bool found = false, lambdas = false, given = false;
    pz_buf required;
    pz_str words;
    pz_expr *s;
    for (int i = 0; i < call->args.n; i++)
        given |= call->args.data[i]->kind == PZ_EXPR_LAMBDA;
    for (int row = first; row >= 0; row = pz_fn_next(row)) {
        fit = pz_fn_try(an, scope, call, row, PZ_CASTS_ALL, &b);
        lambdas |= b.sig->has_lambda;
        if (fit == PZ_FIT_ERROR)
            return PZ_FAIL;
        if (fit == PZ_FIT_ARITY || (found && b.bad_arg <= best.bad_arg))
            continue;
        best = b;
        best_fit = fit;
        found = true;
    }
    if (given && !lambdas)
        return pz_raise_not_higher_order(an, call);
    if (!found)
        return pz_raise_num_args(an, call, first);
    if (best_fit == PZ_FIT_NAMES)
        return pz_raise_names(an, call, &best);
    if (best_fit == PZ_FIT_LAMBDA)
        return lambdas ? pz_raise(an->err, PZ_ERR_INVALID_LAMBDA_FUNCTION_CALL_PARAMETER_DOES_NOT_ACCEPT_LAMBDA_FUNCTION, call->origin, NULL)
                       : pz_raise_not_higher_order(an, call);
    s = sketch(an, &best, call->args.n <= 3 ? plain_name(shown) : shown);
    if (pz_raised_by_kind(an, s, &best))
        return PZ_FAIL;
    if (best_fit == PZ_FIT_COMMON)
        return pz_raise_diff_types(an, s, &best);
    pz_buf_init(&required, 0);
    pz_describe_required(&required, an, scope, call, first, best.bad_arg);
    words = pz_buf_dup(&required, an->a);
    pz_buf_free(&required);
    return pz_raise_input_type(an, s, best.bad_arg, words.ptr);
}

static pz_status
choose(pz_analyzer *an, pz_scope *scope, const pz_expr *call, int first, int shown, pz_expr **out)
{
    pz_binding b;
    for (pz_casts casts = PZ_CASTS_NONE; casts <= PZ_CASTS_ALL; casts++)
        for (int row = first; row >= 0; row = pz_fn_next(row)) {
            pz_fit fit = pz_fn_try(an, scope, call, row, casts, &b);
            if (fit == PZ_FIT_ERROR)
                return PZ_FAIL;
            if (fit == PZ_FIT_OK)
                return finish(an, scope, &b, shown == first ? row : shown, out);
        }
    return raise_no_fit(an, scope, call, first, shown);
}

/* A resolved call whose arguments have become nullable, or other types inside.  One with a lambda, or with arguments that were put there for
 * lowering, keeps its type. */
pz_status
pz_call_again(pz_analyzer *an, pz_scope *scope, const pz_expr *call, pz_expr **out)
{
    pz_binding b;
    bool bound = false;
    for (int i = 0; i < call->args.n; i++)
        bound |= call->args.data[i]->kind == PZ_EXPR_LAMBDA;
    if (!bound && pz_fn_try(an, scope, call, call->u.call.fn, PZ_CASTS_ALL, &b) == PZ_FIT_OK)
        return finish(an, scope, &b, call->u.call.shown, out);
    *out = pz_expr_shallow(an->a, call);
    (*out)->nullable |= nullable_of(pz_fn_row(call->u.call.fn)->nulls, call);
    return PZ_OK;
}

/* Functions that stand in FROM only. */
bool
pz_fn_only_in_from(pz_str name)
{
    static const char *const names[] = {"collations", "python_worker_logs", "range", "sql_keywords", "variant_explode", "variant_explode_outer"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_ieqc(name, names[i]))
            return true;
    return false;
}

/* Functions that DataFrames know and SQL does not. */
static bool
dataframes_only(pz_str name)
{
    return pz_str_ieqc(name, "product");
}

static bool
is_builtin(pz_analyzer *an, const pz_expr *call, pz_str name)
{
    int row = pz_fn_find(name);
    if ((dataframes_only(name) && !call->u.call.internal) || (row >= 0 && call->u.call.written && pz_fn_row(row)->syntax)) return false;
    return row >= 0 || pz_fn_known(name) || pz_str_ieqc(name, "cast") || cast_function(an->a, name);
}

/* Along the path of SET PATH.  *f: the user's function that is meant; both empty: a built-in. */
static pz_status
along_path(pz_analyzer *an, const pz_expr *call, pz_function **f)
{
    pz_str name = call->names.data[0];
    bool known = is_builtin(an, call, name);
    pz_path_hit hit;
    PZ_TRY(pz_path_function(an, name, call->origin, known, known && pz_path_has(an->env, PZ_PATH_BUILTIN) ? call->origin : PZ_NO_ORIGIN, &hit, f));
    return hit == PZ_PATH_NO_HIT ? raise_unresolved(an, call) : PZ_OK;
}

pz_status
pz_resolve_call(pz_analyzer *an, pz_scope *scope, pz_expr *call, pz_expr **out)
{
    pz_str name = {NULL, 0};
    int row, shown;
    const pz_fn *fn;
    const pz_type *t;
    if (an->env->path && call->u.call.sought && call->names.n == 1) {
        pz_function *f = NULL;
        PZ_TRY(along_path(an, call, &f));
        if (f) return pz_call_function(an, scope, call, f, out);
    }
    if (!builtin_name(call, &name))
        return users_function(an, scope, call, out);
    row = shown = pz_fn_find(name);
    if (call->u.call.written && pz_fn_only_in_from(name))
        return pz_raise(an->err, PZ_ERR_NOT_A_SCALAR_FUNCTION, call->origin, "functionName", pz_quote_names(an->a, &call->names).ptr, NULL);
    if ((dataframes_only(name) && !call->u.call.internal) || (row >= 0 && call->u.call.written && pz_fn_row(row)->syntax))
        return raise_unresolved(an, call);
    if (call->args.n > 1 && (pz_str_ieqc(name, "hour") || pz_str_ieqc(name, "minute") || pz_str_ieqc(name, "second"))) {
        call = pz_expr_shallow(an->a, call);
        call->args.n = 1;                      /* Spark reads the first and lets the others be */
    }
    if (row < 0 && pz_str_ieqc(name, "cast"))
        return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, call->origin, "functionName", pz_quote_names(an->a, &call->names).ptr,
                        "expectedNum", "0", "actualNum", pz_strf(an->a, "%d", call->args.n).ptr, "docroot", "https://spark.apache.org/docs/latest", NULL);
    if (row < 0 || (pz_str_ieqc(name, "time") && call->args.n == 1)) {
        if ((t = cast_function(an->a, name)))
            return resolve_cast_function(an, call, t, out);
        return users_function(an, scope, call, out);
    }
    if (call->args.n == 0 && pz_str_ieqc(name, "count") && pz_conf_is(an->env, "spark.sql.legacy.allowParameterlessCount", "true"))
        row = pz_fn_find(PZ_STR("count of nothing"));
    fn = pz_fn_row(row);
    if (fn->kind == PZ_FN_ALIAS) {
        bool target_shown = fn->display == PZ_DISPLAY_TARGET;
        row = pz_fn_find(pz_str_c(fn->signature));
        if (row < 0)
            return raise_unresolved(an, call);
        if (target_shown)
            shown = row;
        fn = pz_fn_row(row);
    }
    PZ_TRY(check_syntax(an, call, fn, name));
    PZ_TRY(pz_window_of_window(an, scope, call));
    PZ_TRY(choose(an, scope, call, row, shown, out));
    an->has_partition_id |= !strcmp(fn->name, "spark_partition_id");
    return pz_collate_call(an, *out);
}

/* Has anybody a function of that name?  As pz_resolve_call looks for it, but without arguments. */
bool
pz_call_is_known(pz_analyzer *an, const pz_expr *call)
{
    pz_function *f = NULL;
    pz_error probe;
    pz_error *saved = an->err;
    pz_path_hit hit;
    pz_status st;
    pz_str name;
    pz_error_init(&probe, an->a);
    if (an->env->path && call->u.call.sought && call->names.n == 1) {
        an->err = &probe;
        st = pz_path_function(an, call->names.data[0], call->origin, is_builtin(an, call, call->names.data[0]), PZ_NO_ORIGIN, &hit, &f);
        an->err = saved;
        return st != PZ_OK || hit != PZ_PATH_NO_HIT;
    }
    if (builtin_name(call, &name)) {
        int row = pz_fn_find(name);
        if ((dataframes_only(name) && !call->u.call.internal) || (row >= 0 && call->u.call.written && pz_fn_row(row)->syntax))
            return false;
        if (is_builtin(an, call, name))
            return true;
    }
    if (!an->env->find_function)
        return false;
    return an->env->find_function(an->env->ctx, &call->names, call->origin, an->a, &f, &probe) != PZ_OK || f != NULL;
}

pz_status
pz_raise_unknown_call(pz_analyzer *an, const pz_expr *call)
{
    return raise_unresolved(an, call);
}

/* ---------------------------------------------------------------- for rules and rewrites */

pz_status
pz_recall(pz_analyzer *an, pz_scope *scope, pz_expr *call, const char *name, int n, pz_expr *a, pz_expr *b)
{
    pz_expr *inner = pz_call_make(an->a, call->origin, name, 0), *out;
    if (n > 0)
        pz_vec_push(an->a, &inner->args, a);
    if (n > 1)
        pz_vec_push(an->a, &inner->args, b);
    bool try = call->names.n && pz_str_starts(call->names.data[0], "try_") && call->kind == PZ_EXPR_CALL;
    pz_str written = try ? pz_expr_sql(an, call) : PZ_STR("");
    PZ_TRY(pz_resolve_call(an, scope, inner, &out));
    if (try) {                                 /* the name tells what was written */
        out->u.call.shown = call->u.call.shown;
        out->u.call.shown_as = written;
        out->nullable = true;
    }
    *call = *out;
    return PZ_OK;
}

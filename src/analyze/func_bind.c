/*
 * analyze/func_bind.c - fit the arguments of a call to one row of functions.def.
 *
 * In:  a call with resolved arguments (lambdas not) and a row.  Out: the arguments in the row's order, defaults added, casts
 * made, type variables bound, lambda bodies resolved.  Things start at pz_fn_try() and pz_fn_bind().
 */
#include "func_bind.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- variables */

static bool
bind_var(pz_binding *b, const pz_sig_type *s, const pz_type *t, bool null, bool nested)
{
    pz_var *v = &b->vars[s->var];
    const pz_type *common;
    v->null |= null;
    v->nested |= nested;
    if (!v->type) {
        v->type = t;
        return true;
    }
    if (pz_type_eq(v->type, t))
        return true;
    if (b->casts == PZ_CASTS_NULL && (v->type->id == PZ_T_VOID || t->id == PZ_T_VOID)) {
        common = v->type->id == PZ_T_VOID ? t : v->type;
    } else if (b->casts < PZ_CASTS_LATER) {
        if (!pz_type_eq_loose(v->type, t))
            return false;
        common = pz_type_tightest(b->an->a, v->type, t, b->an->env->ansi);
    } else if (v->nested) {                    /* what collections hold: the rules of no mode in particular */
        common = s->var == 'W' - 'A' ? pz_type_wider_plain(b->an->a, v->type, t, pz_widening(b->an->env, false)) : pz_type_tightest(b->an->a, v->type, t, false);
    } else {
        common = pz_type_wider(b->an->a, v->type, t, pz_widening(b->an->env, b->an->env->ansi));
    }
    if (!common)
        return false;
    v->type = common;
    return true;
}

/* Bind the variables of `s` from an argument's type. */
static bool
collect(pz_binding *b, const pz_sig_type *s, const pz_type *t, bool null, bool nested)
{
    switch (s->kind) {
    case PZ_SIG_VAR:
        return bind_var(b, s, t, null, nested);
    case PZ_SIG_ARRAY:
        return t->id != PZ_T_ARRAY || collect(b, s->a, t->element, t->contains_null, true);
    case PZ_SIG_MAP:
        return t->id != PZ_T_MAP || (collect(b, s->a, t->key, false, true) && collect(b, s->b, t->element, t->contains_null, true));
    case PZ_SIG_STRUCT:
        for (int i = 0; i < s->nparts; i++)
            if (!collect(b, s->parts[i], t->fields[i].type, t->fields[i].nullable, true))
                return false;
        return true;
    default:
        return true;
    }
}

static bool
may_null(pz_binding *b, const pz_type *from, const pz_type *to)
{
    bool null = true;
    return !pz_type_eq_loose(from, to) && (!pz_cast_allowed(from, to, b->an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY, &null) || null);
}

/* The type `s` stands for now that variables are bound. own: what the argument has (parameters only). */
static const pz_type *
instantiate(pz_binding *b, const pz_sig_type *s, const pz_type *own)
{
    pz_arena *a = b->an->a;
    const pz_type *x, *y;
    pz_field *f;
    bool null;
    switch (s->kind) {
    case PZ_SIG_TYPE:
        return s->type;
    case PZ_SIG_VAR:
        return b->vars[s->var].type ? b->vars[s->var].type : own ? own : &pz_t_void;
    case PZ_SIG_ARRAY:
        if (own && own->id != PZ_T_ARRAY)
            return own;
        x = instantiate(b, s->a, own ? own->element : NULL);
        null = own ? own->contains_null || may_null(b, own->element, x)
                   : s->a->optional || (!s->a->not_null && (s->a->kind != PZ_SIG_VAR || b->vars[s->a->var].null));
        return pz_type_array(a, x, null);
    case PZ_SIG_MAP:
        if (own && own->id != PZ_T_MAP)
            return own;
        x = instantiate(b, s->a, own ? own->key : NULL);
        y = instantiate(b, s->b, own ? own->element : NULL);
        null = own ? own->contains_null || may_null(b, own->element, y)
                   : s->b->optional || (!s->b->not_null && (s->b->kind != PZ_SIG_VAR || b->vars[s->b->var].null));
        return pz_type_map(a, x, y, null);
    case PZ_SIG_STRUCT:
        if (own)
            return own;
        f = PZ_NEWN(a, pz_field, s->nparts + 1);
        for (int i = 0; i < s->nparts; i++) {
            const pz_sig_type *p = s->parts[i];
            f[i].name = s->names[i];
            f[i].type = instantiate(b, p, NULL);
            f[i].nullable = !p->not_null && (p->kind != PZ_SIG_VAR || b->vars[p->var].null);
        }
        return pz_type_struct(a, f, s->nparts);
    default:
        return own ? own : &pz_t_void;
    }
}

/* ---------------------------------------------------------------- placing arguments */

static pz_expr *
default_literal(pz_binding *b, pz_str text)
{
    pz_arena *a = b->an->a;
    pz_expr *e;
    pz_value v = {0};
    int p, s;
    if (text.len >= 2 && text.ptr[0] == '\'')
        return pz_default_literal(b->an, pz_literal_string(a, (pz_str){text.ptr + 1, text.len - 2}));
    if (pz_str_eqc(text, "null"))
        return pz_literal_null(a, &pz_t_void);
    if (pz_str_eqc(text, "true") || pz_str_eqc(text, "false"))
        return pz_literal_bool(a, text.ptr[0] == 't');
    if (pz_str_ends(text, ")")) {              /* current_timestamp() */
        e = pz_call_make(a, b->call->origin, pz_dup(a, (pz_str){text.ptr, text.len - 2}).ptr, 0);
        return pz_resolve_call(b->an, b->scope, e, &e) == PZ_OK ? e : NULL;
    }
    if (pz_str_ends(text, "L"))
        return pz_literal_long(a, strtoll(text.ptr, NULL, 10));
    if (pz_str_ends(text, "F"))
        return pz_literal_value(a, &pz_t_float, (pz_value){.d = strtod(text.ptr, NULL)});
    if (pz_str_ends(text, "D"))
        return pz_literal_double(a, strtod(text.ptr, NULL));
    if (memchr(text.ptr, '.', text.len) && pz_decimal_parse(text, &v.dec, &p, &s))
        return pz_literal_value(a, pz_type_decimal(a, p < s ? s : p, s), v);
    return pz_literal_int(a, (int32_t)strtol(text.ptr, NULL, 10));
}

/* A lambda in SQL: "(l, r) -> l - r".  It is parsed as the argument of a call. */
static pz_expr *
default_lambda(pz_binding *b, pz_str text)
{
    pz_sql_options o;
    pz_expr *call;
    pz_sql_options_of(b->an->env, &o);
    if (pz_parse_expression(pz_strf(b->an->a, "f(" PZ_FMT ")", PZ_ARG(text)), &o, b->an->a, &call, b->an->err) != PZ_OK)
        return NULL;
    return call->args.data[0];
}

static int
param_index(const pz_sig *sig, pz_str name)
{
    for (int i = 0; i < sig->n; i++)
        if (sig->params[i].name.len && pz_str_ieq(sig->params[i].name, name))
            return i;
    return -1;
}

/* Parameter that argument i fills (the last one repeats). */
static const pz_sig_param *
param_of(const pz_sig *sig, int i)
{
    return &sig->params[i < sig->n ? i : sig->n - 1];
}

static pz_fit
place(pz_binding *b)
{
    const pz_sig *sig = b->sig;
    const pz_exprs *args = &b->call->args;
    int n = args->n > sig->n ? args->n : sig->n;
    if (args->n > sig->n && sig->max >= 0)
        return b->has_named && pz_fn_takes_names(b->row) ? PZ_FIT_NAMES : PZ_FIT_ARITY;
    b->args = PZ_NEWN(b->an->a, pz_expr *, n + 1);
    b->n = 0;
    for (int i = 0; i < args->n; i++) {
        pz_expr *e = args->data[i];
        int at = i;
        if (e->kind == PZ_EXPR_NAMED_ARG) {
            at = param_index(sig, e->names.data[0]);
            e = e->args.data[0];
            if (!pz_fn_takes_names(b->row) || at < 0 || b->args[at])
                return PZ_FIT_NAMES;
        }
        b->args[at] = e;
        if (at + 1 > b->n)
            b->n = at + 1;
    }
    for (int i = 0; i < sig->n; i++) {
        const pz_sig_param *p = &sig->params[i];
        if (b->args[i])
            continue;
        if (!p->optional && p->variadic != '*')
            return pz_fn_takes_names(b->row) ? PZ_FIT_NAMES : PZ_FIT_ARITY;
        if (!p->default_text.ptr)
            break;
        b->args[i] = p->type->kind == PZ_SIG_FN ? default_lambda(b, p->default_text) : default_literal(b, p->default_text);
        if (!b->args[i])
            return PZ_FIT_ERROR;
        b->defaulted |= 1u << i;
        if (i + 1 > b->n)
            b->n = i + 1;
    }
    for (int i = 0; i < b->n; i++)
        if (!b->args[i])
            return PZ_FIT_ARITY;
    return PZ_FIT_OK;
}

/* ---------------------------------------------------------------- fitting */

pz_fit
pz_fn_try(pz_analyzer *an, pz_scope *scope, const pz_expr *call, int row, pz_casts casts, pz_binding *b)
{
    pz_fit fit;
    memset(b, 0, sizeof *b);
    b->an = an;
    b->scope = scope;
    b->call = call;
    b->row = row;
    b->sig = pz_sig_of(row);
    b->casts = casts;
    b->bad_arg = -1;
    for (int i = 0; i < call->args.n; i++)
        b->has_named |= call->args.data[i]->kind == PZ_EXPR_NAMED_ARG;
    if (b->sig->min > call->args.n && !b->has_named && !pz_fn_takes_names(row))
        return PZ_FIT_ARITY;
    if ((fit = place(b)) != PZ_FIT_OK)
        return fit;
    b->types = PZ_NEWN(an->a, const pz_type *, b->n + 1);
    for (int i = 0; i < b->n; i++) {
        const pz_sig_param *p = param_of(b->sig, i);
        const pz_expr *e = b->args[i];
        const pz_type *t = e->type;
        if (p->type->kind == PZ_SIG_FN)
            continue;
        if (e->kind == PZ_EXPR_LAMBDA) {
            b->bad_arg = i;
            return PZ_FIT_LAMBDA;
        }
        if (!pz_sig_accepts(p->type, t)) {
            bool may = t->id == PZ_T_VOID ? casts != PZ_CASTS_NONE && !p->no_null : (casts == PZ_CASTS_ALL || (casts == PZ_CASTS_LATER && i > 0)) && !p->exact;
            t = may || (i < 16 && b->defaulted >> i & 1 && (!p->exact || t->id == PZ_T_VOID)) ? pz_sig_implicit(an->a, p->type, t, an->env->ansi) : NULL;
            if (!t) {
                b->bad_arg = i;
                return PZ_FIT_TYPE;
            }
        }
        b->types[i] = t;
        if (!collect(b, p->type, t, e->nullable, false)) {
            b->bad_arg = i;
            return PZ_FIT_COMMON;
        }
    }
    return PZ_FIT_OK;
}

/* ---------------------------------------------------------------- lambdas */

/* Functions that walk two collections at once fill the shorter one up with NULL. */
static bool
pads(const pz_binding *b, const pz_sig_type *s)
{
    const char *name = pz_fn_row(b->row)->name;
    return strcmp(name, "zip_with") == 0 || (strcmp(name, "map_zip_with") == 0 && s->var != 'W' - 'A');
}

/* What a lambda sees for one of its parameters. */
static pz_expr *
make_var(pz_binding *b, const pz_sig_type *s, pz_str name)
{
    pz_expr *v = pz_expr_make(b->an->a, PZ_EXPR_LAMBDA_VAR, PZ_NO_ORIGIN);
    v->type = instantiate(b, s, NULL);
    if (s->kind == PZ_SIG_VAR)
        v->nullable = b->vars[s->var].null || !b->vars[s->var].nested || pads(b, s);
    else
        v->nullable = s->kind != PZ_SIG_TYPE || s->not_null ? false : !pz_type_is_integral(s->type);
    v->resolved = true;
    v->u.var.id = b->an->next_id++;
    v->u.var.name = name;
    return v;
}

static pz_str
lambda_var_name(const pz_expr *v)
{
    return v->names.n > 0 ? v->names.data[v->names.n - 1] : v->u.var.name;
}

static pz_status
check_lambda(pz_binding *b, const pz_expr *lambda, const pz_sig_type *fn, int *n)
{
    pz_arena *a = b->an->a;
    const pz_exprs *p = &lambda->u.lambda.params;
    int least = 0;
    for (int i = 0; i < fn->nparts; i++)
        least += !fn->parts[i]->optional;
    *n = p->n;
    if (p->n < least || p->n > fn->nparts)
        return pz_raise(b->an->err, PZ_ERR_INVALID_LAMBDA_FUNCTION_CALL_NUM_ARGS_MISMATCH, lambda->origin, "expectedNumArgs",
                        pz_strf(a, "%d", p->n).ptr, "actualNumArgs", pz_strf(a, "%d", least).ptr, NULL);
    for (int i = 0; i < p->n; i++)
        for (int j = 0; j < i; j++) {
            pz_str x = lambda_var_name(p->data[i]), y = lambda_var_name(p->data[j]);
            if (b->an->env->case_sensitive ? pz_str_eq(x, y) : pz_str_ieq(x, y)) {
                pz_buf args;
                pz_buf_init(&args, 0);
                for (int k = 0; k < p->n; k++) {
                    pz_str one = lambda_var_name(p->data[k]);
                    pz_buf_printf(&args, "%s`" PZ_FMT "`", k ? ", " : "", PZ_ARG(one));
                }
                pz_str list = pz_buf_dup(&args, a);
                pz_buf_free(&args);
                return pz_raise(b->an->err, PZ_ERR_INVALID_LAMBDA_FUNCTION_CALL_DUPLICATE_ARG_NAMES, lambda->origin, "args", list.ptr,
                                "caseSensitiveConfig", "\"spark.sql.caseSensitive\"", NULL);
            }
        }
    return PZ_OK;
}

static pz_status
bind_result(pz_binding *b, int i, const pz_sig_type *want, pz_expr **body)
{
    pz_analyzer *an = b->an;
    const pz_type *t;
    if (want->kind == PZ_SIG_VAR && b->vars[want->var].type) {
        t = b->vars[want->var].type;           /* accumulators keep the type of their start */
        b->vars[want->var].null |= (*body)->nullable;
        if (pz_type_eq_loose(t, (*body)->type))
            return PZ_OK;
        if ((*body)->type->id != PZ_T_VOID) {
            b->bad_arg = i;
            b->bad_lambda = *body;
            b->bad_wanted = t;
            return PZ_OK;
        }
        *body = pz_cast_to(an, *body, t);
        return PZ_OK;
    }
    t = (*body)->type;
    if (t->id == PZ_T_VOID)
        t = pz_sig_implicit(an->a, want, t, an->env->ansi);
    else if (!pz_sig_accepts(want, t))
        t = NULL;
    if (!t) {
        b->bad_arg = i;
        b->bad_lambda = *body;
        b->bad_sig = want;
        return PZ_OK;
    }
    *body = pz_cast_to(an, *body, t);
    if (!collect(b, want, t, (*body)->nullable, true)) {
        b->bad_arg = i;
        b->bad_lambda = *body;
        b->bad_sig = want;
    }
    return PZ_OK;
}

/* A lambda, or an expression that stands for a lambda whose parameters are not used. */
static pz_status
bind_lambda(pz_binding *b, int i)
{
    pz_analyzer *an = b->an;
    pz_expr *e = b->args[i], *out = pz_expr_make(an->a, PZ_EXPR_LAMBDA, e->origin), *body;
    const pz_sig_type *fn = param_of(b->sig, i)->type;
    struct pz_lambda_frame frame = {.next = b->scope->lambdas};
    pz_status st;
    int n = 0;
    if (e->kind == PZ_EXPR_LAMBDA) {
        PZ_TRY(check_lambda(b, e, fn, &n));
    } else {
        for (int k = 0; k < fn->nparts; k++)
            n += !fn->parts[k]->optional;
    }
    for (int k = 0; k < n; k++) {
        pz_str name = e->kind == PZ_EXPR_LAMBDA ? lambda_var_name(e->u.lambda.params.data[k]) : pz_strf(an->a, "col%d", k);
        pz_vec_push(an->a, &frame.vars, make_var(b, fn->parts[k], name));
    }
    body = e;
    if (e->kind == PZ_EXPR_LAMBDA) {
        b->scope->lambdas = &frame;
        st = pz_resolve_expr(an, b->scope, e->args.data[0], &body);
        b->scope->lambdas = frame.next;
        PZ_TRY(st);
    }
    PZ_TRY(bind_result(b, i, fn->a, &body));
    pz_vec_push(an->a, &out->args, body);
    out->u.lambda.params = frame.vars;
    out->type = body->type;
    out->nullable = body->nullable;
    out->resolved = true;
    b->args[i] = out;
    return PZ_OK;
}

/* Some casts that the rules choose do not exist: a date as a time of day. */
static pz_status
cast_argument(pz_analyzer *an, pz_expr **e, const pz_type *t)
{
    bool null;
    if (t->id == PZ_T_TIME && (*e)->type->id != PZ_T_VOID && !pz_conf_is(an->env, "spark.sql.timeType.enabled", "true"))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_TIME_TYPE, (*e)->origin, NULL);
    if (!pz_cast_allowed((*e)->type, t, an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY, &null))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, (*e)->origin, "sqlExpr", pz_quote_sql_expr(an, *e).ptr, "srcType",
                        pz_quote_type(an, (*e)->type).ptr, "targetType", pz_quote_type(an, t).ptr, NULL);
    *e = pz_cast_to(an, *e, t);
    return PZ_OK;
}

pz_status
pz_fn_bind(pz_binding *b, pz_expr *out)
{
    pz_analyzer *an = b->an;
    for (int i = 0; i < b->n; i++)
        if (param_of(b->sig, i)->type->kind == PZ_SIG_FN)
            PZ_TRY(bind_lambda(b, i));
    out->args.n = 0;
    for (int i = 0; i < b->n; i++) {
        const pz_sig_param *p = param_of(b->sig, i);
        pz_expr *e = b->args[i];
        if (p->type->kind != PZ_SIG_FN) {
            const pz_type *want = instantiate(b, p->type, b->types[i]);
            if (p->type->kind == PZ_SIG_CLASS || p->type->kind == PZ_SIG_UNION ||
                (p->type->kind == PZ_SIG_TYPE && pz_sig_accepts(p->type, e->type)))
                want = b->types[i];
            if (!pz_type_eq_loose(want, e->type))
                PZ_TRY(cast_argument(an, &e, want));
            if (p->type->kind == PZ_SIG_VAR)
                b->vars[p->type->var].null |= e->nullable;   /* the cast may fail to NULL */
        }
        pz_vec_push(an->a, &out->args, e);
    }
    if (b->sig->result)
        out->type = instantiate(b, b->sig->result, NULL);
    return PZ_OK;
}

/*
 * sql/parse_primary.c - operands: constants, columns, stars, parentheses, CASE, CAST and functions with a syntax of their own.
 *
 * A keyword that opens a special form is tried as that; when the form does not fit it is an ordinary name.  Starts at
 * pz_primary_head.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- CASE, CAST, STRUCT */

/* CASE [value] (WHEN c THEN r)+ [ELSE r] END */
static pz_expr *
case_form(pz_parser *p, int start)
{
    pz_expr *value = NULL, *when = pz_call(p, PZ_NO_ORIGIN, "when", 0);
    if (tk(p) != K_WHEN || !pz_expr_follows(p, 1)) {
        if (!(value = pz_expression(p))) return NULL;
    }
    if (tk(p) != K_WHEN) {
        pz_fail(p);
        return NULL;
    }
    while (accept(p, K_WHEN)) {
        pz_expr *c = pz_expression(p), *r = c && expect(p, K_THEN) ? pz_expression(p) : NULL;
        if (!r) return NULL;
        if (value) c = pz_call(p, c->origin, "=", 2, value, c);
        pz_vec_push(p->a, &when->args, c);
        pz_vec_push(p->a, &when->args, r);
    }
    if (accept(p, K_ELSE)) {
        pz_expr *e = pz_expression(p);
        if (!e) return NULL;
        pz_vec_push(p->a, &when->args, e);
    }
    if (!expect(p, K_END)) return NULL;
    when->origin = pz_origin_at(p, start);
    return when;
}

/* CAST ( x AS type ) */
static pz_expr *
cast_form(pz_parser *p, int start, bool try)
{
    skip(p);
    pz_expr *e = pz_expression(p);
    if (!e || !expect(p, K_AS)) return NULL;
    int from = p->at;
    const pz_type *t = pz_data_type(p);
    if (!t) return NULL;
    pz_str text = pz_span_text(p, from, p->at);
    if (!expect(p, T_RPAREN)) return NULL;
    pz_expr *c = pz_expr_make(p->a, PZ_EXPR_CAST, pz_origin_at(p, start));
    pz_vec_push(p->a, &c->args, e);
    c->type = t;
    c->u.cast.type_text = text;
    if (try) {
        c->u.cast.mode = PZ_CAST_TRY;
        c->u.cast.mode_set = true;
    }
    return c;
}

/* STRUCT ( [named, ...] ) */
static pz_expr *
struct_form(pz_parser *p, int start)
{
    pz_expr *e = pz_call_name(p, PZ_NO_ORIGIN, PZ_STR("struct"));
    skip(p);
    if (tk(p) != T_RPAREN && !pz_named_expressions(p, &e->args)) return NULL;
    if (!expect(p, T_RPAREN)) return NULL;
    e->origin = pz_origin_at(p, start);
    return e;
}

/* ---------------------------------------------------------------- functions with words between their arguments */

static pz_expr *
finish_form(pz_parser *p, int start, pz_expr *e)
{
    if (!expect(p, T_RPAREN)) return NULL;
    e->origin = pz_origin_at(p, start);
    return e;
}

static bool
push_value(pz_parser *p, pz_expr *call)
{
    pz_expr *e = pz_value_expression(p);
    if (e) pz_vec_push(p->a, &call->args, e);
    return e != NULL;
}

/* POSITION ( x IN y ) */
static pz_expr *
position_form(pz_parser *p, int start)
{
    pz_expr *e = pz_call(p, PZ_NO_ORIGIN, "locate", 0);
    skip(p);
    return push_value(p, e) && expect(p, K_IN) && push_value(p, e) ? finish_form(p, start, e) : NULL;
}

/* EXTRACT ( field FROM x ) */
static pz_expr *
extract_form(pz_parser *p, int start)
{
    pz_expr *e = pz_call(p, PZ_NO_ORIGIN, "extract", 0);
    e->u.call.sought = true;
    pz_str field;
    skip(p);
    int at = p->at;
    if (!pz_simple_name(p, &field)) return NULL;
    pz_vec_push(p->a, &e->args, pz_string_expr(p, pz_origin_at(p, at), field));
    return expect(p, K_FROM) && push_value(p, e) ? finish_form(p, start, e) : NULL;
}

/* SUBSTR[ING] ( x FROM y [FOR z] ); the form with commas is an ordinary call */
static pz_expr *
substring_form(pz_parser *p, int start)
{
    pz_expr *e = pz_call(p, PZ_NO_ORIGIN, "substring", 0);
    skip(p);
    if (!push_value(p, e)) return NULL;
    bool from = accept(p, K_FROM);
    if (!from && !expect(p, T_COMMA)) return NULL;
    if (!push_value(p, e)) return NULL;
    bool with_for = accept(p, K_FOR);
    if (!from && !with_for) return NULL;
    if (with_for || accept(p, T_COMMA))
        if (!push_value(p, e)) return NULL;
    return finish_form(p, start, e);
}

/* TRIM ( [BOTH | LEADING | TRAILING] [chars] FROM x ) */
static pz_expr *
trim_form(pz_parser *p, int start)
{
    const char *name = "trim";
    pz_expr *chars = NULL;
    skip(p);
    int k = tk(p), n = tkn(p, 1);
    if ((k == K_BOTH || k == K_LEADING || k == K_TRAILING) && (pz_expr_follows(p, 1) && (n != K_FROM || tkn(p, 2) != K_FROM))) {
        name = k == K_LEADING ? "ltrim" : k == K_TRAILING ? "rtrim" : "trim";
        skip(p);
    }
    bool bare = tk(p) == K_FROM && (k == K_BOTH || k == K_LEADING || k == K_TRAILING);
    if (!bare && !(chars = pz_value_expression(p))) return NULL;
    pz_expr *x = expect(p, K_FROM) ? pz_value_expression(p) : NULL;
    if (!x) return NULL;
    pz_expr *e = pz_call(p, PZ_NO_ORIGIN, name, 1, x);
    if (chars) pz_vec_push(p->a, &e->args, chars);
    return finish_form(p, start, e);
}

/* OVERLAY ( x PLACING y FROM z [FOR n] ) */
static pz_expr *
overlay_form(pz_parser *p, int start)
{
    pz_expr *e = pz_call(p, PZ_NO_ORIGIN, "overlay", 0);
    skip(p);
    if (!(push_value(p, e) && expect(p, K_PLACING) && push_value(p, e) && expect(p, K_FROM) && push_value(p, e))) return NULL;
    if (accept(p, K_FOR) && !push_value(p, e)) return NULL;
    return finish_form(p, start, e);
}

static bool
is_datetime_unit(int k)
{
    switch (k) {
    case K_YEAR: case K_QUARTER: case K_MONTH: case K_WEEK: case K_DAY: case K_DAYOFYEAR: case K_HOUR: case K_MINUTE: case K_SECOND:
    case K_MILLISECOND: case K_MICROSECOND: return true;
    default: return false;
    }
}

/* TIMESTAMPADD ( unit, n, t ) | TIMESTAMPDIFF ( unit, a, b ), under all their names */
static pz_expr *
timestamp_form(pz_parser *p, int start, bool add)
{
    pz_str written = pz_dup(p->a, pz_tok_text(p, start));
    skip(p);
    int at = p->at;
    bool text = pz_is_string(p, 0);
    if ((!text && !is_datetime_unit(tk(p))) || tkn(p, 1) != T_COMMA) return NULL;
    pz_str unit = pz_dup(p->a, pz_tok_text(p, at));
    skip(p);
    pz_expr *e = pz_call(p, PZ_NO_ORIGIN, add ? "timestampadd" : "timestampdiff", 1, pz_string_expr(p, pz_origin_at(p, at), unit));
    e->u.call.as_operator = false;
    if (!(expect(p, T_COMMA) && push_value(p, e) && expect(p, T_COMMA) && push_value(p, e)) || !finish_form(p, start, e)) return NULL;
    if (text)
        PZ_SEM(p, PZ_ERR_INVALID_PARAMETER_VALUE_DATETIME_UNIT, pz_origin_at(p, start), "functionName",
               pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(written)).ptr, "parameter", "`unit`", "invalidValue", unit.ptr, NULL);
    return e;
}

/* ---------------------------------------------------------------- parentheses and lambdas */

/* name -> body | (x, y) -> body */
static pz_expr *
lambda(pz_parser *p, int start, bool many)
{
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_LAMBDA, PZ_NO_ORIGIN);
    if (many) skip(p);
    do {
        pz_str name;
        int at = p->at;
        if (!pz_name(p, &name)) return NULL;
        pz_expr *v = pz_expr_make(p->a, PZ_EXPR_LAMBDA_VAR, pz_origin_at(p, at));
        pz_vec_push(p->a, &v->names, name);
        v->u.var.name = name;
        pz_vec_push(p->a, &e->u.lambda.params, v);
    } while (many && accept(p, T_COMMA));
    if (many) skip(p);
    skip(p);                                   /* -> */
    pz_expr *body = pz_expression(p);
    if (!body) return NULL;
    pz_vec_push(p->a, &e->args, body);
    e->origin = pz_origin_at(p, start);
    return e;
}

/* At "(": does (a, b) -> follow? */
static bool
lambda_follows(const pz_parser *p)
{
    int k = 1;
    for (; pz_is_name(p, k) && tkn(p, k + 1) == T_COMMA; k += 2) {}
    return k > 1 && pz_is_name(p, k) && tkn(p, k + 1) == T_RPAREN && tkn(p, k + 2) == T_ARROW;
}

/* ( query ) | ( x ) | ( x, y ) | ( a, b ) -> body */
static pz_expr *
parenthesized(pz_parser *p)
{
    int start = p->at;
    if (lambda_follows(p)) return lambda(p, start, true);
    pz_rel *q = pz_query_paren(p);
    if (q) {
        pz_expr *e = pz_expr_make(p->a, PZ_EXPR_SUBQUERY, pz_origin_at(p, start));
        e->u.sub.kind = PZ_SUB_SCALAR;
        e->u.sub.rel = q;
        return e;
    }
    if (p->dead) return NULL;
    skip(p);
    pz_expr *e = pz_named_expression(p);
    if (!e) return NULL;
    if (tk(p) != T_COMMA && e->kind != PZ_EXPR_ALIAS) return expect(p, T_RPAREN) ? e : NULL;
    if (tk(p) != T_COMMA && e->origin.start < 0) return expect(p, T_RPAREN) ? e : NULL;   /* json path, not an alias */
    if (!expect(p, T_COMMA)) return NULL;
    pz_expr *t = pz_expr_make(p->a, PZ_EXPR_TUPLE, PZ_NO_ORIGIN);
    pz_vec_push(p->a, &t->args, e);
    if (!pz_named_expressions(p, &t->args)) return NULL;
    return finish_form(p, start, t);
}

/* ---------------------------------------------------------------- names */

/* EXCEPT ( a.b, c ) after a star */
static bool
star_except(pz_parser *p, pz_expr *star)
{
    if (tk(p) != K_EXCEPT || tkn(p, 1) != T_LPAREN || !pz_is_name(p, 2) || pz_query_follows(p, 2)) return true;
    p->at += 2;
    do {
        pz_strs parts;
        if (!pz_multipart(p, &parts)) return false;
        pz_vec_push(p->a, &star->u.star.except, parts);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

static pz_expr *
star(pz_parser *p, int start, const pz_strs *target)
{
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_STAR, PZ_NO_ORIGIN);
    if (target) e->names = *target;
    skip(p);
    if (!star_except(p, e)) return NULL;
    e->origin = pz_origin_at(p, start);
    return e;
}

/* IDENTIFIER ( expression ) [ ( arguments ) ] */
static pz_expr *
identifier_form(pz_parser *p, int start)
{
    skip(p);
    pz_expr *name = pz_expression(p);
    if (!name || !expect(p, T_RPAREN)) return NULL;
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_IDENTIFIER, pz_origin_at(p, start));
    pz_vec_push(p->a, &e->args, name);
    if (tk(p) != T_LPAREN) return e;
    pz_expr *call = pz_call_rest(p, pz_call_name(p, PZ_NO_ORIGIN, PZ_STR("")), start);
    if (!call) return NULL;
    pz_expr *inner = call->kind == PZ_EXPR_WINDOW ? call->args.data[0] : call;
    for (int i = 0; i < inner->args.n; i++) pz_vec_push(p->a, &e->args, inner->args.data[i]);
    e->origin = call->origin;
    /* an empty list must differ from a column: a call without arguments keeps a marker name */
    pz_vec_push(p->a, &e->names, PZ_STR("()"));
    if (call->kind != PZ_EXPR_WINDOW) return e;
    call->args.data[0] = e;
    return call;
}

/* a | a.b | a.* | a.f(...) | x -> body */
static pz_expr *
named(pz_parser *p)
{
    int start = p->at, k = 0;
    if (tkn(p, 1) == T_ARROW) return lambda(p, start, false);
    while (pz_is_name(p, k) && tkn(p, k + 1) == T_DOT && pz_is_name(p, k + 2)) k += 2;
    pz_strs names;
    if (tkn(p, k + 1) == T_LPAREN && !(p->query_after && pz_query_follows(p, k + 2))) {
        pz_expr *call = pz_expr_make(p->a, PZ_EXPR_CALL, PZ_NO_ORIGIN);
        if (!pz_is_name(p, 0)) {               /* FILTER, LEFT, RIGHT where they are reserved */
            pz_vec_push(p->a, &call->names, pz_dup(p->a, pz_tok_text(p, start)));
            skip(p);
            return pz_call_rest(p, call, start);
        }
        return pz_qualified(p, &call->names) ? pz_call_rest(p, call, start) : NULL;
    }
    if (!pz_is_name(p, k)) {
        pz_fail(p);
        return NULL;
    }
    if (tkn(p, k + 1) == T_DOT && tkn(p, k + 2) == T_STAR) {
        names = (pz_strs){0};
        for (bool more = true; more;) {
            pz_str s;
            if (!pz_name(p, &s)) return NULL;
            pz_vec_push(p->a, &names, s);
            skip(p);
            more = tk(p) != T_STAR;
        }
        return star(p, start, &names);
    }
    if (!pz_qualified(p, &names)) return NULL;
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_COLUMN, pz_origin_at(p, start));
    e->names = names;
    return e;
}

/* CURRENT_DATE and its like without parentheses: functions where the word is reserved, else columns that may turn out so. */
static bool
is_current_like(int k)
{
    switch (k) {
    case K_CURRENT_DATE: case K_CURRENT_TIMESTAMP: case K_CURRENT_USER: case K_USER: case K_SESSION_USER: case K_CURRENT_TIME:
    case K_LOCALTIME: case K_CURRENT_PATH: return true;
    default: return false;
    }
}

static pz_expr *
current_like(pz_parser *p)
{
    int start = p->at;
    pz_str name = pz_dup(p->a, pz_tok_text(p, start));
    skip(p);
    pz_origin o = pz_origin_at(p, start);
    bool function = p->o->enforce_reserved || p->t[start].kind == K_CURRENT_PATH;
    pz_expr *e = function ? pz_call_name(p, o, pz_lower_ascii(p->a, name)) : pz_column_make(p->a, o, 0);
    if (!function) pz_vec_push(p->a, &e->names, name);
    return e;
}

/* ---------------------------------------------------------------- choosing */

/* A form opened by the keyword at hand, or NULL with the position restored when it does not fit. */
static pz_expr *
special(pz_parser *p)
{
    int start = p->at, k = tk(p);
    pz_expr *e = NULL;
    pz_mark m = pz_mark_make(p);
    if (k == K_CASE) {
        if (!pz_expr_follows(p, 1)) return NULL;
        skip(p);
        e = case_form(p, start);
    } else if (tkn(p, 1) == T_LPAREN) {
        skip(p);
        switch (k) {
        case K_CAST: e = cast_form(p, start, false); break;
        case K_TRY_CAST: e = cast_form(p, start, true); break;
        case K_STRUCT: e = struct_form(p, start); break;
        case K_POSITION: e = position_form(p, start); break;
        case K_EXTRACT: e = extract_form(p, start); break;
        case K_SUBSTR: case K_SUBSTRING: e = substring_form(p, start); break;
        case K_TRIM: e = trim_form(p, start); break;
        case K_OVERLAY: e = overlay_form(p, start); break;
        case K_IDENTIFIER: e = identifier_form(p, start); break;
        case K_TIMESTAMPADD: case K_DATEADD: case K_DATE_ADD: e = timestamp_form(p, start, true); break;
        case K_TIMESTAMPDIFF: case K_DATEDIFF: case K_DATE_DIFF: case K_TIMEDIFF: e = timestamp_form(p, start, false); break;
        default: break;
        }
    }
    if (!e) pz_back(p, m);
    return e;
}

static bool
opens_special(int k)
{
    switch (k) {
    case K_CASE: case K_CAST: case K_TRY_CAST: case K_STRUCT: case K_POSITION: case K_EXTRACT: case K_SUBSTR: case K_SUBSTRING: case K_TRIM:
    case K_OVERLAY: case K_IDENTIFIER: case K_TIMESTAMPADD: case K_DATEADD: case K_DATE_ADD: case K_TIMESTAMPDIFF: case K_DATEDIFF:
    case K_DATE_DIFF: case K_TIMEDIFF: return true;
    default: return false;
    }
}

pz_expr *
pz_primary_head(pz_parser *p)
{
    int k = tk(p);
    if (k == T_LPAREN) return parenthesized(p);
    if (k == T_STAR) return star(p, p->at, NULL);
    if (opens_special(k)) {
        pz_expr *e = special(p);
        if (e || p->dead) return e;
    }
    if (!is_keyword(k) || tkn(p, 1) != T_LPAREN || k == K_INTERVAL) {
        pz_expr *e = pz_constant(p);
        if (e || p->dead) return e;
    }
    if (is_current_like(k) && tkn(p, 1) != T_LPAREN && tkn(p, 1) != T_DOT && tkn(p, 1) != T_ARROW) return current_like(p);
    if (pz_is_name(p, 0) || (tkn(p, 1) == T_LPAREN && (k == K_FILTER || k == K_LEFT || k == K_RIGHT))) return named(p);
    pz_fail(p);
    return NULL;
}

/*
 * sql/parse_call.c - function calls from the "(" on: arguments, WITHIN GROUP, FILTER, IGNORE NULLS, OVER; sort items and windows.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- sort items */

/* expression [ASC | DESC] [NULLS FIRST | LAST] */
pz_expr *
pz_sort_item(pz_parser *p)
{
    pz_expr *e = pz_expression(p);
    if (!e) return NULL;
    pz_expr *s = pz_expr_make(p->a, PZ_EXPR_SORT_ORDER, PZ_NO_ORIGIN);
    pz_vec_push(p->a, &s->args, e);
    s->u.sort.asc = !accept(p, K_DESC);
    if (s->u.sort.asc) accept(p, K_ASC);
    s->u.sort.nulls_first = s->u.sort.asc;
    if (tk(p) == K_NULLS && (tkn(p, 1) == K_FIRST || tkn(p, 1) == K_LAST)) {
        s->u.sort.nulls_set = true;
        s->u.sort.nulls_first = tkn(p, 1) == K_FIRST;
        p->at += 2;
    }
    s->origin = pz_origin_from(p, e->origin);
    return s;
}

bool
pz_sort_items(pz_parser *p, pz_exprs *out)
{
    do {
        pz_expr *s = pz_sort_item(p);
        if (!s) return false;
        pz_vec_push(p->a, out, s);
    } while (accept(p, T_COMMA));
    return true;
}

/* ---------------------------------------------------------------- windows */

/* The type of a constant before any operand is cast; NULL: it has none yet. */
static const pz_type *
early_type(const pz_expr *e)
{
    if (e->kind == PZ_EXPR_LITERAL || e->kind == PZ_EXPR_CAST) return e->type;
    return e->kind == PZ_EXPR_CALL && e->args.n ? early_type(e->args.data[0]) : NULL;
}

/* Operands whose types differ, and divisions of whole numbers, wait for casts that only the analyzer adds; so do intervals, whose
 * arithmetic it exchanges. */
static bool
operands_agree(const pz_expr *e)
{
    const pz_type *a = early_type(e->args.data[0]), *b = e->args.n > 1 ? early_type(e->args.data[1]) : a;
    if (e->args.n == 1) return true;
    if (!a || !b) return true;                 /* a parameter */
    bool divided = pz_str_eqc(e->names.data[0], "/") || pz_str_eqc(e->names.data[0], "div"), whole = pz_type_is_integral(a);
    bool interval = a->id == PZ_T_DT_INTERVAL || a->id == PZ_T_YM_INTERVAL || a->id == PZ_T_CALENDAR_INTERVAL;
    return a->id == b->id && !interval && !(divided && whole);
}

/* Could this be evaluated before any table is known?  Names and calls of functions could not. */
static pz_walk
is_variable(pz_expr *e, void *arg)
{
    bool fixed = e->kind == PZ_EXPR_LITERAL || e->kind == PZ_EXPR_CAST || e->kind == PZ_EXPR_PARAMETER ||
                 (e->kind == PZ_EXPR_CALL && e->u.call.as_operator && operands_agree(e));
    if (fixed) return PZ_WALK_ON;
    *(bool *)arg = true;
    return PZ_WALK_STOP;
}

/* UNBOUNDED PRECEDING | CURRENT ROW | x FOLLOWING ... */
static bool
frame_bound(pz_parser *p, pz_bound *b)
{
    int n = tkn(p, 1);
    if (tk(p) == K_UNBOUNDED && (n == K_PRECEDING || n == K_FOLLOWING)) {
        b->kind = n == K_PRECEDING ? PZ_BOUND_UNBOUNDED_PRECEDING : PZ_BOUND_UNBOUNDED_FOLLOWING;
        p->at += 2;
        return true;
    }
    if (tk(p) == K_CURRENT && n == K_ROW) {
        b->kind = PZ_BOUND_CURRENT;
        p->at += 2;
        return true;
    }
    pz_expr *e = pz_expression(p);
    if (!e) return false;
    bool variable = false;
    b->kind = PZ_BOUND_OFFSET;
    b->value = e;
    pz_walk_expr(e, is_variable, &variable);
    if (variable) {
        pz_mark m = pz_mark_make(p);
        skip(p);                               /* the place holds the word after the value */
        pz_origin o = pz_origin_from(p, e->origin);
        pz_back(p, m);
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_INVALID_WINDOW_FRAME_BOUND, o, NULL);
    }
    if (accept(p, K_FOLLOWING)) return true;
    if (!expect(p, K_PRECEDING)) return false;
    b->value = pz_call(p, pz_origin_from(p, e->origin), "negative", 1, e);
    return true;
}

static bool
frame(pz_parser *p, pz_window_spec *w)
{
    if (tk(p) != K_ROWS && tk(p) != K_RANGE) return true;
    w->unit = tk(p) == K_ROWS ? PZ_FRAME_ROWS : PZ_FRAME_RANGE;
    skip(p);
    if (tk(p) == K_BETWEEN) {
        pz_mark m = pz_mark_make(p);
        skip(p);
        if (frame_bound(p, &w->from) && expect(p, K_AND) && frame_bound(p, &w->to)) return true;
        pz_back(p, m);
    }
    w->to = (pz_bound){.kind = PZ_BOUND_CURRENT};
    return frame_bound(p, &w->from);
}

static bool
window_body(pz_parser *p, pz_window_spec *w)
{
    if (pz_accept2(p, K_CLUSTER, K_BY)) {
        if (!pz_expressions(p, &w->partition)) return false;
    } else {
        if ((pz_accept2(p, K_PARTITION, K_BY) || pz_accept2(p, K_DISTRIBUTE, K_BY)) && !pz_expressions(p, &w->partition)) return false;
        if ((pz_accept2(p, K_ORDER, K_BY) || pz_accept2(p, K_SORT, K_BY)) && !pz_sort_items(p, &w->order)) return false;
    }
    return frame(p, w) && expect(p, T_RPAREN);
}

/* name | ( name ) | ( [PARTITION BY ..] [ORDER BY ..] [frame] ) */
pz_window_spec *
pz_window_spec_rule(pz_parser *p)
{
    pz_window_spec *w = PZ_NEW(p->a, pz_window_spec);
    int start = p->at;
    w->origin = PZ_NO_ORIGIN;
    if (tk(p) != T_LPAREN) return pz_name_checked(p, &w->ref) ? w : NULL;
    skip(p);
    bool clause = (tk(p) == K_ROWS || tk(p) == K_RANGE || tkn(p, 1) == K_BY) && tkn(p, 1) != T_RPAREN && tkn(p, 1) != T_MINUS;
    if (pz_is_name(p, 0) && !clause) return pz_name_checked(p, &w->ref) && expect(p, T_RPAREN) ? w : NULL;
    if (!window_body(p, w)) return NULL;
    w->origin = pz_origin_at(p, start);
    return w;
}

/* ---------------------------------------------------------------- arguments */

/* expression | name => expression */
pz_expr *
pz_function_argument(pz_parser *p)
{
    if (p->table_args && tk(p) == K_TABLE && (pz_is_name(p, 1) || tkn(p, 1) == T_LPAREN)) {
        pz_mark m = pz_mark_make(p);
        pz_expr *t = pz_table_argument(p);
        if (t && (tk(p) == T_COMMA || tk(p) == T_RPAREN)) return t;
        pz_back(p, m);
    }
    if (tkn(p, 1) != T_FATARROW || !pz_is_name(p, 0)) return pz_expression(p);
    int start = p->at;
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_NAMED_ARG, PZ_NO_ORIGIN);
    pz_str name;
    if (!pz_name(p, &name)) return NULL;
    pz_vec_push(p->a, &e->names, name);
    skip(p);
    pz_expr *v = NULL;
    if (p->table_args && tk(p) == K_TABLE) {
        pz_mark m = pz_mark_make(p);
        v = pz_table_argument(p);
        if (v && tk(p) != T_COMMA && tk(p) != T_RPAREN) v = NULL;
        if (!v) pz_back(p, m);
    }
    if (!v && !(v = pz_expression(p))) return NULL;
    pz_vec_push(p->a, &e->args, v);
    e->origin = pz_origin_at(p, start);
    return e;
}

/* Names that the grammar knows; they never mean a function of the user's. */
static bool
has_rule_of_its_own(const pz_expr *call)
{
    static const char *const names[] = {"any_value", "first", "last", "struct", "substr", "substring"};
    for (size_t i = 0; call->names.n == 1 && i < PZ_COUNTOF(names); i++)
        if (pz_str_ieqc(call->names.data[0], names[i])) return true;
    return false;
}

/* ( [DISTINCT | ALL] argument, ... ), and IGNORE NULLS inside for first, last, any_value */
static bool
arguments(pz_parser *p, pz_expr *call, bool *closed)
{
    bool inner = call->names.n == 1 && (pz_str_ieqc(call->names.data[0], "first") || pz_str_ieqc(call->names.data[0], "last") ||
                                        pz_str_ieqc(call->names.data[0], "any_value"));
    skip(p);
    *closed = false;
    if (accept(p, T_RPAREN)) return true;
    if ((tk(p) == K_DISTINCT || tk(p) == K_ALL) && pz_expr_follows(p, 1)) {
        call->u.call.distinct = tk(p) == K_DISTINCT;
        skip(p);
    }
    do {
        pz_expr *e = pz_function_argument(p);
        if (!e) return false;
        pz_vec_push(p->a, &call->args, e);
    } while (accept(p, T_COMMA));
    if (inner && call->args.n == 1 && !call->u.call.distinct && pz_accept2(p, K_IGNORE, K_NULLS)) {
        call->u.call.ignore_nulls = true;
        *closed = true;
    }
    return expect(p, T_RPAREN);
}

/* [WITHIN GROUP (ORDER BY ..)] [FILTER (WHERE ..)] [IGNORE | RESPECT NULLS] */
static bool
call_options(pz_parser *p, pz_expr *call)
{
    if (tk(p) == K_WITHIN && tkn(p, 1) == K_GROUP && tkn(p, 2) == T_LPAREN) {
        p->at += 3;
        if (!pz_expect2(p, K_ORDER, K_BY) || !pz_sort_items(p, &call->u.call.order) || !expect(p, T_RPAREN)) return false;
    }
    if (tk(p) == K_FILTER && tkn(p, 1) == T_LPAREN && tkn(p, 2) == K_WHERE) {
        p->at += 3;
        if (!(call->u.call.filter = pz_expression(p)) || !expect(p, T_RPAREN)) return false;
    }
    if (pz_accept2(p, K_IGNORE, K_NULLS)) call->u.call.ignore_nulls = true;
    else if (pz_accept2(p, K_RESPECT, K_NULLS)) call->u.call.respect_nulls = true;
    return true;
}

static void
star_count(pz_parser *p, pz_expr *call)
{
    if (call->names.n != 1 || call->args.n != 1 || call->u.call.distinct || !pz_str_ieqc(call->names.data[0], "count")) return;
    pz_expr *s = call->args.data[0];
    if (s->kind != PZ_EXPR_STAR || s->names.n || s->u.star.except.n) return;
    pz_expr *one = pz_literal_int(p->a, 1);
    one->origin = s->origin;
    call->args.data[0] = one;
    call->u.call.star = true;
}

pz_expr *
pz_call_rest(pz_parser *p, pz_expr *call, int start)
{
    bool closed, ok = false, table_args = p->table_args;
    p->table_args = false;
    if (pz_enter(p)) ok = arguments(p, call, &closed);
    leave(p);
    p->table_args = table_args;
    if (!ok || (!closed && !call_options(p, call))) return NULL;
    star_count(p, call);
    call->u.call.written = true;
    call->u.call.sought = !has_rule_of_its_own(call);
    call->origin = pz_origin_at(p, start);
    if (closed || tk(p) != K_OVER || !(tkn(p, 1) == T_LPAREN || pz_is_name(p, 1)) || pz_query_follows(p, 1)) return call;
    skip(p);
    pz_expr *w = pz_expr_make(p->a, PZ_EXPR_WINDOW, PZ_NO_ORIGIN);
    pz_vec_push(p->a, &w->args, call);
    if (!(w->u.window = pz_window_spec_rule(p))) return NULL;
    w->origin = call->origin = pz_origin_at(p, start);
    return w;
}

/*
 * sql/parse_select.c - SELECT: hints, list, WHERE, GROUP BY, HAVING, WINDOW, QUALIFY; TRANSFORM.
 *
 * Out: relations in the order of their meaning: hints over windows over DISTINCT over QUALIFY over HAVING over aggregation or
 * projection over the filter.  Starts at pz_select_rest.
 */
#include "sql_int.h"

static pz_rel *
over(pz_parser *p, pz_rel_kind kind, pz_rel *in)
{
    pz_rel *r = pz_rel_make(p->a, kind, pz_origin_from(p, in->origin));
    r->input = in;
    return r;
}

/* ---------------------------------------------------------------- filters and windows */

/* WHERE | HAVING | QUALIFY condition */
pz_rel *
pz_filter(pz_parser *p, pz_rel *in, pz_rel_kind kind)
{
    skip(p);
    pz_expr *c = pz_expression(p);
    if (!c) return NULL;
    pz_rel *r = over(p, kind, in);
    r->cond = c;
    return r;
}

/* WINDOW name AS spec, ... */
bool
pz_window_clause(pz_parser *p, pz_rel **in)
{
    int start = p->at;
    pz_str twice = {0};
    pz_rel *w = over(p, PZ_REL_WINDOW_DEFS, *in);
    skip(p);
    do {
        pz_str name;
        pz_window_spec *spec;
        if (!pz_name_checked(p, &name) || !expect(p, K_AS) || !(spec = pz_window_spec_rule(p))) return false;
        for (int i = 0; i < w->u.windows.names.n && !twice.ptr; i++)
            if (pz_str_eq(w->u.windows.names.data[i], name)) twice = name;
        pz_vec_push(p->a, &w->u.windows.names, name);
        pz_vec_push(p->a, &w->u.windows.specs, spec);
    } while (accept(p, T_COMMA));
    if (twice.ptr)
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_REPETITIVE_WINDOW_DEFINITION, pz_origin_at(p, start), "windowName",
               pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(twice)).ptr, NULL);
    /* WINDOW a AS b: b must be defined here, and not as another reference */
    for (int i = 0; i < w->u.windows.names.n; i++) {
        pz_str ref = w->u.windows.specs.data[i]->ref;
        pz_window_spec *target = NULL;
        if (!ref.ptr) continue;
        for (int k = 0; k < w->u.windows.names.n; k++)
            if (pz_str_eq(w->u.windows.names.data[k], ref)) target = w->u.windows.specs.data[k];
        if (target && !target->ref.ptr) {
            w->u.windows.specs.data[i] = target;
            continue;
        }
        PZ_SEM(p, target ? PZ_ERR_INVALID_SQL_SYNTAX_INVALID_WINDOW_REFERENCE : PZ_ERR_INVALID_SQL_SYNTAX_UNRESOLVED_WINDOW_REFERENCE,
               pz_origin_at(p, start), "windowName", pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(ref)).ptr, NULL);
    }
    *in = w;
    return true;
}

/* ---------------------------------------------------------------- GROUP BY */

static bool grouping_analytics(pz_parser *p, pz_expr **out);

/* ( [a, b] ) | a */
static pz_expr *
grouping_set(pz_parser *p)
{
    if (tk(p) != T_LPAREN) return pz_expression(p);
    pz_mark m = pz_mark_make(p);
    int start = p->at;
    skip(p);
    pz_expr *t = pz_expr_make(p->a, PZ_EXPR_GROUPING_TUPLE, PZ_NO_ORIGIN);
    bool ok = tk(p) == T_RPAREN || pz_expressions(p, &t->args);
    if (ok && accept(p, T_RPAREN) && (tk(p) == T_COMMA || tk(p) == T_RPAREN)) {
        t->origin = pz_origin_at(p, start);
        return t;
    }
    pz_back(p, m);
    return p->dead ? NULL : pz_expression(p);
}

static pz_expr *
grouping_list(pz_parser *p, pz_gset_kind kind, int start)
{
    pz_expr *g = pz_expr_make(p->a, PZ_EXPR_GROUPING_SET, PZ_NO_ORIGIN);
    g->u.gset.kind = kind;
    if (!expect(p, T_LPAREN)) return NULL;
    do {
        pz_expr *e = NULL;
        if (kind == PZ_GSET_SETS && !grouping_analytics(p, &e)) return NULL;
        if (!e && !(e = grouping_set(p))) return NULL;
        pz_vec_push(p->a, &g->args, e);
    } while (accept(p, T_COMMA));
    if (!expect(p, T_RPAREN)) return NULL;
    g->origin = pz_origin_at(p, start);
    return g;
}

/* ROLLUP (...) | CUBE (...) | GROUPING SETS (...); *out stays NULL when none stands here */
static bool
grouping_analytics(pz_parser *p, pz_expr **out)
{
    int start = p->at, k = tk(p);
    bool sets = k == K_GROUPING && tkn(p, 1) == K_SETS && tkn(p, 2) == T_LPAREN;
    if (!sets && !((k == K_ROLLUP || k == K_CUBE) && tkn(p, 1) == T_LPAREN && tkn(p, 2) != T_RPAREN)) return true;
    p->at += sets ? 2 : 1;
    if (!pz_enter(p)) return false;
    *out = grouping_list(p, sets ? PZ_GSET_SETS : k == K_ROLLUP ? PZ_GSET_ROLLUP : PZ_GSET_CUBE, start);
    leave(p);
    return *out != NULL;
}

/* GROUP BY a, b WITH ROLLUP | WITH CUBE: the same as GROUP BY ROLLUP (a, b) */
static bool
with_rollup(pz_parser *p, pz_rel *agg, int start)
{
    if (tk(p) != K_WITH || (tkn(p, 1) != K_ROLLUP && tkn(p, 1) != K_CUBE)) return true;
    pz_expr *g = pz_expr_make(p->a, PZ_EXPR_GROUPING_SET, PZ_NO_ORIGIN);
    g->u.gset.kind = tkn(p, 1) == K_ROLLUP ? PZ_GSET_ROLLUP : PZ_GSET_CUBE;
    p->at += 2;
    g->args = agg->keys;
    g->origin = pz_origin_at(p, start);
    agg->keys = (pz_exprs){0};
    pz_vec_push(p->a, &agg->keys, g);
    return true;
}

/* GROUP BY a, b GROUPING SETS ((a), (b)): the sets, with a and b grouped by wherever they are in none */
static bool
trailing_sets(pz_parser *p, pz_rel *agg)
{
    int start = p->at;
    pz_expr *g;
    if (tk(p) != K_GROUPING || tkn(p, 1) != K_SETS || tkn(p, 2) != T_LPAREN) return true;
    p->at += 2;
    if (!(g = grouping_list(p, PZ_GSET_SETS, start))) return false;
    g->u.gset.given = agg->keys.n;
    for (int i = 0; i < g->args.n; i++) pz_vec_push(p->a, &agg->keys, g->args.data[i]);
    g->args = agg->keys;
    agg->keys = (pz_exprs){0};
    pz_vec_push(p->a, &agg->keys, g);
    return true;
}

pz_rel *
pz_aggregation(pz_parser *p, pz_rel *in, bool pipe)
{
    int start = p->at;
    pz_rel *agg = over(p, PZ_REL_AGGREGATE, in);
    agg->u.agg.from_sql = agg->u.agg.has_group_by = true;
    p->at += 2;
    int from = p->at;
    do {
        pz_expr *e = NULL;
        if (!grouping_analytics(p, &e)) return NULL;
        if (!e && !(e = pipe ? pz_named_expression(p) : pz_expression(p))) return NULL;
        pz_vec_push(p->a, &agg->keys, e);
    } while (accept(p, T_COMMA));
    if (agg->keys.n == 1 && p->at == from + 1 && p->t[from].kind == K_ALL) {
        agg->u.agg.group_all = true;
        agg->keys = (pz_exprs){0};
    }
    if (!with_rollup(p, agg, start) || !trailing_sets(p, agg)) return NULL;
    agg->origin = pz_origin_from(p, in->origin);
    return agg;
}

/* ---------------------------------------------------------------- hints */

/* name | name ( arguments ) */
static bool
hint_statement(pz_parser *p, pz_rel *h)
{
    int start = p->at;
    if (!pz_simple_name(p, &h->u.hint.name)) return false;
    if (accept(p, T_LPAREN)) {
        do {
            pz_expr *e = pz_primary(p);
            if (!e) return false;
            pz_vec_push(p->a, &h->exprs, e);
        } while (accept(p, T_COMMA));
        if (!expect(p, T_RPAREN)) return false;
    }
    h->origin = pz_origin_at(p, start);
    return true;
}

typedef PZ_VEC(pz_rel *) hint_list;

static bool
hints(pz_parser *p, hint_list *out)
{
    while (accept(p, T_HINT)) {
        do {
            pz_rel *h = pz_rel_make(p->a, PZ_REL_HINT, PZ_NO_ORIGIN);
            if (!hint_statement(p, h)) return false;
            pz_vec_push(p->a, out, h);
            accept(p, T_COMMA);
        } while (tk(p) != T_HINT_END && tk(p) != T_EOF);
        if (!expect(p, T_HINT_END)) return false;
    }
    return true;
}

/* ---------------------------------------------------------------- TRANSFORM ... USING 'script' */

bool
pz_is_transform(const pz_parser *p)
{
    int k = 0, depth = 0;
    if (tk(p) == K_SELECT && tkn(p, 1) == K_TRANSFORM && tkn(p, 2) == T_LPAREN) k = 2;
    else if (tk(p) != K_MAP && tk(p) != K_REDUCE) return false;
    else k = 1;
    for (bool first = true; tkn(p, k) != T_EOF; k++) {
        int kind = tkn(p, k);
        if (kind == T_LPAREN) depth++;
        else if (kind == T_RPAREN && --depth < 0) return false;
        else if (depth == 0 && kind == K_USING) return tkn(p, k + 1) == T_STRING || tkn(p, k + 1) == T_DQSTRING;
        else if (depth == 0 && (kind == K_ROW || kind == K_RECORDWRITER)) return true;
        else if (depth == 0 && (kind == K_FROM || kind == T_SEMICOLON)) return false;
        if (first && tk(p) == K_SELECT && depth == 0) return false;
        first = false;
    }
    return false;
}

static bool
terminated_by(pz_parser *p, int k1, int k2)
{
    pz_str s;
    if (tk(p) != k1) return true;
    skip(p);
    return (!k2 || expect(p, k2)) && pz_expect2(p, K_TERMINATED, K_BY) && pz_string_lit(p, &s);
}

/* ROW FORMAT SERDE 'x' [...] | ROW FORMAT DELIMITED ... */
static bool
transform_row_format(pz_parser *p)
{
    pz_str s;
    pz_options props = {0};
    if (tk(p) != K_ROW || tkn(p, 1) != K_FORMAT) return true;
    int start = p->at;
    p->at += 2;
    if (accept(p, K_SERDE)) {
        if (!pz_string_lit(p, &s)) return false;
        if (pz_accept2(p, K_WITH, K_SERDEPROPERTIES) && !pz_properties(p, &props, false, true)) return false;
        PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_TRANSFORM_NON_HIVE, pz_origin_at(p, start), NULL);
        return true;
    }
    if (!expect(p, K_DELIMITED) || !terminated_by(p, K_FIELDS, 0)) return false;
    if (pz_accept2(p, K_ESCAPED, K_BY) && !pz_string_lit(p, &s)) return false;
    if (!terminated_by(p, K_COLLECTION, K_ITEMS) || !terminated_by(p, K_MAP, K_KEYS) || !terminated_by(p, K_LINES, 0)) return false;
    return !(tk(p) == K_NULL && tkn(p, 1) == K_DEFINED) || (p->at += 2, expect(p, K_AS) && pz_string_lit(p, &s));
}

static bool
transform_output(pz_parser *p)
{
    pz_strs names = {0};
    pz_schema schema;
    bool paren = accept(p, T_LPAREN);
    pz_mark m = pz_mark_make(p);
    if (!pz_name_list(p, &names) || !(tk(p) == T_RPAREN || tk(p) == T_EOF || tk(p) == K_FROM || at2(p, K_ROW, K_FORMAT))) {
        pz_back(p, m);
        if (!pz_col_types(p, &schema)) return false;
    }
    return !paren || expect(p, T_RPAREN);
}

/* Read for its errors; scripts are not run here, so it becomes a relation that says so. */
static pz_rel *
transform(pz_parser *p)
{
    pz_exprs args = {0};
    pz_str script;
    int start = p->at;
    bool select = accept(p, K_SELECT);
    skip(p);
    if (select && !expect(p, T_LPAREN)) return NULL;
    if (tk(p) == K_DISTINCT || tk(p) == K_ALL) {
        if (tk(p) == K_DISTINCT)
            PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_TRANSFORM_DISTINCT_ALL, pz_origin_at(p, start), NULL);
        skip(p);
    }
    if (!pz_expressions(p, &args) || (select && !expect(p, T_RPAREN)) || !transform_row_format(p)) return NULL;
    if (accept(p, K_RECORDWRITER) && !pz_string_lit(p, &script)) return NULL;
    if (!expect(p, K_USING) || !pz_string_lit(p, &script)) return NULL;
    if (accept(p, K_AS) && !transform_output(p)) return NULL;
    if (!transform_row_format(p) || (accept(p, K_RECORDREADER) && !pz_string_lit(p, &script))) return NULL;
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_UNSUPPORTED, start, &r);
    c->text = PZ_STR("TRANSFORM");
    c->exprs = args;
    return r;
}

/* ---------------------------------------------------------------- SELECT */

typedef struct select_clause { hint_list hints; bool distinct; pz_exprs list; } select_clause;

static bool
select_list(pz_parser *p, select_clause *s)
{
    skip(p);
    if (!hints(p, &s->hints)) return false;
    if ((tk(p) == K_DISTINCT || tk(p) == K_ALL) && pz_expr_follows(p, 1)) {
        s->distinct = tk(p) == K_DISTINCT;
        skip(p);
    }
    return pz_named_expressions(p, &s->list);
}

static pz_rel *
with_hints(const select_clause *s, pz_rel *r)
{
    for (int i = s->hints.n - 1; i >= 0; i--) {
        s->hints.data[i]->input = r;
        r = s->hints.data[i];
    }
    return r;
}

static pz_rel *
project(pz_parser *p, pz_rel *in, const pz_exprs *list)
{
    pz_rel *r = over(p, PZ_REL_PROJECT, in);
    r->exprs = *list;
    return r;
}

/* GROUP BY and HAVING around the list; HAVING alone makes one group of everything. */
static pz_rel *
grouped(pz_parser *p, pz_rel *in, const select_clause *s)
{
    pz_rel *r;
    bool group = tk(p) == K_GROUP && tkn(p, 1) == K_BY;
    if (group) {
        if (!(r = pz_aggregation(p, in, false))) return NULL;
    } else if (tk(p) == K_HAVING && pz_expr_follows(p, 1) && p->o->having_as_where) {
        return pz_filter(p, project(p, in, &s->list), PZ_REL_FILTER);
    } else if (tk(p) == K_HAVING && pz_expr_follows(p, 1)) {
        r = over(p, PZ_REL_AGGREGATE, in);
        r->u.agg.from_sql = true;
    } else {
        return project(p, in, &s->list);
    }
    r->exprs = s->list;
    return tk(p) == K_HAVING && pz_expr_follows(p, 1) ? pz_filter(p, r, PZ_REL_HAVING) : r;
}

/* TRANSFORM ... with the clauses behind it */
static pz_rel *
transform_rest(pz_parser *p, pz_rel *from, bool with_from)
{
    pz_rel *r = transform(p), *in = from;
    if (!r) return NULL;
    if (with_from && tk(p) == K_FROM && !(in = pz_from_clause(p))) return NULL;
    if (!in) in = pz_rel_make(p->a, PZ_REL_ONE_ROW, PZ_NO_ORIGIN);
    if (!(in = pz_lateral_views(p, in))) return NULL;
    if (tk(p) == K_WHERE && !(in = pz_filter(p, in, PZ_REL_FILTER))) return NULL;
    r->u.command->query = project(p, in, &r->u.command->exprs);        /* what the script would read: analyzed before refusing */
    if (with_from && tk(p) == K_GROUP && tkn(p, 1) == K_BY && !pz_aggregation(p, in, false)) return NULL;
    if (with_from && tk(p) == K_HAVING && !pz_filter(p, in, PZ_REL_HAVING)) return NULL;
    if (with_from && pz_window_ahead(p) && !pz_window_clause(p, &in)) return NULL;
    return r;
}

/* SELECT ... [FROM ...] [LATERAL VIEW ...] [WHERE] [GROUP BY] [HAVING] [WINDOW] [QUALIFY] */
pz_rel *
pz_select_rest(pz_parser *p, pz_rel *from, bool with_from)
{
    int start = p->at;
    select_clause s = {0};
    if (pz_is_transform(p)) return transform_rest(p, from, with_from);
    if (tk(p) != K_SELECT) {
        skip(p);                               /* MAP x or REDUCE x without USING */
        pz_fail(p);
        return NULL;
    }
    if (!select_list(p, &s)) return NULL;
    pz_rel *r = from;
    if (with_from && tk(p) == K_FROM) {
        if (!(r = pz_from_clause(p))) return NULL;
    } else if (!r) {
        r = pz_rel_make(p->a, PZ_REL_ONE_ROW, pz_origin_at(p, start));
    }
    if (!(r = pz_lateral_views(p, r))) return NULL;
    pz_rel *windows = NULL, *source = r;
    if (tk(p) == K_WHERE && pz_expr_follows(p, 1) && !(r = pz_filter(p, r, PZ_REL_FILTER))) return NULL;
    if (!(r = grouped(p, r, &s))) return NULL;
    if (pz_window_ahead(p)) {
        windows = r;
        if (!pz_window_clause(p, &windows)) return NULL;
    }
    if (tk(p) == K_QUALIFY && pz_expr_follows(p, 1) && !(r = pz_filter(p, r, PZ_REL_QUALIFY))) return NULL;
    if (s.distinct) r = over(p, PZ_REL_DISTINCT, r);
    if (windows) {
        windows->input = r;
        r = windows;
    }
    for (pz_rel *x = r; x != source; x = x->input) x->origin = pz_origin_at(p, start);   /* every clause is the whole SELECT to messages */
    return with_hints(&s, r);
}

/* SELECT ... with its ORDER BY ... after FROM t */
pz_rel *
pz_from_body(pz_parser *p, pz_rel *from)
{
    pz_rel *r = pz_select_rest(p, from, false);
    return r ? pz_query_organization(p, r) : NULL;
}

/* |> SELECT list [GROUP BY ...] [WINDOW ...] */
pz_rel *
pz_select_pipe(pz_parser *p, pz_rel *in)
{
    select_clause s = {0};
    if (!select_list(p, &s)) return NULL;
    pz_rel *r = grouped(p, in, &s);
    if (!r) return NULL;
    if (s.distinct) r = over(p, PZ_REL_DISTINCT, r);
    if (pz_window_ahead(p) && !pz_window_clause(p, &r)) return NULL;
    return with_hints(&s, r);
}

/*
 * sql/parse_pipe.c - |> operators, turned into the relations that the same words make elsewhere.
 *
 * In: the relation left of |> and tokens after it.  Out: a relation over it.  Starts at pz_pipe_tail.
 */
#include "sql_int.h"

static pz_rel *
over(pz_parser *p, pz_rel_kind kind, pz_rel *in)
{
    pz_rel *r = pz_rel_make(p->a, kind, pz_origin_from(p, in->origin));
    r->input = in;
    return r;
}

static pz_expr *
all_columns(pz_parser *p)
{
    return pz_expr_make(p->a, PZ_EXPR_STAR, pz_origin_at(p, p->at));
}

/* |> or a lone | in front of a word that only a pipe operator starts with */
bool
pz_pipe_ahead(const pz_parser *p)
{
    if (tk(p) == T_OPPIPE) return true;
    if (tk(p) != T_PIPE) return false;
    switch (tkn(p, 1)) {
    case K_SELECT: case K_EXTEND: case K_SET: case K_DROP: case K_WHERE: case K_AGGREGATE: case K_LIMIT: case K_OFFSET: case K_JOIN:
    case K_TABLESAMPLE: case K_PIVOT: case K_UNPIVOT: case K_AS: case K_INNER: case K_LEFT: case K_RIGHT: case K_FULL: case K_CROSS:
    case K_UNION: case K_EXCEPT: case K_INTERSECT: case K_MINUS: case K_NATURAL: case K_SEMI: case K_ANTI:
        return pz_expr_follows(p, 2);
    case K_ORDER: case K_SORT: case K_CLUSTER: case K_DISTRIBUTE: case K_BIN: return tkn(p, 2) == K_BY;
    default: return false;
    }
}

/* EXTEND a, b AS c */
static pz_rel *
extend(pz_parser *p, pz_rel *in)
{
    pz_rel *r = over(p, PZ_REL_PROJECT, in);
    r->u.list.pipe = "EXTEND";
    pz_vec_push(p->a, &r->exprs, all_columns(p));
    return pz_named_expressions(p, &r->exprs) ? r : NULL;
}

/* SET a = x, b = y: one projection each, for later ones see earlier ones */
static pz_rel *
set(pz_parser *p, pz_rel *in)
{
    do {
        pz_str name, more;
        int start = p->at;
        if (!pz_name_checked(p, &name)) return NULL;
        bool parts = tk(p) == T_DOT;
        while (accept(p, T_DOT))
            if (!pz_name_checked(p, &more)) return NULL;
        if (parts)
            PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0035, pz_origin_at(p, start), "message",
                   "SQL pipe syntax |> SET operator with multi-part assignment key (only single-part keys are allowed)", NULL);
        pz_expr *v = expect(p, T_EQ) ? pz_expression(p) : NULL;
        if (!v) return NULL;
        pz_rel *r = over(p, PZ_REL_PROJECT, in);
        pz_expr *star = all_columns(p);
        r->u.list.pipe = "SET";
        pz_vec_push(p->a, &star->u.star.replace, pz_alias_make(p->a, v, name));
        pz_vec_push(p->a, &r->exprs, star);
        in = r;
    } while (accept(p, T_COMMA));
    return in;
}

/* DROP a, b.c */
static pz_rel *
drop(pz_parser *p, pz_rel *in)
{
    pz_rel *r = over(p, PZ_REL_PROJECT, in);
    pz_expr *star = all_columns(p);
    do {
        pz_strs parts;
        if (!pz_multipart(p, &parts)) return NULL;
        pz_vec_push(p->a, &star->u.star.except, parts);
    } while (accept(p, T_COMMA));
    pz_vec_push(p->a, &r->exprs, star);
    return r;
}

static const char *
group_name(const pz_rel *agg)
{
    if (agg->u.agg.group_all) return "GROUP BY ALL";
    if (agg->u.agg.kind == PZ_GROUP_SETS) return "GROUPING SETS";
    for (int i = 0; i < agg->keys.n; i++)
        if (agg->keys.data[i]->kind == PZ_EXPR_GROUPING_SET)
            switch (agg->keys.data[i]->u.gset.kind) {
            case PZ_GSET_ROLLUP: return "GROUP BY ROLLUP";
            case PZ_GSET_CUBE: return "GROUP BY CUBE";
            default: return "GROUPING SETS";
            }
    return NULL;
}

static pz_walk
find_window(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_WINDOW ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* AGGREGATE [list] [GROUP BY keys]: the keys come out in front of the list */
static pz_rel *
aggregate(pz_parser *p, pz_rel *in)
{
    int start = p->at - 1;
    pz_exprs list = {0};
    pz_rel *r = NULL;
    bool group = tk(p) == K_GROUP && tkn(p, 1) == K_BY;
    if (!group && pz_expr_follows(p, 0) && !pz_pipe_ahead(p) && !pz_named_expressions(p, &list)) return NULL;
    if (tk(p) == K_GROUP && tkn(p, 1) == K_BY) {
        if (!(r = pz_aggregation(p, in, true))) return NULL;
        const char *kind = group_name(r);
        if (kind)
            PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE, pz_origin_at(p, start), "case", kind, NULL);
        for (int i = 0; i < r->keys.n; i++) {
            pz_expr *k = r->keys.data[i];
            pz_vec_push(p->a, &r->exprs, k);
            if (k->kind == PZ_EXPR_ALIAS && k->origin.start >= 0) r->keys.data[i] = k->args.data[0];
        }
    } else {
        r = over(p, PZ_REL_AGGREGATE, in);
        r->u.agg.from_sql = true;
        if (!list.n)
            PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0035, pz_origin_at(p, start), "message",
                   "The AGGREGATE clause requires a list of aggregate expressions or a list of grouping expressions, or both", NULL);
    }
    for (int i = 0; i < list.n; i++)
        if (!pz_walk_expr(list.data[i], find_window, NULL))
            PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE, pz_origin_at(p, start), "case",
                   "window functions; please update the query to move the window functions to a subsequent |> SELECT operator instead", NULL);
    r->u.agg.pipe = true;
    r->u.agg.pipe_keys = r->exprs.n;
    for (int i = 0; i < list.n; i++) pz_vec_push(p->a, &r->exprs, list.data[i]);
    return r;
}

/* UNION | EXCEPT | MINUS | INTERSECT [ALL | DISTINCT] primary */
static pz_rel *
set_operation(pz_parser *p, pz_rel *in)
{
    int k = tk(p);
    skip(p);
    bool all = tk(p) == K_ALL;
    if (all || tk(p) == K_DISTINCT) skip(p);
    pz_rel *right = pz_query_primary(p);
    if (!right) return NULL;
    pz_rel *r = over(p, PZ_REL_SET_OP, in);
    r->right = right;
    r->u.setop.op = k == K_UNION ? PZ_SETOP_UNION : k == K_INTERSECT ? PZ_SETOP_INTERSECT : PZ_SETOP_EXCEPT;
    r->u.setop.all = all;
    return r;
}

/* What stands before the operator as a table of its own: only its columns can be seen, under the names of the tables they come from. */
static pz_rel *
as_table(pz_parser *p, pz_rel *in)
{
    return in->kind == PZ_REL_ALIAS || in->kind == PZ_REL_NAMED_TABLE ? in : over(p, PZ_REL_ALIAS, in);
}

static pz_rel *
where(pz_parser *p, pz_rel *in)
{
    int start = p->at;
    pz_rel *r = pz_filter(p, as_table(p, in), PZ_REL_FILTER);
    if (r && pz_window_ahead(p)) {
        if (!pz_window_clause(p, &r)) return NULL;
        PZ_SEM(p, PZ_ERR_NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE_WINDOW_CLAUSE, pz_origin_at(p, start), NULL);
    }
    return r;
}

static pz_rel *
pivots(pz_parser *p, pz_rel *in)
{
    int start = p->at, n = 0;
    for (; in && ((tk(p) == K_PIVOT && tkn(p, 1) == T_LPAREN) || tk(p) == K_UNPIVOT) && n < 2; n++)
        in = tk(p) == K_PIVOT ? pz_pivot(p, in) : pz_unpivot(p, in);
    if (in && n > 1) PZ_SEM(p, PZ_ERR_NOT_ALLOWED_IN_FROM_UNPIVOT_WITH_PIVOT, pz_origin_at(p, start), NULL);
    return in;
}

/* ORDER BY .. | LIMIT .. [OFFSET ..] and their like: one of them at a time */
static pz_rel *
organize(pz_parser *p, pz_rel *in)
{
    static const struct { short k1, k2; const char *name; } clauses[] = {
        {K_ORDER, K_BY, "ORDER BY"}, {K_CLUSTER, K_BY, "CLUSTER BY"}, {K_DISTRIBUTE, K_BY, "DISTRIBUTE BY"}, {K_SORT, K_BY, "SORT BY"},
        {K_WINDOW, 0, "WINDOW"}, {K_LIMIT, 0, "LIMIT"}, {K_OFFSET, 0, "OFFSET"},
    };
    int start = p->at, seen[2] = {-1, -1}, n = 0, depth = 0;
    pz_rel *r = pz_query_organization(p, as_table(p, in));
    if (!r) return NULL;
    for (int i = start; i < p->at; i++) {
        int k = p->t[i].kind;
        depth += (k == T_LPAREN) - (k == T_RPAREN);
        for (size_t c = 0; depth == 0 && c < PZ_COUNTOF(clauses); c++)
            if (clauses[c].k1 == k && (!clauses[c].k2 || p->t[i + 1].kind == clauses[c].k2) && n < 2) seen[n++] = (int)c;
    }
    if (n > 0 && clauses[seen[0]].k1 == K_WINDOW)
        PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_CLAUSE_WITH_PIPE_OPERATORS, pz_origin_at(p, start), "clauses", "the WINDOW clause", NULL);
    if (n > 1 && !(clauses[seen[0]].k1 == K_LIMIT && clauses[seen[1]].k1 == K_OFFSET))
        PZ_SEM(p, PZ_ERR_MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS, pz_origin_at(p, start), "clause1", clauses[seen[0]].name,
               "clause2", clauses[seen[1]].name, NULL);
    return r;
}

/* AS name */
static pz_rel *
alias(pz_parser *p, pz_rel *in)
{
    pz_rel *r = over(p, PZ_REL_ALIAS, in);
    pz_str s;
    if (!pz_name_checked(p, &s)) return NULL;
    pz_vec_push(p->a, &r->u.alias.names, s);
    return r;
}

static pz_rel *
operator_at(pz_parser *p, pz_rel *in)
{
    if (pz_join_ahead(p)) return pz_join(p, in);
    switch (tk(p)) {
    case K_SELECT: return pz_select_pipe(p, in);
    case K_EXTEND: skip(p); return extend(p, in);
    case K_SET: skip(p); return set(p, in);
    case K_DROP: skip(p); return drop(p, in);
    case K_AS: skip(p); return alias(p, in);
    case K_WHERE: return where(p, in);
    case K_PIVOT: case K_UNPIVOT: return pivots(p, in);
    case K_BIN: return tkn(p, 1) == K_BY ? pz_bin_by(p, in) : in;
    case K_TABLESAMPLE: return pz_sample(p, in);
    case K_AGGREGATE: skip(p); return aggregate(p, in);
    case K_UNION: case K_EXCEPT: case K_INTERSECT: case K_MINUS: return set_operation(p, in);
    default: return organize(p, in);           /* |> with nothing behind it is allowed */
    }
}

pz_rel *
pz_pipe_tail(pz_parser *p, pz_rel *in)
{
    pz_rel *r = operator_at(p, in);
    if (r && r != in) r->origin = pz_origin_from(p, in->origin);
    return r;
}

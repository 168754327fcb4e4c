/*
 * sql/parse_query.c - whole queries: WITH, set operations, ORDER BY to OFFSET, queries in parentheses.
 *
 * In: tokens.  Out: relations.  The clauses of SELECT are in parse_select.c, FROM in parse_from.c.  Starts at pz_query.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- WITH */

/* name [(columns)] [MAX RECURSION LEVEL n] [AS] ( query ) */
static pz_cte *
named_query(pz_parser *p, bool recursive)
{
    pz_cte *c = PZ_NEW(p->a, pz_cte);
    c->recursive = recursive;
    if (!pz_name_checked(p, &c->name)) return NULL;
    bool columns = tk(p) == T_LPAREN && pz_is_name(p, 1) && (tkn(p, 2) == T_COMMA || tkn(p, 2) == T_RPAREN || tkn(p, 2) == T_MINUS);
    if (columns && !pz_name_paren_list(p, &c->columns)) return NULL;
    if (tk(p) == K_MAX && tkn(p, 1) == K_RECURSION) {
        pz_str n;
        p->at += 2;
        int start = p->at + 1;
        if (!expect(p, K_LEVEL) || !pz_integer_value(p, &n)) return NULL;
        c->max_depth = pz_literal_int(p->a, (int32_t)strtol(n.ptr, NULL, 10));
        c->max_depth->origin = pz_origin_at(p, start);
    }
    if (tk(p) == K_AS && tkn(p, 1) == T_LPAREN) skip(p);
    if (!expect(p, T_LPAREN) || !(c->rel = pz_query(p)) || !expect(p, T_RPAREN)) return NULL;
    return c;
}

static void
check_duplicates(pz_parser *p, int start, const pz_ctes *list)
{
    pz_map *seen = pz_map_make(p->a, true);
    pz_str twice = {0};
    for (int i = 0; i < list->n; i++) {
        pz_str name = list->data[i]->name;
        int *count = pz_map_get(seen, name);
        if (!count) pz_map_put(seen, name, count = PZ_NEW(p->a, int));
        if (++*count != 2) continue;
        pz_str low = pz_lower_ascii(p->a, name);
        twice = twice.ptr ? pz_strf(p->a, PZ_FMT ", `" PZ_FMT "`", PZ_ARG(twice), PZ_ARG(low)) : pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(low));
    }
    if (twice.ptr) PZ_SEM(p, PZ_ERR_DUPLICATED_CTE_NAMES, pz_origin_at(p, start), "duplicateNames", twice.ptr, NULL);
}

/* WITH [RECURSIVE] name AS (...), ...: a WITH relation that lacks its input */
bool
pz_ctes_rule(pz_parser *p, pz_rel **with)
{
    int start = p->at;
    skip(p);
    bool recursive = tk(p) == K_RECURSIVE && pz_is_name(p, 1) && tkn(p, 1) != K_AS;
    if (recursive) skip(p);
    pz_rel *w = pz_rel_make(p->a, PZ_REL_WITH, PZ_NO_ORIGIN);
    w->u.with.recursive = recursive;
    do {
        pz_cte *c = named_query(p, recursive);
        if (!c) return false;
        pz_vec_push(p->a, &w->u.with.list, c);
    } while (accept(p, T_COMMA));
    check_duplicates(p, start, &w->u.with.list);
    w->origin = pz_origin_at(p, start);
    *with = w;
    return true;
}

/* ---------------------------------------------------------------- parentheses */

static bool
paren_query_possible(const pz_parser *p)
{
    int k = 0;
    while (tkn(p, k) == T_LPAREN) k++;
    return k > 0 && pz_query_follows(p, k);
}

static pz_error *
keep_error(pz_parser *p, const pz_error *e, pz_err_id before)
{
    if (before || !e->id) return NULL;
    pz_error *copy = PZ_NEW(p->a, pz_error);
    *copy = *e;
    return copy;
}

/* ( query ), or NULL with nothing consumed.  Each "(" is tried once: expressions and relations ask again after backing out. */
pz_rel *
pz_query_paren(pz_parser *p)
{
    if (tk(p) != T_LPAREN || !paren_query_possible(p)) return NULL;
    if (!p->memo) p->memo = PZ_NEWN(p->a, pz_paren_memo, p->n + 1);
    pz_paren_memo *memo = &p->memo[p->at];
    if (memo->known) {
        if (!memo->rel) return NULL;
        p->at = memo->end;
        p->next_parameter = memo->next_parameter;
        if (memo->sem && !p->sem.id) p->sem = *memo->sem;
        if (memo->listen && !p->listen.id) p->listen = *memo->listen;
        return memo->rel;
    }
    pz_mark m = pz_mark_make(p);
    skip(p);
    pz_rel *q = pz_query(p);
    if (q && !expect(p, T_RPAREN)) q = NULL;
    if (p->dead) return NULL;
    memo->known = true;
    memo->rel = q;
    memo->end = p->at;
    memo->next_parameter = p->next_parameter;
    memo->sem = keep_error(p, &p->sem, m.sem);
    memo->listen = keep_error(p, &p->listen, m.listen);
    if (!q) pz_back(p, m);
    return q;
}

/* ---------------------------------------------------------------- operands and set operations */

/* FROM t [SELECT ...]*: several bodies over one FROM are a union of their results */
static pz_rel *
from_statement(pz_parser *p)
{
    int start = p->at;
    pz_rel *from = pz_from_clause(p), *out = NULL;
    if (!from) return NULL;
    while ((tk(p) == K_SELECT && (pz_expr_follows(p, 1) || tkn(p, 1) == T_HINT)) || pz_is_transform(p)) {
        pz_rel *one = pz_from_body(p, from);
        if (!one) return NULL;
        if (!out) {
            out = one;
            continue;
        }
        pz_rel *u = pz_rel_make(p->a, PZ_REL_SET_OP, pz_origin_at(p, start));
        u->input = out;
        u->right = one;
        u->u.setop.op = PZ_SETOP_UNION;
        u->u.setop.all = true;
        out = u;
    }
    return out ? out : from;
}

pz_rel *
pz_query_primary(pz_parser *p)
{
    pz_rel *r;
    switch (tk(p)) {
    case T_LPAREN:
        if ((r = pz_query_paren(p)) || p->dead) return r;
        break;
    case K_SELECT: return pz_select_rest(p, NULL, true);
    case K_MAP: case K_REDUCE: return pz_select_rest(p, NULL, true);
    case K_FROM: return from_statement(p);
    case K_VALUES: return pz_inline_table(p);
    case K_TABLE:
        skip(p);
        return pz_table_ref(p);
    default: break;
    }
    pz_fail(p);
    return NULL;
}

static bool
set_operator(const pz_parser *p)
{
    int k = tk(p), n = tkn(p, 1);
    if (k != K_UNION && k != K_EXCEPT && k != K_INTERSECT && k != K_MINUS) return false;
    if (n == K_ALL || n == K_DISTINCT) n = tkn(p, 2);
    return n == T_LPAREN || n == K_SELECT || n == K_FROM || n == K_TABLE || n == K_VALUES || n == K_MAP || n == K_REDUCE;
}

static pz_rel *
set_operation(pz_parser *p, int start, pz_rel *left, pz_rel *(*operand)(pz_parser *))
{
    int k = tk(p);
    skip(p);
    bool all = tk(p) == K_ALL;
    if (all || tk(p) == K_DISTINCT) skip(p);
    pz_rel *right = operand(p);
    if (!right) return NULL;
    pz_rel *u = pz_rel_make(p->a, PZ_REL_SET_OP, pz_origin_at(p, start));
    u->input = left;
    u->right = right;
    u->u.setop.op = k == K_UNION ? PZ_SETOP_UNION : k == K_INTERSECT ? PZ_SETOP_INTERSECT : PZ_SETOP_EXCEPT;
    u->u.setop.all = all;
    return u;
}

/* primary (INTERSECT primary)* */
static pz_rel *
intersect_term(pz_parser *p)
{
    int start = p->at;
    pz_rel *r = pz_query_primary(p);
    while (r && !p->o->flat_set_operations && tk(p) == K_INTERSECT && set_operator(p)) r = set_operation(p, start, r, pz_query_primary);
    return r;
}

/* queryTerm: INTERSECT binds tighter than UNION and EXCEPT, |> loosest */
static pz_rel *
query_term(pz_parser *p)
{
    int start = p->at;
    pz_rel *r = intersect_term(p);
    while (r && set_operator(p)) r = set_operation(p, start, r, intersect_term);
    while (r && pz_pipe_ahead(p)) {
        skip(p);
        r = pz_pipe_tail(p, r);
    }
    return r;
}

/* ---------------------------------------------------------------- ORDER BY ... OFFSET */

typedef struct organization { pz_exprs order, cluster, distribute, sort; } organization;

static pz_rel *
sorted(pz_parser *p, pz_rel *in, const pz_exprs *items, bool global)
{
    pz_rel *r = pz_rel_make(p->a, PZ_REL_SORT, pz_origin_from(p, in->origin));
    r->input = in;
    r->exprs = *items;
    r->u.sort.global = global;
    return r;
}

static pz_rel *
repartitioned(pz_parser *p, pz_rel *in, const pz_exprs *exprs)
{
    pz_rel *r = pz_rel_make(p->a, PZ_REL_REPARTITION, pz_origin_from(p, in->origin));
    r->input = in;
    r->exprs = *exprs;
    r->u.repartition.shuffle = true;
    return r;
}

static pz_rel *
arrange(pz_parser *p, pz_rel *in, const organization *o, int start)
{
    bool order = o->order.n, cluster = o->cluster.n, distribute = o->distribute.n, sort = o->sort.n;
    if ((order && (cluster || distribute || sort)) || (cluster && (distribute || sort))) {
        PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_COMBINATION_QUERY_RESULT_CLAUSES, pz_origin_at(p, start), NULL);
        return in;
    }
    if (order) return sorted(p, in, &o->order, true);
    if (cluster) {
        pz_exprs items = {0};
        for (int i = 0; i < o->cluster.n; i++) {
            pz_expr *s = pz_expr_make(p->a, PZ_EXPR_SORT_ORDER, o->cluster.data[i]->origin);
            pz_vec_push(p->a, &s->args, o->cluster.data[i]);
            s->u.sort.asc = s->u.sort.nulls_first = true;
            pz_vec_push(p->a, &items, s);
        }
        return sorted(p, repartitioned(p, in, &o->cluster), &items, false);
    }
    if (distribute) in = repartitioned(p, in, &o->distribute);
    return sort ? sorted(p, in, &o->sort, false) : in;
}

static pz_rel *
counted(pz_parser *p, pz_rel *in, pz_rel_kind kind, pz_expr *n)
{
    pz_rel *r = pz_rel_make(p->a, kind, pz_origin_from(p, in->origin));
    r->input = in;
    r->cond = n;
    return r;
}

pz_rel *
pz_query_organization(pz_parser *p, pz_rel *in)
{
    organization o = {0};
    int start = p->at;
    pz_rel *below = in;
    pz_expr *limit = NULL, *offset = NULL;
    if (pz_accept2(p, K_ORDER, K_BY) && !pz_sort_items(p, &o.order)) return NULL;
    if (pz_accept2(p, K_CLUSTER, K_BY) && !pz_expressions(p, &o.cluster)) return NULL;
    if (pz_accept2(p, K_DISTRIBUTE, K_BY) && !pz_expressions(p, &o.distribute)) return NULL;
    if (pz_accept2(p, K_SORT, K_BY) && !pz_sort_items(p, &o.sort)) return NULL;
    in = arrange(p, in, &o, start);
    if (pz_window_ahead(p) && !pz_window_clause(p, &in)) return NULL;
    if (tk(p) == K_LIMIT && pz_expr_follows(p, 1)) {
        skip(p);
        bool all = tk(p) == K_ALL && !(tkn(p, 1) == T_DOT || tkn(p, 1) == T_LPAREN);
        if (all) skip(p);
        else if (!(limit = pz_expression(p))) return NULL;
    }
    if (tk(p) == K_OFFSET && pz_expr_follows(p, 1)) {
        skip(p);
        if (!(offset = pz_expression(p))) return NULL;
    }
    if (offset) in = counted(p, in, PZ_REL_OFFSET, offset);
    if (limit) in = counted(p, in, PZ_REL_LIMIT, limit);
    for (pz_rel *r = in; r != below; r = r->input)
        if (r->kind != PZ_REL_WINDOW_DEFS) r->origin = pz_origin_at(p, start);   /* from ORDER BY to the end of LIMIT */
    return in;
}

/* ---------------------------------------------------------------- query */

/* [ctes] queryTerm queryOrganization */
pz_rel *
pz_query(pz_parser *p)
{
    pz_rel *with = NULL, *r = NULL;
    if (pz_enter(p)) {
        bool ok = tk(p) != K_WITH || pz_ctes_rule(p, &with);
        r = ok ? query_term(p) : NULL;
        if (r) r = pz_query_organization(p, r);
    }
    leave(p);
    if (!r || !with) return r;
    with->input = r;
    with->origin = pz_origin_from(p, with->origin);
    if (p->sem.id == PZ_ERR_DUPLICATED_CTE_NAMES) p->sem.origin = with->origin;
    return with;
}

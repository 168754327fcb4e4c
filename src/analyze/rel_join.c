/*
 * analyze/rel_join.c - joins and set operations.
 *
 * JOIN ... USING (k) becomes PROJECT(k, left rest, right rest, right.k hidden) over JOIN ON left.k = right.k.
 * Set operations widen both sides to common types by PROJECTs and get output ids of their own.
 */
#include "analyze_int.h"

/* ------------------------------------------------------------ joins */
static void
join_output(pz_analyzer *an, pz_rel *j)
{
    pz_join_type t = j->u.join.type;
    bool left_null = t == PZ_JOIN_RIGHT || t == PZ_JOIN_FULL, right_null = t == PZ_JOIN_LEFT || t == PZ_JOIN_FULL;
    memset(&j->output, 0, sizeof(j->output));
    for (int side = 0; side < 2; side++) {
        const pz_attrs *in = side == 0 ? &j->input->output : &j->right->output;
        bool nullable = side == 0 ? left_null : right_null;
        if (side == 1 && (t == PZ_JOIN_SEMI || t == PZ_JOIN_ANTI))
            break;
        for (int i = 0; i < in->n; i++) {
            pz_attr *a = in->data[i];
            if (nullable && !a->nullable) {
                a = pz_attr_copy(an, a);
                a->nullable = true;
            }
            pz_vec_push(an->a, &j->output, a);
        }
    }
}

static pz_attr *
side_column(pz_analyzer *an, const pz_rel *r, pz_str name)
{
    for (int i = 0; i < r->output.n; i++) {
        pz_attr *a = r->output.data[i];
        if (!a->hidden && (an->env->case_sensitive ? pz_str_eq(a->name, name) : pz_str_ieq(a->name, name)))
            return a;
    }
    return NULL;
}

/* The first column of that name: a second one of it is no obstacle. */
static pz_status
using_column(pz_analyzer *an, const pz_rel *r, pz_str name, const char *side, pz_attr **out)
{
    pz_strs one = {&name, 1, 1};
    pz_attrs shown_ones;
    *out = side_column(an, r, name);
    if (*out != NULL)
        return PZ_OK;
    pz_visible(an, r, &shown_ones);
    return pz_raise(an->err, PZ_ERR_UNRESOLVED_USING_COLUMN_FOR_JOIN, PZ_NO_ORIGIN, "colName", pz_quote_names(an->a, &one).ptr, "side", side,
                    "suggestion", pz_sorted_names(an, &shown_ones).ptr, NULL);
}

static pz_expr *
conjunction(pz_analyzer *an, pz_expr *a, pz_expr *b)
{
    return a == NULL ? b : pz_call_resolved(an, "and", 2, a, b);
}

static void
keep_rest(pz_analyzer *an, pz_rel *j, const pz_rel *side, const pz_attrs *keys, pz_exprs *out)
{
    for (int i = 0; i < side->output.n; i++) {
        bool key = false;
        for (int k = 0; k < keys->n; k++)
            key |= pz_attr_root(keys->data[k]) == pz_attr_root(side->output.data[i]);
        if (!key && pz_rel_gives(j, side->output.data[i]->id) != NULL)
            pz_vec_push(an->a, out, pz_attr_ref(an, pz_rel_gives(j, side->output.data[i]->id), j->origin));
    }
}

static pz_status
join_using(pz_analyzer *an, pz_rel *j, const pz_strs *names, pz_rel **out)
{
    pz_attrs lk = {0}, rk = {0};
    pz_exprs list = {0};
    pz_join_type t = j->u.join.type;
    for (int i = 0; i < names->n; i++) {
        pz_attr *l, *r;
        PZ_TRY(using_column(an, j->input, names->data[i], "left", &l));
        PZ_TRY(using_column(an, j->right, names->data[i], "right", &r));
        pz_expr *eq = pz_call_resolved(an, "=", 2, pz_attr_ref(an, l, j->origin), pz_attr_ref(an, r, j->origin));
        if (eq == NULL || (j->cond = conjunction(an, j->cond, eq)) == NULL)
            return PZ_FAIL;
        pz_vec_push(an->a, &lk, l);
        pz_vec_push(an->a, &rk, r);
    }
    if (t == PZ_JOIN_CROSS)
        j->u.join.type = t = PZ_JOIN_INNER;
    join_output(an, j);
    *out = j;
    if (t == PZ_JOIN_SEMI || t == PZ_JOIN_ANTI) {
        for (int i = 0; i < lk.n; i++)
            pz_vec_push(an->a, &list, pz_attr_ref(an, lk.data[i], j->origin));
        keep_rest(an, j, j->input, &lk, &list);
        *out = pz_project_make(an, j, &list);
        return PZ_OK;
    }
    for (int i = 0; i < lk.n; i++) {
        pz_expr *l = pz_attr_ref(an, pz_rel_gives(j, lk.data[i]->id), j->origin), *r = pz_attr_ref(an, pz_rel_gives(j, rk.data[i]->id), j->origin);
        if (t == PZ_JOIN_FULL) {
            pz_expr *both = pz_call_resolved(an, "coalesce", 2, l, r);
            if (both == NULL)
                return PZ_FAIL;
            pz_vec_push(an->a, &list, pz_alias_new(an, both, lk.data[i]->name));
        } else {
            pz_vec_push(an->a, &list, t == PZ_JOIN_RIGHT ? r : l);
        }
    }
    keep_rest(an, j, j->input, &lk, &list);
    keep_rest(an, j, j->right, &rk, &list);
    for (int i = 0; i < lk.n; i++) {           /* still reachable as l.k and r.k */
        const pz_attr *gone[2] = {t == PZ_JOIN_RIGHT || t == PZ_JOIN_FULL ? lk.data[i] : NULL, t != PZ_JOIN_RIGHT ? rk.data[i] : NULL};
        for (int g = 0; g < 2; g++) {
            if (gone[g] == NULL)
                continue;
            pz_attr *h = pz_attr_copy(an, pz_rel_gives(j, gone[g]->id));
            h->hidden = true;
            pz_vec_push(an->a, &list, pz_attr_ref(an, h, j->origin));
        }
    }
    *out = pz_project_make(an, j, &list);
    return PZ_OK;
}

static void
common_names(pz_analyzer *an, const pz_rel *l, const pz_rel *r, pz_strs *out)
{
    for (int i = 0; i < l->output.n; i++) {
        if (!l->output.data[i]->hidden && side_column(an, r, l->output.data[i]->name) != NULL)
            pz_vec_push(an->a, out, l->output.data[i]->name);
    }
}

typedef struct misplaced { pz_analyzer *an; pz_buf list; bool generator; } misplaced;

static pz_walk
find_misplaced(pz_expr *e, void *arg)
{
    misplaced *m = arg;
    const pz_fn *fn = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn) : NULL;
    m->generator |= fn && fn->kind == PZ_FN_GEN;
    if (e->kind != PZ_EXPR_WINDOW && !(fn && fn->kind == PZ_FN_AGG))
        return PZ_WALK_ON;
    pz_buf_puts(&m->list, m->list.len ? ", " : "");
    pz_buf_str(&m->list, pz_quote_sql_expr(m->an, e));
    return PZ_WALK_ON;
}

pz_str
pz_misplaced(pz_analyzer *an, const pz_expr *e, bool *generator)
{
    misplaced m = {.an = an};
    pz_str list;
    pz_buf_init(&m.list, 0);
    pz_walk_expr((pz_expr *)e, find_misplaced, &m);
    list = pz_buf_dup(&m.list, an->a);
    pz_buf_free(&m.list);
    *generator = m.generator;
    return list;
}

/* ON takes a boolean made of the rows themselves. */
static pz_status
check_condition(pz_analyzer *an, const pz_rel *r, pz_expr *cond)
{
    bool generator;
    pz_str list = pz_misplaced(an, cond, &generator);
    if (cond->type->id != PZ_T_BOOLEAN)
        return pz_raise(an->err, PZ_ERR_JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE, r->origin, "joinCondition", pz_quote_sql_expr(an, cond).ptr,
                        "conditionType", pz_quote_type(an, cond->type).ptr, NULL);
    if (generator)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, PZ_NO_ORIGIN, "plan",
                        pz_strf(an->a, "'Join Inner, " PZ_FMT, PZ_ARG(pz_expr_sql_ids(an, cond))).ptr, NULL);
    if (list.len)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_EXPR_FOR_OPERATOR, r->origin, "operator", "Join", "invalidExprSqls", list.ptr, NULL);
    if (!r->u.join.lateral && r->kind != PZ_REL_LATERAL_JOIN && !pz_expr_is_deterministic(cond))
        return pz_raise(an->err, PZ_ERR_INVALID_NON_DETERMINISTIC_EXPRESSIONS, r->cond->origin, "sqlExprs", pz_quote_sql_expr(an, cond).ptr, NULL);
    return PZ_OK;
}

typedef struct lent { pz_analyzer *an; pz_exprs aliases; } lent;

/* An outer column in ON becomes a column of the side whose rows all stay. */
static pz_expr *
lend_outer(pz_arena *a, pz_expr *e, void *arg)
{
    lent *l = arg;
    if (e->kind != PZ_EXPR_OUTER)
        return e;
    for (int i = 0; i < l->aliases.n; i++)
        if (l->aliases.data[i]->args.data[0]->u.attr->id == e->u.attr->id)
            return pz_attr_ref(l->an, l->aliases.data[i]->u.alias.attr, e->origin);
    pz_expr *al = pz_alias_new(l->an, e, e->u.attr->name);
    al->u.alias.attr->hidden = true;
    pz_vec_push(a, &l->aliases, al);
    return pz_attr_ref(l->an, al->u.alias.attr, e->origin);
}

/* SELECT (SELECT count(*) FROM a LEFT JOIN b ON a.x = t.y): the engine takes no outer columns in such a condition. */
static void
outer_columns_aside(pz_analyzer *an, pz_rel *j, pz_rel **out)
{
    pz_rel **side = j->u.join.type == PZ_JOIN_RIGHT ? &j->right : &j->input;
    lent l = {.an = an};
    pz_exprs list = {0}, shown = {0};
    if (j->u.join.type == PZ_JOIN_INNER || j->u.join.type == PZ_JOIN_CROSS || j->u.join.type == PZ_JOIN_FULL)
        return;
    j->cond = pz_map_expr(an->a, j->cond, lend_outer, &l);
    if (l.aliases.n == 0)
        return;
    for (int i = 0; i < j->output.n; i++)
        pz_vec_push(an->a, &shown, pz_attr_ref(an, j->output.data[i], j->origin));
    for (int i = 0; i < (*side)->output.n; i++)
        pz_vec_push(an->a, &list, pz_attr_ref(an, (*side)->output.data[i], j->origin));
    for (int i = 0; i < l.aliases.n; i++)
        pz_vec_push(an->a, &list, l.aliases.data[i]);
    *side = pz_project_make(an, *side, &list);
    join_output(an, j);
    *out = pz_project_make(an, j, &shown);
}

/* A generator over nothing, with at most lists of expressions around it. */
static bool
only_generates(const pz_rel *r)
{
    for (;; r = r->input) {
        if (r->kind == PZ_REL_GENERATE)
            return !r->u.gen.outer && r->input->kind == PZ_REL_ONE_ROW;
        if (r->kind != PZ_REL_ALIAS && r->kind != PZ_REL_PROJECT)
            return false;
        for (int i = 0; r->kind == PZ_REL_PROJECT && i < r->exprs.n; i++) {
            if (pz_expr_has_window(r->exprs.data[i]))
                return false;
        }
    }
}

PZ_REL_HANDLER(pz_resolve_join)
{
    pz_rel *j = pz_rel_make(an->a, PZ_REL_JOIN, r->origin);
    bool lateral = r->u.join.lateral || r->kind == PZ_REL_LATERAL_JOIN;
    j->u = r->u;
    j->resolved = true;
    PZ_TRY(pz_resolve_rel(an, r->input, outer, orefs, &j->input));
    if (lateral) {                             /* the right side sees the left */
        pz_exprs refs = {0};
        pz_scope *ls = pz_scope_of(an, j->input, outer, orefs);
        PZ_TRY(pz_resolve_rel(an, r->right, ls, &refs, &j->right));
        if (refs.n)
            PZ_TRY(pz_check_correlated(an, NULL, j->right));
        j->u.join.lateral = true;
    } else {
        PZ_TRY(pz_resolve_rel(an, r->right, outer, orefs, &j->right));
    }
    if (r->u.join.natural || r->u.join.using_columns.n > 0) {
        pz_strs names = r->u.join.using_columns;
        if (r->u.join.natural)
            common_names(an, j->input, j->right, &names);
        if (names.n > 0)
            return join_using(an, j, &names, out);
    }
    join_output(an, j);
    if (r->cond != NULL) {
        pz_scope *s = pz_scope_of(an, NULL, outer, orefs);
        for (int i = 0; i < j->input->output.n; i++)
            pz_vec_push(an->a, &s->attrs, j->input->output.data[i]);
        for (int i = 0; i < j->right->output.n; i++)
            pz_vec_push(an->a, &s->attrs, j->right->output.data[i]);
        s->clause = PZ_CLAUSE_JOIN;
        s->sides[0] = j->input;
        s->sides[1] = j->right;
        PZ_TRY(pz_resolve_expr(an, s, r->cond, &j->cond));
        PZ_TRY(check_condition(an, r, j->cond));
        PZ_TRY(pz_check_join_subqueries(an, j));
        if (j->u.join.type == PZ_JOIN_CROSS)
            j->u.join.type = PZ_JOIN_INNER;
    }
    if (lateral && j->cond == NULL && j->u.join.type == PZ_JOIN_LEFT && only_generates(j->right))
        j->u.join.type = PZ_JOIN_INNER;        /* Spark's optimizer turns it into a generator, which drops rows that make none; its columns stay nullable */
    *out = j;
    if (j->cond != NULL && orefs != NULL)
        outer_columns_aside(an, j, out);
    if (r->u.join.typed) {                     /* joinWith: each side as one struct column */
        pz_exprs list = {0};
        for (int side = 0; side < 2; side++) {
            pz_rel *in = side == 0 ? j->input : j->right;
            pz_expr *c = pz_call_make(an->a, r->origin, "struct", 0), *e;
            for (int i = 0; i < in->output.n; i++)
                pz_vec_push(an->a, &c->args, pz_attr_ref(an, pz_rel_gives(j, in->output.data[i]->id), r->origin));
            PZ_TRY(pz_resolve_call(an, NULL, c, &e));
            pz_vec_push(an->a, &list, pz_alias_new(an, e, side == 0 ? PZ_STR("_1") : PZ_STR("_2")));
        }
        *out = pz_project_make(an, j, &list);
    }
    return PZ_OK;
}

/* ------------------------------------------------------------ set operations */
static const char *
setop_name(const pz_rel *r)
{
    switch (r->u.setop.op) {
    case PZ_SETOP_UNION: return "UNION";
    case PZ_SETOP_INTERSECT: return r->u.setop.all ? "INTERSECT ALL" : "INTERSECT";
    default: return r->u.setop.all ? "EXCEPT ALL" : "EXCEPT";
    }
}

static const char *
ordinal_word(pz_arena *a, int i)
{
    static const char *const w[] = {"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"};
    return i < (int)PZ_COUNTOF(w) ? w[i] : pz_strf(a, "%dth", i + 1).ptr;
}

/* `side` with its columns cast to the types and reordered; unchanged where nothing differs. */
static pz_rel *
cast_columns(pz_analyzer *an, pz_rel *side, const pz_attrs *cols, const pz_type *const *types)
{
    pz_exprs list = {0};
    bool same = cols->n == side->output.n;
    for (int i = 0; i < cols->n; i++) {
        pz_expr *ref = pz_attr_ref(an, cols->data[i], side->origin), *c = pz_cast_to(an, ref, types[i]);
        same &= c == ref && side->output.data[i] == cols->data[i];
        pz_vec_push(an->a, &list, c == ref ? ref : pz_alias_new(an, c, cols->data[i]->name));
    }
    return same ? side : pz_project_make(an, side, &list);
}

/* `in` with one more column: which row it is of those that are equal. */
static pz_rel *
numbered(pz_analyzer *an, pz_rel *in)
{
    pz_exprs list = {0};
    pz_expr *call = pz_call_resolved(an, "row_number", 0), *w = pz_expr_make(an->a, PZ_EXPR_WINDOW, in->origin);
    if (call == NULL) return NULL;
    pz_vec_push(an->a, &w->args, call);
    w->u.window = PZ_NEW(an->a, pz_window_spec);
    w->u.window->unit = PZ_FRAME_ROWS;
    w->u.window->from.kind = PZ_BOUND_UNBOUNDED_PRECEDING;
    w->u.window->to.kind = PZ_BOUND_CURRENT;
    for (int i = 0; i < in->output.n; i++) {
        pz_vec_push(an->a, &w->u.window->partition, pz_attr_ref(an, in->output.data[i], in->origin));
        pz_vec_push(an->a, &list, pz_attr_ref(an, in->output.data[i], in->origin));
    }
    w->type = &pz_t_int;
    w->resolved = true;
    pz_vec_push(an->a, &list, pz_alias_new(an, w, PZ_STR("n")));
    return pz_project_make(an, in, &list);
}

/* Rows that are equal under a collation differ to the engine: unions are made distinct afterwards, the others are joins; with ALL the
 * first of equal rows meets the first, the second the second. */
static pz_status
setop_by_keys(pz_analyzer *an, pz_rel *n, pz_rel **out)
{
    pz_exprs list = {0};
    pz_rel *j, *kept = n;
    bool all = n->u.setop.all;
    if (n->u.setop.op == PZ_SETOP_UNION) {
        n->u.setop.all = true;
    } else {
        pz_rel *left = all ? numbered(an, n->input) : n->input, *right = all ? numbered(an, n->right) : n->right;
        if (left == NULL || right == NULL) return PZ_FAIL;
        j = pz_rel_new(an, PZ_REL_JOIN, left, n->origin);
        j->right = right;
        j->u.join.type = n->u.setop.op == PZ_SETOP_INTERSECT ? PZ_JOIN_SEMI : PZ_JOIN_ANTI;
        for (int i = 0; i < left->output.n; i++) {
            pz_expr *eq = pz_call_resolved(an, "<=>", 2, pz_collation_key(an, pz_attr_ref(an, left->output.data[i], n->origin)),
                                           pz_collation_key(an, pz_attr_ref(an, right->output.data[i], n->origin)));
            if (eq == NULL || (j->cond = conjunction(an, j->cond, eq)) == NULL) return PZ_FAIL;
        }
        join_output(an, j);
        for (int i = 0; i < n->output.n; i++) {
            pz_expr *al = pz_alias_new(an, pz_attr_ref(an, pz_rel_gives(j, left->output.data[i]->id), n->origin), n->output.data[i]->name);
            pz_attr *a = al->u.alias.attr;
            a->nullable = n->output.data[i]->nullable;
            a->metadata = n->output.data[i]->metadata;
            a->auto_name = n->output.data[i]->auto_name;
            pz_vec_push(an->a, &list, al);
        }
        kept = pz_project_make(an, j, &list);
    }
    *out = all ? kept : pz_rel_new(an, PZ_REL_DISTINCT, kept, n->origin);
    return PZ_OK;
}

/* Fields of a UNION meet by position and keep the names of the left. */
static const pz_type *
named_like(pz_arena *a, const pz_type *t, const pz_type *like)
{
    pz_field *f;
    switch (t->id) {
    case PZ_T_ARRAY: return pz_type_array(a, named_like(a, t->element, like->element), t->contains_null);
    case PZ_T_MAP: return pz_type_map(a, named_like(a, t->key, like->key), named_like(a, t->element, like->element), t->contains_null);
    case PZ_T_STRUCT:
        f = PZ_NEWN(a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) {
            f[i] = t->fields[i];
            f[i].name = like->fields[i].name;
            f[i].type = named_like(a, t->fields[i].type, like->fields[i].type);
        }
        return pz_type_struct(a, f, t->nfields);
    default: return t;
    }
}

pz_status
pz_setop_finish(pz_analyzer *an, pz_rel *r, pz_rel **out)
{
    pz_rel *l = r->input, *rr = r->right;
    pz_attrs lc, rc;
    pz_visible(an, l, &lc);
    pz_visible(an, rr, &rc);
    if (lc.n != rc.n)
        return pz_raise(an->err, PZ_ERR_NUM_COLUMNS_MISMATCH, r->origin, "operator", setop_name(r), "firstNumColumns",
                        pz_strf(an->a, "%d", lc.n).ptr, "invalidOrdinalNum", "second", "invalidNumColumns",
                        pz_strf(an->a, "%d", rc.n).ptr, NULL);
    const pz_type **types = PZ_NEWN(an->a, const pz_type *, lc.n + 1);
    bool by_key = false;
    for (int i = 0; i < lc.n; i++) {
        types[i] = pz_type_wider(an->a, lc.data[i]->type, rc.data[i]->type, pz_widening(an->env, an->env->ansi));
        bool collated = pz_type_is_collated(lc.data[i]->type) || pz_type_is_collated(rc.data[i]->type);
        if (collated && pz_type_is_string(lc.data[i]->type) && pz_type_is_string(rc.data[i]->type) && !pz_type_eq(lc.data[i]->type, rc.data[i]->type))
            types[i] = NULL;
        by_key |= collated || (pz_type_holds(lc.data[i]->type, PZ_T_CALENDAR_INTERVAL) && (r->u.setop.all || r->u.setop.op == PZ_SETOP_UNION));
        if (types[i] == NULL && !collated && r->u.setop.op == PZ_SETOP_UNION && pz_type_eq_loose(lc.data[i]->type, rc.data[i]->type))
            types[i] = pz_type_wider(an->a, lc.data[i]->type, named_like(an->a, rc.data[i]->type, lc.data[i]->type), pz_widening(an->env, an->env->ansi));
        if (types[i] == NULL)
            return pz_raise(an->err, PZ_ERR_INCOMPATIBLE_COLUMN_TYPE, r->origin, "operator", setop_name(r), "columnOrdinalNumber",
                            ordinal_word(an->a, i), "tableOrdinalNumber", "second", "dataType1",
                            pz_quote_type(an, rc.data[i]->type).ptr, "dataType2", pz_quote_type(an, lc.data[i]->type).ptr, "hint", "", NULL);
        if (r->u.setop.op != PZ_SETOP_UNION || !r->u.setop.all) PZ_TRY(pz_check_set_column(an, r, lc.data[i]->name, types[i]));
    }
    pz_rel *n = pz_rel_new(an, PZ_REL_SET_OP, NULL, r->origin);
    n->u = r->u;
    n->u.setop.by_name = false;
    n->input = cast_columns(an, pz_drop_hidden(an, l), &lc, types);
    n->right = cast_columns(an, pz_drop_hidden(an, rr), &rc, types);
    for (int i = 0; i < lc.n; i++) {
        bool ln = n->input->output.data[i]->nullable, rn = n->right->output.data[i]->nullable;
        bool nullable = r->u.setop.op == PZ_SETOP_UNION ? ln || rn : r->u.setop.op == PZ_SETOP_INTERSECT ? ln && rn : ln;
        pz_attr *a = pz_attr_new(an, lc.data[i]->name, types[i], nullable);
        a->metadata = lc.data[i]->metadata;
        if (pz_type_eq(lc.data[i]->type, types[i]))
            a->qualifier = lc.data[i]->qualifier;              /* what is cast belongs to no table */
        a->auto_name = lc.data[i]->auto_name;
        if (r->u.setop.op != PZ_SETOP_UNION && pz_type_eq(lc.data[i]->type, types[i]))
            a->stands_for = lc.data[i]->stands_for > 0 ? lc.data[i]->stands_for : pz_attr_root(lc.data[i]);        /* rows of the left side */
        pz_vec_push(an->a, &n->output, a);
    }
    *out = n;
    return by_key && !(r->u.setop.all && r->u.setop.op == PZ_SETOP_UNION) ? setop_by_keys(an, n, out) : PZ_OK;
}

/* Left-deep chains of hundreds of UNIONs are walked in a loop, not by recursion. */
PZ_REL_HANDLER(pz_resolve_setop)
{
    pz_rels chain = {0};
    pz_rel *at = r, *left;
    for (; at->kind == PZ_REL_SET_OP && !at->resolved; at = at->input)
        pz_vec_push(an->a, &chain, at);
    PZ_TRY(pz_resolve_rel(an, at, outer, orefs, &left));
    for (int i = chain.n - 1; i >= 0; i--) {
        pz_rel *so = pz_rel_make(an->a, PZ_REL_SET_OP, chain.data[i]->origin);
        so->u = chain.data[i]->u;
        so->input = left;
        PZ_TRY(pz_resolve_rel(an, chain.data[i]->right, outer, orefs, &so->right));
        if (so->u.setop.by_name)
            PZ_TRY(pz_match_names(an, so, &so->input, &so->right));
        PZ_TRY(pz_setop_finish(an, so, &left));
        if (i > 0)
            pz_note_plan_id(an, chain.data[i]->plan_id, left);
    }
    *out = left;
    return PZ_OK;
}

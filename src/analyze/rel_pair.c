/*
 * analyze/rel_pair.c - pairs of relations that no equality joins: as-of joins, nearest-by joins, zip.
 *
 * In: AS_OF_JOIN, NEAREST_JOIN, ZIP.  Out: plain shapes.  The first two ask for the best rows of the right side per left row:
 *   JOIN lateral(left, LIMIT(k) < SORT(rank) < FILTER(condition, rank not null) < right), with left columns as OUTER in the right side.
 * A zip is one chain of projections over the source both sides share; nothing is matched by position at run time.
 */
#include "analyze_int.h"

/* ------------------------------------------------------------ the best rows of the right side */
static pz_scope *
scope_of_both(pz_analyzer *an, const pz_rel *left, const pz_rel *right, pz_scope *outer, pz_exprs *orefs)
{
    pz_scope *s = pz_scope_of(an, NULL, outer, orefs);
    for (int i = 0; i < left->output.n; i++)
        pz_vec_push(an->a, &s->attrs, left->output.data[i]);
    for (int i = 0; i < right->output.n; i++)
        pz_vec_push(an->a, &s->attrs, right->output.data[i]);
    s->clause = PZ_CLAUSE_JOIN;
    s->sides[0] = left;
    s->sides[1] = right;
    return s;
}

static pz_expr *
to_outer(pz_arena *a, pz_expr *e, void *arg)
{
    pz_expr *o;
    if (e->kind != PZ_EXPR_ATTR || !pz_rel_gives(arg, e->u.attr->id))
        return e;
    o = pz_expr_shallow(a, e);
    o->kind = PZ_EXPR_OUTER;
    return o;
}

/* Per left row the k right rows that meet `cond` (NULL: all) with the lowest rank; rows without a rank never count. */
static pz_status
best_rows(pz_analyzer *an, pz_rel *j, pz_expr *cond, pz_expr *rank, bool highest, int k, pz_rel **out)
{
    pz_expr *ranked = pz_call_resolved(an, "isnotnull", 1, rank);
    if (ranked == NULL || (cond = cond == NULL ? ranked : pz_call_resolved(an, "and", 2, cond, ranked)) == NULL)
        return PZ_FAIL;
    pz_rel *f = pz_rel_new(an, PZ_REL_FILTER, j->right, j->origin);
    f->cond = pz_map_expr(an->a, cond, to_outer, j->input);
    pz_rel *s = pz_rel_new(an, PZ_REL_SORT, f, j->origin);
    pz_expr *o = pz_expr_make(an->a, PZ_EXPR_SORT_ORDER, j->origin);
    pz_vec_push(an->a, &o->args, pz_map_expr(an->a, rank, to_outer, j->input));
    o->type = rank->type;
    o->resolved = o->nullable = true;
    o->u.sort.asc = !highest;
    o->u.sort.nulls_first = o->u.sort.nulls_set = true;
    pz_vec_push(an->a, &s->exprs, o);
    s->u.sort.global = true;
    pz_rel *l = pz_rel_new(an, PZ_REL_LIMIT, s, j->origin);
    l->cond = pz_literal_int(an->a, k);
    l->cond->resolved = true;
    j->right = l;
    j->kind = PZ_REL_JOIN;
    j->u.join.lateral = true;
    for (int i = 0; i < j->input->output.n; i++)
        pz_vec_push(an->a, &j->output, j->input->output.data[i]);
    for (int i = 0; i < l->output.n; i++) {
        pz_attr *a = pz_attr_copy(an, l->output.data[i]);
        a->nullable |= j->u.join.type == PZ_JOIN_LEFT;
        pz_vec_push(an->a, &j->output, a);
    }
    *out = j;
    return PZ_OK;
}

static pz_status
both_inputs(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *j = pz_rel_make(an->a, r->kind, r->origin);
    j->u = r->u;
    j->resolved = true;
    PZ_TRY(pz_resolve_rel(an, r->input, outer, orefs, &j->input));
    PZ_TRY(pz_resolve_rel(an, r->right, outer, orefs, &j->right));
    *out = j;
    return PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_nearest)
{
    pz_rel *j;
    pz_expr *rank, *written = r->cond != NULL ? r->cond : r->exprs.data[0];
    PZ_TRY(both_inputs(an, r, outer, orefs, &j));
    PZ_TRY(pz_resolve_expr(an, scope_of_both(an, j->input, j->right, outer, orefs), written, &rank));
    if (!pz_type_is_orderable(rank->type))
        return pz_raise(an->err, PZ_ERR_NEAREST_BY_JOIN_NON_ORDERABLE_RANKING_EXPRESSION, written->origin, "expression",
                        pz_quote_sql_expr(an, rank).ptr, "type", pz_quote_type(an, rank->type).ptr, NULL);
    return best_rows(an, j, NULL, rank, r->u.join.similarity, r->u.join.num_results, out);
}

/* ------------------------------------------------------------ as-of joins */
typedef struct as_of { pz_expr *l, *r, *tolerance; bool exact, backward, forward; } as_of;

static pz_expr *
both_conditions(pz_analyzer *an, pz_expr *a, pz_expr *b)
{
    return a == NULL ? b : a != NULL && b != NULL ? pz_call_resolved(an, "and", 2, a, b) : NULL;
}

/* left >= right for backward, and right >= left - tolerance; forward the other way round; nearest both ways. */
static pz_status
as_of_condition(pz_analyzer *an, const as_of *x, pz_expr **out)
{
    const char *towards = x->exact ? ">=" : ">", *away = x->exact ? "<=" : "<";
    pz_expr *c = NULL, *part, *edge;
    if (x->backward || x->forward) {
        if ((c = pz_call_resolved(an, x->backward ? towards : away, 2, x->l, x->r)) == NULL)
            return PZ_FAIL;
    } else if (!x->exact) {
        if ((part = pz_call_resolved(an, "=", 2, x->l, x->r)) == NULL || (c = pz_call_resolved(an, "not", 1, part)) == NULL)
            return PZ_FAIL;
    }
    if (x->tolerance != NULL && !x->forward) {
        edge = pz_call_resolved(an, "-", 2, x->l, x->tolerance);
        part = edge != NULL ? pz_call_resolved(an, towards, 2, x->r, edge) : NULL;
        if (part == NULL || (c = both_conditions(an, c, part)) == NULL)
            return PZ_FAIL;
    }
    if (x->tolerance != NULL && !x->backward) {
        edge = pz_call_resolved(an, "+", 2, x->l, x->tolerance);
        part = edge != NULL ? pz_call_resolved(an, away, 2, x->r, edge) : NULL;
        if (part == NULL || (c = both_conditions(an, c, part)) == NULL)
            return PZ_FAIL;
    }
    *out = c;
    return PZ_OK;
}

static pz_expr *
as_of_distance(pz_analyzer *an, const as_of *x)
{
    pz_expr *back = x->forward ? NULL : pz_call_resolved(an, "-", 2, x->l, x->r);
    pz_expr *ahead = x->backward ? NULL : pz_call_resolved(an, "-", 2, x->r, x->l);
    if (x->backward || x->forward)
        return x->backward ? back : ahead;
    pz_expr *later = back != NULL && ahead != NULL ? pz_call_resolved(an, ">", 2, x->l, x->r) : NULL;
    return later == NULL ? NULL : pz_call_resolved(an, "when", 3, later, back, ahead);
}

static pz_status
check_tolerance(pz_analyzer *an, const pz_rel *r, pz_expr *t)
{
    pz_value v;
    if (!pz_expr_is_foldable(t))
        return pz_raise(an->err, PZ_ERR_AS_OF_JOIN_TOLERANCE_IS_UNFOLDABLE, r->origin, NULL);
    pz_expr *sign = pz_call_resolved(an, "sign", 1, t);
    if (sign == NULL)
        return PZ_FAIL;
    PZ_TRY(pz_fold(an, sign, &v));
    if (!v.null && v.d < 0)
        return pz_raise(an->err, PZ_ERR_AS_OF_JOIN_TOLERANCE_IS_NON_NEGATIVE, r->origin, NULL);
    return PZ_OK;
}

/* USING columns name one column on each side; both stay in the output. */
static pz_status
using_condition(pz_analyzer *an, const pz_rel *j, const pz_strs *names, pz_expr **cond)
{
    for (int i = 0; i < names->n; i++) {
        pz_expr *side[2], *eq;
        for (int k = 0; k < 2; k++) {
            pz_scope *s = pz_scope_of(an, k == 0 ? j->input : j->right, NULL, NULL);
            pz_expr *c = pz_expr_make(an->a, PZ_EXPR_COLUMN, j->origin);
            c->plan_id = -1;
            PZ_TRY(pz_parse_attribute_name(names->data[i], an->a, &c->names, an->err));
            PZ_TRY(pz_find_column(an, s, c, &side[k]));
            if (side[k] == NULL)
                return pz_raise_unresolved_column(an, s, c);
        }
        if ((eq = pz_call_resolved(an, "=", 2, side[0], side[1])) == NULL || (*cond = both_conditions(an, *cond, eq)) == NULL)
            return PZ_FAIL;
    }
    return PZ_OK;
}

static pz_status
as_of_kind(pz_analyzer *an, const pz_rel *r, as_of *x)
{
    static const char *const scala[] = {[PZ_JOIN_FULL] = "FullOuter", [PZ_JOIN_RIGHT] = "RightOuter", [PZ_JOIN_ANTI] = "LeftAnti", [PZ_JOIN_SEMI] = "LeftSemi",
                                        [PZ_JOIN_CROSS] = "Cross"};
    pz_str d = r->u.join.direction;
    x->exact = r->u.join.exact;
    x->backward = pz_str_ieqc(d, "backward");
    x->forward = pz_str_ieqc(d, "forward");
    if (!x->backward && !x->forward && !pz_str_ieqc(d, "nearest"))
        return pz_raise(an->err, PZ_ERR_AS_OF_JOIN_UNSUPPORTED_DIRECTION, r->origin, "direction", pz_dup(an->a, d).ptr, "supported",
                        "'forward', 'backward', 'nearest'", NULL);
    if (r->u.join.type != PZ_JOIN_INNER && r->u.join.type != PZ_JOIN_LEFT)
        return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Unsupported as-of join type %s",
                             scala[r->u.join.type]);
    return PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_as_of)
{
    pz_rel *j;
    pz_expr *cond = NULL, *match, *distance;
    as_of x = {0};
    PZ_TRY(both_inputs(an, r, outer, orefs, &j));
    PZ_TRY(using_condition(an, j, &r->u.join.using_columns, &cond));
    PZ_TRY(as_of_kind(an, r, &x));
    pz_scope *s = scope_of_both(an, j->input, j->right, outer, orefs);
    PZ_TRY(pz_resolve_expr(an, s, r->u.join.left_as_of, &x.l));
    PZ_TRY(pz_resolve_expr(an, s, r->u.join.right_as_of, &x.r));
    if (r->cond != NULL) {
        PZ_TRY(pz_resolve_expr(an, s, r->cond, &match));
        PZ_TRY(pz_check_boolean(an, match, match->origin));
        if ((cond = both_conditions(an, cond, match)) == NULL)
            return PZ_FAIL;
    }
    if (r->u.join.tolerance != NULL) {
        PZ_TRY(pz_resolve_expr(an, s, r->u.join.tolerance, &x.tolerance));
        PZ_TRY(check_tolerance(an, r, x.tolerance));
    }
    if ((distance = as_of_distance(an, &x)) == NULL)
        return PZ_FAIL;
    PZ_TRY(as_of_condition(an, &x, &match));
    if (match != NULL && (cond = both_conditions(an, cond, match)) == NULL)
        return PZ_FAIL;
    return best_rows(an, j, cond, distance, false, 1, out);
}

/* ------------------------------------------------------------ zip */
static bool
has_window(const pz_rel *r)
{
    for (int i = 0; i < r->exprs.n; i++)
        if (pz_expr_has_window(r->exprs.data[i]))
            return true;
    return false;
}

/* The relation under a chain of projections, which goes into `chain`, outermost first. */
static pz_rel *
source_of(pz_analyzer *an, pz_rel *r, pz_rels *chain)
{
    for (; r->kind == PZ_REL_PROJECT && !has_window(r); r = r->input)
        pz_vec_push(an->a, chain, r);
    return r;
}

typedef struct twin { const pz_rel *from, *to; } twin;

static pz_expr *
to_twin(pz_arena *a, pz_expr *e, void *arg)
{
    const twin *t = arg;
    if (e->kind != PZ_EXPR_ATTR)
        return e;
    for (int i = 0; i < t->from->output.n; i++)
        if (t->from->output.data[i]->id == e->u.attr->id) {
            pz_expr *o = pz_expr_shallow(a, e);
            o->u.attr = t->to->output.data[i];
            return o;
        }
    return e;
}

static bool
listed(const pz_exprs *list, int id)
{
    for (int i = 0; i < list->n; i++)
        if (list->data[i]->kind == PZ_EXPR_ATTR ? list->data[i]->u.attr->id == id : list->data[i]->u.alias.attr->id == id)
            return true;
    return false;
}

/* The projections of `chain` over `in`, each carrying all of `kept` along; t, if any, says what its columns are there. */
static pz_rel *
replay(pz_analyzer *an, pz_rel *in, const pz_rels *chain, const pz_attrs *kept, twin *t)
{
    for (int i = chain->n - 1; i >= 0; i--) {
        pz_exprs list = {0};
        for (int k = 0; k < chain->data[i]->exprs.n; k++) {
            pz_expr *e = chain->data[i]->exprs.data[k];
            pz_vec_push(an->a, &list, t != NULL ? pz_map_expr(an->a, e, to_twin, t) : e);
        }
        for (int k = 0; k < kept->n; k++)
            if (!listed(&list, kept->data[k]->id))
                pz_vec_push(an->a, &list, pz_attr_ref(an, kept->data[k], PZ_NO_ORIGIN));
        in = pz_project_make(an, in, &list);
    }
    return in;
}

PZ_REL_HANDLER(pz_resolve_zip)
{
    pz_rel *l, *rr;
    pz_rels lc = {0}, rc = {0};
    pz_attrs kept = {0};
    pz_exprs list = {0};
    PZ_TRY(pz_resolve_rel(an, r->input, outer, orefs, &l));
    PZ_TRY(pz_resolve_rel(an, r->right, outer, orefs, &rr));
    pz_rel *base = source_of(an, l, &lc), *other = source_of(an, rr, &rc);
    if (base->kind != other->kind || !pz_rel_same(base, other))
        return pz_raise(an->err, PZ_ERR_ZIP_PLANS_NOT_MERGEABLE, r->origin, NULL);
    twin t = {other, base};
    pz_rel *in = replay(an, base, &lc, &base->output, NULL);
    for (int i = 0; i < base->output.n; i++)
        pz_vec_push(an->a, &kept, base->output.data[i]);
    for (int i = 0; i < l->output.n; i++)
        pz_vec_push(an->a, &kept, l->output.data[i]);
    in = replay(an, in, &rc, &kept, &t);
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < (side == 0 ? l : rr)->output.n; i++) {
            pz_attr *a = (side == 0 ? l : rr)->output.data[i];
            pz_expr *e = pz_attr_ref(an, a, PZ_NO_ORIGIN);
            if (a->hidden)
                continue;
            if (side == 1)
                e = pz_map_expr(an->a, e, to_twin, &t);
            pz_vec_push(an->a, &list, listed(&list, e->u.attr->id) ? pz_alias_new(an, e, a->name) : e);
        }
    *out = pz_project_make(an, in, &list);
    return PZ_OK;
}

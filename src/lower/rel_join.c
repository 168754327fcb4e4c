/*
 * lower/rel_join.c - joins and set operations.
 *
 * A join stays flat: sides that are bare tables or joins stand in one FROM clause, and conditions on a side that the join keeps
 * whole move to WHERE.  Unions of any number of branches become one flat UNION ALL.
 * Things start at pz_rel_join() and pz_rel_set_op().
 */
#include "terms.h"

/* ---------------------------------------------------------------- JOIN */
static void
move_conditions(pz_lowerer *lw, pz_sel *side, pz_strs *where)
{
    pz_strs own = side->where;
    side->where = (pz_strs){0};
    if (!pz_sel_is_bare(side)) {
        side->where = own;
        return;
    }
    for (int i = 0; i < own.n; i++) pz_vec_push(lw->a, where, own.data[i]);
}

static const char *
join_words(pz_join_type t, bool conditional)
{
    switch (t) {
    case PZ_JOIN_FULL: return " FULL JOIN ";
    case PZ_JOIN_LEFT: return " LEFT JOIN ";
    case PZ_JOIN_RIGHT: return " RIGHT JOIN ";
    case PZ_JOIN_SEMI: return " SEMI JOIN ";
    case PZ_JOIN_ANTI: return " ANTI JOIN ";
    case PZ_JOIN_INNER:
    case PZ_JOIN_CROSS: break;
    }
    return conditional ? " JOIN " : " CROSS JOIN ";
}

static pz_walk
find_subquery(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* ---- subqueries in the condition of an outer join: the engine knows none there, so each becomes a column of the side it reads */
struct reach { const pz_rel *left, *right; bool of_left, of_right; pz_expr *sub; };

static pz_walk
note_reach(pz_expr *e, void *arg)
{
    struct reach *n = arg;
    if (e->kind == PZ_EXPR_ATTR || e->kind == PZ_EXPR_OUTER) {
        n->of_left |= pz_rel_gives(n->left, e->u.attr->id) != NULL;
        n->of_right |= pz_rel_gives(n->right, e->u.attr->id) != NULL;
    }
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel) pz_walk_every_expr(e->u.sub.rel, note_reach, n);
    return PZ_WALK_ON;
}

static pz_walk
next_subquery(pz_expr *e, void *arg)
{
    if (e->kind != PZ_EXPR_SUBQUERY) return PZ_WALK_ON;
    ((struct reach *)arg)->sub = e;
    return PZ_WALK_STOP;
}

static pz_expr *
swapped(pz_lowerer *lw, pz_expr *e, const pz_expr *old, pz_expr *new)
{
    pz_expr *copy;
    if (e == old) return new;
    copy = pz_expr_shallow(lw->a, e);
    copy->args = (pz_exprs){0};
    for (int i = 0; i < e->args.n; i++) pz_vec_push(lw->a, &copy->args, swapped(lw, e->args.data[i], old, new));
    return copy;
}

static pz_status
settle_subqueries(pz_lowerer *lw, const pz_rel *r, pz_sel *left, pz_sel *right, pz_expr **cond)
{
    struct reach n = {.left = r->input, .right = r->right};
    while (!pz_walk_expr(*cond, next_subquery, &n)) {
        pz_exprs one = {0};
        pz_expr *column;
        pz_sel *side;
        n.of_left = n.of_right = false;
        pz_walk_expr(n.sub, note_reach, &n);
        if (n.of_left && n.of_right) return pz_raise_internal(lw->err, "a subquery of an outer join reads both of its sides");
        side = n.of_right ? right : left;
        pz_vec_push(lw->a, &one, n.sub);
        PZ_TRY(pz_rel_prepare(lw, side, &one, false));
        PZ_TRY(pz_sel_add(lw, side, n.sub, &column));
        PZ_TRY(pz_sel_wrap(lw, side));
        *cond = swapped(lw, *cond, n.sub, column);
    }
    return PZ_OK;
}

/* ---- what a kept side decides alone, in the condition of an outer or anti join: beside an equality the engine would try every pair of
 * rows for it.  `l = r AND p(l)` asks the same as `(l where p, else NULL) = r`, which it hashes. */
static void
reach_of(const pz_rel *r, const pz_expr *e, bool *of_left, bool *of_right)
{
    struct reach n = {.left = r->input, .right = r->right};
    pz_walk_expr((pz_expr *)e, note_reach, &n);
    *of_left = n.of_left;
    *of_right = n.of_right;
}

static bool
is_join_key(const pz_rel *r, const pz_expr *e)
{
    bool left[2], right[2];
    if ((!pz_expr_is(e, "=") && !pz_expr_is(e, "==")) || e->args.n != 2) return false;
    for (int i = 0; i < 2; i++) reach_of(r, e->args.data[i], &left[i], &right[i]);
    return left[0] != right[0] && left[1] != right[1] && left[0] != left[1];
}

static pz_expr *
only_where(pz_lowerer *lw, pz_expr *test, pz_expr *x)
{
    pz_expr *e = pz_call_make(lw->a, x->origin, "if", 3, test, x, pz_literal_null(lw->a, x->type));
    e->args.data[2]->type = e->type = x->type;
    e->args.data[2]->nullable = e->args.data[2]->resolved = e->nullable = e->resolved = true;
    return e;
}

static pz_expr *
folded_into_key(pz_lowerer *lw, const pz_rel *r, pz_expr *cond)
{
    pz_join_type t = r->u.join.type;
    bool keeps_left = t == PZ_JOIN_LEFT || t == PZ_JOIN_ANTI || t == PZ_JOIN_FULL, keeps_right = t == PZ_JOIN_RIGHT || t == PZ_JOIN_FULL, of_left, of_right;
    pz_terms terms = {0}, rest = {0}, left = {0}, right = {0};
    pz_expr *key, *whole;
    int at = -1;
    if (pz_lower_can_throw(cond) || pz_lower_is_volatile(cond)) return cond;
    pz_lower_terms(lw, cond, "and", &terms);
    for (int i = 0; i < terms.n; i++) {
        reach_of(r, terms.data[i], &of_left, &of_right);
        if (keeps_left && of_left && !of_right) pz_vec_push(lw->a, &left, terms.data[i]);
        else if (keeps_right && of_right && !of_left) pz_vec_push(lw->a, &right, terms.data[i]);
        else {
            if (at < 0 && is_join_key(r, terms.data[i])) at = rest.n;
            pz_vec_push(lw->a, &rest, terms.data[i]);
        }
    }
    if (at < 0 || (!left.n && !right.n)) return cond;
    key = pz_expr_shallow(lw->a, rest.data[at]);
    key->args = (pz_exprs){0};
    for (int i = 0; i < 2; i++) {
        pz_expr *x = rest.data[at]->args.data[i];
        reach_of(r, x, &of_left, &of_right);
        if (of_left && left.n) x = only_where(lw, pz_lower_all_of(lw, cond, &left), x);
        if (of_right && right.n) x = only_where(lw, pz_lower_all_of(lw, cond, &right), x);
        pz_vec_push(lw->a, &key->args, x);
    }
    key->nullable = true;
    rest.data[at] = key;
    whole = pz_lower_all_of(lw, cond, &rest);
    whole->nullable = true;
    return whole;
}

static pz_status
side_from(pz_lowerer *lw, const pz_rel *r, pz_sel *side, bool is_right, pz_buf *b)
{
    pz_str from;
    bool joined;
    if (is_right && r->u.join.lateral) {
        if (!side->from.len || side->from.ptr[0] != '(' || !pz_sel_is_bare(side)) PZ_TRY(pz_sel_wrap(lw, side));
        pz_buf_puts(b, "LATERAL ");
    }
    PZ_TRY(pz_sel_from(lw, side, &from, &joined));
    if (is_right && joined) pz_buf_putc(b, '(');
    pz_buf_str(b, from);
    if (is_right && joined) pz_buf_putc(b, ')');
    return PZ_OK;
}

static pz_status
join_text(pz_lowerer *lw, const pz_rel *r, pz_sel *left, pz_sel *right, pz_strs *where, pz_buf *b)
{
    pz_join_type t = r->u.join.type;
    bool inner = t == PZ_JOIN_INNER || t == PZ_JOIN_CROSS;
    bool late = r->cond && inner && !pz_walk_expr(r->cond, find_subquery, NULL);
    bool on = r->cond && !late;
    pz_expr *cond = r->cond;
    if (on && !inner) PZ_TRY(settle_subqueries(lw, r, left, right, &cond));
    PZ_TRY(side_from(lw, r, left, false, b));
    pz_buf_puts(b, join_words(t, on));
    PZ_TRY(side_from(lw, r, right, true, b));
    if (on) {
        pz_buf_puts(b, " ON ");
        PZ_TRY(pz_lower_filter(lw, inner ? cond : folded_into_key(lw, r, cond), b));
    } else if (!inner) {
        pz_buf_puts(b, " ON true");
    }
    if (late) {
        pz_str text;
        PZ_TRY(pz_text_of(lw, pz_lower_filter, r->cond, &text));
        pz_vec_push(lw->a, where, text);
    }
    return PZ_OK;
}

pz_status
pz_rel_join(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_join_type t = r->u.join.type;
    pz_sel left = *s, right, out = {0};
    pz_buf b;
    pz_status st;
    bool wrap_left = false, small = pz_join_is_small(r);
    /* What the right side refers to must be a column by then. */
    if (r->u.join.lateral) {
        for (int i = 0; i < left.items.n && !wrap_left; i++) wrap_left = !left.items.data[i].plain;
        if (wrap_left) PZ_TRY(pz_sel_wrap(lw, &left));
    }
    if (!small && t != PZ_JOIN_FULL && t != PZ_JOIN_RIGHT) move_conditions(lw, &left, &out.where);
    if (!left.from.len || !pz_sel_is_bare(&left)) PZ_TRY(pz_sel_wrap(lw, &left));
    PZ_TRY(pz_lower_rel(lw, r->right, &right));
    if (small) PZ_TRY(pz_join_number_sides(lw, r, &left, &right));
    else if (!r->u.join.lateral && (t == PZ_JOIN_INNER || t == PZ_JOIN_CROSS || t == PZ_JOIN_RIGHT)) move_conditions(lw, &right, &out.where);
    pz_buf_init(&b, 0);
    st = join_text(lw, r, &left, &right, &out.where, &b);
    out.from = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    PZ_TRY(st);
    out.joined = true;
    for (int i = 0; i < left.items.n; i++) pz_vec_push(lw->a, &out.items, left.items.data[i]);
    if (t != PZ_JOIN_SEMI && t != PZ_JOIN_ANTI)
        for (int i = 0; i < right.items.n; i++) pz_vec_push(lw->a, &out.items, right.items.data[i]);
    if (small) PZ_TRY(pz_join_order(lw, r, &left, &right, &out));
    *s = out;
    return PZ_OK;
}

/* ---------------------------------------------------------------- SET_OP */
static const pz_rel *
through_names(const pz_rel *r)
{
    while (r->kind == PZ_REL_ALIAS || r->kind == PZ_REL_HINT || r->kind == PZ_REL_REPARTITION) r = r->input;
    return r;
}

static bool
same_op(const pz_rel *a, const pz_rel *b)
{
    return b->kind == PZ_REL_SET_OP && a->u.setop.op == b->u.setop.op && a->u.setop.all == b->u.setop.all;
}

/* One branch: the columns by position, named for the operation's output if it comes first. */
static pz_status
write_branch(pz_lowerer *lw, const pz_rel *op, const pz_rel *branch, bool first, pz_buf *b)
{
    pz_sel s;
    pz_attrs columns = {0};
    bool brackets;
    PZ_TRY(pz_lower_rel(lw, branch, &s));
    if ((s.distinct && s.items.n != branch->output.n) || pz_sel_is_volatile(&s)) PZ_TRY(pz_sel_wrap(lw, &s));
    brackets = s.order.len || s.limit.len || s.offset.len;
    for (int i = 0; i < op->output.n; i++) {
        pz_attr *at;
        if (!pz_is_live(lw, op->output.data[i]->id)) continue;
        at = branch->output.data[i];
        if (first) {
            pz_attr *named = PZ_NEW(lw->a, pz_attr);
            pz_buf text;
            *named = *op->output.data[i];
            pz_buf_init(&text, 0);
            pz_lower_attr(lw, at, &text);
            pz_lower_bind(lw, named->id, pz_buf_dup(&text, lw->a));
            pz_buf_free(&text);
            at = named;
        }
        pz_vec_push(lw->a, &columns, at);
    }
    if (brackets) pz_buf_putc(b, '(');
    PZ_TRY(pz_sel_list(lw, &s, &columns, b));
    if (brackets) pz_buf_putc(b, ')');
    return PZ_OK;
}

static pz_status
raise_not_comparable(pz_lowerer *lw, const pz_rel *r)
{
    const char *rule = r->u.setop.op == PZ_SETOP_INTERSECT ? "ReplaceIntersectWithSemiJoin" : "ReplaceExceptWithAntiJoin";
    return pz_raise(lw->err, PZ_ERR_PLAN_VALIDATION_FAILED_RULE_IN_BATCH, PZ_NO_ORIGIN, "rule", pz_strf(lw->a, "org.apache.spark.sql.catalyst.optimizer.%s", rule).ptr,
                    "batch", "Replace Operators", "reason", "The plan holds a comparison of intervals.", NULL);
}

pz_status
pz_rel_set_op(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    static const char *const words[] = {[PZ_SETOP_UNION] = " UNION ", [PZ_SETOP_INTERSECT] = " INTERSECT ", [PZ_SETOP_EXCEPT] = " EXCEPT "};
    PZ_VEC(const pz_rel *) branches = {0};
    const pz_rel *at = r;
    pz_buf b;
    pz_status st = PZ_OK;
    for (int i = 0; i < r->output.n; i++)      /* Spark makes a join of the two, which cannot compare them */
        if (r->u.setop.op != PZ_SETOP_UNION && pz_type_holds(r->output.data[i]->type, PZ_T_CALENDAR_INTERVAL)) return raise_not_comparable(lw, r);
    /* Right sides, last first; what remains is the leftmost branch.  Positions keep their meaning all the way down. */
    for (;;) {
        pz_vec_push(lw->a, &branches, at->right);
        if (!same_op(r, through_names(at->input))) break;
        at = through_names(at->input);
    }
    pz_vec_push(lw->a, &branches, at->input);
    if (branches.n > 64 && lw->info) lw->info->deep = true;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '(');
    for (int i = branches.n - 1; i >= 0 && st == PZ_OK; i--) {
        bool first = i == branches.n - 1;
        if (!first) pz_buf_puts(&b, words[r->u.setop.op]);
        if (!first && r->u.setop.all) pz_buf_puts(&b, "ALL ");
        st = write_branch(lw, r, branches.data[i], first, &b);
    }
    pz_buf_printf(&b, ") AS " PZ_FMT, PZ_ARG(pz_lower_fresh(lw, 't')));
    *s = (pz_sel){.from = pz_buf_dup(&b, lw->a)};
    pz_buf_free(&b);
    PZ_TRY(st);
    for (int i = 0; i < r->output.n; i++) {
        const pz_attr *out = r->output.data[i];
        if (pz_is_live(lw, out->id)) pz_sel_item(lw, s, out, pz_strf(lw->a, "c%d", out->id), true);
    }
    if (r->u.setop.op != PZ_SETOP_UNION || !r->u.setop.all) pz_sel_normal(lw, s);
    return PZ_OK;
}

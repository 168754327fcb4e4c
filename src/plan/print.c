/*
 * plan/print.c - plans as text: pz_plan_explain() for users, in Spark's texture, and pz_plan_dump() for us, with types.
 *
 * Expressions are printed iteratively along first children and relations with an explicit path, so depth costs no C stack.
 * Things start at print_expr() and print_tree().
 */
#include "plan.h"

#include <stdlib.h>

static const char *const rel_names[] = {
#define REL(id, name, slots) [PZ_REL_##id] = name,
#include "../../tables/nodes.def"
};
static const char *const expr_names[] = {
#define EXPR(id, name) [PZ_EXPR_##id] = name,
#include "../../tables/nodes.def"
};
static const char *const join_names[] = {
    [PZ_JOIN_INNER] = "Inner", [PZ_JOIN_FULL] = "FullOuter", [PZ_JOIN_LEFT] = "LeftOuter", [PZ_JOIN_RIGHT] = "RightOuter",
    [PZ_JOIN_ANTI] = "LeftAnti", [PZ_JOIN_SEMI] = "LeftSemi", [PZ_JOIN_CROSS] = "Cross"};

/* ---------------------------------------------------------------- expressions */
typedef struct printer {
    pz_buf *b;
    pz_arena *a;                               /* for type names; freed when printing ends */
    bool types;                                /* dump: types and node kinds too */
    bool physical;                             /* what scans kept rows is shown too */
    pz_rel_note note;                          /* what else to say of a relation, behind its line; may be NULL */
    void *arg;
} printer;

static void print_expr(printer *p, const pz_expr *e);

static void
print_names(pz_buf *b, const pz_strs *names)
{
    for (int i = 0; i < names->n; i++) {
        if (i) pz_buf_putc(b, '.');
        pz_buf_str(b, names->data[i]);
    }
}

static void
print_list(printer *p, const pz_exprs *list, int from)
{
    for (int i = from; i < list->n; i++) {
        if (i > from) pz_buf_puts(p->b, ", ");
        print_expr(p, list->data[i]);
    }
}

static void
print_attr(printer *p, const pz_attr *at)
{
    pz_buf_str(p->b, at->name);
    pz_buf_printf(p->b, "#%d%s", at->id, at->type && at->type->id == PZ_T_LONG ? "L" : "");
    if (p->types && at->type) {
        pz_buf_putc(p->b, ':');
        pz_buf_str(p->b, pz_type_simple(at->type, p->a));
        if (!at->nullable) pz_buf_putc(p->b, '!');
    }
}

static const char *
infix(const pz_expr *e)
{
    static const char *const ops[] = {"+", "-", "*", "/", "%", "=", "<=>", "<", "<=", ">", ">=", "&", "|", "^", "<>", "div", "<<", ">>", ">>>"};
    pz_str n = e->names.n ? e->names.data[e->names.n - 1] : (pz_str){0};
    if (e->kind != PZ_EXPR_CALL || e->args.n != 2 || e->u.call.filter) return NULL;
    for (size_t i = 0; i < PZ_COUNTOF(ops); i++)
        if (pz_str_eqc(n, ops[i])) return ops[i];
    if (pz_str_ieqc(n, "and")) return "AND";
    if (pz_str_ieqc(n, "or")) return "OR";
    return NULL;
}

static void
print_bytes(printer *p, pz_str s)
{
    pz_buf_puts(p->b, "0x");
    for (size_t i = 0; i < s.len; i++) pz_buf_printf(p->b, "%02X", (unsigned char)s.ptr[i]);
}

static void
print_call(printer *p, const pz_expr *e)
{
    print_names(p->b, &e->names);
    pz_buf_puts(p->b, e->u.call.distinct ? "(distinct " : "(");
    if (e->u.call.star) pz_buf_putc(p->b, '*');
    print_list(p, &e->args, 0);
    pz_buf_putc(p->b, ')');
    if (e->u.call.order.n) {
        pz_buf_puts(p->b, " WITHIN GROUP (ORDER BY ");
        print_list(p, &e->u.call.order, 0);
        pz_buf_putc(p->b, ')');
    }
    if (e->u.call.filter) {
        pz_buf_puts(p->b, " FILTER (WHERE ");
        print_expr(p, e->u.call.filter);
        pz_buf_putc(p->b, ')');
    }
}

static void
print_bound(printer *p, const pz_bound *bd)
{
    switch (bd->kind) {
    case PZ_BOUND_UNBOUNDED_PRECEDING: pz_buf_puts(p->b, "unboundedpreceding$()"); break;
    case PZ_BOUND_CURRENT: pz_buf_puts(p->b, "currentrow$()"); break;
    case PZ_BOUND_UNBOUNDED_FOLLOWING: pz_buf_puts(p->b, "unboundedfollowing$()"); break;
    case PZ_BOUND_OFFSET: if (bd->value) print_expr(p, bd->value); break;
    }
}

static void
print_window(printer *p, const pz_window_spec *w)
{
    pz_buf_puts(p->b, " windowspecdefinition(");
    if (w) {
        print_list(p, &w->partition, 0);
        if (w->partition.n && w->order.n) pz_buf_puts(p->b, ", ");
        print_list(p, &w->order, 0);
        if (w->unit != PZ_FRAME_NONE) {
            if (w->partition.n || w->order.n) pz_buf_puts(p->b, ", ");
            pz_buf_printf(p->b, "specifiedwindowframe(%s, ", w->unit == PZ_FRAME_ROWS ? "RowFrame" : "RangeFrame");
            print_bound(p, &w->from);
            pz_buf_puts(p->b, ", ");
            print_bound(p, &w->to);
            pz_buf_putc(p->b, ')');
        }
    }
    pz_buf_putc(p->b, ')');
}

/* What is not the first child of an operator chain. */
static void
print_plain(printer *p, const pz_expr *e)
{
    switch (e->kind) {
    case PZ_EXPR_LITERAL:
        if (e->value.null) pz_buf_puts(p->b, "null");
        else if (e->type->id == PZ_T_BINARY && !e->value.null) print_bytes(p, e->value.s);
        else pz_value_text(p->b, e->type, &e->value, PZ_TEXT_CAST, NULL);
        break;
    case PZ_EXPR_COLUMN:
        pz_buf_putc(p->b, '\'');
        print_names(p->b, &e->names);
        break;
    case PZ_EXPR_STAR:
        print_names(p->b, &e->names);
        pz_buf_puts(p->b, e->names.n ? ".*" : "*");
        break;
    case PZ_EXPR_OUTER:
        pz_buf_puts(p->b, "outer(");
        if (e->u.attr) print_attr(p, e->u.attr);
        pz_buf_putc(p->b, ')');
        break;
    case PZ_EXPR_ATTR:
        if (e->u.attr) print_attr(p, e->u.attr);
        break;
    case PZ_EXPR_CALL: print_call(p, e); break;
    case PZ_EXPR_CAST:
        pz_buf_puts(p->b, e->u.cast.mode == PZ_CAST_TRY ? "try_cast(" : "cast(");
        print_list(p, &e->args, 0);
        pz_buf_puts(p->b, " as ");
        if (e->type) pz_buf_str(p->b, pz_type_simple(e->type, p->a));
        pz_buf_putc(p->b, ')');
        break;
    case PZ_EXPR_LAMBDA:
        pz_buf_puts(p->b, "lambdafunction(");
        print_list(p, &e->args, 0);
        pz_buf_puts(p->b, ", ");
        print_list(p, &e->u.lambda.params, 0);
        pz_buf_puts(p->b, ", false)");
        break;
    case PZ_EXPR_LAMBDA_VAR:
        pz_buf_puts(p->b, "lambda ");
        pz_buf_str(p->b, e->u.var.name);
        pz_buf_printf(p->b, "#%d", e->u.var.id);
        break;
    case PZ_EXPR_SUBQUERY:
        pz_buf_puts(p->b, e->u.sub.kind == PZ_SUB_SCALAR ? "scalar-subquery#" : e->u.sub.kind == PZ_SUB_EXISTS ? "exists#" : "list#");
        if (e->args.n) {
            pz_buf_puts(p->b, " (");
            print_list(p, &e->args, 0);
            pz_buf_putc(p->b, ')');
        }
        pz_buf_puts(p->b, " []");
        break;
    case PZ_EXPR_SQL_TEXT:
        pz_buf_putc(p->b, '\'');
        pz_buf_str(p->b, e->u.text);
        break;
    default:
        pz_buf_puts(p->b, expr_names[e->kind]);
        pz_buf_putc(p->b, '(');
        if (e->names.n) {
            print_names(p->b, &e->names);
            if (e->args.n) pz_buf_puts(p->b, ", ");
        }
        print_list(p, &e->args, 0);
        pz_buf_putc(p->b, ')');
    }
}

/* Whether the node prints its first child first, after at most an open parenthesis: those are followed by the loop of print_expr. */
static bool
leads_with_child(const pz_expr *e)
{
    switch (e->kind) {
    case PZ_EXPR_ALIAS:
    case PZ_EXPR_SORT_ORDER:
    case PZ_EXPR_WINDOW:
    case PZ_EXPR_GET_FIELD:
    case PZ_EXPR_EXTRACT: return e->args.n > 0;
    default: return infix(e) != NULL;
    }
}

static void
print_tail(printer *p, const pz_expr *e)
{
    switch (e->kind) {
    case PZ_EXPR_ALIAS:
        pz_buf_puts(p->b, " AS ");
        if (e->u.alias.attr) print_attr(p, e->u.alias.attr);
        else print_names(p->b, &e->u.alias.names);
        break;
    case PZ_EXPR_SORT_ORDER:
        pz_buf_puts(p->b, e->u.sort.asc ? " ASC" : " DESC");
        pz_buf_puts(p->b, e->u.sort.nulls_first ? " NULLS FIRST" : " NULLS LAST");
        break;
    case PZ_EXPR_WINDOW: print_window(p, e->u.window); break;
    case PZ_EXPR_GET_FIELD:
        pz_buf_putc(p->b, '.');
        pz_buf_str(p->b, e->u.field.name);
        break;
    case PZ_EXPR_EXTRACT:
        pz_buf_putc(p->b, '[');
        print_list(p, &e->args, 1);
        pz_buf_putc(p->b, ']');
        break;
    default:
        pz_buf_printf(p->b, " %s ", infix(e));
        print_expr(p, e->args.data[1]);
        pz_buf_putc(p->b, ')');
    }
}

static void
print_expr(printer *p, const pz_expr *e)
{
    PZ_VEC(const pz_expr *) spine = {0};
    while (leads_with_child(e)) {
        pz_vec_push(p->a, &spine, e);
        if (e->kind == PZ_EXPR_CALL) pz_buf_putc(p->b, '(');
        e = e->args.data[0];
    }
    print_plain(p, e);
    while (spine.n) print_tail(p, spine.data[--spine.n]);
}

/* ---------------------------------------------------------------- relations */
static void
print_bracketed(printer *p, const pz_exprs *list)
{
    pz_buf_puts(p->b, " [");
    print_list(p, list, 0);
    pz_buf_putc(p->b, ']');
}

static void
print_output(printer *p, const pz_rel *r)
{
    pz_buf_puts(p->b, " [");
    for (int i = 0; i < r->output.n; i++) {
        if (i) pz_buf_puts(p->b, ", ");
        print_attr(p, r->output.data[i]);
    }
    pz_buf_putc(p->b, ']');
}

static pz_walk
find_equality(pz_expr *e, void *arg)
{
    pz_str name = e->kind == PZ_EXPR_CALL && e->names.n ? e->names.data[e->names.n - 1] : (pz_str){0};
    if (pz_str_ieqc(name, "and")) return PZ_WALK_ON;
    *(bool *)arg |= pz_str_ieqc(name, "=") || pz_str_ieqc(name, "<=>");
    return PZ_WALK_SKIP;
}

/* How it runs: with equal keys one side becomes a hash table that every thread reads, which Spark calls broadcast. */
static const char *
join_method(const pz_rel *r)
{
    bool hashed = false;
    if (r->cond) pz_walk_expr(r->cond, find_equality, &hashed);
    return hashed ? "BroadcastHashJoin" : r->cond || r->u.join.lateral ? "BroadcastNestedLoopJoin" : "CartesianProduct";
}

static void
print_join(printer *p, const pz_rel *r)
{
    pz_buf_printf(p->b, "%s %s", p->physical && r->resolved ? join_method(r) : rel_names[r->kind], join_names[r->u.join.type]);
    if (r->u.join.using_columns.n) {
        pz_buf_puts(p->b, ", using [");
        print_names(p->b, &r->u.join.using_columns);
        pz_buf_putc(p->b, ']');
    }
    if (r->cond) {
        pz_buf_puts(p->b, ", ");
        print_expr(p, r->cond);
    }
}

static void
print_names_of_table(printer *p, const char *what, const pz_strs *names)
{
    pz_buf_printf(p->b, "%s [", what);
    print_names(p->b, names);
    pz_buf_putc(p->b, ']');
}

static void
print_scan(printer *p, const pz_rel *r)
{
    const pz_scan *s = r->u.scan;
    if (s && s->storage.len && !s->stands_for) {               /* checkpointed */
        pz_buf_puts(p->b, p->physical ? "Scan ExistingRDD" : "LogicalRDD ");
        pz_buf_putc(p->b, '[');
        for (int i = 0; i < r->output.n; i++) {
            if (i) pz_buf_puts(p->b, p->physical ? "," : ", ");
            print_attr(p, r->output.data[i]);
        }
        pz_buf_putc(p->b, ']');
        if (!p->physical) pz_buf_puts(p->b, ", false");
        return;
    }
    pz_buf_puts(p->b, "Relation");
    if (s && s->engine_name.len) {
        pz_buf_putc(p->b, ' ');
        pz_buf_str(p->b, s->engine_name);
    }
    print_output(p, r);
    if (s) {
        pz_buf_putc(p->b, ' ');
        pz_buf_str(p->b, s->format);
    }
}

/* One line for one relation. */
static void
print_rel_line(printer *p, const pz_rel *r)
{
    pz_buf *b = p->b;
    switch (r->kind) {
    case PZ_REL_NAMED_TABLE: print_names_of_table(p, "'UnresolvedRelation", &r->u.table.names); break;
    case PZ_REL_SCAN: print_scan(p, r); break;
    case PZ_REL_RANGE:
        pz_buf_printf(b, "Range (%lld, %lld, step=%lld", (long long)r->u.range.start, (long long)r->u.range.end, (long long)r->u.range.step);
        if (r->u.range.partitions > 0) pz_buf_printf(b, ", splits=Some(%d)", r->u.range.partitions);
        pz_buf_putc(b, ')');
        break;
    case PZ_REL_VALUES:
    case PZ_REL_LOCAL:
        pz_buf_puts(b, "LocalRelation");
        print_output(p, r);
        break;
    case PZ_REL_FILTER:
        pz_buf_puts(b, "Filter ");
        if (r->cond) print_expr(p, r->cond);
        break;
    case PZ_REL_SORT:
        pz_buf_puts(b, "Sort");
        print_bracketed(p, &r->exprs);
        pz_buf_puts(b, r->u.sort.global ? ", true" : ", false");
        break;
    case PZ_REL_LIMIT:
        pz_buf_puts(b, "GlobalLimit ");
        if (r->cond) print_expr(p, r->cond);
        break;
    case PZ_REL_AGGREGATE:
        pz_buf_puts(b, "Aggregate");
        print_bracketed(p, &r->keys);
        pz_buf_putc(b, ',');
        print_bracketed(p, &r->exprs);
        break;
    case PZ_REL_ALIAS:
        pz_buf_puts(b, "SubqueryAlias ");
        print_names(b, &r->u.alias.names);
        break;
    case PZ_REL_JOIN:
    case PZ_REL_LATERAL_JOIN:
    case PZ_REL_AS_OF_JOIN:
    case PZ_REL_NEAREST_JOIN: print_join(p, r); break;
    case PZ_REL_SET_OP:
        pz_buf_puts(b, r->u.setop.op == PZ_SETOP_UNION ? "Union" : r->u.setop.op == PZ_SETOP_INTERSECT ? "Intersect" : "Except");
        pz_buf_printf(b, " %s, %s", r->u.setop.by_name ? "true" : "false", r->u.setop.all ? "true" : "false");
        break;
    case PZ_REL_CTE_REF:
        pz_buf_printf(b, "CTERelationRef %d", r->u.cte.id);
        print_output(p, r);
        break;
    default:
        pz_buf_puts(b, rel_names[r->kind]);
        if (r->exprs.n || r->kind == PZ_REL_PROJECT) print_bracketed(p, &r->exprs);
        if (r->keys.n) print_bracketed(p, &r->keys);
        if (r->cond) {
            pz_buf_putc(b, ' ');
            print_expr(p, r->cond);
        }
    }
    if (p->types) {
        pz_buf_puts(b, " ->");
        print_output(p, r);
    }
}

/* Where a relation stands in the drawing: the path up tells the prefix of its line.  Kept rows are drawn as what scans them, what they
 * are, and the plan they came from, the latter two further in. */
typedef struct place {
    const pz_rel *rel;
    const struct place *up;
    bool last, inner;
    enum { PLAIN, KEPT_SCAN, KEPT_ROWS } as;
} place;

static void
print_prefix(printer *p, const place *at)
{
    PZ_VEC(const place *) path = {0};
    for (const place *q = at; q->up; q = q->up) pz_vec_push(p->a, &path, q);
    while (path.n > 0) {
        const place *x = path.data[--path.n];
        if (x->inner) pz_buf_puts(p->b, "   ");
        if (path.n) pz_buf_puts(p->b, x->last ? "   " : ":  ");
        else pz_buf_puts(p->b, x->last ? "+- " : ":- ");
    }
}

static bool
is_kept(const pz_rel *r)
{
    return r->kind == PZ_REL_SCAN && r->u.scan && r->u.scan->stands_for;
}

static place *
place_of(printer *p, const pz_rel *r, const place *up, bool inner)
{
    place *at = PZ_NEW(p->a, place);
    *at = (place){.rel = r, .up = up, .last = true, .inner = inner, .as = !is_kept(r) ? PLAIN : p->physical ? KEPT_SCAN : KEPT_ROWS};
    return at;
}

static void
print_place(printer *p, const place *at)
{
    if (at->as == PLAIN) {
        print_rel_line(p, at->rel);
        return;
    }
    pz_buf_puts(p->b, at->as == KEPT_SCAN ? "InMemoryTableScan" : "InMemoryRelation");
    print_output(p, at->rel);
    if (at->as == KEPT_ROWS) pz_buf_printf(p->b, ", " PZ_FMT, PZ_ARG(at->rel->u.scan->storage));
}

static void
print_tree(printer *p, const pz_rel *root)
{
    PZ_VEC(place *) todo = {0};
    pz_vec_push(p->a, &todo, place_of(p, root, NULL, false));
    while (todo.n && !p->b->failed) {
        place *at = todo.data[--todo.n];
        pz_rels kids = {0};
        print_prefix(p, at);
        print_place(p, at);
        if (p->note) p->note(p->b, at->rel, p->arg);
        pz_buf_putc(p->b, '\n');
        if (at->as != PLAIN) {
            place *below = at->as == KEPT_SCAN ? place_of(p, at->rel, at, true) : place_of(p, at->rel->u.scan->stands_for, at, true);
            if (at->as == KEPT_SCAN) below->as = KEPT_ROWS;
            pz_vec_push(p->a, &todo, below);
            continue;
        }
        if (at->rel->input) pz_vec_push(p->a, &kids, at->rel->input);
        if (at->rel->right) pz_vec_push(p->a, &kids, at->rel->right);
        for (int i = 0; i < at->rel->inputs.n; i++) pz_vec_push(p->a, &kids, at->rel->inputs.data[i]);
        for (int i = kids.n - 1; i >= 0; i--) {
            place *kid = place_of(p, kids.data[i], at, false);
            kid->last = i == kids.n - 1;
            pz_vec_push(p->a, &todo, kid);
        }
    }
}

void
pz_plan_explain(pz_buf *b, const pz_rel *r)
{
    printer p = {.b = b, .a = pz_arena_open(), .types = false, .physical = false};
    if (r) print_tree(&p, r);
    pz_arena_close(p.a);
}

void
pz_plan_explain_noted(pz_buf *b, const pz_rel *r, pz_rel_note note, void *arg)
{
    printer p = {.b = b, .a = pz_arena_open(), .note = note, .arg = arg};
    if (r) print_tree(&p, r);
    pz_arena_close(p.a);
}

void
pz_plan_explain_physical(pz_buf *b, const pz_rel *r)
{
    printer p = {.b = b, .a = pz_arena_open(), .types = false, .physical = true};
    if (r) print_tree(&p, r);
    pz_arena_close(p.a);
}

void
pz_plan_dump(pz_buf *b, const pz_rel *r)
{
    printer p = {.b = b, .a = pz_arena_open(), .types = true, .physical = false};
    if (r) print_tree(&p, r);
    pz_arena_close(p.a);
}

void
pz_expr_explain(pz_buf *b, const pz_expr *e)
{
    printer p = {.b = b, .a = pz_arena_open(), .types = false, .physical = false};
    if (e) print_expr(&p, e);
    pz_arena_close(p.a);
}

void
pz_expr_dump(pz_buf *b, const pz_expr *e)
{
    printer p = {.b = b, .a = pz_arena_open(), .types = true, .physical = false};
    if (e) print_expr(&p, e);
    pz_arena_close(p.a);
}

/*
 * analyze/blame.c - the place of an error that the engine raised without one, and the class of one that Spark's tasks wrap.
 *
 * In: a resolved plan and the error.  Out: the error with the origin of the only expression of the plan that can have raised it;
 * where several can, their values decide, and where those do not, no place is told.  Things start at pz_blame().
 */
#include "func_int.h"

#include <stdio.h>

typedef struct blame {
    const pz_error *err;
    pz_arena *a;
    pz_origin found;
    const pz_origin *wanted;                   /* set: a place of which the text is looked for */
    const pz_expr *expr;                       /* the last that fits */
    int n;                                     /* places that fit; several parts of one place count once */
} blame;

static pz_str
param(const pz_error *e, const char *name)
{
    for (int i = 0; i < e->nparams; i++)
        if (pz_str_eqc(e->params[i].name, name))
            return e->params[i].value;
    return PZ_STR("");
}

static bool
is_type(blame *b, pz_str quoted, const pz_type *t)
{
    pz_str s = pz_type_sql(t, b->a);
    return quoted.len == s.len + 2 && memcmp(quoted.ptr + 1, s.ptr, s.len) == 0;
}

/* Text that stands in the plan is the one the error tells of, or the error is of another place. */
static bool
value_fits(const pz_error *err, const pz_expr *arg)
{
    pz_str told = param(err, "expression");
    if (arg->kind != PZ_EXPR_LITERAL || !pz_type_is_string(arg->type) || arg->value.null || told.len < 2)
        return true;
    return told.len == arg->value.s.len + 2 && memcmp(told.ptr + 1, arg->value.s.ptr, arg->value.s.len) == 0;
}

static bool
decimal_of_error(const pz_error *err, const pz_type *t, const char *name)
{
    char p[16], s[16];
    if (t->id != PZ_T_DECIMAL)
        return false;
    if (pz_str_starts(err->seen.type, "DECIMAL"))      /* the engine tells neither width nor scale */
        return t->precision == 38 && pz_str_eqc(err->seen.symbol, name);
    snprintf(p, sizeof p, "%d", t->precision);
    snprintf(s, sizeof s, "%d", t->scale);
    return pz_str_eqc(param(err, "precision"), p) && pz_str_eqc(param(err, "scale"), s);
}

/* Does what the engine saw fit this operation: its type, and the operands that are known beforehand? */
static bool
operand_fits(pz_str seen, const pz_expr *x)
{
    char text[32];
    while (x->kind == PZ_EXPR_CAST && pz_type_is_integral(x->type) && pz_type_is_integral(x->args.data[0]->type))
        x = x->args.data[0];
    if (x->kind != PZ_EXPR_LITERAL || x->value.null || !pz_type_is_integral(x->type))
        return true;
    snprintf(text, sizeof text, "%lld", (long long)x->value.i);
    return pz_str_eqc(seen, text);
}

static bool
seen_fits(const pz_error *err, const pz_expr *e)
{
    static const struct { pz_type_id id; const char *engine; } types[] = {
        {PZ_T_BYTE, "INT8"}, {PZ_T_SHORT, "INT16"}, {PZ_T_INT, "INT32"}, {PZ_T_LONG, "INT64"}};
    bool sum = e->kind == PZ_EXPR_CALL && strcmp(pz_fn_row(e->u.call.fn)->name, "sum") == 0;
    if (!err->seen.type.len)
        return true;
    if (sum || pz_str_eqc(err->seen.type, "INT128"))
        return sum && pz_str_eqc(err->seen.type, "INT128");
    for (size_t i = 0; i < PZ_COUNTOF(types); i++)
        if (e->type->id == types[i].id)
            return pz_str_eqc(err->seen.type, types[i].engine) && e->args.n == 2 && operand_fits(err->seen.left, e->args.data[0]) &&
                   operand_fits(err->seen.right, e->args.data[1]);
    return false;
}

/* The operator that the advice of an overflow belongs to */
static bool
overflows(const pz_error *err, const char *name)
{
    static const char *const others[] = {"conv", "round", "bround", "ceil", "floor"};
    pz_str advice = param(err, "alternative");
    if (memmem(advice.ptr, advice.len, "try_add", 7))
        return strcmp(name, "+") == 0 || strcmp(name, "sum") == 0;
    if (memmem(advice.ptr, advice.len, "try_subtract", 12))
        return strcmp(name, "-") == 0;
    if (memmem(advice.ptr, advice.len, "try_multiply", 12))
        return strcmp(name, "*") == 0;
    if (memmem(advice.ptr, advice.len, "try_divide", 10))
        return strcmp(name, "div") == 0;
    return advice.len == 0 && pz_is_one_of(name, others, PZ_COUNTOF(others));
}

static bool
can_raise(blame *b, const pz_expr *e)
{
    static const char *const readers[] = {"to_date", "to_timestamp", "to_timestamp_ltz", "to_timestamp_ntz"};
    static const char *const zero[] = {"element_at", "array_insert"}, *const divides[] = {"/", "div", "try_divide"};
    static const char *const mods[] = {"%", "pmod", "mod"}, *const sums[] = {"+", "-", "*", "/", "%"};
    const pz_expr *arg = e->args.n ? e->args.data[0] : NULL;
    const char *name = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn)->name : "";
    bool cast = e->kind == PZ_EXPR_CAST && e->u.cast.mode == PZ_CAST_ANSI;
    switch (b->err->id) {
    case PZ_ERR_CAST_INVALID_INPUT:
        return arg && (cast || (e->args.n == 1 && pz_is_one_of(name, readers, PZ_COUNTOF(readers)))) && is_type(b, param(b->err, "sourceType"), arg->type) &&
               is_type(b, param(b->err, "targetType"), e->type) && value_fits(b->err, arg);
    case PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION:
        return (cast || pz_is_one_of(name, sums, PZ_COUNTOF(sums))) && decimal_of_error(b->err, e->type, name);
    case PZ_ERR_ARITHMETIC_OVERFLOW: return overflows(b->err, name) && seen_fits(b->err, e);
    case PZ_ERR_DIVIDE_BY_ZERO: return pz_is_one_of(name, divides, PZ_COUNTOF(divides));
    case PZ_ERR_REMAINDER_BY_ZERO: return pz_is_one_of(name, mods, PZ_COUNTOF(mods));
    case PZ_ERR_INVALID_ARRAY_INDEX: return strcmp(name, "elt") == 0 || strcmp(name, "[]") == 0 || e->kind == PZ_EXPR_EXTRACT;
    case PZ_ERR_INVALID_ARRAY_INDEX_IN_ELEMENT_AT: return strcmp(name, "element_at") == 0;
    case PZ_ERR_INVALID_INDEX_OF_ZERO: return pz_is_one_of(name, zero, PZ_COUNTOF(zero));
    case PZ_ERR_SCALAR_SUBQUERY_TOO_MANY_ROWS: return e->kind == PZ_EXPR_SUBQUERY;
    default: return false;
    }
}

static void
found(blame *b, pz_origin o)
{
    if (b->n && b->found.start == o.start && b->found.stop == o.stop && b->found.source == o.source)
        return;
    b->found = o;
    b->n++;
}

static void visit_rel(blame *b, pz_rel *r);

/* around: the place of the nearest expression that somebody wrote, to which casts belong that the analyzer added */
static void
visit(blame *b, const pz_expr *e, pz_origin around)
{
    bool added = e->kind == PZ_EXPR_CAST && e->u.cast.implicit && !e->u.cast.named;
    pz_origin here = added || e->kind == PZ_EXPR_ALIAS || e->kind == PZ_EXPR_LAMBDA || e->kind == PZ_EXPR_SORT_ORDER ? around : e->origin;
    if (b->wanted && e->origin.source && e->origin.start == b->wanted->start && e->origin.stop == b->wanted->stop)
        found(b, e->origin);
    if (!b->wanted && can_raise(b, e)) {
        b->expr = e;
        found(b, e->kind == PZ_EXPR_CALL && strcmp(pz_fn_row(e->u.call.fn)->name, "sum") == 0 ? PZ_NO_ORIGIN : here);
    }
    for (int i = 0; i < e->args.n; i++)
        visit(b, e->args.data[i], here);
    if (e->kind == PZ_EXPR_CALL) {
        if (e->u.call.filter)
            visit(b, e->u.call.filter, here);
        for (int i = 0; i < e->u.call.order.n; i++)
            visit(b, e->u.call.order.data[i], here);
    }
    if (e->kind == PZ_EXPR_WINDOW && e->u.window) {
        for (int i = 0; i < e->u.window->partition.n; i++)
            visit(b, e->u.window->partition.data[i], here);
        for (int i = 0; i < e->u.window->order.n; i++)
            visit(b, e->u.window->order.data[i], here);
    }
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel)
        visit_rel(b, e->u.sub.rel);
}

static pz_walk
visit_top(pz_expr *e, void *arg)
{
    visit(arg, e, e->origin);
    return PZ_WALK_SKIP;
}

static pz_walk
visit_node(pz_rel *r, void *arg)
{
    pz_walk_rel_exprs(r, visit_top, arg);
    if (r->kind == PZ_REL_CTE_REF && r->u.cte.cte && r->u.cte.cte->rel && !r->u.cte.cte->recursive)
        visit_rel(arg, r->u.cte.cte->rel);
    return PZ_WALK_ON;
}

static void
visit_rel(blame *b, pz_rel *r)
{
    pz_walk_rel(r, visit_node, b);
}

/* Rows of values that are only selected and projected are made where the plan is, not in tasks. */
static bool
is_made_in_place(const pz_rel *r)
{
    while (r->kind == PZ_REL_SORT || r->kind == PZ_REL_DISTINCT) r = r->input;
    while (r->kind == PZ_REL_PROJECT || r->kind == PZ_REL_FILTER || r->kind == PZ_REL_LIMIT || r->kind == PZ_REL_ALIAS) r = r->input;
    return r->kind == PZ_REL_ONE_ROW || r->kind == PZ_REL_VALUES || r->kind == PZ_REL_LOCAL;
}

/* Exceptions that are not Spark's own come out of tasks as the end of their job. */
static void
wrap_foreign(const pz_plan *plan, pz_error *err)
{
    if (err->id == PZ_ERR_NONE || strncmp(pz_err_class_chain(err->klass), "org.apache.spark", 16) == 0 || is_made_in_place(plan->root))
        return;
    err->klass = PZ_CLASS_SparkException;
    err->message = pz_strf(err->arena, "Job aborted due to stage failure: " PZ_FMT, PZ_ARG(err->message));
}

/* The engine tells what it was about to add or multiply; Spark, what came of it. */
static void
tell_outcome(pz_error *err, const pz_expr *e)
{
    pz_error told;
    pz_str value;
    if (!pz_decimal_outcome(err->arena, err->seen.left, err->seen.right, err->seen.symbol.ptr[0], e->type->scale, &value))
        return;
    pz_error_init(&told, err->arena);
    (void)pz_raise_as(&told, err->klass, err->id, err->origin, "value", value.ptr, "precision", "38", "scale", pz_strf(err->arena, "%d", e->type->scale).ptr,
                      "config", "\"spark.sql.ansi.enabled\"", NULL);
    told.seen = err->seen;
    *err = told;
}

void
pz_blame(pz_plan *plan, pz_error *err)
{
    if (plan && plan->root)
        wrap_foreign(plan, err);
    if (!plan || !plan->root || err->origin.source)
        return;
    if (err->origin.start >= 0) {              /* the engine told where, but not in which text: expr("..."), a view, the query itself */
        blame t = {.err = err, .a = err->arena, .found = PZ_NO_ORIGIN, .wanted = &err->origin};
        visit_rel(&t, plan->root);
        if (t.n == 1)
            err->origin = t.found;
        return;
    }
    blame b = {.err = err, .a = err->arena, .found = PZ_NO_ORIGIN};
    visit_rel(&b, plan->root);
    if (b.n == 1)
        err->origin = b.found;
    if (b.n == 1 && err->id == PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION && err->seen.symbol.len)
        tell_outcome(err, b.expr);
    err->nowhere = b.n == 1 && !b.found.source;
}

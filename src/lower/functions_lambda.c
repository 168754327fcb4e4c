/*
 * lower/functions_lambda.c - higher-order functions on the engine's list lambdas.
 *
 * A lambda parameter is v<id>; where the engine has another shape (1-based index, pairs of list_zip, map entries) the parameter is
 * bound to that text instead, as attributes are (lw->bound):
 *   transform(a, (x, i) -> x + i)   becomes   list_transform(a, lambda v1, w2: v1 + (w2 - 1)::INTEGER)
 *   aggregate(a, z, (s, x) -> f)    becomes   list_reduce over pairs (s, x), so that s may have a type of its own, with what f takes
 *                                             from outside as further members
 */
#include "lower_int.h"

static const pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

static const pz_expr *
body_of(const pz_expr *lambda)
{
    return lambda->args.data[0];
}

static int
var_id(const pz_expr *lambda, int i)
{
    return i < lambda->u.lambda.params.n ? lambda->u.lambda.params.data[i]->u.var.id : -1;
}

static void
bind_var(pz_lowerer *lw, const pz_expr *lambda, int i, pz_str text)
{
    if (var_id(lambda, i) >= 0)
        pz_lower_bind(lw, var_id(lambda, i), text);
}

static pz_str
type_of(pz_lowerer *lw, const pz_type *t)
{
    return pz_engine_type_text(lw, t);
}

/* name(list, lambda v: body) with an optional 0-based index parameter */
static pz_status
list_lambda(pz_lowerer *lw, const char *name, pz_str list, const pz_expr *lambda, pz_buf *out)
{
    pz_str body, index = pz_strf(lw->a, "w%d", var_id(lambda, 1));
    bool indexed = var_id(lambda, 1) >= 0;
    pz_str var = pz_strf(lw->a, "v%d", var_id(lambda, 0));
    if (var_id(lambda, 0) < 0)
        var = pz_lower_fresh(lw, 'v');
    bind_var(lw, lambda, 1, pz_strf(lw->a, "(" PZ_FMT " - 1)::INTEGER", PZ_ARG(index)));
    PZ_TRY(pz_lower_text(lw, body_of(lambda), &body));
    pz_buf_printf(out, "%s(" PZ_FMT ", lambda " PZ_FMT "%s" PZ_FMT ": " PZ_FMT ")", name, PZ_ARG(list), PZ_ARG(var), indexed ? ", " : "",
                  indexed ? (int)index.len : 0, index.ptr, PZ_ARG(body));
    return PZ_OK;
}

static pz_status
whole_list(pz_lowerer *lw, const char *name, const pz_expr *call, pz_buf *out)
{
    pz_str list;
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &list));
    PZ_TRY(list_lambda(lw, name, list, arg(call, 1), out));
    pz_buf_printf(out, "::" PZ_FMT, PZ_ARG(type_of(lw, call->type)));
    return PZ_OK;
}

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

LOWER(lower_transform)
{
    return whole_list(lw, "list_transform", call, out);
}

LOWER(lower_filter)
{
    return whole_list(lw, "list_filter", call, out);
}

/* ---------------------------------------------------------------- list_reduce */

/* What the lambda of a list_reduce takes from outside of it.  The engine gives such lambdas the captured values of other rows when the
 * lists of a chunk differ in length; so they travel inside of the elements, where list_transform, which captures well, puts them. */
typedef struct taken {
    PZ_VEC(const pz_expr *) refs;
    PZ_VEC(int) own;                           /* parameters of the lambda and of those inside of it */
    PZ_VEC(pz_str) before;                     /* what each reference was bound to */
    pz_arena *a;
    pz_str fields, values, nulls;              /* ", k0 INTEGER", ", 'k0': c7", ", 'k0': NULL::INTEGER" */
} taken;

static int
ref_id(const pz_expr *e)
{
    return e->kind == PZ_EXPR_LAMBDA_VAR ? e->u.var.id : e->kind == PZ_EXPR_ATTR || e->kind == PZ_EXPR_OUTER ? e->u.attr->id : -1;
}

static pz_walk
find_taken(pz_expr *e, void *arg)
{
    taken *t = arg;
    int id = ref_id(e);
    if (e->kind == PZ_EXPR_LAMBDA)
        for (int i = 0; i < e->u.lambda.params.n; i++) pz_vec_push(t->a, &t->own, var_id(e, i));
    if (id < 0) return PZ_WALK_ON;
    for (int i = 0; i < t->own.n; i++)
        if (t->own.data[i] == id) return PZ_WALK_ON;
    for (int i = 0; i < t->refs.n; i++)
        if (ref_id(t->refs.data[i]) == id) return PZ_WALK_ON;
    pz_vec_push(t->a, &t->refs, e);
    return PZ_WALK_ON;
}

/* The body of a lambda over elements `q` that carry what it takes from outside. */
static pz_status
carried_body(pz_lowerer *lw, const pz_expr *lambda, pz_str q, taken *t, pz_str *body)
{
    *t = (taken){.a = lw->a, .fields = PZ_STR(""), .values = PZ_STR(""), .nulls = PZ_STR("")};
    pz_walk_expr((pz_expr *)lambda, find_taken, t);
    for (int i = 0; i < t->refs.n; i++) {
        const pz_expr *e = t->refs.data[i];
        int id = ref_id(e);
        pz_str text, type = type_of(lw, e->type);
        PZ_TRY(pz_lower_text(lw, e, &text));
        pz_vec_push(lw->a, &t->before, id < lw->nbound ? lw->bound[id] : (pz_str){0});
        t->fields = pz_strf(lw->a, PZ_FMT ", k%d " PZ_FMT, PZ_ARG(t->fields), i, PZ_ARG(type));
        t->values = pz_strf(lw->a, PZ_FMT ", 'k%d': " PZ_FMT, PZ_ARG(t->values), i, PZ_ARG(text));
        t->nulls = pz_strf(lw->a, PZ_FMT ", 'k%d': NULL::" PZ_FMT, PZ_ARG(t->nulls), i, PZ_ARG(type));
    }
    for (int i = 0; i < t->refs.n; i++) pz_lower_bind(lw, ref_id(t->refs.data[i]), pz_strf(lw->a, "(" PZ_FMT ".k%d)", PZ_ARG(q), i));
    pz_status st = pz_lower_text(lw, body_of(lambda), body);
    for (int i = 0; i < t->refs.n; i++) pz_lower_bind(lw, ref_id(t->refs.data[i]), t->before.data[i]);
    return st;
}

/* Spark stops at the element that decides: where the predicate may raise, elements are looked at one after the other, each only
 * while nothing is decided. */
static pz_status
exists_in_turn(pz_lowerer *lw, const pz_expr *call, pz_str list, bool forall, pz_buf *out)
{
    const pz_expr *f = arg(call, 1);
    const char *stop = forall ? "false" : "true", *start = forall ? "true" : "false", *join = forall ? "AND" : "OR";
    pz_str body, p = pz_lower_fresh(lw, 'p'), q = pz_lower_fresh(lw, 'q'), x = pz_lower_fresh(lw, 'x');
    pz_str et = type_of(lw, arg(call, 0)->type->element);
    taken t;
    bind_var(lw, f, 0, pz_strf(lw->a, "(" PZ_FMT ".x)", PZ_ARG(q)));
    PZ_TRY(carried_body(lw, f, q, &t, &body));
    pz_str pair = pz_strf(lw->a, "STRUCT(s BOOLEAN, x " PZ_FMT PZ_FMT ")", PZ_ARG(et), PZ_ARG(t.fields));
    pz_buf_printf(out, "struct_extract(list_reduce(list_transform(" PZ_FMT ", lambda " PZ_FMT ": {'s': NULL::BOOLEAN, 'x': " PZ_FMT PZ_FMT "}::" PZ_FMT "), ", PZ_ARG(list),
                  PZ_ARG(x), PZ_ARG(x), PZ_ARG(t.values), PZ_ARG(pair));
    pz_buf_printf(out, "lambda " PZ_FMT ", " PZ_FMT ": {'s': CASE WHEN " PZ_FMT ".s = %s THEN %s ELSE (" PZ_FMT ".s %s " PZ_FMT ") END, 'x': NULL::" PZ_FMT PZ_FMT "}::"
                       PZ_FMT ", ", PZ_ARG(p), PZ_ARG(q), PZ_ARG(p), stop, stop, PZ_ARG(p), join, PZ_ARG(body), PZ_ARG(et), PZ_ARG(t.nulls), PZ_ARG(pair));
    pz_buf_printf(out, "{'s': %s, 'x': NULL::" PZ_FMT PZ_FMT "}::" PZ_FMT "), 's')", start, PZ_ARG(et), PZ_ARG(t.nulls), PZ_ARG(pair));
    return PZ_OK;
}

/* exists: true wins, then NULL, then false; forall: false wins. */
LOWER(lower_exists)
{
    bool forall = pz_expr_is(call, "forall");
    pz_str list, v = pz_lower_fresh(lw, 'b');
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &list));
    if (pz_lower_can_throw(body_of(arg(call, 1)))) return exists_in_turn(lw, call, list, forall, out);
    pz_buf_puts(out, "list_transform([");
    PZ_TRY(list_lambda(lw, "list_transform", list, arg(call, 1), out));
    pz_buf_printf(out, "::BOOLEAN[]], lambda " PZ_FMT ": CASE WHEN " PZ_FMT " IS NULL THEN NULL WHEN coalesce(%s(" PZ_FMT "), %s) = %s THEN %s"
                       " WHEN list_count(" PZ_FMT ") < len(" PZ_FMT ") THEN NULL ELSE %s END)[1]",
                  PZ_ARG(v), PZ_ARG(v), forall ? "list_bool_and" : "list_bool_or", PZ_ARG(v), forall ? "true" : "false", forall ? "false" : "true",
                  forall ? "false" : "true", PZ_ARG(v), PZ_ARG(v), forall ? "true" : "false");
    return PZ_OK;
}

/* exists with NULL taken for false: a NULL array alone gives NULL */
LOWER(lower_exists_or_false)
{
    pz_str list, found;
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &list));
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_status st = lower_exists(lw, call, &b);
    found = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    PZ_TRY(st);
    pz_buf_printf(out, "CASE WHEN " PZ_FMT " IS NOT NULL THEN coalesce(" PZ_FMT ", false) END", PZ_ARG(list), PZ_ARG(found));
    return PZ_OK;
}

LOWER(lower_aggregate)
{
    const pz_expr *merge = arg(call, 2), *zero = arg(call, 1);
    pz_str list, init, body, p = pz_lower_fresh(lw, 'p'), q = pz_lower_fresh(lw, 'q'), x = pz_lower_fresh(lw, 'x');
    pz_str st = type_of(lw, zero->type), et = type_of(lw, arg(call, 0)->type->element);
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &list));
    PZ_TRY(pz_lower_text(lw, zero, &init));
    bind_var(lw, merge, 0, pz_strf(lw->a, "(" PZ_FMT ".s)", PZ_ARG(p)));
    bind_var(lw, merge, 1, pz_strf(lw->a, "(" PZ_FMT ".x)", PZ_ARG(q)));
    taken t;
    PZ_TRY(carried_body(lw, merge, q, &t, &body));
    pz_str pair = pz_strf(lw->a, "STRUCT(s " PZ_FMT ", x " PZ_FMT PZ_FMT ")", PZ_ARG(st), PZ_ARG(et), PZ_ARG(t.fields));
    pz_str reduced = pz_strf(lw->a,
                             "list_reduce(list_transform(" PZ_FMT ", lambda " PZ_FMT ": {'s': NULL::" PZ_FMT ", 'x': " PZ_FMT PZ_FMT "}::" PZ_FMT "), lambda " PZ_FMT
                             ", " PZ_FMT ": {'s': " PZ_FMT ", 'x': NULL::" PZ_FMT PZ_FMT "}::" PZ_FMT ", {'s': " PZ_FMT ", 'x': NULL::" PZ_FMT PZ_FMT "}::" PZ_FMT ").s",
                             PZ_ARG(list), PZ_ARG(x), PZ_ARG(st), PZ_ARG(x), PZ_ARG(t.values), PZ_ARG(pair), PZ_ARG(p), PZ_ARG(q), PZ_ARG(body), PZ_ARG(et),
                             PZ_ARG(t.nulls), PZ_ARG(pair), PZ_ARG(init), PZ_ARG(et), PZ_ARG(t.nulls), PZ_ARG(pair));
    if (call->args.n < 4) {
        pz_buf_printf(out, "(" PZ_FMT ")::" PZ_FMT, PZ_ARG(reduced), PZ_ARG(type_of(lw, call->type)));
        return PZ_OK;
    }
    const pz_expr *finish = arg(call, 3);
    pz_str v = pz_strf(lw->a, "v%d", var_id(finish, 0)), done;
    if (var_id(finish, 0) < 0)
        v = pz_lower_fresh(lw, 'v');
    PZ_TRY(pz_lower_text(lw, body_of(finish), &done));
    pz_buf_printf(out, "(CASE WHEN (" PZ_FMT ") IS NULL THEN NULL ELSE list_transform([" PZ_FMT "], lambda " PZ_FMT ": " PZ_FMT ")[1] END)::" PZ_FMT, PZ_ARG(list),
                  PZ_ARG(reduced), PZ_ARG(v), PZ_ARG(done), PZ_ARG(type_of(lw, call->type)));
    return PZ_OK;
}

LOWER(lower_zip_with)
{
    const pz_expr *f = arg(call, 2);
    pz_str a, b, body, z = pz_lower_fresh(lw, 'z'), g = pz_lower_fresh(lw, 'g');
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &a));
    PZ_TRY(pz_lower_text(lw, arg(call, 1), &b));
    bind_var(lw, f, 0, pz_strf(lw->a, "(" PZ_FMT "[1])", PZ_ARG(z)));
    bind_var(lw, f, 1, pz_strf(lw->a, "(" PZ_FMT "[2])", PZ_ARG(z)));
    PZ_TRY(pz_lower_text(lw, body_of(f), &body));
    pz_buf_printf(out,
                  "list_transform([{'a': " PZ_FMT ", 'b': " PZ_FMT "}], lambda " PZ_FMT ": CASE WHEN " PZ_FMT ".a IS NULL OR " PZ_FMT
                  ".b IS NULL THEN NULL ELSE list_transform(list_zip(" PZ_FMT ".a, " PZ_FMT ".b), lambda " PZ_FMT ": " PZ_FMT ") END)[1]::" PZ_FMT,
                  PZ_ARG(a), PZ_ARG(b), PZ_ARG(g), PZ_ARG(g), PZ_ARG(g), PZ_ARG(g), PZ_ARG(g), PZ_ARG(z), PZ_ARG(body), PZ_ARG(type_of(lw, call->type)));
    return PZ_OK;
}

/* array<struct<f0, f1>> of entries, as the C functions over maps want it */
static const pz_type *
entries_type(pz_lowerer *lw, const pz_type *key, const pz_type *value)
{
    pz_field *f = PZ_NEWN(lw->a, pz_field, 2);
    f[0] = (pz_field){PZ_STR("key"), key, true, {0}};
    f[1] = (pz_field){PZ_STR("value"), value, true, {0}};
    return pz_type_array(lw->a, pz_type_struct(lw->a, f, 2), true);
}

/* map_filter, transform_keys, transform_values over map_entries */
LOWER(lower_map_lambda)
{
    const pz_expr *f = arg(call, 1);
    const pz_type *m = arg(call, 0)->type;
    bool keys = pz_expr_is(call, "transform_keys"), filter = pz_expr_is(call, "map_filter");
    pz_str map, body, e = pz_lower_fresh(lw, 'e');
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &map));
    bind_var(lw, f, 0, pz_strf(lw->a, "(" PZ_FMT ".key)", PZ_ARG(e)));
    bind_var(lw, f, 1, pz_strf(lw->a, "(" PZ_FMT ".value)", PZ_ARG(e)));
    PZ_TRY(pz_lower_text(lw, body_of(f), &body));
    if (filter) {
        pz_buf_printf(out, "map_from_entries(list_filter(map_entries(" PZ_FMT "), lambda " PZ_FMT ": " PZ_FMT "))::" PZ_FMT, PZ_ARG(map), PZ_ARG(e),
                      PZ_ARG(body), PZ_ARG(type_of(lw, call->type)));
        return PZ_OK;
    }
    if (!keys) {
        pz_buf_printf(out, "map_from_entries(list_transform(map_entries(" PZ_FMT "), lambda " PZ_FMT ": {'k': " PZ_FMT ".key, 'v': " PZ_FMT "}))::" PZ_FMT,
                      PZ_ARG(map), PZ_ARG(e), PZ_ARG(e), PZ_ARG(body), PZ_ARG(type_of(lw, call->type)));
        return PZ_OK;
    }
    const pz_type *et = entries_type(lw, call->type->key, m->element);
    pz_str entries = pz_strf(lw->a, "list_transform(map_entries(" PZ_FMT "), lambda " PZ_FMT ": {'f0': " PZ_FMT ", 'f1': " PZ_FMT ".value})::" PZ_FMT,
                             PZ_ARG(map), PZ_ARG(e), PZ_ARG(body), PZ_ARG(e), PZ_ARG(type_of(lw, et)));
    return pz_lower_bound_args(lw, call, "map_transformed", &et, &entries, 1, call->type, out);
}

LOWER(lower_map_zip_with)
{
    const pz_expr *f = arg(call, 2);
    const pz_type *types[2] = {arg(call, 0)->type, arg(call, 1)->type};
    pz_str maps[2], body, e = pz_lower_fresh(lw, 'e');
    pz_field *fields = PZ_NEWN(lw->a, pz_field, 3);
    pz_buf rows;
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &maps[0]));
    PZ_TRY(pz_lower_text(lw, arg(call, 1), &maps[1]));
    for (int i = 0; i < 3; i++) {
        fields[i] = (pz_field){pz_strf(lw->a, "f%d", i), i == 0 ? types[0]->key : types[i - 1]->element, true, {0}};
        bind_var(lw, f, i, pz_strf(lw->a, "(" PZ_FMT ".f%d)", PZ_ARG(e), i));
    }
    PZ_TRY(pz_lower_text(lw, body_of(f), &body));
    pz_buf_init(&rows, 0);
    pz_status st = pz_lower_bound_args(lw, call, "map_zip_entries", types, maps, 2,
                                       pz_type_array(lw->a, pz_type_struct(lw->a, fields, 3), true), &rows);
    if (st == PZ_OK)
        pz_buf_printf(out, "map_from_entries(list_transform(" PZ_FMT ", lambda " PZ_FMT ": {'k': " PZ_FMT ".f0, 'v': " PZ_FMT "}))::" PZ_FMT,
                      PZ_ARG(pz_buf_view(&rows)), PZ_ARG(e), PZ_ARG(e), PZ_ARG(body), PZ_ARG(type_of(lw, call->type)));
    pz_buf_free(&rows);
    return st;
}

/* The comparator is evaluated for every pair; a C function sorts by the matrix. */
LOWER(lower_array_sort)
{
    const pz_expr *f = arg(call, 1);
    pz_str list, body, texts[2], g = pz_lower_fresh(lw, 'g'), x = pz_lower_fresh(lw, 'x'), y = pz_lower_fresh(lw, 'y');
    const pz_type *types[2];
    pz_buf sorted;
    PZ_TRY(pz_lower_text(lw, arg(call, 0), &list));
    bind_var(lw, f, 0, x);
    bind_var(lw, f, 1, y);
    PZ_TRY(pz_lower_text(lw, body_of(f), &body));
    types[0] = arg(call, 0)->type;
    types[1] = pz_type_array(lw->a, pz_type_array(lw->a, &pz_t_int, true), true);
    texts[0] = g;
    texts[1] = pz_strf(lw->a, "list_transform(" PZ_FMT ", lambda " PZ_FMT ": list_transform(" PZ_FMT ", lambda " PZ_FMT ": " PZ_FMT "))::INTEGER[][]", PZ_ARG(g),
                       PZ_ARG(x), PZ_ARG(g), PZ_ARG(y), PZ_ARG(body));
    pz_buf_init(&sorted, 0);
    pz_status st = pz_lower_bound_args(lw, call, "array_sort_by", types, texts, 2, call->type, &sorted);
    if (st == PZ_OK)
        pz_buf_printf(out, "list_transform([" PZ_FMT "], lambda " PZ_FMT ": " PZ_FMT ")[1]", PZ_ARG(list), PZ_ARG(g), PZ_ARG(pz_buf_view(&sorted)));
    pz_buf_free(&sorted);
    return st;
}

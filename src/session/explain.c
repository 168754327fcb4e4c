/*
 * session/explain.c - the text of EXPLAIN and AnalyzePlan.explain: our plans under Spark's headings.
 *
 * "Parsed" is the plan as it came, "Analyzed" the resolved one; what runs is the engine's text and plan, shown in CODEGEN mode, where
 * Spark shows what it generates.  Things start at pz_explain_text().
 */
#include "../sql/sql.h"
#include "command_int.h"

#include <stdlib.h>

enum { SIMPLE = 1, EXTENDED, CODEGEN, COST, FORMATTED };

static void
tree(pz_buf *b, const pz_rel *r)
{
    size_t before = b->len;
    pz_plan_explain(b, r);
    if (b->len == before || b->ptr[b->len - 1] != '\n') pz_buf_putc(b, '\n');
}

static void
physical(pz_buf *b, const pz_rel *r)
{
    pz_plan_explain_physical(b, r);
}

/* The plan as it came; SQL text as what it says. */
static void
parsed(pz_buf *b, pz_query *q, const pz_rel *r)
{
    pz_sql_options o;
    pz_plan *p;
    pz_error quiet;
    pz_error_init(&quiet, q->arena);
    pz_query_sql_options(q, &o);
    tree(b, r->kind == PZ_REL_SQL && pz_parse_sql(r->u.sql.text, &o, q->arena, &p, &quiet) == PZ_OK ? p->root : r);
}

static void
output_line(pz_buf *b, const pz_schema *s, pz_arena *a)
{
    for (int i = 0; i < s->n; i++)
        pz_buf_printf(b, "%s" PZ_FMT ": " PZ_FMT, i ? ", " : "", PZ_ARG(s->fields[i].name), PZ_ARG(pz_type_simple(s->fields[i].type, a)));
    pz_buf_putc(b, '\n');
}

/* ---- FORMATTED: an outline with numbers, then a block for each node, deepest first ---- */
typedef struct outline { pz_buf *b, blocks; int next; pz_arena *a; } outline;

static const char *
rel_name(const pz_rel *r)
{
    static const char *const names[PZ_REL_COUNT] = {
#define REL(id, name, slots) [PZ_REL_##id] = name,
#include "../../tables/nodes.def"
    };
    return names[r->kind];
}

static const char *
node_name(const pz_rel *r)
{
    if (r->kind != PZ_REL_SCAN || !r->u.scan->storage.len) return rel_name(r);
    return r->u.scan->stands_for ? "InMemoryTableScan" : r->input ? "InMemoryRelation" : "Scan ExistingRDD";
}

/* Below what scans kept rows stand the rows themselves, and the plan they came from. */
static const pz_rel *
kept_rows(const pz_rel *r, pz_arena *a)
{
    pz_rel *rows = PZ_NEW(a, pz_rel);
    pz_scan *scan = PZ_NEW(a, pz_scan);
    *rows = *r;
    *scan = *r->u.scan;
    scan->stands_for = NULL;
    rows->u.scan = scan;
    rows->input = (pz_rel *)(uintptr_t)r->u.scan->stands_for;
    return rows;
}

static void
attr_list(pz_buf *b, const pz_attrs *list)
{
    pz_buf_printf(b, "[%d]: [", list->n);
    for (int i = 0; i < list->n; i++) {
        bool wide = list->data[i]->type && list->data[i]->type->id == PZ_T_LONG;
        pz_buf_printf(b, "%s" PZ_FMT "#%d%s", i ? ", " : "", PZ_ARG(list->data[i]->name), list->data[i]->id, wide ? "L" : "");
    }
    pz_buf_puts(b, "]\n");
}

static void
outline_node(outline *o, const pz_rel *r, const char *lead, const char *below)
{
    bool kept = r->kind == PZ_REL_SCAN && r->u.scan->stands_for;
    const pz_rel *kids[2] = {kept ? kept_rows(r, o->a) : r->input, r->right};
    int nkids = (kids[0] != NULL) + (r->right != NULL), mine;
    pz_buf own;
    pz_buf_init(&own, 0);
    /* numbers go to the deepest first, so the children's lines are made before this one's number is known */
    pz_buf lines;
    outline sub = *o;
    pz_buf_init(&lines, 0);
    sub.b = &lines;
    for (int i = 0; i < nkids; i++) {
        const pz_rel *kid = kids[0] ? kids[i] : kids[1];
        bool last = i == nkids - 1;
        pz_str l = pz_strf(o->a, "%s%s", below, last ? "+- " : ":- "), n = pz_strf(o->a, "%s%s", below, last ? "   " : ":  ");
        outline_node(&sub, kid, l.ptr, n.ptr);
    }
    o->next = sub.next;
    o->blocks = sub.blocks;
    mine = o->next++;
    pz_buf_printf(o->b, "%s%s (%d)\n", lead, node_name(r), mine);
    pz_buf_str(o->b, pz_buf_view(&lines));
    pz_buf_printf(&o->blocks, "(%d) %s\nOutput ", mine, node_name(r));
    attr_list(&o->blocks, &r->output);
    pz_buf_putc(&o->blocks, '\n');
    pz_buf_free(&lines);
    pz_buf_free(&own);
}

static void
formatted(pz_buf *b, const pz_rel *r, pz_arena *a)
{
    outline o = {.b = b, .next = 1, .a = a};
    pz_buf_init(&o.blocks, 0);
    outline_node(&o, r, "", "");
    pz_buf_puts(b, "\n\n");
    pz_buf_str(b, pz_buf_view(&o.blocks));
    pz_buf_free(&o.blocks);
}

/* ---- what the engine does ---- */
static pz_status
engine_plan(pz_query *q, const pz_plan *resolved, pz_buf *b, pz_error *err)
{
    const pz_type *types[2] = {&pz_t_string, &pz_t_string};
    pz_run_settings settings;
    pz_values *rows;
    int n;
    pz_buf sql;
    pz_str text, explain;
    pz_buf_init(&sql, 0);
    if (pz_lower(&q->lower, pz_query_filled(q, resolved, q->arena), q->arena, &sql, err) != PZ_OK) {
        pz_buf_free(&sql);
        return PZ_FAIL;
    }
    text = pz_buf_dup(&sql, q->arena);
    pz_buf_free(&sql);
    explain = pz_strf(q->arena, "EXPLAIN " PZ_FMT, PZ_ARG(text));
    pz_query_run_settings(q, &settings);
    PZ_TRY(pz_engine_rows(pz_sessions_engine(q->session->all), &settings, explain, types, 2, q->arena, &rows, &n, err));
    pz_buf_printf(b, "\n== Engine SQL ==\n" PZ_FMT "\n\n== Engine Plan ==\n", PZ_ARG(text));
    for (int i = 0; i < n; i++) pz_buf_printf(b, PZ_FMT "\n", PZ_ARG(rows[i].data[1].s));
    return PZ_OK;
}

/* ---- COST: what the engine expects of each node */
typedef struct cost { pz_query *q; int left; } cost;

/* Rows the engine expects, -1: it cannot say (a relation that refers to one around it is no query of its own). */
static int64_t
expected_rows(pz_query *q, const pz_rel *r)
{
    static const char key[] = "\"Estimated Cardinality\": \"";
    const pz_type *types[2] = {&pz_t_string, &pz_t_string};
    pz_plan plan = {.root = (pz_rel *)(uintptr_t)r};
    pz_run_settings settings;
    pz_values *rows;
    pz_error quiet;
    pz_buf sql;
    const char *hit;
    pz_str text;
    int n;
    pz_error_init(&quiet, q->arena);
    plan.schema.n = r->output.n;
    plan.schema.fields = PZ_NEWN(q->arena, pz_field, r->output.n + 1);
    for (int i = 0; i < r->output.n; i++) plan.schema.fields[i] = (pz_field){r->output.data[i]->name, r->output.data[i]->type, true, {NULL, 0}};
    pz_buf_init(&sql, 0);
    pz_buf_puts(&sql, "EXPLAIN (FORMAT json) ");
    if (pz_lower(&q->lower, pz_query_filled(q, &plan, q->arena), q->arena, &sql, &quiet) != PZ_OK) {
        pz_buf_free(&sql);
        return -1;
    }
    text = pz_buf_dup(&sql, q->arena);
    pz_buf_free(&sql);
    pz_query_run_settings(q, &settings);
    if (pz_engine_rows(pz_sessions_engine(q->session->all), &settings, text, types, 2, q->arena, &rows, &n, &quiet) != PZ_OK || !n) return -1;
    text = rows[0].data[1].s;
    hit = memmem(text.ptr, text.len, key, sizeof key - 1);
    return hit ? strtoll(hit + sizeof key - 1, NULL, 10) : -1;
}

static void
put_bytes(pz_buf *b, double n)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t u = 0;
    for (; n >= 2048 && u + 1 < PZ_COUNTOF(units); u++) n /= 1024;
    pz_buf_printf(b, "%.1f %s", n, units[u]);
}

static void
statistics(pz_buf *b, const pz_rel *r, void *arg)
{
    cost *c = arg;
    int64_t rows, width = 8;
    if (c->left-- <= 0 || (rows = expected_rows(c->q, r)) < 0) return;
    for (int i = 0; i < r->output.n; i++) width += pz_type_default_size(r->output.data[i]->type);
    pz_buf_puts(b, ", Statistics(sizeInBytes=");
    put_bytes(b, (double)(rows ? rows : 1) * (double)width);
    pz_buf_printf(b, ", rowCount=%lld)", (long long)rows);
}

/* The error and the plan it is about, where the plan itself would stand. */
static void
failed(pz_buf *b, pz_query *q, const pz_rel *unresolved, const pz_error *e)
{
    pz_buf_printf(b, "org.apache.spark.sql.AnalysisException: " PZ_FMT ";\n", PZ_ARG(pz_error_text(e, q->arena)));
    parsed(b, q, unresolved);
}

/* A plan that cannot be analyzed; text without content: the mode has no sections to put it into. */
pz_str
pz_explain_failure(pz_query *q, const pz_rel *unresolved, int mode, const pz_error *e)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    if (mode == EXTENDED) {
        pz_buf_puts(&b, "== Parsed Logical Plan ==\n");
        parsed(&b, q, unresolved);
        pz_buf_puts(&b, "\n== Analyzed Logical Plan ==\n");
        failed(&b, q, unresolved, e);
    } else if (mode == COST) {
        failed(&b, q, unresolved, e);
        pz_buf_puts(&b, "\n== Optimized Logical Plan ==\n");
        failed(&b, q, unresolved, e);
        pz_buf_puts(&b, "\n== Physical Plan ==\n");
        failed(&b, q, unresolved, e);
        pz_buf_putc(&b, '\n');
    }
    out = pz_buf_dup(&b, q->arena);
    pz_buf_free(&b);
    return out;
}

/* ---- what Spark's optimizer would stumble over: constants that fail when they are computed ---- */
typedef struct constants { pz_query *q; pz_error *err; pz_origin around; } constants;

static pz_walk try_constant(pz_expr *e, void *arg);

static bool
calls(const pz_expr *e, const char *const *names, size_t n)
{
    for (size_t i = 0; e->kind == PZ_EXPR_CALL && e->names.n && i < n; i++)
        if (pz_str_eqc(e->names.data[e->names.n - 1], names[i])) return true;
    return false;
}

/* Only the first argument of these is computed in any case. */
static bool
is_conditional(const pz_expr *e)
{
    static const char *const names[] = {"if", "iff", "when", "coalesce", "nvl", "ifnull", "nvl2", "nullif", "and", "or"};
    return calls(e, names, PZ_COUNTOF(names));
}

/* What fails on purpose does so when it runs. */
static bool
is_assertion(const pz_expr *e)
{
    static const char *const names[] = {"assert_true", "raise_error"};
    return calls(e, names, PZ_COUNTOF(names));
}

static pz_status
compute(constants *c, pz_expr *e)
{
    pz_arena *a = c->q->arena;
    pz_rel *p = pz_rel_make(a, PZ_REL_PROJECT, PZ_NO_ORIGIN);
    pz_plan plan = {.root = p};
    pz_expr *named = pz_alias_make(a, e, PZ_STR("v"));
    pz_value v;
    if (c->q->place.env.fold(c->q->place.env.ctx, e, a, &v, c->err) == PZ_OK) return PZ_OK;
    if (named->origin.start < 0) named->origin = c->around;
    p->input = pz_rel_make(a, PZ_REL_ONE_ROW, PZ_NO_ORIGIN);
    pz_vec_push(a, &p->exprs, named);
    pz_blame(&plan, c->err);
    if (c->err->origin.start >= 0 && !c->err->origin.source) c->err->origin.source = c->q->source;
    return PZ_FAIL;
}

static pz_walk
try_constant(pz_expr *e, void *arg)
{
    constants *c = arg;
    pz_origin around = c->around;
    bool whole = true;
    if (e->kind == PZ_EXPR_LITERAL || e->kind == PZ_EXPR_SUBQUERY || is_assertion(e)) return PZ_WALK_SKIP;
    if (e->origin.start >= 0) c->around = e->origin;
    if (e->kind != PZ_EXPR_ALIAS && e->kind != PZ_EXPR_SORT_ORDER && e->type && pz_expr_is_foldable(e)) {
        whole = compute(c, e) == PZ_OK;
    } else {
        int n = is_conditional(e) && e->args.n ? 1 : e->args.n;
        for (int i = 0; i < n && whole; i++) whole = pz_walk_expr(e->args.data[i], try_constant, c);
    }
    c->around = around;
    return whole ? PZ_WALK_SKIP : PZ_WALK_STOP;
}

static pz_walk
try_constants(pz_rel *r, void *arg)
{
    return r->kind == PZ_REL_VALUES || pz_walk_rel_exprs(r, try_constant, arg) ? PZ_WALK_ON : PZ_WALK_STOP;
}

pz_str
pz_explain_text(pz_query *q, const pz_rel *unresolved, const pz_plan *resolved, int mode, pz_error *err)
{
    pz_buf b;
    pz_str out;
    const pz_rel *run = pz_query_shown(q, resolved, q->arena)->root;           /* with what is kept of it */
    constants c = {q, err, PZ_NO_ORIGIN};
    if (!pz_walk_rel(resolved->root, try_constants, &c)) return PZ_STR("");
    pz_buf_init(&b, 0);
    switch (mode) {
    case EXTENDED:
        pz_buf_puts(&b, "== Parsed Logical Plan ==\n");
        parsed(&b, q, unresolved);
        pz_buf_puts(&b, "\n== Analyzed Logical Plan ==\n");
        output_line(&b, &resolved->schema, q->arena);
        tree(&b, resolved->root);
        pz_buf_puts(&b, "\n== Optimized Logical Plan ==\n");
        tree(&b, run);
        pz_buf_puts(&b, "\n== Physical Plan ==\n");
        physical(&b, run);
        break;
    case CODEGEN:
        pz_buf_puts(&b, "Found 0 WholeStageCodegen subtrees.\n");
        (void)engine_plan(q, resolved, &b, err);
        break;
    case COST:
        pz_buf_puts(&b, "== Optimized Logical Plan ==\n");
        pz_plan_explain_noted(&b, run, statistics, &(cost){q, 64});
        pz_buf_puts(&b, "\n== Physical Plan ==\n");
        physical(&b, run);
        pz_buf_putc(&b, '\n');
        break;
    case FORMATTED:
        pz_buf_puts(&b, "== Physical Plan ==\n");
        formatted(&b, run, q->arena);
        break;
    default:
        pz_buf_puts(&b, "== Physical Plan ==\n");
        physical(&b, run);
        pz_buf_putc(&b, '\n');
    }
    out = pz_buf_dup(&b, q->arena);
    pz_buf_free(&b);
    return out;
}

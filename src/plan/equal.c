/*
 * plan/equal.c - whether two expressions or relations mean the same.
 *
 * Both questions are answered by a signature of 128 bits that ignores what does not matter: names, aliases, origins, the
 * order of operands of + * AND OR and their like.  Attributes count by id between expressions; between relations by the
 * order in which ids first appear, so that the same query analyzed twice is the same.
 * Things start at expr_sig() and rel_sig().
 */
#include "plan.h"

#include <stdlib.h>

typedef pz_rel_id sig;

static uint64_t
scramble(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

static sig
mix(sig s, uint64_t v)
{
    return (sig){scramble(s.a * 0x9e3779b97f4a7c15ULL + v + 1), scramble((s.b ^ (v + 0x632be59bd9b4e019ULL)) * 0xd6e8feb86659fd93ULL + 7)};
}

static sig
mix_sig(sig s, sig t)
{
    return mix(mix(s, t.a), t.b);
}

static sig
mix_str(sig s, pz_str t)
{
    s = mix(s, t.len);
    for (size_t i = 0; i < t.len; i += 8) {
        uint64_t w = 0;
        memcpy(&w, t.ptr + i, t.len - i < 8 ? t.len - i : 8);
        s = mix(s, w);
    }
    return s;
}

/* ---------------------------------------------------------------- numbering of ids */
typedef struct numbering {
    pz_arena *a;
    bool by_order;                             /* relations: ids are numbered as they appear */
    int next;
    int *slots, *numbers, cap, used;           /* open addressing: id + 1, and its number */
} numbering;

static int *
number_slot(numbering *n, int id)
{
    uint64_t h = scramble((uint64_t)id);
    if (n->used * 2 >= n->cap) {
        int old_cap = n->cap, *old = n->slots, *old_numbers = n->numbers;
        n->cap = old_cap ? old_cap * 2 : 64;
        n->slots = PZ_NEWN(n->a, int, n->cap);
        n->numbers = PZ_NEWN(n->a, int, n->cap);
        n->used = 0;
        for (int i = 0; i < old_cap; i++)
            if (old[i]) *number_slot(n, old[i] - 1) = old_numbers[i];
    }
    for (;; h++) {
        int i = (int)(h & (uint64_t)(n->cap - 1));
        if (n->slots[i] == id + 1) return &n->numbers[i];
        if (!n->slots[i]) {
            n->slots[i] = id + 1;
            n->used++;
            n->numbers[i] = -1;
            return &n->numbers[i];
        }
    }
}

static uint64_t
number_of(numbering *n, int id)
{
    int *at;
    if (!n->by_order && !n->cap) return (uint64_t)id << 32;
    at = number_slot(n, id);
    if (*at >= 0) return (uint64_t)*at;
    if (!n->by_order) return (uint64_t)id << 32;
    *at = n->next++;
    return (uint64_t)*at;
}

static void
bind_number(numbering *n, int id)
{
    *number_slot(n, id) = n->next++;
}

/* ---------------------------------------------------------------- types and values */
static sig
type_sig(sig s, const pz_type *t)
{
    if (!t) return mix(s, 0xfeed);
    s = mix(s, (uint64_t)t->id << 48 ^ (uint64_t)t->precision << 32 ^ (uint64_t)t->scale << 24 ^ (uint64_t)t->length << 8
                   ^ (uint64_t)(t->start * 4 + t->end));
    if (t->collation.len) s = mix_str(s, t->collation);
    if (t->key) s = type_sig(s, t->key);
    if (t->element) s = type_sig(s, t->element);
    for (int i = 0; i < t->nfields; i++) s = type_sig(mix_str(s, t->fields[i].name), t->fields[i].type);
    return s;
}

static sig
value_sig(sig s, const pz_type *t, const pz_value *v)
{
    uint64_t bits;
    if (v->null || !t) return mix(s, 0x4e554c4c);
    switch (t->id) {
    case PZ_T_BOOLEAN: return mix(s, v->b);
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE:
        memcpy(&bits, &v->d, sizeof bits);
        return mix(s, bits);
    case PZ_T_DECIMAL: return mix(mix(s, (uint64_t)v->dec), (uint64_t)(v->dec >> 64));
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
    case PZ_T_BINARY: return mix_str(s, v->s);
    case PZ_T_CALENDAR_INTERVAL: return mix(mix(mix(s, (uint64_t)v->iv.months), (uint64_t)v->iv.days), (uint64_t)v->iv.micros);
    case PZ_T_ARRAY:
        s = mix(s, (uint64_t)v->list.n);
        for (int i = 0; i < v->list.n; i++) s = value_sig(s, t->element, &v->list.items[i]);
        return s;
    case PZ_T_STRUCT:
        for (int i = 0; i < v->list.n && i < t->nfields; i++) s = value_sig(s, t->fields[i].type, &v->list.items[i]);
        return s;
    case PZ_T_VARIANT:
        for (int i = 0; i < v->list.n; i++) s = mix_str(s, v->list.items[i].s);
        return s;
    case PZ_T_MAP:
        s = mix(s, (uint64_t)v->map.n);
        for (int i = 0; i < v->map.n; i++) {
            s = value_sig(s, t->key, &v->map.keys[i]);
            s = value_sig(s, t->element, &v->map.vals[i]);
        }
        return s;
    default: return mix(s, (uint64_t)v->i);
    }
}

/* ---------------------------------------------------------------- expressions */
typedef struct signer { numbering ids; } signer;
typedef struct esig {
    sig self;
    sig sum;                                   /* operands of a commutative chain, in any order */
    const pz_expr *chain;                      /* the node at its top; NULL: no chain */
} esig;

static esig expr_sig(signer *g, const pz_expr *e);
static sig rel_sig(signer *g, const pz_rel *r);

static pz_str
call_name(const pz_expr *e)
{
    return e->names.n ? e->names.data[e->names.n - 1] : (pz_str){0};
}

static bool
is_commutative(const pz_expr *e)
{
    static const char *const ops[] = {"+", "*", "and", "or", "=", "<=>", "&", "|", "^"};
    if (e->kind != PZ_EXPR_CALL || e->args.n != 2) return false;
    for (size_t i = 0; i < PZ_COUNTOF(ops); i++)
        if (pz_str_ieqc(call_name(e), ops[i])) return true;
    return false;
}

static bool
same_chain(const pz_expr *a, const pz_expr *b)
{
    if (!a || !b || pz_str_ieqc(call_name(a), "=") || pz_str_ieqc(call_name(a), "<=>")) return false;
    return pz_str_ieq(call_name(a), call_name(b)) && a->type && b->type && pz_type_eq_loose(a->type, b->type)
           && a->u.call.eval_mode == b->u.call.eval_mode;
}

static sig
list_sig(signer *g, sig s, const pz_exprs *list)
{
    s = mix(s, (uint64_t)list->n);
    for (int i = 0; i < list->n; i++) s = mix_sig(s, expr_sig(g, list->data[i]).self);
    return s;
}

static sig
window_sig(signer *g, sig s, const pz_window_spec *w)
{
    const pz_bound *bounds[2];
    if (!w) return s;
    s = list_sig(g, list_sig(g, s, &w->partition), &w->order);
    s = mix(s, w->unit);
    bounds[0] = &w->from;
    bounds[1] = &w->to;
    for (int i = 0; i < 2; i++) {
        s = mix(s, bounds[i]->kind);
        if (bounds[i]->value) s = mix_sig(s, expr_sig(g, bounds[i]->value).self);
    }
    return mix_str(s, w->ref);
}

static sig
call_sig(signer *g, sig s, const pz_expr *e)
{
    char lower[64];
    pz_str name = call_name(e);
    size_t n = name.len < sizeof lower ? name.len : sizeof lower;
    for (size_t i = 0; i < n; i++) lower[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + 32 : name.ptr[i]);
    if (e->u.call.fn >= 0) s = mix(s, (uint64_t)e->u.call.fn);
    else s = mix_str(s, (pz_str){lower, n});
    s = mix(s, (uint64_t)(e->u.call.distinct | e->u.call.ignore_nulls << 1 | e->u.call.star << 2) | (uint64_t)e->u.call.eval_mode << 3);
    if (e->type && pz_type_is_nested(e->type)) s = type_sig(s, e->type);       /* names of fields are values there */
    if (e->u.call.filter) s = mix_sig(s, expr_sig(g, e->u.call.filter).self);
    return e->u.call.order.n ? list_sig(g, s, &e->u.call.order) : s;
}

/* The columns that a subquery makes for itself count by their order: the same subquery analyzed twice is the same. */
static pz_walk
bind_outputs(pz_rel *r, void *arg)
{
    numbering *n = arg;
    for (int i = 0; i < r->output.n; i++)
        if (*number_slot(n, r->output.data[i]->id) < 0) bind_number(n, r->output.data[i]->id);
    return PZ_WALK_ON;
}

/* What the node itself says, children apart. */
static sig
node_sig(signer *g, const pz_expr *e)
{
    sig s = mix((sig){0x5049455a4f, 0x504c414e}, (uint64_t)e->kind);
    switch (e->kind) {
    case PZ_EXPR_LITERAL: return value_sig(type_sig(s, e->type), e->type, &e->value);
    case PZ_EXPR_ATTR:
    case PZ_EXPR_OUTER:                        /* moving a reference in or out of a subquery keeps its meaning */
        return mix(mix((sig){1, 2}, 3), e->u.attr ? number_of(&g->ids, e->u.attr->id) : 0);
    case PZ_EXPR_LAMBDA_VAR: return mix(s, number_of(&g->ids, e->u.var.id));
    case PZ_EXPR_CALL: return call_sig(g, s, e);
    case PZ_EXPR_CAST: return mix(type_sig(s, e->type), e->u.cast.mode);
    case PZ_EXPR_SORT_ORDER: return mix(s, (uint64_t)(e->u.sort.asc | e->u.sort.nulls_first << 1));
    case PZ_EXPR_WINDOW: return window_sig(g, s, e->u.window);
    case PZ_EXPR_GET_FIELD: return mix(s, (uint64_t)e->u.field.ordinal << 1 | e->u.field.of_array);
    case PZ_EXPR_SUBQUERY:
    case PZ_EXPR_TABLE_ARG:
        s = mix(s, (uint64_t)e->u.sub.kind << 1 | e->u.sub.negated);
        if (!g->ids.by_order && e->u.sub.rel) pz_walk_rel(e->u.sub.rel, bind_outputs, &g->ids);
        return e->u.sub.rel ? mix_sig(s, rel_sig(g, e->u.sub.rel)) : s;
    case PZ_EXPR_SQL_TEXT: return mix_str(s, e->u.text);
    default:
        for (int i = 0; i < e->names.n; i++) s = mix_str(s, e->names.data[i]);
        return s;
    }
}

static sig
chain_term(sig sum, esig x, const pz_expr *chain)
{
    if (x.chain && same_chain(x.chain, chain)) return (sig){sum.a + x.sum.a, sum.b + x.sum.b};
    return (sig){sum.a + scramble(x.self.a), sum.b + scramble(x.self.b ^ 0x5bd1e995)};
}

/* One node whose first child is signed already. */
static esig
fold_sig(signer *g, const pz_expr *e, esig first)
{
    esig out = {.chain = NULL};
    if (e->kind == PZ_EXPR_ALIAS) return first;
    out.self = node_sig(g, e);
    if (is_commutative(e)) {
        out.chain = e;
        out.sum = chain_term(chain_term((sig){0, 0}, first, e), expr_sig(g, e->args.data[1]), e);
        out.self = mix_sig(out.self, out.sum);
        return out;
    }
    out.self = mix(out.self, (uint64_t)e->args.n);
    for (int i = 0; i < e->args.n; i++) out.self = mix_sig(out.self, i == 0 ? first.self : expr_sig(g, e->args.data[i]).self);
    return out;
}

static esig
expr_sig(signer *g, const pz_expr *e)
{
    const pz_expr **spine = NULL;
    int n = 0, cap = 0;
    esig done = {.chain = NULL};
    while (e) {
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            spine = realloc(spine, (size_t)cap * sizeof *spine);
            pz_assert(spine);
        }
        spine[n++] = e;
        if (e->kind == PZ_EXPR_LAMBDA)         /* parameters are known by their order, before the body is looked at */
            for (int i = 0; i < e->u.lambda.params.n; i++) bind_number(&g->ids, e->u.lambda.params.data[i]->u.var.id);
        e = e->args.n ? e->args.data[0] : NULL;
    }
    while (n) done = fold_sig(g, spine[--n], done);
    free(spine);
    return done;
}

static sig
sign_expr(const pz_expr *e)
{
    signer g = {{.a = pz_arena_open()}};
    sig s = expr_sig(&g, e).self;
    pz_arena_close(g.ids.a);
    return s;
}

bool
pz_expr_eq(const pz_expr *a, const pz_expr *b)
{
    sig x, y;
    if (a == b) return true;
    if (!a || !b) return false;
    if (a->kind == PZ_EXPR_ATTR && b->kind == PZ_EXPR_ATTR) return a->u.attr == b->u.attr || (a->u.attr && b->u.attr && a->u.attr->id == b->u.attr->id);
    x = sign_expr(a);
    y = sign_expr(b);
    return x.a == y.a && x.b == y.b;
}

uint64_t
pz_expr_hash(const pz_expr *e)
{
    return e ? sign_expr(e).a : 0;
}

/* ---------------------------------------------------------------- relations */
/* Options in any order: a client sends them as a map, whose order is not the same twice. */
static sig
options_sig(sig s, const pz_options *list)
{
    sig sum = {0, 0};
    for (int i = 0; i < list->n; i++) {
        sig one = mix_str(mix_str((sig){23, 29}, list->data[i].key), list->data[i].value);
        sum = (sig){sum.a + one.a, sum.b + one.b};
    }
    return mix_sig(mix(s, (uint64_t)list->n), sum);
}

static sig
scan_sig(sig s, const pz_scan *scan)
{
    if (!scan) return s;
    s = mix_str(s, scan->format);
    if (scan->paths.n || (scan->table_id && !pz_str_eqc(scan->format, "table"))) {     /* the same place read in the same way, whatever lies there at the moment */
        if (scan->table_id) s = mix(s, (uint64_t)scan->table_id);
        for (int i = 0; !scan->table_id && i < scan->paths.n; i++) s = mix_str(s, scan->paths.data[i]);
        s = options_sig(s, &scan->options);
        for (int i = 0; i < scan->schema.n; i++) s = mix_str(s, scan->schema.fields[i].name);
    } else if (scan->identity.len) {
        s = mix_str(s, scan->identity);
    } else {
        s = mix_str(s, scan->engine_name);
        for (int i = 0; i < scan->files.n; i++) s = mix_str(s, scan->files.data[i]);
    }
    for (int i = 0; i < scan->file_columns.n; i++) s = mix_str(s, scan->file_columns.data[i]);
    return s;
}

/* Members that are no expressions, per kind. */
static sig
rel_node_sig(sig s, const pz_rel *r)
{
    s = mix(s, (uint64_t)r->kind);
    switch (r->kind) {
    case PZ_REL_SCAN: return scan_sig(s, r->u.scan);
    case PZ_REL_LOCAL:
        if (r->u.local.data.len) return mix_str(s, r->u.local.data);
        return mix(s, (uint64_t)r->u.local.table_id);
    case PZ_REL_RANGE: return mix(mix(mix(s, (uint64_t)r->u.range.start), (uint64_t)r->u.range.end), (uint64_t)r->u.range.step);
    case PZ_REL_VALUES: return mix(s, (uint64_t)r->u.values.ncols);
    case PZ_REL_AGGREGATE: return mix(mix(s, r->u.agg.kind), r->u.agg.grouping_id != NULL);
    case PZ_REL_SORT: return mix(s, r->u.sort.global);
    case PZ_REL_REPARTITION:
        for (int i = 0; i < r->u.repartition.by.n; i++) s = mix(s, pz_expr_hash(r->u.repartition.by.data[i]));
        return mix(s, (uint64_t)r->u.repartition.partitions << 2 | (uint64_t)r->u.repartition.range << 1 | r->u.repartition.shuffle);
    case PZ_REL_COLLECT_METRICS: return mix_str(s, r->u.metrics.name);
    case PZ_REL_PARSE:
        return options_sig(mix_str(mix_str(s, r->u.parse.format), r->u.parse.schema_text), &r->u.parse.options);
    case PZ_REL_SAMPLE:
        return mix(value_sig(value_sig(s, &pz_t_double, &(pz_value){.d = r->u.sample.lower}), &pz_t_double, &(pz_value){.d = r->u.sample.upper}),
                   (uint64_t)r->u.sample.seed ^ (uint64_t)r->u.sample.with_replacement << 63);
    case PZ_REL_GENERATE: return mix(s, r->u.gen.outer);
    case PZ_REL_JOIN:
    case PZ_REL_LATERAL_JOIN: return mix(s, (uint64_t)r->u.join.type << 1 | r->u.join.lateral);
    case PZ_REL_AS_OF_JOIN:
    case PZ_REL_NEAREST_JOIN:
        s = mix(mix_str(s, r->u.join.direction), (uint64_t)r->u.join.type << 2 | r->u.join.exact << 1 | r->u.join.similarity);
        return mix(s, (uint64_t)r->u.join.num_results);
    case PZ_REL_SET_OP: return mix(s, (uint64_t)(r->u.setop.op << 1) | r->u.setop.all);
    case PZ_REL_SHOW_STRING:
    case PZ_REL_HTML_STRING: return mix(mix(mix(s, (uint64_t)r->u.show.rows), (uint64_t)r->u.show.truncate), r->u.show.vertical);
    case PZ_REL_DEDUPLICATE:
        for (int i = 0; i < r->u.names.list.n; i++) s = mix_str(s, r->u.names.list.data[i]);
        return s;
    case PZ_REL_NAMED_TABLE:
        for (int i = 0; i < r->u.table.names.n; i++) s = mix_str(s, r->u.table.names.data[i]);
        return options_sig(s, &r->u.table.options);
    default: return s;
    }
}

static sig
fold_rel(signer *g, const pz_rel *r, sig input)
{
    sig s = rel_node_sig(mix_sig((sig){11, 13}, input), r);
    if (r->right) s = mix_sig(s, rel_sig(g, r->right));
    for (int i = 0; i < r->inputs.n; i++) s = mix_sig(s, rel_sig(g, r->inputs.data[i]));
    if (r->kind == PZ_REL_CTE_REF && r->u.cte.cte) {
        int *at = number_slot(&g->ids, r->u.cte.id);
        if (*at < 0) {
            *at = g->ids.next++;
            s = mix(s, r->u.cte.cte->recursive);
            if (r->u.cte.cte->max_depth) s = mix_sig(s, expr_sig(g, r->u.cte.cte->max_depth).self);
            if (r->u.cte.cte->rel) s = mix_sig(s, rel_sig(g, r->u.cte.cte->rel));
        }
        s = mix(s, (uint64_t)*number_slot(&g->ids, r->u.cte.id));
    }
    if (r->exprs.n) s = list_sig(g, s, &r->exprs);
    if (r->keys.n) s = list_sig(g, s, &r->keys);
    if (r->cond) s = mix_sig(s, expr_sig(g, r->cond).self);
    if (r->kind == PZ_REL_AS_OF_JOIN || r->kind == PZ_REL_NEAREST_JOIN) {
        const pz_expr *own[] = {r->u.join.left_as_of, r->u.join.right_as_of, r->u.join.tolerance};
        for (size_t i = 0; i < PZ_COUNTOF(own); i++) s = own[i] ? mix_sig(s, expr_sig(g, own[i]).self) : mix(s, i);
    }
    if (r->kind == PZ_REL_AGGREGATE)
        for (int i = 0; i < r->u.agg.sets.n; i++) s = list_sig(g, s, &r->u.agg.sets.data[i]);
    for (int i = 0; i < r->output.n; i++) {
        const pz_attr *at = r->output.data[i];
        s = mix(s, number_of(&g->ids, at->id));
        s = type_sig(s, at->type);
    }
    return s;
}

/* SELECT of all columns in order. */
static bool
changes_nothing(const pz_rel *r)
{
    if (r->kind != PZ_REL_PROJECT || !r->resolved || !r->input || r->exprs.n != r->input->output.n) return false;
    for (int i = 0; i < r->exprs.n; i++)
        if (r->exprs.data[i]->kind != PZ_EXPR_ATTR || r->exprs.data[i]->u.attr->id != r->input->output.data[i]->id) return false;
    return true;
}

bool
pz_rel_is_transparent(const pz_rel *r)
{
    return r->input && (changes_nothing(r) || r->kind == PZ_REL_ALIAS || r->kind == PZ_REL_HINT || (r->kind == PZ_REL_WITH && r->resolved));
}

/* Relations from r down its first inputs, transparent ones left out.  *list is malloc'd. */
static int
spine_of(const pz_rel *r, const pz_rel ***list)
{
    const pz_rel **spine = NULL;
    int n = 0, cap = 0;
    for (; r; r = r->input) {
        if (pz_rel_is_transparent(r)) continue;
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            spine = realloc(spine, (size_t)cap * sizeof *spine);
            pz_assert(spine);
        }
        spine[n++] = r;
    }
    *list = spine;
    return n;
}

static sig
rel_sig(signer *g, const pz_rel *r)
{
    const pz_rel **spine;
    int n = spine_of(r, &spine);
    sig s = {17, 19};
    while (n) s = fold_rel(g, spine[--n], s);
    free(spine);
    return s;
}

pz_rel_id
pz_rel_sig(const pz_rel *r)
{
    signer g = {{.a = pz_arena_open(), .by_order = true}};
    sig s = rel_sig(&g, r);
    pz_arena_close(g.ids.a);
    return s;
}

/* ---------------------------------------------------------------- every relation of a tree */
typedef struct visit { pz_sig_visit f; void *arg; pz_arena *a; PZ_VEC(const pz_cte *) ctes; } visit;

static void sign_all(visit *v, const pz_rel *r);

static pz_walk
sign_subquery(pz_expr *e, void *arg)
{
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel) sign_all(arg, e->u.sub.rel);
    return PZ_WALK_ON;
}

static void
sign_cte(visit *v, const pz_cte *cte)
{
    for (int i = 0; i < v->ctes.n; i++)
        if (v->ctes.data[i] == cte) return;
    pz_vec_push(v->a, &v->ctes, cte);
    if (cte->rel && !cte->recursive) sign_all(v, cte->rel);
}

/* One pass up the spine gives the signature of each relation on it, as if it stood alone; what hangs off the spine is signed anew. */
static void
sign_all(visit *v, const pz_rel *r)
{
    const pz_rel **spine;
    int n = spine_of(r, &spine);
    signer g = {{.a = pz_arena_open(), .by_order = true}};
    sig s = {17, 19};
    while (n) {
        pz_rel *at = (pz_rel *)(uintptr_t)spine[--n];
        s = fold_rel(&g, at, s);
        v->f(at, s, v->arg);
        if (at->right) sign_all(v, at->right);
        for (int i = 0; i < at->inputs.n; i++) sign_all(v, at->inputs.data[i]);
        if (at->kind == PZ_REL_CTE_REF && at->u.cte.cte) sign_cte(v, at->u.cte.cte);
        pz_walk_rel_exprs(at, sign_subquery, v);
    }
    pz_arena_close(g.ids.a);
    free(spine);
}

void
pz_rel_sigs(const pz_rel *r, pz_sig_visit f, void *arg)
{
    visit v = {.f = f, .arg = arg, .a = pz_arena_open()};
    sign_all(&v, r);
    pz_arena_close(v.a);
}

bool
pz_rel_same(const pz_rel *a, const pz_rel *b)
{
    sig x, y;
    if (a == b) return true;
    if (!a || !b) return false;
    x = pz_rel_sig(a);
    y = pz_rel_sig(b);
    return x.a == y.a && x.b == y.b;
}

uint64_t
pz_rel_hash(const pz_rel *r)
{
    return r ? pz_rel_sig(r).a : 0;
}

/*
 * analyze/rel_cte.c - WITH: names for queries, recursive ones too.
 *
 * In: WITH with its definitions as written, and names that refer to them.  Out: CTE_REFs to the resolved definitions (a correlated
 * one is resolved again at each use).  Starts at pz_resolve_with and pz_use_cte.
 */
#include "analyze_int.h"

static pz_rel *
cte_ref(pz_analyzer *an, pz_cte *cte, const pz_attrs *shape, pz_origin o)
{
    pz_rel *n = pz_rel_new(an, PZ_REL_CTE_REF, NULL, o);
    n->u.cte.cte = cte;
    n->u.cte.id = cte->id;
    for (int i = 0; i < shape->n; i++) {
        pz_attr *a = pz_attr_new(an, shape->data[i]->name, shape->data[i]->type, shape->data[i]->nullable);
        a->metadata = shape->data[i]->metadata;
        pz_vec_push(an->a, &n->output, a);
    }
    return n;
}

pz_status
pz_rename_columns(pz_analyzer *an, pz_rel *r, const pz_strs *columns, pz_origin o, pz_err_id mismatch, pz_rel **out)
{
    pz_attrs vis;
    *out = r;
    if (columns->n == 0)
        return PZ_OK;
    pz_visible(an, r, &vis);
    if (vis.n != columns->n) {
        return pz_raise(an->err, mismatch, o, "numAliases", pz_strf(an->a, "%d", columns->n).ptr, "numColumns", pz_strf(an->a, "%d", vis.n).ptr,
                        "numTarget", pz_strf(an->a, "%d", columns->n).ptr, NULL);
    }
    *out = pz_rename(an, r, columns);
    return PZ_OK;
}

static pz_status
cte_body(pz_analyzer *an, struct pz_cte_frame *f, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    struct pz_cte_frame *saved = an->ctes;
    an->ctes = f->def->recursive ? f : f->next;
    an->cte_level++;
    pz_status s = pz_resolve_rel(an, f->def->rel, outer, orefs, out);
    an->cte_level--;
    an->ctes = saved;
    PZ_TRY(s);
    *out = pz_drop_hidden(an, *out);
    return pz_rename_columns(an, *out, &f->def->columns, f->def->rel->origin, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, out);
}

pz_status
pz_use_cte(pz_analyzer *an, struct pz_cte_frame *f, pz_origin o, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_strs q = {0};
    if (f->done == NULL && !f->correlated) {   /* inside its own body */
        if (f->self_output.n == 0)
            return pz_raise(an->err, PZ_ERR_INVALID_RECURSIVE_CTE, PZ_NO_ORIGIN, NULL);
        f->used_by_itself = true;
        *out = cte_ref(an, f->self, &f->self_output, o);
    } else if (f->correlated) {
        PZ_TRY(cte_body(an, f, outer, orefs, out));
        *out = pz_rel_new(an, PZ_REL_ALIAS, *out, o);
    } else {
        *out = cte_ref(an, f->done, &f->done->rel->output, o);
    }
    pz_vec_push(an->a, &q, f->def->name);
    pz_qualify(an, *out, &q);
    return PZ_OK;
}

/* ------------------------------------------------------------ recursion */
typedef struct search { const pz_cte *self; bool found; } search;

static pz_walk
is_self(pz_rel *r, void *arg)
{
    search *s = arg;
    s->found |= r->kind == PZ_REL_CTE_REF && r->u.cte.cte == s->self;
    return s->found ? PZ_WALK_STOP : PZ_WALK_ON;
}

static bool
holds(const pz_rel *r, const pz_cte *self)
{
    search s = {self, false};
    pz_walk_rel((pz_rel *)r, is_self, &s);
    return s.found;
}

static pz_walk
asks_self(pz_expr *e, void *arg)
{
    search *s = arg;
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.kind == PZ_SUB_SCALAR && e->u.sub.rel)
        s->found |= holds(e->u.sub.rel, s->self);
    return s->found ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_walk
has_window(pz_expr *e, void *arg)
{
    *(bool *)arg |= e->kind == PZ_EXPR_WINDOW;
    return PZ_WALK_ON;
}

/* The step sees one row set after the other: what needs all rows at once, or rows that are not there, cannot stand above the name. */
static bool
is_misplaced(pz_rel *r, const pz_cte *self)
{
    search s = {self, false};
    bool window = false;
    pz_walk_rel_exprs(r, asks_self, &s);
    if (s.found)
        return true;
    if (!holds(r, self))
        return false;
    pz_walk_rel_exprs(r, has_window, &window);
    if (window || r->kind == PZ_REL_AGGREGATE || r->kind == PZ_REL_DEDUPLICATE || r->kind == PZ_REL_SORT)
        return true;
    if (r->kind == PZ_REL_JOIN) {
        bool left = r->u.join.type == PZ_JOIN_RIGHT || r->u.join.type == PZ_JOIN_FULL;
        bool right = r->u.join.type != PZ_JOIN_INNER && r->u.join.type != PZ_JOIN_CROSS && r->u.join.type != PZ_JOIN_RIGHT;
        if ((left && holds(r->input, self)) || (right && holds(r->right, self)))
            return true;
    }
    return (r->input && is_misplaced(r->input, self)) || (r->right && is_misplaced(r->right, self));
}

/* The step gives rows of the anchor's types: nothing wider. */
static pz_status
check_types(pz_analyzer *an, const pz_rel *anchor, const pz_rel *step)
{
    pz_attrs rows;
    pz_visible(an, step, &rows);
    for (int i = 0; i < anchor->output.n && anchor->output.n == rows.n; i++) {
        const pz_type *a = anchor->output.data[i]->type, *s = rows.data[i]->type, *w = pz_type_wider_plain(an->a, a, s, pz_widening(an->env, an->env->ansi));
        if (!pz_type_eq(a, s) && (!w || !pz_type_eq(w, a)))
            return pz_raise_as(an->err, PZ_CLASS_SparkException, PZ_ERR_CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE, PZ_NO_ORIGIN, "left",
                               pz_quote_type(an, a).ptr, "right", pz_quote_type(an, s).ptr, NULL);
    }
    return PZ_OK;
}

static pz_status define(pz_analyzer *an, const pz_rel *with, pz_scope *outer, pz_exprs *refs);

/* UNION [ALL] of an anchor and a step that refers to the name. */
static pz_status
resolve_union(pz_analyzer *an, struct pz_cte_frame *f, pz_rel *u, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *anchor, *step, *so;
    an->ctes = f;
    PZ_TRY(pz_resolve_rel(an, u->input, outer, orefs, &anchor));
    anchor = pz_drop_hidden(an, anchor);
    PZ_TRY(pz_rename_columns(an, anchor, &f->def->columns, u->origin, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, &anchor));
    for (int i = 0; i < anchor->output.n; i++) {
        pz_attr *c = pz_attr_copy(an, anchor->output.data[i]);
        c->nullable = true;
        pz_vec_push(an->a, &f->self_output, c);
    }
    PZ_TRY(pz_resolve_rel(an, u->right, outer, orefs, &step));
    if (f->used_by_itself && !u->u.setop.all)
        return pz_raise(an->err, PZ_ERR_UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE, u->origin, NULL);
    if (f->used_by_itself) {
        PZ_TRY(check_types(an, anchor, step));
        if (is_misplaced(step, f->self))
            return pz_raise(an->err, PZ_ERR_INVALID_RECURSIVE_REFERENCE_PLACE, PZ_NO_ORIGIN, NULL);
    }
    so = pz_rel_make(an->a, PZ_REL_SET_OP, u->origin);
    so->u = u->u;
    so->input = anchor;
    so->right = step;
    return pz_setop_finish(an, so, out);
}

static pz_status
resolve_recursive(pz_analyzer *an, struct pz_cte_frame *f, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    struct pz_cte_frame *saved = an->ctes, *next = f->next;
    pz_rel *u = f->def->rel;
    pz_status st = PZ_OK;
    an->ctes = next;
    for (; st == PZ_OK && (u->kind == PZ_REL_ALIAS || u->kind == PZ_REL_WITH); u = u->input)
        if (u->kind == PZ_REL_WITH)            /* names of its own */
            st = define(an, u, outer, orefs);
    f->next = an->ctes;
    if (st == PZ_OK && u->kind == PZ_REL_SET_OP && u->u.setop.op == PZ_SETOP_UNION) {
        st = resolve_union(an, f, u, outer, orefs, out);
    } else if (st == PZ_OK) {
        f->next = next;
        st = cte_body(an, f, outer, orefs, out);
    }
    f->next = next;
    an->ctes = saved;
    return st;
}

/* The innermost WITH of a name; legacy: the outermost wins over those that stand inside definitions and subqueries. */
struct pz_cte_frame *
pz_find_cte(const pz_analyzer *an, pz_str name, bool legacy)
{
    struct pz_cte_frame *found = NULL;
    for (struct pz_cte_frame *f = an->ctes; f != NULL; f = f->next) {
        if (!(an->env->case_sensitive ? pz_str_eq(f->def->name, name) : pz_str_ieq(f->def->name, name)))
            continue;
        if (found == NULL || f->level < found->level)
            found = f;
        if (!legacy)
            return found;
    }
    return found;
}

/* The names of a WITH come into force one after the other. */
static pz_status
define(pz_analyzer *an, const pz_rel *r, pz_scope *outer, pz_exprs *orefs)
{
    bool strict = pz_conf_is(an->env, "spark.sql.legacy.ctePrecedencePolicy", "EXCEPTION");
    for (int i = 0; i < r->u.with.list.n; i++) {
        struct pz_cte_frame *f = PZ_NEW(an->a, struct pz_cte_frame), *same;
        pz_exprs refs = {0};
        pz_rel *body;
        f->def = r->u.with.list.data[i];
        f->next = an->ctes;
        f->level = an->cte_level;
        same = strict ? pz_find_cte(an, f->def->name, true) : NULL;
        if (same && same->level < f->level)
            return pz_raise(an->err, PZ_ERR_AMBIGUOUS_ALIAS_IN_NESTED_CTE, PZ_NO_ORIGIN, "name", pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(f->def->name)).ptr,
                            "config", "\"spark.sql.legacy.ctePrecedencePolicy\"", "docroot", "https://spark.apache.org/docs/latest", NULL);
        if (r->u.with.recursive)
            f->def->recursive = true;
        f->self = PZ_NEW(an->a, pz_cte);
        *f->self = *f->def;
        f->self->id = an->next_id++;
        PZ_TRY(f->def->recursive ? resolve_recursive(an, f, outer, &refs, &body) : cte_body(an, f, outer, &refs, &body));
        if (f->def->recursive && f->self_output.n == 0)
            f->self->recursive = false;
        f->self->rel = body;
        f->done = f->self;
        f->correlated = refs.n > 0;
        an->ctes = f;
    }
    (void)orefs;
    return PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_with)
{
    struct pz_cte_frame *saved = an->ctes;
    pz_status s;
    PZ_TRY(define(an, r, outer, orefs));
    s = pz_resolve_rel(an, r->input, outer, orefs, out);
    an->ctes = saved;
    return s;
}

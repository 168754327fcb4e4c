/*
 * analyze/rel_df.c - DataFrame relations that are projections in disguise: withColumn, drop, toDF, na.*.
 *
 * Things start at pz_resolve_dataframe().  A chain of thousands of withColumn is kept linear: columns that depend only on
 * what lies below join one PROJECT; dependent ones are substituted up to a size, then a new PROJECT starts.
 */
#include "analyze_int.h"

#include <stdio.h>

static bool
same_name(const pz_analyzer *an, pz_str a, pz_str b)
{
    return an->env->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

static pz_expr *
ref(pz_analyzer *an, pz_attr *a)
{
    return pz_attr_ref(an, a, PZ_NO_ORIGIN);
}

static pz_expr *
typed_null(pz_analyzer *an, const pz_type *t)
{
    pz_expr *e = pz_literal_null(an->a, t);
    e->resolved = e->nullable = true;
    return e;
}

/* ------------------------------------------------------------ withColumn(s) */
#define WITH_COLUMNS_MAX_NODES 48              /* larger substituted expressions start a new PROJECT */

typedef struct growing {
    pz_analyzer *an;
    pz_rel *base;                              /* resolved relation below the PROJECT being grown */
    pz_exprs items;                            /* ATTR of base, or ALIAS */
    pz_scope *scope;                           /* names of items */
    pz_map *index;                             /* folded name -> position + 1; only sound while names are unique */
    pz_map *defs;                              /* attribute id as text -> ALIAS of this PROJECT */
    bool changed;
} growing;

static pz_str
fold_name(pz_analyzer *an, pz_str name)
{
    return an->env->case_sensitive ? name : pz_lower_ascii(an->a, name);
}

static pz_attr *
item_attr(const pz_expr *e)
{
    return e->kind == PZ_EXPR_ATTR ? e->u.attr : e->u.alias.attr;
}

static void
start(growing *g, pz_rel *base, pz_scope *outer, pz_exprs *orefs)
{
    pz_analyzer *an = g->an;
    g->base = base;
    pz_vec_room(an->a, &g->items, base->output.n + 1);
    g->index = pz_map_make(an->a, false);
    g->defs = pz_map_make(an->a, false);
    g->scope = pz_scope_of(an, base, outer, orefs);
    g->changed = false;
    for (int i = 0; i < base->output.n; i++) {
        pz_vec_push(an->a, &g->items, ref(an, base->output.data[i]));
        pz_map_put(g->index, fold_name(an, base->output.data[i]->name), (void *)(intptr_t)(i + 1));
    }
}

static pz_rel *
finish(growing *g)
{
    return g->changed ? pz_project_make(g->an, g->base, &g->items) : g->base;
}

/* The PROJECT is done and another starts over it: names, places and the references that only pass on are the same. */
static void
go_on(growing *g)
{
    pz_analyzer *an = g->an;
    pz_exprs below = g->items;
    g->base = finish(g);
    pz_vec_room(an->a, &g->items, below.n + 32);
    for (int i = 0; i < below.n; i++)
        pz_vec_push(an->a, &g->items, below.data[i]->kind == PZ_EXPR_ATTR ? below.data[i] : ref(an, below.data[i]->u.alias.attr));
    g->defs = pz_map_make(an->a, false);
    g->scope->rel = g->base;
    g->changed = false;
}

typedef struct count_nodes { int n; bool bad; growing *g; } count_nodes;

static pz_walk
count_node(pz_expr *e, void *arg)
{
    count_nodes *c = arg;
    if (++c->n > WITH_COLUMNS_MAX_NODES || e->kind == PZ_EXPR_SUBQUERY)
        c->bad = true;
    if (e->kind == PZ_EXPR_ATTR) {
        char id[16];
        snprintf(id, sizeof(id), "%d", e->u.attr->id);
        pz_expr *def = pz_map_get(c->g->defs, pz_str_c(id));
        if (def != NULL) {
            if (!pz_expr_is_deterministic(def))
                c->bad = true;
            else
                pz_walk_expr(def->args.data[0], count_node, c);
        }
    }
    return c->bad ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_expr *
substitute(pz_arena *a, pz_expr *e, void *arg)
{
    growing *g = arg;
    char id[16];
    (void)a;
    if (e->kind != PZ_EXPR_ATTR)
        return e;
    snprintf(id, sizeof(id), "%d", e->u.attr->id);
    pz_expr *def = pz_map_get(g->defs, pz_str_c(id));
    return def != NULL ? def->args.data[0] : e;
}

/* The scope's arrays may be shared with the PROJECT below: change them through copies of the list. */
static void
put_column(growing *g, pz_expr *al)
{
    pz_analyzer *an = g->an;
    pz_str key = fold_name(an, al->u.alias.attr->name);
    bool found = false;
    for (int i = 0; pz_map_get(g->index, key) != NULL && i < g->items.n; i++)
        if (!item_attr(g->items.data[i])->hidden && same_name(an, item_attr(g->items.data[i])->name, al->u.alias.attr->name)) {
            g->items.data[i] = found ? pz_expr_shallow(an->a, al) : al;
            found = true;
        }
    if (!found) {
        pz_vec_push(an->a, &g->items, al);
        pz_map_put(g->index, key, (void *)(intptr_t)g->items.n);
    }
    pz_map_put(g->defs, pz_strf(an->a, "%d", al->u.alias.attr->id), al);
    g->changed = true;
}

static void
refresh_scope(growing *g, const pz_exprs *added)
{
    pz_analyzer *an = g->an;
    bool appended_only = g->scope->attrs.n + added->n == g->items.n;
    if (appended_only) {
        pz_attrs grown = g->scope->attrs;
        if (g->scope->rel != NULL && grown.data == g->scope->rel->output.data) {
            memset(&grown, 0, sizeof(grown));
            for (int i = 0; i < g->scope->attrs.n; i++)
                pz_vec_push(an->a, &grown, g->scope->attrs.data[i]);
        }
        for (int i = 0; i < added->n; i++)
            pz_vec_push(an->a, &grown, added->data[i]->u.alias.attr);
        g->scope->attrs = grown;
        pz_scope_index_add(an, g->scope, added);
        return;
    }
    pz_scope *s = pz_scope_of(an, NULL, g->scope->outer, g->scope->outer_refs);
    for (int i = 0; i < g->items.n; i++)
        pz_vec_push(an->a, &s->attrs, item_attr(g->items.data[i]));
    g->scope = s;
}

static pz_status
check_duplicates(pz_analyzer *an, const pz_rel *r)
{
    pz_map *seen = pz_map_make(an->a, false);
    for (int i = 0; i < r->exprs.n; i++) {
        pz_str key = fold_name(an, r->exprs.data[i]->u.alias.names.data[0]);
        if (pz_map_get(seen, key) != NULL)
            return pz_raise(an->err, PZ_ERR_COLUMN_ALREADY_EXISTS, r->origin, "columnName", pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(key)).ptr, NULL);
        pz_map_put(seen, key, (void *)1);
    }
    return PZ_OK;
}

/* withColumns({a: x + 1, b: a + 1}): a new column beside this one stands for what it is made of. */
static pz_expr *
beside(pz_arena *a, pz_expr *e, void *arg)
{
    const pz_exprs *aliases = arg;
    (void)a;
    for (int i = 0; e->kind == PZ_EXPR_ATTR && i < aliases->n; i++)
        if (aliases->data[i]->u.alias.attr->id == e->u.attr->id)
            return aliases->data[i]->args.data[0];
    return e;
}

static pz_status
add_level(growing *g, pz_rel *r, pz_scope *outer, pz_exprs *orefs)
{
    pz_analyzer *an = g->an;
    pz_exprs resolved = {0};
    PZ_TRY(check_duplicates(an, r));
    bool flush = false, special = false;
    pz_attrs used = {0};
    g->scope->allow_window = g->scope->allow_generator = true;
    g->scope->lateral = (pz_exprs){0};
    g->scope->used_lateral = &used;
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *e;
        count_nodes c = {0, false, g};
        pz_exprs so_far = g->scope->lateral;
        bool replaces = pz_map_get(g->index, fold_name(an, r->exprs.data[i]->u.alias.names.data[0])) != NULL;
        used.n = 0;
        if (replaces)                          /* it stands before the new ones */
            g->scope->lateral = (pz_exprs){0};
        e = r->exprs.data[i]->args.data[0];
        while (e->kind == PZ_EXPR_ALIAS)
            e = e->args.data[0];
        PZ_TRY(pz_resolve_expr(an, g->scope, e, &e));
        while (e->kind == PZ_EXPR_ALIAS)
            e = e->args.data[0];
        g->scope->lateral = so_far;
        if (used.n)
            e = pz_map_expr(an->a, e, beside, &g->scope->lateral);
        if (r->exprs.n > 1 && !replaces)
            pz_vec_push(an->a, &g->scope->lateral, pz_alias_new(an, e, r->exprs.data[i]->u.alias.names.data[0]));
        pz_walk_expr(e, count_node, &c);
        flush |= c.bad;
        if (pz_expr_has_aggregate(e))          /* beside the columns that stay */
            return pz_raise(an->err, PZ_ERR_MISSING_GROUP_BY, r->origin, NULL);
        special |= pz_expr_has_window(e) || pz_expr_has_generator(e);
        pz_vec_push(an->a, &resolved, e);
    }
    g->scope->lateral = (pz_exprs){0};
    g->scope->used_lateral = NULL;
    if ((flush || special) && g->changed)
        go_on(g);
    pz_exprs added = {0};
    for (int i = 0; i < resolved.n; i++) {
        pz_expr *w = r->exprs.data[i];
        pz_expr *e = pz_map_expr(an->a, resolved.data[i], substitute, g);
        pz_expr *al = pz_alias_new(an, e, w->u.alias.names.data[0]);
        al->u.alias.attr->metadata = w->u.alias.metadata;
        pz_vec_push(an->a, &added, al);
    }
    for (int i = 0; i < added.n; i++)
        put_column(g, added.data[i]);
    refresh_scope(g, &added);
    if (special) {                             /* generators need the general way; windows a PROJECT of their own */
        pz_rel *done;
        PZ_TRY(pz_project_finish(an, g->base, &g->items, r->origin, &done));
        start(g, done, outer, orefs);
    }
    return PZ_OK;
}

/* Outputs of a level in the middle of the chain, for df["x"] of that level. */
static void
note_level(growing *g, int64_t plan_id)
{
    pz_analyzer *an = g->an;
    if (plan_id < 0)
        return;
    pz_rel *snap = pz_rel_new(an, PZ_REL_PROJECT, g->base, PZ_NO_ORIGIN);
    snap->output = g->scope->attrs;
    pz_note_plan_id(an, plan_id, snap);
}

/* Levels whose rows are kept: the chain is cut after them, so that they are found as relations of their own. */
typedef struct cutting { pz_analyzer *an; const pz_rels *chain; bool *cuts; } cutting;

static void
look_at_level(pz_rel *r, pz_rel_id sig, void *arg)
{
    cutting *c = arg;
    const pz_env *env = c->an->env;
    for (int i = 0; r->kind == PZ_REL_WITH_COLUMNS && i < c->chain->n; i++)
        if (c->chain->data[i] == r) c->cuts[i] = env->cuts_chain(env->ctx, sig.a);
}

static bool *
find_cuts(pz_analyzer *an, const pz_rels *chain)
{
    const pz_env *env = an->env;
    cutting c = {an, chain, NULL};
    if (env->note_chain) env->note_chain(env->ctx, chain->data[0]);
    if (chain->n < 2 || !env->may_cut_chains || !env->may_cut_chains(env->ctx)) return NULL;
    c.cuts = PZ_NEWN(an->a, bool, chain->n);
    pz_rel_sigs(chain->data[0], look_at_level, &c);
    return c.cuts;
}

static pz_status
with_columns(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rels chain = {0};
    pz_rel *at = r, *base;
    growing g = {.an = an};
    bool *cuts;
    if (pz_has_column_window(r))
        return pz_resolve_rel(an, pz_split_column_window(an, r), outer, orefs, out);
    for (; at->kind == PZ_REL_WITH_COLUMNS && !pz_has_column_window(at); at = at->input)
        pz_vec_push(an->a, &chain, at);
    cuts = find_cuts(an, &chain);
    PZ_TRY(pz_resolve_rel(an, at, outer, orefs, &base));
    start(&g, base, outer, orefs);
    for (int i = chain.n - 1; i >= 0; i--) {
        PZ_TRY(add_level(&g, chain.data[i], outer, orefs));
        if (i > 0 && cuts && cuts[i])
            go_on(&g);
        if (i > 0)
            note_level(&g, chain.data[i]->plan_id);
    }
    *out = finish(&g);
    return PZ_OK;
}

/* ------------------------------------------------------------ drop, toDF, rename, dedup */
static pz_status
drop(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *in;
    pz_exprs keep = {0};
    PZ_INPUT(r, &in);
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    bool *gone = PZ_NEWN(an->a, bool, in->output.n + 1);
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *e = NULL;
        pz_error probe, *saved = an->err;
        pz_error_init(&probe, an->a);
        an->err = &probe;                      /* a column that is not there is nothing to drop */
        pz_status st = r->exprs.data[i]->kind == PZ_EXPR_COLUMN ? pz_find_column(an, s, r->exprs.data[i], &e) : PZ_OK;
        an->err = saved;
        bool stranger = probe.id == PZ_ERR_CANNOT_RESOLVE_DATAFRAME_COLUMN && !pz_made_of_plan(an, in, r->exprs.data[i]->plan_id);
        if (st != PZ_OK && (stranger || probe.id == PZ_ERR_AMBIGUOUS_REFERENCE || probe.id == PZ_ERR_AMBIGUOUS_COLUMN_REFERENCE)) {
            pz_error_copy(an->err, &probe);
            return PZ_FAIL;
        }
        for (int k = 0; st == PZ_OK && e != NULL && e->kind == PZ_EXPR_ATTR && k < in->output.n; k++)
            gone[k] |= pz_attr_root(in->output.data[k]) == pz_attr_root(e->u.attr);
    }
    for (int i = 0; i < r->u.names.list.n; i++)
        for (int k = 0; k < in->output.n; k++)
            gone[k] |= same_name(an, in->output.data[k]->name, r->u.names.list.data[i]);
    for (int k = 0; k < in->output.n; k++)
        if (!gone[k])
            pz_vec_push(an->a, &keep, ref(an, in->output.data[k]));
    *out = keep.n == in->output.n ? in : pz_project_make(an, in, &keep);
    return PZ_OK;
}

static pz_status
to_df(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *in;
    pz_attrs vis;
    PZ_INPUT(r, &in);
    pz_visible(an, in, &vis);
    if (vis.n != r->u.names.list.n)
        return pz_raise(an->err, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, r->origin, "numExpr", pz_strf(an->a, "%d", r->u.names.list.n).ptr,
                        "numTarget", pz_strf(an->a, "%d", vis.n).ptr, NULL);
    *out = pz_rename(an, in, &r->u.names.list);
    return PZ_OK;
}

static pz_status
rename_some(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *in;
    pz_attrs vis;
    pz_strs names = {0};
    PZ_INPUT(r, &in);
    pz_visible(an, in, &vis);
    for (int i = 0; i < vis.n; i++)
        pz_vec_push(an->a, &names, vis.data[i]->name);
    for (int k = 0; k + 1 < r->u.names.list.n; k += 2)
        for (int i = 0; i < names.n; i++)
            if (same_name(an, names.data[i], r->u.names.list.data[k]))
                names.data[i] = r->u.names.list.data[k + 1];
    *out = pz_rename(an, in, &names);
    return PZ_OK;
}

static pz_str
name_list(pz_analyzer *an, const pz_attrs *list)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    for (int i = 0; i < list->n; i++)
        pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(list->data[i]->name));
    pz_str s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

static pz_status
deduplicate(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *in;
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    pz_rel *n = pz_rel_new(an, PZ_REL_DEDUPLICATE, in, r->origin);
    if (r->u.names.within_watermark && !pz_rel_is_streaming(in))
        return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_3102, r->origin, "msg", "dropDuplicatesWithinWatermark is not supported with batch DataFrames/DataSets", NULL);
    if (!r->u.names.all && r->u.names.list.n == 0)
        return pz_raise(an->err, PZ_ERR_CONNECT_INVALID_PLAN_DEDUPLICATE_REQUIRES_COLUMNS_OR_ALL, r->origin, NULL);
    for (int i = 0; i < (r->u.names.all ? in->output.n : r->u.names.list.n); i++) {
        pz_attr *hit = r->u.names.all ? in->output.data[i] : NULL;
        for (int k = 0; hit == NULL && k < in->output.n; k++)
            if (same_name(an, in->output.data[k]->name, r->u.names.list.data[i]))
                hit = in->output.data[k];
        if (hit == NULL)
            return pz_raise(an->err, PZ_ERR_UNRESOLVED_COLUMN_AMONG_FIELD_NAMES, r->origin, "colName", r->u.names.list.data[i].ptr, "fieldNames",
                            name_list(an, &in->output).ptr, NULL);
        PZ_TRY(pz_check_set_column(an, r, hit->name, hit->type));
        pz_vec_push(an->a, &n->keys, ref(an, hit));
    }
    *out = n;
    return PZ_OK;
}

/* ------------------------------------------------------------ local data with a schema of its own */
/* Spark's store assignment under ANSI: what a column may become without being asked. */
bool
pz_can_store(const pz_type *from, const pz_type *to)
{
    if (from->id == PZ_T_VOID || pz_type_eq_loose(from, to))
        return true;
    if (pz_type_is_numeric(from) && pz_type_is_numeric(to))
        return true;
    if (pz_type_is_string(to))
        return !pz_type_is_nested(from);
    if (pz_type_is_datetime(from) && pz_type_is_datetime(to))
        return true;
    if (from->id == PZ_T_ARRAY && to->id == PZ_T_ARRAY)
        return pz_can_store(from->element, to->element);
    if (from->id == PZ_T_MAP && to->id == PZ_T_MAP)
        return pz_can_store(from->key, to->key) && pz_can_store(from->element, to->element);
    if (from->id == PZ_T_STRUCT && to->id == PZ_T_STRUCT && from->nfields == to->nfields) {
        for (int i = 0; i < from->nfields; i++)
            if (!pz_can_store(from->fields[i].type, to->fields[i].type))
                return false;
        return true;
    }
    return pz_type_is_ansi_interval(from) && from->id == to->id;
}

static pz_status
convert_column(pz_analyzer *an, pz_expr *e, pz_str shown, const pz_field *want, pz_expr **out)
{
    pz_str col = pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(shown));
    if (e->nullable && !want->nullable)
        return pz_raise(an->err, PZ_ERR_NULLABLE_COLUMN_OR_FIELD, PZ_NO_ORIGIN, "name", col.ptr, NULL);
    if (!pz_can_store(e->type, want->type))
        return pz_raise(an->err, PZ_ERR_INVALID_COLUMN_OR_FIELD_DATA_TYPE, PZ_NO_ORIGIN, "name", col.ptr, "type",
                        pz_quote_type(an, e->type).ptr, "expectedType", pz_quote_type(an, want->type).ptr, NULL);
    *out = pz_alias_new(an, pz_cast_to(an, e, want->type), want->name);
    (*out)->u.alias.attr->type = want->type;
    (*out)->u.alias.attr->nullable = want->nullable;
    (*out)->u.alias.attr->metadata = want->metadata;
    return PZ_OK;
}

pz_status
pz_local_to_schema(pz_analyzer *an, pz_rel *local, pz_str schema_text, pz_rel **out)
{
    pz_schema s = {0};
    pz_exprs list = {0};
    pz_error probe;
    pz_error_init(&probe, an->a);
    const pz_type *t;
    bool json = schema_text.len > 0 && (schema_text.ptr[0] == '{' || schema_text.ptr[0] == '"') && pz_type_from_json(schema_text, an->a, &t, &probe) == PZ_OK;
    pz_error_init(&probe, an->a);
    if (json) {
        if (t->id == PZ_T_STRUCT)
            s = (pz_schema){(pz_field *)t->fields, t->nfields};
        else
            s = (pz_schema){PZ_NEW(an->a, pz_field), 1}, s.fields[0] = (pz_field){PZ_STR("value"), t, true, {0}};
    } else if (pz_parse_schema(schema_text, an->a, &s, &probe) != PZ_OK) {
        pz_error quiet;
        pz_error_init(&quiet, an->a);
        if (pz_parse_type(schema_text, an->a, &t, &quiet) != PZ_OK) {      /* what is wrong with it as columns is told */
            pz_error_copy(an->err, &probe);
            return PZ_FAIL;
        }
        if (t->id == PZ_T_STRUCT) {
            s = (pz_schema){(pz_field *)t->fields, t->nfields};
        } else {
            s = (pz_schema){PZ_NEW(an->a, pz_field), 1};
            s.fields[0] = (pz_field){PZ_STR("value"), t, true, {0}};
        }
    }
    if (local->output.n == 0 && local->u.local.data.len == 0) {     /* schema alone: no rows */
        for (int i = 0; i < s.n; i++) {
            pz_attr *a = pz_attr_new(an, s.fields[i].name, s.fields[i].type, s.fields[i].nullable);
            a->metadata = s.fields[i].metadata;
            pz_vec_push(an->a, &local->output, a);
        }
        local->kind = PZ_REL_VALUES;
        memset(&local->u, 0, sizeof(local->u));
        local->u.values.ncols = s.n;
        *out = local;
        return PZ_OK;
    }
    if (local->output.n != s.n)
        return pz_raise(an->err, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, local->origin, "numExpr", pz_strf(an->a, "%d", s.n).ptr, "numTarget",
                        pz_strf(an->a, "%d", local->output.n).ptr, NULL);
    for (int i = 0; i < s.n; i++) {
        pz_expr *e = NULL;
        PZ_TRY(convert_column(an, ref(an, local->output.data[i]), pz_strf(an->a, "col_%d", i), &s.fields[i], &e));
        pz_vec_push(an->a, &list, e);
    }
    *out = pz_project_make(an, local, &list);
    return PZ_OK;
}

/* ------------------------------------------------------------ na.fill, na.drop, na.replace */
static bool
is_float(const pz_type *t)
{
    return t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE;
}

/* Position of the column in the user's list; everything when the list is empty; -1 when not meant. */
static int
wanted(pz_analyzer *an, const pz_strs *names, pz_str name)
{
    if (names->n == 0)
        return 0;
    for (int i = 0; i < names->n; i++)
        if (same_name(an, names->data[i], name))
            return i;
    return -1;
}

static pz_status
check_names(pz_analyzer *an, pz_rel *in, const pz_strs *names, pz_scope *s)
{
    for (int i = 0; i < names->n; i++) {
        pz_expr col = {.kind = PZ_EXPR_COLUMN, .names = {&names->data[i], 1, 1}, .plan_id = -1, .origin = in->origin}, *e;
        PZ_TRY(pz_find_column(an, s, &col, &e));
        if (e != NULL)
            continue;
        pz_str all = PZ_STR("");               /* in their order, near or not */
        for (int k = 0; k < in->output.n; k++)
            if (!in->output.data[k]->hidden)
                all = pz_strf(an->a, PZ_FMT "%s`" PZ_FMT "`", PZ_ARG(all), all.len ? ", " : "", PZ_ARG(in->output.data[k]->name));
        return pz_raise(an->err, PZ_ERR_UNRESOLVED_COLUMN_WITH_SUGGESTION, in->origin, "objectName", pz_quote_names(an->a, &col.names).ptr, "proposal",
                        all.ptr, NULL);
    }
    return PZ_OK;
}

static bool
fills(const pz_type *value, const pz_type *col)
{
    if (pz_type_is_numeric(value))
        return pz_type_is_numeric(col);
    return pz_type_is_string(value) ? pz_type_is_string(col) : value->id == col->id;
}

static pz_status
na_fill(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *in;
    pz_exprs list = {0}, values = {0};
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    PZ_TRY(check_names(an, in, &r->u.names.list, s));
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *v;
        PZ_TRY(pz_resolve_expr(an, s, r->exprs.data[i], &v));
        if (v->type->id != PZ_T_LONG && v->type->id != PZ_T_DOUBLE && v->type->id != PZ_T_BOOLEAN && !pz_type_is_string(v->type))
            return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException, "Unsupported value type (" PZ_FMT ").", PZ_ARG(pz_expr_sql(an, v)));
        pz_vec_push(an->a, &values, v);
    }
    for (int i = 0; i < in->output.n; i++) {
        pz_attr *a = in->output.data[i];
        int at = wanted(an, &r->u.names.list, a->name);
        pz_expr *v = at < 0 ? NULL : values.n == 1 ? values.data[0] : values.data[at], *col = ref(an, a);
        if (v == NULL || !fills(v->type, a->type)) {
            pz_vec_push(an->a, &list, col);
            continue;
        }
        if (is_float(a->type) && (col = pz_call_resolved(an, "nanvl", 2, col, typed_null(an, a->type))) == NULL)
            return PZ_FAIL;
        pz_expr *filled = pz_call_resolved(an, "coalesce", 2, col, pz_cast_to(an, v, a->type));
        if (filled == NULL)
            return PZ_FAIL;
        pz_vec_push(an->a, &list, pz_alias_new(an, filled, a->name));
    }
    *out = pz_project_make(an, in, &list);
    return PZ_OK;
}

static pz_expr *
is_present(pz_analyzer *an, pz_attr *a)
{
    pz_expr *e = pz_call_resolved(an, "isnotnull", 1, ref(an, a));
    if (e == NULL || !is_float(a->type))
        return e;
    pz_expr *nan = pz_call_resolved(an, "isnan", 1, ref(an, a));
    pz_expr *fine = nan ? pz_call_resolved(an, "not", 1, nan) : NULL;
    return fine ? pz_call_resolved(an, "and", 2, e, fine) : NULL;
}

static pz_status
na_drop(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *in;
    pz_expr *cond = NULL;
    int least = r->u.names.min_non_nulls;
    PZ_INPUT(r, &in);
    PZ_TRY(check_names(an, in, &r->u.names.list, pz_scope_of(an, in, outer, orefs)));
    for (int i = 0; i < in->output.n; i++) {
        pz_attr *a = in->output.data[i];
        if (a->hidden || wanted(an, &r->u.names.list, a->name) < 0)
            continue;
        pz_expr *here = is_present(an, a);
        if (here != NULL && least >= 0)
            here = pz_call_resolved(an, "when", 3, here, pz_literal_int(an->a, 1), pz_literal_int(an->a, 0));
        if (here != NULL)
            cond = cond == NULL ? here : pz_call_resolved(an, least >= 0 ? "+" : "and", 2, cond, here);
        if (here == NULL || cond == NULL)
            return PZ_FAIL;
    }
    *out = in;
    if (cond == NULL)
        return PZ_OK;
    if (least >= 0 && (cond = pz_call_resolved(an, ">=", 2, cond, pz_literal_int(an->a, least))) == NULL)
        return PZ_FAIL;
    *out = pz_rel_new(an, PZ_REL_FILTER, in, r->origin);
    (*out)->cond = cond;
    return PZ_OK;
}

static pz_status
replace_in(pz_analyzer *an, pz_attr *a, const pz_exprs *pairs, pz_expr **out)
{
    pz_expr *c = pz_call_make(an->a, PZ_NO_ORIGIN, "when", 0);
    bool any = false;
    *out = NULL;
    for (int i = 0; i + 1 < pairs->n; i += 2) {
        pz_expr *from = pairs->data[i], *to = pairs->data[i + 1];
        bool null_from = from->type->id == PZ_T_VOID || (from->kind == PZ_EXPR_LITERAL && from->value.null);
        if (!null_from && !fills(from->type, a->type))
            continue;
        pz_expr *eq = pz_call_resolved(an, "=", 2, ref(an, a), null_from ? pz_cast_to(an, from, a->type) : from);
        if (eq == NULL)
            return PZ_FAIL;
        pz_vec_push(an->a, &c->args, eq);
        pz_vec_push(an->a, &c->args, pz_cast_to(an, to, a->type));
        any = true;
    }
    pz_vec_push(an->a, &c->args, ref(an, a));
    return any ? pz_resolve_call(an, NULL, c, out) : PZ_OK;
}

static pz_status
na_replace(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    pz_rel *in;
    pz_exprs list = {0}, pairs = {0};
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    PZ_TRY(check_names(an, in, &r->u.names.list, s));
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *v;
        PZ_TRY(pz_resolve_expr(an, s, r->exprs.data[i], &v));
        pz_vec_push(an->a, &pairs, v);
    }
    for (int i = 0; i < in->output.n; i++) {
        pz_attr *a = in->output.data[i];
        pz_expr *e = NULL;
        if (wanted(an, &r->u.names.list, a->name) >= 0)
            PZ_TRY(replace_in(an, a, &pairs, &e));
        pz_vec_push(an->a, &list, e != NULL ? pz_alias_new(an, e, a->name) : ref(an, a));
    }
    *out = pz_project_make(an, in, &list);
    return PZ_OK;
}

/* ------------------------------------------------------------ dispatch */
PZ_REL_HANDLER(pz_resolve_dataframe)
{
    switch (r->kind) {
    case PZ_REL_WITH_COLUMNS: return with_columns(an, r, outer, orefs, out);
    case PZ_REL_DROP: return drop(an, r, outer, orefs, out);
    case PZ_REL_TO_DF: return to_df(an, r, outer, orefs, out);
    case PZ_REL_RENAME: return rename_some(an, r, outer, orefs, out);
    case PZ_REL_DEDUPLICATE: return deduplicate(an, r, outer, orefs, out);
    case PZ_REL_NA_FILL: return na_fill(an, r, outer, orefs, out);
    case PZ_REL_NA_DROP: return na_drop(an, r, outer, orefs, out);
    case PZ_REL_NA_REPLACE: return na_replace(an, r, outer, orefs, out);
    default: return pz_raise_internal(an->err, "relation kind %d is no DataFrame method", (int)r->kind);
    }
}

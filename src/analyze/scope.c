/*
 * analyze/scope.c - what a name can see.
 *
 * In:  an unresolved COLUMN and a scope.  Out: ATTR (or OUTER, or GET_FIELD over one), or nothing.
 * Things start at pz_find_column().  Order of the rules: DataFrame plan id, visible columns (qualified, then plain, then
 * struct fields), hidden columns, lateral aliases, the SELECT below (ORDER BY, HAVING), enclosing queries.
 */
#include "analyze_int.h"

#include <stdlib.h>

typedef struct name_hits {
    pz_attrs visible, hidden;
} name_hits;

pz_scope *
pz_scope_of(pz_analyzer *an, const pz_rel *resolved, pz_scope *outer, pz_exprs *outer_refs)
{
    pz_scope *s = PZ_NEW(an->a, pz_scope);
    s->rel = resolved;
    s->outer = outer;
    s->outer_refs = outer_refs;
    if (resolved != NULL)
        s->attrs = resolved->output;
    return s;
}

static pz_str
fold_case(pz_analyzer *an, pz_str name)
{
    return an->env->case_sensitive ? name : pz_lower_ascii(an->a, name);
}

static bool
names_match(const pz_analyzer *an, pz_str a, pz_str b)
{
    return an->env->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

static void
index_attr(pz_analyzer *an, pz_map *m, pz_attr *attr)
{
    pz_str key = fold_case(an, attr->name);
    name_hits *h = pz_map_get(m, key);
    if (h == NULL) {
        h = PZ_NEW(an->a, name_hits);
        pz_map_put(m, key, h);
    }
    if (attr->hidden)
        pz_vec_push(an->a, &h->hidden, attr);
    else
        pz_vec_push(an->a, &h->visible, attr);
}

static pz_map *
scope_index(pz_analyzer *an, pz_scope *s)
{
    if (s->by_name == NULL) {
        s->by_name = pz_map_make(an->a, false);
        for (int i = 0; i < s->attrs.n; i++)
            index_attr(an, s->by_name, s->attrs.data[i]);
        for (int i = 0; i < s->hidden.n; i++)
            index_attr(an, s->by_name, s->hidden.data[i]);
    }
    return s->by_name;
}

/* Columns appended to s->attrs since the index was made. */
void
pz_scope_index_add(pz_analyzer *an, pz_scope *s, const pz_exprs *aliases)
{
    for (int i = 0; s->by_name != NULL && i < aliases->n; i++)
        index_attr(an, s->by_name, aliases->data[i]->u.alias.attr);
}

/* Two outputs stand for one column when one repeats the other: SELECT a, a. */
int
pz_attr_root(const pz_attr *a)
{
    return a->same_as > 0 ? a->same_as : a->id;
}

static void
add_distinct(pz_arena *a, pz_attrs *list, pz_attr *attr)
{
    for (int i = 0; i < list->n; i++)
        if (pz_attr_root(list->data[i]) == pz_attr_root(attr))
            return;
    pz_vec_push(a, list, attr);
}

/* Does the qualifier end with parts[0..n)? */
static bool
qualifier_matches(const pz_analyzer *an, const pz_attr *attr, const pz_str *parts, int n)
{
    if (attr->qualifier.n < n)
        return false;
    for (int i = 0; i < n; i++)
        if (!names_match(an, attr->qualifier.data[attr->qualifier.n - n + i], parts[i]))
            return false;
    return true;
}

/*
 * Columns that names[0..n) can mean, with the count of leading parts used.  a.b.c is tried as catalog.db.table.column, then shorter
 * qualifiers, then as column a with field path b.c (AttributeSeq.resolve).
 */
static void
candidates(pz_analyzer *an, pz_scope *s, const pz_strs *names, bool hidden, pz_attrs *out, int *used)
{
    pz_map *m = scope_index(an, s);
    for (int q = names->n - 1 < 3 ? names->n - 1 : 3; q >= 0; q--) {
        name_hits *h = pz_map_get(m, fold_case(an, names->data[q]));
        if (h == NULL)
            continue;
        const pz_attrs *list = hidden ? &h->hidden : &h->visible;
        for (int i = 0; i < list->n; i++)
            if (qualifier_matches(an, list->data[i], names->data, q))
                add_distinct(an->a, out, list->data[i]);
        if (out->n > 0) {
            *used = q + 1;
            return;
        }
    }
}

static pz_status
raise_ambiguous(pz_analyzer *an, const pz_expr *column, const pz_attrs *hits)
{
    pz_strs names = {0};
    for (int i = 0; i < hits->n; i++) {
        pz_strs full = {0};
        const pz_strs *q = &hits->data[i]->qualifier;
        for (int k = 0; k < q->n && !pz_str_eqc(q->data[0], "__auto_generated_subquery_name"); k++)
            pz_vec_push(an->a, &full, q->data[k]);
        pz_vec_push(an->a, &full, hits->data[i]->name);
        pz_vec_push(an->a, &names, pz_quote_names(an->a, &full));
    }
    pz_str refs = pz_strf(an->a, "[" PZ_FMT "]", PZ_ARG(pz_sorted_list(an, &names)));
    return pz_raise(an->err, PZ_ERR_AMBIGUOUS_REFERENCE, column->origin, "name",
                    pz_quote_names(an->a, &column->names).ptr, "referenceNames", refs.ptr, NULL);
}

/* A reference as written keeps its spelling for the output name: SELECT A over column a is called A. */
static pz_expr *
ref_as_written(pz_analyzer *an, pz_attr *attr, const pz_expr *column, int used)
{
    pz_str written = column->names.data[used - 1];
    if (!pz_str_eq(attr->name, written)) {
        pz_attr *copy = PZ_NEW(an->a, pz_attr);
        *copy = *attr;
        copy->name = written;
        attr = copy;
    }
    return pz_attr_ref(an, attr, column->origin);
}

static pz_status
with_fields(pz_analyzer *an, pz_expr *base, const pz_expr *column, int used, pz_expr **out)
{
    for (int i = used; i < column->names.n; i++)
        PZ_TRY(pz_extract_field(an, base, column->names.data[i], column->origin, &base));
    *out = base;
    return PZ_OK;
}

/* Several columns of that name: a field path may still single one out, else it is ambiguous. */
static pz_status
choose(pz_analyzer *an, const pz_expr *column, pz_attrs *hits, int used, pz_expr **out)
{
    if (hits->n > 1 && used < column->names.n) {
        pz_attrs structs = {0};
        for (int i = 0; i < hits->n; i++)
            if (hits->data[i]->type->id == PZ_T_STRUCT)
                pz_vec_push(an->a, &structs, hits->data[i]);
        if (structs.n == 1)
            *hits = structs;
    }
    if (hits->n > 1)
        return raise_ambiguous(an, column, hits);
    return with_fields(an, ref_as_written(an, hits->data[0], column, used), column, used, out);
}

static pz_status
find_lateral(pz_analyzer *an, pz_scope *s, const pz_expr *column, pz_expr **out)
{
    pz_attrs hits = {0};
    bool generated = false;
    for (int i = 0; i < s->lateral.n; i++) {
        pz_attr *attr = s->lateral.data[i]->u.alias.attr;
        if (attr == NULL || attr->auto_name || !names_match(an, attr->name, column->names.data[0]))
            continue;
        generated = s->lateral.data[i]->args.n == 0;
        pz_vec_push(an->a, &hits, attr);
    }
    if (hits.n == 0)
        return PZ_OK;
    if (hits.n > 1)
        return pz_raise(an->err, PZ_ERR_AMBIGUOUS_LATERAL_COLUMN_ALIAS, PZ_NO_ORIGIN, "name",
                        pz_quote_names(an->a, &column->names).ptr, "n", pz_strf(an->a, "%d", hits.n).ptr, NULL);
    if (s->used_lateral != NULL)
        add_distinct(an->a, s->used_lateral, hits.data[0]);
    pz_expr *ref = ref_as_written(an, hits.data[0], column, 1);
    if (!generated)
        ref->names.data[0] = pz_strf(an->a, "lateralAliasReference(" PZ_FMT ")", PZ_ARG(column->names.data[0])); /* how it shows inside others */
    return with_fields(an, ref, column, 1, out);
}

/* ---- DataFrame references: df["x"] carries the plan id of df */
struct pz_plan_ids {
    PZ_VEC(struct { int64_t id; const pz_rel *rel; }) list;
};

void
pz_note_plan_id(pz_analyzer *an, int64_t plan_id, const pz_rel *resolved)
{
    if (plan_id < 0)
        return;
    if (an->plan_ids == NULL)
        an->plan_ids = PZ_NEW(an->a, struct pz_plan_ids);
    if (an->plan_ids->list.n == an->plan_ids->list.cap)
        pz_vec_grow(an->a, (void **)&an->plan_ids->list.data, &an->plan_ids->list.cap, sizeof(*an->plan_ids->list.data),
                    an->plan_ids->list.n);
    an->plan_ids->list.data[an->plan_ids->list.n].id = plan_id;
    an->plan_ids->list.data[an->plan_ids->list.n++].rel = resolved;
}

static pz_attr *
scope_attr_by_id(pz_scope *s, int id)
{
    for (int i = 0; i < s->attrs.n; i++)
        if (s->attrs.data[i]->id == id)
            return s->attrs.data[i];
    for (int i = 0; i < s->attrs.n; i++)
        if (s->attrs.data[i]->stands_for == id)
            return s->attrs.data[i];
    return NULL;
}

typedef struct below { const pz_rel *wanted; bool found; } below;

static pz_walk
is_below(pz_rel *r, void *arg)
{
    below *b = arg;
    if (r == b->wanted)
        b->found = true;
    return b->found ? PZ_WALK_STOP : PZ_WALK_ON;
}

static bool
descends(const pz_rel *from, const pz_rel *to)
{
    below b = {to, false};
    if (from != NULL)
        pz_walk_rel((pz_rel *)from, is_below, &b);
    return b.found;
}

static pz_walk
is_below_rows(pz_rel *r, void *arg)
{
    pz_walk w = is_below(r, arg);
    bool mixes = r->kind == PZ_REL_SET_OP && r->u.setop.op == PZ_SETOP_UNION;
    return w == PZ_WALK_STOP || !mixes ? w : PZ_WALK_SKIP;
}

/* Is the DataFrame with that plan id one that `from` is made of?  Not through a union, whose columns are new ones. */
bool
pz_made_of_plan(const pz_analyzer *an, const pz_rel *from, int64_t plan_id)
{
    below b = {NULL, false};
    for (int i = 0; an->plan_ids && i < an->plan_ids->list.n && !b.found; i++) {
        if (an->plan_ids->list.data[i].id != plan_id) continue;
        b.wanted = an->plan_ids->list.data[i].rel;
        pz_walk_rel((pz_rel *)from, is_below_rows, &b);
    }
    return b.found;
}

/* "a.b" in double quotes: messages about columns of DataFrames show them as expressions */
static pz_str
quote_column(pz_analyzer *an, const pz_expr *column)
{
    return pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(pz_dotted(an->a, &column->names)));
}

pz_status
pz_raise_no_df_column(pz_analyzer *an, const pz_expr *column)
{
    return pz_raise(an->err, PZ_ERR_CANNOT_RESOLVE_DATAFRAME_COLUMN, column->origin, "name", quote_column(an, column).ptr, NULL);
}

/* A DataFrame joined with one derived from it appears on both sides.  In the condition the side that is the DataFrame itself wins; above the
   join the column that is still shown wins over a USING key that is not.  Anything else stays ambiguous. */
static void
prefer(pz_analyzer *an, pz_attrs *hits, const pz_attrs *direct)
{
    pz_attrs visible = {0};
    for (int i = 0; i < hits->n; i++)
        if (!hits->data[i]->hidden)
            pz_vec_push(an->a, &visible, hits->data[i]);
    if (direct->n == 1)
        *hits = *direct;
    else if (visible.n == 1)
        *hits = visible;
}

/* Columns of the relation that had this plan id; never those of an enclosing query. */
static pz_status
find_by_plan_id(pz_analyzer *an, pz_scope *scope, pz_expr *column, pz_expr **out)
{
    pz_attrs hits = {0}, direct = {0}, missing = {0};
    int used = 0;
    for (int i = an->plan_ids ? an->plan_ids->list.n - 1 : -1; i >= 0; i--) {
        const pz_rel *rel = an->plan_ids->list.data[i].rel;
        if (an->plan_ids->list.data[i].id != column->plan_id)
            continue;
        pz_scope *inner = pz_scope_of(an, rel, NULL, NULL);
        pz_attrs found = {0};
        int n_used = 0;
        candidates(an, inner, &column->names, false, &found, &n_used);
        if (found.n == 0)
            candidates(an, inner, &column->names, true, &found, &n_used);
        if (found.n > 1)
            return raise_ambiguous(an, column, &found);
        if (found.n == 0)
            continue;
        used = n_used;
        pz_attr *here = scope_attr_by_id(scope, found.data[0]->id);
        if (here != NULL)
            add_distinct(an->a, &hits, here);
        if (here != NULL && (rel == scope->sides[0] || rel == scope->sides[1]))
            add_distinct(an->a, &direct, here);
        else if (here == NULL && scope->fallback != NULL && descends(scope->rel, rel))
            add_distinct(an->a, &missing, found.data[0]);
    }
    prefer(an, &hits, &direct);
    if (hits.n > 1)
        return pz_raise(an->err, PZ_ERR_AMBIGUOUS_COLUMN_REFERENCE, column->origin, "name", quote_column(an, column).ptr, NULL);
    if (hits.n == 1) {
        pz_expr *ref = ref_as_written(an, hits.data[0], column, used);
        return with_fields(an, ref, column, used, out);
    }
    if (missing.n >= 1) {
        if (scope->used_fallback != NULL)
            add_distinct(an->a, scope->used_fallback, missing.data[0]);
        pz_expr *ref = ref_as_written(an, missing.data[0], column, used);
        ref->plan_id = column->plan_id;        /* if it cannot be carried up, that is told */
        return with_fields(an, ref, column, used, out);
    }
    return pz_raise_no_df_column(an, column);
}

static pz_status
find_outer(pz_analyzer *an, pz_scope *scope, pz_expr *column, pz_expr **out)
{
    pz_scope *o = scope->outer;                /* the query right around this one; columns further out are not seen */
    pz_attrs hits = {0};
    int used = 0;
    if (o == NULL)
        return PZ_OK;
    candidates(an, o, &column->names, false, &hits, &used);
    if (hits.n == 0)
        candidates(an, o, &column->names, true, &hits, &used);
    if (hits.n == 0 && o->agg != NULL)         /* around HAVING: what the groups are made of */
        candidates(an, o->fallback, &column->names, false, &hits, &used);
    if (hits.n == 0)
        return PZ_OK;
    if (hits.n > 1)
        return raise_ambiguous(an, column, &hits);
    pz_expr *ref = ref_as_written(an, hits.data[0], column, used);
    ref->kind = PZ_EXPR_OUTER;
    if (scope->outer_refs != NULL)
        pz_vec_push(an->a, scope->outer_refs, ref);
    return with_fields(an, ref, column, used, out);
}

/* In the input of the SELECT below ORDER BY or HAVING. */
static pz_status
find_below(pz_analyzer *an, pz_scope *scope, pz_expr *column, pz_expr **out)
{
    pz_attrs hits = {0};
    int used = 0;
    for (pz_scope *f = scope->fallback; f != NULL && hits.n == 0; f = f->fallback) {
        candidates(an, f, &column->names, false, &hits, &used);
        if (hits.n == 0)
            candidates(an, f, &column->names, true, &hits, &used);
    }
    if (hits.n == 0)
        return PZ_OK;
    if (hits.n > 1 && scope->clause == PZ_CLAUSE_ORDER)
        return pz_raise_unresolved_column(an, scope, column);
    if (hits.n == 1 && scope->used_fallback != NULL)
        add_distinct(an->a, scope->used_fallback, hits.data[0]);
    return choose(an, column, &hits, used, out);
}

static bool
below_comes_first(const pz_scope *scope, const pz_expr *column)
{
    for (int i = 0; scope->below_first != NULL && i < scope->below_first->n; i++)
        if (scope->below_first->data[i] == column)
            return true;
    return false;
}

pz_status
pz_find_column(pz_analyzer *an, pz_scope *scope, pz_expr *column, pz_expr **out)
{
    *out = NULL;
    if (column->names.n == 0)
        return PZ_OK;
    if (column->plan_id >= 0)
        return find_by_plan_id(an, scope, column, out);
    pz_attrs hits = {0};
    int used = 0;
    for (int i = scope->attrs.n - 1; i >= 0 && column->plan_id == PZ_PLAN_NEWEST; i--)
        if (pz_str_eq(scope->attrs.data[i]->name, column->names.data[0])) {
            *out = pz_attr_ref(an, scope->attrs.data[i], column->origin);
            return PZ_OK;
        }
    if (below_comes_first(scope, column)) {
        PZ_TRY(find_below(an, scope, column, out));
        if (*out != NULL)
            return PZ_OK;
    }
    candidates(an, scope, &column->names, false, &hits, &used);
    if (hits.n == 0)
        candidates(an, scope, &column->names, true, &hits, &used);
    if (hits.n > 1 && scope->clause == PZ_CLAUSE_ORDER) {
        PZ_TRY(find_below(an, scope, column, out));        /* two outputs of that name: neither is meant */
        return *out != NULL ? PZ_OK : pz_raise_unresolved_column(an, scope, column);
    }
    if (hits.n > 0)
        return choose(an, column, &hits, used, out);
    if (scope->lateral.n > 0 && !pz_conf_is(an->env, "spark.sql.lateralColumnAlias.enableImplicitResolution", "false")) {
        PZ_TRY(find_lateral(an, scope, column, out));
        if (*out != NULL)
            return PZ_OK;
    }
    PZ_TRY(find_below(an, scope, column, out));
    if (*out != NULL)
        return PZ_OK;
    return find_outer(an, scope, column, out);
}

static int
by_name(const void *x, const void *y)
{
    return pz_str_cmp(*(const pz_str *)x, *(const pz_str *)y);
}

static pz_str
all_names(pz_analyzer *an, const pz_scope *s)
{
    pz_strs names = {0};
    pz_str list = PZ_STR("");
    for (int i = 0; i < s->attrs.n; i++)
        if (!s->attrs.data[i]->hidden)
            pz_vec_push(an->a, &names, s->attrs.data[i]->name);
    if (names.n)
        qsort(names.data, (size_t)names.n, sizeof *names.data, by_name);
    for (int i = 0; i < names.n; i++)
        list = pz_strf(an->a, PZ_FMT "%s`" PZ_FMT "`", PZ_ARG(list), i ? ", " : "", PZ_ARG(names.data[i]));
    return list;
}

pz_status
pz_raise_unresolved_column(pz_analyzer *an, pz_scope *scope, const pz_expr *column)
{
    pz_str name = pz_quote_names(an->a, &column->names);
    pz_str wanted = column->names.data[0];
    for (int i = 1; i < column->names.n; i++)
        wanted = pz_strf(an->a, PZ_FMT "." PZ_FMT, PZ_ARG(wanted), PZ_ARG(column->names.data[i]));
    pz_str near = scope->plain_proposals ? all_names(an, scope) : pz_nearest(an, wanted, scope);
    if (near.len == 0 && scope->fallback != NULL)
        near = pz_nearest(an, wanted, scope->fallback);
    if (near.len == 0)
        return pz_raise(an->err, PZ_ERR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, column->origin, "objectName", name.ptr, NULL);
    return pz_raise(an->err, PZ_ERR_UNRESOLVED_COLUMN_WITH_SUGGESTION, column->origin, "objectName", name.ptr, "proposal",
                    near.ptr, NULL);
}

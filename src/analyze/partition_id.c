/*
 * analyze/partition_id.c - spark_partition_id() above a repartition.
 *
 * Rows are not really moved into partitions here, but which one a row would be in can be worked out: by the hash of columns, by ranges of
 * them, by a column that says it, or in turn.  Where a relation uses the function and only projections and filters lie between it and a
 * repartition, a column with the number is made there, handed up, and read in place of the call.  In: a resolved tree.  Out: one that
 * shares what did not change.  Things start at pz_place_partition_ids().
 */
#include <stdlib.h>

#include "analyze_int.h"

typedef struct placing { pz_analyzer *an; pz_status st; } placing;

/* ---- finding the calls */
static bool
is_id(const pz_expr *e)
{
    return e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 && !strcmp(pz_fn_row(e->u.call.fn)->name, "spark_partition_id");
}

static pz_walk
find_id(pz_expr *e, void *arg)
{
    (void)arg;
    return is_id(e) ? PZ_WALK_STOP : PZ_WALK_ON;
}

typedef struct swap { pz_analyzer *an; pz_attr *id; } swap;

static pz_expr *
use_column(pz_arena *a, pz_expr *e, void *arg)
{
    swap *s = arg;
    (void)a;
    return is_id(e) ? pz_attr_ref(s->an, s->id, e->origin) : e;
}

/* ---- making the column */
/* Everything that `in` gives, and one more column out of an SQL text over it. */
static pz_status
with_column(pz_analyzer *an, pz_rel *in, pz_str name, pz_str sql, pz_rel **out)
{
    pz_scope *s = pz_scope_of(an, in, NULL, NULL);
    pz_expr *text = pz_expr_make(an->a, PZ_EXPR_SQL_TEXT, PZ_NO_ORIGIN), *e;
    pz_exprs list = {0};
    text->u.text = sql;
    s->clause = PZ_CLAUSE_SELECT;
    s->allow_window = true;
    PZ_TRY(pz_resolve_expr(an, s, text, &e));
    for (int i = 0; i < in->output.n; i++) pz_vec_push(an->a, &list, pz_attr_ref(an, in->output.data[i], PZ_NO_ORIGIN));
    pz_vec_push(an->a, &list, pz_alias_new(an, e, name));
    *out = pz_project_make(an, in, &list);
    return PZ_OK;
}

static pz_str
fresh_name(pz_analyzer *an)
{
    return pz_strf(an->a, " p%d", an->next_id++);
}

/* The keys as columns with names of ours; *list: as ORDER BY or the arguments of a function would have them. */
static pz_status
with_keys(pz_analyzer *an, const pz_rel *r, pz_rel **rel, pz_str *list)
{
    const pz_exprs *by = &r->u.repartition.by;
    pz_exprs all = {0};
    *list = PZ_STR("");
    for (int i = 0; i < (*rel)->output.n; i++) pz_vec_push(an->a, &all, pz_attr_ref(an, (*rel)->output.data[i], PZ_NO_ORIGIN));
    for (int i = 0; i < by->n; i++) {
        pz_expr *e = by->data[i];
        bool order = e->kind == PZ_EXPR_SORT_ORDER;
        pz_str name = fresh_name(an);
        pz_vec_push(an->a, &all, pz_alias_new(an, order ? e->args.data[0] : e, name));
        *list = pz_strf(an->a, PZ_FMT "%s`" PZ_FMT "`%s%s", PZ_ARG(*list), i ? ", " : "", PZ_ARG(name), order && !e->u.sort.asc ? " DESC" : "",
                        !order ? "" : e->u.sort.nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
    *rel = pz_project_make(an, *rel, &all);
    return PZ_OK;
}

static bool
is_by_range(const pz_rel *r)
{
    bool range = r->u.repartition.range;
    for (int i = 0; i < r->u.repartition.by.n; i++) range |= r->u.repartition.by.data[i]->kind == PZ_EXPR_SORT_ORDER;
    return range;
}

/*
 * Bounds are keys: going up, each row that reaches the next n-th of all rows makes its key one, but a key makes no more than one.  With d
 * the rank of a key, c the number of rows up to it and f = c * n / all - d, the bounds below a key are d - 1 + min(0, the least f before it).
 */
static pz_status
range_column(pz_analyzer *an, pz_rel *in, const pz_rel *r, pz_str name, pz_rel **out)
{
    pz_str keys, d = fresh_name(an), c = fresh_name(an), n = fresh_name(an), f = fresh_name(an), m = fresh_name(an);
    *out = in;
    PZ_TRY(with_keys(an, r, out, &keys));
    PZ_TRY(with_column(an, *out, d, pz_strf(an->a, "dense_rank() OVER (ORDER BY " PZ_FMT ")", PZ_ARG(keys)), out));
    PZ_TRY(with_column(an, *out, c, pz_strf(an->a, "count(1) OVER (ORDER BY `" PZ_FMT "`)", PZ_ARG(d)), out));
    PZ_TRY(with_column(an, *out, n, PZ_STR("count(1) OVER ()"), out));
    PZ_TRY(with_column(an, *out, f, pz_strf(an->a, "`" PZ_FMT "` * least(%d, `" PZ_FMT "`) div `" PZ_FMT "` - `" PZ_FMT "`", PZ_ARG(c), r->u.repartition.partitions,
                                            PZ_ARG(n), PZ_ARG(n), PZ_ARG(d)), out));
    PZ_TRY(with_column(an, *out, m, pz_strf(an->a, "min(`" PZ_FMT "`) OVER (ORDER BY `" PZ_FMT "` RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
                                            PZ_ARG(f), PZ_ARG(d)), out));
    return with_column(an, *out, name, pz_strf(an->a, "CAST(least(`" PZ_FMT "` - 1 + least(0, coalesce(`" PZ_FMT "`, 0)), least(%d, `" PZ_FMT "`) - 1) AS INT)",
                                               PZ_ARG(d), PZ_ARG(m), r->u.repartition.partitions, PZ_ARG(n)), out);
}

/* How many partitions the rows of a relation are in; 0: nobody can say. */
static int
partitions_of(const pz_rel *r)
{
    while (r && (r->kind == PZ_REL_PROJECT || r->kind == PZ_REL_FILTER || r->kind == PZ_REL_ALIAS)) r = r->input;
    if (!r) return 0;
    if (r->kind == PZ_REL_RANGE) return r->u.range.partitions > 0 ? r->u.range.partitions : 0;
    if (r->kind != PZ_REL_REPARTITION || !r->u.repartition.partitions) return 0;
    if (!r->u.repartition.shuffle) {
        int below = partitions_of(r->input);
        return below && below < r->u.repartition.partitions ? below : r->u.repartition.partitions;
    }
    return r->u.repartition.partitions;
}

static pz_rel *attach(placing *p, pz_rel *r, pz_attr **id);

/* coalesce(n): neighbours together, as even as they go. */
static pz_status
joined_column(placing *p, pz_rel *r, pz_str name, pz_rel **out)
{
    pz_analyzer *an = p->an;
    int n = r->u.repartition.partitions, below = partitions_of(r->input);
    pz_attr *id = NULL;
    pz_rel *in, *copy = PZ_NEW(an->a, pz_rel);
    pz_str old;
    if (n == 1) return with_column(an, r, name, PZ_STR("0"), out);
    in = attach(p, r->input, &id);
    if (p->st != PZ_OK) return PZ_FAIL;
    old = in ? id->name : fresh_name(an);
    if (!in) PZ_TRY(with_column(an, r->input, old, PZ_STR("spark_partition_id()"), &in));
    *copy = *r;
    copy->input = in;
    copy->output = in->output;
    if (below <= n) return with_column(an, copy, name, pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(old)), out);
    return with_column(an, copy, name, pz_strf(an->a, "CAST(((`" PZ_FMT "` + 1L) * %d + %d) div %d - 1 AS INT)", PZ_ARG(old), n, below - 1, below), out);
}

static pz_status
id_column(placing *p, pz_rel *r, pz_str name, pz_rel **out)
{
    pz_analyzer *an = p->an;
    int n = r->u.repartition.partitions;
    pz_str keys;
    if (!r->u.repartition.shuffle) return joined_column(p, r, name, out);
    if (n == 1) return with_column(an, r, name, PZ_STR("0"), out);
    if (!r->u.repartition.by.n)                /* in turn; with which each task begins is a matter of its input */
        return with_column(an, r, name, pz_strf(an->a, "CAST(pmod(monotonically_increasing_id(), %d) AS INT)", n), out);
    if (is_by_range(r)) return range_column(an, r, r, name, out);
    *out = r;
    PZ_TRY(with_keys(an, r, out, &keys));
    if (r->u.repartition.by_id) return with_column(an, *out, name, pz_strf(an->a, "pmod(coalesce(" PZ_FMT ", 0), %d)", PZ_ARG(keys), n), out);
    return with_column(an, *out, name, pz_strf(an->a, "pmod(hash(" PZ_FMT "), %d)", PZ_ARG(keys), n), out);
}

/* ---- handing it up */
static pz_walk
find_window(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_WINDOW ? PZ_WALK_STOP : PZ_WALK_ON;
}

static bool
hands_up(const pz_rel *r)
{
    return r->kind == PZ_REL_FILTER || r->kind == PZ_REL_ALIAS || r->kind == PZ_REL_COLLECT_METRICS ||
           (r->kind == PZ_REL_PROJECT && pz_walk_exprs(&r->exprs, find_window, NULL));
}

static pz_rel *
attach_here(placing *p, pz_rel *r, pz_attr **id)
{
    pz_rel *out;
    if ((p->st = id_column(p, r, fresh_name(p->an), &out)) != PZ_OK) return NULL;
    *id = out->output.data[out->output.n - 1];
    return out;
}

/* `r` with the column among its own; NULL: no repartition below, or a failure in p->st. */
static pz_rel *
attach(placing *p, pz_rel *r, pz_attr **id)
{
    PZ_VEC(pz_rel *) way = {0};
    pz_rel *done;
    for (; r && hands_up(r); r = r->input) pz_vec_push(p->an->a, &way, r);
    if (!r || r->kind != PZ_REL_REPARTITION || r->u.repartition.partitions < 1) return NULL;
    if (!(done = attach_here(p, r, id))) return NULL;
    for (int i = way.n; i-- > 0;) {
        const pz_rel *old = way.data[i];
        pz_rel *copy = PZ_NEW(p->an->a, pz_rel);
        *copy = *old;
        copy->input = done;
        copy->output = (pz_attrs){0};
        for (int k = 0; k < old->output.n; k++) pz_vec_push(p->an->a, &copy->output, old->output.data[k]);
        pz_vec_push(p->an->a, &copy->output, *id);
        if (old->kind == PZ_REL_PROJECT) {
            copy->exprs = (pz_exprs){0};
            for (int k = 0; k < old->exprs.n; k++) pz_vec_push(p->an->a, &copy->exprs, old->exprs.data[k]);
            pz_vec_push(p->an->a, &copy->exprs, pz_attr_ref(p->an, *id, PZ_NO_ORIGIN));
        }
        done = copy;
    }
    return done;
}

static void
map_list(swap *s, pz_exprs *list)
{
    pz_exprs out = {0};
    for (int i = 0; i < list->n; i++) pz_vec_push(s->an->a, &out, pz_map_expr(s->an->a, list->data[i], use_column, s));
    *list = out;
}

static pz_rel *
place(pz_rel *r, void *arg)
{
    placing *p = arg;
    swap s = {.an = p->an};
    pz_rel *in, *copy;
    bool sets = r->kind == PZ_REL_AGGREGATE && r->u.agg.sets.n;        /* they point at the keys themselves */
    if (p->st != PZ_OK || !r->input || r->right || r->inputs.n || sets || pz_walk_rel_exprs(r, find_id, NULL)) return NULL;
    in = attach(p, pz_rel_rebuild(p->an->a, r->input, place, p), &s.id);
    if (!in) return NULL;
    copy = PZ_NEW(p->an->a, pz_rel);
    *copy = *r;
    copy->input = in;
    map_list(&s, &copy->exprs);
    map_list(&s, &copy->keys);
    if (r->cond) copy->cond = pz_map_expr(p->an->a, r->cond, use_column, &s);
    return copy;
}

pz_status
pz_place_partition_ids(pz_analyzer *an, pz_rel **root)
{
    placing p = {.an = an, .st = PZ_OK};
    pz_rel *placed = pz_rel_rebuild(an->a, *root, place, &p);
    if (p.st == PZ_OK) *root = placed;
    return p.st;
}

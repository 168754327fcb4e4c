/*
 * lower/rel_leaf.c - relations without input: scans, local data, VALUES, ranges, references to CTEs.
 *
 * Things start at pz_rel_leaf().  Columns of a scan are named t<n>."x", unique in the query, so that filters on them stay plain
 * and inner queries can refer to them.
 */
#include "lower_int.h"

#include <stdio.h>

/* Two joins of a source with itself read it four times. */
static void
count_source(pz_lowerer *lw, pz_str source)
{
    intptr_t n;
    if (!lw->sources) lw->sources = pz_map_make(lw->a, false);
    n = (intptr_t)pz_map_get(lw->sources, source) + 1;
    pz_map_put(lw->sources, source, (void *)n);
    if (n >= 4 && lw->info) lw->info->repeats = true;
}

/* ---------------------------------------------------------------- SCAN */
static const pz_type *
type_in_file(const pz_scan *scan, int i)
{
    pz_str name = scan->file_columns.n > i ? scan->file_columns.data[i] : (pz_str){0};
    for (int k = 0; k < scan->file_schema.n; k++)
        if (pz_str_eq(scan->file_schema.fields[k].name, name)) return scan->file_schema.fields[k].type;
    for (int k = 0; k < scan->file_schema.n; k++)
        if (pz_str_ieq(scan->file_schema.fields[k].name, name)) return scan->file_schema.fields[k].type;
    return NULL;
}

static pz_status
rel_scan(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    const pz_scan *scan = r->u.scan;
    pz_str alias = pz_lower_fresh(lw, 't'), source = scan->sql.len ? scan->sql : scan->engine_name;
    s->from = pz_strf(lw->a, PZ_FMT " AS " PZ_FMT, PZ_ARG(source), PZ_ARG(alias));
    count_source(lw, source);
    for (int i = 0; i < r->output.n; i++) {
        const pz_attr *at = r->output.data[i];
        const pz_type *have, *want = scan->schema.n > i ? scan->schema.fields[i].type : at->type;
        pz_str name = scan->file_columns.n > i && scan->file_columns.data[i].len ? scan->file_columns.data[i]
                      : scan->schema.n > i ? scan->schema.fields[i].name : at->name;
        pz_buf b;
        bool plain = true;
        if (!pz_is_live(lw, at->id)) continue;
        have = type_in_file(scan, i);
        pz_buf_init(&b, 0);
        pz_buf_printf(&b, PZ_FMT ".", PZ_ARG(alias));
        pz_lower_quoted(&b, name);
        if (have && !pz_str_eq(pz_engine_type_text(lw, have), pz_engine_type_text(lw, want))) {
            pz_buf_puts(&b, "::");
            pz_buf_str(&b, pz_engine_type_text(lw, want));
        }
        pz_sel_item(lw, s, at, pz_buf_dup(&b, lw->a), plain);
        pz_buf_free(&b);
    }
    return PZ_OK;
}

/* ---------------------------------------------------------------- LOCAL, VALUES, RANGE */
/* FROM text with a column list: t1(c5, c6). */
static void
write_columns(const pz_rel *r, pz_str alias, pz_buf *b)
{
    pz_buf_printf(b, " AS " PZ_FMT "(", PZ_ARG(alias));
    for (int i = 0; i < r->output.n; i++) pz_buf_printf(b, "%sc%d", i ? ", " : "", r->output.data[i]->id);
    pz_buf_putc(b, ')');
}

static void
take_columns(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    for (int i = 0; i < r->output.n; i++) {
        const pz_attr *at = r->output.data[i];
        pz_sel_item(lw, s, at, pz_strf(lw->a, "c%d", at->id), true);
        pz_lower_bind(lw, at->id, (pz_str){0});
    }
}

static void
from_with_columns(pz_lowerer *lw, const pz_rel *r, pz_str source, pz_sel *s)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_str(&b, source);
    if (r->output.n) write_columns(r, pz_lower_fresh(lw, 't'), &b);
    else pz_buf_printf(&b, " AS " PZ_FMT, PZ_ARG(pz_lower_fresh(lw, 't')));
    s->from = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    count_source(lw, source);
    take_columns(lw, r, s);
}

static pz_status
values_text(pz_lowerer *lw, const pz_rel *r, int ncols, pz_buf *b)
{
    pz_buf_puts(b, "(VALUES ");
    for (int i = 0; i < r->exprs.n; i++) {
        pz_buf_puts(b, i % ncols ? ", " : i ? "), (" : "(");
        PZ_TRY(pz_lower_value(lw, r->exprs.data[i], b));
        if (i < ncols && r->exprs.data[i]->type->id == PZ_T_DECIMAL) {
            pz_buf_puts(b, "::");
            pz_buf_str(b, pz_engine_type_text(lw, r->output.data[i]->type));
        }
    }
    pz_buf_puts(b, "))");
    return PZ_OK;
}

static pz_status
no_rows(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    for (int i = 0; i < r->output.n; i++)
        pz_sel_item(lw, s, r->output.data[i],
                    pz_strf(lw->a, "NULL::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, r->output.data[i]->type))), false);
    pz_vec_push(lw->a, &s->where, PZ_STR("false"));
    return pz_sel_wrap(lw, s);
}

/* One row is a SELECT without FROM; more are a VALUES list. */
static pz_status
rel_values(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    int ncols = r->u.values.ncols > 0 ? r->u.values.ncols : r->output.n;
    pz_buf b;
    pz_status st;
    if (r->exprs.n == 0 || ncols == 0) return no_rows(lw, r, s);
    if (r->exprs.n == ncols) {
        for (int i = 0; i < ncols; i++) {
            const pz_expr *e = r->exprs.data[i];
            pz_str text;
            PZ_TRY(pz_lower_text(lw, e, &text));
            pz_sel_item(lw, s, r->output.data[i], text, e->kind == PZ_EXPR_LITERAL && text.len < 64);
            if (pz_lower_is_volatile(e)) s->items.data[i].is_volatile = true;
        }
        return PZ_OK;
    }
    pz_buf_init(&b, 0);
    st = values_text(lw, r, ncols, &b);
    if (st == PZ_OK) from_with_columns(lw, r, pz_buf_dup(&b, lw->a), s);
    pz_buf_free(&b);
    return st;
}

static pz_status
rel_range(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    int64_t start = r->u.range.start, end = r->u.range.end, step = r->u.range.step;
    __int128 span = (__int128)end - start;
    if (step == 0 || (step > 0 && span <= 0) || (step < 0 && span >= 0)) return no_rows(lw, r, s);
    from_with_columns(lw, r, pz_strf(lw->a, "range((%lld)::BIGINT, (%lld)::BIGINT, (%lld)::BIGINT)", (long long)start, (long long)end, (long long)step), s);
    return PZ_OK;
}

/* ---------------------------------------------------------------- CTE_REF */
static pz_str
cte_query(pz_lowerer *lw, const pz_rel *body, pz_str *text)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    if (pz_lower_query(lw, body, &b) == PZ_OK) *text = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return *text;
}

/* The definition again, in place, under the reference's ids. */
static pz_status
inline_cte(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    const pz_attrs *defined = &r->u.cte.cte->rel->output;
    PZ_VEC(pz_item) items = {0};
    PZ_TRY(pz_lower_rel(lw, r->u.cte.cte->rel, s));
    for (int i = 0; i < r->output.n; i++) {
        pz_item it = {.text = {0}};
        for (int k = 0; k < s->items.n; k++)
            if (s->items.data[k].attr->id == defined->data[i]->id) it = s->items.data[k];
        if (!it.text.ptr) continue;
        it.attr = r->output.data[i];
        pz_vec_push(lw->a, &items, it);
    }
    s->items.data = items.data;
    s->items.n = items.n;
    s->items.cap = items.cap;
    for (int i = 0; i < items.n; i++) pz_lower_bind(lw, items.data[i].attr->id, items.data[i].text);
    return PZ_OK;
}

static void
from_cte(pz_lowerer *lw, const pz_rel *r, const pz_cte_text *t, pz_sel *s)
{
    pz_str alias = pz_lower_fresh(lw, 't');
    s->from = pz_strf(lw->a, PZ_FMT " AS " PZ_FMT, PZ_ARG(t->name), PZ_ARG(alias));
    count_source(lw, t->name);
    for (int i = 0; i < r->output.n; i++)
        pz_sel_item(lw, s, r->output.data[i], pz_strf(lw->a, PZ_FMT ".x%d", PZ_ARG(alias), i), true);
    if (lw->level && t->open && t->level) {
        pz_item it = {.attr = lw->level, .text = pz_strf(lw->a, PZ_FMT ".lvl", PZ_ARG(alias)), .plain = true};
        pz_vec_push(lw->a, &s->items, it);
        pz_lower_bind(lw, lw->level->id, it.text);
    }
}

static void
write_member(pz_lowerer *lw, const pz_cte_text *t, pz_str body, bool recursive, bool level)
{
    pz_buf b;
    int n = t->cte->rel->output.n;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, PZ_FMT "(", PZ_ARG(t->name));
    for (int i = 0; i < n; i++) pz_buf_printf(&b, "%sx%d", i ? ", " : "", i);
    if (level) pz_buf_puts(&b, ", lvl");
    if (!n) pz_buf_putc(&b, 'z');
    pz_buf_puts(&b, recursive ? ") AS (" : ") AS MATERIALIZED (");
    pz_buf_str(&b, body);
    pz_buf_putc(&b, ')');
    pz_vec_push(lw->a, &lw->with, pz_buf_dup(&b, lw->a));
    pz_buf_free(&b);
}

/* Whether a name for the level can be carried from the reference to the top of the step. */
static bool
carries_level(const pz_rel *r)
{
    if (r->kind == PZ_REL_CTE_REF) return true;
    if (r->kind == PZ_REL_JOIN) return (r->u.join.type == PZ_JOIN_INNER || r->u.join.type == PZ_JOIN_CROSS || r->u.join.type == PZ_JOIN_LEFT)
                                       && (carries_level(r->input) || carries_level(r->right));
    return (r->kind == PZ_REL_PROJECT || r->kind == PZ_REL_FILTER || r->kind == PZ_REL_ALIAS || r->kind == PZ_REL_LIMIT || r->kind == PZ_REL_OFFSET) && r->input
           && carries_level(r->input);
}

static pz_status
recursive_body(pz_lowerer *lw, pz_cte_text *t, const pz_rel *setop, const pz_attr *level, pz_str *body)
{
    pz_str anchor = {0}, step = {0};
    pz_sel s;
    pz_buf b;
    pz_status st;
    const char *word = setop->u.setop.all ? "UNION ALL" : "UNION";
    if (!cte_query(lw, setop->input, &anchor).ptr) return PZ_FAIL;
    if (!level) {
        if (!cte_query(lw, setop->right, &step).ptr) return PZ_FAIL;
        *body = pz_strf(lw->a, PZ_FMT " %s SELECT * FROM (" PZ_FMT ") AS " PZ_FMT, PZ_ARG(anchor), word, PZ_ARG(step), PZ_ARG(pz_lower_fresh(lw, 't')));
        return PZ_OK;
    }
    lw->level = level;
    st = pz_lower_rel(lw, setop->right, &s);
    if (st == PZ_OK) {
        /* The level is one more column; past the limit it raises. */
        pz_str was = level->id < lw->nbound && lw->bound[level->id].ptr ? lw->bound[level->id] : pz_strf(lw->a, "c%d", level->id);
        pz_expr at = {.origin = setop->origin};
        pz_attrs columns = {0};
        char limit[24], before[24];
        int64_t depth = 100;
        if (t->cte->max_depth && t->cte->max_depth->kind == PZ_EXPR_LITERAL) depth = t->cte->max_depth->value.i;
        snprintf(limit, sizeof limit, "%lld", (long long)depth);
        snprintf(before, sizeof before, "%lld", (long long)depth - 1);
        pz_buf_init(&b, 0);
        if (depth >= 0) {
            pz_buf_printf(&b, "CASE WHEN " PZ_FMT " >= %s THEN ", PZ_ARG(was), before);
            pz_lower_error(lw, &at, &b, PZ_ERR_RECURSION_LEVEL_LIMIT_EXCEEDED, "levelLimit", limit, NULL);
            pz_buf_printf(&b, " ELSE " PZ_FMT " + 1 END::BIGINT", PZ_ARG(was));
        } else {
            pz_buf_str(&b, was);
        }
        pz_lower_bind(lw, level->id, pz_buf_dup(&b, lw->a));
        for (int i = 0; i < setop->right->output.n; i++) pz_vec_push(lw->a, &columns, setop->right->output.data[i]);
        pz_vec_push(lw->a, &columns, (pz_attr *)level);
        pz_buf_clear(&b);
        pz_sel_list(lw, &s, &columns, &b);
        step = pz_strf(lw->a, "SELECT * FROM (" PZ_FMT ") AS " PZ_FMT, PZ_ARG(pz_buf_view(&b)), PZ_ARG(pz_lower_fresh(lw, 't')));    /* a LIMIT is the step's own */
        pz_buf_free(&b);
        *body = pz_strf(lw->a, "SELECT *, 0::BIGINT FROM (" PZ_FMT ") AS " PZ_FMT " %s " PZ_FMT, PZ_ARG(anchor), PZ_ARG(pz_lower_fresh(lw, 't')), word,
                        PZ_ARG(step));
    }
    lw->level = NULL;
    return st;
}

static pz_status
define_cte(pz_lowerer *lw, pz_cte_text *t)
{
    const pz_rel *body = t->cte->rel;
    pz_str text = {0}, over = lw->over;
    bool level = false;
    int under_agg = lw->under_agg;
    lw->under_agg = 0;                         /* others may read it row by row */
    lw->over = (pz_str){0};
    while (body->kind == PZ_REL_ALIAS || (body->kind == PZ_REL_PROJECT && t->cte->recursive && body->input->kind == PZ_REL_SET_OP)) body = body->input;
    t->name = pz_lower_fresh(lw, 'w');
    t->open = true;
    if (t->cte->recursive && body->kind == PZ_REL_SET_OP) {
        const pz_attr *outer = lw->level;
        pz_attr *own = pz_attr_fresh(lw, &pz_t_long);
        level = body->u.setop.all && carries_level(body->right);
        lw->with_recursive = true;
        lw->level = NULL;
        t->level = level;
        PZ_TRY(recursive_body(lw, t, body, level ? own : NULL, &text));
        lw->level = outer;
    } else if (!cte_query(lw, t->cte->rel, &text).ptr) {
        return PZ_FAIL;
    }
    lw->under_agg = under_agg;
    lw->over = over;
    t->open = false;
    t->emitted = true;
    write_member(lw, t, text, t->cte->recursive, level);
    return PZ_OK;
}

pz_status
pz_rel_cte(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    pz_cte_text *t = pz_cte_find(lw, r->u.cte.cte);
    if (!t->emitted && !t->open) {
        if (t->refs <= 1 && !t->cte->recursive) return inline_cte(lw, r, s);
        PZ_TRY(define_cte(lw, t));
    }
    from_cte(lw, r, t, s);
    return PZ_OK;
}

/* ---------------------------------------------------------------- which */
pz_status
pz_rel_leaf(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    switch (r->kind) {
    case PZ_REL_ONE_ROW: return PZ_OK;
    case PZ_REL_SCAN: return rel_scan(lw, r, s);
    case PZ_REL_LOCAL:
        from_with_columns(lw, r, pz_strf(lw->a, "pz_local(%lld)", (long long)r->u.local.table_id), s);
        return PZ_OK;
    case PZ_REL_VALUES: return rel_values(lw, r, s);
    case PZ_REL_RANGE: return rel_range(lw, r, s);
    case PZ_REL_CTE_REF: return pz_rel_cte(lw, r, s);
    case PZ_REL_DATA_SOURCE:
        return pz_raise(lw->err, PZ_ERR_LEGACY_ERROR_TEMP_3102, r->origin, "msg", "This query reads a stream: only writeStream.start() can run it.", NULL);
    default: return pz_raise_internal(lw->err, "relation kind %d cannot be lowered", (int)r->kind);
    }
}

/*
 * lower/sel.c - a SELECT under construction: its text, and wrapping it when a clause would come too late.
 *
 * In SQL's order of evaluation: FROM, WHERE, GROUP BY, HAVING, windows, DISTINCT, ORDER BY, LIMIT.
 * Things start at pz_sel_text() and pz_sel_wrap().
 */
#include "lower_int.h"

#include <stdio.h>

bool
pz_is_live(const pz_lowerer *lw, int id)
{
    return !lw->live || (id < lw->nlive && lw->live[id]) || (lw->level && lw->level->id == id);
}

void
pz_sel_item(pz_lowerer *lw, pz_sel *s, const pz_attr *at, pz_str text, bool plain)
{
    pz_item it = {.attr = at, .text = text, .plain = plain};
    pz_vec_push(lw->a, &s->items, it);
    pz_lower_bind(lw, at->id, text);
}

pz_attr *
pz_attr_fresh(pz_lowerer *lw, const pz_type *t)
{
    pz_attr *at = PZ_NEW(lw->a, pz_attr);
    at->id = ++lw->max_id;
    at->type = t;
    pz_keep_live(lw, at->id);
    return at;
}

pz_status
pz_sel_add(pz_lowerer *lw, pz_sel *s, pz_expr *e, pz_expr **ref)
{
    pz_attr *at = pz_attr_fresh(lw, e->type);
    pz_item it = {.attr = at, .is_volatile = pz_lower_is_volatile(e), .depth = pz_expr_depth(e, 1000)};
    at->nullable = e->nullable;
    PZ_TRY(pz_lower_text(lw, e, &it.text));
    pz_vec_push(lw->a, &s->items, it);
    *ref = pz_ref_make(lw->a, at, e->origin);
    return PZ_OK;
}

pz_status
pz_sel_aside(pz_lowerer *lw, pz_sel *s, pz_item it, pz_str *name)
{
    it.attr = pz_attr_fresh(lw, &pz_t_void);
    pz_vec_push(lw->a, &s->items, it);
    PZ_TRY(pz_sel_wrap(lw, s));
    *name = s->items.data[--s->items.n].text;
    return PZ_OK;
}

void
pz_sel_normal(pz_lowerer *lw, pz_sel *s)
{
    for (int i = 0; i < s->items.n; i++) {
        pz_item *it = &s->items.data[i];
        pz_str one = pz_normal_text(lw, it->attr->type, it->text);
        if (one.ptr == it->text.ptr) continue;
        it->text = one;
        it->plain = false;
        pz_lower_bind(lw, it->attr->id, one);
    }
}

bool
pz_sel_is_bare(const pz_sel *s)
{
    if (s->where.n || s->having.n || s->grouped || s->windowed || s->distinct || s->distinct_on.len || s->order.len || s->limit.len || s->offset.len)
        return false;
    for (int i = 0; i < s->items.n; i++)
        if (!s->items.data[i].plain) return false;
    return s->from.len > 0;
}

static void
write_conditions(pz_buf *out, const char *word, const pz_strs *list)
{
    for (int i = 0; i < list->n; i++) {
        pz_buf_puts(out, i ? " AND " : word);
        pz_buf_str(out, list->data[i]);
    }
}

/* Everything after the select list. */
static void
write_tail(const pz_sel *s, pz_buf *out)
{
    if (s->from.len) {
        pz_buf_puts(out, " FROM ");
        pz_buf_str(out, s->from);
    }
    write_conditions(out, " WHERE ", &s->where);
    if (s->group.len) {
        pz_buf_puts(out, " GROUP BY ");
        pz_buf_str(out, s->group);
    }
    write_conditions(out, " HAVING ", &s->having);
    if (s->order.len) {
        pz_buf_puts(out, " ORDER BY ");
        pz_buf_str(out, s->order);
    }
    if (s->limit.len) {
        pz_buf_puts(out, " LIMIT ");
        pz_buf_str(out, s->limit);
    }
    if (s->offset.len) {
        pz_buf_puts(out, " OFFSET ");
        pz_buf_str(out, s->offset);
    }
}

static void
write_head(const pz_sel *s, pz_buf *out)
{
    pz_buf_puts(out, s->distinct ? "SELECT DISTINCT " : "SELECT ");
    if (s->distinct_on.len) {
        pz_buf_puts(out, "DISTINCT ON (");
        pz_buf_str(out, s->distinct_on);
        pz_buf_puts(out, ") ");
    }
}

bool
pz_is_own_name(pz_str text, int id)
{
    char name[24];
    snprintf(name, sizeof name, "c%d", id);
    return pz_str_eqc(text, name);
}

static bool
seen_before(const pz_sel *s, int i)
{
    /* The same column selected twice keeps one name; only the outermost query shows it twice. */
    for (int k = 0; k < i; k++)
        if (s->items.data[k].attr->id == s->items.data[i].attr->id) return true;
    return false;
}

/* ---- keys that go along ---- */
static bool
carries(const pz_sel *s)
{
    return s->carry_keys && !s->order.len && !s->distinct && !s->distinct_on.len && !s->grouped;
}

/* The keys become columns of the SELECT that is being wrapped, and are known by their names from now on. */
static void
write_carried(pz_lowerer *lw, pz_sel *s, pz_buf *out)
{
    for (int k = 0; carries(s) && k < s->window_keys.n; k++) {
        pz_str name = pz_lower_fresh(lw, 'o');
        pz_buf_printf(out, ", " PZ_FMT " AS " PZ_FMT, PZ_ARG(s->window_keys.data[k]), PZ_ARG(name));
        s->window_keys.data[k] = name;
    }
}

static void
select_text(pz_lowerer *lw, pz_sel *s, pz_str number, bool carry, pz_buf *out)
{
    int n = 0;
    bool check = s->items.n < 400;             /* past that a hash would be needed; duplicates do no harm unless referenced */
    write_head(s, out);
    for (int i = 0; i < s->items.n; i++) {
        const pz_item *it = &s->items.data[i];
        if (!s->distinct && !pz_is_live(lw, it->attr->id)) continue;
        if (check && seen_before(s, i)) continue;
        if (n++) pz_buf_puts(out, ", ");
        pz_buf_str(out, it->text);
        if (!pz_is_own_name(it->text, it->attr->id)) pz_buf_printf(out, " AS c%d", it->attr->id);
    }
    if (!n) pz_buf_puts(out, "1 AS z");
    if (number.len) pz_buf_printf(out, ", row_number() OVER () AS " PZ_FMT, PZ_ARG(number));
    else if (carry) write_carried(lw, s, out);
    write_tail(s, out);
}

pz_status
pz_sel_text(pz_lowerer *lw, const pz_sel *s, pz_buf *out)
{
    pz_sel copy = *s;
    select_text(lw, &copy, (pz_str){NULL, 0}, false, out);
    return PZ_OK;
}

/* The given columns in order, each as often as it is listed. */
pz_status
pz_sel_list(pz_lowerer *lw, const pz_sel *s, const pz_attrs *columns, pz_buf *out)
{
    write_head(s, out);
    for (int i = 0; i < columns->n; i++) {
        if (i) pz_buf_puts(out, ", ");
        pz_lower_attr(lw, columns->data[i], out);
        pz_buf_printf(out, " AS c%d", columns->data[i]->id);
    }
    if (!columns->n) pz_buf_puts(out, "1 AS z");
    write_tail(s, out);
    return PZ_OK;
}

/* The outermost SELECT: every column leaves with the engine type of its Spark type, whatever functions below made of it. */
pz_status
pz_sel_root(pz_lowerer *lw, const pz_sel *s, const pz_attrs *columns, pz_buf *out)
{
    write_head(s, out);
    for (int i = 0; i < columns->n; i++) {
        const pz_attr *at = columns->data[i];
        bool typed = i < s->items.n && s->items.data[i].attr->id == at->id && s->items.data[i].typed;
        if (i) pz_buf_puts(out, ", ");
        pz_lower_attr(lw, at, out);
        if (!typed) {
            pz_str cast = pz_strf(lw->a, "::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, at->type)));
            if (!pz_str_ends(pz_buf_view(out), cast.ptr)) pz_buf_str(out, cast);
        }
        pz_buf_printf(out, " AS c%d", at->id);
    }
    if (!columns->n) pz_buf_puts(out, "1 AS z");
    write_tail(s, out);
    return PZ_OK;
}

/* Rows of a query without ORDER BY leave as Spark's window operator sorts them. */
void
pz_sel_order_by_window(pz_lowerer *lw, pz_sel *s)
{
    pz_buf b;
    if (!s->window_keys.n || s->order.len || s->distinct || s->distinct_on.len || s->grouped) return;
    pz_buf_init(&b, 0);
    for (int k = 0; k < s->window_keys.n; k++)
        pz_buf_printf(&b, "%s" PZ_FMT PZ_FMT, k ? ", " : "", PZ_ARG(s->window_keys.data[k]), PZ_ARG(s->window_dirs.data[k]));
    s->order = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
}

/* Window keys that are columns of the wrapped SELECT keep their names; from the first that is none on they are lost.  Those that are
 * carried are columns of their own by now (write_carried). */
static void
keep_window_keys(pz_lowerer *lw, const pz_sel *s, pz_sel *fresh)
{
    if (s->order.len) return;                  /* rows have another order */
    if (carries(s)) {
        fresh->carry_keys = true;
        fresh->window_keys = s->window_keys;
        fresh->window_dirs = s->window_dirs;
        return;
    }
    for (int k = 0; k < s->window_keys.n; k++) {
        const pz_item *hit = NULL;
        for (int i = 0; i < s->items.n && !hit; i++)
            if (pz_str_eq(s->items.data[i].text, s->window_keys.data[k]) && pz_is_live(lw, s->items.data[i].attr->id)) hit = &s->items.data[i];
        if (!hit) return;
        pz_vec_push(lw->a, &fresh->window_keys, pz_strf(lw->a, "c%d", hit->attr->id));
        pz_vec_push(lw->a, &fresh->window_dirs, s->window_dirs.data[k]);
    }
}

static void
packed_text(pz_lowerer *lw, pz_sel *s, pz_buf *out)
{
    write_head(s, out);
    pz_pack_items(lw, s, out);
    write_tail(s, out);
}

/* After wrapping, the columns are plain names, or lie in packs. */
static void
reset(pz_lowerer *lw, pz_sel *s, pz_str from, bool packed)
{
    pz_sel fresh = {.from = from};
    if (!packed) keep_window_keys(lw, s, &fresh);
    fresh.items = s->items;
    for (int i = 0; i < s->items.n; i++) {
        pz_item *it = &s->items.data[i];
        if (packed && it->pack) {
            *it = (pz_item){.attr = it->attr, .text = it->text, .plain = true, .pack = it->pack, .path = it->path};
            pz_lower_bind(lw, it->attr->id, it->text);
            continue;
        }
        *it = (pz_item){.attr = it->attr, .text = pz_strf(lw->a, "c%d", it->attr->id), .plain = true};
        pz_lower_bind(lw, it->attr->id, (pz_str){0});
    }
    *s = fresh;
}

bool
pz_sel_is_volatile(const pz_sel *s)
{
    for (int i = 0; i < s->items.n; i++)
        if (s->items.data[i].is_volatile) return true;
    return false;
}

/* The n-th row of the FROM clause gets the n-th value, so no condition from above may come below; the engine moves none past a LIMIT. */
static void
fence(pz_sel *s)
{
    if (s->limit.len || s->offset.len || s->order.len || s->grouped || !pz_sel_is_volatile(s)) return;
    s->limit = PZ_STR("9223372036854775807");
}

pz_status
pz_sel_wrap(pz_lowerer *lw, pz_sel *s)
{
    pz_buf b;
    pz_str alias = pz_lower_fresh(lw, 't'), from;
    bool packed = pz_may_pack(lw, s);
    fence(s);
    if (++lw->levels > 100 && lw->info) lw->info->deep = true;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '(');
    if (packed) packed_text(lw, s, &b);
    else select_text(lw, s, (pz_str){NULL, 0}, true, &b);
    pz_buf_printf(&b, ") AS " PZ_FMT, PZ_ARG(alias));
    from = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    reset(lw, s, from, packed);
    return PZ_OK;
}

bool
pz_sel_has_union(const pz_sel *s)
{
    static const char word[] = " UNION ALL ";
    return s->from.len && memmem(s->from.ptr, s->from.len, word, sizeof word - 1);
}

/*
 * Branches of a union that stream through the numbering into a join run at the same time, which its counter in the engine does not stand: the
 * numbered rows are set down first.
 */
pz_status
pz_sel_number(pz_lowerer *lw, pz_sel *s)
{
    bool aside = pz_sel_has_union(s);
    pz_str name = pz_lower_fresh(lw, 'o'), alias = pz_lower_fresh(lw, 't'), from;
    pz_buf b;
    pz_sel_order_by_window(lw, s);
    if (s->order.len || s->distinct || s->distinct_on.len || s->grouped) PZ_TRY(pz_sel_wrap(lw, s));
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, aside ? "(WITH n AS MATERIALIZED (" : "(");
    select_text(lw, s, name, false, &b);
    pz_buf_printf(&b, "%s) AS " PZ_FMT, aside ? ") SELECT * FROM n" : "", PZ_ARG(alias));
    from = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    s->window_keys = s->window_dirs = (pz_strs){0};
    reset(lw, s, from, false);
    pz_vec_push(lw->a, &s->window_keys, name);
    pz_vec_push(lw->a, &s->window_dirs, PZ_STR(" ASC"));
    s->carry_keys = true;
    return PZ_OK;
}

pz_status
pz_sel_from(pz_lowerer *lw, pz_sel *s, pz_str *from, bool *joined)
{
    if (!pz_sel_is_bare(s)) PZ_TRY(pz_sel_wrap(lw, s));
    *from = s->from;
    *joined = s->joined;
    return PZ_OK;
}

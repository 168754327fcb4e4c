/*
 * lower/pack.c - columns that only pass through a tower of SELECTs, put together so that they pass as few.
 *
 * Long chains of withColumn become SELECT over SELECT, and every one would name again all the columns there are: the square of the
 * chain's length, in text and in the engine's vectors.  Columns of one plain type go into a list (two vectors, whatever its length),
 * others into a struct; lists of one type and rank go into a list in turn, so that few are left at every level.
 *
 * In: the items of a SELECT that is being wrapped.  Out: its select list; packed items have the text that finds them above it.
 * Things start at pz_pack_items().
 */
#include "lower_int.h"

#include <stdio.h>

struct pz_pack {
    int id;                                    /* of its column */
    int rank;                                  /* lists in lists: 0 holds columns */
    const pz_type *type;                       /* of all the columns in it; NULL: a struct */
};

enum { PACK_LEVELS = 4, PACK_MIN = 32, LIST_MIN = 4, NEST_MIN = 16 };

static bool
passes_through(const pz_item *it)
{
    return it->plain && !it->pack && pz_is_own_name(it->text, it->attr->id);
}

bool
pz_may_pack(const pz_lowerer *lw, const pz_sel *s)
{
    int n = 0;
    if (lw->levels < PACK_LEVELS || s->distinct || s->distinct_on.len || s->window_keys.n) return false;
    for (int i = 0; i < s->items.n; i++) n += s->items.data[i].pack || passes_through(&s->items.data[i]);
    return n >= PACK_MIN;
}

/* ---- what is packed ---- */
typedef struct packing {
    pz_lowerer *lw;
    pz_map *written;                           /* names in the select list */
    pz_buf *out;
    PZ_VEC(pz_pack *) roots;                   /* packs that are columns below, in order */
    PZ_VEC(pz_item *) passing;                 /* columns that have no pack yet */
} packing;

/* Its name in the select list, once. */
static bool
is_new(packing *p, int id)
{
    pz_str name = pz_strf(p->lw->a, "c%d", id);
    if (pz_map_get(p->written, name)) return false;
    if (pz_map_count(p->written)) pz_buf_puts(p->out, ", ");
    pz_map_put(p->written, name, p);
    return true;
}

static void
write_column(packing *p, pz_str text, int id)
{
    if (!is_new(p, id)) return;
    pz_buf_str(p->out, text);
    if (!pz_is_own_name(text, id)) pz_buf_printf(p->out, " AS c%d", id);
}

static pz_pack *
pack_make(pz_lowerer *lw, const pz_type *type, int rank)
{
    pz_pack *k = PZ_NEW(lw->a, pz_pack);
    k->id = pz_attr_fresh(lw, &pz_t_void)->id;
    k->type = type;
    k->rank = rank;
    return k;
}

static void
place(pz_lowerer *lw, pz_item *it, pz_pack *k, pz_str path)
{
    it->pack = k;
    it->path = path;
    it->text = pz_strf(lw->a, "c%d" PZ_FMT, k->id, PZ_ARG(path));
}

/* ---- columns ---- */
static bool
may_list(const pz_type *t)
{
    return !pz_type_is_nested(t) && t->id != PZ_T_VARIANT && t->id != PZ_T_VOID;
}

/* Columns from `first` on that have its type form a list, if they are enough. */
static void
list_columns(packing *p, int first)
{
    const pz_type *t = p->passing.data[first]->attr->type;
    pz_str cast;
    pz_pack *k;
    int n = 0;
    if (!may_list(t)) return;
    for (int i = first; i < p->passing.n; i++) n += p->passing.data[i] && pz_type_eq(p->passing.data[i]->attr->type, t);
    if (n < LIST_MIN) return;
    k = pack_make(p->lw, t, 0);
    cast = pz_engine_type_text(p->lw, t);
    is_new(p, k->id);
    n = 0;
    for (int i = first; i < p->passing.n; i++) {
        pz_item *it = p->passing.data[i];
        if (!it || !pz_type_eq(it->attr->type, t)) continue;
        pz_buf_printf(p->out, "%sc%d::" PZ_FMT, n++ ? ", " : "[", it->attr->id, PZ_ARG(cast));
        place(p->lw, it, k, pz_strf(p->lw->a, "[%d]", n));
        p->passing.data[i] = NULL;
    }
    pz_buf_printf(p->out, "] AS c%d", k->id);
}

static void
struct_rest(packing *p)
{
    pz_pack *k = NULL;
    int n = 0;
    for (int i = 0; i < p->passing.n; i++) {
        pz_item *it = p->passing.data[i];
        if (!it) continue;
        if (!k) {
            k = pack_make(p->lw, NULL, 0);
            is_new(p, k->id);
        }
        pz_buf_printf(p->out, "%sf%d := c%d", n ? ", " : "struct_pack(", n, it->attr->id);
        place(p->lw, it, k, pz_strf(p->lw->a, "['f%d']", n++));
    }
    if (k) pz_buf_printf(p->out, ") AS c%d", k->id);
}

/* ---- packs ---- */
typedef struct moved { pz_pack *to; int at; } moved;

static bool
are_alike(const pz_pack *a, const pz_pack *b)
{
    return a && a->type && a->rank == b->rank && pz_type_eq(a->type, b->type);
}

/* Lists of the type and rank of the one at `first` go into a list, if they are enough. */
static bool
nest_lists(packing *p, int first, pz_map *moves)
{
    pz_pack *of = p->roots.data[first], *k;
    int n = 0;
    if (!of->type) return false;
    for (int i = first; i < p->roots.n; i++) n += are_alike(p->roots.data[i], of);
    if (n < NEST_MIN) return false;
    k = pack_make(p->lw, of->type, of->rank + 1);
    is_new(p, k->id);
    n = 0;
    for (int i = first; i < p->roots.n; i++) {
        pz_pack *r = p->roots.data[i];
        moved *m;
        if (!are_alike(r, of)) continue;
        pz_buf_printf(p->out, "%sc%d", n++ ? ", " : "[", r->id);
        m = PZ_NEW(p->lw->a, moved);
        *m = (moved){k, n};
        pz_map_put(moves, pz_strf(p->lw->a, "%d", r->id), m);
        p->roots.data[i] = NULL;
    }
    pz_buf_printf(p->out, "] AS c%d", k->id);
    return true;
}

static void
note_roots(packing *p, const pz_sel *s)
{
    pz_map *seen = pz_map_make(p->lw->a, false);
    pz_pack *last = NULL;
    for (int i = 0; i < s->items.n; i++) {
        const pz_item *it = &s->items.data[i];
        pz_str id;
        if (!it->pack || it->pack == last || !pz_is_live(p->lw, it->attr->id)) continue;
        last = it->pack;
        id = pz_strf(p->lw->a, "%d", last->id);
        if (pz_map_get(seen, id)) continue;
        pz_map_put(seen, id, last);
        pz_vec_push(p->lw->a, &p->roots, last);
    }
}

static void
pass_packs(packing *p, pz_sel *s)
{
    pz_map *moves = pz_map_make(p->lw->a, false);
    note_roots(p, s);
    for (int i = 0; i < p->roots.n; i++)
        if (p->roots.data[i] && !nest_lists(p, i, moves)) write_column(p, pz_strf(p->lw->a, "c%d", p->roots.data[i]->id), p->roots.data[i]->id);
    for (int i = 0; pz_map_count(moves) && i < s->items.n; i++) {
        pz_item *it = &s->items.data[i];
        const moved *m = it->pack ? pz_map_get(moves, pz_strf(p->lw->a, "%d", it->pack->id)) : NULL;
        if (m) place(p->lw, it, m->to, pz_strf(p->lw->a, "[%d]" PZ_FMT, m->at, PZ_ARG(it->path)));
    }
}

void
pz_pack_items(pz_lowerer *lw, pz_sel *s, pz_buf *out)
{
    packing p = {.lw = lw, .written = pz_map_make(lw->a, false), .out = out};
    pass_packs(&p, s);
    for (int i = 0; i < s->items.n; i++) {
        pz_item *it = &s->items.data[i];
        if (it->pack || !pz_is_live(lw, it->attr->id)) continue;
        if (passes_through(it)) pz_vec_push(lw->a, &p.passing, it);
        else write_column(&p, it->text, it->attr->id);
    }
    for (int i = 0; i < p.passing.n; i++)
        if (p.passing.data[i]) list_columns(&p, i);
    struct_rest(&p);
    if (!pz_map_count(p.written)) pz_buf_puts(out, "1 AS z");
}

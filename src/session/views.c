/*
 * session/views.c - see views.h.
 */
#include "views.h"

#include <stdlib.h>

#include "table.h"

struct pz_views {
    atomic_int refs;
    int n;
    pz_view *items[];                          /* sorted by lower-cased name */
};

pz_shared *
pz_shared_open(void)
{
    pz_shared *s = pz_xcalloc(1, sizeof *s);
    atomic_init(&s->refs, 1);
    s->arena = pz_arena_open();
    return s;
}

pz_shared *
pz_shared_ref(pz_shared *s)
{
    atomic_fetch_add(&s->refs, 1);
    return s;
}

void
pz_shared_unref(pz_shared *s)
{
    if (!s || atomic_fetch_sub(&s->refs, 1) != 1) return;
    pz_arena_close(s->arena);
    free(s);
}

pz_view *
pz_view_make(pz_shared *keep)
{
    pz_view *v = pz_xcalloc(1, sizeof *v);
    atomic_init(&v->refs, 1);
    v->keep = pz_shared_ref(keep);
    v->created = pz_now_micros();
    return v;
}

pz_view *
pz_view_ref(pz_view *v)
{
    atomic_fetch_add(&v->refs, 1);
    return v;
}

void
pz_view_unref(pz_view *v)
{
    if (!v || atomic_fetch_sub(&v->refs, 1) != 1) return;
    pz_views_unref(v->scope);
    pz_confs_unref(v->confs);
    pz_shared_unref(v->keep);
    free(v);
}

static pz_views *
make(int n)
{
    pz_views *v = pz_xcalloc(1, sizeof *v + (size_t)n * sizeof(pz_view *));
    atomic_init(&v->refs, 1);
    return v;
}

pz_views *
pz_views_empty(void)
{
    return make(0);
}

pz_views *
pz_views_ref(pz_views *v)
{
    atomic_fetch_add(&v->refs, 1);
    return v;
}

void
pz_views_unref(pz_views *v)
{
    if (!v || atomic_fetch_sub(&v->refs, 1) != 1) return;
    for (int i = 0; i < v->n; i++) pz_view_unref(v->items[i]);
    free(v);
}

static int
order(pz_str a, pz_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < n; i++) {
        int x = (unsigned char)a.ptr[i], y = (unsigned char)b.ptr[i];
        if (x >= 'A' && x <= 'Z') x += 32;
        if (y >= 'A' && y <= 'Z') y += 32;
        if (x != y) return x - y;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

pz_views *
pz_views_with(const pz_views *v, pz_str name, pz_view *view)
{
    pz_views *out = make(v->n + 1);
    bool done = !view;
    for (int i = 0; i < v->n; i++) {
        int c = order(v->items[i]->name, name);
        if (c >= 0 && !done) out->items[out->n++] = pz_view_ref(view), done = true;
        if (c) out->items[out->n++] = pz_view_ref(v->items[i]);
    }
    if (!done) out->items[out->n++] = pz_view_ref(view);
    return out;
}

pz_view *
pz_views_find(const pz_views *v, pz_str name)
{
    int low = 0, high = v->n - 1;
    while (low <= high) {
        int mid = (low + high) / 2, c = order(name, v->items[mid]->name);
        if (!c) return v->items[mid];
        if (c < 0) high = mid - 1;
        else low = mid + 1;
    }
    return NULL;
}

int
pz_views_count(const pz_views *v)
{
    return v->n;
}

pz_view *
pz_views_at(const pz_views *v, int i)
{
    return v->items[i];
}

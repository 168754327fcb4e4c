/*
 * session/table.c - see table.h.
 */
#include "table.h"

#include <stdlib.h>

void *
pz_xcalloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    pz_assert(p);
    return p;
}

char *
pz_xdup(pz_str s)
{
    char *c = pz_xcalloc(s.len + 1, 1);
    if (s.len) memcpy(c, s.ptr, s.len);
    return c;
}

static pz_entry **
find(const pz_table *t, pz_str key, uint64_t hash)
{
    pz_entry **at = &t->slots[hash % t->nslots];
    while (*at && ((*at)->hash != hash || (*at)->len != key.len || memcmp((*at)->key, key.ptr, key.len) != 0)) at = &(*at)->chain;
    return at;
}

static uint64_t
hash_of(pz_str key)
{
    return pz_hash_bytes(key.ptr ? key.ptr : "", key.len, 0);
}

void *
pz_table_get(const pz_table *t, pz_str key)
{
    pz_entry **at;
    if (!t->nslots) return NULL;
    at = find(t, key, hash_of(key));
    return *at ? (*at)->value : NULL;
}

static void
grow(pz_table *t)
{
    size_t n = t->nslots ? t->nslots * 2 : 16;
    pz_entry **slots = pz_xcalloc(n, sizeof *slots);
    PZ_TABLE_EACH(t, e) {
        e->chain = slots[e->hash % n];
        slots[e->hash % n] = e;
    }
    free(t->slots);
    t->slots = slots;
    t->nslots = n;
}

void *
pz_table_put(pz_table *t, pz_str key, void *value)
{
    uint64_t hash = hash_of(key);
    pz_entry **at, *e;
    if ((size_t)t->n >= t->nslots) grow(t);
    at = find(t, key, hash);
    if (*at) {
        void *old = (*at)->value;
        (*at)->value = value;
        return old;
    }
    e = pz_xcalloc(1, sizeof *e + key.len + 1);
    if (key.len) memcpy(e->key, key.ptr, key.len);
    e->len = key.len;
    e->hash = hash;
    e->value = value;
    *at = e;
    e->older = t->newest;
    if (t->newest) t->newest->newer = e;
    else t->oldest = e;
    t->newest = e;
    t->n++;
    return NULL;
}

void *
pz_table_del(pz_table *t, pz_str key)
{
    pz_entry **at, *e;
    void *value;
    if (!t->nslots) return NULL;
    at = find(t, key, hash_of(key));
    e = *at;
    if (!e) return NULL;
    *at = e->chain;
    if (e->older) e->older->newer = e->newer;
    else t->oldest = e->newer;
    if (e->newer) e->newer->older = e->older;
    else t->newest = e->older;
    value = e->value;
    free(e);
    t->n--;
    return value;
}

void
pz_table_free(pz_table *t)
{
    for (pz_entry *e = t->oldest, *next; e; e = next) {
        next = e->newer;
        free(e);
    }
    free(t->slots);
    *t = (pz_table){0};
}

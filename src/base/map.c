/*
 * base/map.c - hash map from string to pointer, in an arena, that remembers insertion order.
 *
 * Entries lie in an array in insertion order; a table of open-addressed slots (linear probing, at most half full) holds their indexes plus one.
 * Deleting closes the gap in the array and rebuilds the table: maps are read far more often than they lose keys.
 */
#include "base.h"

typedef struct entry {
    pz_str key;
    void *value;
    uint64_t hash;
} entry;

struct pz_map {
    pz_arena *arena;
    entry *entries;
    int n, cap;
    uint32_t *slots;                           /* index + 1; 0 is free */
    uint32_t nslots;                           /* a power of two */
    bool ignore_case;
};

pz_map *
pz_map_make(pz_arena *a, bool ignore_case)
{
    pz_map *m = PZ_NEW(a, pz_map);
    m->arena = a;
    m->ignore_case = ignore_case;
    return m;
}

static uint64_t
hash_of(const pz_map *m, pz_str key)
{
    return m->ignore_case ? pz_hash_istr(key) : pz_hash_bytes(key.ptr, key.len, 0);
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *
find_slot(const pz_map *m, pz_str key, uint64_t h)
{
    for (uint32_t i = (uint32_t)h & (m->nslots - 1);; i = (i + 1) & (m->nslots - 1)) {
        uint32_t *slot = &m->slots[i];
        const entry *e;
        if (!*slot) return slot;
        e = &m->entries[*slot - 1];
        if (e->hash == h && (m->ignore_case ? pz_str_ieq(e->key, key) : pz_str_eq(e->key, key))) return slot;
    }
}

static void
fill_slots(pz_map *m)
{
    memset(m->slots, 0, sizeof *m->slots * m->nslots);
    for (int i = 0; i < m->n; i++) {
        uint32_t j = (uint32_t)m->entries[i].hash & (m->nslots - 1);
        while (m->slots[j]) j = (j + 1) & (m->nslots - 1);
        m->slots[j] = (uint32_t)i + 1;
    }
}

void *
pz_map_get(const pz_map *m, pz_str key)
{
    uint32_t *slot;
    if (!m || !m->n) return NULL;
    slot = find_slot(m, key, hash_of(m, key));
    return *slot ? m->entries[*slot - 1].value : NULL;
}

void
pz_map_put(pz_map *m, pz_str key, void *value)
{
    uint64_t h = hash_of(m, key);
    uint32_t *slot;
    if ((uint32_t)(m->n + 1) * 2 > m->nslots) {
        m->nslots = m->nslots ? m->nslots * 2 : 8;
        m->slots = PZ_NEWN(m->arena, uint32_t, m->nslots);
        fill_slots(m);
    }
    slot = find_slot(m, key, h);
    if (*slot) {
        m->entries[*slot - 1].value = value;
        return;
    }
    if (m->n == m->cap) pz_vec_grow(m->arena, (void **)&m->entries, &m->cap, sizeof(entry), m->n);
    m->entries[m->n++] = (entry){key, value, h};
    *slot = (uint32_t)m->n;
}

bool
pz_map_del(pz_map *m, pz_str key)
{
    uint32_t *slot;
    int i;
    if (!m->n) return false;
    slot = find_slot(m, key, hash_of(m, key));
    if (!*slot) return false;
    i = (int)*slot - 1;
    memmove(&m->entries[i], &m->entries[i + 1], sizeof(entry) * (size_t)(m->n - i - 1));
    m->n--;
    fill_slots(m);
    return true;
}

int
pz_map_count(const pz_map *m)
{
    return m ? m->n : 0;
}

bool
pz_map_at(const pz_map *m, int i, pz_str *key, void **value)
{
    if (!m || i < 0 || i >= m->n) return false;
    if (key) *key = m->entries[i].key;
    if (value) *value = m->entries[i].value;
    return true;
}

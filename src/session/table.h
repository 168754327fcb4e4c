/*
 * session/table.h - a hash table from text to pointer that may live long and shrink again (base's maps live in arenas).
 *
 * Keys are copied.  The caller guards it and owns the values.  Entries are visited oldest first.
 */
#ifndef PZ_SESSION_TABLE_H
#define PZ_SESSION_TABLE_H

#include "../base/base.h"

typedef struct pz_entry {
    struct pz_entry *chain;                    /* same slot */
    struct pz_entry *older, *newer;
    uint64_t hash;
    void *value;
    size_t len;
    char key[];
} pz_entry;

typedef struct pz_table {                      /* all zero: empty */
    pz_entry **slots;
    size_t nslots;
    int n;
    pz_entry *oldest, *newest;
} pz_table;

void *pz_table_get(const pz_table *t, pz_str key);             /* NULL if absent */
void *pz_table_put(pz_table *t, pz_str key, void *value);      /* returns the value replaced, or NULL; a replaced key keeps its age */
void *pz_table_del(pz_table *t, pz_str key);                   /* returns the value taken out, or NULL */
void pz_table_free(pz_table *t);                               /* entries only */
#define PZ_TABLE_EACH(t, e) for (pz_entry *e = (t)->oldest; e; e = e->newer)
static inline pz_str pz_entry_key(const pz_entry *e) { return (pz_str){e->key, e->len}; }

void *pz_xcalloc(size_t n, size_t size);                       /* never NULL */
char *pz_xdup(pz_str s);                                       /* NUL-terminated copy on the heap */

#endif

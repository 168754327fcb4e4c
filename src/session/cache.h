/*
 * session/cache.h - persisted relations: which resolved plans are kept, server-wide, and their parts found again in other plans.
 *
 * A plan is known by its signature (plan/equal.c) and by the settings that change its rows.  Things start at pz_cache_add() and
 * pz_cache_apply().  Whoever changes tables or files calls pz_cache_changed_*().
 */
#ifndef PZ_SESSION_CACHE_H
#define PZ_SESSION_CACHE_H

#include "query.h"

bool pz_level_named(pz_str name, int *level);  /* MEMORY_AND_DISK; NONE gives PZ_LEVEL_NONE */

struct pz_cache *pz_cache_open(void);
void pz_cache_close(struct pz_cache *c);
uint64_t pz_cache_generation(pz_sessions *all);                /* changes whenever plans may have to be looked at anew */

/* The plan q has resolved is kept from now on; what is kept already stays as it is.  q must be its caller's alone, and have been opened
 * with pz_cache_query(). */
pz_query *pz_cache_query(pz_session *s, pz_operation *op, pz_shared *keep);
pz_status pz_cache_add(pz_query *q, int level, pz_error *err);
pz_status pz_cache_fill(const pz_query *q, pz_operation *op, pz_error *err);   /* now, not when first used */
int pz_cache_level(const pz_query *q, const pz_rel *root);     /* PZ_LEVEL_NONE: not kept */
bool pz_cache_is_empty(pz_sessions *all);
bool pz_cache_same(const pz_rel *a, const pz_rel *b);          /* would be kept as one */
/* cascade: what was made of it goes too */
void pz_cache_remove(const pz_query *q, const pz_rel *root, bool cascade);
void pz_cache_clear(pz_sessions *all);

/* Rows below a path, or of a relation, are not what they were: what was kept of them is read again when next used. */
void pz_cache_changed_path(pz_sessions *all, pz_str path);
void pz_cache_changed_table(pz_sessions *all, int64_t id);
void pz_cache_table_gone(pz_sessions *all, int64_t id);        /* what was kept of it goes as well */
void pz_cache_changed_plan(const pz_query *q, const pz_rel *root);

/* `plan` with its kept parts replaced by scans of what is kept, except `self`; plan itself where there are none.  The stores used go
 * into *used, a reference each.  Nothing is filled. */
typedef PZ_VEC(pz_stored *) pz_stored_list;
const pz_plan *pz_cache_apply(const pz_query *q, const pz_plan *plan, const pz_rel *self, pz_arena *a, pz_stored_list *used);

/* A chain of withColumn is analyzed as one, unless part of it is kept. */
void pz_cache_note_chain(pz_query *q, const pz_rel *unresolved);
bool pz_cache_has_chains(pz_sessions *all);
bool pz_cache_cuts_chain(pz_sessions *all, uint64_t hash);

#endif

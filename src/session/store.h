/*
 * session/store.h - rows of a plan kept in an engine table: what cached and checkpointed relations are made of.
 *
 * A pz_stored is filled when somebody first needs it, once, whoever comes first; the others wait.  It is shared by count: whoever reads
 * it holds it, and the table goes with the last reference, so a reader in flight never loses its rows.
 */
#ifndef PZ_SESSION_STORE_H
#define PZ_SESSION_STORE_H

#include "query.h"

/* Rows of `root`, hidden columns included.  Holds q, which resolved it and will lower it; once filled q is let go. */
pz_stored *pz_stored_make(pz_query *q, pz_rel *root, pz_str storage);
pz_stored *pz_stored_ref(pz_stored *t);
void pz_stored_unref(pz_stored *t);
/* Another one of the same rows, to be read again from their files. */
pz_stored *pz_stored_again(pz_query *q, pz_rel *root, pz_str storage);
pz_status pz_stored_fill(pz_stored *t, pz_operation *op, pz_error *err);       /* op: interrupted with it; NULL: not to be stopped */
bool pz_stored_is_full(pz_stored *t);
/* A scan under the attributes given (those of a relation equal to the stored one), or under new ones. */
pz_rel *pz_stored_scan(const pz_stored *t, const pz_attrs *output, pz_arena *a);
pz_rel *pz_stored_scan_new(const pz_stored *t, pz_query *q, pz_arena *a);

#endif

/*
 * engine/tx.c - transactions: a connection kept for several statements that take effect together or not at all.
 *
 * The connection goes back to the pool only when the transaction has ended; one whose end fails is closed instead.
 */
#include <stdlib.h>

#include "engine_int.h"

static void
leave(pz_tx *t, bool usable)
{
    if (usable) pz_conn_give(t->engine, t->conn);
    else pz_conn_close(t->conn);
    free(t);
}

pz_status
pz_tx_begin(pz_engine *e, const pz_run_settings *s, pz_tx **out, pz_error *err)
{
    pz_tx *t = calloc(1, sizeof *t);
    pz_assert(t);
    *out = NULL;
    t->engine = e;
    if (pz_conn_take(e, s, &t->conn, err) != PZ_OK) {
        free(t);
        return PZ_FAIL;
    }
    if (pz_conn_exec(t->conn, PZ_STR("BEGIN TRANSACTION"), err) != PZ_OK) {
        leave(t, false);
        return PZ_FAIL;
    }
    *out = t;
    return PZ_OK;
}

pz_status
pz_tx_exec(pz_tx *t, pz_str sql, pz_error *err)
{
    return pz_conn_exec(t->conn, sql, err);
}

pz_status
pz_tx_rows(pz_tx *t, pz_str sql, const pz_type *const *types, int ntypes, pz_arena *a, pz_values **rows, int *nrows, pz_error *err)
{
    pz_run *r = pz_run_make_in(t);
    pz_status st = pz_run_start(r, NULL, sql, err);
    if (st == PZ_OK) st = pz_run_rows(r, types, ntypes, -1, a, rows, nrows, err);
    pz_run_close(r);
    return st;
}

/* A commit that fails has been undone by the engine. */
pz_status
pz_tx_commit(pz_tx *t, pz_error *err)
{
    pz_status st = pz_conn_exec(t->conn, PZ_STR("COMMIT"), err);
    pz_engine *e = t->engine;
    leave(t, st == PZ_OK);
    pz_kept_drop_all(e);
    return st;
}

void
pz_tx_abort(pz_tx *t)
{
    pz_arena *a;
    pz_error quiet;
    if (!t) return;
    a = pz_arena_open();
    pz_error_init(&quiet, a);
    leave(t, pz_conn_exec(t->conn, PZ_STR("ROLLBACK"), &quiet) == PZ_OK);
    pz_arena_close(a);
}

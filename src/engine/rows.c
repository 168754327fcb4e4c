/*
 * engine/rows.c - small results whole, as Spark values: constant folding, catalog rows, pivot values.
 */
#include "functions/bind.h"

static pz_status
read_chunk(struct pz_chunk *c, const pz_type *const *types, int ntypes, pz_arena *a, pz_values **rows, int *nrows, int *cap, pz_error *err)
{
    int64_t n = pz_chunk_rows(c);
    if (pz_chunk_columns(c) < ntypes) return pz_raise_internal(err, "the engine gives %d columns where %d are wanted", pz_chunk_columns(c), ntypes);
    for (int64_t i = 0; i < n; i++) {
        if (*nrows == *cap) pz_vec_grow(a, (void **)rows, cap, sizeof **rows, *nrows);
        (*rows)[*nrows] = (pz_values){PZ_NEWN(a, pz_value, ntypes), ntypes, ntypes};
        (*nrows)++;
    }
    for (int j = 0; j < ntypes; j++) {
        pz_vec_reader v;
        pz_vec_open(&v, duckdb_data_chunk_get_vector((duckdb_data_chunk)c, (idx_t)j), types[j]);
        for (int64_t i = 0; i < n; i++) {
            pz_value x;
            pz_vec_read(&v, (idx_t)i, a, &x);
            (*rows)[*nrows - n + i].data[j] = pz_value_copy(a, types[j], &x); /* the chunk goes */
        }
    }
    return PZ_OK;
}

pz_status
pz_run_rows(pz_run *r, const pz_type *const *types, int ntypes, int limit, pz_arena *a, pz_values **rows, int *nrows, pz_error *err)
{
    struct pz_chunk *c;
    int cap = 0;
    *rows = NULL;
    *nrows = 0;
    while (limit < 0 || *nrows < limit) {
        pz_status st;
        PZ_TRY(pz_run_next(r, &c, err));
        if (!c) break;
        st = read_chunk(c, types, ntypes, a, rows, nrows, &cap, err);
        pz_chunk_free(c);
        PZ_TRY(st);
    }
    return PZ_OK;
}

pz_status
pz_engine_rows(pz_engine *e, const pz_run_settings *s, pz_str sql, const pz_type *const *types, int ntypes, pz_arena *a,
               pz_values **rows, int *nrows, pz_error *err)
{
    pz_run *r;
    pz_status st;
    *rows = NULL;
    *nrows = 0;
    PZ_TRY(pz_run_open(e, s, sql, &r, err));
    st = pz_run_rows(r, types, ntypes, -1, a, rows, nrows, err);
    pz_run_close(r);
    return st;
}

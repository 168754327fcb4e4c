/*
 * engine/chunk.c - flat views of DuckDB vectors.
 *
 * Fetched chunks are flat, children included; a view is two pointers and the way down.  Values come out through
 * functions/vectors.c.
 */
#include "engine_int.h"

void
pz_chunk_free(struct pz_chunk *c)
{
    duckdb_data_chunk d = (duckdb_data_chunk)c;
    if (d) duckdb_destroy_data_chunk(&d);
}

int64_t
pz_chunk_rows(const struct pz_chunk *c)
{
    return (int64_t)duckdb_data_chunk_get_size((duckdb_data_chunk)c);
}

int
pz_chunk_columns(const struct pz_chunk *c)
{
    return (int)duckdb_data_chunk_get_column_count((duckdb_data_chunk)c);
}

void
pz_vector_view_of(duckdb_vector v, pz_vector_view *out)
{
    *out = (pz_vector_view){.handle = v, .child_count = -1, .rows = -1};
    if (!v) return;
    out->data = duckdb_vector_get_data(v);
    out->validity = duckdb_vector_get_validity(v);
}

void
pz_chunk_column(const struct pz_chunk *c, int i, pz_vector_view *out)
{
    pz_vector_view_of(duckdb_data_chunk_get_vector((duckdb_data_chunk)c, (idx_t)i), out);
    out->rows = pz_chunk_rows(c);
}

static bool
all_null(const pz_vector_view *v)
{
    if (!v->validity || v->rows < 0) return false;
    for (int64_t i = 0; i < v->rows; i++)
        if (v->validity[i >> 6] >> (i & 63) & 1) return false;
    return true;
}

/* Only LIST and MAP vectors have entries; the caller knows from the Spark type which child to ask for.  A list that is NULL in
 * every row may have no child at all in the engine, and must not be asked for it. */
void
pz_vector_list_child(const pz_vector_view *v, pz_vector_view *out)
{
    duckdb_vector h = v->handle;
    if (!h || all_null(v)) {
        *out = (pz_vector_view){0};
        return;
    }
    pz_vector_view_of(duckdb_list_vector_get_child(h), out);
    out->rows = out->child_count = (int64_t)duckdb_list_vector_get_size(h);
}

void
pz_vector_struct_child(const pz_vector_view *v, int i, pz_vector_view *out)
{
    if (!v->handle) {
        *out = *v;
        return;
    }
    pz_vector_view_of(duckdb_struct_vector_get_child(v->handle, (idx_t)i), out);
    out->rows = v->rows;
}

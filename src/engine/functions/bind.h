/*
 * engine/functions/bind.h - inside the adapter: engine vectors to pz_value and back, and what the engine lends it.
 *
 * vectors.c reads and writes vectors, bind.c registers functions per concrete signature.  Only these two and the fast_*.c
 * files know duckdb.h.
 */
#ifndef PZ_ENGINE_BIND_H
#define PZ_ENGINE_BIND_H

#include "../engine_int.h"
#include "../functions.h"

/* A flat engine vector and its children, opened once per chunk. */
typedef struct pz_vec_reader {
    const pz_type *type;
    duckdb_vector vector;
    const void *data;
    const uint64_t *validity;                  /* NULL: all valid */
    struct pz_vec_reader *kids;                /* ARRAY: element; MAP: key, value; STRUCT: fields; VARIANT: its two parts */
    int nkids;
} pz_vec_reader;

/* Type that carries `t` in the engine.  The caller destroys it. */
duckdb_logical_type pz_engine_type(const pz_type *t);
void pz_vec_open(pz_vec_reader *r, duckdb_vector v, const pz_type *t);
/* Value of one row.  Texts point into the vector, containers into the arena. */
void pz_vec_read(const pz_vec_reader *r, idx_t row, pz_arena *a, pz_value *out);
bool pz_vec_is_null(const pz_vec_reader *r, idx_t row);

/* Writes rows of one vector; rows of nested vectors are appended in order. */
typedef struct pz_vec_writer {
    const pz_type *type;
    duckdb_vector vector;
    void *data;
    uint64_t *validity;                        /* NULL until the first NULL */
    struct pz_vec_writer *kids;
    int nkids;
} pz_vec_writer;
void pz_vec_writer_open(pz_vec_writer *w, duckdb_vector v, const pz_type *t, pz_arena *a);
void pz_vec_write(pz_vec_writer *w, idx_t row, const pz_value *v);
void pz_vec_write_null(pz_vec_writer *w, idx_t row);

/* ---- vectorized forms ----
 * Bound like any value function: when a vectorized form exists for a signature, pz_engine_bind() takes it instead of the row
 * by row one.  Its extra info is the pz_call_site. */
duckdb_scalar_function_t pz_fast_find(const char *impl, const pz_call_site *site);   /* NULL: none */
/* Also possible: functions of fixed types registered under fixed names when the engine starts (fast.c lists the tables). */
typedef struct pz_fast_fn {
    const char *name;                          /* pz_... as written in SQL templates */
    const pz_type *args[4];
    int nargs;
    const pz_type *result;
    duckdb_scalar_function_t run;
} pz_fast_fn;
typedef struct pz_fast_table { const pz_fast_fn *fns; int n; } pz_fast_table;
/* Pack `err` and give it to the engine. */
void pz_fast_report(duckdb_function_info info, const pz_error *err);

/* Arena of the calling thread, emptied: what one call of the adapter may use. */
pz_arena *pz_scratch_arena(void);

#endif

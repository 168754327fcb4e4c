/*
 * engine/local_int.h - data of one LocalRelation; shared by local.c (the table), local_ipc.c (bytes to arrays) and
 * local_copy.c (arrays to engine vectors); with local_check.c they are the only files of engine/ that include nanoarrow.
 */
#ifndef PZ_LOCAL_INT_H
#define PZ_LOCAL_INT_H

#include <nanoarrow/nanoarrow.h>

#include "engine_int.h"

enum { PZ_LOCAL_STEP = 2048 };                 /* rows per call of the scan: a vector of the engine */

typedef struct pz_local_batch {
    struct ArrowArray array;
    struct ArrowArrayView view;                /* validated: offsets and buffers may be trusted */
} pz_local_batch;

typedef struct pz_local_step { int batch; int64_t start; } pz_local_step;

struct pz_local {
    pz_local *next;
    int64_t id;
    int refs;                                  /* the opener's and one per scan; under the engine's lock */
    pz_arena *arena;                           /* schema, steps */
    struct ArrowSchema arrow;
    pz_schema schema;
    PZ_VEC(pz_local_batch *) batches;
    PZ_VEC(pz_local_step) steps;
    int64_t rows;
};

/* local_ipc.c: one or more IPC streams of one schema after another; fills arrow, schema, batches, steps, rows. */
pz_status pz_local_decode(pz_local *l, pz_str ipc, pz_error *err);
void pz_local_drop(pz_local *l);

/* local_check.c: NULL, or what is wrong with the messages. */
const char *pz_local_check(pz_str ipc);

/* local_copy.c */
void pz_local_copy(const struct ArrowArrayView *v, const pz_type *t, int64_t start, int64_t n, duckdb_vector out, int64_t at);

#endif

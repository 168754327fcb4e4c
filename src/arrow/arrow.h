/*
 * arrow/arrow.h - engine chunks to Arrow IPC with Spark's schema, and IPC to values; the only room that includes nanoarrow
 * (engine/ asks it for nothing: decoding of LocalRelations goes through pz_ipc_reader).
 */
#ifndef PZ_ARROW_H
#define PZ_ARROW_H

#include "../engine/engine.h"

typedef struct pz_ipc_options {
    pz_str time_zone;                          /* for timestamp columns, verbatim */
    bool large_var_types;
    enum { PZ_IPC_PLAIN, PZ_IPC_ZSTD, PZ_IPC_LZ4 } codec;
    int64_t max_rows;                          /* per batch, <= 0: none */
    int64_t max_bytes;                         /* per batch, soft */
} pz_ipc_options;

/* A finished message: an IPC stream (schema, one record batch, end) in pieces, so that big buffers need no copy. */
typedef struct pz_ipc_piece { void *ptr; size_t len; void (*release)(void *); void *release_arg; } pz_ipc_piece;
typedef struct pz_ipc_batch { pz_ipc_piece *pieces; int n; size_t bytes; int64_t rows; } pz_ipc_batch;
void pz_ipc_batch_free(pz_ipc_batch *b);       /* frees what was not taken (piece.ptr set NULL when taken) */

typedef struct pz_ipc_writer pz_ipc_writer;
pz_status pz_ipc_writer_open(const pz_schema *schema, const pz_ipc_options *o, pz_ipc_writer **out, pz_error *err);
/* Append a chunk (the caller still owns it and may free it at once).  When batches are full *out gets the first, else out->n = 0;
 * a chunk of big rows can fill several: call again with c NULL until out->n is 0, for instance
 *     for (st = pz_ipc_writer_add(w, c, &b, err); st == PZ_OK && b.n; st = pz_ipc_writer_add(w, NULL, &b, err)) send(&b); */
pz_status pz_ipc_writer_add(pz_ipc_writer *w, struct pz_chunk *c, pz_ipc_batch *out, pz_error *err);
/* Append rows that are known without the engine; of types that pz_ipc_takes_values() only. */
bool pz_ipc_takes_values(const pz_type *t);
pz_status pz_ipc_writer_add_rows(pz_ipc_writer *w, const pz_schema *schema, const pz_values *rows, int n, pz_ipc_batch *out, pz_error *err);
/* The rest, at the end or to let the first rows go early; with even_if_empty a batch of no rows if there was none at all. */
pz_status pz_ipc_writer_flush(pz_ipc_writer *w, bool even_if_empty, pz_ipc_batch *out, pz_error *err);
void pz_ipc_writer_close(pz_ipc_writer *w);

#endif

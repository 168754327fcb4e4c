/*
 * arrow/writer.c - chunks in, finished IPC messages out.
 *
 * A batch ends before the rows that would take it past max_bytes, or at max_rows; a single row may be bigger.  Finished
 * batches wait in `ready` until asked for.  Things start at pz_ipc_writer_add().
 */
#include <stdlib.h>

#include "writer_int.h"

enum { DEFAULT_BYTES = 4 << 20 };

struct pz_ipc_writer {
    pz_arena *arena;
    pz_message_maker *maker;
    pz_column *cols;
    pz_vector_view *views;
    int ncols;
    int64_t max_rows;
    size_t max_bytes;
    int64_t rows;                              /* of the open batch */
    size_t bytes;
    int64_t finished;                          /* batches made so far */
    pz_ipc_batch *ready;
    int nready, first, cap;
};

pz_status
pz_ipc_writer_open(const pz_schema *schema, const pz_ipc_options *o, pz_ipc_writer **out, pz_error *err)
{
    pz_ipc_writer *w = calloc(1, sizeof *w);
    pz_assert(w);
    w->arena = pz_arena_open();
    w->ncols = schema->n;
    w->max_rows = o->max_rows > 0 ? o->max_rows : INT64_MAX;
    w->max_bytes = o->max_bytes > 0 ? (size_t)o->max_bytes : DEFAULT_BYTES;
    w->cols = PZ_NEWN(w->arena, pz_column, schema->n);
    w->views = PZ_NEWN(w->arena, pz_vector_view, schema->n);
    for (int i = 0; i < schema->n; i++) pz_column_init(&w->cols[i], schema->fields[i].type, o->large_var_types, w->arena);
    for (int i = 0; i < schema->n; i++) pz_column_begin(&w->cols[i]);
    if (pz_message_maker_open(schema, o, &w->maker, err) != PZ_OK) {
        pz_ipc_writer_close(w);
        return PZ_FAIL;
    }
    *out = w;
    return PZ_OK;
}

static pz_status
finish(pz_ipc_writer *w, pz_error *err)
{
    if (w->nready == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 4;
        w->ready = realloc(w->ready, sizeof *w->ready * (size_t)w->cap);
        pz_assert(w->ready);
    }
    PZ_TRY(pz_message_make(w->maker, w->cols, w->ncols, w->rows, &w->ready[w->nready], err));
    w->nready++;
    w->finished++;
    w->rows = 0;
    w->bytes = 0;
    for (int i = 0; i < w->ncols; i++) {
        pz_column_begin(&w->cols[i]);
    }
    return PZ_OK;
}

static size_t
estimate(pz_ipc_writer *w, int64_t start, int64_t n)
{
    size_t sum = 0;
    for (int i = 0; i < w->ncols; i++) sum += pz_column_estimate(&w->cols[i], &w->views[i], start, n);
    return sum;
}

static pz_status
add_rows(pz_ipc_writer *w, int64_t start, int64_t n, pz_error *err)
{
    int64_t room = w->max_rows - w->rows;
    size_t size;
    if (n > room) {
        PZ_TRY(add_rows(w, start, room, err));
        return add_rows(w, start + room, n - room, err);
    }
    size = estimate(w, start, n);
    if (size > w->max_bytes && n > 1) {
        PZ_TRY(add_rows(w, start, n / 2, err));
        return add_rows(w, start + n / 2, n - n / 2, err);
    }
    if (size > INT32_MAX) return pz_raise_internal(err, "a row of %zu bytes does not fit a result batch", size);
    if (w->rows && w->bytes + size > w->max_bytes) PZ_TRY(finish(w, err));
    for (int i = 0; i < w->ncols; i++) pz_column_append(&w->cols[i], &w->views[i], start, n);
    w->rows += n;
    w->bytes += size;
    return w->rows >= w->max_rows ? finish(w, err) : PZ_OK;
}

static void
hand_out(pz_ipc_writer *w, pz_ipc_batch *out)
{
    memset(out, 0, sizeof *out);
    if (w->first == w->nready) return;
    *out = w->ready[w->first++];
    if (w->first == w->nready) w->first = w->nready = 0;
}

pz_status
pz_ipc_writer_add(pz_ipc_writer *w, struct pz_chunk *c, pz_ipc_batch *out, pz_error *err)
{
    memset(out, 0, sizeof *out);
    if (c) {
        if (w->ncols && pz_chunk_columns(c) != w->ncols)       /* a row without columns still is one column to the engine */
            return pz_raise_internal(err, "the engine gives %d columns for a schema of %d", pz_chunk_columns(c), w->ncols);
        for (int i = 0; i < w->ncols; i++) pz_chunk_column(c, i, &w->views[i]);
        if (pz_chunk_rows(c)) PZ_TRY(add_rows(w, 0, pz_chunk_rows(c), err));
    }
    hand_out(w, out);
    return PZ_OK;
}

pz_status
pz_ipc_writer_add_rows(pz_ipc_writer *w, const pz_schema *schema, const pz_values *rows, int n, pz_ipc_batch *out, pz_error *err)
{
    pz_arena *a = pz_arena_open();
    pz_status st = PZ_OK;
    for (int i = 0; i < w->ncols; i++) pz_known_column(&w->cols[i], schema->fields[i].type, rows, n, i, a, &w->views[i]);
    if (n) st = add_rows(w, 0, n, err);
    pz_arena_close(a);
    if (st == PZ_OK) hand_out(w, out);
    return st;
}

pz_status
pz_ipc_writer_flush(pz_ipc_writer *w, bool even_if_empty, pz_ipc_batch *out, pz_error *err)
{
    memset(out, 0, sizeof *out);
    if (w->first == w->nready && (w->rows || (even_if_empty && !w->finished))) PZ_TRY(finish(w, err));
    hand_out(w, out);
    return PZ_OK;
}

void
pz_ipc_batch_free(pz_ipc_batch *b)
{
    for (int i = 0; i < b->n; i++)
        if (b->pieces[i].ptr && b->pieces[i].release) b->pieces[i].release(b->pieces[i].release_arg);
    free(b->pieces);
    memset(b, 0, sizeof *b);
}

void
pz_ipc_writer_close(pz_ipc_writer *w)
{
    if (!w) return;
    for (int i = w->first; i < w->nready; i++) pz_ipc_batch_free(&w->ready[i]);
    free(w->ready);
    for (int i = 0; i < w->ncols; i++) pz_column_free(&w->cols[i]);
    pz_message_maker_close(w->maker);
    pz_arena_close(w->arena);
    free(w);
}

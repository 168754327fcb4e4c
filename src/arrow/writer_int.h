/*
 * arrow/writer_int.h - what the files of arrow/ share: one growing Arrow column per column of the result.
 */
#ifndef PZ_ARROW_WRITER_INT_H
#define PZ_ARROW_WRITER_INT_H

#include <nanoarrow/nanoarrow.h>

#include "arrow.h"

enum { PZ_IPC_ALIGN = 64 };                    /* padding of every buffer in a message body */

/* Bytes that grow by malloc and leave as a piece of a message without a copy. */
typedef struct pz_bytes { char *ptr; size_t len, cap, hint; } pz_bytes;   /* hint: size of the one before */
char *pz_bytes_more(pz_bytes *b, size_t n);    /* room for n more (and a little behind); len moves on */

typedef enum pz_layout {
    PZ_LAYOUT_NULL, PZ_LAYOUT_BOOL, PZ_LAYOUT_COPY, PZ_LAYOUT_DECIMAL, PZ_LAYOUT_TIME, PZ_LAYOUT_INTERVAL, PZ_LAYOUT_TEXT, PZ_LAYOUT_LIST,
    PZ_LAYOUT_STRUCT
} pz_layout;

typedef struct pz_column {
    pz_layout layout;
    int width;                                 /* COPY: bytes; DECIMAL: bytes in the engine */
    bool wide;                                 /* TEXT: 64-bit offsets */
    int64_t rows, nulls;                       /* of the batch so far */
    pz_bytes valid;                            /* bits; empty until the first NULL */
    pz_bytes offsets, data;
    struct pz_column *kids;
    int nkids;
} pz_column;

/* schema.c */
pz_status pz_arrow_schema(const pz_schema *s, const pz_ipc_options *o, struct ArrowSchema *out, pz_error *err);

/* column.c */
void pz_column_init(pz_column *c, const pz_type *t, bool wide, pz_arena *a);
void pz_column_append(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n);
/* Bytes that appending these rows will add, about. */
size_t pz_column_estimate(const pz_column *c, const pz_vector_view *v, int64_t start, int64_t n);
void pz_column_begin(pz_column *c);            /* an empty batch */
void pz_column_free(pz_column *c);

/* known.c: a view of one column of rows, in the arena */
void pz_known_column(const pz_column *c, const pz_type *t, const pz_values *rows, int n, int column, pz_arena *a, pz_vector_view *out);

/* message.c: headers with flatcc, bodies from columns. */
typedef struct pz_message_maker pz_message_maker;
pz_status pz_message_maker_open(const pz_schema *s, const pz_ipc_options *o, pz_message_maker **out, pz_error *err);
/* Takes the columns' buffers over. */
pz_status pz_message_make(pz_message_maker *m, pz_column *cols, int n, int64_t rows, pz_ipc_batch *out, pz_error *err);
void pz_message_maker_close(pz_message_maker *m);

/* compress.c: Arrow's form of a compressed buffer, length first; -1 there when it did not get smaller. */
pz_status pz_bytes_compress(pz_bytes *b, int codec, pz_error *err);

#endif

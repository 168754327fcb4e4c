/*
 * session/respond.h - protobuf bytes written by hand where speed or sharing matters, and the envelope of a stream's messages.
 */
#ifndef PZ_SESSION_RESPOND_H
#define PZ_SESSION_RESPOND_H

#include "operation.h"

void pz_put_varint(pz_buf *b, uint64_t v);
void pz_put_tag(pz_buf *b, int field, int wire_type);
void pz_put_int(pz_buf *b, int field, int64_t v);              /* 0 is written too */
void pz_put_text(pz_buf *b, int field, pz_str text);           /* string, bytes, message; empty is written too */
void pz_put_textc(pz_buf *b, int field, const char *text);
void pz_put_json(pz_buf *b, pz_str text);                      /* a JSON string with its quotes */

/* Fields of ExecutePlanResponse. */
enum {
    PZ_RESPOND_SQL_RESULT = 5, PZ_RESPOND_METRICS = 4, PZ_RESPOND_OBSERVED = 6, PZ_RESPOND_SCHEMA = 7, PZ_RESPOND_COMPLETE = 14,
    PZ_RESPOND_RESOURCES = 10, PZ_RESPOND_PROGRESS = 18, PZ_RESPOND_CHECKPOINT = 19
};
pz_response *pz_respond(const pz_operation *op, int field, pz_str message);
pz_response *pz_respond_fields(const pz_operation *op, pz_str fields); /* fields written already */
/* One Arrow batch, or one chunk of it: the batch's pieces move into the response. */
typedef struct pz_arrow_part { int64_t rows, start_offset; int64_t chunk, chunks; /* chunks 0: no chunk fields */ } pz_arrow_part;
pz_response *pz_respond_arrow(const pz_operation *op, const pz_arrow_part *part, pz_ipc_batch *batch);
pz_response *pz_respond_arrow_piece(const pz_operation *op, const pz_arrow_part *part, pz_ipc_batch *batch); /* leaves the batch's list alone */
/* sql_command_result.relation.local_relation.data */
pz_response *pz_respond_local(const pz_operation *op, pz_ipc_batch *batch);

#endif

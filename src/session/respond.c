/*
 * session/respond.c - see respond.h.  Field order inside a message is ours to choose: Arrow bytes come last, so that everything
 * before them is one small piece.
 */
#include "respond.h"

#include <stdio.h>
#include <stdlib.h>

#include "session_int.h"

void
pz_put_varint(pz_buf *b, uint64_t v)
{
    char out[10];
    size_t n = 0;
    do {
        out[n++] = (char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
        v >>= 7;
    } while (v);
    pz_buf_add(b, out, n);
}

void
pz_put_tag(pz_buf *b, int field, int wire_type)
{
    pz_put_varint(b, (uint64_t)field << 3 | (uint64_t)wire_type);
}

void
pz_put_int(pz_buf *b, int field, int64_t v)
{
    pz_put_tag(b, field, 0);
    pz_put_varint(b, (uint64_t)v);
}

void
pz_put_text(pz_buf *b, int field, pz_str text)
{
    pz_put_tag(b, field, 2);
    pz_put_varint(b, text.len);
    pz_buf_str(b, text);
}

void
pz_put_textc(pz_buf *b, int field, const char *text)
{
    pz_put_text(b, field, pz_str_c(text));
}

void
pz_put_json(pz_buf *b, pz_str text)
{
    static const char plain[] = "\"\\\b\f\n\r\t", code[] = "\"\\bfnrt";
    pz_buf_putc(b, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        const char *at = c ? strchr(plain, c) : NULL;
        if (at) {
            pz_buf_putc(b, '\\');
            pz_buf_putc(b, code[at - plain]);
        } else if ((unsigned char)c < 0x20) {
            pz_buf_printf(b, "\\u%04x", c);
        } else {
            pz_buf_putc(b, c);
        }
    }
    pz_buf_putc(b, '"');
}

/* Who answers whom; every message of a stream opens with it. */
static void
put_envelope(pz_buf *b, const pz_operation *op, const char *response_id)
{
    pz_put_textc(b, 1, op->session->id);
    pz_put_textc(b, 15, op->session->server_id);
    pz_put_textc(b, 12, op->id);
    pz_put_textc(b, 13, response_id);
}

static void
add_buf(pz_response *r, pz_buf *b)
{
    pz_response_add(r, (pz_ipc_piece){b->ptr, b->len, free, b->ptr});
}

pz_response *
pz_respond(const pz_operation *op, int field, pz_str message)
{
    char id[PZ_UUID_SIZE];
    pz_response *r;
    pz_buf b;
    pz_uuid_make(id);
    r = pz_response_make(id, 1);
    pz_buf_init(&b, 0);
    put_envelope(&b, op, id);
    pz_put_text(&b, field, message);
    add_buf(r, &b);
    return r;
}

pz_response *
pz_respond_fields(const pz_operation *op, pz_str fields)
{
    char id[PZ_UUID_SIZE];
    pz_response *r;
    pz_buf b;
    pz_uuid_make(id);
    r = pz_response_make(id, 1);
    pz_buf_init(&b, 0);
    put_envelope(&b, op, id);
    pz_buf_str(&b, fields);
    add_buf(r, &b);
    return r;
}

static void
move_pieces(pz_response *r, pz_ipc_batch *batch)
{
    for (int i = 0; i < batch->n; i++) {
        pz_response_add(r, batch->pieces[i]);
        batch->pieces[i].ptr = NULL;
    }
}

static size_t
varint_size(uint64_t v)
{
    size_t n = 1;
    while (v >>= 7) n++;
    return n;
}

pz_response *
pz_respond_arrow(const pz_operation *op, const pz_arrow_part *part, pz_ipc_batch *batch)
{
    pz_response *r = pz_respond_arrow_piece(op, part, batch);
    pz_ipc_batch_free(batch);
    return r;
}

pz_response *
pz_respond_arrow_piece(const pz_operation *op, const pz_arrow_part *part, pz_ipc_batch *batch)
{
    char id[PZ_UUID_SIZE];
    pz_response *r;
    pz_buf b, inner;
    pz_uuid_make(id);
    r = pz_response_make(id, batch->n + 1);
    pz_buf_init(&inner, 0);
    if (part->rows) pz_put_int(&inner, 1, part->rows);
    pz_put_int(&inner, 3, part->start_offset);
    if (part->chunks) {
        pz_put_int(&inner, 4, part->chunk);
        pz_put_int(&inner, 5, part->chunks);
    }
    pz_put_tag(&inner, 2, 2);
    pz_put_varint(&inner, batch->bytes);
    pz_buf_init(&b, 0);
    put_envelope(&b, op, id);
    pz_put_tag(&b, 2, 2);
    pz_put_varint(&b, inner.len + batch->bytes);
    pz_buf_str(&b, pz_buf_view(&inner));
    pz_buf_free(&inner);
    add_buf(r, &b);
    move_pieces(r, batch);
    return r;
}

pz_response *
pz_respond_local(const pz_operation *op, pz_ipc_batch *batch)
{
    char id[PZ_UUID_SIZE];
    pz_response *r;
    pz_buf b;
    size_t local = 1 + varint_size(batch->bytes) + batch->bytes;   /* LocalRelation { data = 1 } */
    size_t relation = 1 + varint_size(local) + local;              /* Relation { local_relation = 11 } */
    size_t result = 1 + varint_size(relation) + relation;          /* SqlCommandResult { relation = 1 } */
    pz_uuid_make(id);
    r = pz_response_make(id, batch->n + 1);
    pz_buf_init(&b, 0);
    put_envelope(&b, op, id);
    pz_put_tag(&b, PZ_RESPOND_SQL_RESULT, 2);
    pz_put_varint(&b, result);
    pz_put_tag(&b, 1, 2);
    pz_put_varint(&b, relation);
    pz_put_tag(&b, 11, 2);
    pz_put_varint(&b, local);
    pz_put_tag(&b, 1, 2);
    pz_put_varint(&b, batch->bytes);
    add_buf(r, &b);
    move_pieces(r, batch);
    pz_ipc_batch_free(batch);
    return r;
}

/* One stage of a hundred tasks stands for the engine's percentage; unknown: an empty message, which still shows life. */
pz_response *
pz_progress_response(pz_operation *op, double percent)
{
    pz_buf message, stage;
    pz_response *r;
    pz_buf_init(&message, 0);
    pz_buf_init(&stage, 0);
    if (percent >= 0) {
        pz_put_int(&stage, 2, 100);
        if (percent >= 1) pz_put_int(&stage, 3, (int64_t)percent);
        pz_put_text(&message, 1, pz_buf_view(&stage));
        if (percent < 100) pz_put_int(&message, 2, 1);
    }
    r = pz_respond(op, PZ_RESPOND_PROGRESS, pz_buf_view(&message));
    pz_buf_free(&stage);
    pz_buf_free(&message);
    return r;
}

/*
 * arrow/message.c - finished columns to one IPC stream: schema, one record batch, end.
 *
 * The schema's bytes are made once.  Big bodies leave as pieces that own the column buffers; small ones are put together into
 * a single piece, because many tiny pieces cost more than the copy.
 */
#include <stdlib.h>

#include <flatcc/flatcc_builder.h>
#include <nanoarrow/ipc/flatcc_generated.h>
#include <nanoarrow/nanoarrow_ipc.h>

#include "writer_int.h"

#define FB(x) FLATBUFFERS_WRAP_NAMESPACE(org_apache_arrow_flatbuf, x)

enum { ONE_PIECE_BYTES = 64 << 10 };

struct pz_message_maker {
    flatcc_builder_t builder;
    struct ArrowBuffer schema;                 /* encapsulated message */
    int codec;
    pz_bytes nodes, buffers;                   /* of the message being made */
    pz_bytes **parts;                          /* body buffers in order */
    int nparts, cap;
};

static const char end_of_stream[8] = {-1, -1, -1, -1, 0, 0, 0, 0};
static const char zeros[PZ_IPC_ALIGN];

static size_t
padded(size_t n)
{
    return (n + PZ_IPC_ALIGN - 1) & ~(size_t)(PZ_IPC_ALIGN - 1);
}

static pz_status
encode_schema(pz_message_maker *m, const pz_schema *s, const pz_ipc_options *o, pz_error *err)
{
    struct ArrowSchema schema;
    struct ArrowIpcEncoder enc;
    struct ArrowError why = {0};
    int code;
    PZ_TRY(pz_arrow_schema(s, o, &schema, err));
    code = ArrowIpcEncoderInit(&enc);
    if (code == NANOARROW_OK) {
        code = ArrowIpcEncoderEncodeSchema(&enc, &schema, &why);
        if (code == NANOARROW_OK) code = ArrowIpcEncoderFinalizeBuffer(&enc, 1, &m->schema);
        ArrowIpcEncoderReset(&enc);
    }
    schema.release(&schema);
    return code == NANOARROW_OK ? PZ_OK : pz_raise_internal(err, "arrow schema message: %s", why.message);
}

pz_status
pz_message_maker_open(const pz_schema *s, const pz_ipc_options *o, pz_message_maker **out, pz_error *err)
{
    pz_message_maker *m = calloc(1, sizeof *m);
    pz_assert(m);
    m->codec = o->codec;
    ArrowBufferInit(&m->schema);
    if (flatcc_builder_init(&m->builder) != 0) {
        free(m);
        return pz_raise_internal(err, "no message builder");
    }
    if (encode_schema(m, s, o, err) != PZ_OK) {
        pz_message_maker_close(m);
        return PZ_FAIL;
    }
    *out = m;
    return PZ_OK;
}

void
pz_message_maker_close(pz_message_maker *m)
{
    if (!m) return;
    flatcc_builder_clear(&m->builder);
    ArrowBufferReset(&m->schema);
    free(m->nodes.ptr);
    free(m->buffers.ptr);
    free(m->parts);
    free(m);
}

/* ---- body ---- */
static pz_status
add_buffer(pz_message_maker *m, pz_bytes *b, int64_t *offset, pz_error *err)
{
    struct FB(Buffer) entry;
    if (m->codec != PZ_IPC_PLAIN) PZ_TRY(pz_bytes_compress(b, m->codec, err));
    if (m->nparts == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        m->parts = realloc(m->parts, sizeof *m->parts * (size_t)m->cap);
        pz_assert(m->parts);
    }
    m->parts[m->nparts++] = b;
    entry.offset = *offset;
    entry.length = (int64_t)b->len;
    memcpy(pz_bytes_more(&m->buffers, sizeof entry), &entry, sizeof entry);
    *offset += (int64_t)padded(b->len);
    return PZ_OK;
}

static pz_status
add_column(pz_message_maker *m, pz_column *c, int64_t *offset, pz_error *err)
{
    struct FB(FieldNode) node = {c->rows, c->nulls};
    memcpy(pz_bytes_more(&m->nodes, sizeof node), &node, sizeof node);
    if (c->layout != PZ_LAYOUT_NULL) PZ_TRY(add_buffer(m, &c->valid, offset, err));
    if (c->layout == PZ_LAYOUT_TEXT || c->layout == PZ_LAYOUT_LIST) PZ_TRY(add_buffer(m, &c->offsets, offset, err));
    if (c->layout != PZ_LAYOUT_NULL && c->layout != PZ_LAYOUT_LIST && c->layout != PZ_LAYOUT_STRUCT) PZ_TRY(add_buffer(m, &c->data, offset, err));
    for (int i = 0; i < c->nkids; i++) PZ_TRY(add_column(m, &c->kids[i], offset, err));
    return PZ_OK;
}

/* ---- header ---- */
static bool
build_header(pz_message_maker *m, int64_t rows, int64_t body)
{
    flatcc_builder_t *b = &m->builder;
    int codec = m->codec == PZ_IPC_ZSTD ? FB(CompressionType_ZSTD) : FB(CompressionType_LZ4_FRAME);
    if (FB(Message_start_as_root(b)) || FB(Message_version_add(b, FB(MetadataVersion_V5))) || FB(Message_header_RecordBatch_start(b)) ||
        FB(RecordBatch_length_add(b, rows)) ||
        FB(RecordBatch_nodes_create(b, (struct FB(FieldNode) *)m->nodes.ptr, m->nodes.len / sizeof(struct FB(FieldNode)))) ||
        FB(RecordBatch_buffers_create(b, (struct FB(Buffer) *)m->buffers.ptr, m->buffers.len / sizeof(struct FB(Buffer)))))
        return false;
    if (m->codec != PZ_IPC_PLAIN && FB(RecordBatch_compression_create(b, (FB(CompressionType_enum_t))codec, FB(BodyCompressionMethod_BUFFER)))) return false;
    return !FB(Message_header_RecordBatch_end(b)) && !FB(Message_bodyLength_add(b, body)) && FB(Message_end_as_root(b));
}

/* Schema message and batch header in one piece of memory with room for `extra` bytes behind. */
static char *
make_head(pz_message_maker *m, size_t extra, size_t *len)
{
    size_t size = flatcc_builder_get_buffer_size(&m->builder), metadata = (size + 7) & ~(size_t)7;
    size_t schema = (size_t)m->schema.size_bytes;
    int32_t mark = -1, length = (int32_t)metadata;
    char *p = malloc(schema + 8 + metadata + extra + PZ_IPC_ALIGN);
    if (!p) return NULL;
    memcpy(p, m->schema.data, schema);
    memcpy(p + schema, &mark, 4);
    memcpy(p + schema + 4, &length, 4);
    memset(p + schema + 8, 0, metadata);
    flatcc_builder_copy_buffer(&m->builder, p + schema + 8, size);
    *len = schema + 8 + metadata;
    return p;
}

/* ---- pieces ---- */
static void
add_piece(pz_ipc_batch *b, void *ptr, size_t len, void (*release)(void *), void *arg)
{
    b->pieces[b->n++] = (pz_ipc_piece){ptr, len, release, arg};
    b->bytes += len;
}

static void
one_piece(pz_message_maker *m, char *p, size_t len, pz_ipc_batch *out)
{
    for (int i = 0; i < m->nparts; i++) {
        pz_bytes *b = m->parts[i];
        size_t pad = padded(b->len) - b->len;
        if (b->len) memcpy(p + len, b->ptr, b->len);
        memcpy(p + len + b->len, zeros, pad);
        len += b->len + pad;
        b->hint = b->len;
        b->len = 0;                            /* the memory is kept for the next batch */
    }
    memcpy(p + len, end_of_stream, sizeof end_of_stream);
    add_piece(out, p, len + sizeof end_of_stream, free, p);
}

static void
many_pieces(pz_message_maker *m, char *p, size_t len, pz_ipc_batch *out)
{
    add_piece(out, p, len, free, p);
    for (int i = 0; i < m->nparts; i++) {
        pz_bytes *b = m->parts[i];
        if (!b->len) continue;
        memcpy(b->ptr + b->len, zeros, padded(b->len) - b->len); /* SLACK makes room for it */
        add_piece(out, b->ptr, padded(b->len), free, b->ptr);
        *b = (pz_bytes){.hint = b->len};
    }
    add_piece(out, (void *)(uintptr_t)end_of_stream, sizeof end_of_stream, NULL, NULL);
}

pz_status
pz_message_make(pz_message_maker *m, pz_column *cols, int n, int64_t rows, pz_ipc_batch *out, pz_error *err)
{
    int64_t body = 0;
    size_t len = 0;
    bool small;
    char *head;
    memset(out, 0, sizeof *out);
    m->nodes.len = m->buffers.len = 0;
    m->nparts = 0;
    for (int i = 0; i < n; i++) PZ_TRY(add_column(m, &cols[i], &body, err));
    flatcc_builder_reset(&m->builder);
    if (!build_header(m, rows, body)) return pz_raise_internal(err, "arrow batch message");
    small = body <= ONE_PIECE_BYTES;
    head = make_head(m, small ? (size_t)body + sizeof end_of_stream : 0, &len);
    out->pieces = malloc(sizeof *out->pieces * (size_t)(m->nparts + 2));
    pz_assert(head && out->pieces);
    out->rows = rows;
    if (small) one_piece(m, head, len, out);
    else many_pieces(m, head, len, out);
    return PZ_OK;
}

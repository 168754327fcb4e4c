/*
 * engine/local_check.c - the numbers in IPC messages, before nanoarrow believes them.
 *
 * Its decoder verifies the flatbuffers and the ends of buffers, but takes negative counts and offsets as they are.
 * In: bytes of one or more streams.  Out: NULL if every message is sane, else what is wrong.
 */
#include <flatcc/flatcc_verifier.h>
#include <nanoarrow/ipc/flatcc_generated.h>
#include <stdlib.h>

#include "local_int.h"

#define FB(x) FLATBUFFERS_WRAP_NAMESPACE(org_apache_arrow_flatbuf, x)

static const char *
check_batch(FB(RecordBatch_table_t) batch, int64_t body)
{
    FB(FieldNode_vec_t) nodes;
    FB(Buffer_vec_t) buffers;
    if (!batch) return "a batch is missing";
    if (FB(RecordBatch_length(batch)) < 0 || FB(RecordBatch_length(batch)) > INT32_MAX) return "a batch has an impossible number of rows";
    nodes = FB(RecordBatch_nodes(batch));
    for (size_t i = 0; nodes && i < FB(FieldNode_vec_len(nodes)); i++) {
        int64_t n = FB(FieldNode_length(FB(FieldNode_vec_at(nodes, i)))), nulls = FB(FieldNode_null_count(FB(FieldNode_vec_at(nodes, i))));
        if (n < 0 || n > INT32_MAX || nulls < -1 || nulls > n) return "a column has an impossible number of rows";
    }
    buffers = FB(RecordBatch_buffers(batch));
    for (size_t i = 0; buffers && i < FB(Buffer_vec_len(buffers)); i++) {
        int64_t from = FB(Buffer_offset(FB(Buffer_vec_at(buffers, i)))), n = FB(Buffer_length(FB(Buffer_vec_at(buffers, i))));
        if (from < 0 || n < 0 || from > body || n > body - from) return "a buffer does not lie in its message";
        if (from % 8) return "a buffer is not aligned";
    }
    return NULL;
}

/* Every field has a type, and so have its children; the decoder looks into types without asking whether they are there. */
static const char *
check_fields(FB(Field_vec_t) fields, int depth)
{
    if (depth > 100) return "its fields are nested too deeply";
    for (size_t i = 0; fields && i < FB(Field_vec_len(fields)); i++) {
        FB(Field_table_t) f = FB(Field_vec_at(fields, i));
        const char *why;
        if (!f || !FB(Field_type(f))) return "a field has no type";
        if (FB(Field_dictionary(f)) && !FB(DictionaryEncoding_indexType(FB(Field_dictionary(f))))) return "a dictionary has no index type";
        if ((why = check_fields(FB(Field_children(f)), depth + 1))) return why;
    }
    return NULL;
}

static const char *
check_header(const void *metadata, size_t size, int64_t left, int64_t *body)
{
    FB(Message_table_t) m;
    if (FB(Message_verify_as_root(metadata, size)) != 0) return "a message is not well formed";
    m = FB(Message_as_root(metadata));
    *body = FB(Message_bodyLength(m));
    if (*body < 0 || *body > left) return "a message is cut off";
    if (!FB(Message_header(m))) return "a message is empty";
    switch (FB(Message_header_type(m))) {
    case FB(MessageHeader_Schema): return check_fields(FB(Schema_fields((FB(Schema_table_t))FB(Message_header(m)))), 0);
    case FB(MessageHeader_RecordBatch): return check_batch((FB(RecordBatch_table_t))FB(Message_header(m)), *body);
    case FB(MessageHeader_DictionaryBatch): {
        FB(DictionaryBatch_table_t) d = (FB(DictionaryBatch_table_t))FB(Message_header(m));
        return check_batch(d ? FB(DictionaryBatch_data(d)) : NULL, *body);
    }
    default: return NULL;
    }
}

const char *
pz_local_check(pz_str ipc)
{
    while (ipc.len >= 8) {
        int32_t mark, size;
        int64_t body = 0;
        const char *why;
        void *copy;
        memcpy(&mark, ipc.ptr, 4);
        memcpy(&size, ipc.ptr + 4, 4);
        if (mark != -1) return "it is not an Arrow stream";
        ipc.ptr += 8;
        ipc.len -= 8;
        if (!size) continue;                   /* end of a stream */
        if (size < 0 || (size_t)size > ipc.len) return "a message is cut off";
        copy = malloc((size_t)size);           /* aligned, as the verifier wants it */
        pz_assert(copy);
        memcpy(copy, ipc.ptr, (size_t)size);
        why = check_header(copy, (size_t)size, (int64_t)ipc.len - size, &body);
        free(copy);
        if (why) return why;
        ipc.ptr += size + body;
        ipc.len -= (size_t)(size + body);
    }
    return NULL;
}

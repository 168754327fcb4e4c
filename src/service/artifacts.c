/*
 * service/artifacts.c - AddArtifacts: a stream of batches and chunked artifacts, stored when the stream ends.
 *
 * A bad checksum is told in the answer and its artifact not stored; the rest of the stream is.
 */
#include <stdlib.h>
#include <zlib.h>

#include "service_int.h"

typedef struct staged { pz_str name; pz_str bytes; bool good; } staged;

struct pz_upload {
    pz_sessions *sessions;
    pz_shared *keep;
    pz_session *session;
    pz_error err;
    PZ_VEC(staged) done;
    /* the chunked artifact under way; chunks_left < 0: none */
    int64_t chunks_left, chunks, total;
    pz_str name;
    pz_buf data;
    bool good;
};

pz_upload *
pz_upload_open(pz_sessions *all)
{
    pz_upload *u = calloc(1, sizeof *u);
    pz_assert(u);
    u->sessions = all;
    u->keep = pz_shared_open();
    u->chunks_left = -1;
    pz_error_init(&u->err, u->keep->arena);
    pz_buf_init(&u->data, 0);
    return u;
}

void
pz_upload_close(pz_upload *u)
{
    if (!u) return;
    pz_buf_free(&u->data);
    pz_session_unref(u->session);
    pz_shared_unref(u->keep);
    free(u);
}

static bool
crc_good(const Spark__Connect__AddArtifactsRequest__ArtifactChunk *c)
{
    uLong crc = crc32(0, NULL, 0);
    size_t left = c->data.len;
    const Bytef *p = c->data.data;
    while (left) {
        uInt n = left > 1 << 30 ? 1 << 30 : (uInt)left;
        crc = crc32(crc, p, n);
        p += n;
        left -= n;
    }
    return (int64_t)crc == c->crc;
}

static pz_status
requirement(pz_upload *u)
{
    return pz_raise_text(&u->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed");
}

static pz_status
stage(pz_upload *u, pz_str name, pz_str bytes, bool good)
{
    staged s = {pz_dup(u->keep->arena, name), bytes, good};
    pz_vec_push(u->keep->arena, &u->done, s);
    return PZ_OK;
}

static pz_status
add_batch(pz_upload *u, const Spark__Connect__AddArtifactsRequest__Batch *m)
{
    if (u->chunks_left >= 0) return requirement(u);
    for (size_t i = 0; i < m->n_artifacts; i++) {
        const Spark__Connect__AddArtifactsRequest__SingleChunkArtifact *one = m->artifacts[i];
        pz_str bytes = one->data ? (pz_str){(char *)one->data->data.data, one->data->data.len} : PZ_STR("");
        PZ_TRY(pz_artifact_check_name(pz_str_c(one->name), &u->err));
        PZ_TRY(stage(u, pz_str_c(one->name), bytes, !one->data || crc_good(one->data)));
    }
    return PZ_OK;
}

static pz_status
missing_chunks(pz_upload *u)
{
    return pz_raise_text(&u->err, PZ_CLASS_JavaRuntimeException,
                         "Missing data chunks for artifact: " PZ_FMT ". Expected %lld chunks and received %lld chunks. Processed %zu bytes out of %lld bytes.",
                         PZ_ARG(u->name), (long long)u->chunks, (long long)(u->chunks - u->chunks_left), u->data.len, (long long)u->total);
}

static pz_status
add_chunk(pz_upload *u, const Spark__Connect__AddArtifactsRequest__ArtifactChunk *c)
{
    pz_str bytes;
    if (!c || u->chunks_left <= 0) return requirement(u);
    u->good = u->good && crc_good(c);
    pz_buf_add(&u->data, c->data.data, c->data.len);
    if (--u->chunks_left) return PZ_OK;
    if (u->good && (int64_t)u->data.len != u->total) return missing_chunks(u);
    bytes = pz_buf_dup(&u->data, u->keep->arena);
    pz_buf_clear(&u->data);
    u->chunks_left = -1;
    return stage(u, u->name, bytes, u->good);
}

static pz_status
begin_chunked(pz_upload *u, const Spark__Connect__AddArtifactsRequest__BeginChunkedArtifact *m)
{
    if (u->chunks_left >= 0 || m->num_chunks <= 0) return requirement(u);
    PZ_TRY(pz_artifact_check_name(pz_str_c(m->name), &u->err));
    u->name = pz_str_c(m->name);
    u->chunks = u->chunks_left = m->num_chunks;
    u->total = m->total_bytes;
    u->good = true;
    return add_chunk(u, m->initial_chunk);
}

static pz_status
add(pz_upload *u, const Spark__Connect__AddArtifactsRequest *m)
{
    switch (m->payload_case) {
    case SPARK__CONNECT__ADD_ARTIFACTS_REQUEST__PAYLOAD_BATCH: return add_batch(u, m->batch);
    case SPARK__CONNECT__ADD_ARTIFACTS_REQUEST__PAYLOAD_BEGIN_CHUNK: return begin_chunked(u, m->begin_chunk);
    case SPARK__CONNECT__ADD_ARTIFACTS_REQUEST__PAYLOAD_CHUNK: return add_chunk(u, m->chunk);
    default:
        return pz_raise_text(&u->err, PZ_CLASS_JavaUnsupportedOperationException, "Unsupported data transfer request: session_id: \"%s\"\n", m->session_id);
    }
}

pz_failure *
pz_upload_add(pz_upload *u, pz_str bytes)
{
    ProtobufCMessage *message;
    const Spark__Connect__AddArtifactsRequest *m;
    pz_str observed;
    pz_error err;
    pz_error_init(&err, u->keep->arena);
    if (pz_unpack(&spark__connect__add_artifacts_request__descriptor, bytes.ptr, bytes.len, u->keep->arena, &message, &err) != PZ_OK) return pz_garbage();
    m = (const Spark__Connect__AddArtifactsRequest *)message;
    observed = pz_str_c(PZ_OBSERVED(m));
    if (!u->session && pz_session_get(u->sessions, pz_str_c(m->user_context ? m->user_context->user_id : ""), pz_str_c(m->session_id),
                                      observed.ptr ? &observed : NULL, PZ_SESSION_CREATE, &u->session, &u->err) != PZ_OK)
        return pz_failure_make(u->session, &u->err);
    return add(u, m) == PZ_OK ? NULL : pz_failure_make(u->session, &u->err);
}

/* AddArtifactsResponse { artifacts = 1 { name = 1, is_crc_successful = 2 }, session_id = 2, server_side_session_id = 3 } */
pz_failure *
pz_upload_finish(pz_upload *u, pz_buf *out)
{
    if (!u->session) return pz_garbage();
    if (u->chunks_left >= 0) {
        (void)missing_chunks(u);
        return pz_failure_make(u->session, &u->err);
    }
    for (int i = 0; i < u->done.n; i++) {
        staged *s = &u->done.data[i];
        if (s->good && pz_session_add_artifact(u->session, s->name, s->bytes, &u->err) != PZ_OK) return pz_failure_make(u->session, &u->err);
    }
    pz_buf_init(out, 0);
    for (int i = 0; i < u->done.n; i++) {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_put_text(&b, 1, u->done.data[i].name);
        if (u->done.data[i].good) pz_put_int(&b, 2, 1);
        pz_put_text(out, 1, pz_buf_view(&b));
        pz_buf_free(&b);
    }
    pz_put_textc(out, 2, pz_session_id(u->session));
    pz_put_textc(out, 3, pz_session_server_id(u->session));
    return NULL;
}

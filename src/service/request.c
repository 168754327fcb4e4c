/*
 * service/request.c - what every RPC does: the method table, unpacking, finding the session, answering.
 *
 * Things start at pz_serve().
 */
#include <stdlib.h>

#include "service_int.h"

const pz_method pz_methods[] = {
    {"ExecutePlan", PZ_METHOD_EXECUTE, NULL},
    {"AnalyzePlan", PZ_METHOD_DEEP, pz_serve_analyze},
    {"Config", PZ_METHOD_SHORT, pz_serve_config},
    {"AddArtifacts", PZ_METHOD_UPLOAD, NULL},
    {"ArtifactStatus", PZ_METHOD_SHORT, pz_serve_artifact_status},
    {"Interrupt", PZ_METHOD_SHORT, pz_serve_interrupt},
    {"ReattachExecute", PZ_METHOD_REATTACH, NULL},
    {"ReleaseExecute", PZ_METHOD_SHORT, pz_serve_release_execute},
    {"ReleaseSession", PZ_METHOD_SHORT, pz_serve_release_session},
    {"FetchErrorDetails", PZ_METHOD_SHORT, pz_serve_fetch_error},
    {"CloneSession", PZ_METHOD_SHORT, pz_serve_clone},
    {"GetStatus", PZ_METHOD_SHORT, pz_serve_status},
};
const int pz_nmethods = PZ_COUNTOF(pz_methods);

pz_failure *
pz_garbage(void)
{
    return pz_failure_plain(PZ_GRPC_UNKNOWN, "Application error processing RPC");
}

pz_status
pz_request_unpack(pz_request *r, const ProtobufCMessageDescriptor *type, void *out)
{
    ProtobufCMessage *m;
    if (pz_unpack(type, r->bytes.ptr ? r->bytes.ptr : "", r->bytes.len, r->a, &m, r->err) != PZ_OK) {
        r->garbage = true;
        return PZ_FAIL;
    }
    *(ProtobufCMessage **)out = m;
    return PZ_OK;
}

pz_status
pz_request_session(pz_request *r, const char *id, const Spark__Connect__UserContext *user, const char *observed, pz_session_want want)
{
    pz_str seen = pz_str_c(observed);
    return pz_session_get(r->sessions, pz_str_c(user ? user->user_id : ""), pz_str_c(id), observed ? &seen : NULL, want, &r->session, r->err);
}

void
pz_answer_ids(pz_request *r, int id_field, int server_field)
{
    pz_put_textc(&r->out, id_field, pz_session_id(r->session));
    pz_put_textc(&r->out, server_field, pz_session_server_id(r->session));
}

pz_failure *
pz_serve(pz_sessions *all, const pz_method *m, pz_str bytes, pz_buf *out)
{
    pz_shared *keep = pz_shared_open();
    pz_error err;
    pz_failure *f = NULL;
    pz_request r = {.sessions = all, .bytes = bytes, .keep = keep, .a = keep->arena, .err = &err};
    pz_error_init(&err, r.a);
    pz_buf_init(&r.out, 0);
    if (m->run(&r) == PZ_OK) {
        *out = r.out;
    } else {
        f = r.garbage ? pz_garbage() : pz_failure_make(r.session, &err);
        pz_buf_free(&r.out);
    }
    pz_session_unref(r.session);
    pz_shared_unref(keep);
    return f;
}

bool
pz_wire_field(pz_str message, int field, pz_str *out)
{
    const uint8_t *p = (const uint8_t *)message.ptr, *end = p + message.len;
    bool found = false;
    while (p < end) {
        uint64_t v[2] = {0, 0};
        int type;
        for (int i = 0; i < 2; i++) {
            int shift = 0;
            do {
                if (p == end || shift > 63) return found;
                v[i] |= (uint64_t)(*p & 0x7f) << shift;
                shift += 7;
            } while (*p++ & 0x80);
            type = (int)(v[0] & 7);
            if (type != 0 && type != 2) break;
        }
        if (type == 1 || type == 5) v[1] = type == 1 ? 8 : 4;
        else if (type == 0) v[1] = 0;
        else if (type != 2) return found;
        if (v[1] > (uint64_t)(end - p)) return found;
        if (type == 2 && (int)(v[0] >> 3) == field) {
            *out = (pz_str){(const char *)p, (size_t)v[1]};
            found = true;
        }
        p += v[1];
    }
    return found;
}

pz_str
pz_pack(const ProtobufCMessage *m, pz_arena *a)
{
    size_t n = protobuf_c_message_get_packed_size(m);
    char *p = pz_alloc(a, n + 1);
    protobuf_c_message_pack(m, (uint8_t *)p);
    return (pz_str){p, n};
}

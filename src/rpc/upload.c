/*
 * rpc/upload.c - AddArtifacts: reads messages one after the other, each taken in as a job of the crew, and answers when the client is done.
 */
#include "rpc_int.h"

static void read_next(pz_call *c);

static void
take_message(void *arg)
{
    pz_call *c = arg;
    grpc_slice hold;
    pz_buf out;
    pz_failure *f;
    if (!c->upload) c->upload = pz_upload_open(c->rpc->sessions);
    if (!c->payload) {                         /* the client has said all */
        f = pz_upload_finish(c->upload, &out);
        if (f) pz_call_fail(c, f);
        else pz_call_answer(c, &out);
    } else {
        f = pz_upload_add(c->upload, pz_payload_text(c->payload, &hold));
        grpc_slice_unref(hold);
        grpc_byte_buffer_destroy(c->payload);
        c->payload = NULL;
        if (f) pz_call_fail(c, f);
        else read_next(c);
    }
    pz_call_unref(c);
}

static void
on_read(pz_call *c, bool ok)
{
    if (!ok) return;
    pz_call_work(c, take_message, NULL, false);
}

static void
read_next(pz_call *c)
{
    grpc_op op = {.op = GRPC_OP_RECV_MESSAGE};
    pz_event *e = pz_call_expect(c, &c->on_read, on_read);
    op.data.recv_message.recv_message = &c->payload;
    if (grpc_call_start_batch(c->call, &op, 1, e, NULL) != GRPC_CALL_OK) pz_call_unref(c);
}

void
pz_upload_start(pz_call *c)
{
    read_next(c);
}

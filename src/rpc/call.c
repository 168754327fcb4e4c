/*
 * rpc/call.c - a call's life, and calls that answer with one message.
 */
#include <stdlib.h>

#include "rpc_int.h"

pz_call *
pz_call_of(pz_rpc *r, int index)
{
    pz_call *c = calloc(1, sizeof *c);
    pz_assert(c);
    atomic_init(&c->refs, 1);
    c->rpc = r;
    c->index = index;
    c->method = index < pz_nmethods ? &pz_methods[index] : NULL;
    grpc_call_details_init(&c->details);
    grpc_metadata_array_init(&c->metadata);
    c->status_text = grpc_empty_slice();
    c->trailer.key = grpc_empty_slice();
    c->trailer.value = grpc_empty_slice();
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void
pz_call_ref(pz_call *c)
{
    atomic_fetch_add(&c->refs, 1);
}

void
pz_call_unref(pz_call *c)
{
    if (atomic_fetch_sub(&c->refs, 1) != 1) return;
    pz_upload_close(c->upload);
    pz_operation_unref(c->op);
    if (c->payload) grpc_byte_buffer_destroy(c->payload);
    if (c->out) grpc_byte_buffer_destroy(c->out);
    grpc_slice_unref(c->status_text);
    grpc_slice_unref(c->trailer.key);
    grpc_slice_unref(c->trailer.value);
    grpc_metadata_array_destroy(&c->metadata);
    grpc_call_details_destroy(&c->details);
    if (c->call) grpc_call_unref(c->call);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

pz_event *
pz_call_expect(pz_call *c, pz_event *e, void (*fire)(pz_call *, bool))
{
    pz_call_ref(c);
    e->fire = fire;
    atomic_store_explicit(&e->call, c, memory_order_release);
    return e;
}

static void
ref(void *call)
{
    pz_call_ref(call);
}

static void
unref(void *call)
{
    pz_call_unref(call);
}

void
pz_call_work(pz_call *c, void (*run)(void *call), void (*late)(void *call), bool deep)
{
    pz_job j = {.run = run, .late = late, .ref = ref, .unref = unref, .arg = c, .deep = deep};
    pz_call_ref(c);                            /* run() gives it back */
    pz_crew_run(c->rpc->crew, &j);
}

pz_str
pz_payload_text(grpc_byte_buffer *payload, grpc_slice *hold)
{
    grpc_byte_buffer_reader reader;
    *hold = grpc_empty_slice();
    if (!payload || !grpc_byte_buffer_reader_init(&reader, payload)) return PZ_STR("");
    *hold = grpc_byte_buffer_reader_readall(&reader);
    grpc_byte_buffer_reader_destroy(&reader);
    return (pz_str){(const char *)GRPC_SLICE_START_PTR(*hold), GRPC_SLICE_LENGTH(*hold)};
}

static void
done(pz_call *c, bool ok)
{
    (void)c, (void)ok;
}

void
pz_call_status_op(pz_call *c, grpc_op *op, const pz_failure *f)
{
    *op = (grpc_op){.op = GRPC_OP_SEND_STATUS_FROM_SERVER};
    op->data.send_status_from_server.status = f ? (grpc_status_code)f->code : GRPC_STATUS_OK;
    if (!f) return;
    c->status_text = grpc_slice_from_copied_buffer(f->message.ptr, f->message.len);
    op->data.send_status_from_server.status_details = &c->status_text;
    if (!f->details.len) return;
    c->trailer.key = grpc_slice_from_static_string("grpc-status-details-bin");
    c->trailer.value = grpc_slice_from_copied_buffer(f->details.ptr, f->details.len);
    op->data.send_status_from_server.trailing_metadata = &c->trailer;
    op->data.send_status_from_server.trailing_metadata_count = 1;
}

void
pz_call_fail(pz_call *c, pz_failure *f)
{
    grpc_op ops[2] = {{.op = GRPC_OP_SEND_INITIAL_METADATA}};
    pz_event *e = pz_call_expect(c, &c->on_status, done);
    pz_call_status_op(c, &ops[1], f);
    if (grpc_call_start_batch(c->call, ops, 2, e, NULL) != GRPC_CALL_OK) pz_call_unref(c);
    pz_failure_unref(f);
}

static void
free_bytes(void *p)
{
    free(p);
}

void
pz_call_answer(pz_call *c, pz_buf *answer)
{
    grpc_op ops[3] = {{.op = GRPC_OP_SEND_INITIAL_METADATA}, {.op = GRPC_OP_SEND_MESSAGE}};
    grpc_slice s = answer->len ? grpc_slice_new(answer->ptr, answer->len, free_bytes) : grpc_empty_slice();
    pz_event *e = pz_call_expect(c, &c->on_status, done);
    if (!answer->len) pz_buf_free(answer);
    c->out = grpc_raw_byte_buffer_create(&s, 1);
    grpc_slice_unref(s);
    ops[1].data.send_message.send_message = c->out;
    pz_call_status_op(c, &ops[2], NULL);
    if (grpc_call_start_batch(c->call, ops, 3, e, NULL) != GRPC_CALL_OK) pz_call_unref(c);
}

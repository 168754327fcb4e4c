/*
 * rpc/stream.c - ExecutePlan and ReattachExecute: takes responses from an operation, one write in flight at a time.
 *
 * A write is complete when flow control took it: a slow client stops us here, the operation's buffer fills, and its producer waits.
 * The client going away detaches the operation; what that means is the operation's business.  Things start at pz_stream_start().
 */
#include "rpc_int.h"

enum { SMALL = 16 << 10 };

static void pump(pz_call *c);

static pz_call *
call_of(pz_sender *s)
{
    return (pz_call *)((char *)s - offsetof(pz_call, sender));
}

static void
sender_wake(pz_sender *s)
{
    pump(call_of(s));
}

static void
sender_ref(pz_sender *s)
{
    pz_call_ref(call_of(s));
}

static void
sender_unref(pz_sender *s)
{
    pz_call_unref(call_of(s));
}

/* The pieces of a response as slices of one message; each holds the response. */
static grpc_byte_buffer *
message_of(pz_response *r)
{
    enum { FEW = 64 };
    grpc_slice few[FEW], *slices = r->n > FEW ? gpr_malloc((size_t)r->n * sizeof *slices) : few;
    grpc_byte_buffer *out;
    int n = 0;
    for (int i = 0; i < r->n; i++) {
        if (!r->pieces[i].len) continue;
        slices[n++] = grpc_slice_new_with_user_data(r->pieces[i].ptr, r->pieces[i].len, pz_response_unref, pz_response_ref(r));
    }
    out = grpc_raw_byte_buffer_create(slices, (size_t)n);
    for (int i = 0; i < n; i++) grpc_slice_unref(slices[i]);
    if (slices != few) gpr_free(slices);
    return out;
}

static void
on_sent(pz_call *c, bool ok)
{
    pthread_mutex_lock(&c->lock);
    c->writing = false;
    if (c->out) grpc_byte_buffer_destroy(c->out);
    c->out = NULL;
    if (!ok) c->ended = true;                  /* the close event tells the operation */
    pthread_mutex_unlock(&c->lock);
    pump(c);
}

/* With the lock held: the first batch of a call opens it. */
static int
opening(pz_call *c, grpc_op *ops)
{
    if (c->opened) return 0;
    c->opened = true;
    ops[0] = (grpc_op){.op = GRPC_OP_SEND_INITIAL_METADATA};
    return 1;
}

static void
start(pz_call *c, grpc_op *ops, int n)
{
    pz_event *e = pz_call_expect(c, &c->on_sent, on_sent);
    c->writing = true;
    if (grpc_call_start_batch(c->call, ops, (size_t)n, e, NULL) == GRPC_CALL_OK) return;
    c->writing = false;
    c->ended = true;
    pz_call_unref(c);
}

/* With the lock held.  The operation is let go of before its client can know that the stream is over. */
static void
end(pz_call *c, grpc_op *ops, int n, pz_failure *f)
{
    c->ended = true;
    pz_operation_detach(c->op, &c->sender);
    pz_call_status_op(c, &ops[n++], f);
    pz_failure_unref(f);
    start(c, ops, n);
}

/*
 * A response that another follows at once is put into the transport's buffer, and goes out with that one.  Not in the first batch:
 * that one is complete only when the headers are written, which nothing would start.
 */
static bool
can_wait(const pz_response *r, pz_follow follow, int nops)
{
    return follow == PZ_FOLLOW_NOW && !nops && r->bytes <= SMALL;
}

static void
send(pz_call *c, pz_response *r, pz_follow follow)
{
    grpc_op ops[3];
    int n = opening(c, ops);
    unsigned flags = can_wait(r, follow, n) ? GRPC_WRITE_BUFFER_HINT : 0;
    c->out = message_of(r);
    pz_response_unref(r);
    ops[n] = (grpc_op){.op = GRPC_OP_SEND_MESSAGE, .flags = flags};
    ops[n++].data.send_message.send_message = c->out;
    if (follow == PZ_FOLLOW_NONE) end(c, ops, n, NULL);
    else start(c, ops, n);
}

static void
pump(pz_call *c)
{
    pz_response *r = NULL;
    pz_failure *f = NULL;
    pz_follow follow = PZ_FOLLOW_LATER;
    pthread_mutex_lock(&c->lock);
    if (c->op && !c->writing && !c->ended && !c->closed) {
        grpc_op ops[2];
        switch (pz_operation_next(c->op, &c->sender, &r, &follow, &f)) {
        case PZ_NEXT_RESPONSE: send(c, r, follow); break;
        case PZ_NEXT_END: end(c, ops, opening(c, ops), NULL); break;
        case PZ_NEXT_FAIL: end(c, ops, opening(c, ops), f); break;
        case PZ_NEXT_WAIT: break;
        }
    }
    pthread_mutex_unlock(&c->lock);
}

/* The call has its operation: begin to send, unless the client is gone already. */
static void
attached(pz_call *c, pz_operation *op)
{
    bool closed, late;
    pthread_mutex_lock(&c->lock);
    c->op = op;
    closed = c->closed;
    late = c->late;
    pthread_mutex_unlock(&c->lock);
    if (late) pz_operation_unhold(op);
    if (closed) pz_operation_detach(op, &c->sender);
    else pump(c);
}

/* The job takes long: what it has to say goes out as it comes. */
static void
late(void *arg)
{
    pz_call *c = arg;
    pz_operation *op;
    pthread_mutex_lock(&c->lock);
    c->late = true;
    op = c->op;
    pthread_mutex_unlock(&c->lock);
    if (op) pz_operation_unhold(op);           /* the call keeps it */
}

void
pz_stream_closed(pz_call *c)
{
    pz_operation *op;
    pthread_mutex_lock(&c->lock);
    c->closed = true;
    op = c->op;
    pthread_mutex_unlock(&c->lock);
    if (op) pz_operation_detach(op, &c->sender);
}

static void
execute(void *arg)
{
    pz_call *c = arg;
    grpc_slice hold;
    pz_str bytes = pz_payload_text(c->payload, &hold);
    pz_operation *op = NULL;
    pz_execution *run = NULL;
    pz_failure *f = pz_execute_begin(c->rpc->sessions, bytes, &c->sender, &op, &run);
    if (c->payload) grpc_byte_buffer_destroy(c->payload);
    c->payload = NULL;
    if (f) pz_call_fail(c, f);
    else attached(c, op);
    pz_call_unref(c);
    if (run) pz_execute_run(run);
    grpc_slice_unref(hold);
}

static void
reattach(void *arg)
{
    pz_call *c = arg;
    grpc_slice hold;
    pz_str bytes = pz_payload_text(c->payload, &hold);
    pz_operation *op = NULL;
    pz_failure *f = pz_reattach(c->rpc->sessions, bytes, &c->sender, &op);
    grpc_slice_unref(hold);
    if (f) pz_call_fail(c, f);
    else attached(c, op);
    pz_call_unref(c);
}

void
pz_stream_start(pz_call *c)
{
    bool execution = c->method->kind == PZ_METHOD_EXECUTE;
    c->sender = (pz_sender){sender_wake, sender_ref, sender_unref};
    pz_call_work(c, execution ? execute : reattach, execution ? late : NULL, execution);
}

/*
 * rpc/rpc_int.h - one call of gRPC and its events; only for rpc/.
 *
 * A call struct is counted: one reference for each event it waits for, for each job that works on it, and for an operation that
 * sends through it.  It goes when the last is done.
 */
#ifndef PZ_RPC_INT_H
#define PZ_RPC_INT_H

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/slice.h>
#include <grpc/support/alloc.h>
#include <pthread.h>
#include <stdatomic.h>

#include "crew.h"
#include "rpc.h"


typedef struct pz_call pz_call;
/* Tag of a completion.  `call` is stored last and loaded first: it hands the rest over to the poller's thread. */
typedef struct pz_event { void (*fire)(pz_call *c, bool ok); _Atomic(pz_call *) call; } pz_event;

struct pz_rpc {
    grpc_server *server;
    grpc_completion_queue *queue;
    pz_sessions *sessions;
    pz_crew *crew;
    char *token;
    void *registered[16];                      /* gRPC's handles, as in pz_methods */
    atomic_bool closing;
    pz_event shutdown;
    pthread_mutex_t lock;
    pthread_cond_t down;
    bool is_down;
};

struct pz_call {
    atomic_int refs;
    pz_rpc *rpc;
    const pz_method *method;                   /* NULL: a method nobody knows */
    int index;                                 /* of the method */
    grpc_call *call;
    grpc_call_details details;
    grpc_metadata_array metadata;
    gpr_timespec deadline;
    grpc_byte_buffer *payload;
    pz_event on_new, on_close, on_sent, on_status, on_read;
    int cancelled;                             /* written by gRPC */
    /* sending */
    grpc_slice status_text;
    grpc_metadata trailer;
    grpc_byte_buffer *out;
    /* streams: stream.c */
    pz_sender sender;
    pthread_mutex_t lock;                      /* op, writing, ended, closed, opened, late */
    pz_operation *op;
    bool writing, ended, closed, opened;
    bool late;                                 /* its job takes long: responses are not to wait for each other */
    /* uploads */
    pz_upload *upload;
};

pz_call *pz_call_of(pz_rpc *r, int index);
void pz_call_ref(pz_call *c);
void pz_call_unref(pz_call *c);
pz_event *pz_call_expect(pz_call *c, pz_event *e, void (*fire)(pz_call *, bool)); /* takes a reference, given back when fired */
/* End a call: with an answer (takes the buffer), or with a failure (takes it). */
void pz_call_answer(pz_call *c, pz_buf *answer);
void pz_call_fail(pz_call *c, pz_failure *f);
/* SEND_STATUS op filled from a failure, NULL: OK. */
void pz_call_status_op(pz_call *c, grpc_op *op, const pz_failure *f);
/* Serve the call now, on this thread: from within an event. */
void pz_call_work(pz_call *c, void (*run)(void *call), void (*late)(void *call), bool deep);
pz_str pz_payload_text(grpc_byte_buffer *payload, grpc_slice *hold); /* contiguous; valid until the slice is let go */

/* stream.c */
void pz_stream_start(pz_call *c);
void pz_stream_closed(pz_call *c);
/* upload.c */
void pz_upload_start(pz_call *c);

#endif

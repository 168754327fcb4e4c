/*
 * session/operation.h - one execution, from the request that starts it until its client lets go of it.
 *
 * A thread produces responses into the operation's buffer; at most one sender, an RPC's stream, takes them out.  The RPC may go away
 * and another come (reattach); the operation stays.  Responses are shared by count and never change, so that handing one out
 * twice copies nothing.
 */
#ifndef PZ_SESSION_OPERATION_H
#define PZ_SESSION_OPERATION_H

#include <stdatomic.h>

#include "../arrow/arrow.h"

typedef struct pz_session pz_session;
typedef struct pz_operation pz_operation;

enum { PZ_UUID_SIZE = 37 };

/* ---- one message, ready to send: pieces in order */
typedef struct pz_response {
    atomic_int refs;
    char id[PZ_UUID_SIZE];
    size_t bytes;
    int n;
    pz_ipc_piece pieces[];
} pz_response;
pz_response *pz_response_make(const char id[PZ_UUID_SIZE], int max_pieces);
void pz_response_add(pz_response *r, pz_ipc_piece piece);      /* takes the piece */
pz_response *pz_response_ref(pz_response *r);
void pz_response_unref(void *r);

/* ---- how an RPC ends when it fails: gRPC code, text, and google.rpc.Status bytes (may be empty) */
typedef struct pz_failure {
    atomic_int refs;
    int code;
    pz_str message, details;
    char error_id[PZ_UUID_SIZE];
} pz_failure;
pz_failure *pz_failure_ref(pz_failure *f);
void pz_failure_unref(pz_failure *f);
/* INTERNAL with Spark's details.  With a session the error is kept for FetchErrorDetails; without, it carries no errorId. */
pz_failure *pz_failure_make(pz_session *s, const pz_error *e);
pz_failure *pz_failure_plain(int code, const char *message);   /* transport-level: no details */
enum { PZ_GRPC_UNKNOWN = 2, PZ_GRPC_INTERNAL = 13 };

/* ---- who takes responses out: a stream of rpc/.  wake() may be called from any thread, with no lock held. */
typedef struct pz_sender {
    void (*wake)(struct pz_sender *s);
    void (*ref)(struct pz_sender *s);
    void (*unref)(struct pz_sender *s);
} pz_sender;

typedef enum pz_next { PZ_NEXT_RESPONSE, PZ_NEXT_WAIT, PZ_NEXT_END, PZ_NEXT_FAIL } pz_next;
typedef enum pz_op_state { PZ_OP_UNKNOWN = 1, PZ_OP_RUNNING, PZ_OP_TERMINATING, PZ_OP_SUCCEEDED, PZ_OP_FAILED, PZ_OP_CANCELLED } pz_op_state; /* numbers of the protocol */

typedef struct pz_op_options {
    pz_str id;                                 /* empty: one is made */
    bool reattachable;
    uint64_t plan_hash[2];                     /* same request or another? */
    const pz_str *tags;
    int ntags;
} pz_op_options;

/* Register a new operation, or find the one that the same request started before (*existing).  The caller gets a reference. */
pz_status pz_operation_open(pz_session *s, const pz_op_options *o, pz_operation **out, bool *existing, pz_error *err);
pz_operation *pz_operation_ref(pz_operation *op);
void pz_operation_unref(pz_operation *op);
const char *pz_operation_id(const pz_operation *op);
bool pz_operation_reattachable(const pz_operation *op);

/* Find for Reattach and Release.  NULL with *err raised only where Spark raises. */
pz_status pz_operation_find(pz_session *s, pz_str id, bool for_release, pz_operation **out, pz_error *err);

/* ---- the sender's side */
pz_status pz_operation_attach(pz_operation *op, pz_sender *s, const pz_str *after_response, pz_error *err); /* NULL: from the first */
/* What comes after the response handed out: nothing, as it ends a success; another that is there already; what is still to be made. */
typedef enum pz_follow { PZ_FOLLOW_NONE, PZ_FOLLOW_NOW, PZ_FOLLOW_LATER } pz_follow;
pz_next pz_operation_next(pz_operation *op, pz_sender *s, pz_response **out, pz_follow *follow, pz_failure **failure);
void pz_operation_detach(pz_operation *op, pz_sender *s);      /* the RPC is gone: stops what cannot be reattached */

/* ---- the producer's side */
pz_status pz_operation_append(pz_operation *op, pz_response *r, pz_error *err); /* takes r; waits while the buffer is full; fails once interrupted */
bool pz_operation_offer(pz_operation *op, pz_response *r);      /* takes r; never waits; false once interrupted or finished */
void pz_operation_finish(pz_operation *op, pz_response *last, pz_failure *failure); /* failure NULL: success; last, such as result_complete, or NULL; takes both */
/* The text runs as work of the operation (NULL: of none), which an interrupt stops, until it is closed. */
pz_status pz_operation_start(pz_operation *op, pz_run *run, const pz_run_settings *s, pz_str sql, pz_error *err);
void pz_operation_close(pz_operation *op, pz_run *run);
pz_status pz_operation_check(pz_operation *op, pz_error *err);                  /* OPERATION_CANCELED once interrupted */

/* An operation begins held: small responses do not wake the sender, so that those of a short one leave together when it is finished. */
void pz_operation_unhold(pz_operation *op);

/* ---- others */
bool pz_operation_interrupt(pz_operation *op);                 /* true if it was running and not interrupted before */
pz_status pz_operation_release_until(pz_operation *op, pz_str response_id, pz_error *err);
void pz_operation_release_all(pz_operation *op);
bool pz_operation_has_tag(const pz_operation *op, pz_str tag);

/* For all of a session: ids interrupted go to *ids (in the arena).  kind 1 all, 2 tag, 3 id. */
void pz_session_interrupt(pz_session *s, int kind, pz_str what, pz_arena *a, pz_strs *ids);
/* States of the given ids, or of all known when n is 0. */
typedef struct pz_op_status { pz_str id; pz_op_state state; } pz_op_status;
typedef PZ_VEC(pz_op_status) pz_op_statuses;
void pz_session_op_states(pz_session *s, const pz_str *ids, int n, pz_arena *a, pz_op_statuses *out);

#endif

/*
 * service/service.h - one function per RPC: bytes in, bytes out.  Knows sessions and protocol, nothing of gRPC.
 *
 * rpc/ finds a method in pz_methods, runs it on a thread of its crew and sends what comes out.  A stream's messages leave through the session's
 * operation, which wakes the sender that rpc/ gave.
 */
#ifndef PZ_SERVICE_H
#define PZ_SERVICE_H

#include "../session/session.h"
#include "../session/views.h"

/* ---- calls that answer one message */
typedef struct pz_request {
    pz_sessions *sessions;
    pz_str bytes;
    pz_shared *keep;
    pz_arena *a;                               /* keep's: the request lives here */
    pz_error *err;
    pz_session *session;                       /* a reference, once found */
    pz_buf out;                                /* the answer */
    bool garbage;                              /* the bytes are no such message */
} pz_request;
typedef pz_status (*pz_unary)(pz_request *r);

typedef enum pz_method_kind {
    PZ_METHOD_SHORT,                           /* answers at once, on a small stack */
    PZ_METHOD_DEEP,                            /* works on plans: may take long, and much of the stack */
    PZ_METHOD_EXECUTE, PZ_METHOD_REATTACH,     /* streams */
    PZ_METHOD_UPLOAD                           /* takes a stream */
} pz_method_kind;
typedef struct pz_method { const char *name; pz_method_kind kind; pz_unary run; } pz_method;
extern const pz_method pz_methods[];
extern const int pz_nmethods;

/* Run one.  NULL: *out holds the answer; else how the call ends. */
pz_failure *pz_serve(pz_sessions *all, const pz_method *m, pz_str bytes, pz_buf *out);

/* ---- ExecutePlan and ReattachExecute */
typedef struct pz_execution pz_execution;
/* Check the request, make or find the operation, attach the sender.  *op gets a reference.  *run is what is left to do, NULL if the
 * operation runs already.  The bytes must stay until then. */
pz_failure *pz_execute_begin(pz_sessions *all, pz_str bytes, pz_sender *sender, pz_operation **op, pz_execution **run);
void pz_execute_run(pz_execution *run);        /* to the end, on this thread; frees run */
pz_failure *pz_reattach(pz_sessions *all, pz_str bytes, pz_sender *sender, pz_operation **op);

/* ---- AddArtifacts */
typedef struct pz_upload pz_upload;
pz_upload *pz_upload_open(pz_sessions *all);
pz_failure *pz_upload_add(pz_upload *u, pz_str bytes);         /* each message */
pz_failure *pz_upload_finish(pz_upload *u, pz_buf *out);
void pz_upload_close(pz_upload *u);

#endif

/*
 * service/service_int.h - what the files of service/ share.
 */
#ifndef PZ_SERVICE_INT_H
#define PZ_SERVICE_INT_H

#include "../decode/decode.h"
#include "../session/query.h"
#include "../session/respond.h"
#include "service.h"

#include "spark/connect/base.pb-c.h"

/* request.c */
pz_status pz_request_unpack(pz_request *r, const ProtobufCMessageDescriptor *type, void *out);
pz_status pz_request_session(pz_request *r, const char *id, const Spark__Connect__UserContext *user, const char *observed, pz_session_want want);
/* Unpack and find the session; `observed` is the request's optional field. */
#define PZ_OBSERVED(m) ((m)->_client_observed_server_side_session_id_case ? (m)->client_observed_server_side_session_id : NULL)
#define PZ_REQUEST(r, m, descriptor, want) \
    do { \
        PZ_TRY(pz_request_unpack((r), &(descriptor), &(m))); \
        PZ_TRY(pz_request_session((r), (m)->session_id, (m)->user_context, PZ_OBSERVED(m), (want))); \
    } while (0)
/* session_id and server_side_session_id of an answer: their field numbers differ from message to message. */
void pz_answer_ids(pz_request *r, int id_field, int server_field);
pz_failure *pz_garbage(void);                  /* UNKNOWN, as for bytes that are no message */
/* The last length-delimited field with this number in a message; false: none. */
bool pz_wire_field(pz_str message, int field, pz_str *out);
pz_str pz_pack(const ProtobufCMessage *m, pz_arena *a);

/* one per RPC */
pz_status pz_serve_config(pz_request *r);
pz_status pz_serve_analyze(pz_request *r);
pz_status pz_serve_artifact_status(pz_request *r);
pz_status pz_serve_interrupt(pz_request *r);
pz_status pz_serve_release_execute(pz_request *r);
pz_status pz_serve_release_session(pz_request *r);
pz_status pz_serve_fetch_error(pz_request *r);
pz_status pz_serve_clone(pz_request *r);
pz_status pz_serve_status(pz_request *r);

/* execute.c and its sisters */
struct pz_execution {
    pz_shared *keep;
    pz_str bytes;                              /* of the request; the caller keeps them until the run is over */
    const Spark__Connect__ExecutePlanRequest *request;
    pz_session *session;                       /* a reference */
    pz_operation *op;                          /* a reference */
    bool chunking;
    int64_t chunk_bytes;
    pz_error err;
};
pz_status pz_execute_relation(pz_execution *x, const Spark__Connect__Relation *m, pz_str bytes);
pz_status pz_execute_command(pz_execution *x, const Spark__Connect__Command *m, pz_str bytes);
/* rows.c: run an analyzed query.  Batches as messages of the operation; or everything as one batch. */
pz_status pz_send_rows(pz_execution *x, pz_query *q);
pz_status pz_one_batch(pz_execution *x, pz_query *q, pz_ipc_batch *out);
pz_status pz_send_metrics(pz_execution *x, const char *node, int64_t rows);
/* observe.c: observed_metrics of the plan's CollectMetrics, if it has any */
pz_status pz_send_observed(pz_execution *x, pz_query *q);
pz_status pz_run_observed(pz_execution *x, pz_rel *rows, pz_status (*run)(void *arg), void *arg);       /* run(arg), which writes `rows` */
/* An analyzed query for a relation, from the cache or made now.  run: statements inside are run. */
pz_status pz_prepare_query(pz_session *s, pz_operation *op, pz_shared *keep, const Spark__Connect__Relation *m, pz_str bytes, bool run, pz_query **out,
                           pz_error *err);

#endif

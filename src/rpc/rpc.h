/*
 * rpc/rpc.h - the gRPC server: takes calls, serves them on its crew of threads, sends what service/ answers.  Only rpc/ includes grpc/.
 */
#ifndef PZ_RPC_H
#define PZ_RPC_H

#include "../service/service.h"

typedef struct pz_rpc pz_rpc;
typedef struct pz_rpc_options {
    pz_sessions *sessions;
    const char *host;
    int port;                                  /* 0: any */
    const char *token;                         /* bearer token that every call must bring, or NULL */
    const char *tls_cert, *tls_key;            /* PEM texts, or NULL: plain */
} pz_rpc_options;
/* Listening when it returns.  NULL with *why set: the port is taken, or the like. */
pz_rpc *pz_rpc_open(const pz_rpc_options *o, int *bound_port, const char **why);
void pz_rpc_close(pz_rpc *r);                  /* cancels what runs, waits for the crew */

#endif

/*
 * rpc/server.c - set-up, polling, shutdown; starts new calls.
 *
 * Events are fired, and calls served, by the thread of the crew that leads; another leads on when that takes long, so that a long
 * query never delays a ReleaseExecute.  Stacks are large, because plans nest as deep as clients like.  Things start at pz_rpc_open().
 */
#include <errno.h>
#include <grpc/grpc_security.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc_int.h"

enum {
    MESSAGE_MAX = 128 << 20,
    ARMED = 8,                                 /* calls of each method gRPC may hand us before we ask again */
    DEEP_MAX = 1024
};
#define STACK ((size_t)512 << 20)
#define SERVICE "/spark.connect.SparkConnectService/"

/* ---- new calls ---- */
static void arm(pz_rpc *r, int index);

static bool
token_ok(pz_call *c, const char **why)
{
    const char *token = c->rpc->token;
    *why = NULL;
    if (!token) return true;
    *why = "No authentication token provided";
    for (size_t i = 0; i < c->metadata.count; i++) {
        grpc_slice key = c->metadata.metadata[i].key, value = c->metadata.metadata[i].value;
        size_t n = GRPC_SLICE_LENGTH(value), want = strlen(token);
        const unsigned char *p = GRPC_SLICE_START_PTR(value);
        unsigned diff;
        if (GRPC_SLICE_LENGTH(key) != 13 || memcmp(GRPC_SLICE_START_PTR(key), "authorization", 13) != 0) continue;
        *why = "Invalid authentication token";
        diff = n != want + 7 || memcmp(p, "Bearer ", 7) != 0;
        for (size_t j = 0; !diff && j < want; j++) diff |= p[7 + j] ^ (unsigned char)token[j];
        if (n == want + 7) {                   /* all of it is looked at, wherever it differs */
            diff = memcmp(p, "Bearer ", 7) != 0;
            for (size_t j = 0; j < want; j++) diff |= p[7 + j] ^ (unsigned char)token[j];
        }
        if (!diff) return true;
    }
    return false;
}

static void
serve_unary(void *arg)
{
    pz_call *c = arg;
    grpc_slice hold;
    pz_buf out;
    pz_failure *f;
    pz_str bytes = pz_payload_text(c->payload, &hold);
    f = pz_serve(c->rpc->sessions, c->method, bytes, &out);
    grpc_slice_unref(hold);
    if (f) pz_call_fail(c, f);
    else pz_call_answer(c, &out);
    pz_call_unref(c);
}

static void
unknown_method(pz_call *c)
{
    char text[512];
    char *name = grpc_slice_to_c_string(c->details.method);
    snprintf(text, sizeof text, "Method not found: %s", name + (*name == '/'));
    gpr_free(name);
    pz_call_fail(c, pz_failure_plain(GRPC_STATUS_UNIMPLEMENTED, text));
}

static void
dispatch(pz_call *c)
{
    const char *why;
    if (!token_ok(c, &why)) {
        pz_call_fail(c, pz_failure_plain(GRPC_STATUS_UNAUTHENTICATED, why));
        return;
    }
    if (!c->method) {
        unknown_method(c);
        return;
    }
    switch (c->method->kind) {
    case PZ_METHOD_UPLOAD: pz_upload_start(c); return;
    case PZ_METHOD_EXECUTE:
    case PZ_METHOD_REATTACH: pz_stream_start(c); return;
    default: pz_call_work(c, serve_unary, NULL, c->method->kind == PZ_METHOD_DEEP);
    }
}

static void
on_close(pz_call *c, bool ok)
{
    (void)ok;
    if (c->method && (c->method->kind == PZ_METHOD_EXECUTE || c->method->kind == PZ_METHOD_REATTACH)) pz_stream_closed(c);
}

static void
on_new(pz_call *c, bool ok)
{
    grpc_op op = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER};
    if (!ok) return;                           /* the server goes down */
    arm(c->rpc, c->index);
    op.data.recv_close_on_server.cancelled = &c->cancelled;
    (void)grpc_call_start_batch(c->call, &op, 1, pz_call_expect(c, &c->on_close, on_close), NULL);
    dispatch(c);
}

static void
arm(pz_rpc *r, int index)
{
    pz_call *c;
    pz_event *e;
    grpc_call_error err;
    if (atomic_load(&r->closing)) return;
    c = pz_call_of(r, index);
    e = pz_call_expect(c, &c->on_new, on_new);
    if (c->method)
        err = grpc_server_request_registered_call(r->server, r->registered[index], &c->call, &c->deadline, &c->metadata,
                                                  c->method->kind == PZ_METHOD_UPLOAD ? NULL : &c->payload, r->queue, r->queue, e);
    else
        err = grpc_server_request_call(r->server, &c->call, &c->details, &c->metadata, r->queue, r->queue, e);
    if (err != GRPC_CALL_OK) pz_call_unref(c);
    pz_call_unref(c);                          /* the event holds it now */
}

/* ---- events ---- */
/* Wait for one event and fire it; false: there will be no more. */
static bool
poll_event(void *arg)
{
    pz_rpc *r = arg;
    grpc_event ev = grpc_completion_queue_next(r->queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
    pz_event *e = ev.tag;
    pz_call *c;
    if (ev.type == GRPC_QUEUE_SHUTDOWN) return false;
    if (ev.type != GRPC_OP_COMPLETE) return true;
    c = atomic_load_explicit(&e->call, memory_order_acquire);
    if (!c) {                                  /* the server is down */
        pthread_mutex_lock(&r->lock);
        r->is_down = true;
        pthread_cond_signal(&r->down);
        pthread_mutex_unlock(&r->lock);
        return true;
    }
    e->fire(c, ev.success);
    pz_call_unref(c);
    return true;
}

/* ---- set-up ---- */
static grpc_server *
make_server(void)
{
    grpc_arg args[] = {
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, {.integer = MESSAGE_MAX}},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_MAX_SEND_MESSAGE_LENGTH, {.integer = -1}},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, {.integer = 1}},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, {.integer = 10000}},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_HTTP2_MAX_PING_STRIKES, {.integer = 0}},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_ALLOW_REUSEPORT, {.integer = 0}},
        {GRPC_ARG_INTEGER, (char *)GRPC_ARG_MAX_METADATA_SIZE, {.integer = 64 << 10}},
    };
    grpc_channel_args all = {PZ_COUNTOF(args), args};
    return grpc_server_create(&all, NULL);
}

static grpc_server_credentials *
credentials(const pz_rpc_options *o)
{
    grpc_ssl_pem_key_cert_pair pair = {o->tls_key, o->tls_cert};
    if (!o->tls_cert) return grpc_insecure_server_credentials_create();
    return grpc_ssl_server_credentials_create_ex(NULL, &pair, 1, GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE, NULL);
}

static int
listen_on(pz_rpc *r, const pz_rpc_options *o)
{
    char address[300];
    bool v6 = strchr(o->host, ':') != NULL;
    grpc_server_credentials *creds = credentials(o);
    int port;
    snprintf(address, sizeof address, v6 ? "[%s]:%d" : "%s:%d", o->host, o->port);
    port = creds ? grpc_server_add_http2_port(r->server, address, creds) : 0;
    grpc_server_credentials_release(creds);
    return port;
}

static void
register_methods(pz_rpc *r)
{
    for (int i = 0; i < pz_nmethods; i++) {
        char name[128];
        bool upload = pz_methods[i].kind == PZ_METHOD_UPLOAD;
        snprintf(name, sizeof name, SERVICE "%s", pz_methods[i].name);
        r->registered[i] = grpc_server_register_method(r->server, name, NULL, upload ? GRPC_SRM_PAYLOAD_NONE : GRPC_SRM_PAYLOAD_READ_INITIAL_BYTE_BUFFER, 0);
    }
}

static void
free_rpc(pz_rpc *r)
{
    free(r->token);
    pthread_mutex_destroy(&r->lock);
    pthread_cond_destroy(&r->down);
    free(r);
}

/* The server never ran: nothing waits in its queue. */
static pz_rpc *
give_up(pz_rpc *r)
{
    grpc_completion_queue_shutdown(r->queue);
    while (grpc_completion_queue_next(r->queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL).type != GRPC_QUEUE_SHUTDOWN) continue;
    grpc_completion_queue_destroy(r->queue);
    free_rpc(r);
    grpc_shutdown();
    return NULL;
}

pz_rpc *
pz_rpc_open(const pz_rpc_options *o, int *bound_port, const char **why)
{
    pz_rpc *r = calloc(1, sizeof *r);
    pz_assert(r);
    if (!getenv("GRPC_VERBOSITY")) setenv("GRPC_VERBOSITY", "NONE", 1);
    grpc_init();
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->down, NULL);
    r->sessions = o->sessions;
    r->token = o->token && *o->token ? strdup(o->token) : NULL;
    r->queue = grpc_completion_queue_create_for_next(NULL);
    r->server = make_server();
    grpc_server_register_completion_queue(r->server, r->queue, NULL);
    register_methods(r);
    *bound_port = listen_on(r, o);
    if (!*bound_port) {
        *why = "the address is in use or cannot be bound";
        grpc_server_shutdown_and_notify(r->server, r->queue, &r->shutdown);
        (void)grpc_completion_queue_next(r->queue, gpr_inf_future(GPR_CLOCK_REALTIME), NULL);
        grpc_server_destroy(r->server);
        return give_up(r);
    }
    grpc_server_start(r->server);
    for (int i = 0; i < ARMED; i++)
        for (int m = 0; m <= pz_nmethods; m++) arm(r, m);
    r->crew = pz_crew_open(poll_event, r, STACK, DEEP_MAX);
    return r;
}

/* ---- shutdown ---- */
void
pz_rpc_close(pz_rpc *r)
{
    if (!r) return;
    atomic_store(&r->closing, true);
    grpc_server_shutdown_and_notify(r->server, r->queue, &r->shutdown);
    pz_sessions_stop(r->sessions);             /* streams end by themselves, telling why */
    usleep(50000);
    grpc_server_cancel_all_calls(r->server);
    pthread_mutex_lock(&r->lock);
    while (!r->is_down) pthread_cond_wait(&r->down, &r->lock);
    pthread_mutex_unlock(&r->lock);
    pz_crew_drain(r->crew);
    grpc_completion_queue_shutdown(r->queue);
    pz_crew_close(r->crew);
    grpc_server_destroy(r->server);
    grpc_completion_queue_destroy(r->queue);
    free_rpc(r);
    grpc_shutdown();
}

/*
 * session/session_int.h - what the files of session/ share; nobody else includes it.
 *
 * Locks are taken in this order: the manager's, a session's, an operation's.  None is held while a query runs or a sender is woken.
 */
#ifndef PZ_SESSION_INT_H
#define PZ_SESSION_INT_H

#include <pthread.h>

#include "session.h"
#include "table.h"
#include "views.h"

enum {
    PZ_ERRORS_KEPT = 20,                       /* per session, as Spark */
    PZ_SESSION_TOMBSTONES = 1000,
    PZ_OP_TOMBSTONES = 10000
};
#define PZ_ERROR_LIFE_MICROS 60000000LL

struct pz_sessions {
    pthread_mutex_t lock;                      /* live, dead, globals, stopping */
    pz_table live;                             /* user NUL id -> pz_session, one reference */
    pz_table dead;                             /* keys of released and expired sessions */
    pz_engine *engine;
    struct pz_catalog *catalog;                /* borrowed */
    char *warehouse;
    pz_confs *base;
    pz_views *globals;                         /* global temporary views */
    struct pz_cache *cache;                    /* persisted plans; has a lock of its own */
    bool stopping;
    int64_t session_timeout, detached_timeout; /* microseconds, -1: never */
};

struct pz_variable;
typedef struct pz_op_tomb { pz_op_state state; bool abandoned; } pz_op_tomb;

struct pz_session {
    atomic_int refs;
    pz_sessions *all;
    char *user, *id;
    char server_id[PZ_UUID_SIZE];
    atomic_int_fast64_t last_seen;             /* monotonic */
    pthread_mutex_t lock;                      /* everything below */
    bool closed;
    pz_confs *confs;
    pz_views *views;
    char *catalog, *database;
    char *path;                                /* of SET PATH (path.c); NULL: never set */
    uint64_t place;                            /* changes with catalog, database and path */
    pz_table operations;                       /* id -> pz_operation, one reference */
    pz_table op_tombs;                         /* id -> pz_op_tomb */
    pz_kept_error *errors[PZ_ERRORS_KEPT];
    int nerrors;
    pz_table artifacts;                        /* name -> pz_blob, one reference */
    pz_table made;                             /* DataFrames that made a table: plan id and name -> itself */
    pz_table resources;                        /* ADD FILE and kin: kind and URI -> itself */
    pz_table remotes;                          /* checkpoint id -> struct pz_remote */
    pz_table variables;                        /* lower-cased name -> struct pz_variable */
    pz_table functions;                        /* lower-cased name -> struct pz_cat: temporary SQL functions */
    struct pz_plan_cache *plans;
};

struct pz_operation {
    atomic_int refs;
    pz_session *session;                       /* a reference */
    char id[PZ_UUID_SIZE];
    bool reattachable;
    uint64_t plan_hash[2];
    char **tags;
    int ntags;
    int64_t retry_bytes, max_stream_bytes, max_stream_micros;  /* settings of the moment */
    int64_t progress_micros;                   /* interval of progress messages, -1: none */
    pthread_mutex_t lock;
    pthread_cond_t room;                       /* the buffer has room, or the operation was interrupted */
    /* responses: ids of all ever made, and those still held: made[first .. made_n) */
    struct { char id[PZ_UUID_SIZE]; pz_response *response; } *made;
    size_t made_n, made_cap, first;
    size_t next;                               /* the attached sender's next one */
    size_t unsent_bytes;                       /* of made[next ..] */
    pz_sender *sender;
    int64_t attached_at, detached_at;          /* monotonic */
    size_t sender_bytes;
    pz_run *run;
    pz_failure *failure;
    int64_t progress_at;
    bool finished, interrupted, disconnected, closed;
    bool held;                                 /* the sender is not woken for small responses */
};

/* sessions.c */
void pz_session_free_parts(pz_session *s);
/* operation.c: the session is going away; attached streams fail with INVALID_CURSOR.DISCONNECTED */
void pz_operation_disconnect(pz_operation *op);
void pz_session_drop_operations(pz_session *s);
void pz_session_sweep_operations(pz_session *s, int64_t now);
pz_session *pz_session_stand_in(pz_session *s);                /* same user, id, place, settings and views; in no register */
/* plan_cache.c */
void pz_plan_cache_purge(pz_session *s);       /* what reads stored rows */
void pz_sessions_purge_plans(pz_sessions *all);
void pz_plan_cache_free(struct pz_plan_cache *c);
/* command_variable.c */
void pz_variable_free(struct pz_variable *v);
/* remote.c */
void pz_session_drop_remotes(pz_session *s);
/* respond.c: an execution_progress message */
pz_response *pz_progress_response(pz_operation *op, double percent);

#endif

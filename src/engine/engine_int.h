/*
 * engine/engine_int.h - what the files of engine/ (and engine/functions/) share; nobody else includes it.
 *
 * A connection belongs to one user at a time: take it from the pool, give it back.  A chunk is DuckDB's data chunk itself.
 */
#ifndef PZ_ENGINE_INT_H
#define PZ_ENGINE_INT_H

#include <duckdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "engine.h"

#define PZ_SOME_PARQUET "a Parquet file of the scan"      /* stands for the path where the engine does not tell it */

/*
 * sum(a + 1) as sum(a) + count(a) would not fail where a + 1 does.  A window turned into a join reads its input twice: other rows where that
 * draws random values, and twice the work.  A join whose other side is unique below an UNNEST is taken for one that adds no rows.
 */
#define PZ_NO_OPTIMIZERS "sum_rewriter,window_self_join,join_elimination"

enum { PZ_CONN_ZONE_MAX = 64, PZ_CONN_IDLE_MAX = 64, PZ_KEPT_MAX = 64 };

typedef struct pz_conn {
    duckdb_connection con;
    pz_engine *engine;
    char zone[PZ_CONN_ZONE_MAX];               /* what TimeZone is set to on it */
    int64_t streaming_buffer;                  /* what streaming_buffer_size is set to, 0: the engine's default */
    bool no_optimizer;                         /* plans as it is told */
    bool no_progress;                          /* does not tell how far its statement is */
    bool no_footers;                           /* does not use the engine's cache of Parquet footers */
    struct pz_conn *next;                      /* in the idle list */
} pz_conn;

/* A prepared statement with the connection it belongs to, waiting for its next run. */
typedef struct pz_kept { uint64_t number, changes; pz_conn *conn; duckdb_prepared_statement statement; } pz_kept;   /* changes: the engine's when it was planned */

typedef struct pz_local pz_local;

struct pz_tx {
    pz_engine *engine;
    pz_conn *conn;
};

struct pz_engine {
    duckdb_database db;
    pthread_mutex_t lock;                      /* idle, nidle, kept, nkept, changes, locals */
    pz_conn *idle;
    int nidle;
    pz_kept kept[PZ_KEPT_MAX];                 /* oldest first */
    int nkept;
    uint64_t changes;                          /* of tables, so far: a plan would hold on to a dropped table's data */
    int deep_runs, repeating_runs;             /* runs that asked for the optimizers of deep expressions, of repeated joins to be off */
    pthread_rwlock_t planning;                 /* read: a statement is being planned; write: the list of optimizers that do not run changes, which the
                                                * engine reads unguarded while it plans */
    pz_local *locals;                          /* engine/local.c */
    int64_t next_local;
    struct pz_memos *memos;                    /* engine/files_memo.c */
    int threads;
    char *temp_dir;                            /* private spill directory to remove at close, or NULL */
    pthread_mutex_t bind_lock;                 /* engine/functions: registrations */
    void *bound;                               /* engine/functions: what is registered already */
    void (*bound_close)(void *bound);
};

/* pool.c.  `s` NULL: zone UTC and defaults. */
pz_status pz_conn_take(pz_engine *e, const pz_run_settings *s, pz_conn **out, pz_error *err);
void pz_conn_give(pz_engine *e, pz_conn *c);
void pz_conn_close(pz_conn *c);
/* Statements that will run again.  take: false when there is none; give: takes both, statement and connection. */
bool pz_kept_take(pz_engine *e, uint64_t number, pz_kept *out);
void pz_kept_give(pz_engine *e, pz_kept k);
uint64_t pz_kept_changes(pz_engine *e);
void pz_kept_drop_all(pz_engine *e);           /* tables have changed */
/* Name under which the engine knows a Spark zone; false: it has none (odd offsets), the caller gets UTC. */
bool pz_engine_zone_name(pz_str zone, char out[PZ_CONN_ZONE_MAX]);

/* errors.c: the one place where the engine's messages become Spark's conditions.  Always returns PZ_FAIL. */
pz_status pz_engine_raise(pz_error *err, duckdb_error_type type, const char *text);

/* run.c: statements on a given connection, results dropped. */
pz_status pz_conn_exec(pz_conn *c, pz_str sql, pz_error *err);
bool pz_conn_set(pz_conn *c, const char *sql);                 /* a setting of the connection; false: refused */


/* chunk.c: view of any vector */
void pz_vector_view_of(duckdb_vector v, pz_vector_view *out);


/* local.c */
pz_status pz_local_register(pz_engine *e, pz_error *err);
void pz_local_close_all(pz_engine *e);

#endif

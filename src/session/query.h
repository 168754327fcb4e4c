/*
 * session/query.h - one analyzed plan: what the session lends the analyzer and the lowerer, and what comes out of them.
 *
 * A query takes the session's settings and views of the moment and keeps them.  Once analyzed it does not change but for its engine
 * text, made when first asked for; it may then be shared and kept in the session's plan cache.
 * Things start at pz_query_open().
 */
#ifndef PZ_SESSION_QUERY_H
#define PZ_SESSION_QUERY_H

#include <pthread.h>

#include "../analyze/analyze.h"
#include "../engine/functions.h"
#include "../lower/lower.h"
#include "../plan/command.h"
#include "session.h"
#include "views.h"

typedef struct pz_query pz_query;
typedef struct pz_stored pz_stored;            /* store.h */

/* What env callbacks get: whose names and settings count.  A view made from a DataFrame has a place of its own. */
typedef struct pz_place {
    pz_query *q;
    pz_views *views;                           /* borrowed: the query or the view holds it */
    pz_confs *confs;
    bool is_stored_view;                       /* text of a view of the catalog: temporary views are not seen from there */
    const struct pz_place *outer;              /* of such a view: where it was used, */
    pz_str view;                               /* and its name */
    pz_env env;
} pz_place;

/* What a view that is being made may not rest on: temporary things, and itself. */
typedef struct pz_watch {
    const char *temp_kind; pz_str temp_name;   /* the first one met by name; kind NULL: none */
    int64_t self;                              /* id of the view that is made anew, 0: none */
    pz_str cycle;                              /* the way back to it; ptr NULL: none */
} pz_watch;
typedef struct pz_query_use { int64_t size, mtime, ctime; uint64_t inode; pz_str path; } pz_query_use;

typedef struct pz_named_table { int64_t id; const char *name, *place; } pz_named_table;

struct pz_query {
    atomic_int refs;
    pz_session *session;                       /* borrowed: whoever has the query has the session */
    pz_session *owner;                         /* a reference, once detached: the session's stand-in */
    pz_operation *op;                          /* while it is analyzed for execution; commands may ask */
    pz_shared *keep;
    pz_arena *arena;                           /* keep's */
    pz_confs *confs;
    pz_views *views, *globals;
    pz_str catalog, database, user;
    pz_str path;                               /* the session's, of SET PATH; empty: none */
    uint64_t place_generation;
    pz_place place;
    pz_lower_env lower;
    pz_rel *unresolved;                        /* as it came */
    pz_source *source;                         /* text that run-time errors point into, or NULL */
    pz_plan *plan;                             /* resolved */
    bool overtaken;                            /* a change it made met another's: catalog.h */
    bool ran_command;                          /* statements were run while analyzing */
    bool has_command;                          /* statements were met while analyzing */
    bool is_volatile;                          /* depends on time, chance, or a view that does: not to be cached */
    atomic_bool is_cached;                     /* in the plan cache: it may run again */
    int view_depth;
    pz_watch *watch;                           /* set while the text of a view of the catalog is read for the first time */
    struct pz_script *script;                  /* whose variables this statement sees, or NULL */
    struct pz_script *cursors;                 /* whose cursors, where it does not see the variables */
    const pz_plan *params;                     /* parameters of the statement being run */
    int next_attr;                             /* ids of columns of command results */
    PZ_VEC(pz_named_table) named_tables;       /* of the catalog that it names */
    uint64_t catalog_seen;                     /* version of the catalog before it looked there */
    uint64_t catalog_version;                  /* of the catalog it was analyzed with; 0: it used none of its names */
    PZ_VEC(pz_confs *) held_confs;             /* settings of views used */
    PZ_VEC(pz_blob *) blobs;
    PZ_VEC(int64_t) locals;                    /* engine ids of decoded LocalRelations */
    PZ_VEC(pz_query_use) uses;                 /* files and directories, as they were */
    bool has_files;
    int64_t newest_use;                        /* latest change of a file or directory used, nanoseconds */
    bool keeps_chains;                         /* it is analyzed to be kept: ends of withColumn chains are noted */
    PZ_VEC(uint64_t) chains;                   /* their hashes */
    uint64_t cache_generation;                 /* when it was opened */
    pz_strs tables;                            /* engine tables that go with the query */
    pthread_mutex_t lock;                      /* all below */
    pz_arena *sql_arena;                       /* a shared query may be lowered while its request still uses `arena` */
    const pz_plan *run;                        /* `plan` reading what is kept from where it is kept; NULL until asked for */
    PZ_VEC(pz_stored *) stored;                /* what it reads; a reference each */
    pz_str sql;                                /* engine text; ptr NULL until made */
    pz_str wide_sql;
    pz_lower_info info;
    uint64_t numbers[2];                       /* of the statements of `sql` and `wide_sql`, once they run again */
    unsigned runs[2];
};

pz_query *pz_query_open(pz_session *s, pz_operation *op, pz_shared *keep);    /* keep: arena of the request, or NULL */
pz_query *pz_query_ref(pz_query *q);
void pz_query_unref(pz_query *q);
pz_status pz_query_end(pz_query *q, pz_status st, pz_error *err);   /* unref; the error that st tells of stays whole.  Returns st. */
pz_plan *pz_query_plan_of(pz_query *q, pz_rel *root);          /* a plan around a relation, in the query's arena */
/* Resolve.  run: statements inside are run (once), else only described. */
pz_status pz_query_analyze(pz_query *q, pz_plan *plan, bool run, pz_error *err);
/* Before it runs: finds what is kept of it, and fills what is to be kept and is not yet.  op: interrupted with it, or NULL. */
pz_status pz_query_ready(pz_query *q, pz_operation *op, pz_error *err);
pz_status pz_query_sql(pz_query *q, bool wide, pz_str *sql, pz_error *err);    /* ready or not: it makes ready */
/* The same for running just this text, perhaps again and again. */
pz_status pz_query_statement(pz_query *q, bool wide, pz_str *sql, pz_run_settings *settings, pz_error *err);
/* The same for any plan resolved with q's names: *out is the plan to lower.  self: a relation not to be replaced, or NULL. */
pz_status pz_query_cached(pz_query *q, pz_operation *op, const pz_plan *plan, const pz_rel *self, pz_arena *a, const pz_plan **out, pz_error *err);
/* The error of a table that the engine no longer has, or of its column, since another statement dropped it, gets the name that the query has for it. */
void pz_query_name_lost(const pz_query *q, pz_error *err);
const pz_plan *pz_query_shown(pz_query *q, const pz_plan *plan, pz_arena *a);  /* for EXPLAIN: as it would run; nothing is filled or held */
const pz_plan *pz_query_filled(pz_query *q, const pz_plan *plan, pz_arena *a); /* plan itself unless all that is kept of it is filled */
bool pz_query_reads_stored(pz_query *q);
void pz_query_hold(pz_query *q, pz_stored *t);                 /* takes a reference */
void pz_query_detach(pz_query *q);             /* it shall outlive its session */
struct pz_sql_options;
void pz_query_sql_options(const pz_query *q, struct pz_sql_options *out);      /* how SQL text is read under the query's settings */
pz_status pz_path_is_some(pz_str path, pz_error *err);        /* a path of no characters is none */
pz_str pz_query_sql_text(const pz_query *q, pz_str text, pz_arena *a);        /* as it is read: ${name} replaced */
void pz_place_sql_options(const pz_place *p, struct pz_sql_options *out);
void pz_watch_temp(pz_place *p, const char *kind, pz_str name);                /* a temporary object was named there */
void pz_place_init(pz_place *p, pz_query *q, pz_views *views, pz_confs *confs);
/* A value given as text, of a type, as engine text: defaults of columns. */
pz_status pz_place_constant(pz_place *p, pz_str text, const pz_type *type, pz_arena *a, pz_str *out, pz_error *err);
/* Files of a format: listed, their schema found, noted for the plan cache. */
pz_status pz_place_open_parts(pz_place *p, pz_str format, const pz_strs *paths, const pz_options *options, const pz_schema *schema,
                              const pz_file_parts *parts, pz_arena *a, pz_scan **out, pz_error *err); /* parts: those that a catalog knows */
pz_status pz_place_open_files(pz_place *p, pz_str format, const pz_strs *paths, const pz_options *options, const pz_schema *schema, pz_arena *a,
                              pz_scan **out, pz_error *err);
void pz_query_run_settings(const pz_query *q, pz_run_settings *out);
/* Were the files old enough when it looked at them that any later change shows in their time stamps? */
bool pz_query_files_settled(const pz_query *q);
/* Rows of a small query as values. */
pz_status pz_query_rows(pz_query *q, const pz_plan *resolved, pz_arena *a, pz_values **rows, int *n, pz_error *err);
pz_status pz_query_rows_upto(pz_query *q, const pz_plan *resolved, int limit, pz_arena *a, pz_values **rows, int *n, pz_error *err); /* at least limit rows if there are so many */
pz_status pz_query_into_table(pz_query *q, const pz_plan *resolved, const char *table, pz_arena *a, pz_error *err); /* CREATE TABLE table(k0, k1, ...) */
/* Any plan resolved with this query's names, nothing run: DESCRIBE, EXPLAIN, views. */
pz_status pz_query_resolve(pz_query *q, pz_rel *unresolved, const pz_plan *params, pz_arena *a, pz_plan **out, pz_error *err);

/* ---- plan_cache.c: analyzed queries of a session by the bytes of their relation */
pz_query *pz_plan_cache_get(pz_session *s, pz_str bytes);      /* a reference, or NULL */
void pz_plan_cache_put(pz_session *s, pz_str bytes, pz_query *q);
bool pz_text_is_volatile(pz_str bytes);        /* names a function of time or chance */

/* ---- command.c: statements */
pz_status pz_command_schema_of(pz_query *q, pz_rel *command, pz_arena *a, pz_schema *out, pz_error *err);
pz_status pz_command_run(pz_query *q, pz_rel *command, pz_arena *a, pz_rel **out, pz_error *err);

/* ---- command_variable.c: the value as a literal, or a field of it; NULL: no variable has the name */
pz_expr *pz_variable_literal(pz_query *q, const pz_strs *names, pz_arena *a);
bool pz_variable_in_sight(const pz_env *env, const pz_strs *names, const pz_expr *value);

/* ---- command_function.c */
pz_status pz_find_function(pz_place *p, const pz_strs *names, pz_origin origin, pz_arena *a, pz_function **out, pz_error *err);

/* ---- remote.c: checkpointed relations */
pz_status pz_session_checkpoint(pz_query *q, pz_rel *unresolved, bool eager, char id[PZ_UUID_SIZE], pz_error *err);
pz_status pz_session_find_remote(pz_query *q, pz_str id, pz_arena *a, pz_rel **out, pz_error *err);
void pz_session_remove_remote(pz_session *s, pz_str id);
/* ---- query_table.c: rows of a plan in an engine table without a name for clients; a scan of it, with which q takes the table over */
pz_status pz_query_to_table(pz_query *q, const pz_plan *resolved, pz_arena *a, pz_str *table, pz_error *err);
pz_rel *pz_query_table_scan(pz_query *q, pz_str table, const pz_schema *schema);
void pz_query_drop_table(pz_session *s, pz_str table);

/* ---- explain.c */
pz_str pz_explain_failure(pz_query *q, const pz_rel *unresolved, int mode, const pz_error *e);
pz_str pz_explain_text(pz_query *q, const pz_rel *unresolved, const pz_plan *resolved, int mode, pz_error *err);

/* ---- path.c: SET PATH */
const pz_path *pz_path_of(const pz_query *q, pz_str own, const pz_env *env, pz_arena *a);
pz_str pz_path_kept(const pz_query *q, bool temporary, pz_arena *a);
pz_str pz_path_shown(const pz_path *path, pz_arena *a);        /* as current_path() says it */
pz_str pz_path_json(pz_str kept, pz_arena *a);
/* A relation's name of one part as the path finds it: db.t, system.session.v; others as they are.  *found false: it is nowhere along the path. */
pz_status pz_path_relation(pz_place *p, const pz_strs *names, pz_arena *a, pz_strs *out, bool *found, pz_error *err);

/* ---- place: current catalog and database */
void pz_session_set_place(pz_session *s, pz_str catalog, pz_str database);  /* ptr NULL: keep */

#endif

/*
 * engine/engine.h - runs DuckDB SQL text made by lower/; the only room that includes duckdb.h.
 *
 * One pz_engine per process.  A pz_run is one query on a connection of its own from the pool; one thread drives it,
 * any thread may call pz_run_interrupt().
 */
#ifndef PZ_ENGINE_H
#define PZ_ENGINE_H

#include "../plan/plan.h"

typedef struct pz_engine pz_engine;
typedef struct pz_engine_options {
    const char *database;                      /* file path, or NULL for memory */
    int64_t memory_limit;                      /* bytes, 0: a share of the machine's */
    int threads;                               /* 0: cores */
    const char *temp_dir;                      /* for spilling; NULL: a private directory removed at close */
} pz_engine_options;
pz_status pz_engine_open(const pz_engine_options *o, pz_engine **out, pz_error *err);
void pz_engine_close(pz_engine *e);
bool pz_engine_lost(void);                     /* it has met an error after which it runs nothing any more */

typedef struct pz_run_settings {
    pz_str time_zone;
    int64_t streaming_buffer;                  /* bytes, 0: default */
    bool repeats;                              /* may hold a join of one source with itself twice, which the engine takes for the same when it is not */
    bool deep;                                 /* deep expressions: turns off what goes superlinear on them, some optimizers and the progress */
    bool plain;                                /* nothing to optimize: without the optimizer planning takes half as long; nor is there progress to tell */
    bool fresh_files;                          /* files changed a moment ago: footers the engine has kept may be of their last version */
    uint64_t keep;                             /* not 0: a number for this statement under these settings, which will run again */
} pz_run_settings;
/* A statement that ran under a number stays prepared, for a while, and runs again without being planned again.  Its number is for good:
 * what the plan rests on, text, settings, names, files, must not change under it. */
uint64_t pz_statement_number(void);
void pz_statement_forget(pz_engine *e, uint64_t number);
/* The engine tells versions of a file by whole seconds: what changed less than this long ago may look as before. */
#define PZ_SETTLED_NANOS 2000000000LL
typedef struct pz_run pz_run;
/* Prepare and start; rows stream.  `sql` may hold ? only through pz_run_bind (none for now). */
pz_status pz_run_open(pz_engine *e, const pz_run_settings *s, pz_str sql, pz_run **out, pz_error *err);
/* The same in two steps, for callers that must be able to interrupt from the very start: a statement may work for long
 * before pz_run_start() returns its first rows.  A run that was made is always closed, started or not. */
pz_run *pz_run_make(pz_engine *e);
pz_status pz_run_start(pz_run *r, const pz_run_settings *s, pz_str sql, pz_error *err);
/* Next chunk: an engine data chunk (opaque; arrow/ reads it through engine/chunk.h), NULL at the end. */
struct pz_chunk;
pz_status pz_run_next(pz_run *r, struct pz_chunk **out, pz_error *err);
void pz_chunk_free(struct pz_chunk *c);
void pz_run_interrupt(pz_run *r);              /* thread-safe; the run then fails with OPERATION_CANCELED */
double pz_run_progress(pz_run *r);             /* 0..100, -1 unknown */
void pz_run_close(pz_run *r);                  /* NULL allowed; returns the connection to the pool */
/* Statements without rows of interest (DDL of the catalog, settings): run to the end. */
pz_status pz_engine_exec(pz_engine *e, pz_str sql, pz_error *err);
/*
 * A transaction on a connection of its own, driven by one thread.  Runs made in it see its changes; one at a time, closed before the end.
 * Only the warehouse and temporary tables may be written in one.  Commit and abort free it.
 */
typedef struct pz_tx pz_tx;
pz_status pz_tx_begin(pz_engine *e, const pz_run_settings *s, pz_tx **out, pz_error *err);
pz_run *pz_run_make_in(pz_tx *t);
pz_status pz_tx_exec(pz_tx *t, pz_str sql, pz_error *err);     /* text made of ids and types; no rows of interest */
pz_status pz_tx_rows(pz_tx *t, pz_str sql, const pz_type *const *types, int ntypes, pz_arena *a, pz_values **rows, int *nrows, pz_error *err);
pz_status pz_tx_commit(pz_tx *t, pz_error *err);               /* on failure nothing of it remains */
void pz_tx_abort(pz_tx *t);                                    /* NULL allowed */
/* Read a small result whole as values of the given types. */
pz_status pz_engine_rows(pz_engine *e, const pz_run_settings *s, pz_str sql, const pz_type *const *types, int ntypes, pz_arena *a,
                         pz_values **rows, int *nrows, pz_error *err);

/* The same from a run that was started, until at least `limit` rows are read (-1: all). */
pz_status pz_run_rows(pz_run *r, const pz_type *const *types, int ntypes, int limit, pz_arena *a, pz_values **rows, int *nrows, pz_error *err);

/* Physical view of a chunk's vectors, flat: what arrow/ and value readers need (engine/chunk.c). */
typedef struct pz_vector_view {
    const void *data;                          /* fixed width values, or pz_vector_text, pz_vector_entry, pz_vector_interval */
    const uint64_t *validity;                  /* NULL: all valid */
    int64_t child_count;                       /* view of a LIST's or MAP's child: its rows; else -1 */
    int64_t rows;                              /* rows of this vector, -1 unknown */
    void *handle;                              /* duckdb_vector; NULL: a child without rows */
} pz_vector_view;
/* Rows of VARCHAR and BLOB vectors: up to 12 bytes in place, longer ones behind `far.ptr`.  Rows of LIST and MAP vectors. */
typedef struct pz_vector_text {
    uint32_t len;
    union { char near[12]; struct { char prefix[4]; const char *ptr; } __attribute__((packed)) far; };
} pz_vector_text;
typedef struct pz_vector_entry { uint64_t offset, len; } pz_vector_entry;
typedef struct pz_vector_interval { int32_t months, days; int64_t micros; } pz_vector_interval;
int64_t pz_chunk_rows(const struct pz_chunk *c);
int pz_chunk_columns(const struct pz_chunk *c);
void pz_chunk_column(const struct pz_chunk *c, int i, pz_vector_view *out);
void pz_vector_list_child(const pz_vector_view *v, pz_vector_view *out);    /* LIST: elements; MAP: STRUCT(key, value) entries */
void pz_vector_struct_child(const pz_vector_view *v, int i, pz_vector_view *out);

/* Data of LocalRelations: Arrow IPC bytes decoded once, scanned by SQL text "pz_local(<id>)"; reference counted. */
pz_status pz_local_open(pz_engine *e, pz_str ipc, pz_arena *a, pz_schema *schema, int64_t *id, pz_error *err);
int64_t pz_local_rows(pz_engine *e, int64_t id);
void pz_local_close(pz_engine *e, int64_t id);

/* Names of partition directories: what Spark escapes as %XX in them, and back. */
void pz_path_escape(pz_buf *b, pz_str s);
pz_str pz_path_unescape(pz_arena *a, pz_str s);
/* Absolute path of a path or file: URI, without doubled or trailing slashes.  Other schemes: UnsupportedFileSystemException; outside the
 * fence: INSUFFICIENT_PERMISSIONS_EXT_LOC. */
pz_status pz_local_path(pz_str p, pz_arena *a, pz_str *out, pz_error *err);

/* The id of a catalog's table that the engine told it does not have (TABLE_OR_VIEW_NOT_FOUND). */
bool pz_engine_table_id(pz_str name, int64_t *id);

#define PZ_WAREHOUSE_FILE "piezo-warehouse.duckdb"             /* in the warehouse's directory */
/* The directories that requests may name (engine/fence.c); without pz_fence_close() any.  Set before anything is served. */
bool pz_fence_allow(const char *dir);          /* false: there is no such directory */
void pz_fence_close(void);
void pz_fence_keep(const char *dir);           /* the warehouse: no write may replace it or its database */
pz_status pz_fence_check(pz_str path, pz_error *err);
pz_status pz_fence_check_pattern(pz_str path, pz_error *err);  /* with wildcards; what it finds is to be checked too */
pz_status pz_fence_check_uri(pz_str uri, pz_arena *a, pz_error *err);
pz_status pz_fence_check_write(pz_str path, pz_error *err);

/* Options of ours, in place of settings; users cannot write them. */
#define PZ_OPTION_NULLS " nulls"                /* of to_json, when lines of files are made */
#define PZ_OPTION_INFER_PARTITIONS " inferPartitions"
#define PZ_OPTION_CASE_SENSITIVE " caseSensitive"
#define PZ_OPTION_PAD_CHARS " padChars"                         /* false: columns of CHAR(n) as they lie in the file */
/* Files (engine/files*.c): list, filter hidden, find partitions, infer the schema, make the FROM text.  parts: NULL, or what is listed
 * instead of what lies under the paths.  defaults: empty, or beside user_schema: engine text for records without the column. */
pz_status pz_files_open(pz_engine *e, pz_str format, const pz_strs *paths, const pz_options *options, const pz_schema *user_schema,
                        const pz_strs *defaults, const pz_file_parts *parts, pz_str time_zone, pz_arena *a, pz_scan **out, pz_error *err);

/* Records in a column of texts (engine/files_records.c): their schema, inferred from `texts` (ptr NULL: null) unless given, and the spec that the
 * function "parse records" reads them with. */
pz_status pz_records_open(pz_engine *e, pz_str format, const pz_options *options, const pz_schema *user_schema, const pz_strs *texts, pz_str time_zone,
                          pz_arena *a, pz_schema *schema, pz_str *spec, pz_error *err);

#endif

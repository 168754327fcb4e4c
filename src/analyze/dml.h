/*
 * analyze/dml.h - statements that change rows: the rows they write, as resolved queries.
 *
 * In: a statement (INSERT, UPDATE, DELETE, MERGE) and its table.  Out: queries whose columns are what lower/dml.h writes.  The table's
 * row number is the last column of its scan; INSERT does without.
 */
#ifndef PZ_ANALYZE_DML_H
#define PZ_ANALYZE_DML_H

#include "../plan/command.h"
#include "analyze.h"

typedef struct pz_target {                     /* the table */
    pz_scan *scan;                             /* its columns as queries see them, then the row number */
    pz_strs qualifier;                         /* spark_catalog, db, t */
    pz_str identity;                           /* of its scans; of a table of files its directory */
    int64_t table_id;                          /* in the catalog */
    pz_schema stored;                          /* its columns as declared, partition columns last */
    pz_strs partition_columns;
} pz_target;

/* Rows for the table: one output per column of it, in order, cast and checked.  *reads: the query reads the table itself. */
typedef struct pz_insert_plan { pz_plan *rows; bool reads; } pz_insert_plan;
pz_status pz_analyze_insert(const pz_env *env, const pz_command *c, const pz_target *t, pz_arena *a, pz_insert_plan *out, pz_error *err);

bool pz_plan_reads(const pz_rel *root, pz_str identity, int64_t table_id);      /* a resolved plan scans that table */

/* DELETE: outputs the numbers of the rows.  UPDATE: the same, then the new value of each of `columns`. */
typedef struct pz_change_plan { pz_plan *rows; PZ_VEC(int) columns; bool all; /* DELETE of every row */ } pz_change_plan;
pz_status pz_analyze_change(const pz_env *env, const pz_command *c, const pz_target *t, pz_arena *a, pz_change_plan *out, pz_error *err);

/* MERGE: outputs row number (NULL: a source row without match), whether both sides are there, number of the clause that acts (1.., 0:
 * none), then the values of all columns.  `columns`: those that some UPDATE assigns. */
typedef struct pz_merge_plan { pz_plan *rows; PZ_VEC(int) columns; bool check_cardinality; } pz_merge_plan;
pz_status pz_analyze_merge(const pz_env *env, const pz_command *c, const pz_target *t, pz_arena *a, pz_merge_plan *out, pz_error *err);

/* The rows of the table that a condition holds for, by number (REPLACE WHERE, overwrite(condition)). */
pz_status pz_analyze_where(const pz_env *env, pz_expr *cond, const pz_plan *params, const pz_target *t, pz_arena *a, pz_plan **out, pz_error *err);

/* A column's default as CREATE and ALTER TABLE take it: checked, and its value now as SQL text. */
pz_status pz_check_default_provider(const pz_env *env, pz_str provider, bool added, pz_error *err); /* may its columns have defaults? */
pz_status pz_analyze_default(const pz_env *env, const char *statement, pz_str name, const pz_type *type, pz_expr *e, pz_str text, pz_arena *a,
                             pz_str *exists, pz_error *err);

#endif

/*
 * lower/dml.h - resolved rows (analyze/dml.h) to engine statements that write them.
 *
 * `table` and `columns` are engine names.  A text comes out for each statement; all of one change run in one transaction.
 */
#ifndef PZ_LOWER_DML_H
#define PZ_LOWER_DML_H

#include "lower.h"

/* SELECT of the rows, its columns named k0, k1, ...  Decimals at full width: a transaction cannot be tried again. */
pz_status pz_lower_rows(const pz_lower_env *env, const pz_plan *rows, pz_arena *a, pz_str *out, bool *deep, pz_error *err);
pz_str pz_insert_text(pz_str table, const pz_strs *columns, pz_str rows, pz_arena *a);
/* rows: k0 the row number, then a value per column */
pz_str pz_update_text(pz_str table, const pz_strs *columns, pz_str rows, pz_arena *a);
/* rows: k0 the row number */
pz_str pz_delete_text(pz_str table, pz_str rows, pz_arena *a);
/* Rows are kept in a temporary table first, to be used several times. */
pz_str pz_keep_text(pz_str kept, pz_str rows, pz_arena *a);
/* kept: of MERGE; column i of the table is its k<i + 3>; clauses: numbers of those that act so */
pz_str pz_merge_twice_text(pz_str kept, pz_arena *a);          /* rows if a row matched twice */
pz_str pz_merge_delete_text(pz_str table, pz_str kept, pz_str clauses, pz_arena *a);
pz_str pz_merge_update_text(pz_str table, const pz_strs *columns, const int *at, pz_str kept, pz_str clauses, pz_arena *a);
pz_str pz_merge_insert_text(pz_str table, const pz_strs *columns, pz_str kept, pz_str clauses, pz_arena *a);
/* Rows whose columns `at` equal those of some kept row; null equals null. */
pz_str pz_delete_equal_text(pz_str table, const pz_strs *columns, const int *at, pz_str kept, pz_arena *a);

#endif

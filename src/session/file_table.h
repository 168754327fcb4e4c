/*
 * session/file_table.h - tables of the catalog whose rows are files under a location.
 *
 * Rows are written as df.write does it.  Callers hold the table's lock.
 */
#ifndef PZ_SESSION_FILE_TABLE_H
#define PZ_SESSION_FILE_TABLE_H

#include "write.h"

/* The rows of a plan with one output per column, partition columns last.  spec: static partition values (ptr NULL: dynamic); options:
 * of the statement, above those of the table. */
pz_status pz_file_table_insert(pz_query *q, pz_change *ch, const pz_cat *e, const pz_plan *rows, bool overwrite, const pz_options *spec, const pz_options *options,
                               bool dynamic, pz_error *err);
bool pz_file_table_has(pz_query *q, const pz_cat *e, const pz_options *spec); /* a partition under the values */
/* Take the files away: all, or of partitions under the values. */
pz_status pz_file_table_truncate(pz_query *q, const pz_cat *e, const pz_options *spec, pz_error *err);
/* Paths to read, and the options to read them with. */
pz_status pz_file_table_paths(pz_query *q, const pz_cat *e, pz_arena *a, pz_strs *paths, pz_options *options, pz_error *err);

#endif

/*
 * session/file_table.h - tables of the catalog whose rows are files under a location.
 *
 * Rows are written as df.write does it, and seen when the change commits.  Callers hold the table's lock.
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
pz_status pz_file_table_truncate(pz_query *q, pz_change *ch, const pz_cat *e, const pz_options *spec, pz_error *err);
/* ---- partitions.c: those that the catalog knows */
bool pz_partitions_are_managed(pz_query *q);   /* as spark.sql.hive.manageFilesourcePartitions says */
bool pz_partitions_are_known(pz_query *q, const pz_cat *e);    /* else the directories tell */
pz_str pz_partition_path(pz_arena *a, const pz_options *values);               /* k=v/k2=v2 */
bool pz_partition_read(pz_arena *a, pz_str text, pz_options *out);             /* and back */
pz_str pz_partition_place_of(pz_query *q, const pz_cat *e, pz_str path, pz_str location, pz_arena *a); /* a URI */
pz_status pz_known_parts(pz_query *q, const pz_cat *e, pz_arena *a, const pz_file_parts **out, pz_error *err); /* NULL: the directories tell */
bool pz_partition_is_under(pz_str path, pz_str prefix);        /* "": all are */
/* The entry after a write into the partitions, those under *replaced having been replaced; NULL: as it is. */
pz_cat *pz_partitions_written(const pz_cat *e, const pz_strs *written, const pz_str *replaced);

/* Paths to read, and the options to read them with. */
pz_status pz_file_table_paths(pz_query *q, const pz_cat *e, pz_arena *a, pz_strs *paths, pz_options *options, pz_error *err);

#endif

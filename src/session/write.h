/*
 * session/write.h - rows into files: where to, how, and how they become visible.
 *
 * Files are made in a stage beside their target and published by one exchange of directories: a reader, or a crash, meets the old
 * files or the new ones.  Writes to one target wait for each other.
 */
#ifndef PZ_SESSION_WRITE_H
#define PZ_SESSION_WRITE_H

#include "../engine/write.h"
#include "catalog.h"

typedef enum pz_write_mode { PZ_WRITE_ERROR, PZ_WRITE_IGNORE, PZ_WRITE_APPEND, PZ_WRITE_OVERWRITE } pz_write_mode;
typedef struct pz_file_target {
    pz_str format;                             /* any spelling that Spark takes */
    pz_str path;                               /* path or file: URI */
    pz_options options;                        /* as given; names in any case, the last one counts */
    pz_strs partition_by;
    pz_write_mode mode;
    bool is_table;                             /* of the catalog: the next two say what goes, not the options */
    pz_str prefix;                             /* OVERWRITE: only partitions under this directory (relative, "": all) are replaced */
    bool dynamic;                              /* OVERWRITE: only partitions that are written are replaced */
    int64_t buckets;                           /* > 0: rows go to files by the hash of bucket_by, sorted by sort_by */
    pz_strs bucket_by, sort_by;
    pz_options elsewhere;                      /* partitions (k=v/...) with a place of their own, an absolute path */
    pz_strs *written;                          /* NULL, or gets the partitions that were written */
} pz_file_target;

/* Write the rows of a resolved plan.  *rows: how many. */
pz_status pz_write_files(pz_query *q, const pz_plan *plan, const pz_file_target *t, int64_t *rows, pz_error *err);
/* Run the plan and drop its rows. */
pz_status pz_write_nothing(pz_query *q, const pz_plan *plan, pz_error *err);
bool pz_write_mode_of(pz_str text, pz_write_mode *out);

/* ---- write_publish.c */
typedef enum pz_publish { PZ_PUBLISH_ALL, PZ_PUBLISH_ADD, PZ_PUBLISH_PARTITIONS } pz_publish;
typedef struct pz_stage { pz_str target, dir; bool replace; } pz_stage;    /* replace: a note of its owner */
pz_status pz_stage_open(pz_str target, pz_arena *a, pz_stage *out, pz_error *err); /* target: absolute path */
/* ALL: the stage takes the target's place.  ADD: its files come to the target's.  PARTITIONS: as ADD, but old files go from directories
 * under `prefix` (relative, empty: the top) that are partitions of the stage as well; with `whole` from all under the prefix. */
pz_status pz_stage_publish(pz_stage *s, pz_publish how, pz_str prefix, bool whole, pz_arena *a, pz_error *err);
/* A directory of the stage (relative; there or not) becomes a stage of its own for another target, which may lie inside the first. */
pz_status pz_stage_split(const pz_stage *s, pz_str rel, pz_str target, pz_arena *a, pz_stage *out, pz_error *err);
void pz_stage_prune(const pz_stage *s);        /* directories without anything in them go */
void pz_stage_drop(pz_stage *s);               /* what was not published */
void pz_remove_tree(pz_str path);

#endif

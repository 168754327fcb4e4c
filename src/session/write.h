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
    struct pz_change *change;                  /* NULL: one of its own */
} pz_file_target;

/* Write the rows of a resolved plan.  *rows: how many.  t->change: they become visible when it commits. */
pz_status pz_write_files(pz_query *q, const pz_plan *plan, const pz_file_target *t, int64_t *rows, pz_error *err);
/* Run the plan and drop its rows. */
pz_status pz_write_nothing(pz_query *q, const pz_plan *plan, pz_error *err);
bool pz_write_mode_of(pz_str text, pz_write_mode *out);

/* ---- write_publish.c */
typedef enum pz_publish { PZ_PUBLISH_ALL, PZ_PUBLISH_ADD, PZ_PUBLISH_PARTITIONS } pz_publish;
typedef struct pz_stage { pz_str target, dir; } pz_stage;
pz_status pz_stage_open(pz_str target, pz_arena *a, pz_stage *out, pz_error *err); /* target: absolute path */
/* ALL: the stage takes the target's place.  ADD: its files come to the target's.  PARTITIONS: as ADD, but old files go from directories
 * under `prefix` (relative, empty: the top) that are partitions of the stage as well; with `whole` from all under the prefix.
 * Afterwards the stage holds what was there before.  mark: told apart after a crash. */
pz_status pz_stage_publish(pz_stage *s, pz_publish how, pz_str prefix, bool whole, bool mark, pz_arena *a, pz_error *err);
bool pz_stage_is_published(const pz_stage *s, pz_arena *a);    /* of one that was marked */
void pz_stage_unmark(const pz_stage *s, pz_arena *a);
pz_status pz_stage_take_back(pz_stage *s, bool published, bool existed, pz_arena *a, pz_error *err); /* existed: the target did, before */
bool pz_is_stage_mark(const char *name);
/* A directory of the stage (relative; there or not) becomes a stage of its own for another target, which may lie inside the first. */
pz_status pz_stage_split(const pz_stage *s, pz_str rel, pz_str target, pz_arena *a, pz_stage *out, pz_error *err);
pz_status pz_stage_fill(const pz_stage *s, pz_str from, pz_arena *a, pz_error *err);     /* with the files of a directory, which keeps them */
void pz_stage_prune(const pz_stage *s);        /* directories without anything in them go */
void pz_stage_drop(pz_stage *s);               /* what was not published, or what was there before */
void pz_remove_tree(pz_str path);

/* The directory, if there is one, goes when the change commits. */
pz_status pz_change_remove_dir(pz_change *ch, pz_str dir, pz_arena *a, pz_error *err);

/* ---- write_together.c: what one change publishes, all of it or nothing */
typedef struct pz_publication {
    pz_stage stage;
    pz_publish how;
    pz_str prefix;
    bool whole;
    bool empty;                                /* the target goes, should nothing be in it */
    bool existed, published;                   /* the target did before; the stage has its place */
} pz_publication;
typedef struct pz_together { PZ_VEC(pz_publication) list; bool recorded; char id[PZ_UUID_SIZE]; } pz_together;
void pz_together_add(pz_together *t, const pz_publication *p, pz_arena *a);    /* takes the stage */
/* recorded: the warehouse knows of it, so that a restart takes it back unless the text of pz_together_commit_text() was committed. */
pz_status pz_together_publish(pz_together *t, pz_engine *e, bool recorded, pz_arena *a, pz_error *err);
void pz_together_commit_text(const pz_together *t, pz_buf *sql);
void pz_together_finish(pz_together *t, pz_engine *e, pz_arena *a);            /* committed: old files go */
void pz_together_undo(pz_together *t, pz_engine *e, pz_arena *a);              /* published or not: new files go */
pz_status pz_together_recover(pz_engine *e, pz_error *err);    /* at start: what a crash cut off */

#endif

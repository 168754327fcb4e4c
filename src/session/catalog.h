/*
 * session/catalog.h - databases, tables, views and functions that outlive sessions: the catalog spark_catalog, one per server.
 *
 * Entries never change once published: a change makes new ones and publishes them together with what it did to the tables, in one
 * engine transaction (pz_change).  A query that found an entry keeps it.  Everything lies in the warehouse database: rows of native
 * tables in schema "data" as t<id> with columns c<column id>, what is known about them in schema "_piezo" (catalog_store.c).
 * Any thread may call anything here; a pz_change belongs to one.
 */
#ifndef PZ_SESSION_CATALOG_H
#define PZ_SESSION_CATALOG_H

#include "query.h"

typedef enum pz_entry_kind { PZ_ENTRY_DATABASE, PZ_ENTRY_TABLE, PZ_ENTRY_VIEW, PZ_ENTRY_FUNCTION } pz_entry_kind;

typedef struct pz_cat {
    atomic_int refs;
    pz_shared *keep;                           /* arena of everything below */
    pz_entry_kind kind;
    int64_t id;                                /* > 0, never used again; stays when the entry is renamed or altered */
    uint64_t stamp, base;                      /* of this version of it, of the published one it was made from; base 0: of none */
    bool published;
    pz_str db, name;                           /* lower-cased as Spark keeps them; db empty for databases */
    pz_str comment, owner, collation, location; /* ptr NULL: none; location: a URI */
    pz_options properties;
    int64_t created;                           /* wall clock, microseconds */
    pz_schema schema;                          /* TABLE: with comments and defaults in the metadata, partition columns last; VIEW: its output;
                                                * FUNCTION: its parameters */
    /* TABLE */
    bool native;                               /* rows live in the engine, else in files under location */
    bool external;                             /* DROP leaves the files */
    pz_str provider;                           /* as Spark shows it: parquet, csv, ... */
    PZ_VEC(int64_t) columns;                   /* native: column ids beside schema */
    int64_t next_column;
    bool tracked;                              /* files: the partitions are those below, whatever directories there are */
    pz_options partitions;                     /* k=v/k2=v2, as a directory would be named: its place, a URI; empty: that directory */
    pz_strs partition_columns, bucket_columns, sort_columns, cluster_columns, constraints;
    int64_t buckets;
    pz_options options;
    int64_t stat_rows, stat_bytes;             /* ANALYZE TABLE; -1: not known */
    pz_options column_stats;                   /* ... FOR COLUMNS: "column.min" and so on */
    /* VIEW, FUNCTION: text and the surroundings it is read in */
    pz_str text;                               /* query, or body */
    pz_strs names, comments;                   /* VIEW: columns given at creation */
    pz_strs query_columns;                     /* VIEW: names its query gave then, one for each column of `schema` */
    pz_options confs;                          /* settings of the creation */
    pz_str catalog; pz_strs namespace;         /* current then */
    pz_str path;                               /* then in force, without temporary names (path.c); empty: paths were off */
    pz_str mode;                               /* VIEW: schema binding; FUNCTION: characteristics */
    pz_str returns;                            /* FUNCTION: DDL of what it gives back; empty: from its body */
    bool returns_table;
} pz_cat;

typedef struct pz_catalog pz_catalog;
/* warehouse: directory, or NULL for a catalog in memory.  Makes what a new warehouse lacks, and database `default`. */
pz_status pz_catalog_open(pz_engine *e, const char *warehouse, pz_catalog **out, pz_error *err);
void pz_catalog_close(pz_catalog *c);
uint64_t pz_catalog_version(pz_catalog *c);    /* grows with every published change of entries */

/* A reference or NULL; names in any case.  TABLE finds views too: they share their names. */
pz_cat *pz_catalog_find(pz_catalog *c, pz_entry_kind kind, pz_str db, pz_str name); /* database: db empty */
pz_cat *pz_catalog_find_id(pz_catalog *c, int64_t id);
typedef PZ_VEC(pz_cat *) pz_cats;
/* All of a kind, sorted by name; db empty: of all databases.  References: pz_cats_unref. */
void pz_catalog_list(pz_catalog *c, pz_entry_kind kind, pz_str db, pz_arena *a, pz_cats *out);
void pz_cats_unref(pz_cats *list);
pz_cat *pz_cat_ref(pz_cat *e);
void pz_cat_unref(pz_cat *e);
/* New ones to fill: empty, or a copy to alter (same id).  Everything put in must live in entry->keep->arena. */
pz_cat *pz_cat_make(pz_catalog *c, pz_entry_kind kind, pz_str db, pz_str name);
pz_cat *pz_cat_copy(const pz_cat *e);
pz_str pz_cat_table_text(const pz_cat *e, pz_arena *a);        /* engine name of a native table */
pz_str pz_cat_column_text(const pz_cat *e, int column, pz_arena *a); /* engine name of its column */
pz_str pz_cat_create_text(const pz_cat *e, pz_arena *a);       /* CREATE TABLE of the engine */

/*
 * One statement's change.  Begin; lock the tables it writes; run engine text in pz_change_tx(); put and drop entries; commit.
 * Publishing fails with TABLE_OR_VIEW_ALREADY_EXISTS and kin if another statement took the name meanwhile, and likewise if it changed or
 * dropped what this one started from; then q->overtaken says that the statement should be done anew (pz_command_run).
 */
typedef struct pz_change pz_change;
pz_status pz_change_begin(pz_query *q, pz_change **out, pz_error *err);
/* Wait until no other change writes the table or database (ids), or the path (negative hash); ends with OPERATION_CANCELED when interrupted.
 * Ids come before any use of the tx. */
pz_status pz_change_lock(pz_change *ch, int64_t id, pz_error *err);
pz_status pz_change_hold(pz_change *ch, const pz_cat *e, pz_error *err);       /* lock e, which must still be what is published */
pz_tx *pz_change_tx(pz_change *ch, pz_error *err);             /* begun at first use; NULL: it does not begin */
pz_status pz_change_exec(pz_change *ch, pz_str sql, pz_error *err);
pz_status pz_change_run(pz_change *ch, pz_str sql, int64_t *count, pz_error *err); /* long work, interruptible: rows changed */
void pz_change_put(pz_change *ch, pz_cat *entry);              /* new, or in place of the one with its id; takes the reference */
const pz_cat *pz_change_current(const pz_change *ch, const pz_cat *e); /* the entry as this change has put it so far */
void pz_change_drop(pz_change *ch, const pz_cat *entry);
void pz_change_touch(pz_change *ch, int64_t id);               /* rows of a table change: its data version grows */
struct pz_publication;
void pz_change_publish(pz_change *ch, const struct pz_publication *p); /* files that become visible with it (write.h); takes the stage */
pz_status pz_change_commit(pz_change *ch, pz_error *err);      /* frees it; on failure nothing has happened */
void pz_change_abort(pz_change *ch);                           /* NULL allowed; frees it */
uint64_t pz_catalog_data_version(pz_catalog *c, int64_t id);   /* of a table's rows */

/* ---- catalog_find.c: names in a query */
/* spark_catalog.db.t, db.t or t against a place (the query's: &q->place); false: no such form, or another catalog. */
bool pz_catalog_names(const pz_place *p, const pz_strs *names, pz_str *db, pz_str *name);
/* What the analyzer gets for an entry; `rowid`: native tables get one more column of that name, the engine's row number, for DML. */
pz_status pz_cat_lookup(pz_place *p, pz_cat *e, const pz_options *options, bool rowid, pz_arena *a, pz_lookup *out, pz_error *err);
/* The place a text of the catalog is read in: settings, catalog and database of its creation. */
pz_place *pz_cat_place(pz_place *p, const pz_cat *e, pz_arena *a);

#endif

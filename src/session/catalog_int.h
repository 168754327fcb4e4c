/*
 * session/catalog_int.h - what the files of the catalog share.
 */
#ifndef PZ_SESSION_CATALOG_INT_H
#define PZ_SESSION_CATALOG_INT_H

#include "catalog.h"
#include "session_int.h"

struct pz_catalog {
    pz_engine *engine;
    pthread_mutex_t lock;                      /* all below */
    pthread_cond_t unlocked;                   /* an id left `busy` */
    pz_table names;                            /* kind, db NUL name -> pz_cat, one reference; tables and views share a kind letter */
    pz_table ids;                              /* id -> the same pz_cat, no reference */
    pz_table busy;                             /* id -> the pz_change that writes it */
    pz_table data;                             /* id -> data version */
    int64_t next_id;
    uint64_t version;
    pthread_mutex_t publish;                   /* one commit at a time; taken before `lock` */
};

static inline pz_str
pz_id_key(const int64_t *id)
{
    return (pz_str){(const char *)id, sizeof *id};
}

pz_str pz_cat_key(pz_arena *a, pz_entry_kind kind, pz_str db, pz_str name);
void pz_catalog_publish(pz_catalog *c, pz_cat *entry);         /* with `lock`; takes the reference */
void pz_catalog_retire(pz_catalog *c, int64_t id);             /* with `lock` */

/* catalog_store.c: entries as rows of the warehouse database */
pz_status pz_catalog_load(pz_catalog *c, pz_error *err);
void pz_cat_store_text(const pz_cat *e, pz_buf *sql);          /* statements that store it anew */
void pz_cat_forget_text(int64_t id, pz_buf *sql);
pz_cat *pz_cat_alloc(pz_entry_kind kind);
void pz_cat_copy_facts(const pz_cat *from, pz_cat *to);

#endif

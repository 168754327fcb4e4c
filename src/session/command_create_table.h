/*
 * session/command_create_table.h - a table about to be made, for the statements and DataFrame commands that make some.
 *
 * open, storage, check_free, then fields by hand or by take_schema, then finish.
 */
#ifndef PZ_SESSION_COMMAND_CREATE_TABLE_H
#define PZ_SESSION_COMMAND_CREATE_TABLE_H

#include "command_dml.h"

typedef struct pz_create {
    pz_statement *r;
    pz_command *c;                             /* CREATE_TABLE, or one made to look like it */
    pz_str db, name;                           /* lower-cased */
    pz_str db_location, collation; /* collation: the default; empty: none told */
    PZ_VEC(pz_field) fields;                   /* as declared */
    pz_strs partitions, buckets, sorts, clusters;
    bool native;
    pz_str provider, location;                 /* location ptr NULL: the warehouse's own place */
} pz_create;

pz_status pz_create_open(pz_statement *r, pz_command *c, pz_create *t);        /* name and database */
pz_status pz_create_storage(pz_create *t);                                     /* native or files */
/* The entry it replaces (a reference) or NULL; *done: it is there, and that is well. */
pz_status pz_create_check_free(pz_create *t, pz_cat **old, bool *done);
pz_status pz_create_take_schema(pz_create *t, const pz_schema *s, bool keep_nullability);
pz_status pz_create_check_source(const pz_create *t, const pz_plan *p, const pz_cat *old);
pz_status pz_create_check(pz_create *t);                                       /* columns, partitions, buckets */
pz_status pz_create_finish(pz_create *t, pz_cat *old);                         /* with the rows of c->query, if any */

#endif

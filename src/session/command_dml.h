/*
 * session/command_dml.h - writing rows of native tables, for the statements and DataFrame commands that do.
 */
#ifndef PZ_SESSION_COMMAND_DML_H
#define PZ_SESSION_COMMAND_DML_H

#include "../analyze/dml.h"
#include "../lower/dml.h"
#include "catalog.h"
#include "command_int.h"

typedef struct pz_writer {                     /* one table inside a change */
    pz_statement *r;
    pz_change *ch;
    pz_cat *e;                                 /* borrowed */
    pz_target t;
    pz_str table;                              /* engine names */
    pz_strs columns;
} pz_writer;

pz_status pz_writer_open(pz_statement *r, pz_change *ch, pz_cat *e, pz_writer *w);     /* the table is locked, or new in this change */
pz_status pz_writer_insert(pz_writer *w, const pz_command *insert);
/* A change of its own around f: lock the table, look again, f, commit. */
pz_status pz_writer_change(pz_statement *r, int64_t id, pz_status (*f)(pz_writer *w));
/* UNSUPPORTED_FEATURE.TABLE_OPERATION, as an AnalysisException or not */
pz_status pz_raise_operation(pz_statement *r, const pz_cat *e, const char *operation, bool analysis);

#endif

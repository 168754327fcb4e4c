/*
 * analyze/dml_int.h - what the dml_*.c files share.
 */
#ifndef PZ_ANALYZE_DML_INT_H
#define PZ_ANALYZE_DML_INT_H

#include "dml.h"
#include "func_int.h"

typedef enum pz_store_policy { PZ_STORE_ANSI, PZ_STORE_STRICT, PZ_STORE_LEGACY } pz_store_policy;
typedef struct pz_dml {
    pz_analyzer an;
    const pz_target *t;
    pz_str table;                              /* quoted, for messages */
    pz_store_policy policy;
    bool char_as_string;                       /* spark.sql.legacy.charVarcharAsString */
    bool is_update;                            /* messages of UPDATE and MERGE leave the table out */
} pz_dml;

void pz_dml_open(pz_dml *d, const pz_env *env, const pz_target *t, const pz_plan *params, pz_arena *a, pz_error *err);
bool pz_dml_same(const pz_dml *d, pz_str a, pz_str b);         /* names */
pz_str pz_dml_quote(pz_dml *d, pz_str name);                   /* `a` */
int pz_dml_column(const pz_dml *d, pz_str name);               /* of the table; -1: none */
bool pz_dml_is_default(const pz_expr *e);                      /* the keyword */
pz_plan *pz_dml_plan(pz_dml *d, pz_rel *root);

/* dml_assign.c: a value as one of a column, by the store assignment policy.  by_name: fields of structs are found by name. */
pz_status pz_store_assign(pz_dml *d, pz_expr *value, const pz_field *column, bool by_name, pz_expr **out);
pz_expr *pz_dml_cast(pz_dml *d, pz_expr *e, const pz_type *t, pz_cast_mode mode);
/* dml_default.c */
pz_status pz_dml_default(pz_dml *d, const pz_field *column, pz_expr **out); /* resolved, of the column's type; NULL without a default */

/* dml_change.c */
pz_rel *pz_dml_target_rel(pz_dml *d, pz_str alias);            /* scan with a hidden row number, its last output */
pz_attr *pz_dml_rowid(const pz_rel *target);
typedef struct pz_assignment { pz_strs names; pz_expr *value; pz_origin origin; /* of what errors about its name point at */ } pz_assignment;
typedef PZ_VEC(pz_assignment) pz_assignments;
/* New values per column of the table; NULL: stays.  Keys are columns of `target`, values see `scope`. */
pz_status pz_dml_assign(pz_dml *d, pz_rel *target, pz_scope *scope, const pz_assignments *list, pz_expr **values);

/* Aggregates and windows have no place in a statement that changes rows: told as of `node`, with the whole statement. */
pz_status pz_dml_check_values(pz_dml *d, const char *node, pz_origin statement, pz_expr *const *values, int n);

#endif

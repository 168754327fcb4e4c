/*
 * session/variable.h - variables of a session and of the blocks of a script: a type, a value, the expression of the default.
 *
 * In a plan a variable is a literal.  Session variables are found under the session's lock; those of a script belong to its one thread.
 */
#ifndef PZ_SESSION_VARIABLE_H
#define PZ_SESSION_VARIABLE_H

#include "command_int.h"

typedef struct pz_variable {
    pz_shared *keep;                           /* of the type, the name and the default */
    pz_shared *held;                           /* of the value: replaced with it, so that a loop does not grow */
    pz_str name;                               /* as declared */
    const pz_type *type;
    pz_value value;
    pz_expr *initial;                          /* unresolved; NULL: null */
} pz_variable;

typedef struct pz_computed { const pz_type *type; pz_value value; } pz_computed;

/* `initial` must live in keep, of which a reference is taken. */
pz_variable *pz_variable_make(pz_shared *keep, pz_str name, const pz_computed *value, pz_expr *initial);
void pz_variable_put(pz_variable *v, const pz_value *value);   /* of the variable's type */
pz_str pz_variable_key(pz_arena *a, pz_str name, bool case_sensitive);
/* Is names a name of the session's variables: x, session.x, system.session.x? */
bool pz_names_session(const pz_strs *names);

/* An expression's value, with the names of r's query. */
pz_status pz_compute(pz_statement *r, pz_expr *e, pz_computed *out);
/* To a variable's type, as an assignment of a column of that name does. */
pz_status pz_compute_as(pz_statement *r, pz_computed *c, pz_str name, const pz_type *to);
/* The names of one DECLARE differ. */
pz_status pz_declared_differ(pz_statement *r, const pz_command *c, const char *prefix);
bool pz_is_session_variable(pz_statement *r, pz_str name);
/* The value and type of DECLARE's default. */
pz_status pz_declared_value(pz_statement *r, const pz_column_def *def, const char *shown_name, pz_computed *out);
/* A value into the variable of that name, of the script first. */
pz_status pz_variable_assign(pz_statement *r, const pz_command *target, pz_str name, pz_computed c);
/* Targets must exist and differ. */
pz_status pz_targets_check(pz_statement *r, pz_command *const *targets, int n);
/* One row of a plan into targets; no row gives nulls. */
pz_status pz_assign_row(pz_statement *r, const pz_plan *p, pz_command *const *targets, int n);

/* EXECUTE IMMEDIATE: *query is the plan whose rows are the answer, or NULL when a statement ran, whose rows are *rows. */
pz_status pz_execute_immediate(pz_statement *r, pz_plan **query, pz_rel **rows);

#endif

/*
 * session/script_int.h - a running SQL script: frames, blocks, variables, handlers, cursors.
 *
 * A frame is the script itself or the body of a handler that was called.  A frame's stack holds what is being executed, innermost last:
 * blocks and statement lists with the next statement, loops with their state.  Blocks and rows of FOR open a scope of names.
 * Reading order: script.c (the machine), script_scope.c (names), script_handler.c, script_query.c (one statement), script_cursor.c.
 */
#ifndef PZ_SESSION_SCRIPT_INT_H
#define PZ_SESSION_SCRIPT_INT_H

#include "variable.h"

typedef struct pz_cursor {
    pz_str name;
    pz_str text;                               /* of its query */
    const pz_command *declared;
    bool open;
    pz_shared *keep;                           /* of the rows, while open */
    pz_schema schema;
    pz_values *rows;
    int n, at;
} pz_cursor;

typedef struct pz_script_scope {
    pz_str label;                              /* as written in lower case, or a UUID */
    const pz_command *block;                   /* its handlers; NULL: a row of FOR */
    pz_table variables;                        /* key -> pz_variable */
    pz_table cursors;                          /* key -> pz_cursor */
} pz_script_scope;

typedef enum pz_doing { PZ_DOING_LIST, PZ_DOING_WHILE, PZ_DOING_REPEAT, PZ_DOING_LOOP, PZ_DOING_FOR } pz_doing;

typedef struct pz_step {                       /* one thing on a frame's stack */
    pz_doing kind;
    const pz_command *c;
    int at;                                    /* LIST: next statement; REPEAT: rounds begun; FOR: next row */
    pz_script_scope *scope;                    /* LIST of a block; FOR: of the current row */
    pz_shared *keep;                           /* FOR: of the rows */
    pz_schema schema;
    pz_values *rows;
    int nrows;
    bool started;
} pz_step;

typedef enum pz_frame_kind { PZ_FRAME_SCRIPT, PZ_FRAME_CONTINUE, PZ_FRAME_EXIT } pz_frame_kind;
typedef struct pz_frame {
    pz_frame_kind kind;
    pz_str label;                              /* handlers: of the scope that declared it */
    bool handed_out;                           /* handlers: a statement failed, not a condition or the query of a FOR */
    pz_step *steps;
    int n, cap;
} pz_frame;

typedef struct pz_script {
    pz_session *session;
    pz_operation *op;
    pz_query *outer;                           /* the query that the script's text is */
    const pz_plan *params;
    pz_shared *own;                            /* labels, handler bookkeeping */
    pz_arena *a;                               /* own's */
    bool case_sensitive;
    pz_frame *frames;
    int n, cap;
    bool in_statement;                         /* this turn runs a statement */
    pz_str first_handler;                      /* scope of the handler running outermost; ptr NULL: none */
    /* the rows of the last query */
    pz_shared *keep;
    pz_schema schema;
    pz_values *rows;
    int nrows;
    pz_str table;                              /* set: they are in this engine table */
} pz_script;

/* ---- script_scope.c */
pz_script_scope *pz_script_scope_open(pz_script *s, pz_str label, const pz_command *block);
void pz_script_scope_close(pz_script_scope *scope);
pz_str pz_script_scope_name(const pz_script_scope *scope);
/* A variable x or label.x as seen from what runs now; NULL: none. */
pz_variable *pz_script_variable(pz_script *s, const pz_strs *names, const pz_script_scope **scope);
pz_cursor *pz_script_find_cursor(pz_script *s, const pz_strs *names);
void pz_cursor_free(pz_cursor *c);
pz_script_scope *pz_script_innermost(pz_script *s);
pz_status pz_script_declare(pz_statement *r);                  /* DECLARE x inside a block */
pz_status pz_script_bind_row(pz_script *s, pz_script_scope *scope, const pz_schema *schema, const pz_values *row, pz_error *err);

/* ---- script_handler.c */
/* The handler of a block for an error, or NULL; *scope: the block's. */
const pz_command *pz_script_handler(pz_script *s, const pz_error *e, const pz_script_scope **scope);

/* ---- script_query.c: statements in queries of their own, which see the settings and names of their moment */
pz_status pz_script_statement(pz_script *s, const pz_command *c, pz_error *err);
pz_status pz_script_boolean(pz_script *s, pz_expr *cond, bool *out, pz_error *err);
pz_status pz_script_value(pz_script *s, pz_expr *e, pz_shared *keep, pz_computed *out, pz_error *err);
pz_status pz_script_rows(pz_script *s, pz_rel *query, pz_shared *keep, pz_schema *schema, pz_values **rows, int *n, pz_error *err);
pz_status pz_script_answer(pz_script *s, pz_query *q, pz_rel **out, pz_error *err);  /* the last query's rows as a relation of q */
void pz_script_forget_rows(pz_script *s);

#endif

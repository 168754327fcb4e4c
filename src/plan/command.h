/*
 * plan/command.h - statements and protocol commands.  One struct for all; tables/commands.def says which members a kind uses.
 * Add a kind: a row there, the parser or decoder that makes it, and its function in session/command_*.c.
 */
#ifndef PZ_COMMAND_H
#define PZ_COMMAND_H

#include "plan.h"

typedef enum pz_command_kind {
#define CMD(id, name, columns, slots) PZ_CMD_##id,
#include "../../tables/commands.def"
    PZ_CMD_COUNT
} pz_command_kind;

typedef struct pz_column_def {                 /* CREATE TABLE / ALTER TABLE column */
    pz_strs path;                              /* one part, or more for nested columns */
    const pz_type *type;
    bool not_null, has_comment;
    pz_str comment;
    pz_expr *default_value; pz_str default_text;
    pz_expr *generated; pz_str generated_text;
    bool identity, identity_always; int64_t identity_start, identity_step;
    bool first; pz_str after;                  /* position */
    pz_str constraint;                         /* PRIMARY KEY and the like, as written; ptr NULL: none */
} pz_column_def;
typedef PZ_VEC(pz_column_def *) pz_column_defs;

typedef struct pz_merge_clause {               /* MERGE: WHEN [NOT] MATCHED [BY SOURCE] ... THEN ... */
    enum { PZ_MERGE_MATCHED, PZ_MERGE_NOT_MATCHED, PZ_MERGE_NOT_MATCHED_BY_SOURCE } when;
    enum { PZ_MERGE_UPDATE, PZ_MERGE_UPDATE_ALL, PZ_MERGE_DELETE, PZ_MERGE_INSERT, PZ_MERGE_INSERT_ALL } action;
    pz_expr *cond;
    PZ_VEC(pz_strs) columns; pz_exprs values; PZ_VEC(pz_origin) places;     /* of the assignments of UPDATE, where there is a text */
} pz_merge_clause;

struct pz_command {
    pz_command_kind kind;
    pz_origin origin, ref, head;               /* ref: of the name alone; head: of INSERT, without its query */
    pz_strs names, names2;
    pz_expr *name_expr;                        /* IDENTIFIER(...) in place of names */
    pz_strs columns; pz_strs column_comments; pz_strs sort_columns;
    pz_column_defs defs;
    pz_schema schema; bool has_schema;
    pz_rel *query;
    pz_exprs exprs;
    pz_expr *cond;
    pz_options options, properties, partition_spec;    /* partition_spec: value ptr NULL = dynamic */
    pz_str provider, location, comment;
    pz_str text, text2, text3;                 /* see the row */
    pz_str mode;                               /* WRITE: append overwrite error ignore; V2: create, replace, ... */
    bool replace, if_exists, if_not_exists, temporary, global, extended, verbose, overwrite, by_name, purge, cascade, all;
    bool flag1, flag2;
    int64_t number;
    int64_t plan_id;                           /* CATALOG: of the DataFrame that it is, -1: none */
    PZ_VEC(pz_merge_clause *) merge;
    PZ_VEC(pz_command *) body;                 /* scripting */
    const pz_plan *params;                     /* parameters of the text, set when the statement is run; may be NULL */
};

/* A storage level as one number: flags, and the replication shifted. */
enum {
    PZ_LEVEL_NONE = 0, PZ_LEVEL_DISK = 1, PZ_LEVEL_MEMORY = 2, PZ_LEVEL_OFF_HEAP = 4, PZ_LEVEL_DESERIALIZED = 8, PZ_LEVEL_SET = 16,
    PZ_LEVEL_REPLICATION = 8,                  /* shift */
    PZ_LEVEL_DEFAULT = PZ_LEVEL_SET | PZ_LEVEL_DISK | PZ_LEVEL_MEMORY | PZ_LEVEL_DESERIALIZED | 1 << PZ_LEVEL_REPLICATION
};

typedef struct pz_command_row { const char *name, *columns, *slots; } pz_command_row;
const pz_command_row *pz_command_info(pz_command_kind k);           /* plan/command.c */
pz_rel *pz_command_make(pz_arena *a, pz_command_kind k, pz_origin o, pz_command **out); /* COMMAND relation around a new command */

#endif

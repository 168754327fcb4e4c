/*
 * session/command_int.h - how statements answer: a function per kind fills rows, which become a VALUES relation.
 */
#ifndef PZ_SESSION_COMMAND_INT_H
#define PZ_SESSION_COMMAND_INT_H

#include "query.h"
#include "session_int.h"

typedef struct pz_statement {
    pz_query *q;
    pz_session *session;
    pz_command *c;
    pz_arena *a;
    pz_error *err;
    pz_schema schema;                          /* of the rows */
    pz_exprs cells;                            /* row by row */
    pz_rel *relation;                          /* set: the answer instead of rows */
} pz_statement;
typedef pz_status (*pz_command_fn)(pz_statement *r);

void pz_cell(pz_statement *r, pz_str text);                  /* the next cell; ptr NULL: null */
void pz_cellc(pz_statement *r, const char *text);
void pz_cell_bool(pz_statement *r, bool v);
void pz_cell_names(pz_statement *r, const pz_strs *names);   /* array<string>; NULL: null */

/* command_set.c */
pz_status pz_cmd_set(pz_statement *r);
pz_status pz_cmd_reset(pz_statement *r);
pz_status pz_cmd_set_time_zone(pz_statement *r);
/* command_view.c */
pz_status pz_cmd_create_view(pz_statement *r);
pz_status pz_cmd_create_dataframe_view(pz_statement *r);
pz_status pz_cmd_create_view_using(pz_statement *r);
pz_status pz_cmd_drop_view(pz_statement *r);
bool pz_drop_temp_view(pz_session *s, pz_str name, bool global);
pz_status pz_make_temp_view(pz_statement *r, pz_str name, pz_rel *query, pz_str text, bool global); /* replaces */
bool pz_rename_temp_view(pz_session *s, pz_view *v, pz_str name, bool global); /* false: the name is taken */
/* The temporary view a name stands for now, or NULL; a reference.  *global tells which kind. */
pz_view *pz_find_temp_view(pz_statement *r, const pz_strs *names, bool *global);
/* command_table.c */
pz_status pz_cmd_create_table(pz_statement *r);
pz_status pz_cmd_drop_table(pz_statement *r);
pz_status pz_drop_entry(pz_statement *r, bool view);           /* the statement's table or view of the catalog */
struct pz_cat *pz_statement_entry(pz_statement *r, const pz_strs *names); /* table or view of the catalog: a reference, or NULL */
/* command_write.c */
pz_status pz_cmd_write(pz_statement *r);
/* command_show.c */
pz_status pz_cmd_show_tables(pz_statement *r);
pz_status pz_cmd_show_table_extended(pz_statement *r);
pz_status pz_cmd_show_views(pz_statement *r);
pz_status pz_cmd_show_namespaces(pz_statement *r);
pz_status pz_cmd_show_catalogs(pz_statement *r);
pz_status pz_cmd_show_current_namespace(pz_statement *r);
pz_status pz_cmd_show_columns(pz_statement *r);
pz_status pz_cmd_show_functions(pz_statement *r);
pz_status pz_cmd_use(pz_statement *r);
bool pz_name_matches(pz_str name, pz_str pattern);             /* *, |, any case; pattern ptr NULL: all */
bool pz_database_exists(pz_statement *r, const pz_strs *names); /* [catalog.]database */
pz_status pz_raise_schema_not_found(pz_statement *r, const pz_strs *names);
int pz_function_names(const char *const **out);                /* sorted, each once */
bool pz_function_known(pz_str name);
/* Resolved schema of a table or view by name. */
pz_status pz_table_schema(pz_statement *r, const pz_strs *names, pz_schema *out);
pz_status pz_raise_not_found(pz_statement *r, const pz_strs *names, const char *path);
pz_str pz_quoted(pz_arena *a, const pz_strs *names);           /* `a`.`b` */
/* command_describe.c */
pz_status pz_cmd_describe_table(pz_statement *r);
pz_status pz_cmd_describe_query(pz_statement *r);
pz_status pz_cmd_describe_function(pz_statement *r);
pz_status pz_cmd_describe_database(pz_statement *r);
pz_status pz_cmd_explain(pz_statement *r);
bool pz_metadata_comment(pz_str metadata, pz_arena *a, pz_str *out);
/* command_catalog.c */
pz_status pz_cmd_catalog(pz_statement *r);
pz_status pz_catalog_schema(const pz_command *c, pz_arena *a, pz_schema *out, pz_error *err);
/* command_misc.c */
pz_status pz_cmd_cache_table(pz_statement *r);
pz_status pz_cmd_uncache_table(pz_statement *r);
pz_status pz_cmd_clear_cache(pz_statement *r);
pz_status pz_cmd_refresh_table(pz_statement *r);
pz_status pz_cmd_nothing(pz_statement *r);
pz_status pz_cmd_set_catalog(pz_statement *r);
pz_status pz_cmd_list_resource(pz_statement *r);
pz_status pz_cmd_show_collations(pz_statement *r);
pz_status pz_cmd_about_table(pz_statement *r);
pz_status pz_cmd_show_tblproperties(pz_statement *r);
pz_status pz_cmd_alter_view(pz_statement *r);
pz_status pz_cmd_alter_table(pz_statement *r);
pz_status pz_table_cached(pz_statement *r, const pz_strs *names, int set, bool *cached); /* set as in pz_sessions_storage */
/* command_variable.c */
pz_status pz_cmd_create_variable(pz_statement *r);
pz_status pz_cmd_drop_variable(pz_statement *r);
pz_status pz_cmd_set_variable(pz_statement *r);
pz_status pz_cmd_execute_immediate(pz_statement *r);
pz_status pz_execute_immediate_schema(pz_query *q, pz_command *c, pz_arena *a, pz_schema *out, pz_error *err);
/* remote.c */
pz_status pz_cmd_remove_remote(pz_statement *r);

#endif

/*
 * session/command_int.h - how statements answer: a function per kind fills rows, which become a VALUES relation.
 */
#ifndef PZ_SESSION_COMMAND_INT_H
#define PZ_SESSION_COMMAND_INT_H

#include "catalog.h"
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

pz_status pz_statement_run_as(pz_statement *r, pz_command *c); /* the function of another statement; its rows are this one's */
void pz_cell(pz_statement *r, pz_str text);                  /* the next cell; ptr NULL: null */
void pz_cellc(pz_statement *r, const char *text);
void pz_cell_bool(pz_statement *r, bool v);
void pz_cell_names(pz_statement *r, const pz_strs *names);   /* array<string>; NULL: null */

/* command_name.c: which database, table or view a name means */
pz_str pz_quoted(pz_arena *a, const pz_strs *names);           /* `a`.`b` */
pz_str pz_full_quoted(pz_arena *a, pz_str db, pz_str name);    /* `spark_catalog`.`db`.`name`; name ptr NULL: of the database */
pz_str pz_cat_quoted(const pz_cat *e, pz_arena *a);
const char *pz_search_path_text(pz_statement *r, bool builtin);
pz_catalog *pz_statement_catalog(const pz_statement *r);
bool pz_is_global_temp(const pz_strs *names);
pz_status pz_check_new_name(pz_statement *r, pz_str name);     /* fit for a new database or table */
bool pz_database_exists(pz_statement *r, const pz_strs *names); /* [catalog.]database */
pz_status pz_raise_schema_not_found(pz_statement *r, const pz_strs *names);
pz_status pz_one_database(pz_statement *r, const pz_strs *names, pz_str *db);    /* its plain name; names empty: the current one */
pz_status pz_find_database(pz_statement *r, const pz_strs *names, pz_cat **out); /* a reference */
pz_status pz_check_database(pz_statement *r, const pz_strs *names, pz_str *db);  /* one that exists */
pz_str pz_location_uri(pz_arena *a, pz_str text, pz_str base); /* file:/x of what was written; base: URI relative paths are under */
pz_str pz_database_location(pz_query *q, const pz_cat *db, pz_arena *a);
pz_str pz_table_location(pz_query *q, const pz_cat *e, pz_arena *a);             /* its own, or what its database gives it */
pz_status pz_raise_not_found(pz_statement *r, const pz_strs *names, const char *path);
pz_status pz_relation_place(pz_statement *r, const pz_strs *names, pz_str *db, pz_str *name); /* REQUIRES_SINGLE_PART_NAMESPACE */
pz_cat *pz_statement_entry(pz_statement *r, const pz_strs *names); /* table or view of the catalog: a reference, or NULL */
typedef struct pz_want {                       /* what a statement takes */
    enum { PZ_WANT_EITHER, PZ_WANT_TABLE, PZ_WANT_VIEW } kind;
    const char *operation;                     /* as messages name it */
    bool temp;                                 /* temporary views as well */
    bool alternative;                          /* the message points to ALTER VIEW, ALTER TABLE */
    bool builtin;                              /* the search path of the message */
} pz_want;
pz_status pz_find_relation(pz_statement *r, const pz_strs *names, const pz_want *want, pz_view **temp, pz_cat **entry);
pz_status pz_replace_entry(pz_statement *r, pz_cat *changed);  /* a change of this entry alone; takes the reference */
/* command_database.c */
int pz_option_find(const pz_options *list, pz_str key);        /* -1: none */
void pz_option_set(pz_arena *a, pz_options *list, pz_str key, pz_str value);
void pz_option_unset(pz_options *list, pz_str key);
pz_options pz_options_sorted(pz_arena *a, const pz_options *list);
pz_status pz_create_database(pz_statement *r);                 /* any property */
pz_status pz_cmd_create_database(pz_statement *r);
pz_status pz_cmd_drop_database(pz_statement *r);
pz_status pz_cmd_alter_database(pz_statement *r);
pz_status pz_comment_on_database(pz_statement *r);
pz_status pz_cmd_describe_database(pz_statement *r);
pz_status pz_cmd_show_namespaces(pz_statement *r);
pz_status pz_cmd_show_catalogs(pz_statement *r);
pz_status pz_cmd_show_current_namespace(pz_statement *r);
pz_status pz_use_database(pz_statement *r, const pz_strs *names);
pz_status pz_use_catalog(pz_statement *r, pz_str name);
pz_status pz_cmd_use(pz_statement *r);
pz_status pz_cmd_set_catalog(pz_statement *r);
/* command_facts.c: what is known about a table or view */
enum { PZ_FACT_ALL, PZ_FACT_EARLY /* in JSON behind the columns */, PZ_FACT_LISTED /* not in DESCRIBE */ };
typedef struct pz_fact { const char *name; pz_str text; const char *key; pz_str json; int where; } pz_fact;   /* name, key NULL: not there, not in JSON */
typedef PZ_VEC(pz_fact) pz_facts;
void pz_entry_facts(pz_statement *r, const pz_cat *e, pz_facts *out);
void pz_view_facts(pz_statement *r, const pz_view *v, bool global, pz_facts *out);
pz_options pz_shown_properties(pz_arena *a, const pz_cat *e);
pz_str pz_declared_type(const pz_field *f, pz_arena *a);
pz_str pz_created_text(pz_statement *r, int64_t micros);
pz_str pz_option_list(pz_arena *a, const pz_options *list);    /* [k=v, k2=v2] */
pz_str pz_json_quoted(pz_arena *a, pz_str s);
pz_str pz_json_list(pz_arena *a, const pz_strs *items);
pz_str pz_json_options(pz_arena *a, const pz_options *items);
void pz_json_column(pz_buf *b, const pz_field *f, pz_arena *a);
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
/* command_create_table.c */
pz_status pz_cmd_create_table(pz_statement *r);
pz_status pz_cmd_create_table_like(pz_statement *r);
/* command_table.c */
pz_status pz_drop_files(pz_statement *r, struct pz_change *ch, const pz_cat *e);   /* of a managed table, when the change commits */
pz_status pz_cmd_drop_table(pz_statement *r);
pz_status pz_drop_entry(pz_statement *r, bool view);           /* the statement's table or view of the catalog */
/* command_write.c */
pz_status pz_cmd_write(pz_statement *r);
pz_status pz_cmd_insert_directory(pz_statement *r);
/* command_write_table.c */
pz_status pz_write_no_buckets(pz_statement *r, const char *operation);
pz_status pz_write_table(pz_statement *r);
pz_status pz_cmd_write_v2(pz_statement *r);
/* command_dml.c */
pz_status pz_cmd_insert(pz_statement *r);
pz_status pz_cmd_multi_insert(pz_statement *r);
pz_status pz_cmd_change_rows(pz_statement *r);                 /* UPDATE, DELETE */
pz_status pz_cmd_merge(pz_statement *r);
pz_status pz_cmd_truncate(pz_statement *r);
pz_status pz_statement_names(pz_statement *r, pz_command *c);  /* IDENTIFIER(...) in place of names */
/* command_show.c */
pz_status pz_cmd_show_tables(pz_statement *r);
pz_status pz_cmd_show_table_extended(pz_statement *r);
pz_status pz_cmd_show_views(pz_statement *r);
pz_status pz_cmd_show_columns(pz_statement *r);
pz_status pz_cmd_show_functions(pz_statement *r);
bool pz_name_matches(pz_str name, pz_str pattern);             /* *, |, any case; pattern ptr NULL: all */
int pz_function_names(const char *const **out);                /* sorted, each once */
bool pz_function_known(pz_str name);
const char *pz_function_class(pz_str name);                    /* as Spark names it; empty: none */
bool pz_names_builtin(const pz_strs *names);
pz_str pz_function_usage(pz_str name, pz_arena *a);            /* "form - what it gives" */
/* Resolved schema of a table or view by name. */
pz_status pz_table_schema(pz_statement *r, const pz_strs *names, pz_schema *out);
void pz_shown_schema(pz_arena *a, const pz_cat *e, pz_schema *out);              /* declared types, nullable as queries see it */
pz_status pz_entry_schema(pz_statement *r, const pz_cat *e, pz_schema *out);     /* the same; of views that evolve as they are now */
void pz_view_schema(pz_arena *a, const pz_view *v, pz_schema *out);              /* of a temporary view, with comments */
/* command_create.c */
pz_status pz_cmd_show_create_table(pz_statement *r);
pz_str pz_create_text(pz_statement *r, const pz_cat *e);
pz_str pz_name_if_needed(pz_str name, pz_arena *a);            /* with backquotes where it needs them */
/* command_stored.c: views of the catalog */
pz_status pz_create_stored_view(pz_statement *r);
pz_status pz_check_collations(pz_statement *r, const pz_schema *s);               /* no column lacks one */
pz_str pz_take_default_collation(pz_statement *r, pz_str told, pz_str db);       /* db empty: of no database */
pz_status pz_alter_stored_view(pz_statement *r);
/* command_alter.c */
pz_status pz_cmd_alter_table(pz_statement *r);
pz_status pz_cmd_comment_on(pz_statement *r);
pz_status pz_raise_about_partition(pz_statement *r, pz_err_id id, const pz_cat *e, const pz_options *spec);
pz_status pz_drop_partitions_of_rows(pz_statement *r, int64_t id);     /* of a native table, whose partitions are its rows; command_dml.c */
pz_status pz_rename_partition_of_rows(pz_statement *r, int64_t id);
pz_status pz_unsupported_table_operation(pz_statement *r, const pz_cat *e, const char *operation);
/* command_column.c */
pz_status pz_alter_columns(pz_statement *r, const pz_cat *e);
pz_status pz_comment_on_columns(pz_statement *r, const pz_cat *e);
pz_status pz_raise_no_column(pz_statement *r, const pz_cat *e, const pz_strs *path);
/* command_analyze.c */
pz_status pz_cmd_analyze_table(pz_statement *r);
pz_status pz_cmd_analyze_tables(pz_statement *r);
pz_status pz_cmd_load_data(pz_statement *r);
pz_status pz_cmd_refresh_function(pz_statement *r);
/* command_partition.c */
typedef struct pz_partition { pz_options values; pz_str location; } pz_partition; /* in the order of the table's partition columns */
typedef PZ_VEC(pz_partition) pz_partitions;
pz_status pz_partitions_fit(pz_statement *r, const pz_cat *e, const pz_options *spec, pz_partitions *out);
pz_status pz_partition_keys(pz_statement *r, const pz_cat *e, const pz_options *spec);
pz_str pz_partition_place(pz_statement *r, const pz_cat *e, const pz_partition *p);
pz_status pz_cmd_show_partitions(pz_statement *r);
pz_status pz_cmd_repair_table(pz_statement *r);
pz_status pz_partition_names(pz_statement *r, const pz_cat *e, pz_strs *out, bool json); /* sorted; json: one cell instead */
pz_status pz_recover_partitions(pz_statement *r, const pz_cat *e, const char *operation);
void pz_partitions_stay(pz_statement *r, const pz_cat *old, pz_cat *changed);
/* The values of a spec in the order of the columns, each as its column's type spells it. */
pz_status pz_partition_values(pz_statement *r, const pz_cat *e, const pz_options *spec, bool whole, pz_options *out);
pz_status pz_partition_check_filled(pz_statement *r, const pz_options *spec);  /* no value is the empty text */
pz_status pz_alter_partitions(pz_statement *r, const pz_cat *e);
pz_status pz_partition_find(pz_statement *r, const pz_cat *e, const pz_options *spec, pz_facts *out); /* facts of one */
/* command_describe.c */
pz_status pz_cmd_describe_table(pz_statement *r);
pz_status pz_cmd_describe_query(pz_statement *r);
pz_status pz_cmd_describe_function(pz_statement *r);
pz_status pz_cmd_explain(pz_statement *r);
/* command_catalog.c */
pz_status pz_cmd_catalog(pz_statement *r);
pz_status pz_catalog_schema(const pz_command *c, pz_arena *a, pz_schema *out, pz_error *err);
/* command_cache.c */
pz_status pz_cmd_cache_table(pz_statement *r);
pz_status pz_cmd_uncache_table(pz_statement *r);
pz_status pz_cmd_clear_cache(pz_statement *r);
pz_status pz_cmd_refresh_table(pz_statement *r);
pz_status pz_cmd_refresh_path(pz_statement *r);
pz_status pz_catalog_cache_table(pz_statement *r);
pz_status pz_catalog_is_cached(pz_statement *r);
/* Before a table goes or becomes another: nothing is kept of it, nor (cascade) of what was made of it.  A name of nothing is no error. */
void pz_cache_forget_table(pz_statement *r, const pz_strs *names, bool cascade);
bool pz_drop_kept_view(pz_statement *r, pz_str name, bool global);     /* a temporary view and what was kept of it; false: there is none */
void pz_cache_view_replaced(pz_statement *r, const pz_view *next, bool global);
/* command_misc.c */
pz_status pz_cmd_show_collations(pz_statement *r);
pz_status pz_cmd_about_table(pz_statement *r);
pz_status pz_cmd_show_tblproperties(pz_statement *r);
pz_status pz_cmd_alter_view(pz_statement *r);
/* command_resource.c */
pz_status pz_cmd_add_resource(pz_statement *r);
pz_status pz_cmd_list_resource(pz_statement *r);
/* command_refused.c: what no session catalog does */
pz_status pz_cmd_call(pz_statement *r);                        /* and DESCRIBE PROCEDURE */
pz_status pz_cmd_show_procedures(pz_statement *r);
pz_status pz_cmd_index(pz_statement *r);                       /* CREATE, DROP */
pz_status pz_cmd_set_path(pz_statement *r);
/* command_variable.c */
pz_status pz_cmd_create_variable(pz_statement *r);
pz_status pz_cmd_drop_variable(pz_statement *r);
pz_status pz_cmd_set_variable(pz_statement *r);
/* execute_immediate.c */
pz_status pz_cmd_execute_immediate(pz_statement *r);
pz_status pz_execute_immediate_schema(pz_query *q, pz_command *c, pz_arena *a, pz_schema *out, pz_error *err);
/* command_function.c */
pz_status pz_cmd_create_function(pz_statement *r);
pz_status pz_cmd_drop_function(pz_statement *r);
pz_status pz_describe_sql_function(pz_statement *r, bool *found);
void pz_function_entries(pz_statement *r, pz_str db, pz_str pattern, pz_cats *out);
pz_cat *pz_function_entry(pz_statement *r, const pz_strs *names);              /* a reference, or NULL */
pz_str pz_function_class_name(const pz_cat *e, pz_arena *a);
pz_str pz_function_description(pz_statement *r, const pz_cat *e);
void pz_list_sql_functions(pz_statement *r, pz_str db, pz_str pattern, pz_strs *out);
void pz_take_surroundings(pz_statement *r, pz_cat *e);         /* command_stored.c: settings and place of a creation */
/* script.c, script_cursor.c */
pz_status pz_cmd_script(pz_statement *r);
pz_status pz_cmd_declare_cursor(pz_statement *r);
pz_status pz_cmd_open_cursor(pz_statement *r);
pz_status pz_cmd_fetch_cursor(pz_statement *r);
pz_status pz_cmd_close_cursor(pz_statement *r);
/* remote.c */
pz_status pz_cmd_remove_remote(pz_statement *r);

#endif

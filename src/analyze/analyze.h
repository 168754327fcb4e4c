/*
 * analyze/analyze.h - unresolved plan in, resolved plan out.
 *
 * Pure: asks `env` for names, file schemas and settings, and never runs user data except through env->fold (constant
 * folding), env->distinct_values (pivot without values) and env->all_rows (transpose), as Spark does.
 */
#ifndef PZ_ANALYZE_H
#define PZ_ANALYZE_H

#include "../plan/plan.h"

typedef enum pz_found { PZ_FOUND_NOTHING, PZ_FOUND_VIEW, PZ_FOUND_SCAN, PZ_FOUND_PLAN } pz_found;
typedef enum pz_view_mode { PZ_VIEW_EVOLUTION /* columns of now: temporary views as well */, PZ_VIEW_TYPE_EVOLUTION, PZ_VIEW_COMPENSATION, PZ_VIEW_BINDING } pz_view_mode;
typedef struct pz_lookup {                     /* what a table name stands for */
    pz_found what;
    pz_plan *view;                             /* VIEW: unresolved plan to analyze; PLAN: already resolved */
    pz_strs view_columns;                      /* VIEW: column names given at creation; may be empty */
    pz_view_mode view_mode;                    /* VIEW: how its promise below is kept; EVOLUTION: there is none */
    pz_schema view_schema;                     /* columns it promised, */
    pz_strs view_query_columns;                /* by the names its text gave them */
    pz_str view_remedy;                        /* statement that would make it anew, for messages */
    pz_strs view_path;                         /* VIEW: catalog and namespace names resolve against inside it; empty: the current */
    const struct pz_env *view_env;             /* VIEW: what names and settings inside it resolve against; NULL: the same env */
    pz_scan *scan;                             /* SCAN */
    pz_strs qualifier;                         /* full name: spark_catalog, db, t; a temp view: its name alone */
} pz_lookup;

typedef struct pz_function {                   /* an SQL function, read from its text */
    pz_str shown;                              /* f or spark_catalog.db.f: in column names */
    pz_str quoted;                             /* `f`: in messages */
    pz_str name;                               /* the last part: qualifies parameters */
    pz_schema params;
    pz_exprs defaults;                         /* beside params, unresolved; NULL: none */
    bool table;
    const pz_type *returns;                    /* NULL: the body's type */
    pz_schema columns; bool has_columns;       /* table */
    pz_plan *body;                             /* a query; or root NULL and expr */
    pz_expr *expr;
    const struct pz_env *env;                  /* names and settings of its creation; NULL: the caller's */
} pz_function;

/* Where names of one part are looked for, one after the other. */
typedef enum pz_path_kind { PZ_PATH_BUILTIN, PZ_PATH_SESSION, PZ_PATH_SCHEMA, PZ_PATH_ELSEWHERE /* no place that could be looked into */ } pz_path_kind;
typedef struct pz_path_entry { pz_path_kind kind; pz_strs names; /* as written */ } pz_path_entry;
typedef PZ_VEC(pz_path_entry) pz_path;

/* Names and settings, lent by session/.  All texts it returns live in the arena given.  NULL members are allowed in tests. */
typedef struct pz_env {
    void *ctx;
    bool ansi, case_sensitive;
    bool keeps_fraction;                       /* legacy.decimal.retainFractionDigitsOnTruncate */
    pz_str time_zone;
    const pz_zone *zone;
    pz_str user, current_catalog, current_database, session_id;
    pz_str default_collation;                  /* of the view, function or table whose text is analyzed; empty: bytes */
    bool makes_object, makes_table;            /* that text stands in the statement that makes it; a table */
    int64_t now_micros;                        /* start of this query: current_timestamp() */
    /* value of a setting, its default, or ptr NULL */
    pz_status (*sql_variable)(void *ctx, pz_str name, pz_arena *a, pz_str *value, pz_error *err);   /* ${name} in SQL; NULL: not read */
    pz_str (*conf)(void *ctx, const char *key);
    pz_status (*find_table)(void *ctx, const pz_strs *names, const pz_options *options, pz_arena *a, pz_lookup *out, pz_error *err);
    /* files with a format: lists paths, infers or applies the schema; PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA, DATA_SOURCE_NOT_FOUND */
    pz_status (*open_source)(void *ctx, pz_str format, const pz_strs *paths, const pz_options *options, pz_str schema_text,
                             pz_arena *a, pz_scan **out, pz_error *err);
    /* decode Arrow bytes of a LocalRelation: schema out, rel->u.local.table/table_id set for lowering */
    pz_status (*open_local)(void *ctx, pz_rel *local, pz_arena *a, pz_schema *out, pz_error *err);
    pz_status (*find_artifact)(void *ctx, pz_str name, pz_str *bytes);           /* cache/<hash> */
    pz_status (*find_remote)(void *ctx, pz_str id, pz_arena *a, pz_rel **resolved, pz_error *err); /* checkpointed relation */
    /* chains of withColumn: `top` ends one; hash (pz_rel_sigs) of a level that must stay a relation of its own, as its rows are kept */
    void (*note_chain)(void *ctx, const pz_rel *top);
    bool (*may_cut_chains)(void *ctx);
    bool (*cuts_chain)(void *ctx, uint64_t hash);
    /* evaluate a resolved foldable expression */
    pz_status (*fold)(void *ctx, const pz_expr *e, pz_arena *a, pz_value *out, pz_error *err);
    /* distinct non-null values of column 0 of a resolved relation, sorted, at most `limit` + 1 */
    pz_status (*distinct_values)(void *ctx, const pz_rel *r, int limit, pz_arena *a, pz_values *out_values, pz_error *err);
    /* records in the one text column of a resolved relation: schema (schema_text: given) and what "parse records" needs; *header: the text that is one */
    pz_status (*open_records)(void *ctx, const pz_rel *texts, const pz_rel *parse, pz_arena *a, pz_schema *out, pz_str *spec, pz_str *header, pz_error *err);
    /* all rows of a resolved relation */
    pz_status (*all_rows)(void *ctx, const pz_rel *r, pz_arena *a, pz_values **rows, int *n, pz_error *err);
    /* session variables and temporary SQL functions; NULL result: none of that name */
    pz_expr *(*find_variable)(void *ctx, const pz_strs *names, pz_arena *a);
    /* an SQL function of the session or the catalog; *out NULL: none of that name */
    pz_status (*find_function)(void *ctx, const pz_strs *names, pz_origin origin, pz_arena *a, pz_function **out, pz_error *err);
    /* schema of a command's result, for COMMAND relations; params: what its parameter markers stand for (command schemas are fixed facts or need the catalog) */
    pz_status (*command_schema)(void *ctx, pz_rel *command, const pz_plan *params, pz_arena *a, pz_schema *out, pz_error *err);
    /* run a COMMAND relation once and give its rows as a resolved VALUES relation; NULL while only analyzing */
    pz_status (*command_run)(void *ctx, pz_rel *command, const pz_plan *params, pz_arena *a, pz_rel **out, pz_error *err);
    const pz_path *path;                       /* NULL: built-in, temporary, the current database */
} pz_env;

/* ---- path.c */
pz_str pz_search_path_of(const pz_env *env, pz_arena *a);      /* [`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]: for messages */
bool pz_path_has(const pz_env *env, pz_path_kind kind);

/* Resolve plan->root into a new tree, and set plan->root and plan->schema to it.  Raises Spark's analysis errors. */
/* Gives an error of the engine the place of the only expression of the plan that can have raised it. */
void pz_blame(pz_plan *plan, pz_error *err);
pz_status pz_analyze(const pz_env *env, pz_plan *plan, pz_arena *a, pz_error *err);

/* Resolve a lone expression over the given input attributes (column defaults, generated values, tests). */
pz_status pz_analyze_expr(const pz_env *env, pz_expr *e, const pz_attrs *input, pz_arena *a, pz_expr **out, pz_error *err);

bool pz_expr_is_foldable(const pz_expr *e);                            /* no columns, no aggregates, deterministic */
bool pz_expr_is_deterministic(const pz_expr *e);

/* Does the resolved plan read a stream?  Such plans have a schema and cannot be lowered. */
bool pz_rel_is_streaming(const pz_rel *r);

/* Resolve an expression over no columns that must be constant, else UNSUPPORTED_EXPR_FOR_PARAMETER.  params: as for command_run. */
pz_status pz_analyze_constant(const pz_env *env, const pz_plan *params, pz_expr *e, pz_arena *a, pz_expr **out, pz_error *err);

/* The parts of the name that IDENTIFIER(e) is. */
pz_status pz_analyze_name(const pz_env *env, const pz_plan *params, pz_expr *e, pz_arena *a, pz_strs *out, pz_error *err);

/* Resolve the body of a function being made, for its errors and what it gives: *out has one field for a scalar function. */
pz_status pz_analyze_function(const pz_env *env, const pz_function *f, pz_arena *a, pz_schema *out, pz_error *err);

#endif

/*
 * plan/plan.h - the one plan that SQL and DataFrames become.
 *
 * decode/ and sql/ make unresolved plans; analyze/ reads one and makes a new, resolved plan beside it (it never changes
 * its input, so that views and CTEs can be analyzed again); lower/ reads resolved plans only.
 * All nodes live in an arena.  Kinds and their slots: tables/nodes.def.
 */
#ifndef PZ_PLAN_H
#define PZ_PLAN_H

#include "../types/types.h"

/* In place of a plan id: of the columns with that name the last, which the analyzer itself just made. */
#define PZ_PLAN_NEWEST (-2)

typedef enum pz_rel_kind {
#define REL(id, name, slots) PZ_REL_##id,
#include "../../tables/nodes.def"
    PZ_REL_COUNT
} pz_rel_kind;
typedef enum pz_expr_kind {
#define EXPR(id, name) PZ_EXPR_##id,
#include "../../tables/nodes.def"
    PZ_EXPR_COUNT
} pz_expr_kind;

typedef struct pz_rel pz_rel;
typedef struct pz_expr pz_expr;
typedef struct pz_command pz_command;
typedef PZ_VEC(pz_expr *) pz_exprs;
typedef PZ_VEC(pz_rel *) pz_rels;

/* A column that a resolved relation puts out.  `id` is unique in the query; lowering calls the column c<id>. */
typedef struct pz_attr {
    int id;
    pz_str name;                               /* spelling for the output */
    const pz_type *type;
    bool nullable;
    pz_str metadata;                           /* JSON object or empty */
    pz_strs qualifier;                         /* catalog.db.table or alias; empty: none */
    bool hidden;                               /* reachable by name only when nothing visible matches (USING keys, _metadata, ORDER BY inputs); never in a final output */
    int stands_for;                            /* > 0: the rows are some of those of that attribute (EXCEPT, INTERSECT): df["x"] finds it */
    int same_as;                               /* > 0: repeats that attribute under an id of its own (SELECT a, a), so that a name finds one, not two */
    bool auto_name;                            /* named by us, not by the user */
} pz_attr;
typedef PZ_VEC(pz_attr *) pz_attrs;

typedef struct pz_option { pz_str key, value; } pz_option;
typedef PZ_VEC(pz_option) pz_options;

/* ---------------------------------------------------------------- expressions */
typedef enum pz_frame_unit { PZ_FRAME_NONE, PZ_FRAME_ROWS, PZ_FRAME_RANGE } pz_frame_unit;
typedef enum pz_bound_kind {
    PZ_BOUND_UNBOUNDED_PRECEDING, PZ_BOUND_CURRENT, PZ_BOUND_UNBOUNDED_FOLLOWING,
    PZ_BOUND_OFFSET                            /* value: positive = following, negative = preceding; any foldable expression */
} pz_bound_kind;
typedef struct pz_bound {
    pz_bound_kind kind;
    pz_expr *value;
    pz_expr *known;                            /* set by the analyzer: `value` as a literal of its type */
} pz_bound;
typedef struct pz_window_spec {
    pz_str ref;                                /* OVER w: the name, and nothing else set */
    pz_exprs partition;
    pz_exprs order;                            /* SORT_ORDER */
    pz_frame_unit unit;                        /* NONE: default frame */
    pz_bound from, to;
    pz_origin origin;                          /* of the specification in parentheses */
} pz_window_spec;

typedef enum pz_subquery_kind { PZ_SUB_SCALAR, PZ_SUB_EXISTS, PZ_SUB_IN } pz_subquery_kind;
typedef enum pz_gset_kind { PZ_GSET_ROLLUP, PZ_GSET_CUBE, PZ_GSET_SETS } pz_gset_kind;

struct pz_expr {
    pz_expr_kind kind;
    pz_origin origin;
    pz_exprs args;                             /* all children */
    pz_strs names;                             /* COLUMN, CALL, STAR target, NAMED_ARG, PARAMETER, ... */
    int64_t plan_id;                           /* COLUMN, STAR, REGEX, SUBQUERY from DataFrames; -1: none, or PZ_PLAN_NEWEST */

    /* set by the analyzer (LITERAL and CAST have `type` from the start) */
    const pz_type *type;
    bool nullable;
    bool resolved;
    const pz_str *time_zone;                   /* CALL, CAST: that of the view or SQL function they were written in; NULL: the session's */
    signed char foldable;                      /* cache of pz_expr_is_foldable: 0 unknown, 1 yes, -1 no */

    pz_value value;                            /* LITERAL */
    union {
        struct { pz_str text; bool is_typed_text; pz_str variable, variable_path; } literal; /* as written: for names, TIMESTAMP '...' keeps its text; variable: a variable's value, shown under its name, inside others with its path */
        struct {
            bool distinct, ignore_nulls, respect_nulls, star; /* star: count(*) */
            bool internal;                     /* from the protocol's is_internal */
            pz_expr *filter;                   /* FILTER (WHERE ...) */
            pz_exprs order;                    /* WITHIN GROUP (ORDER BY ...) */
            int fn;                            /* row of functions.def, -1 before resolution */
            int shown;                         /* row whose name and display the call is printed with (an ALIAS, or fn itself) */
            bool as_operator;                  /* written as an operator: a + b, not plus(a, b) */
            bool written;                      /* written in SQL as name(arguments) */
            bool sought;                       /* its name is looked for among the user's functions too: SET PATH may put those first */
            pz_str shown_as;                   /* shown instead: an SQL function's call around its body, try_add(a, b) as written */
            int eval_mode;                     /* pz_cast_mode: set from ANSI by the analyzer; TRY for try_* */
            bool tries_args;                   /* try_*: what fails in its arguments gives NULL too, not only the operation */
        } call;
        struct { pz_cast_mode mode; bool mode_set, implicit, double_colon, defaulted, named; pz_str type_text; } cast; /* defaulted: the default collation, put on what a function made; named: int(x), a place of its own */
        struct { pz_strs names; pz_str metadata; pz_attr *attr; pz_attrs attrs; bool generated; } alias; /* attrs: multi-alias of a generator; generated: name made by us */
        pz_attr *attr;                         /* ATTR, OUTER */
        struct { bool asc, nulls_first, nulls_set; } sort;
        pz_window_spec *window;
        struct { pz_exprs params; } lambda;
        struct { int id; pz_str name; } var;   /* LAMBDA_VAR; lowering calls it v<id> */
        struct { bool dot; } extract;
        struct { int ordinal; pz_str name; bool of_array; } field; /* of_array: array<struct>.f gives an array */
        struct { pz_subquery_kind kind; pz_rel *rel; bool negated; pz_exprs outer; bool partition_set; pz_exprs partition, order; bool single_partition; } sub;
        struct { pz_strs except_flat; PZ_VEC(pz_strs) except; pz_exprs replace; /* ALIAS */ } star;
        struct { int index; } param;
        pz_str text;                           /* SQL_TEXT */
        struct { pz_gset_kind kind; int given; } gset;   /* given: args that stand before GROUPING SETS, no sets themselves */
    } u;
};

/* ---------------------------------------------------------------- relations */
typedef enum pz_join_type {
    PZ_JOIN_INNER, PZ_JOIN_FULL, PZ_JOIN_LEFT, PZ_JOIN_RIGHT, PZ_JOIN_ANTI, PZ_JOIN_SEMI, PZ_JOIN_CROSS
} pz_join_type;
typedef enum pz_setop { PZ_SETOP_UNION, PZ_SETOP_INTERSECT, PZ_SETOP_EXCEPT } pz_setop;
typedef enum pz_group_kind { PZ_GROUP_BY, PZ_GROUP_ROLLUP, PZ_GROUP_CUBE, PZ_GROUP_SETS, PZ_GROUP_PIVOT } pz_group_kind;

typedef struct pz_cte {                        /* one WITH definition */
    pz_str name;
    pz_strs columns;
    pz_rel *rel;
    bool recursive;
    pz_expr *max_depth;                        /* MAX RECURSION LEVEL n */
    int id;                                    /* (r) */
} pz_cte;
typedef PZ_VEC(pz_cte *) pz_ctes;

/* The partitions that a catalog knows of a table of files, in place of those its directories tell. */
typedef struct pz_file_part { pz_str path; pz_strs values; } pz_file_part;     /* a directory; values beside the columns, ptr NULL: null */
typedef struct pz_file_parts { pz_strs columns; PZ_VEC(pz_file_part) list; } pz_file_parts;

typedef struct pz_scan {                       /* (r) what SCAN reads; made by env */
    pz_str format;                             /* parquet csv json text binaryfile, or "table" for an engine table */
    pz_strs paths;                             /* as they were given: what to list again; empty: no files */
    pz_strs files;                             /* absolute paths, sorted */
    pz_strs file_columns;                      /* SCAN output i is this column in the file; empty text: partition or metadata column */
    PZ_VEC(pz_strs) partition_values;          /* per partition column: per file text value; ptr NULL = null */
    pz_str engine_name;                        /* quoted DuckDB name for format "table" */
    int64_t table_id;                          /* a table of the catalog, or 0 */
    pz_schema schema;                          /* all columns, in order of output */
    pz_schema file_schema;                     /* as the files have it (may differ in type: lowering casts) */
    pz_options options;
    pz_str sql;                                /* ready FROM-clause text made by engine/ (read_parquet([...], ...)) */
    pz_str metadata_sql;                       /* the same with one more column behind: _metadata (pz_scan_metadata); empty: there is none */
    bool with_metadata;                        /* it has that column */
    pz_str identity;                           /* equal for equal sources: same_semantics, plan cache */
    const pz_rel *stands_for;                  /* rows kept of this relation (cache, checkpoint); NULL: an ordinary source */
    pz_str storage;                            /* with stands_for: how they are kept, for EXPLAIN */
    int partition_columns;                     /* the last ones of the schema that its directories tell */
    const pz_file_parts *parts;                /* NULL: the directories tell */
    pz_strs defaults;                          /* empty, or beside `schema`: engine text of what files without the column have; ptr NULL: null */
} pz_scan;

typedef struct pz_pivot_value { pz_expr *expr; pz_str alias; } pz_pivot_value;

struct pz_rel {
    pz_rel_kind kind;
    pz_origin origin;
    int64_t plan_id;                           /* DataFrame's; -1: none */
    pz_rel *input, *right;
    pz_rels inputs;
    pz_exprs exprs, keys;
    pz_expr *cond;

    /* set by the analyzer */
    bool resolved;
    pz_attrs output;

    union {
        struct { pz_strs names; pz_options options; pz_expr *name_expr; /* IDENTIFIER(...) */
                 pz_expr *version, *timestamp; bool streaming; pz_rel *changes; } table;
        struct { pz_str format; pz_strs paths; pz_options options; pz_str schema_text; /* DDL or JSON */ bool streaming; } source;
        pz_scan *scan;
        struct { pz_str data; /* Arrow IPC stream */ pz_str schema_text; pz_strs hashes; pz_str schema_hash; bool chunked;
                 void *table; int64_t table_id, rows; /* (r) engine handle of the decoded data, and how many rows it has */ } local;
        struct { pz_str id; } cached;
        struct { int ncols; bool early; } values; /* early: literals and their casts only, which Spark evaluates while parsing */
        struct { int64_t start, end, step; int partitions; } range;
        struct { pz_strs names; bool lateral, sought; } tvf; /* sought: as of a call */
        struct { int id; pz_cte *cte; } cte;
        struct { bool global; } sort;
        struct { bool all; bool from_sql; bool group_all; /* GROUP BY ALL */ pz_group_kind kind; bool has_group_by;
                 PZ_VEC(pz_exprs) sets; /* GROUP_SETS from DataFrames; after analysis: grouping sets as lists of keys */
                 pz_expr *pivot_col; pz_exprs pivot_values; pz_attr *grouping_id;
                 bool pipe; int pipe_keys; /* |> AGGREGATE: the first of exprs are the keys */ } agg;
        struct { const char *pipe; } list;     /* PROJECT of |> EXTEND and |> SET: its word */
        struct { pz_strs list; bool all; bool within_watermark; int min_non_nulls; bool named; } names;
        struct { pz_ctes list; bool recursive; } with;
        struct { pz_strs names; PZ_VEC(pz_window_spec *) specs; } windows;
        struct { pz_strs names; pz_strs columns; } alias;  /* names: qualifier parts; columns: t(a, b) */
        struct { double lower, upper; bool with_replacement; int64_t seed; bool has_seed, deterministic;
                 enum { PZ_SAMPLE_PERCENT, PZ_SAMPLE_ROWS, PZ_SAMPLE_BUCKET, PZ_SAMPLE_BYTES } method; int64_t bucket, of; } sample;
        struct { int partitions; bool shuffle, range, by_id; pz_exprs by; } repartition;   /* partitions 0: as many as there are; by: (r)
                                                * what `exprs` asked for, read by nothing but spark_partition_id() */
        struct { pz_str name; } hint;
        struct { pz_str column; int64_t millis; } watermark;
        struct { bool outer; pz_str table_alias; pz_strs column_aliases; pz_attrs attrs; bool drop_input; } gen;
        struct { pz_exprs columns; PZ_VEC(pz_pivot_value) values; } pivot;  /* keys: DataFrame group columns; exprs: aggregates */
        struct { bool include_nulls; pz_str variable, value; pz_strs value_names; bool has_values; PZ_VEC(pz_exprs) groups; pz_strs group_aliases; } unpivot;
        pz_schema schema;
        struct { int rows, truncate; bool vertical; } show;
        struct { pz_strs columns; double *probabilities; int n; double error; pz_expr *column; pz_exprs strata; double *fractions; int64_t seed; double support; pz_str method; } stat;
        struct { pz_str name; } metrics;
        struct { pz_str format; pz_str schema_text; pz_options options; } parse;
        struct { pz_str op; pz_strs names; } pipe;
        struct { pz_join_type type; pz_strs using_columns; bool natural, lateral; bool typed_left_struct, typed_right_struct, typed;
                 pz_expr *left_as_of, *right_as_of, *tolerance; bool exact; pz_str direction; int num_results; bool similarity; } join;
        struct { pz_setop op; bool all, by_name, allow_missing; } setop;
        struct { pz_str text; pz_strs param_names; pz_exprs params; /* as in pz_plan */ } sql;
        pz_command *command;
    } u;
};

typedef struct pz_plan {
    pz_rel *root;
    const pz_source *source;                   /* SQL text it came from, if any */
    pz_schema schema;                          /* set by analysis: output of root */
    /* parameters given with the text: named (names[i]) or positional (names[i].ptr NULL); values are literals or expressions */
    pz_strs param_names;
    pz_exprs params;
} pz_plan;

/* ---------------------------------------------------------------- build.c */
pz_expr *pz_expr_make(pz_arena *a, pz_expr_kind k, pz_origin o);
pz_rel *pz_rel_make(pz_arena *a, pz_rel_kind k, pz_origin o);
pz_expr *pz_call_make(pz_arena *a, pz_origin o, const char *name, int n, ...);       /* pz_expr * each */
pz_expr *pz_column_make(pz_arena *a, pz_origin o, int n, ...);                       /* const char * each */
pz_expr *pz_literal_null(pz_arena *a, const pz_type *t);                             /* t NULL: void */
pz_expr *pz_literal_int(pz_arena *a, int32_t v);
pz_expr *pz_literal_long(pz_arena *a, int64_t v);
pz_expr *pz_literal_double(pz_arena *a, double v);
pz_expr *pz_literal_bool(pz_arena *a, bool v);
pz_expr *pz_literal_string(pz_arena *a, pz_str s);
pz_expr *pz_literal_value(pz_arena *a, const pz_type *t, pz_value v);
pz_expr *pz_ref_make(pz_arena *a, pz_attr *at, pz_origin o);                         /* the resolved column */
pz_expr *pz_alias_make(pz_arena *a, pz_expr *child, pz_str name);
pz_scan *pz_scan_metadata(pz_arena *a, const pz_scan *s);                            /* a scan with column _metadata at the end */
pz_attr *pz_rel_gives(const pz_rel *r, int id);                                      /* the attribute among its outputs, or NULL */
pz_expr *pz_expr_shallow(pz_arena *a, const pz_expr *e);                             /* same children, own node */

/* ---------------------------------------------------------------- known.c */
/* The rows of a resolved relation that only puts literals together; false: they have to be computed. */
bool pz_rel_known_rows(const pz_rel *root, pz_arena *a, pz_values **rows, int *n);

/* options: names without regard to case; the last one wins */
pz_str pz_option_get(const pz_options *o, const char *name, const char *otherwise); /* otherwise NULL: ptr NULL */

/* ---------------------------------------------------------------- walk.c */
typedef enum pz_walk { PZ_WALK_ON, PZ_WALK_SKIP /* not into this node's children */, PZ_WALK_STOP } pz_walk;
typedef pz_walk (*pz_expr_visit)(pz_expr *e, void *arg);
typedef pz_walk (*pz_rel_visit)(pz_rel *r, void *arg);
/* Parents before children; window specs, filters, WITHIN GROUP orders, star replacements, lambda params included; subquery
 * relations not.  Returns false if stopped. */
bool pz_walk_expr(pz_expr *e, pz_expr_visit f, void *arg);
bool pz_walk_exprs(const pz_exprs *list, pz_expr_visit f, void *arg);
bool pz_walk_rel_exprs(pz_rel *r, pz_expr_visit f, void *arg);   /* expressions of this node only */
bool pz_walk_rel(pz_rel *r, pz_rel_visit f, void *arg);          /* relations; not into subqueries */
bool pz_walk_every_expr(pz_rel *r, pz_expr_visit f, void *arg);  /* of this relation and of those pz_walk_rel finds */
/* Rebuild bottom-up: f returns the node to put in place (itself if unchanged). Copies only along changed paths. */
typedef pz_expr *(*pz_expr_map)(pz_arena *a, pz_expr *e, void *arg);
pz_expr *pz_map_expr(pz_arena *a, pz_expr *e, pz_expr_map f, void *arg);
int pz_expr_depth(const pz_expr *e, int limit);
/* ---------------------------------------------------------------- rebuild.c */
/* A tree with some relations replaced: f gives the one to put in place, or NULL to look further down.  Copies only along changed
 * paths, into subqueries and CTE definitions too (not recursive ones); returns r itself if nothing changed. */
typedef pz_rel *(*pz_rel_swap)(pz_rel *r, void *arg);
pz_rel *pz_rel_rebuild(pz_arena *a, pz_rel *r, pz_rel_swap f, void *arg);
/* ---------------------------------------------------------------- print.c, equal.c */
void pz_plan_dump(pz_buf *b, const pz_rel *r);                   /* debug: whole tree with types, stable */
void pz_expr_dump(pz_buf *b, const pz_expr *e);
void pz_plan_explain(pz_buf *b, const pz_rel *r);                /* user text: "+- Project [id#1L]" */
void pz_plan_explain_physical(pz_buf *b, const pz_rel *r);       /* the same with what scans kept rows */
typedef void (*pz_rel_note)(pz_buf *b, const pz_rel *r, void *arg);
void pz_plan_explain_noted(pz_buf *b, const pz_rel *r, pz_rel_note note, void *arg);   /* the same with a note behind each relation */
void pz_expr_explain(pz_buf *b, const pz_expr *e);
bool pz_expr_eq(const pz_expr *a, const pz_expr *b);             /* same meaning: resolved attrs by id, names and origins ignored, types of casts compared */
uint64_t pz_expr_hash(const pz_expr *e);
bool pz_rel_same(const pz_rel *a, const pz_rel *b);              /* canonical equality of resolved plans (same_semantics) */
uint64_t pz_rel_hash(const pz_rel *r);
/* What pz_rel_same compares.  pz_rel_sigs calls f for r and every relation below it, in subqueries and CTEs too, each signed as if it
 * stood alone; transparent ones are left out. */
typedef struct pz_rel_id { uint64_t a, b; } pz_rel_id;
typedef void (*pz_sig_visit)(pz_rel *r, pz_rel_id sig, void *arg);
bool pz_rel_is_transparent(const pz_rel *r);   /* only names its input's columns, or leaves hidden ones out: has the signature of its input */
pz_rel_id pz_rel_sig(const pz_rel *r);
void pz_rel_sigs(const pz_rel *r, pz_sig_visit f, void *arg);

/* Depth past which plans are refused (protobuf nesting, SQL nesting, analysis recursion); see ARCHITECTURE.md. */
#define PZ_MAX_DEPTH 20000

#endif

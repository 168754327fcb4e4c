/*
 * analyze/analyze_int.h - the analyzer's own state; only for analyze/.
 *
 * relation.c and its sisters (rel_*.c) resolve relations; expr.c resolves expressions against a scope; func.c picks the
 * row of functions.def and binds arguments; coerce.c adds implicit casts; display.c prints names; return_rules.c and
 * null_rules.c hold the rules that functions.def names.
 */
#ifndef PZ_ANALYZE_INT_H
#define PZ_ANALYZE_INT_H

#include "../sql/sql.h"
#include "analyze.h"

typedef struct pz_scope pz_scope;
typedef struct pz_analyzer {
    const pz_env *env;
    pz_arena *a;
    pz_error *err;
    int next_id;                               /* attribute, lambda variable and CTE ids */
    int depth;
    int cte_level;                             /* definitions of WITH and subqueries that enclose what is being resolved */
    struct pz_cte_frame *ctes;                 /* names of WITH in force, innermost first */
    const pz_plan *plan;                       /* parameters */
    struct pz_plan_ids *plan_ids;              /* DataFrame plan_id -> resolved relation */
    struct pz_agg_ctx *aggs;                   /* aggregated SELECTs so far, by their top PROJECT (rel_agg.c) */
    const pz_rels *references;                 /* of WITH_RELATIONS: subqueries by plan_id */
    struct pz_function_frame *functions;       /* SQL functions whose bodies are being resolved, innermost first */
    pz_rels metrics;                           /* COLLECT_METRICS so far: a name stands for one thing */
    bool has_partition_id;                     /* spark_partition_id() was called */
    bool zoned;                                /* inside of a view or SQL function, and not all around have the session's time zone */
    int in_subquery;                           /* subqueries around what is being resolved, within one view */
    bool early_cells;                          /* of an inline table that Spark's parser computes: no default collation reaches it */
    bool show_ids;                             /* expressions are shown with a#1 for a */
    bool show_qualifiers;                      /* expressions are shown with t.a for a */
    bool named_parameters;                     /* a :name was found; a ? beside it is a mistake */
} pz_analyzer;

/* What a column reference can see.  Built from a relation's output; hash by lower-cased name; parent = the enclosing query. */
struct pz_scope {
    pz_attrs attrs;                            /* visible columns in order */
    pz_attrs hidden;                           /* USING keys of the other side, metadata columns */
    pz_map *by_name;                           /* lower-cased name -> struct pz_name_hits * ; made when first needed */
    pz_scope *outer;                           /* enclosing query for correlated references; NULL: none allowed */
    pz_exprs *outer_refs;                      /* where OUTER references found through `outer` are noted */
    pz_exprs lateral;                          /* select-list ALIASes so far, for lateral alias references (resolved) */
    struct pz_lambda_frame { pz_exprs vars; struct pz_lambda_frame *next; } *lambdas;
    const pz_rel *rel;                         /* resolved relation this scope describes; may be NULL */
    const pz_rel *sides[2];                    /* of a join condition: the joined relations */
    enum { PZ_CLAUSE_OTHER, PZ_CLAUSE_SELECT, PZ_CLAUSE_WHERE, PZ_CLAUSE_GROUP, PZ_CLAUSE_HAVING, PZ_CLAUSE_ORDER, PZ_CLAUSE_JOIN } clause;
    bool allow_aggregate, allow_window, allow_generator;
    bool plain_proposals;                      /* errors about names propose all names, bare and sorted */
    pz_scope *fallback;                        /* tried when nothing here matches: input of the SELECT below an ORDER BY or HAVING */
    const pz_exprs *below_first;               /* HAVING: names for which `fallback` is asked first */
    struct pz_agg_ctx *agg;                    /* HAVING: the groups it looks at */
    pz_attrs *used_fallback;                   /* where attributes found in `fallback` are noted; may be NULL */
    pz_attrs *used_lateral;                    /* where lateral aliases found are noted; may be NULL */
};

/* ---- scope.c: names.  pz_find_column: *out NULL when nothing matches (no error raised then); struct fields become GET_FIELD. */
pz_status pz_find_column(pz_analyzer *an, pz_scope *scope, pz_expr *column, pz_expr **out);
pz_status pz_raise_unresolved_column(pz_analyzer *an, pz_scope *scope, const pz_expr *column);
pz_status pz_local_to_schema(pz_analyzer *an, pz_rel *local, pz_str schema_text, pz_rel **out);   /* rel_df.c */
pz_status pz_match_names(pz_analyzer *an, const pz_rel *so, pz_rel **left, pz_rel **right);   /* rel_by_name.c */
pz_status pz_setop_finish(pz_analyzer *an, pz_rel *so, pz_rel **out);   /* rel_join.c: both inputs resolved already */
void pz_scope_index_add(pz_analyzer *an, pz_scope *s, const pz_exprs *aliases);
void pz_note_plan_id(pz_analyzer *an, int64_t plan_id, const pz_rel *resolved);
/* child.name on a resolved child: struct field, field of array<struct>, map key; raises FIELD_NOT_FOUND and kin.  In expr.c. */
pz_status pz_extract_field(pz_analyzer *an, pz_expr *child, pz_str name, pz_origin o, pz_expr **out);
/* ---- expr.c: resolve one expression; returns a new, typed tree.  Stars and generators are the caller's (rel_project.c). */
pz_status pz_resolve_expr(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out);
pz_expr *pz_attr_ref(pz_analyzer *an, pz_attr *attr, pz_origin o);
pz_status pz_parse_star_texts(pz_analyzer *an, pz_expr *e, pz_expr **out);   /* expr("*"): texts that may hold a star become what they say */
/* ---- func.c: names, args resolved already (lambdas not: func.c resolves their bodies once argument types are known) */
pz_status pz_resolve_call(pz_analyzer *an, pz_scope *scope, pz_expr *call, pz_expr **out);
pz_status pz_call_again(pz_analyzer *an, pz_scope *scope, const pz_expr *call, pz_expr **out);
/* ---- sql_function.c: a call of an SQL function, its arguments resolved already, becomes its body */
pz_status pz_call_function(pz_analyzer *an, pz_scope *scope, const pz_expr *call, const pz_function *f, pz_expr **out);
bool pz_calls_function(pz_expr *e);                                     /* anywhere inside, resolved */
pz_status pz_table_function(pz_analyzer *an, const pz_rel *r, const pz_function *f, pz_scope *outer, pz_exprs *orefs, pz_rel **out);
/* ---- coerce.c */
pz_expr *pz_cast_to(pz_analyzer *an, pz_expr *e, const pz_type *t);    /* implicit CAST unless equal already; literals folded in place keep their display text */
pz_status pz_coerce_all(pz_analyzer *an, pz_expr **args, int n, const pz_type *t);
pz_status pz_resolve_cast(pz_analyzer *an, pz_expr *cast);             /* explicit CAST: allowed? nullability */
/* ---- display.c */
pz_str pz_expr_name(pz_analyzer *an, const pz_expr *e);                /* output name of an unaliased expression (protocol.md 7) */
pz_str pz_expr_sql(pz_analyzer *an, const pz_expr *e);                 /* "(a + 1)" as quoted in errors, without the outer quotes */
pz_str pz_expr_sql_ids(pz_analyzer *an, const pz_expr *e);
void pz_changed_part(pz_analyzer *an, const pz_expr *e, int at, pz_str *part, pz_str *whole);       /* of an UPDATE_FIELDS */
pz_str pz_expr_sql_qualified(pz_analyzer *an, const pz_expr *e);       /* the same with t.a for a */
pz_str pz_quote_if_needed(pz_analyzer *an, pz_str name);               /* a, or `a b` */
pz_str pz_quote_sql_expr(pz_analyzer *an, const pz_expr *e);           /* "\"(a + 1)\"" : sqlExpr parameters */
pz_str pz_quote_type(pz_analyzer *an, const pz_type *t);               /* "\"INT\"" */
pz_str pz_quote_names(pz_arena *a, const pz_strs *names);              /* `a`.`b` */
/* ---- suggest.c */
pz_str pz_nearest(pz_analyzer *an, pz_str wanted, const pz_scope *scope); /* `a`, `b`, ...: up to five, nearest first; empty if none */
pz_str pz_nearest_of(pz_analyzer *an, pz_str wanted, const pz_attrs *columns);
pz_expr *pz_pull_windows(pz_analyzer *an, pz_expr *e, bool inside, pz_exprs *below);
pz_str pz_misplaced(pz_analyzer *an, const pz_expr *e, bool *generator); /* "f(x) OVER (..)", "sum(x)": the windows and aggregates in it */
int pz_attr_root(const pz_attr *a);             /* the id of the column that `a` is or repeats */
pz_str pz_sorted_names(pz_analyzer *an, const pz_attrs *attrs); /* `a`, `b`, ...: all of them, by spelling */
pz_str pz_sorted_list(pz_analyzer *an, pz_strs *names);         /* sorts the texts and joins them */
/* ---- agg.c */
bool pz_expr_has_aggregate(const pz_expr *e);                          /* aggregate call outside a window */
bool pz_expr_has_window(const pz_expr *e);
bool pz_expr_has_generator(const pz_expr *e);
bool pz_element_nullable(pz_analyzer *an, const pz_expr *array, const pz_expr *index, bool one_based, bool strict);   /* of array[index] */
pz_status pz_fold(pz_analyzer *an, const pz_expr *e, pz_value *out);   /* literals at once, the rest through env->fold */

/* ---- functions.def as the analyzer sees it (func.c) */
typedef enum pz_fn_kind { PZ_FN_SCALAR, PZ_FN_AGG, PZ_FN_WINDOW, PZ_FN_GEN, PZ_FN_TVF, PZ_FN_ALIAS } pz_fn_kind;
typedef enum pz_fn_display { PZ_DISPLAY_LOWER, PZ_DISPLAY_UPPER, PZ_DISPLAY_OP, PZ_DISPLAY_CUSTOM, PZ_DISPLAY_TARGET } pz_fn_display;
typedef enum pz_fn_nulls { PZ_NULLS_ANY, PZ_NULLS_ALL, PZ_NULLS_YES, PZ_NULLS_NO, PZ_NULLS_FIRST, PZ_NULLS_RULE, PZ_NULLS_TARGET } pz_fn_nulls;
typedef struct pz_fn {
    pz_fn_kind kind;
    const char *name, *signature;
    pz_fn_display display;
    pz_fn_nulls nulls;
    bool nondeterministic, syntax;             /* FNV, FNS */
    const char *why_not;                       /* NONE rows: known, refused */
} pz_fn;
const pz_fn *pz_fn_row(int i);
bool pz_fn_only_in_from(pz_str name);          /* a table function that is no generator of SELECT or LATERAL VIEW */
int pz_fn_count(void);
bool pz_signature_ok(const char *signature, char *why, size_t n);       /* for tests over the table */
bool pz_star_of_table(pz_analyzer *an, const pz_scope *scope, const pz_expr *star);     /* rel_project.c */
bool pz_fn_known(pz_str name);
bool pz_call_is_known(pz_analyzer *an, const pz_expr *call);            /* func.c: somebody has a function of that name */
pz_status pz_check_calls(pz_analyzer *an, const pz_rel *root, pz_str missing);          /* check_calls.c: unknown functions, wrong numbers of arguments */
/* A rule named with @ in a signature: checks and casts call->args, sets call->type and call->nullable.  Registered in the table of
 * return_rules.c.  May raise. */
typedef pz_status (*pz_return_rule)(pz_analyzer *an, pz_scope *scope, pz_expr *call);
pz_return_rule pz_return_rule_find(pz_str name);

/* ---- rel_time_window.c: window() and session_window() become a column of the input; *out is r itself where there are none */
pz_status pz_split_time_windows(pz_analyzer *an, pz_rel *r, pz_rel **out);
bool pz_has_column_window(const pz_rel *with_columns);
pz_rel *pz_split_column_window(pz_analyzer *an, pz_rel *with_columns);
pz_status pz_window_of_window(pz_analyzer *an, pz_scope *scope, pz_expr *call);         /* its first argument may be a window */
bool pz_is_window_metadata(pz_str metadata);
bool pz_window_micros(const pz_expr *e, int64_t *out); /* '5 minutes' */
bool pz_window_is_measured(const pz_expr *call);                     /* no size is a text that is no length */
pz_status pz_window_measure(pz_analyzer *an, const pz_expr *call, int64_t n[3]);   /* size, slide, start in microseconds; says what is wrong */
bool pz_can_up_cast(const pz_type *from, const pz_type *to);           /* dml_assign.c: no value can be lost */
pz_status pz_place_partition_ids(pz_analyzer *an, pz_rel **root);      /* partition_id.c */
/* ---- rel_view.c */
pz_status pz_adapt_view(pz_analyzer *an, const pz_lookup *v, pz_rel *input, pz_rel **out);
/* ---- relation.c and sisters */
void pz_sql_options_of(const pz_env *env, pz_sql_options *out);
bool pz_conf_is(const pz_env *env, const char *key, const char *value);         /* case-insensitive */
static inline int
pz_widening(const pz_env *env, bool ansi)      /* rules for pz_type_wider() */
{
    return (ansi ? PZ_WIDEN_ANSI : 0) | (env->keeps_fraction ? PZ_WIDEN_FRACTION : 0);
}
typedef pz_status (*pz_rel_handler)(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out);
#define PZ_REL_HANDLER(name) pz_status name(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
/* ---- rel_cte.c: WITH.  A name in force, innermost first */
struct pz_cte_frame {
    pz_cte *def;                               /* as written */
    pz_cte *done;                              /* resolved; NULL while its own (recursive) body is being resolved */
    pz_cte *self;                              /* recursive: the pz_cte its references point to */
    pz_attrs self_output;                      /* recursive: shape taken from the anchor; n = 0 before it is known */
    bool used_by_itself;
    bool correlated;                           /* body uses the enclosing query: resolved again at every reference */
    int level;                                 /* how many definitions and subqueries enclose its WITH */
    struct pz_cte_frame *next;
};
PZ_REL_HANDLER(pz_resolve_with);
struct pz_cte_frame *pz_find_cte(const pz_analyzer *an, pz_str name, bool legacy);
pz_status pz_use_cte(pz_analyzer *an, struct pz_cte_frame *f, pz_origin o, pz_scope *outer, pz_exprs *orefs, pz_rel **out);
pz_status pz_rename_columns(pz_analyzer *an, pz_rel *r, const pz_strs *columns, pz_origin o, pz_err_id mismatch, pz_rel **out);
PZ_REL_HANDLER(pz_resolve_project);
PZ_REL_HANDLER(pz_resolve_aggregate);
PZ_REL_HANDLER(pz_resolve_having);
PZ_REL_HANDLER(pz_resolve_qualify);
PZ_REL_HANDLER(pz_resolve_sort);
PZ_REL_HANDLER(pz_resolve_repartition);
PZ_REL_HANDLER(pz_resolve_filter);
PZ_REL_HANDLER(pz_resolve_join);
PZ_REL_HANDLER(pz_resolve_setop);
PZ_REL_HANDLER(pz_resolve_generate);
PZ_REL_HANDLER(pz_resolve_tvf);
PZ_REL_HANDLER(pz_resolve_pivot);
PZ_REL_HANDLER(pz_resolve_unpivot);
PZ_REL_HANDLER(pz_resolve_pipe);
PZ_REL_HANDLER(pz_resolve_dataframe);   /* rel_df.c: WithColumns, Drop, NA*, ... */
PZ_REL_HANDLER(pz_resolve_stat);        /* rel_stat.c: describe, summary, crosstab, ... */
pz_status pz_system_tvf(pz_analyzer *an, const pz_rel *r, pz_rel **out);   /* tvf_system.c: *out NULL: no such function */
PZ_REL_HANDLER(pz_resolve_to_schema);   /* rel_to_schema.c */
bool pz_can_store(const pz_type *from, const pz_type *to);   /* rel_df.c: ANSI store assignment */
PZ_REL_HANDLER(pz_resolve_stream_source);   /* rel_stream.c */
PZ_REL_HANDLER(pz_resolve_watermark);
PZ_REL_HANDLER(pz_resolve_parse);       /* rel_parse.c */
PZ_REL_HANDLER(pz_resolve_metrics);     /* rel_metrics.c */
PZ_REL_HANDLER(pz_resolve_transpose);   /* rel_transpose.c */
PZ_REL_HANDLER(pz_resolve_as_of);       /* rel_pair.c */
PZ_REL_HANDLER(pz_resolve_nearest);
PZ_REL_HANDLER(pz_resolve_zip);
PZ_REL_HANDLER(pz_resolve_window_defs);
bool pz_carries_collation(const char *name);                    /* a function of the table in collate.c */
pz_status pz_check_spread(pz_analyzer *an, const pz_expr *e);   /* may rows be repartitioned by it? */
pz_status pz_check_set_column(pz_analyzer *an, const pz_rel *r, pz_str name, const pz_type *t);      /* may rows with it be made distinct? */
pz_expr *pz_collation_key(pz_analyzer *an, pz_expr *e);         /* collate.c: what it is matched by where the engine matches rows */
pz_status pz_collate_operands(pz_analyzer *an, pz_expr *shown, pz_expr **a, pz_expr **b);
/* ---- path.c: along env->path.  known: a built-in has the name; elsewhere: where an entry that cannot be looked into is told. */
typedef enum pz_path_hit { PZ_PATH_NO_HIT, PZ_PATH_HIT_BUILTIN, PZ_PATH_HIT_USERS } pz_path_hit;
pz_status pz_path_function(pz_analyzer *an, pz_str name, pz_origin origin, bool known, pz_origin elsewhere, pz_path_hit *hit, pz_function **out);
pz_str pz_search_path(pz_analyzer *an);  /* [`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`] for messages */
#define PZ_INPUT(r, x) PZ_TRY(pz_resolve_rel(an, (r)->input, outer, orefs, (x)))
/* SELECT list over `input`: named[i] is ALIAS, ATTR or a generator, levels[i] counts the lateral aliases it stands on. */
pz_status pz_project_build(pz_analyzer *an, pz_rel *input, pz_exprs *named, const int *levels, pz_origin o, pz_rel **out);
pz_expr *pz_name_item(pz_analyzer *an, const pz_expr *written, pz_expr *e);    /* ALIAS or ATTR: the output name Spark gives */
pz_status pz_select_items(pz_analyzer *an, pz_scope *s, const pz_exprs *list, pz_exprs *named, int **levels); /* resolve a SELECT list */
/* Make `attr`, known to some relation below, an output of `r` (hidden): adds it to the PROJECTs between.  False where that is impossible. */
pz_status pz_computed_name(pz_analyzer *an, pz_expr *written, pz_scope *outer, pz_strs *out);   /* of IDENTIFIER(..) for a table or a function in FROM */
bool pz_carry(pz_analyzer *an, pz_rel *r, pz_attr *attr);
bool pz_rel_passes_columns(const pz_rel *r);                           /* its rows have all columns of the input's */
void pz_append_item(pz_analyzer *an, pz_rel *r, pz_attr *attr);        /* of a PROJECT: the expression of such an output */
pz_attr *pz_append_hidden(pz_analyzer *an, pz_rel *r, const pz_attr *attr);  /* one more output, a hidden copy */
/* Column _metadata of files (rel_metadata.c): does an unresolved relation name it; make a resolved input show it, hidden, if it can. */
bool pz_names_metadata(const pz_rel *r);
void pz_expose_metadata(pz_analyzer *an, pz_rel *input);
typedef struct pz_agg_ctx pz_agg_ctx;
pz_status pz_hoist_aggregates(pz_analyzer *an, pz_scope *outer, pz_exprs *orefs, pz_expr **cond);   /* having.c */
void pz_subquery_of_groups(pz_analyzer *an, pz_agg_ctx *c, pz_expr *sub);
bool pz_agg_is_sealed(const pz_agg_ctx *c);    /* ORDER BY finds a projection above it */
pz_agg_ctx *pz_agg_ctx_of(pz_analyzer *an, const pz_rel *project);
pz_scope *pz_agg_ctx_scope(pz_agg_ctx *c);
/* Rewrite an expression over the input and output of an aggregated SELECT so that it stands on the AGGREGATE's outputs. */
pz_status pz_agg_rewrite(pz_analyzer *an, pz_agg_ctx *c, pz_expr *e, pz_expr **out);
bool pz_made_of_plan(const pz_analyzer *an, const pz_rel *from, int64_t plan_id);
pz_status pz_raise_no_df_column(pz_analyzer *an, const pz_expr *column);   /* CANNOT_RESOLVE_DATAFRAME_COLUMN */
pz_str pz_names_with_commas(pz_analyzer *an, const pz_strs *names);
pz_status pz_check_boolean(pz_analyzer *an, pz_expr *cond, pz_origin o);   /* FILTER_NOT_BOOLEAN */
pz_status pz_check_correlated(pz_analyzer *an, const pz_expr *sub, pz_rel *rel);   /* correlated.c: what may read outer columns; sub NULL: LATERAL */
pz_status pz_check_join_subqueries(pz_analyzer *an, const pz_rel *join);
pz_status pz_refuse_correlated(pz_analyzer *an, const pz_expr *e, pz_origin whole);   /* correlated subqueries in ORDER BY */
pz_status pz_project_finish(pz_analyzer *an, pz_rel *input, pz_exprs *items, pz_origin o, pz_rel **out); /* names, generators, lateral levels, PROJECT */
pz_status pz_foldable_count(pz_analyzer *an, const pz_rel *in, pz_expr *e, const char *what, pz_expr **out);  /* LIMIT and kin */
pz_rel *pz_rel_new(pz_analyzer *an, pz_rel_kind k, pz_rel *input, pz_origin o); /* resolved; output = input's */
pz_attr *pz_attr_copy(pz_analyzer *an, const pz_attr *from);    /* same id */
pz_rel *pz_rename(pz_analyzer *an, pz_rel *input, const pz_strs *names);       /* by position, visible columns; same ids kept where the name is */
void pz_qualify(pz_analyzer *an, pz_rel *r, const pz_strs *qualifier);          /* replaces r->output by copies with that qualifier, hidden dropped */
pz_str pz_auto_metadata(void);
pz_expr *pz_call_resolved(pz_analyzer *an, const char *name, int n, ...);      /* call on resolved args; NULL after raising */
pz_status pz_parse_sql_text(pz_analyzer *an, const pz_expr *e, pz_expr **out); /* the expression a text stands for: selectExpr, expr() */
pz_status pz_check_star_place(pz_analyzer *an, const pz_expr *around);         /* may a star stand directly inside it? */
pz_status pz_expand_stars(pz_analyzer *an, pz_scope *scope, const pz_exprs *in, pz_exprs *out);
void pz_visible(pz_analyzer *an, const pz_rel *r, pz_attrs *out);              /* output without hidden attributes */
pz_rel *pz_drop_hidden(pz_analyzer *an, pz_rel *r);                            /* PROJECT away hidden attributes if there are any */
pz_status pz_resolve_rel(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *outer_refs, pz_rel **out);
pz_scope *pz_scope_of(pz_analyzer *an, const pz_rel *resolved, pz_scope *outer, pz_exprs *outer_refs);
pz_attr *pz_attr_new(pz_analyzer *an, pz_str name, const pz_type *t, bool nullable);
pz_rel *pz_project_make(pz_analyzer *an, pz_rel *input, const pz_exprs *named); /* named: ATTR or ALIAS with attr set; output made from them */
pz_expr *pz_alias_new(pz_analyzer *an, pz_expr *child, pz_str name);            /* ALIAS with a fresh attr */

/* default_collation.c: what the default collation of a view, function or table does to a text inside */
pz_expr *pz_default_literal(pz_analyzer *an, pz_expr *e);
const pz_type *pz_default_type(pz_analyzer *an, const pz_type *t);        /* that a CAST names */
pz_expr *pz_default_result(pz_analyzer *an, pz_expr *call);
void pz_keep_words(const pz_analyzer *an, const pz_expr *written, pz_expr *call);
/* birth_zone.c: the time zone of views and SQL functions.  pz_mark_zone: before an->zoned is put back. */
void pz_enter_zone(pz_analyzer *an, const pz_env *from, const pz_env *to);
void pz_mark_zone(pz_analyzer *an, const pz_env *env, pz_rel *r, pz_expr *e);

bool pz_any_nullable(const pz_expr *call);   /* of its arguments; return_rules_collection.c */

#endif

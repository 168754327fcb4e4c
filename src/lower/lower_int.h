/*
 * lower/lower_int.h - what the files of lower/ share; only for lower/.
 *
 * Contract of every lowered expression: its text is one operand (safe before `::TYPE` and between operators), and its engine
 * type is the one that carries the expression's Spark type (pz_type_duckdb), with one exception: a DECIMAL may have another
 * width (never another scale) until it leaves the query, see arith.c.
 *
 * Contract of every lowered relation: a pz_sel, a SELECT under construction.  Parents put their clause into it where SQL's
 * order of clauses allows, else they wrap it first (pz_sel_wrap), after which its columns are plain names c<id>.  Texts of columns
 * in reach are kept per attribute id in `bound`, so expressions need no scope.
 */
#ifndef PZ_LOWER_INT_H
#define PZ_LOWER_INT_H

#include "lower.h"

typedef struct pz_lowerer pz_lowerer;
typedef pz_status (*pz_lower_fn)(pz_lowerer *lw, const pz_expr *call, pz_buf *out);

/* ---- rows of tables/functions.def as lower/ sees them (template.c) */
typedef enum pz_how { PZ_HOW_NONE, PZ_HOW_SQL, PZ_HOW_CALL, PZ_HOW_VAL, PZ_HOW_AGGVAL } pz_how;
typedef enum pz_low_kind { PZ_LOW_SCALAR, PZ_LOW_AGG, PZ_LOW_WINDOW, PZ_LOW_GEN, PZ_LOW_TVF, PZ_LOW_ALIAS } pz_low_kind;
struct pz_lowering {
    pz_low_kind kind;
    const char *name;
    pz_how how;
    const char *text;                          /* SQL: template; VAL, AGGVAL: name of the C function; NONE: why */
    pz_lower_fn fn;                            /* CALL */
    bool is_volatile;
    bool strict;                               /* NULL for any NULL argument */
};
const pz_lowering *pz_lowering_of(const pz_expr *call);       /* NULL if fn is no row */

/* ---- state of one lowering */
typedef struct pz_seat { const pz_expr *call; int64_t rows; int partitions; } pz_seat; /* a call that counts rows, over a list or range of known size */
typedef struct pz_cte_text { const pz_cte *cte; int refs; bool emitted, open, level; pz_str name; } pz_cte_text;
struct pz_lowerer {
    const pz_lower_env *env;
    const pz_lower_env *home, *away;           /* the query's own; one with the time zone of a view or SQL function (zone_of) */
    pz_arena *a;
    pz_error *err;
    pz_str *bound;                             /* by attribute id: text in place of c<id>; ptr NULL: c<id> */
    unsigned char *live;                       /* by attribute id: somebody above uses it; NULL: all live */
    int nbound, nlive, max_id;
    int *item_of, nitems;                      /* rel.c: by attribute id, of use while one relation is looked at */
    int next_name;                             /* t<n>, g<n>, b<n> */
    int under_agg;                             /* building what an aggregation consumes: narrow decimals may be tried */
    int filtering;                             /* inside a condition of WHERE, HAVING or ON */
    const pz_expr *conjunct;                   /* the IN subquery that is a whole condition */
    const pz_expr *negated;                    /* the IN subquery right below a NOT, which it takes over */
    bool correlated;                           /* inside a subquery that reads outer columns: the engine pulls only some joins out of it */
    int branch;                                /* inside a conditional: errors must stay lazy */
    int depth;
    int levels;                                /* SELECTs wrapped so far: an upper bound of their nesting */
    pz_strs window_keys, window_dirs;          /* of the window expression lowered last */
    pz_str window_tie;                         /* numbers the rows of its partitions, which tells apart those with equal keys */
    pz_str over;                               /* " OVER (...)" for the aggregate or window function about to be lowered */
    bool over_partition;                       /* it reaches over whole partitions, for C aggregates in the way of PZ_USE_PARTITION */
    bool few_rows;                             /* the windows of the relation that is being lowered reach over few */
    pz_str row_number;                         /* column that numbers the rows, for windows without keys; empty: rows as they come */
    const pz_attr *level;                      /* inside the step of a recursive CTE: counts the steps */
    PZ_VEC(pz_seat) seats;
    pz_seat leaf;                              /* of the relation being marked */
    PZ_VEC(pz_cte_text *) ctes;
    pz_strs with;                              /* finished WITH members */
    bool with_recursive;
    pz_map *sources;                           /* how often each source was read so far */
    pz_lower_info *info;
};

/* ---- plain.c */
/* many_rows: it has a leaf that may give many. */
bool pz_plan_is_plain(const pz_rel *root, bool *many_rows);

/* ---- expr.c */
pz_status pz_lower_value(pz_lowerer *lw, const pz_expr *e, pz_buf *out);          /* append one operand */
pz_status pz_lower_text(pz_lowerer *lw, const pz_expr *e, pz_str *out);           /* the same as a text of its own */
pz_status pz_text_of(pz_lowerer *lw, pz_lower_fn write, const pz_expr *e, pz_str *out);   /* what write() appends, as a text of its own */
typedef PZ_VEC(const pz_expr *) pz_terms;
void pz_lower_terms(pz_lowerer *lw, const pz_expr *e, const char *op, pz_terms *list);   /* operands of a chain of "and" or "or" */
pz_status pz_lower_filter(pz_lowerer *lw, const pz_expr *e, pz_buf *out);         /* a condition of WHERE, HAVING or ON: plain AND */
pz_status pz_lower_sort(pz_lowerer *lw, const pz_exprs *orders, pz_buf *out);     /* x ASC NULLS FIRST, ...; nothing if only constants */
bool pz_lower_is_cheap(const pz_lowerer *lw, const pz_expr *e);                   /* evaluating it again costs next to nothing */
pz_status pz_key_text(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out);   /* collate.c */
pz_str pz_normal_text(pz_lowerer *lw, const pz_type *t, pz_str text);                 /* as what is grouped or made distinct comes out: -0.0 is 0.0, maps are in the order of their keys */
bool pz_holds_null(const pz_type *t);                                              /* NULL may be inside an array or a struct */
pz_status pz_lower_order(pz_lowerer *lw, const pz_expr *e, bool beside, pz_buf *out); /* as it is ordered: NULL inside first */
const pz_expr *pz_lower_collated(pz_lowerer *lw, const pz_expr *call, const char **impl); /* a VAL call over such strings */
pz_status pz_lower_key(pz_lowerer *lw, const pz_expr *e, pz_buf *out);             /* as it is compared, sorted, grouped */
bool pz_lower_can_throw(const pz_expr *e);                                        /* may raise at run time */
bool pz_lower_may_raise(const pz_lowerer *lw, const pz_expr *e);                  /* the same as far as the place it stands in minds */
bool pz_lower_is_volatile(const pz_expr *e);
/* A call that gives NULL where it or its arguments fail, written by `lower`. */
pz_status pz_lower_try(pz_lowerer *lw, const pz_expr *call, pz_status (*lower)(pz_lowerer *, const pz_expr *, pz_buf *), pz_buf *out);
void pz_lower_attr(pz_lowerer *lw, const pz_attr *at, pz_buf *out);
void pz_lower_bind(pz_lowerer *lw, int id, pz_str text);                          /* text.ptr NULL: back to c<id> */
pz_str pz_lower_fresh(pz_lowerer *lw, char prefix);
/* Children an operator uses more than once: texts, and if need be a wrapper that evaluates them once.  Fill `exprs`, call
 * pz_args_open, write with texts[i], call pz_args_close. */
#define PZ_ARGS_MAX 8
typedef struct pz_args { const pz_expr *exprs[PZ_ARGS_MAX]; pz_str texts[PZ_ARGS_MAX]; int uses[PZ_ARGS_MAX]; int n; bool wrapped; pz_str values; pz_str var; } pz_args;
pz_status pz_args_open(pz_lowerer *lw, pz_args *g, pz_buf *out);
void pz_args_close(const pz_args *g, pz_buf *out);

/* ---- literal.c */
pz_status pz_lower_literal(pz_lowerer *lw, const pz_type *t, const pz_value *v, pz_buf *out);
void pz_lower_string(pz_buf *out, pz_str s);                                      /* quoted, without a cast */
void pz_lower_quoted(pz_buf *out, pz_str name);                                   /* "name" */

/* ---- cast.c */
pz_status pz_lower_cast(pz_lowerer *lw, const pz_expr *cast, pz_buf *out);
/* value of `e` in another type, as CAST would; wrapped around the text given by write() */
bool pz_cast_is_constant(const pz_expr *cast, __int128 *whole);                    /* a whole number as a decimal: never raises */
bool pz_cast_is_native(const pz_type *from, const pz_type *to);                   /* "::T" is Spark's cast, and never raises otherwise */
bool pz_zone_is_utc(const pz_lowerer *lw);
pz_str pz_engine_type_text(pz_lowerer *lw, const pz_type *t);

/* ---- template.c */
bool pz_is_typed_call(const pz_expr *e);                                          /* its text has the engine type of e->type, exactly */
pz_status pz_lower_call(pz_lowerer *lw, const pz_expr *call, pz_buf *out);
/* "name(args)" of an aggregate or window function with DISTINCT, FILTER and OVER of the call in their places. */
pz_status pz_lower_agg(pz_lowerer *lw, const pz_expr *call, const char *name, pz_str args, pz_buf *out);
pz_status pz_lower_bound(pz_lowerer *lw, const pz_expr *call, const char *impl, bool aggregate, pz_buf *out);   /* generic C function over all arguments */
pz_status pz_lower_bound_args(pz_lowerer *lw, const pz_expr *call, const char *impl, const pz_type *const *types, const pz_str *texts, int n,
                              const pz_type *result, pz_buf *out);
/* error('<packed condition>') as an operand of any type; params: pairs of C strings, NULL at the end. */
void pz_lower_error(pz_lowerer *lw, const pz_expr *at, pz_buf *out, pz_err_id id, ...) __attribute__((sentinel));

void pz_lower_error_values(pz_lowerer *lw, const pz_expr *at, pz_buf *out, pz_err_id id, int n, const char *const *names, const pz_str *texts);

/* ---- relations: sel.c */
typedef struct pz_pack pz_pack;
typedef struct pz_item {
    const pz_attr *attr;
    pz_str text;
    bool plain;                                /* a column of the FROM clause, or a literal: may be repeated and moved freely */
    bool is_volatile;
    bool windowed, aggregate;                  /* holds a window function or an aggregate */
    bool typed;                                /* the engine knows it by the very type that leaves: no cast then */
    int depth;                                 /* of the expression the text came from */
    pz_pack *pack;                             /* the column it lies in, or NULL, */
    pz_str path;                               /* and how it is taken out of it (pack.c) */
} pz_item;
typedef struct pz_sel {
    pz_str from;
    bool joined;                               /* FROM holds a join: parentheses when on the right of another */
    PZ_VEC(pz_item) items;
    pz_strs where, having;
    pz_str group;                              /* what follows GROUP BY */
    bool grouped, windowed, distinct;
    pz_strs window_keys, window_dirs;          /* the order rows leave Spark's window operator in: partition, then order keys; or its joins, order.c */
    bool carry_keys;                           /* they are few rows' numbers, and stay when the SELECT is wrapped */
    pz_str distinct_on;
    pz_str order, limit, offset;
    bool literal_limit;
} pz_sel;
bool pz_is_own_name(pz_str text, int id);                                         /* c<id> */
bool pz_may_pack(const pz_lowerer *lw, const pz_sel *s);                          /* pack.c: is it worth it? */
void pz_pack_items(pz_lowerer *lw, pz_sel *s, pz_buf *out);                       /* the select list */
pz_status pz_sel_text(pz_lowerer *lw, const pz_sel *s, pz_buf *out);              /* SELECT ... with columns c<id>, live ones only */
pz_status pz_sel_list(pz_lowerer *lw, const pz_sel *s, const pz_attrs *columns, pz_buf *out);  /* the same with these columns */
pz_status pz_sel_root(pz_lowerer *lw, const pz_sel *s, const pz_attrs *columns, pz_buf *out);  /* and typed for the client */
pz_status pz_sel_wrap(pz_lowerer *lw, pz_sel *s);                                 /* becomes (SELECT ...) AS t<n>, columns plain */
bool pz_sel_is_volatile(const pz_sel *s);                                         /* has it items whose values depend on how many rows came before? */
pz_status pz_sel_from(pz_lowerer *lw, pz_sel *s, pz_str *from, bool *joined);     /* as a FROM item; wraps unless bare */
void pz_sel_item(pz_lowerer *lw, pz_sel *s, const pz_attr *at, pz_str text, bool plain);
pz_attr *pz_attr_fresh(pz_lowerer *lw, const pz_type *t);                         /* of a column made here; live */
pz_status pz_sel_add(pz_lowerer *lw, pz_sel *s, pz_expr *e, pz_expr **ref);       /* one more column: *ref stands for `e` where it is in reach */
pz_status pz_sel_aside(pz_lowerer *lw, pz_sel *s, pz_item it, pz_str *name);      /* wraps with one more column, which only *name knows behind it */
void pz_sel_normal(pz_lowerer *lw, pz_sel *s);                                  /* the same for every item */
void pz_sel_order_by_window(pz_lowerer *lw, pz_sel *s);
pz_status pz_sel_number(pz_lowerer *lw, pz_sel *s);                               /* wraps; rows are numbered as they come: its only window key */
bool pz_sel_has_union(const pz_sel *s);                                           /* FROM holds branches that the engine may run side by side */
bool pz_sel_is_bare(const pz_sel *s);
bool pz_is_live(const pz_lowerer *lw, int id);

/* ---- order.c */
bool pz_rows_are_few(const pz_rel *r);         /* and known to be */
bool pz_rows_are_at_most(const pz_rel *r, int64_t n);                             /* n below some thousands */
bool pz_join_is_small(const pz_rel *r);        /* both sides are known to have few rows: the join keeps Spark's order */
pz_status pz_join_number_sides(pz_lowerer *lw, const pz_rel *r, pz_sel *left, pz_sel *right);
pz_status pz_join_order(pz_lowerer *lw, const pz_rel *r, const pz_sel *left, const pz_sel *right, pz_sel *out);

/* ---- window.c */
pz_use pz_aggregate_use(const pz_lowerer *lw);                                    /* of the aggregate that is being lowered */
bool pz_windows_mind_ties(const pz_exprs *exprs);
bool pz_windows_take_rows_as_they_come(const pz_exprs *exprs);                    /* has any of them neither partition nor order keys? */

/* ---- rel.c and its sisters */
pz_status pz_lower_rel(pz_lowerer *lw, const pz_rel *r, pz_sel *out);
pz_status pz_lower_query(pz_lowerer *lw, const pz_rel *r, pz_buf *out);           /* whole SELECT with all outputs in order, as c<id> */
pz_status pz_rel_prepare(pz_lowerer *lw, pz_sel *s, const pz_exprs *exprs, bool filter); /* wrap if the expressions may not be merged */
pz_status pz_rel_project(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_aggregate(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_filter(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_join(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_set_op(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_generate(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_leaf(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_sample(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_show(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_rel_cte(pz_lowerer *lw, const pz_rel *r, pz_sel *s);
pz_status pz_lower_subquery(pz_lowerer *lw, const pz_expr *e, pz_buf *out);
pz_status pz_lower_window(pz_lowerer *lw, const pz_expr *e, pz_buf *out);
/* ---- simplify.c */
void pz_mark_live(pz_lowerer *lw, const pz_rel *root);
void pz_keep_live(pz_lowerer *lw, int id);
pz_cte_text *pz_cte_find(pz_lowerer *lw, const pz_cte *cte);
pz_seat pz_seat_below(const pz_rel *r);        /* simplify.c: what `leaf` is for the expressions of r */
bool pz_expr_is(const pz_expr *e, const char *name);                              /* a CALL of that name */
bool pz_expr_nonzero(const pz_expr *e);                                           /* provably neither zero nor NaN-like */

#define PZ_NAME_IS(e, lit) pz_expr_is((e), (lit))

#endif

/*
 * analyze/expr_int.h - the kinds of expressions that have files of their own; only for expr*.c and window.c.
 */
#ifndef PZ_EXPR_INT_H
#define PZ_EXPR_INT_H

#include "func_int.h"

pz_status pz_resolve_extract(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out);         /* expr_extract.c */
pz_status pz_resolve_update_fields(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out);
pz_status pz_collate_call(pz_analyzer *an, pz_expr *call);                                          /* collate.c */
pz_status pz_resolve_subquery(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out);        /* expr_subquery.c */
pz_status pz_resolve_window(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out);          /* window.c */
pz_status pz_resolve_call_over(pz_analyzer *an, pz_scope *scope, pz_expr *call, pz_expr **out);    /* expr.c: the function of an OVER clause */
pz_status pz_check_sort_order(pz_analyzer *an, const pz_expr *order);

/* display.c: parts of windows */
pz_str pz_frame_sql(pz_analyzer *an, const pz_window_spec *w);                                     /* ROWS BETWEEN ... AND ... */
pz_str pz_bound_sql(pz_analyzer *an, const pz_bound *b);
pz_str pz_quote_window(pz_analyzer *an, const pz_window_spec *w);                                  /* "\"(ORDER BY ...)\"" */
pz_str pz_sort_list(pz_analyzer *an, const pz_exprs *orders);

#endif

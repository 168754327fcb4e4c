/*
 * analyze/agg_int.h - what rel_agg.c, having.c and rel_pivot.c share.
 */
#ifndef PZ_ANALYZE_AGG_INT_H
#define PZ_ANALYZE_AGG_INT_H

#include "analyze_int.h"

struct pz_agg_ctx {
    pz_rel *project;                           /* top; NULL while it is being built */
    pz_rel *holder;                            /* pass-through above the AGGREGATE; HAVING filters go between */
    pz_rel *agg;
    pz_scope *scope;                           /* of the AGGREGATE's input */
    pz_exprs keys;                             /* key expressions over the input, one per agg->keys */
    bool sets;
    bool as_read;                              /* in an aggregate over a window, which reads the keys as they come in, not as sets blank them out */
    bool group_all;
    bool sealed;                               /* Spark has a projection above it by now: ORDER BY adds no aggregates */
    const pz_expr *missing;                    /* the column that was found neither among keys nor in an aggregate */
    struct pz_agg_ctx *next;
};

void pz_agg_sync(pz_analyzer *an, pz_agg_ctx *c);                        /* outputs again, after a key or an aggregate was added */
int pz_agg_key(const pz_agg_ctx *c, const pz_expr *e);                   /* which key it is, -1: none */
bool pz_is_aggregate_call(const pz_expr *e);
pz_expr *pz_bare(pz_expr *e);                                            /* without ALIAS */
pz_expr *pz_long_literal(pz_analyzer *an, int64_t v);
pz_status pz_agg_call(pz_analyzer *an, pz_agg_ctx *c, pz_expr *e, pz_expr **out);   /* a resolved aggregate becomes a column of the AGGREGATE */
/* `e` over keys and aggregates; p: the SELECT whose outputs it may use, or NULL. */
pz_status pz_agg_rewrite_over(pz_analyzer *an, pz_agg_ctx *c, const pz_rel *p, pz_expr *e, pz_expr **out);
/* The same over the finished SELECT; *out NULL where a column is neither key nor aggregated: c->missing says which. */
pz_status pz_agg_try(pz_analyzer *an, pz_agg_ctx *c, pz_expr *e, pz_expr **out);
pz_status pz_agg_raise_missing(pz_analyzer *an, const pz_agg_ctx *c, pz_scope *seen);   /* c->missing does not exist for a clause that sees `seen` */

#endif

/*
 * session/views.h - temporary views: plans kept with the arena they live in, in immutable sets.
 */
#ifndef PZ_SESSION_VIEWS_H
#define PZ_SESSION_VIEWS_H

#include <stdatomic.h>

#include "conf.h"
#include "../plan/plan.h"

/* An arena with a count of users: a request's plan outlives the request when a view is made of it. */
typedef struct pz_shared { atomic_int refs; pz_arena *arena; } pz_shared;
pz_shared *pz_shared_open(void);
pz_shared *pz_shared_ref(pz_shared *s);
void pz_shared_unref(pz_shared *s);

typedef struct pz_views pz_views;
typedef struct pz_view {
    atomic_int refs;
    pz_shared *keep;                           /* where everything below lives */
    pz_str name;                               /* as written */
    pz_plan *plan;                             /* unresolved */
    pz_strs columns;                           /* new names for its columns, may be empty */
    pz_strs comments;                          /* beside columns */
    pz_str comment, text;                      /* text: SQL it was made from; empty for DataFrames */
    pz_str path;                               /* of its creation (path.c); empty: paths were off */
    pz_str place;                              /* SQL: catalog and database of its creation, as told: spark_catalog.db */
    pz_strs query_columns;                     /* names its query gave */
    pz_schema schema;                          /* as it was when the view was made */
    pz_str collation;                          /* the default inside; empty: bytes */
    pz_views *scope;                           /* DataFrame views see the views of the moment they were made; NULL: the current ones */
    pz_confs *confs;                           /* SQL views keep the settings they were made under; NULL: the current ones */
    bool is_volatile;                          /* its result may differ from run to run: no plan over it is cached */
    int64_t created;                           /* wall clock, microseconds */
} pz_view;
pz_view *pz_view_make(pz_shared *keep);        /* takes a reference of keep; fill it before sharing */
pz_view *pz_view_ref(pz_view *v);
void pz_view_unref(pz_view *v);

pz_views *pz_views_empty(void);
pz_views *pz_views_ref(pz_views *v);
void pz_views_unref(pz_views *v);
pz_views *pz_views_with(const pz_views *v, pz_str name, pz_view *view); /* new set; view NULL: without it; takes no reference from the caller */
pz_view *pz_views_find(const pz_views *v, pz_str name);                 /* any case; borrowed from the set */
int pz_views_count(const pz_views *v);
pz_view *pz_views_at(const pz_views *v, int i);                         /* sorted by name */

#endif

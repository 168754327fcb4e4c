/*
 * analyze/birth_zone.c - the time zone of views and SQL functions is that of the session that made them.
 *
 * In: a resolved text and the settings it was resolved under.  Out: its calls and casts marked with that time zone, unless a text inside
 * has marked them with its own; lowering computes them there.  Things start at pz_mark_zone().
 */
#include "analyze_int.h"

typedef struct mark { const pz_str *zone; pz_arena *a; PZ_VEC(const pz_cte *) ctes; } mark;

static pz_walk mark_rel(pz_rel *r, void *arg);

static pz_walk
mark_expr(pz_expr *e, void *arg)
{
    mark *m = arg;
    if ((e->kind == PZ_EXPR_CALL || e->kind == PZ_EXPR_CAST) && !e->time_zone)
        e->time_zone = m->zone;
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel)
        pz_walk_rel(e->u.sub.rel, mark_rel, m);
    return PZ_WALK_ON;
}

static pz_walk
mark_rel(pz_rel *r, void *arg)
{
    mark *m = arg;
    pz_walk_rel_exprs(r, mark_expr, m);
    if (r->kind == PZ_REL_CTE_REF && r->u.cte.cte && r->u.cte.cte->rel) {
        for (int i = 0; i < m->ctes.n; i++)
            if (m->ctes.data[i] == r->u.cte.cte)
                return PZ_WALK_ON;
        pz_vec_push(m->a, &m->ctes, r->u.cte.cte);
        pz_walk_rel(r->u.cte.cte->rel, mark_rel, m);
    }
    return PZ_WALK_ON;
}

/* Entering a text of other settings: whether it, or one around it, has another zone than the session. */
void
pz_enter_zone(pz_analyzer *an, const pz_env *from, const pz_env *to)
{
    an->zoned = an->zoned || !pz_str_eq(from->time_zone, to->time_zone);
}

void
pz_mark_zone(pz_analyzer *an, const pz_env *env, pz_rel *r, pz_expr *e)
{
    pz_str *zone;
    if (!an->zoned)
        return;
    zone = PZ_NEW(an->a, pz_str);
    *zone = env->time_zone;
    mark m = {.zone = zone, .a = an->a};
    if (r)
        pz_walk_rel(r, mark_rel, &m);
    if (e)
        pz_walk_expr(e, mark_expr, &m);
}

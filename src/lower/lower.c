/*
 * lower/lower.c - entry: a resolved plan to one statement for the engine.
 *
 * Things start at pz_lower_with(): mark what is used, build the SELECT of the root, put the WITH members before it.
 */
#include "lower_int.h"

static void
open_lowerer(pz_lowerer *lw, const pz_lower_env *env, pz_arena *a, pz_lower_info *info, pz_error *err)
{
    *lw = (pz_lowerer){.env = env, .home = env, .a = a, .err = err, .info = info};
}

static void
write_with(pz_lowerer *lw, pz_buf *out)
{
    for (int i = 0; i < lw->with.n; i++) {
        pz_buf_puts(out, i ? ", " : lw->with_recursive ? "WITH RECURSIVE " : "WITH ");
        pz_buf_str(out, lw->with.data[i]);
    }
    if (lw->with.n) pz_buf_putc(out, ' ');
}

pz_status
pz_lower_with(const pz_lower_env *env, const pz_plan *plan, pz_arena *a, pz_buf *duckdb_sql, pz_lower_info *info, pz_error *err)
{
    pz_lowerer lw;
    pz_sel s;
    pz_buf body;
    pz_status st;
    bool plain, many_rows;
    enum { MANY_LEVELS = 8 };                  /* of SELECTs: of chains that were cut */
    open_lowerer(&lw, env, a, info, err);
    plain = pz_plan_is_plain(plan->root, &many_rows);
    pz_mark_live(&lw, plan->root);
    PZ_TRY(pz_lower_rel(&lw, plan->root, &s));
    pz_sel_order_by_window(&lw, &s);
    pz_buf_init(&body, 0);
    st = pz_sel_root(&lw, &s, &plan->root->output, &body);
    if (st == PZ_OK) {
        write_with(&lw, duckdb_sql);
        pz_buf_str(duckdb_sql, pz_buf_view(&body));
    }
    pz_buf_free(&body);
    info->plain = plain && (!many_rows || lw.levels > MANY_LEVELS);
    return st;
}

pz_status
pz_lower(const pz_lower_env *env, const pz_plan *plan, pz_arena *a, pz_buf *duckdb_sql, pz_error *err)
{
    pz_lower_info info = {0};
    return pz_lower_with(env, plan, a, duckdb_sql, &info, err);
}

struct lone { pz_lowerer *lw; };

static pz_walk
mark_subqueries(pz_expr *e, void *arg)
{
    struct lone *l = arg;
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel) pz_mark_live(l->lw, e->u.sub.rel);
    return PZ_WALK_ON;
}

pz_status
pz_lower_constant(const pz_lower_env *env, const pz_expr *e, pz_arena *a, pz_str *out, pz_error *err)
{
    pz_lowerer lw;
    pz_lower_info info = {0};
    open_lowerer(&lw, env, a, &info, err);
    PZ_TRY(pz_lower_text(&lw, e, out));
    if (e->type->id == PZ_T_DECIMAL) *out = pz_strf(a, PZ_FMT "::DECIMAL(%d,%d)", PZ_ARG(*out), e->type->precision, e->type->scale);
    return PZ_OK;
}

pz_status
pz_lower_expr_query(const pz_lower_env *env, const pz_expr *e, pz_arena *a, pz_buf *duckdb_sql, pz_error *err)
{
    pz_lowerer lw;
    pz_lower_info info = {0};
    struct lone l = {&lw};
    pz_str text;
    open_lowerer(&lw, env, a, &info, err);
    pz_walk_expr((pz_expr *)e, mark_subqueries, &l);
    PZ_TRY(pz_lower_text(&lw, e, &text));
    write_with(&lw, duckdb_sql);
    pz_buf_puts(duckdb_sql, "SELECT ");
    pz_buf_str(duckdb_sql, text);
    if (e->type->id == PZ_T_DECIMAL) pz_buf_printf(duckdb_sql, "::DECIMAL(%d,%d)", e->type->precision, e->type->scale);
    pz_buf_puts(duckdb_sql, " AS c0");
    return PZ_OK;
}

/*
 * session/command_cache.c - CACHE, UNCACHE, CLEAR CACHE, REFRESH and their catalog operations; what happens to kept rows when a view or
 * table goes.
 *
 * A table is kept as the plan it stands for, so a DataFrame with an equal plan reads the same rows.
 */
#include <stdlib.h>

#include "cache.h"
#include "command_int.h"

/* The plan a name stands for, resolved by a query of its own; one that is not there is told by `shown`. */
static pz_status
table_query(pz_statement *r, const pz_strs *names, const pz_strs *shown, const char *path, pz_query **out)
{
    pz_query *q = pz_cache_query(r->session, NULL, NULL);
    pz_rel *table = pz_rel_make(q->arena, PZ_REL_NAMED_TABLE, PZ_NO_ORIGIN);
    pz_error quiet;
    pz_error_init(&quiet, r->a);
    for (int i = 0; i < names->n; i++) pz_vec_push(q->arena, &table->u.table.names, pz_dup(q->arena, names->data[i]));
    q->unresolved = table;
    *out = q;
    if (pz_query_analyze(q, pz_query_plan_of(q, table), false, &quiet) == PZ_OK) return PZ_OK;
    pz_query_end(q, PZ_FAIL, &quiet);
    *out = NULL;
    if (quiet.id == PZ_ERR_TABLE_OR_VIEW_NOT_FOUND) return pz_raise_not_found(r, shown, path);
    pz_error_copy(r->err, &quiet);
    return PZ_FAIL;
}

static pz_status
wanted_level(pz_statement *r, int *level)
{
    *level = PZ_LEVEL_DEFAULT;
    for (int i = 0; i < r->c->options.n; i++) {
        const pz_option *o = &r->c->options.data[i];
        if (!pz_str_ieqc(o->key, "storageLevel")) {
            pz_log(PZ_LOG_WARN, "event=cache_option_unknown option=\"" PZ_FMT "\"", PZ_ARG(o->key));
        } else if (!pz_level_named(pz_upper_ascii(r->a, o->value), level)) {
            return pz_raise_text(r->err, PZ_CLASS_JavaIllegalArgumentException, "Invalid StorageLevel: " PZ_FMT, PZ_ARG(pz_upper_ascii(r->a, o->value)));
        }
    }
    return PZ_OK;
}

static pz_status
keep_table(pz_statement *r, int level, bool lazy)
{
    pz_operation *op = r->q->op;
    pz_query *q;
    pz_status st;
    PZ_TRY(table_query(r, &r->c->names, &r->c->names, pz_search_path_text(r, true), &q));
    st = pz_cache_add(q, level, r->err);
    if (st == PZ_OK && !lazy) st = pz_cache_fill(q, op, r->err);
    return pz_query_end(q, st, r->err);
}

static bool
is_temp_view(pz_statement *r, const pz_strs *names)
{
    bool global;
    pz_view *v = pz_find_temp_view(r, names, &global);
    pz_view_unref(v);
    return v != NULL;
}

/* CACHE [LAZY] TABLE t; with a query t becomes a temporary view first. */
pz_status
pz_cmd_cache_table(pz_statement *r)
{
    pz_str name = r->c->names.data[r->c->names.n - 1];
    int level;
    PZ_TRY(wanted_level(r, &level));
    if (!r->c->query) return keep_table(r, level, r->c->flag1);
    if (is_temp_view(r, &r->c->names))
        return pz_raise(r->err, PZ_ERR_TEMP_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName", pz_quoted(r->a, &r->c->names).ptr, NULL);
    PZ_TRY(pz_make_temp_view(r, name, r->c->query, r->c->text, false));
    if (keep_table(r, level, r->c->flag1) == PZ_OK) return PZ_OK;
    (void)pz_drop_kept_view(r, name, false);
    return PZ_FAIL;
}

/* The catalog's operation never reads at once; its level travels as a number. */
pz_status
pz_catalog_cache_table(pz_statement *r)
{
    return keep_table(r, r->c->flag1 ? (int)r->c->number : PZ_LEVEL_DEFAULT, true);
}

pz_status
pz_catalog_is_cached(pz_statement *r)
{
    pz_query *q;
    PZ_TRY(table_query(r, &r->c->names, &r->c->names, pz_search_path_text(r, true), &q));
    pz_cell_bool(r, pz_cache_level(q, q->plan->root) != 0);
    pz_query_unref(q);
    return PZ_OK;
}

pz_status
pz_cmd_uncache_table(pz_statement *r)
{
    pz_query *q;
    pz_error *err = r->err, quiet;
    pz_status st;
    pz_error_init(&quiet, r->a);
    if (r->c->if_exists) r->err = &quiet;
    st = table_query(r, &r->c->names, &r->c->names, pz_search_path_text(r, true), &q);
    r->err = err;
    if (st != PZ_OK) return r->c->if_exists && quiet.id == PZ_ERR_TABLE_OR_VIEW_NOT_FOUND ? PZ_OK : PZ_FAIL;
    pz_cache_remove(q, q->plan->root, !is_temp_view(r, &r->c->names));         /* what was made of a table goes with it, of a view not */
    pz_query_unref(q);
    return PZ_OK;
}

/* For statements that do not go along the path: a name of one part is a temporary view or in the current database. */
static pz_strs
beside_path(pz_statement *r, const pz_strs *names)
{
    pz_strs out = {0};
    if (!r->q->place.env.path || names->n != 1 || is_temp_view(r, names)) return *names;
    pz_vec_push(r->a, &out, r->q->database);
    pz_vec_push(r->a, &out, names->data[0]);
    return out;
}

pz_status
pz_cmd_clear_cache(pz_statement *r)
{
    pz_cache_clear(r->session->all);
    return PZ_OK;
}

pz_status
pz_cmd_refresh_table(pz_statement *r)
{
    pz_query *q;
    pz_strs names = beside_path(r, &r->c->names);
    PZ_TRY(table_query(r, &names, &r->c->names, pz_search_path_text(r, false), &q));
    pz_cache_changed_plan(q, q->plan->root);
    pz_query_unref(q);
    return PZ_OK;
}

pz_status
pz_cmd_refresh_path(pz_statement *r)
{
    pz_cache_changed_path(r->session->all, r->c->text3.len ? r->c->text3 : r->c->text);
    return PZ_OK;
}

/* ---- what goes ---- */
static bool
quiet_query(pz_statement *r, const pz_strs *names, pz_query **q)
{
    pz_error *err = r->err, quiet;
    pz_strs beside = beside_path(r, names);
    pz_status st;
    pz_error_init(&quiet, r->a);
    r->err = &quiet;
    st = table_query(r, &beside, names, "", q);
    r->err = err;
    return st == PZ_OK;
}

void
pz_cache_forget_table(pz_statement *r, const pz_strs *names, bool cascade)
{
    pz_query *q;
    if (pz_cache_is_empty(r->session->all) || !quiet_query(r, names, &q)) return;
    pz_cache_remove(q, q->plan->root, cascade);
    pz_query_unref(q);
}

static pz_strs
view_names(pz_statement *r, pz_str name, bool global)
{
    pz_strs names = {0};
    pz_vec_push(r->a, &names, global ? PZ_STR("global_temp") : PZ_STR("session"));
    pz_vec_push(r->a, &names, name);
    return names;
}

bool
pz_drop_kept_view(pz_statement *r, pz_str name, bool global)
{
    pz_strs names = view_names(r, name, global);
    pz_cache_forget_table(r, &names, false);
    return pz_drop_temp_view(r->session, name, global);
}

/* A view made of a DataFrame may be made anew with the same plan; what is kept of it then stays. */
void
pz_cache_view_replaced(pz_statement *r, const pz_view *next, bool global)
{
    pz_strs names = view_names(r, next->name, global);
    pz_query *q;
    pz_plan *p;
    pz_error quiet;
    bool same;
    if (pz_cache_is_empty(r->session->all) || !quiet_query(r, &names, &q)) return;
    pz_error_init(&quiet, r->a);
    same = next->scope && pz_query_resolve(r->q, next->plan->root, NULL, r->a, &p, &quiet) == PZ_OK && pz_cache_same(p->root, q->plan->root);
    if (!same) pz_cache_remove(q, q->plan->root, false);
    pz_query_unref(q);
}

/*
 * session/catalog_change.c - one statement's change of catalog and tables: everything or nothing.
 *
 * Rows and entries are written in one engine transaction.  Commits go one at a time: under `publish` the names are checked once more, the
 * transaction ends, and the new entries take their places in memory, so what a query finds is always what the warehouse holds.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "cache.h"
#include "catalog_int.h"
#include "write.h"

struct pz_change {
    pz_query *q;
    pz_catalog *c;
    pz_tx *tx;
    pz_arena *a;
    pz_cats puts;
    PZ_VEC(int64_t) locks, touched;
    pz_cats drops;
    pz_together files;                         /* stages that take their places with it */
    bool is_ddl;
};

pz_status
pz_change_begin(pz_query *q, pz_change **out, pz_error *err)
{
    pz_change *ch = pz_xcalloc(1, sizeof *ch);
    (void)err;
    ch->q = q;
    ch->c = q->session->all->catalog;
    ch->a = pz_arena_open();
    *out = ch;
    return PZ_OK;
}

/* ---- locks ---- */
static bool
holds(const pz_change *ch, int64_t id)
{
    for (int i = 0; i < ch->locks.n; i++)
        if (ch->locks.data[i] == id) return true;
    return false;
}

/* Interrupts do not reach a condition that all statements share, so waiting looks for them now and then. */
static pz_status
wait_free(pz_change *ch, int64_t id, pz_error *err)
{
    enum { LOOK_NANOS = 50000000 };
    while (pz_table_get(&ch->c->busy, pz_id_key(&id))) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_NANOS;
        if (until.tv_nsec >= 1000000000) until.tv_nsec -= 1000000000, until.tv_sec++;
        if (pthread_cond_timedwait(&ch->c->unlocked, &ch->c->lock, &until) == ETIMEDOUT && ch->q->op) {
            pz_status st;
            pthread_mutex_unlock(&ch->c->lock);
            st = pz_operation_check(ch->q->op, err);
            pthread_mutex_lock(&ch->c->lock);
            if (st != PZ_OK) return st;
        }
    }
    return PZ_OK;
}

pz_status
pz_change_lock(pz_change *ch, int64_t id, pz_error *err)
{
    pz_status st;
    if (holds(ch, id)) return PZ_OK;
    if (ch->tx && id > 0) return pz_raise_internal(err, "a lock is asked for inside a transaction");
    pthread_mutex_lock(&ch->c->lock);
    st = wait_free(ch, id, err);
    if (st == PZ_OK) {
        pz_table_put(&ch->c->busy, pz_id_key(&id), ch);
        pz_vec_push(ch->a, &ch->locks, id);
    }
    pthread_mutex_unlock(&ch->c->lock);
    return st;
}

/* Another statement was faster: done anew, this one sees what that one left. */
static pz_status
overtaken(const pz_change *ch, pz_status failed)
{
    ch->q->overtaken = true;
    return failed;
}

static bool
is_current(const pz_change *ch, int64_t id, uint64_t stamp)
{
    pz_cat *now = pz_catalog_find_id(ch->c, id);
    bool same = now && now->stamp == stamp;
    pz_cat_unref(now);
    return same;
}

static pz_status
gone(const pz_change *ch, const pz_cat *e, pz_error *err)
{
    const char *name = pz_strf(err->arena, "`spark_catalog`.`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name)).ptr;
    (void)overtaken(ch, PZ_FAIL);
    if (e->kind == PZ_ENTRY_DATABASE)
        return pz_raise(err, PZ_ERR_SCHEMA_NOT_FOUND, PZ_NO_ORIGIN, "schemaName", pz_strf(err->arena, "`spark_catalog`.`" PZ_FMT "`", PZ_ARG(e->name)).ptr, NULL);
    if (e->kind == PZ_ENTRY_FUNCTION)
        return pz_raise(err, PZ_ERR_ROUTINE_NOT_FOUND, PZ_NO_ORIGIN, "routineName", name, NULL);
    return pz_raise(err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, PZ_NO_ORIGIN, "relationName", name, "searchPath",
                    pz_strf(err->arena, "[`spark_catalog`.`" PZ_FMT "`]", PZ_ARG(e->db)).ptr, NULL);
}

pz_status
pz_change_hold(pz_change *ch, const pz_cat *e, pz_error *err)
{
    PZ_TRY(pz_change_lock(ch, e->id, err));
    return is_current(ch, e->id, e->stamp) ? PZ_OK : gone(ch, e, err);
}

static void
finish(pz_change *ch)
{
    pthread_mutex_lock(&ch->c->lock);
    for (int i = 0; i < ch->locks.n; i++) pz_table_del(&ch->c->busy, pz_id_key(&ch->locks.data[i]));
    if (ch->locks.n) pthread_cond_broadcast(&ch->c->unlocked);
    pthread_mutex_unlock(&ch->c->lock);
    pz_cats_unref(&ch->puts);
    pz_cats_unref(&ch->drops);
    pz_arena_close(ch->a);
    free(ch);
}

/* ---- work ---- */
pz_tx *
pz_change_tx(pz_change *ch, pz_error *err)
{
    pz_run_settings settings;
    if (ch->tx) return ch->tx;
    pz_query_run_settings(ch->q, &settings);
    (void)pz_tx_begin(ch->c->engine, &settings, &ch->tx, err);
    return ch->tx;
}

pz_status
pz_change_exec(pz_change *ch, pz_str sql, pz_error *err)
{
    pz_tx *t = pz_change_tx(ch, err);
    return t ? pz_tx_exec(t, sql, err) : PZ_FAIL;
}

/* The engine answers changes of rows with one row that tells their number. */
pz_status
pz_change_run(pz_change *ch, pz_str sql, int64_t *count, pz_error *err)
{
    pz_tx *t = pz_change_tx(ch, err);
    pz_run_settings settings;
    pz_run *run;
    struct pz_chunk *chunk = NULL;
    pz_status st;
    *count = 0;
    if (!t) return PZ_FAIL;
    pz_query_run_settings(ch->q, &settings);
    run = pz_run_make_in(t);
    st = pz_operation_start(ch->q->op, run, &settings, sql, err);
    while (st == PZ_OK && (st = pz_run_next(run, &chunk, err)) == PZ_OK && chunk) {
        pz_vector_view v;
        pz_chunk_column(chunk, 0, &v);
        if (pz_chunk_columns(chunk) == 1 && pz_chunk_rows(chunk) == 1) *count += *(const int64_t *)v.data;
        pz_chunk_free(chunk);
    }
    pz_operation_close(ch->q->op, run);
    if (st != PZ_OK) pz_query_name_lost(ch->q, err);
    return st;
}

void
pz_change_put(pz_change *ch, pz_cat *entry)
{
    ch->is_ddl = true;
    for (int i = 0; i < ch->puts.n; i++)
        if (ch->puts.data[i]->id == entry->id) {
            pz_cat_unref(ch->puts.data[i]);
            ch->puts.data[i] = entry;
            return;
        }
    pz_vec_push(ch->a, &ch->puts, entry);
}

const pz_cat *
pz_change_current(const pz_change *ch, const pz_cat *e)
{
    for (int i = 0; i < ch->puts.n; i++)
        if (ch->puts.data[i]->id == e->id) return ch->puts.data[i];
    return e;
}

void
pz_change_drop(pz_change *ch, const pz_cat *entry)
{
    ch->is_ddl = true;
    pz_vec_push(ch->a, &ch->drops, pz_cat_ref((pz_cat *)(uintptr_t)entry));
}

void
pz_change_touch(pz_change *ch, int64_t id)
{
    pz_vec_push(ch->a, &ch->touched, id);
}

void
pz_change_publish(pz_change *ch, const struct pz_publication *p)
{
    pz_together_add(&ch->files, p, ch->a);
}

/* ---- publish ---- */
static bool
is_dropped(const pz_change *ch, int64_t id)
{
    for (int i = 0; i < ch->drops.n; i++)
        if (ch->drops.data[i]->id == id) return true;
    return false;
}

static pz_status
name_taken(const pz_cat *e, pz_error *err)
{
    pz_str full = pz_strf(err->arena, "`spark_catalog`.`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name));
    if (e->kind == PZ_ENTRY_DATABASE)
        return pz_raise(err, PZ_ERR_SCHEMA_ALREADY_EXISTS, PZ_NO_ORIGIN, "schemaName",
                        pz_strf(err->arena, "`" PZ_FMT "`", PZ_ARG(e->name)).ptr, NULL);
    if (e->kind == PZ_ENTRY_FUNCTION)
        return pz_raise(err, PZ_ERR_ROUTINE_ALREADY_EXISTS, PZ_NO_ORIGIN, "routineName", full.ptr, "newRoutineType", "routine",
                        "existingRoutineType", "routine", NULL);
    return pz_raise(err, PZ_ERR_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName", full.ptr, NULL);
}

/* Is every name that is put still free, and its database there? */
static pz_status
check_names(pz_change *ch, pz_error *err)
{
    for (int i = 0; i < ch->puts.n; i++) {
        const pz_cat *e = ch->puts.data[i];
        pz_cat *there = pz_catalog_find(ch->c, e->kind, e->db, e->name), *db;
        bool taken = there && there->id != e->id && !is_dropped(ch, there->id);
        pz_cat_unref(there);
        if (taken) return overtaken(ch, name_taken(e, err));
        if (e->kind == PZ_ENTRY_DATABASE) continue;
        db = pz_catalog_find(ch->c, PZ_ENTRY_DATABASE, PZ_STR(""), e->db);
        if (!db)
            return pz_raise(err, PZ_ERR_SCHEMA_NOT_FOUND, PZ_NO_ORIGIN, "schemaName",
                            pz_strf(err->arena, "`spark_catalog`.`" PZ_FMT "`", PZ_ARG(e->db)).ptr, NULL);
        pz_cat_unref(db);
    }
    return PZ_OK;
}

/* Whatever is put or dropped was made from what is published; nobody has changed or dropped it meanwhile. */
static pz_status
check_bases(pz_change *ch, pz_error *err)
{
    for (int i = 0; i < ch->puts.n; i++) {
        const pz_cat *e = ch->puts.data[i];
        if (e->base && !is_current(ch, e->id, e->base)) return gone(ch, e, err);
    }
    for (int i = 0; i < ch->drops.n; i++)
        if (!is_current(ch, ch->drops.data[i]->id, ch->drops.data[i]->stamp)) return gone(ch, ch->drops.data[i], err);
    return PZ_OK;
}

/* What was made in a database after the statement looked around there. */
static pz_status
check_empty(pz_change *ch, const pz_cat *db, pz_error *err)
{
    static const pz_entry_kind kinds[] = {PZ_ENTRY_TABLE, PZ_ENTRY_FUNCTION};
    bool any = false;
    for (size_t k = 0; k < PZ_COUNTOF(kinds); k++) {
        pz_cats inside = {0};
        pz_catalog_list(ch->c, kinds[k], db->name, ch->a, &inside);
        for (int i = 0; i < inside.n; i++) any |= !is_dropped(ch, inside.data[i]->id);
        pz_cats_unref(&inside);
    }
    if (!any) return PZ_OK;
    (void)overtaken(ch, PZ_FAIL);
    return pz_raise(err, PZ_ERR_SCHEMA_NOT_EMPTY, PZ_NO_ORIGIN, "schemaName", pz_strf(err->arena, "`" PZ_FMT "`", PZ_ARG(db->name)).ptr, NULL);
}

static pz_status
check_databases(pz_change *ch, pz_error *err)
{
    for (int i = 0; i < ch->drops.n; i++)
        if (ch->drops.data[i]->kind == PZ_ENTRY_DATABASE) PZ_TRY(check_empty(ch, ch->drops.data[i], err));
    return PZ_OK;
}

static pz_status
store(pz_change *ch, pz_error *err)
{
    pz_buf b;
    pz_status st = PZ_OK;
    pz_buf_init(&b, 0);
    for (int i = 0; i < ch->drops.n; i++) pz_cat_forget_text(ch->drops.data[i]->id, &b);
    for (int i = 0; i < ch->puts.n; i++) pz_cat_store_text(ch->puts.data[i], &b);
    pz_together_commit_text(&ch->files, &b);
    if (b.len) st = pz_change_exec(ch, pz_buf_view(&b), err);
    pz_buf_free(&b);
    return st;
}

static void
show(pz_change *ch)
{
    pz_catalog *c = ch->c;
    pthread_mutex_lock(&c->lock);
    for (int i = 0; i < ch->drops.n; i++) pz_catalog_retire(c, ch->drops.data[i]->id);
    for (int i = 0; i < ch->puts.n; i++) pz_catalog_publish(c, pz_cat_ref(ch->puts.data[i]));
    for (int i = 0; i < ch->touched.n; i++) {
        uintptr_t v = (uintptr_t)pz_table_get(&c->data, pz_id_key(&ch->touched.data[i]));
        pz_table_put(&c->data, pz_id_key(&ch->touched.data[i]), (void *)(v + 1));
    }
    if (ch->is_ddl) c->version++;
    pthread_mutex_unlock(&c->lock);
}

/* What ANALYZE found out holds no more for tables whose rows change. */
static void
forget_statistics(pz_change *ch)
{
    for (int i = 0; i < ch->touched.n; i++) {
        pz_cat *e = pz_catalog_find_id(ch->c, ch->touched.data[i]), *changed;
        bool put = false;
        for (int k = 0; k < ch->puts.n; k++) put |= ch->puts.data[k]->id == ch->touched.data[i];
        if (e && e->stat_bytes >= 0 && !put && !is_dropped(ch, e->id)) {
            changed = pz_cat_copy(e);
            changed->stat_rows = changed->stat_bytes = -1;
            pz_change_put(ch, changed);
        }
        pz_cat_unref(e);
    }
}

/* Rows that are kept of tables that changed or went. */
static void
tell_cache(const pz_change *ch)
{
    pz_sessions *all = ch->q->session->all;
    for (int i = 0; i < ch->files.list.n; i++) pz_cache_changed_path(all, ch->files.list.data[i].stage.target);
    if (pz_cache_is_empty(all)) return;
    for (int i = 0; i < ch->drops.n; i++) pz_cache_table_gone(all, ch->drops.data[i]->id);
    for (int i = 0; i < ch->puts.n; i++) pz_cache_changed_table(all, ch->puts.data[i]->id);
    for (int i = 0; i < ch->touched.n; i++) pz_cache_changed_table(all, ch->touched.data[i]);
}

/* Entries, rows and what is noted about the files, in one commit. */
static pz_status
commit(pz_change *ch, pz_error *err)
{
    pz_status st;
    pthread_mutex_lock(&ch->c->publish);
    forget_statistics(ch);
    st = check_bases(ch, err);
    if (st == PZ_OK) st = check_names(ch, err);
    if (st == PZ_OK) st = check_databases(ch, err);
    if (st == PZ_OK) st = store(ch, err);
    if (st == PZ_OK && ch->tx) {
        pz_tx *t = ch->tx;
        ch->tx = NULL;
        st = pz_tx_commit(t, err);
    }
    if (st == PZ_OK) show(ch);
    pthread_mutex_unlock(&ch->c->publish);
    pz_tx_abort(ch->tx);
    ch->tx = NULL;
    return st;
}

pz_status
pz_change_commit(pz_change *ch, pz_error *err)
{
    bool alone = ch->files.list.n < 2 && !ch->tx && !ch->is_ddl;
    pz_status st = pz_together_publish(&ch->files, ch->c->engine, !alone, ch->a, err);
    if (st == PZ_OK) st = commit(ch, err);
    if (st != PZ_OK) {
        pz_change_abort(ch);
        return st;
    }
    tell_cache(ch);
    pz_together_finish(&ch->files, ch->c->engine, ch->a);
    finish(ch);
    return PZ_OK;
}

void
pz_change_abort(pz_change *ch)
{
    if (!ch) return;
    pz_tx_abort(ch->tx);
    pz_together_undo(&ch->files, ch->c->engine, ch->a);
    finish(ch);
}

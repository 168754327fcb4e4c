/*
 * session/sessions.c - the manager: find, make, release, expire and clone sessions.
 *
 * Key: user and session id.  Released and expired keys leave a tombstone, so that a client learns that its session is gone.
 * Things start at pz_session_get().
 */
#include <stdlib.h>

#include "cache.h"
#include "session_int.h"

static int64_t
to_micros(int64_t millis)
{
    return millis < 0 ? -1 : millis * 1000;
}

pz_sessions *
pz_sessions_open(const pz_sessions_options *o)
{
    pz_sessions *all = pz_xcalloc(1, sizeof *all);
    pthread_mutex_init(&all->lock, NULL);
    all->engine = o->engine;
    all->catalog = o->catalog;
    all->warehouse = o->warehouse ? pz_xdup(pz_str_c(o->warehouse)) : NULL;
    all->base = o->base ? pz_confs_ref((pz_confs *)(uintptr_t)o->base) : pz_confs_empty();
    all->globals = pz_views_empty();
    all->cache = pz_cache_open();
    all->session_timeout = to_micros(pz_confs_int(all->base, "spark.connect.session.manager.defaultSessionTimeout", 3600000));
    all->detached_timeout = to_micros(pz_confs_int(all->base, "spark.connect.execute.manager.detachedTimeout", 300000));
    return all;
}

pz_engine *
pz_sessions_engine(pz_sessions *all)
{
    return all->engine;
}

const pz_confs *
pz_sessions_base(pz_sessions *all)
{
    return all->base;
}

static pz_str
key_of(pz_arena *a, pz_str user, pz_str id)
{
    char *p = pz_alloc(a, user.len + id.len + 2);
    if (user.len) memcpy(p, user.ptr, user.len);
    if (id.len) memcpy(p + user.len + 1, id.ptr, id.len);
    return (pz_str){p, user.len + 1 + id.len};
}

static pz_session *
session_make(pz_sessions *all, pz_str user, pz_str id)
{
    pz_session *s = pz_xcalloc(1, sizeof *s);
    atomic_init(&s->refs, 1);
    s->all = all;
    s->user = pz_xdup(user);
    s->id = pz_xdup(id);
    pz_uuid_make(s->server_id);
    atomic_init(&s->last_seen, pz_mono_micros());
    pthread_mutex_init(&s->lock, NULL);
    s->confs = pz_confs_ref(all->base);
    s->views = pz_views_empty();
    s->catalog = pz_xdup(PZ_STR("spark_catalog"));
    s->database = pz_xdup(PZ_STR("default"));
    return s;
}

pz_session *
pz_session_ref(pz_session *s)
{
    atomic_fetch_add(&s->refs, 1);
    return s;
}

void
pz_session_unref(pz_session *s)
{
    if (!s || atomic_fetch_sub(&s->refs, 1) != 1) return;
    pz_session_free_parts(s);
    pthread_mutex_destroy(&s->lock);
    free(s->user);
    free(s->id);
    free(s);
}

/* Take a session out of use: its operations stop, what it owns goes once the last query lets go of it. */
static void
session_close(pz_session *s)
{
    pthread_mutex_lock(&s->lock);
    s->closed = true;
    pthread_mutex_unlock(&s->lock);
    pz_session_drop_operations(s);
    pz_session_unref(s);
}

/* With the manager locked. */
static void
bury(pz_sessions *all, pz_str key)
{
    pz_table_put(&all->dead, key, all);
    if (all->dead.n > PZ_SESSION_TOMBSTONES) pz_table_del(&all->dead, pz_entry_key(all->dead.oldest));
}

bool
pz_uuid_lenient(pz_str text)
{
    int groups = 0;
    size_t digits = 0;
    if (!text.len || text.len > 36) return false;
    for (size_t i = 0; i <= text.len; i++) {
        char c = i < text.len ? text.ptr[i] : '-';
        if (c == '-') {
            if (!digits) return false;
            digits = 0;
            groups++;
        } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            digits++;
        } else {
            return false;
        }
    }
    return groups == 5;
}

static pz_status
find_or_make(pz_sessions *all, pz_str user, pz_str id, pz_session_want want, pz_arena *a, pz_session **out, pz_error *err)
{
    pz_str key = key_of(a, user, id);
    pz_status status = PZ_OK;
    const char *handle = pz_dup(err->arena, id).ptr;
    pthread_mutex_lock(&all->lock);
    *out = pz_table_get(&all->live, key);
    if (!*out) {
        if (pz_table_get(&all->dead, key) || all->stopping)
            status = pz_raise(err, PZ_ERR_INVALID_HANDLE_SESSION_CLOSED, PZ_NO_ORIGIN, "handle", handle, NULL);
        else if (want == PZ_SESSION_MUST_EXIST)
            status = pz_raise(err, PZ_ERR_INVALID_HANDLE_SESSION_NOT_FOUND, PZ_NO_ORIGIN, "handle", handle, NULL);
        else
            pz_table_put(&all->live, key, *out = session_make(all, user, id));
    }
    if (*out) {
        pz_session_ref(*out);
        atomic_store(&(*out)->last_seen, pz_mono_micros());
    }
    pthread_mutex_unlock(&all->lock);
    return status;
}

pz_status
pz_session_get(pz_sessions *all, pz_str user, pz_str id, const pz_str *observed, pz_session_want want, pz_session **out, pz_error *err)
{
    *out = NULL;
    if (!pz_uuid_lenient(id))
        return pz_raise(err, PZ_ERR_INVALID_HANDLE_FORMAT, PZ_NO_ORIGIN, "handle", pz_dup(err->arena, id).ptr, NULL);
    PZ_TRY(find_or_make(all, user, id, want, err->arena, out, err));
    if (observed && observed->len && !pz_str_eqc(*observed, (*out)->server_id))
        return pz_raise(err, PZ_ERR_INVALID_HANDLE_SESSION_CHANGED, PZ_NO_ORIGIN, "handle", pz_dup(err->arena, id).ptr, NULL);
    return PZ_OK;
}

bool
pz_session_release(pz_sessions *all, pz_str user, pz_str id, bool allow_reconnect, char server_id[PZ_UUID_SIZE])
{
    pz_arena *a = pz_arena_open();
    pz_str key = key_of(a, user, id);
    pz_session *s;
    pthread_mutex_lock(&all->lock);
    s = pz_table_get(&all->live, key);
    if (s) {
        if (!allow_reconnect) bury(all, key);
        pz_table_del(&all->live, key);
        strcpy(server_id, s->server_id);
    }
    pthread_mutex_unlock(&all->lock);
    pz_arena_close(a);
    if (!s) return false;
    session_close(s);
    return true;
}

/* Settings, views and place of s as they are. */
static void
copy_state(pz_session *made, pz_session *s)
{
    pthread_mutex_lock(&s->lock);
    pz_confs_unref(made->confs);
    pz_views_unref(made->views);
    free(made->catalog);
    free(made->database);
    made->confs = pz_confs_ref(s->confs);
    made->views = pz_views_ref(s->views);
    made->catalog = pz_xdup(pz_str_c(s->catalog));
    made->database = pz_xdup(pz_str_c(s->database));
    free(made->path);
    made->path = s->path ? pz_xdup(pz_str_c(s->path)) : NULL;
    pthread_mutex_unlock(&s->lock);
}

pz_session *
pz_session_stand_in(pz_session *s)
{
    pz_session *made = session_make(s->all, pz_str_c(s->user), pz_str_c(s->id));
    copy_state(made, s);
    return made;
}

pz_status
pz_session_clone(pz_session *s, pz_str new_id, pz_session **out, pz_error *err)
{
    pz_sessions *all = s->all;
    pz_str key;
    pz_session *made;
    pz_err_id why = PZ_ERR_NONE;
    char fresh[PZ_UUID_SIZE];
    if (!new_id.len) {
        pz_uuid_make(fresh);
        new_id = pz_str_c(fresh);
    }
    if (!pz_uuid_lenient(new_id))
        return pz_raise(err, PZ_ERR_INVALID_CLONE_SESSION_REQUEST_TARGET_SESSION_ID_FORMAT, PZ_NO_ORIGIN, "targetSessionId",
                        pz_dup(err->arena, new_id).ptr, NULL);
    key = key_of(err->arena, pz_str_c(s->user), new_id);
    made = session_make(all, pz_str_c(s->user), new_id);
    copy_state(made, s);
    pthread_mutex_lock(&s->lock);
    PZ_TABLE_EACH(&s->artifacts, e) {
        pz_blob *b = e->value;
        atomic_fetch_add(&b->refs, 1);
        pz_table_put(&made->artifacts, pz_entry_key(e), b);
    }
    PZ_TABLE_EACH(&s->resources, e) pz_table_put(&made->resources, pz_entry_key(e), made);
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_lock(&all->lock);
    if (pz_table_get(&all->live, key)) why = PZ_ERR_INVALID_CLONE_SESSION_REQUEST_TARGET_SESSION_ID_ALREADY_EXISTS;
    else if (pz_table_get(&all->dead, key)) why = PZ_ERR_INVALID_CLONE_SESSION_REQUEST_TARGET_SESSION_ID_ALREADY_CLOSED;
    else pz_table_put(&all->live, key, pz_session_ref(made));
    pthread_mutex_unlock(&all->lock);
    *out = made;
    if (!why) return PZ_OK;
    pz_session_unref(made);
    *out = NULL;
    return pz_raise(err, why, PZ_NO_ORIGIN, "targetSessionId", pz_dup(err->arena, new_id).ptr, NULL);
}

/* ---- stopping and sweeping: work on a list of references, so that no lock is held ---- */
static pz_session **
list_sessions(pz_sessions *all, int *n)
{
    pz_session **list;
    pthread_mutex_lock(&all->lock);
    list = pz_xcalloc((size_t)all->live.n + 1, sizeof *list);
    *n = 0;
    PZ_TABLE_EACH(&all->live, e) list[(*n)++] = pz_session_ref(e->value);
    pthread_mutex_unlock(&all->lock);
    return list;
}

static bool
expire(pz_sessions *all, pz_session *s, int64_t now)
{
    pz_arena *a;
    pz_str key;
    bool ours = false;
    if (all->session_timeout < 0 || now - atomic_load(&s->last_seen) < all->session_timeout) return false;
    a = pz_arena_open();
    key = key_of(a, pz_str_c(s->user), pz_str_c(s->id));
    pthread_mutex_lock(&all->lock);
    if (pz_table_get(&all->live, key) == s) {
        bury(all, key);
        pz_table_del(&all->live, key);
        ours = true;
    }
    pthread_mutex_unlock(&all->lock);
    pz_arena_close(a);
    if (ours) session_close(s);
    return ours;
}

void
pz_sessions_sweep(pz_sessions *all)
{
    int n;
    int64_t now = pz_mono_micros();
    pz_session **list = list_sessions(all, &n);
    for (int i = 0; i < n; i++) {
        if (!expire(all, list[i], now)) pz_session_sweep_operations(list[i], now);
        pz_session_unref(list[i]);
    }
    free(list);
}

void
pz_sessions_purge_plans(pz_sessions *all)
{
    int n;
    pz_session **list = list_sessions(all, &n);
    for (int i = 0; i < n; i++) {
        pz_plan_cache_purge(list[i]);
        pz_session_unref(list[i]);
    }
    free(list);
}

void
pz_sessions_stop(pz_sessions *all)
{
    int n;
    pz_session **list;
    pthread_mutex_lock(&all->lock);
    all->stopping = true;
    pthread_mutex_unlock(&all->lock);
    list = list_sessions(all, &n);
    for (int i = 0; i < n; i++) {
        pz_session_drop_operations(list[i]);
        pz_session_unref(list[i]);
    }
    free(list);
}

void
pz_sessions_close(pz_sessions *all)
{
    if (!all) return;
    pz_sessions_stop(all);
    PZ_TABLE_EACH(&all->live, e) session_close(e->value);
    pz_table_free(&all->live);
    pz_table_free(&all->dead);
    pz_cache_close(all->cache);
    pz_views_unref(all->globals);
    pz_confs_unref(all->base);
    pthread_mutex_destroy(&all->lock);
    free(all->warehouse);
    free(all);
}

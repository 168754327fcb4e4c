/*
 * session/session.c - what a session owns: settings, errors kept for the client, artifacts.
 */
#include <stdlib.h>

#include "catalog.h"
#include "session_int.h"

const char *
pz_session_id(const pz_session *s)
{
    return s->id;
}

const char *
pz_session_server_id(const pz_session *s)
{
    return s->server_id;
}

pz_sessions *
pz_session_all(const pz_session *s)
{
    return s->all;
}

/* The last reference is gone. */
void
pz_session_free_parts(pz_session *s)
{
    pz_plan_cache_free(s->plans);
    pz_session_drop_remotes(s);
    pz_confs_unref(s->confs);
    pz_views_unref(s->views);
    free(s->catalog);
    free(s->database);
    free(s->path);
    pz_table_free(&s->operations);
    PZ_TABLE_EACH(&s->op_tombs, e) free(e->value);
    pz_table_free(&s->op_tombs);
    for (int i = 0; i < s->nerrors; i++) pz_kept_error_free(s->errors[i]);
    PZ_TABLE_EACH(&s->artifacts, e) pz_blob_unref(e->value);
    pz_table_free(&s->artifacts);
    pz_table_free(&s->made);
    pz_table_free(&s->resources);
    PZ_TABLE_EACH(&s->variables, e) pz_variable_free(e->value);
    pz_table_free(&s->variables);
    PZ_TABLE_EACH(&s->functions, e) pz_cat_unref(e->value);
    pz_table_free(&s->functions);
}

/* ---- settings ---- */
pz_confs *
pz_session_confs(pz_session *s)
{
    pz_confs *c;
    pthread_mutex_lock(&s->lock);
    c = pz_confs_ref(s->confs);
    pthread_mutex_unlock(&s->lock);
    return c;
}

static void
change(pz_session *s, pz_str key, const pz_str *value)
{
    pz_confs *old;
    pthread_mutex_lock(&s->lock);
    old = s->confs;
    s->confs = pz_confs_with(old, key, value);
    pthread_mutex_unlock(&s->lock);
    pz_confs_unref(old);
}

pz_status
pz_session_set(pz_session *s, pz_str key, pz_str value, pz_arena *a, pz_error *err)
{
    PZ_TRY(pz_conf_check_set(key, value, a, err));
    change(s, key, &value);
    return PZ_OK;
}

pz_status
pz_session_unset(pz_session *s, pz_str key, pz_arena *a, pz_error *err)
{
    pz_str first;
    PZ_TRY(pz_conf_check_unset(key, a, err));
    change(s, key, pz_confs_get(s->all->base, key, &first) ? &first : NULL);
    return PZ_OK;
}

void
pz_session_reset(pz_session *s)
{
    pz_confs *old;
    pthread_mutex_lock(&s->lock);
    old = s->confs;
    s->confs = pz_confs_ref(s->all->base);
    pthread_mutex_unlock(&s->lock);
    pz_confs_unref(old);
}

/* ---- errors ---- */
void
pz_kept_error_free(pz_kept_error *k)
{
    if (!k) return;
    pz_arena_close(k->arena);
    free(k);
}

/* With the session locked. */
static void
forget_error(pz_session *s, int i)
{
    pz_kept_error_free(s->errors[i]);
    memmove(&s->errors[i], &s->errors[i + 1], (size_t)(s->nerrors - i - 1) * sizeof s->errors[0]);
    s->nerrors--;
}

void
pz_session_keep_error(pz_session *s, const pz_error *e, char id[PZ_UUID_SIZE])
{
    pz_kept_error *k = pz_xcalloc(1, sizeof *k);
    k->arena = pz_arena_open();
    pz_error_init(&k->error, k->arena);
    pz_error_copy(&k->error, e);
    pz_uuid_make(k->id);
    strcpy(id, k->id);
    k->since = pz_mono_micros();
    pthread_mutex_lock(&s->lock);
    if (s->nerrors == PZ_ERRORS_KEPT) forget_error(s, 0);
    s->errors[s->nerrors++] = k;
    pthread_mutex_unlock(&s->lock);
}

pz_kept_error *
pz_session_take_error(pz_session *s, pz_str id)
{
    pz_kept_error *found = NULL;
    int64_t oldest = pz_mono_micros() - PZ_ERROR_LIFE_MICROS;
    pthread_mutex_lock(&s->lock);
    while (s->nerrors && s->errors[0]->since < oldest) forget_error(s, 0);
    for (int i = 0; i < s->nerrors; i++) {
        if (!pz_str_eqc(id, s->errors[i]->id)) continue;
        found = s->errors[i];
        s->errors[i] = NULL;
        forget_error(s, i);
        break;
    }
    pthread_mutex_unlock(&s->lock);
    return found;
}

/* ---- artifacts ---- */
void
pz_blob_unref(void *blob)
{
    pz_blob *b = blob;
    if (b && atomic_fetch_sub(&b->refs, 1) == 1) free(b);
}

static pz_blob *
blob_make(pz_str bytes)
{
    pz_blob *b = pz_xcalloc(1, sizeof *b + bytes.len + 1);
    atomic_init(&b->refs, 1);
    b->len = bytes.len;
    if (bytes.len) memcpy(b->bytes, bytes.ptr, bytes.len);
    return b;
}

/* Relative, and nowhere outside of where it starts. */
pz_status
pz_artifact_check_name(pz_str name, pz_error *err)
{
    bool ok = name.len && name.ptr[0] != '/' && !memchr(name.ptr, 0, name.len);
    int depth = 0;
    for (size_t i = 0; ok && i <= name.len;) {
        const char *slash = memchr(name.ptr + i, '/', name.len - i);
        pz_str part = {name.ptr + i, (slash ? (size_t)(slash - name.ptr) : name.len) - i};
        if (pz_str_eqc(part, "..")) depth--;
        else if (part.len && !pz_str_eqc(part, ".")) depth++;
        if (depth < 0 || (pz_str_eqc(part, "..") && depth == 0)) ok = false;
        i += part.len + 1;
    }
    if (ok && depth > 0) return PZ_OK;
    return pz_raise(err, PZ_ERR_INVALID_ARTIFACT_PATH, PZ_NO_ORIGIN, "name", pz_dup(err->arena, name).ptr, NULL);
}

static bool
known_kind(pz_str name)
{
    static const char *const kinds[] = {"jars/", "classes/", "files/", "pyfiles/", "archives/", "cache/"};
    for (size_t i = 0; i < PZ_COUNTOF(kinds); i++)
        if (pz_str_starts(name, kinds[i])) return true;
    return false;
}

pz_status
pz_session_add_artifact(pz_session *s, pz_str name, pz_str bytes, pz_error *err)
{
    pz_blob *b, *old;
    bool clash;
    PZ_TRY(pz_artifact_check_name(name, err));
    if (!known_kind(name)) return PZ_OK;
    b = blob_make(bytes);
    pthread_mutex_lock(&s->lock);
    old = pz_table_get(&s->artifacts, name);
    clash = old && !pz_str_starts(name, "cache/") && !pz_str_starts(name, "classes/") && (old->len != b->len || memcmp(old->bytes, b->bytes, b->len) != 0);
    if (old && (clash || pz_str_starts(name, "cache/"))) old = b;  /* keep what there is */
    else old = pz_table_put(&s->artifacts, name, b);
    pthread_mutex_unlock(&s->lock);
    pz_blob_unref(old);
    if (!clash) return PZ_OK;
    return pz_raise(err, PZ_ERR_ARTIFACT_ALREADY_EXISTS, PZ_NO_ORIGIN, "normalizedRemoteRelativePath", pz_dup(err->arena, name).ptr, NULL);
}

bool
pz_session_has_blob(pz_session *s, pz_str name)
{
    bool found;
    if (!pz_str_starts(name, "cache/")) return false;
    pthread_mutex_lock(&s->lock);
    found = pz_table_get(&s->artifacts, name) != NULL;
    pthread_mutex_unlock(&s->lock);
    return found;
}

pz_blob *
pz_session_find_blob(pz_session *s, pz_str hash)
{
    pz_buf name;
    pz_blob *b;
    pz_buf_init(&name, 0);
    pz_buf_puts(&name, "cache/");
    pz_buf_str(&name, hash);
    pthread_mutex_lock(&s->lock);
    b = pz_table_get(&s->artifacts, pz_buf_view(&name));
    if (b) atomic_fetch_add(&b->refs, 1);
    pthread_mutex_unlock(&s->lock);
    pz_buf_free(&name);
    return b;
}

/*
 * session/session.h - sessions and what they own; the manager of all of them.
 *
 * A session is shared by count.  Its mutex guards small things for short times and is never held while a query runs.
 * Settings and views are immutable sets: a query takes the sets of the moment and keeps them.
 */
#ifndef PZ_SESSION_H
#define PZ_SESSION_H

#include "conf.h"
#include "operation.h"

typedef struct pz_sessions pz_sessions;

typedef struct pz_sessions_options {
    pz_engine *engine;
    struct pz_catalog *catalog;                /* of tables that outlive sessions; closed by the caller, after the sessions */
    const char *warehouse;                     /* directory, or NULL: in memory */
    const pz_confs *base;                      /* settings every session starts with; server-wide settings are read from it */
} pz_sessions_options;
pz_sessions *pz_sessions_open(const pz_sessions_options *o);
void pz_sessions_close(pz_sessions *all);      /* stops operations and waits for none: close rpc/ first */
void pz_sessions_stop(pz_sessions *all);       /* interrupt every operation, accept no new ones */
void pz_sessions_sweep(pz_sessions *all);      /* once a second: expiry, abandoned operations, progress, stream durations */
pz_engine *pz_sessions_engine(pz_sessions *all);
const pz_confs *pz_sessions_base(pz_sessions *all);

typedef enum pz_session_want { PZ_SESSION_CREATE, PZ_SESSION_MUST_EXIST } pz_session_want;
/* observed: the server-side id the client saw last, or NULL.  On SESSION_CHANGED *out is set as well, so that the error can be kept. */
pz_status pz_session_get(pz_sessions *all, pz_str user, pz_str id, const pz_str *observed, pz_session_want want, pz_session **out, pz_error *err);
/* false: there was none.  *server_id gets the id it had. */
bool pz_session_release(pz_sessions *all, pz_str user, pz_str id, bool allow_reconnect, char server_id[PZ_UUID_SIZE]);
pz_status pz_session_clone(pz_session *s, pz_str new_id, pz_session **out, pz_error *err);
pz_session *pz_session_ref(pz_session *s);
void pz_session_unref(pz_session *s);
const char *pz_session_id(const pz_session *s);
const char *pz_session_server_id(const pz_session *s);
pz_sessions *pz_session_all(const pz_session *s);
pz_confs *pz_session_confs(pz_session *s);     /* a reference: unref it */
bool pz_uuid_lenient(pz_str text);             /* what Java's UUID.fromString takes */

/* ---- settings */
pz_status pz_session_set(pz_session *s, pz_str key, pz_str value, pz_arena *a, pz_error *err);
pz_status pz_session_unset(pz_session *s, pz_str key, pz_arena *a, pz_error *err); /* back to the value sessions start with */
void pz_session_reset(pz_session *s);                          /* RESET: every changeable setting */

/* ---- errors kept for FetchErrorDetails */
typedef struct pz_kept_error { pz_arena *arena; pz_error error; char id[PZ_UUID_SIZE]; int64_t since; } pz_kept_error;
void pz_session_keep_error(pz_session *s, const pz_error *e, char id[PZ_UUID_SIZE]);
pz_kept_error *pz_session_take_error(pz_session *s, pz_str id); /* NULL: none; free with pz_kept_error_free */
void pz_kept_error_free(pz_kept_error *k);

/* ---- artifacts: bytes under relative names */
pz_status pz_artifact_check_name(pz_str name, pz_error *err);
pz_status pz_session_add_artifact(pz_session *s, pz_str name, pz_str bytes, pz_error *err);
bool pz_session_has_blob(pz_session *s, pz_str name);          /* cache/... only */
/* Bytes stay valid as long as *hold is not released with pz_blob_unref. */
typedef struct pz_blob { atomic_int refs; size_t len; char bytes[]; } pz_blob;
pz_blob *pz_session_find_blob(pz_session *s, pz_str hash);     /* a reference, or NULL */
void pz_blob_unref(void *blob);

#endif

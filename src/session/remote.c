/*
 * session/remote.c - checkpointed relations: rows kept in an engine table until the client lets go of them.
 *
 * What was checkpointed is forgotten with its plan, so the next round of an iterative program begins with a scan.  A removed one stays
 * readable for queries that hold it.  Things start at pz_session_checkpoint().
 */
#include <stdlib.h>

#include "command_int.h"
#include "store.h"

pz_status
pz_session_checkpoint(pz_query *q, pz_rel *unresolved, bool eager, char id[PZ_UUID_SIZE], pz_error *err)
{
    pz_session *s = q->session;
    pz_operation *op = q->op;
    pz_stored *t;
    PZ_TRY(pz_query_analyze(q, pz_query_plan_of(q, unresolved), false, err));
    pz_query_detach(q);
    t = pz_stored_make(q, q->plan->root, PZ_STR("ExistingRDD"));
    if (eager && pz_stored_fill(t, op, err) != PZ_OK) {
        pz_stored_unref(t);
        return PZ_FAIL;
    }
    pz_uuid_make(id);
    pthread_mutex_lock(&s->lock);
    pz_table_put(&s->remotes, pz_str_c(id), t);
    pthread_mutex_unlock(&s->lock);
    return PZ_OK;
}

pz_status
pz_session_find_remote(pz_query *q, pz_str id, pz_arena *a, pz_rel **out, pz_error *err)
{
    pz_session *s = q->session;
    pz_stored *t;
    pthread_mutex_lock(&s->lock);
    t = pz_table_get(&s->remotes, id);
    if (t) pz_stored_ref(t);
    pthread_mutex_unlock(&s->lock);
    if (!t)
        return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_DATAFRAME_NOT_FOUND, PZ_NO_ORIGIN, "dfId", pz_dup(a, id).ptr, "sessionId", s->id, NULL);
    *out = pz_stored_scan_new(t, q, a);
    pz_query_hold(q, t);
    pz_stored_unref(t);
    return PZ_OK;
}

void
pz_session_remove_remote(pz_session *s, pz_str id)
{
    pz_stored *t;
    pthread_mutex_lock(&s->lock);
    t = pz_table_del(&s->remotes, id);
    pthread_mutex_unlock(&s->lock);
    pz_stored_unref(t);
}

pz_status
pz_cmd_remove_remote(pz_statement *r)
{
    pz_session_remove_remote(r->session, r->c->text);
    return PZ_OK;
}

void
pz_session_drop_remotes(pz_session *s)
{
    PZ_TABLE_EACH(&s->remotes, e) pz_stored_unref(e->value);
    pz_table_free(&s->remotes);
}

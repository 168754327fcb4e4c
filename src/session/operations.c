/*
 * session/operations.c - the operations of a session: register, find, release, abandon, and their states.
 *
 * A released or finished operation leaves a tombstone with its last state: its id cannot be used again.
 * Things start at pz_operation_open().
 */
#include <stdlib.h>

#include "session_int.h"

static int64_t
micros_of(const pz_confs *c, const char *key, int64_t otherwise)
{
    int64_t millis = pz_confs_int(c, key, otherwise);
    return millis < 0 ? -1 : millis * 1000;
}

static pz_operation *
operation_make(pz_session *s, const pz_op_options *o)
{
    pz_operation *op = pz_xcalloc(1, sizeof *op);
    atomic_init(&op->refs, 1);
    op->session = pz_session_ref(s);
    if (o->id.len) memcpy(op->id, o->id.ptr, o->id.len);
    else pz_uuid_make(op->id);
    op->reattachable = o->reattachable;
    op->held = true;
    memcpy(op->plan_hash, o->plan_hash, sizeof op->plan_hash);
    op->tags = pz_xcalloc((size_t)o->ntags, sizeof *op->tags);
    for (; op->ntags < o->ntags; op->ntags++) op->tags[op->ntags] = pz_xdup(o->tags[op->ntags]);
    pthread_mutex_init(&op->lock, NULL);
    pthread_cond_init(&op->room, NULL);
    op->detached_at = op->progress_at = pz_mono_micros();
    op->retry_bytes = pz_confs_int(s->all->base, "spark.connect.execute.reattachable.observerRetryBufferSize", 10 << 20);
    op->max_stream_bytes = pz_confs_int(s->all->base, "spark.connect.execute.reattachable.senderMaxStreamSize", 1 << 30);
    op->max_stream_micros = micros_of(s->all->base, "spark.connect.execute.reattachable.senderMaxStreamDuration", 120000);
    return op;
}

pz_operation *
pz_operation_ref(pz_operation *op)
{
    atomic_fetch_add(&op->refs, 1);
    return op;
}

void
pz_operation_unref(pz_operation *op)
{
    if (!op || atomic_fetch_sub(&op->refs, 1) != 1) return;
    for (size_t i = op->first; i < op->made_n; i++) pz_response_unref(op->made[i].response);
    free(op->made);
    if (op->sender) op->sender->unref(op->sender);
    pz_failure_unref(op->failure);
    for (int i = 0; i < op->ntags; i++) free(op->tags[i]);
    free(op->tags);
    pthread_mutex_destroy(&op->lock);
    pthread_cond_destroy(&op->room);
    pz_session_unref(op->session);
    free(op);
}

const char *
pz_operation_id(const pz_operation *op)
{
    return op->id;
}

bool
pz_operation_reattachable(const pz_operation *op)
{
    return op->reattachable;
}

static pz_status
raise_handle(pz_error *err, pz_err_id id, pz_str handle)
{
    return pz_raise(err, id, PZ_NO_ORIGIN, "handle", pz_dup(err->arena, handle).ptr, NULL);
}

/* May a second request use the operation that is there?  With the session locked. */
static pz_err_id
second_use(const pz_operation *op, const pz_op_options *o)
{
    if (!op->reattachable) return PZ_ERR_INVALID_CURSOR_NOT_REATTACHABLE;
    if (memcmp(op->plan_hash, o->plan_hash, sizeof op->plan_hash) != 0) return PZ_ERR_INVALID_HANDLE_OPERATION_ALREADY_EXISTS;
    return PZ_ERR_NONE;
}

static pz_status
check_options(const pz_op_options *o, pz_error *err)
{
    if (o->id.len && !pz_uuid_lenient(o->id)) return raise_handle(err, PZ_ERR_INVALID_HANDLE_FORMAT, o->id);
    for (int i = 0; i < o->ntags; i++) {
        if (!o->tags[i].len) return pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "Spark Connect tag cannot be an empty string.");
        if (memchr(o->tags[i].ptr, ',', o->tags[i].len))
            return pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "Spark Connect tag cannot contain ','.");
    }
    return PZ_OK;
}

pz_status
pz_operation_open(pz_session *s, const pz_op_options *o, pz_operation **out, bool *existing, pz_error *err)
{
    pz_err_id why = PZ_ERR_NONE;
    pz_operation *op = NULL;
    pz_confs *confs;
    PZ_TRY(check_options(o, err));
    *existing = false;
    pthread_mutex_lock(&s->lock);
    if (o->id.len && (op = pz_table_get(&s->operations, o->id))) {
        why = second_use(op, o);
        *existing = true;
    } else if (o->id.len && pz_table_get(&s->op_tombs, o->id)) {
        why = PZ_ERR_INVALID_HANDLE_OPERATION_ABANDONED;
    } else if (s->closed) {
        why = PZ_ERR_INVALID_HANDLE_SESSION_CLOSED;
    } else {
        op = operation_make(s, o);
        pz_table_put(&s->operations, pz_str_c(op->id), op);
        confs = s->confs;
        op->progress_micros = micros_of(confs, "spark.connect.progress.reportInterval", 2000);
    }
    if (!why) pz_operation_ref(op);
    pthread_mutex_unlock(&s->lock);
    if (why == PZ_ERR_INVALID_CURSOR_NOT_REATTACHABLE) return pz_raise(err, why, PZ_NO_ORIGIN, NULL);
    if (why == PZ_ERR_INVALID_HANDLE_SESSION_CLOSED) return raise_handle(err, why, pz_str_c(s->id));
    if (why) return raise_handle(err, why, o->id);
    *out = op;
    return PZ_OK;
}

pz_status
pz_operation_find(pz_session *s, pz_str id, bool for_release, pz_operation **out, pz_error *err)
{
    pz_op_tomb *tomb;
    bool abandoned, plain;
    pthread_mutex_lock(&s->lock);
    *out = pz_table_get(&s->operations, id);
    if (*out) pz_operation_ref(*out);
    tomb = pz_table_get(&s->op_tombs, id);
    abandoned = tomb && tomb->abandoned;
    pthread_mutex_unlock(&s->lock);
    plain = *out && !(*out)->reattachable;
    if (plain) {
        pz_operation_unref(*out);
        *out = NULL;
        return pz_raise(err, PZ_ERR_INVALID_CURSOR_NOT_REATTACHABLE, PZ_NO_ORIGIN, NULL);
    }
    if (*out || for_release) return PZ_OK;
    return raise_handle(err, abandoned ? PZ_ERR_INVALID_HANDLE_OPERATION_ABANDONED : PZ_ERR_INVALID_HANDLE_OPERATION_NOT_FOUND, id);
}

static pz_op_state
state_of(pz_operation *op, bool released)
{
    pz_op_state state;
    pthread_mutex_lock(&op->lock);
    if (op->interrupted) state = PZ_OP_CANCELLED;
    else if (!op->finished) state = PZ_OP_RUNNING;
    else if (!released) state = PZ_OP_TERMINATING;
    else state = op->failure ? PZ_OP_FAILED : PZ_OP_SUCCEEDED;
    pthread_mutex_unlock(&op->lock);
    return state;
}

static void
release(pz_operation *op, bool abandoned)
{
    pz_session *s = op->session;
    pz_op_tomb *tomb;
    pz_op_state state;
    bool ours;
    pz_operation_disconnect(op);
    state = state_of(op, true);
    pthread_mutex_lock(&s->lock);
    ours = pz_table_get(&s->operations, pz_str_c(op->id)) == op;
    if (ours) {
        pz_table_del(&s->operations, pz_str_c(op->id));
        tomb = pz_xcalloc(1, sizeof *tomb);
        *tomb = (pz_op_tomb){state, abandoned};
        free(pz_table_put(&s->op_tombs, pz_str_c(op->id), tomb));
        if (s->op_tombs.n > PZ_OP_TOMBSTONES) free(pz_table_del(&s->op_tombs, pz_entry_key(s->op_tombs.oldest)));
    }
    pthread_mutex_unlock(&s->lock);
    if (ours) pz_operation_unref(op);
}

void
pz_operation_release_all(pz_operation *op)
{
    release(op, false);
}

/* ---- all operations of a session ---- */
static pz_operation **
list_operations(pz_session *s, int *n)
{
    pz_operation **list;
    pthread_mutex_lock(&s->lock);
    list = pz_xcalloc((size_t)s->operations.n + 1, sizeof *list);
    *n = 0;
    PZ_TABLE_EACH(&s->operations, e) list[(*n)++] = pz_operation_ref(e->value);
    pthread_mutex_unlock(&s->lock);
    return list;
}

void
pz_session_drop_operations(pz_session *s)
{
    int n;
    pz_operation **list = list_operations(s, &n);
    for (int i = 0; i < n; i++) {
        release(list[i], false);
        pz_operation_unref(list[i]);
    }
    free(list);
}

void
pz_session_interrupt(pz_session *s, int kind, pz_str what, pz_arena *a, pz_strs *ids)
{
    int n;
    pz_operation **list = list_operations(s, &n);
    for (int i = 0; i < n; i++) {
        pz_operation *op = list[i];
        bool hit = kind == 1 || (kind == 2 && pz_operation_has_tag(op, what)) || (kind == 3 && pz_str_eqc(what, op->id));
        if (hit && pz_operation_interrupt(op)) pz_vec_push(a, ids, pz_dupc(a, op->id));
        pz_operation_unref(op);
    }
    free(list);
}

/* Progress and overdue streams of one operation; true if nobody has cared for it for too long. */
static bool
sweep(pz_operation *op, int64_t now, int64_t detached_timeout)
{
    bool abandoned, progress, overdue;
    pz_sender *s;
    pthread_mutex_lock(&op->lock);
    abandoned = !op->sender && detached_timeout >= 0 && now - op->detached_at > detached_timeout;
    progress = !op->finished && !op->interrupted && op->sender && op->progress_micros >= 0 && now - op->progress_at >= op->progress_micros &&
               op->next == op->made_n;
    if (progress) op->progress_at = now;
    overdue = op->sender && op->reattachable && op->max_stream_micros > 0 && now - op->attached_at > op->max_stream_micros;
    s = overdue ? op->sender : NULL;
    if (s) s->ref(s);
    pthread_mutex_unlock(&op->lock);
    if (progress) {
        double percent = -1;
        pthread_mutex_lock(&op->lock);
        if (op->run) percent = pz_run_progress(op->run);
        pthread_mutex_unlock(&op->lock);
        (void)pz_operation_offer(op, pz_progress_response(op, percent));
    }
    if (s) {
        s->wake(s);
        s->unref(s);
    }
    return abandoned;
}

void
pz_session_sweep_operations(pz_session *s, int64_t now)
{
    int n;
    pz_operation **list = list_operations(s, &n);
    for (int i = 0; i < n; i++) {
        if (sweep(list[i], now, s->all->detached_timeout)) release(list[i], true);
        pz_operation_unref(list[i]);
    }
    free(list);
}

/* ---- states ---- */
static void
add_state(pz_session *s, pz_str id, pz_arena *a, pz_op_statuses *out)
{
    pz_operation *op = pz_table_get(&s->operations, id);
    pz_op_tomb *tomb = pz_table_get(&s->op_tombs, id);
    pz_op_status one = {pz_dup(a, id), op ? state_of(op, false) : tomb ? tomb->state : PZ_OP_UNKNOWN};
    for (int i = 0; i < out->n; i++)
        if (pz_str_eq(out->data[i].id, id)) return;
    pz_vec_push(a, out, one);
}

void
pz_session_op_states(pz_session *s, const pz_str *ids, int n, pz_arena *a, pz_op_statuses *out)
{
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < n; i++) add_state(s, ids[i], a, out);
    if (!n) {
        PZ_TABLE_EACH(&s->operations, e) add_state(s, pz_entry_key(e), a, out);
        PZ_TABLE_EACH(&s->op_tombs, e) add_state(s, pz_entry_key(e), a, out);
    }
    pthread_mutex_unlock(&s->lock);
}

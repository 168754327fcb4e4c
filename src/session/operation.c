/*
 * session/operation.c - the buffer between the producer of responses and the RPC that sends them, and the operation's life.
 *
 * Positions: made[i] is response i + 1.  Held are made[first .. made_n); an evicted response keeps its id, so that a client asking
 * for it learns that it is gone rather than unknown.  The producer waits while more than UNSENT_MAX bytes are unsent, whether a
 * sender is attached or not.  Registry and life of operations: operations.c.  Things start at pz_operation_append() and
 * pz_operation_next().
 */
#include <stdio.h>
#include <stdlib.h>

#include "session_int.h"

enum { UNSENT_MAX = 32 << 20, HELD_MAX = 256 << 10 };

/* ---- responses ---- */
pz_response *
pz_response_make(const char id[PZ_UUID_SIZE], int max_pieces)
{
    pz_response *r = pz_xcalloc(1, sizeof *r + (size_t)max_pieces * sizeof(pz_ipc_piece));
    atomic_init(&r->refs, 1);
    memcpy(r->id, id, PZ_UUID_SIZE);
    return r;
}

void
pz_response_add(pz_response *r, pz_ipc_piece piece)
{
    r->bytes += piece.len;
    r->pieces[r->n++] = piece;
}

pz_response *
pz_response_ref(pz_response *r)
{
    atomic_fetch_add(&r->refs, 1);
    return r;
}

void
pz_response_unref(void *response)
{
    pz_response *r = response;
    if (!r || atomic_fetch_sub(&r->refs, 1) != 1) return;
    for (int i = 0; i < r->n; i++)
        if (r->pieces[i].release) r->pieces[i].release(r->pieces[i].release_arg);
    free(r);
}

/* ---- the buffer; all with the operation locked ---- */
static void
evict_to(pz_operation *op, size_t first)
{
    for (; op->first < first && op->first < op->made_n; op->first++) {
        if (op->first >= op->next) op->unsent_bytes -= op->made[op->first].response->bytes;
        pz_response_unref(op->made[op->first].response);
        op->made[op->first].response = NULL;
    }
    if (op->next < op->first) op->next = op->first;
}

/* Response `sent` was handed out: keep it and what precedes it up to the retry buffer's size. */
static void
evict_sent(pz_operation *op, size_t sent)
{
    size_t keep = sent;
    int64_t bytes = (int64_t)op->made[sent].response->bytes;
    if (!op->reattachable) {
        evict_to(op, sent + 1);
        return;
    }
    while (keep > op->first && bytes < op->retry_bytes) bytes += (int64_t)op->made[--keep].response->bytes;
    evict_to(op, keep);
}

/* Index of a response by id; -1: never made. */
static ptrdiff_t
find_response(const pz_operation *op, pz_str id)
{
    for (size_t i = op->made_n; i-- > 0;)
        if (pz_str_eqc(id, op->made[i].id)) return (ptrdiff_t)i;
    return -1;
}

static void
push(pz_operation *op, pz_response *r)
{
    if (op->made_n == op->made_cap) {
        op->made_cap = op->made_cap ? op->made_cap * 2 : 8;
        op->made = realloc(op->made, op->made_cap * sizeof *op->made);
        pz_assert(op->made);
    }
    memcpy(op->made[op->made_n].id, r->id, PZ_UUID_SIZE);
    op->made[op->made_n++].response = r;
    op->unsent_bytes += r->bytes;
}

/* Take a reference of the sender under the lock, wake it after: the RPC may end in between. */
static pz_sender *
hold_sender(pz_operation *op)
{
    if (op->sender) op->sender->ref(op->sender);
    return op->sender;
}

static void
wake(pz_sender *s)
{
    if (!s) return;
    s->wake(s);
    s->unref(s);
}

/* ---- the producer ---- */
static pz_status
raise_canceled(pz_error *err)
{
    return pz_raise_as(err, PZ_CLASS_SparkSQLException, PZ_ERR_OPERATION_CANCELED, PZ_NO_ORIGIN, NULL);
}

bool
pz_operation_offer(pz_operation *op, pz_response *r)
{
    bool over;
    pz_sender *s = NULL;
    pthread_mutex_lock(&op->lock);
    over = op->interrupted || op->finished;
    if (!over) {
        push(op, r);
        if (op->unsent_bytes > HELD_MAX) op->held = false;
        if (!op->held) s = hold_sender(op);
    }
    pthread_mutex_unlock(&op->lock);
    if (over) pz_response_unref(r);
    wake(s);
    return !over;
}

pz_status
pz_operation_append(pz_operation *op, pz_response *r, pz_error *err)
{
    bool interrupted;
    if (!pz_operation_offer(op, r)) return raise_canceled(err);
    pthread_mutex_lock(&op->lock);
    while (op->unsent_bytes > UNSENT_MAX && !op->interrupted) pthread_cond_wait(&op->room, &op->lock);
    interrupted = op->interrupted;
    pthread_mutex_unlock(&op->lock);
    return interrupted ? raise_canceled(err) : PZ_OK;
}

void
pz_operation_unhold(pz_operation *op)
{
    pz_sender *s = NULL;
    pthread_mutex_lock(&op->lock);
    if (op->held) {
        op->held = false;
        s = hold_sender(op);
    }
    pthread_mutex_unlock(&op->lock);
    wake(s);
}

pz_status
pz_operation_check(pz_operation *op, pz_error *err)
{
    bool interrupted;
    pthread_mutex_lock(&op->lock);
    interrupted = op->interrupted;
    pthread_mutex_unlock(&op->lock);
    return interrupted ? raise_canceled(err) : PZ_OK;
}

static bool
set_run(pz_operation *op, pz_run *run)
{
    bool interrupted;
    pthread_mutex_lock(&op->lock);
    op->run = run;
    interrupted = op->interrupted;
    pthread_mutex_unlock(&op->lock);
    return !interrupted;
}

pz_status
pz_operation_start(pz_operation *op, pz_run *run, const pz_run_settings *s, pz_str sql, pz_error *err)
{
    return op && !set_run(op, run) ? raise_canceled(err) : pz_run_start(run, s, sql, err);
}

void
pz_operation_close(pz_operation *op, pz_run *run)
{
    if (op) (void)set_run(op, NULL);
    pz_run_close(run);
}

void
pz_operation_finish(pz_operation *op, pz_response *last, pz_failure *failure)
{
    pz_sender *s;
    bool nobody;
    pthread_mutex_lock(&op->lock);
    op->run = NULL;
    if (last) push(op, last);
    op->finished = true;
    op->held = false;
    op->failure = failure;
    s = hold_sender(op);
    nobody = !op->reattachable && !op->sender;
    pthread_mutex_unlock(&op->lock);
    wake(s);
    if (nobody) pz_operation_release_all(op);
}

/* ---- the sender ---- */
pz_status
pz_operation_attach(pz_operation *op, pz_sender *s, const pz_str *after_response, pz_error *err)
{
    pz_sender *old = NULL;
    size_t from = 0;
    pz_str id = after_response && after_response->len ? *after_response : PZ_STR("");
    pz_err_id why = PZ_ERR_NONE;
    char index[24];
    pthread_mutex_lock(&op->lock);
    if (id.len) {
        ptrdiff_t at = find_response(op, id);
        from = (size_t)(at + 1);
        if (at < 0) why = PZ_ERR_INVALID_CURSOR_POSITION_NOT_FOUND;
    }
    if (!why && from < op->first) why = PZ_ERR_INVALID_CURSOR_POSITION_NOT_AVAILABLE;
    if (!why) {
        old = op->sender;
        s->ref(s);
        op->sender = s;
        op->next = from;
        op->sender_bytes = 0;
        op->unsent_bytes = 0;
        for (size_t i = from; i < op->made_n; i++) op->unsent_bytes += op->made[i].response->bytes;
        op->attached_at = pz_mono_micros();
    }
    pthread_mutex_unlock(&op->lock);
    if (old) {
        old->wake(old);
        old->unref(old);                       /* the reference the operation held */
    }
    snprintf(index, sizeof index, "%zu", from + 1);
    if (why == PZ_ERR_INVALID_CURSOR_POSITION_NOT_AVAILABLE)
        return pz_raise(err, why, PZ_NO_ORIGIN, "index", index, "responseId", pz_dup(err->arena, id).ptr, NULL);
    if (why) return pz_raise(err, why, PZ_NO_ORIGIN, "responseId", pz_dup(err->arena, id).ptr, NULL);
    return PZ_OK;
}

static pz_failure *
disconnected(pz_session *session)
{
    pz_arena *a = pz_arena_open();
    pz_error e;
    pz_failure *f;
    pz_error_init(&e, a);
    (void)pz_raise(&e, PZ_ERR_INVALID_CURSOR_DISCONNECTED, PZ_NO_ORIGIN, NULL);
    f = pz_failure_make(session, &e);
    pz_arena_close(a);
    return f;
}

static bool
stream_is_over(const pz_operation *op)
{
    if (!op->reattachable) return false;
    if (op->max_stream_bytes > 0 && (int64_t)op->sender_bytes > op->max_stream_bytes) return true;
    return op->max_stream_micros > 0 && pz_mono_micros() - op->attached_at > op->max_stream_micros;
}

pz_next
pz_operation_next(pz_operation *op, pz_sender *s, pz_response **out, pz_follow *follow, pz_failure **failure)
{
    pz_next what = PZ_NEXT_WAIT;
    bool room = false;
    pthread_mutex_lock(&op->lock);
    if (op->sender != s || op->disconnected) {
        what = PZ_NEXT_FAIL;
    } else if (stream_is_over(op)) {
        what = PZ_NEXT_END;
    } else if (op->held) {
        what = PZ_NEXT_WAIT;
    } else if (op->next < op->made_n) {
        size_t i = op->next++;
        *out = pz_response_ref(op->made[i].response);
        op->unsent_bytes -= (*out)->bytes;
        op->sender_bytes += (*out)->bytes;
        evict_sent(op, i);
        room = op->unsent_bytes <= UNSENT_MAX;
        *follow = op->next < op->made_n ? PZ_FOLLOW_NOW : op->finished && !op->failure ? PZ_FOLLOW_NONE : PZ_FOLLOW_LATER;
        what = PZ_NEXT_RESPONSE;
    } else if (op->finished) {
        what = op->failure ? PZ_NEXT_FAIL : PZ_NEXT_END;
        if (op->failure) *failure = pz_failure_ref(op->failure);
    }
    if (room) pthread_cond_signal(&op->room);
    pthread_mutex_unlock(&op->lock);
    if (what == PZ_NEXT_FAIL && !*failure) *failure = disconnected(op->session);
    return what;
}

void
pz_operation_detach(pz_operation *op, pz_sender *s)
{
    bool ours, over = false;
    pthread_mutex_lock(&op->lock);
    ours = op->sender == s;
    if (ours) {
        op->sender = NULL;
        op->detached_at = pz_mono_micros();
        over = op->finished;
    }
    pthread_mutex_unlock(&op->lock);
    if (!ours) return;
    s->unref(s);
    if (op->reattachable) return;
    if (over) pz_operation_release_all(op);
    else pz_operation_interrupt(op);           /* finish() lets go of it */
}

/* ---- others ---- */
bool
pz_operation_interrupt(pz_operation *op)
{
    bool done;
    pthread_mutex_lock(&op->lock);
    done = !op->finished && !op->interrupted;
    if (done) {
        op->interrupted = true;
        if (op->run) pz_run_interrupt(op->run);
        pthread_cond_broadcast(&op->room);
    }
    pthread_mutex_unlock(&op->lock);
    return done;
}

void
pz_operation_disconnect(pz_operation *op)
{
    pz_sender *s;
    pthread_mutex_lock(&op->lock);
    op->disconnected = true;
    s = hold_sender(op);
    pthread_mutex_unlock(&op->lock);
    pz_operation_interrupt(op);
    wake(s);
}

pz_status
pz_operation_release_until(pz_operation *op, pz_str response_id, pz_error *err)
{
    ptrdiff_t at;
    pthread_mutex_lock(&op->lock);
    at = find_response(op, response_id);
    if (at >= 0) {
        evict_to(op, (size_t)at + 1);
        pthread_cond_signal(&op->room);
    }
    pthread_mutex_unlock(&op->lock);
    if (at >= 0) return PZ_OK;
    return pz_raise(err, PZ_ERR_INVALID_CURSOR_POSITION_NOT_FOUND, PZ_NO_ORIGIN, "responseId", pz_dup(err->arena, response_id).ptr, NULL);
}

bool
pz_operation_has_tag(const pz_operation *op, pz_str tag)
{
    for (int i = 0; i < op->ntags; i++)
        if (pz_str_eqc(tag, op->tags[i])) return true;
    return false;
}

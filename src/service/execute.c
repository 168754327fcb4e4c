/*
 * service/execute.c - ExecutePlan and ReattachExecute: from the request to an operation, and what the operation does.
 *
 * pz_execute_begin() checks and registers, on the caller's time; pz_execute_run() works on the plan until the end and puts responses
 * into the operation.  Commands: execute_command.c.  Rows: rows.c.
 */
#include <stdlib.h>

#include "service_int.h"

enum { CHUNK_MIN = 1024, CHUNK_DEFAULT = 120795955 };

/* ---- the request ---- */
static void
read_options(pz_execution *x, bool *reattachable)
{
    const Spark__Connect__ExecutePlanRequest *m = x->request;
    pz_confs *c = pz_session_confs(x->session);
    int64_t max = pz_confs_int(c, "spark.connect.session.resultChunking.maxChunkSize", CHUNK_DEFAULT), wanted = 0;
    pz_confs_unref(c);
    for (size_t i = 0; i < m->n_request_options; i++) {
        const Spark__Connect__ExecutePlanRequest__RequestOption *o = m->request_options[i];
        if (o->request_option_case == SPARK__CONNECT__EXECUTE_PLAN_REQUEST__REQUEST_OPTION__REQUEST_OPTION_REATTACH_OPTIONS)
            *reattachable |= o->reattach_options->reattachable;
        if (o->request_option_case != SPARK__CONNECT__EXECUTE_PLAN_REQUEST__REQUEST_OPTION__REQUEST_OPTION_RESULT_CHUNKING_OPTIONS) continue;
        x->chunking = o->result_chunking_options->allow_arrow_batch_chunking;
        if (o->result_chunking_options->_preferred_arrow_chunk_size_case) wanted = o->result_chunking_options->preferred_arrow_chunk_size;
    }
    x->chunk_bytes = wanted >= CHUNK_MIN && wanted <= max ? wanted : max;
}

static pz_status
open_operation(pz_execution *x, bool *existing)
{
    const Spark__Connect__ExecutePlanRequest *m = x->request;
    pz_str plan = PZ_STR("");
    pz_op_options o = {.id = pz_str_c(m->_operation_id_case ? m->operation_id : "")};
    pz_str *tags = PZ_NEWN(x->keep->arena, pz_str, m->n_tags + 1);
    for (size_t i = 0; i < m->n_tags; i++) tags[i] = pz_str_c(m->tags[i]);
    o.tags = tags;
    o.ntags = (int)m->n_tags;
    read_options(x, &o.reattachable);
    (void)pz_wire_field(x->bytes, 3, &plan);
    o.plan_hash[0] = pz_hash_bytes(plan.ptr, plan.len, 1);
    o.plan_hash[1] = pz_hash_bytes(plan.ptr, plan.len, 2) ^ plan.len;
    return pz_operation_open(x->session, &o, &x->op, existing, &x->err);
}

static void
execution_free(pz_execution *x)
{
    pz_operation_unref(x->op);
    pz_session_unref(x->session);
    pz_shared_unref(x->keep);
    free(x);
}

static pz_execution *
execution_make(pz_str bytes)
{
    pz_execution *x = calloc(1, sizeof *x);
    pz_assert(x);
    x->keep = pz_shared_open();
    x->bytes = bytes;
    pz_error_init(&x->err, x->keep->arena);
    return x;
}

pz_failure *
pz_execute_begin(pz_sessions *all, pz_str bytes, pz_sender *sender, pz_operation **op, pz_execution **run)
{
    pz_execution *x = execution_make(bytes);
    const Spark__Connect__ExecutePlanRequest *m;
    ProtobufCMessage *message;
    pz_failure *f = NULL;
    pz_str observed;
    bool existing = false;
    *run = NULL;
    if (pz_unpack(&spark__connect__execute_plan_request__descriptor, x->bytes.ptr, x->bytes.len, x->keep->arena, &message, &x->err) != PZ_OK) {
        execution_free(x);
        return pz_garbage();
    }
    x->request = m = (const Spark__Connect__ExecutePlanRequest *)message;
    observed = pz_str_c(PZ_OBSERVED(m));
    if (pz_session_get(all, pz_str_c(m->user_context ? m->user_context->user_id : ""), pz_str_c(m->session_id), observed.ptr ? &observed : NULL,
                       PZ_SESSION_CREATE, &x->session, &x->err) != PZ_OK ||
        open_operation(x, &existing) != PZ_OK || pz_operation_attach(x->op, sender, NULL, &x->err) != PZ_OK) {
        f = pz_failure_make(x->session, &x->err);
        execution_free(x);
        return f;
    }
    *op = pz_operation_ref(x->op);
    if (existing) execution_free(x);
    else *run = x;
    return NULL;
}

pz_failure *
pz_reattach(pz_sessions *all, pz_str bytes, pz_sender *sender, pz_operation **op)
{
    pz_shared *keep = pz_shared_open();
    pz_error err;
    pz_request r = {.sessions = all, .bytes = bytes, .keep = keep, .a = keep->arena, .err = &err};
    Spark__Connect__ReattachExecuteRequest *m = NULL;
    pz_operation *found = NULL;
    pz_failure *f = NULL;
    pz_status st;
    pz_error_init(&err, keep->arena);
    st = pz_request_unpack(&r, &spark__connect__reattach_execute_request__descriptor, &m);
    if (st == PZ_OK) st = pz_request_session(&r, m->session_id, m->user_context, PZ_OBSERVED(m), PZ_SESSION_MUST_EXIST);
    if (st == PZ_OK) st = pz_operation_find(r.session, pz_str_c(m->operation_id), false, &found, &err);
    if (st == PZ_OK) {
        pz_str last = pz_str_c(m->_last_response_id_case ? m->last_response_id : "");
        st = pz_operation_attach(found, sender, &last, &err);
    }
    if (st == PZ_OK) *op = found;
    else {
        f = r.garbage ? pz_garbage() : pz_failure_make(r.session, &err);
        pz_operation_unref(found);
    }
    pz_session_unref(r.session);
    pz_shared_unref(keep);
    return f;
}

/* ---- the work ---- */
static pz_status
not_set(pz_error *err, const char *message, const char *name)
{
    return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_ONE_OF_FIELD_NOT_SET, PZ_NO_ORIGIN, "fullName", message, "name", name, NULL);
}

static pz_status
work(pz_execution *x)
{
    const Spark__Connect__Plan *plan = x->request->plan, *inner;
    pz_arena *a = x->keep->arena;
    pz_str bytes = PZ_STR("");
    pz_confs *c;
    int64_t max;
    if (!plan) return not_set(&x->err, "spark.connect.Plan", "OPTYPE_NOT_SET");
    c = pz_session_confs(x->session);
    max = pz_confs_int(c, "spark.connect.maxPlanSize", 512 << 20);
    pz_confs_unref(c);
    PZ_TRY(pz_decode_inflate(plan, max, a, &inner, &x->err));
    if (inner != plan) bytes = pz_pack(&inner->base, a);
    else (void)pz_wire_field(x->bytes, 3, &bytes);
    switch (inner->op_type_case) {
    case SPARK__CONNECT__PLAN__OP_TYPE_ROOT:
        (void)pz_wire_field(bytes, 1, &bytes);
        return pz_execute_relation(x, inner->root, bytes);
    case SPARK__CONNECT__PLAN__OP_TYPE_COMMAND:
        (void)pz_wire_field(bytes, 2, &bytes);
        return pz_execute_command(x, inner->command, bytes);
    default:
        return not_set(&x->err, "spark.connect.Plan", "OPTYPE_NOT_SET");
    }
}

void
pz_execute_run(pz_execution *x)
{
    pz_failure *f = NULL;
    pz_response *last = NULL;
    int64_t start = pz_mono_micros();
    pz_status st = work(x);
    if (st == PZ_OK) st = pz_operation_check(x->op, &x->err);
    if (st != PZ_OK) {
        pz_error canceled;                     /* whatever broke after an interrupt broke because of it */
        pz_error_init(&canceled, x->keep->arena);
        f = pz_failure_make(x->session, pz_operation_check(x->op, &canceled) == PZ_OK ? &x->err : &canceled);
    } else if (pz_operation_reattachable(x->op)) {
        last = pz_respond(x->op, PZ_RESPOND_COMPLETE, PZ_STR(""));
    }
    if (pz_log_on(PZ_LOG_DEBUG))
        pz_log(PZ_LOG_DEBUG, "event=operation_done id=%s ok=%d micros=%lld", pz_operation_id(x->op), st == PZ_OK, (long long)(pz_mono_micros() - start));
    pz_operation_finish(x->op, last, f);
    execution_free(x);
}

/* ---- relations ---- */
/* Errors at run time tell where in the text they happened; the text they mean is that of the plan's first SQL relation. */
static pz_walk
find_sql(pz_rel *r, void *arg)
{
    pz_str *text = arg;
    if (r->kind != PZ_REL_SQL) return PZ_WALK_ON;
    *text = r->u.sql.text;
    return PZ_WALK_STOP;
}

pz_status
pz_prepare_query(pz_session *s, pz_operation *op, pz_shared *keep, const Spark__Connect__Relation *m, pz_str bytes, bool run, pz_query **out,
                 pz_error *err)
{
    pz_rel *root;
    pz_query *q = pz_plan_cache_get(s, bytes);
    pz_status st;
    *out = q;
    if (q) return PZ_OK;
    *out = q = pz_query_open(s, op, keep);
    q->is_volatile = pz_text_is_volatile(bytes);
    st = pz_decode_relation(m, q->arena, &root, err);
    if (st == PZ_OK) {
        pz_str text = {NULL, 0};
        pz_walk_rel(root, find_sql, &text);
        if (text.ptr) {
            q->source = PZ_NEW(q->arena, pz_source);
            q->source->text = pz_query_sql_text(q, text, q->arena);
        }
        q->unresolved = root;
        st = pz_query_analyze(q, pz_query_plan_of(q, root), run, err);
    }
    q->op = NULL;
    if (st == PZ_OK) {
        pz_plan_cache_put(s, bytes, q);
        return PZ_OK;
    }
    pz_query_unref(q);
    *out = NULL;
    return PZ_FAIL;
}

pz_status
pz_execute_relation(pz_execution *x, const Spark__Connect__Relation *m, pz_str bytes)
{
    pz_query *q;
    pz_status st;
    PZ_TRY(pz_prepare_query(x->session, x->op, x->keep, m, bytes, true, &q, &x->err));
    st = pz_send_rows(x, q);
    pz_query_unref(q);
    return st;
}

/*
 * service/control.c - the small RPCs about operations and sessions: Interrupt, ReleaseExecute, ReleaseSession, CloneSession, GetStatus,
 * ArtifactStatus.
 */
#include "service_int.h"

/* ---- Interrupt ---- */
static pz_status
need(pz_request *r, pz_err_id id, const char *parameter)
{
    return pz_raise_as(r->err, PZ_CLASS_SparkSQLException, id, PZ_NO_ORIGIN, "parameter", parameter, "functionName", "interrupt", NULL);
}

pz_status
pz_serve_interrupt(pz_request *r)
{
    Spark__Connect__InterruptRequest *m;
    pz_strs ids = {0};
    pz_str what = PZ_STR("");
    PZ_REQUEST(r, m, spark__connect__interrupt_request__descriptor, PZ_SESSION_CREATE);
    switch ((int)m->interrupt_type) {
    case SPARK__CONNECT__INTERRUPT_REQUEST__INTERRUPT_TYPE__INTERRUPT_TYPE_ALL: break;
    case SPARK__CONNECT__INTERRUPT_REQUEST__INTERRUPT_TYPE__INTERRUPT_TYPE_TAG:
        if (m->interrupt_case != SPARK__CONNECT__INTERRUPT_REQUEST__INTERRUPT_OPERATION_TAG || !m->operation_tag[0])
            return need(r, PZ_ERR_INVALID_PARAMETER_VALUE_INTERRUPT_TYPE_TAG_REQUIRES_TAG, "operation_tag");
        what = pz_str_c(m->operation_tag);
        break;
    case SPARK__CONNECT__INTERRUPT_REQUEST__INTERRUPT_TYPE__INTERRUPT_TYPE_OPERATION_ID:
        if (m->interrupt_case != SPARK__CONNECT__INTERRUPT_REQUEST__INTERRUPT_OPERATION_ID || !m->operation_id[0])
            return need(r, PZ_ERR_INVALID_PARAMETER_VALUE_INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID, "operation_id");
        what = pz_str_c(m->operation_id);
        break;
    default:
        return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_INTERRUPT_TYPE, PZ_NO_ORIGIN, "interruptType",
                        m->interrupt_type ? "UNRECOGNIZED" : "INTERRUPT_TYPE_UNSPECIFIED", NULL);
    }
    pz_session_interrupt(r->session, (int)m->interrupt_type, what, r->a, &ids);
    pz_answer_ids(r, 1, 3);
    for (int i = 0; i < ids.n; i++) pz_put_text(&r->out, 2, ids.data[i]);
    return PZ_OK;
}

/* ---- ReleaseExecute; the observed id is not looked at ---- */
pz_status
pz_serve_release_execute(pz_request *r)
{
    Spark__Connect__ReleaseExecuteRequest *m;
    pz_operation *op;
    pz_status st = PZ_OK;
    PZ_TRY(pz_request_unpack(r, &spark__connect__release_execute_request__descriptor, &m));
    PZ_TRY(pz_request_session(r, m->session_id, m->user_context, NULL, PZ_SESSION_MUST_EXIST));
    PZ_TRY(pz_operation_find(r->session, pz_str_c(m->operation_id), true, &op, r->err));
    pz_answer_ids(r, 1, 3);
    if (!op) return PZ_OK;
    if (m->release_case == SPARK__CONNECT__RELEASE_EXECUTE_REQUEST__RELEASE_RELEASE_ALL) pz_operation_release_all(op);
    else if (m->release_case == SPARK__CONNECT__RELEASE_EXECUTE_REQUEST__RELEASE_RELEASE_UNTIL)
        st = pz_operation_release_until(op, pz_str_c(m->release_until->response_id), r->err);
    else st = pz_raise_text(r->err, PZ_CLASS_JavaUnsupportedOperationException, "Unknown ReleaseExecute type!");
    pz_put_textc(&r->out, 2, pz_operation_id(op));
    pz_operation_unref(op);
    return st;
}

/* ---- ReleaseSession ---- */
pz_status
pz_serve_release_session(pz_request *r)
{
    Spark__Connect__ReleaseSessionRequest *m;
    char server_id[PZ_UUID_SIZE];
    PZ_TRY(pz_request_unpack(r, &spark__connect__release_session_request__descriptor, &m));
    pz_put_textc(&r->out, 1, m->session_id);
    if (pz_session_release(r->sessions, pz_str_c(m->user_context ? m->user_context->user_id : ""), pz_str_c(m->session_id), m->allow_reconnect, server_id))
        pz_put_textc(&r->out, 2, server_id);
    return PZ_OK;
}

/* ---- CloneSession ---- */
pz_status
pz_serve_clone(pz_request *r)
{
    Spark__Connect__CloneSessionRequest *m;
    pz_session *made;
    PZ_REQUEST(r, m, spark__connect__clone_session_request__descriptor, PZ_SESSION_MUST_EXIST);
    PZ_TRY(pz_session_clone(r->session, pz_str_c(m->_new_session_id_case ? m->new_session_id : ""), &made, r->err));
    pz_answer_ids(r, 1, 2);
    pz_put_textc(&r->out, 3, pz_session_id(made));
    pz_put_textc(&r->out, 4, pz_session_server_id(made));
    pz_session_unref(made);
    return PZ_OK;
}

/* ---- GetStatus ---- */
pz_status
pz_serve_status(pz_request *r)
{
    Spark__Connect__GetStatusRequest *m;
    pz_op_statuses list = {0};
    pz_strs ids = {0};
    PZ_REQUEST(r, m, spark__connect__get_status_request__descriptor, PZ_SESSION_MUST_EXIST);
    pz_answer_ids(r, 1, 2);
    if (!m->_operation_status_case) return PZ_OK;
    for (size_t i = 0; i < m->operation_status->n_operation_ids; i++) pz_vec_push(r->a, &ids, pz_str_c(m->operation_status->operation_ids[i]));
    pz_session_op_states(r->session, ids.data, ids.n, r->a, &list);
    for (int i = 0; i < list.n; i++) {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_put_text(&b, 1, list.data[i].id);
        pz_put_int(&b, 2, list.data[i].state);
        pz_put_text(&r->out, 3, pz_buf_view(&b));
        pz_buf_free(&b);
    }
    return PZ_OK;
}

/* ---- ArtifactStatus ---- */
pz_status
pz_serve_artifact_status(pz_request *r)
{
    Spark__Connect__ArtifactStatusesRequest *m;
    PZ_REQUEST(r, m, spark__connect__artifact_statuses_request__descriptor, PZ_SESSION_CREATE);
    pz_answer_ids(r, 2, 3);
    for (size_t i = 0; i < m->n_names; i++) {  /* map entries { key = 1, value = 2 ArtifactStatus { exists = 1 } } */
        pz_buf b;
        pz_str status = pz_session_has_blob(r->session, pz_str_c(m->names[i])) ? PZ_STR("\x08\x01") : PZ_STR("");
        pz_buf_init(&b, 0);
        pz_put_textc(&b, 1, m->names[i]);
        pz_put_text(&b, 2, status);
        pz_put_text(&r->out, 1, pz_buf_view(&b));
        pz_buf_free(&b);
    }
    return PZ_OK;
}

/*
 * service/fetch_error.c - FetchErrorDetails: the whole error once, by its id.
 */
#include "service_int.h"

/* QueryContext { object_type = 1, object_name = 2, start = 3, stop = 4, fragment = 5, call_site = 6, summary = 7, context_type = 10 } */
static void
put_context(pz_buf *out, const pz_error *e, pz_arena *a)
{
    pz_context c;
    pz_buf b;
    if (!pz_error_context(e, a, &c)) return;
    pz_buf_init(&b, 0);
    if (c.object_type.len) pz_put_text(&b, 1, c.object_type);
    if (c.object_name.len) pz_put_text(&b, 2, c.object_name);
    if (!c.is_dataframe) {
        pz_put_int(&b, 3, c.start_index);
        pz_put_int(&b, 4, c.stop_index);
    }
    pz_put_text(&b, 5, c.fragment);
    if (c.call_site.len) pz_put_text(&b, 6, c.call_site);
    pz_put_text(&b, 7, c.summary);
    if (c.is_dataframe) pz_put_int(&b, 10, 1);
    pz_put_text(out, 3, pz_buf_view(&b));
    pz_buf_free(&b);
}

/* SparkThrowable { error_class = 1, message_parameters = 2, query_contexts = 3, sql_state = 4 } */
static void
put_throwable(pz_buf *out, const pz_error *e, pz_arena *a)
{
    const pz_err_row *row = pz_err_info(e->id);
    pz_buf b;
    if (!row->condition[0]) return;
    pz_buf_init(&b, 0);
    pz_put_textc(&b, 1, row->condition);
    for (int i = 0; i < e->nparams; i++) {
        pz_buf entry;
        pz_buf_init(&entry, 0);
        pz_put_text(&entry, 1, e->params[i].name);
        pz_put_text(&entry, 2, e->params[i].value);
        pz_put_text(&b, 2, pz_buf_view(&entry));
        pz_buf_free(&entry);
    }
    put_context(&b, e, a);
    if (row->sqlstate[0]) pz_put_textc(&b, 4, row->sqlstate);
    pz_put_text(out, 5, pz_buf_view(&b));
    pz_buf_free(&b);
}

/* Error { error_type_hierarchy = 1, message = 2, stack_trace = 3, cause_idx = 4, spark_throwable = 5 } */
static void
put_error(pz_buf *out, const pz_error *e, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    for (const char *p = pz_err_class_chain(e->klass); *p;) {
        size_t n = strcspn(p, ",");
        pz_put_text(&b, 1, (pz_str){p, n});
        p += n + (p[n] == ',');
    }
    pz_put_text(&b, 2, pz_error_text(e, a));
    put_throwable(&b, e, a);
    pz_put_text(out, 2, pz_buf_view(&b));
    pz_buf_free(&b);
}

/* The answer carries neither session id nor, when nothing is found, anything else. */
pz_status
pz_serve_fetch_error(pz_request *r)
{
    Spark__Connect__FetchErrorDetailsRequest *m;
    pz_kept_error *k;
    PZ_REQUEST(r, m, spark__connect__fetch_error_details_request__descriptor, PZ_SESSION_CREATE);
    k = pz_session_take_error(r->session, pz_str_c(m->error_id));
    if (!k) return PZ_OK;
    pz_put_int(&r->out, 1, 0);
    put_error(&r->out, &k->error, r->a);
    pz_kept_error_free(k);
    return PZ_OK;
}

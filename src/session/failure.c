/*
 * session/failure.c - an error as the end of an RPC: gRPC code, text, and google.rpc.Status with one ErrorInfo.
 *
 * The status message is cut at MESSAGE_MAX characters; condition and parameters are left out together when they are too big for a
 * trailer.  The whole error stays in the session for FetchErrorDetails.  Things start at pz_failure_make().
 */
#include <stdlib.h>

#include "respond.h"
#include "session_int.h"

enum { MESSAGE_MAX = 2048, METADATA_MAX = 1024 };

static pz_failure *
failure_make(int code, pz_str message, pz_str details)
{
    pz_failure *f = pz_xcalloc(1, sizeof *f);
    atomic_init(&f->refs, 1);
    f->code = code;
    f->message = (pz_str){pz_xdup(message), message.len};
    f->details = (pz_str){pz_xdup(details), details.len};
    return f;
}

pz_failure *
pz_failure_ref(pz_failure *f)
{
    atomic_fetch_add(&f->refs, 1);
    return f;
}

void
pz_failure_unref(pz_failure *f)
{
    if (!f || atomic_fetch_sub(&f->refs, 1) != 1) return;
    free((void *)(uintptr_t)f->message.ptr);
    free((void *)(uintptr_t)f->details.ptr);
    free(f);
}

pz_failure *
pz_failure_plain(int code, const char *message)
{
    return failure_make(code, pz_str_c(message), PZ_STR(""));
}

/* map<string, string> entry of ErrorInfo */
static void
put_entry(pz_buf *b, const char *key, pz_str value)
{
    pz_buf entry;
    pz_buf_init(&entry, 0);
    pz_put_textc(&entry, 1, key);
    pz_put_text(&entry, 2, value);
    pz_put_text(b, 3, pz_buf_view(&entry));
    pz_buf_free(&entry);
}

static pz_str
first_class(const char *chain)
{
    return (pz_str){chain, strcspn(chain, ",")};
}

static void
put_classes(pz_buf *b, const char *chain)
{
    pz_buf json;
    pz_buf_init(&json, 0);
    for (const char *p = chain; *p;) {
        pz_str one = first_class(p);
        pz_buf_putc(&json, json.len ? ',' : '[');
        pz_put_json(&json, one);
        p += one.len + (p[one.len] == ',');
    }
    pz_buf_putc(&json, ']');
    put_entry(b, "classes", pz_buf_view(&json));
    pz_buf_free(&json);
}

static void
put_condition(pz_buf *b, const pz_error *e, const char *condition, int64_t limit)
{
    pz_buf json;
    pz_buf_init(&json, 0);
    pz_buf_putc(&json, '{');
    for (int i = 0; i < e->nparams; i++) {
        if (i) pz_buf_putc(&json, ',');
        pz_put_json(&json, e->params[i].name);
        pz_buf_putc(&json, ':');
        pz_put_json(&json, e->params[i].value);
    }
    pz_buf_putc(&json, '}');
    if ((int64_t)json.len <= limit) {
        put_entry(b, "errorClass", pz_str_c(condition));
        put_entry(b, "messageParameters", pz_buf_view(&json));
    }
    pz_buf_free(&json);
}

/* google.rpc.Status { code = 1, message = 2, details = 3 Any { type_url = 1, value = 2 ErrorInfo { reason = 1, domain = 2, metadata = 3 } } } */
static void
put_status(pz_buf *out, const pz_error *e, pz_str message, const char *error_id, bool trace, int64_t limit)
{
    const pz_err_row *row = pz_err_info(e->id);
    const char *chain = pz_err_class_chain(e->klass);
    pz_buf info, any;
    pz_buf_init(&info, 0);
    pz_buf_init(&any, 0);
    pz_put_text(&info, 1, first_class(chain));
    pz_put_textc(&info, 2, "org.apache.spark");
    put_classes(&info, chain);
    if (row->sqlstate[0]) put_entry(&info, "sqlState", pz_str_c(row->sqlstate));
    if (row->condition[0]) put_condition(&info, e, row->condition, limit);
    if (error_id[0]) put_entry(&info, "errorId", pz_str_c(error_id));
    if (trace) put_entry(&info, "stackTrace", (pz_str){chain, first_class(chain).len});
    pz_put_textc(&any, 1, "type.googleapis.com/google.rpc.ErrorInfo");
    pz_put_text(&any, 2, pz_buf_view(&info));
    pz_put_int(out, 1, PZ_GRPC_INTERNAL);
    pz_put_text(out, 2, message);
    pz_put_text(out, 3, pz_buf_view(&any));
    pz_buf_free(&info);
    pz_buf_free(&any);
}

static pz_str
cut(pz_str text)
{
    size_t at = 0;
    int n = 0;
    while (at < text.len && n++ < MESSAGE_MAX) {
        uint32_t cp;
        at += (size_t)pz_utf8_decode(text.ptr + at, text.len - at, &cp);
    }
    return (pz_str){text.ptr, at < text.len ? at : text.len};
}

pz_failure *
pz_failure_make(pz_session *s, const pz_error *e)
{
    pz_arena *a = pz_arena_open();
    pz_str message = cut(pz_error_text(e, a));
    char id[PZ_UUID_SIZE] = "";
    bool trace = false;
    int64_t limit = METADATA_MAX;
    pz_buf details;
    pz_failure *f;
    if (s) {
        pz_confs *c = pz_session_confs(s);
        if (pz_confs_bool(c, "spark.sql.connect.enrichError.enabled")) pz_session_keep_error(s, e, id);
        trace = pz_confs_bool(c, "spark.sql.pyspark.jvmStacktrace.enabled");
        limit = pz_confs_int(c, "spark.connect.grpc.maxMetadataSize", METADATA_MAX);
        pz_confs_unref(c);
    }
    pz_buf_init(&details, 0);
    put_status(&details, e, message, id, trace, limit);
    f = failure_make(PZ_GRPC_INTERNAL, message, pz_buf_view(&details));
    strcpy(f->error_id, id);
    if (pz_log_on(PZ_LOG_DEBUG)) pz_log(PZ_LOG_DEBUG, "event=error condition=%s message=\"" PZ_FMT "\"", pz_err_info(e->id)->condition, PZ_ARG(message));
    pz_buf_free(&details);
    pz_arena_close(a);
    return f;
}

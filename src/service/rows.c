/*
 * service/rows.c - an analyzed query run in the engine, its chunks turned into Arrow batches and sent.
 *
 * Batches hold about BATCH_BYTES (flat between 4 and 20 MB in throughput, least latency at 4); a client's own limits are kept when
 * set.  Things start at pz_send_rows().
 */
#include <stdlib.h>

#include "service_int.h"

enum { BATCH_BYTES = 4 << 20 };

typedef struct rows {
    pz_execution *x;
    pz_query *q;
    pz_ipc_writer *writer;
    pz_ipc_batch *whole;                       /* one batch of everything goes here; NULL: batches are sent */
    int64_t sent_rows;
    bool sent;
} rows;

static void
writer_options(const pz_query *q, bool whole, pz_ipc_options *o)
{
    pz_str codec = pz_confs_text(q->confs, "spark.sql.execution.arrow.compression.codec"), set;
    int64_t limit = pz_confs_int(q->confs, "spark.connect.grpc.arrow.maxBatchSize", 128 << 20) / 10 * 7;
    *o = (pz_ipc_options){.time_zone = q->place.env.time_zone};
    o->large_var_types = pz_confs_bool(q->confs, "spark.sql.execution.arrow.useLargeVarTypes");
    o->codec = pz_str_ieqc(codec, "zstd") ? PZ_IPC_ZSTD : pz_str_ieqc(codec, "lz4") ? PZ_IPC_LZ4 : PZ_IPC_PLAIN;
    if (whole) return;
    o->max_bytes = limit < BATCH_BYTES ? limit : BATCH_BYTES;
    if (pz_confs_get(q->confs, PZ_STR("spark.sql.execution.arrow.maxRecordsPerBatch"), &set))
        o->max_rows = pz_confs_int(q->confs, "spark.sql.execution.arrow.maxRecordsPerBatch", 0);
}

/* ---- sending ---- */
/* One batch cut into chunks of the client's size: copied together first, as this is for few and very big ones. */
static pz_status
send_chunks(rows *r, pz_ipc_batch *b)
{
    pz_execution *x = r->x;
    size_t size = (size_t)x->chunk_bytes, at = 0;
    pz_arrow_part part = {.rows = b->rows, .start_offset = r->sent_rows, .chunks = (int64_t)((b->bytes + size - 1) / size)};
    char *all = malloc(b->bytes);
    pz_status st = PZ_OK;
    pz_assert(all);
    for (int i = 0; i < b->n; i++) {
        memcpy(all + at, b->pieces[i].ptr, b->pieces[i].len);
        at += b->pieces[i].len;
    }
    for (at = 0; st == PZ_OK && at < b->bytes; at += size, part.chunk++) {
        pz_ipc_piece piece = {.len = b->bytes - at < size ? b->bytes - at : size, .release = free};
        pz_ipc_batch one = {.pieces = &piece, .n = 1, .bytes = piece.len, .rows = b->rows};
        pz_response *response;
        piece.ptr = piece.release_arg = malloc(piece.len);
        pz_assert(piece.ptr);
        memcpy(piece.ptr, all + at, piece.len);
        response = pz_respond_arrow_piece(x->op, &part, &one);
        st = pz_operation_append(x->op, response, &x->err);
    }
    free(all);
    pz_ipc_batch_free(b);
    return st;
}

static pz_status
send_batch(rows *r, pz_ipc_batch *b)
{
    pz_execution *x = r->x;
    pz_arrow_part part = {.rows = b->rows, .start_offset = r->sent_rows, .chunks = x->chunking};
    int64_t n = b->rows;
    pz_status st;
    if (r->whole) {
        if (r->sent) return pz_raise_internal(&x->err, "a command's rows came in two batches");
        *r->whole = *b;
        st = PZ_OK;
    } else if (x->chunking && (int64_t)b->bytes > x->chunk_bytes) {
        st = send_chunks(r, b);
    } else {
        st = pz_operation_append(x->op, pz_respond_arrow(x->op, &part, b), &x->err);
    }
    r->sent = true;
    r->sent_rows += n;
    return st;
}

/* ---- running ---- */
static pz_status
drain(rows *r, pz_run *run, struct pz_chunk *first)
{
    pz_error *err = &r->x->err;
    struct pz_chunk *c = first;
    pz_ipc_batch b;
    pz_status st = PZ_OK;
    while (st == PZ_OK && c) {
        st = pz_ipc_writer_add(r->writer, c, &b, err);
        while (st == PZ_OK && b.n) {
            st = send_batch(r, &b);
            if (st == PZ_OK) st = pz_ipc_writer_add(r->writer, NULL, &b, err);
        }
        pz_chunk_free(c);
        c = NULL;
        if (st == PZ_OK) st = pz_run_next(run, &c, err);
    }
    return st;
}

/* Start and get the first chunk; a decimal overflow there may be the engine's, not Spark's: then once more with full widths. */
static pz_status
start(rows *r, pz_run **run, struct pz_chunk **first)
{
    pz_execution *x = r->x;
    pz_run_settings settings;
    PZ_TRY(pz_query_ready(r->q, x->op, &x->err));
    for (int wide = 0; wide < 2; wide++) {
        pz_error err;
        pz_str sql;
        pz_status st;
        pz_error_init(&err, x->keep->arena);
        PZ_TRY(pz_query_statement(r->q, wide, &sql, &settings, &x->err));
        *run = pz_run_make(pz_sessions_engine(pz_session_all(x->session)));
        st = pz_operation_start(x->op, *run, &settings, sql, &err);
        if (st == PZ_OK) st = pz_run_next(*run, first, &err);
        if (st == PZ_OK) return PZ_OK;
        pz_operation_close(x->op, *run);
        *run = NULL;
        if (wide || !r->q->info.narrow_decimals || err.id == PZ_ERR_OPERATION_CANCELED) {
            pz_error_copy(&x->err, &err);
            return PZ_FAIL;
        }
    }
    return PZ_FAIL;
}

static pz_status
run_query(rows *r)
{
    pz_run *run = NULL;
    struct pz_chunk *first = NULL;
    pz_status st = start(r, &run, &first);
    if (st == PZ_OK) st = drain(r, run, first);
    if (run) pz_operation_close(r->x->op, run);
    return st;
}

static bool
no_rows(const pz_query *q)
{
    return q->plan->root->kind == PZ_REL_VALUES && !q->plan->root->exprs.n;
}

/* Rows that stand in the plan need no engine. */
static bool
known_rows(const pz_query *q, pz_arena *a, pz_values **known, int *n)
{
    const pz_schema *s = &q->plan->schema;
    const pz_rel *root = q->plan->root;
    if (root->kind != PZ_REL_PROJECT && root->kind != PZ_REL_VALUES) return false;
    if (s->n != root->output.n) return false;
    for (int i = 0; i < s->n; i++)
        if (!pz_ipc_takes_values(s->fields[i].type) || !pz_type_eq(s->fields[i].type, root->output.data[i]->type)) return false;
    return pz_rel_known_rows(root, a, known, n);
}

static pz_status
send_known(rows *r, const pz_values *known, int n)
{
    pz_error *err = &r->x->err;
    pz_ipc_batch b;
    PZ_TRY(pz_ipc_writer_add_rows(r->writer, &r->q->plan->schema, known, n, &b, err));
    while (b.n) {
        PZ_TRY(send_batch(r, &b));
        PZ_TRY(pz_ipc_writer_add(r->writer, NULL, &b, err));
    }
    return PZ_OK;
}

static pz_status
run_all(rows *r)
{
    pz_arena *a = r->x->keep->arena;
    pz_values *known;
    int n;
    pz_ipc_options o;
    pz_ipc_batch b = {0};
    pz_error *err = &r->x->err;
    pz_status st;
    writer_options(r->q, r->whole != NULL, &o);
    PZ_TRY(pz_ipc_writer_open(&r->q->plan->schema, &o, &r->writer, err));
    if (no_rows(r->q)) st = PZ_OK;
    else st = known_rows(r->q, a, &known, &n) ? send_known(r, known, n) : run_query(r);
    if (st == PZ_OK) st = pz_ipc_writer_flush(r->writer, true, &b, err);
    if (st == PZ_OK && b.n) st = send_batch(r, &b);
    pz_ipc_writer_close(r->writer);
    if (st != PZ_OK) pz_blame(r->q->plan, err);
    if (st != PZ_OK) pz_query_name_lost(r->q, err);
    if (st != PZ_OK && err->origin.start >= 0 && !err->origin.source) err->origin.source = r->q->source;
    return st;
}

static pz_status
send_schema(pz_execution *x, const pz_query *q)
{
    pz_arena *a = pz_arena_open();
    pz_str bytes = pz_pack((const ProtobufCMessage *)pz_encode_schema(&q->plan->schema, a), a);
    pz_status st = pz_operation_append(x->op, pz_respond(x->op, PZ_RESPOND_SCHEMA, bytes), &x->err);
    pz_arena_close(a);
    return st;
}

pz_status
pz_send_rows(pz_execution *x, pz_query *q)
{
    rows r = {.x = x, .q = q};
    PZ_TRY(send_schema(x, q));
    pz_operation_unhold(x->op);                /* the client works on it while the engine does */
    PZ_TRY(run_all(&r));
    PZ_TRY(pz_send_metrics(x, q->has_command ? "CommandResult" : "Project", r.sent_rows));
    return pz_send_observed(x, q);
}

pz_status
pz_one_batch(pz_execution *x, pz_query *q, pz_ipc_batch *out)
{
    rows r = {.x = x, .q = q, .whole = out};
    *out = (pz_ipc_batch){0};
    return run_all(&r);
}

/* Metrics { metrics = 1 MetricObject { name = 1, plan_id = 2, parent = 3, execution_metrics = 4 entry { key = 1, value = 2 } } } */
pz_status
pz_send_metrics(pz_execution *x, const char *node, int64_t nrows)
{
    pz_buf value, entry, object, all;
    pz_status st;
    pz_buf_init(&value, 0);
    pz_buf_init(&entry, 0);
    pz_buf_init(&object, 0);
    pz_buf_init(&all, 0);
    pz_put_textc(&value, 1, "number of output rows");
    if (nrows) pz_put_int(&value, 2, nrows);
    pz_put_textc(&value, 3, "sum");
    pz_put_textc(&entry, 1, "numOutputRows");
    pz_put_text(&entry, 2, pz_buf_view(&value));
    pz_put_textc(&object, 1, node);
    pz_put_text(&object, 4, pz_buf_view(&entry));
    pz_put_text(&all, 1, pz_buf_view(&object));
    st = pz_operation_append(x->op, pz_respond(x->op, PZ_RESPOND_METRICS, pz_buf_view(&all)), &x->err);
    pz_buf_free(&value);
    pz_buf_free(&entry);
    pz_buf_free(&object);
    pz_buf_free(&all);
    return st;
}

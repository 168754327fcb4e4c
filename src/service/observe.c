/*
 * service/observe.c - observed metrics: the aggregates of each CollectMetrics in a plan, computed over its input and sent once the
 * rows are.
 *
 * The aggregates run as a query of their own.  One that fails does not fail the plan: its entry tells the error instead.
 */
#include "service_int.h"

typedef struct found { pz_arena *a; pz_rels list; } found;

static pz_walk
find(pz_rel *r, void *arg)
{
    found *f = arg;
    if (r->kind == PZ_REL_COLLECT_METRICS) pz_vec_push(f->a, &f->list, r);
    return PZ_WALK_ON;
}

/* ObservedMetrics { name = 1, values = 2, keys = 3, plan_id = 4, root_error_idx = 5, errors = 6 Error { hierarchy = 1, message = 2 } } */
static void
put_failure(pz_buf *b, const pz_error *e, pz_arena *a)
{
    pz_buf error;
    pz_buf_init(&error, 0);
    for (const char *p = pz_err_class_chain(e->klass); *p;) {
        size_t n = strcspn(p, ",");
        pz_put_text(&error, 1, (pz_str){p, n});
        p += n + (p[n] == ',');
    }
    pz_put_text(&error, 2, pz_error_text(e, a));
    pz_put_int(b, 5, 0);
    pz_put_text(b, 6, pz_buf_view(&error));
    pz_buf_free(&error);
}

static void
observe(pz_query *own, const pz_rel *r, pz_buf *out)
{
    pz_arena *a = own->arena;
    pz_rel *aggregate = pz_rel_make(a, PZ_REL_AGGREGATE, r->origin);
    pz_error err;
    pz_plan *p;
    pz_values *rows;
    int n = 0;
    pz_buf b;
    pz_status st;
    pz_error_init(&err, a);
    aggregate->input = r->input;
    aggregate->exprs = r->exprs;
    aggregate->u.agg.kind = PZ_GROUP_BY;
    st = pz_query_resolve(own, aggregate, NULL, a, &p, &err);
    if (st == PZ_OK) st = pz_query_rows(own, p, a, &rows, &n, &err);
    pz_buf_init(&b, 0);
    pz_put_text(&b, 1, r->u.metrics.name);
    for (int i = 0; st == PZ_OK && n && i < p->schema.n; i++) {
        pz_put_text(&b, 3, p->schema.fields[i].name);
        pz_put_text(&b, 2, pz_pack((const ProtobufCMessage *)pz_encode_literal(p->schema.fields[i].type, &rows[0].data[i], a), a));
    }
    if (r->plan_id >= 0) pz_put_int(&b, 4, r->plan_id);
    if (st != PZ_OK) put_failure(&b, &err, a);
    pz_put_text(out, PZ_RESPOND_OBSERVED, pz_buf_view(&b));
    pz_buf_free(&b);
}

/* The entries of every CollectMetrics in an unresolved plan, appended to `entries`. */
static void
observe_all(pz_execution *x, pz_rel *unresolved, pz_buf *entries)
{
    found f = {.a = x->keep->arena};
    pz_query *own;
    pz_walk_rel(unresolved, find, &f);
    if (!f.list.n) return;
    own = pz_query_open(x->session, x->op, NULL);
    for (int i = 0; i < f.list.n; i++) observe(own, f.list.data[i], entries);
    pz_query_unref(own);
}

static pz_status
send(pz_execution *x, const pz_buf *entries)
{
    if (!entries->len) return PZ_OK;
    return pz_operation_append(x->op, pz_respond_fields(x->op, pz_buf_view(entries)), &x->err);
}

pz_status
pz_send_observed(pz_execution *x, pz_query *q)
{
    pz_buf entries;
    pz_status st;
    if (!q->unresolved) return PZ_OK;
    pz_buf_init(&entries, 0);
    observe_all(x, q->unresolved, &entries);
    st = send(x, &entries);
    pz_buf_free(&entries);
    return st;
}

/* A writer's rows are looked at before it writes: it may change what they are read from. */
pz_status
pz_run_observed(pz_execution *x, pz_rel *rows, pz_status (*run)(void *arg), void *arg)
{
    pz_buf entries;
    pz_status st;
    pz_buf_init(&entries, 0);
    observe_all(x, rows, &entries);
    st = run(arg);
    if (st == PZ_OK) st = send(x, &entries);
    pz_buf_free(&entries);
    return st;
}

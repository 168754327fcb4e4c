/*
 * session/remote.c - checkpointed relations: rows kept in an engine table until the client lets go of them.
 *
 * The tables live in an in-memory database attached for them, so that they never reach the warehouse.  A removed table stays readable
 * for queries that run.  Things start at pz_session_checkpoint().
 */
#include <stdio.h>
#include <stdlib.h>

#include "command_int.h"

#define STORE "_piezo_memory"

typedef struct pz_remote {
    pz_shared *keep;                           /* the schema's */
    pz_schema schema;
    char table[64];                            /* quoted, with its database */
} pz_remote;

static void
drop_table(pz_session *s, pz_remote *m)
{
    pz_arena *a = pz_arena_open();
    pz_error e;
    pz_error_init(&e, a);
    (void)pz_engine_exec(pz_sessions_engine(s->all), pz_strf(a, "DROP TABLE IF EXISTS %s", m->table), &e);
    pz_arena_close(a);
    pz_shared_unref(m->keep);
    free(m);
}

static void
copy_schema(pz_remote *m, const pz_schema *from)
{
    pz_arena *a = m->keep->arena;
    m->schema.n = from->n;
    m->schema.fields = PZ_NEWN(a, pz_field, from->n + 1);
    for (int i = 0; i < from->n; i++)
        m->schema.fields[i] = (pz_field){pz_dup(a, from->fields[i].name), pz_type_copy(a, from->fields[i].type), from->fields[i].nullable,
                                         pz_dup(a, from->fields[i].metadata)};
}

static pz_status
fill_table(pz_query *q, const pz_remote *m, pz_error *err)
{
    pz_buf b;
    pz_str sql;
    pz_run_settings settings;
    pz_run *run;
    struct pz_chunk *chunk = NULL;
    pz_status st;
    PZ_TRY(pz_query_sql(q, false, &sql, err));
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "CREATE TABLE %s AS SELECT * FROM (" PZ_FMT ") AS t(", m->table, PZ_ARG(sql));
    for (int i = 0; i < m->schema.n; i++) pz_buf_printf(&b, "%sk%d", i ? ", " : "", i);
    pz_buf_putc(&b, ')');
    pz_query_run_settings(q, &settings);       /* casts inside depend on the session's zone */
    run = pz_run_make(pz_sessions_engine(q->session->all));
    st = q->op ? pz_operation_set_run(q->op, run, err) : PZ_OK;
    if (st == PZ_OK) st = pz_run_start(run, &settings, pz_buf_dup(&b, q->arena), err);
    while (st == PZ_OK && (st = pz_run_next(run, &chunk, err)) == PZ_OK && chunk) pz_chunk_free(chunk);
    if (q->op) (void)pz_operation_set_run(q->op, NULL, err);
    pz_run_close(run);
    pz_buf_free(&b);
    return st;
}

pz_status
pz_session_checkpoint(pz_query *q, pz_rel *unresolved, char id[PZ_UUID_SIZE], pz_error *err)
{
    pz_session *s = q->session;
    pz_remote *m;
    char name[PZ_UUID_SIZE];
    PZ_TRY(pz_query_analyze(q, pz_query_plan_of(q, unresolved), false, err));
    if (!q->plan->schema.n) return pz_raise_internal(err, "a relation without columns cannot be checkpointed");
    PZ_TRY(pz_engine_exec(pz_sessions_engine(s->all), PZ_STR("ATTACH IF NOT EXISTS ':memory:' AS " STORE), err));
    pz_uuid_make(id);
    memcpy(name, id, sizeof name);
    for (char *c = name; *c; c++)
        if (*c == '-') *c = '_';
    m = pz_xcalloc(1, sizeof *m);
    m->keep = pz_shared_open();
    snprintf(m->table, sizeof m->table, STORE ".main.r_%s", name);
    copy_schema(m, &q->plan->schema);
    if (fill_table(q, m, err) != PZ_OK) {
        drop_table(s, m);
        return PZ_FAIL;
    }
    pthread_mutex_lock(&s->lock);
    pz_table_put(&s->remotes, pz_str_c(id), m);
    pthread_mutex_unlock(&s->lock);
    return PZ_OK;
}

/* A scan of the table, in the asker's arena. */
static pz_rel *
scan_of(pz_query *q, const pz_remote *m, pz_arena *a)
{
    pz_rel *r = pz_rel_make(a, PZ_REL_SCAN, PZ_NO_ORIGIN);
    pz_scan *scan = PZ_NEW(a, pz_scan);
    scan->format = PZ_STR("table");
    scan->engine_name = scan->identity = pz_dupc(a, m->table);
    scan->schema.n = m->schema.n;
    scan->schema.fields = PZ_NEWN(a, pz_field, m->schema.n);
    for (int i = 0; i < m->schema.n; i++) {
        pz_attr *at = PZ_NEW(a, pz_attr);
        pz_field *f = &scan->schema.fields[i];
        *f = (pz_field){pz_dup(a, m->schema.fields[i].name), pz_type_copy(a, m->schema.fields[i].type), m->schema.fields[i].nullable,
                        pz_dup(a, m->schema.fields[i].metadata)};
        pz_vec_push(a, &scan->file_columns, pz_strf(a, "k%d", i));
        *at = (pz_attr){.id = q->next_attr++, .name = f->name, .type = f->type, .nullable = f->nullable, .metadata = f->metadata};
        pz_vec_push(a, &r->output, at);
    }
    scan->file_schema = scan->schema;
    r->u.scan = scan;
    r->resolved = true;
    return r;
}

pz_status
pz_session_find_remote(pz_query *q, pz_str id, pz_arena *a, pz_rel **out, pz_error *err)
{
    pz_session *s = q->session;
    pz_remote *m;
    *out = NULL;
    pthread_mutex_lock(&s->lock);
    m = pz_table_get(&s->remotes, id);
    if (m) *out = scan_of(q, m, a);
    pthread_mutex_unlock(&s->lock);
    if (*out) return PZ_OK;
    return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_DATAFRAME_NOT_FOUND, PZ_NO_ORIGIN, "dfId", pz_dup(a, id).ptr, "sessionId", s->id, NULL);
}

void
pz_session_remove_remote(pz_session *s, pz_str id)
{
    pz_remote *m;
    pthread_mutex_lock(&s->lock);
    m = pz_table_del(&s->remotes, id);
    pthread_mutex_unlock(&s->lock);
    if (m) drop_table(s, m);
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
    PZ_TABLE_EACH(&s->remotes, e) drop_table(s, e->value);
    pz_table_free(&s->remotes);
}

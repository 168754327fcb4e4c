/*
 * engine/local.c - the table function pz_local(id): LocalRelations as tables of the engine.
 *
 * Columns are called f0, f1, ... by position.  A scan takes a reference, so the data outlives pz_local_close() until the
 * last query over it is done.  Scans are repeatable, run on several threads, and read only the columns asked for.
 */
#include <stdio.h>
#include <stdlib.h>

#include "functions/bind.h"
#include "local_int.h"

static pz_local *
take(pz_engine *e, int64_t id)
{
    pz_local *l;
    pthread_mutex_lock(&e->lock);
    for (l = e->locals; l && l->id != id; l = l->next) continue;
    if (l) l->refs++;
    pthread_mutex_unlock(&e->lock);
    return l;
}

static void
give(pz_engine *e, pz_local *l)
{
    bool last;
    pthread_mutex_lock(&e->lock);
    last = --l->refs == 0;
    if (last) {
        pz_local **p = &e->locals;
        while (*p != l) p = &(*p)->next;
        *p = l->next;
    }
    pthread_mutex_unlock(&e->lock);
    if (last) pz_local_drop(l);
}

pz_status
pz_local_open(pz_engine *e, pz_str ipc, pz_arena *a, pz_schema *schema, int64_t *id, pz_error *err)
{
    pz_local *l = calloc(1, sizeof *l);
    pz_assert(l);
    l->arena = pz_arena_open();
    l->refs = 1;
    if (pz_local_decode(l, ipc, err) != PZ_OK) {
        pz_local_drop(l);
        return PZ_FAIL;
    }
    schema->n = l->schema.n;
    schema->fields = PZ_NEWN(a, pz_field, l->schema.n);
    for (int i = 0; i < l->schema.n; i++) {
        schema->fields[i] = l->schema.fields[i];
        schema->fields[i].name = pz_dup(a, l->schema.fields[i].name);
        schema->fields[i].type = pz_type_copy(a, l->schema.fields[i].type);
        schema->fields[i].metadata = pz_dup(a, l->schema.fields[i].metadata);
    }
    pthread_mutex_lock(&e->lock);
    *id = l->id = e->next_local++;
    l->next = e->locals;
    e->locals = l;
    pthread_mutex_unlock(&e->lock);
    return PZ_OK;
}

int64_t
pz_local_rows(pz_engine *e, int64_t id)
{
    pz_local *l = take(e, id);
    int64_t n = l ? l->rows : 0;
    if (l) give(e, l);
    return n;
}

void
pz_local_close(pz_engine *e, int64_t id)
{
    pz_local *l = take(e, id);
    if (!l) return;
    give(e, l);
    give(e, l);
}

void
pz_local_close_all(pz_engine *e)
{
    while (e->locals) {
        pz_local *l = e->locals;
        e->locals = l->next;
        pz_local_drop(l);
    }
}

/* ---- the table function ---- */
typedef struct scan_source { pz_engine *engine; pz_local *local; } scan_source;

typedef struct scan {
    pz_local *local;
    atomic_int next;                           /* step to hand out */
    int ncols;
    int cols[];                                /* column of each output vector; -1: none (row counts only) */
} scan;

static void
source_free(void *p)
{
    scan_source *s = p;
    give(s->engine, s->local);
    free(s);
}

static void
bind(duckdb_bind_info info)
{
    pz_engine *e = duckdb_bind_get_extra_info(info);
    duckdb_value v = duckdb_bind_get_parameter(info, 0);
    scan_source *s = calloc(1, sizeof *s);
    pz_assert(s);
    s->engine = e;
    s->local = take(e, duckdb_get_int64(v));
    duckdb_destroy_value(&v);
    if (!s->local) {
        free(s);
        duckdb_bind_set_error(info, "local relation is gone");
        return;
    }
    for (int i = 0; i < s->local->schema.n; i++) {
        char name[16];
        duckdb_logical_type t = pz_engine_type(s->local->schema.fields[i].type);
        snprintf(name, sizeof name, "f%d", i);
        duckdb_bind_add_result_column(info, name, t);
        duckdb_destroy_logical_type(&t);
    }
    duckdb_bind_set_cardinality(info, (idx_t)s->local->rows, true);
    duckdb_bind_set_bind_data(info, s, source_free);
}

static void
init(duckdb_init_info info)
{
    scan_source *src = duckdb_init_get_bind_data(info);
    pz_engine *e = duckdb_init_get_extra_info(info);
    int n = (int)duckdb_init_get_column_count(info), steps = src->local->steps.n;
    scan *s = calloc(1, sizeof *s + sizeof(int) * (size_t)n);
    pz_assert(s);
    s->local = src->local;                     /* the bind data holds the reference and outlives the scan */
    s->ncols = n;
    for (int i = 0; i < n; i++) {
        idx_t c = duckdb_init_get_column_index(info, (idx_t)i);
        s->cols[i] = c < (idx_t)src->local->schema.n ? (int)c : -1;
    }
    duckdb_init_set_max_threads(info, (idx_t)(steps / 16 < e->threads ? steps / 16 + 1 : e->threads));
    duckdb_init_set_init_data(info, s, free);
}

static void
next_rows(duckdb_function_info info, duckdb_data_chunk out)
{
    scan *s = duckdb_function_get_init_data(info);
    int k = atomic_fetch_add(&s->next, 1);
    pz_local_step step;
    const pz_local_batch *b;
    int64_t n;
    if (k >= s->local->steps.n) {
        duckdb_data_chunk_set_size(out, 0);
        return;
    }
    step = s->local->steps.data[k];
    b = s->local->batches.data[step.batch];
    n = b->array.length - step.start;
    if (n > PZ_LOCAL_STEP) n = PZ_LOCAL_STEP;
    for (int i = 0; i < s->ncols; i++)
        if (s->cols[i] >= 0)
            pz_local_copy(b->view.children[s->cols[i]], s->local->schema.fields[s->cols[i]].type, step.start, n,
                          duckdb_data_chunk_get_vector(out, (idx_t)i), 0);
    duckdb_data_chunk_set_size(out, (idx_t)n);
}

pz_status
pz_local_register(pz_engine *e, pz_error *err)
{
    duckdb_table_function f = duckdb_create_table_function();
    duckdb_logical_type id = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    pz_conn *c = NULL;
    bool ok = pz_conn_take(e, NULL, &c, err) == PZ_OK;
    duckdb_table_function_set_name(f, "pz_local");
    duckdb_table_function_add_parameter(f, id);
    duckdb_table_function_set_extra_info(f, e, NULL);
    duckdb_table_function_set_bind(f, bind);
    duckdb_table_function_set_init(f, init);
    duckdb_table_function_set_function(f, next_rows);
    duckdb_table_function_supports_projection_pushdown(f, true);
    ok = ok && duckdb_register_table_function(c->con, f) == DuckDBSuccess;
    duckdb_destroy_logical_type(&id);
    duckdb_destroy_table_function(&f);
    pz_conn_give(e, c);
    return ok ? PZ_OK : pz_raise_internal(err, "the engine refuses pz_local");
}

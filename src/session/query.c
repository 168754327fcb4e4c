/*
 * session/query.c - from an unresolved plan to engine text, with everything the stages ask for lent by the session.
 *
 * What the analyzer and the lowerer ask: env.c.
 */
#include "query.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cache.h"
#include "catalog.h"
#include "session_int.h"
#include "store.h"

void pz_lower_env_init(pz_query *q);

static pz_str
login_name(void)
{
    static char name[64];
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (!name[0]) {
        struct passwd *p = getpwuid(geteuid());
        const char *env = getenv("SPARK_USER");
        snprintf(name, sizeof name, "%s", env && *env ? env : p ? p->pw_name : "piezo");
    }
    pthread_mutex_unlock(&lock);
    return pz_str_c(name);
}

pz_query *
pz_query_open(pz_session *s, pz_operation *op, pz_shared *keep)
{
    pz_query *q = pz_xcalloc(1, sizeof *q);
    atomic_init(&q->refs, 1);
    pthread_mutex_init(&q->lock, NULL);
    q->session = s;
    q->op = op;
    q->keep = keep ? pz_shared_ref(keep) : pz_shared_open();
    q->arena = q->keep->arena;
    q->user = login_name();
    q->next_attr = 1 << 28;
    q->cache_generation = pz_cache_generation(s->all);
    if (s->all->catalog) q->catalog_seen = pz_catalog_version(s->all->catalog);
    pthread_mutex_lock(&s->lock);
    q->confs = pz_confs_ref(s->confs);
    q->views = pz_views_ref(s->views);
    q->catalog = pz_dupc(q->arena, s->catalog);
    q->database = pz_dupc(q->arena, s->database);
    if (s->path) q->path = pz_dupc(q->arena, s->path);
    q->place_generation = s->place;
    pthread_mutex_unlock(&s->lock);
    pthread_mutex_lock(&s->all->lock);
    q->globals = pz_views_ref(s->all->globals);
    pthread_mutex_unlock(&s->all->lock);
    pz_place_init(&q->place, q, q->views, q->confs);
    pz_lower_env_init(q);
    return q;
}

pz_query *
pz_query_ref(pz_query *q)
{
    atomic_fetch_add(&q->refs, 1);
    return q;
}

void
pz_query_unref(pz_query *q)
{
    if (!q || atomic_fetch_sub(&q->refs, 1) != 1) return;
    for (int i = 0; i < 2; i++)
        if (q->numbers[i]) pz_statement_forget(pz_sessions_engine(q->session->all), q->numbers[i]);
    for (int i = 0; i < q->locals.n; i++) pz_local_close(pz_sessions_engine(q->session->all), q->locals.data[i]);
    for (int i = 0; i < q->stored.n; i++) pz_stored_unref(q->stored.data[i]);
    for (int i = 0; i < q->blobs.n; i++) pz_blob_unref(q->blobs.data[i]);
    for (int i = 0; i < q->held_confs.n; i++) pz_confs_unref(q->held_confs.data[i]);
    for (int i = 0; i < q->tables.n; i++) pz_query_drop_table(q->session, q->tables.data[i]);
    pz_confs_unref(q->confs);
    pz_views_unref(q->views);
    pz_views_unref(q->globals);
    pz_arena_close(q->sql_arena);
    pz_shared_unref(q->keep);
    pz_session_unref(q->owner);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

pz_status
pz_query_end(pz_query *q, pz_status st, pz_error *err)
{
    if (st != PZ_OK) pz_error_keep(err);
    pz_query_unref(q);
    return st;
}

void
pz_query_detach(pz_query *q)
{
    if (q->owner) return;
    q->op = NULL;
    q->session = q->owner = pz_session_stand_in(q->session);
    q->place.env.session_id = q->lower.session_id = pz_str_c(q->owner->id);
}

pz_plan *
pz_query_plan_of(pz_query *q, pz_rel *root)
{
    pz_plan *p = PZ_NEW(q->arena, pz_plan);
    p->root = root;
    return p;
}

static pz_status
run_command(void *ctx, pz_rel *command, const pz_plan *params, pz_arena *a, pz_rel **out, pz_error *err)
{
    pz_place *p = ctx;
    p->q->ran_command = p->q->has_command = true;
    p->q->params = params;
    return pz_command_run(p->q, command, a, out, err);
}

pz_status
pz_query_analyze(pz_query *q, pz_plan *plan, bool run, pz_error *err)
{
    q->place.env.command_run = run ? run_command : NULL;
    PZ_TRY(pz_analyze(&q->place.env, plan, q->arena, err));
    q->plan = plan;
    return PZ_OK;
}

pz_status
pz_query_resolve(pz_query *q, pz_rel *unresolved, const pz_plan *params, pz_arena *a, pz_plan **out, pz_error *err)
{
    pz_env env = q->place.env;
    pz_plan *p = PZ_NEW(a, pz_plan);
    if (!params) params = q->params;
    if (params) *p = *params;
    p->root = unresolved;
    env.command_run = NULL;
    *out = p;
    return pz_analyze(&env, p, a, err);
}

/* ---- what is kept of it ---- */
static void
hold(pz_query *q, const pz_stored_list *used)
{
    for (int i = 0; i < used->n; i++) pz_vec_push(q->sql_arena, &q->stored, used->data[i]);
}

/* Everything q reads is there.  Stores are filled outside the lock; the list only grows while a query is young. */
static pz_status
fill_stored(pz_query *q, pz_operation *op, pz_error *err)
{
    for (int i = 0;; i++) {
        pz_stored *t = NULL;
        pz_status st;
        pthread_mutex_lock(&q->lock);
        if (i < q->stored.n) t = pz_stored_ref(q->stored.data[i]);
        pthread_mutex_unlock(&q->lock);
        if (!t) return PZ_OK;
        st = pz_stored_fill(t, op, err);
        pz_stored_unref(t);
        if (st != PZ_OK) return st;
    }
}

static void
apply_cache(pz_query *q)
{
    pz_stored_list used = {0};
    if (q->run) return;
    if (!q->sql_arena) q->sql_arena = pz_arena_open();
    q->run = pz_cache_apply(q, q->plan, NULL, q->sql_arena, &used);
    hold(q, &used);
}

pz_status
pz_query_ready(pz_query *q, pz_operation *op, pz_error *err)
{
    pthread_mutex_lock(&q->lock);
    apply_cache(q);
    pthread_mutex_unlock(&q->lock);
    return fill_stored(q, op, err);
}

pz_status
pz_query_cached(pz_query *q, pz_operation *op, const pz_plan *plan, const pz_rel *self, pz_arena *a, const pz_plan **out, pz_error *err)
{
    pz_stored_list used = {0};
    *out = pz_cache_apply(q, plan, self, a, &used);
    pthread_mutex_lock(&q->lock);
    if (!q->sql_arena) q->sql_arena = pz_arena_open();
    hold(q, &used);
    pthread_mutex_unlock(&q->lock);
    return fill_stored(q, op, err);
}

const pz_plan *
pz_query_shown(pz_query *q, const pz_plan *plan, pz_arena *a)
{
    pz_stored_list used = {0};
    const pz_plan *out = pz_cache_apply(q, plan, NULL, a, &used);
    for (int i = 0; i < used.n; i++) pz_stored_unref(used.data[i]);
    return out;
}

const pz_plan *
pz_query_filled(pz_query *q, const pz_plan *plan, pz_arena *a)
{
    pz_stored_list used = {0};
    const pz_plan *out = pz_cache_apply(q, plan, NULL, a, &used);
    for (int i = 0; i < used.n; i++)
        if (!pz_stored_is_full(used.data[i])) out = plan;
    for (int i = 0; i < used.n; i++) {
        if (out != plan) pz_query_hold(q, used.data[i]);
        pz_stored_unref(used.data[i]);
    }
    return out;
}

bool
pz_query_reads_stored(pz_query *q)
{
    bool any;
    pthread_mutex_lock(&q->lock);
    any = q->stored.n > 0;
    pthread_mutex_unlock(&q->lock);
    return any;
}

/* The query reads rows kept elsewhere: it holds them as long as it lives. */
void
pz_query_hold(pz_query *q, pz_stored *t)
{
    pthread_mutex_lock(&q->lock);
    if (!q->sql_arena) q->sql_arena = pz_arena_open();
    pz_vec_push(q->sql_arena, &q->stored, pz_stored_ref(t));
    pthread_mutex_unlock(&q->lock);
}

static pz_status
make_sql(pz_query *q, bool wide, pz_str *out, pz_error *err)
{
    pz_lower_env env = q->lower;
    pz_lower_info info = {0};
    pz_buf b;
    pz_status st;
    env.wide_decimals = wide;
    pz_buf_init(&b, 0);
    if (!q->sql_arena) q->sql_arena = pz_arena_open();
    st = pz_lower_with(&env, q->run, q->sql_arena, &b, &info, err);
    if (st == PZ_OK) {
        *out = pz_buf_dup(&b, q->sql_arena);
        if (!wide) q->info = info;
        if (pz_log_on(PZ_LOG_TRACE)) pz_log(PZ_LOG_TRACE, "event=lowered sql=\"" PZ_FMT "\"", PZ_ARG(*out));
    }
    pz_buf_free(&b);
    return st;
}

pz_status
pz_query_sql(pz_query *q, bool wide, pz_str *sql, pz_error *err)
{
    pz_str *place = wide ? &q->wide_sql : &q->sql;
    pz_status st = PZ_OK;
    PZ_TRY(pz_query_ready(q, NULL, err));
    pthread_mutex_lock(&q->lock);
    if (!place->ptr) st = make_sql(q, wide, place, err);
    *sql = *place;
    pthread_mutex_unlock(&q->lock);
    return st;
}

/* What runs twice will run again, and need not be planned again: it is kept under a number that dies with the query. */
pz_status
pz_query_statement(pz_query *q, bool wide, pz_str *sql, pz_run_settings *settings, pz_error *err)
{
    enum { TEXT_MAX = 64 << 10 };
    PZ_TRY(pz_query_sql(q, wide, sql, err));
    pz_query_run_settings(q, settings);
    if (!q->is_cached || sql->len > TEXT_MAX || pz_query_reads_stored(q)) return PZ_OK;     /* a kept statement would hold on to dropped rows */
    pthread_mutex_lock(&q->lock);
    if (q->runs[wide]++ == 1) q->numbers[wide] = pz_statement_number();
    settings->keep = q->numbers[wide];
    pthread_mutex_unlock(&q->lock);
    return PZ_OK;
}

void
pz_query_run_settings(const pz_query *q, pz_run_settings *out)
{
    *out = (pz_run_settings){.time_zone = q->place.env.time_zone, .streaming_buffer = 32 << 20, .deep = q->info.deep, .repeats = q->info.repeats, .plain = q->info.plain,
                             .fresh_files = !pz_query_files_settled(q)};
}

bool
pz_query_files_settled(const pz_query *q)
{
    return q->newest_use < q->place.env.now_micros * 1000 - PZ_SETTLED_NANOS;
}

void
pz_query_name_lost(const pz_query *q, pz_error *err)
{
    int64_t id;
    bool column = err->id == PZ_ERR_INCOMPATIBLE_TABLE_CHANGE_AFTER_ANALYSIS_COLUMNS_MISMATCH;
    if ((!column && err->id != PZ_ERR_TABLE_OR_VIEW_NOT_FOUND) || !err->nparams || !pz_engine_table_id(err->params[0].value, &id)) return;
    for (int i = 0; i < q->named_tables.n; i++)
        if (q->named_tables.data[i].id == id) {
            const pz_named_table *t = &q->named_tables.data[i];
            pz_str what = err->params[err->nparams - 1].value;
            pz_error_init(err, err->arena);
            if (column) (void)pz_raise(err, PZ_ERR_INCOMPATIBLE_TABLE_CHANGE_AFTER_ANALYSIS_COLUMNS_MISMATCH, PZ_NO_ORIGIN, "tableName", t->name, "errors", what.ptr, NULL);
            else (void)pz_raise(err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, PZ_NO_ORIGIN, "relationName", t->name, "searchPath", t->place, NULL);
            return;
        }
}

typedef struct attempt { pz_query *q; const pz_plan *plan; const char *table; int limit; pz_values **rows; int *n; } attempt;

/* Lower and run once; `table` set: into a table of that name. */
static pz_status
try_rows(const attempt *t, bool wide, bool *narrow, pz_arena *a, pz_error *err)
{
    pz_query *q = t->q;
    const pz_schema *schema = &t->plan->schema;
    const pz_type **types = PZ_NEWN(a, const pz_type *, schema->n + 1);
    pz_lower_env env = q->lower;
    pz_run_settings settings;
    pz_lower_info info = {0};
    pz_run *run;
    pz_buf b;
    pz_status st;
    env.wide_decimals = wide;
    for (int i = 0; i < schema->n; i++) types[i] = schema->fields[i].type;
    pz_query_run_settings(q, &settings);
    pz_buf_init(&b, 0);
    if (t->table) pz_buf_printf(&b, "CREATE TABLE %s AS SELECT * FROM (", t->table);
    st = pz_lower_with(&env, t->plan, a, &b, &info, err);
    if (t->table) pz_buf_puts(&b, ") AS t(");
    for (int i = 0; t->table && i < schema->n; i++) pz_buf_printf(&b, "%sk%d", i ? ", " : "", i);
    if (t->table) pz_buf_putc(&b, ')');
    settings.deep = info.deep;
    settings.repeats = info.repeats;
    settings.plain = info.plain && !t->table;
    *narrow = info.narrow_decimals;
    if (st == PZ_OK) {
        run = pz_run_make(pz_sessions_engine(q->session->all));
        st = pz_operation_start(q->op, run, &settings, pz_buf_dup(&b, a), err);
        if (st == PZ_OK) st = pz_run_rows(run, types, t->table ? 0 : schema->n, t->limit, a, t->rows, t->n, err);
        pz_operation_close(q->op, run);
    }
    pz_buf_free(&b);
    return st;
}

static pz_status
run_attempt(const attempt *t, pz_arena *a, pz_error *err)
{
    pz_error first;
    bool narrow = false;
    pz_error_init(&first, err->arena ? err->arena : a);
    if (try_rows(t, false, &narrow, a, &first) == PZ_OK) return PZ_OK;
    if (!narrow || first.id == PZ_ERR_OPERATION_CANCELED) pz_error_copy(err, &first);
    else if (try_rows(t, true, &narrow, a, err) == PZ_OK) return PZ_OK;
    pz_blame((pz_plan *)t->plan, err);
    pz_query_name_lost(t->q, err);
    if (err->origin.start >= 0 && !err->origin.source) err->origin.source = t->plan->source ? t->plan->source : t->q->source;
    return PZ_FAIL;
}

pz_status
pz_query_rows_upto(pz_query *q, const pz_plan *resolved, int limit, pz_arena *a, pz_values **rows, int *n, pz_error *err)
{
    attempt t = {q, resolved, NULL, limit, rows, n};
    *rows = NULL;
    *n = 0;
    if (resolved->root->kind == PZ_REL_VALUES && !resolved->root->exprs.n) return PZ_OK;
    PZ_TRY(pz_query_cached(q, NULL, resolved, NULL, a, &t.plan, err));
    return run_attempt(&t, a, err);
}

pz_status
pz_query_rows(pz_query *q, const pz_plan *resolved, pz_arena *a, pz_values **rows, int *n, pz_error *err)
{
    return pz_query_rows_upto(q, resolved, -1, a, rows, n, err);
}

pz_status
pz_query_into_table(pz_query *q, const pz_plan *resolved, const char *table, pz_arena *a, pz_error *err)
{
    pz_values *rows;
    int n;
    attempt t = {q, resolved, table, -1, &rows, &n};
    return run_attempt(&t, a, err);
}

void
pz_session_set_place(pz_session *s, pz_str catalog, pz_str database)
{
    pthread_mutex_lock(&s->lock);
    if (catalog.ptr) free(s->catalog), s->catalog = pz_xdup(catalog);
    if (database.ptr) free(s->database), s->database = pz_xdup(database);
    s->place++;
    pthread_mutex_unlock(&s->lock);
}

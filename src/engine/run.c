/*
 * engine/run.c - one statement from text to streamed chunks.
 *
 * A pz_run is driven by one thread; pz_run_interrupt() and pz_run_progress() may come from any.  `lock` guards the
 * connection: once it is back in the pool nobody can interrupt it by mistake.  Things start at pz_run_open().
 */
#include <stdlib.h>

#include "engine_int.h"

struct pz_run {
    pz_engine *engine;
    pz_tx *tx;                                 /* the transaction it is part of, or NULL */
    pz_conn *conn;                             /* NULL once given back */
    pthread_mutex_t lock;
    atomic_bool interrupted;
    bool deep, repeats;
    char *text;                                /* of a statement over Parquet files; NULL: of another */
    bool has_result, ended, failed;
    uint64_t changes;                          /* of tables, when it was planned */
    uint64_t keep;                             /* number under which the statement is to be kept, 0: it is not */
    duckdb_prepared_statement statement;
    duckdb_result result;
};

/*
 * Optimizers that some runs do without, beside those that never run: one grows faster than linear on long chains of operators (deep), the other
 * gives a join of a source with itself the columns of another such join (repeats).  The engine has one list for all connections.
 */
static void
count_run(pz_engine *e, pz_conn *c, bool deep, bool repeats, int step)
{
    static const char *const lists[2][2] = {
        {"SET GLOBAL disabled_optimizers='" PZ_NO_OPTIMIZERS "'", "SET GLOBAL disabled_optimizers='" PZ_NO_OPTIMIZERS ",common_subplan'"},
        {"SET GLOBAL disabled_optimizers='" PZ_NO_OPTIMIZERS ",common_subexpressions'",
         "SET GLOBAL disabled_optimizers='" PZ_NO_OPTIMIZERS ",common_subexpressions,common_subplan'"},
    };
    const char *before, *after;
    pthread_rwlock_wrlock(&e->planning);
    before = lists[e->deep_runs > 0][e->repeating_runs > 0];
    e->deep_runs += deep ? step : 0;
    e->repeating_runs += repeats ? step : 0;
    after = lists[e->deep_runs > 0][e->repeating_runs > 0];
    if (after != before) duckdb_query(c->con, after, NULL);
    pthread_rwlock_unlock(&e->planning);
}

/* The next text in single quotes from *s on, with those inside doubled; NULL: there is none before the list ends. */
static pz_str
next_path(const char **s, pz_arena *a)
{
    pz_buf b;
    pz_str path = {NULL, 0};
    const char *p = *s;
    while (*p == ',' || *p == ' ') p++;
    if (*p != '\'') return path;
    pz_buf_init(&b, 0);
    for (p++; *p && (*p != '\'' || p[1] == '\''); p++) {
        if (*p == '\'') p++;
        pz_buf_putc(&b, *p);
    }
    path = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    *s = p + (*p != 0);
    return path;
}

/* Which of the files was it?  The first that cannot be read alone. */
static void
find_broken_file(pz_run *r, pz_error *err)
{
    static const char reads[] = "read_parquet([";
    pz_conn *c = NULL;
    pz_error quiet;
    pz_str bad = {NULL, 0}, path;
    if (!r->text || err->id != PZ_ERR_FAILED_READ_FILE_NO_HINT || !err->nparams || !pz_str_eqc(err->params[0].value, PZ_SOME_PARQUET)) return;
    pz_error_init(&quiet, err->arena);
    if (pz_conn_take(r->engine, NULL, &c, &quiet) != PZ_OK) return;
    for (const char *s = r->text; !bad.ptr && (s = strstr(s, reads));) {
        for (s += sizeof reads - 1; !bad.ptr && (path = next_path(&s, err->arena)).ptr;) {
            pz_buf sql;
            pz_buf_init(&sql, 0);
            pz_buf_puts(&sql, "SELECT max(hash(t)) FROM read_parquet(");
            pz_buf_quoted(&sql, path, '\'');
            pz_buf_puts(&sql, ", hive_partitioning=false) AS t");
            pz_buf_putc(&sql, 0);
            sql.len--;
            if (pz_conn_exec(c, pz_buf_view(&sql), &quiet) != PZ_OK) bad = path;
            pz_buf_free(&sql);
        }
    }
    pz_conn_give(r->engine, c);
    if (!bad.ptr) return;
    pz_error_init(err, err->arena);
    (void)pz_raise(err, PZ_ERR_FAILED_READ_FILE_NO_HINT, PZ_NO_ORIGIN, "path", pz_strf(err->arena, "file://" PZ_FMT, PZ_ARG(bad)).ptr, NULL);
}

static pz_status
raise_result(pz_run *r, pz_error *err)
{
    if (atomic_load(&r->interrupted)) return pz_raise(err, PZ_ERR_OPERATION_CANCELED, PZ_NO_ORIGIN, NULL);
    (void)pz_engine_raise(err, duckdb_result_error_type(&r->result), duckdb_result_error(&r->result));
    find_broken_file(r, err);
    return PZ_FAIL;
}

/* Texts come from arenas with a NUL behind them; a NUL inside would silently cut the statement. */
static pz_status
check_text(pz_str sql, pz_error *err)
{
    if (memchr(sql.ptr, 0, sql.len)) return pz_raise_internal(err, "engine text holds a NUL character");
    return PZ_OK;
}

static pz_status
prepare(pz_run *r, const char *sql, pz_error *err)
{
    const char *why;
    duckdb_state state;
    pthread_rwlock_rdlock(&r->engine->planning);
    state = duckdb_prepare(r->conn->con, sql, &r->statement);
    pthread_rwlock_unlock(&r->engine->planning);
    if (state == DuckDBSuccess) return PZ_OK;
    if (atomic_load(&r->interrupted)) return pz_raise(err, PZ_ERR_OPERATION_CANCELED, PZ_NO_ORIGIN, NULL);
    why = duckdb_prepare_error(r->statement);
    if (pz_log_on(PZ_LOG_DEBUG)) pz_log(PZ_LOG_DEBUG, "event=prepare_failed sql=\"%s\"", sql);
    return pz_engine_raise(err, DUCKDB_ERROR_INVALID, why);
}

/*
 * Starting a statement clears the connection's interrupt flag, so an interrupt that came before is remembered in
 * `interrupted` and looked at once the pending result exists; from then on duckdb_interrupt() itself is enough.
 */
static pz_status
start(pz_run *r, pz_error *err)
{
    duckdb_pending_result pending = NULL;
    pz_status st = PZ_FAIL;
    duckdb_state state;
    pthread_rwlock_rdlock(&r->engine->planning);       /* a kept statement may be planned anew */
    state = duckdb_pending_prepared_streaming(r->statement, &pending);
    pthread_rwlock_unlock(&r->engine->planning);
    if (state != DuckDBSuccess) {
        if (atomic_load(&r->interrupted)) pz_raise(err, PZ_ERR_OPERATION_CANCELED, PZ_NO_ORIGIN, NULL);
        else pz_engine_raise(err, DUCKDB_ERROR_INVALID, duckdb_pending_error(pending));
        goto done;
    }
    if (atomic_load(&r->interrupted)) {
        duckdb_interrupt(r->conn->con);        /* else taking the statement down would first work off its tasks */
        pz_raise(err, PZ_ERR_OPERATION_CANCELED, PZ_NO_ORIGIN, NULL);
        goto done;
    }
    r->has_result = true;
    if (duckdb_execute_pending(pending, &r->result) != DuckDBSuccess) {
        raise_result(r, err);
        goto done;
    }
    st = PZ_OK;
done:
    duckdb_destroy_pending(&pending);
    return st;
}

pz_run *
pz_run_make(pz_engine *e)
{
    pz_run *r = calloc(1, sizeof *r);
    pz_assert(r);
    r->engine = e;
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

pz_run *
pz_run_make_in(pz_tx *t)
{
    pz_run *r = pz_run_make(t->engine);
    r->tx = t;
    return r;
}

static void
attach(pz_run *r, pz_conn *c)
{
    pthread_mutex_lock(&r->lock);
    r->conn = c;
    pthread_mutex_unlock(&r->lock);
}

pz_status
pz_run_start(pz_run *r, const pz_run_settings *s, pz_str sql, pz_error *err)
{
    pz_conn *c;
    pz_kept kept;
    char *text;
    pz_status st;
    r->keep = s && !s->deep && !s->repeats && !r->tx ? s->keep : 0;
    if (r->keep && pz_kept_take(r->engine, r->keep, &kept)) {
        r->statement = kept.statement;
        r->changes = kept.changes;
        attach(r, kept.conn);
        return start(r, err);
    }
    if (r->keep) r->changes = pz_kept_changes(r->engine);
    PZ_TRY(check_text(sql, err));
    if (r->tx) c = r->tx->conn;
    else PZ_TRY(pz_conn_take(r->engine, s, &c, err));
    attach(r, c);
    if (s && (s->deep || s->repeats)) {
        r->deep = s->deep;
        r->repeats = s->repeats;
        count_run(r->engine, c, r->deep, r->repeats, +1);
    }
    text = strndup(sql.ptr, sql.len);
    pz_assert(text);
    if (strstr(text, "read_parquet([")) r->text = text;
    st = prepare(r, text, err);
    if (st == PZ_OK) st = start(r, err);
    if (!r->text) free(text);
    return st;
}

pz_status
pz_run_open(pz_engine *e, const pz_run_settings *s, pz_str sql, pz_run **out, pz_error *err)
{
    *out = pz_run_make(e);
    if (pz_run_start(*out, s, sql, err) == PZ_OK) return PZ_OK;
    pz_run_close(*out);
    *out = NULL;
    return PZ_FAIL;
}

pz_status
pz_run_next(pz_run *r, struct pz_chunk **out, pz_error *err)
{
    *out = NULL;
    while (!r->ended) {
        duckdb_data_chunk c;
        if (atomic_load(&r->interrupted)) return pz_raise(err, PZ_ERR_OPERATION_CANCELED, PZ_NO_ORIGIN, NULL);
        c = duckdb_fetch_chunk(r->result);
        if (!c) {
            const char *why = duckdb_result_error(&r->result);
            r->ended = true;
            r->failed = why && *why;
            if (r->failed) return raise_result(r, err);
        } else if (duckdb_data_chunk_get_size(c)) {
            *out = (struct pz_chunk *)c;
            return PZ_OK;
        } else {
            duckdb_destroy_data_chunk(&c);
        }
    }
    return PZ_OK;
}

void
pz_run_interrupt(pz_run *r)
{
    atomic_store(&r->interrupted, true);
    pthread_mutex_lock(&r->lock);
    if (r->conn) duckdb_interrupt(r->conn->con);
    pthread_mutex_unlock(&r->lock);
}

double
pz_run_progress(pz_run *r)
{
    duckdb_query_progress_type p = {-1, 0, 0};
    pthread_mutex_lock(&r->lock);
    if (r->conn) p = duckdb_query_progress(r->conn->con);
    pthread_mutex_unlock(&r->lock);
    return p.percentage;
}

void
pz_run_close(pz_run *r)
{
    pz_conn *c;
    bool keep;
    if (!r) return;
    if (r->has_result && !r->ended) duckdb_interrupt(r->conn->con); /* what is still running shall stop, not finish */
    if (r->has_result) duckdb_destroy_result(&r->result);
    keep = r->keep && r->conn && r->ended && !r->failed && !atomic_load(&r->interrupted);
    if (!keep) duckdb_destroy_prepare(&r->statement);
    pthread_mutex_lock(&r->lock);
    c = r->conn;
    r->conn = NULL;
    pthread_mutex_unlock(&r->lock);
    if (c && (r->deep || r->repeats)) count_run(r->engine, c, r->deep, r->repeats, -1);
    if (keep) pz_kept_give(r->engine, (pz_kept){r->keep, r->changes, c, r->statement});
    else if (!r->tx) pz_conn_give(r->engine, c);
    pthread_mutex_destroy(&r->lock);
    free(r->text);
    free(r);
}

bool
pz_conn_set(pz_conn *c, const char *sql)
{
    duckdb_state state;
    pthread_rwlock_rdlock(&c->engine->planning);
    state = duckdb_query(c->con, sql, NULL);
    pthread_rwlock_unlock(&c->engine->planning);
    return state == DuckDBSuccess;
}

/* Only while it is planned it holds off changes of the optimizers. */
static pz_status
exec_one(pz_conn *c, duckdb_extracted_statements all, idx_t i, pz_error *err)
{
    duckdb_prepared_statement statement = NULL;
    duckdb_pending_result pending = NULL;
    duckdb_result result;
    duckdb_state prepared, state = DuckDBError;
    pz_status st = PZ_OK;
    pthread_rwlock_rdlock(&c->engine->planning);
    prepared = duckdb_prepare_extracted_statement(c->con, all, i, &statement);
    if (prepared == DuckDBSuccess) state = duckdb_pending_prepared(statement, &pending);
    pthread_rwlock_unlock(&c->engine->planning);
    if (prepared != DuckDBSuccess) {
        st = pz_engine_raise(err, DUCKDB_ERROR_INVALID, duckdb_prepare_error(statement));
    } else if (state != DuckDBSuccess) {
        st = pz_engine_raise(err, DUCKDB_ERROR_INVALID, duckdb_pending_error(pending));
    } else {
        if (duckdb_execute_pending(pending, &result) != DuckDBSuccess) st = pz_engine_raise(err, duckdb_result_error_type(&result), duckdb_result_error(&result));
        duckdb_destroy_result(&result);
    }
    duckdb_destroy_pending(&pending);
    duckdb_destroy_prepare(&statement);
    return st;
}

pz_status
pz_conn_exec(pz_conn *c, pz_str sql, pz_error *err)
{
    duckdb_extracted_statements all = NULL;
    idx_t n;
    char *text;
    pz_status st = PZ_OK;
    PZ_TRY(check_text(sql, err));
    text = strndup(sql.ptr, sql.len);
    pz_assert(text);
    n = duckdb_extract_statements(c->con, text, &all);
    if (!n) st = pz_engine_raise(err, DUCKDB_ERROR_INVALID, duckdb_extract_statements_error(all));
    for (idx_t i = 0; i < n && st == PZ_OK; i++) st = exec_one(c, all, i, err);
    duckdb_destroy_extracted(&all);
    free(text);
    return st;
}

pz_status
pz_engine_exec(pz_engine *e, pz_str sql, pz_error *err)
{
    pz_conn *c;
    pz_status st;
    PZ_TRY(pz_conn_take(e, NULL, &c, err));
    st = pz_conn_exec(c, sql, err);
    pz_conn_give(e, c);
    pz_kept_drop_all(e);
    return st;
}

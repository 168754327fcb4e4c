/*
 * session/store.c - see store.h.
 *
 * Each table lives in an in-memory database of its own, so that it never reaches the warehouse, can be compressed whatever else is
 * going on (an engine checkpoint needs the database for itself), and goes at once.  The engine counts it against its memory limit and
 * moves it to its spill directory when there is no room.  Things start at pz_stored_make().
 */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "cache.h"
#include "file_table.h"
#include "session_int.h"

#define STORE "_piezo_memory"
enum {
    WAIT_MILLIS = 50,                          /* how soon a waiting operation notices its interruption */
    COMPRESS_ROWS = 200000                     /* fewer are left as they are */
};

/* Compression takes as long as filling again.  Texts repay it: they shrink, and grouping works on their dictionaries. */
static bool
is_worth_compressing(const pz_schema *s, int64_t rows)
{
    for (int i = 0; i < s->n && rows >= COMPRESS_ROWS; i++)
        if (pz_type_is_string(s->fields[i].type)) return true;
    return false;
}

struct pz_stored {
    atomic_int refs;
    pz_sessions *all;
    pthread_mutex_t lock;                      /* state, q */
    pthread_cond_t changed;
    enum { EMPTY, FILLING, FULL } state;
    pz_query *q;                               /* NULL once full */
    bool again;                                /* files are to be listed anew */
    pz_rel *root;                              /* q's, while there is one */
    pz_shared *keep;                           /* what follows lives in it */
    pz_schema schema;
    pz_str storage;
    char database[64];
};

static pz_schema
schema_of(const pz_rel *r, pz_arena *a)
{
    pz_schema s = {PZ_NEWN(a, pz_field, r->output.n + 1), r->output.n};
    for (int i = 0; i < s.n; i++) {
        const pz_attr *at = r->output.data[i];
        s.fields[i] = (pz_field){pz_dup(a, at->name), pz_type_copy(a, at->type), at->nullable, pz_dup(a, at->metadata)};
    }
    return s;
}

pz_stored *
pz_stored_make(pz_query *q, pz_rel *root, pz_str storage)
{
    pz_stored *t = pz_xcalloc(1, sizeof *t);
    char name[PZ_UUID_SIZE];
    atomic_init(&t->refs, 1);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    t->all = q->session->all;
    t->q = pz_query_ref(q);
    t->root = root;
    t->keep = pz_shared_open();
    t->schema = schema_of(root, t->keep->arena);
    t->storage = pz_dup(t->keep->arena, storage);
    pz_uuid_make(name);
    for (char *c = name; *c; c++)
        if (*c == '-') *c = '_';
    snprintf(t->database, sizeof t->database, STORE "_%s", name);
    return t;
}

pz_stored *
pz_stored_again(pz_query *q, pz_rel *root, pz_str storage)
{
    pz_stored *t = pz_stored_make(q, root, storage);
    t->again = true;
    return t;
}

pz_stored *
pz_stored_ref(pz_stored *t)
{
    atomic_fetch_add(&t->refs, 1);
    return t;
}

/* Engine text without rows of interest; what fails is only logged. */
static void
try_exec(pz_stored *t, const char *verb)
{
    pz_arena *a = pz_arena_open();
    pz_error e;
    pz_error_init(&e, a);
    if (pz_engine_exec(pz_sessions_engine(t->all), pz_strf(a, "%s %s", verb, t->database), &e) != PZ_OK)
        pz_log(PZ_LOG_WARN, "event=store_failed what=\"%s %s\" reason=\"" PZ_FMT "\"", verb, t->database, PZ_ARG(pz_error_text(&e, a)));
    pz_arena_close(a);
}

void
pz_stored_unref(pz_stored *t)
{
    if (!t || atomic_fetch_sub(&t->refs, 1) != 1) return;
    if (t->state == FULL) try_exec(t, "DETACH");
    if (t->state == FULL && pz_log_on(PZ_LOG_DEBUG)) pz_log(PZ_LOG_DEBUG, "event=stored_rows_dropped table=%s", t->database);
    pz_query_unref(t->q);
    pz_shared_unref(t->keep);
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

/* ---- filling ---- */
typedef struct relisting { pz_query *q; pz_arena *a; pz_error *err; pz_status st; } relisting;

/* The partitions that the table has by now. */
static pz_status
parts_again(relisting *l, const pz_scan *old, const pz_file_parts **out)
{
    pz_cat *e = pz_catalog_find_id(l->q->session->all->catalog, old->table_id);
    pz_status st = PZ_OK;
    *out = old->parts;
    if (e) st = pz_known_parts(l->q, e, l->a, out, l->err);
    pz_cat_unref(e);
    return st;
}

/* Files that were read may have been replaced, and others added, under the same paths. */
static pz_rel *
list_again(pz_rel *r, void *arg)
{
    relisting *l = arg;
    const pz_scan *old;
    pz_scan *fresh;
    pz_schema declared;
    pz_strs paths = {0};
    pz_rel *copy;
    const pz_file_parts *parts = NULL;
    if (l->st != PZ_OK || r->kind != PZ_REL_SCAN || !(old = r->u.scan)->paths.n) return NULL;
    declared = old->schema;
    declared.n -= old->with_metadata;
    for (int i = 0; i < old->paths.n; i++) {
        struct stat there;
        bool gone = old->table_id && stat(pz_dup(l->a, old->paths.data[i]).ptr, &there) != 0;      /* a table without its directory is empty */
        if (!gone) pz_vec_push(l->a, &paths, old->paths.data[i]);
    }
    if (old->parts) l->st = parts_again(l, old, &parts);
    if (l->st != PZ_OK) return NULL;
    l->st = pz_files_open(pz_sessions_engine(l->q->session->all), old->format, &paths, &old->options, &declared, &old->defaults, parts, l->q->place.env.time_zone,
                          l->a, &fresh, l->err);
    if (l->st == PZ_OK && old->with_metadata) fresh = pz_scan_metadata(l->a, fresh);
    if (l->st != PZ_OK || fresh->schema.n != old->schema.n) return NULL;
    copy = PZ_NEW(l->a, pz_rel);
    *copy = *r;
    copy->u.scan = fresh;
    return copy;
}

static pz_status
create_text(const pz_stored *t, const pz_plan *plan, bool wide, pz_arena *a, pz_lower_info *info, pz_str *out, pz_error *err)
{
    pz_lower_env env = t->q->lower;
    pz_buf sql, all;
    pz_status st;
    env.wide_decimals = wide;
    pz_buf_init(&sql, 0);
    pz_buf_init(&all, 0);
    st = pz_lower_with(&env, plan, a, &sql, info, err);
    if (st == PZ_OK) {
        pz_buf_printf(&all, "CREATE TABLE %s.main.r AS SELECT * FROM (" PZ_FMT ") AS t(", t->database, PZ_ARG(pz_buf_view(&sql)));
        for (int i = 0; i < t->schema.n || i == 0; i++) pz_buf_printf(&all, "%sk%d", i ? ", " : "", i);
        pz_buf_putc(&all, ')');
        *out = pz_buf_dup(&all, a);
    }
    pz_buf_free(&sql);
    pz_buf_free(&all);
    return st;
}

/* The one row of CREATE TABLE AS tells how many it made. */
static int64_t
rows_made(const struct pz_chunk *c)
{
    pz_vector_view v;
    if (!pz_chunk_rows(c) || !pz_chunk_columns(c)) return 0;
    pz_chunk_column(c, 0, &v);
    return *(const int64_t *)v.data;
}

static pz_status
run_text(const pz_stored *t, pz_str sql, const pz_lower_info *info, pz_operation *op, int64_t *rows, pz_error *err)
{
    pz_run_settings settings;
    struct pz_chunk *chunk = NULL;
    pz_run *run = pz_run_make(pz_sessions_engine(t->all));
    pz_status st;
    pz_query_run_settings(t->q, &settings);    /* casts inside depend on the session's zone */
    settings.deep = info->deep;
    settings.repeats = info->repeats;
    if (t->again) settings.fresh_files = true;
    st = pz_operation_start(op, run, &settings, sql, err);
    while (st == PZ_OK && (st = pz_run_next(run, &chunk, err)) == PZ_OK && chunk) {
        *rows = rows_made(chunk);
        pz_chunk_free(chunk);
    }
    pz_operation_close(op, run);
    return st;
}

/* Decimal products are tried narrow first; an overflow may be the engine's only, so then once more in full width. */
static pz_status
fill(pz_stored *t, pz_arena *a, pz_operation *op, pz_error *err)
{
    relisting l = {.q = t->q, .a = a, .err = err};
    pz_plan plan = {.root = t->again ? pz_rel_rebuild(a, t->root, list_again, &l) : t->root};
    const pz_plan *run;
    pz_status st = l.st;
    int64_t rows = 0;
    plan.schema = schema_of(plan.root, a);
    if (st == PZ_OK) st = pz_query_cached(t->q, op, &plan, plan.root, a, &run, err);
    if (st != PZ_OK) return st;
    PZ_TRY(pz_engine_exec(pz_sessions_engine(t->all), pz_strf(a, "ATTACH ':memory:' AS %s (COMPRESS)", t->database), err));
    for (int wide = 0;; wide++) {
        pz_lower_info info = {0};
        pz_str sql;
        pz_error failed;
        pz_error_init(&failed, err->arena);
        st = create_text(t, run, wide, a, &info, &sql, err);
        if (st != PZ_OK || run_text(t, sql, &info, op, &rows, &failed) == PZ_OK) break;
        if (!wide && info.narrow_decimals && failed.id != PZ_ERR_OPERATION_CANCELED) continue;
        pz_error_copy(err, &failed);
        st = PZ_FAIL;
        break;
    }
    if (st != PZ_OK) try_exec(t, "DETACH");
    else if (is_worth_compressing(&t->schema, rows)) try_exec(t, "CHECKPOINT");
    return st;
}

/* True: it is full, or this thread is to fill it now. */
static pz_status
wait_turn(pz_stored *t, pz_operation *op, pz_error *err)
{
    while (t->state == FILLING) {
        struct timespec until;
        pz_status st;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += WAIT_MILLIS * 1000000L;
        if (until.tv_nsec >= 1000000000L) until.tv_sec++, until.tv_nsec -= 1000000000L;
        pthread_cond_timedwait(&t->changed, &t->lock, &until);
        if (!op || t->state != FILLING) continue;
        pthread_mutex_unlock(&t->lock);
        st = pz_operation_check(op, err);
        pthread_mutex_lock(&t->lock);
        if (st != PZ_OK) return st;
    }
    return PZ_OK;
}

pz_status
pz_stored_fill(pz_stored *t, pz_operation *op, pz_error *err)
{
    pz_query *done = NULL;
    pz_arena *a;
    pz_status st;
    int64_t start = pz_mono_micros();
    pthread_mutex_lock(&t->lock);
    st = wait_turn(t, op, err);
    if (st != PZ_OK || t->state == FULL) {
        pthread_mutex_unlock(&t->lock);
        return st;
    }
    t->state = FILLING;
    pthread_mutex_unlock(&t->lock);
    a = pz_arena_open();
    st = fill(t, a, op, err);
    pz_arena_close(a);
    pthread_mutex_lock(&t->lock);
    t->state = st == PZ_OK ? FULL : EMPTY;
    if (st == PZ_OK) done = t->q, t->q = NULL, t->root = NULL;
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->lock);
    pz_query_unref(done);
    if (pz_log_on(PZ_LOG_DEBUG)) pz_log(PZ_LOG_DEBUG, "event=stored_rows table=%s ok=%d micros=%lld", t->database, st == PZ_OK, (long long)(pz_mono_micros() - start));
    return st;
}

bool
pz_stored_is_full(pz_stored *t)
{
    bool full;
    pthread_mutex_lock(&t->lock);
    full = t->state == FULL;
    pthread_mutex_unlock(&t->lock);
    return full;
}

/* ---- reading ---- */
pz_rel *
pz_stored_scan(const pz_stored *t, const pz_attrs *output, pz_arena *a)
{
    pz_rel *r = pz_rel_make(a, PZ_REL_SCAN, PZ_NO_ORIGIN);
    pz_scan *scan = PZ_NEW(a, pz_scan);
    scan->format = PZ_STR("table");
    scan->engine_name = scan->identity = pz_strf(a, "%s.main.r", t->database);
    scan->storage = pz_dup(a, t->storage);
    scan->schema = pz_schema_copy(a, &t->schema);
    for (int i = 0; i < t->schema.n; i++) {
        pz_vec_push(a, &scan->file_columns, pz_strf(a, "k%d", i));
        pz_vec_push(a, &r->output, output->data[i]);
    }
    r->u.scan = scan;
    r->resolved = true;
    return r;
}

pz_rel *
pz_stored_scan_new(const pz_stored *t, pz_query *q, pz_arena *a)
{
    pz_attrs output = {0};
    for (int i = 0; i < t->schema.n; i++) {
        const pz_field *f = &t->schema.fields[i];
        pz_attr *at = PZ_NEW(a, pz_attr);
        *at = (pz_attr){.id = q->next_attr++, .name = pz_dup(a, f->name), .type = pz_type_copy(a, f->type), .nullable = f->nullable,
                        .metadata = pz_dup(a, f->metadata)};
        pz_vec_push(a, &output, at);
    }
    return pz_stored_scan(t, &output, a);
}

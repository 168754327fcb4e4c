/*
 * engine/engine.c - opens and closes the one DuckDB of the process.
 *
 * In: options of the command line.  Out: a pz_engine with our functions and pz_local() registered.
 * Things start at pz_engine_open().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_int.h"
#include "functions.h"

/* Settings that never depend on options.  User text reaches the engine only through lower/, so these are a second fence. */
static const struct { const char *name, *value; } fixed_settings[] = {
    {"autoinstall_known_extensions", "false"},
    {"autoload_known_extensions", "false"},
    {"allow_community_extensions", "false"},
    {"allow_unsigned_extensions", "false"},
    {"enable_external_file_cache", "false"},
    {"preserve_insertion_order", "true"},
    {"max_expression_depth", "100000"},        /* our own depth limit is the one users meet */
    {"scalar_subquery_error_on_multiple_rows", "true"},
};

/* Not accepted before the database is open.  What belongs to a connection is set in pool.c. */
static const char *const open_statements[] = {
    "SET GLOBAL parquet_metadata_cache=true",
    "SET GLOBAL disabled_optimizers='" PZ_NO_OPTIMIZERS "'",
};

static int64_t
machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
    int64_t bytes = pages > 0 && size > 0 ? (int64_t)pages * size : (int64_t)4 << 30;
    FILE *f = fopen("/sys/fs/cgroup/memory.max", "r");
    long long limit;
    if (f) {
        if (fscanf(f, "%lld", &limit) == 1 && limit > 0 && limit < bytes) bytes = limit;
        fclose(f);
    }
    return bytes;
}

static bool
set_option(duckdb_config c, const char *name, const char *value, pz_error *err)
{
    if (duckdb_set_config(c, name, value) == DuckDBSuccess) return true;
    pz_raise_text(err, PZ_CLASS_SparkException, "The engine refuses the setting %s = %s.", name, value);
    return false;
}

static pz_status
configure(const pz_engine_options *o, const char *temp_dir, duckdb_config c, pz_error *err)
{
    char text[64];
    int64_t memory = o->memory_limit > 0 ? o->memory_limit : machine_memory() / 10 * 7;
    for (size_t i = 0; i < PZ_COUNTOF(fixed_settings); i++)
        if (!set_option(c, fixed_settings[i].name, fixed_settings[i].value, err)) return PZ_FAIL;
    snprintf(text, sizeof text, "%lldB", (long long)memory);
    if (!set_option(c, "memory_limit", text, err)) return PZ_FAIL;
    if (o->threads > 0) {
        snprintf(text, sizeof text, "%d", o->threads);
        if (!set_option(c, "threads", text, err)) return PZ_FAIL;
    }
    if (temp_dir && !set_option(c, "temp_directory", temp_dir, err)) return PZ_FAIL;
    return PZ_OK;
}

static char *
make_temp_dir(void)
{
    const char *base = getenv("TMPDIR");
    char *path = NULL;
    if (asprintf(&path, "%s/piezo-spill-XXXXXX", base && *base ? base : P_tmpdir) < 0) return NULL;
    if (mkdtemp(path)) return path;
    pz_log(PZ_LOG_WARN, "event=no_spill_directory path=%s reason=\"%s\"", path, strerror(errno));
    free(path);
    return NULL;
}

/* Say what is wrong with a database file in words of the command line, not the engine's. */
static pz_status
raise_open(pz_error *err, const char *path, const char *text)
{
    if (!path) return pz_raise_text(err, PZ_CLASS_SparkException, "The engine does not start: %s", text ? text : "no reason given");
    if (text && strstr(text, "Could not set lock"))
        return pz_raise_text(err, PZ_CLASS_SparkException, "The warehouse database %s is in use by another process.", path);
    return pz_raise_text(err, PZ_CLASS_SparkException, "The warehouse database %s does not open: %s", path, text ? text : "no reason given");
}

static pz_status
open_database(const pz_engine_options *o, pz_engine *e, pz_error *err)
{
    duckdb_config config = NULL;
    char *why = NULL;
    pz_status st = PZ_FAIL;
    if (duckdb_create_config(&config) != DuckDBSuccess) return pz_raise_internal(err, "no engine configuration");
    if (configure(o, o->temp_dir ? o->temp_dir : e->temp_dir, config, err) != PZ_OK) goto done;
    if (duckdb_open_ext(o->database, &e->db, config, &why) != DuckDBSuccess) {
        e->db = NULL;
        raise_open(err, o->database, why);
        goto done;
    }
    st = PZ_OK;
done:
    if (why) duckdb_free(why);
    duckdb_destroy_config(&config);
    return st;
}

static pz_status
prepare_database(pz_engine *e, pz_error *err)
{
    for (size_t i = 0; i < PZ_COUNTOF(open_statements); i++) PZ_TRY(pz_engine_exec(e, pz_str_c(open_statements[i]), err));
    PZ_TRY(pz_local_register(e, err));
    PZ_TRY(pz_text_scan_register(e, err));
    return pz_engine_register_fast(e, err);
}

pz_status
pz_engine_open(const pz_engine_options *o, pz_engine **out, pz_error *err)
{
    pz_engine *e = calloc(1, sizeof *e);
    pthread_rwlockattr_t one_waits;
    *out = NULL;
    if (!e) return pz_raise_internal(err, "out of memory");
    pthread_mutex_init(&e->lock, NULL);
    pthread_mutex_init(&e->bind_lock, NULL);
    pthread_rwlockattr_init(&one_waits);
    pthread_rwlockattr_setkind_np(&one_waits, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);  /* else planning never ends for it */
    pthread_rwlock_init(&e->planning, &one_waits);
    pthread_rwlockattr_destroy(&one_waits);
    e->next_local = 1;
    e->memos = pz_memos_open();
    e->threads = o->threads > 0 ? o->threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (!o->temp_dir) e->temp_dir = make_temp_dir();
    if (open_database(o, e, err) != PZ_OK || prepare_database(e, err) != PZ_OK) {
        pz_engine_close(e);
        return PZ_FAIL;
    }
    *out = e;
    return PZ_OK;
}

/* Every run must be closed before. */
void
pz_engine_close(pz_engine *e)
{
    if (!e) return;
    pz_kept_drop_all(e);
    while (e->idle) {
        pz_conn *c = e->idle;
        e->idle = c->next;
        pz_conn_close(c);
    }
    if (e->db) duckdb_close(&e->db);
    pz_local_close_all(e);
    pz_memos_close(e->memos);
    if (e->bound_close) e->bound_close(e->bound);
    if (e->temp_dir) {
        rmdir(e->temp_dir);                    /* the engine removes its own files; anything else is not ours to delete */
        free(e->temp_dir);
    }
    pthread_mutex_destroy(&e->lock);
    pthread_mutex_destroy(&e->bind_lock);
    pthread_rwlock_destroy(&e->planning);
    free(e);
}

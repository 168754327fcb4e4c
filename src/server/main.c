/*
 * server/main.c - opens what the server is made of, waits for a signal, closes it in order.
 *
 * The main thread also sweeps sessions once a second.  Exit code 0 after SIGTERM or SIGINT, 1 when the server cannot start, 70 when the engine
 * broke down: then every session would only get errors, and whoever watches the process can start it anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../rpc/rpc.h"
#include "../session/write.h"
#include "options.h"

typedef struct server {
    pz_arena *arena;
    pz_error err;
    pz_engine *engine;
    pz_catalog *catalog;
    pz_sessions *sessions;
    pz_rpc *rpc;
    int port;
    char files[PATH_MAX];                      /* --warehouse :memory:: directory of tables of files, removed at the end */
} server;

static int
fail(const char *what, const char *about, const char *why)
{
    fprintf(stderr, "piezo: %s%s%s%s%s\n", what, about ? " " : "", about ? about : "", why ? ": " : "", why ? why : "");
    return 1;
}

/* ---- start ---- */
/* The zone of the machine under the name Java would give it. */
static void
find_zone(void)
{
    static const char root[] = "/zoneinfo/";
    char path[PATH_MAX];
    const char *tz = getenv("TZ"), *at;
    ssize_t n;
    if (tz && *tz) {
        pz_conf_set_zone(tz + (*tz == ':'));
        return;
    }
    n = readlink("/etc/localtime", path, sizeof path - 1);
    if (n <= 0) return;
    path[n] = 0;
    at = strstr(path, root);
    if (at) pz_conf_set_zone(at + sizeof root - 1);
}

static bool
loopback(const char *host)
{
    return !strncmp(host, "127.", 4) || !strcmp(host, "localhost") || !strcmp(host, "::1");
}

static char *
read_text(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t n = 0;
    if (!f) return NULL;
    text = calloc(1, (1 << 20) + 1);
    if (text) n = fread(text, 1, 1 << 20, f);
    fclose(f);
    while (n && (text[n - 1] == '\n' || text[n - 1] == '\r')) text[--n] = 0;
    return text;
}

static void
set_default(pz_options_serve *o, const char *key, const char *value)
{
    pz_str v = pz_str_c(value), have;
    pz_confs *old = o->confs;
    if (pz_confs_get(old, pz_str_c(key), &have)) return;
    o->confs = pz_confs_with(old, pz_str_c(key), &v);
    pz_confs_unref(old);
}

/* What a Spark server would have on its own command line. */
static void
set_facts(server *s, pz_options_serve *o)
{
    char text[PATH_MAX + 16], cwd[PATH_MAX];
    long long now = pz_now_micros() / 1000;
    set_default(o, "spark.app.name", "piezo");
    snprintf(text, sizeof text, "local-%lld", now);
    set_default(o, "spark.app.id", text);
    snprintf(text, sizeof text, "%lld", now);
    set_default(o, "spark.app.startTime", text);
    set_default(o, "spark.master", "local[*]");
    set_default(o, "spark.executor.id", "driver");
    set_default(o, "spark.driver.host", o->host);
    set_default(o, "spark.submit.deployMode", "client");
    snprintf(text, sizeof text, "%d", o->port);
    set_default(o, "spark.connect.grpc.binding.port", text);
    if (!o->warehouse) snprintf(text, sizeof text, "file:%.3000s", s->files);
    else if (*o->warehouse == '/' || !getcwd(cwd, sizeof cwd)) snprintf(text, sizeof text, "file:%.*s", PATH_MAX, o->warehouse);
    else snprintf(text, sizeof text, "file:%.2000s/%.2000s", cwd, o->warehouse);
    set_default(o, "spark.sql.warehouse.dir", text);
}

static int
make_directories(const char *path)
{
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part) return ENAMETOOLONG;
    for (char *c = part + 1; *c; c++) {
        if (*c != '/') continue;
        *c = 0;
        if (mkdir(part, 0777) && errno != EEXIST) return errno;
        *c = '/';
    }
    return mkdir(part, 0777) && errno != EEXIST ? errno : 0;
}

static int64_t
memory_of(const char *text)
{
    int64_t v = 0;
    static const pz_conf_row bytes = {.key = "--memory", .type = PZ_CONF_BYTES, .unit = "B", .rejects = "", .options = ""};
    return text && pz_conf_number(&bytes, pz_str_c(text), &v) ? v : 0;
}

/* The file of the warehouse; no database's or table's directory has this name.  Once it was called as the directory of a database `piezo`. */
static bool
warehouse_file(const char *dir, char *out, size_t room)
{
    static const char *const behind[] = {"", ".wal"};
    char old[PATH_MAX], moved[PATH_MAX];
    struct stat st;
    if (snprintf(out, room, "%s/" PZ_WAREHOUSE_FILE, dir) >= (int)room) return false;
    snprintf(old, sizeof old, "%s/piezo.db", dir);
    if (access(out, F_OK) == 0 || stat(old, &st) != 0 || !S_ISREG(st.st_mode)) return true;
    for (size_t i = PZ_COUNTOF(behind); i-- > 0;) {        /* what a crash left behind goes first */
        snprintf(old, sizeof old, "%s/piezo.db%s", dir, behind[i]);
        if (snprintf(moved, sizeof moved, "%s%s", out, behind[i]) < (int)sizeof moved) (void)rename(old, moved);
    }
    return true;
}

static int
open_engine(server *s, const pz_options_serve *o)
{
    char database[PATH_MAX];
    pz_engine_options e = {.memory_limit = memory_of(o->memory), .threads = o->threads};
    if (o->memory && e.memory_limit <= 0) return fail("bad value for option", "--memory", NULL);
    if (o->warehouse) {
        int why = make_directories(o->warehouse);
        if (!why && access(o->warehouse, W_OK)) why = errno;
        if (why) return fail("cannot write to warehouse", o->warehouse, strerror(why));
        if (!warehouse_file(o->warehouse, database, sizeof database)) return fail("bad warehouse", o->warehouse, "name too long");
        e.database = database;
    }
    if (pz_engine_open(&e, &s->engine, &s->err) == PZ_OK) return 0;
    return fail("cannot open", o->warehouse ? o->warehouse : "the engine", s->err.message.ptr);
}

static int
open_rpc(server *s, const pz_options_serve *o)
{
    const char *env = getenv("SPARK_CONNECT_AUTHENTICATE_TOKEN"), *why = NULL;
    char *token = o->token_file ? read_text(o->token_file) : env && *env ? strdup(env) : NULL;
    char *cert = o->tls_cert ? read_text(o->tls_cert) : NULL, *key = o->tls_key ? read_text(o->tls_key) : NULL;
    pz_rpc_options r = {.sessions = s->sessions, .host = o->host, .port = o->port, .token = token, .tls_cert = cert, .tls_key = key};
    char address[300];
    int code = 0;
    snprintf(address, sizeof address, "%s:%d", o->host, o->port);
    if (o->token_file && (!token || !*token)) code = fail("cannot read a token from", o->token_file, NULL);
    else if (o->tls_cert && (!cert || !key)) code = fail("cannot read certificate or key", NULL, NULL);
    else if (!loopback(o->host) && !token && !cert && !o->insecure)
        code = fail("will not listen on", address, "without token or TLS others could use this server; --insecure allows it");
    else if (!(s->rpc = pz_rpc_open(&r, &s->port, &why))) code = fail("cannot listen on", address, why);
    free(token);
    free(cert);
    free(key);
    return code;
}

/* Before anything is served: which directories requests may name. */
static int
set_fence(const server *s, const pz_options_serve *o)
{
    const char *warehouse = o->warehouse ? o->warehouse : s->files;
    pz_fence_keep(warehouse);
    if (!o->nallowed) return 0;
    if (!pz_fence_allow(warehouse)) return fail("there is no directory", warehouse, NULL);
    for (int i = 0; i < o->nallowed; i++)
        if (!pz_fence_allow(o->allowed[i])) return fail("--allow-path: there is no directory", o->allowed[i], NULL);
    pz_fence_close();
    return 0;
}

static int
open_all(server *s, pz_options_serve *o)
{
    int code;
    pz_sessions_options so;
    s->arena = pz_arena_open();
    pz_error_init(&s->err, s->arena);
    find_zone();
    if (!o->warehouse) {
        const char *base = getenv("TMPDIR");
        if (snprintf(s->files, sizeof s->files, "%s/piezo-warehouse-XXXXXX", base && *base ? base : P_tmpdir) >= (int)sizeof s->files || !mkdtemp(s->files))
            return fail("cannot make a directory in", base && *base ? base : P_tmpdir, strerror(errno));
    }
    set_facts(s, o);
    if ((code = open_engine(s, o)) || (code = set_fence(s, o))) return code;
    if (pz_catalog_open(s->engine, o->warehouse, &s->catalog, &s->err) != PZ_OK)
        return fail("cannot read the catalog of", o->warehouse ? o->warehouse : "memory", s->err.message.ptr);
    so = (pz_sessions_options){.engine = s->engine, .catalog = s->catalog, .warehouse = o->warehouse, .base = o->confs};
    s->sessions = pz_sessions_open(&so);
    return open_rpc(s, o);
}

static void
close_all(server *s, pz_options_serve *o)
{
    pz_rpc_close(s->rpc);
    pz_sessions_close(s->sessions);
    pz_catalog_close(s->catalog);
    if (*s->files) pz_remove_tree(pz_str_c(s->files));
    if (s->engine) pz_engine_close(s->engine);
    pz_arena_close(s->arena);
    pz_confs_unref(o->confs);
}

/* ---- run ---- */
enum { BROKEN = 70, CLOSING_SECONDS = 15 };

/* The exit code. */
static int
wait_for_signal(server *s, const sigset_t *signals)
{
    struct timespec second = {1, 0};
    int n;
    while ((n = sigtimedwait(signals, NULL, &second)) < 0) {
        if (pz_engine_lost()) {
            pz_log(PZ_LOG_ERROR, "event=stopping reason=\"the engine broke down\" status=%d", BROKEN);
            alarm(CLOSING_SECONDS);            /* what is broken may not let itself be closed */
            return BROKEN;
        }
        pz_sessions_sweep(s->sessions);
    }
    pz_log(PZ_LOG_INFO, "event=stopping signal=%s", n == SIGINT ? "INT" : "TERM");
    return 0;
}

int
main(int argc, char **argv)
{
    pz_options_serve o;
    server s = {0};
    sigset_t signals;
    int code;
    pz_what what = pz_options_read(argc, argv, &o);
    if (what != PZ_DO_SERVE) {
        pz_confs_unref(o.confs);
        return what == PZ_DO_FAIL;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);                /* before any thread is made: only this one takes them */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);                                  /* a file that may not grow fails its write, not the server */
    code = open_all(&s, &o);
    if (!code) {
        printf("piezo " PZ_VERSION " ready at sc://%s:%d\n", o.host, s.port);
        fflush(stdout);
        code = wait_for_signal(&s, &signals);
    }
    close_all(&s, &o);
    return code;
}

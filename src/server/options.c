/*
 * server/options.c - the command line as a table: one row per option.
 */
#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct row {
    const char *name, *value, *help;
    enum { TEXT, NUMBER, FLAG, CONF, LEVEL, PATHS } type;
    size_t at;
} row;

#define AT(member) offsetof(pz_options_serve, member)
static const row rows[] = {
    {"--host", "ADDRESS", "listen here (default 127.0.0.1)", TEXT, AT(host)},
    {"--port", "PORT", "listen on this port; 0: any (default 15002)", NUMBER, AT(port)},
    {"--warehouse", "DIR", "where tables live; :memory: for a throw-away server (default ./spark-warehouse)", TEXT, AT(warehouse)},
    {"--conf", "KEY=VALUE", "a setting every session starts with; may be repeated", CONF, 0},
    {"--allow-path", "DIR", "read and write files only under DIR and in the warehouse; may be repeated (default: anywhere)", PATHS, 0},
    {"--memory", "SIZE", "limit of the engine's memory, such as 4g", TEXT, AT(memory)},
    {"--threads", "N", "threads of the engine (default: one for each core)", NUMBER, AT(threads)},
    {"--token-file", "FILE", "ask every client for the token in this file", TEXT, AT(token_file)},
    {"--tls-cert", "FILE", "certificate chain in PEM; with --tls-key: serve TLS", TEXT, AT(tls_cert)},
    {"--tls-key", "FILE", "its private key in PEM", TEXT, AT(tls_key)},
    {"--insecure", NULL, "listen on other than loopback addresses without token or TLS", FLAG, AT(insecure)},
    {"--log-level", "LEVEL", "error, warn, info, debug or trace (default info)", LEVEL, 0},
};

static void
print_help(void)
{
    printf("piezo " PZ_VERSION " - a Spark Connect server\n\nusage: piezo serve [options]\n       piezo --version | --help\n\noptions:\n");
    for (size_t i = 0; i < PZ_COUNTOF(rows); i++) {
        char left[64];
        snprintf(left, sizeof left, "%s %s", rows[i].name, rows[i].value ? rows[i].value : "");
        printf("  %-24s %s\n", left, rows[i].help);
    }
    printf("\nThe token may also come from the environment variable SPARK_CONNECT_AUTHENTICATE_TOKEN.\n");
}

static pz_what
complain(const char *what, const char *about)
{
    fprintf(stderr, "piezo: %s%s%s (see piezo --help)\n", what, *about ? ": " : "", about);
    return PZ_DO_FAIL;
}

static bool
read_number(const char *text, int *out)
{
    char *end;
    long v = strtol(text, &end, 10);
    *out = (int)v;
    return *text && !*end && v >= 0 && v <= 65535;
}

static bool
read_level(const char *text)
{
    static const char *const names[] = {"error", "warn", "info", "debug", "trace"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (!strcmp(text, names[i])) {
            pz_log_set_level((pz_log_level)i);
            return true;
        }
    return false;
}

static bool
read_conf(const char *text, pz_options_serve *o)
{
    const char *eq = strchr(text, '=');
    pz_str value;
    pz_confs *old = o->confs;
    if (!eq || eq == text) return false;
    value = pz_str_c(eq + 1);
    o->confs = pz_confs_with(old, (pz_str){text, (size_t)(eq - text)}, &value);
    pz_confs_unref(old);
    return true;
}

static bool
take_value(const row *r, const char *value, pz_options_serve *o)
{
    char *place = (char *)o + r->at;
    switch (r->type) {
    case TEXT: memcpy(place, &value, sizeof value); return *value != 0;
    case NUMBER: return read_number(value, (int *)(void *)place);
    case FLAG: *(bool *)place = true; return true;
    case CONF: return read_conf(value, o);
    case LEVEL: return read_level(value);
    case PATHS:
        if (!*value || o->nallowed == (int)PZ_COUNTOF(o->allowed)) return false;
        o->allowed[o->nallowed++] = value;
        return true;
    }
    return false;
}

/* --name value, or --name=value */
static const row *
find_row(const char *arg, const char **value)
{
    for (size_t i = 0; i < PZ_COUNTOF(rows); i++) {
        size_t n = strlen(rows[i].name);
        *value = NULL;
        if (strncmp(arg, rows[i].name, n) != 0) continue;
        if (!arg[n]) return &rows[i];
        if (arg[n] == '=' && rows[i].value) {
            *value = arg + n + 1;
            return &rows[i];
        }
    }
    return NULL;
}

static pz_what
read_serve(int argc, char **argv, pz_options_serve *o)
{
    for (int i = 2; i < argc; i++) {
        const char *value;
        const row *r = find_row(argv[i], &value);
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            print_help();
            return PZ_DO_EXIT;
        }
        if (!r) return complain("unknown option", argv[i]);
        if (r->value && !value) {
            if (++i == argc) return complain("this option needs a value", r->name);
            value = argv[i];
        }
        if (!take_value(r, value, o)) return complain("bad value for option", r->name);
    }
    if (!o->tls_cert != !o->tls_key) return complain("--tls-cert and --tls-key belong together", "");
    if (o->warehouse && !strcmp(o->warehouse, ":memory:")) o->warehouse = NULL;
    return PZ_DO_SERVE;
}

pz_what
pz_options_read(int argc, char **argv, pz_options_serve *out)
{
    *out = (pz_options_serve){.host = "127.0.0.1", .port = 15002, .warehouse = "spark-warehouse", .confs = pz_confs_empty()};
    if (argc < 2) {
        print_help();
        return PZ_DO_FAIL;
    }
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
        printf("piezo " PZ_VERSION "\n");
        return PZ_DO_EXIT;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
        print_help();
        return PZ_DO_EXIT;
    }
    if (strcmp(argv[1], "serve") != 0) return complain("unknown command", argv[1]);
    return read_serve(argc, argv, out);
}

/*
 * engine/pool.c - connections of the engine, one per running statement.
 *
 * A connection costs about 20 us, a SET about as much: idle ones are kept with what is set on them, and a setting is
 * changed at checkout only when it differs.  Prepared statements that will run again keep their connection.
 * Things start at pz_conn_take().
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine_int.h"

/* Offsets as Java writes them: +1, +01, +01:00, +0100, with UTC, GMT or UT before it.  Seconds east, or false. */
static bool
fixed_offset(pz_str z, int *seconds)
{
    static const char *const prefixes[] = {"UTC", "GMT", "UT"};
    const char *p = z.ptr, *end = z.ptr + z.len;
    int part[3] = {0, 0, 0}, n = 0, sign;
    for (size_t i = 0; i < PZ_COUNTOF(prefixes); i++)
        if (pz_str_starts(z, prefixes[i])) {
            p += strlen(prefixes[i]);
            break;
        }
    if (p == end || (*p != '+' && *p != '-')) return false;
    sign = *p++ == '-' ? -1 : 1;
    while (p < end && n < 3) {
        int digits = 0;
        while (p < end && isdigit((unsigned char)*p) && digits < 2) part[n] = part[n] * 10 + (*p++ - '0'), digits++;
        if (!digits) return false;
        n++;
        if (p < end && *p == ':') p++;
    }
    *seconds = sign * (part[0] * 3600 + part[1] * 60 + part[2]);
    return p == end;
}

bool
pz_engine_zone_name(pz_str zone, char out[PZ_CONN_ZONE_MAX])
{
    int seconds = 0;
    if (!zone.len || pz_str_eqc(zone, "Z") || pz_str_eqc(zone, "UT") || pz_str_eqc(zone, "UTC")) {
        strcpy(out, "UTC");
        return true;
    }
    if (fixed_offset(zone, &seconds)) {
        int hours = seconds / 3600;
        bool whole = seconds % 3600 == 0 && hours >= -12 && hours <= 14;
        if (!whole || !hours) strcpy(out, "UTC");
        else snprintf(out, PZ_CONN_ZONE_MAX, "Etc/GMT%+d", -hours); /* POSIX counts west as positive */
        return whole;
    }
    if (zone.len >= PZ_CONN_ZONE_MAX || memchr(zone.ptr, '\'', zone.len)) {
        strcpy(out, "UTC");
        return false;
    }
    memcpy(out, zone.ptr, zone.len);
    out[zone.len] = 0;
    return true;
}

/* What every new connection gets.  Below one row group of buffer a streamed scan runs on a single thread. */
#define STREAMING_BUFFER "33554432B"
static const char *const connection_statements[] = {
    "SET TimeZone='UTC'",
    "SET streaming_buffer_size='" STREAMING_BUFFER "'",
    "SET enable_progress_bar=true",
    "SET enable_progress_bar_print=false",
};

static void
set_zone(pz_conn *c, pz_str zone)
{
    char name[PZ_CONN_ZONE_MAX], sql[PZ_CONN_ZONE_MAX + 32];
    bool known = pz_engine_zone_name(zone, name);
    if (!strcmp(name, c->zone)) return;
    snprintf(sql, sizeof sql, "SET TimeZone='%s'", name);
    if (pz_conn_set(c, sql)) {
        strcpy(c->zone, name);
    } else {
        known = false;
        if (strcmp(c->zone, "UTC") && pz_conn_set(c, "SET TimeZone='UTC'")) strcpy(c->zone, "UTC");
    }
    /* Zones the engine lacks are served by our own functions, which get the zone as a pz_zone. */
    if (!known && pz_log_on(PZ_LOG_DEBUG)) pz_log(PZ_LOG_DEBUG, "event=zone_not_in_engine zone=" PZ_FMT, PZ_ARG(zone));
}

static void
set_buffer(pz_conn *c, int64_t bytes)
{
    char sql[80];
    if (bytes == c->streaming_buffer) return;
    if (bytes > 0) snprintf(sql, sizeof sql, "SET streaming_buffer_size='%lldB'", (long long)bytes);
    else snprintf(sql, sizeof sql, "SET streaming_buffer_size='" STREAMING_BUFFER "'");
    if (pz_conn_set(c, sql)) c->streaming_buffer = bytes;
}

static void
set_footers(pz_conn *c, bool off)
{
    if (off == c->no_footers) return;
    if (pz_conn_set(c, off ? "SET SESSION parquet_metadata_cache=false" : "SET SESSION parquet_metadata_cache=true")) c->no_footers = off;
}

static void
set_optimizer(pz_conn *c, bool off)
{
    if (off == c->no_optimizer) return;
    if (pz_conn_set(c, off ? "PRAGMA disable_optimizer" : "PRAGMA enable_optimizer")) c->no_optimizer = off;
}

/* At each of its steps a statement asks all of its pipelines how far they are: too much where there are thousands, or hardly a row. */
static void
set_progress(pz_conn *c, bool off)
{
    if (off == c->no_progress) return;
    if (pz_conn_set(c, off ? "SET enable_progress_bar=false" : "SET enable_progress_bar=true")) c->no_progress = off;
}

static pz_conn *
connect(pz_engine *e)
{
    pz_conn *c = calloc(1, sizeof *c);
    pz_assert(c);
    c->engine = e;
    if (duckdb_connect(e->db, &c->con) != DuckDBSuccess) {
        free(c);
        return NULL;
    }
    for (size_t i = 0; i < PZ_COUNTOF(connection_statements); i++)
        if (!pz_conn_set(c, connection_statements[i])) pz_log(PZ_LOG_WARN, "event=setting_refused sql=\"%s\"", connection_statements[i]);
    strcpy(c->zone, "UTC");
    return c;
}

/* Nothing that costs much needs to be set on it anew. */
static bool
suits(const pz_conn *c, const pz_run_settings *s)
{
    char name[PZ_CONN_ZONE_MAX];
    pz_engine_zone_name(s ? s->time_zone : PZ_STR("UTC"), name);
    return c->no_optimizer == (s && s->plain) && c->streaming_buffer == (s ? s->streaming_buffer : 0) && !strcmp(c->zone, name);
}

pz_status
pz_conn_take(pz_engine *e, const pz_run_settings *s, pz_conn **out, pz_error *err)
{
    pz_conn *c, **at;
    pthread_mutex_lock(&e->lock);
    for (at = &e->idle; *at && !suits(*at, s); at = &(*at)->next) continue;
    if (!*at) at = &e->idle;
    c = *at;
    if (c) {
        *at = c->next;
        e->nidle--;
    }
    pthread_mutex_unlock(&e->lock);
    if (!c && !(c = connect(e))) return pz_raise_internal(err, "the engine gives no connection");
    c->next = NULL;
    set_zone(c, s ? s->time_zone : PZ_STR("UTC"));
    set_buffer(c, s ? s->streaming_buffer : 0);
    set_footers(c, s && s->fresh_files);
    set_optimizer(c, s && s->plain);
    set_progress(c, s && (s->deep || s->plain));
    *out = c;
    return PZ_OK;
}

void
pz_conn_give(pz_engine *e, pz_conn *c)
{
    bool keep;
    if (!c) return;
    pthread_mutex_lock(&e->lock);
    keep = e->nidle < PZ_CONN_IDLE_MAX;
    if (keep) {
        c->next = e->idle;
        e->idle = c;
        e->nidle++;
    }
    pthread_mutex_unlock(&e->lock);
    if (!keep) pz_conn_close(c);
}

void
pz_conn_close(pz_conn *c)
{
    duckdb_disconnect(&c->con);
    free(c);
}

/* ---- kept statements ---- */
uint64_t
pz_statement_number(void)
{
    static atomic_uint_fast64_t last;
    return atomic_fetch_add(&last, 1) + 1;
}

/* With the engine locked. */
static pz_kept
take_at(pz_engine *e, int i)
{
    pz_kept k = e->kept[i];
    memmove(&e->kept[i], &e->kept[i + 1], sizeof *e->kept * (size_t)(--e->nkept - i));
    return k;
}

bool
pz_kept_take(pz_engine *e, uint64_t number, pz_kept *out)
{
    bool found = false;
    pthread_mutex_lock(&e->lock);
    for (int i = e->nkept; i-- > 0 && !found;)
        if (e->kept[i].number == number) {
            *out = take_at(e, i);
            found = true;
        }
    pthread_mutex_unlock(&e->lock);
    return found;
}

static void
drop(pz_engine *e, pz_kept k)
{
    duckdb_destroy_prepare(&k.statement);
    pz_conn_give(e, k.conn);
}

void
pz_kept_give(pz_engine *e, pz_kept k)
{
    pz_kept old = {0};
    bool current;
    pthread_mutex_lock(&e->lock);
    for (int i = 0; i < e->nkept && !old.conn; i++)
        if (e->kept[i].number == k.number) old = take_at(e, i);      /* it ran twice at a time: one is enough */
    if (!old.conn && e->nkept == PZ_KEPT_MAX) old = take_at(e, 0);
    current = k.changes == e->changes;
    if (current) e->kept[e->nkept++] = k;
    pthread_mutex_unlock(&e->lock);
    if (!current) drop(e, k);
    if (old.conn) drop(e, old);
}

uint64_t
pz_kept_changes(pz_engine *e)
{
    uint64_t n;
    pthread_mutex_lock(&e->lock);
    n = e->changes;
    pthread_mutex_unlock(&e->lock);
    return n;
}

void
pz_statement_forget(pz_engine *e, uint64_t number)
{
    pz_kept k;
    if (pz_kept_take(e, number, &k)) drop(e, k);
}

void
pz_kept_drop_all(pz_engine *e)
{
    pz_kept all[PZ_KEPT_MAX];
    int n;
    pthread_mutex_lock(&e->lock);
    e->changes++;
    n = e->nkept;
    memcpy(all, e->kept, sizeof *all * (size_t)n);
    e->nkept = 0;
    pthread_mutex_unlock(&e->lock);
    for (int i = 0; i < n; i++) drop(e, all[i]);
}

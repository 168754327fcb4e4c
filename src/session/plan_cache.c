/*
 * session/plan_cache.c - analyzed queries of a session, found again by the bytes of their relation.
 *
 * Clients plan the same relation two or three times (sql, schema, execute).  An entry is good while nothing it depends on has changed:
 * settings, views, current database, and the files it reads.  Plans over time, chance, or statements never get here.
 */
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "catalog.h"
#include "cache.h"
#include "session_int.h"

enum { ENTRIES_MAX = 32, BYTES_MAX = 16 << 20, KEY_MAX = 1 << 20 };

typedef struct cached { pz_query *q; size_t bytes; } cached;
struct pz_plan_cache { pz_table entries; size_t bytes; };

static void
drop(struct pz_plan_cache *c, cached *e)
{
    c->bytes -= e->bytes;
    pz_query_unref(e->q);
    free(e);
}

void
pz_plan_cache_free(struct pz_plan_cache *c)
{
    if (!c) return;
    PZ_TABLE_EACH(&c->entries, e) drop(c, e->value);
    pz_table_free(&c->entries);
    free(c);
}

static bool
files_unchanged(const pz_query *q)
{
    for (int i = 0; i < q->uses.n; i++) {
        const pz_query_use *u = &q->uses.data[i];
        struct stat st;
        if (stat(u->path.ptr, &st) != 0) return false;
        if (u->size != st.st_size || u->inode != (uint64_t)st.st_ino) return false;
        if (u->mtime != (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec) return false;
        if (u->ctime != (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec) return false;
    }
    return true;
}

/* With the session locked; its own sets tell whether the entry is of now. */
static bool
of_now(const pz_session *s, const pz_query *q)
{
    return q->confs == s->confs && q->views == s->views && q->place_generation == s->place &&
           q->cache_generation == pz_cache_generation(s->all) &&
           (!q->catalog_version || q->catalog_version == pz_catalog_version(s->all->catalog));
}

/*
 * Clients number their relations anew for each request.  The number of a relation at the root that is SQL text alone says nothing:
 * nobody can refer to it from inside, and errors point into the text.  So its key is what follows `common`, field 1, if that is one
 * whole `sql`, field 10.
 */
static pz_str
key_of(pz_str bytes)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    size_t at, len = 0;
    int shift = 0;
    if (bytes.len < 2 || p[0] != (1 << 3 | 2) || (p[1] & 0x80)) return bytes;
    at = 2 + (size_t)p[1];
    if (at >= bytes.len || p[at] != (10 << 3 | 2)) return bytes;
    for (size_t i = at + 1; i < bytes.len && shift < 28; shift += 7) {
        len |= (size_t)(p[i] & 0x7f) << shift;
        if (!(p[i++] & 0x80)) return len == bytes.len - i ? (pz_str){bytes.ptr + at, bytes.len - at} : bytes;
    }
    return bytes;
}

pz_query *
pz_plan_cache_get(pz_session *s, pz_str bytes)
{
    pz_query *q = NULL;
    cached *e = NULL, *dead = NULL;
    bool globals_same;
    if (bytes.len > KEY_MAX) return NULL;
    bytes = key_of(bytes);
    pthread_mutex_lock(&s->lock);
    if (s->plans && (e = pz_table_get(&s->plans->entries, bytes))) {
        if (of_now(s, e->q)) q = pz_query_ref(e->q);
        else dead = pz_table_del(&s->plans->entries, bytes);
    }
    if (dead) s->plans->bytes -= dead->bytes;
    pthread_mutex_unlock(&s->lock);
    if (dead) {                                /* freeing may close engine data: not under the lock */
        pz_query_unref(dead->q);
        free(dead);
    }
    if (!q) return NULL;
    pthread_mutex_lock(&s->all->lock);
    globals_same = q->globals == s->all->globals;
    pthread_mutex_unlock(&s->all->lock);
    if (globals_same && files_unchanged(q)) return q;
    pz_query_unref(q);
    return NULL;
}

void
pz_plan_cache_put(pz_session *s, pz_str bytes, pz_query *q)
{
    cached *e, *dead[ENTRIES_MAX + 1];
    int ndead = 0;
    if (bytes.len > KEY_MAX || q->is_volatile || q->has_command || !q->plan || !pz_query_files_settled(q)) return;
    bytes = key_of(bytes);
    q->is_cached = true;
    e = pz_xcalloc(1, sizeof *e);
    *e = (cached){pz_query_ref(q), pz_arena_used(q->arena) + bytes.len};
    pthread_mutex_lock(&s->lock);
    if (!s->plans) s->plans = pz_xcalloc(1, sizeof *s->plans);
    dead[ndead] = pz_table_del(&s->plans->entries, bytes);
    if (dead[ndead]) s->plans->bytes -= dead[ndead]->bytes, ndead++;
    pz_table_put(&s->plans->entries, bytes, e);
    s->plans->bytes += e->bytes;
    while (ndead < ENTRIES_MAX && s->plans->entries.n > 0 && (s->plans->entries.n > ENTRIES_MAX || s->plans->bytes > BYTES_MAX)) {
        dead[ndead] = pz_table_del(&s->plans->entries, pz_entry_key(s->plans->entries.oldest));
        s->plans->bytes -= dead[ndead++]->bytes;
    }
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < ndead; i++) {
        pz_query_unref(dead[i]->q);
        free(dead[i]);
    }
}

void
pz_plan_cache_purge(pz_session *s)
{
    cached *dead[ENTRIES_MAX + 1];
    int ndead = 0;
    pthread_mutex_lock(&s->lock);
    for (pz_entry *e = s->plans ? s->plans->entries.oldest : NULL, *next; e; e = next) {
        cached *c = e->value;
        next = e->newer;
        if (!pz_query_reads_stored(c->q)) continue;
        pz_table_del(&s->plans->entries, pz_entry_key(e));
        s->plans->bytes -= c->bytes;
        dead[ndead++] = c;
    }
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < ndead; i++) {
        pz_query_unref(dead[i]->q);
        free(dead[i]);
    }
}

/* Words whose presence anywhere in a request forbids keeping its plan: it would show an old time or the same dice again. */
bool
pz_text_is_volatile(pz_str bytes)
{
    static const char *const words[] = {
        "rand", "current_", "now", "uuid", "shuffle", "localtime", "unix_timestamp", "curdate", "uniform", "sample", "input_file",
        "today", "tomorrow", "yesterday", "version", "monotonically", "spark_partition",
    };
    static const char firsts[] = "rcnuslitymvRCNUSLITYMV";
    if (bytes.len > KEY_MAX) return true;
    for (size_t i = 0; i < bytes.len; i++) {
        if (!bytes.ptr[i] || !strchr(firsts, bytes.ptr[i])) continue;
        for (size_t w = 0; w < PZ_COUNTOF(words); w++) {
            size_t n = strlen(words[w]);
            if (i + n <= bytes.len && strncasecmp(bytes.ptr + i, words[w], n) == 0) return true;
        }
    }
    return false;
}

/*
 * engine/files_memo.c - what was read from a file's footer, kept while the file stays as it is.
 *
 * Clients name the same files in statement after statement; asking the engine for a footer costs more than all the rest of the
 * analysis.  The key holds the file's identity of the moment, so that a changed file is simply not found; what is no longer asked
 * for goes when newer entries come.  Things start at pz_memo_get().
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "files_int.h"

enum { SLOTS = 1024, ENTRIES_MAX = 4096, BYTES_MAX = 32 << 20 };

typedef struct memo {
    struct memo *chain, *older, *newer;
    uint64_t hash;
    pz_arena *arena;
    pz_str key;
    pz_values *rows;
    int n;
} memo;

struct pz_memos {
    pthread_mutex_t lock;
    memo *slots[SLOTS];
    memo *oldest, *newest;
    int n;
    size_t bytes;
};

struct pz_memos *
pz_memos_open(void)
{
    struct pz_memos *m = calloc(1, sizeof *m);
    pz_assert(m);
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

static void
copy_rows(pz_arena *a, const pz_type *const *types, int ntypes, const pz_values *from, int n, pz_values **out)
{
    pz_values *rows = PZ_NEWN(a, pz_values, n + 1);
    for (int i = 0; i < n; i++) {
        rows[i] = (pz_values){PZ_NEWN(a, pz_value, ntypes), ntypes, ntypes};
        for (int j = 0; j < ntypes; j++) rows[i].data[j] = pz_value_copy(a, types[j], &from[i].data[j]);
    }
    *out = rows;
}

/* ---- with the lock held ---- */
static memo **
place_of(struct pz_memos *m, uint64_t hash, pz_str key)
{
    memo **at = &m->slots[hash % SLOTS];
    while (*at && ((*at)->hash != hash || !pz_str_eq((*at)->key, key))) at = &(*at)->chain;
    return at;
}

static void
unlink_memo(struct pz_memos *m, memo *e)
{
    memo **at = place_of(m, e->hash, e->key);
    *at = e->chain;
    if (e->older) e->older->newer = e->newer;
    else m->oldest = e->newer;
    if (e->newer) e->newer->older = e->older;
    else m->newest = e->older;
    m->n--;
    m->bytes -= pz_arena_used(e->arena);
}

static void
link_newest(struct pz_memos *m, memo *e)
{
    e->older = m->newest;
    e->newer = NULL;
    if (m->newest) m->newest->newer = e;
    else m->oldest = e;
    m->newest = e;
    e->chain = m->slots[e->hash % SLOTS];
    m->slots[e->hash % SLOTS] = e;
    m->n++;
    m->bytes += pz_arena_used(e->arena);
}

static void
free_memo(memo *e)
{
    pz_arena_close(e->arena);
    free(e);
}

void
pz_memos_close(struct pz_memos *m)
{
    if (!m) return;
    for (memo *e = m->oldest, *next; e; e = next) {
        next = e->newer;
        free_memo(e);
    }
    pthread_mutex_destroy(&m->lock);
    free(m);
}

/* ---- use ---- */
/* Key of a question about a file as it is now; false: the file is gone or too fresh to be told from its next version. */
static bool
key_of(pz_str path, const char *question, pz_arena *a, pz_str *key)
{
    struct stat st;
    int64_t mtime, ctime, settled = pz_now_micros() * 1000 - PZ_SETTLED_NANOS;
    if (stat(pz_dup(a, path).ptr, &st) != 0) return false;
    mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    ctime = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
    *key = pz_strf(a, "%s|%lld|%lld|%lld|%llu|%llu|" PZ_FMT, question, (long long)st.st_size, (long long)mtime, (long long)ctime,
                   (unsigned long long)st.st_dev, (unsigned long long)st.st_ino, PZ_ARG(path));
    return mtime < settled && ctime < settled;
}

bool
pz_file_is_fresh(pz_str path, pz_arena *a)
{
    pz_str key;
    return !key_of(path, "", a, &key);
}

bool
pz_memo_get(pz_engine *e, pz_str path, const char *question, const pz_type *const *types, int ntypes, pz_arena *a, pz_values **rows, int *n)
{
    struct pz_memos *m = e->memos;
    pz_str key;
    memo *found;
    if (!key_of(path, question, a, &key)) return false;
    pthread_mutex_lock(&m->lock);
    found = *place_of(m, pz_hash_bytes(key.ptr, key.len, 0), key);
    if (found) {
        copy_rows(a, types, ntypes, found->rows, found->n, rows);
        *n = found->n;
        unlink_memo(m, found);
        link_newest(m, found);
    }
    pthread_mutex_unlock(&m->lock);
    return found != NULL;
}

void
pz_memo_put(pz_engine *e, pz_str path, const char *question, const pz_type *const *types, int ntypes, pz_arena *a, const pz_values *rows, int n)
{
    struct pz_memos *m = e->memos;
    memo *x, *old, *dead[4] = {0};
    pz_str key;
    if (!key_of(path, question, a, &key)) return;
    x = calloc(1, sizeof *x);
    pz_assert(x);
    x->arena = pz_arena_open();
    x->key = pz_dup(x->arena, key);
    x->hash = pz_hash_bytes(key.ptr, key.len, 0);
    x->n = n;
    copy_rows(x->arena, types, ntypes, rows, n, &x->rows);
    pthread_mutex_lock(&m->lock);
    old = *place_of(m, x->hash, x->key);
    if (old) unlink_memo(m, old);
    link_newest(m, x);
    for (size_t i = 0; i < PZ_COUNTOF(dead) && m->n > 1 && (m->n > ENTRIES_MAX || m->bytes > BYTES_MAX); i++) unlink_memo(m, dead[i] = m->oldest);
    pthread_mutex_unlock(&m->lock);
    if (old) free_memo(old);
    for (size_t i = 0; i < PZ_COUNTOF(dead) && dead[i]; i++) free_memo(dead[i]);
}

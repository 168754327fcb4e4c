/*
 * session/cache.c - see cache.h: the register of kept plans.
 *
 * An entry holds the query that resolved the plan, so that its rows can be read again after a change, and the store they go to.
 * Locks: the cache's own is held while the register is looked at, never while anything runs; stores are let go of outside it.
 */
#include "cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "session_int.h"
#include "store.h"

typedef struct cached {
    pz_rel_id sig;
    pz_query *q;
    pz_rel *root;                              /* without what only names or hides */
    bool zoned;                                /* its rows depend on the session's time zone */
    int level;
    char storage[80];
    pz_stored *data;
    pz_rel_id *parts;                             /* every relation of the plan */
    int nparts, parts_cap;
    pz_strs paths;                             /* files and directories it reads; q's arena */
    PZ_VEC(int64_t) tables;                    /* of the catalog */
} cached;

struct pz_cache {
    pthread_mutex_t lock;
    pz_table entries;                          /* key of signature and settings -> cached */
    pz_table chains;                           /* hashes of withColumn chains that ended where something is kept */
    atomic_int n;
    atomic_uint_fast64_t generation;
};

struct pz_cache *
pz_cache_open(void)
{
    struct pz_cache *c = pz_xcalloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    atomic_init(&c->n, 0);
    atomic_init(&c->generation, 1);
    return c;
}

static void
cached_free(cached *e)
{
    pz_stored_unref(e->data);
    pz_query_unref(e->q);
    free(e->parts);
    free(e);
}

void
pz_cache_close(struct pz_cache *c)
{
    if (!c) return;
    PZ_TABLE_EACH(&c->entries, e) cached_free(e->value);
    pz_table_free(&c->entries);
    pz_table_free(&c->chains);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

uint64_t
pz_cache_generation(pz_sessions *all)
{
    return atomic_load(&all->cache->generation);
}

/* ---- storage levels ---- */
bool
pz_level_named(pz_str name, int *level)
{
    enum { D = PZ_LEVEL_DISK, M = PZ_LEVEL_MEMORY, X = PZ_LEVEL_DESERIALIZED, O = PZ_LEVEL_OFF_HEAP };
    static const struct { const char *name; int flags, copies; } names[] = {
        {"DISK_ONLY", D, 1}, {"DISK_ONLY_2", D, 2}, {"DISK_ONLY_3", D, 3}, {"MEMORY_ONLY", M | X, 1}, {"MEMORY_ONLY_2", M | X, 2},
        {"MEMORY_ONLY_SER", M, 1}, {"MEMORY_ONLY_SER_2", M, 2}, {"MEMORY_AND_DISK", D | M | X, 1}, {"MEMORY_AND_DISK_2", D | M | X, 2},
        {"MEMORY_AND_DISK_SER", D | M, 1}, {"MEMORY_AND_DISK_SER_2", D | M, 2}, {"OFF_HEAP", D | M | O, 1},
    };
    *level = 0;
    if (pz_str_eqc(name, "NONE")) return true;
    for (size_t i = 0; i < PZ_COUNTOF(names); i++) {
        if (!pz_str_eqc(name, names[i].name)) continue;
        *level = PZ_LEVEL_SET | names[i].flags | names[i].copies << PZ_LEVEL_REPLICATION;
        return true;
    }
    return false;
}

static void
print_level(int level, char out[80])
{
    snprintf(out, 80, "StorageLevel(%s%s%s%s%d replicas)", level & PZ_LEVEL_DISK ? "disk, " : "", level & PZ_LEVEL_MEMORY ? "memory, " : "",
             level & PZ_LEVEL_OFF_HEAP ? "offheap, " : "", level & PZ_LEVEL_DESERIALIZED ? "deserialized, " : "", level >> PZ_LEVEL_REPLICATION);
}

/* ---- keys ---- */
/* Layers that only name, or only leave hidden columns out, are not part of what is kept: above them other plans differ. */
static const pz_rel *
strip(const pz_rel *r)
{
    for (;;) {
        const pz_rel *in = r->input;
        int visible = 0, at = 0;
        if (!in) return r;
        if (pz_rel_is_transparent(r)) {
            r = in;
            continue;
        }
        if (r->kind != PZ_REL_PROJECT) return r;
        for (int i = 0; i < in->output.n; i++) visible += !in->output.data[i]->hidden;
        if (visible == in->output.n || visible != r->exprs.n) return r;
        for (int i = 0; i < in->output.n; i++) {
            const pz_expr *e;
            if (in->output.data[i]->hidden) continue;
            e = r->exprs.data[at++];
            if (e->kind != PZ_EXPR_ATTR || e->u.attr->id != in->output.data[i]->id) return r;
        }
        r = in;
    }
}

/* Settings that lowering and functions read while rows are made; what the analyzer reads is in the plan. */
static uint64_t
settings_of(const pz_query *q)
{
    static const char *const keys[] = {"spark.sql.ansi.enabled", "spark.sql.legacy.timeParserPolicy", "spark.sql.mapKeyDedupPolicy",
                                       "spark.sql.legacy.disableMapKeyNormalization", "spark.sql.columnNameOfCorruptRecord"};
    uint64_t h = 0;
    for (size_t i = 0; i < PZ_COUNTOF(keys); i++) {
        pz_str v = pz_confs_text(q->confs, keys[i]);
        h = pz_hash_bytes(v.ptr ? v.ptr : "", v.len, h + i);
    }
    return h;
}

/* What is asked for: a signature, under the asker's settings. */
typedef struct entry_key { pz_rel_id sig; uint64_t settings, zone; } entry_key;

static entry_key
asker_of(const pz_query *q)
{
    pz_str zone = q->place.env.time_zone;
    return (entry_key){.settings = settings_of(q), .zone = pz_hash_bytes(zone.ptr ? zone.ptr : "", zone.len, 1) | 1};
}

static pz_str
key_text(const entry_key *k)
{
    return (pz_str){(const char *)k, sizeof *k};
}

/* With the cache locked: an entry of every zone, or of the asker's. */
static cached *
find(struct pz_cache *c, const entry_key *asker, pz_rel_id sig)
{
    entry_key any = {sig, asker->settings, 0}, own = {sig, asker->settings, asker->zone};
    cached *e = pz_table_get(&c->entries, key_text(&any));
    return e ? e : pz_table_get(&c->entries, key_text(&own));
}

/* ---- does the time zone matter? ---- */
static bool
holds_instant(const pz_type *t)
{
    return pz_type_holds(t, PZ_T_TIMESTAMP) || pz_type_holds(t, PZ_T_VARIANT);
}

static pz_walk
expr_zoned(pz_expr *e, void *arg)
{
    bool *zoned = arg;
    *zoned |= holds_instant(e->type);
    if (e->kind == PZ_EXPR_CALL && e->names.n) {
        pz_str name = e->names.data[e->names.n - 1];           /* from_unixtime, unix_timestamp, ... of texts and numbers */
        *zoned |= name.len && memmem(name.ptr, name.len, "unix", 4) != NULL;
    }
    return *zoned ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* ---- what a plan consists of ---- */
static void
take_part(pz_rel *r, pz_rel_id sig, void *arg)
{
    cached *e = arg;
    if (e->nparts == e->parts_cap) {
        e->parts_cap = e->parts_cap ? e->parts_cap * 2 : 16;
        e->parts = realloc(e->parts, (size_t)e->parts_cap * sizeof *e->parts);
        pz_assert(e->parts);
    }
    e->parts[e->nparts++] = sig;
    for (int i = 0; i < r->output.n && !e->zoned; i++) e->zoned = holds_instant(r->output.data[i]->type);
    if (!e->zoned) pz_walk_rel_exprs(r, expr_zoned, &e->zoned);
    if (r->kind != PZ_REL_SCAN) return;
    if (r->u.scan->table_id) pz_vec_push(e->q->arena, &e->tables, r->u.scan->table_id);
    for (int i = 0; i < r->u.scan->paths.n; i++) pz_vec_push(e->q->arena, &e->paths, r->u.scan->paths.data[i]);
    for (int i = 0; i < r->u.scan->files.n && !r->u.scan->paths.n; i++) pz_vec_push(e->q->arena, &e->paths, r->u.scan->files.data[i]);
}

static bool
has_part(const cached *e, pz_rel_id sig)
{
    for (int i = 0; i < e->nparts; i++)
        if (e->parts[i].a == sig.a && e->parts[i].b == sig.b) return true;
    return false;
}

/* ---- adding ---- */
static void
changed(struct pz_cache *c)
{
    atomic_store(&c->n, c->entries.n);
    atomic_fetch_add(&c->generation, 1);
}

static pz_str
chain_key(uint64_t *hash)
{
    return (pz_str){(const char *)hash, sizeof *hash};
}

pz_query *
pz_cache_query(pz_session *s, pz_operation *op, pz_shared *keep)
{
    pz_query *q = pz_query_open(s, op, keep);
    q->keeps_chains = true;
    return q;
}

pz_status
pz_cache_add(pz_query *q, int level, pz_error *err)
{
    struct pz_cache *c = q->session->all->cache;
    entry_key k = asker_of(q);
    cached *e;
    bool known;
    (void)err;
    if (!level) return PZ_OK;
    e = pz_xcalloc(1, sizeof *e);
    e->root = (pz_rel *)(uintptr_t)strip(q->plan->root);
    e->q = pz_query_ref(q);
    e->level = level;
    print_level(level, e->storage);
    pz_rel_sigs(e->root, take_part, e);
    k.sig = e->sig = e->parts[e->nparts - 1];
    pz_query_detach(q);
    e->data = pz_stored_make(q, e->root, pz_str_c(e->storage));
    pthread_mutex_lock(&c->lock);
    known = find(c, &k, e->sig) != NULL;
    if (!known) {
        if (!e->zoned) k.zone = 0;
        pz_table_put(&c->entries, key_text(&k), e);
        for (int i = 0; i < q->chains.n; i++) pz_table_put(&c->chains, chain_key(&q->chains.data[i]), c);
        changed(c);
    }
    pthread_mutex_unlock(&c->lock);
    if (known) cached_free(e);
    return PZ_OK;
}

/* ---- asking ---- */
/* The level of what is kept of a plan, 0: nothing; *data gets a reference if asked for. */
static int
ask(const pz_query *q, const pz_rel *root, pz_stored **data)
{
    struct pz_cache *c = q->session->all->cache;
    entry_key k = asker_of(q);
    pz_rel_id sig;
    cached *e;
    int level = 0;
    if (!atomic_load(&c->n)) return 0;
    sig = pz_rel_sig(strip(root));
    pthread_mutex_lock(&c->lock);
    if ((e = find(c, &k, sig))) {
        level = e->level;
        if (data) *data = pz_stored_ref(e->data);
    }
    pthread_mutex_unlock(&c->lock);
    return level;
}

int
pz_cache_level(const pz_query *q, const pz_rel *root)
{
    return ask(q, root, NULL);
}

pz_status
pz_cache_fill(const pz_query *q, pz_operation *op, pz_error *err)
{
    pz_stored *data = NULL;
    pz_status st;
    if (!ask(q, q->plan->root, &data)) return PZ_OK;           /* somebody let it go already */
    st = pz_stored_fill(data, op, err);
    pz_stored_unref(data);
    return st;
}

bool
pz_cache_is_empty(pz_sessions *all)
{
    return !atomic_load(&all->cache->n);
}

bool
pz_cache_same(const pz_rel *a, const pz_rel *b)
{
    return pz_rel_same(strip(a), strip(b));
}

/* ---- removing ---- */
typedef bool (*which)(const cached *e, const void *arg);
typedef struct dead { cached **list; int n; } dead;

/* Takes entries out; free them with bury(), without the lock. */
static dead
take_out(struct pz_cache *c, which f, const void *arg)
{
    dead d = {0};
    pthread_mutex_lock(&c->lock);
    d.list = pz_xcalloc((size_t)c->entries.n + 1, sizeof(cached *));
    for (pz_entry *e = c->entries.oldest, *next; e; e = next) {
        next = e->newer;
        if (f && !f(e->value, arg)) continue;
        d.list[d.n++] = e->value;
        pz_table_del(&c->entries, pz_entry_key(e));
    }
    if (!c->entries.n) pz_table_free(&c->chains);
    if (d.n) changed(c);
    pthread_mutex_unlock(&c->lock);
    return d;
}

static void
bury(pz_sessions *all, dead *d)
{
    if (d->n) pz_sessions_purge_plans(all);    /* remembered plans hold stores */
    for (int i = 0; i < d->n; i++) cached_free(d->list[i]);
    free(d->list);
}

typedef struct wanted { pz_rel_id sig; uint64_t settings; pz_str zone; bool cascade; } wanted;

static bool
is_wanted(const cached *e, const void *arg)
{
    const wanted *w = arg;
    if (w->cascade) return has_part(e, w->sig);
    return e->sig.a == w->sig.a && e->sig.b == w->sig.b && settings_of(e->q) == w->settings &&
           (!e->zoned || pz_str_eq(e->q->place.env.time_zone, w->zone));
}

void
pz_cache_remove(const pz_query *q, const pz_rel *root, bool cascade)
{
    pz_sessions *all = q->session->all;
    wanted w = {.settings = settings_of(q), .zone = q->place.env.time_zone, .cascade = cascade};
    dead d;
    if (!atomic_load(&all->cache->n)) return;
    w.sig = pz_rel_sig(strip(root));
    d = take_out(all->cache, is_wanted, &w);
    bury(all, &d);
}

void
pz_cache_clear(pz_sessions *all)
{
    dead d = take_out(all->cache, NULL, NULL);
    bury(all, &d);
}

/* ---- changes below ---- */
static void
start_again(pz_sessions *all, which f, const void *arg)
{
    struct pz_cache *c = all->cache;
    pz_stored **old;
    int n = 0;
    if (!atomic_load(&c->n)) return;
    pthread_mutex_lock(&c->lock);
    old = pz_xcalloc((size_t)c->entries.n + 1, sizeof(pz_stored *));
    PZ_TABLE_EACH(&c->entries, at) {
        cached *e = at->value;
        if (!f(e, arg)) continue;
        old[n++] = e->data;
        e->data = pz_stored_again(e->q, e->root, pz_str_c(e->storage));
    }
    if (n) changed(c);
    pthread_mutex_unlock(&c->lock);
    if (n) pz_sessions_purge_plans(all);
    while (n) pz_stored_unref(old[--n]);
    free(old);
}

static bool
reads_relation(const cached *e, const void *arg)
{
    return has_part(e, *(const pz_rel_id *)arg);
}

void
pz_cache_changed_plan(const pz_query *q, const pz_rel *root)
{
    pz_rel_id sig;
    if (!atomic_load(&q->session->all->cache->n)) return;
    sig = pz_rel_sig(strip(root));
    start_again(q->session->all, reads_relation, &sig);
}

static bool
reads_table(const cached *e, const void *arg)
{
    for (int i = 0; i < e->tables.n; i++)
        if (e->tables.data[i] == *(const int64_t *)arg) return true;
    return false;
}

void
pz_cache_changed_table(pz_sessions *all, int64_t id)
{
    start_again(all, reads_table, &id);
}

void
pz_cache_table_gone(pz_sessions *all, int64_t id)
{
    dead d;
    if (pz_cache_is_empty(all)) return;
    d = take_out(all->cache, reads_table, &id);
    bury(all, &d);
}

/* One is the other, or lies below it. */
static bool
related(pz_str a, pz_str b)
{
    if (b.len < a.len) return related(b, a);
    return !memcmp(b.ptr, a.ptr, a.len) && (b.len == a.len || b.ptr[a.len] == '/' || (a.len && a.ptr[a.len - 1] == '/'));
}

static pz_str
plain_path(pz_str p)
{
    for (const char *prefix = "file:"; pz_str_starts(p, prefix); p = (pz_str){p.ptr + 5, p.len - 5}) {}
    while (p.len > 1 && p.ptr[0] == '/' && p.ptr[1] == '/') p = (pz_str){p.ptr + 1, p.len - 1};
    while (p.len > 1 && p.ptr[p.len - 1] == '/') p.len--;
    return p;
}

static bool
reads_path(const cached *e, const void *arg)
{
    const pz_str *path = arg;
    for (int i = 0; i < e->paths.n; i++)
        if (related(plain_path(e->paths.data[i]), *path)) return true;
    return false;
}

void
pz_cache_changed_path(pz_sessions *all, pz_str path)
{
    path = plain_path(path);
    start_again(all, reads_path, &path);
}

/* ---- putting kept parts in place ---- */
typedef struct part { pz_rel *rel; pz_rel_id sig; pz_stored *data; } part;
typedef struct applying {
    const pz_rel *self;
    pz_rel_id self_sig;
    pz_arena *a;
    pz_stored_list *used;
    PZ_VEC(part) parts;
} applying;

static void
note_part(pz_rel *r, pz_rel_id sig, void *arg)
{
    applying *ap = arg;
    bool own = ap->self && sig.a == ap->self_sig.a && sig.b == ap->self_sig.b;
    if (!own) pz_vec_push(ap->a, &ap->parts, ((part){r, sig, NULL}));
}

/* Which parts are kept; only these stay in the list. */
static void
look_up(applying *ap, const pz_query *q)
{
    struct pz_cache *c = q->session->all->cache;
    entry_key k = asker_of(q);
    int n = 0;
    pthread_mutex_lock(&c->lock);
    for (int i = 0; i < ap->parts.n; i++) {
        part p = ap->parts.data[i];
        cached *e = find(c, &k, p.sig);
        if (!e || e->root->output.n != p.rel->output.n) continue;
        p.data = pz_stored_ref(e->data);
        ap->parts.data[n++] = p;
    }
    pthread_mutex_unlock(&c->lock);
    ap->parts.n = n;
}

static pz_rel *
put_in_place(pz_rel *r, void *arg)
{
    applying *ap = arg;
    for (int i = 0; i < ap->parts.n; i++) {
        const part *p = &ap->parts.data[i];
        pz_rel *scan;
        if (p->rel != r) continue;
        scan = pz_stored_scan(p->data, &r->output, ap->a);
        scan->u.scan->stands_for = r;
        pz_vec_push(ap->a, ap->used, pz_stored_ref(p->data));
        return scan;
    }
    return NULL;
}

const pz_plan *
pz_cache_apply(const pz_query *q, const pz_plan *plan, const pz_rel *self, pz_arena *a, pz_stored_list *used)
{
    applying ap = {.self = self, .a = a, .used = used};
    pz_plan *out;
    if (!atomic_load(&q->session->all->cache->n)) return plan;
    if (self) ap.self_sig = pz_rel_sig(self);
    pz_rel_sigs(plan->root, note_part, &ap);
    look_up(&ap, q);
    if (!ap.parts.n) return plan;
    out = PZ_NEW(a, pz_plan);
    *out = *plan;
    out->root = pz_rel_rebuild(a, plan->root, put_in_place, &ap);
    for (int i = 0; i < ap.parts.n; i++) pz_stored_unref(ap.parts.data[i].data);
    return out;
}

/* ---- chains of withColumn ---- */
void
pz_cache_note_chain(pz_query *q, const pz_rel *unresolved)
{
    uint64_t hash = pz_rel_hash(unresolved);
    pz_vec_push(q->arena, &q->chains, hash);
}

bool
pz_cache_has_chains(pz_sessions *all)
{
    bool any;
    if (!atomic_load(&all->cache->n)) return false;
    pthread_mutex_lock(&all->cache->lock);
    any = all->cache->chains.n > 0;
    pthread_mutex_unlock(&all->cache->lock);
    return any;
}

bool
pz_cache_cuts_chain(pz_sessions *all, uint64_t hash)
{
    bool hit;
    if (!atomic_load(&all->cache->n)) return false;
    pthread_mutex_lock(&all->cache->lock);
    hit = pz_table_get(&all->cache->chains, chain_key(&hash)) != NULL;
    pthread_mutex_unlock(&all->cache->lock);
    return hit;
}

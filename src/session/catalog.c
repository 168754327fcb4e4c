/*
 * session/catalog.c - the catalog in memory: find, list, make, publish.  See catalog.h.
 *
 * Memory holds every entry; the warehouse database holds the same and is read once, at the start.
 */
#include <stdlib.h>

#include "catalog_int.h"
#include "write.h"

/* Tables, views share one set of names; so they share a letter. */
static char
letter(pz_entry_kind kind)
{
    return kind == PZ_ENTRY_DATABASE ? 'd' : kind == PZ_ENTRY_FUNCTION ? 'f' : 't';
}

pz_str
pz_cat_key(pz_arena *a, pz_entry_kind kind, pz_str db, pz_str name)
{
    char *p = pz_alloc(a, db.len + name.len + 3);
    size_t n = 0;
    p[n++] = letter(kind);
    if (db.len) memcpy(p + n, db.ptr, db.len);
    n += db.len + 1;
    if (name.len) memcpy(p + n, name.ptr, name.len);
    n += name.len;
    return pz_lower_ascii(a, (pz_str){p, n});
}

/* ---- entries ---- */
pz_cat *
pz_cat_alloc(pz_entry_kind kind)
{
    static atomic_uint_fast64_t last;
    pz_cat *e = pz_xcalloc(1, sizeof *e);
    atomic_init(&e->refs, 1);
    e->stamp = atomic_fetch_add(&last, 1) + 1;
    e->keep = pz_shared_open();
    e->kind = kind;
    e->stat_rows = e->stat_bytes = -1;
    e->next_column = 1;
    return e;
}

pz_cat *
pz_cat_make(pz_catalog *c, pz_entry_kind kind, pz_str db, pz_str name)
{
    pz_cat *e = pz_cat_alloc(kind);
    e->db = pz_lower_ascii(e->keep->arena, db);
    e->name = pz_lower_ascii(e->keep->arena, name);
    e->created = pz_now_micros();
    pthread_mutex_lock(&c->lock);
    e->id = c->next_id++;
    pthread_mutex_unlock(&c->lock);
    return e;
}

pz_cat *
pz_cat_copy(const pz_cat *from)
{
    pz_cat *e = pz_cat_alloc(from->kind);
    e->id = from->id;
    e->base = from->published ? from->stamp : from->base;
    e->db = pz_dup(e->keep->arena, from->db);
    e->name = pz_dup(e->keep->arena, from->name);
    pz_cat_copy_facts(from, e);
    return e;
}

pz_cat *
pz_cat_ref(pz_cat *e)
{
    atomic_fetch_add(&e->refs, 1);
    return e;
}

void
pz_cat_unref(pz_cat *e)
{
    if (!e || atomic_fetch_sub(&e->refs, 1) != 1) return;
    pz_shared_unref(e->keep);
    free(e);
}

void
pz_cats_unref(pz_cats *list)
{
    for (int i = 0; i < list->n; i++) pz_cat_unref(list->data[i]);
    list->n = 0;
}

pz_str
pz_cat_table_text(const pz_cat *e, pz_arena *a)
{
    return pz_strf(a, "data.t%lld", (long long)e->id);
}

pz_str
pz_cat_column_text(const pz_cat *e, int column, pz_arena *a)
{
    return pz_strf(a, "c%lld", (long long)e->columns.data[column]);
}

pz_str
pz_cat_create_text(const pz_cat *e, pz_arena *a)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "CREATE TABLE data.t%lld (", (long long)e->id);
    for (int i = 0; i < e->schema.n; i++)
        pz_buf_printf(&b, "%sc%lld " PZ_FMT, i ? ", " : "", (long long)e->columns.data[i], PZ_ARG(pz_type_duckdb(e->schema.fields[i].type, a)));
    if (!e->schema.n) pz_buf_puts(&b, "none BOOLEAN"); /* the engine has no tables without columns */
    pz_buf_putc(&b, ')');
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

/* ---- find and list ---- */
pz_cat *
pz_catalog_find(pz_catalog *c, pz_entry_kind kind, pz_str db, pz_str name)
{
    pz_arena *a = pz_arena_open();
    pz_str key = pz_cat_key(a, kind, db, name);
    pz_cat *e;
    pthread_mutex_lock(&c->lock);
    e = pz_table_get(&c->names, key);
    if (e) pz_cat_ref(e);
    pthread_mutex_unlock(&c->lock);
    pz_arena_close(a);
    return e;
}

pz_cat *
pz_catalog_find_id(pz_catalog *c, int64_t id)
{
    pz_cat *e;
    pthread_mutex_lock(&c->lock);
    e = pz_table_get(&c->ids, pz_id_key(&id));
    if (e) pz_cat_ref(e);
    pthread_mutex_unlock(&c->lock);
    return e;
}

static int
by_name(const void *x, const void *y)
{
    const pz_cat *a = *(pz_cat *const *)x, *b = *(pz_cat *const *)y;
    int d = pz_str_cmp(a->db, b->db);
    return d ? d : pz_str_cmp(a->name, b->name);
}

void
pz_catalog_list(pz_catalog *c, pz_entry_kind kind, pz_str db, pz_arena *a, pz_cats *out)
{
    pthread_mutex_lock(&c->lock);
    PZ_TABLE_EACH(&c->names, at) {
        pz_cat *e = at->value;
        bool wanted = e->kind == kind || (kind == PZ_ENTRY_TABLE && e->kind == PZ_ENTRY_VIEW);
        if (wanted && (!db.len || pz_str_ieq(e->db, db))) pz_vec_push(a, out, pz_cat_ref(e));
    }
    pthread_mutex_unlock(&c->lock);
    if (out->n > 1) qsort(out->data, (size_t)out->n, sizeof *out->data, by_name);
}

uint64_t
pz_catalog_version(pz_catalog *c)
{
    uint64_t v;
    pthread_mutex_lock(&c->lock);
    v = c->version;
    pthread_mutex_unlock(&c->lock);
    return v;
}

uint64_t
pz_catalog_data_version(pz_catalog *c, int64_t id)
{
    uint64_t v;
    pthread_mutex_lock(&c->lock);
    v = (uint64_t)(uintptr_t)pz_table_get(&c->data, pz_id_key(&id));
    pthread_mutex_unlock(&c->lock);
    return v;
}

/* ---- publish ---- */
void
pz_catalog_retire(pz_catalog *c, int64_t id)
{
    pz_arena *a = pz_arena_open();
    pz_cat *e = pz_table_del(&c->ids, pz_id_key(&id));
    if (e) {
        pz_table_del(&c->names, pz_cat_key(a, e->kind, e->db, e->name));
        pz_cat_unref(e);
    }
    pz_arena_close(a);
}

void
pz_catalog_publish(pz_catalog *c, pz_cat *e)
{
    pz_arena *a = pz_arena_open();
    e->published = true;
    pz_catalog_retire(c, e->id);
    pz_table_put(&c->names, pz_cat_key(a, e->kind, e->db, e->name), e);
    pz_table_put(&c->ids, pz_id_key(&e->id), e);
    if (e->id >= c->next_id) c->next_id = e->id + 1;
    pz_arena_close(a);
}

/* ---- open and close ---- */
static pz_status
make_default(pz_catalog *c, const char *warehouse, pz_error *err)
{
    pz_buf b;
    pz_cat *e = pz_catalog_find(c, PZ_ENTRY_DATABASE, PZ_STR(""), PZ_STR("default"));
    pz_status st;
    if (e) {
        pz_cat_unref(e);
        return PZ_OK;
    }
    (void)warehouse;
    e = pz_cat_make(c, PZ_ENTRY_DATABASE, PZ_STR(""), PZ_STR("default"));
    e->comment = PZ_STR("default database");
    pz_buf_init(&b, 0);
    pz_cat_store_text(e, &b);
    st = pz_engine_exec(c->engine, pz_buf_view(&b), err);
    pz_buf_free(&b);
    if (st == PZ_OK) {
        pthread_mutex_lock(&c->lock);
        pz_catalog_publish(c, e);
        pthread_mutex_unlock(&c->lock);
    } else {
        pz_cat_unref(e);
    }
    return st;
}

pz_status
pz_catalog_open(pz_engine *engine, const char *warehouse, pz_catalog **out, pz_error *err)
{
    pz_catalog *c = pz_xcalloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->publish, NULL);
    pthread_cond_init(&c->unlocked, NULL);
    c->engine = engine;
    c->next_id = 1;
    c->version = 1;
    *out = c;
    if (pz_catalog_load(c, err) == PZ_OK && pz_together_recover(engine, err) == PZ_OK && make_default(c, warehouse, err) == PZ_OK) return PZ_OK;
    pz_catalog_close(c);
    *out = NULL;
    return PZ_FAIL;
}

void
pz_catalog_close(pz_catalog *c)
{
    if (!c) return;
    PZ_TABLE_EACH(&c->names, at) pz_cat_unref(at->value);
    pz_table_free(&c->names);
    pz_table_free(&c->ids);
    pz_table_free(&c->busy);
    pz_table_free(&c->data);
    pthread_mutex_destroy(&c->lock);
    pthread_mutex_destroy(&c->publish);
    pthread_cond_destroy(&c->unlocked);
    free(c);
}

/*
 * session/confs.c - sets of settings: immutable, shared by count of users, one small sorted array each.
 */
#include "conf.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "../types/types.h"
#include "table.h"

typedef struct setting { pz_str key, value; } setting;
struct pz_confs {
    atomic_int refs;
    int n;
    setting items[];
};

static char machine_zone[64] = "UTC";

void
pz_conf_set_zone(const char *zone)
{
    if (strlen(zone) < sizeof machine_zone) strcpy(machine_zone, zone);
}

bool
pz_conf_zone_ok(pz_str zone)
{
    return pz_zone_find(zone) != NULL;
}

static pz_confs *
make(int n)
{
    pz_confs *c = pz_xcalloc(1, sizeof *c + (size_t)n * sizeof(setting));
    atomic_init(&c->refs, 1);
    return c;
}

pz_confs *
pz_confs_empty(void)
{
    return make(0);
}

pz_confs *
pz_confs_ref(pz_confs *c)
{
    atomic_fetch_add(&c->refs, 1);
    return c;
}

void
pz_confs_unref(pz_confs *c)
{
    if (!c || atomic_fetch_sub(&c->refs, 1) != 1) return;
    for (int i = 0; i < c->n; i++) {
        free((void *)(uintptr_t)c->items[i].key.ptr);
        free((void *)(uintptr_t)c->items[i].value.ptr);
    }
    free(c);
}

static void
add(pz_confs *c, pz_str key, pz_str value)
{
    c->items[c->n++] = (setting){{pz_xdup(key), key.len}, {pz_xdup(value), value.len}};
}

pz_confs *
pz_confs_with(const pz_confs *c, pz_str key, const pz_str *value)
{
    pz_confs *out = make(c->n + 1);
    bool done = !value;
    for (int i = 0; i < c->n; i++) {
        int order = pz_str_cmp(c->items[i].key, key);
        if (order >= 0 && !done) add(out, key, *value), done = true;
        if (order) add(out, c->items[i].key, c->items[i].value);
    }
    if (!done) add(out, key, *value);
    return out;
}

int
pz_confs_count(const pz_confs *c)
{
    return c->n;
}

void
pz_confs_at(const pz_confs *c, int i, pz_str *key, pz_str *value)
{
    *key = c->items[i].key;
    *value = c->items[i].value;
}

bool
pz_confs_get(const pz_confs *c, pz_str key, pz_str *value)
{
    int low = 0, high = c->n - 1;
    while (low <= high) {
        int mid = (low + high) / 2, order = pz_str_cmp(key, c->items[mid].key);
        if (!order) {
            *value = c->items[mid].value;
            return true;
        }
        if (order < 0) high = mid - 1;
        else low = mid + 1;
    }
    return false;
}

bool
pz_confs_read(const pz_confs *c, pz_str key, pz_str *value)
{
    const pz_conf_row *r;
    const char *text;
    for (int hops = 0; hops < 8; hops++) {
        if (pz_confs_get(c, key, value)) return true;
        r = pz_conf_find(key);
        if (!pz_conf_registered(r)) return false;
        if (r->fallback) {
            key = pz_str_c(r->fallback);
            continue;
        }
        text = !strcmp(r->key, "spark.sql.session.timeZone") ? machine_zone : r->shown ? r->shown : r->initial;
        if (!text) return false;
        *value = pz_str_c(text);
        return true;
    }
    return false;
}

pz_str
pz_confs_text(const pz_confs *c, const char *key)
{
    pz_str value;
    return pz_confs_read(c, pz_str_c(key), &value) ? value : (pz_str){NULL, 0};
}

bool
pz_confs_bool(const pz_confs *c, const char *key)
{
    return pz_str_ieqc(pz_str_trim(pz_confs_text(c, key)), "true");
}

int64_t
pz_confs_int(const pz_confs *c, const char *key, int64_t otherwise)
{
    int64_t n;
    pz_str value = pz_confs_text(c, key);
    return value.ptr && pz_conf_number(pz_conf_find(pz_str_c(key)), value, &n) ? n : otherwise;
}

/*
 * session/conf.h - settings: what keys exist (tables/conf.def), what values they take, and sets of values.
 *
 * A set of values never changes once made: changing a setting makes a new set.  A query keeps the set it began with.
 */
#ifndef PZ_SESSION_CONF_H
#define PZ_SESSION_CONF_H

#include "../base/base.h"

typedef enum pz_conf_type {
    PZ_CONF_NONE, PZ_CONF_BOOLEAN, PZ_CONF_INT, PZ_CONF_LONG, PZ_CONF_DOUBLE, PZ_CONF_DECIMAL, PZ_CONF_STRING, PZ_CONF_LIST,
    PZ_CONF_BYTES, PZ_CONF_TIME, PZ_CONF_ENUM, PZ_CONF_REGEX
} pz_conf_type;
typedef enum pz_conf_scope { PZ_CONF_SQL, PZ_CONF_CONNECT, PZ_CONF_CORE } pz_conf_scope;
typedef enum pz_conf_access { PZ_CONF_RUNTIME, PZ_CONF_STATIC, PZ_CONF_FIXED } pz_conf_access;
typedef struct pz_conf_row {
    const char *key;
    pz_conf_type type;
    const char *initial, *shown;
    pz_conf_scope scope;
    pz_conf_access access;
    int is_public;
    const char *rejects, *unit, *options, *fallback, *version, *removed;
} pz_conf_row;

const pz_conf_row *pz_conf_find(pz_str key);   /* NULL: not registered; removed keys are found */
bool pz_conf_registered(const pz_conf_row *r); /* false for NULL and for rows of removed keys */
int pz_conf_count(void);
const pz_conf_row *pz_conf_at(int i);
bool pz_conf_redacted(pz_str key);             /* names that tell secrets: hidden from every answer */
const char *pz_conf_warning(pz_str key, pz_arena *a); /* what Spark Connect warns about when this key is touched, or NULL */

/* May this value be set?  Raises what Spark raises. */
pz_status pz_conf_check_set(pz_str key, pz_str value, pz_arena *a, pz_error *err);
pz_status pz_conf_check_unset(pz_str key, pz_arena *a, pz_error *err);
pz_status pz_path_check_default(pz_str value, pz_error *err);   /* path.c: a value of spark.sql.defaultPath */
pz_status pz_conf_check_value(const pz_conf_row *r, pz_str value, pz_error *err); /* type and range only */

bool pz_conf_number(const pz_conf_row *r, pz_str value, int64_t *out);            /* bytes as bytes, times as ms, booleans as 0 and 1 */
bool pz_conf_zone_ok(pz_str zone);

/* ---- sets of values */
typedef struct pz_confs pz_confs;
pz_confs *pz_confs_empty(void);
pz_confs *pz_confs_ref(pz_confs *c);
void pz_confs_unref(pz_confs *c);
pz_confs *pz_confs_with(const pz_confs *c, pz_str key, const pz_str *value); /* new set; value NULL: without the key */
int pz_confs_count(const pz_confs *c);
void pz_confs_at(const pz_confs *c, int i, pz_str *key, pz_str *value); /* sorted by key */
bool pz_confs_get(const pz_confs *c, pz_str key, pz_str *value);        /* set explicitly */
/* Set, or its default as Spark prints it, or that of its fallback; false: none.  Texts live as long as the set. */
bool pz_confs_read(const pz_confs *c, pz_str key, pz_str *value);
pz_str pz_confs_text(const pz_confs *c, const char *key);     /* ptr NULL if none */
bool pz_confs_bool(const pz_confs *c, const char *key);
int64_t pz_confs_int(const pz_confs *c, const char *key, int64_t otherwise);    /* bytes as bytes, times as milliseconds */
void pz_conf_set_zone(const char *zone);       /* default of spark.sql.session.timeZone: the machine's; before the first session */

#endif

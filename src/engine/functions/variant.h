/*
 * engine/functions/variant.h - Spark's variant: one value and its key dictionary in two byte strings (open variant encoding, version 1).
 *
 * A pz_variant views a value inside such bytes.  Readers check every bound: bytes may come from files.
 */
#ifndef PZ_FN_VARIANT_H
#define PZ_FN_VARIANT_H

#include "json.h"

typedef enum pz_variant_kind {
    PZ_V_NULL, PZ_V_BOOL, PZ_V_INT, PZ_V_DOUBLE, PZ_V_DECIMAL, PZ_V_DATE, PZ_V_TIMESTAMP, PZ_V_TIMESTAMP_NTZ, PZ_V_FLOAT, PZ_V_BINARY,
    PZ_V_STRING, PZ_V_UUID, PZ_V_OBJECT, PZ_V_ARRAY, PZ_V_BAD
} pz_variant_kind;

typedef struct pz_variant { pz_str value, metadata; } pz_variant;

pz_variant pz_variant_of(const pz_value *v);
pz_variant_kind pz_variant_kind_of(pz_variant v);
/* Scalars: i, d, dec (scale out), s as the kind says. */
bool pz_variant_scalar(pz_variant v, pz_value *out, int *scale);
int pz_variant_count(pz_variant v);                                    /* members of an object or array */
bool pz_variant_at(pz_variant v, int i, pz_str *key, pz_variant *out); /* key only for objects (in key order) */
bool pz_variant_field(pz_variant v, pz_str key, pz_variant *out);
pz_value pz_variant_value(pz_arena *a, pz_variant v);                  /* as a VARIANT value of its own (metadata shared) */

/* A tree to encode.  JSON-like, with Spark's scalars. */
typedef struct pz_vnode pz_vnode;
struct pz_vnode { pz_variant_kind kind; pz_value scalar; int scale; pz_str key; pz_vnode *items; int n; };
bool pz_vnode_from_json(pz_arena *a, const pz_json *j, bool allow_duplicates, pz_vnode *out); /* false: duplicate key */
void pz_vnode_from_variant(pz_arena *a, pz_variant v, pz_vnode *out);
pz_value pz_variant_encode(pz_arena *a, const pz_vnode *n);

void pz_vnode_from_value(pz_arena *a, const pz_type *t, const pz_value *v, const pz_zone *zone, pz_vnode *out);

/* $.name['name'][0] */
typedef struct pz_variant_step { pz_str key; int64_t index; bool is_key; } pz_variant_step;
typedef PZ_VEC(pz_variant_step) pz_variant_path;
bool pz_variant_path_read(pz_arena *a, pz_str p, pz_variant_path *out); /* false: no path */

void pz_variant_json(pz_buf *b, pz_str value, pz_str metadata, const pz_zone *zone);

#endif

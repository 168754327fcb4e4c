/*
 * engine/functions/agg_util.h - what the aggregates in agg_*.c share: memory of states, and Java's order of hashed collections.
 *
 * States are plain bytes that the engine moves around; what they own is malloc memory, freed in destroy.
 */
#ifndef PZ_AGG_UTIL_H
#define PZ_AGG_UTIL_H

#include "hash.h"

#define PZ_AGG_SKIP(name) static bool name(pz_fn_ctx *c, const void *state, const pz_value *key)
#define PZ_AGG_UPDATE(name) static pz_status name(pz_fn_ctx *c, void *state, const pz_value *args)
#define PZ_AGG_COMBINE(name) static pz_status name(pz_fn_ctx *c, void *state, const void *from)
#define PZ_AGG_FINISH(name) static pz_status name(pz_fn_ctx *c, void *state, pz_value *out)
#define PZ_AGG(n, s, u, co, f) .name = n, .state_size = sizeof(s), .update = u, .combine = co, .finish = f

/* A deep copy in one piece of malloc memory, *block; NULL when the value needs none. */
pz_value pz_keep_value(const pz_type *t, const pz_value *v, void **block);

/* Values kept by a state. */
typedef struct pz_bag { pz_value *items; void **blocks; int64_t *counts; int n, cap; } pz_bag;
pz_value *pz_bag_add(pz_bag *b, const pz_type *t, const pz_value *v);      /* counts[i] starts at 0 */
void pz_bag_free(void *bag);                                               /* usable as destroy when the bag is the whole state or its start */

/* malloc memory of n items of `size`, with room for one more; NULL in `p` starts. */
void *pz_grow(void *p, int64_t n, int64_t *cap, size_t size);
void *pz_must(void *p);                                                    /* aborts when out of memory */

/* Object.hashCode of the value as Spark holds it in memory, and Scala's ## of it (numbers that are equal hash alike). */
int32_t pz_java_hash(const pz_type *t, const pz_value *v);
uint64_t pz_equal_hash(const pz_type *t, const pz_value *v);  /* collection.c: equal values hash alike, under their collations too */
int32_t pz_scala_hash(const pz_type *t, const pz_value *v);
/* Order in which Scala's mutable HashSet gives n distinct values that lie in so many buckets; sorts in place.  The other: collected from so many
 * rows in two partitions. */
void pz_scala_bucket_order(const pz_type *t, pz_value *items, int n, uint32_t buckets, pz_arena *a);
void pz_scala_set_order(const pz_type *t, pz_value *items, int n, int64_t rows, pz_arena *a);

/* Index from values to places in a bag; equality as in GROUP BY. */
typedef struct pz_bag_index { int *slots; int cap; } pz_bag_index;
int pz_bag_find(pz_bag *b, pz_bag_index *ix, const pz_type *t, const pz_value *v, bool *is_new);  /* adds when it is not there */

double pz_agg_number(const pz_type *t, const pz_value *v);   /* of any numeric type, or what stands as a number */

/* The bytes of java.util.Random. */
typedef struct pz_java_random { int64_t seed; } pz_java_random;
void pz_java_random_init(pz_java_random *r, int64_t seed);
int32_t pz_java_random_next(pz_java_random *r, int bits);
int32_t pz_java_random_int(pz_java_random *r, int32_t bound);
double pz_java_random_double(pz_java_random *r);

#endif

/*
 * engine/functions/hash.h - Spark's Murmur3 and xxHash64, shared by hash(), xxhash64(), rand() and the formatter.
 */
#ifndef PZ_FN_HASH_H
#define PZ_FN_HASH_H

#include "fn_util.h"

int32_t pz_murmur3_bytes(pz_str s, uint32_t seed);            /* tail bytes one by one, sign-extended */
int32_t pz_murmur3_value(const pz_type *t, const pz_value *v, int32_t seed);
int64_t pz_xxhash64_value(const pz_type *t, const pz_value *v, int64_t seed);

/* Spark's XORShiftRandom. */
typedef struct pz_xorshift { uint64_t seed; double next_gaussian; bool has_gaussian; } pz_xorshift;
void pz_xorshift_init(pz_xorshift *r, int64_t seed);
int32_t pz_xorshift_next(pz_xorshift *r, int bits);
double pz_xorshift_double(pz_xorshift *r);
double pz_xorshift_gaussian(pz_xorshift *r);
int64_t pz_java_long(int64_t seed, int64_t n);  /* the n-th long of java.util.Random(seed) */

#endif

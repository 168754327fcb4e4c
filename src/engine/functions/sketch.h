/*
 * engine/functions/sketch.h - what the sketches of the DataSketches family share: their hash and little-endian bytes.
 *
 * Sketches are binaries in the layout of that library, so that sketches made elsewhere can be read and ours read elsewhere.
 */
#ifndef PZ_FN_SKETCH_H
#define PZ_FN_SKETCH_H

#include "fn_util.h"

#define PZ_SKETCH_SEED 9001

/* Murmur3, 128 bits. */
void pz_murmur3_128(const void *data, size_t n, uint64_t seed, uint64_t out[2]);
/* Hash of a value as the sketches take it: whole numbers and floats as 64 bits, texts and arrays by their bytes.  false: nothing to add
 * (NULL, empty text). */
bool pz_sketch_hash(pz_fn_ctx *c, const pz_type *t, const pz_value *v, uint64_t out[2]);

static inline uint64_t
le64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

static inline uint32_t
le32(const char *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

static inline pz_status
bad_sketch(pz_fn_ctx *c, pz_err_id id)
{
    return pz_raise(c->err, id, PZ_NO_ORIGIN, "function", backticked(c->scratch, pz_lower_ascii(c->scratch, c->site->name)).ptr, NULL);
}

#endif

/*
 * engine/functions/hash.c - hash(), xxhash64(), crc32 and digests.
 *
 * In: values of any type but maps and variants.  Out: numbers and hexadecimal text.  Values hash one after the other, each with the
 * result so far as seed; a NULL leaves it alone.  Things start in the table at the end.
 */
#include "hash.h"

#include <openssl/evp.h>
#include <zlib.h>

/* ---- Murmur3, 32 bits, with Spark's tail */

static uint32_t
rotl32(uint32_t x, int r)
{
    return x << r | x >> (32 - r);
}

static uint32_t
mix_k(uint32_t k)
{
    return rotl32(k * 0xcc9e2d51U, 15) * 0x1b873593U;
}

static uint32_t
mix_h(uint32_t h, uint32_t k)
{
    return rotl32(h ^ k, 13) * 5 + 0xe6546b64U;
}

static uint32_t
finish32(uint32_t h, uint32_t len)
{
    h ^= len;
    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return h ^ h >> 16;
}

static int32_t
murmur3_int(int32_t v, uint32_t seed)
{
    return (int32_t)finish32(mix_h(seed, mix_k((uint32_t)v)), 4);
}

static int32_t
murmur3_long(int64_t v, uint32_t seed)
{
    uint32_t h = mix_h(seed, mix_k((uint32_t)v));
    return (int32_t)finish32(mix_h(h, mix_k((uint32_t)((uint64_t)v >> 32))), 8);
}

int32_t
pz_murmur3_bytes(pz_str s, uint32_t seed)
{
    uint32_t h = seed;
    size_t i = 0;
    for (; i + 4 <= s.len; i += 4) {
        uint32_t k;
        memcpy(&k, s.ptr + i, 4);
        h = mix_h(h, mix_k(k));
    }
    for (; i < s.len; i++)
        h = mix_h(h, mix_k((uint32_t)(int32_t)(signed char)s.ptr[i]));
    return (int32_t)finish32(h, (uint32_t)s.len);
}

/* ---- xxHash64 */

#define P1 0x9E3779B185EBCA87ULL
#define P2 0xC2B2AE3D27D4EB4FULL
#define P3 0x165667B19E3779F9ULL
#define P4 0x85EBCA77C2B2AE63ULL
#define P5 0x27D4EB2F165667C5ULL

static uint64_t
rotl64(uint64_t x, int r)
{
    return x << r | x >> (64 - r);
}

static int64_t
finish64(uint64_t h)
{
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return (int64_t)(h ^ h >> 32);
}

static int64_t
xxhash64_int(int32_t v, int64_t seed)
{
    uint64_t h = (uint64_t)seed + P5 + 4;
    h ^= (uint64_t)(uint32_t)v * P1;
    return finish64(rotl64(h, 23) * P2 + P3);
}

static int64_t
xxhash64_long(int64_t v, int64_t seed)
{
    uint64_t h = (uint64_t)seed + P5 + 8;
    h ^= rotl64((uint64_t)v * P2, 31) * P1;
    return finish64(rotl64(h, 27) * P1 + P4);
}

static uint64_t
word64(const char *p)
{
    uint64_t w;
    memcpy(&w, p, 8);
    return w;
}

static int64_t
xxhash64_bytes(pz_str s, int64_t seed_)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    uint64_t seed = (uint64_t)seed_, h;
    if (s.len >= 32) {
        uint64_t v[4] = {seed + P1 + P2, seed + P2, seed, seed - P1};
        for (; end - p >= 32; p += 32)
            for (int i = 0; i < 4; i++)
                v[i] = rotl64(v[i] + word64(p + 8 * i) * P2, 31) * P1;
        h = rotl64(v[0], 1) + rotl64(v[1], 7) + rotl64(v[2], 12) + rotl64(v[3], 18);
        for (int i = 0; i < 4; i++)
            h = (h ^ rotl64(v[i] * P2, 31) * P1) * P1 + P4;
    } else {
        h = seed + P5;
    }
    h += s.len;
    for (; end - p >= 8; p += 8)
        h = rotl64(h ^ rotl64(word64(p) * P2, 31) * P1, 27) * P1 + P4;
    if (end - p >= 4) {
        uint32_t w;
        memcpy(&w, p, 4);
        h = rotl64(h ^ (uint64_t)w * P1, 23) * P2 + P3;
        p += 4;
    }
    for (; p < end; p++)
        h = rotl64(h ^ (uint64_t)(unsigned char)*p * P5, 11) * P1;
    return finish64(h);
}

/* ---- values */

typedef struct algorithm {
    int64_t (*of_int)(int32_t v, int64_t seed);
    int64_t (*of_long)(int64_t v, int64_t seed);
    int64_t (*of_bytes)(pz_str s, int64_t seed);
    pz_arena *keys;                            /* texts equal by their collation hash alike: room for their keys; NULL: by their bytes */
} algorithm;

static int64_t m_int(int32_t v, int64_t seed) { return murmur3_int(v, (uint32_t)seed); }
static int64_t m_long(int64_t v, int64_t seed) { return murmur3_long(v, (uint32_t)seed); }
static int64_t m_bytes(pz_str s, int64_t seed) { return pz_murmur3_bytes(s, (uint32_t)seed); }
static const algorithm murmur3 = {m_int, m_long, m_bytes, NULL};
static const algorithm xxhash64 = {xxhash64_int, xxhash64_long, xxhash64_bytes, NULL};

/* Past 18 digits: the shortest big-endian two's complement of the unscaled number. */
static int64_t
hash_decimal(const algorithm *alg, const pz_type *t, __int128 v, int64_t seed)
{
    if (t->precision <= 18)
        return alg->of_long((int64_t)v, seed);
    unsigned char b[16];
    for (int i = 0; i < 16; i++)
        b[i] = (unsigned char)(v >> (8 * (15 - i)));
    int from = 0;
    while (from < 15 && ((b[from] == 0 && b[from + 1] < 0x80) || (b[from] == 0xFF && b[from + 1] >= 0x80)))
        from++;
    return alg->of_bytes((pz_str){(char *)b + from, (size_t)(16 - from)}, seed);
}

static int64_t
hash_float(const algorithm *alg, const pz_type *t, double d, int64_t seed)
{
    int32_t i;
    int64_t l;
    if (t->id == PZ_T_FLOAT) {
        float f = d == 0 ? 0 : (float)d;
        memcpy(&i, &f, 4);
        return alg->of_int(d != d ? 0x7fc00000 : i, seed);
    }
    d = d == 0 ? 0 : d;
    memcpy(&l, &d, 8);
    return alg->of_long(d != d ? 0x7ff8000000000000LL : l, seed);
}

static int64_t
hash_text(const algorithm *alg, const pz_type *t, pz_str s, int64_t seed)
{
    pz_str key;
    if (!alg->keys || !t->collation.len || !pz_collate_key(t->collation, s, alg->keys, &key)) return alg->of_bytes(s, seed);
    return alg->of_long(pz_murmur3_bytes(key, 42), seed);
}

static int64_t
hash_value(const algorithm *alg, const pz_type *t, const pz_value *v, int64_t seed)
{
    if (v->null)
        return seed;
    switch (t->id) {
    case PZ_T_BOOLEAN: return alg->of_int(v->b, seed);
    case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: return alg->of_int((int32_t)v->i, seed);
    case PZ_T_LONG: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_DT_INTERVAL: return alg->of_long(v->i, seed);
    case PZ_T_TIME: return alg->of_long(v->i * 1000, seed);
    case PZ_T_FLOAT: case PZ_T_DOUBLE: return hash_float(alg, t, v->d, seed);
    case PZ_T_DECIMAL: return hash_decimal(alg, t, v->dec, seed);
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: return hash_text(alg, t, v->s, seed);
    case PZ_T_BINARY: return alg->of_bytes(v->s, seed);
    case PZ_T_CALENDAR_INTERVAL: return alg->of_int(v->iv.months, alg->of_int(v->iv.days, alg->of_long(v->iv.micros, seed)));
    case PZ_T_ARRAY: case PZ_T_STRUCT:
        for (int i = 0; i < v->list.n; i++)
            seed = hash_value(alg, t->id == PZ_T_ARRAY ? t->element : t->fields[i].type, &v->list.items[i], seed);
        return seed;
    case PZ_T_MAP:
        for (int i = 0; i < v->map.n; i++)
            seed = hash_value(alg, t->element, &v->map.vals[i], hash_value(alg, t->key, &v->map.keys[i], seed));
        return seed;
    case PZ_T_UDT: return t->element ? hash_value(alg, t->element, v, seed) : seed;
    default: return seed;
    }
}

int32_t
pz_murmur3_value(const pz_type *t, const pz_value *v, int32_t seed)
{
    return (int32_t)hash_value(&murmur3, t, v, seed);
}

int64_t
pz_xxhash64_value(const pz_type *t, const pz_value *v, int64_t seed)
{
    return hash_value(&xxhash64, t, v, seed);
}

PZ_FN(fn_hash)
{
    int32_t seed = 42;
    for (int i = 0; i < c->site->nargs; i++)
        seed = pz_murmur3_value(c->site->arg_types[i], &args[i], seed);
    return give_int(out, seed);
}

PZ_FN(fn_xxhash64)
{
    int64_t seed = 42;
    for (int i = 0; i < c->site->nargs; i++)
        seed = pz_xxhash64_value(c->site->arg_types[i], &args[i], seed);
    return give_int(out, seed);
}

/* Hashes of what ICU orders are made of its keys, and these differ from one version of ICU to the next. */
static bool
is_of_icu(const pz_type *t)
{
    return t->id == PZ_T_STRING && pz_collation_is_icu(t->collation);
}

static pz_status
prepare_by_collation(pz_call_site *site, pz_error *err)
{
    for (int i = 0; i < site->nargs; i++)
        if (pz_type_any(site->arg_types[i], is_of_icu))
            return pz_raise_text(err, PZ_CLASS_SparkUnsupportedOperationException, "Hashes of texts under collations of ICU are not served by their collation");
    return PZ_OK;
}

/* Under legacy.collationAwareHashFunctions. */
static int64_t
hash_by_collation(pz_fn_ctx *c, const algorithm *alg, const pz_value *args)
{
    algorithm with_keys = *alg;
    int64_t seed = 42;
    with_keys.keys = c->scratch;
    for (int i = 0; i < c->site->nargs; i++) seed = hash_value(&with_keys, c->site->arg_types[i], &args[i], seed);
    return seed;
}
PZ_FN(fn_hash_collated) { return give_int(out, (int32_t)hash_by_collation(c, &murmur3, args)); }
PZ_FN(fn_xxhash64_collated) { return give_int(out, hash_by_collation(c, &xxhash64, args)); }

/* ---- digests */

PZ_FN(fn_crc32)
{
    PZ_UNUSED(c);
    return give_int(out, (int64_t)crc32(0, (const Bytef *)args[0].s.ptr, (uInt)args[0].s.len));
}

static pz_status
digest(pz_fn_ctx *c, const EVP_MD *md, pz_str s, pz_value *out)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (!EVP_Digest(s.ptr ? s.ptr : "", s.len, raw, &n, md, NULL))
        return pz_raise_internal(c->err, "digest failed");
    char *p = room(c, n * 2);
    for (unsigned i = 0; i < n; i++) {
        p[2 * i] = "0123456789abcdef"[raw[i] >> 4];
        p[2 * i + 1] = "0123456789abcdef"[raw[i] & 15];
    }
    return give_str(out, (pz_str){p, n * 2});
}
PZ_FN(fn_md5) { return digest(c, EVP_md5(), args[0].s, out); }
PZ_FN(fn_sha1) { return digest(c, EVP_sha1(), args[0].s, out); }

PZ_FN(fn_sha2)
{
    switch (args[1].i) {
    case 224: return digest(c, EVP_sha224(), args[0].s, out);
    case 0: case 256: return digest(c, EVP_sha256(), args[0].s, out);
    case 384: return digest(c, EVP_sha384(), args[0].s, out);
    case 512: return digest(c, EVP_sha512(), args[0].s, out);
    default: return give_null(out);
    }
}

static const pz_value_fn_def defs[] = {
    {.name = "crc32", .call = fn_crc32},
    {.name = "hash", .call = fn_hash, .takes_nulls = true},
    {.name = "hash_collated", .call = fn_hash_collated, .prepare = prepare_by_collation, .takes_nulls = true},
    {.name = "md5", .call = fn_md5},
    {.name = "sha1", .call = fn_sha1},
    {.name = "sha2", .call = fn_sha2},
    {.name = "xxhash64", .call = fn_xxhash64, .takes_nulls = true},
    {.name = "xxhash64_collated", .call = fn_xxhash64_collated, .prepare = prepare_by_collation, .takes_nulls = true},
};
PZ_FAMILY(pz_family_hash, defs);

/*
 * base/str.c - compare, test and hash strings that are a pointer and a length.
 */
#include "base.h"

static inline unsigned char
lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

pz_str
pz_str_c(const char *c)
{
    return (pz_str){c, c ? strlen(c) : 0};
}

bool
pz_str_eq(pz_str a, pz_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
pz_str_eqc(pz_str a, const char *b)
{
    return pz_str_eq(a, pz_str_c(b));
}

bool
pz_str_ieq(pz_str a, pz_str b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower((unsigned char)a.ptr[i]) != lower((unsigned char)b.ptr[i])) return false;
    return true;
}

bool
pz_str_ieqc(pz_str a, const char *b)
{
    return pz_str_ieq(a, pz_str_c(b));
}

int
pz_str_cmp(pz_str a, pz_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    if (c) return c < 0 ? -1 : 1;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool
pz_str_starts(pz_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.len >= n && (n == 0 || memcmp(s.ptr, prefix, n) == 0);
}

bool
pz_str_ends(pz_str s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.len >= n && (n == 0 || memcmp(s.ptr + s.len - n, suffix, n) == 0);
}

pz_str
pz_str_trim(pz_str s)
{
    while (s.len && ((unsigned char)s.ptr[0] <= ' ' || s.ptr[0] == 0x7f)) s.ptr++, s.len--;
    while (s.len && ((unsigned char)s.ptr[s.len - 1] <= ' ' || s.ptr[s.len - 1] == 0x7f)) s.len--;
    return s;
}

/* Hashing: multiply to 128 bits and fold, eight bytes at a time.  For tables in memory only, never stored. */
static inline uint64_t
mix(uint64_t a, uint64_t b)
{
    unsigned __int128 p = (unsigned __int128)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

#define SALT_A 0x9e3779b97f4a7c15ull
#define SALT_B 0xd6e8feb86659fd93ull

uint64_t
pz_hash_bytes(const void *p, size_t n, uint64_t seed)
{
    const unsigned char *c = p;
    uint64_t h = seed ^ mix(n ^ SALT_A, SALT_B), w;
    for (; n >= 8; n -= 8, c += 8) {
        memcpy(&w, c, 8);
        h = mix(h ^ w, SALT_A);
    }
    w = 0;
    if (n) memcpy(&w, c, n);
    return mix(h ^ w, SALT_B);
}

uint64_t
pz_hash_istr(pz_str s)
{
    uint64_t h = SALT_A ^ s.len, w = 0;
    for (size_t i = 0; i < s.len; i++) {
        w = w << 8 | lower((unsigned char)s.ptr[i]);
        if (i % 8 == 7) h = mix(h ^ w, SALT_B), w = 0;
    }
    return mix(h ^ w, SALT_A);
}

pz_str
pz_dotted(pz_arena *a, const pz_strs *parts)
{
    pz_str s = parts->n ? parts->data[0] : PZ_STR("");
    for (int i = 1; i < parts->n; i++) s = pz_strf(a, PZ_FMT "." PZ_FMT, PZ_ARG(s), PZ_ARG(parts->data[i]));
    return s;
}

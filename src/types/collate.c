/*
 * types/collate.c - texts as a collation compares and finds them.
 *
 * In: the name of a collation: UTF8_BINARY, UTF8_LCASE, UNICODE or a language with _CI, _AI, and _RTRIM behind any of them.
 * Out: order of two texts, a key of bytes that has that order, and where one text is in another.  UTF8_LCASE looks at lower-cased code
 * points; UNICODE and the languages are ICU's.  One collator is kept per thread, for the last name asked for.
 * Things start at pz_collate_cmp(), pz_collate_key() and pz_collate_find().
 */
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/usearch.h>
#include <unicode/ustring.h>

#include "types.h"

typedef struct open_collator { char name[64]; UCollator *at; } open_collator;
static _Thread_local open_collator kept;

static void
forget(void)
{
    if (kept.at) ucol_close(kept.at);
    kept.at = NULL;
}

static bool
has_part(const char *name, const char *part)
{
    const char *hit = strstr(name, part);
    return hit && (hit[3] == 0 || hit[3] == '_');
}

static UCollator *
collator_of(pz_str name)
{
    UErrorCode st = U_ZERO_ERROR;
    char locale[64];
    size_t n = 0;
    bool ci, ai;
    if (kept.at && pz_str_eqc(name, kept.name)) return kept.at;
    if (name.len >= sizeof kept.name) return NULL;
    forget();
    pz_at_thread_end(forget);
    memcpy(kept.name, name.ptr, name.len);
    kept.name[name.len] = 0;
    ci = has_part(kept.name, "_CI"), ai = has_part(kept.name, "_AI");
    if (!pz_str_starts(name, "UNICODE"))
        while (n < name.len && strncmp(kept.name + n, "_CI", 3) && strncmp(kept.name + n, "_AI", 3) && strncmp(kept.name + n, "_CS", 3) &&
               strncmp(kept.name + n, "_AS", 3))
            n++;
    memcpy(locale, kept.name, n);
    locale[n] = 0;
    kept.at = ucol_open(locale, &st);
    if (U_FAILURE(st)) return kept.at = NULL;
    ucol_setStrength(kept.at, ai ? UCOL_PRIMARY : ci ? UCOL_SECONDARY : UCOL_TERTIARY);
    if (ai && !ci) ucol_setAttribute(kept.at, UCOL_CASE_LEVEL, UCOL_ON, &st);
    return kept.at;
}

/* ---- what a name says ---- */
typedef enum kind { BYTES, LOWER, ICU } kind;

static kind
read_name(pz_str *name, bool *trims)
{
    *trims = pz_str_ends(*name, "_RTRIM");
    if (*trims) name->len -= 6;
    if (!name->len || pz_str_eqc(*name, "UTF8_BINARY") || pz_str_eqc(*name, "null")) return BYTES;
    return pz_str_eqc(*name, "UTF8_LCASE") ? LOWER : ICU;
}

bool
pz_collation_is_icu(pz_str name)
{
    bool trims;
    return read_name(&name, &trims) == ICU;
}

bool
pz_collation_is_lcase(pz_str name)
{
    bool trims;
    return read_name(&name, &trims) == LOWER;
}

static bool
is_collated(const pz_type *t)
{
    return t->id == PZ_T_STRING && t->collation.len;
}

bool
pz_type_is_collated(const pz_type *t)
{
    return pz_type_any(t, is_collated);
}

bool
pz_type_has_key(const pz_type *t)
{
    return pz_type_is_collated(t) || pz_type_holds(t, PZ_T_CALENDAR_INTERVAL) || pz_type_holds(t, PZ_T_MAP);
}

/* The type of keys: texts of ICU's collations have keys of bytes, the others keys that are texts. */
const pz_type *
pz_collation_key_type(pz_arena *a, const pz_type *t)
{
    pz_field *fields;
    if (!pz_type_has_key(t)) return t;
    switch (t->id) {
    case PZ_T_CALENDAR_INTERVAL: return &pz_t_string;
    case PZ_T_ARRAY: return pz_type_array(a, pz_collation_key_type(a, t->element), t->contains_null);
    case PZ_T_MAP: return pz_type_map(a, pz_collation_key_type(a, t->key), pz_collation_key_type(a, t->element), t->contains_null);
    case PZ_T_STRUCT:
        fields = PZ_NEWN(a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) {
            fields[i] = t->fields[i];
            fields[i].type = pz_collation_key_type(a, t->fields[i].type);
        }
        return pz_type_struct(a, fields, t->nfields);
    default: return pz_collation_is_icu(t->collation) ? &pz_t_binary : &pz_t_string;
    }
}

static pz_str
without_end(pz_str s)
{
    while (s.len && s.ptr[s.len - 1] == ' ') s.len--;
    return s;
}

/* ---- lower-cased code points, one after the other ---- */
typedef struct lowered { pz_str s; size_t at; uint32_t pending; } lowered;

static bool
next_code(pz_str s, size_t *at, uint32_t *out)
{
    UChar32 c;
    int32_t i = (int32_t)*at;
    if (*at >= s.len) return false;
    U8_NEXT_OR_FFFD(s.ptr, i, (int32_t)s.len, c);
    *at = (size_t)i;
    *out = (uint32_t)c;
    return true;
}

static bool
next_lowered(lowered *l, uint32_t *out)
{
    if (l->pending) {
        *out = l->pending;
        l->pending = 0;
        return true;
    }
    if (!next_code(l->s, &l->at, out)) return false;
    if (*out < 0x80) *out += *out >= 'A' && *out <= 'Z' ? 32 : 0;
    else if (*out == 0x130) *out = 'i', l->pending = 0x307;    /* capital I with a dot becomes two */
    else if (*out == 0x3C2) *out = 0x3C3;                      /* final sigma is sigma */
    else *out = (uint32_t)u_tolower((UChar32)*out);
    return true;
}

static int
cmp_lowered(pz_str a, pz_str b)
{
    lowered x = {.s = a}, y = {.s = b};
    uint32_t c, d;
    for (;;) {
        bool more = next_lowered(&x, &c), other = next_lowered(&y, &d);
        if (!more || !other) return (int)more - (int)other;
        if (c != d) return c < d ? -1 : 1;
    }
}

static pz_str
key_lowered(pz_str s, pz_arena *a)
{
    char *key = pz_alloc(a, s.len * 2 + 8);
    lowered l = {.s = s};
    int32_t n = 0;
    uint32_t c;
    while (next_lowered(&l, &c)) {
        UBool failed = false;
        U8_APPEND((uint8_t *)key, n, (int32_t)(s.len * 2 + 8), (UChar32)c, failed);
        if (failed) break;
    }
    return (pz_str){key, (size_t)n};
}

/* ---- order ---- */
int
pz_collate_cmp(pz_str name, pz_str a, pz_str b)
{
    bool trims;
    kind k = read_name(&name, &trims);
    UErrorCode st = U_ZERO_ERROR;
    UCollator *col;
    if (trims) a = without_end(a), b = without_end(b);
    if (k == LOWER) return cmp_lowered(a, b);
    if (k == BYTES || !(col = collator_of(name))) return pz_str_cmp(a, b);
    return (int)ucol_strcollUTF8(col, a.ptr, (int32_t)a.len, b.ptr, (int32_t)b.len, &st);
}

static UChar *
widened(pz_str s, pz_arena *a, int32_t *n)
{
    UErrorCode st = U_ZERO_ERROR;
    UChar *wide = PZ_NEWN(a, UChar, s.len + 1);
    u_strFromUTF8WithSub(wide, (int32_t)s.len + 1, n, s.ptr, (int32_t)s.len, 0xFFFD, NULL, &st);
    return wide;
}

bool
pz_collate_key(pz_str name, pz_str s, pz_arena *a, pz_str *out)
{
    bool trims;
    kind k = read_name(&name, &trims);
    UCollator *col;
    UChar *wide;
    int32_t n = 0, size;
    uint8_t *key;
    if (trims) s = without_end(s);
    *out = k == LOWER ? key_lowered(s, a) : s;
    if (k != ICU) return true;
    if (!(col = collator_of(name))) return false;
    wide = widened(s, a, &n);
    size = ucol_getSortKey(col, wide, n, NULL, 0);
    key = PZ_NEWN(a, uint8_t, size + 1);
    ucol_getSortKey(col, wide, n, key, size);
    *out = (pz_str){(char *)key, (size_t)(size > 0 ? size - 1 : 0)};
    return true;
}

/* Alike for texts that are equal. */
uint64_t
pz_collate_hash(pz_str name, pz_str s)
{
    bool trims;
    kind k = read_name(&name, &trims);
    uint64_t h = 1469598103934665603ull;
    UErrorCode st = U_ZERO_ERROR;
    UCollator *col;
    lowered l;
    uint32_t c;
    if (trims) s = without_end(s);
    if (k == ICU && (col = collator_of(name))) {
        UCharIterator it;
        uint32_t state[2] = {0, 0};
        uint8_t part[64];
        int32_t n;
        uiter_setUTF8(&it, s.ptr, (int32_t)s.len);
        do {
            n = ucol_nextSortKeyPart(col, &it, state, part, (int32_t)sizeof part, &st);
            for (int32_t i = 0; i < n; i++) h = (h ^ part[i]) * 1099511628211ull;
        } while (n == (int32_t)sizeof part && U_SUCCESS(st));
        return h;
    }
    if (k != LOWER) return pz_hash_bytes(s.ptr, s.len, 1);
    l = (lowered){.s = s};
    while (next_lowered(&l, &c)) h = (h ^ c) * 1099511628211ull;
    return h;
}

/* ---- finding ---- */
/* How many bytes of s, from its start, are what; 0: none. */
static size_t
match_lowered(pz_str s, pz_str what)
{
    lowered x = {.s = s}, y = {.s = what};
    uint32_t c, d;
    while (next_lowered(&y, &d))
        if (!next_lowered(&x, &c) || c != d) return 0;
    return x.pending ? 0 : x.at;
}

static void
note(pz_matches *out, pz_arena *a, size_t from, size_t to)
{
    pz_match m = {from, to};
    pz_vec_push(a, out, m);
}

static void
find_lowered(pz_str s, pz_str what, pz_arena *a, pz_matches *out)
{
    for (size_t at = 0; at < s.len;) {
        size_t n = match_lowered((pz_str){s.ptr + at, s.len - at}, what), step = at;
        uint32_t c;
        next_code(s, &step, &c);
        if (n) note(out, a, at, at + n);
        at = step;
    }
}

static void
find_bytes(pz_str s, pz_str what, pz_arena *a, pz_matches *out)
{
    for (size_t at = 0; at + what.len <= s.len; at++) {
        const char *hit = memmem(s.ptr + at, s.len - at, what.ptr, what.len);
        if (!hit) return;
        at = (size_t)(hit - s.ptr);
        note(out, a, at, at + what.len);
    }
}

/* Where UTF-16 unit i of s is in its bytes; *at and *unit walk along. */
static size_t
byte_of(pz_str s, int32_t i, size_t *at, int32_t *unit)
{
    uint32_t c;
    while (*unit < i && next_code(s, at, &c)) *unit += c > 0xFFFF ? 2 : 1;
    return *at;
}

static bool
find_icu(pz_str name, pz_str s, pz_str what, pz_arena *a, pz_matches *out)
{
    UErrorCode st = U_ZERO_ERROR;
    UCollator *col = collator_of(name);
    int32_t n = 0, m = 0, unit = 0;
    size_t at = 0;
    UChar *text = widened(s, a, &n), *pattern = widened(what, a, &m);
    UStringSearch *search;
    if (!col || !(search = usearch_openFromCollator(pattern, m, text, n, col, NULL, &st))) return false;
    usearch_setAttribute(search, USEARCH_OVERLAP, USEARCH_ON, &st);
    for (int32_t i = usearch_first(search, &st); i != USEARCH_DONE && U_SUCCESS(st); i = usearch_next(search, &st)) {
        size_t from = byte_of(s, i, &at, &unit), end = from;
        int32_t end_unit = unit;
        byte_of(s, i + usearch_getMatchedLength(search), &end, &end_unit);
        note(out, a, from, end);
    }
    usearch_close(search);
    return true;
}

bool
pz_collate_find(pz_str name, pz_str s, pz_str what, pz_arena *a, pz_matches *out)
{
    bool trims;
    kind k = read_name(&name, &trims);
    *out = (pz_matches){0};
    if (trims) s = without_end(s), what = without_end(what);
    if (!what.len) return true;
    if (k == ICU) return find_icu(name, s, what, a, out);
    if (k == LOWER) find_lowered(s, what, a, out);
    else find_bytes(s, what, a, out);
    return true;
}

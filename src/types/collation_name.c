/*
 * types/collation_name.c - the names of collations: which there are, how one is spelled in full, what is near a wrong one.
 *
 * A name is a root (UTF8_BINARY, UTF8_LCASE, UNICODE, or a locale of tables/collations.def) with _CI or _CS, _AI or _AS and _RTRIM behind
 * it, in any order and case; UTF8 roots take _RTRIM only.  Things start at pz_collation_normal().
 */
#include <stdlib.h>
#include <string.h>

#include "types.h"

static const struct locale { const char *name, *language, *country; } locales[] = {
#define COLLATION(name, language, country) {name, language, country},
#include "../../tables/collations.def"
#undef COLLATION
};
static const char *const utf8_roots[] = {"UTF8_BINARY", "UTF8_LCASE"};
static const char *const modifiers[] = {"_CI", "_CS", "_AI", "_AS", "_RTRIM"};
enum { CI, CS, AI, AS, RTRIM, MODIFIERS, LOCALES = PZ_COUNTOF(locales) };

/* Roots of the one kind or the other: UNICODE stands first among ICU's. */
static const char *
root_at(bool utf8, int i)
{
    if (utf8) return i < (int)PZ_COUNTOF(utf8_roots) ? utf8_roots[i] : NULL;
    if (i == 0) return "UNICODE";
    return i <= LOCALES ? locales[i - 1].name : NULL;
}

static bool
is_utf8(pz_str name)
{
    return name.len >= 5 && pz_str_ieqc((pz_str){name.ptr, 5}, "UTF8_");
}

/* Takes one modifier off the end; -1: there is none. */
static int
cut_modifier(pz_str *name, bool utf8)
{
    for (int i = utf8 ? RTRIM : 0; i < MODIFIERS; i++) {
        size_t n = strlen(modifiers[i]);
        if (name->len > n && pz_str_ieqc((pz_str){name->ptr + name->len - n, n}, modifiers[i])) {
            name->len -= n;
            return i;
        }
    }
    return -1;
}

bool
pz_collation_normal(pz_str name, pz_arena *a, pz_str *out)
{
    bool utf8 = is_utf8(name), had[MODIFIERS] = {false};
    int i;
    while ((i = cut_modifier(&name, utf8)) >= 0) {
        if (had[i]) return false;
        had[i] = true;
    }
    if ((had[CI] && had[CS]) || (had[AI] && had[AS])) return false;
    for (i = 0; root_at(utf8, i); i++) {
        if (!pz_str_ieqc(name, root_at(utf8, i))) continue;
        *out = pz_strf(a, "%s%s%s%s", root_at(utf8, i), had[CI] ? "_CI" : "", had[AI] ? "_AI" : "", had[RTRIM] ? "_RTRIM" : "");
        return true;
    }
    return false;
}

/* ---- near names ---- */
static int
distance(pz_str x, pz_str y)
{
    int row[128];
    if (y.len >= PZ_COUNTOF(row)) return 999;
    for (size_t j = 0; j <= y.len; j++) row[j] = (int)j;
    for (size_t i = 1; i <= x.len; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= y.len; j++) {
            int replaced = corner + ((x.ptr[i - 1] & ~0x20) != (y.ptr[j - 1] & ~0x20)), least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            corner = row[j];
            row[j] = replaced < least ? replaced : least;
        }
    }
    return row[y.len];
}

static bool
comes_before(const bool *taken, int at, int best, const int *far)
{
    return !taken[at] && (best < 0 || far[at] < far[best]);
}

pz_str
pz_collation_proposals(pz_str name, pz_arena *a)
{
    enum { SHOWN = 3, NEAR = 3 };
    bool utf8 = pz_str_starts(name, "UTF8_"), had[MODIFIERS] = {false}, taken[LOCALES + 1] = {false};
    int far[LOCALES + 1], n = 0, i, order[MODIFIERS], found = 0;
    bool exact = false;
    pz_str out = PZ_STR(""), tail = PZ_STR("");
    while ((i = cut_modifier(&name, utf8)) >= 0) {
        if (!had[i]) order[found++] = i;
        had[i] = true;
    }
    while (found-- > 0)                        /* as written, from left to right */
        if (!(order[found] == CI && had[CS]) && !(order[found] == AI && had[AS])) tail = pz_strf(a, PZ_FMT "%s", PZ_ARG(tail), modifiers[order[found]]);
    for (n = 0; root_at(utf8, n); n++) far[n] = distance(pz_str_c(root_at(utf8, n)), name);
    for (int k = 0; k < SHOWN; k++) {
        int best = -1;
        for (i = 0; i < n; i++)
            if (comes_before(taken, i, best, far)) best = i;
        if (best < 0 || (k && (far[best] >= NEAR || exact))) break;
        exact = far[best] == 0;
        taken[best] = true;
        out = pz_strf(a, PZ_FMT "%s%s" PZ_FMT, PZ_ARG(out), k ? ", " : "", root_at(utf8, best), PZ_ARG(tail));
    }
    return out;
}

/* ---- all of them ---- */
typedef struct variant { const char *suffix; bool accents, cases, trims; } variant;
static const variant variants[] = {
    {"", true, true, false}, {"_AI", false, true, false}, {"_AI_RTRIM", false, true, true}, {"_CI", true, false, false}, {"_CI_AI", false, false, false},
    {"_CI_AI_RTRIM", false, false, true}, {"_CI_RTRIM", true, false, true}, {"_RTRIM", true, true, true},
};
static const variant utf8[] = {
    {"UTF8_BINARY", true, true, false}, {"UTF8_LCASE", true, false, false}, {"UTF8_BINARY_RTRIM", true, true, true}, {"UTF8_LCASE_RTRIM", true, false, true},
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const pz_collation *)a)->name, ((const pz_collation *)b)->name);
}

const pz_collation *
pz_collation_list(pz_arena *a, int *n)
{
    static const char icu[] = "78.3.0.0";      /* what Spark 4.3.0 says of its own */
    enum { VARIANTS = PZ_COUNTOF(variants), FIRST = PZ_COUNTOF(utf8) + VARIANTS };
    pz_collation *all = PZ_NEWN(a, pz_collation, FIRST + LOCALES * VARIANTS);
    *n = 0;
    for (size_t i = 0; i < PZ_COUNTOF(utf8); i++)
        all[(*n)++] = (pz_collation){utf8[i].suffix, NULL, NULL, utf8[i].accents, utf8[i].cases, utf8[i].trims, NULL};
    for (int l = -1; l < LOCALES; l++)
        for (int i = 0; i < VARIANTS; i++)
            all[(*n)++] = (pz_collation){pz_strf(a, "%s%s", l < 0 ? "UNICODE" : locales[l].name, variants[i].suffix).ptr, l < 0 ? NULL : locales[l].language,
                                         l < 0 ? NULL : locales[l].country, variants[i].accents, variants[i].cases, variants[i].trims, icu};
    qsort(all + FIRST, (size_t)(*n - FIRST), sizeof *all, by_name);
    return all;
}

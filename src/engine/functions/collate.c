/*
 * engine/functions/collate.c - collation_key(text, collation): bytes that compare as the texts do under an ICU collation.
 *
 * The name is UNICODE or a language, then _CI, _CS, _AI, _AS.  One collator is kept per thread, for the last name asked for.
 */
#include "fn_util.h"

#include <unicode/ucol.h>
#include <unicode/ustring.h>

#include <stdlib.h>

typedef struct open_collator { char name[64]; UCollator *at; } open_collator;
static _Thread_local open_collator kept;

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
    if (kept.at) ucol_close(kept.at);
    kept.at = NULL;
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

PZ_FN(fn_collation_key)
{
    UCollator *col = collator_of(args[1].s);
    UErrorCode st = U_ZERO_ERROR;
    UChar *wide = PZ_NEWN(c->scratch, UChar, args[0].s.len + 1);
    int32_t n = 0, size;
    uint8_t *key;
    if (!col)
        return pz_raise(c->err, PZ_ERR_COLLATION_INVALID_NAME, PZ_NO_ORIGIN, "collationName", pz_dup(c->scratch, args[1].s).ptr, "proposals", "UNICODE", NULL);
    u_strFromUTF8WithSub(wide, (int32_t)args[0].s.len + 1, &n, args[0].s.ptr, (int32_t)args[0].s.len, 0xFFFD, NULL, &st);
    size = ucol_getSortKey(col, wide, n, NULL, 0);
    key = PZ_NEWN(c->scratch, uint8_t, size + 1);
    ucol_getSortKey(col, wide, n, key, size);
    return give_str(out, (pz_str){(char *)key, (size_t)(size > 0 ? size - 1 : 0)});
}

static const pz_value_fn_def defs[] = {
    {.name = "collation_key", .call = fn_collation_key},
};
PZ_FAMILY(pz_family_collate, defs);

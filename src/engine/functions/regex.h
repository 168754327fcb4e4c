/*
 * engine/functions/regex.h - java.util.regex patterns on PCRE2.
 *
 * A pattern is translated once (java_pattern.c) and compiled with JIT; a bad one is kept as such, because Spark refuses
 * it only when a row asks for it.
 */
#ifndef PZ_FN_REGEX_H
#define PZ_FN_REGEX_H

#include "fn_util.h"

typedef struct pz_regex {
    void *code;                                /* pcre2_code; NULL: the pattern is bad */
    int groups;
    pz_str pattern;                            /* as written */
    pz_str error;                              /* of a bad one */
} pz_regex;

/* Java pattern to PCRE2 pattern.  false: not a Java pattern, *error says why. */
bool pz_java_pattern(pz_str java, pz_arena *a, pz_str *pcre, bool *unicode_classes, pz_str *error);
/* Compiled for the life of the arena. */
pz_regex *pz_regex_make(pz_arena *a, pz_str pattern);
/* Compiled and kept per thread for a while: patterns that come from rows. */
const pz_regex *pz_regex_cached(pz_str pattern);
/* Next match in s at or after byte `from`: group bounds in pairs, -1 for groups that took no part; valid until the next call on this thread.
 * false: none. */
bool pz_regex_find(const pz_regex *re, pz_str s, size_t from, const size_t **bounds);
int pz_regex_group_by_name(const pz_regex *re, pz_str name);  /* -1: none */
#define PZ_NO_GROUP ((size_t)-1)

#endif

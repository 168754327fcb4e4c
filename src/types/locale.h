/*
 * types/locale.h - names of months and days, and the marks of numbers, in the languages of people (option `locale` of readers and writers).
 *
 * A locale is one flat value without pointers: copy it where it is to live.
 */
#ifndef PZ_LOCALE_H
#define PZ_LOCALE_H

#include "types.h"

/* Places of the first name of a kind; LONG ones are full, SHORT ones abbreviated, ALONE ones stand without a day. */
typedef enum pz_locale_name {
    PZ_NAME_MONTHS_LONG = 0, PZ_NAME_MONTHS_SHORT = 12, PZ_NAME_ALONE_LONG = 24, PZ_NAME_ALONE_SHORT = 36, PZ_NAME_DAYS_LONG = 48 /* Monday first */,
    PZ_NAME_DAYS_SHORT = 55, PZ_NAME_HALVES = 62, PZ_NAME_ERAS_LONG = 64 /* before Christ first */, PZ_NAME_ERAS_SHORT = 66, PZ_NAME_QUARTERS_LONG = 68,
    PZ_NAME_QUARTERS_SHORT = 72, PZ_NAME_POINT = 76, PZ_NAME_GROUP, PZ_NAME_MINUS, PZ_NAME_EXPONENT, PZ_LOCALE_NAMES
} pz_locale_name;

typedef struct pz_locale {
    char tag[64];                              /* it was made for */
    uint16_t at[PZ_LOCALE_NAMES], len[PZ_LOCALE_NAMES];
    char text[8000];
} pz_locale;

/* Of a language tag (de, en-GB), read as Java reads one: what is no language has the names of none.  NULL: English of the United States. */
const pz_locale *pz_locale_make(pz_arena *a, pz_str tag);

static inline pz_str
pz_locale_text(const pz_locale *l, int name)
{
    return (pz_str){l->text + l->at[name], l->len[name]};
}

/* A number written for people of the locale, as digits with an optional minus, point and exponent (E); false: it is none. */
bool pz_locale_number(const pz_locale *l, pz_str s, pz_buf *out);

/* Does `s` begin with the word, whatever its case?  Bytes of it, or 0. */
size_t pz_locale_match(pz_str s, pz_str word);

#endif

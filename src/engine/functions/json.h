/*
 * engine/functions/json.h - JSON text as a tree, read with the leniency Spark's options allow; shared by JSON and variant functions.
 */
#ifndef PZ_FN_JSON_H
#define PZ_FN_JSON_H

#include "fn_util.h"

typedef enum pz_json_kind { PZ_JSON_NULL, PZ_JSON_BOOL, PZ_JSON_INT, PZ_JSON_REAL, PZ_JSON_STRING, PZ_JSON_ARRAY, PZ_JSON_OBJECT } pz_json_kind;

typedef struct pz_json pz_json;
struct pz_json {
    pz_json_kind kind;
    bool b;
    pz_str text;                               /* number as written; string decoded */
    pz_str key;                                /* member name when inside an object */
    pz_str raw;                                /* ARRAY, OBJECT: as written */
    pz_json *items;                            /* ARRAY, OBJECT */
    int n;
    bool too_long;                             /* STRING: beyond the limit, which only matters to those who look at it */
    bool is_nan_word;                          /* NaN, Infinity ... read as a number */
};

typedef struct pz_json_options {
    bool single_quotes, unquoted_names, leading_zeros, backslash_any, comments, control_chars, non_numeric;
    int max_depth;
    bool limited;                              /* the next two count */
    int64_t max_digits, max_chars;             /* of a number; of a string, in UTF-16 units */
} pz_json_options;
enum { PZ_JSON_DEPTH = 1000, PZ_JSON_DIGITS = 1000, PZ_JSON_CHARS = 100000000, PZ_JSON_NAME_CHARS = 50000 };
/* Takes one of the options maxNestingDepth, maxNumLen, maxStringLen; *bad: its value is no whole number. */
bool pz_json_limit(pz_json_options *o, pz_str name, pz_str value, bool *bad);
extern const pz_json_options pz_json_default;  /* Spark's: single quotes and non-numeric words allowed */
extern const pz_json_options pz_json_strict;   /* variant: RFC 8259 */

/* One value from the front of the text; *used gets the bytes read (trailing text is the caller's business).  false: malformed. */
bool pz_json_read(pz_arena *a, pz_str text, const pz_json_options *o, pz_json *out, size_t *used);
const pz_json *pz_json_member(const pz_json *object, pz_str key);     /* first of that name; NULL if none */
bool pz_json_double(const pz_json *v, double *out);                    /* of a number, or a string that spells a special value */
void pz_json_write(pz_buf *b, const pz_json *v);                       /* compact, numbers as they were written */
/* compact, numbers as Java prints their values; wide: characters beyond the first plane are escaped */
void pz_json_print(pz_buf *b, const pz_json *v, bool wide);
pz_str pz_json_string(pz_arena *a, const pz_json *v);                    /* a string itself, all else printed */
void pz_json_quote(pz_buf *b, pz_str s);                               /* "text" with escapes */

#endif

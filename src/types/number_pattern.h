/*
 * types/number_pattern.h - the number formats of to_char and to_number: '$999,999.99S' and kin.
 *
 * The analyzer needs a format's precision and scale, the engine applies it; so it lives below both.
 */
#ifndef PZ_NUMBER_PATTERN_H
#define PZ_NUMBER_PATTERN_H

#include "types.h"

typedef enum pz_np_kind { PZ_NP_EXACT, PZ_NP_UPTO, PZ_NP_COMMA, PZ_NP_POINT, PZ_NP_DOLLAR, PZ_NP_SIGN /* S */, PZ_NP_MINUS /* MI */, PZ_NP_OPEN, PZ_NP_CLOSE } pz_np_kind;
typedef struct pz_np_token { pz_np_kind kind; int digits; } pz_np_token;
typedef struct pz_number_pattern {
    pz_np_token *tokens;
    int n;
    int precision, scale;                      /* digits in all, digits after the point */
} pz_number_pattern;

/* Raises INVALID_FORMAT.* and, past 38 digits, DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION. */
pz_status pz_number_pattern_parse(pz_str text, pz_arena *a, pz_origin at, pz_number_pattern *out, pz_error *err);
/* Text of a decimal; digits that do not fit become #. */
pz_str pz_number_pattern_print(const pz_number_pattern *p, __int128 unscaled, int scale, pz_arena *a);
/* Digits of a text in the pattern, scaled to p->scale.  false: the text does not match.  *fits: within p->precision. */
bool pz_number_pattern_read(const pz_number_pattern *p, pz_str text, pz_arena *a, __int128 *unscaled, bool *fits);

#endif

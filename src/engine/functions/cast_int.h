/*
 * engine/functions/cast_int.h - what the files of the cast family share.
 *
 * A cast routine makes one non-NULL value of type `to` out of one of type `from`.  Failing has one shape: cast_fail_*()
 * raises under ANSI and makes NULL under TRY; LEGACY decides case by case.
 */
#ifndef PZ_CAST_INT_H
#define PZ_CAST_INT_H

#include "../functions.h"

typedef struct cast_env {
    pz_cast_mode mode;
    const pz_zone *zone;
    pz_arena *a;                               /* texts and containers of the result */
    pz_error *err;
} cast_env;

typedef pz_status (*cast_fn)(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out);

/* Any pair; handles NULL. */
pz_status cast_any(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out);

cast_fn cast_to_integral(const pz_type *from);
cast_fn cast_to_float(const pz_type *from);
cast_fn cast_to_decimal(const pz_type *from);
cast_fn cast_to_datetime(const pz_type *from, const pz_type *to);
cast_fn cast_to_interval(const pz_type *from, const pz_type *to);

/* CAST_INVALID_INPUT / CAST_OVERFLOW of a value, shown as SQL; under TRY NULL. */
pz_status cast_fail_input(const cast_env *c, pz_err_class klass, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out);
pz_status cast_fail_overflow(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out);
/* NUMERIC_VALUE_OUT_OF_RANGE: under ANSI; NULL otherwise. */
pz_status cast_fail_decimal(const cast_env *c, pz_str value, const pz_type *to, pz_value *out);

static inline pz_status
cast_null(pz_value *out)
{
    out->null = true;
    return PZ_OK;
}

static inline pz_status
cast_give(pz_value *out, int64_t v)
{
    out->i = v;
    return PZ_OK;
}

/* Numbers in text, by UTF8String's rules. */
bool pz_text_to_long(pz_str s, bool allow_fraction, int64_t *out);
bool pz_text_to_double(pz_str s, double *out);
bool pz_text_to_float(pz_str s, float *out);
bool pz_text_to_bool(pz_str s, bool *out);
int64_t pz_integral_min(const pz_type *t);
int64_t pz_integral_max(const pz_type *t);

#endif

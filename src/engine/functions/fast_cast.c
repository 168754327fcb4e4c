/*
 * engine/functions/fast_cast.c - whole vectors at once for the casts queries spend time in.
 *
 * text -> integers, floating point, boolean, date;  floating point -> text, int, bigint.  What a value cannot be is decided by
 * pz_cast_value(), so that conditions and modes have one home.
 */
#include <math.h>

#include "bind.h"
#include "cast_int.h"

typedef struct vec {                           /* one column in, one out */
    const pz_call_site *site;
    duckdb_vector output;
    const void *in;
    const uint64_t *valid;
    void *out;
    uint64_t *out_valid;
    idx_t n;
} vec;

static void
open_vec(vec *v, duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    duckdb_vector input = duckdb_data_chunk_get_vector(chunk, 0);
    *v = (vec){.site = duckdb_scalar_function_get_extra_info(info), .output = output, .n = duckdb_data_chunk_get_size(chunk)};
    v->in = duckdb_vector_get_data(input);
    v->valid = duckdb_vector_get_validity(input);
    v->out = duckdb_vector_get_data(output);
}

static void
put_null(vec *v, idx_t row)
{
    if (!v->out_valid) {
        duckdb_vector_ensure_validity_writable(v->output);
        v->out_valid = duckdb_vector_get_validity(v->output);
    }
    duckdb_validity_set_row_invalid(v->out_valid, row);
}

static bool
is_null(const vec *v, idx_t row)
{
    return v->valid && !(v->valid[row / 64] >> (row % 64) & 1);
}

static pz_str
text_at(const vec *v, idx_t row)
{
    duckdb_string_t *s = &((duckdb_string_t *)(uintptr_t)v->in)[row];
    return (pz_str){duckdb_string_t_data(s), duckdb_string_t_length(*s)};
}

/* A value the fast path does not take: NULL or the condition.  False after an error. */
static bool
refuse(vec *v, duckdb_function_info info, idx_t row, const pz_value *in)
{
    pz_arena *a = pz_scratch_arena();
    pz_error err;
    pz_value out;
    pz_error_init(&err, a);
    const pz_call_site *s = v->site;
    if (pz_cast_value(s->arg_types[0], s->result, (pz_cast_mode)s->eval_mode, s->zone, in, a, &out, &err) != PZ_OK) {
        pz_fast_report(info, &err);
        return false;
    }
    if (!out.null) {
        pz_raise_internal(&err, "the two forms of a cast do not agree");
        pz_fast_report(info, &err);
        return false;
    }
    put_null(v, row);
    return true;
}

/* ---------------------------------------------------------------- from text */

/* One loop per target; TAKE stores text s at row i or answers false. */
#define FROM_TEXT(name, take) \
    static void name(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output) \
    { \
        vec v; \
        open_vec(&v, info, chunk, output); \
        bool lenient = v.site->eval_mode == PZ_CAST_LEGACY; \
        (void)lenient; \
        for (idx_t i = 0; i < v.n; i++) { \
            if (is_null(&v, i)) { \
                put_null(&v, i); \
                continue; \
            } \
            pz_str s = text_at(&v, i); \
            if (take) continue; \
            pz_value in = {.s = s}; \
            if (!refuse(&v, info, i, &in)) return; \
        } \
    }

static bool
put_long(vec *v, idx_t row, pz_str s, bool lenient)
{
    return pz_text_to_long(s, lenient, &((int64_t *)v->out)[row]);
}

static bool
put_int(vec *v, idx_t row, pz_str s, bool lenient)
{
    int64_t n;
    if (!pz_text_to_long(s, lenient, &n) || n < INT32_MIN || n > INT32_MAX) return false;
    ((int32_t *)v->out)[row] = (int32_t)n;
    return true;
}

static bool
put_short(vec *v, idx_t row, pz_str s, bool lenient)
{
    int64_t n;
    if (!pz_text_to_long(s, lenient, &n) || n < INT16_MIN || n > INT16_MAX) return false;
    ((int16_t *)v->out)[row] = (int16_t)n;
    return true;
}

static bool
put_byte(vec *v, idx_t row, pz_str s, bool lenient)
{
    int64_t n;
    if (!pz_text_to_long(s, lenient, &n) || n < INT8_MIN || n > INT8_MAX) return false;
    ((int8_t *)v->out)[row] = (int8_t)n;
    return true;
}

FROM_TEXT(text_to_long, put_long(&v, i, s, lenient))
FROM_TEXT(text_to_int, put_int(&v, i, s, lenient))
FROM_TEXT(text_to_short, put_short(&v, i, s, lenient))
FROM_TEXT(text_to_byte, put_byte(&v, i, s, lenient))
FROM_TEXT(text_to_double, pz_text_to_double(s, &((double *)v.out)[i]))
FROM_TEXT(text_to_float, pz_text_to_float(s, &((float *)v.out)[i]))
FROM_TEXT(text_to_boolean, pz_text_to_bool(s, &((bool *)v.out)[i]))
FROM_TEXT(text_to_date, pz_date_parse(s, &((int32_t *)v.out)[i]))
FROM_TEXT(text_to_timestamp, pz_timestamp_parse(s, v.site->zone, v.site->result->id == PZ_T_TIMESTAMP_NTZ, &((int64_t *)v.out)[i]))

/* ---------------------------------------------------------------- floating point */

static void
float_to_text(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    vec v;
    pz_buf b;
    open_vec(&v, info, chunk, output);
    bool is_float = v.site->arg_types[0]->id == PZ_T_FLOAT;
    pz_buf_init(&b, 0);
    for (idx_t i = 0; i < v.n; i++) {
        if (is_null(&v, i)) {
            put_null(&v, i);
            continue;
        }
        pz_buf_clear(&b);
        if (is_float) pz_float_text(&b, ((const float *)v.in)[i]);
        else pz_double_text(&b, ((const double *)v.in)[i]);
        duckdb_unsafe_vector_assign_string_element_len(output, i, b.ptr, b.len);
    }
    pz_buf_free(&b);
}

/* Any input the loops below do not take at once: the row by row cast, stored by `put`. */
static bool
slow_row(vec *v, duckdb_function_info info, idx_t row, const pz_value *in, void (*put)(vec *, idx_t, int64_t))
{
    pz_arena *a = pz_scratch_arena();
    pz_error err;
    pz_value out;
    const pz_call_site *s = v->site;
    pz_error_init(&err, a);
    if (pz_cast_value(s->arg_types[0], s->result, (pz_cast_mode)s->eval_mode, s->zone, in, a, &out, &err) != PZ_OK) {
        pz_fast_report(info, &err);
        return false;
    }
    if (out.null) put_null(v, row);
    else put(v, row, out.i);
    return true;
}

static void
store_int(vec *v, idx_t row, int64_t n)
{
    switch (v->site->result->id) {
    case PZ_T_BYTE: ((int8_t *)v->out)[row] = (int8_t)n; break;
    case PZ_T_SHORT: ((int16_t *)v->out)[row] = (int16_t)n; break;
    case PZ_T_INT: case PZ_T_DATE: ((int32_t *)v->out)[row] = (int32_t)n; break;
    default: ((int64_t *)v->out)[row] = n; break;
    }
}

static int64_t
load_int(const vec *v, idx_t row)
{
    switch (v->site->arg_types[0]->id) {
    case PZ_T_BYTE: return ((const int8_t *)v->in)[row];
    case PZ_T_SHORT: return ((const int16_t *)v->in)[row];
    case PZ_T_INT: case PZ_T_DATE: return ((const int32_t *)v->in)[row];
    default: return ((const int64_t *)v->in)[row];
    }
}

static void
double_to_integral(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    vec v;
    open_vec(&v, info, chunk, output);
    bool is_float = v.site->arg_types[0]->id == PZ_T_FLOAT, is_long = v.site->result->id == PZ_T_LONG;
    double limit = is_long ? 9.2e18 : 2147483648.0;
    for (idx_t i = 0; i < v.n; i++) {
        if (is_null(&v, i)) {
            put_null(&v, i);
            continue;
        }
        double d = is_float ? (double)((const float *)v.in)[i] : ((const double *)v.in)[i];
        if (d > -limit && d < limit) {
            store_int(&v, i, (int64_t)d);
            continue;
        }
        pz_value in = {.d = d};
        if (!slow_row(&v, info, i, &in, store_int)) return;
    }
}

static void
narrow_integral(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    vec v;
    open_vec(&v, info, chunk, output);
    int64_t low = pz_integral_min(v.site->result), high = pz_integral_max(v.site->result);
    for (idx_t i = 0; i < v.n; i++) {
        if (is_null(&v, i)) {
            put_null(&v, i);
            continue;
        }
        int64_t n = load_int(&v, i);
        if (n >= low && n <= high) {
            store_int(&v, i, n);
            continue;
        }
        pz_value in = {.i = n};
        if (!slow_row(&v, info, i, &in, store_int)) return;
    }
}

/* ---------------------------------------------------------------- dates and timestamps */

static void
datetime_to_datetime(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    vec v;
    open_vec(&v, info, chunk, output);
    const pz_call_site *s = v.site;
    for (idx_t i = 0; i < v.n; i++) {
        if (is_null(&v, i)) {
            put_null(&v, i);
            continue;
        }
        pz_value in = {.i = load_int(&v, i)}, out;
        pz_cast_value(s->arg_types[0], s->result, PZ_CAST_ANSI, s->zone, &in, NULL, &out, NULL); /* cannot fail, needs no memory */
        store_int(&v, i, out.i);
    }
}

static void
datetime_to_text(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    vec v;
    pz_buf b;
    open_vec(&v, info, chunk, output);
    pz_buf_init(&b, 0);
    for (idx_t i = 0; i < v.n; i++) {
        if (is_null(&v, i)) {
            put_null(&v, i);
            continue;
        }
        pz_value in = {.i = load_int(&v, i)};
        pz_buf_clear(&b);
        pz_value_text(&b, v.site->arg_types[0], &in, PZ_TEXT_CAST, v.site->zone);
        duckdb_unsafe_vector_assign_string_element_len(output, i, b.ptr, b.len);
    }
    pz_buf_free(&b);
}

/* ---------------------------------------------------------------- choosing */

static duckdb_scalar_function_t
from_text(const pz_type *to)
{
    switch (to->id) {
    case PZ_T_BYTE: return text_to_byte;
    case PZ_T_SHORT: return text_to_short;
    case PZ_T_INT: return text_to_int;
    case PZ_T_LONG: return text_to_long;
    case PZ_T_FLOAT: return text_to_float;
    case PZ_T_DOUBLE: return text_to_double;
    case PZ_T_BOOLEAN: return text_to_boolean;
    case PZ_T_DATE: return text_to_date;
    case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: return text_to_timestamp;
    default: return NULL;
    }
}

static bool
is_micros(const pz_type *t)
{
    return t->id == PZ_T_DATE || t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ;
}

duckdb_scalar_function_t
pz_fast_find(const char *impl, const pz_call_site *site)
{
    if (strcmp(impl, "cast") != 0) return NULL;
    const pz_type *from = site->arg_types[0], *to = site->result;
    if (pz_type_is_string(from)) return from_text(to);
    if (is_micros(from)) return pz_type_is_string(to) ? datetime_to_text : is_micros(to) ? datetime_to_datetime : NULL;
    if (pz_type_is_integral(from)) return pz_type_is_integral(to) ? narrow_integral : NULL;
    if (from->id != PZ_T_DOUBLE && from->id != PZ_T_FLOAT) return NULL;
    if (pz_type_is_string(to)) return float_to_text;
    return to->id == PZ_T_INT || to->id == PZ_T_LONG ? double_to_integral : NULL;
}

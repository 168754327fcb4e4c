/*
 * engine/functions/fast_math.c - functions of one or two doubles, whole vectors at once: pz_sin, pz_log10, ...
 *
 * In: DOUBLE vectors.  Out: DOUBLE vectors, NULL where Spark answers NULL.  The engine's own functions raise errors outside of their
 * domain where Spark answers NaN.  Things start in the table at the end.
 */
#include <math.h>

#include "bind.h"
#include "java_math.h"

typedef double (*one_fn)(double);
typedef double (*two_fn)(double, double);

static bool
is_valid(const uint64_t *valid, idx_t row)
{
    return !valid || (valid[row / 64] >> (row % 64) & 1);
}

static void
put_null(duckdb_vector output, uint64_t **valid, idx_t row)
{
    if (!*valid) {
        duckdb_vector_ensure_validity_writable(output);
        *valid = duckdb_vector_get_validity(output);
    }
    duckdb_validity_set_row_invalid(*valid, row);
}

/* f of every row; NULL at and below `least`. */
static void
map_one(duckdb_data_chunk chunk, duckdb_vector output, one_fn f, double least)
{
    duckdb_vector in = duckdb_data_chunk_get_vector(chunk, 0);
    const double *x = duckdb_vector_get_data(in);
    const uint64_t *valid = duckdb_vector_get_validity(in);
    double *y = duckdb_vector_get_data(output);
    uint64_t *out_valid = NULL;
    idx_t n = duckdb_data_chunk_get_size(chunk);
    for (idx_t i = 0; i < n; i++) {
        if (!is_valid(valid, i) || x[i] <= least)
            put_null(output, &out_valid, i);
        else
            y[i] = f(x[i]);
    }
}

static void
map_two(duckdb_data_chunk chunk, duckdb_vector output, two_fn f, bool positive)
{
    duckdb_vector a = duckdb_data_chunk_get_vector(chunk, 0), b = duckdb_data_chunk_get_vector(chunk, 1);
    const double *x = duckdb_vector_get_data(a), *y = duckdb_vector_get_data(b);
    const uint64_t *x_valid = duckdb_vector_get_validity(a), *y_valid = duckdb_vector_get_validity(b);
    double *z = duckdb_vector_get_data(output);
    uint64_t *out_valid = NULL;
    idx_t n = duckdb_data_chunk_get_size(chunk);
    for (idx_t i = 0; i < n; i++) {
        if (!is_valid(x_valid, i) || !is_valid(y_valid, i) || (positive && (x[i] <= 0 || y[i] <= 0)))
            put_null(output, &out_valid, i);
        else
            z[i] = f(x[i], y[i]);
    }
}

static double cot(double x) { return 1 / tan(x); }
static double csc(double x) { return 1 / sin(x); }
static double sec(double x) { return 1 / cos(x); }
static double degrees(double x) { return x * (180 / M_PI); }
static double radians(double x) { return x * (M_PI / 180); }
static double signum(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
static double log_of(double base, double x) { return pz_java_log(x) / pz_java_log(base); }
/* As Spark makes it of logarithms */
static double area_tanh(double x) { return 0.5 * (pz_java_log1p(x) - pz_java_log1p(-x)); }
static double arc(double y, double x) { return pz_java_atan2(y + 0.0, x + 0.0); }

#define ONES(F) \
    F(acos, pz_java_acos, NAN) F(acosh, pz_java_acosh, NAN) F(asin, pz_java_asin, NAN) F(asinh, pz_java_asinh, NAN) F(atan, pz_java_atan, NAN) \
    F(atanh, area_tanh, NAN) F(cbrt, pz_java_cbrt, NAN) F(cos, cos, NAN) F(cosh, pz_java_cosh, NAN) F(cot, cot, NAN) \
    F(csc, csc, NAN) F(degrees, degrees, NAN) F(exp, pz_java_exp, NAN) F(expm1, pz_java_expm1, NAN) F(ln, pz_java_log, 0) \
    F(log10, pz_java_log10, 0) F(log1p, pz_java_log1p, -1) F(log2, pz_java_log2, 0) F(radians, radians, NAN) F(rint, rint, NAN) \
    F(sec, sec, NAN) F(signum, signum, NAN) F(sin, sin, NAN) F(sinh, pz_java_sinh, NAN) F(sqrt, sqrt, NAN) \
    F(tan, tan, NAN) F(tanh, pz_java_tanh, NAN)
#define TWOS(F) F(atan2, arc, false) F(hypot, pz_java_hypot, false) F(log, log_of, true) F(power, pz_java_pow, false)

/* The third column: NULL at and below; NAN: never. */
#define F(id, f, least) \
    static void run_##id(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output) { (void)info; map_one(chunk, output, f, least); }
ONES(F)
#undef F
#define F(id, f, positive) \
    static void run_##id(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output) { (void)info; map_two(chunk, output, f, positive); }
TWOS(F)
#undef F

static const pz_fast_fn fns[] = {
#define F(id, f, least) {.name = "pz_" #id, .args = {&pz_t_double}, .nargs = 1, .result = &pz_t_double, .run = run_##id},
    ONES(F)
#undef F
#define F(id, f, positive) {.name = "pz_" #id, .args = {&pz_t_double, &pz_t_double}, .nargs = 2, .result = &pz_t_double, .run = run_##id},
    TWOS(F)
#undef F
};
const pz_fast_table pz_fast_math = {fns, (int)PZ_COUNTOF(fns)};

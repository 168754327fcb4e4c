/*
 * engine/functions/java_bits.h - the two words of a double and what several functions share that are laid down bit by bit.
 */
#ifndef PZ_ENGINE_JAVA_BITS_H
#define PZ_ENGINE_JAVA_BITS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t
bits_of(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline double
from_bits(uint64_t b)
{
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

static inline uint32_t
high_word(double x)
{
    return (uint32_t)(bits_of(x) >> 32);
}

static inline double
with_high_word(double x, uint32_t high)
{
    return from_bits((bits_of(x) & 0xffffffffu) | (uint64_t)high << 32);
}

/* The upper word alone, zeros below. */
static inline double
cut_low(double x)
{
    return from_bits(bits_of(x) & ~(uint64_t)0xffffffffu);
}

/* x times 2 to the k, where the result is an ordinary number. */
static inline double
shift_exponent(double x, int k)
{
    return with_high_word(x, high_word(x) + ((uint32_t)k << 20));
}

static const double LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;

/* x = k ln 2 + *high - *low, with what is left below half of ln 2; x lies beyond that. */
static inline int
split_by_ln2(double x, double *high, double *low)
{
    bool negative = signbit(x);
    int k = negative ? -1 : 1;
    if ((high_word(x) & 0x7fffffffu) >= 0x3ff0a2b2u) k = (int)(1.44269504088896338700e+00 * x + (negative ? -0.5 : 0.5));
    *high = x - k * LN2_HIGH;
    *low = k * LN2_LOW;
    return k;
}

/* The series of ln((1 + s) / (1 - s)) in squares of s. */
static inline const double *
log_series(void)
{
    static const double L[] = {6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
                               1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01};
    return L;
}

#endif

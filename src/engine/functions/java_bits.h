/*
 * engine/functions/java_bits.h - the two words of a double, for functions that are laid down bit by bit.
 */
#ifndef PZ_ENGINE_JAVA_BITS_H
#define PZ_ENGINE_JAVA_BITS_H

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

#endif

/*
 * types/shortest.c - the shortest decimal that reads back as a given floating-point number.
 *
 * Raffaello Giulietti's algorithm ("The Schubfach way to render doubles"): scale the number and the two bounds of its rounding
 * interval by a power of ten kept to 128 bits, and choose among the decimals between them.  The powers are computed once, exactly.
 * Things start at pz_double_shortest() and pz_float_shortest().
 */
#include <pthread.h>

#include "types.h"

enum { POWER_MIN = -292, POWER_MAX = 324, WORDS = 48 };  /* 48 words of 32 bits hold 2^1300 */
#define HALF_RANGE 1300

typedef unsigned __int128 u128;
typedef struct power { uint64_t high, low; } power;

static power powers[POWER_MAX - POWER_MIN + 1];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The highest 128 bits of a number of WORDS words, rounded up. */
static power
top_bits(const uint32_t *n)
{
    int bit = WORDS * 32 - 1;
    u128 v = 0;
    while (bit > 0 && !(n[bit / 32] >> (bit % 32) & 1)) bit--;
    bool rest = false;
    for (int i = 0; i < 128; i++, bit--) v = v << 1 | (bit >= 0 ? n[bit / 32] >> (bit % 32) & 1 : 0);
    for (; bit >= 0 && !rest; bit--) rest = n[bit / 32] >> (bit % 32) & 1;
    v += rest;
    return (power){(uint64_t)(v >> 64), (uint64_t)v};
}

static void
times_ten(uint32_t *n)
{
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; i++) {
        carry += (uint64_t)n[i] * 10;
        n[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static bool
by_ten(uint32_t *n)
{
    uint64_t rest = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
        rest = rest << 32 | n[i];
        n[i] = (uint32_t)(rest / 10);
        rest %= 10;
    }
    return rest != 0;
}

/* 10^k for k >= 0 is exact; below, 2^1300 is divided by ten again and again, and never without a rest, so the value is rounded up. */
static void
compute_powers(void)
{
    uint32_t n[WORDS] = {1};
    for (int k = 0; k <= POWER_MAX; k++, times_ten(n)) powers[k - POWER_MIN] = top_bits(n);
    memset(n, 0, sizeof n);
    n[HALF_RANGE / 32] = 1u << (HALF_RANGE % 32);
    for (int k = -1; k >= POWER_MIN; k--) {
        by_ten(n);
        n[0] |= 1;                             /* stands for the rest that was dropped */
        powers[k - POWER_MIN] = top_bits(n);
    }
}

static uint64_t
round_to_odd(power g, uint64_t c)
{
    u128 x = (u128)g.low * c, y = (u128)g.high * c + (uint64_t)(x >> 64);
    return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

static int
floor_shift(int64_t v, int bits)
{
    return (int)(v >> bits);
}

/* Number c * 2^q; `closer`: its lower neighbour is only half as far as the upper one. */
static void
shortest(uint64_t c, int q, bool closer, uint64_t *digits, int *exponent)
{
    uint64_t out = c % 2;                      /* the bounds belong to the interval of even numbers only */
    uint64_t low = 4 * c - 2 + closer, mid = 4 * c, high = 4 * c + 2;
    int k = floor_shift((int64_t)q * 1262611 - (closer ? 524031 : 0), 22);
    int h = q + floor_shift((int64_t)-k * 1741647, 19) + 1;
    power g = powers[-k - POWER_MIN];
    uint64_t lower = round_to_odd(g, low << h) + out, v = round_to_odd(g, mid << h), upper = round_to_odd(g, high << h) - out, s = v / 4;
    if (s >= 10) {
        uint64_t t = s / 10;
        bool down = lower <= 40 * t, up = 40 * t + 40 <= upper;
        if (down != up) {
            *digits = t + up;
            *exponent = k + 1;
            return;
        }
    }
    bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    *digits = down != up ? s + up : s + (v > 4 * s + 2 || (v == 4 * s + 2 && (s & 1)));
    *exponent = k;
}

static void
strip_zeros(uint64_t *digits, int *exponent)
{
    while (*digits && *digits % 10 == 0) {
        *digits /= 10;
        ++*exponent;
    }
}

void
pz_double_shortest(double d, uint64_t *digits, int *exponent)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    uint64_t fraction = bits & ((1ull << 52) - 1);
    int e = (int)(bits >> 52 & 0x7ff);
    pthread_once(&once, compute_powers);
    shortest(e ? fraction | 1ull << 52 : fraction, (e ? e : 1) - 1075, fraction == 0 && e > 1, digits, exponent);
    strip_zeros(digits, exponent);
}

void
pz_float_shortest(float f, uint64_t *digits, int *exponent)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    uint32_t fraction = bits & ((1u << 23) - 1);
    int e = (int)(bits >> 23 & 0xff);
    pthread_once(&once, compute_powers);
    shortest(e ? fraction | 1u << 23 : fraction, (e ? e : 1) - 150, fraction == 0 && e > 1, digits, exponent);
    strip_zeros(digits, exponent);
}

/*
 * types/shortest.c - the decimal that a floating-point number is written as: the shortest that reads back as it, but for the numbers of which
 * the Java that Spark 4.3 runs on (17) writes another: whole numbers past the precision, powers of two, and those halfway to a neighbour.
 *
 * Raffaello Giulietti's algorithm ("The Schubfach way to render doubles"): scale the number and the two bounds of its rounding
 * interval by a power of ten kept to 128 bits, and choose among the decimals between them.  The powers are computed once, exactly.
 * Things start at pz_double_shortest() and pz_float_shortest().
 */
#include <math.h>
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

/* Number c * 2^q, of which neither neighbour is nearer than the other. */
static void
shortest(uint64_t c, int q, uint64_t *digits, int *exponent)
{
    int k = floor_shift((int64_t)q * 1262611, 22);
    int h = q + floor_shift((int64_t)-k * 1741647, 19) + 1;
    power g = powers[-k - POWER_MIN];
    uint64_t lower = round_to_odd(g, (4 * c - 2) << h) + 1, v = round_to_odd(g, (4 * c) << h), upper = round_to_odd(g, (4 * c + 2) << h) - 1, s = v / 4;
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

/* ---- where the Java of Spark 4.3 has ways of its own ---- */
static int
top_bit(uint64_t c)
{
    return 63 - __builtin_clzll(c);
}

/* Whole numbers below 2^63: all digits but those that its precision cannot hold. */
static bool
whole(uint64_t c, int q, int precision, uint64_t *digits, int *exponent)
{
    int top = top_bit(c) + q, past = top - precision - 1, dropped = past > 1 ? past * 30103 / 100000 : 0;
    uint64_t v, ten = 1;
    if (top < 0 || top > 62 || __builtin_ctzll(c) + q < 0) return false;
    v = q >= 0 ? c << q : c >> -q;
    for (int i = 0; i < dropped; i++) ten *= 10;
    *digits = v / ten + (dropped && v % ten >= ten / 2);
    *exponent = dropped;
    return true;
}

enum { LIMBS = 80 };                           /* 2^2560; 10^324 * 2^1076 needs less */
typedef struct big { uint32_t n[LIMBS]; } big;

static void
times(big *b, uint32_t by)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)b->n[i] * by;
        b->n[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void
scale(big *b, int two, int ten)
{
    for (; two > 0; two -= two < 31 ? two : 31) times(b, 1u << (two < 31 ? two : 31));
    for (; ten > 0; ten--) times(b, 10);
}

static int
compare(const big *a, const big *b)
{
    for (int i = LIMBS - 1; i >= 0; i--)
        if (a->n[i] != b->n[i]) return a->n[i] < b->n[i] ? -1 : 1;
    return 0;
}

/* a + sign * b */
static void
add(big *a, const big *b, int sign)
{
    int64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (int64_t)a->n[i] + sign * (int64_t)b->n[i];
        a->n[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static uint64_t
take_digit(big *rest, const big *unit)
{
    uint64_t d = 0;
    for (; compare(rest, unit) >= 0; d++) add(rest, unit, -1);
    times(rest, 10);
    return d;
}

/*
 * Digit by digit, until what is left or what is missing is less than half the distance to the neighbours: the nearer one's, which
 * powers of two have below them.  Numbers written with an exponent get two digits at least.
 */
static void
by_digits(uint64_t c, int q, bool power_of_two, uint64_t *digits, int *exponent)
{
    big rest = {{(uint32_t)c, (uint32_t)(c >> 32)}}, unit = {{4}}, half = {{power_of_two ? 1 : 2}}, ten, sum;
    int top = top_bit(c), k = (int)floor((ldexp((double)c, -top) - 1.5) * 0.289529654 + 0.176091259 + (top + q) * 0.301029995663981);   /* or one more */
    bool begun = false;
    scale(&rest, 2 + (q > 0 ? q : 0), k < 0 ? -k : 0);
    scale(&half, q > 0 ? q : 0, k < 0 ? -k : 0);
    scale(&unit, q < 0 ? -q : 0, k > 0 ? k : 0);
    ten = unit;
    times(&ten, 10);
    *digits = 0;
    for (int n = 0;; n++) {
        uint64_t digit = take_digit(&rest, &unit);
        bool low, high;
        *digits = *digits * 10 + digit;
        times(&half, 10);
        sum = rest;
        add(&sum, &half, 1);
        low = compare(&rest, &half) < 0;
        high = compare(&sum, &ten) > 0;
        if (!begun && !digit && !high) {
            k--;
            n--;
        } else if ((low || high) && (begun || (k >= -3 && k < 8))) {
            times(&rest, 2);
            if (high && (!low || compare(&rest, &ten) > 0 || (compare(&rest, &ten) == 0 && (*digits & 1)))) ++*digits;
            *exponent = k - n;
            return;
        }
        begun = true;
    }
}

/* As many as 5^n has, which Java keeps in a table; what is beyond it is too large for 64 bits. */
static int
bits_of_five(int n)
{
    static const signed char bits[] = {0, 3, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28, 31, 33, 35, 38, 40, 42, 45, 47, 49, 52, 54, 56, 59, 61};
    return n < (int)sizeof bits ? bits[n] : n * 3;
}

static uint64_t
five_to(int n)
{
    uint64_t v = 1;
    while (n-- > 0) v *= 5;
    return v;
}

/*
 * The same digit by digit in 64 bits, where the numbers just fit and the sum of two of them may not: Java does not see that, takes the
 * sum for a negative number and so does not round the last digit up. False: not such a number.
 */
static bool
by_words(uint64_t c, int q, int precision, uint64_t *digits, int *exponent)
{
    int top = top_bit(c), tail = __builtin_ctzll(c), width = top + 1 - tail, two = top + q;
    int k = (int)floor((ldexp((double)c, -top) - 1.5) * 0.289529654 + 0.176091259 + two * 0.301029995663981);
    if (k < 20) return false;                  /* what is smaller leaves room */
    int unit2 = k, rest2 = two, half2 = two - precision, common;
    rest2 -= width - 1;
    common = rest2 < unit2 ? rest2 : unit2;
    rest2 -= common;
    unit2 -= common;
    half2 -= common + (width == 1);
    if (half2 < 0) {
        rest2 -= half2;
        unit2 -= half2;
        half2 = 0;
    }
    if (width + rest2 >= 64 || unit2 + 1 + bits_of_five(k + 1) >= 64) return false;
    uint64_t rest = (c >> tail) << rest2, unit = five_to(k) << unit2, half = (uint64_t)1 << half2, ten = unit * 10, digit = rest / unit;
    bool low = false, high = false;
    rest = rest % unit * 10;
    half *= 10;
    *digits = digit;
    for (*exponent = k; !low && !high; --*exponent) {
        digit = rest / unit;
        rest = rest % unit * 10;
        half *= 10;
        low = (int64_t)half <= 0 || rest < half;
        high = (int64_t)half <= 0 || (int64_t)(rest + half) > (int64_t)ten;
        *digits = *digits * 10 + digit;
    }
    if (high && (!low || rest * 2 > ten || (rest * 2 == ten && (*digits & 1)))) ++*digits;
    return true;
}

/* c * 2^q with `precision` bits, as Double.toString and Float.toString of Java 17 choose its digits. */
static void
choose(uint64_t c, int q, int precision, uint64_t *digits, int *exponent)
{
    bool power_of_two = (c & (c - 1)) == 0;
    *digits = 0;
    *exponent = 0;
    if (!c) return;
    pthread_once(&once, compute_powers);
    if (!whole(c, q, precision, digits, exponent) && !by_words(c, q, precision, digits, exponent)) {
        if (power_of_two || c < 1000) by_digits(c, q, power_of_two, digits, exponent);
        else shortest(c, q, digits, exponent);
    }
    while (*digits % 10 == 0) {
        *digits /= 10;
        ++*exponent;
    }
}

void
pz_double_shortest(double d, uint64_t *digits, int *exponent)
{
    uint64_t bits, fraction;
    memcpy(&bits, &d, sizeof bits);
    fraction = bits & ((1ull << 52) - 1);
    int e = (int)(bits >> 52 & 0x7ff);
    choose(e ? fraction | 1ull << 52 : fraction, (e ? e : 1) - 1075, 53, digits, exponent);
}

void
pz_float_shortest(float f, uint64_t *digits, int *exponent)
{
    uint32_t bits, fraction;
    memcpy(&bits, &f, sizeof bits);
    fraction = bits & ((1u << 23) - 1);
    int e = (int)(bits >> 23 & 0xff);
    choose(e ? fraction | 1u << 23 : fraction, (e ? e : 1) - 150, 24, digits, exponent);
}

/*
 * engine/functions/java_math.c - exponentials, logarithms and roots to the last digit that Java gives.
 *
 * In: a double.  Out: what Java's StrictMath answers, which is laid down bit by bit; the C library's functions are sometimes off by one in
 * the last place, in either direction.  The coefficients and the order of the operations are those of that definition, so nothing here
 * may be rearranged.  Things start at pz_java_exp(); powers are in java_power.c, arcs in java_arcs.c, what lies near 1 in java_near.c.
 */
#include "java_bits.h"
#include "java_math.h"

#include <math.h>

double
pz_java_exp(double x)
{
    static const double P[] = {1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06,
                               4.13813679705723846039e-08};
    uint32_t size = high_word(x) & 0x7fffffffu;
    double high = 0, low = 0, t, c, y;
    int k = 0;
    if (isnan(x)) return x;
    if (x > 7.09782712893383973096e+02) return INFINITY;
    if (x < -7.45133219101941108420e+02) return 0;
    if (size > 0x3fd62e42u) {                  /* beyond half of ln 2: x = k ln 2 + rest */
        k = split_by_ln2(x, &high, &low);
        x = high - low;
    } else if (size < 0x3e300000u) {
        return 1 + x;
    }
    t = x * x;
    c = x - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
    if (!k) return 1 - ((x * c) / (c - 2) - x);
    y = 1 - ((low - (x * c) / (2 - c)) - high);
    if (k >= -1021) {
        if (k == 1024) return y * 2 * 0x1p1023;
        return with_high_word(y, high_word(y) + ((uint32_t)k << 20));
    }
    return with_high_word(y, high_word(y) + ((uint32_t)(k + 1000) << 20)) * 9.33263618503218878990e-302;
}

/* ln x for x > 0 */
double
pz_java_log(double x)
{
    const double *const L = log_series();
    int32_t high, i, j;
    int k = 0;
    double f, s, z, w, r, half;
    if (isnan(x) || x == INFINITY) return x;
    if (x <= 0) return x == 0 ? -INFINITY : NAN;
    if (high_word(x) < 0x00100000u) {
        k = -54;
        x *= 0x1p54;
    }
    high = (int32_t)high_word(x);
    k += (high >> 20) - 1023;
    high &= 0x000fffff;
    i = (high + 0x95f64) & 0x100000;
    x = with_high_word(x, (uint32_t)(high | (i ^ 0x3ff00000)));
    k += i >> 20;
    f = x - 1;
    if ((0x000fffff & (2 + high)) < 3) {       /* as good as 1 */
        if (f == 0) return k ? k * LN2_HIGH + k * LN2_LOW : 0;
        r = f * f * (0.5 - 0.33333333333333333 * f);
        return k ? k * LN2_HIGH - ((r - k * LN2_LOW) - f) : f - r;
    }
    s = f / (2 + f);
    z = s * s;
    w = z * z;
    i = high - 0x6147a;
    j = 0x6b851 - high;
    r = z * (L[0] + w * (L[2] + w * (L[4] + w * L[6]))) + w * (L[1] + w * (L[3] + w * L[5]));
    if ((i | j) > 0) {
        half = 0.5 * f * f;
        return k ? k * LN2_HIGH - ((half - (s * (half + r) + k * LN2_LOW)) - f) : f - (half - s * (half + r));
    }
    return k ? k * LN2_HIGH - ((s * (f - r) - k * LN2_LOW) - f) : f - s * (f - r);
}

double
pz_java_log2(double x)
{
    return pz_java_log(x) / pz_java_log(2);
}

double
pz_java_log10(double x)
{
    uint32_t high;
    int k = 0, i;
    double y, z;
    if (isnan(x) || x == INFINITY) return x;
    if (x <= 0) return x == 0 ? -INFINITY : NAN;
    if (high_word(x) < 0x00100000u) {
        k = -54;
        x *= 0x1p54;
    }
    high = high_word(x);
    k += (int)(high >> 20) - 1023;
    i = k < 0;
    y = k + i;
    x = with_high_word(x, (high & 0x000fffffu) | (uint32_t)(0x3ff - i) << 20);
    z = y * 3.69423907715893078616e-13 + 4.34294481903251816668e-01 * pz_java_log(x);
    return z + y * 3.01029995663611771306e-01;
}

double
pz_java_cbrt(double x)
{
    static const double C = 5.42857142857142815906e-01, D = -7.05306122448979611050e-01, E = 1.41428571428571436819e+00, F = 1.60714285714285720630e+00,
                        G = 3.57142857142857150787e-01;
    double size = fabs(x), r, s, t = 0;
    if (!isfinite(x) || x == 0) return x;
    if (high_word(size) < 0x00100000u) {       /* too small for a full set of digits */
        t = 0x1p54 * size;
        t = from_bits((uint64_t)(high_word(t) / 3 + 696219795u) << 32 | (bits_of(t) & 0xffffffffu));
    } else {
        t = from_bits((uint64_t)(high_word(size) / 3 + 715094163u) << 32);
    }
    r = t * t / size;
    s = C + r * t;
    t *= G + F / (s + E + D / s);
    t = from_bits((uint64_t)(high_word(t) + 1) << 32);         /* cut to 20 bits, and surely too large */
    s = t * t;
    r = size / s;
    r = (r - t) / (t + t + r);
    t = t + t * r;
    return copysign(t, x);
}

double
pz_java_cosh(double x)
{
    double size = fabs(x), t, w;
    uint32_t high = high_word(size);
    if (!isfinite(x)) return size;
    if (high < 0x3fd62e43u) {
        t = pz_java_expm1(size);
        w = 1 + t;
        return high < 0x3c800000u ? w : 1 + (t * t) / (w + w);
    }
    if (high < 0x40360000u) {
        t = pz_java_exp(size);
        return 0.5 * t + 0.5 / t;
    }
    if (high < 0x40862e42u) return 0.5 * pz_java_exp(size);
    if (size <= 7.10475860073943863426e+02) {
        w = pz_java_exp(0.5 * size);
        return 0.5 * w * w;
    }
    return INFINITY;
}

double
pz_java_asinh(double x)
{
    double size = fabs(x), t = x * x, w;
    if (!isfinite(x) || size < 0x1p-28) return x;
    if (size > 0x1p28) w = pz_java_log(size) + 6.93147180559945286227e-01;
    else if (size > 2) w = pz_java_log(2 * size + 1 / (sqrt(t + 1) + size));
    else w = pz_java_log1p(size + t / (1 + sqrt(1 + t)));
    return copysign(w, x);
}

double
pz_java_acosh(double x)
{
    double t = x - 1;
    if (isnan(x) || x < 1) return NAN;
    if (x >= 0x1p28) return x == INFINITY ? x : pz_java_log(x) + 6.93147180559945286227e-01;
    if (x > 2) return pz_java_log(2 * x - 1 / (x + sqrt(x * x - 1)));
    return pz_java_log1p(t + sqrt(2 * t + t * t));
}

/* The parts above and below the cut are multiplied on their own, so that nothing is lost before the root. */
double
pz_java_hypot(double x, double y)
{
    double a = fabs(x), b = fabs(y), scale = 1, w, high, low;
    if (isinf(x) || isinf(y)) return INFINITY;
    if (isnan(x) || isnan(y)) return NAN;
    if (b > a) w = a, a = b, b = w;
    if (b == 0 || (int)(high_word(a) - high_word(b)) > 0x3c00000) return a + b;
    if (high_word(a) > 0x5f300000u) scale = 0x1p600;
    else if (high_word(b) < 0x20b00000u) scale = 0x1p-600;
    a /= scale;
    b /= scale;
    w = a - b;
    if (w > b) {
        high = from_bits((uint64_t)high_word(a) << 32);
        low = a - high;
        w = sqrt(high * high - (b * (-b) - low * (a + high)));
    } else {
        double high_b = from_bits((uint64_t)high_word(b) << 32), low_b = b - high_b;
        high = from_bits((uint64_t)(high_word(a) + 0x00100000u) << 32);
        a += a;
        low = a - high;
        w = sqrt(high * high_b - (w * (-w) - (high * low_b + low * b)));
    }
    return w * scale;
}

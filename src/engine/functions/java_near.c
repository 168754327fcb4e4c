/*
 * engine/functions/java_near.c - expm1, log1p, sinh and tanh to the last digit that Java gives.
 *
 * In: a double.  Out: what Java's StrictMath answers; coefficients and the order of operations are its definition.  Things start at
 * pz_java_expm1().
 */
#include "java_bits.h"
#include "java_math.h"

#include <math.h>

/* e to the (x - c + k ln 2), less 1: x is small, c its rest */
static double
expm1_steps(double x, double c, int k)
{
    double half = 0.5 * x, square = x * half, r, t, e, y;
    r = 1 + square * (-3.33333333333331316428e-02 + square * (1.58730158725481460165e-03 + square * (-7.93650757867487942473e-05 +
        square * (4.00821782732936239552e-06 + square * -2.01099218183624371326e-07))));
    t = 3 - r * half;
    e = square * ((r - t) / (6 - x * t));
    if (!k) return x - (x * e - square);
    e = x * (e - c) - c;
    e -= square;
    if (k == -1) return 0.5 * (x - e) - 0.5;
    if (k == 1) return x < -0.25 ? -2 * (e - (x + 0.5)) : 1 + 2 * (x - e);
    if (k <= -2 || k > 56) {
        y = 1 - (e - x);
        y = k == 1024 ? y * 2 * 0x1p1023 : shift_exponent(y, k);
        return y - 1;
    }
    if (k < 20) return shift_exponent(with_high_word(0, 0x3ff00000u - (0x200000u >> k)) - (e - x), k);
    return shift_exponent((x - (e + with_high_word(0, (uint32_t)(0x3ff - k) << 20))) + 1, k);
}

double
pz_java_expm1(double x)
{
    uint32_t size = high_word(x) & 0x7fffffffu;
    double high, low, rest;
    int k;
    if (isnan(x)) return x;
    if (size >= 0x4043687au) {                 /* beyond 56 ln 2 */
        if (signbit(x)) return -1;
        if (x > 7.09782712893383973096e+02) return INFINITY;
    }
    if (size <= 0x3fd62e42u) return size < 0x3c900000u ? x : expm1_steps(x, 0, 0);
    k = split_by_ln2(x, &high, &low);
    rest = high - low;
    return expm1_steps(rest, (high - rest) - low, k);
}

double
pz_java_log1p(double x)
{
    const double *const L = log_series();
    int32_t high = (int32_t)high_word(x);
    uint32_t fraction = 1;
    double f = x, u, c = 0, s, z, r, half;
    int k = 1;
    if (isnan(x) || x == INFINITY) return x;
    if (x <= -1) return x == -1 ? -INFINITY : NAN;
    if (fabs(x) < 0x1p-29) return fabs(x) < 0x1p-54 ? x : x - x * x * 0.5;
    if (high < 0x3fda827a && (high > 0 || high <= (int32_t)0xbfd2bec3)) k = 0;
    if (k) {
        u = high < 0x43400000 ? 1 + x : x;
        k = (int)(high_word(u) >> 20) - 1023;
        if (high < 0x43400000) c = (k > 0 ? 1 - (u - x) : x - (u - 1)) / u;
        fraction = high_word(u) & 0x000fffffu;
        if (fraction < 0x6a09eu) {
            u = with_high_word(u, fraction | 0x3ff00000u);
        } else {
            k++;
            u = with_high_word(u, fraction | 0x3fe00000u);
            fraction = (0x00100000u - fraction) >> 2;
        }
        f = u - 1;
    }
    half = 0.5 * f * f;
    if (!fraction) {                           /* f is below 2^-20 */
        if (f == 0) return k ? k * LN2_HIGH + (c + k * LN2_LOW) : 0;
        r = half * (1 - 0.66666666666666666 * f);
        return k ? k * LN2_HIGH - ((r - (k * LN2_LOW + c)) - f) : f - r;
    }
    s = f / (2 + f);
    z = s * s;
    r = z * (L[0] + z * (L[1] + z * (L[2] + z * (L[3] + z * (L[4] + z * (L[5] + z * L[6]))))));
    return k ? k * LN2_HIGH - ((half - (s * (half + r) + (k * LN2_LOW + c))) - f) : f - (half - s * (half + r));
}

double
pz_java_sinh(double x)
{
    double size = fabs(x), half = signbit(x) ? -0.5 : 0.5, t, w;
    if (!isfinite(x) || size < 0x1p-28) return x;
    if (size < 22) {
        t = pz_java_expm1(size);
        return size < 1 ? half * (2 * t - t * t / (t + 1)) : half * (t + t / (t + 1));
    }
    if (high_word(size) < 0x40862e42u) return half * pz_java_exp(size);
    if (size <= 7.10475860073943863426e+02) {
        w = pz_java_exp(0.5 * size);
        t = half * w;
        return t * w;
    }
    return copysign(INFINITY, x);
}

double
pz_java_tanh(double x)
{
    double size = fabs(x), t;
    if (isnan(x)) return x;
    if (size < 0x1p-55) return x * (1 + x);
    if (size >= 22) return copysign(1, x);
    t = pz_java_expm1(size >= 1 ? 2 * size : -2 * size);
    return copysign(size >= 1 ? 1 - 2 / (t + 2) : -t / (t + 2), x);
}

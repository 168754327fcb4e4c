/*
 * engine/functions/java_power.c - x to the y, to the last digit that Java gives.
 *
 * In: two doubles.  Out: what Java's StrictMath answers: log2(x) is made in two parts, multiplied by y in two parts, and raised again.
 * The order of the operations is part of the definition.  Things start at pz_java_pow().
 */
#include "java_bits.h"
#include "java_math.h"

#include <math.h>

typedef struct two_parts { double high, low; } two_parts;

/* log2 of a size next to 1, for powers beyond 2^31 */
static two_parts
log2_near_one(double size)
{
    double t = size - 1, w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25));
    double u = 1.44269502162933349609e+00 * t, v = t * 1.92596299112661746887e-08 - w * 1.44269504088896338700e+00;
    double high = cut_low(u + v);
    return (two_parts){high, v - (high - u)};
}

static two_parts
log2_of(double size)
{
    static const double POINT[] = {1, 1.5}, POINT_HIGH[] = {0, 5.84962487220764160156e-01}, POINT_LOW[] = {0, 1.35003920212974897128e-08};
    static const double L[] = {5.99999999999994648725e-01, 4.28571428578550184252e-01, 3.33333329818377432918e-01,
                               2.72728123808534006489e-01, 2.30660745775561754067e-01, 2.06975017800338417784e-01};
    static const double C = 9.61796693925975554329e-01, C_HIGH = 9.61796700954437255859e-01, C_LOW = -7.02846165095275826516e-09;
    int n = 0, k = 0;
    if (high_word(size) < 0x00100000u) {
        size *= 0x1p53;
        n = -53;
    }
    uint32_t high = high_word(size), fraction = high & 0x000fffffu;
    n += (int)(high >> 20) - 0x3ff;
    high = fraction | 0x3ff00000u;
    if (fraction >= 0xbb67au) {
        n++;
        high -= 0x00100000u;
    } else if (fraction > 0x3988eu) {
        k = 1;
    }
    size = with_high_word(size, high);
    double u = size - POINT[k], v = 1 / (size + POINT[k]), s = u * v, s_high = cut_low(s);
    double t_high = with_high_word(0, ((high >> 1) | 0x20000000u) + 0x00080000u + ((uint32_t)k << 18));
    double t_low = size - (t_high - POINT[k]), s_low = v * ((u - s_high * t_high) - s_high * t_low);
    double s2 = s * s, r = s2 * s2 * (L[0] + s2 * (L[1] + s2 * (L[2] + s2 * (L[3] + s2 * (L[4] + s2 * L[5])))));
    r += s_low * (s_high + s);
    s2 = s_high * s_high;
    t_high = cut_low(3 + s2 + r);
    t_low = r - ((t_high - 3) - s2);
    u = s_high * t_high;
    v = s_low * t_high + t_low * s;
    double p_high = cut_low(u + v), p_low = v - (p_high - u);
    double z_high = C_HIGH * p_high, z_low = C_LOW * p_high + p_low * C + POINT_LOW[k], whole = n;
    double first = cut_low(((z_high + z_low) + POINT_HIGH[k]) + whole);
    return (two_parts){first, z_low - (((first - whole) - POINT_HIGH[k]) - z_high)};
}

/* 2 to the (high + low), with the sign; z is their sum. */
static double
raise_two(double high, double low, double z, double sign)
{
    static const double P[] = {1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06,
                               4.13813679705723846039e-08};
    int32_t j = (int32_t)high_word(z), n = 0;
    uint32_t size = (uint32_t)j & 0x7fffffffu;
    int k = (int)(size >> 20) - 0x3ff;
    if (size > 0x3fe00000u) {                  /* beyond a half: whole steps apart */
        n = j + (0x00100000 >> (k + 1));
        k = (int)(((uint32_t)n & 0x7fffffffu) >> 20) - 0x3ff;
        high -= with_high_word(0, (uint32_t)n & ~(0x000fffffu >> k));
        n = (int32_t)((((uint32_t)n & 0x000fffffu) | 0x00100000u) >> (20 - k));
        if (j < 0) n = -n;
    }
    double t = cut_low(low + high), u = t * 6.93147182464599609375e-01;
    double v = (low - (t - high)) * 6.93147180559945286227e-01 + t * -1.90465429995776804525e-09;
    z = u + v;
    double w = v - (z - u), t1;
    t = z * z;
    t1 = z - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
    z = 1 - (((z * t1) / (t1 - 2) - (w + z * w)) - z);
    if ((int32_t)(high_word(z) + ((uint32_t)n << 20)) >> 20 <= 0) return sign * scalbn(z, n);
    return sign * shift_exponent(z, n);
}

/* 0: y is no whole number, 1: odd, 2: even */
static int
whole_kind(double size)
{
    if (size >= 0x1p53) return 2;
    if (size < 1 || (double)(int64_t)size != size) return 0;
    return 2 - (int)((int64_t)size & 1);
}

/* x is 0, 1 or infinite, or minus one of them */
static double
simple_base(double x, double y, int kind)
{
    double z = fabs(x);
    if (y < 0) z = 1 / z;
    if (!signbit(x)) return z;
    if (fabs(x) == 1 && !kind) return NAN;
    return kind == 1 ? -z : z;
}

double
pz_java_pow(double x, double y)
{
    double size = fabs(x), y_size = fabs(y), sign = 1;
    if (y == 0) return 1;
    if (isnan(x) || isnan(y)) return NAN;
    if (y == 2) return x * x;
    if (y == 0.5 && x >= -1.7976931348623157e308) return sqrt(x + 0.0);
    if (y_size == 1) return y == 1 ? x : 1 / x;
    if (y_size == INFINITY) return size == 1 ? NAN : (size > 1) == (y > 0) ? INFINITY : 0;
    int kind = signbit(x) ? whole_kind(y_size) : 0;
    if (size == 0 || size == INFINITY || size == 1) return simple_base(x, y, kind);
    if (signbit(x)) {
        if (!kind) return NAN;
        if (kind == 1) sign = -1;
    }
    two_parts log2;
    if (y_size > 0x1.00000ffffffffp31) {
        if (size < 0x1.fffff00000000p-1) return y < 0 ? sign * INFINITY : sign * 0.0;
        if (size > 0x1.00000ffffffffp0) return y > 0 ? sign * INFINITY : sign * 0.0;
        log2 = log2_near_one(size);
    } else {
        log2 = log2_of(size);
    }
    double y_high = cut_low(y), low = (y - y_high) * log2.high + y * log2.low, high = y_high * log2.high, z = low + high;
    if (z > 1024 || (z == 1024 && low + 8.0085662595372944372e-17 > z - high)) return sign * INFINITY;
    if (z < -1075 || (z == -1075 && low <= z - high)) return sign * 0.0;
    return raise_two(high, low, z, sign);
}

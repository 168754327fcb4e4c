/*
 * engine/functions/java_arcs.c - asin, acos, atan and atan2 to the last digit that Java gives.
 *
 * In: doubles.  Out: what Java's StrictMath answers; coefficients and the order of operations are its definition.  Things start at
 * pz_java_asin().
 */
#include "java_bits.h"
#include "java_math.h"

#include <math.h>

static const double HALF_PI = 1.57079632679489655800e+00, HALF_PI_LOW = 6.12323399573676603587e-17;
static const double QUARTER_PI = 7.85398163397448278999e-01, PI = 3.14159265358979311600e+00, PI_LOW = 1.2246467991473531772e-16;

/* (asin(x) - x) / x with t = x squared */
static double
arc_ratio(double t)
{
    double p = t * (1.66666666666666657415e-01 + t * (-3.25565818622400915405e-01 + t * (2.01212532134862925881e-01 +
               t * (-4.00555345006794114027e-02 + t * (7.91534994289814532176e-04 + t * 3.47933107596021167570e-05)))));
    double q = 1 + t * (-2.40339491173441421878e+00 + t * (2.02094576023350569471e+00 + t * (-6.88283971605453293030e-01 +
               t * 7.70381505559019352791e-02)));
    return p / q;
}

double
pz_java_asin(double x)
{
    double size = fabs(x), t, s, w, c;
    if (isnan(x) || size > 1) return NAN;
    if (size == 1) return x * HALF_PI + x * HALF_PI_LOW;
    if (size < 0x1p-27) return x;
    if (size < 0.5) return x + x * arc_ratio(x * x);
    t = (1 - size) * 0.5;
    s = sqrt(t);
    if (high_word(size) >= 0x3fef3333u) {
        t = HALF_PI - (2 * (s + s * arc_ratio(t)) - HALF_PI_LOW);
    } else {
        w = cut_low(s);
        c = (t - w * w) / (s + w);
        t = QUARTER_PI - ((2 * s * arc_ratio(t) - (HALF_PI_LOW - 2 * c)) - (QUARTER_PI - 2 * w));
    }
    return copysign(t, x);
}

double
pz_java_acos(double x)
{
    double size = fabs(x), z, s, w;
    if (isnan(x) || size > 1) return NAN;
    if (size == 1) return x > 0 ? 0 : PI + 2 * HALF_PI_LOW;
    if (size < 0.5) return high_word(size) <= 0x3c600000u ? HALF_PI + HALF_PI_LOW : HALF_PI - (x - (HALF_PI_LOW - x * arc_ratio(x * x)));
    z = (1 - size) * 0.5;
    s = sqrt(z);
    if (x < 0) return PI - 2 * (s + (arc_ratio(z) * s - HALF_PI_LOW));
    w = cut_low(s);
    return 2 * (w + (arc_ratio(z) * s + (z - w * w) / (s + w)));
}

double
pz_java_atan(double x)
{
    static const double HIGH[] = {4.63647609000806093515e-01, 7.85398163397448278999e-01, 9.82793723247329054082e-01, 1.57079632679489655800e+00};
    static const double LOW[] = {2.26987774529616870924e-17, 3.06161699786838301793e-17, 1.39033110312309984516e-17, 6.12323399573676603587e-17};
    static const double A[] = {3.33333333333329318027e-01,  -1.99999999998764832476e-01, 1.42857142725034663711e-01,  -1.11111104054623557880e-01,
                               9.09088713343650656196e-02,  -7.69187620504482999495e-02, 6.66107313738753120669e-02,  -5.83357013379057348645e-02,
                               4.97687799461593236017e-02,  -3.65315727442169155270e-02, 1.62858201153657823623e-02};
    double size = fabs(x), r, z, w, odd, even;
    int id;
    if (isnan(x)) return x;
    if (size >= 0x1p66) return copysign(HIGH[3] + LOW[3], x);
    if (size < 0x1p-29) return x;
    if (size < 0.4375) id = -1, r = x;
    else if (size < 0.6875) id = 0, r = (2 * size - 1) / (2 + size);
    else if (size < 1.1875) id = 1, r = (size - 1) / (size + 1);
    else if (size < 2.4375) id = 2, r = (size - 1.5) / (1 + 1.5 * size);
    else id = 3, r = -1 / size;
    z = r * r;
    w = z * z;
    odd = z * (A[0] + w * (A[2] + w * (A[4] + w * (A[6] + w * (A[8] + w * A[10])))));
    even = w * (A[1] + w * (A[3] + w * (A[5] + w * (A[7] + w * A[9]))));
    if (id < 0) return r - r * (odd + even);
    return copysign(HIGH[id] - ((r * (odd + even) - LOW[id]) - r), x);
}

double
pz_java_atan2(double y, double x)
{
    double z;
    int k;
    if (isnan(x) || isnan(y)) return NAN;
    if (x == 1) return pz_java_atan(y);
    if (y == 0) return signbit(x) ? copysign(PI, y) : y;
    if (x == 0) return copysign(HALF_PI, y);
    if (isinf(x)) return copysign(isinf(y) ? (x < 0 ? 3 : 1) * QUARTER_PI : x < 0 ? PI : 0, y);
    if (isinf(y)) return copysign(HALF_PI, y);
    k = ((int32_t)(high_word(y) & 0x7fffffffu) - (int32_t)(high_word(x) & 0x7fffffffu)) >> 20;
    z = k > 60 ? HALF_PI + 0.5 * PI_LOW : x < 0 && k < -60 ? 0 : pz_java_atan(fabs(y / x));
    if (x > 0) return signbit(y) ? -z : z;
    return signbit(y) ? (z - PI_LOW) - PI : PI - (z - PI_LOW);
}

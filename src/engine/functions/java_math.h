/*
 * engine/functions/java_math.h - functions of doubles whose last digit is Java's, not the C library's.
 */
#ifndef PZ_ENGINE_JAVA_MATH_H
#define PZ_ENGINE_JAVA_MATH_H

#include <stdbool.h>

double pz_java_exp(double x);
double pz_java_log(double x);
double pz_java_log2(double x);
double pz_java_log10(double x);
double pz_java_cbrt(double x);
double pz_java_cosh(double x);
double pz_java_asinh(double x);
double pz_java_acosh(double x);
double pz_java_hypot(double x, double y);
double pz_java_pow(double x, double y);
double pz_java_asin(double x);
double pz_java_acos(double x);
double pz_java_atan(double x);
double pz_java_atan2(double y, double x);
double pz_java_expm1(double x);
double pz_java_log1p(double x);
double pz_java_sinh(double x);
double pz_java_tanh(double x);

#endif

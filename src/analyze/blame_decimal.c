/*
 * analyze/blame_decimal.c - the value that a decimal sum or product would have had, for the error about it.
 *
 * In: the two numbers as the engine tells them, whole numbers without their scale, and the operation.  Out: the exact result, of which
 * products keep 39 digits and are cut off there, as Spark computes before it looks whether the type holds it.  Starts at pz_decimal_outcome().
 */
#include "func_int.h"

enum { DIGITS = 96 };
typedef struct big { bool negative; int n; unsigned char d[DIGITS]; } big;     /* digits, lowest first, none for zero */

static bool
read_big(pz_str s, big *out)
{
    *out = (big){.negative = s.len && s.ptr[0] == '-'};
    for (size_t i = s.len; i > (size_t)out->negative; i--) {
        char c = s.ptr[i - 1];
        if (c < '0' || c > '9' || out->n >= DIGITS / 2)
            return false;
        out->d[out->n++] = (unsigned char)(c - '0');
    }
    while (out->n && !out->d[out->n - 1])
        out->n--;
    return s.len > out->negative;
}

static void
multiply(const big *x, const big *y, big *out)
{
    *out = (big){.negative = x->negative != y->negative, .n = x->n + y->n};
    for (int i = 0; i < x->n; i++) {
        int carry = 0;
        for (int k = 0; k < y->n || carry; k++) {
            carry += out->d[i + k] + (k < y->n ? x->d[i] * y->d[k] : 0);
            out->d[i + k] = (unsigned char)(carry % 10);
            carry /= 10;
        }
    }
    while (out->n && !out->d[out->n - 1])
        out->n--;
}

static int
compare(const big *x, const big *y)
{
    if (x->n != y->n)
        return x->n > y->n ? 1 : -1;
    for (int i = x->n - 1; i >= 0; i--)
        if (x->d[i] != y->d[i])
            return x->d[i] > y->d[i] ? 1 : -1;
    return 0;
}

static void
add(const big *x, const big *y, big *out)
{
    const big *large = compare(x, y) >= 0 ? x : y, *small = large == x ? y : x;
    int sign = x->negative == y->negative ? 1 : -1, carry = 0;
    *out = (big){.negative = large->negative};
    for (int i = 0; i < large->n || carry; i++) {
        int digit = (i < large->n ? large->d[i] : 0) + sign * (i < small->n ? small->d[i] : 0) + carry;
        carry = digit < 0 ? -1 : digit / 10;
        out->d[out->n++] = (unsigned char)((digit + 10) % 10);
    }
    while (out->n && !out->d[out->n - 1])
        out->n--;
}

/* Lets go of the lowest digits until `keep` are left. */
static int
cut_to(big *x, int keep)
{
    int drop = x->n > keep ? x->n - keep : 0;
    memmove(x->d, x->d + drop, (size_t)(x->n - drop));
    x->n -= drop;
    return drop;
}

bool
pz_decimal_outcome(pz_arena *a, pz_str left, pz_str right, char op, int scale, pz_str *out)
{
    big x, y, r;
    pz_buf b;
    if (!read_big(left, &x) || !read_big(right, &y))
        return false;
    if (op == '-')
        y.negative = !y.negative;
    if (op == '*')
        multiply(&x, &y, &r);
    else
        add(&x, &y, &r);
    if (op == '*')
        scale -= cut_to(&r, 39);
    pz_buf_init(&b, 0);
    if (r.negative)
        pz_buf_putc(&b, '-');
    for (int i = (r.n > scale ? r.n : scale + 1) - 1; i >= 0; i--) {
        pz_buf_putc(&b, (char)('0' + (i < r.n ? r.d[i] : 0)));
        if (i == scale && scale > 0)
            pz_buf_putc(&b, '.');
    }
    for (int i = scale; i < 0; i++)
        pz_buf_putc(&b, '0');
    *out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return true;
}

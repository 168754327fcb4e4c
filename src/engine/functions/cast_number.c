/*
 * engine/functions/cast_number.c - casts to integers, floating point and decimals.
 *
 * ANSI and TRY are exact or fail; LEGACY wraps integers, saturates floating point (as Java's narrowing does) and makes NULL of
 * texts that are no number.  Texts follow UTF8String and java.math.BigDecimal.
 */
#include <math.h>
#include <stdlib.h>

#include "cast_int.h"

int64_t
pz_integral_min(const pz_type *t)
{
    return t->id == PZ_T_BYTE ? INT8_MIN : t->id == PZ_T_SHORT ? INT16_MIN : t->id == PZ_T_INT ? INT32_MIN : INT64_MIN;
}

int64_t
pz_integral_max(const pz_type *t)
{
    return t->id == PZ_T_BYTE ? INT8_MAX : t->id == PZ_T_SHORT ? INT16_MAX : t->id == PZ_T_INT ? INT32_MAX : INT64_MAX;
}

static int64_t
wrapped(const pz_type *t, int64_t v)
{
    return t->id == PZ_T_BYTE ? (int8_t)v : t->id == PZ_T_SHORT ? (int16_t)v : t->id == PZ_T_INT ? (int32_t)v : v;
}

/* ---------------------------------------------------------------- texts */

/* integer: [+-]? digits, with allow_fraction also [. digits] whose digits do not count */
bool
pz_text_to_long(pz_str s, bool allow_fraction, int64_t *out)
{
    size_t i = 0;
    int64_t v = 0;                             /* kept negative: its range is the wider one */
    s = pz_str_trim(s);
    if (s.len == 0) return false;
    bool negative = s.ptr[0] == '-';
    if (negative || s.ptr[0] == '+') i++;
    if (i == s.len) return false;
    for (; i < s.len && s.ptr[i] != '.'; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.ptr[i] - '0', &v)) return false;
    }
    if (i < s.len && !allow_fraction) return false;
    for (i++; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    if (!negative && v == INT64_MIN) return false;
    *out = negative ? v : -v;
    return true;
}

static bool
special_double(pz_str s, double *out)
{
    static const struct { const char *text; double value; } words[] = {
        {"inf", HUGE_VAL}, {"+inf", HUGE_VAL}, {"infinity", HUGE_VAL}, {"+infinity", HUGE_VAL}, {"-inf", -HUGE_VAL},
        {"-infinity", -HUGE_VAL}, {"nan", NAN}};
    for (size_t i = 0; i < PZ_COUNTOF(words); i++)
        if (pz_str_ieqc(s, words[i].text)) {
            *out = words[i].value;
            return true;
        }
    if (pz_str_eqc(s, "+NaN") || pz_str_eqc(s, "-NaN")) {
        *out = NAN;
        return true;
    }
    return false;
}

static size_t
skip_digits(pz_str s, size_t i, bool hex)
{
    while (i < s.len && ((s.ptr[i] >= '0' && s.ptr[i] <= '9') || (hex && (s.ptr[i] | 32) >= 'a' && (s.ptr[i] | 32) <= 'f'))) i++;
    return i;
}

/* number: [+-]? (digits [. digits*] | . digits) ([eE] [+-]? digits)? [fFdD]?   or   [+-]? 0x hex [. hex] p [+-]? digits [fFdD]? */
static bool
float_syntax(pz_str s, size_t *end)
{
    size_t i = 0, from, digits;
    if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) i++;
    bool hex = i + 1 < s.len && s.ptr[i] == '0' && (s.ptr[i + 1] | 32) == 'x';
    if (hex) i += 2;
    from = i;
    i = skip_digits(s, i, hex);
    digits = i - from;
    if (i < s.len && s.ptr[i] == '.') {
        from = ++i;
        i = skip_digits(s, i, hex);
        digits += i - from;
    }
    if (digits == 0) return false;
    bool exponent = i < s.len && (s.ptr[i] | 32) == (hex ? 'p' : 'e');
    if (hex && !exponent) return false;
    if (exponent) {
        i++;
        if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) i++;
        from = i;
        i = skip_digits(s, i, false);
        if (i == from) return false;
    }
    *end = i;
    if (i < s.len && ((s.ptr[i] | 32) == 'f' || (s.ptr[i] | 32) == 'd')) i++;
    return i == s.len;
}

/* Short decimal numbers without rounding: both the digits and the power of ten are exact doubles. */
static bool
simple_double(pz_str s, double *out)
{
    static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int64_t v = 0;
    size_t i = 0, fraction = 0;
    bool point = false;
    if (s.len > 16) return false;
    bool negative = s.len && s.ptr[0] == '-';
    if (negative) i++;
    for (; i < s.len; i++) {
        if (s.ptr[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        v = v * 10 + (s.ptr[i] - '0');
        fraction += point;
    }
    if (s.len < 1u + point + negative || v >= (1ll << 53)) return false;
    double d = (double)v / tens[fraction];
    *out = negative ? -d : d;
    return true;
}

/* Run strtod or strtof on a NUL-terminated copy. */
static bool
convert(pz_str s, double *d, float *f)
{
    char small[64];
    char *text = s.len < sizeof small ? small : malloc(s.len + 1);
    if (!text) return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    if (d) *d = pz_strtod(text);
    else *f = pz_strtof(text);
    if (text != small) free(text);
    return true;
}

bool
pz_text_to_double(pz_str s, double *out)
{
    size_t end;
    s = pz_str_trim(s);
    if (simple_double(s, out)) return true;
    if (float_syntax(s, &end)) return convert((pz_str){s.ptr, end}, out, NULL);
    return special_double(s, out);
}

bool
pz_text_to_float(pz_str s, float *out)
{
    size_t end;
    double d;
    s = pz_str_trim(s);
    if (float_syntax(s, &end)) return convert((pz_str){s.ptr, end}, NULL, out);
    if (!special_double(s, &d)) return false;
    *out = (float)d;
    return true;
}

/* ---------------------------------------------------------------- to integers */

static pz_status
int_from_int(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    if (in->i < pz_integral_min(to) || in->i > pz_integral_max(to)) {
        if (c->mode != PZ_CAST_LEGACY) return cast_fail_overflow(c, from, to, in, out);
    }
    return cast_give(out, wrapped(to, in->i));
}

static pz_status
int_from_text(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    int64_t v;
    bool ok = pz_text_to_long(in->s, c->mode == PZ_CAST_LEGACY, &v) && v >= pz_integral_min(to) && v <= pz_integral_max(to);
    if (ok) return cast_give(out, v);
    if (c->mode == PZ_CAST_LEGACY) return cast_null(out);
    return cast_fail_input(c, PZ_CLASS_SparkNumberFormatException, from, to, in, out);
}

/* Java's (int) and (long): saturating, NaN is 0; bytes and shorts go through int. */
static int64_t
narrowed(double d, const pz_type *to)
{
    bool is_long = to->id == PZ_T_LONG;
    if (isnan(d)) return 0;
    if (d >= (is_long ? 9223372036854775807.0 : 2147483647.0)) return wrapped(to, is_long ? INT64_MAX : INT32_MAX);
    if (d <= (is_long ? -9223372036854775808.0 : -2147483648.0)) return wrapped(to, is_long ? INT64_MIN : INT32_MIN);
    return wrapped(to, (int64_t)d);
}

static pz_status
int_from_double(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    double d = in->d;
    if (c->mode == PZ_CAST_LEGACY) return cast_give(out, narrowed(d, to));
    /* the fraction is cut off first: 127.9 is a tinyint */
    double below = (double)pz_integral_min(to), above = to->id == PZ_T_LONG ? 9223372036854775808.0 : (double)pz_integral_max(to) + 1;
    bool fits = to->id == PZ_T_LONG ? d >= below && d <= above : floor(d) <= above - 1 && ceil(d) >= below;
    if (!fits) return cast_fail_overflow(c, from, to, in, out);
    return cast_give(out, d >= 9223372036854775807.0 ? INT64_MAX : (int64_t)d);
}

static pz_status
int_from_decimal(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    __int128 v = in->dec / pz_pow10(from->scale);
    if (v < pz_integral_min(to) || v > pz_integral_max(to)) {
        if (c->mode != PZ_CAST_LEGACY) return cast_fail_overflow(c, from, to, in, out);
    }
    return cast_give(out, wrapped(to, (int64_t)v));
}

static pz_status
int_from_bool(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)c, (void)from, (void)to;
    return cast_give(out, in->b);
}

/* Whole seconds, months or units of the last field; too many for the target are an overflow (NULL for times in LEGACY). */
static pz_status
int_from_time(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    static const int64_t per[] = {86400000000ll, 3600000000ll, 60000000, 1000000};
    bool interval = pz_type_is_ansi_interval(from);
    int64_t v;
    if (from->id == PZ_T_YM_INTERVAL) v = from->end == PZ_YM_YEAR ? in->i / 12 : in->i;
    else if (from->id == PZ_T_DT_INTERVAL) v = in->i / per[from->end];
    else v = pz_floor_div(in->i, 1000000);
    if (v >= pz_integral_min(to) && v <= pz_integral_max(to)) return cast_give(out, v);
    if (c->mode == PZ_CAST_LEGACY && !interval) return cast_null(out);
    return cast_fail_overflow(c, from, to, in, out);
}

static pz_status
always_null(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)c, (void)from, (void)to, (void)in;
    return cast_null(out);
}

cast_fn
cast_to_integral(const pz_type *from)
{
    if (pz_type_is_integral(from)) return int_from_int;
    if (pz_type_is_string(from)) return int_from_text;
    switch (from->id) {
    case PZ_T_FLOAT: case PZ_T_DOUBLE: return int_from_double;
    case PZ_T_DECIMAL: return int_from_decimal;
    case PZ_T_BOOLEAN: return int_from_bool;
    case PZ_T_TIMESTAMP: case PZ_T_TIME: case PZ_T_YM_INTERVAL: case PZ_T_DT_INTERVAL: return int_from_time;
    case PZ_T_DATE: return always_null;
    default: return NULL;
    }
}

/* ---------------------------------------------------------------- to floating point */

static pz_status
give_float(const pz_type *to, double d, pz_value *out)
{
    out->d = to->id == PZ_T_FLOAT ? (double)(float)d : d;
    return PZ_OK;
}

static pz_status
float_from_number(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    (void)c;
    if (from->id == PZ_T_DECIMAL) return give_float(to, pz_decimal_double(in->dec, from->scale), out);
    if (from->id == PZ_T_BOOLEAN) return give_float(to, in->b, out);
    if (from->id == PZ_T_TIMESTAMP) return give_float(to, (double)in->i / 1e6, out);
    if (pz_type_is_integral(from)) out->d = to->id == PZ_T_FLOAT ? (double)(float)in->i : (double)in->i;
    else return give_float(to, in->d, out);
    return PZ_OK;
}

static pz_status
float_from_text(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    float f;
    if (to->id == PZ_T_FLOAT ? pz_text_to_float(in->s, &f) : pz_text_to_double(in->s, &out->d)) {
        if (to->id == PZ_T_FLOAT) out->d = (double)f;
        return PZ_OK;
    }
    if (c->mode == PZ_CAST_LEGACY) return cast_null(out);
    return cast_fail_input(c, PZ_CLASS_SparkNumberFormatException, from, to, in, out);
}

cast_fn
cast_to_float(const pz_type *from)
{
    if (pz_type_is_string(from)) return float_from_text;
    if (from->id == PZ_T_DATE) return always_null;
    if (pz_type_is_numeric(from) || from->id == PZ_T_BOOLEAN || from->id == PZ_T_TIMESTAMP) return float_from_number;
    return NULL;
}

/* ---------------------------------------------------------------- to decimals */

/* Out of an exact decimal value: round to the target, or say what did not fit. */
static pz_status
fit_decimal(const cast_env *c, __int128 v, int scale, const pz_type *to, pz_value *out)
{
    if (pz_decimal_rescale(v, scale, to->scale, to->precision, &out->dec)) return PZ_OK;
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_decimal_text(&b, v, scale);
    pz_status done = cast_fail_decimal(c, pz_buf_dup(&b, c->a), to, out);
    pz_buf_free(&b);
    return done;
}

static pz_status
decimal_from_exact(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    static const int64_t per[] = {86400000000ll, 3600000000ll, 60000000};
    switch (from->id) {
    case PZ_T_DECIMAL: return fit_decimal(c, in->dec, from->scale, to, out);
    case PZ_T_BOOLEAN: return fit_decimal(c, in->b, 0, to, out);
    case PZ_T_TIME: return fit_decimal(c, (__int128)in->i * 1000, 9, to, out);
    case PZ_T_YM_INTERVAL: return fit_decimal(c, from->end == PZ_YM_YEAR ? in->i / 12 : in->i, 0, to, out);
    case PZ_T_DT_INTERVAL:
        if (from->end == PZ_DT_SECOND) return fit_decimal(c, in->i, 6, to, out);
        return fit_decimal(c, in->i / per[from->end], 0, to, out);
    default: return fit_decimal(c, in->i, 0, to, out);
    }
}

/* The plain text of a number written with an exponent. */
static pz_str
plain(pz_str s, pz_arena *a)
{
    __int128 v;
    int precision, scale;
    if (!memchr(s.ptr, 'e', s.len) && !memchr(s.ptr, 'E', s.len)) return s;
    pz_buf b;
    pz_buf_init(&b, 0);
    if (pz_decimal_parse(s, &v, &precision, &scale)) {
        pz_decimal_text(&b, v, scale);
    } else {                                   /* beyond 38 digits: mantissa digits and zeros */
        double d = pz_strtod(pz_dup(a, s).ptr);
        pz_buf_printf(&b, "%.0f", d);
        for (size_t i = 17 + (d < 0); i < b.len; i++) b.ptr[i] = '0';
    }
    s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

/* Floating point goes through its shortest decimal, as BigDecimal(double) does. */
static pz_status
decimal_from_double(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    double d = from->id == PZ_T_TIMESTAMP ? (double)in->i / 1e6 : in->d;
    uint64_t digits;
    int exponent;
    if (!isfinite(d)) return cast_null(out);
    if (d == 0) return PZ_OK;
    pz_double_shortest(d, &digits, &exponent);
    __int128 v = d < 0 ? -(__int128)digits : (__int128)digits;
    bool fits;
    if (-exponent >= to->scale) {              /* digits to drop; past 38 of them nothing is left */
        fits = -exponent - to->scale > 38 || pz_decimal_rescale(v, -exponent - to->scale, 0, to->precision, &out->dec);
    } else {
        fits = exponent + to->scale <= 38 && pz_decimal_rescale(v, 0, exponent + to->scale, to->precision, &out->dec);
    }
    if (fits) return PZ_OK;
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_double_text(&b, d);
    pz_str text = plain(pz_buf_dup(&b, c->a), c->a);
    pz_buf_free(&b);
    if (pz_str_ends(text, ".0")) text.len -= 2;
    return cast_fail_decimal(c, text, to, out);
}

static pz_status
decimal_from_text(const cast_env *c, const pz_type *from, const pz_type *to, const pz_value *in, pz_value *out)
{
    pz_str s = pz_str_trim(in->s);
    switch (pz_decimal_parse_to(s, to->precision, to->scale, &out->dec)) {
    case PZ_DEC_OK: return PZ_OK;
    case PZ_DEC_OVERFLOW: return cast_fail_decimal(c, plain(s, c->a), to, out);
    case PZ_DEC_TOO_LARGE:
        if (c->mode != PZ_CAST_ANSI) return cast_null(out);
        return pz_raise(c->err, PZ_ERR_NUMERIC_OUT_OF_SUPPORTED_RANGE, PZ_NO_ORIGIN, "value", pz_dup(c->a, in->s).ptr, NULL);
    default:
        if (c->mode == PZ_CAST_LEGACY) return cast_null(out);
        return cast_fail_input(c, PZ_CLASS_SparkNumberFormatException, from, to, in, out);
    }
}

cast_fn
cast_to_decimal(const pz_type *from)
{
    if (pz_type_is_string(from)) return decimal_from_text;
    switch (from->id) {
    case PZ_T_FLOAT: case PZ_T_DOUBLE: case PZ_T_TIMESTAMP: return decimal_from_double;
    case PZ_T_DATE: return always_null;
    case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_LONG: case PZ_T_DECIMAL: case PZ_T_BOOLEAN: case PZ_T_TIME:
    case PZ_T_YM_INTERVAL: case PZ_T_DT_INTERVAL: return decimal_from_exact;
    default: return NULL;
    }
}

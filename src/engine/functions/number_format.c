/*
 * engine/functions/number_format.c - format_number (java.text.DecimalFormat), to_char, to_number, try_to_number.
 *
 * In: numbers or texts and a format.  Out: text, or a decimal of the format's precision.  Constant formats are parsed in prepare.
 * Things start in the table at the end.
 */
#include "../../types/number_pattern.h"
#include "fn_util.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- DecimalFormat */

typedef struct decimal_format {
    pz_str prefix, suffix, negative_prefix, negative_suffix;
    bool has_negative, point_shown, bad;
    int min_int, max_int, min_frac, max_frac;  /* max_int: only with an exponent */
    int group;                                 /* digits per group; 0: none */
    int exponent;                              /* least digits; 0: no exponent */
    int multiplier;                            /* 1, 100, 1000 */
    pz_str error;
} decimal_format;

/* Literal text up to the number part, quotes resolved. */
static pz_str
read_affix(pz_str p, size_t *at, bool prefix, int *multiplier, pz_arena *a, bool *open)
{
    char *out = pz_alloc(a, p.len + 1);
    size_t n = 0;
    bool quoted = false;
    for (; *at < p.len; (*at)++) {
        char c = p.ptr[*at];
        if (c == '\'') {
            if (*at + 1 < p.len && p.ptr[*at + 1] == '\'')
                out[n++] = p.ptr[(*at)++];
            else
                quoted = !quoted;
            continue;
        }
        if (!quoted && (c == ';' || (prefix && strchr("#0,.", c))))
            break;
        if (!quoted && c == '%')
            *multiplier = 100;
        if (!quoted && p.len - *at >= 3 && memcmp(p.ptr + *at, "\xE2\x80\xB0", 3) == 0)
            *multiplier = 1000;
        out[n++] = c;
    }
    *open = quoted;
    return (pz_str){out, n};
}

typedef struct counts { int left, zero, right, point, group; int exponent; } counts;

static bool
read_digits(pz_str p, size_t *at, counts *k, pz_arena *a, pz_str *error)
{
    *k = (counts){.point = -1, .group = -1};
    for (; *at < p.len; (*at)++) {
        char c = p.ptr[*at];
        if (c == '#') {
            if (k->zero)
                k->right++;
            else
                k->left++;
            if (k->group >= 0 && k->point < 0)
                k->group++;
        } else if (c == '0') {
            if (k->right) {
                *error = pz_strf(a, "Unexpected '0' in pattern \"" PZ_FMT "\"", PZ_ARG(p));
                return false;
            }
            k->zero++;
            if (k->group >= 0 && k->point < 0)
                k->group++;
        } else if (c == ',') {
            k->group = 0;
        } else if (c == '.') {
            if (k->point >= 0) {
                *error = pz_strf(a, "Multiple decimal separators in pattern \"" PZ_FMT "\"", PZ_ARG(p));
                return false;
            }
            k->point = k->left + k->zero + k->right;
        } else {
            break;
        }
    }
    if (*at < p.len && p.ptr[*at] == 'E') {
        for ((*at)++; *at < p.len && p.ptr[*at] == '0'; (*at)++)
            k->exponent++;
        if (k->left + k->zero < 1 || k->exponent < 1) {
            *error = pz_strf(a, "Malformed exponential pattern \"" PZ_FMT "\"", PZ_ARG(p));
            return false;
        }
    }
    return true;
}

static void
parse_decimal_format(pz_str p, pz_arena *a, decimal_format *f)
{
    size_t at = 0;
    counts k;
    bool open = false;
    int ignored = 1;
    *f = (decimal_format){.multiplier = 1};
    f->prefix = read_affix(p, &at, true, &f->multiplier, a, &open);
    f->bad = !read_digits(p, &at, &k, a, &f->error);
    if (f->bad)
        return;
    if (k.zero == 0 && k.left > 0 && k.point >= 0) {
        int n = k.point == 0 ? 1 : k.point;
        k.right = k.left - n;
        k.left = n - 1;
        k.zero = 1;
    }
    f->suffix = read_affix(p, &at, false, &f->multiplier, a, &open);
    if ((k.point >= 0 && (k.point < k.left || k.point > k.left + k.zero)) || (k.point < 0 && k.right > 0) || k.group == 0 || open) {
        f->bad = true;
        f->error = pz_strf(a, "Malformed pattern \"" PZ_FMT "\"", PZ_ARG(p));
        return;
    }
    int total = k.left + k.zero + k.right, whole = k.point >= 0 ? k.point : total;
    f->min_int = whole - k.left;
    f->max_int = k.left + f->min_int;
    f->max_frac = k.point >= 0 ? total - k.point : 0;
    f->min_frac = k.point >= 0 && k.left + k.zero > k.point ? k.left + k.zero - k.point : 0;
    f->group = k.group > 0 ? k.group : 0;
    f->exponent = k.exponent;
    f->point_shown = k.point == 0 || k.point == total;
    if (at < p.len && p.ptr[at] == ';') {
        counts k2;
        pz_str error;
        at++;
        f->has_negative = true;
        f->negative_prefix = read_affix(p, &at, true, &ignored, a, &open);
        if (read_digits(p, &at, &k2, a, &error))
            f->negative_suffix = read_affix(p, &at, false, &ignored, a, &open);
    }
}

/* Digits of |x| as an integer with `point` digits before the decimal point (may be <= 0), already rounded half even. */
typedef struct digits { char *d; int n, point; } digits;

static digits
digits_of_text(pz_fn_ctx *c, const char *plain)
{
    digits x = {.d = room(c, strlen(plain) + 2)};
    const char *dot = strchr(plain, '.');
    for (const char *q = plain; *q; q++)
        if (*q >= '0' && *q <= '9')
            x.d[x.n++] = *q;
    x.point = dot ? (int)(dot - plain) : x.n;
    int lead = 0;
    while (lead < x.n && x.d[lead] == '0')
        lead++;
    x.d += lead;
    x.n -= lead;
    x.point -= lead;
    return x;
}

/* Keep digits up to `places` after the point; half even on the exact decimal. */
static void
round_even(digits *x, int places)
{
    int keep = x->point + places;
    if (keep >= x->n)
        return;
    bool up = false;
    if (keep >= 0) {
        char first = x->d[keep];
        bool rest = false;
        for (int i = keep + 1; i < x->n; i++)
            rest |= x->d[i] != '0';
        up = first > '5' || (first == '5' && (rest || (keep > 0 && (x->d[keep - 1] - '0') % 2)));
    }
    x->n = keep < 0 ? 0 : keep;
    int i = x->n - 1;
    for (; up && i >= 0 && x->d[i] == '9'; i--)
        x->d[i] = '0';
    if (up && i >= 0) {
        x->d[i]++;
    } else if (up) {
        memmove(x->d + 1, x->d, (size_t)x->n);
        x->d[0] = '1';
        x->n++;
        x->point++;
    }
}

static char
digit_at(const digits *x, int i)
{
    return i >= 0 && i < x->n ? x->d[i] : '0';
}

static void
put_whole(pz_buf *b, const decimal_format *f, const digits *x, int whole)
{
    for (int i = 0; i < whole; i++) {
        if (f->group && i && (whole - i) % f->group == 0)
            pz_buf_putc(b, ',');
        pz_buf_putc(b, digit_at(x, x->point - whole + i));
    }
}

static void
put_fraction(pz_buf *b, const decimal_format *f, const digits *x, int point, bool any_whole)
{
    int n = f->max_frac;
    while (n > f->min_frac && digit_at(x, point + n - 1) == '0')
        n--;
    if (n == 0 && !any_whole)
        pz_buf_putc(b, '0');
    if (n > 0 || f->point_shown)
        pz_buf_putc(b, '.');
    for (int i = 0; i < n; i++)
        pz_buf_putc(b, digit_at(x, point + i));
}

static void
put_fixed(pz_buf *b, const decimal_format *f, digits x)
{
    round_even(&x, f->max_frac);
    int whole = x.n && x.point > f->min_int ? x.point : f->min_int;
    put_whole(b, f, &x, whole);
    put_fraction(b, f, &x, x.point, whole > 0);
}

static void
put_scientific(pz_buf *b, const decimal_format *f, digits x)
{
    int exp = x.n ? x.point : 0, step = f->max_int > 1 && f->max_int > f->min_int ? f->max_int : 0, min_int = f->min_int;
    if (step) {
        exp = x.n ? (exp >= 1 ? (exp - 1) / step : (exp - step) / step) * step : 0;
        min_int = 1;
    } else if (x.n) {
        exp -= f->min_int > 0 || f->min_frac > 0 ? f->min_int : 1;
    }
    int whole = x.n ? x.point - exp : min_int, keep = f->max_int + f->max_frac;
    digits y = x;
    y.point = x.n ? x.point : 0;
    round_even(&y, keep - y.point);
    if (whole < 0)
        whole = 0;
    digits shown = {y.d, y.n, whole};
    for (int i = 0; i < whole; i++)
        pz_buf_putc(b, digit_at(&shown, i));
    int n = keep - whole > 0 ? keep - whole : 0;
    while (n > f->min_frac && digit_at(&shown, whole + n - 1) == '0')
        n--;
    if (n > 0 || f->point_shown)
        pz_buf_putc(b, '.');
    for (int i = 0; i < n; i++)
        pz_buf_putc(b, digit_at(&shown, whole + i));
    pz_buf_printf(b, "E%s%0*d", exp < 0 ? "-" : "", f->exponent, exp < 0 ? -exp : exp);
}

/* Exact plain decimal text of the argument times the multiplier, without sign. */
static const char *
plain_text(pz_fn_ctx *c, const pz_type *t, const pz_value *v, int multiplier)
{
    if (t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT) {
        char *p = room(c, 1500);
        snprintf(p, 1500, "%.1100f", fabs(v->d * multiplier));
        return p;
    }
    pz_buf b;
    pz_buf_init(&b, 0);
    int scale = t->id == PZ_T_DECIMAL ? t->scale : 0;
    __int128 u = t->id == PZ_T_DECIMAL ? v->dec : v->i;
    u = u < 0 ? -u : u;
    int zeros = multiplier == 1000 ? 3 : multiplier == 100 ? 2 : 0;
    for (; zeros && scale; zeros--)
        scale--;
    pz_decimal_text(&b, u, scale);
    pz_str text = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return zeros ? pz_strf(c->scratch, PZ_FMT "%.*s", PZ_ARG(text), zeros, "000").ptr : text.ptr;
}

static pz_str
print_number(pz_fn_ctx *c, const decimal_format *f, const pz_type *t, const pz_value *v)
{
    bool is_float = t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT;
    bool negative = is_float ? signbit(v->d) != 0 : t->id == PZ_T_DECIMAL ? v->dec < 0 : v->i < 0;
    if (is_float && isnan(v->d))
        return PZ_STR("NaN");
    pz_buf b;
    pz_buf_init(&b, 0);
    if (negative && f->has_negative) {
        pz_buf_str(&b, f->negative_prefix);
    } else {
        if (negative)
            pz_buf_putc(&b, '-');
        pz_buf_str(&b, f->prefix);
    }
    if (is_float && isinf(v->d)) {
        pz_buf_puts(&b, "\xE2\x88\x9E");
    } else {
        digits x = digits_of_text(c, plain_text(c, t, v, f->multiplier));
        if (f->exponent)
            put_scientific(&b, f, x);
        else
            put_fixed(&b, f, x);
    }
    pz_buf_str(&b, negative && f->has_negative ? f->negative_suffix : f->suffix);
    pz_str s = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return s;
}

static decimal_format
places_format(int64_t places)
{
    decimal_format f = {.min_int = 1, .max_int = 19, .min_frac = (int)places, .max_frac = (int)places, .group = 3, .multiplier = 1};
    return f;
}

static pz_status
prepare_format_number(pz_call_site *site, pz_error *err)
{
    (void)err;
    if (site->is_const && site->is_const[1] && !site->const_args[1].null && pz_type_is_string(site->arg_types[1])) {
        decimal_format *f = PZ_NEW(site->arena, decimal_format);
        parse_decimal_format(site->const_args[1].s, site->arena, f);
        site->state = f;
    }
    return PZ_OK;
}

/* format_number(x, places) or format_number(x, pattern); half even on the exact value. */
PZ_FN(fn_format_number)
{
    decimal_format f;
    if (!pz_type_is_string(c->site->arg_types[1])) {
        if (args[1].i < 0)
            return give_null(out);
        f = places_format(args[1].i);
    } else if (args[1].s.len == 0) {
        f = places_format(0);
    } else if (c->site->state) {
        f = *(const decimal_format *)c->site->state;
    } else {
        parse_decimal_format(args[1].s, c->scratch, &f);
    }
    if (f.bad)
        return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, PZ_FMT, PZ_ARG(f.error));
    return give_str(out, print_number(c, &f, c->site->arg_types[0], &args[0]));
}

/* ---- to_char, to_number */

static pz_status
prepare_pattern(pz_call_site *site, pz_error *err)
{
    if (site->is_const && site->is_const[1] && !site->const_args[1].null) {
        pz_number_pattern *p = PZ_NEW(site->arena, pz_number_pattern);
        PZ_TRY(pz_number_pattern_parse(site->const_args[1].s, site->arena, PZ_NO_ORIGIN, p, err));
        site->state = p;
    }
    return PZ_OK;
}

static pz_status
pattern_of(pz_fn_ctx *c, const pz_value *args, pz_number_pattern *p)
{
    if (!c->site->state)
        return pz_number_pattern_parse(args[1].s, c->scratch, PZ_NO_ORIGIN, p, c->err);
    *p = *(const pz_number_pattern *)c->site->state;
    return PZ_OK;
}

PZ_FN(fn_to_char_number)
{
    pz_number_pattern p;
    PZ_TRY(pattern_of(c, args, &p));
    return give_str(out, pz_number_pattern_print(&p, args[0].dec, c->site->arg_types[0]->scale, c->scratch));
}

/* Digits of other scripts count as digits: the text with those of ASCII in their place. */
static pz_str
plain_digits(pz_str s, pz_arena *a)
{
    static const uint16_t zeros[] = {0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
                                     0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
                                     0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};
    pz_buf b;
    pz_str out;
    bool ascii = true;
    for (size_t i = 0; i < s.len; i++) ascii &= (unsigned char)s.ptr[i] < 0x80;
    if (ascii) return s;
    pz_buf_init(&b, 0);
    for (size_t i = 0, n; i < s.len; i += n) {
        uint32_t cp;
        size_t k = 0;
        n = (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &cp);
        while (k < PZ_COUNTOF(zeros) && !(cp >= zeros[k] && cp <= zeros[k] + 9u)) k++;
        if (k < PZ_COUNTOF(zeros)) pz_buf_putc(&b, (char)('0' + (cp - zeros[k])));
        else pz_buf_str(&b, (pz_str){s.ptr + i, n});
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

static pz_status
to_number(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool try)
{
    pz_number_pattern p;
    __int128 v;
    bool fits;
    PZ_TRY(pattern_of(c, args, &p));
    if (pz_number_pattern_read(&p, plain_digits(args[0].s, c->scratch), c->scratch, &v, &fits)) {
        if (fits) {
            *out = (pz_value){.dec = v};
            return PZ_OK;
        }
        return pz_raise(c->err, PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION, PZ_NO_ORIGIN, "value", pz_dup(c->scratch, args[0].s).ptr, "precision",
                        pz_strf(c->scratch, "%d", p.precision).ptr, "scale", pz_strf(c->scratch, "%d", p.scale).ptr, "config",
                        "\"spark.sql.ansi.enabled\"", NULL);
    }
    if (try)
        return give_null(out);
    return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_FORMAT_MISMATCH_INPUT, PZ_NO_ORIGIN, "inputType", "\"STRING\"",
                       "input", pz_dup(c->scratch, args[0].s).ptr, "format", pz_upper_ascii(c->scratch, args[1].s).ptr, NULL);
}
PZ_FN(fn_to_number) { return to_number(c, args, out, false); }
PZ_FN(fn_try_to_number) { return to_number(c, args, out, true); }

static const pz_value_fn_def defs[] = {
    {.name = "format_number", .call = fn_format_number, .prepare = prepare_format_number},
    {.name = "to_char_number", .call = fn_to_char_number, .prepare = prepare_pattern},
    {.name = "to_number", .call = fn_to_number, .prepare = prepare_pattern},
    {.name = "try_to_number", .call = fn_try_to_number, .prepare = prepare_pattern},
};
PZ_FAMILY(pz_family_number_format, defs);

/*
 * engine/functions/format.c - format_string and printf, with java.util.Formatter's rules.
 *
 * In: a format and values of any type.  Out: text in scratch.  What Java refuses is refused with Java's own words, as an
 * IllegalArgumentException without condition.  Things start at fn_format_string().
 */
#include "fn_util.h"
#include "hash.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct spec {
    int index;                                 /* n$: n; < : -1; else 0 */
    bool left, alt, plus, space, zero, group, paren;
    int width, precision;                      /* -1: none */
    char conv, date;                           /* date: the letter after t */
    bool upper;
} spec;

typedef struct format {
    pz_fn_ctx *c;
    pz_buf out;
} format;

static pz_status
refuse(format *f, const char *why)
{
    return pz_raise_text(f->c->err, PZ_CLASS_JavaIllegalArgumentException, "%s", why);
}

static pz_status
refuse_flag(format *f, const spec *s, char flag)
{
    return refuse(f, pz_strf(f->c->scratch, "Conversion = %c, Flags = %c", s->conv, flag).ptr);
}

static const char *
java_class(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BOOLEAN: return "java.lang.Boolean";
    case PZ_T_BYTE: return "java.lang.Byte";
    case PZ_T_SHORT: return "java.lang.Short";
    case PZ_T_LONG: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_DT_INTERVAL: case PZ_T_TIME: return "java.lang.Long";
    case PZ_T_FLOAT: return "java.lang.Float";
    case PZ_T_DOUBLE: return "java.lang.Double";
    case PZ_T_DECIMAL: return "org.apache.spark.sql.types.Decimal";
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: return "org.apache.spark.unsafe.types.UTF8String";
    case PZ_T_INT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: return "java.lang.Integer";
    default: return "java.lang.Object";
    }
}

static pz_status
refuse_type(format *f, const spec *s, const pz_type *t)
{
    return pz_raise_text(f->c->err, PZ_CLASS_JavaIllegalFormatConversionException, "%c != %s", s->date ? s->date : s->conv, java_class(t));
}

/* ---- text of a value, as toString() of Spark's internal object */

static void
plain_text(pz_fn_ctx *c, pz_buf *b, const pz_type *t, const pz_value *v)
{
    if (v->null) {
        pz_buf_puts(b, "null");
        return;
    }
    switch (t->id) {
    case PZ_T_DATE: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_TIME: case PZ_T_YM_INTERVAL: case PZ_T_DT_INTERVAL:
        pz_buf_printf(b, "%lld", (long long)v->i);
        return;
    case PZ_T_BINARY:
        pz_buf_printf(b, "[B@%x", (unsigned)pz_hash_bytes(v->s.ptr, v->s.len, 1));
        return;
    case PZ_T_ARRAY: case PZ_T_STRUCT:
        pz_buf_putc(b, '[');
        for (int i = 0; i < v->list.n; i++) {
            if (i)
                pz_buf_putc(b, ',');
            plain_text(c, b, t->id == PZ_T_ARRAY ? t->element : t->fields[i].type, &v->list.items[i]);
        }
        pz_buf_putc(b, ']');
        return;
    case PZ_T_MAP:
        for (int side = 0; side < 2; side++) {
            pz_buf_puts(b, side ? ", values: [" : "keys: [");
            for (int i = 0; i < v->map.n; i++) {
                if (i)
                    pz_buf_putc(b, ',');
                plain_text(c, b, side ? t->element : t->key, side ? &v->map.vals[i] : &v->map.keys[i]);
            }
            pz_buf_putc(b, ']');
        }
        return;
    default:
        pz_value_text(b, t, v, PZ_TEXT_CAST, c->site->zone);
    }
}

/* Precision cuts, width pads, upper case if asked: all counted in characters. */
static void
put_text(format *f, const spec *s, pz_str text, bool cuts)
{
    if (cuts && s->precision >= 0)
        text = cut(text, 0, char_offset(text, s->precision));
    if (s->upper) {
        pz_value in = {.s = text}, up;
        const pz_value_fn_def *fn = pz_value_fn_find("upper");
        if (fn && fn->call(f->c, &in, &up) == PZ_OK)
            text = up.s;
        else
            text = pz_upper_ascii(f->c->scratch, text);
    }
    int64_t fill = s->width - char_count(text);
    for (; !s->left && fill > 0; fill--)
        pz_buf_putc(&f->out, ' ');
    pz_buf_str(&f->out, text);
    for (; s->left && fill > 0; fill--)
        pz_buf_putc(&f->out, ' ');
}

/* Sign, grouping and zero padding around the digits of |x|. */
static void
put_number(format *f, const spec *s, bool negative, pz_str digits)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    size_t whole = 0;
    while (whole < digits.len && digits.ptr[whole] >= '0' && digits.ptr[whole] <= '9')
        whole++;
    size_t size = digits.len + (s->group && whole ? (whole - 1) / 3 : 0);
    const char *head = negative ? (s->paren ? "(" : "-") : s->plus ? "+" : s->space ? " " : "";
    size += strlen(head) + (negative && s->paren);
    pz_buf_puts(&b, head);
    for (int64_t i = (int64_t)size; s->zero && i < s->width; i++)
        pz_buf_putc(&b, '0');
    for (size_t i = 0; i < digits.len; i++) {
        if (s->group && i && i < whole && (whole - i) % 3 == 0)
            pz_buf_putc(&b, ',');
        pz_buf_putc(&b, digits.ptr[i]);
    }
    if (negative && s->paren)
        pz_buf_putc(&b, ')');
    put_text(f, s, pz_buf_view(&b), false);
    pz_buf_free(&b);
}

/* ---- integers */

static int
bits_of(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BYTE: return 8;
    case PZ_T_SHORT: return 16;
    case PZ_T_INT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: return 32;
    case PZ_T_LONG: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_DT_INTERVAL: case PZ_T_TIME: return 64;
    default: return 0;
    }
}

static pz_status
put_integer(format *f, const spec *s, const pz_type *t, const pz_value *v)
{
    pz_arena *a = f->c->scratch;
    if (s->precision >= 0)
        return refuse(f, pz_strf(a, "%d", s->precision).ptr);
    if (s->conv == 'd' && s->alt)
        return refuse_flag(f, s, '#');
    if (s->conv != 'd' && (s->plus || s->space || s->group || s->paren))
        return refuse_flag(f, s, s->plus ? '+' : s->space ? ' ' : s->group ? ',' : '(');
    if (v->null) {
        spec plain = *s;
        plain.zero = false;
        put_text(f, &plain, PZ_STR("null"), false);
        return PZ_OK;
    }
    int bits = bits_of(t);
    if (!bits)
        return refuse_type(f, s, t);
    uint64_t u = (uint64_t)v->i;
    if (s->conv == 'd') {
        put_number(f, s, v->i < 0, pz_strf(a, "%llu", (unsigned long long)(v->i < 0 ? 0 - u : u)));
        return PZ_OK;
    }
    if (bits < 64)
        u &= ((uint64_t)1 << bits) - 1;
    pz_str digits = s->conv == 'x' ? pz_strf(a, "%llx", (unsigned long long)u) : pz_strf(a, "%llo", (unsigned long long)u);
    const char *head = !s->alt ? "" : s->conv == 'x' ? "0x" : "0";
    int fill = s->zero ? s->width - (int)digits.len - (int)strlen(head) : 0;
    put_text(f, s, fill > 0 ? pz_strf(a, "%s%0*d" PZ_FMT, head, fill, 0, PZ_ARG(digits)) : pz_strf(a, "%s" PZ_FMT, head, PZ_ARG(digits)), false);
    return PZ_OK;
}

/* ---- floats: from the shortest decimal text of the number, half up, as Java does */

typedef struct decimal_digits { char d[400]; int n, point; } decimal_digits;   /* 0.d1d2d3... * 10^point */

static void
shortest_digits(double v, decimal_digits *out)
{
    char buf[40];
    *out = (decimal_digits){.n = 0};
    for (int p = 1; p <= 17; p++) {
        snprintf(buf, sizeof buf, "%.*e", p - 1, v);
        if (strtod(buf, NULL) == v)
            break;
    }
    char *e = strchr(buf, 'e');
    for (char *q = buf; q < e; q++)
        if (*q != '.')
            out->d[out->n++] = *q;
    out->point = atoi(e + 1) + 1;
    if (v == 0)
        out->point = 1;
}

/* Keep `places` digits counted from the first one; half up. */
static void
round_digits(decimal_digits *x, int places)
{
    if (places >= x->n)
        return;
    bool up = places >= 0 && x->d[places] >= '5';
    x->n = places < 0 ? 0 : places;
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

static pz_str
fixed_text(format *f, decimal_digits x, int precision, bool alt)
{
    round_digits(&x, x.point + precision);
    int whole = x.point > 0 ? x.point : 0;
    char *p = room(f->c, (size_t)(whole + precision + 4)), *q = p;
    for (int i = 0; i < whole; i++)
        *q++ = i < x.n ? x.d[i] : '0';
    if (whole == 0)
        *q++ = '0';
    if (precision || alt)
        *q++ = '.';
    for (int i = 0; i < precision; i++) {
        int at = x.point + i;
        *q++ = at >= 0 && at < x.n ? x.d[at] : '0';
    }
    return (pz_str){p, (size_t)(q - p)};
}

static pz_str
scientific_text(format *f, decimal_digits x, int precision, bool alt, bool zero)
{
    round_digits(&x, precision + 1);
    char *p = room(f->c, (size_t)precision + 16), *q = p;
    for (int i = 0; i <= precision; i++) {
        *q++ = i < x.n ? x.d[i] : '0';
        if (i == 0 && (precision || alt))
            *q++ = '.';
    }
    int exp = zero ? 0 : x.point - 1;
    q += sprintf(q, "e%c%02d", exp < 0 ? '-' : '+', exp < 0 ? -exp : exp);
    return (pz_str){p, (size_t)(q - p)};
}

static pz_str
general_text(format *f, decimal_digits x, int precision, bool zero)
{
    precision = precision < 0 ? 6 : precision == 0 ? 1 : precision;
    if (zero)
        return fixed_text(f, x, precision - 1, false);
    decimal_digits r = x;
    round_digits(&r, precision);
    if (r.point > -4 && r.point <= precision)
        return fixed_text(f, x, precision - r.point, false);
    return scientific_text(f, x, precision - 1, false, false);
}

static pz_str
hex_float_text(format *f, double v)
{
    char buf[40], mantissa[40];
    snprintf(buf, sizeof buf, "%a", v);
    char *e = strchr(buf, 'p');
    snprintf(mantissa, sizeof mantissa, "%.*s", (int)(e - buf), buf);
    return pz_strf(f->c->scratch, "%s%sp%d", mantissa, strchr(mantissa, '.') ? "" : ".0", atoi(e + 1));
}

static pz_status
put_float(format *f, const spec *s, const pz_type *t, const pz_value *v)
{
    if (s->conv == 'a' && (s->group || s->paren))
        return refuse_flag(f, s, s->group ? ',' : '(');
    if (s->conv == 'e' && s->group)
        return refuse_flag(f, s, ',');
    if (s->conv == 'g' && s->alt)
        return refuse_flag(f, s, '#');
    if (v->null) {
        spec plain = *s;
        plain.zero = false;
        put_text(f, &plain, PZ_STR("null"), true);
        return PZ_OK;
    }
    if (t->id != PZ_T_DOUBLE && t->id != PZ_T_FLOAT)
        return refuse_type(f, s, t);
    spec plain = *s;
    if (!isfinite(v->d)) {
        plain.zero = plain.group = false;
        if (isnan(v->d))
            put_text(f, &plain, PZ_STR("NaN"), false);
        else
            put_number(f, &plain, v->d < 0, PZ_STR("Infinity"));
        return PZ_OK;
    }
    decimal_digits x;
    double abs = fabs(v->d);
    shortest_digits(abs, &x);
    int precision = s->precision < 0 ? 6 : s->precision;
    pz_str text = s->conv == 'f'   ? fixed_text(f, x, precision, s->alt)
                  : s->conv == 'e' ? scientific_text(f, x, precision, s->alt, abs == 0)
                  : s->conv == 'g' ? general_text(f, x, s->precision, abs == 0)
                                   : hex_float_text(f, abs);
    put_number(f, &plain, signbit(v->d), text);
    return PZ_OK;
}

/* ---- %t: a few of Java's date letters over epoch milliseconds */

static pz_status
put_date(format *f, const spec *s, const pz_type *t, const pz_value *v)
{
    static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    if (v->null) {
        put_text(f, s, PZ_STR("null"), true);
        return PZ_OK;
    }
    if (bits_of(t) != 64)
        return refuse_type(f, s, t);
    pz_arena *a = f->c->scratch;
    int64_t local = pz_zone_to_local(f->c->site->zone, v->i * 1000), day = local / 86400000000 - (local % 86400000000 < 0), us = local - day * 86400000000, y;
    int m, d, h = (int)(us / 3600000000), mi = (int)(us / 60000000 % 60), sec = (int)(us / 1000000 % 60), ms = (int)(us / 1000 % 1000);
    pz_civil_from_days(day, &y, &m, &d);
    int wday = (int)(((day + 4) % 7 + 7) % 7), yday = (int)(day - pz_days_from_civil(y, 1, 1)) + 1;
    pz_str text;
    switch (s->date) {
    case 'Y': text = pz_strf(a, "%04lld", (long long)y); break;
    case 'y': text = pz_strf(a, "%02lld", (long long)(y % 100)); break;
    case 'C': text = pz_strf(a, "%02lld", (long long)(y / 100)); break;
    case 'm': text = pz_strf(a, "%02d", m); break;
    case 'd': text = pz_strf(a, "%02d", d); break;
    case 'e': text = pz_strf(a, "%d", d); break;
    case 'j': text = pz_strf(a, "%03d", yday); break;
    case 'H': text = pz_strf(a, "%02d", h); break;
    case 'k': text = pz_strf(a, "%d", h); break;
    case 'I': text = pz_strf(a, "%02d", h % 12 ? h % 12 : 12); break;
    case 'l': text = pz_strf(a, "%d", h % 12 ? h % 12 : 12); break;
    case 'M': text = pz_strf(a, "%02d", mi); break;
    case 'S': text = pz_strf(a, "%02d", sec); break;
    case 'L': text = pz_strf(a, "%03d", ms); break;
    case 'N': text = pz_strf(a, "%09d", ms * 1000000); break;
    case 'p': text = pz_str_c(h < 12 ? "am" : "pm"); break;
    case 's': text = pz_strf(a, "%lld", (long long)(v->i / 1000)); break;
    case 'Q': text = pz_strf(a, "%lld", (long long)v->i); break;
    case 'B': text = pz_str_c(months[m - 1]); break;
    case 'b': case 'h': text = cut(pz_str_c(months[m - 1]), 0, 3); break;
    case 'A': text = pz_str_c(days[wday]); break;
    case 'a': text = cut(pz_str_c(days[wday]), 0, 3); break;
    case 'F': text = pz_strf(a, "%04lld-%02d-%02d", (long long)y, m, d); break;
    case 'D': text = pz_strf(a, "%02d/%02d/%02lld", m, d, (long long)(y % 100)); break;
    case 'T': text = pz_strf(a, "%02d:%02d:%02d", h, mi, sec); break;
    case 'R': text = pz_strf(a, "%02d:%02d", h, mi); break;
    case 'r': text = pz_strf(a, "%02d:%02d:%02d %s", h % 12 ? h % 12 : 12, mi, sec, h < 12 ? "AM" : "PM"); break;
    default: return refuse(f, pz_strf(a, "Conversion = 't%c'", s->date).ptr);
    }
    put_text(f, s, text, false);
    return PZ_OK;
}

/* ---- the rest */

static int32_t
java_hash(pz_fn_ctx *c, const pz_type *t, const pz_value *v)
{
    uint64_t bits;
    switch (t->id) {
    case PZ_T_BOOLEAN: return v->b ? 1231 : 1237;
    case PZ_T_DOUBLE:
        memcpy(&bits, &v->d, 8);
        return (int32_t)(bits ^ bits >> 32);
    case PZ_T_FLOAT: {
        float x = (float)v->d;
        int32_t i;
        memcpy(&i, &x, 4);
        return i;
    }
    case PZ_T_LONG: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: return (int32_t)((uint64_t)v->i ^ (uint64_t)v->i >> 32);
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: return pz_murmur3_bytes(v->s, 42);
    default: (void)c; return (int32_t)v->i;
    }
}

static pz_status
put_char(format *f, const spec *s, const pz_type *t, const pz_value *v)
{
    char utf8[4];
    if (s->precision >= 0)
        return refuse(f, pz_strf(f->c->scratch, "%d", s->precision).ptr);
    if (v->null) {
        put_text(f, s, PZ_STR("null"), false);
        return PZ_OK;
    }
    if (t->id != PZ_T_BYTE && t->id != PZ_T_SHORT && t->id != PZ_T_INT && t->id != PZ_T_DATE)
        return refuse_type(f, s, t);
    if (v->i < 0 || v->i > 0x10FFFF)
        return refuse(f, pz_strf(f->c->scratch, "Code point = 0x%llx", (unsigned long long)(uint32_t)v->i).ptr);
    put_text(f, s, (pz_str){utf8, (size_t)pz_utf8_encode((uint32_t)v->i, utf8)}, false);
    return PZ_OK;
}

static pz_status
put_value(format *f, const spec *s, const pz_type *t, const pz_value *v)
{
    pz_buf b;
    if (s->date)
        return put_date(f, s, t, v);
    switch (s->conv) {
    case 'd': case 'o': case 'x': return put_integer(f, s, t, v);
    case 'e': case 'f': case 'g': case 'a': return put_float(f, s, t, v);
    case 'c': return put_char(f, s, t, v);
    case 'b':
        put_text(f, s, pz_str_c(v->null || (t->id == PZ_T_BOOLEAN && !v->b) ? "false" : "true"), true);
        return PZ_OK;
    case 'h':
        put_text(f, s, v->null ? PZ_STR("null") : pz_strf(f->c->scratch, "%x", (unsigned)java_hash(f->c, t, v)), true);
        return PZ_OK;
    default:
        if (s->alt)
            return refuse_flag(f, s, '#');
        pz_buf_init(&b, 0);
        plain_text(f->c, &b, t, v);
        put_text(f, s, pz_buf_view(&b), true);
        pz_buf_free(&b);
        return PZ_OK;
    }
}

/* ---- specifiers */

static int
number(pz_str s, size_t *at)
{
    int v = 0;
    while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9' && v < 100000000)
        v = v * 10 + (s.ptr[(*at)++] - '0');
    return v;
}

/* After %: %[n$][flags][width][.precision]letter. */
static pz_status
read_spec(format *f, pz_str text, size_t *at, spec *s)
{
    static const char flags[] = "-#+ 0,(<";
    size_t i = *at, digits = i;
    *s = (spec){.width = -1, .precision = -1};
    int n = number(text, &digits);
    if (digits > i && text.ptr[i] != '0' && digits < text.len && text.ptr[digits] == '$') {
        s->index = n;
        i = digits + 1;
    }
    for (; i < text.len && strchr(flags, text.ptr[i]); i++) {
        bool *const flag[] = {&s->left, &s->alt, &s->plus, &s->space, &s->zero, &s->group, &s->paren};
        if (text.ptr[i] == '<')
            s->index = -1;
        else if (*flag[strchr(flags, text.ptr[i]) - flags])
            return refuse(f, pz_strf(f->c->scratch, "Flags = '%c'", text.ptr[i]).ptr);
        else
            *flag[strchr(flags, text.ptr[i]) - flags] = true;
    }
    digits = i;
    n = number(text, &i);
    s->width = i > digits ? n : -1;
    if (i < text.len && text.ptr[i] == '.') {
        digits = ++i;
        s->precision = number(text, &i);
        if (i == digits)
            return refuse(f, "Conversion = '.'");
    }
    if (i >= text.len)
        return refuse(f, "Conversion = '%'");
    char c = text.ptr[i++];
    if (c == 't' || c == 'T') {
        if (i >= text.len)
            return refuse(f, "Conversion = 't'");
        s->date = text.ptr[i++];
        s->upper = c == 'T';
        c = 't';
    } else if (strchr("BHSCXEGA", c)) {
        s->upper = true;
        c = (char)(c + 32);
    }
    s->conv = c;
    *at = i;
    if (!strchr("bhscdoxefgat%n", c))
        return refuse(f, pz_strf(f->c->scratch, "Conversion = '%c'", c).ptr);
    return PZ_OK;
}

static pz_status
check_flags(format *f, const spec *s)
{
    pz_arena *a = f->c->scratch;
    if (s->conv == 'n') {
        if (s->width >= 0 || s->precision >= 0)
            return refuse(f, pz_strf(a, "%d", s->width >= 0 ? s->width : s->precision).ptr);
        return PZ_OK;
    }
    if ((s->left || s->zero) && s->width < 0 && s->conv != '%')
        return refuse(f, pz_strf(a, "%%%c%c", s->left ? '-' : '0', s->conv).ptr);
    if (strchr("bhsct", s->conv)) {
        const char *bad = s->plus ? "+" : s->space ? " " : s->zero ? "0" : s->group ? "," : s->paren ? "(" : s->alt && s->conv != 's' ? "#" : NULL;
        if (bad)
            return refuse_flag(f, s, *bad);
    }
    if (s->plus && s->space)
        return refuse(f, "Flags = '+ '");
    if (s->left && s->zero)
        return refuse(f, "Flags = '-0'");
    return PZ_OK;
}

PZ_FN(fn_format_string)
{
    format f = {.c = c};
    pz_str text;
    int next = 0, last = -1;
    pz_status done = PZ_OK;
    if (args[0].null)
        return give_null(out);
    text = args[0].s;
    pz_buf_init(&f.out, 0);
    for (size_t at = 0; at < text.len && done == PZ_OK;) {
        const char *pct = memchr(text.ptr + at, '%', text.len - at);
        size_t upto = pct ? (size_t)(pct - text.ptr) : text.len;
        pz_buf_add(&f.out, text.ptr + at, upto - at);
        at = upto + 1;
        if (!pct)
            break;
        spec s;
        if ((done = read_spec(&f, text, &at, &s)) != PZ_OK || (done = check_flags(&f, &s)) != PZ_OK)
            break;
        if (s.conv == 'n' || s.conv == '%') {
            put_text(&f, &s, s.conv == 'n' ? PZ_STR("\n") : PZ_STR("%"), false);
            continue;
        }
        int arg = s.index > 0 ? s.index - 1 : s.index < 0 ? last : next++;
        last = arg;
        if (arg < 0 || arg >= c->site->nargs - 1)
            done = refuse(&f, pz_strf(c->scratch, "Format specifier '" PZ_FMT "'", PZ_ARG(cut(text, upto, at))).ptr);
        else
            done = put_value(&f, &s, c->site->arg_types[arg + 1], &args[arg + 1]);
    }
    *out = (pz_value){.s = pz_buf_dup(&f.out, c->scratch)};
    pz_buf_free(&f.out);
    return done;
}

static const pz_value_fn_def defs[] = {
    {.name = "format_string", .call = fn_format_string, .takes_nulls = true},
};
PZ_FAMILY(pz_family_format, defs);

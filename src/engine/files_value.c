/*
 * engine/files_value.c - texts of CSV fields and JSON strings to values, as Spark's readers convert them.
 *
 * Without a pattern dates and timestamps take the lenient forms of CAST.  False: the text is no such value.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "files_int.h"

pz_str
pz_text_clean(pz_str s, pz_arena *a)
{
    pz_buf b;
    pz_str out;
    if (pz_utf8_valid(s)) return s;
    pz_buf_init(&b, 0);
    for (size_t i = 0; i < s.len;) {
        uint32_t cp;
        char enc[4];
        i += (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &cp);
        pz_buf_add(&b, enc, (size_t)pz_utf8_encode(cp, enc));
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

static const pz_datetime_pattern *
pattern(const pz_options *o, const char *name, const pz_locale *locale, pz_arena *a)
{
    pz_str s = pz_option_get(o, name, NULL);
    return s.ptr ? pz_datetime_pattern_make_in(a, s, true, locale) : NULL;
}

void
pz_text_rules_init(pz_text_rules *r, const pz_options *o, const pz_zone *zone, pz_arena *a)
{
    pz_str z = pz_option_get(o, "timeZone", NULL);
    r->zone = z.ptr && pz_zone_find(z) ? pz_zone_find(z) : zone;
    r->locale = pz_locale_make(a, pz_option_get(o, "locale", "en-US"));
    r->fallback = pz_option_bool(o, "enableDateTimeParsingFallback", false);
    r->date_pattern = pattern(o, "dateFormat", r->locale, a);
    if (!r->date_pattern && !pz_option_bool(o, "enableDateTimeParsingFallback", true))
        r->date_pattern = pz_datetime_pattern_make(a, PZ_STR("yyyy-MM-dd"), true, PZ_TIME_CORRECTED);
    r->timestamp_pattern = pattern(o, "timestampFormat", r->locale, a);
    r->ntz_pattern = pattern(o, "timestampNTZFormat", r->locale, a);
    r->nan = pz_option_get(o, "nanValue", "NaN");
    r->plus_inf = pz_option_get(o, "positiveInf", "Inf");
    r->minus_inf = pz_option_get(o, "negativeInf", "-Inf");
}

bool
pz_text_long(pz_str s, int64_t *out)
{
    bool minus = s.len && *s.ptr == '-';
    __int128 n = 0;
    size_t i = s.len && (*s.ptr == '-' || *s.ptr == '+');
    if (i == s.len) return false;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        n = n * 10 + (s.ptr[i] - '0');
        if (n > (__int128)1 << 64) return false;
    }
    if (minus) n = -n;
    if (n < INT64_MIN || n > INT64_MAX) return false;
    *out = (int64_t)n;
    return true;
}

/* Java allows blanks around, a d or f behind, and spells its special values in one way only. */
bool
pz_text_double(pz_str s, double *out)
{
    char buf[128], *end;
    s = pz_str_trim(s);
    if (!s.len || s.len >= sizeof buf) return false;
    memcpy(buf, s.ptr, s.len);
    buf[s.len] = 0;
    if (strchr("dDfF", buf[s.len - 1]) && s.len > 1 && !strpbrk(buf, "xX")) buf[--s.len] = 0;
    if (!strcmp(buf, "NaN")) {
        *out = NAN;
        return true;
    }
    if (!strcmp(buf, "Infinity") || !strcmp(buf, "+Infinity") || !strcmp(buf, "-Infinity")) {
        *out = *buf == '-' ? -INFINITY : INFINITY;
        return true;
    }
    for (const char *p = buf; *p; p++)
        if (!isdigit((unsigned char)*p) && !strchr("+-.eE", *p)) return false;
    *out = strtod(buf, &end);
    return end != buf && !*end;
}

static bool
special_double(const pz_text_rules *r, pz_str s, double *out)
{
    if (r->nan.len && pz_str_eq(s, r->nan)) *out = NAN;
    else if (r->plus_inf.len && pz_str_eq(s, r->plus_inf)) *out = INFINITY;
    else if (r->minus_inf.len && pz_str_eq(s, r->minus_inf)) *out = -INFINITY;
    else return pz_text_double(s, out);
    return true;
}

static bool
integral(pz_str s, int64_t min, int64_t max, pz_value *out)
{
    return pz_text_long(s, &out->i) && out->i >= min && out->i <= max;
}

/* digits * 10^exponent at the type's scale, half up */
static bool
scaled(const char *digits, int n, int64_t exponent, bool minus, const pz_type *t, pz_value *out)
{
    int64_t shift = exponent + t->scale, keep = n + (shift < 0 ? shift : 0);
    __int128 x = 0;
    if (n > 0 && shift > 0 && n + shift > 38) return false;
    if (keep > 38) return false;
    for (int64_t i = 0; i < keep; i++) x = x * 10 + (digits[i] - '0');
    if (shift > 0 && n > 0) x *= pz_pow10((int)shift);
    if (shift < 0 && keep >= 0 && keep < n && digits[keep] >= '5') x++;
    out->dec = minus ? -x : x;
    return x < pz_pow10(t->precision);
}

/* Digits with a point among them that fit at once, as nearly all do. */
static bool
short_decimal(pz_str s, const pz_type *t, pz_value *out)
{
    size_t i = s.len && (*s.ptr == '-' || *s.ptr == '+'), first = i;
    int64_t x = 0;
    int after = -1;                            /* digits behind the point; -1: there is none */
    if (s.len - first > 18 || t->scale > 20) return false;
    for (; i < s.len; i++) {
        if (s.ptr[i] == '.' && after < 0) {
            after = 0;
            continue;
        }
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
        x = x * 10 + (s.ptr[i] - '0');
        if (after >= 0) after++;
    }
    if (s.len - first < (after >= 0 ? 2u : 1u) || after > t->scale) return false;
    out->dec = (__int128)(*s.ptr == '-' ? -x : x) * pz_pow10(t->scale - (after > 0 ? after : 0));
    return (out->dec < 0 ? -out->dec : out->dec) < pz_pow10(t->precision);
}

/* Digits, perhaps with a sign, a point and an exponent; `grouped`: with commas among them. */
static bool
decimal(pz_str s, bool grouped, const pz_type *t, pz_value *out)
{
    pz_buf digits;
    int seen = 0;
    int64_t exponent = 0, power = 0;
    bool minus = s.len && *s.ptr == '-', fraction = false, ok;
    size_t i = s.len && (*s.ptr == '-' || *s.ptr == '+');
    if (short_decimal(s, t, out)) return true;
    pz_buf_init(&digits, 0);
    for (; i < s.len && (isdigit((unsigned char)s.ptr[i]) || s.ptr[i] == '.' || (grouped && s.ptr[i] == ',')); i++) {
        if (s.ptr[i] == '.') {
            if (fraction) break;
            fraction = true;
        } else if (isdigit((unsigned char)s.ptr[i])) {
            seen++;
            exponent -= fraction;
            if (digits.len || s.ptr[i] != '0') pz_buf_putc(&digits, s.ptr[i]);
        }
    }
    ok = seen > 0;
    if (ok && i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        pz_str tail = {s.ptr + i + 1, s.len - i - 1};
        ok = pz_text_long(tail, &power) && power < 1000000000 && power > -1000000000;
        i = s.len;
    }
    ok = ok && i == s.len && scaled(digits.ptr, (int)digits.len, exponent + power, minus, t, out);
    pz_buf_free(&digits);
    return ok;
}

bool
pz_plain_decimal(pz_str s, const pz_type *t, pz_value *out)
{
    return decimal(s, false, t, out);
}

bool
pz_text_decimal(pz_str s, const pz_locale *locale, const pz_type *t, pz_value *out)
{
    pz_buf plain;
    bool ok;
    if (!locale) return decimal(s, true, t, out);
    pz_buf_init(&plain, 0);
    ok = pz_locale_number(locale, s, &plain) && decimal(pz_buf_view(&plain), false, t, out);
    pz_buf_free(&plain);
    return ok;
}

bool
pz_text_has_zone(pz_str s)
{
    int64_t x, y;
    return pz_timestamp_parse(s, pz_zone_find(PZ_STR("UTC")), false, &x) && pz_timestamp_parse(s, pz_zone_find(PZ_STR("+01:00")), false, &y) && x == y;
}

static bool
date(const pz_text_rules *r, pz_str s, pz_arena *a, pz_value *out)
{
    int32_t days;
    pz_parsed_time t;
    pz_str why;
    if (!r->date_pattern) {
        if (!pz_date_parse(s, &days)) return false;
        out->i = days;
        return true;
    }
    if (!pz_datetime_parse(r->date_pattern, s, &t, a, &why)) {
        if (!r->fallback || !pz_date_parse(s, &days)) return false;
        out->i = days;
        return true;
    }
    out->i = t.local_micros / 86400000000LL - (t.local_micros % 86400000000LL < 0);
    return true;
}

static bool
timestamp(const pz_text_rules *r, const pz_datetime_pattern *p, bool ntz, pz_str s, pz_arena *a, pz_value *out)
{
    pz_parsed_time t;
    pz_str why;
    if (!p) return !(ntz && pz_text_has_zone(s)) && pz_timestamp_parse(s, r->zone, ntz, &out->i);
    if (!pz_datetime_parse(p, s, &t, a, &why)) return r->fallback && !ntz && pz_timestamp_parse(s, r->zone, false, &out->i);
    out->i = ntz ? t.local_micros : pz_zone_to_utc(t.zone ? t.zone : r->zone, t.local_micros);
    return true;
}

bool
pz_text_base64(pz_str s, pz_arena *a, pz_str *out)
{
    unsigned char *p = pz_alloc(a, s.len / 4 * 3 + 4);
    int n = s.len % 4 || s.len > INT32_MAX ? -1 : EVP_DecodeBlock(p, (const unsigned char *)s.ptr, (int)s.len);
    if (n < 0) return false;
    for (size_t i = s.len; i > 0 && s.ptr[i - 1] == '='; i--) n--;   /* padding counts as zeros there */
    *out = (pz_str){(char *)p, (size_t)n};
    return true;
}

bool
pz_text_value(const pz_text_rules *r, const pz_type *t, pz_str s, pz_arena *a, pz_value *out)
{
    switch (t->id) {
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: out->s = s; return true;
    case PZ_T_BINARY: out->s = pz_text_clean(s, a); return true;
    case PZ_T_BOOLEAN: out->b = pz_str_ieqc(s, "true"); return out->b || pz_str_ieqc(s, "false");
    case PZ_T_BYTE: return integral(s, INT8_MIN, INT8_MAX, out);
    case PZ_T_SHORT: return integral(s, INT16_MIN, INT16_MAX, out);
    case PZ_T_INT: return integral(s, INT32_MIN, INT32_MAX, out);
    case PZ_T_LONG: return integral(s, INT64_MIN, INT64_MAX, out);
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE: return special_double(r, s, &out->d);
    case PZ_T_DECIMAL: return r->plain_decimals ? pz_plain_decimal(s, t, out) : pz_text_decimal(s, r->locale, t, out);
    case PZ_T_DATE: return date(r, s, a, out);
    case PZ_T_TIMESTAMP: return timestamp(r, r->timestamp_pattern, false, s, a, out);
    case PZ_T_TIMESTAMP_NTZ: return timestamp(r, r->ntz_pattern, true, s, a, out);
    case PZ_T_TIME: return pz_time_parse(s, &out->i);
    case PZ_T_YM_INTERVAL: return pz_ym_parse(s, t->start, t->end, &out->i) == PZ_IV_OK;
    case PZ_T_DT_INTERVAL: return pz_dt_parse(s, t->start, t->end, &out->i) == PZ_IV_OK;
    case PZ_T_VOID: out->null = true; return true;
    default: return false;
    }
}

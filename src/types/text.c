/*
 * types/text.c - values as text: CAST AS STRING, show(), SQL literals.
 *
 * In: a Spark type and a value.  Out: text appended to a buffer.
 * Things start at pz_value_text(); numbers, intervals and containers each have a function below.
 */
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "types.h"

/* ---------------------------------------------------------------- floating point */

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void
make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

double
pz_strtod(const char *c)
{
    pthread_once(&c_locale_once, make_c_locale);
    return strtod_l(c, NULL, c_locale);
}

float
pz_strtof(const char *c)
{
    pthread_once(&c_locale_once, make_c_locale);
    return strtof_l(c, NULL, c_locale);
}

/* Decimal digits of a positive number, value = 0.d1d2... * 10^point. */
typedef struct digits { char text[24]; int n, point; } digits;

static void
spell(uint64_t v, int exponent, digits *s)
{
    char back[24];
    int n = 0;
    do back[n++] = (char)('0' + v % 10); while ((v /= 10) != 0);
    s->n = n;
    s->point = n + exponent;
    for (int i = 0; i < n; i++) s->text[i] = back[n - 1 - i];
}

/* Java's layout: plain from 10^-3 to 10^7, else d.dddE<exponent>; always a digit after the point. */
static void
lay_out(pz_buf *b, const digits *s)
{
    int n = s->n, p = s->point;
    if (p > -3 && p <= 7) {
        if (p <= 0) {
            pz_buf_puts(b, "0.");
            for (int i = p; i < 0; i++) pz_buf_putc(b, '0');
            pz_buf_add(b, s->text, (size_t)n);
            return;
        }
        for (int i = 0; i < p; i++) pz_buf_putc(b, i < n ? s->text[i] : '0');
        pz_buf_putc(b, '.');
        if (n > p) pz_buf_add(b, s->text + p, (size_t)(n - p));
        else pz_buf_putc(b, '0');
        return;
    }
    pz_buf_putc(b, s->text[0]);
    pz_buf_putc(b, '.');
    if (n > 1) pz_buf_add(b, s->text + 1, (size_t)(n - 1));
    else pz_buf_putc(b, '0');
    pz_buf_printf(b, "E%d", p - 1);
}

static bool
special_text(pz_buf *b, double d)
{
    if (isnan(d)) pz_buf_puts(b, "NaN");
    else if (isinf(d)) pz_buf_puts(b, d < 0 ? "-Infinity" : "Infinity");
    else if (d == 0) pz_buf_puts(b, signbit(d) ? "-0.0" : "0.0");
    else return false;
    return true;
}

void
pz_double_text(pz_buf *b, double d)
{
    digits s;
    uint64_t v;
    int exponent;
    if (special_text(b, d)) return;
    if (d < 0) pz_buf_putc(b, '-');
    pz_double_shortest(d, &v, &exponent);
    spell(v, exponent, &s);
    lay_out(b, &s);
}

void
pz_float_text(pz_buf *b, float f)
{
    digits s;
    uint64_t v;
    int exponent;
    if (special_text(b, (double)f)) return;
    if (f < 0) pz_buf_putc(b, '-');
    pz_float_shortest(f, &v, &exponent);
    spell(v, exponent, &s);
    lay_out(b, &s);
}

/* ---------------------------------------------------------------- intervals */

void
pz_ym_text(pz_buf *b, int64_t months, int start, int end)
{
    const char *sign = months < 0 ? "-" : "";
    int64_t m = months < 0 ? -months : months;
    if (start == end && start == PZ_YM_YEAR) pz_buf_printf(b, "INTERVAL '%s%lld' YEAR", sign, (long long)(m / 12));
    else if (start == end) pz_buf_printf(b, "INTERVAL '%s%lld' MONTH", sign, (long long)m);
    else pz_buf_printf(b, "INTERVAL '%s%lld-%lld' YEAR TO MONTH", sign, (long long)(m / 12), (long long)(m % 12));
}

/* Seconds with at least two digits before the point and no zeros at the end: 05.25 */
static void
seconds_text(pz_buf *b, uint64_t micros)
{
    char f[8];
    pz_buf_printf(b, "%02llu", (unsigned long long)(micros / 1000000));
    int n = snprintf(f, sizeof f, "%06u", (unsigned)(micros % 1000000));
    while (n > 0 && f[n - 1] == '0') n--;
    if (n > 0) pz_buf_printf(b, ".%.*s", n, f);
}

void
pz_dt_text(pz_buf *b, int64_t micros, int start, int end)
{
    static const uint64_t unit[] = {86400000000ull, 3600000000ull, 60000000ull};
    static const char *const name[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
    uint64_t rest = micros < 0 ? -(uint64_t)micros : (uint64_t)micros;
    pz_buf_puts(b, micros < 0 ? "INTERVAL '-" : "INTERVAL '");
    for (int f = start; f <= end; f++) {
        if (f > start) pz_buf_putc(b, f == PZ_DT_HOUR ? ' ' : ':');
        if (f == PZ_DT_SECOND) {
            seconds_text(b, rest);
            break;
        }
        pz_buf_printf(b, f == PZ_DT_DAY ? "%llu" : "%02llu", (unsigned long long)(rest / unit[f]));
        rest %= unit[f];
    }
    pz_buf_printf(b, start == end ? "' %s" : "' %s TO %s", name[start], name[end]);
}

static void
unit_text(pz_buf *b, int64_t n, const char *unit)
{
    if (n != 0) pz_buf_printf(b, "%lld %s ", (long long)n, unit);
}

void
pz_calendar_interval_text(pz_buf *b, int32_t months, int32_t days, int64_t micros)
{
    if (months == 0 && days == 0 && micros == 0) {
        pz_buf_puts(b, "0 seconds");
        return;
    }
    unit_text(b, months / 12, "years");
    unit_text(b, months % 12, "months");
    unit_text(b, days, "days");
    unit_text(b, micros / 3600000000, "hours");
    unit_text(b, micros / 60000000 % 60, "minutes");
    int64_t rest = micros % 60000000;
    if (rest != 0) {
        pz_buf f;
        pz_buf_init(&f, 0);
        pz_decimal_text(&f, rest, 6);
        while (f.len > 0 && f.ptr[f.len - 1] == '0') f.len--;
        if (f.len > 0 && f.ptr[f.len - 1] == '.') f.len--;
        pz_buf_str(b, pz_buf_view(&f));
        pz_buf_puts(b, " seconds ");
        pz_buf_free(&f);
    }
    if (!b->failed) b->len--;
}

/* ---------------------------------------------------------------- any value */

static void
hex_text(pz_buf *b, pz_str s, const char *open, const char *between, const char *close)
{
    pz_buf_puts(b, open);
    for (size_t i = 0; i < s.len; i++) pz_buf_printf(b, "%s%02X", i ? between : "", (unsigned)(unsigned char)s.ptr[i]);
    pz_buf_puts(b, close);
}

void
pz_sql_text(pz_buf *b, pz_str s)
{
    pz_buf_putc(b, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'' || s.ptr[i] == '\\') pz_buf_putc(b, '\\');
        pz_buf_putc(b, s.ptr[i]);
    }
    pz_buf_putc(b, '\'');
}

static void
null_text(pz_buf *b, const pz_type *t, pz_text_style style, bool inner)
{
    if (style == PZ_TEXT_CAST || style == PZ_TEXT_LEGACY) {
        pz_buf_puts(b, inner ? "null" : "NULL");
        return;
    }
    if (style == PZ_TEXT_SHOW || t->id == PZ_T_VOID) {
        pz_buf_puts(b, "NULL");
        return;
    }
    pz_arena *a = pz_arena_open();
    pz_buf_printf(b, "CAST(NULL AS " PZ_FMT ")", PZ_ARG(pz_type_sql(t, a)));
    pz_arena_close(a);
}

static void
local_text(pz_buf *b, int64_t utc, const pz_zone *zone)
{
    pz_timestamp_text(b, zone ? pz_zone_to_local(zone, utc) : utc);
}

/* Nanoseconds print as a timestamp with up to nine digits. */
static void
nanos_text(pz_buf *b, int64_t ns, const pz_zone *zone)
{
    int64_t us = pz_floor_div(ns, 1000), sub = pz_floor_mod(ns, 1000);
    if (zone) us = pz_zone_to_local(zone, us);
    if (sub == 0) {
        pz_timestamp_text(b, us);
        return;
    }
    char f[12];
    pz_timestamp_text(b, us - pz_floor_mod(us, 1000000));
    int n = snprintf(f, sizeof f, "%09lld", (long long)(pz_floor_mod(us, 1000000) * 1000 + sub));
    while (n > 0 && f[n - 1] == '0') n--;
    pz_buf_printf(b, ".%.*s", n, f);
}

static void value_text(pz_buf *b, const pz_type *t, const pz_value *v, pz_text_style style, const pz_zone *zone, bool inner);

/* CAST and show: [a, b]   {k -> v}   {x, y} */
static void
container_text(pz_buf *b, const pz_type *t, const pz_value *v, pz_text_style style, const pz_zone *zone)
{
    bool array = t->id == PZ_T_ARRAY, map = t->id == PZ_T_MAP;
    int n = map ? v->map.n : v->list.n;
    pz_buf_putc(b, array ? '[' : '{');
    for (int i = 0; i < n; i++) {
        if (i) pz_buf_puts(b, ", ");
        if (map) {
            value_text(b, t->key, &v->map.keys[i], style, zone, true);
            pz_buf_puts(b, " -> ");
            value_text(b, t->element, &v->map.vals[i], style, zone, true);
        } else {
            value_text(b, array ? t->element : t->fields[i].type, &v->list.items[i], style, zone, true);
        }
    }
    pz_buf_putc(b, array ? ']' : '}');
}

/* SQL: ARRAY(1, 2)   MAP(k, v)   NAMED_STRUCT('a', 1) */
static void
container_sql(pz_buf *b, const pz_type *t, const pz_value *v, const pz_zone *zone)
{
    int n = t->id == PZ_T_MAP ? v->map.n : v->list.n;
    pz_buf_puts(b, t->id == PZ_T_ARRAY ? "ARRAY(" : t->id == PZ_T_MAP ? "MAP(" : "NAMED_STRUCT(");
    for (int i = 0; i < n; i++) {
        if (i) pz_buf_puts(b, ", ");
        if (t->id == PZ_T_MAP) {
            value_text(b, t->key, &v->map.keys[i], PZ_TEXT_SQL, zone, true);
            pz_buf_puts(b, ", ");
            value_text(b, t->element, &v->map.vals[i], PZ_TEXT_SQL, zone, true);
            continue;
        }
        if (t->id == PZ_T_STRUCT) {
            pz_sql_text(b, t->fields[i].name);
            pz_buf_puts(b, ", ");
        }
        value_text(b, t->id == PZ_T_ARRAY ? t->element : t->fields[i].type, &v->list.items[i], PZ_TEXT_SQL, zone, true);
    }
    pz_buf_putc(b, ')');
}

/* Literals in SQL say their type: 1L, 1.5D, DATE '2024-01-01'. */
static bool
sql_text(pz_buf *b, const pz_type *t, const pz_value *v, const pz_zone *zone)
{
    switch (t->id) {
    case PZ_T_BYTE: pz_buf_printf(b, "%lldY", (long long)v->i); return true;
    case PZ_T_SHORT: pz_buf_printf(b, "%lldS", (long long)v->i); return true;
    case PZ_T_LONG: pz_buf_printf(b, "%lldL", (long long)v->i); return true;
    case PZ_T_FLOAT: case PZ_T_DOUBLE:
        if (isfinite(v->d)) {
            if (t->id == PZ_T_FLOAT) {
                pz_buf_puts(b, "CAST(");
                pz_float_text(b, (float)v->d);
                pz_buf_puts(b, " AS FLOAT)");
            } else {
                pz_double_text(b, v->d);
                pz_buf_putc(b, 'D');
            }
        } else {
            pz_buf_puts(b, "CAST('");
            special_text(b, v->d);
            pz_buf_printf(b, "' AS %s)", t->id == PZ_T_FLOAT ? "FLOAT" : "DOUBLE");
        }
        return true;
    case PZ_T_DECIMAL: pz_decimal_text(b, v->dec, t->scale); pz_buf_puts(b, "BD"); return true;
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: pz_sql_text(b, v->s); return true;
    case PZ_T_BINARY: hex_text(b, v->s, "X'", "", "'"); return true;
    case PZ_T_DATE: pz_buf_puts(b, "DATE '"); pz_date_text(b, v->i); pz_buf_putc(b, '\''); return true;
    case PZ_T_TIMESTAMP: pz_buf_puts(b, "TIMESTAMP '"); local_text(b, v->i, zone); pz_buf_putc(b, '\''); return true;
    case PZ_T_TIMESTAMP_NTZ: pz_buf_puts(b, "TIMESTAMP_NTZ '"); pz_timestamp_text(b, v->i); pz_buf_putc(b, '\''); return true;
    case PZ_T_TIME: pz_buf_puts(b, "TIME '"); pz_time_text(b, v->i); pz_buf_putc(b, '\''); return true;
    case PZ_T_CALENDAR_INTERVAL:
        pz_buf_puts(b, "INTERVAL '");
        pz_calendar_interval_text(b, v->iv.months, v->iv.days, v->iv.micros);
        pz_buf_putc(b, '\'');
        return true;
    case PZ_T_ARRAY: case PZ_T_MAP: case PZ_T_STRUCT: container_sql(b, t, v, zone); return true;
    default: return false;
    }
}

/* BigDecimal.toString(): an exponent once the first digit stands more than six places behind the point. */
static void
scientific_decimal(pz_buf *b, __int128 v, int scale)
{
    pz_buf d;
    pz_buf_init(&d, 0);
    pz_decimal_text(&d, v < 0 ? -v : v, 0);
    int exponent = (int)d.len - 1 - scale;
    if (scale == 0 || exponent >= -6) {
        pz_decimal_text(b, v, scale);
    } else {
        if (v < 0) pz_buf_putc(b, '-');
        pz_buf_putc(b, d.ptr[0]);
        if (d.len > 1) pz_buf_putc(b, '.');
        pz_buf_add(b, d.ptr + 1, d.len - 1);
        pz_buf_printf(b, "E%d", exponent);
    }
    pz_buf_free(&d);
}

/* Variants print as JSON; the printer is with the JSON functions and may be missing in small programs. */
extern void pz_variant_json(pz_buf *b, pz_str value, pz_str metadata, const pz_zone *zone) __attribute__((weak));

static void
value_text(pz_buf *b, const pz_type *t, const pz_value *v, pz_text_style style, const pz_zone *zone, bool inner)
{
    while (t->id == PZ_T_UDT && t->element) t = t->element;
    if (v->null) {
        null_text(b, t, style, inner);
        return;
    }
    if (style == PZ_TEXT_SQL && sql_text(b, t, v, zone)) return;
    switch (t->id) {
    case PZ_T_VOID: null_text(b, t, style, inner); break;
    case PZ_T_BOOLEAN: pz_buf_puts(b, v->b ? "true" : "false"); break;
    case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_LONG: pz_buf_printf(b, "%lld", (long long)v->i); break;
    case PZ_T_FLOAT: pz_float_text(b, (float)v->d); break;
    case PZ_T_DOUBLE: pz_double_text(b, v->d); break;
    case PZ_T_DECIMAL:
        if (style == PZ_TEXT_LEGACY) scientific_decimal(b, v->dec, t->scale);
        else pz_decimal_text(b, v->dec, t->scale);
        break;
    case PZ_T_BINARY:
        if (style == PZ_TEXT_SHOW) {
            hex_text(b, v->s, "[", " ", "]");
            break;
        } /* fall through */
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: pz_buf_str(b, v->s); break;
    case PZ_T_DATE: pz_date_text(b, v->i); break;
    case PZ_T_TIMESTAMP: local_text(b, v->i, zone); break;
    case PZ_T_TIMESTAMP_NTZ: pz_timestamp_text(b, v->i); break;
    case PZ_T_TIMESTAMP_LTZ_NANOS: nanos_text(b, v->i, zone); break;
    case PZ_T_TIMESTAMP_NTZ_NANOS: nanos_text(b, v->i, NULL); break;
    case PZ_T_TIME: pz_time_text(b, v->i); break;
    case PZ_T_CALENDAR_INTERVAL: pz_calendar_interval_text(b, v->iv.months, v->iv.days, v->iv.micros); break;
    case PZ_T_YM_INTERVAL: pz_ym_text(b, v->i, t->start, t->end); break;
    case PZ_T_DT_INTERVAL: pz_dt_text(b, v->i, t->start, t->end); break;
    case PZ_T_VARIANT:
        if (pz_variant_json) pz_variant_json(b, v->list.items[0].s, v->list.items[1].s, zone);
        break;
    case PZ_T_ARRAY: case PZ_T_MAP: case PZ_T_STRUCT: container_text(b, t, v, style, zone); break;
    default: pz_buf_puts(b, "?"); break;
    }
}

void
pz_value_text(pz_buf *b, const pz_type *t, const pz_value *v, pz_text_style style, const pz_zone *zone)
{
    value_text(b, t, v, style, zone, false);
}

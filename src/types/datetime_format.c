/*
 * types/datetime_format.c - print a wall clock by a compiled pattern.
 *
 * Things start at pz_datetime_format(); one function per kind of element.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datetime_pattern.h"

#define DAY_US 86400000000ll
enum { MAX_OPEN = 64 };

typedef struct clock {                         /* the parts of what is printed */
    int64_t year, days, utc;
    int month, day, hour, minute, second, micros, weekday; /* weekday: 0 is Monday */
    const pz_zone *zone;
    bool legacy;                               /* as SimpleDateFormat has it, for people whose weeks begin on Sunday; Julian before 1582-10-15 */
} clock;

static void
split(clock *c, int64_t local)
{
    c->days = pz_floor_div(local, DAY_US);
    int64_t rest = local - c->days * DAY_US;
    pz_civil_from_days(c->days, &c->year, &c->month, &c->day);
    c->micros = (int)(rest % 1000000);
    rest /= 1000000;
    c->second = (int)(rest % 60);
    c->minute = (int)(rest / 60 % 60);
    c->hour = (int)(rest / 3600);
    c->weekday = (int)pz_floor_mod(c->days + 3, 7);
}

/* Days since 1970 of a date as the calendar of its time has it. */
static int64_t
hybrid_days(int64_t y, int m, int d)
{
    if (y > 1582 || (y == 1582 && (m > 10 || (m == 10 && d >= 15)))) return pz_days_from_civil(y, m, d);
    return pz_julian_days(y, m, d);
}

/* The days that the change of calendars left out are shown as the first one after it. */
static void
to_hybrid(clock *c)
{
    if (c->year == 1582 && c->month == 10 && c->day > 4 && c->day < 15) c->day = 15;
    c->days = hybrid_days(c->year, c->month, c->day);
    c->weekday = (int)pz_floor_mod(c->days + 3, 7);
}

/* The week of the year with Sunday first, where the week of January 1 is the first; *year is the one it belongs to. */
static int64_t
sunday_week(const clock *c, int64_t *year)
{
    int64_t sunday = c->days - (c->weekday + 1) % 7, next = hybrid_days(c->year + 1, 1, 1), first = hybrid_days(c->year, 1, 1);
    *year = c->year;
    if (sunday + 6 >= next) {
        *year = c->year + 1;
        return 1;
    }
    return (c->days - first + pz_floor_mod(first + 4, 7)) / 7 + 1;
}

/* Letters that SimpleDateFormat understands in another way, or alone. */
static int64_t
legacy_number(const clock *c, char letter)
{
    int64_t year, week = sunday_week(c, &year), first = hybrid_days(c->year, c->month, c->year == 1582 && c->month == 10 && c->day >= 15 ? 15 : 1);
    switch (letter) {
    case 'F': return (c->days - first) / 7 + 1;
    case 'W': return (c->days - first + pz_floor_mod(first + 4, 7)) / 7 + 1;
    case 'w': return week;
    case 'D': return c->days - hybrid_days(c->year, 1, 1) + 1;
    default: return year;
    }
}

static int64_t
number(const clock *c, char letter)
{
    if (c->legacy && strchr("FWwYD", letter)) return legacy_number(c, letter);
    switch (letter) {
    case 'u': return c->year;
    case 'y': return c->year > 0 ? c->year : 1 - c->year;
    case 'M': case 'L': return c->month;
    case 'd': return c->day;
    case 'D': return c->days - pz_days_from_civil(c->year, 1, 1) + 1;
    case 'F': return (c->day - 1) % 7 + 1;
    case 'Q': case 'q': return (c->month - 1) / 3 + 1;
    case 'H': return c->hour;
    case 'k': return c->hour == 0 ? 24 : c->hour;
    case 'K': return c->hour % 12;
    case 'h': return c->hour % 12 == 0 ? 12 : c->hour % 12;
    case 'm': return c->minute;
    case 's': return c->second;
    case 'e': return c->weekday + 1;           /* SimpleDateFormat's u */
    default: return 0;
    }
}

int64_t
pz_datetime_old_field(int64_t local_micros, char letter)
{
    clock c = {.legacy = true};
    split(&c, local_micros);
    to_hybrid(&c);
    return number(&c, letter);
}

static void
put_number(const pz_dp_element *e, int64_t v, pz_buf *out)
{
    if (v < 0) pz_buf_printf(out, "-%0*lld", e->min, (long long)-v);
    else if (e->exceeds_pad && v >= (int64_t)pz_pow10(e->min)) pz_buf_printf(out, "+%lld", (long long)v);
    else pz_buf_printf(out, "%0*lld", e->min, (long long)v);
}

static void
put_fraction(const pz_dp_element *e, int micros, pz_buf *out)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%06d000", micros);
    for (int i = 0; i < e->max; i++) pz_buf_putc(out, i < 9 ? digits[i] : '0');
}

/* In another language. */
static void
put_local_name(const pz_locale *l, const pz_dp_element *e, const clock *c, pz_buf *out)
{
    bool full = e->count >= 4;
    int at;
    switch (e->letter) {
    case 'a': at = PZ_NAME_HALVES + (c->hour >= 12); break;
    case 'G': at = (full ? PZ_NAME_ERAS_LONG : PZ_NAME_ERAS_SHORT) + (c->year > 0); break;
    case 'E': at = (full ? PZ_NAME_DAYS_LONG : PZ_NAME_DAYS_SHORT) + c->weekday; break;
    case 'Q': case 'q': at = (full ? PZ_NAME_QUARTERS_LONG : PZ_NAME_QUARTERS_SHORT) + (c->month - 1) / 3; break;
    case 'L': at = (full ? PZ_NAME_ALONE_LONG : PZ_NAME_ALONE_SHORT) + c->month - 1; break;
    default: at = (full ? PZ_NAME_MONTHS_LONG : PZ_NAME_MONTHS_SHORT) + c->month - 1; break;
    }
    pz_buf_str(out, pz_locale_text(l, at));
}

static void
put_name(const pz_dp_element *e, const clock *c, pz_buf *out)
{
    static const char *const quarters[] = {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
    int quarter = (c->month - 1) / 3;
    bool full = e->count >= 4 && !(c->legacy && e->letter == 'G');
    switch (e->letter) {
    case 'a': pz_buf_puts(out, c->hour < 12 ? "AM" : "PM"); break;
    case 'G': pz_buf_puts(out, c->year > 0 ? (full ? "Anno Domini" : "AD") : full ? "Before Christ" : "BC"); break;
    case 'E': pz_buf_printf(out, "%.*s", full ? 99 : 3, pz_day_names[c->weekday]); break;
    case 'Q': case 'q':
        if (full) pz_buf_puts(out, quarters[quarter]);
        else pz_buf_printf(out, "Q%d", quarter + 1);
        break;
    default: pz_buf_printf(out, "%.*s", full ? 99 : 3, pz_month_names[c->month - 1]); break;
    }
}

/* (+|-)HH[:MM[:SS]] with minutes and seconds as asked: 0 never, 1 if not zero, 2 always */
static void
put_offset(int seconds, const char *colon, int minutes, int last, pz_buf *out)
{
    int s = abs(seconds), h = s / 3600, m = s / 60 % 60;
    pz_buf_printf(out, "%c%02d", seconds < 0 ? '-' : '+', h);
    s %= 60;
    if (minutes == 2 || (minutes == 1 && (m || s))) pz_buf_printf(out, "%s%02d", colon, m);
    if (last && s) pz_buf_printf(out, "%s%02d", colon, s);
}

/* GMT-8, GMT-08:00 */
static void
put_localized(int seconds, bool full, pz_buf *out)
{
    int s = abs(seconds), h = s / 3600, m = s / 60 % 60;
    pz_buf_puts(out, "GMT");
    if (seconds == 0) return;
    pz_buf_printf(out, full ? "%c%02d" : "%c%d", seconds < 0 ? '-' : '+', h);
    s %= 60;
    if (full || m || s) pz_buf_printf(out, ":%02d", m);
    if (s) pz_buf_printf(out, ":%02d", s);
}

static const int64_t before_1900 = -2208988800000000ll;        /* where the old time zones know of no changes */

static void
put_zone_offset(const pz_dp_element *e, const clock *c, pz_buf *out)
{
    int saving, seconds = pz_zone_offset_at(c->zone, c->utc, NULL), n = c->legacy && e->letter == 'Z' ? 1 : e->count;
    if (c->legacy && c->utc < before_1900) seconds = pz_zone_standard(c->zone, &saving);
    if (e->letter == 'O' || (e->letter == 'Z' && n == 4)) {
        put_localized(seconds, n == 4, out);
        return;
    }
    if (e->letter == 'Z' && n < 4) {
        put_offset(seconds, "", 2, 0, out);
        return;
    }
    bool z = e->letter == 'X' || e->letter == 'Z';
    if (seconds == 0 && z) {
        pz_buf_putc(out, 'Z');
        return;
    }
    put_offset(seconds, n == 3 || n == 5 ? ":" : "", n == 1 ? !c->legacy : 2, n >= 4, out);
}

/* What a time of day can show. */
static bool
is_of_time(const pz_dp_element *e)
{
    if (e->kind == PZ_DP_NUMBER) return strchr("HkKhms", e->letter) != NULL;
    return e->kind == PZ_DP_TEXT || e->kind == PZ_DP_FRACTION || e->kind == PZ_DP_OPEN || e->kind == PZ_DP_CLOSE || (e->kind == PZ_DP_NAME && e->letter == 'a');
}

static pz_status
raise_no_time(const pz_datetime_pattern *p, pz_error *err)
{
    pz_buf b;
    pz_value text = {.s = p->text};
    pz_buf_init(&b, 0);
    pz_value_text(&b, &pz_t_string, &text, PZ_TEXT_SQL, NULL);
    pz_buf_putc(&b, 0);
    pz_raise(err, PZ_ERR_INVALID_PARAMETER_VALUE_PATTERN, PZ_NO_ORIGIN, "functionName", "`date_format`", "parameter", "`format`", "value", b.ptr, NULL);
    pz_buf_free(&b);
    return PZ_FAIL;
}

pz_status
pz_datetime_format(const pz_datetime_pattern *p, int64_t local_micros, int64_t utc_micros, const pz_zone *zone, pz_buf *out, pz_error *err)
{
    clock c = {.utc = utc_micros, .zone = zone, .legacy = p->policy == PZ_TIME_LEGACY};
    if (!zone && p->bad != PZ_ERR_NONE) return pz_datetime_pattern_refuse(p, err);
    PZ_TRY(pz_datetime_pattern_check(p, err));
    int open[MAX_OPEN], depth = 0;             /* optional sections begun, and how much was printed before each */
    size_t before[MAX_OPEN];
    split(&c, local_micros);
    if (c.legacy) to_hybrid(&c);
    for (int i = 0; i < p->n; i++) {
        const pz_dp_element *e = &p->list[i];
        if (!zone && !is_of_time(e)) {         /* drops its optional section */
            if (!depth) return raise_no_time(p, err);
            out->len = before[--depth];
            i = p->list[open[depth]].match;
            continue;
        }
        if (e->kind == PZ_DP_CLOSE && depth) depth--;
        if (e->kind == PZ_DP_OPEN && depth < MAX_OPEN) {
            open[depth] = i;
            before[depth++] = out->len;
        }
        switch (e->kind) {
        case PZ_DP_TEXT: pz_buf_str(out, e->text); break;
        case PZ_DP_NUMBER: put_number(e, number(&c, e->letter), out); break;
        case PZ_DP_REDUCED:
            if (e->letter == 'Y') put_number(e, number(&c, e->letter) % 100, out);
            else pz_buf_printf(out, "%02d", (int)(llabs(number(&c, e->letter)) % 100));
            break;
        case PZ_DP_FRACTION:
            if (c.legacy) pz_buf_printf(out, "%0*d", e->max, c.micros / 1000);        /* milliseconds, however many letters */
            else put_fraction(e, c.micros, out);
            break;
        case PZ_DP_NAME:
            if (p->locale) put_local_name(p->locale, e, &c, out);
            else put_name(e, &c, out);
            break;
        case PZ_DP_ZONE:
            if (e->letter == 'V') pz_buf_str(out, pz_zone_id(zone));
            else if (c.legacy && strchr("+-", pz_zone_id(zone).ptr[0])) pz_buf_printf(out, "GMT" PZ_FMT, PZ_ARG(pz_zone_id(zone)));
            else pz_zone_name_text(out, zone, utc_micros, e->letter == 'v', e->count == 4 || (c.legacy && e->count > 4));
            break;
        case PZ_DP_OFFSET: put_zone_offset(e, &c, out); break;
        case PZ_DP_OPEN: case PZ_DP_CLOSE: break;
        }
    }
    return PZ_OK;
}

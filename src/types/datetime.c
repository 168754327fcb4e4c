/*
 * types/datetime.c - dates, times and timestamps: civil calendar, texts, and Spark's parsing rules for CAST.
 *
 * Days and microseconds count from 1970-01-01 of the proleptic Gregorian calendar.  Things start at pz_date_parse() and
 * pz_timestamp_parse(); texts with a pattern are in datetime_pattern.c.
 */
#include "types.h"

#define DAY_US 86400000000ll

int64_t
pz_floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return q - (a % b < 0);
}

int64_t
pz_floor_mod(int64_t a, int64_t b)
{
    int64_t m = a % b;
    return m < 0 ? m + b : m;
}

/* ---------------------------------------------------------------- calendar */

/* By the Julian calendar. */
int64_t
pz_julian_days(int64_t y, int m, int d)
{
    int64_t from_march = m > 2 ? y : y - 1;
    return from_march * 365 + pz_floor_div(from_march, 4) + (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 719471;
}

/* Years are counted from March, so that the leap day is the last one. */
int64_t
pz_days_from_civil(int64_t y, int m, int d)
{
    y -= m <= 2;
    int64_t era = pz_floor_div(y, 400), yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

void
pz_civil_from_days(int64_t days, int64_t *y, int *m, int *d)
{
    days += 719468;
    int64_t era = pz_floor_div(days, 146097), doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    *d = (int)(doy - (153 * mp + 2) / 5 + 1);
    *m = (int)(mp < 10 ? mp + 3 : mp - 9);
    *y = yoe + era * 400 + (*m <= 2);
}

int
pz_month_length(int64_t y, int m)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    return length[m - 1] + (m == 2 && leap);
}

bool
pz_date_valid(int64_t y, int m, int d)
{
    return y >= -999999999 && y <= 999999999 && m >= 1 && m <= 12 && d >= 1 && d <= pz_month_length(y, m);
}

int64_t
pz_month_add(int64_t days, int64_t months)
{
    int64_t y;
    int m, d;
    pz_civil_from_days(days, &y, &m, &d);
    int64_t count = y * 12 + (m - 1) + months;
    y = pz_floor_div(count, 12);
    m = (int)pz_floor_mod(count, 12) + 1;
    int last = pz_month_length(y, m);
    return pz_days_from_civil(y, m, d > last ? last : d);
}

/* ---------------------------------------------------------------- texts */

static char *
put2(char *p, int v)
{
    p[0] = (char)('0' + v / 10);
    p[1] = (char)('0' + v % 10);
    return p + 2;
}

/* Microseconds of a day as 01:02:03[.5]; the end of what was written. */
static char *
put_time(char *p, int64_t micros)
{
    int s = (int)(micros / 1000000), fraction = (int)(micros % 1000000);
    p = put2(p, s / 3600);
    *p++ = ':';
    p = put2(p, s / 60 % 60);
    *p++ = ':';
    p = put2(p, s % 60);
    if (fraction == 0) return p;
    *p++ = '.';
    for (int unit = 100000; fraction; unit /= 10) {
        *p++ = (char)('0' + fraction / unit);
        fraction %= unit;
    }
    return p;
}

void
pz_date_text(pz_buf *b, int64_t days)
{
    char text[16];
    int64_t y;
    int m, d;
    pz_civil_from_days(days, &y, &m, &d);
    if (y < 0 || y > 9999) {
        pz_buf_printf(b, y < 0 ? "-%04lld-%02d-%02d" : "+%lld-%02d-%02d", (long long)(y < 0 ? -y : y), m, d);
        return;
    }
    char *p = put2(put2(text, (int)y / 100), (int)y % 100);
    *p++ = '-';
    p = put2(p, m);
    *p++ = '-';
    p = put2(p, d);
    pz_buf_add(b, text, (size_t)(p - text));
}

void
pz_time_text(pz_buf *b, int64_t micros)
{
    char text[24];
    pz_buf_add(b, text, (size_t)(put_time(text, micros) - text));
}

void
pz_timestamp_text(pz_buf *b, int64_t local_micros)
{
    int64_t days = pz_floor_div(local_micros, DAY_US);
    pz_date_text(b, days);
    pz_buf_putc(b, ' ');
    pz_time_text(b, local_micros - days * DAY_US);
}

/* ---------------------------------------------------------------- CAST(string AS DATE) */

static bool
digits_fit(int segment, int digits, int year_max)
{
    return segment == 0 ? digits >= 4 && digits <= year_max : digits > 0 && digits <= 2;
}

/* date: [+-] y{4,7} [ - m{1,2} [ - d{1,2} [ (' ' | 'T') anything ] ] ] */
bool
pz_date_parse(pz_str s, int32_t *days)
{
    int64_t part[3] = {1, 1, 1}, cur = 0;
    int i = 0, digits = 0;
    size_t j = 0;
    s = pz_str_trim(s);
    if (s.len == 0) return false;
    bool negative = s.ptr[0] == '-';
    if (negative || s.ptr[0] == '+') j++;
    for (; j < s.len && s.ptr[j] != ' ' && s.ptr[j] != 'T'; j++) {
        char c = s.ptr[j];
        if (c == '-' && i < 2) {
            if (!digits_fit(i, digits, 7)) return false;
            part[i++] = cur;
            cur = digits = 0;
        } else if (c >= '0' && c <= '9') {
            if (++digits > 9) return false;
            cur = cur * 10 + (c - '0');
        } else {
            return false;
        }
    }
    if (!digits_fit(i, digits, 7) || (i < 2 && j < s.len)) return false;
    part[i] = cur;
    if (negative) part[0] = -part[0];
    if (!pz_date_valid(part[0], (int)part[1], (int)part[2])) return false;
    int64_t at = pz_days_from_civil(part[0], (int)part[1], (int)part[2]);
    *days = (int32_t)at;
    return at == *days;
}

/* ---------------------------------------------------------------- CAST(string AS TIMESTAMP) */

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MICROS, AFTER };
typedef struct pieces {
    int64_t part[AFTER + 1];
    pz_str zone;                               /* ptr NULL: none written */
    bool just_time;
} pieces;

static bool
piece_fits(int i, int digits)
{
    if (i == MICROS) return true;
    if (i == YEAR) return digits >= 4 && digits <= 6;
    if (i == AFTER) return digits <= 2;
    return digits > 0 && digits <= 2;
}

/* What may end the segment i when `c` follows it; the next segment, or -1. */
static int
next_segment(int i, char c, bool signed_year, pieces *p)
{
    switch (i) {
    case YEAR:
        if (c == ':' && !signed_year) {
            p->just_time = true;
            return MINUTE;
        } /* fall through */
    case MONTH: return c == '-' ? i + 1 : -1;
    case DAY: return c == ' ' || c == 'T' ? HOUR : -1;
    case HOUR: case MINUTE: return c == ':' ? i + 1 : -1;
    case SECOND: return c == '.' ? MICROS : AFTER;
    case MICROS: return AFTER;
    default: return -1;
    }
}

/* timestamp: date [(' '|'T') h [: m [: s [. fraction] [zone]]]]   or a time alone: [T] h : m [: s ...] */
static bool
split_timestamp(pz_str s, pieces *p)
{
    int64_t cur = 0;
    int i = YEAR, digits = 0, fraction = 0;
    size_t j = 0;
    *p = (pieces){.part = {1, 1, 1, 0, 0, 0, 0, 0}};
    if (s.len == 0) return false;
    bool negative = s.ptr[0] == '-', sign = negative || s.ptr[0] == '+';
    if (sign) j++;
    for (; j < s.len; j++) {
        char c = s.ptr[j];
        if (c >= '0' && c <= '9') {
            if (i == MICROS) fraction++;
            if (i != MICROS || digits < 6) cur = cur * 10 + (c - '0');
            if (++digits > 9 && i != MICROS) return false;
            continue;
        }
        if (j == 0 && c == 'T') {
            p->just_time = true;
            i = HOUR;
            continue;
        }
        int next = next_segment(i, c, sign, p);
        int filled = i == YEAR && next == MINUTE ? HOUR : i;
        if (next < 0 || !piece_fits(filled, digits)) return false;
        p->part[filled] = cur;
        cur = digits = 0;
        i = next;
        if (i == AFTER) {
            p->zone = (pz_str){s.ptr + j, s.len - j};
            break;
        }
    }
    if (!piece_fits(i, digits)) return false;
    p->part[i] = i == AFTER ? 0 : cur;
    for (; fraction < 6; fraction++) p->part[MICROS] *= 10;
    if (negative) p->part[YEAR] = -p->part[YEAR];
    return true;
}

static bool
combine_micros(int64_t days, int64_t of_day, int64_t *out)
{
    return !__builtin_mul_overflow(days, DAY_US, out) && !__builtin_add_overflow(*out, of_day, out);
}

bool
pz_timestamp_parse(pz_str s, const pz_zone *zone, bool ntz, int64_t *micros)
{
    pieces p;
    int64_t local, days;
    if (!split_timestamp(pz_str_trim(s), &p)) return false;
    if (p.zone.ptr) {
        const pz_zone *own = pz_zone_find(pz_str_trim(p.zone));
        if (!own) return false;
        if (!ntz) zone = own;
    }
    if (p.part[HOUR] > 23 || p.part[MINUTE] > 59 || p.part[SECOND] > 59) return false;
    if (p.just_time) {
        if (ntz) return false;
        days = pz_floor_div(pz_zone_to_local(zone, pz_now_micros()), DAY_US);
    } else {
        if (!pz_date_valid(p.part[YEAR], (int)p.part[MONTH], (int)p.part[DAY])) return false;
        days = pz_days_from_civil(p.part[YEAR], (int)p.part[MONTH], (int)p.part[DAY]);
    }
    int64_t of_day = ((p.part[HOUR] * 60 + p.part[MINUTE]) * 60 + p.part[SECOND]) * 1000000 + p.part[MICROS];
    if (!combine_micros(days, of_day, &local)) return false;
    *micros = ntz ? local : pz_zone_to_utc(zone, local);
    return true;
}

/* ---------------------------------------------------------------- CAST(string AS TIME) */

/* time: [T] h : m [: s [. fraction]] [(AM|PM)] */
bool
pz_time_parse(pz_str s, int64_t *micros)
{
    pieces p;
    s = pz_str_trim(s);
    int half = -1;
    if (s.len > 2 && (s.ptr[s.len - 1] == 'M' || s.ptr[s.len - 1] == 'm')) {
        char h = s.ptr[s.len - 2];
        half = h == 'P' || h == 'p' ? 1 : h == 'A' || h == 'a' ? 0 : -1;
        if (half < 0) return false;
        s = pz_str_trim((pz_str){s.ptr, s.len - 2});
    }
    if (!split_timestamp(s, &p) || !p.just_time || p.zone.ptr) return false;
    if (half >= 0) {
        if (p.part[HOUR] < 1 || p.part[HOUR] > 12) return false;
        p.part[HOUR] = p.part[HOUR] % 12 + 12 * half;
    }
    if (p.part[HOUR] > 23 || p.part[MINUTE] > 59 || p.part[SECOND] > 59) return false;
    *micros = ((p.part[HOUR] * 60 + p.part[MINUTE]) * 60 + p.part[SECOND]) * 1000000 + p.part[MICROS];
    return true;
}

/* ---------------------------------------------------------------- special texts */

/* Kind of day (-1 yesterday, 0 today, 1 tomorrow), 2 for now, 3 for epoch; the zone written after it, if any. */
static bool
special(pz_str s, const pz_zone **zone, int *kind)
{
    static const struct { const char *word; int kind; } words[] = {
        {"epoch", 3}, {"now", 2}, {"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};
    size_t n = 0;
    s = pz_str_trim(s);
    while (n < s.len && ((s.ptr[n] | 32) >= 'a' && (s.ptr[n] | 32) <= 'z')) n++;
    for (size_t i = 0; i < PZ_COUNTOF(words); i++) {
        if (!pz_str_ieqc((pz_str){s.ptr, n}, words[i].word)) continue;
        pz_str rest = pz_str_trim((pz_str){s.ptr + n, s.len - n});
        *kind = words[i].kind;
        if (rest.len == 0) return true;
        if (*kind == 2) return false;
        *zone = pz_zone_find(rest);
        return *zone != NULL;
    }
    return false;
}

bool
pz_timestamp_special(pz_str s, const pz_zone *zone, bool ntz, int64_t now_micros, int64_t *micros)
{
    int kind;
    if (!special(s, &zone, &kind)) return false;
    if (kind == 3) *micros = 0;
    else if (kind == 2) *micros = ntz ? pz_zone_to_local(zone, now_micros) : now_micros;
    else {
        int64_t day = (pz_floor_div(pz_zone_to_local(zone, now_micros), DAY_US) + kind) * DAY_US;
        *micros = ntz ? day : pz_zone_to_utc(zone, day);
    }
    return true;
}

bool
pz_date_special(pz_str s, const pz_zone *zone, int64_t now_micros, int32_t *days)
{
    int kind;
    if (!special(s, &zone, &kind)) return false;
    int64_t today = pz_floor_div(pz_zone_to_local(zone, now_micros), DAY_US);
    *days = (int32_t)(kind == 3 ? 0 : kind == 2 ? today : today + kind);
    return true;
}

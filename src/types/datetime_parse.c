/*
 * types/datetime_parse.c - read a text by a compiled pattern, as java.time does under the strict resolver.
 *
 * In: a pattern and a text.  Out: a wall clock and the zone written in the text, or why not.
 * Elements fill fields one by one (read_*); an optional section that fails puts back what it filled; resolve_*() then make date and
 * time of the fields.  Things start at pz_datetime_parse().
 */
#include "datetime_pattern.h"

#define DAY_US 86400000000ll

/* Fields by their letters; `has` says which are filled. */
enum { F_YEAR, F_YEAR_OF_ERA, F_ERA, F_MONTH, F_DAY, F_DOY, F_HOUR, F_CLOCK_HOUR, F_HOUR12, F_CLOCK_HOUR12, F_HALF, F_MINUTE, F_SECOND, F_NANO, F_COUNT };

typedef struct fields {
    int64_t v[F_COUNT];
    bool has[F_COUNT];
    const pz_zone *zone;
} fields;

typedef struct reader {
    const pz_datetime_pattern *p;
    pz_str s;
    size_t at;
    size_t error_at;
    fields f;
    pz_arena *a;
    pz_str why;                                /* a value out of its range, in Java's words */
} reader;

static const struct { char letter; int field; int low, high; const char *name; } letters[] = {
    {'u', F_YEAR, -999999999, 999999999, "Year"}, {'y', F_YEAR_OF_ERA, 1, 1000000000, "YearOfEra"}, {'M', F_MONTH, 1, 12, "MonthOfYear"},
    {'L', F_MONTH, 1, 12, "MonthOfYear"}, {'d', F_DAY, 1, 31, "DayOfMonth"}, {'D', F_DOY, 1, 366, "DayOfYear"}, {'H', F_HOUR, 0, 23, "HourOfDay"},
    {'k', F_CLOCK_HOUR, 1, 24, "ClockHourOfDay"}, {'K', F_HOUR12, 0, 11, "HourOfAmPm"}, {'h', F_CLOCK_HOUR12, 1, 12, "ClockHourOfAmPm"},
    {'m', F_MINUTE, 0, 59, "MinuteOfHour"}, {'s', F_SECOND, 0, 59, "SecondOfMinute"}};

static int
field_of(char letter)
{
    for (size_t i = 0; i < PZ_COUNTOF(letters); i++)
        if (letters[i].letter == letter) return letters[i].field;
    return -1;
}

/* A field read twice must agree. */
static bool
set_field(reader *r, int field, int64_t v, size_t error_at)
{
    if (field < 0) return true;
    if (r->f.has[field] && r->f.v[field] != v) {
        r->error_at = error_at;
        return false;
    }
    r->f.has[field] = true;
    r->f.v[field] = v;
    return true;
}

static bool
fail_at(reader *r, size_t at)
{
    r->error_at = at;
    return false;
}

/* ---------------------------------------------------------------- numbers */

/* Digits from `from`, at least `low`, at most `high`; the position after them, or 0 with error_at set. */
static bool
take_digits(reader *r, size_t from, int low, int high, int64_t *v, size_t *end)
{
    size_t i = from;
    *v = 0;
    for (; i < r->s.len && (int)(i - from) < high && r->s.ptr[i] >= '0' && r->s.ptr[i] <= '9'; i++)
        if (*v < INT64_MAX / 10 - 10) *v = *v * 10 + (r->s.ptr[i] - '0');
    *end = i;
    return (int)(i - from) >= low;
}

static bool
read_number(reader *r, const pz_dp_element *e)
{
    size_t start = r->at, from = r->at, end;
    int64_t v;
    char sign = from < r->s.len ? r->s.ptr[from] : 0;
    if (sign == '+' || sign == '-') {
        bool allowed = e->exceeds_pad || (!e->fixed && e->max == 19 && sign == '-');
        if (!allowed) return fail_at(r, start);
        from++;
    } else {
        sign = 0;
    }
    int high = e->max + (e->following > 0 ? e->following : 0);
    if (!take_digits(r, from, e->min, high > 19 ? 19 + (e->following > 0 ? e->following : 0) : high, &v, &end)) return fail_at(r, start);
    if (e->following > 0) {
        int parsed = (int)(end - from), keep = parsed - e->following;
        if (keep < e->min) keep = e->min;
        if (!take_digits(r, from, e->min, keep, &v, &end)) return fail_at(r, start);
    }
    if (sign == '-') {
        if (v == 0) return fail_at(r, start);
        v = -v;
    } else if (e->exceeds_pad) {
        int parsed = (int)(end - from);
        if (sign == '+' ? parsed <= e->min : parsed > e->min) return fail_at(r, start);
    }
    if (e->kind == PZ_DP_REDUCED) v += 2000;
    r->at = end;
    return set_field(r, field_of(e->letter), v, start);
}

static bool
read_fraction(reader *r, const pz_dp_element *e)
{
    int64_t v;
    size_t end;
    if (!take_digits(r, r->at, e->min, e->max, &v, &end)) return fail_at(r, end);
    for (size_t n = end - r->at; n < 9; n++) v *= 10;
    r->at = end;
    return set_field(r, F_NANO, v, end);
}

/* ---------------------------------------------------------------- names */

static bool
take_word(reader *r, pz_str word)
{
    if (r->s.len - r->at < word.len || !pz_str_ieq((pz_str){r->s.ptr + r->at, word.len}, word)) return false;
    r->at += word.len;
    return true;
}

static bool
read_month(reader *r, const pz_dp_element *e, bool any_style)
{
    size_t start = r->at;
    for (int style = 0; style < 2; style++) {
        bool full = style == 0;
        if (!any_style && full != (e->count == 4)) continue;
        for (int m = 0; m < 12; m++) {
            pz_str name = pz_str_c(pz_month_names[m]);
            if (!full) name.len = 3;
            if (take_word(r, name)) return set_field(r, F_MONTH, m + 1, start);
        }
    }
    return fail_at(r, start);
}

static bool
read_day_name(reader *r)
{
    for (int d = 0; d < 7; d++) {
        pz_str name = pz_str_c(pz_day_names[d]);
        if (take_word(r, name)) return true;
        name.len = 3;
        if (take_word(r, name)) return true;
    }
    return fail_at(r, r->at);
}

static bool
read_name(reader *r, const pz_dp_element *e)
{
    size_t start = r->at;
    bool legacy = r->p->policy == PZ_TIME_LEGACY, full = e->count >= 4;
    switch (e->letter) {
    case 'a':
        if (take_word(r, PZ_STR("AM"))) return set_field(r, F_HALF, 0, start);
        if (take_word(r, PZ_STR("PM"))) return set_field(r, F_HALF, 1, start);
        return fail_at(r, start);
    case 'G':
        if (take_word(r, full ? PZ_STR("Anno Domini") : PZ_STR("AD"))) return set_field(r, F_ERA, 1, start);
        if (take_word(r, full ? PZ_STR("Before Christ") : PZ_STR("BC"))) return set_field(r, F_ERA, 0, start);
        return fail_at(r, start);
    case 'M': case 'L': return read_month(r, e, legacy);
    case 'E': return read_day_name(r);
    default: return fail_at(r, start);
    }
}

/* ---------------------------------------------------------------- zones */

static int
two_digits(const reader *r, size_t at)
{
    if (at + 2 > r->s.len) return -1;
    char x = r->s.ptr[at], y = r->s.ptr[at + 1];
    return x >= '0' && x <= '9' && y >= '0' && y <= '9' ? (x - '0') * 10 + (y - '0') : -1;
}

/* (+|-)hh[:]mm[[:]ss]; minutes and seconds: 0 never, 1 may be there, 2 must be */
static bool
take_offset(reader *r, bool colon, int minutes, int seconds, int *out)
{
    size_t at = r->at;
    int part[3] = {0}, need[3] = {2, minutes, seconds};
    if (at >= r->s.len || (r->s.ptr[at] != '+' && r->s.ptr[at] != '-')) return false;
    bool negative = r->s.ptr[at++] == '-';
    for (int i = 0; i < 3 && need[i]; i++) {
        size_t from = at;
        if (i > 0 && colon) {
            if (from >= r->s.len || r->s.ptr[from] != ':') {
                if (need[i] == 2) return false;
                break;
            }
            from++;
        }
        part[i] = two_digits(r, from);
        if (part[i] < 0 || (i > 0 && part[i] > 59)) {
            if (need[i] == 2 || (i > 0 && colon)) return false;
            part[i] = 0;
            break;
        }
        at = from + 2;
    }
    *out = part[0] * 3600 + part[1] * 60 + part[2];
    if (*out > 18 * 3600) return false;
    if (negative) *out = -*out;
    r->at = at;
    return true;
}

static bool
set_zone(reader *r, const pz_zone *z, size_t start)
{
    if (!z || (r->f.zone && r->f.zone != z)) return fail_at(r, start);
    r->f.zone = z;
    return true;
}

/* GMT, GMT+8, GMT+08:00 */
static bool
read_localized(reader *r, bool full)
{
    size_t start = r->at;
    int seconds = 0;
    if (!take_word(r, PZ_STR("GMT"))) return fail_at(r, start);
    if (r->at < r->s.len && (r->s.ptr[r->at] == '+' || r->s.ptr[r->at] == '-')) {
        if (full || two_digits(r, r->at + 1) >= 0) {
            if (!take_offset(r, true, full ? 2 : 1, 1, &seconds)) return fail_at(r, start);
        } else {
            int64_t h;
            size_t end;
            bool negative = r->s.ptr[r->at] == '-';
            if (!take_digits(r, r->at + 1, 1, 1, &h, &end)) return fail_at(r, start);
            seconds = (int)h * 3600;
            r->at = end;
            if (r->at < r->s.len && r->s.ptr[r->at] == ':' && two_digits(r, r->at + 1) >= 0) {
                seconds += two_digits(r, r->at + 1) * 60;
                r->at += 3;
            }
            if (negative) seconds = -seconds;
        }
    }
    return set_zone(r, pz_zone_of_offset(seconds), start);
}

static bool
read_offset(reader *r, const pz_dp_element *e)
{
    size_t start = r->at;
    int n = e->count, seconds;
    bool z = e->letter == 'X' || (e->letter == 'Z' && n == 5);
    if (e->letter == 'O' || (e->letter == 'Z' && n == 4)) return read_localized(r, n == 4);
    if (z && take_word(r, PZ_STR("Z"))) return set_zone(r, pz_zone_of_offset(0), start);
    if (r->p->policy == PZ_TIME_LEGACY && e->letter == 'Z' && r->at < r->s.len && r->s.ptr[r->at] == 'G') return read_localized(r, false);
    bool plain = e->letter == 'Z' && n < 4;
    if (!take_offset(r, !plain && (n == 3 || n == 5), !plain && n == 1 ? 1 : 2, !plain && n >= 4 ? 1 : 0, &seconds)) return fail_at(r, start);
    return set_zone(r, pz_zone_of_offset(seconds), start);
}

/* The abbreviations people write; Java knows more through its locale data. */
static const pz_zone *
abbreviated(pz_str s)
{
    static const char *const names[][2] = {
        {"PST", "America/Los_Angeles"}, {"PDT", "America/Los_Angeles"}, {"MST", "America/Denver"}, {"MDT", "America/Denver"},
        {"CST", "America/Chicago"}, {"CDT", "America/Chicago"}, {"EST", "America/New_York"}, {"EDT", "America/New_York"},
        {"AKST", "America/Anchorage"}, {"AKDT", "America/Anchorage"}, {"HST", "Pacific/Honolulu"}, {"AST", "America/Halifax"},
        {"ADT", "America/Halifax"}, {"BST", "Europe/London"}, {"WET", "Europe/Lisbon"}, {"WEST", "Europe/Lisbon"}, {"CET", "Europe/Paris"},
        {"CEST", "Europe/Paris"}, {"EET", "Europe/Bucharest"}, {"EEST", "Europe/Bucharest"}, {"MSK", "Europe/Moscow"},
        {"JST", "Asia/Tokyo"}, {"KST", "Asia/Seoul"}, {"IST", "Asia/Kolkata"}, {"AEST", "Australia/Sydney"}, {"AEDT", "Australia/Sydney"},
        {"Pacific Standard Time", "America/Los_Angeles"}, {"Pacific Daylight Time", "America/Los_Angeles"},
        {"Eastern Standard Time", "America/New_York"}, {"Eastern Daylight Time", "America/New_York"},
        {"Central Standard Time", "America/Chicago"}, {"Central Daylight Time", "America/Chicago"},
        {"Mountain Standard Time", "America/Denver"}, {"Mountain Daylight Time", "America/Denver"},
        {"Coordinated Universal Time", "UTC"}, {"Greenwich Mean Time", "GMT"}, {"Japan Standard Time", "Asia/Tokyo"}};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_ieqc(s, names[i][0])) return pz_zone_find(pz_str_c(names[i][1]));
    return NULL;
}

static bool
is_zone_char(char c)
{
    return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9') || (c && strchr("/_+-:~.", c));
}

/* +hh:mm[:ss], alone or behind UTC, GMT or UT, which stand for themselves where no such offset follows.  false: it is none of these. */
static bool
read_offset_zone(reader *r, const pz_zone **z)
{
    static const char *const names[] = {"UTC", "GMT", "UT"};
    size_t start = r->at, n = 0;
    int seconds;
    char first = start < r->s.len ? r->s.ptr[start] : 0;
    *z = NULL;
    for (size_t i = 0; i < PZ_COUNTOF(names) && !n; i++)
        if (r->s.len - start >= strlen(names[i]) && pz_str_ieqc((pz_str){r->s.ptr + start, strlen(names[i])}, names[i])) n = strlen(names[i]);
    if (!n && first != '+' && first != '-') return false;
    r->at = start + n;
    if (take_offset(r, true, 2, 1, &seconds)) {
        *z = pz_zone_of_offset(seconds);
    } else if (n) {
        if (n == 3 && (first | 32) == 'g' && r->at < r->s.len && r->s.ptr[r->at] == '0') r->at++;     /* GMT0 is a zone */
        *z = pz_zone_find(PZ_STR("UTC"));
    }
    return true;
}

/* The longest text here that names a zone: an id, or for z an abbreviation or a name of several words. */
static bool
read_zone(reader *r, const pz_dp_element *e)
{
    size_t start = r->at, end = r->at;
    const pz_zone *z = NULL;
    if (read_offset_zone(r, &z)) {
        if (!z) r->at = start;
        return set_zone(r, z, start);
    }
    while (end < r->s.len && (is_zone_char(r->s.ptr[end]) || (e->letter != 'V' && r->s.ptr[end] == ' '))) end++;
    for (; end > start && !z; end--) {
        pz_str text = {r->s.ptr + start, end - start};
        if (e->letter != 'V') z = abbreviated(text);
        if (!z && !memchr(text.ptr, ' ', text.len) && !(text.len == 3 && e->letter == 'V' && !pz_str_ieqc(text, "UTC") && !pz_str_ieqc(text, "GMT")))
            z = pz_zone_find(text);
        if (z) r->at = end;
    }
    if (!z && start < r->s.len && (r->s.ptr[start] | 32) == 'z') {
        z = pz_zone_find(PZ_STR("UTC"));
        r->at = start + 1;
    }
    return set_zone(r, z, start);
}

/* ---------------------------------------------------------------- the walk */

static bool
read_text(reader *r, const pz_dp_element *e)
{
    size_t start = r->at;
    return take_word(r, e->text) || fail_at(r, start);
}

/* SimpleDateFormat reads as many digits as there are, unless another number follows at once. */
static bool
read_number_legacy(reader *r, const pz_dp_element *e)
{
    int64_t v;
    size_t end, start;
    while (r->at < r->s.len && (r->s.ptr[r->at] == ' ' || r->s.ptr[r->at] == '\t')) r->at++;
    start = r->at;
    bool run = e->following != 0;
    if (!take_digits(r, start, 1, run ? e->max : 18, &v, &end)) return fail_at(r, start);
    if (e->kind == PZ_DP_REDUCED && end - start == 2) v += 2000;
    r->at = end;
    return e->letter == 'e' || set_field(r, field_of(e->letter), v, start);
}

static bool
read_fraction_legacy(reader *r)
{
    int64_t v;
    size_t end, from = r->at;
    if (!take_digits(r, from, 1, 9, &v, &end)) return fail_at(r, from);
    if (v > 999) return fail_at(r, from);      /* milliseconds, however many letters */
    v *= 1000000;
    r->at = end;
    return set_field(r, F_NANO, v, from);
}

static bool
read_element(reader *r, const pz_dp_element *e)
{
    bool legacy = r->p->policy == PZ_TIME_LEGACY;
    switch (e->kind) {
    case PZ_DP_TEXT: return read_text(r, e);
    case PZ_DP_NUMBER: case PZ_DP_REDUCED: return legacy ? read_number_legacy(r, e) : read_number(r, e);
    case PZ_DP_FRACTION: return legacy ? read_fraction_legacy(r) : read_fraction(r, e);
    case PZ_DP_NAME: return read_name(r, e);
    case PZ_DP_ZONE: return read_zone(r, e);
    case PZ_DP_OFFSET: return read_offset(r, e);
    default: return true;
    }
}

static bool
read_range(reader *r, int from, int to)
{
    for (int i = from; i < to; i++) {
        const pz_dp_element *e = &r->p->list[i];
        if (e->kind != PZ_DP_OPEN) {
            if (!read_element(r, e)) return false;
            continue;
        }
        fields before = r->f;
        size_t at = r->at;
        if (!read_range(r, i + 1, e->match)) {
            r->f = before;
            r->at = at;
        }
        i = e->match;
    }
    return true;
}

/* ---------------------------------------------------------------- date and time of the fields */

static bool
in_ranges(reader *r)
{
    for (size_t i = 0; i < PZ_COUNTOF(letters); i++) {
        int64_t v = r->f.v[letters[i].field];
        if (!r->f.has[letters[i].field] || (v >= letters[i].low && v <= letters[i].high)) continue;
        const char *range = pz_strf(r->a, "%d - %d", letters[i].low, letters[i].high).ptr;
        if (letters[i].field == F_DAY) range = "1 - 28/31";
        if (letters[i].field == F_DOY) range = "1 - 365/366";
        r->why = pz_strf(r->a, "Invalid value for %s (valid values %s): %lld", letters[i].name, range, (long long)v);
        return false;
    }
    return true;
}

static const char *
upper_month(reader *r, int m)
{
    return pz_upper_ascii(r->a, pz_str_c(pz_month_names[m - 1])).ptr;
}

static bool
resolve_date(reader *r, int64_t *days)
{
    fields *f = &r->f;
    int64_t y = f->has[F_YEAR] ? f->v[F_YEAR] : 1970;
    int m = f->has[F_MONTH] ? (int)f->v[F_MONTH] : 1, d = f->has[F_DAY] ? (int)f->v[F_DAY] : 1;
    if (f->has[F_YEAR_OF_ERA]) y = f->has[F_ERA] && f->v[F_ERA] == 0 ? 1 - f->v[F_YEAR_OF_ERA] : f->v[F_YEAR_OF_ERA];
    if (d > pz_month_length(y, m)) {
        if (d == 29) r->why = pz_strf(r->a, "Invalid date 'February 29' as '%lld' is not a leap year", (long long)y);
        else r->why = pz_strf(r->a, "Invalid date '%s %d'", upper_month(r, m), d);
        return false;
    }
    *days = pz_days_from_civil(y, m, d);
    if (!f->has[F_DOY]) return true;
    if (f->v[F_DOY] == 366 && pz_month_length(y, 2) == 28) {
        r->why = pz_strf(r->a, "Invalid date 'DayOfYear 366' as '%lld' is not a leap year", (long long)y);
        return false;
    }
    int64_t by_day = pz_days_from_civil(y, 1, 1) + f->v[F_DOY] - 1;
    if ((f->has[F_MONTH] || f->has[F_DAY]) && by_day != *days) {
        r->why = PZ_STR("Conflict found: the day of the year differs from month and day");
        return false;
    }
    *days = by_day;
    return true;
}

static bool
resolve_time(reader *r, int64_t *micros, int *nanos)
{
    fields *f = &r->f;
    int64_t h = -1, half = -1;
    if (f->has[F_CLOCK_HOUR12]) half = f->v[F_CLOCK_HOUR12] % 12;
    if (f->has[F_HOUR12]) half = f->v[F_HOUR12];
    if (half >= 0) h = half + (f->has[F_HALF] ? 12 * f->v[F_HALF] : 0);
    if (f->has[F_CLOCK_HOUR]) h = f->v[F_CLOCK_HOUR] % 24;
    if (f->has[F_HOUR]) {
        if (h >= 0 && f->has[F_HALF] && h != f->v[F_HOUR]) {
            r->why = PZ_STR("Conflict found: the hour of the day differs from the hour of the half day");
            return false;
        }
        h = f->v[F_HOUR];
    }
    if (h < 0) h = f->has[F_HALF] && f->v[F_HALF] == 1 ? 12 : 0;
    int64_t n = f->has[F_NANO] ? f->v[F_NANO] : 0;
    *micros = ((h * 60 + (f->has[F_MINUTE] ? f->v[F_MINUTE] : 0)) * 60 + (f->has[F_SECOND] ? f->v[F_SECOND] : 0)) * 1000000 + n / 1000;
    *nanos = (int)(n % 1000);
    return true;
}

bool
pz_datetime_parse(const pz_datetime_pattern *p, pz_str s, pz_parsed_time *out, pz_arena *a, pz_str *why)
{
    reader r = {.p = p, .s = s, .a = a};
    int64_t days, micros;
    bool legacy = p->policy == PZ_TIME_LEGACY;
    if (!read_range(&r, 0, p->n)) {
        *why = legacy ? pz_strf(a, "Unparseable date: \"" PZ_FMT "\"", PZ_ARG(s))
                      : pz_strf(a, "Text '" PZ_FMT "' could not be parsed at index %zu", PZ_ARG(s), r.error_at);
        return false;
    }
    if (r.at < s.len && !legacy) {
        *why = pz_strf(a, "Text '" PZ_FMT "' could not be parsed, unparsed text found at index %zu", PZ_ARG(s), r.at);
        return false;
    }
    if (!in_ranges(&r) || !resolve_date(&r, &days) || !resolve_time(&r, &micros, &out->nanos)) {
        *why = legacy ? pz_strf(a, "Unparseable date: \"" PZ_FMT "\"", PZ_ARG(s))
                      : pz_strf(a, "Text '" PZ_FMT "' could not be parsed: " PZ_FMT, PZ_ARG(s), PZ_ARG(r.why));
        return false;
    }
    if (__builtin_mul_overflow(days, DAY_US, &out->local_micros) || __builtin_add_overflow(out->local_micros, micros, &out->local_micros)) {
        *why = PZ_STR("long overflow");
        return false;
    }
    out->zone = r.f.zone;
    return true;
}

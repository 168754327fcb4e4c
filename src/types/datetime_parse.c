/*
 * types/datetime_parse.c - read a text by a compiled pattern, as java.time does under the strict resolver.
 *
 * In: a pattern and a text.  Out: a wall clock and the zone written in the text, or why not.
 * Elements fill fields one by one (read_*); an optional section that fails puts back what it filled; resolve_*() then make date and
 * time of the fields.  Things start at pz_datetime_parse().
 */
#include <time.h>

#include "datetime_pattern.h"

#define DAY_US 86400000000ll

/* Fields by their letters; `has` says which are filled. */
enum { F_YEAR, F_YEAR_OF_ERA, F_ERA, F_MONTH, F_DAY, F_DOY, F_HOUR, F_CLOCK_HOUR, F_HOUR12, F_CLOCK_HOUR12, F_HALF, F_MINUTE, F_SECOND, F_NANO,
       F_WEEKDAY, F_WEEK, F_MONTH_WEEK, F_WEEKDAY_IN_MONTH, F_WEEK_YEAR, /* SimpleDateFormat only */ F_COUNT };

typedef struct fields {
    int64_t v[F_COUNT];
    bool has[F_COUNT];
    int order[F_COUNT], last;                  /* which was read after which; 0: not read */
    const pz_zone *zone;
    pz_zone_time zone_time;                    /* what a name of the zone says, for SimpleDateFormat */
} fields;

typedef struct reader {
    const pz_datetime_pattern *p;
    pz_str s;
    size_t at;
    size_t error_at;
    fields f;
    pz_arena *a;
    pz_str why;                                /* a value out of its range, in Java's words */
    bool late;                                 /* found after parsing: told without the text */
} reader;

static const struct { char letter; int field; int low, high; const char *name; } letters[] = {
    {'u', F_YEAR, -999999999, 999999999, "Year"}, {'y', F_YEAR_OF_ERA, 1, 1000000000, "YearOfEra"}, {'M', F_MONTH, 1, 12, "MonthOfYear"},
    {'L', F_MONTH, 1, 12, "MonthOfYear"}, {'d', F_DAY, 1, 31, "DayOfMonth"}, {'D', F_DOY, 1, 366, "DayOfYear"}, {'H', F_HOUR, 0, 23, "HourOfDay"},
    {'k', F_CLOCK_HOUR, 1, 24, "ClockHourOfDay"}, {'K', F_HOUR12, 0, 11, "HourOfAmPm"}, {'h', F_CLOCK_HOUR12, 1, 12, "ClockHourOfAmPm"},
    {'m', F_MINUTE, 0, 59, "MinuteOfHour"}, {'s', F_SECOND, 0, 59, "SecondOfMinute"}, {'e', F_WEEKDAY, 1, 7, ""}, {'w', F_WEEK, 1, 53, ""},
    {'W', F_MONTH_WEEK, 0, 6, ""}, {'F', F_WEEKDAY_IN_MONTH, 1, 6, ""}, {'Y', F_WEEK_YEAR, -999999999, 999999999, ""}};

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
    r->f.order[field] = ++r->f.last;
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
    if (!take_digits(r, from, e->min, high > 19 ? 19 + (e->following > 0 ? e->following : 0) : high, &v, &end)) return fail_at(r, from);
    if (e->following > 0) {
        int parsed = (int)(end - from), keep = parsed - e->following;
        if (keep < e->min) keep = e->min;
        if (!take_digits(r, from, e->min, keep, &v, &end)) return fail_at(r, from);
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
        if (take_word(r, name)) return set_field(r, F_WEEKDAY, d + 1, r->at);
        name.len = 3;
        if (take_word(r, name)) return set_field(r, F_WEEKDAY, d + 1, r->at);
    }
    return fail_at(r, r->at);
}

/* The longest of n names from `first`; its place among them, -1: none of them is here. */
static int
take_local(reader *r, int first, int n)
{
    size_t longest = 0;
    int found = -1;
    for (int i = 0; i < n; i++) {
        size_t size = pz_locale_match((pz_str){r->s.ptr + r->at, r->s.len - r->at}, pz_locale_text(r->p->locale, first + i));
        if (size <= longest) continue;
        longest = size;
        found = i;
    }
    r->at += longest;
    return found;
}

static bool
read_local_name(reader *r, const pz_dp_element *e)
{
    size_t start = r->at;
    bool full = e->count >= 4;
    int found = -1;
    switch (e->letter) {
    case 'a': found = take_local(r, PZ_NAME_HALVES, 2); break;
    case 'G': found = take_local(r, full ? PZ_NAME_ERAS_LONG : PZ_NAME_ERAS_SHORT, 2); break;
    case 'M': found = take_local(r, full ? PZ_NAME_MONTHS_LONG : PZ_NAME_MONTHS_SHORT, 12); break;
    case 'L': found = take_local(r, full ? PZ_NAME_ALONE_LONG : PZ_NAME_ALONE_SHORT, 12); break;
    case 'E': return take_local(r, full ? PZ_NAME_DAYS_LONG : PZ_NAME_DAYS_SHORT, 7) >= 0 || fail_at(r, start);
    default: break;
    }
    if (found < 0) return fail_at(r, start);
    return set_field(r, e->letter == 'a' ? F_HALF : e->letter == 'G' ? F_ERA : F_MONTH, strchr("ML", e->letter) ? found + 1 : found, start);
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
        if ((full || legacy) && take_word(r, PZ_STR("Anno Domini"))) return set_field(r, F_ERA, 1, start);
        if ((full || legacy) && take_word(r, PZ_STR("Before Christ"))) return set_field(r, F_ERA, 0, start);
        if ((!full || legacy) && take_word(r, PZ_STR("AD"))) return set_field(r, F_ERA, 1, start);
        if ((!full || legacy) && take_word(r, PZ_STR("BC"))) return set_field(r, F_ERA, 0, start);
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
        if (full && r->s.len < r->at + 3) {    /* Java looks past the end */
            r->why = pz_strf(r->a, "String index out of range: %zu", r->s.len);
            return false;
        }
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
    bool plain = e->letter == 'Z' && n < 4;
    if (!take_offset(r, !plain && (n == 3 || n == 5), !plain && n == 1 ? 1 : 2, !plain && n >= 4 ? 1 : 0, &seconds)) return fail_at(r, start);
    return set_zone(r, pz_zone_of_offset(seconds), start);
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

/* An id, or for z and v one of the names, whichever is longest. */
static bool
read_zone(reader *r, const pz_dp_element *e)
{
    size_t start = r->at, len;
    const pz_zone *z = NULL;
    if (read_offset_zone(r, &z)) {
        if (!z) r->at = start;
        return set_zone(r, z, start);
    }
    z = pz_zone_named((pz_str){r->s.ptr + start, r->s.len - start}, e->letter != 'V', e->count == 4, &len);
    if (z) {
        r->at = start + len;
    } else if (start < r->s.len && (r->s.ptr[start] | 32) == 'z') {
        z = pz_zone_find(PZ_STR("UTC"));
        r->at = start + 1;
    }
    return set_zone(r, z, start);
}

static int
digit_at(const reader *r, size_t at)
{
    return at < r->s.len && r->s.ptr[at] >= '0' && r->s.ptr[at] <= '9' ? r->s.ptr[at] - '0' : -1;
}

/* SimpleDateFormat's offsets behind a sign: hh, hhmm or [h]h:mm; `short_hours` where one digit is enough. */
static bool
read_offset_legacy(reader *r, bool minutes, bool colon, bool short_hours, size_t start)
{
    bool negative = r->s.ptr[r->at++] == '-';
    int hours = digit_at(r, r->at), next = digit_at(r, r->at + 1), tens = 0, ones = 0;
    size_t at = r->at + 1;
    if (hours < 0 || at >= r->s.len || (next < 0 && !short_hours)) return fail_at(r, start);
    if (next >= 0) {
        hours = hours * 10 + next;
        at++;
    }
    if (minutes) {
        if (colon && (at >= r->s.len || r->s.ptr[at++] != ':')) return fail_at(r, start);
        tens = digit_at(r, at);
        ones = digit_at(r, at + 1);
        at += 2;
    }
    if (hours > 23 || tens < 0 || ones < 0 || tens > 5) return fail_at(r, start);
    r->at = at;
    int seconds = hours * 3600 + (tens * 10 + ones) * 60;
    return set_zone(r, pz_zone_of_offset(negative ? -seconds : seconds), start);
}

/* SimpleDateFormat: z and Z read the same, X only offsets. */
static bool
read_zone_legacy(reader *r, const pz_dp_element *e)
{
    size_t start = r->at, len;
    char c = start < r->s.len ? r->s.ptr[start] : 0;
    bool sign = c == '+' || c == '-';
    if (e->letter == 'X') {
        if (sign) return read_offset_legacy(r, e->count != 1, e->count == 3, false, start);
        if (c != 'Z') return fail_at(r, start);
        r->at++;
        return set_zone(r, pz_zone_of_offset(0), start);
    }
    if (sign) return read_offset_legacy(r, true, false, false, start);
    if (take_word(r, PZ_STR("GMT"))) {
        c = r->at < r->s.len ? r->s.ptr[r->at] : 0;
        if (c == '+' || c == '-') return read_offset_legacy(r, true, true, true, start);
        return set_zone(r, pz_zone_of_offset(0), start);
    }
    const pz_zone *z = pz_zone_named_before((pz_str){r->s.ptr + start, r->s.len - start}, PZ_STR(""), &len, &r->f.zone_time);
    if (z) r->at += len;
    return set_zone(r, z, start);
}

/* ---------------------------------------------------------------- the walk */

static bool
read_text(reader *r, const pz_dp_element *e)
{
    size_t start = r->at;
    return take_word(r, e->text) || fail_at(r, start);
}

/* Two digits of a year: from 80 years ago on. */
static int64_t
in_this_century(int64_t v)
{
    int64_t from;
    int month, day;
    pz_civil_from_days(time(NULL) / 86400, &from, &month, &day);
    from -= 80;
    return from / 100 * 100 + v + (v < from % 100 ? 100 : 0);
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
    if (e->kind == PZ_DP_REDUCED && end - start == 2) v = in_this_century(v);
    r->at = end;
    return set_field(r, field_of(e->letter), v, start);
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
    case PZ_DP_NAME: return r->p->locale ? read_local_name(r, e) : read_name(r, e);
    case PZ_DP_ZONE: return legacy ? read_zone_legacy(r, e) : read_zone(r, e);
    case PZ_DP_OFFSET: return legacy ? read_zone_legacy(r, e) : read_offset(r, e);
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

/* Only of all its fields does java.time make a date; of fewer Spark does, afterwards. */
static bool
whole_date(const fields *f)
{
    return (f->has[F_YEAR] || f->has[F_YEAR_OF_ERA]) && ((f->has[F_MONTH] && f->has[F_DAY]) || f->has[F_DOY]);
}

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
        r->late = !whole_date(&r->f) && (letters[i].field == F_MONTH || letters[i].field == F_DAY || letters[i].field == F_DOY);
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
    r->late = !whole_date(f);
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

/* ---------------------------------------------------------------- SimpleDateFormat's dates */

/* The day on or before `day` that falls on the weekday (1: Monday). */
static int64_t
on_or_before(int64_t day, int64_t weekday)
{
    return day - pz_floor_mod(day + 3 - (weekday - 1), 7);
}

static int
later(int a, int b)
{
    return !a || !b ? 0 : a > b ? a : b;
}

/* Start of the week (Sunday first) that holds the day. */
static int64_t
week_start(int64_t day)
{
    return on_or_before(day, 7);
}

/* Of the ways to say a date the one completed last counts, as java.util.Calendar chooses it. */
static int64_t
day_by_fields(const fields *f, int64_t y, int m, int d)
{
    const int *o = f->order;
    int week = o[F_WEEK], in_month = o[F_MONTH_WEEK], nth = o[F_WEEKDAY_IN_MONTH], weekday = o[F_WEEKDAY], best = o[F_DAY];
    int64_t jan1 = pz_days_from_civil(y, 1, 1), first = pz_days_from_civil(y, m, 1), day = weekday ? f->v[F_WEEKDAY] : 7;
    int full_week = later(week, weekday), full_in_month = later(in_month, weekday), full_nth = later(nth, weekday);
    int all[] = {full_in_month, full_nth, o[F_DOY], full_week};
    for (int i = 0; i < 4; i++) best = all[i] > best ? all[i] : best;
    if (!best) {                               /* none complete: a week alone, or a weekday */
        full_week = week;
        full_in_month = in_month;
        full_nth = nth > weekday ? nth : weekday;
        best = full_week > full_in_month ? full_week : full_in_month;
        best = best > full_nth ? best : full_nth;
    }
    if (best == o[F_DAY]) return first + d - 1;
    if (best == o[F_DOY]) return jan1 + f->v[F_DOY] - 1;
    bool by_month = (best == full_in_month && in_month >= week) || (best == full_nth && nth >= week);
    if (by_month && best == full_in_month && (full_in_month != full_nth || in_month >= nth))
        return (weekday ? on_or_before(week_start(first) + 6, day) : week_start(first)) + 7 * (f->v[F_MONTH_WEEK] - 1);
    if (by_month) return on_or_before(first + 7 * (nth ? f->v[F_WEEKDAY_IN_MONTH] : 1) - 1, day);
    return (weekday ? on_or_before(week_start(jan1) + 6, day) : week_start(jan1)) + 7 * (f->v[F_WEEK] - 1);
}

/* What was read must be what would be printed. */
static bool
resolve_legacy(reader *r, int64_t *days)
{
    fields *f = &r->f;
    int64_t y = f->has[F_YEAR_OF_ERA] ? f->v[F_YEAR_OF_ERA] : 1970;
    if (f->has[F_ERA] && f->v[F_ERA] == 0) y = 1 - y;
    if (f->has[F_WEEK_YEAR] && f->order[F_WEEK_YEAR] > f->order[F_YEAR_OF_ERA]) {
        int64_t weekday = f->has[F_WEEKDAY] ? f->v[F_WEEKDAY] % 7 : 0;
        *days = week_start(pz_days_from_civil(f->v[F_WEEK_YEAR], 1, 1)) + 7 * ((f->has[F_WEEK] ? f->v[F_WEEK] : 1) - 1) + weekday;
    } else {
        *days = day_by_fields(f, y, f->has[F_MONTH] ? (int)f->v[F_MONTH] : 1, f->has[F_DAY] ? (int)f->v[F_DAY] : 1);
    }
    if (*days < -141427) return true;          /* another calendar: not checked */
    for (size_t i = 0; i < PZ_COUNTOF(letters); i++)
        if (f->has[letters[i].field] && strchr("yMdDewWFY", letters[i].letter) && pz_datetime_old_field(*days * DAY_US, letters[i].letter) != f->v[letters[i].field])
            return false;
    return true;
}

/* A name of daylight time holds in winter too. */
static const pz_zone *
named_offset(const pz_zone *z, pz_zone_time time, int64_t local)
{
    int saving, offset;
    bool dst;
    pz_zone_standard(z, &saving);
    if (time == PZ_ZONE_OWN || time == PZ_ZONE_EITHER || (time == PZ_ZONE_DAYLIGHT && !saving)) return z;
    offset = pz_zone_offset_at(z, pz_zone_to_utc(z, local), &dst) - (dst ? saving : 0);
    return pz_zone_of_offset(offset + (time == PZ_ZONE_DAYLIGHT ? saving : 0));
}

bool
pz_datetime_parse(const pz_datetime_pattern *p, pz_str s, pz_parsed_time *out, pz_arena *a, pz_str *why)
{
    reader r = {.p = p, .s = s, .a = a};
    int64_t days, micros;
    bool legacy = p->policy == PZ_TIME_LEGACY;
    if (!read_range(&r, 0, p->n)) {
        *why = legacy ? pz_strf(a, "Unparseable date: \"" PZ_FMT "\"", PZ_ARG(s))
               : r.why.len ? pz_strf(a, "Text '" PZ_FMT "' could not be parsed: " PZ_FMT, PZ_ARG(s), PZ_ARG(r.why))
                           : pz_strf(a, "Text '" PZ_FMT "' could not be parsed at index %zu", PZ_ARG(s), r.error_at);
        return false;
    }
    if (r.at < s.len && !legacy) {
        *why = pz_strf(a, "Text '" PZ_FMT "' could not be parsed, unparsed text found at index %zu", PZ_ARG(s), r.at);
        return false;
    }
    if (!in_ranges(&r) || !(legacy ? resolve_legacy(&r, &days) : resolve_date(&r, &days)) || !resolve_time(&r, &micros, &out->nanos)) {
        *why = legacy ? pz_strf(a, "Unparseable date: \"" PZ_FMT "\"", PZ_ARG(s))
               : r.late ? r.why : pz_strf(a, "Text '" PZ_FMT "' could not be parsed: " PZ_FMT, PZ_ARG(s), PZ_ARG(r.why));
        return false;
    }
    if (__builtin_mul_overflow(days, DAY_US, &out->local_micros) || __builtin_add_overflow(out->local_micros, micros, &out->local_micros)) {
        *why = PZ_STR("long overflow");
        return false;
    }
    out->zone = r.f.zone && legacy ? named_offset(r.f.zone, r.f.zone_time, out->local_micros) : r.f.zone;
    return true;
}

/*
 * types/zone.c - time zones by their Java ids: offsets at an instant, wall clock to instant and back. Their names are in zone_names.c.
 *
 * A zone is tabulated from ICU once, when first asked for, and kept for the life of the process.  Past the table's end the
 * years repeat those of its last 28 years: the same rule on the same kind of year.
 */
#include <pthread.h>
#include <stdio.h>
#include <unicode/ucal.h>
#include <unicode/uloc.h>

#include "types.h"

#define SECOND_US 1000000ll
#define DAY_S 86400ll
#define FIRST_YEAR 1800
#define LAST_YEAR 2100                         /* table covers the years before this one */
#define CYCLE_YEARS 28                         /* every kind of year stands once or more in 2072..2099 */
#define MAX_OFFSET (18 * 3600)

typedef struct transition { int64_t at; int32_t before, after; bool dst; } transition; /* seconds; dst: of `after` */

struct pz_zone {
    pz_str id;
    bool fixed;
    int32_t first;                             /* offset before the first transition, or of a fixed zone */
    transition *list;
    int n;
    int64_t end;                               /* where the table ends, seconds */
};

static pz_arena *arena;
static pz_map *cache;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ---------------------------------------------------------------- offsets */

static const transition *
last_before(const pz_zone *z, int64_t at)
{
    int lo = 0, hi = z->n;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (z->list[mid].at <= at) lo = mid + 1;
        else hi = mid;
    }
    return lo > 0 ? &z->list[lo - 1] : NULL;
}

/* Seconds to add to a time past the table so that it falls on the same day of a year of the same kind inside it. */
static int64_t
into_table(int64_t seconds)
{
    int64_t y;
    int m, d;
    pz_civil_from_days(pz_floor_div(seconds, DAY_S), &y, &m, &d);
    int64_t jan1 = pz_days_from_civil(y, 1, 1);
    int weekday = (int)pz_floor_mod(jan1, 7), length = pz_month_length(y, 2);
    for (int64_t like = LAST_YEAR - CYCLE_YEARS; like < LAST_YEAR; like++) {
        int64_t other = pz_days_from_civil(like, 1, 1);
        if (pz_floor_mod(other, 7) == weekday && pz_month_length(like, 2) == length) return (other - jan1) * DAY_S;
    }
    return 0;
}

int
pz_zone_offset_at(const pz_zone *z, int64_t epoch_micros, bool *dst)
{
    if (dst) *dst = false;
    if (z->fixed || z->n == 0) return z->first;
    int64_t at = pz_floor_div(epoch_micros, SECOND_US);
    if (at >= z->end) at += into_table(at);
    const transition *t = last_before(z, at);
    if (!t) return z->first;
    if (dst) *dst = t->dst;
    return t->after;
}

/* A wall clock is past a transition once it is past it by both offsets: in a gap and in an overlap the offset before holds. */
static int
offset_of_local(const pz_zone *z, int64_t local)
{
    if (z->fixed || z->n == 0) return z->first;
    if (local >= z->end) local += into_table(local);
    int lo = 0, hi = z->n;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        const transition *t = &z->list[mid];
        if (t->at + (t->before > t->after ? t->before : t->after) <= local) lo = mid + 1;
        else hi = mid;
    }
    return lo > 0 ? z->list[lo - 1].after : z->first;
}

int64_t
pz_zone_to_utc(const pz_zone *z, int64_t local_micros)
{
    return local_micros - offset_of_local(z, pz_floor_div(local_micros, SECOND_US)) * SECOND_US;
}

int64_t
pz_zone_to_local(const pz_zone *z, int64_t epoch_micros)
{
    return epoch_micros + pz_zone_offset_at(z, epoch_micros, NULL) * SECOND_US;
}

pz_str
pz_zone_id(const pz_zone *z)
{
    return z->id;
}

/* ---------------------------------------------------------------- ICU */

static int32_t
offset_now(const UCalendar *c, bool *dst, UErrorCode *st)
{
    int32_t saving = ucal_get(c, UCAL_DST_OFFSET, st);
    *dst = saving != 0;
    return (ucal_get(c, UCAL_ZONE_OFFSET, st) + saving) / 1000;
}

/* Walk ICU's transitions; those that change nothing but a name are kept out. */
static bool
tabulate(pz_zone *z, UCalendar *c)
{
    UErrorCode st = U_ZERO_ERROR;
    PZ_VEC(transition) list = {0};
    bool dst;
    UDate at = (double)pz_days_from_civil(FIRST_YEAR, 1, 1) * 86400e3, next;
    z->end = pz_days_from_civil(LAST_YEAR, 1, 1) * DAY_S;
    ucal_setMillis(c, at, &st);
    z->first = offset_now(c, &dst, &st);
    int32_t before = z->first;
    while (ucal_getTimeZoneTransitionDate(c, UCAL_TZ_TRANSITION_NEXT, &next, &st) && U_SUCCESS(st)) {
        if (next >= (double)z->end * 1e3 || next <= at) break;
        at = next;
        ucal_setMillis(c, at, &st);
        int32_t after = offset_now(c, &dst, &st);
        transition t = {(int64_t)(at / 1e3), before, after, dst};
        pz_vec_push(arena, &list, t);
        before = after;
    }
    z->list = list.data;
    z->n = list.n;
    z->fixed = list.n == 0;
    return U_SUCCESS(st);
}

static bool
to_utf16(pz_str s, UChar *out, int32_t cap)
{
    if ((int32_t)s.len >= cap) return false;
    for (size_t i = 0; i < s.len; i++) out[i] = (UChar)(unsigned char)s.ptr[i];
    out[s.len] = 0;
    return true;
}

/* A region of the tz database: letters first, then letters, digits and ~/._+- */
static bool
is_region(pz_str id)
{
    if (id.len < 2 || !((id.ptr[0] | 32) >= 'a' && (id.ptr[0] | 32) <= 'z')) return false;
    for (size_t i = 0; i < id.len; i++)
        if (!(((id.ptr[i] | 32) >= 'a' && (id.ptr[i] | 32) <= 'z') || (id.ptr[i] >= '0' && id.ptr[i] <= '9')
              || strchr("~/._+-", id.ptr[i])))
            return false;
    return true;
}

static pz_zone *
open_region(pz_str id)
{
    UChar name[96], canonical[96];
    UBool system = false;
    UErrorCode st = U_ZERO_ERROR;
    if (!is_region(id) || !to_utf16(id, name, 96)) return NULL;
    ucal_getCanonicalTimeZoneID(name, -1, canonical, 96, &system, &st);
    if (U_FAILURE(st) || !system) return NULL;
    UCalendar *c = ucal_open(name, -1, "en_US", UCAL_GREGORIAN, &st);
    if (U_FAILURE(st)) return NULL;
    pz_zone *z = PZ_NEW(arena, pz_zone);
    z->id = pz_dup(arena, id);
    bool ok = tabulate(z, c);
    ucal_close(c);
    return ok ? z : NULL;
}

/* Offset of standard time in our days, and what daylight time adds to it (0: there is none). */
int
pz_zone_standard(const pz_zone *z, int *saving)
{
    static const int64_t months[] = {19723, 19905};            /* January and July 2024 */
    int offset[2];
    bool dst[2];
    for (int i = 0; i < 2; i++) offset[i] = pz_zone_offset_at(z, months[i] * DAY_S * SECOND_US, &dst[i]);
    int standard = dst[0] ? 1 : 0;
    *saving = dst[0] != dst[1] ? offset[!standard] - offset[standard] : 0;
    return offset[standard];
}

/* ---------------------------------------------------------------- ids */

/* Two digits at p, or -1. */
static int
two(const char *p)
{
    return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9' ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

/* offset: (+|-) h | hh | h:mm | hh:mm | hhmm | hh:mm:ss | hhmmss, minutes of one digit allowed after a colon at the end */
static bool
parse_offset(pz_str s, int *seconds)
{
    char t[16] = {0};
    size_t n = 0, i = 1;
    int part[3] = {0}, k = 0;
    if (s.len < 2 || s.len > 9 || (s.ptr[0] != '+' && s.ptr[0] != '-')) return false;
    if (s.len == 2 || s.ptr[2] == ':') t[n++] = '0';
    while (i < s.len) t[n++] = s.ptr[i++];
    if (n == 4 && t[2] == ':') {               /* hh:m */
        t[4] = t[3];
        t[3] = '0';
        n = 5;
    }
    bool colons = n > 2 && t[2] == ':';
    for (size_t at = 0; at < n; k++) {
        if (k > 2 || at + 2 > n || (part[k] = two(t + at)) < 0) return false;
        at += 2;
        if (at < n && colons && t[at++] != ':') return false;
        if (at == n && t[n - 1] == ':') return false;
    }
    if (part[1] > 59 || part[2] > 59) return false;
    *seconds = part[0] * 3600 + part[1] * 60 + part[2];
    if (*seconds > MAX_OFFSET) return false;
    if (s.ptr[0] == '-') *seconds = -*seconds;
    return true;
}

static pz_zone *
make_fixed(pz_str prefix, int seconds)
{
    pz_zone *z = PZ_NEW(arena, pz_zone);
    int s = seconds < 0 ? -seconds : seconds;
    z->fixed = true;
    z->first = seconds;
    if (seconds == 0) z->id = prefix.len ? pz_dup(arena, prefix) : PZ_STR("Z");
    else if (s % 60) z->id = pz_strf(arena, PZ_FMT "%c%02d:%02d:%02d", PZ_ARG(prefix), seconds < 0 ? '-' : '+', s / 3600, s / 60 % 60, s % 60);
    else z->id = pz_strf(arena, PZ_FMT "%c%02d:%02d", PZ_ARG(prefix), seconds < 0 ? '-' : '+', s / 3600, s / 60 % 60);
    return z;
}

/* Java's three-letter ids. */
static pz_str
long_id(pz_str id)
{
    static const char *const names[][2] = {
        {"ACT", "Australia/Darwin"}, {"AET", "Australia/Sydney"}, {"AGT", "America/Argentina/Buenos_Aires"}, {"ART", "Africa/Cairo"},
        {"AST", "America/Anchorage"}, {"BET", "America/Sao_Paulo"}, {"BST", "Asia/Dhaka"}, {"CAT", "Africa/Harare"},
        {"CNT", "America/St_Johns"}, {"CST", "America/Chicago"}, {"CTT", "Asia/Shanghai"}, {"EAT", "Africa/Addis_Ababa"},
        {"ECT", "Europe/Paris"}, {"EST", "-05:00"}, {"HST", "-10:00"}, {"IET", "America/Indiana/Indianapolis"}, {"IST", "Asia/Kolkata"},
        {"JST", "Asia/Tokyo"}, {"MIT", "Pacific/Apia"}, {"MST", "-07:00"}, {"NET", "Asia/Yerevan"}, {"NST", "Pacific/Auckland"},
        {"PLT", "Asia/Karachi"}, {"PNT", "America/Phoenix"}, {"PRT", "America/Puerto_Rico"}, {"PST", "America/Los_Angeles"},
        {"SST", "Pacific/Guadalcanal"}, {"VST", "Asia/Ho_Chi_Minh"}};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_eqc(id, names[i][0])) return pz_str_c(names[i][1]);
    return id;
}

static pz_zone *
open_zone(pz_str id)
{
    static const char *const prefixes[] = {"UTC", "GMT", "UT"};
    int seconds;
    id = long_id(id);
    if (pz_str_eqc(id, "Z")) return make_fixed(PZ_STR(""), 0);
    if (id.len && (id.ptr[0] == '+' || id.ptr[0] == '-')) return parse_offset(id, &seconds) ? make_fixed(PZ_STR(""), seconds) : NULL;
    for (size_t i = 0; i < PZ_COUNTOF(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        pz_str rest = {id.ptr + n, id.len - n};
        if (!pz_str_starts(id, prefixes[i])) continue;
        if (id.len == n) return make_fixed(pz_str_c(prefixes[i]), 0);
        if (rest.ptr[0] == '+' || rest.ptr[0] == '-')
            return parse_offset(rest, &seconds) ? make_fixed(pz_str_c(prefixes[i]), seconds) : NULL;
    }
    return open_region(id);
}

const pz_zone *
pz_zone_find(pz_str id)
{
    static const pz_zone utc = {.id = {"UTC", 3}, .fixed = true};
    if (pz_str_eqc(id, "UTC")) return &utc;
    if (id.len == 0 || id.len > 64) return NULL;
    pthread_mutex_lock(&lock);
    if (!cache) {
        arena = pz_arena_open();
        cache = pz_map_make(arena, false);
    }
    pz_zone *z = pz_map_get(cache, id);
    if (!z && (z = open_zone(id)) != NULL) pz_map_put(cache, pz_dup(arena, id), z);
    pthread_mutex_unlock(&lock);
    return z;
}

const pz_zone *
pz_zone_of_offset(int seconds)
{
    char id[16];
    int s = seconds < 0 ? -seconds : seconds;
    if (s > MAX_OFFSET) return NULL;
    int n = snprintf(id, sizeof id, "%c%02d:%02d:%02d", seconds < 0 ? '-' : '+', s / 3600, s / 60 % 60, s % 60);
    return pz_zone_find((pz_str){id, (size_t)n});
}

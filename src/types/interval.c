/*
 * types/interval.c - texts that become intervals.
 *
 * Calendar intervals are a list of numbers with units; ANSI intervals have one layout per pair of fields, bare ('1-2') or
 * written as a literal (INTERVAL '1-2' YEAR TO MONTH).
 */
#include "types.h"

typedef struct reader { const char *p, *end; } reader;

static bool
is_space(char c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

static void
skip_spaces(reader *r)
{
    while (r->p < r->end && is_space(*r->p)) r->p++;
}

static bool
take(reader *r, char c)
{
    if (r->p == r->end || *r->p != c) return false;
    r->p++;
    return true;
}

static bool
take_word(reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || !pz_str_ieqc((pz_str){r->p, n}, word)) return false;
    r->p += n;
    return true;
}

/* Digits into *out; the number of them, -1 on overflow. */
static int
take_digits(reader *r, int64_t *out)
{
    int n = 0;
    *out = 0;
    for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++, n++)
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, *r->p - '0', out)) return -1;
    return n;
}

/* Fraction digits as nanoseconds; the number of them. */
static int
take_fraction(reader *r, int64_t *nanos)
{
    int n = 0;
    *nanos = 0;
    for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++, n++)
        if (n < 9) *nanos = *nanos * 10 + (*r->p - '0');
    for (int i = n; i < 9; i++) *nanos *= 10;
    return n;
}

/* ---------------------------------------------------------------- calendar */

typedef struct unit { const char *name; int months, days; int64_t micros; } unit;
static const unit units[] = {
    {"year", 12, 0, 0}, {"month", 1, 0, 0}, {"week", 0, 7, 0}, {"day", 0, 1, 0}, {"hour", 0, 0, 3600000000ll},
    {"minute", 0, 0, 60000000}, {"second", 0, 0, 1000000}, {"millisecond", 0, 0, 1000}, {"microsecond", 0, 0, 1}};

static const unit *
take_unit(reader *r)
{
    const char *start = r->p;
    while (r->p < r->end && ((*r->p | 32) >= 'a' && (*r->p | 32) <= 'z')) r->p++;
    size_t n = (size_t)(r->p - start);
    if (n > 1 && (start[n - 1] | 32) == 's') n--;
    for (size_t i = 0; i < PZ_COUNTOF(units); i++)
        if (pz_str_ieqc((pz_str){start, n}, units[i].name)) return &units[i];
    return NULL;
}

static bool
add_scaled(int64_t n, int64_t per, int64_t *total)
{
    int64_t v;
    return !__builtin_mul_overflow(n, per, &v) && !__builtin_add_overflow(*total, v, total);
}

/* item: [+-] digits [. digits] space unit; a fraction only with seconds */
static bool
take_item(reader *r, int64_t *months, int64_t *days, int64_t *micros)
{
    int64_t n, nanos = 0;
    int sign = 1, fraction = 0;
    if (take(r, '-')) sign = -1;
    else take(r, '+');
    skip_spaces(r);
    bool point = r->p < r->end && *r->p == '.';
    int digits = take_digits(r, &n);
    if (digits < 0 || (digits == 0 && !point)) return false;
    if (take(r, '.')) {
        point = true;
        fraction = take_fraction(r, &nanos);
        if (fraction > 9 || (fraction == 0 && digits == 0)) return false;
    }
    if (r->p == r->end || !is_space(*r->p)) return false;
    skip_spaces(r);
    const unit *u = take_unit(r);
    if (!u || (point && u->micros != 1000000)) return false;
    n *= sign;
    return add_scaled(n, u->months, months) && add_scaled(n, u->days, days) && add_scaled(n, u->micros, micros)
           && add_scaled(sign * nanos / 1000, 1, micros);
}

bool
pz_calendar_interval_parse(pz_str s, int32_t *months, int32_t *days, int64_t *micros)
{
    int64_t m = 0, d = 0, us = 0;
    s = pz_str_trim(s);
    reader r = {s.ptr, s.ptr + s.len};
    if (s.len == 0) return false;
    if (take_word(&r, "interval")) {
        if (r.p == r.end || !is_space(*r.p)) return false;
        skip_spaces(&r);
    }
    if (r.p == r.end) return false;
    while (r.p < r.end) {
        if (!take_item(&r, &m, &d, &us)) return false;
        if (r.p < r.end && !is_space(*r.p)) return false;
        skip_spaces(&r);
    }
    *months = (int32_t)m;
    *days = (int32_t)d;
    *micros = us;
    return m == *months && d == *days;
}

/* ---------------------------------------------------------------- ANSI intervals */

/* What stands around the numbers: bare text, or INTERVAL [sign] '...' FIELD [TO FIELD] with exactly these fields. */
static bool
unwrap(pz_str s, const char *const *names, int start, int end, reader *inner, int *sign)
{
    s = pz_str_trim(s);
    reader r = {s.ptr, s.ptr + s.len};
    *sign = 1;
    *inner = r;
    if (!take_word(&r, "interval")) return s.len > 0;
    if (r.p == r.end || !is_space(*r.p)) return false;
    skip_spaces(&r);
    if (take(&r, '-')) *sign = -1;
    else take(&r, '+');
    if (!take(&r, '\'')) return false;
    inner->p = r.p;
    while (r.p < r.end && *r.p != '\'') r.p++;
    inner->end = r.p;
    if (!take(&r, '\'') || r.p == r.end || !is_space(*r.p)) return false;
    skip_spaces(&r);
    if (!take_word(&r, names[start])) return false;
    if (start != end) {
        if (r.p == r.end || !is_space(*r.p)) return false;
        skip_spaces(&r);
        if (!take_word(&r, "to") || r.p == r.end || !is_space(*r.p)) return false;
        skip_spaces(&r);
        if (!take_word(&r, names[end])) return false;
    }
    return r.p == r.end;
}

static void
take_sign(reader *r, int *sign)
{
    if (take(r, '-')) *sign = -*sign;
    else take(r, '+');
}

pz_iv_fit
pz_ym_parse(pz_str s, int start, int end, int64_t *months)
{
    static const char *const names[] = {"year", "month"};
    reader r;
    int sign, n;
    int64_t first, second = 0;
    if (!unwrap(s, names, start, end, &r, &sign)) return PZ_IV_UNMATCHED;
    take_sign(&r, &sign);
    n = take_digits(&r, &first);
    if (n == 0) return PZ_IV_UNMATCHED;
    if (start != end) {
        if (!take(&r, '-') || take_digits(&r, &second) < 1) return PZ_IV_UNMATCHED;
        if (second > 11) return PZ_IV_OUT_OF_RANGE;
    }
    if (r.p != r.end) return PZ_IV_UNMATCHED;
    if (n < 0 || first > INT32_MAX) return PZ_IV_OUT_OF_RANGE;
    int64_t total = sign * (start == PZ_YM_YEAR ? first * 12 + second : first);
    if (total > INT32_MAX || total < INT32_MIN) return PZ_IV_OUT_OF_RANGE;
    *months = total;
    return PZ_IV_OK;
}

pz_iv_fit
pz_dt_parse(pz_str s, int start, int end, int64_t *micros)
{
    static const char *const names[] = {"day", "hour", "minute", "second"};
    static const int64_t per[] = {86400000000ll, 3600000000ll, 60000000, 1000000};
    static const int most[] = {0, 23, 59, 59};
    reader r;
    int sign;
    bool out_of_range = false;
    __int128 total = 0;
    if (!unwrap(s, names, start, end, &r, &sign)) return PZ_IV_UNMATCHED;
    take_sign(&r, &sign);
    for (int f = start; f <= end; f++) {
        int64_t n;
        if (f > start && !take(&r, f == PZ_DT_HOUR ? ' ' : ':')) return PZ_IV_UNMATCHED;
        int digits = take_digits(&r, &n);
        if (digits == 0 || (f > start && digits > 2)) return PZ_IV_UNMATCHED;
        out_of_range |= digits < 0 || (f > start && n > most[f]);
        total += (__int128)n * per[f];
    }
    if (end == PZ_DT_SECOND && take(&r, '.')) {
        int64_t nanos;
        int n = take_fraction(&r, &nanos);
        if (n < 1 || n > 9) return PZ_IV_UNMATCHED;
        total += nanos / 1000;
    }
    if (r.p != r.end) return PZ_IV_UNMATCHED;
    total *= sign;
    if (out_of_range || total > INT64_MAX || total < INT64_MIN) return PZ_IV_OUT_OF_RANGE;
    *micros = (int64_t)total;
    return PZ_IV_OK;
}

/*
 * sql/interval.c - INTERVAL literals in every form.
 *
 * INTERVAL '1 day 2 hours' | INTERVAL 1 DAY 2 HOURS | INTERVAL '1-2' YEAR TO MONTH.  Out: a literal of a year-month or day-time
 * interval type, whose fields are those that were named; under legacy.interval.enabled of the calendar interval type.  Starts at pz_interval_literal and pz_interval_from_text.
 */
#include "sql_int.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <limits.h>

/* ---------------------------------------------------------------- units */

enum { F_YEAR, F_MONTH, F_DAY, F_HOUR, F_MINUTE, F_SECOND };

typedef struct unit { const char *name; int field; int64_t months, days, micros; } unit;
static const unit units[] = {
    {"year", F_YEAR, 12, 0, 0}, {"month", F_MONTH, 1, 0, 0}, {"week", F_DAY, 0, 7, 0}, {"day", F_DAY, 0, 1, 0},
    {"hour", F_HOUR, 0, 0, 3600000000LL}, {"minute", F_MINUTE, 0, 0, 60000000}, {"second", F_SECOND, 0, 0, 1000000},
    {"millisecond", F_SECOND, 0, 0, 1000}, {"microsecond", F_SECOND, 0, 0, 1},
};

static const unit *
find_unit(pz_str s)
{
    for (size_t i = 0; i < PZ_COUNTOF(units); i++) {
        size_t n = strlen(units[i].name);
        if (s.len == n + 1 && (s.ptr[n] | 32) == 's') s.len = n;
        if (pz_str_ieqc(s, units[i].name)) return &units[i];
    }
    return NULL;
}

/* Unit words that the grammar takes: also nanoseconds, refused by the text parser. */
static bool
is_unit_token(int k)
{
    switch (k) {
    case K_YEAR: case K_YEARS: case K_MONTH: case K_MONTHS: case K_WEEK: case K_WEEKS: case K_DAY: case K_DAYS: case K_HOUR: case K_HOURS:
    case K_MINUTE: case K_MINUTES: case K_SECOND: case K_SECONDS: case K_MILLISECOND: case K_MILLISECONDS: case K_MICROSECOND:
    case K_MICROSECONDS: case K_NANOSECOND: case K_NANOSECONDS: return true;
    default: return false;
    }
}

static int
range_field(int k)
{
    switch (k) {
    case K_YEAR: return F_YEAR;
    case K_MONTH: return F_MONTH;
    case K_DAY: return F_DAY;
    case K_HOUR: return F_HOUR;
    case K_MINUTE: return F_MINUTE;
    case K_SECOND: return F_SECOND;
    default: return -1;
    }
}

/* ---------------------------------------------------------------- '1 year 2 months' */

typedef struct total { int64_t months, days, micros; unsigned fields; } total; /* fields: bit per F_ */

typedef enum text_error { TEXT_OK, TEXT_EMPTY, TEXT_PREFIX, TEXT_NUMBER, TEXT_VALUE, TEXT_UNIT, TEXT_FRACTION, TEXT_PRECISION,
                          TEXT_MISSING_UNIT, TEXT_MISSING_NUMBER, TEXT_OVERFLOW } text_error;

static bool is_space(char c) { return c == ' ' || (c >= 9 && c <= 13); }

static pz_str
word_at(pz_str s, size_t i)
{
    size_t e = i;
    while (e < s.len && !is_space(s.ptr[e])) e++;
    return (pz_str){s.ptr + i, e - i};
}

static bool
add_scaled(int64_t *to, int64_t n, int64_t each, int64_t limit)
{
    int64_t v;
    return !__builtin_mul_overflow(n, each, &v) && !__builtin_add_overflow(*to, v, to) &&
           (!limit || (*to >= -limit - 1 && *to <= limit));
}

/* [sign] digits[.digits] unit, at s[*i]; *bad is the word the error is about. */
static text_error
one_unit(pz_str s, size_t *i, total *t, pz_str *bad)
{
    bool negative = false, overflow = false, point = false, signed_number = false;
    int64_t n = 0, fraction = 0, scale = 100000000;
    int digits = 0, fraction_digits = 0;
    if (s.ptr[*i] == '-' || s.ptr[*i] == '+') {
        negative = s.ptr[(*i)++] == '-';
        signed_number = true;
        while (*i < s.len && is_space(s.ptr[*i])) (*i)++;
        if (*i == s.len) return TEXT_MISSING_NUMBER;
    }
    *bad = word_at(s, *i);
    if (!(s.ptr[*i] >= '0' && s.ptr[*i] <= '9') && s.ptr[*i] != '.') return signed_number ? TEXT_VALUE : TEXT_NUMBER;
    for (; *i < s.len && s.ptr[*i] >= '0' && s.ptr[*i] <= '9'; (*i)++, digits++) {
        overflow |= __builtin_mul_overflow(n, 10, &n);
        overflow |= __builtin_sub_overflow(n, s.ptr[*i] - '0', &n);    /* below zero, so that the minimum fits */
    }
    if (overflow) return TEXT_OVERFLOW;
    if (*i < s.len && s.ptr[*i] == '.') {
        point = true;
        for ((*i)++; *i < s.len && s.ptr[*i] >= '0' && s.ptr[*i] <= '9'; (*i)++, fraction_digits++) {
            if (fraction_digits >= 9) return TEXT_PRECISION;
            fraction += (s.ptr[*i] - '0') * scale;
            scale /= 10;
        }
    }
    if (*i < s.len && !is_space(s.ptr[*i])) return TEXT_VALUE;
    if (digits + fraction_digits == 0) return TEXT_VALUE;
    while (*i < s.len && is_space(s.ptr[*i])) (*i)++;
    if (*i == s.len) return TEXT_MISSING_UNIT;
    *bad = word_at(s, *i);
    const unit *u = find_unit(*bad);
    if (point && !(u && strcmp(u->name, "second") == 0)) return TEXT_FRACTION;
    if (!u) return TEXT_UNIT;
    *i += bad->len;
    if (!negative) overflow |= __builtin_sub_overflow(0, n, &n);
    fraction /= 1000;
    if (overflow || !add_scaled(&t->months, n, u->months, INT32_MAX) || !add_scaled(&t->days, n, u->days, INT32_MAX) ||
        !add_scaled(&t->micros, n, u->micros, 0) || !add_scaled(&t->micros, negative ? -fraction : fraction, 1, 0))
        return TEXT_OVERFLOW;
    t->fields |= 1u << u->field;
    return TEXT_OK;
}

static text_error
parse_text(pz_str text, total *t, pz_str *bad)
{
    pz_str s = pz_str_trim(text);
    size_t i = 0;
    *bad = s;
    if (s.len == 0) return TEXT_EMPTY;
    if (s.len >= 8 && pz_str_ieqc((pz_str){s.ptr, 8}, "interval")) {
        if (s.len == 8) return TEXT_EMPTY;
        if (!is_space(s.ptr[8])) return TEXT_PREFIX;
        i = 8;
    }
    for (;;) {
        while (i < s.len && is_space(s.ptr[i])) i++;
        if (i == s.len) return TEXT_OK;
        text_error e = one_unit(s, &i, t, bad);
        if (e) return e;
    }
}

/* ---------------------------------------------------------------- literals out of totals */

static pz_expr *
make_literal(pz_parser *p, pz_origin o, const pz_type *t, int64_t v, pz_str text)
{
    pz_expr *e = pz_literal_value(p->a, t, (pz_value){.i = v});
    e->origin = o;
    e->u.literal.text = text;
    return e;
}

static pz_expr *
make_calendar(pz_parser *p, pz_origin o, int64_t months, int64_t days, int64_t micros)
{
    pz_expr *e = pz_literal_value(p->a, &pz_t_calendar_interval, (pz_value){.iv = {(int32_t)months, (int32_t)days, micros}});
    e->origin = o;
    return e;
}

static pz_expr *
from_total(pz_parser *p, pz_origin o, const total *t, pz_str text)
{
    unsigned ym = t->fields & 3u, dt = t->fields >> 2;
    if (p->o->calendar_intervals) return make_calendar(p, o, t->months, t->days, t->micros);
    if (ym && dt) {
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0029, o, "literal", text.ptr, NULL);
        return make_literal(p, o, &pz_t_dt_interval, 0, text);
    }
    if (ym) return make_literal(p, o, pz_type_ym(p->a, ym & 1 ? 0 : 1, ym & 2 ? 1 : 0), t->months, text);
    int64_t v = t->micros;
    if (!add_scaled(&v, t->days, 86400000000LL, 0)) {
        PZ_SEM_AS(p, PZ_CLASS_SparkArithmeticException, PZ_ERR_INTERVAL_ARITHMETIC_OVERFLOW_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, NULL);
        v = 0;
    }
    if (!dt) dt = 1;
    return make_literal(p, o, pz_type_dt(p->a, __builtin_ctz(dt), 31 - __builtin_clz(dt)), v, text);
}

/* INTERVAL 'text' */
pz_expr *
pz_interval_from_text(pz_parser *p, pz_str text, pz_str literal, pz_origin o)
{
    total t = {0};
    pz_str bad;
    if (parse_text(text, &t, &bad) == TEXT_OK) return from_total(p, o, &t, literal);
    PZ_SEM(p, PZ_ERR_INVALID_TYPED_LITERAL, o, "valueType", "\"INTERVAL\"", "value",
           pz_strf(p->a, "'" PZ_FMT "'", PZ_ARG(text)).ptr, NULL);
    return make_literal(p, o, &pz_t_dt_interval, 0, literal);
}

/* ---------------------------------------------------------------- INTERVAL 1 DAY 2 HOURS */

/* The value of one unit as text: [sign] (number | string) */
static bool
unit_value(pz_parser *p, pz_str *out, bool *is_string)
{
    bool minus = tk(p) == T_MINUS;
    if (minus || tk(p) == T_PLUS) skip(p);
    if (tk(p) == T_INTEGER || tk(p) == T_DECIMAL) {
        *is_string = false;
        *out = pz_strf(p->a, "%s" PZ_FMT, minus ? "-" : "", PZ_ARG(pz_tok_text(p, p->at)));
        skip(p);
        return true;
    }
    pz_str s;
    *is_string = true;
    if (!pz_string_lit(p, &s)) return false;
    bool negative = s.len && s.ptr[0] == '-';
    if (!minus) *out = s;
    else *out = negative ? (pz_str){s.ptr + 1, s.len - 1} : pz_strf(p->a, "-" PZ_FMT, PZ_ARG(s));
    return true;
}

static void
report_text(pz_parser *p, text_error e, pz_str input, pz_str bad)
{
    static const struct { pz_err_id id; const char *param; } rows[] = {
        [TEXT_EMPTY] = {PZ_ERR_INVALID_INTERVAL_FORMAT_INPUT_IS_EMPTY, NULL},
        [TEXT_PREFIX] = {PZ_ERR_INVALID_INTERVAL_FORMAT_INVALID_PREFIX, "prefix"},
        [TEXT_NUMBER] = {PZ_ERR_INVALID_INTERVAL_FORMAT_UNRECOGNIZED_NUMBER, "number"},
        [TEXT_VALUE] = {PZ_ERR_INVALID_INTERVAL_FORMAT_INVALID_VALUE, "value"},
        [TEXT_UNIT] = {PZ_ERR_INVALID_INTERVAL_FORMAT_INVALID_UNIT, "unit"},
        [TEXT_FRACTION] = {PZ_ERR_INVALID_INTERVAL_FORMAT_INVALID_FRACTION, "unit"},
        [TEXT_PRECISION] = {PZ_ERR_INVALID_INTERVAL_FORMAT_INVALID_PRECISION, "value"},
        [TEXT_MISSING_UNIT] = {PZ_ERR_INVALID_INTERVAL_FORMAT_MISSING_UNIT, "word"},
        [TEXT_MISSING_NUMBER] = {PZ_ERR_INVALID_INTERVAL_FORMAT_MISSING_NUMBER, "word"},
        [TEXT_OVERFLOW] = {PZ_ERR_INVALID_INTERVAL_FORMAT_ARITHMETIC_EXCEPTION, NULL},
    };
    input = pz_dup(p->a, input);
    /* the text is read by a helper that knows of no place */
    if (rows[e].param) PZ_SEM_AS(p, PZ_CLASS_SparkIllegalArgumentException, rows[e].id, PZ_NO_ORIGIN, "input", input.ptr, rows[e].param, pz_dup(p->a, bad).ptr, NULL);
    else PZ_SEM_AS(p, PZ_CLASS_SparkIllegalArgumentException, rows[e].id, PZ_NO_ORIGIN, "input", input.ptr, NULL);
}

static bool
has_letter(pz_str s)
{
    for (size_t i = 0; i < s.len;) {
        UChar32 c;
        U8_NEXT(s.ptr, i, s.len, c);
        if (c > 0 && u_isalpha(c)) return true;
    }
    return false;
}

/* (value unit)+ is read by joining the parts into the text form. */
static pz_expr *
multi_units(pz_parser *p, int start)
{
    pz_buf b;
    total t = {0};
    pz_str v, bad, wordy = {0};                /* wordy: a value with letters in it */
    bool is_string, ok = true;
    pz_buf_init(&b, 0);
    do {
        int at = p->at;
        if (!(ok = unit_value(p, &v, &is_string))) break;
        if (is_string && !wordy.ptr && has_letter(v)) wordy = pz_dup(p->a, p->t[at].kind == T_MINUS ? (pz_str){v.ptr + 1, v.len - 1} : v);
        if (!(ok = is_unit_token(tk(p)) || pz_fail(p))) break;
        pz_buf_printf(&b, " " PZ_FMT " " PZ_FMT, PZ_ARG(v), PZ_ARG(pz_tok_text(p, p->at)));
        skip(p);
        pz_mark m = pz_mark_make(p);           /* does another value with a unit follow? */
        bool more = (tk(p) == T_INTEGER || tk(p) == T_DECIMAL || tk(p) == T_PLUS || tk(p) == T_MINUS || pz_is_string(p, 0)) &&
                    unit_value(p, &v, &is_string) && is_unit_token(tk(p)) && tkn(p, 1) != K_TO;
        pz_back(p, m);
        if (!more) break;
    } while (true);
    pz_str text = pz_buf_dup(&b, p->a), whole = pz_span_text(p, start, p->at);
    pz_buf_free(&b);
    if (!ok) return NULL;
    pz_origin o = pz_origin_at(p, start);
    if (wordy.ptr) PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0026, pz_origin_at(p, start + 1), "value", wordy.ptr, NULL);
    text_error e = parse_text(text, &t, &bad);
    if (e) {
        report_text(p, e, text, bad);
        return make_literal(p, o, &pz_t_dt_interval, 0, whole);
    }
    return from_total(p, o, &t, whole);
}

/* ---------------------------------------------------------------- INTERVAL '1 02:03' DAY TO MINUTE */

static const char *const field_names[] = {"year", "month", "day", "hour", "minute", "second"};

/* What each pair reads, in order: the letters of its format and the fields. */
typedef struct range_form { int from, to; const char *format; } range_form;
static const range_form forms[] = {
    {F_YEAR, F_MONTH, "y-m"}, {F_DAY, F_HOUR, "d h"}, {F_DAY, F_MINUTE, "d h:m"}, {F_DAY, F_SECOND, "d h:m:s.n"},
    {F_HOUR, F_MINUTE, "h:m"}, {F_HOUR, F_SECOND, "h:m:s.n"}, {F_MINUTE, F_SECOND, "m:s.n"},
};

static bool
take_digits(pz_str s, size_t *i, int max, int64_t *out)
{
    size_t from = *i;
    *out = 0;
    while (*i < s.len && s.ptr[*i] >= '0' && s.ptr[*i] <= '9' && (int)(*i - from) < max) {
        int digit = s.ptr[(*i)++] - '0';
        *out = *out > INT64_MAX / 100 ? INT64_MAX / 10 : *out * 10 + digit;        /* far beyond every limit stays there */
    }
    return *i > from;
}

/* Text by a form: values per field; micros from the fraction.  Years and months may be of any length, other leading fields have
 * a limit each, the rest two digits. */
static bool
read_form(pz_str s, const range_form *f, int64_t v[6], int64_t *fraction, bool *negative)
{
    size_t i = 0;
    s = pz_str_trim(s);
    *negative = s.len && s.ptr[0] == '-';
    if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) i++;
    int field = f->from;
    for (const char *c = f->format; *c && *c != '.'; c++) {
        if (*c == '-' || *c == ':') {
            if (i >= s.len || s.ptr[i++] != *c) return false;
        } else if (*c == ' ') {
            if (i >= s.len || !is_space(s.ptr[i])) return false;
            while (i < s.len && is_space(s.ptr[i])) i++;
        } else {
            bool years = f->from == F_YEAR;
            int most = years ? INT_MAX : c != f->format ? 2 : f->from == F_DAY ? 9 : f->from == F_HOUR ? 10 : f->from == F_MINUTE ? 12 : 2;
            if (!take_digits(s, &i, most, &v[field])) return false;
            field++;
        }
    }
    if (f->to == F_SECOND && i < s.len && s.ptr[i] == '.') {
        size_t from = ++i;
        int64_t n;
        if (!take_digits(s, &i, 9, &n)) return false;
        for (size_t k = i - from; k < 9; k++) n *= 10;
        *fraction = n / 1000;
    }
    return i == s.len;
}

static pz_str
upper_name(pz_parser *p, int field)
{
    return pz_upper_ascii(p->a, pz_str_c(field_names[field]));
}

static void
report_form(pz_parser *p, pz_origin o, const range_form *f, pz_str input)
{
    bool months = f->from == F_YEAR;
    pz_str to = upper_name(p, f->to), from = upper_name(p, f->from);
    PZ_SEM(p, months ? PZ_ERR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING : PZ_ERR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING_WITH_NOTICE,
           o, "intervalStr", months ? "year-month" : "day-time", "supportedFormat",
           pz_strf(p->a, "`[+|-]%s`, `INTERVAL [+|-]'[+|-]%s' " PZ_FMT " TO " PZ_FMT "`", f->format, f->format, PZ_ARG(from), PZ_ARG(to)).ptr,
           "typeName", pz_strf(p->a, "interval %s to %s", field_names[f->from], field_names[f->to]).ptr, "input", input.ptr, NULL);
}

static pz_expr *
year_month(pz_parser *p, pz_origin o, const int64_t v[6], bool negative, pz_str input, pz_str whole)
{
    int64_t months = v[F_YEAR] > INT32_MAX ? INT64_MAX : v[F_YEAR] * 12 + v[F_MONTH];
    if (negative) months = -months;
    if (v[F_MONTH] > 11 || months > INT32_MAX || months < INT32_MIN) {
        PZ_SEM(p, PZ_ERR_INVALID_INTERVAL_FORMAT_INTERVAL_PARSING, o, "input", input.ptr, "interval", "year-month", NULL);
        months = 0;
    }
    if (p->o->calendar_intervals) return make_calendar(p, o, months, 0, 0);
    return make_literal(p, o, pz_type_ym(p->a, 0, 1), months, whole);
}

static pz_expr *
day_time(pz_parser *p, pz_origin o, const range_form *f, const int64_t v[6], int64_t fraction, bool negative, pz_str whole)
{
    static const int64_t micros[] = {0, 0, 86400000000LL, 3600000000LL, 60000000, 1000000}, max[] = {0, 0, 0, 23, 59, 59},
                         longest[] = {0, 0, 106751991, 2562047788, 153722867280, 59};
    int64_t sum = 0;
    bool ok = true;
    for (int k = f->from; k <= f->to; k++) {
        int64_t most = k > f->from ? max[k] : longest[k];
        if (v[k] > most)
            PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0063, o, "msg",
                   pz_strf(p->a, "requirement failed: %s %lld outside range [0, %lld]", field_names[k], (long long)v[k], (long long)most).ptr, NULL);
        ok &= add_scaled(&sum, negative ? -v[k] : v[k], micros[k], 0);
    }
    ok &= add_scaled(&sum, negative ? -fraction : fraction, 1, 0);
    if (!ok) {
        if (!p->sem.id) pz_raise_text(&p->sem, PZ_CLASS_JavaArithmeticException, "long overflow");
        sum = 0;
    }
    if (p->o->calendar_intervals) return make_calendar(p, o, 0, sum / micros[F_DAY], sum % micros[F_DAY]);
    return make_literal(p, o, pz_type_dt(p->a, f->from - F_DAY, f->to - F_DAY), sum, whole);
}

static pz_expr *
ranged(pz_parser *p, int start)
{
    pz_str input;
    bool is_string, negative;
    int64_t v[6] = {0}, fraction = 0;
    if (!unit_value(p, &input, &is_string)) return NULL;
    input = pz_dup(p->a, input);
    int from = range_field(tk(p)), to = tkn(p, 1) == K_TO ? range_field(tkn(p, 2)) : -1;
    if (from < 0 || to < 0) {
        pz_fail(p);
        return NULL;
    }
    p->at += 3;
    pz_origin o = pz_origin_at(p, start + 1);
    pz_str whole = pz_span_text(p, start, p->at);
    const range_form *f = NULL;
    for (size_t i = 0; i < PZ_COUNTOF(forms); i++)
        if (forms[i].from == from && forms[i].to == to) f = &forms[i];
    if (!is_string) {
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0027, o, NULL);
    } else if (!f) {
        PZ_SEM(p, PZ_ERR_INVALID_INTERVAL_FORMAT_UNSUPPORTED_FROM_TO_EXPRESSION, o, "input", input.ptr, "from", field_names[from],
               "to", field_names[to], NULL);
    } else if (!read_form(input, f, v, &fraction, &negative)) {
        report_form(p, o, f, input);
    } else {
        return from == F_YEAR ? year_month(p, o, v, negative, input, whole) : day_time(p, o, f, v, fraction, negative, whole);
    }
    return make_literal(p, o, &pz_t_dt_interval, 0, whole);
}

/* Is the value at `p->at` followed by "unit TO unit"? */
static bool
is_ranged(pz_parser *p)
{
    pz_mark m = pz_mark_make(p);
    pz_str v;
    bool is_string, yes = unit_value(p, &v, &is_string) && range_field(tk(p)) >= 0 && tkn(p, 1) == K_TO && range_field(tkn(p, 2)) >= 0;
    pz_back(p, m);
    return yes;
}

static bool
value_follows(const pz_parser *p)
{
    int k = tk(p) == T_PLUS || tk(p) == T_MINUS ? 1 : 0, n = tkn(p, k);
    return n == T_INTEGER || n == T_DECIMAL || pz_is_string(p, k);
}

/* interval; NULL with the position unchanged when INTERVAL is a name or starts INTERVAL 'text' */
pz_expr *
pz_interval_literal(pz_parser *p)
{
    int start = p->at;
    pz_mark m = pz_mark_make(p);
    skip(p);
    pz_expr *e = NULL;
    if (value_follows(p)) {
        bool range = is_ranged(p);
        e = range ? ranged(p, start) : multi_units(p, start);
        /* a second part after a finished one is read only to be refused */
        if (e && value_follows(p) && tk(p) != T_PLUS && tk(p) != T_MINUS) {
            pz_mark done = pz_mark_make(p);
            bool again = is_ranged(p);
            pz_expr *more = again ? ranged(p, start) : range ? multi_units(p, start) : NULL;
            if (!more) pz_back(p, done);
            else {
                if (!done.sem && p->sem.id) pz_error_init(&p->sem, p->a);
                PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0024, pz_origin_at(p, start), NULL);
            }
        }
    }
    if (!e) pz_back(p, m);
    return e;
}

/*
 * types/datetime_pattern.c - compile a Java date and time pattern, and say what is wrong with it.
 *
 * In: pattern text and whether it is to parse.  Out: a list of elements, or the condition Spark raises for the pattern.
 * Things start at pz_datetime_pattern_make().  Where the old SimpleDateFormat took a pattern that is not valid any more, Spark says so with
 * an upgrade condition; accepted_before() knows what that was.
 */
#include "datetime_pattern.h"

const char *const pz_month_names[12] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
const char *const pz_day_names[7] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

typedef PZ_VEC(pz_dp_element) elements;
typedef struct compiler {
    pz_arena *a;
    pz_datetime_pattern *p;
    elements list;
    PZ_VEC(int) open;
    bool era;                                  /* the pattern has G: y is the year of the era */
    int active;                                /* first of a run of adjacent numbers, -1: none */
    bool varied_fraction;                      /* the first run of S has been seen */
} compiler;

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---------------------------------------------------------------- what is refused */

/* Walk the parts outside quotes. */
static bool
next_plain(pz_str s, size_t *at, bool *quoted, char *c)
{
    while (*at < s.len) {
        *c = s.ptr[(*at)++];
        if (*c == '\'') {
            *quoted = !*quoted;
            continue;
        }
        if (!*quoted) return true;
    }
    return false;
}

static char
find_plain(pz_str s, const char *letters)
{
    size_t at = 0;
    bool quoted = false;
    char c;
    while (next_plain(s, &at, &quoted, &c))
        if (c && strchr(letters, c)) return c;
    return 0;
}

/* The letter of a run too long for what Spark allows, or 0. */
static char
long_run(pz_str s)
{
    static const char five[] = "GMLEuQq";
    size_t at = 0, run = 0;
    bool quoted = false;
    char c, last = 0;
    while (next_plain(s, &at, &quoted, &c)) {
        run = c == last ? run + 1 : 1;
        last = c;
        if ((run == 5 && strchr(five, c)) || (run == 7 && c == 'y')) return c;
    }
    return 0;
}

/* Whether SimpleDateFormat took the pattern. */
static bool
accepted_before(pz_str s)
{
    size_t at = 0, run = 0;
    bool quoted = false;
    char c, last = 0;
    while (next_plain(s, &at, &quoted, &c)) {
        run = c == last ? run + 1 : 1;
        last = c;
        if (is_letter(c) && !strchr("GyYMLwWDdFEuaHkKhmsSzZX", c)) return false;
        if (c == 'X' && run > 3) return false;
    }
    return !quoted;
}

static void
refuse(pz_datetime_pattern *p, pz_err_id id, pz_err_class klass, char letter)
{
    p->bad = id;
    p->bad_class = klass;
    p->bad_letter = letter;
    if (!accepted_before(p->text)) return;
    p->bad = PZ_ERR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_DATETIME_PATTERN_RECOGNITION;
    p->bad_class = PZ_CLASS_SparkUpgradeException;
}

static bool
check_letters(pz_datetime_pattern *p)
{
    char c;
    if ((c = find_plain(p->text, "YWwuec")) != 0)
        refuse(p, PZ_ERR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_DATETIME_WEEK_BASED_PATTERN, PZ_CLASS_SparkIllegalArgumentException, c);
    else if ((c = find_plain(p->text, p->parsing ? "ABnNpEFqQ" : "ABnNp")) != 0)
        refuse(p, PZ_ERR_INVALID_DATETIME_PATTERN_ILLEGAL_CHARACTER, PZ_CLASS_SparkIllegalArgumentException, c);
    else if ((c = long_run(p->text)) != 0)
        refuse(p, PZ_ERR_INVALID_DATETIME_PATTERN_LENGTH, PZ_CLASS_SparkIllegalArgumentException, c);
    return p->bad == PZ_ERR_NONE;
}

pz_status
pz_datetime_pattern_check(const pz_datetime_pattern *p, pz_error *err)
{
    static const char docroot[] = "https://spark.apache.org/docs/latest", policy[] = "\"spark.sql.legacy.timeParserPolicy\"";
    if (p->bad == PZ_ERR_NONE) return PZ_OK;
    char letter[2] = {p->bad_letter, 0}, run[8] = {0};
    pz_buf b;
    pz_value text = {.s = p->text};
    pz_buf_init(&b, 0);
    pz_value_text(&b, &pz_t_string, &text, PZ_TEXT_SQL, NULL);
    pz_buf_putc(&b, 0);
    switch (p->bad) {
    case PZ_ERR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_DATETIME_WEEK_BASED_PATTERN:
        pz_raise_as(err, p->bad_class, p->bad, PZ_NO_ORIGIN, "c", letter, NULL);
        break;
    case PZ_ERR_INVALID_DATETIME_PATTERN_ILLEGAL_CHARACTER:
        pz_raise_as(err, p->bad_class, p->bad, PZ_NO_ORIGIN, "c", letter, "pattern", p->text.ptr, NULL);
        break;
    case PZ_ERR_INVALID_DATETIME_PATTERN_LENGTH:
        memset(run, p->bad_letter, p->bad_letter == 'y' ? 7 : 5);
        pz_raise_as(err, p->bad_class, p->bad, PZ_NO_ORIGIN, "pattern", run, NULL);
        break;
    case PZ_ERR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_DATETIME_PATTERN_RECOGNITION:
        pz_raise_as(err, p->bad_class, p->bad, PZ_NO_ORIGIN, "pattern", b.ptr, "config", policy, "docroot", docroot, NULL);
        break;
    default:
        pz_raise_as(err, p->bad_class, p->bad, PZ_NO_ORIGIN, "pattern", b.ptr, "docroot", docroot, NULL);
        break;
    }
    pz_buf_free(&b);
    return PZ_FAIL;
}

pz_status
pz_datetime_pattern_refuse(const pz_datetime_pattern *p, pz_error *err)
{
    pz_datetime_pattern plain = {.text = p->text, .bad = PZ_ERR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION, .bad_class = PZ_CLASS_SparkRuntimeException};
    return pz_datetime_pattern_check(&plain, err);
}

/* ---------------------------------------------------------------- compiling */

static pz_dp_element *
add(compiler *c, pz_dp_kind kind, char letter, int count)
{
    pz_dp_element e = {.kind = kind, .letter = letter, .count = count};
    if (kind != PZ_DP_NUMBER && kind != PZ_DP_REDUCED) c->active = -1;
    pz_vec_push(c->a, &c->list, e);
    return &c->list.data[c->list.n - 1];
}

/* Adjacent numbers: one of variable width leaves the digits that the fixed ones behind it need. */
static void
add_number(compiler *c, pz_dp_kind kind, char letter, int count, int min, int max, bool exceeds_pad)
{
    pz_dp_element *e = add(c, kind, letter, count);
    e->min = min;
    e->max = max;
    e->exceeds_pad = exceeds_pad;
    e->fixed = min == max;
    if (c->active >= 0 && e->fixed) {
        c->list.data[c->active].following += max;
        e->following = -1;
    } else {
        if (c->active >= 0) c->list.data[c->active].following = -1;
        c->active = c->list.n - 1;
    }
}

static void
add_text(compiler *c, pz_str s)
{
    if (s.len) add(c, PZ_DP_TEXT, 0, 0)->text = s;
}

static bool
add_year(compiler *c, int n)
{
    char letter = c->era ? 'y' : 'u';
    if (n == 2) add_number(c, PZ_DP_REDUCED, letter, n, 2, 2, false);
    else add_number(c, PZ_DP_NUMBER, letter, n, n, 19, n >= 4);
    return n <= 19;
}

/* Numbers by one or two letters, names by three or four. */
static bool
add_named(compiler *c, char letter, int n)
{
    if (n == 1) add_number(c, PZ_DP_NUMBER, letter, n, 1, 19, false);
    else if (n == 2) add_number(c, PZ_DP_NUMBER, letter, n, 2, 2, false);
    else add(c, PZ_DP_NAME, letter, n);
    return n <= 4;
}

static bool
add_fraction(compiler *c, int n)
{
    pz_dp_element *e = add(c, PZ_DP_FRACTION, 'S', n);
    e->min = c->p->parsing && !c->varied_fraction ? 1 : n;
    e->max = n;
    c->varied_fraction = true;
    return n <= 9;
}

static bool
add_letter(compiler *c, char letter, int n)
{
    switch (letter) {
    case 'y': return add_year(c, n);
    case 'M': case 'L': case 'Q': case 'q': return add_named(c, letter, n);
    case 'd': case 'h': case 'H': case 'k': case 'K': case 'm': case 's':
        add_number(c, PZ_DP_NUMBER, letter, n, n, n == 1 ? 19 : n, false);
        return n <= 2;
    case 'D':
        add_number(c, PZ_DP_NUMBER, letter, n, n, n == 1 ? 19 : 3, false);
        return n <= 3;
    case 'F':
        add_number(c, PZ_DP_NUMBER, letter, n, 1, 19, false);
        return n == 1;
    case 'S': return add_fraction(c, n);
    case 'G': case 'E':
        add(c, PZ_DP_NAME, letter, n);
        return n <= 4;
    case 'a':
        add(c, PZ_DP_NAME, letter, n);
        return n == 1;
    case 'V':
        add(c, PZ_DP_ZONE, letter, n);
        return n == 2;
    case 'z':
        add(c, PZ_DP_ZONE, letter, n);
        return n <= 4;
    case 'v':
        add(c, PZ_DP_ZONE, letter, n);
        return n == 1 || n == 4;
    case 'O':
        add(c, PZ_DP_OFFSET, letter, n);
        return n == 1 || n == 4;
    case 'X': case 'x': case 'Z':
        add(c, PZ_DP_OFFSET, letter, n);
        return n <= 5;
    default: return false;
    }
}

/* A quoted text from *at (behind the opening quote); two quotes are one. */
static bool
add_quoted(compiler *c, size_t *at)
{
    pz_str s = c->p->text;
    char *p = pz_alloc(c->a, s.len + 1);
    size_t n = 0;
    if (*at < s.len && s.ptr[*at] == '\'') {
        (*at)++;
        add_text(c, PZ_STR("'"));
        return true;
    }
    while (*at < s.len) {
        char ch = s.ptr[(*at)++];
        if (ch != '\'') {
            p[n++] = ch;
        } else if (*at < s.len && s.ptr[*at] == '\'') {
            p[n++] = s.ptr[(*at)++];
        } else {
            add_text(c, (pz_str){p, n});
            return true;
        }
    }
    return false;
}

static bool
close_section(compiler *c)
{
    if (c->open.n == 0) return false;
    int open = c->open.data[--c->open.n];
    add(c, PZ_DP_CLOSE, ']', 1);
    c->list.data[open].match = c->list.n - 1;
    return true;
}

static bool
compile(compiler *c)
{
    pz_str s = c->p->text;
    size_t at = 0;
    while (at < s.len) {
        char ch = s.ptr[at];
        size_t from = at;
        if (is_letter(ch)) {
            while (at < s.len && s.ptr[at] == ch) at++;
            if (!add_letter(c, ch, (int)(at - from))) return false;
        } else if (ch == '\'') {
            at++;
            if (!add_quoted(c, &at)) return false;
        } else if (ch == '[') {
            add(c, PZ_DP_OPEN, ch, 1);
            pz_vec_push(c->a, &c->open, c->list.n - 1);
            at++;
        } else if (ch == ']') {
            if (!close_section(c)) return false;
            at++;
        } else if (strchr("{}#", ch)) {
            return false;
        } else {
            while (at < s.len && !is_letter(s.ptr[at]) && !strchr("'[]{}#", s.ptr[at])) at++;
            add_text(c, (pz_str){s.ptr + from, at - from});
        }
    }
    while (c->open.n > 0) close_section(c);    /* a section may stay open */
    return true;
}

/* SimpleDateFormat: any letter it knows, no sections. */
static bool
compile_legacy(compiler *c)
{
    pz_str s = c->p->text;
    size_t at = 0;
    while (at < s.len) {
        char ch = s.ptr[at];
        size_t from = at;
        if (ch == '\'') {
            at++;
            if (!add_quoted(c, &at)) return false;
        } else if (is_letter(ch)) {
            while (at < s.len && s.ptr[at] == ch) at++;
            int n = (int)(at - from);
            if (strchr("zZX", ch)) add(c, ch == 'z' ? PZ_DP_ZONE : PZ_DP_OFFSET, ch, n);
            else if (strchr("GEa", ch) || (strchr("ML", ch) && n > 2)) add(c, PZ_DP_NAME, ch, n);
            else if (ch == 'S') add(c, PZ_DP_FRACTION, ch, n)->max = n;
            else if (ch == 'y' || ch == 'Y') add_number(c, n == 2 || (n == 1 && c->p->parsing) ? PZ_DP_REDUCED : PZ_DP_NUMBER, ch, n, n, n, false);
            else add_number(c, PZ_DP_NUMBER, ch == 'u' ? 'e' : ch, n, n, n, false);
        } else {
            at++;
            add_text(c, (pz_str){s.ptr + from, 1});
        }
    }
    return true;
}

const pz_datetime_pattern *
pz_datetime_pattern_make(pz_arena *a, pz_str text, bool parsing, pz_time_policy policy)
{
    pz_datetime_pattern *p = PZ_NEW(a, pz_datetime_pattern);
    compiler c = {.a = a, .p = p, .active = -1};
    p->text = pz_dup(a, text);
    p->parsing = parsing;
    p->policy = policy;
    c.era = find_plain(p->text, "G") != 0;
    bool legacy = policy == PZ_TIME_LEGACY, ok;
    if (legacy) {
        ok = accepted_before(p->text) && compile_legacy(&c);
    } else {
        if (!check_letters(p)) return p;
        ok = compile(&c);
    }
    if (!ok) {
        p->bad = PZ_ERR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION;
        p->bad_class = PZ_CLASS_SparkRuntimeException;
        if (!legacy) refuse(p, p->bad, p->bad_class, 0);
    }
    p->list = c.list.data;
    p->n = c.list.n;
    return p;
}

const pz_datetime_pattern *
pz_datetime_pattern_make_in(pz_arena *a, pz_str text, bool parsing, const pz_locale *locale)
{
    pz_datetime_pattern *p = PZ_NEW(a, pz_datetime_pattern);
    *p = *pz_datetime_pattern_make(a, text, parsing, PZ_TIME_CORRECTED);
    p->locale = locale;
    return p;
}

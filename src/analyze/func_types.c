/*
 * analyze/func_types.c - what a parameter of a function accepts, with and without an implicit cast.
 */
#include "func_int.h"

/* Classes of types: name in signatures, the words of error messages, the type that text and NULL become. */
typedef struct type_class {
    const char *name, *words;
    bool (*has)(const pz_type *t);
    const pz_type *from_null, *from_string;
} type_class;

static bool is_any(const pz_type *t) { (void)t; return true; }
static bool is_decimal(const pz_type *t) { return t->id == PZ_T_DECIMAL; }
static bool is_ym(const pz_type *t) { return t->id == PZ_T_YM_INTERVAL; }
static bool is_dt(const pz_type *t) { return t->id == PZ_T_DT_INTERVAL; }
static bool is_array(const pz_type *t) { return t->id == PZ_T_ARRAY; }
static bool is_map(const pz_type *t) { return t->id == PZ_T_MAP; }
static bool is_struct(const pz_type *t) { return t->id == PZ_T_STRUCT; }
static bool is_ts(const pz_type *t)
{
    return t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ || t->id == PZ_T_TIMESTAMP_LTZ_NANOS || t->id == PZ_T_TIMESTAMP_NTZ_NANOS;
}
static bool is_nanos(const pz_type *t) { return t->id == PZ_T_TIMESTAMP_LTZ_NANOS || t->id == PZ_T_TIMESTAMP_NTZ_NANOS; }
static bool is_binary_or_string(const pz_type *t) { return pz_type_is_string(t) || t->id == PZ_T_BINARY; }
static bool is_summable(const pz_type *t) { return pz_type_is_numeric(t) || pz_type_is_ansi_interval(t); }
static bool is_time(const pz_type *t) { return t->id == PZ_T_TIME; }

static const type_class classes[] = {
    {"any", "\"ANY\"", is_any, NULL, NULL},
    {"orderable", "\"ANY\"", is_any, NULL, NULL},
    {"num", "\"NUMERIC\"", pz_type_is_numeric, &pz_t_double, &pz_t_double},
    {"integral", "\"INTEGRAL\"", pz_type_is_integral, &pz_t_int, NULL},
    {"fractional", "\"FRACTIONAL\"", pz_type_is_fractional, &pz_t_double, NULL},
    {"decimal", "\"DECIMAL\"", is_decimal, NULL, NULL},
    {"datetime", "(\"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\")", pz_type_is_datetime, &pz_t_date, &pz_t_timestamp},
    {"any_timestamp", "\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\"", is_ts, &pz_t_timestamp, &pz_t_timestamp},
    {"interval", "(\"INTERVAL\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")", pz_type_is_interval, &pz_t_calendar_interval, NULL},
    {"ansi_interval", "(\"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")", pz_type_is_ansi_interval, &pz_t_dt_interval, NULL},
    {"ym_interval", "\"INTERVAL YEAR TO MONTH\"", is_ym, &pz_t_ym_interval, &pz_t_ym_interval},
    {"dt_interval", "\"INTERVAL DAY TO SECOND\"", is_dt, &pz_t_dt_interval, &pz_t_dt_interval},
    {"array", "\"ARRAY\"", is_array, NULL, NULL},
    {"map", "\"MAP\"", is_map, NULL, NULL},
    {"struct", "\"STRUCT\"", is_struct, NULL, NULL},
    {"complex", "(\"ARRAY\" or \"MAP\" or \"STRUCT\")", pz_type_is_nested, NULL, NULL},
    {"string_like", "(\"STRING\" or \"BINARY\")", is_binary_or_string, &pz_t_string, &pz_t_string},
    {"timestamp_or_nanos", "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN [7, 9])\")", is_ts,
     &pz_t_timestamp, &pz_t_timestamp},
    {"nanos", "\"(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN [7, 9])\"", is_nanos, &pz_t_timestamp, NULL},
    {"summable", "\"NUMERIC\" or \"ANSI INTERVAL\"", is_summable, &pz_t_double, &pz_t_double},
    {"any_time", "\"TIME\"", is_time, &pz_t_time, &pz_t_time},
};

int
pz_sig_class_find(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(classes); i++)
        if (pz_str_eqc(name, classes[i].name))
            return (int)i;
    return -1;
}

bool
pz_sig_accepts(const pz_sig_type *s, const pz_type *t)
{
    switch (s->kind) {
    case PZ_SIG_TYPE:
        if (s->type->id == PZ_T_STRING)
            return pz_type_is_string(t);
        if (s->type->id == PZ_T_TIME)
            return t->id == PZ_T_TIME;
        return pz_type_eq(s->type, t);
    case PZ_SIG_CLASS:
        return classes[s->cls].has(t);
    case PZ_SIG_VAR:
        return !s->a || pz_sig_accepts(s->a, t);
    case PZ_SIG_ARRAY:
        return t->id == PZ_T_ARRAY && pz_sig_accepts(s->a, t->element);
    case PZ_SIG_MAP:
        return t->id == PZ_T_MAP && pz_sig_accepts(s->a, t->key) && pz_sig_accepts(s->b, t->element);
    case PZ_SIG_STRUCT:
        if (t->id != PZ_T_STRUCT || t->nfields != s->nparts)
            return false;
        for (int i = 0; i < s->nparts; i++)
            if (!pz_sig_accepts(s->parts[i], t->fields[i].type))
                return false;
        return true;
    case PZ_SIG_UNION:
        for (int i = 0; i < s->nparts; i++)
            if (pz_sig_accepts(s->parts[i], t))
                return true;
        return false;
    case PZ_SIG_FN:
        return true;
    }
    return false;
}

/* What ANSI mode casts silently for an argument: the casts an INSERT may make. */
bool
pz_can_assign(const pz_type *from, const pz_type *to)
{
    if (pz_type_eq_loose(from, to) || from->id == PZ_T_VOID)
        return true;
    if (pz_type_is_numeric(from) && pz_type_is_numeric(to))
        return true;
    if ((pz_type_is_datetime(from) || from->id == PZ_T_TIME) && (pz_type_is_datetime(to) || to->id == PZ_T_TIME))
        return true;
    if (pz_type_is_string(to))
        return !pz_type_is_nested(from) && from->id != PZ_T_UDT;
    if (from->id != to->id)
        return false;
    switch (from->id) {
    case PZ_T_ARRAY:
        return (to->contains_null || !from->contains_null) && pz_can_assign(from->element, to->element);
    case PZ_T_MAP:
        return (to->contains_null || !from->contains_null) && pz_can_assign(from->key, to->key) && pz_can_assign(from->element, to->element);
    case PZ_T_STRUCT:
        if (from->nfields != to->nfields)
            return false;
        for (int i = 0; i < from->nfields; i++)
            if (!pz_can_assign(from->fields[i].type, to->fields[i].type))
                return false;
        return true;
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL:
    case PZ_T_TIME:
        return true;
    default:
        return false;
    }
}

const pz_type *
pz_implicit_cast(pz_arena *a, const pz_type *from, const pz_type *to, bool ansi)
{
    if (pz_type_eq(from, to) || from->id == PZ_T_VOID || (pz_type_is_string(from) && pz_type_is_string(to)))
        return from->id == PZ_T_VOID ? to : from;
    if (ansi) {
        if (pz_type_is_string(from))
            return pz_type_is_nested(to) || to->id == PZ_T_UDT ? NULL : to;
        return pz_can_assign(from, to) ? to : NULL;
    }
    if (pz_type_is_numeric(from) && pz_type_is_numeric(to))
        return to;
    if (pz_type_is_string(from))
        return pz_type_is_numeric(to) || pz_type_is_datetime(to) || to->id == PZ_T_BINARY ? to : NULL;
    if (pz_type_is_string(to))
        return pz_type_is_nested(from) || from->id == PZ_T_UDT || from->id == PZ_T_CALENDAR_INTERVAL ? NULL : to;
    if ((pz_type_is_datetime(from) || from->id == PZ_T_TIME) && pz_type_is_datetime(to))
        return to;
    if (from->id == PZ_T_ARRAY && to->id == PZ_T_ARRAY) {
        const pz_type *e = pz_implicit_cast(a, from->element, to->element, ansi);
        return e && (to->contains_null || !from->contains_null) ? pz_type_array(a, e, to->contains_null) : NULL;
    }
    return pz_type_eq_loose(from, to) ? from : NULL;
}

static const pz_type *
class_cast(pz_arena *a, const type_class *c, const pz_type *t, bool ansi)
{
    if (t->id == PZ_T_VOID)
        return c->from_null ? c->from_null : c->has == is_decimal ? pz_type_decimal(a, 38, 18) : c->has == is_array ? pz_type_array(a, &pz_t_void, true)
               : c->has == is_map ? pz_type_map(a, &pz_t_void, &pz_t_void, true) : NULL;
    if (c->has == is_decimal && pz_type_is_numeric(t))
        return pz_decimal_for(a, t);
    if (pz_type_is_string(t) && !ansi && strcmp(c->name, "any_timestamp") == 0)
        return NULL;
    if (pz_type_is_string(t))
        return c->has == is_decimal ? pz_type_decimal(a, 38, 18) : c->from_string;
    if (c->has == is_ts && t->id == PZ_T_DATE)
        return &pz_t_timestamp;
    if (c->has == is_binary_or_string && !pz_type_is_nested(t) && (ansi || t->id != PZ_T_CALENDAR_INTERVAL))
        return &pz_t_string;
    if (c->has == is_time && ansi && pz_type_is_datetime(t))
        return &pz_t_time;
    if (c->has == is_summable && t->id == PZ_T_TIMESTAMP)
        return &pz_t_double;                   /* a timestamp is added up as its seconds */
    return NULL;
}

const pz_type *
pz_sig_implicit(pz_arena *a, const pz_sig_type *s, const pz_type *t, bool ansi)
{
    const pz_type *x, *y;
    if (pz_sig_accepts(s, t))
        return t;
    switch (s->kind) {
    case PZ_SIG_TYPE:
        return pz_implicit_cast(a, t, s->type, ansi);
    case PZ_SIG_CLASS:
        return class_cast(a, &classes[s->cls], t, ansi);
    case PZ_SIG_VAR:
        return pz_sig_implicit(a, s->a, t, ansi);
    case PZ_SIG_ARRAY:
        if (t->id == PZ_T_VOID) {
            x = pz_sig_implicit(a, s->a, t, ansi);
            return x ? pz_type_array(a, x, true) : NULL;
        }
        if (t->id != PZ_T_ARRAY || !(x = pz_sig_implicit(a, s->a, t->element, ansi)))
            return NULL;
        if (ansi && pz_type_is_string(t->element) && !pz_type_is_string(x))
            return NULL;                       /* text inside is not read as something else */
        return pz_type_array(a, x, true);
    case PZ_SIG_MAP:
        if (t->id == PZ_T_VOID) {
            x = pz_sig_implicit(a, s->a, t, ansi);
            y = pz_sig_implicit(a, s->b, t, ansi);
        } else {
            x = t->id == PZ_T_MAP ? pz_sig_implicit(a, s->a, t->key, ansi) : NULL;
            y = t->id == PZ_T_MAP ? pz_sig_implicit(a, s->b, t->element, ansi) : NULL;
        }
        return x && y ? pz_type_map(a, x, y, true) : NULL;
    case PZ_SIG_UNION:
        for (int i = 0; i < s->nparts; i++)
            if ((x = pz_sig_implicit(a, s->parts[i], t, ansi)))
                return x;
        return NULL;
    default:
        return NULL;
    }
}

/* ---- for messages */

static void
describe(pz_buf *b, const pz_sig_type *s, bool *first)
{
    pz_arena *a;
    pz_str t;
    if (s->kind == PZ_SIG_UNION) {
        for (int i = 0; i < s->nparts; i++)
            describe(b, s->parts[i], first);
        return;
    }
    if (s->kind == PZ_SIG_VAR && s->a) {
        describe(b, s->a, first);
        return;
    }
    if (!*first)
        pz_buf_puts(b, " or ");
    *first = false;
    switch (s->kind) {
    case PZ_SIG_TYPE:
        a = pz_arena_open();
        t = pz_type_sql(s->type, a);
        pz_buf_printf(b, "\"" PZ_FMT "\"", PZ_ARG(t));
        pz_arena_close(a);
        return;
    case PZ_SIG_CLASS: {
        const char *w = classes[s->cls].words;
        size_t n = strlen(w);
        if (w[0] == '(')                       /* a list of its own: without its parentheses */
            pz_buf_add(b, w + 1, n - 2);
        else
            pz_buf_add(b, w, n);
        return;
    }
    case PZ_SIG_ARRAY:
        if (s->a->kind == PZ_SIG_TYPE) {
            a = pz_arena_open();
            t = pz_type_sql(s->a->type, a);
            pz_buf_printf(b, "\"ARRAY<" PZ_FMT ">\"", PZ_ARG(t));
            pz_arena_close(a);
            return;
        }
        pz_buf_puts(b, "\"ARRAY\"");
        return;
    case PZ_SIG_MAP:
        pz_buf_puts(b, "\"MAP\"");
        return;
    case PZ_SIG_STRUCT:
        pz_buf_puts(b, "\"STRUCT\"");
        return;
    default:
        pz_buf_puts(b, "\"ANY\"");
    }
}

void
pz_sig_describe(pz_buf *b, const pz_sig_type *s)
{
    pz_buf inner;
    bool first = true;
    pz_buf_init(&inner, 0);
    describe(&inner, s, &first);
    bool bare = s->kind == PZ_SIG_CLASS && classes[s->cls].has == is_summable;        /* the one list without parentheses */
    bool several = !bare && memmem(inner.ptr, inner.len, "\" or \"", 6) != NULL;
    if (several)
        pz_buf_putc(b, '(');
    pz_buf_str(b, pz_buf_view(&inner));
    if (several)
        pz_buf_putc(b, ')');
    pz_buf_free(&inner);
}

/*
 * engine/functions/json.c - JSON functions: paths, keys, schemas, from_json, to_json.
 *
 * In: JSON text and, for from_json, the result type the analyzer took from the schema argument.  Out: values of that type.
 * Options arrive as the last argument, a map<string, string>; keys are case-insensitive.
 */
#include "../../types/datetime_pattern.h"
#include "agg_util.h"
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- options */
typedef struct options {
    pz_json_options read;
    bool fail_fast, drop_malformed, ignore_null_fields, pretty, primitives_as_string, prefers_decimal, infer_timestamp, drop_all_null, partial, sort_keys;
    pz_str corrupt, date_format, timestamp_format, ntz_format;
    const pz_zone *zone;
} options;

static bool
is_true(pz_str s)
{
    return pz_str_ieqc(s, "true");
}

static pz_status
read_options(pz_fn_ctx *c, const pz_value *map, options *o)
{
    *o = (options){.read = pz_json_default, .ignore_null_fields = true, .corrupt = PZ_STR("_corrupt_record"), .partial = true, .zone = c->site->zone};
    for (int i = 0; map != NULL && !map->null && i < map->map.n; i++) {
        pz_str k = map->map.keys[i].s, v = map->map.vals[i].s;
        struct { const char *name; bool *flag; } flags[] = {
            {"allowSingleQuotes", &o->read.single_quotes}, {"allowUnquotedFieldNames", &o->read.unquoted_names},
            {"allowNumericLeadingZeros", &o->read.leading_zeros}, {"allowBackslashEscapingAnyCharacter", &o->read.backslash_any},
            {"allowComments", &o->read.comments}, {"allowUnquotedControlChars", &o->read.control_chars},
            {"allowNonNumericNumbers", &o->read.non_numeric}, {"ignoreNullFields", &o->ignore_null_fields}, {"pretty", &o->pretty},
            {"primitivesAsString", &o->primitives_as_string}, {"prefersDecimal", &o->prefers_decimal},
            {"inferTimestamp", &o->infer_timestamp}, {"dropFieldIfAllNull", &o->drop_all_null}, {"sortKeys", &o->sort_keys}};
        bool known = false;
        for (size_t f = 0; f < PZ_COUNTOF(flags) && !known; f++) {
            if (!pz_str_ieqc(k, flags[f].name))
                continue;
            if (!is_true(v) && !pz_str_ieqc(v, "false"))
                return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "For input string: \"" PZ_FMT "\"", PZ_ARG(v));
            *flags[f].flag = is_true(v);
            known = true;
        }
        if (known || map->map.vals[i].null)
            continue;
        if (pz_str_ieqc(k, "mode")) {
            o->fail_fast = pz_str_ieqc(v, "FAILFAST");
            o->drop_malformed = pz_str_ieqc(v, "DROPMALFORMED");
        } else if (pz_str_ieqc(k, "columnNameOfCorruptRecord")) {
            o->corrupt = v;
        } else if (pz_str_ieqc(k, "dateFormat")) {
            o->date_format = v;
        } else if (pz_str_ieqc(k, "timestampFormat")) {
            o->timestamp_format = v;
        } else if (pz_str_ieqc(k, "timestampNTZFormat")) {
            o->ntz_format = v;
        } else if (pz_str_ieqc(k, "timeZone") || pz_str_ieqc(k, "timestampZone")) {
            o->zone = pz_zone_find(v);
            if (o->zone == NULL)
                o->zone = c->site->zone;
        }
    }
    return PZ_OK;
}

/* What a worker remembers from row to row: the options it read last, which are the same for nearly every row, and the patterns in them. */
typedef struct memory {
    pz_arena *a;
    bool set;
    pz_value map;
    options o;
    const pz_datetime_pattern *date, *timestamp, *ntz;
} memory;

static void *
open_memory(const pz_call_site *site, int worker)
{
    memory *m = pz_must(calloc(1, sizeof *m));
    PZ_UNUSED(site);
    PZ_UNUSED(worker);
    m->a = pz_arena_open();
    return m;
}

static void
close_memory(void *local)
{
    memory *m = local;
    pz_arena_close(m->a);
    free(m);
}

static pz_status
options_of(pz_fn_ctx *c, const pz_value *args, options *o)
{
    const pz_value *map = c->site->nargs > 1 ? &args[1] : NULL;
    const pz_type *t = map ? c->site->arg_types[1] : NULL;
    memory *m = c->local;
    if (m && m->set && (!map || pz_value_eq(t, map, &m->map))) {
        *o = m->o;
        return PZ_OK;
    }
    PZ_TRY(read_options(c, map, o));
    if (!m) return PZ_OK;
    pz_arena_close(m->a);
    *m = (memory){.a = pz_arena_open(), .set = true};
    if (map) m->map = pz_value_copy(m->a, t, map);
    return read_options(c, map ? &m->map : NULL, &m->o);
}

static const pz_datetime_pattern *
pattern_of(pz_fn_ctx *c, const pz_type *t, pz_str text, bool parsing)
{
    memory *m = c->local;
    const pz_datetime_pattern *made = NULL, **slot = &made;
    if (m && m->set) slot = t->id == PZ_T_DATE ? &m->date : t->id == PZ_T_TIMESTAMP ? &m->timestamp : &m->ntz;
    if (!*slot) *slot = pz_datetime_pattern_make(m && m->set ? m->a : c->scratch, text, parsing, PZ_TIME_CORRECTED);
    return *slot;
}

static bool
read_doc(pz_fn_ctx *c, pz_str text, const pz_json_options *o, pz_json *out)
{
    return pz_json_read(c->scratch, text, o, out, NULL);
}

/* ---- paths: $.a.b[0][*]['x'] */
typedef struct step { enum { KEY, INDEX, WILD, NEVER } kind; pz_str key; int64_t index; } step;
typedef PZ_VEC(step) steps;

static bool
parse_path(pz_arena *a, pz_str p, steps *out)
{
    size_t i = 1;
    if (p.len == 0 || p.ptr[0] != '$')
        return false;
    while (i < p.len) {
        step s = {KEY, {0}, 0};
        if (p.ptr[i] == '.') {
            size_t from = ++i;
            while (i < p.len && p.ptr[i] != '.' && p.ptr[i] != '[')
                i++;
            s.key = cut(p, from, i);
            if (s.key.len == 0)
                return false;
            if (pz_str_eqc(s.key, "*"))
                s.kind = NEVER;                /* Spark reads .* and finds nothing by it */
        } else if (p.ptr[i] == '[') {
            const char *close = memchr(p.ptr + i, ']', p.len - i);
            size_t from = i + 1, to = close ? (size_t)(close - p.ptr) : 0;
            if (close == NULL)
                return false;
            if (p.ptr[from] == '\'' || p.ptr[from] == '"') {
                const char *q = memchr(p.ptr + from + 1, p.ptr[from], p.len - from - 1);
                if (q == NULL || (size_t)(q - p.ptr) + 1 >= p.len || q[1] != ']')
                    return false;
                s.key = cut(p, from + 1, (size_t)(q - p.ptr));
                to = (size_t)(q - p.ptr) + 1;
            } else if (to == from + 1 && p.ptr[from] == '*') {
                s.kind = WILD;
            } else {
                s.kind = INDEX;
                for (size_t k = from; k < to; k++) {
                    if (p.ptr[k] < '0' || p.ptr[k] > '9')
                        return false;
                    s.index = s.index * 10 + (p.ptr[k] - '0');
                }
                if (to == from)
                    return false;
            }
            i = to + 1;
        } else {
            return false;
        }
        pz_vec_push(a, out, s);
    }
    return true;
}

typedef PZ_VEC(const pz_json *) found;

static void
walk(pz_arena *a, const pz_json *v, const steps *p, int at, found *out)
{
    if (at == p->n) {
        pz_vec_push(a, out, v);
        return;
    }
    const step *s = &p->data[at];
    if (s->kind == KEY) {
        if (v->kind == PZ_JSON_OBJECT) {
            const pz_json *m = pz_json_member(v, s->key);
            if (m != NULL && m->kind != PZ_JSON_NULL)
                walk(a, m, p, at + 1, out);
        } else if (v->kind == PZ_JSON_ARRAY && at > 0 && p->data[at - 1].kind == WILD) {
            for (int i = 0; i < v->n; i++)
                walk(a, &v->items[i], p, at, out);
        }
    } else if (s->kind == INDEX) {
        if (v->kind == PZ_JSON_ARRAY && s->index < v->n)
            walk(a, &v->items[s->index], p, at + 1, out);
    } else if (s->kind == WILD && v->kind != PZ_JSON_ARRAY) {
        if (at > 0 && p->data[at - 1].kind == WILD) walk(a, v, p, at + 1, out);     /* what is no array inside stays as it is */
    } else if (s->kind == WILD) {
        for (int i = 0; i < v->n; i++)
            walk(a, &v->items[i], p, at + 1, out);
    }
}

static pz_str
text_of(pz_arena *a, const pz_json *v)
{
    pz_buf b;
    if (v->kind == PZ_JSON_STRING || ((v->kind == PZ_JSON_INT || v->kind == PZ_JSON_REAL)))
        return v->text;
    pz_buf_init(&b, 0);
    pz_json_write(&b, v);
    pz_str s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

/* [*][*] always makes an array */
static bool
flattens(const steps *p)
{
    for (int i = 1; i < p->n; i++)
        if (p->data[i].kind == WILD && p->data[i - 1].kind == WILD) return true;
    return false;
}

PZ_FN(fn_get_json_object)
{
    steps p = {0};
    pz_json doc;
    found hits = {0};
    bool wild = false;
    if (!parse_path(c->scratch, args[1].s, &p) || !read_doc(c, args[0].s, &pz_json_default, &doc))
        return give_null(out);
    walk(c->scratch, &doc, &p, 0, &hits);
    for (int i = 0; i < p.n; i++)
        wild |= p.data[i].kind == WILD;
    if (hits.n == 0 || (hits.n == 1 && hits.data[0]->kind == PZ_JSON_NULL && !wild))
        return give_null(out);
    if (hits.n == 1 && !wild) return give_str(out, text_of(c->scratch, hits.data[0]));
    pz_json arr = {.kind = PZ_JSON_ARRAY, .n = hits.n, .items = PZ_NEWN(c->scratch, pz_json, hits.n)};
    for (int i = 0; i < hits.n; i++)
        arr.items[i] = *hits.data[i];
    if (hits.n == 1 && !flattens(&p)) {        /* one of an array stays JSON: a string keeps its quotes */
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_json_write(&b, hits.data[0]);
        give_str(out, pz_buf_dup(&b, c->scratch));
        pz_buf_free(&b);
        return PZ_OK;
    }
    return give_str(out, text_of(c->scratch, &arr));
}

/* json_tuple(json, k1, k2, ...): one row of texts. */
PZ_FN(fn_json_tuple)
{
    pz_json doc;
    int n = c->site->nargs - 1;
    bool ok = !args[0].null && read_doc(c, args[0].s, &pz_json_default, &doc) && doc.kind == PZ_JSON_OBJECT;
    pz_value row = {.null = false};
    row.list.items = PZ_NEWN(c->scratch, pz_value, n);
    row.list.n = n;
    for (int i = 0; i < n; i++) {
        const pz_json *m = ok && !args[i + 1].null ? pz_json_member(&doc, args[i + 1].s) : NULL;
        row.list.items[i].null = m == NULL || m->kind == PZ_JSON_NULL;
        if (!row.list.items[i].null)
            row.list.items[i].s = text_of(c->scratch, m);
    }
    *out = (pz_value){.null = false};
    out->list.items = PZ_NEW(c->scratch, pz_value);
    out->list.items[0] = row;
    out->list.n = 1;
    return PZ_OK;
}

PZ_FN(fn_json_array_length)
{
    pz_json doc;
    if (!read_doc(c, args[0].s, &pz_json_default, &doc) || doc.kind != PZ_JSON_ARRAY)
        return give_null(out);
    return give_int(out, doc.n);
}

PZ_FN(fn_json_object_keys)
{
    pz_json doc;
    if (!read_doc(c, args[0].s, &pz_json_default, &doc) || doc.kind != PZ_JSON_OBJECT)
        return give_null(out);
    *out = (pz_value){.null = false};
    out->list.items = PZ_NEWN(c->scratch, pz_value, doc.n + 1);
    for (int i = 0; i < doc.n; i++)
        out->list.items[i].s = doc.items[i].key;
    out->list.n = doc.n;
    return PZ_OK;
}

/* ---- from_json */
static const pz_value null_value = {.null = true};

static bool convert(pz_fn_ctx *c, const options *o, const pz_json *v, const pz_type *t, pz_value *out, bool *bad);

static bool
whole_number(pz_str s, int64_t lo, int64_t hi, int64_t *out)
{
    __int128 u;
    int p, sc;
    if (!pz_decimal_parse(s, &u, &p, &sc) || sc != 0 || u < lo || u > hi)
        return false;
    *out = (int64_t)u;
    return true;
}

static bool
to_decimal(pz_str s, const pz_type *t, pz_value *out)
{
    __int128 u;
    int p, sc;
    if (!pz_decimal_parse(s, &u, &p, &sc))
        return false;
    for (; sc < t->scale; sc++)
        if (__builtin_mul_overflow(u, (__int128)10, &u))
            return false;
    if (sc > t->scale) {
        __int128 d = pz_pow10(sc - t->scale > 38 ? 38 : sc - t->scale), q = u / d, rest = u % d;
        u = q + ((rest < 0 ? -rest : rest) * 2 >= d ? (rest < 0 ? -1 : 1) : 0);
    }
    __int128 limit = pz_pow10(t->precision);
    if (u >= limit || u <= -limit)
        return false;
    out->dec = u;
    return true;
}

static bool
to_double(const pz_json *v, pz_value *out)
{
    static const struct { const char *w; double d; } words[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"+Infinity", INFINITY}, {"INF", INFINITY},
                                                                {"+INF", INFINITY}, {"-Infinity", -INFINITY}, {"-INF", -INFINITY}};
    for (size_t i = 0; i < PZ_COUNTOF(words); i++)
        if (pz_str_eqc(v->text, words[i].w)) {
            out->d = words[i].d;
            return true;
        }
    if (v->kind == PZ_JSON_STRING)
        return false;
    char buf[400];
    size_t n = v->text.len < sizeof(buf) - 1 ? v->text.len : sizeof(buf) - 1;
    memcpy(buf, v->text.ptr, n);
    buf[n] = 0;
    out->d = strtod(buf, NULL);
    return true;
}

static int
base64_value(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? ch - 'A' : ch >= 'a' && ch <= 'z' ? ch - 'a' + 26 : ch >= '0' && ch <= '9' ? ch - '0' + 52 : ch == '+' || ch == '-' ? 62
           : ch == '/' || ch == '_' ? 63 : -1;
}

static bool
from_base64(pz_fn_ctx *c, pz_str s, pz_value *out)
{
    char *p = room(c, s.len);
    size_t n = 0;
    uint32_t acc = 0;
    int bits = 0;
    for (size_t i = 0; i < s.len && s.ptr[i] != '='; i++) {
        int d = base64_value(s.ptr[i]);
        if (d < 0)
            return false;
        acc = acc << 6 | (uint32_t)d;
        if ((bits += 6) >= 8)
            p[n++] = (char)(acc >> (bits -= 8));
    }
    out->s = (pz_str){p, n};
    return true;
}

/* Text by a user's pattern; a time without zone is in the zone of the options. */
static pz_status
parse_by_pattern(pz_fn_ctx *c, pz_str text, pz_str pattern, const pz_type *t, const pz_zone *zone, pz_value *out)
{
    const pz_datetime_pattern *p = pattern_of(c, t, pattern, true);
    pz_parsed_time got;
    pz_str why;
    PZ_TRY(pz_datetime_pattern_check(p, c->err));
    *out = (pz_value){.null = !pz_datetime_parse(p, text, &got, c->scratch, &why)};
    if (out->null)
        return PZ_OK;
    out->i = t->id == PZ_T_DATE ? pz_floor_div(got.local_micros, 86400000000ll)
             : t->id == PZ_T_TIMESTAMP_NTZ ? got.local_micros : pz_zone_to_utc(got.zone ? got.zone : zone, got.local_micros);
    return PZ_OK;
}

static bool
to_time(pz_fn_ctx *c, const options *o, const pz_json *v, const pz_type *t, pz_value *out)
{
    pz_str pattern = t->id == PZ_T_DATE ? o->date_format : t->id == PZ_T_TIMESTAMP ? o->timestamp_format : o->ntz_format;
    int32_t days;
    if (v->kind == PZ_JSON_INT && t->id == PZ_T_TIMESTAMP) {
        if (!whole_number(v->text, INT64_MIN / 1000000, INT64_MAX / 1000000, &out->i))
            return false;
        out->i *= 1000000;
        return true;
    }
    if (v->kind != PZ_JSON_STRING)
        return false;
    if (pattern.len > 0)
        return parse_by_pattern(c, v->text, pattern, t, o->zone, out) == PZ_OK && !out->null;
    if (t->id == PZ_T_DATE) {
        if (!pz_date_parse(v->text, &days))
            return false;
        out->i = days;
        return true;
    }
    return pz_timestamp_parse(v->text, o->zone, t->id == PZ_T_TIMESTAMP_NTZ, &out->i);
}

static bool
convert_struct(pz_fn_ctx *c, const options *o, const pz_json *v, const pz_type *t, pz_value *out, bool *bad)
{
    if (v->kind != PZ_JSON_OBJECT)
        return false;
    out->list.items = PZ_NEWN(c->scratch, pz_value, t->nfields + 1);
    out->list.n = t->nfields;
    for (int i = 0; i < t->nfields; i++) {
        const pz_json *m = NULL;
        for (int k = 0; k < v->n; k++)         /* the last of equal names wins */
            if (pz_str_eq(v->items[k].key, t->fields[i].name))
                m = &v->items[k];
        out->list.items[i] = null_value;
        if (m != NULL && !convert(c, o, m, t->fields[i].type, &out->list.items[i], bad)) {
            out->list.items[i] = null_value;
            *bad = true;
        }
    }
    return true;
}

static bool
convert(pz_fn_ctx *c, const options *o, const pz_json *v, const pz_type *t, pz_value *out, bool *bad)
{
    *out = (pz_value){.null = false};
    if (v->kind == PZ_JSON_NULL) {
        out->null = true;
        return true;
    }
    switch (t->id) {
    case PZ_T_BOOLEAN: out->b = v->b; return v->kind == PZ_JSON_BOOL;
    case PZ_T_BYTE: return v->kind == PZ_JSON_INT && whole_number(v->text, INT8_MIN, INT8_MAX, &out->i);
    case PZ_T_SHORT: return v->kind == PZ_JSON_INT && whole_number(v->text, INT16_MIN, INT16_MAX, &out->i);
    case PZ_T_INT: return v->kind == PZ_JSON_INT && whole_number(v->text, INT32_MIN, INT32_MAX, &out->i);
    case PZ_T_LONG: return v->kind == PZ_JSON_INT && whole_number(v->text, INT64_MIN, INT64_MAX, &out->i);
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE:
        if (v->kind != PZ_JSON_INT && v->kind != PZ_JSON_REAL && v->kind != PZ_JSON_STRING)
            return false;
        if (!to_double(v, out))
            return false;
        if (t->id == PZ_T_FLOAT)
            out->d = (float)out->d;
        return true;
    case PZ_T_DECIMAL: return (v->kind == PZ_JSON_INT || v->kind == PZ_JSON_REAL || v->kind == PZ_JSON_STRING) && to_decimal(v->text, t, out);
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: out->s = text_of(c->scratch, v); return true;
    case PZ_T_BINARY: return v->kind == PZ_JSON_STRING && from_base64(c, v->text, out);
    case PZ_T_DATE:
    case PZ_T_TIMESTAMP:
    case PZ_T_TIMESTAMP_NTZ: return to_time(c, o, v, t, out);
    case PZ_T_TIME: return v->kind == PZ_JSON_STRING && pz_time_parse(v->text, &out->i);
    case PZ_T_YM_INTERVAL: return v->kind == PZ_JSON_STRING && pz_ym_parse(v->text, t->start, t->end, &out->i) == 0;
    case PZ_T_DT_INTERVAL: return v->kind == PZ_JSON_STRING && pz_dt_parse(v->text, t->start, t->end, &out->i) == 0;
    case PZ_T_STRUCT: return convert_struct(c, o, v, t, out, bad);
    case PZ_T_ARRAY:
        if (v->kind != PZ_JSON_ARRAY)
            return false;
        out->list.items = PZ_NEWN(c->scratch, pz_value, v->n + 1);
        out->list.n = v->n;
        for (int i = 0; i < v->n; i++)
            if (!convert(c, o, &v->items[i], t->element, &out->list.items[i], bad)) {
                out->list.items[i] = null_value;
                *bad = true;
            }
        return true;
    case PZ_T_MAP:
        if (v->kind != PZ_JSON_OBJECT)
            return false;
        out->map.keys = PZ_NEWN(c->scratch, pz_value, v->n + 1);
        out->map.vals = PZ_NEWN(c->scratch, pz_value, v->n + 1);
        for (int i = 0; i < v->n; i++) {
            int at = 0;
            while (at < out->map.n && !pz_str_eq(out->map.keys[at].s, v->items[i].key))
                at++;
            out->map.keys[at] = (pz_value){.s = v->items[i].key};
            if (!convert(c, o, &v->items[i], t->element, &out->map.vals[at], bad)) {
                out->map.vals[at] = null_value;
                *bad = true;
            }
            if (at == out->map.n)
                out->map.n++;
        }
        return true;
    default: return false;
    }
}

static pz_status
malformed(pz_fn_ctx *c, const options *o, pz_str record, const pz_value *partial, pz_value *out)
{
    const pz_type *t = c->site->result;
    if (o->fail_fast)
        return pz_raise(c->err, PZ_ERR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "badRecord",
                        partial ? pz_strf(c->scratch, "[" PZ_FMT "]", PZ_ARG(record)).ptr : "[null]", "failFastMode", "FAILFAST", NULL);
    if (t->id != PZ_T_STRUCT)
        return give_null(out);
    if (partial != NULL) {
        *out = *partial;
    } else {
        *out = (pz_value){.null = false};
        out->list.items = PZ_NEWN(c->scratch, pz_value, t->nfields + 1);
        out->list.n = t->nfields;
        for (int i = 0; i < t->nfields; i++)
            out->list.items[i] = null_value;
    }
    for (int i = 0; i < t->nfields; i++)
        if (pz_str_eq(t->fields[i].name, o->corrupt) && pz_type_is_string(t->fields[i].type))
            out->list.items[i] = (pz_value){.s = record};
    return PZ_OK;
}

PZ_FN(fn_from_json)
{
    options o;
    pz_json doc;
    bool bad = false;
    const pz_type *t = c->site->result;
    PZ_TRY(options_of(c, args, &o));
    if (args[0].null || pz_str_trim(args[0].s).len == 0)
        return give_null(out);
    if (!read_doc(c, args[0].s, &o.read, &doc))
        return malformed(c, &o, args[0].s, NULL, out);
    pz_json *root = &doc, one = {.kind = PZ_JSON_ARRAY, .n = 1, .items = &doc};
    if (doc.kind == PZ_JSON_NULL && t->id != PZ_T_STRUCT)
        return give_null(out);
    if (t->id == PZ_T_STRUCT && doc.kind == PZ_JSON_ARRAY) {
        if (doc.n == 0)
            return malformed(c, &o, args[0].s, NULL, out);
        root = &doc.items[0];
    } else if (t->id == PZ_T_ARRAY && t->element->id == PZ_T_STRUCT && doc.kind == PZ_JSON_OBJECT) {
        root = &one;
    }
    if (root->kind == PZ_JSON_NULL || !convert(c, &o, root, t, out, &bad))
        return malformed(c, &o, args[0].s, NULL, out);
    return bad ? malformed(c, &o, args[0].s, out, out) : PZ_OK;
}

/* ---- to_json */
static pz_status write_value(pz_fn_ctx *c, const options *o, pz_buf *b, const pz_type *t, const pz_value *v, int indent);
void pz_variant_json(pz_buf *b, pz_str value, pz_str metadata, const pz_zone *zone) __attribute__((weak));

static void
line(const options *o, pz_buf *b, int indent)
{
    if (!o->pretty)
        return;
    pz_buf_putc(b, '\n');
    for (int i = 0; i < indent; i++)
        pz_buf_puts(b, "  ");
}

static void
write_timestamp(const options *o, pz_buf *b, const pz_type *t, const pz_value *v)
{
    int64_t off = 0, local = v->i;
    bool ltz = t->id == PZ_T_TIMESTAMP;
    if (ltz) {
        off = pz_zone_offset_at(o->zone, v->i, NULL);
        local = v->i + off * 1000000;
    }
    int64_t days = pz_floor_div(local, 86400000000ll), us = pz_floor_mod(local, 86400000000ll);
    pz_buf_putc(b, '"');
    pz_date_text(b, days);
    pz_buf_printf(b, "T%02d:%02d:%02d.%03d", (int)(us / 3600000000ll), (int)(us / 60000000 % 60), (int)(us / 1000000 % 60), (int)(us / 1000 % 1000));
    if (ltz && off == 0)
        pz_buf_putc(b, 'Z');
    else if (ltz)
        pz_buf_printf(b, "%c%02d:%02d", off < 0 ? '-' : '+', (int)(llabs(off) / 3600), (int)(llabs(off) / 60 % 60));
    pz_buf_putc(b, '"');
}

static pz_status
write_by_pattern(pz_fn_ctx *c, const options *o, pz_buf *b, const pz_type *t, const pz_value *v, pz_str pattern)
{
    const pz_datetime_pattern *p = pattern_of(c, t, pattern, false);
    int64_t local = t->id == PZ_T_DATE ? v->i * 86400000000ll : t->id == PZ_T_TIMESTAMP ? pz_zone_to_local(o->zone, v->i) : v->i;
    pz_buf x;
    PZ_TRY(pz_datetime_pattern_check(p, c->err));
    pz_buf_init(&x, 0);
    pz_status st = pz_datetime_format(p, local, t->id == PZ_T_TIMESTAMP ? v->i : local, o->zone, &x, c->err);
    pz_json_quote(b, pz_buf_view(&x));
    pz_buf_free(&x);
    return st;
}

/* A struct as a map key prints as Spark's rows do: [1,x,null]. */
static void
write_key(pz_buf *b, const pz_type *t, const pz_value *v, const pz_zone *zone)
{
    if (t->id != PZ_T_STRUCT) {
        pz_value_text(b, t, v, PZ_TEXT_CAST, zone);
        return;
    }
    pz_buf_putc(b, '[');
    for (int i = 0; i < t->nfields; i++) {
        pz_buf_puts(b, i ? "," : "");
        if (v->list.items[i].null)
            pz_buf_puts(b, "null");
        else
            write_key(b, t->fields[i].type, &v->list.items[i], zone);
    }
    pz_buf_putc(b, ']');
}

typedef struct named_member { pz_str name; int at; } named_member;

static int
by_member_name(const void *x, const void *y)
{
    return pz_str_cmp(((const named_member *)x)->name, ((const named_member *)y)->name);
}

/* Names of the members in the order they are written. */
static named_member *
member_names(pz_fn_ctx *c, const options *o, const pz_type *t, const pz_value *v, int n)
{
    named_member *m = PZ_NEWN(c->scratch, named_member, n + 1);
    for (int i = 0; i < n; i++) {
        m[i].at = i;
        if (t->id == PZ_T_STRUCT) {
            m[i].name = t->fields[i].name;
        } else if (t->id == PZ_T_MAP) {
            pz_buf k;
            pz_buf_init(&k, 0);
            write_key(&k, t->key, &v->map.keys[i], o->zone);
            m[i].name = pz_buf_dup(&k, c->scratch);
            pz_buf_free(&k);
        }
    }
    if (o->sort_keys && t->id != PZ_T_ARRAY)
        qsort(m, (size_t)n, sizeof(*m), by_member_name);
    return m;
}

static pz_status
write_members(pz_fn_ctx *c, const options *o, pz_buf *b, const pz_type *t, const pz_value *v, int indent)
{
    bool first = true, map = t->id == PZ_T_MAP, array = t->id == PZ_T_ARRAY;
    int n = map ? v->map.n : v->list.n;
    const named_member *names = member_names(c, o, t, v, n);
    pz_buf_putc(b, array ? '[' : '{');
    for (int k = 0; k < n; k++) {
        int i = names[k].at;
        const pz_value *x = map ? &v->map.vals[i] : &v->list.items[i];
        const pz_type *xt = map || array ? t->element : t->fields[i].type;
        if (x->null && !array && o->ignore_null_fields && !map)
            continue;
        if (!first)
            pz_buf_putc(b, ',');
        first = false;
        if (!array || o->pretty)
            line(o, b, array ? 0 : indent + 1);
        if (!array) {
            pz_json_quote(b, names[k].name);
            pz_buf_puts(b, o->pretty ? " : " : ":");
        }
        PZ_TRY(write_value(c, o, b, xt, x, indent + 1));
    }
    if (!first && !array)
        line(o, b, indent);
    pz_buf_putc(b, array ? ']' : '}');
    return PZ_OK;
}

static pz_status
write_value(pz_fn_ctx *c, const options *o, pz_buf *b, const pz_type *t, const pz_value *v, int indent)
{
    pz_str pattern = t->id == PZ_T_DATE ? o->date_format : t->id == PZ_T_TIMESTAMP ? o->timestamp_format : t->id == PZ_T_TIMESTAMP_NTZ ? o->ntz_format : pz_str_c(NULL);
    if (v->null) {
        pz_buf_puts(b, "null");
        return PZ_OK;
    }
    if (pattern.len > 0)
        return write_by_pattern(c, o, b, t, v, pattern);
    switch (t->id) {
    case PZ_T_STRUCT:
    case PZ_T_ARRAY:
    case PZ_T_MAP: return write_members(c, o, b, t, v, indent);
    case PZ_T_BOOLEAN: pz_buf_puts(b, v->b ? "true" : "false"); return PZ_OK;
    case PZ_T_BYTE:
    case PZ_T_SHORT:
    case PZ_T_INT:
    case PZ_T_LONG: pz_buf_printf(b, "%lld", (long long)v->i); return PZ_OK;
    case PZ_T_DECIMAL: pz_decimal_text(b, v->dec, t->scale); return PZ_OK;
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE: {
        bool odd = isnan(v->d) || isinf(v->d);
        if (odd)
            pz_buf_putc(b, '"');
        if (t->id == PZ_T_FLOAT)
            pz_float_text(b, (float)v->d);
        else
            pz_double_text(b, v->d);
        if (odd)
            pz_buf_putc(b, '"');
        return PZ_OK;
    }
    case PZ_T_BINARY:
        pz_buf_putc(b, '"');
        pz_buf_base64(b, v->s, false);
        pz_buf_putc(b, '"');
        return PZ_OK;
    case PZ_T_TIMESTAMP:
    case PZ_T_TIMESTAMP_NTZ: write_timestamp(o, b, t, v); return PZ_OK;
    case PZ_T_VARIANT:
        if (pz_variant_json != NULL) {
            pz_variant_json(b, v->list.items[0].s, v->list.items[1].s, o->zone);
            return PZ_OK;
        }
        break;
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: pz_json_quote(b, v->s); return PZ_OK;
    default: break;
    }
    pz_buf x;
    pz_buf_init(&x, 0);
    pz_value_text(&x, t, v, PZ_TEXT_CAST, o->zone);
    pz_json_quote(b, pz_buf_view(&x));
    pz_buf_free(&x);
    return PZ_OK;
}

PZ_FN(fn_to_json)
{
    options o;
    pz_buf b;
    PZ_TRY(options_of(c, args, &o));
    if (args[0].null)
        return give_null(out);
    pz_buf_init(&b, 0);
    pz_status st = write_value(c, &o, &b, c->site->arg_types[0], &args[0], 0);
    pz_str s = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return st == PZ_OK ? give_str(out, s) : st;
}

/* ---- schema_of_json */
static const pz_type *merge(pz_arena *a, const pz_type *x, const pz_type *y);

static int
by_name(const void *x, const void *y)
{
    return pz_str_cmp(((const pz_field *)x)->name, ((const pz_field *)y)->name);
}

/* Scale of a number as it is written, its digits after the point less its exponent; *digits without leading zeros. */
static int64_t
written_scale(pz_str s, int *digits)
{
    int64_t scale = 0, exponent = 0;
    bool point = false;
    size_t i = 0;
    *digits = 0;
    for (; i < s.len && s.ptr[i] != 'e' && s.ptr[i] != 'E'; i++) {
        point |= s.ptr[i] == '.';
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            continue;
        scale += point;
        *digits += *digits > 0 || s.ptr[i] != '0';
    }
    bool minus = i + 1 < s.len && s.ptr[i + 1] == '-';
    for (i++; i < s.len; i++)
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9' && exponent < 1000000)
            exponent = exponent * 10 + (s.ptr[i] - '0');
    return scale - (minus ? -exponent : exponent);
}

static const pz_type *
infer_number(pz_fn_ctx *c, const options *o, const pz_json *v)
{
    pz_arena *a = c->scratch;
    int64_t i;
    __int128 u;
    int p, s;
    if (o->primitives_as_string)
        return &pz_t_string;
    if (v->kind == PZ_JSON_INT) {
        if (whole_number(v->text, INT64_MIN, INT64_MAX, &i))
            return &pz_t_long;
        size_t n = v->text.len - (v->text.ptr[0] == '-');
        return n <= 38 ? pz_type_decimal(a, (int)n, 0) : &pz_t_double;
    }
    if (o->prefers_decimal && !v->is_nan_word) {
        int digits;
        int64_t scale = written_scale(v->text, &digits);
        if (scale < 0 && digits <= 38) {
            pz_raise(c->err, PZ_ERR_NEGATIVE_SCALE_DISALLOWED, PZ_NO_ORIGIN, "scale", pz_strf(a, "'%lld'", (long long)scale).ptr, "sqlConf",
                     "\"spark.sql.legacy.allowNegativeScaleOfDecimal\"", NULL);
            return &pz_t_double;               /* the caller looks at c->err */
        }
    }
    if (o->prefers_decimal && !v->is_nan_word && pz_decimal_parse(v->text, &u, &p, &s))
        return pz_type_decimal(a, p > s ? p : s, s);
    return &pz_t_double;
}

static const pz_type *
infer(pz_fn_ctx *c, const options *o, const pz_json *v)
{
    pz_arena *a = c->scratch;
    switch (v->kind) {
    case PZ_JSON_NULL: return &pz_t_void;
    case PZ_JSON_BOOL: return o->primitives_as_string ? &pz_t_string : &pz_t_boolean;
    case PZ_JSON_INT:
    case PZ_JSON_REAL: return infer_number(c, o, v);
    case PZ_JSON_STRING: {
        int64_t us;
        __int128 u;
        int p, s;
        if (o->prefers_decimal && pz_decimal_parse(v->text, &u, &p, &s))
            return pz_type_decimal(a, p > s ? p : s, s);
        if (o->infer_timestamp && pz_timestamp_parse(v->text, o->zone, false, &us) && v->text.len > 10)
            return &pz_t_timestamp;
        return &pz_t_string;
    }
    case PZ_JSON_ARRAY: {
        const pz_type *t = &pz_t_void;
        for (int i = 0; i < v->n; i++)
            t = merge(a, t, infer(c, o, &v->items[i]));
        return pz_type_array(a, t, true);
    }
    default: {
        pz_field *f = PZ_NEWN(a, pz_field, v->n + 1);
        for (int i = 0; i < v->n; i++)
            f[i] = (pz_field){v->items[i].key, infer(c, o, &v->items[i]), true, {0}};
        qsort(f, (size_t)v->n, sizeof(pz_field), by_name);
        return pz_type_struct(a, f, v->n);
    }
    }
}

static const pz_type *
merge_structs(pz_arena *a, const pz_type *x, const pz_type *y)
{
    pz_field *f = PZ_NEWN(a, pz_field, x->nfields + y->nfields + 1);
    int n = 0, i = 0, k = 0;
    while (i < x->nfields || k < y->nfields) {
        int cmp = i >= x->nfields ? 1 : k >= y->nfields ? -1 : pz_str_cmp(x->fields[i].name, y->fields[k].name);
        if (cmp == 0) {
            f[n] = x->fields[i++];
            f[n].type = merge(a, f[n].type, y->fields[k++].type);
        } else {
            f[n] = cmp < 0 ? x->fields[i++] : y->fields[k++];
        }
        n++;
    }
    return pz_type_struct(a, f, n);
}

static const pz_type *
merge(pz_arena *a, const pz_type *x, const pz_type *y)
{
    if (x->id == PZ_T_VOID)
        return y;
    if (y->id == PZ_T_VOID || pz_type_eq(x, y))
        return x;
    if (x->id == PZ_T_STRUCT && y->id == PZ_T_STRUCT)
        return merge_structs(a, x, y);
    if (x->id == PZ_T_ARRAY && y->id == PZ_T_ARRAY)
        return pz_type_array(a, merge(a, x->element, y->element), true);
    bool dx = x->id == PZ_T_DECIMAL, dy = y->id == PZ_T_DECIMAL, lx = x->id == PZ_T_LONG, ly = y->id == PZ_T_LONG;
    if ((dx && ly) || (lx && dy) || (dx && dy)) {
        int p1 = lx ? 20 : x->precision, s1 = lx ? 0 : x->scale, p2 = ly ? 20 : y->precision, s2 = ly ? 0 : y->scale;
        int s = s1 > s2 ? s1 : s2, r = p1 - s1 > p2 - s2 ? p1 - s1 : p2 - s2;
        return r + s > 38 ? &pz_t_double : pz_type_decimal(a, r + s, s);
    }
    if (pz_type_is_numeric(x) && pz_type_is_numeric(y))
        return &pz_t_double;
    return &pz_t_string;
}

/* Fields without a type left, and empty structs, fall away; NULL: nothing is left. */
static const pz_type *
canonical(pz_arena *a, const options *o, const pz_type *t)
{
    if (t->id == PZ_T_VOID)
        return o->drop_all_null ? NULL : &pz_t_string;
    if (t->id == PZ_T_ARRAY) {
        const pz_type *e = canonical(a, o, t->element);
        return e ? pz_type_array(a, e, true) : NULL;
    }
    if (t->id != PZ_T_STRUCT)
        return t;
    pz_field *f = PZ_NEWN(a, pz_field, t->nfields + 1);
    int n = 0;
    for (int i = 0; i < t->nfields; i++) {
        const pz_type *ft = canonical(a, o, t->fields[i].type);
        if (ft == NULL || t->fields[i].name.len == 0)
            continue;
        f[n] = t->fields[i];
        f[n++].type = ft;
    }
    return n ? pz_type_struct(a, f, n) : NULL;
}

PZ_FN(fn_schema_of_json)
{
    options o;
    pz_json doc;
    pz_arena *a = c->scratch;
    PZ_TRY(options_of(c, args, &o));
    if (pz_str_trim(args[0].s).len == 0)
        return give_str(out, PZ_STR("STRING"));
    if (!read_doc(c, args[0].s, &o.read, &doc))
        return pz_raise_text(c->err, PZ_CLASS_JsonParseException, "Malformed JSON text");
    const pz_type *t = infer(c, &o, &doc), *done = canonical(a, &o, t);
    if (c->err->id != PZ_ERR_NONE)
        return PZ_FAIL;
    if (done == NULL)
        done = t->id == PZ_T_STRUCT ? pz_type_struct(a, NULL, 0)
               : t->id == PZ_T_ARRAY && t->element->id == PZ_T_STRUCT ? pz_type_array(a, pz_type_struct(a, NULL, 0), true) : &pz_t_string;
    return give_str(out, pz_type_sql(done, a));
}

static const pz_value_fn_def defs[] = {
    {.name = "from_json", .call = fn_from_json, .takes_nulls = true, .open_local = open_memory, .close_local = close_memory},
    {.name = "get_json_object", .call = fn_get_json_object},
    {.name = "json_array_length", .call = fn_json_array_length},
    {.name = "json_object_keys", .call = fn_json_object_keys},
    {.name = "json_tuple", .call = fn_json_tuple, .takes_nulls = true},
    {.name = "schema_of_json", .call = fn_schema_of_json, .open_local = open_memory, .close_local = close_memory},
    {.name = "to_json", .call = fn_to_json, .takes_nulls = true, .open_local = open_memory, .close_local = close_memory},
};
PZ_FAMILY(pz_family_json, defs);

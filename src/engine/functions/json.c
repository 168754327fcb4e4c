/*
 * engine/functions/json.c - JSON functions: schemas, from_json, to_json (paths and keys: json_path.c).
 *
 * In: JSON text and, for from_json, the result type the analyzer took from the schema argument.  Out: values of that type.
 * Options arrive as the last argument, a map<string, string>; keys are case-insensitive.
 */
#include "../../types/datetime_pattern.h"
#include "agg_util.h"
#include "../files_int.h"
#include "json.h"
#include "variant.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- options */
typedef struct options {
    pz_json_options read;
    bool fail_fast, drop_malformed, ignore_null_fields, pretty, ascii, primitives_as_string, prefers_decimal, infer_timestamp, drop_all_null, partial, sort_keys;
    pz_str corrupt, date_format, timestamp_format, ntz_format, one_variant;
    const pz_locale *locale;
    pz_str nulls;                              /* ",1,4,": these members of the record are written though they are null */
    bool has_one_variant;
    const pz_zone *zone;
} options;

static bool
is_true(pz_str s)
{
    return pz_str_ieqc(s, "true");
}

static pz_status
read_options(pz_fn_ctx *c, const pz_value *map, pz_arena *a, options *o)
{
    *o = (options){.read = pz_json_default, .ignore_null_fields = true, .corrupt = corrupt_column(c), .partial = true, .zone = c->site->zone};
    for (int i = 0; map != NULL && !map->null && i < map->map.n; i++) {
        pz_str k = map->map.keys[i].s, v = map->map.vals[i].s;
        struct { const char *name; bool *flag; } flags[] = {
            {"allowSingleQuotes", &o->read.single_quotes}, {"allowUnquotedFieldNames", &o->read.unquoted_names},
            {"allowNumericLeadingZeros", &o->read.leading_zeros}, {"allowBackslashEscapingAnyCharacter", &o->read.backslash_any},
            {"allowComments", &o->read.comments}, {"allowUnquotedControlChars", &o->read.control_chars},
            {"allowNonNumericNumbers", &o->read.non_numeric}, {"ignoreNullFields", &o->ignore_null_fields}, {"pretty", &o->pretty},
            {"primitivesAsString", &o->primitives_as_string}, {"prefersDecimal", &o->prefers_decimal},
            {"inferTimestamp", &o->infer_timestamp}, {"dropFieldIfAllNull", &o->drop_all_null}, {"sortKeys", &o->sort_keys},
            {"writeNonAsciiCharacterAsCodePoint", &o->ascii}};
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
        if (pz_json_limit(&o->read, k, v, &known)) {
            if (known)
                return pz_raise_text(c->err, PZ_CLASS_SparkNumberFormatException, "For input string: \"" PZ_FMT "\"", PZ_ARG(v));
            continue;
        }
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
        } else if (pz_str_eqc(k, PZ_OPTION_NULLS)) {
            o->nulls = v;
        } else if (pz_str_ieqc(k, "locale")) {
            o->locale = pz_locale_make(a, v);
        } else if (pz_str_ieqc(k, "singleVariantColumn")) {
            o->has_one_variant = true;
            o->one_variant = v;
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
    PZ_TRY(read_options(c, map, c->scratch, o));
    if (!m) return PZ_OK;
    pz_arena_close(m->a);
    *m = (memory){.a = pz_arena_open(), .set = true};
    if (map) m->map = pz_value_copy(m->a, t, map);
    return read_options(c, map ? &m->map : NULL, m->a, &m->o);
}

static const pz_datetime_pattern *
pattern_of(pz_fn_ctx *c, const options *o, const pz_type *t, pz_str text, bool parsing)
{
    memory *m = c->local;
    const pz_datetime_pattern *made = NULL, **slot = &made;
    if (m && m->set) slot = t->id == PZ_T_DATE ? &m->date : t->id == PZ_T_TIMESTAMP ? &m->timestamp : &m->ntz;
    if (!*slot) *slot = pz_datetime_pattern_make_in(m && m->set ? m->a : c->scratch, text, parsing, m && m->set ? m->o.locale : o->locale);
    return *slot;
}

/* ---- from_json */
static const pz_value null_value = {.null = true};

/* What did not fit: the first string that is no number of its field is told by name in FAILFAST mode. */
typedef struct flaws { bool any; const pz_type *type; pz_str field, text; } flaws;

static bool convert(pz_fn_ctx *c, const options *o, const pz_json *v, const pz_type *t, pz_value *out, flaws *bad);

static void
note_flaw(flaws *f, pz_field field, const pz_json *v)
{
    bool number = field.type->id == PZ_T_DOUBLE || field.type->id == PZ_T_FLOAT;
    if (!f->any && number && v->kind == PZ_JSON_STRING && v->text.len > 0)
        *f = (flaws){true, field.type, field.name, v->text};
    f->any = true;
}

static bool
spoil(flaws *f)
{
    *f = (flaws){.any = true};
    return false;
}

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

static int
base64_value(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? ch - 'A' : ch >= 'a' && ch <= 'z' ? ch - 'a' + 26 : ch >= '0' && ch <= '9' ? ch - '0' + 52 : ch == '+' ? 62
           : ch == '/' ? 63 : -1;
}

/* Quads with their padding; blanks are allowed between them only. */
static bool
from_base64(pz_fn_ctx *c, pz_str s, pz_value *out)
{
    char *p = room(c, s.len + 3);
    size_t n = 0, i = 0;
    for (;;) {
        int d[4];
        while (i < s.len && (unsigned char)s.ptr[i] <= ' ')
            i++;
        if (i == s.len)
            break;
        if (i + 4 > s.len)
            return false;
        for (int k = 0; k < 4; k++)
            d[k] = base64_value(s.ptr[i + (size_t)k]);
        int pads = (s.ptr[i + 3] == '=') + (s.ptr[i + 2] == '=' && s.ptr[i + 3] == '=');
        if (d[0] < 0 || d[1] < 0 || (pads < 2 && d[2] < 0) || (pads < 1 && d[3] < 0))
            return false;
        uint32_t bits = (uint32_t)d[0] << 18 | (uint32_t)d[1] << 12 | (pads < 2 ? (uint32_t)d[2] << 6 : 0) | (pads < 1 ? (uint32_t)d[3] : 0);
        for (int k = 0; k < 3 - pads; k++)
            p[n++] = (char)(bits >> (16 - 8 * k));
        i += 4;
    }
    out->s = (pz_str){p, n};
    return true;
}

/* Text by a user's pattern; a time without zone is in the zone of the options. */
static pz_status
parse_by_pattern(pz_fn_ctx *c, const options *o, pz_str text, pz_str pattern, const pz_type *t, pz_value *out)
{
    const pz_datetime_pattern *p = pattern_of(c, o, t, pattern, true);
    pz_parsed_time got;
    pz_str why;
    PZ_TRY(pz_datetime_pattern_check(p, c->err));
    *out = (pz_value){.null = !pz_datetime_parse(p, text, &got, c->scratch, &why)};
    if (out->null)
        return PZ_OK;
    out->i = t->id == PZ_T_DATE ? pz_floor_div(got.local_micros, 86400000000ll)
             : t->id == PZ_T_TIMESTAMP_NTZ ? got.local_micros : pz_zone_to_utc(got.zone ? got.zone : o->zone, got.local_micros);
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
        return parse_by_pattern(c, o, v->text, pattern, t, out) == PZ_OK && !out->null;
    if (t->id == PZ_T_DATE) {
        if (!pz_date_parse(v->text, &days))    /* or days since 1970 */
            return whole_number(v->text, INT32_MIN, INT32_MAX, &out->i);
        out->i = days;
        return true;
    }
    return (t->id == PZ_T_TIMESTAMP || !pz_text_has_zone(v->text)) && pz_timestamp_parse(v->text, o->zone, t->id == PZ_T_TIMESTAMP_NTZ, &out->i);
}

static bool
convert_struct(pz_fn_ctx *c, const options *o, const pz_json *v, const pz_type *t, pz_value *out, flaws *bad)
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
            note_flaw(bad, t->fields[i], m);
        }
    }
    return true;
}

static bool
convert(pz_fn_ctx *c, const options *o, const pz_json *v, const pz_type *t, pz_value *out, flaws *bad)
{
    *out = (pz_value){.null = false};
    if (v->kind == PZ_JSON_NULL && t->id != PZ_T_VARIANT) {
        out->null = true;
        return true;
    }
    if (v->too_long)
        return false;
    switch (t->id) {
    case PZ_T_BOOLEAN: out->b = v->b; return v->kind == PZ_JSON_BOOL;
    case PZ_T_BYTE:                            /* as Jackson has it: an unsigned byte will do, and turns negative */
        if (v->kind != PZ_JSON_INT || !whole_number(v->text, INT8_MIN, UINT8_MAX, &out->i))
            return false;
        out->i = (int8_t)out->i;
        return true;
    case PZ_T_SHORT: return v->kind == PZ_JSON_INT && whole_number(v->text, INT16_MIN, INT16_MAX, &out->i);
    case PZ_T_INT: return v->kind == PZ_JSON_INT && whole_number(v->text, INT32_MIN, INT32_MAX, &out->i);
    case PZ_T_LONG: return v->kind == PZ_JSON_INT && whole_number(v->text, INT64_MIN, INT64_MAX, &out->i);
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE:
        if (v->kind != PZ_JSON_INT && v->kind != PZ_JSON_REAL && v->kind != PZ_JSON_STRING)
            return false;
        if ((v->kind == PZ_JSON_STRING && !o->read.non_numeric) || !pz_json_double(v, &out->d))
            return false;
        if (t->id == PZ_T_FLOAT)
            out->d = (float)out->d;
        return true;
    case PZ_T_DECIMAL:
        if (v->kind == PZ_JSON_STRING)
            return pz_text_decimal(v->text, o->locale, t, out);
        return (v->kind == PZ_JSON_INT || v->kind == PZ_JSON_REAL) && pz_plain_decimal(v->text, t, out);
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: out->s = pz_json_string(c->scratch, v); return true;
    case PZ_T_BINARY: return v->kind == PZ_JSON_STRING && from_base64(c, v->text, out);
    case PZ_T_DATE:
    case PZ_T_TIMESTAMP:
    case PZ_T_TIMESTAMP_NTZ: return to_time(c, o, v, t, out);
    case PZ_T_TIME: return v->kind == PZ_JSON_STRING && pz_time_parse(v->text, &out->i);
    case PZ_T_YM_INTERVAL: return v->kind == PZ_JSON_STRING && pz_ym_parse(v->text, t->start, t->end, &out->i) == 0;
    case PZ_T_DT_INTERVAL: return v->kind == PZ_JSON_STRING && pz_dt_parse(v->text, t->start, t->end, &out->i) == 0;
    case PZ_T_CALENDAR_INTERVAL: return v->kind == PZ_JSON_STRING && pz_calendar_interval_parse(v->text, &out->iv.months, &out->iv.days, &out->iv.micros);
    case PZ_T_VARIANT: {
        pz_vnode n;
        if (!pz_vnode_from_json(c->scratch, v, false, &n))
            return false;
        *out = pz_variant_encode(c->scratch, &n);
        return true;
    }
    case PZ_T_STRUCT: return convert_struct(c, o, v, t, out, bad);
    case PZ_T_ARRAY:                           /* a bad element spoils its array, a bad value its map */
        if (v->kind != PZ_JSON_ARRAY)
            return false;
        out->list.items = PZ_NEWN(c->scratch, pz_value, v->n + 1);
        out->list.n = v->n;
        for (int i = 0; i < v->n; i++)
            if (!convert(c, o, &v->items[i], t->element, &out->list.items[i], bad))
                return spoil(bad);
        return true;
    case PZ_T_MAP:
        if (v->kind != PZ_JSON_OBJECT)
            return false;
        out->map.keys = PZ_NEWN(c->scratch, pz_value, v->n + 1);
        out->map.vals = PZ_NEWN(c->scratch, pz_value, v->n + 1);
        out->map.n = v->n;
        for (int i = 0; i < v->n; i++) {
            out->map.keys[i] = (pz_value){.s = v->items[i].key};       /* equal keys stay apart */
            if (!convert(c, o, &v->items[i], t->element, &out->map.vals[i], bad))
                return spoil(bad);
        }
        return true;
    default: return false;
    }
}

/* The row of a struct as Spark's rows print: [1,x,null]. */
static void
row_text(pz_buf *b, const pz_type *t, const pz_value *v, const pz_zone *zone)
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
            row_text(b, t->fields[i].type, &v->list.items[i], zone);
    }
    pz_buf_putc(b, ']');
}

static pz_status
fail_fast(pz_fn_ctx *c, pz_str record, const flaws *f, const pz_value *got)
{
    const pz_type *t = c->site->result;
    pz_buf b;
    if (f->type)
        return pz_raise(c->err, PZ_ERR_MALFORMED_RECORD_IN_PARSING_CANNOT_PARSE_STRING_AS_DATATYPE, PZ_NO_ORIGIN, "badRecord", pz_dup(c->scratch, record).ptr,
                        "failFastMode", "FAILFAST", "fieldName", pz_strf(c->scratch, "`" PZ_FMT "`", PZ_ARG(f->field)).ptr, "fieldValue",
                        pz_strf(c->scratch, "'" PZ_FMT "'", PZ_ARG(f->text)).ptr, "inputType", "StringType", "targetType",
                        f->type->id == PZ_T_FLOAT ? "FloatType" : "DoubleType", NULL);
    pz_buf_init(&b, 0);
    if (t->id == PZ_T_STRUCT)
        row_text(&b, t, got, c->site->zone);
    else
        pz_buf_puts(&b, "[null]");
    pz_str text = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return pz_raise(c->err, PZ_ERR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "badRecord", text.ptr, "failFastMode", "FAILFAST", NULL);
}

/* got: what could be read of the record, NULL for nothing. */
static pz_status
malformed(pz_fn_ctx *c, const options *o, pz_str record, const flaws *f, const pz_value *got, pz_value *out)
{
    const pz_type *t = c->site->result;
    if (got != NULL) {
        *out = *got;
    } else if (t->id != PZ_T_STRUCT) {
        give_null(out);
    } else {
        *out = (pz_value){.null = false};
        out->list.items = PZ_NEWN(c->scratch, pz_value, t->nfields + 1);
        out->list.n = t->nfields;
        for (int i = 0; i < t->nfields; i++)
            out->list.items[i] = null_value;
    }
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++)
        if (pz_str_eq(t->fields[i].name, o->corrupt) && pz_type_is_string(t->fields[i].type))
            out->list.items[i] = (pz_value){.s = record};
    return o->fail_fast ? fail_fast(c, record, f, out) : PZ_OK;
}

/* Option singleVariantColumn: the whole record in the one column there is. */
static pz_status
one_variant(pz_fn_ctx *c, const pz_json *doc, pz_value *out)
{
    pz_vnode n;
    *out = (pz_value){.null = false};
    out->list.items = PZ_NEW(c->scratch, pz_value);
    out->list.n = 1;
    out->list.items[0] = pz_vnode_from_json(c->scratch, doc, false, &n) ? pz_variant_encode(c->scratch, &n) : null_value;
    return PZ_OK;
}

PZ_FN(fn_from_json)
{
    options o;
    pz_json doc;
    flaws bad = {0};
    const pz_type *t = c->site->result;
    PZ_TRY(options_of(c, args, &o));
    if (o.drop_malformed)
        return pz_raise(c->err, PZ_ERR_PARSE_MODE_UNSUPPORTED, PZ_NO_ORIGIN, "funcName", "`from_json`", "mode", "DROPMALFORMED", NULL);
    if (args[0].null || pz_str_trim(args[0].s).len == 0)
        return give_null(out);
    if (t->id == PZ_T_STRUCT)
        PZ_TRY(pz_corrupt_check(&(pz_schema){(pz_field *)t->fields, t->nfields}, o.corrupt, c->err));
    if (!pz_json_read(c->scratch, args[0].s, &o.read, &doc, NULL))
        return malformed(c, &o, args[0].s, &bad, NULL, out);
    pz_json *root = &doc, one = {.kind = PZ_JSON_ARRAY, .n = 1, .items = &doc};
    if (doc.kind == PZ_JSON_NULL && t->id != PZ_T_STRUCT && t->id != PZ_T_VARIANT)
        return give_null(out);
    if (o.has_one_variant && t->id == PZ_T_STRUCT && t->nfields == 1 && t->fields[0].type->id == PZ_T_VARIANT)
        return one_variant(c, &doc, out);
    if (t->id == PZ_T_STRUCT && doc.kind == PZ_JSON_ARRAY && o.fail_fast)
        return pz_raise(c->err, PZ_ERR_MALFORMED_RECORD_IN_PARSING_CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS, PZ_NO_ORIGIN, "badRecord",
                        pz_dup(c->scratch, args[0].s).ptr, "failFastMode", "FAILFAST", NULL);
    if (t->id == PZ_T_ARRAY && t->element->id == PZ_T_STRUCT && doc.kind == PZ_JSON_OBJECT)
        root = &one;
    if ((root->kind == PZ_JSON_NULL && t->id != PZ_T_VARIANT) || !convert(c, &o, root, t, out, &bad))
        return malformed(c, &o, args[0].s, &bad, NULL, out);
    return bad.any ? malformed(c, &o, args[0].s, &bad, out, out) : PZ_OK;
}

/* ---- to_json */
static pz_status write_value(pz_fn_ctx *c, const options *o, pz_buf *b, const pz_type *t, const pz_value *v, int indent);

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
    if (ltz && off % 60 != 0)
        pz_buf_printf(b, ":%02d", (int)(llabs(off) % 60));
    pz_buf_putc(b, '"');
}

static pz_status
write_by_pattern(pz_fn_ctx *c, const options *o, pz_buf *b, const pz_type *t, const pz_value *v, pz_str pattern)
{
    const pz_datetime_pattern *p = pattern_of(c, o, t, pattern, false);
    int64_t local = t->id == PZ_T_DATE ? v->i * 86400000000ll : t->id == PZ_T_TIMESTAMP ? pz_zone_to_local(o->zone, v->i) : v->i;
    pz_buf x;
    PZ_TRY(pz_datetime_pattern_check(p, c->err));
    pz_buf_init(&x, 0);
    pz_status st = pz_datetime_format(p, local, t->id == PZ_T_TIMESTAMP ? v->i : local, o->zone, &x, c->err);
    pz_json_quote(b, pz_buf_view(&x));
    pz_buf_free(&x);
    return st;
}

/* Keys print as Spark holds them inside: times and intervals are numbers. */
static void
key_text(pz_buf *b, const pz_type *t, const pz_value *v, const pz_zone *zone)
{
    bool number = t->id == PZ_T_DATE || t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ || t->id == PZ_T_YM_INTERVAL || t->id == PZ_T_DT_INTERVAL;
    if (number)
        pz_buf_printf(b, "%lld", (long long)v->i);
    else
        row_text(b, t, v, zone);
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
            key_text(&k, t->key, &v->map.keys[i], o->zone);
            m[i].name = pz_buf_dup(&k, c->scratch);
            pz_buf_free(&k);
        }
    }
    if (o->sort_keys && t->id != PZ_T_ARRAY)
        qsort(m, (size_t)n, sizeof(*m), by_member_name);
    return m;
}

static bool
keeps_null(const options *o, int i, int indent)
{
    char want[16];
    return o->nulls.ptr && !indent && memmem(o->nulls.ptr, o->nulls.len, want, (size_t)snprintf(want, sizeof want, ",%d,", i));
}

static pz_status
write_members(pz_fn_ctx *c, const options *o, pz_buf *b, const pz_type *t, const pz_value *v, int indent)
{
    bool first = true, map = t->id == PZ_T_MAP, array = t->id == PZ_T_ARRAY;
    int n = map ? v->map.n : v->list.n;
    const named_member *names = member_names(c, o, t, v, n);
    const char *gap = o->pretty && array ? " " : "";
    pz_buf_putc(b, array ? '[' : '{');
    for (int k = 0; k < n; k++) {
        int i = names[k].at;
        const pz_value *x = map ? &v->map.vals[i] : &v->list.items[i];
        const pz_type *xt = map || array ? t->element : t->fields[i].type;
        if (x->null && !array && o->ignore_null_fields && !map && !keeps_null(o, i, indent))
            continue;
        if (!first)
            pz_buf_putc(b, ',');
        first = false;
        pz_buf_puts(b, gap);
        if (!array) {
            line(o, b, indent + 1);
            pz_json_quote(b, names[k].name);
            pz_buf_puts(b, o->pretty ? " : " : ":");
        }
        PZ_TRY(write_value(c, o, b, xt, x, indent + !array));
    }
    if (first)
        pz_buf_puts(b, o->pretty ? " " : "");
    else if (!array)
        line(o, b, indent);
    else
        pz_buf_puts(b, gap);
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
    case PZ_T_DECIMAL: pz_decimal_java_text(b, v->dec, t->scale); return PZ_OK;
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
        pz_variant_json(b, v->list.items[0].s, v->list.items[1].s, o->zone);
        return PZ_OK;
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

/* Characters beyond ASCII stand in strings only: there they become escapes of their UTF-16 units. */
static pz_str
as_ascii(pz_str json, pz_arena *a)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (size_t i = 0; i < json.len;) {
        uint32_t ch;
        i += (size_t)pz_utf8_decode(json.ptr + i, json.len - i, &ch);
        if (ch < 0x80)
            pz_buf_putc(&b, (char)ch);
        else if (ch < 0x10000)
            pz_buf_printf(&b, "\\u%04X", (unsigned)ch);
        else
            pz_buf_printf(&b, "\\u%04X\\u%04X", (unsigned)(0xd800 + ((ch - 0x10000) >> 10)), (unsigned)(0xdc00 + ((ch - 0x10000) & 0x3ff)));
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
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
    pz_str s = o.ascii ? as_ascii(pz_buf_view(&b), c->scratch) : pz_buf_dup(&b, c->scratch);
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
            pz_raise(c->err, PZ_ERR_NEGATIVE_SCALE_DISALLOWED, PZ_NO_ORIGIN, "scale", pz_strf(a, "%lld", (long long)scale).ptr, "sqlConf",
                     "\"spark.sql.legacy.allowNegativeScaleOfDecimal\"", NULL);
            return &pz_t_double;               /* the caller looks at c->err */
        }
    }
    if (o->prefers_decimal && !v->is_nan_word && pz_decimal_parse(v->text, &u, &p, &s))
        return pz_type_decimal(a, p > s ? p : s, s);
    return &pz_t_double;
}

static bool
is_timestamp(pz_fn_ctx *c, const options *o, pz_str text)
{
    int64_t us;
    pz_value v;
    if (o->timestamp_format.len == 0)
        return pz_timestamp_parse(text, o->zone, false, &us);
    return parse_by_pattern(c, o, text, o->timestamp_format, &pz_t_timestamp, &v) == PZ_OK && !v.null;
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
        __int128 u;
        int p, s;
        if (o->prefers_decimal && pz_decimal_parse(v->text, &u, &p, &s))
            return pz_type_decimal(a, p > s ? p : s, s);
        if (v->text.len == 0 && o->drop_all_null)
            return &pz_t_void;
        if (o->infer_timestamp && is_timestamp(c, o, v->text))
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
    if (!pz_json_read(c->scratch, args[0].s, &o.read, &doc, NULL))
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
    {.name = "schema_of_json", .call = fn_schema_of_json, .open_local = open_memory, .close_local = close_memory},
    {.name = "to_json", .call = fn_to_json, .takes_nulls = true, .open_local = open_memory, .close_local = close_memory},
};
PZ_FAMILY(pz_family_json, defs);

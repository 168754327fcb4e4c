/*
 * engine/files_json.c - JSON records as Spark's reader sees them: trees to rows, schema inference.
 *
 * A record is a line, or with multiLine a file; an array at the top gives a row per element.  A value that does not fit its
 * type is NULL and makes the record malformed.
 */
#include <stdlib.h>

#include "files_int.h"
#include "functions/hash.h"
#include "functions/variant.h"

typedef struct json {
    const pz_text_spec *spec;
    pz_json_options syntax;
    pz_text_rules rules;
    pz_parse_mode mode;
    int corrupt;
    int one;                                   /* the column of whole records; -1: there is none */
    bool impossible;                           /* a limit below zero, at which the reader gives up */
} json;

static pz_json_options
syntax_of(const pz_options *o)
{
    pz_json_options read = {
        .comments = pz_option_bool(o, "allowComments", false),
        .unquoted_names = pz_option_bool(o, "allowUnquotedFieldNames", false),
        .single_quotes = pz_option_bool(o, "allowSingleQuotes", true),
        .leading_zeros = pz_option_bool(o, "allowNumericLeadingZeros", false),
        .non_numeric = pz_option_bool(o, "allowNonNumericNumbers", true),
        .control_chars = pz_option_bool(o, "allowUnquotedControlChars", false),
        .backslash_any = pz_option_bool(o, "allowBackslashEscapingAnyCharacter", false),
        .max_depth = PZ_JSON_DEPTH, .limited = true, .max_digits = PZ_JSON_DIGITS, .max_chars = PZ_JSON_CHARS,
    };
    bool bad;
    for (int i = 0; o && i < o->n; i++) (void)pz_json_limit(&read, o->data[i].key, o->data[i].value, &bad);
    return read;
}

/* NULL: no JSON.  What stands behind the first value does not matter to Spark. */
static const pz_json *
parse(const pz_json_options *o, pz_str text, pz_arena *a)
{
    pz_json *j = PZ_NEW(a, pz_json);
    size_t used;
    text = pz_json_decoded(text, a);
    return pz_utf8_valid(text) && pz_json_read(a, text, o, j, &used) ? j : NULL;
}

/* ---- trees to values ---- */
static bool to_value(const json *s, const pz_json *j, const pz_type *t, pz_arena *a, pz_value *out);

static pz_str
as_text(const pz_json *j, pz_arena *a)
{
    pz_buf b;
    pz_str out;
    if (j->kind == PZ_JSON_STRING) return pz_text_clean(j->text, a);
    if (j->raw.ptr) return pz_text_clean(pz_dup(a, j->raw), a); /* Spark gives the text as written */
    pz_buf_init(&b, 0);
    if (j->kind == PZ_JSON_INT || j->kind == PZ_JSON_REAL) pz_buf_str(&b, j->text);
    else pz_json_write(&b, j);
    out = pz_text_clean(pz_buf_dup(&b, a), a);
    pz_buf_free(&b);
    return out;
}

static bool
to_double(const json *s, const pz_json *j, pz_value *out)
{
    static const struct { const char *text; double value; } special[] = {
        {"NaN", __builtin_nan("")}, {"Infinity", __builtin_inf()}, {"-Infinity", -__builtin_inf()}, {"+Infinity", __builtin_inf()},
        {"INF", __builtin_inf()}, {"-INF", -__builtin_inf()}, {"+INF", __builtin_inf()},
    };
    (void)s;
    for (size_t i = 0; i < PZ_COUNTOF(special); i++)
        if (pz_str_eqc(j->text, special[i].text)) {
            out->d = special[i].value;
            return true;
        }
    return (j->kind == PZ_JSON_INT || j->kind == PZ_JSON_REAL) && pz_text_double(j->text, &out->d);
}

static bool
to_scalar(const json *s, const pz_json *j, const pz_type *t, pz_arena *a, pz_value *out)
{
    bool number = j->kind == PZ_JSON_INT || j->kind == PZ_JSON_REAL;
    switch (t->id) {
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: out->s = as_text(j, a); return true;
    case PZ_T_BOOLEAN: out->b = j->b; return j->kind == PZ_JSON_BOOL;
    case PZ_T_BYTE:
    case PZ_T_SHORT:
    case PZ_T_INT:
    case PZ_T_LONG: return j->kind == PZ_JSON_INT && pz_text_value(&s->rules, t, j->text, a, out);
    case PZ_T_FLOAT:
    case PZ_T_DOUBLE: return to_double(s, j, out);
    case PZ_T_DECIMAL:
        if (number) return pz_plain_decimal(j->text, t, out);
        return j->kind == PZ_JSON_STRING && pz_text_value(&s->rules, t, j->text, a, out);
    case PZ_T_TIMESTAMP:
        if (j->kind == PZ_JSON_INT && pz_text_long(j->text, &out->i)) return !__builtin_mul_overflow(out->i, 1000000, &out->i);
        return j->kind == PZ_JSON_STRING && pz_text_value(&s->rules, t, j->text, a, out);
    case PZ_T_DATE:
    case PZ_T_TIMESTAMP_NTZ:
    case PZ_T_TIME:
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL:
    case PZ_T_CALENDAR_INTERVAL: return j->kind == PZ_JSON_STRING && pz_text_value(&s->rules, t, j->text, a, out);
    case PZ_T_BINARY: return j->kind == PZ_JSON_STRING && pz_text_base64(j->text, a, &out->s);
    case PZ_T_VARIANT: {
        pz_vnode n;
        if (!pz_vnode_from_json(a, j, false, &n)) return false;
        *out = pz_variant_encode(a, &n);
        return true;
    }
    default: return false;
    }
}

/* A bad element spoils its array, a bad value its map. */
static bool
to_array(const json *s, const pz_json *j, const pz_type *t, pz_arena *a, pz_value *out)
{
    int i = 0;
    if (j->kind != PZ_JSON_ARRAY) return false;
    out->list.n = j->n;
    out->list.items = PZ_NEWN(a, pz_value, j->n);
    for (const pz_json *k = j->items; k < j->items + j->n; k++)
        if (!to_value(s, k, t->element, a, &out->list.items[i++])) return false;
    return true;
}

static bool
to_map(const json *s, const pz_json *j, const pz_type *t, pz_arena *a, pz_value *out)
{
    int n = 0;
    if (j->kind != PZ_JSON_OBJECT) return false;
    out->map.keys = PZ_NEWN(a, pz_value, j->n);
    out->map.vals = PZ_NEWN(a, pz_value, j->n);
    for (const pz_json *k = j->items; k < j->items + j->n; k++) {
        int at = 0;
        while (at < n && !pz_str_eq(out->map.keys[at].s, k->key)) at++;
        out->map.keys[at] = (pz_value){.s = pz_text_clean(k->key, a)};
        if (!to_value(s, k, t->element, a, &out->map.vals[at])) return false;
        if (at == n) n++;
    }
    out->map.n = n;
    return true;
}

/* Bad fields become NULL and are told to the caller, good ones stay. */
static bool
to_struct(const json *s, const pz_json *j, const pz_type *t, pz_arena *a, pz_value *out)
{
    bool ok = true;
    if (j->kind != PZ_JSON_OBJECT) return false;
    out->list.n = t->nfields;
    out->list.items = PZ_NEWN(a, pz_value, t->nfields);
    for (int i = 0; i < t->nfields; i++) out->list.items[i].null = true;
    for (const pz_json *k = j->items; k < j->items + j->n; k++)
        for (int i = 0; i < t->nfields; i++)
            if (pz_str_eq(k->key, t->fields[i].name)) ok &= to_value(s, k, t->fields[i].type, a, &out->list.items[i]);
    return ok;
}

static bool
to_value(const json *s, const pz_json *j, const pz_type *t, pz_arena *a, pz_value *out)
{
    bool ok, keep = false;
    *out = (pz_value){0};
    if (j->kind == PZ_JSON_NULL) {
        out->null = true;
        return true;
    }
    if (j->too_long) {
        out->null = true;
        return false;
    }
    switch (t->id) {
    case PZ_T_ARRAY: ok = to_array(s, j, t, a, out); break;
    case PZ_T_MAP: ok = to_map(s, j, t, a, out); break;
    case PZ_T_STRUCT: ok = to_struct(s, j, t, a, out); keep = j->kind == PZ_JSON_OBJECT; break;
    default: ok = to_scalar(s, j, t, a, out); break;
    }
    if (!ok && !keep) *out = (pz_value){.null = true};
    return ok;
}

/* ---- rows ---- */
static void *
json_open(const pz_text_spec *spec, pz_arena *a)
{
    json *s = PZ_NEW(a, json);
    s->spec = spec;
    s->syntax = syntax_of(&spec->options);
    s->mode = pz_parse_mode_of(&spec->options);
    s->corrupt = pz_corrupt_column(spec);
    s->one = pz_one_variant(&spec->options, &spec->data);
    s->impossible = s->syntax.max_depth < 0 || s->syntax.max_digits < 0 || s->syntax.max_chars < 0;
    pz_text_rules_init(&s->rules, &spec->options, spec->zone, a);
    return s;
}

static bool
json_whole(const pz_text_spec *spec)
{
    return pz_option_bool(&spec->options, "multiLine", false);
}

static bool
is_no_record(const pz_json_options *o, pz_str line)
{
    pz_str s = pz_str_trim(line);
    return !s.len || (o->comments && pz_str_starts(s, "//"));
}

static bool
json_skip_line(void *state, pz_str line)
{
    return is_no_record(&((json *)state)->syntax, line);
}

static void
finish(const json *s, bool ok, pz_str record, pz_record_sink *sink)
{
    if (!ok && s->mode == PZ_DROPMALFORMED) return;
    if (!ok && s->mode == PZ_FAILFAST) {
        sink->failed = true;
        return;
    }
    if (s->corrupt >= 0) sink->row[s->corrupt] = ok ? (pz_value){.null = true} : (pz_value){.s = pz_text_clean(pz_dup(sink->a, record), sink->a)};
    sink->emit(sink);
}

static void
row(const json *s, const pz_json *j, pz_str record, pz_record_sink *sink)
{
    const pz_schema *data = &s->spec->data;
    bool object = j && j->kind == PZ_JSON_OBJECT, ok = object, fine = object, check = s->mode != PZ_PERMISSIVE || s->corrupt >= 0;
    for (int i = 0; i < data->n; i++) sink->row[i] = s->spec->told && s->spec->told[i] ? PZ_ABSENT : PZ_NULL;
    for (int m = 0; object && m < j->n; m++)
        for (int i = 0; i < data->n; i++)
            if (i != s->corrupt && (check || sink->wanted[i]) && pz_str_eq(j->items[m].key, data->fields[i].name)) {
                bool fits = to_value(s, &j->items[m], data->fields[i].type, sink->a, &sink->row[i]);
                ok &= fits;
                fine &= fits || !sink->wanted[i];
            }
    for (int i = 0; s->spec->told && !fine && i < data->n; i++)        /* a bad record has no defaults */
        if (pz_is_absent(&sink->row[i])) sink->row[i] = PZ_NULL;
    finish(s, ok, record, sink);
}

/* singleVariantColumn */
static void
one_variant(const json *s, const pz_json *j, pz_str record, pz_record_sink *sink)
{
    pz_vnode n;
    bool ok = j && pz_vnode_from_json(sink->a, j, false, &n);
    for (int i = 0; i < s->spec->data.n; i++) sink->row[i] = PZ_NULL;
    if (ok) sink->row[s->one] = pz_variant_encode(sink->a, &n);
    finish(s, ok, record, sink);
}

static void
json_line(void *state, pz_str line, pz_record_sink *sink)
{
    const json *s = state;
    const pz_json *j = parse(&s->syntax, line, sink->a);
    if (s->impossible) {
        sink->failed = true;
        return;
    }
    if (s->one >= 0) {
        one_variant(s, j, line, sink);
        return;
    }
    if (j && j->kind == PZ_JSON_ARRAY) {
        for (const pz_json *k = j->items; k < j->items + j->n && !sink->failed; k++) row(s, k, line, sink);
        return;
    }
    row(s, j, line, sink);
}

static bool
json_record(void *state, pz_str *rest, pz_record_sink *sink)
{
    pz_str all = *rest;
    if (!all.ptr || !pz_str_trim(all).len) return false;
    *rest = (pz_str){NULL, 0};
    json_line(state, all, sink);
    return true;
}

const pz_record_format pz_json_format = {json_open, json_whole, json_line, json_record, json_skip_line, true, false, NULL};

/* ---- inference ---- */
typedef struct inferrer {
    pz_source_in *in;
    pz_json_options syntax;
    pz_text_rules rules;
    bool as_strings, decimals, timestamps, drop_nulls;
    pz_str corrupt;
    pz_parse_mode mode;
    const pz_type *all;                        /* so far; in in->a */
    bool only_bad, too_long;                   /* too_long: the record at hand has such a string */
    pz_sampler sample;
    bool failed;                               /* FAILFAST met a bad record */
    pz_str twice;                              /* a name that occurs twice in one object */
} inferrer;

static int
by_name(const void *x, const void *y)
{
    return pz_str_cmp(((const pz_field *)x)->name, ((const pz_field *)y)->name);
}

static const pz_type *merge(const inferrer *f, const pz_type *x, const pz_type *y, pz_arena *a);

static const pz_type *
number_type(const inferrer *f, const pz_json *j, pz_arena *a)
{
    int64_t n;
    __int128 x;
    int precision, scale;
    if (j->kind == PZ_JSON_INT && pz_text_long(j->text, &n)) return &pz_t_long;
    if ((j->kind == PZ_JSON_INT || f->decimals) && pz_decimal_parse(j->text, &x, &precision, &scale) && scale >= 0)
        return pz_type_decimal(a, precision > scale ? precision : scale, scale);
    return &pz_t_double;
}

static const pz_type *
type_of(inferrer *f, const pz_json *j, pz_arena *a)
{
    const pz_type *t = &pz_t_void;
    pz_value v;
    switch (j->kind) {
    case PZ_JSON_NULL: return &pz_t_void;
    case PZ_JSON_BOOL: return f->as_strings ? &pz_t_string : &pz_t_boolean;
    case PZ_JSON_INT:
    case PZ_JSON_REAL: return f->as_strings ? &pz_t_string : number_type(f, j, a);
    case PZ_JSON_STRING:
        f->too_long |= j->too_long;
        if (!j->text.len) return &pz_t_void;
        return f->timestamps && pz_text_value(&f->rules, &pz_t_timestamp, j->text, a, &v) ? &pz_t_timestamp : &pz_t_string;
    case PZ_JSON_ARRAY:
        for (const pz_json *k = j->items; k < j->items + j->n; k++) t = merge(f, t, type_of(f, k, a), a);
        return pz_type_array(a, t, true);
    default: {
        pz_field *fields = PZ_NEWN(a, pz_field, j->n);
        int n = 0;
        for (const pz_json *k = j->items; k < j->items + j->n; k++) {
            int at = 0;
            while (at < n && !pz_source_same_name(f->in, fields[at].name, k->key)) at++;
            if (at < n && !f->twice.ptr) f->twice = pz_dup(f->in->a, fields[at].name);
            fields[at] = (pz_field){k->key, at < n ? merge(f, fields[at].type, type_of(f, k, a), a) : type_of(f, k, a), true, {NULL, 0}};
            if (at == n) n++;
        }
        qsort(fields, (size_t)n, sizeof *fields, by_name);
        return pz_type_struct(a, fields, n);
    }
    }
}

/* Names that differ in case only are one column, spelled as it came first. */
static int
find_field(const inferrer *inf, const pz_field *f, int n, pz_str name)
{
    int low = 0, high = n;
    while (low < high) {
        int mid = (low + high) / 2, c = pz_str_cmp(f[mid].name, name);
        if (!c) return mid;
        if (c < 0) low = mid + 1;
        else high = mid;
    }
    for (int i = 0; i < n && !inf->in->case_sensitive; i++)
        if (pz_str_ieq(f[i].name, name)) return i;
    return -1;
}

static const pz_type *
merge_structs(const inferrer *inf, const pz_type *x, const pz_type *y, pz_arena *a)
{
    pz_field *f = NULL;
    int n = x->nfields;
    for (int j = 0; j < y->nfields; j++) {
        int i = find_field(inf, x->fields, x->nfields, y->fields[j].name);
        const pz_type *t = i >= 0 ? merge(inf, x->fields[i].type, y->fields[j].type, a) : NULL;
        if (i >= 0 && t == x->fields[i].type) continue;
        if (!f) {
            f = PZ_NEWN(a, pz_field, x->nfields + y->nfields);
            if (x->nfields) memcpy(f, x->fields, sizeof *f * (size_t)x->nfields);
        }
        if (i >= 0) f[i].type = t;
        else f[n++] = y->fields[j];
    }
    if (!f) return x;
    qsort(f, (size_t)n, sizeof *f, by_name);
    return pz_type_struct(a, f, n);
}

/* x itself when y adds nothing. */
static const pz_type *
merge(const inferrer *f, const pz_type *x, const pz_type *y, pz_arena *a)
{
    if (x == y || y->id == PZ_T_VOID) return x;
    if (x->id == PZ_T_VOID) return y;
    if (x->id == PZ_T_STRUCT && y->id == PZ_T_STRUCT) return merge_structs(f, x, y, a);
    if (x->id == PZ_T_ARRAY && y->id == PZ_T_ARRAY) {
        const pz_type *e = merge(f, x->element, y->element, a);
        return e == x->element ? x : pz_type_array(a, e, true);
    }
    if (x->id == PZ_T_DECIMAL && y->id == PZ_T_DECIMAL) {
        int scale = x->scale > y->scale ? x->scale : y->scale;
        int whole = x->precision - x->scale > y->precision - y->scale ? x->precision - x->scale : y->precision - y->scale;
        if (x->scale == scale && x->precision == whole + scale) return x;
        return whole + scale > 38 ? &pz_t_double : pz_type_decimal(a, whole + scale, scale);
    }
    if (x->id == y->id) return x;
    if (x->id == PZ_T_DECIMAL && y->id == PZ_T_LONG) return merge(f, x, pz_type_decimal(a, 20, 0), a);
    if (x->id == PZ_T_LONG && y->id == PZ_T_DECIMAL) return merge(f, y, pz_type_decimal(a, 20, 0), a);
    if (pz_type_is_numeric(x) && pz_type_is_numeric(y)) return &pz_t_double;
    return &pz_t_string;
}

/* What never had a value is a string or dropped; structs without fields are dropped.  NULL: nothing is left. */
static const pz_type *
settle(const inferrer *inf, const pz_type *t, pz_arena *a)
{
    const pz_type *e;
    pz_field *f;
    int n = 0;
    switch (t->id) {
    case PZ_T_VOID: return inf->drop_nulls ? NULL : &pz_t_string;
    case PZ_T_ARRAY:
        e = settle(inf, t->element, a);
        return e ? pz_type_array(a, e, true) : NULL;
    case PZ_T_STRUCT:
        f = PZ_NEWN(a, pz_field, t->nfields);
        for (int i = 0; i < t->nfields; i++) {
            e = settle(inf, t->fields[i].type, a);
            if (e) f[n++] = (pz_field){pz_text_clean(pz_dup(a, t->fields[i].name), a), e, true, {NULL, 0}};
        }
        return n ? pz_type_struct(a, f, n) : NULL;
    default: return t;
    }
}

static void
take(inferrer *f, const pz_type *t)
{
    const pz_type *now = merge(f, f->all, t, f->in->a);
    if (now != f->all) f->all = pz_type_copy(f->in->a, now); /* the record's own tree goes away */
}

static void
take_bad(inferrer *f)
{
    pz_field bad = {f->corrupt, &pz_t_string, true, {NULL, 0}};
    f->failed |= f->mode == PZ_FAILFAST;
    if (f->mode == PZ_PERMISSIVE) take(f, pz_type_struct(f->in->a, &bad, 1));
}

static void
take_record(inferrer *f, pz_str text, pz_arena *scratch)
{
    const pz_json *j = parse(&f->syntax, text, scratch);
    f->too_long = false;
    if (j && j->kind == PZ_JSON_OBJECT) {
        const pz_type *t = type_of(f, j, scratch);
        f->only_bad &= f->too_long;
        if (f->too_long) take_bad(f);
        else take(f, t);
    } else if (j && j->kind == PZ_JSON_ARRAY) {
        for (const pz_json *k = j->items; k < j->items + j->n; k++) {
            if (k->kind == PZ_JSON_OBJECT) {
                f->only_bad = false;
                take(f, type_of(f, k, scratch));
            }
        }
    } else {
        take_bad(f);
    }
}

static pz_status
infer_file(inferrer *f, const pz_file *file, pz_arena *scratch)
{
    pz_str charset = pz_option_get(f->in->options, "encoding", NULL), separator = pz_option_get(f->in->options, "lineSep", ""), rest, line;
    pz_file_text text;
    if (!charset.ptr) charset = pz_option_get(f->in->options, "charset", "");
    PZ_TRY(pz_source_read(f->in, file->path, charset, &text));
    rest = (pz_str){text.ptr, text.len};
    if (rest.len >= 3 && !memcmp(rest.ptr, "\xEF\xBB\xBF", 3)) rest = (pz_str){rest.ptr + 3, rest.len - 3};
    if (pz_option_bool(f->in->options, "multiLine", false)) {
        if (pz_str_trim(rest).len && pz_sampler_takes(&f->sample)) take_record(f, rest, scratch);
        rest.len = 0;
    }
    while (pz_next_line(&rest, separator, &line)) {
        pz_arena_reset(scratch);
        if (pz_sampler_takes(&f->sample) && !is_no_record(&f->syntax, line)) take_record(f, line, scratch);
    }
    free(text.ptr);
    return PZ_OK;
}

pz_status
pz_json_infer(pz_source_in *in, pz_schema *out)
{
    inferrer f = {.in = in, .only_bad = true};
    pz_arena *scratch = pz_arena_open();
    pz_status st = PZ_OK;
    const pz_type *t;
    f.syntax = syntax_of(in->options);
    pz_text_rules_init(&f.rules, in->options, in->zone, in->a);
    f.as_strings = pz_option_bool(in->options, "primitivesAsString", false);
    f.decimals = pz_option_bool(in->options, "prefersDecimal", false);
    f.drop_nulls = pz_option_bool(in->options, "dropFieldIfAllNull", false);
    f.timestamps = pz_option_bool(in->options, "inferTimestamp", false);
    f.corrupt = pz_option_get(in->options, "columnNameOfCorruptRecord", "_corrupt_record");
    f.mode = pz_parse_mode_of(in->options);
    pz_sampler_init(&f.sample, in->options, pz_option_bool(in->options, "multiLine", false) ? pz_java_long(1, 0) : 1);
    f.all = pz_type_struct(in->a, NULL, 0);
    for (int i = 0; in->texts && i < in->texts->n; i++) {
        pz_arena_reset(scratch);
        if (!in->texts->data[i].ptr) take_bad(&f);
        else if (pz_str_trim(in->texts->data[i]).len) take_record(&f, in->texts->data[i], scratch);
    }
    for (int i = 0; i < in->list.files.n && st == PZ_OK; i++) st = infer_file(&f, &in->list.files.data[i], scratch);
    pz_arena_close(scratch);
    PZ_TRY(st);
    if (f.failed)
        return pz_raise_as(in->err, PZ_CLASS_SparkException, PZ_ERR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "badRecord",
                           pz_dup(in->a, f.corrupt).ptr, "failFastMode", "FAILFAST", NULL);
    if (f.twice.ptr)
        return pz_source_named_twice(in, f.twice);
    t = settle(&f, f.all, in->a);
    if (t && f.only_bad && !in->texts) return pz_raise(in->err, PZ_ERR_UNSUPPORTED_FEATURE_QUERY_ONLY_CORRUPT_RECORD_COLUMN, PZ_NO_ORIGIN, NULL);
    out->n = t ? t->nfields : 0;
    out->fields = PZ_NEWN(in->a, pz_field, out->n);
    if (t) memcpy(out->fields, t->fields, sizeof *out->fields * (size_t)out->n);
    return PZ_OK;
}

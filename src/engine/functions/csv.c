/*
 * engine/functions/csv.c - from_csv, to_csv, schema_of_csv.
 *
 * Reading is the file reader's (files_csv.c): one text is one record.  Writing quotes as Spark's writer does.  Options are a
 * map, names without regard to case, and are checked once a row has a value.
 */
#include "fn_util.h"
#include "../files_int.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- options */

static void
options_of(pz_fn_ctx *c, const pz_value *map, pz_options *o)
{
    for (int i = 0; map && !map->null && i < map->map.n; i++) {
        pz_option one = {map->map.keys[i].s, map->map.vals[i].null ? PZ_STR("") : map->map.vals[i].s};
        pz_vec_push(c->scratch, o, one);
    }
}

static bool
is_truth(pz_str s)
{
    return pz_str_ieqc(s, "true") || pz_str_ieqc(s, "false");
}

static pz_status
check_truths(pz_fn_ctx *c, const pz_options *o)
{
    static const char *const named[] = {"header", "inferSchema", "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace", "columnPruning", "quoteAll",
                                        "escapeQuotes", "preferDate", "enforceSchema"};
    static const char *const plain[] = {"multiLine", "ignoreCorruptFiles", "ignoreMissingFiles", "enableDateTimeParsingFallback"};
    for (size_t i = 0; i < PZ_COUNTOF(named); i++) {
        pz_str s = pz_option_get(o, named[i], NULL);
        if (c->site->legacy_times && strcmp(named[i], "preferDate") == 0)
            continue;                          /* not looked at under the old policy */
        if (s.ptr && !is_truth(s))
            return pz_raise(c->err, PZ_ERR_LEGACY_ERROR_TEMP_2147, PZ_NO_ORIGIN, "paramName", named[i], NULL);
    }
    for (size_t i = 0; i < PZ_COUNTOF(plain); i++) {
        pz_str s = pz_option_get(o, plain[i], NULL);
        if (s.ptr && !is_truth(s))
            return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "For input string: \"" PZ_FMT "\"", PZ_ARG(s));
    }
    return PZ_OK;
}

static pz_status
check_numbers(pz_fn_ctx *c, const pz_options *o)
{
    static const char *const whole[] = {"maxColumns", "maxCharsPerColumn", "inputBufferSize"};
    for (size_t i = 0; i < PZ_COUNTOF(whole); i++) {
        pz_str s = pz_option_get(o, whole[i], NULL);
        char *end;
        if (!s.ptr)
            continue;
        (void)strtol(pz_dup(c->scratch, s).ptr, &end, 10);
        if (s.len == 0 || *end)
            return pz_raise(c->err, PZ_ERR_LEGACY_ERROR_TEMP_2146, PZ_NO_ORIGIN, "paramName", whole[i], "value", pz_dup(c->scratch, s).ptr, NULL);
    }
    pz_str ratio = pz_option_get(o, "samplingRatio", NULL);
    double d;
    if (ratio.ptr && !pz_text_double(ratio, &d))
        return pz_raise_text(c->err, PZ_CLASS_SparkNumberFormatException, "For input string: \"" PZ_FMT "\"", PZ_ARG(ratio));
    return PZ_OK;
}

static size_t
utf16_units(pz_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80 ? ((unsigned char)s.ptr[i] >= 0xF0 ? 2 : 1) : 0;
    return n;
}

static pz_status
check_chars(pz_fn_ctx *c, const pz_options *o)
{
    static const char *const chars[] = {"quote", "escape", "comment", "charToEscapeQuoteEscaping"};
    static const char *const quoting[] = {"STOP_AT_CLOSING_QUOTE", "BACK_TO_DELIMITER", "STOP_AT_DELIMITER", "SKIP_VALUE", "RAISE_ERROR"};
    for (size_t i = 0; i < PZ_COUNTOF(chars); i++) {
        pz_str s = pz_option_get(o, chars[i], NULL);
        if (s.ptr && utf16_units(s) > 1)
            return pz_raise(c->err, PZ_ERR_OPTION_VALUE_EXCEEDS_ONE_CHARACTER, PZ_NO_ORIGIN, "paramName", chars[i], "actualValue", pz_dup(c->scratch, s).ptr, NULL);
    }
    pz_str sep = pz_option_get(o, "sep", NULL), how = pz_option_get(o, "unescapedQuoteHandling", NULL), end = pz_option_get(o, "lineSep", NULL);
    if (!sep.ptr)
        sep = pz_option_get(o, "delimiter", NULL);
    if (sep.ptr && pz_str_eqc(sep, "\\"))
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "begin 0, end 2, length 1");
    if (sep.ptr && sep.len == 0)
        return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: the delimiter must not be empty");
    bool known = !how.ptr;
    for (size_t i = 0; i < PZ_COUNTOF(quoting); i++)
        known |= how.ptr && pz_str_ieqc(how, quoting[i]);
    if (!known)
        return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "No enum constant " PZ_FMT, PZ_ARG(how));
    if (end.ptr && utf16_units(end) > 2)
        return pz_raise(c->err, PZ_ERR_INVALID_LINE_SEPARATOR_TOO_LONG, PZ_NO_ORIGIN, "length", pz_strf(c->scratch, "%zu", utf16_units(end)).ptr, NULL);
    return PZ_OK;
}

static pz_status
check_charset(pz_fn_ctx *c, const pz_options *o)
{
    pz_str s = pz_option_get(o, "encoding", NULL);
    if (!s.ptr)
        s = pz_option_get(o, "charset", NULL);
    if (!s.ptr || pz_charset_known(s))
        return PZ_OK;
    return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_CHARSET, PZ_NO_ORIGIN, "charset", pz_dup(c->scratch, s).ptr, "charsets", PZ_CHARSETS,
                    "functionName", "`CSVOptions`", "parameter", "`charset`", NULL);
}

static pz_status
read_options(pz_fn_ctx *c, const pz_value *map, pz_options *o)
{
    options_of(c, map, o);
    PZ_TRY(check_truths(c, o));
    PZ_TRY(check_numbers(c, o));
    PZ_TRY(check_charset(c, o));
    return check_chars(c, o);
}

/* ---------------------------------------------------------------- from_csv */

static void
keep(pz_record_sink *s)
{
    (void)s;
}

/* More columns or characters than the options allow */
static bool
beyond_limits(pz_fn_ctx *c, const pz_options *o, pz_str text)
{
    pz_str columns = pz_option_get(o, "maxColumns", NULL), chars = pz_option_get(o, "maxCharsPerColumn", NULL);
    int64_t most_columns = 20480, most_chars = -1;
    if (!columns.ptr && !chars.ptr)
        return false;
    if (columns.ptr)
        (void)pz_text_long(columns, &most_columns);
    if (chars.ptr)
        (void)pz_text_long(chars, &most_chars);
    return pz_csv_beyond(o, text, most_columns, most_chars, c->scratch);
}

static bool
no_record(const pz_options *o, pz_str text)
{
    pz_str comment = pz_option_get(o, "comment", NULL);
    return text.len == 0 || (comment.len && text.ptr[0] == comment.ptr[0]);
}

PZ_FN(fn_from_csv)
{
    const pz_type *t = c->site->result;
    pz_text_spec spec = {.format = PZ_STR("csv"), .zone_id = c->site->time_zone, .zone = c->site->zone};
    bool *wanted;
    if (args[0].null)
        return give_null(out);
    PZ_TRY(read_options(c, c->site->nargs > 1 ? &args[1] : NULL, &spec.options));
    pz_str mode = pz_option_get(&spec.options, "mode", NULL);
    if (mode.ptr && pz_str_ieqc(mode, "DROPMALFORMED"))
        return pz_raise(c->err, PZ_ERR_PARSE_MODE_UNSUPPORTED, PZ_NO_ORIGIN, "funcName", "`from_csv`", "mode", "DROPMALFORMED", NULL);
    pz_option no_header = {PZ_STR("header"), PZ_STR("false")};
    pz_vec_push(c->scratch, &spec.options, no_header);
    add_corrupt_column(c, &spec.options);
    spec.data = (pz_schema){(pz_field *)t->fields, t->nfields};
    PZ_TRY(pz_corrupt_check(&spec.data, pz_option_get(&spec.options, "columnNameOfCorruptRecord", ""), c->err));
    wanted = PZ_NEWN(c->scratch, bool, t->nfields + 1);
    *out = (pz_value){.list = {PZ_NEWN(c->scratch, pz_value, t->nfields + 1), t->nfields}};
    for (int i = 0; i < t->nfields; i++) {
        wanted[i] = true;
        out->list.items[i].null = true;
    }
    if (beyond_limits(c, &spec.options, args[0].s))
        return pz_raise_as(c->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_MALFORMED_CSV_RECORD, PZ_NO_ORIGIN, "badRecord", pz_dup(c->scratch, args[0].s).ptr, NULL);
    if (no_record(&spec.options, args[0].s))
        return PZ_OK;
    pz_record_sink sink = {.a = c->scratch, .wanted = wanted, .nwanted = spec.data.n, .row = out->list.items, .emit = keep};
    pz_csv_format.line(pz_csv_format.open(&spec, c->scratch), args[0].s, &sink);
    if (sink.failed)
        return pz_raise(c->err, PZ_ERR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION, PZ_NO_ORIGIN, "badRecord", "[null]", "failFastMode", "FAILFAST", NULL);
    return PZ_OK;
}

/* ---------------------------------------------------------------- to_csv */

/* How rows are written, read from the options once: a worker keeps it while they stay the same. */
typedef struct csv_writer {
    pz_arena *a;                               /* NULL: not kept, lives with the call */
    bool ready;
    pz_value map;                              /* the options it was made of */
    pz_str sep, null_text, empty;
    bool empty_set, all, escaping, trim_start, trim_end;
    char quote, escape, comment;
    char escape_escape;                        /* what stands before an escape inside a value */
    const pz_datetime_pattern *date, *timestamp, *ntz;
    const pz_zone *zone;
} csv_writer;

static void *
open_writer(const pz_call_site *site, int worker)
{
    csv_writer *w = calloc(1, sizeof *w);
    (void)site;
    (void)worker;
    pz_assert(w);
    w->a = pz_arena_open();
    return w;
}

static void
close_writer(void *local)
{
    csv_writer *w = local;
    pz_arena_close(w->a);
    free(w);
}

static bool
same_options(const pz_value *x, const pz_value *y)
{
    if (!x || !y || x->null || y->null) return (!x || x->null) == (!y || y->null);
    if (x->map.n != y->map.n) return false;
    for (int i = 0; i < x->map.n; i++)
        if (!pz_str_eq(x->map.keys[i].s, y->map.keys[i].s) || x->map.vals[i].null != y->map.vals[i].null ||
            (!x->map.vals[i].null && !pz_str_eq(x->map.vals[i].s, y->map.vals[i].s)))
            return false;
    return true;
}

static pz_status
pattern_of(pz_fn_ctx *c, pz_arena *a, const pz_options *o, const char *name, const char *otherwise, const pz_datetime_pattern **out)
{
    *out = pz_datetime_pattern_make_in(a, pz_dup(a, pz_option_get(o, name, otherwise)), false, pz_locale_make(a, pz_option_get(o, "locale", "en-US")));
    return pz_datetime_pattern_check(*out, c->err);
}

static pz_status
read_writer(pz_fn_ctx *c, const pz_value *map, csv_writer *w)
{
    pz_arena *a = w->a ? w->a : c->scratch;
    pz_options o = {0};
    pz_str sep, quote, escape;
    PZ_TRY(read_options(c, map, &o));
    sep = pz_option_get(&o, "sep", NULL);
    if (!sep.ptr)
        sep = pz_option_get(&o, "delimiter", ",");
    if (pz_str_eqc(sep, "\\t"))
        sep = PZ_STR("\t");
    quote = pz_option_get(&o, "quote", "\"");
    escape = pz_option_get(&o, "escape", "\\");
    w->quote = quote.len ? quote.ptr[0] : 0;
    w->escape = escape.len ? escape.ptr[0] : w->quote;
    quote = pz_option_get(&o, "charToEscapeQuoteEscaping", "");
    w->escape_escape = quote.len ? quote.ptr[0] : w->escape;
    quote = pz_option_get(&o, "comment", "#");
    w->comment = quote.len ? quote.ptr[0] : 0;
    quote = pz_option_get(&o, "timeZone", NULL);
    w->zone = quote.ptr ? pz_zone_find(quote) : NULL;
    if (!w->zone)
        w->zone = c->site->zone;
    w->sep = pz_dup(a, sep);
    w->null_text = pz_dup(a, pz_option_get(&o, "nullValue", ""));
    w->empty_set = pz_option_get(&o, "emptyValue", NULL).ptr != NULL;
    w->empty = pz_dup(a, pz_option_get(&o, "emptyValue", "\"\""));
    w->all = pz_option_bool(&o, "quoteAll", false);
    w->escaping = pz_option_bool(&o, "escapeQuotes", true);
    w->trim_start = pz_option_bool(&o, "ignoreLeadingWhiteSpace", true);
    w->trim_end = pz_option_bool(&o, "ignoreTrailingWhiteSpace", true);
    PZ_TRY(pattern_of(c, a, &o, "dateFormat", "yyyy-MM-dd", &w->date));
    PZ_TRY(pattern_of(c, a, &o, "timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXXXX", &w->timestamp));
    PZ_TRY(pattern_of(c, a, &o, "timestampNTZFormat", "yyyy-MM-dd'T'HH:mm:ss.SSS", &w->ntz));
    if (map && !map->null)
        w->map = pz_value_copy(a, c->site->arg_types[1], map);
    else
        w->map.null = true;
    w->ready = true;
    return PZ_OK;
}

static pz_status
writer_of(pz_fn_ctx *c, const pz_value *map, csv_writer *spare, csv_writer **out)
{
    csv_writer *w = c->local ? c->local : spare;
    *out = w;
    if (w->ready && same_options(&w->map, map))
        return PZ_OK;
    if (w->a)
        pz_arena_reset(w->a);
    return read_writer(c, map, w);
}

static pz_status
format_time(pz_fn_ctx *c, const csv_writer *w, pz_buf *b, const pz_type *t, const pz_value *v, const pz_datetime_pattern *p)
{
    int64_t local = t->id == PZ_T_DATE ? v->i * 86400000000 : t->id == PZ_T_TIMESTAMP ? pz_zone_to_local(w->zone, v->i) : v->i;
    return pz_datetime_format(p, local, t->id == PZ_T_TIMESTAMP ? v->i : local, w->zone, b, c->err);
}

static pz_status write_value(pz_fn_ctx *c, const csv_writer *w, pz_buf *b, const pz_type *t, const pz_value *v);

/* [1, 2,] {x -> 1} {2}: NULL leaves only its comma */
static pz_status
write_nested(pz_fn_ctx *c, const csv_writer *w, pz_buf *b, const pz_type *t, const pz_value *v)
{
    bool map = t->id == PZ_T_MAP;
    int n = map ? v->map.n : v->list.n;
    pz_buf_putc(b, t->id == PZ_T_ARRAY ? '[' : '{');
    for (int i = 0; i < n; i++) {
        const pz_type *et = t->id == PZ_T_STRUCT ? t->fields[i].type : t->element;
        const pz_value *e = map ? &v->map.vals[i] : &v->list.items[i];
        pz_buf_puts(b, i ? "," : "");
        if (map) {
            pz_buf_puts(b, i ? " " : "");
            PZ_TRY(write_value(c, w, b, t->key, &v->map.keys[i]));
            pz_buf_puts(b, " ->");
        }
        if (e->null)
            continue;
        pz_buf_puts(b, i || map ? " " : "");
        PZ_TRY(write_value(c, w, b, et, e));
    }
    pz_buf_putc(b, t->id == PZ_T_ARRAY ? ']' : '}');
    return PZ_OK;
}

static pz_status
write_value(pz_fn_ctx *c, const csv_writer *w, pz_buf *b, const pz_type *t, const pz_value *v)
{
    switch (t->id) {
    case PZ_T_ARRAY:
    case PZ_T_MAP:
    case PZ_T_STRUCT: return write_nested(c, w, b, t, v);
    case PZ_T_DATE: return format_time(c, w, b, t, v, w->date);
    case PZ_T_TIMESTAMP: return format_time(c, w, b, t, v, w->timestamp);
    case PZ_T_TIMESTAMP_NTZ: return format_time(c, w, b, t, v, w->ntz);
    case PZ_T_STRING: pz_buf_str(b, v->s); return PZ_OK;
    case PZ_T_DECIMAL: pz_decimal_java_text(b, v->dec, t->scale); return PZ_OK;
    case PZ_T_BINARY: pz_value_text(b, t, v, PZ_TEXT_SHOW, c->site->zone); return PZ_OK; /* [01 FF] */
    default: pz_value_text(b, t, v, PZ_TEXT_CAST, c->site->zone); return PZ_OK;
    }
}

static bool
needs_quotes(const csv_writer *w, pz_str s, bool first)
{
    if (first && s.len && w->comment && s.ptr[0] == w->comment)        /* the line would be a comment */
        return true;
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (ch == '\n' || ch == '\r' || (w->escaping && w->quote && ch == w->quote))
            return true;
        if (w->sep.len && ch == w->sep.ptr[0] && s.len - i >= w->sep.len && memcmp(s.ptr + i, w->sep.ptr, w->sep.len) == 0)
            return true;
    }
    return false;
}

static void
write_field(pz_buf *b, const csv_writer *w, pz_str s, bool is_null)
{
    bool quoted = w->all || needs_quotes(w, s, b->len == 0);
    if (!is_null && s.len == 0) {
        if (!w->all || !w->empty_set) {
            pz_buf_str(b, w->empty);
            return;
        }
        s = w->empty;
    } else if (!is_null) {
        while (w->trim_start && s.len && (unsigned char)s.ptr[0] <= ' ')
            s = (pz_str){s.ptr + 1, s.len - 1};
        while (w->trim_end && s.len && (unsigned char)s.ptr[s.len - 1] <= ' ')
            s.len--;
        if (s.len == 0 && !w->all) {
            pz_buf_str(b, w->empty);
            return;
        }
    }
    if (!w->quote || !quoted) {
        pz_buf_str(b, s);
        return;
    }
    pz_buf_putc(b, w->quote);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == w->quote)
            pz_buf_putc(b, w->escape);
        else if (s.ptr[i] == w->escape)
            pz_buf_putc(b, w->escape_escape);
        pz_buf_putc(b, s.ptr[i]);
    }
    pz_buf_putc(b, w->quote);
}

PZ_FN(fn_to_csv)
{
    const pz_type *t = c->site->arg_types[0];
    csv_writer spare = {0}, *w;
    pz_buf line, field;
    pz_status st = PZ_OK;
    if (args[0].null)
        return give_null(out);
    PZ_TRY(writer_of(c, c->site->nargs > 1 ? &args[1] : NULL, &spare, &w));
    pz_buf_init(&line, 0);
    pz_buf_init(&field, 0);
    for (int i = 0; i < t->nfields && st == PZ_OK; i++) {
        const pz_value *v = &args[0].list.items[i];
        if (i)
            pz_buf_str(&line, w->sep);
        if (v->null) {
            write_field(&line, w, w->null_text, true);
        } else if (t->fields[i].type->id == PZ_T_STRING) {
            write_field(&line, w, v->s, false);
        } else {
            pz_buf_clear(&field);
            st = write_value(c, w, &field, t->fields[i].type, v);
            write_field(&line, w, pz_buf_view(&field), false);
        }
    }
    if (st == PZ_OK && line.len == 0)              /* nothing at all is no record */
        give_null(out);
    else if (st == PZ_OK)
        give_str(out, pz_buf_dup(&line, c->scratch));
    pz_buf_free(&line);
    pz_buf_free(&field);
    return st;
}

PZ_FN(fn_schema_of_csv)
{
    pz_options o = {0};
    pz_schema s;
    if (args[0].null)
        return give_null(out);
    PZ_TRY(read_options(c, c->site->nargs > 1 ? &args[1] : NULL, &o));
    if (no_record(&o, args[0].s))              /* what Spark itself calls a bug of its own */
        return pz_raise(c->err, PZ_ERR_INTERNAL_ERROR, PZ_NO_ORIGIN, "message", "There is no record whose schema could be told.", NULL);
    if (beyond_limits(c, &o, args[0].s))
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "The record has more than its options allow");
    pz_csv_infer_line(&o, args[0].s, c->site->zone, c->scratch, &s);
    return give_str(out, pz_type_sql(pz_type_struct(c->scratch, s.fields, s.n), c->scratch));
}

static const pz_value_fn_def defs[] = {
    {.name = "from_csv", .call = fn_from_csv, .takes_nulls = true},
    {.name = "schema_of_csv", .call = fn_schema_of_csv},
    {.name = "to_csv", .call = fn_to_csv, .takes_nulls = true, .open_local = open_writer, .close_local = close_writer},
};
PZ_FAMILY(pz_family_csv, defs);

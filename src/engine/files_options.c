/*
 * engine/files_options.c - options of file readers and their values, looked at before anything is read.
 *
 * Kinds of values are in tables/source_options.def, what depends on more than one of them here.  Things start at pz_files_check_options().
 * The sampler of schema inference (samplingRatio) lives here as well.
 */
#include <stdlib.h>

#include "files_int.h"
#include "functions/hash.h"

typedef enum kind { FLAG, STRICT, WHOLE, NUMBER, CHAR, RATIO, ZONE, PATTERN, UNSERVED } kind;
static const struct option { const char *format, *name; kind kind; const char *harmless; } options[] = {
#define OPT(format, name, kind, harmless) {format, name, kind, harmless},
#include "../../tables/source_options.def"
#undef OPT
};

static pz_status
unserved(pz_source_in *in, const char *name, pz_str value)
{
    return pz_raise_text(in->err, PZ_CLASS_SparkUnsupportedOperationException, "The option %s=" PZ_FMT " is not supported", name, PZ_ARG(value));
}

static pz_status
no_number(pz_source_in *in, pz_str v)
{
    return pz_raise_text(in->err, PZ_CLASS_SparkNumberFormatException, "For input string: \"" PZ_FMT "\"", PZ_ARG(v));
}

static pz_status
check_ratio(pz_source_in *in, pz_str v)
{
    bool infers = !in->user_schema && (!pz_str_eqc(in->format, "csv") || pz_option_bool(in->options, "inferSchema", false));
    double d;
    pz_buf b;
    pz_str text;
    if (!pz_text_double(v, &d)) return no_number(in, v);
    if (d > 0 || !infers) return PZ_OK;
    pz_buf_init(&b, 0);
    pz_double_text(&b, d);
    text = pz_buf_dup(&b, in->a);
    pz_buf_free(&b);
    return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: samplingRatio (" PZ_FMT ") should be greater than 0", PZ_ARG(text));
}

static pz_status
check_one(pz_source_in *in, const struct option *o, pz_str v)
{
    bool flag = pz_str_ieqc(v, "true") || pz_str_ieqc(v, "false");
    int64_t n;
    switch (o->kind) {
    case FLAG: return flag ? PZ_OK : pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "For input string: \"" PZ_FMT "\"", PZ_ARG(v));
    case STRICT: return flag ? PZ_OK : pz_raise(in->err, PZ_ERR_LEGACY_ERROR_TEMP_2147, PZ_NO_ORIGIN, "paramName", o->name, NULL);
    case WHOLE:
        if (pz_text_long(v, &n) && n >= INT32_MIN && n <= INT32_MAX) return PZ_OK;
        return pz_raise(in->err, PZ_ERR_LEGACY_ERROR_TEMP_2146, PZ_NO_ORIGIN, "paramName", o->name, "value", pz_dup(in->a, v).ptr, NULL);
    case NUMBER: return pz_text_long(v, &n) && n >= INT32_MIN && n <= INT32_MAX ? PZ_OK : no_number(in, v);
    case CHAR:
        if (pz_utf8_count(v) <= 1 || (v.len == 2 && v.ptr[0] == '\\')) return PZ_OK;
        return pz_raise(in->err, PZ_ERR_OPTION_VALUE_EXCEEDS_ONE_CHARACTER, PZ_NO_ORIGIN, "paramName", o->name, "actualValue", pz_dup(in->a, v).ptr, NULL);
    case RATIO: return check_ratio(in, v);
    case ZONE: return pz_zone_find(v) ? PZ_OK : pz_raise(in->err, PZ_ERR_INVALID_TIMEZONE, PZ_NO_ORIGIN, "timeZone", pz_dup(in->a, v).ptr, NULL);
    case PATTERN: return pz_datetime_pattern_check(pz_datetime_pattern_make(in->a, v, true, PZ_TIME_CORRECTED), in->err);
    case UNSERVED: return pz_str_ieqc(v, o->harmless) ? PZ_OK : unserved(in, o->name, v);
    }
    return PZ_OK;
}

bool
pz_charset_known(pz_str name)
{
    static const char *const names[] = {"iso-8859-1", "us-ascii", "utf-16", "utf-16be", "utf-16le", "utf-32", "utf-8", "utf8"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_str_ieqc(name, names[i])) return true;
    return false;
}

static pz_status
check_charset(pz_source_in *in, const char *reader)
{
    pz_str v = pz_option_get(in->options, "encoding", NULL);
    if (!v.ptr) v = pz_option_get(in->options, "charset", NULL);
    if (!v.ptr || pz_charset_known(v)) return PZ_OK;
    return pz_raise_as(in->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_PARAMETER_VALUE_CHARSET, PZ_NO_ORIGIN, "charset",
                       pz_dup(in->a, v).ptr, "charsets", PZ_CHARSETS, "functionName", reader, "parameter", "`charset`", NULL);
}

static pz_status
check_quotes(pz_source_in *in)
{
    static const char *const known[] = {"STOP_AT_CLOSING_QUOTE", "STOP_AT_DELIMITER", "SKIP_VALUE", "RAISE_ERROR", "BACK_TO_DELIMITER"};
    pz_str v = pz_option_get(in->options, "unescapedQuoteHandling", NULL);
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (!v.ptr || pz_str_ieqc(v, known[i])) return PZ_OK;
    return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "No enum constant com.univocity.parsers.csv.UnescapedQuoteHandling." PZ_FMT,
                         PZ_ARG(pz_upper_ascii(in->a, v)));
}

/* Where lines end must be known in an encoding that is not UTF-8. */
static pz_status
check_json_charset(pz_source_in *in)
{
    pz_str v = pz_option_get(in->options, "encoding", NULL);
    if (!v.ptr) v = pz_option_get(in->options, "charset", NULL);
    if (!v.ptr || pz_option_bool(in->options, "multiLine", false)) return PZ_OK;
    v = pz_upper_ascii(in->a, v);
    if (pz_str_eqc(v, "UTF-16") || pz_str_eqc(v, "UTF-32"))
        return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException,
                             "requirement failed: The " PZ_FMT " encoding must not be included in the denyList when multiLine is disabled:\ndenylist: UTF-16, UTF-32", PZ_ARG(v));
    if (pz_str_eqc(v, "UTF-8") || pz_str_eqc(v, "UTF8") || pz_option_get(in->options, "lineSep", "").len) return PZ_OK;
    return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: The lineSep option must be specified for the " PZ_FMT " encoding", PZ_ARG(v));
}

/* Options that must have a value, or a certain one. */
static pz_status
check_values(pz_source_in *in)
{
    bool csv = pz_str_eqc(in->format, "csv"), json = pz_str_eqc(in->format, "json"), lines = json || pz_str_eqc(in->format, "text");
    pz_str end = pz_option_get(in->options, "lineSep", NULL), sep = pz_option_get(in->options, "sep", NULL);
    if (csv || json) PZ_TRY(check_charset(in, csv ? "`CSVOptions`" : "`JSONOptionsInRead`"));
    if (csv && pz_utf8_count(end) > 2)
        return pz_raise(in->err, PZ_ERR_INVALID_LINE_SEPARATOR_TOO_LONG, PZ_NO_ORIGIN, "length", pz_strf(in->a, "%d", (int)pz_utf8_count(end)).ptr, NULL);
    if (csv && end.ptr && !end.len) return pz_raise_as(in->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_LINE_SEPARATOR_EMPTY, PZ_NO_ORIGIN, NULL);
    if (lines && end.ptr && !end.len)
        return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: 'lineSep' cannot be an empty string.");
    if (csv && sep.ptr && !sep.len) return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "Delimiter cannot be empty");
    if (csv) PZ_TRY(check_quotes(in));
    if (json) PZ_TRY(check_json_charset(in));
    if (pz_str_eqc(in->format, "xml") && strpbrk(pz_dup(in->a, pz_option_get(in->options, "rowTag", "")).ptr, "<>"))
        return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: 'rowTag' should not include angle brackets");
    if (pz_str_eqc(in->format, "xml") && !pz_option_get(in->options, "rowTag", "").len)
        return pz_raise(in->err, PZ_ERR_XML_ROW_TAG_MISSING, PZ_NO_ORIGIN, "rowTag", "`rowTag`", NULL);
    return PZ_OK;
}

pz_status
pz_files_check_options(pz_source_in *in)
{
    for (size_t i = 0; i < PZ_COUNTOF(options); i++) {
        pz_str v = pz_option_get(in->options, options[i].name, NULL);
        if (v.ptr && (*options[i].format == '*' || pz_str_eqc(in->format, options[i].format))) PZ_TRY(check_one(in, &options[i], v));
    }
    return check_values(in);
}

/* ---- samplingRatio ---- */
void
pz_sampler_init(pz_sampler *s, const pz_options *o, int64_t seed)
{
    pz_xorshift x;
    pz_str v = pz_option_get(o, "samplingRatio", "1.0");
    *s = (pz_sampler){.ratio = 1};
    (void)pz_text_double(v, &s->ratio);
    pz_xorshift_init(&x, seed);
    s->state = x.seed;
}

/* Nearly everything is everything. */
bool
pz_sampler_takes(pz_sampler *s)
{
    pz_xorshift x = {.seed = s->state};
    double d;
    if (s->ratio > 0.99) return true;
    d = pz_xorshift_double(&x);
    s->state = x.seed;
    return d < s->ratio;
}

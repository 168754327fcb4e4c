/*
 * engine/errors.c - the engine's messages to Spark's conditions, at one place.
 *
 * Conditions that our own functions and templates raise inside the engine travel as packed text (base/err.c) and come
 * back whole.  DuckDB's own messages (1.5.5) are recognized by `patterns`; what stays unknown becomes INTERNAL_ERROR with
 * the text kept and a log line.  Things start at pz_engine_raise().
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine_int.h"

#define ANSI_KEY "\"spark.sql.ansi.enabled\""

typedef struct failure { pz_error *err; pz_str a, b, c, d; } failure; /* texts at the % places of the pattern, in order */
typedef pz_status (*raise_fn)(failure *f);

static const struct { const char *engine, *spark; } type_names[] = {
    {"INT8", "TINYINT"}, {"INT16", "SMALLINT"}, {"INT32", "INT"}, {"INT64", "BIGINT"}, {"INT128", "DECIMAL(38,0)"}, {"BOOL", "BOOLEAN"},
    {"FLOAT", "FLOAT"}, {"DOUBLE", "DOUBLE"}, {"TIMESTAMP", "TIMESTAMP_NTZ"}, {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP"},
};

static const char *
spark_type(pz_str engine)
{
    for (size_t i = 0; i < PZ_COUNTOF(type_names); i++)
        if (pz_str_eqc(engine, type_names[i].engine)) return type_names[i].spark;
    return NULL;
}

static const char *
quoted_type(failure *f, pz_str engine)
{
    const char *s = spark_type(engine);
    return s ? pz_strf(f->err->arena, "\"%s\"", s).ptr : pz_strf(f->err->arena, "\"" PZ_FMT "\"", PZ_ARG(engine)).ptr;
}

static const char *
text(failure *f, pz_str s)
{
    return pz_dup(f->err->arena, s).ptr;
}

static pz_status
overflow(failure *f, const char *message, const char *alternative)
{
    const char *hint = "";
    if (alternative) hint = pz_strf(f->err->arena, " Use '%s' to tolerate overflow and return NULL instead.", alternative).ptr;
    return pz_raise(f->err, PZ_ERR_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "message", message, "alternative", hint, "config", ANSI_KEY, NULL);
}

static pz_status
decimal_overflow(failure *f, const char *value, const char *precision, const char *scale)
{
    return pz_raise(f->err, PZ_ERR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION, PZ_NO_ORIGIN, "value", value, "precision", precision,
                    "scale", scale, "config", ANSI_KEY, NULL);
}

/* % = addition|subtraction|multiplication, type, left, right */
static pz_status
raise_binary(failure *f)
{
    const char *fn = pz_str_eqc(f->a, "addition") ? "try_add" : pz_str_starts(f->a, "subtract") ? "try_subtract" : "try_multiply";
    const char *symbol = pz_str_eqc(f->a, "addition") ? "+" : pz_str_starts(f->a, "subtract") ? "-" : "*";
    f->err->seen.type = pz_dup(f->err->arena, f->b);
    f->err->seen.left = pz_dup(f->err->arena, f->c);
    f->err->seen.right = pz_dup(f->err->arena, f->d);
    f->err->seen.symbol = pz_dupc(f->err->arena, symbol);
    if (pz_str_eqc(f->b, "INT8") || pz_str_eqc(f->b, "INT16"))
        return pz_raise(f->err, PZ_ERR_BINARY_ARITHMETIC_OVERFLOW, PZ_NO_ORIGIN, "value1", pz_strf(f->err->arena, PZ_FMT "S", PZ_ARG(f->c)).ptr,
                        "symbol", symbol, "value2", pz_strf(f->err->arena, PZ_FMT "S", PZ_ARG(f->d)).ptr,
                        "functionName", pz_strf(f->err->arena, "`%s`", fn).ptr, NULL);
    if (pz_str_starts(f->b, "DECIMAL"))
        return decimal_overflow(f, pz_strf(f->err->arena, PZ_FMT " %s " PZ_FMT, PZ_ARG(f->c), symbol, PZ_ARG(f->d)).ptr, "38", "0");
    return overflow(f, "overflow", fn);
}

static pz_status raise_add(failure *f) { return overflow(f, "overflow", "try_add"); }
static pz_status raise_plain(failure *f) { return overflow(f, "overflow", NULL); }
static pz_status raise_divide(failure *f) { return overflow(f, "Overflow in integral divide", "try_divide"); }
static pz_status raise_time(failure *f) { return overflow(f, "long overflow", NULL); }

static const char *
double_literal(failure *f, pz_str value, const char *suffix)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_double_text(&b, strtod(text(f, value), NULL));
    pz_buf_puts(&b, suffix);
    out = pz_buf_dup(&b, f->err->arena);
    pz_buf_free(&b);
    return out.ptr;
}

/* % = source, value, target.  INT128 appears only inside sums of BIGINT. */
static pz_status
raise_cast(failure *f)
{
    static const char *const suffixes[][2] = {{"INT8", "Y"}, {"INT16", "S"}, {"INT64", "L"}};
    const char *value, *suffix = "";
    if (pz_str_eqc(f->a, "INT128")) {
        f->err->seen.type = pz_dup(f->err->arena, f->a);
        return raise_add(f);
    }
    for (size_t i = 0; i < PZ_COUNTOF(suffixes); i++)
        if (pz_str_eqc(f->a, suffixes[i][0])) suffix = suffixes[i][1];
    if (pz_str_eqc(f->a, "DOUBLE") || pz_str_eqc(f->a, "FLOAT")) value = double_literal(f, f->b, "D");
    else value = pz_strf(f->err->arena, PZ_FMT "%s", PZ_ARG(f->b), suffix).ptr;
    return pz_raise(f->err, PZ_ERR_CAST_OVERFLOW, PZ_NO_ORIGIN, "value", value, "sourceType", quoted_type(f, f->a),
                    "targetType", quoted_type(f, f->c), "ansiConfig", ANSI_KEY, NULL);
}

static pz_status
raise_bad_text(failure *f, pz_str value, const char *target)
{
    pz_err_class k = PZ_CLASS_SparkNumberFormatException;
    if (strstr(target, "DATE") || strstr(target, "TIME")) k = PZ_CLASS_SparkDateTimeException;
    if (strstr(target, "BOOLEAN")) k = PZ_CLASS_SparkRuntimeException;
    return pz_raise_as(f->err, k, PZ_ERR_CAST_INVALID_INPUT, PZ_NO_ORIGIN, "expression", pz_strf(f->err->arena, "'" PZ_FMT "'", PZ_ARG(value)).ptr,
                       "sourceType", "\"STRING\"", "targetType", target, "ansiConfig", ANSI_KEY, NULL);
}

static pz_status raise_text_cast(failure *f) { return raise_bad_text(f, f->a, quoted_type(f, f->b)); }
static pz_status raise_text_date(failure *f) { return raise_bad_text(f, f->a, "\"DATE\""); }
static pz_status raise_text_time(failure *f) { return raise_bad_text(f, f->a, "\"TIMESTAMP\""); }

/* % = value, precision, scale */
static pz_status
raise_decimal(failure *f)
{
    return decimal_overflow(f, text(f, f->a), text(f, f->b), text(f, f->c));
}

static pz_status
raise_double_decimal(failure *f)
{
    return decimal_overflow(f, double_literal(f, f->a, ""), text(f, f->b), text(f, f->c));
}

static pz_status
raise_text_decimal(failure *f)
{
    __int128 unscaled;
    int precision, scale;
    if (pz_decimal_parse(pz_str_trim(f->a), &unscaled, &precision, &scale)) return raise_decimal(f);
    return raise_bad_text(f, f->a, pz_strf(f->err->arena, "\"DECIMAL(" PZ_FMT "," PZ_FMT ")\"", PZ_ARG(f->b), PZ_ARG(f->c)).ptr);
}

static pz_status raise_many_rows(failure *f) { return pz_raise(f->err, PZ_ERR_SCALAR_SUBQUERY_TOO_MANY_ROWS, PZ_NO_ORIGIN, NULL); }
static pz_status raise_null_key(failure *f) { return pz_raise(f->err, PZ_ERR_NULL_MAP_KEY, PZ_NO_ORIGIN, NULL); }
static pz_status raise_canceled(failure *f) { return pz_raise(f->err, PZ_ERR_OPERATION_CANCELED, PZ_NO_ORIGIN, NULL); }

static int64_t
bytes_of(pz_str s)
{
    static const char units[] = "KMGT";
    char copy[64];
    char *end;
    double n;
    int64_t scale = 1;
    const char *u;
    snprintf(copy, sizeof copy, PZ_FMT, PZ_ARG(s));
    n = strtod(copy, &end);
    while (*end == ' ') end++;
    if (*end && (u = strchr(units, *end)))
        for (const char *p = units; p <= u; p++) scale *= 1024;
    return (int64_t)(n * (double)scale);
}

/* % = wanted, used, limit */
static pz_status
raise_memory(failure *f)
{
    int64_t left = bytes_of(f->c) - bytes_of(f->b);
    return pz_raise_as(f->err, PZ_CLASS_SparkOutOfMemoryError, PZ_ERR_UNABLE_TO_ACQUIRE_MEMORY, PZ_NO_ORIGIN,
                       "requestedBytes", pz_strf(f->err->arena, "%lld", (long long)bytes_of(f->a)).ptr,
                       "receivedBytes", pz_strf(f->err->arena, "%lld", (long long)(left > 0 ? left : 0)).ptr, NULL);
}

static pz_status
raise_file(failure *f, pz_err_id id)
{
    return pz_raise(f->err, id, PZ_NO_ORIGIN, "path", pz_strf(f->err->arena, "file://" PZ_FMT, PZ_ARG(f->a)).ptr, NULL);
}

static pz_status raise_missing_file(failure *f) { return raise_file(f, PZ_ERR_FAILED_READ_FILE_FILE_NOT_EXIST); }
static pz_status
raise_bad_footer(failure *f)
{
    return pz_raise(f->err, PZ_ERR_FAILED_READ_FILE_CANNOT_READ_FILE_FOOTER, PZ_NO_ORIGIN, "path",
                    pz_strf(f->err->arena, "file:" PZ_FMT, PZ_ARG(f->a)).ptr, NULL);
}

/* No room, no right; whoever writes knows the target. */
static pz_status
raise_not_written(failure *f)
{
    pz_log(PZ_LOG_WARN, "event=write_failed path=\"" PZ_FMT "\" reason=\"" PZ_FMT "\"", PZ_ARG(f->a), PZ_ARG(f->b));
    return pz_raise(f->err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", pz_strf(f->err->arena, "file:" PZ_FMT, PZ_ARG(f->a)).ptr, NULL);
}

/* Dropped by another statement after this one was made; session/query.c knows what users call it. */
static pz_status
raise_lost_table(failure *f)
{
    return pz_raise(f->err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, PZ_NO_ORIGIN, "relationName", pz_strf(f->err->arena, "t" PZ_FMT, PZ_ARG(f->a)).ptr, "searchPath", "", NULL);
}

static pz_status
raise_lost_column(failure *f)
{
    return pz_raise(f->err, PZ_ERR_INCOMPATIBLE_TABLE_CHANGE_AFTER_ANALYSIS_COLUMNS_MISMATCH, PZ_NO_ORIGIN, "tableName",
                    pz_strf(f->err->arena, "t" PZ_FMT, PZ_ARG(f->a)).ptr, "errors", "a column has been removed", NULL);
}

bool
pz_engine_table_id(pz_str name, int64_t *id)
{
    *id = 0;
    if (name.len < 2 || name.len > 19 || name.ptr[0] != 't') return false;
    for (size_t i = 1; i < name.len; i++) {
        if (name.ptr[i] < '0' || name.ptr[i] > '9') return false;
        *id = *id * 10 + (name.ptr[i] - '0');
    }
    return true;
}

static pz_status raise_bad_page(failure *f) { return raise_file(f, PZ_ERR_FAILED_READ_FILE_NO_HINT); }

/* Pages that are no Parquet; the engine does not tell of which file. */
static pz_status
raise_bad_pages(failure *f)
{
    return pz_raise(f->err, PZ_ERR_FAILED_READ_FILE_NO_HINT, PZ_NO_ORIGIN, "path", PZ_SOME_PARQUET, NULL);
}

/* After the "... Error: " prefix.  % takes the shortest text up to the next literal part; the end of a pattern is free. */
static const struct pattern { const char *text; raise_fn raise; } patterns[] = {
    {"Overflow in HUGEINT addition", raise_add},
    {"Overflow in negation", raise_plain},
    {"Overflow on abs(", raise_plain},
    {"Overflow in division of ", raise_divide},
    {"Overflow in % of % (% + %)", raise_binary},
    {"Overflow in % of % (% - %)", raise_binary},
    {"Overflow in % of % (% * %)", raise_binary},
    {"Type % with value % can't be cast because the value is out of range for the destination type % when", raise_cast},
    {"Type % with value % can't be cast because the value is out of range for the destination type %\n", raise_cast},
    {"Casting value \"%\" to type DECIMAL(%,%) failed", raise_decimal},
    {"Could not cast value % to DECIMAL(%,%)", raise_double_decimal},
    {"Could not convert string \"%\" to DECIMAL(%,%)", raise_text_decimal},
    {"Could not convert string '%' to % when", raise_text_cast},
    {"Could not convert string '%' to %\n", raise_text_cast},
    {"invalid date field format: \"%\",", raise_text_date},
    {"invalid timestamp field format: \"%\",", raise_text_time},
    {"Date and time not in timestamp range", raise_time},
    {"Epoch seconds out of range", raise_time},
    {"Timestamp difference is out of bounds", raise_time},
    {"Date out of range", raise_time},
    {"More than one row returned by a subquery", raise_many_rows},
    {"Map keys can not be NULL", raise_null_key},
    {"failed to allocate data of size % (%/% used)", raise_memory},
    {"failed to pin block of size % (%/% used)", raise_memory},
    {"could not allocate block of size % (%/% used)", raise_memory},
    {"failed to offload data block of size % (%/% used)", raise_memory},
    {"Cannot open file \"%\": No such file", raise_missing_file},
    {"No files found that match the pattern \"%\"", raise_missing_file},
    {"No magic bytes found at end of file '%'", raise_bad_footer},
    {"File '%' too small to be a Parquet file", raise_bad_footer},
    {"Table with name t% does not exist!", raise_lost_table},
    {"Table \"t%\" does not have a column named \"c%\"", raise_lost_column},
    {"TProtocolException: ", raise_bad_pages},
    {"Variable-length int over 10 bytes", raise_bad_pages},
    {"don't know what type", raise_bad_pages},
    {"Failed to read file \"%\": %", raise_bad_page},
    {"Could not write file \"%\": %", raise_not_written},
    {"Interrupted!", raise_canceled},
};

static bool
match(const char *pattern, const char *s, failure *f)
{
    pz_str *slots[] = {&f->a, &f->b, &f->c, &f->d};
    int n = 0;
    while (*pattern) {
        const char *next, *hit;
        size_t len;
        if (*pattern != '%') {
            if (*pattern++ != *s++) return false;
            continue;
        }
        next = ++pattern;
        len = strcspn(next, "%");
        if (!len) hit = s + strcspn(s, "\n");
        else if (!(hit = memmem(s, strlen(s), next, len))) {
            if (next[0] != '\n' || len != 1) return false;
            hit = s + strlen(s);               /* a line end also matches the end of the text */
            len = 0;
        }
        if (n == (int)PZ_COUNTOF(slots)) return false;
        *slots[n++] = (pz_str){s, (size_t)(hit - s)};
        s = hit + len;
        pattern = next + (len ? len : strcspn(next, "%"));
    }
    return true;
}

/* "Out of Range Error: text" -> "text"; the engine's class names end in "Error". */
static const char *
skip_prefix(const char *s)
{
    const char *p = strstr(s, "Error: ");
    if (!p || p - s > 40 || memchr(s, '\n', (size_t)(p - s)) || memchr(s, 1, (size_t)(p - s))) return s;
    return p + 7;
}

/* What fails while a statement is bound is followed by the place in the engine's text. */
static pz_str
without_place(const char *packed)
{
    pz_str s = pz_str_c(packed);
    const char *line = memmem(s.ptr, s.len, "\n\nLINE ", 7);
    if (line) s.len = (size_t)(line - s.ptr);
    return s;
}

/* ---- the end ---- */
static atomic_bool lost;

bool
pz_engine_lost(void)
{
    return atomic_load(&lost);
}

/* After such an error the engine refuses all that follows, for good. */
static void
note_fatal(duckdb_error_type type, const char *message)
{
    if (type != DUCKDB_ERROR_FATAL && strncmp(message, "FATAL Error", 11) != 0) return;
    if (!atomic_exchange(&lost, true)) pz_log(PZ_LOG_ERROR, "event=engine_lost text=\"%.*s\"", (int)strcspn(message, "\n"), message);
}

pz_status
pz_engine_raise(pz_error *err, duckdb_error_type type, const char *message)
{
    failure f = {.err = err};
    const char *body;
    size_t first;
    if (!message || !*message) message = "no reason given";
    note_fatal(type, message);
    body = skip_prefix(message);
    if (*body == 1 && pz_err_unpack(without_place(body), err)) return PZ_FAIL;
    if (type == DUCKDB_ERROR_INTERRUPT) return raise_canceled(&f);
    for (size_t i = 0; i < PZ_COUNTOF(patterns); i++)
        if (match(patterns[i].text, body, &f)) return patterns[i].raise(&f);
    if (type == DUCKDB_ERROR_OUT_OF_MEMORY || pz_str_starts(pz_str_c(message), "Out of Memory Error")) return raise_memory(&f);
    first = strcspn(message, "\n");               /* behind it: the text again, candidates, the engine's stack */
    pz_log(PZ_LOG_WARN, "event=engine_error type=%d text=\"%.*s\"", (int)type, (int)first, message);
    return pz_raise(err, PZ_ERR_INTERNAL_ERROR, PZ_NO_ORIGIN, "message", pz_strf(err->arena, "%.*s", (int)first, message).ptr, NULL);
}

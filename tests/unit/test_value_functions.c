/*
 * tests/unit/test_value_functions.c - functions over texts, numbers, patterns and hashes, called without an engine.
 *
 * Each row is a call with plain arguments and the answer Spark gives (recorded, see tests/functions/ for many more), or the condition.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants the ones above first */
#include <cmocka.h>

#include "engine/functions.h"

/* Named here, so that the linker takes them out of the library. */
extern const pz_fn_family pz_family_string, pz_family_text, pz_family_encode, pz_family_format, pz_family_number_format, pz_family_regex,
    pz_family_hash, pz_family_crypto, pz_family_url, pz_family_math, pz_family_random;
const pz_fn_family *const wanted[] = {&pz_family_string, &pz_family_text, &pz_family_encode, &pz_family_format, &pz_family_number_format,
                                      &pz_family_regex, &pz_family_hash, &pz_family_crypto, &pz_family_url, &pz_family_math, &pz_family_random};

/* Signature: result type, then arguments; s string, i int, l long, d double, b boolean, x binary.  Arguments are texts here. */
typedef struct row { const char *fn, *types, *args[4], *answer; } row;

static const pz_type *
type_of(char c)
{
    switch (c) {
    case 'i': return &pz_t_int;
    case 'l': return &pz_t_long;
    case 'd': return &pz_t_double;
    case 'b': return &pz_t_boolean;
    case 'x': return &pz_t_binary;
    default: return &pz_t_string;
    }
}

static pz_value
value_of(char c, const char *text)
{
    pz_value v = {0};
    if (!text) v.null = true;
    else if (c == 'i' || c == 'l') v.i = strtoll(text, NULL, 10);
    else if (c == 'd') v.d = strtod(text, NULL);
    else v.s = pz_str_c(text);
    return v;
}

static void
check(const row *rows, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        const row *x = &rows[r];
        pz_arena *a = pz_arena_open();
        const pz_type *types[4];
        pz_value args[4], out;
        bool constant[4] = {true, true, true, true};
        pz_error err;
        pz_buf got;
        int nargs = (int)strlen(x->types) - 1;
        pz_error_init(&err, a);
        pz_buf_init(&got, 0);
        for (int i = 0; i < nargs; i++) {
            types[i] = type_of(x->types[i + 1]);
            args[i] = value_of(x->types[i + 1], x->args[i]);
        }
        pz_call_site s = {.arg_types = types, .nargs = nargs, .result = type_of(x->types[0]), .ansi = true, .time_zone = PZ_STR("UTC"),
                          .const_args = args, .is_const = constant, .arena = a, .name = pz_str_c(x->fn)};
        if (pz_value_fn_call(x->fn, &s, args, a, &out, &err) != PZ_OK) pz_buf_puts(&got, pz_err_info(err.id)->condition);
        else pz_value_text(&got, s.result, &out, PZ_TEXT_CAST, NULL);
        pz_buf_putc(&got, '\0');
        if (strcmp(pz_buf_view(&got).ptr, x->answer)) fail_msg("%s(%s, ...): %s, not %s", x->fn, x->args[0], pz_buf_view(&got).ptr, x->answer);
        pz_buf_free(&got);
        pz_arena_close(a);
    }
}
#define CHECK(...) do { static const row rows[] = {__VA_ARGS__}; check(rows, PZ_COUNTOF(rows)); } while (0)

static void
texts(void **state)
{
    (void)state;
    CHECK({"soundex", "ss", {"Miller"}, "M460"}, {"levenshtein", "iss", {"kitten", "sitting"}, "3"}, {"levenshtein", "issi", {"kitten", "sitting", "2"}, "-1"},
          {"initcap", "ss", {"sPark sql"}, "Spark Sql"}, {"luhn_check", "bs", {"8112189876"}, "true"}, {"luhn_check", "bs", {"79927398714"}, "false"},
          {"substring_index", "sssi", {"www.apache.org", ".", "2"}, "www.apache"}, {"translate", "ssss", {"AaBbCc", "abc", "123"}, "A1B2C3"},
          {"lpad", "ssis", {"hi", "5", "??"}, "???hi"}, {"rpad", "ssis", {"hi", "1", "??"}, "h"}, {"find_in_set", "iss", {"ab", "abc,b,ab,c,def"}, "3"});
}

static void
patterns(void **state)
{
    (void)state;
    CHECK({"regexp_replace", "ssssi", {"100-200", "(\\d+)", "num", "1"}, "num-num"}, {"regexp_extract", "sssi", {"100-200", "(\\d+)-(\\d+)", "2"}, "200"},
          {"regexp_extract", "sssi", {"100-200", "(\\d+)", "3"}, "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX"},
          {"regexp_count", "iss", {"Steven Jones and Stephen Smith", "Ste(v|ph)en"}, "2"}, {"rlike", "bss", {"abc", "^[a-c&&[^b]]"}, "true"});
}

static void
formats(void **state)
{
    (void)state;
    CHECK({"format_string", "ssis", {"Hello World %d %s", "100", "days"}, "Hello World 100 days"}, {"format_string", "ssi", {"%08X", "255"}, "000000FF"},
          {"format_number", "sdi", {"12332.123456", "4"}, "12,332.1235"}, {"conv", "ssii", {"100", "2", "10"}, "4"}, {"conv", "ssii", {"-10", "16", "-10"}, "-16"});
}

static void
hashes(void **state)
{
    (void)state;
    CHECK({"hash", "is", {"Spark"}, "228093765"}, {"hash", "il", {"1"}, "-1712319331"}, {"crc32", "lx", {"Spark"}, "1557323817"},
          {"md5", "sx", {"Spark"}, "8cde774d6f7333752ed72cacddb05126"}, {"url_encode", "ss", {"https://spark.apache.org"}, "https%3A%2F%2Fspark.apache.org"},
          {"parse_url", "ssss", {"http://spark.apache.org/path?query=1", "QUERY", "query"}, "1"});
}

static void
draws(void **state)
{
    (void)state;
    CHECK({"rand", "dl", {"0"}, "0.7604953758285915"}, {"randn", "dl", {"0"}, "1.6034991609278433"});
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts), cmocka_unit_test(patterns), cmocka_unit_test(formats), cmocka_unit_test(hashes), cmocka_unit_test(draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * tests/fuzz/fuzz_text.c - hostile patterns and documents: time, number and regular expression patterns, JSON, XML, XPath, CSV, and
 * the texts of dates, times and zones.
 *
 *   fuzz_text [-n rounds] [-s seed] FILE...    FILEs hold one text a line; each is used as a pattern on another, then `rounds` mutated pairs
 *
 * Nothing may crash, hang or allocate without bound.  A pair that takes more than two seconds of the processor ends the run with status 1.
 */
#include "engine/files_int.h"
#include "engine/functions/json.h"
#include "engine/functions/regex.h"
#include "engine/functions/xml.h"
#include "types/datetime_pattern.h"
#include "types/number_pattern.h"
#include "fuzz_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MAX = 2048 };
typedef PZ_VEC(pz_str) texts;

static void
run_times(pz_arena *a, pz_str pattern, pz_str text)
{
    static const pz_time_policy policies[] = {PZ_TIME_CORRECTED, PZ_TIME_LEGACY};
    pz_error err;
    pz_parsed_time got;
    pz_str why;
    int32_t days;
    int64_t us;
    pz_error_init(&err, a);
    for (size_t i = 0; i < PZ_COUNTOF(policies); i++)
        for (int parsing = 0; parsing < 2; parsing++) {
            const pz_datetime_pattern *p = pz_datetime_pattern_make(a, pattern, parsing, policies[i]);
            pz_buf b;
            if (pz_datetime_pattern_check(p, &err) != PZ_OK) continue;
            if (parsing) {
                pz_datetime_parse(p, text, &got, a, &why);
                continue;
            }
            pz_buf_init(&b, 1 << 20);
            pz_datetime_format(p, (int64_t)state >> next_random(40), 1700000000000000, pz_zone_find(PZ_STR("America/Los_Angeles")), &b, &err);
            pz_buf_free(&b);
        }
    pz_date_parse(text, &days);
    pz_timestamp_parse(text, pz_zone_find(PZ_STR("UTC")), false, &us);
    if (text.len < 40) pz_zone_find(text);
}

static void
run_numbers(pz_arena *a, pz_str pattern, pz_str text)
{
    pz_number_pattern p;
    pz_error err;
    __int128 n;
    bool fits;
    int precision, scale;
    pz_error_init(&err, a);
    pz_decimal_parse(text, &n, &precision, &scale);
    if (pz_number_pattern_parse(pattern, a, PZ_NO_ORIGIN, &p, &err) != PZ_OK) return;
    pz_number_pattern_read(&p, text, a, &n, &fits);
    pz_number_pattern_print(&p, (__int128)(int64_t)state * 1000003, (int)next_random(12), a);
}

static void
run_documents(pz_arena *a, pz_str pattern, pz_str text)
{
    pz_json doc;
    pz_xml *xml = pz_xml_read(a, text, true);
    pz_xpath found;
    pz_options options = {0};
    pz_schema s = {0};
    pz_option sep = {PZ_STR("sep"), pattern.len > 2 ? (pz_str){pattern.ptr, 2} : pattern};
    if (pz_json_read(a, text, &pz_json_default, &doc, NULL)) {
        pz_buf b;
        pz_buf_init(&b, 1 << 22);
        pz_json_write(&b, &doc);
        pz_buf_free(&b);
    }
    pz_json_read(a, text, &pz_json_strict, &doc, NULL);
    if (xml && pz_xpath_eval(a, xml, pattern, &found)) pz_xpath_string(a, &found);
    if (sep.value.len) pz_vec_push(a, &options, sep);
    pz_csv_infer_line(&options, text, pz_zone_find(PZ_STR("UTC")), a, &s);
}

static void
run_regex(pz_arena *a, pz_str pattern, pz_str text)
{
    const pz_regex *re;
    const size_t *bounds;
    size_t from = 0;
    pz_str pcre, error;
    bool classes;
    pz_java_pattern(pattern, a, &pcre, &classes, &error);
    re = pz_regex_make(a, pattern);
    for (int i = 0; re && re->code && i < 20 && from <= text.len && pz_regex_find(re, text, from, &bounds); i++)
        from = bounds[1] > from ? bounds[1] : from + 1;
}

static bool
run_pair(pz_str pattern, pz_str text)
{
    pz_arena *a = pz_arena_open();
    double before = cpu_seconds();
    run_times(a, pattern, text);
    run_numbers(a, pattern, text);
    run_documents(a, pattern, text);
    if (pz_utf8_valid(pattern) && pz_utf8_valid(text)) run_regex(a, pattern, text);
    pz_arena_close(a);
    if (cpu_seconds() - before < 2) return true;
    fprintf(stderr, "slow: " PZ_FMT "\non: " PZ_FMT "\n", PZ_ARG(pattern), PZ_ARG(text));
    return false;
}

static pz_str
mutated(const texts *seeds, char *buf)
{
    static const char *const bits[] = {"{", "}", "[", "]", "(", ")", "'", "\"", "\\", "*", "+", "?", "|", "^", "$", ".", ",", "yyyy", "SSS", "XXX", "[[", "]]>", "<a", "</a>", "&#0;", "//", "::",
        "999", "\\u0000", "\\p{L}", "(?<n>", "{1,999}", "NaN", "e999", "-", "+18:00", "\xC3\xA9", "\xF0\x9F\x98\x80", "\xFF", "QQQ", "MI", "PR", "0", "9,9", "T", "#"};
    pz_str from = seeds->data[next_random((uint32_t)seeds->n)];
    size_t n = from.len;
    memcpy(buf, from.ptr, n);
    for (uint32_t k = next_random(5); k > 0; k--) {
        size_t at = next_random((uint32_t)n + 1);
        pz_str in = next_random(3) ? pz_str_c(bits[next_random(PZ_COUNTOF(bits))]) : seeds->data[next_random((uint32_t)seeds->n)];
        switch (next_random(4)) {
        case 0:
            if (n) buf[next_random((uint32_t)n)] = (char)next_random(256);
            break;
        case 1:
            n = at;
            break;
        default:
            if (n + in.len >= TEXT_MAX) break;
            memmove(buf + at + in.len, buf + at, n - at);
            memcpy(buf + at, in.ptr, in.len);
            n += in.len;
        }
    }
    return (pz_str){buf, n};
}

int
main(int argc, char **argv)
{
    static char x[TEXT_MAX + 16], y[TEXT_MAX + 16];
    long rounds = 20000;
    bool ok = true;
    texts seeds = {0};
    pz_arena *a = pz_arena_open();
    for (int c; (c = getopt(argc, argv, "n:s:")) != -1;) {
        if (c == 'n') rounds = atol(optarg);
        else if (c == 's') state = (uint64_t)atoll(optarg) * 0x9E3779B97F4A7C15u + 1;
        else return 2;
    }
    for (int i = optind; i < argc; i++) {
        FILE *f = fopen(argv[i], "r");
        char line[TEXT_MAX];
        if (!f) return 2;
        while (fgets(line, sizeof line, f)) {
            size_t n = strcspn(line, "\n");
            pz_vec_push(a, &seeds, pz_dup(a, (pz_str){line, n}));
        }
        fclose(f);
    }
    if (!seeds.n) pz_vec_push(a, &seeds, PZ_STR("yyyy-MM-dd"));
    for (int i = 0; i < seeds.n && ok; i++) ok = run_pair(seeds.data[i], seeds.data[(i * 7 + 3) % seeds.n]);
    for (long i = 0; i < rounds && ok; i++) {
        pz_str pattern = mutated(&seeds, x), text = mutated(&seeds, y);
        ok = run_pair(pattern, text);
    }
    printf("fuzz_text: %d texts, %ld mutations\n", seeds.n, rounds);
    pz_arena_close(a);
    return ok ? 0 : 1;
}

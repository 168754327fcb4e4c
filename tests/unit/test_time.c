/*
 * tests/unit/test_time.c - zones, dates, timestamps, patterns, interval texts, numbers as text.
 *
 * Expected values were recorded from Spark 4.3.0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "types/datetime_pattern.h"

static const char *
kept(pz_buf *b)
{
    static char text[256];
    size_t n = b->len < sizeof text - 1 ? b->len : sizeof text - 1;
    memcpy(text, b->ptr ? b->ptr : "", n);
    text[n] = 0;
    pz_buf_free(b);
    return text;
}

static const char *
timestamp(const char *zone, const char *text)
{
    int64_t us;
    pz_buf b;
    const pz_zone *z = pz_zone_find(pz_str_c(zone));
    if (!pz_timestamp_parse(pz_str_c(text), z, false, &us)) return "none";
    pz_buf_init(&b, 0);
    pz_timestamp_text(&b, us);
    return kept(&b);
}

static const char *
date(const char *text)
{
    int32_t days;
    pz_buf b;
    if (!pz_date_parse(pz_str_c(text), &days)) return "none";
    pz_buf_init(&b, 0);
    pz_date_text(&b, days);
    return kept(&b);
}

static void
zones_are_javas(void **state)
{
    (void)state;
    const char *la = "America/Los_Angeles";
    assert_string_equal(timestamp(la, "2024-03-10 02:30:00"), "2024-03-10 10:30:00"); /* gap: forward */
    assert_string_equal(timestamp(la, "2024-11-03 01:30:00"), "2024-11-03 08:30:00"); /* overlap: earlier offset */
    assert_string_equal(timestamp(la, "1880-01-01 00:00:00"), "1880-01-01 07:52:58");
    assert_string_equal(timestamp(la, "2500-07-01"), "2500-07-01 07:00:00");
    assert_string_equal(timestamp("PST", "2024-01-02 10:11:12.1234567"), "2024-01-02 18:11:12.123456");
    assert_string_equal(timestamp("UTC+3", "2024-1-2T3:4:5"), "2024-01-02 00:04:05");
    assert_string_equal(timestamp("UTC", "2024-01-02 10:11:12 +1"), "2024-01-02 09:11:12");
    assert_null(pz_zone_find(PZ_STR("Foo/Bar")));
    assert_null(pz_zone_find(PZ_STR("america/new_york")));
    assert_null(pz_zone_find(PZ_STR("+19:00")));
    assert_int_equal(pz_zone_offset_at(pz_zone_find(PZ_STR("+05:30")), 0, NULL), 19800);
}

static void
dates_and_timestamps_parse(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"2024", "2024-01-01"}, {"2024-02", "2024-02-01"}, {" 2024-1-2 ", "2024-01-02"}, {"2024-01-02Tx", "2024-01-02"},
        {"2024-01-02 junk", "2024-01-02"}, {"2024-01-02x", "none"}, {"20240102", "none"}, {"2024-02-30", "none"}, {"24-01-02", "none"}, {"", "none"},
        {"+12345-01-01", "+12345-01-01"}, {"-0001-01-01", "-0001-01-01"}, {"0000-01-01", "0000-01-01"}, {"9999999-01-02", "none"}};
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) assert_string_equal(date(cases[i][0]), cases[i][1]);
    static const char *const bad[] = {"2024-01-02 24:00:00", "2024-01-02T", "2024-01-02 10:11+01:00", "2024-01-02 10:11:12 utc", "x", "300000-01-01 00:00:00"};
    for (size_t i = 0; i < PZ_COUNTOF(bad); i++) assert_string_equal(timestamp("UTC", bad[i]), "none");
    assert_string_equal(timestamp("UTC", "2024-01-02 10"), "2024-01-02 10:00:00");
    assert_string_equal(timestamp("UTC", "2024-01-02 10:11:12."), "2024-01-02 10:11:12");
}

static const char *
number(double d)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_double_text(&b, d);
    return kept(&b);
}

static void
doubles_print_as_java(void **state)
{
    (void)state;
    static const struct { double d; const char *text; } cases[] = {
        {1e10, "1.0E10"}, {0.001, "0.001"}, {9.99e-4, "9.99E-4"}, {1e7, "1.0E7"}, {9999999, "9999999.0"}, {123456789.125, "1.23456789125E8"},
        {1e23, "9.999999999999999E22"}, {2e22, "2.0E22"}, {4.9e-324, "4.9E-324"}, {2e-323, "2.0E-323"}, {0.1 + 0.2, "0.30000000000000004"}, {100, "100.0"}, {-0.0, "-0.0"},
        {1.0 / 3, "0.3333333333333333"}, {1.7976931348623157e308, "1.7976931348623157E308"}};
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) assert_string_equal(number(cases[i].d), cases[i].text);
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_float_text(&b, 1.1f);
    pz_buf_putc(&b, ' ');
    pz_float_text(&b, 16777216.0f);
    assert_string_equal(kept(&b), "1.1 1.6777216E7");
}

static const char *
decimal(const char *text, int precision, int scale)
{
    __int128 v;
    pz_buf b;
    pz_dec_fit fit = pz_decimal_parse_to(pz_str_c(text), precision, scale, &v);
    if (fit != PZ_DEC_OK) return fit == PZ_DEC_NOT_A_NUMBER ? "none" : fit == PZ_DEC_OVERFLOW ? "overflow" : "too large";
    pz_buf_init(&b, 0);
    pz_decimal_text(&b, v, scale);
    return kept(&b);
}

static void
decimals_round_half_up(void **state)
{
    (void)state;
    assert_string_equal(decimal("123.455", 5, 2), "123.46");
    assert_string_equal(decimal("-2.5", 10, 0), "-3");
    assert_string_equal(decimal("1e2", 5, 2), "100.00");
    assert_string_equal(decimal(".5", 5, 2), "0.50");
    assert_string_equal(decimal("1.", 5, 2), "1.00");
    assert_string_equal(decimal("1234.5", 5, 2), "overflow");
    assert_string_equal(decimal("1e50", 38, 1), "too large");
    assert_string_equal(decimal("abc", 5, 2), "none");
    assert_string_equal(decimal("0.00000000000000000000000000000000000000000000049", 38, 38), "0.00000000000000000000000000000000000000");
    assert_string_equal(decimal("99999999999999999999999999999999999999", 38, 0), "99999999999999999999999999999999999999");
}

static const char *
formatted(const char *pattern, const char *zone, const char *text)
{
    pz_arena *a = pz_arena_open();
    pz_error err;
    int64_t us;
    pz_buf b;
    const pz_zone *z = pz_zone_find(pz_str_c(zone));
    pz_error_init(&err, a);
    assert_true(pz_timestamp_parse(pz_str_c(text), z, false, &us));
    pz_buf_init(&b, 0);
    const pz_datetime_pattern *p = pz_datetime_pattern_make(a, pz_str_c(pattern), false, PZ_TIME_CORRECTED);
    if (pz_datetime_format(p, pz_zone_to_local(z, us), us, z, &b, &err) != PZ_OK) pz_buf_printf(&b, "!%s", pz_err_info(err.id)->condition);
    pz_arena_close(a);
    return kept(&b);
}

static void
patterns_print(void **state)
{
    (void)state;
    const char *la = "America/Los_Angeles";
    assert_string_equal(formatted("VV z O XXX Z xx", la, "2024-05-07 08:09:10"), "America/Los_Angeles PDT GMT-7 -07:00 -0700 -0700");
    assert_string_equal(formatted("zzzz OOOO XXXXX ZZZZZ X x", la, "2024-01-07 20:09:10"), "Pacific Standard Time GMT-08:00 -08:00 -08:00 -08 -08");
    assert_string_equal(formatted("VV z O XXX Z zzzz", "UTC", "2024-05-07 08:09:10"), "UTC UTC GMT Z +0000 Coordinated Universal Time");
    assert_string_equal(formatted("D DDD F q qqq Q QQQ", "UTC", "2024-05-07 08:09:10"), "128 128 7 2 Q2 2 Q2");
    assert_string_equal(formatted("E EE EEEE G GGGG L LL LLL LLLL", "UTC", "2024-05-07 08:09:10"), "Tue Tue Tuesday AD Anno Domini 5 05 May May");
    assert_string_equal(formatted("y yy yyyy yyyyyy", "UTC", "2024-05-07 08:09:10"), "2024 24 2024 002024");
    assert_string_equal(formatted("k K h H", "UTC", "2024-05-07 00:09:10"), "24 0 12 0");
    assert_string_equal(formatted("yyyy'T'''HH", "UTC", "2024-05-07 08:09:10"), "2024T'08");
    assert_string_equal(formatted("xxxx O", la, "1880-01-01 00:00:00"), "-075258 GMT-7:52:58");
    assert_string_equal(formatted("yyyy G y", "UTC", "-0005-01-01 00:00:00"), "0006 BC 6");
    assert_string_equal(formatted("yyyy", "UTC", "+12345-01-01 00:00:00"), "+12345");
    assert_string_equal(formatted("W", "UTC", "2024-05-07"), "!INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION");
    assert_string_equal(formatted("e", "UTC", "2024-05-07"), "!INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN");
    assert_string_equal(formatted("OO", "UTC", "2024-05-07"), "!INVALID_DATETIME_PATTERN.WITH_SUGGESTION");
    assert_string_equal(formatted("n", "UTC", "2024-05-07"), "!INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER");
    assert_string_equal(formatted("qqqqq", "UTC", "2024-05-07"), "!INVALID_DATETIME_PATTERN.LENGTH");
    assert_string_equal(formatted("yyyy [MM", "UTC", "2024-05-07"), "2024 05");
}

static const char *
parsed(const char *text, const char *pattern)
{
    static char out[256];
    pz_arena *a = pz_arena_open();
    pz_parsed_time t;
    pz_str why;
    pz_buf b;
    const pz_datetime_pattern *p = pz_datetime_pattern_make(a, pz_str_c(pattern), true, PZ_TIME_CORRECTED);
    pz_buf_init(&b, 0);
    if (p->bad != PZ_ERR_NONE) pz_buf_printf(&b, "!%s", pz_err_info(p->bad)->condition);
    else if (!pz_datetime_parse(p, pz_str_c(text), &t, a, &why)) pz_buf_str(&b, why);
    else pz_timestamp_text(&b, pz_zone_to_utc(t.zone ? t.zone : pz_zone_find(PZ_STR("UTC")), t.local_micros));
    strcpy(out, kept(&b));
    pz_arena_close(a);
    return out;
}

static void
patterns_parse(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"2026-06-15 14:30:45", "yyyy-MM-dd HH:mm:ss[.SSSSSS]", "2026-06-15 14:30:45"},
        {"2026-06-15 14:30:45.12", "yyyy-MM-dd HH:mm:ss.SSS", "2026-06-15 14:30:45.12"},
        {"2026-06-15T14:30", "yyyy-MM-dd['T'HH:mm[:ss][.SSS]]", "2026-06-15 14:30:00"},
        {"2026-06-15 24:00:00", "yyyy-MM-dd k:mm:ss", "2026-06-15 00:00:00"},
        {"2026-06-15 12:00:00 PM", "yyyy-MM-dd hh:mm:ss a", "2026-06-15 12:00:00"},
        {"2026-06-15 14:30:45+0230", "yyyy-MM-dd HH:mm:ssX", "2026-06-15 12:00:45"},
        {"2026-06-15 14:31:00+02:30:15", "yyyy-MM-dd HH:mm:ssxxxxx", "2026-06-15 12:00:45"},
        {"2026-06-15 14:30:45 GMT+02:00", "yyyy-MM-dd HH:mm:ss OOOO", "2026-06-15 12:30:45"},
        {"2026-06-15 14:30:45 Europe/London", "yyyy-MM-dd HH:mm:ss VV", "2026-06-15 13:30:45"},
        {"2024-06-15 14:30:45 PST", "yyyy-MM-dd HH:mm:ss z", "2024-06-15 21:30:45"},
        {"20260615143045", "yyyyMMddHHmmss", "2026-06-15 14:30:45"},
        {"20260615143045123", "yyyyMMddHHmmssSSS", "Text '20260615143045123' could not be parsed at index 0"},
        {"49-12-31", "yy-MM-dd", "2049-12-31 00:00:00"},
        {"AD 2026-06-15", "G yyyy-MM-dd", "2026-06-15 00:00:00"},
        {"CE 2026-06-15", "G yyyy-MM-dd", "Text 'CE 2026-06-15' could not be parsed at index 0"},
        {"2024-366", "yyyy-D", "2024-12-31 00:00:00"},
        {"2023-366", "yyyy-D", "Text '2023-366' could not be parsed: Invalid date 'DayOfYear 366' as '2023' is not a leap year"},
        {"2023-02-29", "yyyy-MM-dd", "Text '2023-02-29' could not be parsed: Invalid date 'February 29' as '2023' is not a leap year"},
        {"2026-02-31", "yyyy-MM-dd", "Text '2026-02-31' could not be parsed: Invalid date 'FEBRUARY 31'"},
        {"2026-13-15", "yyyy-MM-dd", "Text '2026-13-15' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): 13"},
        {"2026-06-15 24:30:45", "yyyy-MM-dd HH:mm:ss", "Text '2026-06-15 24:30:45' could not be parsed: Invalid value for HourOfDay (valid values 0 - 23): 24"},
        {"2024-06-15extra", "yyyy-MM-dd", "Text '2024-06-15extra' could not be parsed, unparsed text found at index 10"},
        {"2024-6-5", "yyyy-MM-dd", "Text '2024-6-5' could not be parsed at index 5"},
        {"12024-06-05", "yyyy-MM-dd", "Text '12024-06-05' could not be parsed at index 0"},
        {"2024-06-15 Jul", "yyyy-MM-dd MMM", "Text '2024-06-15 Jul' could not be parsed at index 11"},
        {"2024-06-15 jun", "yyyy-MM-dd MMM", "2024-06-15 00:00:00"},
        {"10:11:12", "HH:mm:ss", "1970-01-01 10:11:12"},
        {"x", "Q", "!INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER"},
        {"x", "EEE", "!INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION"},
        {"2026-06-15 12:00:45+01:60", "yyyy-MM-dd HH:mm:ssXXX", "Text '2026-06-15 12:00:45+01:60' could not be parsed at index 19"},
        {"2026-06-15 12:00:45-18:01", "yyyy-MM-dd HH:mm:ssXXX", "Text '2026-06-15 12:00:45-18:01' could not be parsed at index 19"}};
    for (size_t i = 0; i < PZ_COUNTOF(cases); i++) assert_string_equal(parsed(cases[i][0], cases[i][1]), cases[i][2]);
}

static void
intervals_parse_and_print(void **state)
{
    (void)state;
    int64_t v, us;
    int32_t months, days;
    pz_buf b;
    assert_int_equal(pz_ym_parse(PZ_STR("-1-2"), PZ_YM_YEAR, PZ_YM_MONTH, &v), PZ_IV_OK);
    assert_int_equal(v, -14);
    assert_int_equal(pz_ym_parse(PZ_STR("1-13"), PZ_YM_YEAR, PZ_YM_MONTH, &v), PZ_IV_OUT_OF_RANGE);
    assert_int_equal(pz_ym_parse(PZ_STR("1"), PZ_YM_YEAR, PZ_YM_MONTH, &v), PZ_IV_UNMATCHED);
    assert_int_equal(pz_dt_parse(PZ_STR("INTERVAL '1 02:03:04' DAY TO SECOND"), PZ_DT_DAY, PZ_DT_SECOND, &v), PZ_IV_OK);
    assert_int_equal(v, 93784000000ll);
    assert_int_equal(pz_dt_parse(PZ_STR("INTERVAL -'1' DAY"), PZ_DT_DAY, PZ_DT_DAY, &v), PZ_IV_OK);
    assert_int_equal(v, -86400000000ll);
    assert_int_equal(pz_dt_parse(PZ_STR("1 day"), PZ_DT_DAY, PZ_DT_SECOND, &v), PZ_IV_UNMATCHED);
    assert_true(pz_calendar_interval_parse(PZ_STR("interval -1 year 3 weeks 2.5 seconds"), &months, &days, &us));
    assert_int_equal(months, -12);
    assert_int_equal(days, 21);
    assert_int_equal(us, 2500000);
    assert_false(pz_calendar_interval_parse(PZ_STR("1.5 days"), &months, &days, &us));
    pz_buf_init(&b, 0);
    pz_dt_text(&b, -93784567000ll, PZ_DT_DAY, PZ_DT_SECOND);
    pz_buf_putc(&b, ' ');
    pz_dt_text(&b, 7200000000ll, PZ_DT_HOUR, PZ_DT_HOUR);
    pz_buf_putc(&b, ' ');
    pz_calendar_interval_text(&b, 14, -3, 7500000);
    assert_string_equal(kept(&b), "INTERVAL '-1 02:03:04.567' DAY TO SECOND INTERVAL '02' HOUR 1 years 2 months -3 days 7.5 seconds");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_are_javas),    cmocka_unit_test(dates_and_timestamps_parse), cmocka_unit_test(doubles_print_as_java),
        cmocka_unit_test(decimals_round_half_up), cmocka_unit_test(patterns_print),         cmocka_unit_test(patterns_parse),
        cmocka_unit_test(intervals_parse_and_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

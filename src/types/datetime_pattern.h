/*
 * types/datetime_pattern.h - Java's date and time patterns: yyyy-MM-dd HH:mm:ss[.SSS] XXX.
 *
 * A pattern is compiled once into elements; formatting and parsing walk them.  What a pattern may hold depends on its use: text
 * of weeks and quarters can be printed but not parsed.
 */
#ifndef PZ_DATETIME_PATTERN_H
#define PZ_DATETIME_PATTERN_H

#include "locale.h"
#include "types.h"

typedef enum pz_time_policy { PZ_TIME_CORRECTED, PZ_TIME_LEGACY, PZ_TIME_EXCEPTION } pz_time_policy; /* spark.sql.legacy.timeParserPolicy */

typedef enum pz_dp_kind { PZ_DP_TEXT, PZ_DP_NUMBER, PZ_DP_NAME, PZ_DP_FRACTION, PZ_DP_REDUCED, PZ_DP_ZONE, PZ_DP_OFFSET, PZ_DP_OPEN, PZ_DP_CLOSE } pz_dp_kind;

typedef struct pz_dp_element {
    pz_dp_kind kind;
    char letter;                               /* of the pattern; year of era stays y, proleptic year is u */
    int count;                                 /* how often the letter stood there */
    pz_str text;                               /* TEXT */
    int min, max;                              /* NUMBER, FRACTION: digits */
    int following;                             /* NUMBER: digits of the fixed numbers right behind it; -1: itself one of those */
    bool exceeds_pad, fixed;                   /* NUMBER: sign only beyond `min` digits; exactly `min` digits, no sign */
    int match;                                 /* OPEN: index of its CLOSE (or the end) */
} pz_dp_element;

typedef struct pz_datetime_pattern {
    pz_str text;
    pz_time_policy policy;
    bool parsing;
    const pz_locale *locale;                   /* of the names; NULL: English */
    pz_dp_element *list;
    int n;
    /* A pattern that is not valid: what is wrong; raised when it is used. */
    pz_err_id bad;
    pz_err_class bad_class;
    char bad_letter;
} pz_datetime_pattern;

const pz_datetime_pattern *pz_datetime_pattern_make(pz_arena *a, pz_str text, bool parsing, pz_time_policy policy);
const pz_datetime_pattern *pz_datetime_pattern_make_in(pz_arena *a, pz_str text, bool parsing, const pz_locale *locale);    /* by the corrected policy */
/* PZ_FAIL with the condition if the pattern is not valid. */
pz_status pz_datetime_pattern_check(const pz_datetime_pattern *p, pz_error *err);
pz_status pz_datetime_pattern_refuse(const pz_datetime_pattern *p, pz_error *err);   /* whatever is wrong with it: INVALID_DATETIME_PATTERN.WITH_SUGGESTION */
/* Print a wall clock; zone and instant only matter to zone letters. No zone: a time of day, which has no date either. */
pz_status pz_datetime_format(const pz_datetime_pattern *p, int64_t local_micros, int64_t utc_micros, const pz_zone *zone, pz_buf *out, pz_error *err);

int64_t pz_datetime_old_field(int64_t local_micros, char letter);  /* what SimpleDateFormat would print for the letter */

typedef struct pz_parsed_time {
    int64_t local_micros;
    const pz_zone *zone;                       /* as written in the text, or NULL */
    int nanos;                                 /* below the microsecond, 0..999 */
} pz_parsed_time;
/* Parse a whole text.  False: `why` says so in Java's words ("Text 'x' could not be parsed at index 0"). */
bool pz_datetime_parse(const pz_datetime_pattern *p, pz_str s, pz_parsed_time *out, pz_arena *a, pz_str *why);

extern const char *const pz_month_names[12];
extern const char *const pz_day_names[7];      /* Monday first */

#endif

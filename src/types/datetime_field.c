/*
 * types/datetime_field.c - the fields and units that functions name, and the fields of a date.
 */
#include "types.h"

typedef struct word { const char *text; pz_time_field field; } word;

static pz_time_field
find(const word *words, size_t n, pz_str name)
{
    for (size_t i = 0; i < n; i++)
        if (pz_str_ieqc(name, words[i].text)) return words[i].field;
    return PZ_TF_NONE;
}

pz_time_field
pz_time_field_find(pz_str name)
{
    static const word words[] = {
        {"YEAR", PZ_TF_YEAR}, {"Y", PZ_TF_YEAR}, {"YEARS", PZ_TF_YEAR}, {"YR", PZ_TF_YEAR}, {"YRS", PZ_TF_YEAR},
        {"YEAROFWEEK", PZ_TF_YEAROFWEEK}, {"QUARTER", PZ_TF_QUARTER}, {"QTR", PZ_TF_QUARTER}, {"MONTH", PZ_TF_MONTH}, {"MON", PZ_TF_MONTH},
        {"MONS", PZ_TF_MONTH}, {"MONTHS", PZ_TF_MONTH}, {"WEEK", PZ_TF_WEEK}, {"W", PZ_TF_WEEK}, {"WEEKS", PZ_TF_WEEK}, {"DAY", PZ_TF_DAY},
        {"D", PZ_TF_DAY}, {"DAYS", PZ_TF_DAY}, {"DAYOFWEEK", PZ_TF_DAYOFWEEK}, {"DOW", PZ_TF_DAYOFWEEK}, {"DAYOFWEEK_ISO", PZ_TF_DAYOFWEEK_ISO},
        {"DOW_ISO", PZ_TF_DAYOFWEEK_ISO}, {"DOY", PZ_TF_DOY}, {"HOUR", PZ_TF_HOUR}, {"H", PZ_TF_HOUR}, {"HOURS", PZ_TF_HOUR}, {"HR", PZ_TF_HOUR},
        {"HRS", PZ_TF_HOUR}, {"MINUTE", PZ_TF_MINUTE}, {"M", PZ_TF_MINUTE}, {"MIN", PZ_TF_MINUTE}, {"MINS", PZ_TF_MINUTE},
        {"MINUTES", PZ_TF_MINUTE}, {"SECOND", PZ_TF_SECOND}, {"S", PZ_TF_SECOND}, {"SEC", PZ_TF_SECOND}, {"SECONDS", PZ_TF_SECOND},
        {"SECS", PZ_TF_SECOND}};
    return find(words, PZ_COUNTOF(words), name);
}

pz_time_field
pz_trunc_unit_find(pz_str name)
{
    static const word words[] = {
        {"YEAR", PZ_TF_YEAR}, {"YYYY", PZ_TF_YEAR}, {"YY", PZ_TF_YEAR}, {"QUARTER", PZ_TF_QUARTER}, {"MONTH", PZ_TF_MONTH}, {"MM", PZ_TF_MONTH},
        {"MON", PZ_TF_MONTH}, {"WEEK", PZ_TF_WEEK}, {"DAY", PZ_TF_DAY}, {"DD", PZ_TF_DAY}, {"HOUR", PZ_TF_HOUR}, {"MINUTE", PZ_TF_MINUTE},
        {"SECOND", PZ_TF_SECOND}, {"MILLISECOND", PZ_TF_MILLISECOND}, {"MICROSECOND", PZ_TF_MICROSECOND}};
    return find(words, PZ_COUNTOF(words), name);
}

/* The Thursday of a week decides its year. */
static int
iso_week(int64_t days, int64_t *year)
{
    int64_t thursday = days - pz_floor_mod(days + 3, 7) + 3;
    int m, d;
    pz_civil_from_days(thursday, year, &m, &d);
    return (int)((thursday - pz_days_from_civil(*year, 1, 1)) / 7 + 1);
}

int
pz_date_field(int64_t days, pz_time_field f)
{
    int64_t y, week_year;
    int m, d;
    pz_civil_from_days(days, &y, &m, &d);
    switch (f) {
    case PZ_TF_YEAR: return (int)y;
    case PZ_TF_QUARTER: return (m - 1) / 3 + 1;
    case PZ_TF_MONTH: return m;
    case PZ_TF_DAY: return d;
    case PZ_TF_DOY: return (int)(days - pz_days_from_civil(y, 1, 1) + 1);
    case PZ_TF_DAYOFWEEK: return (int)pz_floor_mod(days + 4, 7) + 1;
    case PZ_TF_DAYOFWEEK_ISO: return (int)pz_floor_mod(days + 3, 7) + 1;
    case PZ_TF_WEEK: return iso_week(days, &week_year);
    case PZ_TF_YEAROFWEEK: iso_week(days, &week_year); return (int)week_year;
    default: return 0;
    }
}

int64_t
pz_zone_resolve(const pz_zone *z, int64_t local_micros, int preferred_offset)
{
    int64_t at = local_micros - (int64_t)preferred_offset * 1000000;
    return pz_zone_offset_at(z, at, NULL) == preferred_offset ? at : pz_zone_to_utc(z, local_micros);
}

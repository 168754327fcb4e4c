/*
 * types/types.h - Spark's types and values; nothing about DuckDB but the name of the type that carries each.
 *
 * A type is immutable and lives in an arena or is one of the static atoms.  Compare with pz_type_eq().
 */
#ifndef PZ_TYPES_H
#define PZ_TYPES_H

#include "../base/base.h"

typedef enum pz_type_id {
#define TYPE(id, simple, json, sql, proto, arrow, duckdb, bits) PZ_T_##id,
#include "../../tables/types.def"
#undef TYPE
    PZ_T_COUNT
} pz_type_id;

typedef struct pz_type pz_type;
typedef struct pz_field {
    pz_str name;
    const pz_type *type;
    bool nullable;
    pz_str metadata;                           /* JSON object text, or empty */
} pz_field;

enum { PZ_YM_YEAR = 0, PZ_YM_MONTH = 1 };
enum { PZ_DT_DAY = 0, PZ_DT_HOUR = 1, PZ_DT_MINUTE = 2, PZ_DT_SECOND = 3 };

struct pz_type {
    pz_type_id id;
    int precision, scale;                      /* DECIMAL; precision of TIME and *_NANOS; srid of GEO* in scale */
    int length;                                /* CHAR, VARCHAR */
    int start, end;                            /* fields of YM_INTERVAL, DT_INTERVAL */
    pz_str collation;                          /* STRING, CHAR, VARCHAR: empty means UTF8_BINARY */
    bool told_bytes;                           /* of these: COLLATE UTF8_BINARY was written; equal to one without, but no default takes its place */
    const pz_type *element;                    /* ARRAY element; MAP value; UDT sql type (may be NULL) */
    const pz_type *key;                        /* MAP key */
    bool contains_null;                        /* of ARRAY elements or MAP values */
    const pz_field *fields;                    /* STRUCT */
    int nfields;
    pz_str udt_json;                           /* UDT: its JSON text */
};

typedef struct pz_schema {                     /* top-level row type */
    pz_field *fields;
    int n;
} pz_schema;

extern const pz_type pz_t_void, pz_t_boolean, pz_t_byte, pz_t_short, pz_t_int, pz_t_long, pz_t_float, pz_t_double,
    pz_t_string, pz_t_binary, pz_t_date, pz_t_timestamp, pz_t_timestamp_ntz, pz_t_time, pz_t_calendar_interval,
    pz_t_variant, pz_t_ym_interval /* year to month */, pz_t_dt_interval /* day to second */;

const pz_type *pz_type_decimal(pz_arena *a, int precision, int scale);
const pz_type *pz_type_array(pz_arena *a, const pz_type *element, bool contains_null);
const pz_type *pz_type_map(pz_arena *a, const pz_type *key, const pz_type *value, bool value_contains_null);
const pz_type *pz_type_struct(pz_arena *a, const pz_field *fields, int n);
const pz_type *pz_type_ym(pz_arena *a, int start, int end);
const pz_type *pz_type_dt(pz_arena *a, int start, int end);
const pz_type *pz_type_char(pz_arena *a, int length);
const pz_type *pz_type_varchar(pz_arena *a, int length);
const pz_type *pz_type_string_collated(pz_arena *a, pz_str collation);
const pz_type *pz_type_time(pz_arena *a, int precision);
const pz_type *pz_type_copy(pz_arena *a, const pz_type *t); /* deep */

bool pz_type_eq(const pz_type *a, const pz_type *b);             /* exact, nullability inside included, field names case-sensitive */
bool pz_type_eq_loose(const pz_type *a, const pz_type *b);       /* nullability and field names ignored */
bool pz_type_is_integral(const pz_type *t);                      /* tinyint .. bigint */
bool pz_type_is_numeric(const pz_type *t);                       /* integral, float, double, decimal */
bool pz_type_is_fractional(const pz_type *t);
bool pz_type_is_string(const pz_type *t);                        /* string, char, varchar */
bool pz_type_is_datetime(const pz_type *t);                      /* date, timestamp, timestamp_ntz */
bool pz_type_is_interval(const pz_type *t);
bool pz_type_is_ansi_interval(const pz_type *t);
bool pz_type_is_nested(const pz_type *t);                        /* array, map, struct */
bool pz_type_is_orderable(const pz_type *t);
bool pz_type_any(const pz_type *t, bool (*test)(const pz_type *t)); /* the type, or one anywhere inside it, passes */
bool pz_type_holds(const pz_type *t, pz_type_id id);              /* the type, or one anywhere inside it, is of that kind */

/* The three spellings (tables/types.def). */
pz_str pz_type_simple(const pz_type *t, pz_arena *a);            /* struct<a:int>, decimal(10,2) */
int64_t pz_type_default_size(const pz_type *t);                                   /* bytes of a value as Spark's planner counts them */
pz_str pz_type_sql(const pz_type *t, pz_arena *a);               /* STRUCT<a: INT NOT NULL>, DECIMAL(10,2) */
pz_str pz_type_json(const pz_type *t, pz_arena *a);              /* Spark's schema JSON of the type */
pz_str pz_type_scala(const pz_type *t, pz_arena *a);             /* IntegerType, ArrayType(IntegerType,false): in messages */
pz_str pz_type_duckdb(const pz_type *t, pz_arena *a);            /* type that carries it in the engine: STRUCT(f0 INTEGER) */
pz_str pz_schema_json(const pz_schema *s, pz_arena *a);
pz_str pz_schema_ddl(const pz_schema *s, pz_arena *a);           /* a INT NOT NULL,b STRING COMMENT 'x' */
pz_str pz_schema_tree(const pz_schema *s, int level, pz_arena *a); /* printSchema text; level <= 0: all */
/* Schema JSON (struct or any other type) to a type.  Errors: INVALID_JSON_DATA_TYPE and kin. */
pz_status pz_type_from_json(pz_str json, pz_arena *a, const pz_type **out, pz_error *err);

/* ---- columns of tables (stored.c) ---- */
#define PZ_CHAR_TYPE_KEY "__CHAR_VARCHAR_TYPE_STRING"
const pz_type *pz_type_with_collation(pz_arena *a, const pz_type *t, pz_str collation); /* strings inside that tell none have it; collation empty: t */
const pz_type *pz_type_of_column(pz_arena *a, const pz_type *t, pz_str collation); /* the same in a table of that default */
const pz_type *pz_type_char_as_varchar(pz_arena *a, const pz_type *t);
bool pz_type_has_char(const pz_type *t);                         /* CHAR or VARCHAR anywhere inside */
const pz_type *pz_type_plain(pz_arena *a, const pz_type *t);     /* STRING in place of CHAR and VARCHAR */
const pz_type *pz_type_as_nullable(pz_arena *a, const pz_type *t); /* every part inside */
pz_schema pz_schema_as_nullable(pz_arena *a, const pz_schema *s);  /* every column, inside as well; names and metadata shared */
pz_schema pz_schema_copy(pz_arena *a, const pz_schema *s);         /* deep */
void pz_field_seen(pz_arena *a, const pz_field *stored, pz_field *out); /* a table's column as a query sees it */
/* ---- metadata.c: texts in the JSON object a column has */
pz_str pz_metadata_get(pz_str metadata, const char *key, pz_arena *a);           /* ptr NULL: none */
pz_str pz_metadata_with(pz_arena *a, pz_str metadata, const char *key, pz_str value); /* value ptr NULL: without it */
void pz_json_text(pz_buf *b, pz_str s);                        /* quoted */

/* ---- coercion (tables/casts.def; facts in data/spark-4.3-types.jsonl) ---- */
/* The type both widen to, or NULL.  `rules`: PZ_WIDEN_ANSI picks the ANSI lattice, PZ_WIDEN_FRACTION keeps fraction digits of decimals that
 * would need more than 38 digits, and not those before the point (legacy.decimal.retainFractionDigitsOnTruncate).  tightest: findTightestCommonType (no decimal loss,
 * no string promotion); wider: findWiderCommonType as used by coalesce, CASE, IN, UNION, arrays. */
enum { PZ_WIDEN_ANSI = 1, PZ_WIDEN_FRACTION = 2 };
const pz_type *pz_type_tightest(pz_arena *a, const pz_type *x, const pz_type *y, int rules);
const pz_type *pz_type_wider(pz_arena *a, const pz_type *x, const pz_type *y, int rules);
const pz_type *pz_type_wider_plain(pz_arena *a, const pz_type *x, const pz_type *y, int rules); /* wider without string promotion: array functions, greatest */
/* Whether an explicit CAST is allowed at all; *nullable gets whether it can make NULL of a non-null value. */
typedef enum pz_cast_mode { PZ_CAST_LEGACY, PZ_CAST_ANSI, PZ_CAST_TRY } pz_cast_mode;
bool pz_cast_allowed(const pz_type *from, const pz_type *to, pz_cast_mode mode, bool *nullable);
/* Function to suggest for a refused cast between numbers and dates, or NULL. */
const char *pz_cast_function_hint(const pz_type *from, const pz_type *to);
/* How an allowed CAST becomes engine text (tables/casts.def); the same for all modes.  From SAME and NATIVE nothing can be raised. */
typedef enum pz_cast_how { PZ_CAST_HOW_SAME, PZ_CAST_HOW_NATIVE, PZ_CAST_HOW_NONZERO, PZ_CAST_HOW_ENCODE, PZ_CAST_HOW_NULLS, PZ_CAST_HOW_VALUE } pz_cast_how;
pz_cast_how pz_cast_lowering(const pz_type *from, const pz_type *to);
/* decimal results: Spark's rules with the loss of scale above 38 digits */
typedef enum pz_dec_op { PZ_DEC_ADD, PZ_DEC_MUL, PZ_DEC_DIV, PZ_DEC_MOD, PZ_DEC_IDIV } pz_dec_op;
const pz_type *pz_decimal_result(pz_arena *a, pz_dec_op op, const pz_type *l, const pz_type *r);
const pz_type *pz_decimal_result_exact(pz_arena *a, pz_dec_op op, const pz_type *l, const pz_type *r); /* decimalOperations.allowPrecisionLoss=false */
const pz_type *pz_decimal_for(pz_arena *a, const pz_type *integral); /* int -> decimal(10,0) */

/* ---- values: literals, and the row-at-a-time C functions (engine/functions) ---- */
typedef struct pz_value pz_value;
struct pz_value {
    bool null;
    union {
        bool b;
        int64_t i;                             /* integers, date (days), timestamp(_ntz) (us), time (us), ym (months), dt (us) */
        double d;                              /* float, double */
        __int128 dec;                          /* unscaled; scale from the type */
        pz_str s;                              /* string, char, varchar, binary */
        struct { int32_t months, days; int64_t micros; } iv; /* calendar interval */
        struct { pz_value *items; int n; } list;  /* array elements; struct fields in order; variant: items[0]=value, [1]=metadata */
        struct { pz_value *keys, *vals; int n; } map;
    };
};
typedef PZ_VEC(pz_value) pz_values;
/* ---- collations (collate.c): name as in pz_type.collation */
typedef struct pz_match { size_t from, to; } pz_match;         /* bytes */
typedef PZ_VEC(pz_match) pz_matches;
bool pz_type_is_collated(const pz_type *t);                    /* strings with a collation other than UTF8_BINARY, anywhere inside */
bool pz_collation_normal(pz_str name, pz_arena *a, pz_str *out);                /* en_ai_ci is en_CI_AI; false: there is none such */
pz_str pz_collation_proposals(pz_str name, pz_arena *a);                        /* near names for a message */
typedef struct pz_collation { const char *name, *language, *country; bool accents, cases, trims; const char *icu; } pz_collation;
const pz_collation *pz_collation_list(pz_arena *a, int *n);
bool pz_type_has_key(const pz_type *t);        /* equal values may differ to the engine, or the other way round: it compares keys */
const pz_type *pz_collation_key_type(pz_arena *a, const pz_type *t);            /* of values that compare by bytes as these do */
bool pz_collation_is_icu(pz_str name);
bool pz_collation_is_lcase(pz_str name);
int pz_collate_cmp(pz_str name, pz_str a, pz_str b);
bool pz_collate_key(pz_str name, pz_str s, pz_arena *a, pz_str *out);           /* bytes that compare as s does; false: no such collation */
uint64_t pz_collate_hash(pz_str name, pz_str s);
bool pz_collate_find(pz_str name, pz_str s, pz_str what, pz_arena *a, pz_matches *out); /* every place, overlapping ones too */
pz_value pz_value_one_zero(pz_arena *a, const pz_type *t, const pz_value *v);    /* 0.0 for -0.0, inside too; shares what holds none */
bool pz_value_eq(const pz_type *t, const pz_value *a, const pz_value *b);    /* null = null; NaN = NaN; 0.0 = -0.0 */
int pz_value_cmp(const pz_type *t, const pz_value *a, const pz_value *b);    /* Spark's order, NULL first */
pz_value pz_value_copy(pz_arena *a, const pz_type *t, const pz_value *v);
/* Text forms.  CAST(x AS STRING) inside containers prints null, show() prints NULL. */
/* LEGACY: CAST with ANSI off, where small decimals have an exponent (1E-7). */
typedef enum pz_text_style { PZ_TEXT_CAST, PZ_TEXT_SHOW, PZ_TEXT_SQL, PZ_TEXT_LEGACY } pz_text_style;
typedef struct pz_zone pz_zone;
void pz_value_text(pz_buf *b, const pz_type *t, const pz_value *v, pz_text_style style, const pz_zone *zone);
void pz_sql_text(pz_buf *b, pz_str s);         /* as a literal: 'it\'s' */
void pz_double_text(pz_buf *b, double d);      /* Double.toString of Java 17 */
void pz_float_text(pz_buf *b, float f);
/* The same as a number: digits * 10^exponent, no zeros at the end; of a finite number's absolute value, not 0 (types/shortest.c). */
void pz_double_shortest(double d, uint64_t *digits, int *exponent);
void pz_float_shortest(float f, uint64_t *digits, int *exponent);
void pz_decimal_text(pz_buf *b, __int128 unscaled, int scale);               /* plain, never exponent */
void pz_decimal_java_text(pz_buf *b, __int128 v, int scale);              /* with an exponent where Java's BigDecimal has one */
bool pz_decimal_parse(pz_str s, __int128 *unscaled, int *precision, int *scale); /* plain or exponent form; false if not a number or > 38 digits */
__int128 pz_pow10(int n);                      /* 0..38 */
/* Number text rounded HALF_UP to (precision, scale); white space is the caller's to trim. */
typedef enum pz_dec_fit { PZ_DEC_OK, PZ_DEC_NOT_A_NUMBER, PZ_DEC_OVERFLOW, PZ_DEC_TOO_LARGE /* over 38 integer digits */ } pz_dec_fit;
pz_dec_fit pz_decimal_parse_to(pz_str s, int precision, int scale, __int128 *unscaled);
bool pz_decimal_rescale(__int128 v, int from, int to, int precision, __int128 *out); /* HALF_UP; false if it does not fit */
double pz_decimal_double(__int128 v, int scale); /* nearest */
double pz_strtod(const char *c);               /* strtod, strtof whatever the process locale is */
float pz_strtof(const char *c);
void pz_ym_text(pz_buf *b, int64_t months, int start, int end);              /* INTERVAL '1-2' YEAR TO MONTH */
void pz_dt_text(pz_buf *b, int64_t micros, int start, int end);
void pz_calendar_interval_text(pz_buf *b, int32_t months, int32_t days, int64_t micros);
void pz_time_text(pz_buf *b, int64_t micros);  /* 01:02:03.5 */
/* Interval texts (types/interval.c).  Calendar: '1 year 2 days -3.5 seconds', an INTERVAL in front allowed. */
bool pz_calendar_interval_parse(pz_str s, int32_t *months, int32_t *days, int64_t *micros);
/* CAST(string AS INTERVAL ...): '1-2', 'INTERVAL '1-2' YEAR TO MONTH', ... for exactly these fields. */
typedef enum pz_iv_fit { PZ_IV_OK, PZ_IV_UNMATCHED, PZ_IV_OUT_OF_RANGE } pz_iv_fit;
pz_iv_fit pz_ym_parse(pz_str s, int start, int end, int64_t *months);
pz_iv_fit pz_dt_parse(pz_str s, int start, int end, int64_t *micros);

/* ---- dates and zones (proleptic Gregorian; zone rules from ICU, tabulated once per zone) ---- */
const pz_zone *pz_zone_find(pz_str id);        /* Java ids: America/Los_Angeles, UTC, Z, +01:00, GMT+1, EST; NULL if unknown; cached, thread-safe */
int pz_zone_offset_at(const pz_zone *z, int64_t epoch_micros, bool *dst);    /* seconds east of UTC at an instant */
int64_t pz_zone_to_utc(const pz_zone *z, int64_t local_micros);              /* gap: forward; overlap: earlier offset */
int64_t pz_zone_to_local(const pz_zone *z, int64_t epoch_micros);
pz_str pz_zone_id(const pz_zone *z);           /* as Java prints it: UTC, Z, +01:00, Europe/Paris */
const pz_zone *pz_zone_of_offset(int seconds); /* Z, +01:00, ...; NULL past 18 hours */
int pz_zone_standard(const pz_zone *z, int *saving);   /* offset of standard time in our days, and what daylight time adds */
/* Name for pattern letters z and v, short or full. */
void pz_zone_name_text(pz_buf *b, const pz_zone *z, int64_t epoch_micros, bool generic, bool full);
const pz_zone *pz_zone_named(pz_str s, bool by_name, bool full, size_t *len);   /* the id or name that s begins with; NULL: none */
typedef enum pz_zone_time { PZ_ZONE_OWN, PZ_ZONE_STANDARD, PZ_ZONE_DAYLIGHT, PZ_ZONE_EITHER } pz_zone_time;
const pz_zone *pz_zone_named_before(pz_str s, pz_str session, size_t *len, pz_zone_time *time);   /* the same for SimpleDateFormat */
int64_t pz_days_from_civil(int64_t y, int m, int d);
int64_t pz_julian_days(int64_t y, int m, int d);       /* days since 1970-01-01 of a date of the Julian calendar */
void pz_civil_from_days(int64_t days, int64_t *y, int *m, int *d);
bool pz_date_valid(int64_t y, int m, int d);
/* Spark's CAST(string AS DATE/TIMESTAMP); false if the text is none. */
bool pz_date_parse(pz_str s, int32_t *days);
bool pz_timestamp_parse(pz_str s, const pz_zone *zone, bool ntz, int64_t *micros);
bool pz_time_parse(pz_str s, int64_t *micros); /* CAST(string AS TIME) */
/* epoch, now, today, tomorrow, yesterday [zone]: allowed where the text is a constant (typed literals, CAST of a literal). */
bool pz_date_special(pz_str s, const pz_zone *zone, int64_t now_micros, int32_t *days);
bool pz_timestamp_special(pz_str s, const pz_zone *zone, bool ntz, int64_t now_micros, int64_t *micros);
/* What EXTRACT, date_part, date_trunc name. */
typedef enum pz_time_field {
    PZ_TF_NONE, PZ_TF_YEAR, PZ_TF_YEAROFWEEK, PZ_TF_QUARTER, PZ_TF_MONTH, PZ_TF_WEEK, PZ_TF_DAY, PZ_TF_DAYOFWEEK, PZ_TF_DAYOFWEEK_ISO, PZ_TF_DOY,
    PZ_TF_HOUR, PZ_TF_MINUTE, PZ_TF_SECOND, PZ_TF_MILLISECOND, PZ_TF_MICROSECOND
} pz_time_field;
pz_time_field pz_time_field_find(pz_str name); /* of EXTRACT: YEAR, YRS, QTR, DOW, ...; NONE if unknown */
pz_time_field pz_trunc_unit_find(pz_str name); /* of date_trunc: YYYY, MM, DD, ... */
/* Wall clock back to an instant, keeping an offset that is valid there (java.time's preferred offset). */
int64_t pz_zone_resolve(const pz_zone *z, int64_t local_micros, int preferred_offset);
int pz_date_field(int64_t days, pz_time_field f); /* YEAR .. DOY of a date */
int64_t pz_floor_div(int64_t a, int64_t b);    /* b > 0 */
int64_t pz_floor_mod(int64_t a, int64_t b);
int64_t pz_month_add(int64_t days, int64_t months); /* date plus months, day clamped to the month's last */
int pz_month_length(int64_t y, int m);
void pz_date_text(pz_buf *b, int64_t days);
void pz_timestamp_text(pz_buf *b, int64_t local_micros);                     /* fraction without trailing zeros */

#endif

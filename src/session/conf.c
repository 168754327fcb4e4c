/*
 * session/conf.c - the registered settings and the rules for their values.
 *
 * Facts: tables/conf.def.  Things start at pz_conf_check_set().  Sets of values: confs.c.
 */
#include "conf.h"

#include <stdio.h>
#include <stdlib.h>

#define NONE PZ_CONF_NONE
#define BOOLEAN PZ_CONF_BOOLEAN
#define INT PZ_CONF_INT
#define LONG PZ_CONF_LONG
#define DOUBLE PZ_CONF_DOUBLE
#define DECIMAL PZ_CONF_DECIMAL
#define STRING PZ_CONF_STRING
#define LIST PZ_CONF_LIST
#define BYTES PZ_CONF_BYTES
#define TIME PZ_CONF_TIME
#define ENUM PZ_CONF_ENUM
#define REGEX PZ_CONF_REGEX
#define SQL PZ_CONF_SQL
#define CONNECT PZ_CONF_CONNECT
#define CORE PZ_CONF_CORE
#define RUNTIME PZ_CONF_RUNTIME
#define STATIC PZ_CONF_STATIC
#define FIXED PZ_CONF_FIXED
static const pz_conf_row rows[] = {
#define CONF(...) {__VA_ARGS__},
#include "../../tables/conf.def"
#undef CONF
};
#undef NONE
#undef BOOLEAN
#undef INT
#undef LONG
#undef DOUBLE
#undef DECIMAL
#undef STRING
#undef LIST
#undef BYTES
#undef TIME
#undef ENUM
#undef REGEX
#undef SQL
#undef CONNECT
#undef CORE
#undef RUNTIME
#undef STATIC
#undef FIXED

/* Not in the registry, yet set through sessions by clients as if they were ordinary keys. */
static const char *const free_core_keys[] = {"spark.app.name", "spark.master", "spark.app.id", "spark.submit.deployMode"};

static int
compare_row(const void *key, const void *row)
{
    return pz_str_cmp(*(const pz_str *)key, pz_str_c(((const pz_conf_row *)row)->key));
}

const pz_conf_row *
pz_conf_find(pz_str key)
{
    return bsearch(&key, rows, PZ_COUNTOF(rows), sizeof rows[0], compare_row);
}

bool
pz_conf_registered(const pz_conf_row *r)
{
    return r && r->type != PZ_CONF_NONE;
}

int
pz_conf_count(void)
{
    return PZ_COUNTOF(rows);
}

const pz_conf_row *
pz_conf_at(int i)
{
    return &rows[i];
}

static bool
contains(pz_str text, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.len; i++)
        if (pz_str_ieqc((pz_str){text.ptr + i, n}, word)) return true;
    return false;
}

bool
pz_conf_redacted(pz_str key)
{
    static const char *const words[] = {"secret", "password", "token", "accesskey", "access.key", "credential"};
    for (size_t i = 0; i < PZ_COUNTOF(words); i++)
        if (contains(key, words[i])) return true;
    return false;
}

const char *
pz_conf_warning(pz_str key, pz_arena *a)
{
    if (!pz_str_eqc(key, "spark.sql.execution.arrow.enabled") && !pz_str_eqc(key, "spark.sql.execution.arrow.pyspark.fallback.enabled"))
        return NULL;
    return pz_strf(a, "The SQL config '" PZ_FMT "' is NOT supported in Spark Connect", PZ_ARG(key)).ptr;
}

/* ---- values ---- */
static pz_status
mismatch(const pz_conf_row *r, pz_str value, const char *type, pz_error *err)
{
    return pz_raise(err, PZ_ERR_INVALID_CONF_VALUE_TYPE_MISMATCH, PZ_NO_ORIGIN, "confName", r->key, "confValue", pz_dup(err->arena, value).ptr,
                    "confType", type, NULL);
}

static bool
parse_integer(pz_str s, int64_t min, int64_t max, int64_t *out)
{
    char buf[32], *end;
    long long v;
    s = pz_str_trim(s);
    if (!s.len || s.len >= sizeof buf) return false;
    memcpy(buf, s.ptr, s.len);
    buf[s.len] = 0;
    if (buf[0] != '-' && buf[0] != '+' && (buf[0] < '0' || buf[0] > '9')) return false;
    v = strtoll(buf, &end, 10);
    if (*end || end == buf || v < min || v > max || (s.len > 18 && (v == INT64_MAX || v == INT64_MIN))) return false;
    *out = v;
    return true;
}

static bool
parse_double(pz_str s, double *out)
{
    char buf[64], *end;
    s = pz_str_trim(s);
    if (!s.len || s.len >= sizeof buf) return false;
    memcpy(buf, s.ptr, s.len);
    buf[s.len] = 0;
    *out = strtod(buf, &end);
    return end != buf && (!*end || ((*end == 'd' || *end == 'D' || *end == 'f' || *end == 'F') && !end[1]));
}

typedef struct unit { const char *name; int64_t factor; } unit;
static const unit byte_units[] = {
    {"b", 1}, {"k", 1 << 10}, {"kb", 1 << 10}, {"m", 1 << 20}, {"mb", 1 << 20}, {"g", 1LL << 30}, {"gb", 1LL << 30},
    {"t", 1LL << 40}, {"tb", 1LL << 40}, {"p", 1LL << 50}, {"pb", 1LL << 50}, {"kib", 1 << 10}, {"mib", 1 << 20},
};
static const unit time_units[] = {                             /* in microseconds */
    {"us", 1}, {"ms", 1000}, {"s", 1000000}, {"m", 60000000}, {"min", 60000000}, {"h", 3600000000LL}, {"d", 86400000000LL},
};

/* "-?digits[unit]", any case; a bare number has the row's unit. */
static bool
parse_with_unit(pz_str s, const unit *units, size_t nunits, const char *bare, int64_t *out)
{
    int64_t v, sign = 1;
    size_t digits = 0;
    pz_str u;
    s = pz_str_trim(s);
    if (s.len && s.ptr[0] == '-') sign = -1, s.ptr++, s.len--;
    while (digits < s.len && s.ptr[digits] >= '0' && s.ptr[digits] <= '9') digits++;
    if (!digits || !parse_integer((pz_str){s.ptr, digits}, 0, INT64_MAX, &v)) return false;
    u = digits < s.len ? (pz_str){s.ptr + digits, s.len - digits} : pz_str_c(bare);
    for (size_t i = 0; i < nunits; i++) {
        if (!pz_str_ieqc(u, units[i].name)) continue;
        if (__builtin_mul_overflow(v, units[i].factor * sign, out)) return false;
        return true;
    }
    return false;
}

/* Bytes as bytes, times as milliseconds, booleans as 0 and 1. */
bool
pz_conf_number(const pz_conf_row *r, pz_str value, int64_t *out)
{
    switch (r ? r->type : PZ_CONF_LONG) {
    case PZ_CONF_BYTES:
        return parse_with_unit(value, byte_units, PZ_COUNTOF(byte_units), r->unit, out);
    case PZ_CONF_TIME:
        if (!parse_with_unit(value, time_units, PZ_COUNTOF(time_units), r->unit, out)) return false;
        *out = *out < 0 ? -1 : *out / 1000;
        return true;
    case PZ_CONF_BOOLEAN:
        value = pz_str_trim(value);
        *out = pz_str_ieqc(value, "true");
        return *out || pz_str_ieqc(value, "false");
    case PZ_CONF_INT:
        return parse_integer(value, INT32_MIN, INT32_MAX, out);
    default:
        return parse_integer(value, INT64_MIN, INT64_MAX, out);
    }
}

static const char *
type_text(const pz_conf_row *r)
{
    static const struct { const char *unit, *text; } units[] = {
        {"B", "bytes in BYTE"}, {"KiB", "bytes in KiB"}, {"MiB", "bytes in MiB"},
        {"s", "time in SECONDS"}, {"ms", "time in MILLISECONDS"}, {"us", "time in MICROSECONDS"},
    };
    static const char *const names[] = {[PZ_CONF_BOOLEAN] = "boolean", [PZ_CONF_INT] = "int", [PZ_CONF_LONG] = "long",
                                        [PZ_CONF_DOUBLE] = "double", [PZ_CONF_DECIMAL] = "decimal"};
    for (size_t i = 0; i < PZ_COUNTOF(units); i++)
        if (!strcmp(units[i].unit, r->unit)) return units[i].text;
    return names[r->type];
}

static pz_status
check_options(const pz_conf_row *r, pz_str value, pz_error *err)
{
    pz_str rest = pz_str_c(r->options), list;
    pz_buf b;
    if (!rest.len) return PZ_OK;
    pz_buf_init(&b, 0);
    while (rest.len) {
        const char *comma = memchr(rest.ptr, ',', rest.len);
        pz_str one = {rest.ptr, comma ? (size_t)(comma - rest.ptr) : rest.len};
        if (pz_str_ieq(one, value)) {
            pz_buf_free(&b);
            return PZ_OK;
        }
        if (b.len) pz_buf_puts(&b, ", ");
        pz_buf_str(&b, one);
        rest.len -= one.len + (comma != NULL);
        rest.ptr += one.len + (comma != NULL);
    }
    list = pz_buf_dup(&b, err->arena);
    pz_buf_free(&b);
    return pz_raise(err, PZ_ERR_INVALID_CONF_VALUE_OUT_OF_RANGE_OF_OPTIONS, PZ_NO_ORIGIN, "confName", r->key,
                    "confValue", pz_dup(err->arena, value).ptr, "confOptions", list.ptr, NULL);
}

pz_status
pz_conf_check_value(const pz_conf_row *r, pz_str value, pz_error *err)
{
    int64_t n = 1;
    double d;
    if (r->type == PZ_CONF_ENUM) return check_options(r, value, err);
    if (!strcmp(r->key, "spark.sql.session.timeZone") && !pz_conf_zone_ok(value))
        return pz_raise(err, PZ_ERR_INVALID_CONF_VALUE_TIME_ZONE, PZ_NO_ORIGIN, "confName", r->key, "confValue", pz_dup(err->arena, value).ptr, NULL);
    if (!strcmp(r->key, "spark.sql.defaultPath")) return pz_path_check_default(value, err);
    if (r->type == PZ_CONF_DOUBLE || r->type == PZ_CONF_DECIMAL)
        return parse_double(value, &d) ? PZ_OK : mismatch(r, value, type_text(r), err);
    if (r->type == PZ_CONF_STRING || r->type == PZ_CONF_LIST || r->type == PZ_CONF_REGEX || r->type == PZ_CONF_NONE) return PZ_OK;
    if (!pz_conf_number(r, value, &n)) return mismatch(r, value, type_text(r), err);
    if ((n < 0 && strstr(r->rejects, "-1")) || (n <= 0 && strchr(r->rejects, '0')))
        return pz_raise(err, PZ_ERR_INVALID_CONF_VALUE_REQUIREMENT, PZ_NO_ORIGIN, "confName", r->key, "confValue", pz_dup(err->arena, value).ptr,
                        "confRequirement", strchr(r->rejects, '0') ? "The value must be positive." : "The value must not be negative.", NULL);
    return PZ_OK;
}

/* Keys that no session may touch: static SQL settings and the registered core ones. */
static pz_status
check_modifiable(const pz_conf_row *r, pz_error *err)
{
    char quoted[256];
    if (!pz_conf_registered(r) || r->access == PZ_CONF_RUNTIME) return PZ_OK;
    snprintf(quoted, sizeof quoted, "\"%s\"", r->key);
    if (r->access == PZ_CONF_STATIC) return pz_raise(err, PZ_ERR_CANNOT_MODIFY_STATIC_CONFIG, PZ_NO_ORIGIN, "key", quoted, NULL);
    if (r->scope != PZ_CONF_CORE) return PZ_OK;
    for (size_t i = 0; i < PZ_COUNTOF(free_core_keys); i++)
        if (!strcmp(free_core_keys[i], r->key)) return PZ_OK;
    return pz_raise(err, PZ_ERR_CANNOT_MODIFY_CONFIG, PZ_NO_ORIGIN, "key", quoted, "docroot", "https://spark.apache.org/docs/latest", NULL);
}

static pz_status
check_served(const pz_conf_row *r, pz_str value, pz_error *err)
{
    static const char *const unserved[] = {
#define UNSERVED(key) key,
#include "../../tables/conf_unserved.def"
#undef UNSERVED
    };
    if (pz_str_ieqc(value, r->initial ? r->initial : "")) return PZ_OK;
    for (size_t i = 0; i < PZ_COUNTOF(unserved); i++)
        if (!strcmp(unserved[i], r->key))
            return pz_raise_text(err, PZ_CLASS_SparkUnsupportedOperationException, "The setting %s is served with its default (%s) only, not with " PZ_FMT, r->key,
                                 r->initial ? r->initial : "unset", PZ_ARG(value));
    return PZ_OK;
}

pz_status
pz_conf_check_set(pz_str key, pz_str value, pz_arena *a, pz_error *err)
{
    const pz_conf_row *r = pz_conf_find(key);
    (void)a;
    if (!r) return PZ_OK;
    if (r->removed && !(r->initial && pz_str_eqc(value, r->initial)))
        return pz_raise(err, PZ_ERR_LEGACY_ERROR_TEMP_1226, PZ_NO_ORIGIN, "configName", r->key, "version", r->removed, "comment",
                        "It has no effect any more.", NULL);
    PZ_TRY(check_modifiable(r, err));
    PZ_TRY(pz_conf_check_value(r, value, err));
    return check_served(r, value, err);
}

pz_status
pz_conf_check_unset(pz_str key, pz_arena *a, pz_error *err)
{
    (void)a;
    return check_modifiable(pz_conf_find(key), err);
}

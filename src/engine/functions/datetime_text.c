/*
 * engine/functions/datetime_text.c - texts to timestamps and back by a pattern: to_timestamp, date_format, unix_timestamp, ...
 *
 * Each function exists once per spark.sql.legacy.timeParserPolicy: <name>, <name>_legacy, <name>_exception; lower/ writes the one in force.
 * A constant pattern is compiled once; what is wrong with it is raised when a row needs it.
 */
#include "../../types/datetime_pattern.h"
#include "fn_util.h"

typedef struct format_state {
    pz_time_policy policy;
    bool parsing;
    int arg;                                   /* which argument is the pattern */
    const pz_datetime_pattern *pattern;        /* NULL: not constant */
    const pz_datetime_pattern *before;         /* EXCEPTION: the same for the old parser */
} format_state;

static pz_status
prepare(pz_call_site *site, int arg, bool parsing, pz_time_policy policy)
{
    format_state *s = PZ_NEW(site->arena, format_state);
    *s = (format_state){.policy = policy, .parsing = parsing, .arg = arg};
    site->state = s;
    if (!site->is_const[arg] || site->const_args[arg].null) return PZ_OK;
    pz_str text = site->const_args[arg].s;
    s->pattern = pz_datetime_pattern_make(site->arena, text, parsing, policy == PZ_TIME_LEGACY ? policy : PZ_TIME_CORRECTED);
    if (policy == PZ_TIME_EXCEPTION && parsing) s->before = pz_datetime_pattern_make(site->arena, text, true, PZ_TIME_LEGACY);
    return PZ_OK;
}

#define PREPARE(name, policy) \
    static pz_status parse_##name(pz_call_site *site, pz_error *err) { (void)err; return prepare(site, 1, true, policy); } \
    static pz_status format_##name(pz_call_site *site, pz_error *err) { (void)err; return prepare(site, 1, false, policy); }
PREPARE(corrected, PZ_TIME_CORRECTED)
PREPARE(legacy, PZ_TIME_LEGACY)
PREPARE(exception, PZ_TIME_EXCEPTION)

static const pz_datetime_pattern *
pattern_of(pz_fn_ctx *c, const pz_value *args)
{
    const format_state *s = c->site->state;
    if (s->pattern) return s->pattern;
    return pz_datetime_pattern_make(c->scratch, args[s->arg].s, s->parsing, s->policy == PZ_TIME_LEGACY ? s->policy : PZ_TIME_CORRECTED);
}

/* ---------------------------------------------------------------- texts to times */

static pz_status
unparseable(pz_fn_ctx *c, pz_str why, pz_value *out)
{
    if (c->site->eval_mode != PZ_CAST_ANSI) return give_null(out);
    const char *func = pz_str_starts(c->site->name, "to_date") ? "`try_to_date`" : "`try_to_timestamp`";
    return pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_CANNOT_PARSE_TIMESTAMP, PZ_NO_ORIGIN, "func", func, "message",
                       pz_dup(c->scratch, why).ptr, NULL);
}

/* EXCEPTION: a text only the old parser takes is an error of its own. */
static pz_status
taken_before(pz_fn_ctx *c, const pz_value *args)
{
    const format_state *s = c->site->state;
    pz_parsed_time t;
    pz_str why;
    const pz_datetime_pattern *old = s->before ? s->before : pz_datetime_pattern_make(c->scratch, args[s->arg].s, true, PZ_TIME_LEGACY);
    if (old->bad != PZ_ERR_NONE || !pz_datetime_parse(old, args[0].s, &t, c->scratch, &why)) return PZ_OK;
    return pz_raise_as(c->err, PZ_CLASS_SparkUpgradeException, PZ_ERR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_PARSE_DATETIME_BY_NEW_PARSER, PZ_NO_ORIGIN,
                       "datetime", pz_dup(c->scratch, quoted_value(c->scratch, args[0].s)).ptr, "config",
                       "\"spark.sql.legacy.timeParserPolicy\"", NULL);
}

/* Parse args[0]; out->null when it is none and that is allowed. */
static pz_status
parse(pz_fn_ctx *c, const pz_value *args, bool ntz, pz_value *out)
{
    const pz_datetime_pattern *p = pattern_of(c, args);
    const format_state *s = c->site->state;
    pz_parsed_time t;
    pz_str why;
    if (ntz && p->bad != PZ_ERR_NONE) return pz_datetime_pattern_refuse(p, c->err);   /* no older parser read these */
    PZ_TRY(pz_datetime_pattern_check(p, c->err));
    if (!pz_datetime_parse(p, args[0].s, &t, c->scratch, &why)) {
        if (s->policy == PZ_TIME_EXCEPTION) PZ_TRY(taken_before(c, args));
        return unparseable(c, why, out);
    }
    out->i = ntz ? t.local_micros : pz_zone_to_utc(t.zone ? t.zone : c->site->zone, t.local_micros);
    return PZ_OK;
}

/* to_timestamp(text, pattern), to_date(text, pattern): the result type says which */
PZ_FN(to_timestamp_format)
{
    pz_type_id to = c->site->result->id;
    PZ_TRY(parse(c, args, to == PZ_T_TIMESTAMP_NTZ, out));
    if (!out->null && to == PZ_T_DATE) out->i = pz_floor_div(pz_zone_to_local(c->site->zone, out->i), 86400000000ll);
    return PZ_OK;
}

/* unix_timestamp(text, pattern): whole seconds */
PZ_FN(unix_timestamp)
{
    PZ_TRY(parse(c, args, false, out));
    return out->null ? PZ_OK : give_int(out, pz_floor_div(out->i, 1000000));
}

/* unix_timestamp(time) */
PZ_FN(unix_timestamp_of)
{
    int64_t at = args[0].i;
    if (c->site->arg_types[0]->id == PZ_T_DATE) at = pz_zone_to_utc(c->site->zone, at * 86400000000ll);
    return give_int(out, pz_floor_div(at, 1000000));
}

PZ_FN(to_time_format)
{
    const pz_datetime_pattern *p = pattern_of(c, args);
    pz_parsed_time t;
    pz_str why;
    PZ_TRY(pz_datetime_pattern_check(p, c->err));
    if (pz_datetime_parse(p, args[0].s, &t, c->scratch, &why)) return give_int(out, pz_floor_mod(t.local_micros, 86400000000ll));
    if (c->site->eval_mode == PZ_CAST_TRY) return give_null(out);
    return pz_raise_as(c->err, PZ_CLASS_SparkDateTimeException, PZ_ERR_CANNOT_PARSE_TIME, PZ_NO_ORIGIN, "input",
                       pz_dup(c->scratch, quoted_value(c->scratch, args[0].s)).ptr, "format", pz_dup(c->scratch, quoted_value(c->scratch, args[1].s)).ptr, NULL);
}

/* ---------------------------------------------------------------- times to texts */

static pz_status
format(pz_fn_ctx *c, const pz_value *args, int64_t local, int64_t utc, const pz_zone *zone, pz_value *out)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_status done = pz_datetime_format(pattern_of(c, args), local, utc, zone, &b, c->err);
    if (done == PZ_OK) out->s = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return done;
}

PZ_FN(date_format)
{
    int64_t at = args[0].i;
    if (c->site->arg_types[0]->id == PZ_T_TIME) return format(c, args, at, at, NULL, out);
    return format(c, args, pz_zone_to_local(c->site->zone, at), at, c->site->zone, out);
}

PZ_FN(from_unixtime)
{
    int64_t at = (int64_t)((uint64_t)args[0].i * 1000000);   /* wraps around, as Java's product does */
    return format(c, args, pz_zone_to_local(c->site->zone, at), at, c->site->zone, out);
}

#define POLICIES(function, kind) \
    {.name = #function, .call = function, .prepare = kind##_corrected}, {.name = #function "_legacy", .call = function, .prepare = kind##_legacy}, \
        {.name = #function "_exception", .call = function, .prepare = kind##_exception}

static const pz_value_fn_def fns[] = {
    POLICIES(date_format, format),
    POLICIES(from_unixtime, format),
    POLICIES(to_time_format, parse),
    POLICIES(to_timestamp_format, parse),
    POLICIES(unix_timestamp, parse),
    {.name = "unix_timestamp_of", .call = unix_timestamp_of},
};
PZ_FAMILY(pz_family_datetime_text, fns);

/*
 * analyze/return_rules_datetime.c - result types and nullability of the functions of dates, times and intervals.
 *
 * Many may answer NULL to arguments that are not NULL when ANSI is off and raise instead when it is on: <type>_if_ansi.
 * What a "timestamp" is, is a setting (spark.sql.timestampType); the TIME type has to be enabled.
 */
#include "func_int.h"

#define RULE_FN(name) pz_status name(pz_analyzer *an, pz_scope *scope, pz_expr *call); \
    pz_status name(pz_analyzer *an, pz_scope *scope __attribute__((unused)), pz_expr *call)

static bool
any_nullable(const pz_expr *call)
{
    for (int i = 0; i < call->args.n; i++)
        if (call->args.data[i]->nullable) return true;
    return false;
}

static bool
conf_is(pz_analyzer *an, const char *key, const char *value)
{
    return an->env->conf && pz_str_ieqc(an->env->conf(an->env->ctx, key), value);
}

static const pz_type *
session_timestamp(pz_analyzer *an)
{
    return conf_is(an, "spark.sql.timestampType", "TIMESTAMP_NTZ") ? &pz_t_timestamp_ntz : &pz_t_timestamp;
}

static pz_status
if_ansi(pz_analyzer *an, pz_expr *call, const pz_type *t)
{
    call->type = t;
    call->nullable = any_nullable(call) || !an->env->ansi;
    return PZ_OK;
}

RULE_FN(pz_rule_date_if_ansi) { return if_ansi(an, call, &pz_t_date); }
RULE_FN(pz_rule_long_if_ansi) { return if_ansi(an, call, &pz_t_long); }
RULE_FN(pz_rule_interval_if_ansi) { return if_ansi(an, call, &pz_t_calendar_interval); }
RULE_FN(pz_rule_timestamp_if_ansi) { return if_ansi(an, call, &pz_t_timestamp); }
RULE_FN(pz_rule_timestamp_ntz_if_ansi) { return if_ansi(an, call, &pz_t_timestamp_ntz); }
RULE_FN(pz_rule_session_timestamp_if_ansi) { return if_ansi(an, call, session_timestamp(an)); }

RULE_FN(pz_rule_session_timestamp)
{
    call->type = session_timestamp(an);
    return PZ_OK;
}

RULE_FN(pz_rule_dt_interval)
{
    (void)an;
    call->type = &pz_t_dt_interval;
    return PZ_OK;
}

RULE_FN(pz_rule_ym_interval)
{
    (void)an;
    call->type = &pz_t_ym_interval;
    return PZ_OK;
}

RULE_FN(pz_rule_second_arg)
{
    (void)an;
    call->type = call->args.data[1]->type;
    return PZ_OK;
}

RULE_FN(pz_rule_timestamp_seconds)
{
    const pz_type *t = call->args.data[0]->type;
    (void)an;
    call->type = &pz_t_timestamp;
    call->nullable = any_nullable(call) || t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE;
    return PZ_OK;
}

/* date_add(date, days): an int or smaller; text becomes one, at once if it is a constant and ANSI off. */
/* Legacy: constant text becomes the number it spells, NULL becomes 0. */
static pz_status
days_of_text(pz_analyzer *an, const pz_expr *call, pz_expr **days)
{
    pz_value text, n;
    pz_expr *number = pz_expr_make(an->a, PZ_EXPR_CAST, (*days)->origin);
    PZ_TRY(pz_fold(an, *days, &text));
    pz_vec_push(an->a, &number->args, *days);
    number->type = &pz_t_int;
    number->u.cast.mode = PZ_CAST_ANSI;
    number->u.cast.mode_set = true;
    PZ_TRY(pz_resolve_cast(an, number));
    n = (pz_value){.i = 0};
    pz_error probe, *kept = an->err;
    pz_error_init(&probe, an->a);
    an->err = &probe;
    pz_status st = text.null ? PZ_OK : pz_fold(an, number, &n);
    an->err = kept;
    if (st != PZ_OK)
        return pz_raise(an->err, PZ_ERR_SECOND_FUNCTION_ARGUMENT_NOT_INTEGER, PZ_NO_ORIGIN, "functionName", pz_fn_row(call->u.call.fn)->name, NULL);
    *days = pz_literal_int(an->a, (int32_t)n.i);
    return PZ_OK;
}

RULE_FN(pz_rule_date_shift)
{
    pz_expr **days = &call->args.data[1];
    const pz_type *t = (*days)->type;
    bool fixed = !an->env->ansi && pz_type_is_string(t) && pz_expr_is_foldable(*days);
    call->type = &pz_t_date;
    if (fixed)
        PZ_TRY(days_of_text(an, call, days));
    else if (!an->env->ansi && pz_type_is_string(t))
        return pz_raise_input_type(an, call, 1, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
    else if (pz_type_is_string(t) || t->id == PZ_T_VOID) *days = pz_cast_to(an, *days, &pz_t_int);
    else if (t->id != PZ_T_INT && t->id != PZ_T_SHORT && t->id != PZ_T_BYTE)
        return pz_raise_input_type(an, call, 1, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
    call->nullable = call->args.data[0]->nullable || (!fixed && (*days)->nullable);
    return PZ_OK;
}

/* curdate() is current_date() by that name. */
RULE_FN(pz_rule_curdate)
{
    pz_expr *other = pz_call_make(an->a, call->origin, "current_date", 0);
    PZ_TRY(pz_resolve_call(an, scope, other, &other));
    *call = *other;
    return PZ_OK;
}

/* convert_timezone(target, time): from the session's zone */
RULE_FN(pz_rule_convert_timezone)
{
    pz_expr *zone = pz_call_make(an->a, call->origin, "current_timezone", 0);
    PZ_TRY(pz_resolve_call(an, scope, zone, &zone));
    pz_expr *full = pz_call_make(an->a, call->origin, "convert_timezone", 3, zone, call->args.data[0], call->args.data[1]);
    PZ_TRY(pz_resolve_call(an, scope, full, &full));
    *call = *full;
    return PZ_OK;
}

/* ---------------------------------------------------------------- casts under the name of a function */

static pz_status
as_cast(pz_analyzer *an, pz_expr *call, const pz_type *to)
{
    const pz_expr *x = call->args.data[0];
    pz_cast_mode mode = (pz_cast_mode)call->u.call.eval_mode;
    bool null = false;
    if (!pz_cast_allowed(x->type, to, mode, &null)) {
        /* what has no such cast is read through its text */
        call->args.data[0] = pz_cast_to(an, call->args.data[0], &pz_t_string);
        x = call->args.data[0];
        pz_cast_allowed(x->type, to, mode, &null);
    }
    call->type = to;
    call->nullable = x->nullable || (null && !(pz_type_is_integral(x->type) && to->id == PZ_T_TIMESTAMP));
    return PZ_OK;
}

/* The date and TIME forms of make_timestamp_ltz are make_timestamp by name. */
RULE_FN(pz_rule_ltz_of_date)
{
    (void)an;
    call->type = &pz_t_timestamp;
    call->u.call.shown = pz_fn_find(PZ_STR("make_timestamp"));
    return PZ_OK;
}

/* now(p), current_timestamp(p), localtimestamp(p): 6 is what there is; 7 to 9 are a feature that is off. */
static pz_status
timestamp_now(pz_analyzer *an, pz_expr *call, const pz_type *t)
{
    pz_value p;
    const char *fn = pz_strf(an->a, "`%s`", pz_fn_row(call->u.call.fn)->name).ptr;
    call->type = t;
    if (call->args.n == 0)
        return PZ_OK;
    const pz_expr *e = call->args.data[0];
    if (!pz_expr_is_foldable(e))
        return pz_raise(an->err, PZ_ERR_NON_FOLDABLE_ARGUMENT, call->origin, "funcName", fn, "paramName", "`precision`", "paramType",
                        pz_quote_type(an, e->type).ptr, NULL);
    if (e->type->id != PZ_T_INT)
        return pz_raise(an->err, PZ_ERR_UNEXPECTED_INPUT_TYPE, call->origin, "functionName", fn, "paramIndex", "first", "requiredType", "\"INT\"",
                        "inputSql", pz_quote_sql_expr(an, e).ptr, "inputType", pz_quote_type(an, e->type).ptr, NULL);
    PZ_TRY(pz_fold(an, e, &p));
    if (p.null || p.i < 6 || p.i > 9)
        return pz_raise_as(an->err, PZ_CLASS_SparkException, PZ_ERR_INVALID_TIMESTAMP_PRECISION, PZ_NO_ORIGIN, "type",
                           t->id == PZ_T_TIMESTAMP ? "TIMESTAMP_LTZ" : "TIMESTAMP_NTZ", "precision", p.null ? "null" : pz_strf(an->a, "%d", (int)p.i).ptr, NULL);
    if (p.i > 6)
        return pz_raise(an->err, PZ_ERR_FEATURE_NOT_ENABLED, PZ_NO_ORIGIN, "featureName", "Nanosecond-precision timestamp types", "configKey",
                        "spark.sql.timestampNanosTypes.enabled", "configValue", "true", NULL);
    call->args.n = 0;
    return PZ_OK;
}

RULE_FN(pz_rule_now) { return timestamp_now(an, call, &pz_t_timestamp); }
RULE_FN(pz_rule_now_ntz) { return timestamp_now(an, call, &pz_t_timestamp_ntz); }

RULE_FN(pz_rule_to_date) { return as_cast(an, call, &pz_t_date); }
RULE_FN(pz_rule_to_timestamp) { return as_cast(an, call, session_timestamp(an)); }
RULE_FN(pz_rule_to_timestamp_ltz) { return as_cast(an, call, &pz_t_timestamp); }
RULE_FN(pz_rule_to_timestamp_ntz) { return as_cast(an, call, &pz_t_timestamp_ntz); }

static pz_status
need_time(pz_analyzer *an, const pz_expr *call)
{
    if (conf_is(an, "spark.sql.timeType.enabled", "true")) return PZ_OK;
    return pz_raise(an->err, PZ_ERR_UNSUPPORTED_TIME_TYPE, call->origin, NULL);
}

/* ---------------------------------------------------------------- EXTRACT */

/* The type of a part of `source`; NULL if it has no such part. */
static const pz_type *
part_type(pz_analyzer *an, const pz_type *source, pz_time_field f)
{
    bool calendar = source->id == PZ_T_CALENDAR_INTERVAL;
    const pz_type *seconds = pz_type_decimal(an->a, 8, 6);
    if (source->id == PZ_T_YM_INTERVAL || source->id == PZ_T_DT_INTERVAL || calendar) {
        if (source->id != PZ_T_DT_INTERVAL && f == PZ_TF_YEAR) return &pz_t_int;
        if (source->id != PZ_T_DT_INTERVAL && f == PZ_TF_MONTH) return &pz_t_byte;
        if (source->id == PZ_T_YM_INTERVAL) return NULL;
        return f == PZ_TF_DAY ? &pz_t_int : f == PZ_TF_HOUR || f == PZ_TF_MINUTE ? &pz_t_byte : f == PZ_TF_SECOND ? seconds : NULL;
    }
    if (f == PZ_TF_NONE || (source->id == PZ_T_TIME && f < PZ_TF_HOUR)) return NULL;
    return f == PZ_TF_SECOND ? seconds : &pz_t_int;
}

/* date_part(field, source), datepart, extract(field FROM source): the field is a constant */
RULE_FN(pz_rule_date_part)
{
    pz_expr *field = call->args.data[0], *source = call->args.data[1];
    pz_value name = {.null = true};
    const pz_expr *written = field;
    while (written->kind == PZ_EXPR_CAST && written->u.cast.implicit) written = written->args.data[0];
    if (!pz_expr_is_foldable(field) || (!pz_type_is_string(written->type) && written->type->id != PZ_T_VOID))
        return pz_raise(an->err, PZ_ERR_NON_FOLDABLE_ARGUMENT, call->origin, "funcName", pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(call->names.data[0])).ptr,
                        "paramName", "`field`", "paramType", "\"STRING\"", NULL);
    PZ_TRY(pz_fold(an, field, &name));
    call->nullable = true;
    call->type = &pz_t_double;
    if (name.null) return PZ_OK;
    if (source->type->id == PZ_T_TIME) PZ_TRY(need_time(an, call));
    pz_time_field f = pz_time_field_find(name.s);
    const pz_type *t = part_type(an, source->type, f);
    if (!t)
        return pz_raise(an->err, PZ_ERR_INVALID_EXTRACT_FIELD, call->origin, "field", pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name.s)).ptr, "expr",
                        pz_quote_sql_expr(an, source).ptr, NULL);
    if (!pz_type_is_interval(source->type) && source->type->id != PZ_T_TIME) {
        bool clock = f >= PZ_TF_HOUR;
        const pz_type *want = clock && source->type->id == PZ_T_TIMESTAMP_NTZ ? source->type : clock ? &pz_t_timestamp : &pz_t_date;
        bool null;
        if (source->type->id != want->id && !pz_type_is_string(source->type) && !pz_type_is_datetime(source->type) && source->type->id != PZ_T_VOID)
            return pz_raise_input_type(an, call, 1, clock ? "\"TIMESTAMP\"" : "\"DATE\"");
        if (pz_cast_allowed(source->type, want, PZ_CAST_ANSI, &null)) call->args.data[1] = pz_cast_to(an, source, want);
    }
    call->type = t;
    call->nullable = call->args.data[1]->nullable || source->type->id == PZ_T_TIME;
    return PZ_OK;
}

/* ---------------------------------------------------------------- TIME */

RULE_FN(pz_rule_time_type)
{
    PZ_TRY(need_time(an, call));
    call->type = &pz_t_time;
    return PZ_OK;
}

/* hour(time), minute(time), second(time) */
RULE_FN(pz_rule_time_int)
{
    call->type = &pz_t_int;
    return need_time(an, call);
}

RULE_FN(pz_rule_time_seconds)
{
    call->type = pz_type_decimal(an->a, 14, 6);
    return need_time(an, call);
}

RULE_FN(pz_rule_time_bigint)
{
    call->type = &pz_t_long;
    return need_time(an, call);
}

/* current_time(precision) */
RULE_FN(pz_rule_current_time)
{
    pz_value p;
    PZ_TRY(pz_fold(an, call->args.data[0], &p));
    call->type = pz_type_time(an->a, p.null || p.i < 0 || p.i > 6 ? 6 : (int)p.i);
    return PZ_OK;
}

/* ---------------------------------------------------------------- windows and buckets */

static const pz_type *
window_type(pz_analyzer *an, const pz_type *t)
{
    pz_field *f = PZ_NEWN(an->a, pz_field, 2);
    f[0] = (pz_field){.name = PZ_STR("start"), .type = t, .nullable = true};
    f[1] = (pz_field){.name = PZ_STR("end"), .type = t, .nullable = true};
    return pz_type_struct(an->a, f, 2);
}

static pz_status
window_constraint(pz_analyzer *an, const pz_expr *call, const int64_t n[3], int left, int right, const char *sign)
{
    static const char *const names[] = {"`window_duration`", "`slide_duration`", "`abs(start_time)`"};
    long long v = left == 2 && n[2] < 0 ? -n[2] : n[left];
    pz_str ts = pz_expr_sql(an, call->args.data[0]);
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_PARAMETER_CONSTRAINT_VIOLATION, call->origin, "sqlExpr",
                    pz_strf(an->a, "\"window(" PZ_FMT ", %lld, %lld, %lld)\"", PZ_ARG(ts), (long long)n[0], (long long)n[1], (long long)n[2]).ptr, "leftExprName",
                    names[left], "leftExprValue", pz_strf(an->a, "%lldL", v).ptr, "constraint", sign, "rightExprName", names[right], "rightExprValue",
                    pz_strf(an->a, "%lldL", (long long)n[right]).ptr, NULL);
}

/* window(time, size, slide, start) where no column was made of it: says what is wrong with the numbers (rel_time_window.c) */
RULE_FN(pz_rule_time_window)
{
    int64_t n[3] = {0};
    call->type = window_type(an, call->args.data[0]->type);
    call->nullable = false;
    if (!pz_str_eqc(call->names.data[0], "window")) return PZ_OK;
    PZ_TRY(pz_window_measure(an, call, n));
    if (call->args.n == 2) n[1] = n[0];
    if (n[1] > n[0]) return window_constraint(an, call, n, 1, 0, "<=");
    if (n[2] >= n[1] || -n[2] >= n[1]) return window_constraint(an, call, n, 2, 1, "<");
    return PZ_OK;
}

RULE_FN(pz_rule_time_windows)
{
    call->type = pz_type_array(an->a, window_type(an, call->args.data[0]->type), true); /* exploded, it is nullable in Spark */
    return PZ_OK;
}

/* session end(time, gap): text or an interval */
RULE_FN(pz_rule_session_end)
{
    const pz_type *gap = call->args.data[1]->type;
    if (!pz_type_is_string(gap) && gap->id != PZ_T_VOID && gap->id != PZ_T_CALENDAR_INTERVAL)
        return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1040, call->origin, "dt", pz_type_scala(gap, an->a).ptr, NULL);
    call->type = call->args.data[0]->type;
    call->nullable = true;
    return PZ_OK;
}

RULE_FN(pz_rule_window_time)
{
    const pz_type *t = call->args.data[0]->type;
    if (t->id != PZ_T_STRUCT && t->id != PZ_T_VOID) return pz_raise_input_type(an, call, 0, "\"STRUCT\"");
    if (t->id == PZ_T_VOID || t->nfields != 2 || !pz_type_is_datetime(t->fields[1].type))
        return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_LEGACY_ERROR_TEMP_3101, call->origin, "windowTime", pz_expr_sql(an, call).ptr, NULL);
    call->type = t->fields[1].type;
    return PZ_OK;
}

/* time_bucket(size, time [, origin]): the origin is the epoch's wall clock; the size is positive and constant */
RULE_FN(pz_rule_time_bucket)
{
    pz_expr *size = call->args.data[0];
    const pz_type *t = call->args.data[1]->type;
    pz_value v;
    call->type = t;
    if (call->args.n < 3) {
        pz_value epoch = {.i = t->id == PZ_T_TIMESTAMP ? pz_zone_to_utc(an->env->zone, 0) : 0};
        pz_vec_push(an->a, &call->args, pz_literal_value(an->a, t, epoch));
    } else {
        call->args.data[2] = pz_cast_to(an, call->args.data[2], t);
    }
    if (!pz_expr_is_foldable(call->args.data[2]))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName",
                        "`origin`", "inputType", pz_quote_type(an, call->args.data[2]->type).ptr, "inputExpr",
                        pz_quote_sql_expr(an, call->args.data[2]).ptr, NULL);
    if (!pz_expr_is_foldable(size))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName",
                        "`bucketSize`", "inputType", pz_quote_type(an, size->type).ptr, "inputExpr", pz_quote_sql_expr(an, size).ptr, NULL);
    PZ_TRY(pz_fold(an, size, &v));
    if (v.null || v.i > 0) return PZ_OK;
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_value_text(&b, size->type, &v, PZ_TEXT_SQL, an->env->zone);
    pz_status done = pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName",
                              "`bucketSize`", "valueRange", "(0, inf)", "currentValue", pz_buf_dup(&b, an->a).ptr, NULL);
    pz_buf_free(&b);
    return done;
}

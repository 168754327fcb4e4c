/*
 * lower/functions_datetime.c - functions of dates and times whose text depends on a constant, a setting or the start of the query.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

static pz_str
name_of(const pz_expr *call)
{
    return call->names.data[call->names.n - 1];
}

/* ---------------------------------------------------------------- now */

/* current_date(), now(), ...: one value for the whole query */
LOWER(lower_now)
{
    const pz_lower_env *env = lw->env;
    pz_value v = {.i = env->now_micros};
    int64_t local = env->zone ? pz_zone_to_local(env->zone, v.i) : v.i;
    int64_t day = pz_floor_div(local, 86400000000ll);
    switch (call->type->id) {
    case PZ_T_DATE: v.i = day; break;
    case PZ_T_TIMESTAMP_NTZ: v.i = local; break;
    case PZ_T_TIME: {
        int64_t unit = (int64_t)pz_pow10(6 - call->type->precision);
        v.i = local - day * 86400000000ll;
        v.i -= v.i % unit;
        break;
    }
    case PZ_T_STRING: v.s = lw->home->time_zone; break;
    default: break;
    }
    return pz_lower_literal(lw, call->type, &v, out);
}

/* ---------------------------------------------------------------- patterns */

/* Conversions that ignore a pattern: CAST of the first argument. */
static pz_status
write_cast(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    pz_expr *cast = pz_expr_make(lw->a, PZ_EXPR_CAST, call->origin);
    pz_vec_push(lw->a, &cast->args, call->args.data[0]);
    cast->type = call->type;
    cast->nullable = call->nullable;
    cast->resolved = true;
    cast->u.cast.mode = (pz_cast_mode)call->u.call.eval_mode;
    cast->u.cast.mode_set = true;
    return pz_lower_cast(lw, cast, out);
}

/* to_date(x), to_timestamp(x), ... */
LOWER(lower_to_time)
{
    return write_cast(lw, call, out);
}

/* A time that is no text, beside a pattern: the pattern says nothing, and the microseconds are taken as they are, whatever kind of time they
 * counted. */
static pz_status
same_micros(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    const pz_expr *x = call->args.data[0];
    const pz_type *t = call->type;
    bool ntz = x->type->id == PZ_T_TIMESTAMP_NTZ;
    pz_expr *cast, *day;
    pz_str text;
    if (t->id == x->type->id || (t->id == PZ_T_DATE && !ntz) || (t->id == PZ_T_TIMESTAMP && !ntz)) return write_cast(lw, call, out);
    cast = pz_expr_make(lw->a, PZ_EXPR_CAST, call->origin);
    pz_vec_push(lw->a, &cast->args, (pz_expr *)x);
    cast->type = ntz ? &pz_t_timestamp_ntz : &pz_t_timestamp;
    cast->u.cast.mode = (pz_cast_mode)call->u.call.eval_mode;
    cast->u.cast.mode_set = true;
    PZ_TRY(pz_lower_text(lw, cast, &text));
    if (t->id == PZ_T_TIMESTAMP_NTZ) {
        pz_buf_printf(out, "make_timestamp(epoch_us(" PZ_FMT "))", PZ_ARG(text));
        return PZ_OK;
    }
    text = pz_strf(lw->a, "make_timestamptz(epoch_us(" PZ_FMT "))", PZ_ARG(text));
    if (t->id == PZ_T_TIMESTAMP) {
        pz_buf_str(out, text);
        return PZ_OK;
    }
    day = pz_expr_shallow(lw->a, call);
    day->args.n = 0;
    {
        const pz_type *from = &pz_t_timestamp;
        return pz_lower_bound_args(lw, day, "cast", &from, &text, 1, &pz_t_date, out);
    }
}

/* Functions that parse or print by a pattern: the C function for the policy in force. */
LOWER(lower_pattern)
{
    static const struct { const char *name, *impl; } impls[] = {
        {"date_format", "date_format"}, {"from_unixtime", "from_unixtime"}, {"to_date", "to_timestamp_format"}, {"try_to_date", "to_timestamp_format"},
        {"to_time", "to_time_format"}, {"try_to_time", "to_time_format"}, {"to_unix_timestamp", "unix_timestamp"}, {"unix_timestamp", "unix_timestamp"}};
    const char *impl = "to_timestamp_format", *policy = "";
    for (size_t i = 0; i < PZ_COUNTOF(impls); i++)
        if (pz_str_eqc(name_of(call), impls[i].name)) impl = impls[i].impl;
    if (strcmp(impl, "to_timestamp_format") == 0 && !pz_type_is_string(call->args.data[0]->type) && call->args.data[0]->type->id != PZ_T_VOID)
        return call->args.n > 1 && pz_type_is_datetime(call->args.data[0]->type) ? same_micros(lw, call, out) : write_cast(lw, call, out);
    if (strcmp(impl, "unix_timestamp") == 0) {  /* the pattern is not looked at without a text */
        const pz_expr *x = call->args.data[0];
        while (x->kind == PZ_EXPR_CAST) x = x->args.data[0];
        if (x->kind == PZ_EXPR_LITERAL && x->value.null) {
            pz_buf_puts(out, "NULL::BIGINT");
            return PZ_OK;
        }
        x = call->args.data[0];
        if (!pz_type_is_string(x->type)) {
            pz_str text;
            PZ_TRY(pz_lower_text(lw, x, &text));
            return pz_lower_bound_args(lw, call, "unix_timestamp_of", &x->type, &text, 1, call->type, out);
        }
    }
    pz_str set = lw->env->conf ? lw->env->conf(lw->env->ctx, "spark.sql.legacy.timeParserPolicy") : PZ_STR("CORRECTED");
    if (pz_str_ieqc(set, "LEGACY")) policy = "_legacy";
    if (pz_str_ieqc(set, "EXCEPTION")) policy = "_exception";
    return pz_lower_bound(lw, call, pz_strf(lw->a, "%s%s", impl, policy).ptr, false, out);
}

/* ---------------------------------------------------------------- extract */

/* Engine function for a field of a date, with what to add to its result; NULL: none. */
static const char *
date_function(pz_time_field f, int *plus)
{
    *plus = 0;
    switch (f) {
    case PZ_TF_YEAR: return "year";
    case PZ_TF_YEAROFWEEK: return "isoyear";
    case PZ_TF_QUARTER: return "quarter";
    case PZ_TF_MONTH: return "month";
    case PZ_TF_WEEK: return "weekofyear";
    case PZ_TF_DAY: return "day";
    case PZ_TF_DAYOFWEEK: *plus = 1; return "dayofweek";
    case PZ_TF_DAYOFWEEK_ISO: return "isodow";
    case PZ_TF_DOY: return "dayofyear";
    case PZ_TF_HOUR: return "hour";
    case PZ_TF_MINUTE: return "minute";
    default: return NULL;
    }
}

/* extract(field, source), date_part, datepart: the field is a literal */
LOWER(lower_extract)
{
    const pz_expr *field = call->args.data[0], *source = call->args.data[1];
    int plus;
    if (field->kind != PZ_EXPR_LITERAL || field->value.null) {
        if (call->type->id == PZ_T_DOUBLE) {
            pz_buf_puts(out, "NULL::DOUBLE");
            return PZ_OK;
        }
        return pz_lower_bound(lw, call, "extract", false, out);
    }
    pz_time_field f = pz_time_field_find(field->value.s);
    const char *name = date_function(f, &plus);
    bool plain = source->type->id == PZ_T_DATE ? f < PZ_TF_HOUR : source->type->id == PZ_T_TIMESTAMP_NTZ || source->type->id == PZ_T_TIME;
    if (!name || !plain) return pz_lower_bound(lw, call, "extract", false, out);
    pz_buf_printf(out, "CAST(%s(", name);
    PZ_TRY(pz_lower_value(lw, source, out));
    pz_buf_puts(out, plus ? ") + 1 AS INTEGER)" : ") AS INTEGER)");
    return PZ_OK;
}

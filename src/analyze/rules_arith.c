/*
 * analyze/rules_arith.c - types of + - * / % div and the bit operators.
 *
 * Steps, as Spark takes them: dates and intervals turn the operator into another function; text becomes the type of the other
 * side (ANSI) or double (legacy); decimals follow the precision rules; the rest widens.  What then still differs is an error.
 */
#include "rules_int.h"

typedef enum op { OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_IDIV, OP_BITS } op;

static const char *const numeric_words = "\"NUMERIC\"";
static const char *const interval_words = "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";
static const char *const idiv_words = "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")";
static const char *const div_words = "(\"DOUBLE\" or \"DECIMAL\")";

static bool is(const pz_type *t, pz_type_id id) { return t->id == id; }

static bool
is_timestamp(const pz_type *t)
{
    return t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ || t->id == PZ_T_TIMESTAMP_LTZ_NANOS || t->id == PZ_T_TIMESTAMP_NTZ_NANOS;
}

static bool
is_days(const pz_type *t)
{
    return t->id == PZ_T_DT_INTERVAL && t->start == PZ_DT_DAY && t->end == PZ_DT_DAY;
}

static bool
is_dt_or_calendar(const pz_type *t)
{
    return t->id == PZ_T_DT_INTERVAL || t->id == PZ_T_CALENDAR_INTERVAL;
}

/* ---------------------------------------------------------------- dates and intervals */

static pz_status
call_date_add(pz_analyzer *an, pz_scope *scope, pz_expr *call, const char *name, pz_expr *date, pz_expr *days)
{
    const pz_type *t = days->type;
    if (!is(t, PZ_T_INT) && !is(t, PZ_T_SHORT) && !is(t, PZ_T_BYTE) && !is(t, PZ_T_VOID)) {
        pz_expr *shown = pz_call_make(an->a, call->origin, name, 2, date, days);
        shown->u.call.fn = shown->u.call.shown = pz_fn_find(pz_str_c(name));
        shown->type = &pz_t_date;
        return pz_raise_input_type(an, shown, 1, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
    }
    return pz_recall(an, scope, call, name, 2, date, days);
}

static pz_status
extract_days(pz_analyzer *an, pz_scope *scope, pz_expr *interval, bool negated, pz_expr **out)
{
    pz_expr *c = pz_call_make(an->a, interval->origin, "extractansiintervaldays", 1, interval);
    PZ_TRY(pz_resolve_call(an, scope, c, out));
    if (negated) {
        c = pz_call_make(an->a, interval->origin, "negative", 1, *out);
        c->u.call.as_operator = true;
        PZ_TRY(pz_resolve_call(an, scope, c, out));
    }
    return PZ_OK;
}

/* x + interval where x is no date: the result goes back to x's type */
static pz_status
shift_timestamp(pz_analyzer *an, pz_scope *scope, pz_expr *call, const char *name, pz_expr *x, pz_expr *interval)
{
    const pz_type *t = x->type;
    pz_expr *inner;
    bool null;
    if (is_timestamp(t))
        return pz_recall(an, scope, call, name, 2, x, interval);
    inner = pz_expr_make(an->a, PZ_EXPR_CALL, call->origin);
    PZ_TRY(pz_recall(an, scope, inner, name, 2, x, interval));
    if (is(t, PZ_T_DATE)) {                    /* date + hours is a timestamp */
        *call = *inner;
        return PZ_OK;
    }
    if (!pz_cast_allowed(inner->type, t, an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY, &null) || is(t, PZ_T_VOID))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, call->origin, "sqlExpr", pz_quote_sql_expr(an, inner).ptr, "srcType",
                        pz_quote_type(an, inner->type).ptr, "targetType", pz_quote_type(an, t).ptr, NULL);
    *call = *pz_cast_to(an, inner, t);
    return PZ_OK;
}

/* *done: the call has been rewritten */
static pz_status
add_dates(pz_analyzer *an, pz_scope *scope, pz_expr *call, bool *done)
{
    pz_expr **a = call->args.data, *days;
    const pz_type *l = a[0]->type, *r = a[1]->type;
    bool date_left = is(l, PZ_T_DATE);
    *done = true;
    if ((is(l, PZ_T_DATE) || is(r, PZ_T_DATE))) {
        pz_expr *date = date_left ? a[0] : a[1], *x = date_left ? a[1] : a[0];
        const pz_type *t = x->type;
        if (is_days(t)) {
            PZ_TRY(extract_days(an, scope, x, false, &days));
            return call_date_add(an, scope, call, "date_add", date, days);
        }
        if (is(t, PZ_T_DT_INTERVAL))
            return shift_timestamp(an, scope, call, "timestamp + dt", date, x);
        if (is(t, PZ_T_YM_INTERVAL))
            return pz_recall(an, scope, call, "date + ym", 2, date, x);
        if (is(t, PZ_T_CALENDAR_INTERVAL))
            return pz_recall(an, scope, call, "date + interval", 2, date, x);
        if (is(t, PZ_T_VOID))
            return shift_timestamp(an, scope, call, "timestamp + dt", date, pz_cast_to(an, x, &pz_t_dt_interval));
        if (!pz_type_is_string(t))
            return call_date_add(an, scope, call, "date_add", date, x);
        *done = false;
        return PZ_OK;
    }
    if (is_timestamp(l) && is(r, PZ_T_YM_INTERVAL))
        return pz_recall(an, scope, call, "timestamp + ym", 2, a[0], a[1]);
    if (is(l, PZ_T_YM_INTERVAL) && is_timestamp(r))
        return pz_recall(an, scope, call, "timestamp + ym", 2, a[1], a[0]);
    if ((is_timestamp(l) || is(l, PZ_T_TIME)) && is(r, PZ_T_VOID))
        return pz_recall(an, scope, call, is_timestamp(l) ? "timestamp + dt" : "time + dt", 2, a[0], pz_cast_to(an, a[1], &pz_t_dt_interval));
    if ((is_timestamp(r) || is(r, PZ_T_TIME)) && is(l, PZ_T_VOID))
        return pz_recall(an, scope, call, is_timestamp(r) ? "timestamp + dt" : "time + dt", 2, a[1], pz_cast_to(an, a[0], &pz_t_dt_interval));
    if ((is(l, PZ_T_CALENDAR_INTERVAL) && is(r, PZ_T_CALENDAR_INTERVAL)) || (is(l, PZ_T_DT_INTERVAL) && is(r, PZ_T_DT_INTERVAL)) ||
        (is(l, PZ_T_VOID) && pz_type_is_ansi_interval(r)) || (is(r, PZ_T_VOID) && pz_type_is_ansi_interval(l))) {
        *done = false;
        return PZ_OK;
    }
    if (is(l, PZ_T_TIME) && is(r, PZ_T_DT_INTERVAL))
        return pz_recall(an, scope, call, "time + dt", 2, a[0], a[1]);
    if (is(l, PZ_T_DT_INTERVAL) && is(r, PZ_T_TIME))
        return pz_recall(an, scope, call, "time + dt", 2, a[1], a[0]);
    if (is_dt_or_calendar(r))
        return shift_timestamp(an, scope, call, "timestamp + dt", a[0], a[1]);
    if (is_dt_or_calendar(l))
        return shift_timestamp(an, scope, call, "timestamp + dt", a[1], a[0]);
    *done = false;
    return PZ_OK;
}

static pz_status
subtract_dates(pz_analyzer *an, pz_scope *scope, pz_expr *call, bool *done)
{
    pz_expr **a = call->args.data, *days;
    const pz_type *l = a[0]->type, *r = a[1]->type;
    bool calendar = pz_conf_is(an->env, "spark.sql.legacy.interval.enabled", "true");
    const char *dates = calendar ? "date - date as interval" : "date - date";
    const char *timestamps = calendar ? "timestamp - timestamp as interval" : "timestamp - timestamp";
    *done = true;
    if (is(l, PZ_T_DATE)) {
        if (is_days(r)) {
            PZ_TRY(extract_days(an, scope, a[1], true, &days));
            return call_date_add(an, scope, call, "date_add", a[0], days);
        }
        if (is(r, PZ_T_DT_INTERVAL))
            return shift_timestamp(an, scope, call, "timestamp - dt", a[0], a[1]);
        if (is(r, PZ_T_YM_INTERVAL))
            return pz_recall(an, scope, call, "date - ym", 2, a[0], a[1]);
        if (is(r, PZ_T_CALENDAR_INTERVAL))
            return pz_recall(an, scope, call, "date - interval", 2, a[0], a[1]);
    }
    if (is_timestamp(l) && is(r, PZ_T_YM_INTERVAL))
        return pz_recall(an, scope, call, "timestamp - ym", 2, a[0], a[1]);
    if ((is(l, PZ_T_CALENDAR_INTERVAL) && is(r, PZ_T_CALENDAR_INTERVAL)) || (is(l, PZ_T_DT_INTERVAL) && is(r, PZ_T_DT_INTERVAL)) ||
        (is(l, PZ_T_VOID) && pz_type_is_ansi_interval(r)) || (is(r, PZ_T_VOID) && pz_type_is_ansi_interval(l))) {
        *done = false;
        return PZ_OK;
    }
    if (is(l, PZ_T_TIME) && is(r, PZ_T_DT_INTERVAL))
        return pz_recall(an, scope, call, "time - dt", 2, a[0], a[1]);
    if (is_dt_or_calendar(r))
        return shift_timestamp(an, scope, call, "timestamp - dt", a[0], a[1]);
    if (is(l, PZ_T_TIMESTAMP_NTZ) && (pz_type_is_string(r) || is(r, PZ_T_DATE)))
        a[1] = pz_cast_to(an, a[1], l);
    if (is(r, PZ_T_TIMESTAMP_NTZ) && (pz_type_is_string(l) || is(l, PZ_T_DATE)))
        a[0] = pz_cast_to(an, a[0], r);
    if (is_timestamp(l) || is_timestamp(r))
        return pz_recall(an, scope, call, timestamps, 2, a[0], a[1]);
    if (is(l, PZ_T_TIME) && (is(r, PZ_T_TIME) || is(r, PZ_T_VOID)))
        return pz_recall(an, scope, call, "time - time", 2, a[0], a[1]);
    if (is(r, PZ_T_TIME) && is(l, PZ_T_VOID))
        return pz_recall(an, scope, call, "time - time", 2, a[0], a[1]);
    if (is(r, PZ_T_DATE) && is(l, PZ_T_TIME))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, call->origin, "sqlExpr", pz_quote_sql_expr(an, a[0]).ptr, "srcType",
                        pz_quote_type(an, l).ptr, "targetType", "\"DATE\"", NULL);
    if (is(r, PZ_T_DATE))
        return pz_recall(an, scope, call, dates, 2, a[0], a[1]);
    if (is(l, PZ_T_DATE) && is(r, PZ_T_VOID))
        return pz_recall(an, scope, call, dates, 2, a[0], a[1]);
    if (is(l, PZ_T_DATE) && !pz_type_is_string(r))
        return call_date_add(an, scope, call, "date_sub", a[0], a[1]);
    *done = false;
    return PZ_OK;
}

static pz_status
scale_interval(pz_analyzer *an, pz_scope *scope, pz_expr *call, op o, bool *done)
{
    pz_expr **a = call->args.data;
    bool l = pz_type_is_interval(a[0]->type), r = pz_type_is_interval(a[1]->type);
    /* the calendar interval goes first in a product of two intervals, then the year-month one */
    bool swap = o == OP_MUL && r && (!l || (is(a[1]->type, PZ_T_CALENDAR_INTERVAL) && !is(a[0]->type, PZ_T_CALENDAR_INTERVAL)) ||
                                     (is(a[1]->type, PZ_T_YM_INTERVAL) && is(a[0]->type, PZ_T_DT_INTERVAL)));
    int mode = call->u.call.eval_mode, shown = call->u.call.shown;
    *done = swap || l;
    if (!*done)
        return PZ_OK;
    PZ_TRY(pz_recall(an, scope, call, o == OP_MUL ? "interval * num" : "interval / num", 2, swap ? a[1] : a[0], swap ? a[0] : a[1]));
    call->u.call.eval_mode = mode;
    if (strncmp(pz_fn_row(shown)->name, "try_", 4) == 0) {
        call->u.call.shown = shown;
        call->nullable = true;
    }
    return PZ_OK;
}

static pz_status
rewrite_dates(pz_analyzer *an, pz_scope *scope, pz_expr *call, op o, bool *done)
{
    *done = false;
    switch (o) {
    case OP_ADD: return add_dates(an, scope, call, done);
    case OP_SUB: return subtract_dates(an, scope, call, done);
    case OP_MUL:
    case OP_DIV: return scale_interval(an, scope, call, o, done);
    default: return PZ_OK;
    }
}

/* ---------------------------------------------------------------- text */

/* The type text takes beside `t` under ANSI, or NULL. */
static const pz_type *
text_beside(const pz_type *t)
{
    if (pz_type_is_integral(t))
        return &pz_t_long;
    if (pz_type_is_fractional(t))
        return &pz_t_double;
    if (pz_type_is_interval(t) || pz_type_is_nested(t) || t->id == PZ_T_UDT || pz_type_is_string(t) || t->id == PZ_T_GEOMETRY || t->id == PZ_T_GEOGRAPHY)
        return NULL;
    return t->id == PZ_T_VOID ? &pz_t_string : t;
}

bool
pz_promote_text(pz_analyzer *an, pz_expr **a, bool arithmetic)
{
    bool l = pz_type_is_string(a[0]->type), r = pz_type_is_string(a[1]->type);
    const pz_type *t, *other = l ? a[1]->type : a[0]->type;
    if (!l && !r)
        return false;
    if (an->env->ansi) {
        if (l && r)
            return false;
        if (!(t = text_beside(other)))
            return false;
        a[0] = pz_cast_to(an, a[0], t);
        a[1] = pz_cast_to(an, a[1], t);
        return true;
    }
    if (!arithmetic || pz_type_is_interval(other))
        return false;
    if (l)
        a[0] = pz_cast_to(an, a[0], &pz_t_double);
    if (r)
        a[1] = pz_cast_to(an, a[1], &pz_t_double);
    return true;
}

/* ---------------------------------------------------------------- decimals */

/* A whole-number literal beside a decimal counts with the digits it has. */
static const pz_type *
decimal_of(pz_analyzer *an, const pz_expr *e)
{
    int digits = 1;
    if (e->kind != PZ_EXPR_LITERAL || e->value.null || !pz_type_is_integral(e->type) || e->type->id == PZ_T_BYTE ||
        pz_conf_is(an->env, "spark.sql.legacy.literal.pickMinimumPrecision", "false"))
        return pz_decimal_for(an->a, e->type);
    for (int64_t v = e->value.i / 10; v != 0; v /= 10)
        digits++;
    return pz_type_decimal(an->a, digits, 0);
}

bool
pz_promote_decimals(pz_analyzer *an, pz_expr **a)
{
    bool l = is(a[0]->type, PZ_T_DECIMAL), r = is(a[1]->type, PZ_T_DECIMAL);
    if ((!l && !r) || !pz_type_is_numeric(a[0]->type) || !pz_type_is_numeric(a[1]->type))
        return l && r;
    if ((!l && !pz_type_is_integral(a[0]->type)) || (!r && !pz_type_is_integral(a[1]->type))) {
        a[l ? 0 : 1] = pz_cast_to(an, a[l ? 0 : 1], &pz_t_double);
        return false;
    }
    if (!l)
        a[0] = pz_cast_to(an, a[0], decimal_of(an, a[0]));
    if (!r)
        a[1] = pz_cast_to(an, a[1], decimal_of(an, a[1]));
    return true;
}

/* ---------------------------------------------------------------- the rest */

pz_status
pz_raise_diff_operands(pz_analyzer *an, const pz_expr *call)
{
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "left",
                    pz_quote_type(an, call->args.data[0]->type).ptr, "right", pz_quote_type(an, call->args.data[1]->type).ptr, NULL);
}

pz_status
pz_raise_wrong_operands(pz_analyzer *an, const pz_expr *call, const char *words)
{
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputType", words,
                    "actualDataType", pz_quote_type(an, call->args.data[0]->type).ptr, NULL);
}

static bool
accepts(op o, const pz_type *t)
{
    switch (o) {
    case OP_ADD:
    case OP_SUB: return pz_type_is_numeric(t) || pz_type_is_interval(t);
    case OP_MUL:
    case OP_MOD: return pz_type_is_numeric(t);
    case OP_DIV: return is(t, PZ_T_DOUBLE) || is(t, PZ_T_DECIMAL);
    case OP_IDIV: return is(t, PZ_T_LONG) || is(t, PZ_T_DECIMAL) || pz_type_is_ansi_interval(t);
    default: return pz_type_is_integral(t);
    }
}

static const char *
words_of(op o)
{
    switch (o) {
    case OP_ADD:
    case OP_SUB: return interval_words;
    case OP_IDIV: return idiv_words;
    case OP_DIV: return div_words;
    case OP_BITS: return "\"INTEGRAL\"";
    default: return numeric_words;
    }
}

static void
widen(pz_analyzer *an, pz_expr **a, op o)
{
    const pz_type *t, *l = a[0]->type, *r = a[1]->type;
    if (is(l, PZ_T_VOID) && is(r, PZ_T_VOID)) {
        t = o == OP_BITS ? &pz_t_int : o == OP_IDIV ? &pz_t_long : &pz_t_double;
    } else if (o == OP_DIV && !is(l, PZ_T_DECIMAL) && (!is(r, PZ_T_DECIMAL) || is(l, PZ_T_VOID)) && (pz_type_is_numeric(l) || is(l, PZ_T_VOID)) &&
               (pz_type_is_numeric(r) || is(r, PZ_T_VOID))) {
        t = &pz_t_double;
    } else {
        if (o == OP_IDIV && pz_type_is_integral(l) && !is(l, PZ_T_LONG))
            a[0] = pz_cast_to(an, a[0], &pz_t_long);
        if (o == OP_IDIV && pz_type_is_integral(r) && !is(r, PZ_T_LONG))
            a[1] = pz_cast_to(an, a[1], &pz_t_long);
        t = pz_type_tightest(an->a, a[0]->type, a[1]->type, an->env->ansi);
        if (!t || !accepts(o, t))
            return;
        if (pz_type_is_ansi_interval(t) && !is(l, PZ_T_VOID) && !is(r, PZ_T_VOID))
            return;                            /* fields may differ: the values are alike */
    }
    a[0] = pz_cast_to(an, a[0], t);
    a[1] = pz_cast_to(an, a[1], t);
}

static const pz_type *
decimal_result(pz_analyzer *an, op o, const pz_type *l, const pz_type *r)
{
    static const pz_dec_op ops[] = {PZ_DEC_ADD, PZ_DEC_ADD, PZ_DEC_MUL, PZ_DEC_DIV, PZ_DEC_MOD, PZ_DEC_IDIV};
    if (o == OP_IDIV)
        return &pz_t_long;
    return pz_conf_is(an->env, "spark.sql.decimalOperations.allowPrecisionLoss", "false") ? pz_decimal_result_exact(an->a, ops[o], l, r)
                                                                                          : pz_decimal_result(an->a, ops[o], l, r);
}

static pz_status
arith(pz_analyzer *an, pz_scope *scope, pz_expr *call, op o)
{
    static const char *const plain_names[] = {[OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*", [OP_DIV] = "/", [OP_MOD] = "%"};
    pz_expr **a = call->args.data;
    const pz_type *l, *r;
    bool done = false, null_by_zero;
    int mode = call->u.call.eval_mode;
    PZ_TRY(rewrite_dates(an, scope, call, o, &done));
    if (done)
        return PZ_OK;
    if (pz_promote_text(an, a, true)) {
        PZ_TRY(rewrite_dates(an, scope, call, o, &done));
        if (done)
            return PZ_OK;
    }
    if (!pz_promote_decimals(an, a))
        widen(an, a, o);
    l = a[0]->type;
    r = a[1]->type;
    call->nullable = a[0]->nullable || a[1]->nullable;
    if (l->id == r->id && is(l, PZ_T_DECIMAL) && o != OP_BITS) {
        call->type = decimal_result(an, o, l, r);
        call->nullable |= mode != PZ_CAST_ANSI || o == OP_DIV || o == OP_MOD || o == OP_IDIV;
        return PZ_OK;
    }
    if (l->id == r->id && pz_type_is_ansi_interval(l) && accepts(o, l)) {
        call->type = o == OP_IDIV ? &pz_t_long : pz_type_tightest(an->a, l, r, true);
        call->nullable |= o == OP_IDIV;
        return PZ_OK;
    }
    if (mode == PZ_CAST_TRY && (!pz_type_eq(l, r) || !accepts(o, l)))
        call->u.call.shown = pz_fn_find(pz_str_c(plain_names[o]));    /* told as the operator that is tried */
    if (!pz_type_eq(l, r))
        return pz_raise_diff_operands(an, call);
    if (!accepts(o, l))
        return pz_raise_wrong_operands(an, call, words_of(o));
    call->type = l;
    null_by_zero = o == OP_DIV || o == OP_MOD || o == OP_IDIV;
    if (null_by_zero)                          /* said to be nullable even where zero is an error */
        call->nullable = true;
    if (o != OP_BITS)
        call->nullable |= mode == PZ_CAST_TRY;
    return PZ_OK;
}

static pz_walk
find_lambda_var(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_LAMBDA_VAR ? PZ_WALK_STOP : PZ_WALK_ON;
}

/* try_add and its kin over two numbers try the operation alone; over anything else, and where a lambda's variable has no type yet, all of it. */
static bool
tries_args(const pz_expr *call)
{
    if (call->u.call.eval_mode != PZ_CAST_TRY) return false;
    for (int i = 0; i < call->args.n; i++)
        if (!pz_type_is_numeric(call->args.data[i]->type) || !pz_walk_expr(call->args.data[i], find_lambda_var, NULL)) return true;
    return false;
}

static pz_status
arith_or_try(pz_analyzer *an, pz_scope *scope, pz_expr *call, op o)
{
    bool all = tries_args(call);
    PZ_TRY(arith(an, scope, call, o));
    if (all) call->u.call.tries_args = call->nullable = true;
    return PZ_OK;
}

#define ARITH(name, o) \
    pz_status name(pz_analyzer *an, pz_scope *scope, pz_expr *call) { return arith_or_try(an, scope, call, o); }
ARITH(pz_rule_add, OP_ADD)
ARITH(pz_rule_subtract, OP_SUB)
ARITH(pz_rule_multiply, OP_MUL)
ARITH(pz_rule_divide, OP_DIV)
ARITH(pz_rule_remainder, OP_MOD)
ARITH(pz_rule_idivide, OP_IDIV)
ARITH(pz_rule_bits, OP_BITS)

/*
 * analyze/return_rules.c - finding the rule that a signature names, and the rules that fit in a line.
 */
#include "rules_int.h"

static const struct { const char *name; pz_return_rule rule; } rules[] = {
#define RULE(name, function) {#name, function},
#include "return_rules.def"
#undef RULE
};

pz_return_rule
pz_return_rule_find(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(rules); i++)
        if (pz_str_eqc(name, rules[i].name))
            return rules[i].rule;
    return NULL;
}

/* The type of the first argument. */
pz_status
pz_rule_first(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)an;
    (void)scope;
    call->type = call->args.data[0]->type;
    return PZ_OK;
}

pz_status
pz_rule_days(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = pz_type_dt(an->a, PZ_DT_DAY, PZ_DT_DAY);
    return PZ_OK;
}

pz_status
pz_rule_hours(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = pz_type_dt(an->a, PZ_DT_HOUR, PZ_DT_SECOND);
    return PZ_OK;
}

/* Both sides of a difference of timestamps in one type: without a zone if either has none. */
static void
one_kind_of_timestamp(pz_analyzer *an, pz_expr **a)
{
    const pz_type *to = a[0]->type->id == PZ_T_TIMESTAMP_NTZ || a[1]->type->id == PZ_T_TIMESTAMP_NTZ ? &pz_t_timestamp_ntz : &pz_t_timestamp;
    if (a[0]->type->id == a[1]->type->id)
        return;
    a[0] = pz_cast_to(an, a[0], to);
    a[1] = pz_cast_to(an, a[1], to);
}

pz_status
pz_rule_timestamps(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    one_kind_of_timestamp(an, call->args.data);
    call->nullable = call->args.data[0]->nullable || call->args.data[1]->nullable;
    call->type = &pz_t_dt_interval;
    return PZ_OK;
}

/* The same as a calendar interval. */
pz_status
pz_rule_timestamps_apart(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    one_kind_of_timestamp(an, call->args.data);
    call->nullable = call->args.data[0]->nullable || call->args.data[1]->nullable;
    call->type = &pz_t_calendar_interval;
    return PZ_OK;
}

/* interval * number, interval / number: all fields of the interval's family */
pz_status
pz_rule_interval_times(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = call->args.data[0]->type;
    (void)an;
    (void)scope;
    call->type = t->id == PZ_T_YM_INTERVAL ? &pz_t_ym_interval : t->id == PZ_T_DT_INTERVAL ? &pz_t_dt_interval : t;
    call->nullable = call->args.data[0]->nullable || call->args.data[1]->nullable ||
                     (t->id == PZ_T_CALENDAR_INTERVAL);
    return PZ_OK;
}

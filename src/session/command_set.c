/*
 * session/command_set.c - SET, RESET, SET TIME ZONE.
 */
#include <stdlib.h>

#include "variable.h"

#define ZONE_KEY PZ_STR("spark.sql.session.timeZone")
#define HIDDEN PZ_STR("*********(redacted)")

static void
pair(pz_statement *r, pz_str key, pz_str value)
{
    pz_cell(r, key);
    pz_cell(r, pz_conf_redacted(key) ? HIDDEN : value);
}

static void
all_set(pz_statement *r, const pz_confs *confs)
{
    for (int i = 0; i < pz_confs_count(confs); i++) {
        pz_str key, value;
        pz_confs_at(confs, i, &key, &value);
        pair(r, key, value);
    }
}

static void
all_registered(pz_statement *r, const pz_confs *confs)
{
    for (int i = 0; i < pz_conf_count(); i++) {
        const pz_conf_row *row = pz_conf_at(i);
        pz_str value;
        if (!row->is_public || row->scope == PZ_CONF_CORE || !pz_conf_registered(row)) continue;
        if (!pz_confs_read(confs, pz_str_c(row->key), &value)) value = PZ_STR("<undefined>");
        pair(r, pz_str_c(row->key), value);
        pz_cellc(r, "");
        pz_cellc(r, row->version);
    }
}

pz_status
pz_cmd_set(pz_statement *r)
{
    pz_confs *confs;
    pz_str key = r->c->text, value = r->c->text2;
    if (key.len && value.ptr && pz_is_session_variable(r, key))
        return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_SET_VARIABLE_USING_SET, PZ_NO_ORIGIN, "variableName",
                        pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(key)).ptr, NULL);
    if (key.len && value.ptr) {
        PZ_TRY(pz_session_set(r->session, key, value, r->a, r->err));
        pair(r, key, value);
        return PZ_OK;
    }
    confs = pz_session_confs(r->session);
    if (!key.len) {
        if (r->c->verbose) all_registered(r, confs);
        else all_set(r, confs);
    } else {
        if (!pz_confs_read(confs, key, &value)) value = PZ_STR("<undefined>");
        pair(r, key, value);
    }
    pz_confs_unref(confs);
    return PZ_OK;
}

pz_status
pz_cmd_reset(pz_statement *r)
{
    if (r->c->text.len) return pz_session_unset(r->session, r->c->text, r->a, r->err);
    pz_session_reset(r->session);
    return PZ_OK;
}

/* INTERVAL as a zone: whole seconds within 18 hours, written +hh:mm[:ss]. */
static pz_status
zone_of_interval(pz_statement *r, const pz_expr *e, pz_str *zone)
{
    int64_t micros = e->value.i, seconds;
    if (e->kind != PZ_EXPR_LITERAL || !e->type || e->type->id != PZ_T_DT_INTERVAL || llabs(micros) > 18LL * 3600000000 || micros % 1000000)
        return pz_raise_as(r->err, PZ_CLASS_ParseException, PZ_ERR_INVALID_INTERVAL_FORMAT_TIMEZONE_INTERVAL_OUT_OF_RANGE, r->c->origin, "input",
                           pz_strf(r->a, "%lld", (long long)(micros / 3600000000LL)).ptr, NULL);
    seconds = llabs(micros / 1000000);
    *zone = pz_strf(r->a, "%c%02d:%02d", micros < 0 ? '-' : '+', (int)(seconds / 3600), (int)(seconds / 60 % 60));
    if (seconds % 60) *zone = pz_strf(r->a, PZ_FMT ":%02d", PZ_ARG(*zone), (int)(seconds % 60));
    return PZ_OK;
}

pz_status
pz_cmd_set_time_zone(pz_statement *r)
{
    pz_str zone = r->c->text;
    if (r->c->exprs.n) {
        PZ_TRY(zone_of_interval(r, r->c->exprs.data[0], &zone));
    } else if (pz_str_ieqc(zone, "LOCAL")) {
        const pz_confs *base = pz_sessions_base(r->session->all);
        (void)pz_confs_read(base, ZONE_KEY, &zone);
    }
    PZ_TRY(pz_session_set(r->session, ZONE_KEY, zone, r->a, r->err));
    pair(r, ZONE_KEY, zone);
    return PZ_OK;
}

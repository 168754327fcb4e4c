/*
 * analyze/return_rules_geo.c - geometries and geographies: the reference system is part of the type.
 *
 * In: calls of st_*.  Out: types with their SRID, or Spark's refusal.
 */
#include "rules_int.h"

static const pz_type *
geo_type(pz_arena *a, pz_type_id id, int srid)
{
    pz_type *t = PZ_NEW(a, pz_type);
    t->id = id;
    t->scale = srid;
    return t;
}

static bool
is_geo(const pz_type *t)
{
    return t->id == PZ_T_GEOMETRY || t->id == PZ_T_GEOGRAPHY;
}

/* Reference systems: 0 (none), 4326 and Mercator's 3857 for geometries, 4326 alone for geographies. */
static pz_status
srid_of(pz_analyzer *an, const pz_expr *e, bool geography, int *srid)
{
    pz_value v;
    *srid = geography ? 4326 : 0;
    if (!pz_expr_is_foldable(e)) {
        *srid = -1;                            /* mixed */
        return PZ_OK;
    }
    PZ_TRY(pz_fold(an, e, &v));
    if (v.null)
        return PZ_OK;
    if (v.i == 4326 || (!geography && (v.i == 0 || v.i == 3857))) {
        *srid = (int)v.i;
        return PZ_OK;
    }
    return pz_raise_as(an->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_ST_INVALID_SRID_VALUE, e->origin, "srid",
                       pz_strf(an->a, "%lld", (long long)v.i).ptr, NULL);
}

pz_status
pz_rule_geogfromwkb(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = geo_type(an->a, PZ_T_GEOGRAPHY, 4326);
    call->nullable = pz_any_nullable(call);
    return PZ_OK;
}

pz_status
pz_rule_geomfromwkb(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    int srid;
    (void)scope;
    PZ_TRY(srid_of(an, call->args.data[1], false, &srid));
    call->type = geo_type(an->a, PZ_T_GEOMETRY, srid);
    call->nullable = pz_any_nullable(call);
    return PZ_OK;
}

static pz_status
need_geo(pz_analyzer *an, pz_expr *call)
{
    pz_expr **x = &call->args.data[0];
    if ((*x)->type->id == PZ_T_VOID)
        *x = pz_literal_null(an->a, geo_type(an->a, PZ_T_GEOGRAPHY, 4326));
    return is_geo((*x)->type) ? PZ_OK : pz_raise_input_type(an, call, 0, "(\"GEOGRAPHY\" or \"GEOMETRY\")");
}

pz_status
pz_rule_setsrid(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    int srid;
    (void)scope;
    PZ_TRY(need_geo(an, call));
    pz_type_id id = call->args.data[0]->type->id;
    PZ_TRY(srid_of(an, call->args.data[1], id == PZ_T_GEOGRAPHY, &srid));
    call->type = geo_type(an->a, id, srid);
    call->nullable = pz_any_nullable(call);
    return PZ_OK;
}

/* st_srid(geo), st_asbinary(geo, byte order) */
pz_status
pz_rule_geo(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    PZ_TRY(need_geo(an, call));
    call->type = pz_str_eqc(call->names.data[0], "st_srid") ? &pz_t_int : &pz_t_binary;
    call->nullable = pz_any_nullable(call);
    return PZ_OK;
}

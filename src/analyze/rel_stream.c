/*
 * analyze/rel_stream.c - streaming relations as far as they have a meaning without running: their schema, and watermarks.
 *
 * A streaming source stays a DATA_SOURCE in the resolved plan; lowering refuses it, since only a streaming query could run it.
 */
#include "analyze_int.h"

static pz_walk
find_stream(pz_rel *r, void *arg)
{
    bool *found = arg;
    *found |= r->kind == PZ_REL_DATA_SOURCE;
    return *found ? PZ_WALK_STOP : PZ_WALK_ON;
}

bool
pz_rel_is_streaming(const pz_rel *r)
{
    bool found = false;
    pz_walk_rel((pz_rel *)(uintptr_t)r, find_stream, &found);
    return found;
}

/* The sources whose rows the server itself makes. */
PZ_REL_HANDLER(pz_resolve_stream_source)
{
    pz_str f = r->u.source.format;
    (void)outer, (void)orefs;
    if (!pz_str_ieqc(f, "rate") && !pz_str_ieqc(f, "rate-micro-batch"))
        return pz_raise_text(an->err, PZ_CLASS_SparkUnsupportedOperationException, "Streaming reads are not served by this endpoint");
    *out = pz_rel_new(an, PZ_REL_DATA_SOURCE, NULL, r->origin);
    (*out)->u = r->u;
    pz_vec_push(an->a, &(*out)->output, pz_attr_new(an, PZ_STR("timestamp"), &pz_t_timestamp, true));
    pz_vec_push(an->a, &(*out)->output, pz_attr_new(an, PZ_STR("value"), &pz_t_long, true));
    return PZ_OK;
}

/* A batch has no late rows: there the watermark goes without a look.  In a stream the delay travels with the column. */
PZ_REL_HANDLER(pz_resolve_watermark)
{
    pz_rel *in;
    pz_expr *e;
    pz_exprs list = {0};
    PZ_INPUT(r, &in);
    *out = in;
    if (!pz_rel_is_streaming(in))
        return PZ_OK;
    in = pz_drop_hidden(an, in);
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    pz_expr *c = pz_expr_make(an->a, PZ_EXPR_COLUMN, r->origin);
    c->plan_id = -1;
    PZ_TRY(pz_parse_attribute_name(r->u.watermark.column, an->a, &c->names, an->err));
    PZ_TRY(pz_resolve_expr(an, s, c, &e));
    if (e->type->id != PZ_T_TIMESTAMP && e->type->id != PZ_T_TIMESTAMP_NTZ)
        return pz_raise(an->err, PZ_ERR_EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE, r->origin, "eventName", pz_quote_names(an->a, &c->names).ptr, "eventType",
                        pz_quote_type(an, e->type).ptr, NULL);
    for (int i = 0; i < in->output.n; i++) {
        pz_attr *a = in->output.data[i];
        pz_expr *item = pz_attr_ref(an, a, r->origin);
        if (e->kind == PZ_EXPR_ATTR && e->u.attr->id == a->id) {
            item = pz_alias_new(an, item, a->name);
            item->u.alias.attr->metadata = pz_strf(an->a, "{\"spark.watermarkDelayMs\":%lld}", (long long)r->u.watermark.millis);
        }
        pz_vec_push(an->a, &list, item);
    }
    *out = pz_project_make(an, in, &list);
    return PZ_OK;
}

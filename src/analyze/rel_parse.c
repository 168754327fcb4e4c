/*
 * analyze/rel_parse.c - spark.read.json(df) and its like: each text of a DataFrame's one column is a record.
 *
 * Out: PROJECT(columns) < GENERATE(inline("parse records"(text, spec, schema))) < the texts, without those that repeat a CSV header.
 */
#include "analyze_int.h"

static pz_status
check_input(pz_analyzer *an, const pz_rel *r, const pz_rel *in)
{
    if (in->output.n != 1)
        return pz_raise(an->err, PZ_ERR_DATAFRAME_INPUT_NOT_SINGLE_COLUMN, r->origin, "numColumns", pz_strf(an->a, "%d", in->output.n).ptr, NULL);
    if (!pz_type_is_string(in->output.data[0]->type))
        return pz_raise(an->err, PZ_ERR_DATAFRAME_INPUT_NOT_STRING_TYPE, r->origin, "dataType", pz_quote_type(an, in->output.data[0]->type).ptr, NULL);
    return PZ_OK;
}

static pz_expr *
text_literal(pz_analyzer *an, pz_str s)
{
    pz_expr *e = pz_literal_string(an->a, s);
    e->resolved = true;
    return e;
}

PZ_REL_HANDLER(pz_resolve_parse)
{
    pz_rel *in;
    pz_schema schema = {0};
    pz_str spec, header;
    pz_exprs list = {0};
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    PZ_TRY(check_input(an, r, in));
    PZ_TRY(an->env->open_records(an->env->ctx, in, r, an->a, &schema, &spec, &header, an->err));
    pz_expr *text = pz_attr_ref(an, in->output.data[0], r->origin);
    if (header.ptr != NULL) {
        pz_rel *f = pz_rel_new(an, PZ_REL_FILTER, in, r->origin);
        if ((f->cond = pz_call_resolved(an, "<>", 2, text, text_literal(an, header))) == NULL)
            return PZ_FAIL;
        in = f;
    }
    if (schema.n == 0) {                       /* nothing to tell columns from: rows without any */
        pz_rel *f = pz_rel_new(an, PZ_REL_FILTER, in, r->origin);
        f->cond = pz_literal_bool(an->a, false);
        f->cond->resolved = true;
        *out = pz_project_make(an, f, &list);
        return PZ_OK;
    }
    const pz_type *row = pz_type_struct(an->a, schema.fields, schema.n);
    pz_expr *records = pz_call_resolved(an, "parse records", 3, text, text_literal(an, spec), text_literal(an, pz_type_json(row, an->a))), *gen;
    if (records == NULL || (gen = pz_call_resolved(an, "inline", 1, records)) == NULL)
        return PZ_FAIL;
    pz_rel *g = pz_rel_new(an, PZ_REL_GENERATE, in, r->origin);
    pz_vec_push(an->a, &g->exprs, gen);
    memset(&g->output, 0, sizeof g->output);
    pz_vec_push(an->a, &g->output, in->output.data[0]);
    for (int i = 0; i < schema.n; i++) {
        pz_attr *a = pz_attr_new(an, schema.fields[i].name, schema.fields[i].type, true);
        a->metadata = schema.fields[i].metadata;
        pz_vec_push(an->a, &g->u.gen.attrs, a);
        pz_vec_push(an->a, &g->output, a);
        pz_vec_push(an->a, &list, pz_attr_ref(an, a, r->origin));
    }
    *out = pz_project_make(an, g, &list);
    return PZ_OK;
}

/*
 * engine/functions/avro.c - a row as an Avro record, for files that are written.
 *
 * "avro record"(struct, schema): the schema is a constant, read once.  A row without a place in it fails the write.
 */
#include "../avro.h"

typedef struct made { const pz_avro *schema; bool fits; } made;

static pz_status
prepare(pz_call_site *site, pz_error *err)
{
    made *m = PZ_NEW(site->arena, made);
    const char *why;
    PZ_UNUSED(err);
    if (site->is_const[1] && !site->const_args[1].null) m->fits = pz_avro_parse(site->const_args[1].s, site->arena, &m->schema, &why);
    m->fits = m->fits && pz_avro_fits(m->schema, site->arg_types[0]);
    site->state = m;
    return PZ_OK;
}

PZ_FN(fn_avro_record)
{
    const made *m = c->site->state;
    pz_buf b;
    pz_buf_init(&b, 0);
    bool ok = m->fits && pz_avro_write(m->schema, c->site->arg_types[0], &args[0], &b);
    if (ok) *out = (pz_value){.s = pz_buf_dup(&b, c->scratch)};
    pz_buf_free(&b);
    if (ok) return PZ_OK;
    return pz_raise(c->err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", "", NULL);
}

static const pz_value_fn_def defs[] = {
    {.name = "avro_record", .call = fn_avro_record, .prepare = prepare},
};
PZ_FAMILY(pz_family_avro, defs);

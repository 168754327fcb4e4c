/*
 * types/stored.c - columns of tables: as they are declared and as queries see them.
 *
 * A table keeps CHAR and VARCHAR where they were declared; a query sees STRING, every part nullable, and the declared type as text in
 * the metadata.
 */
#include "types.h"

/* ---- types inside types ---- */
typedef struct change { bool plain, nullable; } change;

static const pz_type *
rebuild(pz_arena *a, const pz_type *t, change ch)
{
    pz_field *f;
    switch (t->id) {
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: return ch.plain ? pz_type_string_collated(a, t->told_bytes ? PZ_STR("UTF8_BINARY") : t->collation) : t;
    case PZ_T_ARRAY: return pz_type_array(a, rebuild(a, t->element, ch), ch.nullable || t->contains_null);
    case PZ_T_MAP: return pz_type_map(a, rebuild(a, t->key, ch), rebuild(a, t->element, ch), ch.nullable || t->contains_null);
    case PZ_T_STRUCT:
        f = PZ_NEWN(a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) {
            f[i] = t->fields[i];
            f[i].type = rebuild(a, f[i].type, ch);
            f[i].nullable |= ch.nullable;
        }
        return pz_type_struct(a, f, t->nfields);
    default: return t;
    }
}

const pz_type *
pz_type_plain(pz_arena *a, const pz_type *t)
{
    return pz_type_has_char(t) ? rebuild(a, t, (change){.plain = true}) : t;
}

const pz_type *
pz_type_as_nullable(pz_arena *a, const pz_type *t)
{
    return pz_type_is_nested(t) ? rebuild(a, t, (change){.nullable = true}) : t;
}

pz_schema
pz_schema_copy(pz_arena *a, const pz_schema *s)
{
    pz_schema out = {PZ_NEWN(a, pz_field, s->n + 1), s->n};
    for (int i = 0; i < s->n; i++)
        out.fields[i] = (pz_field){pz_dup(a, s->fields[i].name), pz_type_copy(a, s->fields[i].type), s->fields[i].nullable, pz_dup(a, s->fields[i].metadata)};
    return out;
}

pz_schema
pz_schema_as_nullable(pz_arena *a, const pz_schema *s)
{
    pz_schema out = {PZ_NEWN(a, pz_field, s->n + 1), s->n};
    for (int i = 0; i < s->n; i++) {
        out.fields[i] = s->fields[i];
        out.fields[i].nullable = true;
        out.fields[i].type = pz_type_as_nullable(a, s->fields[i].type);
    }
    return out;
}

bool
pz_type_has_char(const pz_type *t)
{
    return pz_type_holds(t, PZ_T_CHAR) || pz_type_holds(t, PZ_T_VARCHAR);
}

/* ---- columns ---- */
/* The default collation of a table or of what holds a query: of every string inside that tells none. */
const pz_type *
pz_type_with_collation(pz_arena *a, const pz_type *t, pz_str collation)
{
    pz_field *f;
    pz_type *c;
    if (!collation.len) return t;
    switch (t->id) {
    case PZ_T_STRING: return t->collation.len || t->told_bytes ? t : pz_type_string_collated(a, collation);
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
        if (t->collation.len || t->told_bytes) return t;
        c = PZ_NEW(a, pz_type);
        *c = *t;
        c->told_bytes = pz_str_ieqc(collation, "UTF8_BINARY");
        c->collation = c->told_bytes ? PZ_STR("") : pz_dup(a, collation);
        return c;
    case PZ_T_ARRAY: return pz_type_array(a, pz_type_with_collation(a, t->element, collation), t->contains_null);
    case PZ_T_MAP: return pz_type_map(a, pz_type_with_collation(a, t->key, collation), pz_type_with_collation(a, t->element, collation), t->contains_null);
    case PZ_T_STRUCT:
        f = PZ_NEWN(a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) f[i] = t->fields[i], f[i].type = pz_type_with_collation(a, f[i].type, collation);
        return pz_type_struct(a, f, t->nfields);
    default: return t;
    }
}

/* That of a column, for which bytes are told only where they are written. */
const pz_type *
pz_type_of_column(pz_arena *a, const pz_type *t, pz_str collation)
{
    return pz_str_eqc(collation, "UTF8_BINARY") ? t : pz_type_with_collation(a, t, collation);
}

/* spark.sql.charAsVarchar: CHAR(n) of a new column is VARCHAR(n), itself and inside others. */
const pz_type *
pz_type_char_as_varchar(pz_arena *a, const pz_type *t)
{
    pz_type *c;
    pz_field *fields;
    if (!pz_type_has_char(t)) return t;
    switch (t->id) {
    case PZ_T_CHAR:
        c = PZ_NEW(a, pz_type);
        *c = *t;
        c->id = PZ_T_VARCHAR;
        return c;
    case PZ_T_ARRAY: return pz_type_array(a, pz_type_char_as_varchar(a, t->element), t->contains_null);
    case PZ_T_MAP: return pz_type_map(a, pz_type_char_as_varchar(a, t->key), pz_type_char_as_varchar(a, t->element), t->contains_null);
    case PZ_T_STRUCT:
        fields = PZ_NEWN(a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) {
            fields[i] = t->fields[i];
            fields[i].type = pz_type_char_as_varchar(a, t->fields[i].type);
        }
        return pz_type_struct(a, fields, t->nfields);
    default: return t;
    }
}

void
pz_field_seen(pz_arena *a, const pz_field *stored, pz_field *out)
{
    *out = *stored;
    out->nullable = true;
    out->type = pz_type_as_nullable(a, stored->type);
    if (!pz_type_has_char(stored->type)) return;
    out->metadata = pz_metadata_with(a, stored->metadata, PZ_CHAR_TYPE_KEY, pz_type_simple(out->type, a));
    out->type = pz_type_plain(a, out->type);
}

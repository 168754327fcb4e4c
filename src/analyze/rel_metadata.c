/*
 * analyze/rel_metadata.c - column _metadata of files: not there until somebody names it, then carried up from the scan, hidden.
 *
 * Things start at pz_expose_metadata(), before the relation that names it is resolved.
 */
#include "analyze_int.h"

#define NAME "_metadata"

static pz_walk
find_name(pz_expr *e, void *arg)
{
    (void)arg;
    if (e->kind != PZ_EXPR_COLUMN && e->kind != PZ_EXPR_SQL_TEXT) return PZ_WALK_ON;
    for (int i = 0; i < e->names.n; i++)
        if (pz_str_ieqc(e->names.data[i], NAME)) return PZ_WALK_STOP;
    if (e->kind == PZ_EXPR_SQL_TEXT && e->u.text.len && memmem(e->u.text.ptr, e->u.text.len, NAME, strlen(NAME))) return PZ_WALK_STOP;
    return PZ_WALK_ON;
}

bool
pz_names_metadata(const pz_rel *r)
{
    return r->input && !r->right && !pz_walk_rel_exprs((pz_rel *)(uintptr_t)r, find_name, NULL);
}

static void
append(pz_analyzer *an, pz_rel *r, const pz_attr *attr, const pz_strs *qualifier)
{
    pz_attrs o = {0};                          /* arrays may be shared with the input: always a new one */
    pz_attr *h = pz_attr_copy(an, attr);
    h->hidden = true;
    if (qualifier) h->qualifier = *qualifier;
    for (int i = 0; i < r->output.n; i++)
        pz_vec_push(an->a, &o, r->output.data[i]);
    pz_vec_push(an->a, &o, h);
    r->output = o;
}

/* The attribute as `r` shows it from now on, or NULL where rows are no longer those of one file. */
static const pz_attr *
carry(pz_analyzer *an, pz_rel *r)
{
    const pz_attr *at;
    for (int i = 0; r && i < r->output.n; i++)
        if (pz_str_ieqc(r->output.data[i]->name, NAME)) return r->output.data[i];
    if (!r) return NULL;
    switch (r->kind) {
    case PZ_REL_SCAN:
        if (!r->u.scan->metadata_sql.len || r->u.scan->with_metadata) return NULL;
        r->u.scan = pz_scan_metadata(an->a, r->u.scan);
        {
            const pz_field *f = &r->u.scan->schema.fields[r->u.scan->schema.n - 1];
            pz_attr *own = pz_attr_new(an, f->name, f->type, f->nullable);
            own->metadata = f->metadata;
            if (r->output.n) own->qualifier = r->output.data[0]->qualifier;
            append(an, r, own, NULL);
        }
        break;
    case PZ_REL_PROJECT: {
        pz_exprs e = {0};
        if (!(at = carry(an, r->input))) return NULL;
        for (int i = 0; i < r->exprs.n; i++)
            pz_vec_push(an->a, &e, r->exprs.data[i]);
        append(an, r, at, NULL);
        pz_vec_push(an->a, &e, pz_attr_ref(an, r->output.data[r->output.n - 1], r->origin));
        r->exprs = e;
        break;
    }
    case PZ_REL_ALIAS:
        if (!(at = carry(an, r->input))) return NULL;
        append(an, r, at, &r->u.alias.names);
        break;
    case PZ_REL_FILTER:
    case PZ_REL_SORT:
    case PZ_REL_LIMIT:
    case PZ_REL_OFFSET:
    case PZ_REL_TAIL:
    case PZ_REL_REPARTITION:
    case PZ_REL_SAMPLE:
    case PZ_REL_GENERATE:
        if (!(at = carry(an, r->input))) return NULL;
        append(an, r, at, NULL);
        break;
    default: return NULL;
    }
    return r->output.data[r->output.n - 1];
}

void
pz_expose_metadata(pz_analyzer *an, pz_rel *input)
{
    (void)carry(an, input);
}

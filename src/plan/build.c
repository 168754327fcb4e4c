/*
 * plan/build.c - make plan nodes.
 *
 * In: an arena and what the node holds.  Out: a node with the defaults every maker relies on (no plan id, no function row,
 * no origin).  Literals come out typed and resolved; everything else is left to the analyzer.
 */
#include "plan.h"

pz_expr *
pz_expr_make(pz_arena *a, pz_expr_kind k, pz_origin o)
{
    pz_expr *e = PZ_NEW(a, pz_expr);
    e->kind = k;
    e->origin = o;
    e->plan_id = -1;
    if (k == PZ_EXPR_CALL) e->u.call.fn = -1;
    return e;
}

pz_rel *
pz_rel_make(pz_arena *a, pz_rel_kind k, pz_origin o)
{
    pz_rel *r = PZ_NEW(a, pz_rel);
    r->kind = k;
    r->origin = o;
    r->plan_id = -1;
    return r;
}

pz_expr *
pz_call_make(pz_arena *a, pz_origin o, const char *name, int n, ...)
{
    pz_expr *e = pz_expr_make(a, PZ_EXPR_CALL, o);
    va_list ap;
    pz_vec_push(a, &e->names, pz_dupc(a, name));
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        pz_expr *arg = va_arg(ap, pz_expr *);
        pz_vec_push(a, &e->args, arg);
    }
    va_end(ap);
    return e;
}

pz_expr *
pz_column_make(pz_arena *a, pz_origin o, int n, ...)
{
    pz_expr *e = pz_expr_make(a, PZ_EXPR_COLUMN, o);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        const char *part = va_arg(ap, const char *);
        pz_vec_push(a, &e->names, pz_dupc(a, part));
    }
    va_end(ap);
    return e;
}

pz_expr *
pz_literal_value(pz_arena *a, const pz_type *t, pz_value v)
{
    pz_expr *e = pz_expr_make(a, PZ_EXPR_LITERAL, PZ_NO_ORIGIN);
    e->type = t ? t : &pz_t_void;
    e->value = v;
    e->nullable = v.null;
    e->resolved = true;
    return e;
}

pz_expr *
pz_literal_null(pz_arena *a, const pz_type *t)
{
    return pz_literal_value(a, t, (pz_value){.null = true});
}

pz_expr *
pz_literal_int(pz_arena *a, int32_t v)
{
    return pz_literal_value(a, &pz_t_int, (pz_value){.i = v});
}

pz_expr *
pz_literal_long(pz_arena *a, int64_t v)
{
    return pz_literal_value(a, &pz_t_long, (pz_value){.i = v});
}

pz_expr *
pz_literal_double(pz_arena *a, double v)
{
    return pz_literal_value(a, &pz_t_double, (pz_value){.d = v});
}

pz_expr *
pz_literal_bool(pz_arena *a, bool v)
{
    return pz_literal_value(a, &pz_t_boolean, (pz_value){.b = v});
}

pz_expr *
pz_literal_string(pz_arena *a, pz_str s)
{
    return pz_literal_value(a, &pz_t_string, (pz_value){.s = pz_dup(a, s)});
}

pz_expr *
pz_alias_make(pz_arena *a, pz_expr *child, pz_str name)
{
    pz_expr *e = pz_expr_make(a, PZ_EXPR_ALIAS, child->origin);
    pz_vec_push(a, &e->args, child);
    pz_vec_push(a, &e->u.alias.names, pz_dup(a, name));
    return e;
}

pz_attr *
pz_rel_gives(const pz_rel *r, int id)
{
    for (int i = 0; i < r->output.n; i++)
        if (r->output.data[i]->id == id) return r->output.data[i];
    return NULL;
}

pz_expr *
pz_ref_make(pz_arena *a, pz_attr *at, pz_origin o)
{
    pz_expr *e = pz_expr_make(a, PZ_EXPR_ATTR, o);
    e->u.attr = at;
    pz_vec_push(a, &e->names, at->name);
    e->type = at->type;
    e->nullable = at->nullable;
    e->resolved = true;
    return e;
}

pz_expr *
pz_expr_shallow(pz_arena *a, const pz_expr *e)
{
    pz_expr *copy = PZ_NEW(a, pz_expr);
    *copy = *e;
    /* Own list of children, so that the copy's slots can be replaced and appended to. */
    copy->args.data = NULL;
    copy->args.n = copy->args.cap = 0;
    for (int i = 0; i < e->args.n; i++) pz_vec_push(a, &copy->args, e->args.data[i]);
    return copy;
}

/* What a file scan can tell about the file of each row; Parquet numbers its rows too. */
pz_scan *
pz_scan_metadata(pz_arena *a, const pz_scan *s)
{
    static const struct { const char *name; const pz_type *type; } facts[] = {
        {"file_path", &pz_t_string}, {"file_name", &pz_t_string}, {"file_size", &pz_t_long}, {"file_block_start", &pz_t_long},
        {"file_block_length", &pz_t_long}, {"file_modification_time", &pz_t_timestamp}, {"row_index", &pz_t_long},
    };
    pz_scan *out = PZ_NEW(a, pz_scan);
    int n = pz_str_eqc(s->format, "parquet") ? 7 : 6;
    pz_field *fields = PZ_NEWN(a, pz_field, n);
    for (int i = 0; i < n; i++) fields[i] = (pz_field){.name = pz_str_c(facts[i].name), .type = facts[i].type};
    *out = *s;
    out->with_metadata = true;
    out->sql = s->metadata_sql;
    out->schema.fields = PZ_NEWN(a, pz_field, s->schema.n + 1);
    if (s->schema.n) memcpy(out->schema.fields, s->schema.fields, sizeof *fields * (size_t)s->schema.n);
    out->schema.fields[s->schema.n] = (pz_field){.name = PZ_STR("_metadata"), .type = pz_type_struct(a, fields, n),
        .metadata = PZ_STR("{\"__metadata_col\":\"_metadata\",\"__file_source_metadata_col\":true}")};
    out->schema.n++;
    out->file_columns = (pz_strs){0};
    for (int i = 0; i < out->schema.n; i++) pz_vec_push(a, &out->file_columns, pz_strf(a, "k%d", i));
    return out;
}

pz_str
pz_option_get(const pz_options *o, const char *name, const char *otherwise)
{
    for (int i = o ? o->n - 1 : -1; i >= 0; i--)
        if (pz_str_ieqc(o->data[i].key, name)) return o->data[i].value;
    return pz_str_c(otherwise);
}


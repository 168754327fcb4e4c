/*
 * analyze/rel_to_schema.c - DataFrame.to(schema): columns and fields found by name, cast where storing would, missing ones NULL.
 *
 * In: TO_SCHEMA.  Out: a PROJECT.  Nested values whose fields differ in order or number are taken apart and put together:
 * structs field by field, elements of arrays and maps by transform, transform_keys and transform_values.
 */
#include "analyze_int.h"

typedef struct place {                         /* where in the row: `s`.`a` */
    pz_analyzer *an;
    pz_origin origin;
    pz_str path;
    int depth;                                 /* of lambdas: their variables are named apart */
} place;

static bool
same_name(const pz_analyzer *an, pz_str a, pz_str b)
{
    return an->env->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

/* Do the fields stand where they should?  Then a cast does. */
static bool
same_shape(const pz_type *from, const pz_type *to)
{
    if (from->id != to->id)
        return true;
    switch (from->id) {
    case PZ_T_ARRAY: return same_shape(from->element, to->element);
    case PZ_T_MAP: return same_shape(from->key, to->key) && same_shape(from->element, to->element);
    case PZ_T_STRUCT:
        if (from->nfields != to->nfields)
            return false;
        for (int i = 0; i < from->nfields; i++)
            if (!pz_str_eq(from->fields[i].name, to->fields[i].name) || !same_shape(from->fields[i].type, to->fields[i].type))
                return false;
        return true;
    default: return true;
    }
}

static pz_expr *
cast_expr(pz_arena *a, pz_expr *e, const pz_type *t)
{
    pz_expr *c = pz_expr_make(a, PZ_EXPR_CAST, e->origin);
    pz_vec_push(a, &c->args, e);
    c->type = t;
    return c;
}

static pz_expr *
field_expr(pz_arena *a, pz_expr *e, pz_str name)
{
    pz_expr *x = pz_expr_make(a, PZ_EXPR_EXTRACT, e->origin);
    pz_vec_push(a, &x->args, e);
    pz_vec_push(a, &x->args, pz_literal_string(a, name));
    return x;
}

/* Where the types meet at all, and NULLs may go. */
static pz_status
check(const place *p, const pz_type *from, const pz_type *to, bool nullable, bool null_allowed)
{
    pz_analyzer *an = p->an;
    bool nested = from->id == to->id && pz_type_is_nested(from);
    if (nullable && !null_allowed)
        return pz_raise(an->err, PZ_ERR_NULLABLE_COLUMN_OR_FIELD, PZ_NO_ORIGIN, "name", p->path.ptr, NULL);
    if (!nested && !pz_can_store(from, to))
        return pz_raise(an->err, PZ_ERR_INVALID_COLUMN_OR_FIELD_DATA_TYPE, PZ_NO_ORIGIN, "name", p->path.ptr, "type", pz_quote_type(an, from).ptr,
                        "expectedType", pz_quote_type(an, to).ptr, NULL);
    if (from->id == PZ_T_ARRAY && nested && from->contains_null && !to->contains_null)
        return pz_raise(an->err, PZ_ERR_NOT_NULL_CONSTRAINT_VIOLATION_ARRAY_ELEMENT, PZ_NO_ORIGIN, "columnPath", p->path.ptr, NULL);
    if (from->id == PZ_T_MAP && nested && from->contains_null && !to->contains_null)
        return pz_raise(an->err, PZ_ERR_NOT_NULL_CONSTRAINT_VIOLATION_MAP_VALUE, PZ_NO_ORIGIN, "columnPath", p->path.ptr, NULL);
    return PZ_OK;
}

static pz_status
missing_field(const place *p, const pz_type *from, pz_str name)
{
    pz_buf b;
    pz_strs one = {&name, 1, 1};
    pz_buf_init(&b, 0);
    for (int i = 0; i < from->nfields; i++) {
        pz_strs f = {(pz_str *)(uintptr_t)&from->fields[i].name, 1, 1};
        pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(pz_quote_names(p->an->a, &f)));
    }
    pz_str near = pz_buf_dup(&b, p->an->a);
    pz_buf_free(&b);
    return pz_raise(p->an->err, PZ_ERR_UNRESOLVED_FIELD_WITH_SUGGESTION, PZ_NO_ORIGIN, "fieldName", pz_quote_names(p->an->a, &one).ptr, "columnPath",
                    p->path.ptr, "proposal", near.ptr, NULL);
}

static pz_status shape(const place *p, pz_expr *e, const pz_type *from, const pz_type *to, pz_expr **out);

static pz_status
shape_struct(const place *p, pz_expr *e, const pz_type *from, const pz_type *to, pz_expr **out)
{
    pz_arena *a = p->an->a;
    pz_expr *made = pz_call_make(a, p->origin, "named_struct", 0);
    for (int i = 0; i < to->nfields; i++) {
        const pz_field *want = &to->fields[i], *have = NULL;
        place in = *p;
        pz_expr *value;
        in.path = pz_strf(a, PZ_FMT ".`" PZ_FMT "`", PZ_ARG(p->path), PZ_ARG(want->name));
        for (int k = 0; k < from->nfields && have == NULL; k++)
            if (same_name(p->an, from->fields[k].name, want->name))
                have = &from->fields[k];
        if (have == NULL && !want->nullable)
            return missing_field(p, from, want->name);
        if (have == NULL) {
            value = pz_literal_null(a, want->type);
        } else {
            PZ_TRY(check(&in, have->type, want->type, have->nullable, want->nullable));
            PZ_TRY(shape(&in, field_expr(a, e, have->name), have->type, want->type, &value));
        }
        pz_vec_push(a, &made->args, pz_literal_string(a, want->name));
        pz_vec_push(a, &made->args, value);
    }
    *out = pz_call_make(a, p->origin, "when", 2, pz_call_make(a, p->origin, "isnotnull", 1, e), made);
    return PZ_OK;
}

/* x -> the shaped x, in transform() and its like; the second variable of map functions is named too. */
static pz_status
shape_each(const place *p, const char *function, pz_expr *e, const pz_type *from, const pz_type *to, int nvars, int var, pz_expr **out)
{
    pz_arena *a = p->an->a;
    pz_expr *lambda = pz_expr_make(a, PZ_EXPR_LAMBDA, p->origin), *body, *x = pz_expr_make(a, PZ_EXPR_COLUMN, p->origin);
    place in = *p;
    in.depth++;
    in.path = pz_strf(a, PZ_FMT ".`%s`", PZ_ARG(p->path), nvars == 1 ? "element" : var == 0 ? "key" : "value");
    for (int i = 0; i < nvars; i++) {
        pz_expr *v = pz_expr_make(a, PZ_EXPR_LAMBDA_VAR, p->origin);
        v->u.var.name = pz_strf(a, "v%d_%d", in.depth, i);
        pz_vec_push(a, &v->names, v->u.var.name);
        pz_vec_push(a, &lambda->u.lambda.params, v);
        if (i == var)
            pz_vec_push(a, &x->names, v->u.var.name);
    }
    x->plan_id = -1;
    PZ_TRY(check(&in, from, to, false, true));
    PZ_TRY(shape(&in, x, from, to, &body));
    pz_vec_push(a, &lambda->args, body);
    *out = pz_call_make(a, p->origin, function, 2, e, lambda);
    return PZ_OK;
}

static pz_status
shape(const place *p, pz_expr *e, const pz_type *from, const pz_type *to, pz_expr **out)
{
    pz_arena *a = p->an->a;
    *out = e;
    if (!same_shape(from, to)) {
        switch (from->id) {
        case PZ_T_STRUCT: return shape_struct(p, e, from, to, out);
        case PZ_T_ARRAY: return shape_each(p, "transform", e, from->element, to->element, 1, 0, out);
        default:
            if (!same_shape(from->key, to->key))
                PZ_TRY(shape_each(p, "transform_keys", e, from->key, to->key, 2, 0, &e));
            PZ_TRY(shape_each(p, "transform_values", e, from->element, to->element, 2, 1, out));
        }
        return PZ_OK;
    }
    if (!pz_type_eq_loose(from, to))
        *out = cast_expr(a, e, to);
    return PZ_OK;
}

static pz_status
column(const place *at, pz_attr *have, const pz_field *want, pz_expr **out)
{
    pz_analyzer *an = at->an;
    pz_expr *e = have != NULL ? pz_attr_ref(an, have, at->origin) : pz_literal_null(an->a, want->type);
    place p = *at;
    if (have != NULL) {
        p.path = pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(have->name));
        PZ_TRY(check(&p, have->type, want->type, have->nullable, want->nullable));
        PZ_TRY(shape(&p, e, have->type, want->type, &e));
    }
    PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, NULL, NULL, NULL), e, &e));
    *out = pz_alias_new(an, e, want->name);
    (*out)->u.alias.attr->type = want->type;
    (*out)->u.alias.attr->nullable = want->nullable;
    (*out)->u.alias.attr->metadata = want->metadata;
    return PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_to_schema)
{
    pz_rel *in;
    pz_exprs list = {0};
    place p = {an, r->origin, {NULL, 0}, 0};
    PZ_INPUT(r, &in);
    for (int i = 0; i < r->u.schema.n; i++) {
        const pz_field *f = &r->u.schema.fields[i];
        pz_attr *hit = NULL;
        if (pz_type_has_char(f->type) && !pz_conf_is(an->env, "spark.sql.legacy.charVarcharAsString", "true"))
            return pz_raise(an->err, PZ_ERR_UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING, PZ_NO_ORIGIN, NULL);
        pz_expr *e;
        for (int k = 0; k < in->output.n && hit == NULL; k++)
            if (!in->output.data[k]->hidden && same_name(an, in->output.data[k]->name, f->name))
                hit = in->output.data[k];
        if (hit == NULL && !f->nullable) {
            pz_strs one = {(pz_str *)(uintptr_t)&f->name, 1, 1};
            return pz_raise(an->err, PZ_ERR_UNRESOLVED_COLUMN_WITH_SUGGESTION, r->origin, "objectName", pz_quote_names(an->a, &one).ptr,
                            "proposal", pz_nearest(an, f->name, pz_scope_of(an, in, NULL, NULL)).ptr, NULL);
        }
        PZ_TRY(column(&p, hit, f, &e));
        pz_vec_push(an->a, &list, e);
    }
    *out = pz_project_make(an, in, &list);
    return PZ_OK;
}

/*
 * analyze/expr_extract.c - parts of values: s.f, a[i], m[k], and structs with fields replaced.
 */
#include "expr_int.h"
#include "rules_int.h"

static bool
same_name(const pz_analyzer *an, pz_str a, pz_str b)
{
    return an->env->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

static pz_str
quote(pz_analyzer *an, pz_str name)
{
    pz_strs one = {&name, 1, 1};
    return pz_quote_names(an->a, &one);
}

static pz_status
raise_no_field(pz_analyzer *an, const pz_type *t, pz_str name, pz_origin o)
{
    pz_buf b;
    pz_str list;
    pz_buf_init(&b, 0);
    for (int i = 0; i < t->nfields; i++) {
        pz_str q = quote(an, t->fields[i].name);
        pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(q));
    }
    list = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return pz_raise(an->err, PZ_ERR_FIELD_NOT_FOUND, o, "fieldName", quote(an, name).ptr, "fields", list.ptr, NULL);
}

static pz_status
find_field(pz_analyzer *an, const pz_type *t, pz_str name, pz_origin o, int *at)
{
    int n = 0;
    for (int i = 0; i < t->nfields; i++)
        if (same_name(an, t->fields[i].name, name)) {
            if (n++ == 0)
                *at = i;
        }
    if (n == 0)
        return raise_no_field(an, t, name, o);
    if (n > 1)
        return pz_raise(an->err, PZ_ERR_AMBIGUOUS_REFERENCE_TO_FIELDS, o, "field", quote(an, name).ptr, "count", pz_strf(an->a, "%d", n).ptr, NULL);
    return PZ_OK;
}

static pz_expr *
get_field(pz_analyzer *an, pz_expr *child, const pz_type *st, int at, bool of_array, pz_origin o)
{
    const pz_field *f = &st->fields[at];
    pz_expr *e = pz_expr_make(an->a, PZ_EXPR_GET_FIELD, o);
    pz_vec_push(an->a, &e->args, child);
    e->u.field.ordinal = at;
    e->u.field.name = f->name;
    e->u.field.of_array = of_array;
    e->type = of_array ? pz_type_array(an->a, f->type, child->type->contains_null || f->nullable) : f->type;
    e->nullable = of_array ? child->nullable : child->nullable || f->nullable;
    e->resolved = true;
    return e;
}

static pz_status
raise_base(pz_analyzer *an, const pz_expr *child, pz_origin o)
{
    return pz_raise(an->err, PZ_ERR_INVALID_EXTRACT_BASE_FIELD_TYPE, o, "base", pz_quote_sql_expr(an, child).ptr, "other",
                    pz_quote_type(an, child->type).ptr, NULL);
}

static pz_status
item_call(pz_analyzer *an, pz_expr *child, pz_expr *key, pz_origin o, pz_expr **out)
{
    pz_expr *c = pz_call_make(an->a, o, "[]", 2, child, key);
    c->u.call.as_operator = true;
    return pz_resolve_call(an, NULL, c, out);
}

/* Anything of NULL is NULL. */
static pz_expr *
null_of(pz_analyzer *an, pz_origin o, pz_str text)
{
    pz_expr *e = pz_literal_null(an->a, NULL);
    e->origin = o;
    e->nullable = e->resolved = true;
    e->u.literal.variable = e->u.literal.text = text;        /* shown so */
    return e;
}

pz_status
pz_extract_field(pz_analyzer *an, pz_expr *child, pz_str name, pz_origin o, pz_expr **out)
{
    const pz_type *t = child->type;
    int at = 0;
    if (t->id == PZ_T_UDT && t->element)
        t = t->element;
    if (t->id == PZ_T_STRUCT) {
        PZ_TRY(find_field(an, t, name, o, &at));
        *out = get_field(an, child, t, at, false, o);
        (*out)->u.field.name = name;
        return PZ_OK;
    }
    if (t->id == PZ_T_ARRAY && t->element->id == PZ_T_STRUCT) {
        PZ_TRY(find_field(an, t->element, name, o, &at));
        *out = get_field(an, child, t->element, at, true, o);
        (*out)->u.field.name = name;
        return PZ_OK;
    }
    if (t->id == PZ_T_MAP)
        return item_call(an, child, pz_literal_string(an->a, name), o, out);
    if (t->id == PZ_T_VOID) {
        *out = null_of(an, o, name);
        return PZ_OK;
    }
    if (t->id == PZ_T_ARRAY)                   /* a place that is a text: refused as such */
        return item_call(an, child, pz_literal_string(an->a, name), o, out);
    return raise_base(an, child, o);
}

pz_status
pz_resolve_extract(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *child, *key;
    const pz_type *t;
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &child));
    t = child->type;
    if (t->id == PZ_T_VOID) {                  /* nothing is asked of what stands in the brackets */
        pz_str key_text = pz_expr_sql(an, e->args.data[1]), text = pz_strf(an->a, PZ_FMT "[" PZ_FMT "]", PZ_ARG(pz_expr_sql(an, child)), PZ_ARG(key_text));
        *out = null_of(an, e->origin, text);
        return PZ_OK;
    }
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[1], &key));
    if (key->kind == PZ_EXPR_LITERAL && pz_type_is_string(key->type) && !key->value.null &&
        (t->id == PZ_T_STRUCT || (t->id == PZ_T_ARRAY && t->element->id == PZ_T_STRUCT))) {
        PZ_TRY(pz_extract_field(an, child, key->value.s, PZ_NO_ORIGIN, out));       /* what is wrong with brackets is told without a place */
        (*out)->origin = e->origin;
        return PZ_OK;
    }
    if (t->id == PZ_T_STRUCT)
        return pz_raise(an->err, PZ_ERR_INVALID_EXTRACT_FIELD_TYPE, PZ_NO_ORIGIN, "extraction", pz_quote_sql_expr(an, key).ptr, NULL);
    if (t->id != PZ_T_ARRAY && t->id != PZ_T_MAP)
        return raise_base(an, child, PZ_NO_ORIGIN);
    return item_call(an, child, key, e->origin, out);
}

/*
 * Nullability of an element. Where the place is a constant only array(...) tells; any other place must be there under `strict`, and Spark then
 * looks at the elements alone, not at whether the place can be NULL.
 */
bool
pz_element_nullable(pz_analyzer *an, const pz_expr *array, const pz_expr *index, bool one_based, bool strict)
{
    const pz_fn *fn = array->kind == PZ_EXPR_CALL && array->u.call.fn >= 0 ? pz_fn_row(array->u.call.fn) : NULL;
    pz_value at = {.null = true};
    if (!index->nullable && pz_expr_is_foldable(index)) {
        pz_error quiet, *err = an->err;
        if (!fn || strcmp(fn->name, "array") != 0) return true;
        pz_error_init(&quiet, an->a);
        an->err = &quiet;
        if (pz_fold(an, index, &at) != PZ_OK || at.null) at.i = -1;
        an->err = err;
        if (one_based) at.i = at.i > 0 ? at.i - 1 : at.i < 0 ? array->args.n + at.i : -1;
        return at.i < 0 || at.i >= array->args.n || array->args.data[at.i]->nullable;
    }
    return strict ? array->nullable || array->type->contains_null : true;
}

pz_status
pz_rule_item(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data;
    const pz_type *t = a[0]->type, *k;
    (void)scope;
    if (t->id == PZ_T_ARRAY) {
        if (a[1]->type->id == PZ_T_VOID)
            a[1] = pz_cast_to(an, a[1], &pz_t_int);
        if (!pz_type_is_integral(a[1]->type))
            return pz_raise_input_type(an, call, 1, "\"INTEGRAL\"");
        call->type = t->element;
        call->nullable = a[0]->nullable || pz_element_nullable(an, a[0], a[1], false, an->env->ansi);
        return PZ_OK;
    }
    if (t->id != PZ_T_MAP)
        return raise_base(an, a[0], call->origin);
    k = pz_implicit_cast(an->a, a[1]->type, t->key, an->env->ansi);
    if (!k)
        return pz_raise_input_type(an, call, 1, pz_quote_type(an, t->key).ptr);
    a[1] = pz_cast_to(an, a[1], t->key);
    if (!pz_type_is_orderable(t->key))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        "`getmapvalue`", "dataType", pz_quote_type(an, t->key).ptr, NULL);
    call->type = t->element;
    call->nullable = true;
    return PZ_OK;
}

/* ---------------------------------------------------------------- withField, dropFields */

static const char *
quoted(pz_analyzer *an, pz_str text)
{
    return pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(text)).ptr;
}

static pz_status
changed_type(pz_analyzer *an, const pz_type *t, const pz_strs *path, int at, const pz_expr *value, const pz_expr *e, const pz_type **out)
{
    pz_str name = path->data[at];
    pz_field *f = PZ_NEWN(an->a, pz_field, t->nfields + 1);
    bool last = at == path->n - 1, found = false;
    int n = 0;
    for (int i = 0; i < t->nfields; i++) {
        f[n] = t->fields[i];
        if (same_name(an, f[n].name, name)) {
            found = true;
            if (last && !value)
                continue;
            if (last) {
                f[n].name = name;
                f[n].type = value->type;
                f[n].nullable = value->nullable;
            } else {
                if (f[n].type->id != PZ_T_STRUCT) {
                    pz_str part, whole;
                    pz_changed_part(an, e, at + 1, &part, &whole);
                    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, e->origin, "sqlExpr", quoted(an, whole), "paramIndex", "first",
                                    "requiredType", "\"STRUCT\"", "inputSql", quoted(an, part), "inputType", pz_quote_type(an, f[n].type).ptr, NULL);
                }
                PZ_TRY(changed_type(an, f[n].type, path, at + 1, value, e, &f[n].type));
            }
        }
        n++;
    }
    if (!found && !last)
        return raise_no_field(an, t, name, e->origin);
    if (!found && value) {
        f[n].name = name;
        f[n].type = value->type;
        f[n].nullable = value->nullable;
        n++;
    }
    if (n == 0) {
        pz_str part, whole;
        pz_changed_part(an, e, at, &part, &whole);
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_CANNOT_DROP_ALL_FIELDS, e->origin, "sqlExpr", quoted(an, whole), NULL);
    }
    *out = pz_type_struct(an->a, f, n);
    return PZ_OK;
}

pz_status
pz_resolve_update_fields(pz_analyzer *an, pz_scope *scope, pz_expr *e, pz_expr **out)
{
    pz_expr *c = pz_expr_make(an->a, PZ_EXPR_UPDATE_FIELDS, e->origin), *child, *value = NULL;
    PZ_TRY(pz_resolve_expr(an, scope, e->args.data[0], &child));
    pz_vec_push(an->a, &c->args, child);
    if (e->args.n > 1) {
        PZ_TRY(pz_resolve_expr(an, scope, e->args.data[1], &value));
        pz_vec_push(an->a, &c->args, value);
    }
    c->names = e->names;
    c->type = child->type;
    c->nullable = child->nullable;
    *out = c;
    if (child->type->id != PZ_T_STRUCT)
        return pz_raise_input_type(an, c, 0, "\"STRUCT\"");
    PZ_TRY(changed_type(an, child->type, &c->names, 0, value, c, &c->type));
    c->resolved = true;
    return PZ_OK;
}

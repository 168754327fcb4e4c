/*
 * analyze/dml_assign.c - a value on its way into a column: may it go there, in which order are its fields, how is it cast.
 *
 * Three steps: check() compares the types by the store assignment policy and raises; reorder() brings fields of structs into the
 * column's order; convert() casts.  Things start at pz_store_assign().
 */
#include "dml_int.h"

/* ---- what may be stored where ---- */
static bool
decimal_shape(const pz_type *t, int *precision, int *scale)
{
    static const int digits[] = {3, 5, 10, 20};
    if (t->id == PZ_T_DECIMAL) {
        *precision = t->precision;
        *scale = t->scale;
        return true;
    }
    if (!pz_type_is_integral(t)) return false;
    *precision = digits[t->id == PZ_T_BYTE ? 0 : t->id == PZ_T_SHORT ? 1 : t->id == PZ_T_INT ? 2 : 3];
    *scale = 0;
    return true;
}

static int
precedence(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BYTE: return 1;
    case PZ_T_SHORT: return 2;
    case PZ_T_INT: return 3;
    case PZ_T_LONG: return 4;
    case PZ_T_FLOAT: return 5;
    case PZ_T_DOUBLE: return 6;
    default: return 0;
    }
}

static bool
is_atomic(const pz_type *t)
{
    return !pz_type_is_nested(t) && t->id != PZ_T_VOID && t->id != PZ_T_UDT && t->id != PZ_T_CALENDAR_INTERVAL;
}

static bool
number_fits(const pz_type *from, const pz_type *to)
{
    int fp, fs, tp, ts;
    if (precedence(from) && precedence(to)) return precedence(from) < precedence(to);
    if (!decimal_shape(from, &fp, &fs) || !decimal_shape(to, &tp, &ts)) return false;
    return tp - ts >= fp - fs && ts >= fs;
}

bool
pz_can_up_cast(const pz_type *from, const pz_type *to)
{
    if (pz_type_eq_loose(from, to) || from->id == PZ_T_VOID) return true;
    if (pz_type_is_numeric(from) && pz_type_is_numeric(to)) return number_fits(from, to);
    if (pz_type_is_string(to)) return is_atomic(from) || from->id == PZ_T_CALENDAR_INTERVAL;
    if (from->id == PZ_T_DATE) return to->id == PZ_T_TIMESTAMP || to->id == PZ_T_TIMESTAMP_NTZ;
    if (pz_type_is_datetime(from) && from->id != PZ_T_DATE) return pz_type_is_datetime(to) && to->id != PZ_T_DATE;
    if (pz_type_is_ansi_interval(from)) return from->id == to->id;
    if (from->id != to->id) return false;
    switch (from->id) {
    case PZ_T_ARRAY: return pz_can_up_cast(from->element, to->element);
    case PZ_T_MAP: return pz_can_up_cast(from->key, to->key) && pz_can_up_cast(from->element, to->element);
    case PZ_T_STRUCT:
        if (from->nfields != to->nfields) return false;
        for (int i = 0; i < from->nfields; i++)
            if (!pz_can_up_cast(from->fields[i].type, to->fields[i].type)) return false;
        return true;
    default: return false;
    }
}

static bool
can_store_ansi(const pz_type *from, const pz_type *to)
{
    if (pz_type_eq_loose(from, to) || from->id == PZ_T_VOID) return true;
    if (pz_type_is_numeric(from) && pz_type_is_numeric(to)) return true;
    if (pz_type_is_string(to)) return is_atomic(from) || from->id == PZ_T_CALENDAR_INTERVAL;
    return pz_type_is_datetime(from) && pz_type_is_datetime(to);
}

/* ---- check ---- */
static const char *
upper_type(pz_dml *d, const pz_type *t)
{
    pz_arena *a = d->an.a;
    return pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(pz_upper_ascii(a, pz_type_simple(t, a)))).ptr;
}

static const char *
table_shown(const pz_dml *d)
{
    return d->is_update ? "``" : d->table.ptr;
}

static pz_status
check_leaf(pz_dml *d, const pz_type *from, const pz_type *to, pz_str path)
{
    bool ok = d->policy == PZ_STORE_LEGACY || (d->policy == PZ_STORE_ANSI ? can_store_ansi(from, to)
                                               : from->id == PZ_T_VOID ? to->id == PZ_T_VOID : pz_can_up_cast(from, to));
    if (ok) return PZ_OK;
    return pz_raise(d->an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_CANNOT_SAFELY_CAST, PZ_NO_ORIGIN, "tableName", table_shown(d), "colName", path.ptr,
                    "srcType", upper_type(d, from), "targetType", upper_type(d, to), NULL);
}

static pz_status check(pz_dml *d, const pz_type *from, const pz_type *to, bool by_name, pz_str path);

static pz_str
path_of(pz_dml *d, pz_str path, pz_str name)
{
    return pz_strf(d->an.a, PZ_FMT "." PZ_FMT, PZ_ARG(path), PZ_ARG(pz_dml_quote(d, name)));
}

static int
field_named(const pz_dml *d, const pz_type *t, pz_str name, int *hits)
{
    int at = -1;
    *hits = 0;
    for (int i = 0; i < t->nfields; i++)
        if (pz_dml_same(d, t->fields[i].name, name)) {
            if (at < 0) at = i;
            ++*hits;
        }
    return at;
}

static pz_str
field_list(pz_dml *d, const pz_type *t, int from)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = from; i < t->nfields; i++) pz_buf_printf(&b, "%s" PZ_FMT, b.len ? ", " : "", PZ_ARG(pz_dml_quote(d, t->fields[i].name)));
    out = pz_buf_dup(&b, d->an.a);
    pz_buf_free(&b);
    return out;
}

static pz_status
extra_fields(pz_dml *d, pz_str path, pz_str names)
{
    return pz_raise(d->an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_EXTRA_STRUCT_FIELDS, PZ_NO_ORIGIN, "tableName", table_shown(d), "colName", path.ptr,
                    "extraFields", names.ptr, NULL);
}

static pz_status
check_by_name(pz_dml *d, const pz_type *from, const pz_type *to, pz_str path)
{
    int hits;
    pz_str extra = {NULL, 0};
    for (int i = 0; i < to->nfields; i++) {
        pz_str own = path_of(d, path, to->fields[i].name);
        int at = field_named(d, from, to->fields[i].name, &hits);
        if (at < 0)
            return pz_raise(d->an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_CANNOT_FIND_DATA, PZ_NO_ORIGIN, "tableName", table_shown(d), "colName", own.ptr, NULL);
        if (hits > 1)
            return pz_raise(d->an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_AMBIGUOUS_COLUMN_NAME, PZ_NO_ORIGIN, "tableName", table_shown(d), "colName",
                            own.ptr, NULL);
        PZ_TRY(check(d, from->fields[at].type, to->fields[i].type, true, own));
    }
    for (int i = 0; i < from->nfields; i++)
        if (field_named(d, to, from->fields[i].name, &hits) < 0) {
            pz_str q = pz_dml_quote(d, from->fields[i].name);
            extra = extra.ptr ? pz_strf(d->an.a, PZ_FMT ", " PZ_FMT, PZ_ARG(extra), PZ_ARG(q)) : q;
        }
    return extra.ptr ? extra_fields(d, path, extra) : PZ_OK;
}

static pz_status
check_by_position(pz_dml *d, const pz_type *from, const pz_type *to, pz_str path)
{
    if (from->nfields > to->nfields) return extra_fields(d, path, field_list(d, from, to->nfields));
    if (from->nfields < to->nfields)
        return pz_raise(d->an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_STRUCT_MISSING_FIELDS, PZ_NO_ORIGIN, "tableName", table_shown(d), "colName", path.ptr,
                        "missingFields", field_list(d, to, from->nfields).ptr, NULL);
    for (int i = 0; i < to->nfields; i++)
        PZ_TRY(check(d, from->fields[i].type, to->fields[i].type, false, path_of(d, path, to->fields[i].name)));
    return PZ_OK;
}

static pz_status
check(pz_dml *d, const pz_type *from, const pz_type *to, bool by_name, pz_str path)
{
    if (from->id == PZ_T_STRUCT && to->id == PZ_T_STRUCT) return by_name ? check_by_name(d, from, to, path) : check_by_position(d, from, to, path);
    if (from->id == PZ_T_ARRAY && to->id == PZ_T_ARRAY) return check(d, from->element, to->element, by_name, path_of(d, path, PZ_STR("element")));
    if (from->id == PZ_T_MAP && to->id == PZ_T_MAP) {
        PZ_TRY(check(d, from->key, to->key, by_name, path_of(d, path, PZ_STR("key"))));
        return check(d, from->element, to->element, by_name, path_of(d, path, PZ_STR("value")));
    }
    return check_leaf(d, from, to, path);
}

/* ---- reorder: the value's own fields, in the order of the column's ---- */
static bool
in_order(const pz_dml *d, const pz_type *from, const pz_type *to)
{
    if (from->id != to->id) return true;
    switch (to->id) {
    case PZ_T_ARRAY: return in_order(d, from->element, to->element);
    case PZ_T_MAP: return in_order(d, from->key, to->key) && in_order(d, from->element, to->element);
    case PZ_T_STRUCT:
        for (int i = 0; i < to->nfields; i++)
            if (!pz_dml_same(d, from->fields[i].name, to->fields[i].name) || !in_order(d, from->fields[i].type, to->fields[i].type)) return false;
        return true;
    default: return true;
    }
}

static pz_expr *
column_path(pz_dml *d, const pz_expr *base, pz_str field)
{
    pz_expr *e = pz_expr_make(d->an.a, PZ_EXPR_COLUMN, PZ_NO_ORIGIN);
    for (int i = 0; i < base->names.n; i++) pz_vec_push(d->an.a, &e->names, base->names.data[i]);
    if (field.ptr) pz_vec_push(d->an.a, &e->names, field);
    return e;
}

static pz_expr *reordered(pz_dml *d, pz_expr *e, const pz_type *from, const pz_type *to);

static pz_expr *
over_elements(pz_dml *d, const char *fn, pz_expr *list, const pz_type *from, const pz_type *to)
{
    pz_arena *a = d->an.a;
    pz_expr *lambda = pz_expr_make(a, PZ_EXPR_LAMBDA, PZ_NO_ORIGIN), *v = pz_expr_make(a, PZ_EXPR_LAMBDA_VAR, PZ_NO_ORIGIN), *use;
    pz_str name = pz_strf(a, "x%d", d->an.next_id++);
    v->u.var.name = name;
    pz_vec_push(a, &v->names, name);
    use = pz_expr_make(a, PZ_EXPR_COLUMN, PZ_NO_ORIGIN);
    pz_vec_push(a, &use->names, name);
    pz_vec_push(a, &lambda->u.lambda.params, v);
    pz_vec_push(a, &lambda->args, reordered(d, use, from, to));
    return pz_call_make(a, PZ_NO_ORIGIN, fn, 2, list, lambda);
}

static pz_expr *
reordered(pz_dml *d, pz_expr *e, const pz_type *from, const pz_type *to)
{
    pz_arena *a = d->an.a;
    pz_expr *s;
    int hits;
    if (in_order(d, from, to)) return e;
    if (to->id == PZ_T_ARRAY) return over_elements(d, "transform", e, from->element, to->element);
    if (to->id == PZ_T_MAP) {
        pz_expr *keys = pz_call_make(a, PZ_NO_ORIGIN, "map_keys", 1, e), *values = pz_call_make(a, PZ_NO_ORIGIN, "map_values", 1, column_path(d, e, (pz_str){0}));
        if (!in_order(d, from->key, to->key)) keys = over_elements(d, "transform", keys, from->key, to->key);
        if (!in_order(d, from->element, to->element)) values = over_elements(d, "transform", values, from->element, to->element);
        return pz_call_make(a, PZ_NO_ORIGIN, "map_from_arrays", 2, keys, values);
    }
    s = pz_call_make(a, PZ_NO_ORIGIN, "named_struct", 0);
    for (int i = 0; i < to->nfields; i++) {
        int at = field_named(d, from, to->fields[i].name, &hits);
        pz_vec_push(a, &s->args, pz_literal_string(a, to->fields[i].name));
        pz_vec_push(a, &s->args, reordered(d, column_path(d, e, from->fields[at].name), from->fields[at].type, to->fields[i].type));
    }
    return pz_call_make(a, PZ_NO_ORIGIN, "if", 3, pz_call_make(a, PZ_NO_ORIGIN, "isnull", 1, e), pz_literal_null(a, NULL), s);
}

typedef struct seat { const pz_attr *attr; pz_expr *value; } seat;

static pz_expr *
take_seat(pz_arena *a, pz_expr *e, void *arg)
{
    const seat *s = arg;
    (void)a;
    return e->kind == PZ_EXPR_ATTR && e->u.attr->id == s->attr->id ? s->value : e;
}

/* Written over a column of its own and resolved, then the value takes that column's place. */
static pz_status
reorder(pz_dml *d, pz_expr *value, const pz_type *to, pz_expr **out)
{
    pz_scope *s = pz_scope_of(&d->an, NULL, NULL, NULL);
    pz_attr *at = pz_attr_new(&d->an, PZ_STR("v"), value->type, value->nullable);
    pz_expr *column = pz_expr_make(d->an.a, PZ_EXPR_COLUMN, PZ_NO_ORIGIN);
    seat place = {at, value};
    pz_vec_push(d->an.a, &column->names, at->name);
    pz_vec_push(d->an.a, &s->attrs, at);
    PZ_TRY(pz_resolve_expr(&d->an, s, reordered(d, column, value->type, to), out));
    *out = pz_map_expr(d->an.a, *out, take_seat, &place);
    return PZ_OK;
}

/* ---- convert ---- */
static bool
is_exact_number(const pz_type *t)
{
    return pz_type_is_integral(t) || t->id == PZ_T_DECIMAL;
}

pz_expr *
pz_dml_cast(pz_dml *d, pz_expr *e, const pz_type *t, pz_cast_mode mode)
{
    pz_expr *c = pz_expr_make(d->an.a, PZ_EXPR_CAST, e->origin);
    pz_vec_push(d->an.a, &c->args, e);
    c->type = t;
    c->nullable = true;
    c->resolved = true;
    c->u.cast.mode = mode;
    c->u.cast.mode_set = c->u.cast.implicit = true;
    return c;
}

/* The call that checks lengths and reports overflows by column. */
static pz_expr *
store_call(pz_dml *d, pz_expr *e, const pz_type *raw, pz_str path, pz_cast_mode mode)
{
    pz_expr *c = pz_expr_make(d->an.a, PZ_EXPR_CALL, e->origin);
    pz_vec_push(d->an.a, &c->args, e);
    pz_vec_push(d->an.a, &c->names, path);
    c->u.call.fn = c->u.call.shown = pz_fn_find(PZ_STR("store value"));
    c->u.call.eval_mode = (int)mode;
    c->type = raw;
    c->nullable = true;
    c->resolved = true;
    return pz_type_has_char(raw) ? pz_dml_cast(d, c, pz_type_plain(d->an.a, raw), PZ_CAST_LEGACY) : c;
}

static pz_status
convert(pz_dml *d, pz_expr *e, const pz_field *column, pz_str path, pz_expr **out)
{
    pz_arena *a = d->an.a;
    const pz_type *raw = pz_type_as_nullable(a, column->type), *plain = pz_type_plain(a, raw);
    bool fit = pz_type_has_char(raw) && !d->char_as_string, null;
    pz_cast_mode mode = d->policy == PZ_STORE_LEGACY ? PZ_CAST_LEGACY : d->policy == PZ_STORE_ANSI || d->an.env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    *out = e;
    if (pz_type_eq(e->type, plain) && !fit) return PZ_OK;
    if (d->policy == PZ_STORE_LEGACY && !pz_cast_allowed(e->type, plain, mode, &null)) {
        pz_expr *c = pz_dml_cast(d, e, plain, mode);
        return pz_resolve_cast(&d->an, c);
    }
    if (e->type->id == PZ_T_VOID) *out = pz_dml_cast(d, e, plain, mode);
    else if (fit || (d->policy == PZ_STORE_ANSI && pz_type_any(plain, is_exact_number) && !pz_can_up_cast(e->type, plain))) *out = store_call(d, e, fit ? raw : plain, path, mode);
    else if (!(pz_type_is_string(e->type) && pz_type_is_string(plain))) *out = pz_dml_cast(d, e, plain, mode);
    return PZ_OK;
}

pz_status
pz_store_assign(pz_dml *d, pz_expr *value, const pz_field *column, bool by_name, pz_expr **out)
{
    pz_str path = pz_dml_quote(d, column->name);
    const pz_type *plain = pz_type_plain(d->an.a, column->type), *from = pz_type_plain(d->an.a, value->type);
    PZ_TRY(check(d, from, plain, by_name, path));
    if (by_name && !in_order(d, from, plain)) PZ_TRY(reorder(d, value, plain, &value));
    return convert(d, value, column, path, out);
}

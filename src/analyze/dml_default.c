/*
 * analyze/dml_default.c - defaults of columns: checked when they are declared, resolved when a row lacks a value.
 *
 * A declared default stands as text in the column's metadata: CURRENT_DEFAULT as written, EXISTS_DEFAULT its value at declaration, for
 * the rows that were there before the column.
 */
#include "dml_int.h"

static pz_walk
find_subquery(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_walk
find_column(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_COLUMN || e->kind == PZ_EXPR_DEFAULT ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_status
refuse(pz_dml *d, pz_err_id id, const char *statement, pz_str name, pz_str text)
{
    return pz_raise(d->an.err, id, PZ_NO_ORIGIN, "statement", statement, "colName", pz_dml_quote(d, name).ptr, "defaultValue", pz_dup(d->an.a, text).ptr, NULL);
}

/* A constant of a wider type is taken if its value fits: a number for a number, a text for a date or timestamp. */
static bool
constant_fits(pz_dml *d, pz_expr *e, const pz_type *to)
{
    pz_error *err = d->an.err, quiet;
    pz_value v;
    int32_t days;
    int64_t micros;
    bool ok = false;
    if (!pz_expr_is_foldable(e)) return false;
    pz_error_init(&quiet, d->an.a);
    d->an.err = &quiet;
    if (pz_type_is_numeric(e->type) && pz_type_is_numeric(to)) {
        ok = pz_fold(&d->an, pz_dml_cast(d, e, to, PZ_CAST_ANSI), &v) == PZ_OK;
    } else if (pz_type_is_string(e->type) && pz_fold(&d->an, e, &v) == PZ_OK && !v.null) {
        if (to->id == PZ_T_DATE) ok = pz_date_parse(v.s, &days);
        else if (to->id == PZ_T_TIMESTAMP || to->id == PZ_T_TIMESTAMP_NTZ)
            ok = pz_timestamp_parse(v.s, d->an.env->zone, to->id == PZ_T_TIMESTAMP_NTZ, &micros);
    }
    d->an.err = err;
    return ok;
}

/* The value in the column's type, CHAR and VARCHAR not looked at yet. */
static pz_expr *
as_column(pz_dml *d, pz_expr *e, const pz_field *column)
{
    const pz_type *plain = pz_type_as_nullable(d->an.a, pz_type_plain(d->an.a, column->type));
    return pz_type_eq(e->type, plain) || (pz_type_is_string(e->type) && pz_type_is_string(plain)) ? e : pz_dml_cast(d, e, plain, PZ_CAST_ANSI);
}

pz_status
pz_dml_default(pz_dml *d, const pz_field *column, pz_expr **out)
{
    pz_sql_options o;
    pz_expr *e;
    pz_str text = pz_metadata_get(column->metadata, "CURRENT_DEFAULT", d->an.a);
    if (!text.ptr) {
        *out = pz_literal_null(d->an.a, pz_type_as_nullable(d->an.a, pz_type_plain(d->an.a, column->type)));
        (*out)->nullable = (*out)->resolved = true;
        return PZ_OK;
    }
    pz_sql_options_of(d->an.env, &o);
    PZ_TRY(pz_parse_expression(text, &o, d->an.a, &e, d->an.err));
    PZ_TRY(pz_resolve_expr(&d->an, pz_scope_of(&d->an, NULL, NULL, NULL), e, &e));
    return pz_store_assign(d, as_column(d, e, column), column, false, out);
}

static pz_str
value_text(pz_dml *d, const pz_type *type, const pz_value *v)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    if (v->null && type->id == PZ_T_VOID) pz_buf_puts(&b, "NULL");
    else if (v->null) pz_buf_printf(&b, "CAST(NULL AS " PZ_FMT ")", PZ_ARG(pz_type_sql(type, d->an.a)));
    else if (type->id == PZ_T_FLOAT) {
        pz_buf_puts(&b, "CAST('");
        pz_value_text(&b, type, v, PZ_TEXT_CAST, d->an.env->zone);
        pz_buf_puts(&b, "' AS FLOAT)");
    } else pz_value_text(&b, type, v, PZ_TEXT_SQL, d->an.env->zone);
    if (!v->null && type->id == PZ_T_STRING && pz_type_is_collated(type)) pz_buf_printf(&b, " collate " PZ_FMT, PZ_ARG(type->collation));
    out = pz_buf_dup(&b, d->an.a);
    pz_buf_free(&b);
    return out;
}

/* A provider as spark.sql.defaultColumn.allowedProviders lists it; behind * those that take defaults of a new table only. */
pz_status
pz_check_default_provider(const pz_env *env, pz_str provider, bool added, pz_error *err)
{
    pz_str list = env->conf ? env->conf(env->ctx, "spark.sql.defaultColumn.allowedProviders") : PZ_STR("");
    const char *statement = added ? "ALTER TABLE ADD COLUMNS" : "CREATE TABLE";
    bool found = false, whole = false;
    while (list.len) {
        const char *comma = memchr(list.ptr, ',', list.len);
        pz_str one = pz_str_trim((pz_str){list.ptr, comma ? (size_t)(comma - list.ptr) : list.len});
        bool star = one.len && one.ptr[one.len - 1] == '*';
        if (pz_str_ieq((pz_str){one.ptr, one.len - star}, provider)) found = true, whole |= !star;
        list = comma ? (pz_str){comma + 1, (size_t)(list.ptr + list.len - comma - 1)} : PZ_STR("");
    }
    if (whole || (found && !added)) return PZ_OK;
    return pz_raise(err, found ? PZ_ERR_ADD_DEFAULT_UNSUPPORTED : PZ_ERR_DEFAULT_UNSUPPORTED, PZ_NO_ORIGIN, "statementType", statement, "dataSource",
                    pz_lower_ascii(err->arena, provider).ptr, NULL);
}

pz_status
pz_analyze_default(const pz_env *env, const char *statement, pz_str name, const pz_type *type, pz_expr *e, pz_str text, pz_arena *a, pz_str *exists,
                   pz_error *err)
{
    pz_dml d;
    pz_expr *r, *stored;
    pz_value v;
    pz_field column = {.name = name, .type = type, .nullable = true};
    const pz_type *plain = pz_type_plain(a, type);
    pz_dml_open(&d, env, NULL, NULL, a, err);
    d.policy = PZ_STORE_ANSI;
    if (!pz_walk_expr(e, find_subquery, NULL)) return refuse(&d, PZ_ERR_INVALID_DEFAULT_VALUE_SUBQUERY_EXPRESSION, statement, name, text);
    if (!pz_walk_expr(e, find_column, NULL)) return refuse(&d, PZ_ERR_INVALID_DEFAULT_VALUE_NOT_CONSTANT, statement, name, text);
    PZ_TRY(pz_resolve_expr(&d.an, pz_scope_of(&d.an, NULL, NULL, NULL), e, &r));
    if (!pz_can_up_cast(r->type, plain) && !constant_fits(&d, r, plain))
        return pz_raise(err, PZ_ERR_INVALID_DEFAULT_VALUE_DATA_TYPE, PZ_NO_ORIGIN, "statement", statement, "colName", pz_dml_quote(&d, name).ptr,
                        "defaultValue", pz_dup(a, text).ptr, "expectedType", pz_quote_type(&d.an, type).ptr, "actualType",
                        pz_quote_type(&d.an, r->type).ptr, NULL);
    if (!pz_expr_is_foldable(r))
        return refuse(&d, pz_expr_is_deterministic(r) ? PZ_ERR_INVALID_DEFAULT_VALUE_NOT_CONSTANT : PZ_ERR_INVALID_DEFAULT_VALUE_NON_DETERMINISTIC,
                      statement, name, text);
    r = as_column(&d, r, &column);
    PZ_TRY(pz_store_assign(&d, r, &column, false, &stored));
    PZ_TRY(pz_fold(&d.an, stored, &v));        /* does it fit? */
    PZ_TRY(pz_fold(&d.an, r, &v));
    *exists = value_text(&d, plain, &v);
    return PZ_OK;
}

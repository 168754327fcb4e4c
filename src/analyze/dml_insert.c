/*
 * analyze/dml_insert.c - INSERT: a query's columns find their places in the table.
 *
 * By position, or by name where the statement lists columns or says BY NAME; columns of a static partition come from the statement,
 * columns nobody gives take their defaults.  Things start at pz_analyze_insert().
 */
#include "dml_int.h"

typedef PZ_VEC(const pz_field *) fields;
typedef struct insert {
    pz_dml d;
    const pz_command *c;
    bool by_name;
    int *is_static;                            /* per column of the table: index of its value in the partition spec, or -1 */
    fields expected;                           /* columns the query gives values for, in order */
} insert;

static pz_str
listed(insert *in, const fields *list)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < list->n; i++) pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(pz_dml_quote(&in->d, list->data[i]->name)));
    out = pz_buf_dup(&b, in->d.an.a);
    pz_buf_free(&b);
    return out;
}

static pz_str
listed_attrs(insert *in, const pz_attrs *list)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < list->n; i++) pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(pz_dml_quote(&in->d, list->data[i]->name)));
    out = pz_buf_dup(&b, in->d.an.a);
    pz_buf_free(&b);
    return out;
}

/* ---- PARTITION (...) ---- */
static bool
is_partition_column(const insert *in, pz_str name)
{
    const pz_strs *p = &in->d.t->partition_columns;
    for (int i = 0; i < p->n; i++)
        if (pz_dml_same(&in->d, p->data[i], name)) return true;
    return false;
}

static pz_status
read_spec(insert *in)
{
    const pz_options *spec = &in->c->partition_spec;
    const pz_target *t = in->d.t;
    pz_error *err = in->d.an.err;
    in->is_static = PZ_NEWN(in->d.an.a, int, t->stored.n + 1);
    for (int i = 0; i < t->stored.n; i++) in->is_static[i] = -1;
    for (int i = 0; i < spec->n; i++) {
        if (!is_partition_column(in, spec->data[i].key))
            return pz_raise(err, PZ_ERR_PARTITIONS_NOT_FOUND, PZ_NO_ORIGIN, "partitionList", pz_dml_quote(&in->d, spec->data[i].key).ptr, "tableName",
                            in->d.table.ptr, NULL);
        if (spec->data[i].value.ptr) in->is_static[pz_dml_column(&in->d, spec->data[i].key)] = i;
    }
    for (int i = 0; i < t->stored.n; i++)
        if (in->is_static[i] < 0) pz_vec_push(in->d.an.a, &in->expected, &t->stored.fields[i]);
    return PZ_OK;
}

static pz_str
comma_list(pz_arena *a, const pz_strs *names)
{
    pz_str s = PZ_STR("");
    for (int i = 0; i < names->n; i++) s = i ? pz_strf(a, PZ_FMT "," PZ_FMT, PZ_ARG(s), PZ_ARG(names->data[i])) : names->data[i];
    return s;
}

/* All partition columns must be named, dynamic ones after static ones. */
static pz_status
check_spec(insert *in)
{
    const pz_strs *p = &in->d.t->partition_columns;
    const pz_options *spec = &in->c->partition_spec;
    pz_arena *a = in->d.an.a;
    pz_strs given = {0};
    bool dynamic = false;
    if (!spec->n) return PZ_OK;
    for (int i = 0; i < spec->n; i++) pz_vec_push(a, &given, spec->data[i].key);
    if (spec->n != p->n)
        return pz_raise(in->d.an.err, PZ_ERR_LEGACY_ERROR_TEMP_1169, PZ_NO_ORIGIN, "tableName", in->d.table.ptr, "normalizedPartSpec",
                        comma_list(a, &given).ptr, "partColNames", comma_list(a, p).ptr, NULL);
    for (int i = 0; i < p->n; i++) {
        bool is_static = in->is_static[pz_dml_column(&in->d, p->data[i])] >= 0;
        if (is_static && dynamic)
            return pz_raise(in->d.an.err, PZ_ERR_LEGACY_ERROR_TEMP_1147, PZ_NO_ORIGIN, "partColumns",
                            pz_strf(a, "[" PZ_FMT "]", PZ_ARG(comma_list(a, p))).ptr, NULL);
        dynamic |= !is_static;
    }
    return PZ_OK;
}

/* ---- ( columns ) ---- */
static pz_status
read_columns(insert *in)
{
    const pz_strs *names = &in->c->columns;
    pz_arena *a = in->d.an.a;
    fields list = {0};
    pz_map *seen = pz_map_make(a, !in->d.an.env->case_sensitive);
    if (!names->n) return PZ_OK;
    for (int i = 0; i < names->n; i++) {
        int at = pz_dml_column(&in->d, names->data[i]);
        if (pz_map_get(seen, names->data[i]))
            return pz_raise(in->d.an.err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName",
                            pz_dml_quote(&in->d, in->d.an.env->case_sensitive ? names->data[i] : pz_lower_ascii(a, names->data[i])).ptr, NULL);
        pz_map_put(seen, names->data[i], seen);
        if (at < 0) {
            pz_str all = PZ_STR("");           /* the table's columns, as they stand there */
            for (int k = 0; k < in->d.t->stored.n; k++)
                all = pz_strf(a, PZ_FMT "%s" PZ_FMT, PZ_ARG(all), k ? ", " : "", PZ_ARG(pz_dml_quote(&in->d, in->d.t->stored.fields[k].name)));
            return pz_raise(in->d.an.err, PZ_ERR_UNRESOLVED_COLUMN_WITH_SUGGESTION, in->c->head, "objectName", pz_dml_quote(&in->d, names->data[i]).ptr,
                            "proposal", all.ptr, NULL);
        }
        pz_vec_push(a, &list, &in->d.t->stored.fields[at]);
    }
    in->expected = list;
    in->by_name = true;
    return PZ_OK;
}

/* ---- DEFAULT in the query ---- */
static pz_walk
find_default(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_DEFAULT || pz_dml_is_default(e) ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_status
with_default(insert *in, pz_expr *e, int column, pz_expr **out)
{
    *out = e;
    if (pz_conf_is(in->d.an.env, "spark.sql.defaultColumn.enabled", "false")) return PZ_OK;
    if (pz_dml_is_default(e) && column < in->expected.n) {
        pz_expr *value;
        PZ_TRY(pz_dml_default(&in->d, in->expected.data[column], &value));
        *out = e->kind == PZ_EXPR_ALIAS ? pz_alias_make(in->d.an.a, value, e->u.alias.names.n ? e->u.alias.names.data[0] : PZ_STR("DEFAULT")) : value;
        return PZ_OK;
    }
    if (e->kind == PZ_EXPR_STAR || pz_walk_expr(e, find_default, NULL)) return PZ_OK;
    return pz_raise(in->d.an.err, PZ_ERR_DEFAULT_PLACEMENT_INVALID, PZ_NO_ORIGIN, NULL);
}

/* Copies of the nodes down to a VALUES or SELECT list, with defaults in place of the keyword. */
static pz_status
with_defaults(insert *in, pz_rel *q, pz_rel **out)
{
    pz_arena *a = in->d.an.a;
    pz_rel *copy = PZ_NEW(a, pz_rel);
    *out = q;
    if (q->resolved) return PZ_OK;
    *copy = *q;
    switch (q->kind) {
    case PZ_REL_ALIAS:
    case PZ_REL_WITH:
    case PZ_REL_WITH_RELATIONS:
        PZ_TRY(with_defaults(in, q->input, &copy->input));
        if (copy->input != q->input) *out = copy;
        return PZ_OK;
    case PZ_REL_VALUES:
    case PZ_REL_PROJECT: {
        int ncols = q->kind == PZ_REL_VALUES ? q->u.values.ncols : q->exprs.n;
        bool changed = false;
        copy->exprs = (pz_exprs){0};
        for (int i = 0; i < q->exprs.n; i++) {
            pz_expr *e;
            PZ_TRY(with_default(in, q->exprs.data[i], ncols ? i % ncols : 0, &e));
            changed |= e != q->exprs.data[i];
            pz_vec_push(a, &copy->exprs, e);
        }
        if (changed) *out = copy;
        return PZ_OK;
    }
    default: return PZ_OK;
    }
}

/* ---- arity ---- */
static pz_status
wrong_count(insert *in, pz_err_id id, const fields *columns, const pz_attrs *data)
{
    return pz_raise(in->d.an.err, id, PZ_NO_ORIGIN, "tableName", in->d.table.ptr, "tableColumns", listed(in, columns).ptr, "dataColumns",
                    listed_attrs(in, data).ptr, NULL);
}

static pz_status
check_count(insert *in, const pz_attrs *data)
{
    fields all = {0}, fixed = {0};
    const pz_target *t = in->d.t;
    for (int i = 0; i < t->stored.n; i++) {
        pz_vec_push(in->d.an.a, &all, &t->stored.fields[i]);
        if (in->is_static[i] >= 0) pz_vec_push(in->d.an.a, &fixed, &t->stored.fields[i]);
    }
    if (in->c->columns.n || !in->by_name) {
        if (data->n == in->expected.n) return PZ_OK;
        if (fixed.n && !in->c->columns.n)
            return pz_raise(in->d.an.err, PZ_ERR_INSERT_PARTITION_COLUMN_ARITY_MISMATCH, PZ_NO_ORIGIN, "tableName", in->d.table.ptr, "tableColumns",
                            listed(in, &all).ptr, "dataColumns", listed_attrs(in, data).ptr, "staticPartCols", listed(in, &fixed).ptr, NULL);
        return wrong_count(in, data->n < in->expected.n ? PZ_ERR_INSERT_COLUMN_ARITY_MISMATCH_NOT_ENOUGH_DATA_COLUMNS
                           : PZ_ERR_INSERT_COLUMN_ARITY_MISMATCH_TOO_MANY_DATA_COLUMNS, &in->expected, data);
    }
    return data->n > in->expected.n ? wrong_count(in, PZ_ERR_INSERT_COLUMN_ARITY_MISMATCH_TOO_MANY_DATA_COLUMNS, &in->expected, data) : PZ_OK;
}

/* ---- columns find their values ---- */
static pz_str
given_name(const insert *in, const pz_attrs *data, int i)
{
    return in->c->columns.n ? in->c->columns.data[i] : data->data[i]->name;
}

static pz_status
check_names(insert *in, const pz_attrs *data)
{
    pz_str extra = {NULL, 0};
    pz_arena *a = in->d.an.a;
    if (!in->by_name) return PZ_OK;
    for (int i = 0; i < data->n; i++) {
        int at = pz_dml_column(&in->d, given_name(in, data, i));
        if (at >= 0 && in->is_static[at] < 0) continue;
        pz_str q = pz_dml_quote(&in->d, given_name(in, data, i));
        extra = extra.ptr ? pz_strf(a, PZ_FMT ", " PZ_FMT, PZ_ARG(extra), PZ_ARG(q)) : q;
    }
    if (!extra.ptr) return PZ_OK;
    return pz_raise(in->d.an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_EXTRA_COLUMNS, PZ_NO_ORIGIN, "tableName", in->d.table.ptr, "extraColumns", extra.ptr, NULL);
}

/* The query's column for a column of the table; NULL: none. */
static pz_status
value_of(insert *in, const pz_attrs *data, const pz_field *column, pz_attr **out)
{
    *out = NULL;
    for (int i = 0; i < data->n; i++) {
        bool hit = in->by_name ? pz_dml_same(&in->d, given_name(in, data, i), column->name) : in->expected.data[i] == column;
        if (!hit) continue;
        if (*out)
            return pz_raise(in->d.an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_AMBIGUOUS_COLUMN_NAME, PZ_NO_ORIGIN, "tableName", in->d.table.ptr, "colName",
                            pz_dml_quote(&in->d, column->name).ptr, NULL);
        *out = data->data[i];
    }
    return PZ_OK;
}

static pz_status
static_value(insert *in, const pz_field *column, pz_str text, pz_expr **out)
{
    pz_arena *a = in->d.an.a;
    pz_expr *e = pz_literal_string(a, text), *c;
    e->resolved = true;
    if (pz_str_eqc(text, "__HIVE_DEFAULT_PARTITION__")) e = pz_literal_null(a, &pz_t_string), e->resolved = e->nullable = true;
    if (pz_type_has_char(column->type)) return pz_store_assign(&in->d, e, column, false, out);     /* has to fit */
    if (pz_type_is_string(column->type)) {
        *out = e;
        return PZ_OK;
    }
    c = pz_dml_cast(&in->d, e, pz_type_plain(a, column->type), PZ_CAST_ANSI);
    c->origin = in->c->head;
    *out = c;
    return PZ_OK;
}

/* Text that is empty is no partition. */
static pz_status
partition_value(insert *in, const pz_field *column, pz_expr **e)
{
    pz_expr *call;
    if (!pz_type_is_string(column->type) || !is_partition_column(in, column->name)) return PZ_OK;
    call = pz_call_make(in->d.an.a, PZ_NO_ORIGIN, "nullif", 2, *e, pz_literal_string(in->d.an.a, PZ_STR("")));
    return pz_resolve_expr(&in->d.an, pz_scope_of(&in->d.an, NULL, NULL, NULL), call, e);
}

/* Without a word about the column: its default, else null, where that may be. */
static pz_status
missing_value(insert *in, const pz_field *column, pz_expr **out)
{
    const pz_env *env = in->d.an.env;
    bool nulls = !env->conf || pz_str_ieqc(env->conf(env->ctx, "spark.sql.defaultColumn.useNullsForMissingDefaultValues"), "true");
    if (nulls || pz_metadata_get(column->metadata, "CURRENT_DEFAULT", in->d.an.a).ptr) return pz_dml_default(&in->d, column, out);
    return pz_raise(in->d.an.err, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_CANNOT_FIND_DATA, PZ_NO_ORIGIN, "tableName", in->d.table.ptr, "colName",
                    pz_dml_quote(&in->d, column->name).ptr, NULL);
}

static pz_status
column_value(insert *in, const pz_attrs *data, int i, pz_expr **out)
{
    const pz_field *column = &in->d.t->stored.fields[i];
    pz_attr *at;
    if (in->is_static[i] >= 0) {
        PZ_TRY(static_value(in, column, in->c->partition_spec.data[in->is_static[i]].value, out));
    } else {
        PZ_TRY(value_of(in, data, column, &at));
        if (!at) PZ_TRY(missing_value(in, column, out));
        else PZ_TRY(pz_store_assign(&in->d, pz_attr_ref(&in->d.an, at, PZ_NO_ORIGIN), column, in->by_name && !in->c->columns.n, out));
    }
    return partition_value(in, column, out);
}

static pz_status
project(insert *in, pz_rel *query, pz_rel **out)
{
    pz_attrs data;
    pz_exprs items = {0};
    pz_visible(&in->d.an, query, &data);
    PZ_TRY(check_count(in, &data));
    PZ_TRY(check_names(in, &data));
    for (int i = 0; i < in->d.t->stored.n; i++) {
        pz_expr *e;
        pz_field seen;
        PZ_TRY(column_value(in, &data, i, &e));
        pz_field_seen(in->d.an.a, &in->d.t->stored.fields[i], &seen);
        e = pz_alias_new(&in->d.an, e, seen.name);
        e->u.alias.attr->type = seen.type;
        e->u.alias.attr->metadata = in->d.t->stored.fields[i].metadata;        /* files carry it */
        pz_vec_push(in->d.an.a, &items, e);
    }
    *out = pz_project_make(&in->d.an, query, &items);
    return PZ_OK;
}

/* ---- does the query read the table it writes? ---- */
typedef struct search { pz_str table; int64_t id; bool found; } search;

static pz_walk look_rel(pz_rel *r, void *arg);

static pz_walk
look_expr(pz_expr *e, void *arg)
{
    search *s = arg;
    if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.rel) pz_walk_rel(e->u.sub.rel, look_rel, arg);
    return s->found ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_walk
look_rel(pz_rel *r, void *arg)
{
    search *s = arg;
    if (r->kind == PZ_REL_SCAN && s->table.len) {
        const pz_scan *scan = r->u.scan;
        s->found |= pz_str_eq(scan->identity, s->table) || (s->id && scan->table_id == s->id);
        for (int i = 0; i < scan->files.n && !s->found; i++)   /* a table of files is known by its directory */
            s->found = scan->files.data[i].len > s->table.len && !memcmp(scan->files.data[i].ptr, s->table.ptr, s->table.len)
                       && scan->files.data[i].ptr[s->table.len] == '/';
    }
    if (r->kind == PZ_REL_CTE_REF && r->u.cte.cte->rel && !r->u.cte.cte->recursive) pz_walk_rel(r->u.cte.cte->rel, look_rel, arg);
    if (!s->found) pz_walk_rel_exprs(r, look_expr, arg);
    return s->found ? PZ_WALK_STOP : PZ_WALK_ON;
}

bool
pz_plan_reads(const pz_rel *root, pz_str identity, int64_t table_id)
{
    search s = {identity, table_id, false};
    pz_walk_rel((pz_rel *)(uintptr_t)root, look_rel, &s);
    return s.found;
}

pz_status
pz_analyze_insert(const pz_env *env, const pz_command *c, const pz_target *t, pz_arena *a, pz_insert_plan *out, pz_error *err)
{
    insert in = {.c = c, .by_name = c->by_name};
    pz_rel *q, *root;
    pz_dml_open(&in.d, env, t, c->params, a, err);
    PZ_TRY(read_spec(&in));
    PZ_TRY(read_columns(&in));
    PZ_TRY(with_defaults(&in, c->query, &q));
    PZ_TRY(pz_resolve_rel(&in.d.an, q, NULL, NULL, &q));
    q = pz_drop_hidden(&in.d.an, q);
    PZ_TRY(project(&in, q, &root));
    PZ_TRY(check_spec(&in));
    *out = (pz_insert_plan){pz_dml_plan(&in.d, root), pz_plan_reads(q, t->identity, t->table_id)};
    return PZ_OK;
}

/*
 * session/command_column.c - ALTER TABLE ... COLUMN: add, replace, rename, drop, type, comment, default, position.
 *
 * Columns of native tables have ids in the engine, so names, comments, places and defaults are changed in the catalog alone; types and
 * columns that come or go change the engine's table in the same transaction.  Tables of files take what Spark's own take: new columns at
 * the end, comments and defaults.  Things start at pz_alter_columns().
 */
#include "../analyze/dml.h"
#include "../sql/sql.h"
#include "command_int.h"

/* A change that is being made: the new entry, and the engine statements it needs. */
typedef struct edit {
    pz_statement *r;
    const pz_cat *from;
    pz_cat *e;
    pz_change *ch;
    pz_str fills;                              /* c5 = (...), ...: values that rows there get, once every column is there */
} edit;

/* ---- schema ---- */
static int
find_column(const pz_cat *e, pz_str name)
{
    for (int i = 0; i < e->schema.n; i++)
        if (pz_str_ieq(e->schema.fields[i].name, name)) return i;
    return -1;
}

static pz_status
exists(pz_statement *r, pz_str name)
{
    return pz_raise(r->err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName",
                    pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(pz_lower_ascii(r->a, name))).ptr, NULL);
}

pz_status
pz_raise_no_column(pz_statement *r, const pz_cat *e, const pz_strs *path)
{
    pz_buf b;
    pz_str list;
    pz_buf_init(&b, 0);
    for (int i = 0; i < e->schema.n; i++) {
        pz_strs one = {0};
        pz_vec_push(r->a, &one, e->schema.fields[i].name);
        if (i) pz_buf_puts(&b, ", ");
        pz_buf_str(&b, pz_quoted(r->a, &one));
    }
    list = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return pz_raise(r->err, PZ_ERR_UNRESOLVED_COLUMN_WITH_SUGGESTION, r->c->origin, "objectName", pz_quoted(r->a, path).ptr, "proposal", list.ptr, NULL);
}

/* Room for one more at `at`; the ids of native columns go along. */
static pz_field *
open_place(pz_cat *e, int at)
{
    pz_arena *a = e->keep->arena;
    pz_field *fields = PZ_NEWN(a, pz_field, e->schema.n + 2);
    for (int i = 0, k = 0; i < e->schema.n; i++) {
        if (k == at) k++;
        fields[k++] = e->schema.fields[i];
    }
    e->schema.fields = fields;
    e->schema.n++;
    if (e->native) {
        pz_vec_push(a, &e->columns, 0);
        for (int i = e->columns.n - 1; i > at; i--) e->columns.data[i] = e->columns.data[i - 1];
        e->columns.data[at] = e->next_column++;
    }
    return &fields[at];
}

static void
close_place(pz_cat *e, int at)
{
    for (int i = at; i + 1 < e->schema.n; i++) e->schema.fields[i] = e->schema.fields[i + 1];
    e->schema.n--;
    for (int i = at; i + 1 < e->columns.n; i++) e->columns.data[i] = e->columns.data[i + 1];
    if (e->columns.n) e->columns.n--;
}

static pz_status
engine(edit *x, pz_str text)
{
    return pz_change_exec(x->ch, pz_strf(x->r->a, "ALTER TABLE " PZ_FMT " " PZ_FMT, PZ_ARG(pz_cat_table_text(x->from, x->r->a)), PZ_ARG(text)), x->r->err);
}

/* ---- defaults ---- */
/* Rows there are get the value, given as text. */
static pz_status
fill(edit *x, int column, const pz_type *t, pz_str exists)
{
    pz_statement *r = x->r;
    pz_str text;
    PZ_TRY(pz_place_constant(&r->q->place, exists, t, r->a, &text, r->err));
    x->fills = pz_strf(r->a, PZ_FMT "%s" PZ_FMT " = (" PZ_FMT ")", PZ_ARG(x->fills), x->fills.len ? ", " : "", PZ_ARG(pz_cat_column_text(x->e, column, r->a)),
                       PZ_ARG(text));
    return PZ_OK;
}

/* The engine changes rows of an altered table once in a transaction. */
static pz_status
fill_all(edit *x)
{
    int64_t count;
    if (!x->fills.len) return PZ_OK;
    return pz_change_run(x->ch, pz_strf(x->r->a, "UPDATE " PZ_FMT " SET " PZ_FMT, PZ_ARG(pz_cat_table_text(x->from, x->r->a)), PZ_ARG(x->fills)), &count, x->r->err);
}

/* ---- ADD ---- */
static const pz_type *
with_collation(const pz_cat *e, const pz_type *t, pz_arena *a)
{
    return pz_type_copy(a, pz_type_of_column(a, t, e->collation));
}

static pz_status
add_one(edit *x, const pz_column_def *d, int at)
{
    pz_arena *a = x->e->keep->arena;
    pz_statement *r = x->r;
    pz_str exist = {NULL, 0}, name = d->path.data[0];
    const pz_type *t = with_collation(x->e, pz_confs_bool(r->q->confs, "spark.sql.charAsVarchar") ? pz_type_char_as_varchar(a, d->type) : d->type, a);
    pz_field *f;
    if (d->default_value) PZ_TRY(pz_check_default_provider(&r->q->place.env, x->e->provider, true, r->err));
    if (d->default_value)
        PZ_TRY(pz_analyze_default(&r->q->place.env, "ALTER TABLE ADD COLUMNS", name, t, d->default_value, d->default_text, r->a, &exist, r->err));
    f = open_place(x->e, at);
    *f = (pz_field){.name = pz_dup(a, name), .type = t, .nullable = true, .metadata = PZ_STR("")};
    if (d->has_comment) f->metadata = pz_metadata_with(a, f->metadata, "comment", d->comment);
    if (d->default_value) {
        f->metadata = pz_metadata_with(a, f->metadata, "EXISTS_DEFAULT", exist);
        f->metadata = pz_metadata_with(a, f->metadata, "CURRENT_DEFAULT", d->default_text);
    }
    if (!x->e->native) return PZ_OK;
    PZ_TRY(engine(x, pz_strf(r->a, "ADD COLUMN " PZ_FMT " " PZ_FMT, PZ_ARG(pz_cat_column_text(x->e, at, r->a)), PZ_ARG(pz_type_duckdb(t, r->a)))));
    return exist.ptr ? fill(x, at, t, exist) : PZ_OK;
}

/* Behind the last column that is no partition column. */
static int
end_place(const pz_cat *e)
{
    return e->schema.n - e->partition_columns.n;
}

/* Columns come only to tables of some formats. */
static pz_status
check_may_grow(const edit *x)
{
    static const struct { const char *provider, *shown; } others[] = {
        {"text", "org.apache.spark.sql.execution.datasources.v2.text.TextDataSourceV2"}, {"xml", "XML"}, {"binaryfile", "BinaryFile"},
        {"avro", "org.apache.spark.sql.v2.avro.AvroDataSourceV2"}};
    for (size_t i = 0; i < PZ_COUNTOF(others); i++)
        if (pz_str_ieqc(x->from->provider, others[i].provider))
            return pz_raise(x->r->err, PZ_ERR_LEGACY_ERROR_TEMP_1260, PZ_NO_ORIGIN, "tableType", others[i].shown, "table", pz_cat_quoted(x->from, x->r->a).ptr, NULL);
    return PZ_OK;
}

static pz_status
add_columns(edit *x)
{
    pz_statement *r = x->r;
    const pz_column_defs *defs = &r->c->defs;
    PZ_TRY(check_may_grow(x));
    for (int i = 0; i < defs->n; i++) {
        if (defs->data[i]->path.n > 1) return pz_unsupported_table_operation(r, x->from, "ADD COLUMN with qualified column");
        if (defs->data[i]->not_null) return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1052, PZ_NO_ORIGIN, NULL);
    }
    for (int i = 0; i < defs->n; i++) {
        if (find_column(x->e, defs->data[i]->path.data[0]) >= 0) return exists(r, defs->data[i]->path.data[0]);
        PZ_TRY(add_one(x, defs->data[i], end_place(x->e)));    /* positions are taken and not obeyed, as Spark's own tables do */
    }
    return PZ_OK;
}

/* ---- DROP, REPLACE, RENAME: native tables ---- */
static bool
in_list(const pz_strs *list, pz_str name)
{
    for (int i = 0; i < list->n; i++)
        if (pz_str_ieq(list->data[i], name)) return true;
    return false;
}

static pz_status
drop_at(edit *x, int at)
{
    pz_str column = pz_cat_column_text(x->e, at, x->r->a);
    pz_str name = x->e->schema.fields[at].name;
    if (in_list(&x->e->partition_columns, name) || in_list(&x->e->cluster_columns, name) || in_list(&x->e->bucket_columns, name))
        return pz_unsupported_table_operation(x->r, x->from, "DROP COLUMN of a partitioning column");
    close_place(x->e, at);
    return engine(x, pz_strf(x->r->a, "DROP COLUMN " PZ_FMT, PZ_ARG(column)));
}

static pz_status
drop_columns(edit *x)
{
    pz_statement *r = x->r;
    for (int i = 0; i < r->c->body.n; i++) {
        const pz_strs *path = &r->c->body.data[i]->names;
        int at = find_column(x->e, path->data[0]);
        if (path->n > 1) return pz_unsupported_table_operation(r, x->from, "DROP COLUMN with qualified column");
        if (at < 0 && r->c->if_exists) continue;
        if (at < 0) return pz_raise_no_column(r, x->e, path);
        if (x->e->schema.n == 1) return pz_unsupported_table_operation(r, x->from, "DROP COLUMN of the last column");
        PZ_TRY(drop_at(x, at));
    }
    return PZ_OK;
}

/* All columns give way to new ones, empty in every row. */
static pz_status
replace_columns(edit *x)
{
    pz_statement *r = x->r;
    int before = x->e->schema.n;
    for (int i = 0; i < r->c->defs.n; i++) {
        for (int k = 0; k < i; k++)
            if (pz_str_ieq(r->c->defs.data[i]->path.data[0], r->c->defs.data[k]->path.data[0])) return exists(r, r->c->defs.data[i]->path.data[0]);
        PZ_TRY(add_one(x, r->c->defs.data[i], x->e->schema.n));
    }
    while (before-- > 0) PZ_TRY(drop_at(x, 0));
    return PZ_OK;
}

static void
rename_in(pz_arena *a, pz_strs *list, pz_str from, pz_str to)
{
    for (int i = 0; i < list->n; i++)
        if (pz_str_ieq(list->data[i], from)) list->data[i] = pz_dup(a, to);
}

static pz_status
rename_column(edit *x)
{
    pz_statement *r = x->r;
    const pz_strs *path = &r->c->names2;
    pz_arena *a = x->e->keep->arena;
    int at = find_column(x->e, path->data[0]), other;
    pz_str from;
    if (path->n > 1) return pz_unsupported_table_operation(r, x->from, "RENAME COLUMN with qualified column");
    if (at < 0) return pz_raise_no_column(r, x->e, path);
    other = find_column(x->e, r->c->text);
    if (other >= 0 && other != at) return exists(r, r->c->text);
    from = x->e->schema.fields[at].name;
    x->e->schema.fields[at].name = pz_dup(a, r->c->text);
    rename_in(a, &x->e->partition_columns, from, r->c->text);
    rename_in(a, &x->e->bucket_columns, from, r->c->text);
    rename_in(a, &x->e->sort_columns, from, r->c->text);
    rename_in(a, &x->e->cluster_columns, from, r->c->text);
    return PZ_OK;
}

/* ---- ALTER one column ---- */
static pz_status
bad_type(edit *x, const pz_field *f, const pz_type *t)
{
    pz_arena *a = x->r->a;
    const char *name = pz_strf(a, "`" PZ_FMT "`", PZ_ARG(f->name)).ptr;
    return pz_raise(x->r->err, PZ_ERR_NOT_SUPPORTED_CHANGE_COLUMN, x->r->c->origin, "table", pz_cat_quoted(x->from, a).ptr, "originName", name, "originType",
                    pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(f->type, a))).ptr, "newName", name, "newType",
                    pz_strf(a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, a))).ptr, NULL);
}

static int
rank(const pz_type *t)
{
    static const pz_type_id order[] = {PZ_T_BYTE, PZ_T_SHORT, PZ_T_INT, PZ_T_LONG};
    for (int i = 0; i < 4; i++)
        if (t->id == order[i]) return i;
    return -1;
}

/* Types that hold every value of the old one, as their own values. */
static bool
is_wider(const pz_type *from, const pz_type *to)
{
    static const int digits[] = {3, 5, 10, 20};
    int r1 = rank(from), r2 = rank(to);
    if (pz_type_eq(from, to)) return true;
    if (r1 >= 0 && r2 >= 0) return r1 <= r2;
    if (r1 >= 0 && to->id == PZ_T_DECIMAL) return to->precision - to->scale >= digits[r1];
    if (r1 >= 0 && r1 < 3 && to->id == PZ_T_DOUBLE) return true;
    if (from->id == PZ_T_FLOAT && to->id == PZ_T_DOUBLE) return true;
    if (from->id == PZ_T_DECIMAL && to->id == PZ_T_DECIMAL) return to->scale >= from->scale && to->precision - to->scale >= from->precision - from->scale;
    if (from->id == PZ_T_DATE && to->id == PZ_T_TIMESTAMP_NTZ) return true;
    if (from->id == PZ_T_VARCHAR && to->id == PZ_T_VARCHAR) return to->length >= from->length;
    return (from->id == PZ_T_VARCHAR || from->id == PZ_T_CHAR || from->id == PZ_T_STRING) && to->id == PZ_T_STRING;
}

static pz_status
change_type(edit *x, int at, const pz_column_def *d)
{
    pz_field *f = &x->e->schema.fields[at];
    pz_arena *a = x->e->keep->arena;
    bool text = f->type->id == PZ_T_STRING && d->type->id == PZ_T_STRING;      /* another collation */
    const pz_type *t = pz_type_has_char(d->type) ? d->type : pz_type_of_column(x->r->a, d->type, x->e->collation);
    if (text && !d->type->collation.len && !d->type->told_bytes) t = f->type;  /* STRING alone changes none */
    pz_str before = pz_type_duckdb(f->type, x->r->a), after = pz_type_duckdb(t, x->r->a);
    if (x->e->native ? !is_wider(f->type, t) : !text && !pz_type_eq(f->type, t))
        return bad_type(x, f, t);
    f->type = pz_type_copy(a, t);
    if (pz_metadata_get(f->metadata, "__CHAR_VARCHAR_TYPE_STRING", x->r->a).ptr) f->metadata = pz_metadata_with(a, f->metadata, "__CHAR_VARCHAR_TYPE_STRING", (pz_str){NULL, 0});
    if (!x->e->native || pz_str_eq(before, after)) return PZ_OK;
    return engine(x, pz_strf(x->r->a, "ALTER COLUMN " PZ_FMT " SET DATA TYPE " PZ_FMT, PZ_ARG(pz_cat_column_text(x->e, at, x->r->a)), PZ_ARG(after)));
}

static pz_status
move_column(edit *x, int at, const pz_column_def *d)
{
    pz_cat *e = x->e;
    pz_field f = e->schema.fields[at];
    int64_t id = e->native ? e->columns.data[at] : 0;
    int to;
    if (!e->native) return pz_unsupported_table_operation(x->r, x->from, "ALTER COLUMN ... FIRST | AFTER");
    if (d->after.ptr && find_column(e, d->after) < 0) {
        pz_strs one = {0};
        pz_vec_push(x->r->a, &one, d->after);
        return pz_raise_no_column(x->r, e, &one);
    }
    if (d->after.ptr && pz_str_ieq(d->after, f.name)) return PZ_OK;
    for (int i = at; i + 1 < e->schema.n; i++) e->schema.fields[i] = e->schema.fields[i + 1], e->columns.data[i] = e->columns.data[i + 1];
    e->schema.n--;
    to = d->first ? 0 : find_column(e, d->after) + 1;
    for (int i = e->schema.n; i > to; i--) e->schema.fields[i] = e->schema.fields[i - 1], e->columns.data[i] = e->columns.data[i - 1];
    e->schema.fields[to] = f;
    e->columns.data[to] = id;
    e->schema.n++;
    return PZ_OK;
}

static pz_status
set_default(edit *x, int at, const pz_column_def *d)
{
    pz_field *f = &x->e->schema.fields[at];
    pz_str text = {NULL, 0}, now;
    if (d->default_value) {
        PZ_TRY(pz_analyze_default(&x->r->q->place.env, "ALTER TABLE ALTER COLUMN", f->name, f->type, d->default_value, d->default_text, x->r->a, &now, x->r->err));
        text = d->default_text;
    }
    f->metadata = pz_metadata_with(x->e->keep->arena, f->metadata, "CURRENT_DEFAULT", text);
    return PZ_OK;
}

static pz_status
alter_one(edit *x, const pz_command *one)
{
    const pz_column_def *d = one->defs.data[0];
    pz_arena *a = x->e->keep->arena;
    int at = find_column(x->e, one->names.data[0]);
    if (at < 0) return pz_raise_no_column(x->r, x->e, &one->names);
    if (one->names.n > 1) return pz_unsupported_table_operation(x->r, x->from, "ALTER COLUMN with qualified column");
    if (pz_str_ends(one->mode, "not null")) return pz_unsupported_table_operation(x->r, x->from, "ALTER COLUMN ... SET NOT NULL");
    if (pz_str_ends(one->mode, "default")) return set_default(x, at, d);
    if (in_list(&x->e->partition_columns, x->e->schema.fields[at].name))
        return pz_raise(x->r->err, PZ_ERR_CANNOT_ALTER_PARTITION_COLUMN, PZ_NO_ORIGIN, "tableName", pz_cat_quoted(x->from, x->r->a).ptr, "columnName",
                        pz_strf(x->r->a, "`" PZ_FMT "`", PZ_ARG(x->e->schema.fields[at].name)).ptr, NULL);
    if (d->type) PZ_TRY(change_type(x, at, d));
    if (d->has_comment) x->e->schema.fields[at].metadata = pz_metadata_with(a, x->e->schema.fields[at].metadata, "comment", d->comment);
    return d->first || d->after.ptr ? move_column(x, at, d) : PZ_OK;
}

static pz_status
alter_columns(edit *x)
{
    if (x->r->c->body.n > 1 && !x->e->native) return pz_unsupported_table_operation(x->r, x->from, "ALTER COLUMN in bulk");
    for (int i = 0; i < x->r->c->body.n; i++) PZ_TRY(alter_one(x, x->r->c->body.data[i]));
    return PZ_OK;
}

/* ---- COMMENT ON COLUMN ---- */
static pz_status
comment_columns(edit *x)
{
    for (int i = 0; i < x->r->c->body.n; i++) {
        const pz_command *one = x->r->c->body.data[i];
        int at = find_column(x->e, one->names.data[0]);
        if (at < 0) return pz_raise_no_column(x->r, x->e, &one->names);
        if (one->names.n > 1) return pz_unsupported_table_operation(x->r, x->from, "ALTER COLUMN with qualified column");
        x->e->schema.fields[at].metadata = pz_metadata_with(x->e->keep->arena, x->e->schema.fields[at].metadata, "comment", one->comment);
    }
    return PZ_OK;
}

/* ---- one change, all or nothing ---- */
static const struct { const char *mode; const char *refused; pz_status (*run)(edit *x); } modes[] = {
    {"add columns", NULL, add_columns},
    {"replace columns", "REPLACE COLUMNS", replace_columns},
    {"rename column", "RENAME COLUMN", rename_column},
    {"drop columns", "DROP COLUMN", drop_columns},
    {"alter columns", NULL, alter_columns},
    {"columns", NULL, comment_columns},
};

pz_status
pz_alter_columns(pz_statement *r, const pz_cat *found)
{
    edit x = {.r = r};
    pz_cat *e = NULL;
    pz_status st = PZ_FAIL;
    PZ_TRY(pz_change_begin(r->q, &x.ch, r->err));
    if (pz_change_lock(x.ch, found->id, r->err) != PZ_OK) goto out;
    if (!(e = pz_catalog_find_id(pz_statement_catalog(r), found->id))) {       /* what it is now that nobody else changes it */
        st = pz_raise_not_found(r, &r->c->names, pz_search_path_text(r, false));
        goto out;
    }
    x.from = e;
    x.e = pz_cat_copy(e);
    for (size_t i = 0; i < PZ_COUNTOF(modes); i++)
        if (pz_str_eqc(r->c->mode, modes[i].mode))
            st = modes[i].refused && !e->native ? pz_unsupported_table_operation(r, e, modes[i].refused) : modes[i].run(&x);
    if (st == PZ_OK) st = fill_all(&x);
    if (st == PZ_OK) {
        pz_change_put(x.ch, x.e);
        pz_change_touch(x.ch, e->id);
        st = pz_change_commit(x.ch, r->err);
        x.ch = NULL;
    } else {
        pz_cat_unref(x.e);
    }
out:
    pz_change_abort(x.ch);
    pz_cat_unref(e);
    return st;
}

pz_status
pz_comment_on_columns(pz_statement *r, const pz_cat *e)
{
    return pz_alter_columns(r, e);
}

/*
 * session/command_write_table.c - DataFrame writers into tables: saveAsTable, insertInto, writeTo.
 *
 * Each is the INSERT or CREATE TABLE AS SELECT of the same meaning, made up from the command as decoded.
 * Things start at pz_write_table() and pz_cmd_write_v2().
 */
#include "../sql/sql.h"
#include "command_create_table.h"

static pz_command *
insert_of(pz_statement *r, bool overwrite, bool by_name)
{
    pz_command *c = PZ_NEW(r->a, pz_command);
    c->kind = PZ_CMD_INSERT;
    c->origin = r->c->origin;
    c->names = r->c->names;
    c->query = r->c->query;
    c->options = r->c->options;
    c->overwrite = overwrite;
    c->by_name = by_name;
    c->mode = overwrite ? PZ_STR("overwrite") : PZ_STR("into");
    c->flag1 = r->c->flag2;
    return c;
}

static pz_command *
create_of(pz_statement *r, const char *mode, bool replace)
{
    pz_command *c = PZ_NEW(r->a, pz_command);
    c->kind = PZ_CMD_CREATE_TABLE;
    c->origin = r->c->origin;
    c->names = r->c->names;
    c->query = r->c->query;
    c->provider = r->c->provider;
    c->options = r->c->options;
    c->properties = r->c->properties;
    c->mode = pz_str_c(mode);
    c->replace = replace;
    return c;
}

/* Every name a column written plainly; others are transforms. */
static pz_status
take_partitioning(pz_statement *r, pz_command *c, const pz_exprs *exprs)
{
    for (int i = 0; i < exprs->n; i++) {
        pz_expr *e = exprs->data[i];
        pz_vec_push(r->a, &c->exprs, e);
        if (e->kind == PZ_EXPR_COLUMN) pz_vec_push(r->a, &c->columns, e->names.data[e->names.n - 1]);
    }
    return PZ_OK;
}

/* ---- the table, if it is there ---- */
static pz_status
find_table(pz_statement *r, pz_cat **e)
{
    pz_str db, name;
    PZ_TRY(pz_relation_place(r, &r->c->names, &db, &name));
    *e = pz_statement_entry(r, &r->c->names);
    return PZ_OK;
}

static pz_status
not_found(pz_statement *r)
{
    return pz_raise_not_found(r, &r->c->names, pz_search_path_text(r, true));
}

/* ---- saveAsTable, insertInto ---- */
static pz_status
insert_into(pz_statement *r)
{
    PZ_TRY(pz_write_no_buckets(r, "insertInto"));
    if (r->c->columns.n)
        return pz_raise(r->err, PZ_ERR_PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO, PZ_NO_ORIGIN, "tableName",
                        pz_dup(r->a, pz_dotted(r->a, &r->c->names)).ptr, NULL);
    return pz_statement_run_as(r, insert_of(r, pz_str_eqc(r->c->mode, "overwrite"), false));
}

static bool
same_names(const pz_strs *a, const pz_strs *b)
{
    bool same = a->n == b->n;
    for (int i = 0; same && i < a->n; i++) same = pz_str_ieq(a->data[i], b->data[i]);
    return same;
}

static const char *
listed(pz_statement *r, const pz_strs *list)
{
    pz_str s = PZ_STR("");
    for (int i = 0; i < list->n; i++) s = pz_strf(r->a, PZ_FMT "%s" PZ_FMT, PZ_ARG(s), i ? ", " : "", PZ_ARG(list->data[i]));
    return s.ptr;
}

/* How Spark names the source behind a provider. */
static const char *
source_of(pz_statement *r, pz_str provider)
{
    static const struct { const char *name, *shown; } known[] = {{"parquet", "Parquet"}, {"csv", "CSV"}, {"json", "Json"}, {"orc", "Orc"}, {"text", "Text"}};
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (pz_str_ieqc(provider, known[i].name)) return pz_strf(r->a, "%sDataSourceV2", known[i].shown).ptr;
    return pz_dup(r->a, provider).ptr;
}

static const char *
buckets_shown(pz_statement *r, int64_t n, const pz_strs *columns, const pz_strs *sorted)
{
    pz_str s;
    if (!n) return "not bucketed";
    s = pz_strf(r->a, "%lld buckets, bucket columns: [%s]", (long long)n, listed(r, columns));
    return sorted->n ? pz_strf(r->a, PZ_FMT ", sort columns: [%s]", PZ_ARG(s), listed(r, sorted)).ptr : s.ptr;
}

static const char *
struct_shown(pz_statement *r, const pz_schema *s)
{
    return pz_type_simple(pz_type_struct(r->a, s->fields, s->n), r->a).ptr;
}

/* Columns by name: all of them, none more. */
static pz_status
check_columns(pz_statement *r, const pz_cat *e, const char *table)
{
    pz_plan *p;
    pz_strs names = {0};
    PZ_TRY(pz_query_resolve(r->q, r->c->query, NULL, r->a, &p, r->err));
    if (p->schema.n != e->schema.n)
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1161, PZ_NO_ORIGIN, "tableName", table, "existingTableSchema", struct_shown(r, &e->schema),
                        "querySchema", struct_shown(r, &p->schema), NULL);
    for (int i = 0; i < p->schema.n; i++) pz_vec_push(r->a, &names, p->schema.fields[i].name);
    for (int i = 0; i < e->schema.n; i++) {
        bool there = false;
        for (int k = 0; k < names.n; k++) there |= pz_str_ieq(names.data[k], e->schema.fields[i].name);
        if (!there)
            return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1162, PZ_NO_ORIGIN, "col", pz_dup(r->a, e->schema.fields[i].name).ptr, "inputColumns",
                            listed(r, &names), NULL);
    }
    return PZ_OK;
}

static pz_status
append_to(pz_statement *r, const pz_cat *e)
{
    const pz_command *c = r->c;
    const char *name = pz_strf(r->a, "spark_catalog." PZ_FMT "." PZ_FMT, PZ_ARG(e->db), PZ_ARG(e->name)).ptr;
    if (c->provider.len && !pz_str_ieq(c->provider, e->provider))
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1159, PZ_NO_ORIGIN, "tableName", name, "existingProvider", source_of(r, e->provider),
                        "specifiedProvider", source_of(r, c->provider), NULL);
    PZ_TRY(check_columns(r, e, name));
    if (!same_names(&c->columns, &e->partition_columns))
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1163, PZ_NO_ORIGIN, "tableName", name, "specifiedPartCols", listed(r, &c->columns),
                        "existingPartCols", listed(r, &e->partition_columns), NULL);
    if (c->number != e->buckets || !same_names(&c->names2, &e->bucket_columns) || !same_names(&c->column_comments, &e->sort_columns))
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1164, PZ_NO_ORIGIN, "tableName", name, "specifiedBucketString",
                        buckets_shown(r, c->number, &c->names2, &c->column_comments), "existingBucketString",
                        buckets_shown(r, e->buckets, &e->bucket_columns, &e->sort_columns), NULL);
    return pz_statement_run_as(r, insert_of(r, false, true));
}

static pz_status
create_from(pz_statement *r, pz_cat *old)
{
    pz_command *c = create_of(r, old ? "overwrite" : "create", false);
    pz_create t;
    pz_plan *p;
    c->columns = r->c->columns;
    c->names2 = r->c->names2;
    c->number = r->c->number;
    c->sort_columns = r->c->column_comments;
    for (int i = 0; i < r->c->exprs.n; i++) pz_vec_push(r->a, &c->column_comments, r->c->exprs.data[i]->value.s);
    PZ_TRY(pz_create_open(r, c, &t));
    PZ_TRY(pz_create_storage(&t));
    PZ_TRY(pz_query_resolve(r->q, c->query, NULL, r->a, &p, r->err));
    if (old) PZ_TRY(pz_create_check_source(&t, p, old));
    PZ_TRY(pz_create_take_schema(&t, &p->schema, false));
    PZ_TRY(pz_create_check(&t));
    return pz_create_finish(&t, old);
}

static pz_status
save_as_table(pz_statement *r)
{
    pz_cat *e;
    pz_status st;
    bool append = pz_str_eqc(r->c->mode, "append"), overwrite = pz_str_eqc(r->c->mode, "overwrite");
    if (r->c->column_comments.n && !r->c->names2.n) return pz_raise(r->err, PZ_ERR_SORT_BY_WITHOUT_BUCKETING, PZ_NO_ORIGIN, NULL);
    PZ_TRY(find_table(r, &e));
    if (!e && pz_option_get(&r->c->options, "path", NULL).ptr) PZ_TRY(pz_path_is_some(pz_option_get(&r->c->options, "path", NULL), r->err));
    if (!e) return create_from(r, NULL);
    if (e->kind == PZ_ENTRY_VIEW && (append || overwrite))
        st = pz_raise(r->err, PZ_ERR_EXPECT_TABLE_NOT_VIEW_NO_ALTERNATIVE, PZ_NO_ORIGIN, "operation", "saveAsTable", "viewName", pz_cat_quoted(e, r->a).ptr, NULL);
    else if (append) st = append_to(r, e);
    else if (overwrite) st = create_from(r, e);
    else if (pz_str_eqc(r->c->mode, "ignore")) st = PZ_OK;
    else st = pz_raise(r->err, PZ_ERR_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName", pz_cat_quoted(e, r->a).ptr, NULL);
    pz_cat_unref(e);
    return st;
}

pz_status
pz_write_table(pz_statement *r)
{
    return pz_str_eqc(r->c->text2, "insert_into") ? insert_into(r) : save_as_table(r);
}

/* ---- writeTo ---- */
static pz_status
v2_create(pz_statement *r)
{
    static const struct { const char *mode, *as; bool replace; } modes[] = {
        {"create", "create", false}, {"replace", "replace", true}, {"create_or_replace", "create or replace", true}};
    pz_command *c = NULL;
    for (size_t i = 0; i < PZ_COUNTOF(modes); i++)
        if (pz_str_eqc(r->c->mode, modes[i].mode)) c = create_of(r, modes[i].as, modes[i].replace);
    PZ_TRY(take_partitioning(r, c, &r->c->exprs));
    c->column_comments = r->c->columns;
    return pz_statement_run_as(r, c);
}

pz_status
pz_cmd_write_v2(pz_statement *r)
{
    pz_str mode = r->c->mode, name;
    pz_command *c;
    pz_cat *e;
    bool append = pz_str_eqc(mode, "append"), condition = pz_str_eqc(mode, "overwrite"), partitions = pz_str_eqc(mode, "overwrite_partitions");
    if (!append && !condition && !partitions) return v2_create(r);
    bool native;
    PZ_TRY(find_table(r, &e));
    if (!e) return not_found(r);
    native = e->kind == PZ_ENTRY_TABLE && e->native;
    name = pz_cat_quoted(e, r->a);
    pz_cat_unref(e);
    if (!native) return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1012, PZ_NO_ORIGIN, "identifier", name.ptr, NULL);
    c = insert_of(r, !append, true);
    if (condition) {
        c->mode = PZ_STR("replace where");
        c->cond = r->c->cond;
    }
    if (partitions) c->mode = PZ_STR("overwrite partitions");
    return pz_statement_run_as(r, c);
}

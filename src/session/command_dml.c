/*
 * session/command_dml.c - INSERT, UPDATE, DELETE, MERGE, TRUNCATE on native tables.
 *
 * Each is one change: lock the tables, look again, analyze the rows (analyze/dml.h), make engine statements (lower/dml.h), run them in the
 * change's transaction, commit.  A failure or a cancellation leaves nothing behind.  Things start at the functions of the statements.
 */
#include <stdlib.h>

#include "../sql/sql.h"
#include "command_dml.h"
#include "file_table.h"

/* ---- names ---- */
pz_status
pz_statement_names(pz_statement *r, pz_command *c)
{
    pz_expr *e;
    pz_value v;
    if (c->names.n || !c->name_expr) return PZ_OK;
    PZ_TRY(pz_analyze_expr(&r->q->place.env, c->name_expr, NULL, r->a, &e, r->err));
    PZ_TRY(r->q->place.env.fold(r->q->place.env.ctx, e, r->a, &v, r->err));
    if (v.null || !pz_type_is_string(e->type))
        return pz_raise(r->err, PZ_ERR_NOT_A_CONSTANT_STRING_NULL, e->origin, "name", "IDENTIFIER", "expr", "\"NULL\"", NULL);
    return pz_parse_table_name(v.s, r->a, &c->names, r->err);
}

/* The table a statement writes: a reference; *e NULL where none is found, whose error is the caller's. */
static pz_status
find_target(pz_statement *r, pz_command *c, pz_cat **e)
{
    bool global;
    pz_view *v;
    *e = NULL;
    pz_strs names;
    bool found;
    PZ_TRY(pz_statement_names(r, c));
    names = c->names;
    if (c->kind != PZ_CMD_TRUNCATE) {
        PZ_TRY(pz_path_relation(&r->q->place, &c->names, r->a, &names, &found, r->err));
        if (!found) return PZ_OK;
    }
    v = pz_find_temp_view(r, &names, &global);
    if (v) {
        pz_view_unref(v);
        return PZ_OK;
    }
    *e = pz_statement_entry(r, &names);
    if (*e && (*e)->kind == PZ_ENTRY_VIEW) {
        pz_status st = pz_raise(r->err, PZ_ERR_EXPECT_TABLE_NOT_VIEW_NO_ALTERNATIVE, c->ref, "operation",
                                c->kind == PZ_CMD_TRUNCATE ? "TRUNCATE TABLE" : "INSERT", "viewName", pz_cat_quoted(*e, r->a).ptr, NULL);
        pz_cat_unref(*e);
        *e = NULL;
        return st;
    }
    return PZ_OK;
}

pz_status
pz_raise_operation(pz_statement *r, const pz_cat *e, const char *operation, bool analysis)
{
    const char *name = pz_strf(r->a, "`spark_catalog`.`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name)).ptr;
    if (analysis)
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_UNSUPPORTED_FEATURE_TABLE_OPERATION, PZ_NO_ORIGIN, "tableName", name, "operation",
                           operation, NULL);
    return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_TABLE_OPERATION, PZ_NO_ORIGIN, "tableName", name, "operation", operation, NULL);
}

/* ---- a writer: one table inside a change ---- */
pz_status
pz_writer_open(pz_statement *r, pz_change *ch, pz_cat *e, pz_writer *w)
{
    *w = (pz_writer){.r = r, .ch = ch, .e = e, .t.table_id = e->id};
    if (e->native) {
        pz_lookup found = {0};
        PZ_TRY(pz_cat_lookup(&r->q->place, e, NULL, true, r->a, &found, r->err));
        w->t.scan = found.scan;
        w->t.identity = found.scan->identity;
        w->table = pz_cat_table_text(e, r->a);
    } else {
        PZ_TRY(pz_local_path(pz_table_location(r->q, e, r->a), r->a, &w->t.identity, r->err));
    }
    pz_vec_push(r->a, &w->t.qualifier, PZ_STR("spark_catalog"));
    pz_vec_push(r->a, &w->t.qualifier, pz_dup(r->a, e->db));
    pz_vec_push(r->a, &w->t.qualifier, pz_dup(r->a, e->name));
    w->t.stored = pz_schema_copy(r->a, &e->schema);
    for (int i = 0; e->native && i < e->schema.n; i++) pz_vec_push(r->a, &w->columns, pz_cat_column_text(e, i, r->a));
    for (int i = 0; i < e->partition_columns.n; i++) pz_vec_push(r->a, &w->t.partition_columns, pz_dup(r->a, e->partition_columns.data[i]));
    return PZ_OK;
}

static pz_status
run(pz_writer *w, pz_str sql)
{
    int64_t count;
    if (pz_log_on(PZ_LOG_TRACE)) pz_log(PZ_LOG_TRACE, "event=change sql=\"" PZ_FMT "\"", PZ_ARG(sql));
    return pz_change_run(w->ch, sql, &count, w->r->err);
}

static pz_status
rows_text(pz_writer *w, const pz_plan *rows, pz_str *out)
{
    return pz_lower_rows(&w->r->q->lower, rows, w->r->a, out, &w->r->q->info.deep, w->r->err);
}

#define KEPT PZ_STR("piezo_kept")

static pz_status
drop_kept(pz_writer *w)
{
    return pz_change_exec(w->ch, PZ_STR("DROP TABLE temp.piezo_kept"), w->r->err);
}

/* What was known about the rows no longer holds. */
static void
touch(pz_writer *w)
{
    pz_cat *e;
    pz_change_touch(w->ch, w->e->id);
    if (w->e->stat_rows < 0 && w->e->stat_bytes < 0) return;
    e = pz_cat_copy(w->e);
    e->stat_rows = e->stat_bytes = -1;
    pz_change_put(w->ch, e);
}

/* ---- partitions ---- */
static int
column_of(const pz_writer *w, pz_str name)
{
    for (int i = 0; i < w->t.stored.n; i++)
        if (pz_str_ieq(w->t.stored.fields[i].name, name)) return i;
    return -1;
}

/* p <=> CAST('1' AS type) AND ...; NULL without static values */
static pz_expr *
spec_condition(pz_writer *w, const pz_options *spec, pz_origin origin)
{
    pz_arena *a = w->r->a;
    pz_expr *all = NULL;
    for (int i = 0; i < spec->n; i++) {
        pz_str value = spec->data[i].value;
        int at = column_of(w, spec->data[i].key);
        pz_expr *column, *literal, *cast, *eq;
        if (!value.ptr || at < 0) continue;
        column = pz_expr_make(a, PZ_EXPR_COLUMN, PZ_NO_ORIGIN);
        pz_vec_push(a, &column->names, w->t.stored.fields[at].name);
        bool none = !value.len || pz_str_eqc(value, "__HIVE_DEFAULT_PARTITION__");
        literal = none ? pz_literal_null(a, &pz_t_string) : pz_literal_string(a, value);
        cast = pz_expr_make(a, PZ_EXPR_CAST, origin);
        pz_vec_push(a, &cast->args, literal);
        cast->type = w->t.stored.fields[at].type;
        cast->u.cast.mode = PZ_CAST_ANSI;
        cast->u.cast.mode_set = true;
        eq = pz_call_make(a, PZ_NO_ORIGIN, "<=>", 2, column, cast);
        all = all ? pz_call_make(a, PZ_NO_ORIGIN, "and", 2, all, eq) : eq;
    }
    return all;
}

static pz_status
delete_where(pz_writer *w, pz_expr *cond)
{
    pz_plan *p;
    pz_str rows;
    if (!cond) return run(w, pz_strf(w->r->a, "DELETE FROM " PZ_FMT, PZ_ARG(w->table)));
    PZ_TRY(pz_analyze_where(&w->r->q->place.env, cond, w->r->c->params, &w->t, w->r->a, &p, w->r->err));
    PZ_TRY(rows_text(w, p, &rows));
    return run(w, pz_delete_text(w->table, rows, w->r->a));
}

static pz_status
any_where(pz_writer *w, pz_expr *cond, bool *any)
{
    static const pz_type *const types[] = {&pz_t_long};
    pz_plan *p;
    pz_str rows;
    pz_values *got;
    int n;
    pz_tx *tx = pz_change_tx(w->ch, w->r->err);
    if (!tx) return PZ_FAIL;
    PZ_TRY(pz_analyze_where(&w->r->q->place.env, cond, NULL, &w->t, w->r->a, &p, w->r->err));
    PZ_TRY(rows_text(w, p, &rows));
    PZ_TRY(pz_tx_rows(tx, pz_strf(w->r->a, "SELECT k0 FROM (" PZ_FMT ") LIMIT 1", PZ_ARG(rows)), types, 1, w->r->a, &got, &n, w->r->err));
    *any = n > 0;
    return PZ_OK;
}

/* ---- INSERT ---- */
static bool
is_dynamic(const pz_writer *w, const pz_command *c)
{
    pz_str mode = pz_confs_text(w->r->q->confs, "spark.sql.sources.partitionOverwriteMode");
    int fixed = 0;
    for (int i = 0; i < c->options.n; i++)
        if (pz_str_ieqc(c->options.data[i].key, "partitionOverwriteMode")) mode = c->options.data[i].value;
    for (int i = 0; i < c->partition_spec.n; i++) fixed += c->partition_spec.data[i].value.ptr != NULL;
    return w->t.partition_columns.n > fixed && (pz_str_ieqc(mode, "dynamic") || pz_str_eqc(c->mode, "overwrite partitions"));
}

static pz_status
delete_partitions_of_kept(pz_writer *w)
{
    pz_strs columns = {0};
    int *at = PZ_NEWN(w->r->a, int, w->t.partition_columns.n + 1);
    for (int i = 0; i < w->t.partition_columns.n; i++) {
        at[i] = column_of(w, w->t.partition_columns.data[i]);
        pz_vec_push(w->r->a, &columns, w->columns.data[at[i]]);
    }
    return run(w, pz_delete_equal_text(w->table, &columns, at, KEPT, w->r->a));
}

/* The values as their partitions are named; a null is not one that is left open. */
static pz_status
file_spec(const pz_writer *w, const pz_options *given, pz_options *out)
{
    PZ_TRY(pz_partition_check_filled(w->r, given));
    for (int i = 0; i < given->n; i++) {
        pz_options one = {&given->data[i], 1, 1}, seen = {0};
        PZ_TRY(pz_partition_values(w->r, w->e, &one, false, &seen));
        if (given->data[i].value.ptr && !seen.data[0].value.ptr) seen.data[0].value = PZ_STR("__HIVE_DEFAULT_PARTITION__");
        pz_vec_push(w->r->a, out, seen.data[0]);
    }
    return PZ_OK;
}

pz_status
pz_writer_insert(pz_writer *w, const pz_command *c)
{
    pz_statement *r = w->r;
    pz_insert_plan in;
    pz_options fixed = {0};
    pz_str rows;
    bool dynamic, keep, where = pz_str_eqc(c->mode, "replace where");
    PZ_TRY(pz_analyze_insert(&r->q->place.env, c, &w->t, r->a, &in, r->err));
    dynamic = c->overwrite && !where && is_dynamic(w, c);
    if (c->overwrite && in.reads && !dynamic && !where)
        return pz_raise(r->err, PZ_ERR_UNSUPPORTED_OVERWRITE_TABLE, PZ_NO_ORIGIN, "table", pz_quoted(r->a, &w->t.qualifier).ptr, NULL);
    if (!w->e->native) PZ_TRY(file_spec(w, &c->partition_spec, &fixed));
    if (c->overwrite && c->if_not_exists && c->partition_spec.n) {
        bool there = !w->e->native && pz_file_table_has(r->q, w->e, &fixed);
        if (w->e->native) PZ_TRY(any_where(w, spec_condition(w, &c->partition_spec, c->origin), &there));
        if (there) return PZ_OK;
    }
    if (!w->e->native)
        return pz_file_table_insert(r->q, w->ch, w->e, in.rows, c->overwrite, &fixed, &c->options, dynamic, r->err);
    touch(w);
    PZ_TRY(rows_text(w, in.rows, &rows));
    keep = dynamic || (where && in.reads);
    if (keep) {
        PZ_TRY(run(w, pz_keep_text(KEPT, rows, r->a)));
        rows = PZ_STR("SELECT * FROM temp.piezo_kept");
    }
    if (dynamic) PZ_TRY(delete_partitions_of_kept(w));
    else if (c->overwrite) PZ_TRY(delete_where(w, where ? c->cond : spec_condition(w, &c->partition_spec, c->origin)));
    PZ_TRY(run(w, pz_insert_text(w->table, &w->columns, rows, r->a)));
    return keep ? drop_kept(w) : PZ_OK;
}

/* ---- UPDATE, DELETE, MERGE ---- */
static pz_status
change_rows(pz_writer *w)
{
    pz_statement *r = w->r;
    pz_change_plan p;
    pz_str rows;
    pz_strs columns = {0};
    PZ_TRY(pz_analyze_change(&r->q->place.env, r->c, &w->t, r->a, &p, r->err));
    touch(w);
    if (p.all) return delete_where(w, NULL);
    PZ_TRY(rows_text(w, p.rows, &rows));
    if (r->c->kind == PZ_CMD_DELETE) return run(w, pz_delete_text(w->table, rows, r->a));
    for (int i = 0; i < p.columns.n; i++) pz_vec_push(r->a, &columns, w->columns.data[p.columns.data[i]]);
    return run(w, pz_update_text(w->table, &columns, rows, r->a));
}

static pz_str
clauses_of(pz_writer *w, const pz_command *c, int which)
{
    pz_str out = PZ_STR("");
    for (int i = 0; i < c->merge.n; i++) {
        const pz_merge_clause *k = c->merge.data[i];
        int is = k->action == PZ_MERGE_DELETE ? PZ_MERGE_DELETE : k->when == PZ_MERGE_NOT_MATCHED ? PZ_MERGE_INSERT : PZ_MERGE_UPDATE;
        if (is == which) out = pz_strf(w->r->a, PZ_FMT "%s%d", PZ_ARG(out), out.len ? ", " : "", i + 1);
    }
    return out;
}

static pz_status
check_cardinality(pz_writer *w)
{
    static const pz_type *const types[] = {&pz_t_long};
    pz_values *got;
    int n;
    pz_tx *tx = pz_change_tx(w->ch, w->r->err);
    if (!tx) return PZ_FAIL;
    PZ_TRY(pz_tx_rows(tx, pz_merge_twice_text(KEPT, w->r->a), types, 1, w->r->a, &got, &n, w->r->err));
    return n ? pz_raise(w->r->err, PZ_ERR_MERGE_CARDINALITY_VIOLATION, PZ_NO_ORIGIN, NULL) : PZ_OK;
}

/* Deletes go first: what is updated may get other row numbers. */
static pz_status
merge_rows(pz_writer *w)
{
    pz_statement *r = w->r;
    const pz_command *c = r->c;
    pz_merge_plan p;
    pz_str rows, deletes, updates, inserts;
    pz_strs columns = {0};
    PZ_TRY(pz_analyze_merge(&r->q->place.env, c, &w->t, r->a, &p, r->err));
    touch(w);
    PZ_TRY(rows_text(w, p.rows, &rows));
    PZ_TRY(run(w, pz_keep_text(KEPT, rows, r->a)));
    if (p.check_cardinality) PZ_TRY(check_cardinality(w));
    deletes = clauses_of(w, c, PZ_MERGE_DELETE);
    updates = clauses_of(w, c, PZ_MERGE_UPDATE);
    inserts = clauses_of(w, c, PZ_MERGE_INSERT);
    for (int i = 0; i < p.columns.n; i++) pz_vec_push(r->a, &columns, w->columns.data[p.columns.data[i]]);
    if (deletes.len) PZ_TRY(run(w, pz_merge_delete_text(w->table, KEPT, deletes, r->a)));
    if (updates.len && columns.n) PZ_TRY(run(w, pz_merge_update_text(w->table, &columns, p.columns.data, KEPT, updates, r->a)));
    if (inserts.len) PZ_TRY(run(w, pz_merge_insert_text(w->table, &w->columns, KEPT, inserts, r->a)));
    return drop_kept(w);
}

/* ---- TRUNCATE ---- */
static pz_str
spec_shown(pz_writer *w, const pz_options *spec)
{
    pz_str out = PZ_STR("PARTITION (");
    for (int i = 0; i < spec->n; i++)
        out = pz_strf(w->r->a, PZ_FMT "%s`" PZ_FMT "` = " PZ_FMT, PZ_ARG(out), i ? ", " : "", PZ_ARG(spec->data[i].key), PZ_ARG(spec->data[i].value));
    return pz_strf(w->r->a, PZ_FMT ")", PZ_ARG(out));
}

static pz_status
truncate_rows(pz_writer *w)
{
    pz_statement *r = w->r;
    const pz_options *spec = &r->c->partition_spec;
    const char *name = pz_quoted(r->a, &w->t.qualifier).ptr;
    pz_options fixed = {0};
    pz_expr *cond;
    bool any = false;
    if (spec->n && !w->t.partition_columns.n) return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1267, PZ_NO_ORIGIN, "tableIdentWithDB", name, NULL);
    for (int i = 0; i < spec->n; i++) {
        bool known = false;
        for (int k = 0; k < w->t.partition_columns.n; k++) known |= pz_str_ieq(w->t.partition_columns.data[k], spec->data[i].key);
        if (!known)
            return pz_raise(r->err, PZ_ERR_PARTITIONS_NOT_FOUND, PZ_NO_ORIGIN, "partitionList", pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(spec->data[i].key)).ptr,
                            "tableName", name, NULL);
    }
    cond = spec_condition(w, spec, r->c->origin);
    if (!w->e->native && w->e->external) return pz_raise(r->err, PZ_ERR_CANNOT_TRUNCATE_EXTERNAL_TABLE, PZ_NO_ORIGIN, "tableName", name, NULL);
    if (!w->e->native) {
        PZ_TRY(file_spec(w, spec, &fixed));
        any = pz_file_table_has(r->q, w->e, &fixed);
    }
    if (cond && w->e->native) PZ_TRY(any_where(w, cond, &any));
    if (cond && !any && spec->n == w->t.partition_columns.n)
        return pz_raise(r->err, PZ_ERR_PARTITIONS_NOT_FOUND, PZ_NO_ORIGIN, "partitionList", spec_shown(w, w->e->native ? spec : &fixed).ptr, "tableName",
                        pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(w->e->db), PZ_ARG(w->e->name)).ptr, NULL);
    if (!w->e->native) {
        pz_change_touch(w->ch, w->e->id);
        return pz_file_table_truncate(r->q, w->ch, w->e, &fixed, r->err);
    }
    touch(w);
    return delete_where(w, cond);
}

/* ---- one table, one change ---- */
typedef pz_status (*work)(pz_writer *w);

static pz_status
insert_rows(pz_writer *w)
{
    return pz_writer_insert(w, w->r->c);
}

/* The table as it is once nobody else writes it. */
static pz_status
locked(pz_statement *r, pz_change *ch, int64_t id, pz_cat **e)
{
    PZ_TRY(pz_change_lock(ch, id, r->err));
    *e = pz_catalog_find_id(r->session->all->catalog, id);
    if (*e) return PZ_OK;
    return pz_raise_not_found(r, &r->c->names, pz_strf(r->a, "[`" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog), PZ_ARG(r->q->database)).ptr);
}

pz_status
pz_writer_change(pz_statement *r, int64_t id, pz_status (*f)(pz_writer *w))
{
    pz_change *ch;
    pz_cat *e = NULL;
    pz_writer w;
    pz_status st;
    PZ_TRY(pz_change_begin(r->q, &ch, r->err));
    st = locked(r, ch, id, &e);
    if (st == PZ_OK) st = pz_writer_open(r, ch, e, &w);
    if (st == PZ_OK) st = f(&w);
    if (st == PZ_OK) st = pz_change_commit(ch, r->err);
    else pz_change_abort(ch);
    pz_cat_unref(e);
    return st;
}

/* A table of files: what is wrong with the statement is told first. */
static pz_status
refuse(pz_statement *r, const pz_cat *e, const char *operation, bool analysis)
{
    /* found only where the statement would be made ready to run */
    static const pz_err_id later[] = {PZ_ERR_DATATYPE_MISMATCH_INVALID_ROW_LEVEL_OPERATION_ASSIGNMENTS, PZ_ERR_DATATYPE_MISMATCH_FILTER_NOT_BOOLEAN,
                                      PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_CANNOT_SAFELY_CAST, PZ_ERR_INCOMPATIBLE_DATA_FOR_TABLE_CANNOT_FIND_DATA,
                                      PZ_ERR_UNSUPPORTED_MERGE_CONDITION_SUBQUERY};
    pz_status st;
    pz_error probe;
    pz_target t = {.table_id = e->id, .stored = pz_schema_copy(r->a, &e->schema), .scan = PZ_NEW(r->a, pz_scan)};
    pz_change_plan change;
    pz_merge_plan merge;
    pz_schema *seen = &t.scan->schema;
    seen->fields = PZ_NEWN(r->a, pz_field, e->schema.n + 2);
    for (int i = 0; i < t.stored.n; i++) pz_field_seen(r->a, &t.stored.fields[i], &seen->fields[i]);
    seen->fields[t.stored.n] = (pz_field){.name = PZ_STR("rowid"), .type = &pz_t_long, .nullable = false};
    seen->n = t.stored.n + 1;
    pz_vec_push(r->a, &t.qualifier, PZ_STR("spark_catalog"));
    pz_vec_push(r->a, &t.qualifier, pz_dup(r->a, e->db));
    pz_vec_push(r->a, &t.qualifier, pz_dup(r->a, e->name));
    pz_error_init(&probe, r->a);
    st = r->c->kind == PZ_CMD_MERGE ? pz_analyze_merge(&r->q->place.env, r->c, &t, r->a, &merge, &probe)
                                    : pz_analyze_change(&r->q->place.env, r->c, &t, r->a, &change, &probe);
    for (size_t i = 0; st != PZ_OK && i < PZ_COUNTOF(later); i++)
        if (probe.id == later[i]) st = PZ_OK;
    if (st != PZ_OK) {
        pz_error_copy(r->err, &probe);
        return st;
    }
    return pz_raise_operation(r, e, operation, analysis);
}

static pz_status
with_target(pz_statement *r, work f, const char *refused, bool analysis)
{
    pz_cat *e;
    int64_t id;
    pz_status st;
    PZ_TRY(find_target(r, r->c, &e));
    if (!e) return pz_cmd_about_table(r);
    id = e->id;
    st = e->native || !refused ? PZ_OK : refuse(r, e, refused, analysis);
    pz_cat_unref(e);
    return st == PZ_OK ? pz_writer_change(r, id, f) : st;
}

static pz_status
check_insert(pz_statement *r, const pz_cat *e, const pz_command *c)
{
    if (c->flag1) return pz_raise(r->err, PZ_ERR_UNSUPPORTED_INSERT_WITH_SCHEMA_EVOLUTION, PZ_NO_ORIGIN, NULL);
    if (pz_str_eqc(c->mode, "replace on") || pz_str_eqc(c->mode, "replace using")) return pz_raise_operation(r, e, "INSERT INTO ... REPLACE ON/USING", true);
    if (!e->native && c->cond) return pz_raise_operation(r, e, "INSERT INTO ... REPLACE WHERE", true);
    return PZ_OK;
}

pz_status
pz_cmd_insert(pz_statement *r)
{
    pz_cat *e;
    int64_t id;
    pz_status st;
    PZ_TRY(find_target(r, r->c, &e));
    if (!e) return pz_cmd_about_table(r);
    id = e->id;
    st = check_insert(r, e, r->c);
    pz_cat_unref(e);
    return st == PZ_OK ? pz_writer_change(r, id, insert_rows) : st;
}

pz_status
pz_cmd_change_rows(pz_statement *r)
{
    bool update = r->c->kind == PZ_CMD_UPDATE;
    return with_target(r, change_rows, update ? "UPDATE TABLE" : "DELETE", !update);
}

pz_status
pz_cmd_merge(pz_statement *r)
{
    if (r->c->flag1) {                         /* columns of the source alone would be lost without a word */
        pz_cat *e;
        pz_status st = PZ_OK;
        PZ_TRY(find_target(r, r->c, &e));
        if (e) st = pz_raise_operation(r, e, "MERGE INTO ... WITH SCHEMA EVOLUTION", true);
        pz_cat_unref(e);
        PZ_TRY(st);
    }
    return with_target(r, merge_rows, "MERGE INTO TABLE", false);
}

pz_status
pz_cmd_truncate(pz_statement *r)
{
    return with_target(r, truncate_rows, NULL, true);
}

/* ---- partitions of a native table: the rows that have their values ---- */
static pz_status
partition_of(pz_writer *w, const pz_options *given, bool whole, pz_options *out, bool *there)
{
    pz_options seen = {0};
    PZ_TRY(pz_partition_values(w->r, w->e, given, whole, &seen));
    *out = seen;
    *there = false;
    if (seen.n != w->e->partition_columns.n) return PZ_OK;     /* part of the values names none */
    for (int i = 0; i < seen.n; i++)
        if (!seen.data[i].value.ptr) seen.data[i].value = PZ_STR("__HIVE_DEFAULT_PARTITION__");
    return any_where(w, spec_condition(w, &seen, w->r->c->origin), there);
}

static pz_status
drop_partitions(pz_writer *w)
{
    const pz_command *c = w->r->c;
    pz_options *spec = PZ_NEWN(w->r->a, pz_options, c->body.n + 1);
    bool *there = PZ_NEWN(w->r->a, bool, c->body.n + 1);
    for (int i = 0; i < c->body.n; i++) {        /* all are looked for before any goes */
        PZ_TRY(partition_of(w, &c->body.data[i]->partition_spec, false, &spec[i], &there[i]));
        if (!there[i] && !c->if_exists) return pz_raise_about_partition(w->r, PZ_ERR_PARTITIONS_NOT_FOUND, w->e, &spec[i]);
    }
    touch(w);
    for (int i = 0; i < c->body.n; i++)
        if (there[i]) PZ_TRY(delete_where(w, spec_condition(w, &spec[i], c->origin)));
    return PZ_OK;
}

static pz_status
rename_partition(pz_writer *w)
{
    pz_statement *r = w->r;
    pz_options from, to;
    bool there, taken;
    pz_plan *p;
    pz_str rows, set = PZ_STR("");
    PZ_TRY(partition_of(w, &r->c->partition_spec, true, &from, &there));
    PZ_TRY(partition_of(w, &r->c->body.data[0]->partition_spec, true, &to, &taken));
    if (!there) return pz_raise_about_partition(r, PZ_ERR_PARTITIONS_NOT_FOUND, w->e, &from);
    if (taken) return pz_raise_about_partition(r, PZ_ERR_PARTITIONS_ALREADY_EXIST, w->e, &to);
    touch(w);
    PZ_TRY(pz_analyze_where(&r->q->place.env, spec_condition(w, &from, r->c->origin), NULL, &w->t, r->a, &p, r->err));
    PZ_TRY(rows_text(w, p, &rows));
    for (int i = 0; i < to.n; i++) {
        int at = column_of(w, to.data[i].key);
        bool none = pz_str_eqc(to.data[i].value, "__HIVE_DEFAULT_PARTITION__");
        pz_str value;
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_value_text(&b, none ? &pz_t_void : &pz_t_string, &(pz_value){.null = none, .s = to.data[i].value}, PZ_TEXT_SQL, NULL);
        value = pz_buf_dup(&b, r->a);
        pz_buf_free(&b);
        PZ_TRY(pz_place_constant(&r->q->place, value, w->t.stored.fields[at].type, r->a, &value, r->err));
        set = pz_strf(r->a, PZ_FMT "%s" PZ_FMT " = " PZ_FMT, PZ_ARG(set), i ? ", " : "", PZ_ARG(w->columns.data[at]), PZ_ARG(value));
    }
    return run(w, pz_strf(r->a, "UPDATE " PZ_FMT " SET " PZ_FMT " WHERE rowid IN (SELECT k0 FROM (" PZ_FMT "))", PZ_ARG(w->table), PZ_ARG(set), PZ_ARG(rows)));
}

pz_status
pz_drop_partitions_of_rows(pz_statement *r, int64_t id)
{
    return pz_writer_change(r, id, drop_partitions);
}

pz_status
pz_rename_partition_of_rows(pz_statement *r, int64_t id)
{
    return pz_writer_change(r, id, rename_partition);
}

/* ---- FROM ... INSERT ... INSERT ...: all tables in one change, locked in the order of their ids ---- */
static int
by_id(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static pz_status
find_targets(pz_statement *r, int64_t *ids, bool *missing)
{
    for (int i = 0; i < r->c->body.n && !*missing; i++) {
        pz_cat *e;
        pz_status st = find_target(r, r->c->body.data[i], &e);
        if (st == PZ_OK && e) {
            ids[i] = e->id;
            st = check_insert(r, e, r->c->body.data[i]);
        }
        *missing |= !e;
        pz_cat_unref(e);
        PZ_TRY(st);
    }
    return PZ_OK;
}

static pz_status
insert_each(pz_statement *r, pz_change *ch, const int64_t *ids)
{
    for (int i = 0; i < r->c->body.n; i++) {
        pz_cat *e;
        pz_writer w;
        pz_status st;
        r->c->body.data[i]->params = r->c->params;
        PZ_TRY(locked(r, ch, ids[i], &e));
        st = pz_writer_open(r, ch, e, &w);
        if (st == PZ_OK) st = pz_writer_insert(&w, r->c->body.data[i]);
        pz_cat_unref(e);
        PZ_TRY(st);
    }
    return PZ_OK;
}

pz_status
pz_cmd_multi_insert(pz_statement *r)
{
    int n = r->c->body.n;
    int64_t *ids = PZ_NEWN(r->a, int64_t, n + 1), *sorted = PZ_NEWN(r->a, int64_t, n + 1);
    bool missing = false;
    pz_change *ch;
    pz_status st = PZ_OK;
    PZ_TRY(find_targets(r, ids, &missing));
    if (missing) return pz_cmd_about_table(r);
    PZ_TRY(pz_change_begin(r->q, &ch, r->err));
    memcpy(sorted, ids, sizeof *ids * (size_t)n);
    qsort(sorted, (size_t)n, sizeof *sorted, by_id);
    for (int i = 0; i < n && st == PZ_OK; i++) st = pz_change_lock(ch, sorted[i], r->err);
    if (st == PZ_OK) st = insert_each(r, ch, ids);
    if (st == PZ_OK) return pz_change_commit(ch, r->err);
    pz_change_abort(ch);
    return st;
}

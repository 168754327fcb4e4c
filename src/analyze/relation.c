/*
 * analyze/relation.c - resolve relations: dispatch, leaves, names of tables and CTEs, and the plain one-input kinds.
 *
 * In:  an unresolved relation and the scope of the enclosing query.  Out: a new, resolved relation (shapes: analyze/README.md).
 * Things start at pz_analyze(); each kind has one handler in the table below.
 */
#include "../plan/command.h"
#include "analyze_int.h"

/* ------------------------------------------------------------ small makers */
pz_attr *
pz_attr_new(pz_analyzer *an, pz_str name, const pz_type *t, bool nullable)
{
    pz_attr *a = PZ_NEW(an->a, pz_attr);
    a->id = an->next_id++;
    a->name = name;
    a->type = t;
    a->nullable = nullable;
    return a;
}

pz_attr *
pz_attr_copy(pz_analyzer *an, const pz_attr *from)
{
    pz_attr *a = PZ_NEW(an->a, pz_attr);
    *a = *from;
    return a;
}

pz_rel *
pz_rel_new(pz_analyzer *an, pz_rel_kind k, pz_rel *input, pz_origin o)
{
    pz_rel *r = pz_rel_make(an->a, k, o);
    r->input = input;
    r->resolved = true;
    if (input != NULL)
        r->output = input->output;
    return r;
}

pz_expr *
pz_alias_new(pz_analyzer *an, pz_expr *child, pz_str name)
{
    pz_expr *e = pz_alias_make(an->a, child, name);
    e->type = child->type;
    e->nullable = child->nullable;
    e->resolved = true;
    e->u.alias.attr = pz_attr_new(an, name, child->type, child->nullable);
    return e;
}

pz_rel *
pz_project_make(pz_analyzer *an, pz_rel *input, const pz_exprs *named)
{
    pz_rel *r = pz_rel_new(an, PZ_REL_PROJECT, input, input ? input->origin : PZ_NO_ORIGIN);
    r->exprs = *named;
    pz_vec_room(an->a, &r->output, named->n);
    for (int i = 0; i < named->n; i++)
        pz_vec_push(an->a, &r->output, named->data[i]->kind == PZ_EXPR_ATTR ? named->data[i]->u.attr : named->data[i]->u.alias.attr);
    return r;
}

void
pz_visible(pz_analyzer *an, const pz_rel *r, pz_attrs *out)
{
    memset(out, 0, sizeof(*out));
    for (int i = 0; i < r->output.n; i++)
        if (!r->output.data[i]->hidden)
            pz_vec_push(an->a, out, r->output.data[i]);
}

pz_rel *
pz_drop_hidden(pz_analyzer *an, pz_rel *r)
{
    pz_exprs keep = {0};
    for (int i = 0; i < r->output.n; i++)
        if (!r->output.data[i]->hidden)
            pz_vec_push(an->a, &keep, pz_attr_ref(an, r->output.data[i], r->origin));
    return keep.n == r->output.n ? r : pz_project_make(an, r, &keep);
}

void
pz_qualify(pz_analyzer *an, pz_rel *r, const pz_strs *qualifier)
{
    pz_attrs out = {0};
    for (int i = 0; i < r->output.n; i++) {
        if (r->output.data[i]->hidden)
            continue;
        pz_attr *a = pz_attr_copy(an, r->output.data[i]);
        a->qualifier = *qualifier;
        pz_vec_push(an->a, &out, a);
    }
    r->output = out;
}

pz_rel *
pz_rename(pz_analyzer *an, pz_rel *input, const pz_strs *names)
{
    pz_attrs vis;
    pz_exprs items = {0};
    pz_visible(an, input, &vis);
    for (int i = 0; i < vis.n; i++) {
        pz_expr *ref = pz_attr_ref(an, vis.data[i], input->origin);
        if (pz_str_eq(vis.data[i]->name, names->data[i])) {
            pz_vec_push(an->a, &items, ref);
            continue;
        }
        pz_expr *al = pz_alias_new(an, ref, names->data[i]);
        al->u.alias.attr->metadata = vis.data[i]->metadata;
        pz_vec_push(an->a, &items, al);
    }
    return pz_project_make(an, input, &items);
}

pz_expr *
pz_call_resolved(pz_analyzer *an, const char *name, int n, ...)
{
    pz_expr *c = pz_call_make(an->a, PZ_NO_ORIGIN, name, 0), *out = NULL;
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        pz_vec_push(an->a, &c->args, va_arg(ap, pz_expr *));
    va_end(ap);
    c->u.call.as_operator = true;
    return pz_resolve_call(an, NULL, c, &out) == PZ_OK ? out : NULL;
}

bool
pz_conf_is(const pz_env *env, const char *key, const char *value)
{
    pz_str v = env->conf ? env->conf(env->ctx, key) : pz_str_c(NULL);
    return v.ptr != NULL && pz_str_ieqc(v, value);
}

void
pz_sql_options_of(const pz_env *env, pz_sql_options *out)
{
    memset(out, 0, sizeof(*out));
    out->ansi = env->ansi;
    out->enforce_reserved = env->ansi && pz_conf_is(env, "spark.sql.ansi.enforceReservedKeywords", "true");
    out->double_quoted_identifiers = env->ansi && pz_conf_is(env, "spark.sql.ansi.doubleQuotedIdentifiers", "true");
    out->escaped_string_literals = pz_conf_is(env, "spark.sql.parser.escapedStringLiterals", "true");
    out->timestamp_ntz_default = pz_conf_is(env, "spark.sql.timestampType", "TIMESTAMP_NTZ");
    out->time_zone = env->time_zone;
    out->no_scripting = pz_conf_is(env, "spark.sql.scripting.enabled", "false");
    out->exponent_as_decimal = pz_conf_is(env, "spark.sql.legacy.exponentLiteralAsDecimal.enabled", "true");
    out->flat_set_operations = pz_conf_is(env, "spark.sql.legacy.setopsPrecedence.enabled", "true");
    out->having_as_where = pz_conf_is(env, "spark.sql.legacy.parser.havingWithoutGroupByAsWhere", "true");
    out->between_twice = pz_conf_is(env, "spark.sql.legacy.duplicateBetweenInput", "true");
    out->calendar_intervals = pz_conf_is(env, "spark.sql.legacy.interval.enabled", "true");
    out->no_defaults = pz_conf_is(env, "spark.sql.defaultColumn.enabled", "false");
    out->continue_handlers = pz_conf_is(env, "spark.sql.scripting.continueHandlerEnabled", "true");
    out->cursors = pz_conf_is(env, "spark.sql.scripting.cursorEnabled", "true");
    out->no_object_collations = pz_conf_is(env, "spark.sql.collation.objectLevel.enabled", "false");
    out->schema_collations = pz_conf_is(env, "spark.sql.collation.schemaLevel.enabled", "true");
    out->variable = env->sql_variable;
    out->variable_ctx = env->ctx;
}

pz_str
pz_search_path(pz_analyzer *an)
{
    return pz_search_path_of(an->env, an->a);
}

/* ------------------------------------------------------------ leaves */
static PZ_REL_HANDLER(one_row)
{
    (void)outer, (void)orefs;
    *out = pz_rel_new(an, PZ_REL_ONE_ROW, NULL, r->origin);
    return PZ_OK;
}

static void
outputs_of_schema(pz_analyzer *an, pz_rel *to, const pz_schema *s)
{
    for (int i = 0; i < s->n; i++) {
        pz_attr *a = pz_attr_new(an, s->fields[i].name, s->fields[i].type, s->fields[i].nullable);
        a->metadata = s->fields[i].metadata;
        pz_vec_push(an->a, &to->output, a);
    }
}

static pz_rel *
scan_make(pz_analyzer *an, pz_scan *scan, pz_origin o)
{
    pz_rel *n = pz_rel_new(an, PZ_REL_SCAN, NULL, o);
    n->u.scan = scan;
    outputs_of_schema(an, n, &scan->schema);
    return n;
}

static PZ_REL_HANDLER(data_source)
{
    pz_scan *scan = NULL;
    pz_str format = r->u.source.format;
    if (r->u.source.streaming)
        return pz_resolve_stream_source(an, r, outer, orefs, out);
    if (format.len == 0)
        format = an->env->conf(an->env->ctx, "spark.sql.sources.default");
    PZ_TRY(an->env->open_source(an->env->ctx, format, &r->u.source.paths, &r->u.source.options, r->u.source.schema_text, an->a,
                                &scan, an->err));
    *out = scan_make(an, scan, r->origin);
    return PZ_OK;
}

static PZ_REL_HANDLER(local)
{
    (void)outer, (void)orefs;
    pz_schema s = {0};
    pz_rel *n = pz_rel_new(an, PZ_REL_LOCAL, NULL, r->origin);
    n->u = r->u;
    PZ_TRY(an->env->open_local(an->env->ctx, n, an->a, &s, an->err));
    outputs_of_schema(an, n, &s);
    *out = n;
    if (n->u.local.schema_text.len == 0)       /* open_local finds it for cached relations */
        return PZ_OK;
    return pz_local_to_schema(an, n, n->u.local.schema_text, out);
}

static PZ_REL_HANDLER(cached_remote)
{
    (void)outer, (void)orefs;
    return an->env->find_remote(an->env->ctx, r->u.cached.id, an->a, out, an->err);
}

static PZ_REL_HANDLER(range)
{
    (void)outer, (void)orefs;
    if (r->u.range.step == 0)
        return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: step (0) cannot be 0");
    pz_rel *n = pz_rel_new(an, PZ_REL_RANGE, NULL, r->origin);
    n->u = r->u;
    pz_vec_push(an->a, &n->output, pz_attr_new(an, PZ_STR("id"), &pz_t_long, false));
    *out = n;
    return PZ_OK;
}

enum { CELLS_EVALUATED = 256 };

/* Cells that may fail when they are computed. */
static bool
may_fail(const pz_expr *e)
{
    const pz_expr *x = e->kind == PZ_EXPR_CAST ? e->args.data[0] : NULL;
    if (e->kind == PZ_EXPR_LITERAL || !pz_expr_is_foldable(e)) return false;
    return !(x && x->kind == PZ_EXPR_LITERAL && (x->value.null || pz_type_is_string(e->type)));
}

/* Spark computes the cells before the query runs and says which one failed.  All are tried at once, and one by one only when that fails. */
static pz_status
evaluate_cells(pz_analyzer *an, const pz_rel *r, const pz_exprs *cells)
{
    pz_expr *all = pz_call_make(an->a, r->origin, "array", 0), *tried = NULL;
    pz_error probe, *saved = an->err;
    pz_value v;
    pz_status st;
    if (!an->env->fold) return PZ_OK;
    for (int i = 0; i < cells->n && all->args.n < CELLS_EVALUATED; i++) {
        pz_expr *e = cells->data[i];
        if (!may_fail(e)) continue;
        pz_expr *test = pz_call_resolved(an, "isnull", 1, e);
        if (!test) return PZ_FAIL;
        pz_vec_push(an->a, &all->args, test);
    }
    if (all->args.n == 0) return PZ_OK;
    pz_error_init(&probe, an->a);
    an->err = &probe;
    st = pz_resolve_call(an, NULL, all, &tried);
    if (st == PZ_OK) st = pz_fold(an, tried, &v);
    for (int i = 0; st != PZ_OK && i < all->args.n; i++) {
        const pz_expr *e = all->args.data[i]->args.data[0];
        pz_error_init(&probe, an->a);
        if (pz_fold(an, e, &v) == PZ_OK) continue;
        an->err = saved;
        return pz_raise_as(an->err, r->u.values.early ? PZ_CLASS_ParseException : PZ_CLASS_AnalysisException,
                           PZ_ERR_INVALID_INLINE_TABLE_FAILED_SQL_EXPRESSION_EVALUATION, r->u.values.early ? r->origin : e->origin, "sqlExpr", pz_quote_sql_expr(an, e).ptr, NULL);
    }
    an->err = saved;
    return PZ_OK;
}

/* The common type of two cells: that of other expressions, but INT and FLOAT give FLOAT here, ANSI or not. */
static const pz_type *
cell_type(pz_analyzer *an, const pz_type *x, const pz_type *y)
{
    const pz_type *t = pz_type_wider_plain(an->a, x, y, pz_widening(an->env, an->env->ansi)), *plain;
    if (t == NULL || !(t->id == PZ_T_DOUBLE || (t->id == PZ_T_ARRAY && t->element->id == PZ_T_DOUBLE)))
        return t;
    plain = pz_type_wider_plain(an->a, x, y, pz_widening(an->env, false));
    return plain != NULL ? plain : t;
}

/* Inline table: each column takes the common type of its cells. */
static PZ_REL_HANDLER(values)
{
    int nc = r->u.values.ncols, nr = nc ? r->exprs.n / nc : 0;
    pz_rel *n = pz_rel_new(an, PZ_REL_VALUES, NULL, r->origin);
    pz_scope *s = pz_scope_of(an, NULL, outer, orefs);
    bool early = an->early_cells;
    n->u = r->u;
    for (int i = 0; i < r->exprs.n; i++) {
        pz_expr *e = r->exprs.data[i];
        if (e->kind == PZ_EXPR_ALIAS)
            e = e->args.data[0];
        an->early_cells = r->u.values.early && !an->env->makes_object;
        pz_status st = pz_resolve_expr(an, s, e, &e);
        an->early_cells = early;
        PZ_TRY(st);
        if (e->kind == PZ_EXPR_SUBQUERY && e->u.sub.kind == PZ_SUB_SCALAR)
            return pz_raise(an->err, PZ_ERR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_SCALAR_SUBQUERY_IN_VALUES, e->origin, NULL);
        if (pz_expr_has_aggregate(e) || pz_expr_has_window(e) || pz_expr_has_generator(e) || pz_calls_function(e) || !pz_expr_is_deterministic(e))
            return pz_raise(an->err, PZ_ERR_INVALID_INLINE_TABLE_CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE, e->origin, "expr",
                            pz_quote_sql_expr(an, e).ptr, NULL);
        pz_vec_push(an->a, &n->exprs, e);
    }
    for (int c = 0; c < nc; c++) {
        const pz_type *t = n->exprs.data[c]->type;
        bool nullable = false;
        for (int i = 0; i < nr && t != NULL; i++) {
            pz_expr *e = n->exprs.data[i * nc + c];
            t = cell_type(an, t, e->type);
            nullable |= e->nullable;
        }
        pz_str name = pz_strf(an->a, "col%d", c + 1);
        for (int i = 1; i < nr && t != NULL; i++) {            /* collations are not mixed */
            const pz_type *first = n->exprs.data[c]->type, *other = n->exprs.data[i * nc + c]->type;
            if (first->id == PZ_T_STRING && other->id == PZ_T_STRING && !pz_type_eq(first, other)) t = NULL;
        }
        if (t == NULL)
            return pz_raise(an->err, PZ_ERR_INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES_IN_INLINE_TABLE, r->origin, "colName",
                            pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
        for (int i = 0; i < nr; i++) {
            pz_expr **cell = &n->exprs.data[i * nc + c];
            *cell = pz_cast_to(an, *cell, t);
            nullable |= (*cell)->nullable;
        }
        pz_vec_push(an->a, &n->output, pz_attr_new(an, name, t, nullable));
    }
    *out = n;
    return evaluate_cells(an, r, &n->exprs);
}

/* ------------------------------------------------------------ names: views, tables */
static pz_status
use_view(pz_analyzer *an, const pz_lookup *found, pz_origin o, pz_rel **out)
{
    struct pz_cte_frame *ctes = an->ctes;
    const pz_plan *plan = an->plan;
    const pz_env *env = an->env;
    an->ctes = NULL;
    an->plan = found->view;
    bool zoned = an->zoned;
    int in_subquery = an->in_subquery;
    an->in_subquery = 0;
    if (found->view_env != NULL) {
        an->env = found->view_env;
        pz_enter_zone(an, env, an->env);
    }
    pz_status s = pz_resolve_rel(an, found->view->root, NULL, NULL, out);
    if (s == PZ_OK)
        pz_mark_zone(an, an->env, *out, NULL);
    an->zoned = zoned;
    an->in_subquery = in_subquery;
    an->env = env;
    an->ctes = ctes;
    an->plan = plan;
    PZ_TRY(s);
    *out = pz_drop_hidden(an, *out);
    if (found->view_mode != PZ_VIEW_EVOLUTION)
        return pz_adapt_view(an, found, *out, out);
    return pz_rename_columns(an, *out, &found->view_columns, o, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, out);
}

/* The name that IDENTIFIER(expr) stands for. */
pz_status
pz_computed_name(pz_analyzer *an, pz_expr *written, pz_scope *outer, pz_strs *out)
{
    pz_expr *e;
    pz_value v;
    pz_error probe, *saved = an->err;
    pz_status st;
    pz_error_init(&probe, an->a);
    an->err = &probe;
    st = pz_resolve_expr(an, pz_scope_of(an, NULL, outer, NULL), written, &e);
    an->err = saved;
    if (st != PZ_OK && written->kind == PZ_EXPR_COLUMN)        /* no column is constant, there or not */
        return pz_raise(an->err, PZ_ERR_NOT_A_CONSTANT_STRING_NOT_CONSTANT, written->origin, "name", "IDENTIFIER", "expr",
                        pz_expr_sql(an, written).ptr, NULL);
    if (st != PZ_OK) {
        pz_error_copy(an->err, &probe);
        return st;
    }
    if (pz_expr_is_foldable(e) && !pz_type_is_string(e->type))
        return pz_raise(an->err, PZ_ERR_NOT_A_CONSTANT_STRING_WRONG_TYPE, e->origin, "name", "IDENTIFIER", "expr", pz_expr_sql(an, e).ptr, "dataType",
                        pz_type_simple(e->type, an->a).ptr, NULL);
    if (!pz_expr_is_foldable(e))
        return pz_raise(an->err, PZ_ERR_NOT_A_CONSTANT_STRING_NOT_CONSTANT, e->origin, "name", "IDENTIFIER", "expr", pz_expr_sql(an, e).ptr, NULL);
    PZ_TRY(pz_fold(an, e, &v));
    if (v.null)
        return pz_raise(an->err, PZ_ERR_NOT_A_CONSTANT_STRING_NULL, e->origin, "name", "IDENTIFIER", "expr", pz_quote_sql_expr(an, e).ptr, NULL);
    return pz_parse_table_name(v.s, an->a, out, an->err);
}

static pz_status
table_names(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_strs *out)
{
    *out = r->u.table.names;
    return r->u.table.name_expr ? pz_computed_name(an, r->u.table.name_expr, outer, out) : PZ_OK;
}

/* TIMESTAMP AS OF x: x must be a point in time, which is asked before the table is. */
static pz_status
check_timestamp(pz_analyzer *an, pz_expr *written)
{
    pz_value v = {.null = true};
    pz_error probe, *saved = an->err;
    pz_expr *e, *c;
    pz_str sql;
    bool nullable;
    PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, NULL, NULL, NULL), written, &e));
    if (e->kind == PZ_EXPR_SUBQUERY)
        return PZ_OK;
    sql = pz_quote_sql_expr(an, e);
    if (!pz_expr_is_deterministic(e))
        return pz_raise(an->err, PZ_ERR_INVALID_TIME_TRAVEL_TIMESTAMP_EXPR_NON_DETERMINISTIC, e->origin, "expr", sql.ptr, NULL);
    if (pz_cast_allowed(e->type, &pz_t_timestamp, PZ_CAST_ANSI, &nullable)) {
        c = pz_expr_make(an->a, PZ_EXPR_CAST, e->origin);
        pz_vec_push(an->a, &c->args, e);
        c->type = &pz_t_timestamp;
        c->u.cast.mode = PZ_CAST_TRY;
        c->u.cast.mode_set = true;
        pz_error_init(&probe, an->a);
        an->err = &probe;
        if (pz_resolve_cast(an, c) != PZ_OK || pz_fold(an, c, &v) != PZ_OK)
            v.null = true;
        an->err = saved;
    }
    if (v.null)
        return pz_raise(an->err, PZ_ERR_INVALID_TIME_TRAVEL_TIMESTAMP_EXPR_INPUT, e->origin, "expr", sql.ptr, NULL);
    return PZ_OK;
}

static pz_status
no_time_travel(pz_analyzer *an, const pz_strs *names)
{
    return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_TIME_TRAVEL, PZ_NO_ORIGIN, "relationId", pz_quote_names(an->a, names).ptr, NULL);
}

static bool
asks_for_the_past(const pz_options *options)
{
    for (int i = 0; i < options->n; i++)
        if (pz_str_ieqc(options->data[i].key, "versionAsOf") || pz_str_ieqc(options->data[i].key, "timestampAsOf")) return true;
    return false;
}

static PZ_REL_HANDLER(named_table)
{
    pz_lookup found = {0};
    pz_strs names;
    PZ_TRY(table_names(an, r, outer, &names));
    struct pz_cte_frame *f = names.n == 1 ? pz_find_cte(an, names.data[0], pz_conf_is(an->env, "spark.sql.legacy.ctePrecedencePolicy", "LEGACY")) : NULL;
    if (f && (r->u.table.version || r->u.table.timestamp))
        return no_time_travel(an, &names);
    if (f)
        return pz_use_cte(an, f, r->origin, outer, orefs, out);
    if (r->u.table.timestamp != NULL)
        PZ_TRY(check_timestamp(an, r->u.table.timestamp));
    if (r->u.table.changes != NULL)
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_FEATURE_CHANGE_DATA_CAPTURE, PZ_NO_ORIGIN, "catalogName", "spark_catalog", NULL);
    bool session = names.n == 3 && pz_str_ieqc(names.data[0], "system") && pz_str_ieqc(names.data[1], "session");
    if (names.n > 3 || (names.n == 3 && !session && !pz_str_ieqc(names.data[0], "spark_catalog"))) {
        if (pz_str_ieqc(names.data[0], "spark_catalog")) names.data++, names.n--;
        return pz_raise(an->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier",
                        pz_quote_names(an->a, &names).ptr, NULL);
    }
    PZ_TRY(an->env->find_table(an->env->ctx, &names, &r->u.table.options, an->a, &found, an->err));
    switch (found.what) {
    case PZ_FOUND_NOTHING:
        return pz_raise(an->err, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND, r->origin, "relationName", pz_quote_names(an->a, &names).ptr,
                        "searchPath", pz_search_path(an).ptr, NULL);
    case PZ_FOUND_VIEW:
        PZ_TRY(use_view(an, &found, r->origin, out));
        break;
    case PZ_FOUND_PLAN:
        *out = found.view->root;
        break;
    case PZ_FOUND_SCAN:
        *out = scan_make(an, found.scan, r->origin);
        break;
    }
    if (r->u.table.version != NULL || r->u.table.timestamp != NULL || asks_for_the_past(&r->u.table.options))
        return no_time_travel(an, found.qualifier.n > 1 ? &found.qualifier : &names);
    *out = pz_rel_new(an, PZ_REL_ALIAS, *out, r->origin);
    pz_qualify(an, *out, &found.qualifier);
    return PZ_OK;
}

/* Resolves a statement; of several mistakes the one Spark tells first is kept. */
static pz_status
resolve_statement(pz_analyzer *an, pz_rel *root, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    static const pz_err_id late[] = {
        PZ_ERR_UNRESOLVED_COLUMN_WITH_SUGGESTION, PZ_ERR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, PZ_ERR_TABLE_OR_VIEW_NOT_FOUND,
        PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, PZ_ERR_DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES, PZ_ERR_MISSING_AGGREGATION,
        PZ_ERR_MISSING_GROUP_BY, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION};
    pz_error first, *saved = an->err;
    pz_str missing = {0};
    bool may_be = false;
    if (pz_resolve_rel(an, root, outer, orefs, out) == PZ_OK)
        return PZ_OK;
    for (size_t i = 0; i < PZ_COUNTOF(late); i++)
        may_be |= saved->id == late[i];
    if (!may_be)
        return PZ_FAIL;
    pz_error_init(&first, an->a);
    an->err = &first;
    for (int i = 0; i < saved->nparams; i++)
        if (pz_str_eqc(saved->params[i].name, "objectName"))
            missing = saved->params[i].value;
    if (pz_check_calls(an, root, missing) != PZ_OK)
        pz_error_copy(saved, &first);
    an->err = saved;
    return PZ_FAIL;
}

static PZ_REL_HANDLER(sql_text)
{
    pz_sql_options o;
    pz_plan *p;
    const pz_plan *saved = an->plan;
    pz_sql_options_of(an->env, &o);
    PZ_TRY(pz_parse_sql(r->u.sql.text, &o, an->a, &p, an->err));
    p->param_names = r->u.sql.param_names;
    p->params = r->u.sql.params;
    an->plan = p;
    pz_status s = resolve_statement(an, p->root, outer, orefs, out);
    an->plan = saved;
    return s;
}

/* ------------------------------------------------------------ one input, nothing to decide */
static PZ_REL_HANDLER(alias)
{
    pz_rel *in;
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    pz_attrs vis;
    pz_visible(an, in, &vis);
    if (r->input->kind == PZ_REL_TVF && r->u.alias.columns.n && vis.n != r->u.alias.columns.n)
        return pz_raise(an->err, PZ_ERR_NUM_TABLE_VALUE_ALIASES_MISMATCH, r->origin, "funcName", pz_quote_names(an->a, &r->input->u.tvf.names).ptr,
                        "aliasesNum", pz_strf(an->a, "%d", r->u.alias.columns.n).ptr, "outColsNum", pz_strf(an->a, "%d", vis.n).ptr, NULL);
    PZ_TRY(pz_rename_columns(an, in, &r->u.alias.columns, r->origin, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, &in));
    *out = pz_rel_new(an, PZ_REL_ALIAS, in, r->origin);
    (*out)->u = r->u;
    if (r->u.alias.names.n > 0)
        pz_qualify(an, *out, &r->u.alias.names);
    return PZ_OK;
}

/* Hints about partitions take one number, then columns; about joins, relations.  Said before the input is looked at. */
static pz_status
check_hint(pz_analyzer *an, const pz_rel *r)
{
    static const char *const parts[] = {"coalesce", "repartition", "repartition_by_range", "rebalance"};
    static const char *const joins[] = {"broadcast", "broadcastjoin", "mapjoin", "merge", "shuffle_merge", "mergejoin", "shuffle_hash", "shuffle_replicate_nl"};
    pz_str name = pz_upper_ascii(an->a, r->u.hint.name);
    const pz_exprs *list = &r->exprs;
    bool of_parts = false, of_joins = false, counted;
    for (size_t i = 0; i < PZ_COUNTOF(parts); i++)
        of_parts |= pz_str_ieqc(name, parts[i]);
    for (size_t i = 0; i < PZ_COUNTOF(joins); i++)
        of_joins |= pz_str_ieqc(name, joins[i]);
    for (int i = 0; of_joins && i < list->n; i++)
        if (list->data[i]->kind == PZ_EXPR_LITERAL && list->data[i]->type->id != PZ_T_STRING)
            return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1046, PZ_NO_ORIGIN, "unsupported", pz_quote_sql_expr(an, list->data[i]).ptr, "class",
                            "class org.apache.spark.sql.catalyst.expressions.Literal", NULL);
    if (!of_parts)
        return PZ_OK;
    counted = list->n > 0 && list->data[0]->kind == PZ_EXPR_LITERAL && list->data[0]->type->id == PZ_T_INT && !list->data[0]->value.null;
    if (pz_str_ieqc(name, "coalesce") && (list->n != 1 || !counted) && !(list->n == 1 && list->data[0]->type == &pz_t_string))
        return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1048, PZ_NO_ORIGIN, "hintName", name.ptr, NULL);
    for (int i = counted; i < list->n; i++)
        if (list->data[i]->kind == PZ_EXPR_LITERAL && list->data[i]->type->id != PZ_T_STRING)
            return pz_raise(an->err, PZ_ERR_LEGACY_ERROR_TEMP_1047, PZ_NO_ORIGIN, "hintName", name.ptr, "invalidParams",
                            pz_quote_sql_expr(an, list->data[i]).ptr, NULL);
    if (counted && list->data[0]->value.i <= 0)
        return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Number of partitions (%lld) must be positive.",
                             (long long)list->data[0]->value.i);
    return PZ_OK;
}

/* Hints never change rows.  Those that name columns to partition by must name columns that exist; others are only advice. */
static PZ_REL_HANDLER(hint)
{
    static const char *const by_columns[] = {"repartition", "repartition_by_range", "rebalance"};
    bool columns = false, joins = pz_str_ieqc(r->u.hint.name, "coalesce");
    pz_rel *in;
    PZ_TRY(check_hint(an, r));
    PZ_INPUT(r, &in);
    *out = in;
    if ((joins || pz_str_ieqc(r->u.hint.name, "repartition") || pz_str_ieqc(r->u.hint.name, "repartition_by_range")) && r->exprs.n &&
        r->exprs.data[0]->kind == PZ_EXPR_LITERAL && r->exprs.data[0]->type->id == PZ_T_INT && r->exprs.data[0]->value.i <= INT32_MAX) {
        *out = pz_rel_new(an, PZ_REL_REPARTITION, in, r->origin);
        (*out)->u.repartition.partitions = (int)r->exprs.data[0]->value.i;
        (*out)->u.repartition.shuffle = !joins;
        (*out)->u.repartition.range = pz_str_ieqc(r->u.hint.name, "repartition_by_range");
    }
    for (size_t i = 0; i < PZ_COUNTOF(by_columns); i++)
        columns |= pz_str_ieqc(r->u.hint.name, by_columns[i]);
    for (int i = 0; columns && i < r->exprs.n; i++) {
        pz_expr *p = r->exprs.data[i], *e;
        pz_scope *s = pz_scope_of(an, in, outer, orefs);
        if (p->kind == PZ_EXPR_LITERAL && p->type->id == PZ_T_STRING) {        /* a DataFrame's hint("repartition", "a") */
            pz_expr *c = pz_expr_make(an->a, PZ_EXPR_COLUMN, p->origin);
            c->plan_id = -1;
            PZ_TRY(pz_parse_attribute_name(p->value.s, an->a, &c->names, an->err));
            p = c;
        }
        PZ_TRY(pz_resolve_expr(an, s, p, &e));
        PZ_TRY(pz_check_spread(an, e));
        if (e->kind != PZ_EXPR_LITERAL && (*out)->kind == PZ_REL_REPARTITION && *out != in) pz_vec_push(an->a, &(*out)->u.repartition.by, e);
    }
    return PZ_OK;
}

pz_status
pz_foldable_count(pz_analyzer *an, const pz_rel *in, pz_expr *e, const char *what, pz_expr **out)
{
    pz_value v;
    const char *name = what;
    PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, in, NULL, NULL), e, out));
    pz_str q = pz_quote_sql_expr(an, *out);
    if (!pz_expr_is_foldable(*out))
        return pz_raise(an->err, PZ_ERR_INVALID_LIMIT_LIKE_EXPRESSION_IS_UNFOLDABLE, e->origin, "name", name, "expr", q.ptr, NULL);
    if ((*out)->type->id != PZ_T_INT)
        return pz_raise(an->err, PZ_ERR_INVALID_LIMIT_LIKE_EXPRESSION_DATA_TYPE, e->origin, "name", name, "expr", q.ptr, "dataType",
                        pz_quote_type(an, (*out)->type).ptr, NULL);
    *out = pz_cast_to(an, *out, &pz_t_int);
    PZ_TRY(pz_fold(an, *out, &v));
    if (v.null)
        return pz_raise(an->err, PZ_ERR_INVALID_LIMIT_LIKE_EXPRESSION_IS_NULL, e->origin, "name", name, "expr", q.ptr, NULL);
    if (v.i < 0)
        return pz_raise(an->err, PZ_ERR_INVALID_LIMIT_LIKE_EXPRESSION_IS_NEGATIVE, e->origin, "name", name, "expr", q.ptr, "v",
                        pz_strf(an->a, "%lld", (long long)v.i).ptr, NULL);
    *out = pz_literal_int(an->a, (int32_t)v.i);
    (*out)->resolved = true;
    return PZ_OK;
}

static PZ_REL_HANDLER(limit_like)
{
    pz_rel *in;
    const char *what = r->kind == PZ_REL_LIMIT ? "limit" : r->kind == PZ_REL_OFFSET ? "offset" : "tail";
    PZ_INPUT(r, &in);
    *out = pz_rel_new(an, r->kind, in, r->origin);
    return pz_foldable_count(an, in, r->cond, what, &(*out)->cond);
}

/* Rows with maps or variants in them are not compared.  The column is told as if its name were written in SQL. */
pz_status
pz_check_set_column(pz_analyzer *an, const pz_rel *r, pz_str name, const pz_type *t)
{
    bool map = pz_type_holds(t, PZ_T_MAP);
    pz_strs parts = {0};
    pz_error ignored;
    if (!map && !pz_type_holds(t, PZ_T_VARIANT))
        return PZ_OK;
    pz_error_init(&ignored, an->a);
    if (pz_parse_attribute_name(name, an->a, &parts, &ignored) != PZ_OK) {
        parts = (pz_strs){0};
        pz_vec_push(an->a, &parts, name);
    }
    return pz_raise(an->err, map ? PZ_ERR_UNSUPPORTED_FEATURE_SET_OPERATION_ON_MAP_TYPE : PZ_ERR_UNSUPPORTED_FEATURE_SET_OPERATION_ON_VARIANT_TYPE, r->origin,
                    "colName", pz_quote_names(an->a, &parts).ptr, "dataType", pz_quote_type(an, t).ptr, NULL);
}

static PZ_REL_HANDLER(distinct)
{
    pz_rel *in;
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    for (int i = 0; i < in->output.n; i++) PZ_TRY(pz_check_set_column(an, r, in->output.data[i]->name, in->output.data[i]->type));
    *out = pz_rel_new(an, PZ_REL_DISTINCT, in, r->origin);
    return PZ_OK;
}

static PZ_REL_HANDLER(sample)
{
    pz_rel *in;
    PZ_INPUT(r, &in);
    *out = pz_rel_new(an, PZ_REL_SAMPLE, in, r->origin);
    (*out)->u = r->u;
    return PZ_OK;
}

/* TABLESAMPLE: percent and bucket become SAMPLE, rows become LIMIT. */
static PZ_REL_HANDLER(tablesample)
{
    pz_rel *in;
    PZ_INPUT(r, &in);
    *out = pz_rel_new(an, PZ_REL_SAMPLE, in, r->origin);
    (*out)->u = r->u;
    if (r->exprs.n == 0)
        return PZ_OK;
    if (r->u.sample.method == PZ_SAMPLE_ROWS) {
        (*out)->kind = PZ_REL_LIMIT;
        return pz_foldable_count(an, in, r->exprs.data[0], "limit", &(*out)->cond);
    }
    pz_expr *e;
    pz_value v;
    PZ_TRY(pz_resolve_expr(an, pz_scope_of(an, NULL, NULL, NULL), r->exprs.data[0], &e));
    PZ_TRY(pz_fold(an, pz_cast_to(an, e, &pz_t_double), &v));
    (*out)->u.sample.lower = 0;
    (*out)->u.sample.upper = v.d / 100.0;
    return PZ_OK;
}

static PZ_REL_HANDLER(show)
{
    pz_rel *in;
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    *out = pz_rel_new(an, r->kind, in, r->origin);
    (*out)->u = r->u;
    memset(&(*out)->output, 0, sizeof((*out)->output));
    pz_vec_push(an->a, &(*out)->output,
                pz_attr_new(an, r->kind == PZ_REL_SHOW_STRING ? PZ_STR("show_string") : PZ_STR("html_string"), &pz_t_string, false));
    return PZ_OK;
}

/* References that are aliased are views of this statement only; the others are subquery plans found by plan id. */
static PZ_REL_HANDLER(with_relations)
{
    struct pz_cte_frame *saved = an->ctes;
    const pz_rels *refs = an->references;
    for (int i = 0; i < r->inputs.n; i++) {
        pz_rel *ref = r->inputs.data[i];
        if (ref->kind != PZ_REL_ALIAS || ref->u.alias.names.n == 0)
            continue;
        struct pz_cte_frame *f = PZ_NEW(an->a, struct pz_cte_frame);
        f->def = PZ_NEW(an->a, pz_cte);
        f->def->name = ref->u.alias.names.data[ref->u.alias.names.n - 1];
        f->def->rel = ref->input;
        f->next = an->ctes;
        f->correlated = true;                  /* resolved at each use */
        an->ctes = f;
    }
    an->references = &r->inputs;
    pz_status s = pz_resolve_rel(an, r->input, outer, orefs, out);
    an->ctes = saved;
    an->references = refs;
    return s;
}

/* The query of a statement sees the DataFrames that its text was given. */
static void
lend_references(pz_analyzer *an, pz_command *c)
{
    pz_rel *w;
    for (int i = 0; i < c->body.n; i++) lend_references(an, c->body.data[i]);
    if (an->references == NULL || c->query == NULL || c->query->kind == PZ_REL_WITH_RELATIONS)
        return;
    w = pz_rel_make(an->a, PZ_REL_WITH_RELATIONS, c->query->origin);
    w->input = c->query;
    w->inputs = *an->references;
    c->query = w;
}

/* A statement inside a plan: run once while executing, only described while analyzing. */
static PZ_REL_HANDLER(command)
{
    (void)outer, (void)orefs;
    pz_schema s = {0};
    if (an->env->command_run != NULL) {
        r->u.command->params = an->plan;
        lend_references(an, r->u.command);
        return an->env->command_run(an->env->ctx, r, an->plan, an->a, out, an->err);
    }
    PZ_TRY(an->env->command_schema(an->env->ctx, r, an->plan, an->a, &s, an->err));
    pz_rel *n = pz_rel_new(an, PZ_REL_VALUES, NULL, r->origin);
    n->u.values.ncols = s.n;
    outputs_of_schema(an, n, &s);
    *out = n;
    return PZ_OK;
}

static const pz_rel_handler handlers[PZ_REL_COUNT] = {
    [PZ_REL_ONE_ROW] = one_row,
    [PZ_REL_NAMED_TABLE] = named_table,
    [PZ_REL_DATA_SOURCE] = data_source,
    [PZ_REL_LOCAL] = local,
    [PZ_REL_CACHED_LOCAL] = local,
    [PZ_REL_CACHED_REMOTE] = cached_remote,
    [PZ_REL_VALUES] = values,
    [PZ_REL_RANGE] = range,
    [PZ_REL_TVF] = pz_resolve_tvf,
    [PZ_REL_SQL] = sql_text,
    [PZ_REL_PROJECT] = pz_resolve_project,
    [PZ_REL_FILTER] = pz_resolve_filter,
    [PZ_REL_SORT] = pz_resolve_sort,
    [PZ_REL_LIMIT] = limit_like,
    [PZ_REL_OFFSET] = limit_like,
    [PZ_REL_TAIL] = limit_like,
    [PZ_REL_AGGREGATE] = pz_resolve_aggregate,
    [PZ_REL_DISTINCT] = distinct,
    [PZ_REL_HAVING] = pz_resolve_having,
    [PZ_REL_QUALIFY] = pz_resolve_qualify,
    [PZ_REL_WITH] = pz_resolve_with,
    [PZ_REL_WITH_RELATIONS] = with_relations,
    [PZ_REL_ALIAS] = alias,
    [PZ_REL_SAMPLE] = sample,
    [PZ_REL_TABLESAMPLE] = tablesample,
    [PZ_REL_REPARTITION] = pz_resolve_repartition,
    [PZ_REL_HINT] = hint,
    [PZ_REL_GENERATE] = pz_resolve_generate,
    [PZ_REL_PIVOT] = pz_resolve_pivot,
    [PZ_REL_UNPIVOT] = pz_resolve_unpivot,
    [PZ_REL_PIPE] = pz_resolve_pipe,
    [PZ_REL_DEDUPLICATE] = pz_resolve_dataframe,
    [PZ_REL_TO_DF] = pz_resolve_dataframe,
    [PZ_REL_WITH_COLUMNS] = pz_resolve_dataframe,
    [PZ_REL_RENAME] = pz_resolve_dataframe,
    [PZ_REL_DROP] = pz_resolve_dataframe,
    [PZ_REL_TO_SCHEMA] = pz_resolve_to_schema,
    [PZ_REL_NA_FILL] = pz_resolve_dataframe,
    [PZ_REL_NA_DROP] = pz_resolve_dataframe,
    [PZ_REL_NA_REPLACE] = pz_resolve_dataframe,
    [PZ_REL_DESCRIBE] = pz_resolve_stat,
    [PZ_REL_SUMMARY] = pz_resolve_stat,
    [PZ_REL_CROSSTAB] = pz_resolve_stat,
    [PZ_REL_COV] = pz_resolve_stat,
    [PZ_REL_CORR] = pz_resolve_stat,
    [PZ_REL_APPROX_QUANTILE] = pz_resolve_stat,
    [PZ_REL_FREQ_ITEMS] = pz_resolve_stat,
    [PZ_REL_SAMPLE_BY] = pz_resolve_stat,
    [PZ_REL_TRANSPOSE] = pz_resolve_transpose,
    [PZ_REL_PARSE] = pz_resolve_parse,
    [PZ_REL_ZIP] = pz_resolve_zip,
    [PZ_REL_SHOW_STRING] = show,
    [PZ_REL_HTML_STRING] = show,
    [PZ_REL_WATERMARK] = pz_resolve_watermark,
    [PZ_REL_COLLECT_METRICS] = pz_resolve_metrics,
    [PZ_REL_JOIN] = pz_resolve_join,
    [PZ_REL_LATERAL_JOIN] = pz_resolve_join,
    [PZ_REL_AS_OF_JOIN] = pz_resolve_as_of,
    [PZ_REL_NEAREST_JOIN] = pz_resolve_nearest,
    [PZ_REL_SET_OP] = pz_resolve_setop,
    [PZ_REL_WINDOW_DEFS] = pz_resolve_window_defs,
    [PZ_REL_COMMAND] = command,
};

pz_status
pz_resolve_rel(pz_analyzer *an, pz_rel *r, pz_scope *outer, pz_exprs *orefs, pz_rel **out)
{
    if (r->resolved) {
        *out = r;
        return PZ_OK;
    }
    if (handlers[r->kind] == NULL)
        return pz_raise_internal(an->err, "no analysis for relation kind %d", (int)r->kind);
    if (++an->depth > PZ_MAX_DEPTH)
        return pz_raise(an->err, PZ_ERR_FAILED_TO_PARSE_TOO_COMPLEX, r->origin, NULL);
    if (pz_names_metadata(r)) {                /* its input is resolved first, and shows the column */
        pz_rel *copy = PZ_NEW(an->a, pz_rel);
        *copy = *r;
        PZ_TRY(pz_resolve_rel(an, r->input, outer, orefs, &copy->input));
        pz_expose_metadata(an, copy->input);
        r = copy;
    }
    PZ_TRY(handlers[r->kind](an, r, outer, orefs, out));
    an->depth--;
    pz_note_plan_id(an, r->plan_id, *out);
    return PZ_OK;
}

/* ------------------------------------------------------------ entry */
pz_status
pz_analyze(const pz_env *env, pz_plan *plan, pz_arena *a, pz_error *err)
{
    pz_analyzer an = {.env = env, .a = a, .err = err, .next_id = 1, .plan = plan};
    pz_rel *root;
    PZ_TRY(resolve_statement(&an, plan->root, NULL, NULL, &root));
    root = pz_drop_hidden(&an, root);
    if (an.has_partition_id) PZ_TRY(pz_place_partition_ids(&an, &root));
    plan->root = root;
    plan->schema.n = root->output.n;
    plan->schema.fields = PZ_NEWN(a, pz_field, root->output.n ? root->output.n : 1);
    for (int i = 0; i < root->output.n; i++) {
        const pz_attr *o = root->output.data[i];
        if (o->type->id == PZ_T_TIME && !pz_conf_is(env, "spark.sql.timeType.enabled", "true"))
            return pz_raise(err, PZ_ERR_UNSUPPORTED_TIME_TYPE, PZ_NO_ORIGIN, NULL);
        plan->schema.fields[i] = (pz_field){o->name, o->type, o->nullable, o->metadata};
    }
    return PZ_OK;
}

pz_status
pz_analyze_expr(const pz_env *env, pz_expr *e, const pz_attrs *input, pz_arena *a, pz_expr **out, pz_error *err)
{
    pz_analyzer an = {.env = env, .a = a, .err = err, .next_id = 1};
    pz_scope *s = pz_scope_of(&an, NULL, NULL, NULL);
    if (input != NULL) {
        s->attrs = *input;
        for (int i = 0; i < input->n; i++)
            if (input->data[i]->id >= an.next_id)
                an.next_id = input->data[i]->id + 1;
    }
    return pz_resolve_expr(&an, s, e, out);
}

pz_status
pz_analyze_constant(const pz_env *env, const pz_plan *params, pz_expr *e, pz_arena *a, pz_expr **out, pz_error *err)
{
    pz_analyzer an = {.env = env, .a = a, .err = err, .next_id = 1, .plan = params};
    pz_scope *s = pz_scope_of(&an, NULL, NULL, NULL);
    s->allow_aggregate = true;
    PZ_TRY(pz_resolve_expr(&an, s, e, out));
    if (pz_expr_is_foldable(*out))
        return PZ_OK;
    return pz_raise(err, PZ_ERR_UNSUPPORTED_EXPR_FOR_PARAMETER, e->origin, "invalidExprSql", pz_quote_sql_expr(&an, *out).ptr, NULL);
}

pz_status
pz_analyze_name(const pz_env *env, const pz_plan *params, pz_expr *e, pz_arena *a, pz_strs *out, pz_error *err)
{
    pz_analyzer an = {.env = env, .a = a, .err = err, .next_id = 1, .plan = params};
    return pz_computed_name(&an, e, NULL, out);
}

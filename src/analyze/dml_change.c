/*
 * analyze/dml_change.c - UPDATE and DELETE: which rows, and their new values.
 *
 * Both are a filter over a scan that also gives the row number.  Assignments to fields of structs rebuild the whole struct.
 * Things start at pz_analyze_change().
 */
#include "dml_int.h"

/* ---- the table ---- */
pz_attr *
pz_dml_rowid(const pz_rel *target)
{
    return target->output.data[target->output.n - 1];
}

pz_rel *
pz_dml_target_rel(pz_dml *d, pz_str alias)
{
    pz_rel *r = pz_rel_new(&d->an, PZ_REL_SCAN, NULL, PZ_NO_ORIGIN);
    const pz_schema *s = &d->t->scan->schema;
    pz_strs one = {0};
    if (alias.ptr) pz_vec_push(d->an.a, &one, alias);
    r->u.scan = d->t->scan;
    for (int i = 0; i < s->n; i++) {
        pz_attr *at = pz_attr_new(&d->an, s->fields[i].name, s->fields[i].type, s->fields[i].nullable);
        at->metadata = s->fields[i].metadata;
        at->qualifier = alias.ptr ? one : d->t->qualifier;
        if (i == s->n - 1) {
            at->hidden = true;
            at->name = PZ_STR(" rowid");
        }
        pz_vec_push(d->an.a, &r->output, at);
    }
    return r;
}

static pz_status
filtered(pz_dml *d, pz_rel *target, pz_expr *cond, pz_rel **out)
{
    pz_rel *f;
    *out = target;
    if (!cond) return PZ_OK;
    f = pz_rel_make(d->an.a, PZ_REL_FILTER, cond->origin);
    f->input = target;
    f->cond = cond;
    if (cond->kind == PZ_EXPR_LITERAL && cond->type->id == PZ_T_VOID)          /* WHERE NULL: no row */
        f->cond = pz_literal_value(d->an.a, &pz_t_boolean, (pz_value){.null = true});
    return pz_resolve_rel(&d->an, f, NULL, NULL, out);
}

/* ---- assignments ---- */
typedef struct path_set { PZ_VEC(pz_strs) paths; PZ_VEC(pz_expr *) values; } path_set; /* what is assigned below one column or field */

static pz_status
bad_assignments(pz_dml *d, const pz_assignments *list, const char *fmt, pz_str name, pz_str more)
{
    pz_buf b;
    pz_str shown;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "\"");
    for (int i = 0; i < list->n; i++)
        pz_buf_printf(&b, "%s" PZ_FMT " = " PZ_FMT, i ? ", " : "", PZ_ARG(pz_quote_names(d->an.a, &list->data[i].names)),
                      PZ_ARG(list->data[i].value->resolved ? pz_expr_sql(&d->an, list->data[i].value) : PZ_STR("DEFAULT")));
    pz_buf_puts(&b, "\"");
    shown = pz_buf_dup(&b, d->an.a);
    pz_buf_free(&b);
    return pz_raise(d->an.err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ROW_LEVEL_OPERATION_ASSIGNMENTS, PZ_NO_ORIGIN, "sqlExpr", shown.ptr, "errors",
                    pz_strf(d->an.a, fmt, PZ_ARG(name), PZ_ARG(more)).ptr, NULL);
}

static pz_str
values_shown(pz_dml *d, const path_set *s)
{
    pz_str out = PZ_STR("");
    for (int i = 0; i < s->values.n; i++) {
        pz_str v = pz_expr_sql(&d->an, s->values.data[i]);
        out = i ? pz_strf(d->an.a, PZ_FMT ", " PZ_FMT, PZ_ARG(out), PZ_ARG(v)) : v;
    }
    return out;
}

static pz_str
dotted(pz_dml *d, pz_str path, pz_str name)
{
    return path.len ? pz_strf(d->an.a, PZ_FMT "." PZ_FMT, PZ_ARG(path), PZ_ARG(name)) : name;
}

/* The value of a column or field after all assignments to it and below it. */
static pz_status
assigned(pz_dml *d, const pz_assignments *all, const path_set *s, pz_expr *current, const pz_field *column, pz_str path, pz_expr **out)
{
    pz_arena *a = d->an.a;
    const pz_type *t = column->type;
    pz_expr *rebuilt;
    int whole = 0;
    for (int i = 0; i < s->paths.n; i++) whole += s->paths.data[i].n == 0;
    if (whole == 1 && s->paths.n == 1) return pz_store_assign(d, s->values.data[0], column, true, out);
    if (whole > 1) return bad_assignments(d, all, "\n- Multiple assignments for '" PZ_FMT "': " PZ_FMT, path, values_shown(d, s));
    if (whole) return bad_assignments(d, all, "\n- Conflicting assignments for '" PZ_FMT "': " PZ_FMT, path, values_shown(d, s));
    if (t->id != PZ_T_STRUCT)
        return bad_assignments(d, all, "\n- Updating nested fields is only supported for StructType but '" PZ_FMT "' is of type " PZ_FMT, path,
                               pz_type_sql(t, a));
    rebuilt = pz_call_make(a, PZ_NO_ORIGIN, "named_struct", 0);
    for (int f = 0; f < t->nfields; f++) {
        path_set below = {0};
        pz_expr *value;
        PZ_TRY(pz_extract_field(&d->an, current, t->fields[f].name, PZ_NO_ORIGIN, &value));
        for (int i = 0; i < s->paths.n; i++) {
            pz_strs rest = s->paths.data[i];
            if (!pz_dml_same(d, rest.data[0], t->fields[f].name)) continue;
            rest.data++, rest.n--;
            pz_vec_push(a, &below.paths, rest);
            pz_vec_push(a, &below.values, s->values.data[i]);
        }
        if (below.paths.n) PZ_TRY(assigned(d, all, &below, value, &t->fields[f], dotted(d, path, t->fields[f].name), &value));
        pz_vec_push(a, &rebuilt->args, pz_literal_string(a, t->fields[f].name));
        pz_vec_push(a, &rebuilt->args, value);
    }
    PZ_TRY(pz_resolve_expr(&d->an, pz_scope_of(&d->an, NULL, NULL, NULL), rebuilt, &rebuilt));
    *out = pz_dml_cast(d, rebuilt, pz_type_as_nullable(a, pz_type_plain(a, t)), PZ_CAST_ANSI);
    return PZ_OK;
}

/* The column a key names, and the path below it. */
static pz_status
resolve_key(pz_dml *d, pz_rel *target, const pz_assignment *one, bool plain, int *column, pz_strs *rest)
{
    pz_expr *key = pz_expr_make(d->an.a, PZ_EXPR_COLUMN, one->origin), *e;
    pz_scope *s = pz_scope_of(&d->an, target, NULL, NULL);
    pz_strs fields = {0};
    s->plain_proposals = plain;
    key->names = one->names;
    PZ_TRY(pz_resolve_expr(&d->an, s, key, &e));
    *rest = (pz_strs){0};
    while (e->kind == PZ_EXPR_GET_FIELD) {
        pz_vec_push(d->an.a, &fields, e->u.field.name);
        e = e->args.data[0];
    }
    while (e->kind == PZ_EXPR_ALIAS) e = e->args.data[0];
    while (fields.n) pz_vec_push(d->an.a, rest, fields.data[--fields.n]);
    for (int i = 0; i < target->output.n; i++)
        if (e->kind == PZ_EXPR_ATTR && e->u.attr->id == target->output.data[i]->id) {
            *column = i;
            return PZ_OK;
        }
    return pz_raise_unresolved_column(&d->an, s, key);
}

pz_status
pz_dml_assign(pz_dml *d, pz_rel *target, pz_scope *scope, const pz_assignments *list, pz_expr **values)
{
    pz_arena *a = d->an.a;
    int n = d->t->stored.n;
    path_set *sets = PZ_NEWN(a, path_set, n + 1);
    pz_assignments all = {0};
    for (int i = 0; i < list->n; i++) {
        int column = 0;
        pz_strs rest;
        pz_expr *v = list->data[i].value;
        PZ_TRY(resolve_key(d, target, &list->data[i], scope->plain_proposals, &column, &rest));
        if (pz_dml_is_default(v)) {
            if (rest.n) return pz_raise(d->an.err, PZ_ERR_DEFAULT_PLACEMENT_INVALID, PZ_NO_ORIGIN, NULL);
            PZ_TRY(pz_dml_default(d, &d->t->stored.fields[column], &v));
        } else {
            PZ_TRY(pz_resolve_expr(&d->an, scope, v, &v));
        }
        pz_vec_push(a, &sets[column].paths, rest);
        pz_vec_push(a, &sets[column].values, v);
        pz_vec_push(a, &all, ((pz_assignment){list->data[i].names, v, list->data[i].origin}));
    }
    d->is_update = true;
    for (int i = 0; i < n; i++) {
        pz_expr *current = pz_attr_ref(&d->an, target->output.data[i], PZ_NO_ORIGIN);
        values[i] = NULL;
        if (sets[i].paths.n) PZ_TRY(assigned(d, &all, &sets[i], current, &d->t->stored.fields[i], d->t->stored.fields[i].name, &values[i]));
    }
    return PZ_OK;
}

/* ---- what may not stand in such statements ---- */
typedef struct misplaced { pz_analyzer *an; pz_str list; } misplaced;

static pz_walk
find_misplaced(pz_expr *e, void *arg)
{
    misplaced *m = arg;
    bool aggregate = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 && pz_fn_row(e->u.call.fn)->kind == PZ_FN_AGG;
    if (!aggregate && e->kind != PZ_EXPR_WINDOW) return PZ_WALK_ON;
    m->list = pz_strf(m->an->a, PZ_FMT "%s" PZ_FMT, PZ_ARG(m->list), m->list.len ? ", " : "", PZ_ARG(pz_quote_sql_expr(m->an, e)));
    return PZ_WALK_SKIP;
}

pz_status
pz_dml_check_values(pz_dml *d, const char *node, pz_origin statement, pz_expr *const *values, int n)
{
    misplaced m = {&d->an, PZ_STR("")};
    for (int i = 0; i < n; i++)
        if (values[i]) pz_walk_expr(values[i], find_misplaced, &m);
    return m.list.len ? pz_raise(d->an.err, PZ_ERR_UNSUPPORTED_EXPR_FOR_OPERATOR, statement, "operator", node, "invalidExprSqls", m.list.ptr, NULL) : PZ_OK;
}

static pz_status
check_where(pz_dml *d, const pz_command *c, pz_rel *target)
{
    pz_scope *s = pz_scope_of(&d->an, target, NULL, NULL);
    pz_expr *cond;
    if (!c->cond) return PZ_OK;
    s->allow_aggregate = s->allow_window = true;
    PZ_TRY(pz_resolve_expr(&d->an, s, c->cond, &cond));
    return pz_dml_check_values(d, c->kind == PZ_CMD_UPDATE ? "UpdateTable" : "DeleteFromTable", c->origin, &cond, 1);
}

/* ---- UPDATE, DELETE ---- */
static pz_expr *
output_of(pz_dml *d, pz_expr *e, const pz_field *column)
{
    pz_field seen;
    pz_field_seen(d->an.a, column, &seen);
    e = pz_alias_new(&d->an, e, seen.name);
    e->u.alias.attr->type = seen.type;
    return e;
}

static pz_status
update_items(pz_dml *d, const pz_command *c, pz_rel *rows, pz_exprs *items, pz_change_plan *out)
{
    pz_assignments list = {0};
    pz_expr **values = PZ_NEWN(d->an.a, pz_expr *, d->t->stored.n + 1);
    pz_scope *scope = pz_scope_of(&d->an, rows, NULL, NULL);
    for (int i = 0; i < c->body.n; i++) {
        pz_assignment one = {c->body.data[i]->names, c->body.data[i]->exprs.data[0], c->body.data[i]->ref};
        pz_vec_push(d->an.a, &list, one);
    }
    PZ_TRY(pz_dml_assign(d, rows, scope, &list, values));
    PZ_TRY(pz_dml_check_values(d, "UpdateTable", c->origin, values, d->t->stored.n));
    for (int i = 0; i < d->t->stored.n; i++) {
        if (!values[i]) continue;
        pz_vec_push(d->an.a, items, output_of(d, values[i], &d->t->stored.fields[i]));
        pz_vec_push(d->an.a, &out->columns, i);
    }
    return PZ_OK;
}

pz_status
pz_analyze_change(const pz_env *env, const pz_command *c, const pz_target *t, pz_arena *a, pz_change_plan *out, pz_error *err)
{
    pz_dml d;
    pz_rel *rows;
    pz_exprs items = {0};
    pz_dml_open(&d, env, t, c->params, a, err);
    *out = (pz_change_plan){.all = c->kind == PZ_CMD_DELETE && !c->cond};
    PZ_TRY(check_where(&d, c, pz_dml_target_rel(&d, c->text)));
    PZ_TRY(filtered(&d, pz_dml_target_rel(&d, c->text), c->cond, &rows));
    pz_vec_push(a, &items, pz_attr_ref(&d.an, pz_dml_rowid(rows), PZ_NO_ORIGIN));
    if (c->kind == PZ_CMD_UPDATE) PZ_TRY(update_items(&d, c, rows, &items, out));
    out->rows = pz_dml_plan(&d, pz_project_make(&d.an, rows, &items));
    return PZ_OK;
}

pz_status
pz_analyze_where(const pz_env *env, pz_expr *cond, const pz_plan *params, const pz_target *t, pz_arena *a, pz_plan **out, pz_error *err)
{
    pz_dml d;
    pz_rel *rows;
    pz_exprs items = {0};
    pz_dml_open(&d, env, t, params, a, err);
    PZ_TRY(filtered(&d, pz_dml_target_rel(&d, (pz_str){NULL, 0}), cond, &rows));
    pz_vec_push(a, &items, pz_attr_ref(&d.an, pz_dml_rowid(rows), PZ_NO_ORIGIN));
    *out = pz_dml_plan(&d, pz_project_make(&d.an, rows, &items));
    return PZ_OK;
}

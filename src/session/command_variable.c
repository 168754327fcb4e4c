/*
 * session/command_variable.c - DECLARE, DROP and SET of variables; what a name means as a variable.
 *
 * A script's own variables (script_scope.c) come before those of the session.  Things start at pz_variable_literal() for names inside
 * expressions, and at the pz_cmd_ functions for statements.
 */
#include <stdlib.h>

#include "script_int.h"

/* ---- one variable ---- */
pz_variable *
pz_variable_make(pz_shared *keep, pz_str name, const pz_computed *value, pz_expr *initial)
{
    pz_variable *v = pz_xcalloc(1, sizeof *v);
    v->keep = pz_shared_ref(keep);
    v->name = pz_dup(keep->arena, name);
    v->type = pz_type_copy(keep->arena, value->type);
    v->initial = initial;
    pz_variable_put(v, &value->value);
    return v;
}

void
pz_variable_put(pz_variable *v, const pz_value *value)
{
    pz_shared *held = pz_shared_open();
    v->value = pz_value_copy(held->arena, v->type, value);
    pz_shared_unref(v->held);
    v->held = held;
}

void
pz_variable_free(pz_variable *v)
{
    if (!v) return;
    pz_shared_unref(v->keep);
    pz_shared_unref(v->held);
    free(v);
}

pz_str
pz_variable_key(pz_arena *a, pz_str name, bool case_sensitive)
{
    return case_sensitive ? name : pz_lower_ascii(a, name);
}

/* ---- names ---- */
bool
pz_names_session(const pz_strs *names)
{
    if (names->n == 1) return true;
    if (names->n == 2) return pz_str_ieqc(names->data[0], "session");
    return names->n == 3 && pz_str_ieqc(names->data[0], "system") && pz_str_ieqc(names->data[1], "session");
}

/* With the session locked.  *local: the scope it belongs to, NULL for the session's. */
static pz_variable *
find(pz_query *q, const pz_strs *names, pz_arena *a, const pz_script_scope **local)
{
    pz_variable *v = q->script ? pz_script_variable(q->script, names, local) : NULL;
    if (v) return v;
    *local = NULL;
    if (!pz_names_session(names)) return NULL;
    return pz_table_get(&q->session->variables, pz_variable_key(a, names->data[names->n - 1], q->place.env.case_sensitive));
}

static bool
plain_name(pz_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(s.ptr[i] == '_' || (s.ptr[i] >= '0' && s.ptr[i] <= '9' && i > 0) || (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') ||
              (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')))
            return false;
    return s.len > 0;
}

static pz_str
quoted_if_needed(pz_arena *a, pz_str s)
{
    return plain_name(s) ? s : pz_strf(a, "`" PZ_FMT "`", PZ_ARG(s));
}

static pz_expr *
as_literal(const pz_variable *v, const pz_script_scope *local, pz_str written, pz_arena *a)
{
    const pz_type *t = pz_type_copy(a, v->type);
    pz_expr *e = pz_literal_value(a, t, pz_value_copy(a, t, &v->value));
    pz_str place = local ? pz_strf(a, "local." PZ_FMT, PZ_ARG(quoted_if_needed(a, pz_script_scope_name(local)))) : PZ_STR("system.session");
    e->type = t;
    e->u.literal.variable = pz_dup(a, written);
    e->u.literal.variable_path = pz_strf(a, PZ_FMT "." PZ_FMT, PZ_ARG(place), PZ_ARG(quoted_if_needed(a, v->name)));
    e->nullable = v->value.null;
    e->resolved = true;
    return e;
}

/* The longest head of the names that is a variable; the rest are fields of it. */
pz_expr *
pz_variable_literal(pz_query *q, const pz_strs *names, pz_arena *a)
{
    pz_expr *e = NULL;
    int used;
    pthread_mutex_lock(&q->session->lock);
    for (used = names->n; used > 0 && !e; used--) {
        pz_strs head = {names->data, used, used};
        const pz_script_scope *local;
        const pz_variable *v = find(q, &head, a, &local);
        if (v) e = as_literal(v, local, names->data[used - 1], a);
    }
    pthread_mutex_unlock(&q->session->lock);
    for (used++; e && used < names->n; used++) {
        pz_expr *field = pz_expr_make(a, PZ_EXPR_EXTRACT, PZ_NO_ORIGIN);
        pz_vec_push(a, &field->args, e);
        pz_vec_push(a, &field->args, pz_literal_string(a, pz_dup(a, names->data[used])));
        field->u.extract.dot = true;
        e = field;
    }
    return e;
}

/* A variable of the session is seen without its place only where the path leads there; those of scripts always are. */
bool
pz_variable_in_sight(const pz_env *env, const pz_strs *names, const pz_expr *value)
{
    if (pz_path_has(env, PZ_PATH_SESSION)) return true;
    while (value->kind == PZ_EXPR_EXTRACT) value = value->args.data[0];
    if (value->kind != PZ_EXPR_LITERAL || !pz_str_starts(value->u.literal.variable_path, "system.session.")) return true;
    return names->n > 1 && (pz_str_ieqc(names->data[0], "session") || pz_str_ieqc(names->data[0], "system"));
}

static pz_str
full_name(pz_statement *r, const pz_strs *names)
{
    pz_str key = pz_variable_key(r->a, names->data[names->n - 1], r->q->place.env.case_sensitive);
    return pz_strf(r->a, "`system`.`session`.`" PZ_FMT "`", PZ_ARG(key));
}

static pz_status
unresolved(pz_statement *r, const pz_command *target, bool session_only)
{
    const char *path = session_only ? "[`system`.`session`]" : pz_search_path_text(r, true);
    return pz_raise(r->err, PZ_ERR_UNRESOLVED_VARIABLE, target->ref, "variableName", pz_quoted(r->a, &target->names).ptr, "searchPath", path, NULL);
}

/* Type and default of a variable; false: there is none. */
static bool
look_up(pz_statement *r, const pz_strs *names, const pz_type **type, pz_expr **initial, pz_str *name)
{
    const pz_script_scope *local;
    pz_variable *v;
    pthread_mutex_lock(&r->session->lock);
    v = find(r->q, names, r->a, &local);
    if (v && !local && names->n == 1 && !pz_path_has(&r->q->place.env, PZ_PATH_SESSION)) v = NULL;
    if (v) {
        *type = pz_type_copy(r->a, v->type);
        if (initial) *initial = v->initial;    /* its arena lives as long as the variable; a statement of the same client drops it */
        if (name) *name = pz_dup(r->a, v->name);
    }
    pthread_mutex_unlock(&r->session->lock);
    return v != NULL;
}

/* ---- values ---- */
static pz_rel *
project_of(pz_statement *r, pz_rel *input, pz_expr *e, pz_str name)
{
    pz_rel *p = pz_rel_make(r->a, PZ_REL_PROJECT, PZ_NO_ORIGIN);
    p->input = input;
    pz_vec_push(r->a, &p->exprs, pz_alias_make(r->a, e, name));
    return p;
}

static pz_status
first_value(pz_statement *r, pz_rel *rel, pz_computed *out)
{
    pz_plan *p;
    pz_values *rows;
    int n;
    PZ_TRY(pz_query_resolve(r->q, rel, NULL, r->a, &p, r->err));
    PZ_TRY(pz_query_rows(r->q, p, r->a, &rows, &n, r->err));
    *out = (pz_computed){p->schema.fields[0].type, {.null = true}};
    if (n) out->value = rows[0].data[0];
    return PZ_OK;
}

pz_status
pz_compute(pz_statement *r, pz_expr *e, pz_computed *out)
{
    return first_value(r, project_of(r, pz_rel_make(r->a, PZ_REL_ONE_ROW, PZ_NO_ORIGIN), e, PZ_STR("v")), out);
}

/* CHAR(n) is filled with blanks, and both refuse what is longer unless only blanks are too many; inside others too. */
static pz_status
fit_text(pz_statement *r, const pz_type *t, pz_value *v)
{
    pz_str s = v->s;
    size_t n;
    for (n = pz_utf8_count(s); n > (size_t)t->length && s.len && s.ptr[s.len - 1] == ' '; n--) s.len--;
    if (n > (size_t)t->length)
        return pz_raise_as(r->err, PZ_CLASS_SparkRuntimeException, PZ_ERR_EXCEED_LIMIT_LENGTH, PZ_NO_ORIGIN, "limit",
                           pz_strf(r->a, "%d", t->length).ptr, NULL);
    if (t->id == PZ_T_CHAR && n < (size_t)t->length) s = pz_strf(r->a, PZ_FMT "%*s", PZ_ARG(s), t->length - (int)n, "");
    v->s = s;
    return PZ_OK;
}

static pz_status fit_length(pz_statement *r, const pz_type *t, pz_value *v);

static pz_status
fit_list(pz_statement *r, const pz_type *t, pz_value **items, int n)
{
    pz_value *own = PZ_NEWN(r->a, pz_value, n + 1);
    for (int i = 0; i < n; i++) {
        own[i] = (*items)[i];
        PZ_TRY(fit_length(r, t->id == PZ_T_STRUCT ? t->fields[i].type : t, &own[i]));
    }
    *items = own;
    return PZ_OK;
}

static pz_status
fit_length(pz_statement *r, const pz_type *t, pz_value *v)
{
    if (v->null || !pz_type_has_char(t)) return PZ_OK;
    switch (t->id) {
    case PZ_T_ARRAY: return fit_list(r, t->element, &v->list.items, v->list.n);
    case PZ_T_STRUCT: return fit_list(r, t, &v->list.items, v->list.n);
    case PZ_T_MAP:
        PZ_TRY(fit_list(r, t->key, &v->map.keys, v->map.n));
        return fit_list(r, t->element, &v->map.vals, v->map.n);
    default: return fit_text(r, t, v);
    }
}

static pz_expr *
cast_of(pz_statement *r, pz_expr *e, const pz_type *t)
{
    pz_expr *c = pz_expr_make(r->a, PZ_EXPR_CAST, r->c->origin);
    pz_vec_push(r->a, &c->args, e);
    c->type = pz_type_plain(r->a, t);
    c->u.cast.implicit = true;                 /* shown as what is cast */
    return c;
}

/* The cast stands over a column of that name, which is how its errors speak of it. */
pz_status
pz_compute_as(pz_statement *r, pz_computed *c, pz_str name, const pz_type *to)
{
    const pz_type *t = pz_type_plain(r->a, to);
    if (!pz_type_eq_loose(c->type, t)) {
        pz_rel *row = project_of(r, pz_rel_make(r->a, PZ_REL_ONE_ROW, PZ_NO_ORIGIN), pz_literal_value(r->a, c->type, c->value), name);
        pz_expr *column = pz_expr_make(r->a, PZ_EXPR_COLUMN, r->c->origin);
        column->plan_id = -1;
        pz_vec_push(r->a, &column->names, name);
        PZ_TRY(first_value(r, project_of(r, row, cast_of(r, column, t), name), c));
    }
    PZ_TRY(fit_length(r, to, &c->value));
    c->type = to;
    return PZ_OK;
}

static pz_walk
is_subquery(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

pz_status
pz_declared_value(pz_statement *r, const pz_column_def *def, const char *shown_name, pz_computed *out)
{
    *out = (pz_computed){def->type, {.null = true}};
    if (!def->default_value) return PZ_OK;
    if (!pz_walk_expr(def->default_value, is_subquery, NULL))
        return pz_raise(r->err, PZ_ERR_INVALID_DEFAULT_VALUE_SUBQUERY_EXPRESSION, PZ_NO_ORIGIN, "statement", "DECLARE VARIABLE", "colName",
                        shown_name, "defaultValue", pz_dup(r->a, def->default_text).ptr, NULL);
    PZ_TRY(pz_compute(r, def->type ? cast_of(r, def->default_value, def->type) : def->default_value, out));
    if (!def->type) return PZ_OK;
    out->type = def->type;
    return fit_length(r, def->type, &out->value);
}

pz_status
pz_variable_assign(pz_statement *r, const pz_command *target, pz_str name, pz_computed c)
{
    const pz_type *t;
    const pz_script_scope *local;
    pz_variable *v;
    if (!look_up(r, &target->names, &t, NULL, NULL)) return unresolved(r, target, false);
    PZ_TRY(pz_compute_as(r, &c, name, t));
    pthread_mutex_lock(&r->session->lock);
    v = find(r->q, &target->names, r->a, &local);
    if (v) pz_variable_put(v, &c.value);
    pthread_mutex_unlock(&r->session->lock);
    return PZ_OK;
}

pz_status
pz_targets_check(pz_statement *r, pz_command *const *targets, int n)
{
    const pz_type *t;
    for (int i = 0; i < n; i++)
        if (!look_up(r, &targets[i]->names, &t, NULL, NULL)) return unresolved(r, targets[i], false);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++) {
            const pz_strs *x = &targets[i]->names, *y = &targets[k]->names;
            pz_strs last = {x->data + x->n - 1, 1, 1};
            if (pz_str_ieq(x->data[x->n - 1], y->data[y->n - 1]))
                return pz_raise(r->err, PZ_ERR_DUPLICATE_ASSIGNMENTS, PZ_NO_ORIGIN, "nameList", pz_quoted(r->a, &last).ptr, NULL);
        }
    return PZ_OK;
}

pz_status
pz_assign_row(pz_statement *r, const pz_plan *p, pz_command *const *targets, int ntargets)
{
    pz_values *rows;
    int n;
    if (p->schema.n != ntargets)
        return pz_raise(r->err, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, PZ_NO_ORIGIN, "numTarget", pz_strf(r->a, "%d", ntargets).ptr, "numExpr",
                        pz_strf(r->a, "%d", p->schema.n).ptr, NULL);
    PZ_TRY(pz_query_rows(r->q, p, r->a, &rows, &n, r->err));
    if (n > 1) return pz_raise_as(r->err, PZ_CLASS_SparkException, PZ_ERR_ROW_SUBQUERY_TOO_MANY_ROWS, PZ_NO_ORIGIN, NULL);
    for (int i = 0; i < ntargets; i++) {
        pz_computed c = {p->schema.fields[i].type, {.null = true}};
        if (n) c.value = rows[0].data[i];
        PZ_TRY(pz_variable_assign(r, targets[i], p->schema.fields[i].name, c));
    }
    return PZ_OK;
}

/* ---- DECLARE, DROP ---- */
pz_status
pz_declared_differ(pz_statement *r, const pz_command *c, const char *prefix)
{
    for (int i = 0; i < c->body.n; i++)
        for (int k = -1; k < i; k++) {
            const pz_strs *x = &c->body.data[i]->names, *y = k < 0 ? &c->names : &c->body.data[k]->names;
            if (!pz_str_ieq(x->data[x->n - 1], y->data[y->n - 1])) continue;
            return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE, PZ_NO_ORIGIN, "variableName",
                               pz_strf(r->a, "%s.`" PZ_FMT "`", prefix, PZ_ARG(pz_variable_key(r->a, x->data[x->n - 1], r->q->place.env.case_sensitive))).ptr, NULL);
        }
    return PZ_OK;
}

static bool
taken(pz_statement *r, const pz_strs *names)
{
    bool is;
    pthread_mutex_lock(&r->session->lock);
    is = pz_table_get(&r->session->variables, pz_variable_key(r->a, names->data[names->n - 1], r->q->place.env.case_sensitive)) != NULL;
    pthread_mutex_unlock(&r->session->lock);
    return is;
}

static pz_status
check_name(pz_statement *r, const pz_command *one)
{
    if (!pz_names_session(&one->names)) return unresolved(r, one, true);
    if (r->c->replace || !taken(r, &one->names)) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_VARIABLE_ALREADY_EXISTS, PZ_NO_ORIGIN, "variableName", full_name(r, &one->names).ptr, NULL);
}

static void
declare(pz_statement *r, const pz_command *one, const pz_computed *value)
{
    pz_str key = pz_variable_key(r->a, one->names.data[one->names.n - 1], r->q->place.env.case_sensitive);
    pz_variable *v = pz_variable_make(r->q->keep, key, value, r->c->defs.data[0]->default_value), *old;
    pthread_mutex_lock(&r->session->lock);
    old = pz_table_put(&r->session->variables, key, v);
    pthread_mutex_unlock(&r->session->lock);
    pz_variable_free(old);
}

pz_status
pz_cmd_create_variable(pz_statement *r)
{
    pz_command *c = r->c;
    pz_computed value;
    if (!c->defs.n) return pz_raise_internal(r->err, "a variable without type and default");
    if (r->q->script) return pz_script_declare(r);
    PZ_TRY(pz_declared_differ(r, c, "`system`.`session`"));
    PZ_TRY(check_name(r, c));
    for (int i = 0; i < c->body.n; i++) PZ_TRY(check_name(r, c->body.data[i]));
    PZ_TRY(pz_declared_value(r, c->defs.data[0], full_name(r, &c->names).ptr, &value));
    declare(r, c, &value);
    for (int i = 0; i < c->body.n; i++) declare(r, c->body.data[i], &value);
    return PZ_OK;
}

bool
pz_is_session_variable(pz_statement *r, pz_str name)
{
    pz_strs names = {&name, 1, 1};
    return taken(r, &names);
}

pz_status
pz_cmd_drop_variable(pz_statement *r)
{
    pz_variable *v;
    const pz_strs *names = &r->c->names;
    if (r->q->script) return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_SQL_SCRIPTING_DROP_TEMPORARY_VARIABLE, PZ_NO_ORIGIN, NULL);
    if (!pz_names_session(names)) return unresolved(r, r->c, true);
    pthread_mutex_lock(&r->session->lock);
    v = pz_table_del(&r->session->variables, pz_variable_key(r->a, names->data[names->n - 1], r->q->place.env.case_sensitive));
    pthread_mutex_unlock(&r->session->lock);
    if (!v && !r->c->if_exists) return pz_raise(r->err, PZ_ERR_VARIABLE_NOT_FOUND, PZ_NO_ORIGIN, "variableName", full_name(r, names).ptr, NULL);
    pz_variable_free(v);
    return PZ_OK;
}

/* ---- SET VAR: one SELECT of all values, in which a target's name already means its new value ---- */
static pz_status
new_value(pz_statement *r, const pz_command *target, pz_expr **out)
{
    pz_expr *e = target->exprs.data[0], *initial = NULL;
    const pz_type *t;
    pz_str name;
    if (!look_up(r, &target->names, &t, &initial, &name)) return unresolved(r, target, false);
    if (e->kind == PZ_EXPR_DEFAULT) e = initial ? initial : pz_literal_null(r->a, t);
    *out = e->kind == PZ_EXPR_COLUMN ? e : pz_alias_make(r->a, e, name);      /* a column keeps its own name */
    return PZ_OK;
}

pz_status
pz_cmd_set_variable(pz_statement *r)
{
    pz_command *c = r->c;
    pz_rel *query = c->query;
    pz_plan *p;
    PZ_TRY(pz_targets_check(r, c->body.data, c->body.n));
    if (!query) {
        query = pz_rel_make(r->a, PZ_REL_PROJECT, PZ_NO_ORIGIN);
        query->input = pz_rel_make(r->a, PZ_REL_ONE_ROW, PZ_NO_ORIGIN);
        for (int i = 0; i < c->body.n; i++) {
            pz_expr *e = NULL;
            PZ_TRY(new_value(r, c->body.data[i], &e));
            pz_vec_push(r->a, &query->exprs, e);
        }
    }
    PZ_TRY(pz_query_resolve(r->q, query, NULL, r->a, &p, r->err));
    return pz_assign_row(r, p, c->body.data, c->body.n);
}

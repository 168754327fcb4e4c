/*
 * session/command_variable.c - session variables, and EXECUTE IMMEDIATE, which is their companion.
 *
 * A variable has a type, a value and the expression of its default.  In a plan it is a literal: plans that use one are not kept.
 */
#include <stdlib.h>

#include "../sql/sql.h"
#include "command_int.h"

struct pz_variable {
    pz_shared *keep;                           /* of what follows */
    const pz_type *type;
    pz_value value;
    pz_expr *initial;                          /* unresolved; NULL: null */
};

typedef struct computed { const pz_type *type; pz_value value; } computed;

void
pz_variable_free(struct pz_variable *v)
{
    if (!v) return;
    pz_shared_unref(v->keep);
    free(v);
}

static pz_str
key_of(pz_arena *a, const pz_strs *names)
{
    return pz_lower_ascii(a, names->data[names->n - 1]);
}

static pz_str
full_name(pz_statement *r, const pz_strs *names)
{
    return pz_strf(r->a, "`system`.`session`.`" PZ_FMT "`", PZ_ARG(names->data[names->n - 1]));
}

/* The value of a variable as a literal, or NULL. */
pz_expr *
pz_session_variable(pz_session *s, const pz_strs *names, pz_arena *a)
{
    pz_expr *e = NULL;
    struct pz_variable *v;
    if (names->n == 2 && !pz_str_ieqc(names->data[0], "session")) return NULL;
    if (names->n > 2 && !(names->n == 3 && pz_str_ieqc(names->data[0], "system") && pz_str_ieqc(names->data[1], "session"))) return NULL;
    pthread_mutex_lock(&s->lock);
    v = pz_table_get(&s->variables, key_of(a, names));
    if (v) {
        const pz_type *t = pz_type_copy(a, v->type);
        e = pz_literal_value(a, t, pz_value_copy(a, t, &v->value));
        e->type = t;
        e->u.literal.variable = pz_dup(a, names->data[names->n - 1]);
        e->nullable = v->value.null;
        e->resolved = true;
    }
    pthread_mutex_unlock(&s->lock);
    return e;
}

/* ---- values ---- */
static pz_status
evaluate(pz_statement *r, pz_expr *e, computed *out)
{
    pz_rel *project = pz_rel_make(r->a, PZ_REL_PROJECT, PZ_NO_ORIGIN);
    pz_plan *p;
    pz_values *rows;
    int n;
    project->input = pz_rel_make(r->a, PZ_REL_ONE_ROW, PZ_NO_ORIGIN);
    pz_vec_push(r->a, &project->exprs, pz_alias_make(r->a, e, PZ_STR("v")));
    PZ_TRY(pz_query_resolve(r->q, project, NULL, r->a, &p, r->err));
    PZ_TRY(pz_query_rows(r->q, p, r->a, &rows, &n, r->err));
    *out = (computed){p->schema.fields[0].type, rows[0].data[0]};
    return PZ_OK;
}

static pz_status
convert(pz_statement *r, computed *c, const pz_type *to)
{
    pz_value v;
    const pz_env *env = &r->q->place.env;
    if (pz_type_eq_loose(c->type, to)) return PZ_OK;
    PZ_TRY(pz_cast_value(c->type, to, env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY, env->zone, &c->value, r->a, &v, r->err));
    *c = (computed){to, v};
    return PZ_OK;
}

static const pz_type *
type_of(pz_statement *r, const pz_strs *names)
{
    const pz_type *t = NULL;
    struct pz_variable *v;
    pthread_mutex_lock(&r->session->lock);
    v = pz_table_get(&r->session->variables, key_of(r->a, names));
    if (v) t = pz_type_copy(r->a, v->type);
    pthread_mutex_unlock(&r->session->lock);
    return t;
}

static pz_status
unresolved(pz_statement *r, const pz_strs *names)
{
    return pz_raise(r->err, PZ_ERR_UNRESOLVED_VARIABLE, PZ_NO_ORIGIN, "variableName", pz_quoted(r->a, names).ptr, "searchPath",
                    pz_strf(r->a, "[`system`.`builtin`, `system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(r->q->catalog), PZ_ARG(r->q->database)).ptr,
                    NULL);
}

/* Converted to the variable's type, which must exist. */
static pz_status
assign(pz_statement *r, const pz_strs *names, computed c)
{
    const pz_type *t = type_of(r, names);
    struct pz_variable *v;
    if (!t) return unresolved(r, names);
    PZ_TRY(convert(r, &c, t));
    pthread_mutex_lock(&r->session->lock);
    v = pz_table_get(&r->session->variables, key_of(r->a, names));
    if (v) v->value = pz_value_copy(v->keep->arena, v->type, &c.value);
    pthread_mutex_unlock(&r->session->lock);
    return PZ_OK;
}

/* ---- DECLARE, DROP ---- */
static pz_status
declare(pz_statement *r, pz_command *c, const pz_column_def *def, bool replace)
{
    struct pz_variable *v, *old;
    computed value = {def->type, {.null = true}};
    pz_str key = key_of(r->a, &c->names);
    bool taken;
    if (def->default_value) PZ_TRY(evaluate(r, def->default_value, &value));
    if (def->type) PZ_TRY(convert(r, &value, def->type));
    v = pz_xcalloc(1, sizeof *v);
    v->keep = pz_shared_ref(r->q->keep);       /* the default's expression lives there */
    v->type = pz_type_copy(v->keep->arena, value.type);
    v->value = pz_value_copy(v->keep->arena, v->type, &value.value);
    v->initial = def->default_value;
    pthread_mutex_lock(&r->session->lock);
    taken = pz_table_get(&r->session->variables, key) && !replace;
    old = taken ? v : pz_table_put(&r->session->variables, key, v);
    pthread_mutex_unlock(&r->session->lock);
    pz_variable_free(old);
    if (!taken) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_VARIABLE_ALREADY_EXISTS, PZ_NO_ORIGIN, "variableName", full_name(r, &c->names).ptr, NULL);
}

pz_status
pz_cmd_create_variable(pz_statement *r)
{
    pz_command *c = r->c;
    if (!c->defs.n) return pz_raise_internal(r->err, "a variable without type and default");
    PZ_TRY(declare(r, c, c->defs.data[0], c->replace));
    for (int i = 0; i < c->body.n; i++) PZ_TRY(declare(r, c->body.data[i], c->defs.data[0], c->replace));
    return PZ_OK;
}

pz_status
pz_cmd_drop_variable(pz_statement *r)
{
    struct pz_variable *v;
    pthread_mutex_lock(&r->session->lock);
    v = pz_table_del(&r->session->variables, key_of(r->a, &r->c->names));
    pthread_mutex_unlock(&r->session->lock);
    if (!v && !r->c->if_exists) return pz_raise(r->err, PZ_ERR_VARIABLE_NOT_FOUND, PZ_NO_ORIGIN, "variableName", full_name(r, &r->c->names).ptr, NULL);
    pz_variable_free(v);
    return PZ_OK;
}

/* ---- SET VAR: all values first, then all assignments ---- */
static pz_status
value_for(pz_statement *r, const pz_command *target, computed *out)
{
    pz_expr *e = target->exprs.data[0];
    struct pz_variable *v;
    if (!type_of(r, &target->names)) return unresolved(r, &target->names);
    if (e->kind == PZ_EXPR_DEFAULT) {
        pthread_mutex_lock(&r->session->lock);
        v = pz_table_get(&r->session->variables, key_of(r->a, &target->names));
        e = v ? v->initial : NULL;
        pthread_mutex_unlock(&r->session->lock);
        if (!e) {
            *out = (computed){&pz_t_void, {.null = true}};
            return PZ_OK;
        }
    }
    return evaluate(r, e, out);
}

/* One row of a query into variables; none gives nulls. */
static pz_status
from_plan(pz_statement *r, const pz_plan *p, pz_command *const *targets, int ntargets)
{
    pz_values *rows;
    int n;
    PZ_TRY(pz_query_rows(r->q, p, r->a, &rows, &n, r->err));
    if (n > 1) return pz_raise_as(r->err, PZ_CLASS_SparkException, PZ_ERR_ROW_SUBQUERY_TOO_MANY_ROWS, PZ_NO_ORIGIN, NULL);
    if (p->schema.n != ntargets)
        return pz_raise(r->err, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, PZ_NO_ORIGIN, "numTarget", pz_strf(r->a, "%d", ntargets).ptr, "numExpr",
                        pz_strf(r->a, "%d", p->schema.n).ptr, NULL);
    for (int i = 0; i < ntargets; i++) {
        computed c = {p->schema.fields[i].type, {.null = true}};
        if (n) c.value = rows[0].data[i];
        PZ_TRY(assign(r, &targets[i]->names, c));
    }
    return PZ_OK;
}

pz_status
pz_cmd_set_variable(pz_statement *r)
{
    pz_command *c = r->c;
    computed *values = PZ_NEWN(r->a, computed, c->body.n + 1);
    pz_plan *p;
    if (c->query) {
        for (int i = 0; i < c->body.n; i++)
            if (!type_of(r, &c->body.data[i]->names)) return unresolved(r, &c->body.data[i]->names);
        PZ_TRY(pz_query_resolve(r->q, c->query, NULL, r->a, &p, r->err));
        return from_plan(r, p, c->body.data, c->body.n);
    }
    for (int i = 0; i < c->body.n; i++) PZ_TRY(value_for(r, c->body.data[i], &values[i]));
    for (int i = 0; i < c->body.n; i++) PZ_TRY(assign(r, &c->body.data[i]->names, values[i]));
    return PZ_OK;
}

/* ---- EXECUTE IMMEDIATE ---- */
/* The statement in the text, with its parameters as literals. */
static pz_status
inner_plan(pz_statement *r, pz_plan **out)
{
    pz_sql_options o;
    computed text, c;
    PZ_TRY(evaluate(r, r->c->exprs.data[0], &text));
    if (!pz_type_is_string(text.type))
        return pz_raise(r->err, PZ_ERR_INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE, PZ_NO_ORIGIN, "exprType",
                        pz_strf(r->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(text.type, r->a))).ptr, NULL);
    pz_query_sql_options(r->q, &o);
    PZ_TRY(pz_parse_sql(text.value.null ? PZ_STR("") : text.value.s, &o, r->a, out, r->err));
    for (int i = 1; i < r->c->exprs.n; i++) {
        pz_expr *e = r->c->exprs.data[i];
        pz_str name = {NULL, 0};
        if (e->kind == PZ_EXPR_ALIAS) {
            name = e->u.alias.names.data[0];
            e = e->args.data[0];
        }
        PZ_TRY(evaluate(r, e, &c));
        pz_vec_push(r->a, &(*out)->param_names, name);
        pz_vec_push(r->a, &(*out)->params, pz_literal_value(r->a, c.type, c.value));
    }
    return PZ_OK;
}

pz_status
pz_execute_immediate_schema(pz_query *q, pz_command *c, pz_arena *a, pz_schema *out, pz_error *err)
{
    pz_statement r = {.q = q, .session = q->session, .c = c, .a = a, .err = err};
    pz_plan *inner, *p;
    if (c->body.n) return PZ_OK;
    PZ_TRY(inner_plan(&r, &inner));
    PZ_TRY(pz_query_resolve(q, inner->root, inner, a, &p, err));
    *out = p->schema;
    return PZ_OK;
}

pz_status
pz_cmd_execute_immediate(pz_statement *r)
{
    pz_plan *inner, *p;
    PZ_TRY(inner_plan(r, &inner));
    if (inner->root->kind == PZ_REL_COMMAND) return pz_command_run(r->q, inner->root, r->a, &r->relation, r->err);
    PZ_TRY(pz_query_resolve(r->q, inner->root, inner, r->a, &p, r->err));
    if (r->c->body.n) return from_plan(r, p, r->c->body.data, r->c->body.n);
    r->relation = p->root;
    return PZ_OK;
}

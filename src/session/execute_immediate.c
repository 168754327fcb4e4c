/*
 * session/execute_immediate.c - EXECUTE IMMEDIATE: SQL made at run time, with arguments for its parameters.
 *
 * The inner text sees the session's variables but none of a script's; the text and the arguments see both.  Starts at
 * pz_execute_immediate().
 */
#include "../sql/sql.h"
#include "script_int.h"

/* A value as an expression that could have been written: containers are calls that build them. */
static pz_expr *
spelled(pz_arena *a, const pz_type *t, const pz_value *v)
{
    pz_expr *e;
    if (v->null && t->id != PZ_T_VOID) {
        e = pz_expr_make(a, PZ_EXPR_CAST, PZ_NO_ORIGIN);
        pz_vec_push(a, &e->args, pz_literal_null(a, NULL));
        e->type = t;
        return e;
    }
    if (v->null || (t->id != PZ_T_ARRAY && t->id != PZ_T_MAP && t->id != PZ_T_STRUCT)) return pz_literal_value(a, t, *v);
    e = pz_call_make(a, PZ_NO_ORIGIN, t->id == PZ_T_ARRAY ? "array" : t->id == PZ_T_MAP ? "map" : "named_struct", 0);
    if (t->id == PZ_T_MAP) {
        for (int i = 0; i < v->map.n; i++) {
            pz_vec_push(a, &e->args, spelled(a, t->key, &v->map.keys[i]));
            pz_vec_push(a, &e->args, spelled(a, t->element, &v->map.vals[i]));
        }
        return e;
    }
    for (int i = 0; i < v->list.n; i++) {
        if (t->id == PZ_T_STRUCT) pz_vec_push(a, &e->args, pz_literal_string(a, t->fields[i].name));
        pz_vec_push(a, &e->args, spelled(a, t->id == PZ_T_STRUCT ? t->fields[i].type : t->element, &v->list.items[i]));
    }
    return e;
}

static pz_status
constant(pz_statement *r, pz_expr *e, pz_computed *out)
{
    pz_expr *resolved;
    PZ_TRY(pz_analyze_constant(&r->q->place.env, r->q->params, e, r->a, &resolved, r->err));
    return pz_compute(r, resolved, out);
}

/* The expression as the user wrote it. */
static pz_str
written(pz_statement *r, const pz_expr *e)
{
    const pz_origin *o = &e->origin;
    if (!o->source || o->start < 0 || (size_t)o->stop >= o->source->text.len) return PZ_STR("");
    return pz_dup(r->a, (pz_str){o->source->text.ptr + o->start, (size_t)(o->stop - o->start + 1)});
}

static pz_status
text_of(pz_statement *r, pz_str *out)
{
    pz_computed text;
    pz_expr *e = r->c->exprs.data[0];
    PZ_TRY(constant(r, e, &text));
    if (!pz_type_is_string(text.type))
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE, PZ_NO_ORIGIN, "exprType",
                           pz_strf(r->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(text.type, r->a))).ptr, NULL);
    if (text.value.null)
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_NULL_QUERY_STRING_EXECUTE_IMMEDIATE, PZ_NO_ORIGIN, "varName",
                           pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(written(r, e))).ptr, NULL);
    *out = text.value.s;
    return PZ_OK;
}

typedef struct markers { bool named, positional; } markers;

/* Which kinds of parameter markers a text has, by its tokens. */
static pz_status
check_markers(pz_statement *r, pz_str text, const pz_sql_options *o)
{
    markers m = {0};
    pz_sql_markers(text, o, r->a, &m.named, &m.positional);
    if (m.named && m.positional) return pz_raise(r->err, PZ_ERR_INVALID_QUERY_MIXED_QUERY_PARAMETERS, PZ_NO_ORIGIN, NULL);
    for (int i = 1; m.named && i < r->c->exprs.n; i++) {
        const pz_expr *e = r->c->exprs.data[i];
        if (e->kind != PZ_EXPR_ALIAS && e->kind != PZ_EXPR_COLUMN)
            return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_ALL_PARAMETERS_MUST_BE_NAMED, PZ_NO_ORIGIN, "exprs",
                               pz_strf(r->a, "\"" PZ_FMT "\"", PZ_ARG(written(r, e))).ptr, NULL);
    }
    return PZ_OK;
}

static pz_status
add_arguments(pz_statement *r, pz_plan *inner, bool named)
{
    pz_computed c;
    for (int i = 1; i < r->c->exprs.n; i++) {
        pz_expr *e = r->c->exprs.data[i];
        pz_str name = {NULL, 0};
        if (e->kind == PZ_EXPR_COLUMN) name = e->names.data[e->names.n - 1];
        if (e->kind == PZ_EXPR_ALIAS) {
            name = e->u.alias.names.data[0];
            e = e->args.data[0];
        }
        PZ_TRY(constant(r, e, &c));
        if (!named) name.ptr = NULL;
        pz_vec_push(r->a, &inner->param_names, name);
        pz_vec_push(r->a, &inner->params, spelled(r->a, c.type, &c.value));
    }
    return PZ_OK;
}

/* The statement in the text, with its parameters. */
static pz_status
inner_plan(pz_statement *r, pz_str *text, pz_plan **out)
{
    pz_sql_options o;
    bool named, positional;
    pz_status st;
    PZ_TRY(text_of(r, text));
    pz_query_sql_options(r->q, &o);
    PZ_TRY(check_markers(r, *text, &o));
    st = pz_parse_sql(*text, &o, r->a, out, r->err);
    if (st != PZ_OK) {
        if (r->err->origin.source) ((pz_source *)(uintptr_t)r->err->origin.source)->object_type = PZ_STR("EXECUTE IMMEDIATE");
        if (r->err->place_only && text->len) {             /* what is no statement at all: the whole text */
            r->err->origin.start = 0;
            r->err->origin.stop = (int)text->len - 1;
            r->err->place_only = false;
        }
        return st;
    }
    ((pz_source *)(uintptr_t)(*out)->source)->object_type = PZ_STR("EXECUTE IMMEDIATE");
    pz_sql_markers(*text, &o, r->a, &named, &positional);
    return add_arguments(r, *out, named);
}

static pz_status
check_statement(pz_statement *r, const pz_plan *inner, pz_str text)
{
    const pz_rel *root = inner->root;
    if (root->kind != PZ_REL_COMMAND) return PZ_OK;
    if (root->u.command->kind == PZ_CMD_SCRIPT)
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_SQL_SCRIPT_IN_EXECUTE_IMMEDIATE, PZ_NO_ORIGIN, "sqlString", pz_dup(r->a, text).ptr, NULL);
    if (!r->c->body.n) return PZ_OK;
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_STATEMENT_FOR_EXECUTE_INTO, PZ_NO_ORIGIN, "sqlString",
                       pz_upper_ascii(r->a, text).ptr, NULL);
}

/* With the inner statement's names: no variables of the script, its own parameters. */
typedef struct outside { pz_script *script; const pz_plan *params; } outside;

static outside
leave_script(pz_query *q, const pz_plan *inner)
{
    outside was = {q->script, q->params};
    q->script = NULL;
    q->params = inner;
    q->cursors = was.script ? was.script : q->cursors;
    return was;
}

static void
come_back(pz_query *q, outside was)
{
    q->script = was.script;
    q->params = was.params;
}

static pz_status
check_into(pz_statement *r)
{
    for (int i = 0; i < r->c->body.n; i++) {
        pz_command *target = r->c->body.data[i];
        if (pz_variable_literal(r->q, &target->names, r->a)) continue;
        return pz_raise(r->err, PZ_ERR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, target->ref, "objectName", pz_quoted(r->a, &target->names).ptr, NULL);
    }
    return pz_targets_check(r, r->c->body.data, r->c->body.n);
}

pz_status
pz_execute_immediate(pz_statement *r, pz_plan **query, pz_rel **rows)
{
    pz_plan *inner, *p = NULL;
    pz_str text;
    outside was;
    pz_status st;
    *query = NULL;
    PZ_TRY(check_into(r));
    PZ_TRY(inner_plan(r, &text, &inner));
    PZ_TRY(check_statement(r, inner, text));
    was = leave_script(r->q, inner);
    if (inner->root->kind == PZ_REL_COMMAND && inner->root->u.command->kind == PZ_CMD_EXECUTE_IMMEDIATE) {
        pz_statement again = *r;
        again.c = inner->root->u.command;
        st = pz_execute_immediate(&again, &p, rows);
        if (p) inner = p;
    } else if (inner->root->kind == PZ_REL_COMMAND) {
        st = pz_command_run(r->q, inner->root, r->a, rows, r->err);
    } else {
        st = pz_query_resolve(r->q, inner->root, inner, r->a, &p, r->err);
    }
    come_back(r->q, was);
    PZ_TRY(st);
    if (!p) return PZ_OK;
    p->source = inner->source;
    if (r->c->body.n) {
        *rows = NULL;
        return pz_assign_row(r, p, r->c->body.data, r->c->body.n);
    }
    *query = p;
    return PZ_OK;
}

pz_status
pz_cmd_execute_immediate(pz_statement *r)
{
    pz_plan *p;
    PZ_TRY(pz_execute_immediate(r, &p, &r->relation));
    if (!p) return PZ_OK;
    r->relation = p->root;
    r->q->source = (pz_source *)(uintptr_t)p->source;          /* run-time errors point into the inner text */
    return PZ_OK;
}

/* Nothing is run to know what a query would answer. */
pz_status
pz_execute_immediate_schema(pz_query *q, pz_command *c, pz_arena *a, pz_schema *out, pz_error *err)
{
    pz_statement r = {.q = q, .session = q->session, .c = c, .a = a, .err = err};
    pz_plan *inner, *p;
    pz_str text;
    outside was;
    pz_status st;
    if (c->body.n) return PZ_OK;
    PZ_TRY(inner_plan(&r, &text, &inner));
    was = leave_script(q, inner);
    st = pz_query_resolve(q, inner->root, inner, a, &p, err);
    come_back(q, was);
    PZ_TRY(st);
    *out = p->schema;
    return PZ_OK;
}

/*
 * session/script_query.c - one statement, condition or query of a script, each in a query of its own.
 *
 * Rows of queries are read at once: they are the script's answer if no other query follows.  Up to ROWS_MAX are kept as values, more go to
 * a table of the engine that lives as long as the query that answers.  Starts at pz_script_statement().
 */
#include <stdlib.h>

#include "script_int.h"

enum { ROWS_MAX = 4000 };

/* keep: the arena of what the statement may leave behind; NULL: one of its own. */
static pz_query *
open_query(pz_script *s, pz_shared *keep)
{
    pz_query *q = pz_query_open(s->session, s->op, keep);
    q->script = s;
    q->params = s->params;
    q->source = s->outer->source;
    return q;
}

/* ---- values ---- */
pz_status
pz_script_rows(pz_script *s, pz_rel *query, pz_shared *keep, pz_schema *schema, pz_values **rows, int *n, pz_error *err)
{
    pz_query *q = open_query(s, NULL);
    pz_plan *p;
    pz_status st = pz_query_resolve(q, query, NULL, q->arena, &p, err);
    if (st == PZ_OK) st = pz_query_rows(q, p, keep->arena, rows, n, err);
    if (st == PZ_OK) *schema = pz_schema_copy(keep->arena, &p->schema);
    return pz_query_end(q, st, err);
}

static pz_rel *
select_of(pz_query *q, pz_expr *e)
{
    pz_rel *p = pz_rel_make(q->arena, PZ_REL_PROJECT, PZ_NO_ORIGIN);
    p->input = pz_rel_make(q->arena, PZ_REL_ONE_ROW, PZ_NO_ORIGIN);
    pz_vec_push(q->arena, &p->exprs, pz_alias_make(q->arena, e, PZ_STR("v")));
    return p;
}

pz_status
pz_script_value(pz_script *s, pz_expr *e, pz_shared *keep, pz_computed *out, pz_error *err)
{
    pz_query *q = open_query(s, NULL);
    pz_plan *p;
    pz_values *rows;
    int n;
    pz_status st = pz_query_resolve(q, select_of(q, e), NULL, q->arena, &p, err);
    if (st == PZ_OK) st = pz_query_rows(q, p, keep->arena, &rows, &n, err);
    if (st == PZ_OK) {
        *out = (pz_computed){pz_type_copy(keep->arena, p->schema.fields[0].type), {.null = true}};
        if (n) out->value = rows[0].data[0];
    }
    return pz_query_end(q, st, err);
}

static pz_str
text_of(const pz_expr *e, pz_arena *a)
{
    const pz_origin *o = &e->origin;
    if (!o->source || o->start < 0 || (size_t)o->stop >= o->source->text.len) return PZ_STR("");
    return pz_upper_ascii(a, pz_dup(a, (pz_str){o->source->text.ptr + o->start, (size_t)(o->stop - o->start + 1)}));
}

pz_status
pz_script_boolean(pz_script *s, pz_expr *cond, bool *out, pz_error *err)
{
    pz_query *q = open_query(s, NULL);
    pz_shared *keep = pz_shared_open();
    pz_plan *p;
    pz_values *rows;
    int n = 0;
    pz_status st = pz_query_resolve(q, select_of(q, cond), NULL, q->arena, &p, err);
    if (st == PZ_OK && p->schema.fields[0].type->id != PZ_T_BOOLEAN)
        st = pz_raise_as(err, PZ_CLASS_SqlScriptingException, PZ_ERR_INVALID_BOOLEAN_STATEMENT, PZ_NO_ORIGIN, "invalidStatement",
                         text_of(cond, err->arena).ptr, NULL);
    if (st == PZ_OK) st = pz_query_rows(q, p, keep->arena, &rows, &n, err);
    *out = st == PZ_OK && n == 1 && !rows[0].data[0].null && rows[0].data[0].b;
    pz_shared_unref(keep);
    return pz_query_end(q, st, err);
}

/* ---- the answer ---- */
void
pz_script_forget_rows(pz_script *s)
{
    if (s->table.ptr) pz_query_drop_table(s->session, s->table);
    s->table = (pz_str){NULL, 0};
    pz_shared_unref(s->keep);
    s->keep = NULL;
}

static pz_status
keep_rows(pz_script *s, pz_query *q, pz_plan *p, pz_error *err)
{
    pz_shared *keep = pz_shared_open();
    pz_values *rows;
    pz_schema schema;
    pz_str table = {NULL, 0};
    int n;
    pz_status st = pz_query_rows_upto(q, p, ROWS_MAX + 1, keep->arena, &rows, &n, err);
    if (st == PZ_OK && n > ROWS_MAX) st = pz_query_to_table(q, p, s->a, &table, err);
    if (st != PZ_OK) {
        pz_shared_unref(keep);
        return st;
    }
    schema = pz_schema_copy(keep->arena, &p->schema);
    pz_script_forget_rows(s);
    s->keep = keep;
    s->schema = schema;
    s->rows = rows;
    s->nrows = n;
    s->table = table;
    return PZ_OK;
}

static pz_rel *
values_of(pz_script *s, pz_query *q)
{
    pz_rel *v = pz_rel_make(q->arena, PZ_REL_VALUES, PZ_NO_ORIGIN);
    pz_arena *a = q->arena;
    v->resolved = true;
    v->u.values.ncols = s->schema.n;
    for (int i = 0; i < s->schema.n; i++) {
        const pz_field *f = &s->schema.fields[i];
        pz_attr *at = PZ_NEW(a, pz_attr);
        *at = (pz_attr){.id = q->next_attr++, .name = pz_dup(a, f->name), .type = pz_type_copy(a, f->type), .nullable = f->nullable,
                        .metadata = pz_dup(a, f->metadata)};
        pz_vec_push(a, &v->output, at);
    }
    for (int k = 0; s->schema.n && k < s->nrows; k++)
        for (int i = 0; i < s->schema.n; i++) {
            const pz_type *t = v->output.data[i]->type;
            pz_expr *e = pz_literal_value(a, t, pz_value_copy(a, t, &s->rows[k].data[i]));
            e->type = t;
            e->nullable = e->value.null;
            e->resolved = true;
            pz_vec_push(a, &v->exprs, e);
        }
    return v;
}

pz_status
pz_script_answer(pz_script *s, pz_query *q, pz_rel **out, pz_error *err)
{
    (void)err;
    if (s->table.ptr) {
        *out = pz_query_table_scan(q, s->table, &s->schema);  /* q drops the table when it goes */
        s->table = (pz_str){NULL, 0};
        return PZ_OK;
    }
    *out = values_of(s, q);
    return PZ_OK;
}

/* ---- statements ---- */
static pz_status
run_command(pz_script *s, pz_query *q, pz_rel *command, pz_error *err)
{
    pz_command *c = command->u.command;
    pz_plan *p;
    pz_rel *rows;
    if (c->kind == PZ_CMD_EXECUTE_IMMEDIATE) {
        pz_statement r = {.q = q, .session = s->session, .c = c, .a = q->arena, .err = err};
        PZ_TRY(pz_execute_immediate(&r, &p, &rows));
        return p ? keep_rows(s, q, p, err) : PZ_OK;
    }
    return pz_command_run(q, command, q->arena, &rows, err);
}

/* A view or function made by a statement keeps the parsed script; what only sets values must not grow with every round of a loop. */
static bool
leaves_something(const pz_command *c)
{
    switch (c->kind) {
    case PZ_CMD_SET_VARIABLE:
    case PZ_CMD_EXECUTE_IMMEDIATE:
    case PZ_CMD_OPEN_CURSOR:
    case PZ_CMD_FETCH_CURSOR:
    case PZ_CMD_CLOSE_CURSOR: return false;
    default: return true;
    }
}

pz_status
pz_script_statement(pz_script *s, const pz_command *c, pz_error *err)
{
    bool command = c->query->kind == PZ_REL_COMMAND;
    pz_query *q = open_query(s, command && leaves_something(c->query->u.command) ? s->outer->keep : NULL);
    pz_plan *p;
    pz_status st;
    if (command) {
        st = run_command(s, q, c->query, err);
    } else {
        st = pz_query_resolve(q, c->query, NULL, q->arena, &p, err);
        if (st == PZ_OK) st = keep_rows(s, q, p, err);
    }
    return pz_query_end(q, st, err);
}

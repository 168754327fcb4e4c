/*
 * session/script_cursor.c - cursors of a script: DECLARE, OPEN, FETCH, CLOSE.
 *
 * A cursor's query is read from its text when it is opened, with the arguments of USING for its parameters.  Its rows are read then.
 */
#include <stdlib.h>

#include "../sql/sql.h"
#include "script_int.h"

static pz_script *
script_of(pz_statement *r)
{
    return r->q->script ? r->q->script : r->q->cursors;
}

static pz_status
outside(pz_statement *r, const char *name)
{
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_CURSOR_OUTSIDE_SCRIPT, PZ_NO_ORIGIN, "cursorName", name, NULL);
}

static pz_status
state_error(pz_statement *r, pz_err_id id)
{
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, id, PZ_NO_ORIGIN, "cursorName", pz_quoted(r->a, &r->c->names).ptr, NULL);
}

static pz_status
find(pz_statement *r, pz_cursor **out)
{
    pz_script *s = script_of(r);
    const char *name = pz_dup(r->a, pz_dotted(r->a, &r->c->names)).ptr;
    if (!s) return outside(r, name);
    *out = pz_script_find_cursor(s, &r->c->names);
    return *out ? PZ_OK : pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_CURSOR_NOT_FOUND, PZ_NO_ORIGIN, "cursorName", name, NULL);
}

pz_status
pz_cmd_declare_cursor(pz_statement *r)
{
    pz_script *s = r->q->script;
    pz_str name = r->c->names.data[0], key;
    pz_script_scope *scope;
    pz_cursor *c;
    if (!s) return outside(r, pz_quoted(r->a, &r->c->names).ptr);
    scope = pz_script_innermost(s);
    key = pz_variable_key(r->a, name, s->case_sensitive);
    if (pz_table_get(&scope->cursors, key)) return state_error(r, PZ_ERR_CURSOR_ALREADY_EXISTS);
    c = pz_xcalloc(1, sizeof *c);
    c->name = pz_dup(s->a, name);
    c->declared = r->c;
    c->text = r->c->text;
    pz_table_put(&scope->cursors, key, c);
    return PZ_OK;
}

/* Its query again, as a text of its own. */
static pz_status
cursor_plan(pz_statement *r, const pz_cursor *c, pz_plan **out)
{
    pz_sql_options o;
    pz_computed v;
    pz_query_sql_options(r->q, &o);
    PZ_TRY(pz_parse_sql(c->text, &o, r->a, out, r->err));
    for (int i = 0; i < r->c->exprs.n; i++) {
        pz_expr *e = r->c->exprs.data[i];
        pz_str name = {NULL, 0};
        if (e->kind == PZ_EXPR_ALIAS) {
            name = e->u.alias.names.data[0];
            e = e->args.data[0];
        }
        PZ_TRY(pz_compute(r, e, &v));
        pz_vec_push(r->a, &(*out)->param_names, name);
        pz_vec_push(r->a, &(*out)->params, pz_literal_value(r->a, v.type, v.value));
    }
    return PZ_OK;
}

pz_status
pz_cmd_open_cursor(pz_statement *r)
{
    pz_cursor *c;
    pz_plan *inner, *p;
    pz_shared *keep;
    pz_status st;
    PZ_TRY(find(r, &c));
    if (c->open) return state_error(r, PZ_ERR_CURSOR_ALREADY_OPEN);
    PZ_TRY(cursor_plan(r, c, &inner));
    PZ_TRY(pz_query_resolve(r->q, inner->root, inner, r->a, &p, r->err));
    keep = pz_shared_open();
    st = pz_query_rows(r->q, p, keep->arena, &c->rows, &c->n, r->err);
    if (st != PZ_OK) {
        pz_shared_unref(keep);
        return st;
    }
    c->schema.n = p->schema.n;
    c->schema.fields = PZ_NEWN(keep->arena, pz_field, p->schema.n + 1);
    for (int i = 0; i < p->schema.n; i++) {
        c->schema.fields[i] = p->schema.fields[i];
        c->schema.fields[i].name = pz_dup(keep->arena, p->schema.fields[i].name);
        c->schema.fields[i].type = pz_type_copy(keep->arena, p->schema.fields[i].type);
    }
    c->keep = keep;
    c->at = 0;
    c->open = true;
    return PZ_OK;
}

pz_status
pz_cmd_fetch_cursor(pz_statement *r)
{
    pz_cursor *c;
    pz_script *s = script_of(r);
    const pz_values *row;
    if (!s || r->q->script) PZ_TRY(pz_targets_check(r, r->c->body.data, r->c->body.n));
    PZ_TRY(find(r, &c));
    if (!c->open) return state_error(r, PZ_ERR_CURSOR_NOT_OPEN);
    if (c->at >= c->n) return state_error(r, PZ_ERR_CURSOR_NO_MORE_ROWS);
    if (c->schema.n != r->c->body.n)
        return pz_raise(r->err, PZ_ERR_ASSIGNMENT_ARITY_MISMATCH, PZ_NO_ORIGIN, "numTarget", pz_strf(r->a, "%d", r->c->body.n).ptr, "numExpr",
                        pz_strf(r->a, "%d", c->schema.n).ptr, NULL);
    row = &c->rows[c->at++];
    for (int i = 0; i < c->schema.n; i++) {
        pz_computed v = {c->schema.fields[i].type, row->data[i]};
        PZ_TRY(pz_variable_assign(r, r->c->body.data[i], c->schema.fields[i].name, v));
    }
    return PZ_OK;
}

pz_status
pz_cmd_close_cursor(pz_statement *r)
{
    pz_cursor *c;
    PZ_TRY(find(r, &c));
    if (!c->open) return state_error(r, PZ_ERR_CURSOR_NOT_OPEN);
    pz_shared_unref(c->keep);
    c->keep = NULL;
    c->rows = NULL;
    c->n = c->at = 0;
    c->open = false;
    return PZ_OK;
}

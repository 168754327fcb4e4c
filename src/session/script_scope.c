/*
 * session/script_scope.c - names of a script: scopes, local variables, cursors.
 *
 * A name is looked for from the innermost scope outwards.  The body of a handler sees, beyond its own scopes, those around the place
 * of its declaration, not those around the statement that failed.  Starts at pz_script_variable().
 */
#include <stdlib.h>

#include "script_int.h"

pz_script_scope *
pz_script_scope_open(pz_script *s, pz_str label, const pz_command *block)
{
    pz_script_scope *scope = pz_xcalloc(1, sizeof *scope);
    char id[PZ_UUID_SIZE];
    if (!label.ptr) {
        pz_uuid_make(id);
        label = pz_str_c(id);
    }
    scope->label = pz_str_c(pz_xdup(s->case_sensitive ? label : pz_lower_ascii(s->a, label)));
    scope->block = block;
    return scope;
}

void
pz_cursor_free(pz_cursor *c)
{
    pz_shared_unref(c->keep);
    free(c);
}

void
pz_script_scope_close(pz_script_scope *scope)
{
    if (!scope) return;
    PZ_TABLE_EACH(&scope->variables, e) pz_variable_free(e->value);
    PZ_TABLE_EACH(&scope->cursors, e) pz_cursor_free(e->value);
    pz_table_free(&scope->variables);
    pz_table_free(&scope->cursors);
    free((char *)(uintptr_t)scope->label.ptr);
    free(scope);
}

pz_str
pz_script_scope_name(const pz_script_scope *scope)
{
    return scope->label;
}

/* ---- looking up ---- */
typedef struct wanted { pz_str label, key; bool cursor; } wanted;   /* label ptr NULL: unqualified */

static void *
in_scope(pz_script_scope *scope, const wanted *w)
{
    if (w->label.ptr && !pz_str_eq(scope->label, w->label)) return NULL;
    return pz_table_get(w->cursor ? &scope->cursors : &scope->variables, w->key);
}

/* In one frame, from the step `from` outwards. */
static void *
in_frame(const pz_frame *f, int from, const wanted *w, const pz_script_scope **where)
{
    for (int i = from; i >= 0; i--) {
        void *hit = f->steps[i].scope ? in_scope(f->steps[i].scope, w) : NULL;
        if (!hit) continue;
        *where = f->steps[i].scope;
        return hit;
    }
    return NULL;
}

static int
step_of_scope(const pz_frame *f, pz_str label)
{
    for (int i = f->n - 1; i >= 0; i--)
        if (f->steps[i].scope && pz_str_eq(f->steps[i].scope->label, label)) return i;
    return -1;
}

static void *
look(pz_script *s, const wanted *w, const pz_script_scope **where)
{
    const pz_frame *top = &s->frames[s->n - 1];
    void *hit = in_frame(top, top->n - 1, w, where);
    pz_str declared_in = top->label;
    for (int k = s->n - 2; !hit && k >= 0; k--) {
        const pz_frame *f = &s->frames[k];
        int from = declared_in.ptr ? step_of_scope(f, declared_in) : -1;
        if (from < 0) continue;
        hit = in_frame(f, from, w, where);
        declared_in = f->label;
    }
    return hit;
}

static bool
wanted_of(pz_script *s, const pz_strs *names, bool cursor, pz_arena *a, wanted *w)
{
    if (names->n < 1 || names->n > 2) return false;
    *w = (wanted){.key = pz_variable_key(a, names->data[names->n - 1], s->case_sensitive), .cursor = cursor};
    if (names->n == 2) w->label = pz_variable_key(a, names->data[0], s->case_sensitive);
    return true;
}

pz_variable *
pz_script_variable(pz_script *s, const pz_strs *names, const pz_script_scope **scope)
{
    pz_arena *a;
    wanted w;
    pz_variable *v = NULL;
    if (names->n > 2 || !s->n) return NULL;
    a = pz_arena_open();
    if (wanted_of(s, names, false, a, &w)) v = look(s, &w, scope);
    pz_arena_close(a);
    return v;
}

pz_cursor *
pz_script_find_cursor(pz_script *s, const pz_strs *names)
{
    pz_arena *a = pz_arena_open();
    const pz_script_scope *scope;
    wanted w;
    pz_cursor *c = NULL;
    if (s->n && wanted_of(s, names, true, a, &w)) c = look(s, &w, &scope);
    pz_arena_close(a);
    return c;
}

pz_script_scope *
pz_script_innermost(pz_script *s)
{
    const pz_frame *f = &s->frames[s->n - 1];
    for (int i = f->n - 1; i >= 0; i--)
        if (f->steps[i].scope) return f->steps[i].scope;
    return NULL;
}

/* ---- declaring ---- */
static pz_str
path_of(pz_statement *r, const pz_script_scope *scope, pz_str name)
{
    return pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(scope->label), PZ_ARG(name));
}

static pz_status
check(pz_statement *r, pz_script_scope *scope, const pz_command *one)
{
    const pz_strs *names = &one->names;
    pz_str name = names->data[names->n - 1];
    if (names->n > 1)
        return pz_raise(r->err, PZ_ERR_INVALID_VARIABLE_DECLARATION_QUALIFIED_LOCAL_VARIABLE, PZ_NO_ORIGIN, "varName", pz_quoted(r->a, names).ptr, NULL);
    if (r->c->replace)
        return pz_raise(r->err, PZ_ERR_INVALID_VARIABLE_DECLARATION_REPLACE_LOCAL_VARIABLE, PZ_NO_ORIGIN, "varName", pz_quoted(r->a, names).ptr, NULL);
    if (!pz_table_get(&scope->variables, pz_variable_key(r->a, name, r->q->script->case_sensitive))) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_VARIABLE_ALREADY_EXISTS, PZ_NO_ORIGIN, "variableName",
                    path_of(r, scope, pz_variable_key(r->a, name, r->q->script->case_sensitive)).ptr, NULL);
}

static void
put(pz_script *s, pz_script_scope *scope, pz_arena *a, pz_str name, const pz_computed *value, pz_expr *initial)
{
    pz_str key = pz_variable_key(a, name, s->case_sensitive);
    pz_variable_free(pz_table_put(&scope->variables, key, pz_variable_make(s->own, key, value, initial)));
}

pz_status
pz_script_declare(pz_statement *r)
{
    pz_script *s = r->q->script;
    pz_script_scope *scope = pz_script_innermost(s);
    pz_column_def *def = r->c->defs.data[0];
    pz_computed value;
    pz_str name = r->c->names.data[r->c->names.n - 1];
    PZ_TRY(pz_declared_differ(r, r->c, pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(scope->label)).ptr));
    PZ_TRY(check(r, scope, r->c));
    for (int i = 0; i < r->c->body.n; i++) PZ_TRY(check(r, scope, r->c->body.data[i]));
    PZ_TRY(pz_declared_value(r, def, pz_strf(r->a, "`local`." PZ_FMT, PZ_ARG(path_of(r, scope, name))).ptr, &value));
    put(s, scope, r->a, name, &value, def->default_value);
    for (int i = 0; i < r->c->body.n; i++) put(s, scope, r->a, r->c->body.data[i]->names.data[0], &value, def->default_value);
    return PZ_OK;
}

pz_status
pz_script_bind_row(pz_script *s, pz_script_scope *scope, const pz_schema *schema, const pz_values *row, pz_error *err)
{
    pz_arena *a = pz_arena_open();
    pz_status st = PZ_OK;
    for (int i = 0; i < schema->n && st == PZ_OK; i++) {
        pz_computed value = {schema->fields[i].type, row->data[i]};
        pz_str name = pz_variable_key(a, schema->fields[i].name, s->case_sensitive);
        if (pz_table_get(&scope->variables, name))
            st = pz_raise(err, PZ_ERR_VARIABLE_ALREADY_EXISTS, PZ_NO_ORIGIN, "variableName",
                          pz_strf(err->arena, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(scope->label), PZ_ARG(name)).ptr, NULL);
        else put(s, scope, a, name, &value, NULL);
    }
    pz_arena_close(a);
    return st;
}

/*
 * session/script.c - BEGIN ... END: the machine that walks a script.
 *
 * In: a SCRIPT command.  Out: the rows of the last query that ran.  Statements themselves: script_query.c.  An error goes to the nearest
 * handler, whose body becomes a frame of its own; when that ends, an EXIT handler leaves the block that declared it, a CONTINUE handler
 * goes on after the statement, or after the whole loop or branch whose condition failed.  Starts at pz_cmd_script().
 */
#include <stdlib.h>

#include "script_int.h"

/* ---- frames and their stacks ---- */
static pz_frame *
top_frame(pz_script *s)
{
    return &s->frames[s->n - 1];
}

static pz_step *
top_step(pz_script *s)
{
    pz_frame *f = top_frame(s);
    return f->n ? &f->steps[f->n - 1] : NULL;
}

static pz_step *
push_step(pz_script *s, pz_doing kind, const pz_command *c)
{
    pz_frame *f = top_frame(s);
    if (f->n == f->cap) {
        f->cap = f->cap ? 2 * f->cap : 8;
        f->steps = realloc(f->steps, (size_t)f->cap * sizeof *f->steps);
        pz_assert(f->steps);
    }
    f->steps[f->n] = (pz_step){.kind = kind, .c = c};
    return &f->steps[f->n++];
}

static void
push_block(pz_script *s, const pz_command *c)
{
    pz_step *step = push_step(s, PZ_DOING_LIST, c);
    step->scope = pz_script_scope_open(s, c->text, c);
}

static void
pop_step(pz_script *s)
{
    pz_frame *f = top_frame(s);
    pz_step *step = &f->steps[--f->n];
    pz_script_scope_close(step->scope);
    pz_shared_unref(step->keep);
}

static pz_frame *
push_frame(pz_script *s, pz_frame_kind kind, pz_str label)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 4;
        s->frames = realloc(s->frames, (size_t)s->cap * sizeof *s->frames);
        pz_assert(s->frames);
    }
    s->frames[s->n] = (pz_frame){.kind = kind, .label = label};
    return &s->frames[s->n++];
}

static void
clear_frame(pz_script *s)
{
    while (top_frame(s)->n) pop_step(s);
}

static void
pop_frame(pz_script *s)
{
    clear_frame(s);
    free(top_frame(s)->steps);
    s->n--;
}

/* ---- LEAVE and ITERATE ---- */
static bool
labelled(const pz_step *step, pz_str label)
{
    pz_str own = step->kind == PZ_DOING_LIST ? (step->scope ? step->scope->label : (pz_str){NULL, 0}) : step->c->text;
    return own.ptr && pz_str_ieq(own, label);
}

/* What is not in this frame ends the frame. */
static void
leave_label(pz_script *s, pz_str label)
{
    while (top_frame(s)->n) {
        bool found = labelled(top_step(s), label);
        pop_step(s);
        if (found) return;
    }
}

static void
iterate_label(pz_script *s, pz_str label)
{
    while (top_frame(s)->n && !labelled(top_step(s), label)) pop_step(s);
}

/* ---- errors ---- */
static pz_status
handle(pz_script *s, pz_error *e)
{
    const pz_script_scope *scope;
    const pz_command *h = pz_script_handler(s, e, &scope), *body;
    pz_str label;
    if (!h) return pz_str_starts(pz_str_c(e->id == PZ_ERR_TEXT ? "" : pz_err_info(e->id)->sqlstate), "02") ? PZ_OK : PZ_FAIL; /* no data is no error */
    label = pz_dup(s->a, scope->label);
    s->first_handler = label;
    push_frame(s, pz_str_eqc(h->mode, "continue") ? PZ_FRAME_CONTINUE : PZ_FRAME_EXIT, label)->handed_out = s->in_statement;
    body = h->body.data[0];
    if (body->kind == PZ_CMD_SCRIPT) push_block(s, body);
    else push_step(s, PZ_DOING_LIST, h);       /* the handler's one statement is the list */
    return PZ_OK;
}

/* Is there anything left to do from step i inwards?  A loop always has a next turn to look at. */
static bool
has_next(const pz_frame *f, int i)
{
    for (; i < f->n; i++)
        if (f->steps[i].kind != PZ_DOING_LIST || f->steps[i].at < f->steps[i].c->body.n) return true;
    return false;
}

/* WHILE, REPEAT, IF and CASE (which have no step of their own) are done with their statements as soon as the last one was handed out;
   blocks, FOR and LOOP notice it only when they are asked for another. */
static bool
is_done_early(const pz_frame *f, int i)
{
    const pz_step *below = i > 0 ? &f->steps[i - 1] : NULL;
    if (!below || f->steps[i].kind != PZ_DOING_LIST || has_next(f, i)) return false;
    return below->kind == PZ_DOING_WHILE || below->kind == PZ_DOING_REPEAT || (below->kind == PZ_DOING_LIST && !f->steps[i].scope);
}

/* Leaving after an EXIT handler starts where the next statement would have come from: what is done with its statements is no longer
   there, and with it the block's label may be gone, which ends the frame.  (So does Spark.)  A condition or query that failed had not
   been handed out, so that nothing was done yet. */
static void
leave_after_handler(pz_script *s, pz_str label, bool handed_out)
{
    pz_frame *f = top_frame(s);
    int keep = 0;
    while (keep < f->n && !(handed_out && is_done_early(f, keep))) keep++;
    while (f->n > keep) pop_step(s);
    leave_label(s, label);
}

/* The frame on top has run to its end. */
static void
end_frame(pz_script *s)
{
    pz_frame_kind kind = top_frame(s)->kind;
    bool handed_out = top_frame(s)->handed_out;
    pz_str label = top_frame(s)->label;
    pop_frame(s);
    if (kind == PZ_FRAME_SCRIPT || !s->n) return;
    if (s->first_handler.ptr && pz_str_eq(label, s->first_handler)) s->first_handler = (pz_str){NULL, 0};
    if (kind == PZ_FRAME_EXIT) leave_after_handler(s, label, handed_out);
}

/* ---- statements ---- */
/* The branch that a condition chooses, or NULL. */
static pz_status
choose_branch(pz_script *s, const pz_command *c, const pz_command **branch, pz_error *err)
{
    *branch = NULL;
    if (c->kind == PZ_CMD_SCRIPT_CASE && c->flag1) {
        pz_shared *keep = pz_shared_open();
        pz_computed value;
        pz_status st = pz_script_value(s, c->cond, keep, &value, err);
        for (int i = 0; st == PZ_OK && i < c->exprs.n && !*branch; i++) {
            bool hit = false;
            pz_expr *same = pz_call_make(keep->arena, PZ_NO_ORIGIN, "=", 2, pz_literal_value(keep->arena, value.type, value.value), c->exprs.data[i]);
            same->u.call.as_operator = true;
            st = pz_script_boolean(s, same, &hit, err);
            if (hit) *branch = c->body.data[i];
        }
        pz_shared_unref(keep);
        PZ_TRY(st);
    } else {
        for (int i = 0; i < c->exprs.n && !*branch; i++) {
            bool hit;
            PZ_TRY(pz_script_boolean(s, c->exprs.data[i], &hit, err));
            if (hit) *branch = c->body.data[i];
        }
    }
    if (!*branch && c->body.n > c->exprs.n) *branch = c->body.data[c->body.n - 1];
    return PZ_OK;
}

static pz_status
begin_statement(pz_script *s, const pz_command *c, pz_error *err)
{
    const pz_command *branch;
    switch (c->kind) {
    case PZ_CMD_SCRIPT: push_block(s, c); return PZ_OK;
    case PZ_CMD_SCRIPT_IF:
    case PZ_CMD_SCRIPT_CASE:
        PZ_TRY(choose_branch(s, c, &branch, err));
        if (branch) push_step(s, PZ_DOING_LIST, branch);
        return PZ_OK;
    case PZ_CMD_SCRIPT_WHILE: push_step(s, PZ_DOING_WHILE, c); return PZ_OK;
    case PZ_CMD_SCRIPT_REPEAT: push_step(s, PZ_DOING_REPEAT, c); return PZ_OK;
    case PZ_CMD_SCRIPT_LOOP: push_step(s, PZ_DOING_LOOP, c); return PZ_OK;
    case PZ_CMD_SCRIPT_FOR: push_step(s, PZ_DOING_FOR, c); return PZ_OK;
    case PZ_CMD_SCRIPT_LEAVE: leave_label(s, c->text); return PZ_OK;
    case PZ_CMD_SCRIPT_ITERATE: iterate_label(s, c->text); return PZ_OK;
    case PZ_CMD_SCRIPT_CONDITION:
    case PZ_CMD_SCRIPT_HANDLER: return PZ_OK;
    case PZ_CMD_SCRIPT_QUERY: s->in_statement = true; return pz_script_statement(s, c, err);
    default: return pz_raise_internal(err, "statement kind %d in a script", (int)c->kind);
    }
}

/* ---- loops: one turn; a failing condition or query ends the loop ---- */
static pz_status
turn_conditional(pz_script *s, const pz_command *c, bool until, pz_error *err)
{
    bool holds;
    if (pz_script_boolean(s, c->cond, &holds, err) != PZ_OK) {
        pop_step(s);
        return PZ_FAIL;
    }
    if (holds != until) push_step(s, PZ_DOING_LIST, c->body.data[0]);
    else pop_step(s);
    return PZ_OK;
}

static pz_status
start_for(pz_script *s, pz_error *err)
{
    pz_shared *keep = pz_shared_open();
    pz_schema schema;
    pz_values *rows;
    int n;
    pz_step *step;
    if (pz_script_rows(s, top_step(s)->c->query, keep, &schema, &rows, &n, err) != PZ_OK) {
        pz_shared_unref(keep);
        pop_step(s);
        return PZ_FAIL;
    }
    step = top_step(s);
    step->keep = keep;
    step->schema = schema;
    step->rows = rows;
    step->nrows = n;
    step->started = true;
    return PZ_OK;
}

static pz_status
turn_for(pz_script *s, pz_error *err)
{
    pz_step *step = top_step(s);
    if (!step->started) return start_for(s, err);
    pz_script_scope_close(step->scope);
    step->scope = NULL;
    if (step->at >= step->nrows) {
        pop_step(s);
        return PZ_OK;
    }
    step->scope = pz_script_scope_open(s, step->c->text2, NULL);
    if (pz_script_bind_row(s, step->scope, &step->schema, &step->rows[step->at++], err) != PZ_OK) {
        pop_step(s);
        return PZ_FAIL;
    }
    push_step(s, PZ_DOING_LIST, step->c->body.data[0]);
    return PZ_OK;
}

static pz_status
turn(pz_script *s, pz_error *err)
{
    pz_step *step = top_step(s);
    const pz_command *c = step->c;
    switch (step->kind) {
    case PZ_DOING_WHILE: return turn_conditional(s, c, false, err);
    case PZ_DOING_REPEAT:
        if (step->at++) return turn_conditional(s, c, true, err);
        push_step(s, PZ_DOING_LIST, c->body.data[0]);
        return PZ_OK;
    case PZ_DOING_LOOP: push_step(s, PZ_DOING_LIST, c->body.data[0]); return PZ_OK;
    case PZ_DOING_FOR: return turn_for(s, err);
    default: break;
    }
    if (step->at < c->body.n) return begin_statement(s, c->body.data[step->at++], err);
    pop_step(s);
    return PZ_OK;
}

/* ---- the whole ---- */
static pz_status
run(pz_script *s, pz_error *err)
{
    while (s->n) {
        pz_error quiet;
        pz_shared *keep;
        pz_status st;
        if (!top_frame(s)->n) {
            end_frame(s);
            continue;
        }
        if (s->op) PZ_TRY(pz_operation_check(s->op, err));
        keep = pz_shared_open();
        pz_error_init(&quiet, keep->arena);
        s->in_statement = false;
        st = turn(s, &quiet);
        if (st != PZ_OK) st = handle(s, &quiet);
        if (st != PZ_OK) pz_error_copy(err, &quiet);
        pz_shared_unref(keep);
        PZ_TRY(st);
    }
    return PZ_OK;
}

static void
close_script(pz_script *s)
{
    while (s->n) pop_frame(s);
    free(s->frames);
    pz_script_forget_rows(s);
    pz_shared_unref(s->own);
}

pz_status
pz_cmd_script(pz_statement *r)
{
    pz_script s = {.session = r->session, .op = r->q->op, .outer = r->q, .params = r->q->params, .own = pz_shared_open()};
    pz_status st;
    s.a = s.own->arena;
    s.case_sensitive = r->q->place.env.case_sensitive;
    for (int i = 0; s.params && i < s.params->params.n; i++)
        if (i >= s.params->param_names.n || !s.params->param_names.data[i].ptr) {
            pz_shared_unref(s.own);
            return pz_raise_as(r->err, PZ_CLASS_SqlScriptingException, PZ_ERR_UNSUPPORTED_FEATURE_SQL_SCRIPTING_WITH_POSITIONAL_PARAMETERS, PZ_NO_ORIGIN, NULL);
        }
    push_frame(&s, PZ_FRAME_SCRIPT, (pz_str){NULL, 0});
    push_block(&s, r->c);
    st = run(&s, r->err);
    if (st == PZ_OK) st = pz_script_answer(&s, r->q, &r->relation, r->err);
    close_script(&s);
    return st;
}

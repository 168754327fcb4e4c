/*
 * sql/parse_script.c - SQL scripts: BEGIN ... END with declarations, branches, loops and handlers.
 *
 * In: tokens at BEGIN.  Out: a SCRIPT command whose body holds the statements, each a SCRIPT_* command.  What the statements mean
 * together (labels, the order of declarations) is checked here as Spark's parser does.  Starts at pz_script.
 */
#include "sql_int.h"

#include <ctype.h>

/* One block or loop around the statement being read. */
typedef struct pz_script_scope {
    struct pz_script_scope *up;
    pz_str label, row;                         /* row: variable of a FOR; ptr NULL: none */
    bool loop;
    pz_strs conditions;                        /* declared in this block */
    pz_strs handled;                           /* conditions and SQLSTATEs that have a handler in this block */
} scope;

static pz_command *block(pz_parser *p, int start, pz_str label, bool nested);
static pz_command *statement_list(pz_parser *p, bool block_body);

static pz_command *
make(pz_parser *p, pz_command_kind k, int start)
{
    pz_rel *r;
    return pz_command_new(p, k, start, &r);
}

static void
script_error(pz_parser *p, pz_err_id id, const char *n1, const char *v1, const char *n2, const char *v2)
{
    if (p->sem.id) return;
    if (n2) pz_raise_as(&p->sem, PZ_CLASS_SqlScriptingException, id, PZ_NO_ORIGIN, n1, v1, n2, v2, NULL);
    else if (n1) pz_raise_as(&p->sem, PZ_CLASS_SqlScriptingException, id, PZ_NO_ORIGIN, n1, v1, NULL);
    else pz_raise_as(&p->sem, PZ_CLASS_SqlScriptingException, id, PZ_NO_ORIGIN, NULL);
}

static const char *
quoted(pz_parser *p, pz_str s)
{
    return pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(s)).ptr;
}

/* ---------------------------------------------------------------- labels */

static bool
label_ahead(const pz_parser *p)
{
    return pz_is_strict_name(p, 0) && tkn(p, 1) == T_COLON;
}

/* Labels and row variables of FOR share one space of names. */
static void
check_label(pz_parser *p, pz_str name, pz_str beside)
{
    bool taken = beside.ptr && pz_str_ieq(beside, name);
    for (scope *s = p->scope; s; s = s->up) taken |= (s->label.ptr && pz_str_ieq(s->label, name)) || (s->row.ptr && pz_str_ieq(s->row, name));
    const char *shown = quoted(p, pz_lower_ascii(p->a, name));
    if (taken) script_error(p, PZ_ERR_LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS, "label", shown, NULL, NULL);
    if ((name.len >= 3 && pz_str_ieqc((pz_str){name.ptr, 3}, "sys")) || pz_str_ieqc(name, "builtin") || pz_str_ieqc(name, "session"))
        script_error(p, PZ_ERR_LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN, "label", shown, NULL, NULL);
}

static bool
take_label(pz_parser *p, pz_str *out)
{
    *out = (pz_str){0};
    if (!label_ahead(p)) return true;
    if (!pz_strict_name(p, out)) return false;
    skip(p);
    check_label(p, *out, (pz_str){0});
    return true;
}

/* [label] after END */
static bool
end_label(pz_parser *p, pz_str label)
{
    pz_str s;
    if (!pz_is_strict_name(p, 0)) return true;
    if (!pz_strict_name(p, &s)) return false;
    if (!label.ptr) script_error(p, PZ_ERR_END_LABEL_WITHOUT_BEGIN_LABEL, "endLabel", quoted(p, s), NULL, NULL);
    else if (!pz_str_ieq(s, label))
        script_error(p, PZ_ERR_LABELS_MISMATCH, "beginLabel", quoted(p, label), "endLabel", quoted(p, s));
    return true;
}

/* LEAVE label | ITERATE label */
static pz_command *
jump(pz_parser *p, bool leave_word)
{
    int start = p->at;
    pz_command *c = make(p, leave_word ? PZ_CMD_SCRIPT_LEAVE : PZ_CMD_SCRIPT_ITERATE, start);
    const char *word = leave_word ? "LEAVE" : "ITERATE";
    skip(p);
    if (!pz_strict_name(p, &c->text)) return NULL;
    pz_str upper = pz_upper_ascii(p->a, c->text);
    for (scope *s = p->scope; s; s = s->up) {
        if (!s->label.ptr || !pz_str_ieq(s->label, c->text)) continue;
        if (!leave_word && !s->loop) script_error(p, PZ_ERR_INVALID_LABEL_USAGE_ITERATE_IN_COMPOUND, "labelName", upper.ptr, NULL, NULL);
        return c;
    }
    script_error(p, PZ_ERR_INVALID_LABEL_USAGE_DOES_NOT_EXIST, "labelName", upper.ptr, "statementType", word);
    return c;
}

/* ---------------------------------------------------------------- branches */

/* IF c THEN body (ELSEIF c THEN body)* [ELSE body] END IF */
static pz_command *
if_statement(pz_parser *p)
{
    pz_command *c = make(p, PZ_CMD_SCRIPT_IF, p->at), *body;
    do {
        skip(p);
        pz_expr *e = pz_expression(p);
        if (!e || !expect(p, K_THEN) || !(body = statement_list(p, false))) return NULL;
        pz_vec_push(p->a, &c->exprs, e);
        pz_vec_push(p->a, &c->body, body);
    } while (tk(p) == K_ELSEIF);
    if (accept(p, K_ELSE)) {
        if (!(body = statement_list(p, false))) return NULL;
        pz_vec_push(p->a, &c->body, body);
    }
    return pz_expect2(p, K_END, K_IF) ? c : NULL;
}

/* CASE [value] (WHEN e THEN body)+ [ELSE body] END CASE */
static pz_command *
case_statement(pz_parser *p)
{
    pz_command *c = make(p, PZ_CMD_SCRIPT_CASE, p->at), *body;
    skip(p);
    if (tk(p) != K_WHEN) {
        c->flag1 = true;
        if (!(c->cond = pz_expression(p))) return NULL;
    }
    if (tk(p) != K_WHEN) {
        pz_fail(p);
        return NULL;
    }
    while (accept(p, K_WHEN)) {
        pz_expr *e = pz_expression(p);
        if (!e || !expect(p, K_THEN) || !(body = statement_list(p, false))) return NULL;
        pz_vec_push(p->a, &c->exprs, e);
        pz_vec_push(p->a, &c->body, body);
    }
    if (accept(p, K_ELSE)) {
        if (!(body = statement_list(p, false))) return NULL;
        pz_vec_push(p->a, &c->body, body);
    }
    return pz_expect2(p, K_END, K_CASE) ? c : NULL;
}

/* ---------------------------------------------------------------- loops */

static bool
loop_body(pz_parser *p, pz_command *c, pz_str label)
{
    scope s = {.up = p->scope, .label = label, .row = c->text2, .loop = true};
    p->scope = &s;
    pz_command *body = statement_list(p, false);
    p->scope = s.up;
    if (!body) return false;
    pz_vec_push(p->a, &c->body, body);
    return true;
}

static pz_command *
end_loop(pz_parser *p, pz_command *c, int word, pz_str label)
{
    c->text = label;
    return pz_expect2(p, K_END, word) && end_label(p, label) ? c : NULL;
}

/* WHILE c DO body END WHILE */
static pz_command *
while_statement(pz_parser *p, pz_str label)
{
    pz_command *c = make(p, PZ_CMD_SCRIPT_WHILE, p->at);
    skip(p);
    if (!(c->cond = pz_expression(p)) || !expect(p, K_DO) || !loop_body(p, c, label)) return NULL;
    return end_loop(p, c, K_WHILE, label);
}

/* REPEAT body UNTIL c END REPEAT */
static pz_command *
repeat_statement(pz_parser *p, pz_str label)
{
    pz_command *c = make(p, PZ_CMD_SCRIPT_REPEAT, p->at);
    skip(p);
    if (!loop_body(p, c, label) || !expect(p, K_UNTIL) || !(c->cond = pz_expression(p))) return NULL;
    return end_loop(p, c, K_REPEAT, label);
}

/* LOOP body END LOOP */
static pz_command *
loop_statement(pz_parser *p, pz_str label)
{
    pz_command *c = make(p, PZ_CMD_SCRIPT_LOOP, p->at);
    skip(p);
    return loop_body(p, c, label) ? end_loop(p, c, K_LOOP, label) : NULL;
}

/* FOR [row AS] query DO body END FOR */
static pz_command *
for_statement(pz_parser *p, pz_str label)
{
    pz_command *c = make(p, PZ_CMD_SCRIPT_FOR, p->at);
    skip(p);
    if (pz_is_strict_name(p, 0) && tkn(p, 1) == K_AS) {
        if (!pz_strict_name(p, &c->text2)) return NULL;
        skip(p);
        check_label(p, c->text2, label);
    }
    if (!(c->query = pz_query(p)) || !expect(p, K_DO) || !loop_body(p, c, label)) return NULL;
    return end_loop(p, c, K_FOR, label);
}

/* ---------------------------------------------------------------- conditions and handlers */

static bool
sqlstate(pz_parser *p, pz_str *out)
{
    accept(p, K_VALUE);
    if (!pz_string_lit(p, out)) return false;
    bool ok = out->len == 5;
    for (size_t i = 0; ok && i < 5; i++) ok = isalnum((unsigned char)out->ptr[i]) != 0;
    if (ok && (memcmp(out->ptr, "00", 2) == 0 || memcmp(out->ptr, "01", 2) == 0 || memcmp(out->ptr, "XX", 2) == 0)) ok = false;
    if (!ok) script_error(p, PZ_ERR_INVALID_SQLSTATE, "sqlState", out->ptr, NULL, NULL);
    return true;
}

static bool
plain_name(pz_str s)
{
    bool ok = s.len > 0;
    for (size_t i = 0; ok && i < s.len; i++) ok = isalnum((unsigned char)s.ptr[i]) || s.ptr[i] == '_';
    return ok;
}

/* DECLARE name CONDITION [FOR SQLSTATE [VALUE] 'x'] */
static pz_command *
declare_condition(pz_parser *p, bool in_place)
{
    pz_command *c = make(p, PZ_CMD_SCRIPT_CONDITION, p->at);
    skip(p);
    if (!pz_strict_name(p, &c->text)) return NULL;
    skip(p);
    c->text2 = PZ_STR("45000");
    if (pz_accept2(p, K_FOR, K_SQLSTATE) && !sqlstate(p, &c->text2)) return NULL;
    const char *shown = quoted(p, pz_upper_ascii(p->a, c->text));
    if (!plain_name(c->text))
        script_error(p, PZ_ERR_INVALID_ERROR_CONDITION_DECLARATION_SPECIAL_CHARACTER_FOUND, "conditionName", quoted(p, c->text), NULL, NULL);
    if (!in_place)
        script_error(p, PZ_ERR_INVALID_ERROR_CONDITION_DECLARATION_NOT_AT_START_OF_COMPOUND_STATEMENT, "conditionName", shown, NULL, NULL);
    for (scope *s = p->scope; s; s = s->up)
        for (int i = 0; i < s->conditions.n; i++)
            if (pz_str_ieq(s->conditions.data[i], c->text)) script_error(p, PZ_ERR_DUPLICATE_CONDITION_IN_SCOPE, "condition", shown, NULL, NULL);
    if (p->scope) pz_vec_push(p->a, &p->scope->conditions, c->text);
    return c;
}

static bool
known_condition(pz_parser *p, pz_str name)
{
    for (scope *s = p->scope; s; s = s->up)
        for (int i = 0; i < s->conditions.n; i++)
            if (pz_str_ieq(s->conditions.data[i], name)) return true;
    return pz_err_find(pz_upper_ascii(p->a, name)) != PZ_ERR_NONE;
}

static bool
listed(const pz_strs *list, pz_str s)
{
    for (int i = 0; i < list->n; i++)
        if (pz_str_ieq(list->data[i], s)) return true;
    return false;
}

/* SQLSTATE [VALUE] 'x' | SQLEXCEPTION | NOT FOUND | name */
static bool
condition_value(pz_parser *p, pz_command *c)
{
    pz_str s;
    bool state = tk(p) == K_SQLSTATE && (pz_is_string(p, 1) || tkn(p, 1) == K_VALUE);
    if (state) {
        skip(p);
        if (!sqlstate(p, &s)) return false;
    } else if (accept(p, K_SQLEXCEPTION)) {
        s = PZ_STR("SQLEXCEPTION");
    } else if (pz_accept2(p, K_NOT, K_FOUND)) {
        s = PZ_STR("NOT FOUND");
    } else {
        pz_strs parts;
        if (!pz_multipart(p, &parts)) return false;
        s = pz_upper_ascii(p->a, pz_dotted(p->a, &parts));
        if (!c->flag2) c->flag2 = !known_condition(p, s);
    }
    if (listed(&c->columns, s))
        script_error(p, state ? PZ_ERR_INVALID_HANDLER_DECLARATION_DUPLICATE_SQLSTATE_IN_HANDLER_DECLARATION
                              : PZ_ERR_INVALID_HANDLER_DECLARATION_DUPLICATE_CONDITION_IN_HANDLER_DECLARATION, state ? "sqlState" : "condition", s.ptr, NULL, NULL);
    pz_vec_push(p->a, &c->columns, s);
    return true;
}

static bool
general(pz_str s)
{
    return pz_str_eqc(s, "SQLEXCEPTION") || pz_str_eqc(s, "NOT FOUND");
}

/* The general conditions do not stand beside special ones, and each condition has one handler in a block. */
static void
check_conditions(pz_parser *p, const pz_command *c)
{
    int generals = 0;
    for (int i = 0; i < c->columns.n; i++) generals += general(c->columns.data[i]);
    if (generals && generals < c->columns.n) script_error(p, PZ_ERR_INVALID_HANDLER_DECLARATION_INVALID_CONDITION_COMBINATION, NULL, NULL, NULL, NULL);
    for (int i = 0; p->scope && i < c->columns.n; i++) {
        pz_str s = c->columns.data[i];
        bool state = s.len == 5 && !known_condition(p, s);
        if (listed(&p->scope->handled, s))
            script_error(p, state ? PZ_ERR_DUPLICATE_EXCEPTION_HANDLER_SQLSTATE : PZ_ERR_DUPLICATE_EXCEPTION_HANDLER_CONDITION, state ? "sqlState" : "condition",
                         s.ptr, NULL, NULL);
        pz_vec_push(p->a, &p->scope->handled, s);
    }
}

/* A statement that is none of the script's own.  A word that begins none could still be a label, so that what stands behind it is wrong. */
static pz_rel *
plain_statement(pz_parser *p)
{
    int start = p->at;
    bool word = pz_is_strict_name(p, 0);
    pz_rel *r = pz_statement(p);
    if (!r && word) {
        p->at = start + 1;
        pz_fail(p);
        p->at = start;
    }
    return r;
}

/* DECLARE EXIT | CONTINUE HANDLER FOR conditions body */
static pz_command *
declare_handler(pz_parser *p)
{
    pz_rel *r;
    pz_command *c = make(p, PZ_CMD_SCRIPT_HANDLER, p->at), *body;
    skip(p);
    bool go_on = tk(p) == K_CONTINUE;
    c->mode = go_on ? PZ_STR("continue") : PZ_STR("exit");
    skip(p);
    if (!pz_expect2(p, K_HANDLER, K_FOR)) return NULL;
    do {
        if (!condition_value(p, c)) return NULL;
    } while (accept(p, T_COMMA));
    if (go_on && !p->o->continue_handlers) script_error(p, PZ_ERR_UNSUPPORTED_FEATURE_CONTINUE_EXCEPTION_HANDLER, NULL, NULL, NULL, NULL);
    if (c->flag2) {
        for (int i = 0; i < c->columns.n; i++) {
            pz_str s = c->columns.data[i];
            if (s.len == 5 || pz_str_eqc(s, "SQLEXCEPTION") || pz_str_eqc(s, "NOT FOUND") || known_condition(p, s)) continue;
            script_error(p, PZ_ERR_INVALID_HANDLER_DECLARATION_CONDITION_NOT_FOUND, "condition", s.ptr, NULL, NULL);
        }
    }
    c->flag2 = false;
    check_conditions(p, c);
    if (tk(p) == K_BEGIN || label_ahead(p)) {
        pz_str label;
        int at = p->at;
        if (!take_label(p, &label) || !(body = block(p, at, label, true))) return NULL;
    } else {
        body = make(p, PZ_CMD_SCRIPT_QUERY, p->at);
        if (!(r = plain_statement(p))) return NULL;
        body->query = r;
    }
    pz_vec_push(p->a, &c->body, body);
    return c;
}

/* ---------------------------------------------------------------- statements and blocks */

typedef struct order { bool variables_over, cursors_over, handlers_over, block; } order; /* declarations come first: variables and conditions, cursors, handlers */

static pz_command *
declaration(pz_parser *p, order *o)
{
    int n = tkn(p, 1);
    if ((n == K_EXIT || n == K_CONTINUE) && tkn(p, 2) == K_HANDLER) {
        pz_command *c = declare_handler(p);
        if (c && (o->handlers_over || !o->block))
            script_error(p, PZ_ERR_INVALID_HANDLER_DECLARATION_WRONG_PLACE_OF_DECLARATION, NULL, NULL, NULL, NULL);
        o->variables_over = o->cursors_over = true;
        return c;
    }
    if (tkn(p, 2) == K_CONDITION) return declare_condition(p, o->block && !o->variables_over);
    int start = p->at;
    pz_command *c = make(p, PZ_CMD_SCRIPT_QUERY, start);
    if (!(c->query = pz_statement(p))) return NULL;
    if (c->query->kind == PZ_REL_COMMAND && c->query->u.command->kind == PZ_CMD_DECLARE_CURSOR) {
        if (!o->block || o->cursors_over) script_error(p, PZ_ERR_INVALID_CURSOR_DECLARATION, NULL, NULL, NULL, NULL);
        o->variables_over = true;
        return c;
    }
    if (c->query->kind != PZ_REL_COMMAND || c->query->u.command->kind != PZ_CMD_CREATE_VARIABLE) return c;
    pz_command *v = c->query->u.command;
    const char *name = pz_quoted_name(p, &v->names).ptr;
    if (!o->block) script_error(p, PZ_ERR_INVALID_VARIABLE_DECLARATION_NOT_ALLOWED_IN_SCOPE, "varName", name, NULL, NULL);
    else if (o->variables_over) script_error(p, PZ_ERR_INVALID_VARIABLE_DECLARATION_ONLY_AT_BEGINNING, "varName", name, NULL, NULL);
    return c;
}

static pz_command *
one_statement(pz_parser *p, order *o)
{
    pz_str label;
    int start = p->at;
    if (tk(p) == K_DECLARE) return declaration(p, o);
    o->variables_over = o->cursors_over = o->handlers_over = true;
    if (!take_label(p, &label)) return NULL;
    bool labelled = label.ptr != NULL;
    switch (tk(p)) {
    case K_BEGIN: return block(p, start, label, true);
    case K_WHILE: return while_statement(p, label);
    case K_REPEAT: return repeat_statement(p, label);
    case K_LOOP: return loop_statement(p, label);
    case K_FOR: return for_statement(p, label);
    case K_IF: if (!labelled) return if_statement(p); break;
    case K_CASE: if (!labelled) return case_statement(p); break;
    case K_LEAVE: if (!labelled) return jump(p, true); break;
    case K_ITERATE: if (!labelled) return jump(p, false); break;
    default: break;
    }
    if (labelled) {
        pz_fail(p);
        return NULL;
    }
    pz_command *c = make(p, PZ_CMD_SCRIPT_QUERY, start);
    c->query = plain_statement(p);
    return c->query ? c : NULL;
}

static bool
ends_body(const pz_parser *p)
{
    int k = tk(p);
    return k == K_END || k == K_ELSE || k == K_ELSEIF || k == K_UNTIL || k == K_WHEN || k == T_EOF;
}

/* (statement ;)+ */
static pz_command *
statement_list(pz_parser *p, bool block_body)
{
    order o = {.block = block_body};
    pz_command *c = make(p, PZ_CMD_SCRIPT, p->at);
    bool ok = pz_enter(p);
    while (ok) {
        pz_command *s = one_statement(p, &o);
        ok = s && expect(p, T_SEMICOLON);
        if (ok) pz_vec_push(p->a, &c->body, s);
        if (ends_body(p)) break;
    }
    leave(p);
    return ok ? c : NULL;
}

/* BEGIN [NOT ATOMIC] [body] END [label] */
static pz_command *
block(pz_parser *p, int start, pz_str label, bool nested)
{
    scope s = {.up = p->scope, .label = label};
    pz_command *c;
    if (!expect(p, K_BEGIN)) return NULL;
    bool not_atomic = pz_accept2(p, K_NOT, K_ATOMIC);
    p->scope = &s;
    p->script++;
    c = tk(p) == K_END ? make(p, PZ_CMD_SCRIPT, start) : statement_list(p, true);
    p->script--;
    p->scope = s.up;
    if (!c || !expect(p, K_END) || (nested && !end_label(p, label))) return NULL;
    c->text = label;
    c->flag1 = not_atomic;
    c->origin = pz_origin_at(p, start);
    return c;
}

pz_rel *
pz_script(pz_parser *p)
{
    int start = p->at;
    pz_rel *r;
    pz_command *c = block(p, start, (pz_str){0}, false);
    if (!c) return NULL;
    if (p->o->no_scripting) script_error(p, PZ_ERR_UNSUPPORTED_FEATURE_SQL_SCRIPTING, "sqlScriptingEnabled", "\"spark.sql.scripting.enabled\"", NULL, NULL);
    pz_command *out = pz_command_new(p, PZ_CMD_SCRIPT, start, &r);
    *out = *c;
    return pz_command_done(p, r, start);
}

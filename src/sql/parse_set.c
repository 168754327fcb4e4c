/*
 * sql/parse_set.c - SET and RESET in all their meanings.
 *
 * A SET that is none of the special forms is read from its text, not from tokens: keys and values are whatever stands there.
 */
#include "sql_int.h"

static void
to_end(pz_parser *p)
{
    while (tk(p) != T_EOF) skip(p);
}

/* Text after token `from` up to the end, trimmed. */
static pz_str
rest_text(const pz_parser *p, int from)
{
    size_t at = (size_t)p->t[from].end;
    return pz_str_trim((pz_str){p->text.ptr + at, p->text.len - at});
}

static bool
key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':';
}

/* Up to the first ";" of a value, of which only blanks and more ";" may follow. */
static bool
plain_value(pz_str s, pz_str *out)
{
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ';') n++;
    for (size_t i = n; i < s.len; i++)
        if (s.ptr[i] != ';') return false;
    *out = pz_str_trim((pz_str){s.ptr, n});
    return true;
}

static pz_rel *
bad_set(pz_parser *p, int start, pz_rel *r)
{
    PZ_SEM(p, PZ_ERR_INVALID_SET_SYNTAX, pz_origin_at(p, start), NULL);
    return pz_command_done(p, r, start);
}

/* `key` [= value | = `value`] */
static pz_rel *
set_quoted(pz_parser *p, int start, pz_rel *r, pz_command *c)
{
    pz_str value;
    c->text = pz_unquote_name(pz_tok_text(p, p->at), p->a);
    skip(p);
    while (tk(p) == T_SEMICOLON) skip(p);
    if (tk(p) == T_EOF) return pz_command_done(p, r, start);
    if (!accept(p, T_EQ)) {
        to_end(p);
        return bad_set(p, start, r);
    }
    if (tk(p) == T_BACKQUOTED && tkn(p, 1) == T_EOF) {
        c->text2 = pz_unquote_name(pz_tok_text(p, p->at), p->a);
        skip(p);
        return pz_command_done(p, r, start);
    }
    pz_str raw = rest_text(p, p->at - 1);
    to_end(p);
    if (!plain_value(raw, &value)) {
        PZ_SEM(p, PZ_ERR_INVALID_PROPERTY_VALUE, pz_origin_at(p, start), "value", pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(raw)).ptr, "key",
               pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(c->text)).ptr, NULL);
        return pz_command_done(p, r, start);
    }
    c->text2 = pz_dup(p->a, value);
    return pz_command_done(p, r, start);
}

/* key [= value], -v, or nothing, as text */
static pz_rel *
set_plain(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SET, start, &r);
    bool double_quoted = tk(p) == T_DQSTRING && p->o->double_quoted_identifiers;
    if ((tk(p) == T_BACKQUOTED || double_quoted) && (tkn(p, 1) == T_EQ || tkn(p, 1) == T_EOF || tkn(p, 1) == T_SEMICOLON)) return set_quoted(p, start, r, c);
    pz_str s = rest_text(p, start), value;
    int first = p->at;
    to_end(p);
    if (s.len == 0) return pz_command_done(p, r, start);
    if (pz_str_eqc(s, "-v")) {
        c->verbose = true;
        return pz_command_done(p, r, start);
    }
    size_t n = 0, e;
    while (n < s.len && key_char(s.ptr[n])) n++;
    for (e = n; e < s.len && (s.ptr[e] == ' ' || (s.ptr[e] >= 9 && s.ptr[e] <= 13)); e++) {}
    if (n > 0 && e < s.len && s.ptr[e] == '=' && plain_value((pz_str){s.ptr + e + 1, s.len - e - 1}, &value)) {
        c->text = pz_dup(p->a, (pz_str){s.ptr, n});
        if (p->t[p->n - 1].kind == T_BACKQUOTED && p->n > 1 && p->t[p->n - 2].kind == T_EQ)
            value = pz_unquote_name(pz_tok_text(p, p->n - 1), p->a);
        c->text2 = pz_dup(p->a, value);
        return pz_command_done(p, r, start);
    }
    if (n == s.len) {
        c->text = pz_dup(p->a, s);
        return pz_command_done(p, r, start);
    }
    /* anything = `value`: the key is not a legal one */
    if (p->n > 1 && p->t[p->n - 1].kind == T_BACKQUOTED && p->t[p->n - 2].kind == T_EQ) {
        pz_str key = pz_span_text(p, first, p->n - 2), v = pz_unquote_name(pz_tok_text(p, p->n - 1), p->a);
        PZ_SEM(p, PZ_ERR_INVALID_PROPERTY_KEY, pz_origin_at(p, start), "key", pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(key)).ptr, "value",
               pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(v)).ptr, NULL);
        return pz_command_done(p, r, start);
    }
    return bad_set(p, start, r);
}

/* SET TIME ZONE LOCAL | 'zone' | INTERVAL ... */
static pz_rel *
set_time_zone(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SET_TIME_ZONE, start, &r);
    p->at += 2;
    int at = p->at;
    if (tk(p) == K_INTERVAL) {
        pz_mark m = pz_mark_make(p);
        pz_expr *e = pz_interval_literal(p);
        if (!e && pz_is_string(p, 1)) e = pz_constant(p);
        if (e && (tk(p) == T_EOF || tk(p) == T_SEMICOLON)) {
            int64_t v = e->value.i;
            bool months = e->type->id == PZ_T_YM_INTERVAL;
            if (!p->sem.id && (months || v % 1000000 || v > 18 * 3600000000LL || v < -18 * 3600000000LL))
                PZ_SEM(p, PZ_ERR_INVALID_INTERVAL_FORMAT_TIMEZONE_INTERVAL_OUT_OF_RANGE, pz_origin_at(p, start), "input",
                       pz_is_string(p, at + 1 - p->at) ? pz_unquote_string(pz_tok_text(p, at + 1), true, p->a).ptr : pz_span_text(p, at + 1, at + 2).ptr, NULL);
            pz_vec_push(p->a, &c->exprs, e);
            return pz_command_done(p, r, start);
        }
        pz_back(p, m);
    } else if (tk(p) == K_LOCAL && (tkn(p, 1) == T_EOF || tkn(p, 1) == T_SEMICOLON)) {
        skip(p);
        c->text = PZ_STR("LOCAL");
        return pz_command_done(p, r, start);
    } else if (pz_is_string(p, 0)) {
        pz_mark m = pz_mark_make(p);
        if (pz_string_lit(p, &c->text) && (tk(p) == T_EOF || tk(p) == T_SEMICOLON)) return pz_command_done(p, r, start);
        pz_back(p, m);
    }
    while (tk(p) != T_EOF && tk(p) != T_SEMICOLON) skip(p);
    PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0045, pz_origin_at(p, start), NULL);
    return pz_command_done(p, r, start);
}

/* SET CATALOG expression */
static pz_rel *
set_catalog(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SET_CATALOG, start, &r);
    skip(p);
    pz_expr *e = pz_expression(p);
    if (!e) return NULL;
    if (e->kind == PZ_EXPR_COLUMN && e->names.n == 1) c->names = e->names;
    else if (e->kind == PZ_EXPR_LITERAL && e->type->id == PZ_T_STRING) pz_vec_push(p->a, &c->names, e->value.s);
    else c->name_expr = e->kind == PZ_EXPR_IDENTIFIER ? e->args.data[0] : e;
    return pz_command_done(p, r, start);
}

/* catalog.schema, or one of the words */
bool
pz_path_element(pz_parser *p, pz_path_word *out, int start)
{
    static const struct { int token; pz_path_word_kind word; } words[] = {
        {K_DEFAULT_PATH, PZ_PATH_WORD_DEFAULT}, {K_SYSTEM_PATH, PZ_PATH_WORD_SYSTEM}, {K_PATH, PZ_PATH_WORD_PATH},
        {K_CURRENT_DATABASE, PZ_PATH_WORD_CURRENT}, {K_CURRENT_SCHEMA, PZ_PATH_WORD_CURRENT}};
    int from = p->at;
    *out = (pz_path_word){PZ_PATH_WORD_NAMED, {0}};
    if (!pz_multipart(p, &out->names)) return false;
    if (out->names.n > 1) return true;
    for (size_t i = 0; i < PZ_COUNTOF(words); i++)
        if (p->t[from].kind == words[i].token) {
            out->word = words[i].word;
            return true;
        }
    PZ_SEM(p, PZ_ERR_INVALID_SQL_PATH_SCHEMA_REFERENCE, pz_origin_at(p, start), "qualifiedName", pz_dotted(p->a, &out->names).ptr, NULL);
    return true;
}

/* SET PATH = element, ... */
static pz_rel *
set_path(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SET_PATH, start, &r);
    p->at += 2;
    do {
        pz_path_word one;
        int from = p->at;
        if (!pz_path_element(p, &one, start)) return NULL;
        pz_vec_push(p->a, &c->columns, pz_span_text(p, from, p->at));
    } while (accept(p, T_COMMA));
    return pz_command_done(p, r, start);
}

/* [VAR] a = x, b = y | [VAR] (a, b) = (query) */
pz_rel *
pz_set_variable(pz_parser *p, int start)
{
    pz_rel *r, *one;
    pz_command *c = pz_command_new(p, PZ_CMD_SET_VARIABLE, start, &r), *v;
    bool many = accept(p, T_LPAREN);
    do {
        int at = p->at;
        v = pz_command_new(p, PZ_CMD_SET_VARIABLE, at, &one);
        if (!pz_multipart(p, &v->names)) return NULL;
        v->ref = pz_origin_at(p, at);
        if (!many) {
            pz_expr *e = NULL;
            if (!expect(p, T_EQ)) return NULL;
            if (tk(p) == K_DEFAULT && (tkn(p, 1) == T_COMMA || tkn(p, 1) == T_EOF || tkn(p, 1) == T_SEMICOLON)) {
                skip(p);
                e = pz_expr_make(p->a, PZ_EXPR_DEFAULT, pz_origin_at(p, p->at - 1));
            } else e = pz_expression(p);
            if (!e) return NULL;
            pz_vec_push(p->a, &v->exprs, e);
        }
        pz_vec_push(p->a, &c->body, v);
    } while (accept(p, T_COMMA));
    if (many) {
        if (!pz_expect2(p, T_RPAREN, T_EQ)) return NULL;
        if (!(c->query = pz_query_paren(p))) {
            pz_fail(p);
            return NULL;
        }
    }
    return pz_command_done(p, r, start);
}

/* A special form, or NULL with the position restored. */
static pz_rel *
special(pz_parser *p, int start)
{
    pz_mark m = pz_mark_make(p);
    pz_rel *r = NULL;
    int n = tkn(p, 1);
    if (tk(p) == K_CATALOG && n != T_EQ && n != T_EOF) r = set_catalog(p, start);
    else if (at2(p, K_TIME, K_ZONE)) r = set_time_zone(p, start);
    else if (tk(p) == K_PATH && n == T_EQ) r = set_path(p, start);
    else if ((tk(p) == K_VAR || tk(p) == K_VARIABLE) && n != T_EQ && n != T_EOF) {
        skip(p);
        r = pz_set_variable(p, start);
    }
    if (r && (tk(p) == T_EOF || tk(p) == T_SEMICOLON)) return r;
    pz_back(p, m);
    return NULL;
}

pz_rel *
pz_set(pz_parser *p)
{
    int start = p->at;
    skip(p);
    if (p->script && tk(p) == K_CATALOG && tkn(p, 1) != T_EQ) return set_catalog(p, start);
    pz_rel *r = p->script ? NULL : special(p, start);
    if (r || p->dead) return r;
    if (p->script) {
        pz_mark m = pz_mark_make(p);
        if ((r = pz_set_variable(p, start))) return r;
        pz_back(p, m);
        return NULL;
    }
    return set_plain(p, start);
}

/* RESET [key] */
pz_rel *
pz_reset(pz_parser *p)
{
    int start = p->at;
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_RESET, start, &r);
    skip(p);
    if (tk(p) == T_BACKQUOTED && (tkn(p, 1) == T_EOF || tkn(p, 1) == T_SEMICOLON)) {
        c->text = pz_unquote_name(pz_tok_text(p, p->at), p->a);
        skip(p);
        return pz_command_done(p, r, start);
    }
    pz_str s = rest_text(p, start);
    to_end(p);
    while (s.len && s.ptr[s.len - 1] == ';') s = pz_str_trim((pz_str){s.ptr, s.len - 1});
    size_t n = 0;
    while (n < s.len && key_char(s.ptr[n])) n++;
    if (n != s.len) PZ_SEM(p, PZ_ERR_INVALID_RESET_COMMAND_FORMAT, pz_origin_at(p, start), NULL);
    c->text = pz_dup(p->a, s);
    return pz_command_done(p, r, start);
}

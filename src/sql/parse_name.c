/*
 * sql/parse_name.c - names, strings, property lists: the small rules all others are made of.
 *
 * In Spark nearly every keyword may serve as a name; which of the two a keyword is meant to be, where both would fit, is
 * decided in pz_clause_ahead from the tokens that follow.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- names */

bool
pz_is_name(const pz_parser *p, int k)
{
    int kind = tkn(p, k);
    if (kind == T_IDENT || kind == T_BACKQUOTED) return true;
    if (kind == T_DQSTRING) return p->o->double_quoted_identifiers;
    if (!is_keyword(kind)) return false;
    return !p->o->enforce_reserved || !(pz_keyword_flags(kind) & KW_R);
}

bool
pz_is_strict_name(const pz_parser *p, int k)
{
    int kind = tkn(p, k);
    if (!pz_is_name(p, k)) return false;
    return !is_keyword(kind) || p->o->enforce_reserved || !(pz_keyword_flags(kind) & KW_S);
}

/* Names written without quotes are ASCII and no URI. */
static void
check_plain(pz_parser *p, pz_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80 || s.ptr[i] == ':') {
            pz_origin o = pz_origin_at(p, p->at);
            if (p->listen.id) return;
            p->listen_at = p->at;
            pz_raise_as(&p->listen, PZ_CLASS_ParseException, PZ_ERR_INVALID_IDENTIFIER, o, "ident", pz_dup(p->a, s).ptr, NULL);
            return;
        }
}

static bool
take_name(pz_parser *p, pz_str *out)
{
    pz_str s = pz_tok_text(p, p->at);
    int kind = tk(p);
    if (kind == T_BACKQUOTED || kind == T_DQSTRING) {
        *out = pz_unquote_name(s, p->a);
    } else {
        if (kind == T_IDENT) check_plain(p, s);
        *out = pz_dup(p->a, s);
    }
    skip(p);
    return true;
}

/* IDENTIFIER('a.b') in the place of a name: its parts. */
static bool
identifier_literal(pz_parser *p, pz_strs *parts)
{
    pz_str s;
    pz_error e;
    pz_error_init(&e, p->a);
    int start = p->at;
    p->at += 2;
    if (!pz_string_lit(p, &s) || !expect(p, T_RPAREN)) return false;
    if (pz_parse_table_name(s, p->a, parts, &e) != PZ_OK) {
        PZ_SEM(p, PZ_ERR_PARSE_SYNTAX_ERROR, pz_origin_at(p, start), "error", "end of input", "hint", "", NULL);
        pz_vec_push(p->a, parts, s);
    }
    return true;
}

static bool
at_identifier_literal(const pz_parser *p)
{
    if (tk(p) != K_IDENTIFIER || tkn(p, 1) != T_LPAREN || !pz_is_string(p, 2)) return false;
    int k = 3;
    while (pz_is_string(p, k)) k++;
    return tkn(p, k) == T_RPAREN;
}

/* identifier into parts: more than one from IDENTIFIER('a.b') only */
static bool
name_parts(pz_parser *p, pz_strs *parts)
{
    pz_str s;
    if (at_identifier_literal(p)) return identifier_literal(p, parts);
    if (!pz_is_name(p, 0)) return pz_fail(p);
    take_name(p, &s);
    pz_vec_push(p->a, parts, s);
    return true;
}

bool
pz_name(pz_parser *p, pz_str *out)
{
    pz_strs parts = {0};
    if (!name_parts(p, &parts)) return false;
    *out = parts.data[parts.n - 1];
    return true;
}

bool
pz_simple_name(pz_parser *p, pz_str *out)
{
    return pz_is_name(p, 0) ? take_name(p, out) : pz_fail(p);
}

bool
pz_strict_name(pz_parser *p, pz_str *out)
{
    return pz_is_strict_name(p, 0) ? pz_name(p, out) : pz_fail(p);
}

/* (- identifier)+ after a name: the whole of it is one bad name. */
static void
check_hyphens(pz_parser *p, int start)
{
    if (tk(p) != T_MINUS) return;
    pz_str s;
    int from = p->at;
    if (!pz_is_name(p, 1) && is_keyword(tkn(p, 1)) && !p->listen.id) {
        p->listen_at = from;                   /* a reserved word: the name is refused up to the hyphen */
        pz_raise_as(&p->listen, PZ_CLASS_ParseException, PZ_ERR_INVALID_IDENTIFIER, pz_origin_at(p, from), "ident",
                    pz_span_join(p, start, from + 1).ptr, NULL);
    }
    if (!pz_is_name(p, 1)) return;
    while (tk(p) == T_MINUS && pz_is_name(p, 1)) {
        skip(p);
        take_name(p, &s);
    }
    if (p->listen.id) return;
    p->listen_at = from;
    pz_raise_as(&p->listen, PZ_CLASS_ParseException, PZ_ERR_INVALID_IDENTIFIER, pz_origin_at(p, from), "ident", pz_span_join(p, start, p->at).ptr, NULL);
}

static bool
checked_parts(pz_parser *p, pz_strs *parts)
{
    int start = p->at;
    if (!name_parts(p, parts)) return false;
    check_hyphens(p, start);
    return true;
}

bool
pz_name_checked(pz_parser *p, pz_str *out)
{
    pz_strs parts = {0};
    if (!checked_parts(p, &parts)) return false;
    *out = parts.data[parts.n - 1];
    return true;
}

bool
pz_multipart(pz_parser *p, pz_strs *out)
{
    *out = (pz_strs){0};
    do {
        if (!checked_parts(p, out)) return false;
    } while (accept(p, T_DOT));
    return true;
}

bool
pz_qualified(pz_parser *p, pz_strs *out)
{
    *out = (pz_strs){0};
    do {
        if (!name_parts(p, out)) return false;
    } while (accept(p, T_DOT));
    return true;
}

bool
pz_name_list(pz_parser *p, pz_strs *out)
{
    do {
        pz_str s;
        if (!pz_name_checked(p, &s)) return false;
        pz_vec_push(p->a, out, s);
    } while (accept(p, T_COMMA));
    return true;
}

bool
pz_name_paren_list(pz_parser *p, pz_strs *out)
{
    return expect(p, T_LPAREN) && pz_name_list(p, out) && expect(p, T_RPAREN);
}

/* IDENTIFIER ( expression ) | a.b.c */
bool
pz_name_ref(pz_parser *p, pz_strs *out, pz_expr **expr)
{
    *expr = NULL;
    *out = (pz_strs){0};
    if (tk(p) == K_IDENTIFIER && tkn(p, 1) == T_LPAREN) {
        pz_mark m = pz_mark_make(p);
        if (at_identifier_literal(p) && pz_multipart(p, out)) return true;
        pz_back(p, m);
        *out = (pz_strs){0};
        p->at += 2;
        *expr = pz_expression(p);
        return *expr && expect(p, T_RPAREN);
    }
    return pz_multipart(p, out);
}

/* ---------------------------------------------------------------- strings and numbers as text */

bool
pz_is_string(const pz_parser *p, int k)
{
    int kind = tkn(p, k);
    return kind == T_STRING || (kind == T_DQSTRING && !p->o->double_quoted_identifiers);
}

/* One or more string tokens; a parameter marker in their place is put in by whoever binds parameters, so here it is empty. */
bool
pz_string_lit(pz_parser *p, pz_str *out)
{
    pz_str all = {0};
    int from = p->at;
    for (;; skip(p)) {
        pz_str s = {0};
        if (pz_is_string(p, 0)) s = pz_unquote_string(pz_tok_text(p, p->at), !p->o->escaped_string_literals, p->a);
        else if (tk(p) == T_QUESTION) s = PZ_STR("");
        else if (tk(p) == T_COLON && pz_is_name(p, 1)) skip(p), s = PZ_STR("");
        else break;
        if (all.ptr) {
            char *b = pz_alloc(p->a, all.len + s.len + 1);
            memcpy(b, all.ptr, all.len);
            memcpy(b + all.len, s.ptr, s.len);
            all = (pz_str){b, all.len + s.len};
        } else all = s;
    }
    if (p->at == from) return pz_fail(p);
    *out = all;
    return true;
}

bool
pz_integer_value(pz_parser *p, pz_str *out)
{
    if (tk(p) == T_INTEGER) {
        *out = pz_dup(p->a, pz_tok_text(p, p->at));
        skip(p);
        return true;
    }
    *out = PZ_STR("");
    if (accept(p, T_QUESTION)) return true;
    if (tk(p) == T_COLON && pz_is_name(p, 1)) {
        p->at += 2;
        return true;
    }
    return pz_fail(p);
}

/* ---------------------------------------------------------------- NOT, IF [NOT] EXISTS */

bool
pz_not(pz_parser *p)
{
    if (accept(p, K_NOT)) return true;
    if (tk(p) != T_BANG) return pz_fail(p);
    skip(p);
    PZ_SEM(p, PZ_ERR_SYNTAX_DISCONTINUED_BANG_EQUALS_NOT, pz_origin_at(p, p->at - 1), "clause", "!", NULL);
    return true;
}

bool
pz_not_opt(pz_parser *p, bool *negated)
{
    *negated = tk(p) == K_NOT || tk(p) == T_BANG;
    return !*negated || pz_not(p);
}

bool
pz_if_not_exists(pz_parser *p, bool *out)
{
    int n = tkn(p, 1);
    *out = tk(p) == K_IF && (n == K_NOT || n == T_BANG) && tkn(p, 2) == K_EXISTS;
    if (!*out) return true;
    skip(p);
    pz_not(p);
    skip(p);
    return true;
}

bool
pz_if_exists(pz_parser *p, bool *out)
{
    *out = tk(p) == K_IF && tkn(p, 1) == K_EXISTS;
    if (*out) p->at += 2;
    return true;
}

/* ---------------------------------------------------------------- (key = value, ...) */

/* a.b.c | 'text' */
static bool
property_key(pz_parser *p, pz_str *out)
{
    if (pz_is_string(p, 0)) {
        *out = pz_unquote_string(pz_tok_text(p, p->at), !p->o->escaped_string_literals, p->a);
        skip(p);
        return true;
    }
    pz_strs parts;
    if (!pz_multipart(p, &parts)) return false;
    *out = parts.data[0];
    for (int i = 1; i < parts.n; i++) *out = pz_strf(p->a, PZ_FMT "." PZ_FMT, PZ_ARG(*out), PZ_ARG(parts.data[i]));
    return true;
}

static bool
property_value(pz_parser *p, pz_str *out, bool *given)
{
    int kind = tk(p);
    *given = true;
    if (kind == T_INTEGER || kind == T_DECIMAL) *out = pz_dup(p->a, pz_tok_text(p, p->at));
    else if (kind == K_TRUE) *out = PZ_STR("true");
    else if (kind == K_FALSE) *out = PZ_STR("false");
    else if (pz_is_string(p, 0) || kind == T_QUESTION || kind == T_COLON) return pz_string_lit(p, out);
    else {
        *given = false;
        return true;
    }
    skip(p);
    return true;
}

bool
pz_properties(pz_parser *p, pz_options *out, bool require_values, bool allow_values)
{
    int start = p->at;
    pz_str missing = {0}, extra = {0};
    if (!expect(p, T_LPAREN)) return false;
    do {
        pz_option opt = {0};
        bool given;
        if (!property_key(p, &opt.key)) return false;
        bool eq = accept(p, T_EQ);
        if (!property_value(p, &opt.value, &given)) return false;
        if (eq && !given) return pz_fail(p);
        if (!given) missing = missing.ptr ? pz_strf(p->a, PZ_FMT "," PZ_FMT, PZ_ARG(missing), PZ_ARG(opt.key)) : opt.key;
        else extra = extra.ptr ? pz_strf(p->a, PZ_FMT "," PZ_FMT, PZ_ARG(extra), PZ_ARG(opt.key)) : opt.key;
        for (int i = 0; i < out->n; i++)
            if (pz_str_eq(out->data[i].key, opt.key))
                PZ_SEM(p, PZ_ERR_DUPLICATE_KEY, pz_origin_at(p, start), "keyColumn",
                       pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(opt.key)).ptr, NULL);
        pz_vec_push(p->a, out, opt);
    } while (accept(p, T_COMMA));
    if (!expect(p, T_RPAREN)) return false;
    if (require_values && missing.ptr)
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0035, pz_origin_at(p, start), "message",
               pz_strf(p->a, "Values must be specified for key(s): [" PZ_FMT "]", PZ_ARG(missing)).ptr, NULL);
    if (!allow_values && extra.ptr)
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0035, pz_origin_at(p, start), "message",
               pz_strf(p->a, "Values should not be specified for key(s): [" PZ_FMT "]", PZ_ARG(extra)).ptr, NULL);
    return true;
}

/* ---------------------------------------------------------------- what comes next */

bool
pz_expr_follows(const pz_parser *p, int k)
{
    switch (tkn(p, k)) {
    case T_EOF: case T_RPAREN: case T_COMMA: case T_SEMICOLON: case T_DOT: case T_EQ: case T_NSEQ: case T_NEQ: case T_NEQJ: case T_LT:
    case T_LTE: case T_GT: case T_GTE: case T_SHL: case T_SHR: case T_SHRU: case T_SLASH: case T_PERCENT: case T_AMP: case T_PIPE:
    case T_CONCAT: case T_OPPIPE: case T_HAT: case T_DCOLON: case T_ARROW: case T_FATARROW: case T_RBRACKET: case T_LBRACKET:
    case T_HINT: case T_HINT_END: case T_OTHER: case T_AT: case T_ATV:
        return false;
    default:
        return true;
    }
}

static bool
relation_follows(const pz_parser *p, int k)
{
    return pz_is_name(p, k) || tkn(p, k) == T_LPAREN;
}

/* SELECT ..., WITH x AS (, FROM t, TABLE t, VALUES (..), MAP x USING, REDUCE x USING */
bool
pz_query_follows(const pz_parser *p, int k)
{
    switch (tkn(p, k)) {
    case K_SELECT: return pz_expr_follows(p, k + 1) || tkn(p, k + 1) == T_HINT;
    case K_WITH: return pz_is_name(p, k + 1);
    case K_FROM: return relation_follows(p, k + 1);
    case K_TABLE: return pz_is_name(p, k + 1);
    case K_VALUES: return pz_expr_follows(p, k + 1);
    case K_MAP: case K_REDUCE: return pz_expr_follows(p, k + 1) && tkn(p, k + 1) != T_LPAREN;
    default: return false;
    }
}

static bool
set_operand_follows(const pz_parser *p, int k)
{
    int kind = tkn(p, k);
    if (kind == K_ALL || kind == K_DISTINCT) k++;
    return tkn(p, k) == T_LPAREN || pz_query_follows(p, k);
}

static bool
join_follows(const pz_parser *p)
{
    static const short words[] = {K_INNER, K_CROSS, K_LEFT, K_RIGHT, K_FULL, K_SEMI, K_ANTI, K_OUTER, K_NATURAL, K_ASOF};
    for (int k = 0; k < 5; k++) {
        int kind = tkn(p, k);
        if (kind == K_JOIN) return relation_follows(p, k + 1);
        bool word = false;
        for (size_t i = 0; i < PZ_COUNTOF(words); i++) word |= kind == words[i];
        if (!word) return false;
    }
    return false;
}

/* Would the keyword here, read as the start of a clause, be followed by something that fits it? */
static bool
clause_fits(const pz_parser *p)
{
    int n = tkn(p, 1), n2 = tkn(p, 2);
    switch (tk(p)) {
    case K_AS: return pz_is_name(p, 1) || n == T_LPAREN;
    case K_FROM: return relation_follows(p, 1);
    case K_WHERE: case K_HAVING: case K_QUALIFY: case K_LIMIT: case K_OFFSET: case K_ON: return pz_expr_follows(p, 1) && n != K_FROM;
    case K_GROUP: case K_ORDER: case K_SORT: case K_CLUSTER: case K_DISTRIBUTE: case K_BIN: case K_IDENTIFIED: return n == K_BY;
    case K_WINDOW: return pz_is_name(p, 1) && (n2 == K_AS || n2 == T_MINUS);
    case K_LATERAL: return n == K_VIEW || relation_follows(p, 1);
    case K_UNION: case K_EXCEPT: case K_INTERSECT: case K_MINUS: return set_operand_follows(p, 1);
    case K_PIVOT: return n == T_LPAREN;
    case K_UNPIVOT: return n == T_LPAREN || n == K_INCLUDE || n == K_EXCLUDE;
    case K_TABLESAMPLE: return n == T_LPAREN || n == K_SYSTEM || n == K_BERNOULLI;
    case K_JOIN: case K_INNER: case K_CROSS: case K_LEFT: case K_RIGHT: case K_FULL: case K_SEMI: case K_ANTI: case K_NATURAL:
    case K_ASOF: return join_follows(p);
    case K_MATCH_CONDITION: return n == T_LPAREN;
    case K_USING: return pz_is_name(p, 1) || n == T_LPAREN || pz_is_string(p, 1);
    case K_WITH: return n == K_ROLLUP || n == K_CUBE || n == T_LPAREN || n == K_ORDINALITY || n == K_SINGLE;
    case K_GROUPING: return n == K_SETS;
    case K_FOR: return pz_is_name(p, 1) || n == T_LPAREN;
    case K_VERSION: case K_TIMESTAMP: case K_SYSTEM_VERSION: case K_SYSTEM_TIME: return n == K_AS && n2 == K_OF;
    case K_CHANGES: return n == K_FROM || n == K_WITH;
    case K_WATERMARK: return n == T_IDENT || n == T_BACKQUOTED || n == T_LPAREN;
    case K_DELAY: return n == K_OF;
    case K_APPROX: case K_EXACT: return n == K_NEAREST;
    case K_SELECT: case K_VALUES: case K_TABLE: return pz_query_follows(p, 0);
    case K_MAP: case K_REDUCE: return pz_expr_follows(p, 1);
    case K_INSERT: return n == K_INTO || n == K_OVERWRITE || n == K_WITH;
    case K_SET: case K_WHEN: case K_KEYS: return pz_expr_follows(p, 1);
    case K_REPLACE: return n == K_WHERE || n == K_ON || n == K_USING;
    case K_BY: return n == K_NAME;
    case K_DO: return p->script > 0;
    case K_AUTO: return n == K_CDC;
    default: return false;
    }
}

bool
pz_clause_ahead(pz_parser *p)
{
    if (!is_keyword(tk(p)) || !clause_fits(p)) return false;
    if (p->flip == p->at) return false;
    pz_vec_push(p->a, &p->choices, p->at);
    return true;
}

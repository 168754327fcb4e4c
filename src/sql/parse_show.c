/*
 * sql/parse_show.c - SHOW, DESCRIBE, EXPLAIN.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- SHOW */

/* [FROM | IN name] */
static bool
in_namespace(pz_parser *p, pz_command *c)
{
    if (tk(p) != K_FROM && tk(p) != K_IN) return true;
    skip(p);
    return pz_command_ref(p, c);
}

/* [[LIKE] 'pattern'] */
static bool
pattern(pz_parser *p, pz_str *out)
{
    bool like = tk(p) == K_LIKE;
    if (like) skip(p);
    if (!like && !pz_is_string(p, 0) && tk(p) != T_QUESTION && tk(p) != T_COLON) return true;
    return pz_string_lit(p, out);
}

static bool
as_json(pz_parser *p, pz_command *c)
{
    if (at2(p, K_AS, K_JSON)) {
        p->at += 2;
        c->flag1 = true;
    }
    return true;
}

/* SHOW TABLES | VIEWS | NAMESPACES ... [FROM name] [[LIKE] 'pattern'] */
static pz_rel *
show_listing(pz_parser *p, int start, pz_command_kind kind)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, kind, start, &r);
    p->at += 2;
    if (!in_namespace(p, c) || !pattern(p, &c->text)) return NULL;
    if (kind == PZ_CMD_SHOW_TABLES) as_json(p, c);
    return pz_command_done(p, r, start);
}

/* SHOW TABLE EXTENDED [FROM name] LIKE 'pattern' [PARTITION (...)] */
static pz_rel *
show_table_extended(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SHOW_TABLE_EXTENDED, start, &r);
    p->at += 2;
    if (!expect(p, K_EXTENDED) || !in_namespace(p, c) || !expect(p, K_LIKE)) return NULL;
    int from = p->at;
    if (!pz_string_lit(p, &c->text)) return NULL;
    c->ref = pz_origin_at(p, from);
    if (tk(p) == K_PARTITION && !pz_partition_spec(p, &c->partition_spec, false)) return NULL;
    as_json(p, c);
    if (c->flag1 && c->partition_spec.n) PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_SHOW_TABLE_EXTENDED_JSON_WITH_PARTITION, pz_origin_at(p, start), NULL);
    return pz_command_done(p, r, start);
}

/* SHOW TBLPROPERTIES t [( key )] */
static pz_rel *
show_properties(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SHOW_TBLPROPERTIES, start, &r);
    p->at += 2;
    if (!pz_command_ref(p, c)) return NULL;
    if (accept(p, T_LPAREN)) {
        pz_strs parts;
        if (pz_is_string(p, 0)) {
            if (!pz_string_lit(p, &c->text)) return NULL;
        } else {
            if (!pz_multipart(p, &parts)) return NULL;
            c->text = pz_dotted(p->a, &parts);
        }
        if (!expect(p, T_RPAREN)) return NULL;
    }
    return pz_command_done(p, r, start);
}

/* SHOW COLUMNS FROM t [FROM db] */
static pz_rel *
show_columns(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SHOW_COLUMNS, start, &r);
    p->at += 2;
    if (tk(p) != K_FROM && tk(p) != K_IN) {
        pz_fail(p);
        return NULL;
    }
    skip(p);
    if (!pz_command_ref(p, c)) return NULL;
    if (tk(p) == K_FROM || tk(p) == K_IN) {
        skip(p);
        if (!pz_multipart(p, &c->names2)) return NULL;
    }
    return pz_command_done(p, r, start);
}

static pz_rel *
show_partitions(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SHOW_PARTITIONS, start, &r);
    p->at += 2;
    if (!pz_command_ref(p, c)) return NULL;
    if (tk(p) == K_PARTITION && !pz_partition_spec(p, &c->partition_spec, true)) return NULL;
    as_json(p, c);
    return pz_command_done(p, r, start);
}

/* SHOW [scope] FUNCTIONS [FROM name] [[LIKE] pattern | name] */
static pz_rel *
show_functions(pz_parser *p, int start, bool scoped)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SHOW_FUNCTIONS, start, &r);
    skip(p);
    c->text2 = PZ_STR("all");
    if (scoped) {
        pz_str s;
        if (!pz_simple_name(p, &s)) return NULL;
        c->text2 = pz_lower_ascii(p->a, s);
        if (!pz_str_eqc(c->text2, "all") && !pz_str_eqc(c->text2, "system") && !pz_str_eqc(c->text2, "user"))
            PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_SHOW_FUNCTIONS_INVALID_SCOPE, pz_origin_at(p, start), "scope",
                   pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(s)).ptr, NULL);
    }
    skip(p);
    if (!in_namespace(p, c)) return NULL;
    bool legacy = tk(p) != T_EOF && tk(p) != T_SEMICOLON && !(tk(p) == K_LIKE && pz_is_string(p, 1)) && !pz_is_string(p, 0);
    if (!legacy) return pattern(p, &c->text) ? pz_command_done(p, r, start) : NULL;
    pz_strs parts;
    if (tk(p) == K_LIKE && pz_is_name(p, 1)) skip(p);
    if (!pz_multipart(p, &parts)) return NULL;
    c->text = parts.data[parts.n - 1];
    if (parts.n > 1 && !c->names.n) {
        c->names = parts;
        c->names.n--;
    } else if (parts.n > 1 || c->names.n) {
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_SHOW_FUNCTIONS_INVALID_PATTERN, pz_origin_at(p, start), "pattern", pz_quoted_name(p, &parts).ptr, NULL);
    }
    return pz_command_done(p, r, start);
}

/* SHOW CREATE TABLE t [AS SERDE] */
static pz_rel *
show_create_table(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_SHOW_CREATE_TABLE, start, &r);
    p->at += 3;
    if (!pz_command_ref(p, c)) return NULL;
    c->flag1 = pz_accept2(p, K_AS, K_SERDE);
    return pz_command_done(p, r, start);
}

static bool
is_namespace(int k)
{
    return k == K_NAMESPACE || k == K_DATABASE || k == K_SCHEMA;
}

pz_rel *
pz_show(pz_parser *p)
{
    int start = p->at, n = tkn(p, 1), n2 = tkn(p, 2);
    pz_rel *r;
    if (n2 == K_FUNCTIONS && n != K_FUNCTIONS && pz_is_name(p, 1)) return show_functions(p, start, true);
    switch (n) {
    case K_FUNCTIONS: return show_functions(p, start, false);
    case K_NAMESPACES: case K_DATABASES: case K_SCHEMAS: return show_listing(p, start, PZ_CMD_SHOW_NAMESPACES);
    case K_TABLES: return show_listing(p, start, PZ_CMD_SHOW_TABLES);
    case K_VIEWS: return show_listing(p, start, PZ_CMD_SHOW_VIEWS);
    case K_TABLE: return show_table_extended(p, start);
    case K_TBLPROPERTIES: return show_properties(p, start);
    case K_COLUMNS: return show_columns(p, start);
    case K_PARTITIONS: return show_partitions(p, start);
    case K_PROCEDURES: {
        pz_command *c = pz_command_new(p, PZ_CMD_SHOW_PROCEDURES, start, &r);
        p->at += 2;
        return in_namespace(p, c) ? pz_command_done(p, r, start) : NULL;
    }
    case K_CATALOGS: case K_COLLATIONS: {
        pz_command *c = pz_command_new(p, n == K_CATALOGS ? PZ_CMD_SHOW_CATALOGS : PZ_CMD_SHOW_COLLATIONS, start, &r);
        p->at += 2;
        return pattern(p, &c->text) ? pz_command_done(p, r, start) : NULL;
    }
    case K_CREATE:
        if (n2 == K_TABLE) return show_create_table(p, start);
        break;
    case K_CURRENT:
        if (!is_namespace(n2)) break;
        pz_command_new(p, PZ_CMD_SHOW_CURRENT_NAMESPACE, start, &r);
        p->at += 3;
        return pz_command_done(p, r, start);
    default:
        if (!pz_is_name(p, 1)) break;
        p->at += 2;                            /* SHOW scope FUNCTIONS */
        pz_fail_missing(p, tk(p) == T_DOT ? "" : "FUNCTIONS");
        return NULL;
    }
    skip(p);
    pz_fail_missing(p, "");
    return NULL;
}

/* ---------------------------------------------------------------- DESCRIBE */

static bool
is_operator_name(int k)
{
    return (k >= T_EQ && k <= T_GTE) || (k >= T_PLUS && k <= T_HAT && k != T_OPPIPE) || (k >= T_SHL && k <= T_SHRU) || k == T_BANG;
}

/* DESCRIBE FUNCTION [EXTENDED] name | 'name' | operator */
static pz_rel *
describe_function(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_DESCRIBE_FUNCTION, start, &r);
    p->at += 2;
    if (tk(p) == K_EXTENDED && tkn(p, 1) != T_EOF && tkn(p, 1) != T_SEMICOLON) {
        skip(p);
        c->extended = true;
    }
    if (is_operator_name(tk(p))) {
        pz_vec_push(p->a, &c->names, pz_dup(p->a, pz_tok_text(p, p->at)));
        skip(p);
    } else if (pz_is_string(p, 0)) {
        pz_str s;
        if (!pz_string_lit(p, &s)) return NULL;
        pz_vec_push(p->a, &c->names, s);
    } else if (!pz_command_ref(p, c)) return NULL;
    return pz_command_done(p, r, start);
}

/* DESCRIBE NAMESPACE [EXTENDED] name */
static pz_rel *
describe_namespace(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_DESCRIBE_DATABASE, start, &r);
    p->at += 2;
    if (tk(p) == K_EXTENDED && pz_is_name(p, 1)) {
        skip(p);
        c->extended = true;
    }
    return pz_command_ref(p, c) ? pz_command_done(p, r, start) : NULL;
}

/* DESCRIBE [TABLE] [EXTENDED | FORMATTED] t [PARTITION (...)] [column] [AS JSON] */
static pz_rel *
describe_table(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_DESCRIBE_TABLE, start, &r);
    skip(p);
    if (tk(p) == K_TABLE && pz_is_name(p, 1)) skip(p);
    if ((tk(p) == K_EXTENDED || tk(p) == K_FORMATTED) && pz_is_name(p, 1) && !at2(p, K_EXTENDED, K_AS)) {
        skip(p);
        c->extended = true;
    }
    if (!pz_command_ref(p, c)) return NULL;
    if (at2(p, K_PARTITION, T_LPAREN) && !pz_partition_spec(p, &c->partition_spec, true)) return NULL;
    if (pz_is_name(p, 0) && !at2(p, K_AS, K_JSON) && !pz_multipart(p, &c->names2)) return NULL;
    as_json(p, c);
    if (c->flag1 && !c->extended)
        PZ_SEM(p, PZ_ERR_DESCRIBE_JSON_NOT_EXTENDED, pz_origin_at(p, start), "tableName", pz_dotted(p->a, &c->names).ptr, NULL);
    if (c->flag1 && c->names2.n) PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_DESC_TABLE_COLUMN_JSON, pz_origin_at(p, start), NULL);
    if (c->partition_spec.n && c->names2.n)
        PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_DESC_TABLE_COLUMN_PARTITION, pz_origin_at(p, start), NULL);
    return pz_command_done(p, r, start);
}

/* DESCRIBE [QUERY] query */
static pz_rel *
describe_query(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_DESCRIBE_QUERY, start, &r);
    skip(p);
    accept(p, K_QUERY);
    int from = p->at;
    if (!(c->query = pz_query(p))) return NULL;
    c->text = pz_span_text(p, from, p->at);
    return pz_command_done(p, r, start);
}

pz_rel *
pz_describe(pz_parser *p)
{
    int start = p->at, n = tkn(p, 1), n2 = tkn(p, 2);
    bool more = n2 != T_EOF && n2 != T_SEMICOLON;
    if (n == K_FUNCTION && more) return describe_function(p, start);
    if (n == K_PROCEDURE && more) {
        pz_rel *r;
        pz_command *c = pz_command_new(p, PZ_CMD_DESCRIBE_PROCEDURE, start, &r);
        p->at += 2;
        return pz_command_ref(p, c) ? pz_command_done(p, r, start) : NULL;
    }
    if (is_namespace(n) && more) return describe_namespace(p, start);
    bool query = n == T_LPAREN || (n == K_QUERY && (n2 == T_LPAREN || pz_query_follows(p, 2))) || (n != K_TABLE && pz_query_follows(p, 1));
    return query ? describe_query(p, start) : describe_table(p, start);
}

/* ---------------------------------------------------------------- EXPLAIN */

/* EXPLAIN [LOGICAL | FORMATTED | EXTENDED | CODEGEN | COST] statement */
pz_rel *
pz_explain(pz_parser *p)
{
    static const struct { short k; const char *mode; } modes[] = {
        {K_LOGICAL, "logical"}, {K_FORMATTED, "formatted"}, {K_EXTENDED, "extended"}, {K_CODEGEN, "codegen"}, {K_COST, "cost"}};
    int start = p->at;
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_EXPLAIN, start, &r);
    c->text = PZ_STR("simple");
    skip(p);
    for (size_t i = 0; i < PZ_COUNTOF(modes); i++)
        if (tk(p) == modes[i].k) {
            c->text = pz_str_c(modes[i].mode);
            skip(p);
            break;
        }
    if (pz_enter(p)) c->query = pz_statement(p);
    leave(p);
    if (!c->query) return NULL;
    if (pz_str_eqc(c->text, "logical")) pz_invalid_statement(p, start, "EXPLAIN LOGICAL");
    return pz_command_done(p, r, start);
}

/*
 * sql/parse_misc.c - the statements with a rule of a few lines: USE, CACHE, REFRESH, ANALYZE, COMMENT, CALL, DECLARE, ...
 */
#include "sql_int.h"

static bool
ends(const pz_parser *p)
{
    return tk(p) == T_EOF || tk(p) == T_SEMICOLON;
}

/* ---------------------------------------------------------------- USE, CACHE, REFRESH */

/* USE [NAMESPACE] name */
static pz_rel *
use(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_USE, start, &r);
    skip(p);
    int k = tk(p);
    if ((k == K_NAMESPACE || k == K_DATABASE || k == K_SCHEMA) && pz_is_name(p, 1)) {
        skip(p);
        c->flag1 = true;                       /* a namespace, never a catalog */
    }
    return pz_command_ref(p, c) ? pz_command_done(p, r, start) : NULL;
}

/* CACHE [LAZY] TABLE t [OPTIONS (..)] [[AS] query] */
static pz_rel *
cache(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CACHE_TABLE, start, &r);
    skip(p);
    c->flag1 = accept(p, K_LAZY);
    if (!expect(p, K_TABLE) || !pz_command_ref(p, c)) return NULL;
    if (tk(p) == K_OPTIONS && tkn(p, 1) == T_LPAREN) {
        skip(p);
        if (!pz_properties(p, &c->options, true, true)) return NULL;
    }
    if (ends(p)) return pz_command_done(p, r, start);
    accept(p, K_AS);
    int from = p->at;
    if (!(c->query = pz_query(p))) return NULL;
    c->text = pz_span_text(p, from, p->at);
    if (c->names.n > 1) {
        pz_strs catalog = c->names;
        catalog.n--;
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0037, pz_origin_at(p, start), "quoted", pz_dotted(p->a, &catalog).ptr, NULL);
    }
    return pz_command_done(p, r, start);
}

static pz_rel *
uncache(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_UNCACHE_TABLE, start, &r);
    if (!pz_expect2(p, K_UNCACHE, K_TABLE) || !pz_if_exists(p, &c->if_exists) || !pz_command_ref(p, c)) return NULL;
    return pz_command_done(p, r, start);
}

/* REFRESH TABLE t | REFRESH FUNCTION f | REFRESH path, quoted or not */
static pz_rel *
refresh(pz_parser *p, int start)
{
    pz_rel *r;
    int n = tkn(p, 1), n2 = tkn(p, 2);
    bool table = n == K_TABLE && n2 != T_EOF, function = n == K_FUNCTION && n2 != T_EOF;
    pz_command *c = pz_command_new(p, table ? PZ_CMD_REFRESH_TABLE : function ? PZ_CMD_REFRESH_FUNCTION : PZ_CMD_REFRESH_PATH, start, &r);
    skip(p);
    if (table || function) {
        pz_mark m = pz_mark_make(p);
        skip(p);
        if (pz_command_ref(p, c) && ends(p)) return pz_command_done(p, r, start);
        pz_back(p, m);
        c->kind = PZ_CMD_REFRESH_PATH;
    }
    if (pz_is_string(p, 0)) {
        pz_mark m = pz_mark_make(p);
        if (pz_string_lit(p, &c->text) && ends(p)) return pz_command_done(p, r, start);
        pz_back(p, m);
    }
    size_t at = (size_t)p->t[start].end;
    pz_str s = pz_str_trim((pz_str){p->text.ptr + at, p->text.len - at});
    while (!ends(p)) skip(p);
    if (s.len == 0) PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_EMPTY_REFRESH_RESOURCE_PATH, pz_origin_at(p, start), NULL);
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == ' ' || (s.ptr[i] >= 9 && s.ptr[i] <= 13))
            PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_INVALID_REFRESH_RESOURCE_PATH, pz_origin_at(p, start), NULL);
    c->text = pz_dup(p->a, s);
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- ANALYZE, TRUNCATE, REPAIR, LOAD */

static bool
noscan(pz_parser *p, pz_command *c, int start)
{
    pz_str s;
    if (ends(p)) return true;
    if (!pz_simple_name(p, &s)) return false;
    c->flag1 = true;
    if (!pz_str_ieqc(s, "noscan"))
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_ANALYZE_TABLE_UNEXPECTED_NOSCAN, pz_origin_at(p, start), "ctx", pz_upper_ascii(p->a, s).ptr, NULL);
    return true;
}

/* ANALYZE TABLE t [PARTITION (..)] COMPUTE STATISTICS [NOSCAN | FOR COLUMNS a, b | FOR ALL COLUMNS] | ANALYZE TABLES [IN n] ... */
static pz_rel *
analyze(pz_parser *p, int start)
{
    pz_rel *r;
    bool many = tkn(p, 1) == K_TABLES;
    pz_command *c = pz_command_new(p, many ? PZ_CMD_ANALYZE_TABLES : PZ_CMD_ANALYZE_TABLE, start, &r);
    skip(p);
    if (!many && tk(p) != K_TABLE) {
        pz_fail(p);
        return NULL;
    }
    skip(p);
    if (many) {
        bool in = tk(p) == K_FROM || tk(p) == K_IN;
        if (in) skip(p);
        if (in && !pz_command_ref(p, c)) return NULL;
    } else {
        if (!pz_command_ref(p, c)) return NULL;
        if (tk(p) == K_PARTITION && !pz_partition_spec(p, &c->partition_spec, false)) return NULL;
    }
    if (!pz_expect2(p, K_COMPUTE, K_STATISTICS)) return NULL;
    if (!many && tk(p) == K_FOR && tkn(p, 1) == K_ALL && tkn(p, 2) == K_COLUMNS) {
        p->at += 3;
        c->all = true;
    } else if (!many && pz_accept2(p, K_FOR, K_COLUMNS)) {
        if (!pz_name_list(p, &c->columns)) return NULL;
    } else if (!noscan(p, c, start)) return NULL;
    return pz_command_done(p, r, start);
}

static pz_rel *
truncate(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_TRUNCATE, start, &r);
    if (!pz_expect2(p, K_TRUNCATE, K_TABLE) || !pz_command_ref(p, c)) return NULL;
    if (tk(p) == K_PARTITION && !pz_partition_spec(p, &c->partition_spec, true)) return NULL;
    return pz_command_done(p, r, start);
}

/* [MSCK] REPAIR TABLE t [ADD | DROP | SYNC PARTITIONS] */
static pz_rel *
repair(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_REPAIR_TABLE, start, &r);
    accept(p, K_MSCK);
    if (!pz_expect2(p, K_REPAIR, K_TABLE) || !pz_command_ref(p, c)) return NULL;
    if (tk(p) == K_ADD || tk(p) == K_DROP || tk(p) == K_SYNC) {
        c->mode = pz_lower_ascii(p->a, pz_tok_text(p, p->at));
        skip(p);
        if (!expect(p, K_PARTITIONS)) return NULL;
    }
    return pz_command_done(p, r, start);
}

/* LOAD DATA [LOCAL] INPATH 'x' [OVERWRITE] INTO TABLE t [PARTITION (..)] */
static pz_rel *
load(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_LOAD_DATA, start, &r);
    if (!pz_expect2(p, K_LOAD, K_DATA)) return NULL;
    c->flag1 = accept(p, K_LOCAL);
    if (!expect(p, K_INPATH) || !pz_string_lit(p, &c->text)) return NULL;
    c->overwrite = accept(p, K_OVERWRITE);
    if (!pz_expect2(p, K_INTO, K_TABLE) || !pz_command_ref(p, c)) return NULL;
    if (tk(p) == K_PARTITION && !pz_partition_spec(p, &c->partition_spec, true)) return NULL;
    return pz_command_done(p, r, start);
}

/* ADD | LIST kind anything */
static pz_rel *
resource(pz_parser *p, int start, bool add)
{
    static const char *const kinds[] = {"jar", "jars", "file", "files", "archive", "archives"};
    pz_rel *r;
    pz_command *c = pz_command_new(p, add ? PZ_CMD_ADD_RESOURCE : PZ_CMD_LIST_RESOURCE, start, &r);
    pz_str kind;
    bool known = false;
    skip(p);
    if (!pz_simple_name(p, &kind)) return NULL;
    int from = p->at;
    while (!ends(p)) skip(p);
    c->text = pz_lower_ascii(p->a, kind);
    for (size_t i = 0; i < PZ_COUNTOF(kinds); i++) known |= pz_str_eqc(c->text, kinds[i]);
    if (!known) pz_not_allowed(p, start, pz_strf(p->a, "%s with resource type '" PZ_FMT "'", add ? "ADD" : "LIST", PZ_ARG(c->text)).ptr);
    c->text2 = p->at > from ? pz_span_text(p, from, p->at) : PZ_STR("");   /* quotes and all: several paths may follow */
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- COMMENT ON */

/* 'text' | NULL */
static bool
comment_text(pz_parser *p, pz_str *out)
{
    *out = (pz_str){0};
    return accept(p, K_NULL) || pz_string_lit(p, out);
}

static bool
column_comment(pz_parser *p, pz_command *c, bool qualified, int start)
{
    pz_rel *r;
    pz_command *one = pz_command_new(p, PZ_CMD_COMMENT_ON, p->at, &r);
    if (!pz_multipart(p, &one->names) || !expect(p, K_IS) || !comment_text(p, &one->comment)) return false;
    if (qualified && one->names.n < 2)
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_COMMENT_ON_COLUMN_INCORRECT_IDENTIFIER, pz_origin_at(p, start), NULL);
    pz_vec_push(p->a, &c->body, one);
    return true;
}

static pz_rel *
comment(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_COMMENT_ON, start, &r);
    if (!pz_expect2(p, K_COMMENT, K_ON)) return NULL;
    int k = tk(p);
    skip(p);
    if (k == K_COLUMN) {
        c->mode = PZ_STR("columns");
        if (!column_comment(p, c, true, start)) return NULL;
        pz_command *one = c->body.data[0];
        for (int i = 0; i + 1 < one->names.n; i++) pz_vec_push(p->a, &c->names, one->names.data[i]);
        one->names.data += one->names.n - 1;
        one->names.n = 1;
        return pz_command_done(p, r, start);
    }
    bool space = k == K_NAMESPACE || k == K_DATABASE || k == K_SCHEMA;
    if (!space && k != K_TABLE) {
        p->at--;
        pz_fail(p);
        return NULL;
    }
    c->mode = space ? PZ_STR("namespace") : PZ_STR("table");
    if (!pz_command_ref(p, c)) return NULL;
    if (!space && accept(p, K_COLUMN)) {
        c->mode = PZ_STR("columns");
        if (!expect(p, T_LPAREN)) return NULL;
        do {
            if (!column_comment(p, c, false, start)) return NULL;
        } while (accept(p, T_COMMA));
        return expect(p, T_RPAREN) ? pz_command_done(p, r, start) : NULL;
    }
    return expect(p, K_IS) && comment_text(p, &c->comment) ? pz_command_done(p, r, start) : NULL;
}

/* ---------------------------------------------------------------- CALL, EXECUTE IMMEDIATE */

static pz_rel *
call(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CALL, start, &r);
    skip(p);
    if (!pz_command_ref(p, c) || !expect(p, T_LPAREN)) return NULL;
    if (tk(p) != T_RPAREN) do {
        pz_expr *e = pz_function_argument(p);
        if (!e) return NULL;
        pz_vec_push(p->a, &c->exprs, e);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN) ? pz_command_done(p, r, start) : NULL;
}

static bool
into_targets(pz_parser *p, pz_command *c)
{
    do {
        pz_rel *r;
        pz_command *one = pz_command_new(p, PZ_CMD_SET_VARIABLE, p->at, &r);
        int at = p->at;
        if (!pz_multipart(p, &one->names)) return false;
        one->ref = pz_origin_at(p, at);
        pz_vec_push(p->a, &c->body, one);
    } while (accept(p, T_COMMA));
    return true;
}

/* USING ( a, b ) | USING a, b */
static bool
using_arguments(pz_parser *p, pz_exprs *out)
{
    pz_mark m = pz_mark_make(p);
    int before = out->n;
    if (accept(p, T_LPAREN) && pz_named_expressions(p, out) && accept(p, T_RPAREN) && ends(p)) return true;
    pz_back(p, m);
    out->n = before;
    return pz_named_expressions(p, out);
}

/* EXECUTE IMMEDIATE text [INTO a, b] [USING x, y AS n] */
static pz_rel *
execute(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_EXECUTE_IMMEDIATE, start, &r);
    if (!pz_expect2(p, K_EXECUTE, K_IMMEDIATE)) return NULL;
    pz_expr *e = pz_expression(p);
    if (!e) return NULL;
    pz_vec_push(p->a, &c->exprs, e);
    if (accept(p, K_INTO) && !into_targets(p, c)) return NULL;
    if (accept(p, K_USING) && !using_arguments(p, &c->exprs)) return NULL;
    for (int i = 1; i < c->exprs.n; i++)
        for (int k = 1; k < i; k++) {
            const pz_expr *a = c->exprs.data[i], *b = c->exprs.data[k];
            if (a->kind == PZ_EXPR_ALIAS && b->kind == PZ_EXPR_ALIAS && pz_str_eq(a->u.alias.names.data[0], b->u.alias.names.data[0]))
                PZ_SEM(p, PZ_ERR_EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES, pz_origin_at(p, start), "aliases",
                       pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(a->u.alias.names.data[0])).ptr, NULL);
        }
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- DECLARE, cursors */

/* DECLARE [OR REPLACE] [VARIABLE] a, b [type] [DEFAULT | = e] */
static pz_rel *
declare_variable(pz_parser *p, int start)
{
    pz_rel *r, *one;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_VARIABLE, start, &r), *more;
    skip(p);
    c->replace = pz_accept2(p, K_OR, K_REPLACE);
    if ((tk(p) == K_VARIABLE || tk(p) == K_VAR) && pz_is_name(p, 1)) skip(p);
    if (!pz_command_ref(p, c)) return NULL;
    while (accept(p, T_COMMA)) {
        more = pz_command_new(p, PZ_CMD_CREATE_VARIABLE, p->at, &one);
        if (!pz_command_ref(p, more)) return NULL;
        pz_vec_push(p->a, &c->body, more);
    }
    pz_column_def *d = PZ_NEW(p->a, pz_column_def);
    if (!ends(p) && tk(p) != T_EQ && !(tk(p) == K_DEFAULT && pz_expr_follows(p, 1)) && !(d->type = pz_data_type(p))) return NULL;
    if (tk(p) == T_EQ || tk(p) == K_DEFAULT) {
        int from = ++p->at;
        if (!(d->default_value = pz_expression(p))) return NULL;
        d->default_text = c->text = pz_span_text(p, from, p->at);
    }
    pz_vec_push(p->a, &c->defs, d);
    if (!d->type && !d->default_value) PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_VARIABLE_TYPE_OR_DEFAULT_REQUIRED, pz_origin_at(p, start), NULL);
    return pz_command_done(p, r, start);
}

static pz_rel *
cursor_done(pz_parser *p, pz_rel *r, int start)
{
    if (!p->o->cursors) PZ_SEM_AS(p, PZ_CLASS_SqlScriptingException, PZ_ERR_UNSUPPORTED_FEATURE_SQL_CURSOR, PZ_NO_ORIGIN, NULL);
    return pz_command_done(p, r, start);
}

/* DECLARE c [ASENSITIVE | INSENSITIVE] CURSOR FOR query [FOR READ ONLY] */
static pz_rel *
declare_cursor(pz_parser *p, int start)
{
    pz_rel *r;
    pz_str name;
    pz_command *c = pz_command_new(p, PZ_CMD_DECLARE_CURSOR, start, &r);
    skip(p);
    if (!pz_name_checked(p, &name)) return NULL;
    pz_vec_push(p->a, &c->names, name);
    if (tk(p) != K_CURSOR) skip(p);
    if (!pz_expect2(p, K_CURSOR, K_FOR)) return NULL;
    int from = p->at;
    if (!(c->query = pz_query(p))) return NULL;
    c->text = pz_span_text(p, from, p->at);
    if (accept(p, K_FOR) && !pz_expect2(p, K_READ, K_ONLY)) return NULL;
    return cursor_done(p, r, start);
}

static pz_rel *
declare(pz_parser *p, int start)
{
    int k = tkn(p, 2), n = tkn(p, 3);
    if (k == K_CURSOR || ((k == K_ASENSITIVE || k == K_INSENSITIVE) && n == K_CURSOR)) return declare_cursor(p, start);
    return declare_variable(p, start);
}

/* OPEN c [USING ..] | FETCH [[NEXT] FROM] c INTO a | CLOSE c */
static pz_rel *
cursor(pz_parser *p, int start, int k)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, k == K_OPEN ? PZ_CMD_OPEN_CURSOR : k == K_FETCH ? PZ_CMD_FETCH_CURSOR : PZ_CMD_CLOSE_CURSOR, start, &r);
    skip(p);
    if (k == K_FETCH && !pz_accept2(p, K_NEXT, K_FROM) && tk(p) == K_FROM && pz_is_name(p, 1)) skip(p);
    if (!pz_multipart(p, &c->names)) return NULL;
    if (k == K_OPEN && accept(p, K_USING) && !using_arguments(p, &c->exprs)) return NULL;
    if (k == K_FETCH && (!expect(p, K_INTO) || !into_targets(p, c))) return NULL;
    return cursor_done(p, r, start);
}

/* ---------------------------------------------------------------- dispatch */

pz_rel *
pz_misc_statement(pz_parser *p)
{
    int start = p->at, k = tk(p);
    pz_rel *r;
    switch (k) {
    case K_USE: return use(p, start);
    case K_CACHE: return cache(p, start);
    case K_UNCACHE: return uncache(p, start);
    case K_CLEAR:
        pz_command_new(p, PZ_CMD_CLEAR_CACHE, start, &r);
        return pz_expect2(p, K_CLEAR, K_CACHE) ? pz_command_done(p, r, start) : NULL;
    case K_REFRESH: return refresh(p, start);
    case K_ANALYZE: return analyze(p, start);
    case K_TRUNCATE: return truncate(p, start);
    case K_MSCK: case K_REPAIR: return repair(p, start);
    case K_LOAD: return load(p, start);
    case K_ADD: case K_LIST: return resource(p, start, k == K_ADD);
    case K_COMMENT: return comment(p, start);
    case K_CALL: return call(p, start);
    case K_EXECUTE: return execute(p, start);
    case K_DECLARE: return declare(p, start);
    case K_OPEN: case K_FETCH: case K_CLOSE: return cursor(p, start, k);
    default: break;
    }
    pz_fail(p);
    return NULL;
}

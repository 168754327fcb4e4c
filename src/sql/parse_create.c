/*
 * sql/parse_create.c - CREATE and DROP of everything but tables.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- namespaces */

static bool
is_namespace(int k)
{
    return k == K_NAMESPACE || k == K_DATABASE || k == K_SCHEMA;
}

void
pz_duplicate_clause(pz_parser *p, const char *clause, int start)
{
    if (p->sem.id && p->sem.id != PZ_ERR_DUPLICATE_CLAUSES && p->sem.origin.start >= p->t[start].start) pz_error_init(&p->sem, p->a);
    PZ_SEM(p, PZ_ERR_DUPLICATE_CLAUSES, pz_origin_at(p, start), "clauseName", clause, NULL);
}

static void
clause_once(pz_parser *p, int *count, const char *name, int start)
{
    if ((*count)++) pz_duplicate_clause(p, name, start);
}

/* CREATE NAMESPACE [IF NOT EXISTS] n (COMMENT | LOCATION | DEFAULT COLLATION | WITH PROPERTIES)* */
static pz_rel *
create_namespace(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_NAMESPACE, start, &r);
    int comments = 0, locations = 0, collations = 0, properties = 0;
    skip(p);
    if (!pz_if_not_exists(p, &c->if_not_exists) || !pz_command_ref(p, c)) return NULL;
    for (;;) {
        if (accept(p, K_COMMENT)) {
            if (!pz_string_lit(p, &c->comment)) return NULL;
            clause_once(p, &comments, "COMMENT", start);
        } else if (accept(p, K_LOCATION)) {
            if (!pz_string_lit(p, &c->location)) return NULL;
            clause_once(p, &locations, "LOCATION", start);
        } else if (at2(p, K_DEFAULT, K_COLLATION)) {
            if (!pz_default_collation(p, true, &c->text2)) return NULL;
            clause_once(p, &collations, "DEFAULT COLLATION", start);
        } else if (tk(p) == K_WITH && (tkn(p, 1) == K_DBPROPERTIES || tkn(p, 1) == K_PROPERTIES)) {
            p->at += 2;
            pz_options again = {0};
            if (!pz_properties(p, properties ? &again : &c->properties, true, true)) return NULL;
            clause_once(p, &properties, "WITH PROPERTIES", start);
        } else break;
    }
    return pz_command_done(p, r, start);
}

/* Temporary objects live in no catalog: a qualified name is refused. */
static void
temp_qualifier(pz_parser *p, const char *type, const pz_strs *names, int start)
{
    if (names->n < 2) return;
    if (names->n == 2 && (pz_str_ieqc(names->data[0], "session"))) return;
    if (names->n == 3 && pz_str_ieqc(names->data[0], "system") && pz_str_ieqc(names->data[1], "session")) return;
    pz_str q = PZ_STR("");
    for (int i = 0; i + 1 < names->n; i++) q = pz_strf(p->a, PZ_FMT "%s`" PZ_FMT "`", PZ_ARG(q), i ? "." : "", PZ_ARG(names->data[i]));
    PZ_SEM(p, PZ_ERR_INVALID_TEMP_OBJ_QUALIFIER, pz_origin_at(p, start), "objectType", type, "objectName",
           pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(names->data[names->n - 1])).ptr, "qualifier", q.ptr, NULL);
}

/* ---------------------------------------------------------------- views */

/* ( name [COMMENT '..'], ... ) */
static bool
view_columns(pz_parser *p, pz_command *c)
{
    if (!accept(p, T_LPAREN)) return true;
    do {
        pz_str name, comment = {0};
        if (!pz_name(p, &name)) return false;
        if (accept(p, K_COMMENT) && !pz_string_lit(p, &comment)) return false;
        pz_vec_push(p->a, &c->columns, name);
        pz_vec_push(p->a, &c->column_comments, comment);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

/* [GLOBAL] TEMPORARY VIEW v [( columns )] USING provider [OPTIONS (...)] */
static pz_rel *
view_using(pz_parser *p, int start, bool replace, bool global)
{
    pz_rel *r;
    pz_strs parts;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_TEMP_VIEW_USING, start, &r);
    c->replace = replace;
    c->global = global;
    c->temporary = true;
    if (!pz_multipart(p, &c->names)) return NULL;
    if (accept(p, T_LPAREN)) {
        if (!pz_col_types(p, &c->schema) || !expect(p, T_RPAREN)) return NULL;
        c->has_schema = true;
    }
    if (!expect(p, K_USING) || !pz_multipart(p, &parts)) return NULL;
    c->provider = pz_dotted(p->a, &parts);
    if (accept(p, K_OPTIONS) && !pz_properties(p, &c->options, true, true)) return NULL;
    return pz_command_done(p, r, start);
}

static bool
view_clauses(pz_parser *p, pz_command *c, int start, bool *partitioned)
{
    int comments = 0, bindings = 0, collations = 0, partitions = 0, properties = 0;
    for (;;) {
        pz_strs names = {0};
        if (accept(p, K_COMMENT)) {
            if (!pz_string_lit(p, &c->comment)) return false;
            clause_once(p, &comments, "COMMENT", start);
        } else if (at2(p, K_WITH, K_SCHEMA)) {
            if (!pz_schema_binding(p, &c->text2)) return false;
            clause_once(p, &bindings, "WITH SCHEMA", start);
        } else if (at2(p, K_DEFAULT, K_COLLATION)) {
            if (!pz_default_collation(p, false, &c->text3)) return false;
            clause_once(p, &collations, "DEFAULT COLLATION", start);
        } else if (at2(p, K_PARTITIONED, K_ON)) {
            p->at += 2;
            if (!pz_name_paren_list(p, &names)) return false;
            *partitioned = true;
            clause_once(p, &partitions, "PARTITIONED ON", start);
        } else if (accept(p, K_TBLPROPERTIES)) {
            pz_options again = {0};
            if (!pz_properties(p, properties ? &again : &c->properties, true, true)) return false;
            clause_once(p, &properties, "TBLPROPERTIES", start);
        } else if (at2(p, K_WITH, K_METRICS)) {
            p->at += 2;
            c->flag1 = true;
        } else if (tk(p) == K_LANGUAGE && pz_is_name(p, 1)) {
            p->at += 2;
        } else return true;
    }
}

static void
check_view(pz_parser *p, const pz_command *c, int start, bool partitioned)
{
    pz_origin o = pz_origin_at(p, start);
    if (c->temporary && c->if_not_exists) PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0053, o, NULL);
    if (c->replace && c->if_not_exists)
        PZ_SEM(p, PZ_ERR_CREATE_VIEW_WITH_IF_NOT_EXISTS_AND_REPLACE, o, "viewName", pz_dotted(p->a, &c->names).ptr, NULL);
    if (partitioned) pz_invalid_statement(p, start, "CREATE VIEW ... PARTITIONED ON");
    if (!c->temporary) return;
    if (c->properties.n) pz_not_allowed(p, start, "TBLPROPERTIES can't coexist with CREATE TEMPORARY VIEW");
    if (c->text2.ptr) PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_TEMPORARY_VIEW_WITH_SCHEMA_BINDING_MODE, o, NULL);
    bool global_name = c->global && c->names.n == 2 && pz_str_ieqc(c->names.data[0], "global_temp");
    if (!global_name) temp_qualifier(p, "VIEW", &c->names, start);
}

/* CREATE [OR REPLACE] [[GLOBAL] TEMPORARY] VIEW ... AS query */
static pz_rel *
create_view(pz_parser *p, int start, bool replace)
{
    pz_rel *r;
    bool partitioned = false, global = accept(p, K_GLOBAL), temporary = accept(p, K_TEMPORARY);
    skip(p);
    if (temporary) {
        pz_mark m = pz_mark_make(p);
        if ((r = view_using(p, start, replace, global))) return r;
        pz_back(p, m);
    }
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_VIEW, start, &r);
    c->replace = replace;
    c->global = global;
    c->temporary = temporary;
    if (!pz_if_not_exists(p, &c->if_not_exists) || !pz_command_ref(p, c) || !view_columns(p, c) || !view_clauses(p, c, start, &partitioned))
        return NULL;
    if (!expect(p, K_AS)) return NULL;
    int from = p->at;
    if (tk(p) == T_DOLLAR) {
        skip(p);
        pz_command *u = pz_command_new(p, PZ_CMD_UNSUPPORTED, start, &r);
        u->text = PZ_STR("CREATE VIEW ... WITH METRICS");
        return pz_command_done(p, r, start);
    }
    if (!(c->query = pz_query(p))) return NULL;
    c->text = pz_span_text(p, from, p->at);
    check_view(p, c, start, partitioned);
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- functions */

/* USING JAR 'x', FILE 'y' */
static bool
resources(pz_parser *p, pz_command *c, int start)
{
    do {
        pz_option o;
        if (!pz_simple_name(p, &o.key) || !pz_string_lit(p, &o.value)) return false;
        o.key = pz_lower_ascii(p->a, o.key);
        if (!pz_str_eqc(o.key, "jar") && !pz_str_eqc(o.key, "file") && !pz_str_eqc(o.key, "archive"))
            pz_not_allowed(p, start, pz_strf(p->a, "CREATE FUNCTION with resource type '" PZ_FMT "'", PZ_ARG(o.key)).ptr);
        pz_vec_push(p->a, &c->options, o);
    } while (accept(p, T_COMMA));
    return true;
}

/* LANGUAGE SQL, DETERMINISTIC, COMMENT 'x', ... in any order */
static bool
characteristics(pz_parser *p, pz_command *c, int start)
{
    static const struct { short k[4]; const char *group; } forms[] = {
        {{K_DETERMINISTIC}, "DETERMINISTIC"}, {{K_NOT, K_DETERMINISTIC}, "DETERMINISTIC"}, {{K_NO, K_SQL}, "SQL DATA ACCESS"},
        {{K_CONTAINS, K_SQL}, "SQL DATA ACCESS"}, {{K_READS, K_SQL, K_DATA}, "SQL DATA ACCESS"}, {{K_MODIFIES, K_SQL, K_DATA}, "SQL DATA ACCESS"},
        {{K_CALLED, K_ON, K_NULL, K_INPUT}, "NULL CALL"}, {{K_SQL, K_SECURITY, K_INVOKER}, "SQL SECURITY RIGHTS"},
        {{K_SQL, K_SECURITY, K_DEFINER}, "SQL SECURITY RIGHTS"},
    };
    for (;;) {
        const char *group = NULL;
        int from = p->at;
        if (tk(p) == K_LANGUAGE) {
            group = "LANGUAGE";
            skip(p);
            if (!accept(p, K_SQL) && !accept(p, T_IDENT)) return pz_fail(p);
            if (p->t[p->at - 1].kind != K_SQL) c->text = pz_dup(p->a, pz_tok_text(p, p->at - 1));
        } else if (tk(p) == K_SPECIFIC) {
            pz_str s;
            group = "SPECIFIC";
            skip(p);
            if (!pz_name_checked(p, &s)) return false;
        } else if (tk(p) == K_COMMENT) {
            group = "COMMENT";
            skip(p);
            if (!pz_string_lit(p, &c->comment)) return false;
        } else if (at2(p, K_DEFAULT, K_COLLATION)) {
            group = "DEFAULT COLLATION";
            if (!pz_default_collation(p, false, &c->provider)) return false;      /* a function has no other use for it */
        } else if (at2(p, K_RETURNS, K_NULL) && tkn(p, 2) == K_ON && tkn(p, 3) == K_NULL && tkn(p, 4) == K_INPUT) {
            group = "NULL CALL";
            p->at += 5;
            pz_not_allowed(p, start, "SQL function with RETURNS NULL ON NULL INPUT is not supported");
        }
        for (size_t i = 0; !group && i < PZ_COUNTOF(forms); i++) {
            int n = 0;
            while (n < 4 && forms[i].k[n] && tkn(p, n) == forms[i].k[n]) n++;
            if (n < 4 && forms[i].k[n]) continue;
            group = forms[i].group;
            p->at += n;
        }
        if (!group) return true;
        for (int i = 0; i < c->column_comments.n; i++)
            if (pz_str_starts(c->column_comments.data[i], group)) {
                pz_duplicate_clause(p, group, start);
                break;
            }
        pz_vec_push(p->a, &c->column_comments, pz_strf(p->a, "%s " PZ_FMT, group, PZ_ARG(pz_span_text(p, from, p->at))));
    }
}

/* RETURNS type | RETURNS TABLE [( columns )] */
static bool
returns(pz_parser *p, pz_command *c)
{
    if (tk(p) != K_RETURNS || at2(p, K_RETURNS, K_NULL)) return true;
    skip(p);
    if (at2(p, K_TABLE, T_LPAREN)) {
        p->at += 2;
        c->flag1 = c->has_schema = true;
        return pz_col_types(p, &c->schema) && expect(p, T_RPAREN);
    }
    if (tk(p) == K_TABLE) {
        skip(p);
        c->flag1 = true;
        return true;
    }
    int from = p->at;
    if (!pz_data_type(p)) return false;
    c->text3 = pz_span_text(p, from, p->at);
    return true;
}

/* ( parameters ) [RETURNS ..] characteristics RETURN query | expression */
static pz_rel *
sql_function(pz_parser *p, int start, pz_rel *r, pz_command *c)
{
    skip(p);
    if (tk(p) != T_RPAREN) do {
        pz_column_def *d = PZ_NEW(p->a, pz_column_def);
        int at = p->at;
        if (!pz_column_definition(p, d, NULL, true)) return NULL;
        pz_vec_push(p->a, &c->defs, d);
        if (d->generated || d->identity)
            PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS, pz_origin_at(p, at), NULL);
    } while (accept(p, T_COMMA));
    if (!expect(p, T_RPAREN) || !returns(p, c) || !characteristics(p, c, start) || !expect(p, K_RETURN)) return NULL;
    if (c->text.ptr)
        pz_not_allowed(p, start, pz_strf(p->a, "Unsupported language for user defined functions: " PZ_FMT, PZ_ARG(c->text)).ptr);
    for (int i = 0; i < c->column_comments.n; i++)
        if (pz_str_ends(c->column_comments.data[i], "INVOKER") || pz_str_ends(c->column_comments.data[i], "invoker"))
            pz_not_allowed(p, start, "SQL function with SQL SECURITY INVOKER is not supported");
    if (c->temporary) temp_qualifier(p, "FUNCTION", &c->names, start);
    int from = p->at;
    if (pz_query_follows(p, 0) || (tk(p) == T_LPAREN && pz_query_follows(p, 1))) {
        pz_mark m = pz_mark_make(p);
        c->query = pz_query(p);
        if (!c->query || (tk(p) != T_EOF && tk(p) != T_SEMICOLON)) {
            pz_back(p, m);
            c->query = NULL;
        }
    }
    if (!c->query) {
        pz_expr *e = pz_expression(p);
        if (!e) return NULL;
        pz_vec_push(p->a, &c->exprs, e);
    }
    c->text2 = pz_span_text(p, from, p->at);
    return pz_command_done(p, r, start);
}

static pz_rel *
create_function(pz_parser *p, int start, bool replace)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_FUNCTION, start, &r);
    c->replace = replace;
    c->temporary = accept(p, K_TEMPORARY);
    skip(p);
    if (!pz_if_not_exists(p, &c->if_not_exists) || !pz_command_ref(p, c)) return NULL;
    if (replace && c->if_not_exists)
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE, pz_origin_at(p, start), NULL);
    if (c->temporary && c->if_not_exists)
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS, pz_origin_at(p, start), NULL);
    if (tk(p) == T_LPAREN) return sql_function(p, start, r, c);
    if (!expect(p, K_AS) || !pz_string_lit(p, &c->text)) return NULL;
    if (accept(p, K_USING) && !resources(p, c, start)) return NULL;
    if (c->temporary) temp_qualifier(p, "FUNCTION", &c->names, start);
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- indexes, pipelines */

/* CREATE INDEX [IF NOT EXISTS] i ON [TABLE] t [USING x] ( columns ) [OPTIONS (...)] */
static pz_rel *
create_index(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_INDEX, start, &r);
    skip(p);
    if (!pz_if_not_exists(p, &c->if_not_exists) || !pz_name(p, &c->text) || !expect(p, K_ON)) return NULL;
    if (tk(p) == K_TABLE && pz_is_name(p, 1)) skip(p);
    if (!pz_command_ref(p, c)) return NULL;
    if (accept(p, K_USING) && !pz_name(p, &c->provider)) return NULL;
    if (!expect(p, T_LPAREN)) return NULL;
    do {
        pz_strs parts;
        pz_options ignored = {0};
        if (!pz_multipart(p, &parts)) return NULL;
        if (accept(p, K_OPTIONS) && !pz_properties(p, &ignored, true, true)) return NULL;
        pz_vec_push(p->a, &c->columns, pz_dotted(p->a, &parts));
    } while (accept(p, T_COMMA));
    if (!expect(p, T_RPAREN)) return NULL;
    if (accept(p, K_OPTIONS) && !pz_properties(p, &c->options, true, true)) return NULL;
    return pz_command_done(p, r, start);
}

/* CREATE FLOW name [COMMENT ..] AS INSERT ... | AUTO CDC ...: for pipelines, refused when run outside one */
static pz_rel *
create_flow(pz_parser *p, int start)
{
    pz_rel *r;
    pz_str s;
    pz_command *c = pz_command_new(p, PZ_CMD_UNSUPPORTED, start, &r);
    skip(p);
    if (!pz_command_ref(p, c) || (accept(p, K_COMMENT) && !pz_string_lit(p, &s)) || !expect(p, K_AS)) return NULL;
    c->text = PZ_STR("CREATE FLOW");
    if (tk(p) == K_INSERT) return pz_insert(p, NULL) ? pz_command_done(p, r, start) : NULL;
    pz_strs parts;
    if (!pz_expect2(p, K_AUTO, K_CDC) || !expect(p, K_INTO) || !pz_multipart(p, &parts) || !pz_auto_cdc(p, start)) return NULL;
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- dispatch */

pz_rel *
pz_create(pz_parser *p)
{
    int start = p->at, n = tkn(p, 1);
    if (at2(p, K_CREATE, K_OR) && tkn(p, 2) == K_REPLACE && tkn(p, 3) == K_TABLE) return pz_replace_table(p);
    skip(p);
    if (is_namespace(n)) return create_namespace(p, start);
    if (n == K_TABLE || n == K_EXTERNAL) return pz_create_table(p, start);
    if (n == K_INDEX) return create_index(p, start);
    if ((n == K_STREAMING && tkn(p, 1) == K_TABLE) || (n == K_MATERIALIZED && tkn(p, 1) == K_VIEW)) return pz_create_dataset(p, start);
    if (n == K_FLOW) return create_flow(p, start);
    bool replace = pz_accept2(p, K_OR, K_REPLACE);
    n = tkn(p, 1);
    switch (tk(p)) {
    case K_VIEW: return create_view(p, start, replace);
    case K_GLOBAL: if (n == K_TEMPORARY) return create_view(p, start, replace); break;
    case K_FUNCTION: return create_function(p, start, replace);
    case K_TEMPORARY:
        if (n == K_VIEW) return create_view(p, start, replace);
        if (n == K_FUNCTION) return create_function(p, start, replace);
        if (!replace && (n == K_TABLE || n == K_EXTERNAL)) return pz_create_table(p, start);
        break;
    default: break;
    }
    pz_fail(p);
    return NULL;
}

/* ---------------------------------------------------------------- DROP */

static pz_rel *
drop_simple(pz_parser *p, int start, pz_command_kind kind)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, kind, start, &r);
    skip(p);
    if (!pz_if_exists(p, &c->if_exists) || !pz_command_ref(p, c)) return NULL;
    if (kind == PZ_CMD_DROP_TABLE) c->purge = accept(p, K_PURGE);
    if (kind == PZ_CMD_DROP_NAMESPACE) {
        c->cascade = tk(p) == K_CASCADE;
        if (tk(p) == K_CASCADE || tk(p) == K_RESTRICT) skip(p);
    }
    return pz_command_done(p, r, start);
}

/* DROP INDEX [IF EXISTS] i ON [TABLE] t */
static pz_rel *
drop_index(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_DROP_INDEX, start, &r);
    skip(p);
    if (!pz_if_exists(p, &c->if_exists) || !pz_name(p, &c->text) || !expect(p, K_ON)) return NULL;
    if (tk(p) == K_TABLE && pz_is_name(p, 1)) skip(p);
    return pz_command_ref(p, c) ? pz_command_done(p, r, start) : NULL;
}

pz_rel *
pz_drop(pz_parser *p)
{
    int start = p->at;
    skip(p);
    if (is_namespace(tk(p))) return drop_simple(p, start, PZ_CMD_DROP_NAMESPACE);
    bool temporary = false;
    pz_rel *r = NULL;
    switch (tk(p)) {
    case K_TABLE: return drop_simple(p, start, PZ_CMD_DROP_TABLE);
    case K_VIEW: return drop_simple(p, start, PZ_CMD_DROP_VIEW);
    case K_INDEX: return drop_index(p, start);
    case K_TEMPORARY:
        temporary = true;
        skip(p);
        if (tk(p) == K_VARIABLE || tk(p) == K_VAR) return drop_simple(p, start, PZ_CMD_DROP_VARIABLE);
        if (tk(p) != K_FUNCTION) break;
        /* fall through */
    case K_FUNCTION:
        if ((r = drop_simple(p, start, PZ_CMD_DROP_FUNCTION))) {
            r->u.command->temporary = temporary;
            if (temporary) temp_qualifier(p, "FUNCTION", &r->u.command->names, start);
        }
        return r;
    default: break;
    }
    pz_fail(p);
    return NULL;
}

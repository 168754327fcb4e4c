/*
 * sql/parse_command.c - statements: which one it is; helpers that several of them share.
 *
 * In: tokens at the first word of a statement.  Out: a query, or a COMMAND relation whose members are those that its row in
 * tables/commands.def names.  Starts at pz_statement.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- helpers */

pz_command *
pz_command_new(pz_parser *p, pz_command_kind k, int start, pz_rel **out)
{
    pz_command *c;
    *out = pz_command_make(p->a, k, pz_origin_at(p, start), &c);
    return c;
}

pz_rel *
pz_command_done(pz_parser *p, pz_rel *r, int start)
{
    r->origin = r->u.command->origin = pz_origin_at(p, start);
    pz_sem_widen(p, start);
    return r;
}

bool
pz_command_ref(pz_parser *p, pz_command *c)
{
    int from = p->at;
    if (!pz_name_ref(p, &c->names, &c->name_expr)) return false;
    c->ref = pz_origin_at(p, from);
    return true;
}

pz_str
pz_quoted_name(pz_parser *p, const pz_strs *parts)
{
    pz_str s = PZ_STR("");
    for (int i = 0; i < parts->n; i++) s = pz_strf(p->a, PZ_FMT "%s`" PZ_FMT "`", PZ_ARG(s), i ? "." : "", PZ_ARG(parts->data[i]));
    return s;
}

static pz_rel *
stand_in(pz_parser *p, int start, const char *what)
{
    pz_rel *r;
    pz_command_new(p, PZ_CMD_UNSUPPORTED, start, &r)->text = pz_dupc(p->a, what);
    return r;
}

pz_rel *
pz_not_allowed(pz_parser *p, int start, const char *what)
{
    PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0035, pz_origin_at(p, start), "message", what, NULL);
    return stand_in(p, start, what);
}

pz_rel *
pz_invalid_statement(pz_parser *p, int start, const char *what)
{
    PZ_SEM(p, PZ_ERR_INVALID_STATEMENT_OR_CLAUSE, pz_origin_at(p, start), "operation", what, NULL);
    return stand_in(p, start, what);
}

/* The text a constant has as a partition value: what a cast makes of it. */
static bool
partition_constant(pz_parser *p, pz_str *out)
{
    int start = p->at;
    pz_expr *e = pz_constant(p);
    pz_buf b;
    if (!e && !p->dead && pz_is_name(p, 0)) skip(p);           /* a name may only stand before a text: DATE '...' */
    if (!e) return !p->dead && pz_fail(p);
    if (e->kind != PZ_EXPR_LITERAL) {
        *out = pz_span_text(p, start, p->at);
        return true;
    }
    if (e->value.null) {
        *out = PZ_STR("__HIVE_DEFAULT_PARTITION__");
        return true;
    }
    pz_buf_init(&b, 0);
    pz_value_text(&b, e->type, &e->value, PZ_TEXT_CAST, pz_zone_find(p->o->time_zone));
    *out = pz_buf_dup(&b, p->a);
    pz_buf_free(&b);
    return true;
}

/* PARTITION ( name [= constant | = DEFAULT], ... ) */
bool
pz_partition_spec(pz_parser *p, pz_options *out, bool values_required)
{
    int start = p->at;
    if (!pz_expect2(p, K_PARTITION, T_LPAREN)) return false;
    do {
        pz_option o = {0};
        if (!pz_name(p, &o.key)) return false;
        if (accept(p, T_EQ)) {
            if (tk(p) == K_DEFAULT && !pz_is_string(p, 1)) {
                skip(p);
                PZ_SEM(p, PZ_ERR_REF_DEFAULT_VALUE_IS_NOT_ALLOWED_IN_PARTITION, pz_origin_at(p, start), NULL);
                o.value = PZ_STR("DEFAULT");
            } else if (!partition_constant(p, &o.value)) return false;
        } else if (values_required) {
            PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_EMPTY_PARTITION_VALUE, pz_origin_at(p, start), "partKey",
                   pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(o.key)).ptr, NULL);
        }
        for (int i = 0; i < out->n; i++)
            if (pz_str_eq(out->data[i].key, o.key))
                PZ_SEM(p, PZ_ERR_DUPLICATE_KEY, pz_origin_at(p, start), "keyColumn", pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(o.key)).ptr, NULL);
        pz_vec_push(p->a, out, o);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

/* WITH SCHEMA BINDING | COMPENSATION | EVOLUTION | TYPE EVOLUTION */
bool
pz_schema_binding(pz_parser *p, pz_str *out)
{
    p->at += 2;
    int start = p->at;
    accept(p, K_TYPE);
    bool type = p->at > start;
    if (!(tk(p) == K_EVOLUTION || (!type && (tk(p) == K_BINDING || tk(p) == K_COMPENSATION)))) return pz_fail(p);
    skip(p);
    *out = pz_upper_ascii(p->a, pz_span_text(p, start, p->at));
    return true;
}

/* DEFAULT COLLATION name */
bool
pz_default_collation(pz_parser *p, bool of_schema, pz_str *out)
{
    pz_str name;
    if (!pz_expect2(p, K_DEFAULT, K_COLLATION) || !pz_name(p, &name)) return false;
    if (of_schema ? !p->o->schema_collations : p->o->no_object_collations)
        PZ_SEM(p, of_schema ? PZ_ERR_UNSUPPORTED_FEATURE_SCHEMA_LEVEL_COLLATIONS : PZ_ERR_UNSUPPORTED_FEATURE_OBJECT_LEVEL_COLLATIONS, PZ_NO_ORIGIN, NULL);
    return pz_collation_called(p, name, out);
}

/* ---------------------------------------------------------------- Hive statements that Spark only knows to refuse */

static const struct { short k[3]; const char *name; } refused[] = {
    {{K_CREATE, K_INDEX}, "CREATE INDEX"}, {{K_DROP, K_INDEX}, "DROP INDEX"}, {{K_SHOW, K_CREATE, K_TABLE}, "SHOW CREATE TABLE"},
    {{K_CREATE, K_ROLE}, "CREATE ROLE"}, {{K_DROP, K_ROLE}, "DROP ROLE"}, {{K_GRANT, K_ROLE}, "GRANT ROLE"}, {{K_GRANT}, "GRANT"},
    {{K_REVOKE, K_ROLE}, "REVOKE ROLE"}, {{K_REVOKE}, "REVOKE"}, {{K_SHOW, K_GRANT}, "SHOW GRANT"},
    {{K_SHOW, K_ROLE, K_GRANT}, "SHOW ROLE GRANT"}, {{K_SHOW, K_ROLE}, "SHOW ROLE"}, {{K_SHOW, K_PRINCIPALS}, "SHOW PRINCIPALS"},
    {{K_SHOW, K_ROLES}, "SHOW ROLES"}, {{K_SHOW, K_CURRENT, K_ROLES}, "SHOW CURRENT ROLES"}, {{K_EXPORT, K_TABLE}, "EXPORT TABLE"},
    {{K_IMPORT, K_TABLE}, "IMPORT TABLE"}, {{K_SHOW, K_COMPACTIONS}, "SHOW COMPACTIONS"}, {{K_SHOW, K_TRANSACTIONS}, "SHOW TRANSACTIONS"},
    {{K_SHOW, K_INDEXES}, "SHOW INDEXES"}, {{K_SHOW, K_LOCKS}, "SHOW LOCKS"}, {{K_ALTER, K_INDEX}, "ALTER INDEX"},
    {{K_LOCK, K_TABLE}, "LOCK TABLE"}, {{K_LOCK, K_DATABASE}, "LOCK DATABASE"}, {{K_UNLOCK, K_TABLE}, "UNLOCK TABLE"},
    {{K_UNLOCK, K_DATABASE}, "UNLOCK DATABASE"}, {{K_CREATE, K_TEMPORARY, K_MACRO}, "CREATE TEMPORARY MACRO"},
    {{K_DROP, K_TEMPORARY, K_MACRO}, "DROP TEMPORARY MACRO"}, {{K_START, K_TRANSACTION}, "START TRANSACTION"}, {{K_COMMIT}, "COMMIT"},
    {{K_ROLLBACK}, "ROLLBACK"}, {{K_DFS}, "DFS"}, {{K_SET, K_ROLE}, "SET ROLE"},
};

/* Real statements whose first words, with anything else behind them, are refused all the same. */
static const int half_refused = 3;

/* Any text may follow the words. */
static pz_rel *
refused_statement(pz_parser *p, bool half)
{
    size_t from = half ? 0 : (size_t)half_refused, to = half ? (size_t)half_refused : PZ_COUNTOF(refused);
    for (size_t i = from; i < to; i++) {
        int n = 0;
        while (n < 3 && refused[i].k[n] && tkn(p, n) == refused[i].k[n]) n++;
        if (n < 3 && refused[i].k[n]) continue;
        int start = p->at;
        while (tk(p) != T_EOF && tk(p) != T_SEMICOLON) skip(p);
        return pz_invalid_statement(p, start, refused[i].name);
    }
    return NULL;
}

/* ---------------------------------------------------------------- dispatch */

/* What statement follows the definitions of a WITH: the first word outside parentheses after the last of them. */
static int
word_after_ctes(const pz_parser *p)
{
    for (int k = 1, depth = 0; tkn(p, k) != T_EOF; k++) {
        int kind = tkn(p, k);
        depth += (kind == T_LPAREN) - (kind == T_RPAREN);
        if (depth || tkn(p, k) != T_RPAREN) continue;
        int n = tkn(p, k + 1);
        if (n == K_SELECT || n == K_FROM || n == K_INSERT || n == K_DELETE || n == K_UPDATE || n == K_MERGE || n == K_TABLE || n == K_VALUES)
            return n;
    }
    return T_EOF;
}

/* FROM t INSERT INTO ... : an INSERT outside parentheses before any SELECT */
static bool
is_multi_insert(const pz_parser *p)
{
    for (int k = 1, depth = 0; tkn(p, k) != T_EOF; k++) {
        int kind = tkn(p, k), n = tkn(p, k + 1);
        depth += (kind == T_LPAREN) - (kind == T_RPAREN);
        if (depth) continue;
        if (kind == K_INSERT && (n == K_INTO || n == K_OVERWRITE || n == K_WITH)) return true;
        if (kind == K_SELECT && pz_expr_follows(p, k + 1)) return false;
    }
    return false;
}

static pz_rel *
with_over(pz_parser *p, pz_rel *with, pz_rel *r)
{
    if (!r) return NULL;
    with->input = r;
    with->origin = pz_origin_from(p, with->origin);
    return with;
}

static pz_rel *
with_statement(pz_parser *p)
{
    pz_rel *with;
    int word = word_after_ctes(p);
    if (word != K_INSERT && word != K_DELETE && word != K_UPDATE && word != K_MERGE && word != K_FROM) return pz_query(p);
    pz_mark m = pz_mark_make(p);
    if (!pz_ctes_rule(p, &with)) return NULL;
    switch (tk(p)) {
    case K_INSERT: return pz_insert(p, with);
    case K_DELETE: return with_over(p, with, pz_delete(p));
    case K_UPDATE: return with_over(p, with, pz_update(p));
    case K_MERGE: return with_over(p, with, pz_merge(p));
    case K_FROM:
        if (is_multi_insert(p)) return pz_multi_insert(p, with);
        break;
    default: break;
    }
    pz_back(p, m);
    return pz_query(p);
}

static pz_rel *
statement(pz_parser *p)
{
    switch (tk(p)) {
    case K_SELECT: case T_LPAREN: case K_TABLE: case K_VALUES: case K_MAP: case K_REDUCE: return pz_query(p);
    case K_FROM: return is_multi_insert(p) ? pz_multi_insert(p, NULL) : pz_query(p);
    case K_WITH: return with_statement(p);
    case K_SHOW: return pz_show(p);
    case K_DESC: case K_DESCRIBE: return pz_describe(p);
    case K_EXPLAIN: return pz_explain(p);
    case K_SET: return pz_set(p);
    case K_RESET: return pz_reset(p);
    case K_CREATE: return pz_create(p);
    case K_REPLACE: return pz_replace_table(p);
    case K_DROP: return pz_drop(p);
    case K_ALTER: return pz_alter(p);
    case K_INSERT: return pz_insert(p, NULL);
    case K_DELETE: return pz_delete(p);
    case K_UPDATE: return pz_update(p);
    case K_MERGE: return pz_merge(p);
    case K_BEGIN: return pz_script(p);
    default: return pz_misc_statement(p);
    }
}

pz_rel *
pz_statement(pz_parser *p)
{
    pz_rel *r = refused_statement(p, false);
    if (r) return r;
    pz_mark m = pz_mark_make(p);
    r = statement(p);
    if (r && (tk(p) == T_EOF || tk(p) == T_SEMICOLON)) return r;
    if (p->dead) return NULL;
    int end = p->at;
    pz_error listen = p->listen;
    pz_back(p, m);
    pz_rel *refusal = refused_statement(p, true);
    if (refusal) return refusal;
    p->at = end;
    p->listen = listen;
    return r;
}

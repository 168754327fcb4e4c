/*
 * sql/parse_dml.c - INSERT, DELETE, UPDATE, MERGE.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- shared */

/* [AS] alias without columns; `op` names the statement that refuses them */
static bool
target_alias(pz_parser *p, pz_str *out, const char *op, int start)
{
    bool as = tk(p) == K_AS && pz_is_strict_name(p, 1);
    pz_strs columns = {0};
    if (!as && (!pz_is_strict_name(p, 0) || pz_clause_ahead(p))) return true;
    if (as) skip(p);
    if (!pz_strict_name(p, out)) return false;
    if (tk(p) != T_LPAREN) return true;
    if (!pz_name_paren_list(p, &columns)) return false;
    PZ_SEM(p, PZ_ERR_COLUMN_ALIASES_NOT_ALLOWED, pz_origin_at(p, start), "op", op, NULL);
    return true;
}

static bool
options_clause(pz_parser *p, pz_options *o)
{
    return tk(p) != K_WITH || tkn(p, 1) != T_LPAREN || (skip(p), pz_properties(p, o, true, true));
}

/* An assigned value; a lone DEFAULT is the keyword. */
static pz_expr *
assigned_value(pz_parser *p)
{
    int n = tkn(p, 1);
    if (tk(p) != K_DEFAULT || n == T_DOT || n == T_LPAREN || (n >= T_EQ && n <= T_HAT)) return pz_expression(p);
    skip(p);
    return pz_expr_make(p->a, PZ_EXPR_DEFAULT, pz_origin_at(p, p->at - 1));
}

/* a.b = x */
static bool
assignment(pz_parser *p, pz_strs *names, pz_expr **value)
{
    return pz_multipart(p, names) && expect(p, T_EQ) && (*value = assigned_value(p));
}

/* ---------------------------------------------------------------- INSERT */

/* DEFAULT as a cell of VALUES that are inserted stands for the column's default. */
static void
mark_defaults(pz_parser *p, pz_rel *q)
{
    while (q && q->kind == PZ_REL_ALIAS) q = q->input;
    if (!q || q->kind != PZ_REL_VALUES || p->o->no_defaults) return;
    for (int i = 0; i < q->exprs.n; i++) {
        pz_expr *e = q->exprs.data[i];
        if (e->kind == PZ_EXPR_COLUMN && e->names.n == 1 && pz_str_ieqc(e->names.data[0], "default") && p->text.ptr[e->origin.start] != '`')
            q->exprs.data[i] = pz_expr_make(p->a, PZ_EXPR_DEFAULT, e->origin);
    }
}

/* DIRECTORY ['path'] ([ROW FORMAT] [STORED AS] | USING x [OPTIONS (..)]) */
static bool
insert_directory(pz_parser *p, pz_command *c, int start)
{
    pz_strs parts;
    pz_str row = {0}, file = {0};
    c->kind = PZ_CMD_INSERT_DIRECTORY;
    c->flag1 = accept(p, K_LOCAL);
    skip(p);
    bool path = pz_is_string(p, 0);
    if (path && !pz_string_lit(p, &c->text)) return false;
    if (accept(p, K_USING)) {
        if (!pz_multipart(p, &parts)) return false;
        c->provider = pz_dotted(p->a, &parts);
        if (accept(p, K_OPTIONS) && !pz_properties(p, &c->options, true, true)) return false;
        bool option = false;
        for (int i = 0; i < c->options.n; i++) option |= pz_str_ieqc(c->options.data[i].key, "path");
        if (option == path) PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0049, pz_origin_at(p, start), NULL);
        return true;
    }
    if (!path) return pz_fail(p);
    if (at2(p, K_ROW, K_FORMAT) && !pz_row_format(p, &row)) return false;
    if (tk(p) == K_STORED && !pz_file_format(p, &file)) return false;
    c->provider = PZ_STR("hive");
    return true;
}

/* REPLACE WHERE c | REPLACE ON c | REPLACE USING (..) */
static bool
insert_replace(pz_parser *p, pz_command *c)
{
    skip(p);
    int k = tk(p);
    skip(p);
    c->overwrite = true;
    if (k == K_USING) {
        c->mode = PZ_STR("replace using");
        return pz_name_paren_list(p, &c->names2);
    }
    c->mode = k == K_WHERE ? PZ_STR("replace where") : PZ_STR("replace on");
    p->query_after = true;
    c->cond = pz_expression(p);
    p->query_after = false;
    return c->cond != NULL;
}

static bool
replace_ahead(const pz_parser *p)
{
    int n = tkn(p, 1);
    return tk(p) == K_REPLACE && (n == K_WHERE || n == K_ON || n == K_USING);
}

/* BY NAME | ( columns ) unless the parenthesis holds the query */
static bool
insert_columns(pz_parser *p, pz_command *c)
{
    if (pz_accept2(p, K_BY, K_NAME)) return c->by_name = true;
    if (tk(p) != T_LPAREN || pz_query_follows(p, 1) || tkn(p, 1) == T_LPAREN) return true;
    return pz_name_paren_list(p, &c->columns);
}

static void
check_insert(pz_parser *p, pz_command *c, int start)
{
    if (!c->overwrite && c->if_not_exists) pz_invalid_statement(p, start, "INSERT INTO ... IF NOT EXISTS");
    pz_str dynamic = {0};
    for (int i = 0; i < c->partition_spec.n; i++)
        if (!c->partition_spec.data[i].value.ptr) {
            pz_str k = c->partition_spec.data[i].key;
            dynamic = dynamic.ptr ? pz_strf(p->a, PZ_FMT ", " PZ_FMT, PZ_ARG(dynamic), PZ_ARG(k)) : k;
        }
    if (c->overwrite && c->if_not_exists && dynamic.ptr)
        pz_not_allowed(p, start, pz_strf(p->a, "IF NOT EXISTS with dynamic partitions: " PZ_FMT, PZ_ARG(dynamic)).ptr);
    if (pz_str_eqc(c->mode, "replace where") && c->text.ptr)
        PZ_SEM(p, PZ_ERR_INSERT_REPLACE_WHERE_TABLE_ALIAS_NOT_ALLOWED, pz_origin_at(p, start), NULL);
}

/* INTO | OVERWRITE [TABLE] t ... up to the query */
static bool
insert_target(pz_parser *p, pz_command *c, int start)
{
    skip(p);
    if (tk(p) == K_WITH && tkn(p, 1) == K_SCHEMA && tkn(p, 2) == K_EVOLUTION) {
        p->at += 3;
        c->flag1 = true;
    }
    c->overwrite = tk(p) == K_OVERWRITE;
    c->mode = c->overwrite ? PZ_STR("overwrite") : PZ_STR("into");
    if (!c->overwrite && tk(p) != K_INTO) return pz_fail(p);
    skip(p);
    bool directory = tk(p) == K_DIRECTORY || at2(p, K_LOCAL, K_DIRECTORY);
    int n = tkn(p, tk(p) == K_LOCAL ? 2 : 1);
    if (c->overwrite && directory && (n == K_USING || n == T_STRING || n == T_DQSTRING)) return insert_directory(p, c, start);
    if (tk(p) == K_TABLE && pz_is_name(p, 1)) skip(p);
    if (!pz_command_ref(p, c)) return false;
    if (!c->overwrite && !replace_ahead(p)) {                  /* an alias only in front of REPLACE */
        pz_mark m = pz_mark_make(p);
        if (!target_alias(p, &c->text, "INSERT", start) || !options_clause(p, &c->options) || !insert_columns(p, c) || !replace_ahead(p)) {
            pz_back(p, m);
            c->text = (pz_str){0};
            c->options = (pz_options){0};
            c->columns = (pz_strs){0};
            c->by_name = false;
        }
    }
    if (!replace_ahead(p)) {
        if (!options_clause(p, &c->options)) return false;
        if (at2(p, K_PARTITION, T_LPAREN) && !pz_partition_spec(p, &c->partition_spec, false)) return false;
        if (!pz_if_not_exists(p, &c->if_not_exists) || !insert_columns(p, c)) return false;
    }
    if (!c->overwrite && replace_ahead(p) && !insert_replace(p, c)) return false;
    check_insert(p, c, start);
    return true;
}

/* INSERT ... query; a WITH in front belongs to the query */
pz_rel *
pz_insert(pz_parser *p, pz_rel *with)
{
    int start = p->at;
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_INSERT, start, &r);
    if (!insert_target(p, c, start)) return NULL;
    c->head = pz_origin_at(p, start);
    pz_mark m = pz_mark_make(p);
    pz_rel *q = c->cond || c->names2.n ? pz_query_paren(p) : NULL;     /* REPLACE ON ... ( query ) alias */
    if (q) {
        pz_rel *named = pz_table_alias(p, q);
        if (!named || named == q || (tk(p) != T_EOF && tk(p) != T_SEMICOLON)) {
            pz_back(p, m);
            q = NULL;
        } else q = named;
    }
    if (!q && !(q = pz_query(p))) return NULL;
    mark_defaults(p, q);
    if (with) {
        with->input = q;
        q = with;
    }
    c->query = q;
    return pz_command_done(p, r, start);
}

/* FROM t (INSERT ... SELECT ...)+ */
pz_rel *
pz_multi_insert(pz_parser *p, pz_rel *with)
{
    int start = p->at;
    pz_rel *r, *one;
    pz_command *c = pz_command_new(p, PZ_CMD_MULTI_INSERT, start, &r);
    pz_rel *from = pz_from_clause(p);
    if (!from) return NULL;
    do {
        int at = p->at;
        pz_command *i = pz_command_new(p, PZ_CMD_INSERT, at, &one);
        if (tk(p) != K_INSERT) {
            pz_fail(p);
            return NULL;
        }
        if (!insert_target(p, i, at) || (tk(p) != K_SELECT && !pz_is_transform(p))) {
            pz_fail(p);
            return NULL;
        }
        if (!(i->query = pz_from_body(p, from))) return NULL;
        if (with) {
            pz_rel *w = PZ_NEW(p->a, pz_rel);
            *w = *with;
            w->input = i->query;
            i->query = w;
        }
        pz_vec_push(p->a, &c->body, i);
    } while (tk(p) == K_INSERT);
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- DELETE, UPDATE */

/* DELETE FROM t [alias] [WITH (..)] [WHERE c] */
pz_rel *
pz_delete(pz_parser *p)
{
    int start = p->at;
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_DELETE, start, &r);
    if (!pz_expect2(p, K_DELETE, K_FROM) || !pz_command_ref(p, c) || !target_alias(p, &c->text, "DELETE", start)) return NULL;
    if (!options_clause(p, &c->options)) return NULL;
    if (accept(p, K_WHERE) && !(c->cond = pz_expression(p))) return NULL;
    return pz_command_done(p, r, start);
}

/* UPDATE t [alias] [WITH (..)] SET a = x, ... [WHERE c] */
pz_rel *
pz_update(pz_parser *p)
{
    int start = p->at;
    pz_rel *r, *one;
    pz_command *c = pz_command_new(p, PZ_CMD_UPDATE, start, &r);
    skip(p);
    if (!pz_command_ref(p, c) || !target_alias(p, &c->text, "UPDATE", start) || !options_clause(p, &c->options) || !expect(p, K_SET)) return NULL;
    do {
        pz_expr *value;
        int at = p->at;
        pz_command *a = pz_command_new(p, PZ_CMD_UPDATE, p->at, &one);
        if (!assignment(p, &a->names, &value)) return NULL;
        a->ref = pz_origin_at(p, at);
        pz_vec_push(p->a, &a->exprs, value);
        pz_vec_push(p->a, &c->body, a);
    } while (accept(p, T_COMMA));
    if (accept(p, K_WHERE) && !(c->cond = pz_expression(p))) return NULL;
    return pz_command_done(p, r, start);
}

/* ---------------------------------------------------------------- MERGE */

/* INSERT * | INSERT ( columns ) VALUES ( values ) */
static bool
merge_insert(pz_parser *p, pz_merge_clause *m, int start)
{
    skip(p);
    m->action = PZ_MERGE_INSERT_ALL;
    if (accept(p, T_STAR)) return true;
    m->action = PZ_MERGE_INSERT;
    if (!expect(p, T_LPAREN)) return false;
    do {
        pz_strs parts;
        if (!pz_multipart(p, &parts)) return false;
        pz_vec_push(p->a, &m->columns, parts);
    } while (accept(p, T_COMMA));
    if (!pz_expect2(p, T_RPAREN, K_VALUES) || !expect(p, T_LPAREN)) return false;
    do {
        pz_expr *e = assigned_value(p);
        if (!e) return false;
        pz_vec_push(p->a, &m->values, e);
    } while (accept(p, T_COMMA));
    if (m->columns.n != m->values.n)
        PZ_SEM(p, PZ_ERR_MERGE_INSERT_VALUE_COUNT_MISMATCH, pz_origin_at(p, start), "expectedCount", pz_strf(p->a, "%d", m->columns.n).ptr,
               "actualCount", pz_strf(p->a, "%d", m->values.n).ptr, NULL);
    return expect(p, T_RPAREN);
}

/* DELETE | UPDATE SET * | UPDATE SET a = x, ... | INSERT ... */
static bool
merge_action(pz_parser *p, pz_merge_clause *m, int start)
{
    if (m->when == PZ_MERGE_NOT_MATCHED) return tk(p) == K_INSERT ? merge_insert(p, m, start) : pz_fail(p);
    if (accept(p, K_DELETE)) {
        m->action = PZ_MERGE_DELETE;
        return true;
    }
    if (!pz_expect2(p, K_UPDATE, K_SET)) return false;
    if (m->when == PZ_MERGE_MATCHED && accept(p, T_STAR)) {
        m->action = PZ_MERGE_UPDATE_ALL;
        return true;
    }
    m->action = PZ_MERGE_UPDATE;
    do {
        pz_strs names;
        pz_expr *value;
        int at = p->at;
        if (!assignment(p, &names, &value)) return false;
        pz_vec_push(p->a, &m->places, pz_origin_at(p, at));
        pz_vec_push(p->a, &m->columns, names);
        pz_vec_push(p->a, &m->values, value);
    } while (accept(p, T_COMMA));
    return true;
}

/* WHEN [NOT] MATCHED [BY TARGET | BY SOURCE] [AND c] THEN action */
static bool
merge_clause(pz_parser *p, pz_command *c, int *stage, int start)
{
    bool negated;
    pz_merge_clause *m = PZ_NEW(p->a, pz_merge_clause);
    skip(p);
    if (!pz_not_opt(p, &negated) || !expect(p, K_MATCHED)) return false;
    m->when = negated ? PZ_MERGE_NOT_MATCHED : PZ_MERGE_MATCHED;
    if (negated && tk(p) == K_BY) {
        skip(p);
        if (tk(p) == K_SOURCE) m->when = PZ_MERGE_NOT_MATCHED_BY_SOURCE;
        else if (tk(p) != K_TARGET) return pz_fail(p);
        skip(p);
    }
    if ((int)m->when < *stage) return pz_fail(p);              /* the three kinds come in this order */
    *stage = (int)m->when;
    if (accept(p, K_AND) && !(m->cond = pz_expression(p))) return false;
    if (!expect(p, K_THEN) || !merge_action(p, m, start)) return false;
    pz_vec_push(p->a, &c->merge, m);
    return true;
}

/* Only the last clause of a kind may lack a condition. */
static void
check_clauses(pz_parser *p, const pz_command *c, int start)
{
    static const pz_err_id ids[] = {PZ_ERR_NON_LAST_MATCHED_CLAUSE_OMIT_CONDITION, PZ_ERR_NON_LAST_NOT_MATCHED_BY_TARGET_CLAUSE_OMIT_CONDITION,
                                    PZ_ERR_NON_LAST_NOT_MATCHED_BY_SOURCE_CLAUSE_OMIT_CONDITION};
    if (!c->merge.n) PZ_SEM(p, PZ_ERR_MERGE_WITHOUT_WHEN, pz_origin_at(p, start), NULL);
    for (int i = 0; i + 1 < c->merge.n; i++)
        if (c->merge.data[i]->when == c->merge.data[i + 1]->when && !c->merge.data[i]->cond)
            PZ_SEM(p, ids[c->merge.data[i]->when], pz_origin_at(p, start), NULL);
}

/* MERGE [WITH SCHEMA EVOLUTION] INTO t [alias] USING s [alias] ON c clause* */
pz_rel *
pz_merge(pz_parser *p)
{
    int start = p->at, stage = 0;
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_MERGE, start, &r);
    skip(p);
    if (tk(p) == K_WITH && tkn(p, 1) == K_SCHEMA && tkn(p, 2) == K_EVOLUTION) {
        p->at += 3;
        c->flag1 = true;
    }
    if (!expect(p, K_INTO) || !pz_command_ref(p, c) || !target_alias(p, &c->text, "MERGE", start)) return NULL;
    if (!options_clause(p, &c->options) || !expect(p, K_USING)) return NULL;
    pz_rel *s = pz_query_paren(p);
    bool table = !s;
    if (!s) {
        if (p->dead || !(s = pz_table_ref(p))) return NULL;
        if (s->kind == PZ_REL_NAMED_TABLE && !options_clause(p, &s->u.table.options)) return NULL;
    }
    pz_str alias = {0};
    if (!target_alias(p, &alias, "MERGE", start)) return NULL;
    if (alias.ptr || !table) {
        pz_rel *a = pz_rel_make(p->a, PZ_REL_ALIAS, s->origin);
        a->input = s;
        pz_vec_push(p->a, &a->u.alias.names, alias.ptr ? alias : PZ_STR("__auto_generated_subquery_name"));
        s = a;
    }
    c->query = s;
    if (!expect(p, K_ON) || !(c->cond = pz_expression(p))) return NULL;
    while (tk(p) == K_WHEN)
        if (!merge_clause(p, c, &stage, start)) return NULL;
    check_clauses(p, c, start);
    return pz_command_done(p, r, start);
}

/*
 * sql/parse_relation.c - what may follow a relation: LATERAL VIEW, PIVOT, UNPIVOT, TABLESAMPLE, BIN BY; UNNEST and JSON_TABLE.
 */
#include "sql_int.h"

#include <math.h>

static pz_rel *
over(pz_parser *p, pz_rel_kind kind, pz_rel *in)
{
    pz_rel *r = pz_rel_make(p->a, kind, pz_origin_from(p, in->origin));
    r->input = in;
    return r;
}

/* [AS] name after PIVOT (...) and its like */
static pz_rel *
trailing_alias(pz_parser *p, pz_rel *in)
{
    pz_str name;
    bool as = tk(p) == K_AS && pz_is_name(p, 1);
    in->origin = pz_origin_from(p, in->origin);
    if (!as && (!pz_is_name(p, 0) || pz_clause_ahead(p))) return in;
    if (as) skip(p);
    if (!pz_name_checked(p, &name)) return NULL;
    pz_rel *r = over(p, PZ_REL_ALIAS, in);
    pz_vec_push(p->a, &r->u.alias.names, name);
    return r;
}

static bool
optional_alias(pz_parser *p, pz_str *out)
{
    bool as = tk(p) == K_AS && pz_is_name(p, 1);
    *out = (pz_str){0};
    if (as) skip(p);
    else if (!pz_is_name(p, 0)) return true;
    return pz_name_checked(p, out);
}

/* ---------------------------------------------------------------- LATERAL VIEW */

/* (LATERAL VIEW [OUTER] f(args) t [[AS] a, b])* */
pz_rel *
pz_lateral_views(pz_parser *p, pz_rel *in)
{
    while (tk(p) == K_LATERAL && tkn(p, 1) == K_VIEW) {
        pz_rel *g = over(p, PZ_REL_GENERATE, in);
        p->at += 2;
        if (tk(p) == K_OUTER && pz_is_name(p, 1)) {
            skip(p);
            g->u.gen.outer = true;
        }
        int start = p->at;
        pz_expr *call = pz_expr_make(p->a, PZ_EXPR_CALL, PZ_NO_ORIGIN);
        if (!pz_qualified(p, &call->names) || !expect(p, T_LPAREN)) return NULL;
        if (tk(p) != T_RPAREN && !pz_expressions(p, &call->args)) return NULL;
        if (!expect(p, T_RPAREN)) return NULL;
        call->origin = pz_origin_at(p, start);
        pz_vec_push(p->a, &g->exprs, call);
        if (!pz_name(p, &g->u.gen.table_alias)) return NULL;
        bool as = tk(p) == K_AS && pz_is_name(p, 1);
        if (as) skip(p);
        if (as || (pz_is_name(p, 0) && !pz_clause_ahead(p))) {
            do {
                pz_str s;
                if (!pz_name(p, &s)) return NULL;
                pz_vec_push(p->a, &g->u.gen.column_aliases, s);
            } while (accept(p, T_COMMA));
        }
        g->origin = pz_origin_from(p, in->origin);
        in = g;
    }
    return in;
}

/* ---------------------------------------------------------------- PIVOT */

/* name | ( name, ... ) */
static bool
pivot_columns(pz_parser *p, pz_exprs *out)
{
    bool paren = accept(p, T_LPAREN);
    do {
        pz_str s;
        int start = p->at;
        if (!pz_name_checked(p, &s)) return false;
        pz_expr *c = pz_column_make(p->a, pz_origin_at(p, start), 0);
        pz_vec_push(p->a, &c->names, s);
        pz_vec_push(p->a, out, c);
    } while (paren && accept(p, T_COMMA));
    return !paren || expect(p, T_RPAREN);
}

/* PIVOT ( aggregates FOR column IN ( values ) ) [alias] */
pz_rel *
pz_pivot(pz_parser *p, pz_rel *in)
{
    pz_rel *r = over(p, PZ_REL_PIVOT, in);
    p->at += 2;
    if (!pz_named_expressions(p, &r->exprs) || !expect(p, K_FOR) || !pivot_columns(p, &r->u.pivot.columns)) return NULL;
    if (!pz_expect2(p, K_IN, T_LPAREN)) return NULL;
    do {
        pz_pivot_value v;
        if (!(v.expr = pz_expression(p)) || !optional_alias(p, &v.alias)) return NULL;
        pz_vec_push(p->a, &r->u.pivot.values, v);
    } while (accept(p, T_COMMA));
    if (!pz_expect2(p, T_RPAREN, T_RPAREN)) return NULL;
    return trailing_alias(p, r);
}

/* ---------------------------------------------------------------- UNPIVOT */

static bool
unpivot_column(pz_parser *p, pz_exprs *out)
{
    int start = p->at;
    pz_strs parts;
    if (!pz_multipart(p, &parts)) return false;
    pz_expr *c = pz_expr_make(p->a, PZ_EXPR_COLUMN, pz_origin_at(p, start));
    c->names = parts;
    pz_vec_push(p->a, out, c);
    return true;
}

/* a [AS x] | (a, b) [AS x] */
static bool
unpivot_group(pz_parser *p, pz_rel *r, bool many)
{
    pz_exprs group = {0};
    pz_str alias;
    if (many && !expect(p, T_LPAREN)) return false;
    do {
        if (!unpivot_column(p, &group)) return false;
    } while (many && accept(p, T_COMMA));
    if ((many && !expect(p, T_RPAREN)) || !optional_alias(p, &alias)) return false;
    pz_vec_push(p->a, &r->u.unpivot.groups, group);
    pz_vec_push(p->a, &r->u.unpivot.group_aliases, alias);
    return true;
}

/* UNPIVOT [INCLUDE | EXCLUDE NULLS] ( v FOR n IN (a, b) | (v, w) FOR n IN ((a, b), ...) ) [alias] */
pz_rel *
pz_unpivot(pz_parser *p, pz_rel *in)
{
    pz_rel *r = over(p, PZ_REL_UNPIVOT, in);
    skip(p);
    if (tk(p) == K_INCLUDE || tk(p) == K_EXCLUDE) {
        r->u.unpivot.include_nulls = tk(p) == K_INCLUDE;
        skip(p);
        if (!expect(p, K_NULLS)) return NULL;
    }
    if (!expect(p, T_LPAREN)) return NULL;
    bool many = accept(p, T_LPAREN);
    do {
        pz_str s;
        if (!pz_name(p, &s)) return NULL;
        pz_vec_push(p->a, &r->u.unpivot.value_names, s);
    } while (many && accept(p, T_COMMA));
    if (many && !expect(p, T_RPAREN)) return NULL;
    r->u.unpivot.value = r->u.unpivot.value_names.data[0];
    r->u.unpivot.has_values = true;
    if (!expect(p, K_FOR) || !pz_name(p, &r->u.unpivot.variable) || !pz_expect2(p, K_IN, T_LPAREN)) return NULL;
    do {
        if (!unpivot_group(p, r, many)) return NULL;
    } while (accept(p, T_COMMA));
    if (!pz_expect2(p, T_RPAREN, T_RPAREN)) return NULL;
    return trailing_alias(p, r);
}

/* ---------------------------------------------------------------- BIN BY */

static bool
bin_name(pz_parser *p, int word)
{
    pz_str s;
    return !accept(p, word) || (expect(p, K_AS) && pz_name_checked(p, &s));
}

/* BIN BY (RANGE a TO b BIN WIDTH w [ALIGN TO t] DISTRIBUTE UNIFORM (c, ...) ...): read, then refused as Spark 4.3 does */
pz_rel *
pz_bin_by(pz_parser *p, pz_rel *in)
{
    pz_strs parts;
    int start = p->at;
    p->at += 2;
    if (!pz_expect2(p, T_LPAREN, K_RANGE) || !pz_multipart(p, &parts) || !expect(p, K_TO) || !pz_multipart(p, &parts)) return NULL;
    if (!pz_expect2(p, K_BIN, K_WIDTH) || !pz_expression(p)) return NULL;
    if (pz_accept2(p, K_ALIGN, K_TO) && !pz_expression(p)) return NULL;
    if (!pz_expect2(p, K_DISTRIBUTE, K_UNIFORM) || !expect(p, T_LPAREN)) return NULL;
    do {
        if (!pz_multipart(p, &parts)) return NULL;
    } while (accept(p, T_COMMA));
    if (!expect(p, T_RPAREN) || !bin_name(p, K_BIN_START) || !bin_name(p, K_BIN_END) || !bin_name(p, K_BIN_DISTRIBUTE_RATIO)) return NULL;
    if (!expect(p, T_RPAREN)) return NULL;
    PZ_SEM_AS(p, PZ_CLASS_AnalysisException, PZ_ERR_UNSUPPORTED_FEATURE_BIN_BY, pz_origin_at(p, start), NULL);
    return trailing_alias(p, in);
}

/* ---------------------------------------------------------------- TABLESAMPLE */

static pz_rel *
fraction(pz_parser *p, pz_rel *in, double f, int start, pz_rel **sample)
{
    if (f < -1e-6 || f > 1 + 1e-6) {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_double_text(&b, f);
        PZ_SEM(p, PZ_ERR_INVALID_TABLESAMPLE_FRACTION, pz_origin_at(p, start), "fraction", pz_buf_dup(&b, p->a).ptr, NULL);
        pz_buf_free(&b);
    }
    pz_rel *r = over(p, PZ_REL_SAMPLE, in);
    r->u.sample.upper = f < 0 ? 0 : f > 1 ? 1 : f;
    return *sample = r;
}

static void
no_system(pz_parser *p, bool system, const char *method, int start)
{
    if (system)
        PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_TABLESAMPLE_SYSTEM_SAMPLE_METHOD, pz_origin_at(p, start), "sampleMethod", method, NULL);
}

/* BUCKET x OUT OF y [ON name | f()] */
static pz_rel *
by_bucket(pz_parser *p, pz_rel *in, bool system, int start, pz_rel **sample)
{
    pz_str x, y;
    pz_strs parts;
    skip(p);
    if (!pz_integer_value(p, &x) || !pz_expect2(p, K_OUT, K_OF) || !pz_integer_value(p, &y)) return NULL;
    no_system(p, system, "BUCKET", start);
    if (accept(p, K_ON)) {
        if (!pz_qualified(p, &parts)) return NULL;
        bool call = accept(p, T_LPAREN);
        if (call && !expect(p, T_RPAREN)) return NULL;
        if (!call && parts.n > 1) {
            pz_fail(p);
            return NULL;
        }
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0015, pz_origin_at(p, start), "msg",
               call ? "BUCKET x OUT OF y ON function" : "BUCKET x OUT OF y ON colname", NULL);
    }
    pz_rel *r = fraction(p, in, strtod(x.ptr, NULL) / strtod(y.ptr, NULL), start, sample);
    r->u.sample.method = PZ_SAMPLE_BUCKET;
    r->u.sample.bucket = strtol(x.ptr, NULL, 10);
    r->u.sample.of = strtol(y.ptr, NULL, 10);
    return r;
}

/* A size such as 100M is no expression of ours: only its text matters, and it is refused either way. */
static void
by_bytes(pz_parser *p, bool system, int start, int from)
{
    pz_str s = pz_span_join(p, from, p->at);
    char last = s.len ? (char)(s.ptr[s.len - 1] | 32) : 0;
    bool size = (last == 'b' || last == 'k' || last == 'm' || last == 'g') && s.len > 1;
    for (size_t i = 0; size && i + 1 < s.len; i++) size = s.ptr[i] >= '0' && s.ptr[i] <= '9';
    no_system(p, system, "BYTES", start);
    if (size) PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0015, pz_origin_at(p, start), "msg", "byteLengthLiteral", NULL);
    else PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0016, pz_origin_at(p, start), "bytesStr", s.ptr, NULL);
}

static pz_rel *
sample_method(pz_parser *p, pz_rel *in, bool system, int start, pz_rel **sample)
{
    if (tk(p) == T_RPAREN) {
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0014, pz_origin_at(p, start), NULL);
        return in;
    }
    if (tk(p) == K_BUCKET && tkn(p, 2) == K_OUT) return by_bucket(p, in, system, start, sample);
    int minus = tk(p) == T_MINUS ? 1 : 0, n = tkn(p, minus);
    if ((n == T_INTEGER || n == T_DECIMAL || n == T_QUESTION) && tkn(p, minus + 1) == K_PERCENT) {
        pz_str s = pz_dup(p->a, pz_tok_text(p, p->at + minus));
        p->at += minus + 2;
        return fraction(p, in, strtod(s.ptr, NULL) / (minus ? -100.0 : 100.0), start, sample);
    }
    int from = p->at;
    pz_expr *e = pz_expression(p);
    if (!e) return NULL;
    if (accept(p, K_ROWS)) {
        no_system(p, system, "ROWS", start);
        pz_rel *r = over(p, PZ_REL_LIMIT, in);
        r->cond = e;
        return r;
    }
    by_bytes(p, system, start, from);
    return in;
}

/* [TABLESAMPLE [SYSTEM | BERNOULLI] ( method ) [REPEATABLE (seed)]] */
pz_rel *
pz_sample(pz_parser *p, pz_rel *in)
{
    int n = tkn(p, 1), start = p->at;
    bool named = (n == K_SYSTEM || n == K_BERNOULLI) && tkn(p, 2) == T_LPAREN;
    pz_rel *sample = NULL;
    if (tk(p) != K_TABLESAMPLE || (n != T_LPAREN && !named)) return in;
    p->at += named ? 3 : 2;
    pz_rel *r = sample_method(p, in, n == K_SYSTEM, start, &sample);
    if (!r || !expect(p, T_RPAREN)) return NULL;
    if (tk(p) == K_REPEATABLE && tkn(p, 1) == T_LPAREN && !pz_is_name(p, 2)) {         /* with a name it is an alias: repeatable(a) */
        pz_str s;
        p->at += 2;
        if (!pz_integer_value(p, &s) || !expect(p, T_RPAREN)) return NULL;
        if (sample) {
            sample->u.sample.seed = strtoll(s.ptr, NULL, 10);
            sample->u.sample.has_seed = true;
        }
    }
    r->origin = pz_origin_from(p, in->origin);
    pz_sem_widen(p, start);
    return r;
}

/* ---------------------------------------------------------------- UNNEST, JSON_TABLE */

/* UNNEST ( arrays ) [WITH ORDINALITY] [alias]: the table function unnest, or unnest.ordinality */
pz_rel *
pz_unnest(pz_parser *p)
{
    int start = p->at;
    pz_rel *t = pz_rel_make(p->a, PZ_REL_TVF, PZ_NO_ORIGIN);
    pz_vec_push(p->a, &t->u.tvf.names, PZ_STR("unnest"));
    p->at += 2;
    if (!pz_expressions(p, &t->exprs) || !expect(p, T_RPAREN)) return NULL;
    if (pz_accept2(p, K_WITH, K_ORDINALITY)) pz_vec_push(p->a, &t->u.tvf.names, PZ_STR("ordinality"));
    t->origin = pz_origin_at(p, start);
    return pz_table_alias(p, t);
}

static void
push_text(pz_parser *p, pz_rel *t, pz_str s)
{
    pz_vec_push(p->a, &t->exprs, pz_string_expr(p, pz_origin_at(p, p->at), s));
}

/* name FOR ORDINALITY | name type [EXISTS] [PATH 'x'] as four texts: name, type, path, kind */
static bool
json_column(pz_parser *p, pz_rel *t, pz_map *seen, int start)
{
    pz_str name, path = {0};
    if (!pz_name_checked(p, &name)) return false;
    if (pz_map_get(seen, name))
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_DUPLICATE_JSON_TABLE_COLUMN, pz_origin_at(p, start), "columnName",
               pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
    pz_map_put(seen, name, t);
    push_text(p, t, name);
    if (pz_accept2(p, K_FOR, K_ORDINALITY)) {
        push_text(p, t, PZ_STR("bigint"));
        push_text(p, t, PZ_STR(""));
        push_text(p, t, PZ_STR("ordinality"));
        return true;
    }
    int from = p->at;
    if (!pz_data_type(p)) return false;
    push_text(p, t, pz_span_text(p, from, p->at));
    bool exists = accept(p, K_EXISTS);
    if (accept(p, K_PATH) && !pz_string_lit(p, &path)) return false;
    push_text(p, t, path.ptr ? path : pz_strf(p->a, "$." PZ_FMT, PZ_ARG(name)));
    push_text(p, t, exists ? PZ_STR("exists") : PZ_STR("value"));
    return true;
}

/* JSON_TABLE ( json, 'path' COLUMNS (...) [NULL | ERROR ON ERROR] ): a table function over json, path, four texts a column, and the
 * error mode last */
pz_rel *
pz_json_table(pz_parser *p)
{
    int start = p->at;
    pz_rel *t = pz_rel_make(p->a, PZ_REL_TVF, PZ_NO_ORIGIN);
    pz_vec_push(p->a, &t->u.tvf.names, PZ_STR("json_table"));
    p->at += 2;
    pz_expr *json = pz_expression(p);
    pz_str path;
    if (!json || !expect(p, T_COMMA) || !pz_string_lit(p, &path) || !pz_expect2(p, K_COLUMNS, T_LPAREN)) return NULL;
    pz_vec_push(p->a, &t->exprs, json);
    push_text(p, t, path);
    pz_map *seen = pz_map_make(p->a, true);
    do {
        if (!json_column(p, t, seen, start)) return NULL;
    } while (accept(p, T_COMMA));
    if (!expect(p, T_RPAREN)) return NULL;
    bool error = tk(p) == K_ERROR;
    if (error || tk(p) == K_NULL) {
        skip(p);
        if (!pz_expect2(p, K_ON, K_ERROR)) return NULL;
    }
    push_text(p, t, error ? PZ_STR("error") : PZ_STR("null"));
    if (!expect(p, T_RPAREN)) return NULL;
    t->origin = pz_origin_at(p, start);
    return pz_table_alias(p, t);
}

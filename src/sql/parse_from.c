/*
 * sql/parse_from.c - FROM: tables, aliases, subqueries, table functions, joins.
 *
 * In: tokens.  Out: relations; commas are inner joins.  PIVOT, UNPIVOT, TABLESAMPLE and their kin are in parse_relation.c.
 * Starts at pz_from_clause and pz_relation.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- aliases */

static pz_rel *
aliased(pz_parser *p, pz_rel *in, pz_str name)
{
    pz_rel *r = pz_rel_make(p->a, PZ_REL_ALIAS, pz_origin_from(p, in->origin));
    r->input = in;
    pz_vec_push(p->a, &r->u.alias.names, name);
    return r;
}

/* Is there [AS] name here, and not the next clause? */
static bool
alias_ahead(pz_parser *p)
{
    if (tk(p) == K_AS && pz_is_strict_name(p, 1)) return true;
    return pz_is_strict_name(p, 0) && !pz_clause_ahead(p);
}

pz_rel *
pz_table_alias(pz_parser *p, pz_rel *in)
{
    pz_str name;
    if (!alias_ahead(p)) return in;
    if (tk(p) == K_AS && pz_is_strict_name(p, 1)) skip(p);
    if (!pz_strict_name(p, &name)) return NULL;
    pz_rel *r = aliased(p, in, name);
    if (tk(p) == T_LPAREN && pz_is_name(p, 1) && !pz_name_paren_list(p, &r->u.alias.columns)) return NULL;
    r->origin = pz_origin_from(p, in->origin);
    return r;
}

/* Derived tables that were given no name still hide the names inside them. */
static pz_rel *
subquery_alias(pz_parser *p, pz_rel *in)
{
    pz_rel *r = pz_table_alias(p, in);
    return r == in ? aliased(p, in, PZ_STR("__auto_generated_subquery_name")) : r;
}

/* WATERMARK expression DELAY OF interval: streams only, read and left out */
static bool
watermark(pz_parser *p)
{
    int n = tkn(p, 1);
    if (tk(p) != K_WATERMARK || (n != T_IDENT && n != T_BACKQUOTED && n != T_LPAREN)) return true;
    pz_mark m = pz_mark_make(p);
    skip(p);
    if (!pz_named_expression(p) || !pz_accept2(p, K_DELAY, K_OF)) {
        pz_back(p, m);
        return true;
    }
    return tk(p) == K_INTERVAL ? pz_interval_literal(p) != NULL : pz_fail(p);
}

/* ---------------------------------------------------------------- tables */

static pz_walk
is_column(pz_expr *e, void *arg)
{
    if (e->kind != PZ_EXPR_COLUMN) return PZ_WALK_ON;
    *(bool *)arg = true;
    return PZ_WALK_STOP;
}

/* A point in time of a table: columns have nothing to refer to there. */
static void
no_columns(pz_parser *p, pz_expr *e, int start)
{
    bool found = false;
    pz_walk_expr(e, is_column, &found);
    if (found)
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0056, pz_origin_at(p, start), "reason", "timestamp expression cannot refer to any columns", NULL);
}

/* [FOR] VERSION | SYSTEM_VERSION | TIMESTAMP | SYSTEM_TIME AS OF x */
static bool
temporal(pz_parser *p, pz_rel *t)
{
    int k = tk(p) == K_FOR ? 1 : 0, word = tkn(p, k);
    bool version = word == K_VERSION || word == K_SYSTEM_VERSION, time = word == K_TIMESTAMP || word == K_SYSTEM_TIME;
    if ((!version && !time) || tkn(p, k + 1) != K_AS || tkn(p, k + 2) != K_OF) return true;
    p->at += k + 3;
    int start = p->at;
    if (time) {
        if (!(t->u.table.timestamp = pz_value_expression(p))) return false;
        no_columns(p, t->u.table.timestamp, start);
        return true;
    }
    pz_str s;
    if (tk(p) == T_INTEGER) {
        s = pz_dup(p->a, pz_tok_text(p, p->at));
        skip(p);
    } else if (!pz_string_lit(p, &s)) return false;
    t->u.table.version = pz_string_expr(p, pz_origin_at(p, start), s);
    return true;
}

/* t@20200101000000000 | t@v5 */
static bool
at_suffix(pz_parser *p, pz_rel *t)
{
    if (tk(p) != T_AT && tk(p) != T_ATV) return true;
    bool version = tk(p) == T_ATV;
    skip(p);
    int start = p->at;
    pz_str s;
    if (tk(p) == T_INTEGER) {
        s = pz_dup(p->a, pz_tok_text(p, p->at));
        skip(p);
    } else if (!version || !pz_string_lit(p, &s)) return pz_fail(p);
    pz_expr *e = pz_string_expr(p, pz_origin_at(p, start), s);
    if (version) t->u.table.version = e;
    else t->u.table.timestamp = e;
    if (!version && s.len != 17)
        PZ_SEM(p, PZ_ERR_INVALID_TIME_TRAVEL_TIMESTAMP_FORMAT, pz_origin_at(p, start), "timestamp", s.ptr, "format", "yyyyMMddHHmmssSSS", NULL);
    return true;
}

pz_rel *
pz_table_ref(pz_parser *p)
{
    int start = p->at;
    pz_rel *t = pz_rel_make(p->a, PZ_REL_NAMED_TABLE, PZ_NO_ORIGIN);
    if (!pz_name_ref(p, &t->u.table.names, &t->u.table.name_expr)) return NULL;
    t->origin = pz_origin_at(p, start);
    return t;
}

/* Each end of CHANGES FROM ... TO ...: a version or a point in time */
static bool
change_bound(pz_parser *p, bool version, pz_rel *changes)
{
    int start = p->at;
    pz_str s;
    pz_expr *e;
    if (version) {
        if (tk(p) == T_INTEGER) {
            s = pz_dup(p->a, pz_tok_text(p, p->at));
            skip(p);
        } else if (!pz_string_lit(p, &s)) return false;
        e = pz_string_expr(p, pz_origin_at(p, start), s);
    } else {
        if (!(e = pz_value_expression(p))) return false;
        int64_t micros;
        no_columns(p, e, start);
        if (e->kind == PZ_EXPR_LITERAL && e->type->id == PZ_T_STRING &&
            !pz_timestamp_parse(e->value.s, pz_zone_find(PZ_STR("UTC")), false, &micros))
            PZ_SEM(p, PZ_ERR_INVALID_TIME_TRAVEL_TIMESTAMP_EXPR_INPUT, PZ_NO_ORIGIN, "expr",
                   pz_strf(p->a, "\"" PZ_FMT "\"", PZ_ARG(e->value.s)).ptr, NULL);
        if (e->kind == PZ_EXPR_SUBQUERY) PZ_SEM(p, PZ_ERR_INVALID_CDC_OPTION_INVALID_TIMESTAMP_EXPR, PZ_NO_ORIGIN, NULL);
    }
    if (tk(p) == K_INCLUSIVE || tk(p) == K_EXCLUSIVE) skip(p);
    pz_vec_push(p->a, &changes->exprs, e);
    return true;
}

static void
check_change_options(pz_parser *p, const pz_options *o)
{
    for (int i = 0; i < o->n; i++) {
        pz_str flag = o->data[i].value;
        if (pz_str_ieqc(o->data[i].key, "computeUpdates") && !pz_str_ieqc(flag, "true") && !pz_str_ieqc(flag, "false"))
            PZ_SEM_AS(p, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_LEGACY_ERROR_TEMP_3206, PZ_NO_ORIGIN, "value", flag.ptr, NULL);
        if (!pz_str_ieqc(o->data[i].key, "deduplicationMode")) continue;
        pz_str v = o->data[i].value;
        if (!pz_str_ieqc(v, "none") && !pz_str_ieqc(v, "dropCarryovers") && !pz_str_ieqc(v, "netChanges"))
            PZ_SEM(p, PZ_ERR_INVALID_CDC_OPTION_INVALID_DEDUPLICATION_MODE, PZ_NO_ORIGIN, "mode", v.ptr, NULL);
    }
}

/* CHANGES FROM VERSION a [TO VERSION b] | CHANGES FROM TIMESTAMP a [TO TIMESTAMP b] */
static bool
changes_clause(pz_parser *p, pz_rel *t)
{
    int word = tkn(p, 2);
    bool version = word == K_VERSION || word == K_SYSTEM_VERSION;
    if (tk(p) != K_CHANGES || tkn(p, 1) != K_FROM || (!version && word != K_TIMESTAMP && word != K_SYSTEM_TIME)) return true;
    int start = p->at;
    pz_rel *c = t->u.table.changes = pz_rel_make(p->a, PZ_REL_ONE_ROW, pz_origin_at(p, start));
    p->at += 3;
    if (!change_bound(p, version, c)) return false;
    if (accept(p, K_TO)) {
        int to = tk(p);
        if (version ? to != K_VERSION && to != K_SYSTEM_VERSION : to != K_TIMESTAMP && to != K_SYSTEM_TIME) return pz_fail(p);
        skip(p);
        if (!change_bound(p, version, c)) return false;
    }
    c->origin = pz_origin_at(p, start);
    return true;
}

static bool
options_clause(pz_parser *p, pz_options *o)
{
    return tk(p) != K_WITH || tkn(p, 1) != T_LPAREN || (skip(p), pz_properties(p, o, true, true));
}

static pz_rel *
table_primary(pz_parser *p, bool stream)
{
    pz_rel *t = pz_table_ref(p), *r = t;
    if (!t) return NULL;
    t->u.table.streaming = stream;
    if (tk(p) == K_CHANGES && !changes_clause(p, t)) return NULL;
    bool changes = t->u.table.changes != NULL;
    if (!changes && (!at_suffix(p, t) || !temporal(p, t))) return NULL;
    if (!options_clause(p, &t->u.table.options)) return NULL;
    if (changes) check_change_options(p, &t->u.table.options);
    if (!changes && !(r = pz_sample(p, r))) return NULL;
    if (!watermark(p)) return NULL;
    return pz_table_alias(p, r);
}

/* STREAM t | STREAM (t) | STREAM f(...) */
static pz_rel *
stream_primary(pz_parser *p)
{
    skip(p);
    bool paren = tk(p) == T_LPAREN;
    if (!paren) return tkn(p, 1) == T_LPAREN && tk(p) != K_IDENTIFIER ? pz_relation_primary(p) : table_primary(p, true);
    skip(p);
    pz_rel *t = tkn(p, 1) == T_LPAREN ? pz_relation_primary(p) : pz_table_ref(p);
    if (!t || !expect(p, T_RPAREN)) return NULL;
    if (t->kind == PZ_REL_NAMED_TABLE) {
        t->u.table.streaming = true;
        if (!options_clause(p, &t->u.table.options)) return NULL;
    }
    return watermark(p) ? pz_table_alias(p, t) : NULL;
}

/* ---------------------------------------------------------------- VALUES */

static bool
push_row(pz_parser *p, pz_rel *v, pz_expr *e, int row)
{
    bool many = e->kind == PZ_EXPR_TUPLE || (e->kind == PZ_EXPR_CALL && e->names.n == 1 && pz_str_ieqc(e->names.data[0], "struct"));
    int n = many ? e->args.n : 1;
    for (int i = 0; i < n; i++) {
        pz_expr *cell = many ? e->args.data[i] : e;
        while (many && cell->kind == PZ_EXPR_ALIAS && cell->origin.start >= 0) cell = cell->args.data[0];
        pz_vec_push(p->a, &v->exprs, cell);
    }
    if (row == 0) v->u.values.ncols = n;
    return n == v->u.values.ncols;
}

/* Literals of one column need a common type; strings turn into nothing else here. */
static void
check_row_types(pz_parser *p, const pz_rel *named, const pz_rel *v, int start)
{
    int n = v->u.values.ncols;
    for (int c = 0; c < n; c++) {
        const pz_type *t = &pz_t_void;
        for (int i = c; i < v->exprs.n && t; i += n) {
            const pz_type *x = v->exprs.data[i]->type;
            if (x->id == PZ_T_VOID) continue;
            if (t->id == PZ_T_VOID) t = x;
            else if (pz_type_is_string(t) != pz_type_is_string(x)) t = NULL;
            else if (!pz_type_eq(t, x)) t = pz_type_wider(p->a, t, x, p->o->ansi);
        }
        if (t) continue;
        bool given = named->kind == PZ_REL_ALIAS && named->u.alias.columns.n;
        pz_str name = given ? named->u.alias.columns.data[c] : pz_strf(p->a, "col%d", c + 1);
        PZ_SEM(p, PZ_ERR_INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES_IN_INLINE_TABLE, pz_origin_at(p, start), "colName",
               pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
        return;
    }
}

/* A literal, or a cast of one that exists and asks for no time zone. */
static bool
is_early(const pz_parser *p, const pz_expr *e)
{
    const pz_expr *x = e->kind == PZ_EXPR_CAST ? e->args.data[0] : e;
    bool nullable;
    if (x->kind != PZ_EXPR_LITERAL) return false;
    if (x == e) return true;
    if (e->type->id == PZ_T_TIMESTAMP && !pz_type_is_numeric(x->type)) return false;
    if (x->type->id == PZ_T_TIMESTAMP && e->type->id != PZ_T_TIMESTAMP && !pz_type_is_numeric(e->type)) return false;
    return pz_cast_allowed(x->type, e->type, e->u.cast.mode_set && e->u.cast.mode == PZ_CAST_TRY ? PZ_CAST_TRY : p->o->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY,
                           &nullable);
}

/* VALUES expression, ... [alias] */
pz_rel *
pz_inline_table(pz_parser *p)
{
    int start = p->at, row = 0, bad_row = -1, bad_n = 0;
    pz_rel *v = pz_rel_make(p->a, PZ_REL_VALUES, PZ_NO_ORIGIN);
    skip(p);
    do {
        pz_expr *e = pz_expression(p);
        if (!e) return NULL;
        int before = v->exprs.n;
        if (!push_row(p, v, e, row) && bad_row < 0) bad_row = row, bad_n = v->exprs.n - before;
        row++;
    } while (accept(p, T_COMMA));
    v->origin = pz_origin_at(p, start);
    pz_rel *r = pz_table_alias(p, v);
    if (!r) return NULL;
    int want = v->u.values.ncols, rows_at = bad_row, got = bad_n;
    if (r->kind == PZ_REL_ALIAS && r->u.alias.columns.n && r->u.alias.columns.n != want) {
        rows_at = 0;
        got = want;
        want = r->u.alias.columns.n;
    }
    bool literals = true;                      /* only such tables are evaluated by Spark's parser itself */
    for (int i = 0; i < v->exprs.n; i++) literals &= is_early(p, v->exprs.data[i]);
    v->u.values.early = literals;
    v->origin = pz_origin_at(p, start);
    if (rows_at < 0 && literals) check_row_types(p, r, v, start);
    if (rows_at >= 0)
        PZ_SEM_AS(p, literals ? PZ_CLASS_ParseException : PZ_CLASS_AnalysisException, PZ_ERR_INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH, pz_origin_at(p, start), "expectedNumCols",
               pz_strf(p->a, "%d", want).ptr, "actualNumCols", pz_strf(p->a, "%d", got).ptr, "rowIndex", pz_strf(p->a, "%d", rows_at).ptr, NULL);
    return r;
}

/* ---------------------------------------------------------------- table functions */

/* After the closing parenthesis of TABLE(...): partitioning and order */
static bool
argument_list(pz_parser *p, pz_exprs *out, bool sort, const char *clause, int start)
{
    pz_mark m = pz_mark_make(p);
    if (accept(p, T_LPAREN)) {
        bool ok = sort ? pz_sort_items(p, out) : pz_expressions(p, out);
        int n;
        if (ok && accept(p, T_RPAREN) && (n = tk(p), n == T_COMMA || n == T_RPAREN || n == K_ORDER || n == K_SORT)) return true;
        pz_back(p, m);
        *out = (pz_exprs){0};
    }
    for (;;) {
        pz_expr *e = sort ? pz_sort_item(p) : pz_expression(p);
        if (!e) return false;
        pz_vec_push(p->a, out, e);
        if (tk(p) != T_COMMA || tkn(p, 1) == K_TABLE || tkn(p, 2) == T_FATARROW) break;
        skip(p);
    }
    if (out->n > 1)
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_INVALID_TABLE_FUNCTION_TABLE_ARGUMENT_PARTITIONING, pz_origin_at(p, start), "clause", clause, NULL);
    return true;
}

static bool
argument_partitioning(pz_parser *p, pz_expr *e, int start)
{
    if (tk(p) == K_WITH && tkn(p, 1) == K_SINGLE && tkn(p, 2) == K_PARTITION) {
        p->at += 3;
        e->u.sub.single_partition = true;
    } else if (pz_accept2(p, K_PARTITION, K_BY) || pz_accept2(p, K_DISTRIBUTE, K_BY)) {
        e->u.sub.partition_set = true;
        if (!argument_list(p, &e->u.sub.partition, false, "PARTITION BY", start)) return false;
    } else return true;
    if (!pz_accept2(p, K_ORDER, K_BY) && !pz_accept2(p, K_SORT, K_BY)) return true;
    return argument_list(p, &e->u.sub.order, true, "ORDER BY", start);
}

/* TABLE t | TABLE (t) | TABLE (query), each with its partitioning */
pz_expr *
pz_table_argument(pz_parser *p)
{
    int start = p->at;
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_TABLE_ARG, PZ_NO_ORIGIN);
    skip(p);
    bool bare = tk(p) != T_LPAREN;
    pz_rel *q = bare ? NULL : pz_query_paren(p);
    if (!q) {
        if (p->dead || (!bare && !expect(p, T_LPAREN)) || !(q = pz_table_ref(p)) || (!bare && !expect(p, T_RPAREN))) return NULL;
    }
    if (bare) {
        pz_str name = PZ_STR("");
        for (int i = 0; i < q->u.table.names.n; i++)
            name = pz_strf(p->a, PZ_FMT "%s`" PZ_FMT "`", PZ_ARG(name), i ? "." : "", PZ_ARG(q->u.table.names.data[i]));
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_INVALID_TABLE_FUNCTION_IDENTIFIER_ARGUMENT_MISSING_PARENTHESES, pz_origin_at(p, start),
               "argumentName", name.ptr, NULL);
    }
    e->u.sub.rel = q;
    if (!argument_partitioning(p, e, start)) return NULL;
    e->origin = pz_origin_at(p, start);
    pz_sem_widen(p, start);
    return e;
}

static bool
function_arguments(pz_parser *p, pz_exprs *out)
{
    bool ok = true, before = p->table_args;
    if (!expect(p, T_LPAREN)) return false;
    p->table_args = true;
    if (tk(p) != T_RPAREN) do {
        pz_expr *e = pz_function_argument(p);
        if ((ok = e != NULL)) pz_vec_push(p->a, out, e);
    } while (ok && accept(p, T_COMMA));
    p->table_args = before;
    return ok && expect(p, T_RPAREN);
}

/* name ( arguments ) [alias] */
static pz_rel *
table_function(pz_parser *p)
{
    int start = p->at;
    pz_rel *t = pz_rel_make(p->a, PZ_REL_TVF, PZ_NO_ORIGIN);
    if (tk(p) == K_IDENTIFIER && tkn(p, 1) == T_LPAREN) {
        pz_expr *name = pz_expr_make(p->a, PZ_EXPR_IDENTIFIER, PZ_NO_ORIGIN);
        p->at += 2;
        pz_expr *e = pz_expression(p);
        if (!e || !expect(p, T_RPAREN)) return NULL;
        pz_vec_push(p->a, &name->args, e);
        pz_vec_push(p->a, &t->exprs, name);
    } else if (!pz_qualified(p, &t->u.tvf.names)) return NULL;
    t->u.tvf.sought = true;
    if (!function_arguments(p, &t->exprs)) return NULL;
    t->origin = pz_origin_at(p, start);
    if (tk(p) == K_IDENTIFIED && tkn(p, 1) == K_BY) {
        pz_str s;
        p->at += 2;
        if (!pz_name_checked(p, &s)) return NULL;
    }
    return watermark(p) ? pz_table_alias(p, t) : NULL;
}

/* Is a function name with "(" here, rather than a table? */
static bool
function_ahead(const pz_parser *p)
{
    int k = 0;
    if (tk(p) == K_IDENTIFIER && tkn(p, 1) == T_LPAREN) {
        int depth = 0;
        for (k = 1; tkn(p, k) != T_EOF; k++) {
            if (tkn(p, k) == T_LPAREN) depth++;
            else if (tkn(p, k) == T_RPAREN && --depth == 0) return tkn(p, k + 1) == T_LPAREN;
        }
        return false;
    }
    while (pz_is_name(p, k) && tkn(p, k + 1) == T_DOT) k += 2;
    return pz_is_name(p, k) && tkn(p, k + 1) == T_LPAREN;
}

/* ---------------------------------------------------------------- relationPrimary */

/* ( relation ) [sample] [alias] */
static pz_rel *
parenthesized_relation(pz_parser *p)
{
    pz_rel *q = pz_query_paren(p);
    if (p->dead) return NULL;
    if (q) {
        if (!(q = pz_sample(p, q)) || !watermark(p)) return NULL;
        return subquery_alias(p, q);
    }
    skip(p);
    pz_rel *r = NULL;
    if (pz_enter(p)) r = pz_relation(p);
    leave(p);
    if (!r || !expect(p, T_RPAREN) || !(r = pz_sample(p, r)) || !watermark(p)) return NULL;
    return pz_table_alias(p, r);
}

pz_rel *
pz_relation_primary(pz_parser *p)
{
    int k = tk(p), n = tkn(p, 1);
    if (k == T_LPAREN) return parenthesized_relation(p);
    if (k == K_STREAM && (n == T_IDENT || n == T_BACKQUOTED || (n == T_LPAREN && pz_is_name(p, 2)))) return stream_primary(p);
    if (k == K_VALUES && pz_expr_follows(p, 1)) {
        pz_mark m = pz_mark_make(p);
        pz_rel *r = pz_inline_table(p);
        if (r || p->dead || n != T_LPAREN) return r;
        pz_back(p, m);                         /* a function of that name */
    }
    if (k == K_UNNEST && n == T_LPAREN) return pz_unnest(p);
    if (k == K_JSON_TABLE && n == T_LPAREN) return pz_json_table(p);
    if (function_ahead(p)) return table_function(p);
    return table_primary(p, false);
}

/* ---------------------------------------------------------------- joins */

static const struct { pz_join_type type; const char *name; } join_names[] = {
    {PZ_JOIN_INNER, "INNER"}, {PZ_JOIN_FULL, "FULL OUTER"}, {PZ_JOIN_LEFT, "LEFT OUTER"}, {PZ_JOIN_RIGHT, "RIGHT OUTER"},
    {PZ_JOIN_ANTI, "LEFT ANTI"}, {PZ_JOIN_SEMI, "LEFT SEMI"}, {PZ_JOIN_CROSS, "CROSS"},
};

static const char *
join_name(pz_join_type t)
{
    for (size_t i = 0; i < PZ_COUNTOF(join_names); i++)
        if (join_names[i].type == t) return join_names[i].name;
    return "";
}

/* [INNER] | CROSS | LEFT [OUTER] | [LEFT] SEMI | RIGHT [OUTER] | FULL [OUTER] | [LEFT] ANTI: tokens read, -1 if none fits */
static int
join_words(const pz_parser *p, int k, pz_join_type *type)
{
    int a = tkn(p, k), b = tkn(p, k + 1);
    *type = PZ_JOIN_INNER;
    switch (a) {
    case K_INNER: return 1;
    case K_CROSS: return *type = PZ_JOIN_CROSS, 1;
    case K_SEMI: return *type = PZ_JOIN_SEMI, 1;
    case K_ANTI: return *type = PZ_JOIN_ANTI, 1;
    case K_LEFT:
        *type = b == K_SEMI ? PZ_JOIN_SEMI : b == K_ANTI ? PZ_JOIN_ANTI : PZ_JOIN_LEFT;
        return b == K_SEMI || b == K_ANTI || b == K_OUTER ? 2 : 1;
    case K_RIGHT: return *type = PZ_JOIN_RIGHT, b == K_OUTER ? 2 : 1;
    case K_FULL: return *type = PZ_JOIN_FULL, b == K_OUTER ? 2 : 1;
    default: return 0;
    }
}

bool
pz_join_ahead(const pz_parser *p)
{
    pz_join_type t;
    int k = tk(p) == K_NATURAL ? 1 : 0;
    k += join_words(p, k, &t);
    return tkn(p, k) == K_JOIN || (tkn(p, k) == K_ASOF && tkn(p, k + 1) == K_JOIN);
}

/* APPROX | EXACT NEAREST [n] BY DISTANCE | SIMILARITY expression */
static bool
nearest(pz_parser *p, pz_rel *j)
{
    int start = p->at;
    j->kind = PZ_REL_NEAREST_JOIN;
    j->u.join.exact = tk(p) == K_EXACT;
    j->u.join.num_results = 1;
    p->at += 2;
    if (tk(p) == T_INTEGER) {
        pz_str n = pz_dup(p->a, pz_tok_text(p, p->at));
        long v = n.len > 9 ? 1000000 : strtol(n.ptr, NULL, 10);
        skip(p);
        if (v < 1 || v > 100000)
            PZ_SEM(p, PZ_ERR_NEAREST_BY_JOIN_NUM_RESULTS_OUT_OF_RANGE, pz_origin_at(p, start), "numResults", n.ptr, "min", "1", "max", "100000", NULL);
        j->u.join.num_results = (int)v;
    }
    if (!expect(p, K_BY)) return false;
    j->u.join.similarity = tk(p) == K_SIMILARITY;
    if (!j->u.join.similarity && tk(p) != K_DISTANCE) return pz_fail(p);
    skip(p);
    pz_expr *e = pz_expression(p);
    if (!e) return false;
    pz_vec_push(p->a, &j->exprs, e);
    if (j->u.join.type != PZ_JOIN_INNER && j->u.join.type != PZ_JOIN_LEFT)
        PZ_SEM(p, PZ_ERR_NEAREST_BY_JOIN_UNSUPPORTED_JOIN_TYPE, pz_origin_at(p, start), "joinType", join_name(j->u.join.type), "supported",
               "'INNER', 'LEFT OUTER'", NULL);
    return true;
}

static bool
lateral_allowed(const pz_rel *r)
{
    while (r->kind == PZ_REL_ALIAS) {
        if (r->u.alias.names.n && pz_str_eqc(r->u.alias.names.data[0], "__auto_generated_subquery_name")) return true;
        r = r->input;
    }
    return r->kind != PZ_REL_NAMED_TABLE && r->kind != PZ_REL_JOIN && r->kind != PZ_REL_VALUES;
}

/* LATERAL ( query ): whatever the query is, even VALUES or TABLE */
static bool
lateral_query(const pz_parser *p, int start)
{
    while (start < p->at && p->t[start].kind != K_LATERAL) start++;
    int k = start + 2 < p->n ? p->t[start + 2].kind : T_EOF;
    return p->t[start + 1].kind == T_LPAREN && (k == K_VALUES || k == K_TABLE);
}

static void
check_lateral(pz_parser *p, pz_rel *j, int start)
{
    pz_origin o = pz_origin_at(p, start);
    pz_join_type t = j->u.join.type;
    j->kind = PZ_REL_LATERAL_JOIN;
    j->u.join.lateral = true;
    if (!lateral_allowed(j->right) && !lateral_query(p, start)) PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC, o, NULL);
    if (j->u.join.using_columns.n) PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_LATERAL_JOIN_USING, o, NULL);
    if (j->u.join.natural) PZ_SEM(p, PZ_ERR_INCOMPATIBLE_JOIN_TYPES, o, "joinType1", "LATERAL", "joinType2", "NATURAL", NULL);
    if (t != PZ_JOIN_INNER && t != PZ_JOIN_CROSS && t != PZ_JOIN_LEFT)
        PZ_SEM(p, PZ_ERR_INVALID_LATERAL_JOIN_TYPE, o, "joinType", join_name(t), NULL);
}

static bool
join_criteria(pz_parser *p, pz_rel *j)
{
    if (tk(p) == K_ON && pz_expr_follows(p, 1)) {
        skip(p);
        return (j->cond = pz_expression(p)) != NULL;
    }
    if (tk(p) == K_USING && tkn(p, 1) == T_LPAREN) {
        skip(p);
        return pz_name_paren_list(p, &j->u.join.using_columns);
    }
    return true;
}

/* ASOF JOIN right MATCH_CONDITION ( c ) [ON c | USING (..)] */
static pz_rel *
asof(pz_parser *p, pz_rel *j, int start)
{
    j->kind = PZ_REL_AS_OF_JOIN;
    p->at += 2;
    if (!(j->right = pz_relation_primary(p)) || !pz_expect2(p, K_MATCH_CONDITION, T_LPAREN)) return NULL;
    pz_expr *c = pz_expression(p);
    if (!c || !expect(p, T_RPAREN)) return NULL;
    pz_vec_push(p->a, &j->exprs, c);
    if (!join_criteria(p, j)) return NULL;
    PZ_SEM(p, PZ_ERR_UNSUPPORTED_FEATURE_ASOF_JOIN, pz_origin_at(p, start), "config", "\"spark.sql.join.asofJoin.enabled\"", NULL);
    return j;
}

pz_rel *
pz_join(pz_parser *p, pz_rel *left)
{
    int start = p->at;
    pz_rel *j = pz_rel_make(p->a, PZ_REL_JOIN, PZ_NO_ORIGIN);
    j->input = left;
    j->u.join.natural = accept(p, K_NATURAL);
    p->at += join_words(p, 0, &j->u.join.type);
    if (tk(p) == K_ASOF) return asof(p, j, start);
    skip(p);
    bool lateral = tk(p) == K_LATERAL && (tkn(p, 1) == T_LPAREN || pz_is_name(p, 1));
    if (lateral) skip(p);
    if (!(j->right = pz_relation_primary(p))) return NULL;
    if (!j->u.join.natural) {
        bool near = (tk(p) == K_APPROX || tk(p) == K_EXACT) && tkn(p, 1) == K_NEAREST;
        if (!(near ? nearest(p, j) : join_criteria(p, j))) return NULL;
    }
    if (lateral) check_lateral(p, j, start);
    if (j->u.join.natural && j->u.join.type == PZ_JOIN_CROSS)
        PZ_SEM(p, PZ_ERR_INCOMPATIBLE_JOIN_TYPES, pz_origin_at(p, start), "joinType1", "NATURAL", "joinType2", "CROSS", NULL);
    if (j->u.join.natural && (j->u.join.type == PZ_JOIN_SEMI || j->u.join.type == PZ_JOIN_ANTI) && !p->sem.id)
        pz_raise_text(&p->sem, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Unsupported natural join type %s",
                      j->u.join.type == PZ_JOIN_SEMI ? "LeftSemi" : "LeftAnti");
    j->origin = pz_origin_at(p, start);
    return j;
}

/* ---------------------------------------------------------------- relation, FROM */

/* primary (join | PIVOT | UNPIVOT | BIN BY)* */
static pz_rel *
relation_rest(pz_parser *p, pz_rel *r)
{
    while (r) {
        if (pz_join_ahead(p)) r = pz_join(p, r);
        else if (tk(p) == K_PIVOT && tkn(p, 1) == T_LPAREN) r = pz_pivot(p, r);
        else if (tk(p) == K_UNPIVOT) r = pz_unpivot(p, r);
        else if (tk(p) == K_BIN && tkn(p, 1) == K_BY) r = pz_bin_by(p, r);
        else break;
    }
    return r;
}

pz_rel *
pz_relation(pz_parser *p)
{
    if (tk(p) == K_LATERAL && (tkn(p, 1) == T_LPAREN || pz_is_name(p, 1))) skip(p);
    return relation_rest(p, pz_relation_primary(p));
}

static pz_rel *
comma_join(pz_parser *p, pz_rel *left)
{
    int start = p->at;
    bool lateral = tk(p) == K_LATERAL && (tkn(p, 1) == T_LPAREN || pz_is_name(p, 1));
    if (lateral) skip(p);
    pz_rel *right = pz_relation_primary(p);
    if (!right) return NULL;
    pz_rel *j = pz_rel_make(p->a, PZ_REL_JOIN, PZ_NO_ORIGIN);
    j->input = left;
    j->u.join.type = PZ_JOIN_INNER;
    if (lateral) {                             /* binds to what stands left of the comma before its own joins */
        j->right = right;
        check_lateral(p, j, start);
        j->origin = pz_origin_from(p, left->origin);
        return relation_rest(p, j);
    }
    if (!(j->right = relation_rest(p, right))) return NULL;
    j->origin = pz_origin_from(p, left->origin);
    return j;
}

/* FROM relation, ... lateralView* [pivot] [unpivot] */
pz_rel *
pz_from_clause(pz_parser *p)
{
    int start = p->at;
    skip(p);
    pz_rel *r = pz_relation(p), *views = NULL;
    while (r && accept(p, T_COMMA)) r = comma_join(p, r);
    if (!r) return NULL;
    views = r;
    if (!(r = pz_lateral_views(p, r))) return NULL;
    bool lateral = r != views, pivot = tk(p) == K_PIVOT && tkn(p, 1) == T_LPAREN;
    if (pivot && !(r = pz_pivot(p, r))) return NULL;
    bool unpivot = tk(p) == K_UNPIVOT;
    if (unpivot && !(r = pz_unpivot(p, r))) return NULL;
    pz_origin o = pz_origin_at(p, start);
    if (pivot && unpivot) PZ_SEM(p, PZ_ERR_NOT_ALLOWED_IN_FROM_UNPIVOT_WITH_PIVOT, o, NULL);
    else if (pivot && lateral) PZ_SEM(p, PZ_ERR_NOT_ALLOWED_IN_FROM_LATERAL_WITH_PIVOT, o, NULL);
    else if (unpivot && lateral) PZ_SEM(p, PZ_ERR_NOT_ALLOWED_IN_FROM_LATERAL_WITH_UNPIVOT, o, NULL);
    return r;
}

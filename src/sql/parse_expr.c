/*
 * sql/parse_expr.c - operators: from OR down to unary minus, predicates, suffixes, and named expressions.
 *
 * In: tokens.  Out: expressions; operators are CALLs with as_operator set.  Chains of the same operator are read in a loop, so that
 * ten thousand terms neither recurse nor cost more than their number.  Starts at pz_expression.
 */
#include "sql_int.h"

pz_expr *
pz_call_name(pz_parser *p, pz_origin o, pz_str name)
{
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_CALL, o);
    pz_vec_push(p->a, &e->names, name);
    return e;
}

pz_expr *
pz_call(pz_parser *p, pz_origin o, const char *name, int n, ...)
{
    pz_expr *e = pz_call_name(p, o, pz_str_c(name));
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        pz_expr *arg = va_arg(ap, pz_expr *);
        pz_vec_push(p->a, &e->args, arg);
    }
    va_end(ap);
    e->u.call.as_operator = true;
    return e;
}

static pz_expr *
not_if(pz_parser *p, bool negated, pz_expr *e)
{
    return negated && e ? pz_call(p, e->origin, "not", 1, e) : e;
}

/* ---------------------------------------------------------------- predicates: errors point to them without what is asked about */

static pz_expr *
between(pz_parser *p, pz_expr *e, bool negated, int start)
{
    pz_expr *lo = pz_value_expression(p);
    pz_expr *hi = lo && expect(p, K_AND) ? pz_value_expression(p) : NULL;
    if (hi && p->o->between_twice) {
        pz_origin o = pz_origin_at(p, start);
        return not_if(p, negated, pz_call(p, o, "and", 2, pz_call(p, o, ">=", 2, e, lo), pz_call(p, o, "<=", 2, e, hi)));
    }
    if (!hi) return NULL;
    pz_expr *call = pz_call(p, pz_origin_at(p, start), "between", 3, e, lo, hi);
    call->u.call.sought = true;
    return not_if(p, negated, call);
}

/* IN (SELECT 'a'): a list comes before a query, so that this is a literal of the type SELECT, which there is not. */
static void
typed_select(pz_parser *p)
{
    pz_exprs list = {0};
    if (tk(p) != T_LPAREN || tkn(p, 1) != K_SELECT || !pz_is_string(p, 2) || pz_is_string(p, 3)) return;
    pz_mark m = pz_mark_make(p);
    int at = p->at + 1;
    p->at += 2;
    bool fits = pz_expressions(p, &list) && tk(p) == T_RPAREN;
    p->at = at + 2;
    pz_origin o = pz_origin_at(p, at);
    pz_back(p, m);
    if (fits)
        PZ_SEM(p, PZ_ERR_UNSUPPORTED_TYPED_LITERAL, o, "unsupportedType", "\"SELECT\"", "supportedTypes",
               "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\", \"TIME\"", NULL);
}

/* IN ( query | expression, ... ) */
static pz_expr *
in_list(pz_parser *p, pz_expr *e, bool negated, int start)
{
    typed_select(p);
    pz_rel *q = tk(p) == T_LPAREN ? pz_query_paren(p) : NULL;
    if (q) {
        pz_expr *sub = pz_expr_make(p->a, PZ_EXPR_SUBQUERY, pz_origin_at(p, start));
        sub->u.sub.kind = PZ_SUB_IN;
        sub->u.sub.rel = q;
        if (e->kind == PZ_EXPR_TUPLE) sub->args = e->args;
        else pz_vec_push(p->a, &sub->args, e);
        return not_if(p, negated, sub);
    }
    if (p->dead || !expect(p, T_LPAREN)) return NULL;
    pz_expr *in = pz_call(p, e->origin, "in", 1, e);
    if (tk(p) == T_RPAREN) {
        skip(p);
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_EMPTY_IN_PREDICATE, pz_origin_at(p, start), NULL);
        return in;
    }
    if (!pz_expressions(p, &in->args) || !expect(p, T_RPAREN)) return NULL;
    in->origin = pz_origin_at(p, start);
    return not_if(p, negated, in);
}

static bool
all_strings(const pz_exprs *list)
{
    for (int i = 0; i < list->n; i++)
        if (list->data[i]->kind != PZ_EXPR_LITERAL || list->data[i]->type->id != PZ_T_STRING || list->data[i]->value.null) return false;
    return true;
}

/* LIKE ANY (...): one call over literal patterns, else the chain of comparisons it stands for. */
static pz_expr *
quantified_like(pz_parser *p, pz_expr *e, bool negated, bool ignore_case, int start)
{
    bool all = tk(p) == K_ALL;
    pz_exprs list = {0};
    skip(p);
    if (!expect(p, T_LPAREN)) return NULL;
    if (accept(p, T_RPAREN)) {
        PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_EMPTY_QUANTIFIED_PATTERN, pz_origin_at(p, start), NULL);
        return e;
    }
    if (!pz_expressions(p, &list) || !expect(p, T_RPAREN)) return NULL;
    pz_origin o = pz_origin_at(p, start);
    if (all_strings(&list)) {
        static const char *const names[2][2] = {{"likeany", "likeall"}, {"notlikeany", "notlikeall"}};
        pz_expr *call = pz_call(p, o, names[negated][all], 0);
        pz_vec_push(p->a, &call->args, ignore_case ? pz_call(p, o, "lower", 1, e) : e);
        for (int i = 0; i < list.n; i++) {
            pz_expr *pattern = list.data[i];
            if (ignore_case) pattern = pz_string_expr(p, pattern->origin, pz_lower_ascii(p->a, pattern->value.s));
            pz_vec_push(p->a, &call->args, pattern);
        }
        if (ignore_case) call->args.data[0]->u.call.as_operator = false;
        return call;
    }
    pz_expr *out = NULL;
    for (int i = 0; i < list.n; i++) {
        pz_expr *one = not_if(p, negated, pz_call(p, o, ignore_case ? "ilike" : "like", 2, e, list.data[i]));
        out = out ? pz_call(p, o, all ? "and" : "or", 2, out, one) : one;
    }
    return out;
}

static pz_expr *
like(pz_parser *p, pz_expr *e, bool negated, bool ignore_case, int first)
{
    int k = tk(p);
    if ((k == K_ANY || k == K_SOME || k == K_ALL) && tkn(p, 1) == T_LPAREN) {
        pz_mark m = pz_mark_make(p);
        pz_expr *list = quantified_like(p, e, negated, ignore_case, first);
        if (!list || tk(p) != K_ESCAPE || !pz_is_string(p, 1)) return list;
        pz_back(p, m);                         /* with ESCAPE it is the call of a function named so */
    }
    pz_expr *pattern = pz_value_expression(p);
    if (!pattern) return NULL;
    pz_expr *call = pz_call(p, e->origin, ignore_case ? "ilike" : "like", 2, e, pattern);
    if (tk(p) == K_ESCAPE && (pz_is_string(p, 1) || tkn(p, 1) == T_QUESTION || tkn(p, 1) == T_COLON)) {
        pz_str s;
        int start = ++p->at;
        if (!pz_string_lit(p, &s)) return NULL;
        if (pz_utf8_count(s) != 1 && pz_is_string(p, start - p->at))
            PZ_SEM(p, PZ_ERR_INVALID_ESC, pz_origin_at(p, first), "invalidEscape", pz_span_text(p, start, p->at).ptr, NULL);
        pz_vec_push(p->a, &call->args, pz_string_expr(p, pz_origin_at(p, start), s));
    }
    call->origin = pz_origin_at(p, first);
    return not_if(p, negated, call);
}

/* IS [NOT] NULL | TRUE | FALSE | UNKNOWN | DISTINCT FROM x */
static pz_expr *
is_predicate(pz_parser *p, pz_expr *e)
{
    bool negated;
    int start = p->at - 1;
    if (!pz_not_opt(p, &negated)) return NULL;
    int k = tk(p);
    skip(p);
    pz_origin o = pz_origin_at(p, start);
    switch (k) {
    case K_NULL: return pz_call(p, o, negated ? "isnotnull" : "isnull", 1, e);
    case K_UNKNOWN: return pz_call(p, o, negated ? "isnotnull" : "isnull", 1, e);
    case K_TRUE:
    case K_FALSE: {
        pz_expr *truth = pz_literal_value(p->a, &pz_t_boolean, (pz_value){.b = k == K_TRUE});
        truth->origin = o;
        return not_if(p, negated, pz_call(p, o, "<=>", 2, e, truth));
    }
    case K_DISTINCT: {
        pz_expr *r = expect(p, K_FROM) ? pz_value_expression(p) : NULL;
        return r ? not_if(p, !negated, pz_call(p, pz_origin_at(p, start), "<=>", 2, e, r)) : NULL;
    }
    default:
        p->at--;
        pz_fail(p);
        return NULL;
    }
}

static bool
is_predicate_word(const pz_parser *p, int k)
{
    switch (tkn(p, k)) {
    case K_BETWEEN: case K_RLIKE: case K_LIKE: case K_ILIKE: return pz_expr_follows(p, k + 1);
    case K_IN: return tkn(p, k + 1) == T_LPAREN;
    default: return false;
    }
}

static bool
is_follows(const pz_parser *p)
{
    int k = tkn(p, 1) == K_NOT || tkn(p, 1) == T_BANG ? 2 : 1, n = tkn(p, k);
    return tk(p) == K_IS && (n == K_NULL || n == K_TRUE || n == K_FALSE || n == K_UNKNOWN || n == K_DISTINCT);
}

/* valueExpression predicate? */
static pz_expr *
predicated(pz_parser *p)
{
    pz_expr *e = pz_value_expression(p);
    if (!e) return NULL;
    if (is_follows(p)) {
        skip(p);
        return is_predicate(p, e);
    }
    bool negated = (tk(p) == K_NOT || tk(p) == T_BANG) && is_predicate_word(p, 1);
    if (!negated && !is_predicate_word(p, 0)) return e;
    int start = p->at;
    if (negated) pz_not(p);
    int k = tk(p);
    skip(p);
    switch (k) {
    case K_BETWEEN: return between(p, e, negated, start);
    case K_IN: return in_list(p, e, negated, start);
    case K_RLIKE: {
        pz_expr *r = pz_value_expression(p);
        return r ? not_if(p, negated, pz_call(p, pz_origin_at(p, start), "rlike", 2, e, r)) : NULL;
    }
    default: return like(p, e, negated, k == K_ILIKE, start);
    }
}

/* ---------------------------------------------------------------- NOT, AND, OR */

static pz_expr *
exists_query(pz_parser *p)
{
    int start = p->at;
    pz_mark m = pz_mark_make(p);
    skip(p);
    pz_rel *q = pz_query_paren(p);
    if (!q) {
        pz_back(p, m);
        return NULL;
    }
    pz_expr *e = pz_expr_make(p->a, PZ_EXPR_SUBQUERY, pz_origin_at(p, start));
    e->u.sub.kind = PZ_SUB_EXISTS;
    e->u.sub.rel = q;
    return e;
}

/* (NOT | !)* then EXISTS (query) or a predicated value */
static pz_expr *
not_expression(pz_parser *p)
{
    int start = p->at, nots = 0;
    pz_expr *e = NULL;
    while ((tk(p) == K_NOT && pz_expr_follows(p, 1)) || tk(p) == T_BANG) {
        skip(p);
        nots++;
    }
    if (tk(p) == K_EXISTS && tkn(p, 1) == T_LPAREN) e = exists_query(p);
    if (!e) e = p->dead ? NULL : predicated(p);
    for (int i = nots - 1; e && i >= 0; i--) e = pz_call(p, pz_origin_at(p, start + i), "not", 1, e);
    return e;
}

typedef PZ_VEC(pz_origin) spans;

/* Chains of AND and of OR become balanced trees, as Spark makes them: ((a AND b) AND (c AND d)).  Names show the shape. */
static pz_expr *
balanced(pz_parser *p, const char *op, const pz_exprs *list, const spans *at, int low, int high)
{
    if (low == high) return list->data[low];
    int mid = low + (high - low) / 2;
    pz_expr *l = balanced(p, op, list, at, low, mid), *r = balanced(p, op, list, at, mid + 1, high);
    pz_origin o = at->data[low];
    o.stop = at->data[high].stop;
    return pz_call(p, o, op, 2, l, r);
}

/* operand (word operand)* */
static pz_expr *
chain(pz_parser *p, int word, const char *op, pz_expr *(*operand)(pz_parser *))
{
    int start = p->at;
    pz_expr *e = operand(p);
    if (!e || tk(p) != word || !pz_expr_follows(p, 1)) return e;
    pz_exprs list = {0};
    spans at = {0};
    pz_vec_push(p->a, &list, e);
    pz_vec_push(p->a, &at, pz_origin_at(p, start));
    while (tk(p) == word && pz_expr_follows(p, 1)) {
        skip(p);
        start = p->at;
        if (!(e = operand(p))) return NULL;
        pz_vec_push(p->a, &list, e);
        pz_vec_push(p->a, &at, pz_origin_at(p, start));
    }
    return balanced(p, op, &list, &at, 0, list.n - 1);
}

static pz_expr *
and_expression(pz_parser *p)
{
    return chain(p, K_AND, "and", not_expression);
}

/* booleanExpression */
pz_expr *
pz_expression(pz_parser *p)
{
    pz_expr *e = NULL;
    if (pz_enter(p)) e = chain(p, K_OR, "or", and_expression);
    leave(p);
    return e;
}

/* ---------------------------------------------------------------- arithmetic and comparison */

static const struct { short kind, level; const char *name; } binary[] = {
    {T_STAR, 7, "*"}, {T_SLASH, 7, "/"}, {T_PERCENT, 7, "%"}, {K_DIV, 7, "div"}, {T_PLUS, 6, "+"}, {T_MINUS, 6, "-"}, {T_CONCAT, 6, "concat"},
    {T_SHL, 5, "<<"}, {T_SHR, 5, ">>"}, {T_SHRU, 5, ">>>"}, {T_AMP, 4, "&"}, {T_HAT, 3, "^"}, {T_PIPE, 2, "|"},
    {T_EQ, 1, "="}, {T_NSEQ, 1, "<=>"}, {T_NEQ, 1, "<>"}, {T_NEQJ, 1, "<>"}, {T_LT, 1, "<"}, {T_LTE, 1, "<="}, {T_GT, 1, ">"}, {T_GTE, 1, ">="},
};

static int
binary_at(const pz_parser *p)
{
    int k = tk(p);
    if (k == K_DIV && !pz_expr_follows(p, 1)) return -1;
    if (k == T_PIPE && pz_pipe_ahead(p)) return -1;
    for (size_t i = 0; i < PZ_COUNTOF(binary); i++)
        if (binary[i].kind == k) return (int)i;
    return -1;
}

/* (- | + | ~)* primary; a minus before a number belongs to the number */
static pz_expr *
unary(pz_parser *p)
{
    int k = tk(p), n = tkn(p, 1);
    bool number = k == T_MINUS && n >= T_INTEGER && n <= T_BIGDECIMAL;
    if (number || (k != T_MINUS && k != T_PLUS && k != T_TILDE)) return pz_primary(p);
    int start = p->at;
    pz_expr *e = NULL;
    skip(p);
    if (pz_enter(p)) e = unary(p);
    leave(p);
    return e ? pz_call(p, pz_origin_at(p, start), k == T_MINUS ? "negative" : k == T_PLUS ? "positive" : "~", 1, e) : NULL;
}

static pz_expr *
climb(pz_parser *p, int level)
{
    pz_expr *e = unary(p);
    for (int i; e && (i = binary_at(p)) >= 0 && binary[i].level >= level;) {
        skip(p);
        pz_expr *r = climb(p, binary[i].level + 1);
        if (!r) return NULL;
        pz_origin o = pz_origin_from(p, e->origin);
        bool differs = binary[i].kind == T_NEQ || binary[i].kind == T_NEQJ;
        e = pz_call(p, o, differs ? "=" : binary[i].name, 2, e, r);
        if (differs) e = pz_call(p, o, "not", 1, e);
    }
    return e;
}

pz_expr *
pz_value_expression(pz_parser *p)
{
    return climb(p, 1);
}

/* ---------------------------------------------------------------- suffixes */

/* : a.b[0]['c'] as a JSON path, named after its last part */
static pz_expr *
json_path(pz_parser *p, pz_expr *e)
{
    pz_str path = PZ_STR("$"), last = {0}, s;
    bool first = true;
    int start = p->at + 1;
    for (;; first = false) {
        int from = p->at;
        if (tk(p) == (first ? T_COLON : T_DOT) && pz_is_name(p, 1)) {
            skip(p);
            int at = p->at;
            if (!pz_name(p, &last)) return NULL;
            path = p->t[at].kind == T_BACKQUOTED ? pz_strf(p->a, PZ_FMT "['" PZ_FMT "']", PZ_ARG(path), PZ_ARG(last))
                                                 : pz_strf(p->a, PZ_FMT "." PZ_FMT, PZ_ARG(path), PZ_ARG(last));
        } else if ((first && tk(p) == T_COLON && tkn(p, 1) == T_LBRACKET) || (!first && tk(p) == T_LBRACKET)) {
            p->at += first ? 2 : 1;
            if (pz_is_string(p, 0)) {
                if (!pz_string_lit(p, &s)) return NULL;
                last = s;
                path = pz_strf(p->a, PZ_FMT "['" PZ_FMT "']", PZ_ARG(path), PZ_ARG(s));
            } else if (tk(p) == T_INTEGER) {
                if (!pz_integer_value(p, &s)) return NULL;
                path = pz_strf(p->a, PZ_FMT "[" PZ_FMT "]", PZ_ARG(path), PZ_ARG(s));
            } else if (!first && pz_is_name(p, 0)) {
                if (!pz_name(p, &s)) return NULL;
                path = pz_strf(p->a, PZ_FMT "[" PZ_FMT "]", PZ_ARG(path), PZ_ARG(s));
            } else if (first) {
                pz_fail(p);
                return NULL;
            } else {                           /* no path: an ordinary subscript */
                p->at = from;
                break;
            }
            if (!expect(p, T_RBRACKET)) return NULL;
        } else {
            p->at = from;
            break;
        }
    }
    pz_origin o = pz_origin_from(p, e->origin);
    pz_expr *call = pz_call(p, o, "semistructured extract", 2, e, pz_string_expr(p, pz_origin_at(p, start), path));
    return last.ptr ? pz_alias_make(p->a, call, last) : call;
}

static pz_expr *
dereference(pz_parser *p, pz_expr *e)
{
    pz_str name;
    int at = ++p->at;
    if (!pz_name(p, &name)) return NULL;
    pz_origin o = pz_origin_from(p, e->origin);
    if (e->kind == PZ_EXPR_COLUMN) {
        pz_expr *c = pz_expr_make(p->a, PZ_EXPR_COLUMN, o);
        for (int i = 0; i < e->names.n; i++) pz_vec_push(p->a, &c->names, e->names.data[i]);
        pz_vec_push(p->a, &c->names, name);
        return c;
    }
    pz_expr *x = pz_expr_make(p->a, PZ_EXPR_EXTRACT, o);
    pz_vec_push(p->a, &x->args, e);
    pz_vec_push(p->a, &x->args, pz_string_expr(p, pz_origin_at(p, at), name));
    x->u.extract.dot = true;
    return x;
}

static pz_expr *
subscript(pz_parser *p, pz_expr *e)
{
    skip(p);
    pz_expr *i = NULL;
    if (pz_enter(p)) i = pz_value_expression(p);
    leave(p);
    if (!i || !expect(p, T_RBRACKET)) return NULL;
    pz_expr *x = pz_expr_make(p->a, PZ_EXPR_EXTRACT, pz_origin_from(p, e->origin));
    pz_vec_push(p->a, &x->args, e);
    pz_vec_push(p->a, &x->args, i);
    return x;
}

static pz_expr *
double_colon(pz_parser *p, pz_expr *e)
{
    int start = ++p->at;
    const pz_type *t = pz_data_type(p);
    if (!t) return NULL;
    pz_expr *c = pz_expr_make(p->a, PZ_EXPR_CAST, pz_origin_from(p, e->origin));
    pz_vec_push(p->a, &c->args, e);
    c->type = t;
    c->u.cast.double_colon = true;
    c->u.cast.type_text = pz_span_text(p, start, p->at);
    return c;
}

static pz_expr *
collate(pz_parser *p, pz_expr *e)
{
    pz_strs parts;
    int start = ++p->at;
    if (!pz_multipart(p, &parts)) return NULL;
    pz_expr *name = pz_string_expr(p, pz_origin_at(p, start), parts.data[parts.n - 1]);
    return pz_call(p, pz_origin_from(p, e->origin), "collate", 2, e, name);
}

/* primaryExpression: head with any number of .name [i] ::type :path COLLATE c */
pz_expr *
pz_primary(pz_parser *p)
{
    pz_expr *e = pz_primary_head(p);
    while (e) {
        int k = tk(p);
        if (k == T_DOT && pz_is_name(p, 1)) e = dereference(p, e);
        else if (k == T_LBRACKET) e = subscript(p, e);
        else if (k == T_DCOLON) e = double_colon(p, e);
        else if (k == T_COLON && (pz_is_name(p, 1) || tkn(p, 1) == T_LBRACKET)) e = json_path(p, e);
        else if (k == K_COLLATE && pz_is_name(p, 1)) e = collate(p, e);
        else break;
    }
    return e;
}

/* ---------------------------------------------------------------- lists */

bool
pz_expressions(pz_parser *p, pz_exprs *out)
{
    do {
        pz_expr *e = pz_expression(p);
        if (!e) return false;
        pz_vec_push(p->a, out, e);
    } while (accept(p, T_COMMA));
    return true;
}

/* expression [AS] [name | (name, ...)] */
pz_expr *
pz_named_expression(pz_parser *p)
{
    pz_strs names = {0};
    pz_expr *e = pz_expression(p);
    if (!e) return NULL;
    bool as = tk(p) == K_AS && pz_clause_ahead(p);
    if (as) skip(p);
    if (tk(p) == T_LPAREN && (as || pz_is_name(p, 1))) {
        if (!pz_name_paren_list(p, &names)) return NULL;
    } else if (as || (pz_is_name(p, 0) && !pz_clause_ahead(p))) {
        pz_str s;
        if (!pz_name_checked(p, &s)) return NULL;
        pz_vec_push(p->a, &names, s);
    }
    if (!names.n) return e;
    pz_expr *alias = pz_alias_make(p->a, e, names.data[0]);
    alias->u.alias.names = names;
    alias->origin = pz_origin_from(p, e->origin);
    return alias;
}

bool
pz_named_expressions(pz_parser *p, pz_exprs *out)
{
    do {
        pz_expr *e = pz_named_expression(p);
        if (!e) return false;
        pz_vec_push(p->a, out, e);
    } while (accept(p, T_COMMA));
    return true;
}

/*
 * sql/sql_int.h - inside of the SQL front end: tokens, the parser state and the rules that files call across.
 *
 * Things start in parse.c: lex.c turns the whole text into tokens, then one function per grammar rule consumes them.
 * Which file holds what: parse_expr.c operators and predicates, parse_primary.c the operands, parse_call.c function calls and
 * windows, parse_literal.c and interval.c literals, parse_type.c types, parse_query.c queries, parse_select.c SELECT clauses,
 * parse_from.c relations, parse_pipe.c |>, parse_command.c and parse_*.c beside it statements.
 *
 * Failing.  A rule that does not fit returns NULL or false after fail(p), which only remembers the farthest token that did not
 * fit; that token is the one PARSE_SYNTAX_ERROR names.  A text that fits but means nothing (a bad literal, a clause given twice)
 * is reported with PZ_SEM: the first such report waits until the whole text has been read, because a syntax error further on wins.
 * Where the grammar needs more than a few tokens of lookahead a rule saves the state with pz_mark, tries, and pz_back's.
 * Words are rarely reserved in Spark, so most keywords are tried as keyword first and as a name second.
 */
#ifndef PZ_SQL_INT_H
#define PZ_SQL_INT_H

#include "../plan/command.h"
#include "sql.h"

#include <stdlib.h>

typedef enum pz_tok_kind {
    T_EOF, T_IDENT, T_BACKQUOTED, T_STRING, T_DQSTRING, T_DOLLAR,
    T_INTEGER, T_BIGINT, T_SMALLINT, T_TINYINT, T_EXPONENT, T_DECIMAL, T_FLOAT, T_DOUBLE, T_BIGDECIMAL,
    T_SEMICOLON, T_LPAREN, T_RPAREN, T_COMMA, T_DOT, T_LBRACKET, T_RBRACKET, T_BANG,
    T_EQ, T_NSEQ, T_NEQ, T_NEQJ, T_LT, T_LTE, T_GT, T_GTE, T_SHL, T_SHR, T_SHRU,
    T_PLUS, T_MINUS, T_STAR, T_SLASH, T_PERCENT, T_TILDE, T_AMP, T_PIPE, T_CONCAT, T_OPPIPE, T_HAT,
    T_COLON, T_DCOLON, T_AT, T_ATV, T_ARROW, T_FATARROW, T_HINT, T_HINT_END, T_QUESTION, T_OTHER,
    T_FIRST_KEYWORD,
    K_BEFORE_FIRST = T_FIRST_KEYWORD - 1,
#define KW(id, text, flags) K_##id,
#define KW_ALT(id, text, flags)
#include "../../tables/keywords.def"
    T_KIND_COUNT
} pz_tok_kind;

enum { KW_R = 1, KW_S = 2, KW_H = 4 };         /* flags of tables/keywords.def */

typedef struct pz_tok {
    short kind;
    int start, end;                            /* bytes; end is one past */
    int line, pos;                             /* of start: line from 1, character in line from 0 */
} pz_tok;

typedef struct pz_paren_memo {                 /* what "( query )" at this token came to, so that retries cost nothing */
    bool known;
    pz_rel *rel;                               /* NULL: it is no query */
    int end;                                   /* token after the ")" */
    int next_parameter;
    pz_error *sem, *listen;                    /* reported inside */
} pz_paren_memo;

struct pz_script_scope;
typedef struct pz_parser {
    pz_arena *a;
    const pz_sql_options *o;
    const pz_source *source;
    pz_str text;
    pz_tok *t;
    int n;                                     /* tokens without the EOF at t[n] */
    int at;                                    /* the token to look at */
    int far;                                   /* farthest token that did not fit, -1: none */
    const char *missing; int missing_at;       /* pz_fail_missing() */
    int depth;
    const char *stack;                         /* where parsing started */
    long steps;                                /* rules entered; bounds pathological retries */
    pz_error *err;                             /* set at once for limits only */
    bool dead;                                 /* err is set: unwind */
    pz_error sem;                              /* first meaning error; sem.id == 0: none */
    pz_error listen;                           /* first bad identifier: reported even if a syntax error follows */
    int listen_at;
    pz_paren_memo *memo;                       /* per token, made when first needed */
    int next_parameter;
    bool table_args;                           /* TABLE(...) may be an argument here */
    bool query_after;                          /* a query in parentheses may follow the expression: name (SELECT is no call */
    int script;                                /* nesting of BEGIN ... END bodies */
    struct pz_script_scope *scope;             /* parse_script.c: labels and conditions in sight */
    /* keywords taken as the start of a clause although they could be an alias; parse.c retries with one of them flipped */
    int flip;                                  /* token to take the other way, -1: none */
    PZ_VEC(int) choices;
} pz_parser;

typedef struct pz_mark { int at; pz_err_id sem, listen; int next_parameter; } pz_mark;

/* ---------------------------------------------------------------- lex.c */
/* All tokens of a text, EOF last.  *unclosed is set when a bracketed comment has no end. */
pz_tok *pz_lex(pz_str text, pz_arena *a, int *n, bool *unclosed);
int pz_keyword_find(pz_str word);              /* token kind, or T_IDENT */
int pz_keyword_flags(int kind);
/* Contents of a string token: quotes and r prefix off, escapes done unless escaped_string_literals. */
pz_str pz_unquote_string(pz_str token, bool escapes, pz_arena *a);
pz_str pz_unquote_name(pz_str token, pz_arena *a); /* `a``b` or "a""b" */

/* ---------------------------------------------------------------- core (parse.c) */
static inline int tk(const pz_parser *p) { return p->t[p->at].kind; }
static inline int tkn(const pz_parser *p, int k) { return p->at + k <= p->n ? p->t[p->at + k].kind : T_EOF; }
static inline bool is_keyword(int kind) { return kind >= T_FIRST_KEYWORD; }
bool pz_fail(pz_parser *p);                    /* always false; remembers the place */
bool pz_fail_missing(pz_parser *p, const char *word);  /* the same, where only that word could stand; "": nothing is told of what is there */
static inline void skip(pz_parser *p) { if (p->at < p->n) p->at++; }
static inline bool accept(pz_parser *p, int kind)
{
    if (tk(p) != kind) return false;
    skip(p);
    return true;
}
static inline bool expect(pz_parser *p, int kind) { return accept(p, kind) || pz_fail(p); }
bool pz_accept2(pz_parser *p, int k1, int k2); /* both or none */
bool pz_expect2(pz_parser *p, int k1, int k2);
pz_mark pz_mark_make(const pz_parser *p);
void pz_back(pz_parser *p, pz_mark m);
bool pz_enter(pz_parser *p);                   /* one level deeper, false past the limit; leave() on the way out */
static inline void leave(pz_parser *p) { p->depth--; }
pz_str pz_tok_text(const pz_parser *p, int i);
pz_str pz_span_text(const pz_parser *p, int from, int to);     /* source text of tokens from..to-1 */
pz_str pz_span_join(const pz_parser *p, int from, int to);     /* token texts without blanks between */
pz_origin pz_origin_at(const pz_parser *p, int from);          /* token `from` up to the last one consumed */
pz_origin pz_origin_from(const pz_parser *p, pz_origin start); /* from an earlier origin's start up to the last token consumed */
void pz_duplicate_clause(pz_parser *p, const char *clause, int start); /* told before other mistakes of the statement */
void pz_sem_widen(pz_parser *p, int from);     /* an error reported at token `from` is about all that was read since */
/* Report a meaning error; nearly all of them are ParseExceptions whatever the condition's usual class. */
#define PZ_SEM_AS(parser, klass, cond, origin, ...) \
    do { if (!(parser)->sem.id) pz_raise_as(&(parser)->sem, (klass), (cond), (origin), __VA_ARGS__); } while (0)
#define PZ_SEM(parser, cond, origin, ...) PZ_SEM_AS(parser, PZ_CLASS_ParseException, cond, origin, __VA_ARGS__)

/* ---------------------------------------------------------------- names (parse_name.c) */
bool pz_is_name(const pz_parser *p, int k);                    /* token at+k can be an identifier */
bool pz_is_strict_name(const pz_parser *p, int k);             /* ... one that may follow without AS as a table alias */
bool pz_name(pz_parser *p, pz_str *out);                       /* identifier */
bool pz_strict_name(pz_parser *p, pz_str *out);
bool pz_simple_name(pz_parser *p, pz_str *out);                /* without IDENTIFIER('x') */
bool pz_name_checked(pz_parser *p, pz_str *out);               /* errorCapturingIdentifier: a-b is refused with advice */
bool pz_path_element(pz_parser *p, pz_path_word *out, int start); /* of SET PATH, whose statement starts there */
bool pz_multipart(pz_parser *p, pz_strs *out);                 /* a.b.c */
bool pz_qualified(pz_parser *p, pz_strs *out);                 /* a.b.c, parts unchecked */
bool pz_name_list(pz_parser *p, pz_strs *out);                 /* a, b */
bool pz_name_paren_list(pz_parser *p, pz_strs *out);           /* (a, b) */
bool pz_name_ref(pz_parser *p, pz_strs *out, pz_expr **expr);  /* name or IDENTIFIER(expr) */
bool pz_string_lit(pz_parser *p, pz_str *out);                 /* 'a' "b" ... joined */
bool pz_is_string(const pz_parser *p, int k);
bool pz_integer_value(pz_parser *p, pz_str *out);              /* digits; a parameter gives an empty text */
bool pz_not(pz_parser *p);                                     /* NOT, or ! which is refused later */
bool pz_not_opt(pz_parser *p, bool *negated);
bool pz_if_not_exists(pz_parser *p, bool *out);
bool pz_if_exists(pz_parser *p, bool *out);
bool pz_properties(pz_parser *p, pz_options *out, bool require_values, bool allow_values); /* (k = v, ...) */
bool pz_query_follows(const pz_parser *p, int k);              /* the tokens at at+k can only sensibly begin a query */
bool pz_expr_follows(const pz_parser *p, int k);               /* token at+k can begin an expression */
bool pz_clause_ahead(pz_parser *p);                            /* the keyword here begins a clause rather than being an alias */

/* ---------------------------------------------------------------- expressions */
pz_expr *pz_expression(pz_parser *p);                          /* booleanExpression */
pz_expr *pz_value_expression(pz_parser *p);
pz_expr *pz_primary(pz_parser *p);
pz_expr *pz_primary_head(pz_parser *p);                        /* parse_primary.c: without suffixes */
pz_expr *pz_named_expression(pz_parser *p);
bool pz_named_expressions(pz_parser *p, pz_exprs *out);
bool pz_expressions(pz_parser *p, pz_exprs *out);
pz_expr *pz_call_rest(pz_parser *p, pz_expr *call, int start); /* parse_call.c: from the "(" on */
bool pz_sort_items(pz_parser *p, pz_exprs *out);
pz_expr *pz_sort_item(pz_parser *p);
pz_window_spec *pz_window_spec_rule(pz_parser *p);             /* parse_call.c */
pz_expr *pz_function_argument(pz_parser *p);
pz_expr *pz_constant(pz_parser *p);                            /* parse_literal.c; NULL without fail() if none starts here */
pz_expr *pz_parameter(pz_parser *p);
pz_expr *pz_number(pz_parser *p);
pz_expr *pz_interval_literal(pz_parser *p);                    /* interval.c; at INTERVAL */
pz_expr *pz_interval_from_text(pz_parser *p, pz_str text, pz_str literal, pz_origin o); /* INTERVAL '1 day' */
pz_expr *pz_call(pz_parser *p, pz_origin o, const char *name, int n, ...);              /* as_operator */
pz_expr *pz_call_name(pz_parser *p, pz_origin o, pz_str name);
pz_expr *pz_string_expr(pz_parser *p, pz_origin o, pz_str s);

/* ---------------------------------------------------------------- types (parse_type.c) */
const pz_type *pz_data_type(pz_parser *p);
bool pz_col_type(pz_parser *p, pz_field *out);                 /* name type [NOT NULL] [COMMENT ''] */
bool pz_col_types(pz_parser *p, pz_schema *out);
pz_str pz_field_metadata(pz_arena *a, pz_str comment);         /* {"comment":"..."} */

/* ---------------------------------------------------------------- queries */
pz_rel *pz_query(pz_parser *p);
pz_rel *pz_query_paren(pz_parser *p);                          /* at "(": the query in parentheses and its ")"; memoized */
pz_rel *pz_query_primary(pz_parser *p);
pz_rel *pz_query_organization(pz_parser *p, pz_rel *in);       /* ORDER BY ... OFFSET */
bool pz_organization_ahead(const pz_parser *p);
pz_rel *pz_relation(pz_parser *p);
pz_rel *pz_relation_primary(pz_parser *p);
bool pz_join_ahead(const pz_parser *p);
pz_rel *pz_join(pz_parser *p, pz_rel *left);                   /* at the first word of a join */
pz_rel *pz_from_clause(pz_parser *p);                          /* at FROM */
pz_rel *pz_from_body(pz_parser *p, pz_rel *from);              /* SELECT ... after FROM t, with its ORDER BY */
bool pz_is_transform(const pz_parser *p);                      /* SELECT TRANSFORM(..) USING, MAP .. USING, REDUCE .. USING */
pz_rel *pz_pivot(pz_parser *p, pz_rel *in);
pz_rel *pz_unpivot(pz_parser *p, pz_rel *in);
pz_rel *pz_bin_by(pz_parser *p, pz_rel *in);
pz_rel *pz_sample(pz_parser *p, pz_rel *in);
pz_rel *pz_unnest(pz_parser *p);
pz_rel *pz_json_table(pz_parser *p);
pz_rel *pz_inline_table(pz_parser *p);
pz_rel *pz_table_alias(pz_parser *p, pz_rel *in);              /* [AS] name [(columns)]; the input itself if none */
pz_rel *pz_lateral_views(pz_parser *p, pz_rel *in);
pz_rel *pz_pipe_tail(pz_parser *p, pz_rel *left);              /* after |> */
pz_rel *pz_aggregation(pz_parser *p, pz_rel *in, bool pipe);   /* at GROUP BY: an AGGREGATE without exprs; keys may have aliases in pipes */
pz_rel *pz_select_rest(pz_parser *p, pz_rel *from, bool with_from); /* at SELECT */
pz_rel *pz_select_pipe(pz_parser *p, pz_rel *in);
pz_rel *pz_filter(pz_parser *p, pz_rel *in, pz_rel_kind kind); /* at WHERE, HAVING, QUALIFY */
bool pz_pipe_ahead(const pz_parser *p);                        /* |>, or | before a pipe operator's word */
bool pz_window_clause(pz_parser *p, pz_rel **in);              /* at WINDOW */
static inline bool pz_window_ahead(const pz_parser *p)
{
    return tk(p) == K_WINDOW && pz_is_name(p, 1) && (tkn(p, 2) == K_AS || tkn(p, 2) == T_MINUS);
}
bool pz_ctes_rule(pz_parser *p, pz_rel **with);
pz_expr *pz_table_argument(pz_parser *p);                      /* parse_from.c: TABLE(...) */
pz_rel *pz_table_ref(pz_parser *p);                            /* name or IDENTIFIER() as NAMED_TABLE, temporal parts included */
bool pz_subquery_expr(pz_parser *p, pz_subquery_kind kind, int start, pz_expr **out);

/* ---------------------------------------------------------------- statements
 * Each rule starts on the statement's first token and gives a COMMAND relation, or NULL after fail(). */
pz_rel *pz_statement(pz_parser *p);                            /* parse_command.c */
pz_rel *pz_script(pz_parser *p);                               /* parse_script.c: BEGIN ... END */
pz_rel *pz_show(pz_parser *p);                                 /* parse_show.c */
pz_rel *pz_describe(pz_parser *p);
pz_rel *pz_explain(pz_parser *p);
pz_rel *pz_set(pz_parser *p);                                  /* parse_set.c */
pz_rel *pz_reset(pz_parser *p);
pz_rel *pz_create(pz_parser *p);                               /* parse_create.c */
pz_rel *pz_replace_table(pz_parser *p);
pz_rel *pz_drop(pz_parser *p);
pz_rel *pz_create_table(pz_parser *p, int start);              /* parse_table.c: at [TEMPORARY] [EXTERNAL] TABLE */
pz_rel *pz_create_dataset(pz_parser *p, int start);            /* at STREAMING TABLE | MATERIALIZED VIEW */
bool pz_auto_cdc(pz_parser *p, int start);                     /* FROM source KEYS (..) ... */
pz_rel *pz_alter(pz_parser *p);                                /* parse_alter.c */
pz_rel *pz_insert(pz_parser *p, pz_rel *with);                 /* parse_dml.c */
pz_rel *pz_multi_insert(pz_parser *p, pz_rel *with);
pz_rel *pz_delete(pz_parser *p);
pz_rel *pz_update(pz_parser *p);
pz_rel *pz_merge(pz_parser *p);
pz_rel *pz_misc_statement(pz_parser *p);                       /* parse_misc.c: the short ones; NULL if none fits */
pz_rel *pz_set_variable(pz_parser *p, int start);              /* at the assignments */

pz_command *pz_command_new(pz_parser *p, pz_command_kind k, int start, pz_rel **out);
pz_rel *pz_command_done(pz_parser *p, pz_rel *r, int start);   /* origin up to here */
bool pz_command_ref(pz_parser *p, pz_command *c);              /* identifierReference into names, name_expr */
pz_rel *pz_not_allowed(pz_parser *p, int start, const char *what);      /* "Operation not allowed: what"; gives a stand-in */
pz_rel *pz_invalid_statement(pz_parser *p, int start, const char *what);
bool pz_partition_spec(pz_parser *p, pz_options *out, bool values_required); /* at PARTITION */
bool pz_column_definition(pz_parser *p, pz_column_def *d, const char *alter, bool constraints); /* name type options */
void pz_check_defaults(pz_parser *p, const pz_column_def *d, int from);        /* may columns have them? */
bool pz_column_type_and_options(pz_parser *p, pz_column_def *d, const char *alter, bool position, int start); /* start: the column's name */
bool pz_table_constraint(pz_parser *p, pz_str *out);
bool pz_constraint_ahead(const pz_parser *p);
bool pz_row_format(pz_parser *p, pz_str *out);                 /* at ROW FORMAT */
bool pz_file_format(pz_parser *p, pz_str *out);                /* at STORED AS | BY */
bool pz_schema_binding(pz_parser *p, pz_str *out);             /* at WITH SCHEMA */
bool pz_default_collation(pz_parser *p, bool of_schema, pz_str *out);          /* at DEFAULT COLLATION */
bool pz_collation_called(pz_parser *p, pz_str name, pz_str *out);               /* parse_type.c */
pz_str pz_quoted_name(pz_parser *p, const pz_strs *parts);     /* `a`.`b` */
static inline bool at2(const pz_parser *p, int k1, int k2) { return tk(p) == k1 && tkn(p, 1) == k2; }

#endif

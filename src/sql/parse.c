/*
 * sql/parse.c - entry points of the SQL front end, and the parser's machinery.
 *
 * In: text and settings.  Out: an unresolved plan, an expression, a type or the parts of a name; or an error with Spark's
 * condition.  Things start in pz_parse_sql: lex, run one rule over the tokens, then decide which error to tell (see finish).
 */
#include "sql_int.h"

static const int depth_limit = 10000;          /* nesting of rules */
static const ptrdiff_t stack_limit = 4 << 20;  /* bytes of stack that parsing may use, whatever the build makes of a level */
static const long step_limit = 20 * 1000 * 1000;
static const int flip_limit = 24;              /* other readings to try after a syntax error */

/* ---------------------------------------------------------------- state */

bool
pz_fail(pz_parser *p)
{
    if (p->at > p->far) p->far = p->at;
    return false;
}

bool
pz_fail_missing(pz_parser *p, const char *word)
{
    p->missing = word;
    p->missing_at = p->at;
    return pz_fail(p);
}

bool
pz_accept2(pz_parser *p, int k1, int k2)
{
    if (tk(p) != k1 || tkn(p, 1) != k2) return false;
    p->at += 2;
    return true;
}

bool
pz_expect2(pz_parser *p, int k1, int k2)
{
    return expect(p, k1) && expect(p, k2);
}

pz_mark
pz_mark_make(const pz_parser *p)
{
    return (pz_mark){p->at, p->sem.id, p->listen.id, p->next_parameter};
}

void
pz_back(pz_parser *p, pz_mark m)
{
    p->at = m.at;
    p->next_parameter = m.next_parameter;
    if (!m.sem && p->sem.id) pz_error_init(&p->sem, p->a);
    if (!m.listen && p->listen.id) pz_error_init(&p->listen, p->a);
}

bool
pz_enter(pz_parser *p)
{
    p->depth++;
    if (p->dead) return false;
    ptrdiff_t used = p->stack - (const char *)__builtin_frame_address(0);
    if (p->depth <= depth_limit && used < stack_limit && ++p->steps <= step_limit) return true;
    p->dead = true;
    pz_raise_as(p->err, PZ_CLASS_ParseException, PZ_ERR_FAILED_TO_PARSE_TOO_COMPLEX, PZ_NO_ORIGIN, NULL);
    p->err->is_parse = true;
    return false;
}

pz_str
pz_tok_text(const pz_parser *p, int i)
{
    return (pz_str){p->text.ptr + p->t[i].start, (size_t)(p->t[i].end - p->t[i].start)};
}

pz_str
pz_span_text(const pz_parser *p, int from, int to)
{
    if (to <= from) return PZ_STR("");
    return pz_dup(p->a, (pz_str){p->text.ptr + p->t[from].start, (size_t)(p->t[to - 1].end - p->t[from].start)});
}

pz_str
pz_span_join(const pz_parser *p, int from, int to)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    for (int i = from; i < to; i++) pz_buf_str(&b, pz_tok_text(p, i));
    pz_str s = pz_buf_dup(&b, p->a);
    pz_buf_free(&b);
    return s;
}

pz_origin
pz_origin_at(const pz_parser *p, int from)
{
    int last = p->at > from ? p->at - 1 : from;
    const pz_tok *f = &p->t[from], *l = &p->t[last];
    return (pz_origin){f->start, l->end > f->start ? l->end - 1 : f->start, f->line, f->pos, p->source};
}

pz_origin
pz_origin_from(const pz_parser *p, pz_origin start)
{
    if (p->at > 0 && p->t[p->at - 1].end > start.start) start.stop = p->t[p->at - 1].end - 1;
    return start;
}

/* ---------------------------------------------------------------- errors */

void
pz_sem_widen(pz_parser *p, int from)
{
    if (p->sem.id && p->sem.origin.start == p->t[from].start) p->sem.origin = pz_origin_from(p, p->sem.origin);
}

/* Like the real parser's: names the farthest token that fits nowhere. */
static void
syntax_error(pz_parser *p)
{
    int i = p->far < 0 ? p->at : p->far;
    pz_str word = i >= p->n ? PZ_STR("end of input") : pz_strf(p->a, "'" PZ_FMT "'", PZ_ARG(pz_tok_text(p, i)));
    bool extra = i < p->n && p->at == i && (i + 1 == p->n || p->t[i + 1].kind == T_SEMICOLON || (i > 0 && p->t[i - 1].kind == T_SEMICOLON));
    pz_str hint = extra ? pz_strf(p->a, ": extra input " PZ_FMT, PZ_ARG(word)) : PZ_STR("");
    if (p->missing && p->missing_at == i) hint = *p->missing ? pz_strf(p->a, ": missing '%s'", p->missing) : PZ_STR("");
    pz_tok t = p->t[i];
    pz_origin o = {t.start, t.end > t.start ? t.end - 1 : t.start, t.line, t.pos, p->source};
    pz_raise_as(p->err, PZ_CLASS_ParseException, PZ_ERR_PARSE_SYNTAX_ERROR, o, "error", word.ptr, "hint", hint.ptr, NULL);
}

static pz_status
finish(pz_parser *p, bool ok)
{
    if (p->dead) return PZ_FAIL;
    bool place_only = true;                    /* what the grammar refuses has a place but no context */
    if (p->listen.id && (ok || p->far < 0 || p->listen_at <= p->far)) pz_error_copy(p->err, &p->listen);
    else if (!ok) syntax_error(p);
    else if (p->sem.id) pz_error_copy(p->err, &p->sem), place_only = p->sem.place_only;
    else return PZ_OK;
    p->err->place_only = place_only;
    p->err->is_parse = p->err->klass == PZ_CLASS_ParseException;
    return PZ_FAIL;
}

/* ---------------------------------------------------------------- running one rule over a text */

typedef bool (*rule)(pz_parser *p, void *out);

static const pz_sql_options default_options = {.ansi = true};

/* Nothing but blanks. */
static pz_status
empty_statement(pz_parser *p)
{
    pz_origin o = {(int)p->text.len, (int)p->text.len, p->t[p->n].line, p->t[p->n].pos, p->source};
    pz_raise_as(p->err, PZ_CLASS_ParseException, PZ_ERR_PARSE_EMPTY_STATEMENT, o, NULL);
    p->err->is_parse = p->err->place_only = true;
    return PZ_FAIL;
}

/* A comment without end runs to the end of the text: it is the mistake unless something else is wrong before it. */
static pz_status
unclosed_comment(pz_parser *p)
{
    pz_raise_as(p->err, PZ_CLASS_ParseException, PZ_ERR_UNCLOSED_BRACKETED_COMMENT, PZ_NO_ORIGIN, NULL);
    p->err->is_parse = p->err->place_only = true;
    return PZ_FAIL;
}

static void
restart(pz_parser *p, int flip)
{
    p->at = p->depth = 0;
    p->far = -1;
    p->flip = flip;
    p->listen_at = -1;
    p->next_parameter = 0;
    p->script = 0;
    p->scope = NULL;
    p->table_args = p->query_after = false;
    p->memo = NULL;
    p->choices.n = 0;
    pz_error_init(&p->sem, p->a);
    pz_error_init(&p->listen, p->a);
}

static pz_status
run(pz_str text, const pz_sql_options *o, pz_arena *a, rule r, void *out, pz_source **source, pz_error *err)
{
    pz_parser p = {.a = a, .o = o ? o : &default_options, .err = err, .stack = __builtin_frame_address(0)};
    bool unclosed;
    pz_source *s = PZ_NEW(a, pz_source);
    if (!err->arena) pz_error_init(err, a);
    PZ_TRY(pz_sql_substitute(text, o, a, &text, err));
    p.text = s->text = pz_dup(a, text);
    p.source = s;
    if (source) *source = s;
    p.t = pz_lex(p.text, a, &p.n, &unclosed);
    if (pz_str_trim(p.text).len == 0) return empty_statement(&p);
    restart(&p, -1);
    bool ok = r(&p, out) && (tk(&p) == T_EOF || pz_fail(&p));
    if (unclosed && !p.dead && (ok || p.far >= p.n || (p.far == p.at && p.at + 1 == p.n))) return unclosed_comment(&p);
    if (ok || p.dead) return finish(&p, ok);

    /* Another reading may fit: each clause keyword before the error, last first, could have been an alias. */
    pz_parser first = p;
    PZ_VEC(int) choices = {0};
    for (int i = first.choices.n - 1; i >= 0 && choices.n < flip_limit; i--) pz_vec_push(a, &choices, first.choices.data[i]);
    first.choices.data = NULL;
    for (int i = 0; i < choices.n; i++) {
        if (i > 0 && choices.data[i] == choices.data[i - 1]) continue;
        restart(&p, choices.data[i]);
        if (r(&p, out) && tk(&p) == T_EOF) return finish(&p, true);
        if (p.dead) return PZ_FAIL;
    }
    return finish(&first, false);
}

/* ---------------------------------------------------------------- entry points */

/* statement ;* */
static bool
rule_statement(pz_parser *p, void *out)
{
    pz_rel *r = pz_statement(p);
    if (!r) return false;
    while (accept(p, T_SEMICOLON)) {}
    *(pz_rel **)out = r;
    return true;
}

pz_status
pz_parse_sql(pz_str text, const pz_sql_options *o, pz_arena *a, pz_plan **out, pz_error *err)
{
    pz_source *source = NULL;
    pz_rel *root = NULL;
    PZ_TRY(run(text, o, a, rule_statement, &root, &source, err));
    pz_plan *plan = PZ_NEW(a, pz_plan);
    plan->root = root;
    plan->source = source;
    *out = plan;
    return PZ_OK;
}

/* By tokens: a colon after an operand is a path or a label, else it begins the name of a marker. */
void
pz_sql_markers(pz_str text, const pz_sql_options *o, pz_arena *a, bool *named, bool *positional)
{
    int n;
    bool unclosed;
    pz_tok *t = pz_lex(text, a, &n, &unclosed);
    (void)o;
    *named = *positional = false;
    for (int i = 0; i < n; i++) {
        int before = i ? t[i - 1].kind : T_EOF;
        bool operand = before == T_IDENT || before == T_BACKQUOTED || before == T_RPAREN || before == T_RBRACKET;
        if (t[i].kind == T_QUESTION) *positional = true;
        if (t[i].kind == T_COLON && !operand && (t[i + 1].kind == T_IDENT || t[i + 1].kind == T_BACKQUOTED || is_keyword(t[i + 1].kind))) *named = true;
    }
}

static bool
rule_expression(pz_parser *p, void *out)
{
    pz_expr *e = pz_named_expression(p);
    *(pz_expr **)out = e;
    return e != NULL;
}

pz_status
pz_parse_expression(pz_str text, const pz_sql_options *o, pz_arena *a, pz_expr **out, pz_error *err)
{
    return run(text, o, a, rule_expression, out, NULL, err);
}

/* Errors in a text that is no statement have no query context. */
static pz_status
beside_statements(pz_status st, pz_error *err)
{
    if (st != PZ_OK) err->place_only = true;
    return st;
}

static bool
rule_type(pz_parser *p, void *out)
{
    const pz_type *t = pz_data_type(p);
    *(const pz_type **)out = t;
    return t != NULL;
}

pz_status
pz_parse_type(pz_str text, pz_arena *a, const pz_type **out, pz_error *err)
{
    return beside_statements(run(text, NULL, a, rule_type, out, NULL, err), err);
}

static bool
rule_schema(pz_parser *p, void *out)
{
    return pz_col_types(p, out);
}

pz_status
pz_parse_schema(pz_str text, pz_arena *a, pz_schema *out, pz_error *err)
{
    *out = (pz_schema){0};
    return beside_statements(run(text, NULL, a, rule_schema, out, NULL, err), err);
}

static bool
rule_multipart(pz_parser *p, void *out)
{
    return pz_multipart(p, out);
}

pz_status
pz_parse_table_name(pz_str text, pz_arena *a, pz_strs *parts, pz_error *err)
{
    *parts = (pz_strs){0};
    return run(text, NULL, a, rule_multipart, parts, NULL, err);
}

static bool
rule_path(pz_parser *p, void *out)
{
    pz_path_word one;
    do {
        if (!pz_path_element(p, &one, 0)) return false;
        pz_vec_push(p->a, (pz_path_words *)out, one);
    } while (accept(p, T_COMMA));
    return true;
}

pz_status
pz_parse_path(pz_str text, pz_arena *a, pz_path_words *out, pz_error *err)
{
    *out = (pz_path_words){0};
    return run(text, NULL, a, rule_path, out, NULL, err);
}

/* The rule of DataFrame column names, which is not SQL's: dots separate, backquotes quote a whole part, all else is text. */
pz_status
pz_parse_attribute_name(pz_str text, pz_arena *a, pz_strs *parts, pz_error *err)
{
    pz_buf b;
    bool quoted = false, bad = false, after_quote = false;
    *parts = (pz_strs){0};
    pz_buf_init(&b, 0);
    for (size_t i = 0; i < text.len && !bad; i++) {
        char c = text.ptr[i];
        if (quoted) {
            if (c != '`') pz_buf_putc(&b, c);
            else if (i + 1 < text.len && text.ptr[i + 1] == '`') pz_buf_putc(&b, '`'), i++;
            else quoted = false, after_quote = true, bad = i + 1 < text.len && text.ptr[i + 1] != '.';
        } else if (c == '`') {
            bad = b.len > 0 || after_quote;
            quoted = true;
        } else if (c == '.') {
            bad = i == 0 || text.ptr[i - 1] == '.' || i + 1 == text.len;
            pz_vec_push(a, parts, pz_buf_dup(&b, a));
            pz_buf_clear(&b);
            after_quote = false;
        } else pz_buf_putc(&b, c);
    }
    pz_vec_push(a, parts, pz_buf_dup(&b, a));
    pz_buf_free(&b);
    if (!bad && !quoted) return PZ_OK;
    pz_raise(err, PZ_ERR_INVALID_ATTRIBUTE_NAME_SYNTAX, PZ_NO_ORIGIN, "name", pz_dup(a, text).ptr, NULL);
    return PZ_FAIL;
}

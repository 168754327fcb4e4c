/*
 * sql/parse_table.c - CREATE TABLE and REPLACE TABLE: column definitions, constraints, clauses.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- columns */

enum { OPT_NOT_NULL = 1, OPT_DEFAULT = 2, OPT_GENERATED = 4, OPT_COMMENT = 8, OPT_POSITION = 16 };

/* Each option once; `alter` is ADD or another word of ALTER TABLE, NULL in CREATE TABLE. */
static void
once(pz_parser *p, const pz_column_def *d, unsigned *seen, unsigned bit, const char *alter, const char *option, int start)
{
    bool twice = *seen & bit;
    *seen |= bit;
    if (!twice) return;
    pz_str name = pz_dotted(p->a, &d->path);
    if (alter)
        PZ_SEM(p, PZ_ERR_ALTER_TABLE_COLUMN_DESCRIPTOR_DUPLICATE, pz_origin_at(p, start), "type", alter, "columnName", name.ptr,
               "optionName", option, NULL);
    else
        PZ_SEM(p, PZ_ERR_CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE, pz_origin_at(p, start), "columnName", name.ptr, "optionName", option, NULL);
}

/* [-] digits[L] */
static bool
sequence_number(pz_parser *p, int64_t *out)
{
    bool minus = accept(p, T_MINUS);
    if (tk(p) != T_INTEGER && tk(p) != T_BIGINT && tk(p) != T_QUESTION) return pz_fail(p);
    *out = strtoll(pz_dup(p->a, pz_tok_text(p, p->at)).ptr, NULL, 10);
    if (minus) *out = -*out;
    skip(p);
    return true;
}

/* [( [START WITH n] [INCREMENT BY n] )] */
static bool
identity_options(pz_parser *p, pz_column_def *d, int start)
{
    bool starts = false, steps = false;
    d->identity_start = d->identity_step = 1;
    if (!accept(p, T_LPAREN)) return true;
    while (tk(p) != T_RPAREN) {
        bool s = pz_accept2(p, K_START, K_WITH), i = !s && pz_accept2(p, K_INCREMENT, K_BY);
        if (!s && !i) return pz_fail(p);
        if (!sequence_number(p, s ? &d->identity_start : &d->identity_step)) return false;
        if (s ? starts : steps)
            PZ_SEM(p, PZ_ERR_IDENTITY_COLUMNS_DUPLICATED_SEQUENCE_GENERATOR_OPTION, pz_origin_at(p, start), "sequenceGeneratorOption",
                   s ? "START" : "STEP", NULL);
        starts |= s;
        steps |= i;
    }
    if (d->identity_step == 0) PZ_SEM(p, PZ_ERR_IDENTITY_COLUMNS_ILLEGAL_STEP, pz_origin_at(p, start), NULL);
    return expect(p, T_RPAREN);
}

/* Spark's class name of a type, for the one message that shows it. */
static pz_str
class_name(pz_parser *p, const pz_type *t)
{
    if (t->id == PZ_T_DECIMAL) return pz_strf(p->a, "DecimalType(%d,%d)", t->precision, t->scale);
    pz_str s = pz_type_json(t, p->a);
    if (s.len < 3 || s.ptr[0] != '"') return pz_type_simple(t, p->a);
    return pz_strf(p->a, "%c%.*sType", s.ptr[1] >= 'a' && s.ptr[1] <= 'z' ? s.ptr[1] - 32 : s.ptr[1], (int)s.len - 3, s.ptr + 2);
}

/* GENERATED ALWAYS AS ( e ) | GENERATED ALWAYS | BY DEFAULT AS IDENTITY [...] */
static bool
generated(pz_parser *p, pz_column_def *d)
{
    int start = p->at;
    skip(p);
    bool always = accept(p, K_ALWAYS);
    if (!always && !pz_expect2(p, K_BY, K_DEFAULT)) return false;
    if (!expect(p, K_AS)) return false;
    if (accept(p, K_IDENTITY)) {
        d->identity = true;
        d->identity_always = always;
        if (!identity_options(p, d, start)) return false;
        if (d->type->id != PZ_T_INT && d->type->id != PZ_T_LONG)
            PZ_SEM(p, PZ_ERR_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE, pz_origin_at(p, start), "dataType", class_name(p, d->type).ptr, NULL);
        return true;
    }
    if (!always || !expect(p, T_LPAREN)) return always || pz_fail(p);
    int from = p->at;
    if (!(d->generated = pz_expression(p))) return false;
    d->generated_text = pz_span_text(p, from, p->at);
    return expect(p, T_RPAREN);
}

static bool
default_value(pz_parser *p, pz_column_def *d)
{
    int from = ++p->at;
    if (!(d->default_value = pz_expression(p))) return false;
    d->default_text = pz_span_text(p, from, p->at);
    return true;
}

/* FIRST | AFTER name */
static bool
position(pz_parser *p, pz_column_def *d)
{
    d->first = accept(p, K_FIRST);
    return d->first || (skip(p), pz_name_checked(p, &d->after));
}

void
pz_check_defaults(pz_parser *p, const pz_column_def *d, int from)
{
    if (d->default_value && p->o->no_defaults) PZ_SEM(p, PZ_ERR_UNSUPPORTED_DEFAULT_VALUE_WITH_SUGGESTION, pz_origin_at(p, from), NULL);
}

/* type option*, options in any order; positions only in ALTER TABLE */
bool
pz_column_type_and_options(pz_parser *p, pz_column_def *d, const char *alter, bool with_position, int start)
{
    unsigned seen = 0;
    if (!(d->type = pz_data_type(p))) return false;
    for (;;) {
        int k = tk(p);
        if ((k == K_NOT || k == T_BANG) && tkn(p, 1) == K_NULL) {
            pz_not(p);
            skip(p);
            d->not_null = true;
            once(p, d, &seen, OPT_NOT_NULL, alter, "NOT NULL", start);
        } else if (k == K_DEFAULT) {
            if (!default_value(p, d)) return false;
            once(p, d, &seen, OPT_DEFAULT, alter, "DEFAULT", start);
        } else if (k == K_COMMENT) {
            skip(p);
            if (!pz_string_lit(p, &d->comment)) return false;
            d->has_comment = true;
            once(p, d, &seen, OPT_COMMENT, alter, "COMMENT", start);
        } else if (k == K_GENERATED && !with_position) {
            if (!generated(p, d)) return false;
            once(p, d, &seen, OPT_GENERATED, alter, d->identity ? "GENERATED AS IDENTITY" : "GENERATED ALWAYS AS", start);
        } else if (with_position && (k == K_FIRST || k == K_AFTER)) {
            if (!position(p, d)) return false;
            once(p, d, &seen, OPT_POSITION, alter, "FIRST|AFTER", start);
        } else {
            pz_sem_widen(p, start);
            return true;
        }
    }
}

/* ---------------------------------------------------------------- constraints */

bool
pz_constraint_ahead(const pz_parser *p)
{
    int k = 0;
    if (tk(p) == K_CONSTRAINT && pz_is_name(p, 1)) k = 2;
    while (k == 2 && tkn(p, k) == T_MINUS) k += 2;
    switch (tkn(p, k)) {
    case K_CHECK: return tkn(p, k + 1) == T_LPAREN;
    case K_UNIQUE: return true;
    case K_PRIMARY: case K_FOREIGN: return tkn(p, k + 1) == K_KEY;
    case K_REFERENCES: return pz_is_name(p, k + 1);
    default: return k > 0;
    }
}

/* [NOT] ENFORCED | RELY | NORELY, each kind once and not against itself */
static bool
characteristics(pz_parser *p, const char *type, int start)
{
    bool check = strcmp(type, "CHECK") == 0;
    pz_str enforced = {0}, rely = {0};
    for (;;) {
        int k = tk(p), from = p->at;
        bool no = k == K_NOT && tkn(p, 1) == K_ENFORCED, yes = k == K_ENFORCED;
        if (!no && !yes && k != K_RELY && k != K_NORELY) return true;
        p->at += no ? 2 : 1;
        pz_str *seen = no || yes ? &enforced : &rely, word = pz_upper_ascii(p->a, pz_span_text(p, from, p->at));
        if (seen->ptr)
            PZ_SEM(p, PZ_ERR_INVALID_CONSTRAINT_CHARACTERISTICS, pz_origin_at(p, start), "characteristics",
                   pz_strf(p->a, PZ_FMT ", " PZ_FMT, PZ_ARG(*seen), PZ_ARG(word)).ptr, NULL);
        *seen = word;
        if (check ? no : yes)
            PZ_SEM(p, PZ_ERR_UNSUPPORTED_CONSTRAINT_CHARACTERISTIC, pz_origin_at(p, start), "characteristic", word.ptr, "constraintType", type, NULL);
    }
}

static bool
references(pz_parser *p)
{
    pz_strs parts, columns = {0};
    if (!expect(p, K_REFERENCES) || !pz_multipart(p, &parts)) return false;
    return tk(p) != T_LPAREN || pz_name_paren_list(p, &columns);
}

/* [CONSTRAINT name] CHECK (..) | UNIQUE | PRIMARY KEY | REFERENCES ..; a table's also name columns */
static bool
constraint(pz_parser *p, bool table, pz_str *out)
{
    pz_str name;
    pz_strs columns = {0};
    int start = p->at;
    const char *type = "FOREIGN KEY";
    if (accept(p, K_CONSTRAINT) && !pz_name_checked(p, &name)) return false;
    if (accept(p, K_CHECK)) {
        type = "CHECK";
        if (!expect(p, T_LPAREN) || !pz_expression(p) || !expect(p, T_RPAREN)) return false;
    } else if (tk(p) == K_UNIQUE || at2(p, K_PRIMARY, K_KEY)) {
        type = tk(p) == K_UNIQUE ? "UNIQUE" : "PRIMARY KEY";
        p->at += tk(p) == K_UNIQUE ? 1 : 2;
        if (table && !pz_name_paren_list(p, &columns)) return false;
    } else if (table) {
        if (!pz_expect2(p, K_FOREIGN, K_KEY) || !pz_name_paren_list(p, &columns) || !references(p)) return false;
    } else if (!references(p)) return false;
    if (!characteristics(p, type, start)) return false;
    *out = pz_span_text(p, start, p->at);
    return true;
}

bool
pz_table_constraint(pz_parser *p, pz_str *out)
{
    return constraint(p, true, out);
}

/* name type option* */
bool
pz_column_definition(pz_parser *p, pz_column_def *d, const char *alter, bool constraints)
{
    pz_str name, text;
    int from = p->at;
    if (!pz_name_checked(p, &name)) return false;
    pz_vec_push(p->a, &d->path, name);
    if (!pz_column_type_and_options(p, d, alter, false, from)) return false;
    pz_check_defaults(p, d, from);
    while (constraints && pz_constraint_ahead(p)) {
        if (!constraint(p, false, &text)) return false;
        d->constraint = text;
        pz_column_def more = *d;
        if (!(tk(p) == K_NOT || tk(p) == K_DEFAULT || tk(p) == K_COMMENT || tk(p) == K_GENERATED)) continue;
        /* further options after a constraint: read by the same loop, with the type already known */
        unsigned seen = (d->not_null ? OPT_NOT_NULL : 0) | (d->default_value ? OPT_DEFAULT : 0) | (d->has_comment ? OPT_COMMENT : 0);
        int start = p->at;
        if (tk(p) == K_NOT && tkn(p, 1) == K_NULL) {
            p->at += 2;
            more.not_null = true;
            once(p, d, &seen, OPT_NOT_NULL, alter, "NOT NULL", start);
        } else if (tk(p) == K_DEFAULT) {
            if (!default_value(p, &more)) return false;
            once(p, d, &seen, OPT_DEFAULT, alter, "DEFAULT", start);
        } else if (accept(p, K_COMMENT)) {
            more.has_comment = true;
            if (!pz_string_lit(p, &more.comment)) return false;
            once(p, d, &seen, OPT_COMMENT, alter, "COMMENT", start);
        }
        *d = more;
    }
    return true;
}

/* ( column | constraint, ... ) */
static bool
table_elements(pz_parser *p, pz_command *c)
{
    if (!expect(p, T_LPAREN)) return false;
    do {
        pz_mark m = pz_mark_make(p);
        if (pz_constraint_ahead(p)) {
            pz_str s;
            if (constraint(p, true, &s)) {
                c->text3 = c->text3.ptr ? pz_strf(p->a, PZ_FMT ", " PZ_FMT, PZ_ARG(c->text3), PZ_ARG(s)) : s;
                continue;
            }
            pz_back(p, m);
        }
        pz_column_def *d = PZ_NEW(p->a, pz_column_def);
        if (!pz_column_definition(p, d, NULL, true)) return false;
        pz_vec_push(p->a, &c->defs, d);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

/* ---------------------------------------------------------------- storage clauses */

/* ROW FORMAT SERDE 'x' [WITH SERDEPROPERTIES (..)] | ROW FORMAT DELIMITED ... */
bool
pz_row_format(pz_parser *p, pz_str *out)
{
    pz_options props = {0};
    int start = p->at;
    p->at += 2;
    if (accept(p, K_SERDE)) {
        pz_str s;
        if (!pz_string_lit(p, &s)) return false;
        if (pz_accept2(p, K_WITH, K_SERDEPROPERTIES) && !pz_properties(p, &props, true, true)) return false;
        *out = pz_strf(p->a, "serde " PZ_FMT, PZ_ARG(s));
        return true;
    }
    if (!expect(p, K_DELIMITED)) return false;
    static const struct { short k[4]; } parts[] = {
        {{K_FIELDS, K_TERMINATED, K_BY}}, {{K_ESCAPED, K_BY}}, {{K_COLLECTION, K_ITEMS, K_TERMINATED, K_BY}},
        {{K_MAP, K_KEYS, K_TERMINATED, K_BY}}, {{K_LINES, K_TERMINATED, K_BY}}, {{K_NULL, K_DEFINED, K_AS}},
    };
    for (size_t i = 0; i < PZ_COUNTOF(parts); i++) {
        pz_str s;
        int n = 0;
        while (n < 4 && parts[i].k[n] && tkn(p, n) == parts[i].k[n]) n++;
        if (n < 4 && parts[i].k[n]) continue;
        p->at += n;
        if (!pz_string_lit(p, &s)) return false;
        if (parts[i].k[0] == K_LINES && !pz_str_eqc(s, "\n"))
            PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_UNSUPPORTED_ROW_FORMAT_LINES_TERMINATED_BY, pz_origin_at(p, start), "value", s.ptr, NULL);
    }
    *out = PZ_STR("delimited");
    return true;
}

/* STORED AS name | STORED AS INPUTFORMAT 'a' OUTPUTFORMAT 'b' | STORED BY 'x' */
bool
pz_file_format(pz_parser *p, pz_str *out)
{
    pz_str a, b;
    pz_options props = {0};
    int start = p->at;
    skip(p);
    if (accept(p, K_BY)) {
        if (!pz_string_lit(p, &a)) return false;
        if (pz_accept2(p, K_WITH, K_SERDEPROPERTIES) && !pz_properties(p, &props, true, true)) return false;
        pz_invalid_statement(p, start, "STORED BY");
        *out = a;
        return true;
    }
    if (!expect(p, K_AS)) return false;
    if (tk(p) == K_INPUTFORMAT && pz_is_string(p, 1)) {
        skip(p);
        if (!pz_string_lit(p, &a) || !expect(p, K_OUTPUTFORMAT) || !pz_string_lit(p, &b)) return false;
        *out = pz_strf(p->a, "INPUTFORMAT " PZ_FMT " OUTPUTFORMAT " PZ_FMT, PZ_ARG(a), PZ_ARG(b));
        return true;
    }
    return pz_simple_name(p, out);
}

/* Row formats go with some file formats only. */
static void
check_formats(pz_parser *p, pz_str row, pz_str file, int start)
{
    if (!row.ptr || !file.ptr || pz_str_starts(file, "INPUTFORMAT")) return;
    pz_str low = pz_lower_ascii(p->a, file);
    bool serde = pz_str_starts(row, "serde");
    if (serde && !(pz_str_eqc(low, "sequencefile") || pz_str_eqc(low, "textfile") || pz_str_eqc(low, "rcfile")))
        pz_not_allowed(p, start, pz_strf(p->a, "ROW FORMAT SERDE is incompatible with format '" PZ_FMT "', which also specifies a serde", PZ_ARG(low)).ptr);
    else if (!serde && !pz_str_eqc(low, "textfile"))
        pz_not_allowed(p, start, pz_strf(p->a, "ROW FORMAT DELIMITED is only compatible with 'textfile', not '" PZ_FMT "'", PZ_ARG(low)).ptr);
}

/* ---------------------------------------------------------------- PARTITIONED BY */

typedef struct partitioning { pz_strs exprs, columns; } partitioning; /* as written, for the message about mixing */

/* years(a), months(a), days(a), hours(a) take one column. */
static void
check_transform(pz_parser *p, const pz_expr *e, int start)
{
    static const char *const units[] = {"years", "months", "days", "hours"};
    for (size_t i = 0; i < PZ_COUNTOF(units); i++) {
        if (e->kind != PZ_EXPR_CALL || e->names.n != 1 || !pz_str_ieqc(e->names.data[0], units[i])) continue;
        if (e->args.n != 1)
            PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_TRANSFORM_WRONG_NUM_ARGS, pz_origin_at(p, start), "transform",
                   pz_strf(p->a, "`%s`", units[i]).ptr, "expectedNum", "1", "actualNum", pz_strf(p->a, "%d", e->args.n).ptr, NULL);
        else if (e->args.data[0]->kind != PZ_EXPR_COLUMN)
            PZ_SEM(p, PZ_ERR_INVALID_SQL_SYNTAX_INVALID_COLUMN_REFERENCE, pz_origin_at(p, start), "transform",
                   pz_strf(p->a, "`%s`", units[i]).ptr, "expr", e->args.data[0]->u.literal.text.ptr ? e->args.data[0]->u.literal.text.ptr : "", NULL);
    }
}

/* a.b | f(arguments) | name type [NOT NULL] [COMMENT '...'] */
static bool
partition_field(pz_parser *p, pz_command *c, partitioning *mix)
{
    int start = p->at, k = 0;
    while (pz_is_name(p, k) && tkn(p, k + 1) == T_DOT) k += 2;
    int n = tkn(p, k + 1);
    if (n == T_COMMA || n == T_RPAREN) {
        pz_strs parts;
        if (!pz_qualified(p, &parts)) return false;
        pz_expr *e = pz_expr_make(p->a, PZ_EXPR_COLUMN, pz_origin_at(p, start));
        e->names = parts;
        pz_vec_push(p->a, &c->exprs, e);
        pz_vec_push(p->a, &c->columns, pz_dotted(p->a, &parts));
        pz_vec_push(p->a, &mix->exprs, pz_dotted(p->a, &parts));
        return true;
    }
    if (n == T_LPAREN && k == 0) {
        pz_expr *e = pz_primary(p);
        if (!e) return false;
        check_transform(p, e, start);
        pz_vec_push(p->a, &c->exprs, e);
        pz_vec_push(p->a, &mix->exprs, pz_span_text(p, start, p->at));
        return true;
    }
    pz_field f;
    pz_column_def *d = PZ_NEW(p->a, pz_column_def);
    if (!pz_col_type(p, &f)) return false;
    pz_vec_push(p->a, &d->path, f.name);
    d->type = f.type;
    d->not_null = !f.nullable;
    pz_vec_push(p->a, &c->defs, d);
    pz_vec_push(p->a, &c->columns, f.name);
    pz_vec_push(p->a, &mix->columns, pz_strf(p->a, PZ_FMT " " PZ_FMT, PZ_ARG(f.name), PZ_ARG(pz_type_simple(f.type, p->a))));
    return true;
}

static pz_str
joined(pz_parser *p, const pz_strs *list)
{
    pz_str s = list->data[0];
    for (int i = 1; i < list->n; i++) s = pz_strf(p->a, PZ_FMT ", " PZ_FMT, PZ_ARG(s), PZ_ARG(list->data[i]));
    return s;
}

static bool
partitioned_by(pz_parser *p, pz_command *c, partitioning *mix, int start)
{
    p->at += 2;
    if (!expect(p, T_LPAREN)) return false;
    do {
        if (!partition_field(p, c, mix)) return false;
    } while (accept(p, T_COMMA));
    if (!expect(p, T_RPAREN)) return false;
    if (mix->exprs.n && mix->columns.n)
        pz_not_allowed(p, start, pz_strf(p->a, "PARTITION BY: Cannot mix partition expressions and partition columns:\nExpressions: " PZ_FMT
                                         "\nColumns: " PZ_FMT, PZ_ARG(joined(p, &mix->exprs)), PZ_ARG(joined(p, &mix->columns))).ptr);
    return true;
}

/* ---------------------------------------------------------------- the clauses of CREATE TABLE, in any order */

enum { C_OPTIONS, C_PARTITIONED, C_SKEWED, C_CLUSTER, C_CLUSTERED, C_ROW, C_STORED, C_LOCATION, C_COMMENT, C_COLLATION, C_PROPERTIES, C_COUNT };
static const char *const clause_names[] = {"OPTIONS", "PARTITIONED BY", NULL, "CLUSTER BY", "CLUSTERED BY", "ROW FORMAT", "STORED AS/BY",
                                           "LOCATION", "COMMENT", "DEFAULT COLLATION", "TBLPROPERTIES"};

typedef struct clauses { int seen[C_COUNT]; pz_str row, file; partitioning mix; } clauses;

/* key [=] [expression] */
static bool
expression_options(pz_parser *p, pz_command *c, int start)
{
    if (!expect(p, T_LPAREN)) return false;
    do {
        pz_option o = {0};
        if (pz_is_string(p, 0)) {
            o.key = pz_unquote_string(pz_tok_text(p, p->at), !p->o->escaped_string_literals, p->a);
            skip(p);
        } else {
            pz_strs parts;
            if (!pz_multipart(p, &parts)) return false;
            o.key = pz_dotted(p->a, &parts);
        }
        bool eq = accept(p, T_EQ);
        if (tk(p) != T_COMMA && tk(p) != T_RPAREN) {
            int from = p->at;
            pz_expr *e = pz_expression(p);
            if (!e) return false;
            o.value = e->kind == PZ_EXPR_LITERAL && e->type->id == PZ_T_STRING ? e->value.s : pz_span_text(p, from, p->at);
            if (p->at == from + 1 && (p->t[from].kind == K_TRUE || p->t[from].kind == K_FALSE)) o.value = pz_lower_ascii(p->a, o.value);
        } else if (eq) return pz_fail(p);
        else pz_not_allowed(p, start, pz_strf(p->a, "A value must be specified for the key: " PZ_FMT ".", PZ_ARG(o.key)).ptr);
        for (int i = 0; i < c->options.n; i++)
            if (pz_str_eq(c->options.data[i].key, o.key))
                PZ_SEM(p, PZ_ERR_DUPLICATE_KEY, pz_origin_at(p, start), "keyColumn", pz_strf(p->a, "`" PZ_FMT "`", PZ_ARG(o.key)).ptr, NULL);
        pz_vec_push(p->a, &c->options, o);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

/* CLUSTERED BY (a) [SORTED BY (b [ASC])] INTO n BUCKETS */
static bool
bucket_spec(pz_parser *p, pz_command *c, int start)
{
    pz_str n;
    p->at += 2;
    if (!pz_name_paren_list(p, &c->names2)) return false;
    if (pz_accept2(p, K_SORTED, K_BY)) {
        if (!expect(p, T_LPAREN)) return false;
        do {
            pz_str s;
            if (!pz_name_checked(p, &s)) return false;
            pz_vec_push(p->a, &c->sort_columns, s);
            if (tk(p) == K_DESC)
                pz_not_allowed(p, start, pz_strf(p->a, "Column ordering must be ASC, was '" PZ_FMT "'", PZ_ARG(pz_tok_text(p, p->at))).ptr);
            if (tk(p) == K_ASC || tk(p) == K_DESC) skip(p);
        } while (accept(p, T_COMMA));
        if (!expect(p, T_RPAREN)) return false;
    }
    if (!expect(p, K_INTO) || !pz_integer_value(p, &n) || !expect(p, K_BUCKETS)) return false;
    c->number = strtoll(n.ptr, NULL, 10);
    if (n.len && (c->number < 1 || c->number > 100000))
        PZ_SEM(p, PZ_ERR_INVALID_BUCKET_COUNT, PZ_NO_ORIGIN, "bucketingMaxBuckets", "100000", "numBuckets", n.ptr, NULL);
    return true;
}

static bool
constant_list(pz_parser *p)
{
    if (!expect(p, T_LPAREN)) return false;
    do {
        if (tk(p) == T_LPAREN ? !constant_list(p) : !pz_constant(p)) return !p->dead && pz_fail(p);
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

static bool
skewed_by(pz_parser *p, int start)
{
    pz_strs names = {0};
    p->at += 2;
    if (!pz_name_paren_list(p, &names) || !expect(p, K_ON) || !constant_list(p)) return false;
    if (at2(p, K_STORED, K_AS) && tkn(p, 2) == K_DIRECTORIES) p->at += 3;
    pz_invalid_statement(p, start, "CREATE TABLE ... SKEWED BY");
    return true;
}

static int
clause_at(const pz_parser *p)
{
    int n = tkn(p, 1);
    switch (tk(p)) {
    case K_OPTIONS: return n == T_LPAREN ? C_OPTIONS : -1;
    case K_PARTITIONED: return n == K_BY ? C_PARTITIONED : -1;
    case K_SKEWED: return n == K_BY ? C_SKEWED : -1;
    case K_CLUSTER: return n == K_BY ? C_CLUSTER : -1;
    case K_CLUSTERED: return n == K_BY ? C_CLUSTERED : -1;
    case K_ROW: return n == K_FORMAT ? C_ROW : -1;
    case K_STORED: return n == K_AS || n == K_BY ? C_STORED : -1;
    case K_LOCATION: return C_LOCATION;
    case K_COMMENT: return C_COMMENT;
    case K_DEFAULT: return n == K_COLLATION ? C_COLLATION : -1;
    case K_TBLPROPERTIES: return C_PROPERTIES;
    default: return -1;
    }
}

static bool
one_clause(pz_parser *p, pz_command *c, clauses *s, int which, int start)
{
    pz_options again = {0};                    /* a clause given twice is refused for that, not for its keys */
    switch (which) {
    case C_OPTIONS: skip(p); return expression_options(p, c, start);
    case C_PARTITIONED: return partitioned_by(p, c, &s->mix, start);
    case C_SKEWED: return skewed_by(p, start);
    case C_CLUSTER:
        p->at += 2;
        if (!expect(p, T_LPAREN)) return false;
        do {
            pz_strs parts;
            if (!pz_multipart(p, &parts)) return false;
            pz_vec_push(p->a, &c->column_comments, pz_dotted(p->a, &parts));
        } while (accept(p, T_COMMA));
        return expect(p, T_RPAREN);
    case C_CLUSTERED: return bucket_spec(p, c, start);
    case C_ROW: return pz_row_format(p, &s->row);
    case C_STORED: return pz_file_format(p, &s->file);
    case C_LOCATION: skip(p); return pz_string_lit(p, &c->location);
    case C_COMMENT: skip(p); return pz_string_lit(p, &c->comment);
    case C_COLLATION: return pz_default_collation(p, false, &c->text2);
    default: skip(p); return pz_properties(p, s->seen[which] ? &again : &c->properties, true, true);
    }
}

static bool
table_clauses(pz_parser *p, pz_command *c, clauses *s, int start)
{
    for (int which; (which = clause_at(p)) >= 0;) {
        if (!one_clause(p, c, s, which, start)) return false;
        if (s->seen[which]++ && clause_names[which])
            pz_duplicate_clause(p, clause_names[which], start);
    }
    if (s->seen[C_CLUSTER] && s->seen[C_CLUSTERED])
        PZ_SEM(p, PZ_ERR_SPECIFY_CLUSTER_BY_WITH_BUCKETING_IS_NOT_ALLOWED, pz_origin_at(p, start), NULL);
    if (s->seen[C_CLUSTER] && s->seen[C_PARTITIONED])
        PZ_SEM(p, PZ_ERR_SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED, pz_origin_at(p, start), NULL);
    return true;
}

/* The formats as the message about USING shows them. */
static pz_str
describe_serde(pz_parser *p, pz_str row, pz_str file)
{
    if (file.ptr && !pz_str_starts(file, "INPUTFORMAT")) return pz_strf(p->a, "STORED AS " PZ_FMT " ", PZ_ARG(pz_upper_ascii(p->a, file)));
    if (row.ptr && pz_str_starts(row, "serde ")) return pz_strf(p->a, "ROW FORMAT SERDE " PZ_FMT, PZ_ARG(pz_upper_ascii(p->a, (pz_str){row.ptr + 6, row.len - 6})));
    if (row.ptr) return PZ_STR("ROW FORMAT DELIMITED");
    return pz_strf(p->a, "STORED AS " PZ_FMT, PZ_ARG(file));
}

/* What the clauses mean together. */
static void
check_table(pz_parser *p, pz_command *c, const clauses *s, int start, int columns, bool replace)
{
    check_formats(p, s->row, s->file, start);
    bool serde = s->row.ptr || s->file.ptr;
    if (c->provider.ptr && serde)
        pz_invalid_statement(p, start, pz_strf(p->a, "%s TABLE ... USING ... " PZ_FMT, replace ? "REPLACE" : "CREATE",
                                               PZ_ARG(describe_serde(p, s->row, s->file))).ptr);
    if (c->query && columns)
        pz_not_allowed(p, start, replace ? "Schema may not be specified in a Replace Table As Select (RTAS) statement"
                                         : "Schema may not be specified in a Create Table As Select (CTAS) statement");
    if (c->query && s->mix.columns.n)
        pz_not_allowed(p, start, replace ? "Partition column types may not be specified in Replace Table As Select (RTAS)"
                                         : "Partition column types may not be specified in Create Table As Select (CTAS)");
    if (serde && !c->provider.ptr) c->provider = PZ_STR("hive");
    c->text = s->file.ptr ? s->file : s->row;
}

/* [AS] query at the end */
static bool
as_query(pz_parser *p, pz_command *c)
{
    bool as = tk(p) == K_AS;
    if (!as && tk(p) != T_LPAREN && !pz_query_follows(p, 0)) return true;
    if (as) skip(p);
    return (c->query = pz_query(p)) != NULL;
}

static pz_rel *
table_body(pz_parser *p, int start, pz_rel *r, pz_command *c, bool replace)
{
    clauses s = {0};
    /* ( columns ) unless it holds the query */
    if (tk(p) == T_LPAREN && !pz_query_follows(p, 1) && !table_elements(p, c)) return NULL;
    int columns = c->defs.n;
    if (accept(p, K_USING)) {
        pz_strs parts;
        if (!pz_multipart(p, &parts)) return NULL;
        c->provider = pz_dotted(p->a, &parts);
    }
    if (!table_clauses(p, c, &s, start) || !as_query(p, c)) return NULL;
    check_table(p, c, &s, start, columns, replace);
    return pz_command_done(p, r, start);
}

/* CREATE TABLE t LIKE s ... */
static pz_rel *
table_like(pz_parser *p, int start, const pz_command *head)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_TABLE_LIKE, start, &r);
    clauses s = {0};
    pz_expr *source;
    c->names = head->names;
    c->name_expr = head->name_expr;
    c->if_not_exists = head->if_not_exists;
    skip(p);
    if (!pz_name_ref(p, &c->names2, &source)) return NULL;
    for (;;) {
        int which = tk(p) == K_USING ? C_OPTIONS : clause_at(p);
        bool known = which == C_OPTIONS ? tk(p) == K_USING : which == C_ROW || which == C_STORED || which == C_LOCATION || which == C_PROPERTIES;
        if (!known) break;
        if (which == C_OPTIONS) {
            pz_strs parts;
            skip(p);
            if (!pz_multipart(p, &parts)) return NULL;
            c->provider = pz_dotted(p->a, &parts);
        } else if (!one_clause(p, c, &s, which, start)) return NULL;
        if (s.seen[which]++)
            pz_duplicate_clause(p, which == C_OPTIONS ? "PROVIDER" : clause_names[which], start);
    }
    check_formats(p, s.row, s.file, start);
    if (s.file.ptr && c->provider.ptr) {
        pz_invalid_statement(p, start, pz_strf(p->a, "CREATE TABLE LIKE ... USING ... " PZ_FMT, PZ_ARG(describe_serde(p, s.row, s.file))).ptr);
    }
    c->text = s.file;
    return pz_command_done(p, r, start);
}

/* [TEMPORARY] [EXTERNAL] TABLE [IF NOT EXISTS] t ... */
pz_rel *
pz_create_table(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_TABLE, start, &r);
    c->mode = PZ_STR("create");
    c->temporary = accept(p, K_TEMPORARY);
    c->flag1 = accept(p, K_EXTERNAL);
    if (!expect(p, K_TABLE) || !pz_if_not_exists(p, &c->if_not_exists) || !pz_command_ref(p, c)) return NULL;
    if (tk(p) == K_LIKE && !c->temporary && !c->flag1) return table_like(p, start, c);
    if (!(r = table_body(p, start, r, c, false))) return NULL;
    if (c->temporary && c->query) pz_not_allowed(p, start, "CREATE TEMPORARY TABLE ... AS ..., use CREATE TEMPORARY VIEW instead");
    else if (c->temporary && c->if_not_exists) pz_invalid_statement(p, start, "CREATE TEMPORARY TABLE ... IF NOT EXISTS");
    else if (c->temporary && !c->provider.ptr) PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0046, pz_origin_at(p, start), NULL);
    return r;
}

/* [CREATE OR] REPLACE TABLE t ... */
pz_rel *
pz_replace_table(pz_parser *p)
{
    int start = p->at;
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_TABLE, start, &r);
    c->mode = tk(p) == K_CREATE ? PZ_STR("create or replace") : PZ_STR("replace");
    if (tk(p) == K_CREATE) p->at += 2;
    c->replace = true;
    if (!pz_expect2(p, K_REPLACE, K_TABLE) || !pz_command_ref(p, c)) return NULL;
    return table_body(p, start, r, c, true);
}

/* ---------------------------------------------------------------- datasets of pipelines */

/* FROM source KEYS (..) then any of APPLY AS DELETE WHEN, SEQUENCE BY, COLUMNS, STORED AS SCD TYPE, TRACK HISTORY ON */
bool
pz_auto_cdc(pz_parser *p, int start)
{
    pz_strs names = {0};
    if (!expect(p, K_FROM)) return false;
    pz_rel *source = pz_relation_primary(p);
    if (!source || !expect(p, K_KEYS) || !pz_name_paren_list(p, &names)) return false;
    for (;;) {
        if (tk(p) == K_APPLY) {
            skip(p);
            if (!pz_expect2(p, K_AS, K_DELETE) || !expect(p, K_WHEN) || !pz_expression(p)) return false;
        } else if (pz_accept2(p, K_SEQUENCE, K_BY)) {
            if (!pz_expression(p)) return false;
        } else if (tk(p) == K_COLUMNS || at2(p, K_TRACK, K_HISTORY)) {
            bool track = tk(p) == K_TRACK;
            p->at += track ? 2 : 1;
            if (track && !expect(p, K_ON)) return false;
            if (accept(p, T_STAR) && !expect(p, K_EXCEPT)) return false;
            if (!pz_name_paren_list(p, &names)) return false;
        } else if (at2(p, K_STORED, K_AS) && tkn(p, 2) == K_SCD) {
            p->at += 3;
            if (!pz_expect2(p, K_TYPE, T_INTEGER)) return false;
        } else break;
    }
    const pz_rel *s = source;
    while (s->kind == PZ_REL_ALIAS) s = s->input;
    if (s->kind != PZ_REL_NAMED_TABLE || !s->u.table.streaming)
        pz_not_allowed(p, start, "AUTO CDC source must be a streaming query, e.g. STREAM(<table>).");
    return true;
}

/* STREAMING TABLE | MATERIALIZED VIEW [IF NOT EXISTS] name ...: only pipelines run these */
pz_rel *
pz_create_dataset(pz_parser *p, int start)
{
    pz_rel *r, *scratch;
    bool view = tk(p) == K_MATERIALIZED, exists;
    clauses s = {0};
    pz_command *c = pz_command_new(p, PZ_CMD_CREATE_TABLE, start, &scratch), *u = pz_command_new(p, PZ_CMD_UNSUPPORTED, start, &r);
    p->at += 2;
    if (!pz_if_not_exists(p, &exists) || !pz_command_ref(p, c)) return NULL;
    if (at2(p, T_LPAREN, T_RPAREN)) p->at += 2;
    else if (tk(p) == T_LPAREN && !table_elements(p, c)) return NULL;
    if (accept(p, K_USING) && !pz_multipart(p, &c->names2)) return NULL;
    if (!table_clauses(p, c, &s, start)) return NULL;
    if (accept(p, K_AS)) {
        if (!(c->query = pz_query(p))) return NULL;
    } else if (accept(p, K_FLOW)) {
        if (!pz_expect2(p, K_AUTO, K_CDC) || !pz_auto_cdc(p, start)) return NULL;
    }
    u->names = c->names;
    u->text = view ? PZ_STR("CREATE MATERIALIZED VIEW") : PZ_STR("CREATE STREAMING TABLE");
    return pz_command_done(p, r, start);
}

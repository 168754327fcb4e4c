/*
 * analyze/display.c - how expressions are written: names of unaliased columns, and "sqlExpr" in messages.
 *
 * One printer for both: strings raw, numbers without suffix, attributes without qualifier, casts that the analyzer added invisible,
 * binary operators in parentheses.  Functions print as their row says; the exceptions stand in the tables below.
 */
#include "expr_int.h"

static void show(pz_analyzer *an, pz_buf *b, const pz_expr *e);

static pz_str
take(pz_analyzer *an, pz_buf *b)
{
    pz_str s = pz_buf_dup(b, an->a);
    pz_buf_free(b);
    return s;
}

/* ---------------------------------------------------------------- literals */

/* Java's BigDecimal.toString: plain unless the number is tiny */
static void
show_decimal(pz_buf *b, __int128 v, int scale)
{
    char digits[48];
    int n = 0, adjusted;
    unsigned __int128 u = v < 0 ? -(unsigned __int128)v : (unsigned __int128)v;
    do {
        digits[n++] = (char)('0' + (int)(u % 10));
        u /= 10;
    } while (u);
    adjusted = n - 1 - scale;
    if (scale >= 0 && adjusted >= -6) {
        pz_decimal_text(b, v, scale);
        return;
    }
    if (v < 0)
        pz_buf_putc(b, '-');
    pz_buf_putc(b, digits[n - 1]);
    if (n > 1)
        pz_buf_putc(b, '.');
    for (int i = n - 2; i >= 0; i--)
        pz_buf_putc(b, digits[i]);
    pz_buf_printf(b, "E%+d", adjusted);
}

static void
show_time(pz_buf *b, int64_t us)
{
    int64_t s = us / 1000000, f = us % 1000000;
    pz_buf_printf(b, "TIME '%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    if (f) {
        char text[8];
        int n = 6;
        for (int i = 5; i >= 0; i--, f /= 10)
            text[i] = (char)('0' + f % 10);
        while (n > 0 && text[n - 1] == '0')
            n--;
        pz_buf_printf(b, ".%.*s", n, text);
    }
    pz_buf_putc(b, '\'');
}

static void show_value(pz_analyzer *an, pz_buf *b, const pz_type *t, const pz_value *v, bool inner);

static void
show_nested(pz_analyzer *an, pz_buf *b, const pz_type *t, const pz_value *v)
{
    if (t->id == PZ_T_ARRAY) {
        pz_buf_puts(b, "ARRAY(");
        for (int i = 0; i < v->list.n; i++) {
            pz_buf_puts(b, i ? ", " : "");
            show_value(an, b, t->element, &v->list.items[i], true);
        }
    } else if (t->id == PZ_T_STRUCT) {
        pz_buf_puts(b, "NAMED_STRUCT(");
        for (int i = 0; i < v->list.n && i < t->nfields; i++) {
            pz_buf_puts(b, i ? ", " : "");
            pz_sql_text(b, t->fields[i].name);
            pz_buf_puts(b, ", ");
            show_value(an, b, t->fields[i].type, &v->list.items[i], true);
        }
    } else {
        pz_buf_puts(b, "MAP(");
        for (int i = 0; i < v->map.n; i++) {
            pz_buf_puts(b, i ? ", " : "");
            show_value(an, b, t->key, &v->map.keys[i], true);
            pz_buf_puts(b, ", ");
            show_value(an, b, t->element, &v->map.vals[i], true);
        }
    }
    pz_buf_putc(b, ')');
}

/* inner: inside a literal of a nested type, where SQL's own spelling is used */
static void
show_value(pz_analyzer *an, pz_buf *b, const pz_type *t, const pz_value *v, bool inner)
{
    if (v->null) {
        if (inner && t->id != PZ_T_VOID) {
            pz_str ty = pz_type_sql(t, an->a);
            pz_buf_printf(b, "CAST(NULL AS " PZ_FMT ")", PZ_ARG(ty));
        } else {
            pz_buf_puts(b, "NULL");
        }
        return;
    }
    switch (t->id) {
    case PZ_T_VOID: pz_buf_puts(b, "NULL"); return;
    case PZ_T_BOOLEAN: pz_buf_puts(b, v->b ? "true" : "false"); return;
    case PZ_T_BYTE:
    case PZ_T_SHORT:
    case PZ_T_INT:
    case PZ_T_LONG:
        pz_buf_printf(b, "%lld%s", (long long)v->i, !inner ? "" : t->id == PZ_T_LONG ? "L" : t->id == PZ_T_SHORT ? "S" : t->id == PZ_T_BYTE ? "Y" : "");
        return;
    case PZ_T_FLOAT:
        if (inner)
            pz_buf_puts(b, "CAST(");
        pz_float_text(b, (float)v->d);
        if (inner)
            pz_buf_puts(b, " AS FLOAT)");
        return;
    case PZ_T_DOUBLE:
        pz_double_text(b, v->d);
        if (inner)
            pz_buf_putc(b, 'D');
        return;
    case PZ_T_DECIMAL:
        show_decimal(b, v->dec, t->scale);
        if (inner)
            pz_buf_puts(b, "BD");
        return;
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
        if (inner)
            pz_sql_text(b, v->s);
        else
            pz_buf_str(b, v->s);
        return;
    case PZ_T_BINARY:
        pz_buf_puts(b, "X'");
        for (size_t i = 0; i < v->s.len; i++)
            pz_buf_printf(b, "%02X", (unsigned char)v->s.ptr[i]);
        pz_buf_putc(b, '\'');
        return;
    case PZ_T_DATE:
        pz_buf_puts(b, "DATE '");
        pz_date_text(b, v->i);
        pz_buf_putc(b, '\'');
        return;
    case PZ_T_TIMESTAMP:
        pz_buf_puts(b, "TIMESTAMP '");
        pz_timestamp_text(b, an->env->zone ? pz_zone_to_local(an->env->zone, v->i) : v->i);
        pz_buf_putc(b, '\'');
        return;
    case PZ_T_TIMESTAMP_NTZ:
        pz_buf_puts(b, "TIMESTAMP_NTZ '");
        pz_timestamp_text(b, v->i);
        pz_buf_putc(b, '\'');
        return;
    case PZ_T_TIME: show_time(b, v->i); return;
    case PZ_T_YM_INTERVAL: pz_ym_text(b, v->i, t->start, t->end); return;
    case PZ_T_DT_INTERVAL: pz_dt_text(b, v->i, t->start, t->end); return;
    case PZ_T_CALENDAR_INTERVAL:
        pz_buf_puts(b, "INTERVAL '");
        pz_calendar_interval_text(b, v->iv.months, v->iv.days, v->iv.micros);
        pz_buf_putc(b, '\'');
        return;
    case PZ_T_ARRAY:
    case PZ_T_MAP:
    case PZ_T_STRUCT: show_nested(an, b, t, v); return;
    default: pz_buf_puts(b, "?"); return;
    }
}

/* ---------------------------------------------------------------- lists, orders, windows */

static void
show_list(pz_analyzer *an, pz_buf *b, const pz_exprs *list, int from, int to)
{
    for (int i = from; i < to; i++) {
        if (i > from)
            pz_buf_puts(b, ", ");
        show(an, b, list->data[i]);
    }
}

static void
show_order(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    bool nulls_first = e->u.sort.nulls_set ? e->u.sort.nulls_first : e->u.sort.asc;
    show(an, b, e->args.data[0]);
    pz_buf_puts(b, e->u.sort.asc ? " ASC" : " DESC");
    pz_buf_puts(b, nulls_first ? " NULLS FIRST" : " NULLS LAST");
}

/* 1 PRECEDING in SQL is negative(1); once cast, and from a DataFrame, what lies before shows as FOLLOWING too */
static void
show_bound(pz_analyzer *an, pz_buf *b, const pz_bound *x)
{
    pz_expr *v = x->value;
    switch (x->kind) {
    case PZ_BOUND_UNBOUNDED_PRECEDING: pz_buf_puts(b, "UNBOUNDED PRECEDING"); return;
    case PZ_BOUND_UNBOUNDED_FOLLOWING: pz_buf_puts(b, "UNBOUNDED FOLLOWING"); return;
    case PZ_BOUND_CURRENT: pz_buf_puts(b, "CURRENT ROW"); return;
    default: break;
    }
    if (v->kind == PZ_EXPR_CALL && v->names.n == 1 && pz_str_eqc(v->names.data[0], "negative")) {
        show(an, b, v->args.data[0]);
        pz_buf_puts(b, " PRECEDING");
        return;
    }
    show(an, b, v);
    pz_buf_puts(b, " FOLLOWING");
}

static void
show_frame(pz_analyzer *an, pz_buf *b, const pz_window_spec *w)
{
    pz_buf_puts(b, w->unit == PZ_FRAME_ROWS ? "ROWS BETWEEN " : "RANGE BETWEEN ");
    show_bound(an, b, &w->from);
    pz_buf_puts(b, " AND ");
    show_bound(an, b, &w->to);
}

static void
show_window(pz_analyzer *an, pz_buf *b, const pz_window_spec *w)
{
    pz_buf_putc(b, '(');
    if (w->partition.n) {
        pz_buf_puts(b, "PARTITION BY ");
        show_list(an, b, &w->partition, 0, w->partition.n);
        pz_buf_puts(b, w->order.n || w->unit != PZ_FRAME_NONE ? " " : "");
    }
    if (w->order.n) {
        pz_buf_puts(b, "ORDER BY ");
        show_list(an, b, &w->order, 0, w->order.n);
        pz_buf_puts(b, w->unit != PZ_FRAME_NONE ? " " : "");
    }
    if (w->unit != PZ_FRAME_NONE)
        show_frame(an, b, w);
    pz_buf_putc(b, ')');
}

pz_str
pz_frame_sql(pz_analyzer *an, const pz_window_spec *w)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    show_frame(an, &b, w);
    return take(an, &b);
}

pz_str
pz_bound_sql(pz_analyzer *an, const pz_bound *x)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    show_bound(an, &b, x);
    return take(an, &b);
}

pz_str
pz_quote_window(pz_analyzer *an, const pz_window_spec *w)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '"');
    show_window(an, &b, w);
    pz_buf_putc(&b, '"');
    return take(an, &b);
}

pz_str
pz_sort_list(pz_analyzer *an, const pz_exprs *orders)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    for (int i = 0; i < orders->n; i++) {
        pz_buf_puts(&b, i ? "," : "");
        show_order(an, &b, orders->data[i]);
    }
    return take(an, &b);
}

/* ---------------------------------------------------------------- calls */

typedef enum form {
    F_INFIX,                                   /* (a op b) */
    F_BARE,                                    /* a op b */
    F_POSTFIX,                                 /* (a op) */
    F_PREFIX,                                  /* (op a) */
    F_CALL                                     /* op(args) */
} form;

static const struct { const char *name; form form; const char *text; } operators[] = {
    {"+", F_INFIX, "+"}, {"-", F_INFIX, "-"}, {"*", F_INFIX, "*"}, {"/", F_INFIX, "/"}, {"div", F_INFIX, "div"}, {"%", F_INFIX, "%"},
    {"&", F_INFIX, "&"}, {"|", F_INFIX, "|"}, {"^", F_INFIX, "^"}, {"<<", F_INFIX, "<<"}, {">>", F_INFIX, ">>"}, {">>>", F_INFIX, ">>>"},
    {"=", F_INFIX, "="}, {"<", F_INFIX, "<"}, {"<=", F_INFIX, "<="}, {">", F_INFIX, ">"}, {">=", F_INFIX, ">="}, {"<=>", F_INFIX, "<=>"},
    {"isnotdistinctfrom", F_INFIX, "<=>"}, {"and", F_INFIX, "AND"}, {"or", F_INFIX, "OR"},
    {"isnull", F_POSTFIX, "IS NULL"}, {"isnotnull", F_POSTFIX, "IS NOT NULL"},
    {"not", F_PREFIX, "NOT"}, {"!", F_PREFIX, "NOT"}, {"positive", F_PREFIX, "+"},
    {"date + interval", F_BARE, "+"}, {"date + ym", F_BARE, "+"}, {"date - interval", F_BARE, "-"}, {"date - ym", F_BARE, "-"},
    {"time + dt", F_BARE, "+"}, {"time - dt", F_BARE, "-"}, {"timestamp + dt", F_BARE, "+"}, {"timestamp + ym", F_BARE, "+"},
    {"timestamp - dt", F_BARE, "-"}, {"timestamp - ym", F_BARE, "-"},
    {"date - date", F_INFIX, "-"}, {"timestamp - timestamp", F_INFIX, "-"}, {"time - time", F_INFIX, "-"},
    {"date - date as interval", F_INFIX, "-"}, {"timestamp - timestamp as interval", F_INFIX, "-"},
    {"interval * num", F_INFIX, "*"}, {"interval / num", F_INFIX, "/"},
    {"between", F_CALL, "between"},
    {"rlike", F_CALL, "RLIKE"}};

/* Functions that keep some of their arguments to themselves: how many show. */
static const struct { const char *name; int shown; } hidden_args[] = {{"try_make_timestamp", 6}, 
    {"any_value", 1}, {"first", 1}, {"first_value", 1}, {"from_csv", 1}, {"from_json", 1}, {"from_xml", 1}, {"ilike", 2}, {"ilikeall", 1}, {"ilikeany", 1},
    {"last", 1}, {"last_value", 1}, {"likeall", 1}, {"likeany", 1}, {"notilikeall", 1}, {"notilikeany", 1}, {"notlikeall", 1}, {"notlikeany", 1},
    {"approx_count_distinct", 1}, {"schema_of_csv", 1}, {"schema_of_json", 1}, {"schema_of_xml", 1}, {"to_csv", 1}, {"to_json", 1}, {"to_xml", 1},
    {"nullif", 2}, {"nullifzero", 1}, {"variant_get", 2}, {"try_variant_get", 2}, {"zeroifnull", 1}, {"shuffle", 1}, {"uuid", 0},
    {"collect_top_k", 1}, {"pandas_covar", 2}, {"pandas_mode", 1}, {"pandas_product", 1}, {"pandas_stddev", 1}, {"pandas_variance", 1},
    {"input_file_name", 0}, {"input_file_block_start", 0}, {"input_file_block_length", 0}};

static int
shown_args(const pz_expr *e, const char *name)
{
    for (size_t i = 0; i < PZ_COUNTOF(hidden_args); i++)
        if (strcmp(hidden_args[i].name, name) == 0 && hidden_args[i].shown < e->args.n)
            return hidden_args[i].shown;
    return e->args.n;
}

static bool
show_operator(pz_analyzer *an, pz_buf *b, const pz_expr *e, const char *name)
{
    const pz_exprs *a = &e->args;
    for (size_t i = 0; i < PZ_COUNTOF(operators); i++) {
        const char *op = operators[i].text;
        if (strcmp(operators[i].name, name) != 0)
            continue;
        switch (operators[i].form) {
        case F_INFIX:
        case F_BARE:
            if (a->n < 2)
                return false;
            pz_buf_puts(b, operators[i].form == F_INFIX ? "(" : "");
            show(an, b, a->data[0]);
            pz_buf_printf(b, " %s ", op);
            show(an, b, a->data[1]);
            pz_buf_puts(b, operators[i].form == F_INFIX ? ")" : "");
            return true;
        case F_POSTFIX:
            pz_buf_putc(b, '(');
            show(an, b, a->data[0]);
            pz_buf_printf(b, " %s)", op);
            return true;
        case F_PREFIX:
            pz_buf_printf(b, "(%s ", op);
            show(an, b, a->data[0]);
            pz_buf_putc(b, ')');
            return true;
        default:
            pz_buf_printf(b, "%s(", op);
            show_list(an, b, a, 0, a->n);
            pz_buf_putc(b, ')');
            return true;
        }
    }
    return false;
}

static void
show_case(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    pz_buf_puts(b, "CASE");
    for (int i = 0; i + 1 < e->args.n; i += 2) {
        pz_buf_puts(b, " WHEN ");
        show(an, b, e->args.data[i]);
        pz_buf_puts(b, " THEN ");
        show(an, b, e->args.data[i + 1]);
    }
    if (e->args.n % 2) {
        pz_buf_puts(b, " ELSE ");
        show(an, b, e->args.data[e->args.n - 1]);
    }
    pz_buf_puts(b, " END");
}

static void
show_trim(pz_analyzer *an, pz_buf *b, const pz_expr *e, const char *side)
{
    pz_buf_printf(b, "TRIM(%s ", side);
    show(an, b, e->args.data[1]);
    pz_buf_puts(b, " FROM ");
    show(an, b, e->args.data[0]);
    pz_buf_putc(b, ')');
}

/* The comparison array_sort uses when none is given shows in full. */
static const char default_order[] =
    ", lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, "
    "(IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < namedlambdavariable()), -1, "
    "(IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable()))";

/* Spellings of their own. */
static bool
show_special(pz_analyzer *an, pz_buf *b, const pz_expr *e, const char *name)
{
    const pz_exprs *a = &e->args;
    if (strcmp(name, "in") == 0) {
        pz_buf_putc(b, '(');
        show(an, b, a->data[0]);
        pz_buf_puts(b, " IN (");
        show_list(an, b, a, 1, a->n);
        pz_buf_puts(b, "))");
    } else if (strcmp(name, "<>") == 0 && a->n == 2) {
        pz_buf_puts(b, "(NOT (");
        show(an, b, a->data[0]);
        pz_buf_puts(b, " = ");
        show(an, b, a->data[1]);
        pz_buf_puts(b, "))");
    } else if (strcmp(name, "array_sort") == 0 && a->n == 1) {
        pz_buf_puts(b, "array_sort(");
        show(an, b, a->data[0]);
        pz_buf_puts(b, default_order);
    } else if (strcmp(name, "negative") == 0 && e->u.call.as_operator) {
        pz_buf_puts(b, "(- ");
        show(an, b, a->data[0]);
        pz_buf_putc(b, ')');
    } else if (strcmp(name, "~") == 0) {
        pz_buf_putc(b, '~');
        show(an, b, a->data[0]);
    } else if (strcmp(name, "[]") == 0) {
        show(an, b, a->data[0]);
        pz_buf_putc(b, '[');
        show(an, b, a->data[1]);
        pz_buf_putc(b, ']');
    } else if (strcmp(name, "if") == 0) {
        pz_buf_puts(b, "(IF(");
        show_list(an, b, a, 0, a->n);
        pz_buf_puts(b, "))");
    } else if (strcmp(name, "when") == 0) {
        show_case(an, b, e);
    } else if (strcmp(name, "like") == 0 && a->n >= 2) {
        show(an, b, a->data[0]);
        pz_buf_puts(b, " LIKE ");
        show(an, b, a->data[1]);
        if (a->n > 2 && a->data[2]->kind == PZ_EXPR_LITERAL && !pz_str_eqc(a->data[2]->value.s, "\\")) {
            pz_buf_puts(b, " ESCAPE '");
            if (pz_str_eqc(a->data[2]->value.s, "'")) pz_buf_putc(b, '\\');
            show(an, b, a->data[2]);
            pz_buf_putc(b, '\'');
        }
    } else if (strcmp(name, "trim") == 0 && a->n == 2) {
        show_trim(an, b, e, "BOTH");
    } else if (strcmp(name, "ltrim") == 0 && a->n == 2) {
        show_trim(an, b, e, "LEADING");
    } else if (strcmp(name, "rtrim") == 0 && a->n == 2) {
        show_trim(an, b, e, "TRAILING");
    } else if ((strcmp(name, "extract") == 0 || strcmp(name, "datepart") == 0) && a->n == 2) {
        pz_buf_printf(b, "%s(", name);
        show(an, b, a->data[0]);
        pz_buf_puts(b, " FROM ");
        show(an, b, a->data[1]);
        pz_buf_putc(b, ')');
    } else {
        return false;
    }
    return true;
}

static void
show_within_group(pz_analyzer *an, pz_buf *b, const pz_expr *e, const char *name)
{
    const pz_exprs *o = &e->u.call.order;
    bool percentile = strncmp(name, "percentile_", 11) == 0, mode = strcmp(name, "mode") == 0;
    pz_buf_puts(b, " WITHIN GROUP (ORDER BY ");
    for (int i = 0; i < o->n; i++) {
        const pz_expr *s = o->data[i];
        pz_buf_puts(b, i ? ", " : "");
        if (percentile || mode) {              /* these print the way they read the order, not the order */
            show(an, b, s->args.data[0]);
            pz_buf_puts(b, mode == s->u.sort.asc ? " DESC" : "");
        } else {
            show_order(an, b, s);
        }
    }
    pz_buf_putc(b, ')');
}

static void
show_call_tail(pz_analyzer *an, pz_buf *b, const pz_expr *e, const char *name)
{
    if (e->u.call.order.n)
        show_within_group(an, b, e, name);
    if (e->u.call.ignore_nulls && strcmp(name, "nth_value") == 0)
        pz_buf_puts(b, " ignore nulls");
    if (e->u.call.filter) {
        pz_buf_puts(b, " FILTER (WHERE ");
        show(an, b, e->u.call.filter);
        pz_buf_putc(b, ')');
    }
}

/* Functions of time whose text names another function: what Spark makes of them shows through. */
static bool
show_time_call(pz_analyzer *an, pz_buf *b, const pz_expr *e, const char *name)
{
    static const struct { const char *name; int args; const char *open, *close; } rows[] = {
        {"try_to_time", 0, "try_to_time(to_time(", "))"}, {"try_make_timestamp_ntz", 2, "try_make_timestamp_ntz(make_timestamp_ntz(", "))"},
        {"make_timestamp_ltz", 3, "make_timestamp(", ")"}, {"try_make_timestamp_ltz", 3, "make_timestamp(", ")"}};
    const char *open = NULL, *close = ")";
    if (e->u.call.fn >= 0 && strcmp(pz_fn_row(e->u.call.fn)->name, "time - time") == 0) {
        show(an, b, e->args.data[0]);
        pz_buf_puts(b, " - ");
        show(an, b, e->args.data[1]);
        return true;
    }
    for (size_t i = 0; i < PZ_COUNTOF(rows); i++)
        if (strcmp(name, rows[i].name) == 0 && (rows[i].args == 0 || rows[i].args == e->args.n)) {
            open = rows[i].open;
            close = rows[i].close;
        }
    if (e->u.call.fn >= 0 && e->args.n == 2 && e->args.data[0]->type && e->args.data[0]->type->id == PZ_T_CALENDAR_INTERVAL) {
        const char *fn = pz_fn_row(e->u.call.fn)->name;
        bool lenient = e->u.call.shown >= 0 && !strncmp(pz_fn_row(e->u.call.shown)->name, "try_", 4);
        if (strcmp(fn, "interval * num") == 0) open = lenient ? "try_multiply(" : "multiply_interval(";
        if (strcmp(fn, "interval / num") == 0) open = lenient ? "try_divide(" : "divide_interval(";
    }
    if (!open) return false;
    pz_buf_puts(b, open);
    show_list(an, b, &e->args, 0, e->args.n);
    pz_buf_puts(b, close);
    return true;
}

static void
show_call(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    const pz_fn *fn = e->u.call.fn >= 0 ? pz_fn_row(e->u.call.shown) : NULL;
    const char *name = fn ? fn->name : e->names.n ? e->names.data[e->names.n - 1].ptr : "";
    int n;
    if (strcmp(name, "complex text") == 0) {   /* stands under a CAST */
        show(an, b, e->args.data[0]);
        return;
    }
    if (show_time_call(an, b, e, name) || show_special(an, b, e, name) || show_operator(an, b, e, name))
        return;
    if (!fn) {                                 /* not resolved: as written */
        for (int i = 0; i < e->names.n; i++)
            pz_buf_printf(b, "%s" PZ_FMT, i ? "." : "", PZ_ARG(e->names.data[i]));
    } else if (fn->display == PZ_DISPLAY_UPPER) {
        for (const char *p = name; *p; p++)
            pz_buf_putc(b, *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
    } else {
        pz_buf_puts(b, name);
    }
    pz_buf_puts(b, e->u.call.distinct ? "(DISTINCT " : "(");
    n = shown_args(e, name);
    show_list(an, b, &e->args, 0, n);
    pz_buf_putc(b, ')');
    show_call_tail(an, b, e, name);
}

/* ---------------------------------------------------------------- the other kinds */

static void
show_attr(pz_buf *b, const pz_expr *e)
{
    pz_buf_str(b, e->names.n ? e->names.data[e->names.n - 1] : e->u.attr->name);
}

static void
show_qualifier(pz_buf *b, const pz_expr *e)
{
    const pz_strs *q = &e->u.attr->qualifier;
    for (int i = 0; i < q->n && !pz_str_eqc(q->data[0], "__auto_generated_subquery_name"); i++)
        pz_buf_printf(b, PZ_FMT ".", PZ_ARG(q->data[i]));
}

static void
show_subquery(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    const char *name = e->u.sub.kind == PZ_SUB_SCALAR ? "scalarsubquery" : e->u.sub.kind == PZ_SUB_EXISTS ? "exists" : "listquery";
    if (e->u.sub.kind == PZ_SUB_IN) {
        pz_buf_putc(b, '(');
        if (e->args.n == 1) {
            show(an, b, e->args.data[0]);
        } else {
            pz_buf_puts(b, "named_struct(");
            for (int i = 0; i < e->args.n; i++) {
                pz_str s = pz_expr_name(an, e->args.data[i]);
                pz_buf_printf(b, "%s" PZ_FMT ", ", i ? ", " : "", PZ_ARG(s));
                show(an, b, e->args.data[i]);
            }
            pz_buf_putc(b, ')');
        }
        pz_buf_puts(b, " IN (");
    }
    pz_buf_printf(b, "%s(", name);
    for (int i = 0; i < e->u.sub.outer.n; i++) {
        pz_buf_puts(b, i ? ", " : "");
        show_attr(b, e->u.sub.outer.data[i]);
    }
    pz_buf_puts(b, e->u.sub.kind == PZ_SUB_IN ? ")))" : ")");
}

static void
show_lambda(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    pz_buf_puts(b, "lambdafunction(");
    show(an, b, e->args.data[0]);
    for (int i = 0; i < e->u.lambda.params.n; i++) {
        const pz_expr *p = e->u.lambda.params.data[i];
        if (p->resolved)
            pz_buf_puts(b, ", namedlambdavariable()");
        else
            pz_buf_printf(b, ", " PZ_FMT, PZ_ARG(p->names.n ? p->names.data[0] : p->u.var.name));
    }
    pz_buf_putc(b, ')');
}

static void
show_cast(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    pz_str t;
    if (e->u.cast.implicit || pz_type_is_nested(e->type)) {   /* casts to nested types have no text of their own */
        show(an, b, e->args.data[0]);
        return;
    }
    t = pz_type_sql(e->type, an->a);
    pz_buf_puts(b, e->u.cast.mode == PZ_CAST_TRY ? "TRY_CAST(" : "CAST(");
    show(an, b, e->args.data[0]);
    pz_buf_printf(b, " AS " PZ_FMT ")", PZ_ARG(t));
}

/* Changes of one struct in a row are one. */
/* One change below the struct shown as `base`: a field deeper down is changed in a struct that is put back. */
static void
show_change(pz_analyzer *an, pz_buf *b, const pz_expr *e, pz_str base, int at)
{
    if (at < e->names.n - 1) {
        pz_str inner = pz_strf(an->a, PZ_FMT "." PZ_FMT, PZ_ARG(base), PZ_ARG(e->names.data[at]));
        pz_buf_printf(b, "WithField(update_fields(" PZ_FMT ", ", PZ_ARG(inner));
        show_change(an, b, e, inner, at + 1);
        pz_buf_puts(b, "))");
        return;
    }
    pz_buf_puts(b, e->args.n > 1 ? "WithField(" : "dropfield()");
    if (e->args.n > 1) {
        show(an, b, e->args.data[1]);
        pz_buf_putc(b, ')');
    }
}

#define CHANGES_MAX 65536                      /* every change deeper down shows all before it again */

static void
show_changes(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    const pz_expr *child = e->args.data[0];
    pz_str base = PZ_STR("...");
    if (e->names.n > 1 && b->len < CHANGES_MAX)
        base = pz_expr_sql(an, child);
    if (child->kind == PZ_EXPR_UPDATE_FIELDS)
        show_changes(an, b, child);
    else
        show(an, b, child);
    pz_buf_puts(b, ", ");
    show_change(an, b, e, base, 0);
}

/* The struct `at` names deep that a change goes through, and that change of it. */
void
pz_changed_part(pz_analyzer *an, const pz_expr *e, int at, pz_str *part, pz_str *whole)
{
    pz_buf b;
    *part = pz_expr_sql(an, e->args.data[0]);
    if (at == 0) {
        *whole = pz_expr_sql(an, e);
        return;
    }
    for (int i = 0; i < at; i++)
        *part = pz_strf(an->a, PZ_FMT "." PZ_FMT, PZ_ARG(*part), PZ_ARG(e->names.data[i]));
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "update_fields(" PZ_FMT ", ", PZ_ARG(*part));
    show_change(an, &b, e, *part, at);
    pz_buf_putc(&b, ')');
    *whole = take(an, &b);
}

static void
show_collated(pz_buf *b, pz_str text, pz_str collation)
{
    pz_buf_putc(b, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'' || text.ptr[i] == '\\') pz_buf_putc(b, '\\');
        pz_buf_putc(b, text.ptr[i]);
    }
    pz_buf_printf(b, "' collate " PZ_FMT, PZ_ARG(collation));
}

static void
show(pz_analyzer *an, pz_buf *b, const pz_expr *e)
{
    switch (e->kind) {
    case PZ_EXPR_LITERAL:
        if (e->u.literal.variable.len > 0 && e->u.literal.text.ptr == e->u.literal.variable.ptr) {
            pz_buf_str(b, e->u.literal.variable);              /* a constant that was fitted to what it is compared with */
            return;
        }
        if (e->u.literal.variable_path.len > 0)
            pz_buf_printf(b, "variablereference(" PZ_FMT "=", PZ_ARG(e->u.literal.variable_path));
        if (e->type->id == PZ_T_STRING && e->type->collation.len && !e->value.null)
            show_collated(b, e->value.s, e->type->collation);
        else show_value(an, b, e->type, &e->value, e->u.literal.variable_path.len > 0);
        if (e->u.literal.variable_path.len > 0)
            pz_buf_putc(b, ')');
        return;
    case PZ_EXPR_COLUMN:
        for (int i = 0; i < e->names.n; i++)
            pz_buf_printf(b, "%s" PZ_FMT, i ? "." : "", PZ_ARG(e->names.data[i]));
        return;
    case PZ_EXPR_ATTR:
        if (an->show_qualifiers)
            show_qualifier(b, e);
        show_attr(b, e);
        if (an->show_ids)
            pz_buf_printf(b, "#%d%s", e->u.attr->id, e->type->id == PZ_T_LONG ? "L" : "");
        return;
    case PZ_EXPR_OUTER:
        pz_buf_puts(b, "outer(");
        show_qualifier(b, e);
        show_attr(b, e);
        pz_buf_putc(b, ')');
        return;
    case PZ_EXPR_CALL:
        if (e->u.call.shown_as.len > 0)
            pz_buf_str(b, e->u.call.shown_as);
        else
            show_call(an, b, e);
        return;
    case PZ_EXPR_CAST: show_cast(an, b, e); return;
    case PZ_EXPR_ALIAS:
        show(an, b, e->args.data[0]);
        pz_buf_printf(b, " AS " PZ_FMT, PZ_ARG(e->u.alias.names.data[0]));
        return;
    case PZ_EXPR_SORT_ORDER: show_order(an, b, e); return;
    case PZ_EXPR_WINDOW:
        show(an, b, e->args.data[0]);
        pz_buf_puts(b, " OVER ");
        show_window(an, b, e->u.window);
        return;
    case PZ_EXPR_LAMBDA: show_lambda(an, b, e); return;
    case PZ_EXPR_LAMBDA_VAR:
        if (e->resolved)
            pz_buf_puts(b, "namedlambdavariable()");
        else
            pz_buf_str(b, e->names.n ? e->names.data[0] : e->u.var.name);
        return;
    case PZ_EXPR_GET_FIELD:
        show(an, b, e->args.data[0]);
        pz_buf_printf(b, "." PZ_FMT, PZ_ARG(e->u.field.name));
        return;
    case PZ_EXPR_EXTRACT:
        show(an, b, e->args.data[0]);
        pz_buf_putc(b, '[');
        show(an, b, e->args.data[1]);
        pz_buf_putc(b, ']');
        return;
    case PZ_EXPR_SUBQUERY: show_subquery(an, b, e); return;
    case PZ_EXPR_UPDATE_FIELDS:
        pz_buf_puts(b, "update_fields(");
        show_changes(an, b, e);
        pz_buf_putc(b, ')');
        return;
    case PZ_EXPR_SQL_TEXT: pz_buf_str(b, e->u.text); return;
    case PZ_EXPR_STAR: pz_buf_putc(b, '*'); return;
    default: show_list(an, b, &e->args, 0, e->args.n); return;
    }
}

/* ---------------------------------------------------------------- what others call */

pz_str
pz_expr_sql(pz_analyzer *an, const pz_expr *e)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    show(an, &b, e);
    return take(an, &b);
}

static pz_str
shown_with(pz_analyzer *an, const pz_expr *e, bool *how)
{
    pz_str s;
    *how = true;
    s = pz_expr_sql(an, e);
    *how = false;
    return s;
}

pz_str
pz_expr_sql_qualified(pz_analyzer *an, const pz_expr *e)
{
    return shown_with(an, e, &an->show_qualifiers);
}

/* As plans are printed. */
pz_str
pz_expr_sql_ids(pz_analyzer *an, const pz_expr *e)
{
    return shown_with(an, e, &an->show_ids);
}

/* A top-level cast of a column keeps the column's name; some functions make columns with names of their own. */
pz_str
pz_expr_name(pz_analyzer *an, const pz_expr *e)
{
    if (e->kind == PZ_EXPR_LITERAL && e->u.literal.variable.len > 0)
        return e->u.literal.variable;
    const pz_expr *c = e;
    const pz_fn *fn;
    int casts = 0;                             /* a column keeps its name under one cast of the user's */
    for (; c->kind == PZ_EXPR_CAST; c = c->args.data[0])
        casts += !c->u.cast.implicit;
    if (casts > 1)
        return pz_expr_sql(an, e);
    if (c->kind == PZ_EXPR_ATTR || c->kind == PZ_EXPR_OUTER)
        return c->names.n ? c->names.data[c->names.n - 1] : c->u.attr->name;
    if (c->kind == PZ_EXPR_ALIAS)
        return c->u.alias.names.data[0];
    fn = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 ? pz_fn_row(e->u.call.fn) : NULL;
    if (fn && (strcmp(fn->name, "window") == 0 || strcmp(fn->name, "session_window") == 0))
        return pz_str_c(fn->name);
    if (fn && e->type->id == PZ_T_MAP && strcmp(fn->name, "from_json") == 0)
        return PZ_STR("entries");
    return pz_expr_sql(an, e);
}

static pz_str
quoted(pz_analyzer *an, pz_str s)
{
    return pz_strf(an->a, "\"" PZ_FMT "\"", PZ_ARG(s));
}

pz_str
pz_quote_sql_expr(pz_analyzer *an, const pz_expr *e)
{
    return quoted(an, pz_expr_sql(an, e));
}

pz_str
pz_quote_type(pz_analyzer *an, const pz_type *t)
{
    return quoted(an, pz_type_sql(t, an->a));
}

pz_str
pz_quote_names(pz_arena *a, const pz_strs *names)
{
    pz_buf b;
    pz_str s;
    pz_buf_init(&b, 0);
    for (int i = 0; i < names->n; i++) {
        pz_buf_puts(&b, i ? ".`" : "`");
        for (size_t k = 0; k < names->data[i].len; k++) {
            if (names->data[i].ptr[k] == '`')
                pz_buf_putc(&b, '`');
            pz_buf_putc(&b, names->data[i].ptr[k]);
        }
        pz_buf_putc(&b, '`');
    }
    s = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return s;
}

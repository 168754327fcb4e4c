/*
 * lower/expr.c - resolved expressions as engine text.
 *
 * In: a resolved expression; texts of the columns in reach (lw->bound).  Out: one operand (lower_int.h says what that promises).
 * Things start at pz_lower_value().
 */
#include "lower_int.h"


pz_str
pz_engine_type_text(pz_lowerer *lw, const pz_type *t)
{
    if (t->id == PZ_T_UDT && t->element) return pz_engine_type_text(lw, t->element);
    return pz_type_duckdb(t, lw->a);
}

pz_str
pz_lower_fresh(pz_lowerer *lw, char prefix)
{
    return pz_strf(lw->a, "%c%d", prefix, ++lw->next_name);
}

/* ---------------------------------------------------------------- columns */
void
pz_lower_bind(pz_lowerer *lw, int id, pz_str text)
{
    if (id >= lw->nbound) {
        int n = lw->nbound ? lw->nbound * 2 : 256;
        pz_str *grown;
        if (!text.ptr) return;
        while (n <= id) n *= 2;
        grown = PZ_NEWN(lw->a, pz_str, n);
        if (lw->nbound) memcpy(grown, lw->bound, (size_t)lw->nbound * sizeof *grown);
        lw->bound = grown;
        lw->nbound = n;
    }
    lw->bound[id] = text;
}

void
pz_lower_attr(pz_lowerer *lw, const pz_attr *at, pz_buf *out)
{
    if (at->id < lw->nbound && lw->bound[at->id].ptr) pz_buf_str(out, lw->bound[at->id]);
    else pz_buf_printf(out, "c%d", at->id);
}

/* ---------------------------------------------------------------- what is known about an expression */
bool
pz_expr_is(const pz_expr *e, const char *name)
{
    return e->kind == PZ_EXPR_CALL && e->names.n && pz_str_ieqc(e->names.data[e->names.n - 1], name);
}

bool
pz_lower_is_cheap(const pz_lowerer *lw, const pz_expr *e)
{
    switch (e->kind) {
    case PZ_EXPR_LITERAL: return !pz_type_is_nested(e->type) && !(pz_type_is_string(e->type) && e->value.s.len > 64);
    case PZ_EXPR_LAMBDA_VAR: return true;
    case PZ_EXPR_ATTR:
    case PZ_EXPR_OUTER:
        return e->u.attr->id >= lw->nbound || !lw->bound[e->u.attr->id].ptr || !memchr(lw->bound[e->u.attr->id].ptr, '(', lw->bound[e->u.attr->id].len);
    case PZ_EXPR_GET_FIELD: return !e->u.field.of_array && pz_lower_is_cheap(lw, e->args.data[0]);
    case PZ_EXPR_CAST: return pz_cast_is_native(e->args.data[0]->type, e->type) && pz_lower_is_cheap(lw, e->args.data[0]);
    default: return false;
    }
}

/* A number that is written down and not zero. */
bool
pz_expr_nonzero(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST && pz_type_is_numeric(e->args.data[0]->type) && pz_type_is_numeric(e->type)) e = e->args.data[0];
    if (e->kind != PZ_EXPR_LITERAL || e->value.null) return false;
    if (pz_type_is_integral(e->type)) return e->value.i != 0;
    if (e->type->id == PZ_T_DECIMAL) return e->value.dec != 0;
    return pz_type_is_fractional(e->type) && e->value.d != 0;
}

static pz_walk
find_volatile(pz_expr *e, void *arg)
{
    const pz_lowering *row;
    (void)arg;
    if (e->kind != PZ_EXPR_CALL) return PZ_WALK_ON;
    row = pz_lowering_of(e);
    return row && row->is_volatile ? PZ_WALK_STOP : PZ_WALK_ON;
}

bool
pz_lower_is_volatile(const pz_expr *e)
{
    return !pz_walk_expr((pz_expr *)e, find_volatile, NULL);
}

/* Calls that never raise for arguments that do not: what is not named here is taken to raise. */
static bool
is_safe_call(const pz_expr *e)
{
    static const char *const safe[] = {
        "=", "<=>", "<", "<=", ">", ">=", "<>", "and", "or", "not", "in", "between", "isnull", "isnotnull",
        "isnotdistinctfrom", "isnan", "when", "if", "coalesce", "nvl", "nvl2", "ifnull", "nullif", "like", "ilike", "lower", "upper", "lcase", "ucase",
        "length", "char_length", "trim", "ltrim", "rtrim", "substring", "substr", "concat", "||", "startswith", "endswith", "contains", "year", "month",
        "day", "dayofmonth", "quarter", "hour", "minute", "second", "date", "struct", "named_struct", "array", "size", "cardinality", "greatest", "least",
        "&", "|", "^", "~", "get", "count", "min", "max", "first", "last", "any_value"};
    for (size_t i = 0; i < PZ_COUNTOF(safe); i++)
        if (pz_expr_is(e, safe[i])) return true;
    return false;
}

static bool
is_arithmetic(const pz_expr *e)
{
    static const char *const names[] = {"+", "-", "*", "negative", "sum", "avg",
                                         "date + ym", "date - ym", "timestamp + ym", "timestamp - ym", "timestamp + dt", "timestamp - dt",
                                         "date_add", "date_sub", "extractansiintervaldays"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (pz_expr_is(e, names[i])) return true;
    return false;
}

static bool
is_constant(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST || pz_expr_is(e, "extractansiintervaldays")) e = e->args.data[0];
    return e->kind == PZ_EXPR_LITERAL;
}

struct throw_arg { bool arithmetic; };

static pz_walk
find_throw(pz_expr *e, void *arg)
{
    const struct throw_arg *how = arg;
    switch (e->kind) {
    case PZ_EXPR_CALL:
        if (is_safe_call(e)) return PZ_WALK_ON;
        if (is_arithmetic(e)) {
            bool real = e->type && (e->type->id == PZ_T_DOUBLE || e->type->id == PZ_T_FLOAT);
            if (e->args.n == 2 && is_constant(e->args.data[0]) && is_constant(e->args.data[1])) return PZ_WALK_SKIP;
            return real || !how->arithmetic ? PZ_WALK_ON : PZ_WALK_STOP;
        }
        if ((pz_expr_is(e, "/") || pz_expr_is(e, "%") || pz_expr_is(e, "div")) && e->args.n == 2 && pz_expr_nonzero(e->args.data[1])) return PZ_WALK_ON;
        return PZ_WALK_STOP;
    case PZ_EXPR_CAST:
        if (pz_cast_is_constant(e, &(__int128){0})) return PZ_WALK_SKIP;
        if (e->u.cast.mode != PZ_CAST_ANSI || pz_cast_is_native(e->args.data[0]->type, e->type)) return PZ_WALK_ON;
        return PZ_WALK_STOP;
    case PZ_EXPR_SUBQUERY: return how->arithmetic && e->u.sub.kind == PZ_SUB_SCALAR ? PZ_WALK_STOP : PZ_WALK_ON;
    default: return PZ_WALK_ON;
    }
}

bool
pz_lower_can_throw(const pz_expr *e)
{
    struct throw_arg how = {true};
    return !pz_walk_expr((pz_expr *)e, find_throw, &how);
}

/* In filters, overflow of plain arithmetic is let be: pushing conditions down is worth more. */
static bool
throws_in_filter(const pz_expr *e)
{
    struct throw_arg how = {false};
    return !pz_walk_expr((pz_expr *)e, find_throw, &how);
}

/* What has to wait for what stands before it, here. */
bool
pz_lower_may_raise(const pz_lowerer *lw, const pz_expr *e)
{
    return lw->filtering ? throws_in_filter(e) : pz_lower_can_throw(e);
}

/* ---------------------------------------------------------------- operands used more than once */
static bool
must_bind(pz_lowerer *lw, const pz_args *g, int i)
{
    if (g->uses[i] < 2 || pz_lower_is_cheap(lw, g->exprs[i])) return false;
    return g->texts[i].len > 160 || pz_lower_is_volatile(g->exprs[i]);
}

pz_status
pz_args_open(pz_lowerer *lw, pz_args *g, pz_buf *out)
{
    int n = 0;
    for (int i = 0; i < g->n; i++) {
        PZ_TRY(pz_lower_text(lw, g->exprs[i], &g->texts[i]));
        if (must_bind(lw, g, i)) g->wrapped = true;
    }
    if (!g->wrapped) return PZ_OK;
    /* A list of one row: its values are computed once, and the lambda names them. */
    g->var = pz_lower_fresh(lw, 'b');
    pz_buf_puts(out, "list_transform([{");
    for (int i = 0; i < g->n; i++) {
        if (g->exprs[i]->kind == PZ_EXPR_LITERAL) continue;
        pz_buf_printf(out, "%s'a%d': ", n++ ? ", " : "", i);
        pz_buf_str(out, g->texts[i]);
        g->texts[i] = pz_strf(lw->a, PZ_FMT ".a%d", PZ_ARG(g->var), i);
    }
    pz_buf_printf(out, "}], lambda " PZ_FMT ": ", PZ_ARG(g->var));
    return PZ_OK;
}

void
pz_args_close(const pz_args *g, pz_buf *out)
{
    if (g->wrapped) pz_buf_puts(out, ")[1]");
}

/* ---------------------------------------------------------------- AND, OR */
void
pz_lower_terms(pz_lowerer *lw, const pz_expr *e, const char *op, pz_terms *list)
{
    PZ_VEC(const pz_expr *) todo = {0};
    pz_vec_push(lw->a, &todo, e);
    while (todo.n) {
        const pz_expr *at = todo.data[--todo.n];
        if (pz_expr_is(at, op) && at->args.n == 2) {
            pz_vec_push(lw->a, &todo, at->args.data[1]);
            pz_vec_push(lw->a, &todo, at->args.data[0]);
        } else {
            pz_vec_push(lw->a, list, at);
        }
    }
}

/* a AND b where b may raise: the engine computes both sides, so b goes behind a CASE.  Terms before the last one that raises are
 * written twice, each once as its guard. */
static pz_status
write_lazy_terms(pz_lowerer *lw, const pz_terms *list, bool is_and, pz_buf *out)
{
    int last = 0, cases = 0;
    const char *word = is_and ? " AND " : " OR ";
    for (int i = 1; i < list->n; i++)
        if (pz_lower_may_raise(lw, list->data[i])) last = i;
    pz_buf_putc(out, '(');
    for (int i = 0; i < list->n; i++) {
        pz_str t;
        PZ_TRY(pz_lower_text(lw, list->data[i], &t));
        if (i >= last) {
            if (i > last) pz_buf_puts(out, word);
            pz_buf_str(out, t);
            continue;
        }
        pz_buf_printf(out, is_and ? "CASE WHEN (" PZ_FMT ") IS FALSE THEN false ELSE " : "CASE WHEN " PZ_FMT " THEN true ELSE ", PZ_ARG(t));
        if (list->data[i]->nullable) pz_buf_printf(out, PZ_FMT "%s", PZ_ARG(t), word);
        cases++;
    }
    while (cases--) pz_buf_puts(out, " END");
    pz_buf_putc(out, ')');
    return PZ_OK;
}

pz_status lower_and_or(pz_lowerer *lw, const pz_expr *call, pz_buf *out);

pz_status
lower_and_or(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    bool is_and = pz_expr_is(call, "and"), lazy = false;
    pz_terms list = {0};
    pz_lower_terms(lw, call, is_and ? "and" : "or", &list);
    for (int i = 1; i < list.n && !lazy; i++) lazy = pz_lower_may_raise(lw, list.data[i]);
    if (lazy) return write_lazy_terms(lw, &list, is_and, out);
    pz_buf_putc(out, '(');
    for (int i = 0; i < list.n; i++) {
        if (i) pz_buf_puts(out, is_and ? " AND " : " OR ");
        PZ_TRY(pz_lower_value(lw, list.data[i], out));
    }
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/* Conditions: conjuncts stay apart and plain, so that the engine can push them; one that may raise waits behind those before it. */
pz_status
pz_lower_filter(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_terms list = {0};
    pz_buf before;
    pz_status st = PZ_OK;
    pz_lower_terms(lw, e, "and", &list);
    pz_buf_init(&before, 0);
    lw->filtering++;
    for (int i = 0; i < list.n && st == PZ_OK; i++) {
        pz_str t;
        bool guard = i > 0 && before.len < 2000 && throws_in_filter(list.data[i]);
        bool is_not = pz_expr_is(list.data[i], "not") || pz_expr_is(list.data[i], "!");
        lw->conjunct = is_not ? list.data[i]->args.data[0] : list.data[i];
        st = pz_lower_text(lw, list.data[i], &t);
        if (st != PZ_OK) break;
        if (i) pz_buf_puts(out, " AND ");
        if (guard) pz_buf_printf(out, "CASE WHEN " PZ_FMT " THEN " PZ_FMT " END", PZ_ARG(pz_buf_view(&before)), PZ_ARG(t));
        else pz_buf_str(out, t);
        if (before.len) pz_buf_puts(&before, " AND ");
        pz_buf_str(&before, t);
    }
    lw->filtering--;
    pz_buf_free(&before);
    return st;
}

/* ---------------------------------------------------------------- fields */
static pz_status
lower_get_field(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    if (e->u.field.of_array) {
        pz_str v = pz_lower_fresh(lw, 'b');
        pz_buf_puts(out, "list_transform(");
        PZ_TRY(pz_lower_value(lw, e->args.data[0], out));
        pz_buf_printf(out, ", lambda " PZ_FMT ": struct_extract(" PZ_FMT ", 'f%d'))", PZ_ARG(v), PZ_ARG(v), e->u.field.ordinal);
        return PZ_OK;
    }
    pz_buf_puts(out, "struct_extract(");
    PZ_TRY(pz_lower_value(lw, e->args.data[0], out));
    pz_buf_printf(out, ", 'f%d')", e->u.field.ordinal);
    return PZ_OK;
}

/* x.withField(path, value), x.dropFields(path): the struct again, field by field. */
static pz_status
rebuild_struct(pz_lowerer *lw, const pz_type *from, const pz_type *to, const pz_strs *path, int at, pz_str x, pz_str value, bool drop, pz_buf *out)
{
    pz_buf_printf(out, "CASE WHEN " PZ_FMT " IS NOT NULL THEN {", PZ_ARG(x));
    for (int i = 0, j = 0; i < to->nfields; i++) {
        bool hit, last = at == path->n - 1;
        /* fields keep their order; dropped ones are passed over */
        while (drop && last && j < from->nfields && pz_str_ieq(from->fields[j].name, path->data[at])
               && !pz_str_ieq(to->fields[i].name, from->fields[j].name)) j++;
        hit = !(drop && last) && pz_str_ieq(to->fields[i].name, path->data[at]);
        pz_buf_printf(out, "%s'f%d': ", i ? ", " : "", i);
        if (hit && last) {
            pz_buf_str(out, value);
        } else {
            pz_str field = pz_strf(lw->a, "struct_extract(" PZ_FMT ", 'f%d')", PZ_ARG(x), j);
            if (hit) PZ_TRY(rebuild_struct(lw, from->fields[j].type, to->fields[i].type, path, at + 1, field, value, drop, out));
            else pz_buf_str(out, field);
        }
        j++;
    }
    pz_buf_puts(out, "} END");
    return PZ_OK;
}

static pz_status
lower_update_fields(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_args g = {.exprs = {e->args.data[0]}, .uses = {2}, .n = 1};
    pz_str value = {0};
    bool drop = e->args.n < 2;
    if (e->type->nfields == 0) return pz_raise_internal(lw->err, "a struct without fields");
    if (!drop) {
        g.exprs[1] = e->args.data[1];
        g.uses[1] = 1;
        g.n = 2;
    }
    PZ_TRY(pz_args_open(lw, &g, out));
    if (!drop) value = g.texts[1];
    if (!g.wrapped) pz_buf_putc(out, '(');
    PZ_TRY(rebuild_struct(lw, e->args.data[0]->type, e->type, &e->names, 0, g.texts[0], value, drop, out));
    if (!g.wrapped) pz_buf_putc(out, ')');
    pz_args_close(&g, out);
    return PZ_OK;
}

/* ---------------------------------------------------------------- one expression */
/* The environment that an expression is computed in: that of the text it was written in. */
static const pz_lower_env *
place_of(pz_lowerer *lw, const pz_expr *e)
{
    pz_lower_env *away;
    if (e->kind != PZ_EXPR_CALL && e->kind != PZ_EXPR_CAST) return lw->env;
    if (!e->time_zone || pz_str_eq(*e->time_zone, lw->home->time_zone)) return lw->home;
    if (lw->away && pz_str_eq(lw->away->time_zone, *e->time_zone)) return lw->away;
    away = PZ_NEW(lw->a, pz_lower_env);
    *away = *lw->home;
    away->time_zone = *e->time_zone;
    away->zone = pz_zone_find(away->time_zone);
    return lw->away = away;
}

pz_status
pz_lower_value(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    const pz_lower_env *around = lw->env;
    pz_status st;
    lw->env = place_of(lw, e);
    if (++lw->depth > PZ_MAX_DEPTH) return pz_raise_internal(lw->err, "expression nested deeper than %d", PZ_MAX_DEPTH);
    if (lw->depth > 64 && lw->info) lw->info->deep = true;
    switch (e->kind) {
    case PZ_EXPR_LITERAL: st = pz_lower_literal(lw, e->type, &e->value, out); break;
    case PZ_EXPR_ATTR:
    case PZ_EXPR_OUTER:
        pz_lower_attr(lw, e->u.attr, out);
        st = PZ_OK;
        break;
    case PZ_EXPR_CALL: st = pz_lower_call(lw, e, out); break;
    case PZ_EXPR_CAST: st = pz_lower_cast(lw, e, out); break;
    case PZ_EXPR_ALIAS:
    case PZ_EXPR_NAMED_ARG:
    case PZ_EXPR_SORT_ORDER: st = pz_lower_value(lw, e->args.data[0], out); break;
    case PZ_EXPR_WINDOW: st = pz_lower_window(lw, e, out); break;
    case PZ_EXPR_LAMBDA_VAR:
        if (e->u.var.id < lw->nbound && lw->bound[e->u.var.id].ptr) pz_buf_str(out, lw->bound[e->u.var.id]);
        else pz_buf_printf(out, "v%d", e->u.var.id);
        st = PZ_OK;
        break;
    case PZ_EXPR_GET_FIELD: st = lower_get_field(lw, e, out); break;
    case PZ_EXPR_UPDATE_FIELDS: st = lower_update_fields(lw, e, out); break;
    case PZ_EXPR_SUBQUERY: st = pz_lower_subquery(lw, e, out); break;
    default: st = pz_raise_internal(lw->err, "expression kind %d cannot be lowered", (int)e->kind);
    }
    lw->depth--;
    lw->env = around;
    return st;
}

pz_status
pz_text_of(pz_lowerer *lw, pz_lower_fn write, const pz_expr *e, pz_str *out)
{
    pz_buf b;
    pz_status st;
    pz_buf_init(&b, 0);
    st = write(lw, e, &b);
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

pz_status
pz_lower_text(pz_lowerer *lw, const pz_expr *e, pz_str *out)
{
    return pz_text_of(lw, pz_lower_value, e, out);
}

pz_status
pz_lower_sort(pz_lowerer *lw, const pz_exprs *orders, pz_buf *out)
{
    int n = 0;
    for (int i = 0; i < orders->n; i++) {
        const pz_expr *o = orders->data[i], *x = o->kind == PZ_EXPR_SORT_ORDER ? o->args.data[0] : o;
        bool asc = o->kind != PZ_EXPR_SORT_ORDER || o->u.sort.asc;
        bool nulls_first = o->kind == PZ_EXPR_SORT_ORDER ? o->u.sort.nulls_first : true;
        if (x->kind == PZ_EXPR_LITERAL) continue;
        if (n++) pz_buf_puts(out, ", ");
        PZ_TRY(pz_lower_order(lw, x, false, out));
        pz_buf_puts(out, asc ? " ASC" : " DESC");
        pz_buf_puts(out, nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
    return PZ_OK;
}

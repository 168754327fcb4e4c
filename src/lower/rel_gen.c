/*
 * lower/rel_gen.c - GENERATE: explode and its kin.
 *
 * Every generator is brought to a list of rows; unnest() in the select list of a SELECT of its own multiplies the input rows
 * by it.  A row is a struct with fields f0, f1, ... (map entries: key, value), or a plain value when there is one column.
 * Generators of other families write such a list (CALL), or give an array of their row struct (VAL).
 * Things start at pz_rel_generate().
 */
#include "lower_int.h"

typedef struct generator {
    pz_str list;                               /* engine list of rows */
    bool position, outer;
    bool plain;                                /* rows are values, not structs */
    bool entries;                              /* rows are map entries */
} generator;

static pz_status
stack_rows(pz_lowerer *lw, const pz_expr *call, pz_str *out)
{
    int width = call->type->nfields;
    int64_t rows = call->args.data[0]->kind == PZ_EXPR_LITERAL ? call->args.data[0]->value.i : (call->args.n - 1 + width - 1) / (width ? width : 1);
    pz_buf b;
    pz_status st = PZ_OK;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '[');
    for (int64_t r = 0; r < rows && st == PZ_OK; r++) {
        pz_buf_puts(&b, r ? ", {" : "{");
        for (int c = 0; c < width && st == PZ_OK; c++) {
            int64_t at = 1 + r * width + c;
            const pz_type *t = call->type->fields[c].type;
            pz_buf_printf(&b, "%s'f%d': ", c ? ", " : "", c);
            if (at < call->args.n) st = pz_lower_value(lw, call->args.data[at], &b);
            else pz_buf_puts(&b, "NULL");
            pz_buf_printf(&b, "::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, t)));
        }
        pz_buf_putc(&b, '}');
    }
    pz_buf_putc(&b, ']');
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

static bool
named(const pz_expr *call, const char *base)
{
    pz_str n = call->names.n ? call->names.data[call->names.n - 1] : PZ_STR("");
    if (pz_str_ieqc(n, base)) return true;
    return n.len > 6 && pz_str_ieqc((pz_str){n.ptr + n.len - 6, 6}, "_outer") && pz_str_ieqc((pz_str){n.ptr, n.len - 6}, base);
}

static pz_status
other_rows(pz_lowerer *lw, const pz_expr *call, generator *g)
{
    const pz_lowering *row = pz_lowering_of(call);
    pz_expr *whole;
    if (row && row->how == PZ_HOW_VAL) {
        whole = pz_expr_shallow(lw->a, call);
        whole->type = pz_type_array(lw->a, call->type, false);
        return pz_lower_text(lw, whole, &g->list);
    }
    return pz_lower_text(lw, call, &g->list);
}

static pz_status
read_generator(pz_lowerer *lw, const pz_rel *r, generator *g)
{
    const pz_expr *call = r->exprs.data[0];
    pz_str name;
    while (call->kind == PZ_EXPR_ALIAS) call = call->args.data[0];
    name = call->names.n ? call->names.data[call->names.n - 1] : PZ_STR("");
    g->outer = r->u.gen.outer || (name.len > 6 && pz_str_ieqc((pz_str){name.ptr + name.len - 6, 6}, "_outer"));
    if (named(call, "explode") || named(call, "posexplode")) {
        const pz_expr *x = call->args.data[0];
        g->position = named(call, "posexplode");
        g->plain = x->type->id != PZ_T_MAP;
        g->entries = !g->plain;
        PZ_TRY(pz_lower_text(lw, x, &g->list));
        if (g->entries) g->list = pz_strf(lw->a, "map_entries(" PZ_FMT ")", PZ_ARG(g->list));
        return PZ_OK;
    }
    if (named(call, "inline")) return pz_lower_text(lw, call->args.data[0], &g->list);
    if (named(call, "stack")) return stack_rows(lw, call, &g->list);
    return other_rows(lw, call, g);
}

/* The SELECT that multiplies: the input's columns, the row and if wanted its position. */
static pz_status
write_unnest(pz_lowerer *lw, pz_sel *s, const generator *g, pz_str row, pz_str pos, pz_buf *b)
{
    pz_buf rest;
    pz_str text, list = g->list;
    static const char head[] = "SELECT ";
    pz_buf_init(&rest, 0);
    PZ_TRY(pz_sel_text(lw, s, &rest));
    text = pz_buf_dup(&rest, lw->a);
    pz_buf_free(&rest);
    pz_buf_puts(b, head);
    if (g->outer) pz_buf_printf(b, "unnest(CASE WHEN len(" PZ_FMT ") > 0 THEN " PZ_FMT " ELSE [NULL] END)", PZ_ARG(list), PZ_ARG(list));
    else pz_buf_printf(b, "unnest(" PZ_FMT ")", PZ_ARG(list));
    pz_buf_printf(b, " AS " PZ_FMT ", ", PZ_ARG(row));
    if (g->position) {
        if (g->outer) pz_buf_printf(b, "unnest(CASE WHEN len(" PZ_FMT ") > 0 THEN range(len(" PZ_FMT ")) ELSE [NULL] END)", PZ_ARG(list), PZ_ARG(list));
        else pz_buf_printf(b, "unnest(range(len(" PZ_FMT ")))", PZ_ARG(list));
        pz_buf_printf(b, " AS " PZ_FMT ", ", PZ_ARG(pos));
    }
    pz_buf_add(b, text.ptr + sizeof head - 1, text.len - sizeof head + 1);
    return PZ_OK;
}

/* A list that is written more than once becomes a column first. */
static pz_status
settle_list(pz_lowerer *lw, pz_sel *s, generator *g)
{
    if (!(g->outer || g->position) || g->list.len < 60) return PZ_OK;
    return pz_sel_aside(lw, s, (pz_item){.text = g->list}, &g->list);
}

pz_status
pz_rel_generate(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    generator g = {.list = {0}};
    pz_str row = pz_lower_fresh(lw, 'g'), pos = pz_lower_fresh(lw, 'g');
    pz_buf b;
    pz_status st;
    int k = 0;
    if (s->grouped || s->windowed || s->distinct || s->distinct_on.len || s->limit.len || s->offset.len || s->order.len || pz_sel_is_volatile(s))
        PZ_TRY(pz_sel_wrap(lw, s));
    PZ_TRY(pz_rel_prepare(lw, s, &r->exprs, false));
    PZ_TRY(read_generator(lw, r, &g));
    PZ_TRY(settle_list(lw, s, &g));
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '(');
    st = write_unnest(lw, s, &g, row, pos, &b);
    pz_buf_printf(&b, ") AS " PZ_FMT, PZ_ARG(pz_lower_fresh(lw, 't')));
    if (st == PZ_OK) {
        pz_sel out = {.from = pz_buf_dup(&b, lw->a)};
        for (int i = 0; i < s->items.n; i++) {
            const pz_attr *at = s->items.data[i].attr;
            if (!pz_is_live(lw, at->id)) continue;
            pz_sel_item(lw, &out, at, pz_strf(lw->a, "c%d", at->id), true);
        }
        *s = out;
    }
    pz_buf_free(&b);
    PZ_TRY(st);
    for (int i = 0; i < r->u.gen.attrs.n; i++) {
        const pz_attr *at = r->u.gen.attrs.data[i];
        pz_str text;
        if (g.position && i == 0) text = pz_strf(lw->a, PZ_FMT "::INTEGER", PZ_ARG(pos));
        else if (g.plain) text = row;
        else if (g.entries) text = pz_strf(lw->a, "struct_extract(" PZ_FMT ", '%s')", PZ_ARG(row), k++ ? "value" : "key");
        else text = pz_strf(lw->a, "struct_extract(" PZ_FMT ", 'f%d')", PZ_ARG(row), k++);
        pz_sel_item(lw, s, at, text, true);
    }
    return PZ_OK;
}

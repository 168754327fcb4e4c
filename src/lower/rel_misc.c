/*
 * lower/rel_misc.c - SAMPLE and the text tables of show().
 */
#include "lower_int.h"

#include <math.h>

/* ---------------------------------------------------------------- SAMPLE */
/* rand(seed) or poisson(mean, seed): Spark's generators, one number per row; over a small list or range begun again where Spark's next
 * partition begins. */
static pz_status
random_text(pz_lowerer *lw, const pz_rel *r, const char *name, const double *mean, const pz_type *type, pz_str *out)
{
    pz_expr call = {.kind = PZ_EXPR_CALL, .origin = PZ_NO_ORIGIN, .type = type, .u.call.fn = -1};
    pz_seat seat = pz_seat_below(r);
    const pz_type *types[4];
    pz_str texts[4];
    int n = 0;
    pz_buf b;
    pz_status st;
    pz_vec_push(lw->a, &call.names, pz_str_c(name));
    if (mean) {
        types[n] = &pz_t_double;
        texts[n++] = pz_strf(lw->a, "'%.17g'::DOUBLE", *mean);
    }
    types[n] = types[n + 1] = types[n + 2] = &pz_t_long;
    texts[n++] = pz_strf(lw->a, "%lld::BIGINT", (long long)r->u.sample.seed);
    if (seat.rows) {
        texts[n++] = pz_strf(lw->a, "%lld::BIGINT", (long long)seat.rows);
        texts[n++] = pz_strf(lw->a, "%d::BIGINT", seat.partitions);
    }
    pz_buf_init(&b, 0);
    st = pz_lower_bound_args(lw, &call, name, types, texts, n, type, &b);
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

/* Each row as often as the generator says. */
static pz_status
sample_with_replacement(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    double mean = r->u.sample.upper - r->u.sample.lower;
    pz_item it = {.is_volatile = true};
    pz_str times, name;
    PZ_TRY(random_text(lw, r, "poisson", &mean, &pz_t_long, &times));
    it.text = pz_strf(lw->a, "unnest(range(" PZ_FMT "))", PZ_ARG(times));
    return pz_sel_aside(lw, s, it, &name);
}

pz_status
pz_rel_sample(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    double lower = r->u.sample.lower, upper = r->u.sample.upper;
    pz_str rand, u;
    /* The n-th row sees the n-th number: nothing may be filtered after. */
    PZ_TRY(pz_sel_wrap(lw, s));
    if (r->u.sample.with_replacement) return sample_with_replacement(lw, r, s);
    PZ_TRY(random_text(lw, r, "rand", NULL, &pz_t_double, &rand));
    PZ_TRY(pz_sel_aside(lw, s, (pz_item){.text = rand, .is_volatile = true}, &u));
    pz_vec_push(lw->a, &s->where, pz_strf(lw->a, PZ_FMT " >= '%.17g'::DOUBLE AND " PZ_FMT " < '%.17g'::DOUBLE", PZ_ARG(u), lower, PZ_ARG(u), upper));
    return PZ_OK;
}

/* ---------------------------------------------------------------- SHOW_STRING, HTML_STRING */
static pz_status
write_cell(pz_lowerer *lw, const pz_attr *at, pz_buf *b)
{
    pz_expr whole = {.kind = PZ_EXPR_CALL, .origin = PZ_NO_ORIGIN, .type = &pz_t_string, .u.call.fn = -1};
    pz_expr ref = {.kind = PZ_EXPR_ATTR, .origin = PZ_NO_ORIGIN, .type = at->type, .nullable = true, .resolved = true, .u.attr = (pz_attr *)at};
    pz_str text;
    if (at->type->id == PZ_T_STRING || at->type->id == PZ_T_CHAR || at->type->id == PZ_T_VARCHAR || pz_type_is_integral(at->type) || at->type->id == PZ_T_BOOLEAN) {
        pz_buf_puts(b, "coalesce(");
        pz_lower_attr(lw, at, b);
        pz_buf_puts(b, "::VARCHAR, 'NULL')");
        return PZ_OK;
    }
    PZ_TRY(pz_lower_text(lw, &ref, &text));
    pz_vec_push(lw->a, &whole.args, &ref);
    pz_vec_push(lw->a, &whole.names, PZ_STR("show_text"));
    return pz_lower_bound_args(lw, &whole, "show_text", &at->type, &text, 1, &pz_t_string, b);
}

/* One row: all cells as a list of lists of text, given to a C function together with names and layout. */
pz_status
pz_rel_show(pz_lowerer *lw, const pz_rel *r, pz_sel *s)
{
    const pz_attrs *columns = &r->input->output;
    const pz_type *strings = pz_type_array(lw->a, &pz_t_string, true), *types[5];
    pz_expr whole = {.kind = PZ_EXPR_CALL, .origin = PZ_NO_ORIGIN, .type = &pz_t_string, .u.call.fn = -1};
    int rows = r->u.show.rows > 0 ? r->u.show.rows : 0;
    pz_str texts[5];
    pz_buf b, out;
    pz_status st = PZ_OK;
    if (s->limit.len) PZ_TRY(pz_sel_wrap(lw, s));
    pz_sel_order_by_window(lw, s);
    s->limit = pz_strf(lw->a, "%lld", (long long)rows + 1);
    s->literal_limit = true;
    PZ_TRY(pz_sel_wrap(lw, s));
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "coalesce(list([");
    for (int i = 0; i < columns->n && st == PZ_OK; i++) {
        if (i) pz_buf_puts(&b, ", ");
        st = write_cell(lw, columns->data[i], &b);
    }
    pz_buf_puts(&b, "]::VARCHAR[]), []::VARCHAR[][])");
    texts[0] = pz_buf_dup(&b, lw->a);
    pz_buf_clear(&b);
    pz_buf_putc(&b, '[');
    for (int i = 0; i < columns->n; i++) {
        if (i) pz_buf_puts(&b, ", ");
        pz_lower_string(&b, columns->data[i]->name);
    }
    pz_buf_puts(&b, "]::VARCHAR[]");
    texts[1] = pz_buf_dup(&b, lw->a);
    texts[2] = pz_strf(lw->a, "(%d)::INTEGER", rows);
    texts[3] = pz_strf(lw->a, "(%d)::INTEGER", r->u.show.truncate);
    texts[4] = r->u.show.vertical ? PZ_STR("true") : PZ_STR("false");
    types[0] = pz_type_array(lw->a, strings, true);
    types[1] = strings;
    types[2] = types[3] = &pz_t_int;
    types[4] = &pz_t_boolean;
    pz_buf_init(&out, 0);
    if (st == PZ_OK) {
        const char *impl = r->kind == PZ_REL_SHOW_STRING ? "show_string" : "html_string";
        pz_vec_push(lw->a, &whole.names, pz_str_c(impl));
        st = pz_lower_bound_args(lw, &whole, impl, types, texts, 5, &pz_t_string, &out);
    }
    if (st == PZ_OK) {
        pz_attr *at = r->output.data[0];
        pz_item it = {.attr = at, .text = pz_buf_dup(&out, lw->a), .aggregate = true};
        s->items.n = 0;
        s->grouped = true;
        pz_vec_push(lw->a, &s->items, it);
        pz_lower_bind(lw, at->id, it.text);
    }
    pz_buf_free(&b);
    pz_buf_free(&out);
    return st;
}

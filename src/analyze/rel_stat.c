/*
 * analyze/rel_stat.c - statistics relations and other reshaping: describe, summary, crosstab, cov, corr, approxQuantile, sampleBy, unpivot.
 *
 * Each becomes ordinary relations: one row of aggregates, turned into rows by exploding an array of structs:
 *   describe(x)  =  PROJECT(s.*) < explode(array(struct('count', n_x), struct('mean', m_x), ...)) < AGGREGATE
 */
#include "analyze_int.h"

#include <stdlib.h>

static pz_expr *
ref(pz_analyzer *an, pz_attr *a)
{
    return pz_attr_ref(an, a, PZ_NO_ORIGIN);
}

static pz_expr *
string_literal(pz_analyzer *an, pz_str s)
{
    pz_expr *e = pz_literal_string(an->a, s);
    e->resolved = true;
    return e;
}

static pz_expr *
double_literal(pz_analyzer *an, double d)
{
    pz_expr *e = pz_literal_double(an->a, d);
    e->resolved = true;
    return e;
}

static pz_expr *
try_cast(pz_analyzer *an, pz_expr *e, const pz_type *t)
{
    pz_expr *c = pz_expr_make(an->a, PZ_EXPR_CAST, PZ_NO_ORIGIN);
    pz_vec_push(an->a, &c->args, e);
    c->type = t;
    c->u.cast.mode = PZ_CAST_TRY;
    c->u.cast.mode_set = true;
    return pz_resolve_cast(an, c) == PZ_OK ? c : NULL;
}

static pz_attr *
column(pz_analyzer *an, pz_rel *in, pz_str name, pz_status *st)
{
    pz_expr col = {.kind = PZ_EXPR_COLUMN, .origin = in->origin, .plan_id = -1}, *e = NULL;
    pz_scope *s = pz_scope_of(an, in, NULL, NULL);
    *st = pz_parse_attribute_name(name, an->a, &col.names, an->err);
    if (*st == PZ_OK)
        *st = pz_find_column(an, s, &col, &e);
    if (*st == PZ_OK && (e == NULL || e->kind != PZ_EXPR_ATTR))
        *st = pz_raise_unresolved_column(an, s, &col);
    return *st == PZ_OK ? e->u.attr : NULL;
}

/* rows[i] is a struct call, all of one type: explode them over `in` and show the fields. */
static pz_status
rows_of(pz_analyzer *an, pz_rel *in, const pz_exprs *rows, const pz_exprs *keep, pz_origin o, pz_rel **out)
{
    pz_expr *arr = pz_call_make(an->a, o, "array", 0), *array, *gen;
    arr->args = *rows;
    pz_exprs list = {0};
    PZ_TRY(pz_resolve_call(an, NULL, arr, &array));
    if ((gen = pz_call_resolved(an, "explode", 1, array)) == NULL)
        return PZ_FAIL;
    pz_rel *g = pz_rel_new(an, PZ_REL_GENERATE, in, o);
    pz_vec_push(an->a, &g->exprs, gen);
    pz_attr *col = pz_attr_new(an, PZ_STR("col"), gen->type->fields[0].type, gen->type->fields[0].nullable);
    pz_vec_push(an->a, &g->u.gen.attrs, col);
    pz_attrs all = {0};
    for (int i = 0; i < in->output.n; i++)
        pz_vec_push(an->a, &all, in->output.data[i]);
    pz_vec_push(an->a, &all, col);
    g->output = all;
    for (int i = 0; i < keep->n; i++)
        pz_vec_push(an->a, &list, keep->data[i]);
    for (int i = 0; i < col->type->nfields; i++) {
        pz_expr *f;
        PZ_TRY(pz_extract_field(an, ref(an, col), col->type->fields[i].name, o, &f));
        pz_expr *al = pz_alias_new(an, f, col->type->fields[i].name);
        al->u.alias.attr->nullable = col->type->fields[i].nullable;
        pz_vec_push(an->a, &list, al);
    }
    *out = pz_project_make(an, g, &list);
    return PZ_OK;
}

static pz_expr *
struct_of(pz_analyzer *an, const pz_strs *names, const pz_exprs *values)
{
    pz_expr *c = pz_call_make(an->a, PZ_NO_ORIGIN, "named_struct", 0), *out;
    for (int i = 0; i < names->n; i++) {
        pz_vec_push(an->a, &c->args, string_literal(an, names->data[i]));
        pz_vec_push(an->a, &c->args, values->data[i]);
    }
    return pz_resolve_call(an, NULL, c, &out) == PZ_OK ? out : NULL;
}

/* ------------------------------------------------------------ describe, summary */
static bool
is_percent(pz_str s, double *fraction)
{
    char *end;
    if (s.len < 2 || s.ptr[s.len - 1] != '%')
        return false;
    *fraction = strtod(s.ptr, &end) / 100.0;
    return end == s.ptr + s.len - 1 && *fraction >= 0 && *fraction <= 1;
}

/* Percentages are checked before anything else, as Spark does. */
static pz_status
check_percents(pz_analyzer *an, const pz_strs *stats)
{
    for (int i = 0; i < stats->n; i++) {
        pz_str s = stats->data[i];
        double p;
        if (s.len == 0 || s.ptr[s.len - 1] != '%' || is_percent(s, &p))
            continue;
        char *end;
        strtod(s.ptr, &end);
        if (s.len > 1 && end == s.ptr + s.len - 1)
            return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Percentiles must be in the range [0, 1]");
        return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException, "Unable to parse " PZ_FMT " as a percentile", PZ_ARG(s));
    }
    return PZ_OK;
}

/* The aggregate call, unresolved over resolved columns, that gives one statistic of one column as text. */
static pz_expr *
statistic(pz_analyzer *an, pz_str stat, pz_attr *a)
{
    double p;
    pz_expr *col = ref(an, a), *num = pz_type_is_string(a->type) ? try_cast(an, col, &pz_t_double) : col, *c;
    if (num == NULL)
        return NULL;
    if (is_percent(stat, &p))
        c = pz_call_make(an->a, PZ_NO_ORIGIN, "percentile_approx", 2, num, double_literal(an, p));
    else if (pz_str_ieqc(stat, "count"))
        c = pz_call_make(an->a, PZ_NO_ORIGIN, "count", 1, col);
    else if (pz_str_ieqc(stat, "mean"))
        c = pz_call_make(an->a, PZ_NO_ORIGIN, "avg", 1, num);
    else if (pz_str_ieqc(stat, "stddev"))
        c = pz_call_make(an->a, PZ_NO_ORIGIN, "stddev_samp", 1, num);
    else if (pz_str_ieqc(stat, "min") || pz_str_ieqc(stat, "max"))
        c = pz_call_make(an->a, PZ_NO_ORIGIN, pz_lower_ascii(an->a, stat).ptr, 1, col);
    else if (pz_str_ieqc(stat, "approx_count_distinct"))
        c = pz_call_make(an->a, PZ_NO_ORIGIN, "approx_count_distinct", 1, col);
    else if (pz_str_ieqc(stat, "count_distinct")) {
        c = pz_call_make(an->a, PZ_NO_ORIGIN, "count", 1, col);
        c->u.call.distinct = true;
    } else {
        pz_raise_as(an->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_UNRECOGNIZED_STATISTIC, PZ_NO_ORIGIN, "stats",
                    pz_strf(an->a, "'" PZ_FMT "'", PZ_ARG(stat)).ptr, NULL);
        return NULL;
    }
    pz_expr *text = pz_expr_make(an->a, PZ_EXPR_CAST, PZ_NO_ORIGIN);
    pz_vec_push(an->a, &text->args, c);
    text->type = &pz_t_string;
    return text;
}

static pz_status
describe(pz_analyzer *an, pz_rel *in, const pz_attrs *cols, const pz_strs *stats, pz_origin o, pz_rel **out)
{
    pz_rel *agg = pz_rel_make(an->a, PZ_REL_AGGREGATE, o), *one;
    agg->input = in;
    agg->u.agg.from_sql = true;
    for (int s = 0; s < stats->n; s++)
        for (int c = 0; c < cols->n; c++) {
            pz_expr *e = statistic(an, stats->data[s], cols->data[c]);
            if (e == NULL)
                return PZ_FAIL;
            pz_vec_push(an->a, &agg->exprs, pz_alias_make(an->a, e, pz_strf(an->a, "s%d_%d", s, c)));
        }
    if (agg->exprs.n == 0) {                   /* nothing to describe: the statistic names alone */
        one = pz_rel_new(an, PZ_REL_ONE_ROW, NULL, o);
    } else {
        PZ_TRY(pz_resolve_aggregate(an, agg, NULL, NULL, &one));
    }
    pz_exprs rows = {0}, none = {0};
    for (int s = 0; s < stats->n; s++) {
        pz_strs names = {0};
        pz_exprs values = {0};
        pz_vec_push(an->a, &names, PZ_STR("summary"));
        pz_expr *label = string_literal(an, stats->data[s]);
        pz_vec_push(an->a, &values, label);
        for (int c = 0; c < cols->n; c++) {
            pz_attr *v = pz_attr_copy(an, one->output.data[s * cols->n + c]);
            v->nullable = true;
            pz_vec_push(an->a, &names, cols->data[c]->name);
            pz_vec_push(an->a, &values, ref(an, v));
        }
        pz_expr *row = struct_of(an, &names, &values);
        if (row == NULL)
            return PZ_FAIL;
        pz_vec_push(an->a, &rows, row);
    }
    PZ_TRY(rows_of(an, one, &rows, &none, o, out));
    for (int i = 0; i < (*out)->output.n; i++)
        (*out)->output.data[i]->nullable = true;
    return PZ_OK;
}

static bool
describable(const pz_type *t)
{
    return pz_type_is_numeric(t) || pz_type_is_string(t);
}

static PZ_REL_HANDLER(describe_or_summary)
{
    static const char *const basic[] = {"count", "mean", "stddev", "min", "max"};
    static const char *const full[] = {"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"};
    pz_rel *in;
    pz_attrs cols = {0};
    pz_strs stats = {0};
    pz_status st;
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    if (r->kind == PZ_REL_DESCRIBE) {
        for (int i = 0; i < 5; i++)
            pz_vec_push(an->a, &stats, pz_str_c(basic[i]));
        for (int i = 0; i < r->u.names.list.n; i++) {
            pz_attr *a = column(an, in, r->u.names.list.data[i], &st);
            PZ_TRY(st);
            if (describable(a->type))
                pz_vec_push(an->a, &cols, a);
        }
    } else if (r->u.names.list.n > 0) {
        stats = r->u.names.list;
        PZ_TRY(check_percents(an, &stats));
    } else {
        for (int i = 0; i < 8; i++)
            pz_vec_push(an->a, &stats, pz_str_c(full[i]));
    }
    for (int i = 0; (r->kind == PZ_REL_SUMMARY || r->u.names.list.n == 0) && i < in->output.n; i++)
        if (describable(in->output.data[i]->type))
            pz_vec_push(an->a, &cols, in->output.data[i]);
    return describe(an, in, &cols, &stats, r->origin, out);
}

/* ------------------------------------------------------------ cov, corr, approxQuantile */
static pz_status
one_aggregate(pz_analyzer *an, pz_rel *in, pz_expr *e, pz_str name, pz_origin o, pz_rel **out)
{
    pz_rel *agg = pz_rel_make(an->a, PZ_REL_AGGREGATE, o);
    agg->input = in;
    agg->u.agg.from_sql = true;
    pz_vec_push(an->a, &agg->exprs, pz_alias_make(an->a, e, name));
    return pz_resolve_aggregate(an, agg, NULL, NULL, out);
}

static PZ_REL_HANDLER(cov_or_corr)
{
    pz_rel *in;
    pz_expr *x[2];
    pz_status st;
    bool cov = r->kind == PZ_REL_COV;
    PZ_INPUT(r, &in);
    for (int i = 0; i < 2; i++) {
        pz_attr *a = column(an, in, r->u.stat.columns.data[i], &st);
        PZ_TRY(st);
        if (!pz_type_is_numeric(a->type))
            return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException,
                                 "requirement failed: Currently %s calculation for columns with dataType " PZ_FMT " not supported.",
                                 cov ? "covariance" : "Pearson Correlation", PZ_ARG(pz_type_simple(a->type, an->a)));
        x[i] = pz_call_resolved(an, "coalesce", 2, pz_cast_to(an, ref(an, a), &pz_t_double), double_literal(an, 0.0));
        if (x[i] == NULL)
            return PZ_FAIL;
    }
    PZ_TRY(one_aggregate(an, in, pz_call_make(an->a, r->origin, cov ? "covar_samp" : "corr", 2, x[0], x[1]), cov ? PZ_STR("cov") : PZ_STR("corr"),
                         r->origin, out));
    return PZ_OK;
}

static PZ_REL_HANDLER(approx_quantile)
{
    pz_rel *in;
    pz_status st;
    PZ_INPUT(r, &in);
    pz_rel *agg = pz_rel_make(an->a, PZ_REL_AGGREGATE, r->origin);
    pz_expr *all = pz_call_make(an->a, r->origin, "array", 0);
    pz_expr *ps = pz_call_make(an->a, r->origin, "array", 0), *probabilities;
    for (int i = 0; i < r->u.stat.n; i++)
        pz_vec_push(an->a, &ps->args, double_literal(an, r->u.stat.probabilities[i]));
    PZ_TRY(pz_resolve_call(an, NULL, ps, &probabilities));
    agg->input = in;
    agg->u.agg.from_sql = true;
    int accuracy = r->u.stat.error <= 0 ? 1000000 : (int)(1.0 / r->u.stat.error + 0.5);
    for (int i = 0; i < r->u.stat.columns.n; i++) {
        pz_attr *a = column(an, in, r->u.stat.columns.data[i], &st);
        PZ_TRY(st);
        if (!pz_type_is_numeric(a->type))
            return pz_raise_text(an->err, PZ_CLASS_JavaIllegalArgumentException,
                                 "requirement failed: Quantile calculation for column " PZ_FMT " with data type %s is not supported.", PZ_ARG(a->name),
                                 pz_type_scala(a->type, an->a).ptr);
        pz_expr *none = pz_literal_value(an->a, pz_type_array(an->a, &pz_t_double, false), (pz_value){.list = {NULL, 0}});
        none->resolved = true;                 /* no rows: no quantiles */
        pz_vec_push(an->a, &all->args,
                    pz_call_make(an->a, r->origin, "coalesce", 2,
                                 pz_call_make(an->a, r->origin, "percentile_approx", 3, pz_cast_to(an, ref(an, a), &pz_t_double), probabilities,
                                              pz_literal_int(an->a, accuracy)), none));
    }
    pz_vec_push(an->a, &agg->exprs, pz_alias_make(an->a, all, PZ_STR("approx_quantile")));
    return pz_resolve_aggregate(an, agg, NULL, NULL, out);
}

/* ------------------------------------------------------------ freqItems, sampleBy */
static PZ_REL_HANDLER(freq_items)
{
    pz_rel *in;
    pz_status st;
    PZ_INPUT(r, &in);
    pz_rel *agg = pz_rel_make(an->a, PZ_REL_AGGREGATE, r->origin);
    agg->input = in;
    agg->u.agg.from_sql = true;
    for (int i = 0; i < r->u.stat.columns.n; i++) {
        pz_attr *a = column(an, in, r->u.stat.columns.data[i], &st);
        PZ_TRY(st);
        pz_expr *items = pz_call_make(an->a, r->origin, "frequent items", 2, ref(an, a), pz_literal_int(an->a, (int)(1 / r->u.stat.support)));
        pz_vec_push(an->a, &agg->exprs, pz_alias_make(an->a, items, pz_strf(an->a, PZ_FMT "_freqItems", PZ_ARG(r->u.stat.columns.data[i]))));
    }
    return pz_resolve_aggregate(an, agg, NULL, NULL, out);
}

/* rand(seed) < the fraction of the row's stratum; rows of no stratum never stay. */
static PZ_REL_HANDLER(sample_by)
{
    pz_rel *in;
    pz_expr *key;
    PZ_INPUT(r, &in);
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    PZ_TRY(pz_resolve_expr(an, s, r->u.stat.column, &key));
    pz_expr *seed = pz_literal_long(an->a, r->u.stat.seed), *drawn, *share = pz_call_make(an->a, r->origin, "when", 0), *fraction;
    seed->resolved = true;
    if ((drawn = pz_call_resolved(an, "rand", 1, seed)) == NULL)
        return PZ_FAIL;
    for (int i = 0; i < r->u.stat.n; i++) {
        pz_expr *stratum, *is;
        PZ_TRY(pz_resolve_expr(an, s, r->u.stat.strata.data[i], &stratum));
        if ((is = pz_call_resolved(an, "=", 2, key, stratum)) == NULL)
            return PZ_FAIL;
        pz_vec_push(an->a, &share->args, is);
        pz_vec_push(an->a, &share->args, double_literal(an, r->u.stat.fractions[i]));
    }
    pz_vec_push(an->a, &share->args, double_literal(an, 0.0));
    fraction = share->args.data[0];
    if (share->args.n > 1)
        PZ_TRY(pz_resolve_call(an, NULL, share, &fraction));
    *out = pz_rel_new(an, PZ_REL_FILTER, in, r->origin);
    (*out)->cond = pz_call_resolved(an, "<", 2, drawn, fraction);
    return (*out)->cond == NULL ? PZ_FAIL : PZ_OK;
}

/* ------------------------------------------------------------ crosstab */
static PZ_REL_HANDLER(crosstab)
{
    pz_rel *in;
    pz_status st;
    pz_values got = {0};
    PZ_INPUT(r, &in);
    pz_attr *a = column(an, in, r->u.stat.columns.data[0], &st);
    PZ_TRY(st);
    pz_attr *b = column(an, in, r->u.stat.columns.data[1], &st);
    PZ_TRY(st);
    pz_expr *key[2];
    pz_attr *cols[2] = {a, b};
    for (int i = 0; i < 2; i++) {              /* NULL counts as the text null */
        pz_expr *text = pz_cast_to(an, ref(an, cols[i]), &pz_t_string);
        key[i] = pz_call_resolved(an, "coalesce", 2, text, string_literal(an, PZ_STR("null")));
        if (key[i] == NULL)
            return PZ_FAIL;
    }
    pz_exprs one = {0};
    pz_vec_push(an->a, &one, pz_alias_new(an, key[1], PZ_STR("v")));
    PZ_TRY(an->env->distinct_values(an->env->ctx, pz_rel_new(an, PZ_REL_DISTINCT, pz_project_make(an, in, &one), r->origin), 1000000, an->a,
                                    &got, an->err));
    pz_rel *agg = pz_rel_make(an->a, PZ_REL_AGGREGATE, r->origin);
    agg->input = in;
    agg->u.agg.from_sql = true;
    pz_vec_push(an->a, &agg->keys, key[0]);
    pz_vec_push(an->a, &agg->exprs, pz_alias_make(an->a, key[0], pz_strf(an->a, PZ_FMT "_" PZ_FMT, PZ_ARG(a->name), PZ_ARG(b->name))));
    for (int i = 0; i < got.n; i++) {
        pz_expr *is = pz_call_resolved(an, "=", 2, key[1], string_literal(an, got.data[i].s));
        pz_expr *n = pz_call_make(an->a, r->origin, "count", 1, pz_literal_int(an->a, 1));
        if (is == NULL)
            return PZ_FAIL;
        n->u.call.filter = is;
        pz_vec_push(an->a, &agg->exprs, pz_alias_make(an->a, n, got.data[i].s));
    }
    PZ_TRY(pz_resolve_aggregate(an, agg, NULL, NULL, out));
    (*out)->output.data[0] = pz_attr_copy(an, (*out)->output.data[0]);
    (*out)->output.data[0]->nullable = a->nullable;
    return PZ_OK;
}

/* ------------------------------------------------------------ unpivot */
static pz_status
ambiguous_name(pz_analyzer *an, const pz_rel *r, pz_str name, const pz_attr *other)
{
    pz_strs parts = {0};
    for (int i = 0; other != NULL && i < other->qualifier.n; i++)
        pz_vec_push(an->a, &parts, other->qualifier.data[i]);
    pz_vec_push(an->a, &parts, name);
    return pz_raise(an->err, PZ_ERR_AMBIGUOUS_REFERENCE, r->origin, "name", pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, "referenceNames",
                    pz_strf(an->a, "[`" PZ_FMT "`, " PZ_FMT "]", PZ_ARG(name), PZ_ARG(pz_quote_names(an->a, &parts))).ptr, NULL);
}

/* UNPIVOT of SQL: it unpivots columns, no parts of them, and its new names are names of nothing else. */
static pz_status
check_written(pz_analyzer *an, const pz_rel *r, const pz_strs *names, const pz_exprs *ids, const pz_exprs *vals, int n)
{
    pz_buf b;
    pz_str list;
    pz_buf_init(&b, 0);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < vals[i].n; k++)
            if (vals[i].data[k]->kind != PZ_EXPR_ATTR)
                pz_buf_printf(&b, "%s\"" PZ_FMT " AS " PZ_FMT "\"", b.len ? ", " : "", PZ_ARG(pz_expr_sql(an, vals[i].data[k])),
                              PZ_ARG(vals[i].data[k]->kind == PZ_EXPR_GET_FIELD ? vals[i].data[k]->u.field.name : pz_expr_name(an, vals[i].data[k])));
    list = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    if (list.len)
        return pz_raise(an->err, PZ_ERR_UNPIVOT_REQUIRES_ATTRIBUTES, r->origin, "given", "value", "empty", "id", "expressions", list.ptr, NULL);
    for (int i = 0; i < names->n; i++) {
        for (int k = 0; k < i; k++)
            if (an->env->case_sensitive ? pz_str_eq(names->data[i], names->data[k]) : pz_str_ieq(names->data[i], names->data[k]))
                return ambiguous_name(an, r, names->data[i], NULL);
        for (int k = 0; k < ids->n; k++) {
            const pz_attr *id = ids->data[k]->u.attr;
            if (an->env->case_sensitive ? pz_str_eq(names->data[i], id->name) : pz_str_ieq(names->data[i], id->name))
                return ambiguous_name(an, r, names->data[i], id);
        }
    }
    return PZ_OK;
}

typedef struct typed { pz_str type, name; } typed;

static int
by_type_and_name(const void *x, const void *y)
{
    const typed *a = x, *b = y;
    int c = pz_str_cmp(a->type, b->type);
    return c ? c : pz_str_cmp(a->name, b->name);
}

/* "INT" (`a`, `b`), "STRING" (`c`): three names of each type at most */
static pz_str
by_types(pz_analyzer *an, typed *list, int n)
{
    pz_buf b;
    pz_str s;
    int same = 0;
    qsort(list, (size_t)n, sizeof *list, by_type_and_name);
    pz_buf_init(&b, 0);
    for (int i = 0; i < n; i++) {
        bool next = i == 0 || !pz_str_eq(list[i].type, list[i - 1].type), last = i + 1 == n || !pz_str_eq(list[i].type, list[i + 1].type);
        same = next ? 0 : same + 1;
        if (next)
            pz_buf_printf(&b, "%s" PZ_FMT " (", i ? ", " : "", PZ_ARG(list[i].type));
        if (same < 3)
            pz_buf_printf(&b, "%s`" PZ_FMT "`", next ? "" : ", ", PZ_ARG(list[i].name));
        else if (same == 3)
            pz_buf_puts(&b, ", ...");
        if (last)
            pz_buf_putc(&b, ')');
    }
    s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

PZ_REL_HANDLER(pz_resolve_unpivot)
{
    pz_rel *in;
    pz_exprs ids = {0}, rows = {0};
    typedef PZ_VEC(pz_exprs) groups;
    groups vals = {0};
    pz_strs labels = {0};
    PZ_INPUT(r, &in);
    in = pz_drop_hidden(an, in);
    pz_scope *s = pz_scope_of(an, in, outer, orefs);
    pz_exprs written = {0};
    PZ_TRY(pz_expand_stars(an, s, &r->keys, &written));
    for (int i = 0; i < written.n; i++) {
        pz_expr *e;
        PZ_TRY(pz_resolve_expr(an, s, written.data[i], &e));
        pz_vec_push(an->a, &ids, pz_name_item(an, written.data[i], e));
    }
    groups in_groups = {0};
    for (int i = 0; i < r->u.unpivot.groups.n; i++)
        pz_vec_push(an->a, &in_groups, r->u.unpivot.groups.data[i]);
    if (in_groups.n == 0) {
        pz_exprs list = {0};
        if (r->exprs.n > 0 || r->u.unpivot.has_values)
            PZ_TRY(pz_expand_stars(an, s, &r->exprs, &list));
        for (int i = 0; i < list.n; i++) {
            pz_exprs one = {0};
            pz_vec_push(an->a, &one, list.data[i]);
            pz_vec_push(an->a, &in_groups, one);
        }
        for (int i = 0; !r->u.unpivot.has_values && r->exprs.n == 0 && i < in->output.n; i++) {
            bool id = false;
            for (int k = 0; k < ids.n; k++)
                id |= ids.data[k]->kind == PZ_EXPR_ATTR && ids.data[k]->u.attr->id == in->output.data[i]->id;
            pz_exprs one = {0};
            pz_vec_push(an->a, &one, ref(an, in->output.data[i]));
            if (!id)
                pz_vec_push(an->a, &in_groups, one);
        }
    }
    if (in_groups.n == 0)
        return pz_raise(an->err, PZ_ERR_UNPIVOT_REQUIRES_VALUE_COLUMNS, r->origin, NULL);
    int width = in_groups.data[0].n;
    for (int i = 0; i < in_groups.n; i++)
        if (in_groups.data[i].n != width || (r->u.unpivot.value_names.n && r->u.unpivot.value_names.n != width))
            return pz_raise(an->err, PZ_ERR_UNPIVOT_VALUE_SIZE_MISMATCH, r->origin, "names",
                            pz_strf(an->a, "%d", r->u.unpivot.value_names.n ? r->u.unpivot.value_names.n : 1).ptr, NULL);
    for (int i = 0; i < in_groups.n; i++) {
        pz_exprs g = {0};
        pz_buf label;
        pz_buf_init(&label, 0);
        for (int k = 0; k < in_groups.data[i].n; k++) {
            pz_expr *e;
            PZ_TRY(pz_resolve_expr(an, s, in_groups.data[i].data[k], &e));
            pz_str name = e->kind == PZ_EXPR_ALIAS ? e->u.alias.names.data[0] : pz_expr_name(an, e);
            while (e->kind == PZ_EXPR_ALIAS)
                e = e->args.data[0];
            pz_buf_printf(&label, "%s" PZ_FMT, k ? "_" : "", PZ_ARG(name));
            pz_vec_push(an->a, &g, e);
        }
        pz_str text = pz_buf_dup(&label, an->a);
        pz_buf_free(&label);
        if (r->u.unpivot.group_aliases.n > i && r->u.unpivot.group_aliases.data[i].ptr != NULL)
            text = r->u.unpivot.group_aliases.data[i];
        pz_vec_push(an->a, &labels, text);
        pz_vec_push(an->a, &vals, g);
    }
    if (in->output.n > 0 && ids.n == 0 && r->kind == PZ_REL_UNPIVOT && r->u.unpivot.groups.n > 0 && r->keys.n == 0) {
        for (int i = 0; i < in->output.n; i++) {       /* SQL: what is not unpivoted stays */
            bool used = false;
            for (int g = 0; g < vals.n; g++)
                for (int k = 0; k < vals.data[g].n; k++)
                    used |= vals.data[g].data[k]->kind == PZ_EXPR_ATTR && vals.data[g].data[k]->u.attr->id == in->output.data[i]->id;
            if (!used)
                pz_vec_push(an->a, &ids, ref(an, in->output.data[i]));
        }
    }
    pz_strs names = {0};
    pz_vec_push(an->a, &names, r->u.unpivot.variable);
    for (int k = 0; k < width; k++)
        pz_vec_push(an->a, &names, r->u.unpivot.value_names.n > k ? r->u.unpivot.value_names.data[k] : r->u.unpivot.value);
    if (r->u.unpivot.groups.n > 0)
        PZ_TRY(check_written(an, r, &names, &ids, vals.data, vals.n));
    for (int k = 0; k < width; k++) {          /* the values of one column take their common type */
        const pz_type *t = vals.data[0].data[k]->type;
        for (int i = 1; i < vals.n && t != NULL; i++)
            t = pz_type_wider_plain(an->a, t, vals.data[i].data[k]->type, pz_widening(an->env, an->env->ansi));
        if (t == NULL) {
            typed *list = PZ_NEWN(an->a, typed, vals.n);
            for (int i = 0; i < vals.n; i++)
                list[i] = (typed){pz_quote_type(an, vals.data[i].data[k]->type), width == 1 && r->u.unpivot.groups.n == 0 ? labels.data[i] : pz_expr_name(an, vals.data[i].data[k])};
            return pz_raise(an->err, PZ_ERR_UNPIVOT_VALUE_DATA_TYPE_MISMATCH, PZ_NO_ORIGIN, "types", by_types(an, list, vals.n).ptr, NULL);
        }
        for (int i = 0; i < vals.n; i++)
            vals.data[i].data[k] = pz_cast_to(an, vals.data[i].data[k], t);
    }
    for (int i = 0; i < vals.n; i++) {
        pz_exprs v = {0};
        pz_vec_push(an->a, &v, string_literal(an, labels.data[i]));
        for (int k = 0; k < width; k++)
            pz_vec_push(an->a, &v, vals.data[i].data[k]);
        pz_expr *row = struct_of(an, &names, &v);
        if (row == NULL)
            return PZ_FAIL;
        pz_vec_push(an->a, &rows, row);
    }
    PZ_TRY(rows_of(an, in, &rows, &ids, r->origin, out));
    for (int k = 0; k < width; k++) {          /* NULL is possible where any of the columns has it */
        pz_attr **a = &(*out)->output.data[(*out)->output.n - width + k];
        *a = pz_attr_copy(an, *a);
        for (int i = 0; i < vals.n; i++)
            (*a)->nullable |= vals.data[i].data[k]->nullable;
    }
    pz_expr *cond = NULL;
    for (int k = 0; k < width && !r->u.unpivot.include_nulls; k++) {
        pz_expr *e = pz_call_resolved(an, "isnotnull", 1, ref(an, (*out)->output.data[(*out)->output.n - width + k]));
        cond = cond == NULL ? e : pz_call_resolved(an, "or", 2, cond, e);
        if (cond == NULL)
            return PZ_FAIL;
    }
    if (cond != NULL) {
        pz_rel *f = pz_rel_new(an, PZ_REL_FILTER, *out, r->origin);
        f->cond = cond;
        *out = f;
    }
    return PZ_OK;
}

PZ_REL_HANDLER(pz_resolve_pipe)
{
    (void)outer, (void)orefs, (void)out;
    return pz_raise_internal(an->err, "pipe operator " PZ_FMT " has no analysis", PZ_ARG(r->u.pipe.op));
}

PZ_REL_HANDLER(pz_resolve_stat)
{
    switch (r->kind) {
    case PZ_REL_DESCRIBE:
    case PZ_REL_SUMMARY: return describe_or_summary(an, r, outer, orefs, out);
    case PZ_REL_COV:
    case PZ_REL_CORR: return cov_or_corr(an, r, outer, orefs, out);
    case PZ_REL_APPROX_QUANTILE: return approx_quantile(an, r, outer, orefs, out);
    case PZ_REL_CROSSTAB: return crosstab(an, r, outer, orefs, out);
    case PZ_REL_FREQ_ITEMS: return freq_items(an, r, outer, orefs, out);
    case PZ_REL_SAMPLE_BY: return sample_by(an, r, outer, orefs, out);
    default: return pz_raise_internal(an->err, "no statistics for relation kind %d", (int)r->kind);
    }
}

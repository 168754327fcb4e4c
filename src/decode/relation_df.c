/*
 * decode/relation_df.c - relations that only the DataFrame API has: columns added, dropped and renamed, NA functions, statistics, show.
 */
#include "decode_int.h"

#define REFUSE(d, ...) pz_raise_text((d)->err, PZ_CLASS_JavaIllegalArgumentException, __VA_ARGS__)

static pz_status
dec_deduplicate(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(Deduplicate) *x = m->deduplicate;
    bool all = x->_all_columns_as_keys_case && x->all_columns_as_keys;
    r->kind = PZ_REL_DEDUPLICATE;
    if (!x->input) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_DEDUPLICATE_NEEDS_INPUT, PZ_NO_ORIGIN, NULL);
    if (all && x->n_column_names)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_DEDUPLICATE_ALL_COLUMNS_AND_SUBSET, PZ_NO_ORIGIN, NULL);
    if (!all && !x->n_column_names)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_DEDUPLICATE_REQUIRES_COLUMNS_OR_ALL, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    pz_dec_strs(d, x->n_column_names, x->column_names, &r->u.names.list);
    r->u.names.all = all;
    r->u.names.within_watermark = x->_within_watermark_case && x->within_watermark;
    return PZ_OK;
}

static pz_status
dec_to_df(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_TO_DF;
    pz_dec_strs(d, m->to_df->n_column_names, m->to_df->column_names, &r->u.names.list);
    return pz_dec_rel(d, m->to_df->input, &r->input);
}

static pz_status
dec_rename(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(WithColumnsRenamed) *x = m->with_columns_renamed;
    r->kind = PZ_REL_RENAME;
    for (size_t i = 0; i < x->n_renames; i++) {
        pz_dec_str(d, x->renames[i]->col_name, &r->u.names.list);
        pz_dec_str(d, x->renames[i]->new_col_name, &r->u.names.list);
    }
    for (size_t i = 0; i < x->n_rename_columns_map && !x->n_renames; i++) {    /* clients before 4.0 */
        pz_dec_str(d, x->rename_columns_map[i]->key, &r->u.names.list);
        pz_dec_str(d, x->rename_columns_map[i]->value, &r->u.names.list);
    }
    return pz_dec_rel(d, x->input, &r->input);
}

static pz_status
dec_drop(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_DROP;
    PZ_TRY(pz_dec_rel(d, m->drop->input, &r->input));
    pz_dec_strs(d, m->drop->n_column_names, m->drop->column_names, &r->u.names.list);
    return pz_dec_exprs(d, m->drop->n_columns, m->drop->columns, &r->exprs);
}

static pz_status
not_single(pz_decoder *d, const EXPR_MSG(Alias) *m)
{
    pz_buf b;
    pz_status s;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '[');
    for (size_t i = 0; i < m->n_name; i++) pz_buf_printf(&b, "%s%s", i ? ", " : "", m->name[i]);
    pz_buf_putc(&b, ']');
    s = pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_WITH_COLUMNS_REQUIRE_SINGLE_NAME_PART, PZ_NO_ORIGIN, "got", b.ptr, NULL);
    pz_buf_free(&b);
    return s;
}

static pz_status
dec_with_columns(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_WITH_COLUMNS;
    PZ_TRY(pz_dec_rel(d, m->with_columns->input, &r->input));
    for (size_t i = 0; i < m->with_columns->n_aliases; i++) {
        const EXPR_MSG(Alias) *x = m->with_columns->aliases[i];
        pz_expr *e;
        if (x->n_name != 1) return not_single(d, x);
        PZ_TRY(pz_dec_alias(d, x, PZ_NO_ORIGIN, &e));
        pz_vec_push(d->a, &r->exprs, e);
    }
    return PZ_OK;
}

static pz_status
dec_unpivot(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(Unpivot) *x = m->unpivot;
    r->kind = PZ_REL_UNPIVOT;
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    PZ_TRY(pz_dec_exprs(d, x->n_ids, x->ids, &r->keys));
    if (x->_values_case) {
        r->u.unpivot.has_values = true;
        PZ_TRY(pz_dec_exprs(d, x->values->n_values, x->values->values, &r->exprs));
    }
    r->u.unpivot.include_nulls = true;
    r->u.unpivot.variable = pz_str_c(x->variable_column_name);
    r->u.unpivot.value = pz_str_c(x->value_column_name);
    return PZ_OK;
}

static pz_status
dec_to_schema(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const pz_type *t;
    r->kind = PZ_REL_TO_SCHEMA;
    PZ_TRY(pz_dec_type(d, m->to_schema->schema, &t));
    if (t->id != PZ_T_STRUCT) return pz_dec_assertion(d, "");
    r->u.schema.n = t->nfields;
    r->u.schema.fields = (pz_field *)t->fields;
    return pz_dec_rel(d, m->to_schema->input, &r->input);
}

static pz_status
dec_transpose(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_TRANSPOSE;
    PZ_TRY(pz_dec_rel(d, m->transpose->input, &r->input));
    return pz_dec_exprs(d, m->transpose->n_index_columns, m->transpose->index_columns, &r->exprs);
}

static pz_status
dec_show(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_SHOW_STRING;
    r->u.show.rows = m->show_string->num_rows;
    r->u.show.truncate = m->show_string->truncate;
    r->u.show.vertical = m->show_string->vertical;
    return pz_dec_rel(d, m->show_string->input, &r->input);
}

static pz_status
dec_html(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_HTML_STRING;
    r->u.show.rows = m->html_string->num_rows;
    r->u.show.truncate = m->html_string->truncate;
    return pz_dec_rel(d, m->html_string->input, &r->input);
}

static pz_status
dec_metrics(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_COLLECT_METRICS;
    PZ_TRY(pz_dec_rel(d, m->collect_metrics->input, &r->input));
    if (!m->collect_metrics->name[0]) return REFUSE(d, "requirement failed: Name must not be empty");
    r->u.metrics.name = pz_str_c(m->collect_metrics->name);
    return pz_dec_exprs(d, m->collect_metrics->n_metrics, m->collect_metrics->metrics, &r->exprs);
}

static pz_status
dec_parse(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(Parse) *p = m->parse;
    r->kind = PZ_REL_PARSE;
    switch (p->format) {
    case SPARK__CONNECT__PARSE__PARSE_FORMAT__PARSE_FORMAT_CSV: r->u.parse.format = PZ_STR("csv"); break;
    case SPARK__CONNECT__PARSE__PARSE_FORMAT__PARSE_FORMAT_JSON: r->u.parse.format = PZ_STR("json"); break;
    case SPARK__CONNECT__PARSE__PARSE_FORMAT__PARSE_FORMAT_XML: r->u.parse.format = PZ_STR("xml"); break;
    default: return pz_dec_bad_enum(d, &spark__connect__parse__parse_format__descriptor, (int)p->format);
    }
    PZ_TRY(pz_dec_rel(d, p->input, &r->input));
    if (p->_schema_case) {
        const pz_type *t;
        PZ_TRY(pz_dec_type(d, p->schema, &t));
        if (t->id != PZ_T_STRUCT)
            return pz_raise_as(d->err, PZ_CLASS_InvalidPlanInput, PZ_ERR_INVALID_SCHEMA_TYPE_NON_STRUCT, PZ_NO_ORIGIN, "dataType",
                               pz_strf(d->a, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(t, d->a))).ptr, NULL);
        r->u.parse.schema_text = pz_type_json(t, d->a);
    }
    PZ_DEC_OPTIONS(d, p, options, &r->u.parse.options);
    return PZ_OK;
}

/* ---- NA functions ---- */
/* Values that fill and replace may be numbers, texts and booleans; integers only as long.  Java's name of the class of others. */
static const char *
java_class(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BYTE: return "java.lang.Byte";
    case PZ_T_SHORT: return "java.lang.Short";
    case PZ_T_INT: return "java.lang.Integer";
    case PZ_T_FLOAT: return "java.lang.Float";
    case PZ_T_DECIMAL: return "org.apache.spark.sql.types.Decimal";
    case PZ_T_DATE: return "java.sql.Date";
    case PZ_T_TIMESTAMP: return "java.sql.Timestamp";
    default: return "java.lang.Object";
    }
}

static pz_status
unsupported_value(pz_decoder *d, const pz_expr *e)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_value_text(&b, e->type, &e->value, PZ_TEXT_CAST, pz_zone_find(PZ_STR("UTC")));
    REFUSE(d, "Unsupported value type %s (%s).", java_class(e->type), b.ptr ? b.ptr : "");
    pz_buf_free(&b);
    return PZ_FAIL;
}

static bool
fillable(const pz_type *t)
{
    return t->id == PZ_T_LONG || t->id == PZ_T_DOUBLE || t->id == PZ_T_STRING || t->id == PZ_T_BOOLEAN;
}

static pz_status
dec_fill(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(NAFill) *x = m->fill_na;
    r->kind = PZ_REL_NA_FILL;
    if (!x->n_values) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_NA_FILL_VALUES_EMPTY, PZ_NO_ORIGIN, NULL);
    if (x->n_values > 1 && x->n_values != x->n_cols)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_NA_FILL_VALUES_LENGTH_MISMATCH, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    pz_dec_strs(d, x->n_cols, x->cols, &r->u.names.list);
    PZ_TRY(pz_dec_literals(d, x->n_values, x->values, &r->exprs));
    for (int i = 0; i < r->exprs.n; i++)
        if (r->exprs.data[i]->value.null || !fillable(r->exprs.data[i]->type)) return unsupported_value(d, r->exprs.data[i]);
    return PZ_OK;
}

static pz_status
dec_drop_na(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_NA_DROP;
    pz_dec_strs(d, m->drop_na->n_cols, m->drop_na->cols, &r->u.names.list);
    r->u.names.min_non_nulls = m->drop_na->_min_non_nulls_case ? m->drop_na->min_non_nulls : -1;
    return pz_dec_rel(d, m->drop_na->input, &r->input);
}

static pz_status
dec_replace(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(NAReplace) *x = m->replace;
    r->kind = PZ_REL_NA_REPLACE;
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    pz_dec_strs(d, x->n_cols, x->cols, &r->u.names.list);
    for (size_t i = 0; i < x->n_replacements; i++) {
        EXPR_MSG(Literal) *const pair[] = {x->replacements[i]->old_value, x->replacements[i]->new_value};
        PZ_TRY(pz_dec_literals(d, 2, pair, &r->exprs));
    }
    for (int i = 0; i < r->exprs.n; i++) {
        const pz_expr *e = r->exprs.data[i];
        if (!e->value.null && !pz_type_is_numeric(e->type) && e->type->id != PZ_T_STRING && e->type->id != PZ_T_BOOLEAN) return unsupported_value(d, e);
    }
    return PZ_OK;
}

/* ---- statistics ---- */
static pz_status
dec_names(pz_decoder *d, pz_rel_kind k, const MSG(Relation) *input, size_t n, char *const *names, pz_rel *r)
{
    r->kind = k;
    pz_dec_strs(d, n, names, &r->u.names.list);
    return pz_dec_rel(d, input, &r->input);
}

static pz_status
dec_two_columns(pz_decoder *d, pz_rel_kind k, const MSG(Relation) *input, const char *a, const char *b, pz_rel *r)
{
    r->kind = k;
    pz_dec_str(d, a, &r->u.stat.columns);
    pz_dec_str(d, b, &r->u.stat.columns);
    return pz_dec_rel(d, input, &r->input);
}

static pz_status
dec_corr(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(StatCorr) *x = m->corr;
    PZ_TRY(dec_two_columns(d, PZ_REL_CORR, x->input, x->col1, x->col2, r));
    r->u.stat.method = x->_method_case ? pz_str_c(x->method) : PZ_STR("pearson");
    if (pz_str_ieqc(r->u.stat.method, "pearson")) return PZ_OK;
    return REFUSE(d, "requirement failed: Currently only the calculation of the Pearson Correlation coefficient is supported.");
}

static pz_status
refuse_number(pz_decoder *d, const char *fmt, double v)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_double_text(&b, v);
    REFUSE(d, fmt, b.ptr);
    pz_buf_free(&b);
    return PZ_FAIL;
}

static pz_status
dec_quantile(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(StatApproxQuantile) *x = m->approx_quantile;
    r->kind = PZ_REL_APPROX_QUANTILE;
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    pz_dec_strs(d, x->n_cols, x->cols, &r->u.stat.columns);
    r->u.stat.probabilities = x->probabilities;
    r->u.stat.n = (int)x->n_probabilities;
    r->u.stat.error = x->relative_error;
    for (size_t i = 0; i < x->n_probabilities; i++)
        if (!(x->probabilities[i] >= 0 && x->probabilities[i] <= 1)) return REFUSE(d, "requirement failed: percentile should be in the range [0.0, 1.0]");
    if (!(x->relative_error >= 0)) return refuse_number(d, "requirement failed: Relative Error must be non-negative but got %s", x->relative_error);
    return PZ_OK;
}

static pz_status
dec_freq_items(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(StatFreqItems) *x = m->freq_items;
    r->kind = PZ_REL_FREQ_ITEMS;
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    pz_dec_strs(d, x->n_cols, x->cols, &r->u.stat.columns);
    r->u.stat.support = x->_support_case ? x->support : 0.01;
    if (!(r->u.stat.support >= 1e-4 && r->u.stat.support <= 1))
        return refuse_number(d, "requirement failed: Support must be in [1e-4, 1], but got %s.", r->u.stat.support);
    return PZ_OK;
}

static pz_status
dec_sample_by(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(StatSampleBy) *x = m->sample_by;
    r->kind = PZ_REL_SAMPLE_BY;
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    PZ_TRY(pz_dec_expr(d, x->col, &r->u.stat.column));
    r->u.stat.fractions = PZ_NEWN(d->a, double, x->n_fractions + 1);
    r->u.stat.n = (int)x->n_fractions;
    r->u.stat.seed = x->_seed_case ? x->seed : pz_now_micros();
    for (size_t i = 0; i < x->n_fractions; i++) {
        pz_expr *e;
        double f = x->fractions[i]->fraction;
        PZ_TRY(pz_dec_literal(d, x->fractions[i]->stratum, &e));
        pz_vec_push(d->a, &r->u.stat.strata, e);
        r->u.stat.fractions[i] = f;
        if (!(f >= 0 && f <= 1)) return refuse_number(d, "requirement failed: Fractions must be in [0, 1], but got %s.", f);
    }
    return PZ_OK;
}

pz_status
pz_dec_dataframe_rel(pz_decoder *d, const MSG(Relation) *m, pz_rel *r, bool *known)
{
    *known = true;
    switch (m->rel_type_case) {
    case SPARK__CONNECT__RELATION__REL_TYPE_DEDUPLICATE: return dec_deduplicate(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_TO_DF: return dec_to_df(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_WITH_COLUMNS_RENAMED: return dec_rename(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_DROP: return dec_drop(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_WITH_COLUMNS: return dec_with_columns(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_UNPIVOT: return dec_unpivot(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_TO_SCHEMA: return dec_to_schema(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_TRANSPOSE: return dec_transpose(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_SHOW_STRING: return dec_show(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_HTML_STRING: return dec_html(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_COLLECT_METRICS: return dec_metrics(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_PARSE: return dec_parse(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_FILL_NA: return dec_fill(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_DROP_NA: return dec_drop_na(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_REPLACE: return dec_replace(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_SUMMARY: return dec_names(d, PZ_REL_SUMMARY, m->summary->input, m->summary->n_statistics, m->summary->statistics, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_DESCRIBE: return dec_names(d, PZ_REL_DESCRIBE, m->describe->input, m->describe->n_cols, m->describe->cols, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_CROSSTAB: return dec_two_columns(d, PZ_REL_CROSSTAB, m->crosstab->input, m->crosstab->col1, m->crosstab->col2, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_COV: return dec_two_columns(d, PZ_REL_COV, m->cov->input, m->cov->col1, m->cov->col2, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_CORR: return dec_corr(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_APPROX_QUANTILE: return dec_quantile(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_FREQ_ITEMS: return dec_freq_items(d, m, r);
    case SPARK__CONNECT__RELATION__REL_TYPE_SAMPLE_BY: return dec_sample_by(d, m, r);
    default: *known = false; return PZ_OK;
    }
}

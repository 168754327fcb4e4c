/*
 * decode/relation.c - Relation messages to unresolved relations: sources and the plain operators.
 *
 * Things start at pz_dec_rel().  Joins, set operations and kin are in relation_join.c; what only the DataFrame API has in relation_df.c.
 */
#include "decode_int.h"

#include "../sql/sql.h"

typedef pz_status (*handler)(pz_decoder *d, const MSG(Relation) *m, pz_rel *r);

static pz_rel *
make(pz_decoder *d, pz_rel_kind k)
{
    return pz_rel_make(d->a, k, PZ_NO_ORIGIN);
}

static pz_expr *
int_literal(pz_decoder *d, int32_t v)
{
    return pz_literal_int(d->a, v);
}

/* ---- sources ---- */
static pz_status
dec_named_table(pz_decoder *d, const MSG(Read) *m, pz_rel *r)
{
    r->kind = PZ_REL_NAMED_TABLE;
    PZ_TRY(pz_parse_table_name(pz_str_c(m->named_table->unparsed_identifier), d->a, &r->u.table.names, d->err));
    PZ_DEC_OPTIONS(d, m->named_table, options, &r->u.table.options);
    r->u.table.streaming = m->is_streaming;
    return PZ_OK;
}

static pz_status
dec_data_source(pz_decoder *d, const MSG(Read) *m, pz_rel *r)
{
    const Spark__Connect__Read__DataSource *s = m->data_source;
    r->kind = PZ_REL_DATA_SOURCE;
    if (s->_format_case) r->u.source.format = pz_str_c(s->format);
    if (s->n_predicates && !pz_str_ieqc(r->u.source.format, "jdbc"))
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE, PZ_NO_ORIGIN, "format",
                        r->u.source.format.ptr ? r->u.source.format.ptr : "", NULL);
    if (s->_schema_case && s->schema[0]) r->u.source.schema_text = pz_str_c(s->schema);
    pz_dec_strs(d, s->n_paths, s->paths, &r->u.source.paths);
    PZ_DEC_OPTIONS(d, s, options, &r->u.source.options);
    r->u.source.streaming = m->is_streaming;
    return PZ_OK;
}

static pz_status
dec_read(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    switch (m->read->read_type_case) {
    case SPARK__CONNECT__READ__READ_TYPE_NAMED_TABLE: return dec_named_table(d, m->read, r);
    case SPARK__CONNECT__READ__READ_TYPE_DATA_SOURCE: return dec_data_source(d, m->read, r);
    default: return pz_dec_not_set(d, m->read->base.descriptor, "read_type");
    }
}

static pz_status
dec_changes(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    pz_strs names = {0};
    (void)r;
    PZ_TRY(pz_parse_table_name(pz_str_c(m->relation_changes->unparsed_identifier), d->a, &names, d->err));
    return pz_raise(d->err, PZ_ERR_UNSUPPORTED_FEATURE_CHANGE_DATA_CAPTURE, PZ_NO_ORIGIN, "catalogName",
                    names.n > 2 ? names.data[0].ptr : "spark_catalog", NULL);
}

static pz_status
add_param(pz_decoder *d, pz_rel *r, const char *name, pz_expr *value)
{
    pz_vec_push(d->a, &r->u.sql.param_names, pz_str_c(name));
    pz_vec_push(d->a, &r->u.sql.params, value);
    return PZ_OK;
}

/* SQL text with its parameters; m may be NULL.  Both the newer expressions and the older literals are read. */
pz_status
pz_dec_sql(pz_decoder *d, pz_str text, const MSG(SQL) *m, pz_rel **out)
{
    pz_rel *r = make(d, PZ_REL_SQL);
    pz_exprs list = {0};
    r->u.sql.text = text;
    *out = r;
    if (!m) return PZ_OK;
    if ((m->n_args || m->n_named_arguments) && (m->n_pos_args || m->n_pos_arguments))
        return pz_raise(d->err, PZ_ERR_INVALID_QUERY_MIXED_QUERY_PARAMETERS, PZ_NO_ORIGIN, NULL);
    for (size_t i = 0; i < m->n_named_arguments; i++) {
        pz_expr *e;
        PZ_TRY(pz_dec_expr(d, m->named_arguments[i]->value, &e));
        PZ_TRY(add_param(d, r, m->named_arguments[i]->key, e));
    }
    for (size_t i = 0; i < m->n_args && !m->n_named_arguments; i++) {
        pz_expr *e;
        PZ_TRY(pz_dec_literal(d, m->args[i]->value, &e));
        PZ_TRY(add_param(d, r, m->args[i]->key, e));
    }
    PZ_TRY(pz_dec_exprs(d, m->n_pos_arguments, m->pos_arguments, &list));
    if (!m->n_pos_arguments) PZ_TRY(pz_dec_literals(d, m->n_pos_args, m->pos_args, &list));
    for (int i = 0; i < list.n; i++) PZ_TRY(add_param(d, r, NULL, list.data[i]));
    return PZ_OK;
}

static pz_status
dec_sql(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    pz_rel *sql;
    PZ_TRY(pz_dec_sql(d, pz_dec_text(m->sql->query), m->sql, &sql));
    *r = *sql;
    return PZ_OK;
}

static pz_status
dec_local(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(LocalRelation) *l = m->local_relation;
    r->kind = PZ_REL_LOCAL;
    if (l->_data_case) r->u.local.data = (pz_str){l->data.len ? (const char *)l->data.data : "", l->data.len};
    if (l->_schema_case && l->schema[0]) r->u.local.schema_text = pz_str_c(l->schema);
    if (!l->_data_case && !r->u.local.schema_text.ptr)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_SCHEMA_REQUIRED_FOR_LOCAL_RELATION, PZ_NO_ORIGIN, NULL);
    return PZ_OK;
}

static pz_status
dec_cached_local(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_CACHED_LOCAL;
    pz_dec_str(d, m->cached_local_relation->hash, &r->u.local.hashes);
    return PZ_OK;
}

static pz_status
dec_chunked_local(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(ChunkedCachedLocalRelation) *c = m->chunked_cached_local_relation;
    if (!c->n_datahashes)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA, PZ_NO_ORIGIN, NULL);
    r->kind = PZ_REL_CACHED_LOCAL;
    r->u.local.chunked = true;
    pz_dec_strs(d, c->n_datahashes, c->datahashes, &r->u.local.hashes);
    if (c->_schema_hash_case) r->u.local.schema_hash = pz_str_c(c->schemahash);
    return PZ_OK;
}

static pz_status
dec_cached_remote(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    (void)d;
    r->kind = PZ_REL_CACHED_REMOTE;
    r->u.cached.id = pz_str_c(m->cached_remote_relation->relation_id);
    return PZ_OK;
}

static pz_status
dec_range(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(Range) *x = m->range;
    if (x->step == 0) return pz_raise_text(d->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: step (0) cannot be 0");
    if (x->_num_partitions_case && x->num_partitions <= 0)
        return pz_raise_text(d->err, PZ_CLASS_JavaIllegalArgumentException, "Positive number of partitions required");
    r->kind = PZ_REL_RANGE;
    r->u.range.start = x->_start_case ? x->start : 0;
    r->u.range.end = x->end;
    r->u.range.step = x->step;
    if (x->_num_partitions_case) r->u.range.partitions = x->num_partitions;
    return PZ_OK;
}

static pz_status
dec_tvf(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_TVF;
    pz_dec_str(d, m->unresolved_table_valued_function->function_name, &r->u.tvf.names);
    return pz_dec_exprs(d, m->unresolved_table_valued_function->n_arguments, m->unresolved_table_valued_function->arguments, &r->exprs);
}

/* ---- one input ---- */
static pz_status
dec_project(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_PROJECT;
    if (m->project->input) PZ_TRY(pz_dec_rel(d, m->project->input, &r->input));
    else r->input = make(d, PZ_REL_ONE_ROW);
    return pz_dec_exprs(d, m->project->n_expressions, m->project->expressions, &r->exprs);
}

static pz_status
dec_filter(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_FILTER;
    if (!m->filter->input) return pz_dec_assertion(d, "");
    PZ_TRY(pz_dec_rel(d, m->filter->input, &r->input));
    return pz_dec_expr(d, m->filter->condition, &r->cond);
}

static pz_status
dec_sort(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_SORT;
    if (!m->sort->n_order) return pz_dec_assertion(d, "'order' must be present and contain elements.");
    PZ_TRY(pz_dec_rel(d, m->sort->input, &r->input));
    r->u.sort.global = m->sort->_is_global_case && m->sort->is_global;
    return pz_dec_sort_orders(d, m->sort->n_order, m->sort->order, &r->exprs);
}

static pz_status
dec_limit(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_LIMIT;
    r->cond = int_literal(d, m->limit->limit);
    return pz_dec_rel(d, m->limit->input, &r->input);
}

static pz_status
dec_offset(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_OFFSET;
    r->cond = int_literal(d, m->offset->offset);
    return pz_dec_rel(d, m->offset->input, &r->input);
}

static pz_status
dec_tail(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_TAIL;
    r->cond = int_literal(d, m->tail->limit);
    return pz_dec_rel(d, m->tail->input, &r->input);
}

static pz_status
dec_pivot(pz_decoder *d, const MSG(Aggregate) *m, pz_rel *r)
{
    if (!m->pivot) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_AGGREGATE_WITH_PIVOT_REQUIRES_PIVOT, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_dec_expr(d, m->pivot->col, &r->u.agg.pivot_col));
    return pz_dec_literals(d, m->pivot->n_values, m->pivot->values, &r->u.agg.pivot_values);
}

static pz_status
dec_grouping_sets(pz_decoder *d, const MSG(Aggregate) *m, pz_rel *r)
{
    for (size_t i = 0; i < m->n_grouping_sets; i++) {
        pz_exprs set = {0};
        PZ_TRY(pz_dec_exprs(d, m->grouping_sets[i]->n_grouping_set, m->grouping_sets[i]->grouping_set, &set));
        pz_vec_push(d->a, &r->u.agg.sets, set);
    }
    return PZ_OK;
}

static pz_status
dec_aggregate(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(Aggregate) *g = m->aggregate;
    r->kind = PZ_REL_AGGREGATE;
    if (!g->input) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_AGGREGATE_NEEDS_PLAN_INPUT, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_dec_rel(d, g->input, &r->input));
    PZ_TRY(pz_dec_exprs(d, g->n_grouping_expressions, g->grouping_expressions, &r->keys));
    PZ_TRY(pz_dec_exprs(d, g->n_aggregate_expressions, g->aggregate_expressions, &r->exprs));
    r->u.agg.has_group_by = r->keys.n > 0;
    switch (g->group_type) {
    case SPARK__CONNECT__AGGREGATE__GROUP_TYPE__GROUP_TYPE_GROUPBY: r->u.agg.kind = PZ_GROUP_BY; return PZ_OK;
    case SPARK__CONNECT__AGGREGATE__GROUP_TYPE__GROUP_TYPE_ROLLUP: r->u.agg.kind = PZ_GROUP_ROLLUP; return PZ_OK;
    case SPARK__CONNECT__AGGREGATE__GROUP_TYPE__GROUP_TYPE_CUBE: r->u.agg.kind = PZ_GROUP_CUBE; return PZ_OK;
    case SPARK__CONNECT__AGGREGATE__GROUP_TYPE__GROUP_TYPE_PIVOT: r->u.agg.kind = PZ_GROUP_PIVOT; return dec_pivot(d, g, r);
    case SPARK__CONNECT__AGGREGATE__GROUP_TYPE__GROUP_TYPE_GROUPING_SETS: r->u.agg.kind = PZ_GROUP_SETS; return dec_grouping_sets(d, g, r);
    default: return pz_dec_bad_enum(d, &spark__connect__aggregate__group_type__descriptor, (int)g->group_type);
    }
}

static pz_status
dec_alias(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_ALIAS;
    pz_dec_strs(d, m->subquery_alias->n_qualifier, m->subquery_alias->qualifier, &r->u.alias.names);
    pz_dec_str(d, m->subquery_alias->alias, &r->u.alias.names);
    return pz_dec_rel(d, m->subquery_alias->input, &r->input);
}

static pz_status
dec_sample(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(Sample) *s = m->sample;
    double fraction = s->upper_bound - s->lower_bound;
    r->kind = PZ_REL_SAMPLE;
    PZ_TRY(pz_dec_rel(d, s->input, &r->input));
    r->u.sample.lower = s->lower_bound;
    r->u.sample.upper = s->upper_bound;
    r->u.sample.with_replacement = s->_with_replacement_case && s->with_replacement;
    r->u.sample.has_seed = s->_seed_case;
    r->u.sample.seed = s->_seed_case ? s->seed : 0;
    r->u.sample.deterministic = s->deterministic_order;
    if (!r->u.sample.with_replacement && !(fraction >= -1e-6 && fraction <= 1 + 1e-6)) {
        pz_buf b;
        pz_buf_init(&b, 0);
        pz_double_text(&b, fraction);
        pz_raise_text(d->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Sampling fraction (%s) must be on interval [0, 1] without replacement",
                      b.ptr);
        pz_buf_free(&b);
        return PZ_FAIL;
    }
    return PZ_OK;
}

static pz_status
partitions_positive(pz_decoder *d, int n)
{
    if (n > 0) return PZ_OK;
    return pz_raise_text(d->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Number of partitions (%d) must be positive.", n);
}

static pz_status
dec_repartition(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_REPARTITION;
    PZ_TRY(pz_dec_rel(d, m->repartition->input, &r->input));
    r->u.repartition.partitions = m->repartition->num_partitions;
    r->u.repartition.shuffle = m->repartition->_shuffle_case && m->repartition->shuffle;
    return partitions_positive(d, m->repartition->num_partitions);
}

static pz_status
dec_repartition_by(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(RepartitionByExpression) *x = m->repartition_by_expression;
    r->kind = PZ_REL_REPARTITION;
    PZ_TRY(pz_dec_rel(d, x->input, &r->input));
    PZ_TRY(pz_dec_exprs(d, x->n_partition_exprs, x->partition_exprs, &r->exprs));
    r->u.repartition.partitions = x->_num_partitions_case ? x->num_partitions : 0;
    r->u.repartition.shuffle = true;
    r->u.repartition.by_id = x->n_partition_exprs == 1 && x->partition_exprs[0]->expr_type_case == SPARK__CONNECT__EXPRESSION__EXPR_TYPE_DIRECT_SHUFFLE_PARTITION_ID;
    return x->_num_partitions_case ? partitions_positive(d, x->num_partitions) : PZ_OK;
}

static pz_status
dec_hint(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_HINT;
    r->u.hint.name = pz_str_c(m->hint->name);
    PZ_TRY(pz_dec_rel(d, m->hint->input, &r->input));
    return pz_dec_exprs(d, m->hint->n_parameters, m->hint->parameters, &r->exprs);
}

static pz_status
dec_watermark(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(WithWatermark) *w = m->with_watermark;
    int32_t months, days;
    int64_t micros;
    r->kind = PZ_REL_WATERMARK;
    r->u.watermark.column = pz_str_c(w->event_time);
    if (!pz_calendar_interval_parse(pz_str_c(w->delay_threshold), &months, &days, &micros))
        return pz_raise(d->err, PZ_ERR_CANNOT_PARSE_INTERVAL, PZ_NO_ORIGIN, "intervalString", pz_strf(d->a, "'%s'", w->delay_threshold).ptr, NULL);
    r->u.watermark.millis = (int64_t)months * 31 * 86400000 + (int64_t)days * 86400000 + micros / 1000;
    if (r->u.watermark.millis < 0)
        return pz_raise_text(d->err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: delay threshold (%s) should not be negative.", w->delay_threshold);
    return pz_dec_rel(d, w->input, &r->input);
}

static pz_status
dec_with_relations(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    r->kind = PZ_REL_WITH_RELATIONS;
    PZ_TRY(pz_dec_rel(d, m->with_relations->root, &r->input));
    for (size_t i = 0; i < m->with_relations->n_references; i++) {
        const MSG(Relation) *ref = m->with_relations->references[i];
        pz_rel *x;
        if (ref->rel_type_case != SPARK__CONNECT__RELATION__REL_TYPE_SUBQUERY_ALIAS && !(ref->common && ref->common->_plan_id_case))
            return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_WITH_RELATION_REFERENCE, PZ_NO_ORIGIN, NULL);
        PZ_TRY(pz_dec_rel(d, ref, &x));
        pz_vec_push(d->a, &r->inputs, x);
    }
    return PZ_OK;
}

static pz_status
dec_catalog(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    pz_rel *x;
    PZ_TRY(pz_dec_catalog(d, m->catalog, &x));
    *r = *x;
    if (m->common && m->common->_plan_id_case) r->u.command->plan_id = m->common->plan_id;
    return PZ_OK;
}

static pz_status
dec_extension(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    (void)r;
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_NO_HANDLER_FOR_EXTENSION, PZ_NO_ORIGIN, "extensionTypeUrl", m->extension->type_url, NULL);
}

static pz_status
dec_ml(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    unsigned k = m->ml_relation->ml_type_case;
    (void)r;
    return pz_raise(d->err, PZ_ERR_CONNECT_ML_UNSUPPORTED_EXCEPTION, PZ_NO_ORIGIN, "message",
                    pz_strf(d->a, "%s not supported", k ? pz_dec_field_name(d, m->ml_relation->base.descriptor, k) : "MLTYPE_NOT_SET").ptr, NULL);
}

/* Python functions over whole relations: known, not served. */
static pz_status
dec_python(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(CommonInlineUserDefinedFunction) *f = NULL;
    (void)r;
    switch (m->rel_type_case) {
    case SPARK__CONNECT__RELATION__REL_TYPE_MAP_PARTITIONS:
        PZ_TRY(pz_dec_rel(d, m->map_partitions->input, &r->input));
        f = m->map_partitions->func;
        break;
    case SPARK__CONNECT__RELATION__REL_TYPE_GROUP_MAP: f = m->group_map->func; break;
    case SPARK__CONNECT__RELATION__REL_TYPE_CO_GROUP_MAP: f = m->co_group_map->func; break;
    default: f = m->apply_in_pandas_with_state->func; break;
    }
    return pz_dec_udf(d, f);
}

static pz_status
dec_udtf(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    const MSG(CommonInlineUserDefinedTableFunction) *f = m->common_inline_user_defined_table_function;
    (void)r;
    if (f->function_case != SPARK__CONNECT__COMMON_INLINE_USER_DEFINED_TABLE_FUNCTION__FUNCTION_PYTHON_UDTF)
        return pz_dec_not_set(d, f->base.descriptor, "function");
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_FUNCTION_EVAL_TYPE_NOT_SUPPORTED, PZ_NO_ORIGIN, "evalType",
                    pz_strf(d->a, "%d", f->python_udtf->eval_type).ptr, NULL);
}

static handler
find_handler(Spark__Connect__Relation__RelTypeCase k)
{
    switch (k) {
    case SPARK__CONNECT__RELATION__REL_TYPE_READ: return dec_read;
    case SPARK__CONNECT__RELATION__REL_TYPE_RELATION_CHANGES: return dec_changes;
    case SPARK__CONNECT__RELATION__REL_TYPE_PROJECT: return dec_project;
    case SPARK__CONNECT__RELATION__REL_TYPE_FILTER: return dec_filter;
    case SPARK__CONNECT__RELATION__REL_TYPE_SORT: return dec_sort;
    case SPARK__CONNECT__RELATION__REL_TYPE_LIMIT: return dec_limit;
    case SPARK__CONNECT__RELATION__REL_TYPE_OFFSET: return dec_offset;
    case SPARK__CONNECT__RELATION__REL_TYPE_TAIL: return dec_tail;
    case SPARK__CONNECT__RELATION__REL_TYPE_AGGREGATE: return dec_aggregate;
    case SPARK__CONNECT__RELATION__REL_TYPE_SQL: return dec_sql;
    case SPARK__CONNECT__RELATION__REL_TYPE_LOCAL_RELATION: return dec_local;
    case SPARK__CONNECT__RELATION__REL_TYPE_CACHED_LOCAL_RELATION: return dec_cached_local;
    case SPARK__CONNECT__RELATION__REL_TYPE_CHUNKED_CACHED_LOCAL_RELATION: return dec_chunked_local;
    case SPARK__CONNECT__RELATION__REL_TYPE_CACHED_REMOTE_RELATION: return dec_cached_remote;
    case SPARK__CONNECT__RELATION__REL_TYPE_RANGE: return dec_range;
    case SPARK__CONNECT__RELATION__REL_TYPE_UNRESOLVED_TABLE_VALUED_FUNCTION: return dec_tvf;
    case SPARK__CONNECT__RELATION__REL_TYPE_SUBQUERY_ALIAS: return dec_alias;
    case SPARK__CONNECT__RELATION__REL_TYPE_SAMPLE: return dec_sample;
    case SPARK__CONNECT__RELATION__REL_TYPE_REPARTITION: return dec_repartition;
    case SPARK__CONNECT__RELATION__REL_TYPE_REPARTITION_BY_EXPRESSION: return dec_repartition_by;
    case SPARK__CONNECT__RELATION__REL_TYPE_HINT: return dec_hint;
    case SPARK__CONNECT__RELATION__REL_TYPE_WITH_WATERMARK: return dec_watermark;
    case SPARK__CONNECT__RELATION__REL_TYPE_WITH_RELATIONS: return dec_with_relations;
    case SPARK__CONNECT__RELATION__REL_TYPE_CATALOG: return dec_catalog;
    case SPARK__CONNECT__RELATION__REL_TYPE_EXTENSION: return dec_extension;
    case SPARK__CONNECT__RELATION__REL_TYPE_ML_RELATION: return dec_ml;
    case SPARK__CONNECT__RELATION__REL_TYPE_MAP_PARTITIONS:
    case SPARK__CONNECT__RELATION__REL_TYPE_GROUP_MAP:
    case SPARK__CONNECT__RELATION__REL_TYPE_CO_GROUP_MAP:
    case SPARK__CONNECT__RELATION__REL_TYPE_APPLY_IN_PANDAS_WITH_STATE: return dec_python;
    case SPARK__CONNECT__RELATION__REL_TYPE_COMMON_INLINE_USER_DEFINED_TABLE_FUNCTION: return dec_udtf;
    default: return NULL;
    }
}

static pz_status
dec_kind(pz_decoder *d, const MSG(Relation) *m, pz_rel *r)
{
    handler h = find_handler(m->rel_type_case);
    bool known;
    if (h) return h(d, m, r);
    PZ_TRY(pz_dec_join_rel(d, m, r, &known));
    if (!known) PZ_TRY(pz_dec_dataframe_rel(d, m, r, &known));
    return known ? PZ_OK : pz_dec_not_supported(d, &m->base, m->rel_type_case);
}

pz_status
pz_dec_rel(pz_decoder *d, const MSG(Relation) *m, pz_rel **out)
{
    pz_status s;
    pz_rel *r;
    if (!m || m->rel_type_case == SPARK__CONNECT__RELATION__REL_TYPE__NOT_SET)
        return pz_dec_not_set(d, &spark__connect__relation__descriptor, "rel_type");
    PZ_TRY(pz_dec_enter(d));
    r = make(d, PZ_REL_ONE_ROW);
    s = dec_kind(d, m, r);
    d->depth--;
    PZ_TRY(s);
    if (m->common) {
        if (m->common->_plan_id_case) r->plan_id = m->common->plan_id;
        if (m->common->origin) r->origin = pz_dec_origin(d, m->common->origin);
    }
    *out = r;
    return PZ_OK;
}

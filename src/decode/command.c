/*
 * decode/command.c - Command messages to COMMAND relations (tables/commands.def tells the slots).
 *
 * Things start at pz_dec_command().  Commands that are known but not served become UNSUPPORTED with the field's name, after the checks
 * that Spark makes on them first.
 */
#include "decode_int.h"

#include "../sql/sql.h"

static pz_status
dec_sql_command(pz_decoder *d, const MSG(SqlCommand) *m, pz_rel **out)
{
    const MSG(Relation) *in = m->input;
    if (in && in->rel_type_case == SPARK__CONNECT__RELATION__REL_TYPE_SQL) return pz_dec_rel(d, in, out);
    if (in && in->rel_type_case == SPARK__CONNECT__RELATION__REL_TYPE_WITH_RELATIONS) {
        const MSG(Relation) *root = in->with_relations->root;
        if (!root || root->rel_type_case != SPARK__CONNECT__RELATION__REL_TYPE_SQL)
            return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_SQL_WITH_REFERENCES, PZ_NO_ORIGIN, "query",
                            root ? pz_dec_field_name(d, root->base.descriptor, root->rel_type_case) : "", NULL);
        return pz_dec_rel(d, in, out);
    }
    if (in && in->rel_type_case)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_SQL_COMMAND_EXPECTS_SQL_OR_WITH_RELATIONS, PZ_NO_ORIGIN, "other",
                        pz_dec_field_name(d, in->base.descriptor, in->rel_type_case), NULL);
    {   /* the older form has the fields of a SQL relation itself */
        MSG(SQL) sql = SPARK__CONNECT__SQL__INIT;
        sql.query = m->sql;
        sql.n_pos_args = m->n_pos_args;
        sql.pos_args = m->pos_args;
        sql.n_pos_arguments = m->n_pos_arguments;
        sql.pos_arguments = m->pos_arguments;
        sql.n_args = m->n_args;
        sql.args = (Spark__Connect__SQL__ArgsEntry **)m->args;         /* map entries of the same shape */
        sql.n_named_arguments = m->n_named_arguments;
        sql.named_arguments = (Spark__Connect__SQL__NamedArgumentsEntry **)m->named_arguments;
        return pz_dec_sql(d, pz_dec_text(m->sql), &sql, out);
    }
}

/* A view's name loses its qualifier; a name that does not parse is refused as a whole. */
static pz_status
dec_view(pz_decoder *d, const MSG(CreateDataFrameViewCommand) *m, pz_rel **out)
{
    pz_command *c;
    pz_error quiet;
    pz_strs names = {0};
    *out = pz_command_make(d->a, PZ_CMD_CREATE_DATAFRAME_VIEW, PZ_NO_ORIGIN, &c);
    pz_error_init(&quiet, d->a);
    if (!m->name[0] || pz_parse_table_name(pz_str_c(m->name), d->a, &names, &quiet) != PZ_OK || !names.n || names.n > 2)
        return pz_raise(d->err, PZ_ERR_LEGACY_ERROR_TEMP_1321, PZ_NO_ORIGIN, "viewName", m->name, NULL);
    pz_vec_push(d->a, &c->names, names.data[names.n - 1]);
    c->global = m->is_global;
    c->replace = m->replace;
    return pz_dec_rel(d, m->input, &c->query);
}

static pz_status
save_mode(pz_decoder *d, int mode, pz_str *out)
{
    switch (mode) {
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_MODE__SAVE_MODE_UNSPECIFIED:
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_MODE__SAVE_MODE_ERROR_IF_EXISTS: *out = PZ_STR("error"); return PZ_OK;
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_MODE__SAVE_MODE_APPEND: *out = PZ_STR("append"); return PZ_OK;
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_MODE__SAVE_MODE_OVERWRITE: *out = PZ_STR("overwrite"); return PZ_OK;
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_MODE__SAVE_MODE_IGNORE: *out = PZ_STR("ignore"); return PZ_OK;
    default: return pz_dec_bad_enum(d, &spark__connect__write_operation__save_mode__descriptor, mode);
    }
}

static pz_status
dec_save_table(pz_decoder *d, const Spark__Connect__WriteOperation__SaveTable *t, pz_command *c)
{
    switch (t->save_method) {
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_TABLE__TABLE_SAVE_METHOD__TABLE_SAVE_METHOD_SAVE_AS_TABLE: c->text2 = PZ_STR("save_as_table"); break;
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_TABLE__TABLE_SAVE_METHOD__TABLE_SAVE_METHOD_INSERT_INTO: c->text2 = PZ_STR("insert_into"); break;
    default: return pz_dec_bad_enum(d, &spark__connect__write_operation__save_table__table_save_method__descriptor, (int)t->save_method);
    }
    return pz_parse_table_name(pz_str_c(t->table_name), d->a, &c->names, d->err);
}

static pz_status
dec_write(pz_decoder *d, const MSG(WriteOperation) *m, pz_rel **out)
{
    pz_command *c;
    *out = pz_command_make(d->a, PZ_CMD_WRITE, PZ_NO_ORIGIN, &c);
    PZ_TRY(pz_dec_rel(d, m->input, &c->query));
    PZ_TRY(save_mode(d, (int)m->mode, &c->mode));
    if (m->_source_case) c->provider = pz_str_c(m->source);
    pz_dec_strs(d, m->n_partitioning_columns, m->partitioning_columns, &c->columns);
    PZ_DEC_OPTIONS(d, m, options, &c->options);
    c->flag2 = m->with_schema_evolution;
    if (m->bucket_by) {
        if (!m->bucket_by->n_bucket_column_names)
            return pz_raise_text(d->err, PZ_CLASS_JavaNoSuchElementException, "Bucketing needs at least one column.");
        c->number = m->bucket_by->num_buckets;
        pz_dec_strs(d, m->bucket_by->n_bucket_column_names, m->bucket_by->bucket_column_names, &c->names2);
    }
    pz_dec_strs(d, m->n_sort_column_names, m->sort_column_names, &c->column_comments);
    for (size_t i = 0; i < m->n_clustering_columns; i++) {
        pz_expr *e = pz_literal_string(d->a, pz_str_c(m->clustering_columns[i]));
        pz_vec_push(d->a, &c->exprs, e);
    }
    switch (m->save_type_case) {
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_TYPE_PATH: c->text = pz_str_c(m->path); return PZ_OK;
    case SPARK__CONNECT__WRITE_OPERATION__SAVE_TYPE_TABLE: return dec_save_table(d, m->table, c);
    default: return PZ_OK;                     /* the path may stand in the options, or the source needs none */
    }
}

static pz_status
dec_write_v2(pz_decoder *d, const MSG(WriteOperationV2) *m, pz_rel **out)
{
    static const char *const modes[] = {NULL, "create", "overwrite", "overwrite_partitions", "append", "replace", "create_or_replace"};
    pz_command *c;
    *out = pz_command_make(d->a, PZ_CMD_WRITE_V2, PZ_NO_ORIGIN, &c);
    PZ_TRY(pz_dec_rel(d, m->input, &c->query));
    PZ_TRY(pz_parse_table_name(pz_str_c(m->table_name), d->a, &c->names, d->err));
    if ((int)m->mode < 1 || (size_t)m->mode >= PZ_COUNTOF(modes))
        return pz_dec_bad_enum(d, &spark__connect__write_operation_v2__mode__descriptor, (int)m->mode);
    c->mode = pz_str_c(modes[m->mode]);
    if (m->mode == SPARK__CONNECT__WRITE_OPERATION_V2__MODE__MODE_OVERWRITE) PZ_TRY(pz_dec_expr(d, m->overwrite_condition, &c->cond));
    if (m->_provider_case) c->provider = pz_str_c(m->provider);
    PZ_DEC_OPTIONS(d, m, options, &c->options);
    PZ_DEC_OPTIONS(d, m, table_properties, &c->properties);
    pz_dec_strs(d, m->n_clustering_columns, m->clustering_columns, &c->columns);
    c->flag2 = m->with_schema_evolution;
    return pz_dec_exprs(d, m->n_partitioning_columns, m->partitioning_columns, &c->exprs);
}

/* ---- MERGE of a DataFrame: clauses come as expressions */
static pz_status
assignment_key(pz_decoder *d, const MSG(Expression) *m, pz_strs *names)
{
    pz_expr *key;
    PZ_TRY(pz_dec_expr(d, m, &key));
    if (key->kind == PZ_EXPR_COLUMN) {
        *names = key->names;
        return PZ_OK;
    }
    return pz_parse_attribute_name(key->kind == PZ_EXPR_SQL_TEXT ? key->u.text : PZ_STR(""), d->a, names, d->err);
}

static pz_status
dec_merge_clause(pz_decoder *d, const MSG(Expression) *e, int when, pz_command *c)
{
    static const int actions[] = {[SPARK__CONNECT__MERGE_ACTION__ACTION_TYPE__ACTION_TYPE_DELETE] = PZ_MERGE_DELETE,
                                  [SPARK__CONNECT__MERGE_ACTION__ACTION_TYPE__ACTION_TYPE_INSERT] = PZ_MERGE_INSERT,
                                  [SPARK__CONNECT__MERGE_ACTION__ACTION_TYPE__ACTION_TYPE_INSERT_STAR] = PZ_MERGE_INSERT_ALL,
                                  [SPARK__CONNECT__MERGE_ACTION__ACTION_TYPE__ACTION_TYPE_UPDATE] = PZ_MERGE_UPDATE,
                                  [SPARK__CONNECT__MERGE_ACTION__ACTION_TYPE__ACTION_TYPE_UPDATE_STAR] = PZ_MERGE_UPDATE_ALL};
    pz_merge_clause *k = PZ_NEW(d->a, pz_merge_clause);
    const MSG(MergeAction) *m;
    if (e->expr_type_case != SPARK__CONNECT__EXPRESSION__EXPR_TYPE_MERGE_ACTION) return pz_dec_not_set(d, &spark__connect__expression__descriptor, "merge_action");
    m = e->merge_action;
    if (m->action_type <= 0 || (size_t)m->action_type >= PZ_COUNTOF(actions))
        return pz_dec_bad_enum(d, &spark__connect__merge_action__action_type__descriptor, (int)m->action_type);
    k->when = when;
    k->action = actions[m->action_type];
    if (m->_condition_case) PZ_TRY(pz_dec_expr(d, m->condition, &k->cond));
    for (size_t i = 0; i < m->n_assignments; i++) {
        pz_strs names;
        pz_expr *value;
        PZ_TRY(assignment_key(d, m->assignments[i]->key, &names));
        PZ_TRY(pz_dec_expr(d, m->assignments[i]->value, &value));
        pz_vec_push(d->a, &k->columns, names);
        pz_vec_push(d->a, &k->values, value);
    }
    pz_vec_push(d->a, &c->merge, k);
    return PZ_OK;
}

static pz_status
dec_merge(pz_decoder *d, const MSG(MergeIntoTableCommand) *m, pz_rel **out)
{
    pz_command *c;
    *out = pz_command_make(d->a, PZ_CMD_MERGE, PZ_NO_ORIGIN, &c);
    PZ_TRY(pz_parse_table_name(pz_str_c(m->target_table_name), d->a, &c->names, d->err));
    PZ_TRY(pz_dec_rel(d, m->source_table_plan, &c->query));
    PZ_TRY(pz_dec_expr(d, m->merge_condition, &c->cond));
    for (size_t i = 0; i < m->n_match_actions; i++) PZ_TRY(dec_merge_clause(d, m->match_actions[i], PZ_MERGE_MATCHED, c));
    for (size_t i = 0; i < m->n_not_matched_actions; i++) PZ_TRY(dec_merge_clause(d, m->not_matched_actions[i], PZ_MERGE_NOT_MATCHED, c));
    for (size_t i = 0; i < m->n_not_matched_by_source_actions; i++)
        PZ_TRY(dec_merge_clause(d, m->not_matched_by_source_actions[i], PZ_MERGE_NOT_MATCHED_BY_SOURCE, c));
    c->flag1 = m->with_schema_evolution;
    return PZ_OK;
}

static pz_status
dec_checkpoint(pz_decoder *d, const MSG(CheckpointCommand) *m, pz_rel **out)
{
    pz_command *c;
    *out = pz_command_make(d->a, PZ_CMD_CHECKPOINT, PZ_NO_ORIGIN, &c);
    c->flag1 = m->local;
    c->flag2 = m->eager;
    return pz_dec_rel(d, m->relation, &c->query);
}

static pz_status
dec_remove_cached(pz_decoder *d, const MSG(RemoveCachedRemoteRelationCommand) *m, pz_rel **out)
{
    pz_command *c;
    *out = pz_command_make(d->a, PZ_CMD_REMOVE_CACHED_REMOTE, PZ_NO_ORIGIN, &c);
    c->text = m->relation ? pz_str_c(m->relation->relation_id) : PZ_STR("");
    return PZ_OK;
}

static pz_status
unsupported(pz_decoder *d, const MSG(Command) *m, pz_rel **out)
{
    pz_command *c;
    *out = pz_command_make(d->a, PZ_CMD_UNSUPPORTED, PZ_NO_ORIGIN, &c);
    c->text = pz_str_c(pz_dec_field_name(d, m->base.descriptor, m->command_type_case));
    return PZ_OK;
}

static pz_status
dec_register_table_function(pz_decoder *d, const MSG(CommonInlineUserDefinedTableFunction) *f)
{
    if (f->function_case != SPARK__CONNECT__COMMON_INLINE_USER_DEFINED_TABLE_FUNCTION__FUNCTION_PYTHON_UDTF)
        return pz_dec_not_set(d, f->base.descriptor, "function");
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_FUNCTION_EVAL_TYPE_NOT_SUPPORTED, PZ_NO_ORIGIN, "evalType",
                    pz_strf(d->a, "%d", f->python_udtf->eval_type).ptr, NULL);
}

/* Commands that Spark checks before it acts, and that we refuse after the same checks. */
static pz_status
dec_refused(pz_decoder *d, const MSG(Command) *m, pz_rel **out)
{
    pz_rel *input;
    switch (m->command_type_case) {
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_REGISTER_FUNCTION: return pz_dec_udf(d, m->register_function);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_REGISTER_TABLE_FUNCTION: return dec_register_table_function(d, m->register_table_function);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_REGISTER_DATA_SOURCE:
        if (m->register_data_source->data_source_case != SPARK__CONNECT__COMMON_INLINE_USER_DEFINED_DATA_SOURCE__DATA_SOURCE_PYTHON_DATA_SOURCE)
            return pz_dec_not_set(d, m->register_data_source->base.descriptor, "data_source");
        break;
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_WRITE_STREAM_OPERATION_START:
        PZ_TRY(pz_dec_rel(d, m->write_stream_operation_start->input, &input));
        break;
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_STREAMING_QUERY_MANAGER_COMMAND:
        if (!m->streaming_query_manager_command->command_case) return pz_dec_not_set(d, m->streaming_query_manager_command->base.descriptor, "command");
        break;
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_ML_COMMAND: {
        unsigned k = m->ml_command->command_case;
        return pz_raise(d->err, PZ_ERR_CONNECT_ML_UNSUPPORTED_EXCEPTION, PZ_NO_ORIGIN, "message",
                        pz_strf(d->a, "%s not supported", k ? pz_dec_field_name(d, m->ml_command->base.descriptor, k) : "COMMAND_NOT_SET").ptr, NULL);
    }
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_EXECUTE_EXTERNAL_COMMAND:
        if (!m->execute_external_command->runner[0])
            return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_FIELD_CANNOT_BE_EMPTY, PZ_NO_ORIGIN, "fieldName", "runner", "fullName",
                            m->execute_external_command->base.descriptor->name, NULL);
        return pz_raise(d->err, PZ_ERR_DATA_SOURCE_NOT_FOUND, PZ_NO_ORIGIN, "provider", m->execute_external_command->runner, NULL);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_EXTENSION:
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_NO_HANDLER_FOR_EXTENSION, PZ_NO_ORIGIN, "extensionTypeUrl", m->extension->type_url, NULL);
    default: break;
    }
    return unsupported(d, m, out);
}

pz_status
pz_dec_command(pz_decoder *d, const MSG(Command) *m, pz_rel **out)
{
    pz_command *c;
    if (!m || m->command_type_case == SPARK__CONNECT__COMMAND__COMMAND_TYPE__NOT_SET)
        return pz_dec_not_set(d, &spark__connect__command__descriptor, "command_type");
    switch (m->command_type_case) {
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_SQL_COMMAND: return dec_sql_command(d, m->sql_command, out);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_CREATE_DATAFRAME_VIEW: return dec_view(d, m->create_dataframe_view, out);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_WRITE_OPERATION: return dec_write(d, m->write_operation, out);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_WRITE_OPERATION_V2: return dec_write_v2(d, m->write_operation_v2, out);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_MERGE_INTO_TABLE_COMMAND: return dec_merge(d, m->merge_into_table_command, out);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_CHECKPOINT_COMMAND: return dec_checkpoint(d, m->checkpoint_command, out);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_REMOVE_CACHED_REMOTE_RELATION_COMMAND: return dec_remove_cached(d, m->remove_cached_remote_relation_command, out);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_GET_RESOURCES_COMMAND: *out = pz_command_make(d->a, PZ_CMD_GET_RESOURCES, PZ_NO_ORIGIN, &c); return PZ_OK;
    default: return dec_refused(d, m, out);
    }
}

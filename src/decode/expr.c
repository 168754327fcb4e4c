/*
 * decode/expr.c - Expression messages to unresolved expressions, one function per member of Expression.expr_type.
 *
 * Things start at pz_dec_expr().  Function names that stand for operators get the names the SQL parser gives them.
 */
#include "decode_int.h"

#include "../sql/sql.h"

typedef pz_status (*handler)(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out);

/* Names clients send that are operators (shown as such), or spelled otherwise than in SQL. */
static const struct { const char *sent, *name; bool as_operator; } function_names[] = {
    {"+", "+", true}, {"-", "-", true}, {"*", "*", true}, {"/", "/", true}, {"%", "%", true}, {"div", "div", true},
    {"==", "=", true}, {"=", "=", true}, {"<=>", "<=>", true}, {"<", "<", true}, {"<=", "<=", true}, {">", ">", true}, {">=", ">=", true},
    {"and", "and", true}, {"or", "or", true}, {"not", "not", true}, {"!", "not", true},
    {"&", "&", true}, {"|", "|", true}, {"^", "^", true}, {"~", "~", true},
    {"in", "in", true}, {"when", "when", true}, {"like", "like", true}, {"ilike", "ilike", true}, {"rlike", "rlike", true},
    {"isnull", "isnull", true}, {"isnotnull", "isnotnull", true}, {"isNull", "isnull", true}, {"isNotNull", "isnotnull", true},
    {"isNaN", "isnan", false}, {"startsWith", "startswith", false}, {"endsWith", "endswith", false},
};

static pz_status
dec_literal(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    PZ_TRY(pz_dec_literal(d, m->literal, out));
    (*out)->origin = o;
    return PZ_OK;
}

static pz_expr *
column(pz_decoder *d, pz_origin o, pz_strs names, bool has_plan_id, int64_t plan_id)
{
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_COLUMN, o);
    e->names = names;
    if (has_plan_id) e->plan_id = plan_id;
    return e;
}

static pz_status
attribute_name(pz_decoder *d, pz_str text, pz_strs *out)
{
    if (text.len) return pz_parse_attribute_name(text, d->a, out, d->err);
    pz_vec_push(d->a, out, PZ_STR(""));
    return PZ_OK;
}

static pz_status
dec_attribute(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(UnresolvedAttribute) *u = m->unresolved_attribute;
    pz_strs names = {0};
    PZ_TRY(attribute_name(d, pz_str_c(u->unparsed_identifier), &names));
    *out = column(d, o, names, u->_plan_id_case, u->plan_id);
    return PZ_OK;
}

static pz_status
dec_function(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(UnresolvedFunction) *f = m->unresolved_function;
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_CALL, o);
    pz_str name = pz_str_c(f->function_name);
    for (size_t i = 0; i < PZ_COUNTOF(function_names); i++)
        if (pz_str_eqc(name, function_names[i].sent)) {
            name = pz_str_c(function_names[i].name);
            e->u.call.as_operator = function_names[i].as_operator;
            break;
        }
    if (f->is_user_defined_function && name.len) PZ_TRY(pz_parse_table_name(name, d->a, &e->names, d->err));
    else pz_vec_push(d->a, &e->names, name);
    e->u.call.distinct = f->is_distinct;
    e->u.call.sought = !f->is_internal;
    e->u.call.internal = !f->_is_internal_case || f->is_internal;    /* unset: names of internal functions are known too */
    PZ_TRY(pz_dec_exprs(d, f->n_arguments, f->arguments, &e->args));
    *out = e;
    return PZ_OK;
}

static pz_status
dec_call_function(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const MSG(CallFunction) *f = m->call_function;
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_CALL, o);
    PZ_TRY(pz_parse_table_name(pz_str_c(f->function_name), d->a, &e->names, d->err));
    e->u.call.sought = true;
    PZ_TRY(pz_dec_exprs(d, f->n_arguments, f->arguments, &e->args));
    *out = e;
    return PZ_OK;
}

static pz_status
dec_sql_text(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    *out = pz_expr_make(d->a, PZ_EXPR_SQL_TEXT, o);
    (*out)->u.text = pz_dec_text(m->expression_string->expression);
    return PZ_OK;
}

static pz_status
dec_star(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(UnresolvedStar) *s = m->unresolved_star;
    pz_str target = s->_unparsed_target_case ? pz_str_c(s->unparsed_target) : pz_str_c(NULL);
    *out = pz_expr_make(d->a, PZ_EXPR_STAR, o);
    if (s->_plan_id_case) {
        if (target.ptr) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UNRESOLVED_STAR_WITH_BOTH_TARGET_AND_PLAN_ID, PZ_NO_ORIGIN, NULL);
        (*out)->plan_id = s->plan_id;
    }
    if (!target.ptr) return PZ_OK;
    if (!pz_str_ends(target, ".*"))
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UNRESOLVED_STAR_TARGET_INVALID, PZ_NO_ORIGIN, "target", target.ptr, NULL);
    target = pz_dup(d->a, (pz_str){target.ptr, target.len - 2});
    return attribute_name(d, target, &(*out)->names);
}

/* `pattern`, or table.`pattern`; what is neither is a plain column name. */
static pz_status
dec_regex(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(UnresolvedRegex) *x = m->unresolved_regex;
    pz_str text = pz_str_c(x->col_name);
    const char *open = text.len > 2 && pz_str_ends(text, "`") ? memchr(text.ptr, '`', text.len - 1) : NULL;
    pz_strs names = {0};
    if (!open || (open != text.ptr && open[-1] != '.')) {
        PZ_TRY(attribute_name(d, text, &names));
        *out = column(d, o, names, x->_plan_id_case, x->plan_id);
        return PZ_OK;
    }
    *out = pz_expr_make(d->a, PZ_EXPR_REGEX, o);
    if (open > text.ptr + 1) {
        pz_str qualifier = pz_dup(d->a, (pz_str){text.ptr, (size_t)(open - text.ptr) - 1});
        PZ_TRY(attribute_name(d, qualifier, &(*out)->names));
    }
    pz_vec_push(d->a, &(*out)->names, pz_dup(d->a, (pz_str){open + 1, (size_t)(text.ptr + text.len - open) - 2}));
    if (x->_plan_id_case) (*out)->plan_id = x->plan_id;
    return PZ_OK;
}

pz_status
pz_dec_alias(pz_decoder *d, const EXPR_MSG(Alias) *m, pz_origin o, pz_expr **out)
{
    pz_expr *child, *e;
    if (m->n_name > 1 && m->_metadata_case)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_ALIAS_WITH_MULTIPLE_IDENTIFIERS_AND_METADATA, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_dec_expr(d, m->expr, &child));
    e = pz_expr_make(d->a, PZ_EXPR_ALIAS, o);
    pz_vec_push(d->a, &e->args, child);
    pz_dec_strs(d, m->n_name, m->name, &e->u.alias.names);
    if (m->_metadata_case) {
        e->u.alias.metadata = pz_str_trim(pz_str_c(m->metadata));
        if (!pz_str_starts(e->u.alias.metadata, "{"))
            return pz_raise_text(d->err, PZ_CLASS_JsonParseException, "The metadata of a column must be a JSON object.");
    }
    *out = e;
    return PZ_OK;
}

static pz_status
dec_alias(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    return pz_dec_alias(d, m->alias, o, out);
}

static pz_status
dec_cast(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(Cast) *c = m->cast;
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_CAST, o), *child;
    PZ_TRY(pz_dec_expr(d, c->expr, &child));
    pz_vec_push(d->a, &e->args, child);
    if (c->cast_to_type_case == SPARK__CONNECT__EXPRESSION__CAST__CAST_TO_TYPE_TYPE) {
        PZ_TRY(pz_dec_type(d, c->type, &e->type));
    } else {
        bool set = c->cast_to_type_case == SPARK__CONNECT__EXPRESSION__CAST__CAST_TO_TYPE_TYPE_STR;
        e->u.cast.type_text = set ? pz_str_c(c->type_str) : PZ_STR("");
        PZ_TRY(pz_parse_type(e->u.cast.type_text, d->a, &e->type, d->err));
    }
    switch (c->eval_mode) {
    case SPARK__CONNECT__EXPRESSION__CAST__EVAL_MODE__EVAL_MODE_LEGACY: e->u.cast.mode = PZ_CAST_LEGACY; e->u.cast.mode_set = true; break;
    case SPARK__CONNECT__EXPRESSION__CAST__EVAL_MODE__EVAL_MODE_ANSI: e->u.cast.mode = PZ_CAST_ANSI; e->u.cast.mode_set = true; break;
    case SPARK__CONNECT__EXPRESSION__CAST__EVAL_MODE__EVAL_MODE_TRY: e->u.cast.mode = PZ_CAST_TRY; e->u.cast.mode_set = true; break;
    default: break;
    }
    *out = e;
    return PZ_OK;
}

/* Whatever is not ASC is descending, whatever is not NULLS FIRST puts them last. */
pz_status
pz_dec_sort_order(pz_decoder *d, const EXPR_MSG(SortOrder) *m, pz_expr **out)
{
    pz_expr *child, *e;
    PZ_TRY(pz_dec_expr(d, m->child, &child));
    e = pz_expr_make(d->a, PZ_EXPR_SORT_ORDER, child->origin);
    pz_vec_push(d->a, &e->args, child);
    e->u.sort.asc = m->direction == SPARK__CONNECT__EXPRESSION__SORT_ORDER__SORT_DIRECTION__SORT_DIRECTION_ASCENDING;
    e->u.sort.nulls_first = m->null_ordering == SPARK__CONNECT__EXPRESSION__SORT_ORDER__NULL_ORDERING__SORT_NULLS_FIRST;
    e->u.sort.nulls_set = true;
    *out = e;
    return PZ_OK;
}

pz_status
pz_dec_sort_orders(pz_decoder *d, size_t n, EXPR_MSG(SortOrder) *const *m, pz_exprs *out)
{
    for (size_t i = 0; i < n; i++) {
        pz_expr *e;
        PZ_TRY(pz_dec_sort_order(d, m[i], &e));
        pz_vec_push(d->a, out, e);
    }
    return PZ_OK;
}

static pz_status
dec_sort_order(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    PZ_TRY(pz_dec_sort_order(d, m->sort_order, out));
    (*out)->origin = o;
    return PZ_OK;
}

static pz_status
lambda_var(pz_decoder *d, const EXPR_MSG(UnresolvedNamedLambdaVariable) *v, pz_origin o, pz_expr **out)
{
    if (!v->n_name_parts)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART, PZ_NO_ORIGIN, NULL);
    *out = pz_expr_make(d->a, PZ_EXPR_LAMBDA_VAR, o);
    pz_dec_strs(d, v->n_name_parts, v->name_parts, &(*out)->names);
    return PZ_OK;
}

static pz_status
dec_lambda_var(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    return lambda_var(d, m->unresolved_named_lambda_variable, o, out);
}

static pz_status
dec_lambda(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(LambdaFunction) *l = m->lambda_function;
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_LAMBDA, o), *body;
    if (l->n_arguments < 1 || l->n_arguments > 3)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID, PZ_NO_ORIGIN, "got",
                        pz_strf(d->a, "%zu", l->n_arguments).ptr, NULL);
    for (size_t i = 0; i < l->n_arguments; i++) {
        pz_expr *v = NULL;
        PZ_TRY(lambda_var(d, l->arguments[i], o, &v));
        pz_vec_push(d->a, &e->u.lambda.params, v);
    }
    PZ_TRY(pz_dec_expr(d, l->function, &body));
    pz_vec_push(d->a, &e->args, body);
    *out = e;
    return PZ_OK;
}

typedef EXPR_MSG(Window__WindowFrame__FrameBoundary) frame_bound;

static pz_status
dec_bound(pz_decoder *d, const frame_bound *m, bool lower, pz_bound *out)
{
    switch (m->boundary_case) {
    case SPARK__CONNECT__EXPRESSION__WINDOW__WINDOW_FRAME__FRAME_BOUNDARY__BOUNDARY_CURRENT_ROW: out->kind = PZ_BOUND_CURRENT; return PZ_OK;
    case SPARK__CONNECT__EXPRESSION__WINDOW__WINDOW_FRAME__FRAME_BOUNDARY__BOUNDARY_UNBOUNDED:
        out->kind = lower ? PZ_BOUND_UNBOUNDED_PRECEDING : PZ_BOUND_UNBOUNDED_FOLLOWING;
        return PZ_OK;
    case SPARK__CONNECT__EXPRESSION__WINDOW__WINDOW_FRAME__FRAME_BOUNDARY__BOUNDARY_VALUE:
        out->kind = PZ_BOUND_OFFSET;
        return pz_dec_expr(d, m->value, &out->value);
    default: return pz_dec_not_set(d, m->base.descriptor, "boundary");
    }
}

static pz_status
dec_frame(pz_decoder *d, const EXPR_MSG(Window__WindowFrame) *m, pz_window_spec *out)
{
    switch (m->frame_type) {
    case SPARK__CONNECT__EXPRESSION__WINDOW__WINDOW_FRAME__FRAME_TYPE__FRAME_TYPE_ROW: out->unit = PZ_FRAME_ROWS; break;
    case SPARK__CONNECT__EXPRESSION__WINDOW__WINDOW_FRAME__FRAME_TYPE__FRAME_TYPE_RANGE: out->unit = PZ_FRAME_RANGE; break;
    default: return pz_dec_bad_enum(d, &spark__connect__expression__window__window_frame__frame_type__descriptor, m->frame_type);
    }
    if (!m->lower) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_LOWER_BOUND_REQUIRED_IN_WINDOW_FRAME, PZ_NO_ORIGIN, NULL);
    PZ_TRY(dec_bound(d, m->lower, true, &out->from));
    if (!m->upper) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UPPER_BOUND_REQUIRED_IN_WINDOW_FRAME, PZ_NO_ORIGIN, NULL);
    return dec_bound(d, m->upper, false, &out->to);
}

static pz_status
dec_window(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(Window) *w = m->window;
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_WINDOW, o), *call;
    pz_window_spec *spec = PZ_NEW(d->a, pz_window_spec);
    spec->origin = o;
    if (!w->window_function) return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_WINDOW_FUNCTION_REQUIRED, PZ_NO_ORIGIN, NULL);
    PZ_TRY(pz_dec_expr(d, w->window_function, &call));
    pz_vec_push(d->a, &e->args, call);
    PZ_TRY(pz_dec_exprs(d, w->n_partition_spec, w->partition_spec, &spec->partition));
    PZ_TRY(pz_dec_sort_orders(d, w->n_order_spec, w->order_spec, &spec->order));
    if (w->frame_spec) PZ_TRY(dec_frame(d, w->frame_spec, spec));
    e->u.window = spec;
    *out = e;
    return PZ_OK;
}

static pz_status
dec_extract(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_EXTRACT, o), *child, *key;
    PZ_TRY(pz_dec_expr(d, m->unresolved_extract_value->child, &child));
    PZ_TRY(pz_dec_expr(d, m->unresolved_extract_value->extraction, &key));
    pz_vec_push(d->a, &e->args, child);
    pz_vec_push(d->a, &e->args, key);
    *out = e;
    return PZ_OK;
}

static pz_status
dec_update_fields(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const EXPR_MSG(UpdateFields) *u = m->update_fields;
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_UPDATE_FIELDS, o), *child;
    PZ_TRY(pz_dec_expr(d, u->struct_expression, &child));
    pz_vec_push(d->a, &e->args, child);
    PZ_TRY(pz_parse_table_name(pz_str_c(u->field_name), d->a, &e->names, d->err));
    if (u->value_expression) {
        PZ_TRY(pz_dec_expr(d, u->value_expression, &child));
        pz_vec_push(d->a, &e->args, child);
    }
    *out = e;
    return PZ_OK;
}

static pz_status
dec_named_argument(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_NAMED_ARG, o), *value;
    PZ_TRY(pz_dec_expr(d, m->named_argument_expression->value, &value));
    pz_vec_push(d->a, &e->args, value);
    pz_vec_push(d->a, &e->names, pz_str_c(m->named_argument_expression->key));
    *out = e;
    return PZ_OK;
}

/* Subqueries name their relation by plan id; it stands among the references of the WithRelations around. */
static pz_status
dec_subquery(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    const MSG(SubqueryExpression) *s = m->subquery_expression;
    pz_expr *e = pz_expr_make(d->a, PZ_EXPR_SUBQUERY, o);
    e->plan_id = s->plan_id;
    switch (s->subquery_type) {
    case SPARK__CONNECT__SUBQUERY_EXPRESSION__SUBQUERY_TYPE__SUBQUERY_TYPE_SCALAR: e->u.sub.kind = PZ_SUB_SCALAR; break;
    case SPARK__CONNECT__SUBQUERY_EXPRESSION__SUBQUERY_TYPE__SUBQUERY_TYPE_EXISTS: e->u.sub.kind = PZ_SUB_EXISTS; break;
    case SPARK__CONNECT__SUBQUERY_EXPRESSION__SUBQUERY_TYPE__SUBQUERY_TYPE_IN: e->u.sub.kind = PZ_SUB_IN; break;
    case SPARK__CONNECT__SUBQUERY_EXPRESSION__SUBQUERY_TYPE__SUBQUERY_TYPE_TABLE_ARG: e->kind = PZ_EXPR_TABLE_ARG; break;
    default: return pz_dec_bad_enum(d, &spark__connect__subquery_expression__subquery_type__descriptor, (int)s->subquery_type);
    }
    PZ_TRY(pz_dec_exprs(d, s->n_in_subquery_values, s->in_subquery_values, &e->args));
    if (s->_table_arg_options_case) {
        const Spark__Connect__SubqueryExpression__TableArgOptions *t = s->table_arg_options;
        e->u.sub.partition_set = t->n_partition_spec > 0;
        PZ_TRY(pz_dec_exprs(d, t->n_partition_spec, t->partition_spec, &e->u.sub.partition));
        PZ_TRY(pz_dec_sort_orders(d, t->n_order_spec, t->order_spec, &e->u.sub.order));
        e->u.sub.single_partition = t->_with_single_partition_case && t->with_single_partition;
    }
    *out = e;
    return PZ_OK;
}

pz_status
pz_dec_udf(pz_decoder *d, const MSG(CommonInlineUserDefinedFunction) *m)
{
    const pz_type *t;
    static const MSG(CommonInlineUserDefinedFunction) empty = SPARK__CONNECT__COMMON_INLINE_USER_DEFINED_FUNCTION__INIT;
    if (!m) m = &empty;
    switch (m->function_case) {
    case SPARK__CONNECT__COMMON_INLINE_USER_DEFINED_FUNCTION__FUNCTION_PYTHON_UDF:
        PZ_TRY(pz_dec_type(d, m->python_udf->output_type, &t));
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_FUNCTION_EVAL_TYPE_NOT_SUPPORTED, PZ_NO_ORIGIN, "evalType",
                        pz_strf(d->a, "%d", m->python_udf->eval_type).ptr, NULL);
    case SPARK__CONNECT__COMMON_INLINE_USER_DEFINED_FUNCTION__FUNCTION_SCALAR_SCALA_UDF:
    case SPARK__CONNECT__COMMON_INLINE_USER_DEFINED_FUNCTION__FUNCTION_JAVA_UDF:
        return pz_dec_not_supported(d, &m->base, m->function_case);
    default: return pz_dec_not_set(d, m->base.descriptor, "function");
    }
}

static pz_status
dec_udf(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    (void)o, (void)out;
    return pz_dec_udf(d, m->common_inline_user_defined_function);
}

static pz_status
dec_merge_action(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    (void)o, (void)out;
    if (m->merge_action->action_type == SPARK__CONNECT__MERGE_ACTION__ACTION_TYPE__ACTION_TYPE_INVALID)
        return pz_dec_bad_enum(d, &spark__connect__merge_action__action_type__descriptor, 0);
    return pz_dec_not_supported(d, &m->base, m->expr_type_case);
}

static pz_status
dec_typed_aggregate(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    (void)o, (void)out;
    if (!m->typed_aggregate_expression->scalar_scala_udf) return pz_dec_assertion(d, "");
    return pz_dec_not_supported(d, &m->base, m->expr_type_case);
}

static pz_status
dec_shuffle_id(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    (void)o;
    return pz_dec_expr(d, m->direct_shuffle_partition_id->child, out); /* which the repartition around it knows */
}

static pz_status
dec_extension(pz_decoder *d, const MSG(Expression) *m, pz_origin o, pz_expr **out)
{
    (void)o, (void)out;
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_NO_HANDLER_FOR_EXTENSION, PZ_NO_ORIGIN, "extensionTypeUrl", m->extension->type_url, NULL);
}

static handler
find_handler(Spark__Connect__Expression__ExprTypeCase k)
{
    switch (k) {
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_LITERAL: return dec_literal;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_ATTRIBUTE: return dec_attribute;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_FUNCTION: return dec_function;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_EXPRESSION_STRING: return dec_sql_text;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_STAR: return dec_star;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_ALIAS: return dec_alias;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_CAST: return dec_cast;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_REGEX: return dec_regex;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_SORT_ORDER: return dec_sort_order;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_LAMBDA_FUNCTION: return dec_lambda;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_WINDOW: return dec_window;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_EXTRACT_VALUE: return dec_extract;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UPDATE_FIELDS: return dec_update_fields;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_NAMED_LAMBDA_VARIABLE: return dec_lambda_var;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_COMMON_INLINE_USER_DEFINED_FUNCTION: return dec_udf;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_CALL_FUNCTION: return dec_call_function;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_NAMED_ARGUMENT_EXPRESSION: return dec_named_argument;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_MERGE_ACTION: return dec_merge_action;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_TYPED_AGGREGATE_EXPRESSION: return dec_typed_aggregate;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_SUBQUERY_EXPRESSION: return dec_subquery;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_DIRECT_SHUFFLE_PARTITION_ID: return dec_shuffle_id;
    case SPARK__CONNECT__EXPRESSION__EXPR_TYPE_EXTENSION: return dec_extension;
    default: return NULL;
    }
}

pz_status
pz_dec_expr(pz_decoder *d, const MSG(Expression) *m, pz_expr **out)
{
    handler h;
    pz_origin o, around;
    pz_status s;
    if (!m || m->expr_type_case == SPARK__CONNECT__EXPRESSION__EXPR_TYPE__NOT_SET)
        return pz_dec_not_set(d, &spark__connect__expression__descriptor, "expr_type");
    h = find_handler(m->expr_type_case);
    if (!h) return pz_dec_not_supported(d, &m->base, m->expr_type_case);
    PZ_TRY(pz_dec_enter(d));
    around = d->around;
    o = m->common ? pz_dec_origin(d, m->common->origin) : PZ_NO_ORIGIN;
    if (o.source) d->around = o;
    s = h(d, m, d->around.source ? d->around : o, out);
    d->around = around;
    d->depth--;
    return s;
}

pz_status
pz_dec_exprs(pz_decoder *d, size_t n, MSG(Expression) *const *m, pz_exprs *out)
{
    for (size_t i = 0; i < n; i++) {
        pz_expr *e;
        PZ_TRY(pz_dec_expr(d, m[i], &e));
        pz_vec_push(d->a, out, e);
    }
    return PZ_OK;
}

pz_status
pz_decode_expression(const MSG(Expression) *m, pz_arena *a, pz_expr **out, pz_error *err)
{
    pz_decoder d = {.a = a, .err = err, .around = PZ_NO_ORIGIN};
    return pz_dec_expr(&d, m, out);
}

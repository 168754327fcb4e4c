/*
 * analyze/func_errors.c - messages about calls that fit no row.
 */
#include "func_bind.h"

static const char *const docroot = "https://spark.apache.org/docs/latest";

const char *
pz_ordinal(int i)
{
    static const char *const words[] = {"first", "second", "third", "4th", "5th", "6th", "7th", "8th", "9th", "10th", "11th", "12th", "13th", "14th",
                                        "15th", "16th", "17th", "18th", "19th", "20th"};
    return i >= 0 && i < (int)PZ_COUNTOF(words) ? words[i] : "later";
}

static pz_str
quoted_name(pz_analyzer *an, const pz_expr *call)
{
    pz_str n = call->names.n ? pz_lower_ascii(an->a, call->names.data[call->names.n - 1]) : PZ_STR("");
    return pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(n));
}

pz_status
pz_raise_input_type(pz_analyzer *an, const pz_expr *call, int arg, const char *required)
{
    const pz_expr *e = call->args.data[arg];
    const pz_type *t = e->kind == PZ_EXPR_LAMBDA && e->args.n ? e->args.data[0]->type : e->type;
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "paramIndex",
                    pz_ordinal(arg), "requiredType", required, "inputSql", pz_quote_sql_expr(an, e).ptr, "inputType",
                    pz_quote_type(an, t ? t : &pz_t_void).ptr, NULL);
}

/* Numbers of arguments that some row of the name takes, as a bit set; *from: any number from there on. */
static uint64_t
counts(int first, int *from)
{
    uint64_t set = 0;
    *from = -1;
    for (int row = first; row >= 0; row = pz_fn_next(row)) {
        const pz_sig *s = pz_sig_of(row);
        if (s->min > 60)
            continue;
        if (s->max < 0) {
            if (*from < 0 || s->min < *from)
                *from = s->min;
            continue;
        }
        for (int n = s->min; n <= s->max && n < 60; n++)
            set |= 1ull << n;
    }
    return set;
}

bool
pz_takes_count(int first, int n)
{
    int from;
    uint64_t set = counts(first, &from);
    return (from >= 0 && n >= from) || n >= 60 || (set >> n & 1);
}

pz_status
pz_raise_num_args(pz_analyzer *an, const pz_expr *call, int first)
{
    int from, n = 0;
    uint64_t set = counts(first, &from);
    pz_buf b;
    pz_str text;
    if (strcmp(pz_fn_row(first)->name, "count") == 0)
        return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITH_SUGGESTION, PZ_NO_ORIGIN, "functionName", "`count`", "expectedNum", " >= 1", "actualNum", "0",
                        "legacyNum", "0", "legacyConfKey", "\"spark.sql.legacy.allowParameterlessCount\"", "legacyConfValue", "\"true\"", NULL);
    pz_buf_init(&b, 0);
    for (int i = 0; i < 60; i++)
        if (set >> i & 1)
            pz_buf_printf(&b, "%s%d", n++ ? ", " : "", i);
    text = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    if (from >= 0)
        text = pz_strf(an->a, "> %d", from - 1);
    else if (n > 1)
        text = pz_strf(an->a, "[" PZ_FMT "]", PZ_ARG(text));
    static const char *const themselves[] = {"json_tuple", "parse_url", "try_parse_url"};    /* these count their arguments later, where no place is known */
    const char *name = pz_fn_row(first)->name;
    bool placed = !pz_is_one_of(name, themselves, PZ_COUNTOF(themselves));
    if (call->args.n == 0 && (strcmp(name, "hour") == 0 || strcmp(name, "minute") == 0 || strcmp(name, "second") == 0))
        text = PZ_STR("> 0");
    return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, placed ? call->origin : PZ_NO_ORIGIN, "functionName", quoted_name(an, call).ptr, "expectedNum", text.ptr,
                    "actualNum", pz_strf(an->a, "%d", call->args.n).ptr, "docroot", docroot, NULL);
}

/* Only these take name => value; other rows name parameters for messages alone. */
static bool
takes_names(const char *name)
{
    static const char *const list[] = {"count_min_sketch", "counter_diff", "explode", "explode_outer", "inline", "inline_outer", "mask", "posexplode",
                                       "posexplode_outer", "variant_explode", "variant_explode_outer", "variant_set", "try_variant_set",
                                       "variant_strip_nulls"};
    for (size_t i = 0; i < PZ_COUNTOF(list); i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return strncmp(name, "tuple_", 6) == 0;
}

/* The three parameters whose names are nearest to an unknown one. */
static pz_str
near_parameters(pz_analyzer *an, const pz_sig *sig, const bool *used, pz_str wanted)
{
    pz_buf list;
    pz_str out;
    bool taken[16] = {false};
    pz_buf_init(&list, 0);
    for (int n = 0; n < 3; n++) {
        int best = -1, best_distance = 0;
        for (int k = sig->n - 1; k >= 0; k--) {
            int d = sig->params[k].name.len ? pz_edit_distance(sig->params[k].name, wanted) : -1;
            if (d < 0 || taken[k] || used[k] || (best >= 0 && d >= best_distance))
                continue;
            best = k;
            best_distance = d;
        }
        if (best < 0)
            break;
        taken[best] = true;
        pz_buf_printf(&list, "%s`" PZ_FMT "`", n ? " " : "", PZ_ARG(sig->params[best].name));
    }
    out = pz_buf_dup(&list, an->a);
    pz_buf_free(&list);
    return out;
}

bool
pz_fn_takes_names(int row)
{
    return takes_names(pz_fn_row(row)->name);
}

pz_status
pz_raise_names(pz_analyzer *an, const pz_expr *call, const pz_binding *b)
{
    const pz_sig *sig = b->sig;
    bool used[16] = {false};
    if (!sig->has_names || !pz_fn_takes_names(b->row))
        return pz_raise(an->err, PZ_ERR_NAMED_PARAMETERS_NOT_SUPPORTED, call->origin, "functionName", quoted_name(an, call).ptr, NULL);
    for (int i = 0; i < call->args.n; i++) {
        const pz_expr *e = call->args.data[i];
        int at = i;
        if (e->kind == PZ_EXPR_NAMED_ARG) {
            pz_str name = e->names.data[0];
            pz_str shown = pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(name));
            for (at = sig->n - 1; at >= 0 && !pz_str_ieq(sig->params[at].name, name); at--)
                ;
            if (at < 0) {
                pz_str proposal = near_parameters(an, sig, used, name);
                return pz_raise(an->err, PZ_ERR_UNRECOGNIZED_PARAMETER_NAME, call->origin, "routineName", quoted_name(an, call).ptr, "argumentName",
                                shown.ptr, "proposal", proposal.ptr, NULL);
            }
            if (used[at]) {
                bool positional = at < i && call->args.data[at]->kind != PZ_EXPR_NAMED_ARG;
                return pz_raise(an->err, positional ? PZ_ERR_DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_BOTH_POSITIONAL_AND_NAMED
                                                    : PZ_ERR_DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_DOUBLE_NAMED_ARGUMENT_REFERENCE,
                                call->origin, "routineName", quoted_name(an, call).ptr, "parameterName", shown.ptr, NULL);
            }
        } else if (i > 0 && call->args.data[i - 1]->kind == PZ_EXPR_NAMED_ARG) {
            return pz_raise(an->err, PZ_ERR_UNEXPECTED_POSITIONAL_ARGUMENT, call->origin, "routineName", quoted_name(an, call).ptr, "parameterName",
                            pz_quote_names(an->a, &call->args.data[i - 1]->names).ptr, NULL);
        }
        if (at < 16)
            used[at] = true;
    }
    for (int k = 0; k < sig->n; k++)
        if (!used[k] && !sig->params[k].optional)
            return pz_raise(an->err, PZ_ERR_REQUIRED_PARAMETER_NOT_FOUND, call->origin, "routineName", quoted_name(an, call).ptr, "parameterName",
                            pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(sig->params[k].name)).ptr, "index", pz_strf(an->a, "%d", k).ptr, NULL);
    return pz_raise_num_args(an, call, b->row);
}

/* "org.apache...Abs" for abs: what Spark would call the class, as far as the name tells */
pz_status
pz_raise_not_higher_order(pz_analyzer *an, const pz_expr *call)
{
    pz_str n = call->names.data[call->names.n - 1];
    pz_buf b;
    pz_str text;
    bool up = true;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "org.apache.spark.sql.catalyst.expressions.");
    for (size_t i = 0; i < n.len; i++) {
        char c = n.ptr[i];
        if (c == '_') {
            up = true;
            continue;
        }
        pz_buf_putc(&b, up && c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
        up = false;
    }
    text = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return pz_raise(an->err, PZ_ERR_INVALID_LAMBDA_FUNCTION_CALL_NON_HIGHER_ORDER_FUNCTION, call->origin, "class", text.ptr, NULL);
}

bool
pz_is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

/* Schema and options of the text formats are looked at before anything else. */
static bool
raised_by_options(pz_analyzer *an, const pz_expr *s, const char *name)
{
    static const char *const formats[] = {"csv", "json", "xml"};
    bool from = strncmp(name, "from_", 5) == 0, known = false;
    const char *format = from ? name + 5 : strncmp(name, "to_", 3) == 0 ? name + 3 : strncmp(name, "schema_of_", 10) == 0 ? name + 10 : "";
    const pz_expr *schema = s->args.data[1], *o = from ? (s->args.n > 2 ? s->args.data[2] : NULL) : schema;
    for (size_t i = 0; i < PZ_COUNTOF(formats); i++)
        known |= strcmp(format, formats[i]) == 0;
    if (!known)
        return false;
    const pz_type *type;
    if (from && pz_schema_argument(an, (pz_expr *)s, 1, &type) != PZ_OK)
        return true;
    if (!o || (o->kind == PZ_EXPR_CALL && o->u.call.fn >= 0 && strcmp(pz_fn_row(o->u.call.fn)->name, "map") == 0))
        return false;
    pz_raise(an->err, PZ_ERR_INVALID_OPTIONS_NON_MAP_FUNCTION, s->origin, NULL);
    return true;
}

/* Functions that compare the elements of their first argument, and those that look for a key, which a bare NULL is not. */
pz_status
pz_check_elements(pz_analyzer *an, const pz_binding *b, const pz_expr *call)
{
    static const char *const comparing[] = {"array_max", "array_min", "array_distinct", "array_union", "array_intersect", "array_except", "arrays_overlap",
                                            "array_position", "array_remove", "array_contains", "array_sort", "sort_array"};
    const char *name = pz_fn_row(b->row)->name;
    const pz_type *t = call->args.n ? call->args.data[0]->type : NULL;
    bool keys = strcmp(name, "map_contains_key") == 0, sorts = strcmp(name, "array_sort") == 0;
    if ((keys || strcmp(name, "array_contains") == 0) && b->n > 1 && b->args[1]->type && b->args[1]->type->id == PZ_T_VOID)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NULL_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        quoted_name(an, call).ptr, NULL);
    if (!t || t->id != PZ_T_ARRAY || b->sig->has_lambda || !pz_is_one_of(name, comparing, PZ_COUNTOF(comparing)) || t->element->id == PZ_T_VOID ||
        pz_type_is_orderable(t->element))
        return PZ_OK;
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, call->origin, "sqlExpr",
                    sorts ? "\"(namedlambdavariable() < namedlambdavariable())\"" : pz_quote_sql_expr(an, call).ptr, "functionName",
                    sorts ? "`<`" : quoted_name(an, call).ptr, "dataType", pz_quote_type(an, strcmp(name, "sort_array") == 0 ? t : t->element).ptr, NULL);
}

/* Some functions look at all their arguments at once, at the TIME setting or at what must be constant before they look at types. */
bool
pz_raised_by_kind(pz_analyzer *an, const pz_expr *s, const pz_binding *b)
{
    static const char *const two_arrays[] = {"array_except", "array_intersect", "array_union", "arrays_overlap"};
    static const char *const array_first[] = {"array_insert", "array_remove"};
    static const char *const constant[] = {"schema_of_csv", "schema_of_json", "schema_of_xml", "to_binary", "try_to_binary"};
    const char *name = pz_fn_row(b->row)->name;
    const pz_sig_param *p = &b->sig->params[b->bad_arg < b->sig->n ? b->bad_arg : b->sig->n - 1];
    const pz_expr *bad = s->args.data[b->bad_arg];
    bool time = (strncmp(name, "time_", 5) == 0 && strcmp(name, "time_bucket") != 0) || strcmp(name, "make_time") == 0 || strcmp(name, "to_time") == 0 || strcmp(name, "try_to_time") == 0;
    pz_err_id id;
    if (time && !(an->env->conf && pz_str_ieqc(an->env->conf(an->env->ctx, "spark.sql.timeType.enabled"), "true"))) {
        pz_raise(an->err, PZ_ERR_UNSUPPORTED_TIME_TYPE, s->origin, NULL);
        return true;
    }
    pz_value computed;
    if (strncmp(name, "schema_of_", 10) == 0 && p->lit && pz_expr_is_foldable(bad) && pz_fold(an, bad, &computed) != PZ_OK)
        return true;                           /* it is computed before its type is looked at */
    if (p->lit && (strncmp(name, "xpath", 5) == 0 || pz_is_one_of(name, constant, PZ_COUNTOF(constant))) && !pz_expr_is_foldable(bad)) {
        pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, s->origin, "sqlExpr", pz_quote_sql_expr(an, s).ptr, "inputName",
                 pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(p->name)).ptr, "inputType", pz_quote_type(an, bad->type).ptr, "inputExpr",
                 pz_quote_sql_expr(an, bad).ptr, NULL);
        return true;
    }
    if (s->args.n < 2)
        return false;
    if (b->bad_arg == 0 && (strcmp(name, "date_part") == 0 || strcmp(name, "datepart") == 0)) {
        pz_raise(an->err, PZ_ERR_NON_FOLDABLE_ARGUMENT, s->origin, "funcName", quoted_name(an, s).ptr, "paramName", "`field`", "paramType", "\"STRING\"", NULL);
        return true;
    }
    if (raised_by_options(an, s, name))
        return true;
    if (bad->type->id == PZ_T_VOID && (strcmp(name, "array_contains") == 0 || strcmp(name, "array_position") == 0)) {
        pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NULL_TYPE, s->origin, "sqlExpr", pz_quote_sql_expr(an, s).ptr, "functionName", quoted_name(an, s).ptr, NULL);
        return true;
    }
    if (pz_is_one_of(name, two_arrays, PZ_COUNTOF(two_arrays))) {
        pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_BINARY_ARRAY_DIFF_TYPES, s->origin, "sqlExpr", pz_quote_sql_expr(an, s).ptr, "functionName",
                 quoted_name(an, s).ptr, "arrayType", "\"ARRAY\"", "leftType", pz_quote_type(an, s->args.data[0]->type).ptr, "rightType",
                 pz_quote_type(an, s->args.data[1]->type).ptr, NULL);
        return true;
    }
    if (strcmp(name, "map_contains_key") == 0)
        id = PZ_ERR_DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES;
    else if (b->bad_arg == 0 && pz_is_one_of(name, array_first, PZ_COUNTOF(array_first)))
        id = PZ_ERR_DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES;
    else
        return false;
    pz_raise(an->err, id, s->origin, "sqlExpr", pz_quote_sql_expr(an, s).ptr, "functionName", quoted_name(an, s).ptr, "dataType",
             id == PZ_ERR_DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES ? "\"MAP\"" : "\"ARRAY\"", "leftType", pz_quote_type(an, s->args.data[0]->type).ptr,
             "rightType", pz_quote_type(an, s->args.data[s->args.n - 1]->type).ptr, NULL);
    return true;
}

pz_status
pz_raise_diff_types(pz_analyzer *an, const pz_expr *s, const pz_binding *b)
{
    bool nested = false;
    pz_buf list;
    pz_str types;
    for (int i = 0; i < 26; i++)
        nested |= b->vars[i].type && b->vars[i].nested;
    bool map = s->args.n >= 2 && s->args.data[0]->type && s->args.data[0]->type->id == PZ_T_MAP;
    if (nested && map && b->sig->has_lambda)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_MAP_ZIP_WITH_DIFF_TYPES, s->origin, "sqlExpr", pz_quote_sql_expr(an, s).ptr, "functionName",
                        quoted_name(an, s).ptr, "leftType", pz_quote_type(an, s->args.data[0]->type->key).ptr, "rightType",
                        pz_quote_type(an, s->args.data[1]->type->key).ptr, NULL);
    if (nested && s->args.n >= 2)
        return pz_raise(an->err, map ? PZ_ERR_DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES : PZ_ERR_DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES, s->origin,
                        "sqlExpr", pz_quote_sql_expr(an, s).ptr, "functionName", quoted_name(an, s).ptr, "dataType", map ? "\"MAP\"" : "\"ARRAY\"", "leftType", pz_quote_type(an, s->args.data[0]->type).ptr, "rightType",
                        pz_quote_type(an, s->args.data[b->bad_arg > 0 ? b->bad_arg : 1]->type).ptr, NULL);
    pz_buf_init(&list, 0);
    for (int i = 0; i < s->args.n; i++) {
        if (!s->args.data[i]->type)
            continue;
        pz_str t = pz_quote_type(an, s->args.data[i]->type);
        pz_buf_printf(&list, "%s" PZ_FMT, list.len ? " or " : "(", PZ_ARG(t));
    }
    pz_buf_putc(&list, ')');
    types = pz_buf_dup(&list, an->a);
    pz_buf_free(&list);
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, s->origin, "sqlExpr", pz_quote_sql_expr(an, s).ptr, "functionName",
                    quoted_name(an, s).ptr, "dataType", types.ptr, NULL);
}

pz_status
pz_raise_lambda_type(pz_analyzer *an, const pz_binding *b, const pz_expr *call)
{
    pz_buf want;
    pz_str words;
    if (b->bad_wanted)
        return pz_raise_input_type(an, call, b->bad_arg, pz_quote_type(an, b->bad_wanted).ptr);
    pz_buf_init(&want, 0);
    pz_sig_describe(&want, b->bad_sig);
    words = pz_buf_dup(&want, an->a);
    pz_buf_free(&want);
    return pz_raise_input_type(an, call, b->bad_arg, words.ptr);
}

void
pz_describe_required(pz_buf *out, pz_analyzer *an, pz_scope *scope, const pz_expr *call, int first, int arg)
{
    pz_sig_type all = {.kind = PZ_SIG_UNION};
    const pz_sig_type *parts[32];
    all.parts = parts;
    for (int row = first; row >= 0 && all.nparts < 32; row = pz_fn_next(row)) {
        pz_binding b;
        if (pz_fn_try(an, scope, call, row, PZ_CASTS_ALL, &b) != PZ_FIT_TYPE || b.bad_arg != arg)
            continue;
        const pz_sig_type *t = b.sig->params[arg < b.sig->n ? arg : b.sig->n - 1].type;
        pz_buf x, y;
        bool seen = false;
        pz_buf_init(&x, 0);
        pz_sig_describe(&x, t);
        for (int i = 0; i < all.nparts && !seen; i++) {
            pz_buf_init(&y, 0);
            pz_sig_describe(&y, parts[i]);
            seen = pz_str_eq(pz_buf_view(&x), pz_buf_view(&y));
            pz_buf_free(&y);
        }
        pz_buf_free(&x);
        if (!seen)
            parts[all.nparts++] = t;
    }
    pz_sig_describe(out, all.nparts == 1 ? parts[0] : &all);
}

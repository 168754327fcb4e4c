/*
 * analyze/rules_compare.c - types of comparisons, AND and OR, IN, BETWEEN and greatest.
 */
#include "rules_int.h"

static pz_status
raise_ordering(pz_analyzer *an, const pz_expr *call, const char *name, const pz_type *t)
{
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                    pz_strf(an->a, "`%s`", name).ptr, "dataType", pz_quote_type(an, t).ptr, NULL);
}

/* "[\"INT\", \"STRING\"]" */
static pz_str
type_list(pz_analyzer *an, pz_expr *const *args, int n)
{
    pz_buf b;
    pz_str s;
    pz_buf_init(&b, 0);
    for (int i = 0; i < n; i++) {
        pz_str t = pz_quote_type(an, args[i]->type);
        pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "[", PZ_ARG(t));
    }
    pz_buf_putc(&b, ']');
    s = pz_buf_dup(&b, an->a);
    pz_buf_free(&b);
    return s;
}

/* The type two sides are compared in, or NULL.  Legacy: text beside a date or a number is read as that. */
static const pz_type *
compared_as(pz_analyzer *an, const pz_type *l, const pz_type *r)
{
    const pz_type *t;
    if (pz_type_eq(l, r))
        return l;
    if (an->env->ansi)
        return pz_type_wider(an->a, l, r, pz_widening(an->env, true));
    if (pz_type_is_string(l) != pz_type_is_string(r)) {
        t = pz_type_is_string(l) ? r : l;
        if (t->id == PZ_T_VOID || (pz_type_is_datetime(t) && pz_conf_is(an->env, "spark.sql.legacy.typeCoercion.datetimeToString.enabled", "true")))
            return &pz_t_string;
        return pz_type_is_nested(t) || pz_type_is_interval(t) || t->id == PZ_T_UDT ? NULL : t;
    }
    return pz_type_wider_plain(an->a, l, r, pz_widening(an->env, false));
}

/* boolean = 1 means boolean = true in legacy mode */
static bool
boolean_and_number(pz_analyzer *an, pz_expr **a)
{
    bool l = a[0]->type->id == PZ_T_BOOLEAN, r = a[1]->type->id == PZ_T_BOOLEAN;
    if (an->env->ansi || l == r || !pz_type_is_numeric(a[l ? 1 : 0]->type))
        return false;
    a[l ? 0 : 1] = pz_cast_to(an, a[l ? 0 : 1], a[l ? 1 : 0]->type);
    return true;
}

/* Structs whose fields have equal types one by one compare whatever the fields are called. */
static bool
same_shape(const pz_type *x, const pz_type *y)
{
    if (x->id != PZ_T_STRUCT || y->id != PZ_T_STRUCT || x->nfields != y->nfields)
        return false;
    for (int i = 0; i < x->nfields; i++)
        if (!pz_type_eq(x->fields[i].type, y->fields[i].type) && !same_shape(x->fields[i].type, y->fields[i].type))
            return false;
    return true;
}

/* ---- CHAR columns: their values end in spaces, so what they are compared with must */
static int
char_length_of(pz_analyzer *an, const pz_expr *e)
{
    const pz_type *t;
    pz_str raw;
    if ((e->kind != PZ_EXPR_ATTR && e->kind != PZ_EXPR_OUTER) || !e->u.attr->metadata.len)
        return 0;
    raw = pz_metadata_get(e->u.attr->metadata, PZ_CHAR_TYPE_KEY, an->a);
    if (!raw.ptr || pz_parse_type(raw, an->a, &t, an->err) != PZ_OK)
        return 0;
    return t->id == PZ_T_CHAR ? t->length : 0;
}

/* A column beside a longer one is compared with its blanks; without readSideCharPadding so is every one.  What it is called stays. */
static pz_status
fit_column(pz_analyzer *an, pz_expr **column, const pz_expr *other)
{
    int own = char_length_of(an, *column), want = char_length_of(an, other);
    bool bare = pz_conf_is(an->env, "spark.sql.readSideCharPadding", "false");
    pz_expr *call;
    if (!own || (want <= own && !bare) || (!want && !pz_expr_is_foldable(other))) return PZ_OK;
    call = pz_call_resolved(an, "rpad", 3, *column, pz_literal_int(an->a, want > own ? want : own), pz_literal_string(an->a, PZ_STR(" ")));
    if (call == NULL) return PZ_FAIL;
    call->u.call.shown_as = pz_expr_sql(an, *column);
    *column = call;
    return PZ_OK;
}

/* A constant beside such a column takes its length; what it is called stays. */
static pz_status
fit_to_char(pz_analyzer *an, const pz_expr *column, pz_expr **constant)
{
    pz_expr *e = *constant;
    pz_value v;
    size_t chars, want = (size_t)char_length_of(an, column);
    char *text;
    if (!want || !pz_type_is_string(e->type) || !pz_expr_is_foldable(e))
        return PZ_OK;
    PZ_TRY(pz_fold(an, e, &v));
    if (v.null || (chars = pz_utf8_count(v.s)) == want)
        return PZ_OK;
    *constant = pz_literal_value(an->a, e->type, v);
    (*constant)->origin = e->origin;
    (*constant)->type = e->type;
    (*constant)->resolved = true;
    (*constant)->u.literal.text = (*constant)->u.literal.variable = pz_expr_sql(an, e);   /* both: display.c shows it everywhere */
    while (chars > want && v.s.ptr[v.s.len - 1] == ' ')
        v.s.len--, chars--;
    if (chars < want) {
        text = pz_alloc(an->a, v.s.len + want - chars + 1);
        memcpy(text, v.s.ptr, v.s.len);
        memset(text + v.s.len, ' ', want - chars);
        v.s = (pz_str){text, v.s.len + want - chars};
    }
    (*constant)->value = v;
    return PZ_OK;
}

/* A whole number beside a decimal literal is compared with the whole number next to it: x > 1.5 is x > 1, x < 1.5 is x < 2.
 * Literals that no bigint reaches decide alone, and the call becomes their answer. */
static bool
beside_literal(pz_analyzer *an, pz_expr *call, const char *op)
{
    pz_expr **a = call->args.data;
    int at = a[1]->kind == PZ_EXPR_LITERAL && a[1]->type->id == PZ_T_DECIMAL;
    const pz_expr *lit = a[at], *x = a[1 - at];
    if ((op[0] != '<' && op[0] != '>') || strcmp(op, "<=>") == 0 || strcmp(op, "<>") == 0 || lit->kind != PZ_EXPR_LITERAL || lit->type->id != PZ_T_DECIMAL ||
        lit->value.null || !pz_type_is_integral(x->type))
        return false;
    bool less = op[0] == '<', or_equal = op[1] == '=';
    bool down = (at == 1) == (less == or_equal);
    __int128 unit = pz_pow10(lit->type->scale), v = lit->value.dec / unit, rest = lit->value.dec % unit;
    if (rest < 0 && down)
        v--;
    if (rest > 0 && !down)
        v++;
    if (lit->value.dec > (__int128)INT64_MAX * unit || lit->value.dec < (__int128)INT64_MIN * unit) {
        bool low = lit->value.dec < 0;
        pz_expr *answer = pz_literal_bool(an->a, less == (at == 1) ? !low : low);
        answer->origin = call->origin;
        *call = *answer;
        return true;
    }
    pz_expr *whole = pz_literal_long(an->a, (int64_t)v);
    whole->origin = lit->origin;
    a[at] = whole;
    return false;
}

static pz_status
compare(pz_analyzer *an, pz_expr *call, const char *name, bool equality)
{
    pz_expr **a = call->args.data;
    const pz_type *t;
    call->type = &pz_t_boolean;
    if (beside_literal(an, call, name))
        return PZ_OK;
    PZ_TRY(fit_to_char(an, a[0], &a[1]));
    PZ_TRY(fit_to_char(an, a[1], &a[0]));
    const pz_expr *left = a[0];
    PZ_TRY(fit_column(an, &a[0], a[1]));
    PZ_TRY(fit_column(an, &a[1], left));
    if (!(equality && boolean_and_number(an, a))) {
        for (int i = 0; i < 2; i++)
            if (a[i]->kind == PZ_EXPR_LITERAL && pz_type_is_integral(a[i]->type) && a[1 - i]->type->id == PZ_T_DECIMAL)
                pz_promote_decimals(an, a);
        int ts = a[0]->type->id == PZ_T_TIMESTAMP ? 0 : 1;
        bool instants = equality && a[ts]->type->id == PZ_T_TIMESTAMP && pz_type_is_string(a[1 - ts]->type);
        t = instants ? &pz_t_timestamp : compared_as(an, a[0]->type, a[1]->type);
        if (!t && !same_shape(a[0]->type, a[1]->type))
            return pz_raise_diff_operands(an, call);
        for (int i = 0; t && i < 2; i++)
            a[i] = pz_cast_to(an, a[i], t);
    }
    if (!pz_type_is_orderable(a[0]->type))
        return raise_ordering(an, call, name, a[0]->type);
    return PZ_OK;
}

pz_status
pz_rule_compare(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const char *name = pz_fn_row(call->u.call.fn)->name;
    bool null_safe = strcmp(name, "isnotdistinctfrom") == 0 || strcmp(name, "equal_null") == 0;
    (void)scope;
    if (null_safe)
        name = "<=>";
    return compare(an, call, name, strcmp(name, "=") == 0 || strcmp(name, "<=>") == 0 || strcmp(name, "<>") == 0);
}

pz_status
pz_rule_logic(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data;
    (void)scope;
    call->type = &pz_t_boolean;
    if (an->env->ansi)
        pz_promote_text(an, a, false);
    pz_promote_decimals(an, a);
    for (int i = 0; i < 2; i++)
        if (a[i]->type->id == PZ_T_VOID && (a[1 - i]->type->id == PZ_T_BOOLEAN || a[1 - i]->type->id == PZ_T_VOID))
            a[i] = pz_cast_to(an, a[i], &pz_t_boolean);
    if (!pz_type_eq(a[0]->type, a[1]->type))
        return pz_raise_diff_operands(an, call);
    return a[0]->type->id == PZ_T_BOOLEAN ? PZ_OK : pz_raise_wrong_operands(an, call, "\"BOOLEAN\"");
}

/* In messages the value that is compared twice shows as a reference to it. */
static pz_status
half_of_between(pz_analyzer *an, const pz_expr *call, const char *op, pz_expr *x, pz_expr *bound)
{
    pz_expr *half = pz_call_make(an->a, call->origin, op, 0), *ref = pz_expr_shallow(an->a, x);
    ref->kind = PZ_EXPR_SQL_TEXT;
    ref->u.text = PZ_STR("commonexpressionref()");
    pz_vec_push(an->a, &half->args, ref);
    pz_vec_push(an->a, &half->args, bound);
    half->u.call.fn = half->u.call.shown = pz_fn_find(pz_str_c(op));
    half->u.call.as_operator = true;
    return compare(an, half, op, strcmp(op, "=") == 0);
}

/* BETWEEN is two comparisons, each with its own common type; the casts are made where the three types agree, else by lower/
 * from the types of the bounds. */
pz_status
pz_rule_between(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data;
    const pz_type *low, *high, *all;
    (void)scope;
    PZ_TRY(half_of_between(an, call, ">=", a[0], a[1]));
    PZ_TRY(half_of_between(an, call, "<=", a[0], a[2]));
    low = compared_as(an, a[0]->type, a[1]->type);
    high = compared_as(an, a[0]->type, a[2]->type);
    all = compared_as(an, low, high);
    if (!all)
        all = low;
    PZ_TRY(pz_coerce_all(an, a, 3, all));
    call->type = &pz_t_boolean;
    call->nullable = a[0]->nullable || a[1]->nullable || a[2]->nullable;
    return PZ_OK;
}

static bool
alike(pz_expr *const *a, int n)
{
    for (int i = 1; i < n; i++)
        if (!pz_type_eq_loose(a[0]->type, a[i]->type))
            return false;
    return true;
}

/* Of a list all or none: a NULL in it keeps Spark from it. */
static pz_status
fit_list(pz_analyzer *an, pz_expr **a, int n)
{
    pz_value v;
    if (!char_length_of(an, a[0]))
        return PZ_OK;
    for (int i = 1; i < n; i++) {
        if (!pz_type_is_string(a[i]->type) || !pz_expr_is_foldable(a[i]))
            return PZ_OK;
        PZ_TRY(pz_fold(an, a[i], &v));
        if (v.null)
            return PZ_OK;
    }
    for (int i = 1; i < n; i++)
        PZ_TRY(fit_to_char(an, a[0], &a[i]));
    return PZ_OK;
}

pz_status
pz_rule_in(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data;
    int n = call->args.n;
    const pz_type *t;
    (void)scope;
    PZ_TRY(fit_list(an, a, n));
    t = pz_common_of(an, a, n, true);
    call->type = &pz_t_boolean;
    if (!t && alike(a, n))                     /* structs may differ in the names of their fields */
        return pz_type_is_orderable(a[0]->type) ? PZ_OK : raise_ordering(an, call, "in", a[0]->type);
    if (!t)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName", "`in`",
                        "dataType", type_list(an, a, n).ptr, NULL);
    PZ_TRY(pz_coerce_all(an, a, n, t));
    return pz_type_is_orderable(t) ? PZ_OK : raise_ordering(an, call, "in", t);
}

/* greatest, least: no text among other types */
pz_status
pz_rule_greatest(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = pz_common_of(an, call->args.data, call->args.n, false);
    const char *name = pz_fn_row(call->u.call.fn)->name;
    (void)scope;
    if (!t)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        pz_strf(an->a, "`%s`", name).ptr, "dataType", type_list(an, call->args.data, call->args.n).ptr, NULL);
    PZ_TRY(pz_coerce_all(an, call->args.data, call->args.n, t));
    call->type = t;
    return pz_type_is_orderable(t) ? PZ_OK : raise_ordering(an, call, name, t);
}

/* ---- conditionals */

static pz_status
raise_branches(pz_analyzer *an, const pz_expr *call, const char *name, pz_expr *const *values, int n, bool or_list)
{
    pz_str types = type_list(an, values, n);
    if (or_list) {
        pz_buf b;
        pz_buf_init(&b, 0);
        for (int i = 0; i < n; i++) {
            pz_str t = pz_quote_type(an, values[i]->type);
            pz_buf_printf(&b, "%s" PZ_FMT, i ? " or " : "(", PZ_ARG(t));
        }
        pz_buf_putc(&b, ')');
        types = pz_buf_dup(&b, an->a);
        pz_buf_free(&b);
    }
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                    pz_strf(an->a, "`%s`", name).ptr, "dataType", types.ptr, NULL);
}

/* coalesce, nvl, ifnull */
pz_status
pz_rule_coalesce(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data;
    const pz_type *t = pz_common_of(an, a, call->args.n, true);
    (void)scope;
    if (!t) {
        pz_expr *shown = pz_expr_shallow(an->a, call);
        shown->u.call.fn = shown->u.call.shown = pz_fn_find(PZ_STR("coalesce"));
        return raise_branches(an, shown, "coalesce", a, call->args.n, true);
    }
    PZ_TRY(pz_coerce_all(an, a, call->args.n, t));
    call->type = t;
    call->nullable = true;
    for (int i = 0; i < call->args.n; i++)
        call->nullable &= a[i]->nullable;
    return PZ_OK;
}

pz_status
pz_rule_if(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data;
    const pz_type *t = pz_common_of(an, a + 1, 2, true);
    (void)scope;
    if (!t)
        return raise_branches(an, call, "if", a + 1, 2, false);
    PZ_TRY(pz_coerce_all(an, a + 1, 2, t));
    call->type = t;
    call->nullable = a[1]->nullable || a[2]->nullable;
    return PZ_OK;
}

pz_status
pz_rule_nvl2(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data;
    const pz_type *t = pz_common_of(an, a + 1, 2, true);
    (void)scope;
    if (!t) {
        pz_expr *test = pz_call_make(an->a, call->origin, "isnotnull", 1, a[0]), *shown = pz_expr_shallow(an->a, call);
        test->u.call.fn = test->u.call.shown = pz_fn_find(PZ_STR("isnotnull"));
        shown->args.data[0] = test;
        shown->u.call.fn = shown->u.call.shown = pz_fn_find(PZ_STR("if"));
        return raise_branches(an, shown, "if", a + 1, 2, false);
    }
    PZ_TRY(pz_coerce_all(an, a + 1, 2, t));
    call->type = t;
    call->nullable = a[1]->nullable || a[2]->nullable;
    return PZ_OK;
}

/* when(condition, value, condition, value, ..., [else]) */
pz_status
pz_rule_when(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_expr **a = call->args.data, **values;
    int n = call->args.n, nv = 0;
    bool has_else = n % 2 == 1, null = !has_else;
    const pz_type *t;
    (void)scope;
    values = PZ_NEWN(an->a, pz_expr *, n + 1);
    for (int i = 0; i < n; i++)
        if (i % 2 == 1 || (has_else && i == n - 1))
            values[nv++] = a[i];
    t = pz_common_of(an, values, nv, true);
    if (!t)
        return raise_branches(an, call, "casewhen", values, nv, false);
    for (int i = 0; i < n; i++) {
        if (i % 2 == 1 || (has_else && i == n - 1)) {
            a[i] = pz_cast_to(an, a[i], t);
            null |= a[i]->nullable;
        } else if (a[i]->type->id != PZ_T_BOOLEAN) {
            pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "paramIndex",
                     pz_ordinal(i / 2), "requiredType", "\"BOOLEAN\"", "inputSql", pz_quote_sql_expr(an, a[i]).ptr, "inputType",
                     pz_quote_type(an, a[i]->type).ptr, NULL);
            return PZ_FAIL;
        }
    }
    call->type = t;
    call->nullable = null;
    for (int i = 0; i + 1 < n; i += 2)         /* nothing behind WHEN true is ever looked at */
        if (a[i]->kind == PZ_EXPR_LITERAL && !a[i]->value.null && a[i]->value.b) {
            call->nullable = false;
            for (int k = 1; k <= i + 1; k += 2)
                call->nullable |= a[k]->nullable;
            break;
        }
    return PZ_OK;
}

/* nullif(a, b): type of a.  The comparison, in the types it needs, is kept as a third argument that does not show. */
static pz_status
null_if(pz_analyzer *an, pz_scope *scope, pz_expr *call, pz_expr *other)
{
    pz_expr *test;
    PZ_TRY(half_of_between(an, call, "=", call->args.data[0], other));
    test = pz_call_make(an->a, call->origin, "=", 2, call->args.data[0], other);
    test->u.call.as_operator = true;
    PZ_TRY(pz_resolve_call(an, scope, test, &test));
    call->type = call->args.data[0]->type;
    if (call->args.n < 2)
        pz_vec_push(an->a, &call->args, other);
    pz_vec_push(an->a, &call->args, test);
    return PZ_OK;
}

pz_status
pz_rule_nullif(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    return null_if(an, scope, call, call->args.data[1]);
}

pz_status
pz_rule_nullifzero(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    return null_if(an, scope, call, pz_literal_int(an->a, 0));
}

pz_status
pz_rule_zeroifnull(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_vec_push(an->a, &call->args, pz_literal_int(an->a, 0));
    return pz_rule_coalesce(an, scope, call);
}

/*
 * analyze/return_rules_string.c - rules of text functions: what signatures cannot say about their arguments and results.
 *
 * In: a call whose arguments fit its signature.  Out: arguments cast, type and nullability set, or Spark's refusal.
 */
#define _GNU_SOURCE                            /* memmem */
#include "../types/number_pattern.h"
#include "rules_int.h"

static const pz_type *
type_of(const pz_expr *call, int i)
{
    return call->args.data[i]->type;
}

static void
cast_arg(pz_analyzer *an, pz_expr *call, int i, const pz_type *t)
{
    if (!pz_type_eq_loose(type_of(call, i), t))
        call->args.data[i] = pz_cast_to(an, call->args.data[i], t);
}

static bool
any_nullable(const pz_expr *call, int from, int upto)
{
    for (int i = from; i < upto && i < call->args.n; i++)
        if (call->args.data[i]->nullable)
            return true;
    return false;
}

static pz_status
non_foldable(pz_analyzer *an, const pz_expr *call, int i, const char *name)
{
    const pz_expr *e = call->args.data[i];
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName", name,
                    "inputType", pz_quote_type(an, e->type).ptr, "inputExpr", pz_quote_sql_expr(an, e).ptr, NULL);
}

static pz_status
give(pz_expr *call, const pz_type *t, bool nullable)
{
    call->type = t;
    call->nullable = nullable;
    return PZ_OK;
}

/* ---- concatenation */

/* concat: all binary stays binary, arrays widen, everything else is text; concat() is the empty text. */
__attribute__((weak)) pz_status
pz_rule_concat(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    bool arrays = false, binary = call->args.n > 0 && !pz_conf_is(an->env, "spark.sql.function.concatBinaryAsString", "true");
    (void)scope;
    for (int i = 0; i < call->args.n; i++) {
        const pz_type_id id = type_of(call, i)->id;
        if (id == PZ_T_MAP || id == PZ_T_STRUCT || (id == PZ_T_CALENDAR_INTERVAL && !an->env->ansi))
            return pz_raise_input_type(an, call, i, "(\"STRING\" or \"BINARY\" or \"ARRAY\")");
        arrays |= id == PZ_T_ARRAY;
        binary &= type_of(call, i)->id == PZ_T_BINARY;
    }
    const pz_type *t = &pz_t_string;
    if (arrays) {
        t = pz_common_of(an, call->args.data, call->args.n, true);
        for (int i = 0; i < call->args.n && t; i++)
            if (type_of(call, i)->id != PZ_T_ARRAY)
                t = NULL;
        if (!t) {
            pz_buf b;
            pz_buf_init(&b, 0);
            for (int i = 0; i < call->args.n; i++)
                pz_buf_printf(&b, "%s" PZ_FMT, i ? " or " : "(", PZ_ARG(pz_quote_type(an, type_of(call, i))));
            pz_buf_putc(&b, ')');
            pz_str types = pz_buf_dup(&b, an->a);
            pz_buf_free(&b);
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                            "`concat`", "dataType", types.ptr, NULL);
        }
    } else if (binary) {
        bool any = false;
        for (int i = 0; i < call->args.n; i++)
            any |= type_of(call, i)->id == PZ_T_BINARY;
        t = any ? &pz_t_binary : &pz_t_string;
    } else {
        for (int i = 0; i < call->args.n; i++)
            if (!pz_implicit_cast(an->a, type_of(call, i), &pz_t_string, an->env->ansi))
                return pz_raise_input_type(an, call, i, "(\"STRING\" or \"BINARY\" or \"ARRAY\")");
        for (int i = 0; i < call->args.n; i++)
            if (pz_type_is_string(type_of(call, i)) && type_of(call, i)->collation.len)
                t = type_of(call, i);
    }
    bool null = false;
    for (int i = 0; i < call->args.n; i++)
        null |= arrays && type_of(call, i)->contains_null;
    if (arrays)
        t = pz_type_array(an->a, t->element, null || t->contains_null);
    for (int i = 0; i < call->args.n; i++)
        if (arrays || !pz_type_is_string(type_of(call, i)) || !pz_type_is_string(t))
            cast_arg(an, call, i, t);
    return give(call, t, any_nullable(call, 0, call->args.n));
}

/* concat_ws(separator, text or array of text, ...) */
pz_status
pz_rule_concat_ws(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    for (int i = 0; i < call->args.n; i++) {
        const pz_type *t = type_of(call, i);
        if (i > 0 && t->id == PZ_T_ARRAY && pz_implicit_cast(an->a, t->element, &pz_t_string, an->env->ansi)) {
            if (!pz_type_is_string(t->element))
                cast_arg(an, call, i, pz_type_array(an->a, &pz_t_string, t->contains_null || t->element->id == PZ_T_VOID));
        } else if (!pz_implicit_cast(an->a, t, &pz_t_string, an->env->ansi)) {
            return pz_raise_input_type(an, call, i, i ? "(\"ARRAY<STRING>\" or \"STRING\")" : "\"STRING\"");
        } else if (!pz_type_is_string(t)) {
            cast_arg(an, call, i, &pz_t_string);
        }
    }
    return give(call, &pz_t_string, call->args.data[0]->nullable);
}

/* elt(n, a, ...): texts, or binaries when all are. */
pz_status
pz_rule_elt(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    bool binary = !pz_conf_is(an->env, "spark.sql.function.eltOutputAsString", "true");
    (void)scope;
    for (int i = 1; i < call->args.n; i++) {
        binary &= type_of(call, i)->id == PZ_T_BINARY;
        if (!pz_implicit_cast(an->a, type_of(call, i), &pz_t_string, an->env->ansi))
            return pz_raise_input_type(an, call, i, "\"STRING\" or \"BINARY\"");
    }
    for (int i = 1; i < call->args.n && !binary; i++)
        if (!pz_type_is_string(type_of(call, i)))
            cast_arg(an, call, i, &pz_t_string);
    return give(call, binary ? &pz_t_binary : &pz_t_string, true);
}

/* decode(x, key, value, ..., [default]): a CASE of null-safe comparisons. */
pz_status
pz_rule_decode(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    int n = call->args.n, values = (n - 1) / 2, count = 0;
    bool has_default = (n - 1) % 2 != 0;
    pz_expr **results = PZ_NEWN(an->a, pz_expr *, n + 1), *pair[2];
    (void)scope;
    for (int i = 0; i < values; i++)
        results[count++] = call->args.data[2 * i + 2];
    if (has_default)
        results[count++] = call->args.data[n - 1];
    const pz_type *t = pz_common_of(an, results, count, true), *key = type_of(call, 0);
    for (int i = 0; i < values && key; i++) {
        pair[0] = call->args.data[0];
        pair[1] = call->args.data[2 * i + 1];
        pair[0] = pz_literal_null(an->a, key);
        key = pz_common_of(an, pair, 2, true);
    }
    if (!t || !key)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        "`decode`", "dataType", pz_quote_type(an, type_of(call, 0)).ptr, NULL);
    bool nullable = !has_default;
    cast_arg(an, call, 0, key);
    for (int i = 0; i < values; i++) {
        cast_arg(an, call, 2 * i + 1, key);
        cast_arg(an, call, 2 * i + 2, t);
        nullable |= call->args.data[2 * i + 2]->nullable;
    }
    if (has_default) {
        cast_arg(an, call, n - 1, t);
        nullable |= call->args.data[n - 1]->nullable;
    }
    return give(call, t, nullable);
}

/* ---- trimming: trim(characters, text) as a function has its arguments the other way round */
pz_status
pz_rule_trim(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)an;
    (void)scope;
    if (call->args.n == 2 && !call->u.call.as_operator && call->args.data[0] && !pz_str_eqc(call->names.data[0], "btrim")) {
        pz_expr *x = call->args.data[0];
        call->args.data[0] = call->args.data[1];
        call->args.data[1] = x;
        call->u.call.as_operator = true;
    }
    return give(call, &pz_t_string, any_nullable(call, 0, 2));
}

/* locate(what, text, from): a NULL start answers 0. */
pz_status
pz_rule_locate(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)an;
    (void)scope;
    if (call->u.call.as_operator)
        call->u.call.shown = pz_fn_find(PZ_STR("locate"));
    return give(call, &pz_t_int, any_nullable(call, 0, 2));
}

/* levenshtein(a, b, limit): of constants a NULL limit makes NULL; otherwise a NULL limit is 0. */
pz_status
pz_rule_levenshtein(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v = {0};
    (void)scope;
    if (call->args.n > 2 && pz_expr_is_foldable(call->args.data[2])) {
        pz_expr *limit = call->args.data[2], *shown;
        bool all = pz_expr_is_foldable(call->args.data[0]) && pz_expr_is_foldable(call->args.data[1]);
        PZ_TRY(pz_fold(an, limit, &v));
        if (v.null) {
            shown = all ? pz_literal_null(an->a, &pz_t_int) : pz_literal_int(an->a, 0);
            shown->nullable = limit->nullable;
            shown->origin = limit->origin;
            shown->u.literal.variable = shown->u.literal.text = pz_expr_sql(an, limit);
            call->args.data[2] = shown;
        }
    }
    return give(call, &pz_t_int, any_nullable(call, 0, 3));
}

/* lpad(binary, n): padded with zero bytes */
pz_status
pz_rule_pad_binary(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    if (pz_conf_is(an->env, "spark.sql.legacy.lpadRpadAlwaysReturnString", "true")) {
        if (call->args.n == 2)
            pz_vec_push(an->a, &call->args, pz_literal_string(an->a, PZ_STR(" ")));
        cast_arg(an, call, 0, &pz_t_string);
        cast_arg(an, call, 2, &pz_t_string);
        return give(call, &pz_t_string, any_nullable(call, 0, 3));
    }
    if (call->args.n == 2) {
        pz_value zero = {.s = pz_dup(an->a, (pz_str){"\0", 1})};
        pz_vec_push(an->a, &call->args, pz_literal_value(an->a, &pz_t_binary, zero));
    }
    return give(call, &pz_t_binary, any_nullable(call, 0, 3));
}

/* overlay: text over text, binary over binary */
pz_status
pz_rule_overlay(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    if ((type_of(call, 0)->id == PZ_T_BINARY) != (type_of(call, 1)->id == PZ_T_BINARY))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        "`overlay`", "dataType", "(\"STRING\" or \"BINARY\")", NULL);
    return give(call, type_of(call, 0)->id == PZ_T_BINARY ? &pz_t_binary : &pz_t_string, any_nullable(call, 0, 4));
}

/* mask: the four masks are constants of one character */
pz_status
pz_rule_mask(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    static const char *const names[] = {"str", "upperChar", "lowerChar", "digitChar", "otherChar"};
    (void)scope;
    for (int i = 1; i < call->args.n; i++) {
        pz_value v;
        if (!pz_expr_is_foldable(call->args.data[i]))
            return non_foldable(an, call, i, pz_strf(an->a, "`%s`", names[i]).ptr);
        PZ_TRY(pz_fold(an, call->args.data[i], &v));
        if (!v.null && type_of(call, i)->id != PZ_T_VOID && pz_utf8_count(v.s) != 1)
            return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INPUT_SIZE_NOT_ONE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName",
                            names[i], NULL);
        cast_arg(an, call, i, &pz_t_string);
    }
    return give(call, &pz_t_string, true);
}

/* ---- formats */

pz_status
pz_rule_format_string(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_expr *f = call->args.data[0];
    (void)scope;
    if (f->kind == PZ_EXPR_LITERAL && !f->value.null && memmem(f->value.s.ptr, f->value.s.len, "%0$", 3))
        return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_PARAMETER_VALUE_ZERO_INDEX, call->origin, "parameter", "`strfmt`",
                           "functionName", "`format_string`", NULL);
    return give(call, &pz_t_string, f->nullable);
}

/* regexp_replace(..., position): a positive constant */
pz_status
pz_rule_regexp_replace(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v;
    (void)scope;
    if (!pz_expr_is_foldable(call->args.data[3]))
        return non_foldable(an, call, 3, "`position`");
    PZ_TRY(pz_fold(an, call->args.data[3], &v));
    if (!v.null && v.i <= 0)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "exprName", "position",
                        "valueRange", "(0, 2147483647]", "currentValue", pz_strf(an->a, "%lld", (long long)v.i).ptr, NULL);
    return give(call, &pz_t_string, any_nullable(call, 0, 4));
}

/* to_binary(text, format) */
pz_status
pz_rule_to_binary(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    bool try = pz_str_eqc(call->names.data[0], "try_to_binary"), nullable = true;
    pz_value v = {.s = PZ_STR("hex")};
    (void)scope;
    if (call->args.n > 1) {
        if (!pz_expr_is_foldable(call->args.data[1]))
            return non_foldable(an, call, 1, "`fmt`");
        PZ_TRY(pz_fold(an, call->args.data[1], &v));
    }
    bool base64 = !v.null && pz_str_ieqc(v.s, "base64");
    if (!try && !v.null && !base64 && !pz_str_ieqc(v.s, "hex") && !pz_str_ieqc(v.s, "utf-8") && !pz_str_ieqc(v.s, "utf8"))
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ARG_VALUE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "inputName", "fmt",
                        "requireType", "case-insensitive \"STRING\"", "validValues", "'hex', 'utf-8', 'utf8', or 'base64'", "inputValue",
                        pz_strf(an->a, "'" PZ_FMT "'", PZ_ARG(v.s)).ptr, NULL);
    if (base64 && !try)
        nullable = call->args.data[0]->nullable;
    return give(call, &pz_t_binary, nullable);
}

/* nullif() is rewritten with a value that stands for itself, which is no constant to Spark. */
static bool
is_constant(const pz_expr *e)
{
    bool nullif = e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0 && strcmp(pz_fn_row(e->u.call.fn)->name, "nullif") == 0;
    return pz_expr_is_foldable(e) && !nullif;
}

/* Of formats the messages name what kind of expression stands there. */
static pz_str
kind_of(const pz_expr *e)
{
    if (e->kind == PZ_EXPR_CALL && e->u.call.fn >= 0)
        return pz_str_c(pz_fn_row(e->u.call.fn)->name);
    return e->kind == PZ_EXPR_CAST ? PZ_STR("cast") : e->kind == PZ_EXPR_OUTER ? PZ_STR("outerreference") : PZ_STR("attributereference");
}

static pz_status
number_format_of(pz_analyzer *an, pz_expr *call, pz_number_pattern *p, bool *null)
{
    pz_value v;
    if (!is_constant(call->args.data[1]))
        return non_foldable(an, call, 1, pz_strf(an->a, "`" PZ_FMT "`", PZ_ARG(kind_of(call->args.data[1]))).ptr);
    PZ_TRY(pz_fold(an, call->args.data[1], &v));
    *null = v.null;
    return v.null ? PZ_OK : pz_number_pattern_parse(v.s, an->a, call->origin, p, an->err);
}

/* to_number(text, format): a decimal with the format's digits */
pz_status
pz_rule_to_number(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_number_pattern p;
    bool null;
    (void)scope;
    PZ_TRY(number_format_of(an, call, &p, &null));
    bool try = pz_str_eqc(call->names.data[0], "try_to_number");
    return give(call, null ? pz_type_decimal(an->a, 10, 0) : pz_type_decimal(an->a, p.precision, p.scale), try || any_nullable(call, 0, 2));
}

/* to_char(binary, format) is hex, base64 or decode */
static pz_status
binary_to_char(pz_analyzer *an, pz_scope *scope, pz_expr *call, int shown)
{
    pz_value v;
    pz_expr *x = call->args.data[0], *fmt = call->args.data[1];
    bool varchar = pz_str_ieqc(pz_str_c(pz_fn_row(shown)->name), "to_varchar");
    const char *name = varchar ? "`to_varchar`" : "`to_char`";
    if (!pz_expr_is_foldable(fmt))
        return pz_raise(an->err, PZ_ERR_NON_FOLDABLE_ARGUMENT, call->origin, "funcName", name, "paramName", "`format`", "paramType", "\"STRING\"", NULL);
    PZ_TRY(pz_fold(an, fmt, &v));
    if (v.null)
        return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_PARAMETER_VALUE_NULL, call->origin, "parameter", "`format`", "functionName", name,
                           NULL);
    if (pz_str_ieqc(v.s, "hex"))
        PZ_TRY(pz_recall(an, scope, call, "hex", 1, x, NULL));
    else if (pz_str_ieqc(v.s, "base64"))
        PZ_TRY(pz_recall(an, scope, call, "base64", 1, x, NULL));
    else if (pz_str_ieqc(v.s, "utf-8"))
        PZ_TRY(pz_recall(an, scope, call, "decode", 2, x, fmt));
    else
        return pz_raise_as(an->err, PZ_CLASS_AnalysisException, PZ_ERR_INVALID_PARAMETER_VALUE_BINARY_FORMAT, call->origin, "parameter", "`format`",
                           "functionName", name, "invalidFormat", pz_strf(an->a, "'" PZ_FMT "'", PZ_ARG(v.s)).ptr, NULL);
    if (varchar)
        call->u.call.shown = shown;
    return PZ_OK;
}

pz_status
pz_rule_to_char(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const pz_type *t = type_of(call, 0);
    pz_number_pattern p;
    int shown = call->u.call.shown;
    bool null;
    if (pz_type_is_datetime(t))
        return pz_recall(an, scope, call, "date_format", 2, call->args.data[0], call->args.data[1]);
    if (t->id == PZ_T_BINARY)
        return binary_to_char(an, scope, call, shown);
    call->u.call.shown = pz_fn_find(PZ_STR("to_char"));
    if (t->id != PZ_T_DECIMAL) {
        const pz_type *want = pz_type_is_integral(t)      ? pz_decimal_for(an->a, t)
                              : t->id == PZ_T_DOUBLE      ? pz_type_decimal(an->a, 30, 15)
                              : t->id == PZ_T_FLOAT       ? pz_type_decimal(an->a, 14, 7)
                              : pz_type_is_string(t) || t->id == PZ_T_VOID ? pz_type_decimal(an->a, 38, 18)
                                                          : NULL;
        if (!want)
            return pz_raise_input_type(an, call, 0, "\"DECIMAL\"");
        cast_arg(an, call, 0, want);
    }
    if (!pz_implicit_cast(an->a, type_of(call, 1), &pz_t_string, an->env->ansi))
        return pz_raise_input_type(an, call, 1, "\"STRING\"");
    if (!pz_type_is_string(type_of(call, 1)))
        cast_arg(an, call, 1, &pz_t_string);
    PZ_TRY(number_format_of(an, call, &p, &null));
    return give(call, &pz_t_string, null || any_nullable(call, 0, 2));
}

/* like(text, pattern, escape): the escape is one character, written as a literal */
pz_status
pz_rule_like(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    (void)scope;
    call->type = &pz_t_boolean;
    if (call->args.n < 3)
        return PZ_OK;
    const pz_expr *e = call->args.data[2];
    if (e->kind != PZ_EXPR_LITERAL || !pz_type_is_string(e->type) || e->value.null || pz_utf8_count(e->value.s) != 1)
        return pz_raise(an->err, PZ_ERR_INVALID_ESCAPE_CHAR, call->origin, "sqlExpr", pz_quote_sql_expr(an, e).ptr, NULL);
    return PZ_OK;
}

/* ---- collations */

pz_status
pz_rule_collate(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    pz_value v;
    pz_expr *wanted = call->args.data[1];
    (void)scope;
    if (!pz_type_is_string(wanted->type))
        return pz_raise(an->err, PZ_ERR_UNEXPECTED_INPUT_TYPE, call->origin, "functionName", "`collate`", "paramIndex", "first", "requiredType", "\"STRING\"",
                        "inputSql", pz_quote_sql_expr(an, wanted).ptr, "inputType", pz_quote_type(an, wanted->type).ptr, NULL);
    if (!pz_expr_is_foldable(wanted))
        return pz_raise(an->err, PZ_ERR_NON_FOLDABLE_ARGUMENT, call->origin, "funcName", "`collate`", "paramName", "`collationName`", "paramType",
                        "\"STRING\"", NULL);
    PZ_TRY(pz_fold(an, wanted, &v));
    if (v.null)
        return pz_raise(an->err, PZ_ERR_UNEXPECTED_INPUT_TYPE, call->origin, "paramIndex", "first", "functionName", "`collate`", "requiredType", "\"STRING\"",
                        "inputSql", pz_quote_sql_expr(an, call->args.data[1]).ptr, "inputType", pz_quote_type(an, call->args.data[1]->type).ptr, NULL);
    pz_str name;
    if (!pz_collation_normal(v.s, an->a, &name))
        return pz_raise(an->err, PZ_ERR_COLLATION_INVALID_NAME, PZ_NO_ORIGIN, "collationName", pz_dup(an->a, v.s).ptr, "proposals",
                        pz_collation_proposals(v.s, an->a).ptr, NULL);
    return give(call, pz_type_string_collated(an->a, name), call->args.data[0]->nullable);
}

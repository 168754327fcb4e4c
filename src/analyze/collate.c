/*
 * analyze/collate.c - which collation a call works in.
 *
 * In: a resolved call some of whose arguments are strings with collations.  An argument's collation is explicit (COLLATE), implicit
 * (columns and what is made of them) or default (literals); the strongest wins, literals take its type, the result carries it.  Two
 * explicit ones that differ are an error, two implicit ones leave the result without a collation ("null"), which few calls take.
 * Calls whose meaning depends on a collation that the engine's side cannot follow are refused.  Things start at pz_collate_call().
 */
#include "expr_int.h"
#include "func_int.h"

typedef enum strength { FROM_NOTHING, BY_DEFAULT, IMPLICIT, EXPLICIT } strength;
typedef struct context { strength by; const pz_type *type; bool open; const pz_type *other; } context;

enum { AGREE = 1, CARRY = 2, ANY_CASE = 4 /* takes operands without a collation */, UNSERVED = 8, QUIET = 16 /* shows what was written */, FOLDED = 32 /* only case is looked away from */, TYPED = 64 /* takes UTF8_BINARY and UTF8_LCASE only */ };

static const struct { const char *name; int from, to, how; } calls[] = {
    {"=", 0, 9, AGREE}, {"<=>", 0, 9, AGREE}, {"<", 0, 9, AGREE}, {"<=", 0, 9, AGREE}, {">", 0, 9, AGREE}, {">=", 0, 9, AGREE}, {"<>", 0, 9, AGREE},
    {"equal_null", 0, 9, AGREE}, {"in", 0, 999, AGREE}, {"between", 0, 9, AGREE | QUIET}, {"nullif", 0, 9, AGREE | CARRY | QUIET},
    {"coalesce", 0, 999, AGREE | CARRY | ANY_CASE}, {"concat", 0, 999, AGREE | CARRY | ANY_CASE}, {"array", 0, 999, AGREE | CARRY | ANY_CASE},
    {"if", 1, 9, AGREE | CARRY | ANY_CASE}, {"nvl", 0, 9, AGREE | CARRY | ANY_CASE | QUIET}, {"ifnull", 0, 9, AGREE | CARRY | ANY_CASE | QUIET},
    {"contains", 0, 9, AGREE | FOLDED}, {"startswith", 0, 9, AGREE | FOLDED}, {"endswith", 0, 9, AGREE | FOLDED}, {"instr", 0, 9, AGREE | UNSERVED}, {"locate", 0, 1, AGREE | UNSERVED},
    {"position", 0, 1, AGREE | UNSERVED}, {"replace", 0, 9, AGREE | CARRY | UNSERVED}, {"translate", 0, 9, AGREE | CARRY | UNSERVED},
    {"split", 0, 0, UNSERVED}, {"split_part", 0, 1, AGREE | CARRY | UNSERVED}, {"substring_index", 0, 1, AGREE | CARRY | UNSERVED},
    {"trim", 1, 9, AGREE | CARRY | UNSERVED}, {"ltrim", 1, 9, AGREE | CARRY | UNSERVED}, {"rtrim", 1, 9, AGREE | CARRY | UNSERVED},
    {"btrim", 1, 9, AGREE | CARRY | QUIET | UNSERVED}, {"find_in_set", 0, 9, AGREE | UNSERVED}, {"str_to_map", 0, 9, AGREE | UNSERVED},
    {"like", 0, 0, TYPED}, {"ilike", 0, 0, TYPED}, {"rlike", 0, 0, TYPED | UNSERVED}, {"regexp_replace", 0, 0, TYPED | UNSERVED}, {"regexp_extract", 0, 0, TYPED | UNSERVED}, {"regexp_extract_all", 0, 0, TYPED | UNSERVED},
    {"regexp_count", 0, 0, TYPED | UNSERVED}, {"regexp_substr", 0, 0, TYPED | UNSERVED}, {"regexp_instr", 0, 0, TYPED | UNSERVED},
    {"greatest", 0, 999, AGREE | CARRY | UNSERVED}, {"least", 0, 999, AGREE | CARRY | UNSERVED}, {"levenshtein", 0, 1, AGREE},
    {"lpad", 0, 2, AGREE | CARRY}, {"rpad", 0, 2, AGREE | CARRY}, {"overlay", 0, 1, AGREE | CARRY}, {"concat_ws", 0, 999, AGREE | CARRY | ANY_CASE},
    {"upper", 0, 0, CARRY}, {"lower", 0, 0, CARRY}, {"ucase", 0, 0, CARRY}, {"lcase", 0, 0, CARRY}, {"substr", 0, 0, CARRY}, {"substring", 0, 0, CARRY},
    {"left", 0, 0, CARRY}, {"right", 0, 0, CARRY}, {"repeat", 0, 0, CARRY}, {"reverse", 0, 0, CARRY}, {"initcap", 0, 0, CARRY},
    {"array_contains", 0, 9, UNSERVED}, {"array_distinct", 0, 9, UNSERVED}, {"array_position", 0, 9, UNSERVED}, {"array_remove", 0, 9, UNSERVED},
    {"array_union", 0, 9, UNSERVED}, {"array_intersect", 0, 9, UNSERVED}, {"array_except", 0, 9, UNSERVED}, {"arrays_overlap", 0, 9, UNSERVED},
    {"array_sort", 0, 9, UNSERVED}, {"sort_array", 0, 9, UNSERVED}, {"array_min", 0, 9, UNSERVED}, {"array_max", 0, 9, UNSERVED},
    {"map", 0, 999, UNSERVED}, {"map_from_arrays", 0, 9, UNSERVED}, {"map_from_entries", 0, 9, UNSERVED}, {"element_at", 0, 9, UNSERVED},
    {"mode", 0, 9, UNSERVED}, {"collect_set", 0, 9, UNSERVED}, {"approx_count_distinct", 0, 9, UNSERVED}, {"max_by", 1, 1, UNSERVED}, {"min_by", 1, 1, UNSERVED},
    {"approx_top_k", 0, 9, UNSERVED}, {"listagg", 0, 9, UNSERVED}, {"string_agg", 0, 9, UNSERVED},
    {"collation", 0, 9, ANY_CASE}, {"collate", 0, 9, ANY_CASE}, {"named_struct", 0, 999, ANY_CASE}, {"struct", 0, 999, ANY_CASE}, {"typeof", 0, 9, ANY_CASE},
    {"isnull", 0, 9, ANY_CASE}, {"isnotnull", 0, 9, ANY_CASE}, {"count", 0, 999, ANY_CASE}, {"when", 0, 999, ANY_CASE}};

static bool
is_open(const pz_type *t)
{
    return t->id == PZ_T_STRING && pz_str_eqc(t->collation, "null");
}

bool
pz_type_is_collated(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_STRING: return t->collation.len > 0;
    case PZ_T_ARRAY: return pz_type_is_collated(t->element);
    case PZ_T_MAP: return pz_type_is_collated(t->key) || pz_type_is_collated(t->element);
    case PZ_T_STRUCT:
        for (int i = 0; i < t->nfields; i++)
            if (pz_type_is_collated(t->fields[i].type))
                return true;
        return false;
    default: return false;
    }
}

/* Casts from string to string that overload resolution put there. */
static pz_expr *
as_written(pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST && e->u.cast.implicit && pz_type_is_string(e->type) && pz_type_is_string(e->args.data[0]->type))
        e = e->args.data[0];
    return e;
}

static context
merge(context a, context b)
{
    if (a.by < b.by)
        return b;
    if (a.by > b.by || a.by == FROM_NOTHING || pz_type_eq(a.type, b.type))
        return a;
    a.open = true;
    a.other = b.type;
    return a;
}

static context
context_of(pz_expr *e)
{
    context c = {0};
    e = as_written(e);
    if (e->type->id != PZ_T_STRING)
        return c;
    c.type = e->type;
    switch (e->kind) {
    case PZ_EXPR_LITERAL: c.by = BY_DEFAULT; return c;
    case PZ_EXPR_CALL:
        if (pz_str_eqc(e->names.data[e->names.n - 1], "collate")) {
            c.by = EXPLICIT;
            return c;
        }
        for (int i = 0; i < e->args.n; i++) {
            context arg = context_of(e->args.data[i]);
            if (arg.by > c.by)
                c.by = arg.by;
        }
        if (c.by == FROM_NOTHING)
            c.by = BY_DEFAULT;
        return c;
    case PZ_EXPR_ALIAS: return context_of(e->args.data[0]);
    default: c.by = IMPLICIT; return c;
    }
}

static pz_expr *
retyped(pz_analyzer *an, pz_expr *e, const pz_type *t, bool quiet)
{
    e = as_written(e);
    if (e->type->id != PZ_T_STRING || pz_type_eq(e->type, t))
        return e;
    if (e->kind == PZ_EXPR_LITERAL && !quiet) {
        e = pz_expr_shallow(an->a, e);
        e->type = t;
        return e;
    }
    pz_expr *c = pz_expr_make(an->a, PZ_EXPR_CAST, e->origin);
    pz_vec_push(an->a, &c->args, e);
    c->type = t;
    c->u.cast.mode = an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    c->u.cast.mode_set = c->u.cast.implicit = c->resolved = true;
    c->nullable = e->nullable;
    c->foldable = e->foldable;
    return c;
}

static const pz_type *
carried(pz_analyzer *an, const pz_type *t, const pz_type *s)
{
    if (t->id == PZ_T_STRING)
        return s;
    if (t->id == PZ_T_ARRAY && t->element->id == PZ_T_STRING)
        return pz_type_array(an->a, s, t->contains_null);
    return t;
}

static pz_status
raise_open(pz_analyzer *an, const pz_expr *call)
{
    return pz_raise(an->err, PZ_ERR_INDETERMINATE_COLLATION_IN_EXPRESSION, call->origin, "expr", pz_quote_sql_expr(an, call).ptr, NULL);
}

static pz_status
raise_explicit(pz_analyzer *an, const pz_expr *call, const pz_type *a, const pz_type *b)
{
    pz_str list = pz_strf(an->a, "[\"" PZ_FMT "\", \"" PZ_FMT "\"]", PZ_ARG(pz_type_sql(a, an->a)), PZ_ARG(pz_type_sql(b, an->a)));
    return pz_raise(an->err, PZ_ERR_COLLATION_MISMATCH_EXPLICIT, call->origin, "explicitTypes", list.ptr, NULL);
}

pz_status
pz_collate_call(pz_analyzer *an, pz_expr *call)
{
    bool any = false, lacking = false;
    int how = 0, from = 0, to = -1;
    const char *name;
    context c = {0};
    if (call->kind != PZ_EXPR_CALL || call->u.call.fn < 0)
        return PZ_OK;
    for (int i = 0; i < call->args.n; i++) {
        const pz_type *t = as_written(call->args.data[i])->type;
        any |= t && pz_type_is_collated(t);
        lacking |= t && is_open(t);
    }
    if (!any)
        return PZ_OK;
    name = pz_fn_row(call->u.call.fn)->name;
    for (size_t i = 0; i < PZ_COUNTOF(calls); i++)
        if (strcmp(calls[i].name, name) == 0) {
            how = calls[i].how;
            from = calls[i].from;
            to = calls[i].to;
        }
    if (lacking && !(how & ANY_CASE))
        return raise_open(an, call);
    for (int i = from; i <= to && i < call->args.n; i++)
        c = merge(c, context_of(call->args.data[i]));
    if ((how & AGREE) && c.open && c.by == EXPLICIT)
        return raise_explicit(an, call, c.type, c.other);
    if ((how & AGREE) && c.open && c.by == IMPLICIT) {
        if (!(how & ANY_CASE))
            return raise_open(an, call);
        c.type = pz_type_string_collated(an->a, PZ_STR("null"));
        if (how & CARRY)
            call->type = carried(an, call->type, c.type);
        return PZ_OK;
    }
    if (strcmp(name, "collect_set") == 0)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        "`collect_set`", "dataType", "\"MAP\" or \"COLLATED STRING\"", NULL);
    if ((how & TYPED) && c.by && c.type->collation.len && !pz_str_eqc(c.type->collation, "UTF8_LCASE"))
        return pz_raise_input_type(an, call, 0, "\"STRING\"");
    if ((how & UNSERVED) || ((how & FOLDED) && c.by && c.type->collation.len && !pz_str_eqc(c.type->collation, "UTF8_LCASE")) || (pz_fn_row(call->u.call.fn)->kind == PZ_FN_AGG && call->u.call.distinct && strcmp(name, "count") != 0))
        return pz_raise_text(an->err, PZ_CLASS_SparkUnsupportedOperationException, "%s is not served for strings with collations", name);
    for (int i = 0; call->u.call.distinct && i < call->args.n; i++)
        if (call->args.data[i]->type->id != PZ_T_STRING && pz_type_is_collated(call->args.data[i]->type))
            return pz_raise_text(an->err, PZ_CLASS_SparkUnsupportedOperationException, "%s is not served for nested strings with collations", name);
    for (int i = 0; (how & AGREE) && i < call->args.n; i++) {
        if (c.by && i >= from && i <= to)
            call->args.data[i] = retyped(an, call->args.data[i], c.type, how & QUIET);
        else if (how & AGREE && !c.by && pz_type_is_collated(call->args.data[i]->type))
            return pz_raise_text(an->err, PZ_CLASS_SparkUnsupportedOperationException, "%s is not served for nested strings with collations", name);
    }
    if ((how & CARRY) && c.by)
        call->type = carried(an, call->type, c.type);
    return PZ_OK;
}

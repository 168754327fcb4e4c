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

void *memmem(const void *hay, size_t nhay, const void *needle, size_t n);   /* libc has it; string.h shows it under _GNU_SOURCE only */

typedef enum strength { FROM_NOTHING, BY_DEFAULT, IMPLICIT, EXPLICIT } strength;
typedef struct context { strength by; const pz_type *type; bool open; const pz_type *other; } context;

enum {
    AGREE = 1, CARRY = 2, ANY_CASE = 4 /* takes operands without a collation */, QUIET = 16 /* shows what was written */,
    TYPED = 64 /* takes UTF8_BINARY and UTF8_LCASE only */, NO_ICU = 128 /* is not served for the others */, BYTES = 32 /* takes UTF8_BINARY only */, PAIRS = 256 /* keys agree, values agree */,
    BRANCHES = 512 /* every other one is a value */, BETWEEN = 8192 /* what stands between has the very type */, NO_CS_AI = 16384 /* does not look away from accents alone */, SAME_TYPES = 4096 /* what is looked for or put in has the very type */, KEYS = 2048 /* sees the keys of nested ones */, SEARCHES = 1024 /* decode: the first agrees with every other one */
};

static const struct { const char *name; int from, to, how; } calls[] = {
    {"=", 0, 9, AGREE}, {"<=>", 0, 9, AGREE}, {"<", 0, 9, AGREE}, {"<=", 0, 9, AGREE}, {">", 0, 9, AGREE}, {">=", 0, 9, AGREE}, {"<>", 0, 9, AGREE},
    {"equal_null", 0, 9, AGREE | QUIET}, {"in", 0, 999, AGREE}, {"between", 0, 9, AGREE | QUIET}, {"nullif", 0, 9, AGREE | CARRY | QUIET},
    {"coalesce", 0, 999, AGREE | CARRY | ANY_CASE}, {"concat", 0, 999, AGREE | CARRY | ANY_CASE}, {"array", 0, 999, AGREE | CARRY | ANY_CASE},
    {"if", 1, 9, AGREE | CARRY | ANY_CASE}, {"nvl", 0, 9, AGREE | CARRY | ANY_CASE | QUIET}, {"ifnull", 0, 9, AGREE | CARRY | ANY_CASE | QUIET},
    {"nvl2", 1, 2, AGREE | CARRY | ANY_CASE | QUIET}, {"when", 1, 999, AGREE | CARRY | ANY_CASE | BRANCHES}, {"decode", 0, 999, AGREE | QUIET | SEARCHES},
    {"contains", 0, 1, NO_CS_AI | AGREE}, {"startswith", 0, 1, NO_CS_AI | AGREE}, {"endswith", 0, 1, NO_CS_AI | AGREE}, {"instr", 0, 1, NO_CS_AI | AGREE}, {"locate", 0, 1, NO_CS_AI | AGREE},
    {"position", 0, 1, NO_CS_AI | AGREE}, {"replace", 0, 2, NO_CS_AI | AGREE | CARRY}, {"translate", 0, 2, NO_CS_AI | AGREE | CARRY},
    {"split", 0, 0, TYPED | CARRY}, {"split_part", 0, 1, NO_CS_AI | AGREE | CARRY}, {"substring_index", 0, 1, NO_CS_AI | AGREE | CARRY},
    {"trim", 0, 1, NO_CS_AI | AGREE | CARRY}, {"ltrim", 0, 1, NO_CS_AI | AGREE | CARRY}, {"rtrim", 0, 1, NO_CS_AI | AGREE | CARRY},
    {"btrim", 0, 9, NO_CS_AI | AGREE | CARRY | QUIET}, {"find_in_set", 0, 1, NO_CS_AI | AGREE}, {"str_to_map", 0, 2, AGREE | CARRY | NO_ICU},
    {"like", 0, 0, TYPED}, {"ilike", 0, 0, TYPED}, {"rlike", 0, 0, TYPED}, {"regexp_replace", 0, 2, TYPED | AGREE | CARRY},
    {"regexp_extract", 0, 0, TYPED | CARRY}, {"regexp_extract_all", 0, 0, TYPED | CARRY}, {"regexp_count", 0, 0, TYPED},
    {"regexp_substr", 0, 0, TYPED | CARRY}, {"regexp_instr", 0, 0, TYPED},
    {"greatest", 0, 999, AGREE | CARRY}, {"least", 0, 999, AGREE | CARRY}, {"levenshtein", 0, 1, AGREE}, {"elt", 1, 999, AGREE | CARRY | ANY_CASE},
    {"mask", 0, 4, AGREE | CARRY}, {"to_number", 0, 1, AGREE}, {"try_to_number", 0, 1, AGREE}, {"sentences", 0, 0, CARRY},
    {"lpad", 0, 2, AGREE | CARRY}, {"rpad", 0, 2, AGREE | CARRY}, {"overlay", 0, 1, AGREE | CARRY}, {"concat_ws", 0, 999, AGREE | CARRY | ANY_CASE},
    {"upper", 0, 0, CARRY}, {"lower", 0, 0, CARRY}, {"ucase", 0, 0, CARRY}, {"lcase", 0, 0, CARRY}, {"substr", 0, 0, CARRY}, {"substring", 0, 0, CARRY},
    {"left", 0, 0, CARRY}, {"right", 0, 0, CARRY}, {"repeat", 0, 0, CARRY}, {"reverse", 0, 0, CARRY}, {"initcap", 0, 0, CARRY}, {"hex", 0, 0, CARRY},
    {"array_contains", 0, 1, AGREE}, {"array_position", 0, 1, AGREE}, {"array_remove", 0, 1, AGREE}, {"array_append", 0, 1, AGREE | CARRY},
    {"array_union", 0, 1, AGREE}, {"array_intersect", 0, 1, AGREE}, {"array_except", 0, 1, AGREE}, {"arrays_overlap", 0, 1, AGREE},
    {"map", 0, 999, AGREE | PAIRS}, {"element_at", 0, 0, SAME_TYPES}, {"try_element_at", 0, 0, SAME_TYPES}, {"map_contains_key", 0, 0, SAME_TYPES}, {"array_prepend", 0, 0, SAME_TYPES},
    {"array_insert", 0, 0, SAME_TYPES}, {"mode", 0, 0, CARRY}, {"approx_count_distinct", 0, 0, KEYS},
    {"listagg", 0, 0, CARRY | BETWEEN}, {"array_join", 0, 2, AGREE | CARRY}, {"json_tuple", 0, 0, CARRY}, {"conv", 0, 0, CARRY},
    {"make_valid_utf8", 0, 0, CARRY}, {"validate_utf8", 0, 0, CARRY}, {"try_validate_utf8", 0, 0, CARRY}, {"format_string", 0, 0, CARRY}, {"printf", 0, 0, CARRY},
    {"schema_of_json", 0, 0, BYTES}, {"schema_of_csv", 0, 0, BYTES}, {"schema_of_xml", 0, 0, BYTES}, {"count_min_sketch", 0, 0, BYTES},
    {"collation", 0, 9, ANY_CASE}, {"collate", 0, 9, ANY_CASE}, {"named_struct", 0, 999, ANY_CASE}, {"struct", 0, 999, ANY_CASE}, {"typeof", 0, 9, ANY_CASE},
    {"isnull", 0, 9, ANY_CASE}, {"isnotnull", 0, 9, ANY_CASE}, {"count", 0, 999, ANY_CASE}};

static bool
is_open(const pz_type *t)
{
    return t->id == PZ_T_STRING && pz_str_eqc(t->collation, "null");
}

static bool
holds_text(const pz_type *t)
{
    return pz_type_is_string(t) || (t->id == PZ_T_ARRAY && pz_type_is_string(t->element));
}

/* Casts from string to string that overload resolution put there, of arrays of them too. */
static pz_expr *
as_written(pz_expr *e)
{
    while (e->kind == PZ_EXPR_CAST && e->u.cast.implicit && !e->u.cast.defaulted && holds_text(e->type) && holds_text(e->args.data[0]->type) && e->type->id == e->args.data[0]->type->id)
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
    c.type = e->type->id == PZ_T_ARRAY ? e->type->element : e->type;
    if (c.type->id != PZ_T_STRING)
        return (context){0};
    switch (e->kind) {
    case PZ_EXPR_LITERAL:
        c.by = e->u.literal.variable.len || e->u.literal.variable_path.len ? IMPLICIT : BY_DEFAULT;   /* a variable is as a column */
        return e->value.null && c.by == BY_DEFAULT ? (context){0} : c;
    case PZ_EXPR_CALL:
        if (pz_str_eqc(e->names.data[e->names.n - 1], "collate")) {
            c.by = EXPLICIT;
            return c;
        }
        if (pz_str_eqc(e->names.data[0], "of function")) {     /* a function's value is a column as any */
            c.by = IMPLICIT;
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
    case PZ_EXPR_CAST:
        /* what is made text unasked counts as little as a literal, NULL not at all */
        c.by = e->args.data[0]->type->id == PZ_T_VOID ? FROM_NOTHING : e->u.cast.implicit && !e->u.cast.defaulted && !pz_type_is_string(e->args.data[0]->type) ? BY_DEFAULT : IMPLICIT;
        return c.by == FROM_NOTHING ? (context){0} : c;
    default: c.by = IMPLICIT; return c;
    }
}

static pz_expr *
retyped(pz_analyzer *an, pz_expr *e, const pz_type *t, bool quiet)
{
    e = as_written(e);
    if (e->type->id == PZ_T_ARRAY && e->type->element->id == PZ_T_STRING && !pz_type_eq(e->type->element, t))
        t = pz_type_array(an->a, t, e->type->contains_null);
    else if (e->type->id != PZ_T_STRING || pz_type_eq(e->type, t))
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
    if (t->id == PZ_T_ARRAY)
        return pz_type_array(an->a, carried(an, t->element, s), t->contains_null);
    if (t->id == PZ_T_STRUCT) {
        pz_field *f = PZ_NEWN(an->a, pz_field, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) f[i] = t->fields[i], f[i].type = carried(an, f[i].type, s);
        return pz_type_struct(an->a, f, t->nfields);
    }
    if (t->id == PZ_T_MAP)
        return pz_type_map(an->a, carried(an, t->key, s), carried(an, t->element, s), t->contains_null);
    return t;
}

static pz_status
raise_open(pz_analyzer *an, const pz_expr *call)
{
    return pz_raise(an->err, PZ_ERR_INDETERMINATE_COLLATION_IN_EXPRESSION, call->origin, "expr", pz_quote_sql_expr(an, call).ptr, NULL);
}

static pz_status
raise_explicit(pz_analyzer *an, const pz_type *a, const pz_type *b)
{
    pz_str list = pz_strf(an->a, "\"" PZ_FMT "\", \"" PZ_FMT "\"", PZ_ARG(pz_type_sql(a, an->a)), PZ_ARG(pz_type_sql(b, an->a)));
    return pz_raise(an->err, PZ_ERR_COLLATION_MISMATCH_EXPLICIT, PZ_NO_ORIGIN, "explicitTypes", list.ptr, NULL);
}

/* What the expression is matched by: itself, or its key under its name. */
pz_expr *
pz_collation_key(pz_analyzer *an, pz_expr *e)
{
    pz_expr *c;
    if (!pz_type_has_key(e->type))
        return e;
    c = pz_expr_make(an->a, PZ_EXPR_CALL, e->origin);
    pz_vec_push(an->a, &c->names, PZ_STR("collation key"));
    pz_vec_push(an->a, &c->args, e);
    c->u.call.fn = c->u.call.shown = pz_fn_find(PZ_STR("collation key"));
    c->u.call.shown_as = pz_expr_sql(an, e);
    c->type = pz_collation_key_type(an->a, e->type);
    c->nullable = e->nullable;
    c->foldable = e->foldable;
    c->resolved = true;
    return c;
}

/* Two operands of one comparison: they agree, or that is the error. */
pz_status
pz_collate_operands(pz_analyzer *an, pz_expr *shown, pz_expr **a, pz_expr **b)
{
    context c;
    if (!pz_type_is_collated((*a)->type) && !pz_type_is_collated((*b)->type))
        return PZ_OK;
    c = merge(context_of(*a), context_of(*b));
    if (c.open && c.by == EXPLICIT)
        return raise_explicit(an, c.type, c.other);
    if (c.open)
        return raise_open(an, shown);
    if (c.by) {
        *a = retyped(an, *a, c.type, false);
        *b = retyped(an, *b, c.type, false);
    } else if (!pz_type_eq_loose((*a)->type, (*b)->type)) {
        return pz_raise_text(an->err, PZ_CLASS_SparkUnsupportedOperationException, "IN over nested strings of several collations is not served");
    }
    return PZ_OK;
}

static pz_status
unserved(pz_analyzer *an, const char *name, const char *what)
{
    return pz_raise_text(an->err, PZ_CLASS_SparkUnsupportedOperationException, "%s is not served for %s", name, what);
}

/* Does argument i take part?  In CASE the values do, in map the keys or the values, in decode what is searched for. */
static bool
takes_part(int how, int i, int n, int turn)
{
    if (how & BRANCHES) return i % 2 == 1 || (i == n - 1 && n % 2 == 1);
    if (how & PAIRS) return i % 2 == turn;
    if (how & SEARCHES) return turn == 0 ? i == 0 || (i % 2 == 1 && i < n - 1) : i > 0 && (i % 2 == 0 || i == n - 1);
    return true;
}

/* The arguments of one turn agree; *out: on what, NULL: nothing to agree on. */
static pz_status
agree(pz_analyzer *an, pz_expr *call, int how, int from, int to, int turn, const pz_type **out)
{
    const pz_type *nested = NULL;
    context c = {0};
    int n = call->args.n;
    *out = NULL;
    for (int i = from; i <= to && i < n; i++)
        if (takes_part(how, i, n, turn)) c = merge(c, context_of(call->args.data[i]));
    if (c.open && c.by == EXPLICIT) return raise_explicit(an, c.type, c.other);
    if (c.open) {
        if (!(how & ANY_CASE)) return raise_open(an, call);
        *out = pz_type_string_collated(an->a, PZ_STR("null"));
        return PZ_OK;
    }
    for (int i = from; i <= to && i < n; i++) {
        const pz_type *t = call->args.data[i]->type;
        if (!takes_part(how, i, n, turn)) continue;
        if (c.by) {
            call->args.data[i] = retyped(an, call->args.data[i], c.type, how & QUIET);
        } else if (pz_type_is_nested(t)) {     /* structs and maps agree if they are alike */
            if (nested && !pz_type_eq_loose(nested, t) && !(nested->id == PZ_T_ARRAY && pz_type_eq_loose(nested->element, t)) && (pz_type_is_collated(nested) || pz_type_is_collated(t)))
                return unserved(an, pz_fn_row(call->u.call.fn)->name, "nested strings of several collations");
            nested = t;
        }
    }
    *out = c.by ? c.type : NULL;
    return PZ_OK;
}

static int
row_of(const char *name)
{
    for (size_t i = 0; i < PZ_COUNTOF(calls); i++)
        if (strcmp(calls[i].name, name) == 0) return (int)i;
    return -1;
}

/* Is the collation of its result that of its arguments? */
bool
pz_carries_collation(const char *name)
{
    int row = row_of(name);
    return row >= 0 && (calls[row].how & CARRY);
}

/* Aggregates that tell equal from different as the collation does. */
static bool
keeps_distinct(const char *name)
{
    static const char *const names[] = {"count", "collect_list", "array_agg", "max", "min", "first", "first_value", "last", "last_value", "any_value", "max_by", "min_by"};
    for (size_t i = 0; i < PZ_COUNTOF(names); i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static int
text_of(const pz_expr *call)
{
    for (int i = 0; i < call->args.n; i++)
        if (call->args.data[i]->type->id == PZ_T_STRING && call->args.data[i]->type->collation.len) return i;
    return 0;
}

static bool
accents_alone(const pz_expr *call)
{
    pz_str name = call->args.n ? call->args.data[text_of(call)]->type->collation : PZ_STR("");
    return memmem(name.ptr, name.len, "_AI", 3) && !memmem(name.ptr, name.len, "_CI", 3);
}

/* The aggregate without its clauses, as this error has it. */
static const char *
listed(pz_analyzer *an, const pz_expr *call)
{
    pz_str s = pz_strf(an->a, "\"listagg(" PZ_FMT ", " PZ_FMT, PZ_ARG(pz_expr_sql(an, call->args.data[0])), PZ_ARG(pz_expr_sql(an, call->args.data[1])));
    for (int i = 0; i < call->u.call.order.n; i++) s = pz_strf(an->a, PZ_FMT ", " PZ_FMT, PZ_ARG(s), PZ_ARG(pz_expr_sql(an, call->u.call.order.data[i])));
    return pz_strf(an->a, PZ_FMT ")\"", PZ_ARG(s)).ptr;
}

static pz_status
check_between(pz_analyzer *an, pz_expr *call, const pz_type *t)
{
    const pz_expr *written = as_written(call->args.data[1]);
    const pz_type *between = written->type;
    while (written->kind == PZ_EXPR_CAST && written->u.cast.implicit) written = written->args.data[0];
    if (!t || (written->kind == PZ_EXPR_LITERAL && written->value.null) || between->id != PZ_T_STRING || pz_type_eq(between, t))
        return PZ_OK;
    return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, call->origin, "sqlExpr", listed(an, call), "functionName", "`listagg`",
                    "dataType", pz_strf(an->a, "(" PZ_FMT " or " PZ_FMT ")", PZ_ARG(pz_quote_type(an, t)), PZ_ARG(pz_quote_type(an, between))).ptr, NULL);
}

/* What a map is asked by, or an array holds; NULL: neither. */
static const pz_type *
part_type(const pz_type *t)
{
    return t->id == PZ_T_MAP ? t->key : t->id == PZ_T_ARRAY ? t->element : NULL;
}

static pz_status
check_part(pz_analyzer *an, pz_expr *call, const char *name, const pz_type *t)
{
    bool map = call->args.data[0]->type->id == PZ_T_MAP;
    const pz_expr *part = as_written(call->args.data[call->args.n - 1]);
    if (!pz_type_is_string(part->type) || pz_type_eq(part->type, t))
        return PZ_OK;
    return pz_raise(an->err, map ? PZ_ERR_DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES : PZ_ERR_DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES, call->origin,
                    "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName", pz_strf(an->a, "`%s`", strncmp(name, "try_", 4) ? name : name + 4).ptr, "dataType", map ? "\"MAP\"" : "\"ARRAY\"",
                    "leftType", pz_quote_type(an, call->args.data[0]->type).ptr, "rightType", pz_quote_type(an, part->type).ptr, NULL);
}

/* map(): keys and values each agree, and the type tells it. */
static pz_status
collate_pairs(pz_analyzer *an, pz_expr *call, int how)
{
    const pz_type *key, *value, *t = call->type;
    PZ_TRY(agree(an, call, how, 0, 999, 0, &key));
    PZ_TRY(agree(an, call, how, 0, 999, 1, &value));
    if (t->id == PZ_T_MAP) call->type = pz_type_map(an->a, key ? carried(an, t->key, key) : t->key, value ? carried(an, t->element, value) : t->element, t->contains_null);
    return PZ_OK;
}

pz_status
pz_collate_call(pz_analyzer *an, pz_expr *call)
{
    bool any = false, lacking = false, icu;
    int how = 0, from = 0, to = -1, row;
    const pz_type *t, *results;
    const char *name;
    context first = {0};
    if (call->kind != PZ_EXPR_CALL || call->u.call.fn < 0)
        return PZ_OK;
    for (int i = 0; i < call->args.n; i++) {
        t = as_written(call->args.data[i])->type;
        any |= t && pz_type_is_collated(t);
        lacking |= t && is_open(t);
    }
    if (!any)
        return PZ_OK;
    name = pz_fn_row(call->u.call.fn)->name;
    if ((row = row_of(name)) >= 0)
        how = calls[row].how, from = calls[row].from, to = calls[row].to;
    if (lacking && !(how & ANY_CASE))
        return raise_open(an, call);
    if (strcmp(name, "collect_set") == 0 || strcmp(name, "collect_union") == 0)
        return pz_raise(an->err, PZ_ERR_DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE, call->origin, "sqlExpr", pz_quote_sql_expr(an, call).ptr, "functionName",
                        pz_strf(an->a, "`%s`", name).ptr, "dataType", "\"MAP\" or \"COLLATED STRING\"", NULL);
    if (call->u.call.distinct && !(how & BETWEEN) && !keeps_distinct(name))
        return unserved(an, name, "DISTINCT over strings with collations");
    if (call->args.n) first = context_of(call->args.data[0]);
    icu = first.by && pz_collation_is_icu(first.type->collation);
    if ((how & TYPED) && (icu || (first.by && first.type->collation.len && !pz_str_eqc(first.type->collation, "UTF8_LCASE"))))
        return pz_raise_input_type(an, call, 0, "\"STRING\"");
    if ((how & BYTES) && first.by && first.type->collation.len)
        return pz_raise_input_type(an, call, 0, strcmp(name, "count_min_sketch") ? "\"STRING\"" : "(\"INTEGRAL\" or \"STRING\" or \"BINARY\")");
    if ((how & NO_CS_AI) && accents_alone(call))
        return pz_raise_input_type(an, call, text_of(call), "\"STRING\"");
    if ((how & BETWEEN) && call->args.n > 1)
        PZ_TRY(check_between(an, call, first.type));
    if ((how & NO_ICU) && icu)
        return unserved(an, name, "collations of ICU");
    if ((how & SAME_TYPES) && (t = part_type(call->args.data[0]->type)) && pz_type_is_collated(t) && call->args.n > 1)
        PZ_TRY(check_part(an, call, name, t));
    if ((how & KEYS) && pz_type_is_nested(call->args.data[0]->type)) {
        call->args.data[0] = pz_collation_key(an, call->args.data[0]);
        return PZ_OK;
    }
    if (how & PAIRS)
        return collate_pairs(an, call, how);
    t = NULL;
    if (how & AGREE)
        PZ_TRY(agree(an, call, how, from, to, 0, &t));
    else if (how & CARRY)
        t = first.by ? first.type : NULL;
    if (how & SEARCHES) {
        PZ_TRY(agree(an, call, how | ANY_CASE, from, to, 1, &results));
        if (results) call->type = carried(an, call->type, results);
    }
    if ((how & CARRY) && t)
        call->type = carried(an, call->type, t);
    return PZ_OK;
}

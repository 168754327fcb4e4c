/*
 * lower/collate.c - what stands for a string with a collation where strings are compared, sorted or grouped.
 *
 * UTF8_LCASE compares in lower case; UNICODE and the languages by ICU's sort keys, which the engine function collation_key makes;
 * _RTRIM looks away from trailing spaces.  Arrays, structs and maps that hold such strings are made again with the keys inside, and in the
 * same way where what is grouped has one zero.
 * Functions that search texts have forms of their own for collations, regular expressions look away from case.
 * Things start at pz_lower_key(), pz_key_text() and pz_lower_collated().
 */
#include "lower_int.h"

/* A leaf as it is compared: texts of a collation by its key; calendar intervals by their parts, where to the engine a day is 24 hours. */
static pz_status
leaf_key(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out)
{
    const pz_type *types[2] = {&pz_t_string, &pz_t_string};
    pz_str args[2], name = t->collation;
    if (t->id == PZ_T_CALENDAR_INTERVAL) {
        pz_buf_printf(out, "CAST(" PZ_FMT " AS VARCHAR)", PZ_ARG(text));
        return PZ_OK;
    }
    if (pz_str_ends(name, "_RTRIM")) {
        text = pz_strf(lw->a, "rtrim(" PZ_FMT ", ' ')", PZ_ARG(text));
        name.len -= 6;
    }
    if (pz_collation_is_lcase(name)) {         /* two letters have lower cases of their own here */
        pz_buf_printf(out, "lower(replace(replace(" PZ_FMT ", '\u0130', 'i\u0307'), '\u03c2', '\u03c3'))", PZ_ARG(text));
        return PZ_OK;
    }
    if (!pz_collation_is_icu(name)) {
        pz_buf_str(out, text);
        return PZ_OK;
    }
    args[0] = text;
    args[1] = pz_strf(lw->a, "'" PZ_FMT "'", PZ_ARG(name));
    return pz_lower_bound_args(lw, at, "collation_key", types, args, 2, &pz_t_binary, out);
}

/* ---- order of values that hold others: NULL inside comes first for Spark, last for the engine ---- */
bool
pz_holds_null(const pz_type *t)
{
    if (t->id == PZ_T_ARRAY) return t->contains_null || pz_holds_null(t->element);
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++)
        if (t->fields[i].nullable || pz_holds_null(t->fields[i].type)) return true;
    return false;
}

static pz_status
order_text(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out)
{
    pz_str v;
    if (t->id != PZ_T_ARRAY && t->id != PZ_T_STRUCT) return pz_key_text(lw, at, t, text, out);
    v = pz_lower_fresh(lw, 'v');
    if (t->id == PZ_T_ARRAY) {
        pz_buf_printf(out, "list_transform(" PZ_FMT ", lambda " PZ_FMT ": {'n': " PZ_FMT " IS NOT NULL, 'v': ", PZ_ARG(text), PZ_ARG(v), PZ_ARG(v));
        PZ_TRY(order_text(lw, at, t->element, v, out));
        pz_buf_puts(out, "})");
        return PZ_OK;
    }
    pz_buf_printf(out, "(list_transform([" PZ_FMT "], lambda " PZ_FMT ": CASE WHEN " PZ_FMT " IS NOT NULL THEN {", PZ_ARG(text), PZ_ARG(v), PZ_ARG(v));
    for (int i = 0; i < t->nfields; i++) {
        pz_str f = pz_strf(lw->a, "struct_extract(" PZ_FMT ", 'f%d')", PZ_ARG(v), i);
        pz_buf_printf(out, "%s'n%d': " PZ_FMT " IS NOT NULL, 'f%d': ", i ? ", " : "", i, PZ_ARG(f), i);
        PZ_TRY(order_text(lw, at, t->fields[i].type, f, out));
    }
    pz_buf_puts(out, "} END)[1])");
    return PZ_OK;
}

/* An expression as it is ordered; beside: what stands beside it may hold NULL even if it does not. */
pz_status
pz_lower_order(pz_lowerer *lw, const pz_expr *e, bool beside, pz_buf *out)
{
    pz_str text;
    if (!beside && !pz_holds_null(e->type)) return pz_lower_key(lw, e, out);
    PZ_TRY(pz_lower_text(lw, e, &text));
    return order_text(lw, e, e->type, text, out);
}

/* ---- values made again with other leaves ---- */
typedef struct change {
    bool (*concerns)(const pz_type *t);        /* such a leaf is the type, or inside it */
    pz_status (*write)(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out);
} change;

static pz_status changed(pz_lowerer *lw, const change *c, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out);

static pz_status
changed_list(pz_lowerer *lw, const change *c, const pz_expr *at, const pz_type *element, pz_str list, pz_buf *out)
{
    pz_str v;
    if (!c->concerns(element)) {
        pz_buf_str(out, list);
        return PZ_OK;
    }
    v = pz_lower_fresh(lw, 'v');
    pz_buf_printf(out, "list_transform(" PZ_FMT ", lambda " PZ_FMT ": ", PZ_ARG(list), PZ_ARG(v));
    PZ_TRY(changed(lw, c, at, element, v, out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

static pz_status
changed_parts(pz_lowerer *lw, const change *c, const pz_expr *at, const pz_type *t, pz_str v, pz_buf *out)
{
    if (t->id == PZ_T_MAP) {
        pz_buf_puts(out, "map_from_entries(list_sort(map_entries(map(");     /* maps are equal whatever the order of their entries */
        PZ_TRY(changed_list(lw, c, at, t->key, pz_strf(lw->a, "map_keys(" PZ_FMT ")", PZ_ARG(v)), out));
        pz_buf_puts(out, ", ");
        PZ_TRY(changed_list(lw, c, at, t->element, pz_strf(lw->a, "map_values(" PZ_FMT ")", PZ_ARG(v)), out));
        pz_buf_puts(out, "))))");
        return PZ_OK;
    }
    for (int i = 0; i < t->nfields; i++) {
        pz_buf_printf(out, "%s'f%d': ", i ? ", " : "{", i);
        PZ_TRY(changed(lw, c, at, t->fields[i].type, pz_strf(lw->a, "struct_extract(" PZ_FMT ", 'f%d')", PZ_ARG(v), i), out));
    }
    pz_buf_putc(out, '}');
    return PZ_OK;
}

static pz_status
changed(pz_lowerer *lw, const change *c, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out)
{
    pz_str v;
    if (t->id == PZ_T_UDT && t->element) t = t->element;
    if (!c->concerns(t)) {
        pz_buf_str(out, text);
        return PZ_OK;
    }
    if (!pz_type_is_nested(t)) return c->write(lw, at, t, text, out);
    if (t->id == PZ_T_ARRAY) return changed_list(lw, c, at, t->element, text, out);
    v = pz_lower_fresh(lw, 'v');               /* a list of one: the value is computed once, and the lambda names it */
    pz_buf_printf(out, "(list_transform([" PZ_FMT "], lambda " PZ_FMT ": CASE WHEN " PZ_FMT " IS NOT NULL THEN ", PZ_ARG(text), PZ_ARG(v), PZ_ARG(v));
    PZ_TRY(changed_parts(lw, c, at, t, v, out));
    pz_buf_puts(out, " END)[1])");
    return PZ_OK;
}

/* ---- keys ---- */
pz_status
pz_key_text(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out)
{
    static const change keys = {pz_type_has_key, leaf_key};
    return changed(lw, &keys, at, t, text, out);
}

/* An expression as it is compared. */
pz_status
pz_lower_key(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_str text;
    if (!pz_type_has_key(e->type)) return pz_lower_value(lw, e, out);
    PZ_TRY(pz_lower_text(lw, e, &text));
    return pz_key_text(lw, e, e->type, text, out);
}

static bool
is_not_normal(const pz_type *t)
{
    return pz_type_holds(t, PZ_T_DOUBLE) || pz_type_holds(t, PZ_T_FLOAT) || pz_type_holds(t, PZ_T_MAP);
}

static pz_status
one_zero(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out)
{
    (void)at;
    pz_buf_printf(out, "(" PZ_FMT " + 0::" PZ_FMT ")", PZ_ARG(text), PZ_ARG(pz_engine_type_text(lw, t)));
    return PZ_OK;
}

pz_str
pz_normal_text(pz_lowerer *lw, const pz_type *t, pz_str text)
{
    static const change normal = {is_not_normal, one_zero};
    pz_buf b;
    if (!is_not_normal(t)) return text;
    pz_buf_init(&b, 0);
    changed(lw, &normal, NULL, t, text, &b);
    text = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return text;
}

pz_status lower_collation_key(pz_lowerer *lw, const pz_expr *call, pz_buf *out);

/* "collation key"(x), which the analyzer puts where rows are matched rather than values compared. */
pz_status
lower_collation_key(pz_lowerer *lw, const pz_expr *call, pz_buf *out)
{
    return pz_lower_key(lw, call->args.data[0], out);
}

/* ---- functions over such strings ---- */
static pz_expr *
looking_away_from_case(pz_lowerer *lw, const pz_expr *call)
{
    pz_expr *c = pz_expr_shallow(lw->a, call), *pattern = c->args.data[1];
    if (pattern->kind == PZ_EXPR_LITERAL) {
        pattern = pz_expr_shallow(lw->a, pattern);
        if (!pattern->value.null) pattern->value.s = pz_strf(lw->a, "(?iu)" PZ_FMT, PZ_ARG(pattern->value.s));
    } else {
        const pz_expr *own = pattern;
        pattern = pz_call_make(lw->a, own->origin, "concat", 2, pz_literal_string(lw->a, PZ_STR("(?iu)")), pattern);
        pattern->args.data[0]->resolved = pattern->resolved = true;
        pattern->type = own->type;
        pattern->nullable = own->nullable;
    }
    memset(&c->args, 0, sizeof c->args);
    for (int i = 0; i < call->args.n; i++) pz_vec_push(lw->a, &c->args, i == 1 ? pattern : call->args.data[i]);
    return c;
}

/* The call as the engine's functions take it, and which function: a form for collations, or a pattern for any case. */
const pz_expr *
pz_lower_collated(pz_lowerer *lw, const pz_expr *call, const char **impl)
{
    static const struct { const char *name, *form; bool pattern; } forms[] = {
        {"contains", "collated_contains", false}, {"startswith", "collated_startswith", false}, {"endswith", "collated_endswith", false},
        {"instr", "collated_instr", false}, {"locate", "collated_locate", false}, {"replace", "collated_replace", false},
        {"translate", "collated_translate", false}, {"split_part", "collated_split_part", false},
        {"substring_index", "collated_substring_index", false}, {"trim", "collated_trim", false}, {"ltrim", "collated_ltrim", false},
        {"rtrim", "collated_rtrim", false}, {"find_in_set", "collated_find_in_set", false}, {"split", NULL, true}, {"rlike", NULL, true},
        {"regexp_replace", NULL, true}, {"regexp_extract", NULL, true}, {"regexp_extract_all", NULL, true}, {"regexp_count", NULL, true},
        {"regexp_substr", NULL, true}, {"regexp_instr", NULL, true}};
    bool any = false, lcase = false;
    for (int i = 0; i < call->args.n && i < 2; i++) {
        const pz_type *t = call->args.data[i]->type;
        any |= t->id == PZ_T_STRING && t->collation.len;
        lcase |= t->id == PZ_T_STRING && pz_collation_is_lcase(t->collation);
    }
    for (size_t i = 0; any && i < PZ_COUNTOF(forms); i++) {
        if (strcmp(forms[i].name, *impl) != 0) continue;
        if (forms[i].form) *impl = forms[i].form;
        else if (lcase && call->args.n > 1) return looking_away_from_case(lw, call);
    }
    return call;
}

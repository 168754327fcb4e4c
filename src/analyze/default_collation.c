/*
 * analyze/default_collation.c - the default collation of a view, an SQL function or a table made AS SELECT, inside its text.
 *
 * In: expressions of such a text.  Out: literals and the types that casts name have the collation where none is told, and so has the text
 * that a function makes of nothing but its own (hex, date_format, current_database: those that carry no collation from their arguments);
 * columns keep theirs.  Inline tables of literals are computed by Spark's parser when the object is read, before the default is known, and
 * scalar subqueries keep what their functions make.  Things start at pz_default_literal(), pz_default_type() and pz_default_result().
 */
#include <string.h>

#include "analyze_int.h"
#include "func_int.h"

static bool
has_default(const pz_analyzer *an)
{
    pz_str name = an->env->default_collation;
    return name.len > 0 && !pz_str_eqc(name, "UTF8_BINARY") && !an->early_cells;
}

const pz_type *
pz_default_type(pz_analyzer *an, const pz_type *t)
{
    return has_default(an) && t ? pz_type_with_collation(an->a, t, an->env->default_collation) : t;
}

pz_expr *
pz_default_literal(pz_analyzer *an, pz_expr *e)
{
    pz_expr *c;
    e->resolved = true;
    if (!has_default(an) || !e->type || e->type->id != PZ_T_STRING || e->u.literal.variable.len)
        return e;
    c = pz_expr_shallow(an->a, e);
    c->type = pz_default_type(an, e->type);
    return c;
}

/* Arguments that are words of the syntax: units of time, names of collations. */
void
pz_keep_words(const pz_analyzer *an, const pz_expr *written, pz_expr *call)
{
    static const struct { const char *name; int at; } words[] = {{"collate", 1}, {"timestampadd", 0}, {"timestampdiff", 0}};
    if (!has_default(an) || !call->names.n || written->args.n != call->args.n) return;
    for (size_t i = 0; i < PZ_COUNTOF(words); i++)
        if (pz_str_ieqc(call->names.data[call->names.n - 1], words[i].name) && words[i].at < call->args.n &&
            written->args.data[words[i].at]->kind == PZ_EXPR_LITERAL)
            call->args.data[words[i].at] = written->args.data[words[i].at];
}

/* What makes a text of its own: not what carries a collation, nor what gives bytes come what may. */
static bool
makes_text(pz_analyzer *an, const pz_expr *call)
{
    static const char *const bytes[] = {"variant_get", "try_variant_get", "kll_sketch_to_string_bigint", "kll_sketch_to_string_float", "kll_sketch_to_string_double"};
    const char *name = pz_fn_row(call->u.call.fn)->name;
    for (size_t i = 0; i < PZ_COUNTOF(bytes); i++)
        if (strcmp(name, bytes[i]) == 0) return false;
    if (strcmp(name, "collation") == 0) return !an->env->makes_table;
    if (strcmp(name, "hex") == 0) return true;                 /* of a number or bytes, if its type is plain */
    return pz_fn_row(call->u.call.fn)->kind == PZ_FN_SCALAR && !pz_carries_collation(name);
}

pz_expr *
pz_default_result(pz_analyzer *an, pz_expr *call)
{
    pz_expr *c;
    if (!has_default(an) || an->in_subquery || call->kind != PZ_EXPR_CALL || call->type->id != PZ_T_STRING || call->type->collation.len ||
        call->type->told_bytes || call->u.call.fn < 0 || !makes_text(an, call))
        return call;
    c = pz_expr_make(an->a, PZ_EXPR_CAST, call->origin);
    pz_vec_push(an->a, &c->args, call);
    c->type = pz_default_type(an, call->type);
    c->u.cast.mode = an->env->ansi ? PZ_CAST_ANSI : PZ_CAST_LEGACY;
    c->u.cast.mode_set = c->u.cast.implicit = c->u.cast.defaulted = c->resolved = true;
    c->nullable = call->nullable;
    return c;
}

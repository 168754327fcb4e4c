/*
 * lower/collate.c - what stands for a string with a collation where strings are compared, sorted or grouped.
 *
 * UTF8_LCASE compares in lower case; UNICODE and the languages by ICU's sort keys, which the engine function collation_key makes;
 * _RTRIM looks away from trailing spaces.  Things start at pz_lower_key() and pz_key_text().
 */
#include "lower_int.h"

bool
pz_is_collated(const pz_type *t)
{
    return t->id == PZ_T_STRING && t->collation.len > 0;
}

pz_status
pz_key_text(pz_lowerer *lw, const pz_expr *at, const pz_type *t, pz_str text, pz_buf *out)
{
    const pz_type *types[2] = {&pz_t_string, &pz_t_string};
    pz_str args[2], name = t->collation;
    bool trims = pz_str_ends(name, "_RTRIM");
    if (!pz_is_collated(t)) {
        pz_buf_str(out, text);
        return PZ_OK;
    }
    if (trims) {
        text = pz_strf(lw->a, "rtrim(" PZ_FMT ", ' ')", PZ_ARG(text));
        name.len -= 6;
    }
    if (pz_str_eqc(name, "UTF8_BINARY")) {
        pz_buf_str(out, text);
        return PZ_OK;
    }
    if (pz_str_eqc(name, "UTF8_LCASE")) {
        pz_buf_printf(out, "lower(" PZ_FMT ")", PZ_ARG(text));
        return PZ_OK;
    }
    args[0] = text;
    args[1] = pz_strf(lw->a, "'" PZ_FMT "'", PZ_ARG(name));
    return pz_lower_bound_args(lw, at, "collation_key", types, args, 2, &pz_t_binary, out);
}

/* An expression as it is compared. */
pz_status
pz_lower_key(pz_lowerer *lw, const pz_expr *e, pz_buf *out)
{
    pz_str text;
    if (!pz_is_collated(e->type)) return pz_lower_value(lw, e, out);
    PZ_TRY(pz_lower_text(lw, e, &text));
    return pz_key_text(lw, e, e->type, text, out);
}

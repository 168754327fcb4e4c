/*
 * lower/functions_text.c - LIKE and its forms, and concatenation.
 *
 * The engine's LIKE has no escape character unless told; Spark's is the backslash.  Patterns without one stay plain, which
 * is what the engine turns into prefix and substring tests.
 */
#include "lower_int.h"

#define LOWER(name) pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out); \
    pz_status name(pz_lowerer *lw, const pz_expr *call, pz_buf *out)

static const pz_expr *
arg(const pz_expr *call, int i)
{
    return call->args.data[i];
}

/* ---------------------------------------------------------------- LIKE */
enum { PATTERN_PLAIN, PATTERN_ESCAPES, PATTERN_ENDS, PATTERN_BAD };

static int
check_pattern(pz_str p, char escape, char bad[5])
{
    int kind = PATTERN_PLAIN;
    for (size_t i = 0; i < p.len; i++) {
        uint32_t cp;
        int n;
        if (p.ptr[i] != escape) continue;
        if (++i == p.len) return PATTERN_ENDS;
        kind = PATTERN_ESCAPES;
        if (p.ptr[i] == '%' || p.ptr[i] == '_' || p.ptr[i] == escape) continue;
        n = pz_utf8_decode(p.ptr + i, p.len - i, &cp);
        memcpy(bad, p.ptr + i, (size_t)n);
        bad[n] = 0;
        return PATTERN_BAD;
    }
    return kind;
}

/* 'text' as Spark prints it in this family of errors: quoted, backslashes doubled */
static const char *
shown(pz_lowerer *lw, pz_str s)
{
    pz_buf b;
    const char *out;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' || s.ptr[i] == '\'') pz_buf_putc(&b, '\\');
        pz_buf_putc(&b, s.ptr[i]);
    }
    pz_buf_putc(&b, '\'');
    out = pz_buf_dup(&b, lw->a).ptr;
    pz_buf_free(&b);
    return out;
}

static pz_status
write_bad_pattern(pz_lowerer *lw, const pz_expr *call, const pz_expr *text, pz_str pattern, int kind, const char *bad, pz_buf *out)
{
    pz_expr nowhere = *call;                   /* the optimizer finds it, without a place */
    nowhere.origin = PZ_NO_ORIGIN;
    call = &nowhere;
    pz_buf_puts(out, "CASE WHEN ");
    PZ_TRY(pz_lower_value(lw, text, out));
    pz_buf_puts(out, " IS NOT NULL THEN ");
    if (kind == PATTERN_ENDS) pz_lower_error(lw, call, out, PZ_ERR_INVALID_FORMAT_ESC_AT_THE_END, "format", shown(lw, pattern), NULL);
    else pz_lower_error(lw, call, out, PZ_ERR_INVALID_FORMAT_ESC_IN_THE_MIDDLE, "format", shown(lw, pattern), "char", shown(lw, pz_str_c(bad)), NULL);
    pz_buf_puts(out, "::BOOLEAN END");
    return PZ_OK;
}

/* %a%b%: the engine is quick with beginnings and ends of texts; for what stands anywhere there is fast_text.c. */
static bool
is_parts(pz_str p)
{
    return p.len > 2 && p.ptr[0] == '%' && p.ptr[p.len - 1] == '%' && !memchr(p.ptr, '_', p.len);
}

/* The engine looks for x%y between x and the text behind it, whose last byte is one more: behind these there is none with that byte. */
static bool
has_no_successor(pz_str p)
{
    size_t n = 0;
    while (n < p.len && p.ptr[n] != '%' && p.ptr[n] != '_') n++;
    return n && n < p.len && ((unsigned char)p.ptr[n - 1] == 0x7f || (unsigned char)p.ptr[n - 1] == 0xbf);
}

static pz_status
lowered(pz_lowerer *lw, const pz_expr *e, pz_str *out)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_status st = pz_lower_value(lw, e, &b);
    *out = pz_buf_dup(&b, lw->a);
    pz_buf_free(&b);
    return st;
}

static pz_status
write_like(pz_lowerer *lw, const pz_expr *call, const pz_expr *text, const pz_expr *pattern, char escape, bool icase, pz_buf *out)
{
    int kind = PATTERN_ESCAPES;
    char bad[5] = "";
    if (pattern->kind == PZ_EXPR_LITERAL && !pattern->value.null) kind = check_pattern(pattern->value.s, escape, bad);
    if (kind == PATTERN_ENDS || kind == PATTERN_BAD) return write_bad_pattern(lw, call, text, pattern->value.s, kind, bad, out);
    icase |= pz_type_is_string(text->type) && pz_str_eqc(text->type->collation, "UTF8_LCASE");
    if (!icase && kind == PATTERN_PLAIN && is_parts(pattern->value.s)) {
        pz_buf_puts(out, "pz_has_parts(");
        PZ_TRY(pz_lower_value(lw, text, out));
        pz_buf_puts(out, ", ");
        PZ_TRY(pz_lower_value(lw, pattern, out));
        pz_buf_putc(out, ')');
        return PZ_OK;
    }
    if (kind == PATTERN_PLAIN && has_no_successor(pattern->value.s)) kind = PATTERN_ESCAPES;   /* with an escape character it does not look there */
    PZ_TRY(pz_lower_value(lw, text, out));
    pz_buf_puts(out, icase ? " ILIKE " : " LIKE ");
    if (pattern->kind != PZ_EXPR_LITERAL && !pz_type_is_collated(pattern->type)) {
        const pz_type *types[3] = {&pz_t_string, &pz_t_string, &pz_t_string};
        pz_str parts[3];
        pz_expr nowhere = *call;
        nowhere.origin = PZ_NO_ORIGIN;
        PZ_TRY(lowered(lw, pattern, &parts[0]));
        parts[1] = pz_strf(lw->a, escape == '\'' ? "''''" : "'%c'", escape);
        PZ_TRY(lowered(lw, text, &parts[2]));
        PZ_TRY(pz_lower_bound_args(lw, &nowhere, "like_pattern", types, parts, 3, &pz_t_string, out));
    } else PZ_TRY(pz_lower_value(lw, pattern, out));
    if (kind == PATTERN_ESCAPES) {
        pz_buf_puts(out, " ESCAPE ");
        pz_lower_string(out, (pz_str){&escape, 1});
    }
    return PZ_OK;
}

/* contains, startswith, endswith */
LOWER(lower_text_search)
{
    const char *name = pz_expr_is(call, "contains") ? "contains" : pz_expr_is(call, "startswith") ? "starts_with" : "ends_with", *impl;
    if (pz_type_is_collated(arg(call, 0)->type)) {
        impl = name[0] == 'c' ? "contains" : name[0] == 's' ? "startswith" : "endswith";
        call = pz_lower_collated(lw, call, &impl);
        return pz_lower_bound(lw, call, impl, false, out);
    }
    pz_buf_printf(out, "%s(", name);
    PZ_TRY(pz_lower_key(lw, arg(call, 0), out));
    pz_buf_puts(out, ", ");
    PZ_TRY(pz_lower_key(lw, arg(call, 1), out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

LOWER(lower_like)
{
    char escape = '\\';
    if (call->args.n > 2 && arg(call, 2)->kind == PZ_EXPR_LITERAL && arg(call, 2)->value.s.len) escape = arg(call, 2)->value.s.ptr[0];
    pz_buf_putc(out, '(');
    PZ_TRY(write_like(lw, call, arg(call, 0), arg(call, 1), escape, pz_expr_is(call, "ilike"), out));
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/* x LIKE ALL (p, q), x NOT LIKE ANY (p, q) ... */
LOWER(lower_like_many)
{
    pz_str name = call->names.data[call->names.n - 1];
    bool negated = name.len > 3 && pz_str_ieqc((pz_str){name.ptr, 3}, "not");
    bool any = name.len > 3 && pz_str_ieqc((pz_str){name.ptr + name.len - 3, 3}, "any");
    bool icase = pz_str_ieqc((pz_str){name.ptr + (negated ? 3 : 0), 5}, "ilike");
    pz_buf_putc(out, '(');
    for (int i = 1; i < call->args.n; i++) {
        if (i > 1) pz_buf_puts(out, any ? " OR " : " AND ");
        pz_buf_puts(out, negated ? "(NOT (" : "((");
        PZ_TRY(write_like(lw, call, arg(call, 0), arg(call, i), '\\', icase, out));
        pz_buf_puts(out, "))");
    }
    pz_buf_putc(out, ')');
    return PZ_OK;
}

/* ---------------------------------------------------------------- || */
LOWER(lower_concat)
{
    if (call->args.n == 0) {
        pz_buf_puts(out, "''::VARCHAR");
        return PZ_OK;
    }
    if (call->args.n == 1) return pz_lower_value(lw, arg(call, 0), out);
    pz_buf_putc(out, '(');
    for (int i = 0; i < call->args.n; i++) {
        if (i) pz_buf_puts(out, " || ");
        PZ_TRY(pz_lower_value(lw, arg(call, i), out));
    }
    pz_buf_printf(out, ")::" PZ_FMT, PZ_ARG(pz_engine_type_text(lw, call->type)));
    return PZ_OK;
}

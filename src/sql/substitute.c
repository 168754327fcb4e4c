/*
 * sql/substitute.c - ${name} in a text becomes the value of that setting, before anything reads the text.
 *
 * ${name}, ${spark:name}, ${sparkconf:name}, ${hivevar:name} and ${hiveconf:name} are the same; a setting that is not there is an empty
 * text, values are substituted in turn, and whatever else looks like a reference stays as it is: the process's environment and
 * properties (env:, system:) are none of a client's business.  Things start at pz_sql_substitute().
 */
#include "sql_int.h"

typedef struct seen { pz_str ref; const struct seen *before; } seen;

static pz_status expand(pz_str text, const pz_sql_options *o, pz_arena *a, const seen *used, pz_str *out, pz_error *err);

static bool
is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A reference at text[at], where "${" stands: the whole (without the braces), its prefix and its name. */
static bool
reference(pz_str text, size_t at, pz_str *whole, pz_str *prefix, pz_str *name)
{
    size_t from = at + 2, end, colon = from;
    for (end = from; end < text.len && (text.ptr[end] != '}' || end == from); end++)
        if (is_blank(text.ptr[end])) return false;
    if (end >= text.len) return false;
    *whole = (pz_str){text.ptr + from, end - from};
    *prefix = (pz_str){NULL, 0};
    *name = *whole;
    while (colon < end && is_word(text.ptr[colon])) colon++;
    if (colon > from && colon + 1 < end && text.ptr[colon] == ':') {
        *prefix = (pz_str){text.ptr + from, colon - from};
        *name = (pz_str){text.ptr + colon + 1, end - colon - 1};
    }
    return true;
}

static bool
is_setting(pz_str prefix)
{
    return !prefix.ptr || pz_str_eqc(prefix, "spark") || pz_str_eqc(prefix, "sparkconf") || pz_str_eqc(prefix, "hivevar") || pz_str_eqc(prefix, "hiveconf");
}

static pz_status
put_value(pz_buf *b, pz_str text, pz_str whole, pz_str name, const pz_sql_options *o, pz_arena *a, const seen *used, pz_error *err)
{
    seen here = {whole, used};
    pz_str value;
    for (const seen *s = used; s; s = s->before)
        if (pz_str_eq(s->ref, whole))
            return pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "requirement failed: Circular reference in " PZ_FMT ": " PZ_FMT, PZ_ARG(text),
                                 PZ_ARG(whole));
    PZ_TRY(o->variable(o->variable_ctx, name, a, &value, err));
    PZ_TRY(expand(value, o, a, &here, &value, err));
    pz_buf_str(b, value);
    return PZ_OK;
}

static pz_status
expand(pz_str text, const pz_sql_options *o, pz_arena *a, const seen *used, pz_str *out, pz_error *err)
{
    pz_str whole, prefix, name;
    pz_status st = PZ_OK;
    pz_buf b;
    *out = text;
    if (!text.len || !memmem(text.ptr, text.len, "${", 2)) return PZ_OK;
    pz_buf_init(&b, 0);
    for (size_t i = 0; i < text.len && st == PZ_OK; i++) {
        bool begins = text.ptr[i] == '$' && i + 1 < text.len && text.ptr[i + 1] == '{';
        if (!begins || !reference(text, i, &whole, &prefix, &name) || !is_setting(prefix)) {
            pz_buf_putc(&b, text.ptr[i]);
            continue;
        }
        st = put_value(&b, text, whole, name, o, a, used, err);
        i += whole.len + 2;
    }
    if (st == PZ_OK) *out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return st;
}

pz_status
pz_sql_substitute(pz_str text, const pz_sql_options *o, pz_arena *a, pz_str *out, pz_error *err)
{
    *out = text;
    if (!o || !o->variable) return PZ_OK;
    if (!err->arena) pz_error_init(err, a);
    return expand(text, o, a, NULL, out, err);
}

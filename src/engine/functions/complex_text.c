/*
 * engine/functions/complex_text.c - arrays, maps and structs as text the way spark.sql.legacy.castComplexTypesToString.enabled asks for.
 *
 * In: a nested value.  Out: "[1, 2]", "[k -> v]", "[x, y]"; a NULL inside leaves nothing but the mark before it.
 */
#include "fn_util.h"

static void complex_value(pz_buf *b, const pz_fn_ctx *c, const pz_type *t, const pz_value *v);

static void
item(pz_buf *b, const pz_fn_ctx *c, const char *mark, const pz_type *t, const pz_value *v)
{
    pz_buf_puts(b, mark);
    if (v->null)
        return;
    if (mark[0])
        pz_buf_putc(b, ' ');
    complex_value(b, c, t, v);
}

static void
complex_value(pz_buf *b, const pz_fn_ctx *c, const pz_type *t, const pz_value *v)
{
    bool map = t->id == PZ_T_MAP;
    if (!pz_type_is_nested(t)) {
        pz_value_text(b, t, v, c->site->ansi ? PZ_TEXT_CAST : PZ_TEXT_LEGACY, c->site->zone);
        return;
    }
    pz_buf_putc(b, '[');
    for (int i = 0; i < (map ? v->map.n : v->list.n); i++) {
        const char *mark = i ? "," : "";
        if (map) {
            item(b, c, mark, t->key, &v->map.keys[i]);
            item(b, c, " ->", t->element, &v->map.vals[i]);
        } else {
            item(b, c, mark, t->id == PZ_T_ARRAY ? t->element : t->fields[i].type, &v->list.items[i]);
        }
    }
    pz_buf_putc(b, ']');
}

PZ_FN(fn_complex_text)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    complex_value(&b, c, c->site->arg_types[0], &args[0]);
    pz_str s = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return give_str(out, s);
}

static const pz_value_fn_def defs[] = {{.name = "complex_text", .call = fn_complex_text}};
PZ_FAMILY(pz_family_complex_text, defs);

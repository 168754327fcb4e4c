/*
 * engine/functions/fn_util.h - small helpers shared by the families of row-at-a-time functions.
 *
 * In: the pz_fn_ctx of a call.  Out: values whose texts live in its scratch arena.  Nothing here keeps state.
 */
#ifndef PZ_FN_UTIL_H
#define PZ_FN_UTIL_H

#include "../functions.h"

void *memmem(const void *hay, size_t nhay, const void *needle, size_t n);   /* libc has it; string.h shows it under _GNU_SOURCE only */

#define PZ_FN(name) static pz_status name(pz_fn_ctx *c, const pz_value *args, pz_value *out)
#define PZ_UNUSED(x) (void)(x)
#define PZ_FAMILY(family, defs) \
    const pz_fn_family family = {#family, defs, (int)PZ_COUNTOF(defs), NULL, 0}

static inline pz_str
corrupt_column(const pz_fn_ctx *c)             /* where options do not name it */
{
    return c->site->corrupt_column.ptr ? c->site->corrupt_column : PZ_STR("_corrupt_record");
}

static inline void
add_corrupt_column(const pz_fn_ctx *c, pz_options *o)
{
    if (!pz_option_get(o, "columnNameOfCorruptRecord", NULL).ptr)
        pz_vec_push(c->scratch, o, ((pz_option){PZ_STR("columnNameOfCorruptRecord"), corrupt_column(c)}));
}

static inline pz_status
give_null(pz_value *out)
{
    *out = (pz_value){.null = true};
    return PZ_OK;
}

static inline pz_status
give_str(pz_value *out, pz_str s)
{
    *out = (pz_value){.s = s};
    return PZ_OK;
}

static inline pz_status
give_int(pz_value *out, int64_t v)
{
    *out = (pz_value){.i = v};
    return PZ_OK;
}

static inline pz_status
give_bool(pz_value *out, bool v)
{
    *out = (pz_value){.b = v};
    return PZ_OK;
}

static inline pz_status
give_double(pz_value *out, double v)
{
    *out = (pz_value){.d = v};
    return PZ_OK;
}

/* Room for n bytes of text that the caller fills. */
static inline char *
room(pz_fn_ctx *c, size_t n)
{
    return pz_alloc(c->scratch, n + 1);
}

static inline pz_str
cut(pz_str s, size_t from, size_t to)
{
    return (pz_str){s.ptr + from, to - from};
}

/* A SQL string literal as conditions quote it: 'text', quotes and backslashes escaped. */
static inline pz_str
quoted_value(pz_arena *a, pz_str s)
{
    char *p = pz_alloc(a, s.len * 2 + 3);
    size_t n = 0;
    p[n++] = '\'';
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'' || s.ptr[i] == '\\')
            p[n++] = '\\';
        p[n++] = s.ptr[i];
    }
    p[n++] = '\'';
    return (pz_str){p, n};
}

static inline pz_str
backticked(pz_arena *a, pz_str name)
{
    return pz_strf(a, "`" PZ_FMT "`", PZ_ARG(name));
}

static inline bool
is_binary(const pz_type *t)
{
    return t->id == PZ_T_BINARY;
}

/* Bytes that the character starting at p claims, as Spark counts characters: bad lead bytes count one. */
static inline size_t
char_bytes(unsigned char lead)
{
    return lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
}

/* Byte offset of character n (0-based); s.len when there are fewer. */
static inline size_t
char_offset(pz_str s, int64_t n)
{
    size_t at = 0;
    while (at < s.len && n-- > 0)
        at += char_bytes((unsigned char)s.ptr[at]);
    return at < s.len ? at : s.len;
}

static inline int64_t
char_count(pz_str s)
{
    int64_t n = 0;
    for (size_t at = 0; at < s.len; n++)
        at += char_bytes((unsigned char)s.ptr[at]);
    return n;
}

/* First place of `what` in s at or after byte `from`; -1 if none. */
static inline int64_t
find_bytes(pz_str s, pz_str what, size_t from)
{
    if (what.len == 0)
        return from <= s.len ? (int64_t)from : -1;
    if (from > s.len || what.len > s.len - from)
        return -1;
    const char *p = memmem(s.ptr + from, s.len - from, what.ptr, what.len);
    return p ? p - s.ptr : -1;
}

/* Code points of s in scratch. */
static inline uint32_t *
code_points(pz_fn_ctx *c, pz_str s, int *n)
{
    uint32_t *cps = pz_alloc(c->scratch, (s.len + 1) * sizeof(uint32_t));
    int k = 0;
    for (size_t at = 0; at < s.len; k++)
        at += (size_t)pz_utf8_decode(s.ptr + at, s.len - at, &cps[k]);
    *n = k;
    return cps;
}

/* UTF-8 text of n code points. */
static inline pz_str
from_code_points(pz_fn_ctx *c, const uint32_t *cps, int n)
{
    char *p = room(c, (size_t)n * 4);
    size_t len = 0;
    for (int i = 0; i < n; i++)
        len += (size_t)pz_utf8_encode(cps[i], p + len);
    return (pz_str){p, len};
}

pz_status pz_decimal_rest(pz_fn_ctx *c, const pz_value *args, bool positive, pz_value *out);   /* decimal_ops.c: a % b of decimals */

#endif

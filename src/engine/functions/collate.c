/*
 * engine/functions/collate.c - texts under a collation: their keys, and what string functions find in them.
 *
 * In: texts whose type carries the collation (the first of the arguments that has one).  Out: what contains, instr, replace, ... mean
 * where the collation says which texts are equal.  How it compares and finds is types/collate.c.
 */
#include "fn_util.h"

/* collation_key(text, name): bytes that compare as the texts do */
PZ_FN(fn_collation_key)
{
    pz_str key;
    if (!pz_collate_key(args[1].s, args[0].s, c->scratch, &key))
        return pz_raise(c->err, PZ_ERR_COLLATION_INVALID_NAME, PZ_NO_ORIGIN, "collationName", pz_dup(c->scratch, args[1].s).ptr, "proposals", "UNICODE", NULL);
    return give_str(out, key);
}

static pz_str
name_of(const pz_fn_ctx *c)
{
    for (int i = 0; i < c->site->nargs; i++)
        if (c->site->arg_types[i]->id == PZ_T_STRING && c->site->arg_types[i]->collation.len) return c->site->arg_types[i]->collation;
    return PZ_STR("");
}

static pz_matches
places(pz_fn_ctx *c, pz_str s, pz_str what)
{
    pz_matches m;
    if (!pz_collate_find(name_of(c), s, what, c->scratch, &m)) m.n = 0;
    return m;
}

/* Those that do not begin inside the one before. */
static pz_matches
apart(pz_matches all)
{
    int n = 0;
    for (int i = 0; i < all.n; i++)
        if (!n || all.data[i].from >= all.data[n - 1].to) all.data[n++] = all.data[i];
    all.n = n;
    return all;
}

static int64_t
chars_before(pz_str s, size_t at)
{
    return (int64_t)pz_utf8_count((pz_str){s.ptr, at});
}

/* Where the text ends for a collation that looks away from trailing spaces. */
static size_t
end_of(pz_fn_ctx *c, pz_str s)
{
    while (pz_str_ends(name_of(c), "_RTRIM") && s.len && s.ptr[s.len - 1] == ' ') s.len--;
    return s.len;
}

/* ---- is it there, and where */
PZ_FN(fn_contains)
{
    return give_bool(out, !end_of(c, args[1].s) || places(c, args[0].s, args[1].s).n > 0);
}

PZ_FN(fn_startswith)
{
    pz_matches m = places(c, args[0].s, args[1].s);
    return give_bool(out, !end_of(c, args[1].s) || (m.n && m.data[0].from == 0));
}

PZ_FN(fn_endswith)
{
    pz_matches m = places(c, args[0].s, args[1].s);
    bool hit = !end_of(c, args[1].s);
    for (int i = 0; i < m.n; i++) hit |= m.data[i].to == end_of(c, args[0].s);
    return give_bool(out, hit);
}

/* instr(s, what, from, nth) */
PZ_FN(fn_instr)
{
    int64_t from = c->site->nargs > 2 ? args[2].i : 1, nth = c->site->nargs > 3 ? args[3].i : 1;
    pz_matches m = places(c, args[0].s, args[1].s);
    if (nth <= 0)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_OCCURRENCE, PZ_NO_ORIGIN, "functionName", "`instr`", "parameter", "`occurrence`",
                        "actual", pz_strf(c->scratch, "%lld", (long long)nth).ptr, NULL);
    if (!args[1].s.len) return give_int(out, 1);
    if (!from) return give_int(out, 0);
    if (from < 0) {
        int64_t last = (int64_t)pz_utf8_count(args[0].s) + from;
        for (int i = m.n; i-- > 0;)
            if (chars_before(args[0].s, m.data[i].from) <= last && --nth == 0) return give_int(out, chars_before(args[0].s, m.data[i].from) + 1);
        return give_int(out, 0);
    }
    for (int i = 0; i < m.n; i++)
        if (chars_before(args[0].s, m.data[i].from) >= from - 1 && --nth == 0) return give_int(out, chars_before(args[0].s, m.data[i].from) + 1);
    return give_int(out, 0);
}

/* locate(what, s, from) */
PZ_FN(fn_locate)
{
    pz_matches m;
    if (args[2].null || (args[2].i < 1 && !args[0].null && !args[1].null)) return give_int(out, 0);
    if (args[0].null || args[1].null) return give_null(out);
    if (!args[0].s.len) return give_int(out, 1);
    m = places(c, args[1].s, args[0].s);
    for (int i = 0; i < m.n; i++)
        if (chars_before(args[1].s, m.data[i].from) >= args[2].i - 1) return give_int(out, chars_before(args[1].s, m.data[i].from) + 1);
    return give_int(out, 0);
}

PZ_FN(fn_find_in_set)
{
    pz_str what = args[0].s, list = args[1].s;
    int n = 1;
    if (what.len && memchr(what.ptr, ',', what.len)) return give_int(out, 0);
    for (size_t at = 0;; n++) {
        const char *comma = at < list.len ? memchr(list.ptr + at, ',', list.len - at) : NULL;
        size_t end = comma ? (size_t)(comma - list.ptr) : list.len;
        if (pz_collate_cmp(name_of(c), (pz_str){list.ptr + at, end - at}, what) == 0) return give_int(out, n);
        if (!comma) return give_int(out, 0);
        at = end + 1;
    }
}

/* ---- parts */
PZ_FN(fn_replace)
{
    pz_str s = args[0].s, with = args[2].s;
    pz_matches m = apart(places(c, s, args[1].s));
    size_t end = end_of(c, s), n = 0, from = 0;
    char *p = room(c, s.len + (size_t)m.n * with.len);
    if (m.n) s.len = end;
    for (int i = 0; i < m.n; i++) {
        memcpy(p + n, s.ptr + from, m.data[i].from - from);
        n += m.data[i].from - from;
        memcpy(p + n, with.ptr, with.len);
        n += with.len;
        from = m.data[i].to;
    }
    memcpy(p + n, s.ptr + from, s.len - from);
    return give_str(out, (pz_str){p, n + s.len - from});
}

PZ_FN(fn_substring_index)
{
    pz_str s = args[0].s;
    int64_t n = args[2].i;
    pz_matches m = places(c, s, args[1].s);
    if (!args[1].s.len || n == 0) return give_str(out, PZ_STR(""));
    if (n > 0) return give_str(out, n > m.n ? s : (pz_str){s.ptr, m.data[n - 1].from});
    if (-n > m.n) return give_str(out, s);
    return give_str(out, (pz_str){s.ptr + m.data[m.n + n].to, s.len - m.data[m.n + n].to});
}

PZ_FN(fn_split_part)
{
    pz_str s = args[0].s;
    int64_t n = args[2].i;
    pz_matches m = apart(places(c, s, args[1].s));
    size_t from, to;
    if (n == 0) return pz_raise(c->err, PZ_ERR_INVALID_INDEX_OF_ZERO, PZ_NO_ORIGIN, NULL);
    if (n < 0) n += m.n + 2;
    if (n < 1 || n > m.n + 1) return give_str(out, PZ_STR(""));
    from = n > 1 ? m.data[n - 2].to : 0;
    to = n <= m.n ? m.data[n - 1].from : s.len;
    return give_str(out, (pz_str){s.ptr + from, to - from});
}

/* ---- character by character */
static size_t
char_at(pz_str s, size_t at)
{
    size_t n = 1;
    while (at + n < s.len && ((unsigned char)s.ptr[at + n] & 0xC0) == 0x80) n++;
    return n;
}

/* Which character of the set this one is equal to; -1: none. */
static int
member(pz_fn_ctx *c, pz_str one, pz_str set)
{
    int i = 0;
    for (size_t at = 0; at < set.len; at += char_at(set, at), i++)
        if (pz_collate_cmp(name_of(c), one, (pz_str){set.ptr + at, char_at(set, at)}) == 0) return i;
    return -1;
}

static pz_status
trimmed(pz_fn_ctx *c, const pz_value *args, bool left, bool right, pz_value *out)
{
    pz_str s = args[0].s, set = c->site->nargs > 1 ? args[1].s : PZ_STR(" ");
    while (left && s.len) {
        size_t n = char_at(s, 0);
        if (member(c, (pz_str){s.ptr, n}, set) < 0) break;
        s.ptr += n, s.len -= n;
    }
    while (right && s.len) {
        size_t at = s.len - 1;
        while (at > 0 && ((unsigned char)s.ptr[at] & 0xC0) == 0x80) at--;
        if (member(c, (pz_str){s.ptr + at, s.len - at}, set) < 0) break;
        s.len = at;
    }
    return give_str(out, s);
}

PZ_FN(fn_trim) { return trimmed(c, args, true, true, out); }
PZ_FN(fn_ltrim) { return trimmed(c, args, true, false, out); }
PZ_FN(fn_rtrim) { return trimmed(c, args, false, true, out); }

PZ_FN(fn_translate)
{
    pz_str s = args[0].s, to = args[2].s;
    pz_buf b;
    pz_buf_init(&b, 0);
    for (size_t at = 0; at < s.len;) {
        size_t n = char_at(s, at), k = 0;
        int i = member(c, (pz_str){s.ptr + at, n}, args[1].s);
        if (i < 0) pz_buf_add(&b, s.ptr + at, n);
        for (int j = 0; j < i && k < to.len; j++) k += char_at(to, k);
        if (i >= 0 && k < to.len) pz_buf_add(&b, to.ptr + k, char_at(to, k));
        at += n;
    }
    *out = (pz_value){.s = pz_buf_dup(&b, c->scratch)};
    pz_buf_free(&b);
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "collated_contains", .call = fn_contains},
    {.name = "collated_endswith", .call = fn_endswith},
    {.name = "collated_find_in_set", .call = fn_find_in_set},
    {.name = "collated_instr", .call = fn_instr},
    {.name = "collated_locate", .call = fn_locate, .takes_nulls = true},
    {.name = "collated_ltrim", .call = fn_ltrim},
    {.name = "collated_replace", .call = fn_replace},
    {.name = "collated_rtrim", .call = fn_rtrim},
    {.name = "collated_split_part", .call = fn_split_part},
    {.name = "collated_startswith", .call = fn_startswith},
    {.name = "collated_substring_index", .call = fn_substring_index},
    {.name = "collated_translate", .call = fn_translate},
    {.name = "collated_trim", .call = fn_trim},
    {.name = "collation_key", .call = fn_collation_key},
};
PZ_FAMILY(pz_family_collate, defs);

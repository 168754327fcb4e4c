/*
 * engine/functions/string.c - strings: positions, padding, trimming, splitting on plain text.
 *
 * In: strings and binaries by bytes, positions in code points.  Out: views of the arguments where that is possible,
 * otherwise text in the scratch arena.  Things start in the table at the end.
 */
#include "fn_util.h"

#include <unicode/ustring.h>

#include <limits.h>

/* Longest value a function may build: the JVM's array limit. */
#define MAX_BYTES (INT32_MAX - 15)

PZ_FN(fn_ascii)
{
    PZ_UNUSED(c);
    uint32_t cp = 0;
    if (args[0].s.len)
        pz_utf8_decode(args[0].s.ptr, args[0].s.len, &cp);
    return give_int(out, cp);
}

/* chr(n): negative gives nothing, otherwise the low byte as a Latin-1 character. */
PZ_FN(fn_chr)
{
    if (args[0].i < 0)
        return give_str(out, PZ_STR(""));
    char *p = room(c, 4);
    return give_str(out, (pz_str){p, (size_t)pz_utf8_encode((uint32_t)(args[0].i & 0xFF), p)});
}

/* ---- search */

/* Start of match number `nth` of `what` counted from character `from` (1-based; negative: from the end, backwards); 0: none. */
static int64_t
instr_from(pz_str s, pz_str what, int64_t from, int64_t nth)
{
    int64_t chars = char_count(s), wanted = char_count(what);
    if (what.len == 0)
        return 1;
    if (from > 0) {
        size_t at = char_offset(s, from - 1);
        if (from - 1 > chars)
            return 0;
        for (;;) {
            int64_t hit = find_bytes(s, what, at);
            if (hit < 0)
                return 0;
            if (--nth == 0)
                return char_count(cut(s, 0, (size_t)hit)) + 1;
            at = (size_t)hit + char_bytes((unsigned char)s.ptr[hit]);
        }
    }
    int64_t start = chars + from;
    if (start > chars - wanted)
        start = chars - wanted;
    for (; start >= 0; start--) {
        size_t at = char_offset(s, start);
        if (s.len - at >= what.len && memcmp(s.ptr + at, what.ptr, what.len) == 0 && --nth == 0)
            return start + 1;
    }
    return 0;
}

PZ_FN(fn_instr)
{
    int64_t from = c->site->nargs > 2 ? args[2].i : 1, nth = c->site->nargs > 3 ? args[3].i : 1;
    if (c->site->nargs == 2) {
        int64_t hit = find_bytes(args[0].s, args[1].s, 0);
        return give_int(out, hit < 0 ? 0 : char_count(cut(args[0].s, 0, (size_t)hit)) + 1);
    }
    if (nth <= 0)
        return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_OCCURRENCE, PZ_NO_ORIGIN, "functionName", "`instr`", "parameter", "`occurrence`",
                        "actual", pz_strf(c->scratch, "%lld", (long long)nth).ptr, NULL);
    return give_int(out, from == 0 && args[1].s.len ? 0 : instr_from(args[0].s, args[1].s, from, nth));
}

/* locate(what, s, from): a NULL or non-positive start answers 0, whatever the rest; then NULLs. */
PZ_FN(fn_locate)
{
    PZ_UNUSED(c);
    if (args[2].null || (args[2].i < 1 && !args[0].null && !args[1].null))
        return give_int(out, 0);
    if (args[0].null || args[1].null)
        return give_null(out);
    if (args[0].s.len == 0)
        return give_int(out, 1);
    if (args[2].i - 1 > char_count(args[1].s))
        return give_int(out, 0);
    int64_t hit = find_bytes(args[1].s, args[0].s, char_offset(args[1].s, args[2].i - 1));
    return give_int(out, hit < 0 ? 0 : char_count(cut(args[1].s, 0, (size_t)hit)) + 1);
}

PZ_FN(fn_find_in_set)
{
    PZ_UNUSED(c);
    pz_str what = args[0].s, list = args[1].s;
    if (what.len && memchr(what.ptr, ',', what.len))
        return give_int(out, 0);
    int n = 1;
    for (size_t at = 0;; n++) {
        const char *comma = at < list.len ? memchr(list.ptr + at, ',', list.len - at) : NULL;
        size_t end = comma ? (size_t)(comma - list.ptr) : list.len;
        if (pz_str_eq(cut(list, at, end), what))
            return give_int(out, n);
        if (!comma)
            return give_int(out, 0);
        at = end + 1;
    }
}

/* substring_index(s, delim, n): everything before the n-th delimiter, counted from the right when n < 0. */
PZ_FN(fn_substring_index)
{
    PZ_UNUSED(c);
    pz_str s = args[0].s, d = args[1].s;
    int64_t n = args[2].i;
    if (d.len == 0 || n == 0)
        return give_str(out, PZ_STR(""));
    if (n > 0) {
        int64_t at = -1;
        for (; n > 0; n--) {
            at = find_bytes(s, d, (size_t)(at + 1));
            if (at < 0)
                return give_str(out, s);
        }
        return give_str(out, cut(s, 0, (size_t)at));
    }
    int64_t at = (int64_t)s.len - (int64_t)d.len + 1;
    for (; n < 0; n++) {
        for (at--; at >= 0 && memcmp(s.ptr + at, d.ptr, d.len) != 0; at--)
            ;
        if (at < 0)
            return give_str(out, s);
    }
    return give_str(out, cut(s, (size_t)at + d.len, s.len));
}

/* split_part(s, delim, n): no delimiter: the whole text is the only part. */
PZ_FN(fn_split_part)
{
    PZ_UNUSED(c);
    pz_str s = args[0].s, d = args[1].s;
    int64_t n = args[2].i;
    if (n == 0)
        return pz_raise(c->err, PZ_ERR_INVALID_INDEX_OF_ZERO, PZ_NO_ORIGIN, NULL);
    if (d.len == 0)
        return give_str(out, n == 1 || n == -1 ? s : PZ_STR(""));
    if (n < 0) {
        int64_t parts = 1;
        for (int64_t at = 0; (at = find_bytes(s, d, (size_t)at)) >= 0; at += (int64_t)d.len)
            parts++;
        n += parts + 1;
        if (n < 1)
            return give_str(out, PZ_STR(""));
    }
    size_t from = 0;
    for (;;) {
        int64_t hit = find_bytes(s, d, from);
        if (--n == 0)
            return give_str(out, cut(s, from, hit < 0 ? s.len : (size_t)hit));
        if (hit < 0)
            return give_str(out, PZ_STR(""));
        from = (size_t)hit + d.len;
    }
}

/* ---- parts */

/* substring by units: start and end may lie outside; what is before the start is lost. */
static void
clamp(int64_t size, int64_t pos, int64_t len, int64_t *from, int64_t *to)
{
    int64_t start = pos > 0 ? pos - 1 : pos < 0 ? size + pos : 0;
    int64_t end = len > INT64_MAX - (start > 0 ? start : 0) ? INT64_MAX : start + len;
    *from = start < 0 ? 0 : start > size ? size : start;
    *to = end < *from ? *from : end > size ? size : end;
}

PZ_FN(fn_substring)
{
    pz_str s = args[0].s;
    int64_t from, to;
    int64_t len = args[2].i < 0 ? 0 : args[2].i;
    if (is_binary(c->site->arg_types[0])) {
        clamp((int64_t)s.len, args[1].i, len, &from, &to);
        return give_str(out, cut(s, (size_t)from, (size_t)to));
    }
    clamp(char_count(s), args[1].i, len, &from, &to);
    size_t a = char_offset(s, from);
    return give_str(out, cut(s, a, a + char_offset(cut(s, a, s.len), to - from)));
}

PZ_FN(fn_overlay)
{
    pz_str s = args[0].s, with = args[1].s;
    bool bin = is_binary(c->site->arg_types[0]);
    int64_t pos = args[2].i, len = args[3].i;
    int64_t size = bin ? (int64_t)s.len : char_count(s);
    if (len < 0)
        len = bin ? (int64_t)with.len : char_count(with);
    /* head = substring(s, 1, pos - 1), tail = substring(s, pos + len): as the positions say, also when they are not positive */
    int64_t h0, h1, t0, t1;
    clamp(size, 1, pos - 1 < 0 ? 0 : pos - 1, &h0, &h1);
    clamp(size, pos + len, INT32_MAX, &t0, &t1);
    size_t head = bin ? (size_t)h1 : char_offset(s, h1), tail = bin ? (size_t)t0 : char_offset(s, t0);
    char *p = room(c, head + with.len + s.len - tail);
    memcpy(p, s.ptr, head);
    memcpy(p + head, with.ptr, with.len);
    memcpy(p + head + with.len, s.ptr + tail, s.len - tail);
    return give_str(out, (pz_str){p, head + with.len + s.len - tail});
}

static pz_status
pad(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool left)
{
    pz_str s = args[0].s, with = args[2].s;
    bool bin = is_binary(c->site->arg_types[0]);
    int64_t want = args[1].i < 0 ? 0 : args[1].i;
    int64_t have = bin ? (int64_t)s.len : char_count(s);
    if (want <= have || with.len == 0)
        return give_str(out, want >= have ? s : cut(s, 0, bin ? (size_t)want : char_offset(s, want)));
    int64_t unit = bin ? (int64_t)with.len : char_count(with), fill = want - have;
    size_t whole = (size_t)(fill / unit) * with.len;
    int64_t rest = fill % unit;
    size_t part = bin ? (size_t)rest : char_offset(with, rest), n = whole + part;
    if (n + s.len > MAX_BYTES)
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "the padded text is too long");
    char *p = room(c, n + s.len), *q = left ? p : p + s.len;
    for (size_t at = 0; at < whole; at += with.len)
        memcpy(q + at, with.ptr, with.len);
    memcpy(q + whole, with.ptr, part);
    memcpy(left ? p + n : p, s.ptr, s.len);
    return give_str(out, (pz_str){p, n + s.len});
}
PZ_FN(fn_lpad) { return pad(c, args, out, true); }
PZ_FN(fn_rpad) { return pad(c, args, out, false); }

PZ_FN(fn_repeat)
{
    pz_str s = args[0].s;
    int64_t n = args[1].i < 0 ? 0 : args[1].i;
    if (s.len && (uint64_t)n > MAX_BYTES / s.len)
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "the repeated text is too long");
    char *p = room(c, s.len * (size_t)n);
    for (int64_t i = 0; i < n && s.len; i++)
        memcpy(p + (size_t)i * s.len, s.ptr, s.len);
    return give_str(out, (pz_str){p, s.len * (size_t)n});
}

PZ_FN(fn_space)
{
    size_t n = args[0].i < 0 ? 0 : (size_t)args[0].i;
    if (n > MAX_BYTES)
        return pz_raise_text(c->err, PZ_CLASS_JavaRuntimeException, "the text of blanks is too long");
    char *p = room(c, n);
    memset(p, ' ', n);
    return give_str(out, (pz_str){p, n});
}

PZ_FN(fn_replace)
{
    pz_str s = args[0].s, what = args[1].s, with = args[2].s;
    int64_t hit;
    if (what.len == 0 || (hit = find_bytes(s, what, 0)) < 0)
        return give_str(out, s);
    size_t hits = 0;
    for (int64_t at = hit; at >= 0; at = find_bytes(s, what, (size_t)at + what.len))
        hits++;
    char *p = room(c, s.len + hits * with.len);
    size_t n = 0, from = 0;
    for (; hit >= 0; hit = find_bytes(s, what, from)) {
        memcpy(p + n, s.ptr + from, (size_t)hit - from);
        n += (size_t)hit - from;
        memcpy(p + n, with.ptr, with.len);
        n += with.len;
        from = (size_t)hit + what.len;
    }
    memcpy(p + n, s.ptr + from, s.len - from);
    return give_str(out, (pz_str){p, n + s.len - from});
}

PZ_FN(fn_left)
{
    PZ_UNUSED(c);
    size_t n = args[1].i < 0 ? 0 : (uint64_t)args[1].i > args[0].s.len ? args[0].s.len : (size_t)args[1].i;
    return give_str(out, cut(args[0].s, 0, n));
}

PZ_FN(fn_reverse_bytes)
{
    pz_str s = args[0].s;
    char *p = room(c, s.len);
    for (size_t i = 0; i < s.len; i++)
        p[s.len - 1 - i] = s.ptr[i];
    return give_str(out, (pz_str){p, s.len});
}

PZ_FN(fn_reverse)
{
    pz_str s = args[0].s;
    char *p = room(c, s.len);
    for (size_t at = 0, k; at < s.len; at += k) {
        k = char_bytes((unsigned char)s.ptr[at]);
        k = k > s.len - at ? s.len - at : k;
        memcpy(p + s.len - at - k, s.ptr + at, k);
    }
    return give_str(out, (pz_str){p, s.len});
}

/* ---- binaries by bytes */

PZ_FN(fn_contains)
{
    PZ_UNUSED(c);
    return give_bool(out, find_bytes(args[0].s, args[1].s, 0) >= 0);
}

PZ_FN(fn_startswith)
{
    PZ_UNUSED(c);
    pz_str s = args[0].s, p = args[1].s;
    return give_bool(out, s.len >= p.len && (p.len == 0 || memcmp(s.ptr, p.ptr, p.len) == 0));
}

PZ_FN(fn_endswith)
{
    PZ_UNUSED(c);
    pz_str s = args[0].s, p = args[1].s;
    return give_bool(out, s.len >= p.len && (p.len == 0 || memcmp(s.ptr + s.len - p.len, p.ptr, p.len) == 0));
}

/* ---- trimming: args are the text and the set of characters to take away */

static bool
in_set(pz_str set, const char *ch, size_t n)
{
    for (size_t at = 0; at < set.len;) {
        size_t k = char_bytes((unsigned char)set.ptr[at]);
        if (k == n && at + k <= set.len && memcmp(set.ptr + at, ch, n) == 0)
            return true;
        at += k;
    }
    return false;
}

static pz_str
trim_set(pz_str s, pz_str set, bool left, bool right)
{
    size_t a = 0, b = s.len;
    while (left && a < b) {
        size_t k = char_bytes((unsigned char)s.ptr[a]);
        if (a + k > b || !in_set(set, s.ptr + a, k))
            break;
        a += k;
    }
    while (right && b > a) {
        size_t p = b - 1;
        while (p > a && ((unsigned char)s.ptr[p] & 0xC0) == 0x80)
            p--;
        if (!in_set(set, s.ptr + p, b - p))
            break;
        b = p;
    }
    return cut(s, a, b);
}
PZ_FN(fn_trim) { PZ_UNUSED(c); return give_str(out, trim_set(args[0].s, c->site->nargs > 1 ? args[1].s : PZ_STR(" "), true, true)); }
PZ_FN(fn_ltrim) { PZ_UNUSED(c); return give_str(out, trim_set(args[0].s, c->site->nargs > 1 ? args[1].s : PZ_STR(" "), true, false)); }
PZ_FN(fn_rtrim) { PZ_UNUSED(c); return give_str(out, trim_set(args[0].s, c->site->nargs > 1 ? args[1].s : PZ_STR(" "), false, true)); }

/* ---- joining */

PZ_FN(fn_concat_ws)
{
    if (args[0].null)
        return give_null(out);
    pz_buf b;
    pz_buf_init(&b, 0);
    bool first = true;
    for (int i = 1; i < c->site->nargs; i++) {
        if (args[i].null)
            continue;
        bool many = c->site->arg_types[i]->id == PZ_T_ARRAY;
        int n = many ? args[i].list.n : 1;
        for (int k = 0; k < n; k++) {
            const pz_value *v = many ? &args[i].list.items[k] : &args[i];
            if (v->null)
                continue;
            if (!first)
                pz_buf_str(&b, args[0].s);
            first = false;
            pz_buf_str(&b, v->s);
        }
    }
    *out = (pz_value){.s = pz_buf_dup(&b, c->scratch)};
    pz_buf_free(&b);
    return PZ_OK;
}

/* elt(n, a, b, ...): out of range is an error under ANSI. */
PZ_FN(fn_elt)
{
    if (args[0].null)
        return give_null(out);
    int64_t n = args[0].i;
    if (n < 1 || n > c->site->nargs - 1) {
        if (!c->site->ansi)
            return give_null(out);
        return pz_raise(c->err, PZ_ERR_INVALID_ARRAY_INDEX, PZ_NO_ORIGIN, "indexValue", pz_strf(c->scratch, "%lld", (long long)n).ptr,
                        "arraySize", pz_strf(c->scratch, "%d", c->site->nargs - 1).ptr, NULL);
    }
    *out = args[n];
    return PZ_OK;
}

/* ---- case: full Unicode mappings without a locale; ASCII does not leave this file */

static bool
is_ascii(pz_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

static pz_status
change_case(pz_fn_ctx *c, pz_str s, bool up, pz_value *out)
{
    if (is_ascii(s))
        return give_str(out, up ? pz_upper_ascii(c->scratch, s) : pz_lower_ascii(c->scratch, s));
    int32_t cap = (int32_t)s.len + 1, n16 = 0, m16 = 0, n8 = 0;
    UErrorCode e = U_ZERO_ERROR;
    UChar *in = pz_alloc(c->scratch, (size_t)cap * sizeof(UChar)), *res = pz_alloc(c->scratch, (size_t)cap * 3 * sizeof(UChar));
    u_strFromUTF8WithSub(in, cap, &n16, s.ptr, (int32_t)s.len, 0xFFFD, NULL, &e);
    m16 = up ? u_strToUpper(res, cap * 3, in, n16, "", &e) : u_strToLower(res, cap * 3, in, n16, "", &e);
    char *p = room(c, (size_t)m16 * 3);
    u_strToUTF8(p, m16 * 3 + 1, &n8, res, m16, &e);
    return U_FAILURE(e) ? pz_raise_internal(c->err, "case mapping failed: %s", u_errorName(e)) : give_str(out, (pz_str){p, (size_t)n8});
}
PZ_FN(fn_upper) { return change_case(c, args[0].s, true, out); }
PZ_FN(fn_lower) { return change_case(c, args[0].s, false, out); }

static const pz_value_fn_def defs[] = {
    {.name = "ascii", .call = fn_ascii},
    {.name = "chr", .call = fn_chr},
    {.name = "concat_ws", .call = fn_concat_ws, .takes_nulls = true},
    {.name = "contains", .call = fn_contains},
    {.name = "elt", .call = fn_elt, .takes_nulls = true},
    {.name = "endswith", .call = fn_endswith},
    {.name = "find_in_set", .call = fn_find_in_set},
    {.name = "instr", .call = fn_instr},
    {.name = "left", .call = fn_left},
    {.name = "locate", .call = fn_locate, .takes_nulls = true},
    {.name = "lower", .call = fn_lower},
    {.name = "lpad", .call = fn_lpad},
    {.name = "ltrim", .call = fn_ltrim},
    {.name = "overlay", .call = fn_overlay},
    {.name = "repeat", .call = fn_repeat},
    {.name = "replace", .call = fn_replace},
    {.name = "reverse_bytes", .call = fn_reverse_bytes},
    {.name = "reverse_text", .call = fn_reverse},
    {.name = "rpad", .call = fn_rpad},
    {.name = "rtrim", .call = fn_rtrim},
    {.name = "space", .call = fn_space},
    {.name = "split_part", .call = fn_split_part},
    {.name = "startswith", .call = fn_startswith},
    {.name = "substring", .call = fn_substring},
    {.name = "substring_index", .call = fn_substring_index},
    {.name = "trim", .call = fn_trim},
    {.name = "upper", .call = fn_upper},
};
PZ_FAMILY(pz_family_string, defs);

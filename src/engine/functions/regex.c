/*
 * engine/functions/regex.c - regexp_*, rlike and split over java.util.regex semantics.
 *
 * In: texts and patterns.  Out: booleans, positions, texts in scratch.  A constant pattern is compiled in prepare; others are
 * kept per thread.  Things start in the table at the end; the pattern itself: java_pattern.c.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "regex.h"

#include <stdlib.h>
#include <string.h>

/* ---- compiled patterns */

static void
free_code(void *code)
{
    pcre2_code_free(code);
}

static void
compile(pz_regex *re, pz_arena *a)
{
    pz_str text;
    bool classes;
    if (!pz_java_pattern(re->pattern, a, &text, &classes, &re->error))
        return;
    int code;
    PCRE2_SIZE at;
    pcre2_compile_context *ctx = pcre2_compile_context_create(NULL);
    pcre2_set_newline(ctx, PCRE2_NEWLINE_ANYCRLF);
    pcre2_code *p = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | (classes ? PCRE2_UCP : 0),
                                  &code, &at, ctx);
    pcre2_compile_context_free(ctx);
    if (!p) {
        PCRE2_UCHAR why[200];
        pcre2_get_error_message(code, why, sizeof why);
        re->error = pz_strf(a, "%s near index %zu", (char *)why, at);
        return;
    }
    uint32_t groups = 0;
    pcre2_jit_compile(p, PCRE2_JIT_COMPLETE);
    pcre2_pattern_info(p, PCRE2_INFO_CAPTURECOUNT, &groups);
    re->code = p;
    re->groups = (int)groups;
}

pz_regex *
pz_regex_make(pz_arena *a, pz_str pattern)
{
    pz_regex *re = PZ_NEW(a, pz_regex);
    re->pattern = pz_dup(a, pattern);
    compile(re, a);
    if (re->code)
        pz_arena_on_close(a, free_code, re->code);
    return re;
}

/* What a thread keeps: patterns, of which the newest replaces the oldest, match data and a JIT stack.  It goes when the thread ends. */
#define KEPT 16
static _Thread_local struct { pz_arena *arena; pz_regex *re; } kept[KEPT];
static _Thread_local unsigned kept_next;
static _Thread_local pcre2_match_data *match_data;
static _Thread_local pcre2_match_context *match_ctx;
static _Thread_local pcre2_jit_stack *match_stack;
static _Thread_local uint32_t match_pairs;

static void
forget(void)
{
    for (int i = 0; i < KEPT; i++) pz_arena_close(kept[i].arena);
    memset(kept, 0, sizeof kept);
    pcre2_match_data_free(match_data);
    pcre2_match_context_free(match_ctx);
    pcre2_jit_stack_free(match_stack);
    match_data = NULL;
    match_ctx = NULL;
    match_stack = NULL;
    match_pairs = 0;
}

const pz_regex *
pz_regex_cached(pz_str pattern)
{
    for (int i = 0; i < KEPT; i++)
        if (kept[i].re && pz_str_eq(kept[i].re->pattern, pattern))
            return kept[i].re;
    pz_at_thread_end(forget);
    unsigned i = kept_next++ % KEPT;
    pz_arena_close(kept[i].arena);
    kept[i].arena = pz_arena_open();
    return kept[i].re = pz_regex_make(kept[i].arena, pattern);
}

static void
ready_thread(uint32_t pairs)
{
    if (!match_ctx) {
        pz_at_thread_end(forget);
        match_ctx = pcre2_match_context_create(NULL);
        match_stack = pcre2_jit_stack_create(32 * 1024, 8 * 1024 * 1024, NULL);
        pcre2_jit_stack_assign(match_ctx, NULL, match_stack);
    }
    if (match_pairs >= pairs)
        return;
    pcre2_match_data_free(match_data);
    match_pairs = pairs < 32 ? 32 : pairs;
    match_data = pcre2_match_data_create(match_pairs, NULL);
}

bool
pz_regex_find(const pz_regex *re, pz_str s, size_t from, const size_t **bounds)
{
    if (from > s.len)
        return false;
    ready_thread((uint32_t)re->groups + 1);
    int rc = pcre2_match(re->code, (PCRE2_SPTR)(s.ptr ? s.ptr : ""), s.len, from, 0, match_data, match_ctx);
    if (rc < 0)
        return false;
    PCRE2_SIZE *v = pcre2_get_ovector_pointer(match_data);
    for (int i = rc; i <= re->groups; i++)
        v[2 * i] = v[2 * i + 1] = PZ_NO_GROUP;
    *bounds = v;
    return true;
}

int
pz_regex_group_by_name(const pz_regex *re, pz_str name)
{
    char buf[64];
    if (name.len >= sizeof buf)
        return -1;
    memcpy(buf, name.ptr, name.len);
    buf[name.len] = 0;
    int n = pcre2_substring_number_from_name(re->code, (PCRE2_SPTR)buf);
    return n < 0 ? -1 : n;
}

/* Where the search goes on after a match: an empty one moves by a character. */
static size_t
after(pz_str s, const size_t *v)
{
    if (v[1] > v[0])
        return v[1];
    return v[1] < s.len ? v[1] + char_bytes((unsigned char)s.ptr[v[1]]) : s.len + 1;
}

static pz_status
prepare_pattern(pz_call_site *site, pz_error *err)
{
    (void)err;
    if (site->nargs > 1 && site->is_const && site->is_const[1] && !site->const_args[1].null)
        site->state = pz_regex_make(site->arena, site->const_args[1].s);
    return PZ_OK;
}

static const pz_regex *
pattern_of(pz_fn_ctx *c, const pz_value *args)
{
    return c->site->state ? c->site->state : pz_regex_cached(args[1].s);
}

/* A bad pattern is an error of the row that meets it. */
static pz_status
need_pattern(pz_fn_ctx *c, const pz_value *args, const char *function, const pz_regex **re)
{
    *re = pattern_of(c, args);
    if ((*re)->code)
        return PZ_OK;
    return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_PATTERN, PZ_NO_ORIGIN, "parameter", "`regexp`", "functionName",
                    function ? function : backticked(c->scratch, pz_lower_ascii(c->scratch, c->site->name)).ptr, "value",
                    quoted_value(c->scratch, args[1].s).ptr, NULL);
}

/* ---- the functions */

PZ_FN(fn_rlike)
{
    const pz_regex *re;
    const size_t *v;
    PZ_TRY(need_pattern(c, args, NULL, &re));
    return give_bool(out, pz_regex_find(re, args[0].s, 0, &v));
}

PZ_FN(fn_regexp_count)
{
    const pz_regex *re;
    const size_t *v;
    int64_t n = 0;
    pz_str s = args[0].s;
    PZ_TRY(need_pattern(c, args, "`regexp_extract_all`", &re));
    for (size_t at = 0; pz_regex_find(re, s, at, &v); at = after(s, v))
        n++;
    return give_int(out, n);
}

static pz_str
group_text(pz_str s, const size_t *v, int64_t group)
{
    return v[2 * group] == PZ_NO_GROUP ? PZ_STR("") : cut(s, v[2 * group], v[2 * group + 1]);
}

static pz_status
check_group(pz_fn_ctx *c, const pz_regex *re, int64_t group, const char *function)
{
    if (group >= 0 && group <= re->groups)
        return PZ_OK;
    return pz_raise(c->err, PZ_ERR_INVALID_PARAMETER_VALUE_REGEX_GROUP_INDEX, PZ_NO_ORIGIN, "parameter", "`idx`", "functionName", function,
                    "groupCount", pz_strf(c->scratch, "%d", re->groups).ptr, "groupIndex", pz_strf(c->scratch, "%lld", (long long)group).ptr, NULL);
}

PZ_FN(fn_regexp_extract)
{
    const pz_regex *re;
    const size_t *v;
    int64_t group = c->site->nargs > 2 ? args[2].i : 1;
    PZ_TRY(need_pattern(c, args, "`regexp_extract`", &re));
    if (!pz_regex_find(re, args[0].s, 0, &v))
        return give_str(out, PZ_STR(""));
    PZ_TRY(check_group(c, re, group, "`regexp_extract`"));
    return give_str(out, group_text(args[0].s, v, group));
}

PZ_FN(fn_regexp_extract_all)
{
    const pz_regex *re;
    const size_t *v;
    int64_t group = c->site->nargs > 2 ? args[2].i : 1;
    pz_str s = args[0].s;
    pz_values all = {0};
    PZ_TRY(need_pattern(c, args, "`regexp_extract_all`", &re));
    for (size_t at = 0; pz_regex_find(re, s, at, &v); at = after(s, v)) {
        PZ_TRY(check_group(c, re, group, "`regexp_extract_all`"));
        pz_vec_push(c->scratch, &all, ((pz_value){.s = group_text(s, v, group)}));
    }
    *out = (pz_value){.list = {all.data, all.n}};
    return PZ_OK;
}

/* No match, or an empty one, is NULL. */
PZ_FN(fn_regexp_substr)
{
    const pz_regex *re;
    const size_t *v;
    PZ_TRY(need_pattern(c, args, "`regexp_extract`", &re));
    if (!pz_regex_find(re, args[0].s, 0, &v) || v[0] == v[1])
        return give_null(out);
    return give_str(out, cut(args[0].s, v[0], v[1]));
}

PZ_FN(fn_regexp_instr)
{
    const pz_regex *re;
    const size_t *v;
    PZ_TRY(need_pattern(c, args, "`regexp_instr`", &re));
    if (!pz_regex_find(re, args[0].s, 0, &v))
        return give_int(out, 0);
    return give_int(out, char_count(cut(args[0].s, 0, v[0])) + 1);
}

/* One replacement: $n, ${name}, \x.  false: the text is no replacement for this pattern. */
static bool
append_replacement(pz_buf *b, const pz_regex *re, pz_str s, const size_t *v, pz_str with)
{
    for (size_t i = 0; i < with.len;) {
        char ch = with.ptr[i++];
        if (ch == '\\') {
            if (i == with.len)
                return false;
            pz_buf_putc(b, with.ptr[i++]);
        } else if (ch != '$') {
            pz_buf_putc(b, ch);
        } else if (i < with.len && with.ptr[i] == '{') {
            const char *close = memchr(with.ptr + i, '}', with.len - i);
            if (!close)
                return false;
            pz_str name = cut(with, i + 1, (size_t)(close - with.ptr));
            int group = name.len ? pz_regex_group_by_name(re, name) : -1;
            if (group < 0)
                return false;
            pz_buf_str(b, group_text(s, v, group));
            i = (size_t)(close - with.ptr) + 1;
        } else {
            if (i == with.len || with.ptr[i] < '0' || with.ptr[i] > '9')
                return false;
            int group = with.ptr[i++] - '0';
            if (group > re->groups)
                return false;
            while (i < with.len && with.ptr[i] >= '0' && with.ptr[i] <= '9' && group * 10 + (with.ptr[i] - '0') <= re->groups)
                group = group * 10 + (with.ptr[i++] - '0');
            pz_buf_str(b, group_text(s, v, group));
        }
    }
    return true;
}

static pz_status
bad_replacement(pz_fn_ctx *c, const pz_value *args, int64_t pos)
{
    return pz_raise(c->err, PZ_ERR_INVALID_REGEXP_REPLACE, PZ_NO_ORIGIN, "source", pz_dup(c->scratch, args[0].s).ptr, "pattern",
                    pz_dup(c->scratch, args[1].s).ptr, "replacement", pz_dup(c->scratch, args[2].s).ptr, "position",
                    pz_strf(c->scratch, "%lld", (long long)pos).ptr, NULL);
}

/* The text before the position is left alone, and patterns do not see it. */
PZ_FN(fn_regexp_replace)
{
    const pz_regex *re;
    const size_t *v;
    int64_t pos = c->site->nargs > 3 ? args[3].i : 1;
    pz_str s = args[0].s;
    PZ_TRY(need_pattern(c, args, "`regexp_replace`", &re));
    size_t skip = char_offset(s, pos - 1), done = 0;
    if (pos != 1 && skip >= s.len)
        return give_str(out, s);
    pz_str tail = cut(s, skip, s.len);
    if (!pz_regex_find(re, tail, 0, &v))
        return give_str(out, s);
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_add(&b, s.ptr, skip);
    bool good = true;
    do {
        pz_buf_add(&b, tail.ptr + done, v[0] - done);
        good = append_replacement(&b, re, tail, v, args[2].s);
        done = v[1];
    } while (good && pz_regex_find(re, tail, after(tail, v), &v));
    pz_buf_str(&b, cut(tail, done, tail.len));
    *out = (pz_value){.s = pz_buf_dup(&b, c->scratch)};
    pz_buf_free(&b);
    return good ? PZ_OK : bad_replacement(c, args, pos);
}

/* split(s, pattern, limit): limit <= 0 keeps everything; an empty pattern cuts between characters. */
static void
split_chars(pz_fn_ctx *c, pz_str s, int64_t limit, pz_values *parts)
{
    int64_t chars = char_count(s);
    if (limit > chars || limit <= 0)
        limit = chars;
    size_t at = 0;
    for (int64_t i = 0; i < limit - 1; i++) {
        size_t k = char_bytes((unsigned char)s.ptr[at]);
        pz_vec_push(c->scratch, parts, ((pz_value){.s = cut(s, at, at + k)}));
        at += k;
    }
    pz_vec_push(c->scratch, parts, ((pz_value){.s = cut(s, at, s.len)}));
}

static void
split_regex(pz_fn_ctx *c, const pz_regex *re, pz_str s, int64_t limit, pz_values *parts)
{
    const size_t *v;
    size_t done = 0;
    for (size_t at = 0; (limit <= 0 || parts->n < limit - 1) && pz_regex_find(re, s, at, &v); at = after(s, v)) {
        if (done == 0 && v[1] == 0)
            continue;
        pz_vec_push(c->scratch, parts, ((pz_value){.s = cut(s, done, v[0])}));
        done = v[1];
    }
    pz_vec_push(c->scratch, parts, ((pz_value){.s = cut(s, done, s.len)}));
}

PZ_FN(fn_split)
{
    int64_t limit = c->site->nargs > 2 ? args[2].i : -1;
    pz_values parts = {0};
    const pz_regex *re = pattern_of(c, args);
    if (args[0].s.len && args[1].s.len == 0)
        split_chars(c, args[0].s, limit, &parts);
    else if (!re->code)
        return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, PZ_FMT, PZ_ARG(re->error));
    else
        split_regex(c, re, args[0].s, limit, &parts);
    *out = (pz_value){.list = {parts.data, parts.n}};
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "regexp_count", .call = fn_regexp_count, .prepare = prepare_pattern},
    {.name = "regexp_extract", .call = fn_regexp_extract, .prepare = prepare_pattern},
    {.name = "regexp_extract_all", .call = fn_regexp_extract_all, .prepare = prepare_pattern},
    {.name = "regexp_instr", .call = fn_regexp_instr, .prepare = prepare_pattern},
    {.name = "regexp_replace", .call = fn_regexp_replace, .prepare = prepare_pattern},
    {.name = "regexp_substr", .call = fn_regexp_substr, .prepare = prepare_pattern},
    {.name = "rlike", .call = fn_rlike, .prepare = prepare_pattern},
    {.name = "split", .call = fn_split, .prepare = prepare_pattern},
};
PZ_FAMILY(pz_family_regex, defs);

bool
pz_pattern_matches(pz_str text, pz_str pattern)
{
    pz_arena *a = pz_arena_open();
    const pz_regex *re = pz_regex_cached(pz_strf(a, "(?i)\\A(?:" PZ_FMT ")\\z", PZ_ARG(pattern)));
    const size_t *bounds;
    bool hit = re && re->code && pz_regex_find(re, text, 0, &bounds);
    pz_arena_close(a);
    return hit;
}

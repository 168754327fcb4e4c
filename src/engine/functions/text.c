/*
 * engine/functions/text.c - strings looked at character by character: distances, phonetics, masks, words and sentences.
 *
 * In: strings.  Out: numbers, strings in scratch, arrays of words.  Things start in the table at the end.
 */
#include "fn_util.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* ---- distances */

/* Edit distance by rows; with a limit, -1 as soon as every cell of a row is past it. */
static int64_t
edit_distance(pz_fn_ctx *c, pz_str a, pz_str b, int64_t limit)
{
    int n, m;
    uint32_t *x = code_points(c, a, &n), *y = code_points(c, b, &m);
    if (limit >= 0 && (n > m ? n - m : m - n) > limit)
        return -1;
    int *row = pz_alloc(c->scratch, (size_t)(m + 1) * sizeof(int));
    for (int j = 0; j <= m; j++)
        row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0], least = row[0] = i;
        for (int j = 1; j <= m; j++) {
            int up = row[j], cost = diagonal + (x[i - 1] != y[j - 1]);
            cost = MIN(cost, MIN(up, row[j - 1]) + 1);
            diagonal = up;
            row[j] = cost;
            least = MIN(least, cost);
        }
        if (limit >= 0 && least > limit)
            return -1;
    }
    return limit >= 0 && row[m] > limit ? -1 : row[m];
}

/* Nothing to make, but the site keeps which arguments are literals. */
static pz_status
want_constants(pz_call_site *site, pz_error *err)
{
    (void)site, (void)err;
    return PZ_OK;
}

/* A NULL threshold written as a literal makes NULL; one that arrives in a row counts as 0. */
PZ_FN(fn_levenshtein)
{
    const pz_call_site *s = c->site;
    if (args[0].null || args[1].null)
        return give_null(out);
    if (s->nargs < 3)
        return give_int(out, edit_distance(c, args[0].s, args[1].s, -1));
    if (args[2].null && s->is_const && s->is_const[2])
        return give_null(out);
    int64_t limit = args[2].null ? 0 : args[2].i;
    return give_int(out, limit < 0 ? -1 : edit_distance(c, args[0].s, args[1].s, limit));
}

/* UTF-16 units of s: what the JVM calls its characters. */
static UChar *
units(pz_fn_ctx *c, pz_str s, int *n)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar *u = pz_alloc(c->scratch, (s.len + 1) * sizeof(UChar));
    u_strFromUTF8WithSub(u, (int32_t)s.len + 1, n, s.ptr, (int32_t)s.len, 0xFFFD, NULL, &e);
    return u;
}

/* Jaro's measure with Winkler's bonus for up to four equal leading characters. */
PZ_FN(fn_jaro_winkler)
{
    int n, m, hits = 0, swapped = 0, prefix = 0;
    UChar *x = units(c, args[0].s, &n), *y = units(c, args[1].s, &m);
    if (n == 0 && m == 0)
        return give_double(out, 1.0);
    if (n == 0 || m == 0)
        return give_double(out, 0.0);
    int reach = (n > m ? n : m) / 2 - 1;
    if (reach < 0) reach = 0;
    bool *in_x = pz_alloc(c->scratch, (size_t)n), *in_y = pz_alloc(c->scratch, (size_t)m);
    for (int i = 0; i < n; i++)
        for (int j = i > reach ? i - reach : 0; j < m && j <= i + (reach > 0 ? reach : 0); j++)
            if (!in_y[j] && x[i] == y[j]) {
                in_x[i] = in_y[j] = true;
                hits++;
                break;
            }
    if (hits == 0)
        return give_double(out, 0.0);
    for (int i = 0, j = 0; i < n; i++) {
        if (!in_x[i])
            continue;
        while (!in_y[j])
            j++;
        swapped += x[i] != y[j++];
    }
    double k = hits, jaro = (k / n + k / m + (k - swapped / 2.0) / k) / 3.0;
    while (prefix < 4 && prefix < n && prefix < m && x[prefix] == y[prefix])
        prefix++;
    return give_double(out, jaro + prefix * 0.1 * (1.0 - jaro));
}

/* ---- phonetics and checks */

PZ_FN(fn_soundex)
{
    /*                           ABCDEFGHIJKLMNOPQRSTUVWXYZ ; 7: looked through */
    static const char code[] = "01230127022455012623017202";
    pz_str s = args[0].s;
    if (s.len == 0)
        return give_str(out, s);
    char first = s.ptr[0];
    if (first >= 'a' && first <= 'z')
        first = (char)(first - 32);
    if (first < 'A' || first > 'Z')
        return give_str(out, s);
    char *p = room(c, 4), last = code[first - 'A'];
    memcpy(p, "0000", 4);
    p[0] = first;
    int n = 1;
    for (size_t i = 1; i < s.len && n < 4; i++) {
        char b = s.ptr[i];
        if (b >= 'a' && b <= 'z')
            b = (char)(b - 32);
        if (b < 'A' || b > 'Z') {
            last = '0';
            continue;
        }
        char k = code[b - 'A'];
        if (k == '7')
            continue;
        if (k != '0' && k != last)
            p[n++] = k;
        last = k;
    }
    return give_str(out, (pz_str){p, 4});
}

PZ_FN(fn_luhn_check)
{
    PZ_UNUSED(c);
    pz_str s = args[0].s;
    int sum = 0;
    for (size_t i = 0; i < s.len; i++) {
        char d = s.ptr[s.len - 1 - i];
        if (d < '0' || d > '9')
            return give_bool(out, false);
        int v = (d - '0') * (i % 2 ? 2 : 1);
        sum += v > 9 ? v - 9 : v;
    }
    return give_bool(out, s.len > 0 && sum % 10 == 0);
}

/* ---- rewriting characters */

/* mask(s, upper, lower, digit, other): a NULL mask keeps its class as it is. */
PZ_FN(fn_mask)
{
    if (args[0].null)
        return give_null(out);
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_str s = args[0].s;
    for (size_t at = 0; at < s.len;) {
        uint32_t cp;
        size_t k = (size_t)pz_utf8_decode(s.ptr + at, s.len - at, &cp);
        int kind = u_isUUppercase((UChar32)cp) ? 1 : u_isULowercase((UChar32)cp) ? 2 : u_isdigit((UChar32)cp) ? 3 : 4;
        if (args[kind].null)
            pz_buf_add(&b, s.ptr + at, k);
        else
            pz_buf_str(&b, args[kind].s);
        at += k;
    }
    *out = (pz_value){.s = pz_buf_dup(&b, c->scratch)};
    pz_buf_free(&b);
    return PZ_OK;
}

PZ_FN(fn_translate)
{
    int n, nfrom, nto, k = 0;
    uint32_t *s = code_points(c, args[0].s, &n), *from = code_points(c, args[1].s, &nfrom), *to = code_points(c, args[2].s, &nto);
    for (int i = 0; i < n; i++) {
        int j = 0;
        while (j < nfrom && from[j] != s[i])
            j++;
        if (j == nfrom)
            s[k++] = s[i];
        else if (j < nto)
            s[k++] = to[j];
    }
    return give_str(out, from_code_points(c, s, k));
}

PZ_FN(fn_quote)
{
    pz_str s = args[0].s;
    char *p = room(c, s.len * 2 + 2);
    size_t n = 0;
    p[n++] = '\'';
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'')
            p[n++] = '\\';
        p[n++] = s.ptr[i];
    }
    p[n++] = '\'';
    return give_str(out, (pz_str){p, n});
}

static bool
is_ascii(pz_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
    return true;
}

/* One word in title case.  The whole word is lowered first, so that a final sigma knows its neighbours. */
static void
title_word(pz_fn_ctx *c, pz_str word, pz_buf *b)
{
    if (word.len == 0)
        return;
    if (is_ascii(word)) {
        for (size_t i = 0; i < word.len; i++) {
            char ch = word.ptr[i];
            if (i == 0 ? ch >= 'a' && ch <= 'z' : ch >= 'A' && ch <= 'Z')
                ch ^= 'a' ^ 'A';
            pz_buf_putc(b, ch);
        }
        return;
    }
    int32_t cap = (int32_t)word.len * 3 + 4, n = 0, k = 0, t = 0, bytes = 0;
    UErrorCode e = U_ZERO_ERROR;
    UChar *in = pz_alloc(c->scratch, (size_t)cap * 2), *low = pz_alloc(c->scratch, (size_t)cap * 2), head[8], head_low[8];
    u_strFromUTF8WithSub(in, cap, &n, word.ptr, (int32_t)word.len, 0xFFFD, NULL, &e);
    int32_t first = n > 1 && U16_IS_LEAD(in[0]) ? 2 : 1;
    k = u_strToLower(low, cap, in, n, "", &e);
    t = u_strToTitle(head, 8, in, first, NULL, "", &e);
    int32_t skip = u_strToLower(head_low, 8, in, first, "", &e);
    char *p = room(c, (size_t)(k + t) * 3);
    u_strToUTF8(p, (k + t) * 3 + 1, &bytes, head, t, &e);
    pz_buf_add(b, p, (size_t)bytes);
    u_strToUTF8(p, (k + t) * 3 + 1, &bytes, low + skip, k - skip, &e);
    pz_buf_add(b, p, (size_t)bytes);
}

PZ_FN(fn_initcap)
{
    pz_str s = args[0].s;
    pz_buf b;
    pz_buf_init(&b, 0);
    size_t from = 0;
    for (size_t i = 0; i <= s.len; i++)
        if (i == s.len || s.ptr[i] == ' ') {
            title_word(c, cut(s, from, i), &b);
            if (i < s.len)
                pz_buf_putc(&b, s.ptr[i]);
            from = i + 1;
        }
    *out = (pz_value){.s = pz_buf_dup(&b, c->scratch)};
    pz_buf_free(&b);
    return PZ_OK;
}

/* ---- sentences: as the JVM's own break rules cut them, which are older and simpler than ICU's */

static bool
is_word_char(uint32_t cp)
{
    return u_isalnum((UChar32)cp) || (U_GET_GC_MASK((UChar32)cp) & (U_GC_M_MASK | U_GC_N_MASK));
}

static bool
is_number_char(uint32_t cp)
{
    return (U_GET_GC_MASK((UChar32)cp) & U_GC_N_MASK) != 0;
}

static bool
is_sentence_space(uint32_t cp)
{
    return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == '\f' || u_charType((UChar32)cp) == U_SPACE_SEPARATOR;
}

static bool
is_closing(uint32_t cp)
{
    return cp == '"' || cp == '\'' || (U_GET_GC_MASK((UChar32)cp) & (U_GC_PE_MASK | U_GC_PF_MASK));
}

/* Index after the sentence that starts at i. */
static int
sentence_end(const uint32_t *s, int n, int i)
{
    for (; i < n; i++) {
        bool sure = s[i] == '!' || s[i] == '?' || s[i] == 0x3002 || s[i] == 0xFF01 || s[i] == 0xFF1F;
        if (s[i] == 0x2029)
            return i + 1;
        if (!sure && s[i] != '.' && s[i] != 0xFF0E)
            continue;
        int j = i + 1;
        while (j < n && (s[j] == '!' || s[j] == '?' || s[j] == '.'))
            sure |= s[j++] != '.';
        while (j < n && is_closing(s[j]))
            j++;
        int spaces = j;
        while (j < n && is_sentence_space(s[j]))
            j++;
        if (sure || j >= n)
            return j;
        if (j > spaces && !u_islower((UChar32)s[j]) && !is_number_char(s[j]))
            return j;
        i = j - 1;
    }
    return n;
}

/* Words do not go on from one of these scripts into another: Han, Hiragana, Katakana, all others. */
static int
word_script(uint32_t cp)
{
    if ((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x3FFFF))
        return 1;
    if (cp >= 0x3041 && cp <= 0x309F)
        return 2;
    return (cp >= 0x30A0 && cp <= 0x30FF) || (cp >= 0x31F0 && cp <= 0x31FF) || (cp >= 0xFF66 && cp <= 0xFF9F) ? 3 : 0;
}

static int
word_end(const uint32_t *s, int n, int i)
{
    while (i < n) {
        if (is_word_char(s[i])) {
            i++;
            if (i < n && is_word_char(s[i]) && word_script(s[i]) != word_script(s[i - 1]))
                return i;
            continue;
        }
        bool next = i + 1 < n && is_word_char(s[i + 1]);
        if (!next)
            break;
        bool number = is_number_char(s[i - 1]) && is_number_char(s[i + 1]);
        uint32_t mask = U_GET_GC_MASK((UChar32)s[i]);
        bool mid = s[i] == '.' || s[i] == '\'' || s[i] == 0xAD || s[i] == 0x2019 || (mask & (U_GC_PD_MASK | U_GC_PC_MASK));
        if (number ? s[i] == ',' || s[i] == '.' || s[i] == '\'' : mid)
            i += 2;
        else
            break;
    }
    if (i < n && i > 0 && is_number_char(s[i - 1]) && (s[i] == '%' || s[i] == 0x2030))
        i++;
    return i;
}

PZ_FN(fn_sentences)
{
    if (args[0].null)
        return give_null(out);
    int n;
    uint32_t *s = code_points(c, args[0].s, &n);
    pz_values all = {0};
    for (int i = 0; i < n;) {
        int end = sentence_end(s, n, i);
        pz_values words = {0};
        while (i < end) {
            bool money = (u_charType((UChar32)s[i]) == U_CURRENCY_SYMBOL || s[i] == '#') && i + 1 < end && is_number_char(s[i + 1]);
            if (!money && !is_word_char(s[i])) {
                i++;
                continue;
            }
            int stop = word_end(s, end, money ? i + 1 : i);
            if (!money && u_isalnum((UChar32)s[i]))
                pz_vec_push(c->scratch, &words, ((pz_value){.s = from_code_points(c, s + i, stop - i)}));
            i = stop;
        }
        pz_vec_push(c->scratch, &all, ((pz_value){.list = {words.data, words.n}}));
    }
    *out = (pz_value){.list = {all.data, all.n}};
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "initcap", .call = fn_initcap},
    {.name = "jaro_winkler", .call = fn_jaro_winkler},
    {.name = "levenshtein", .call = fn_levenshtein, .prepare = want_constants, .takes_nulls = true},
    {.name = "luhn_check", .call = fn_luhn_check},
    {.name = "mask", .call = fn_mask, .takes_nulls = true},
    {.name = "quote", .call = fn_quote},
    {.name = "sentences", .call = fn_sentences, .takes_nulls = true},
    {.name = "soundex", .call = fn_soundex},
    {.name = "translate", .call = fn_translate},
};
PZ_FAMILY(pz_family_text, defs);

/*
 * engine/functions/encode.c - bytes and text: base64, base32, hex, character sets, UTF-8 checks.
 *
 * In: strings and binaries.  Out: bytes in scratch.  Things start in the table at the end.
 */
#include "fn_util.h"

/* ---- hex */

static pz_str
hex_text(pz_fn_ctx *c, pz_str s)
{
    static const char digit[] = "0123456789ABCDEF";
    char *p = room(c, s.len * 2);
    for (size_t i = 0; i < s.len; i++) {
        p[2 * i] = digit[(unsigned char)s.ptr[i] >> 4];
        p[2 * i + 1] = digit[(unsigned char)s.ptr[i] & 15];
    }
    return (pz_str){p, s.len * 2};
}

/* hex(x): of a number its two's complement without leading zeros, of anything else its bytes. */
PZ_FN(fn_hex)
{
    if (!pz_type_is_integral(c->site->arg_types[0]))
        return give_str(out, hex_text(c, args[0].s));
    return give_str(out, pz_strf(c->scratch, "%llX", (unsigned long long)args[0].i));
}

static int
hex_digit(char ch)
{
    return ch >= '0' && ch <= '9' ? ch - '0' : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

/* An odd number of digits: the first stands alone. */
static bool
unhex(pz_fn_ctx *c, pz_str s, pz_str *out)
{
    size_t n = 0;
    char *p = room(c, s.len / 2 + 1);
    for (size_t i = 0; i < s.len; n++) {
        int hi = s.len % 2 && i == 0 ? 0 : hex_digit(s.ptr[i++]), lo = hex_digit(s.ptr[i++]);
        if (hi < 0 || lo < 0)
            return false;
        p[n] = (char)(hi << 4 | lo);
    }
    *out = (pz_str){p, n};
    return true;
}

PZ_FN(fn_unhex)
{
    pz_str s;
    return unhex(c, args[0].s, &s) ? give_str(out, s) : give_null(out);
}

/* ---- base64, MIME flavour: lines of 76, foreign characters skipped */

static pz_str
base64_text(pz_fn_ctx *c, pz_str s)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_buf_base64(&b, s, true);
    out = pz_buf_dup(&b, c->scratch);
    pz_buf_free(&b);
    return out;
}
PZ_FN(fn_base64) { return give_str(out, base64_text(c, args[0].s)); }

static int
base64_digit(char ch)
{
    return ch >= 'A' && ch <= 'Z'   ? ch - 'A'
           : ch >= 'a' && ch <= 'z' ? ch - 'a' + 26
           : ch >= '0' && ch <= '9' ? ch - '0' + 52
           : ch == '+'              ? 62
           : ch == '/'              ? 63
                                    : -1;
}

/* NULL when all is well, else what the JVM's decoder would say. */
static const char *
unbase64(pz_fn_ctx *c, pz_str s, pz_str *out)
{
    char *p = room(c, s.len);
    size_t n = 0, i = 0;
    uint32_t bits = 0;
    int have = 0;
    bool padded = false;
    while (i < s.len && !padded) {
        char ch = s.ptr[i++];
        int d = base64_digit(ch);
        if (ch == '=') {
            if (have < 2 || (have == 2 && (i == s.len || s.ptr[i++] != '=')))
                return "Input byte array has wrong 4-byte ending unit";
            padded = true;
        } else if (d >= 0) {
            bits = bits << 6 | (uint32_t)d;
            if (++have == 4) {
                p[n++] = (char)(bits >> 16);
                p[n++] = (char)(bits >> 8);
                p[n++] = (char)bits;
                have = 0;
            }
        }
    }
    if (have == 1)
        return "Last unit does not have enough valid bits";
    if (have >= 2)
        p[n++] = (char)(have == 2 ? bits >> 4 : bits >> 10);
    if (have == 3)
        p[n++] = (char)(bits >> 2);
    for (; i < s.len; i++)
        if (base64_digit(s.ptr[i]) >= 0)
            return pz_strf(c->scratch, "Input byte array has incorrect ending byte at %zu", i + 1).ptr;
    *out = (pz_str){p, n};
    return NULL;
}

PZ_FN(fn_unbase64)
{
    pz_str s;
    const char *wrong = unbase64(c, args[0].s, &s);
    return wrong ? pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, "%s", wrong) : give_str(out, s);
}

/* Stricter than unbase64: only the alphabet, white space, and padding at the end that completes the last group. */
static bool
is_strict_base64(pz_str s)
{
    size_t digits = 0, pads = 0;
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (base64_digit(ch) >= 0) {
            if (pads)
                return false;
            digits++;
        } else if (ch == '=') {
            pads++;
        } else if (pads || (ch != ' ' && (ch < '\t' || ch > '\r'))) {
            return false;
        }
    }
    return pads ? pads <= 2 && (digits + pads) % 4 == 0 : digits % 4 != 1;
}

/* to_binary(s, format), try_to_binary: the format was checked by the analyzer. */
static pz_status
to_binary(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool try)
{
    pz_str s = args[0].s, bytes, fmt = c->site->nargs > 1 ? pz_upper_ascii(c->scratch, args[1].s) : PZ_STR("HEX");
    if (pz_str_eqc(fmt, "UTF-8") || pz_str_eqc(fmt, "UTF8"))
        return give_str(out, s);
    bool hex = pz_str_eqc(fmt, "HEX");
    if (hex || pz_str_eqc(fmt, "BASE64")) {
        if (hex ? unhex(c, s, &bytes) : is_strict_base64(s) && !unbase64(c, s, &bytes))
            return give_str(out, bytes);
    }
    if (try)
        return give_null(out);
    return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_CONVERSION_INVALID_INPUT, PZ_NO_ORIGIN, "str",
                       quoted_value(c->scratch, s).ptr, "fmt", quoted_value(c->scratch, fmt).ptr, "targetType", "\"BINARY\"", "suggestion",
                       "`try_to_binary`", NULL);
}
PZ_FN(fn_to_binary) { return to_binary(c, args, out, false); }
PZ_FN(fn_try_to_binary) { return to_binary(c, args, out, true); }

/* ---- base32 */

PZ_FN(fn_to_base32)
{
    static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    pz_str s = args[0].s;
    char *p = room(c, (s.len + 4) / 5 * 8);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i += 5) {
        uint64_t v = 0;
        size_t k = s.len - i < 5 ? s.len - i : 5;
        for (size_t j = 0; j < 5; j++)
            v = v << 8 | (j < k ? (unsigned char)s.ptr[i + j] : 0);
        size_t used = (k * 8 + 4) / 5;
        for (size_t j = 0; j < 8; j++)
            p[n++] = j < used ? chars[v >> (35 - 5 * j) & 31] : '=';
    }
    return give_str(out, (pz_str){p, n});
}

/* Lenient: foreign characters are skipped, the first = ends, bits that fill no byte are dropped (but one lone digit gives one). */
PZ_FN(fn_from_base32)
{
    pz_str s = args[0].s;
    char *p = room(c, s.len + 1);
    size_t n = 0;
    uint64_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < s.len && s.ptr[i] != '='; i++) {
        char ch = s.ptr[i];
        int d = ch >= 'A' && ch <= 'Z' ? ch - 'A' : ch >= 'a' && ch <= 'z' ? ch - 'a' : ch >= '2' && ch <= '7' ? ch - '2' + 26 : -1;
        if (d < 0)
            continue;
        bits = bits << 5 | (uint64_t)d;
        if (++have == 8) {
            for (int j = 4; j >= 0; j--)
                p[n++] = (char)(bits >> (8 * j));
            have = 0;
            bits = 0;
        }
    }
    if (have) {
        int bytes = have == 1 ? 1 : have * 5 / 8;
        bits >>= have == 1 ? 2 : have * 5 % 8;
        for (int j = bytes - 1; j >= 0; j--)
            p[n++] = (char)(bits >> (8 * j));
    }
    return give_str(out, (pz_str){p, n});
}

/* ---- character sets */

typedef enum charset { CS_NONE, CS_UTF8, CS_ASCII, CS_LATIN1, CS_UTF16, CS_UTF16BE, CS_UTF16LE, CS_UTF32 } charset;

static charset
charset_of(pz_str name)
{
    static const struct { const char *name; charset id; } known[] = {
        {"UTF-8", CS_UTF8},       {"US-ASCII", CS_ASCII},   {"ISO-8859-1", CS_LATIN1}, {"UTF-16", CS_UTF16},
        {"UTF-16BE", CS_UTF16BE}, {"UTF-16LE", CS_UTF16LE}, {"UTF-32", CS_UTF32},
    };
    for (size_t i = 0; i < PZ_COUNTOF(known); i++)
        if (pz_str_ieqc(name, known[i].name))
            return known[i].id;
    return CS_NONE;
}

static pz_status
bad_charset(pz_fn_ctx *c, pz_str charset_name, const char *function)
{
    return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_PARAMETER_VALUE_CHARSET, PZ_NO_ORIGIN, "parameter",
                       "`charset`", "functionName", function, "charset", pz_dup(c->scratch, charset_name).ptr, "charsets",
                       "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8", NULL);
}

static pz_status
malformed(pz_fn_ctx *c, pz_str charset_name, const char *function)
{
    return pz_raise(c->err, PZ_ERR_MALFORMED_CHARACTER_CODING, PZ_NO_ORIGIN, "function", function, "charset",
                    pz_dup(c->scratch, charset_name).ptr, NULL);
}

static size_t
put16(char *p, uint32_t unit, bool little)
{
    p[little] = (char)(unit >> 8);
    p[!little] = (char)unit;
    return 2;
}

static pz_status
encode(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool replace)
{
    charset cs = charset_of(args[1].s);
    pz_str s = args[0].s;
    if (cs == CS_NONE)
        return bad_charset(c, args[1].s, "`encode`");
    if (cs == CS_UTF8)
        return give_str(out, s);
    int n;
    uint32_t *cps = code_points(c, s, &n);
    char *p = room(c, (size_t)n * 4 + 2);
    size_t k = 0;
    if (cs == CS_UTF16 && n)
        k += put16(p, 0xFEFF, false);
    for (int i = 0; i < n; i++) {
        uint32_t cp = cps[i];
        if (cs == CS_ASCII || cs == CS_LATIN1) {
            bool fits = cp <= (cs == CS_ASCII ? 0x7FU : 0xFFU);
            if (!fits && !replace)
                return malformed(c, args[1].s, "`encode`");
            p[k++] = fits ? (char)cp : '?';
        } else if (cs == CS_UTF32) {
            for (int j = 3; j >= 0; j--)
                p[k++] = (char)(cp >> (8 * j));
        } else if (cp < 0x10000) {
            k += put16(p + k, cp, cs == CS_UTF16LE);
        } else {
            k += put16(p + k, 0xD800 + ((cp - 0x10000) >> 10), cs == CS_UTF16LE);
            k += put16(p + k, 0xDC00 + ((cp - 0x10000) & 0x3FF), cs == CS_UTF16LE);
        }
    }
    return give_str(out, (pz_str){p, k});
}

PZ_FN(fn_encode) { return encode(c, args, out, false); }
PZ_FN(fn_encode_replacing) { return encode(c, args, out, true); }

/* What stands for bytes that mean nothing */
static const uint32_t replacement = 0xFFFD;

/* false: something was malformed; cps has the replacement there */
static bool
decode_utf16(pz_str s, charset cs, uint32_t *cps, int *n)
{
    bool good = true;
    const unsigned char *p = (const unsigned char *)s.ptr;
    bool little = cs == CS_UTF16LE;
    size_t i = 0;
    if (cs == CS_UTF16 && s.len >= 2 && ((p[0] == 0xFE && p[1] == 0xFF) || (p[0] == 0xFF && p[1] == 0xFE))) {
        little = p[0] == 0xFF;
        i = 2;
    }
    for (; i + 1 < s.len; i += 2) {
        uint32_t u = little ? p[i] | p[i + 1] << 8 : p[i] << 8 | p[i + 1];
        if (u >= 0xD800 && u < 0xDC00 && i + 3 < s.len) {
            uint32_t v = little ? p[i + 2] | p[i + 3] << 8 : p[i + 2] << 8 | p[i + 3];
            bool pair = v >= 0xDC00 && v <= 0xDFFF;
            u = pair ? 0x10000 + ((u - 0xD800) << 10) + (v - 0xDC00) : replacement;
            good &= pair;
            i += 2;
        } else if (u >= 0xD800 && u < 0xE000) {
            u = replacement;
            good = false;
        }
        cps[(*n)++] = u;
    }
    if (i < s.len) {
        cps[(*n)++] = replacement;
        good = false;
    }
    return good;
}

static bool
decode_utf32(pz_str s, uint32_t *cps, int *n)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    bool little = s.len >= 4 && p[0] == 0xFF && p[1] == 0xFE && !p[2] && !p[3];
    bool good = true;
    size_t i = 0;
    for (; i + 3 < s.len; i += 4) {
        uint32_t u = little ? p[i] | p[i + 1] << 8 | p[i + 2] << 16 | (uint32_t)p[i + 3] << 24
                            : (uint32_t)p[i] << 24 | p[i + 1] << 16 | p[i + 2] << 8 | p[i + 3];
        bool fits = u <= 0x10FFFF && !(u >= 0xD800 && u < 0xE000);
        good &= fits;
        if (i || u != 0xFEFF)
            cps[(*n)++] = fits ? u : replacement;
    }
    if (i < s.len) {
        cps[(*n)++] = replacement;
        good = false;
    }
    return good;
}

static pz_status make_valid(pz_fn_ctx *c, pz_str s, pz_value *out);

static pz_status
decode(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool replace)
{
    charset cs = charset_of(args[1].s);
    pz_str s = args[0].s;
    int n = 0;
    bool good = true;
    if (cs == CS_NONE)
        return bad_charset(c, args[1].s, "`decode`");
    if (cs == CS_UTF8)
        return pz_utf8_valid(s) ? give_str(out, s) : replace ? make_valid(c, s, out) : malformed(c, args[1].s, "`decode`");
    uint32_t *cps = pz_alloc(c->scratch, (s.len + 2) * sizeof(uint32_t));
    if (cs == CS_ASCII || cs == CS_LATIN1) {
        for (size_t i = 0; i < s.len; i++) {
            bool fits = cs == CS_LATIN1 || (unsigned char)s.ptr[i] < 0x80;
            cps[n++] = fits ? (unsigned char)s.ptr[i] : replacement;
            good &= fits;
        }
    } else {
        good = cs == CS_UTF32 ? decode_utf32(s, cps, &n) : decode_utf16(s, cs, cps, &n);
    }
    return good || replace ? give_str(out, from_code_points(c, cps, n)) : malformed(c, args[1].s, "`decode`");
}

PZ_FN(fn_decode) { return decode(c, args, out, false); }
PZ_FN(fn_decode_replacing) { return decode(c, args, out, true); }

/* ---- UTF-8 checks */

/* Bytes of the well-formed character at p, or minus the bytes of the ill-formed sequence that one U+FFFD replaces. */
static int
utf8_step(const unsigned char *p, size_t n)
{
    int want = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    if (want <= 1)
        return want == 1 ? 1 : -1;
    unsigned char lo = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80, hi = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;
    for (int k = 1; k < want; k++) {
        if ((size_t)k >= n || p[k] < (k == 1 ? lo : 0x80) || p[k] > (k == 1 ? hi : 0xBF))
            return -k;
    }
    return want;
}

PZ_FN(fn_is_valid_utf8)
{
    PZ_UNUSED(c);
    return give_bool(out, pz_utf8_valid(args[0].s));
}

static pz_status
make_valid(pz_fn_ctx *c, pz_str s, pz_value *out)
{
    if (pz_utf8_valid(s))
        return give_str(out, s);
    char *p = room(c, s.len * 3);
    size_t n = 0;
    for (size_t i = 0; i < s.len;) {
        int k = utf8_step((const unsigned char *)s.ptr + i, s.len - i);
        memcpy(p + n, k > 0 ? s.ptr + i : "\xEF\xBF\xBD", (size_t)(k > 0 ? k : 3));
        n += (size_t)(k > 0 ? k : 3);
        i += (size_t)(k > 0 ? k : -k);
    }
    return give_str(out, (pz_str){p, n});
}

PZ_FN(fn_make_valid_utf8) { return make_valid(c, args[0].s, out); }

PZ_FN(fn_validate_utf8)
{
    pz_str s = args[0].s;
    if (pz_utf8_valid(s))
        return give_str(out, s);
    pz_str text = PZ_STR("");
    for (size_t i = 0; i < s.len; i++)
        text = pz_strf(c->scratch, PZ_FMT "\\x%02X", PZ_ARG(text), (unsigned char)s.ptr[i]);
    return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_UTF8_STRING, PZ_NO_ORIGIN, "str", text.ptr, NULL);
}

PZ_FN(fn_try_validate_utf8)
{
    PZ_UNUSED(c);
    return pz_utf8_valid(args[0].s) ? give_str(out, args[0].s) : give_null(out);
}

/* like_pattern(pattern, escape, text): the pattern of LIKE when it is no constant, once it is seen that all its escapes are good ones */
PZ_FN(fn_like_pattern)
{
    pz_str p = args[0].s, shown = PZ_STR("'");
    char escape = args[1].s.ptr[0];
    size_t at = 0;
    bool bad = false;
    for (size_t i = 0; i < p.len && !bad; i++) {
        if (p.ptr[i] != escape) continue;
        at = ++i;
        bad = i == p.len || (p.ptr[i] != '%' && p.ptr[i] != '_' && p.ptr[i] != escape);
    }
    if (!bad)
        return give_str(out, p);
    for (size_t i = 0; i < p.len; i++)
        shown = pz_strf(c->scratch, PZ_FMT "%s%c", PZ_ARG(shown), p.ptr[i] == '\\' || p.ptr[i] == '\'' ? "\\" : "", p.ptr[i]);
    shown = pz_strf(c->scratch, PZ_FMT "'", PZ_ARG(shown));
    if (at == p.len)
        return pz_raise(c->err, PZ_ERR_INVALID_FORMAT_ESC_AT_THE_END, PZ_NO_ORIGIN, "format", shown.ptr, NULL);
    uint32_t cp;
    int n = pz_utf8_decode(p.ptr + at, p.len - at, &cp);
    return pz_raise(c->err, PZ_ERR_INVALID_FORMAT_ESC_IN_THE_MIDDLE, PZ_NO_ORIGIN, "format", shown.ptr, "char",
                    pz_strf(c->scratch, "'%.*s'", n, p.ptr + at).ptr, NULL);
}

static const pz_value_fn_def defs[] = {
    {.name = "base64", .call = fn_base64},
    {.name = "decode", .call = fn_decode},
    {.name = "decode_replacing", .call = fn_decode_replacing},
    {.name = "encode", .call = fn_encode},
    {.name = "encode_replacing", .call = fn_encode_replacing},
    {.name = "from_base32", .call = fn_from_base32},
    {.name = "hex", .call = fn_hex},
    {.name = "is_valid_utf8", .call = fn_is_valid_utf8},
    {.name = "like_pattern", .call = fn_like_pattern},
    {.name = "make_valid_utf8", .call = fn_make_valid_utf8},
    {.name = "to_base32", .call = fn_to_base32},
    {.name = "to_binary", .call = fn_to_binary},
    {.name = "try_to_binary", .call = fn_try_to_binary},
    {.name = "try_validate_utf8", .call = fn_try_validate_utf8},
    {.name = "unbase64", .call = fn_unbase64},
    {.name = "unhex", .call = fn_unhex},
    {.name = "validate_utf8", .call = fn_validate_utf8},
};
PZ_FAMILY(pz_family_encode, defs);

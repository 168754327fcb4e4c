/*
 * engine/functions/url.c - parse_url with java.net.URI's grammar, and percent coding of form data.
 *
 * In: texts.  Out: views of the argument or text in scratch.  Things start in the table at the end.
 */
#include "regex.h"

#include <unicode/uchar.h>

#include <ctype.h>

/* ---- characters */

typedef enum charset { IN_URIC, IN_PATH, IN_USERINFO, IN_REGISTRY } charset;

/* Bytes of one allowed character at p, escapes included; 0: not allowed. */
static size_t
allowed(pz_str s, size_t at, charset set)
{
    static const char *const extra[] = {";/?:@&=+$,[]", ":@&=+$,;/", ";:&=+$,", "$,;:@&=+"};
    unsigned char c = (unsigned char)s.ptr[at];
    if (c == '%')
        return at + 2 < s.len && isxdigit((unsigned char)s.ptr[at + 1]) && isxdigit((unsigned char)s.ptr[at + 2]) ? 3 : 0;
    if (c < 0x80)
        return c && (isalnum(c) || strchr("_-!.~'()*", c) || strchr(extra[set], c)) ? 1 : 0;
    uint32_t cp;
    size_t n = (size_t)pz_utf8_decode(s.ptr + at, s.len - at, &cp);
    return cp < 0xA0 || u_isJavaSpaceChar((UChar32)cp) ? 0 : n;
}

static bool
all_allowed(pz_str s, charset set)
{
    for (size_t i = 0, n; i < s.len; i += n)
        if ((n = allowed(s, i, set)) == 0)
            return false;
    return true;
}

/* ---- the grammar */

typedef struct uri {
    pz_str scheme, authority, userinfo, host, path, query, fragment;   /* ptr NULL: none */
} uri;

static bool
is_ipv4(pz_str s)
{
    int dots = 0, digits = 0, v = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.') {
            if (!digits)
                return false;
            dots++;
            digits = v = 0;
        } else if (s.ptr[i] >= '0' && s.ptr[i] <= '9') {
            v = v * 10 + (s.ptr[i] - '0');
            if (++digits > 3 || v > 255)
                return false;
        } else {
            return false;
        }
    }
    return dots == 3 && digits;
}

/* Labels of letters, digits and inner hyphens; the last of several starts with a letter. */
static bool
is_hostname(pz_str s)
{
    size_t start = 0, labels = 0;
    if (s.len && s.ptr[s.len - 1] == '.')
        s.len--;
    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && s.ptr[i] != '.') {
            if (!isalnum((unsigned char)s.ptr[i]) && s.ptr[i] != '-')
                return false;
            continue;
        }
        if (i == start || s.ptr[start] == '-' || s.ptr[i - 1] == '-')
            return false;
        labels++;
        if (i == s.len && labels > 1 && !isalpha((unsigned char)s.ptr[start]))
            return false;
        start = i + 1;
    }
    return labels > 0;
}

static bool
is_ipv6(pz_str s)
{
    bool colon = false;
    for (size_t i = 1; i + 1 < s.len; i++) {
        colon |= s.ptr[i] == ':';
        if (!isxdigit((unsigned char)s.ptr[i]) && s.ptr[i] != ':' && s.ptr[i] != '.' && s.ptr[i] != '%' && !isalnum((unsigned char)s.ptr[i]))
            return false;
    }
    return colon;
}

/* [userinfo@]host[:port]; anything else is a name that only a registry knows, if its characters allow. */
static bool
parse_authority(uri *u)
{
    pz_str s = u->authority, host = s;
    const char *at = memchr(s.ptr, '@', s.len);
    if (at) {
        u->userinfo = cut(s, 0, (size_t)(at - s.ptr));
        host = cut(s, u->userinfo.len + 1, s.len);
    }
    size_t end = host.len;
    bool six = host.len && host.ptr[0] == '[';
    if (six) {
        const char *close = memchr(host.ptr, ']', host.len);
        if (!close)
            return false;
        end = (size_t)(close - host.ptr) + 1;
    } else {
        const char *colon = memchr(host.ptr, ':', host.len);
        end = colon ? (size_t)(colon - host.ptr) : host.len;
    }
    pz_str name = cut(host, 0, end), port = cut(host, end, host.len);
    bool good = (six ? is_ipv6(name) : is_ipv4(name) || is_hostname(name)) && (port.len == 0 || port.ptr[0] == ':') && port.len <= 11
                && (!at || all_allowed(u->userinfo, IN_USERINFO));
    int64_t v = 0;
    for (size_t i = 1; i < port.len; i++) {
        good &= port.ptr[i] >= '0' && port.ptr[i] <= '9';
        v = v * 10 + (port.ptr[i] - '0');
    }
    if (good && v <= INT32_MAX) {
        u->host = name;
        return true;
    }
    u->userinfo = (pz_str){NULL, 0};
    return !six && all_allowed(s, IN_REGISTRY);
}

static size_t
until(pz_str s, size_t from, const char *stops)
{
    while (from < s.len && !strchr(stops, s.ptr[from]))
        from++;
    return from;
}

static bool
parse_uri(pz_str s, uri *u)
{
    size_t p = until(s, 0, "/?#:"), q;
    *u = (uri){0};
    if (!s.ptr)
        s.ptr = "";
    if (p < s.len && s.ptr[p] == ':') {
        if (p == 0 || !isalpha((unsigned char)s.ptr[0]) || p + 1 == s.len)
            return false;
        for (size_t i = 1; i < p; i++)
            if (!isalnum((unsigned char)s.ptr[i]) && !strchr("+-.", s.ptr[i]))
                return false;
        u->scheme = cut(s, 0, p);
        p++;
        if (s.ptr[p] != '/') {                 /* opaque */
            q = until(s, p, "#");
            if (q == p || !all_allowed(cut(s, p, q), IN_URIC))
                return false;
            p = q;
            goto fragment;
        }
    } else {
        p = 0;
    }
    if (s.len - p >= 2 && s.ptr[p] == '/' && s.ptr[p + 1] == '/') {
        p += 2;
        q = until(s, p, "/?#");
        u->authority = cut(s, p, q);
        if (q == p) {
            u->authority = (pz_str){NULL, 0};
            if (q == s.len)
                return false;
        } else if (!parse_authority(u)) {
            return false;
        }
        p = q;
    }
    q = until(s, p, "?#");
    u->path = cut(s, p, q);
    if (!all_allowed(u->path, IN_PATH))
        return false;
    p = q;
    if (p < s.len && s.ptr[p] == '?') {
        q = until(s, p, "#");
        u->query = cut(s, p + 1, q);
        if (!all_allowed(u->query, IN_URIC))
            return false;
        p = q;
    }
fragment:
    if (p < s.len && s.ptr[p] == '#') {
        u->fragment = cut(s, p + 1, s.len);
        return all_allowed(u->fragment, IN_URIC);
    }
    return p == s.len;
}

/* ---- parse_url */

static pz_status
query_value(pz_fn_ctx *c, pz_str query, pz_str key, pz_value *out)
{
    const pz_regex *re;
    const size_t *v;
    if (!query.ptr)
        return give_null(out);
    re = pz_regex_cached(pz_strf(c->scratch, "(&|^)" PZ_FMT "=([^&]*)", PZ_ARG(key)));
    if (!re->code)
        return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, PZ_FMT, PZ_ARG(re->error));
    if (!pz_regex_find(re, query, 0, &v) || re->groups < 2 || v[4] == PZ_NO_GROUP)
        return give_null(out);
    return give_str(out, cut(query, v[4], v[5]));
}

static pz_status
parse_url(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool try)
{
    uri u;
    pz_str part = args[1].s, found = {NULL, 0};
    if (!parse_uri(args[0].s, &u)) {
        if (try || !c->site->ansi)
            return give_null(out);
        return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_INVALID_URL, PZ_NO_ORIGIN, "url", pz_dup(c->scratch, args[0].s).ptr, NULL);
    }
    if (c->site->nargs > 2)
        return pz_str_eqc(part, "QUERY") ? query_value(c, u.query, args[2].s, out) : give_null(out);
    if (pz_str_eqc(part, "FILE"))
        found = u.query.ptr ? pz_strf(c->scratch, PZ_FMT "?" PZ_FMT, PZ_ARG(u.path), PZ_ARG(u.query)) : u.path;
    const struct { const char *name; pz_str value; } parts[] = {
        {"HOST", u.host}, {"PATH", u.path}, {"QUERY", u.query}, {"REF", u.fragment}, {"PROTOCOL", u.scheme}, {"AUTHORITY", u.authority},
        {"USERINFO", u.userinfo},
    };
    for (size_t i = 0; i < PZ_COUNTOF(parts); i++)
        if (pz_str_eqc(part, parts[i].name))
            found = parts[i].value;
    return found.ptr ? give_str(out, found) : give_null(out);
}
PZ_FN(fn_parse_url) { return parse_url(c, args, out, false); }
PZ_FN(fn_try_parse_url) { return parse_url(c, args, out, true); }

/* ---- application/x-www-form-urlencoded */

PZ_FN(fn_url_encode)
{
    static const char hex[] = "0123456789ABCDEF";
    pz_str s = args[0].s;
    char *p = room(c, s.len * 3);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char b = (unsigned char)s.ptr[i];
        if (b && b < 0x80 && (isalnum(b) || strchr(".-*_", b))) {
            p[n++] = (char)b;
        } else if (b == ' ') {
            p[n++] = '+';
        } else {
            p[n++] = '%';
            p[n++] = hex[b >> 4];
            p[n++] = hex[b & 15];
        }
    }
    return give_str(out, (pz_str){p, n});
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Bytes that are no UTF-8 become U+FFFD. */
static pz_status
url_decode(pz_fn_ctx *c, const pz_value *args, pz_value *out, bool try)
{
    pz_str s = args[0].s;
    char *p = room(c, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '%') {
            p[n++] = s.ptr[i] == '+' ? ' ' : s.ptr[i];
            continue;
        }
        int hi = i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1, lo = i + 2 < s.len ? hex_digit(s.ptr[i + 2]) : -1;
        if (hi < 0 || lo < 0) {
            if (try)
                return give_null(out);
            return pz_raise_as(c->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_CANNOT_DECODE_URL, PZ_NO_ORIGIN, "url",
                               pz_dup(c->scratch, s).ptr, NULL);
        }
        p[n++] = (char)(hi << 4 | lo);
        i += 2;
    }
    pz_value raw = {.s = {p, n}};
    return pz_utf8_valid(raw.s) ? give_str(out, raw.s) : pz_value_fn_find("make_valid_utf8")->call(c, &raw, out);
}
PZ_FN(fn_url_decode) { return url_decode(c, args, out, false); }
PZ_FN(fn_try_url_decode) { return url_decode(c, args, out, true); }

static const pz_value_fn_def defs[] = {
    {.name = "parse_url", .call = fn_parse_url},
    {.name = "try_parse_url", .call = fn_try_parse_url},
    {.name = "try_url_decode", .call = fn_try_url_decode},
    {.name = "url_decode", .call = fn_url_decode},
    {.name = "url_encode", .call = fn_url_encode},
};
PZ_FAMILY(pz_family_url, defs);

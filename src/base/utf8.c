/*
 * base/utf8.c - UTF-8 forth and back.  Overlong forms, surrogates and code points past U+10FFFF are bad bytes.
 */
#include "base.h"

static bool
continues(const unsigned char *p, size_t n, int k)
{
    if (n < (size_t)k) return false;
    for (int i = 1; i < k; i++)
        if ((p[i] & 0xc0) != 0x80) return false;
    return true;
}

int
pz_utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    uint32_t c;
    if (!n) return 0;
    if (p[0] < 0x80) {
        *cp = p[0];
        return 1;
    }
    if (p[0] >= 0xc2 && p[0] < 0xe0 && continues(p, n, 2)) {
        *cp = (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
        return 2;
    }
    if (p[0] >= 0xe0 && p[0] < 0xf0 && continues(p, n, 3)) {
        c = (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
        if (c >= 0x800 && (c < 0xd800 || c > 0xdfff)) {
            *cp = c;
            return 3;
        }
    }
    if (p[0] >= 0xf0 && p[0] < 0xf5 && continues(p, n, 4)) {
        c = (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 | (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
        if (c >= 0x10000 && c <= 0x10ffff) {
            *cp = c;
            return 4;
        }
    }
    *cp = 0xfffd;
    return 1;
}

int
pz_utf8_encode(uint32_t cp, char out[4])
{
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) cp = 0xfffd;
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xc0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xe0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        out[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    out[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

size_t
pz_utf8_count(pz_str s)
{
    size_t n = 0;
    uint32_t cp;
    for (size_t i = 0; i < s.len; n++) {
        if ((unsigned char)s.ptr[i] < 0x80) i++;
        else i += (size_t)pz_utf8_decode(s.ptr + i, s.len - i, &cp);
    }
    return n;
}

bool
pz_utf8_valid(pz_str s)
{
    for (size_t i = 0; i < s.len;) {
        uint32_t cp;
        int k;
        if ((unsigned char)s.ptr[i] < 0x80) {
            i++;
            continue;
        }
        k = pz_utf8_decode(s.ptr + i, s.len - i, &cp);
        if (k == 1) return false;              /* a lone byte above 0x7f is never good */
        i += (size_t)k;
    }
    return true;
}

int
pz_hex4(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

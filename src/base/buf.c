/*
 * base/buf.c - growing text and byte buffers with an upper limit.
 *
 * A buffer over its limit, or out of memory, sets `failed` and drops what does not fit: writers need not check every step.
 */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>

void
pz_buf_init(pz_buf *b, size_t max)
{
    *b = (pz_buf){.max = max};
}

void
pz_buf_free(pz_buf *b)
{
    free(b->ptr);
    *b = (pz_buf){.max = b->max};
}

void
pz_buf_clear(pz_buf *b)
{
    b->len = 0;
    b->failed = false;
}

/* Room for n more bytes and a closing NUL. */
static bool
reserve(pz_buf *b, size_t n)
{
    size_t want, cap;
    char *p;
    if (b->failed) return false;
    if (n < b->cap - b->len && (!b->max || b->len + n <= b->max)) return true;
    if (n > SIZE_MAX / 4 - b->len || (b->max && b->len + n > b->max)) {
        b->failed = true;
        return false;
    }
    want = b->len + n + 1;
    cap = b->cap ? b->cap * 2 : 128;
    if (cap < want) cap = want;
    p = realloc(b->ptr, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->ptr = p;
    b->cap = cap;
    return true;
}

char *
pz_buf_room(pz_buf *b, size_t n)
{
    return reserve(b, n) ? b->ptr + b->len : NULL;
}

void
pz_buf_add(pz_buf *b, const void *p, size_t n)
{
    if (!n || !reserve(b, n)) return;
    memcpy(b->ptr + b->len, p, n);
    b->len += n;
    b->ptr[b->len] = 0;
}

void
pz_buf_str(pz_buf *b, pz_str s)
{
    pz_buf_add(b, s.ptr, s.len);
}

void
pz_buf_puts(pz_buf *b, const char *c)
{
    pz_buf_add(b, c, strlen(c));
}

void
pz_buf_putc(pz_buf *b, char c)
{
    if (!reserve(b, 1)) return;
    b->ptr[b->len++] = c;
    b->ptr[b->len] = 0;
}

void
pz_buf_quoted(pz_buf *b, pz_str s, char mark)
{
    pz_buf_putc(b, mark);
    for (size_t i = 0; i < s.len; i++) {
        pz_buf_putc(b, s.ptr[i]);
        if (s.ptr[i] == mark) pz_buf_putc(b, mark);
    }
    pz_buf_putc(b, mark);
}

void
pz_buf_printf(pz_buf *b, const char *fmt, ...)
{
    char small[256];
    va_list ap, again;
    int n;
    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = true;
    } else if ((size_t)n < sizeof small) {
        pz_buf_add(b, small, (size_t)n);
    } else if (reserve(b, (size_t)n)) {
        vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

pz_str
pz_buf_view(const pz_buf *b)
{
    return (pz_str){b->ptr ? b->ptr : "", b->len};
}

pz_str
pz_buf_dup(const pz_buf *b, pz_arena *a)
{
    return pz_dup(a, pz_buf_view(b));
}

void
pz_buf_base64(pz_buf *b, pz_str s, bool lines)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char group[4];
    for (size_t i = 0; i < s.len; i += 3) {
        size_t left = s.len - i;
        uint32_t w = (uint32_t)(unsigned char)s.ptr[i] << 16;
        if (left > 1) w |= (uint32_t)(unsigned char)s.ptr[i + 1] << 8;
        if (left > 2) w |= (unsigned char)s.ptr[i + 2];
        if (lines && i && i % 57 == 0) pz_buf_puts(b, "\r\n");
        group[0] = digits[w >> 18];
        group[1] = digits[w >> 12 & 63];
        group[2] = left > 1 ? digits[w >> 6 & 63] : '=';
        group[3] = left > 2 ? digits[w & 63] : '=';
        pz_buf_add(b, group, 4);
    }
}

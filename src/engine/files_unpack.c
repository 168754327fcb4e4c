/*
 * engine/files_unpack.c - compressed text files, by the suffix of their names.
 *
 * gzip, zlib, zstd and bzip2 are streams of their own.  .snappy and .lz4 are what Hadoop's block codecs write: blocks of a length of
 * the whole and pieces with a length each, all big-endian.  Other suffixes (.xz) mean nothing: the file is read as it is.
 * Things start at pz_file_unpack().
 */
#include <bzlib.h>
#include <lz4.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "files_int.h"

typedef bool (*unpack_fn)(pz_file_text *t);    /* false: broken, and *t freed */

/* ---- growing output ---- */
typedef struct out { char *ptr; size_t len, cap; } out;

static char *
room(out *o, size_t n)
{
    if (o->cap - o->len < n) {
        o->cap = (o->cap + n) * 2;
        o->ptr = realloc(o->ptr, o->cap);
        pz_assert(o->ptr);
    }
    return o->ptr + o->len;
}

static bool
done(pz_file_text *t, out *o, bool ok)
{
    free(t->ptr);
    if (!ok) free(o->ptr);
    else room(o, 1);
    *t = (pz_file_text){ok ? o->ptr : NULL, ok ? o->len : 0};
    return ok;
}

/* ---- streams ---- */
static bool
inflate_all(pz_file_text *t, int window)
{
    z_stream z = {.next_in = (Bytef *)t->ptr, .avail_in = (uInt)t->len};
    out o = {0};
    int code = Z_DATA_ERROR;
    if (inflateInit2(&z, window) != Z_OK) return done(t, &o, false);
    for (;;) {
        size_t step = t->len + 65536;
        if (step > 64 << 20) step = 64 << 20;
        z.next_out = (Bytef *)room(&o, step);
        z.avail_out = (uInt)step;
        code = inflate(&z, Z_NO_FLUSH);
        o.len += step - z.avail_out;
        if (code == Z_STREAM_END && z.avail_in && inflateReset(&z) == Z_OK) continue; /* members one after another */
        if (code != Z_OK) break;
    }
    inflateEnd(&z);
    return done(t, &o, code == Z_STREAM_END);
}

static bool
ungzip(pz_file_text *t)
{
    return inflate_all(t, 15 + 32);
}

static bool
unzlib(pz_file_text *t)
{
    return inflate_all(t, 15);
}

static bool
unzstd(pz_file_text *t)
{
    ZSTD_DStream *d = ZSTD_createDStream();
    ZSTD_inBuffer in = {t->ptr, t->len, 0};
    out o = {0};
    size_t code = 1;
    bool more = true;
    pz_assert(d);
    while (more) {
        ZSTD_outBuffer to = {room(&o, t->len + 65536), t->len + 65536, 0};
        code = ZSTD_decompressStream(d, &to, &in);
        o.len += to.pos;
        more = !ZSTD_isError(code) && (in.pos < in.size || to.pos == to.size);
    }
    ZSTD_freeDStream(d);
    return done(t, &o, code == 0);
}

static bool
unbzip2(pz_file_text *t)
{
    bz_stream z = {.next_in = t->ptr, .avail_in = (unsigned)t->len};
    out o = {0};
    int code = BZ_DATA_ERROR;
    if (BZ2_bzDecompressInit(&z, 0, 0) != BZ_OK) return done(t, &o, false);
    for (;;) {
        size_t step = t->len + 65536;
        if (step > 64 << 20) step = 64 << 20;
        z.next_out = room(&o, step);
        z.avail_out = (unsigned)step;
        code = BZ2_bzDecompress(&z);
        o.len += step - z.avail_out;
        if (code == BZ_STREAM_END && z.avail_in) {             /* streams one after another */
            char *next = z.next_in;
            unsigned left = z.avail_in;
            BZ2_bzDecompressEnd(&z);
            z = (bz_stream){.next_in = next, .avail_in = left};
            if (BZ2_bzDecompressInit(&z, 0, 0) != BZ_OK) break;
            continue;
        }
        if (code != BZ_OK || (!z.avail_in && z.avail_out)) break;
    }
    BZ2_bzDecompressEnd(&z);
    return done(t, &o, code == BZ_STREAM_END);
}

/* ---- Hadoop's blocks ---- */
typedef bool (*piece_fn)(const char *from, size_t n, out *o, size_t most);

static bool
take_length(pz_str *rest, size_t *n)
{
    const unsigned char *p = (const unsigned char *)rest->ptr;
    if (rest->len < 4) return false;
    *n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    *rest = (pz_str){rest->ptr + 4, rest->len - 4};
    return true;
}

static bool
blocks(pz_file_text *t, piece_fn f)
{
    pz_str rest = {t->ptr, t->len};
    out o = {0};
    size_t whole, n, end;
    while (rest.len) {
        if (!take_length(&rest, &whole)) return done(t, &o, false);
        for (end = o.len + whole; o.len < end; rest = (pz_str){rest.ptr + n, rest.len - n})
            if (!take_length(&rest, &n) || n > rest.len || !f(rest.ptr, n, &o, end - o.len)) return done(t, &o, false);
    }
    return done(t, &o, true);
}

static bool
lz4_piece(const char *from, size_t n, out *o, size_t most)
{
    int got;
    if (n > INT32_MAX || most > INT32_MAX) return false;
    got = LZ4_decompress_safe(from, room(o, most), (int)n, (int)most);
    if (got <= 0) return false;
    o->len += (size_t)got;
    return true;
}

static bool
unlz4(pz_file_text *t)
{
    return blocks(t, lz4_piece);
}

/* Snappy's raw format: a varint of the length, then literals and copies from what is out already. */
static bool
snappy_copy(out *o, size_t start, size_t end, size_t distance, size_t n)
{
    if (!distance || distance > o->len - start || n > end - o->len) return false;
    for (; n; n--, o->len++) o->ptr[o->len] = o->ptr[o->len - distance];
    return true;
}

static bool
snappy_piece(const char *from, size_t n, out *o, size_t most)
{
    const unsigned char *p = (const unsigned char *)from, *stop = p + n;
    size_t length = 0, start = o->len, end;
    for (int shift = 0; p < stop; shift += 7) {
        length |= (size_t)(*p & 0x7f) << shift;
        if (!(*p++ & 0x80)) break;
        if (shift > 28) return false;
    }
    if (length > most) return false;
    (void)room(o, length);
    end = start + length;
    while (p < stop) {
        unsigned tag = *p++, kind = tag & 3;
        size_t bytes = kind == 0 ? (tag >> 2 >= 60 ? (tag >> 2) - 59 : 0) : kind == 1 ? 1 : kind == 2 ? 2 : 4, value = 0, count;
        if ((size_t)(stop - p) < bytes) return false;
        for (size_t i = 0; i < bytes; i++) value |= (size_t)p[i] << (8 * i);
        p += bytes;
        if (kind == 0) {
            count = (bytes ? value : tag >> 2) + 1;
            if (count > (size_t)(stop - p) || count > end - o->len) return false;
            memcpy(o->ptr + o->len, p, count);
            o->len += count;
            p += count;
        } else {
            count = kind == 1 ? (tag >> 2 & 7) + 4 : (tag >> 2) + 1;
            if (!snappy_copy(o, start, end, kind == 1 ? value | (size_t)(tag >> 5) << 8 : value, count)) return false;
        }
    }
    return o->len == end;
}

static bool
unsnappy(pz_file_text *t)
{
    return blocks(t, snappy_piece);
}

/* ---- by suffix ---- */
static const struct { const char *suffix; unpack_fn f; } codecs[] = {
    {".gz", ungzip}, {".deflate", unzlib}, {".zst", unzstd}, {".bz2", unbzip2}, {".lz4", unlz4}, {".snappy", unsnappy},
};

static unpack_fn
codec_of(pz_str path)
{
    for (size_t i = 0; i < PZ_COUNTOF(codecs); i++)
        if (pz_str_ends(path, codecs[i].suffix)) return codecs[i].f;
    return NULL;
}

bool
pz_file_is_packed(pz_str path)
{
    return codec_of(path) != NULL;
}

bool
pz_file_unpack(pz_str path, pz_file_text *t)
{
    unpack_fn f = codec_of(path);
    return !f || !t->len || f(t);
}

/*
 * engine/files_unpack.c - compressed text files, by the suffix of their names.
 *
 * gzip, zlib, zstd and bzip2 are streams of their own.  .snappy and .lz4 are what Hadoop's block codecs write: blocks of a length of
 * the whole and pieces with a length each, all big-endian.  Other suffixes (.xz) mean nothing: the file is read as it is.
 * Things start at pz_file_unpack().
 */
#include <lz4.h>
#include <snappy-c.h>
#include <stdlib.h>

#include "files_int.h"
#include "unpack.h"

typedef bool (*unpack_fn)(pz_file_text *t);    /* false: broken, and *t freed */

/* *t becomes what was unpacked. */
static bool
done(pz_file_text *t, pz_buf *out, bool ok)
{
    free(t->ptr);
    if (ok && !pz_buf_room(out, 1)) ok = false;
    if (!ok) pz_buf_free(out);
    *t = (pz_file_text){out->ptr, out->len};
    return ok;
}

static pz_str
packed(const pz_file_text *t)
{
    return (pz_str){t->ptr, t->len};
}

/* ---- streams ---- */
static bool
ungzip(pz_file_text *t)
{
    pz_buf out = {0};
    return done(t, &out, pz_unpack_deflate(packed(t), 15 + 32, &out));
}

static bool
unzlib(pz_file_text *t)
{
    pz_buf out = {0};
    return done(t, &out, pz_unpack_deflate(packed(t), 15, &out));
}

static bool
unzstd(pz_file_text *t)
{
    pz_buf out = {0};
    return done(t, &out, pz_unpack_zstd(packed(t), &out));
}

static bool
unbzip2(pz_file_text *t)
{
    pz_buf out = {0};
    return done(t, &out, pz_unpack_bzip2(packed(t), &out));
}

/* ---- Hadoop's blocks ---- */
typedef bool (*piece_fn)(const char *from, size_t n, pz_buf *out, size_t most);

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
    pz_str rest = packed(t);
    pz_buf o = {0};
    size_t whole, n, end;
    while (rest.len) {
        if (!take_length(&rest, &whole)) return done(t, &o, false);
        for (end = o.len + whole; o.len < end; rest = (pz_str){rest.ptr + n, rest.len - n})
            if (!take_length(&rest, &n) || n > rest.len || !f(rest.ptr, n, &o, end - o.len)) return done(t, &o, false);
    }
    return done(t, &o, true);
}

static bool
lz4_piece(const char *from, size_t n, pz_buf *out, size_t most)
{
    int got;
    if (n > INT32_MAX || most > INT32_MAX || !pz_buf_room(out, most)) return false;
    got = LZ4_decompress_safe(from, out->ptr + out->len, (int)n, (int)most);
    if (got <= 0) return false;
    out->len += (size_t)got;
    return true;
}

static bool
unlz4(pz_file_text *t)
{
    return blocks(t, lz4_piece);
}

static bool
snappy_piece(const char *from, size_t n, pz_buf *out, size_t most)
{
    size_t length;
    if (snappy_uncompressed_length(from, n, &length) != SNAPPY_OK || length > most || !pz_buf_room(out, length)) return false;
    if (snappy_uncompress(from, n, out->ptr + out->len, &length) != SNAPPY_OK) return false;
    out->len += length;
    return true;
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

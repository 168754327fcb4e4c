/*
 * arrow/compress.c - compression of one buffer of a message body.
 */
#include <lz4frame.h>
#include <stdlib.h>
#include <zstd.h>

#include "writer_int.h"

static size_t
bound(int codec, size_t n)
{
    return codec == PZ_IPC_ZSTD ? ZSTD_compressBound(n) : LZ4F_compressFrameBound(n, NULL);
}

/* 0: could not */
static size_t
compress(int codec, char *to, size_t room, const char *from, size_t n)
{
    size_t got;
    if (codec == PZ_IPC_ZSTD) {
        got = ZSTD_compress(to, room, from, n, 3);
        return ZSTD_isError(got) ? 0 : got;
    }
    got = LZ4F_compressFrame(to, room, from, n, NULL);
    return LZ4F_isError(got) ? 0 : got;
}

pz_status
pz_bytes_compress(pz_bytes *b, int codec, pz_error *err)
{
    pz_bytes out = {.hint = b->hint};
    int64_t plain = (int64_t)b->len;
    size_t room, got;
    if (!b->len) return PZ_OK;
    room = bound(codec, b->len);
    pz_bytes_more(&out, 8 + room);
    got = compress(codec, out.ptr + 8, room, b->ptr, b->len);
    if (!got) {
        free(out.ptr);
        return pz_raise_internal(err, "a result buffer cannot be compressed");
    }
    if (got >= b->len) {
        plain = -1;
        got = b->len;
        memcpy(out.ptr + 8, b->ptr, got);
    }
    memcpy(out.ptr, &plain, 8);
    out.len = 8 + got;
    free(b->ptr);
    *b = out;
    return PZ_OK;
}

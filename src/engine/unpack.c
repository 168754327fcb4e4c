/*
 * engine/unpack.c - compressed bytes of the stream formats.  See unpack.h.
 */
#include <bzlib.h>
#include <zlib.h>
#include <zstd.h>

#include "unpack.h"

size_t
pz_unpack_step(size_t packed, const pz_buf *out)
{
    size_t step = packed + 65536;
    if (step > 64 << 20) step = 64 << 20;
    return out->max && step > out->max - out->len ? out->max - out->len : step;
}

bool
pz_unpack_deflate(pz_str in, int window, pz_buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.ptr, .avail_in = (uInt)in.len};
    int code;
    if (inflateInit2(&z, window) != Z_OK) return false;
    for (;;) {
        size_t step = pz_unpack_step(in.len, out);
        code = Z_BUF_ERROR;
        if (!step || !pz_buf_room(out, step)) break;
        z.next_out = (Bytef *)out->ptr + out->len;
        z.avail_out = (uInt)step;
        code = inflate(&z, Z_NO_FLUSH);
        out->len += step - z.avail_out;
        if (code == Z_STREAM_END && window > 0 && z.avail_in && inflateReset(&z) == Z_OK) continue;
        if (code != Z_OK) break;
    }
    inflateEnd(&z);
    return code == Z_STREAM_END;
}

bool
pz_unpack_zstd(pz_str in, pz_buf *out)
{
    ZSTD_DStream *d = ZSTD_createDStream();
    ZSTD_inBuffer from = {in.ptr, in.len, 0};
    size_t code = 1;
    pz_assert(d);
    for (bool more = true; more;) {
        size_t step = pz_unpack_step(in.len, out);
        ZSTD_outBuffer to = {pz_buf_room(out, step), step, 0};
        code = 1;
        if (!step || !to.dst) break;
        code = ZSTD_decompressStream(d, &to, &from);
        out->len += to.pos;
        more = !ZSTD_isError(code) && (from.pos < from.size || to.pos == to.size);
    }
    ZSTD_freeDStream(d);
    return code == 0;
}

bool
pz_unpack_bzip2(pz_str in, pz_buf *out)
{
    bz_stream z = {.next_in = (char *)(uintptr_t)in.ptr, .avail_in = (unsigned)in.len};
    int code;
    if (BZ2_bzDecompressInit(&z, 0, 0) != BZ_OK) return false;
    for (;;) {
        size_t step = pz_unpack_step(in.len, out);
        code = BZ_DATA_ERROR;
        if (!step || !pz_buf_room(out, step)) break;
        z.next_out = out->ptr + out->len;
        z.avail_out = (unsigned)step;
        code = BZ2_bzDecompress(&z);
        out->len += step - z.avail_out;
        if (code == BZ_STREAM_END && z.avail_in) {
            char *next = z.next_in;
            unsigned left = z.avail_in;
            BZ2_bzDecompressEnd(&z);
            z = (bz_stream){.next_in = next, .avail_in = left};
            if (BZ2_bzDecompressInit(&z, 0, 0) != BZ_OK) return false;
            continue;
        }
        if (code != BZ_OK || (!z.avail_in && z.avail_out)) break;
    }
    BZ2_bzDecompressEnd(&z);
    return code == BZ_STREAM_END;
}

/*
 * engine/avro_file.c - Avro container files: the header, and how blocks are packed.  See avro.h.
 *
 * A header tells the schema, the codec and a mark of 16 bytes that stands behind each block.
 */
#include <bzlib.h>
#include <lzma.h>
#include <snappy-c.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "avro.h"
#include "unpack.h"

static const char magic[4] = {'O', 'b', 'j', 1};

/* ---- header ---- */
bool
pz_avro_header_read(pz_str bytes, pz_arena *a, pz_avro_header *out, bool *more)
{
    pz_avro_bytes in = {(const unsigned char *)bytes.ptr, (const unsigned char *)bytes.ptr + bytes.len};
    int64_t n, size;
    *out = (pz_avro_header){.codec = PZ_STR("null")};
    *more = bytes.len < sizeof magic;
    if (*more || memcmp(bytes.ptr, magic, sizeof magic)) return false;
    *more = true;
    in.at += sizeof magic;
    for (;;) {
        if (!pz_avro_long(&in, &n)) return false;
        if (!n) break;
        if (n < 0 && !pz_avro_long(&in, &size)) return false;
        for (n = n < 0 ? -n : n; n > 0; n--) {
            pz_str key, value;
            if (!pz_avro_counted(&in, &key) || !pz_avro_counted(&in, &value)) return false;
            if (pz_str_eqc(key, "avro.schema")) out->schema = pz_dup(a, value);
            if (pz_str_eqc(key, "avro.codec")) out->codec = pz_dup(a, value);
        }
    }
    if (in.end - in.at < PZ_AVRO_SYNC) return false;
    memcpy(out->sync, in.at, PZ_AVRO_SYNC);
    out->size = (size_t)(in.at - (const unsigned char *)bytes.ptr) + PZ_AVRO_SYNC;
    *more = false;
    return out->schema.len > 0;
}

static void
put(pz_buf *b, pz_str s)
{
    pz_avro_put_long(b, (int64_t)s.len);
    pz_buf_str(b, s);
}

void
pz_avro_header_write(pz_buf *b, pz_str schema, pz_str codec, const char *sync)
{
    pz_buf_add(b, magic, sizeof magic);
    pz_avro_put_long(b, 2);
    put(b, PZ_STR("avro.schema"));
    put(b, schema);
    put(b, PZ_STR("avro.codec"));
    put(b, codec);
    pz_avro_put_long(b, 0);
    pz_buf_add(b, sync, PZ_AVRO_SYNC);
}

/* ---- codecs ---- */
static bool
plain(pz_str in, int level, pz_buf *out)
{
    (void)level;
    pz_buf_str(out, in);
    return true;
}

static bool
inflate_block(pz_str in, pz_buf *out)
{
    return pz_unpack_deflate(in, -15, out);
}

static bool
deflate_block(pz_str in, int level, pz_buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.ptr, .avail_in = (uInt)in.len};
    size_t most;
    int code;
    if (deflateInit2(&z, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
    most = deflateBound(&z, (uLong)in.len);
    z.next_out = (Bytef *)pz_buf_room(out, most);
    z.avail_out = (uInt)most;
    code = deflate(&z, Z_FINISH);
    out->len += most - z.avail_out;
    deflateEnd(&z);
    return code == Z_STREAM_END;
}

/* Behind the bytes stands the CRC of what they unpack to. */
static uint32_t
checksum(const char *p, size_t n)
{
    return (uint32_t)crc32(crc32(0, NULL, 0), (const Bytef *)p, (uInt)n);
}

static bool
unsnap(pz_str in, pz_buf *out)
{
    size_t n, before = out->len;
    uint32_t crc;
    const unsigned char *tail = (const unsigned char *)in.ptr + in.len - 4;
    if (in.len < 4 || snappy_uncompressed_length(in.ptr, in.len - 4, &n) != SNAPPY_OK || n > PZ_AVRO_BLOCK_MAX) return false;
    if (!pz_buf_room(out, n) || snappy_uncompress(in.ptr, in.len - 4, out->ptr + before, &n) != SNAPPY_OK) return false;
    out->len += n;
    crc = (uint32_t)tail[0] << 24 | (uint32_t)tail[1] << 16 | (uint32_t)tail[2] << 8 | tail[3];
    return checksum(out->ptr + before, n) == crc;
}

static bool
snap(pz_str in, int level, pz_buf *out)
{
    size_t n = snappy_max_compressed_length(in.len);
    uint32_t crc = checksum(in.ptr, in.len);
    (void)level;
    if (snappy_compress(in.ptr, in.len, pz_buf_room(out, n), &n) != SNAPPY_OK) return false;
    out->len += n;
    for (int shift = 24; shift >= 0; shift -= 8) pz_buf_putc(out, (char)(crc >> shift));
    return true;
}

static bool
bzip2(pz_str in, int level, pz_buf *out)
{
    unsigned n = (unsigned)(in.len + in.len / 50 + 1024);
    (void)level;
    if (BZ2_bzBuffToBuffCompress(pz_buf_room(out, n), &n, (char *)(uintptr_t)in.ptr, (unsigned)in.len, 9, 0, 0) != BZ_OK) return false;
    out->len += n;
    return true;
}

static bool
unxz(pz_str in, pz_buf *out)
{
    lzma_stream z = LZMA_STREAM_INIT;
    lzma_ret code = lzma_stream_decoder(&z, 256 << 20, LZMA_CONCATENATED);
    z.next_in = (const uint8_t *)in.ptr;
    z.avail_in = in.len;
    while (code == LZMA_OK) {
        size_t step = pz_unpack_step(in.len, out);
        z.next_out = (uint8_t *)pz_buf_room(out, step);
        z.avail_out = step;
        if (!step || !z.next_out) break;
        code = lzma_code(&z, LZMA_FINISH);
        out->len += step - z.avail_out;
    }
    lzma_end(&z);
    return code == LZMA_STREAM_END;
}

static bool
xz(pz_str in, int level, pz_buf *out)
{
    size_t most = lzma_stream_buffer_bound(in.len), n = 0;
    if (lzma_easy_buffer_encode((uint32_t)level, LZMA_CHECK_CRC64, NULL, (const uint8_t *)in.ptr, in.len, (uint8_t *)pz_buf_room(out, most), &n, most) != LZMA_OK)
        return false;
    out->len += n;
    return true;
}

static bool
zstd(pz_str in, int level, pz_buf *out)
{
    size_t most = ZSTD_compressBound(in.len), n = ZSTD_compress(pz_buf_room(out, most), most, in.ptr, in.len, level);
    if (ZSTD_isError(n)) return false;
    out->len += n;
    return true;
}

static bool
unplain(pz_str in, pz_buf *out)
{
    return plain(in, 0, out);
}

static const struct codec { const char *name; bool (*unpack)(pz_str in, pz_buf *out); bool (*pack)(pz_str in, int level, pz_buf *out); } codecs[] = {
    {"null", unplain, plain}, {"deflate", inflate_block, deflate_block}, {"snappy", unsnap, snap},
    {"bzip2", pz_unpack_bzip2, bzip2}, {"xz", unxz, xz}, {"zstandard", pz_unpack_zstd, zstd},
};

static const struct codec *
find(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(codecs); i++)
        if (pz_str_eqc(name, codecs[i].name)) return &codecs[i];
    return NULL;
}

bool
pz_avro_codec_known(pz_str codec)
{
    return find(codec) != NULL;
}

bool
pz_avro_unpack(pz_str codec, pz_str packed, pz_buf *out)
{
    const struct codec *c = find(codec);
    return c && c->unpack(packed, out);
}

bool
pz_avro_pack(pz_str codec, int level, pz_str text, pz_buf *out)
{
    const struct codec *c = find(codec);
    return c && c->pack(text, level, out);
}

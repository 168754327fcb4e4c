/*
 * engine/unpack.h - compressed bytes of the stream formats, whole in memory: text files and blocks of Avro files.
 *
 * What is unpacked is added to `out`, whose limit bounds it.  False: broken, cut off or beyond the limit; `out` then holds what came first.
 */
#ifndef PZ_ENGINE_UNPACK_H
#define PZ_ENGINE_UNPACK_H

#include "base/base.h"

size_t pz_unpack_step(size_t packed, const pz_buf *out);       /* bytes of room for the next piece; 0: the limit is reached */
bool pz_unpack_deflate(pz_str in, int window, pz_buf *out);    /* window as zlib's: 47 gzip or zlib, 15 zlib, -15 bare; gzip members may follow one another */
bool pz_unpack_zstd(pz_str in, pz_buf *out);
bool pz_unpack_bzip2(pz_str in, pz_buf *out);                  /* streams may follow one another */

#endif

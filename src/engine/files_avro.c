/*
 * engine/files_avro.c - Avro files as sources: schema of the first that can be read, records of all.
 *
 * A part of a file begins behind the first mark at or after its place and takes the blocks that begin before its end.  One block is in
 * memory at a time.  Records and schemas are avro*.c's.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "avro.h"
#include "files_int.h"

enum { HEADER_STEP = 64 << 10, HEADER_MAX = 64 << 20 };

/* ---- header of a file ---- */
static bool
read_at(int fd, int64_t at, char *to, int64_t n)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, (size_t)n, at);
        if (got <= 0) return false;
        to += got;
        at += got;
        n -= got;
    }
    return true;
}

static bool
read_header(int fd, int64_t size, pz_arena *a, pz_avro_header *h)
{
    for (int64_t n = HEADER_STEP;; n *= 4) {
        int64_t have = n < size ? n : size;
        char *bytes = malloc((size_t)have + 1);
        bool more = false, ok;
        pz_assert(bytes);
        ok = read_at(fd, 0, bytes, have) && pz_avro_header_read((pz_str){bytes, (size_t)have}, a, h, &more);
        free(bytes);
        if (ok || !more || have == size || n >= HEADER_MAX) return ok;
    }
}

/* ---- schema ---- */
static bool
header_of(pz_str path, pz_arena *a, pz_avro_header *h)
{
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    struct stat st;
    bool ok = fd >= 0 && fstat(fd, &st) == 0 && read_header(fd, st.st_size, a, h);
    if (fd >= 0) close(fd);
    return ok;
}

static pz_status
first_schema(pz_source_in *in, pz_str *out)
{
    pz_avro_header h;
    bool skip = pz_option_bool(in->options, "ignoreCorruptFiles", false);
    for (int i = 0; i < in->list.files.n; i++) {
        if (header_of(in->list.files.data[i].path, in->a, &h)) {
            *out = h.schema;
            return PZ_OK;
        }
        if (!skip)
            return pz_raise_text(in->err, PZ_CLASS_SparkException, "Could not read file: " PZ_FMT, PZ_ARG(pz_file_uri(in->a, in->list.files.data[i].path)));
    }
    return pz_raise_text(in->err, PZ_CLASS_JavaFileNotFoundException, "No Avro files found. If files don't have .avro extension, set ignoreExtension to true");
}

static pz_str
given_schema(const pz_options *o)
{
    return pz_option_get(o, "avroSchema", NULL);
}

static void
fields_text(const pz_type *t, pz_arena *a, pz_schema *out)
{
    out->n = t->nfields;
    out->fields = PZ_NEWN(a, pz_field, t->nfields + 1);
    for (int i = 0; i < t->nfields; i++) out->fields[i] = t->fields[i];
}

pz_status
pz_avro_infer(pz_source_in *in, pz_schema *out)
{
    pz_avro_typing how = {.stable_names = pz_option_bool(in->options, "enableStableIdentifiersForUnionType", false),
                          .stable_prefix = pz_option_get(in->options, "stableIdentifierPrefixForUnionType", "member_")};
    pz_str depth = pz_option_get(in->options, "recursiveFieldMaxDepth", "-1"), text = given_schema(in->options);
    int64_t n;
    const pz_avro *s;
    const pz_type *t;
    const char *why;
    bool nullable;
    if (!pz_text_long(depth, &n) || n > 15)
        return pz_raise_text(in->err, PZ_CLASS_JavaIllegalArgumentException, "Invalid value for recursiveFieldMaxDepth: " PZ_FMT, PZ_ARG(depth));
    how.recursion = n > 0 ? (int)n : 0;
    if (!text.ptr) PZ_TRY(first_schema(in, &text));
    if (!pz_avro_parse(text, in->a, &s, &why))
        return pz_raise_text(in->err, PZ_CLASS_SparkException, "The Avro schema cannot be read: %s", why ? why : "");
    if (s->kind != PZ_AVRO_RECORD)
        return pz_raise_text(in->err, PZ_CLASS_JavaRuntimeException, "Avro schema cannot be converted to a Spark SQL StructType:\n\n" PZ_FMT "\n", PZ_ARG(text));
    if (!pz_avro_type(s, &how, in->a, &t, &nullable, &why))
        return pz_raise_text(in->err, PZ_CLASS_SparkException, "Found recursive reference in Avro schema, which can not be processed by Spark by default:\n" PZ_FMT,
                             PZ_ARG(text));
    fields_text(pz_type_as_nullable(in->a, t), in->a, out);
    return PZ_OK;
}

/* ---- records ---- */
typedef struct avro {                          /* of a scan */
    const pz_text_spec *spec;
    const pz_type *row;
    const pz_avro *as;                         /* option avroSchema; NULL: as written */
    bool positions, lenient, broken;
} avro;

typedef struct part {                          /* of a file that is being read */
    int fd;
    int64_t at, size, to;                      /* the next block; the file; where parts of others begin */
    pz_avro_header h;
    const pz_avro_plan *plan;                  /* NULL: no column is asked for */
    pz_arena *a;
    pz_buf packed, block;
    pz_avro_bytes rest;
    int64_t left;                              /* records of the block */
} part;

static void *
avro_open(const pz_text_spec *spec, pz_arena *a)
{
    avro *s = PZ_NEW(a, avro);
    pz_str text = given_schema(&spec->options);
    const char *why;
    s->spec = spec;
    s->row = pz_type_struct(a, spec->data.fields, spec->data.n);
    s->positions = pz_option_bool(&spec->options, "positionalFieldMatching", false);
    s->lenient = pz_option_bool(&spec->options, "ignoreCorruptFiles", false);
    s->broken = text.ptr && !pz_avro_parse(text, a, &s->as, &why);
    return s;
}

static bool
avro_whole(const pz_text_spec *spec)
{
    (void)spec;
    return true;
}

static void
avro_end(pz_record_sink *sink)
{
    part *p = sink->own;
    if (p->fd >= 0) close(p->fd);
    pz_buf_free(&p->packed);
    pz_buf_free(&p->block);
    pz_arena_close(p->a);
    free(p);
    sink->own = NULL;
}

/* The first mark at or after `from`; the block is behind it. */
static bool
seek_block(part *p, int64_t from)
{
    char window[HEADER_STEP];
    int64_t at = from;
    if (at < (int64_t)p->h.size - PZ_AVRO_SYNC) at = (int64_t)p->h.size - PZ_AVRO_SYNC;
    while (at < p->size) {
        int64_t n = p->size - at < HEADER_STEP ? p->size - at : HEADER_STEP;
        const char *hit;
        if (!read_at(p->fd, at, window, n)) return false;
        if ((hit = memmem(window, (size_t)n, p->h.sync, PZ_AVRO_SYNC))) {
            p->at = at + (hit - window) + PZ_AVRO_SYNC;
            return true;
        }
        at += n < HEADER_STEP ? n : n - PZ_AVRO_SYNC + 1;
    }
    p->at = p->size;
    return true;
}

static bool
begin(const avro *s, pz_record_sink *sink)
{
    part *p = calloc(1, sizeof *p);
    struct stat st;
    const pz_avro *from;
    const char *why;
    pz_assert(p);
    p->a = pz_arena_open();
    pz_buf_init(&p->packed, 0);
    pz_buf_init(&p->block, PZ_AVRO_BLOCK_MAX);
    sink->own = p;
    p->fd = open(sink->file->path.ptr, O_RDONLY | O_CLOEXEC);
    if (s->broken || p->fd < 0 || fstat(p->fd, &st) != 0) return false;
    p->size = st.st_size;
    p->to = sink->to < 0 ? p->size : sink->to;
    if (!read_header(p->fd, p->size, p->a, &p->h) || !pz_avro_codec_known(p->h.codec) || !pz_avro_parse(p->h.schema, p->a, &from, &why)) return false;
    if (sink->nwanted && !(p->plan = pz_avro_plan_make(from, s->as, s->row, sink->wanted, s->positions, true, p->a, &why))) {
        pz_log(PZ_LOG_WARN, "event=avro_mismatch path=\"" PZ_FMT "\" reason=\"%s\"", PZ_ARG(sink->file->path), why ? why : "");
        return false;
    }
    return seek_block(p, sink->from);
}

/* False: broken.  Without a next block `at` is at the end of the part. */
static bool
next_block(part *p)
{
    char head[24];
    int64_t have = p->size - p->at < (int64_t)sizeof head ? p->size - p->at : (int64_t)sizeof head, bytes;
    pz_avro_bytes in = {(const unsigned char *)head, (const unsigned char *)head + have};
    if (!read_at(p->fd, p->at, head, have) || !pz_avro_long(&in, &p->left) || !pz_avro_long(&in, &bytes) || p->left < 0 || bytes < 0) return false;
    p->at += in.at - (const unsigned char *)head;
    if (bytes > p->size - p->at - PZ_AVRO_SYNC) return false;
    pz_buf_clear(&p->packed);
    pz_buf_clear(&p->block);
    if (!pz_buf_room(&p->packed, (size_t)bytes + PZ_AVRO_SYNC)) return false;
    if (!read_at(p->fd, p->at, p->packed.ptr, bytes + PZ_AVRO_SYNC) || memcmp(p->packed.ptr + bytes, p->h.sync, PZ_AVRO_SYNC)) return false;
    p->at += bytes + PZ_AVRO_SYNC;
    if (!p->plan) return true;
    if (!pz_avro_unpack(p->h.codec, (pz_str){p->packed.ptr, (size_t)bytes}, &p->block)) return false;
    p->rest = (pz_avro_bytes){(const unsigned char *)p->block.ptr, (const unsigned char *)p->block.ptr + p->block.len};
    return true;
}

/* A broken file ends there where it may be skipped. */
static bool
give_up(const avro *s, pz_record_sink *sink)
{
    sink->failed = !s->lenient;
    return false;
}

static bool
avro_record(void *state, pz_str *rest, pz_record_sink *sink)
{
    const avro *s = state;
    part *p;
    (void)rest;
    if (!sink->own && !begin(s, sink)) return give_up(s, sink);
    p = sink->own;
    while (!p->left) {
        if (p->at >= p->size || p->at - PZ_AVRO_SYNC >= p->to) return false;
        if (!next_block(p)) return give_up(s, sink);
    }
    p->left--;
    if (p->plan && !pz_avro_read_row(p->plan, &p->rest, sink->a, sink->row)) return give_up(s, sink);
    sink->emit(sink);
    return true;
}

const pz_record_format pz_avro_format = {avro_open, avro_whole, NULL, avro_record, NULL, false, true, avro_end};

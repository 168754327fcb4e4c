/*
 * engine/write_lines.c - files of lines: CSV, JSON and text, packed and partitioned; and of records: Avro.
 *
 * In: chunks of (line, partition values..., file number).  A file is made at its first line; when too many are open the one opened
 * first is closed, and its partition goes on in a new one.  Things start at pz_line_writer_add().
 */
#include <bzlib.h>
#include <errno.h>
#include <iconv.h>
#include <lz4.h>
#include <snappy-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "avro.h"
#include "write.h"

enum { OPEN_MAX = 128, BUFFER = 1 << 18, AVRO_BLOCK = 64000, HADOOP_BLOCK = 200000 };

typedef struct file {
    struct file *older;                        /* list of the open ones, newest first */
    char *key;
    FILE *f;
    z_stream *z;                               /* packed files */
    BZFILE *bz;
    bool snappy, lz4;                          /* Hadoop's blocks: both lengths, then what was packed */
    pz_buf block;                              /* what goes into the next of them */
    pz_buf pending;                            /* text not yet given to f or z */
    bool has_lines;
    int64_t records;                           /* Avro: in `pending` */
    char sync[PZ_AVRO_SYNC];
} file;

struct pz_line_writer {
    const pz_file_write *w;
    pz_arena *a;
    file *open;
    int nopen;
    file *last;                                /* the file of the last row */
    iconv_t convert;                           /* (iconv_t)-1: UTF-8 stays as it is */
    bool marked;
    pz_buf key;
};

pz_line_writer *
pz_line_writer_open(const pz_file_write *w)
{
    pz_line_writer *l = calloc(1, sizeof *l);
    pz_assert(l);
    l->w = w;
    l->a = pz_arena_open();
    l->marked = pz_str_ieqc(w->charset, "UTF-16");                     /* a byte order mark first, as Java */
    l->convert = l->marked ? iconv_open("UTF-16BE", "UTF-8") : w->charset.len ? iconv_open(pz_dup(l->a, w->charset).ptr, "UTF-8") : (iconv_t)-1;
    pz_buf_init(&l->key, 0);
    return l;
}

static pz_status
failed(pz_line_writer *l, pz_error *err)
{
    pz_log(PZ_LOG_WARN, "event=write_failed path=\"" PZ_FMT "\" reason=\"%s\"", PZ_ARG(l->w->dir), strerror(errno));
    return pz_raise(err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", pz_strf(err->arena, "file:" PZ_FMT, PZ_ARG(l->w->dir)).ptr, NULL);
}

/* ---- one file ---- */
static bool
put_packed(file *f, const char *p, size_t n)
{
    size_t room = f->snappy ? snappy_max_compressed_length(n) : (size_t)LZ4_compressBound((int)n), got = room;
    unsigned char head[8];
    char *out = malloc(room);
    bool ok;
    pz_assert(out);
    if (f->snappy) ok = snappy_compress(p, n, out, &got) == SNAPPY_OK;
    else ok = (got = (size_t)LZ4_compress_default(p, out, (int)n, (int)room)) > 0;
    for (int i = 0; i < 4; i++) {
        head[i] = (unsigned char)(n >> (24 - 8 * i));
        head[4 + i] = (unsigned char)(got >> (24 - 8 * i));
    }
    ok = ok && fwrite(head, 1, sizeof head, f->f) == sizeof head && fwrite(out, 1, got, f->f) == got;
    free(out);
    return ok;
}

static bool
put_blocks(file *f, const char *p, size_t n, bool end)
{
    size_t at = 0;
    bool ok = true;
    if (n) pz_buf_add(&f->block, p, n);
    while (ok && at < f->block.len && (end || f->block.len - at >= HADOOP_BLOCK)) {
        size_t left = f->block.len - at, one = left < HADOOP_BLOCK ? left : HADOOP_BLOCK;
        ok = put_packed(f, f->block.ptr + at, one);
        at += one;
    }
    if (at) memmove(f->block.ptr, f->block.ptr + at, f->block.len - at);
    f->block.len -= at;
    return ok;
}

static bool
put(file *f, const char *p, size_t n, bool end)
{
    unsigned char out[1 << 15];
    int bad = BZ_OK;
    if (f->bz) {
        if (n) BZ2_bzWrite(&bad, f->bz, (void *)(uintptr_t)p, (int)n);
        return bad == BZ_OK;
    }
    if (f->snappy || f->lz4) return put_blocks(f, p, n, end);
    if (!f->z) return !n || fwrite(p, 1, n, f->f) == n;
    f->z->next_in = (unsigned char *)(uintptr_t)p;
    f->z->avail_in = (uInt)n;
    do {
        size_t have;
        f->z->next_out = out;
        f->z->avail_out = sizeof out;
        if (deflate(f->z, end ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_ERROR) return false;
        have = sizeof out - f->z->avail_out;
        if (have && fwrite(out, 1, have, f->f) != have) return false;
    } while (!f->z->avail_out);
    return true;
}

static bool
converted(pz_line_writer *l, file *f, bool end)
{
    char out[1 << 14], *in = f->pending.ptr;
    size_t left = f->pending.len;
    while (left) {
        char *to = out;
        size_t room = sizeof out;
        if (iconv(l->convert, &in, &left, &to, &room) == (size_t)-1 && errno != E2BIG) {
            if (left < 1) return false;        /* a character the charset lacks becomes a question mark, as in Java */
            do in++, left--;
            while (left && ((unsigned char)*in & 0xc0) == 0x80);
            if (!put(f, out, sizeof out - room, false) || !put(f, "?", 1, false)) return false;
            continue;
        }
        if (!put(f, out, sizeof out - room, false)) return false;
    }
    return !end || put(f, NULL, 0, true);
}

/* What is pending as a block. */
static bool
put_block(pz_line_writer *l, file *f)
{
    pz_buf packed, head;
    bool ok;
    if (!f->records) return true;
    pz_buf_init(&packed, 0);
    pz_buf_init(&head, 0);
    ok = pz_avro_pack(pz_str_c(l->w->how), l->w->level, pz_buf_view(&f->pending), &packed);
    pz_avro_put_long(&head, f->records);
    pz_avro_put_long(&head, (int64_t)packed.len);
    ok = ok && put(f, head.ptr, head.len, false) && put(f, packed.ptr, packed.len, false) && put(f, f->sync, PZ_AVRO_SYNC, false);
    pz_buf_free(&packed);
    pz_buf_free(&head);
    f->records = 0;
    return ok;
}

static bool
flush(pz_line_writer *l, file *f, bool end)
{
    bool ok = l->w->avro_schema.ptr ? put_block(l, f) : l->convert != (iconv_t)-1 ? converted(l, f, end) : put(f, f->pending.ptr, f->pending.len, end);
    pz_buf_clear(&f->pending);
    return ok;
}

static bool
close_file(pz_line_writer *l, file *f, bool keep)
{
    bool ok;
    if (keep && f->has_lines && l->w->footer.ptr) pz_buf_str(&f->pending, l->w->footer);
    ok = !keep || flush(l, f, true);
    if (f->z) deflateEnd(f->z);
    if (f->bz) {
        int bad;
        BZ2_bzWriteClose(&bad, f->bz, !ok, NULL, NULL);
        ok &= bad == BZ_OK;
    }
    if (f->f && fclose(f->f) != 0) ok = false;
    free(f->z);
    free(f->key);
    pz_buf_free(&f->pending);
    pz_buf_free(&f->block);
    free(f);
    return ok;
}

/* Characters that the charset is not trusted with, as references to their UTF-16 units. */
static void
add_references(pz_buf *b, pz_str line, uint32_t highest)
{
    for (size_t i = 0; i < line.len;) {
        uint32_t ch;
        size_t size = (size_t)pz_utf8_decode(line.ptr + i, line.len - i, &ch);
        if (ch <= highest) pz_buf_str(b, (pz_str){line.ptr + i, size});
        else if (ch < 0x10000) pz_buf_printf(b, "&#x%x;", ch);
        else pz_buf_printf(b, "&#x%x;&#x%x;", 0xd800 + ((ch - 0x10000) >> 10), 0xdc00 + ((ch - 0x10000) & 0x3ff));
        i += size;
    }
}

static void
add_line(pz_line_writer *l, file *f, pz_str line)
{
    if (l->w->footer.ptr && !f->has_lines) {
        pz_buf_str(&f->pending, l->w->header);
        pz_buf_str(&f->pending, l->w->line_sep);
    }
    f->has_lines = true;
    f->records++;
    if (l->w->highest) add_references(&f->pending, line, l->w->highest);
    else pz_buf_str(&f->pending, line);
    pz_buf_str(&f->pending, l->w->line_sep);
}

/* Path of a new file for the key: directories, file number behind a NUL-free tab. */
static pz_str
new_path(pz_line_writer *l, const char *key, pz_arena *a)
{
    const char *tab = strrchr(key, '\t');
    size_t dirs = tab ? (size_t)(tab - key) : strlen(key);
    int64_t number = tab ? strtoll(tab + 1, NULL, 10) : 0;
    bool tasks = l->w->max_records <= 0;
    pz_str path = {NULL, 0};
    for (int c = 0; !path.ptr || access(path.ptr, F_OK) == 0; c++) {
        bool bucketed = l->w->bucketed;
        int64_t task = tasks && !bucketed ? number : 0, file_no = tasks || bucketed ? c : number + c;
        path = pz_strf(a, PZ_FMT "/%.*spart-%05lld-%s" PZ_FMT "c%03lld.%s%s", PZ_ARG(l->w->dir), (int)dirs, key, (long long)task, l->w->uuid,
                       PZ_ARG(pz_file_bucket_text(l->w, number, a)), (long long)file_no, l->w->extension, l->w->suffix);
    }
    return path;
}

static bool
make_dirs(char *path, size_t from)
{
    for (char *p = path + from; *p; p++) {
        if (*p != '/') continue;
        *p = 0;
        if (mkdir(path, 0777) != 0 && errno != EEXIST) return false;
        *p = '/';
    }
    return true;
}

/* An Avro file begins with its schema, and a mark of its own. */
static void
put_header(pz_line_writer *l, file *f)
{
    char id[37];
    pz_buf b;
    uint64_t mark[2];
    if (!f->f) return;
    pz_uuid_make(id);
    mark[0] = pz_hash_bytes(id, strlen(id), 1);
    mark[1] = pz_hash_bytes(id, strlen(id), 2);
    memcpy(f->sync, mark, PZ_AVRO_SYNC);
    pz_buf_init(&b, 0);
    pz_avro_header_write(&b, l->w->avro_schema, pz_str_c(l->w->how), f->sync);
    if (!put(f, b.ptr, b.len, false)) {
        fclose(f->f);
        f->f = NULL;
    }
    pz_buf_free(&b);
}

static file *
open_file(pz_line_writer *l, const char *key)
{
    pz_arena *a = pz_arena_open();
    pz_str path = new_path(l, key, a);
    file *f = calloc(1, sizeof *f);
    pz_assert(f);
    pz_buf_init(&f->pending, 0);
    f->key = strdup(key);
    pz_assert(f->key);
    if (make_dirs((char *)(uintptr_t)path.ptr, l->w->dir.len + 1)) f->f = fopen(path.ptr, "wb");
    pz_arena_close(a);
    if (l->w->avro_schema.ptr) {
        put_header(l, f);
    } else if (f->f && !strcmp(l->w->how, "bzip2")) {
        int bad;
        f->bz = BZ2_bzWriteOpen(&bad, f->f, 9, 0, 0);
        if (!f->bz) {
            fclose(f->f);
            f->f = NULL;
        }
    } else if (!strcmp(l->w->how, "snappy") || !strcmp(l->w->how, "lz4")) {
        f->snappy = !strcmp(l->w->how, "snappy");
        f->lz4 = !f->snappy;
        pz_buf_init(&f->block, 0);
    } else if (f->f && strcmp(l->w->how, "none")) {
        f->z = calloc(1, sizeof *f->z);
        pz_assert(f->z);
        if (deflateInit2(f->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, !strcmp(l->w->how, "gzip") ? 31 : 15, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
            free(f->z);
            f->z = NULL;
            fclose(f->f);
            f->f = NULL;
        }
    }
    if (!f->f) {
        free(f->key);
        free(f);
        return NULL;
    }
    if (l->marked) (void)put(f, "\xfe\xff", 2, false);
    if (l->w->header.ptr && !l->w->footer.ptr) add_line(l, f, l->w->header);
    f->older = l->open;
    l->open = f;
    l->nopen++;
    return f;
}

static bool
close_oldest(pz_line_writer *l)
{
    file **at = &l->open, *f;
    while ((*at)->older) at = &(*at)->older;
    f = *at;
    *at = NULL;
    l->nopen--;
    if (l->last == f) l->last = NULL;
    return close_file(l, f, true);
}

static file *
file_of(pz_line_writer *l, const char *key)
{
    if (l->last && !strcmp(l->last->key, key)) return l->last;
    for (file *f = l->open; f; f = f->older)
        if (!strcmp(f->key, key)) return l->last = f;
    if (l->nopen >= OPEN_MAX && !close_oldest(l)) return NULL;
    return l->last = open_file(l, key);
}

/* ---- rows ---- */
void
pz_lines_select_text(const pz_file_write *w, pz_str select, pz_buf *out)
{
    int n = 1 + w->partitions.n;
    pz_buf_puts(out, "SELECT k0");
    for (int i = 1; i < n; i++) pz_buf_printf(out, ", k%d", i);
    pz_file_number_text(w, 1, out);
    pz_buf_printf(out, " FROM (" PZ_FMT ") AS t(k0", PZ_ARG(select));
    for (int i = 1; i < n + w->bucketed; i++) pz_buf_printf(out, ", k%d", i);
    pz_buf_putc(out, ')');
}

static bool
is_valid(const pz_vector_view *v, int64_t i)
{
    return !v->validity || (v->validity[i / 64] >> (i % 64) & 1);
}

static pz_str
text_at(const pz_vector_view *v, int64_t i)
{
    const pz_vector_text *t = &((const pz_vector_text *)v->data)[i];
    if (!is_valid(v, i)) return (pz_str){NULL, 0};
    return (pz_str){t->len <= 12 ? t->near : t->far.ptr, t->len};
}

pz_status
pz_line_writer_add(pz_line_writer *l, struct pz_chunk *c, pz_error *err)
{
    enum { PARTS_MAX = 64 };
    pz_vector_view lines, parts[PARTS_MAX], numbers = {0};
    int n = l->w->partitions.n;
    if (n > PARTS_MAX) return pz_raise_internal(err, "more than %d partition columns", PARTS_MAX);
    pz_chunk_column(c, 0, &lines);
    for (int p = 0; p < n; p++) pz_chunk_column(c, p + 1, &parts[p]);
    if (pz_file_is_numbered(l->w)) pz_chunk_column(c, n + 1, &numbers);
    for (int64_t i = 0; i < pz_chunk_rows(c); i++) {
        pz_str line = text_at(&lines, i);
        file *f;
        if (l->w->skip_empty && !line.len) continue;
        pz_buf_clear(&l->key);
        for (int p = 0; p < n; p++) {
            pz_partition_dir(&l->key, l->w->partitions.data[p], text_at(&parts[p], i));
            pz_buf_putc(&l->key, '/');
        }
        if (pz_file_is_numbered(l->w)) pz_buf_printf(&l->key, "\t%lld", (long long)((const int64_t *)numbers.data)[i]);
        pz_buf_putc(&l->key, '\0');
        if (!(f = file_of(l, l->key.ptr))) return failed(l, err);
        add_line(l, f, line);
        if (f->pending.len >= (l->w->avro_schema.ptr ? AVRO_BLOCK : BUFFER) && !flush(l, f, false)) return failed(l, err);
    }
    return PZ_OK;
}

/* A result without rows is one file, where there are no partitions. */
pz_status
pz_line_writer_close(pz_line_writer *l, bool keep, pz_error *err)
{
    pz_status st = PZ_OK;
    if (keep && !l->w->partitions.n && !l->open && !file_of(l, "")) st = failed(l, err);
    for (file *f = l->open, *next; f; f = next) {
        next = f->older;
        if (!close_file(l, f, keep && st == PZ_OK) && keep && st == PZ_OK) st = failed(l, err);
    }
    if (l->convert != (iconv_t)-1) iconv_close(l->convert);
    pz_buf_free(&l->key);
    pz_arena_close(l->a);
    free(l);
    return st;
}

/*
 * engine/files_text.c - bytes of files for our own scans: whole, or the lines of a part; unpacked, in UTF-8.
 */
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_int.h"

static pz_status
unreadable(pz_error *err, pz_str path)
{
    pz_err_id id = errno == ENOENT ? PZ_ERR_FAILED_READ_FILE_FILE_NOT_EXIST : PZ_ERR_FAILED_READ_FILE_NO_HINT;
    return pz_raise(err, id, PZ_NO_ORIGIN, "path", pz_strf(err->arena, "file://" PZ_FMT, PZ_ARG(path)).ptr, NULL);
}

static bool
read_range(int fd, int64_t from, size_t n, char *to, size_t *got)
{
    *got = 0;
    while (*got < n) {
        ssize_t k = pread(fd, to + *got, n - *got, from + (int64_t)*got);
        if (k < 0 && errno == EINTR) continue;
        if (k < 0) return false;
        if (!k) break;
        *got += (size_t)k;
    }
    return true;
}

static bool
read_all(pz_str path, pz_file_text *out)
{
    struct stat st;
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    bool ok;
    if (fd < 0) return false;
    ok = fstat(fd, &st) == 0;
    out->ptr = malloc((size_t)(ok ? st.st_size : 0) + 1);
    pz_assert(out->ptr);
    ok = ok && read_range(fd, 0, (size_t)st.st_size, out->ptr, &out->len);
    close(fd);
    if (!ok) free(out->ptr);
    return ok;
}

static bool
has_mark(const pz_file_text *t, const char *little, const char *big, size_t n)
{
    return t->len >= n && (!memcmp(t->ptr, little, n) || !memcmp(t->ptr, big, n));
}

static bool
recode(pz_file_text *t, pz_str charset)
{
    char name[64];
    size_t n = charset.len < sizeof name ? charset.len : sizeof name - 1, cap = t->len * 3 + 16, left = t->len, room = cap;
    char *from = t->ptr, *to, *at;
    iconv_t cd;
    memcpy(name, charset.ptr, n);
    name[n] = 0;
    if (!strcasecmp(name, "UTF-16") && !has_mark(t, "\xFF\xFE", "\xFE\xFF", 2)) strcpy(name, "UTF-16BE");        /* as Java */
    if (!strcasecmp(name, "UTF-32") && !has_mark(t, "\xFF\xFE\0\0", "\0\0\xFE\xFF", 4)) strcpy(name, "UTF-32BE");
    cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1) return false;
    at = to = malloc(cap);
    pz_assert(to);
    while (left) {
        if (iconv(cd, &from, &left, &at, &room) != (size_t)-1) break;
        if (!left || room < 4) break;
        memcpy(at, "\xEF\xBF\xBD", 3);         /* U+FFFD for what cannot be read */
        at += 3, room -= 3;
        from++, left--;
    }
    iconv_close(cd);
    free(t->ptr);
    *t = (pz_file_text){to, (size_t)(at - to)};
    return true;
}

pz_status
pz_file_read_raw(pz_str path, pz_file_text *out, pz_error *err)
{
    return read_all(path, out) ? PZ_OK : unreadable(err, path);
}

pz_status
pz_file_read(pz_str path, pz_str charset, pz_file_text *out, pz_error *err)
{
    if (!read_all(path, out)) return unreadable(err, path);
    errno = 0;
    if (!pz_file_unpack(path, out)) return unreadable(err, path);
    if (charset.len && !pz_str_ieqc(charset, "UTF-8") && !pz_str_ieqc(charset, "UTF8") && !recode(out, charset)) {
        free(out->ptr);
        errno = 0;
        return unreadable(err, path);
    }
    return PZ_OK;
}

/* JSON in UTF-16 or UTF-32, known by where its zero bytes are; else the text itself. */
pz_str
pz_json_decoded(pz_str s, pz_arena *a)
{
    static const struct { const char zero[4]; size_t unit; const char *name; } kinds[] = {
        {{1, 1, 1, 0}, 4, "UTF-32BE"}, {{0, 1, 1, 1}, 4, "UTF-32LE"}, {{1, 0, 2, 2}, 2, "UTF-16BE"}, {{0, 1, 2, 2}, 2, "UTF-16LE"}};
    const char *name = NULL;
    pz_file_text t;
    if (s.len < 2) return s;
    if (s.len >= 4 && !memcmp(s.ptr, "\xFF\xFE\0\0", 4)) name = "UTF-32";
    else if (!memcmp(s.ptr, "\xFF\xFE", 2) || !memcmp(s.ptr, "\xFE\xFF", 2)) name = "UTF-16";
    else if (s.ptr[0] && s.ptr[1]) return s;
    for (size_t k = 0; k < PZ_COUNTOF(kinds) && !name; k++) {
        bool fits = s.len >= kinds[k].unit;
        for (size_t i = 0; i < kinds[k].unit && fits; i++) fits = (s.ptr[i] == 0) == (kinds[k].zero[i] == 1);
        if (fits) name = kinds[k].name;
    }
    if (!name) return s;
    t = (pz_file_text){malloc(s.len), s.len};
    pz_assert(t.ptr);
    memcpy(t.ptr, s.ptr, s.len);
    if (recode(&t, pz_str_c(name))) s = pz_dup(a, (pz_str){t.ptr, t.len});
    free(t.ptr);
    if (s.len >= 3 && !memcmp(s.ptr, "\xEF\xBB\xBF", 3)) s = (pz_str){s.ptr + 3, s.len - 3};
    return s;
}

/* The line that reaches over `to` is read to its end; one that begins before `from` belongs to the part before. */
pz_status
pz_file_read_lines(pz_str path, int64_t from, int64_t to, pz_file_text *out, pz_error *err)
{
    int64_t begin = from > 0 ? from - 1 : 0;
    size_t cap = (size_t)(to - begin), len = 0, skip = 0;
    int fd = open(path.ptr, O_RDONLY | O_CLOEXEC);
    char *p, *nl;
    if (fd < 0) return unreadable(err, path);
    p = malloc(cap + 1);
    pz_assert(p);
    if (!read_range(fd, begin, cap, p, &len)) goto failed;
    if (from > 0) {
        nl = memchr(p, '\n', len);
        skip = nl ? (size_t)(nl - p) + 1 : len;
    }
    while (len == cap && len > skip && p[len - 1] != '\n') { /* the last line goes on */
        size_t got;
        pz_assert((p = realloc(p, cap + 65536 + 1)));
        if (!read_range(fd, begin + (int64_t)cap, 65536, p + cap, &got)) goto failed;
        nl = memchr(p + cap, '\n', got);
        len = nl ? (size_t)(nl - p) + 1 : cap + got;
        if (nl || got < 65536) break;
        cap += 65536;
    }
    close(fd);
    memmove(p, p + skip, len - skip);
    *out = (pz_file_text){p, len - skip};
    return PZ_OK;
failed:
    close(fd);
    free(p);
    return unreadable(err, path);
}

bool
pz_next_line(pz_str *rest, pz_str separator, pz_str *line)
{
    const char *p = rest->ptr, *end = rest->ptr + rest->len, *stop;
    size_t cut;
    if (!rest->len) return false;
    if (separator.len) {
        stop = memmem(p, rest->len, separator.ptr, separator.len);
        cut = separator.len;
    } else {
        stop = memchr(p, '\n', rest->len);
        cut = 1;
        if (!stop) stop = end;
        const char *cr = memchr(p, '\r', (size_t)(stop - p));
        if (cr) {
            cut = cr + 1 < end && cr[1] == '\n' ? 2 : 1;
            stop = cr;
        }
        if (stop == end) stop = NULL;
    }
    if (!stop) {
        *line = *rest;
        *rest = (pz_str){end, 0};
        return true;
    }
    *line = (pz_str){p, (size_t)(stop - p)};
    *rest = (pz_str){stop + cut, (size_t)(end - stop) - cut};
    return true;
}

/* A reader may be told to go on without files that are gone or broken. */
bool
pz_file_may_skip(const pz_options *o, const pz_error *e)
{
    if (e->id == PZ_ERR_FAILED_READ_FILE_FILE_NOT_EXIST) return pz_option_bool(o, "ignoreMissingFiles", false);
    return e->id == PZ_ERR_FAILED_READ_FILE_NO_HINT && pz_option_bool(o, "ignoreCorruptFiles", false);
}

pz_status
pz_source_read(pz_source_in *in, pz_str path, pz_str charset, pz_file_text *out)
{
    pz_error e;
    pz_error_init(&e, in->a);
    if (pz_file_read(path, charset, out, &e) == PZ_OK) return PZ_OK;
    if (!pz_file_may_skip(in->options, &e)) {
        pz_error_copy(in->err, &e);
        return PZ_FAIL;
    }
    *out = (pz_file_text){calloc(1, 1), 0};
    return PZ_OK;
}

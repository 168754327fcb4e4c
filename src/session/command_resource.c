/*
 * session/command_resource.c - ADD and LIST of JARS, FILES and ARCHIVES.
 *
 * In: what was written behind the kind, several paths with or without quotes.  A session keeps the names of what was added; nothing here
 * runs code from them, so they are looked for but not read.  Things start at pz_cmd_add_resource() and pz_cmd_list_resource().
 */
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command_int.h"

/* "a b" 'c' d: the paths of a list. */
static void
split_paths(pz_arena *a, pz_str s, pz_strs *out)
{
    for (size_t i = 0; i < s.len;) {
        char c = s.ptr[i], quote = c == '"' || c == '\'' ? c : 0;
        size_t from = quote ? i + 1 : i, to = from;
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            i++;
            continue;
        }
        while (to < s.len && (quote ? s.ptr[to] != quote : s.ptr[to] != ' ' && (s.ptr[to] < '\t' || s.ptr[to] > '\r'))) to++;
        pz_vec_push(a, out, pz_dup(a, ((pz_str){s.ptr + from, to - from})));
        i = to + (quote ? 1 : 0);
    }
}

/* The file a path or file: URI names, and the URI it is listed by; false: of another file system. */
static bool
local_path(pz_arena *a, pz_str path, pz_str *file, pz_str *uri)
{
    static const char hex[] = "0123456789ABCDEF", plain[] = "/-_.!~*'()+,=@:&$;";
    pz_str written = path;
    char here[PATH_MAX];
    pz_buf b;
    size_t scheme = 0;
    while (scheme < path.len && ((path.ptr[scheme] >= 'a' && path.ptr[scheme] <= 'z') || (path.ptr[scheme] >= 'A' && path.ptr[scheme] <= 'Z'))) scheme++;
    if (scheme > 0 && scheme < path.len && path.ptr[scheme] == ':') {
        if (!pz_str_starts(path, "file:")) return false;
        written.ptr += 5, written.len -= 5;
        while (written.len > 1 && written.ptr[0] == '/' && written.ptr[1] == '/') written.ptr++, written.len--;
    }
    if (!written.len || written.ptr[0] != '/')
        written = pz_strf(a, "%s/" PZ_FMT, getcwd(here, sizeof here) ? here : "", PZ_ARG(written));
    while (written.len > 1 && written.ptr[written.len - 1] == '/') written.len--;
    *file = pz_dup(a, written);
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "file:");
    for (size_t i = 0; i < file->len; i++) {
        unsigned char c = (unsigned char)file->ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr(plain, c)) pz_buf_putc(&b, (char)c);
        else pz_buf_printf(&b, "%%%c%c", hex[c >> 4], hex[c & 15]);
    }
    *uri = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return true;
}

/* The fragment of an archive, the name it is unpacked under: x.zip#name. */
static pz_str
cut_fragment(pz_str *path)
{
    const char *at = memchr(path->ptr, '#', path->len);
    pz_str rest = {0};
    if (!at) return PZ_STR("");
    rest = (pz_str){at, path->len - (size_t)(at - path->ptr)};
    path->len -= rest.len;
    return rest;
}

static pz_status
add_one(pz_statement *r, char kind, pz_str path)
{
    pz_str file, uri, fragment = kind == 'a' ? cut_fragment(&path) : PZ_STR(""), key;
    struct stat st;
    if (!local_path(r->a, path, &file, &uri))
        return pz_raise_text(r->err, PZ_CLASS_JavaIOException, "Only local files can be added, unlike " PZ_FMT, PZ_ARG(path));
    PZ_TRY(pz_fence_check(file, r->err));
    if (stat(file.ptr, &st) != 0) {
        if (kind == 'j') return PZ_OK;         /* a jar that is not there is passed over, with a word in the log */
        if (kind == 'a') return pz_raise_text(r->err, PZ_CLASS_JavaNoSuchFileException, PZ_FMT, PZ_ARG(file));
        return pz_raise_text(r->err, PZ_CLASS_JavaFileNotFoundException, "File file:" PZ_FMT " does not exist", PZ_ARG(file));
    }
    if (kind == 'f' && S_ISDIR(st.st_mode)) {
        uri = pz_strf(r->a, PZ_FMT "/", PZ_ARG(uri));
        if (pz_confs_bool(r->q->confs, "spark.sql.legacy.addSingleFileInAddFile"))
            return pz_raise(r->err, PZ_ERR_UNSUPPORTED_ADD_FILE_DIRECTORY, PZ_NO_ORIGIN, "path", uri.ptr, NULL);
    }
    key = pz_strf(r->a, "%c" PZ_FMT PZ_FMT, kind, PZ_ARG(uri), PZ_ARG(fragment));
    pthread_mutex_lock(&r->session->lock);
    pz_table_put(&r->session->resources, key, r->session);
    pthread_mutex_unlock(&r->session->lock);
    return PZ_OK;
}

pz_status
pz_cmd_add_resource(pz_statement *r)
{
    pz_strs paths = {0};
    split_paths(r->a, r->c->text2, &paths);
    for (int i = 0; i < paths.n; i++) PZ_TRY(add_one(r, r->c->text.ptr[0], paths.data[i]));
    return PZ_OK;
}

/* Is this one among those asked for?  Jars are asked for by file name, the others by place. */
static bool
asked_for(pz_arena *a, const pz_strs *paths, char kind, pz_str uri)
{
    for (int i = 0; i < paths->n; i++) {
        pz_str file, wanted = paths->data[i], name = uri;
        const char *slash = memrchr(wanted.ptr, '/', wanted.len);
        if (kind == 'j') {
            if (slash) wanted.len -= (size_t)(slash + 1 - wanted.ptr), wanted.ptr = slash + 1;
            if ((slash = memrchr(name.ptr, '/', name.len))) name.len -= (size_t)(slash + 1 - name.ptr), name.ptr = slash + 1;
            if (pz_str_eq(name, wanted)) return true;
        } else if (local_path(a, wanted, &file, &wanted) && pz_str_eq(uri, wanted)) return true;
    }
    return paths->n == 0;
}

pz_status
pz_cmd_list_resource(pz_statement *r)
{
    static const struct { char kind; const char *folder; } folders[] = {{'j', "jars/"}, {'f', "files/"}, {'f', "pyfiles/"}, {'a', "archives/"}};
    char kind = r->c->text.ptr[0];
    pz_strs paths = {0};
    split_paths(r->a, r->c->text2, &paths);
    pthread_mutex_lock(&r->session->lock);
    PZ_TABLE_EACH(&r->session->artifacts, e)
        for (size_t i = 0; i < PZ_COUNTOF(folders); i++) {
            pz_str name = pz_entry_key(e), uri = pz_strf(r->a, "artifacts/%s/" PZ_FMT, r->session->id, PZ_ARG(name));
            if (folders[i].kind == kind && pz_str_starts(name, folders[i].folder) && asked_for(r->a, &paths, kind, uri)) pz_cell(r, uri);
        }
    PZ_TABLE_EACH(&r->session->resources, e) {
        pz_str key = pz_entry_key(e), uri = {key.ptr + 1, key.len - 1};
        if (key.ptr[0] == kind && asked_for(r->a, &paths, kind, uri)) pz_cell(r, uri);
    }
    pthread_mutex_unlock(&r->session->lock);
    return PZ_OK;
}

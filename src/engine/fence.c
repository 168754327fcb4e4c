/*
 * engine/fence.c - the directories that requests may name (--allow-path).
 *
 * In: at the start, the directories of the command line and the warehouse.  Out: pz_fence_check() and pz_fence_check_write(), which every
 * path of a request passes.  Links and `..` are resolved before a path is judged; of a path that is not there yet, the part that is.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine_int.h"

#define MOST_DIRS 64

/* Set once, before anything is served. */
static struct fence {
    char *dirs[MOST_DIRS];
    int n;
    bool closed;                               /* only these directories may be named */
    char *keep;                                /* a directory that no write may replace */
} fence;

bool
pz_fence_allow(const char *dir)
{
    char *real = realpath(dir, NULL);
    if (!real || fence.n == MOST_DIRS) {
        free(real);
        return false;
    }
    fence.dirs[fence.n++] = real;
    return true;
}

void
pz_fence_close(void)
{
    fence.closed = true;
}

void
pz_fence_keep(const char *dir)
{
    free(fence.keep);
    fence.keep = realpath(dir, NULL);
}

/* Is path the directory, or below it? */
static bool
is_under(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    return !strcmp(dir, "/") || (!strncmp(path, dir, n) && (path[n] == '/' || !path[n]));
}

/* The names of rest, one by one: `..` goes up. */
static bool
append(char *at, const char *rest)
{
    while (*rest) {
        size_t n = strcspn(rest, "/"), have = strlen(at);
        if (n == 2 && !memcmp(rest, "..", 2)) {
            char *slash = strrchr(at, '/');
            if (slash) slash[slash == at] = 0;
        } else if (n && !(n == 1 && *rest == '.')) {
            if (have + n + 2 > PATH_MAX) return false;
            if (have > 1) at[have++] = '/';
            memcpy(at + have, rest, n);
            at[have + n] = 0;
        }
        rest += n + (rest[n] == '/');
    }
    return true;
}

/* What an absolute path comes to: the longest part of it that exists without its links, then the rest. */
static bool
resolve(pz_str path, char out[PATH_MAX])
{
    char head[PATH_MAX];
    size_t cut = path.len;
    if (path.len >= sizeof head || memchr(path.ptr, 0, path.len)) return false;
    for (;;) {
        memcpy(head, path.ptr, cut);
        head[cut] = 0;
        if (realpath(cut ? head : "/", out)) break;
        if ((errno != ENOENT && errno != ENOTDIR) || !cut) return false;
        while (cut && path.ptr[cut - 1] != '/') cut--;
        while (cut && path.ptr[cut - 1] == '/') cut--;
    }
    memcpy(head, path.ptr, path.len);
    head[path.len] = 0;
    return append(out, head + cut);
}

static pz_status
refused(pz_str path, pz_error *err)
{
    pz_log(PZ_LOG_WARN, "event=path_refused path=\"" PZ_FMT "\"", PZ_ARG(path));
    return pz_raise(err, PZ_ERR_INSUFFICIENT_PERMISSIONS_EXT_LOC, PZ_NO_ORIGIN, "location", pz_strf(err->arena, "file:" PZ_FMT, PZ_ARG(path)).ptr, NULL);
}

pz_status
pz_fence_check(pz_str path, pz_error *err)
{
    char real[PATH_MAX];
    if (!fence.closed) return PZ_OK;
    if (resolve(path, real))
        for (int i = 0; i < fence.n; i++)
            if (is_under(real, fence.dirs[i])) return PZ_OK;
    return refused(path, err);
}

/* What a pattern finds is judged one by one; a way up behind a wildcard could still look elsewhere. */
pz_status
pz_fence_check_pattern(pz_str path, pz_error *err)
{
    const char *wild = strpbrk(path.ptr, "*?[{");
    return fence.closed && wild && strstr(wild, "..") ? refused(path, err) : PZ_OK;
}

/* The URI of a place that is only noted: other schemes fail when they are used. */
pz_status
pz_fence_check_uri(pz_str uri, pz_arena *a, pz_error *err)
{
    pz_error other;
    pz_str path;
    pz_error_init(&other, a);
    if (!fence.closed || pz_local_path(uri, a, &path, &other) == PZ_OK || other.id != PZ_ERR_INSUFFICIENT_PERMISSIONS_EXT_LOC) return PZ_OK;
    pz_error_copy(err, &other);
    return PZ_FAIL;
}

pz_status
pz_fence_check_write(pz_str path, pz_error *err)
{
    static const char own[] = "/" PZ_WAREHOUSE_FILE;
    size_t n = sizeof own - 1;
    char real[PATH_MAX];
    if (!fence.keep || !resolve(path, real)) return PZ_OK;
    return is_under(fence.keep, real) || (is_under(real, fence.keep) && !strncmp(real + strlen(fence.keep), own, n) &&
                                          (!real[strlen(fence.keep) + n] || real[strlen(fence.keep) + n] == '.'))
               ? refused(path, err)
               : PZ_OK;
}

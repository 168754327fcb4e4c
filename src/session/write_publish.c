/*
 * session/write_publish.c - files made aside take their place at once.
 *
 * A stage is a hidden directory beside its target, with the server's process id in its name: readers pass over it, and the next write to
 * the target removes those of dead servers.  Where old files stay, they are linked into the stage first; then stage and target change
 * places in one step of the file system, so that the old files can come back until the stage is dropped (write_together.c).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "write.h"

static pz_status
failed(pz_str path, pz_error *err)
{
    int why = errno;
    pz_log(PZ_LOG_WARN, "event=write_failed path=\"" PZ_FMT "\" reason=\"%s\"", PZ_ARG(path), strerror(why));
    if (why == ENOTDIR) return pz_raise_text(err, PZ_CLASS_JavaIOException, "Parent path is not a directory: file:" PZ_FMT, PZ_ARG(path));
    return pz_raise(err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", pz_strf(err->arena, "file:" PZ_FMT, PZ_ARG(path)).ptr, NULL);
}

static bool
is_dot(const char *name)
{
    return !strcmp(name, ".") || !strcmp(name, "..");
}

static void
remove_at(int dir, const char *name)
{
    int fd;
    DIR *d;
    struct dirent *e;
    if (unlinkat(dir, name, 0) == 0 || (errno != EISDIR && errno != EPERM)) return;
    fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    d = fd >= 0 ? fdopendir(fd) : NULL;
    while (d && (e = readdir(d)))
        if (!is_dot(e->d_name)) remove_at(fd, e->d_name);
    if (d) closedir(d);
    else if (fd >= 0) close(fd);
    unlinkat(dir, name, AT_REMOVEDIR);
}

void
pz_remove_tree(pz_str path)
{
    pz_arena *a = pz_arena_open();
    remove_at(AT_FDCWD, pz_dup(a, path).ptr);
    pz_arena_close(a);
}

static pz_status
make_parents(pz_str path, pz_arena *a, pz_error *err)
{
    char *p = (char *)(uintptr_t)pz_dup(a, path).ptr;
    for (char *at = p + 1; *at; at++) {
        if (*at != '/') continue;
        *at = 0;
        if (mkdir(p, 0777) != 0 && errno != EEXIST) return failed(path, err);
        *at = '/';
    }
    return PZ_OK;
}

/* ---- open ---- */
static void
split(pz_str path, pz_arena *a, pz_str *parent, pz_str *name)
{
    const char *slash = memrchr(path.ptr, '/', path.len);
    *parent = slash == path.ptr ? PZ_STR("/") : pz_dup(a, (pz_str){path.ptr, (size_t)(slash - path.ptr)});
    *name = pz_dup(a, (pz_str){slash + 1, path.len - (size_t)(slash + 1 - path.ptr)});
}

/* Stages that servers left behind which are no more. */
static void
sweep(pz_str parent, pz_str prefix)
{
    DIR *d = opendir(parent.ptr);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        int pid;
        if (strncmp(e->d_name, prefix.ptr, prefix.len) != 0) continue;
        pid = atoi(e->d_name + prefix.len);
        if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH) remove_at(dirfd(d), e->d_name);
    }
    if (d) closedir(d);
}

pz_status
pz_stage_open(pz_str target, pz_arena *a, pz_stage *out, pz_error *err)
{
    pz_str parent, name, prefix;
    char id[PZ_UUID_SIZE];
    split(target, a, &parent, &name);
    PZ_TRY(make_parents(target, a, err));
    prefix = pz_strf(a, "." PZ_FMT ".piezo-", PZ_ARG(name));
    sweep(parent, prefix);
    pz_uuid_make(id);
    out->target = target;
    out->dir = pz_strf(a, PZ_FMT "/" PZ_FMT "%d-%.8s", PZ_ARG(parent), PZ_ARG(prefix), (int)getpid(), id);
    if (mkdir(out->dir.ptr, 0777) != 0) return failed(target, err);
    return PZ_OK;
}

void
pz_stage_drop(pz_stage *s)
{
    pz_arena *a = pz_arena_open();
    pz_remove_tree(s->dir);
    pz_remove_tree(pz_strf(a, PZ_FMT ".raw", PZ_ARG(s->dir)));
    pz_arena_close(a);
}

/* ---- marks: a hidden file by which a crashed server's stage is known where it took its place ---- */
#define MARK ".piezo-"

bool
pz_is_stage_mark(const char *name)
{
    return !strncmp(name, MARK, sizeof MARK - 1);
}

static pz_str
mark_of(const pz_stage *s, pz_str dir, pz_arena *a)
{
    return pz_strf(a, PZ_FMT "/" MARK "%016llx", PZ_ARG(dir), (unsigned long long)pz_hash_bytes(s->dir.ptr, s->dir.len, 0));
}

/* ---- publish ---- */
typedef struct linking {
    pz_str from, to;
    bool replace;                              /* leave out directories that the stage has */
    pz_str prefix;                             /* only under it anything is left out */
    bool whole;                                /* everything under it */
    pz_arena *a;
    pz_error *err;
} linking;

static pz_status
copy_file(linking *l, pz_str from, pz_str to)
{
    char buffer[1 << 16];
    int in = open(from.ptr, O_RDONLY), out = in >= 0 ? open(to.ptr, O_WRONLY | O_CREAT | O_EXCL, 0666) : -1;
    ssize_t n = out >= 0 ? 1 : -1;
    while (n > 0 && (n = read(in, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, (size_t)n) != n) n = -1;
    if (in >= 0) close(in);
    if (out >= 0 && close(out) != 0) n = -1;
    return n == 0 ? PZ_OK : failed(l->to, l->err);
}

static bool
has_files(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    bool any = false;
    while (d && !any && (e = readdir(d))) any = !is_dot(e->d_name) && e->d_type != DT_DIR;
    if (d) closedir(d);
    return any;
}

/* Is the directory (relative) one whose old files go? */
static bool
is_replaced(const linking *l, pz_str dir)
{
    bool under = !l->prefix.len || pz_str_eq(dir, l->prefix) ||
                 (dir.len > l->prefix.len && !memcmp(dir.ptr, l->prefix.ptr, l->prefix.len) && dir.ptr[l->prefix.len] == '/');
    if (!l->replace || !under) return false;
    return l->whole || has_files(pz_strf(l->a, PZ_FMT "/" PZ_FMT, PZ_ARG(l->to), PZ_ARG(dir)).ptr);
}

static pz_status link_dir(linking *l, pz_str rel);

static pz_status
link_entry(linking *l, pz_str rel, const char *name, bool replaced)
{
    pz_str sub = rel.len ? pz_strf(l->a, PZ_FMT "/%s", PZ_ARG(rel), name) : pz_dupc(l->a, name);
    pz_str from = pz_strf(l->a, PZ_FMT "/" PZ_FMT, PZ_ARG(l->from), PZ_ARG(sub)), to = pz_strf(l->a, PZ_FMT "/" PZ_FMT, PZ_ARG(l->to), PZ_ARG(sub));
    struct stat st;
    if (lstat(from.ptr, &st) != 0) return PZ_OK;
    if (pz_is_stage_mark(name)) return PZ_OK;
    if (S_ISDIR(st.st_mode)) {
        if (replaced && l->whole) return PZ_OK;
        if (mkdir(to.ptr, 0777) != 0 && errno != EEXIST) return failed(l->to, l->err);
        return link_dir(l, sub);
    }
    if (replaced) return PZ_OK;
    if (link(from.ptr, to.ptr) == 0 || errno == EEXIST) return PZ_OK;
    return errno == EPERM || errno == EXDEV || errno == EOPNOTSUPP ? copy_file(l, from, to) : failed(l->to, l->err);
}

static pz_status
link_dir(linking *l, pz_str rel)
{
    DIR *d = opendir(rel.len ? pz_strf(l->a, PZ_FMT "/" PZ_FMT, PZ_ARG(l->from), PZ_ARG(rel)).ptr : l->from.ptr);
    bool replaced = is_replaced(l, rel);
    struct dirent *e;
    pz_status st = PZ_OK;
    if (!d) return failed(l->from, l->err);
    while (st == PZ_OK && (e = readdir(d)))
        if (!is_dot(e->d_name)) st = link_entry(l, rel, e->d_name, replaced);
    closedir(d);
    return st;
}

/* Directories that replacing has left empty show no partition. */
static void
prune(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    while (d && (e = readdir(d))) {
        char sub[4096];
        if (is_dot(e->d_name) || e->d_type != DT_DIR || snprintf(sub, sizeof sub, "%s/%s", path, e->d_name) >= (int)sizeof sub) continue;
        prune(sub);
        rmdir(sub);                            /* fails where something is inside */
    }
    if (d) closedir(d);
}

pz_status
pz_stage_fill(const pz_stage *s, pz_str from, pz_arena *a, pz_error *err)
{
    linking l = {.from = from, .to = s->dir, .a = a, .err = err};
    return link_dir(&l, PZ_STR(""));
}

void
pz_stage_prune(const pz_stage *s)
{
    prune(s->dir.ptr);
}

pz_status
pz_stage_split(const pz_stage *s, pz_str rel, pz_str target, pz_arena *a, pz_stage *out, pz_error *err)
{
    pz_str from = pz_strf(a, PZ_FMT "/" PZ_FMT, PZ_ARG(s->dir), PZ_ARG(rel));
    bool inside = target.len > s->target.len && !memcmp(target.ptr, s->target.ptr, s->target.len) && target.ptr[s->target.len] == '/';
    linking l = {.from = from, .a = a, .err = err};
    struct stat st;
    if (inside) {                              /* the first may take the place of what is around it */
        char id[PZ_UUID_SIZE];
        pz_uuid_make(id);
        *out = (pz_stage){target, pz_strf(a, PZ_FMT ".%.8s", PZ_ARG(s->dir), id)};
        if (mkdir(out->dir.ptr, 0777) != 0) return failed(target, err);
    } else {
        PZ_TRY(pz_stage_open(target, a, out, err));
    }
    if (stat(from.ptr, &st) != 0) return PZ_OK;
    l.to = out->dir;
    PZ_TRY(link_dir(&l, PZ_STR("")));
    pz_remove_tree(from);
    return PZ_OK;
}

/* ---- change places, and back ---- */
static pz_status
exchange(const pz_stage *s, pz_arena *a, pz_error *err)
{
    pz_str aside;
    if (renameat2(AT_FDCWD, s->dir.ptr, AT_FDCWD, s->target.ptr, RENAME_EXCHANGE) == 0) return PZ_OK;
    if (errno != EINVAL && errno != ENOSYS) return failed(s->target, err);
    /* a file system without exchange: three steps */
    aside = pz_strf(a, PZ_FMT ".old", PZ_ARG(s->dir));
    if (rename(s->target.ptr, aside.ptr) != 0) return failed(s->target, err);
    if (rename(s->dir.ptr, s->target.ptr) != 0) {
        (void)rename(aside.ptr, s->target.ptr);
        return failed(s->target, err);
    }
    return rename(aside.ptr, s->dir.ptr) == 0 ? PZ_OK : failed(s->target, err);
}

pz_status
pz_stage_publish(pz_stage *s, pz_publish how, pz_str prefix, bool whole, bool mark, pz_arena *a, pz_error *err)
{
    struct stat st;
    bool there = lstat(s->target.ptr, &st) == 0;
    if (there && how != PZ_PUBLISH_ALL) {
        linking l = {.from = s->target, .to = s->dir, .replace = how == PZ_PUBLISH_PARTITIONS, .prefix = prefix, .whole = whole, .a = a, .err = err};
        PZ_TRY(link_dir(&l, PZ_STR("")));
        if (l.replace) prune(s->dir.ptr);
    }
    if (mark) {
        int fd = open(mark_of(s, s->dir, a).ptr, O_WRONLY | O_CREAT, 0666);
        if (fd < 0) return failed(s->target, err);
        close(fd);
    }
    if (there) return exchange(s, a, err);
    PZ_TRY(make_parents(s->target, a, err));
    if (renameat2(AT_FDCWD, s->dir.ptr, AT_FDCWD, s->target.ptr, RENAME_NOREPLACE) == 0) return PZ_OK;
    if (errno == EEXIST) return exchange(s, a, err);
    return rename(s->dir.ptr, s->target.ptr) == 0 ? PZ_OK : failed(s->target, err);
}

bool
pz_stage_is_published(const pz_stage *s, pz_arena *a)
{
    return access(mark_of(s, s->target, a).ptr, F_OK) == 0;
}

void
pz_stage_unmark(const pz_stage *s, pz_arena *a)
{
    (void)unlink(mark_of(s, s->target, a).ptr);
}

pz_status
pz_stage_take_back(pz_stage *s, bool published, bool existed, pz_arena *a, pz_error *err)
{
    struct stat st;
    pz_str aside = pz_strf(a, PZ_FMT ".old", PZ_ARG(s->dir));
    if (lstat(aside.ptr, &st) == 0) {          /* in the midst of the steps of a file system without exchange */
        if (lstat(s->target.ptr, &st) == 0 && rename(s->target.ptr, s->dir.ptr) != 0) return failed(s->target, err);
        return rename(aside.ptr, s->target.ptr) == 0 ? PZ_OK : failed(s->target, err);
    }
    if (!published) return PZ_OK;
    if (lstat(s->dir.ptr, &st) == 0) return exchange(s, a, err);
    if (!existed) return rename(s->target.ptr, s->dir.ptr) == 0 ? PZ_OK : failed(s->target, err);
    errno = ENOENT;                            /* somebody removed the old files: the new ones are what there is */
    return failed(s->target, err);
}

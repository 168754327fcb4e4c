/*
 * engine/files_list.c - paths to files and partition columns, by Spark's rules.
 *
 * Hidden names are skipped; key=value directories below a root make partition columns; without them only the files
 * right inside a root count.  Things start at pz_files_list().
 */
#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_int.h"

#define NULL_PARTITION "__HIVE_DEFAULT_PARTITION__"

typedef struct lister {
    pz_source_in *in;
    PZ_VEC(pz_file) found;
    PZ_VEC(pz_str) bases;                      /* per found file: the root it was found under */
    PZ_VEC(bool) direct;                       /* per found file: right inside its root, or the root itself */
    pz_strs names;                             /* partition columns */
    PZ_VEC(pz_str) tops;                       /* distinct directories above the first key=value */
    bool recursive;
    pz_str name_filter, base_path;
    bool has_before, has_after;
    int64_t before, after;                     /* modified strictly so, microseconds */
} lister;

pz_str
pz_file_uri(pz_arena *a, pz_str path)
{
    return pz_strf(a, "file:" PZ_FMT, PZ_ARG(path));
}

pz_status
pz_local_path(pz_str p, pz_arena *a, pz_str *out, pz_error *err)
{
    const char *colon = memchr(p.ptr, ':', p.len), *slash = memchr(p.ptr, '/', p.len);
    char *text;
    size_t n = 0;
    if (colon && colon > p.ptr && (!slash || colon < slash)) {
        pz_str scheme = {p.ptr, (size_t)(colon - p.ptr)};
        if (!pz_str_eqc(scheme, "file"))
            return pz_raise_text(err, PZ_CLASS_UnsupportedFileSystemException, "No FileSystem for scheme \"" PZ_FMT "\"", PZ_ARG(scheme));
        p = (pz_str){colon + 1, p.len - scheme.len - 1};
    }
    if (!p.len || p.ptr[0] != '/') {
        char cwd[4096];
        if (!getcwd(cwd, sizeof cwd)) return pz_raise_internal(err, "no working directory");
        p = pz_strf(a, "%s/" PZ_FMT, cwd, PZ_ARG(p));
    }
    text = pz_alloc(a, p.len + 2);
    for (size_t i = 0; i < p.len; i++)
        if (p.ptr[i] != '/' || !n || text[n - 1] != '/') text[n++] = p.ptr[i];
    if (n > 1 && text[n - 1] == '/') n--;
    text[n] = 0;
    *out = (pz_str){text, n};
    return pz_fence_check(*out, err);
}

static pz_status
local_path(lister *l, pz_str p, pz_str *out)
{
    return pz_local_path(p, l->in->a, out, l->in->err);
}

static bool
hidden(const char *name)
{
    size_t n = strlen(name);
    return name[0] == '.' || (name[0] == '_' && !strchr(name, '=')) || (n > 10 && !strcmp(name + n - 10, "._COPYING_"));
}

/* Whole milliseconds, as file times are compared. */
static int64_t
mtime_of(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000000 * 1000;
}

static pz_status
time_bound(lister *l, const char *option, const char *shown, bool *has, int64_t *out)
{
    pz_str text = pz_option_get(l->in->options, option, NULL), zone = pz_option_get(l->in->options, "timeZone", NULL);
    const pz_zone *z = zone.ptr ? pz_zone_find(zone) : NULL;
    *has = text.ptr != NULL;
    if (!*has || pz_timestamp_parse(text, z ? z : l->in->zone, false, out)) return PZ_OK;
    return pz_raise(l->in->err, PZ_ERR_LEGACY_ERROR_TEMP_1294, PZ_NO_ORIGIN, "strategy", shown, "timeString", pz_dup(l->in->a, text).ptr, NULL);
}

static void
add_file(lister *l, pz_str path, const struct stat *st, pz_str base, bool direct)
{
    pz_arena *a = l->in->a;
    const char *name = strrchr(path.ptr, '/');
    if (l->name_filter.len && fnmatch(l->name_filter.ptr, name ? name + 1 : path.ptr, 0)) return;
    if (l->has_before && mtime_of(st) >= l->before) return;
    if (l->has_after && mtime_of(st) <= l->after) return;
    pz_vec_push(a, &l->found, ((pz_file){path, st->st_size, (int64_t)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000, NULL}));
    pz_vec_push(a, &l->bases, base);
    pz_vec_push(a, &l->direct, direct);
}

static pz_status walk(lister *l, pz_str dir, pz_str base, int depth);

static pz_status
visit(lister *l, pz_str path, bool link, pz_str base, int depth)
{
    struct stat st;
    if (stat(path.ptr, &st) != 0) return PZ_OK;
    if (link) PZ_TRY(pz_fence_check(path, l->in->err));
    if (S_ISDIR(st.st_mode)) return depth < 64 ? walk(l, path, base, depth + 1) : PZ_OK;
    if (S_ISREG(st.st_mode)) add_file(l, path, &st, base, depth == 0);
    return PZ_OK;
}

static pz_status
walk(lister *l, pz_str dir, pz_str base, int depth)
{
    struct dirent **names;
    int n = scandir(dir.ptr, &names, NULL, alphasort);
    pz_status st = PZ_OK;
    if (n < 0) return pz_raise_text(l->in->err, PZ_CLASS_JavaIOException, "The directory " PZ_FMT " cannot be read", PZ_ARG(dir));
    for (int i = 0; i < n; i++) {
        bool link = names[i]->d_type != DT_DIR && names[i]->d_type != DT_REG;
        if (st == PZ_OK && !hidden(names[i]->d_name))
            st = visit(l, pz_strf(l->in->a, PZ_FMT "/%s", PZ_ARG(dir), names[i]->d_name), link, base, depth);
        free(names[i]);
    }
    free(names);
    return st;
}

/* The files right inside the directories of known partitions; a directory may be gone. */
static pz_status
add_parts(lister *l, const pz_file_parts *parts)
{
    for (int i = 0; i < parts->list.n; i++) {
        const pz_file_part *p = &parts->list.data[i];
        struct dirent **names;
        int n = scandir(p->path.ptr, &names, NULL, alphasort);
        for (int k = 0; k < n; k++) {
            pz_str path = pz_strf(l->in->a, PZ_FMT "/%s", PZ_ARG(p->path), names[k]->d_name);
            struct stat st;
            if (!hidden(names[k]->d_name) && stat(path.ptr, &st) == 0 && S_ISREG(st.st_mode)) {
                int before = l->found.n;
                add_file(l, path, &st, p->path, true);
                if (l->found.n > before) l->found.data[before].parts = p->values.data;
            }
            free(names[k]);
        }
        if (n >= 0) free(names);
    }
    l->names = parts->columns;
    return PZ_OK;
}

static pz_status
missing(lister *l, pz_str path)
{
    return pz_raise(l->in->err, PZ_ERR_PATH_NOT_FOUND, PZ_NO_ORIGIN, "path", pz_file_uri(l->in->a, path).ptr, NULL);
}

static pz_status
add_root(lister *l, pz_str path)
{
    struct stat st;
    pz_str parent = path;
    PZ_TRY(pz_fence_check(path, l->in->err));
    if (stat(path.ptr, &st) != 0) return missing(l, path);
    if (S_ISDIR(st.st_mode)) return walk(l, path, path, 0);
    while (parent.len > 1 && parent.ptr[parent.len - 1] != '/') parent.len--;
    if (parent.len > 1) parent.len--;
    add_file(l, path, &st, pz_dup(l->in->a, parent), true);
    return PZ_OK;
}

static pz_status
add_path(lister *l, pz_str given)
{
    pz_str path;
    glob_t g;
    pz_status st = PZ_OK;
    PZ_TRY(local_path(l, given, &path));
    pz_vec_push(l->in->a, &l->in->roots, path);
    if (!strpbrk(path.ptr, "*?[{") || access(path.ptr, F_OK) == 0) return add_root(l, path);
    PZ_TRY(pz_fence_check_pattern(path, l->in->err));
    if (glob(path.ptr, GLOB_BRACE, NULL, &g) != 0) return missing(l, path);
    for (size_t i = 0; i < g.gl_pathc && st == PZ_OK; i++) st = add_root(l, pz_dupc(l->in->a, g.gl_pathv[i]));
    globfree(&g);
    return st;
}

/* ---- partitions ---- */
void
pz_path_escape(pz_buf *b, pz_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c == 0x7f || strchr("\"#%'*/:=?\\{[]^", c)) pz_buf_printf(b, "%%%02X", c);
        else pz_buf_putc(b, (char)c);
    }
}

pz_str
pz_path_unescape(pz_arena *a, pz_str s)
{
    char *p = pz_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '%' && i + 2 < s.len && isxdigit((unsigned char)s.ptr[i + 1]) && isxdigit((unsigned char)s.ptr[i + 2])) {
            char hex[3] = {s.ptr[i + 1], s.ptr[i + 2], 0};
            p[n++] = (char)strtol(hex, NULL, 16);
            i += 2;
        } else {
            p[n++] = s.ptr[i];
        }
    }
    return (pz_str){p, n};
}

/* key=value directories between base and file, outermost first; stops at the first other directory seen from the file up. */
static int
split_parts(lister *l, pz_str path, pz_str base, pz_strs *names, pz_strs *values, pz_str *top)
{
    pz_arena *a = l->in->a;
    pz_strs up = {NULL, 0, 0};
    size_t end = path.len;
    bool any = false;
    while (end > base.len && path.ptr[end - 1] != '/') end--;
    while (end > base.len + 1) {
        size_t stop = end - 1, start = stop;
        pz_str dir;
        while (start > base.len && path.ptr[start - 1] != '/') start--;
        dir = (pz_str){path.ptr + start, stop - start};
        if (memchr(dir.ptr, '=', dir.len) && dir.ptr[0] != '=') {
            pz_vec_push(a, &up, dir);
            any = true;
            *top = (pz_str){path.ptr, start ? start - 1 : 0};
        } else if (any) {
            break;
        }
        end = start;
    }
    for (int i = up.n - 1; i >= 0; i--) {
        const char *eq = memchr(up.data[i].ptr, '=', up.data[i].len);
        pz_str name = {up.data[i].ptr, (size_t)(eq - up.data[i].ptr)}, value = {eq + 1, up.data[i].len - name.len - 1};
        pz_vec_push(a, names, pz_path_unescape(a, name));
        pz_vec_push(a, values, pz_str_eqc(value, NULL_PARTITION) ? ((pz_str){NULL, 0}) : pz_path_unescape(a, value));
    }
    return up.n;
}

static pz_status
conflicting_tops(lister *l)
{
    pz_buf b;
    pz_str list;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '\n');
    for (int i = 0; i < l->tops.n; i++) pz_buf_printf(&b, "\tfile:" PZ_FMT "\n", PZ_ARG(l->tops.data[i]));
    list = pz_buf_dup(&b, l->in->a);
    pz_buf_free(&b);
    return pz_raise(l->in->err, PZ_ERR_CONFLICTING_DIRECTORY_STRUCTURES, PZ_NO_ORIGIN, "discoveredBasePaths", list.ptr, NULL);
}

static pz_status
conflicting_names(lister *l, const pz_strs *other, pz_str path)
{
    pz_buf b;
    pz_str lists;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "\n\tPartition column name list #0: ");
    for (int i = 0; i < l->names.n; i++) pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(l->names.data[i]));
    pz_buf_puts(&b, "\n\tPartition column name list #1: ");
    for (int i = 0; i < other->n; i++) pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(other->data[i]));
    lists = pz_buf_dup(&b, l->in->a);
    pz_buf_free(&b);
    return pz_raise(l->in->err, PZ_ERR_CONFLICTING_PARTITION_COLUMN_NAMES, PZ_NO_ORIGIN, "distinctPartColLists", lists.ptr,
                    "suspiciousPaths", pz_file_uri(l->in->a, path).ptr, NULL);
}

static pz_status
note_parts(lister *l, pz_file *f, pz_str base)
{
    pz_strs names = {NULL, 0, 0}, values = {NULL, 0, 0};
    pz_str top = {NULL, 0};
    bool known = false;
    if (!split_parts(l, f->path, base, &names, &values, &top)) return PZ_OK;
    f->parts = values.data;
    for (int i = 0; i < l->tops.n; i++) known |= pz_str_eq(l->tops.data[i], top);
    if (!known) pz_vec_push(l->in->a, &l->tops, pz_dup(l->in->a, top));
    if (!l->names.n) l->names = names;
    known = names.n == l->names.n;
    for (int i = 0; known && i < names.n; i++) known = pz_str_ieq(names.data[i], l->names.data[i]);
    return known ? PZ_OK : conflicting_names(l, &names, f->path);
}

static bool
is_plain_number(pz_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!strchr("0123456789+-.eE", s.ptr[i])) return false;
    return s.len > 0;
}

static const pz_type *
value_type(lister *l, pz_str s)
{
    int64_t i, micros;
    int32_t days;
    double d;
    __int128 dec;
    int precision, scale;
    if (!s.ptr) return &pz_t_void;
    if (pz_text_long(s, &i)) return i >= INT32_MIN && i <= INT32_MAX ? &pz_t_int : &pz_t_long;
    if (is_plain_number(s) && pz_decimal_parse(s, &dec, &precision, &scale) && scale == 0 && !strpbrk(pz_dup(l->in->a, s).ptr, "eE.")) return pz_type_decimal(l->in->a, 38, 0);
    if (is_plain_number(s) && pz_text_double(s, &d)) return &pz_t_double;
    if (s.len == 10 && pz_date_parse(s, &days)) return &pz_t_date;
    if (s.len > 10 && isdigit((unsigned char)s.ptr[0]) && pz_timestamp_parse(s, l->in->zone, false, &micros)) return &pz_t_timestamp;
    return &pz_t_string;
}

/* Widening among the values of one partition column. */
static const pz_type *
widen(const pz_type *x, const pz_type *y)
{
    static const pz_type_id order[] = {PZ_T_INT, PZ_T_LONG, PZ_T_DECIMAL};
    int a = -1, b = -1;
    if (x->id == y->id || y->id == PZ_T_VOID) return x;
    if (x->id == PZ_T_VOID) return y;
    for (int i = 0; i < (int)PZ_COUNTOF(order); i++) {
        if (x->id == order[i]) a = i;
        if (y->id == order[i]) b = i;
    }
    if (a >= 0 && b >= 0) return a > b ? x : y;
    if ((x->id == PZ_T_DOUBLE && b == 0) || (y->id == PZ_T_DOUBLE && a == 0)) return &pz_t_double;
    if ((x->id == PZ_T_DATE && y->id == PZ_T_TIMESTAMP) || (y->id == PZ_T_DATE && x->id == PZ_T_TIMESTAMP)) return &pz_t_timestamp;
    return &pz_t_string;
}

static void
infer_parts(lister *l, pz_listing *out)
{
    for (int p = 0; p < l->names.n; p++) {
        const pz_type *t = &pz_t_void;
        if (!pz_option_bool(l->in->options, PZ_OPTION_INFER_PARTITIONS, true)) {
            pz_vec_push(l->in->a, &out->parts, ((pz_field){l->names.data[p], &pz_t_string, true, {NULL, 0}}));
            continue;
        }
        for (int i = 0; i < out->files.n; i++) t = widen(t, value_type(l, out->files.data[i].parts[p]));
        pz_vec_push(l->in->a, &out->parts, ((pz_field){l->names.data[p], t->id == PZ_T_VOID ? &pz_t_string : t, true, {NULL, 0}}));
    }
}

static int
by_path(const void *x, const void *y)
{
    return pz_str_cmp(((const pz_file *)x)->path, ((const pz_file *)y)->path);
}

static int
by_size(const void *x, const void *y)
{
    const pz_file *a = x, *b = y;
    if (a->size != b->size) return a->size > b->size ? -1 : 1;
    return by_path(x, y);
}

const pz_file *
pz_files_to_read(const pz_source_in *in)
{
    int n = in->list.files.n;
    pz_file *out = PZ_NEWN(in->a, pz_file, n + 1);
    if (n) memcpy(out, in->list.files.data, sizeof *out * (size_t)n);
    if (n) qsort(out, (size_t)n, sizeof *out, by_size);
    return out;
}

pz_status
pz_files_list(pz_source_in *in)
{
    lister l = {.in = in};
    pz_str path = pz_option_get(in->options, "path", NULL);
    l.recursive = pz_option_bool(in->options, "recursiveFileLookup", false);
    l.name_filter = pz_dup(in->a, pz_option_get(in->options, "pathGlobFilter", NULL));
    if (!pz_option_get(in->options, "pathGlobFilter", NULL).ptr) l.name_filter.len = 0;
    if (pz_option_get(in->options, "basePath", NULL).ptr) PZ_TRY(local_path(&l, pz_option_get(in->options, "basePath", NULL), &l.base_path));
    PZ_TRY(time_bound(&l, "modifiedBefore", "modifiedbefore", &l.has_before, &l.before));
    PZ_TRY(time_bound(&l, "modifiedAfter", "modifiedafter", &l.has_after, &l.after));
    if (in->parts) {
        for (int i = 0; i < in->paths->n; i++) pz_vec_push(in->a, &in->roots, in->paths->data[i]);
        PZ_TRY(add_parts(&l, in->parts));
    }
    for (int i = 0; i < in->paths->n && !in->parts; i++) PZ_TRY(add_path(&l, in->paths->data[i]));
    if (!in->paths->n && path.ptr && !in->parts) PZ_TRY(add_path(&l, path));
    for (int i = 0; i < l.found.n && !l.recursive && !in->parts; i++) {
        pz_str base = l.base_path.len && pz_str_starts(l.found.data[i].path, l.base_path.ptr) ? l.base_path : l.bases.data[i];
        PZ_TRY(note_parts(&l, &l.found.data[i], base));
    }
    if (l.tops.n > 1) return conflicting_tops(&l);
    for (int i = 0; i < l.found.n; i++)
        if (l.recursive || (l.names.n ? l.found.data[i].parts != NULL : l.direct.data[i])) pz_vec_push(in->a, &in->list.files, l.found.data[i]);
    if (in->list.files.n) qsort(in->list.files.data, (size_t)in->list.files.n, sizeof(pz_file), by_path);
    if (l.names.n) infer_parts(&l, &in->list);
    return PZ_OK;
}

pz_str
pz_file_uri_quoted(pz_arena *a, pz_str path)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (size_t i = 0; i < path.len; i++) {
        unsigned char ch = (unsigned char)path.ptr[i];
        if (ch <= ' ' || ch == 0x7f || strchr("\"#%<>?[\\]^`{|}", ch)) pz_buf_printf(&b, "%%%02X", ch);
        else pz_buf_putc(&b, (char)ch);
    }
    out = pz_file_uri(a, pz_buf_view(&b));
    pz_buf_free(&b);
    return out;
}

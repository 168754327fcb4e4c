/*
 * session/file_table.c - see file_table.h.
 *
 * A partitioned table is read through the list of its partitions, as Spark's catalog does: a directory that nobody told the table of is
 * not part of it until MSCK REPAIR TABLE.
 */
#include "file_table.h"

#include <dirent.h>
#include <sys/stat.h>

#include "command_int.h"

static pz_status
local_place(pz_query *q, const pz_cat *e, pz_arena *a, pz_str *out, pz_error *err)
{
    return pz_local_path(pz_table_location(q, e, a), a, out, err);
}

/* ---- partitions: "k=v/k2=v2=>location" ---- */
static pz_str
path_part(pz_str stored, pz_str *location)
{
    const char *arrow = memmem(stored.ptr, stored.len, "=>", 2);
    *location = arrow ? (pz_str){arrow + 2, stored.len - (size_t)(arrow + 2 - stored.ptr)} : PZ_STR("");
    return (pz_str){stored.ptr, arrow ? (size_t)(arrow - stored.ptr) : stored.len};
}

static bool
is_under(pz_str path, pz_str prefix)
{
    if (!prefix.len || pz_str_eq(path, prefix)) return true;
    return path.len > prefix.len && !memcmp(path.ptr, prefix.ptr, prefix.len) && path.ptr[prefix.len] == '/';
}

static bool
is_listed(const pz_strs *list, pz_str path)
{
    pz_str location;
    for (int i = 0; i < list->n; i++)
        if (pz_str_eq(path_part(list->data[i], &location), path)) return true;
    return false;
}

/* ---- read ---- */
pz_status
pz_file_table_paths(pz_query *q, const pz_cat *e, pz_arena *a, pz_strs *paths, pz_options *options, pz_error *err)
{
    struct stat st;
    pz_str place, location;
    PZ_TRY(local_place(q, e, a, &place, err));
    for (int i = 0; i < e->options.n; i++) {
        pz_option o = {pz_dup(a, e->options.data[i].key), e->options.data[i].value};
        if (pz_str_ieqc(o.key, "path")) continue;
        if (o.value.ptr) o.value = pz_dup(a, o.value);
        pz_vec_push(a, options, o);
    }
    if (!e->partition_columns.n) {
        if (stat(place.ptr, &st) == 0) pz_vec_push(a, paths, place);
        return PZ_OK;
    }
    for (int i = 0; i < e->partitions.n; i++) {
        pz_str path = path_part(e->partitions.data[i], &location), dir = pz_strf(a, PZ_FMT "/" PZ_FMT, PZ_ARG(place), PZ_ARG(path)), own;
        if (location.len) {
            PZ_TRY(pz_local_path(location, a, &own, err));
            if (!pz_str_eq(own, dir))
                return pz_raise_text(err, PZ_CLASS_SparkUnsupportedOperationException,
                                     "The partition " PZ_FMT " lies outside its table, at " PZ_FMT "; such partitions cannot be read yet", PZ_ARG(path), PZ_ARG(location));
        }
        if (stat(dir.ptr, &st) == 0) pz_vec_push(a, paths, dir);
    }
    pz_vec_push(a, options, ((pz_option){PZ_STR("basePath"), place}));
    return PZ_OK;
}

/* ---- write ---- */
static void
add_partition(pz_cat *e, pz_str path)
{
    pz_arena *a = e->keep->arena;
    if (!is_listed(&e->partitions, path)) pz_vec_push(a, &e->partitions, pz_strf(a, PZ_FMT "=>", PZ_ARG(path)));
}

/* The table as it is after the rows have come: its partitions, no statistics. */
static pz_cat *
after(const pz_cat *e, const pz_strs *written, bool gone, pz_str prefix)
{
    pz_cat *n = pz_cat_copy(e);
    pz_str location;
    int kept = 0;
    for (int i = 0; i < n->partitions.n; i++)
        if (!gone || !is_under(path_part(n->partitions.data[i], &location), prefix)) n->partitions.data[kept++] = n->partitions.data[i];
    n->partitions.n = kept;
    for (int i = 0; i < written->n; i++) add_partition(n, written->data[i]);
    n->stat_rows = n->stat_bytes = -1;
    return n;
}

static pz_str
prefix_of(const pz_cat *e, const pz_options *spec, pz_arena *a)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int p = 0; p < e->partition_columns.n; p++) {
        const pz_option *found = NULL;
        for (int i = 0; spec && i < spec->n; i++)
            if (pz_str_ieq(spec->data[i].key, e->partition_columns.data[p]) && spec->data[i].value.ptr) found = &spec->data[i];
        if (!found) break;
        if (b.len) pz_buf_putc(&b, '/');
        pz_partition_dir(&b, e->partition_columns.data[p], found->value);
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

bool
pz_file_table_has(const pz_cat *e, const pz_options *spec, pz_arena *a)
{
    pz_str prefix = prefix_of(e, spec, a), location;
    for (int i = 0; i < e->partitions.n; i++)
        if (is_under(path_part(e->partitions.data[i], &location), prefix)) return true;
    return false;
}

pz_status
pz_file_table_insert(pz_query *q, pz_change *ch, const pz_cat *e, const pz_plan *rows, bool overwrite, const pz_options *spec, const pz_options *options,
                     bool dynamic, pz_error *err)
{
    pz_file_target t = {.mode = overwrite ? PZ_WRITE_OVERWRITE : PZ_WRITE_APPEND, .is_table = true};
    pz_plan named = *rows;
    pz_strs written = {0};
    int64_t n;
    pz_rel *r = pz_rel_make(q->arena, PZ_REL_PROJECT, PZ_NO_ORIGIN);
    r->input = rows->root;
    r->resolved = true;
    for (int i = 0; i < rows->root->output.n; i++) { /* files carry the table's names */
        pz_attr *at = PZ_NEW(q->arena, pz_attr);
        pz_expr *ref = pz_expr_make(q->arena, PZ_EXPR_ATTR, PZ_NO_ORIGIN), *alias;
        ref->u.attr = rows->root->output.data[i];
        ref->type = ref->u.attr->type;
        ref->nullable = ref->u.attr->nullable;
        ref->resolved = true;
        *at = *ref->u.attr;
        at->id = q->next_attr++;
        at->name = pz_dup(q->arena, e->schema.fields[i].name);
        at->metadata = e->schema.fields[i].metadata.ptr ? pz_dup(q->arena, e->schema.fields[i].metadata) : e->schema.fields[i].metadata;
        alias = pz_alias_make(q->arena, ref, at->name);
        alias->type = ref->type;
        alias->nullable = ref->nullable;
        alias->resolved = true;
        alias->u.alias.attr = at;
        pz_vec_push(q->arena, &r->exprs, alias);
        pz_vec_push(q->arena, &r->output, at);
    }
    named.root = r;
    t.format = pz_dup(q->arena, e->provider);
    t.path = pz_table_location(q, e, q->arena);
    t.prefix = overwrite ? prefix_of(e, spec, q->arena) : PZ_STR("");
    t.dynamic = dynamic;
    t.written = &written;
    for (int i = 0; i < e->partition_columns.n; i++) pz_vec_push(q->arena, &t.partition_by, pz_dup(q->arena, e->partition_columns.data[i]));
    for (int i = 0; i < e->options.n; i++) {
        pz_option o = {pz_dup(q->arena, e->options.data[i].key), e->options.data[i].value.ptr ? pz_dup(q->arena, e->options.data[i].value) : e->options.data[i].value};
        pz_vec_push(q->arena, &t.options, o);
    }
    for (int i = 0; options && i < options->n; i++) pz_vec_push(q->arena, &t.options, options->data[i]);
    PZ_TRY(pz_write_files(q, &named, &t, &n, err));
    pz_change_put(ch, after(e, &written, overwrite && !dynamic, t.prefix));
    pz_change_touch(ch, e->id);
    return PZ_OK;
}

/* ---- truncate, drop ---- */
static pz_status
empty_dir(pz_query *q, pz_str dir, pz_error *err)
{
    pz_stage s;
    struct stat st;
    pz_status done;
    if (stat(dir.ptr, &st) != 0) return PZ_OK;
    PZ_TRY(pz_stage_open(dir, q->arena, &s, err));
    done = pz_stage_publish(&s, PZ_PUBLISH_ALL, PZ_STR(""), false, q->arena, err);
    if (done != PZ_OK) pz_stage_drop(&s);
    return done;
}

pz_status
pz_file_table_truncate(pz_query *q, const pz_cat *e, const pz_options *spec, pz_error *err)
{
    pz_str place, location;
    PZ_TRY(local_place(q, e, q->arena, &place, err));
    if (!e->partition_columns.n) return empty_dir(q, place, err);
    for (int i = 0; i < e->partitions.n; i++) {
        pz_str path = path_part(e->partitions.data[i], &location);
        bool hit = true;
        for (int k = 0; spec && k < spec->n; k++) { /* every value named is a step of the path */
            pz_buf b;
            bool found = false;
            pz_buf_init(&b, 0);
            for (int p = 0; p < e->partition_columns.n; p++)
                if (pz_str_ieq(e->partition_columns.data[p], spec->data[k].key)) pz_partition_dir(&b, e->partition_columns.data[p], spec->data[k].value);
            for (pz_str rest = path; rest.len && !found;) {
                const char *slash = memchr(rest.ptr, '/', rest.len);
                pz_str step = {rest.ptr, slash ? (size_t)(slash - rest.ptr) : rest.len};
                found = pz_str_eq(step, pz_buf_view(&b));
                rest = slash ? (pz_str){slash + 1, rest.len - step.len - 1} : PZ_STR("");
            }
            pz_buf_free(&b);
            hit &= found;
        }
        if (hit) PZ_TRY(empty_dir(q, pz_strf(q->arena, PZ_FMT "/" PZ_FMT, PZ_ARG(place), PZ_ARG(path)), err));
    }
    return PZ_OK;
}

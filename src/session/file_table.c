/*
 * session/file_table.c - see file_table.h.
 *
 * The partitions of a table are those the catalog knows of it (partitions.c), else the directories under its location.
 */
#include "file_table.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "command_int.h"

static pz_status
local_place(pz_query *q, const pz_cat *e, pz_arena *a, pz_str *out, pz_error *err)
{
    return pz_local_path(pz_table_location(q, e, a), a, out, err);
}

/* ---- read ---- */
pz_status
pz_file_table_paths(pz_query *q, const pz_cat *e, pz_arena *a, pz_strs *paths, pz_options *options, pz_error *err)
{
    struct stat st;
    pz_str place;
    PZ_TRY(local_place(q, e, a, &place, err));
    for (int i = 0; i < e->options.n; i++) {
        pz_option o = {pz_dup(a, e->options.data[i].key), e->options.data[i].value};
        if (pz_str_ieqc(o.key, "path")) continue;
        if (o.value.ptr) o.value = pz_dup(a, o.value);
        pz_vec_push(a, options, o);
    }
    if (stat(place.ptr, &st) == 0) pz_vec_push(a, paths, place);       /* a table that was never written has no directory */
    return PZ_OK;
}

/* ---- write ---- */
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

static int
fixed_values(const pz_cat *e, const pz_options *spec)
{
    int n = 0;
    for (int i = 0; i < spec->n; i++)
        for (int p = 0; p < e->partition_columns.n; p++) n += spec->data[i].value.ptr && pz_str_ieq(spec->data[i].key, e->partition_columns.data[p]);
    return n;
}

/* The partitions that have a place of their own. */
static pz_status
note_places(pz_query *q, const pz_cat *e, pz_file_target *t, pz_error *err)
{
    for (int i = 0; pz_partitions_are_known(q, e) && i < e->partitions.n; i++) {
        pz_option o = {pz_dup(q->arena, e->partitions.data[i].key), e->partitions.data[i].value};
        if (!o.value.len) continue;
        PZ_TRY(pz_local_path(o.value, q->arena, &o.value, err));
        PZ_TRY(pz_fence_check_write(o.value, err));
        pz_vec_push(q->arena, &t->elsewhere, o);
    }
    return PZ_OK;
}

bool
pz_file_table_has(pz_query *q, const pz_cat *e, const pz_options *spec)
{
    pz_str place, prefix = prefix_of(e, spec, q->arena);
    struct stat st;
    pz_error quiet;
    pz_error_init(&quiet, q->arena);
    for (int i = 0; e->tracked && i < e->partitions.n; i++)
        if (pz_partition_is_under(e->partitions.data[i].key, prefix)) return true;
    if (e->tracked) return false;
    return local_place(q, e, q->arena, &place, &quiet) == PZ_OK &&
           stat(pz_strf(q->arena, PZ_FMT "/" PZ_FMT, PZ_ARG(place), PZ_ARG(prefix)).ptr, &st) == 0;
}

pz_status
pz_file_table_insert(pz_query *q, pz_change *ch, const pz_cat *e, const pz_plan *rows, bool overwrite, const pz_options *spec, const pz_options *options,
                     bool dynamic, pz_error *err)
{
    const pz_cat *now = pz_change_current(ch, e);
    pz_cat *fresh;
    pz_strs written = {0};
    pz_file_target t = {.mode = overwrite ? PZ_WRITE_OVERWRITE : PZ_WRITE_APPEND, .is_table = true};
    int64_t n;
    t.format = pz_dup(q->arena, e->provider);
    t.path = pz_table_location(q, e, q->arena);
    t.prefix = overwrite ? prefix_of(e, spec, q->arena) : PZ_STR("");
    t.dynamic = dynamic;
    t.buckets = e->buckets;
    for (int i = 0; i < e->bucket_columns.n; i++) pz_vec_push(q->arena, &t.bucket_by, pz_dup(q->arena, e->bucket_columns.data[i]));
    for (int i = 0; i < e->sort_columns.n; i++) pz_vec_push(q->arena, &t.sort_by, pz_dup(q->arena, e->sort_columns.data[i]));
    for (int i = 0; i < e->partition_columns.n; i++) pz_vec_push(q->arena, &t.partition_by, pz_dup(q->arena, e->partition_columns.data[i]));
    for (int i = 0; i < e->options.n; i++) {
        pz_option o = {pz_dup(q->arena, e->options.data[i].key), e->options.data[i].value.ptr ? pz_dup(q->arena, e->options.data[i].value) : e->options.data[i].value};
        pz_vec_push(q->arena, &t.options, o);
    }
    for (int i = 0; options && i < options->n; i++) pz_vec_push(q->arena, &t.options, options->data[i]);
    PZ_TRY(note_places(q, now, &t, err));
    t.written = &written;
    t.change = ch;
    PZ_TRY(pz_write_files(q, rows, &t, &n, err));
    if (spec && e->partition_columns.n && fixed_values(e, spec) == e->partition_columns.n && !written.n) pz_vec_push(q->arena, &written, prefix_of(e, spec, q->arena));
    fresh = e->tracked ? pz_partitions_written(now, &written, overwrite && !dynamic ? &t.prefix : NULL) : NULL;
    if (!fresh && (now->stat_rows >= 0 || now->stat_bytes >= 0)) fresh = pz_cat_copy(now);
    if (fresh) {
        fresh->stat_rows = fresh->stat_bytes = -1;     /* no longer true */
        pz_change_put(ch, fresh);
    }
    pz_change_touch(ch, e->id);
    return PZ_OK;
}

/* ---- truncate, drop ---- */
static pz_status
empty_dir(pz_query *q, pz_change *ch, pz_str dir, pz_error *err)
{
    pz_publication p = {.how = PZ_PUBLISH_ALL};
    struct stat st;
    if (stat(dir.ptr, &st) != 0) return PZ_OK;
    PZ_TRY(pz_stage_open(dir, q->arena, &p.stage, err));
    pz_change_publish(ch, &p);
    return PZ_OK;
}

/* Nothing takes its place, and then it goes. */
pz_status
pz_change_remove_dir(pz_change *ch, pz_str dir, pz_arena *a, pz_error *err)
{
    pz_publication p = {.how = PZ_PUBLISH_ALL, .empty = true};
    struct stat st;
    if (stat(dir.ptr, &st) != 0) return PZ_OK;
    PZ_TRY(pz_stage_open(dir, a, &p.stage, err));
    pz_change_publish(ch, &p);
    return PZ_OK;
}

/* Is the directory of the level the one that the values ask for?  Without a value any is. */
static bool
is_asked(const pz_cat *e, const pz_options *spec, int level, const char *name)
{
    bool same = true;
    pz_buf b;
    pz_buf_init(&b, 0);
    for (int i = 0; spec && i < spec->n; i++) {
        if (!pz_str_ieq(spec->data[i].key, e->partition_columns.data[level])) continue;
        pz_buf_clear(&b);
        pz_partition_dir(&b, e->partition_columns.data[level], spec->data[i].value);
        same = pz_str_eqc(pz_buf_view(&b), name);
    }
    pz_buf_free(&b);
    return same;
}

static pz_status
empty_partitions(pz_query *q, pz_change *ch, const pz_cat *e, const pz_options *spec, pz_str dir, int level, pz_error *err)
{
    struct dirent **names;
    int n;
    pz_status st = PZ_OK;
    if (level == e->partition_columns.n) return empty_dir(q, ch, dir, err);
    n = scandir(dir.ptr, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (st == PZ_OK && strchr(names[i]->d_name, '=') && is_asked(e, spec, level, names[i]->d_name))
            st = empty_partitions(q, ch, e, spec, pz_strf(q->arena, PZ_FMT "/%s", PZ_ARG(dir), names[i]->d_name), level + 1, err);
        free(names[i]);
    }
    if (n >= 0) free(names);
    return st;
}

static bool
has_values(pz_str partition, const pz_options *spec, pz_arena *a)
{
    pz_options values;
    bool all = pz_partition_read(a, partition, &values);
    for (int i = 0; all && spec && i < spec->n; i++) {
        pz_str want = spec->data[i].value;
        bool null = pz_str_eqc(want, "__HIVE_DEFAULT_PARTITION__");
        for (int k = 0; k < values.n; k++) {
            pz_str have = values.data[k].value;
            if (pz_str_ieq(values.data[k].key, spec->data[i].key)) all &= have.ptr ? !null && pz_str_eq(have, want) : null;
        }
    }
    return all;
}

pz_status
pz_file_table_truncate(pz_query *q, pz_change *ch, const pz_cat *e, const pz_options *spec, pz_error *err)
{
    pz_str place;
    for (int i = 0; e->tracked && i < e->partitions.n; i++) {
        const pz_option *o = &e->partitions.data[i];
        if (!has_values(o->key, spec, q->arena)) continue;
        PZ_TRY(pz_local_path(pz_partition_place_of(q, e, o->key, o->value, q->arena), q->arena, &place, err));
        PZ_TRY(pz_fence_check_write(place, err));
        PZ_TRY(empty_dir(q, ch, place, err));
    }
    if (e->tracked) return PZ_OK;
    PZ_TRY(local_place(q, e, q->arena, &place, err));
    return empty_partitions(q, ch, e, spec, place, 0, err);
}

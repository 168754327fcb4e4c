/*
 * session/partitions.c - what the catalog knows of the partitions of a table of files.
 *
 * A partition is known by the text of its values (k=v/k2=v2, escaped as its directory would be) and has a place: its own, or the
 * directory of that name under the table's.  A table made while spark.sql.hive.manageFilesourcePartitions was off, or read while it is,
 * has the partitions that its directories tell.  Reading starts at pz_known_parts(), what a write found at pz_partitions_written().
 */
#include "command_int.h"
#include "file_table.h"
#include "table.h"

#define NULL_PARTITION "__HIVE_DEFAULT_PARTITION__"

/* ---- text of a partition ---- */
pz_str
pz_partition_path(pz_arena *a, const pz_options *values)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < values->n; i++) {
        if (i) pz_buf_putc(&b, '/');
        pz_path_escape(&b, values->data[i].key);
        pz_buf_putc(&b, '=');
        pz_path_escape(&b, values->data[i].value.ptr ? values->data[i].value : PZ_STR(NULL_PARTITION));
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

bool
pz_partition_read(pz_arena *a, pz_str text, pz_options *out)
{
    *out = (pz_options){0};
    while (text.len) {
        const char *slash = memchr(text.ptr, '/', text.len), *eq = memchr(text.ptr, '=', text.len);
        size_t len = slash ? (size_t)(slash - text.ptr) : text.len;
        pz_option o;
        if (!eq || eq >= text.ptr + len) return false;
        o.key = pz_path_unescape(a, (pz_str){text.ptr, (size_t)(eq - text.ptr)});
        o.value = pz_path_unescape(a, (pz_str){eq + 1, (size_t)(text.ptr + len - eq - 1)});
        if (pz_str_eqc(o.value, NULL_PARTITION)) o.value = (pz_str){NULL, 0};
        pz_vec_push(a, out, o);
        text = slash ? (pz_str){slash + 1, text.len - len - 1} : PZ_STR("");
    }
    return out->n > 0;
}

/* ---- reading ---- */
bool
pz_partitions_are_managed(pz_query *q)
{
    return pz_confs_bool(q->confs, "spark.sql.hive.manageFilesourcePartitions");
}

bool
pz_partitions_are_known(pz_query *q, const pz_cat *e)
{
    return !e->native && e->tracked && pz_partitions_are_managed(q);
}

pz_str
pz_partition_place_of(pz_query *q, const pz_cat *e, pz_str path, pz_str location, pz_arena *a)
{
    if (location.len) return pz_dup(a, location);
    return pz_strf(a, PZ_FMT "/" PZ_FMT, PZ_ARG(pz_table_location(q, e, a)), PZ_ARG(path));
}

pz_status
pz_known_parts(pz_query *q, const pz_cat *e, pz_arena *a, const pz_file_parts **out, pz_error *err)
{
    pz_file_parts *all;
    *out = NULL;
    if (!pz_partitions_are_known(q, e)) return PZ_OK;
    all = PZ_NEW(a, pz_file_parts);
    for (int i = 0; i < e->partition_columns.n; i++) pz_vec_push(a, &all->columns, pz_dup(a, e->partition_columns.data[i]));
    for (int i = 0; i < e->partitions.n; i++) {
        const pz_option *known = &e->partitions.data[i];
        pz_file_part one = {0};
        pz_options values;
        if (!pz_partition_read(a, known->key, &values) || values.n != all->columns.n) continue;
        for (int k = 0; k < values.n; k++) pz_vec_push(a, &one.values, values.data[k].value);
        PZ_TRY(pz_local_path(pz_partition_place_of(q, e, known->key, known->value, a), a, &one.path, err));
        pz_vec_push(a, &all->list, one);
    }
    *out = all;
    return PZ_OK;
}

/* ---- writing ---- */
bool
pz_partition_is_under(pz_str path, pz_str prefix)
{
    return !prefix.len || pz_str_eq(path, prefix) || (path.len > prefix.len && !memcmp(path.ptr, prefix.ptr, prefix.len) && path.ptr[prefix.len] == '/');
}

/* What is known after a write: the old ones, but for those under `prefix` that were replaced by nothing, and the new ones.  NULL: as before. */
pz_cat *
pz_partitions_written(const pz_cat *e, const pz_strs *written, const pz_str *replaced)
{
    pz_cat *fresh;
    pz_options kept = {0};
    pz_arena *a = pz_arena_open();
    bool changed = false;
    pz_table now = {0}, before = {0};
    for (int i = 0; i < written->n; i++) pz_table_put(&now, written->data[i], a);
    for (int i = 0; i < e->partitions.n; i++) {
        const pz_option *o = &e->partitions.data[i];
        pz_table_put(&before, o->key, a);
        if (replaced && pz_partition_is_under(o->key, *replaced) && !pz_table_get(&now, o->key)) changed = true;
        else pz_vec_push(a, &kept, *o);
    }
    for (int i = 0; i < written->n; i++) {
        pz_option o = {written->data[i], PZ_STR("")};
        if (pz_table_get(&before, o.key)) continue;
        pz_vec_push(a, &kept, o);
        changed = true;
    }
    pz_table_free(&now);
    pz_table_free(&before);
    fresh = changed ? pz_cat_copy(e) : NULL;
    if (fresh) {
        fresh->partitions = (pz_options){0};
        for (int i = 0; i < kept.n; i++) {
            pz_option o = {pz_dup(fresh->keep->arena, kept.data[i].key), pz_dup(fresh->keep->arena, kept.data[i].value)};
            pz_vec_push(fresh->keep->arena, &fresh->partitions, o);
        }
    }
    pz_arena_close(a);
    return fresh;
}

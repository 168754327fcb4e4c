/*
 * engine/write_parquet.c - Parquet files: a COPY of the engine with Spark's column names, and Spark's names for what it made.
 *
 * The engine partitions by text columns p0, p1, ... and, where files are numbered, by z; its directories p0=<URL-escaped value> are
 * renamed afterwards.  The footer carries Spark's own schema, which knows what Parquet cannot say.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "write.h"

/* ---- values: struct fields get their names back ---- */
static bool
is_plain(const pz_type *t)
{
    if (t->id == PZ_T_UDT && t->element) return is_plain(t->element);
    if (t->id == PZ_T_VOID) return false;
    if (t->id == PZ_T_ARRAY) return is_plain(t->element);
    if (t->id == PZ_T_MAP) return is_plain(t->key) && is_plain(t->element);
    return t->id != PZ_T_STRUCT;
}

static void emit(pz_buf *b, const pz_type *t, pz_str ref, int depth, pz_arena *a);

static void
emit_list(pz_buf *b, const pz_type *element, pz_str ref, int depth, pz_arena *a)
{
    if (is_plain(element)) {
        pz_buf_str(b, ref);
        return;
    }
    pz_buf_printf(b, "list_transform(" PZ_FMT ", lambda e%d: ", PZ_ARG(ref), depth);
    emit(b, element, pz_strf(a, "e%d", depth), depth + 1, a);
    pz_buf_putc(b, ')');
}

static void
emit(pz_buf *b, const pz_type *t, pz_str ref, int depth, pz_arena *a)
{
    if (t->id == PZ_T_UDT && t->element) t = t->element;
    if (is_plain(t)) {
        pz_buf_str(b, ref);
    } else if (t->id == PZ_T_VOID) {
        pz_buf_puts(b, "CAST(NULL AS BOOLEAN)"); /* how Spark stores what is always null */
    } else if (t->id == PZ_T_ARRAY) {
        emit_list(b, t->element, ref, depth, a);
    } else if (t->id == PZ_T_MAP) {
        pz_buf_printf(b, "CASE WHEN " PZ_FMT " IS NOT NULL THEN map(", PZ_ARG(ref));
        emit_list(b, t->key, pz_strf(a, "map_keys(" PZ_FMT ")", PZ_ARG(ref)), depth, a);
        pz_buf_puts(b, ", ");
        emit_list(b, t->element, pz_strf(a, "map_values(" PZ_FMT ")", PZ_ARG(ref)), depth, a);
        pz_buf_puts(b, ") END");
    } else {
        pz_buf_printf(b, "CASE WHEN " PZ_FMT " IS NOT NULL THEN struct_pack(", PZ_ARG(ref));
        for (int i = 0; i < t->nfields; i++) {
            pz_buf_puts(b, i ? ", " : "");
            pz_buf_quoted(b, t->fields[i].name, '"');
            pz_buf_puts(b, " := ");
            emit(b, t->fields[i].type, pz_strf(a, "struct_extract(" PZ_FMT ", 'f%d')", PZ_ARG(ref), i), depth, a);
        }
        pz_buf_puts(b, ") END");
    }
}

void
pz_parquet_copy_text(const pz_file_write *w, pz_str select, pz_arena *a, pz_buf *out)
{
    pz_schema seen = pz_schema_as_nullable(a, w->data);                /* what is written may be null everywhere, as Spark declares it */
    int n = w->data->n, parts = w->partitions.n, k = 0;
    bool numbered = pz_file_is_numbered(w), split = parts || numbered;
    pz_buf_puts(out, "COPY (SELECT ");
    for (bool first = true; k < n; k++) {
        bool absent = w->data->fields[k].type->id == PZ_T_VOID && (k < n - 1 || !first);
        if (absent) continue;                  /* Parquet has no type for it that the engine writes: readers find it in Spark's schema */
        if (!first) pz_buf_puts(out, ", ");
        first = false;
        emit(out, w->data->fields[k].type, pz_strf(a, "k%d", k), 0, a);
        pz_buf_puts(out, " AS ");
        pz_buf_quoted(out, w->data->fields[k].name, '"');
    }
    for (int p = 0; p < parts; p++, k++) pz_buf_printf(out, ", k%d AS \"\tp%d\"", k, p);
    pz_file_number_text(w, n, out);
    if (numbered) pz_buf_puts(out, " AS \"\tz\"");
    k += w->bucketed;
    pz_buf_printf(out, " FROM (" PZ_FMT ") AS t(", PZ_ARG(select));
    for (int i = 0; i < k; i++) pz_buf_printf(out, "%sk%d", i ? ", " : "", i);
    pz_buf_puts(out, ")) TO ");
    if (split) pz_buf_quoted(out, w->dir, '\'');
    else pz_buf_quoted(out, pz_strf(a, PZ_FMT "/part-00000-%s-c000%s.parquet", PZ_ARG(w->dir), w->uuid, w->suffix), '\'');
    pz_buf_printf(out, " (FORMAT parquet, CODEC '%s', KV_METADATA {'org.apache.spark.version': '4.3.0', 'org.apache.spark.sql.parquet.row.metadata': ", w->how);
    pz_buf_quoted(out, pz_schema_json(&seen, a), '\'');
    pz_buf_putc(out, '}');
    if (split) {
        pz_buf_puts(out, ", PARTITION_BY (");
        for (int p = 0; p < parts; p++) pz_buf_printf(out, "%s\"\tp%d\"", p ? ", " : "", p);
        if (numbered) pz_buf_printf(out, "%s\"\tz\"", parts ? ", " : "");
        pz_buf_printf(out, "), FILENAME_PATTERN 'part-{i}-%s', OVERWRITE_OR_IGNORE true", w->uuid);
    }
    pz_buf_putc(out, ')');
}

/* ---- names ---- */
static pz_status
failed(const pz_file_write *w, pz_str path, pz_error *err)
{
    pz_log(PZ_LOG_WARN, "event=write_failed path=\"" PZ_FMT "\" reason=\"%s\"", PZ_ARG(path), strerror(errno));
    return pz_raise(err, PZ_ERR_TASK_WRITE_FAILED, PZ_NO_ORIGIN, "path", pz_strf(err->arena, "file:" PZ_FMT, PZ_ARG(w->dir)).ptr, NULL);
}

typedef struct arrange {
    const pz_file_write *w;
    pz_arena *a;
    pz_error *err;
} arrange;

/* Two values may share a directory (null and the empty text), and files of one number a name: count on. */
static pz_status
move_file(arrange *r, pz_str from, pz_str dir, int64_t number, int i)
{
    pz_str to;
    bool tasks = r->w->max_records <= 0;
    for (int c = i;; c++) {
        int64_t task = tasks && !r->w->bucketed ? number : 0, file = tasks || r->w->bucketed ? c : number + c;
        to = pz_strf(r->a, PZ_FMT "/part-%05lld-%s" PZ_FMT "c%03lld%s.parquet", PZ_ARG(dir), (long long)task, r->w->uuid,
                     PZ_ARG(pz_file_bucket_text(r->w, number, r->a)), (long long)file, r->w->suffix);
        if (access(to.ptr, F_OK) != 0) break;
    }
    return rename(from.ptr, to.ptr) == 0 ? PZ_OK : failed(r->w, to, r->err);
}

static pz_status arrange_dir(arrange *r, pz_str from, pz_str to, int level, int64_t number);

static pz_status
arrange_entry(arrange *r, pz_str from, pz_str to, const char *name, int level, int64_t number)
{
    pz_str path = pz_strf(r->a, PZ_FMT "/%s", PZ_ARG(from), name);
    const char *value = strchr(name, '=');
    pz_buf b;
    pz_str dir;
    if (level == r->w->partitions.n + (pz_file_is_numbered(r->w) ? 1 : 0)) return move_file(r, path, to, number, 0);
    value = value ? value + 1 : name;
    if (level == r->w->partitions.n) return arrange_dir(r, path, to, level + 1, strtoll(value, NULL, 10));
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, PZ_FMT "/", PZ_ARG(to));
    pz_partition_dir(&b, r->w->partitions.data[level], !strcmp(value, "__HIVE_DEFAULT_PARTITION__") ? PZ_STR("") : pz_path_unescape(r->a, pz_str_c(value)));
    dir = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    if (mkdir(dir.ptr, 0777) != 0 && errno != EEXIST) return failed(r->w, dir, r->err);
    return arrange_dir(r, path, dir, level + 1, number);
}

/* Everything below `from`, which the engine made, to below `to`; `from` goes away. */
static pz_status
arrange_dir(arrange *r, pz_str from, pz_str to, int level, int64_t number)
{
    struct dirent **names;
    int n = scandir(from.ptr, &names, NULL, alphasort);
    pz_status st = PZ_OK;
    if (n < 0) return failed(r->w, from, r->err);
    for (int i = 0; i < n; i++) {
        if (st == PZ_OK && strcmp(names[i]->d_name, ".") && strcmp(names[i]->d_name, "..")) st = arrange_entry(r, from, to, names[i]->d_name, level, number);
        free(names[i]);
    }
    free(names);
    if (st == PZ_OK && rmdir(from.ptr) != 0) st = failed(r->w, from, r->err);
    return st;
}

pz_status
pz_parquet_arrange(const pz_file_write *w, pz_arena *a, pz_error *err)
{
    arrange r = {w, a, err};
    pz_str raw = pz_strf(a, PZ_FMT ".raw", PZ_ARG(w->dir));
    if (!w->partitions.n && !pz_file_is_numbered(w)) return PZ_OK;
    if (rename(w->dir.ptr, raw.ptr) != 0) return errno == ENOENT && mkdir(w->dir.ptr, 0777) == 0 ? PZ_OK : failed(w, raw, err);
    if (mkdir(w->dir.ptr, 0777) != 0) return failed(w, w->dir, err);
    return arrange_dir(&r, raw, w->dir, 0, 0);
}

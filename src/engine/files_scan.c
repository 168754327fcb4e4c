/*
 * engine/files_scan.c - the table function pz_scan_files(spec): CSV, JSON, text and binary files as tables.
 *
 * A file is cut into parts of whole lines (or taken whole), and threads take parts one by one.  Decoded rows are Spark values
 * in the thread's arena until they are written into the engine's vectors.  Columns: k0, k1, ..., data first, then partitions.
 */
#include <stdio.h>
#include <stdlib.h>

#include "files_int.h"
#include "functions/bind.h"

enum { PART_BYTES = 8 << 20, STEP = 2048 };

const pz_record_format *
pz_record_format_find(pz_str name)
{
    static const struct { const char *name; const pz_record_format *format; } all[] = {
        {"csv", &pz_csv_format}, {"json", &pz_json_format}, {"text", &pz_text_format}, {"binaryfile", &pz_binary_format},
        {"xml", &pz_xml_format}, {"avro", &pz_avro_format},
    };
    for (size_t i = 0; i < PZ_COUNTOF(all); i++)
        if (pz_str_eqc(name, all[i].name)) return all[i].format;
    return NULL;
}

int
pz_corrupt_column(const pz_text_spec *spec)
{
    pz_str name = pz_option_get(&spec->options, "columnNameOfCorruptRecord", "_corrupt_record");
    for (int i = 0; i < spec->data.n; i++)
        if (pz_str_eq(spec->data.fields[i].name, name) && pz_type_is_string(spec->data.fields[i].type)) return i;
    return -1;
}

int
pz_one_variant(const pz_options *o, const pz_schema *data)
{
    pz_str name = pz_option_get(o, "singleVariantColumn", NULL);
    for (int i = 0; name.ptr && i < data->n; i++)
        if (data->fields[i].type->id == PZ_T_VARIANT && pz_str_eq(data->fields[i].name, name)) return i;
    return -1;
}

pz_status
pz_corrupt_check(const pz_schema *s, pz_str name, pz_error *err)
{
    for (int i = 0; i < s->n; i++)
        if (pz_str_eq(s->fields[i].name, name) && !pz_type_is_string(s->fields[i].type))
            return pz_raise(err, PZ_ERR_INVALID_CORRUPT_RECORD_TYPE, PZ_NO_ORIGIN, "columnName", pz_strf(err->arena, "`" PZ_FMT "`", PZ_ARG(name)).ptr, "actualType",
                            pz_strf(err->arena, "\"" PZ_FMT "\"", PZ_ARG(pz_type_sql(s->fields[i].type, err->arena))).ptr, NULL);
    return PZ_OK;
}

/* ---- bound: the parsed spec and the list of parts ---- */
typedef struct part { int file; int64_t from, to; } part;      /* to < 0: the whole file */

typedef struct source {
    pz_arena *arena;
    pz_text_spec spec;
    const pz_record_format *format;
    void *state;
    bool whole;
    PZ_VEC(part) parts;
    pz_str charset, separator;
    int corrupt;                               /* the data column of malformed records; -1: none */
    const pz_type *metadata;                   /* of column _metadata; NULL: there is none */
    int threads;
} source;

static const pz_type *
column_type(const source *s, int i)
{
    if (i < s->spec.data.n) return s->spec.data.fields[i].type;
    i -= s->spec.data.n;
    if (i < s->spec.parts.n) return s->spec.parts.fields[i].type;
    return i == s->spec.parts.n && s->spec.metadata ? s->metadata : &pz_t_boolean;
}

/* Behind data, partitions and metadata: m<i> for each data column i that is told of. */
static int
told_column(const source *s, int col)
{
    col -= s->spec.data.n + s->spec.parts.n + s->spec.metadata;
    for (int i = 0; col >= 0 && i < s->spec.data.n; i++)
        if (s->spec.told[i] && !col--) return i;
    return -1;
}

static int
column_count(const source *s)
{
    return s->spec.data.n + s->spec.parts.n + s->spec.metadata + s->spec.ntold;
}

static void
source_free(void *p)
{
    pz_arena_close(((source *)p)->arena);
}

static bool
has_own_charset(pz_str c)
{
    return c.len && !pz_str_ieqc(c, "UTF-8") && !pz_str_ieqc(c, "UTF8");
}

static void
cut_parts(source *s)
{
    s->whole = s->format->whole_files(&s->spec);
    bool named = s->format == &pz_csv_format && pz_one_variant(&s->spec.options, &s->spec.data) >= 0;     /* by the first line */
    for (int i = 0; i < s->spec.files.n; i++) {
        const pz_file *f = &s->spec.files.data[i];
        if (!s->format->reads_itself && (named || s->whole || s->separator.len || has_own_charset(s->charset) || pz_file_is_packed(f->path))) {
            pz_vec_push(s->arena, &s->parts, ((part){i, 0, -1}));
            continue;
        }
        for (int64_t at = 0; at < f->size; at += PART_BYTES)
            pz_vec_push(s->arena, &s->parts, ((part){i, at, at + PART_BYTES < f->size ? at + PART_BYTES : f->size}));
    }
}

static const char *
packed(const pz_error *err, pz_arena *a)
{
    pz_buf b;
    pz_str text;
    pz_buf_init(&b, 0);
    pz_err_pack(&b, err);
    text = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return text.ptr;
}

static void
bind(duckdb_bind_info info)
{
    pz_engine *e = duckdb_bind_get_extra_info(info);
    duckdb_value v = duckdb_bind_get_parameter(info, 0);
    char *text = duckdb_get_varchar(v);
    pz_arena *a = pz_arena_open();
    source *s = PZ_NEW(a, source);
    pz_error err;
    pz_error_init(&err, a);
    s->arena = a;
    s->threads = e->threads;
    if (pz_text_spec_parse(pz_str_c(text), a, &s->spec, &err) != PZ_OK || !(s->format = pz_record_format_find(s->spec.format)) ||
        (s->format->keeps_corrupt && pz_corrupt_check(&s->spec.data, pz_option_get(&s->spec.options, "columnNameOfCorruptRecord", "_corrupt_record"), &err) != PZ_OK)) {
        duckdb_bind_set_error(info, packed(&err, a));
        pz_arena_close(a);
    } else {
        s->charset = pz_option_get(&s->spec.options, "encoding", NULL);
        if (!s->charset.ptr) s->charset = pz_option_get(&s->spec.options, "charset", "");
        s->separator = pz_option_get(&s->spec.options, "lineSep", "");
        s->state = s->format->open(&s->spec, a);
        s->corrupt = s->format->keeps_corrupt ? pz_corrupt_column(&s->spec) : -1;
        cut_parts(s);
        if (s->spec.metadata) s->metadata = pz_scan_metadata(a, &(pz_scan){.format = s->spec.format})->schema.fields[0].type;
        duckdb_logical_type none = duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);        /* what the engine takes when it only counts */
        duckdb_bind_add_result_column(info, " none", none);
        duckdb_destroy_logical_type(&none);
        for (int i = 0; i < column_count(s); i++) {
            char name[16];
            int told = told_column(s, i);
            duckdb_logical_type t = pz_engine_type(column_type(s, i));
            snprintf(name, sizeof name, told < 0 ? "k%d" : "m%d", told < 0 ? i : told);
            duckdb_bind_add_result_column(info, name, t);
            duckdb_destroy_logical_type(&t);
        }
        duckdb_bind_set_bind_data(info, s, source_free);
    }
    duckdb_free(text);
    duckdb_destroy_value(&v);
}

/* ---- running: one scan, and one cursor per thread ---- */
typedef struct scan {
    atomic_int next;
    bool *wanted;                              /* per data column */
    int nwanted;
    int ncols;
    int *cols;                                 /* output vector -> column; -1: none */
} scan;

typedef struct cursor {
    pz_record_sink sink;                       /* first: emit() gets it */
    pz_arena *arena;                           /* rows; emptied when all are handed out */
    source *src;
    PZ_VEC(pz_value *) rows;
    int given;                                 /* rows handed out */
    pz_file_text text;
    pz_str rest;
    bool open;                                 /* a part is being read */
    pz_value *part_values;
    pz_arena *part_arena;
} cursor;

static void
scan_free(void *p)
{
    scan *s = p;
    free(s->wanted);
    free(s->cols);
    free(s);
}

static void
init(duckdb_init_info info)
{
    source *src = duckdb_init_get_bind_data(info);
    scan *s = calloc(1, sizeof *s);
    int n = (int)duckdb_init_get_column_count(info), all = column_count(src);
    pz_assert(s);
    s->ncols = n;
    s->cols = calloc((size_t)n + 1, sizeof *s->cols);
    s->wanted = calloc((size_t)src->spec.data.n + 1, sizeof *s->wanted);
    pz_assert(s->cols && s->wanted);
    for (int i = 0; i < n; i++) {
        idx_t c = duckdb_init_get_column_index(info, (idx_t)i);
        s->cols[i] = c >= 1 && c <= (idx_t)all ? (int)c - 1 : -1;
        if (c >= 1 && c <= (idx_t)src->spec.data.n) s->wanted[c - 1] = true;
        else if (c <= (idx_t)all && told_column(src, (int)c - 1) >= 0) s->wanted[told_column(src, (int)c - 1)] = true;
    }
    for (int i = 0; i < src->spec.data.n; i++) s->nwanted += s->wanted[i];
    if (s->nwanted == 1 && src->corrupt >= 0 && s->wanted[src->corrupt]) {     /* what is malformed shows in the other columns */
        pz_arena *a = pz_arena_open();
        pz_error err;
        pz_error_init(&err, a);
        pz_raise(&err, PZ_ERR_UNSUPPORTED_FEATURE_QUERY_ONLY_CORRUPT_RECORD_COLUMN, PZ_NO_ORIGIN, NULL);
        duckdb_init_set_error(info, packed(&err, a));
        pz_arena_close(a);
    }
    duckdb_init_set_max_threads(info, (idx_t)(src->parts.n < src->threads ? (src->parts.n ? src->parts.n : 1) : src->threads));
    duckdb_init_set_init_data(info, s, scan_free);
}

static void
emit(pz_record_sink *sink)
{
    cursor *c = (cursor *)sink;
    pz_vec_push(c->arena, &c->rows, sink->row);
    sink->row = PZ_NEWN(c->arena, pz_value, c->src->spec.data.n + 1);
}

static void
cursor_free(void *p)
{
    cursor *c = p;
    if (c->sink.own) c->src->format->end(&c->sink);
    pz_arena_close(c->arena);
    pz_arena_close(c->part_arena);
    free(c->text.ptr);
    free(c);
}

static void
init_local(duckdb_init_info info)
{
    cursor *c = calloc(1, sizeof *c);
    pz_assert(c);
    c->src = duckdb_init_get_bind_data(info);
    c->arena = pz_arena_open();
    c->part_arena = pz_arena_open();
    c->sink.emit = emit;
    duckdb_init_set_init_data(info, c, cursor_free);
}

static void
make_metadata(cursor *c, const pz_file *f, pz_value *out)
{
    const char *slash = memrchr(f->path.ptr, '/', f->path.len);
    pz_value *v = PZ_NEWN(c->part_arena, pz_value, 6);
    v[0].s = pz_file_uri_quoted(c->part_arena, f->path);
    v[1].s = slash ? (pz_str){slash + 1, f->path.len - (size_t)(slash + 1 - f->path.ptr)} : f->path;
    v[2].i = v[4].i = f->size;
    v[5].i = f->mtime / 1000 * 1000;           /* whole milliseconds */
    *out = (pz_value){.list = {v, 6}};
}

/* Partition values are the same for all rows of a file. */
static void
make_part_values(cursor *c, const pz_file *f)
{
    const pz_schema *p = &c->src->spec.parts;
    pz_text_rules rules = {.zone = c->src->spec.zone, .plain_decimals = true};
    pz_arena_reset(c->part_arena);
    c->part_values = PZ_NEWN(c->part_arena, pz_value, p->n + 1);
    make_metadata(c, f, &c->part_values[p->n]);
    for (int i = 0; i < p->n; i++) {
        c->part_values[i].null = !f->parts[i].ptr || !pz_text_value(&rules, p->fields[i].type, f->parts[i], c->part_arena, &c->part_values[i]);
    }
}

static pz_status
read_part(cursor *c, const part *p, const pz_file *f, pz_error *err)
{
    free(c->text.ptr);
    c->text = (pz_file_text){NULL, 0};
    if (c->src->format == &pz_binary_format || c->src->format->reads_itself) c->text = (pz_file_text){calloc(1, 1), 1};
    else if (p->to < 0) return pz_file_read(f->path, c->src->charset, &c->text, err);
    else return pz_file_read_lines(f->path, p->from, p->to, &c->text, err);
    return PZ_OK;
}

static pz_status
next_part(cursor *c, scan *s, pz_error *err)
{
    const part *p;
    const pz_file *f;
    pz_error failed;
    c->open = false;
    if (c->sink.own) c->src->format->end(&c->sink);
    for (;;) {
        int k = atomic_fetch_add(&s->next, 1);
        if (k >= c->src->parts.n) return PZ_OK;
        p = &c->src->parts.data[k];
        f = &c->src->spec.files.data[p->file];
        pz_error_init(&failed, err->arena);
        if (read_part(c, p, f, &failed) == PZ_OK) break;
        c->text = (pz_file_text){NULL, 0};
        if (pz_file_may_skip(&c->src->spec.options, &failed)) continue;
        pz_error_copy(err, &failed);
        return PZ_FAIL;
    }
    c->rest = (pz_str){c->text.ptr, c->text.len};
    if (!p->from && c->rest.len >= 3 && !memcmp(c->rest.ptr, "\xEF\xBB\xBF", 3)) {
        c->rest.ptr += 3;
        c->rest.len -= 3;
    }
    c->sink.file = f;
    c->sink.document = c->src->whole ? c->rest : (pz_str){0};
    c->sink.at_start = p->from == 0;
    c->sink.from = p->from;
    c->sink.to = p->to;
    c->open = true;
    make_part_values(c, f);
    return PZ_OK;
}

static void
next_record(cursor *c)
{
    const pz_record_format *f = c->src->format;
    pz_str line;
    if (c->src->whole) {
        if (!f->record(c->src->state, &c->rest, &c->sink)) c->open = false;
    } else if (!pz_next_line(&c->rest, c->src->separator, &line)) {
        c->open = false;
    } else if (!f->skip || !f->skip(c->src->state, line)) {
        f->line(c->src->state, line, &c->sink);
        c->sink.at_start = false;
    }
}

static pz_status
fill(cursor *c, scan *s, pz_error *err)
{
    pz_arena_reset(c->arena);
    memset(&c->rows, 0, sizeof c->rows);
    c->given = 0;
    c->sink.a = c->arena;
    c->sink.wanted = s->wanted;
    c->sink.nwanted = s->nwanted;
    c->sink.row = PZ_NEWN(c->arena, pz_value, c->src->spec.data.n + 1);
    while (c->rows.n < STEP) {
        if (!c->open) {
            if (c->rows.n) break;              /* rows of one chunk share their partition values */
            PZ_TRY(next_part(c, s, err));
            if (!c->open) break;
        }
        next_record(c);
        if (c->sink.failed)
            return pz_raise(err, PZ_ERR_FAILED_READ_FILE_NO_HINT, PZ_NO_ORIGIN, "path",
                            pz_strf(err->arena, "file://" PZ_FMT, PZ_ARG(c->sink.file->path)).ptr, NULL);
    }
    return PZ_OK;
}

static void
write_column(cursor *c, int col, int n, duckdb_vector v, pz_arena *a)
{
    const pz_text_spec *spec = &c->src->spec;
    bool data = col < spec->data.n;
    int told = told_column(c->src, col);
    pz_vec_writer w;
    if (told >= 0) {
        bool *out = duckdb_vector_get_data(v);
        for (int i = 0; i < n; i++) out[i] = pz_is_absent(&c->rows.data[c->given + i][told]);
        return;
    }
    pz_vec_writer_open(&w, v, column_type(c->src, col), a);
    for (int i = 0; i < n; i++) pz_vec_write(&w, (idx_t)i, data ? &c->rows.data[c->given + i][col] : &c->part_values[col - spec->data.n]);
}

static void
next_rows(duckdb_function_info info, duckdb_data_chunk out)
{
    scan *s = duckdb_function_get_init_data(info);
    cursor *c = duckdb_function_get_local_init_data(info);
    pz_arena *a = pz_arena_open();
    pz_error err;
    int n;
    pz_error_init(&err, a);
    if (c->given == c->rows.n && fill(c, s, &err) != PZ_OK) {
        duckdb_function_set_error(info, packed(&err, a));
        pz_arena_close(a);
        return;
    }
    n = c->rows.n - c->given < STEP ? c->rows.n - c->given : STEP;
    for (int i = 0; i < s->ncols && n; i++)
        if (s->cols[i] >= 0) write_column(c, s->cols[i], n, duckdb_data_chunk_get_vector(out, (idx_t)i), a);
    c->given += n;
    duckdb_data_chunk_set_size(out, (idx_t)n);
    pz_arena_close(a);
}

pz_status
pz_text_scan_register(pz_engine *e, pz_error *err)
{
    duckdb_table_function f = duckdb_create_table_function();
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    pz_conn *c = NULL;
    bool ok = pz_conn_take(e, NULL, &c, err) == PZ_OK;
    duckdb_table_function_set_name(f, "pz_scan_files");
    duckdb_table_function_add_parameter(f, text);
    duckdb_table_function_set_extra_info(f, e, NULL);
    duckdb_table_function_set_bind(f, bind);
    duckdb_table_function_set_init(f, init);
    duckdb_table_function_set_local_init(f, init_local);
    duckdb_table_function_set_function(f, next_rows);
    duckdb_table_function_supports_projection_pushdown(f, true);
    ok = ok && duckdb_register_table_function(c->con, f) == DuckDBSuccess;
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_table_function(&f);
    pz_conn_give(e, c);
    return ok ? PZ_OK : pz_raise_internal(err, "the engine refuses pz_scan_files");
}

/* ---- text and binaryFile: nothing to decode ---- */
static void *
text_open(const pz_text_spec *spec, pz_arena *a)
{
    (void)spec, (void)a;
    return NULL;
}

static bool
text_whole(const pz_text_spec *spec)
{
    return pz_option_bool(&spec->options, "wholetext", false);
}

static void
text_line(void *state, pz_str line, pz_record_sink *sink)
{
    (void)state;
    sink->row[0] = (pz_value){.s = pz_text_clean(pz_dup(sink->a, line), sink->a)};
    sink->emit(sink);
}

static bool
text_record(void *state, pz_str *rest, pz_record_sink *sink)
{
    (void)state;
    if (!rest->ptr) return false;
    sink->row[0] = (pz_value){.s = pz_text_clean(pz_dup(sink->a, *rest), sink->a)};
    rest->ptr = NULL;
    sink->emit(sink);
    return true;
}

const pz_record_format pz_text_format = {text_open, text_whole, text_line, text_record, NULL, false, false, NULL};

typedef struct binary_state { const pz_text_spec *spec; } binary_state;

static void *
binary_open(const pz_text_spec *spec, pz_arena *a)
{
    binary_state *b = PZ_NEW(a, binary_state);
    b->spec = spec;
    return b;
}

static bool
binary_whole(const pz_text_spec *spec)
{
    (void)spec;
    return true;
}

static bool
binary_record(void *state, pz_str *rest, pz_record_sink *sink)
{
    const pz_schema *data = &((binary_state *)state)->spec->data;
    pz_error err;
    if (!rest->ptr) return false;
    rest->ptr = NULL;
    for (int i = 0; i < data->n; i++) {
        pz_value *v = &sink->row[i];
        pz_str name = data->fields[i].name;
        pz_file_text t;
        if (!sink->wanted[i]) continue;
        if (pz_str_ieqc(name, "path")) v->s = pz_file_uri(sink->a, sink->file->path);
        else if (pz_str_ieqc(name, "modificationTime")) v->i = sink->file->mtime / 1000 * 1000;
        else if (pz_str_ieqc(name, "length")) v->i = sink->file->size;
        else if (pz_str_ieqc(name, "content")) {
            pz_error_init(&err, sink->a);
            if (pz_file_read_raw(sink->file->path, &t, &err) != PZ_OK) {
                sink->failed = true;
                return true;
            }
            v->s = pz_dup(sink->a, (pz_str){t.ptr, t.len});
            free(t.ptr);
        } else v->null = true;
    }
    sink->emit(sink);
    return true;
}

const pz_record_format pz_binary_format = {binary_open, binary_whole, NULL, binary_record, NULL, false, false, NULL};

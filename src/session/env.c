/*
 * session/env.c - what the analyzer and the lowerer may ask of a session: settings, names, files, Arrow data, constant folding.
 *
 * Every answer lives in the arena given or as long as the query.  Names are looked for as temporary views, then global ones, then
 * files by format (parquet.`path`).
 */
#include <sys/stat.h>

#include "../decode/decode.h"
#include "../sql/sql.h"
#include "catalog.h"
#include "cache.h"
#include "session_int.h"

#include "spark/connect/relations.pb-c.h"

enum { VIEW_DEPTH_MAX = 100 };
#define CORRUPT_COLUMN "spark.sql.columnNameOfCorruptRecord"

void pz_lower_env_init(pz_query *q);

static pz_str
conf(void *ctx, const char *key)
{
    pz_place *p = ctx;
    return pz_confs_text(p->confs, key);
}

/* ---- names ---- */
/* The view's own place, if it has other names or settings than the query.  A DataFrame's view sees the views of its birth, an SQL view
 * the settings of its birth. */
static const pz_env *
view_env(pz_place *p, const pz_view *v)
{
    pz_place *own;
    if (!v->scope && !v->confs && !v->path.len) return NULL;
    own = PZ_NEW(p->q->arena, pz_place);
    pz_place_init(own, p->q, v->scope ? v->scope : p->views, v->confs ? v->confs : p->confs);
    own->env.command_run = p->env.command_run;
    own->env.now_micros = p->q->place.env.now_micros;
    own->env.path = pz_path_of(p->q, v->path, &own->env, p->q->arena);
    own->env.default_collation = v->collation;
    return &own->env;
}

static pz_status
found_view(pz_place *p, pz_view *v, bool global, pz_arena *a, pz_lookup *out, pz_error *err)
{
    if (++p->q->view_depth > VIEW_DEPTH_MAX * 100)
        return pz_raise(err, PZ_ERR_VIEW_EXCEED_MAX_NESTED_DEPTH, PZ_NO_ORIGIN, "viewName", pz_strf(a, "`" PZ_FMT "`", PZ_ARG(v->name)).ptr,
                        "maxNestedDepth", "100", NULL);
    if (v->is_volatile) p->q->is_volatile = true;
    pz_watch_temp(p, "VIEW", global ? pz_strf(a, "`global_temp`.`" PZ_FMT "`", PZ_ARG(v->name)) : pz_strf(a, "`" PZ_FMT "`", PZ_ARG(v->name)));
    out->what = PZ_FOUND_VIEW;
    out->view = v->plan;
    out->view_columns = v->columns;
    out->view_env = view_env(p, v);
    if (v->collation.len) {                    /* inside, inline tables know nothing of the default: the view has the types it was made with */
        out->view_mode = PZ_VIEW_BINDING;
        out->view_schema = v->schema;
        out->view_query_columns = v->query_columns;
    }
    if (global) pz_vec_push(a, &out->qualifier, PZ_STR("global_temp"));
    pz_vec_push(a, &out->qualifier, v->name);
    return PZ_OK;
}

/* Note what a scan rests on: its files, their directories, and the directories of partitions above them. */
static void
note_use(pz_query *q, pz_str path)
{
    struct stat st;
    pz_query_use use = {0};
    for (int i = q->uses.n; i-- > 0;)
        if (pz_str_eq(q->uses.data[i].path, path)) return;
    if (stat(pz_dup(q->arena, path).ptr, &st) == 0) {
        use.size = st.st_size;
        use.mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
        use.ctime = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
        use.inode = (uint64_t)st.st_ino;
        if (use.mtime > q->newest_use) q->newest_use = use.mtime;
        if (use.ctime > q->newest_use) q->newest_use = use.ctime;
    }
    use.path = pz_dup(q->arena, path);
    pz_vec_push(q->arena, &q->uses, use);
}

static void
note_scan(pz_query *q, const pz_scan *scan)
{
    enum { FILES_MAX = 2000 };
    q->has_files = true;
    if (!scan->files.n || scan->files.n > FILES_MAX) {         /* nothing to watch, or too much */
        q->is_volatile = true;
        for (int i = 0; i < scan->files.n; i++) {
            struct stat st;
            int64_t changed = stat(scan->files.data[i].ptr, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000000000 : INT64_MAX;
            if (changed > q->newest_use) q->newest_use = changed;
        }
        return;
    }
    for (int i = 0; i < scan->files.n; i++) {
        pz_str path = scan->files.data[i];
        note_use(q, path);
        for (bool partition = true; partition;) {              /* up to the first directory that is no partition */
            const char *slash = memrchr(path.ptr, '/', path.len);
            if (!slash || slash == path.ptr) break;
            path.len = (size_t)(slash - path.ptr);
            note_use(q, path);
            slash = memrchr(path.ptr, '/', path.len);
            partition = slash && memchr(slash, '=', path.len - (size_t)(slash - path.ptr));
        }
    }
}

static bool
is_file_format(pz_str name)
{
    static const char *const formats[] = {"parquet", "csv", "json", "orc", "text", "binaryFile", "avro", "delta", "iceberg", "xml"};
    for (size_t i = 0; i < PZ_COUNTOF(formats); i++)
        if (pz_str_ieqc(name, formats[i])) return true;
    return false;
}

/* The column for malformed records, where the options do not name it; views look at the setting of now as well. */
static void
add_corrupt_column(pz_place *p, pz_str format, pz_options *o, pz_arena *a)
{
    pz_str name = pz_confs_text(p->q->confs, CORRUPT_COLUMN);
    if (pz_str_eqc(name, "_corrupt_record") || (!pz_str_ieqc(format, "csv") && !pz_str_ieqc(format, "json") && !pz_str_ieqc(format, "xml"))) return;
    for (int i = 0; i < o->n; i++)
        if (pz_str_ieqc(o->data[i].key, "columnNameOfCorruptRecord")) return;
    pz_vec_push(a, o, ((pz_option){PZ_STR("columnNameOfCorruptRecord"), name}));
}

/* Settings that stand for options not given; one that has its ordinary value is not mentioned. */
static pz_options
with_settings(pz_place *p, pz_str format, const pz_options *given, pz_arena *a)
{
    static const struct { const char *setting, *option, *format; bool ordinary; } rows[] = {
        {"spark.sql.files.ignoreCorruptFiles", "ignoreCorruptFiles", NULL, false},
        {"spark.sql.files.ignoreMissingFiles", "ignoreMissingFiles", NULL, false},
        {"spark.sql.parquet.mergeSchema", "mergeSchema", "parquet", false},
        {"spark.sql.csv.parser.columnPruning.enabled", "columnPruning", "csv", true},
        {"spark.sql.legacy.csv.enableDateTimeParsingFallback", "enableDateTimeParsingFallback", "csv", false},
        {"spark.sql.legacy.json.enableDateTimeParsingFallback", "enableDateTimeParsingFallback", "json", false},
        {"spark.sql.sources.partitionColumnTypeInference.enabled", PZ_OPTION_INFER_PARTITIONS, NULL, true},
        {"spark.sql.caseSensitive", PZ_OPTION_CASE_SENSITIVE, NULL, false},
        {"spark.sql.readSideCharPadding", PZ_OPTION_PAD_CHARS, NULL, true},
    };
    pz_options out = {0};
    for (int i = 0; given && i < given->n; i++) pz_vec_push(a, &out, given->data[i]);
    for (size_t i = 0; i < PZ_COUNTOF(rows); i++) {
        bool value = pz_confs_bool(p->confs, rows[i].setting), had = false;
        if (value == rows[i].ordinary || (rows[i].format && !pz_str_ieqc(format, rows[i].format))) continue;
        for (int k = 0; given && k < given->n; k++) had |= pz_str_ieqc(given->data[k].key, rows[i].option);
        if (!had) pz_vec_push(a, &out, ((pz_option){pz_str_c(rows[i].option), pz_str_c(value ? "true" : "false")}));
    }
    add_corrupt_column(p, format, &out, a);
    return out;
}

pz_status
pz_place_open_files(pz_place *p, pz_str format, const pz_strs *paths, const pz_options *options, const pz_schema *schema, pz_arena *a, pz_scan **out,
           pz_error *err)
{
    return pz_place_open_parts(p, format, paths, options, schema, NULL, a, out, err);
}

/* The value that a column's records have where it is missing, given as text, as engine text. */
pz_status
pz_place_constant(pz_place *p, pz_str text, const pz_type *type, pz_arena *a, pz_str *out, pz_error *err)
{
    pz_expr *e, *cast, *resolved;
    pz_attrs none = {0};
    pz_sql_options o;
    pz_place_sql_options(p, &o);
    PZ_TRY(pz_parse_expression(text, &o, a, &e, err));
    cast = pz_expr_make(a, PZ_EXPR_CAST, PZ_NO_ORIGIN);
    cast->type = pz_type_plain(a, type);
    if (type->id == PZ_T_CHAR) e = pz_call_make(a, PZ_NO_ORIGIN, "rpad", 3, e, pz_literal_int(a, type->length), pz_literal_string(a, PZ_STR(" ")));
    pz_vec_push(a, &cast->args, e);
    PZ_TRY(pz_analyze_expr(&p->env, cast, &none, a, &resolved, err));
    return pz_lower_constant(&p->q->lower, resolved, a, out, err);
}

static pz_status
defaults_of(pz_place *p, const pz_schema *schema, pz_arena *a, pz_strs *out, pz_error *err)
{
    bool any = false;
    for (int i = 0; schema && i < schema->n; i++) {
        const pz_field *f = &schema->fields[i];
        pz_str text = pz_metadata_get(f->metadata, "EXISTS_DEFAULT", a), raw = pz_metadata_get(f->metadata, PZ_CHAR_TYPE_KEY, a), value = {NULL, 0};
        const pz_type *t = f->type;
        if (raw.ptr) PZ_TRY(pz_parse_type(raw, a, &t, err));
        if (text.ptr) PZ_TRY(pz_place_constant(p, text, t, a, &value, err));
        pz_vec_push(a, out, value);
        any |= text.ptr != NULL;
    }
    if (!any) out->n = 0;
    return PZ_OK;
}

pz_status
pz_place_open_parts(pz_place *p, pz_str format, const pz_strs *paths, const pz_options *options, const pz_schema *schema, const pz_file_parts *parts,
                    pz_arena *a, pz_scan **out, pz_error *err)
{
    pz_options all = with_settings(p, format, options, a);
    pz_strs defaults = {0};
    PZ_TRY(defaults_of(p, schema, a, &defaults, err));
    PZ_TRY(pz_files_open(pz_sessions_engine(p->q->session->all), format, paths, &all, schema, &defaults, parts, p->env.time_zone, a, out, err));
    note_scan(p->q, *out);
    return PZ_OK;
}

void
pz_watch_temp(pz_place *p, const char *kind, pz_str name)
{
    pz_watch *w = p->q->watch;
    if (!w || w->temp_kind || p != &p->q->place) return;       /* inside other views they are those views' own */
    w->temp_kind = kind;
    w->temp_name = pz_dup(p->q->arena, name);
}

static pz_str
view_name(pz_arena *a, const pz_cat *e)
{
    return pz_strf(a, "`spark_catalog`.`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name));
}

/* Has the way through views led back to the one that is being made? */
static void
watch_view(pz_place *p, const pz_cat *e)
{
    pz_watch *w = p->q->watch;
    pz_arena *a = p->q->arena;
    pz_str way;
    if (!w || !w->self || e->id != w->self || w->cycle.ptr) return;
    way = view_name(a, e);
    for (const pz_place *at = p; at && at->view.ptr; at = at->outer) way = pz_strf(a, PZ_FMT " -> " PZ_FMT, PZ_ARG(at->view), PZ_ARG(way));
    w->cycle = pz_strf(a, PZ_FMT " -> " PZ_FMT, PZ_ARG(view_name(a, e)), PZ_ARG(way));
}

static pz_status
find_entry(pz_place *p, const pz_strs *names, const pz_options *options, pz_arena *a, pz_lookup *out, pz_error *err)
{
    pz_str db, name;
    pz_cat *e;
    pz_status st = PZ_OK;
    if (!pz_catalog_names(p, names, &db, &name)) return PZ_OK;
    if (!(e = pz_catalog_find(p->q->session->all->catalog, PZ_ENTRY_TABLE, db, name))) return PZ_OK;
    if (e->kind == PZ_ENTRY_VIEW) watch_view(p, e);
    if (e->kind == PZ_ENTRY_VIEW && p->q->watch && p->q->watch->cycle.ptr) {
        pz_cat_unref(e);
        return pz_raise(err, PZ_ERR_RECURSIVE_VIEW, PZ_NO_ORIGIN, "viewIdent", "", "newPath", p->q->watch->cycle.ptr, NULL);
    }
    if (e->kind == PZ_ENTRY_VIEW && ++p->q->view_depth > VIEW_DEPTH_MAX * 100)
        st = pz_raise(err, PZ_ERR_VIEW_EXCEED_MAX_NESTED_DEPTH, PZ_NO_ORIGIN, "viewName", pz_strf(a, "`" PZ_FMT "`", PZ_ARG(e->name)).ptr,
                      "maxNestedDepth", "100", NULL);
    if (st == PZ_OK) st = pz_cat_lookup(p, e, options, false, a, out, err);
    pz_cat_unref(e);
    return st;
}

static pz_status
find_table(void *ctx, const pz_strs *written, const pz_options *options, pz_arena *a, pz_lookup *out, pz_error *err)
{
    pz_place *p = ctx;
    pz_view *v;
    pz_strs sought;
    const pz_strs *names = &sought;
    bool found;
    out->what = PZ_FOUND_NOTHING;
    PZ_TRY(pz_path_relation(p, written, a, &sought, &found, err));
    if (!found) return PZ_OK;
    bool session = (names->n == 2 && pz_str_ieqc(names->data[0], "session")) ||
                   (names->n == 3 && pz_str_ieqc(names->data[0], "system") && pz_str_ieqc(names->data[1], "session"));
    if ((names->n == 1 || session) && !p->is_stored_view && (v = pz_views_find(p->views, names->data[names->n - 1]))) return found_view(p, v, false, a, out, err);
    if (names->n == 2 && pz_str_ieqc(names->data[0], "global_temp") && (v = pz_views_find(p->q->globals, names->data[1])))
        return found_view(p, v, true, a, out, err);
    PZ_TRY(find_entry(p, names, options, a, out, err));
    if (out->what == PZ_FOUND_NOTHING && names->n == 2 && is_file_format(names->data[0]) && pz_confs_bool(p->confs, "spark.sql.runSQLOnFiles")) {
        pz_strs paths = {0};
        pz_vec_push(a, &paths, names->data[1]);
        PZ_TRY(pz_place_open_files(p, names->data[0], &paths, options, NULL, a, &out->scan, err));
        out->what = PZ_FOUND_SCAN;
        out->qualifier = *names;
    }
    return PZ_OK;
}

/* ---- data sources ---- */
static pz_status
parse_user_schema(pz_str text, pz_arena *a, pz_schema *out, pz_error *err)
{
    const pz_type *t;
    text = pz_str_trim(text);
    if (!text.len || text.ptr[0] != '{') return pz_parse_schema(text, a, out, err);
    PZ_TRY(pz_type_from_json(text, a, &t, err));
    out->n = t->nfields;
    out->fields = PZ_NEWN(a, pz_field, t->nfields);
    for (int i = 0; i < t->nfields; i++) out->fields[i] = t->fields[i];
    return PZ_OK;
}

pz_status
pz_path_is_some(pz_str path, pz_error *err)
{
    return path.len ? PZ_OK : pz_raise_text(err, PZ_CLASS_JavaIllegalArgumentException, "Can not create a Path from an empty string");
}

static pz_status
open_source(void *ctx, pz_str format, const pz_strs *paths, const pz_options *options, pz_str schema_text, pz_arena *a, pz_scan **out,
            pz_error *err)
{
    pz_schema schema = {0};
    if (schema_text.len) PZ_TRY(parse_user_schema(schema_text, a, &schema, err));
    for (int i = 0; i < paths->n; i++) PZ_TRY(pz_path_is_some(paths->data[i], err));
    return pz_place_open_files(ctx, format, paths, options, schema_text.len ? &schema : NULL, a, out, err);
}

/* ---- LocalRelations ---- */
static pz_status
missing_blob(pz_place *p, bool chunked, pz_str hash, pz_error *err)
{
    const char *told = pz_dup(err->arena, hash).ptr;
    if (!chunked) return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_CANNOT_FIND_CACHED_LOCAL_RELATION, PZ_NO_ORIGIN, "hash", told, NULL);
    return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_NOT_FOUND_CHUNKED_CACHED_LOCAL_RELATION, PZ_NO_ORIGIN, "hash", told, "sessionUUID", p->q->session->id, NULL);
}

static pz_status
find_blob(pz_place *p, bool chunked, pz_str hash, pz_str *bytes, pz_error *err)
{
    pz_blob *b = pz_session_find_blob(p->q->session, hash);
    if (!b) return missing_blob(p, chunked, hash, err);
    pz_vec_push(p->q->arena, &p->q->blobs, b);
    *bytes = (pz_str){b->bytes, b->len};
    return PZ_OK;
}

/* One blob is a whole LocalRelation message. */
static pz_status
load_cached(pz_place *p, pz_rel *local, pz_arena *a, pz_error *err)
{
    Spark__Connect__LocalRelation *m;
    pz_str bytes;
    PZ_TRY(find_blob(p, false, local->u.local.hashes.data[0], &bytes, err));
    PZ_TRY(pz_unpack(&spark__connect__local_relation__descriptor, bytes.ptr, bytes.len, a, (ProtobufCMessage **)&m, err));
    if (m->_data_case) local->u.local.data = (pz_str){(char *)m->data.data, m->data.len};
    if (m->_schema_case) local->u.local.schema_text = pz_str_c(m->schema);
    return PZ_OK;
}

/* Bytes of an IPC stream without its end mark and, but for the first, without its schema message. */
static pz_str
stream_body(pz_str ipc, bool first)
{
    static const char end_mark[8] = {'\xff', '\xff', '\xff', '\xff', 0, 0, 0, 0};
    if (ipc.len >= 8 && !memcmp(ipc.ptr + ipc.len - 8, end_mark, 8)) ipc.len -= 8;
    if (!first && ipc.len >= 8) {
        uint32_t head;
        memcpy(&head, ipc.ptr + 4, 4);
        if ((size_t)head + 8 <= ipc.len) ipc.ptr += 8 + head, ipc.len -= 8 + head;
    }
    return ipc;
}

/* Every blob is an IPC stream of the same schema: one stream is made of them. */
static pz_status
load_chunks(pz_place *p, pz_rel *local, pz_arena *a, pz_error *err)
{
    pz_strs *hashes = &local->u.local.hashes;
    pz_str text;
    pz_buf all;
    if (!hashes->n) return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA, PZ_NO_ORIGIN, NULL);
    if (local->u.local.schema_hash.len) {
        PZ_TRY(find_blob(p, true, local->u.local.schema_hash, &text, err));
        local->u.local.schema_text = pz_dup(a, text);
    }
    if (hashes->n == 1) return find_blob(p, true, hashes->data[0], &local->u.local.data, err);
    pz_buf_init(&all, 0);
    for (int i = 0; i < hashes->n; i++) {
        if (find_blob(p, true, hashes->data[i], &text, err) != PZ_OK) {
            pz_buf_free(&all);
            return PZ_FAIL;
        }
        pz_buf_str(&all, stream_body(text, i == 0));
    }
    pz_buf_add(&all, "\xff\xff\xff\xff\0\0\0\0", 8);
    local->u.local.data = pz_buf_dup(&all, a);
    pz_buf_free(&all);
    return PZ_OK;
}

static pz_status
open_local(void *ctx, pz_rel *local, pz_arena *a, pz_schema *out, pz_error *err)
{
    pz_place *p = ctx;
    int64_t id;
    if (local->u.local.chunked) PZ_TRY(load_chunks(p, local, a, err));
    else if (local->u.local.hashes.n) PZ_TRY(load_cached(p, local, a, err));
    if (!local->u.local.data.len) {
        if (!local->u.local.schema_text.len)
            return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_SCHEMA_REQUIRED_FOR_LOCAL_RELATION, PZ_NO_ORIGIN, NULL);
        return PZ_OK;
    }
    PZ_TRY(pz_local_open(pz_sessions_engine(p->q->session->all), local->u.local.data, a, out, &id, err));
    if (!out->n) {                             /* what statements without columns answer; the engine has no such tables */
        pz_local_close(pz_sessions_engine(p->q->session->all), id);
        local->kind = PZ_REL_VALUES;
        memset(&local->u, 0, sizeof local->u);
        return PZ_OK;
    }
    pz_vec_push(p->q->arena, &p->q->locals, id);
    local->u.local.table_id = id;
    local->u.local.rows = pz_local_rows(pz_sessions_engine(p->q->session->all), id);
    return PZ_OK;
}

static pz_status
find_artifact(void *ctx, pz_str name, pz_str *bytes)
{
    pz_place *p = ctx;
    pz_blob *b;
    if (pz_str_starts(name, "cache/")) name = (pz_str){name.ptr + 6, name.len - 6};
    b = pz_session_find_blob(p->q->session, name);
    if (!b) return PZ_FAIL;
    pz_vec_push(p->q->arena, &p->q->blobs, b);
    *bytes = (pz_str){b->bytes, b->len};
    return PZ_OK;
}

static pz_expr *
find_variable(void *ctx, const pz_strs *names, pz_arena *a)
{
    pz_place *p = ctx;
    pz_expr *e = pz_variable_literal(p->q, names, a);
    if (e && !pz_variable_in_sight(&p->env, names, e)) return NULL;
    if (e) p->q->is_volatile = true;           /* it may be set anew */
    if (e) pz_watch_temp(p, "VARIABLE", pz_strf(a, "`" PZ_FMT "`", PZ_ARG(names->data[names->n - 1])));
    return e;
}

static pz_status
find_function(void *ctx, const pz_strs *names, pz_origin origin, pz_arena *a, pz_function **out, pz_error *err)
{
    return pz_find_function(ctx, names, origin, a, out, err);
}

static pz_status
find_remote(void *ctx, pz_str id, pz_arena *a, pz_rel **resolved, pz_error *err)
{
    pz_place *p = ctx;
    p->q->is_volatile = true;                  /* it may be removed */
    return pz_session_find_remote(p->q, id, a, resolved, err);
}

/* ---- chains of withColumn ---- */
static void
note_chain(void *ctx, const pz_rel *top)
{
    pz_place *p = ctx;
    if (p->q->keeps_chains) pz_cache_note_chain(p->q, top);
}

static bool
cuts_chain(void *ctx, uint64_t hash)
{
    pz_place *p = ctx;
    return pz_cache_cuts_chain(p->q->session->all, hash);
}

static bool
may_cut_chains(void *ctx)
{
    pz_place *p = ctx;
    return pz_cache_has_chains(p->q->session->all);
}

/* ---- values ---- */
static pz_walk
find_subquery(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_status
fold(void *ctx, const pz_expr *e, pz_arena *a, pz_value *out, pz_error *err)
{
    pz_place *p = ctx;
    pz_run_settings settings;
    pz_values *rows;
    int n;
    pz_buf b;
    pz_status st;
    pz_query_run_settings(p->q, &settings);
    settings.plain = pz_walk_expr((pz_expr *)(uintptr_t)e, find_subquery, NULL);
    pz_buf_init(&b, 0);
    st = pz_lower_expr_query(&p->q->lower, e, a, &b, err);
    if (st == PZ_OK) st = pz_engine_rows(pz_sessions_engine(p->q->session->all), &settings, pz_buf_dup(&b, a), &e->type, 1, a, &rows, &n, err);
    pz_buf_free(&b);
    PZ_TRY(st);
    if (n != 1) return pz_raise_internal(err, "a constant expression gave %d rows", n);
    *out = rows[0].data[0];
    return PZ_OK;
}

static pz_plan
plan_of(const pz_rel *r, pz_arena *a)
{
    pz_plan plan = {.root = (pz_rel *)(uintptr_t)r};
    plan.schema.n = r->output.n;
    plan.schema.fields = PZ_NEWN(a, pz_field, r->output.n + 1);
    for (int i = 0; i < r->output.n; i++)
        plan.schema.fields[i] = (pz_field){.name = r->output.data[i]->name, .type = r->output.data[i]->type, .nullable = r->output.data[i]->nullable};
    return plan;
}

static pz_status
all_rows(void *ctx, const pz_rel *r, pz_arena *a, pz_values **rows, int *n, pz_error *err)
{
    pz_place *p = ctx;
    pz_plan plan = plan_of(r, a);
    p->q->is_volatile = true;                  /* the plan depends on data */
    return pz_query_rows(p->q, &plan, a, rows, n, err);
}

/* Texts are only looked at where the schema or a header has to be found. */
static pz_status
open_records(void *ctx, const pz_rel *texts, const pz_rel *parse, pz_arena *a, pz_schema *out, pz_str *spec, pz_str *header, pz_error *err)
{
    pz_place *p = ctx;
    pz_schema given = {0};
    pz_strs list = {0};
    pz_options options = {0};
    pz_values *rows = NULL;
    int n = 0;
    bool headed = false, declared = parse->u.parse.schema_text.len > 0;
    for (int i = 0; i < parse->u.parse.options.n; i++)
        if (pz_str_ieqc(parse->u.parse.options.data[i].key, "header")) headed = pz_str_ieqc(parse->u.parse.options.data[i].value, "true");
    headed &= pz_str_eqc(parse->u.parse.format, "csv");
    if (declared) PZ_TRY(parse_user_schema(parse->u.parse.schema_text, a, &given, err));
    if (!declared || headed) PZ_TRY(all_rows(ctx, texts, a, &rows, &n, err));
    *header = (pz_str){NULL, 0};
    for (int i = 0; i < n; i++) {
        pz_str s = rows[i].data[0].null ? (pz_str){NULL, 0} : rows[i].data[0].s;
        if (headed && !header->ptr && s.ptr && pz_str_trim(s).len) *header = s;
        pz_vec_push(a, &list, s);
    }
    for (int i = 0; i < parse->u.parse.options.n; i++) pz_vec_push(a, &options, parse->u.parse.options.data[i]);
    add_corrupt_column(p, parse->u.parse.format, &options, a);
    return pz_records_open(pz_sessions_engine(p->q->session->all), parse->u.parse.format, &options, declared ? &given : NULL, &list,
                           p->env.time_zone, a, out, spec, err);
}

static pz_status
distinct_values(void *ctx, const pz_rel *r, int limit, pz_arena *a, pz_values *out_values, pz_error *err)
{
    pz_place *p = ctx;
    pz_run_settings settings;
    pz_plan plan = plan_of(r, a);
    const pz_plan *run;
    pz_values *rows;
    int n;
    pz_buf b;
    pz_str inner;
    const pz_type *type = r->output.data[0]->type;
    pz_buf_init(&b, 0);
    if (pz_query_cached(p->q, p->q->op, &plan, NULL, a, &run, err) != PZ_OK || pz_lower(&p->q->lower, run, a, &b, err) != PZ_OK) {
        pz_buf_free(&b);
        return PZ_FAIL;
    }
    inner = pz_strf(a, "SELECT DISTINCT v FROM (" PZ_FMT ") AS t(v) ORDER BY v NULLS FIRST LIMIT %d", PZ_ARG(pz_buf_view(&b)), limit + 1);
    pz_buf_free(&b);
    p->q->is_volatile = true;                  /* the plan depends on data */
    pz_query_run_settings(p->q, &settings);
    PZ_TRY(pz_engine_rows(pz_sessions_engine(p->q->session->all), &settings, inner, &type, 1, a, &rows, &n, err));
    for (int i = 0; i < n; i++) pz_vec_push(a, out_values, rows[i].data[0]);
    return PZ_OK;
}

static pz_status
command_schema(void *ctx, pz_rel *command, const pz_plan *params, pz_arena *a, pz_schema *out, pz_error *err)
{
    pz_place *p = ctx;
    p->q->params = params;
    p->q->has_command = true;
    return pz_command_schema_of(p->q, command, a, out, err);
}

/* ---- what lowering asks ---- */
static bool
conf_says(const pz_query *q, const char *key, const char *value)
{
    pz_str v = pz_confs_text(q->confs, key);
    return v.ptr && pz_str_ieqc(v, value);
}

static pz_status
bind_function(void *ctx, const char *impl, pz_use use, const pz_expr *call, const pz_type *const *arg_types, int nargs, const pz_type *result,
              pz_arena *a, pz_str *engine_name, pz_error *err)
{
    pz_query *q = ctx;
    bool *is_const = PZ_NEWN(a, bool, nargs + 1);
    pz_value *values = PZ_NEWN(a, pz_value, nargs + 1);
    pz_call_site site = {.arg_types = arg_types, .nargs = nargs, .result = result, .ansi = q->lower.ansi, .map_last_wins = q->lower.map_last_wins,
                         .map_keys_as_given = q->lower.map_keys_as_given,
                         .legacy_times = q->lower.legacy_times, .time_zone = q->lower.time_zone,
                         .zone = q->lower.zone, .const_args = values, .is_const = is_const, .arena = a, .now_micros = q->lower.now_micros,
                         .corrupt_column = pz_confs_text(q->confs, CORRUPT_COLUMN),
                         .windowed = use >= PZ_USE_FRAME, .of_few_rows = use == PZ_USE_FRAME_OF_FEW, .one_state = use == PZ_USE_PARTITION};
    if (call) {
        site.eval_mode = call->kind == PZ_EXPR_CAST ? (int)call->u.cast.mode : call->kind == PZ_EXPR_CALL ? call->u.call.eval_mode : 0;
        if (call->time_zone) site.time_zone = *call->time_zone, site.zone = pz_zone_find(site.time_zone);
        if (call->names.n) site.name = call->names.data[call->names.n - 1];
        for (int i = 0; i < nargs && i < call->args.n; i++) {
            is_const[i] = call->args.data[i]->kind == PZ_EXPR_LITERAL && pz_type_eq(call->args.data[i]->type, arg_types[i]);
            if (is_const[i]) values[i] = call->args.data[i]->value;
        }
    }
    return pz_engine_bind(pz_sessions_engine(q->session->all), impl, &site, a, engine_name, err);
}

static pz_str
lower_conf(void *ctx, const char *key)
{
    pz_query *q = ctx;
    return pz_confs_text(q->confs, key);
}

/* What is not set is nothing, and nothing may be no value of that setting. */
static pz_status
sql_variable(void *ctx, pz_str name, pz_arena *a, pz_str *value, pz_error *err)
{
    const pz_place *p = ctx;
    const pz_conf_row *r = pz_conf_find(name);
    (void)a;
    if (pz_confs_get(p->confs, name, value)) return PZ_OK;
    *value = PZ_STR("");
    return pz_conf_registered(r) ? pz_conf_check_value(r, *value, err) : PZ_OK;
}

pz_str
pz_query_sql_text(const pz_query *q, pz_str text, pz_arena *a)
{
    pz_sql_options o;
    pz_error quiet;
    pz_str out;
    if (!text.len || !memmem(text.ptr, text.len, "${", 2)) return text;
    pz_error_init(&quiet, a);
    pz_query_sql_options(q, &o);
    return pz_sql_substitute(text, &o, a, &out, &quiet) == PZ_OK ? out : text;
}

void
pz_query_sql_options(const pz_query *q, pz_sql_options *out)
{
    pz_place_sql_options(&q->place, out);
}

void
pz_place_sql_options(const pz_place *p, pz_sql_options *out)
{
    const pz_confs *c = p->confs;
    bool ansi = p->env.ansi;
    *out = (pz_sql_options){0};
    out->ansi = ansi;
    out->enforce_reserved = ansi && pz_confs_bool(c, "spark.sql.ansi.enforceReservedKeywords");
    out->double_quoted_identifiers = ansi && pz_confs_bool(c, "spark.sql.ansi.doubleQuotedIdentifiers");
    out->escaped_string_literals = pz_confs_bool(c, "spark.sql.parser.escapedStringLiterals");
    out->timestamp_ntz_default = pz_str_ieqc(pz_confs_text(c, "spark.sql.timestampType"), "TIMESTAMP_NTZ");
    out->time_zone = p->env.time_zone;
    out->no_scripting = !pz_confs_bool(c, "spark.sql.scripting.enabled");
    out->no_defaults = !pz_confs_bool(c, "spark.sql.defaultColumn.enabled");
    out->continue_handlers = pz_confs_bool(c, "spark.sql.scripting.continueHandlerEnabled");
    out->cursors = pz_confs_bool(c, "spark.sql.scripting.cursorEnabled");
    out->no_object_collations = !pz_confs_bool(c, "spark.sql.collation.objectLevel.enabled");
    out->schema_collations = pz_confs_bool(c, "spark.sql.collation.schemaLevel.enabled");
    out->variable = p->env.sql_variable;
    out->variable_ctx = p->env.ctx;
}

void
pz_place_init(pz_place *p, pz_query *q, pz_views *views, pz_confs *confs)
{
    pz_env *e = &p->env;
    *p = (pz_place){.q = q, .views = views, .confs = confs};
    e->ctx = p;
    e->ansi = pz_confs_bool(confs, "spark.sql.ansi.enabled");
    e->keeps_fraction = pz_confs_bool(confs, "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate");
    e->case_sensitive = pz_confs_bool(confs, "spark.sql.caseSensitive");
    e->time_zone = pz_confs_text(confs, "spark.sql.session.timeZone");
    e->zone = pz_zone_find(e->time_zone);
    e->user = q->user;
    e->current_catalog = q->catalog;
    e->current_database = q->database;
    e->session_id = pz_str_c(q->session->id);
    e->path = pz_path_of(q, (pz_str){NULL, 0}, e, q->arena);
    e->now_micros = pz_now_micros();
    e->conf = conf;
    if (pz_confs_bool(confs, "spark.sql.variable.substitute")) e->sql_variable = sql_variable;
    e->find_table = find_table;
    e->open_source = open_source;
    e->open_local = open_local;
    e->find_artifact = find_artifact;
    e->find_remote = find_remote;
    e->note_chain = note_chain;
    e->may_cut_chains = may_cut_chains;
    e->cuts_chain = cuts_chain;
    e->find_variable = find_variable;
    e->find_function = find_function;
    e->fold = fold;
    e->distinct_values = distinct_values;
    e->all_rows = all_rows;
    e->open_records = open_records;
    e->command_schema = command_schema;
}

void
pz_lower_env_init(pz_query *q)
{
    const pz_env *e = &q->place.env;
    q->lower = (pz_lower_env){.ansi = e->ansi, .map_last_wins = conf_says(q, "spark.sql.mapKeyDedupPolicy", "LAST_WIN"),
                              .map_keys_as_given = conf_says(q, "spark.sql.legacy.disableMapKeyNormalization", "true"),
                              .legacy_times = conf_says(q, "spark.sql.legacy.timeParserPolicy", "LEGACY"), .time_zone = e->time_zone, .zone = e->zone, .now_micros = e->now_micros, .user = e->user,
                              .current_catalog = e->current_catalog, .current_database = e->current_database, .session_id = e->session_id,
                              .current_path = e->path ? pz_path_shown(e->path, q->arena) : (pz_str){NULL, 0},
                              .ctx = q, .bind_function = bind_function, .conf = lower_conf};
}

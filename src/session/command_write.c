/*
 * session/command_write.c - DataFrame writers: WriteOperation and WriteOperationV2.
 *
 * In: the command as decoded.  A path is written here; tables by name go the way of INSERT and CREATE TABLE AS.
 */
#include "command_int.h"
#include "write.h"

static pz_str
format_of(pz_statement *r)
{
    return r->c->provider.len ? r->c->provider : pz_confs_text(r->q->confs, "spark.sql.sources.default");
}

/* ---- paths ---- */
/* What a writer says of the places of rows inside files, against where it may not be said. */
pz_status
pz_write_no_buckets(pz_statement *r, const char *operation)
{
    const pz_command *c = r->c;
    if (c->column_comments.n && !c->names2.n) return pz_raise(r->err, PZ_ERR_SORT_BY_WITHOUT_BUCKETING, PZ_NO_ORIGIN, NULL);
    if (!c->names2.n) return PZ_OK;
    return pz_raise(r->err, c->column_comments.n ? PZ_ERR_LEGACY_ERROR_TEMP_1313 : PZ_ERR_LEGACY_ERROR_TEMP_1312, PZ_NO_ORIGIN, "operation", operation, NULL);
}

/* Clustering is a wish for tables; Spark lets files go without it. */
static pz_status
check_layout(pz_statement *r)
{
    const pz_command *c = r->c;
    if (c->exprs.n && c->columns.n) return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED, PZ_NO_ORIGIN, NULL);
    if (c->exprs.n && c->names2.n) return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_SPECIFY_CLUSTER_BY_WITH_BUCKETING_IS_NOT_ALLOWED, PZ_NO_ORIGIN, NULL);
    return pz_write_no_buckets(r, "save");
}

static pz_status
target_path(pz_statement *r, pz_str *path)
{
    pz_str set = pz_option_get(&r->c->options, "path", NULL);
    if (r->c->text.ptr && set.ptr && !pz_confs_bool(r->q->confs, "spark.sql.legacy.pathOptionBehavior.enabled"))
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1307, PZ_NO_ORIGIN, "config", "spark.sql.legacy.pathOptionBehavior.enabled", NULL);
    *path = r->c->text.ptr ? r->c->text : set;
    if (path->ptr) return pz_path_is_some(*path, r->err);
    return pz_raise_as(r->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_LEGACY_ERROR_TEMP_2047, PZ_NO_ORIGIN, NULL);
}

/* format("noop"): the rows are made and dropped. */
static pz_status
write_nowhere(pz_statement *r, const pz_plan *plan, pz_write_mode mode)
{
    if (mode == PZ_WRITE_ERROR || mode == PZ_WRITE_IGNORE)
        return pz_raise(r->err, PZ_ERR_UNSUPPORTED_DATA_SOURCE_SAVE_MODE, PZ_NO_ORIGIN, "createMode",
                        mode == PZ_WRITE_ERROR ? "\"ErrorIfExists\"" : "\"Ignore\"", "source", "noop", NULL);
    return pz_write_nothing(r->q, plan, r->err);
}

static pz_status
write_path(pz_statement *r)
{
    pz_file_target t = {.format = format_of(r), .options = r->c->options, .partition_by = r->c->columns};
    pz_plan *plan;
    int64_t rows;
    if (!pz_write_mode_of(r->c->mode, &t.mode)) return pz_raise_internal(r->err, "save mode " PZ_FMT, PZ_ARG(r->c->mode));
    PZ_TRY(pz_query_resolve(r->q, r->c->query, NULL, r->a, &plan, r->err));
    PZ_TRY(check_layout(r));
    if (pz_str_ieqc(t.format, "noop")) return write_nowhere(r, plan, t.mode);
    PZ_TRY(target_path(r, &t.path));
    return pz_write_files(r->q, plan, &t, &rows, r->err);
}

pz_status
pz_cmd_write(pz_statement *r)
{
    return r->c->names.n ? pz_write_table(r) : write_path(r);
}

/* ---- INSERT OVERWRITE DIRECTORY ---- */
pz_status
pz_cmd_insert_directory(pz_statement *r)
{
    pz_file_target t = {.format = r->c->provider, .options = r->c->options, .mode = PZ_WRITE_OVERWRITE};
    pz_plan *plan;
    int64_t rows;
    if (!r->c->provider.len || pz_str_ieqc(r->c->provider, "hive"))
        return pz_raise(r->err, PZ_ERR_NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT, PZ_NO_ORIGIN, "cmd", "INSERT OVERWRITE DIRECTORY with the Hive format", NULL);
    PZ_TRY(pz_query_resolve(r->q, r->c->query, r->c->params, r->a, &plan, r->err));
    t.path = r->c->text.len ? r->c->text : pz_option_get(&r->c->options, "path", NULL);
    if (!t.path.ptr) return pz_raise_as(r->err, PZ_CLASS_SparkIllegalArgumentException, PZ_ERR_LEGACY_ERROR_TEMP_2047, PZ_NO_ORIGIN, NULL);
    return pz_write_files(r->q, plan, &t, &rows, r->err);
}

/*
 * session/command.c - run one statement: find its function, give its rows as a resolved VALUES relation.
 *
 * In: a COMMAND relation met by the analyzer.  Out: rows with the schema of the statement's row in tables/commands.def.  The rows then
 * take the ordinary path to the client.  Things start at pz_command_run().
 */
#include "../sql/sql.h"
#include "command_int.h"

static const pz_command_fn functions[PZ_CMD_COUNT] = {
    [PZ_CMD_CREATE_VIEW] = pz_cmd_create_view,
    [PZ_CMD_CREATE_TEMP_VIEW_USING] = pz_cmd_create_view_using,
    [PZ_CMD_CREATE_DATAFRAME_VIEW] = pz_cmd_create_dataframe_view,
    [PZ_CMD_DROP_VIEW] = pz_cmd_drop_view,
    [PZ_CMD_CREATE_TABLE] = pz_cmd_create_table,
    [PZ_CMD_CREATE_TABLE_LIKE] = pz_cmd_create_table_like,
    [PZ_CMD_DROP_TABLE] = pz_cmd_drop_table,
    [PZ_CMD_SET] = pz_cmd_set,
    [PZ_CMD_RESET] = pz_cmd_reset,
    [PZ_CMD_SET_TIME_ZONE] = pz_cmd_set_time_zone,
    [PZ_CMD_SHOW_TABLES] = pz_cmd_show_tables,
    [PZ_CMD_SHOW_TABLE_EXTENDED] = pz_cmd_show_table_extended,
    [PZ_CMD_SHOW_VIEWS] = pz_cmd_show_views,
    [PZ_CMD_SHOW_NAMESPACES] = pz_cmd_show_namespaces,
    [PZ_CMD_SHOW_CATALOGS] = pz_cmd_show_catalogs,
    [PZ_CMD_SHOW_CURRENT_NAMESPACE] = pz_cmd_show_current_namespace,
    [PZ_CMD_SHOW_COLUMNS] = pz_cmd_show_columns,
    [PZ_CMD_SHOW_FUNCTIONS] = pz_cmd_show_functions,
    [PZ_CMD_DESCRIBE_TABLE] = pz_cmd_describe_table,
    [PZ_CMD_DESCRIBE_QUERY] = pz_cmd_describe_query,
    [PZ_CMD_DESCRIBE_FUNCTION] = pz_cmd_describe_function,
    [PZ_CMD_DESCRIBE_DATABASE] = pz_cmd_describe_database,
    [PZ_CMD_CREATE_NAMESPACE] = pz_cmd_create_database,
    [PZ_CMD_DROP_NAMESPACE] = pz_cmd_drop_database,
    [PZ_CMD_ALTER_NAMESPACE] = pz_cmd_alter_database,
    [PZ_CMD_EXPLAIN] = pz_cmd_explain,
    [PZ_CMD_USE] = pz_cmd_use,
    [PZ_CMD_CATALOG] = pz_cmd_catalog,
    [PZ_CMD_REMOVE_CACHED_REMOTE] = pz_cmd_remove_remote,
    [PZ_CMD_CACHE_TABLE] = pz_cmd_cache_table,
    [PZ_CMD_UNCACHE_TABLE] = pz_cmd_uncache_table,
    [PZ_CMD_CLEAR_CACHE] = pz_cmd_clear_cache,
    [PZ_CMD_REFRESH_TABLE] = pz_cmd_refresh_table,
    [PZ_CMD_REFRESH_PATH] = pz_cmd_refresh_path,
    [PZ_CMD_SET_CATALOG] = pz_cmd_set_catalog,
    [PZ_CMD_ADD_RESOURCE] = pz_cmd_add_resource,
    [PZ_CMD_LIST_RESOURCE] = pz_cmd_list_resource,
    [PZ_CMD_CALL] = pz_cmd_call,
    [PZ_CMD_DESCRIBE_PROCEDURE] = pz_cmd_call,
    [PZ_CMD_SHOW_PROCEDURES] = pz_cmd_show_procedures,
    [PZ_CMD_CREATE_INDEX] = pz_cmd_index,
    [PZ_CMD_DROP_INDEX] = pz_cmd_index,
    [PZ_CMD_SET_PATH] = pz_cmd_set_path,
    [PZ_CMD_SHOW_COLLATIONS] = pz_cmd_show_collations,
    [PZ_CMD_SHOW_TBLPROPERTIES] = pz_cmd_show_tblproperties,
    [PZ_CMD_ALTER_VIEW] = pz_cmd_alter_view,
    [PZ_CMD_ALTER_TABLE] = pz_cmd_alter_table,
    [PZ_CMD_SHOW_PARTITIONS] = pz_cmd_show_partitions,
    [PZ_CMD_TRUNCATE] = pz_cmd_truncate,
    [PZ_CMD_REPAIR_TABLE] = pz_cmd_repair_table,
    [PZ_CMD_COMMENT_ON] = pz_cmd_comment_on,
    [PZ_CMD_LOAD_DATA] = pz_cmd_load_data,
    [PZ_CMD_REFRESH_FUNCTION] = pz_cmd_refresh_function,
    [PZ_CMD_ANALYZE_TABLE] = pz_cmd_analyze_table,
    [PZ_CMD_ANALYZE_TABLES] = pz_cmd_analyze_tables,
    [PZ_CMD_SHOW_CREATE_TABLE] = pz_cmd_show_create_table,
    [PZ_CMD_INSERT] = pz_cmd_insert,
    [PZ_CMD_MULTI_INSERT] = pz_cmd_multi_insert,
    [PZ_CMD_UPDATE] = pz_cmd_change_rows,
    [PZ_CMD_DELETE] = pz_cmd_change_rows,
    [PZ_CMD_MERGE] = pz_cmd_merge,
    [PZ_CMD_WRITE] = pz_cmd_write,
    [PZ_CMD_INSERT_DIRECTORY] = pz_cmd_insert_directory,
    [PZ_CMD_WRITE_V2] = pz_cmd_write_v2,
    [PZ_CMD_CREATE_VARIABLE] = pz_cmd_create_variable,
    [PZ_CMD_DROP_VARIABLE] = pz_cmd_drop_variable,
    [PZ_CMD_SET_VARIABLE] = pz_cmd_set_variable,
    [PZ_CMD_EXECUTE_IMMEDIATE] = pz_cmd_execute_immediate,
    [PZ_CMD_CREATE_FUNCTION] = pz_cmd_create_function,
    [PZ_CMD_DROP_FUNCTION] = pz_cmd_drop_function,
    [PZ_CMD_SCRIPT] = pz_cmd_script,
    [PZ_CMD_DECLARE_CURSOR] = pz_cmd_declare_cursor,
    [PZ_CMD_OPEN_CURSOR] = pz_cmd_open_cursor,
    [PZ_CMD_FETCH_CURSOR] = pz_cmd_fetch_cursor,
    [PZ_CMD_CLOSE_CURSOR] = pz_cmd_close_cursor,
};

pz_status
pz_command_schema_of(pz_query *q, pz_rel *command, pz_arena *a, pz_schema *out, pz_error *err)
{
    const pz_command *c = command->u.command;
    const char *ddl = pz_command_info(c->kind)->columns;
    *out = (pz_schema){0};
    if (c->kind == PZ_CMD_EXECUTE_IMMEDIATE) return pz_execute_immediate_schema(q, command->u.command, a, out, err);
    if (c->kind == PZ_CMD_CATALOG) return pz_catalog_schema(c, a, out, err);
    if (c->kind == PZ_CMD_SET && c->verbose) ddl = "key STRING NOT NULL, value STRING NOT NULL, meaning STRING NOT NULL, `Since version` STRING NOT NULL";
    if (c->kind == PZ_CMD_DESCRIBE_TABLE && c->names2.n) ddl = "info_name STRING NOT NULL COMMENT 'name of the column info', info_value STRING NOT NULL COMMENT 'value of the column info'";
    if ((c->kind == PZ_CMD_DESCRIBE_TABLE || c->kind == PZ_CMD_SHOW_PARTITIONS) && c->flag1) ddl = "json_metadata STRING NOT NULL";
    if ((c->kind == PZ_CMD_SHOW_TABLES || c->kind == PZ_CMD_SHOW_TABLE_EXTENDED) && c->flag1)
        ddl = "json_metadata STRING NOT NULL COMMENT 'JSON metadata of the tables'";
    return *ddl ? pz_parse_schema(pz_str_c(ddl), a, out, err) : PZ_OK;
}

/* ---- cells ---- */
static void
add_cell(pz_statement *r, pz_value v)
{
    const pz_type *t = r->schema.fields[r->cells.n % r->schema.n].type;
    pz_expr *e = pz_literal_value(r->a, t, v);
    e->type = t;
    e->nullable = v.null;
    e->resolved = true;
    pz_vec_push(r->a, &r->cells, e);
}

void
pz_cell(pz_statement *r, pz_str text)
{
    add_cell(r, (pz_value){.null = !text.ptr, .s = text.ptr ? pz_dup(r->a, text) : text});
}

void
pz_cellc(pz_statement *r, const char *text)
{
    pz_cell(r, pz_str_c(text));
}

void
pz_cell_bool(pz_statement *r, bool v)
{
    add_cell(r, (pz_value){.b = v});
}

void
pz_cell_names(pz_statement *r, const pz_strs *names)
{
    pz_value *items;
    if (!names) {
        add_cell(r, (pz_value){.null = true});
        return;
    }
    items = PZ_NEWN(r->a, pz_value, names->n + 1);
    for (int i = 0; i < names->n; i++) items[i] = (pz_value){.s = pz_dup(r->a, names->data[i])};
    add_cell(r, (pz_value){.list = {items, names->n}});
}

static pz_rel *
rows_relation(pz_statement *r, pz_origin origin)
{
    pz_rel *v = pz_rel_make(r->a, PZ_REL_VALUES, origin);
    v->resolved = true;
    v->exprs = r->cells;
    v->u.values.ncols = r->schema.n;
    for (int i = 0; i < r->schema.n; i++) {
        pz_attr *at = PZ_NEW(r->a, pz_attr);
        at->id = r->q->next_attr++;
        at->name = r->schema.fields[i].name;
        at->type = r->schema.fields[i].type;
        at->nullable = r->schema.fields[i].nullable;
        at->metadata = r->schema.fields[i].metadata;
        pz_vec_push(r->a, &v->output, at);
    }
    return v;
}

static pz_status
not_served(const pz_command *c, pz_error *err)
{
    pz_str what = c->kind == PZ_CMD_UNSUPPORTED && c->text.len ? c->text : pz_str_c(pz_command_info(c->kind)->name);
    return pz_raise(err, PZ_ERR_NOT_SUPPORTED_COMMAND_WITHOUT_HIVE_SUPPORT, c->origin, "cmd", pz_dup(err->arena, what).ptr, NULL);
}

/* The command with names in place of every IDENTIFIER(...); the parsed one stays as it is. */
static pz_status
settle_names(pz_query *q, pz_command *c, pz_arena *a, pz_command **out, pz_error *err)
{
    bool any = c->name_expr != NULL;
    *out = c;
    for (int i = 0; i < c->body.n; i++) any |= c->body.data[i]->name_expr != NULL;
    if (!any) return PZ_OK;
    *out = PZ_NEW(a, pz_command);
    **out = *c;
    if (c->name_expr) PZ_TRY(pz_analyze_name(&q->place.env, q->params, c->name_expr, a, &(*out)->names, err));
    (*out)->name_expr = NULL;
    memset(&(*out)->body, 0, sizeof (*out)->body);
    for (int i = 0; i < c->body.n; i++) {
        pz_command *one;
        PZ_TRY(settle_names(q, c->body.data[i], a, &one, err));
        pz_vec_push(a, &(*out)->body, one);
    }
    return PZ_OK;
}

pz_status
pz_statement_run_as(pz_statement *r, pz_command *c)
{
    pz_command *own = r->c;
    pz_status st;
    r->c = c;
    st = functions[c->kind] ? functions[c->kind](r) : not_served(c, r->err);
    r->c = own;
    return st;
}

/* Those that run other statements leave it to them. */
static bool
may_repeat(const pz_command *c)
{
    return c->kind != PZ_CMD_SCRIPT && c->kind != PZ_CMD_EXECUTE_IMMEDIATE;
}

pz_status
pz_command_run(pz_query *q, pz_rel *command, pz_arena *a, pz_rel **out, pz_error *err)
{
    pz_statement r = {.q = q, .session = q->session, .a = a, .err = err};
    if (q->params) command->u.command->params = q->params;     /* inside scripts and EXECUTE IMMEDIATE they are the query's */
    PZ_TRY(settle_names(q, command->u.command, a, &r.c, err));
    if (r.c->kind >= PZ_CMD_COUNT || !functions[r.c->kind]) {
        pz_plan *p;                            /* what is wrong with its query comes first */
        if (r.c->query) PZ_TRY(pz_query_resolve(q, r.c->query, NULL, a, &p, err));
        return not_served(r.c, err);
    }
    PZ_TRY(pz_command_schema_of(q, command, a, &r.schema, err));
    q->overtaken = false;
    while (functions[r.c->kind](&r) != PZ_OK) {
        if (!q->overtaken || !may_repeat(r.c)) return PZ_FAIL;
        q->overtaken = false;                  /* nothing of it has happened */
        pz_error_init(err, err->arena);
        if (q->op) PZ_TRY(pz_operation_check(q->op, err));
        r.relation = NULL;
        memset(&r.cells, 0, sizeof r.cells);
    }
    *out = r.relation ? r.relation : rows_relation(&r, command->origin);
    return PZ_OK;
}

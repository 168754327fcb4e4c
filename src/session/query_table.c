/*
 * session/query_table.c - rows of a plan kept in an engine table that no client can name.
 *
 * The tables live in an in-memory database attached for them, so that they never reach the warehouse, and go with the query that took
 * them over.  Starts at pz_query_to_table().
 */
#include <stdio.h>

#include "query.h"
#include "session_int.h"

#define STORE "_piezo_rows"

void
pz_query_drop_table(pz_session *s, pz_str table)
{
    pz_arena *a = pz_arena_open();
    pz_error e;
    pz_error_init(&e, a);
    (void)pz_engine_exec(pz_sessions_engine(s->all), pz_strf(a, "DROP TABLE IF EXISTS " PZ_FMT, PZ_ARG(table)), &e);
    pz_arena_close(a);
}

pz_status
pz_query_to_table(pz_query *q, const pz_plan *resolved, pz_arena *a, pz_str *table, pz_error *err)
{
    char id[PZ_UUID_SIZE], name[64];
    PZ_TRY(pz_engine_exec(pz_sessions_engine(q->session->all), PZ_STR("ATTACH IF NOT EXISTS ':memory:' AS " STORE), err));
    pz_uuid_make(id);
    for (char *c = id; *c; c++)
        if (*c == '-') *c = '_';
    snprintf(name, sizeof name, STORE ".main.r_%s", id);
    PZ_TRY(pz_query_into_table(q, resolved, name, q->arena, err));
    *table = pz_dupc(a, name);
    return PZ_OK;
}

pz_rel *
pz_query_table_scan(pz_query *q, pz_str table, const pz_schema *schema)
{
    pz_arena *a = q->arena;
    pz_rel *r = pz_rel_make(a, PZ_REL_SCAN, PZ_NO_ORIGIN);
    pz_scan *scan = PZ_NEW(a, pz_scan);
    scan->format = PZ_STR("table");
    scan->engine_name = scan->identity = pz_dup(a, table);
    pz_vec_push(a, &q->tables, scan->engine_name);
    scan->schema = pz_schema_copy(a, schema);
    for (int i = 0; i < schema->n; i++) {
        pz_attr *at = PZ_NEW(a, pz_attr);
        pz_field *f = &scan->schema.fields[i];
        pz_vec_push(a, &scan->file_columns, pz_strf(a, "k%d", i));
        *at = (pz_attr){.id = q->next_attr++, .name = f->name, .type = f->type, .nullable = f->nullable, .metadata = f->metadata};
        pz_vec_push(a, &r->output, at);
    }
    scan->file_schema = scan->schema;
    r->u.scan = scan;
    r->resolved = true;
    return r;
}

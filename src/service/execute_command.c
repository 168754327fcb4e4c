/*
 * service/execute_command.c - commands of ExecutePlan: SQL text, checkpoints, and those that answer nothing.
 *
 * A SqlCommand whose text is a query is analyzed, not run: the client gets its own relation back and executes that.
 */
#include "../sql/sql.h"
#include "service_int.h"

/* ---- SqlCommand ---- */
static pz_walk
find_sql(pz_rel *r, void *arg)
{
    if (r->kind != PZ_REL_SQL) return PZ_WALK_ON;
    *(pz_rel **)arg = r;
    return PZ_WALK_STOP;
}

/* Is the text a statement that acts?  Errors of the parser are left for the analyzer, which has the same text. */
static bool
is_statement(const pz_query *q, pz_rel *root, pz_arena *a)
{
    pz_sql_options o;
    pz_rel *sql = root->kind == PZ_REL_WITH_RELATIONS ? root->input : root;
    pz_plan *plan;
    pz_error quiet;
    if (sql && sql->kind != PZ_REL_SQL) pz_walk_rel(root, find_sql, &sql);
    if (!sql || sql->kind != PZ_REL_SQL) return false;
    pz_query_sql_options(q, &o);
    pz_error_init(&quiet, a);
    return pz_parse_sql(sql->u.sql.text, &o, a, &plan, &quiet) == PZ_OK && plan->root->kind == PZ_REL_COMMAND;
}

static pz_status
echo(pz_execution *x, pz_str relation)
{
    pz_buf b;
    pz_status st;
    pz_buf_init(&b, 0);
    pz_put_text(&b, 1, relation);
    st = pz_operation_append(x->op, pz_respond(x->op, PZ_RESPOND_SQL_RESULT, pz_buf_view(&b)), &x->err);
    pz_buf_free(&b);
    return st;
}

static pz_status
send_command_rows(pz_execution *x, pz_query *q)
{
    pz_ipc_batch batch;
    int64_t nrows;
    PZ_TRY(pz_one_batch(x, q, &batch));
    nrows = batch.rows;
    PZ_TRY(pz_operation_append(x->op, pz_respond_local(x->op, &batch), &x->err));
    return pz_send_metrics(x, "CommandResult", nrows);
}

/* relation: the bytes that the client will send again as root. */
static pz_status
sql_command(pz_execution *x, const Spark__Connect__Command *m, pz_str relation)
{
    Spark__Connect__Plan plan = SPARK__CONNECT__PLAN__INIT;
    pz_query *q = pz_plan_cache_get(x->session, relation);
    pz_plan *decoded;
    pz_source *source;
    pz_status st;
    bool statement;
    if (q) {
        st = echo(x, relation);
        pz_query_unref(q);
        return st;
    }
    plan.op_type_case = SPARK__CONNECT__PLAN__OP_TYPE_COMMAND;
    plan.command = (Spark__Connect__Command *)(uintptr_t)m;
    q = pz_query_open(x->session, x->op, x->keep);
    q->is_volatile = pz_text_is_volatile(relation);
    st = pz_decode_plan(&plan, q->arena, &decoded, &x->err);
    if (st == PZ_OK) {
        pz_rel *sql = NULL;
        pz_walk_rel(decoded->root, find_sql, &sql);
        if (sql) {
            q->source = source = PZ_NEW(q->arena, pz_source);
            source->text = pz_query_sql_text(q, sql->u.sql.text, q->arena);
        }
        q->unresolved = decoded->root;
        statement = is_statement(q, decoded->root, q->arena);
        st = pz_query_analyze(q, decoded, statement, &x->err);
        q->op = NULL;
        if (st == PZ_OK && !statement) pz_plan_cache_put(x->session, relation, q);
        if (st == PZ_OK) st = statement ? send_command_rows(x, q) : echo(x, relation);
    }
    pz_query_unref(q);
    return st;
}

/* The older form of SqlCommand carries the fields of a SQL relation under the same numbers: its bytes are that relation's. */
static pz_str
relation_of(pz_execution *x, const Spark__Connect__SqlCommand *m, pz_str bytes)
{
    pz_str out = PZ_STR("");
    pz_buf b;
    if (m->input) {
        (void)pz_wire_field(bytes, 6, &out);
        return out;
    }
    pz_buf_init(&b, 0);
    pz_put_text(&b, 10, bytes);
    out = pz_buf_dup(&b, x->keep->arena);
    pz_buf_free(&b);
    return out;
}

/* ---- CheckpointCommand ---- */
static pz_status
checkpoint(pz_execution *x, const Spark__Connect__CheckpointCommand *m, pz_str bytes)
{
    char id[PZ_UUID_SIZE];
    pz_query *q;
    pz_rel *rel;
    pz_buf inner, outer;
    pz_status st;
    (void)bytes;
    if (!m->local) return pz_raise(&x->err, PZ_ERR_LEGACY_ERROR_TEMP_3016, PZ_NO_ORIGIN, NULL);
    q = pz_query_open(x->session, x->op, x->keep);
    st = pz_decode_relation(m->relation, q->arena, &rel, &x->err);
    if (st == PZ_OK) st = pz_session_checkpoint(q, rel, m->eager, id, &x->err);
    pz_query_unref(q);
    PZ_TRY(st);
    pz_buf_init(&inner, 0);
    pz_buf_init(&outer, 0);
    pz_put_textc(&inner, 1, id);               /* CachedRemoteRelation { relation_id = 1 } */
    pz_put_text(&outer, 1, pz_buf_view(&inner));
    st = pz_operation_append(x->op, pz_respond(x->op, PZ_RESPOND_CHECKPOINT, pz_buf_view(&outer)), &x->err);
    pz_buf_free(&inner);
    pz_buf_free(&outer);
    return st;
}

/* ---- the rest: run, and say nothing ---- */
typedef struct plain_run { pz_execution *x; pz_query *q; pz_plan *decoded; } plain_run;

static pz_status
run_plain(void *arg)
{
    plain_run *p = arg;
    return pz_query_analyze(p->q, p->decoded, true, &p->x->err);
}

static bool
writes(const pz_command *c)
{
    return c && c->query && (c->kind == PZ_CMD_WRITE || c->kind == PZ_CMD_WRITE_V2);
}

static pz_status
plain_command(pz_execution *x, const Spark__Connect__Command *m, pz_str bytes)
{
    Spark__Connect__Plan plan = SPARK__CONNECT__PLAN__INIT;
    pz_query *q = pz_query_open(x->session, x->op, x->keep);
    pz_plan *decoded;
    pz_status st;
    plan.op_type_case = SPARK__CONNECT__PLAN__OP_TYPE_COMMAND;
    plan.command = (Spark__Connect__Command *)(uintptr_t)m;
    q->is_volatile = pz_text_is_volatile(bytes);
    st = pz_decode_plan(&plan, q->arena, &decoded, &x->err);
    if (st == PZ_OK) {
        const pz_command *c = decoded->root->kind == PZ_REL_COMMAND ? decoded->root->u.command : NULL;
        pz_rel *sql = NULL;
        if (c && c->query) pz_walk_rel(c->query, find_sql, &sql);
        if (sql) {                             /* errors while it runs point into the text */
            q->source = PZ_NEW(q->arena, pz_source);
            q->source->text = pz_query_sql_text(q, sql->u.sql.text, q->arena);
        }
        plain_run run = {x, q, decoded};
        st = writes(c) ? pz_run_observed(x, c->query, run_plain, &run) : run_plain(&run);
    }
    pz_query_unref(q);
    return st;
}

pz_status
pz_execute_command(pz_execution *x, const Spark__Connect__Command *m, pz_str bytes)
{
    switch (m ? m->command_type_case : 0) {
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_SQL_COMMAND:
        (void)pz_wire_field(bytes, 5, &bytes);
        return sql_command(x, m, relation_of(x, m->sql_command, bytes));
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_CHECKPOINT_COMMAND:
        return checkpoint(x, m->checkpoint_command, bytes);
    case SPARK__CONNECT__COMMAND__COMMAND_TYPE_GET_RESOURCES_COMMAND:
        return pz_operation_append(x->op, pz_respond(x->op, PZ_RESPOND_RESOURCES, PZ_STR("")), &x->err);
    default:
        return plain_command(x, m, bytes);
    }
}

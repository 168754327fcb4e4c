/*
 * service/analyze_plan.c - AnalyzePlan: questions about a plan that need no run.
 *
 * One function per question; the table at the end finds it.  Things start at pz_serve_analyze().
 */
#include "../session/cache.h"
#include "../sql/sql.h"
#include "service_int.h"

#define REQUEST(name) SPARK__CONNECT__ANALYZE_PLAN_REQUEST__ANALYZE_##name

/* Fields of AnalyzePlanResponse. */
enum {
    OUT_SCHEMA = 2, OUT_EXPLAIN, OUT_TREE, OUT_LOCAL, OUT_STREAMING, OUT_FILES, OUT_VERSION, OUT_DDL_PARSE, OUT_SAME, OUT_HASH, OUT_PERSIST,
    OUT_UNPERSIST, OUT_LEVEL, OUT_JSON_TO_DDL = 16
};

/* ---- plans ---- */
static pz_status
not_set(pz_request *r)
{
    return pz_raise(r->err, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_ONE_OF_FIELD_NOT_SET, PZ_NO_ORIGIN, "fullName", "spark.connect.Relation", "name",
                    "RELTYPE_NOT_SET", NULL);
}

static pz_status
resolve_relation(pz_request *r, const Spark__Connect__Relation *m, pz_query **out)
{
    if (!m || !m->rel_type_case) return not_set(r);
    return pz_prepare_query(r->session, NULL, r->keep, m, pz_pack(&m->base, r->a), false, out, r->err);
}

static pz_status
resolve_plan(pz_request *r, const Spark__Connect__Plan *plan, pz_query **out)
{
    const Spark__Connect__Plan *inner = plan;
    if (plan) PZ_TRY(pz_decode_inflate(plan, 512 << 20, r->a, &inner, r->err));
    if (!inner || inner->op_type_case != SPARK__CONNECT__PLAN__OP_TYPE_ROOT) return not_set(r);
    return resolve_relation(r, inner->root, out);
}

/* ---- answers: a message with one field ---- */
static void
answer_text(pz_request *r, int field, pz_str text)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    if (text.len) pz_put_text(&b, 1, text);
    pz_put_text(&r->out, field, pz_buf_view(&b));
    pz_buf_free(&b);
}

static void
answer_int(pz_request *r, int field, int64_t v)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    if (v) pz_put_int(&b, 1, v);
    pz_put_text(&r->out, field, pz_buf_view(&b));
    pz_buf_free(&b);
}

static void
answer_message(pz_request *r, int field, const void *message)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_put_text(&b, 1, pz_pack(message, r->a));
    pz_put_text(&r->out, field, pz_buf_view(&b));
    pz_buf_free(&b);
}

/* ---- questions about one plan ---- */
typedef pz_status (*question)(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q);

static pz_status
schema(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q)
{
    (void)m;
    answer_message(r, OUT_SCHEMA, pz_encode_schema(&q->plan->schema, r->a));
    return PZ_OK;
}

static pz_status
explain(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q)
{
    pz_query *own = pz_query_open(r->session, NULL, r->keep);  /* explaining allocates: not in a shared query */
    pz_str text = pz_explain_text(own, q->unresolved, q->plan, (int)m->explain->explain_mode, r->err);
    pz_query_unref(own);
    if (r->err->id) return PZ_FAIL;
    answer_text(r, OUT_EXPLAIN, text);
    return PZ_OK;
}

static pz_status
tree_string(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q)
{
    int level = m->tree_string->_level_case ? m->tree_string->level : 0;
    answer_text(r, OUT_TREE, pz_schema_tree(&q->plan->schema, level, r->a));
    return PZ_OK;
}

static pz_status
is_local(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q)
{
    pz_rel_kind k = q->plan->root->kind;
    (void)m;
    bool given = q->unresolved && q->unresolved->kind == PZ_REL_LOCAL;         /* its schema may have made a PROJECT of it */
    answer_int(r, OUT_LOCAL, (given || k == PZ_REL_LOCAL || k == PZ_REL_VALUES) && !q->has_command);
    return PZ_OK;
}

static pz_status
is_streaming(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q)
{
    (void)m;
    answer_int(r, OUT_STREAMING, pz_rel_is_streaming(q->plan->root));
    return PZ_OK;
}

typedef struct file_list { pz_request *r; pz_strs names; } file_list;

static pz_walk
collect_files(pz_rel *rel, void *arg)
{
    file_list *l = arg;
    if (rel->kind == PZ_REL_SCAN)
        for (int i = 0; i < rel->u.scan->files.n; i++) pz_vec_push(l->r->a, &l->names, rel->u.scan->files.data[i]);
    return PZ_WALK_ON;
}

static pz_status
input_files(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q)
{
    file_list l = {.r = r};
    pz_buf b;
    (void)m;
    pz_walk_rel(q->plan->root, collect_files, &l);
    pz_buf_init(&b, 0);
    for (int i = 0; i < l.names.n; i++) {
        bool seen = false;
        for (int j = 0; j < i && !seen; j++) seen = pz_str_eq(l.names.data[i], l.names.data[j]);
        if (!seen) pz_put_text(&b, 1, pz_strf(r->a, "file://" PZ_FMT, PZ_ARG(l.names.data[i])));
    }
    pz_put_text(&r->out, OUT_FILES, pz_buf_view(&b));
    pz_buf_free(&b);
    return PZ_OK;
}

static int32_t
plan_hash(const pz_query *q)
{
    uint64_t h = pz_rel_hash(q->plan->root);
    return (int32_t)(h ^ h >> 32);
}

static pz_status
semantic_hash(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, pz_query *q)
{
    (void)m;
    answer_int(r, OUT_HASH, plan_hash(q));
    return PZ_OK;
}

/* ---- two plans ---- */
static pz_status
same_semantics(pz_request *r, const Spark__Connect__AnalyzePlanRequest__SameSemantics *m)
{
    pz_query *a, *b;
    PZ_TRY(resolve_plan(r, m->target_plan, &a));
    if (resolve_plan(r, m->other_plan, &b) != PZ_OK) {
        pz_query_unref(a);
        return PZ_FAIL;
    }
    answer_int(r, OUT_SAME, pz_rel_same(a->plan->root, b->plan->root));
    pz_query_unref(a);
    pz_query_unref(b);
    return PZ_OK;
}

/* ---- persistence ---- */
/* A query of its own: it may be kept for long. */
static pz_status
persist(pz_request *r, const Spark__Connect__AnalyzePlanRequest__Persist *m)
{
    pz_query *q;
    pz_status st;
    if (!m->relation || !m->relation->rel_type_case) return not_set(r);
    q = pz_cache_query(r->session, NULL, r->keep);
    st = pz_decode_relation(m->relation, q->arena, &q->unresolved, r->err);
    if (st == PZ_OK) st = pz_query_analyze(q, pz_query_plan_of(q, q->unresolved), false, r->err);
    if (st == PZ_OK) st = pz_cache_add(q, m->_storage_level_case ? pz_decode_storage_level(m->storage_level) : PZ_LEVEL_DEFAULT, r->err);
    pz_query_unref(q);
    return st;
}

static pz_status
unpersist(pz_request *r, const Spark__Connect__Relation *m)
{
    pz_query *q;
    PZ_TRY(resolve_relation(r, m, &q));
    pz_cache_remove(q, q->plan->root, false);
    pz_query_unref(q);
    return PZ_OK;
}

static pz_status
get_level(pz_request *r, const Spark__Connect__Relation *m)
{
    int level;
    pz_query *q;
    pz_buf inner;
    PZ_TRY(resolve_relation(r, m, &q));
    level = pz_cache_level(q, q->plan->root);
    pz_query_unref(q);
    pz_buf_init(&inner, 0);
    if (level & PZ_LEVEL_DISK) pz_put_int(&inner, 1, 1);
    if (level & PZ_LEVEL_MEMORY) pz_put_int(&inner, 2, 1);
    if (level & PZ_LEVEL_OFF_HEAP) pz_put_int(&inner, 3, 1);
    if (level & PZ_LEVEL_DESERIALIZED) pz_put_int(&inner, 4, 1);
    pz_put_int(&inner, 5, level ? level >> PZ_LEVEL_REPLICATION : 1);
    answer_text(r, OUT_LEVEL, pz_buf_view(&inner));
    pz_buf_free(&inner);
    return PZ_OK;
}

/* ---- schema texts ---- */
/* A table schema, else a type, else the fields of a struct; the first complaint is the one told. */
static pz_status
ddl_parse(pz_request *r, const char *text)
{
    pz_str ddl = pz_str_c(text);
    pz_schema s = {0};
    const pz_type *t;
    pz_error second, third;
    pz_error_init(&second, r->a);
    pz_error_init(&third, r->a);
    if (!pz_str_trim(ddl).len || pz_parse_schema(ddl, r->a, &s, r->err) == PZ_OK) {
        answer_message(r, OUT_DDL_PARSE, pz_encode_schema(&s, r->a));
        return PZ_OK;
    }
    if (pz_parse_type(ddl, r->a, &t, &second) == PZ_OK || pz_parse_type(pz_strf(r->a, "struct<%s>", text), r->a, &t, &third) == PZ_OK) {
        answer_message(r, OUT_DDL_PARSE, pz_encode_type(t, r->a));
        return PZ_OK;
    }
    return PZ_FAIL;
}

static pz_status
json_to_ddl(pz_request *r, const char *text)
{
    const pz_type *t;
    pz_schema s;
    pz_error quiet;
    pz_error_init(&quiet, r->a);
    if (pz_type_from_json(pz_str_c(text), r->a, &t, &quiet) != PZ_OK) {
        if (quiet.klass == PZ_CLASS_JsonParseException) return pz_raise_text(r->err, PZ_CLASS_JsonParseException, "This is not JSON: %s", text);
        pz_error_copy(r->err, &quiet);
        return PZ_FAIL;
    }
    if (t->id != PZ_T_STRUCT)
        return pz_raise_text(r->err, PZ_CLASS_JavaClassCastException, "class " PZ_FMT " cannot be cast to class org.apache.spark.sql.types.StructType",
                             PZ_ARG(pz_type_json(t, r->a)));
    s = (pz_schema){(pz_field *)(uintptr_t)t->fields, t->nfields};
    answer_text(r, OUT_JSON_TO_DDL, pz_schema_ddl(&s, r->a));
    return PZ_OK;
}

/* ---- which question ---- */
static pz_status
about_plan(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m, const Spark__Connect__Plan *plan, question f)
{
    pz_query *q;
    pz_status st;
    PZ_TRY(resolve_plan(r, plan, &q));
    st = f(r, m, q);
    pz_query_unref(q);
    return st;
}

static pz_status
answer(pz_request *r, const Spark__Connect__AnalyzePlanRequest *m)
{
    switch (m->analyze_case) {
    case REQUEST(SCHEMA): return about_plan(r, m, m->schema->plan, schema);
    case REQUEST(EXPLAIN):
        if (m->explain->explain_mode == 0)
            return pz_raise_text(r->err, PZ_CLASS_JavaUnsupportedOperationException, "Unknown Explain Mode EXPLAIN_MODE_UNSPECIFIED!");
        return about_plan(r, m, m->explain->plan, explain);
    case REQUEST(TREE_STRING): return about_plan(r, m, m->tree_string->plan, tree_string);
    case REQUEST(IS_LOCAL): return about_plan(r, m, m->is_local->plan, is_local);
    case REQUEST(IS_STREAMING): return about_plan(r, m, m->is_streaming->plan, is_streaming);
    case REQUEST(INPUT_FILES): return about_plan(r, m, m->input_files->plan, input_files);
    case REQUEST(SEMANTIC_HASH): return about_plan(r, m, m->semantic_hash->plan, semantic_hash);
    case REQUEST(SAME_SEMANTICS): return same_semantics(r, m->same_semantics);
    case REQUEST(SPARK_VERSION): answer_text(r, OUT_VERSION, PZ_STR("4.3.0")); return PZ_OK;
    case REQUEST(DDL_PARSE): return ddl_parse(r, m->ddl_parse->ddl_string);
    case REQUEST(JSON_TO_DDL): return json_to_ddl(r, m->json_to_ddl->json_string);
    case REQUEST(PERSIST):
        PZ_TRY(persist(r, m->persist));
        pz_put_text(&r->out, OUT_PERSIST, PZ_STR(""));
        return PZ_OK;
    case REQUEST(UNPERSIST):
        PZ_TRY(unpersist(r, m->unpersist->relation));
        pz_put_text(&r->out, OUT_UNPERSIST, PZ_STR(""));
        return PZ_OK;
    case REQUEST(GET_STORAGE_LEVEL): return get_level(r, m->get_storage_level->relation);
    default:
        return pz_raise(r->err, PZ_ERR_CONNECT_INVALID_PLAN_UNKNOWN_ANALYZE_METHOD, PZ_NO_ORIGIN, "other", "ANALYZE_NOT_SET", NULL);
    }
}

pz_status
pz_serve_analyze(pz_request *r)
{
    Spark__Connect__AnalyzePlanRequest *m;
    PZ_REQUEST(r, m, spark__connect__analyze_plan_request__descriptor, PZ_SESSION_CREATE);
    pz_answer_ids(r, 1, 15);
    return answer(r, m);
}

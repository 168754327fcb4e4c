/*
 * tests/unit/test_decode.c - protobuf plans to plans: wire checks, a few relations and expressions, literals, types there and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "decode/decode.h"
#include "spark/connect/base.pb-c.h"

#include <pthread.h>
#include <stdlib.h>

static pz_arena *a;
static pz_error err;

static int
setup(void **state)
{
    (void)state;
    a = pz_arena_open();
    pz_error_init(&err, a);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    pz_arena_close(a);
    return 0;
}

static Spark__Connect__Relation *
range(void)
{
    Spark__Connect__Relation *r = PZ_NEW(a, Spark__Connect__Relation);
    spark__connect__relation__init(r);
    r->rel_type_case = SPARK__CONNECT__RELATION__REL_TYPE_RANGE;
    r->range = PZ_NEW(a, Spark__Connect__Range);
    spark__connect__range__init(r->range);
    r->range->end = 10;
    r->range->step = 1;
    return r;
}

static Spark__Connect__Relation *
limit_of(Spark__Connect__Relation *in, int n)
{
    Spark__Connect__Relation *r = PZ_NEW(a, Spark__Connect__Relation);
    spark__connect__relation__init(r);
    r->rel_type_case = SPARK__CONNECT__RELATION__REL_TYPE_LIMIT;
    r->limit = PZ_NEW(a, Spark__Connect__Limit);
    spark__connect__limit__init(r->limit);
    r->limit->input = in;
    r->limit->limit = n;
    return r;
}

static void
relation_with_plan_id(void **state)
{
    Spark__Connect__Relation *r = limit_of(range(), 3);
    Spark__Connect__RelationCommon common = SPARK__CONNECT__RELATION_COMMON__INIT;
    pz_rel *out;
    (void)state;
    common._plan_id_case = SPARK__CONNECT__RELATION_COMMON___PLAN_ID_PLAN_ID;
    common.plan_id = 7;
    r->common = &common;
    assert_int_equal(pz_decode_relation(r, a, &out, &err), PZ_OK);
    assert_int_equal(out->kind, PZ_REL_LIMIT);
    assert_int_equal(out->plan_id, 7);
    assert_int_equal(out->cond->value.i, 3);
    assert_int_equal(out->input->kind, PZ_REL_RANGE);
    assert_int_equal(out->input->plan_id, -1);
    assert_int_equal(out->input->u.range.end, 10);
}

static void
unset_oneofs(void **state)
{
    Spark__Connect__Plan plan = SPARK__CONNECT__PLAN__INIT;
    Spark__Connect__Relation *r = limit_of(NULL, 3);
    pz_plan *out;
    pz_rel *rel;
    (void)state;
    assert_int_equal(pz_decode_plan(&plan, a, &out, &err), PZ_FAIL);
    assert_int_equal(err.id, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_ONE_OF_FIELD_NOT_SET);
    assert_string_equal(err.params[0].value.ptr, "spark.connect.Plan");
    assert_string_equal(err.params[1].value.ptr, "OPTYPE_NOT_SET");
    pz_error_init(&err, a);
    assert_int_equal(pz_decode_relation(r, a, &rel, &err), PZ_FAIL);
    assert_string_equal(err.params[0].value.ptr, "spark.connect.Relation");
    assert_string_equal(err.params[1].value.ptr, "RELTYPE_NOT_SET");
}

/* Pack a chain of n limits and read it back: through the wire check, the unpacker and the decoder. */
static pz_status
deep(int n, pz_rel **out)
{
    Spark__Connect__Relation *r = range();
    ProtobufCMessage *m;
    size_t size;
    uint8_t *bytes;
    pz_status s;
    for (int i = 0; i < n; i++) r = limit_of(r, i);
    size = protobuf_c_message_get_packed_size(&r->base);
    bytes = malloc(size);
    protobuf_c_message_pack(&r->base, bytes);
    s = pz_unpack(&spark__connect__relation__descriptor, bytes, size, a, &m, &err);
    free(bytes);
    return s == PZ_OK ? pz_decode_relation((Spark__Connect__Relation *)m, a, out, &err) : s;
}

/* As servers do: on a thread with a large stack. */
static void *
very_deep(void *arg)
{
    pz_rel *out;
    (void)arg;
    if (deep(10000, &out) != PZ_OK) return "refused";
    for (int i = 0; i < 10000; i++) out = out->input;
    return out->kind == PZ_REL_RANGE ? NULL : "wrong";
}

static void
deep_plans(void **state)
{
    pthread_attr_t attr;
    pthread_t thread;
    void *answer;
    uint8_t *hostile = malloc(9000000), *p = hostile + 9000000;
    size_t n = 0;
    pz_rel *out;
    (void)state;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, (size_t)256 << 20);
    assert_int_equal(pthread_create(&thread, &attr, very_deep, NULL), 0);
    pthread_join(thread, &answer);
    pthread_attr_destroy(&attr);
    assert_null(answer);
    assert_int_equal(deep(1500, &out), PZ_OK);
    for (int i = 0; i < 1500; i++) out = out->input;
    assert_int_equal(out->kind, PZ_REL_RANGE);
    /* limit { input { limit { input ... : written from the inside out, no stack needed */
    while (n < 600000) {
        size_t v = n;
        uint8_t len[10];
        int k = 0;
        do len[k++] = (uint8_t)((v & 0x7f) | (v > 0x7f ? 0x80 : 0)); while (v >>= 7);
        p -= k, memcpy(p, len, (size_t)k), n += (size_t)k;
        *--p = (n & 1) ? 0x42 : 0x0a, n++;     /* field 8 or 1 */
    }
    assert_int_equal(pz_wire_check(&spark__connect__relation__descriptor, p, n, 1000000, &err), PZ_OK);
    free(hostile);
}

static void
too_deep(void **state)
{
    uint8_t bytes[4096];
    size_t n = 0;
    ProtobufCMessage *m;
    (void)state;
    /* a message cut short in a length, and one with a wrong length */
    assert_int_equal(pz_wire_check(&spark__connect__relation__descriptor, "\x42\x05\x0a", 3, 100, &err), PZ_FAIL);
    assert_int_equal(err.id, PZ_ERR_CONNECT_INVALID_PLAN_CANNOT_PARSE);
    pz_error_init(&err, a);
    assert_int_equal(pz_unpack(&spark__connect__relation__descriptor, "\x42\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11, a, &m, &err), PZ_FAIL);
    pz_error_init(&err, a);
    /* 60 levels where 50 are allowed: lengths of one byte, inside out */
    for (int i = 0; i < 60; i++) {
        memmove(bytes + 2, bytes, n);
        bytes[0] = i % 2 ? 0x42 : 0x0a;
        bytes[1] = (uint8_t)n;
        n += 2;
    }
    assert_int_equal(pz_wire_check(&spark__connect__relation__descriptor, bytes, n, 100, &err), PZ_OK);
    assert_int_equal(pz_wire_check(&spark__connect__relation__descriptor, bytes, n, 50, &err), PZ_FAIL);
}

static pz_expr *
decode(Spark__Connect__Expression *m)
{
    pz_expr *e = NULL;
    if (pz_decode_expression(m, a, &e, &err) != PZ_OK) fail_msg("%s", pz_error_text(&err, a).ptr);
    return e;
}

static void
operators_and_origins(void **state)
{
    Spark__Connect__Expression m = SPARK__CONNECT__EXPRESSION__INIT, x = SPARK__CONNECT__EXPRESSION__INIT, *args[] = {&x, &x};
    Spark__Connect__Expression__UnresolvedFunction f = SPARK__CONNECT__EXPRESSION__UNRESOLVED_FUNCTION__INIT;
    Spark__Connect__Expression__UnresolvedAttribute u = SPARK__CONNECT__EXPRESSION__UNRESOLVED_ATTRIBUTE__INIT;
    Spark__Connect__ExpressionCommon common = SPARK__CONNECT__EXPRESSION_COMMON__INIT;
    Spark__Connect__Origin origin = SPARK__CONNECT__ORIGIN__INIT;
    Spark__Connect__PythonOrigin python = SPARK__CONNECT__PYTHON_ORIGIN__INIT;
    pz_expr *e;
    (void)state;
    python.fragment = "__eq__";
    python.call_site = "file.py:1";
    origin.function_case = SPARK__CONNECT__ORIGIN__FUNCTION_PYTHON_ORIGIN;
    origin.python_origin = &python;
    common.origin = &origin;
    x.expr_type_case = SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_ATTRIBUTE;
    x.unresolved_attribute = &u;
    u.unparsed_identifier = "a.`b c`";
    m.expr_type_case = SPARK__CONNECT__EXPRESSION__EXPR_TYPE_UNRESOLVED_FUNCTION;
    m.unresolved_function = &f;
    m.common = &common;
    f.function_name = "==";
    f.n_arguments = 2;
    f.arguments = args;
    e = decode(&m);
    assert_int_equal(e->kind, PZ_EXPR_CALL);
    assert_string_equal(e->names.data[0].ptr, "=");
    assert_true(e->u.call.as_operator);
    assert_int_equal(e->u.call.fn, -1);
    assert_string_equal(e->origin.source->call_site.ptr, "file.py:1");
    assert_int_equal(e->args.data[0]->names.n, 2);
    assert_string_equal(e->args.data[0]->names.data[1].ptr, "b c");
    u.unparsed_identifier = "a..b";
    assert_int_equal(pz_decode_expression(&m, a, &e, &err), PZ_FAIL);
    assert_int_equal(err.id, PZ_ERR_INVALID_ATTRIBUTE_NAME_SYNTAX);
}

static void
literals(void **state)
{
    Spark__Connect__Expression__Literal m = SPARK__CONNECT__EXPRESSION__LITERAL__INIT;
    Spark__Connect__Expression__Literal__Decimal dec = SPARK__CONNECT__EXPRESSION__LITERAL__DECIMAL__INIT;
    Spark__Connect__Expression__Literal__Array arr = SPARK__CONNECT__EXPRESSION__LITERAL__ARRAY__INIT;
    pz_expr *e;
    (void)state;
    m.literal_type_case = SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_BYTE;
    m.byte = 300;
    assert_int_equal(pz_decode_literal(&m, a, &e, &err), PZ_OK);
    assert_int_equal(e->value.i, 44);
    m.literal_type_case = SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_STRING;
    m.string = (ProtobufCBinaryData){3, (uint8_t *)"a\0b"};
    assert_int_equal(pz_decode_literal(&m, a, &e, &err), PZ_OK);
    assert_int_equal(e->value.s.len, 3);
    m.literal_type_case = SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_DECIMAL;
    m.decimal = &dec;
    dec.value = "-1.50";
    assert_int_equal(pz_decode_literal(&m, a, &e, &err), PZ_OK);
    assert_int_equal(e->type->precision, 3);
    assert_int_equal(e->type->scale, 2);
    assert_int_equal((int)e->value.dec, -150);
    m.literal_type_case = SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_ARRAY;
    m.array = &arr;
    assert_int_equal(pz_decode_literal(&m, a, &e, &err), PZ_FAIL);
    assert_int_equal(err.id, PZ_ERR_CONNECT_INVALID_PLAN_ARRAY_LITERAL_MISSING_DATA_TYPE);
}

/* Types go out and come back the same; values too. */
static void
there_and_back(void **state)
{
    pz_field fields[] = {{PZ_STR("a"), &pz_t_int, false, {0}}, {PZ_STR("b"), NULL, true, PZ_STR("{\"k\":1}")}, {PZ_STR("c"), &pz_t_dt_interval, true, {0}}};
    const pz_type *t, *back;
    pz_value items[] = {{.i = 1}, {.null = true}, {.i = 3}}, v = {.list = {items, 3}};
    pz_expr *e;
    (void)state;
    fields[1].type = pz_type_map(a, &pz_t_string, pz_type_decimal(a, 10, 2), true);
    t = pz_type_array(a, pz_type_struct(a, fields, 3), false);
    assert_int_equal(pz_decode_type(pz_encode_type(t, a), a, &back, &err), PZ_OK);
    assert_true(pz_type_eq(t, back));
    t = pz_type_array(a, &pz_t_long, true);
    assert_int_equal(pz_decode_literal(pz_encode_literal(t, &v, a), a, &e, &err), PZ_OK);
    assert_true(pz_type_eq(t, e->type));
    assert_int_equal(e->value.list.n, 3);
    assert_true(e->value.list.items[1].null);
    assert_int_equal(e->value.list.items[2].i, 3);
    for (int i = 0; i < 8; i++) {
        static const pz_type *const plain[] = {&pz_t_void, &pz_t_boolean, &pz_t_string, &pz_t_binary, &pz_t_timestamp_ntz, &pz_t_variant, &pz_t_ym_interval, &pz_t_calendar_interval};
        assert_int_equal(pz_decode_type(pz_encode_type(plain[i], a), a, &back, &err), PZ_OK);
        assert_true(pz_type_eq(plain[i], back));
    }
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {T(relation_with_plan_id), T(unset_oneofs), T(deep_plans), T(too_deep), T(operators_and_origins), T(literals), T(there_and_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * decode/plan.c - Plan messages: the root, compressed operations, and what all of decode/ shares.
 *
 * Things start at pz_decode_plan().
 */
#include "decode_int.h"

#include <zstd.h>

/* Default of spark.connect.maxPlanSize; compressed plans may not grow beyond it. */
static const int64_t max_plan_size = 512ll << 20;

/* ---- helpers ---- */
void
pz_dec_str(pz_decoder *d, const char *m, pz_strs *out)
{
    pz_vec_push(d->a, out, pz_str_c(m));
}

void
pz_dec_strs(pz_decoder *d, size_t n, char *const *m, pz_strs *out)
{
    for (size_t i = 0; i < n; i++) pz_dec_str(d, m[i], out);
}

/* Python sends the name of the call and its place; JVM clients may send a place in SQL text, or stack traces. */
pz_origin
pz_dec_origin(pz_decoder *d, const MSG(Origin) *m)
{
    pz_origin o = PZ_NO_ORIGIN;
    pz_source *s;
    if (!m) return o;
    if (m->function_case == SPARK__CONNECT__ORIGIN__FUNCTION_PYTHON_ORIGIN) {
        if (!m->python_origin->call_site[0]) return o;
        s = PZ_NEW(d->a, pz_source);
        s->text = pz_str_c(m->python_origin->fragment);
        s->call_site = pz_str_c(m->python_origin->call_site);
        o.source = s;
    } else if (m->function_case == SPARK__CONNECT__ORIGIN__FUNCTION_JVM_ORIGIN && m->jvm_origin->_sql_text_case) {
        const MSG(JvmOrigin) *j = m->jvm_origin;
        if (!j->_start_index_case || !j->_stop_index_case) return o;
        s = PZ_NEW(d->a, pz_source);
        s->text = pz_str_c(j->sql_text);
        if (j->_object_type_case) s->object_type = pz_str_c(j->object_type);
        if (j->_object_name_case) s->object_name = pz_str_c(j->object_name);
        o = (pz_origin){j->start_index, j->stop_index, j->_line_case ? j->line : 0, j->_start_position_case ? j->start_position : 0, s};
    }
    return o;
}

pz_status
pz_dec_enter(pz_decoder *d)
{
    if (++d->depth <= PZ_MAX_DEPTH) return PZ_OK;
    return pz_raise_as(d->err, PZ_CLASS_SparkSQLException, PZ_ERR_CONNECT_INVALID_PLAN_CANNOT_PARSE, PZ_NO_ORIGIN, "errorMsg",
                       "The plan is nested too deep.", NULL);
}

/* rel_type -> RELTYPE_NOT_SET: Java's name for the unset case */
pz_status
pz_dec_not_set(pz_decoder *d, const ProtobufCMessageDescriptor *type, const char *oneof)
{
    pz_buf b;
    pz_status s;
    pz_buf_init(&b, 0);
    for (; *oneof; oneof++)
        if (*oneof != '_') pz_buf_putc(&b, *oneof >= 'a' && *oneof <= 'z' ? (char)(*oneof - 32) : *oneof);
    pz_buf_puts(&b, "_NOT_SET");
    s = pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_ONE_OF_FIELD_NOT_SET, PZ_NO_ORIGIN, "fullName", type->name, "name", b.ptr, NULL);
    pz_buf_free(&b);
    return s;
}

const char *
pz_dec_field_name(pz_decoder *d, const ProtobufCMessageDescriptor *type, unsigned field)
{
    const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field(type, field);
    return f ? pz_upper_ascii(d->a, pz_str_c(f->name)).ptr : "";
}

pz_status
pz_dec_not_supported(pz_decoder *d, const ProtobufCMessage *m, unsigned field)
{
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_ONE_OF_FIELD_NOT_SUPPORTED, PZ_NO_ORIGIN, "fullName", m->descriptor->name,
                    "name", pz_dec_field_name(d, m->descriptor, field), "number", pz_strf(d->a, "%u", field).ptr, NULL);
}

pz_status
pz_dec_bad_enum(pz_decoder *d, const ProtobufCEnumDescriptor *type, int value)
{
    const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(type, value);
    if (!v) return pz_raise_text(d->err, PZ_CLASS_JavaIllegalArgumentException, "%s has no value %d.", type->name, value);
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INVALID_ENUM, PZ_NO_ORIGIN, "fullName", type->name, "name", v->name, "number",
                    pz_strf(d->a, "%d", value).ptr, NULL);
}

pz_status
pz_dec_assertion(pz_decoder *d, const char *message)
{
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_ASSERTION_FAILURE, PZ_NO_ORIGIN, "message", message, NULL);
}

/* ---- compressed operations ---- */
static pz_status
cannot_parse(pz_error *err, const char *why)
{
    return pz_raise_as(err, PZ_CLASS_SparkSQLException, PZ_ERR_CONNECT_INVALID_PLAN_CANNOT_PARSE, PZ_NO_ORIGIN, "errorMsg", why, NULL);
}

static pz_status
too_large(pz_error *err, pz_arena *a, int64_t size, int64_t max_size)
{
    return pz_raise(err, PZ_ERR_CONNECT_INVALID_PLAN_PLAN_SIZE_LARGER_THAN_MAX, PZ_NO_ORIGIN, "planSize",
                    size < 0 ? "unknown" : pz_strf(a, "%lld", (long long)size).ptr, "maxPlanSize", pz_strf(a, "%lld", (long long)max_size).ptr, NULL);
}

/* Frames may or may not tell their size: stream, and stop at the limit. */
static pz_status
inflate(ProtobufCBinaryData in, int64_t max_size, pz_arena *a, pz_buf *out, pz_error *err)
{
    ZSTD_DCtx *z = ZSTD_createDCtx();
    ZSTD_inBuffer src = {in.data, in.len, 0};
    unsigned long long told = ZSTD_getFrameContentSize(in.data, in.len);
    pz_status s = PZ_OK;
    size_t left = 1;
    char block[16384];
    if (told != ZSTD_CONTENTSIZE_UNKNOWN && told != ZSTD_CONTENTSIZE_ERROR && told > (unsigned long long)max_size)
        s = too_large(err, a, (int64_t)(told > INT64_MAX ? INT64_MAX : told), max_size);
    while (s == PZ_OK && left != 0) {
        ZSTD_outBuffer dst = {block, sizeof block, 0};
        left = ZSTD_decompressStream(z, &dst, &src);
        pz_buf_add(out, block, dst.pos);
        if (ZSTD_isError(left)) s = cannot_parse(err, ZSTD_getErrorName(left));
        else if (out->failed) s = too_large(err, a, -1, max_size);
        else if (left != 0 && dst.pos == 0 && src.pos == src.size) s = cannot_parse(err, "The compressed plan is cut short.");
        else if (left == 0 && src.pos < src.size) left = 1;    /* another frame follows */
    }
    ZSTD_freeDCtx(z);
    return s;
}

pz_status
pz_decode_inflate(const MSG(Plan) *m, int64_t max_size, pz_arena *a, const MSG(Plan) **out, pz_error *err)
{
    const Spark__Connect__Plan__CompressedOperation *c = m->compressed_operation;
    pz_decoder d = {.a = a, .err = err, .around = PZ_NO_ORIGIN};
    MSG(Plan) *plan;
    ProtobufCMessage *inner;
    bool relation;
    pz_buf b;
    pz_status s;
    *out = m;
    if (m->op_type_case != SPARK__CONNECT__PLAN__OP_TYPE_COMPRESSED_OPERATION) return PZ_OK;
    if (c->compression_codec != SPARK__CONNECT__COMPRESSION_CODEC__COMPRESSION_CODEC_ZSTD)
        return pz_dec_bad_enum(&d, &spark__connect__compression_codec__descriptor, (int)c->compression_codec);
    relation = c->op_type == SPARK__CONNECT__PLAN__COMPRESSED_OPERATION__OP_TYPE__OP_TYPE_RELATION;
    if (!relation && c->op_type != SPARK__CONNECT__PLAN__COMPRESSED_OPERATION__OP_TYPE__OP_TYPE_COMMAND)
        return cannot_parse(err, "The kind of the compressed operation is not set.");
    pz_buf_init(&b, (size_t)max_size);
    s = inflate(c->data, max_size, a, &b, err);
    if (s == PZ_OK)
        s = pz_unpack(relation ? &spark__connect__relation__descriptor : &spark__connect__command__descriptor, b.ptr, b.len, a, &inner, err);
    pz_buf_free(&b);
    PZ_TRY(s);
    plan = PZ_NEW(a, MSG(Plan));
    spark__connect__plan__init(plan);
    plan->op_type_case = relation ? SPARK__CONNECT__PLAN__OP_TYPE_ROOT : SPARK__CONNECT__PLAN__OP_TYPE_COMMAND;
    if (relation) plan->root = (MSG(Relation) *)inner;
    else plan->command = (MSG(Command) *)inner;
    *out = plan;
    return PZ_OK;
}

/* ---- entry points ---- */
pz_status
pz_decode_plan(const MSG(Plan) *m, pz_arena *a, pz_plan **out, pz_error *err)
{
    pz_decoder d = {.a = a, .err = err, .around = PZ_NO_ORIGIN};
    pz_plan *plan = PZ_NEW(a, pz_plan);
    PZ_TRY(pz_decode_inflate(m, max_plan_size, a, &m, err));
    switch (m->op_type_case) {
    case SPARK__CONNECT__PLAN__OP_TYPE_ROOT: PZ_TRY(pz_dec_rel(&d, m->root, &plan->root)); break;
    case SPARK__CONNECT__PLAN__OP_TYPE_COMMAND: PZ_TRY(pz_dec_command(&d, m->command, &plan->root)); break;
    default: return pz_dec_not_set(&d, m->base.descriptor, "op_type");
    }
    *out = plan;
    return PZ_OK;
}

pz_status
pz_decode_relation(const MSG(Relation) *m, pz_arena *a, pz_rel **out, pz_error *err)
{
    pz_decoder d = {.a = a, .err = err, .around = PZ_NO_ORIGIN};
    return pz_dec_rel(&d, m, out);
}

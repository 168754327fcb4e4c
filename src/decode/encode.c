/*
 * decode/encode.c - types and values to messages: schema responses, observed metrics, literals of ML results.
 *
 * Out: messages in the arena, to be packed and forgotten. 
 */
#include "decode_int.h"

/* A message in the arena, initialized by its generated function. */
#define NEW_MSG(a, T, init, var) \
    T *var = PZ_NEW((a), T); \
    init(var)

static char *
text(pz_arena *a, pz_str s)
{
    return (char *)pz_dup(a, s.ptr ? s : PZ_STR("")).ptr;
}

static void
encode_struct(const pz_field *fields, int n, pz_arena *a, MSG(DataType) *m)
{
    NEW_MSG(a, Spark__Connect__DataType__Struct, spark__connect__data_type__struct__init, s);
    s->n_fields = (size_t)n;
    s->fields = PZ_NEWN(a, Spark__Connect__DataType__StructField *, n + 1);
    for (int i = 0; i < n; i++) {
        NEW_MSG(a, Spark__Connect__DataType__StructField, spark__connect__data_type__struct_field__init, f);
        f->name = text(a, fields[i].name);
        f->data_type = pz_encode_type(fields[i].type, a);
        f->nullable = fields[i].nullable;
        if (fields[i].metadata.len) {
            f->_metadata_case = SPARK__CONNECT__DATA_TYPE__STRUCT_FIELD___METADATA_METADATA;
            f->metadata = text(a, fields[i].metadata);
        }
        s->fields[i] = f;
    }
    m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_STRUCT;
    m->struct_ = s;
}

/* One line per type that has no parameters. */
#define PLAIN(T, KIND, Message, member, init) \
    case PZ_T_##T: { \
        NEW_MSG(a, Spark__Connect__DataType__##Message, spark__connect__data_type__##init##__init, x); \
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_##KIND; \
        m->member = x; \
        return; \
    }

static void
encode_plain(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    switch (t->id) {
    PLAIN(VOID, NULL, NULL, null, null)
    PLAIN(BOOLEAN, BOOLEAN, Boolean, boolean, boolean)
    PLAIN(BYTE, BYTE, Byte, byte, byte)
    PLAIN(SHORT, SHORT, Short, short_, short)
    PLAIN(INT, INTEGER, Integer, integer, integer)
    PLAIN(LONG, LONG, Long, long_, long)
    PLAIN(FLOAT, FLOAT, Float, float_, float)
    PLAIN(DOUBLE, DOUBLE, Double, double_, double)
    PLAIN(BINARY, BINARY, Binary, binary, binary)
    PLAIN(DATE, DATE, Date, date, date)
    PLAIN(TIMESTAMP, TIMESTAMP, Timestamp, timestamp, timestamp)
    PLAIN(TIMESTAMP_NTZ, TIMESTAMP_NTZ, TimestampNTZ, timestamp_ntz, timestamp_ntz)
    PLAIN(CALENDAR_INTERVAL, CALENDAR_INTERVAL, CalendarInterval, calendar_interval, calendar_interval)
    PLAIN(VARIANT, VARIANT, Variant, variant, variant)
    default: return;
    }
}

static void
encode_decimal(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    NEW_MSG(a, Spark__Connect__DataType__Decimal, spark__connect__data_type__decimal__init, x);
    x->_precision_case = SPARK__CONNECT__DATA_TYPE__DECIMAL___PRECISION_PRECISION;
    x->precision = t->precision;
    x->_scale_case = SPARK__CONNECT__DATA_TYPE__DECIMAL___SCALE_SCALE;
    x->scale = t->scale;
    m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_DECIMAL;
    m->decimal = x;
}

static void
encode_string(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    NEW_MSG(a, Spark__Connect__DataType__String, spark__connect__data_type__string__init, x);
    if (t->collation.len) x->collation = text(a, t->collation);
    m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_STRING;
    m->string = x;
}

static void
encode_sized(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    if (t->id == PZ_T_CHAR) {
        NEW_MSG(a, Spark__Connect__DataType__Char, spark__connect__data_type__char__init, x);
        x->length = t->length;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_CHAR;
        m->char_ = x;
    } else {
        NEW_MSG(a, Spark__Connect__DataType__VarChar, spark__connect__data_type__var_char__init, x);
        x->length = t->length;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_VAR_CHAR;
        m->var_char = x;
    }
}

static void
encode_interval(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    if (t->id == PZ_T_YM_INTERVAL) {
        NEW_MSG(a, Spark__Connect__DataType__YearMonthInterval, spark__connect__data_type__year_month_interval__init, x);
        x->_start_field_case = SPARK__CONNECT__DATA_TYPE__YEAR_MONTH_INTERVAL___START_FIELD_START_FIELD;
        x->start_field = t->start;
        x->_end_field_case = SPARK__CONNECT__DATA_TYPE__YEAR_MONTH_INTERVAL___END_FIELD_END_FIELD;
        x->end_field = t->end;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_YEAR_MONTH_INTERVAL;
        m->year_month_interval = x;
    } else {
        NEW_MSG(a, Spark__Connect__DataType__DayTimeInterval, spark__connect__data_type__day_time_interval__init, x);
        x->_start_field_case = SPARK__CONNECT__DATA_TYPE__DAY_TIME_INTERVAL___START_FIELD_START_FIELD;
        x->start_field = t->start;
        x->_end_field_case = SPARK__CONNECT__DATA_TYPE__DAY_TIME_INTERVAL___END_FIELD_END_FIELD;
        x->end_field = t->end;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_DAY_TIME_INTERVAL;
        m->day_time_interval = x;
    }
}

static void
encode_time(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    if (t->id == PZ_T_TIME) {
        NEW_MSG(a, Spark__Connect__DataType__Time, spark__connect__data_type__time__init, x);
        x->_precision_case = SPARK__CONNECT__DATA_TYPE__TIME___PRECISION_PRECISION;
        x->precision = t->precision;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_TIME;
        m->time = x;
    } else if (t->id == PZ_T_TIMESTAMP_NTZ_NANOS) {
        NEW_MSG(a, Spark__Connect__DataType__TimestampNTZNanos, spark__connect__data_type__timestamp_ntznanos__init, x);
        x->_precision_case = SPARK__CONNECT__DATA_TYPE__TIMESTAMP_NTZNANOS___PRECISION_PRECISION;
        x->precision = t->precision;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_TIMESTAMP_NTZ_NANOS;
        m->timestamp_ntz_nanos = x;
    } else {
        NEW_MSG(a, Spark__Connect__DataType__TimestampLTZNanos, spark__connect__data_type__timestamp_ltznanos__init, x);
        x->_precision_case = SPARK__CONNECT__DATA_TYPE__TIMESTAMP_LTZNANOS___PRECISION_PRECISION;
        x->precision = t->precision;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_TIMESTAMP_LTZ_NANOS;
        m->timestamp_ltz_nanos = x;
    }
}

static void
encode_nested(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    if (t->id == PZ_T_ARRAY) {
        NEW_MSG(a, Spark__Connect__DataType__Array, spark__connect__data_type__array__init, x);
        x->element_type = pz_encode_type(t->element, a);
        x->contains_null = t->contains_null;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_ARRAY;
        m->array = x;
    } else if (t->id == PZ_T_MAP) {
        NEW_MSG(a, Spark__Connect__DataType__Map, spark__connect__data_type__map__init, x);
        x->key_type = pz_encode_type(t->key, a);
        x->value_type = pz_encode_type(t->element, a);
        x->value_contains_null = t->contains_null;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_MAP;
        m->map = x;
    } else {
        encode_struct(t->fields, t->nfields, a, m);
    }
}

/* The value of a top-level "key":"text" in the type's own JSON, which decode/type.c and types/ write without spaces. */
static pz_str
json_member(pz_str json, const char *key, pz_arena *a)
{
    pz_str pattern = pz_strf(a, "\"%s\":\"", key);
    const char *p = json.len ? memmem(json.ptr, json.len, pattern.ptr, pattern.len) : NULL, *end;
    if (!p) return pz_str_c(NULL);
    p += pattern.len;
    end = memchr(p, '"', (size_t)(json.ptr + json.len - p));
    return end ? (pz_str){p, (size_t)(end - p)} : pz_str_c(NULL);
}

static void
encode_udt(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    pz_str jvm = json_member(t->udt_json, "class", a), python = json_member(t->udt_json, "pyClass", a);
    pz_str code = json_member(t->udt_json, "serializedClass", a);
    NEW_MSG(a, Spark__Connect__DataType__UDT, spark__connect__data_type__udt__init, x);
    x->type = text(a, PZ_STR("udt"));
    if (jvm.ptr) {
        x->_jvm_class_case = SPARK__CONNECT__DATA_TYPE__UDT___JVM_CLASS_JVM_CLASS;
        x->jvm_class = text(a, jvm);
    }
    if (python.ptr) {
        x->_python_class_case = SPARK__CONNECT__DATA_TYPE__UDT___PYTHON_CLASS_PYTHON_CLASS;
        x->python_class = text(a, python);
    }
    if (code.ptr) {
        x->_serialized_python_class_case = SPARK__CONNECT__DATA_TYPE__UDT___SERIALIZED_PYTHON_CLASS_SERIALIZED_PYTHON_CLASS;
        x->serialized_python_class = text(a, code);
    }
    if (t->element && code.ptr) {              /* JVM types go out by class alone */
        x->_sql_type_case = SPARK__CONNECT__DATA_TYPE__UDT___SQL_TYPE_SQL_TYPE;
        x->sql_type = pz_encode_type(t->element, a);
    }
    m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_UDT;
    m->udt = x;
}

static void
encode_geo(const pz_type *t, pz_arena *a, MSG(DataType) *m)
{
    if (t->id == PZ_T_GEOMETRY) {
        NEW_MSG(a, Spark__Connect__DataType__Geometry, spark__connect__data_type__geometry__init, x);
        x->srid = t->scale;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_GEOMETRY;
        m->geometry = x;
    } else {
        NEW_MSG(a, Spark__Connect__DataType__Geography, spark__connect__data_type__geography__init, x);
        x->srid = t->scale;
        m->kind_case = SPARK__CONNECT__DATA_TYPE__KIND_GEOGRAPHY;
        m->geography = x;
    }
}

MSG(DataType) *
pz_encode_type(const pz_type *t, pz_arena *a)
{
    NEW_MSG(a, MSG(DataType), spark__connect__data_type__init, m);
    switch (t->id) {
    case PZ_T_DECIMAL: encode_decimal(t, a, m); break;
    case PZ_T_STRING: encode_string(t, a, m); break;
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: encode_sized(t, a, m); break;
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL: encode_interval(t, a, m); break;
    case PZ_T_TIME:
    case PZ_T_TIMESTAMP_NTZ_NANOS:
    case PZ_T_TIMESTAMP_LTZ_NANOS: encode_time(t, a, m); break;
    case PZ_T_ARRAY:
    case PZ_T_MAP:
    case PZ_T_STRUCT: encode_nested(t, a, m); break;
    case PZ_T_UDT: encode_udt(t, a, m); break;
    case PZ_T_GEOMETRY:
    case PZ_T_GEOGRAPHY: encode_geo(t, a, m); break;
    default: encode_plain(t, a, m); break;
    }
    return m;
}

MSG(DataType) *
pz_encode_schema(const pz_schema *s, pz_arena *a)
{
    NEW_MSG(a, MSG(DataType), spark__connect__data_type__init, m);
    encode_struct(s->fields, s->n, a, m);
    return m;
}

/* ---- literals ---- */
#define SET(CASE, member, v) \
    (m->literal_type_case = SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_##CASE, m->member = (v))

static ProtobufCBinaryData
bytes(pz_arena *a, pz_str s)
{
    return (ProtobufCBinaryData){s.len, (uint8_t *)text(a, s)};
}

static void
encode_values(const pz_type *t, const pz_value *v, int n, pz_arena *a, size_t *count, EXPR_MSG(Literal) ***out)
{
    *count = (size_t)n;
    *out = PZ_NEWN(a, EXPR_MSG(Literal) *, n + 1);
    for (int i = 0; i < n; i++) (*out)[i] = pz_encode_literal(t, &v[i], a);
}

static void
encode_container(const pz_type *t, const pz_value *v, pz_arena *a, EXPR_MSG(Literal) *m)
{
    if (t->id == PZ_T_ARRAY) {
        NEW_MSG(a, EXPR_MSG(Literal__Array), spark__connect__expression__literal__array__init, x);
        encode_values(t->element, v->list.items, v->list.n, a, &x->n_elements, &x->elements);
        x->element_type = pz_encode_type(t->element, a);
        SET(ARRAY, array, x);
    } else if (t->id == PZ_T_MAP) {
        NEW_MSG(a, EXPR_MSG(Literal__Map), spark__connect__expression__literal__map__init, x);
        encode_values(t->key, v->map.keys, v->map.n, a, &x->n_keys, &x->keys);
        encode_values(t->element, v->map.vals, v->map.n, a, &x->n_values, &x->values);
        x->key_type = pz_encode_type(t->key, a);
        x->value_type = pz_encode_type(t->element, a);
        SET(MAP, map, x);
    } else {
        NEW_MSG(a, EXPR_MSG(Literal__Struct), spark__connect__expression__literal__struct__init, x);
        x->n_elements = (size_t)t->nfields;
        x->elements = PZ_NEWN(a, EXPR_MSG(Literal) *, t->nfields + 1);
        for (int i = 0; i < t->nfields; i++) x->elements[i] = pz_encode_literal(t->fields[i].type, &v->list.items[i], a);
        x->struct_type = pz_encode_type(t, a);
        SET(STRUCT, struct_, x);
    }
}

static void
encode_decimal_value(const pz_type *t, const pz_value *v, pz_arena *a, EXPR_MSG(Literal) *m)
{
    pz_buf b;
    NEW_MSG(a, EXPR_MSG(Literal__Decimal), spark__connect__expression__literal__decimal__init, x);
    pz_buf_init(&b, 0);
    pz_decimal_text(&b, v->dec, t->scale);
    x->value = (char *)pz_buf_dup(&b, a).ptr;
    pz_buf_free(&b);
    x->_precision_case = SPARK__CONNECT__EXPRESSION__LITERAL__DECIMAL___PRECISION_PRECISION;
    x->precision = t->precision;
    x->_scale_case = SPARK__CONNECT__EXPRESSION__LITERAL__DECIMAL___SCALE_SCALE;
    x->scale = t->scale;
    SET(DECIMAL, decimal, x);
}

EXPR_MSG(Literal) *
pz_encode_literal(const pz_type *t, const pz_value *v, pz_arena *a)
{
    NEW_MSG(a, EXPR_MSG(Literal), spark__connect__expression__literal__init, m);
    if (v->null) {
        SET(NULL, null, pz_encode_type(t, a));
        return m;
    }
    switch (t->id) {
    case PZ_T_BOOLEAN: SET(BOOLEAN, boolean, v->b); break;
    case PZ_T_BYTE: SET(BYTE, byte, (int32_t)v->i); break;
    case PZ_T_SHORT: SET(SHORT, short_, (int32_t)v->i); break;
    case PZ_T_INT: SET(INTEGER, integer, (int32_t)v->i); break;
    case PZ_T_LONG: SET(LONG, long_, v->i); break;
    case PZ_T_FLOAT: SET(FLOAT, float_, (float)v->d); break;
    case PZ_T_DOUBLE: SET(DOUBLE, double_, v->d); break;
    case PZ_T_DECIMAL: encode_decimal_value(t, v, a, m); break;
    case PZ_T_STRING:
    case PZ_T_CHAR:
    case PZ_T_VARCHAR: SET(STRING, string, bytes(a, v->s)); break;
    case PZ_T_BINARY: SET(BINARY, binary, bytes(a, v->s)); break;
    case PZ_T_DATE: SET(DATE, date, (int32_t)v->i); break;
    case PZ_T_TIMESTAMP: SET(TIMESTAMP, timestamp, v->i); break;
    case PZ_T_TIMESTAMP_NTZ: SET(TIMESTAMP_NTZ, timestamp_ntz, v->i); break;
    case PZ_T_YM_INTERVAL: SET(YEAR_MONTH_INTERVAL, year_month_interval, (int32_t)v->i); break;
    case PZ_T_DT_INTERVAL: SET(DAY_TIME_INTERVAL, day_time_interval, v->i); break;
    case PZ_T_CALENDAR_INTERVAL: {
        NEW_MSG(a, EXPR_MSG(Literal__CalendarInterval), spark__connect__expression__literal__calendar_interval__init, x);
        x->months = v->iv.months;
        x->days = v->iv.days;
        x->microseconds = v->iv.micros;
        SET(CALENDAR_INTERVAL, calendar_interval, x);
        break;
    }
    case PZ_T_TIME: {
        NEW_MSG(a, EXPR_MSG(Literal__Time), spark__connect__expression__literal__time__init, x);
        x->nano = v->i * 1000;
        x->_precision_case = SPARK__CONNECT__EXPRESSION__LITERAL__TIME___PRECISION_PRECISION;
        x->precision = t->precision;
        SET(TIME, time, x);
        break;
    }
    case PZ_T_ARRAY:
    case PZ_T_MAP:
    case PZ_T_STRUCT: encode_container(t, v, a, m); break;
    default: SET(NULL, null, pz_encode_type(t, a)); break;
    }
    return m;
}

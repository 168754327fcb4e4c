/*
 * decode/type.c - DataType messages to types.  Things start at pz_dec_type(); one case per member of DataType.kind.
 */
#include "decode_int.h"

#include "../sql/sql.h"

static pz_status
no_such_kind(pz_decoder *d, const char *kind)
{
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_DATA_TYPE_UNSUPPORTED_PROTO_TO_CATALYST, PZ_NO_ORIGIN, "kindCase", kind, NULL);
}

/* A type with one number of its own: precision of a time, length of a char. */
static const pz_type *
numbered(pz_decoder *d, pz_type_id id, int precision, int scale, int length)
{
    pz_type *t = PZ_NEW(d->a, pz_type);
    t->id = id;
    t->precision = precision;
    t->scale = scale;
    t->length = length;
    return t;
}

static pz_status
dec_decimal(pz_decoder *d, const Spark__Connect__DataType__Decimal *m, const pz_type **out)
{
    int precision = m->_precision_case ? m->precision : 10, scale = m->_scale_case ? m->scale : 0;
    if (precision > 38)
        return pz_raise(d->err, PZ_ERR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, PZ_NO_ORIGIN, "precision",
                        pz_strf(d->a, "%d", precision).ptr, "maxPrecision", "38", NULL);
    if (scale > precision)
        return pz_raise(d->err, PZ_ERR_DECIMAL_SCALE_EXCEEDS_PRECISION, PZ_NO_ORIGIN, "scale", pz_strf(d->a, "%d", scale).ptr, "precision",
                        pz_strf(d->a, "%d", precision).ptr, NULL);
    *out = pz_type_decimal(d->a, precision, scale);
    return PZ_OK;
}

static pz_status
dec_struct(pz_decoder *d, const Spark__Connect__DataType__Struct *m, const pz_type **out)
{
    pz_field *fields = PZ_NEWN(d->a, pz_field, m->n_fields + 1);
    for (size_t i = 0; i < m->n_fields; i++) {
        const Spark__Connect__DataType__StructField *f = m->fields[i];
        fields[i].name = pz_str_c(f->name);
        fields[i].nullable = f->nullable;
        PZ_TRY(pz_dec_type(d, f->data_type, &fields[i].type));
        if (f->_metadata_case && !pz_str_eqc(pz_str_trim(pz_str_c(f->metadata)), "{}")) fields[i].metadata = pz_str_c(f->metadata);
    }
    *out = pz_type_struct(d->a, fields, (int)m->n_fields);
    return PZ_OK;
}

static pz_status
dec_array(pz_decoder *d, const Spark__Connect__DataType__Array *m, const pz_type **out)
{
    const pz_type *element;
    PZ_TRY(pz_dec_type(d, m->element_type, &element));
    *out = pz_type_array(d->a, element, m->contains_null);
    return PZ_OK;
}

static pz_status
dec_map(pz_decoder *d, const Spark__Connect__DataType__Map *m, const pz_type **out)
{
    const pz_type *key, *value;
    PZ_TRY(pz_dec_type(d, m->key_type, &key));
    PZ_TRY(pz_dec_type(d, m->value_type, &value));
    *out = pz_type_map(d->a, key, value, m->value_contains_null);
    return PZ_OK;
}

/* A user-defined type is carried by its SQL type; Python's must name its class and that type. */
static pz_status
dec_udt(pz_decoder *d, const Spark__Connect__DataType__UDT *m, const pz_type **out)
{
    pz_type *t = PZ_NEW(d->a, pz_type);
    if (strcmp(m->type, "udt") != 0)
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UDT_TYPE_FIELD_INVALID, PZ_NO_ORIGIN, "udtType", m->type, NULL);
    if (!m->_jvm_class_case && (!m->_python_class_case || !m->_serialized_python_class_case || !m->_sql_type_case))
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_PYTHON_UDT_MISSING_FIELDS, PZ_NO_ORIGIN, NULL);
    t->id = PZ_T_UDT;
    if (m->_sql_type_case) {
        pz_buf b;
        PZ_TRY(pz_dec_type(d, m->sql_type, &t->element));
        pz_buf_init(&b, 0);
        pz_buf_puts(&b, "{\"type\":\"udt\"");
        if (m->_jvm_class_case) pz_buf_printf(&b, ",\"class\":\"%s\"", m->jvm_class);
        if (m->_python_class_case) pz_buf_printf(&b, ",\"pyClass\":\"%s\"", m->python_class);
        if (m->_serialized_python_class_case) pz_buf_printf(&b, ",\"serializedClass\":\"%s\"", m->serialized_python_class);
        pz_buf_puts(&b, ",\"sqlType\":");
        pz_buf_str(&b, pz_type_json(t->element, d->a));
        pz_buf_putc(&b, '}');
        t->udt_json = pz_buf_dup(&b, d->a);
        pz_buf_free(&b);
    } else {
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UDT_JVM_CLASS_NOT_UDT, PZ_NO_ORIGIN, "jvmClass", m->jvm_class, NULL);
    }
    *out = t;
    return PZ_OK;
}

/* Types that are only a name. */
static const pz_type *
plain(Spark__Connect__DataType__KindCase k)
{
    switch (k) {
    case SPARK__CONNECT__DATA_TYPE__KIND_NULL: return &pz_t_void;
    case SPARK__CONNECT__DATA_TYPE__KIND_BINARY: return &pz_t_binary;
    case SPARK__CONNECT__DATA_TYPE__KIND_BOOLEAN: return &pz_t_boolean;
    case SPARK__CONNECT__DATA_TYPE__KIND_BYTE: return &pz_t_byte;
    case SPARK__CONNECT__DATA_TYPE__KIND_SHORT: return &pz_t_short;
    case SPARK__CONNECT__DATA_TYPE__KIND_INTEGER: return &pz_t_int;
    case SPARK__CONNECT__DATA_TYPE__KIND_LONG: return &pz_t_long;
    case SPARK__CONNECT__DATA_TYPE__KIND_FLOAT: return &pz_t_float;
    case SPARK__CONNECT__DATA_TYPE__KIND_DOUBLE: return &pz_t_double;
    case SPARK__CONNECT__DATA_TYPE__KIND_DATE: return &pz_t_date;
    case SPARK__CONNECT__DATA_TYPE__KIND_TIMESTAMP: return &pz_t_timestamp;
    case SPARK__CONNECT__DATA_TYPE__KIND_TIMESTAMP_NTZ: return &pz_t_timestamp_ntz;
    case SPARK__CONNECT__DATA_TYPE__KIND_CALENDAR_INTERVAL: return &pz_t_calendar_interval;
    case SPARK__CONNECT__DATA_TYPE__KIND_VARIANT: return &pz_t_variant;
    default: return NULL;
    }
}

static pz_status
dec_kind(pz_decoder *d, const MSG(DataType) *m, const pz_type **out)
{
    *out = plain(m->kind_case);
    if (*out) return PZ_OK;
    switch (m->kind_case) {
    case SPARK__CONNECT__DATA_TYPE__KIND_DECIMAL: return dec_decimal(d, m->decimal, out);
    case SPARK__CONNECT__DATA_TYPE__KIND_STRING:
        *out = &pz_t_string;
        if (m->string->collation[0] && strcmp(m->string->collation, "UTF8_BINARY") != 0)
            *out = pz_type_string_collated(d->a, pz_str_c(m->string->collation));
        return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_CHAR: *out = pz_type_char(d->a, m->char_->length); return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_VAR_CHAR: *out = pz_type_varchar(d->a, m->var_char->length); return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_YEAR_MONTH_INTERVAL: {
        int start = m->year_month_interval->_start_field_case ? m->year_month_interval->start_field : PZ_YM_YEAR;
        *out = pz_type_ym(d->a, start, m->year_month_interval->_end_field_case ? m->year_month_interval->end_field : start == PZ_YM_YEAR ? PZ_YM_MONTH : start);
        return PZ_OK;
    }
    case SPARK__CONNECT__DATA_TYPE__KIND_DAY_TIME_INTERVAL:
        *out = pz_type_dt(d->a, m->day_time_interval->_start_field_case ? m->day_time_interval->start_field : PZ_DT_DAY,
                          m->day_time_interval->_end_field_case ? m->day_time_interval->end_field : PZ_DT_SECOND);
        return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_ARRAY: return dec_array(d, m->array, out);
    case SPARK__CONNECT__DATA_TYPE__KIND_STRUCT: return dec_struct(d, m->struct_, out);
    case SPARK__CONNECT__DATA_TYPE__KIND_MAP: return dec_map(d, m->map, out);
    case SPARK__CONNECT__DATA_TYPE__KIND_UDT: return dec_udt(d, m->udt, out);
    case SPARK__CONNECT__DATA_TYPE__KIND_GEOMETRY: *out = numbered(d, PZ_T_GEOMETRY, 0, m->geometry->srid, 0); return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_GEOGRAPHY: *out = numbered(d, PZ_T_GEOGRAPHY, 0, m->geography->srid, 0); return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_UNPARSED: return pz_parse_type(pz_str_c(m->unparsed->data_type_string), d->a, out, d->err);
    case SPARK__CONNECT__DATA_TYPE__KIND_TIME:
        *out = pz_type_time(d->a, m->time->_precision_case ? m->time->precision : 6);
        return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_TIMESTAMP_NTZ_NANOS:
        *out = numbered(d, PZ_T_TIMESTAMP_NTZ_NANOS, m->timestamp_ntz_nanos->_precision_case ? m->timestamp_ntz_nanos->precision : 9, 0, 0);
        return PZ_OK;
    case SPARK__CONNECT__DATA_TYPE__KIND_TIMESTAMP_LTZ_NANOS:
        *out = numbered(d, PZ_T_TIMESTAMP_LTZ_NANOS, m->timestamp_ltz_nanos->_precision_case ? m->timestamp_ltz_nanos->precision : 9, 0, 0);
        return PZ_OK;
    default: return no_such_kind(d, "KIND_NOT_SET");
    }
}

pz_status
pz_dec_type(pz_decoder *d, const MSG(DataType) *m, const pz_type **out)
{
    pz_status s;
    if (!m) return no_such_kind(d, "KIND_NOT_SET");
    PZ_TRY(pz_dec_enter(d));
    s = dec_kind(d, m, out);
    d->depth--;
    return s;
}

pz_status
pz_decode_type(const MSG(DataType) *m, pz_arena *a, const pz_type **out, pz_error *err)
{
    pz_decoder d = {.a = a, .err = err, .around = PZ_NO_ORIGIN};
    return pz_dec_type(&d, m, out);
}

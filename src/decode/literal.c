/*
 * decode/literal.c - Literal messages to LITERAL expressions: a typed value, nested as the message is.
 *
 * Arrays, maps and structs carry their type, in data_type or in the older element, key, value and struct_type fields; their members are
 * read as that type.  Things start at pz_dec_literal().
 */
#include "decode_int.h"

typedef EXPR_MSG(Literal) literal;

static pz_status dec_value(pz_decoder *d, const literal *m, const pz_type *want, const pz_type **type, pz_value *out);

/* What the message says its type is: data_type, which must be of the literal's kind.  *out NULL if it does not say. */
static pz_status
stated_type(pz_decoder *d, const literal *m, const pz_type **out)
{
    const char *kind, *lit;
    *out = NULL;
    if (!m->data_type) return PZ_OK;
    PZ_TRY(pz_dec_type(d, m->data_type, out));
    if (m->literal_type_case == SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_NULL) return PZ_OK;
    kind = pz_dec_field_name(d, m->data_type->base.descriptor, m->data_type->kind_case);
    lit = pz_dec_field_name(d, m->base.descriptor, m->literal_type_case);
    if (strcmp(kind, lit) == 0) return PZ_OK;
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INCOMPATIBLE_LITERAL_DATA_TYPE, PZ_NO_ORIGIN, "dataTypeKindCase", kind,
                    "literalTypeCase", lit, NULL);
}

/* The text decides precision and scale; numbers sent with it can only widen them. */
static pz_status
dec_decimal(pz_decoder *d, const EXPR_MSG(Literal__Decimal) *m, const pz_type *want, const pz_type **type, pz_value *out)
{
    int precision, scale, wide, digits;
    if (!pz_decimal_parse(pz_str_c(m->value), &out->dec, &precision, &scale))
        return pz_raise_text(d->err, PZ_CLASS_SparkNumberFormatException, "%s is not a decimal number.", m->value);
    wide = scale;
    if (want && want->id == PZ_T_DECIMAL) {
        if (want->scale > wide) wide = want->scale;
        if (want->precision > precision) precision = want->precision;
    }
    if (m->_scale_case && m->scale > wide) wide = m->scale;
    if (m->_precision_case && m->precision > precision) precision = m->precision;
    if (wide < 0) wide = 0;
    digits = wide > precision ? wide : precision;
    if (digits > 38 || wide - scale > 38)
        return pz_raise(d->err, PZ_ERR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, PZ_NO_ORIGIN, "precision", pz_strf(d->a, "%d", digits).ptr,
                        "maxPrecision", "38", NULL);
    if (wide > scale) out->dec *= pz_pow10(wide - scale);
    *type = pz_type_decimal(d->a, digits, wide);
    return PZ_OK;
}

static pz_status
dec_items(pz_decoder *d, size_t n, literal *const *m, const pz_type *type, pz_value **out)
{
    *out = PZ_NEWN(d->a, pz_value, n + 1);
    for (size_t i = 0; i < n; i++) {
        const pz_type *own;
        PZ_TRY(dec_value(d, m[i], type, &own, &(*out)[i]));
    }
    return PZ_OK;
}

static pz_status
dec_array(pz_decoder *d, const EXPR_MSG(Literal__Array) *m, const pz_type *want, const pz_type **type, pz_value *out)
{
    if (want && want->id == PZ_T_ARRAY) {
        *type = want;
    } else if (m->element_type) {
        const pz_type *element;
        PZ_TRY(pz_dec_type(d, m->element_type, &element));
        *type = pz_type_array(d->a, element, true);
    } else {
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_ARRAY_LITERAL_MISSING_DATA_TYPE, PZ_NO_ORIGIN, NULL);
    }
    out->list.n = (int)m->n_elements;
    return dec_items(d, m->n_elements, m->elements, (*type)->element, &out->list.items);
}

static pz_status
dec_map(pz_decoder *d, const EXPR_MSG(Literal__Map) *m, const pz_type *want, const pz_type **type, pz_value *out)
{
    if (want && want->id == PZ_T_MAP) {
        *type = want;
    } else if (m->key_type && m->value_type) {
        const pz_type *key, *value;
        PZ_TRY(pz_dec_type(d, m->key_type, &key));
        PZ_TRY(pz_dec_type(d, m->value_type, &value));
        *type = pz_type_map(d->a, key, value, true);
    } else {
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_MAP_LITERAL_MISSING_DATA_TYPE, PZ_NO_ORIGIN, NULL);
    }
    if (m->n_keys != m->n_values) return pz_dec_assertion(d, "A map literal needs as many values as keys.");
    out->map.n = (int)m->n_keys;
    PZ_TRY(dec_items(d, m->n_keys, m->keys, (*type)->key, &out->map.keys));
    return dec_items(d, m->n_values, m->values, (*type)->element, &out->map.vals);
}

static pz_status
dec_struct(pz_decoder *d, const EXPR_MSG(Literal__Struct) *m, const pz_type *want, const pz_type **type, pz_value *out)
{
    if (want && want->id == PZ_T_STRUCT) *type = want;
    else if (m->struct_type) PZ_TRY(pz_dec_type(d, m->struct_type, type));
    else return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_STRUCT_LITERAL_MISSING_DATA_TYPE, PZ_NO_ORIGIN, NULL);
    if ((*type)->id != PZ_T_STRUCT || (size_t)(*type)->nfields != m->n_elements)
        return pz_dec_assertion(d, "A struct literal needs as many elements as its type has fields.");
    out->list.n = (int)m->n_elements;
    out->list.items = PZ_NEWN(d->a, pz_value, m->n_elements + 1);
    for (size_t i = 0; i < m->n_elements; i++) {
        const pz_type *own;
        PZ_TRY(dec_value(d, m->elements[i], (*type)->fields[i].type, &own, &out->list.items[i]));
    }
    return PZ_OK;
}

/* Numbers, texts and times: no types inside.  False if the case is none of them. */
static bool
dec_atom(pz_decoder *d, const literal *m, const pz_type *want, const pz_type **type, pz_value *out)
{
    switch (m->literal_type_case) {
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_BINARY:
        *type = &pz_t_binary;
        out->s = (pz_str){m->binary.len ? (const char *)m->binary.data : "", m->binary.len};
        return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_BOOLEAN: *type = &pz_t_boolean; out->b = m->boolean; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_BYTE: *type = &pz_t_byte; out->i = (int8_t)m->byte; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_SHORT: *type = &pz_t_short; out->i = (int16_t)m->short_; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_INTEGER: *type = &pz_t_int; out->i = m->integer; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_LONG: *type = &pz_t_long; out->i = m->long_; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_FLOAT: *type = &pz_t_float; out->d = m->float_; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_DOUBLE: *type = &pz_t_double; out->d = m->double_; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_STRING:
        *type = want && want->id == PZ_T_STRING ? want : &pz_t_string;
        out->s = pz_dup(d->a, pz_dec_text(m->string));
        return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_DATE: *type = &pz_t_date; out->i = m->date; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_TIMESTAMP: *type = &pz_t_timestamp; out->i = m->timestamp; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_TIMESTAMP_NTZ: *type = &pz_t_timestamp_ntz; out->i = m->timestamp_ntz; return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_CALENDAR_INTERVAL:
        *type = &pz_t_calendar_interval;
        out->iv.months = m->calendar_interval->months;
        out->iv.days = m->calendar_interval->days;
        out->iv.micros = m->calendar_interval->microseconds;
        return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_YEAR_MONTH_INTERVAL:
        *type = want && want->id == PZ_T_YM_INTERVAL ? want : &pz_t_ym_interval;
        out->i = m->year_month_interval;
        return true;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_DAY_TIME_INTERVAL:
        *type = want && want->id == PZ_T_DT_INTERVAL ? want : &pz_t_dt_interval;
        out->i = m->day_time_interval;
        return true;
    default: return false;
    }
}

static const pz_type *
nanos_type(pz_decoder *d, pz_type_id id, bool set, int precision)
{
    pz_type *t = PZ_NEW(d->a, pz_type);
    t->id = id;
    t->precision = set ? precision : 9;
    return t;
}

static pz_status
dec_typed(pz_decoder *d, const literal *m, const pz_type *want, const pz_type **type, pz_value *out)
{
    switch (m->literal_type_case) {
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_NULL:
        out->null = true;
        *type = want;
        return want ? PZ_OK : pz_dec_type(d, m->null, type);
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_DECIMAL: return dec_decimal(d, m->decimal, want, type, out);
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_ARRAY: return dec_array(d, m->array, want, type, out);
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_MAP: return dec_map(d, m->map, want, type, out);
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_STRUCT: return dec_struct(d, m->struct_, want, type, out);
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_TIME:
        *type = pz_type_time(d->a, m->time->_precision_case ? m->time->precision : 6);
        out->i = m->time->nano / 1000;
        return PZ_OK;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_TIMESTAMP_NTZ_NANOS:
        *type = nanos_type(d, PZ_T_TIMESTAMP_NTZ_NANOS, m->timestamp_ntz_nanos->_precision_case, m->timestamp_ntz_nanos->precision);
        if (__builtin_mul_overflow(m->timestamp_ntz_nanos->epoch_micros, (int64_t)1000, &out->i) ||
            __builtin_add_overflow(out->i, (int64_t)m->timestamp_ntz_nanos->nanos_within_micro, &out->i))
            return pz_dec_assertion(d, "A timestamp literal is out of range.");
        return PZ_OK;
    case SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE_TIMESTAMP_LTZ_NANOS:
        *type = nanos_type(d, PZ_T_TIMESTAMP_LTZ_NANOS, m->timestamp_ltz_nanos->_precision_case, m->timestamp_ltz_nanos->precision);
        if (__builtin_mul_overflow(m->timestamp_ltz_nanos->epoch_micros, (int64_t)1000, &out->i) ||
            __builtin_add_overflow(out->i, (int64_t)m->timestamp_ltz_nanos->nanos_within_micro, &out->i))
            return pz_dec_assertion(d, "A timestamp literal is out of range.");
        return PZ_OK;
    default: {
        bool set = m->literal_type_case != SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE__NOT_SET;
        const char *name = set ? pz_dec_field_name(d, m->base.descriptor, m->literal_type_case) : "LITERALTYPE_NOT_SET";
        return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_UNSUPPORTED_LITERAL_TYPE, PZ_NO_ORIGIN, "typeInfo",
                        pz_strf(d->a, "%s(%d)", name, (int)m->literal_type_case).ptr, NULL);
    }
    }
}

static bool
is_number(const pz_type *t)
{
    return pz_type_is_integral(t) || t->id == PZ_T_FLOAT || t->id == PZ_T_DOUBLE;
}

/* A member of a container in the type the container asks for: clients may send a shorter number than the element type. */
static pz_status
fit(pz_decoder *d, const pz_type *own, const pz_type *want, pz_value *v)
{
    if (v->null || own->id == want->id || (pz_type_is_string(own) && pz_type_is_string(want))) return PZ_OK;
    if (pz_type_is_integral(own) && pz_type_is_integral(want)) return PZ_OK;
    if (is_number(own) && (want->id == PZ_T_FLOAT || want->id == PZ_T_DOUBLE)) {
        if (pz_type_is_integral(own)) v->d = (double)v->i;
        return PZ_OK;
    }
    return pz_raise(d->err, PZ_ERR_CONNECT_INVALID_PLAN_INCOMPATIBLE_LITERAL_DATA_TYPE, PZ_NO_ORIGIN, "dataTypeKindCase",
                    pz_upper_ascii(d->a, pz_type_simple(want, d->a)).ptr, "literalTypeCase", pz_upper_ascii(d->a, pz_type_simple(own, d->a)).ptr, NULL);
}

static pz_status
dec_value(pz_decoder *d, const literal *m, const pz_type *want, const pz_type **type, pz_value *out)
{
    const pz_type *stated;
    pz_status s = PZ_OK;
    if (want && m->literal_type_case == SPARK__CONNECT__EXPRESSION__LITERAL__LITERAL_TYPE__NOT_SET) {
        out->null = true;                      /* an empty member of a container */
        *type = want;
        return PZ_OK;
    }
    PZ_TRY(stated_type(d, m, &stated));
    if (!stated) stated = want;
    PZ_TRY(pz_dec_enter(d));
    if (!dec_atom(d, m, stated, type, out)) s = dec_typed(d, m, stated, type, out);
    d->depth--;
    PZ_TRY(s);
    if (want && want->id == PZ_T_DECIMAL && (*type)->id == PZ_T_DECIMAL && !out->null && (*type)->scale != want->scale)
        return pz_dec_assertion(d, "A decimal literal has more digits than the type of its container.");
    return want ? fit(d, *type, want, out) : PZ_OK;
}

pz_status
pz_dec_literal(pz_decoder *d, const literal *m, pz_expr **out)
{
    static const literal empty = SPARK__CONNECT__EXPRESSION__LITERAL__INIT;
    const pz_type *type;
    pz_value v = {0};
    PZ_TRY(dec_value(d, m ? m : &empty, NULL, &type, &v));
    *out = pz_literal_value(d->a, type, v);
    return PZ_OK;
}

pz_status
pz_dec_literals(pz_decoder *d, size_t n, literal *const *m, pz_exprs *out)
{
    for (size_t i = 0; i < n; i++) {
        pz_expr *e;
        PZ_TRY(pz_dec_literal(d, m[i], &e));
        pz_vec_push(d->a, out, e);
    }
    return PZ_OK;
}

pz_status
pz_decode_literal(const literal *m, pz_arena *a, pz_expr **out, pz_error *err)
{
    pz_decoder d = {.a = a, .err = err, .around = PZ_NO_ORIGIN};
    return pz_dec_literal(&d, m, out);
}

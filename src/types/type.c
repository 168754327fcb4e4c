/*
 * types/type.c - making and comparing Spark types.
 *
 * In: an arena and the parts.  Out: immutable types.  Atoms without parameters are static and shared.
 */
#include "types.h"

#define ATOM(name, tid) const pz_type pz_t_##name = {.id = PZ_T_##tid}
ATOM(void, VOID);
ATOM(boolean, BOOLEAN);
ATOM(byte, BYTE);
ATOM(short, SHORT);
ATOM(int, INT);
ATOM(long, LONG);
ATOM(float, FLOAT);
ATOM(double, DOUBLE);
ATOM(string, STRING);
ATOM(binary, BINARY);
ATOM(date, DATE);
ATOM(timestamp, TIMESTAMP);
ATOM(timestamp_ntz, TIMESTAMP_NTZ);
ATOM(calendar_interval, CALENDAR_INTERVAL);
ATOM(variant, VARIANT);
#undef ATOM
const pz_type pz_t_time = {.id = PZ_T_TIME, .precision = 6};
const pz_type pz_t_ym_interval = {.id = PZ_T_YM_INTERVAL, .start = PZ_YM_YEAR, .end = PZ_YM_MONTH};
const pz_type pz_t_dt_interval = {.id = PZ_T_DT_INTERVAL, .start = PZ_DT_DAY, .end = PZ_DT_SECOND};

static pz_type *
make(pz_arena *a, pz_type_id id)
{
    pz_type *t = PZ_NEW(a, pz_type);
    t->id = id;
    return t;
}

const pz_type *
pz_type_decimal(pz_arena *a, int precision, int scale)
{
    pz_type *t = make(a, PZ_T_DECIMAL);
    t->precision = precision;
    t->scale = scale;
    return t;
}

const pz_type *
pz_type_array(pz_arena *a, const pz_type *element, bool contains_null)
{
    pz_type *t = make(a, PZ_T_ARRAY);
    t->element = element;
    t->contains_null = contains_null;
    return t;
}

const pz_type *
pz_type_map(pz_arena *a, const pz_type *key, const pz_type *value, bool value_contains_null)
{
    pz_type *t = make(a, PZ_T_MAP);
    t->key = key;
    t->element = value;
    t->contains_null = value_contains_null;
    return t;
}

/* The field list is copied, names and types inside are not. */
const pz_type *
pz_type_struct(pz_arena *a, const pz_field *fields, int n)
{
    pz_type *t = make(a, PZ_T_STRUCT);
    pz_field *own = PZ_NEWN(a, pz_field, n > 0 ? n : 1);
    if (n > 0)
        memcpy(own, fields, sizeof(pz_field) * (size_t)n);
    t->fields = own;
    t->nfields = n;
    return t;
}

const pz_type *
pz_type_ym(pz_arena *a, int start, int end)
{
    pz_type *t = make(a, PZ_T_YM_INTERVAL);
    t->start = start;
    t->end = end;
    return t;
}

const pz_type *
pz_type_dt(pz_arena *a, int start, int end)
{
    pz_type *t = make(a, PZ_T_DT_INTERVAL);
    t->start = start;
    t->end = end;
    return t;
}

const pz_type *
pz_type_char(pz_arena *a, int length)
{
    pz_type *t = make(a, PZ_T_CHAR);
    t->length = length;
    return t;
}

const pz_type *
pz_type_varchar(pz_arena *a, int length)
{
    pz_type *t = make(a, PZ_T_VARCHAR);
    t->length = length;
    return t;
}

const pz_type *
pz_type_string_collated(pz_arena *a, pz_str collation)
{
    pz_type *t;
    static const pz_type told = {.id = PZ_T_STRING, .told_bytes = true};
    if (collation.len == 0)
        return &pz_t_string;
    if (pz_str_ieqc(collation, "UTF8_BINARY"))
        return &told;
    t = make(a, PZ_T_STRING);
    t->collation = pz_dup(a, collation);
    return t;
}

const pz_type *
pz_type_time(pz_arena *a, int precision)
{
    pz_type *t;
    if (precision == 6)
        return &pz_t_time;
    t = make(a, PZ_T_TIME);
    t->precision = precision;
    return t;
}

const pz_type *
pz_type_copy(pz_arena *a, const pz_type *t)
{
    pz_type *c;
    pz_field *fields;
    if (!t)
        return NULL;
    c = PZ_NEW(a, pz_type);
    *c = *t;
    if (t->collation.len)
        c->collation = pz_dup(a, t->collation);
    if (t->udt_json.len)
        c->udt_json = pz_dup(a, t->udt_json);
    c->element = pz_type_copy(a, t->element);
    c->key = pz_type_copy(a, t->key);
    if (t->id == PZ_T_STRUCT) {
        fields = PZ_NEWN(a, pz_field, t->nfields > 0 ? t->nfields : 1);
        for (int i = 0; i < t->nfields; i++) {
            fields[i] = t->fields[i];
            fields[i].name = pz_dup(a, t->fields[i].name);
            fields[i].type = pz_type_copy(a, t->fields[i].type);
            if (t->fields[i].metadata.len)
                fields[i].metadata = pz_dup(a, t->fields[i].metadata);
        }
        c->fields = fields;
    }
    return c;
}

/* ---- equality */

static bool
eq_parameters(const pz_type *a, const pz_type *b)
{
    switch (a->id) {
    case PZ_T_DECIMAL:
        return a->precision == b->precision && a->scale == b->scale;
    case PZ_T_TIME:
    case PZ_T_TIMESTAMP_LTZ_NANOS:
    case PZ_T_TIMESTAMP_NTZ_NANOS:
        return a->precision == b->precision;
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
        return a->length == b->length;
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL:
        return a->start == b->start && a->end == b->end;
    case PZ_T_STRING:
        return pz_str_ieq(a->collation, b->collation);
    case PZ_T_GEOMETRY:
    case PZ_T_GEOGRAPHY:
        return a->scale == b->scale;
    case PZ_T_UDT:
        return pz_str_eq(a->udt_json, b->udt_json);
    default:
        return true;
    }
}

static bool
eq(const pz_type *a, const pz_type *b, bool loose)
{
    if (a == b)
        return true;
    if (!a || !b || a->id != b->id)
        return false;
    switch (a->id) {
    case PZ_T_ARRAY:
        return (loose || a->contains_null == b->contains_null) && eq(a->element, b->element, loose);
    case PZ_T_MAP:
        return (loose || a->contains_null == b->contains_null) && eq(a->key, b->key, loose) &&
               eq(a->element, b->element, loose);
    case PZ_T_STRUCT:
        if (a->nfields != b->nfields)
            return false;
        for (int i = 0; i < a->nfields; i++) {
            const pz_field *x = &a->fields[i], *y = &b->fields[i];
            if (!loose && (x->nullable != y->nullable || !pz_str_eq(x->name, y->name)))
                return false;
            if (!eq(x->type, y->type, loose))
                return false;
        }
        return true;
    default:
        return eq_parameters(a, b);
    }
}

bool
pz_type_eq(const pz_type *a, const pz_type *b)
{
    return eq(a, b, false);
}

bool
pz_type_eq_loose(const pz_type *a, const pz_type *b)
{
    return eq(a, b, true);
}

/* ---- classes */

enum { ATOM = 0, INTEGRAL = 1, FRACTIONAL = 2, NESTED = 4 };
static const unsigned char class_of[PZ_T_COUNT] = {
#define TYPE(id, simple, json, sql, proto, arrow, duckdb, bits) bits,
#include "../../tables/types.def"
#undef TYPE
};

bool
pz_type_is_integral(const pz_type *t)
{
    return class_of[t->id] == INTEGRAL;
}

bool
pz_type_is_fractional(const pz_type *t)
{
    return class_of[t->id] == FRACTIONAL;
}

bool
pz_type_is_numeric(const pz_type *t)
{
    return (class_of[t->id] & (INTEGRAL | FRACTIONAL)) != 0;
}

bool
pz_type_is_nested(const pz_type *t)
{
    return class_of[t->id] == NESTED;
}

bool
pz_type_is_string(const pz_type *t)
{
    return t->id == PZ_T_STRING || t->id == PZ_T_CHAR || t->id == PZ_T_VARCHAR;
}

bool
pz_type_is_datetime(const pz_type *t)
{
    return t->id == PZ_T_DATE || t->id == PZ_T_TIMESTAMP || t->id == PZ_T_TIMESTAMP_NTZ ||
           t->id == PZ_T_TIMESTAMP_LTZ_NANOS || t->id == PZ_T_TIMESTAMP_NTZ_NANOS;
}

bool
pz_type_is_ansi_interval(const pz_type *t)
{
    return t->id == PZ_T_YM_INTERVAL || t->id == PZ_T_DT_INTERVAL;
}

bool
pz_type_is_interval(const pz_type *t)
{
    return pz_type_is_ansi_interval(t) || t->id == PZ_T_CALENDAR_INTERVAL;
}

bool
pz_type_is_orderable(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_MAP:
    case PZ_T_VARIANT:
    case PZ_T_CALENDAR_INTERVAL:
    case PZ_T_GEOMETRY:
    case PZ_T_GEOGRAPHY:
        return false;
    case PZ_T_ARRAY:
        return pz_type_is_orderable(t->element);
    case PZ_T_UDT:
        return t->element && pz_type_is_orderable(t->element);
    case PZ_T_STRUCT:
        for (int i = 0; i < t->nfields; i++)
            if (!pz_type_is_orderable(t->fields[i].type))
                return false;
        return true;
    default:
        return true;
    }
}

/* Without a test, types of kind `id` pass. */
static bool
any(const pz_type *t, bool (*test)(const pz_type *t), pz_type_id id)
{
    if (!t)
        return false;
    if (test ? test(t) : t->id == id)
        return true;
    for (int i = 0; i < t->nfields; i++)
        if (any(t->fields[i].type, test, id))
            return true;
    return any(t->key, test, id) || any(t->element, test, id);
}

bool
pz_type_any(const pz_type *t, bool (*test)(const pz_type *t))
{
    return any(t, test, PZ_T_VOID);
}

bool
pz_type_holds(const pz_type *t, pz_type_id id)
{
    return any(t, NULL, id);
}

/* ---- sizes ---- */
int64_t
pz_type_default_size(const pz_type *t)
{
    int64_t n = 0;
    switch (t->id) {
    case PZ_T_VOID: case PZ_T_BOOLEAN: case PZ_T_BYTE: return 1;
    case PZ_T_SHORT: return 2;
    case PZ_T_INT: case PZ_T_FLOAT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: return 4;
    case PZ_T_DECIMAL: return t->precision <= 18 ? 8 : 16;
    case PZ_T_STRING: return 20;
    case PZ_T_CHAR: case PZ_T_VARCHAR: return t->length;
    case PZ_T_BINARY: return 100;
    case PZ_T_CALENDAR_INTERVAL: return 16;
    case PZ_T_VARIANT: return 2048;
    case PZ_T_ARRAY: return pz_type_default_size(t->element);
    case PZ_T_MAP: return pz_type_default_size(t->key) + pz_type_default_size(t->element);
    case PZ_T_STRUCT:
        for (int i = 0; i < t->nfields; i++) n += pz_type_default_size(t->fields[i].type);
        return n;
    default: return 8;
    }
}

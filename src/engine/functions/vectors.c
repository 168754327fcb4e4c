/*
 * engine/functions/vectors.c - engine vectors to pz_value and back, for any nesting.
 *
 * In: flat vectors of a chunk and the Spark type each carries.  Out: values; or the other way round.
 * Things start at pz_vec_open()/pz_vec_read() and pz_vec_writer_open()/pz_vec_write().
 */
#include "bind.h"

#include <pthread.h>

/* How a type is laid out in a vector. */
typedef enum lay { LAY_BOOL, LAY_I8, LAY_I16, LAY_I32, LAY_I64, LAY_F32, LAY_F64, LAY_DEC16, LAY_DEC32, LAY_DEC64, LAY_DEC128,
                   LAY_TEXT, LAY_INTERVAL, LAY_LIST, LAY_MAP, LAY_STRUCT, LAY_PAIR, LAY_GEO, LAY_VOID } lay;

static lay
decimal_lay(int precision)
{
    return precision <= 4 ? LAY_DEC16 : precision <= 9 ? LAY_DEC32 : precision <= 18 ? LAY_DEC64 : LAY_DEC128;
}

static const pz_type *
carried(const pz_type *t)
{
    while (t->id == PZ_T_UDT && t->element) t = t->element;
    return t;
}

static lay
lay_of(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_BOOLEAN: return LAY_BOOL;
    case PZ_T_BYTE: return LAY_I8;
    case PZ_T_SHORT: return LAY_I16;
    case PZ_T_INT: case PZ_T_DATE: case PZ_T_YM_INTERVAL: return LAY_I32;
    case PZ_T_LONG: case PZ_T_TIMESTAMP: case PZ_T_TIMESTAMP_NTZ: case PZ_T_TIMESTAMP_LTZ_NANOS: case PZ_T_TIMESTAMP_NTZ_NANOS:
    case PZ_T_TIME: case PZ_T_DT_INTERVAL: return LAY_I64;
    case PZ_T_FLOAT: return LAY_F32;
    case PZ_T_DOUBLE: return LAY_F64;
    case PZ_T_DECIMAL: return decimal_lay(t->precision);
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY: return LAY_TEXT;
    case PZ_T_CALENDAR_INTERVAL: return LAY_INTERVAL;
    case PZ_T_ARRAY: return LAY_LIST;
    case PZ_T_MAP: return LAY_MAP;
    case PZ_T_STRUCT: return LAY_STRUCT;
    case PZ_T_VARIANT: return LAY_PAIR;
    case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY: return LAY_GEO;
    default: return LAY_VOID;
    }
}

/* The i-th child type of a nested layout. */
static const pz_type *
kid_type(const pz_type *t, lay l, int i)
{
    switch (l) {
    case LAY_LIST: return t->element;
    case LAY_MAP: return i == 0 ? t->key : t->element;
    case LAY_STRUCT: return t->fields[i].type;
    case LAY_GEO: return i == 0 ? &pz_t_int : &pz_t_binary;
    default: return &pz_t_binary;
    }
}

static int
kid_count(const pz_type *t, lay l)
{
    switch (l) {
    case LAY_LIST: return 1;
    case LAY_MAP: case LAY_PAIR: case LAY_GEO: return 2;
    case LAY_STRUCT: return t->nfields;
    default: return 0;
    }
}

static duckdb_vector
kid_vector(duckdb_vector v, lay l, int i)
{
    if (l == LAY_LIST) return duckdb_list_vector_get_child(v);
    if (l == LAY_MAP) return duckdb_struct_vector_get_child(duckdb_list_vector_get_child(v), (idx_t)i);
    return duckdb_struct_vector_get_child(v, (idx_t)i);
}

/* ---------------------------------------------------------------- types */

static duckdb_logical_type
struct_type(duckdb_logical_type *kids, const char *const *names, int n)
{
    duckdb_logical_type made = duckdb_create_struct_type(kids, (const char **)(uintptr_t)names, (idx_t)n);
    for (int i = 0; i < n; i++) duckdb_destroy_logical_type(&kids[i]);
    return made;
}

/* A struct without fields cannot exist in the engine: it has one hidden NULL field there (as in pz_type_duckdb). */
static duckdb_logical_type
fields_type(const pz_type *t)
{
    pz_arena *a = pz_arena_open();
    int n = t->nfields > 0 ? t->nfields : 1;
    duckdb_logical_type *kids = PZ_NEWN(a, duckdb_logical_type, n);
    const char **names = PZ_NEWN(a, const char *, n);
    for (int i = 0; i < n; i++) {
        names[i] = pz_strf(a, "f%d", i).ptr;
        kids[i] = t->nfields > 0 ? pz_engine_type(t->fields[i].type) : duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    }
    duckdb_logical_type made = struct_type(kids, names, n);
    pz_arena_close(a);
    return made;
}

static duckdb_logical_type
nested_type(const pz_type *t)
{
    duckdb_logical_type k, v, made;
    switch (t->id) {
    case PZ_T_ARRAY:
        k = pz_engine_type(t->element);
        made = duckdb_create_list_type(k);
        duckdb_destroy_logical_type(&k);
        return made;
    case PZ_T_MAP:
        k = pz_engine_type(t->key);
        v = pz_engine_type(t->element);
        made = duckdb_create_map_type(k, v);
        duckdb_destroy_logical_type(&k);
        duckdb_destroy_logical_type(&v);
        return made;
    case PZ_T_VARIANT: {
        duckdb_logical_type kids[2] = {duckdb_create_logical_type(DUCKDB_TYPE_BLOB), duckdb_create_logical_type(DUCKDB_TYPE_BLOB)};
        return struct_type(kids, (const char *const[]){"value", "metadata"}, 2);
    }
    case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY: {
        duckdb_logical_type kids[2] = {duckdb_create_logical_type(DUCKDB_TYPE_INTEGER), duckdb_create_logical_type(DUCKDB_TYPE_BLOB)};
        return struct_type(kids, (const char *const[]){"srid", "wkb"}, 2);
    }
    default: return fields_type(t);
    }
}

duckdb_logical_type
pz_engine_type(const pz_type *t)
{
    t = carried(t);
    switch (t->id) {
    case PZ_T_BOOLEAN: return duckdb_create_logical_type(DUCKDB_TYPE_BOOLEAN);
    case PZ_T_BYTE: return duckdb_create_logical_type(DUCKDB_TYPE_TINYINT);
    case PZ_T_SHORT: return duckdb_create_logical_type(DUCKDB_TYPE_SMALLINT);
    case PZ_T_LONG: case PZ_T_DT_INTERVAL: return duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
    case PZ_T_FLOAT: return duckdb_create_logical_type(DUCKDB_TYPE_FLOAT);
    case PZ_T_DOUBLE: return duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    case PZ_T_DECIMAL: return duckdb_create_decimal_type((uint8_t)t->precision, (uint8_t)t->scale);
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: return duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    case PZ_T_BINARY: return duckdb_create_logical_type(DUCKDB_TYPE_BLOB);
    case PZ_T_DATE: return duckdb_create_logical_type(DUCKDB_TYPE_DATE);
    case PZ_T_TIMESTAMP: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP_TZ);
    case PZ_T_TIMESTAMP_NTZ: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP);
    case PZ_T_TIMESTAMP_LTZ_NANOS: case PZ_T_TIMESTAMP_NTZ_NANOS: return duckdb_create_logical_type(DUCKDB_TYPE_TIMESTAMP_NS);
    case PZ_T_TIME: return duckdb_create_logical_type(DUCKDB_TYPE_TIME);
    case PZ_T_CALENDAR_INTERVAL: return duckdb_create_logical_type(DUCKDB_TYPE_INTERVAL);
    case PZ_T_ARRAY: case PZ_T_MAP: case PZ_T_STRUCT: case PZ_T_VARIANT: case PZ_T_GEOMETRY: case PZ_T_GEOGRAPHY: return nested_type(t);
    default: return duckdb_create_logical_type(DUCKDB_TYPE_INTEGER);
    }
}

/* ---------------------------------------------------------------- reading */

void
pz_vec_open(pz_vec_reader *r, duckdb_vector v, const pz_type *t)
{
    memset(r, 0, sizeof *r);
    t = carried(t);
    lay l = lay_of(t);
    r->type = t;
    r->vector = v;
    r->data = l == LAY_STRUCT || l == LAY_PAIR || l == LAY_GEO ? NULL : duckdb_vector_get_data(v);
    r->validity = duckdb_vector_get_validity(v);
    r->nkids = kid_count(t, l);
}

/* Children are opened when a row first needs them: a list that is NULL in every row may have none in the engine. */
static const pz_vec_reader *
kids_of(const pz_vec_reader *r, lay l, pz_arena *a)
{
    if (r->kids || r->nkids == 0) return r->kids;
    pz_vec_reader *kids = PZ_NEWN(a, pz_vec_reader, r->nkids);
    for (int i = 0; i < r->nkids; i++) pz_vec_open(&kids[i], kid_vector(r->vector, l, i), kid_type(r->type, l, i));
    ((pz_vec_reader *)(uintptr_t)r)->kids = kids;
    return kids;
}

bool
pz_vec_is_null(const pz_vec_reader *r, idx_t row)
{
    return r->type->id == PZ_T_VOID || (r->validity && !(r->validity[row / 64] >> (row % 64) & 1));
}

static __int128
read_hugeint(const duckdb_hugeint *h)
{
    return (__int128)(((unsigned __int128)(uint64_t)h->upper << 64) | h->lower);
}

static void
read_container(const pz_vec_reader *r, lay l, idx_t row, pz_arena *a, pz_value *out)
{
    const pz_vec_reader *kids = kids_of(r, l, a);
    if (l == LAY_LIST || l == LAY_MAP) {
        duckdb_list_entry e = ((const duckdb_list_entry *)r->data)[row];
        int n = (int)e.length;
        if (l == LAY_LIST) {
            out->list.n = n;
            out->list.items = PZ_NEWN(a, pz_value, n);
            for (int i = 0; i < n; i++) pz_vec_read(&kids[0], e.offset + (idx_t)i, a, &out->list.items[i]);
            return;
        }
        out->map.n = n;
        out->map.keys = PZ_NEWN(a, pz_value, n);
        out->map.vals = PZ_NEWN(a, pz_value, n);
        for (int i = 0; i < n; i++) {
            pz_vec_read(&kids[0], e.offset + (idx_t)i, a, &out->map.keys[i]);
            pz_vec_read(&kids[1], e.offset + (idx_t)i, a, &out->map.vals[i]);
        }
        return;
    }
    out->list.n = r->nkids;
    out->list.items = PZ_NEWN(a, pz_value, r->nkids);
    for (int i = 0; i < r->nkids; i++) pz_vec_read(&kids[i], row, a, &out->list.items[i]);
}

void
pz_vec_read(const pz_vec_reader *r, idx_t row, pz_arena *a, pz_value *out)
{
    memset(out, 0, sizeof *out);
    if (pz_vec_is_null(r, row)) {
        out->null = true;
        return;
    }
    lay l = lay_of(r->type);
    switch (l) {
    case LAY_BOOL: out->b = ((const bool *)r->data)[row]; break;
    case LAY_I8: out->i = ((const int8_t *)r->data)[row]; break;
    case LAY_I16: out->i = ((const int16_t *)r->data)[row]; break;
    case LAY_I32: out->i = ((const int32_t *)r->data)[row]; break;
    case LAY_I64: out->i = ((const int64_t *)r->data)[row]; break;
    case LAY_F32: out->d = (double)((const float *)r->data)[row]; break;
    case LAY_F64: out->d = ((const double *)r->data)[row]; break;
    case LAY_DEC16: out->dec = ((const int16_t *)r->data)[row]; break;
    case LAY_DEC32: out->dec = ((const int32_t *)r->data)[row]; break;
    case LAY_DEC64: out->dec = ((const int64_t *)r->data)[row]; break;
    case LAY_DEC128: out->dec = read_hugeint(&((const duckdb_hugeint *)r->data)[row]); break;
    case LAY_TEXT: {
        duckdb_string_t *s = &((duckdb_string_t *)(uintptr_t)r->data)[row];
        out->s = (pz_str){duckdb_string_t_data(s), duckdb_string_t_length(*s)};
        break;
    }
    case LAY_INTERVAL: {
        const duckdb_interval *iv = &((const duckdb_interval *)r->data)[row];
        out->iv.months = iv->months;
        out->iv.days = iv->days;
        out->iv.micros = iv->micros;
        break;
    }
    case LAY_LIST: case LAY_MAP: case LAY_STRUCT: case LAY_PAIR: case LAY_GEO: read_container(r, l, row, a, out); break;
    case LAY_VOID: out->null = true; break;
    }
}

/* ---------------------------------------------------------------- writing */

void
pz_vec_writer_open(pz_vec_writer *w, duckdb_vector v, const pz_type *t, pz_arena *a)
{
    memset(w, 0, sizeof *w);
    t = carried(t);
    lay l = lay_of(t);
    w->type = t;
    w->vector = v;
    w->nkids = kid_count(t, l);
    w->data = l == LAY_STRUCT || l == LAY_PAIR || l == LAY_GEO ? NULL : duckdb_vector_get_data(v);
    if (w->nkids == 0) return;
    w->kids = PZ_NEWN(a, pz_vec_writer, w->nkids);
    for (int i = 0; i < w->nkids; i++) pz_vec_writer_open(&w->kids[i], kid_vector(v, l, i), kid_type(t, l, i), a);
}

/* Reserving moves a vector's buffers: take their addresses again, all the way down struct children (lists below keep theirs). */
static void
refresh(pz_vec_writer *w)
{
    lay l = lay_of(w->type);
    w->validity = NULL;
    if (l == LAY_STRUCT || l == LAY_PAIR || l == LAY_GEO) {
        for (int i = 0; i < w->nkids; i++) refresh(&w->kids[i]);
    } else {
        w->data = duckdb_vector_get_data(w->vector);
    }
}

static void
mark_null(pz_vec_writer *w, duckdb_vector v, idx_t row)
{
    if (w && !w->validity) {
        duckdb_vector_ensure_validity_writable(v);
        w->validity = duckdb_vector_get_validity(v);
    }
    duckdb_validity_set_row_invalid(w->validity, row);
}

void
pz_vec_write_null(pz_vec_writer *w, idx_t row)
{
    lay l = lay_of(w->type);
    mark_null(w, w->vector, row);
    if (l == LAY_LIST || l == LAY_MAP)
        ((duckdb_list_entry *)w->data)[row] = (duckdb_list_entry){duckdb_list_vector_get_size(w->vector), 0};
    if (l == LAY_STRUCT || l == LAY_PAIR || l == LAY_GEO) /* the engine expects NULL fields in a NULL struct */
        for (int i = 0; i < w->nkids; i++) pz_vec_write_null(&w->kids[i], row);
}

/* Make room for n more child rows; gives the first one's position. */
static idx_t
grow_list(pz_vec_writer *w, idx_t row, int n)
{
    idx_t at = duckdb_list_vector_get_size(w->vector);
    if (n > 0) {
        duckdb_list_vector_reserve(w->vector, at + (idx_t)n);
        duckdb_list_vector_set_size(w->vector, at + (idx_t)n);
        for (int i = 0; i < w->nkids; i++) refresh(&w->kids[i]);
    }
    ((duckdb_list_entry *)w->data)[row] = (duckdb_list_entry){at, (idx_t)n};
    return at;
}

static void
write_container(pz_vec_writer *w, lay l, idx_t row, const pz_value *v)
{
    if (l == LAY_LIST) {
        idx_t at = grow_list(w, row, v->list.n);
        for (int i = 0; i < v->list.n; i++) pz_vec_write(&w->kids[0], at + (idx_t)i, &v->list.items[i]);
    } else if (l == LAY_MAP) {
        idx_t at = grow_list(w, row, v->map.n);
        for (int i = 0; i < v->map.n; i++) {
            pz_vec_write(&w->kids[0], at + (idx_t)i, &v->map.keys[i]);
            pz_vec_write(&w->kids[1], at + (idx_t)i, &v->map.vals[i]);
        }
    } else {
        for (int i = 0; i < w->nkids; i++) pz_vec_write(&w->kids[i], row, &v->list.items[i]);
    }
}

void
pz_vec_write(pz_vec_writer *w, idx_t row, const pz_value *v)
{
    if (v->null) {
        pz_vec_write_null(w, row);
        return;
    }
    lay l = lay_of(w->type);
    switch (l) {
    case LAY_BOOL: ((bool *)w->data)[row] = v->b; break;
    case LAY_I8: ((int8_t *)w->data)[row] = (int8_t)v->i; break;
    case LAY_I16: ((int16_t *)w->data)[row] = (int16_t)v->i; break;
    case LAY_I32: ((int32_t *)w->data)[row] = (int32_t)v->i; break;
    case LAY_I64: ((int64_t *)w->data)[row] = v->i; break;
    case LAY_F32: ((float *)w->data)[row] = (float)v->d; break;
    case LAY_F64: ((double *)w->data)[row] = v->d; break;
    case LAY_DEC16: ((int16_t *)w->data)[row] = (int16_t)v->dec; break;
    case LAY_DEC32: ((int32_t *)w->data)[row] = (int32_t)v->dec; break;
    case LAY_DEC64: ((int64_t *)w->data)[row] = (int64_t)v->dec; break;
    case LAY_DEC128: ((duckdb_hugeint *)w->data)[row] = (duckdb_hugeint){(uint64_t)v->dec, (int64_t)(v->dec >> 64)}; break;
    case LAY_TEXT: duckdb_unsafe_vector_assign_string_element_len(w->vector, row, v->s.ptr ? v->s.ptr : "", v->s.len); break;
    case LAY_INTERVAL: ((duckdb_interval *)w->data)[row] = (duckdb_interval){v->iv.months, v->iv.days, v->iv.micros}; break;
    case LAY_LIST: case LAY_MAP: case LAY_STRUCT: case LAY_PAIR: case LAY_GEO: write_container(w, l, row, v); break;
    case LAY_VOID: pz_vec_write_null(w, row); break;
    }
}

/* ---------------------------------------------------------------- scratch memory */

static pthread_key_t scratch_key;
static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;

static void
drop_scratch(void *a)
{
    pz_arena_close(a);
}

static void
make_scratch_key(void)
{
    pthread_key_create(&scratch_key, drop_scratch);
}

pz_arena *
pz_scratch_arena(void)
{
    pthread_once(&scratch_once, make_scratch_key);
    pz_arena *a = pthread_getspecific(scratch_key);
    if (!a) {
        a = pz_arena_open();
        pthread_setspecific(scratch_key, a);
    }
    pz_arena_reset(a);
    return a;
}

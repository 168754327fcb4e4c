/*
 * engine/local_copy.c - rows of validated Arrow arrays into engine vectors, any nesting.
 *
 * Rows [start, start + n) of the array go to [at, at + n) of the vector.  Layouts are those of tables/types.def: decimals narrow to
 * the width of their precision, nanoseconds become microseconds.
 */
#include "local_int.h"

static void
copy_validity(const struct ArrowArrayView *v, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    const uint8_t *bits = v->buffer_views[0].data.as_uint8;
    uint64_t *mask;
    if (!v->buffer_views[0].size_bytes || !bits || v->null_count == 0) return;
    duckdb_vector_ensure_validity_writable(out);
    mask = duckdb_vector_get_validity(out);
    for (int64_t i = 0; i < n; i++)
        if (!ArrowBitGet(bits, v->offset + start + i)) mask[(at + i) >> 6] &= ~((uint64_t)1 << ((at + i) & 63));
}

static void
all_null(int64_t n, duckdb_vector out, int64_t at)
{
    uint64_t *mask;
    duckdb_vector_ensure_validity_writable(out);
    mask = duckdb_vector_get_validity(out);
    for (int64_t i = at; i < at + n; i++) mask[i >> 6] &= ~((uint64_t)1 << (i & 63));
}

static void
copy_fixed(const struct ArrowArrayView *v, size_t width, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    if (!v->buffer_views[1].data.data) return;
    memcpy((char *)duckdb_vector_get_data(out) + (size_t)at * width,
           v->buffer_views[1].data.as_char + (size_t)(v->offset + start) * width, (size_t)n * width);
}

static void
copy_bools(const struct ArrowArrayView *v, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    bool *to = (bool *)duckdb_vector_get_data(out) + at;
    for (int64_t i = 0; i < n; i++) to[i] = v->buffer_views[1].data.as_uint8 && ArrowBitGet(v->buffer_views[1].data.as_uint8, v->offset + start + i);
}

static void
copy_decimals(const struct ArrowArrayView *v, int precision, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    const char *from = v->buffer_views[1].data.as_char;
    void *to = duckdb_vector_get_data(out);
    if (!from) return;
    if (precision > 18) {
        copy_fixed(v, 16, start, n, out, at);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t x;
        memcpy(&x, from + (v->offset + start + i) * 16, sizeof x); /* little-endian: the low half */
        if (precision <= 4) ((int16_t *)to)[at + i] = (int16_t)x;
        else if (precision <= 9) ((int32_t *)to)[at + i] = (int32_t)x;
        else ((int64_t *)to)[at + i] = x;
    }
}

static void
copy_times(const struct ArrowArrayView *v, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    const int64_t *from = v->buffer_views[1].data.as_int64;
    int64_t *to = duckdb_vector_get_data(out);
    for (int64_t i = 0; from && i < n; i++) to[at + i] = from[v->offset + start + i] / 1000;
}

static void
copy_intervals(const struct ArrowArrayView *v, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    const char *from = v->buffer_views[1].data.as_char;
    duckdb_interval *to = duckdb_vector_get_data(out);
    for (int64_t i = 0; from && i < n; i++) {
        struct { int32_t months, days; int64_t nanos; } x;
        memcpy(&x, from + (v->offset + start + i) * 16, sizeof x);
        to[at + i] = (duckdb_interval){x.months, x.days, x.nanos / 1000};
    }
}

static void
copy_bytes(const struct ArrowArrayView *v, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    for (int64_t i = 0; i < n; i++) {
        struct ArrowBufferView s;
        if (ArrowArrayViewIsNull(v, start + i)) continue;
        s = ArrowArrayViewGetBytesUnsafe(v, start + i);
        duckdb_unsafe_vector_assign_string_element_len(out, (idx_t)(at + i), s.data.as_char ? s.data.as_char : "", (idx_t)s.size_bytes);
    }
}

/* Elements of all lists go behind those the child has already. */
static int64_t
copy_entries(const struct ArrowArrayView *v, int64_t start, int64_t n, duckdb_vector out, int64_t at, int64_t *first)
{
    const int32_t *offsets = v->buffer_views[1].data.as_int32 + v->offset + start;
    duckdb_list_entry *entries;
    int64_t had = (int64_t)duckdb_list_vector_get_size(out), total = n ? offsets[n] - offsets[0] : 0;
    *first = n ? offsets[0] : 0;
    duckdb_list_vector_reserve(out, (idx_t)(had + total));
    duckdb_list_vector_set_size(out, (idx_t)(had + total));
    entries = duckdb_vector_get_data(out);
    for (int64_t i = 0; i < n; i++) entries[at + i] = (duckdb_list_entry){(uint64_t)(had + offsets[i] - *first), (uint64_t)(offsets[i + 1] - offsets[i])};
    return total;
}

static void
copy_lists(const struct ArrowArrayView *v, const pz_type *t, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    int64_t had = (int64_t)duckdb_list_vector_get_size(out), first, total;
    const struct ArrowArrayView *kid = v->children[0];
    duckdb_vector to;
    if (!v->buffer_views[1].data.data || v->buffer_views[1].size_bytes == 0) return;
    total = copy_entries(v, start, n, out, at, &first);
    to = duckdb_list_vector_get_child(out);
    if (t->id == PZ_T_ARRAY) {
        pz_local_copy(kid, t->element, first, total, to, had);
    } else {
        pz_local_copy(kid->children[0], t->key, kid->offset + first, total, duckdb_struct_vector_get_child(to, 0), had);
        pz_local_copy(kid->children[1], t->element, kid->offset + first, total, duckdb_struct_vector_get_child(to, 1), had);
    }
}

static void
copy_dictionary(const struct ArrowArrayView *v, const pz_type *t, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    for (int64_t i = 0; i < n; i++) {
        if (ArrowArrayViewIsNull(v, start + i)) all_null(1, out, at + i);
        else pz_local_copy(v->dictionary, t, ArrowArrayViewGetIntUnsafe(v, start + i), 1, out, at + i);
    }
}

/* What is inside a NULL is NULL to the engine, too, or two NULLs are not the same to it; Arrow lets anything stand there. */
static void
blank_inside(duckdb_vector out, const pz_type *t, int64_t row)
{
    for (int i = 0; t->id == PZ_T_STRUCT && i < t->nfields; i++) {
        duckdb_vector kid = duckdb_struct_vector_get_child(out, (idx_t)i);
        all_null(1, kid, row);
        blank_inside(kid, t->fields[i].type, row);
    }
}

static void
blank_nulls(const struct ArrowArrayView *v, const pz_type *t, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    const uint8_t *bits = v->buffer_views[0].data.as_uint8;
    if (!v->buffer_views[0].size_bytes || !bits || v->null_count == 0) return;
    for (int64_t i = 0; i < n; i++)
        if (!ArrowBitGet(bits, v->offset + start + i)) blank_inside(out, t, at + i);
}

void
pz_local_copy(const struct ArrowArrayView *v, const pz_type *t, int64_t start, int64_t n, duckdb_vector out, int64_t at)
{
    if (n <= 0) return;
    if (t->id == PZ_T_VOID) {
        all_null(n, out, at);
        return;
    }
    if (v->dictionary) {
        copy_dictionary(v, t, start, n, out, at);
        return;
    }
    copy_validity(v, start, n, out, at);
    switch (t->id) {
    case PZ_T_BOOLEAN: copy_bools(v, start, n, out, at); break;
    case PZ_T_BYTE: copy_fixed(v, 1, start, n, out, at); break;
    case PZ_T_SHORT: copy_fixed(v, 2, start, n, out, at); break;
    case PZ_T_INT:
    case PZ_T_FLOAT:
    case PZ_T_DATE:
    case PZ_T_YM_INTERVAL: copy_fixed(v, 4, start, n, out, at); break;
    case PZ_T_DECIMAL: copy_decimals(v, t->precision, start, n, out, at); break;
    case PZ_T_TIME: copy_times(v, start, n, out, at); break;
    case PZ_T_CALENDAR_INTERVAL: copy_intervals(v, start, n, out, at); break;
    case PZ_T_STRING:
    case PZ_T_BINARY: copy_bytes(v, start, n, out, at); break;
    case PZ_T_ARRAY:
    case PZ_T_MAP: copy_lists(v, t, start, n, out, at); break;
    case PZ_T_STRUCT:
        for (int i = 0; i < t->nfields; i++)
            pz_local_copy(v->children[i], t->fields[i].type, v->offset + start, n, duckdb_struct_vector_get_child(out, (idx_t)i), at);
        blank_nulls(v, t, start, n, out, at);
        break;
    case PZ_T_VARIANT:
        for (int i = 0; i < 2; i++) pz_local_copy(v->children[i], &pz_t_binary, v->offset + start, n, duckdb_struct_vector_get_child(out, (idx_t)i), at);
        break;
    default: copy_fixed(v, 8, start, n, out, at); break; /* bigint, double, timestamps, day-time intervals */
    }
}

/*
 * arrow/known.c - rows that are known as values, laid out as the engine would have, and appended like a chunk.
 *
 * Things start at pz_ipc_writer_add_rows() in writer.c.
 */
#include <math.h>

#include "writer_int.h"

bool
pz_ipc_takes_values(const pz_type *t)
{
    switch (t->id) {
    case PZ_T_VOID: case PZ_T_BOOLEAN: case PZ_T_BYTE: case PZ_T_SHORT: case PZ_T_INT: case PZ_T_LONG: case PZ_T_FLOAT: case PZ_T_DOUBLE:
    case PZ_T_DECIMAL: case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY: case PZ_T_DATE: case PZ_T_TIMESTAMP:
    case PZ_T_TIMESTAMP_NTZ: case PZ_T_YM_INTERVAL: case PZ_T_DT_INTERVAL: return true;
    default: return false;
    }
}

static void
put_integer(char *at, int width, __int128 v)
{
    memcpy(at, &v, (size_t)width);             /* little endian, as everything on the wire */
}

static void
put_value(char *at, const pz_column *c, const pz_type *t, const pz_value *v)
{
    float f = (float)v->d;
    double d = isnan(v->d) ? (double)NAN : v->d;
    pz_vector_text s = {.len = (uint32_t)v->s.len};
    switch (t->id) {
    case PZ_T_BOOLEAN: *at = v->b; break;
    case PZ_T_FLOAT:
        if (isnan(v->d)) f = NAN;
        memcpy(at, &f, 4);
        break;
    case PZ_T_DOUBLE: memcpy(at, &d, 8); break;
    case PZ_T_DECIMAL: put_integer(at, c->width, v->dec); break;
    case PZ_T_STRING: case PZ_T_CHAR: case PZ_T_VARCHAR: case PZ_T_BINARY:
        if (s.len && s.len <= sizeof s.near) memcpy(s.near, v->s.ptr, s.len);
        else s.far.ptr = v->s.ptr;
        memcpy(at, &s, sizeof s);
        break;
    default: put_integer(at, c->width, v->i);
    }
}

static size_t
cell_size(const pz_column *c)
{
    return c->layout == PZ_LAYOUT_TEXT ? sizeof(pz_vector_text) : c->width > 0 ? (size_t)c->width : 1;
}

void
pz_known_column(const pz_column *c, const pz_type *t, const pz_values *rows, int n, int column, pz_arena *a, pz_vector_view *out)
{
    size_t size = cell_size(c);
    uint64_t *valid = PZ_NEWN(a, uint64_t, n / 64 + 1);
    char *data = pz_alloc(a, size * (size_t)n + 16);
    for (int i = 0; i < n; i++) {
        const pz_value *v = &rows[i].data[column];
        if (v->null) continue;
        valid[i / 64] |= (uint64_t)1 << (i % 64);
        put_value(data + size * (size_t)i, c, t, v);
    }
    *out = (pz_vector_view){.data = data, .validity = valid, .child_count = -1, .rows = n};
}

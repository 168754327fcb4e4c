/*
 * arrow/column.c - rows of engine vectors appended to Arrow buffers.
 *
 * The hot path of every result: one pass per column and chunk, buffers sized by the batch before.  A range of rows at a time,
 * so that lists hand whole runs of elements to their child.
 */
#include <stdlib.h>

#include "writer_int.h"

enum { SLACK = 128 };                          /* always allocated behind a buffer: 16-byte stores, padding of the body */

char *
pz_bytes_more(pz_bytes *b, size_t n)
{
    char *at;
    if (b->len + n + SLACK > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : b->hint + b->hint / 8;
        if (cap < b->len + n + SLACK) cap = b->len + n + SLACK;
        b->ptr = realloc(b->ptr, cap);
        pz_assert(b->ptr);
        b->cap = cap;
    }
    at = b->ptr + b->len;
    b->len += n;
    return at;
}

/* ---- set-up ---- */
static void
kids(pz_column *c, int n, pz_arena *a)
{
    c->nkids = n;
    c->kids = PZ_NEWN(a, pz_column, n);
}

static void
init_pair(pz_column *c, const pz_type *first, const pz_type *second, bool wide, pz_arena *a)
{
    c->layout = PZ_LAYOUT_STRUCT;
    kids(c, 2, a);
    pz_column_init(&c->kids[0], first, wide, a);
    pz_column_init(&c->kids[1], second, wide, a);
}

void
pz_column_init(pz_column *c, const pz_type *t, bool wide, pz_arena *a)
{
    static const struct { pz_layout layout; int width; } plain[PZ_T_COUNT] = {
        [PZ_T_VOID] = {PZ_LAYOUT_NULL, 0}, [PZ_T_BOOLEAN] = {PZ_LAYOUT_BOOL, 1}, [PZ_T_BYTE] = {PZ_LAYOUT_COPY, 1},
        [PZ_T_SHORT] = {PZ_LAYOUT_COPY, 2}, [PZ_T_INT] = {PZ_LAYOUT_COPY, 4}, [PZ_T_LONG] = {PZ_LAYOUT_COPY, 8},
        [PZ_T_FLOAT] = {PZ_LAYOUT_COPY, 4}, [PZ_T_DOUBLE] = {PZ_LAYOUT_COPY, 8}, [PZ_T_DECIMAL] = {PZ_LAYOUT_DECIMAL, 16},
        [PZ_T_STRING] = {PZ_LAYOUT_TEXT, 0}, [PZ_T_CHAR] = {PZ_LAYOUT_TEXT, 0}, [PZ_T_VARCHAR] = {PZ_LAYOUT_TEXT, 0},
        [PZ_T_BINARY] = {PZ_LAYOUT_TEXT, 0}, [PZ_T_DATE] = {PZ_LAYOUT_COPY, 4}, [PZ_T_TIMESTAMP] = {PZ_LAYOUT_COPY, 8},
        [PZ_T_TIMESTAMP_NTZ] = {PZ_LAYOUT_COPY, 8}, [PZ_T_TIMESTAMP_LTZ_NANOS] = {PZ_LAYOUT_COPY, 8},
        [PZ_T_TIMESTAMP_NTZ_NANOS] = {PZ_LAYOUT_COPY, 8}, [PZ_T_TIME] = {PZ_LAYOUT_TIME, 8},
        [PZ_T_CALENDAR_INTERVAL] = {PZ_LAYOUT_INTERVAL, 16}, [PZ_T_YM_INTERVAL] = {PZ_LAYOUT_COPY, 4},
        [PZ_T_DT_INTERVAL] = {PZ_LAYOUT_COPY, 8}, [PZ_T_ARRAY] = {PZ_LAYOUT_LIST, 4}, [PZ_T_MAP] = {PZ_LAYOUT_LIST, 4},
        [PZ_T_STRUCT] = {PZ_LAYOUT_STRUCT, 0},
    };
    while (t->id == PZ_T_UDT && t->element) t = t->element;
    memset(c, 0, sizeof *c);
    c->layout = plain[t->id].layout;
    c->width = plain[t->id].width;
    c->wide = wide;
    switch (t->id) {
    case PZ_T_DECIMAL: c->width = t->precision <= 4 ? 2 : t->precision <= 9 ? 4 : t->precision <= 18 ? 8 : 16; break;
    case PZ_T_ARRAY:
        kids(c, 1, a);
        pz_column_init(&c->kids[0], t->element, wide, a);
        break;
    case PZ_T_MAP:
        kids(c, 1, a);
        init_pair(&c->kids[0], t->key, t->element, wide, a);
        break;
    case PZ_T_STRUCT:
        kids(c, t->nfields, a);
        for (int i = 0; i < t->nfields; i++) pz_column_init(&c->kids[i], t->fields[i].type, wide, a);
        break;
    case PZ_T_VARIANT: init_pair(c, &pz_t_binary, &pz_t_binary, wide, a); break;
    case PZ_T_GEOMETRY:
    case PZ_T_GEOGRAPHY: init_pair(c, &pz_t_int, &pz_t_binary, wide, a); break;
    default: break;
    }
}

void
pz_column_begin(pz_column *c)
{
    c->rows = c->nulls = 0;
    if (c->layout == PZ_LAYOUT_TEXT && c->wide) memset(pz_bytes_more(&c->offsets, 8), 0, 8);
    else if (c->layout == PZ_LAYOUT_TEXT || c->layout == PZ_LAYOUT_LIST) memset(pz_bytes_more(&c->offsets, 4), 0, 4);
    for (int i = 0; i < c->nkids; i++) pz_column_begin(&c->kids[i]);
}

void
pz_column_free(pz_column *c)
{
    free(c->valid.ptr);
    free(c->offsets.ptr);
    free(c->data.ptr);
    for (int i = 0; i < c->nkids; i++) pz_column_free(&c->kids[i]);
}

/* ---- validity ---- */
static inline bool
is_valid(const uint64_t *bits, int64_t row)
{
    return !bits || (bits[row >> 6] >> (row & 63) & 1);
}

/* 64 bits from any position; reads one word past only when the bits reach into it. */
static inline uint64_t
load_bits(const uint64_t *bits, int64_t at, int n)
{
    int shift = (int)(at & 63);
    uint64_t w = bits[at >> 6] >> shift;
    if (shift && shift + n > 64) w |= bits[(at >> 6) + 1] << (64 - shift);
    return n < 64 ? w & (((uint64_t)1 << n) - 1) : w;
}

static int64_t
count_valid(const uint64_t *bits, int64_t start, int64_t n)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i += 64) sum += __builtin_popcountll(load_bits(bits, start + i, n - i < 64 ? (int)(n - i) : 64));
    return sum;
}

/* Bit `at` and what lies behind it must be zero or not yet there. */
static void
put_bits(pz_bytes *b, int64_t at, uint64_t w, int n)
{
    size_t need = (size_t)(at + n + 7) / 8;
    int shift = (int)(at & 7);
    unsigned char *p;
    if (need > b->len) {
        size_t more = need - b->len;
        memset(pz_bytes_more(b, more), 0, more);
    }
    p = (unsigned char *)b->ptr + at / 8;
    if (!shift && n == 64) {
        memcpy(p, &w, 8);
        return;
    }
    for (int done = -shift; done < n; done += 8) *p++ |= (unsigned char)(done < 0 ? w << -done : w >> done);
}

static void
put_ones(pz_bytes *b, int64_t at, int64_t n)
{
    for (; n > 0; at += 64, n -= 64) put_bits(b, at, n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0, n < 64 ? (int)n : 64);
}

/* Returns whether the rows hold a NULL. */
static bool
append_validity(pz_column *c, const uint64_t *bits, int64_t start, int64_t n)
{
    int64_t valid = bits ? count_valid(bits, start, n) : n;
    if (valid == n) {
        if (c->valid.len) put_ones(&c->valid, c->rows, n);
        return false;
    }
    if (!c->valid.len) put_ones(&c->valid, 0, c->rows);
    for (int64_t i = 0; i < n; i += 64) {
        int k = n - i < 64 ? (int)(n - i) : 64;
        put_bits(&c->valid, c->rows + i, load_bits(bits, start + i, k), k);
    }
    c->nulls += n - valid;
    return true;
}

/* ---- values ---- */
/* What stands at a NULL in the engine's vector is left over from other data: never send it. */
static void
append_copy(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n, bool nulls)
{
    size_t w = (size_t)c->width;
    char *to = pz_bytes_more(&c->data, (size_t)n * w);
    memcpy(to, (const char *)v->data + (size_t)start * w, (size_t)n * w);
    if (nulls)
        for (int64_t i = 0; i < n; i++)
            if (!is_valid(v->validity, start + i)) memset(to + (size_t)i * w, 0, w);
}

static void
append_bools(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n)
{
    const uint8_t *from = (const uint8_t *)v->data + start;
    for (int64_t i = 0; i < n; i += 64) {
        uint64_t w = 0;
        int k = n - i < 64 ? (int)(n - i) : 64;
        for (int j = 0; j < k; j++) w |= (uint64_t)(from[i + j] != 0 && is_valid(v->validity, start + i + j)) << j;
        put_bits(&c->data, c->rows + i, w, k);
    }
}

static void
append_decimals(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n, bool nulls)
{
    char *at = pz_bytes_more(&c->data, (size_t)n * 16);
    int64_t *to = (int64_t *)at;
#define WIDEN(T) \
    for (int64_t i = 0; i < n; i++) { \
        int64_t x = ((const T *)v->data)[start + i]; \
        to[2 * i] = x; \
        to[2 * i + 1] = x >> 63; \
    }
    if (c->width == 2) WIDEN(int16_t)
    else if (c->width == 4) WIDEN(int32_t)
    else if (c->width == 8) WIDEN(int64_t)
    else memcpy(at, (const char *)v->data + start * 16, (size_t)n * 16);
#undef WIDEN
    if (nulls)
        for (int64_t i = 0; i < n; i++)
            if (!is_valid(v->validity, start + i)) to[2 * i] = to[2 * i + 1] = 0;
}

static void
append_times(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n)
{
    int64_t *to = (int64_t *)pz_bytes_more(&c->data, (size_t)n * 8);
    for (int64_t i = 0; i < n; i++) to[i] = is_valid(v->validity, start + i) ? ((const int64_t *)v->data)[start + i] * 1000 : 0;
}

static void
append_intervals(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n)
{
    pz_vector_interval *to = (pz_vector_interval *)pz_bytes_more(&c->data, (size_t)n * 16);
    for (int64_t i = 0; i < n; i++) {
        pz_vector_interval x = {0, 0, 0};
        if (is_valid(v->validity, start + i)) x = ((const pz_vector_interval *)v->data)[start + i];
        x.micros *= 1000;                      /* Arrow's field counts nanoseconds */
        to[i] = x;
    }
}

static inline size_t
text_bytes(const pz_vector_view *v, int64_t start, int64_t n)
{
    const pz_vector_text *s = (const pz_vector_text *)v->data + start;
    size_t sum = 0;
    if (!v->validity)
        for (int64_t i = 0; i < n; i++) sum += s[i].len;
    else
        for (int64_t i = 0; i < n; i++) sum += is_valid(v->validity, start + i) ? s[i].len : 0;
    return sum;
}

static inline char *
put_text(char *to, const pz_vector_text *s)
{
    if (s->len <= 12) {
        memcpy(to, s->near, 12);               /* the slack behind the buffer takes the rest */
        return to + s->len;
    }
    memcpy(to, s->far.ptr, s->len);
    return to + s->len;
}

static inline void
append_texts_as(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n, bool nulls, bool wide)
{
    const pz_vector_text *s = (const pz_vector_text *)v->data + start;
    size_t used = c->data.len;
    char *to = pz_bytes_more(&c->data, text_bytes(v, start, n)), *base = c->data.ptr;
    char *offsets = pz_bytes_more(&c->offsets, (size_t)n * (wide ? 8 : 4));
    to = base + used;
    for (int64_t i = 0; i < n; i++) {
        if (!nulls || is_valid(v->validity, start + i)) to = put_text(to, &s[i]);
        if (wide) ((int64_t *)offsets)[i] = to - base;
        else ((int32_t *)offsets)[i] = (int32_t)(to - base);
    }
}

static void
append_texts(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n, bool nulls)
{
    if (c->wide) append_texts_as(c, v, start, n, nulls, true);
    else if (nulls) append_texts_as(c, v, start, n, true, false);
    else append_texts_as(c, v, start, n, false, false);
}

/* Neighbouring runs of elements go to the child in one piece. */
static void
append_lists(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n)
{
    const pz_vector_entry *e = (const pz_vector_entry *)v->data + start;
    int32_t end = *(int32_t *)(c->offsets.ptr + c->offsets.len - 4);
    int32_t *offsets = (int32_t *)pz_bytes_more(&c->offsets, (size_t)n * 4);
    int64_t from = 0, len = 0;
    pz_vector_view kid;
    pz_vector_list_child(v, &kid);
    for (int64_t i = 0; i < n; i++) {
        if (is_valid(v->validity, start + i) && e[i].len) {
            if (len && (int64_t)e[i].offset != from + len) {
                pz_column_append(&c->kids[0], &kid, from, len);
                len = 0;
            }
            if (!len) from = (int64_t)e[i].offset;
            len += (int64_t)e[i].len;
            end += (int32_t)e[i].len;
        }
        offsets[i] = end;
    }
    if (len) pz_column_append(&c->kids[0], &kid, from, len);
}

void
pz_column_append(pz_column *c, const pz_vector_view *v, int64_t start, int64_t n)
{
    bool nulls = false;
    if (n <= 0) return;
    if (c->layout == PZ_LAYOUT_NULL) c->nulls += n;
    else nulls = append_validity(c, v->validity, start, n);
    switch (c->layout) {
    case PZ_LAYOUT_NULL: break;
    case PZ_LAYOUT_BOOL: append_bools(c, v, start, n); break;
    case PZ_LAYOUT_COPY: append_copy(c, v, start, n, nulls); break;
    case PZ_LAYOUT_DECIMAL: append_decimals(c, v, start, n, nulls); break;
    case PZ_LAYOUT_TIME: append_times(c, v, start, n); break;
    case PZ_LAYOUT_INTERVAL: append_intervals(c, v, start, n); break;
    case PZ_LAYOUT_TEXT: append_texts(c, v, start, n, nulls); break;
    case PZ_LAYOUT_LIST: append_lists(c, v, start, n); break;
    case PZ_LAYOUT_STRUCT:
        for (int i = 0; i < c->nkids; i++) {
            pz_vector_view kid;
            pz_vector_struct_child(v, i, &kid);
            pz_column_append(&c->kids[i], &kid, start, n);
        }
        break;
    }
    c->rows += n;
}

size_t
pz_column_estimate(const pz_column *c, const pz_vector_view *v, int64_t start, int64_t n)
{
    size_t sum = 0;
    pz_vector_view kid;
    switch (c->layout) {
    case PZ_LAYOUT_NULL: return 0;
    case PZ_LAYOUT_BOOL: return (size_t)n / 8 + 1;
    case PZ_LAYOUT_COPY: return (size_t)n * (size_t)c->width;
    case PZ_LAYOUT_TIME: return (size_t)n * 8;
    case PZ_LAYOUT_DECIMAL:
    case PZ_LAYOUT_INTERVAL: return (size_t)n * 16;
    case PZ_LAYOUT_TEXT: return (size_t)n * (c->wide ? 8 : 4) + text_bytes(v, start, n);
    case PZ_LAYOUT_LIST: {
        const pz_vector_entry *e = (const pz_vector_entry *)v->data + start;
        pz_vector_list_child(v, &kid);
        for (int64_t i = 0; i < n; i++)
            if (is_valid(v->validity, start + i)) sum += pz_column_estimate(&c->kids[0], &kid, (int64_t)e[i].offset, (int64_t)e[i].len);
        return sum + (size_t)n * 4;
    }
    case PZ_LAYOUT_STRUCT:
        for (int i = 0; i < c->nkids; i++) {
            pz_vector_struct_child(v, i, &kid);
            sum += pz_column_estimate(&c->kids[i], &kid, start, n);
        }
        return sum + (size_t)n / 8;
    }
    return sum;
}

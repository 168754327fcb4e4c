/*
 * engine/functions/fast_text.c - LIKE patterns of literal parts between %, which may stand anywhere: whole vectors at once.
 *
 * In: texts and a pattern without other wildcards.  Out: BOOLEAN vectors, NULL where an operand is.
 * Sixteen places are tried in one step by a part's first and last byte; only where both fit the bytes between are compared.
 * Bytes are enough: in UTF-8 no character's bytes occur inside another's.  Things start in the table at the end.
 */
#include <string.h>

#include "bind.h"

#define WIDTH 16
#define MOST_PARTS 8                           /* those beyond are made anew for each text */
typedef unsigned char lanes __attribute__((vector_size(WIDTH)));
typedef unsigned long long halves __attribute__((vector_size(WIDTH)));

/* One part, its first and last byte in every lane. */
typedef struct needle { pz_str part; lanes first, last; } needle;

static needle
needle_of(pz_str part)
{
    return (needle){part, (lanes){0} + (unsigned char)part.ptr[0], (lanes){0} + (unsigned char)part.ptr[part.len - 1]};
}

/* The first of eight places where the part stands; `hit` has all bits of a byte set where its ends fit. */
static const char *
first_of(const char *at, unsigned long long hit, pz_str part)
{
    while (hit) {
        int i = __builtin_ctzll(hit) / 8;
        if (!memcmp(at + i, part.ptr, part.len)) return at + i;
        hit &= ~(0xffULL << (i * 8));
    }
    return NULL;
}

/* Among the WIDTH places from `at` the first where the part stands, or NULL.  Reads at[0 .. WIDTH + part.len - 2]. */
static inline const char *
try_places(const char *at, const needle *n)
{
    lanes a, b;
    const char *place;
    memcpy(&a, at, WIDTH);
    memcpy(&b, at + n->part.len - 1, WIDTH);
    halves hit = (halves)((a == n->first) & (b == n->last));
    if (!(hit[0] | hit[1])) return NULL;
    place = first_of(at, hit[0], n->part);
    return place ? place : first_of(at + WIDTH / 2, hit[1], n->part);
}

static inline const char *
find_part(const char *text, size_t len, const needle *n)
{
    const char *end, *place;
    size_t places;
    if (len < n->part.len) return NULL;
    places = len - n->part.len + 1;
    if (places < WIDTH) {
        for (size_t i = 0; i < places; i++)
            if (text[i] == n->part.ptr[0] && !memcmp(text + i, n->part.ptr, n->part.len)) return text + i;
        return NULL;
    }
    end = text + places;
    for (; end - text >= WIDTH; text += WIDTH)
        if ((place = try_places(text, n))) return place;
    return end == text ? NULL : try_places(end - WIDTH, n);    /* places tried before have no part */
}

/* The next part of a pattern, or false at its end. */
static bool
next_part(pz_str *pattern, pz_str *part)
{
    const char *end;
    while (pattern->len && *pattern->ptr == '%') *pattern = (pz_str){pattern->ptr + 1, pattern->len - 1};
    if (!pattern->len) return false;
    end = memchr(pattern->ptr, '%', pattern->len);
    *part = (pz_str){pattern->ptr, end ? (size_t)(end - pattern->ptr) : pattern->len};
    *pattern = (pz_str){pattern->ptr + part->len, pattern->len - part->len};
    return true;
}

typedef struct parts { pz_str pattern, rest; needle needles[MOST_PARTS]; int n; } parts;

static void
take_apart(parts *p, pz_str pattern)
{
    pz_str part;
    *p = (parts){.pattern = pattern, .rest = pattern};
    while (p->n < MOST_PARTS && next_part(&p->rest, &part)) p->needles[p->n++] = needle_of(part);
}

/* One after another in the text, each as early as it comes. */
static bool
has_parts(const parts *p, pz_str text)
{
    const char *at = text.ptr, *end = at + text.len;
    pz_str rest = p->rest, part;
    for (int i = 0; i < p->n; i++) {
        if (!(at = find_part(at, (size_t)(end - at), &p->needles[i]))) return false;
        at += p->needles[i].part.len;
    }
    while (next_part(&rest, &part)) {
        needle more = needle_of(part);
        if (!(at = find_part(at, (size_t)(end - at), &more))) return false;
        at += part.len;
    }
    return true;
}

static pz_str
text_of(duckdb_string_t *s)
{
    uint32_t n = s->value.inlined.length;
    return (pz_str){n <= sizeof s->value.inlined.inlined ? s->value.inlined.inlined : s->value.pointer.ptr, n};
}

static void
run_parts(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    duckdb_vector a = duckdb_data_chunk_get_vector(chunk, 0), b = duckdb_data_chunk_get_vector(chunk, 1);
    duckdb_string_t *x = duckdb_vector_get_data(a), *y = duckdb_vector_get_data(b);
    uint64_t *x_valid = duckdb_vector_get_validity(a), *y_valid = duckdb_vector_get_validity(b), *out_valid = NULL;
    bool *z = duckdb_vector_get_data(output);
    idx_t n = duckdb_data_chunk_get_size(chunk);
    parts p = {0};
    (void)info;
    for (idx_t i = 0; i < n; i++) {
        pz_str pattern;
        if ((x_valid && !duckdb_validity_row_is_valid(x_valid, i)) || (y_valid && !duckdb_validity_row_is_valid(y_valid, i))) {
            if (!out_valid) {
                duckdb_vector_ensure_validity_writable(output);
                out_valid = duckdb_vector_get_validity(output);
            }
            duckdb_validity_set_row_invalid(out_valid, i);
            continue;
        }
        pattern = text_of(&y[i]);
        if (!pz_str_eq(pattern, p.pattern)) take_apart(&p, pattern);
        z[i] = has_parts(&p, text_of(&x[i]));
    }
}

static const pz_fast_fn fns[] = {
    {.name = "pz_has_parts", .args = {&pz_t_string, &pz_t_string}, .nargs = 2, .result = &pz_t_boolean, .run = run_parts},
};
const pz_fast_table pz_fast_text = {fns, (int)PZ_COUNTOF(fns)};

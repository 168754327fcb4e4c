/*
 * base/arena.c - bump allocation: many small pieces that die together.
 *
 * In: sizes.  Out: zeroed, 16-byte aligned memory that lives until the arena is reset or closed.  Blocks double from 4 KiB to 1 MiB;
 * what would waste much of a block gets one of its own, behind the current one.  Things start at pz_arena_open().
 */
#include "base.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 4096, LAST_BLOCK = 1 << 20, ALIGN = 16 };

typedef struct block {
    struct block *next;                        /* older */
    size_t size, used;                         /* of the bytes after this header; used counts in ALIGN steps */
} block;

typedef struct closer {
    struct closer *next;                       /* older */
    void (*fn)(void *);
    void *arg;
} closer;

/* Lives at the start of its own first block, which a reset keeps. */
struct pz_arena {
    block *top, *first;
    closer *closers;
    size_t next_size, total;
};

_Static_assert(sizeof(block) % 8 == 0, "a header must not spoil alignment");
#define HEADER ((sizeof(block) + ALIGN - 1) & ~(size_t)(ALIGN - 1))

static size_t
aligned(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static block *
make_block(size_t size)
{
    block *b = calloc(1, HEADER + size);       /* zeroed once here, so that pz_alloc() need not */
    if (!b) pz_panic(__FILE__, __LINE__, "out of memory");
    b->size = size;
    return b;
}

pz_arena *
pz_arena_open(void)
{
    block *b = make_block(FIRST_BLOCK - HEADER);
    pz_arena *a = (pz_arena *)((char *)b + HEADER);
    b->used = aligned(sizeof *a);
    a->top = a->first = b;
    a->next_size = 2 * FIRST_BLOCK;
    return a;
}

static void
run_closers(pz_arena *a)
{
    while (a->closers) {
        closer *c = a->closers;
        a->closers = c->next;
        c->fn(c->arg);
    }
}

static void
free_blocks(pz_arena *a)
{
    for (block *b = a->top, *next; b; b = next) {
        next = b->next;
        if (b != a->first) free(b);
    }
}

void
pz_arena_close(pz_arena *a)
{
    if (!a) return;
    run_closers(a);
    free_blocks(a);
    free(a->first);
}

void
pz_arena_reset(pz_arena *a)
{
    block *b = a->first;
    size_t own = aligned(sizeof *a);
    run_closers(a);
    free_blocks(a);
    memset((char *)b + HEADER + own, 0, b->used - own);
    b->used = own;
    b->next = NULL;
    a->top = b;
    a->next_size = 2 * FIRST_BLOCK;
    a->total = 0;
}

/* Room for n (aligned) bytes where the current block has none. */
static void *
alloc_slow(pz_arena *a, size_t n)
{
    block *b;
    if (n > a->next_size / 4) {                /* a block of its own, below the top: the top keeps its free room */
        b = make_block(n);
        b->used = n;
        b->next = a->top->next;
        a->top->next = b;
        return (char *)b + HEADER;
    }
    b = make_block(a->next_size - HEADER);
    b->used = n;
    b->next = a->top;
    a->top = b;
    if (a->next_size < LAST_BLOCK) a->next_size *= 2;
    return (char *)b + HEADER;
}

void *
pz_alloc(pz_arena *a, size_t n)
{
    block *b = a->top;
    if (n > SIZE_MAX / 2) pz_panic(__FILE__, __LINE__, "allocation too large");
    n = n ? aligned(n) : ALIGN;
    a->total += n;
    if (n <= b->size - b->used) {
        void *p = (char *)b + HEADER + b->used;
        b->used += n;
        return p;
    }
    return alloc_slow(a, n);
}

size_t
pz_arena_used(const pz_arena *a)
{
    return a->total;
}

void
pz_arena_on_close(pz_arena *a, void (*fn)(void *), void *arg)
{
    closer *c = PZ_NEW(a, closer);
    c->fn = fn;
    c->arg = arg;
    c->next = a->closers;
    a->closers = c;
}

void
pz_vec_grow(pz_arena *a, void **data, int *cap, size_t size, int n)
{
    int more = *cap < 4 ? 4 : *cap > INT_MAX / 2 ? INT_MAX : *cap * 2;
    void *p;
    if (more <= *cap) pz_panic(__FILE__, __LINE__, "vector too long");
    p = pz_alloc(a, size * (size_t)more);
    if (n) memcpy(p, *data, size * (size_t)n);
    *data = p;
    *cap = more;
}

pz_str
pz_dup(pz_arena *a, pz_str s)
{
    char *p;
    if (!s.ptr) return s;
    p = pz_alloc(a, s.len + 1);
    memcpy(p, s.ptr, s.len);
    return (pz_str){p, s.len};
}

pz_str
pz_dupc(pz_arena *a, const char *c)
{
    return pz_dup(a, pz_str_c(c));
}

pz_str
pz_strf(pz_arena *a, const char *fmt, ...)
{
    char small[256];
    va_list ap, again;
    int n;
    pz_str out;
    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    pz_assert(n >= 0);
    out = (pz_str){pz_alloc(a, (size_t)n + 1), (size_t)n};
    if ((size_t)n < sizeof small) memcpy((char *)out.ptr, small, (size_t)n);
    else vsnprintf((char *)out.ptr, (size_t)n + 1, fmt, again);
    va_end(again);
    return out;
}

pz_str
pz_lower_ascii(pz_arena *a, pz_str s)
{
    char *p = pz_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) p[i] = (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') ? (char)(s.ptr[i] + 32) : s.ptr[i];
    return (pz_str){p, s.len};
}

pz_str
pz_upper_ascii(pz_arena *a, pz_str s)
{
    char *p = pz_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) p[i] = (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') ? (char)(s.ptr[i] - 32) : s.ptr[i];
    return (pz_str){p, s.len};
}

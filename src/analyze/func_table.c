/*
 * analyze/func_table.c - the rows of tables/functions.def as the analyzer sees them, and finding them by name.
 *
 * The table is constant data; the name index is built once, on first use.
 */
#include "func_int.h"

#include <pthread.h>

#define SQL(...) NULL
#define CALL(...) NULL
#define VAL(...) NULL
#define AGGVAL(...) NULL
#define NONE(why) why
#define FN(k, n, sig, disp, nul, low) \
    {.kind = PZ_FN_##k, .name = n, .signature = sig, .display = PZ_DISPLAY_##disp, .nulls = PZ_NULLS_##nul, .why_not = low},
#define FNV(k, n, sig, disp, nul, low) \
    {.kind = PZ_FN_##k, .name = n, .signature = sig, .display = PZ_DISPLAY_##disp, .nulls = PZ_NULLS_##nul, .nondeterministic = true, .why_not = low},
#define FNS(k, n, sig, disp, nul, low) \
    {.kind = PZ_FN_##k, .name = n, .signature = sig, .display = PZ_DISPLAY_##disp, .nulls = PZ_NULLS_##nul, .syntax = true, .why_not = low},

static const pz_fn rows[] = {
#include "../../tables/functions.def"
};

enum { N_ROWS = (int)PZ_COUNTOF(rows), N_BUCKETS = 4096 };
static int16_t bucket_head[N_BUCKETS], chain[N_ROWS], next_overload[N_ROWS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

const pz_fn *
pz_fn_row(int i)
{
    return i >= 0 && i < N_ROWS ? &rows[i] : NULL;
}

int
pz_fn_count(void)
{
    return N_ROWS;
}

/* Later rows of a name hang on its first row, in table order. */
static void
build_index(void)
{
    memset(bucket_head, -1, sizeof bucket_head);
    memset(next_overload, -1, sizeof next_overload);
    for (int i = 0; i < N_ROWS; i++) {
        pz_str name = pz_str_c(rows[i].name);
        size_t b = pz_hash_istr(name) % N_BUCKETS;
        int j = bucket_head[b];
        while (j >= 0 && !pz_str_ieqc(name, rows[j].name))
            j = chain[j];
        if (j < 0) {
            chain[i] = bucket_head[b];
            bucket_head[b] = (int16_t)i;
            continue;
        }
        while (next_overload[j] >= 0)
            j = next_overload[j];
        next_overload[j] = (int16_t)i;
        chain[i] = -1;
    }
}

int
pz_fn_find(pz_str name)
{
    int j;
    pthread_once(&once, build_index);
    j = bucket_head[pz_hash_istr(name) % N_BUCKETS];
    while (j >= 0 && !pz_str_ieqc(name, rows[j].name))
        j = chain[j];
    return j;
}

int
pz_fn_next(int row)
{
    return next_overload[row];
}

bool
pz_fn_known(pz_str name)
{
    return pz_fn_find(name) >= 0;
}

/*
 * engine/functions.h - C functions called by the engine, written once over pz_value and bound per concrete signature.
 *
 * functions.def row with VAL(f): `f` is called once per row with Spark-typed values.  The adapter (functions/bind.c) converts DuckDB
 * vectors to pz_value and back for any nesting, registers one DuckDB scalar function per (row, argument types, result
 * type, call settings), and reuses it.  AGGVAL(ops): the same for aggregates.  A hot function may come with a vectorized
 * form as well (functions/fast_*.c), registered at start with fixed types and named in SQL templates: pz_<name>.
 */
#ifndef PZ_ENGINE_FUNCTIONS_H
#define PZ_ENGINE_FUNCTIONS_H

#include "engine.h"

typedef struct pz_call_site {                  /* fixed for one bound function; lives as long as the engine */
    const pz_type *const *arg_types;
    int nargs;
    const pz_type *result;
    bool ansi;
    bool map_last_wins;                        /* spark.sql.mapKeyDedupPolicy = LAST_WIN */
    bool map_keys_as_given;                    /* spark.sql.legacy.disableMapKeyNormalization */
    bool legacy_times;                         /* spark.sql.legacy.timeParserPolicy = LEGACY */
    int eval_mode;                             /* pz_cast_mode */
    pz_str time_zone;
    const pz_zone *zone;
    const pz_value *const_args;                /* per argument: value when the argument is a literal */
    const bool *is_const;
    void *state;                               /* for the function's own use: compiled pattern, parsed format; see prepare */
    pz_arena *arena;                           /* lives as long as the site */
    pz_str name;                               /* function name as called */
    pz_str corrupt_column;                     /* spark.sql.columnNameOfCorruptRecord; ptr NULL: its usual value */
    int64_t now_micros;
    bool windowed;                             /* an aggregate in a window: Spark meets its rows one after the other, in one partition */
    bool of_few_rows;                          /* and there are few of them: what it takes to be exact in the last digit is worth it */
    bool one_state;                            /* it is updated by whole partitions: one state for all rows of a call */
} pz_call_site;

typedef struct pz_fn_ctx {                     /* one call of the adapter */
    const pz_call_site *site;
    pz_arena *scratch;                         /* reset after each chunk of rows: results may point into it */
    pz_error *err;                             /* raise conditions here; lands at the client with condition and parameters */
    void *local;                               /* what open_local made; NULL without it, and when called outside of the engine */
} pz_fn_ctx;

/* Unless the row of functions.def says otherwise (nulls ANY), the adapter answers NULL itself when any argument is NULL. */
typedef pz_status (*pz_value_fn)(pz_fn_ctx *c, const pz_value *args, pz_value *out);

typedef struct pz_value_fn_def {
    const char *name;                          /* as in VAL(name) */
    pz_value_fn call;
    pz_status (*prepare)(pz_call_site *site, pz_error *err);   /* optional, once per bound signature; only with it are const_args given */
    bool takes_nulls;                          /* called with NULL arguments too */
    bool is_volatile;                          /* not folded, called per row */
    /* optional state of one worker (thread) of one query: workers are numbered from 0 in order of their start; lands in ctx->local */
    void *(*open_local)(const pz_call_site *site, int worker);
    void (*close_local)(void *local);
    bool uses_now;                             /* reads site->now_micros: bound anew for every query, so only where it must */
} pz_value_fn_def;

typedef struct pz_value_agg_def {
    const char *name;                          /* as in AGGVAL(name) */
    size_t state_size;                         /* plain bytes, zeroed by init; may own malloc memory freed in destroy */
    pz_status (*update)(pz_fn_ctx *c, void *state, const pz_value *args);
    pz_status (*combine)(pz_fn_ctx *c, void *into, const void *from);
    pz_status (*finish)(pz_fn_ctx *c, void *state, pz_value *out);
    void (*destroy)(void *state);
    pz_status (*prepare)(pz_call_site *site, pz_error *err);
    bool takes_nulls;
    bool (*skip)(pz_fn_ctx *c, const void *state, const pz_value *key);   /* optional: a row that changes nothing, told by its last argument alone */
} pz_value_agg_def;

/* Every family file exports its table and has a line in functions/families.c. */
typedef struct pz_fn_family { const char *name; const pz_value_fn_def *fns; int nfns; const pz_value_agg_def *aggs; int naggs; } pz_fn_family;

const pz_value_fn_def *pz_value_fn_find(const char *name);
const pz_value_agg_def *pz_value_agg_find(const char *name);

/* Bind: name of the registered DuckDB function for this concrete signature; registers it on first use (thread-safe). */
pz_status pz_engine_bind(pz_engine *e, const char *impl, const pz_call_site *want, pz_arena *a, pz_str *engine_name, pz_error *err);
/* Register the fixed vectorized functions at engine start. */
pz_status pz_engine_register_fast(pz_engine *e, pz_error *err);
/* CAST of one value, any allowed pair (functions/cast.c); NULL in, NULL out. */
pz_status pz_cast_value(const pz_type *from, const pz_type *to, pz_cast_mode mode, const pz_zone *zone, const pz_value *in, pz_arena *a,
                        pz_value *out, pz_error *err);
/* Variants (functions/variant*.c): a value out of one, INVALID_VARIANT_CAST where it cannot be; one out of any value but maps and structs. */
pz_status pz_variant_to_value(const pz_value *variant, const pz_type *to, pz_cast_mode mode, const pz_zone *zone, pz_arena *a, pz_value *out,
                              pz_error *err);
pz_status pz_variant_from_value(const pz_type *from, const pz_value *in, const pz_zone *zone, pz_arena *a, pz_value *out, pz_error *err);
/* Call an implementation directly (constant folding in the analyzer's env, unit tests). */
pz_status pz_value_fn_call(const char *impl, const pz_call_site *site, const pz_value *args, pz_arena *a, pz_value *out, pz_error *err);

/* Does a java.util.regex pattern match the whole text, in any case?  A bad pattern matches nothing. */
bool pz_pattern_matches(pz_str text, pz_str pattern);

#endif

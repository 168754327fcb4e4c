/*
 * lower/lower.h - resolved plan to DuckDB SQL text.
 *
 * The text is flat and fully cast: every relation a subselect (or CTE where referenced twice), every column named c<attribute id>,
 * every literal typed, every sort with direction and null order.  Only this text ever reaches the engine.
 */
#ifndef PZ_LOWER_H
#define PZ_LOWER_H

#include "../plan/plan.h"

/* How a call becomes engine text, from tables/functions.def. */
typedef struct pz_lowering pz_lowering;        /* lower_int.h */

/* What a C function is called for; of few rows a frame may be gone through again for each.  Over a whole partition the engine hands an aggregate's update one state for all rows, else one for each. */
typedef enum pz_use { PZ_USE_SCALAR, PZ_USE_GROUP, PZ_USE_FRAME, PZ_USE_FRAME_OF_FEW, PZ_USE_PARTITION } pz_use;

typedef struct pz_lower_env {
    bool ansi;
    bool map_last_wins;                        /* spark.sql.mapKeyDedupPolicy = LAST_WIN */
    bool map_keys_as_given;                    /* spark.sql.legacy.disableMapKeyNormalization */
    bool legacy_times;                         /* spark.sql.legacy.timeParserPolicy = LEGACY */
    pz_str time_zone;
    const pz_zone *zone;
    int64_t now_micros;
    pz_str user, current_catalog, current_database, session_id;
    pz_str current_path;                       /* of SET PATH; ptr NULL: the usual one */
    /* C functions are registered in the engine on demand for one concrete signature: name out (see engine/functions.h).
     * Lent by session/, because lower/ may not include engine/. */
    void *ctx;
    pz_status (*bind_function)(void *ctx, const char *impl, pz_use use, const pz_expr *call, const pz_type *const *arg_types, int nargs,
                               const pz_type *result, pz_arena *a, pz_str *engine_name, pz_error *err);
    pz_str (*conf)(void *ctx, const char *key);
    bool wide_decimals;                        /* compute every decimal in its full Spark width (see pz_lower_info) */
} pz_lower_env;

/* What the engine should know about a text. */
typedef struct pz_lower_info {
    bool deep;                                 /* long operator chains or many levels: switch superlinear optimizers off, raise depth limits */
    bool repeats;                              /* reads the same source so often that a join of it with itself may be there twice */
    bool plain;                                /* the optimizer has nothing to do, or too much: better without it */
    bool narrow_decimals;                      /* decimal products were left to the engine's narrow types: when it reports a decimal
                                                * overflow before the first row, lower again with wide_decimals set and run that */
} pz_lower_info;

/* Text of the whole query: columns in order of plan->schema, each cast to the engine type of its Spark type. */
pz_status pz_lower(const pz_lower_env *env, const pz_plan *plan, pz_arena *a, pz_buf *duckdb_sql, pz_error *err);
pz_status pz_lower_with(const pz_lower_env *env, const pz_plan *plan, pz_arena *a, pz_buf *duckdb_sql, pz_lower_info *info, pz_error *err);
/* Text of one resolved expression without columns (constant folding): SELECT <expr>. */
pz_status pz_lower_constant(const pz_lower_env *env, const pz_expr *e, pz_arena *a, pz_str *out, pz_error *err); /* ... <expr>, without subqueries */
pz_status pz_lower_expr_query(const pz_lower_env *env, const pz_expr *e, pz_arena *a, pz_buf *duckdb_sql, pz_error *err);

#endif

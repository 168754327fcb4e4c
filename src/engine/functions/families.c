/*
 * engine/functions/families.c - the list of function families, and finding an implementation by name.
 *
 * A family file defines `const pz_fn_family <symbol>` and has one line here.
 */
#include "../functions.h"

#include <pthread.h>

#define FAMILIES(F) \
    F(pz_family_cast) \
    F(pz_family_store) \
    F(pz_family_decimal_ops) \
    F(pz_family_show) \
    F(pz_family_collection) \
    F(pz_family_map) \
    F(pz_family_json) \
    F(pz_family_json_path) \
    F(pz_family_variant) \
    F(pz_family_variant_change) \
    F(pz_family_datetime) \
    F(pz_family_string) \
    F(pz_family_text) \
    F(pz_family_complex_text) \
    F(pz_family_geo) \
    F(pz_family_top_k) \
    F(pz_family_kll) \
    F(pz_family_hll) \
    F(pz_family_theta) \
    F(pz_family_encode) \
    F(pz_family_format) \
    F(pz_family_number_format) \
    F(pz_family_regex) \
    F(pz_family_hash) \
    F(pz_family_crypto) \
    F(pz_family_url) \
    F(pz_family_collate) \
    F(pz_family_math) \
    F(pz_family_random) \
    F(pz_family_misc) \
    F(pz_family_vector) \
    F(pz_family_csv) \
    F(pz_family_records) \
    F(pz_family_avro) \
    F(pz_family_xml) \
    F(pz_family_xml_write) \
    F(pz_family_xpath) \
    F(pz_family_agg_count) \
    F(pz_family_agg_stat) \
    F(pz_family_agg_quantile) \
    F(pz_family_agg_collect) \
    F(pz_family_agg_pandas) \
    F(pz_family_agg_total) \
    F(pz_family_agg_pairs) \
    F(pz_family_datetime_make) \
    F(pz_family_datetime_text) \
    F(pz_family_interval) \
    F(pz_family_time)

#define F(symbol) extern const pz_fn_family symbol;
FAMILIES(F)
#undef F

static const pz_fn_family *const families[] = {
#define F(symbol) &symbol,
    FAMILIES(F)
#undef F
};

typedef struct entry { const pz_value_fn_def *fn; const pz_value_agg_def *agg; } entry;
static pz_map *by_name;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* All names in one map, kept for the life of the process.  Scalar functions and aggregates are separate name spaces. */
static void
index_families(void)
{
    pz_arena *a = pz_arena_open();
    by_name = pz_map_make(a, false);
    for (size_t f = 0; f < PZ_COUNTOF(families); f++) {
        const pz_fn_family *const family = families[f];
        for (int i = 0; i < family->nfns + family->naggs; i++) {
            bool fn = i < family->nfns;
            pz_str name = pz_str_c(fn ? family->fns[i].name : family->aggs[i - family->nfns].name);
            entry *e = pz_map_get(by_name, name);
            if (!e) pz_map_put(by_name, name, e = PZ_NEW(a, entry));
            if (fn) e->fn = &family->fns[i];
            else e->agg = &family->aggs[i - family->nfns];
        }
    }
}

static const entry *
find(const char *name)
{
    static const entry none;
    pthread_once(&once, index_families);
    const entry *e = pz_map_get(by_name, pz_str_c(name));
    return e ? e : &none;
}

const pz_value_fn_def *
pz_value_fn_find(const char *name)
{
    return find(name)->fn;
}

const pz_value_agg_def *
pz_value_agg_find(const char *name)
{
    return find(name)->agg;
}

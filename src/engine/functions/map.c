/*
 * engine/functions/map.c - maps: making them with Spark's rules for keys, and taking them apart.
 *
 * Keys are unique and not NULL in insertion order; a duplicate is an error, or the last value wins
 * (spark.sql.mapKeyDedupPolicy); -0.0 as a key is 0.0, unless spark.sql.legacy.disableMapKeyNormalization says they are two.
 */
#include "fn_util.h"
#include "regex.h"

#include <math.h>

typedef struct builder {
    pz_fn_ctx *c;
    const pz_type *kt;
    pz_value *out;
} builder;

static bool
is_floating(const pz_type *t)
{
    return t->id == PZ_T_DOUBLE || t->id == PZ_T_FLOAT;
}

/* Inside of nested keys both zeros are always one. */
static bool
same_key(const builder *b, const pz_value *x, const pz_value *y)
{
    return pz_value_eq(b->kt, x, y) && (!is_floating(b->kt) || x->d != 0 || signbit(x->d) == signbit(y->d));
}

static void
start(builder *b, pz_fn_ctx *c, pz_value *out, int n)
{
    *b = (builder){.c = c, .kt = c->site->result->key, .out = out};
    *out = (pz_value){.null = false};
    out->map.keys = PZ_NEWN(c->scratch, pz_value, n ? n : 1);
    out->map.vals = PZ_NEWN(c->scratch, pz_value, n ? n : 1);
    out->map.n = 0;
}

static pz_status
add(builder *b, const pz_value *key, const pz_value *val)
{
    pz_value k = *key;
    if (k.null)
        return pz_raise(b->c->err, PZ_ERR_NULL_MAP_KEY, PZ_NO_ORIGIN, NULL);
    if (!b->c->site->map_keys_as_given && is_floating(b->kt) && k.d == 0)
        k.d = 0.0;
    for (int i = 0; i < b->out->map.n; i++) {
        if (!same_key(b, &b->out->map.keys[i], &k))
            continue;
        if (b->c->site->map_last_wins) {
            b->out->map.vals[i] = *val;
            return PZ_OK;
        }
        pz_buf t;
        pz_buf_init(&t, 0);
        pz_value_text(&t, b->kt, key, PZ_TEXT_CAST, b->c->site->zone);
        pz_str text = pz_buf_dup(&t, b->c->scratch);
        pz_buf_free(&t);
        return pz_raise(b->c->err, PZ_ERR_DUPLICATED_MAP_KEY, PZ_NO_ORIGIN, "key", text.ptr, "mapKeyDedupPolicy",
                        "\"spark.sql.mapKeyDedupPolicy\"", NULL);
    }
    b->out->map.keys[b->out->map.n] = k;
    b->out->map.vals[b->out->map.n++] = *val;
    return PZ_OK;
}

PZ_FN(fn_map)
{
    builder b;
    start(&b, c, out, c->site->nargs / 2);
    for (int i = 0; i + 1 < c->site->nargs; i += 2)
        PZ_TRY(add(&b, &args[i], &args[i + 1]));
    return PZ_OK;
}

PZ_FN(fn_map_concat)
{
    builder b;
    int n = 0;
    for (int a = 0; a < c->site->nargs; a++)
        n += args[a].map.n;
    start(&b, c, out, n);
    for (int a = 0; a < c->site->nargs; a++)
        for (int i = 0; i < args[a].map.n; i++)
            PZ_TRY(add(&b, &args[a].map.keys[i], &args[a].map.vals[i]));
    return PZ_OK;
}

/* Keys of which no two are alike stay as they are, -0.0 too. */
PZ_FN(fn_map_from_arrays)
{
    builder b;
    int n = args[0].list.n;
    if (n != args[1].list.n)
        return pz_raise(c->err, PZ_ERR_LEGACY_ERROR_TEMP_2128, PZ_NO_ORIGIN, NULL);
    start(&b, c, out, n);
    for (int i = 0; i < n; i++)
        PZ_TRY(add(&b, &args[0].list.items[i], &args[1].list.items[i]));
    if (out->map.n == n && n)
        memcpy(out->map.keys, args[0].list.items, (size_t)n * sizeof *out->map.keys);
    return PZ_OK;
}

/* transform_keys: from pairs, as from two arrays */
PZ_FN(fn_map_transformed)
{
    pz_value sides[2];
    int n = args[0].list.n;
    for (int s = 0; s < 2; s++) {
        sides[s] = (pz_value){.list = {PZ_NEWN(c->scratch, pz_value, n + 1), n}};
        for (int i = 0; i < n; i++) sides[s].list.items[i] = args[0].list.items[i].list.items[s];
    }
    return fn_map_from_arrays(c, sides, out);
}

PZ_FN(fn_map_from_entries)
{
    builder b;
    for (int i = 0; i < args[0].list.n; i++)
        if (args[0].list.items[i].null)
            return give_null(out);
    start(&b, c, out, args[0].list.n);
    for (int i = 0; i < args[0].list.n; i++)
        PZ_TRY(add(&b, &args[0].list.items[i].list.items[0], &args[0].list.items[i].list.items[1]));
    return PZ_OK;
}

PZ_FN(fn_map_contains_key)
{
    const pz_type *kt = c->site->arg_types[0]->key;
    for (int i = 0; i < args[0].map.n; i++)
        if (pz_value_eq(kt, &args[0].map.keys[i], &args[1]))
            return give_bool(out, true);
    return give_bool(out, false);
}

static pz_status
list_out(pz_value *out, pz_value *items, int n)
{
    *out = (pz_value){.null = false};
    out->list.items = items;
    out->list.n = n;
    return PZ_OK;
}

PZ_FN(fn_map_keys)
{
    PZ_UNUSED(c);
    return list_out(out, args[0].map.keys, args[0].map.n);
}

PZ_FN(fn_map_values)
{
    PZ_UNUSED(c);
    return list_out(out, args[0].map.vals, args[0].map.n);
}

static pz_value
row(pz_fn_ctx *c, int n)
{
    pz_value v = {.null = false};
    v.list.items = PZ_NEWN(c->scratch, pz_value, n);
    v.list.n = n;
    return v;
}

PZ_FN(fn_map_entries)
{
    pz_value *items = PZ_NEWN(c->scratch, pz_value, args[0].map.n + 1);
    for (int i = 0; i < args[0].map.n; i++) {
        items[i] = row(c, 2);
        items[i].list.items[0] = args[0].map.keys[i];
        items[i].list.items[1] = args[0].map.vals[i];
    }
    return list_out(out, items, args[0].map.n);
}

/* Rows (key, left value, right value) over the keys of both maps: what map_zip_with's lambda reads. */
PZ_FN(fn_map_zip_entries)
{
    const pz_type *kt = c->site->arg_types[0]->key;
    int n = 0;
    pz_value *items = PZ_NEWN(c->scratch, pz_value, args[0].map.n + args[1].map.n + 1);
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < args[side].map.n; i++) {
            int at = 0;
            while (at < n && !pz_value_eq(kt, &items[at].list.items[0], &args[side].map.keys[i]))
                at++;
            if (at == n) {
                items[n] = row(c, 3);
                items[n].list.items[0] = args[side].map.keys[i];
                if (is_floating(kt) && items[n].list.items[0].d == 0) items[n].list.items[0].d = 0.0;
                items[n].list.items[1].null = items[n].list.items[2].null = true;
                n++;
            }
            items[at].list.items[1 + side] = args[side].map.vals[i];
        }
    return list_out(out, items, n);
}

/* Pieces of s between matches of a pattern; limit 2 keeps the rest whole. */
static int
pieces(pz_fn_ctx *c, const pz_regex *re, pz_str s, int limit, pz_str **out)
{
    PZ_VEC(pz_str) v = {0};
    size_t from = 0, at = 0;
    const size_t *b;
    while ((limit <= 0 || v.n + 1 < limit) && at <= s.len && pz_regex_find(re, s, at, &b)) {
        size_t start_at = b[0], end = b[1];
        if (end == start_at) {
            uint32_t cp;
            int step = pz_utf8_decode(s.ptr + end, s.len - end, &cp);
            at = end + (size_t)(step > 0 ? step : 1);
            if (start_at == 0)
                continue;
            if (start_at >= s.len)
                break;
        } else {
            at = end;
        }
        pz_vec_push(c->scratch, &v, cut(s, from, start_at));
        from = end;
    }
    pz_vec_push(c->scratch, &v, cut(s, from, s.len));
    *out = v.data;
    return v.n;
}

static pz_status
delimiter(pz_fn_ctx *c, pz_str pattern, const pz_regex **out)
{
    bool any_case = pz_collation_is_lcase(c->site->arg_types[0]->collation);
    *out = pz_regex_cached(any_case ? pz_strf(c->scratch, "(?iu)" PZ_FMT, PZ_ARG(pattern)) : pattern);
    if ((*out)->code) return PZ_OK;
    return pz_raise_text(c->err, PZ_CLASS_JavaIllegalArgumentException, PZ_FMT ": " PZ_FMT, PZ_ARG((*out)->error), PZ_ARG(pattern));
}

PZ_FN(fn_str_to_map)
{
    builder b;
    const pz_regex *pair, *kv;
    pz_str *entries, *parts;
    int n;
    PZ_TRY(delimiter(c, args[1].s, &pair));
    n = pieces(c, pair, args[0].s, -1, &entries);
    start(&b, c, out, n);
    PZ_TRY(delimiter(c, args[2].s, &kv));
    for (int i = 0; i < n; i++) {
        int k = pieces(c, kv, entries[i], 2, &parts);
        pz_value key = {.s = parts[0]}, val = {.null = k < 2};
        if (k > 1)
            val.s = parts[1];
        PZ_TRY(add(&b, &key, &val));
    }
    return PZ_OK;
}

static const pz_value_fn_def defs[] = {
    {.name = "map", .call = fn_map, .takes_nulls = true},
    {.name = "map_concat", .call = fn_map_concat},
    {.name = "map_contains_key", .call = fn_map_contains_key},
    {.name = "map_entries", .call = fn_map_entries},
    {.name = "map_from_arrays", .call = fn_map_from_arrays},
    {.name = "map_from_entries", .call = fn_map_from_entries},
    {.name = "map_keys", .call = fn_map_keys},
    {.name = "map_transformed", .call = fn_map_transformed},
    {.name = "map_values", .call = fn_map_values},
    {.name = "map_zip_entries", .call = fn_map_zip_entries},
    {.name = "str_to_map", .call = fn_str_to_map},
};
PZ_FAMILY(pz_family_map, defs);

/*
 * engine/functions/bind.c - registers one engine function per concrete signature of a value function, and calls it.
 *
 * In:  the name of an implementation (VAL or AGGVAL of functions.def) and a call site: argument types, result type, settings.
 * Out: the name of the engine function to write into SQL text: pz_v<N> or pz_a<N>.
 * Things start at pz_engine_bind().  A signature once bound is found again by its key and lives as long as the engine.
 */
#include <stdlib.h>

#include "bind.h"

/* Literals longer than this do not become part of a signature: the function reads them per row like any argument. */
#define CONST_TEXT_MAX 4096

typedef struct bound {
    const pz_value_fn_def *fn;                 /* one of the two is set */
    const pz_value_agg_def *agg;
    pz_call_site site;
    pz_str engine_name;
} bound;

typedef struct registry {                      /* what is bound in one engine: pz_engine.bound, under its bind_lock */
    duckdb_connection con;                     /* registers functions, runs nothing */
    pz_arena *arena;
    pz_map *by_key;
    int next;
} registry;

/* ---------------------------------------------------------------- signatures */

static bool
wants_constant(const pz_call_site *s, int i)
{
    return s->const_args && s->is_const && s->is_const[i]
           && !(pz_type_is_string(s->arg_types[i]) && !s->const_args[i].null && s->const_args[i].s.len > CONST_TEXT_MAX);
}

static void
key_value(pz_buf *b, const pz_type *t, const pz_value *v)
{
    pz_buf_putc(b, v->null ? '0' : '1');
    if (!v->null) pz_value_text(b, t, v, PZ_TEXT_CAST, pz_zone_find(PZ_STR("UTC")));
}

/* Constants are part of a signature only where the implementation prepares something from them. */
static void
make_key(pz_buf *b, const char *impl, const pz_call_site *s, bool constants, bool now, pz_arena *a)
{
    pz_buf_puts(b, impl);
    for (int i = 0; i < s->nargs; i++) {
        pz_buf_putc(b, 1);
        pz_buf_str(b, pz_type_json(s->arg_types[i], a));
        if (pz_type_is_collated(s->arg_types[i])) pz_buf_str(b, pz_type_simple(s->arg_types[i], a));
        if (constants && wants_constant(s, i)) {
            pz_buf_putc(b, 2);
            key_value(b, s->arg_types[i], &s->const_args[i]);
        }
    }
    pz_buf_putc(b, 3);
    pz_buf_str(b, pz_type_json(s->result, a));
    pz_buf_printf(b, "\003%d%d%d%d%d%d%d %d " PZ_FMT "\003" PZ_FMT, s->windowed, s->of_few_rows, s->one_state, s->ansi, s->map_last_wins, s->map_keys_as_given, s->legacy_times, s->eval_mode, PZ_ARG(s->time_zone), PZ_ARG(s->name));
    pz_buf_putc(b, 3);
    pz_buf_str(b, s->corrupt_column);
    if (now) pz_buf_printf(b, "\003%lld", (long long)s->now_micros);
}

static void
copy_site(pz_call_site *to, const pz_call_site *from, bool constants, pz_arena *a)
{
    const pz_type **types = PZ_NEWN(a, const pz_type *, from->nargs);
    pz_value *values = PZ_NEWN(a, pz_value, from->nargs);
    bool *is_const = PZ_NEWN(a, bool, from->nargs);
    for (int i = 0; i < from->nargs; i++) {
        types[i] = pz_type_copy(a, from->arg_types[i]);
        values[i].null = true;
        if (!constants || !wants_constant(from, i)) continue;
        is_const[i] = true;
        values[i] = pz_value_copy(a, from->arg_types[i], &from->const_args[i]);
    }
    *to = *from;
    to->arg_types = types;
    to->const_args = values;
    to->is_const = is_const;
    to->result = pz_type_copy(a, from->result);
    to->time_zone = pz_dup(a, from->time_zone);
    to->name = pz_dup(a, from->name);
    if (from->corrupt_column.ptr) to->corrupt_column = pz_dup(a, from->corrupt_column);
    if (!to->zone) to->zone = pz_zone_find(to->time_zone);
    if (!to->zone) to->zone = pz_zone_find(PZ_STR("UTC"));
    to->arena = a;
    to->state = NULL;
}

/* ---------------------------------------------------------------- scalar functions */

/* The engine takes a message only: pack condition and parameters into it. */
static void
report(duckdb_function_info info, void (*set)(duckdb_function_info, const char *), const pz_error *err)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_err_pack(&b, err);
    pz_buf_putc(&b, 0);
    set(info, b.ptr);
    pz_buf_free(&b);
}

void
pz_fast_report(duckdb_function_info info, const pz_error *err)
{
    report(info, duckdb_scalar_function_set_error, err);
}

static pz_vec_reader *
open_readers(const pz_call_site *site, duckdb_data_chunk chunk, pz_arena *a)
{
    pz_vec_reader *r = PZ_NEWN(a, pz_vec_reader, site->nargs);
    for (int i = 0; i < site->nargs; i++) pz_vec_open(&r[i], duckdb_data_chunk_get_vector(chunk, (idx_t)i), site->arg_types[i]);
    return r;
}

static bool
any_null(const pz_vec_reader *r, int n, idx_t row)
{
    for (int i = 0; i < n; i++)
        if (pz_vec_is_null(&r[i], row)) return true;
    return false;
}

static void
run_scalar(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector output)
{
    const bound *f = duckdb_scalar_function_get_extra_info(info);
    pz_arena *a = pz_scratch_arena();
    pz_error err;
    pz_error_init(&err, a);
    pz_fn_ctx c = {.site = &f->site, .scratch = a, .err = &err, .local = f->fn->open_local ? duckdb_scalar_function_get_state(info) : NULL};
    pz_vec_reader *in = open_readers(&f->site, chunk, a);
    pz_vec_writer out;
    pz_vec_writer_open(&out, output, f->site.result, a);
    pz_value *args = PZ_NEWN(a, pz_value, f->site.nargs), result;
    idx_t rows = duckdb_data_chunk_get_size(chunk);
    for (idx_t row = 0; row < rows; row++) {
        if (!f->fn->takes_nulls && any_null(in, f->site.nargs, row)) {
            pz_vec_write_null(&out, row);
            continue;
        }
        for (int i = 0; i < f->site.nargs; i++) pz_vec_read(&in[i], row, a, &args[i]);
        memset(&result, 0, sizeof result);
        if (f->fn->call(&c, args, &result) != PZ_OK) {
            report(info, duckdb_scalar_function_set_error, &err);
            return;
        }
        pz_vec_write(&out, row, &result);
    }
}

/* Workers of one query are numbered: the counter is bind data, made once per query and expression. */
static void *
copy_workers(void *data)
{
    int *n = calloc(1, sizeof *n);
    (void)data;
    return n;
}

static void
bind_workers(duckdb_bind_info info)
{
    duckdb_scalar_function_set_bind_data(info, copy_workers(NULL), free);
    duckdb_scalar_function_set_bind_data_copy(info, copy_workers);
}

static void
open_worker(duckdb_init_info info)
{
    const bound *f = duckdb_scalar_function_init_get_extra_info(info);
    int *next = duckdb_scalar_function_init_get_bind_data(info);
    int worker = next ? __atomic_fetch_add(next, 1, __ATOMIC_RELAXED) : 0;
    duckdb_scalar_function_init_set_state(info, f->fn->open_local(&f->site, worker), f->fn->close_local);
}

static duckdb_state
register_scalar(duckdb_connection con, bound *f)
{
    duckdb_scalar_function s = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(s, f->engine_name.ptr);
    for (int i = 0; i < f->site.nargs; i++) {
        duckdb_logical_type t = pz_engine_type(f->site.arg_types[i]);
        duckdb_scalar_function_add_parameter(s, t);
        duckdb_destroy_logical_type(&t);
    }
    duckdb_logical_type r = pz_engine_type(f->site.result);
    duckdb_scalar_function_set_return_type(s, r);
    duckdb_destroy_logical_type(&r);
    duckdb_scalar_function_set_special_handling(s);
    if (f->fn->is_volatile) duckdb_scalar_function_set_volatile(s);
    duckdb_scalar_function_t fast = pz_fast_find(f->fn->name, &f->site);
    duckdb_scalar_function_set_extra_info(s, fast ? (void *)&f->site : (void *)f, NULL);
    duckdb_scalar_function_set_function(s, fast ? fast : run_scalar);
    if (!fast && f->fn->open_local) {
        duckdb_scalar_function_set_bind(s, bind_workers);
        duckdb_scalar_function_set_init(s, open_worker);
    }
    duckdb_state ok = duckdb_register_scalar_function(con, s);
    duckdb_destroy_scalar_function(&s);
    return ok;
}

/* ---------------------------------------------------------------- aggregates */

/* A state in the engine: the definition (the engine destroys states without saying whose they are), then the function's bytes.
 * The engine moves states by memcpy and aligns them to 8; functions may hold 16-byte numbers, so that an odd one is worked
 * on in a copy. */
#define STATE_HEAD 16
typedef struct held { void *bytes; void *home; size_t size; } held;

static const bound *
aggregate_of(duckdb_function_info info)
{
    return duckdb_aggregate_function_get_extra_info(info);
}

static void
hold(held *h, duckdb_aggregate_state state, size_t size, void *copy)
{
    h->home = (char *)state + STATE_HEAD;
    h->size = size;
    h->bytes = (uintptr_t)h->home % 16 == 0 ? h->home : copy;
    if (h->bytes != h->home) memcpy(h->bytes, h->home, size);
}

static void
let_go(const held *h)
{
    if (h->bytes != h->home) memcpy(h->home, h->bytes, h->size);
}

/* After a failure the engine may forget states, so what they own goes now; they are as new. */
static void
give_up(const pz_value_agg_def *agg, duckdb_aggregate_state *states, idx_t n, void *copy)
{
    for (idx_t i = 0; agg->destroy && i < n; i++) {
        held h;
        hold(&h, states[i], agg->state_size, copy);
        agg->destroy(h.bytes);
        memset(h.bytes, 0, h.size);
        let_go(&h);
    }
}

static idx_t
state_size(duckdb_function_info info)
{
    return STATE_HEAD + aggregate_of(info)->agg->state_size;
}

static void
state_init(duckdb_function_info info, duckdb_aggregate_state state)
{
    const pz_value_agg_def *agg = aggregate_of(info)->agg;
    memset(state, 0, STATE_HEAD + agg->state_size);
    memcpy(state, &agg, sizeof agg);
}

static void
update(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_aggregate_state *states)
{
    const bound *f = aggregate_of(info);
    pz_arena *a = pz_scratch_arena();
    pz_error err;
    pz_error_init(&err, a);
    pz_fn_ctx c = {.site = &f->site, .scratch = a, .err = &err};
    pz_vec_reader *in = open_readers(&f->site, chunk, a);
    pz_value *args = PZ_NEWN(a, pz_value, f->site.nargs);
    void *copy = pz_alloc(a, f->agg->state_size);
    idx_t rows = duckdb_data_chunk_get_size(chunk);
    int last = f->site.nargs - 1;
    for (idx_t row = 0; row < rows; row++) {
        held h;
        if (!f->agg->takes_nulls && any_null(in, f->site.nargs, row)) continue;
        hold(&h, states[f->site.one_state ? 0 : row], f->agg->state_size, copy);
        if (f->agg->skip) {
            pz_vec_read(&in[last], row, a, &args[last]);
            if (f->agg->skip(&c, h.bytes, &args[last])) continue;
        }
        for (int i = 0; i < f->site.nargs; i++) pz_vec_read(&in[i], row, a, &args[i]);
        pz_status done = f->agg->update(&c, h.bytes, args);
        let_go(&h);
        if (done != PZ_OK) {
            give_up(f->agg, states, f->site.one_state ? 1 : rows, copy);
            report(info, duckdb_aggregate_function_set_error, &err);
            return;
        }
    }
}

/* The engine may combine one source several times (window frames), so `from` stays as it is. */
static void
combine(duckdb_function_info info, duckdb_aggregate_state *from, duckdb_aggregate_state *into, idx_t count)
{
    const bound *f = aggregate_of(info);
    pz_arena *a = pz_scratch_arena();
    pz_error err;
    pz_error_init(&err, a);
    pz_fn_ctx c = {.site = &f->site, .scratch = a, .err = &err};
    void *copy = pz_alloc(a, f->agg->state_size), *other = pz_alloc(a, f->agg->state_size);
    for (idx_t i = 0; i < count; i++) {
        held to, source;
        hold(&to, into[i], f->agg->state_size, copy);
        hold(&source, from[i], f->agg->state_size, other);
        pz_status done = f->agg->combine(&c, to.bytes, source.bytes);
        let_go(&to);
        if (done != PZ_OK) {
            give_up(f->agg, into, count, copy);
            give_up(f->agg, from, count, copy);
            report(info, duckdb_aggregate_function_set_error, &err);
            return;
        }
    }
}

static void
finalize(duckdb_function_info info, duckdb_aggregate_state *states, duckdb_vector output, idx_t count, idx_t offset)
{
    const bound *f = aggregate_of(info);
    pz_arena *a = pz_scratch_arena();
    pz_error err;
    pz_error_init(&err, a);
    pz_fn_ctx c = {.site = &f->site, .scratch = a, .err = &err};
    pz_vec_writer out;
    pz_vec_writer_open(&out, output, f->site.result, a);
    void *copy = pz_alloc(a, f->agg->state_size);
    for (idx_t i = 0; i < count; i++) {
        pz_value result;
        held h;
        memset(&result, 0, sizeof result);
        hold(&h, states[i], f->agg->state_size, copy);
        pz_status done = f->agg->finish(&c, h.bytes, &result);
        let_go(&h);
        if (done != PZ_OK) {
            report(info, duckdb_aggregate_function_set_error, &err);
            return;
        }
        pz_vec_write(&out, offset + i, &result);
    }
}

static void
destroy(duckdb_aggregate_state *states, idx_t count)
{
    for (idx_t i = 0; i < count; i++) {
        const pz_value_agg_def *agg = NULL;
        if (states[i]) memcpy(&agg, states[i], sizeof agg);
        if (!agg || !agg->destroy) continue;
        held h;
        pz_arena *a = (uintptr_t)states[i] % 16 == 0 ? NULL : pz_arena_open();
        hold(&h, states[i], agg->state_size, a ? pz_alloc(a, agg->state_size) : NULL);
        agg->destroy(h.bytes);
        memset((char *)states[i] + STATE_HEAD, 0, agg->state_size);
        pz_arena_close(a);
    }
}

static duckdb_state
register_aggregate(duckdb_connection con, bound *f)
{
    duckdb_aggregate_function s = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(s, f->engine_name.ptr);
    for (int i = 0; i < f->site.nargs; i++) {
        duckdb_logical_type t = pz_engine_type(f->site.arg_types[i]);
        duckdb_aggregate_function_add_parameter(s, t);
        duckdb_destroy_logical_type(&t);
    }
    duckdb_logical_type r = pz_engine_type(f->site.result);
    duckdb_aggregate_function_set_return_type(s, r);
    duckdb_destroy_logical_type(&r);
    duckdb_aggregate_function_set_special_handling(s);
    duckdb_aggregate_function_set_extra_info(s, f, NULL);
    duckdb_aggregate_function_set_functions(s, state_size, state_init, update, combine, finalize);
    if (f->agg->destroy) duckdb_aggregate_function_set_destructor(s, destroy);
    duckdb_state ok = duckdb_register_aggregate_function(con, s);
    duckdb_destroy_aggregate_function(&s);
    return ok;
}

/* ---------------------------------------------------------------- binding */

static void
close_registry(void *arg)
{
    registry *r = arg;
    duckdb_disconnect(&r->con);
    pz_arena_close(r->arena);
}

/* Under e->bind_lock.  NULL: no connection. */
static registry *
registry_of(pz_engine *e)
{
    if (e->bound) return e->bound;
    duckdb_connection con;
    if (duckdb_connect(e->db, &con) != DuckDBSuccess) return NULL;
    pz_arena *a = pz_arena_open();
    registry *r = PZ_NEW(a, registry);
    *r = (registry){.con = con, .arena = a, .by_key = pz_map_make(a, false)};
    e->bound = r;
    e->bound_close = close_registry;
    return r;
}

static pz_status
bind_new(registry *r, const bound *like, const pz_call_site *want, bool constants, pz_str key, bound **out, pz_error *err)
{
    bound *f = PZ_NEW(r->arena, bound);
    pz_status (*prepare)(pz_call_site *, pz_error *) = like->fn ? like->fn->prepare : like->agg->prepare;
    *f = *like;
    copy_site(&f->site, want, constants, r->arena);
    if (prepare) PZ_TRY(prepare(&f->site, err));
    f->engine_name = pz_strf(r->arena, "%s%d", f->fn ? "pz_v" : "pz_a", r->next++);
    if ((f->fn ? register_scalar(r->con, f) : register_aggregate(r->con, f)) != DuckDBSuccess)
        return pz_raise_internal(err, "cannot register the function " PZ_FMT " in the engine", PZ_ARG(want->name));
    pz_map_put(r->by_key, pz_dup(r->arena, key), f);
    *out = f;
    return PZ_OK;
}

static pz_status
find_def(const char *impl, bound *like, bool *constants, bool *now, pz_error *err)
{
    *like = (bound){.fn = pz_value_fn_find(impl)};
    if (!like->fn) like->agg = pz_value_agg_find(impl);
    if (!like->fn && !like->agg) return pz_raise_internal(err, "no implementation named %s", impl);
    *constants = like->fn ? like->fn->prepare != NULL : like->agg->prepare != NULL;
    *now = like->fn && like->fn->uses_now;
    return PZ_OK;
}

pz_status
pz_engine_bind(pz_engine *e, const char *impl, const pz_call_site *want, pz_arena *a, pz_str *engine_name, pz_error *err)
{
    bound like, *f;
    bool constants = false, now = false;
    pz_buf key;
    PZ_TRY(find_def(impl, &like, &constants, &now, err));
    pz_buf_init(&key, 0);
    make_key(&key, impl, want, constants, now, a);
    pthread_mutex_lock(&e->bind_lock);
    registry *r = registry_of(e);
    pz_status done = r ? PZ_OK : pz_raise_internal(err, "no connection for registering functions");
    f = r ? pz_map_get(r->by_key, pz_buf_view(&key)) : NULL;
    if (r && !f) done = bind_new(r, &like, want, constants, pz_buf_view(&key), &f, err);
    if (done == PZ_OK) *engine_name = pz_dup(a, f->engine_name);
    pthread_mutex_unlock(&e->bind_lock);
    pz_buf_free(&key);
    return done;
}

pz_status
pz_value_fn_call(const char *impl, const pz_call_site *site, const pz_value *args, pz_arena *a, pz_value *out, pz_error *err)
{
    const pz_value_fn_def *fn = pz_value_fn_find(impl);
    if (!fn) return pz_raise_internal(err, "no implementation named %s", impl);
    pz_call_site copy;
    copy_site(&copy, site, true, a);
    if (fn->prepare) PZ_TRY(fn->prepare(&copy, err));
    memset(out, 0, sizeof *out);
    for (int i = 0; i < site->nargs && !fn->takes_nulls; i++)
        if (args[i].null) {
            out->null = true;
            return PZ_OK;
        }
    pz_fn_ctx c = {.site = &copy, .scratch = a, .err = err};
    return fn->call(&c, args, out);
}

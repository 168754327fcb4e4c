/*
 * engine/functions/fast.c - registers the vectorized functions that have fixed types and fixed names.
 *
 * In: the tables listed below, one per family that has any.  Out: functions every SQL template may name.
 */
#include "bind.h"

#define TABLES(F) F(pz_fast_math) F(pz_fast_text)

#define F(symbol) extern const pz_fast_table symbol;
TABLES(F)
#undef F

static const pz_fast_table *const tables[] = {
#define F(symbol) &symbol,
    TABLES(F)
#undef F
};

static duckdb_state
register_one(duckdb_connection con, const pz_fast_fn *f)
{
    duckdb_scalar_function s = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(s, f->name);
    for (int i = 0; i < f->nargs; i++) {
        duckdb_logical_type t = pz_engine_type(f->args[i]);
        duckdb_scalar_function_add_parameter(s, t);
        duckdb_destroy_logical_type(&t);
    }
    duckdb_logical_type r = pz_engine_type(f->result);
    duckdb_scalar_function_set_return_type(s, r);
    duckdb_destroy_logical_type(&r);
    duckdb_scalar_function_set_special_handling(s);
    duckdb_scalar_function_set_function(s, f->run);
    duckdb_state ok = duckdb_register_scalar_function(con, s);
    duckdb_destroy_scalar_function(&s);
    return ok;
}

pz_status
pz_engine_register_fast(pz_engine *e, pz_error *err)
{
    duckdb_connection con;
    pz_status done = PZ_OK;
    if (duckdb_connect(e->db, &con) != DuckDBSuccess) return pz_raise_internal(err, "no connection for registering functions");
    for (size_t t = 0; t < PZ_COUNTOF(tables) && done == PZ_OK; t++)
        for (int i = 0; i < tables[t]->n && done == PZ_OK; i++)
            if (register_one(con, &tables[t]->fns[i]) != DuckDBSuccess)
                done = pz_raise_internal(err, "cannot register the function %s in the engine", tables[t]->fns[i].name);
    duckdb_disconnect(&con);
    return done;
}

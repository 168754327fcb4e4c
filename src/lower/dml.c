/*
 * lower/dml.c - engine statements around the rows that analyze/ worked out: INSERT, UPDATE, DELETE, the steps of MERGE.
 */
#include "dml.h"

static pz_str
done(pz_buf *b, pz_arena *a)
{
    pz_str s = pz_buf_dup(b, a);
    pz_buf_free(b);
    return s;
}

pz_status
pz_lower_rows(const pz_lower_env *env, const pz_plan *rows, pz_arena *a, pz_str *out, bool *deep, pz_error *err)
{
    pz_lower_env wide = *env;
    pz_lower_info info = {0};
    pz_buf b, named;
    pz_status st;
    wide.wide_decimals = true;
    pz_buf_init(&b, 0);
    st = pz_lower_with(&wide, rows, a, &b, &info, err);
    *deep |= info.deep | info.repeats;
    pz_buf_init(&named, 0);
    pz_buf_puts(&named, "SELECT * FROM (");
    pz_buf_str(&named, pz_buf_view(&b));
    pz_buf_puts(&named, ") AS s(");
    for (int i = 0; i < rows->schema.n; i++) pz_buf_printf(&named, "%sk%d", i ? ", " : "", i);
    pz_buf_puts(&named, rows->schema.n ? ")" : "k0)");
    pz_buf_free(&b);
    *out = done(&named, a);
    return st;
}

static void
write_columns(pz_buf *b, const pz_strs *columns)
{
    for (int i = 0; i < columns->n; i++) pz_buf_printf(b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(columns->data[i]));
}

pz_str
pz_insert_text(pz_str table, const pz_strs *columns, pz_str rows, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "INSERT INTO " PZ_FMT " (", PZ_ARG(table));
    write_columns(&b, columns);
    pz_buf_puts(&b, ") ");
    pz_buf_str(&b, rows);
    return done(&b, a);
}

static void
write_sets(pz_buf *b, const pz_strs *columns, const int *at, int first)
{
    for (int i = 0; i < columns->n; i++) pz_buf_printf(b, "%s" PZ_FMT " = s.k%d", i ? ", " : "", PZ_ARG(columns->data[i]), first + (at ? at[i] : i));
}

pz_str
pz_update_text(pz_str table, const pz_strs *columns, pz_str rows, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "UPDATE " PZ_FMT " SET ", PZ_ARG(table));
    write_sets(&b, columns, NULL, 1);
    pz_buf_puts(&b, " FROM (");
    pz_buf_str(&b, rows);
    pz_buf_printf(&b, ") AS s WHERE " PZ_FMT ".rowid = s.k0", PZ_ARG(table));
    return done(&b, a);
}

pz_str
pz_delete_text(pz_str table, pz_str rows, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "DELETE FROM " PZ_FMT " WHERE rowid IN (SELECT k0 FROM (", PZ_ARG(table));
    pz_buf_str(&b, rows);
    pz_buf_puts(&b, "))");
    return done(&b, a);
}

pz_str
pz_keep_text(pz_str kept, pz_str rows, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "CREATE TEMP TABLE " PZ_FMT " AS ", PZ_ARG(kept));
    pz_buf_str(&b, rows);
    return done(&b, a);
}

/* ---- MERGE: k0 row number, k1 both sides, k2 clause, k3... values ---- */
pz_str
pz_merge_twice_text(pz_str kept, pz_arena *a)
{
    return pz_strf(a, "SELECT 1::BIGINT FROM " PZ_FMT " WHERE k1 GROUP BY k0 HAVING count(*) > 1 LIMIT 1", PZ_ARG(kept));
}

pz_str
pz_merge_delete_text(pz_str table, pz_str kept, pz_str clauses, pz_arena *a)
{
    return pz_strf(a, "DELETE FROM " PZ_FMT " WHERE rowid IN (SELECT k0 FROM " PZ_FMT " WHERE k2 IN (" PZ_FMT "))", PZ_ARG(table), PZ_ARG(kept), PZ_ARG(clauses));
}

pz_str
pz_merge_update_text(pz_str table, const pz_strs *columns, const int *at, pz_str kept, pz_str clauses, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "UPDATE " PZ_FMT " SET ", PZ_ARG(table));
    write_sets(&b, columns, at, 3);
    pz_buf_printf(&b, " FROM " PZ_FMT " AS s WHERE " PZ_FMT ".rowid = s.k0 AND s.k2 IN (" PZ_FMT ")", PZ_ARG(kept), PZ_ARG(table), PZ_ARG(clauses));
    return done(&b, a);
}

pz_str
pz_merge_insert_text(pz_str table, const pz_strs *columns, pz_str kept, pz_str clauses, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "INSERT INTO " PZ_FMT " (", PZ_ARG(table));
    write_columns(&b, columns);
    pz_buf_puts(&b, ") SELECT ");
    for (int i = 0; i < columns->n; i++) pz_buf_printf(&b, "%sk%d", i ? ", " : "", i + 3);
    pz_buf_printf(&b, " FROM " PZ_FMT " WHERE k2 IN (" PZ_FMT ")", PZ_ARG(kept), PZ_ARG(clauses));
    return done(&b, a);
}

pz_str
pz_delete_equal_text(pz_str table, const pz_strs *columns, const int *at, pz_str kept, pz_arena *a)
{
    pz_buf b;
    pz_buf_init(&b, 0);
    pz_buf_printf(&b, "DELETE FROM " PZ_FMT " WHERE EXISTS (SELECT 1 FROM " PZ_FMT " AS s WHERE ", PZ_ARG(table), PZ_ARG(kept));
    for (int i = 0; i < columns->n; i++)
        pz_buf_printf(&b, "%s" PZ_FMT "." PZ_FMT " IS NOT DISTINCT FROM s.k%d", i ? " AND " : "", PZ_ARG(table), PZ_ARG(columns->data[i]), at[i]);
    pz_buf_putc(&b, ')');
    return done(&b, a);
}

/*
 * plan/known.c - rows that stand in the plan itself: VALUES and SELECTs of literals, and what statements answer.
 *
 * In: a resolved relation.  Out: its rows, if every cell is a literal of just the column's type; nothing is computed here.
 * Things start at pz_rel_known_rows().
 */
#include "plan.h"

enum { CELLS_MAX = 4096 };                     /* more are the engine's business */

static const pz_expr *
bare(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_ALIAS) e = e->args.data[0];
    return e;
}

static bool
put_cell(const pz_expr *e, const pz_attr *at, pz_value *out)
{
    if (e->kind != PZ_EXPR_LITERAL || !e->type || !pz_type_eq(e->type, at->type)) return false;
    *out = e->value;
    return true;
}

static pz_values *
make_rows(pz_arena *a, int n, int ncols)
{
    pz_values *rows = PZ_NEWN(a, pz_values, n + 1);
    for (int i = 0; i < n; i++) rows[i] = (pz_values){PZ_NEWN(a, pz_value, ncols + 1), ncols, ncols};
    return rows;
}

static bool
known_values(const pz_rel *r, pz_arena *a, pz_values **rows, int *n)
{
    int ncols = r->u.values.ncols > 0 ? r->u.values.ncols : r->output.n;
    if (!ncols || ncols != r->output.n || r->exprs.n % ncols || r->exprs.n > CELLS_MAX) return false;
    *n = r->exprs.n / ncols;
    *rows = make_rows(a, *n, ncols);
    for (int i = 0; i < r->exprs.n; i++)
        if (!put_cell(bare(r->exprs.data[i]), r->output.data[i % ncols], &(*rows)[i / ncols].data[i % ncols])) return false;
    return true;
}

static int
find_column(const pz_rel *r, const pz_attr *at)
{
    for (int i = 0; i < r->output.n; i++)
        if (r->output.data[i]->id == at->id) return pz_type_eq(r->output.data[i]->type, at->type) ? i : -1;
    return -1;
}

static bool
known_project(const pz_rel *r, const pz_values *from, int n, pz_arena *a, pz_values **rows)
{
    if (r->exprs.n != r->output.n || (int64_t)n * r->exprs.n > CELLS_MAX) return false;
    *rows = make_rows(a, n, r->exprs.n);
    for (int k = 0; k < r->exprs.n; k++) {
        const pz_expr *e = bare(r->exprs.data[k]);
        const pz_attr *at = r->output.data[k];
        int source = e->kind == PZ_EXPR_ATTR && pz_type_eq(e->u.attr->type, at->type) ? find_column(r->input, e->u.attr) : -1;
        for (int i = 0; i < n; i++) {
            if (source >= 0) (*rows)[i].data[k] = from[i].data[source];
            else if (!put_cell(e, at, &(*rows)[i].data[k])) return false;
        }
    }
    return true;
}

bool
pz_rel_known_rows(const pz_rel *root, pz_arena *a, pz_values **rows, int *n)
{
    enum { LEVELS_MAX = 16 };
    const pz_rel *chain[LEVELS_MAX];
    int depth = 0;
    for (const pz_rel *r = root; r; r = r->input) {
        if (depth == LEVELS_MAX) return false;
        chain[depth++] = r;
        if (r->kind != PZ_REL_PROJECT) break;
    }
    if (!depth) return false;
    switch (chain[--depth]->kind) {
    case PZ_REL_ONE_ROW:
        *n = 1;
        *rows = make_rows(a, 1, 0);
        break;
    case PZ_REL_VALUES:
        if (!known_values(chain[depth], a, rows, n)) return false;
        break;
    default: return false;
    }
    while (depth--)
        if (!known_project(chain[depth], *rows, *n, a, rows)) return false;
    return true;
}

/*
 * analyze/dml_merge.c - MERGE: every row of table and source gets the number of the clause that acts on it, and the values it writes.
 *
 * Table and source are joined once, outer on the sides whose lonely rows have clauses.  One projection picks the clause, the first whose
 * condition holds; another computes the values, each inside the branch of its clause, so that what is not wanted cannot fail.
 * Things start at pz_analyze_merge().
 */
#include "dml_int.h"

typedef struct merge {
    pz_dml d;
    const pz_command *c;
    pz_rel *target, *source, *joined;
    pz_attr *rowid, *present, *action, *both;  /* present: the source has a row */
    pz_attrs source_columns;
    pz_expr ***values;                         /* per clause, per column; NULL: stays */
} merge;

/* ---- the join ---- */
static bool
has(const merge *m, int when)
{
    for (int i = 0; i < m->c->merge.n; i++)
        if ((int)m->c->merge.data[i]->when == when) return true;
    return false;
}

static pz_status
resolve_source(merge *m)
{
    pz_analyzer *an = &m->d.an;
    pz_exprs items = {0};
    pz_expr *mark;
    pz_rel *r;
    PZ_TRY(pz_resolve_rel(an, m->c->query, NULL, NULL, &r));
    r = pz_drop_hidden(an, r);
    for (int i = 0; i < r->output.n; i++) pz_vec_push(an->a, &items, pz_attr_ref(an, r->output.data[i], r->origin));
    m->source_columns = r->output;
    mark = pz_literal_bool(an->a, true);
    mark->resolved = true;
    mark = pz_alias_new(an, mark, PZ_STR(" present"));
    mark->u.alias.attr->hidden = true;
    m->present = mark->u.alias.attr;
    pz_vec_push(an->a, &items, mark);
    m->source = pz_project_make(an, r, &items);
    return PZ_OK;
}

static void
add_side(merge *m, pz_rel *join, const pz_rel *side, bool nullable)
{
    for (int i = 0; i < side->output.n; i++) {
        pz_attr *at = pz_attr_copy(&m->d.an, side->output.data[i]);
        at->nullable |= nullable;
        pz_vec_push(m->d.an.a, &join->output, at);
    }
}

static pz_scope *
scope_of(merge *m, bool target, bool source)
{
    pz_rel *r = pz_rel_new(&m->d.an, PZ_REL_ALIAS, NULL, PZ_NO_ORIGIN);
    int n = m->target->output.n;
    for (int i = 0; i < m->joined->output.n; i++)
        if (i < n ? target : source) pz_vec_push(m->d.an.a, &r->output, m->joined->output.data[i]);
    return pz_scope_of(&m->d.an, r, NULL, NULL);
}

static pz_status
check_cond(merge *m, pz_expr *cond, const char *name)
{
    PZ_TRY(pz_dml_check_values(&m->d, "MergeIntoTable", m->c->origin, &cond, 1));
    if (pz_expr_is_deterministic(cond)) return PZ_OK;
    return pz_raise(m->d.an.err, PZ_ERR_UNSUPPORTED_MERGE_CONDITION_NON_DETERMINISTIC, cond->origin, "condName", name, "cond", pz_quote_sql_expr(&m->d.an, cond).ptr, NULL);
}

static pz_walk
find_subquery(pz_expr *e, void *arg)
{
    (void)arg;
    return e->kind == PZ_EXPR_SUBQUERY ? PZ_WALK_STOP : PZ_WALK_ON;
}

static pz_status
condition(merge *m, pz_scope *s, pz_expr *cond, const char *name, pz_expr **out)
{
    s->allow_aggregate = s->allow_window = true;                 /* refused below, by the name of the clause */
    PZ_TRY(pz_resolve_expr(&m->d.an, s, cond, out));
    s->allow_aggregate = s->allow_window = false;
    if (!pz_walk_expr(*out, find_subquery, NULL))
        return pz_raise(m->d.an.err, PZ_ERR_UNSUPPORTED_MERGE_CONDITION_SUBQUERY, cond->origin, "condName", name, "cond",
                        pz_quote_sql_expr(&m->d.an, *out).ptr, NULL);
    PZ_TRY(check_cond(m, *out, name));
    if ((*out)->type->id == PZ_T_VOID)
        *out = pz_cast_to(&m->d.an, *out, &pz_t_boolean);
    return pz_check_boolean(&m->d.an, *out, (*out)->origin);
}

static pz_status
join(merge *m)
{
    bool lonely_source = has(m, PZ_MERGE_NOT_MATCHED), lonely_target = has(m, PZ_MERGE_NOT_MATCHED_BY_SOURCE);
    pz_rel *j = pz_rel_new(&m->d.an, PZ_REL_JOIN, NULL, PZ_NO_ORIGIN);
    j->input = m->target;
    j->right = m->source;
    j->u.join.type = lonely_source && lonely_target ? PZ_JOIN_FULL : lonely_source ? PZ_JOIN_RIGHT : lonely_target ? PZ_JOIN_LEFT : PZ_JOIN_INNER;
    add_side(m, j, m->target, lonely_source);
    add_side(m, j, m->source, lonely_target);
    m->joined = j;
    m->rowid = j->output.data[m->target->output.n - 1];
    m->present = j->output.data[j->output.n - 1];
    return condition(m, scope_of(m, true, true), m->c->cond, "SEARCH", &j->cond);
}

/* ---- clauses ---- */
static const char *
condition_name(const pz_merge_clause *k)
{
    switch (k->action) {
    case PZ_MERGE_DELETE: return "DELETE";
    case PZ_MERGE_INSERT:
    case PZ_MERGE_INSERT_ALL: return "INSERT";
    default: return "UPDATE";
    }
}

static pz_scope *
clause_scope(merge *m, const pz_merge_clause *k)
{
    return scope_of(m, k->when != PZ_MERGE_NOT_MATCHED, k->when != PZ_MERGE_NOT_MATCHED_BY_SOURCE);
}

static pz_scope *
value_scope(merge *m, const pz_merge_clause *k)
{
    pz_scope *s = clause_scope(m, k);
    s->plain_proposals = true;
    return s;
}

/* UPDATE SET *, INSERT *: columns of the source by name. */
static pz_status
from_source(merge *m, pz_scope *s, const pz_field *column, pz_expr **out)
{
    pz_expr *e = pz_expr_make(m->d.an.a, PZ_EXPR_COLUMN, m->c->origin);
    s->plain_proposals = true;
    pz_vec_push(m->d.an.a, &e->names, column->name);
    return pz_resolve_expr(&m->d.an, s, e, out);
}

static pz_status
all_values(merge *m, const pz_merge_clause *k, pz_expr **values)
{
    pz_scope *s = scope_of(m, false, true);
    m->d.is_update = k->action == PZ_MERGE_UPDATE_ALL;
    for (int i = 0; i < m->d.t->stored.n; i++) {
        pz_expr *e;
        const pz_field *column = &m->d.t->stored.fields[i];
        if (m->c->flag1) {                     /* schema evolution: what the source lacks stays, or takes its default */
            bool there = false;
            for (int j = 0; j < m->source_columns.n; j++) there |= pz_dml_same(&m->d, m->source_columns.data[j]->name, column->name);
            if (!there && k->action == PZ_MERGE_UPDATE_ALL) continue;
            if (!there) {
                PZ_TRY(pz_dml_default(&m->d, column, &values[i]));
                continue;
            }
        }
        PZ_TRY(from_source(m, s, column, &e));
        PZ_TRY(pz_store_assign(&m->d, e, column, true, &values[i]));
    }
    return PZ_OK;
}

static pz_status
insert_values(merge *m, const pz_merge_clause *k, pz_expr **values)
{
    pz_assignments list = {0};
    for (int i = 0; i < k->columns.n; i++) {
        pz_assignment one = {k->columns.data[i], k->values.data[i], m->c->origin};
        if (one.names.n > 1 && pz_dml_column(&m->d, one.names.data[one.names.n - 1]) < 0)
            return pz_raise(m->d.an.err, PZ_ERR_DATATYPE_MISMATCH_INVALID_ROW_LEVEL_OPERATION_ASSIGNMENTS, PZ_NO_ORIGIN, "sqlExpr",
                            pz_quote_names(m->d.an.a, &one.names).ptr, "errors",
                            pz_strf(m->d.an.a, "\n- INSERT assignment keys cannot be nested fields: " PZ_FMT, PZ_ARG(pz_quote_names(m->d.an.a, &one.names))).ptr, NULL);
        pz_vec_push(m->d.an.a, &list, one);
    }
    PZ_TRY(pz_dml_assign(&m->d, m->target, value_scope(m, k), &list, values));
    for (int i = 0; i < m->d.t->stored.n; i++)
        if (!values[i]) PZ_TRY(pz_dml_default(&m->d, &m->d.t->stored.fields[i], &values[i]));
    return PZ_OK;
}

static pz_status
clause_values(merge *m, const pz_merge_clause *k, pz_expr **values)
{
    pz_assignments list = {0};
    switch (k->action) {
    case PZ_MERGE_DELETE: return PZ_OK;
    case PZ_MERGE_UPDATE_ALL:
    case PZ_MERGE_INSERT_ALL: return all_values(m, k, values);
    case PZ_MERGE_INSERT: return insert_values(m, k, values);
    default: break;
    }
    for (int i = 0; i < k->columns.n; i++) {
        pz_assignment one = {k->columns.data[i], k->values.data[i], i < k->places.n ? k->places.data[i] : PZ_NO_ORIGIN};
        pz_vec_push(m->d.an.a, &list, one);
    }
    return pz_dml_assign(&m->d, m->target, value_scope(m, k), &list, values);
}

/* ---- the two projections ---- */
static pz_status
resolved(merge *m, pz_expr *e, pz_expr **out)
{
    return pz_resolve_expr(&m->d.an, pz_scope_of(&m->d.an, NULL, NULL, NULL), e, out);
}

/* Of the clauses of one kind the first whose condition holds. */
static pz_status
first_of(merge *m, int when, pz_expr **out)
{
    pz_arena *a = m->d.an.a;
    pz_expr *e = pz_literal_int(a, 0);
    for (int i = m->c->merge.n - 1; i >= 0; i--) {
        const pz_merge_clause *k = m->c->merge.data[i];
        pz_expr *cond;
        if ((int)k->when != when) continue;
        if (!k->cond) {
            e = pz_literal_int(a, i + 1);
            continue;
        }
        PZ_TRY(condition(m, clause_scope(m, k), k->cond, condition_name(k), &cond));
        e = pz_call_make(a, PZ_NO_ORIGIN, "if", 3, cond, pz_literal_int(a, i + 1), e);
    }
    *out = e;
    return PZ_OK;
}

static pz_expr *
is_there(merge *m, pz_attr *at)
{
    return pz_call_make(m->d.an.a, PZ_NO_ORIGIN, "isnotnull", 1, pz_attr_ref(&m->d.an, at, PZ_NO_ORIGIN));
}

static pz_status
pick_clause(merge *m, pz_rel **out)
{
    pz_analyzer *an = &m->d.an;
    pz_expr *matched, *lonely_source, *lonely_target, *e, *both;
    pz_exprs items = {0};
    PZ_TRY(first_of(m, PZ_MERGE_MATCHED, &matched));
    PZ_TRY(first_of(m, PZ_MERGE_NOT_MATCHED, &lonely_source));
    PZ_TRY(first_of(m, PZ_MERGE_NOT_MATCHED_BY_SOURCE, &lonely_target));
    e = pz_call_make(an->a, PZ_NO_ORIGIN, "if", 3, is_there(m, m->rowid),
                     pz_call_make(an->a, PZ_NO_ORIGIN, "if", 3, is_there(m, m->present), matched, lonely_target), lonely_source);
    PZ_TRY(resolved(m, e, &e));
    PZ_TRY(resolved(m, pz_call_make(an->a, PZ_NO_ORIGIN, "and", 2, is_there(m, m->rowid), is_there(m, m->present)), &both));
    for (int i = 0; i < m->joined->output.n; i++) pz_vec_push(an->a, &items, pz_attr_ref(an, m->joined->output.data[i], PZ_NO_ORIGIN));
    e = pz_alias_new(an, e, PZ_STR(" action"));
    both = pz_alias_new(an, both, PZ_STR(" both"));
    m->action = e->u.alias.attr;
    m->both = both->u.alias.attr;
    pz_vec_push(an->a, &items, e);
    pz_vec_push(an->a, &items, both);
    *out = pz_project_make(an, m->joined, &items);
    return PZ_OK;
}

static pz_expr *
is_action(merge *m, int clause)
{
    return pz_call_make(m->d.an.a, PZ_NO_ORIGIN, "=", 2, pz_attr_ref(&m->d.an, m->action, PZ_NO_ORIGIN), pz_literal_int(m->d.an.a, clause + 1));
}

/* The value of a column: per clause that writes it, else what was there. */
static pz_status
column_value(merge *m, int column, pz_expr **out)
{
    pz_field seen;
    pz_expr *e = pz_attr_ref(&m->d.an, m->joined->output.data[column], PZ_NO_ORIGIN);
    pz_field_seen(m->d.an.a, &m->d.t->stored.fields[column], &seen);
    for (int i = 0; i < m->c->merge.n; i++)
        if (m->values[i][column]) e = pz_call_make(m->d.an.a, PZ_NO_ORIGIN, "if", 3, is_action(m, i), m->values[i][column], e);
    PZ_TRY(resolved(m, e, &e));
    if (!pz_type_eq(e->type, seen.type)) e = pz_dml_cast(&m->d, e, seen.type, PZ_CAST_LEGACY);
    *out = pz_alias_new(&m->d.an, e, seen.name);
    (*out)->u.alias.attr->type = seen.type;
    return PZ_OK;
}

/* Rows nothing is done with go early, but for those that count as matches. */
static pz_status
acting(merge *m, pz_rel *rows, bool check, pz_rel **out)
{
    pz_arena *a = m->d.an.a;
    pz_expr *cond = pz_call_make(a, PZ_NO_ORIGIN, ">", 2, pz_attr_ref(&m->d.an, m->action, PZ_NO_ORIGIN), pz_literal_int(a, 0));
    if (check) cond = pz_call_make(a, PZ_NO_ORIGIN, "or", 2, cond, pz_attr_ref(&m->d.an, m->both, PZ_NO_ORIGIN));
    *out = pz_rel_new(&m->d.an, PZ_REL_FILTER, rows, PZ_NO_ORIGIN);
    return resolved(m, cond, &(*out)->cond);
}

/* A row that is deleted whatever matches it may match twice. */
static bool
needs_check(const pz_command *c)
{
    int matched = 0;
    const pz_merge_clause *only = NULL;
    for (int i = 0; i < c->merge.n; i++)
        if (c->merge.data[i]->when == PZ_MERGE_MATCHED) {
            matched++;
            only = c->merge.data[i];
        }
    return matched > 1 || (matched == 1 && !(only->action == PZ_MERGE_DELETE && !only->cond));
}

pz_status
pz_analyze_merge(const pz_env *env, const pz_command *c, const pz_target *t, pz_arena *a, pz_merge_plan *out, pz_error *err)
{
    merge m = {.c = c};
    pz_rel *picked, *rows;
    pz_exprs items = {0};
    pz_dml_open(&m.d, env, t, c->params, a, err);
    *out = (pz_merge_plan){.check_cardinality = needs_check(c)};
    m.target = pz_dml_target_rel(&m.d, c->text);
    PZ_TRY(resolve_source(&m));
    PZ_TRY(join(&m));
    PZ_TRY(pick_clause(&m, &picked));
    PZ_TRY(acting(&m, picked, out->check_cardinality, &rows));
    m.values = PZ_NEWN(a, pz_expr **, c->merge.n + 1);
    for (int i = 0; i < c->merge.n; i++) {
        m.values[i] = PZ_NEWN(a, pz_expr *, t->stored.n + 1);
        PZ_TRY(clause_values(&m, c->merge.data[i], m.values[i]));
        PZ_TRY(pz_dml_check_values(&m.d, "MergeIntoTable", c->origin, m.values[i], t->stored.n));
    }
    pz_vec_push(a, &items, pz_attr_ref(&m.d.an, m.rowid, PZ_NO_ORIGIN));
    pz_vec_push(a, &items, pz_attr_ref(&m.d.an, m.both, PZ_NO_ORIGIN));
    pz_vec_push(a, &items, pz_attr_ref(&m.d.an, m.action, PZ_NO_ORIGIN));
    for (int i = 0; i < t->stored.n; i++) {
        pz_expr *e;
        bool updated = false;
        PZ_TRY(column_value(&m, i, &e));
        pz_vec_push(a, &items, e);
        for (int k = 0; k < c->merge.n; k++) updated |= m.values[k][i] && c->merge.data[k]->when != PZ_MERGE_NOT_MATCHED;
        if (updated) pz_vec_push(a, &out->columns, i);
    }
    out->rows = pz_dml_plan(&m.d, pz_project_make(&m.d.an, rows, &items));
    return PZ_OK;
}

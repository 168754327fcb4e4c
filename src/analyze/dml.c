/*
 * analyze/dml.c - what all statements that change rows need: names, settings, the plan around their rows.
 */
#include "dml_int.h"

static pz_str
setting(const pz_env *env, const char *key)
{
    return env->conf ? env->conf(env->ctx, key) : (pz_str){NULL, 0};
}

void
pz_dml_open(pz_dml *d, const pz_env *env, const pz_target *t, const pz_plan *params, pz_arena *a, pz_error *err)
{
    static const pz_plan none = {0};
    pz_str policy = setting(env, "spark.sql.storeAssignmentPolicy");
    *d = (pz_dml){.an = {.env = env, .a = a, .err = err, .next_id = 1, .plan = params ? params : &none}, .t = t};
    if (t) d->table = pz_quote_names(a, &t->qualifier);
    d->policy = pz_str_ieqc(policy, "STRICT") ? PZ_STORE_STRICT : pz_str_ieqc(policy, "LEGACY") ? PZ_STORE_LEGACY : PZ_STORE_ANSI;
    d->char_as_string = pz_conf_is(env, "spark.sql.legacy.charVarcharAsString", "true");
}

bool
pz_dml_same(const pz_dml *d, pz_str a, pz_str b)
{
    return d->an.env->case_sensitive ? pz_str_eq(a, b) : pz_str_ieq(a, b);
}

pz_str
pz_dml_quote(pz_dml *d, pz_str name)
{
    pz_strs one = {0};
    pz_vec_push(d->an.a, &one, name);
    return pz_quote_names(d->an.a, &one);
}

int
pz_dml_column(const pz_dml *d, pz_str name)
{
    for (int i = 0; i < d->t->stored.n; i++)
        if (pz_dml_same(d, d->t->stored.fields[i].name, name)) return i;
    return -1;
}

bool
pz_dml_is_default(const pz_expr *e)
{
    while (e->kind == PZ_EXPR_ALIAS) e = e->args.data[0];
    return e->kind == PZ_EXPR_DEFAULT || (e->kind == PZ_EXPR_COLUMN && e->names.n == 1 && pz_str_ieqc(e->names.data[0], "default"));
}

pz_plan *
pz_dml_plan(pz_dml *d, pz_rel *root)
{
    pz_plan *p = PZ_NEW(d->an.a, pz_plan);
    p->root = root;
    p->schema.n = root->output.n;
    p->schema.fields = PZ_NEWN(d->an.a, pz_field, root->output.n + 1);
    for (int i = 0; i < root->output.n; i++) {
        const pz_attr *o = root->output.data[i];
        p->schema.fields[i] = (pz_field){o->name, o->type, o->nullable, o->metadata};
    }
    return p;
}

/*
 * analyze/path.c - the path along which names of one part are looked for, where SET PATH has made one (env->path).
 *
 * Without it the order is fixed: built-in, temporary, current database; then nothing here has a say but pz_search_path_of(), the text of
 * messages.  Relations are the session's to find; functions are found here.
 */
#include "expr_int.h"

pz_str
pz_search_path_of(const pz_env *env, pz_arena *a)
{
    pz_str cat = env->current_catalog.len ? env->current_catalog : PZ_STR("spark_catalog");
    pz_str db = env->current_database.len ? env->current_database : PZ_STR("default"), out;
    pz_buf b;
    if (!env->path) return pz_strf(a, "[`system`.`builtin`, `system`.`session`, `" PZ_FMT "`.`" PZ_FMT "`]", PZ_ARG(cat), PZ_ARG(db));
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '[');
    for (int i = 0; i < env->path->n; i++) pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(pz_quote_names(a, &env->path->data[i].names)));
    pz_buf_putc(&b, ']');
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

bool
pz_path_has(const pz_env *env, pz_path_kind kind)
{
    for (int i = 0; env->path && i < env->path->n; i++)
        if (env->path->data[i].kind == kind) return true;
    return !env->path && kind != PZ_PATH_ELSEWHERE;
}

/* The one asked for lies where there can be no functions. */
static pz_status
raise_elsewhere(pz_analyzer *an, const pz_path_entry *e, pz_str name, pz_origin origin)
{
    pz_strs full = {0};
    for (int i = 0; i < e->names.n; i++)
        if (i || !pz_str_ieqc(e->names.data[0], "spark_catalog")) pz_vec_push(an->a, &full, e->names.data[i]);
    pz_vec_push(an->a, &full, name);
    return pz_raise(an->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, origin, "sessionCatalog", "spark_catalog", "identifier", pz_quote_names(an->a, &full).ptr, NULL);
}

pz_status
pz_path_function(pz_analyzer *an, pz_str name, pz_origin origin, bool known, pz_origin elsewhere, pz_path_hit *hit, pz_function **out)
{
    const pz_path *path = an->env->path;
    *hit = PZ_PATH_NO_HIT;
    for (int i = 0; i < path->n; i++) {
        const pz_path_entry *e = &path->data[i];
        pz_strs names = {0};
        if (e->kind == PZ_PATH_ELSEWHERE && known && pz_path_has(an->env, PZ_PATH_BUILTIN) && pz_str_ieqc(e->names.data[0], "system")) continue;
        if (e->kind == PZ_PATH_ELSEWHERE) return raise_elsewhere(an, e, name, elsewhere);
        if (e->kind == PZ_PATH_BUILTIN && known) {
            *hit = PZ_PATH_HIT_BUILTIN;
            return PZ_OK;
        }
        if (e->kind == PZ_PATH_BUILTIN || !an->env->find_function) continue;
        for (int k = 0; k < e->names.n; k++) pz_vec_push(an->a, &names, e->names.data[k]);
        pz_vec_push(an->a, &names, name);
        PZ_TRY(an->env->find_function(an->env->ctx, &names, origin, an->a, out, an->err));
        if (*out) {
            *hit = PZ_PATH_HIT_USERS;
            return PZ_OK;
        }
    }
    return PZ_OK;
}

/*
 * analyze/tvf_system.c - table functions that list facts about the server: sql_keywords(), collations().
 *
 * Rows come from tables/; the relation is a VALUES.  Things start at pz_system_tvf().
 */
#include "analyze_int.h"

#include <stdlib.h>

typedef struct column { const char *name; const pz_type *type; bool nullable; } column;

static pz_expr *
cell(pz_analyzer *an, const pz_type *t, const char *text, bool flag)
{
    pz_value v = {.null = t == &pz_t_string && text == NULL};
    if (t == &pz_t_string)
        v.s = pz_str_c(text);
    else
        v.b = flag;
    pz_expr *e = pz_literal_value(an->a, t, v);
    e->nullable = v.null;
    e->resolved = true;
    return e;
}

static pz_rel *
table(pz_analyzer *an, const column *columns, int n)
{
    pz_rel *v = pz_rel_new(an, PZ_REL_VALUES, NULL, PZ_NO_ORIGIN);
    v->u.values.ncols = n;
    for (int i = 0; i < n; i++)
        pz_vec_push(an->a, &v->output, pz_attr_new(an, pz_str_c(columns[i].name), columns[i].type, columns[i].nullable));
    return v;
}

/* ---- sql_keywords() */
static pz_rel *
sql_keywords(pz_analyzer *an)
{
    static const column columns[] = {{"keyword", &pz_t_string, false}, {"reserved", &pz_t_boolean, false}};
    pz_rel *v = table(an, columns, 2);
    const char *word;
    bool reserved, enforced = an->env->ansi && pz_conf_is(an->env, "spark.sql.ansi.enforceReservedKeywords", "true");
    for (int i = 0; pz_keyword_at(i, &word, &reserved); i++) {
        pz_vec_push(an->a, &v->exprs, cell(an, &pz_t_string, word, false));
        pz_vec_push(an->a, &v->exprs, cell(an, &pz_t_boolean, NULL, enforced && reserved));
    }
    return v;
}

/* ---- collations() */
static pz_rel *
collations(pz_analyzer *an)
{
    static const column columns[] = {
        {"CATALOG", &pz_t_string, false}, {"SCHEMA", &pz_t_string, false}, {"NAME", &pz_t_string, false}, {"LANGUAGE", &pz_t_string, true},
        {"COUNTRY", &pz_t_string, true}, {"ACCENT_SENSITIVITY", &pz_t_string, false}, {"CASE_SENSITIVITY", &pz_t_string, false},
        {"PAD_ATTRIBUTE", &pz_t_string, false}, {"ICU_VERSION", &pz_t_string, true},
    };
    pz_rel *v = table(an, columns, (int)PZ_COUNTOF(columns));
    int n;
    const pz_collation *all = pz_collation_list(an->a, &n);
    for (int k = 0; k < n; k++) {
        const pz_collation *c = &all[k];
        const char *texts[] = {"SYSTEM", "BUILTIN", c->name, c->language, c->country, c->accents ? "ACCENT_SENSITIVE" : "ACCENT_INSENSITIVE",
                               c->cases ? "CASE_SENSITIVE" : "CASE_INSENSITIVE", c->trims ? "RTRIM" : "NO_PAD", c->icu};
        for (size_t i = 0; i < PZ_COUNTOF(texts); i++)
            pz_vec_push(an->a, &v->exprs, cell(an, &pz_t_string, texts[i], false));
    }
    return v;
}

pz_status
pz_system_tvf(pz_analyzer *an, const pz_rel *r, pz_rel **out)
{
    static const struct { const char *name; pz_rel *(*make)(pz_analyzer *an); } known[] = {{"collations", collations}, {"sql_keywords", sql_keywords}};
    pz_str name = r->u.tvf.names.data[r->u.tvf.names.n - 1];
    *out = NULL;
    for (size_t i = 0; i < PZ_COUNTOF(known); i++) {
        if (!pz_str_ieqc(name, known[i].name))
            continue;
        if (r->exprs.n > 0) {
            pz_strs one = {&name, 1, 1};
            return pz_raise(an->err, PZ_ERR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, r->origin, "functionName", pz_quote_names(an->a, &one).ptr, "expectedNum",
                            "0", "actualNum", pz_strf(an->a, "%d", r->exprs.n).ptr, "docroot", "https://spark.apache.org/docs/latest", NULL);
        }
        *out = known[i].make(an);
        return PZ_OK;
    }
    return PZ_OK;
}

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
static const struct locale { const char *name, *language, *country; } locales[] = {
#define COLLATION(name, language, country) {name, language, country},
#include "../../tables/collations.def"
#undef COLLATION
};
typedef struct variant { const char *suffix; bool accents, cases, trims; } variant;
static const variant variants[] = {
    {"", true, true, false}, {"_AI", false, true, false}, {"_AI_RTRIM", false, true, true}, {"_CI", true, false, false}, {"_CI_AI", false, false, false},
    {"_CI_AI_RTRIM", false, false, true}, {"_CI_RTRIM", true, false, true}, {"_RTRIM", true, true, true},
};
static const variant utf8[] = {
    {"UTF8_BINARY", true, true, false}, {"UTF8_LCASE", true, false, false}, {"UTF8_BINARY_RTRIM", true, true, true}, {"UTF8_LCASE_RTRIM", true, false, true},
};
typedef struct collation { const char *name; const struct locale *locale; const variant *how; } collation;

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const collation *)a)->name, ((const collation *)b)->name);
}

static void
add_collation(pz_analyzer *an, pz_rel *v, const collation *c, const char *icu)
{
    const char *texts[] = {"SYSTEM", "BUILTIN", c->name, c->locale ? c->locale->language : NULL, c->locale ? c->locale->country : NULL,
                           c->how->accents ? "ACCENT_SENSITIVE" : "ACCENT_INSENSITIVE", c->how->cases ? "CASE_SENSITIVE" : "CASE_INSENSITIVE",
                           c->how->trims ? "RTRIM" : "NO_PAD", icu};
    for (size_t i = 0; i < PZ_COUNTOF(texts); i++)
        pz_vec_push(an->a, &v->exprs, cell(an, &pz_t_string, texts[i], false));
}

static pz_rel *
collations(pz_analyzer *an)
{
    static const column columns[] = {
        {"CATALOG", &pz_t_string, false}, {"SCHEMA", &pz_t_string, false}, {"NAME", &pz_t_string, false}, {"LANGUAGE", &pz_t_string, true},
        {"COUNTRY", &pz_t_string, true}, {"ACCENT_SENSITIVITY", &pz_t_string, false}, {"CASE_SENSITIVITY", &pz_t_string, false},
        {"PAD_ATTRIBUTE", &pz_t_string, false}, {"ICU_VERSION", &pz_t_string, true},
    };
    static const char icu[] = "78.3.0.0";      /* what Spark 4.3.0 says of its own */
    enum { LOCALES = PZ_COUNTOF(locales), VARIANTS = PZ_COUNTOF(variants) };
    pz_rel *v = table(an, columns, (int)PZ_COUNTOF(columns));
    collation *all = PZ_NEWN(an->a, collation, LOCALES * VARIANTS);
    for (size_t i = 0; i < PZ_COUNTOF(utf8); i++)
        add_collation(an, v, &(collation){utf8[i].suffix, NULL, &utf8[i]}, NULL);
    for (int i = 0; i < VARIANTS; i++)
        add_collation(an, v, &(collation){pz_strf(an->a, "UNICODE%s", variants[i].suffix).ptr, NULL, &variants[i]}, icu);
    for (int l = 0; l < LOCALES; l++)
        for (int i = 0; i < VARIANTS; i++)
            all[l * VARIANTS + i] = (collation){pz_strf(an->a, "%s%s", locales[l].name, variants[i].suffix).ptr, &locales[l], &variants[i]};
    qsort(all, LOCALES * VARIANTS, sizeof *all, by_name);
    for (int i = 0; i < LOCALES * VARIANTS; i++)
        add_collation(an, v, &all[i], icu);
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

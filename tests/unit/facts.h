/*
 * tests/unit/facts.h - reading the .tsv files of tests/data, and analyzing one expression or statement, for tests of types and names.
 */
#ifndef PZ_TEST_FACTS_H
#define PZ_TEST_FACTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze/analyze_int.h"
#include "sql/sql.h"

#include <stdio.h>
#include <stdlib.h>

static FILE *
facts_open(const char *name)
{
    const char *dir = getenv("PZ_TEST_DATA");
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir ? dir : "tests/data", name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("cannot open %s", path);
    return f;
}

/* Split a line at tabs, in place. */
static int
facts_split(char *line, char **cells, int max)
{
    int n = 0;
    line[strcspn(line, "\n")] = 0;
    for (char *p = line; n < max; p++) {
        cells[n++] = p;
        if (!(p = strchr(p, '\t')))
            break;
        *p = 0;
    }
    return n;
}

static pz_str
facts_conf(void *ctx, const char *key)
{
    (void)ctx;
    return strcmp(key, "spark.sql.timeType.enabled") == 0 ? PZ_STR("true") : (pz_str){NULL, 0};
}

/* Decimal literals as doubles are all the folding the recorded statements need. */
static pz_status
facts_fold(void *ctx, const pz_expr *e, pz_arena *a, pz_value *out, pz_error *err)
{
    (void)ctx;
    (void)err;
    memset(out, 0, sizeof *out);
    if (e->kind == PZ_EXPR_CALL && e->type->id == PZ_T_ARRAY) {
        out->list.n = e->args.n;
        out->list.items = PZ_NEWN(a, pz_value, e->args.n + 1);
        for (int i = 0; i < e->args.n; i++)
            facts_fold(ctx, e->args.data[i], a, &out->list.items[i], err);
    }
    if (e->kind == PZ_EXPR_LITERAL)
        *out = e->value;
    if (e->kind == PZ_EXPR_CAST && e->type->id == PZ_T_DOUBLE && e->args.data[0]->kind == PZ_EXPR_LITERAL &&
        e->args.data[0]->type->id == PZ_T_DECIMAL) {
        out->d = (double)e->args.data[0]->value.dec;
        for (int i = 0; i < e->args.data[0]->type->scale; i++)
            out->d /= 10;
    }
    return PZ_OK;
}

static pz_env
facts_env(bool ansi)
{
    pz_env env = {0};
    env.ansi = ansi;
    env.conf = facts_conf;
    env.fold = facts_fold;
    env.time_zone = PZ_STR("America/Los_Angeles");
    env.zone = pz_zone_find(env.time_zone);
    env.current_catalog = PZ_STR("spark_catalog");
    env.current_database = PZ_STR("default");
    return env;
}

/* Type of an expression over columns l and r of the given types (NULL or "literal X": none), or "!CONDITION". */
static inline pz_str
facts_type(pz_arena *a, bool ansi, const char *text, const char *l, const char *r, bool nullable, bool *result_nullable)
{
    pz_env env = facts_env(ansi);
    pz_error err;
    pz_attrs attrs = {0};
    pz_sql_options o = {.ansi = ansi, .time_zone = env.time_zone};
    pz_expr *e, *out;
    const char *names[] = {"l", "r"}, *types[] = {l, r};
    pz_error_init(&err, a);
    for (int i = 0; i < 2; i++) {
        if (!types[i] || !*types[i] || strncmp(types[i], "literal ", 8) == 0)
            continue;
        pz_attr *at = PZ_NEW(a, pz_attr);
        at->id = i + 1;
        at->name = pz_str_c(names[i]);
        at->nullable = nullable;
        if (pz_parse_type(pz_str_c(types[i]), a, &at->type, &err) != PZ_OK)
            return pz_strf(a, "!type %s", types[i]);
        pz_vec_push(a, &attrs, at);
    }
    if (pz_parse_expression(pz_str_c(text), &o, a, &e, &err) != PZ_OK || pz_analyze_expr(&env, e, &attrs, a, &out, &err) != PZ_OK)
        return pz_strf(a, "!%s", err.id ? pz_err_info(err.id)->condition : "?");
    while (out->kind == PZ_EXPR_ALIAS)
        out = out->args.data[0];
    if (result_nullable)
        *result_nullable = out->nullable;
    return pz_type_simple(out->type, a);
}

#endif

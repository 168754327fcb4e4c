/*
 * tests/unit/test_names.c - names, types and nullability of columns of whole statements, against what Spark answers.
 *
 * tests/data/names.tsv is a recording (tools/make_facts.py): the first line is the view t, the rest statement and columns.
 */
#include "facts.h"

static char *view_text;

static pz_status
find_table(void *ctx, const pz_strs *names, const pz_options *options, pz_arena *a, pz_lookup *out, pz_error *err)
{
    pz_sql_options o = {.ansi = true, .time_zone = PZ_STR("America/Los_Angeles")};
    (void)ctx;
    (void)options;
    memset(out, 0, sizeof *out);
    if (names->n == 0 || !pz_str_ieqc(names->data[names->n - 1], "t"))
        return PZ_OK;
    PZ_TRY(pz_parse_sql(pz_str_c(view_text), &o, a, &out->view, err));
    out->what = PZ_FOUND_VIEW;
    pz_vec_push(a, &out->qualifier, PZ_STR("t"));
    return PZ_OK;
}

/* JSON escapes of the recording */
static void
unescape(char *s)
{
    char *w = s;
    for (; *s; s++) {
        if (*s == '\\' && (s[1] == 'n' || s[1] == 't' || s[1] == '\\')) {
            *w++ = s[1] == 'n' ? '\n' : s[1] == 't' ? '\t' : '\\';
            s++;
        } else {
            *w++ = *s;
        }
    }
    *w = 0;
}

static pz_str
columns(pz_arena *a, const char *sql)
{
    pz_env env = facts_env(true);
    pz_error err;
    pz_plan *plan;
    pz_sql_options o = {.ansi = true, .time_zone = env.time_zone};
    pz_buf b;
    pz_str out;
    env.find_table = find_table;
    pz_error_init(&err, a);
    if (pz_parse_sql(pz_str_c(sql), &o, a, &plan, &err) != PZ_OK || pz_analyze(&env, plan, a, &err) != PZ_OK)
        return pz_strf(a, "!%s", err.id ? pz_err_info(err.id)->condition : "?");
    pz_buf_init(&b, 0);
    for (int i = 0; i < plan->schema.n; i++) {
        const pz_field *f = &plan->schema.fields[i];
        pz_buf_printf(&b, "%s" PZ_FMT " :: " PZ_FMT " :: %d", i ? " ;; " : "", PZ_ARG(f->name), PZ_ARG(pz_type_simple(f->type, a)), f->nullable);
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

/* At least this share must hold; raise it, never lower it. */
enum { PERCENT = 98 };

static void
statements(void **state)
{
    FILE *f = facts_open("names.tsv");
    char *line = NULL, *cell[2] = {0};
    size_t cap = 0;
    int wrong = 0, total = 0;
    (void)state;
    assert_true(getline(&line, &cap, f) > 0);
    line[strcspn(line, "\n")] = 0;
    view_text = strdup(line);
    unescape(view_text);
    while (getline(&line, &cap, f) > 0) {
        pz_arena *a = pz_arena_open();
        if (facts_split(line, cell, 2) != 2)
            fail_msg("bad line: %s", line);
        unescape(cell[0]);
        unescape(cell[1]);
        pz_str got = columns(a, cell[0]);
        total++;
        if (!pz_str_eqc(got, cell[1])) {
            wrong++;
            print_message("%s\n  want %s\n  got  " PZ_FMT "\n", cell[0], cell[1], PZ_ARG(got));
        }
        pz_arena_close(a);
    }
    print_message("%d of %d\n", total - wrong, total);
    free(line);
    free(view_text);
    fclose(f);
    assert_true((total - wrong) * 100 >= total * PERCENT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(statements)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * tests/unit/test_coerce.c - types of operators and functions, and the cast matrix, against what Spark answers.
 *
 * tests/data/types.tsv and casts.tsv are recordings (tools/make_facts.py); every line must hold.
 */
#include "facts.h"

/* {l} and {r} in a shape are columns, or the literals themselves. */
static void
fill(char *out, size_t n, const char *shape, const char *l, const char *r)
{
    size_t k = 0;
    for (const char *p = shape; *p && k + 1 < n; p++) {
        if (p[0] == '{' && p[2] == '}') {
            const char *t = p[1] == 'l' ? l : r;
            k += (size_t)snprintf(out + k, n - k, "%s", strncmp(t, "literal ", 8) == 0 ? t + 8 : p[1] == 'l' ? "l" : "r");
            p += 2;
        } else {
            out[k++] = *p;
        }
    }
    out[k] = 0;
}

/* UNION has no expression: its columns widen as the branches of CASE do. */
static pz_str
union_type(pz_arena *a, bool ansi, const char *l, const char *r)
{
    const pz_type *x, *y, *t;
    pz_error err;
    pz_error_init(&err, a);
    if (pz_parse_type(pz_str_c(l), a, &x, &err) != PZ_OK || pz_parse_type(pz_str_c(r), a, &y, &err) != PZ_OK)
        return PZ_STR("!type");
    t = pz_type_wider(a, x, y, ansi);
    return t ? pz_type_simple(t, a) : PZ_STR("!INCOMPATIBLE_COLUMN_TYPE");
}

/* Odd corners of TIME and reverse(binary) that are not done; lower it, never raise it. */
enum { KNOWN_WRONG = 8 };

static void
operators(void **state)
{
    FILE *f = facts_open("types.tsv");
    char *line = NULL, *cell[5], text[512], *save;
    size_t cap = 0;
    int wrong = 0, total = 0;
    (void)state;
    while (getline(&line, &cap, f) > 0) {
        if (facts_split(line, cell, 5) != 5)
            fail_msg("bad line: %s", line);
        bool unary = !*cell[2];
        for (char *r = unary ? cell[2] : strtok_r(cell[2], ";", &save); r; r = unary ? NULL : strtok_r(NULL, ";", &save)) {
            for (int ansi = 1; ansi >= 0; ansi--) {
                pz_arena *a = pz_arena_open();
                const char *want = !ansi && *cell[4] ? cell[4] : cell[3];
                fill(text, sizeof text, cell[0], cell[1], r);
                pz_str got = strcmp(cell[0], "union") == 0 ? union_type(a, ansi, cell[1], r) : facts_type(a, ansi, text, cell[1], r, true, NULL);
                total++;
                if (!pz_str_eqc(got, want) && wrong++ < 40)
                    print_error("%s, l %s, r %s%s: want %s, got " PZ_FMT "\n", text, cell[1], r, ansi ? "" : ", ANSI off", want, PZ_ARG(got));
                pz_arena_close(a);
            }
        }
    }
    free(line);
    fclose(f);
    assert_true(total > 30000);
    assert_true(wrong <= KNOWN_WRONG);
}

static const char *
cast_cell(pz_arena *a, bool ansi, const char *from, const char *to, bool tried)
{
    bool nullable = false;
    bool source_null = strcmp(from, "void") == 0 || (!ansi && strcmp(from, "interval") == 0);
    pz_str sql = pz_strf(a, "%s(l AS %s)", tried ? "TRY_CAST" : "CAST", to);
    pz_str t = facts_type(a, ansi, sql.ptr, from, NULL, source_null, &nullable);
    return t.ptr[0] == '!' ? t.ptr : nullable ? "Y?" : "Y";
}

static void
casts(void **state)
{
    FILE *f = facts_open("casts.tsv");
    char *line = NULL, *cell[6], *save;
    size_t cap = 0;
    int wrong = 0, total = 0;
    (void)state;
    while (getline(&line, &cap, f) > 0) {
        if (facts_split(line, cell, 6) != 6)
            fail_msg("bad line: %s", line);
        for (char *to = strtok_r(cell[1], ";", &save); to; to = strtok_r(NULL, ";", &save))
            for (int k = 0; k < 4; k++) {
                pz_arena *a = pz_arena_open();
                const char *got = cast_cell(a, k < 2, cell[0], to, k % 2 == 1);
                total++;
                if (strcmp(got, cell[2 + k]) != 0 && wrong++ < 20)
                    print_error("%s to %s (%d): want %s, got %s\n", cell[0], to, k, cell[2 + k], got);
                pz_arena_close(a);
            }
    }
    free(line);
    fclose(f);
    assert_true(total > 3000);
    assert_int_equal(wrong, 0);
}

/* Every row of functions.def must be readable. */
static void
signatures(void **state)
{
    int bad = 0;
    (void)state;
    for (int i = 0; i < pz_fn_count(); i++) {
        const pz_fn *fn = pz_fn_row(i);
        char why[200];
        if (fn->kind != PZ_FN_ALIAS && !pz_signature_ok(fn->signature, why, sizeof why)) {
            print_error("%s %s: %s\n", fn->name, fn->signature, why);
            bad++;
        }
        if (fn->kind == PZ_FN_ALIAS && !pz_fn_known(pz_str_c(fn->signature))) {
            print_error("%s: alias of nothing: %s\n", fn->name, fn->signature);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(signatures), cmocka_unit_test(casts), cmocka_unit_test(operators)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * tests/fuzz/fuzz_sql.c - hostile texts through the SQL front end: statements, expressions, types and names.
 *
 *   fuzz_sql [-n rounds] [-s seed] FILE...    FILEs hold one text a line: each as it is, then `rounds` mutations of them
 *
 * Nothing may crash, hang or allocate without bound; errors are fine.  A text that takes longer than a second of the processor is reported and ends
 * the run with status 1.  Prints what it ran.
 */
#include "sql/sql.h"
#include "fuzz_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 14 };
typedef PZ_VEC(pz_str) texts;

static bool
run_one(pz_str s)
{
    static const pz_sql_options all[] = {
        {.ansi = true}, {.ansi = false, .double_quoted_identifiers = true}, {.ansi = true, .enforce_reserved = true, .escaped_string_literals = true}};
    const pz_sql_options *o = &all[next_random(4) % 3];
    pz_arena *a = pz_arena_open();
    pz_error err;
    pz_plan *plan;
    pz_expr *e;
    const pz_type *t;
    pz_schema schema;
    pz_strs parts;
    pz_buf b;
    double before = cpu_seconds();
    pz_error_init(&err, a);
    pz_buf_init(&b, 1 << 20);
    if (pz_parse_sql(s, o, a, &plan, &err) == PZ_OK) pz_plan_dump(&b, plan->root);
    else pz_error_text(&err, a);
    pz_error_init(&err, a);
    if (pz_parse_expression(s, o, a, &e, &err) == PZ_OK) pz_expr_dump(&b, e);
    pz_error_init(&err, a);
    if (pz_parse_type(s, a, &t, &err) == PZ_OK) pz_type_simple(t, a);
    pz_error_init(&err, a);
    if (pz_parse_schema(s, a, &schema, &err) == PZ_OK) pz_schema_json(&schema, a);
    pz_error_init(&err, a);
    pz_parse_attribute_name(s, a, &parts, &err);
    pz_error_init(&err, a);
    pz_parse_table_name(s, a, &parts, &err);
    pz_buf_free(&b);
    pz_arena_close(a);
    if (cpu_seconds() - before < 1) return true;
    fprintf(stderr, "slow: " PZ_FMT "\n", PZ_ARG(s));
    return false;
}

/* Start and length of the n-th word, number, string or symbol, roughly. */
static size_t
piece(pz_str s, size_t at, size_t *from)
{
    size_t i = at;
    while (i > 0 && s.ptr[i - 1] != ' ') i--;
    *from = i;
    while (i < s.len && s.ptr[i] != ' ') i++;
    return i - *from;
}

static void
splice(char *buf, size_t *n, size_t at, size_t cut, pz_str in)
{
    if (at > *n) at = *n;
    if (cut > *n - at) cut = *n - at;
    if (*n - cut + in.len >= TEXT_MAX) return;
    memmove(buf + at + in.len, buf + at + cut, *n - at - cut);
    memcpy(buf + at, in.ptr, in.len);
    *n = *n - cut + in.len;
}

static void
mutate(const texts *seeds, char *buf, size_t *n)
{
    static const char *const bits[] = {"(", ")", "'", "\"", "`", ",", ".", "/*", "*/", "--", "\n", "::", "|>", "->", "=>", ";", "\\", "?", ":a",
        " select ", " from ", " as ", " case ", " interval ", " not ", " in ", "((((((((", "\xC3\xA4", "\xFF", "$$", "array<", ">>", "1e999", "9999999999999999999999999999999999999999"};
    for (uint32_t k = 1 + next_random(6); k > 0; k--) {
        pz_str other = seeds->data[next_random((uint32_t)seeds->n)], view = {buf, *n};
        size_t from = 0, len, at = next_random((uint32_t)*n + 1), other_from;
        switch (next_random(6)) {
        case 0: len = piece(view, at, &from); splice(buf, n, from, len, PZ_STR("")); break;
        case 1: splice(buf, n, at, 0, pz_str_c(bits[next_random(PZ_COUNTOF(bits))])); break;
        case 2: splice(buf, n, at, next_random(8), PZ_STR("")); break;
        case 3:
            len = piece(other, next_random((uint32_t)other.len + 1), &other_from);
            splice(buf, n, at, 0, (pz_str){other.ptr + other_from, len});
            break;
        case 4: from = next_random((uint32_t)other.len + 1); splice(buf, n, at, *n, (pz_str){other.ptr + from, other.len - from}); break;
        default: if (*n) buf[next_random((uint32_t)*n)] = (char)next_random(256);
        }
    }
}

static void
read_seeds(pz_arena *a, const char *path, texts *out)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    if (!f) {
        perror(path);
        exit(2);
    }
    while ((n = getline(&line, &cap, f)) > 0) {
        if (line[n - 1] == '\n') n--;
        if (n < TEXT_MAX) pz_vec_push(a, out, pz_dup(a, (pz_str){line, (size_t)n}));
    }
    free(line);
    fclose(f);
}

int
main(int argc, char **argv)
{
    long rounds = 20000;
    bool ok = true;
    texts seeds = {0};
    pz_arena *a = pz_arena_open();
    for (int c; (c = getopt(argc, argv, "n:s:")) != -1;) {
        if (c == 'n') rounds = atol(optarg);
        else if (c == 's') state = (uint64_t)atoll(optarg) * 0x9E3779B97F4A7C15u + 1;
        else return 2;
    }
    for (int i = optind; i < argc; i++) read_seeds(a, argv[i], &seeds);
    if (!seeds.n) pz_vec_push(a, &seeds, PZ_STR("select a, f(b) over (order by c) from t join u on t.x = u.y where z in (1, 2) group by all"));
    for (int i = 0; i < seeds.n; i++) ok &= run_one(seeds.data[i]);
    static char buf[TEXT_MAX];
    for (long i = 0; i < rounds && ok; i++) {
        pz_str s = seeds.data[next_random((uint32_t)seeds.n)];
        size_t n = s.len;
        memcpy(buf, s.ptr, n);
        mutate(&seeds, buf, &n);
        ok &= run_one((pz_str){buf, n});
    }
    printf("fuzz_sql: %d texts, %ld mutations\n", seeds.n, rounds);
    pz_arena_close(a);
    return ok ? 0 : 1;
}

/*
 * tools/parse_check.c - reads JSON lines, each a text or an object with "query" (and "kind": expr, type, schema), parses every
 * query and prints one tab-separated line: the condition or OK, then error parameters, or with -p the plan.
 *
 * Usage: parse_check [-p] < cases.jsonl.  Build: cc it with the C files of src/base, types, plan and sql.
 */
#include "../src/sql/sql.h"

#include <stdio.h>
#include <stdlib.h>

/* The text of a JSON string that starts at `s` (on the quote). */
static pz_str
json_text(pz_arena *a, const char *s)
{
    char *out = pz_alloc(a, strlen(s) + 1), *o = out;
    for (s++; *s && *s != '"'; s++) {
        if (*s != '\\') {
            *o++ = *s;
            continue;
        }
        uint32_t cp;
        switch (*++s) {
        case 'n': *o++ = '\n'; break;
        case 't': *o++ = '\t'; break;
        case 'r': *o++ = '\r'; break;
        case 'b': *o++ = '\b'; break;
        case 'f': *o++ = '\f'; break;
        case 'u':
            cp = (uint32_t)strtoul((char[]){s[1], s[2], s[3], s[4], 0}, NULL, 16);
            s += 4;
            if (cp >= 0xD800 && cp < 0xDC00 && s[1] == '\\' && s[2] == 'u') {
                cp = 0x10000 + ((cp - 0xD800) << 10) + ((uint32_t)strtoul((char[]){s[3], s[4], s[5], s[6], 0}, NULL, 16) - 0xDC00);
                s += 6;
            }
            o += pz_utf8_encode(cp, o);
            break;
        default: *o++ = *s;
        }
    }
    return (pz_str){out, (size_t)(o - out)};
}

static pz_str
member(pz_arena *a, const char *line, const char *name)
{
    pz_str key = pz_strf(a, "\"%s\": \"", name);
    const char *at = strstr(line, key.ptr);
    return at ? json_text(a, at + key.len - 1) : (pz_str){0};
}

static void
print_plain(FILE *f, pz_str s)
{
    for (size_t i = 0; i < s.len; i++) fputc(s.ptr[i] == '\n' || s.ptr[i] == '\t' ? ' ' : s.ptr[i], f);
}

static void
check(pz_arena *a, const char *line, bool plan)
{
    pz_str query = *line == '"' ? json_text(a, line) : member(a, line, "query"), kind = member(a, line, "kind");
    pz_error err;
    pz_buf b;
    pz_status st;
    pz_error_init(&err, a);
    pz_buf_init(&b, 0);
    pz_sql_options o = {.ansi = true, .time_zone = PZ_STR("America/Los_Angeles")};
    if (strstr(line, "enforceReservedKeywords\": \"true")) o.enforce_reserved = true;
    if (strstr(line, "doubleQuotedIdentifiers\": \"true")) o.double_quoted_identifiers = true;
    if (strstr(line, "escapedStringLiterals\": \"true")) o.escaped_string_literals = true;
    if (pz_str_eqc(kind, "type")) {
        const pz_type *t;
        if ((st = pz_parse_type(query, a, &t, &err)) == PZ_OK) pz_buf_str(&b, pz_type_simple(t, a));
    } else if (pz_str_eqc(kind, "schema")) {
        pz_schema s;
        if ((st = pz_parse_schema(query, a, &s, &err)) == PZ_OK) pz_buf_str(&b, pz_schema_ddl(&s, a));
    } else if (pz_str_eqc(kind, "expr")) {
        pz_expr *e;
        if ((st = pz_parse_expression(query, &o, a, &e, &err)) == PZ_OK) pz_expr_dump(&b, e);
    } else {
        pz_plan *p;
        if ((st = pz_parse_sql(query, &o, a, &p, &err)) == PZ_OK && plan) pz_plan_dump(&b, p->root);
    }
    if (st == PZ_OK) {
        printf("OK\t");
        if (plan) print_plain(stdout, pz_buf_view(&b));
    } else {
        const pz_err_row *r = pz_err_info(err.id);
        static char head[64];
        snprintf(head, sizeof head, PZ_FMT, PZ_ARG(pz_str_c(pz_err_class_chain(err.klass))));
        printf("%s\t%s\t%s", r && r->condition[0] ? r->condition : "-", r ? r->sqlstate : "", pz_err_class_chain(err.klass));
        for (int i = 0; i < err.nparams; i++) {
            printf("\t" PZ_FMT "=", PZ_ARG(err.params[i].name));
            print_plain(stdout, err.params[i].value);
        }
    }
    printf("\n");
    pz_buf_free(&b);
}

int
main(int argc, char **argv)
{
    bool plan = argc > 1 && strcmp(argv[1], "-p") == 0;
    char *line = NULL;
    size_t cap = 0;
    pz_arena *a = pz_arena_open();
    while (getline(&line, &cap, stdin) > 0) {
        check(a, line, plan);
        pz_arena_reset(a);
    }
    free(line);
    pz_arena_close(a);
    return 0;
}

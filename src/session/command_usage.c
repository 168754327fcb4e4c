/*
 * session/command_usage.c - DESCRIBE FUNCTION: what a built-in function is for, out of tables/usage.def; also what the catalog says of one.
 * In: a name; out: its rows.  Starts at pz_cmd_describe_function.
 */
#include <string.h>

#include "command_int.h"

typedef struct {
    const char *name, *since, *form, *text, *examples;
    const char *same;                          /* the name that has form, text and examples */
} usage;

static const usage usages[] = {
#define EX(query, result) "> " query ";\n" result "\n"
#define USAGE(name, since, form, text, examples) {name, since, form, text, examples, NULL},
#define SAME(name, since, other) {name, since, NULL, NULL, NULL, other},
#include "../../tables/usage.def"
};

static const usage *
usage_of(pz_str name)
{
    for (size_t i = 0; i < PZ_COUNTOF(usages); i++)
        if (pz_str_ieqc(name, usages[i].name)) return &usages[i];
    return NULL;
}

static const usage *
told_of(const usage *u)
{
    return u->same ? usage_of(pz_str_c(u->same)) : u;
}

/* A text of the table with the name in place of its marks. */
static void
put_named(pz_buf *b, pz_str text, const char *name)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '@' || i + 1 == text.len || text.ptr[i + 1] != '@') pz_buf_putc(b, text.ptr[i]);
        else pz_buf_puts(b, name), i++;
    }
}

pz_str
pz_function_usage(pz_str name, pz_arena *a)
{
    const usage *u = usage_of(name), *told = u ? told_of(u) : NULL;
    pz_buf b;
    pz_str text;
    if (!told) return PZ_STR("N/A.");
    pz_buf_init(&b, 0);
    put_named(&b, pz_str_c(told->form), u->name);
    pz_buf_puts(&b, " - ");
    put_named(&b, pz_str_c(told->text), u->name);
    text = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return text;
}

/* Queries begin with "> " and stand out by one place from the lines of their results. */
static void
put_examples(pz_buf *b, const usage *u, const char *examples)
{
    pz_buf_puts(b, "    Examples:\n");
    while (*examples) {
        pz_str line = {examples, strcspn(examples, "\n") + 1};
        pz_buf_puts(b, strncmp(examples, "> ", 2) == 0 ? "      " : "       ");
        put_named(b, line, u->name);
        examples += line.len;
    }
    pz_buf_puts(b, "  \n");
}

static pz_str
extended(pz_arena *a, const usage *u)
{
    pz_buf b;
    pz_str text;
    const char *examples = told_of(u)->examples;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "Extended Usage:\n");
    if (*examples) put_examples(&b, u, examples);
    else pz_buf_printf(&b, "    No example/argument for %s.\n%s", u->name, *u->since ? "\n" : "");
    if (*u->since) pz_buf_printf(&b, "    Since: %s\n", u->since);
    text = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return text;
}

pz_status
pz_cmd_describe_function(pz_statement *r)
{
    const pz_strs *names = &r->c->names;
    const usage *u = usage_of(names->data[names->n - 1]);
    bool found;
    PZ_TRY(pz_describe_sql_function(r, &found));
    if (found) return PZ_OK;
    if (names->n > 2 && !pz_names_builtin(names) && (names->n > 3 || !pz_str_ieqc(names->data[0], "spark_catalog")))
        return pz_raise(r->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier",
                        pz_quoted(r->a, names).ptr, NULL);
    if (!u || !pz_names_builtin(names))
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_UNRESOLVED_ROUTINE, r->c->ref, "routineName", pz_quoted(r->a, names).ptr, "searchPath",
                           pz_search_path_text(r, true), NULL);
    pz_cell(r, pz_strf(r->a, "Function: %s", u->name));
    if (*pz_function_class(pz_str_c(u->name))) pz_cell(r, pz_strf(r->a, "Class: %s", pz_function_class(pz_str_c(u->name))));
    pz_cell(r, pz_strf(r->a, "Usage: " PZ_FMT, PZ_ARG(pz_function_usage(pz_str_c(u->name), r->a))));
    if (r->c->extended) pz_cell(r, extended(r->a, u));
    return PZ_OK;
}

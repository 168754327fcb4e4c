/*
 * analyze/rel_metadata.c - column _metadata of files: not there until somebody names it, then carried up from the scan, hidden.
 *
 * Things start at pz_expose_metadata(), before the relation that names it is resolved.
 */
#include "rules_int.h"

#define NAME "_metadata"

/* ---- input_file_name() and its kin: what _metadata holds, where rows come straight from a file ---- */
static const struct input_file { const char *name, *field; } input_files[] = {
    {"input_file_name", "file_path"}, {"input_file_block_start", "file_block_start"}, {"input_file_block_length", "file_block_length"},
};

static const struct input_file *
input_file(const pz_expr *e)
{
    for (size_t i = 0; e->kind == PZ_EXPR_CALL && e->names.n == 1 && i < PZ_COUNTOF(input_files); i++)
        if (pz_str_ieqc(e->names.data[0], input_files[i].name)) return &input_files[i];
    return NULL;
}

static bool
names_input_file(const pz_expr *e)
{
    if (e->kind == PZ_EXPR_SQL_TEXT && e->u.text.len) return memmem(e->u.text.ptr, e->u.text.len, "input_file_", 11) != NULL;
    return input_file(e) != NULL;
}

/* A task that reads a file still has its rows in hand. */
static bool
is_one_read(const pz_rel *r)
{
    while (r && (r->kind == PZ_REL_PROJECT || r->kind == PZ_REL_FILTER || r->kind == PZ_REL_ALIAS || r->kind == PZ_REL_GENERATE)) r = r->input;
    return r && r->kind == PZ_REL_SCAN;
}

static bool
is_union(const pz_rel *r)
{
    while (r && (r->kind == PZ_REL_PROJECT || r->kind == PZ_REL_FILTER || r->kind == PZ_REL_ALIAS || r->kind == PZ_REL_GENERATE)) r = r->input;
    return r && r->kind == PZ_REL_SET_OP && r->u.setop.op == PZ_SETOP_UNION && r->u.setop.all;
}

/* Files that rows of a relation come from at the same time; branches of a union take turns. */
static int
sources(const pz_rel *r)
{
    int n = 0, b;
    if (!r) return 0;
    if (r->kind == PZ_REL_SCAN) return r->u.scan->metadata_sql.len > 0 || r->u.scan->with_metadata;
    n = sources(r->input);
    b = sources(r->right);
    if (r->kind == PZ_REL_SET_OP) return n > b ? n : b;
    n += b;
    for (int i = 0; i < r->inputs.n; i++) n += sources(r->inputs.data[i]);
    return n;
}

pz_status
pz_rule_input_file(pz_analyzer *an, pz_scope *scope, pz_expr *call)
{
    const struct input_file *f = input_file(call);
    const pz_rel *in = scope->rel;
    pz_expr *value, *column;
    bool text = f && !strcmp(f->field, "file_path");
    call->type = text ? &pz_t_string : &pz_t_long;
    call->nullable = false;
    if (call->args.n || !f) return PZ_OK;
    if (sources(in) > 1)
        return pz_raise(an->err, PZ_ERR_MULTI_SOURCES_UNSUPPORTED_FOR_EXPRESSION, call->origin, "expr", pz_strf(an->a, "\"%s()\"", f->name).ptr, NULL);
    value = text ? pz_literal_string(an->a, PZ_STR("")) : pz_literal_long(an->a, -1);
    if (sources(in) && is_union(in))
        return pz_raise(an->err, PZ_ERR_UNSUPPORTED_CALL_WITHOUT_SUGGESTION, call->origin, "className", f->name, "methodName", "files of a union", NULL);
    if (is_one_read(in))
        for (int i = 0; i < in->output.n; i++) {
            if (!pz_str_ieqc(in->output.data[i]->name, NAME)) continue;
            column = pz_expr_make(an->a, PZ_EXPR_COLUMN, call->origin);
            column->plan_id = -1;
            pz_vec_push(an->a, &column->names, in->output.data[i]->name);
            pz_vec_push(an->a, &column->names, pz_str_c(f->field));
            PZ_TRY(pz_resolve_expr(an, scope, column, &value));
            break;
        }
    pz_vec_push(an->a, &call->args, value);                    /* not shown */
    return PZ_OK;
}

static pz_walk
find_name(pz_expr *e, void *arg)
{
    (void)arg;
    if (names_input_file(e)) return PZ_WALK_STOP;
    if (e->kind != PZ_EXPR_COLUMN && e->kind != PZ_EXPR_SQL_TEXT) return PZ_WALK_ON;
    for (int i = 0; i < e->names.n; i++)
        if (pz_str_ieqc(e->names.data[i], NAME)) return PZ_WALK_STOP;
    if (e->kind == PZ_EXPR_SQL_TEXT && e->u.text.len && memmem(e->u.text.ptr, e->u.text.len, NAME, strlen(NAME))) return PZ_WALK_STOP;
    return PZ_WALK_ON;
}

bool
pz_names_metadata(const pz_rel *r)
{
    return r->input && !r->right && !pz_walk_rel_exprs((pz_rel *)(uintptr_t)r, find_name, NULL);
}

/* The attribute as `r` shows it from now on, or NULL where rows are no longer those of one file. */
static pz_attr *
carry(pz_analyzer *an, pz_rel *r)
{
    pz_attr *at;
    for (int i = 0; r && i < r->output.n; i++)
        if (pz_str_ieqc(r->output.data[i]->name, NAME)) return r->output.data[i];
    if (!r) return NULL;
    if (r->kind == PZ_REL_SCAN) {
        const pz_field *f;
        if (!r->u.scan->metadata_sql.len || r->u.scan->with_metadata) return NULL;
        r->u.scan = pz_scan_metadata(an->a, r->u.scan);
        f = &r->u.scan->schema.fields[r->u.scan->schema.n - 1];
        at = pz_attr_new(an, f->name, f->type, f->nullable);
        at->metadata = f->metadata;
        if (r->output.n) at->qualifier = r->output.data[0]->qualifier;
        return pz_append_hidden(an, r, at);
    }
    if (r->kind != PZ_REL_PROJECT && r->kind != PZ_REL_ALIAS && !pz_rel_passes_columns(r)) return NULL;
    if (!(at = carry(an, r->input))) return NULL;
    at = pz_append_hidden(an, r, at);
    if (r->kind == PZ_REL_PROJECT) pz_append_item(an, r, at);
    if (r->kind == PZ_REL_ALIAS) at->qualifier = r->u.alias.names;
    return at;
}

void
pz_expose_metadata(pz_analyzer *an, pz_rel *input)
{
    (void)carry(an, input);
}

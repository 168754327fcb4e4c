/*
 * session/command_view.c - temporary views: create, replace, drop.  Views of the catalog: command_stored.c.
 *
 * A view keeps its unresolved plan and is analyzed anew wherever it is used.  One made from a DataFrame sees the views of the moment
 * it was made (so a view may be replaced by one built on it); one made from SQL text looks names up when used and keeps its settings.
 */
#include <stdlib.h>

#include "command_int.h"

pz_view *
pz_find_temp_view(pz_statement *r, const pz_strs *names, bool *global)
{
    pz_session *s = r->session;
    pz_view *v = NULL;
    bool in_session = names->n == 1 || (names->n == 2 && pz_str_ieqc(names->data[0], "session")) ||
                      (names->n == 3 && pz_str_ieqc(names->data[0], "system") && pz_str_ieqc(names->data[1], "session"));
    *global = names->n == 2 && pz_str_ieqc(names->data[0], "global_temp");
    if (in_session) {
        pthread_mutex_lock(&s->lock);
        if ((v = pz_views_find(s->views, names->data[names->n - 1]))) pz_view_ref(v);
        pthread_mutex_unlock(&s->lock);
    } else if (*global) {
        pthread_mutex_lock(&s->all->lock);
        if ((v = pz_views_find(s->all->globals, names->data[1]))) pz_view_ref(v);
        pthread_mutex_unlock(&s->all->lock);
    }
    return v;
}

/* Put, replace or remove (view NULL) under the lock of the set.  false: there is one and it may not be replaced, or none to remove. */
static bool
change_set(pthread_mutex_t *lock, pz_views **set, pz_str name, pz_view *view, bool replace)
{
    pz_views *old = NULL;
    bool there;
    pthread_mutex_lock(lock);
    there = pz_views_find(*set, name) != NULL;
    if (view ? !there || replace : there) {
        old = *set;
        *set = pz_views_with(old, name, view);
    }
    pthread_mutex_unlock(lock);
    pz_views_unref(old);
    return old != NULL;
}

static bool
change_view(pz_session *s, pz_str name, bool global, pz_view *view, bool replace)
{
    if (global) return change_set(&s->all->lock, &s->all->globals, name, view, replace);
    return change_set(&s->lock, &s->views, name, view, replace);
}

bool
pz_drop_temp_view(pz_session *s, pz_str name, bool global)
{
    return change_view(s, name, global, NULL, false);
}

static pz_str
quoted_view(pz_statement *r, pz_str name, bool global)
{
    return pz_strf(r->a, global ? "`global_temp`.`" PZ_FMT "`" : "`" PZ_FMT "`", PZ_ARG(name));
}

/* Is the view with this name reached from the plan?  Direct use is what happens in practice; deeper cycles end at use by depth. */
static pz_walk
uses_name(pz_rel *rel, void *arg)
{
    pz_str **hit = arg;
    if (rel->kind == PZ_REL_NAMED_TABLE && rel->u.table.names.n == 1 && pz_str_ieq(rel->u.table.names.data[0], **hit)) {
        *hit = NULL;
        return PZ_WALK_STOP;
    }
    return PZ_WALK_ON;
}

static pz_status
check_recursion(pz_statement *r, pz_str name, pz_rel *query)
{
    pz_str *hit = &name;
    pz_walk_rel(query, uses_name, &hit);
    if (hit) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_RECURSIVE_VIEW, PZ_NO_ORIGIN, "viewIdent", quoted_view(r, name, false).ptr, "newPath",
                    pz_strf(r->a, "`" PZ_FMT "` -> `" PZ_FMT "`", PZ_ARG(name), PZ_ARG(name)).ptr, NULL);
}

static pz_str
column_list(pz_statement *r, const pz_strs *names)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < names->n; i++) pz_buf_printf(&b, "%s`" PZ_FMT "`", i ? ", " : "", PZ_ARG(names->data[i]));
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

static pz_status
check_names(pz_statement *r, const pz_view *v)
{
    bool exact = r->q->place.env.case_sensitive;
    for (int i = 0; i < v->schema.n; i++)
        for (int k = 0; k < i; k++) {
            pz_str a = v->schema.fields[i].name, b = v->schema.fields[k].name;
            if (exact ? pz_str_eq(a, b) : pz_str_ieq(a, b))
                return pz_raise(r->err, PZ_ERR_COLUMN_ALREADY_EXISTS, PZ_NO_ORIGIN, "columnName",
                                pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(exact ? a : pz_lower_ascii(r->a, a))).ptr, NULL);
        }
    return PZ_OK;
}

static pz_status
check_columns(pz_statement *r, pz_view *v)
{
    pz_strs data = {0};
    pz_err_id why = v->columns.n > v->schema.n ? PZ_ERR_CREATE_VIEW_COLUMN_ARITY_MISMATCH_NOT_ENOUGH_DATA_COLUMNS
                                               : PZ_ERR_CREATE_VIEW_COLUMN_ARITY_MISMATCH_TOO_MANY_DATA_COLUMNS;
    if (!v->columns.n) return check_names(r, v);
    if (v->columns.n == v->schema.n) {
        for (int i = 0; i < v->schema.n; i++) v->schema.fields[i].name = v->columns.data[i];
        return check_names(r, v);
    }
    for (int i = 0; i < v->schema.n; i++) pz_vec_push(r->a, &data, v->schema.fields[i].name);
    return pz_raise(r->err, why, PZ_NO_ORIGIN, "viewName", quoted_view(r, v->name, false).ptr, "viewColumns", column_list(r, &v->columns).ptr,
                    "dataColumns", column_list(r, &data).ptr, NULL);
}

static pz_status
store_view(pz_statement *r, pz_view *v, bool global, bool replace, bool if_not_exists)
{
    if (replace) pz_cache_view_replaced(r, v, global);
    if (change_view(r->session, v->name, global, v, replace) || if_not_exists) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_TEMP_TABLE_OR_VIEW_ALREADY_EXISTS, PZ_NO_ORIGIN, "relationName", quoted_view(r, v->name, global).ptr, NULL);
}

/* The view of a query: analyzed once now, so that errors and its columns are known. */
static pz_status
make_view(pz_statement *r, pz_str name, pz_rel *query, pz_view **out)
{
    pz_view *v = pz_view_make(r->q->keep);
    pz_plan *resolved;
    *out = v;
    v->name = name;
    v->is_volatile = r->q->is_volatile;
    v->plan = PZ_NEW(r->q->arena, pz_plan);
    if (r->q->params) *v->plan = *r->q->params;                /* what its parameter markers stood for */
    v->plan->root = query;
    PZ_TRY(pz_query_resolve(r->q, query, NULL, r->a, &resolved, r->err));
    PZ_TRY(pz_check_collations(r, &resolved->schema));
    v->schema = resolved->schema;
    v->created = pz_now_micros();
    v->path = pz_path_kept(r->q, true, r->q->arena);
    v->place = pz_strf(r->q->arena, PZ_FMT "." PZ_FMT, PZ_ARG(r->q->catalog), PZ_ARG(r->q->database));
    for (int i = 0; i < resolved->schema.n; i++) pz_vec_push(r->q->arena, &v->query_columns, resolved->schema.fields[i].name);
    v->is_volatile |= r->q->is_volatile;
    return PZ_OK;
}

pz_status
pz_make_temp_view(pz_statement *r, pz_str name, pz_rel *query, pz_str text, bool global)
{
    pz_view *v = NULL;
    pz_status st = make_view(r, name, query, &v);
    v->text = text;
    v->confs = pz_confs_ref(r->q->confs);
    if (st == PZ_OK) st = store_view(r, v, global, true, false);
    pz_view_unref(v);
    return st;
}

bool
pz_rename_temp_view(pz_session *s, pz_view *v, pz_str name, bool global)
{
    pz_view *copy = pz_view_make(v->keep);
    bool done;
    copy->name = pz_dup(v->keep->arena, name);
    copy->plan = v->plan;
    copy->columns = v->columns;
    copy->comments = v->comments;
    copy->comment = v->comment;
    copy->text = v->text;
    copy->schema = v->schema;
    copy->collation = v->collation;
    copy->place = v->place;
    copy->path = v->path;
    copy->query_columns = v->query_columns;
    copy->created = v->created;
    copy->scope = v->scope ? pz_views_ref(v->scope) : NULL;
    copy->confs = v->confs ? pz_confs_ref(v->confs) : NULL;
    copy->is_volatile = v->is_volatile;
    done = change_view(s, copy->name, global, copy, false);
    if (done) (void)pz_drop_temp_view(s, v->name, global);
    pz_view_unref(copy);
    return done;
}

pz_status
pz_cmd_create_view(pz_statement *r)
{
    const pz_command *c = r->c;
    pz_str name = c->names.data[c->names.n - 1];
    pz_view *v = NULL;
    pz_status st;
    if (!c->temporary && !c->global) return pz_create_stored_view(r);
    if (c->replace && !c->global) PZ_TRY(check_recursion(r, name, c->query));
    (void)pz_take_default_collation(r, c->text3, PZ_STR(""));
    st = make_view(r, name, c->query, &v);
    v->collation = c->text3;
    v->columns = c->columns;
    v->comments = c->column_comments;
    v->comment = c->comment;
    v->text = c->text;
    v->confs = pz_confs_ref(r->q->confs);
    if (st == PZ_OK) st = check_columns(r, v);
    if (st == PZ_OK) st = store_view(r, v, c->global, c->replace, c->if_not_exists);
    pz_view_unref(v);
    return st;
}

pz_status
pz_cmd_create_dataframe_view(pz_statement *r)
{
    const pz_command *c = r->c;
    pz_view *v = NULL;
    pz_status st = make_view(r, c->names.data[c->names.n - 1], c->query, &v);
    v->scope = pz_views_ref(r->q->views);
    v->confs = pz_confs_ref(r->q->confs);
    if (st == PZ_OK) st = store_view(r, v, c->global, c->replace, false);
    pz_view_unref(v);
    return st;
}

/* CREATE TEMPORARY VIEW v [(schema)] USING format OPTIONS (...) */
pz_status
pz_cmd_create_view_using(pz_statement *r)
{
    const pz_command *c = r->c;
    pz_rel *source = pz_rel_make(r->q->arena, PZ_REL_DATA_SOURCE, c->origin);
    pz_view *v = NULL;
    pz_status st;
    source->u.source.format = c->provider;
    source->u.source.options = c->options;
    for (int i = 0; i < c->options.n; i++)
        if (pz_str_ieqc(c->options.data[i].key, "path")) pz_vec_push(r->q->arena, &source->u.source.paths, c->options.data[i].value);
    if (c->has_schema) source->u.source.schema_text = pz_schema_ddl(&c->schema, r->q->arena);
    st = make_view(r, c->names.data[c->names.n - 1], source, &v);
    if (st == PZ_OK) st = store_view(r, v, c->global, c->replace, c->if_not_exists);
    pz_view_unref(v);
    return st;
}

pz_status
pz_cmd_drop_view(pz_statement *r)
{
    bool global;
    pz_view *v = pz_find_temp_view(r, &r->c->names, &global);
    bool dropped = v && pz_drop_kept_view(r, v->name, global);
    pz_view_unref(v);
    return dropped ? PZ_OK : pz_drop_entry(r, true);
}

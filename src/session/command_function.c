/*
 * session/command_function.c - SQL functions: CREATE, DROP and DESCRIBE FUNCTION, and what a call finds.
 *
 * A function is its text with the settings and the place of its creation, held like an entry of the catalog; temporary ones are entries
 * that only their session knows.  `names` of the entry are the texts of the parameters' defaults.  Names are tried as built-in, then
 * temporary, then in the catalog.  Things start at pz_find_function() for calls.
 */
#include <stdlib.h>
#include <time.h>

#include "../sql/sql.h"
#include "catalog.h"
#include "variable.h"

#define QUERY PZ_STR("query")
#define EXPRESSION PZ_STR("expression")
#define CLASS PZ_STR("class")

/* ---- finding ---- */
static pz_cat *
temporary(pz_session *s, pz_str name)
{
    pz_arena *a = pz_arena_open();
    pz_cat *e;
    pthread_mutex_lock(&s->lock);
    e = pz_table_get(&s->functions, pz_lower_ascii(a, name));
    if (e) pz_cat_ref(e);
    pthread_mutex_unlock(&s->lock);
    pz_arena_close(a);
    return e;
}

static pz_cat *
stored(pz_place *p, const pz_strs *names)
{
    pz_str db, name;
    if (!pz_catalog_names(p, names, &db, &name)) return NULL;
    return pz_catalog_find(p->q->session->all->catalog, PZ_ENTRY_FUNCTION, db, name);
}

/* A reference, or NULL. */
static pz_cat *
find(pz_place *p, const pz_strs *names)
{
    pz_cat *e = NULL;
    if (pz_names_session(names) && !p->is_stored_view) e = temporary(p->q->session, names->data[names->n - 1]);
    return e ? e : stored(p, names);
}

static pz_str
full_name(const pz_cat *e, pz_arena *a)
{
    return e->db.len ? pz_strf(a, "spark_catalog." PZ_FMT "." PZ_FMT, PZ_ARG(e->db), PZ_ARG(e->name)) : pz_dup(a, e->name);
}

/* ---- reading an entry ---- */
static pz_status
read_parameters(const pz_cat *e, const pz_sql_options *o, pz_arena *a, pz_function *f, pz_error *err)
{
    f->params.n = e->schema.n;
    f->params.fields = PZ_NEWN(a, pz_field, e->schema.n + 1);
    for (int i = 0; i < e->schema.n; i++) {
        pz_expr *value = NULL;
        pz_str text = i < e->names.n ? e->names.data[i] : PZ_STR("");
        f->params.fields[i] = (pz_field){.name = pz_dup(a, e->schema.fields[i].name), .type = pz_type_copy(a, e->schema.fields[i].type), .nullable = true};
        if (text.len) PZ_TRY(pz_parse_expression(pz_dup(a, text), o, a, &value, err));
        pz_vec_push(a, &f->defaults, value);
    }
    return PZ_OK;
}

static pz_status
read_body(const pz_cat *e, const pz_sql_options *o, pz_arena *a, pz_function *f, pz_error *err)
{
    pz_str text = pz_dup(a, e->text);
    if (pz_str_eq(e->mode, QUERY)) return pz_parse_sql(text, o, a, &f->body, err);
    f->body = PZ_NEW(a, pz_plan);
    PZ_TRY(pz_parse_expression(text, o, a, &f->expr, err));
    f->body->source = f->expr->origin.source;
    return PZ_OK;
}

static pz_status
read_function(pz_place *p, const pz_cat *e, pz_arena *a, pz_function **out, pz_error *err)
{
    pz_function *f = PZ_NEW(a, pz_function);
    pz_place *own = pz_cat_place(p, e, a);
    pz_sql_options o;
    own->is_stored_view = e->db.len > 0;
    pz_place_sql_options(own, &o);
    f->shown = full_name(e, a);
    f->name = pz_dup(a, e->name);
    f->quoted = e->db.len ? pz_cat_quoted(e, a) : pz_strf(a, "`" PZ_FMT "`", PZ_ARG(e->name));
    f->table = e->returns_table;
    f->env = &own->env;
    PZ_TRY(read_parameters(e, &o, a, f, err));
    PZ_TRY(read_body(e, &o, a, f, err));
    if (e->returns.len && e->returns_table) {
        f->has_columns = true;
        PZ_TRY(pz_parse_schema(pz_dup(a, e->returns), a, &f->columns, err));
    } else if (e->returns.len) {
        PZ_TRY(pz_parse_type(pz_dup(a, e->returns), a, &f->returns, err));
    }
    *out = f;
    return PZ_OK;
}

pz_status
pz_find_function(pz_place *p, const pz_strs *names, pz_origin origin, pz_arena *a, pz_function **out, pz_error *err)
{
    pz_cat *e = find(p, names);
    pz_status st;
    *out = NULL;
    if (!e) return PZ_OK;
    p->q->is_volatile = true;                  /* it may be made anew */
    if (!e->db.len) pz_watch_temp(p, "FUNCTION", pz_strf(a, "`" PZ_FMT "`", PZ_ARG(e->name)));
    if (pz_str_eq(e->mode, CLASS))
        st = pz_raise_as(err, PZ_CLASS_AnalysisException, PZ_ERR_CANNOT_LOAD_FUNCTION_CLASS, origin, "className", pz_dup(a, e->text).ptr, "functionName", pz_cat_quoted(e, a).ptr, NULL);
    else
        st = read_function(p, e, a, out, err);
    pz_cat_unref(e);
    return st;
}

/* ---- CREATE ---- */
static pz_status
check_names(pz_statement *r, pz_str name)
{
    pz_command *c = r->c;
    for (int i = 0; i < c->defs.n; i++) {
        const pz_column_def *d = c->defs.data[i];
        for (int k = 0; k < i; k++)
            if (pz_str_ieq(d->path.data[0], c->defs.data[k]->path.data[0]))
                return pz_raise(r->err, PZ_ERR_DUPLICATE_ROUTINE_PARAMETER_NAMES, PZ_NO_ORIGIN, "routineName", name.ptr, "names",
                                pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(pz_lower_ascii(r->a, d->path.data[0]))).ptr, NULL);
        if (d->not_null)
            return pz_raise(r->err, PZ_ERR_USER_DEFINED_FUNCTIONS_NOT_NULL_ON_FUNCTION_PARAMETERS, PZ_NO_ORIGIN, "input",
                            pz_strf(r->a, PZ_FMT " " PZ_FMT " NOT NULL", PZ_ARG(d->path.data[0]), PZ_ARG(pz_type_sql(d->type, r->a))).ptr, NULL);
    }
    for (int i = 0; i < c->schema.n; i++)
        for (int k = 0; k < i; k++)
            if (pz_str_ieq(c->schema.fields[i].name, c->schema.fields[k].name))
                return pz_raise(r->err, PZ_ERR_DUPLICATE_ROUTINE_RETURNS_COLUMNS, PZ_NO_ORIGIN, "routineName", name.ptr, "columns",
                                pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(pz_lower_ascii(r->a, c->schema.fields[i].name))).ptr, NULL);
    return PZ_OK;
}

static pz_str
columns_text(const pz_schema *s, pz_arena *a)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < s->n; i++)
        pz_buf_printf(&b, "%s`" PZ_FMT "` " PZ_FMT, i ? ", " : "", PZ_ARG(s->fields[i].name), PZ_ARG(pz_type_sql(s->fields[i].type, a)));
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

static bool
characteristic(const pz_command *c, const char *words)
{
    for (int i = 0; i < c->column_comments.n; i++)
        if (strcasestr(c->column_comments.data[i].ptr, words)) return true;
    return false;
}

/* What it gives: types that tell no collation have the function's. */
static pz_status
take_returns(pz_statement *r, pz_cat *e)
{
    pz_arena *a = e->keep->arena;
    const pz_command *c = r->c;
    const pz_type *t;
    e->returns = PZ_STR("");
    for (int i = 0; i < c->schema.n && c->has_schema; i++) c->schema.fields[i].type = pz_type_with_collation(r->a, c->schema.fields[i].type, e->collation);
    if (c->has_schema) e->returns = columns_text(&c->schema, a);
    else if (c->text3.ptr) e->returns = pz_dup(a, c->text3);
    if (c->has_schema || !c->text3.ptr || !e->collation.len) return PZ_OK;
    PZ_TRY(pz_parse_type(c->text3, r->a, &t, r->err));
    e->returns = pz_dup(a, pz_type_sql(pz_type_with_collation(r->a, t, e->collation), r->a));
    return PZ_OK;
}

static pz_status
fill(pz_statement *r, pz_cat *e)
{
    pz_arena *a = e->keep->arena;
    pz_command *c = r->c;
    bool reads = characteristic(c, "READS SQL DATA");
    pz_str collation;
    e->text = pz_dup(a, c->text2.ptr ? c->text2 : c->text);
    e->mode = c->text.ptr && !c->text2.ptr ? CLASS : c->query ? QUERY : EXPRESSION;
    e->comment = c->comment.ptr ? pz_dup(a, c->comment) : (pz_str){NULL, 0};
    e->owner = pz_dup(a, r->q->user);
    e->returns_table = c->flag1;
    collation = pz_take_default_collation(r, c->provider, e->db);
    e->collation = collation.len ? pz_dup(a, collation) : (pz_str){NULL, 0};
    PZ_TRY(take_returns(r, e));
    pz_option_set(a, &e->properties, PZ_STR("deterministic"), characteristic(c, "NOT DETERMINISTIC") ? PZ_STR("false") : PZ_STR("true"));
    pz_option_set(a, &e->properties, PZ_STR("data access"), reads ? PZ_STR("READS SQL DATA") : PZ_STR("CONTAINS SQL"));
    e->schema = (pz_schema){PZ_NEWN(a, pz_field, c->defs.n + 1), c->defs.n};
    e->names = (pz_strs){0};
    for (int i = 0; i < c->defs.n; i++) {
        const pz_column_def *d = c->defs.data[i];
        e->schema.fields[i] = (pz_field){.name = pz_dup(a, d->path.data[0]), .type = pz_type_copy(a, pz_type_with_collation(r->a, d->type, e->collation)), .nullable = true,
                                         .metadata = d->has_comment ? pz_metadata_with(a, PZ_STR(""), "comment", d->comment) : PZ_STR("")};
        pz_vec_push(a, &e->names, d->default_value ? pz_dup(a, d->default_text) : PZ_STR(""));
    }
    pz_take_surroundings(r, e);
    return PZ_OK;
}

/* A function that the body calls and that is nowhere. */
static pz_status
not_there(pz_statement *r)
{
    pz_str name = PZ_STR("");
    for (int i = 0; i < r->err->nparams; i++)
        if (pz_str_eqc(r->err->params[i].name, "routineName")) name = pz_dup(r->a, r->err->params[i].value);
    pz_str bare = name.len > 2 ? (pz_str){name.ptr + 1, name.len - 2} : name;
    if (memmem(name.ptr, name.len, "`.`", 3)) return PZ_FAIL;
    if (r->q->place.env.path) {                /* beside the path there may be one */
        pz_cat *here = pz_catalog_find(r->session->all->catalog, PZ_ENTRY_FUNCTION, r->q->database, bare);
        pz_cat_unref(here);
        if (here) return PZ_FAIL;
    }
    *r->err = (pz_error){.arena = r->err->arena};
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_ROUTINE_NOT_FOUND, PZ_NO_ORIGIN, "routineName",
                       pz_strf(r->a, "`" PZ_FMT "`." PZ_FMT, PZ_ARG(r->q->database), PZ_ARG(name)).ptr, NULL);
}

/* The body is read once now: for its errors, and for what it gives where that is not said. */
static pz_status
prove(pz_statement *r, pz_cat *e)
{
    pz_function *f;
    pz_schema gives;
    pz_watch w = {0};
    pz_status st;
    PZ_TRY(read_function(&r->q->place, e, r->a, &f, r->err));
    f->env = NULL;
    r->q->watch = e->db.len ? &w : NULL;
    st = pz_analyze_function(&r->q->place.env, f, r->a, &gives, r->err);
    r->q->watch = NULL;
    if (st != PZ_OK) return r->err->id == PZ_ERR_UNRESOLVED_ROUTINE ? not_there(r) : st;
    if (w.temp_kind)
        return pz_raise(r->err, PZ_ERR_INVALID_TEMP_OBJ_REFERENCE, PZ_NO_ORIGIN, "obj", "FUNCTION", "objName",
                        pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name)).ptr, "tempObj", w.temp_kind, "tempObjName", w.temp_name.ptr, NULL);
    if (!e->returns.len)
        e->returns = e->returns_table ? columns_text(&gives, e->keep->arena) : pz_dup(e->keep->arena, pz_type_sql(gives.fields[0].type, r->a));
    return PZ_OK;
}

static pz_status
exists(pz_statement *r, pz_str quoted)
{
    return pz_raise(r->err, PZ_ERR_ROUTINE_ALREADY_EXISTS, PZ_NO_ORIGIN, "routineName", quoted.ptr, "newRoutineType", "routine", "existingRoutineType", "routine",
                    NULL);
}

static pz_status
create_temporary(pz_statement *r, pz_str name)
{
    pz_cat *e = temporary(r->session, name), *old;
    pz_status st;
    bool there = e != NULL;
    pz_cat_unref(e);
    if (r->c->replace && pz_function_known(name))
        return pz_raise(r->err, PZ_ERR_USER_DEFINED_FUNCTIONS_CANNOT_REPLACE_NON_SQL_UDF_WITH_SQL_UDF, PZ_NO_ORIGIN, "name", name.ptr, NULL);
    if (there && !r->c->replace) return exists(r, pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(name)));
    if (!r->c->text2.ptr)
        return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_CANNOT_LOAD_FUNCTION_CLASS, PZ_NO_ORIGIN, "className", pz_dup(r->a, r->c->text).ptr, "functionName",
                        pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
    e = pz_cat_make(pz_statement_catalog(r), PZ_ENTRY_FUNCTION, PZ_STR(""), name);
    st = fill(r, e);
    if (st == PZ_OK) st = prove(r, e);
    if (st != PZ_OK) {
        pz_cat_unref(e);
        return st;
    }
    pthread_mutex_lock(&r->session->lock);
    old = pz_table_put(&r->session->functions, e->name, e);
    pthread_mutex_unlock(&r->session->lock);
    pz_cat_unref(old);
    return PZ_OK;
}

/* Database and name of a function of the catalog; the database exists. */
static pz_status
place_of(pz_statement *r, pz_str *db, pz_str *name)
{
    pz_strs names = r->c->names, home;
    if (names.n > 1 && pz_str_ieqc(names.data[0], "spark_catalog")) names.data++, names.n--;
    if (names.n > 2)
        return pz_raise(r->err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier",
                        pz_quoted(r->a, &r->c->names).ptr, NULL);
    *name = pz_lower_ascii(r->a, names.data[names.n - 1]);
    *db = pz_lower_ascii(r->a, names.n > 1 ? names.data[0] : r->q->database);
    home = (pz_strs){db, 1, 1};
    return pz_check_database(r, &home, db);
}

static pz_status
create_stored(pz_statement *r)
{
    pz_str db, name;
    pz_cat *there, *e;
    pz_status st;
    PZ_TRY(place_of(r, &db, &name));
    there = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_FUNCTION, db, name);
    if (there && !r->c->replace) {
        pz_cat_unref(there);
        return r->c->if_not_exists ? PZ_OK : exists(r, pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(db), PZ_ARG(name)));
    }
    if (there) {
        e = pz_cat_copy(there);
        e->created = pz_now_micros();
        pz_cat_unref(there);
    } else {
        e = pz_cat_make(pz_statement_catalog(r), PZ_ENTRY_FUNCTION, db, name);
    }
    st = fill(r, e);
    if (st == PZ_OK && !pz_str_eq(e->mode, CLASS)) st = prove(r, e);
    if (st == PZ_OK) return pz_replace_entry(r, e);
    pz_cat_unref(e);
    return st;
}

/* CHAR and VARCHAR stand for columns of tables only. */
static pz_status
check_char(pz_statement *r)
{
    const pz_command *c = r->c;
    const pz_type *t;
    bool any = false;
    if (pz_confs_bool(r->q->confs, "spark.sql.legacy.charVarcharAsString")) return PZ_OK;
    for (int i = 0; i < c->defs.n; i++) any |= c->defs.data[i]->type && pz_type_has_char(c->defs.data[i]->type);
    for (int i = 0; c->has_schema && i < c->schema.n; i++) any |= pz_type_has_char(c->schema.fields[i].type);
    if (!c->has_schema && c->text3.len && pz_parse_type(c->text3, r->a, &t, r->err) == PZ_OK) any |= pz_type_has_char(t);
    return any ? pz_raise(r->err, PZ_ERR_UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING, PZ_NO_ORIGIN, NULL) : PZ_OK;
}

pz_status
pz_cmd_create_function(pz_statement *r)
{
    pz_str name = pz_lower_ascii(r->a, r->c->names.data[r->c->names.n - 1]);
    PZ_TRY(check_names(r, name));
    if (!r->c->text.ptr) {                     /* of a class, text names it */
        PZ_TRY(check_char(r));
    }
    return r->c->temporary ? create_temporary(r, name) : create_stored(r);
}

/* ---- DROP ---- */
static pz_status
not_found(pz_statement *r, pz_str quoted)
{
    if (r->c->if_exists) return PZ_OK;
    return pz_raise_as(r->err, PZ_CLASS_AnalysisException, PZ_ERR_ROUTINE_NOT_FOUND, PZ_NO_ORIGIN, "routineName", quoted.ptr, NULL);
}

static pz_status
forbidden(pz_statement *r, pz_str name)
{
    return pz_raise(r->err, PZ_ERR_FORBIDDEN_OPERATION, PZ_NO_ORIGIN, "statement", "DROP", "objectType", "FUNCTION", "objectName",
                    pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(name)).ptr, NULL);
}

static pz_status
drop_temporary(pz_statement *r, pz_str name)
{
    pz_cat *e;
    pthread_mutex_lock(&r->session->lock);
    e = pz_table_del(&r->session->functions, pz_lower_ascii(r->a, name));
    pthread_mutex_unlock(&r->session->lock);
    if (e) {
        pz_cat_unref(e);
        return PZ_OK;
    }
    if (pz_function_known(name) && !r->c->if_exists) return forbidden(r, name);
    return not_found(r, pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(name)));
}

static pz_status
drop_stored(pz_statement *r)
{
    pz_str db, name, shown = r->c->names.data[r->c->names.n - 1];
    pz_cat *e = r->c->names.n == 1 ? temporary(r->session, shown) : NULL;
    pz_change *ch;
    pz_status st;
    if (e) {
        pz_cat_unref(e);
        return pz_raise(r->err, PZ_ERR_EXPECT_PERSISTENT_FUNCTION_NOT_TEMP, r->c->origin, "operation", "DROP FUNCTION", "functionName",
                        pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(shown)).ptr, "alternative", " Please use DROP TEMPORARY FUNCTION to drop a temporary function.", NULL);
    }
    if (r->c->names.n == 1 && pz_function_known(shown)) return forbidden(r, shown);
    PZ_TRY(place_of(r, &db, &name));
    e = pz_catalog_find(pz_statement_catalog(r), PZ_ENTRY_FUNCTION, db, name);
    if (!e) return not_found(r, pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(db), PZ_ARG(name)));
    st = pz_change_begin(r->q, &ch, r->err);
    if (st == PZ_OK && (st = pz_change_hold(ch, e, r->err)) != PZ_OK) {
        pz_change_abort(ch);
    } else if (st == PZ_OK) {
        pz_change_drop(ch, e);
        st = pz_change_commit(ch, r->err);
    }
    pz_cat_unref(e);
    return st;
}

pz_status
pz_cmd_drop_function(pz_statement *r)
{
    return r->c->temporary ? drop_temporary(r, r->c->names.data[r->c->names.n - 1]) : drop_stored(r);
}

/* ---- DESCRIBE, SHOW ---- */
static void
line(pz_statement *r, int width, const char *label, pz_str value)
{
    pz_cell(r, pz_strf(r->a, "%-*s" PZ_FMT, width, label, PZ_ARG(value)));
}

/* Name and type, as wide as the widest of the list. */
static pz_str
column_line(pz_statement *r, const pz_schema *s, int at)
{
    size_t name = 0, type = 0;
    for (int i = 0; i < s->n; i++) {
        size_t n = pz_utf8_count(s->fields[i].name), t = pz_utf8_count(pz_type_sql(s->fields[i].type, r->a));
        name = n > name ? n : name;
        type = t > type ? t : type;
    }
    pz_str text = pz_type_sql(s->fields[at].type, r->a), called = s->fields[at].name;
    return pz_strf(r->a, PZ_FMT "%*s " PZ_FMT "%*s", PZ_ARG(called), (int)(name - pz_utf8_count(called)), "", PZ_ARG(text), (int)(type - pz_utf8_count(text)), "");
}

static void
input_lines(pz_statement *r, const pz_cat *e, int width)
{
    for (int i = 0; i < e->schema.n; i++) {
        pz_str text = column_line(r, &e->schema, i), comment = pz_metadata_get(e->schema.fields[i].metadata, "comment", r->a);
        if (r->c->extended && i < e->names.n && e->names.data[i].len) text = pz_strf(r->a, PZ_FMT " DEFAULT " PZ_FMT, PZ_ARG(text), PZ_ARG(e->names.data[i]));
        if (r->c->extended && comment.ptr) text = pz_strf(r->a, PZ_FMT " '" PZ_FMT "'", PZ_ARG(text), PZ_ARG(comment));
        line(r, width, i ? "" : "Input:", text);
    }
    if (!e->schema.n) line(r, width, "Input:", PZ_STR("()"));
}

static pz_status
return_lines(pz_statement *r, const pz_cat *e, int width)
{
    pz_schema s;
    const pz_type *t;
    if (!e->returns_table) {
        PZ_TRY(pz_parse_type(e->returns, r->a, &t, r->err));
        line(r, width, "Returns:", pz_type_sql(t, r->a));
        return PZ_OK;
    }
    PZ_TRY(pz_parse_schema(e->returns, r->a, &s, r->err));
    for (int i = 0; i < s.n; i++) {
        pz_str text = column_line(r, &s, i), comment = pz_metadata_get(s.fields[i].metadata, "comment", r->a);
        if (r->c->extended && comment.ptr) text = pz_strf(r->a, PZ_FMT " '" PZ_FMT "'", PZ_ARG(text), PZ_ARG(comment));
        line(r, width, i ? "" : "Returns:", text);
    }
    return PZ_OK;
}

static pz_str
option(const pz_cat *e, const char *key)
{
    for (int i = 0; i < e->properties.n; i++)
        if (pz_str_eqc(e->properties.data[i].key, key)) return e->properties.data[i].value;
    return PZ_STR("");
}

static pz_str
created_text(pz_statement *r, const pz_cat *e)
{
    const pz_zone *zone = r->q->place.env.zone;
    time_t local = (time_t)(pz_zone_to_local(zone, e->created) / 1000000);
    struct tm tm;
    char day[32], year[16];
    pz_buf b;
    pz_str name;
    pz_buf_init(&b, 0);
    pz_zone_name_text(&b, zone, e->created, false, false);
    name = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    gmtime_r(&local, &tm);
    strftime(day, sizeof day, "%a %b %d %H:%M:%S", &tm);
    strftime(year, sizeof year, "%Y", &tm);
    return pz_strf(r->a, "%s " PZ_FMT " %s", day, PZ_ARG(name), year);
}

static int
by_key(const void *a, const void *b)
{
    return pz_str_cmp(((const pz_option *)a)->key, ((const pz_option *)b)->key);
}

static void
conf_lines(pz_statement *r, const pz_cat *e, int width)
{
    pz_options all = {0};
    for (int i = 0; i < e->confs.n; i++) pz_vec_push(r->a, &all, e->confs.data[i]);
    qsort(all.data, (size_t)all.n, sizeof *all.data, by_key);
    for (int i = 0; i < all.n; i++)
        line(r, width, i ? "" : "Configs:", pz_strf(r->a, PZ_FMT "=" PZ_FMT, PZ_ARG(all.data[i].key), PZ_ARG(all.data[i].value)));
}

static pz_status
describe(pz_statement *r, const pz_cat *e)
{
    int width = r->c->extended ? 15 : 10;
    if (pz_str_eq(e->mode, CLASS)) {
        line(r, 0, "Function: ", full_name(e, r->a));
        line(r, 0, "Class: ", e->text);
        pz_cellc(r, "Usage: N/A.");
        return PZ_OK;
    }
    line(r, width, "Function:", full_name(e, r->a));
    line(r, width, "Type:", e->returns_table ? PZ_STR("TABLE") : PZ_STR("SCALAR"));
    input_lines(r, e, width);
    PZ_TRY(return_lines(r, e, width));
    if (!r->c->extended) return PZ_OK;
    if (e->comment.ptr) line(r, width, "Comment:", e->comment);
    if (e->collation.len) line(r, width, "Collation:", e->collation);
    line(r, width, "Deterministic:", option(e, "deterministic"));
    line(r, width, "Data Access:", option(e, "data access"));
    conf_lines(r, e, width);
    if (e->owner.len && e->db.len) line(r, width, "Owner:", e->owner);
    line(r, width, "Create Time:", created_text(r, e));
    line(r, width, "Body:", e->text);
    if (e->path.len) line(r, width, "SQL Path:", e->path);
    return PZ_OK;
}

/* *found false: no SQL function has the name. */
pz_status
pz_describe_sql_function(pz_statement *r, bool *found)
{
    pz_str name = r->c->names.data[r->c->names.n - 1];
    pz_cat *e = r->c->names.n == 1 && pz_function_known(name) ? NULL : find(&r->q->place, &r->c->names);
    pz_status st;
    *found = e != NULL;
    if (!e) return PZ_OK;
    st = describe(r, e);
    pz_cat_unref(e);
    return st;
}

/* Temporary functions, then those of a database.  References: pz_cats_unref. */
void
pz_function_entries(pz_statement *r, pz_str db, pz_str pattern, pz_cats *out)
{
    pz_cats list = {0};
    pthread_mutex_lock(&r->session->lock);
    PZ_TABLE_EACH(&r->session->functions, x) {
        pz_cat *e = x->value;
        if (pz_name_matches(e->name, pattern)) pz_vec_push(r->a, out, pz_cat_ref(e));
    }
    pthread_mutex_unlock(&r->session->lock);
    pz_catalog_list(pz_statement_catalog(r), PZ_ENTRY_FUNCTION, db, r->a, &list);
    for (int i = 0; i < list.n; i++) {
        if (pz_name_matches(list.data[i]->name, pattern)) pz_vec_push(r->a, out, list.data[i]);
        else pz_cat_unref(list.data[i]);
    }
}

/* Their names, as SHOW FUNCTIONS shows them. */
void
pz_list_sql_functions(pz_statement *r, pz_str db, pz_str pattern, pz_strs *out)
{
    pz_cats list = {0};
    pz_function_entries(r, db, pattern, &list);
    for (int i = 0; i < list.n; i++) pz_vec_push(r->a, out, full_name(list.data[i], r->a));
    pz_cats_unref(&list);
}

pz_cat *
pz_function_entry(pz_statement *r, const pz_strs *names)
{
    return find(&r->q->place, names);
}

/* ---- what the catalog says of one: its class, and for SQL functions everything in JSON ---- */
pz_str
pz_function_class_name(const pz_cat *e, pz_arena *a)
{
    return pz_str_eq(e->mode, CLASS) ? pz_dup(a, e->text) : PZ_STR("sqlFunction.");
}

static void
say(pz_options *o, pz_arena *a, pz_str key, pz_str value)
{
    pz_option one = {key, value};
    pz_vec_push(a, o, one);
}

pz_str
pz_function_description(pz_statement *r, const pz_cat *e)
{
    pz_arena *a = r->a;
    pz_options o = {0};
    pz_buf params;
    if (pz_str_eq(e->mode, CLASS)) return PZ_STR("N/A.");
    pz_buf_init(&params, 0);
    for (int i = 0; i < e->schema.n; i++) {
        pz_str comment = pz_metadata_get(e->schema.fields[i].metadata, "comment", a);
        pz_buf_printf(&params, "%s" PZ_FMT " " PZ_FMT, i ? ", " : "", PZ_ARG(e->schema.fields[i].name), PZ_ARG(pz_type_sql(e->schema.fields[i].type, a)));
        if (i < e->names.n && e->names.data[i].len) pz_buf_printf(&params, " DEFAULT " PZ_FMT, PZ_ARG(e->names.data[i]));
        if (comment.ptr) pz_buf_printf(&params, " COMMENT '" PZ_FMT "'", PZ_ARG(comment));
    }
    if (e->comment.ptr) say(&o, a, PZ_STR("sqlFunction.comment"), e->comment);
    if (e->schema.n) say(&o, a, PZ_STR("sqlFunction.inputParam"), pz_buf_dup(&params, a));
    say(&o, a, PZ_STR("sqlFunction.returnType"), e->returns);
    say(&o, a, PZ_STR("sqlFunction.isTableFunc"), e->returns_table ? PZ_STR("true") : PZ_STR("false"));
    say(&o, a, pz_str_eq(e->mode, QUERY) ? PZ_STR("sqlFunction.query") : PZ_STR("sqlFunction.expression"), e->text);
    say(&o, a, PZ_STR("sqlFunction.deterministic"), option(e, "deterministic"));
    say(&o, a, PZ_STR("sqlFunction.containsSQL"), pz_str_eqc(option(e, "data access"), "CONTAINS SQL") ? PZ_STR("true") : PZ_STR("false"));
    say(&o, a, PZ_STR("sqlFunction.createTime"), pz_strf(a, "%lld", (long long)(e->created / 1000)));
    for (int i = 0; i < e->confs.n; i++) say(&o, a, pz_strf(a, "sqlConfig." PZ_FMT, PZ_ARG(e->confs.data[i].key)), e->confs.data[i].value);
    say(&o, a, PZ_STR("catalogAndNamespace.numParts"), PZ_STR("2"));
    say(&o, a, PZ_STR("catalogAndNamespace.part.0"), e->catalog);
    say(&o, a, PZ_STR("catalogAndNamespace.part.1"), e->namespace.n ? e->namespace.data[0] : PZ_STR("default"));
    pz_buf_free(&params);
    return pz_json_options(a, &o);
}

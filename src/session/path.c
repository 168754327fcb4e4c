/*
 * session/path.c - SET PATH: where names of one part are looked for.
 *
 * A path is kept as text that reads like SET PATH's own list, in the session and in views and SQL functions made under it;
 * CURRENT_SCHEMA stays a word in the session's.  Off (spark.sql.path.enabled) or never set, there is none, and names are built-in, temporary or in the
 * current database.  Things start at pz_cmd_set_path() and, for whoever looks names up, at pz_path_of().
 */
#include <stdlib.h>

#include "../sql/sql.h"
#include "catalog.h"
#include "conf.h"
#include "session_int.h"
#include "variable.h"

#define ENABLED "spark.sql.path.enabled"
#define DEFAULT_PATH "spark.sql.defaultPath"
#define USUAL PZ_STR("system.builtin, system.session, CURRENT_SCHEMA")

/* ---- entries and texts ---- */
static pz_str
dotted(const pz_strs *names, pz_arena *a)
{
    pz_str out = PZ_STR("");
    for (int i = 0; i < names->n; i++) out = pz_strf(a, PZ_FMT "%s" PZ_FMT, PZ_ARG(out), i ? "." : "", PZ_ARG(pz_name_if_needed(names->data[i], a)));
    return out;
}

static pz_str
joined(pz_arena *a, pz_str text, const char *between, pz_str more)
{
    return text.len ? pz_strf(a, PZ_FMT "%s" PZ_FMT, PZ_ARG(text), between, PZ_ARG(more)) : more;
}

static pz_path_entry
entry_of(const pz_strs *names)
{
    pz_path_entry e = {PZ_PATH_ELSEWHERE, *names};
    if (names->n != 2) return e;
    if (pz_str_ieqc(names->data[0], "spark_catalog")) e.kind = PZ_PATH_SCHEMA;
    if (!pz_str_ieqc(names->data[0], "system")) return e;
    if (pz_str_ieqc(names->data[1], "builtin")) e.kind = PZ_PATH_BUILTIN;
    if (pz_str_ieqc(names->data[1], "session")) e.kind = PZ_PATH_SESSION;
    return e;
}

/* CURRENT_SCHEMA becomes the current one of the place. */
static pz_path *
entries_of(pz_str text, const pz_env *env, pz_arena *a)
{
    pz_path *out = PZ_NEW(a, pz_path);
    pz_path_words words = {0};
    pz_error quiet = {.arena = a};
    pz_error_init(&quiet, a);
    if (pz_parse_path(text, a, &words, &quiet) != PZ_OK) return out;
    for (int i = 0; i < words.n; i++) {
        pz_strs here = {0};
        pz_vec_push(a, &here, env->current_catalog);
        pz_vec_push(a, &here, env->current_database);
        pz_vec_push(a, out, entry_of(words.data[i].word == PZ_PATH_WORD_CURRENT ? &here : &words.data[i].names));
    }
    return out;
}

pz_str
pz_path_shown(const pz_path *path, pz_arena *a)
{
    pz_str out = PZ_STR("");
    for (int i = 0; i < path->n; i++) out = joined(a, out, ",", dotted(&path->data[i].names, a));
    return out;
}

/* ---- SET PATH ---- */
typedef struct building { pz_session *session; const pz_confs *confs; pz_arena *a; pz_error *err; pz_strs made; } building;

static pz_status build(building *b, pz_str text, bool nested);

static pz_str
session_path(pz_session *s, pz_arena *a)
{
    pz_str out;
    pthread_mutex_lock(&s->lock);
    out = s->path ? pz_dupc(a, s->path) : (pz_str){NULL, 0};
    pthread_mutex_unlock(&s->lock);
    return out;
}

static pz_status
add_entry(building *b, pz_str one, const char *shown)
{
    for (int i = 0; i < b->made.n; i++)
        if (pz_str_ieq(b->made.data[i], one)) return pz_raise(b->err, PZ_ERR_DUPLICATE_SQL_PATH_ENTRY, PZ_NO_ORIGIN, "pathEntry", shown, NULL);
    pz_vec_push(b->a, &b->made, one);
    return PZ_OK;
}

/* What DEFAULT_PATH stands for; inside of the setting itself, the usual path. */
static pz_str
default_path(const building *b, bool nested)
{
    pz_str set = nested ? PZ_STR("") : pz_str_trim(pz_confs_text(b->confs, DEFAULT_PATH));
    return set.len ? set : USUAL;
}

static pz_status
build(building *b, pz_str text, bool nested)
{
    pz_path_words words = {0};
    pz_str now;
    PZ_TRY(pz_parse_path(text, b->a, &words, b->err));
    for (int i = 0; i < words.n; i++) {
        pz_str name;
        switch (words.data[i].word) {
        case PZ_PATH_WORD_DEFAULT: PZ_TRY(build(b, default_path(b, nested), true)); break;
        case PZ_PATH_WORD_SYSTEM: PZ_TRY(add_entry(b, PZ_STR("system.builtin"), "system.builtin")); break;
        case PZ_PATH_WORD_CURRENT: PZ_TRY(add_entry(b, PZ_STR("CURRENT_SCHEMA"), "current_schema")); break;
        case PZ_PATH_WORD_PATH:
            now = session_path(b->session, b->a);
            PZ_TRY(build(b, now.ptr ? now : default_path(b, nested), true));
            break;
        case PZ_PATH_WORD_NAMED:
            name = dotted(&words.data[i].names, b->a);
            PZ_TRY(add_entry(b, name, name.ptr));
            break;
        }
    }
    return PZ_OK;
}

pz_status
pz_cmd_set_path(pz_statement *r)
{
    building b = {r->session, r->q->confs, r->a, r->err, {0}};
    pz_str text = PZ_STR(""), path = PZ_STR("");
    if (!pz_confs_bool(r->q->confs, ENABLED)) return pz_raise(r->err, PZ_ERR_UNSUPPORTED_FEATURE_SET_PATH_WHEN_DISABLED, PZ_NO_ORIGIN, "config", ENABLED, NULL);
    for (int i = 0; i < r->c->columns.n; i++) text = joined(r->a, text, ", ", r->c->columns.data[i]);
    PZ_TRY(build(&b, text, false));
    for (int i = 0; i < b.made.n; i++) path = joined(r->a, path, ", ", b.made.data[i]);
    pthread_mutex_lock(&r->session->lock);
    free(r->session->path);
    r->session->path = pz_xdup(path);
    r->session->place++;
    pthread_mutex_unlock(&r->session->lock);
    return PZ_OK;
}

pz_status
pz_path_check_default(pz_str value, pz_error *err)
{
    pz_arena *a = pz_arena_open();
    pz_path_words words = {0};
    pz_error quiet;
    pz_status st = PZ_OK;
    pz_error_init(&quiet, a);
    if (pz_str_trim(value).len) st = pz_parse_path(value, a, &words, &quiet);
    for (int i = 0; i < words.n; i++)
        if (words.data[i].word == PZ_PATH_WORD_PATH) st = PZ_FAIL;
    pz_arena_close(a);
    if (st == PZ_OK) return PZ_OK;
    return pz_raise(err, PZ_ERR_INVALID_CONF_VALUE_REQUIREMENT, PZ_NO_ORIGIN, "confName", DEFAULT_PATH, "confValue", pz_dup(err->arena, value).ptr, "confRequirement",
                    "The value must be empty or a comma-separated SET PATH element list (same grammar as SET PATH, except PATH is not allowed).", NULL);
}

/* ---- what is in force ---- */
/* own: path of the view or function whose text is read; empty: it has none.  NULL: names are looked for as usual. */
const pz_path *
pz_path_of(const pz_query *q, pz_str own, const pz_env *env, pz_arena *a)
{
    pz_str text = own.len ? own : q->path, set;
    if (!pz_confs_bool(q->confs, ENABLED)) return NULL;
    if (!text.len) {
        building b = {q->session, q->confs, a, &(pz_error){.arena = a}, {0}};
        pz_error_init(b.err, a);
        set = pz_str_trim(pz_confs_text(q->confs, DEFAULT_PATH));
        if (!set.len || build(&b, set, true) != PZ_OK) return NULL;
        for (int i = 0; i < b.made.n; i++) text = joined(a, text, ", ", b.made.data[i]);
    }
    return entries_of(text, env, a);
}

/* What a view or function made now keeps: without temporary names if it is of the catalog; empty where paths are off. */
pz_str
pz_path_kept(const pz_query *q, bool temporary, pz_arena *a)
{
    const pz_path *path = q->place.env.path;
    pz_str out = PZ_STR("");
    if (!pz_confs_bool(q->confs, ENABLED)) return out;
    if (!path) path = entries_of(USUAL, &q->place.env, q->arena);
    for (int i = 0; i < path->n; i++)
        if (temporary || path->data[i].kind != PZ_PATH_SESSION) out = joined(a, out, ", ", dotted(&path->data[i].names, a));
    return pz_dup(a, out);
}

/* The kept text as JSON: [{"catalog_name":"system","namespace":["builtin"]}, ...] */
pz_str
pz_path_json(pz_str kept, pz_arena *a)
{
    pz_path *path = entries_of(kept, &(pz_env){0}, a);
    pz_str out = PZ_STR("");
    for (int i = 0; i < path->n; i++) {
        pz_strs *names = &path->data[i].names, rest = {names->data + 1, names->n - 1, names->n - 1};
        out = joined(a, out, ",", pz_strf(a, "{\"catalog_name\":" PZ_FMT ",\"namespace\":" PZ_FMT "}", PZ_ARG(pz_json_quoted(a, names->data[0])),
                                          PZ_ARG(pz_json_list(a, &rest))));
    }
    return pz_strf(a, "[" PZ_FMT "]", PZ_ARG(out));
}

/* ---- relations ---- */
static bool
is_there(pz_place *p, const pz_path_entry *e, pz_str name)
{
    pz_cat *found;
    if (e->kind == PZ_PATH_SESSION) return !p->is_stored_view && pz_views_find(p->views, name);
    if (e->kind != PZ_PATH_SCHEMA) return false;
    if (!(found = pz_catalog_find(p->q->session->all->catalog, PZ_ENTRY_TABLE, e->names.data[1], name))) return false;
    pz_cat_unref(found);
    return true;
}

pz_status
pz_path_relation(pz_place *p, const pz_strs *names, pz_arena *a, pz_strs *out, bool *found, pz_error *err)
{
    const pz_path *path = names->n == 1 ? p->env.path : NULL;
    *out = *names;
    *found = true;
    for (int i = 0; path && i < path->n; i++) {
        const pz_path_entry *e = &path->data[i];
        pz_strs full = {0};
        if (e->kind != PZ_PATH_ELSEWHERE && !is_there(p, e, names->data[0])) continue;
        for (int k = 0; k < e->names.n; k++)
            if (k || e->kind != PZ_PATH_ELSEWHERE || !pz_str_ieqc(e->names.data[k], "spark_catalog")) pz_vec_push(a, &full, e->names.data[k]);
        pz_vec_push(a, &full, names->data[0]);
        if (e->kind == PZ_PATH_ELSEWHERE)
            return pz_raise(err, PZ_ERR_REQUIRES_SINGLE_PART_NAMESPACE, PZ_NO_ORIGIN, "sessionCatalog", "spark_catalog", "identifier", pz_quoted(a, &full).ptr, NULL);
        *out = full;
        return PZ_OK;
    }
    *found = !path;
    return PZ_OK;
}

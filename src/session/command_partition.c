/*
 * session/command_partition.c - partitions: SHOW, ADD, DROP, RENAME, SET LOCATION, RECOVER, and the facts of one.
 *
 * The partitions of a table of files are those the catalog knows (partitions.c), which is what reading it goes by; their directories are
 * made, moved and removed here as well.  Those of a native table are the values its rows have.  Values are compared in the form of their
 * column's type.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../sql/sql.h"
#include "command_int.h"
#include "file_table.h"
#include "table.h"

typedef pz_partition partition;
typedef pz_partitions partitions;

#define NULL_PARTITION "__HIVE_DEFAULT_PARTITION__"

/* ---- places ---- */
pz_str
pz_partition_place(pz_statement *r, const pz_cat *e, const partition *p)
{
    return pz_partition_place_of(r->q, e, pz_partition_path(r->a, &p->values), p->location, r->a);
}

static int
by_path(const void *x, const void *y)
{
    const pz_str *a = x, *b = y;
    return pz_str_cmp(*a, *b);
}

/* ---- partitions of native tables: what is in the rows ---- */
static pz_status
native_partitions(pz_statement *r, const pz_cat *e, partitions *out)
{
    pz_buf b;
    pz_plan *p;
    pz_values *rows;
    pz_str text;
    pz_error *err = r->err;
    pz_sql_options o;
    pz_plan *parsed;
    int n;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "SELECT DISTINCT ");
    for (int i = 0; i < e->partition_columns.n; i++)
        pz_buf_printf(&b, "%sCAST(%s AS STRING)", i ? ", " : "", pz_quoted(r->a, &(pz_strs){&e->partition_columns.data[i], 1, 1}).ptr);
    pz_buf_printf(&b, " FROM %s", pz_cat_quoted(e, r->a).ptr);
    text = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    pz_query_sql_options(r->q, &o);
    o.double_quoted_identifiers = false;
    PZ_TRY(pz_parse_sql(text, &o, r->a, &parsed, err));
    PZ_TRY(pz_query_resolve(r->q, parsed->root, NULL, r->a, &p, err));
    PZ_TRY(pz_query_rows(r->q, p, r->a, &rows, &n, err));
    for (int i = 0; i < n; i++) {
        partition one = {0};
        for (int j = 0; j < e->partition_columns.n; j++) {
            const pz_value *v = &rows[i].data[j];
            pz_option value = {e->partition_columns.data[j], v->null ? (pz_str){NULL, 0} : v->s};
            pz_vec_push(r->a, &one.values, value);
        }
        pz_vec_push(r->a, out, one);
    }
    return PZ_OK;
}

/* ---- partitions of tables of files ---- */
/* Directories k=v under a path, as deep as there are columns.  spelt: not empty where a name above is spelt in another case. */
static void
discover(pz_statement *r, const pz_cat *e, pz_str path, pz_str below, int depth, pz_str spelt, partitions *out)
{
    DIR *d = opendir(pz_dup(r->a, path).ptr);
    struct dirent *entry;
    while (d && (entry = readdir(d))) {
        pz_str name = pz_str_c(entry->d_name), key = e->partition_columns.data[depth];
        pz_str full = pz_strf(r->a, PZ_FMT "/" PZ_FMT, PZ_ARG(path), PZ_ARG(name));
        pz_str inner = below.len ? pz_strf(r->a, PZ_FMT "/" PZ_FMT, PZ_ARG(below), PZ_ARG(name)) : pz_dup(r->a, name);
        struct stat st;
        partition p;
        if (name.len <= key.len || name.ptr[key.len] != '=' || !pz_str_ieq((pz_str){name.ptr, key.len}, key)) continue;
        if (stat(full.ptr, &st) || !S_ISDIR(st.st_mode)) continue;
        p = (partition){.location = pz_str_eq((pz_str){name.ptr, key.len}, key) ? spelt : pz_location_uri(r->a, full, PZ_STR(""))};
        if (depth + 1 < e->partition_columns.n) {
            discover(r, e, full, inner, depth + 1, p.location, out);
        } else if (pz_partition_read(r->a, inner, &p.values)) {
            for (int i = 0; i < p.values.n; i++) p.values.data[i].key = e->partition_columns.data[i];
            if (p.location.len) p.location = pz_location_uri(r->a, full, PZ_STR(""));
            pz_vec_push(r->a, out, p);
        }
    }
    if (d) closedir(d);
}

static pz_status
partitions_there(pz_statement *r, const pz_cat *e, partitions *out)
{
    pz_str path;
    PZ_TRY(pz_local_path(pz_table_location(r->q, e, r->a), r->a, &path, r->err));
    discover(r, e, path, PZ_STR(""), 0, PZ_STR(""), out);
    return PZ_OK;
}

static pz_status
all_partitions(pz_statement *r, const pz_cat *e, partitions *out)
{
    if (e->native) return native_partitions(r, e, out);
    if (!e->tracked) return partitions_there(r, e, out);
    for (int i = 0; i < e->partitions.n; i++) {
        partition p = {.location = e->partitions.data[i].value};
        if (pz_partition_read(r->a, e->partitions.data[i].key, &p.values)) pz_vec_push(r->a, out, p);
    }
    return PZ_OK;
}

/* ---- specs ---- */
static const pz_type *
column_type(const pz_cat *e, pz_str name)
{
    for (int i = 0; i < e->schema.n; i++)
        if (pz_str_ieq(e->schema.fields[i].name, name)) return e->schema.fields[i].type;
    return &pz_t_string;
}

/* The value as its column's type spells it: 01 of an INT is 1; what is no such value is an error of the cast. */
static pz_status
normal(pz_statement *r, const pz_cat *e, pz_option *o)
{
    const pz_type *t = column_type(e, o->key);
    pz_expr *inner, *outer, *resolved;
    pz_value v;
    pz_attrs none = {0};
    const pz_env *env = &r->q->place.env;
    pz_origin place = r->c->kind == PZ_CMD_INSERT ? r->c->head : r->c->origin;
    if (!o->value.ptr) return PZ_OK;
    if (pz_str_eqc(o->value, NULL_PARTITION)) o->value = (pz_str){NULL, 0};
    if (!o->value.ptr) return PZ_OK;
    if (t->id == PZ_T_CHAR) {                  /* its values are filled with blanks */
        size_t n = pz_utf8_count(o->value);
        if (n < (size_t)t->length) o->value = pz_strf(r->a, PZ_FMT "%*s", PZ_ARG(o->value), t->length - (int)n, "");
    }
    if (pz_type_is_string(t)) return PZ_OK;
    inner = pz_expr_make(r->a, PZ_EXPR_CAST, place);
    inner->type = t;
    pz_vec_push(r->a, &inner->args, pz_literal_string(r->a, o->value));
    outer = pz_expr_make(r->a, PZ_EXPR_CAST, place);
    outer->type = &pz_t_string;
    pz_vec_push(r->a, &outer->args, inner);
    PZ_TRY(pz_analyze_expr(env, outer, &none, r->a, &resolved, r->err));
    if (env->fold(env->ctx, resolved, r->a, &v, r->err) != PZ_OK) {
        r->err->origin = place;
        if (!r->err->origin.source) r->err->origin.source = r->q->source;
        return PZ_FAIL;
    }
    o->value = v.null ? (pz_str){NULL, 0} : v.s;
    return PZ_OK;
}

static pz_str
comma_list(pz_statement *r, const pz_strs *names)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < names->n; i++) pz_buf_printf(&b, "%s" PZ_FMT, i ? ", " : "", PZ_ARG(names->data[i]));
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

static pz_status
bad_spec(pz_statement *r, const pz_cat *e, const pz_options *spec)
{
    pz_strs keys = {0};
    for (int i = 0; i < spec->n; i++) pz_vec_push(r->a, &keys, spec->data[i].key);
    return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1232, PZ_NO_ORIGIN, "specKeys", comma_list(r, &keys).ptr, "partitionColumnNames",
                    comma_list(r, &e->partition_columns).ptr, "tableName", pz_cat_quoted(e, r->a).ptr, NULL);
}

pz_status
pz_partition_check_filled(pz_statement *r, const pz_options *spec)
{
    pz_str text = PZ_STR("");
    bool empty = false, insert = r->c->kind == PZ_CMD_INSERT;
    for (int i = 0; i < spec->n; i++) {
        pz_str v = spec->data[i].value;
        empty |= v.ptr && !v.len;
        text = pz_strf(r->a, PZ_FMT "%s" PZ_FMT "=%s" PZ_FMT "%s", PZ_ARG(text), i ? ", " : "", PZ_ARG(spec->data[i].key), insert && v.ptr ? "Some(" : insert ? "None" : "",
                       PZ_ARG(v.ptr ? v : PZ_STR("")), insert && v.ptr ? ")" : "");
    }
    if (!empty) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_INVALID_PARTITION_SPEC, PZ_NO_ORIGIN, "details",
                    pz_strf(r->a, "The spec ([" PZ_FMT "]) contains an empty partition column value", PZ_ARG(text)).ptr, NULL);
}

/* The spec in the order of the columns; `whole`: every column must be there. */
pz_status
pz_partition_values(pz_statement *r, const pz_cat *e, const pz_options *spec, bool whole, pz_options *out)
{
    PZ_TRY(pz_partition_check_filled(r, spec));
    for (int i = 0; i < e->partition_columns.n; i++)
        for (int j = 0; j < spec->n; j++) {
            pz_option o = {e->partition_columns.data[i], spec->data[j].value};
            if (!pz_str_ieq(spec->data[j].key, o.key)) continue;
            PZ_TRY(normal(r, e, &o));
            pz_vec_push(r->a, out, o);
        }
    return out->n != spec->n || (whole && out->n != e->partition_columns.n) ? bad_spec(r, e, spec) : PZ_OK;
}

static bool
fits(const partition *p, const pz_options *spec)
{
    for (int i = 0; i < spec->n; i++) {
        bool same = false;
        for (int j = 0; j < p->values.n; j++) {
            pz_str a = p->values.data[j].value, b = spec->data[i].value;
            if (pz_str_ieq(p->values.data[j].key, spec->data[i].key)) same = a.ptr && b.ptr ? pz_str_eq(a, b) : !a.ptr && !b.ptr;
        }
        if (!same) return false;
    }
    return true;
}

static pz_str
spec_text(pz_statement *r, const pz_options *spec)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_buf_puts(&b, "PARTITION (");
    for (int i = 0; i < spec->n; i++)
        pz_buf_printf(&b, "%s`" PZ_FMT "` = " PZ_FMT, i ? ", " : "", PZ_ARG(spec->data[i].key), PZ_ARG(spec->data[i].value.ptr ? spec->data[i].value : PZ_STR("null")));
    pz_buf_putc(&b, ')');
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

pz_status
pz_raise_about_partition(pz_statement *r, pz_err_id id, const pz_cat *e, const pz_options *spec)
{
    return pz_raise(r->err, id, PZ_NO_ORIGIN, "partitionList", spec_text(r, spec).ptr, "tableName",
                    pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name)).ptr, NULL);
}

static pz_status
check_partitioned(pz_statement *r, const pz_cat *e, const char *action)
{
    if (e->partition_columns.n && !e->native && !pz_partitions_are_managed(r->q))
        return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1250, PZ_NO_ORIGIN, "action", action, "tableName", pz_dup(r->a, e->name).ptr, NULL);
    if (e->partition_columns.n) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1251, PZ_NO_ORIGIN, "action", action, "tableName", pz_dup(r->a, e->name).ptr, NULL);
}

/* A null goes by the name of its directory. */
static void
shown_values(pz_statement *r, const partition *p, pz_options *out)
{
    for (int k = 0; k < p->values.n; k++) {
        pz_option one = p->values.data[k];
        if (!one.value.ptr) one.value = PZ_STR(NULL_PARTITION);
        pz_vec_push(r->a, out, one);
    }
}

/* ---- one partition's facts ---- */
pz_status
pz_partition_find(pz_statement *r, const pz_cat *e, const pz_options *spec, pz_facts *out)
{
    partitions all = {0};
    pz_options wanted = {0}, shown = {0};
    pz_str place;
    int known;
    PZ_TRY(check_partitioned(r, e, "DESC PARTITION"));
    PZ_TRY(pz_partition_values(r, e, spec, true, &wanted));
    PZ_TRY(all_partitions(r, e, &all));
    for (int i = 0; i < all.n; i++) {
        if (!fits(&all.data[i], &wanted)) continue;
        place = pz_partition_place(r, e, &all.data[i]);
        shown_values(r, &all.data[i], &shown);
        pz_fact facts[] = {
            {"Partition Values", pz_option_list(r->a, &shown), "partition_values", pz_json_options(r->a, &shown), PZ_FACT_EARLY},
            {"Location", place, "location", pz_json_quoted(r->a, place), PZ_FACT_EARLY},
            {"Created Time", pz_created_text(r, e->created), NULL, PZ_STR(""), PZ_FACT_ALL},
            {"Last Access", PZ_STR("UNKNOWN"), NULL, PZ_STR(""), PZ_FACT_ALL},
        };
        for (size_t k = 0; k < PZ_COUNTOF(facts); k++) pz_vec_push(r->a, out, facts[k]);
        known = pz_option_find(&e->column_stats, pz_strf(r->a, "partition:" PZ_FMT, PZ_ARG(pz_partition_path(r->a, &all.data[i].values))));
        if (known >= 0) {
            pz_fact statistics = {"Partition Statistics", e->column_stats.data[known].value, NULL, PZ_STR(""), PZ_FACT_ALL};
            pz_vec_push(r->a, out, statistics);
        }
        return PZ_OK;
    }
    return pz_raise_about_partition(r, PZ_ERR_PARTITIONS_NOT_FOUND, e, &wanted);
}

/* Partitions with these values; a column without a value (ANALYZE ... PARTITION (d)) fits all. */
pz_status
pz_partitions_fit(pz_statement *r, const pz_cat *e, const pz_options *spec, pz_partitions *out)
{
    partitions all = {0};
    pz_options given = {0}, wanted = {0};
    for (int i = 0; i < spec->n; i++)
        if (spec->data[i].value.ptr) pz_vec_push(r->a, &given, spec->data[i]);
    PZ_TRY(pz_partition_values(r, e, &given, false, &wanted));
    PZ_TRY(all_partitions(r, e, &all));
    for (int i = 0; i < all.n; i++)
        if (fits(&all.data[i], &wanted)) pz_vec_push(r->a, out, all.data[i]);
    return PZ_OK;
}

/* ---- SHOW PARTITIONS ---- */
/* Every key must be a partition column, or that is said first. */
pz_status
pz_partition_keys(pz_statement *r, const pz_cat *e, const pz_options *spec)
{
    for (int i = 0; i < spec->n; i++) {
        bool known = false;
        for (int j = 0; j < e->partition_columns.n; j++) known |= pz_str_ieq(e->partition_columns.data[j], spec->data[i].key);
        if (!known)
            return pz_raise(r->err, PZ_ERR_PARTITIONS_NOT_FOUND, PZ_NO_ORIGIN, "partitionList",
                            pz_strf(r->a, "`" PZ_FMT "`", PZ_ARG(spec->data[i].key)).ptr, "tableName", pz_cat_quoted(e, r->a).ptr, NULL);
    }
    return PZ_OK;
}

static int
by_values(const void *x, const void *y)
{
    const partition *a = x, *b = y;
    for (int i = 0; i < a->values.n; i++) {
        pz_str u = a->values.data[i].value, v = b->values.data[i].value;
        int d = pz_str_cmp(u.ptr ? u : PZ_STR(NULL_PARTITION), v.ptr ? v : PZ_STR(NULL_PARTITION));
        if (d) return d;
    }
    return 0;
}

static void
json_cell(pz_statement *r, partitions *all, const pz_options *spec)
{
    pz_buf b;
    bool any = false;
    pz_buf_init(&b, 0);
    if (all->n > 1) qsort(all->data, (size_t)all->n, sizeof *all->data, by_values);
    pz_buf_puts(&b, "{\"partitions\":[");
    for (int i = 0; i < all->n; i++) {
        pz_options shown = {0};
        if (!fits(&all->data[i], spec)) continue;
        shown_values(r, &all->data[i], &shown);
        if (any) pz_buf_putc(&b, ',');
        pz_buf_str(&b, pz_json_options(r->a, &shown));
        any = true;
    }
    pz_buf_puts(&b, "]}");
    pz_cell(r, pz_buf_dup(&b, r->a));
    pz_buf_free(&b);
}

pz_status
pz_partition_names(pz_statement *r, const pz_cat *e, pz_strs *out, bool json)
{
    partitions all = {0};
    pz_options spec = {0};
    if (!e->partition_columns.n)
        return pz_raise(r->err, PZ_ERR_INVALID_PARTITION_OPERATION_PARTITION_SCHEMA_IS_EMPTY, PZ_NO_ORIGIN, "name", pz_cat_quoted(e, r->a).ptr, NULL);
    PZ_TRY(check_partitioned(r, e, "SHOW PARTITIONS"));
    PZ_TRY(pz_partition_keys(r, e, &r->c->partition_spec));
    PZ_TRY(pz_partition_values(r, e, &r->c->partition_spec, false, &spec));
    PZ_TRY(all_partitions(r, e, &all));
    if (json) {
        json_cell(r, &all, &spec);
        return PZ_OK;
    }
    for (int i = 0; i < all.n; i++)
        if (fits(&all.data[i], &spec)) pz_vec_push(r->a, out, pz_partition_path(r->a, &all.data[i].values));
    if (out->n > 1) qsort(out->data, (size_t)out->n, sizeof *out->data, by_path);
    return PZ_OK;
}

pz_status
pz_cmd_show_partitions(pz_statement *r)
{
    pz_cat *e;
    pz_strs names = {0};
    pz_want want = {PZ_WANT_TABLE, "SHOW PARTITIONS", false, false, false};
    pz_status st;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &e));
    st = pz_partition_names(r, e, &names, r->c->flag1);
    for (int i = 0; st == PZ_OK && i < names.n; i++) pz_cell(r, names.data[i]);
    pz_cat_unref(e);
    return st;
}

/* ---- changes: of tables of files ---- */
static int
find(const partitions *all, const pz_options *spec)
{
    for (int i = 0; i < all->n; i++)
        if (fits(&all->data[i], spec)) return i;
    return -1;
}

static pz_status
io_failed(pz_statement *r, pz_str path)
{
    return pz_raise_internal(r->err, "cannot change " PZ_FMT ": %s", PZ_ARG(path), strerror(errno));
}

static pz_status
path_of(pz_statement *r, const pz_cat *e, const partition *p, pz_str *out)
{
    return pz_local_path(pz_partition_place(r, e, p), r->a, out, r->err);
}

static pz_status
make_directories(pz_statement *r, pz_str path)
{
    char *p = (char *)(uintptr_t)pz_dup(r->a, path).ptr;
    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && p[i] != '/') continue;
        p[i] = 0;
        if (mkdir(p, 0777) != 0 && errno != EEXIST) return io_failed(r, path);
        if (i < path.len) p[i] = '/';
    }
    return PZ_OK;
}

/* A change of what is known: the entry to alter, and its partitions. */
typedef struct changing { pz_statement *r; pz_change *ch; pz_cat *e; partitions all; } changing;

static bool
is_same_place(changing *c, const partition *p, pz_str uri)
{
    const partition plain = {.values = p->values};
    return pz_str_eq(uri, pz_partition_place(c->r, c->e, &plain));
}

/* A place as it was given: relative to the table's. */
static pz_str
given_place(changing *c, const partition *p, pz_str text)
{
    pz_str uri = pz_location_uri(c->r->a, text, pz_table_location(c->r->q, c->e, c->r->a));
    return is_same_place(c, p, uri) ? PZ_STR("") : uri;
}

static pz_status
add(changing *c)
{
    pz_statement *r = c->r;
    int before = c->all.n;
    for (int i = 0; i < r->c->body.n; i++) {
        const pz_command *one = r->c->body.data[i];
        partition p = {0};
        pz_str path;
        int at;
        PZ_TRY(pz_partition_values(r, c->e, &one->partition_spec, true, &p.values));
        at = find(&c->all, &p.values);
        if (at >= 0 && at < before && !r->c->if_not_exists) return pz_raise_about_partition(r, PZ_ERR_PARTITIONS_ALREADY_EXIST, c->e, &p.values);
        if (at >= 0) continue;
        if (one->location.ptr) p.location = given_place(c, &p, one->location);
        PZ_TRY(path_of(r, c->e, &p, &path));
        if (!p.location.len) PZ_TRY(make_directories(r, path));
        pz_vec_push(r->a, &c->all, p);
    }
    return PZ_OK;
}

static pz_status
drop(changing *c)
{
    pz_statement *r = c->r;
    PZ_VEC(int) which = {0};
    for (int i = 0; i < r->c->body.n; i++) {
        pz_options spec = {0};
        int at;
        PZ_TRY(pz_partition_values(r, c->e, &r->c->body.data[i]->partition_spec, false, &spec));
        at = spec.n == c->e->partition_columns.n ? find(&c->all, &spec) : -1;         /* part of the values names none, as in Spark's catalog */
        if (at >= 0) pz_vec_push(r->a, &which, at);
        else if (!r->c->if_exists) return pz_raise_about_partition(r, PZ_ERR_PARTITIONS_NOT_FOUND, c->e, &spec);
    }
    for (int i = 0; i < which.n; i++) {
        partition *p = &c->all.data[which.data[i]];
        pz_str path;
        if (!p->values.n) continue;            /* named twice */
        PZ_TRY(path_of(r, c->e, p, &path));
        if (!c->e->external) PZ_TRY(pz_change_remove_dir(c->ch, path, r->a, r->err));
        p->values = (pz_options){0};
    }
    return PZ_OK;
}

/* The files are at both places until the change commits, and then at the new one. */
static pz_status
move_files(changing *c, pz_str old, pz_str new)
{
    pz_statement *r = c->r;
    pz_publication p = {.how = PZ_PUBLISH_ALL};
    struct stat st;
    if (stat(old.ptr, &st) != 0) return io_failed(r, old);
    if (rmdir(new.ptr) != 0 && errno != ENOENT) return io_failed(r, new);
    PZ_TRY(pz_stage_open(new, r->a, &p.stage, r->err));
    pz_change_publish(c->ch, &p);
    PZ_TRY(pz_stage_fill(&p.stage, old, r->a, r->err));
    return pz_change_remove_dir(c->ch, old, r->a, r->err);
}

static pz_status
move(changing *c)
{
    pz_statement *r = c->r;
    partition to = {0};
    pz_options from = {0};
    pz_str old, new;
    int at;
    PZ_TRY(pz_partition_values(r, c->e, &r->c->partition_spec, true, &from));
    PZ_TRY(pz_partition_values(r, c->e, &r->c->body.data[0]->partition_spec, true, &to.values));
    if ((at = find(&c->all, &from)) < 0) return pz_raise_about_partition(r, PZ_ERR_PARTITIONS_NOT_FOUND, c->e, &from);
    if (find(&c->all, &to.values) >= 0) return pz_raise_about_partition(r, PZ_ERR_PARTITIONS_ALREADY_EXIST, c->e, &to.values);
    if (c->e->external) {                      /* its files stay where they are */
        to.location = pz_partition_place(r, c->e, &c->all.data[at]);
    } else {
        PZ_TRY(path_of(r, c->e, &c->all.data[at], &old));
        PZ_TRY(path_of(r, c->e, &to, &new));
        PZ_TRY(move_files(c, old, new));
    }
    c->all.data[at] = to;
    return PZ_OK;
}

static pz_status
set_place(changing *c)
{
    pz_options spec = {0};
    pz_str path;
    partition *p;
    int at;
    PZ_TRY(pz_partition_values(c->r, c->e, &c->r->c->partition_spec, true, &spec));
    if ((at = find(&c->all, &spec)) < 0) return pz_raise_about_partition(c->r, PZ_ERR_PARTITIONS_NOT_FOUND, c->e, &spec);
    p = &c->all.data[at];
    p->location = given_place(c, p, c->r->c->location);
    return path_of(c->r, c->e, p, &path);      /* is it a place that may be named? */
}

static pz_status
recover(changing *c)
{
    pz_statement *r = c->r;
    partitions there = {0};
    pz_str mode = r->c->kind == PZ_CMD_REPAIR_TABLE ? r->c->mode : PZ_STR("add");
    bool adds = !pz_str_eqc(mode, "drop"), drops = pz_str_eqc(mode, "drop") || pz_str_eqc(mode, "sync");
    pz_table known = {0};
    for (int i = 0; i < c->all.n; i++) {
        struct stat st;
        pz_str path;
        pz_table_put(&known, pz_partition_path(r->a, &c->all.data[i].values), c);
        if (!drops || path_of(r, c->e, &c->all.data[i], &path) != PZ_OK || stat(path.ptr, &st) == 0) continue;
        c->all.data[i].values = (pz_options){0};
    }
    if (adds && partitions_there(r, c->e, &there) != PZ_OK) there.n = -1;
    for (int i = 0; i < there.n; i++)
        if (!pz_table_get(&known, pz_partition_path(r->a, &there.data[i].values))) pz_vec_push(r->a, &c->all, there.data[i]);
    pz_table_free(&known);
    return there.n < 0 ? PZ_FAIL : PZ_OK;
}

/* The table is locked, looked at again, and what is known of it replaced, together with its directories. */
static pz_status
change_known(pz_statement *r, int64_t id, pz_status (*work)(changing *c))
{
    changing c = {.r = r};
    pz_change *ch;
    pz_cat *e = NULL;
    pz_status st;
    PZ_TRY(pz_change_begin(r->q, &ch, r->err));
    c.ch = ch;
    st = pz_change_lock(ch, id, r->err);
    if (st == PZ_OK && !(e = pz_catalog_find_id(pz_statement_catalog(r), id))) st = pz_raise_not_found(r, &r->c->names, pz_search_path_text(r, false));
    if (st == PZ_OK) c.e = pz_cat_copy(e);
    if (st == PZ_OK) st = all_partitions(r, c.e, &c.all);
    if (st == PZ_OK) st = work(&c);
    if (st == PZ_OK) {
        c.e->partitions = (pz_options){0};
        c.e->tracked = true;
        for (int i = 0; i < c.all.n; i++) {
            pz_option o = {pz_partition_path(c.e->keep->arena, &c.all.data[i].values), pz_dup(c.e->keep->arena, c.all.data[i].location)};
            if (c.all.data[i].values.n) pz_vec_push(c.e->keep->arena, &c.e->partitions, o);
        }
        pz_change_put(ch, pz_cat_ref(c.e));
        st = pz_change_commit(ch, r->err);
    } else {
        pz_change_abort(ch);
    }
    pz_cat_unref(c.e);
    pz_cat_unref(e);
    return st;
}

/* Partitions at the table's directory stay where they are when it gets another. */
void
pz_partitions_stay(pz_statement *r, const pz_cat *old, pz_cat *changed)
{
    for (int i = 0; i < changed->partitions.n; i++) {
        pz_option *o = &changed->partitions.data[i];
        if (!o->value.len) o->value = pz_partition_place_of(r->q, old, o->key, o->value, changed->keep->arena);
    }
}

pz_status
pz_recover_partitions(pz_statement *r, const pz_cat *e, const char *operation)
{
    if (!e->partition_columns.n)
        return pz_raise(r->err, PZ_ERR_NOT_A_PARTITIONED_TABLE, PZ_NO_ORIGIN, "operation", operation, "tableIdentWithDB", pz_cat_quoted(e, r->a).ptr, NULL);
    return e->native ? PZ_OK : change_known(r, e->id, recover);
}

static pz_status
check_keys(pz_statement *r, const pz_cat *e)
{
    PZ_TRY(pz_partition_keys(r, e, &r->c->partition_spec));
    for (int i = 0; i < r->c->body.n; i++) PZ_TRY(pz_partition_keys(r, e, &r->c->body.data[i]->partition_spec));
    return PZ_OK;
}

pz_status
pz_alter_partitions(pz_statement *r, const pz_cat *e)
{
    static const struct { const char *mode, *action; pz_status (*run)(changing *c); } actions[] = {
        {"add partition", "ALTER TABLE ADD PARTITION", add},
        {"drop partition", "ALTER TABLE DROP PARTITION", drop},
        {"rename partition", "ALTER TABLE RENAME PARTITION", move},
        {"set location", "ALTER TABLE ... SET LOCATION", set_place},
    };
    for (size_t i = 0; i < PZ_COUNTOF(actions); i++) {
        if (!pz_str_eqc(r->c->mode, actions[i].mode)) continue;
        if (e->partition_columns.n) PZ_TRY(check_keys(r, e));
        PZ_TRY(check_partitioned(r, e, actions[i].action));
        if (e->native && (actions[i].run == add || actions[i].run == set_place)) return pz_unsupported_table_operation(r, e, actions[i].action);
        if (e->native) return actions[i].run == drop ? pz_drop_partitions_of_rows(r, e->id) : pz_rename_partition_of_rows(r, e->id);
        return change_known(r, e->id, actions[i].run);
    }
    return pz_raise_internal(r->err, "an unknown change of partitions");
}

pz_status
pz_cmd_repair_table(pz_statement *r)
{
    pz_cat *e;
    pz_want want = {PZ_WANT_TABLE, "MSCK REPAIR TABLE", false, false, false};
    pz_status st;
    PZ_TRY(pz_find_relation(r, &r->c->names, &want, NULL, &e));
    st = pz_recover_partitions(r, e, "MSCK REPAIR TABLE");
    pz_cat_unref(e);
    return st;
}

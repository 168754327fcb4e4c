/*
 * session/command_partition.c - partitions: SHOW, ADD, DROP, RENAME, SET LOCATION, RECOVER, and the facts of one.
 *
 * The partitions of a table of files are its directories, which is what reading it goes by: they are made, moved and removed here.  Those
 * of a native table are the values its rows have.  Values are compared in the form of their column's type.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../sql/sql.h"
#include "command_int.h"
#include "write.h"

typedef pz_partition partition;
typedef pz_partitions partitions;

#define NULL_PARTITION "__HIVE_DEFAULT_PARTITION__"

/* ---- text of a partition ---- */
pz_str
pz_partition_path(pz_arena *a, const pz_options *values)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < values->n; i++) {
        if (i) pz_buf_putc(&b, '/');
        pz_path_escape(&b, values->data[i].key);
        pz_buf_putc(&b, '=');
        pz_path_escape(&b, values->data[i].value.ptr ? values->data[i].value : PZ_STR(NULL_PARTITION));
    }
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

static bool
read_path(pz_arena *a, pz_str text, partition *out)
{
    *out = (partition){0};
    while (text.len) {
        const char *slash = memchr(text.ptr, '/', text.len), *eq = memchr(text.ptr, '=', text.len);
        size_t len = slash ? (size_t)(slash - text.ptr) : text.len;
        pz_option o;
        if (!eq || eq >= text.ptr + len) return false;
        o.key = pz_path_unescape(a, (pz_str){text.ptr, (size_t)(eq - text.ptr)});
        o.value = pz_path_unescape(a, (pz_str){eq + 1, (size_t)(text.ptr + len - eq - 1)});
        if (pz_str_eqc(o.value, NULL_PARTITION)) o.value = (pz_str){NULL, 0};
        pz_vec_push(a, &out->values, o);
        text = slash ? (pz_str){slash + 1, text.len - len - 1} : PZ_STR("");
    }
    return out->values.n > 0;
}

pz_str
pz_partition_place(pz_statement *r, const pz_cat *e, const partition *p)
{
    if (p->location.len) return p->location;
    return pz_strf(r->a, PZ_FMT "/" PZ_FMT, PZ_ARG(pz_table_location(r->q, e, r->a)), PZ_ARG(pz_partition_path(r->a, &p->values)));
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
/* Directories k=v under a path, as deep as there are columns. */
static void
discover(pz_statement *r, const pz_cat *e, pz_str path, pz_str below, int depth, partitions *out)
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
        if (depth + 1 < e->partition_columns.n) discover(r, e, full, inner, depth + 1, out);
        else if (read_path(r->a, inner, &p)) pz_vec_push(r->a, out, p);
    }
    if (d) closedir(d);
}

static pz_status
all_partitions(pz_statement *r, const pz_cat *e, partitions *out)
{
    pz_str path;
    if (e->native) return native_partitions(r, e, out);
    PZ_TRY(pz_local_path(pz_table_location(r->q, e, r->a), r->a, &path, r->err));
    discover(r, e, path, PZ_STR(""), 0, out);
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
    if (!o->value.ptr) return PZ_OK;
    if (t->id == PZ_T_CHAR) {                  /* its values are filled with blanks */
        size_t n = pz_utf8_count(o->value);
        if (n < (size_t)t->length) o->value = pz_strf(r->a, PZ_FMT "%*s", PZ_ARG(o->value), t->length - (int)n, "");
    }
    if (pz_type_is_string(t)) return PZ_OK;
    inner = pz_expr_make(r->a, PZ_EXPR_CAST, r->c->origin);
    inner->type = t;
    pz_vec_push(r->a, &inner->args, pz_literal_string(r->a, o->value));
    outer = pz_expr_make(r->a, PZ_EXPR_CAST, r->c->origin);
    outer->type = &pz_t_string;
    pz_vec_push(r->a, &outer->args, inner);
    PZ_TRY(pz_analyze_expr(env, outer, &none, r->a, &resolved, r->err));
    PZ_TRY(env->fold(env->ctx, resolved, r->a, &v, r->err));
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

/* The spec in the order of the columns; `whole`: every column must be there. */
static pz_status
take_spec(pz_statement *r, const pz_cat *e, const pz_options *spec, bool whole, pz_options *out)
{
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

static pz_status
raise_about(pz_statement *r, pz_err_id id, const pz_cat *e, const pz_options *spec)
{
    return pz_raise(r->err, id, PZ_NO_ORIGIN, "partitionList", spec_text(r, spec).ptr, "tableName",
                    pz_strf(r->a, "`" PZ_FMT "`.`" PZ_FMT "`", PZ_ARG(e->db), PZ_ARG(e->name)).ptr, NULL);
}

static pz_status
check_partitioned(pz_statement *r, const pz_cat *e, const char *action)
{
    if (e->partition_columns.n) return PZ_OK;
    return pz_raise(r->err, PZ_ERR_LEGACY_ERROR_TEMP_1251, PZ_NO_ORIGIN, "action", action, "tableName", pz_dup(r->a, e->name).ptr, NULL);
}

/* ---- one partition's facts ---- */
pz_status
pz_partition_find(pz_statement *r, const pz_cat *e, const pz_options *spec, pz_facts *out)
{
    partitions all = {0};
    pz_options wanted = {0};
    pz_str place;
    int known;
    PZ_TRY(check_partitioned(r, e, "DESC PARTITION"));
    PZ_TRY(take_spec(r, e, spec, true, &wanted));
    PZ_TRY(all_partitions(r, e, &all));
    for (int i = 0; i < all.n; i++) {
        if (!fits(&all.data[i], &wanted)) continue;
        place = pz_partition_place(r, e, &all.data[i]);
        pz_fact facts[] = {
            {"Partition Values", pz_option_list(r->a, &all.data[i].values), "partition_values", pz_json_options(r->a, &all.data[i].values), PZ_FACT_EARLY},
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
    return raise_about(r, PZ_ERR_PARTITIONS_NOT_FOUND, e, &wanted);
}

/* Partitions with these values; a column without a value (ANALYZE ... PARTITION (d)) fits all. */
pz_status
pz_partitions_fit(pz_statement *r, const pz_cat *e, const pz_options *spec, pz_partitions *out)
{
    partitions all = {0};
    pz_options given = {0}, wanted = {0};
    for (int i = 0; i < spec->n; i++)
        if (spec->data[i].value.ptr) pz_vec_push(r->a, &given, spec->data[i]);
    PZ_TRY(take_spec(r, e, &given, false, &wanted));
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
        for (int k = 0; k < all->data[i].values.n; k++) {
            pz_option one = all->data[i].values.data[k];
            if (!one.value.ptr) one.value = PZ_STR(NULL_PARTITION);
            pz_vec_push(r->a, &shown, one);
        }
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
    PZ_TRY(pz_partition_keys(r, e, &r->c->partition_spec));
    PZ_TRY(take_spec(r, e, &r->c->partition_spec, false, &spec));
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
not_elsewhere(pz_statement *r, const pz_cat *e, const char *operation)
{
    return pz_unsupported_table_operation(r, e, operation);
}

static pz_status
io_failed(pz_statement *r, pz_str path)
{
    return pz_raise_internal(r->err, "cannot change " PZ_FMT ": %s", PZ_ARG(path), strerror(errno));
}

static pz_status
path_of(pz_statement *r, const pz_cat *e, const pz_options *values, pz_str *out)
{
    partition p = {.values = *values};
    return pz_local_path(pz_partition_place(r, e, &p), r->a, out, r->err);
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

static pz_status
add(pz_statement *r, const pz_cat *e, partitions *all)
{
    for (int i = 0; i < r->c->body.n; i++) {
        const pz_command *one = r->c->body.data[i];
        partition p = {0};
        pz_str path;
        PZ_TRY(take_spec(r, e, &one->partition_spec, true, &p.values));
        if (find(all, &p.values) >= 0) {
            if (r->c->if_not_exists) continue;
            return raise_about(r, PZ_ERR_PARTITIONS_ALREADY_EXIST, e, &p.values);
        }
        if (one->location.ptr && !pz_str_eq(pz_location_uri(r->a, one->location, pz_table_location(r->q, e, r->a)), pz_partition_place(r, e, &p)))
            return not_elsewhere(r, e, "ALTER TABLE ADD PARTITION ... LOCATION");
        PZ_TRY(path_of(r, e, &p.values, &path));
        PZ_TRY(make_directories(r, path));
        pz_vec_push(r->a, all, p);
    }
    return PZ_OK;
}

static pz_status
drop(pz_statement *r, const pz_cat *e, partitions *all)
{
    partitions gone = {0};
    for (int i = 0; i < r->c->body.n; i++) {
        pz_options spec = {0};
        int at;
        PZ_TRY(take_spec(r, e, &r->c->body.data[i]->partition_spec, false, &spec));
        at = spec.n == e->partition_columns.n ? find(all, &spec) : -1;         /* part of the values names none, as in Spark's catalog */
        if (at >= 0) pz_vec_push(r->a, &gone, all->data[at]);
        else if (!r->c->if_exists) return raise_about(r, PZ_ERR_PARTITIONS_NOT_FOUND, e, &spec);
    }
    if (gone.n && e->external) return not_elsewhere(r, e, "ALTER TABLE DROP PARTITION");       /* its files would have to stay and be read no more */
    for (int i = 0; i < gone.n; i++) {
        pz_str path;
        PZ_TRY(path_of(r, e, &gone.data[i].values, &path));
        pz_remove_tree(path);
    }
    return PZ_OK;
}

static pz_status
move(pz_statement *r, const pz_cat *e, partitions *all)
{
    pz_options from = {0}, to = {0};
    pz_str old, new, parent;
    bool place = pz_str_eqc(r->c->mode, "set location");
    PZ_TRY(take_spec(r, e, &r->c->partition_spec, true, &from));
    if (!place) PZ_TRY(take_spec(r, e, &r->c->body.data[0]->partition_spec, true, &to));
    if (find(all, &from) < 0) return raise_about(r, PZ_ERR_PARTITIONS_NOT_FOUND, e, &from);
    if (place) return not_elsewhere(r, e, "ALTER TABLE ... PARTITION ... SET LOCATION");
    if (find(all, &to) >= 0) return raise_about(r, PZ_ERR_PARTITIONS_ALREADY_EXIST, e, &to);
    PZ_TRY(path_of(r, e, &from, &old));
    PZ_TRY(path_of(r, e, &to, &new));
    parent = new;
    while (parent.len && parent.ptr[parent.len - 1] != '/') parent.len--;
    PZ_TRY(make_directories(r, (pz_str){parent.ptr, parent.len - 1}));
    return rename(old.ptr, new.ptr) == 0 ? PZ_OK : io_failed(r, new);
}

pz_status
pz_recover_partitions(pz_statement *r, const pz_cat *e, const char *operation)
{
    if (e->partition_columns.n) return PZ_OK;  /* what is there is what there is */
    return pz_raise(r->err, PZ_ERR_NOT_A_PARTITIONED_TABLE, PZ_NO_ORIGIN, "operation", operation, "tableIdentWithDB", pz_cat_quoted(e, r->a).ptr, NULL);
}

pz_status
pz_alter_partitions(pz_statement *r, const pz_cat *e)
{
    static const struct { const char *mode, *action; pz_status (*run)(pz_statement *r, const pz_cat *e, partitions *all); } actions[] = {
        {"add partition", "ALTER TABLE ADD PARTITION", add},
        {"drop partition", "ALTER TABLE DROP PARTITION", drop},
        {"rename partition", "ALTER TABLE RENAME PARTITION", move},
        {"set location", "ALTER TABLE ... SET LOCATION", move},
    };
    for (size_t i = 0; i < PZ_COUNTOF(actions); i++) {
        partitions all = {0};
        if (!pz_str_eqc(r->c->mode, actions[i].mode)) continue;
        PZ_TRY(check_partitioned(r, e, actions[i].action));
        if (e->native) return pz_unsupported_table_operation(r, e, actions[i].action);
        PZ_TRY(all_partitions(r, e, &all));
        return actions[i].run(r, e, &all);
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

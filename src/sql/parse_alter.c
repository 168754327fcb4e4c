/*
 * sql/parse_alter.c - ALTER TABLE, VIEW, NAMESPACE.
 */
#include "sql_int.h"

/* ---------------------------------------------------------------- columns */

/* a.b type options*, ...: [( )] around the list */
static bool
column_list(pz_parser *p, pz_command *c, const char *word)
{
    bool paren = accept(p, T_LPAREN);
    do {
        pz_column_def *d = PZ_NEW(p->a, pz_column_def);
        int from = p->at;
        if (!pz_multipart(p, &d->path) || !pz_column_type_and_options(p, d, word, true, from)) return false;
        pz_check_defaults(p, d, from);
        if (pz_type_holds(d->type, PZ_T_CALENDAR_INTERVAL)) PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_1183, PZ_NO_ORIGIN, NULL);
        pz_vec_push(p->a, &c->defs, d);
    } while (accept(p, T_COMMA));
    return !paren || expect(p, T_RPAREN);
}

/* One column of ALTER COLUMN: TYPE t | COMMENT 'x' | FIRST | AFTER x | SET | DROP NOT NULL | SET DEFAULT e | DROP DEFAULT */
static bool
column_action(pz_parser *p, pz_command *c, pz_column_def *d)
{
    if (accept(p, K_TYPE)) {
        c->mode = PZ_STR("type");
        return (d->type = pz_data_type(p)) != NULL;
    }
    if (accept(p, K_COMMENT)) {
        c->mode = PZ_STR("comment");
        d->has_comment = true;
        return pz_string_lit(p, &d->comment);
    }
    if (tk(p) == K_FIRST || (tk(p) == K_AFTER && pz_is_name(p, 1))) {
        c->mode = PZ_STR("position");
        d->first = accept(p, K_FIRST);
        return d->first || (skip(p), pz_name_checked(p, &d->after));
    }
    bool set = tk(p) == K_SET;
    if (!set && tk(p) != K_DROP) return true;
    skip(p);
    if (tk(p) == K_DEFAULT) {
        c->mode = set ? PZ_STR("set default") : PZ_STR("drop default");
        int from = ++p->at;
        if (!set) return true;
        if (!(d->default_value = pz_expression(p))) return false;
        d->default_text = pz_span_text(p, from, p->at);
        return true;
    }
    c->mode = set ? PZ_STR("set not null") : PZ_STR("drop not null");
    d->not_null = set;
    if (tk(p) != K_NOT && tk(p) != T_BANG) return pz_fail(p);
    return pz_not(p) && expect(p, K_NULL);
}

/* ALTER | CHANGE [COLUMN] a action, ... */
static bool
alter_columns(pz_parser *p, pz_command *c, int start)
{
    do {
        pz_rel *r;
        int at = p->at;
        pz_command *one = pz_command_new(p, PZ_CMD_ALTER_COLUMN, at, &r);
        pz_column_def *d = PZ_NEW(p->a, pz_column_def);
        if (!pz_multipart(p, &one->names) || !column_action(p, one, d)) return false;
        d->path = one->names;
        pz_vec_push(p->a, &one->defs, d);
        if (!one->mode.ptr)
            pz_not_allowed(p, start, "ALTER TABLE table ALTER COLUMN requires a TYPE, a SET/DROP, a COMMENT, or a FIRST/AFTER");
        pz_vec_push(p->a, &c->body, one);
    } while (accept(p, T_COMMA));
    return true;
}

/* CHANGE [COLUMN] a a type [NOT NULL] [COMMENT 'x'] [FIRST | AFTER b] */
static bool
change_column(pz_parser *p, pz_command *c, bool partition, int start)
{
    pz_rel *r;
    pz_field f;
    pz_command *one = pz_command_new(p, PZ_CMD_ALTER_COLUMN, p->at, &r);
    pz_column_def *d = PZ_NEW(p->a, pz_column_def);
    if (!pz_multipart(p, &one->names) || !pz_col_type(p, &f)) return false;
    d->path = one->names;
    d->type = f.type;
    d->not_null = !f.nullable;
    d->comment = pz_metadata_get(f.metadata, "comment", p->a);
    d->has_comment = d->comment.ptr != NULL;
    if (accept(p, K_FIRST)) d->first = true;
    else if (accept(p, K_AFTER) && !pz_name_checked(p, &d->after)) return false;
    if (partition) pz_invalid_statement(p, start, "ALTER TABLE ... PARTITION ... CHANGE COLUMN");
    if (!pz_str_ieq(f.name, one->names.data[one->names.n - 1]))
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0034, pz_origin_at(p, start), "operation", "Renaming column", "command", "ALTER COLUMN", "msg",
               ", please run RENAME COLUMN instead", NULL);
    if (!f.nullable)
        PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0034, pz_origin_at(p, start), "operation", "NOT NULL", "command", "ALTER COLUMN", "msg",
               ", please run ALTER COLUMN ... SET/DROP NOT NULL instead", NULL);
    one->mode = PZ_STR("type");
    pz_vec_push(p->a, &one->defs, d);
    pz_vec_push(p->a, &c->body, one);
    return true;
}

static bool
alter_or_change(pz_parser *p, pz_command *c, bool partition, int start)
{
    bool change = tk(p) == K_CHANGE;
    skip(p);
    if (tk(p) == K_COLUMN && pz_is_name(p, 1)) skip(p);
    c->mode = PZ_STR("alter columns");
    pz_mark m = pz_mark_make(p);
    if (!partition && alter_columns(p, c, start) && (tk(p) == T_EOF || tk(p) == T_SEMICOLON) &&
        !(change && p->sem.id == PZ_ERR_LEGACY_ERROR_TEMP_0035)) return true;
    if (!change) return pz_fail(p);
    pz_back(p, m);
    c->body.n = 0;
    return change_column(p, c, partition, start);
}

/* REPLACE COLUMNS ( a type, ... ) */
static bool
replace_columns(pz_parser *p, pz_command *c, bool partition, int start)
{
    p->at += 2;
    c->mode = PZ_STR("replace columns");
    if (tk(p) != T_LPAREN || !column_list(p, c, "REPLACE")) return pz_fail(p);
    if (partition) pz_invalid_statement(p, start, "ALTER TABLE ... PARTITION ... REPLACE COLUMNS");
    for (int i = 0; i < c->defs.n; i++) {
        const pz_column_def *d = c->defs.data[i];
        const char *what = d->path.n > 1 ? "Replacing with a nested column" : d->not_null ? "NOT NULL" : d->first || d->after.ptr ? "Column position" : NULL;
        if (what)
            PZ_SEM(p, PZ_ERR_LEGACY_ERROR_TEMP_0034, pz_origin_at(p, start), "operation", what, "command", "REPLACE COLUMNS", "msg", "", NULL);
        if (d->default_value) PZ_SEM(p, PZ_ERR_UNSUPPORTED_DEFAULT_VALUE_WITHOUT_SUGGESTION, pz_origin_at(p, start), NULL);
    }
    return true;
}

/* ---------------------------------------------------------------- ADD, DROP, RENAME */

/* (PARTITION (...) [LOCATION 'x'])+ */
static bool
add_partitions(pz_parser *p, pz_command *c, int start)
{
    c->mode = PZ_STR("add partition");
    if (!pz_if_not_exists(p, &c->if_not_exists)) return false;
    do {
        pz_rel *r;
        pz_command *one = pz_command_new(p, PZ_CMD_ALTER_TABLE, p->at, &r);
        if (!pz_partition_spec(p, &one->partition_spec, true)) return false;
        if (accept(p, K_LOCATION) && !pz_string_lit(p, &one->location)) return false;
        pz_vec_push(p->a, &c->body, one);
    } while (tk(p) == K_PARTITION);
    if (c->flag1) pz_invalid_statement(p, start, "ALTER VIEW ... ADD PARTITION");
    return true;
}

static bool
add(pz_parser *p, pz_command *c, int start)
{
    skip(p);
    if (tk(p) == K_PARTITION || tk(p) == K_IF) return add_partitions(p, c, start);
    if (c->flag1) return pz_fail(p);
    if (pz_constraint_ahead(p)) {
        c->mode = PZ_STR("add constraint");
        return pz_table_constraint(p, &c->text);
    }
    c->mode = PZ_STR("add columns");
    if (tk(p) != K_COLUMN && tk(p) != K_COLUMNS) return pz_fail(p);
    skip(p);
    return column_list(p, c, "ADD");
}

/* PARTITION (...), PARTITION (...) [PURGE] */
static bool
drop_partitions(pz_parser *p, pz_command *c, int start)
{
    c->mode = PZ_STR("drop partition");
    do {
        pz_rel *r;
        pz_command *one = pz_command_new(p, PZ_CMD_ALTER_TABLE, p->at, &r);
        if (!pz_partition_spec(p, &one->partition_spec, true)) return false;
        pz_vec_push(p->a, &c->body, one);
    } while (accept(p, T_COMMA));
    c->purge = accept(p, K_PURGE);
    if (c->flag1) pz_invalid_statement(p, start, "ALTER VIEW ... DROP PARTITION");
    return true;
}

static bool
drop(pz_parser *p, pz_command *c, int start)
{
    skip(p);
    int k = tk(p);
    if (k == K_IF || k == K_PARTITION) return pz_if_exists(p, &c->if_exists) && drop_partitions(p, c, start);
    if (c->flag1) return pz_fail(p);
    if (accept(p, K_CONSTRAINT)) {
        c->mode = PZ_STR("drop constraint");
        if (!pz_if_exists(p, &c->if_exists) || !pz_name(p, &c->text)) return false;
        c->cascade = tk(p) == K_CASCADE;
        if (tk(p) == K_CASCADE || tk(p) == K_RESTRICT) skip(p);
        return true;
    }
    if (k != K_COLUMN && k != K_COLUMNS) return pz_fail(p);
    skip(p);
    c->mode = PZ_STR("drop columns");
    if (!pz_if_exists(p, &c->if_exists)) return false;
    bool paren = accept(p, T_LPAREN);
    do {
        pz_rel *r;
        pz_command *one = pz_command_new(p, PZ_CMD_ALTER_COLUMN, p->at, &r);
        if (!pz_multipart(p, &one->names)) return false;
        pz_vec_push(p->a, &c->body, one);
    } while (accept(p, T_COMMA));
    return !paren || expect(p, T_RPAREN);
}

static bool
rename_to(pz_parser *p, pz_command *c, bool partition)
{
    skip(p);
    if (!c->flag1 && !partition && accept(p, K_COLUMN)) {
        c->mode = PZ_STR("rename column");
        return pz_multipart(p, &c->names2) && expect(p, K_TO) && pz_name_checked(p, &c->text);
    }
    if (!expect(p, K_TO)) return false;
    if (partition) {
        pz_rel *r;
        pz_command *one = pz_command_new(p, PZ_CMD_ALTER_TABLE, p->at, &r);
        c->mode = PZ_STR("rename partition");
        pz_vec_push(p->a, &c->body, one);
        return pz_partition_spec(p, &one->partition_spec, true);
    }
    c->mode = PZ_STR("rename");
    return pz_multipart(p, &c->names2);
}

/* ---------------------------------------------------------------- SET, UNSET */

static bool
set(pz_parser *p, pz_command *c)
{
    skip(p);
    if (accept(p, K_TBLPROPERTIES)) {
        c->mode = PZ_STR("set properties");
        return pz_properties(p, &c->properties, true, true);
    }
    if (c->flag1) return pz_fail(p);
    if (accept(p, K_LOCATION)) {
        c->mode = PZ_STR("set location");
        return pz_string_lit(p, &c->location);
    }
    c->mode = PZ_STR("set serde");
    if (accept(p, K_SERDE)) {
        if (!pz_string_lit(p, &c->text)) return false;
        return !pz_accept2(p, K_WITH, K_SERDEPROPERTIES) || pz_properties(p, &c->properties, true, true);
    }
    return expect(p, K_SERDEPROPERTIES) && pz_properties(p, &c->properties, true, true);
}

static bool
unset(pz_parser *p, pz_command *c)
{
    skip(p);
    c->mode = PZ_STR("unset properties");
    return expect(p, K_TBLPROPERTIES) && pz_if_exists(p, &c->if_exists) && pz_properties(p, &c->properties, false, false);
}

static bool
cluster_by(pz_parser *p, pz_command *c)
{
    p->at += 2;
    c->mode = PZ_STR("cluster by");
    if (accept(p, K_NONE)) return true;
    if (!expect(p, T_LPAREN)) return false;
    do {
        pz_strs parts;
        if (!pz_multipart(p, &parts)) return false;
        pz_vec_push(p->a, &c->columns, pz_dotted(p->a, &parts));
    } while (accept(p, T_COMMA));
    return expect(p, T_RPAREN);
}

/* ---------------------------------------------------------------- what Hive had and Spark refuses */

static const struct { short k[4]; const char *name; } refused[] = {
    {{K_NOT, K_CLUSTERED}, "ALTER TABLE NOT CLUSTERED"}, {{K_CLUSTERED, K_BY}, "ALTER TABLE CLUSTERED BY"},
    {{K_NOT, K_SORTED}, "ALTER TABLE NOT SORTED"}, {{K_SKEWED, K_BY}, "ALTER TABLE SKEWED BY"}, {{K_NOT, K_SKEWED}, "ALTER TABLE NOT SKEWED"},
    {{K_NOT, K_STORED, K_AS, K_DIRECTORIES}, "ALTER TABLE NOT STORED AS DIRECTORIES"},
    {{K_SET, K_SKEWED, K_LOCATION}, "ALTER TABLE SET SKEWED LOCATION"}, {{K_EXCHANGE, K_PARTITION}, "ALTER TABLE EXCHANGE PARTITION"},
    {{K_ARCHIVE, K_PARTITION}, "ALTER TABLE ARCHIVE PARTITION"}, {{K_UNARCHIVE, K_PARTITION}, "ALTER TABLE UNARCHIVE PARTITION"},
    {{K_TOUCH}, "ALTER TABLE TOUCH"}, {{K_COMPACT}, "ALTER TABLE COMPACT"}, {{K_CONCATENATE}, "ALTER TABLE CONCATENATE"},
    {{K_SET, K_FILEFORMAT}, "ALTER TABLE SET FILEFORMAT"},
};

static bool
refused_action(pz_parser *p, int start, bool *found)
{
    for (size_t i = 0; i < PZ_COUNTOF(refused); i++) {
        int n = 0;
        while (n < 4 && refused[i].k[n] && tkn(p, n) == refused[i].k[n]) n++;
        if (n < 4 && refused[i].k[n]) continue;
        while (tk(p) != T_EOF && tk(p) != T_SEMICOLON) skip(p);
        pz_invalid_statement(p, start, refused[i].name);
        return *found = true;
    }
    return *found = false;
}

/* ---------------------------------------------------------------- dispatch */

static bool
table_action(pz_parser *p, pz_command *c, int start)
{
    bool partition = tk(p) == K_PARTITION, found;
    if (partition && !pz_partition_spec(p, &c->partition_spec, true)) return false;
    if (!c->flag1 && refused_action(p, start, &found)) return true;
    switch (tk(p)) {
    case K_ADD: return partition ? pz_fail(p) : add(p, c, start);
    case K_DROP: return partition ? pz_fail(p) : drop(p, c, start);
    case K_RENAME: return rename_to(p, c, partition);
    case K_SET: return set(p, c);
    case K_UNSET: return unset(p, c);
    case K_ALTER: case K_CHANGE: return c->flag1 ? pz_fail(p) : alter_or_change(p, c, partition, start);
    case K_REPLACE: {
        pz_mark m = pz_mark_make(p);
        if (tkn(p, 1) != K_COLUMNS || c->flag1) return pz_fail(p);
        if (replace_columns(p, c, partition, start) && (tk(p) == T_EOF || tk(p) == T_SEMICOLON)) return true;
        pz_back(p, m);                         /* with anything else behind it: one more statement of Hive */
        while (tk(p) != T_EOF && tk(p) != T_SEMICOLON) skip(p);
        pz_invalid_statement(p, start, "ALTER TABLE REPLACE COLUMNS");
        return c->names.n < 3 || pz_fail(p);
    }
    case K_RECOVER:
        c->mode = PZ_STR("recover partitions");
        return pz_expect2(p, K_RECOVER, K_PARTITIONS);
    case K_CLUSTER: return at2(p, K_CLUSTER, K_BY) ? cluster_by(p, c) : pz_fail(p);
    case K_DEFAULT:
        if (c->flag1) return pz_fail(p);
        c->mode = PZ_STR("collation");
        return pz_default_collation(p, false, &c->text2);
    default: return pz_fail(p);
    }
}

/* ALTER VIEW v [AS] query | WITH SCHEMA ...; other actions are those of tables */
static pz_rel *
alter_view(pz_parser *p, int start, const pz_command *head)
{
    pz_rel *r;
    bool as = tk(p) == K_AS, binding = at2(p, K_WITH, K_SCHEMA);
    if (!as && !binding && tk(p) != T_LPAREN && !pz_query_follows(p, 0)) return NULL;
    pz_command *c = pz_command_new(p, PZ_CMD_ALTER_VIEW, start, &r);
    c->names = head->names;
    c->name_expr = head->name_expr;
    c->ref = head->ref;
    if (binding) {
        c->mode = PZ_STR("schema binding");
        return pz_schema_binding(p, &c->text2) ? pz_command_done(p, r, start) : NULL;
    }
    c->mode = PZ_STR("as");
    if (as) skip(p);
    int from = p->at;
    if (!(c->query = pz_query(p))) return NULL;
    c->text = pz_span_text(p, from, p->at);
    return pz_command_done(p, r, start);
}

/* ALTER NAMESPACE n SET | UNSET PROPERTIES (..) | SET LOCATION 'x' | DEFAULT COLLATION c */
static pz_rel *
alter_namespace(pz_parser *p, int start)
{
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_ALTER_NAMESPACE, start, &r);
    p->at += 2;
    if (!pz_command_ref(p, c)) return NULL;
    bool set_word = tk(p) == K_SET, unset_word = tk(p) == K_UNSET;
    if (tk(p) == K_DEFAULT) {
        c->mode = PZ_STR("set collation");
        return pz_default_collation(p, true, &c->text2) ? pz_command_done(p, r, start) : NULL;
    }
    int n = tkn(p, 1);
    if ((set_word || unset_word) && (n == K_DBPROPERTIES || n == K_PROPERTIES)) {
        c->mode = set_word ? PZ_STR("set properties") : PZ_STR("unset properties");
        p->at += 2;
        return pz_properties(p, &c->properties, set_word, set_word) ? pz_command_done(p, r, start) : NULL;
    }
    c->mode = PZ_STR("set location");
    return pz_expect2(p, K_SET, K_LOCATION) && pz_string_lit(p, &c->location) ? pz_command_done(p, r, start) : NULL;
}

pz_rel *
pz_alter(pz_parser *p)
{
    int start = p->at, n = tkn(p, 1);
    if (n == K_NAMESPACE || n == K_DATABASE || n == K_SCHEMA) return alter_namespace(p, start);
    skip(p);
    if (n != K_TABLE && n != K_VIEW) {
        pz_fail(p);
        return NULL;
    }
    pz_rel *r;
    pz_command *c = pz_command_new(p, PZ_CMD_ALTER_TABLE, start, &r);
    skip(p);
    c->flag1 = n == K_VIEW;
    if (!pz_command_ref(p, c)) return NULL;
    if (c->flag1) {
        pz_rel *v = alter_view(p, start, c);
        if (v || p->dead) return v;
    }
    return table_action(p, c, start) ? pz_command_done(p, r, start) : NULL;
}

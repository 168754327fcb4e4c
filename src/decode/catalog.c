/*
 * decode/catalog.c - Catalog relations to CATALOG commands.
 *
 * Out: text = the operation's name in the protocol (current_database, list_tables, ...), and of the rest what the operation has:
 *   names    the parsed name of the table, view, function, database or catalog it is about
 *   names2   db_name, when given apart
 *   text2    pattern (ptr NULL if none)          text3    path
 *   schema, provider, comment, options, properties, if_exists, if_not_exists, purge, cascade
 *   flag1    analyze_table: no_scan; get_create_table_string: as_serde; cache_table: a storage level was given
 *   number   cache_table: the storage level
 * Things start at pz_dec_catalog().
 */
#include "decode_int.h"

#include "../sql/sql.h"

#define CAT(name) SPARK__CONNECT__CATALOG__CAT_TYPE_##name

static pz_status
table_name(pz_decoder *d, const char *text, pz_strs *out)
{
    return pz_parse_table_name(pz_str_c(text), d->a, out, d->err);
}

int
pz_decode_storage_level(const MSG(StorageLevel) *l)
{
    int flags = (l->use_disk ? PZ_LEVEL_DISK : 0) | (l->use_memory ? PZ_LEVEL_MEMORY : 0) | (l->use_off_heap ? PZ_LEVEL_OFF_HEAP : 0) |
                (l->deserialized ? PZ_LEVEL_DESERIALIZED : 0);
    if (!(flags & (PZ_LEVEL_DISK | PZ_LEVEL_MEMORY))) return PZ_LEVEL_NONE;
    return PZ_LEVEL_SET | flags | (l->replication > 0 && l->replication < 40 ? l->replication : 1) << PZ_LEVEL_REPLICATION;
}

/* A plain name, taken as it is. */
static pz_status
plain(pz_decoder *d, const char *text, pz_strs *out)
{
    pz_dec_str(d, text, out);
    return PZ_OK;
}

static pz_status
with_db(pz_decoder *d, const char *name, bool has_db, const char *db, pz_command *c)
{
    if (has_db) {                              /* given apart, both are taken as they are */
        pz_dec_str(d, name, &c->names);
        pz_dec_str(d, db, &c->names2);
        return PZ_OK;
    }
    return table_name(d, name, &c->names);
}

static pz_status
listing(pz_decoder *d, bool has_db, const char *db, bool has_pattern, const char *pattern, pz_command *c)
{
    if (has_db) PZ_TRY(table_name(d, db, &c->names2));
    if (has_pattern) c->text2 = pz_str_c(pattern);
    return PZ_OK;
}

static pz_status
schema_of(pz_decoder *d, const MSG(DataType) *m, pz_command *c)
{
    const pz_type *t;
    PZ_TRY(pz_dec_type(d, m, &t));
    if (t->id != PZ_T_STRUCT) return pz_dec_assertion(d, "The schema of a table must be a struct.");
    c->schema.fields = (pz_field *)t->fields;
    c->schema.n = t->nfields;
    c->has_schema = t->nfields > 0;
    return PZ_OK;
}

static pz_status
dec_create_table(pz_decoder *d, const MSG(CreateTable) *m, pz_command *c)
{
    PZ_TRY(table_name(d, m->table_name, &c->names));
    if (m->_path_case) c->text3 = pz_str_c(m->path);
    if (m->_source_case) c->provider = pz_str_c(m->source);
    if (m->_description_case) c->comment = pz_str_c(m->description);
    if (m->_schema_case) PZ_TRY(schema_of(d, m->schema, c));
    PZ_DEC_OPTIONS(d, m, options, &c->options);
    return PZ_OK;
}

static pz_status
dec_create_external(pz_decoder *d, const MSG(CreateExternalTable) *m, pz_command *c)
{
    PZ_TRY(table_name(d, m->table_name, &c->names));
    if (m->_path_case) c->text3 = pz_str_c(m->path);
    if (m->_source_case) c->provider = pz_str_c(m->source);
    if (m->_schema_case) PZ_TRY(schema_of(d, m->schema, c));
    PZ_DEC_OPTIONS(d, m, options, &c->options);
    return PZ_OK;
}

/* Operations that look, all or by name. */
static pz_status
dec_lookup(pz_decoder *d, const MSG(Catalog) *m, pz_command *c)
{
    switch (m->cat_type_case) {
    case CAT(LIST_DATABASES): return listing(d, false, "", m->list_databases->_pattern_case, m->list_databases->pattern, c);
    case CAT(LIST_CATALOGS): return listing(d, false, "", m->list_catalogs->_pattern_case, m->list_catalogs->pattern, c);
    case CAT(LIST_TABLES): return listing(d, m->list_tables->_db_name_case, m->list_tables->db_name, m->list_tables->_pattern_case, m->list_tables->pattern, c);
    case CAT(LIST_VIEWS): return listing(d, m->list_views->_db_name_case, m->list_views->db_name, m->list_views->_pattern_case, m->list_views->pattern, c);
    case CAT(LIST_FUNCTIONS):
        return listing(d, m->list_functions->_db_name_case, m->list_functions->db_name, m->list_functions->_pattern_case, m->list_functions->pattern, c);
    case CAT(LIST_COLUMNS): return with_db(d, m->list_columns->table_name, m->list_columns->_db_name_case, m->list_columns->db_name, c);
    case CAT(LIST_PARTITIONS): return table_name(d, m->list_partitions->table_name, &c->names);
    case CAT(GET_DATABASE): return table_name(d, m->get_database->db_name, &c->names);
    case CAT(GET_TABLE): return with_db(d, m->get_table->table_name, m->get_table->_db_name_case, m->get_table->db_name, c);
    case CAT(GET_FUNCTION): return with_db(d, m->get_function->function_name, m->get_function->_db_name_case, m->get_function->db_name, c);
    case CAT(DATABASE_EXISTS): return table_name(d, m->database_exists->db_name, &c->names);
    case CAT(TABLE_EXISTS): return with_db(d, m->table_exists->table_name, m->table_exists->_db_name_case, m->table_exists->db_name, c);
    case CAT(FUNCTION_EXISTS): return with_db(d, m->function_exists->function_name, m->function_exists->_db_name_case, m->function_exists->db_name, c);
    case CAT(IS_CACHED): return table_name(d, m->is_cached->table_name, &c->names);
    case CAT(GET_TABLE_PROPERTIES): return table_name(d, m->get_table_properties->table_name, &c->names);
    case CAT(GET_CREATE_TABLE_STRING):
        c->flag1 = m->get_create_table_string->as_serde;
        return table_name(d, m->get_create_table_string->table_name, &c->names);
    default: return PZ_OK;                     /* current_database, current_catalog */
    }
}

/* Operations that change something. */
static pz_status
dec_change(pz_decoder *d, const MSG(Catalog) *m, pz_command *c, bool *known)
{
    *known = true;
    switch (m->cat_type_case) {
    case CAT(SET_CURRENT_DATABASE): return table_name(d, m->set_current_database->db_name, &c->names);
    case CAT(SET_CURRENT_CATALOG): return plain(d, m->set_current_catalog->catalog_name, &c->names);
    case CAT(CREATE_TABLE): return dec_create_table(d, m->create_table, c);
    case CAT(CREATE_EXTERNAL_TABLE): return dec_create_external(d, m->create_external_table, c);
    case CAT(DROP_TEMP_VIEW): return plain(d, m->drop_temp_view->view_name, &c->names);
    case CAT(DROP_GLOBAL_TEMP_VIEW): return plain(d, m->drop_global_temp_view->view_name, &c->names);
    case CAT(RECOVER_PARTITIONS): return table_name(d, m->recover_partitions->table_name, &c->names);
    case CAT(CACHE_TABLE):
        c->flag1 = m->cache_table->_storage_level_case;
        if (c->flag1) c->number = pz_decode_storage_level(m->cache_table->storage_level);
        return table_name(d, m->cache_table->table_name, &c->names);
    case CAT(UNCACHE_TABLE): return table_name(d, m->uncache_table->table_name, &c->names);
    case CAT(CLEAR_CACHE): return PZ_OK;
    case CAT(REFRESH_TABLE): return table_name(d, m->refresh_table->table_name, &c->names);
    case CAT(REFRESH_BY_PATH): c->text3 = pz_str_c(m->refresh_by_path->path); return PZ_OK;
    case CAT(DROP_TABLE):
        c->if_exists = m->drop_table->if_exists;
        c->purge = m->drop_table->purge;
        return table_name(d, m->drop_table->table_name, &c->names);
    case CAT(DROP_VIEW): c->if_exists = m->drop_view->if_exists; return table_name(d, m->drop_view->view_name, &c->names);
    case CAT(CREATE_DATABASE):
        c->if_not_exists = m->create_database->if_not_exists;
        PZ_DEC_OPTIONS(d, m->create_database, properties, &c->properties);
        return table_name(d, m->create_database->db_name, &c->names);
    case CAT(DROP_DATABASE):
        c->if_exists = m->drop_database->if_exists;
        c->cascade = m->drop_database->cascade;
        return table_name(d, m->drop_database->db_name, &c->names);
    case CAT(TRUNCATE_TABLE): return table_name(d, m->truncate_table->table_name, &c->names);
    case CAT(ANALYZE_TABLE): c->flag1 = m->analyze_table->no_scan; return table_name(d, m->analyze_table->table_name, &c->names);
    default: *known = false; return PZ_OK;
    }
}

pz_status
pz_dec_catalog(pz_decoder *d, const MSG(Catalog) *m, pz_rel **out)
{
    const ProtobufCFieldDescriptor *field;
    pz_command *c;
    bool known;
    if (m->cat_type_case == SPARK__CONNECT__CATALOG__CAT_TYPE__NOT_SET) return pz_dec_not_set(d, m->base.descriptor, "cat_type");
    field = protobuf_c_message_descriptor_get_field(m->base.descriptor, m->cat_type_case);
    *out = pz_command_make(d->a, PZ_CMD_CATALOG, PZ_NO_ORIGIN, &c);
    c->text = pz_str_c(field->name);
    PZ_TRY(dec_change(d, m, c, &known));
    c->plan_id = -1;
    return known ? PZ_OK : dec_lookup(d, m, c);
}

/*
 * session/command_facts.c - what is known about a table or view, once, for DESCRIBE EXTENDED, its JSON, and SHOW TABLE EXTENDED.
 *
 * A fact has a heading, its text, and for JSON a key and a value; the three statements print them in their own forms.
 * Things start at pz_entry_facts() and pz_view_facts().
 */
#include "../types/types.h"
#include "command_int.h"

typedef struct maker { pz_statement *r; pz_facts *out; } maker;

/* ---- small texts ---- */
static void
civil_text(pz_buf *b, int64_t micros, const pz_zone *zone, bool iso)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t local = iso ? micros : pz_zone_to_local(zone, micros), seconds = local / 1000000, day = seconds / 86400, in_day = seconds % 86400;
    int64_t z = day + 719468, era = z / 146097, doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153, d = doy - (153 * mp + 2) / 5 + 1;
    int64_t m = mp < 10 ? mp + 3 : mp - 9, y = yoe + era * 400 + (m <= 2);
    int hh = (int)(in_day / 3600), mm = (int)(in_day / 60 % 60), ss = (int)(in_day % 60);
    if (iso) {
        pz_buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)y, (int)m, (int)d, hh, mm, ss);
        return;
    }
    pz_buf_printf(b, "%s %s %02d %02d:%02d:%02d ", days[day % 7], months[m - 1], (int)d, hh, mm, ss);
    pz_zone_name_text(b, zone, micros, false, false);
    pz_buf_printf(b, " %04d", (int)y);
}

static pz_str
time_text(pz_statement *r, int64_t micros, bool iso)
{
    pz_buf b;
    pz_str out;
    const pz_zone *zone = r->q->place.env.zone ? r->q->place.env.zone : pz_zone_find(PZ_STR("UTC"));
    pz_buf_init(&b, 0);
    civil_text(&b, micros, zone, iso);
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

pz_str
pz_created_text(pz_statement *r, int64_t micros)
{
    return time_text(r, micros, false);
}

pz_str
pz_json_quoted(pz_arena *a, pz_str s)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_json_text(&b, s);
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

pz_str
pz_json_list(pz_arena *a, const pz_strs *items)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < items->n; i++) {
        pz_buf_putc(&b, i ? ',' : '[');
        pz_json_text(&b, items->data[i]);
    }
    pz_buf_puts(&b, items->n ? "]" : "[]");
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

pz_str
pz_json_options(pz_arena *a, const pz_options *items)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    for (int i = 0; i < items->n; i++) {
        pz_buf_putc(&b, i ? ',' : '{');
        pz_json_text(&b, items->data[i].key);
        pz_buf_putc(&b, ':');
        pz_json_text(&b, items->data[i].value);
    }
    pz_buf_puts(&b, items->n ? "}" : "{}");
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

/* [`a`, `b`] */
static pz_str
name_list(pz_statement *r, const pz_strs *names)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '[');
    for (int i = 0; i < names->n; i++) {
        pz_strs one = {0};
        pz_vec_push(r->a, &one, names->data[i]);
        if (i) pz_buf_puts(&b, ", ");
        pz_buf_str(&b, pz_quoted(r->a, &one));
    }
    pz_buf_putc(&b, ']');
    out = pz_buf_dup(&b, r->a);
    pz_buf_free(&b);
    return out;
}

/* [k=v, k2=v2] */
pz_str
pz_option_list(pz_arena *a, const pz_options *list)
{
    pz_buf b;
    pz_str out;
    pz_buf_init(&b, 0);
    pz_buf_putc(&b, '[');
    for (int i = 0; i < list->n; i++)
        pz_buf_printf(&b, "%s" PZ_FMT "=" PZ_FMT, i ? ", " : "", PZ_ARG(list->data[i].key), PZ_ARG(list->data[i].value));
    pz_buf_putc(&b, ']');
    out = pz_buf_dup(&b, a);
    pz_buf_free(&b);
    return out;
}

/* ---- facts ---- */
static void
fact(maker *m, const char *name, pz_str text, const char *key, pz_str json, int where)
{
    pz_fact f = {name, text, key, json, where};
    pz_vec_push(m->r->a, m->out, f);
}

static void
text_fact(maker *m, const char *name, pz_str text, const char *key)
{
    fact(m, name, text, key, pz_json_quoted(m->r->a, text), PZ_FACT_ALL);
}

static void
origin_facts(maker *m, int64_t created, const char *by)
{
    fact(m, "Created Time", time_text(m->r, created, false), "created_time", pz_json_quoted(m->r->a, time_text(m->r, created, true)), PZ_FACT_ALL);
    text_fact(m, "Last Access", PZ_STR("UNKNOWN"), "last_access");
    text_fact(m, "Created By", pz_str_c(by), "created_by");
}

static void
view_mode_facts(maker *m, pz_str mode, pz_str place, pz_str path, const pz_strs *columns)
{
    text_fact(m, "View Schema Mode", mode, "view_schema_mode");
    if (!place.len) return;
    text_fact(m, "View Catalog and Namespace", place, "view_catalog_and_namespace");
    if (path.len) fact(m, "SQL Path", path, "sql_path", pz_path_json(path, m->r->a), PZ_FACT_ALL);
    fact(m, "View Query Output Columns", name_list(m->r, columns), "view_query_output_columns", pz_json_list(m->r->a, columns), PZ_FACT_ALL);
}

/* Properties as they are shown: those of clustering stand among them. */
pz_options
pz_shown_properties(pz_arena *a, const pz_cat *e)
{
    pz_options all = {0};
    pz_buf b;
    for (int i = 0; i < e->properties.n; i++) pz_vec_push(a, &all, e->properties.data[i]);
    if (e->cluster_columns.n && pz_option_find(&all, PZ_STR("clusteringColumns")) < 0) {
        pz_buf_init(&b, 0);
        for (int i = 0; i < e->cluster_columns.n; i++) {
            pz_buf_puts(&b, i ? ",[" : "[[");
            pz_json_text(&b, e->cluster_columns.data[i]);
            pz_buf_putc(&b, ']');
        }
        pz_buf_putc(&b, ']');
        pz_option o = {PZ_STR("clusteringColumns"), pz_buf_dup(&b, a)};
        pz_vec_push(a, &all, o);
        pz_buf_free(&b);
    }
    return pz_options_sorted(a, &all);
}

static void
statistics(maker *m, const pz_cat *e)
{
    pz_arena *a = m->r->a;
    long long bytes = (long long)e->stat_bytes, rows = (long long)e->stat_rows;
    if (e->stat_bytes < 0) return;
    if (e->stat_rows < 0) fact(m, "Statistics", pz_strf(a, "%lld bytes", bytes), "statistics", pz_strf(a, "{\"size_in_bytes\":%lld}", bytes), PZ_FACT_ALL);
    else fact(m, "Statistics", pz_strf(a, "%lld bytes, %lld rows", bytes, rows), "statistics",
              pz_strf(a, "{\"size_in_bytes\":%lld,\"num_rows\":%lld}", bytes, rows), PZ_FACT_ALL);
}

static void
buckets(maker *m, const pz_cat *e)
{
    pz_arena *a = m->r->a;
    if (!e->buckets) return;
    pz_str n = pz_strf(a, "%lld", (long long)e->buckets);
    fact(m, "Num Buckets", n, "num_buckets", n, PZ_FACT_EARLY);
    fact(m, "Bucket Columns", name_list(m->r, &e->bucket_columns), "bucket_columns", pz_json_list(a, &e->bucket_columns), PZ_FACT_EARLY);
    fact(m, "Sort Columns", name_list(m->r, &e->sort_columns), "sort_columns", pz_json_list(a, &e->sort_columns), PZ_FACT_EARLY);
}

static void
storage(maker *m, const pz_cat *e)
{
    pz_str place = pz_table_location(m->r->q, e, m->r->a);
    pz_arena *a = m->r->a;
    fact(m, "Location", place, "location", pz_json_quoted(m->r->a, place), PZ_FACT_EARLY);
    if (e->options.n) fact(m, "Storage Properties", pz_option_list(a, &e->options), "storage_properties", pz_json_options(a, &e->options), PZ_FACT_EARLY);
    if (!e->partition_columns.n) return;
    text_fact(m, "Partition Provider", PZ_STR("Catalog"), "partition_provider");
    fact(m, "Partition Columns", name_list(m->r, &e->partition_columns), "partition_columns", pz_json_list(a, &e->partition_columns), PZ_FACT_LISTED);
}

static void
view_part(maker *m, const pz_cat *e)
{
    pz_arena *a = m->r->a;
    pz_str place = pz_strf(a, PZ_FMT "." PZ_FMT, PZ_ARG(e->catalog.ptr ? e->catalog : PZ_STR("spark_catalog")),
                           PZ_ARG(e->namespace.n ? e->namespace.data[0] : e->db));
    text_fact(m, "View Text", e->text, "view_text");
    text_fact(m, "View Original Text", e->text, "view_original_text");
    view_mode_facts(m, e->mode.len ? e->mode : PZ_STR("COMPENSATION"), place, e->path, &e->query_columns);
}

void
pz_entry_facts(pz_statement *r, const pz_cat *e, pz_facts *out)
{
    maker m = {r, out};
    bool view = e->kind == PZ_ENTRY_VIEW;
    pz_options properties = pz_shown_properties(r->a, e);
    fact(&m, "Catalog", PZ_STR("spark_catalog"), NULL, PZ_STR(""), PZ_FACT_ALL);
    fact(&m, "Database", e->db, NULL, PZ_STR(""), PZ_FACT_ALL);
    fact(&m, "Table", e->name, NULL, PZ_STR(""), PZ_FACT_ALL);
    origin_facts(&m, e->created, "Spark 4.3.0");
    text_fact(&m, "Type", view ? PZ_STR("VIEW") : e->external ? PZ_STR("EXTERNAL") : PZ_STR("MANAGED"), "type");
    if (!view) text_fact(&m, "Provider", e->provider, "provider");
    buckets(&m, e);
    if (e->comment.ptr) text_fact(&m, "Comment", e->comment, "comment");
    if (e->collation.len) fact(&m, "Collation", e->collation, NULL, PZ_STR(""), PZ_FACT_ALL);
    if (view) view_part(&m, e);
    if (properties.n)
        fact(&m, "Table Properties", pz_option_list(r->a, &properties), "table_properties", pz_json_options(r->a, &properties), PZ_FACT_ALL);
    statistics(&m, e);
    if (!view) storage(&m, e);
    if (view && e->confs.n) fact(&m, NULL, PZ_STR(""), "view_creation_spark_configuration", pz_json_options(r->a, &e->confs), PZ_FACT_ALL);
    fact(&m, NULL, PZ_STR(""), "collation", pz_json_quoted(r->a, e->collation.len ? e->collation : PZ_STR("UTF8_BINARY")), PZ_FACT_ALL);
}

/* A temporary view's; one made from a DataFrame has no text. */
void
pz_view_facts(pz_statement *r, const pz_view *v, bool global, pz_facts *out)
{
    maker m = {r, out};
    pz_strs columns = {0};
    if (global) fact(&m, "Database", PZ_STR("global_temp"), NULL, PZ_STR(""), PZ_FACT_ALL);
    fact(&m, "Table", v->name, NULL, PZ_STR(""), PZ_FACT_ALL);
    origin_facts(&m, v->created, v->text.len ? "Spark 4.3.0" : "Spark ");
    text_fact(&m, "Type", PZ_STR("VIEW"), "type");
    if (v->collation.len) fact(&m, "Collation", v->collation, NULL, PZ_STR(""), PZ_FACT_ALL);
    if (v->text.len) text_fact(&m, "View Text", v->text, "view_text");
    for (int i = 0; i < v->query_columns.n; i++) pz_vec_push(r->a, &columns, v->query_columns.data[i]);
    view_mode_facts(&m, PZ_STR("BINDING"), v->text.len ? v->place : PZ_STR(""), v->path, &columns);
    fact(&m, NULL, PZ_STR(""), "collation", pz_json_quoted(r->a, v->collation.len ? v->collation : PZ_STR("UTF8_BINARY")), PZ_FACT_ALL);
}

/* ---- columns ---- */
/* The type as it was declared: CHAR and VARCHAR are kept beside in the metadata where a query would not see them. */
pz_str
pz_declared_type(const pz_field *f, pz_arena *a)
{
    pz_str kept = pz_metadata_get(f->metadata, "__CHAR_VARCHAR_TYPE_STRING", a);
    return kept.ptr ? kept : pz_type_simple(f->type, a);
}

static void json_type(pz_buf *b, const pz_type *t, pz_arena *a);

static void
json_interval(pz_buf *b, const pz_type *t)
{
    static const char *const units[2][4] = {{"year", "month"}, {"day", "hour", "minute", "second"}};
    int kind = t->id == PZ_T_DT_INTERVAL;
    pz_buf_printf(b, "{\"name\":\"interval\",\"start_unit\":\"%s\",\"end_unit\":\"%s\"}", units[kind][t->start], units[kind][t->end]);
}

static void
json_struct(pz_buf *b, const pz_type *t, pz_arena *a)
{
    pz_buf_puts(b, "{\"name\":\"struct\",\"fields\":[");
    for (int i = 0; i < t->nfields; i++) {
        if (i) pz_buf_putc(b, ',');
        pz_json_column(b, &t->fields[i], a);
    }
    pz_buf_puts(b, "]}");
}

static void
json_type(pz_buf *b, const pz_type *t, pz_arena *a)
{
    switch (t->id) {
    case PZ_T_CHAR:
    case PZ_T_VARCHAR:
    case PZ_T_STRING:
        pz_buf_puts(b, "{\"name\":\"string\",\"collation\":");
        pz_json_text(b, t->collation.len ? t->collation : PZ_STR("UTF8_BINARY"));
        pz_buf_putc(b, '}');
        break;
    case PZ_T_ARRAY:
        pz_buf_puts(b, "{\"name\":\"array\",\"element_type\":");
        json_type(b, t->element, a);
        pz_buf_printf(b, ",\"element_nullable\":%s}", t->contains_null ? "true" : "false");
        break;
    case PZ_T_MAP:
        pz_buf_puts(b, "{\"name\":\"map\",\"key_type\":");
        json_type(b, t->key, a);
        pz_buf_puts(b, ",\"value_type\":");
        json_type(b, t->element, a);
        pz_buf_printf(b, ",\"value_nullable\":%s}", t->contains_null ? "true" : "false");
        break;
    case PZ_T_STRUCT: json_struct(b, t, a); break;
    case PZ_T_YM_INTERVAL:
    case PZ_T_DT_INTERVAL: json_interval(b, t); break;
    case PZ_T_DECIMAL: pz_buf_printf(b, "{\"name\":\"decimal\",\"precision\":%d,\"scale\":%d}", t->precision, t->scale); break;
    case PZ_T_TIMESTAMP: pz_buf_puts(b, "{\"name\":\"timestamp_ltz\"}"); break;
    default: pz_buf_printf(b, "{\"name\":\"" PZ_FMT "\"}", PZ_ARG(pz_type_simple(t, a)));
    }
}

void
pz_json_column(pz_buf *b, const pz_field *f, pz_arena *a)
{
    static const char *const texts[][2] = {{"comment", "comment"}, {"CURRENT_DEFAULT", "default"}};
    pz_buf_puts(b, "{\"name\":");
    pz_json_text(b, f->name);
    pz_buf_puts(b, ",\"type\":");
    json_type(b, f->type, a);
    pz_buf_printf(b, ",\"nullable\":%s", f->nullable ? "true" : "false");
    for (size_t i = 0; i < PZ_COUNTOF(texts); i++) {
        pz_str s = pz_metadata_get(f->metadata, texts[i][0], a);
        if (!s.ptr) continue;
        pz_buf_printf(b, ",\"%s\":", texts[i][1]);
        pz_json_text(b, s);
    }
    pz_buf_putc(b, '}');
}

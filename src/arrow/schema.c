/*
 * arrow/schema.c - Spark's row type as the Arrow schema that Spark itself sends.
 *
 * Formats come from tables/types.def; what has parameters or children is spelled out here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "writer_int.h"

typedef struct maker {
    const pz_ipc_options *o;
    pz_error *err;
    pz_buf text;                               /* scratch for names and formats */
} maker;

static const char *const formats[PZ_T_COUNT] = {
#define TYPE(id, simple, json, sql, proto, arrow, duckdb, bits) [PZ_T_##id] = arrow,
#include "../../tables/types.def"
#undef TYPE
};

static bool
failed(maker *m, int code)
{
    if (code != NANOARROW_OK) pz_raise_internal(m->err, "arrow schema: error %d", code);
    return code != NANOARROW_OK;
}

static pz_status
set_metadata(maker *m, struct ArrowSchema *s, const char *key, const char *value)
{
    struct ArrowBuffer b;
    int code = ArrowMetadataBuilderInit(&b, s->metadata);
    if (code == NANOARROW_OK) code = ArrowMetadataBuilderAppend(&b, ArrowCharView(key), ArrowCharView(value));
    if (code == NANOARROW_OK) code = ArrowSchemaSetMetadata(s, (const char *)b.data);
    ArrowBufferReset(&b);
    return failed(m, code) ? PZ_FAIL : PZ_OK;
}

static pz_status make_type(maker *m, const pz_type *t, struct ArrowSchema *s);

static pz_status
make_child(maker *m, struct ArrowSchema *s, const char *name, const pz_type *t, bool nullable)
{
    if (failed(m, ArrowSchemaSetName(s, name))) return PZ_FAIL;
    s->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
    return make_type(m, t, s);
}

static bool
allocate(maker *m, struct ArrowSchema *s, int n)
{
    if (failed(m, ArrowSchemaAllocateChildren(s, n))) return false;
    for (int i = 0; i < n; i++) ArrowSchemaInit(s->children[i]);
    return true;
}

/* Names that occur more than once get _0, _1, ... in their order, as Spark does below the top level. */
static const char *
child_name(maker *m, const pz_field *fields, int n, int i)
{
    int before = 0, all = 0;
    for (int j = 0; j < n; j++)
        if (pz_str_eq(fields[j].name, fields[i].name)) {
            all++;
            before += j < i;
        }
    pz_buf_clear(&m->text);
    pz_buf_str(&m->text, fields[i].name);
    if (all > 1) pz_buf_printf(&m->text, "_%d", before);
    pz_buf_putc(&m->text, 0);
    return m->text.ptr;
}

/* Comments and the like, of columns and of struct fields. */
static pz_status
set_field_metadata(maker *m, const pz_field *f, struct ArrowSchema *s)
{
    if (!f->metadata.len || pz_str_eqc(f->metadata, "{}")) return PZ_OK;
    pz_buf_clear(&m->text);
    pz_buf_str(&m->text, f->metadata);
    pz_buf_putc(&m->text, 0);
    return set_metadata(m, s, "SPARK::metadata::json", m->text.ptr);
}

static pz_status
make_struct(maker *m, const pz_field *fields, int n, struct ArrowSchema *s)
{
    if (!allocate(m, s, n)) return PZ_FAIL;
    for (int i = 0; i < n; i++) {
        PZ_TRY(make_child(m, s->children[i], child_name(m, fields, n, i), fields[i].type, fields[i].nullable));
        PZ_TRY(set_field_metadata(m, &fields[i], s->children[i]));
    }
    return PZ_OK;
}

static pz_status
make_map(maker *m, const pz_type *t, struct ArrowSchema *s)
{
    struct ArrowSchema *entries;
    if (!allocate(m, s, 1)) return PZ_FAIL;
    entries = s->children[0];
    if (failed(m, ArrowSchemaSetFormat(entries, "+s")) || failed(m, ArrowSchemaSetName(entries, "entries"))) return PZ_FAIL;
    entries->flags = 0;
    if (!allocate(m, entries, 2)) return PZ_FAIL;
    PZ_TRY(make_child(m, entries->children[0], "key", t->key, false));
    return make_child(m, entries->children[1], "value", t->element, t->contains_null);
}

/* Types that Spark sends as a struct of two, the second marked by metadata. */
static pz_status
make_pair(maker *m, const pz_type *t, struct ArrowSchema *s)
{
    char srid[16];
    bool variant = t->id == PZ_T_VARIANT;
    if (!allocate(m, s, 2)) return PZ_FAIL;
    PZ_TRY(make_child(m, s->children[0], variant ? "value" : "srid", variant ? &pz_t_binary : &pz_t_int, false));
    PZ_TRY(make_child(m, s->children[1], variant ? "metadata" : "wkb", &pz_t_binary, false));
    if (variant) return set_metadata(m, s->children[1], "variant", "true");
    snprintf(srid, sizeof srid, "%d", t->scale);
    PZ_TRY(set_metadata(m, s->children[1], t->id == PZ_T_GEOMETRY ? "geometry" : "geography", "true"));
    return set_metadata(m, s->children[1], "srid", srid);
}

static pz_status
set_precision(maker *m, const pz_type *t, struct ArrowSchema *s, const char *key)
{
    char text[16];
    snprintf(text, sizeof text, "%d", t->precision);
    return set_metadata(m, s, key, text);
}

static pz_status
make_type(maker *m, const pz_type *t, struct ArrowSchema *s)
{
    const char *format = formats[t->id];
    char decimal[32];
    pz_buf zoned;
    int code;
    if (t->id == PZ_T_UDT) {
        if (!t->element) return pz_raise_internal(m->err, "user-defined type without a storage type");
        return make_type(m, t->element, s);
    }
    pz_buf_init(&zoned, 0);
    if (t->id == PZ_T_DECIMAL) {
        snprintf(decimal, sizeof decimal, "d:%d,%d", t->precision, t->scale);
        format = decimal;
    } else if (!strncmp(format, "ts", 2)) {
        bool local = t->id == PZ_T_TIMESTAMP_NTZ || t->id == PZ_T_TIMESTAMP_NTZ_NANOS;
        pz_buf_printf(&zoned, "%s:" PZ_FMT, format, PZ_ARG(local ? (pz_str){0} : m->o->time_zone));
        pz_buf_putc(&zoned, 0);
        format = zoned.ptr;
    } else if (m->o->large_var_types && !strcmp(format, "u")) {
        format = "U";
    } else if (m->o->large_var_types && !strcmp(format, "z")) {
        format = "Z";
    }
    code = ArrowSchemaSetFormat(s, format);
    pz_buf_free(&zoned);
    if (failed(m, code)) return PZ_FAIL;
    switch (t->id) {
    case PZ_T_ARRAY: return allocate(m, s, 1) ? make_child(m, s->children[0], "element", t->element, t->contains_null) : PZ_FAIL;
    case PZ_T_MAP: return make_map(m, t, s);
    case PZ_T_STRUCT: return make_struct(m, t->fields, t->nfields, s);
    case PZ_T_VARIANT:
    case PZ_T_GEOMETRY:
    case PZ_T_GEOGRAPHY: return make_pair(m, t, s);
    case PZ_T_TIME: return set_precision(m, t, s, "SPARK::time::precision");
    case PZ_T_TIMESTAMP_LTZ_NANOS:
    case PZ_T_TIMESTAMP_NTZ_NANOS: return set_precision(m, t, s, "SPARK::timestampNanos::precision");
    default: return PZ_OK;
    }
}

static pz_status
make_top(maker *m, const pz_schema *schema, struct ArrowSchema *s)
{
    if (failed(m, ArrowSchemaSetFormat(s, "+s")) || !allocate(m, s, schema->n)) return PZ_FAIL;
    for (int i = 0; i < schema->n; i++) {
        const pz_field *f = &schema->fields[i];
        pz_buf_clear(&m->text);
        pz_buf_str(&m->text, f->name);
        pz_buf_putc(&m->text, 0);
        PZ_TRY(make_child(m, s->children[i], m->text.ptr, f->type, f->nullable));
        PZ_TRY(set_field_metadata(m, f, s->children[i]));
    }
    return PZ_OK;
}

pz_status
pz_arrow_schema(const pz_schema *schema, const pz_ipc_options *o, struct ArrowSchema *out, pz_error *err)
{
    maker m = {.o = o, .err = err};
    pz_status st;
    pz_buf_init(&m.text, 0);
    ArrowSchemaInit(out);
    st = make_top(&m, schema, out);
    if (st != PZ_OK) out->release(out);
    pz_buf_free(&m.text);
    return st;
}
